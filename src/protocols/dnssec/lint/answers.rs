//! Answers that are proved to be wrong.

use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::Kind;
use crate::dns::dnssec::{Reason, Security};
use crate::net::Name;
use crate::protocols::dnssec::Facts;
use crate::protocols::dnssec::explain::{citation, reason, set};
use crate::text::Phrase;

/// Record sets that a report names.
const MOST: usize = 8;

/// A finding for each record set that is wrong; answers that rest on the same one are one finding.
pub(super) fn bogus(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let mut known: Vec<(Name, Kind)> = Vec::new();
    for (one, proof) in facts.proofs().filter(|(_, proof)| proof.security == Security::Bogus) {
        let Some(why) = &proof.why else { continue };
        let place = proof.set.clone().unwrap_or_else(|| (one.name.clone(), one.kind));
        if known.contains(&place) || known.len() == MOST {
            continue;
        }
        let (name, kind) = place.clone();
        known.push(place);
        let rests = facts.proofs().filter(|(_, other)| other.set == proof.set).count();
        let said = set(&name, kind).plain(" is ").bad("bogus").plain(": ").then(reason(proof));
        let said = match rests {
            0 | 1 => said,
            many => said.plain("; ").number(many).plain(" answers depend on it"),
        };
        let finding = Finding::new(rule, Location::set(name, kind), said);
        let finding = finding.because(rule.why, citation(why));
        findings.push(Finding { advice: Some(advice(why)), ..finding });
    }
}

/// What who runs the zone can do.
fn advice(why: &Reason) -> Phrase {
    Phrase::from(match why {
        Reason::Expired(_) => "sign the zone again, and find out why its signer stopped",
        Reason::NotYetValid(_) => "check the clock of the signer, and sign the zone again",
        Reason::WrongDs { .. } | Reason::NoKeys => {
            "publish the DS record of the current key at the registrar, or remove the DS record"
        }
        Reason::NoKey { .. } => "publish the key that signed the records, or sign the zone again",
        _ => "sign the zone again, and serve the signed zone from every name server",
    })
}
