//! What the protocols say together, as plain values for the rules about a domain as a whole.

use super::Gathered;
use super::inquiry::Sender;
use super::senders::Tested;
use crate::diagnostic::Location;
use crate::dns::Kind;
use crate::net::Name;
use crate::posture::{
    self, Mailboxes, Platform, Receives, Requests, RetiredInclude, Sends, Tenants, Unneeded,
};
use crate::protocols::spf::Found;
use crate::protocols::spf::record::{Body, Mechanism, Qualifier, Term};
use crate::provider::Provider;
use crate::report::{Authorized, provider_of};
use crate::{
    protocols::{dkim, dmarc, spf},
    provider,
};
use std::sync::Arc;

impl Gathered {
    /// What the protocols say together.
    pub(crate) fn posture(&self) -> posture::Facts {
        let keys = self.dkim.as_ref().map(|it| &it.facts);
        let policy = self.dmarc.as_ref().map(|it| &it.facts);
        posture::Facts {
            domain: self.domain.clone(),
            role: self.role,
            exists: self.exists(),
            sends: self.spf.as_deref().map_or(Sends::Unknown, sends),
            receives: match self.mx.as_ref().map(|it| &it.facts) {
                Some(facts) if facts.is_null() => Receives::Nothing,
                Some(facts) if !facts.exchangers().is_empty() => Receives::Something,
                Some(facts) if facts.accepts_nothing() => Receives::Nowhere,
                _ => Receives::Unknown,
            },
            has_key: keys.and_then(|facts| match facts.is_proved_none() {
                true => Some(false),
                false => usable(facts).next().map(|_| true),
            }),
            key_bits: keys.and_then(key_bits),
            requests: self.requests(),
            is_organization: policy.is_some_and(|facts| {
                let organization = facts.discovered.organization.as_ref();
                organization.is_some_and(|it| it.domain == self.domain)
            }),
            platforms: self.platforms(),
            unregistered: self.takeover.unregistered.clone(),
            misplaced: self.misplaced(),
            return_host: self.spf.as_deref().and_then(return_host),
            unauthorized_mailboxes: self.unauthorized_mailboxes.clone(),
            shrunken: self.shrunken.clone(),
            retired: self.retired(),
            ends: self.ends.clone(),
            tenants: keys.map_or_else(Vec::new, tenants),
            unneeded: self.unneeded(),
            authoritative: self.authoritative.clone(),
            resolvers: self.resolvers.clone(),
        }
    }

    /// The provider of a sender that only the MX shows, if SPF does not authorize all of it.
    pub(crate) fn unauthorized_mailboxes(&self, one: &Tested) -> Option<Mailboxes> {
        let Sender::Own { provider, policies, .. } = &one.asked.sender else { return None };
        let is_refused = matches!(one.judged.authorized(), Authorized::No | Authorized::Partial)
            && one.judged.resolved.missing.is_none();
        let known = provider::by_id(provider).filter(|_| is_refused)?;
        let mut hosts = self.mx.iter().flat_map(|it| it.facts.exchangers()).map(|it| &it.host);
        let is_its = |host: &&Name| {
            provider::recognise_mx(host).is_some_and(|other| other.id() == known.id())
        };
        let location = self.spf.as_ref()?.published.location();
        Some(Mailboxes {
            location,
            title: known.title(),
            host: hosts.find(is_its)?.clone(),
            policy: policies.first()?.clone(),
        })
    }

    /// What DMARC asks of receivers.
    pub(crate) fn requests(&self) -> Requests {
        let Some(dmarc) = &self.dmarc else { return Requests::Unknown };
        match &dmarc.facts.discovered.discovery {
            dmarc::Discovery::InForce(it) => Requests::Policy(it.requested),
            dmarc::Discovery::NotPublished if dmarc.facts.has_several_records() => Requests::Broken,
            dmarc::Discovery::NotPublished => Requests::Nothing,
            dmarc::Discovery::Unusable(_) => Requests::Broken,
            dmarc::Discovery::Unknown(_) => Requests::Unknown,
        }
    }

    /// The platforms that send for the domain and for others, and do not receive for it.
    fn platforms(&self) -> Vec<Platform> {
        let hosts = self.mx.iter().flat_map(|it| it.facts.exchangers());
        let receive: Vec<&str> = hosts
            .filter_map(|one| provider::recognise_mx(&one.host))
            .map(provider::Provider::title)
            .collect();
        let mut found = self.spf.as_deref().map_or_else(Vec::new, platforms);
        found.retain(|platform| !receive.contains(&platform.title));
        found
    }

    /// Includes that their providers have retired, of the domain's own records.
    fn retired(&self) -> Vec<RetiredInclude> {
        let facts = self.spf.as_ref().filter(|_| self.provider_data);
        let mut found: Vec<RetiredInclude> = Vec::new();
        for (published, term, name, known) in
            facts.into_iter().flat_map(|facts| own_includes(facts))
        {
            // What a provider says of its names is for customers.
            if provider_of(&self.domain).is_some_and(|owner| owner.id() == known.id()) {
                continue;
            }
            if known.has_retired(name) && found.iter().all(|other| other.name != *name) {
                let facts = known.facts();
                let text = name.to_string();
                let mut dated = facts.iter().filter(|fact| fact.key == "retired");
                let as_of = dated.find(|fact| fact.value == text).map_or("", |fact| fact.as_of);
                found.push(RetiredInclude {
                    location: published.location().at(term.span),
                    title: known.title(),
                    name: name.clone(),
                    policy: known.policy(),
                    as_of,
                });
            }
        }
        found
    }

    /// Includes of providers that send with their own return path, and for which a selector leads to them.
    fn unneeded(&self) -> Vec<Unneeded> {
        let (Some(spf), Some(dkim), true) = (&self.spf, &self.dkim, self.provider_data) else {
            return Vec::new();
        };
        let mut found: Vec<Unneeded> = Vec::new();
        for (published, term, name, known) in own_includes(spf) {
            let Some(as_of) = known.returns_by_itself() else { continue };
            let is_its = |alias: &Name| {
                provider::recognise_dkim_target(alias).is_some_and(|it| it.id() == known.id())
            };
            let mut tried = dkim.facts.keyed();
            let signs = tried.find(|it| it.answer.aliases.first().is_some_and(is_its));
            if let Some(tried) = signs {
                found.push(Unneeded {
                    location: published.location().at(term.span),
                    title: known.title(),
                    name: name.clone(),
                    selector: tried.candidate.selector.to_string(),
                    as_of,
                });
            }
        }
        found
    }

    /// DMARC records at the domain itself, if it is known that none stands below `_dmarc`.
    fn misplaced(&self) -> Vec<Arc<[u8]>> {
        let (Some(spf), Some(dmarc)) = (&self.spf, &self.dmarc) else { return Vec::new() };
        match dmarc.facts.discovered.walk.visits.first().map(|visit| &visit.found) {
            Some(dmarc::Found::Nothing) => {
                let texts = spf.published.answer.texts();
                texts.filter(|text| dmarc::is_record(text)).map(Arc::from).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Who may send, as far as it is known.
fn sends(facts: &spf::Facts) -> Sends {
    let mut passing = facts.partitions().into_iter().map(spf::Partition::passing);
    if facts.sends_nothing() {
        Sends::Nothing
    } else if matches!(facts.published.found, Found::Nothing) {
        Sends::Undeclared
    } else if is_faulty(&facts.published.found) {
        Sends::Broken
    } else if passing.any(|addresses| !addresses.is_empty()) {
        Sends::Something
    } else {
        Sends::Unknown
    }
}

/// The provider that the record authorizes and that collects bounces at a host of its own.
fn return_host(facts: &spf::Facts) -> Option<posture::ReturnHost> {
    let record = facts.published.usable()?;
    let mut includes = record.directives().filter_map(|(.., mechanism)| match mechanism {
        Mechanism::Include(spec) => spec.fixed(),
        _ => None,
    });
    includes.find_map(|name| {
        let known = provider::recognise_include(name)?;
        Some(posture::ReturnHost { title: known.title(), host: known.return_host()? })
    })
}

fn is_faulty(found: &Found) -> bool {
    match found {
        Found::One { record, .. } => !record.errors.is_empty(),
        Found::Several(_) => true,
        Found::Nothing | Found::NoDomain | Found::Failed => false,
    }
}

/// The keys that receivers can use.
fn usable(facts: &dkim::Facts) -> impl Iterator<Item = &dkim::Published> {
    facts.keyed().flat_map(|tried| tried.keys()).filter(|key| key.is_usable())
}

/// The bits of the longest usable RSA key, if there is no key of another kind beside it.
fn key_bits(facts: &dkim::Facts) -> Option<u32> {
    let bits = |published: &dkim::Published| match &published.record.value.key.as_ref()?.value {
        dkim::Key::Rsa(rsa) => Some(rsa.bits),
        _ => None,
    };
    let all: Option<Vec<u32>> = usable(facts).map(bits).collect();
    all?.into_iter().max()
}

/// The includes by which records of the domain let a provider pass: the record, the term, the name and who
/// is meant.
fn own_includes(facts: &spf::Facts) -> Vec<(&spf::Published, &Term, &Name, &'static Provider)> {
    let [partition, _] = facts.partitions();
    let visits = partition.visits.iter().filter(|visit| partition.hands_on_pass(visit));
    let own = visits.map(|visit| &visit.published);
    let own = own.filter(|published| published.domain.is_within(&facts.domain));
    own.flat_map(|published| {
        let terms = published.usable().into_iter().flat_map(|record| &record.terms);
        terms.filter_map(move |term| match &term.body {
            Body::Directive(Qualifier::Pass, Mechanism::Include(spec)) => {
                let name = spec.fixed()?;
                Some((&**published, term, name, provider::recognise_include(name)?))
            }
            _ => None,
        })
    })
    .collect()
}

/// The platforms that records of the domain let pass with all of their customers.
fn platforms(facts: &spf::Facts) -> Vec<Platform> {
    let mut found: Vec<Platform> = Vec::new();
    for (published, term, _, known) in own_includes(facts) {
        let is_platform = known.is_shared() && !known.keeps_mailboxes();
        if is_platform && found.iter().all(|other| other.title != known.title()) {
            let location = published.location().at(term.span);
            found.push(Platform { location, title: known.title() });
        }
    }
    found
}

/// Selectors that lead to different tenants of a provider that rotates them: the first of each tenant,
/// against the first of all.
fn tenants(facts: &dkim::Facts) -> Vec<Tenants> {
    let mut first: Vec<(&'static Provider, String, String)> = Vec::new();
    let mut found: Vec<Tenants> = Vec::new();
    for tried in &facts.tried {
        let Some(alias) = tried.answer.aliases.first() else { continue };
        let known = provider::recognise_dkim_target(alias).filter(|it| it.rotates_selectors());
        let (Some(known), Some(tenant)) = (known, tenant(alias)) else { continue };
        let selector = tried.candidate.selector.to_string();
        match first.iter().find(|(other, ..)| other.id() == known.id()) {
            None => first.push((known, selector, tenant)),
            Some((_, before, other)) if *other != tenant => found.push(Tenants {
                location: Location::set(tried.name.clone(), Kind::Cname),
                title: known.title(),
                first: [before.clone(), other.clone()],
                second: [selector, tenant],
            }),
            Some(_) => {}
        }
    }
    found
}

/// The label that follows `_domainkey` in the name that an alias leads to.
fn tenant(alias: &Name) -> Option<String> {
    let mut labels = alias.labels().skip_while(|label| *label != b"_domainkey".as_slice());
    let tenant = labels.nth(1)?;
    Some(String::from_utf8_lossy(tenant).into_owned())
}
