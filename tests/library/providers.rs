//! The names by which platforms show in published records are recognised.

use crate::shared;
use mailcheck::net::{Name, organization};
use mailcheck::provider;
use std::collections::BTreeMap;
use std::path::Path;

/// Occurrences from which on a name belongs to a platform, unless a reason says otherwise.
const OFTEN: usize = 3;

/// Domains of the snapshot whose names occur often and belong to no platform.
const OWN: &[(&str, &str)] = &[
    ("wikimedia.org", "its policies and mail servers serve the domains of the organization itself"),
    ("openstreetmap.org", "the same"),
    ("apple.com", "its mail servers receive for Apple itself; iCloud has others"),
    ("justice.gov.uk", "a department, with mail servers of its own"),
    ("broken.example", "invented for tests of this program"),
];

fn is_own(name: &Name) -> bool {
    let own = OWN.iter().filter_map(|(own, _)| Name::from_octets(own.as_bytes()).ok());
    own.into_iter().any(|own| name.is_within(&own))
}

/// The names that records of the snapshot lead to by `leads_to`, which gets the owner, the type and the
/// data of a record, as often as they do.
#[expect(clippy::disallowed_methods, reason = "a test reads the snapshot")]
fn named(root: &Path, leads_to: impl Fn(&str, &str, &str) -> Vec<String>) -> Vec<Name> {
    let path = root.join("records.tsv");
    let text = std::fs::read_to_string(&path).expect("the snapshot has records");
    let mut named = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        if let [owner, kind, _, data, ..] = *cells {
            named.extend(leads_to(owner, kind, data));
        }
    }
    named
        .iter()
        .filter_map(|name| Name::from_octets(name.trim_end_matches('.').as_bytes()).ok())
        .collect()
}

/// The names of which `group` makes the same at least three times, and that are not recognised.
fn strange(
    names: &[Name],
    group: impl Fn(&Name) -> Name,
    is_known: impl Fn(&Name) -> bool,
) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for name in names {
        *counts.entry(group(name).to_string()).or_default() += 1;
    }
    let is_often = |name: &&Name| counts.get(&group(name).to_string()) >= Some(&OFTEN);
    let often = names.iter().filter(is_often).filter(|name| !is_own(name));
    let mut strange: Vec<String> =
        often.filter(|name| !is_known(name)).map(ToString::to_string).collect();
    strange.sort();
    strange.dedup();
    strange
}

/// The names of SPF policies that a record leads to, with a label for each macro.
fn policies(data: &str) -> Vec<String> {
    let words = data.split([' ', '"']).map(|word| word.trim_start_matches(['+', '?', '~', '-']));
    let names = words.filter_map(|word| {
        ["include:", "redirect=", "exists:"].iter().find_map(|term| word.strip_prefix(term))
    });
    let plain = |name: &str| {
        let mut pieces = name.split("%{");
        let head = pieces.next().unwrap_or_default().to_owned();
        pieces.fold(head, |name, piece| {
            name + "x" + piece.split_once('}').map_or("", |(_, behind)| behind)
        })
    };
    names.filter(|name| !name.is_empty()).map(plain).collect()
}

/// The names of policies, of hosts that receive and of keys, out of records of the snapshot.
fn includes(root: &Path) -> Vec<Name> {
    named(root, |_, kind, data| match kind {
        "TXT" if data.starts_with("\"v=spf1 ") => policies(data),
        _ => Vec::new(),
    })
}

fn exchangers(root: &Path) -> Vec<Name> {
    named(root, |_, kind, data| {
        let host = data.split(' ').nth(1).filter(|host| kind == "MX" && *host != ".");
        host.map(str::to_owned).into_iter().collect()
    })
}

fn key_targets(root: &Path) -> Vec<Name> {
    named(root, |owner, kind, data| {
        let is_key = kind == "CNAME" && owner.contains("._domainkey.");
        is_key.then(|| data.to_owned()).into_iter().collect()
    })
}

#[test]
fn every_policy_that_the_snapshot_names_three_times_is_recognised() {
    let Some(root) = shared::shared("snapshot") else { return };
    let names = includes(&root);
    let is_known = |name: &Name| provider::recognise_include(name).is_some();
    assert!(names.len() > 400, "{}", names.len());
    assert_eq!(strange(&names, Name::clone, is_known), [""; 0]);
}

#[test]
fn every_mx_suffix_that_the_snapshot_has_three_times_is_recognised() {
    let Some(root) = shared::shared("snapshot") else { return };
    let names = exchangers(&root);
    let is_known = |name: &Name| provider::recognise_mx(name).is_some();
    assert!(names.len() > 250, "{}", names.len());
    assert_eq!(strange(&names, organization, is_known), [""; 0]);
}

#[test]
fn every_key_target_that_the_snapshot_has_three_times_is_recognised() {
    let Some(root) = shared::shared("snapshot") else { return };
    let names = key_targets(&root);
    let is_known = |name: &Name| provider::recognise_dkim_target(name).is_some();
    assert!(names.len() > 250, "{}", names.len());
    assert_eq!(strange(&names, organization, is_known), [""; 0]);
}

#[test]
fn what_belongs_to_no_platform_occurs_and_is_recognised_as_none() {
    let Some(root) = shared::shared("snapshot") else { return };
    let names = [includes(&root), exchangers(&root), key_targets(&root)].concat();
    for (own, reason) in OWN {
        let below: Vec<&Name> =
            names.iter().filter(|name| name.to_string().ends_with(own)).collect();
        assert!(below.len() >= OFTEN && !reason.is_empty(), "{own}: {below:?}");
        let known = |name: &&&Name| {
            provider::recognise_include(name).is_some() || provider::host(name).is_some()
        };
        assert!(!below.iter().any(|name| known(&name)), "{own}");
    }
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
