//! Texts that take little room: deflated, behind a text that they resemble.
//!
//! Reports of one domain differ in few words. A text is deflated (RFC 1951) behind another one, the base,
//! so that what both have is a reference into it, and of the stream only what belongs to the text is kept.
//! To read it, the base is put in front again, in blocks that are stored as they are: a reference counts
//! octets of text, so it does not matter how those before it are coded.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// How far back a reference reaches (RFC 1951 §2): of a base, the end is used.
const WINDOW: usize = 32 * 1024;
/// The most octets of a stored block (RFC 1951 §3.2.4).
const BLOCK: usize = 65_535;
/// The most octets of a text: what unpacks to more was not packed here.
const MOST: usize = 256 << 20;
/// How much more room is made at once.
const STEP: usize = 16 * 1024;

/// A text, packed behind a base, which may be empty. `None` if that fails.
pub(super) fn pack(base: &str, text: &str) -> Option<Vec<u8>> {
    let mut coder = Compress::new(Compression::best(), false);
    let mut out = Vec::with_capacity(STEP);
    let base = window(base);
    if !base.is_empty() {
        // The empty block at the end of a flush ends with an octet (RFC 1951 §3.2.4).
        deflate(&mut coder, base, &mut out, FlushCompress::Sync)?;
        out.clear();
    }
    deflate(&mut coder, text.as_bytes(), &mut out, FlushCompress::Finish)?;
    Some(out)
}

/// The text that was packed behind a base; `None` if it is damaged.
pub(super) fn unpack(base: &str, packed: &[u8]) -> Option<String> {
    let base = window(base);
    let mut stream = Vec::with_capacity(base.len() + packed.len() + 16);
    for block in base.chunks(BLOCK) {
        let length = u16::try_from(block.len()).ok()?;
        stream.push(0);
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    stream.extend(packed);
    let mut decoder = Decompress::new(false);
    let mut out: Vec<u8> = Vec::with_capacity(base.len() + 8 * packed.len() + STEP);
    loop {
        let read = usize::try_from(decoder.total_in()).ok()?;
        let before = out.len();
        let rest = stream.get(read..)?;
        let status = decoder.decompress_vec(rest, &mut out, FlushDecompress::Finish).ok()?;
        if status == Status::StreamEnd {
            return String::from_utf8(out.split_off(base.len().min(out.len()))).ok();
        }
        let is_stuck = out.len() == before && out.len() < out.capacity();
        if is_stuck || out.len() > MOST {
            return None;
        }
        out.reserve(STEP.max(out.len()));
    }
}

/// The end of a base, as far as a reference reaches.
fn window(base: &str) -> &[u8] {
    let octets = base.as_bytes();
    octets.get(octets.len().saturating_sub(WINDOW)..).unwrap_or_default()
}

fn deflate(
    coder: &mut Compress,
    text: &[u8],
    out: &mut Vec<u8>,
    flush: FlushCompress,
) -> Option<()> {
    let begin = coder.total_in();
    loop {
        let read = usize::try_from(coder.total_in() - begin).ok()?;
        out.reserve(STEP);
        let status = coder.compress_vec(text.get(read..)?, out, flush).ok()?;
        let is_read = usize::try_from(coder.total_in() - begin).ok()? == text.len();
        // Room that is left says that nothing waits to be written.
        let is_done = match flush {
            FlushCompress::Finish => status == Status::StreamEnd,
            _ => is_read && out.len() < out.capacity(),
        };
        if is_done {
            return Some(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(seed: usize, words: usize) -> String {
        (0..words).map(|number| format!("{} ", number * seed % 7919)).collect()
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let texts = ["", "v=spf1 -all", "ü", &long(7, 1000), &long(31, 30_000)];
        for base in &texts {
            for text in &texts {
                let packed = pack(base, text).expect("it is packed");
                assert_eq!(unpack(base, &packed).as_deref(), Some(*text));
            }
        }
    }

    #[test]
    fn a_text_takes_little_room_behind_one_that_it_resembles() {
        let base = long(7919 - 2, 3000);
        let text = base.replacen("100 ", "one hundred ", 1);
        assert!(pack(&base, &text).is_some_and(|packed| packed.len() < 200));
    }

    #[test]
    fn what_is_damaged_is_no_text() {
        let packed = pack("a base", "a text that is long enough").expect("it is packed");
        for length in 0..packed.len() {
            assert_eq!(unpack("a base", &packed[..length]), None, "{length}");
        }
        assert_eq!(unpack("", &[0xff; 20]), None);
    }
}
