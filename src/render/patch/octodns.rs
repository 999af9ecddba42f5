//! octoDNS: a YAML mapping from names below the zone to record sets.
//!
//! Values stand in single quotes, in which nothing but the quote itself has a meaning to YAML. To
//! octoDNS a semicolon has to be escaped, and keys have to be in order: by default it refuses a file
//! whose keys are not (`enforce_order`).

use super::manifests::quoted;
use super::{host, plain, printable, relative};
use crate::dns::Data;
use crate::report::{Patch, PatchSet};
use std::cmp::Ordering;
use std::fmt::Write as _;

pub(super) fn write(patch: &Patch, text: &mut String) {
    let zone = patch.zone();
    let _ = writeln!(text, "# {zone}.yaml\n---");
    let sets = patch.sets.iter().filter(|set| !set.after.is_empty());
    let mut sets: Vec<(String, &PatchSet)> =
        sets.map(|set| (relative(&set.name, &zone).unwrap_or_default(), set)).collect();
    sets.sort_by(|(one, first), (other, second)| {
        natural(one, other).then(first.kind.cmp(&second.kind))
    });
    let mut last = None;
    for (name, set) in &sets {
        // Writing to a String cannot fail.
        if last != Some(name) {
            let _ = writeln!(text, "{}:", quoted(name));
            last = Some(name);
        }
        let _ = writeln!(text, "  - ttl: {}\n    type: {}\n    values:", set.ttl, set.kind);
        for data in &set.after {
            text.push_str(&value(set, data));
        }
    }
}

fn value(set: &PatchSet, data: &Data) -> String {
    match data {
        Data::Mx { preference, exchange } => {
            let host = host(exchange);
            format!("      - exchange: {}\n        preference: {preference}\n", quoted(&host))
        }
        Data::Txt(strings) => {
            let text = printable(&strings.concat()).replace(';', "\\;");
            format!("      - {}\n", quoted(&text))
        }
        _ => format!("      - {}\n", quoted(&plain(set, data))),
    }
}

/// The order of octoDNS: runs of digits by what they count, all else by its octets.
fn natural(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (pieces(one), pieces(other));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(first), Some(second)) => {
                let order = compared(first, second);
                if order != Ordering::Equal {
                    return order;
                }
            }
        }
    }
}

/// What is no digit and what is, in turn, the former first; it may be empty there.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let (mut rest, mut is_number) = (text, true);
    std::iter::from_fn(move || {
        is_number = !is_number;
        let ends = |octet: u8| octet.is_ascii_digit() != is_number;
        let end = rest.bytes().position(ends).unwrap_or(rest.len());
        let (piece, behind) = rest.split_at_checked(end)?;
        let is_over = rest.is_empty();
        rest = behind;
        (!is_over).then_some(piece)
    })
}

fn compared(one: &str, other: &str) -> Ordering {
    let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    if !is_number(one) || !is_number(other) {
        return one.cmp(other);
    }
    let [one, other] = [one, other].map(|number| number.trim_start_matches('0'));
    one.len().cmp(&other.len()).then(one.cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_the_order_that_octodns_enforces() {
        // As `natsort` has them, by which octoDNS sorts.
        let sorted = ["", "2a", "10a", "*", "_dmarc", "a", "s2._domainkey", "s10._domainkey"];
        let mut names = sorted;
        names.reverse();
        names.sort_by(|one, other| natural(one, other));
        assert_eq!(names, sorted);
    }
}
