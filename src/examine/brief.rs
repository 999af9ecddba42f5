//! What receivers decide by, and nothing that a report would say besides: for very many domains.

use super::authorize::{self, JudgedSender};
use super::inquiry::Inquiry;
use super::{Clock, dmarc};
use crate::dns::{Answer, Kind, ask, behind};
use crate::net::Family;
use crate::protocols::dmarc::{self as protocol, Discovered};
use crate::protocols::spf::{self, Policies, Receiver};
use std::pin::pin;
use std::sync::Arc;

/// What receivers decide by.
pub(crate) struct Brief {
    /// Who receives: the answer to MX.
    pub(crate) mx: Arc<Answer>,
    /// The DMARC policy.
    pub(crate) dmarc: Discovered,
    /// The sender asked about, and what DMARC makes of it.
    pub(crate) sender: Option<(JudgedSender, Option<protocol::Verdict>)>,
}

/// Finds out what receivers decide by, for the first of the senders asked about.
pub(crate) async fn brief(policies: &Policies<'_>, inquiry: &Inquiry, clock: Clock) -> Brief {
    let (dns, domain) = (policies.dns(), &inquiry.domain);
    // Pinned where it is: moved into the others it would take its room twice.
    let judged = pin!(judged(policies, inquiry, clock));
    let (mx, (discovered, _), judged) =
        tokio::join!(ask(dns, domain, Kind::Mx), protocol::find(dns, domain), judged);
    let sender = match judged {
        None => None,
        Some(judged) => {
            let verdict = match dmarc::authentication(inquiry, &judged) {
                Some(proofs) => Some(protocol::evaluate(dns, &discovered, &proofs).await),
                None => None,
            };
            Some((judged, verdict))
        }
    };
    Brief { mx, dmarc: discovered, sender }
}

/// The sender, put to the policy of its identity, which is fetched ahead.
async fn judged(policies: &Policies<'_>, inquiry: &Inquiry, clock: Clock) -> Option<JudgedSender> {
    let asked = inquiry.senders.first()?;
    let receiver = Receiver { name: b"unknown", time: clock.seconds };
    let judged = pin!(authorize::judge_sender(policies, inquiry, asked, receiver));
    let families = match &asked.sender {
        super::Sender::Address(ip) if ip.is_ipv4() => &Family::BOTH[..1],
        super::Sender::Address(_) => &Family::BOTH[1..],
        _ => &Family::BOTH[..],
    };
    let identity = authorize::identity(inquiry);
    let Some(name) = spf::policy_domain(&identity.domain) else { return Some(judged.await) };
    // Most policies lead to what others asked for before: only where the walk waits there is something to be
    // fetched. What it asks for first is its own policy.
    let is_need = || policies.known(&name).is_some();
    Some(behind(judged, is_need, pin!(spf::prefetch(policies, &name, families))).await)
}
