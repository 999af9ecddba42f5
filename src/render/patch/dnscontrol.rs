//! dnscontrol: records as arguments of `D()`.

use super::{host, plain, relative};
use crate::dns::Data;
use crate::net::Name;
use crate::report::{Patch, PatchSet};
use std::fmt::Write as _;

pub(super) fn write(patch: &Patch, text: &mut String) {
    let zone = patch.zone();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "// in D({}, …)", quoted(&zone.to_string()));
    for set in &patch.sets {
        for data in set.removed() {
            let _ = writeln!(text, "// remove: {}", record(set, data, &zone));
        }
        for data in set.added() {
            let _ = writeln!(text, "{}", record(set, data, &zone));
        }
    }
}

fn record(set: &PatchSet, data: &Data, zone: &Name) -> String {
    let owner = quoted(&relative(&set.name, zone).unwrap_or_else(|| "@".to_owned()));
    let ttl = set.ttl;
    match data {
        Data::Txt(strings) => {
            let strings = strings.concat();
            format!("TXT({owner}, {}, TTL({ttl})),", octets(&strings))
        }
        Data::Mx { preference, exchange } => {
            let host = host(exchange);
            format!("MX({owner}, {preference}, {}, TTL({ttl})),", quoted(&host))
        }
        _ => format!("{}({owner}, {}, TTL({ttl})),", set.kind, quoted(&plain(set, data))),
    }
}

fn quoted(text: &str) -> String {
    octets(text.as_bytes())
}

/// A string of JavaScript.
fn octets(text: &[u8]) -> String {
    let mut out = String::from("\"");
    for octet in text {
        match octet {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(*octet));
            }
            b' '..=b'~' => out.push(char::from(*octet)),
            _ => out.push_str(&format!("\\x{octet:02x}")),
        }
    }
    out.push('"');
    out
}
