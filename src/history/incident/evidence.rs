//! The report of a look, read as signs: what is wrong by itself, what is worse than it was, and what could
//! not be determined.

use super::{Cause, Sign, Telling, sign::word};
use crate::compare::lint::rules::SENDER_LOST;
use crate::diagnostic::{Severity, family};
use crate::dns::Kind;
use crate::net::Name;
use crate::protocols::spf::LOOKUP_LIMIT;
use crate::protocols::spf::lint::rules::TOO_MANY_LOOKUPS;
use crate::report::{
    Change, ChangedSender, Class, Domain, Effect, Fault, FaultKind, Finding, Owner, Owners, Party,
    RecordSet, State, Unknown, What,
};
use crate::text::Phrase;

/// Networks and records that a sentence names; others are counted.
const NAMED: usize = 3;

/// What a look found wrong. The domain is held against its baseline, if it has one: then it has a change,
/// and the state of its findings. `least` is the least severity that counts; `None` if no finding does.
pub fn signs(domain: &Domain, owners: &Owners, least: Option<Severity>) -> Vec<Sign> {
    let counts = |severity: Severity| least.is_some_and(|least| severity >= least);
    let mut signs: Vec<Sign> = domain
        .findings
        .iter()
        .filter(|it| it.suppressed.is_none() && it.state != Some(State::Resolved))
        .filter(|it| counts(it.severity) && !it.is(&SENDER_LOST))
        .map(|finding| found(domain, finding, owners))
        .collect();
    if let Some(change) = domain.change.as_ref().filter(|_| counts(SENDER_LOST.severity)) {
        signs.extend(lost(domain, change, owners));
    }
    signs.extend(undetermined(domain));
    signs
}

/// A finding.
fn found(domain: &Domain, finding: &Finding, owners: &Owners) -> Sign {
    let attributed =
        domain.faults.iter().find(|it| it.fingerprints().any(|it| it == finding.fingerprint));
    let plain;
    let fault = match attributed {
        Some(fault) => fault,
        None => {
            plain = Fault::of_record(finding);
            &plain
        }
    };
    let title = titled(domain, fault).plain(&*finding.summary);
    let plain_root = match fault.reason.is_empty() {
        true => finding.message.clone(),
        false => fault.reason.clone(),
    };
    let root = match finding.is(&TOO_MANY_LOOKUPS) {
        true => grown(domain, owners).unwrap_or(plain_root),
        false => plain_root,
    };
    Sign {
        key: finding.fingerprint.clone(),
        class: Class::Worse,
        cause: cause(fault),
        is_change: finding.rule.family() == family::CHANGE,
        telling: Telling::new(&title, &Phrase::from(&*finding.why), &root, &step(fault)),
    }
}

/// That the policy of somebody else grew, so that the domain needs more lookups than before, though its own
/// record is the same.
fn grown(domain: &Domain, owners: &Owners) -> Option<Phrase> {
    let change = domain.change.as_ref()?;
    let [before, after] = change.cost?.lookups;
    let policies = change.records.iter().filter(|set| {
        set.kind == Kind::Txt && set.added.iter().any(|text| text.contains("v=spf1"))
    });
    let names: Vec<&Name> = policies.map(|set| &set.name).collect();
    if names.is_empty() || names.iter().any(|name| owners.is_own(name)) {
        return None;
    }
    let names =
        Phrase::listed(names.into_iter().map(|name| Phrase::new().name(name)), NAMED, " and ");
    Some(
        Phrase::new()
            .number(after)
            .plain(" DNS lookups (limit ")
            .number(LOOKUP_LIMIT)
            .plain("), ")
            .number(before)
            .plain(" at the last good look: the policy of ")
            .then(names)
            .plain(" changed"),
    )
}

/// Who has to act, in front of what is wrong.
fn titled(domain: &Domain, fault: &Fault) -> Phrase {
    match fault.name.is_empty() {
        true => Phrase::new().name(&domain.domain).plain(": "),
        false => Phrase::new().name(&fault.name).plain(": "),
    }
}

fn cause(fault: &Fault) -> Cause {
    Cause {
        party: fault.party,
        owner: fault.name.clone(),
        kind: fault.kind,
        record: fault.record.clone(),
    }
}

/// What to do. What is said to the customers of a provider is said to all of them alike.
fn step(fault: &Fault) -> Phrase {
    match (fault.party, fault.kind) {
        (Party::Provider, FaultKind::LostAddresses | FaultKind::MissingRecord) => {
            keep_the_include(&fault.name)
        }
        _ => fault.action.clone(),
    }
}

fn keep_the_include(owner: &str) -> Phrase {
    Phrase::from("change nothing in your records: keep the include and open a case with ")
        .name(owner)
}

/// Senders that passed at the baseline and pass no more, by the record that let them.
fn lost(domain: &Domain, change: &Change, owners: &Owners) -> Vec<Sign> {
    let gone = change.senders.iter().filter(|it| it.effect == Effect::Lost && !it.is_rest);
    let mut groups: Vec<(Name, Vec<&ChangedSender>)> = Vec::new();
    for sender in gone {
        let record = culprit(&domain.domain, change, sender);
        match groups.iter_mut().find(|(known, _)| *known == record) {
            Some((_, senders)) => senders.push(sender),
            None => groups.push((record, vec![sender])),
        }
    }
    groups.iter().map(|(record, senders)| loss(domain, record, senders, owners)).collect()
}

fn loss(domain: &Domain, record: &Name, senders: &[&ChangedSender], owners: &Owners) -> Sign {
    let owner = owners.of(record);
    let Owner { party, .. } = owner;
    let name = owner.address().to_owned();
    let who = Phrase::listed(senders.iter().map(|it| named(it)), NAMED, " and ");
    let kind = match party {
        Party::You => FaultKind::MissingSender,
        _ => FaultKind::LostAddresses,
    };
    let title = match party {
        Party::You => Phrase::new().name(&domain.domain).plain(": SPF no longer passes for "),
        _ => Phrase::new().name(&name).plain(": its SPF policy lost "),
    };
    let impact = Phrase::from("mail from ").then(who.clone()).plain(
        " no longer passes SPF. Where DMARC says p=reject, receivers reject it unless an aligned DKIM \
         signature passes",
    );
    let terms: Vec<&str> = senders.iter().filter_map(|it| it.term_before.as_deref()).collect();
    let root = match senders.iter().find_map(|it| it.problem.as_ref()) {
        Some(problem) => problem.clone(),
        None => Phrase::from("the TXT record of ")
            .name(record)
            .plain(" changed and no longer authorizes ")
            .then(who.clone()),
    };
    let next = match (party, terms.first()) {
        (Party::You, Some(term)) => {
            Phrase::from("if these servers still send for you, publish ").code(term).plain(" again")
        }
        (Party::You, None) => {
            Phrase::from("if these servers still send for you, authorize them again")
        }
        _ => keep_the_include(&name),
    };
    Sign {
        key: format!("{} {record}", SENDER_LOST.id),
        class: Class::Worse,
        cause: Cause {
            party,
            owner: name,
            kind,
            record: Some(RecordSet { name: record.clone(), kind: Kind::Txt }),
        },
        is_change: true,
        telling: Telling::new(&title.then(who), &impact, &root, &next),
    }
}

fn named(sender: &ChangedSender) -> Phrase {
    match &sender.provider {
        Some(provider) => Phrase::new().name(provider).plain(" (").addr(&sender.who).plain(")"),
        None => Phrase::new().addr(&sender.who),
    }
}

/// The record whose change made a sender pass no more: on the way by which it passed, the first one that
/// changed and no longer names the next. Where each still does, it is the record that ends in an error now,
/// or the one that let the sender pass, or any that changed.
fn culprit(domain: &Name, change: &Change, sender: &ChangedSender) -> Name {
    let policies = || change.records.iter().filter(|set| set.kind == Kind::Txt);
    let set_of = |name: &Name| policies().find(|set| set.name == *name);
    let has_changed = |name: &Name| set_of(name).is_some();
    let passed: Vec<&String> = sender.term_before.iter().chain(&sender.path_before).collect();
    let way = records(domain, &passed);
    for (record, term) in way.iter().zip(&passed) {
        let is_named = |text: &String| text.split([' ', '"']).any(|word| word == *term);
        if set_of(record).is_some_and(|set| !set.added.iter().any(is_named)) {
            return record.clone();
        }
    }
    let failed: Vec<&String> = sender.term_after.iter().chain(&sender.path_after).collect();
    let fails = records(domain, &failed).into_iter().next_back();
    let is_policy = |text: &String| text.contains("v=spf1");
    let ends = fails.filter(|_| sender.problem.is_some());
    ends.into_iter()
        .chain(way.last().cloned())
        .chain(way.iter().cloned())
        .find(has_changed)
        .or_else(|| Some(policies().find(|set| set.added.iter().any(is_policy))?.name.clone()))
        .unwrap_or_else(|| domain.clone())
}

/// The records on a way of terms that lead from one to the next, that of the domain first.
fn records(domain: &Name, way: &[&String]) -> Vec<Name> {
    let mut all = vec![domain.clone()];
    all.extend(way.iter().map_while(|term| target(term)));
    all
}

/// The name whose policy a term brings in.
fn target(term: &str) -> Option<Name> {
    let term = term.trim_start_matches(['+', '?', '~', '-']);
    let (head, rest) = term.split_once([':', '='])?;
    let leads = ["include", "redirect"].iter().any(|word| head.eq_ignore_ascii_case(word));
    leads.then(|| Name::from_unicode(rest).ok())?
}

/// What could not be determined, by who has to act so that it can be.
fn undetermined(domain: &Domain) -> Vec<Sign> {
    let mut unknowns = domain.unknowns_of_state();
    // That the state before could not be determined says nothing of this one.
    unknowns.retain(|it| domain.change.is_none() || it.what != What::Domain);
    let Some(first) = unknowns.first() else { return Vec::new() };
    let is_trouble = |fault: &&Fault| {
        fault.fingerprints().next().is_none()
            && matches!(
                fault.kind,
                FaultKind::Servers
                    | FaultKind::Dnssec
                    | FaultKind::Resolver
                    | FaultKind::Network
                    | FaultKind::Drill
                    | FaultKind::OwnLimit
                    | FaultKind::Undetermined
            )
    };
    let mut signs: Vec<Sign> = Vec::new();
    for fault in domain.faults.iter().filter(is_trouble) {
        let sign = unanswered(domain, fault, first);
        if !signs.iter().any(|known| known.key == sign.key) {
            signs.push(sign);
        }
    }
    // What was not asked is no trouble of anybody's.
    let is_unasked =
        |fault: &Fault| matches!(fault.kind, FaultKind::NotRecorded | FaultKind::MissingIdentity);
    if signs.is_empty() && !domain.faults.iter().any(is_unasked) {
        let fault = Fault::undetermined(FaultKind::Undetermined, first.why.clone(), Phrase::new());
        signs.push(unanswered(domain, &fault, first));
    }
    signs
}

fn unanswered(domain: &Domain, fault: &Fault, first: &Unknown) -> Sign {
    let title = match fault.party {
        Party::Provider | Party::Operator => {
            Phrase::new().name(&fault.name).plain(": no DNS answer")
        }
        Party::Resolver => Phrase::from("the DNS resolver does not answer"),
        _ => Phrase::new().name(&domain.domain).plain(": undetermined"),
    };
    let impact = Phrase::new().then(first.why.clone()).plain(
        ". Receivers that get no answer either return temperror, and most ask the sender to retry",
    );
    let name = if fault.name.is_empty() { word(&fault.party) } else { fault.name.clone() };
    Sign {
        key: format!("undetermined {name}"),
        class: Class::Undetermined,
        cause: cause(fault),
        is_change: false,
        telling: Telling::new(&title, &impact, &fault.reason, &fault.action),
    }
}
