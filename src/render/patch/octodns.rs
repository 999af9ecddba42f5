//! octoDNS: a YAML mapping from names below the zone to record sets.
//!
//! Values stand in single quotes, in which nothing but the quote itself has a meaning to YAML. To
//! octoDNS a semicolon has to be escaped.

use super::{plain, printable, relative};
use crate::dns::Data;
use crate::report::{Patch, PatchSet};
use std::fmt::Write as _;

pub(super) fn write(patch: &Patch, text: &mut String) {
    let zone = patch.zone();
    let _ = writeln!(text, "# {zone}.yaml\n---");
    let mut sets: Vec<&PatchSet> = patch.sets.iter().collect();
    sets.sort_by_key(|set| (&set.name, set.kind));
    let mut last = None;
    for set in sets.into_iter().filter(|set| !set.after.is_empty()) {
        // Writing to a String cannot fail.
        if last != Some(&set.name) {
            let _ = writeln!(text, "{}:", quoted(&relative(&set.name, &zone).unwrap_or_default()));
            last = Some(&set.name);
        }
        let _ = writeln!(text, "  - type: {}\n    ttl: {}\n    values:", set.kind, set.ttl);
        for data in &set.after {
            text.push_str(&value(set, data));
        }
    }
}

fn value(set: &PatchSet, data: &Data) -> String {
    match data {
        Data::Mx { preference, exchange } => {
            let host = if exchange.is_root() { ".".to_owned() } else { format!("{exchange}.") };
            format!("      - exchange: {}\n        preference: {preference}\n", quoted(&host))
        }
        Data::Txt(strings) => {
            let text = printable(&strings.concat()).replace(';', "\\;");
            format!("      - {}\n", quoted(&text))
        }
        _ => format!("      - {}\n", quoted(&plain(set, data))),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
