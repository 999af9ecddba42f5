//! Whether a change brings a name or takes it away, and what is said of one that it brings.

use super::lint::rules::DOMAIN_REMOVED;
use crate::diagnostic::{Finding, Rule};
use crate::dns::{Answer, Data, Dns, Kind, Provenance, ask};
use crate::examine::Gathered;
use crate::net::{Name, is_registered};
use crate::posture::lint::rules::{BULK_SENDERS, NO_SUCH_DOMAIN, SPF_ONLY};
use crate::protocols::Protocol;
use crate::protocols::dkim::lint::rules::{NO_KEY_FOUND, PROVED_NONE};
use crate::protocols::dmarc::lint::rules::MISSING as NO_DMARC;
use crate::protocols::mx::lint::rules::NONE as NO_MX;
use crate::protocols::spf::lint::rules::MISSING as NO_SPF;
use crate::report::Presence;

/// Rules about what a name does not publish.
const ABSENCES: [&Rule; 7] =
    [&NO_SPF, &PROVED_NONE, &NO_KEY_FOUND, &NO_DMARC, &NO_MX, &SPF_ONLY, &BULK_SENDERS];

/// What a change does to the name of a domain. One that somebody registers is not made by its records.
pub(crate) async fn presence(states: [&dyn Dns; 2], was: &Gathered, is: &Gathered) -> Presence {
    let [old, new] = states;
    let domain = &is.domain;
    match [was.exists(), is.exists()] {
        [Some(true), Some(false)] => Presence::Removed,
        [Some(_), Some(true)] if is_registered(domain) => Presence::Unchanged,
        [Some(false), Some(true)] => Presence::Created,
        [Some(true), Some(true)]
            if is_by_wildcard(old, domain).await && !is_by_wildcard(new, domain).await =>
        {
            Presence::Created
        }
        _ => Presence::Unchanged,
    }
}

/// Takes out what follows from the presence of the name alone: that a name which is new does not
/// publish everything that a domain may, and that one which was removed does not exist.
pub(crate) fn drop_implied(findings: &mut Vec<Finding>, domain: &Name, presence: Presence) {
    // A name that is registered is missed, whatever it had.
    let is_told = findings.iter().any(|finding| finding.is(&DOMAIN_REMOVED));
    let is_told = is_told || !is_registered(domain);
    findings.retain(|finding| match presence {
        Presence::Unchanged => true,
        Presence::Removed => !(is_told && finding.is(&NO_SUCH_DOMAIN)),
        Presence::Created => {
            let is_inherited = finding.rule.family() == Protocol::Dmarc.word()
                && !finding.location.name.is_within(domain);
            !is_inherited && !ABSENCES.iter().any(|rule| finding.is(rule))
        }
    });
}

/// True if all that a name has for mail comes from a wildcard.
async fn is_by_wildcard(dns: &dyn Dns, name: &Name) -> bool {
    let mut is_any = false;
    for kind in [Kind::Mx, Kind::Txt] {
        let answer = ask(dns, name, kind).await;
        if answer.records().is_empty() {
            continue;
        }
        if !is_synthesized(dns, &answer).await {
            return false;
        }
        is_any = true;
    }
    is_any
}

/// True if a zone file gives these records for a wildcard (RFC 4592 §2.1.1).
pub(super) async fn is_synthesized(dns: &dyn Dns, answer: &Answer) -> bool {
    let records = |answer: &Answer| -> Vec<(Data, Option<(u32, u32)>)> {
        let records = answer.records().iter();
        let place = |place: &crate::dns::Place| (place.line, place.column);
        records.map(|it| (it.data.clone(), it.place.as_ref().map(place))).collect()
    };
    let is_of_file = |answer: &Answer| matches!(answer.provenance, Provenance::Zone(_));
    let own = records(answer);
    if own.is_empty() || !is_of_file(answer) {
        return false;
    }
    // Above a domain that somebody registered the zone of a registry begins.
    let own_name = &answer.question.name;
    let mut above = own_name.parent().filter(|_| !is_registered(own_name));
    while let Some(name) = above {
        let Ok(source) = name.child("*") else { return false };
        let found = ask(dns, &source, answer.question.kind).await;
        if !is_of_file(&found) {
            return false;
        }
        if source != *own_name && records(&found) == own {
            return true;
        }
        above = name.parent().filter(|_| !is_registered(&name));
    }
    false
}
