//! Master-file lines.

use super::plain;
use crate::report::Patch;
use std::fmt::Write as _;

pub(super) fn write(patch: &Patch, text: &mut String) {
    for set in &patch.sets {
        let owner = format!("{}. {} IN {}", set.name, set.ttl, set.kind);
        // Writing to a String cannot fail.
        for data in set.removed() {
            let _ = writeln!(text, "; remove: {owner} {}", plain(set, data));
        }
        for data in set.added() {
            let _ = writeln!(text, "{owner} {}", plain(set, data));
        }
    }
}
