use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("a test writes valid names")
}

fn txt(strings: &[&[u8]]) -> Data {
    Data::Txt(strings.iter().map(|string| Box::from(*string)).collect())
}

fn read_text(kind: Kind, text: &str) -> Result<Data, &'static str> {
    read(kind, text.as_bytes()).map_err(|error| error.expected)
}

#[test]
fn each_type_is_written_in_its_own_form() {
    let mx = Data::Mx { preference: 10, exchange: name("mail.example.com") };
    let tlsa = Data::Opaque([3, 1, 1, 0xab, 0xcd].into());
    let written = [
        write(Kind::A, &Data::A(Ipv4Addr::new(192, 0, 2, 1))),
        write(Kind::Aaaa, &Data::Aaaa("2001:db8::1".parse().expect("an address"))),
        write(Kind::Mx, &mx),
        write(Kind::Mx, &Data::Mx { preference: 0, exchange: Name::root() }),
        write(Kind::Cname, &Data::Cname(name("x.example"))),
        write(Kind::Txt, &txt(&[b"v=spf1 ", b"-all"])),
        write(Kind::Tlsa, &tlsa),
        write(Kind::Other(65280), &Data::Opaque([1, 2, 0xff].into())),
    ];
    assert_eq!(
        written,
        [
            "192.0.2.1",
            "2001:db8::1",
            "10 mail.example.com.",
            "0 .",
            "x.example.",
            "\"v=spf1 \" \"-all\"",
            "3 1 1 abcd",
            "\\# 3 0102ff"
        ]
    );
}

#[test]
fn odd_octets_are_written_by_number_and_quotes_behind_a_backslash() {
    assert_eq!(write(Kind::Txt, &txt(&[b"a\"b\\c\x00\xff;"])), r#""a\"b\\c\000\255;""#);
}

#[test]
fn a_text_without_strings_and_a_text_with_an_empty_string_stay_apart() {
    assert_eq!(
        [read_text(Kind::Txt, ""), read_text(Kind::Txt, "\"\"")],
        [Ok(txt(&[])), Ok(txt(&[b""]))]
    );
}

#[test]
fn a_name_needs_no_final_dot_in_data() {
    assert_eq!(read_text(Kind::Cname, "X.Example"), Ok(Data::Cname(name("x.example"))));
}

#[test]
fn the_generic_form_is_read_for_types_that_have_their_own() {
    assert_eq!(read_text(Kind::A, "\\# 4 c0 000201"), Ok(Data::A(Ipv4Addr::new(192, 0, 2, 1))));
}

#[test]
fn the_generic_form_must_count_its_octets() {
    assert_eq!(read_text(Kind::Other(7), "\\# 4 c0"), Err("the number of octets that follow"));
}

#[test]
fn octets_that_are_not_data_of_the_type_are_refused() {
    assert_eq!(read_text(Kind::A, "\\# 3 c00002"), Err("octets that are data of this type"));
}

#[test]
fn a_semicolon_outside_quotes_is_refused_and_not_taken_for_a_comment() {
    assert_eq!(read_text(Kind::Txt, "v=DMARC1; p=none"), Err("a word or a string in quotes"));
}

#[test]
fn a_string_of_256_octets_is_refused_and_of_255_is_not() {
    let read = [255, 256].map(|n| read_text(Kind::Txt, &format!("\"{}\"", "a".repeat(n))).is_ok());
    assert_eq!(read, [true, false]);
}

#[test]
fn a_fault_is_at_the_word_that_is_wrong() {
    let error = read(Kind::Mx, b"10x mail.example.com.").expect_err("10x is no number");
    assert_eq!((error.span.start, error.expected), (0, "a number from 0 to 65535"));
}

#[test]
fn a_type_known_by_name_only_is_read_in_the_generic_form_only() {
    assert_eq!(
        [read_text(Kind::Other(48), "257 3 13 AA=="), read_text(Kind::Other(48), "\\# 1 00")],
        [Err(GENERIC), Ok(Data::Opaque([0].into()))]
    );
}

#[test]
fn a_certification_authority_is_read_into_octets() {
    let octets = b"\0\x05issueletsencrypt.org".as_slice();
    assert_eq!(
        read_text(Kind::Other(257), "0 issue \"letsencrypt.org\""),
        Ok(Data::Opaque(octets.into()))
    );
}

#[test]
fn mnemonics_beyond_the_named_types_are_known() {
    assert_eq!(
        [kind(b"caa"), kind(b"TxT"), kind(b"type65280"), kind(b"ANY"), kind(b"\xff")],
        [Some(Kind::Other(257)), Some(Kind::Txt), Some(Kind::Other(65280)), None, None]
    );
}

fn names() -> impl Strategy<Value = Name> {
    vec(vec(any::<u8>(), 1..20), 0..8)
        .prop_filter_map("fits", |labels| Name::from_labels(labels.iter().map(Vec::as_slice)).ok())
}

fn records() -> impl Strategy<Value = (Kind, Data)> {
    let strings = vec(vec(any::<u8>(), 0..256).prop_map(Vec::into_boxed_slice), 0..5);
    prop_oneof![
        any::<Ipv4Addr>().prop_map(|address| (Kind::A, Data::A(address))),
        any::<Ipv6Addr>().prop_map(|address| (Kind::Aaaa, Data::Aaaa(address))),
        names().prop_map(|name| (Kind::Cname, Data::Cname(name))),
        names().prop_map(|name| (Kind::Ns, Data::Ns(name))),
        names().prop_map(|name| (Kind::Ptr, Data::Ptr(name))),
        (any::<u16>(), names())
            .prop_map(|(preference, exchange)| (Kind::Mx, Data::Mx { preference, exchange })),
        strings.clone().prop_map(|strings| (Kind::Txt, Data::Txt(strings))),
        strings.prop_map(|strings| (Kind::Spf, Data::Txt(strings))),
        (any::<u16>(), vec(any::<u8>(), 0..300))
            .prop_map(|(number, octets)| (Kind::from_number(number), octets))
            .prop_filter_map("types without their own data", |(kind, octets)| {
                matches!(kind, Kind::Soa | Kind::Srv | Kind::Tlsa | Kind::Other(_))
                    .then(|| (kind, Data::Opaque(octets.into())))
            }),
        // Types that have a form here, with octets that often fit it.
        (
            proptest::sample::select(vec![6_u16, 52, 257, 33, 39, 44, 13, 17, 256]),
            vec(0_u8..4, 0..40)
        )
            .prop_map(|(number, octets)| (Kind::from_number(number), Data::Opaque(octets.into()))),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_back((kind, data) in records()) {
        let text = write(kind, &data);
        prop_assert!(text.bytes().all(|octet| (b' '..=b'~').contains(&octet)));
        prop_assert_eq!(read(kind, text.as_bytes()), Ok(data), "{}", text);
    }

    #[test]
    fn any_octets_are_read_or_refused(number in 0_u16..300, text in vec(any::<u8>(), 0..200)) {
        let _ = read(Kind::from_number(number), &text);
    }
}
