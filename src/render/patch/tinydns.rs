//! Lines of the `data` file of tinydns. Octets that mean something to it are in octal.

use super::plain;
use crate::dns::Data;
use crate::report::{Patch, PatchSet};
use std::fmt::Write as _;

pub(super) fn write(patch: &Patch, text: &mut String) {
    for set in &patch.sets {
        // Writing to a String cannot fail.
        for data in set.removed() {
            let _ = writeln!(text, "# remove: {}", line(set, data));
        }
        for data in set.added() {
            let _ = writeln!(text, "{}", line(set, data));
        }
    }
}

fn line(set: &PatchSet, data: &Data) -> String {
    let PatchSet { name, ttl, .. } = set;
    match data {
        Data::Txt(strings) => format!("'{name}:{}:{ttl}", octal(&strings.concat())),
        Data::Mx { preference, exchange } if exchange.is_root() => {
            format!("@{name}::.:{preference}:{ttl}")
        }
        Data::Mx { preference, exchange } => format!("@{name}::{exchange}.:{preference}:{ttl}"),
        Data::Cname(target) => format!("C{name}:{target}.:{ttl}"),
        Data::A(address) => format!("+{name}:{address}:{ttl}"),
        data => format!("# by hand: {name} {} {}", set.kind, plain(set, data)),
    }
}

fn octal(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for octet in text {
        match octet {
            b':' | b'\\' | 0..=0x1f | 0x7f.. => out.push_str(&format!("\\{octet:03o}")),
            _ => out.push(char::from(*octet)),
        }
    }
    out
}
