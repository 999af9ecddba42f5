//! A domain held against itself as it was.

use crate::diagnostic::{Rule, Severity, family};
use crate::dns::Kind;
use crate::net::Name;
use crate::posture::lint::rules::NO_SUCH_DOMAIN;
use crate::protocols::spf::lint::rules::{LOOKUP_HEADROOM, NO_LOOKUP_HEADROOM, TOO_MANY_LOOKUPS};
use crate::report::{
    Change, ChangedSender, Domain, Effect, Finding, Presence, State, Verdict, What, named,
};
use crate::text::Phrase;
use std::collections::HashSet;

/// How many senders a headline names.
const NAMED: usize = 2;

/// Marks every finding by whether it was there before, adds those that are resolved, and says in
/// the headline what the change does. From here on only what the change brought about counts.
///
/// Findings are compared by their fingerprints: by what they say, wherever it stands. One that
/// the state before may have had as well, if it could have been told, is not said to be new; and
/// none is said to be mended that the state after may still have.
pub fn compare_findings(after: &mut Domain, before: &Domain) {
    let known: HashSet<&str> = before.findings.iter().map(|it| it.fingerprint.as_str()).collect();
    let changed = after.change.iter().flat_map(|change| &change.records);
    let changed: HashSet<(Name, Kind)> = changed.map(|set| (set.name.clone(), set.kind)).collect();
    let is_of_changed =
        |finding: &Finding| changed.contains(&(finding.subject.name.clone(), finding.subject.kind));
    let [may_have_had, may_have] = [before, &*after].map(undetermined);
    for finding in &mut after.findings {
        let is_known = known.contains(finding.fingerprint.as_str())
            || before.findings.iter().any(|worse| is_milder(finding, worse))
            || may_have_had.contains(&family(finding)) && !is_of_changed(finding);
        finding.state = Some(if is_known { State::Unchanged } else { State::Introduced });
    }
    let own: HashSet<&str> = after.findings.iter().map(|it| it.fingerprint.as_str()).collect();
    // Of a domain that is gone nothing is mended.
    let presence = after.change.as_ref().map(|change| change.presence);
    let is_missing = presence == Some(Presence::Removed)
        || after.findings.iter().any(|it| it.is(&NO_SUCH_DOMAIN));
    // A name that is new was not broken before.
    let is_new = presence == Some(Presence::Created);
    let is_of_new_name = |finding: &Finding| is_new && finding.is(&NO_SUCH_DOMAIN);
    let resolved = before.findings.iter().filter(|it| {
        !is_missing
            && !own.contains(it.fingerprint.as_str())
            && !is_of_new_name(it)
            && !is_overtaken(it, &after.findings)
            && (is_of_changed(it) || !may_have.contains(&family(it)))
    });
    let resolved: Vec<Finding> = resolved
        .map(|it| Finding { state: Some(State::Resolved), fix: None, ..it.clone() })
        .collect();
    after.findings.extend(resolved);
    after.result = after.verdict(|_| false);
    if let Some(change) = &after.change {
        after.headline = headline(change, &after.findings, after.result);
    }
}

/// Findings about one limit, the gravest first: a change from one to the next makes it better.
const LIMIT: [&Rule; 3] = [&TOO_MANY_LOOKUPS, &NO_LOOKUP_HEADROOM, &LOOKUP_HEADROOM];

/// True if a finding says of a limit less than another one did: then it is not new.
fn is_milder(finding: &Finding, worse: &Finding) -> bool {
    let place = |it: &Finding| LIMIT.iter().position(|rule| it.is(rule));
    match (place(finding), place(worse)) {
        (Some(mild), Some(grave)) => mild > grave && finding.subject.name == worse.subject.name,
        _ => false,
    }
}

/// The families whose rules lacked something that could not be determined.
fn undetermined(domain: &Domain) -> Vec<&'static str> {
    let unknowns = domain.unknowns_of_state();
    let sections = unknowns.iter().filter_map(|unknown| match unknown.what {
        What::Section(protocol) => Some(protocol.word()),
        _ => None,
    });
    let mut families: Vec<&'static str> = sections.collect();
    if !families.is_empty() {
        // It takes several protocols to say something of a domain as a whole.
        families.push(family::POSTURE);
    }
    if unknowns.iter().any(|unknown| unknown.what == What::Expectation) {
        families.push(family::CONTRACT);
    }
    families
}

fn family(finding: &Finding) -> &str {
    finding.rule.family()
}

/// True if something worse of the same family is new, or a note went where an error is new: then
/// nothing is mended, there is only more to say.
fn is_overtaken(resolved: &Finding, findings: &[Finding]) -> bool {
    let is_new = |it: &&Finding| it.state == Some(State::Introduced);
    let is_beside = |it: &Finding| {
        family(it) == family(resolved)
            || [it.severity, resolved.severity] == [Severity::Error, Severity::Note]
    };
    let mut new = findings.iter().filter(is_new);
    new.any(|it| it.severity > resolved.severity && is_beside(it))
}

/// What a change does, in one sentence.
fn headline(change: &Change, findings: &[Finding], result: Verdict) -> Phrase {
    if change.presence == Presence::Removed {
        return match result {
            Verdict::Fail => {
                Phrase::new().bad("removed").plain(": mail to it bounces, mail from it fails")
            }
            _ => Phrase::new().plain("removed"),
        };
    }
    let of = |effect| change.senders.iter().filter(move |one| one.effect == effect);
    if of(Effect::Lost).next().is_some() {
        let said = first(of(Effect::Lost));
        return said.plain(" will no longer be ").bad("authorized");
    }
    // They stand with the worst first.
    let worst = findings.iter().find(|finding| finding.counts());
    if let Some(finding) = worst.filter(|it| it.severity > Severity::Note) {
        let said = match finding.severity {
            Severity::Error => Phrase::new().bad("new error"),
            _ => Phrase::new().weak("new warning"),
        };
        let said = said.plain(": ");
        return match family(finding) == family::CHANGE {
            true => said.then(finding.message.clone()),
            false => said.plain(&*finding.summary),
        };
    }
    if let (Verdict::Unknown, Some(why)) = (result, change.unknown.first()) {
        let said = Phrase::from("effect of this change ").unknown("undetermined").plain(": ");
        return said.then(why.clone());
    }
    let resolved = findings.iter().filter(|it| it.state == Some(State::Resolved)).count();
    let said = if of(Effect::Gained).next().is_some() {
        first(of(Effect::Gained)).plain(" will be authorized too")
    } else if change.records.is_empty() {
        Phrase::new().good("no changes")
    } else if change.senders.is_empty() {
        Phrase::new().plain("authorized senders unchanged, ").good("no new findings")
    } else {
        Phrase::new().plain("no authorized sender is lost, ").good("no new findings")
    };
    match resolved {
        0 => said,
        1 => said.plain("; ").good("fixes").plain(" 1 finding"),
        _ => said.plain("; ").good("fixes").plain(format!(" {resolved} findings")),
    }
}

/// The first of the senders, by what they are known as.
fn first<'c>(senders: impl Iterator<Item = &'c ChangedSender>) -> Phrase {
    let names = senders.map(|one| named(one.provider.as_deref(), &one.who, one.is_rest));
    Phrase::listed(names, NAMED, " and ")
}
