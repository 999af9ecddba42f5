//! YAML: record sets whole, each value in single quotes.

use super::{plain, route53_strings};
use crate::dns::Data;
use crate::net::Name;
use crate::report::{Patch, PatchSet};
use std::fmt::Write as _;

/// A text in which nothing but the quote itself has a meaning to YAML.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The sets that hold records after the change, and in comments those that go.
fn each(patch: &Patch, text: &mut String, mut write: impl FnMut(&mut String, &PatchSet)) {
    for set in &patch.sets {
        match set.after.is_empty() {
            // Writing to a String cannot fail.
            true => _ = writeln!(text, "# remove: {} {}", set.name, set.kind),
            false => write(text, set),
        }
    }
}

fn list(text: &mut String, indent: &str, values: impl Iterator<Item = String>) {
    for value in values {
        let _ = writeln!(text, "{indent}- {}", quoted(&value));
    }
}

/// A `DNSEndpoint` of external-dns.
pub(super) fn dnsendpoint(patch: &Patch, text: &mut String) {
    let name = labels(&patch.domain, "-").to_ascii_lowercase();
    let _ = writeln!(
        text,
        "apiVersion: externaldns.k8s.io/v1alpha1\nkind: DNSEndpoint\nmetadata:\n  name: {}\nspec:\n  endpoints:",
        quoted(&name)
    );
    each(patch, text, |text, set| {
        let _ = writeln!(
            text,
            "    - dnsName: {}\n      recordTTL: {}\n      recordType: {}\n      targets:",
            quoted(&set.name.to_string()),
            set.ttl,
            set.kind
        );
        list(text, "        ", set.after.iter().map(|data| plain(set, data)));
    });
}

/// What `gcloud dns record-sets import` takes.
pub(super) fn gcloud(patch: &Patch, text: &mut String) {
    each(patch, text, |text, set| {
        let name = quoted(&format!("{}.", set.name));
        let _ = writeln!(text, "---\nkind: dns#resourceRecordSet\nname: {name}\nrrdatas:");
        list(text, "", set.after.iter().map(|data| plain(set, data)));
        let _ = writeln!(text, "ttl: {}\ntype: {}", set.ttl, set.kind);
    });
}

/// Resources of a template of CloudFormation.
pub(super) fn cloudformation(patch: &Patch, text: &mut String) {
    let zone = quoted(&format!("{}.", patch.zone()));
    text.push_str("Resources:\n");
    each(patch, text, |text, set| {
        let name = quoted(&format!("{}.", set.name));
        let _ = writeln!(
            text,
            "  {}{}:\n    Type: AWS::Route53::RecordSet\n    Properties:\n      HostedZoneName: {zone}\n      \
             Name: {name}\n      Type: {}\n      TTL: '{}'\n      ResourceRecords:",
            labels(&set.name, ""),
            set.kind,
            set.kind,
            set.ttl
        );
        let values = set.after.iter().map(|data: &Data| route53_strings(set, data));
        list(text, "        ", values);
    });
}

/// The letters and digits of a name, each label with a capital.
fn labels(name: &Name, between: &str) -> String {
    let label = |label: &[u8]| {
        let tame = label.iter().filter(|octet| octet.is_ascii_alphanumeric());
        let mut tame: String = tame.map(|octet| char::from(*octet)).collect();
        tame.get_mut(..1).map(str::make_ascii_uppercase);
        tame
    };
    let all: Vec<String> = name.labels().map(label).filter(|it| !it.is_empty()).collect();
    all.join(between)
}
