//! The senders that an audit tests: those asked about, or else the domain's own providers and those
//! that its contract names.

use super::authorize::{self, Judged};
use super::dmarc_section::{self, Weighed};
use super::inquiry::{Asked, Inquiry, Sender};
use super::recognised::recognised;
use super::sender::Gap;
use super::{Clock, headline};
use crate::dns::join_all;
use crate::provider;
use crate::report::{Authorization, Authorized, Declaration, Identities, Lookups, Origin};
use crate::spf::{Policies, Receiver};
use crate::text::{Phrase, escape};

/// A sender, and how it fares.
pub(super) struct Tested {
    pub(super) asked: Asked,
    /// What the contract of the domain says of it.
    pub(super) declared: Option<Declaration>,
    pub(super) judged: Judged,
    pub(super) weighed: Option<Weighed>,
}

/// Judges the senders asked about, or if there are none, the domain's own providers and those that
/// are declared.
pub(super) async fn senders(
    policies: &Policies<'_>,
    inquiry: &Inquiry,
    clock: Clock,
) -> Vec<Tested> {
    if !inquiry.checks.spf {
        return Vec::new();
    }
    let wanted = match inquiry.senders.as_slice() {
        [] => own_and_declared(policies, inquiry).await,
        asked => asked.iter().map(|asked| (None, asked.clone())).collect(),
    };
    let receiver = Receiver { name: b"unknown", time: clock.seconds };
    join_all(wanted.into_iter().map(|(declared, asked)| async move {
        let judged = authorize::judge(policies, inquiry, &asked, receiver).await;
        let weighed = match inquiry.checks.dmarc {
            true => dmarc_section::weigh(policies.dns(), inquiry, &judged).await,
            false => None,
        };
        Tested { asked, declared, judged, weighed }
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

impl Tested {
    /// True for a provider that nothing but the domain's MX shows: that it must be able to send is
    /// an inference, and no answer about a sender.
    pub(super) fn is_inferred(&self) -> bool {
        self.declared.is_none() && matches!(self.asked.sender, Sender::Own { named: false, .. })
    }

    /// Why it was examined.
    fn origin(&self) -> Origin {
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
    pub(super) fn why_untested(&self) -> Option<Phrase> {
        if self.declared.is_some() {
            return None;
        }
        let is_named = matches!(self.asked.sender, Sender::Own { named: true, .. });
        match &self.judged.resolved.gap {
            Some(Gap::Nothing(_)) if is_named => None,
            Some(Gap::Unlisted(why) | Gap::Nothing(why)) => {
                let title = self.judged.resolved.title.clone();
                Some(title.plain(" is not tested: ").then(why.clone()))
            }
            _ => None,
        }
    }

    /// True unless the contract names it and it fares as it should; a provider of the domain's own
    /// is told of in any case.
    pub(super) fn is_worth_a_headline(&self) -> bool {
        match self.declared {
            None => true,
            Some(Declaration::Sender) => {
                let is_own = matches!(self.asked.sender, Sender::Own { .. });
                is_own || self.judged.authorized() != Authorized::Yes
            }
            Some(Declaration::NeverSender) => false,
        }
    }

    /// As the report has it.
    pub(super) fn into_authorization(
        self,
        inquiry: &Inquiry,
        lookups: &mut Lookups,
    ) -> Authorization {
        let origin = self.origin();
        let Self { asked, declared, judged, weighed } = self;
        let headline = headline::of_sender(&judged, weighed.as_ref());
        let mut notes = judged.resolved.notes.clone();
        notes.extend(headline::remainder(&judged));
        let share = judged.share();
        Authorization {
            sender: escape(asked.text.as_bytes()),
            kind: judged.resolved.kind,
            origin,
            declared,
            authorized: judged.authorized(),
            headline,
            notes,
            identities: identities(inquiry),
            spf: authorize::verdict(&judged.identity.domain, &judged.mail_from, lookups),
            helo: inquiry
                .helo
                .as_ref()
                .filter(|_| !judged.helo.is_empty())
                .map(|helo| authorize::verdict(helo, &judged.helo, lookups)),
            dmarc: weighed.map(|weighed| weighed.into_report(lookups)),
            covered: authorize::networks(&share.covered),
            uncovered: authorize::networks(&share.uncovered),
            undecided: authorize::networks(&share.undecided),
            fixes: Vec::new(),
        }
    }
}

fn identities(inquiry: &Inquiry) -> Identities {
    let mail_from = match inquiry.mail_from.as_deref() {
        Some([]) => "<>".to_owned(),
        Some(path) => escape(path),
        None => format!("anybody@{}", inquiry.domain),
    };
    Identities {
        mail_from,
        helo: inquiry.helo.as_deref().map(escape),
        header_from: inquiry.header_from.clone().unwrap_or_else(|| inquiry.domain.clone()),
        dkim_domains: inquiry.dkim_domains.clone(),
    }
}
