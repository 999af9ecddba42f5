//! Octets of a report to text: by byte order mark, by what is there, then by what is declared.

use super::flaw::{Flaw, Flaws};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// How far a declaration is looked for.
const DECLARATION: usize = 256;

/// The text of a report; what it claims and is not goes to `flaws`.
pub(super) fn text<'b>(octets: &'b [u8], flaws: &mut Flaws) -> Cow<'b, str> {
    let declared = declared(octets);
    if let Some((encoding, mark)) = Encoding::for_bom(octets) {
        let rest = octets.get(mark..).unwrap_or_default();
        check_claim(declared.as_deref(), encoding, flaws);
        return decode(encoding, rest, flaws);
    }
    if let Some(encoding) = wide(octets) {
        check_claim(declared.as_deref(), encoding, flaws);
        return decode(encoding, octets, flaws);
    }
    let Some(label) = declared else { return decode(UTF_8, octets, flaws) };
    match Encoding::for_label(label.as_bytes()) {
        // What is wide was found above: this is not.
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => {
            check_claim(Some(&label), UTF_8, flaws);
            decode(UTF_8, octets, flaws)
        }
        Some(encoding) => decode(encoding, octets, flaws),
        None => {
            flaws.add(Flaw::of("encoding", &label, "no known encoding; read as UTF-8"));
            decode(UTF_8, octets, flaws)
        }
    }
}

/// The encoding that the XML declaration names.
fn declared(octets: &[u8]) -> Option<String> {
    // A declaration in UTF-16 is ASCII with a zero beside each character.
    let plain: String = octets
        .iter()
        .take(DECLARATION * 2)
        .filter(|octet| octet.is_ascii() && **octet != 0)
        .map(|octet| char::from(*octet))
        .take(DECLARATION)
        .collect();
    let (_, declaration) = plain.split_once("<?xml")?;
    let (declaration, _) = declaration.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    value.get(1..)?.split_once(quote).map(|(label, _)| label.trim().to_owned())
}

/// UTF-16 without a mark: every other octet of the beginning is zero.
fn wide(octets: &[u8]) -> Option<&'static Encoding> {
    let head = octets.get(..octets.len().min(64) & !1).filter(|head| head.len() >= 8)?;
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|it| **it == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let most = head.len() / 2 - head.len() / 8;
    match (even >= most, odd >= most) {
        (false, true) => Some(UTF_16LE),
        (true, false) => Some(UTF_16BE),
        _ => None,
    }
}

/// Says that another encoding was declared than is used.
fn check_claim(label: Option<&str>, used: &'static Encoding, flaws: &mut Flaws) {
    let Some(label) = label else { return };
    let is_wide = |it: &Encoding| it == UTF_16LE || it == UTF_16BE;
    let claimed = Encoding::for_label(label.as_bytes());
    let agrees = claimed.is_some_and(|it| it == used || is_wide(it) && is_wide(used));
    if !agrees {
        let why = format!("the text is {}", used.name());
        flaws.add(Flaw::of("encoding", label, &why));
    }
}

/// Decodes; what is no UTF-8 is taken for Windows-1252, as mail programs that know only one write it.
fn decode<'b>(encoding: &'static Encoding, octets: &'b [u8], flaws: &mut Flaws) -> Cow<'b, str> {
    if encoding == UTF_8 {
        return match std::str::from_utf8(octets) {
            Ok(text) => Cow::Borrowed(text),
            Err(why) => {
                let at = why.valid_up_to();
                let octet = octets.get(at).copied().unwrap_or_default();
                let what = format!("octet 0x{octet:02X} at {at}");
                flaws.add(Flaw::of("encoding", &what, "not UTF-8; read as Windows-1252"));
                WINDOWS_1252.decode_without_bom_handling(octets).0
            }
        };
    }
    let (text, is_broken) = encoding.decode_without_bom_handling(octets);
    if is_broken {
        flaws.add(Flaw::of("encoding", encoding.name(), "some octets are not of this encoding"));
    }
    text
}
