//! Messages octet for octet: DNSSEC signs them in a form that no reader of records keeps.

use crate::net::Name;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Octets of the header (RFC 1035 §4.1.1).
const HEADER: usize = 12;
/// The class of the internet.
const IN: u16 = 1;
/// Pointers that are followed in one name, far more than a name has labels.
const MOST_POINTERS: usize = 128;

/// Types by number (RFC 1035 §3.2.2, RFC 6672, RFC 4034, RFC 5155).
pub(super) const NS: u16 = 2;
pub(super) const CNAME: u16 = 5;
pub(super) const SOA: u16 = 6;
pub(super) const DNAME: u16 = 39;
pub(super) const DS: u16 = 43;
pub(super) const RRSIG: u16 = 46;
pub(super) const NSEC: u16 = 47;
pub(super) const DNSKEY: u16 = 48;
pub(super) const NSEC3: u16 = 50;

/// A reply, as far as validation needs it.
#[derive(Debug)]
pub(super) struct Message {
    /// The response code.
    pub(super) rcode: u8,
    /// The records of the answer.
    pub(super) answers: Sets,
    /// The records of the authority section.
    pub(super) authorities: Sets,
    /// When it came, in seconds since 1970.
    pub(super) received: u64,
}

/// Record sets by owner and type.
pub(super) type Sets = BTreeMap<(Name, u16), Set>;

/// The records of one type at a name, in canonical form (RFC 4034 §6.2), and what signs them.
#[derive(Clone, Debug, Default)]
pub(super) struct Set {
    /// The data of each record, names in it expanded and in lower case where they are signed so.
    pub(super) data: Vec<Vec<u8>>,
    /// The data of the RRSIG records that cover the set.
    pub(super) signatures: Vec<Vec<u8>>,
}

impl Message {
    /// Reads a message; `None` if it breaks off or points nowhere.
    pub(super) fn read(octets: &[u8], received: u64) -> Option<Self> {
        let number = |at| u16_at(octets, at);
        let rcode = octets.get(3)? & 0x0f;
        let mut at = HEADER;
        for _ in 0..number(4)? {
            at = name_at(octets, at)?.1.checked_add(4)?;
        }
        let (answers, at) = section(octets, at, number(6)?)?;
        let (authorities, _) = section(octets, at, number(8)?)?;
        Some(Self { rcode, answers, authorities, received })
    }
}

fn section(octets: &[u8], mut at: usize, records: u16) -> Option<(Sets, usize)> {
    let mut sets = Sets::new();
    for _ in 0..records {
        let (owner, behind) = name_at(octets, at)?;
        let kind = u16_at(octets, behind)?;
        let class = u16_at(octets, behind.checked_add(2)?)?;
        let length = usize::from(u16_at(octets, behind.checked_add(8)?)?);
        let begin = behind.checked_add(10)?;
        at = begin.checked_add(length)?;
        octets.get(begin..at)?;
        if class != IN {
            continue;
        }
        let data = canonical(octets, kind, begin, at)?;
        if kind == RRSIG {
            let covered = u16_at(&data, 0)?;
            sets.entry((owner, covered)).or_default().signatures.push(data);
        } else {
            sets.entry((owner, kind)).or_default().data.push(data);
        }
    }
    // What only signs something is no set.
    sets.retain(|_, set| !set.data.is_empty());
    for set in sets.values_mut() {
        // RFC 4034 §6.3: sorted by their data, and "If a DNS server sends duplicate RRs, the duplicates
        // MUST be removed" before the set is signed.
        set.data.sort_unstable();
        set.data.dedup();
    }
    Some((sets, at))
}

/// Record data in canonical form.
// RFC 4034 §6.2: names are expanded, and of these types in lower case. RFC 6840 §5.1 takes NSEC out
// of that list, and says of RRSIG that its signer is in lower case.
fn canonical(octets: &[u8], kind: u16, begin: usize, end: usize) -> Option<Vec<u8>> {
    let (before, names) = match kind {
        NS | 3 | 4 | CNAME | 7 | 8 | 9 | 12 | DNAME => (0, 1),
        SOA | 14 | 17 => (0, 2),
        15 | 18 | 21 | 36 => (2, 1),
        26 => (2, 2),
        33 => (6, 1),
        RRSIG => (18, 1),
        35 => (naptr_head(octets.get(begin..end)?)?, 1),
        _ => return Some(octets.get(begin..end)?.to_vec()),
    };
    let mut at = begin.checked_add(before)?;
    let mut data = octets.get(begin..at.min(end))?.to_vec();
    for _ in 0..names {
        let (name, behind) = name_at(octets, at)?;
        put_name(&mut data, &name);
        at = behind;
    }
    data.extend_from_slice(octets.get(at..end)?);
    Some(data)
}

/// Octets of a NAPTR record before its name: two numbers and three character-strings (RFC 3403 §4.1).
fn naptr_head(data: &[u8]) -> Option<usize> {
    let mut at = 4_usize;
    for _ in 0..3 {
        at = at.checked_add(1 + usize::from(*data.get(at)?))?;
    }
    Some(at)
}

/// The name at a place, and the place behind it.
pub(super) fn name_at(octets: &[u8], begin: usize) -> Option<(Name, usize)> {
    let mut labels: Vec<&[u8]> = Vec::new();
    let (mut at, mut behind, mut pointers) = (begin, None, 0);
    loop {
        let length = usize::from(*octets.get(at)?);
        match length {
            0 => break,
            1..=63 => {
                labels.push(octets.get(at + 1..at + 1 + length)?);
                at += 1 + length;
            }
            0xc0.. => {
                pointers += 1;
                let target = usize::from(u16_at(octets, at)? & 0x3fff);
                // RFC 1035 §4.1.4: a pointer is to a prior occurrence of a name.
                if target >= at || pointers > MOST_POINTERS {
                    return None;
                }
                behind.get_or_insert(at + 2);
                at = target;
            }
            _ => return None,
        }
        if labels.len() > 127 {
            return None;
        }
    }
    Some((Name::from_labels(labels).ok()?, behind.unwrap_or(at + 1)))
}

/// Adds a name in canonical form: expanded, in lower case.
pub(super) fn put_name(data: &mut Vec<u8>, name: &Name) {
    for label in name.labels() {
        data.push(u8::try_from(label.len()).unwrap_or_default());
        data.extend_from_slice(label);
    }
    data.push(0);
}

/// The number at a place.
pub(super) fn u16_at(octets: &[u8], at: usize) -> Option<u16> {
    let end = at.checked_add(2)?;
    Some(u16::from_be_bytes(*octets.get(at..end)?.first_chunk()?))
}

/// The number at a place.
pub(super) fn u32_at(octets: &[u8], at: usize) -> Option<u32> {
    let end = at.checked_add(4)?;
    Some(u32::from_be_bytes(*octets.get(at..end)?.first_chunk()?))
}

/// The canonical order of names (RFC 4034 §6.1): by their labels from the right, as octets.
pub(super) fn order(one: &Name, other: &Name) -> Ordering {
    let reversed = |name: &Name| {
        let mut labels: Vec<Vec<u8>> = name.labels().map(<[u8]>::to_vec).collect();
        labels.reverse();
        labels
    };
    reversed(one).cmp(&reversed(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        if text == "." { Name::root() } else { Name::from_unicode(text).expect("a name") }
    }

    #[test]
    fn names_are_ordered_as_in_the_example_of_the_rfc() {
        // RFC 4034 §6.1.
        let sorted = [
            "example",
            "a.example",
            "yljkjljk.a.example",
            "z.a.example",
            "zabc.a.example",
            "z.example",
        ];
        let mut names: Vec<Name> = sorted.iter().rev().map(|text| name(text)).collect();
        names.sort_by(order);
        assert_eq!(names, sorted.map(name));
    }

    #[test]
    fn a_pointer_forward_is_no_name() {
        assert_eq!(name_at(&[0xc0, 2, 0xc0, 0], 0), None);
    }

    #[test]
    fn a_name_in_record_data_is_expanded_and_in_lower_case() {
        let octets = b"\x03COM\x00\x00\x0a\x01A\xc0\x00";
        assert_eq!(canonical(octets, 15, 5, 11), Some(b"\x00\x0a\x01a\x03com\x00".to_vec()));
    }
}
