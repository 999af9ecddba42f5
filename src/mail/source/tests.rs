use super::*;
use proptest::prelude::*;

fn read(text: &[u8]) -> Vec<Result<Piece, String>> {
    let pieces = pieces(text).expect("a slice can be read");
    pieces.map(|piece| piece.map_err(|why| why.to_string())).collect()
}

fn octets(text: &[u8]) -> Vec<Vec<u8>> {
    read(text).into_iter().map(|piece| piece.expect("it is a text").octets).collect()
}

fn refused(text: &[u8]) -> String {
    Piece::new(text.to_vec()).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn lines_end_in_crlf_and_how_they_ended_is_told() {
    let of = |text: &[u8]| Piece::new(text.to_vec()).map(|it| (it.octets, it.line_ends)).unwrap();
    let crlf = b"a: b\r\n\r\nc\r\n".to_vec();
    assert_eq!(of(b"a: b\r\n\r\nc\r\n"), (crlf.clone(), LineEnds::Crlf));
    assert_eq!(of(b"a: b\n\nc\n"), (crlf.clone(), LineEnds::Lf));
    assert_eq!(of(b"a: b\r\n\nc\r\n"), (crlf.clone(), LineEnds::Mixed));
    assert_eq!(of(b"a: b\r\rc\r"), (crlf, LineEnds::Cr));
}

#[test]
fn a_cr_within_a_line_stays() {
    let piece = Piece::new(b"a: b\n\nc\rd\n".to_vec()).unwrap();
    assert_eq!(piece.octets, b"a: b\r\n\r\nc\rd\r\n");
}

proptest! {
    #[test]
    fn a_lone_lf_gets_a_cr_and_nothing_else_changes(text in "[a\r\n]{0,40}\n") {
        let (read, _) = with_crlf(text.clone().into_bytes());
        let expected = text.replace("\r\n", "\n").replace('\n', "\r\n");
        prop_assert_eq!(String::from_utf8(read).unwrap(), expected);
    }
}

#[test]
fn an_mbox_is_cut_at_its_separators_and_a_sentence_is_none() {
    let mbox = b"From a@b Mon Nov 13 10:00:00 2023\nTo: x\n\nFrom here on\n\nFrom a@b Mon Nov 13 \
                 10:00:01 2023\nTo: y\n\n>From z\n";
    assert_eq!(
        octets(mbox),
        [b"To: x\r\n\r\nFrom here on\r\n".to_vec(), b"To: y\r\n\r\n>From z\r\n".to_vec()]
    );
}

#[test]
fn the_separator_stays_with_its_message() {
    let read = read(b"From a@b Mon Nov 13 10:00:00 2023\r\nTo: x\r\n\r\n");
    let [Ok(piece)] = read.as_slice() else { panic!("{read:?}") };
    assert_eq!(piece.from_line.as_deref(), Some(&b"From a@b Mon Nov 13 10:00:00 2023"[..]));
}

#[test]
fn utf_16_becomes_octets() {
    let text = "To: x\n\nü\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked =
        [&[0xfe, 0xff][..], &text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>()]
            .concat();
    for stored in [little, marked] {
        let piece = Piece::new(stored).unwrap();
        assert_eq!((piece.octets, piece.stored), ("To: x\r\n\r\nü\r\n".into(), Stored::Utf16));
    }
}

#[test]
fn what_is_no_text_is_refused_by_what_it_is() {
    let zeros = [&b"MZ"[..], &[0, 1, 2, 3, 0, 0, 0, 9].repeat(40)].concat();
    assert_eq!(
        [&b""[..], b"\r\n \n", b"\x1f\x8b\x08", b"\xd0\xcf\x11\xe0x", &zeros].map(refused),
        [
            "empty",
            "empty",
            "not a message: gzip data",
            "not a message: an Outlook .msg file; save the message as .eml",
            "not a text: binary data",
        ]
    );
}
