//! The words of master files (RFC 1035 §5.1).
//!
//! ```text
//! word    =  1*( word-octet / escape )
//! quoted  =  DQUOTE *( quoted-octet / escape ) DQUOTE       ; on one line
//! escape  =  "\" 3DIGIT / "\" octet                         ; an octet by number, or itself
//! ```

use crate::net::Name;
use crate::text::lex::{Reading, Wanted};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take, take_while, take_while1};
use nom::combinator::{opt, recognize, value, verify};
use nom::multi::{many0_count, many1_count};
use nom::sequence::pair;

const QUOTED: &str = "a domain name without quotes";
pub(crate) const NO_ORIGIN: &str = "an absolute name, with a final dot, where no $ORIGIN is set";
const EMPTY_LABEL: &str = "a domain name without empty labels";
const LONG_NAME: &str = "a name of at most 253 octets, in labels of at most 63";

/// What is wanted in place of a name that cannot be one.
pub(crate) const NAMES: [&str; 4] = [QUOTED, NO_ORIGIN, EMPTY_LABEL, LONG_NAME];

/// One word of a record, or one quoted string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word<'a> {
    /// The text between the quotes, or the word itself; escapes as they were written.
    pub(crate) text: &'a [u8],
    /// True if it stood between quotes.
    pub(crate) quoted: bool,
}

/// What a master file is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// A word or a quoted string.
    Word(Word<'a>),
    /// Space between words.
    Blank,
    /// From a semicolon to the end of the line.
    Comment,
    /// The end of a line.
    LineEnd,
    /// An opening parenthesis: line ends are blank from here on.
    Open,
    /// A closing parenthesis.
    Close,
}

/// The next piece of a master file.
pub(crate) fn piece(text: &[u8]) -> Reading<'_, Piece<'_>> {
    alt((
        value(Piece::Blank, take_while1(|octet| matches!(octet, b' ' | b'\t' | b'\r'))),
        word.map(Piece::Word),
        value(Piece::LineEnd, tag("\n")),
        quoted.map(Piece::Word),
        value(Piece::Comment, pair(tag(";"), take_while(|octet| octet != b'\n'))),
        value(Piece::Open, tag("(")),
        value(Piece::Close, tag(")")),
        |at| Err(Wanted::failure(at, "a character after the backslash")),
    ))
    .parse(text)
}

/// `word = 1*( word-octet / escape )`
fn word(text: &[u8]) -> Reading<'_, Word<'_>> {
    let octets = take_while1(|octet| {
        !matches!(octet, b' ' | b'\t' | b'\r' | b'\n' | b'(' | b')' | b';' | b'"' | b'\\')
    });
    let whole = text;
    let (mut rest, _) = recognize(many1_count(alt((octets, escape)))).parse(text)?;
    // RFC 9460 §2.1: "SvcParam = SvcParamKey ["=" SvcParamValue]", whose value may be quoted.
    while rest.first() == Some(&b'"') {
        let length = whole.len() - rest.len();
        if whole.get(..length).and_then(<[u8]>::last) != Some(&b'=') {
            // Servers disagree about `a"b"`: one word, two, or none.
            return Err(Wanted::failure(rest, "a space before the quote"));
        }
        rest = quoted(rest)?.0;
    }
    let text = whole.get(..whole.len() - rest.len()).unwrap_or(whole);
    Ok((rest, Word { text, quoted: false }))
}

/// `quoted = DQUOTE *( quoted-octet / escape ) DQUOTE`, on one line.
fn quoted(text: &[u8]) -> Reading<'_, Word<'_>> {
    let octets = take_while1(|octet| !matches!(octet, b'"' | b'\\' | b'\n'));
    let (body, _) = tag("\"").parse(text)?;
    let (rest, inner) = recognize(many0_count(alt((octets, escape)))).parse(body)?;
    let (rest, closed) = opt(tag("\"")).parse(rest)?;
    if closed.is_none() {
        return Err(Wanted::failure(text, "a closing quote on the same line"));
    }
    match rest.first() {
        None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'(' | b')' | b';' | b'"') => {
            Ok((rest, Word { text: inner, quoted: true }))
        }
        Some(_) => Err(Wanted::failure(rest, "a space after the quote")),
    }
}

/// A backslash and the octet after it, which is not the end of the line.
fn escape(text: &[u8]) -> Reading<'_, &[u8]> {
    recognize(pair(tag("\\"), verify(take(1_usize), |octet: &[u8]| octet != b"\n"))).parse(text)
}

impl<'a> Word<'a> {
    /// True for this word outside quotes, letter case ignored.
    pub(crate) fn is(self, word: &str) -> bool {
        !self.quoted && self.text.eq_ignore_ascii_case(word.as_bytes())
    }

    /// The octets that the word means, each with the offset in `text` of what it was written as.
    pub(crate) fn octets(self) -> Octets<'a> {
        Octets { text: self.text, offset: 0 }
    }

    /// The word as a number; no escapes, no sign, no quotes.
    pub(crate) fn number(self) -> Option<u32> {
        (!self.quoted && !self.text.is_empty()).then_some(())?;
        self.text.iter().try_fold(0_u32, |number, octet| {
            let digit = octet.is_ascii_digit().then(|| u32::from(octet - b'0'))?;
            number.checked_mul(10)?.checked_add(digit)
        })
    }

    /// The word as a time to live in seconds: `3600`, `1h`, `1h30m`.
    // RFC 2181 §8: "treat TTL values received with the most significant bit set as if the entire value
    // received was zero"
    pub(crate) fn seconds(self) -> Option<u32> {
        (!self.quoted && self.text.first()?.is_ascii_digit()).then_some(())?;
        let mut total = 0_u32;
        let mut count: Option<u32> = None;
        for octet in self.text {
            let scale = match octet.to_ascii_lowercase() {
                digit @ b'0'..=b'9' => {
                    let digit = u32::from(digit - b'0');
                    count = Some(count.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
                    continue;
                }
                b's' => 1,
                b'm' => 60,
                b'h' => 3600,
                b'd' => 86_400,
                b'w' => 604_800,
                _ => return None,
            };
            total = total.checked_add(count.take()?.checked_mul(scale)?)?;
        }
        let total = total.checked_add(count.unwrap_or(0))?;
        Some(if total > i32::MAX as u32 { 0 } else { total })
    }

    /// The word as a domain name; a relative one ends in `origin`.
    ///
    /// # Errors
    /// What was wanted, and where.
    pub(crate) fn name(self, origin: Option<&Name>) -> Result<Name, Wanted<'a>> {
        let wanted = |what| Wanted { at: self.text, what };
        if self.quoted {
            return Err(wanted(QUOTED));
        }
        match self.text {
            b"@" => return origin.cloned().ok_or(wanted(NO_ORIGIN)),
            b"." => return Ok(Name::root()),
            _ => {}
        }
        let (mut octets, mut labels, mut start) = (Vec::new(), Vec::new(), 0);
        for step in self.octets() {
            let (octet, at) = step?;
            // A dot that was not escaped ends a label.
            if octet != b'.' || self.text.get(at) == Some(&b'\\') {
                octets.push(octet);
            } else if start < octets.len() {
                labels.push(start..octets.len());
                start = octets.len();
            } else {
                return Err(wanted(EMPTY_LABEL));
            }
            // A hostile name is as long as its file.
            if octets.len() > 255 {
                return Err(wanted(LONG_NAME));
            }
        }
        let absolute = start == octets.len();
        if !absolute {
            labels.push(start..octets.len());
        }
        let labels = labels.into_iter().filter_map(|label| octets.get(label));
        let name = match origin {
            _ if absolute => Name::from_labels(labels),
            Some(origin) => Name::from_labels(labels.chain(origin.labels())),
            None => return Err(wanted(NO_ORIGIN)),
        };
        name.map_err(|_| wanted(LONG_NAME))
    }
}

/// The octets that a word means.
#[derive(Clone, Debug)]
pub(crate) struct Octets<'a> {
    text: &'a [u8],
    offset: usize,
}

impl<'a> Iterator for Octets<'a> {
    /// The octet, and where it begins; or an escape that means nothing.
    type Item = Result<(u8, usize), Wanted<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.offset;
        let rest = self.text.get(at..)?;
        let (octet, length) = match rest {
            [b'\\', x @ b'0'..=b'9', y @ b'0'..=b'9', z @ b'0'..=b'9', ..] => {
                let number = [x, y, z].iter().fold(0, |n, d| n * 10 + u16::from(**d - b'0'));
                (u8::try_from(number).ok(), 4)
            }
            [b'\\', b'0'..=b'9', ..] | [b'\\'] => (None, 1),
            [b'\\', octet, ..] => (Some(*octet), 2),
            [octet, ..] => (Some(*octet), 1),
            [] => return None,
        };
        self.offset += length;
        Some(match octet {
            Some(octet) => Ok((octet, at)),
            None => {
                self.offset = self.text.len();
                Err(Wanted { at: rest, what: "three digits from 000 to 255 after the backslash" })
            }
        })
    }
}
