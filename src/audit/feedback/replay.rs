//! Failing sources held against the policy of today, and of the time of the reports; who has to act.

use super::earlier::{State, States};
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
use crate::text::{Phrase, minute};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Domains that are asked about, and addresses of each.
const MOST_DOMAINS: usize = 20;
const MOST_ADDRESSES: usize = 64;

/// Where answers about failing sources come from.
#[derive(Default)]
pub struct Answers<'d> {
    /// The DNS of today; `None` if it is not asked.
    pub today: Option<&'d dyn Dns>,
    /// By domain: how a history found the DNS, the oldest state first.
    pub earlier: BTreeMap<String, Vec<State<'d>>>,
    /// Most queries to one organization: reports name domains and addresses as they like.
    pub most_queries: usize,
}

/// Asks whether SPF passes today for the sources that failed (`dns`), and says who has to act.
/// Without a source of answers nothing is asked.
pub async fn replay(feedback: &mut Feedback, dns: Option<&dyn Dns>) {
    let answers = Answers { today: dns, most_queries: MOST_QUERIES, ..Answers::default() };
    replay_with(feedback, &answers).await;
}

/// As [`replay`], and asks a history too whether SPF passed at the time of the reports.
pub async fn replay_with(feedback: &mut Feedback, answers: &Answers<'_>) {
    let Answers { today, earlier, most_queries } = answers;
    for (text, addresses) in wanted(feedback) {
        let Ok(name) = Name::from_octets(text.as_bytes()) else { continue };
        let today = match today {
            Some(dns) => {
                let dns = &Budget::for_all(*dns, *most_queries);
                passing(dns, &name, &addresses, Clock::default()).await
            }
            None => Passing::new(),
        };
        let states = match earlier.get(&text) {
            Some(states) => States::ask(states, &name, &addresses).await,
            None => States::default(),
        };
        for sending in feedback.sources.iter_mut().filter(|it| it.fail > 0 && it.domain == text) {
            sending.passes_now = of(sending, &today);
            sending.earlier = states.earlier(sending);
        }
    }
    if today.is_some() || !earlier.is_empty() {
        feedback.sources.iter_mut().for_each(say);
    }
    conclude(feedback);
}

/// Whether SPF of a domain passes for addresses; `None` where that is undetermined.
pub(super) type Passing = BTreeMap<IpAddr, Option<bool>>;

/// The domains whose mail failed, and the addresses that it came from.
fn wanted(feedback: &Feedback) -> BTreeMap<String, Vec<IpAddr>> {
    let mut wanted: BTreeMap<String, Vec<IpAddr>> = BTreeMap::new();
    for sending in feedback.sources.iter().filter(|sending| sending.fail > 0) {
        if !wanted.contains_key(&sending.domain) && wanted.len() >= MOST_DOMAINS {
            continue;
        }
        let of = wanted.entry(sending.domain.clone()).or_default();
        let left = MOST_ADDRESSES.saturating_sub(of.len());
        of.extend(sending.addresses.iter().filter_map(|it| it.parse::<IpAddr>().ok()).take(left));
    }
    wanted
}

/// Asks whether SPF of a domain passes for these addresses.
pub(super) async fn passing(
    dns: &dyn Dns,
    name: &Name,
    addresses: &[IpAddr],
    clock: Clock,
) -> Passing {
    let mut inquiry = Inquiry::about(name.clone());
    inquiry.senders = addresses.iter().map(|it| Asked::from(Sender::from(*it))).collect();
    inquiry.checks = Checks::only([Protocol::Spf]);
    inquiry.fixes = Fixes::Skipped;
    inquiry.steps = Steps::Skipped;
    let found = domain(dns, &inquiry, clock).await;
    let answers = found.authorizations.iter().map(|it| it.authorized.passes());
    addresses.iter().copied().zip(answers).collect()
}

/// Whether SPF passes for a sender: all of its addresses have to.
pub(super) fn of(sending: &Sending, passing: &Passing) -> Option<bool> {
    let answer = |address: &String| passing.get(&address.parse().ok()?).copied().flatten();
    sending.addresses.iter().filter_map(answer).min()
}

/// What the answers change in the advice.
fn say(sending: &mut Sending) {
    if sending.fail == 0 || sending.standing == Standing::Forwarder {
        return;
    }
    let domain = &sending.domain;
    let other = sending.spf_domains.iter().find(|it| !is_related(it, domain));
    let is_bare = sending.standing == Standing::Spoofing;
    let if_yours =
        |said: Phrase| said.plain("; if it is yours, add it to SPF or sign with d=").name(domain);
    let earlier = sending.earlier.as_ref();
    let at = earlier.map(|it| minute(it.at)).unwrap_or_default();
    let passed = earlier.and_then(|it| it.passes);
    sending.advice = match (sending.passes_now, other) {
        (Some(true), None) => {
            let said = Phrase::new().good("passes now").plain(": SPF of ").name(domain);
            match (passed, earlier.and_then(|it| it.changed.clone())) {
                (_, Some(changed)) => said.plain(" lists it; ").then(changed),
                (Some(true), None) => said.plain(format!(
                    " lists it, and did at {at}: the record is not why the receiver's check failed"
                )),
                (_, None) => said.plain(" lists it; the record changed since these reports"),
            }
        }
        (Some(true), Some(other)) => Phrase::from("SPF of ")
            .name(domain)
            .plain(" lists it, but it sends with MAIL FROM in ")
            .name(other)
            .plain(": needs DKIM with d=")
            .name(domain)
            .plain(", or MAIL FROM in ")
            .name(domain),
        (Some(false), None) if is_bare => if_yours(match passed {
            Some(true) => Phrase::from(&*format!("SPF authorized it at {at}, and does not today")),
            Some(false) => {
                Phrase::from(&*format!("SPF did not authorize it at {at}, and does not today"))
            }
            None => Phrase::from("SPF does not authorize it today"),
        }),
        (None, None) if is_bare => match passed {
            Some(false) => if_yours(Phrase::from(&*format!("SPF did not authorize it at {at}"))),
            Some(true) => Phrase::from(&*format!(
                "SPF authorized it at {at}; undetermined whether it does today"
            )),
            None => Phrase::from("undetermined whether SPF passes today"),
        },
        _ => return,
    };
}

/// Who has to act for a source that fails, the rank of that, and whether it is proved; `None` if it
/// passes today.
pub(super) fn attribute(sending: &Sending) -> Option<(u8, Party, FaultKind, Certainty)> {
    let elsewhere = sending.spf_domains.iter().any(|it| !is_related(it, &sending.domain));
    let passed = sending.earlier.as_ref().and_then(|it| it.passes);
    Some(match (sending.standing, sending.passes_now) {
        (Standing::Forwarder, _) => (2, Party::Forwarder, FaultKind::Forwarder, Certainty::Likely),
        (_, Some(true)) if !elsewhere => return None,
        (Standing::Authorized | Standing::Unknown, _) => {
            (0, Party::You, FaultKind::NotAligned, Certainty::Likely)
        }
        // What the record listed when mail of it failed is a sender of the domain.
        (Standing::Spoofing, Some(false)) if passed == Some(true) => {
            (0, Party::You, FaultKind::UnlistedSender, Certainty::Likely)
        }
        (Standing::Spoofing, answer) if answer.or(passed) == Some(false) => {
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
