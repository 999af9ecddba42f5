//! The senders that an audit tests: those asked about, or else the domain's own providers and those
//! that its contract names.

use super::Clock;
use super::address;
use super::authorize::{self, JudgedSender};
use super::dmarc::{self, EvaluatedDmarc};
use super::inquiry::{Asked, Fixes, Inquiry, Sender};
use super::recognised::recognised;
use super::sender::Missing;
use crate::dns::{Data, Dns, Kind, ask, join_all};
use crate::net::Name;
use crate::protocols::Protocol;
use crate::protocols::spf::{self, Policies, Receiver};
use crate::provider;
use crate::report::{Authorized, Declaration, Origin, Unknown};
use crate::text::Phrase;
use std::net::IpAddr;

/// Most senders of one inquiry for which fixes are looked for, of those that are refused.
pub(crate) const MOST_ASKED: usize = 4;

/// A sender, and how it fares.
pub(crate) struct Tested {
    pub(crate) asked: Asked,
    /// What the contract of the domain says of it.
    pub(crate) declared: Option<Declaration>,
    pub(crate) judged: JudgedSender,
    pub(crate) evaluated: Option<EvaluatedDmarc>,
}

/// Judges the senders asked about, or if there are none, the domain's own providers and those that
/// are declared.
pub(crate) async fn senders(
    policies: &Policies<'_>,
    inquiry: &Inquiry,
    clock: Clock,
) -> Vec<Tested> {
    if !inquiry.checks.has(Protocol::Spf) {
        return Vec::new();
    }
    let wanted = match inquiry.senders.as_slice() {
        [] => own_and_declared(policies, inquiry).await,
        asked => asked.iter().map(|asked| (None, asked.clone())).collect(),
    };
    let receiver = Receiver { name: b"unknown", time: clock.seconds };
    join_all(wanted.into_iter().map(|(declared, asked)| async move {
        let (mut judged, notes) = tokio::join!(
            authorize::judge_sender(policies, inquiry, &asked, receiver),
            address::notes(policies.dns(), inquiry, &asked.sender),
        );
        judged.resolved.notes.extend(notes);
        let evaluated = match inquiry.checks.has(Protocol::Dmarc) {
            true => dmarc::evaluate_dmarc(policies.dns(), inquiry, &judged).await,
            false => None,
        };
        Tested { asked, declared, judged, evaluated }
    }))
    .await
}

/// The domain's own providers and the senders that are declared, each once: a provider that the
/// domain's record names is meant as it is named there.
async fn own_and_declared(
    policies: &Policies<'_>,
    inquiry: &Inquiry,
) -> Vec<(Option<Declaration>, Asked)> {
    let mut own = recognised(policies, &inquiry.domain).await.must_send();
    let mut declared = inquiry.declared.clone();
    for (_, asked) in &mut declared {
        let Sender::Provider(word) = &asked.sender else { continue };
        let Some(meant) = provider::by_id(word) else { continue };
        let is_it = |one: &Asked| matches!(one.sender, Sender::Own { provider, .. } if provider == meant.id());
        if let Some(index) = own.iter().position(is_it) {
            asked.sender = own.remove(index).sender;
        }
    }
    let own = own.into_iter().map(|asked| (None, asked));
    own.chain(declared.into_iter().map(|(what, asked)| (Some(what), asked))).collect()
}

/// Asks what the addresses of senders call themselves, before it is known whether that matters.
pub(super) async fn hosts_ahead(dns: &dyn Dns, inquiry: &Inquiry) {
    let senders = inquiry.senders.iter().take(MOST_ASKED);
    let addresses = senders.filter_map(|asked| match &asked.sender {
        Sender::Address(ip)
            if inquiry.checks.has(Protocol::Spf) && inquiry.fixes == Fixes::Proved =>
        {
            Some(*ip)
        }
        _ => None,
    });
    join_all(addresses.map(|ip| pointer(dns, ip))).await;
}

/// What an address calls itself.
pub(crate) async fn pointer(dns: &dyn Dns, ip: IpAddr) -> Option<Name> {
    let reverse = spf::reverse_name(ip).ok()?;
    let answer = ask(dns, &reverse, Kind::Ptr).await;
    answer.records().iter().find_map(|record| match &record.data {
        Data::Ptr(name) => Some(name.clone()),
        _ => None,
    })
}

impl Tested {
    /// True for a provider that nothing but the domain's MX shows: that it must be able to send is
    /// an inference, and no answer about a sender.
    pub(crate) fn is_inferred(&self) -> bool {
        self.declared.is_none() && matches!(self.asked.sender, Sender::Own { named: false, .. })
    }

    /// Why it was examined.
    pub(crate) fn origin(&self) -> Origin {
        match (self.declared, &self.asked.sender) {
            (Some(_), _) => Origin::Declared,
            (None, Sender::Own { .. }) => Origin::Spf,
            (None, _) => Origin::Asked,
        }
    }

    /// Why one of the domain's own providers is left out; `None` if it is not.
    ///
    /// Nobody asked about it, and no answer is to be had without an address. That a policy known
    /// here is gone from the DNS is no fault of the domain.
    pub(crate) fn why_untested(&self) -> Option<Phrase> {
        if self.declared.is_some() {
            return None;
        }
        let is_named = matches!(self.asked.sender, Sender::Own { named: true, .. });
        match &self.judged.resolved.missing {
            Some(Missing::Nothing(_)) if is_named => None,
            Some(Missing::Unlisted(Unknown { why, .. }) | Missing::Nothing(why)) => {
                let title = self.judged.resolved.title.clone();
                Some(title.plain(" not tested: ").then(why.clone()))
            }
            _ => None,
        }
    }

    /// True unless the contract names it and it fares as it should; a provider of the domain's own
    /// is reported in any case.
    pub(crate) fn is_worth_a_headline(&self) -> bool {
        match self.declared {
            None => true,
            Some(Declaration::Sender) => {
                let is_own = matches!(self.asked.sender, Sender::Own { .. });
                is_own || self.judged.authorized() != Authorized::Yes
            }
            Some(Declaration::NeverSender) => false,
        }
    }
}
