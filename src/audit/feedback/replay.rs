//! Failing sources held against the policy of today, and who has to act.

use super::fold::is_related;
use super::lint::{self, failed};
use crate::audit::domain;
use crate::audit::found::as_found;
use crate::dns::{Budget, Dns, MOST_QUERIES};
use crate::examine::{Asked, Checks, Clock, Fixes, Inquiry, Sender, Steps};
use crate::net::Name;
use crate::protocols::Protocol;
use crate::report::feedback::{Feedback, Sending, Standing};
use crate::report::{Certainty, Fault, FaultKind, Party};
use crate::text::Phrase;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Domains that are asked about, and addresses of each.
const MOST_DOMAINS: usize = 20;
const MOST_ADDRESSES: usize = 64;

/// Asks whether SPF passes today for the sources that failed (`dns`), and says who has to act.
/// Without a source of answers nothing is asked.
pub async fn replay(feedback: &mut Feedback, dns: Option<&dyn Dns>) {
    replay_within(feedback, dns, MOST_QUERIES).await;
}

/// As [`replay`], with at most so many queries to one organization: reports name domains and addresses
/// as they like.
pub async fn replay_within(feedback: &mut Feedback, dns: Option<&dyn Dns>, most_queries: usize) {
    if let Some(dns) = dns {
        let dns = &Budget::for_all(dns, most_queries);
        let passing = asked(feedback, dns).await;
        for sending in &mut feedback.sources {
            let answer = |address: &String| {
                passing.get(&(sending.domain.clone(), address.parse().ok()?)).copied().flatten()
            };
            let answers: BTreeSet<bool> = sending.addresses.iter().filter_map(answer).collect();
            // A sender passes if all of its addresses do.
            sending.passes_now = answers.first().copied();
            say(sending);
        }
    }
    conclude(feedback);
}

/// By domain and address: whether SPF of the domain passes today; `None` if that is undetermined.
async fn asked(feedback: &Feedback, dns: &dyn Dns) -> BTreeMap<(String, IpAddr), Option<bool>> {
    let mut wanted: BTreeMap<&str, Vec<IpAddr>> = BTreeMap::new();
    for sending in feedback.sources.iter().filter(|sending| sending.fail > 0) {
        if !wanted.contains_key(sending.domain.as_str()) && wanted.len() >= MOST_DOMAINS {
            continue;
        }
        let of = wanted.entry(&sending.domain).or_default();
        let left = MOST_ADDRESSES.saturating_sub(of.len());
        of.extend(sending.addresses.iter().filter_map(|it| it.parse::<IpAddr>().ok()).take(left));
    }
    let mut passing = BTreeMap::new();
    for (text, addresses) in wanted {
        let Ok(name) = Name::from_octets(text.as_bytes()) else { continue };
        let mut inquiry = Inquiry::about(name);
        inquiry.senders = addresses.iter().map(|it| Asked::from(Sender::from(*it))).collect();
        inquiry.checks = Checks::only([Protocol::Spf]);
        inquiry.fixes = Fixes::Skipped;
        inquiry.steps = Steps::Skipped;
        let found = domain(dns, &inquiry, Clock::default()).await;
        for (address, authorization) in addresses.iter().zip(&found.authorizations) {
            passing.insert((text.to_owned(), *address), authorization.authorized.passes());
        }
    }
    passing
}

/// What today's answer changes in the advice.
fn say(sending: &mut Sending) {
    if sending.fail == 0 || sending.standing == Standing::Forwarder {
        return;
    }
    let domain = &sending.domain;
    let other = sending.spf_domains.iter().find(|it| !is_related(it, domain));
    sending.advice = match (sending.passes_now, other) {
        (Some(true), None) => Phrase::new()
            .good("passes now")
            .plain(": SPF of ")
            .name(domain)
            .plain(" lists it; the record changed since these reports"),
        (Some(true), Some(other)) => Phrase::from("SPF of ")
            .name(domain)
            .plain(" lists it, but it sends with MAIL FROM in ")
            .name(other)
            .plain(": needs DKIM with d=")
            .name(domain)
            .plain(", or MAIL FROM in ")
            .name(domain),
        (Some(false), None) if sending.standing == Standing::Spoofing => Phrase::from(
            "SPF does not authorize it today; if it is yours, add it to SPF or sign with d=",
        )
        .name(domain),
        (None, None) if sending.standing == Standing::Spoofing => {
            Phrase::from("undetermined whether SPF passes today")
        }
        _ => return,
    };
}

/// Who has to act for a source that fails, the rank of that, and whether it is proved; `None` if it
/// passes today.
pub(super) fn attribute(sending: &Sending) -> Option<(u8, Party, FaultKind, Certainty)> {
    let elsewhere = sending.spf_domains.iter().any(|it| !is_related(it, &sending.domain));
    Some(match (sending.standing, sending.passes_now) {
        (Standing::Forwarder, _) => (2, Party::Forwarder, FaultKind::Forwarder, Certainty::Likely),
        (_, Some(true)) if !elsewhere => return None,
        (Standing::Authorized | Standing::Unknown, _) => {
            (0, Party::You, FaultKind::NotAligned, Certainty::Likely)
        }
        (Standing::Spoofing, Some(false)) => {
            (1, Party::Sender, FaultKind::UnlistedSender, Certainty::Likely)
        }
        (Standing::Spoofing, _) => {
            (1, Party::Undetermined, FaultKind::Undetermined, Certainty::Proved)
        }
    })
}

/// Who has to act, what rules say, and the exit code.
fn conclude(feedback: &mut Feedback) {
    let mut faults: Vec<(u8, Fault)> = Vec::new();
    for sending in feedback.sources.iter().filter(|sending| sending.fail > 0) {
        let Some((rank, party, kind, confidence)) = attribute(sending) else { continue };
        let name = if party == Party::Forwarder { sending.name.clone() } else { String::new() };
        let said = [failed(sending), sending.advice.clone()];
        faults.push((rank, Fault::of_party(party, name, kind, said, confidence)));
    }
    faults.sort_by_key(|(rank, _)| *rank);
    let has = |party| faults.iter().any(|(_, fault)| fault.party == party);
    let (is_yours, is_undetermined) = (has(Party::You), has(Party::Undetermined));
    feedback.faults = faults.into_iter().map(|(_, fault)| fault).take(20).collect();
    feedback.findings = as_found(&lint::check(feedback), None);
    if feedback.exit_code == 0 {
        feedback.exit_code = match (is_yours, is_undetermined) {
            (true, _) => 1,
            (false, true) => 3,
            (false, false) => 0,
        };
    }
}
