//! A domain held against itself as it was.

use super::{Change, ChangedSender, Domain, Finding, State, Verdict};
use crate::change::Effect;
use crate::judge::Severity;
use crate::text::Phrase;
use std::collections::HashSet;

/// How many senders a headline names.
const NAMED: usize = 2;

impl Domain {
    /// Marks every finding by whether it was there before, adds those that are resolved, and says in
    /// the headline what the change does. From here on only what the change brought about counts.
    ///
    /// Findings are compared by their fingerprints: by what they say, wherever it stands.
    pub fn hold_against(&mut self, before: &Self) {
        let known: HashSet<&str> =
            before.findings.iter().map(|it| it.fingerprint.as_str()).collect();
        for finding in &mut self.findings {
            let is_known = known.contains(finding.fingerprint.as_str());
            finding.state = Some(if is_known { State::Unchanged } else { State::Introduced });
        }
        let own: HashSet<&str> = self.findings.iter().map(|it| it.fingerprint.as_str()).collect();
        let gone = before.findings.iter().filter(|it| !own.contains(it.fingerprint.as_str()));
        let resolved: Vec<Finding> = gone
            .map(|it| Finding { state: Some(State::Resolved), fix: None, ..it.clone() })
            .collect();
        self.findings.extend(resolved);
        self.result = self.verdict(|_| false);
        if let Some(change) = &self.change {
            self.headline = headline(change, &self.findings, self.result);
        }
    }
}

/// What a change does, in one sentence.
fn headline(change: &Change, findings: &[Finding], result: Verdict) -> Phrase {
    let of = |effect| change.senders.iter().filter(move |one| one.effect == effect);
    if of(Effect::Lost).next().is_some() {
        let said = Phrase::new().plain("after this change ");
        return named(said, of(Effect::Lost)).bad(" can no longer send");
    }
    let worst = findings.iter().filter(|finding| finding.counts()).max_by_key(|it| it.severity);
    match worst {
        Some(finding) if finding.severity == Severity::Error => {
            return Phrase::new()
                .plain("this change ")
                .bad("breaks")
                .plain(" something: ")
                .plain(finding.summary);
        }
        Some(finding) if finding.severity == Severity::Warn => {
            return Phrase::new()
                .plain("this change ")
                .weak("weakens")
                .plain(" something: ")
                .plain(finding.summary);
        }
        _ => {}
    }
    if let (Verdict::Unknown, Some(why)) = (result, change.unknown.first()) {
        let said =
            Phrase::new().unknown("could not tell").plain(" in full what this change does: ");
        return said.then(why.clone());
    }
    let resolved = findings.iter().filter(|it| it.state == Some(State::Resolved)).count();
    let said = if of(Effect::Gained).next().is_some() {
        named(Phrase::new().plain("after this change "), of(Effect::Gained))
            .plain(" may send as well")
    } else if change.records.is_empty() {
        Phrase::new().good("nothing changes")
    } else if change.senders.is_empty() {
        Phrase::new().plain("the same servers may send; ").good("nothing gets worse")
    } else {
        Phrase::new().plain("nobody who may send is lost; ").good("nothing gets worse")
    };
    match resolved {
        0 => said,
        1 => said.plain("; it ").good("mends").plain(" 1 finding"),
        _ => said.plain("; it ").good("mends").plain(format!(" {resolved} findings")),
    }
}

/// The first of the senders, by what they are known as.
fn named<'c>(mut said: Phrase, senders: impl Iterator<Item = &'c ChangedSender>) -> Phrase {
    let senders: Vec<&ChangedSender> = senders.collect();
    for (index, one) in senders.iter().take(NAMED).enumerate() {
        let gap = match index {
            0 => "",
            _ if senders.len() > NAMED => ", ",
            _ => " and ",
        };
        said = match &one.provider {
            Some(provider) => said.plain(gap).name(provider).plain(" (").addr(&one.who).plain(")"),
            None => said.plain(gap).addr(&one.who),
        };
    }
    match senders.len().saturating_sub(NAMED) {
        0 => said,
        more => said.plain(format!(" and {more} more")),
    }
}
