//! Faults that show in what answers are worth: the resolver that hands no signatures on.

use super::failures::server;
use crate::dns::dnssec::{Reason, Security};
use crate::protocols::dnssec::{Facts, reason};
use crate::report::{Certainty, Domain, Fault, FaultKind, Party};
use crate::text::Phrase;

/// Who has to act so that the answers can be validated. What is proved bogus is a finding.
pub(super) fn fault(domain: &Domain, facts: &Facts) -> Option<Fault> {
    let (_, proof) = facts.first(Security::Indeterminate)?;
    let said = reason(proof);
    if facts.is_stripped() {
        return Some(Fault {
            party: Party::Resolver,
            kind: FaultKind::Resolver,
            name: domain.lookups.iter().find_map(server).unwrap_or_default().to_owned(),
            record: None,
            reason: said,
            action: Phrase::from("use another resolver: ")
                .code(format!("mailcheck {} --dnssec @SERVER", domain.domain)),
            evidence: Vec::new(),
            confidence: Certainty::Proved,
        });
    }
    let action = match proof.why {
        Some(Reason::WrongAnchor) => {
            Phrase::from("compare the file of --trust-anchor with the DNSKEY of its zone")
        }
        _ => return None,
    };
    Some(Fault::undetermined(FaultKind::Undetermined, said, action))
}
