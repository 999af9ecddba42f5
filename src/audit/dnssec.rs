//! What the answers that a report rests on are worth: by the word of the resolver, or validated.

use super::section;
use crate::dns::{Dns, Trouble};
use crate::examine::Inquiry;
use crate::protocols::dnssec::{Facts, Judged, Source, State};
use crate::protocols::{Examined as _, Protocol};
use crate::report::{Domain, Finding, Lookup, LookupOutcome, Section, Status};

/// What the answers of a report are worth; `None` where no server says anything of that, or nobody
/// asked.
pub(super) async fn facts(dns: &dyn Dns, inquiry: &Inquiry, rows: &[Lookup]) -> Option<Facts> {
    if !inquiry.checks.has(Protocol::Dnssec) {
        return None;
    }
    let of = |source, answers: Vec<Judged>| {
        let is_own = |one: &Judged| one.name.is_within(&inquiry.domain);
        // Where a file has the records of the domain, answers of others say nothing of it.
        let is_known = answers.iter().any(is_own);
        is_known.then(|| Facts::new(inquiry.domain.clone(), source, answers))
    };
    #[cfg(feature = "dnssec")]
    if let Some(anchors) = &inquiry.dnssec {
        return of(Source::Validated, Box::pin(validated::answers(dns, anchors, rows)).await);
    }
    #[cfg(not(feature = "dnssec"))]
    let _ = dns;
    of(Source::Resolver, rows.iter().filter_map(word).collect())
}

/// Adds the section and the findings to a report. What files and old recordings say is not signed, and
/// nothing is known of how it was.
pub(super) fn add(domain: &mut Domain, facts: Option<&Facts>, inquiry: &Inquiry) {
    let mut lookups = inquiry.steps.lookups();
    let own = domain.others.0.iter_mut().find(|other| other.protocol == Protocol::Dnssec);
    if let Some(other) = own.filter(|_| inquiry.checks.has(Protocol::Dnssec)) {
        other.section = match facts {
            Some(facts) => section::other(facts, &mut lookups),
            None => Section { status: Status::NotRecorded, ..Section::skipped() },
        };
    }
    if let Some(facts) = facts {
        domain.findings.extend(facts.findings().iter().map(Finding::from));
        domain.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    }
}

/// What the resolver says of an answer.
fn word(row: &Lookup) -> Option<Judged> {
    let state = match (row.outcome, row.authentic) {
        (LookupOutcome::Failed(Trouble::Bogus), _) => State::Refused(row.detail.clone()),
        (LookupOutcome::Failed(_), _) => return None,
        (_, vouched) => State::Word(vouched?),
    };
    Some(judged(row, state))
}

fn judged(row: &Lookup, state: State) -> Judged {
    let is_alias = !row.aliases.is_empty();
    Judged { name: row.name.clone(), kind: row.kind, is_alias, state }
}

#[cfg(feature = "dnssec")]
mod validated {
    use super::judged;
    use crate::dns::dnssec::{Anchors, Proof, Security, Validator};
    use crate::dns::{Answer, Dns, Question, Trouble, join_all, presentation};
    use crate::protocols::dnssec::{Judged, State};
    use crate::report::{Lookup, LookupOutcome};

    /// Validates the answers of servers. What a file says is not signed, and of a query that failed only
    /// that it is bogus is worth saying.
    pub(super) async fn answers(dns: &dyn Dns, anchors: &Anchors, rows: &[Lookup]) -> Vec<Judged> {
        let validator = Validator::new(dns, anchors);
        let of_servers = rows.iter().filter(|row| match row.outcome {
            LookupOutcome::Failed(trouble) => is_of_server(trouble),
            _ => row.authentic.is_some(),
        });
        let proofs = of_servers.map(|row| {
            let validator = &validator;
            async move {
                let question = Question::new(row.name.clone(), row.kind);
                let validated = validator.validate(&question).await;
                proof(row, validated.proof, &validated.answer)
                    .map(|proof| judged(row, State::Proved(proof)))
            }
        });
        join_all(proofs).await.into_iter().flatten().collect()
    }

    fn is_of_server(trouble: Trouble) -> bool {
        matches!(trouble, Trouble::ServFail | Trouble::Bogus)
    }

    /// The proof, as far as it is one of the answer that was used.
    fn proof(row: &Lookup, proof: Proof, validated: &Answer) -> Option<Proof> {
        if matches!(row.outcome, LookupOutcome::Failed(_)) {
            return Some(proof).filter(|proof| proof.security == Security::Bogus);
        }
        let records = validated.records().iter();
        let mut theirs: Vec<String> =
            records.map(|record| presentation::write(row.kind, &record.data)).collect();
        let mut ours = row.records.clone();
        theirs.sort();
        ours.sort();
        let is_same = LookupOutcome::from(&validated.outcome) == row.outcome && theirs == ours;
        match proof.security {
            Security::Secure if !is_same => Some(Proof::of_another(&row.name, row.kind)),
            _ => Some(proof),
        }
    }
}
