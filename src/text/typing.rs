//! What word processors, web pages and forms leave in a text that only machines read.
//!
//! Each such character looks like one that belongs there, or like nothing at all, so a reader of the
//! record cannot see what is wrong. Here they are found by name and replaced by what they stand for.

use super::Span;

/// A character, or a few, where another one was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stray {
    /// Where it stands.
    pub(crate) span: Span,
    /// Its name with an article, as in `an en dash (U+2013)`.
    pub(crate) what: String,
    /// What it stands for; empty if it means nothing.
    pub(crate) meant: &'static [u8],
}

/// A text without strays, and where each of its octets stood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cleaned {
    pub(crate) text: Vec<u8>,
    /// The place of each octet in the original text.
    pub(crate) places: Vec<u32>,
    pub(crate) strays: Vec<Stray>,
}

/// Entities of HTML that editors of web pages write.
const ENTITIES: [(&[u8], &[u8]); 6] = [
    (b"&nbsp;", b" "),
    (b"&quot;", b""),
    (b"&#39;", b""),
    (b"&lt;", b""),
    (b"&gt;", b""),
    (b"&amp;", b"&"),
];

/// Finds what does not belong. Blanks other than a space become one, dashes a hyphen, and so on.
pub(crate) fn clean(text: &[u8]) -> Cleaned {
    let mut cleaned = Cleaned::default();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, stray) = match stray_at(rest) {
            Some((length, what, meant)) => (length, Some((what, meant))),
            None => (1, None),
        };
        let place = u32::try_from(at).unwrap_or(u32::MAX);
        match stray {
            Some((what, meant)) => {
                cleaned.text.extend_from_slice(meant);
                cleaned.places.extend(meant.iter().map(|_| place));
                cleaned.strays.push(Stray { span: Span::new(at, at + length), what, meant });
            }
            None => {
                cleaned.text.extend(rest.first());
                cleaned.places.push(place);
            }
        }
        at += length;
    }
    cleaned
}

/// What is at the beginning and does not belong: its length, its name, and what it means.
fn stray_at(text: &[u8]) -> Option<(usize, String, &'static [u8])> {
    let named = |length, what: &str, meant: &'static [u8]| Some((length, what.to_owned(), meant));
    match text.first()? {
        b'\t' => return named(1, "a tab", b" "),
        b'\r' if text.get(1) == Some(&b'\n') => return named(2, "a line break", b" "),
        b'\r' | b'\n' => return named(1, "a line break", b" "),
        b'"' => return named(1, "a quotation mark", b""),
        b'\'' | b'`' => return named(1, "a single quotation mark", b""),
        b'\\' => return named(1, "a backslash", b""),
        b'<' => {
            return match tag_length(text) {
                Some(length) => named(length, "an HTML tag", b" "),
                None => named(1, "an angle bracket", b""),
            };
        }
        b'>' => return named(1, "an angle bracket", b""),
        b'&' => {
            let named = ENTITIES.iter().find(|(entity, _)| {
                text.get(..entity.len()).is_some_and(|it| it.eq_ignore_ascii_case(entity))
            });
            let (entity, meant) = match named {
                Some((entity, meant)) => (*entity, *meant),
                None => by_number(text)?,
            };
            let what = format!("the HTML entity {}", String::from_utf8_lossy(entity));
            return Some((entity.len(), what, meant));
        }
        octet if octet.is_ascii() => return None,
        _ => {}
    }
    let length = text.iter().skip(1).take_while(|octet| (0x80..0xc0).contains(*octet)).count() + 1;
    // Windows-1252, where the octets are no UTF-8.
    let character = std::str::from_utf8(text.get(..length)?).ok().and_then(|it| it.chars().next());
    let (character, length) = match character {
        Some(character) => (character, length),
        None => (windows(*text.first()?)?, 1),
    };
    let (what, meant): (_, &'static [u8]) = match character {
        '\u{a0}' => ("a no-break space", b" "),
        '\u{2002}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            ("a typographic space", b" ")
        }
        '\u{200b}' => ("a zero width space", b""),
        '\u{200c}' | '\u{200d}' | '\u{2060}' => ("a zero width character", b""),
        '\u{ad}' => ("a soft hyphen", b""),
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            ("a direction mark", b"")
        }
        '\u{feff}' => ("a byte order mark", b""),
        '\u{2010}' | '\u{2011}' => ("a typographic hyphen", b"-"),
        '\u{2012}' | '\u{2013}' => ("an en dash", b"-"),
        '\u{2014}' | '\u{2015}' => ("an em dash", b"-"),
        '\u{2212}' => ("a minus sign", b"-"),
        '\u{2dc}' | '\u{223c}' | '\u{ff5e}' => ("a typographic tilde", b"~"),
        '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2032}' | '\u{2033}' | '\u{b4}' => {
            ("a typographic quotation mark", b"")
        }
        '\u{ff1a}' => ("a full-width colon", b":"),
        '\u{ff0c}' => ("a full-width comma", b","),
        '\u{ff1b}' => ("a full-width semicolon", b";"),
        '\u{ff1d}' => ("a full-width equals sign", b"="),
        _ => return None,
    };
    Some((length, format!("{what} (U+{:04X})", u32::from(character)), meant))
}

/// An entity that names its character by a number, `&#126;` or `&#x7e;`, and what it stands for.
fn by_number(text: &[u8]) -> Option<(&[u8], &'static [u8])> {
    const LONGEST: usize = 8;
    let length = text.iter().take(LONGEST).position(|octet| *octet == b';')? + 1;
    let entity = text.get(..length)?;
    let digits = std::str::from_utf8(entity.get(2..length - 1)?).ok()?;
    let number = match (entity.get(1)?, digits.strip_prefix(['x', 'X'])) {
        (b'#', Some(digits)) => u8::from_str_radix(digits, 16).ok()?,
        (b'#', None) => digits.parse().ok()?,
        _ => return None,
    };
    let meant: &'static [u8] = match number {
        b'"' | b'\'' | b'<' | b'>' => b"",
        0xa0 => b" ",
        _ => std::slice::from_ref(PRINTABLE.iter().find(|known| **known == number)?),
    };
    Some((entity, meant))
}

/// What may stand in a record, besides letters and digits.
static PRINTABLE: [u8; 21] = *b" !#$%&()*+,-./:;=@_~?";

/// The length of an HTML tag: a name behind the bracket, and a closing bracket near by. A name with a
/// dot or a colon is an address in brackets.
fn tag_length(text: &[u8]) -> Option<usize> {
    const LONGEST: usize = 80;
    let end = text.iter().take(LONGEST).position(|octet| *octet == b'>')?;
    let inner = text.get(1..end)?;
    let inner = inner.strip_prefix(b"/").unwrap_or(inner);
    let name = inner.iter().take_while(|octet| octet.is_ascii_alphanumeric()).count();
    let follows = inner.get(name);
    let is_name = (1..=10).contains(&name) && inner.first().is_some_and(u8::is_ascii_alphabetic);
    (is_name && matches!(follows, None | Some(b' ' | b'/'))).then_some(end + 1)
}

/// What an octet beyond ASCII is in Windows-1252, of the characters that matter here.
fn windows(octet: u8) -> Option<char> {
    Some(match octet {
        0x91 => '\u{2018}',
        0x92 => '\u{2019}',
        0x93 => '\u{201c}',
        0x94 => '\u{201d}',
        0x96 => '\u{2013}',
        0x97 => '\u{2014}',
        0xa0 => '\u{a0}',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> (String, Vec<String>) {
        let cleaned = clean(text.as_bytes());
        let text = String::from_utf8_lossy(&cleaned.text).into_owned();
        (text, cleaned.strays.into_iter().map(|stray| stray.what).collect())
    }

    #[test]
    fn what_looks_like_another_character_is_named_and_replaced() {
        let cases = [
            ("mx \u{2013}all", "mx -all", "an en dash (U+2013)"),
            ("mx\u{a0}-all", "mx -all", "a no-break space (U+00A0)"),
            ("\u{feff}v=spf1", "v=spf1", "a byte order mark (U+FEFF)"),
            ("<br>a", " a", "an HTML tag"),
            ("a\tb", "a b", "a tab"),
            ("a&nbsp;b", "a b", "the HTML entity &nbsp;"),
            ("&#126;all", "~all", "the HTML entity &#126;"),
            ("&#x2D;all", "-all", "the HTML entity &#x2D;"),
            ("a&#160;b", "a b", "the HTML entity &#160;"),
        ];
        for (text, expected, what) in cases {
            assert_eq!(cleaned(text), (expected.to_owned(), vec![what.to_owned()]), "{text}");
        }
    }

    #[test]
    fn a_name_in_angle_brackets_is_no_tag() {
        let (text, strays) = cleaned("include:<spf.example.com>");
        assert_eq!((text.as_str(), strays.len()), ("include:spf.example.com", 2));
    }

    #[test]
    fn places_lead_back_to_the_original_text() {
        let text = "a\u{2013}b";
        assert_eq!(clean(text.as_bytes()).places, [0, 1, 4]);
    }

    #[test]
    fn quotes_of_windows_1252_are_known() {
        assert_eq!(clean(b"\x93a\x94").text, b"a");
    }
}
