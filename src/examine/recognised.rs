//! The providers that show in a domain's own records, and which of them must be able to send.

use super::inquiry::{Asked, Sender};
use crate::dns::{Data, Kind, ask};
use crate::net::Name;
use crate::protocols::spf::macro_string::Part;
use crate::protocols::spf::record::{Body, DomainSpec, Mechanism, Qualifier, SpecText};
use crate::protocols::spf::{Found, LOOKUP_LIMIT, Policies};
use crate::provider::{self, Provider};

/// Providers by the record that shows them.
#[derive(Default)]
pub(crate) struct Recognised {
    /// Those that receive.
    receive: Vec<&'static Provider>,
    /// Those that the policy names without letting them pass, as `?include` does.
    named: Vec<&'static Provider>,
    /// Those that send, with the name that the policy includes.
    send: Vec<(&'static Provider, Name)>,
    /// A service that keeps the policy, or a part of it.
    hosted: Option<&'static Provider>,
    /// True if the policy lets anybody pass at all.
    lists_somebody: bool,
}

/// The providers that show in a domain's own MX and SPF records.
pub(crate) async fn recognised(policies: &Policies<'_>, domain: &Name) -> Recognised {
    let (mx, mut recognised) =
        tokio::join!(ask(policies.dns(), domain, Kind::Mx), listed(policies, domain));
    for record in mx.records() {
        if let Data::Mx { exchange, .. } = &record.data {
            recognised.receive.extend(provider::recognise_mx(exchange));
        }
    }
    recognised
}

/// The providers that a domain's own policy names. A redirect hands the policy over, so that what
/// stands there is the domain's own as well (RFC 7208 §6.1); an include only borrows.
pub(super) async fn listed(policies: &Policies<'_>, domain: &Name) -> Recognised {
    let mut listed = Recognised::default();
    let mut next = Some(domain.clone());
    for _ in 0..=LOOKUP_LIMIT {
        let Some(domain) = next.take() else { break };
        let published = policies.fetch(&domain).await;
        // Of several records receivers use none, but somebody was meant to send.
        listed.lists_somebody |= matches!(published.found, Found::Several(_));
        let Found::One { record, .. } = &published.found else { break };
        for term in &record.value.terms {
            let (passes, spec) = match &term.body {
                Body::Directive(qualifier, Mechanism::Include(spec)) => {
                    (*qualifier == Qualifier::Pass, spec)
                }
                Body::Redirect(spec) => (true, spec),
                _ => continue,
            };
            let keeper = pattern(spec, &record.value.text).and_then(|name| {
                provider::recognise_include(&name).filter(|known| known.keeps_policies())
            });
            listed.hosted = listed.hosted.or(keeper);
            let Some(name) = spec.fixed() else { continue };
            match provider::recognise_include(name) {
                Some(known) if passes => listed.send.push((known, name.clone())),
                known => listed.named.extend(known),
            }
        }
        // A term that cannot be read was meant for somebody as well.
        listed.lists_somebody |= !record.errors.is_empty()
            || record.value.directives().any(|(_, _, qualifier, _)| qualifier == Qualifier::Pass);
        next = record.value.redirect().and_then(|(_, spec)| spec.fixed().cloned());
    }
    listed
}

/// The name that a domain-spec leads to, with one label for its macros and what precedes them.
fn pattern(spec: &DomainSpec, record: &[u8]) -> Option<Name> {
    match &spec.text {
        SpecText::Fixed(name) => name.as_ref().ok().cloned(),
        SpecText::Macro(macros) => match macros.parts.last()? {
            Part::Literal(span) => {
                Name::from_octets(&[b"x".as_slice(), span.of(record)].concat()).ok()
            }
            _ => None,
        },
    }
}

impl Recognised {
    /// The service that keeps the policy, or a part of it, in its own zone.
    pub(crate) fn keeper(&self) -> Option<&'static Provider> {
        self.hosted
    }

    /// Adds a provider that other records show, and that receives behind a gateway.
    pub(crate) fn add_named(&mut self, provider: &'static Provider) {
        self.named.push(provider);
    }

    /// Each provider once, those that send first.
    pub(crate) fn all(&self) -> Vec<&'static Provider> {
        let mut all: Vec<&'static Provider> = Vec::new();
        let send = self.send.iter().map(|(known, _)| known);
        for provider in send.chain(&self.receive).chain(&self.named) {
            if !all.iter().any(|known| known.id() == provider.id()) {
                all.push(provider);
            }
        }
        all
    }

    /// Those that receive.
    pub(crate) fn receivers(&self) -> impl Iterator<Item = &'static Provider> {
        self.receive.iter().copied()
    }

    /// Those that the policy lets pass, with the name that it includes.
    pub(crate) fn senders(&self) -> impl Iterator<Item = (&'static Provider, &Name)> {
        self.send.iter().map(|(known, name)| (*known, name))
    }

    /// The providers that must be able to send: those in SPF, and those that keep mailboxes, for
    /// people answer from where they read.
    pub(crate) fn must_send(&self) -> Vec<Asked> {
        // Without a policy that says who sends there is nothing to hold against a provider.
        if !self.lists_somebody && self.send.is_empty() {
            return Vec::new();
        }
        self.all().into_iter().filter_map(|provider| self.asked(provider)).collect()
    }

    /// A provider as a sender, by the policies that the domain's record names for it: some have a
    /// name for each region or product, and a domain that includes one of these means no other.
    fn asked(&self, provider: &'static Provider) -> Option<Asked> {
        let mut policies: Vec<Name> = self.names(provider).cloned().collect();
        let named = !policies.is_empty();
        if !named && provider.keeps_mailboxes() {
            policies.extend(provider.policy());
        }
        (!policies.is_empty()).then(|| Asked {
            text: provider.id().to_owned(),
            sender: Sender::Own { provider: provider.id(), policies, named },
        })
    }

    /// The names by which the policy includes a provider.
    fn names(&self, provider: &Provider) -> impl Iterator<Item = &Name> {
        let id = provider.id();
        self.send.iter().filter(move |(known, _)| known.id() == id).map(|(_, name)| name)
    }
}
