//! The bench of repairs: valid policies of the snapshot, each broken in every way that people break
//! them. Is the fault found, is its cause named, is a repair offered, and is the repaired policy the
//! original one? And does any offered record authorize fewer than were meant?
//!
//! A sample runs with the other tests. The whole is an ignored test, for release builds; with `BLESS=1` it
//! writes `docs/repairs.md`.

#![expect(clippy::disallowed_methods, reason = "the snapshot and the page are files")]

mod change;
mod kinds;
mod world;

use crate::shared::shared;
use change::{Broken, Policy};
use kinds::{KINDS, Kind, Protocol};
use mailcheck::audit::{self, Inquiry, Selection};
use mailcheck::diagnostic::{Applicability, Severity};
use mailcheck::dns::{Data, Kind as Type};
use mailcheck::net::{IpSet, Name};
use mailcheck::protocols::dkim::Key;
use mailcheck::protocols::dkim::grammar::key_record;
use mailcheck::protocols::spf::{self, Policies, SpfResult};
use mailcheck::protocols::{dmarc, spf::grammar};
use mailcheck::report::{Domain, Patch, Status};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::future::Future;
use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use world::{Changed, Snapshot};

/// Policies for each kind in the whole run.
const POLICIES: usize = 200;
/// Policies for each kind in the sample.
const SAMPLE: usize = 4;
/// The least share of breaks whose cause is named, in thousandths.
const NAMED: usize = 990;
/// The least share of repairable breaks for which the exact repair is offered, in thousandths.
const REPAIRED: usize = 950;

/// Where the table stands.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/repairs.md");

fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("the snapshot has valid names")
}

/// Runs what never waits, since the snapshot answers at once.
fn at_once<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the snapshot answers at once"),
    }
}

// ── the policies ────────────────────────────────────────────────────────────────────────────────

/// A valid policy, with the term or tag that a kind needs.
fn with_need(protocol: Protocol, policy: &Policy, need: Option<&str>) -> Policy {
    let Some(need) = need else { return policy.clone() };
    let mut policy = policy.clone();
    match protocol {
        Protocol::Spf => {
            let words: Vec<&str> = policy.text.split_whitespace().collect();
            let is_end = |word: &str| {
                word.trim_start_matches(['+', '-', '~', '?']).eq_ignore_ascii_case("all")
                    || word.starts_with("redirect=")
            };
            if format!("{} ", policy.text).contains(&format!(" {need} ")) {
                return policy;
            }
            let ends = is_end(need.rsplit(' ').next().unwrap_or_default());
            let kept: Vec<&str> =
                words.into_iter().skip(1).filter(|word| !ends || !is_end(word)).collect();
            let mut words = vec!["v=spf1"];
            match ends {
                true => words.extend(kept.into_iter().chain([need])),
                false => words.extend([need].into_iter().chain(kept)),
            }
            policy.text = words.join(" ");
        }
        Protocol::Dmarc | Protocol::Dkim => {
            let begin = &need[..=need.find('=').expect("a tag has a value")];
            let mut tags = policy.tags();
            if !tags.iter().any(|tag| tag.starts_with(begin)) {
                match begin {
                    "v=" => tags.insert(0, need.to_owned()),
                    "k=" | "h=" => {
                        let at = usize::from(tags.first().is_some_and(|tag| tag.starts_with("v=")));
                        tags.insert(at, need.to_owned());
                    }
                    _ => tags.push(need.to_owned()),
                }
            }
            policy.text = tags.join("; ");
        }
    }
    policy
}

/// The records of one protocol that the snapshot has once at a name, in an order that mixes owners.
fn candidates(snapshot: &Snapshot, protocol: Protocol) -> Vec<Policy> {
    let mut found = Vec::new();
    for ((owner, kind), data) in &snapshot.sets {
        let is_own = |text: &[u8]| match protocol {
            Protocol::Spf => grammar::is_record(text),
            Protocol::Dmarc => dmarc::is_record(text),
            Protocol::Dkim => {
                let record = key_record(text);
                let key = record.value.key.as_ref().map(|key| &key.value);
                record.errors.is_empty() && matches!(key, Some(Key::Rsa(_) | Key::Ed25519(_)))
            }
        };
        let texts: Vec<String> = data
            .iter()
            .filter_map(Data::text)
            .filter(|text| is_own(text))
            .filter_map(|text| String::from_utf8(text).ok())
            .collect();
        let ([text], Type::Txt) = (texts.as_slice(), *kind) else { continue };
        let owner = owner.to_string();
        let domain = match protocol {
            Protocol::Spf if owner.contains('_') => continue,
            Protocol::Spf => owner.as_str(),
            Protocol::Dmarc => match owner.strip_prefix("_dmarc.") {
                Some(domain) => domain,
                None => continue,
            },
            Protocol::Dkim => match owner.split_once("._domainkey.") {
                Some((_, domain)) if text.contains("p=") => domain,
                _ => continue,
            },
        };
        let policy = Policy { domain: domain.to_owned(), owner: owner.clone(), text: text.clone() };
        found.push(policy);
    }
    // By the hash of the name, so that a sample is not the domains of one owner.
    let key = |policy: &Policy| {
        policy.owner.bytes().fold(5381_u32, |hash, octet| hash.wrapping_mul(33) ^ u32::from(octet))
    };
    found.sort_by_key(key);
    found
}

/// What a policy means, so that two of them can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Meaning {
    /// Who gets which result, a family each, and the terms that depend on the sender.
    Spf(Vec<IpSet>, Vec<String>),
    /// The parsed record.
    Tags(String),
    /// No record that counts.
    Nothing,
}

const RESULTS: [SpfResult; 6] = [
    SpfResult::Pass,
    SpfResult::Fail,
    SpfResult::Softfail,
    SpfResult::Neutral,
    SpfResult::None,
    SpfResult::Permerror,
];

fn meaning(protocol: Protocol, policy: &Policy, dns: &Changed<'_>) -> Meaning {
    let (domain, owner) = (name(&policy.domain), name(&policy.owner));
    let texts = || -> Vec<Vec<u8>> {
        let answer = at_once(mailcheck::dns::ask(dns, &owner, Type::Txt));
        answer.texts().collect()
    };
    match protocol {
        Protocol::Spf => {
            let facts = at_once(spf::examine(&Policies::new(dns), &domain));
            let sets = RESULTS
                .iter()
                .flat_map(|result| facts.partitions().map(|partition| partition.with(*result)));
            let mut dependent = facts.sender_dependent();
            dependent.iter_mut().for_each(|term| term.make_ascii_lowercase());
            dependent.sort();
            Meaning::Spf(sets.collect(), dependent)
        }
        Protocol::Dmarc => {
            let mut records = texts().into_iter().filter_map(dmarc::parse);
            let (Some(parsed), None) = (records.next(), records.next()) else {
                return Meaning::Nothing;
            };
            let record = parsed.value;
            let policies = [&record.p, &record.sp, &record.np]
                .map(|policy| policy.as_ref().map(|policy| policy.value));
            let shown = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
            let rua: Vec<String> = record.rua.iter().map(|uri| shown(&uri.text)).collect();
            let ruf: Vec<String> = record.ruf.iter().map(|uri| shown(&uri.text)).collect();
            Meaning::Tags(format!(
                "{policies:?} {:?} {:?} {:?} {:?} {:?} {rua:?} {ruf:?}",
                record.dkim_alignment(),
                record.spf_alignment(),
                record.t.as_ref().map(|t| t.value),
                record.psd.as_ref().map(|psd| psd.value),
                record.fo.as_ref().map(|fo| &fo.value),
            ))
        }
        Protocol::Dkim => {
            let texts = texts();
            let mut records = texts.iter().filter(|text| text.windows(2).any(|two| two == b"p="));
            let (Some(text), None) = (records.next(), records.next()) else {
                return Meaning::Nothing;
            };
            let record = key_record(text);
            if !record.errors.is_empty() || !record.value.strays.is_empty() {
                return Meaning::Nothing;
            }
            let record = record.value;
            Meaning::Tags(format!(
                "{} {:?} {:?} {} {} {}",
                record.algorithm.word(),
                record.key.map(|key| key.value),
                record.hashes,
                record.is_for_mail,
                record.is_testing,
                record.is_strict,
            ))
        }
    }
}

fn inquiry(protocol: Protocol, policy: &Policy) -> Inquiry {
    let mut inquiry = Inquiry::about(name(&policy.domain));
    inquiry.steps = audit::Steps::Skipped;
    inquiry.fixes = audit::Fixes::Skipped;
    if protocol == Protocol::Dkim {
        let selector = policy.owner.split("._domainkey.").next().unwrap_or_default();
        inquiry.selectors = vec![selector.to_owned()];
    }
    inquiry
}

/// What is said of a domain and what is offered, templates aside.
fn repaired(protocol: Protocol, policy: &Policy, dns: &Changed<'_>) -> (Domain, Vec<Patch>) {
    let selection = Selection { least: Applicability::Review, ..Selection::default() };
    let fixed = at_once(audit::fix(dns, &inquiry(protocol, policy), &selection));
    (fixed.domain, fixed.patches)
}

/// A policy in its world; `texts` stand in its place.
fn world<'s>(snapshot: &'s Snapshot, policy: &Policy, broken: &Broken) -> Changed<'s> {
    let mut changed: BTreeMap<Name, Vec<Data>> = BTreeMap::new();
    let owner = name(&policy.owner);
    let old = snapshot.sets.get(&(owner.clone(), Type::Txt)).cloned().unwrap_or_default();
    let is_policy = |data: &Data| {
        data.text().is_some_and(|text| {
            grammar::is_record(&text)
                || dmarc::is_record(&text)
                || policy.owner.contains("._domainkey.")
        })
    };
    let mut records: Vec<Data> = old.into_iter().filter(|data| !is_policy(data)).collect();
    for strings in &broken.records {
        records.push(match strings.as_slice() {
            [text] => Data::from_text(text.as_bytes()),
            several => Data::Txt(several.iter().map(|text| text.as_bytes().into()).collect()),
        });
    }
    changed.insert(owner, records);
    for (owner, text) in &broken.elsewhere {
        let owner = name(owner);
        let old = snapshot.sets.get(&(owner.clone(), Type::Txt)).cloned().unwrap_or_default();
        let records = changed.entry(owner).or_insert(old);
        records.push(Data::from_text(text.as_bytes()));
    }
    Changed::new(snapshot, changed)
}

fn sound(policy: &Policy) -> Broken {
    Broken { records: vec![vec![policy.text.clone()]], elsewhere: Vec::new() }
}

/// The world with patches applied, on top of what was broken.
fn patched<'s>(
    snapshot: &'s Snapshot,
    policy: &Policy,
    broken: &Broken,
    patches: &[Patch],
) -> Changed<'s> {
    let mut changed = world(snapshot, policy, broken);
    for set in patches.iter().flat_map(|patch| &patch.sets).filter(|set| set.kind == Type::Txt) {
        changed.replace(set.name.clone(), set.after.clone());
    }
    changed
}

/// True if nothing is wrong with a policy that a repair would change.
fn is_clean(snapshot: &Snapshot, protocol: Protocol, policy: &Policy) -> bool {
    let dns = world(snapshot, policy, &sound(policy));
    let (domain, patches) = repaired(protocol, policy, &dns);
    let standing = match protocol {
        Protocol::Spf => domain.spf.status,
        Protocol::Dmarc => domain.dmarc.status,
        Protocol::Dkim => domain.dkim.status,
    };
    let owner = name(&policy.owner);
    let is_touched = patches.iter().flat_map(|patch| &patch.sets).any(|set| set.name == owner);
    let is_faulty = domain
        .findings
        .iter()
        .any(|finding| finding.severity == Severity::Error && finding.subject.name == owner);
    matches!(standing, Status::Good | Status::Weak) && !is_touched && !is_faulty
}

// ── one break ───────────────────────────────────────────────────────────────────────────────────

/// What became of the breaks of one kind.
#[derive(Clone, Debug, Default)]
struct Row {
    tried: usize,
    found: usize,
    named: usize,
    exact: usize,
    safe: usize,
    fewer: usize,
    /// What did not come out, for a reader of the failure.
    misses: Vec<String>,
}

fn attempt(snapshot: &Snapshot, kind: &Kind, policy: &Policy, broken: &Broken, row: &mut Row) {
    let protocol = kind.protocol;
    let before = meaning(protocol, policy, &world(snapshot, policy, &sound(policy)));
    let known = repaired(protocol, policy, &world(snapshot, policy, &sound(policy))).0;
    let dns = world(snapshot, policy, broken);
    let (domain, patches) = repaired(protocol, policy, &dns);
    let after = meaning(protocol, policy, &patched(snapshot, policy, broken, &patches));
    row.tried += 1;
    let messages = |domain: &Domain| -> Vec<(String, String)> {
        let findings = domain.findings.iter();
        findings.map(|it| (it.rule.to_string(), it.message.to_string())).collect()
    };
    let old = messages(&known);
    let new: Vec<_> = messages(&domain).into_iter().filter(|it| !old.contains(it)).collect();
    row.found += usize::from(!new.is_empty());
    let is_named = new.iter().any(|(rule, message)| {
        kind.rules.contains(&rule.as_str()) && message.to_lowercase().contains(kind.word)
    });
    row.named += usize::from(is_named);
    let is_exact = after == before;
    row.exact += usize::from(is_exact);
    let mut steps = patches.iter().flat_map(|patch| &patch.steps);
    let is_safe = is_exact && steps.all(|step| step.applicability == Applicability::Safe);
    row.safe += usize::from(is_safe);
    let passing = |meaning: &Meaning| match meaning {
        Meaning::Spf(sets, _) => Some([sets[0].clone(), sets[1].clone()]),
        _ => None,
    };
    let is_fewer = protocol == Protocol::Spf
        && !patches.is_empty()
        && match (passing(&before), passing(&after)) {
            (Some(meant), Some(now)) => {
                let is_offered = patches.iter().flat_map(|patch| &patch.sets).any(|set| {
                    set.kind == Type::Txt
                        && set.after.iter().filter_map(Data::text).any(|it| grammar::is_record(&it))
                });
                is_offered && !now.iter().zip(&meant).all(|(now, meant)| now.covers(meant))
            }
            _ => false,
        };
    row.fewer += usize::from(is_fewer);
    if !is_named || (kind.repairable && !is_exact) || is_fewer {
        let offered: Vec<String> = patches
            .iter()
            .flat_map(|patch| &patch.sets)
            .flat_map(|set| &set.after)
            .filter_map(Data::text)
            .map(|text| String::from_utf8_lossy(&text).into_owned())
            .collect();
        row.misses.push(format!(
            "{}: {}{}{} {}\n    was {:?}\n    now {:?}\n    offered {offered:?}\n    said {new:?}",
            kind.id,
            if is_named { "" } else { "not named; " },
            if is_exact { "" } else { "not repaired; " },
            if is_fewer { "FEWER; " } else { "" },
            policy.owner,
            policy.text,
            broken,
        ));
    }
}

/// Tries every kind on so many policies, on as many threads as there are processors.
fn run(snapshot: &Snapshot, policies: usize) -> Vec<Row> {
    let all: BTreeMap<u8, Vec<Policy>> =
        [(0, Protocol::Spf), (1, Protocol::Dmarc), (2, Protocol::Dkim)]
            .map(|(key, protocol)| (key, candidates(snapshot, protocol)))
            .into();
    let next = AtomicUsize::new(0);
    let rows: Vec<Mutex<Row>> = KINDS.iter().map(|_| Mutex::default()).collect();
    let work = || {
        while let Some(kind) = KINDS.get(next.fetch_add(1, Ordering::Relaxed)) {
            let index = KINDS.iter().position(|it| it.id == kind.id).expect("it is one of them");
            let key = match kind.protocol {
                Protocol::Spf => 0,
                Protocol::Dmarc => 1,
                Protocol::Dkim => 2,
            };
            let mut row = Row::default();
            for policy in &all[&key] {
                if row.tried == policies {
                    break;
                }
                let policy = with_need(kind.protocol, policy, kind.needs);
                let Some(broken) = (kind.change)(&policy) else { continue };
                if is_clean(snapshot, kind.protocol, &policy) {
                    attempt(snapshot, kind, &policy, &broken, &mut row);
                }
            }
            *rows[index].lock().expect("no other thread holds a row") = row;
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let rows = rows.into_iter().map(|row| row.into_inner().expect("every thread is done"));
    rows.collect()
}

// ── the table ───────────────────────────────────────────────────────────────────────────────────

fn percent(part: usize, whole: usize) -> String {
    match whole {
        0 => "–".to_owned(),
        _ => format!("{}.{} %", part * 100 / whole, part * 1000 / whole % 10),
    }
}

fn table(rows: &[Row]) -> String {
    let mut text = String::new();
    let mut line = |cells: String| writeln!(text, "| {cells} |").expect("writing to a string");
    line("kind | what a person did | policies | fault found | cause named | exact repair | of these safe | fewer authorized".into());
    line("---|---|---|---|---|---|---|---".into());
    for (kind, row) in KINDS.iter().zip(rows) {
        let repair = match kind.repairable {
            true => percent(row.exact, row.tried),
            false => "not repairable".to_owned(),
        };
        line(format!(
            "`{}` | {} | {} | {} | {} | {repair} | {} | {}",
            kind.id,
            kind.done,
            row.tried,
            percent(row.found, row.tried),
            percent(row.named, row.tried),
            percent(row.safe, row.exact),
            row.fewer,
        ));
    }
    text
}

/// The sums: tried, named, tried of repairable kinds, exact of these, and fewer.
fn sums(rows: &[Row]) -> [usize; 5] {
    KINDS.iter().zip(rows).fold([0; 5], |[tried, named, able, exact, fewer], (kind, row)| {
        let able_here = if kind.repairable { row.tried } else { 0 };
        let exact_here = if kind.repairable { row.exact } else { 0 };
        [
            tried + row.tried,
            named + row.named,
            able + able_here,
            exact + exact_here,
            fewer + row.fewer,
        ]
    })
}

/// The page for readers.
fn page(rows: &[Row]) -> String {
    let [tried, named, able, exact, fewer] = sums(rows);
    format!(
        "# Repairs\n\n\
         What mailcheck makes of records that people broke. Valid policies of a snapshot of public \
         records are broken in {} ways, {} of which leave no doubt of what was meant. For each break: is \
         the fault found, does a message name the cause, and does `fix --review` offer the \
         exact repair: for SPF the same result for every address there is, for DMARC and DKIM the same \
         parsed record? *Of these safe* is the share that `fix` offers without `--review`. \
         *Fewer authorized* counts offered SPF records that authorize fewer senders than the original: \
         there must be none.\n\n\
         In all: {tried} breaks, cause named in {}; {able} of repairable kinds, exact repair in {}; \
         fewer authorized: {fewer}. The floor is {} and {}; a sample of it is held by every run of the \
         tests.\n\n\
         The page is written by `BLESS=1 cargo test --release --test suites repairs -- --ignored`.\n\n{}",
        KINDS.len(),
        KINDS.iter().filter(|kind| kind.repairable).count(),
        percent(named, tried),
        percent(exact, able),
        percent(NAMED, 1000),
        percent(REPAIRED, 1000),
        table(rows),
    )
}

fn report(rows: &[Row]) -> String {
    let [tried, named, able, exact, fewer] = sums(rows);
    let misses: Vec<&str> =
        rows.iter().flat_map(|row| row.misses.iter().take(3).map(String::as_str)).collect();
    format!(
        "{}\n{tried} breaks: cause named {}; {able} repairable: exact repair {}; fewer: {fewer}\n{}",
        table(rows),
        percent(named, tried),
        percent(exact, able),
        misses.join("\n"),
    )
}

fn hold_the_floor(rows: &[Row]) {
    let [tried, named, able, exact, fewer] = sums(rows);
    let holds = named * 1000 >= tried * NAMED && exact * 1000 >= able * REPAIRED && fewer == 0;
    assert!(holds, "{}", report(rows));
}

#[test]
fn the_list_has_at_least_40_kinds_and_32_that_can_be_repaired() {
    let repairable = KINDS.iter().filter(|kind| kind.repairable).count();
    assert!(KINDS.len() >= 40 && repairable >= 32);
}

#[test]
fn the_page_of_repairs_has_a_row_for_each_kind() {
    let page = std::fs::read_to_string(PAGE).expect("the page is there");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    assert!(rows.eq(KINDS.iter().map(|kind| kind.id)), "run the bench with BLESS=1");
}

#[test]
fn a_sample_of_broken_policies_is_named_and_repaired() {
    let Some(folder) = shared("snapshot") else { return };
    hold_the_floor(&run(&Snapshot::read(&folder), SAMPLE));
}

#[test]
#[ignore = "200 policies for each kind take minutes: run with --release"]
fn every_kind_is_named_and_repaired_in_200_policies() {
    let Some(folder) = shared("snapshot") else { return };
    let rows = run(&Snapshot::read(&folder), POLICIES);
    hold_the_floor(&rows);
    let page = page(&rows);
    if blesses() {
        std::fs::write(PAGE, page).expect("the page can be written");
        return;
    }
    let known = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert!(known == page, "{PAGE} is not current: run with BLESS=1\n{page}");
}

/// The environment says what a test accepts.
fn blesses() -> bool {
    std::env::var_os("BLESS").is_some()
}
