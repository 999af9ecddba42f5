//! A table with a header (RFC 4180): each record of the sets that change in a row, for a spreadsheet or the form of
//! a provider. What goes stands in a comment, which the reader of tables passes over.

use super::{host, plain};
use crate::dns::Data;
use crate::report::{Patch, PatchSet};
use std::fmt::Write as _;

pub(super) fn write(patch: &Patch, text: &mut String) {
    for set in &patch.sets {
        // Writing to a String cannot fail.
        for data in set.removed() {
            let _ = writeln!(text, "# remove: {}", row(set, data));
        }
    }
    text.push_str("name,type,ttl,priority,value\n");
    for set in &patch.sets {
        for data in &set.after {
            let _ = writeln!(text, "{}", row(set, data));
        }
    }
}

fn row(set: &PatchSet, data: &Data) -> String {
    let (priority, value) = match data {
        Data::Mx { preference, exchange } => (preference.to_string(), host(exchange)),
        _ => (String::new(), plain(set, data)),
    };
    let value = value.replace('"', "\"\"");
    format!("{}.,{},{},{priority},\"{value}\"", set.name, set.kind, set.ttl)
}
