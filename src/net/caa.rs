//! What a CAA record says (RFC 8659 §4.1), as a value.

use crate::text::escape;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A CAA record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caa {
    /// True if an authority that does not know the property may not issue (RFC 8659 §4.5).
    pub critical: bool,
    /// The property, in lower case: `issue`, `issuewild`, `iodef` or another.
    pub tag: String,
    /// Its value, escaped.
    pub value: String,
}

/// Properties that authorities know: RFC 8659 §4, RFC 9495 (`issuemail`) and the registry of IANA.
const KNOWN: [&str; 7] =
    ["issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"];

/// Longest value that is kept, in octets.
const LONGEST: usize = 1024;

impl Caa {
    /// Reads the data of a record; `None` if it is none.
    pub fn read(rdata: &[u8]) -> Option<Self> {
        let ([flags, length], rest) = rdata.split_first_chunk::<2>()?;
        let (tag, value) = rest.split_at_checked(usize::from(*length))?;
        let is_tag = !tag.is_empty() && tag.iter().all(u8::is_ascii_alphanumeric);
        if !is_tag || value.len() > LONGEST {
            return None;
        }
        let tag = String::from_utf8_lossy(tag).to_ascii_lowercase();
        Some(Self { critical: flags & 0x80 != 0, tag, value: escape(value) })
    }

    /// True for a critical property that authorities do not know: they may not issue
    /// (RFC 8659 §4.5).
    pub fn forbids(&self) -> bool {
        self.critical && !KNOWN.contains(&self.tag.as_str())
    }

    /// The domain name of the authority that an `issue` property allows, empty if it allows none
    /// (RFC 8659 §4.2); `None` for another property.
    pub fn issuer(&self) -> Option<&str> {
        let value = (self.tag == "issue").then_some(self.value.as_str())?;
        Some(value.split(';').next().unwrap_or_default().trim())
    }
}

impl fmt::Display for Caa {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} \"{}\"", if self.critical { 128 } else { 0 }, self.tag, self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rdata(flags: u8, tag: &str, value: &str) -> Vec<u8> {
        let length = u8::try_from(tag.len()).unwrap();
        [&[flags, length], tag.as_bytes(), value.as_bytes()].concat()
    }

    fn issuer(value: &str) -> Option<String> {
        Caa::read(&rdata(0, "issue", value))?.issuer().map(str::to_owned)
    }

    #[test]
    fn the_issuer_ends_before_its_parameters() {
        let issuers = ["ca.example", " ca.example ; account=1", ";", ""].map(issuer);
        assert_eq!(issuers.map(Option::unwrap), ["ca.example", "ca.example", "", ""]);
    }

    #[test]
    fn only_a_critical_property_that_is_not_known_forbids() {
        let forbids =
            |flags, tag| Caa::read(&rdata(flags, tag, "x")).is_some_and(|it| it.forbids());
        assert_eq!(
            [forbids(128, "issue"), forbids(128, "tbs"), forbids(0, "tbs")],
            [false, true, false]
        );
    }

    #[test]
    fn data_that_ends_early_or_has_no_tag_is_no_record() {
        let texts: [&[u8]; 5] = [&[], &[0], &[0, 0], &[0, 9, b'i'], &[0, 1, b' ']];
        assert!(texts.into_iter().all(|rdata| Caa::read(rdata).is_none()));
    }
}
