//! Who may issue a certificate for a mail host, by CAA records (RFC 8659).

use crate::dns::{Answer, Outcome};
use crate::net::Caa;
use crate::report::smtp::{Issuance, IssuanceStatus};
use crate::text::Phrase;
use std::sync::Arc;

/// The records that count, from the answers at the host and at each name above it, the nearest first
/// (RFC 8659 §3); `None` if nothing was asked.
pub(super) fn read(answers: &[Arc<Answer>]) -> Option<Issuance> {
    answers.first()?;
    let of = |status| Some(Issuance { status, name: None, records: Vec::new() });
    for answer in answers {
        match &answer.outcome {
            Outcome::NoData | Outcome::NxDomain => {}
            Outcome::Failed(failure) if failure.is_not_recorded() => {
                return of(IssuanceStatus::NotRecorded);
            }
            Outcome::Failed(_) => return of(IssuanceStatus::Failed),
            Outcome::Records(all) => {
                let records = answer.caa();
                let issuers: Vec<&str> = records.iter().filter_map(Caa::issuer).collect();
                let status = match issuers.as_slice() {
                    _ if records.iter().any(Caa::forbids) => IssuanceStatus::Forbidden,
                    // What cannot be read may restrict.
                    [] if records.len() < all.len() => IssuanceStatus::Unreadable,
                    [] => IssuanceStatus::Open,
                    all if all.iter().all(|issuer| issuer.is_empty()) => IssuanceStatus::Forbidden,
                    _ => IssuanceStatus::Restricted,
                };
                let name = Some(answer.question.name.clone());
                return Some(Issuance { status, name, records });
            }
        }
    }
    of(IssuanceStatus::Open)
}

/// What a reader should know of it: that the certificate cannot be renewed.
pub(super) fn note(issuance: &Issuance, host: &str) -> Option<Phrase> {
    let name = issuance.name.as_ref().filter(|_| issuance.status == IssuanceStatus::Forbidden)?;
    let said = Phrase::from("no certificate authority may issue a certificate for ")
        .name(host)
        .plain(": ");
    Some(match issuance.records.iter().find(|it| it.forbids()) {
        Some(record) => said
            .plain("CAA at ")
            .name(name)
            .plain(" has a critical property that authorities do not know, ")
            .code(&record.tag)
            .plain(" (RFC 8659 §4.5)"),
        None => said
            .plain("CAA at ")
            .name(name)
            .plain(" says ")
            .code("issue \";\"")
            .plain(" (RFC 8659 §4.2)"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::{Data, Failure, Kind, Provenance, Question, Record, Trouble};
    use crate::net::Name;

    fn name(text: &str) -> Name {
        Name::from_unicode(text).unwrap()
    }

    fn answer(owner: &str, outcome: Outcome) -> Arc<Answer> {
        let question = Question::new(name(owner), Kind::CAA);
        Arc::new(Answer::new(question, outcome, Provenance::Zone("zone".into())))
    }

    fn records(owner: &str, all: &[(u8, &str, &str)]) -> Arc<Answer> {
        let records = all.iter().map(|(flags, tag, value)| {
            let length = u8::try_from(tag.len()).unwrap();
            let rdata = [&[*flags, length], tag.as_bytes(), value.as_bytes()].concat();
            Record::from(Data::Opaque(rdata.into()))
        });
        answer(owner, Outcome::Records(records.collect()))
    }

    fn status(answers: &[Arc<Answer>]) -> IssuanceStatus {
        read(answers).unwrap().status
    }

    fn none(owner: &str) -> Arc<Answer> {
        answer(owner, Outcome::NoData)
    }

    #[test]
    fn the_nearest_name_with_records_decides() {
        let far = records("example.com", &[(0, "issue", ";")]);
        let near = records("mx.example.com", &[(0, "issue", "ca.example")]);
        let found = read(&[near, far.clone()]).unwrap();
        assert_eq!(found.name, Some(name("mx.example.com")));
        assert_eq!(status(&[none("mx.example.com"), far]), IssuanceStatus::Forbidden);
    }

    #[test]
    fn records_without_issue_restrict_nothing() {
        let reports = records("example.com", &[(0, "iodef", "mailto:a@example.com")]);
        assert_eq!(status(&[reports]), IssuanceStatus::Open);
        assert_eq!(status(&[none("example.com"), none("com")]), IssuanceStatus::Open);
    }

    #[test]
    fn what_cannot_be_read_is_not_taken_for_leave() {
        let unread = records("example.com", &[(0, "iss ue", "ca.example")]);
        assert_eq!(status(&[unread]), IssuanceStatus::Unreadable);
    }

    #[test]
    fn one_authority_that_may_is_a_restriction_and_no_ban() {
        let set = records("example.com", &[(0, "issue", ";"), (0, "issue", "ca.example")]);
        assert_eq!(status(&[set]), IssuanceStatus::Restricted);
    }

    #[test]
    fn a_critical_property_that_is_not_known_forbids() {
        let set = records("example.com", &[(0, "issue", "ca.example"), (128, "tbs", "x")]);
        let read = read(&[set]).unwrap();
        let said = note(&read, "mx.example.com").unwrap().to_string();
        assert_eq!(
            said,
            "no certificate authority may issue a certificate for mx.example.com: CAA at example.com has \
             a critical property that authorities do not know, tbs (RFC 8659 §4.5)"
        );
    }

    #[test]
    fn a_failed_query_below_the_records_leaves_it_open_what_they_say() {
        let failed = answer("mx.example.com", Outcome::Failed(Failure::new(Trouble::ServFail)));
        let set = records("example.com", &[(0, "issue", ";")]);
        assert_eq!(status(&[failed, set]), IssuanceStatus::Failed);
    }
}
