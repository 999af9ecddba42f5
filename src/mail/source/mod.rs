//! What a file holds, and how it was saved: one message at a time, with CRLF at the end of each line.
//!
//! Saving spoils a message. Editors and mail programs write LF for CRLF, put a byte order mark before
//! it, or store UTF-16; an mbox puts a `From ` line before each message and a `>` before lines of the
//! body that look like one. The message says what was undone ([`Piece`]), since a signature
//! may fail for it. The quoting of an mbox is left in place: whether it was there when the message
//! was signed, only the signature can say.

mod concatenated;
mod mbox;

pub use concatenated::concatenated;
pub use mbox::{Mbox, is_mbox};

use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::{self, BufRead, Read as _};

/// The largest message that is read, in octets.
pub const MESSAGE_LIMIT: u64 = 256 * 1024 * 1024;

/// How many octets tell what a text is.
const SAMPLE: usize = 8 * 1024;

/// One message, or one other text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its octets, each line ended by CRLF.
    pub octets: Vec<u8>,
    /// How its lines ended.
    pub line_ends: LineEnds,
    /// In which encoding it was stored.
    pub stored: Stored,
    /// The `From ` line that stood before it in an mbox, without its end.
    pub from_line: Option<Vec<u8>>,
}

/// How lines of a text ended before they ended in CRLF.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineEnds {
    /// All in CRLF: nothing was changed.
    #[default]
    Crlf,
    /// All in LF.
    Lf,
    /// Some in CRLF and some in LF.
    Mixed,
    /// All in CR, as an old Macintosh has them.
    Cr,
}

/// The encoding in which a text was stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stored {
    /// As octets, the only form in which a message is sent.
    #[default]
    Octets,
    /// With the byte order mark of UTF-8 before it.
    Utf8Mark,
    /// As UTF-16, which is no mail: octets beyond ASCII cannot be what was signed.
    Utf16,
}

/// Why a text cannot be read.
#[derive(Debug)]
pub enum Unreadable {
    /// There is nothing.
    Empty,
    /// It is no text; what it seems to be, if that can be told.
    Binary(Option<&'static str>),
    /// It is larger than a message may be; the limit in octets.
    TooLarge(u64),
    /// It could not be read.
    Io(io::Error),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => out.write_str("empty"),
            Self::Binary(None) => out.write_str("not a text: binary data"),
            Self::Binary(Some(what)) => write!(out, "not a message: {what}"),
            Self::TooLarge(limit) => write!(out, "larger than {} MiB", limit / (1024 * 1024)),
            Self::Io(why) => why.fmt(out),
        }
    }
}

impl From<io::Error> for Unreadable {
    fn from(why: io::Error) -> Self {
        Self::Io(why)
    }
}

/// The messages of a stream, one at a time.
///
/// A stream that begins like an mbox is one ([`is_mbox`]); every other is one message.
///
/// # Errors
/// The beginning of the stream cannot be read, or is no text; later messages carry errors of their
/// own.
pub fn pieces<'r, R: BufRead + 'r>(
    mut from: R,
) -> Result<Box<dyn Iterator<Item = Result<Piece, Unreadable>> + 'r>, Unreadable> {
    let mut sample = Vec::new();
    from.by_ref().take(SAMPLE as u64).read_to_end(&mut sample)?;
    let is_many = is_mbox(&sample);
    let whole = io::Cursor::new(sample).chain(from);
    if is_many {
        return Ok(Box::new(Mbox::new(whole)));
    }
    Ok(Box::new(std::iter::once_with(move || {
        let mut octets = Vec::new();
        whole.take(MESSAGE_LIMIT + 1).read_to_end(&mut octets)?;
        Piece::new(octets)
    })))
}

impl Piece {
    /// Brings a text to lines that end in CRLF.
    ///
    /// # Errors
    /// It is empty, no text, or too large.
    pub fn new(octets: Vec<u8>) -> Result<Self, Unreadable> {
        if u64::try_from(octets.len()).is_ok_and(|size| size > MESSAGE_LIMIT) {
            return Err(Unreadable::TooLarge(MESSAGE_LIMIT));
        }
        let (octets, stored) = decoded(octets)?;
        if octets.iter().all(u8::is_ascii_whitespace) {
            return Err(Unreadable::Empty);
        }
        let (octets, line_ends) = with_crlf(octets);
        Ok(Self { octets, line_ends, stored, from_line: None })
    }
}

/// The text as octets of mail.
fn decoded(octets: Vec<u8>) -> Result<(Vec<u8>, Stored), Unreadable> {
    const MAGIC: [(&[u8], &str); 7] = [
        (b"\x1f\x8b", "gzip data"),
        (b"PK\x03\x04", "a zip archive"),
        (b"%PDF-", "a PDF file"),
        (b"\x89PNG", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"\xd0\xcf\x11\xe0", "an Outlook .msg file; save the message as .eml"),
        (b"!BDN", "an Outlook .pst file; export the message as .eml"),
    ];
    let is_known = |(magic, _): &&(&[u8], &'static str)| octets.starts_with(magic);
    if let Some((_, what)) = MAGIC.iter().find(is_known) {
        return Err(Unreadable::Binary(Some(what)));
    }
    if let Some(rest) = octets.strip_prefix(b"\xef\xbb\xbf") {
        return Ok((rest.to_vec(), Stored::Utf8Mark));
    }
    let sample = octets.get(..octets.len().min(SAMPLE)).unwrap_or_default();
    let order: Option<fn([u8; 2]) -> u16> = match octets.as_slice() {
        [0xff, 0xfe, ..] => Some(u16::from_le_bytes),
        [0xfe, 0xff, ..] => Some(u16::from_be_bytes),
        _ if half_is_zero(sample, 1) => Some(u16::from_le_bytes),
        _ if half_is_zero(sample, 0) => Some(u16::from_be_bytes),
        _ => None,
    };
    if let Some(order) = order {
        let (pairs, _) = octets.as_chunks::<2>();
        let units = pairs.iter().map(|pair| order(*pair));
        let text = char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER));
        let text: String = text.skip_while(|c| *c == '\u{feff}').collect();
        return Ok((text.into_bytes(), Stored::Utf16));
    }
    let is_control = |octet: &&u8| matches!(octet, 0..=8 | 14..=26 | 28..=31 | 127);
    let controls = sample.iter().filter(is_control).count();
    let zeros = sample.iter().filter(|octet| **octet == 0).count();
    if zeros > sample.len() / 64 || controls > sample.len() / 16 {
        return Err(Unreadable::Binary(None));
    }
    Ok((octets, Stored::Octets))
}

/// True if nearly every second octet, beginning at `first`, is zero and the others are not.
fn half_is_zero(sample: &[u8], first: usize) -> bool {
    let zeros = |from: usize| sample.iter().skip(from).step_by(2).filter(|it| **it == 0).count();
    let half = sample.len() / 2;
    sample.contains(&0)
        && half >= 4
        && zeros(first) * 10 >= half * 9
        && zeros(1 - first) * 10 <= half
}

/// Ends every line in CRLF. A CR alone is part of its line, unless all lines end so.
fn with_crlf(mut octets: Vec<u8>) -> (Vec<u8>, LineEnds) {
    let ends = octets.iter().filter(|octet| **octet == b'\n').count();
    let pairs = octets.windows(2).filter(|pair| *pair == b"\r\n").count();
    let bare = ends - pairs;
    if bare == 0 && pairs == 0 {
        if !octets.contains(&b'\r') {
            return (octets, LineEnds::Crlf);
        }
        let lines: Vec<&[u8]> = octets.split(|octet| *octet == b'\r').collect();
        return (lines.join(&b"\r\n"[..]), LineEnds::Cr);
    }
    if bare == 0 {
        return (octets, LineEnds::Crlf);
    }
    // In place, from the end: a message of 50 MB is not held twice.
    let (mut from, length) = (octets.len(), octets.len() + bare);
    octets.resize(length, 0);
    let mut to = length;
    while from < to {
        let run = octets.get(..from).unwrap_or_default();
        let line = run.iter().rposition(|octet| *octet == b'\n').map_or(0, |place| place);
        octets.copy_within(line..from, to - (from - line));
        to -= from - line;
        from = line;
        let is_bare = octets.get(to) == Some(&b'\n')
            && from.checked_sub(1).and_then(|place| octets.get(place)) != Some(&b'\r');
        if is_bare && to > from {
            to -= 1;
            if let Some(octet) = octets.get_mut(to) {
                *octet = b'\r';
            }
        }
    }
    (octets, if pairs == 0 { LineEnds::Lf } else { LineEnds::Mixed })
}

#[cfg(test)]
mod tests;
