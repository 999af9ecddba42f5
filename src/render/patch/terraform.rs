//! Terraform: one `aws_route53_record` a record set.
//!
//! A string of HCL reads `${` and `%{` as templates, and SPF macros look just like that, so they
//! are doubled. Strings of more than 255 characters are joined by `\"\"`, which is how the provider
//! takes a TXT record of several strings.

use super::{plain, printable};
use crate::dns::Data;
use crate::report::{Patch, PatchSet};
use std::fmt::Write as _;

pub(super) fn write(patch: &Patch, text: &mut String) {
    for set in &patch.sets {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "resource \"aws_route53_record\" \"{}\" {{", label(set));
        let _ = writeln!(text, "  zone_id = var.zone_id");
        let _ = writeln!(text, "  name    = {}", quoted(&set.name.to_string()));
        let _ = writeln!(text, "  type    = {}", quoted(&set.kind.to_string()));
        let _ = writeln!(text, "  ttl     = {}", set.ttl);
        let records: Vec<String> = set.after.iter().map(|data| record(set, data)).collect();
        let _ = writeln!(text, "  records = [");
        for record in records {
            let _ = writeln!(text, "    {record},");
        }
        text.push_str("  ]\n}\n");
    }
}

/// A name for the resource: letters, digits and underscores.
pub(super) fn label(set: &PatchSet) -> String {
    let name = format!("{}_{}", set.name, set.kind).to_ascii_lowercase();
    let tame = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let name: String = name.chars().map(tame).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

fn record(set: &PatchSet, data: &Data) -> String {
    match data {
        Data::Txt(strings) => {
            let strings = strings.iter().map(|string| escaped(&octal(string)));
            format!("\"{}\"", strings.collect::<Vec<_>>().join("\\\"\\\""))
        }
        _ => quoted(&plain(set, data)),
    }
}

/// A value as the provider takes it, whatever it is written in.
pub(super) fn value(set: &PatchSet, data: &Data) -> String {
    match data {
        Data::Txt(strings) => {
            let strings: Vec<String> = strings.iter().map(|string| octal(string)).collect();
            strings.join("\"\"")
        }
        _ => plain(set, data),
    }
}

/// Route 53 takes octets that are not printable, quotation marks and backslashes in octal.
pub(super) fn octal(string: &[u8]) -> String {
    let mut out = String::with_capacity(string.len());
    for octet in string {
        match octet {
            b'"' | b'\\' | 0..=0x1f | 0x7f.. => out.push_str(&format!("\\{octet:03o}")),
            _ => out.push_str(&printable(&[*octet])),
        }
    }
    out
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "$${").replace("%{", "%%{")
}
