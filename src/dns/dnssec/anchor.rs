//! Trust anchors: where chains of signatures begin (RFC 4033 §2).

use crate::dns::presentation;
use crate::dns::{Data, Kind};
use crate::net::Name;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::str::FromStr;

/// The keys of the root zone of 2017 and of 2024, by their digests, as IANA publishes them in
/// `root-anchors.xml` (RFC 7958 §2).
const ROOT: &str = "\
. IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D
. IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16
";

/// The most records that are read.
const MOST_RECORDS: usize = 64;

/// The type of a digest of a key.
pub(super) const DS: u16 = 43;
/// The type of a key.
pub(super) const DNSKEY: u16 = 48;

/// Keys that are trusted without a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchors(Vec<Anchor>);

/// One of them: the data of a DS or DNSKEY record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) zone: Name,
    pub(super) kind: u16,
    pub(super) data: Vec<u8>,
}

impl Anchors {
    /// The keys of the root zone that IANA publishes.
    pub fn root() -> Self {
        // A test reads them.
        ROOT.parse().unwrap_or(Self(Vec::new()))
    }

    /// The anchors of the closest zone at or above a name.
    pub(super) fn above(&self, name: &Name) -> Option<(&Name, Vec<&Anchor>)> {
        let above = self.0.iter().filter(|anchor| name.is_within(&anchor.zone));
        let zone = &above.max_by_key(|anchor| anchor.zone.label_count())?.zone;
        Some((zone, self.0.iter().filter(|anchor| anchor.zone == *zone).collect()))
    }
}

/// Why a text holds no trust anchors.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnchorError {
    /// Line, from 1; 0 if it is about the whole.
    pub line: usize,
    /// What is wrong, printable.
    pub what: String,
}

impl fmt::Display for AnchorError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => out.write_str(&self.what),
            line => write!(out, "line {line}: {}", self.what),
        }
    }
}

impl std::error::Error for AnchorError {}

impl FromStr for Anchors {
    type Err = AnchorError;

    /// Reads DS and DNSKEY records, one a line or in parentheses: as `dig`, `dnssec-keygen` and
    /// `unbound-anchor` write them. Comments and other records are skipped.
    fn from_str(text: &str) -> Result<Self, AnchorError> {
        let mut anchors = Vec::new();
        let (mut words, mut begin, mut depth) = (Vec::new(), 1, 0_usize);
        for (index, line) in text.lines().enumerate() {
            let line = line.split(';').next().unwrap_or_default();
            if words.is_empty() {
                begin = index + 1;
            }
            depth = (depth + line.matches('(').count()).saturating_sub(line.matches(')').count());
            let is_break = |c: char| c.is_ascii_whitespace() || c == '(' || c == ')';
            words.extend(line.split(is_break).filter(|word| !word.is_empty()));
            if depth > 0 {
                continue;
            }
            let wrong = |what: String| AnchorError { line: begin, what };
            anchors.extend(record(&std::mem::take(&mut words)).map_err(wrong)?);
            if anchors.len() > MOST_RECORDS {
                return Err(wrong(format!("more than {MOST_RECORDS} trust anchors")));
            }
        }
        if depth > 0 {
            return Err(AnchorError { line: begin, what: "missing closing parenthesis".into() });
        }
        match anchors.is_empty() {
            false => Ok(Self(anchors)),
            true => Err(AnchorError { line: 0, what: "no DS or DNSKEY record".into() }),
        }
    }
}

/// The anchor in the words of a record: owner, perhaps TTL and class, type, data.
fn record(words: &[&str]) -> Result<Option<Anchor>, String> {
    let Some((owner, rest)) = words.split_first() else { return Ok(None) };
    let is_type = |word: &&str| ["DS", "DNSKEY"].iter().any(|it| it.eq_ignore_ascii_case(word));
    let Some(place) = rest.iter().take(3).position(is_type) else { return Ok(None) };
    let (Some(kind), Some(data)) = (rest.get(place), rest.get(place + 1..)) else {
        return Ok(None);
    };
    let zone = match *owner {
        "." => Name::root(),
        owner => Name::from_unicode(owner).map_err(|why| why.to_string())?,
    };
    if kind.eq_ignore_ascii_case("DS") {
        let read = presentation::read(Kind::Other(DS), data.join(" ").as_bytes());
        return match read {
            Ok(Data::Opaque(data)) => Ok(Some(Anchor { zone, kind: DS, data: data.into() })),
            _ => Err("expected a key tag, an algorithm, a digest type and a digest".to_owned()),
        };
    }
    let [flags, protocol, algorithm, key @ ..] = data else {
        return Err("expected flags, a protocol, an algorithm and a key".to_owned());
    };
    let key = STANDARD.decode(key.concat()).ok().filter(|key| !key.is_empty());
    match (flags.parse::<u16>(), protocol.parse(), algorithm.parse(), key) {
        (Ok(flags), Ok(protocol), Ok(algorithm), Some(key)) => {
            let mut data = flags.to_be_bytes().to_vec();
            data.extend::<[u8; 2]>([protocol, algorithm]);
            data.extend(key);
            Ok(Some(Anchor { zone, kind: DNSKEY, data }))
        }
        _ => {
            Err("expected flags, a protocol and an algorithm as numbers, and a key in base64"
                .into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_anchors_of_the_root_are_two() {
        assert_eq!(Anchors::root().0.len(), 2);
    }

    #[test]
    fn keys_are_read_as_tools_write_them() {
        let text = "; a comment\n\
            example. 3600 IN DNSKEY 257 3 15 (\n l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4= ) ; id\n\
            example. DS 3613 15 2 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b\n";
        let read: Anchors = text.parse().expect("two records");
        assert_eq!(read.0.iter().map(|it| it.kind).collect::<Vec<_>>(), [DNSKEY, DS]);
    }

    #[test]
    fn what_is_no_anchor_is_named_with_its_line() {
        let table = [
            ("", "no DS or DNSKEY record"),
            (
                "\nexample. DS 1 2\n",
                "line 2: expected a key tag, an algorithm, a digest type and a digest",
            ),
            (
                "example. DNSKEY 257 3 x AAAA",
                "line 1: expected flags, a protocol and an algorithm as numbers, and a key in base64",
            ),
            ("\n\n. DNSKEY 257 3 8 ( AA", "line 3: missing closing parenthesis"),
        ];
        let said = table.map(|(text, _)| text.parse::<Anchors>().map_err(|why| why.to_string()));
        assert_eq!(said, table.map(|(_, why)| Err(why.to_owned())));
    }
}
