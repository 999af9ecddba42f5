//! Domain names as octets.
//!
//! A [`Name`] is a sequence of labels of any octets, folded to lower case (RFC 4343), absolute
//! always. Names never travel as text on their way to the resolver: SPF macros and DKIM selectors
//! make labels that text-based constructors refuse (`s1_2024`, `user+tag=a`, a lone `%`).

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::sync::Arc;

/// Longest name in wire form, length octets and the root's zero included (RFC 1035 §2.3.4).
const WIRE_LIMIT: usize = 255;
/// Longest label (RFC 1035 §2.3.4).
const LABEL_LIMIT: usize = 63;

/// An absolute domain name, lower case, cheap to clone and to compare.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// Labels in wire form, each behind its length, without the root's zero octet.
    wire: Arc<[u8]>,
}

/// Why labels are not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameError {
    /// There is no label at all.
    Empty,
    /// Two dots stand side by side, or one at the beginning.
    EmptyLabel,
    /// A label is longer than 63 octets.
    LabelTooLong(usize),
    /// The name is longer than 253 octets.
    TooLong(usize),
    /// The name cannot be converted to A-labels (RFC 5891).
    NotIdna,
}

impl fmt::Display for NameError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => out.write_str("the name is empty"),
            Self::EmptyLabel => out.write_str("the name has an empty label (two dots in a row)"),
            Self::LabelTooLong(n) => write!(out, "a label has {n} octets (limit 63)"),
            Self::TooLong(n) => write!(out, "the name has {n} octets (limit 253)"),
            Self::NotIdna => out.write_str("the name has no valid A-label form (RFC 5891)"),
        }
    }
}

impl std::error::Error for NameError {}

impl Name {
    /// The root of the DNS, a name without labels.
    pub fn root() -> Self {
        Self { wire: Arc::from([]) }
    }

    /// A name from its labels, leftmost first; no labels make the root.
    ///
    /// # Errors
    /// A label is empty or longer than 63 octets, or the whole is too long.
    pub fn from_labels<'a>(labels: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, NameError> {
        let mut buffer = [0_u8; WIRE_LIMIT];
        let mut length = 0;
        for label in labels {
            match label.len() {
                0 => return Err(NameError::EmptyLabel),
                octets @ 1..=LABEL_LIMIT => {
                    if let Some(place) = buffer.get_mut(length + 1..length + 1 + octets) {
                        place.copy_from_slice(label);
                        place.make_ascii_lowercase();
                        buffer[length] = octets as u8;
                    }
                    length += octets + 1;
                }
                octets => return Err(NameError::LabelTooLong(octets)),
            }
        }
        // One octet of the limit belongs to the root.
        if length >= WIRE_LIMIT {
            return Err(NameError::TooLong(length - 1));
        }
        Ok(Self { wire: Arc::from(&buffer[..length]) })
    }

    /// A name from octets with dots between labels; a final dot is accepted.
    ///
    /// There is no escape syntax: every octet but the dot stands for itself, as in the output of
    /// an SPF macro.
    ///
    /// # Errors
    /// As [`Name::from_labels`], and for the empty text.
    pub fn from_octets(text: &[u8]) -> Result<Self, NameError> {
        match text.strip_suffix(b".").unwrap_or(text) {
            [] if text.is_empty() => Err(NameError::Empty),
            [] => Err(NameError::EmptyLabel),
            dotted => Self::from_labels(dotted.split(|octet| *octet == b'.')),
        }
    }

    /// A name in master-file form (RFC 1035 §5.1), as [`fmt::Display`] writes it: `.` is the root,
    /// `\\.` a dot within a label, and `\\DDD` an octet by its number.
    fn from_master(text: &[u8]) -> Result<Self, NameError> {
        if text == b"." {
            return Ok(Self::root());
        }
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        let mut labels = vec![Vec::new()];
        let mut rest = text;
        while let [first, behind @ ..] = rest {
            let (octet, behind) = match (first, behind) {
                (b'.', _) => {
                    labels.push(Vec::new());
                    rest = behind;
                    continue;
                }
                (b'\\', [a, b, c, behind @ ..]) if numbered([*a, *b, *c]).is_some() => {
                    (numbered([*a, *b, *c]).unwrap_or_default(), behind)
                }
                (b'\\', [escaped, behind @ ..]) => (*escaped, behind),
                (octet, behind) => (*octet, behind),
            };
            if let Some(label) = labels.last_mut() {
                label.push(octet);
            }
            rest = behind;
        }
        // A final dot is accepted.
        if labels.len() > 1 && labels.last().is_some_and(Vec::is_empty) {
            labels.pop();
        }
        Self::from_labels(labels.iter().map(Vec::as_slice))
    }

    /// A name that a person typed: U-labels are converted to A-labels (RFC 5891).
    ///
    /// # Errors
    /// As [`Name::from_octets`], and if IDNA refuses the text.
    pub fn from_unicode(text: &str) -> Result<Self, NameError> {
        if text.is_ascii() {
            return Self::from_octets(text.as_bytes());
        }
        let ascii = idna::domain_to_ascii_cow(text.as_bytes(), idna::AsciiDenyList::EMPTY)
            .map_err(|_| NameError::NotIdna)?;
        Self::from_octets(ascii.as_bytes())
    }

    /// The labels in wire form, each behind its length, in lower case and without the root's zero octet.
    #[cfg(feature = "live")]
    pub(crate) fn wire(&self) -> &[u8] {
        &self.wire
    }

    /// The labels, leftmost first, in lower case.
    pub fn labels(&self) -> Labels<'_> {
        Labels { rest: &self.wire }
    }

    /// How many labels there are; 0 for the root.
    pub fn label_count(&self) -> usize {
        self.labels().count()
    }

    /// True for the root.
    pub fn is_root(&self) -> bool {
        self.wire.is_empty()
    }

    /// The name without its leftmost label; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        let length = usize::from(*self.wire.first()?);
        Some(Self { wire: Arc::from(self.wire.get(1 + length..)?) })
    }

    /// The `count` rightmost labels, or the whole name if it has no more than that.
    #[must_use]
    pub fn suffix(&self, count: usize) -> Self {
        let mut labels = self.labels();
        for _ in count..self.label_count() {
            labels.next();
        }
        Self { wire: Arc::from(labels.rest) }
    }

    /// The name with itself below it, `example.com.example.com`; `None` if that is too long.
    pub fn doubled(&self) -> Option<Self> {
        Self::from_labels(self.labels().chain(self.labels())).ok()
    }

    /// The name with `labels` (dots between them) before it, as in `_dmarc` or `s1._domainkey`.
    ///
    /// # Errors
    /// As [`Name::from_labels`].
    pub fn child(&self, labels: impl AsRef<[u8]>) -> Result<Self, NameError> {
        Self::from_labels(labels.as_ref().split(|octet| *octet == b'.').chain(self.labels()))
    }

    /// The name `self` put before `parent`: `blue.example` before `_report.example.net`.
    ///
    /// # Errors
    /// The result is too long.
    pub fn under(&self, parent: &Self) -> Result<Self, NameError> {
        Self::from_labels(self.labels().chain(parent.labels()))
    }

    /// True if `self` is `other` or lies below it.
    pub fn is_within(&self, other: &Self) -> bool {
        let (Some(extra), count) =
            (self.label_count().checked_sub(other.label_count()), other.wire.len())
        else {
            return false;
        };
        let mut labels = self.labels();
        for _ in 0..extra {
            labels.next();
        }
        labels.rest.len() == count && labels.rest == &*other.wire
    }

    /// Length in octets when written with dots, without a final one.
    pub fn len(&self) -> usize {
        self.wire.len().saturating_sub(1)
    }

    /// True for the root, as [`Name::is_root`].
    pub fn is_empty(&self) -> bool {
        self.is_root()
    }

    /// True if every label is made of letters, digits and inner hyphens (RFC 1123 §2.1).
    pub fn is_host_name(&self) -> bool {
        !self.is_root()
            && self.labels().all(|label| {
                label.iter().all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-')
                    && !label.starts_with(b"-")
                    && !label.ends_with(b"-")
            })
    }

    /// The octets with dots between labels, without escapes and without a final dot.
    pub fn to_octets(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(self.wire.len());
        for label in self.labels() {
            if !text.is_empty() {
                text.push(b'.');
            }
            text.extend_from_slice(label);
        }
        text
    }

    /// The name for a reader: U-labels where IDNA has them, else as [`fmt::Display`] writes it.
    pub fn to_unicode(&self) -> String {
        let ascii = self.to_string();
        if !ascii.contains("xn--") {
            return ascii;
        }
        let (unicode, outcome) = idna::domain_to_unicode(&ascii);
        if outcome.is_ok() { unicode } else { ascii }
    }
}

/// The octet that three decimal digits mean.
fn numbered(digits: [u8; 3]) -> Option<u8> {
    let is_number = digits.iter().all(u8::is_ascii_digit);
    let number = digits.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit.wrapping_sub(b'0')));
    u8::try_from(number).ok().filter(|_| is_number)
}

impl fmt::Display for Name {
    /// Master-file form (RFC 1035 §5.1) without the final dot; the root is a single dot.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return out.write_char('.');
        }
        for (index, label) in self.labels().enumerate() {
            if index > 0 {
                out.write_char('.')?;
            }
            for octet in label {
                match octet {
                    b'.' | b'\\' | b'"' | b'(' | b')' | b';' | b'@' | b'$' => {
                        write!(out, "\\{}", char::from(*octet))?;
                    }
                    b'!'..=b'~' => out.write_char(char::from(*octet))?,
                    _ => write!(out, "\\{octet:03}")?,
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Name({self})")
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Name {
    /// Reads what [`fmt::Display`] writes, escapes of the master-file form included.
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(input)?;
        Self::from_master(text.as_bytes()).map_err(D::Error::custom)
    }
}

/// The labels of a name, leftmost first.
#[derive(Clone, Debug)]
pub struct Labels<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Labels<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.rest.split_first()?;
        let (label, rest) = rest.split_at_checked(usize::from(*length))?;
        self.rest = rest;
        Some(label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::from_octets(text.as_bytes()).expect("a test writes valid names")
    }

    #[test]
    fn names_differ_by_octets_and_not_by_letter_case() {
        assert_eq!(name("S1_2024._DomainKey.Example.COM."), name("s1_2024._domainkey.example.com"));
    }

    #[test]
    fn a_label_of_64_octets_is_refused_and_of_63_is_not() {
        let label = "a".repeat(63);
        assert!(Name::from_octets(format!("{label}.com").as_bytes()).is_ok());
        assert_eq!(
            Name::from_octets(format!("{label}a.com").as_bytes()),
            Err(NameError::LabelTooLong(64))
        );
    }

    #[test]
    fn a_name_of_253_octets_is_the_longest() {
        let longest = format!("{}aaa", "a.".repeat(125));
        assert_eq!(longest.len(), 253);
        assert_eq!(Name::from_octets(longest.as_bytes()).map(|name| name.len()), Ok(253));
        let longer = format!("a{longest}");
        assert_eq!(Name::from_octets(longer.as_bytes()), Err(NameError::TooLong(254)));
    }

    #[test]
    fn empty_labels_and_empty_names_are_told_apart() {
        let errors = [b"".as_slice(), b".", b"a..b", b".a"].map(Name::from_octets);
        assert_eq!(
            errors,
            [
                Err(NameError::Empty),
                Err(NameError::EmptyLabel),
                Err(NameError::EmptyLabel),
                Err(NameError::EmptyLabel)
            ]
        );
    }

    #[test]
    fn odd_octets_are_shown_in_master_file_form() {
        assert_eq!(name("a b\u{1b}.x").to_string(), "a\\032b\\027.x");
    }

    #[test]
    fn a_name_is_within_itself_and_its_ancestors_only() {
        let (sub, apex) = (name("mail.example.com"), name("example.com"));
        assert_eq!(
            [sub.is_within(&apex), apex.is_within(&apex), apex.is_within(&sub)],
            [true, true, false]
        );
        assert!(!name("badexample.com").is_within(&apex));
    }

    #[test]
    fn a_kelvin_sign_typed_by_a_person_is_mapped_and_in_octets_is_kept() {
        assert_eq!(Name::from_unicode("\u{212a}.x"), Ok(name("k.x")));
        assert_ne!(name("\u{212a}.x"), name("k.x"));
    }

    #[test]
    fn u_labels_become_a_labels_and_come_back_for_the_reader() {
        let name = Name::from_unicode("bücher.example").expect("valid IDN");
        assert_eq!(
            (name.to_string(), name.to_unicode()),
            ("xn--bcher-kva.example".into(), "bücher.example".into())
        );
    }

    #[test]
    fn a_name_that_was_written_is_read_back() {
        let labels: [&[&[u8]]; 4] =
            [&[], &[b"a.b\\", b"\x00\xff1", b"x"], &[b"007"], &[b"$(\";@)"]];
        for labels in labels {
            let name = Name::from_labels(labels.iter().copied()).unwrap();
            let json = serde_json::to_string(&name).unwrap();
            assert_eq!(serde_json::from_str::<Name>(&json).unwrap(), name, "{json}");
        }
    }

    #[test]
    fn what_is_no_name_is_not_read_as_one() {
        let faulty = ["", "..", "a..b", ".a", &"a".repeat(64)];
        let read = faulty.map(|text| serde_json::from_value::<Name>(text.into()).is_ok());
        assert_eq!(read, [false; 5]);
    }
}
