//! A tag list of a signature (RFC 6376 §3.2), with values that may be UTF-8 (RFC 8616 §5).

use super::Defect;

/// One `name=value`, both without white space around them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag<'a> {
    name: &'a [u8],
    value: &'a [u8],
}

/// The tags of a signature.
#[derive(Clone, Debug)]
pub(super) struct Tags<'a> {
    all: Vec<Tag<'a>>,
}

fn is_fws(octet: &u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n')
}

fn trim(text: &[u8]) -> &[u8] {
    let begin = text.iter().position(|octet| !is_fws(octet)).unwrap_or(text.len());
    let end = text.iter().rposition(|octet| !is_fws(octet)).map_or(begin, |place| place + 1);
    text.get(begin..end).unwrap_or_default()
}

impl<'a> Tags<'a> {
    /// Reads the value of a field.
    pub(super) fn read(text: &'a [u8]) -> Result<Self, Defect> {
        let mut all: Vec<Tag<'a>> = Vec::with_capacity(12);
        let mut pieces = text.split(|octet| *octet == b';').peekable();
        while let Some(piece) = pieces.next() {
            let piece = trim(piece);
            if piece.is_empty() && pieces.peek().is_none() && !all.is_empty() {
                break;
            }
            let equals = piece.iter().position(|octet| *octet == b'=').ok_or(Defect::TagList)?;
            let (name, value) = piece.split_at(equals);
            let (name, value) = (trim(name), trim(value.get(1..).unwrap_or_default()));
            let is_name = name.first().is_some_and(u8::is_ascii_alphabetic)
                && name.iter().all(|octet| octet.is_ascii_alphanumeric() || *octet == b'_');
            let is_value =
                value.iter().all(|octet| is_fws(octet) || matches!(octet, 0x21..=0x7e | 0x80..));
            if !is_name || !is_value {
                return Err(Defect::TagList);
            }
            // RFC 6376 §3.2: "Tags with duplicate names MUST NOT occur within a single tag-list"
            if all.iter().any(|known| known.name == name) {
                return Err(Defect::Duplicate);
            }
            // A list of tags that no standard knows would cost a quadratic search.
            if all.len() >= 64 {
                return Err(Defect::TagList);
            }
            all.push(Tag { name, value });
        }
        Ok(Self { all })
    }

    /// The value of a tag; names are case-sensitive (RFC 6376 §3.2).
    pub(super) fn get(&self, name: &str) -> Option<&'a [u8]> {
        Some(self.all.iter().find(|tag| tag.name == name.as_bytes())?.value)
    }

    /// The value of a tag that must be there.
    pub(super) fn required(&self, name: &'static str) -> Result<&'a [u8], Defect> {
        match self.get(name) {
            None => Err(Defect::Missing(name)),
            Some(b"") => Err(Defect::Tag(name)),
            Some(value) => Ok(value),
        }
    }

    /// The number in a tag.
    pub(super) fn number(&self, name: &'static str) -> Result<Option<u64>, Defect> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        let text = std::str::from_utf8(value).map_err(|_| Defect::Tag(name))?;
        // RFC 6376 §3.5: a value beyond what can be held is to be read as the largest one.
        is_number.then(|| Some(text.parse().unwrap_or(u64::MAX))).ok_or(Defect::Tag(name))
    }

    /// The octets that base64 in a tag stands for.
    pub(super) fn base64(&self, name: &'static str) -> Result<Vec<u8>, Defect> {
        decode(self.required(name)?).ok_or(Defect::Tag(name))
    }
}

/// Decodes base64 with white space in it, padded or not.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine as _;
    use base64::alphabet::STANDARD;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let text: Vec<u8> = text.iter().copied().filter(|octet| !is_fws(octet)).collect();
    LENIENT.decode(text).ok().filter(|octets| !octets.is_empty())
}

/// The value of a field cut before and behind the value of its `b=`, all white space around that
/// value taken away with it (RFC 6376 §3.7).
pub(super) fn without_signature(value: &[u8]) -> [&[u8]; 2] {
    let mut begin = 0;
    for piece in value.split(|octet| *octet == b';') {
        let end = begin + piece.len();
        if let Some(equals) = piece.iter().position(|octet| *octet == b'=')
            && piece.get(..equals).is_some_and(|name| trim(name) == b"b")
        {
            let (before, rest) = value.split_at(begin + equals + 1);
            return [before, rest.get(end - before.len()..).unwrap_or_default()];
        }
        begin = end + 1;
    }
    [value, &[]]
}
