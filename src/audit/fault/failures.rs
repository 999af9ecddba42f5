//! Faults that show in failed queries: the servers of one zone, the resolver, or neither for sure.

use super::Hints;
use crate::dns::{Kind, Trouble};
use crate::protocols::dkim::lint::rules::ALIAS_LOOP;
use crate::report::{
    Certainty, Domain, Evidence, Fault, FaultKind, Finding, Lookup, LookupOutcome, Owner, Party,
    RecordSet,
};
use crate::text::Phrase;

/// Most queries that one fault lists as its evidence.
const MOST_EVIDENCE: usize = 8;

/// A query, as evidence.
pub(super) fn evidence(lookup: &Lookup) -> Evidence {
    Evidence::Query {
        name: lookup.name.clone(),
        record: lookup.kind,
        outcome: lookup.outcome,
        source: lookup.source.clone(),
    }
}

/// Who has to act so that what is undetermined can be determined.
pub(super) fn faults(domain: &Domain, hints: &Hints) -> Vec<Fault> {
    let failed = domain.lookups.iter().filter_map(trouble);
    let (looped, failed): (Vec<_>, Vec<(&Lookup, Trouble)>) =
        failed.partition(|(lookup, _)| hints.is_alias_loop(lookup));
    if domain.unknowns().is_empty() {
        return Vec::new();
    }
    let is_found =
        |lookup: &Lookup| domain.findings.iter().any(|it| it.is(&ALIAS_LOOP) && names(it, lookup));
    let looped = looped.into_iter().map(|(lookup, _)| lookup).filter(|it| !is_found(it));
    let mut faults: Vec<Fault> = looped.take(1).map(|lookup| alias_loop(hints, lookup)).collect();
    faults.extend(unanswered(domain, hints, failed));
    faults
}

/// True if a loop that a finding names holds the name of a query.
fn names(finding: &Finding, lookup: &Lookup) -> bool {
    finding.subject.name == lookup.name || lookup.aliases.contains(&finding.subject.name)
}

/// An alias that leads back to itself: whoever controls it has to point it elsewhere.
fn alias_loop(hints: &Hints, lookup: &Lookup) -> Fault {
    let owner = hints.owners.of(&lookup.name);
    let names = lookup.aliases.iter().map(|alias| Phrase::new().name(alias));
    let reason = Phrase::new()
        .name(&lookup.name)
        .plain(" is an alias that leads back to itself, by ")
        .then(Phrase::listed(names, 3, " and "));
    let action = Phrase::from("point it to a name that exists, or publish the record itself");
    Fault {
        party: owner.party,
        kind: FaultKind::DanglingAlias,
        name: owner.address().to_owned(),
        record: Some(RecordSet { name: lookup.name.clone(), kind: Kind::Cname }),
        reason,
        action,
        evidence: vec![evidence(lookup)],
        confidence: Certainty::Proved,
    }
}

/// Who has to act where queries failed.
fn unanswered(domain: &Domain, hints: &Hints, failed: Vec<(&Lookup, Trouble)>) -> Vec<Fault> {
    let Some((first, why)) = failed.first().copied() else { return Vec::new() };
    let held: Vec<&(&Lookup, Trouble)> =
        failed.iter().filter(|(_, trouble)| *trouble == Trouble::NotRecorded).collect();
    if held.len() == failed.len() {
        return vec![not_recorded(first, held.len())];
    }
    if failed.iter().all(|(_, trouble)| *trouble == Trouble::OverBudget) {
        return vec![over_budget(first, failed.len())];
    }
    if failed.iter().all(|(_, trouble)| *trouble == Trouble::NotQueried) {
        return vec![not_queried(first, failed.len())];
    }
    let with = |wanted: Trouble| -> Vec<&Lookup> {
        let wanted = failed.iter().filter(|(_, trouble)| *trouble == wanted);
        wanted.map(|(lookup, _)| *lookup).collect()
    };
    // Records that are there, and whose data the file cannot say.
    let left_out = with(Trouble::LeftOut);
    if let Some(first) = left_out.first().filter(|_| left_out.len() == failed.len()) {
        return vec![not_as_data(first, left_out.len())];
    }
    let (missing, unread) = (with(Trouble::OffPage), with(Trouble::Unread));
    if let Some(first) = unread.first() {
        return vec![unreadable(first, unread.len())];
    }
    if let Some(first) = missing.first() {
        return vec![off_page(first, missing.len())];
    }
    let failed: Vec<(&Lookup, Trouble)> = failed
        .into_iter()
        .filter(|(_, trouble)| {
            !matches!(trouble, Trouble::NotQueried | Trouble::NotRecorded | Trouble::OverBudget)
                && !trouble.is_open_in_file()
        })
        .collect();
    let drilled: Vec<&(&Lookup, Trouble)> =
        failed.iter().filter(|(lookup, _)| lookup.source == DRILL).collect();
    if let [(first, why), ..] = drilled.as_slice() {
        return vec![drill(hints, first, *why, drilled.len())];
    }
    let is_any_answered = domain.lookups.iter().any(Lookup::is_answered);
    if failed.iter().all(|(_, trouble)| *trouble == Trouble::Network) {
        return vec![network(first, failed.len())];
    }
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (lookup, trouble) in failed {
        let owner = hints.owners.of(lookup.aliases.last().unwrap_or(&lookup.name));
        match groups.iter_mut().find(|known| known.owner == owner) {
            Some(group) => group.failed.push((lookup, trouble)),
            None => groups.push(Group {
                owner,
                first: lookup,
                why: trouble,
                failed: vec![(lookup, trouble)],
            }),
        }
    }
    match groups.as_slice() {
        // Nothing was answered: names of several organizations fail together, so it is what they
        // have in common.
        [_, _, ..] if !is_any_answered => vec![resolver(domain, first, why)],
        [group] if !is_any_answered && !group.is_of_zone() => vec![either(domain, group)],
        groups => groups.iter().map(|group| servers(domain, group)).collect(),
    }
}

/// Failed queries for names of one organization.
struct Group<'d> {
    owner: Owner,
    first: &'d Lookup,
    why: Trouble,
    failed: Vec<(&'d Lookup, Trouble)>,
}

impl Group<'_> {
    fn is_dnssec(&self) -> bool {
        self.failed.iter().any(|(_, trouble)| *trouble == Trouble::Bogus)
    }

    /// True if the resolver says that the fault lies behind it: in the signatures of the zone, or with
    /// its servers.
    fn is_of_zone(&self) -> bool {
        let is_unreachable = |(_, trouble): &(_, Trouble)| *trouble == Trouble::Unreachable;
        self.is_dnssec() || self.failed.iter().any(is_unreachable)
    }

    fn evidence(&self) -> Vec<Evidence> {
        self.failed.iter().take(MOST_EVIDENCE).map(|(lookup, _)| evidence(lookup)).collect()
    }
}

fn trouble(lookup: &Lookup) -> Option<(&Lookup, Trouble)> {
    match lookup.outcome {
        LookupOutcome::Failed(trouble) => Some((lookup, trouble)),
        _ => None,
    }
}

/// The source of what no file holds, with `--offline`.
const OFFLINE: &str = "offline";

/// The source of an injected failure.
const DRILL: &str = "drill";

/// The failures are injected: nothing has to be done, and the fault names who would have to act.
fn drill(hints: &Hints, first: &Lookup, why: Trouble, count: usize) -> Fault {
    let owner = hints.owners.of(first.aliases.last().unwrap_or(&first.name));
    let reason = Phrase::from("in this drill ")
        .then(question(first))
        .plain(" ")
        .plain(why.sentence())
        .plain(others(count));
    let action = match owner.party {
        Party::You => Phrase::from("in a real outage you would have to act"),
        _ => Phrase::from("in a real outage ").name(owner.address()).plain(" would have to act"),
    };
    Fault {
        party: Party::None,
        evidence: vec![evidence(first)],
        ..Fault::undetermined(FaultKind::Drill, reason, action)
    }
}

fn not_recorded(first: &Lookup, count: usize) -> Fault {
    let reason = question(first).plain(" is not in the recording").plain(others(count));
    let action = Phrase::new().plain("record again with ").code("--record FILE");
    let evidence = vec![evidence(first)];
    Fault { evidence, ..Fault::undetermined(FaultKind::NotRecorded, reason, action) }
}

fn over_budget(first: &Lookup, count: usize) -> Fault {
    let reason = question(first)
        .plain(" was not sent: the limit of queries to one organization was reached")
        .plain(others(count));
    let action = Phrase::from("raise the limit: ").code("--most-queries NUMBER");
    let evidence = vec![evidence(first)];
    Fault { evidence, ..Fault::undetermined(FaultKind::OwnLimit, reason, action) }
}

/// No server was asked: a name that the given files do not hold.
fn not_queried(first: &Lookup, count: usize) -> Fault {
    let (reason, action) = match first.source.as_str() {
        OFFLINE => (
            question(first).plain(" is not in the given files"),
            Phrase::from("run without ").code("--offline"),
        ),
        _ => (
            question(first).plain(" was not queried: ").plain(first.detail.clone()),
            Phrase::from("query what is published: ").code(format!("mailcheck {}", first.name)),
        ),
    };
    let reason = reason.plain(others(count));
    let evidence = vec![evidence(first)];
    Fault { evidence, ..Fault::undetermined(FaultKind::NotRecorded, reason, action) }
}

/// What a file says of a record set.
fn in_file(first: &Lookup, count: usize) -> Phrase {
    question(first)
        .plain(" in ")
        .name(&first.source)
        .plain(": ")
        .plain(first.detail.clone())
        .plain(others(count))
}

/// Such an entry is sound: only a query tells what it leads to.
fn not_as_data(first: &Lookup, count: usize) -> Fault {
    let reason = in_file(first, count);
    let action =
        Phrase::from("query what is published: ").code(format!("mailcheck {}", first.name));
    let evidence = vec![evidence(first)];
    Fault { evidence, ..Fault::undetermined(FaultKind::NotRecorded, reason, action) }
}

/// The list is sound, and is not all there.
fn off_page(first: &Lookup, count: usize) -> Fault {
    let reason = in_file(first, count);
    let action = Phrase::from("export the whole list; ")
        .code(format!("mailcheck lint {}", first.source))
        .plain(" shows the command");
    let evidence = vec![evidence(first)];
    Fault { evidence, ..Fault::undetermined(FaultKind::NotRecorded, reason, action) }
}

/// The file is the reader's, whoever owns the name.
fn unreadable(first: &Lookup, count: usize) -> Fault {
    let reason = in_file(first, count);
    let action = Phrase::from("find and correct the entry: ")
        .code(format!("mailcheck lint {}", first.source));
    Fault {
        party: Party::You,
        kind: FaultKind::Record,
        name: String::new(),
        record: Some(RecordSet { name: first.name.clone(), kind: first.kind }),
        reason,
        action,
        evidence: vec![evidence(first)],
        confidence: Certainty::Proved,
    }
}

fn network(first: &Lookup, count: usize) -> Fault {
    let reason = Phrase::from("no DNS server could be reached for ")
        .then(question(first))
        .plain(others(count));
    Fault {
        party: Party::Resolver,
        kind: FaultKind::Network,
        name: String::new(),
        record: None,
        reason,
        action: Phrase::new()
            .plain("check the network and the DNS servers configured here, or name one: ")
            .code("@SERVER"),
        evidence: vec![evidence(first)],
        confidence: Certainty::Proved,
    }
}

fn resolver(domain: &Domain, first: &Lookup, why: Trouble) -> Fault {
    let count = domain.lookups.len();
    let reason = Phrase::new()
        .plain("every one of ")
        .number(count)
        .plain(" queries failed, also for names of other organizations; ")
        .then(question(first))
        .plain(" ")
        .plain(why.sentence());
    let failed = domain.lookups.iter().take(MOST_EVIDENCE).map(evidence).collect();
    Fault {
        party: Party::Resolver,
        kind: FaultKind::Resolver,
        name: server(first).unwrap_or_default().to_owned(),
        record: None,
        reason,
        action: Phrase::from("use another resolver: ")
            .code(format!("mailcheck {} @SERVER", domain.domain)),
        evidence: failed,
        confidence: Certainty::Likely,
    }
}

/// One organization's names fail and no other name was asked: the resolver or the zone.
fn either(domain: &Domain, group: &Group<'_>) -> Fault {
    let Group { owner, first, why, failed } = group;
    let reason = question(first)
        .plain(" ")
        .plain(why.sentence())
        .plain(others(failed.len()))
        .plain("; the DNS servers of ")
        .name(&owner.name)
        .plain(" or the resolver asked may be at fault");
    let action =
        Phrase::from("ask another resolver: ").code(format!("mailcheck {} @SERVER", domain.domain));
    Fault { evidence: group.evidence(), ..Fault::undetermined(FaultKind::Servers, reason, action) }
}

/// Names of one organization fail while others answer.
fn servers(domain: &Domain, group: &Group<'_>) -> Fault {
    let Group { owner, first, why, failed } = group;
    let is_dnssec = group.is_dnssec();
    let kind = if is_dnssec { FaultKind::Dnssec } else { FaultKind::Servers };
    let reason = question(first).plain(" ").plain(why.sentence());
    let reason = match server(first) {
        Some(server) => reason.plain(format!(" (asked {server})")),
        None => reason,
    };
    let reason = reason.plain(others(failed.len()));
    let action = match (owner.party, is_dnssec) {
        (Party::You, true) => {
            Phrase::from("check the DNSSEC signatures of the zone and its DS record")
        }
        (Party::You, false) => {
            Phrase::from("check that the name servers of the zone run and answer")
        }
        _ => Phrase::from("change nothing in ")
            .name(&domain.domain)
            .plain("; receivers return temperror, and most ask the sender to retry"),
    };
    Fault {
        party: owner.party,
        kind,
        name: owner.address().to_owned(),
        record: Some(RecordSet { name: first.name.clone(), kind: first.kind }),
        reason,
        action,
        evidence: group.evidence(),
        confidence: Certainty::Likely,
    }
}

fn question(lookup: &Lookup) -> Phrase {
    Phrase::new().name(&lookup.name).plain(" ").plain(lookup.kind.to_string())
}

/// How many others fail likewise.
fn others(count: usize) -> String {
    match count.saturating_sub(1) {
        0 => String::new(),
        1 => ", and 1 more query".to_owned(),
        others => format!(", and {others} more queries"),
    }
}

/// The server that was asked.
pub(super) fn server(lookup: &Lookup) -> Option<&str> {
    let server = lookup.source.strip_prefix("live via ")?;
    Some(server.split('/').next().unwrap_or(server))
}
