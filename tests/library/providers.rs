//! The names by which platforms show in published records are recognised.

use crate::shared;
use mailcheck::net::Name;
use mailcheck::provider;
use std::collections::BTreeMap;
use std::path::Path;

/// Names that occur often in the snapshot and belong to the organization that publishes them, or to
/// a test.
const OWN: &[&str] = &[
    "wikimedia.org",
    "openstreetmap.org",
    "apple.com",
    "gov.uk",
    "broken.example",
    "dnssec-failed.org",
];

fn is_own(name: &str) -> bool {
    OWN.iter().any(|own| name == *own || name.ends_with(&format!(".{own}")))
}

/// The names that at least three records of the snapshot lead to by `leads_to`, which gets the owner,
/// the type and the data of a record.
#[expect(clippy::disallowed_methods, reason = "a test reads the snapshot")]
fn frequent(root: &Path, leads_to: impl Fn(&str, &str, &str) -> Vec<String>) -> Vec<Name> {
    let path = root.join("records.tsv");
    let text = std::fs::read_to_string(&path).expect("the snapshot has records");
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let (Some(owner), Some(kind), Some(data)) = (cells.next(), cells.next(), cells.nth(1))
        else {
            continue;
        };
        for name in leads_to(owner, kind, data) {
            *counts.entry(name.trim_end_matches('.').to_ascii_lowercase()).or_default() += 1;
        }
    }
    let often = counts.into_iter().filter(|(name, count)| *count >= 3 && !is_own(name));
    often.filter_map(|(name, _)| Name::from_octets(name.as_bytes()).ok()).collect()
}

/// What is not recognised of names.
fn strange(names: &[Name], known: impl Fn(&Name) -> bool) -> Vec<String> {
    names.iter().filter(|name| !known(name)).map(ToString::to_string).collect()
}

#[test]
fn every_include_that_the_snapshot_has_three_times_is_recognised() {
    let Some(root) = shared::shared("snapshot") else { return };
    let includes = frequent(&root, |_, kind, data| {
        let is_spf = kind == "TXT" && data.starts_with("\"v=spf1 ");
        let words = data.split([' ', '"']).filter(|_| is_spf);
        let names = words.filter_map(|word| word.strip_prefix("include:"));
        names.filter(|name| !name.contains('%')).map(str::to_owned).collect()
    });
    assert_eq!(strange(&includes, |name| provider::recognise_include(name).is_some()), [""; 0]);
}

#[test]
fn every_mx_host_that_the_snapshot_has_three_times_is_recognised() {
    let Some(root) = shared::shared("snapshot") else { return };
    let hosts = frequent(&root, |_, kind, data| {
        let host = data.split(' ').nth(1).filter(|_| kind == "MX");
        host.map(str::to_owned).into_iter().collect()
    });
    assert_eq!(strange(&hosts, |name| provider::recognise_mx(name).is_some()), [""; 0]);
}

#[test]
fn every_key_target_that_the_snapshot_has_three_times_is_recognised() {
    let Some(root) = shared::shared("snapshot") else { return };
    let targets = frequent(&root, |owner, kind, data| {
        let is_key = kind == "CNAME" && owner.contains("._domainkey.");
        is_key.then(|| data.to_owned()).into_iter().collect()
    });
    assert_eq!(strange(&targets, |name| provider::recognise_dkim_target(name).is_some()), [""; 0]);
}

// ── the guide ───────────────────────────────────────────────────────────────────────────────────

/// The table of the guide.
fn table() -> String {
    let mut table = String::from(
        "| word | provider | what it does | SPF policy | facts, newest source |\n|---|---|---|---|---|\n",
    );
    for known in provider::all() {
        let facts = known.facts();
        let policy = known.policy().map_or_else(String::new, |name| format!("`{name}`"));
        let newest = facts.iter().map(|fact| fact.as_of).max().unwrap_or_default();
        table.push_str(&format!(
            "| `{}` | {} | {} | {policy} | {}, {newest} |\n",
            known.id(),
            known.title(),
            known.does().join(", "),
            facts.len()
        ));
    }
    table
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a guide is a file, and blessing is asked for")]
fn the_table_in_the_guide_is_current() {
    const BEGIN: &str = "<!-- providers -->\n";
    const END: &str = "<!-- /providers -->";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/providers.md");
    let guide = std::fs::read_to_string(path).expect("the guide can be read");
    let (head, rest) = guide.split_once(BEGIN).expect("the table has a beginning");
    let (is, tail) = rest.split_once(END).expect("the table has an end");
    let wanted = table();
    if std::env::var_os("BLESS").is_some() {
        let page = format!("{head}{BEGIN}{wanted}{END}{tail}");
        std::fs::write(path, page).expect("the guide can be written");
    } else {
        assert!(is == wanted, "BLESS=1 writes the table into docs/providers.md");
    }
}
