//! The records that a domain's mailbox provider documents, held against those that are published.
//!
//! Only what the table says is looked for, and what differs between customers is never computed: a
//! record of the right shape is as documented. Nothing of it changes a verdict.

use super::authorize;
use super::clients::{self, Client};
use super::inquiry::{Asked, Inquiry, Sender};
use super::recognised::{Recognised, recognised};
use super::{Clock, Gathered};
use crate::dns::{Answer, Data, Dns, Kind, ask, join_all};
use crate::net::{Cidr, Name};
use crate::posture::End;
use crate::protocols::dkim::{self, Tried};
use crate::protocols::spf::{self, Found, Partition, Policies, Receiver, SpfResult};
use crate::provider::{self, Documented, Need, Provider};
use crate::report::{
    Authorized, ExpectedRecord, HostedPolicy, RecognisedProvider, RecordState, provider_of,
};
use crate::text;
use std::sync::Arc;

/// Most providers of one domain that are looked at.
const MOST: usize = 2;

/// A provider that keeps the domain's mailboxes, and the answers about its client records.
pub(crate) struct Expectation {
    /// The one that is meant.
    shown: &'static Provider,
    /// Whose MX hosts receive: of two that share them, client records tell which one is meant.
    receiver: &'static Provider,
    /// Whose policy and keys are looked for.
    provider: &'static Provider,
    /// The gateway that receives, so that the MX is not the provider's.
    gateway: Option<&'static Provider>,
    /// What the policy says of the provider, if another service keeps it.
    hosted: Option<HostedPolicy>,
    /// The policy that the domain's record includes for it.
    include: Option<Name>,
    clients: Vec<Client>,
}

/// The mailbox providers that the MX shows, or other records where a gateway receives, with the answers
/// about the records that they document.
pub(super) async fn expectations(
    policies: &Policies<'_>,
    inquiry: &Inquiry,
    clock: Clock,
) -> Vec<Expectation> {
    let domain = &inquiry.domain;
    let mut recognised = recognised(policies, domain).await;
    let twins = twins(policies.dns(), domain, &recognised).await;
    let gateway = recognised.receivers().find(|it| it.is_gateway()).filter(|_| twins.is_empty());
    let receives =
        |recognised: &Recognised, id: &str| recognised.receivers().any(|it| it.id() == id);
    // The policy that customers of another provider include as well shows neither of the two.
    let is_shown = |recognised: &Recognised, it: &Provider| {
        it.keeps_mailboxes()
            && (receives(recognised, it.id()) || gateway.is_some() && !it.resells())
    };
    if gateway.is_some()
        && !recognised.all().iter().any(|it| is_shown(&recognised, it))
        && let Some(behind) = behind(policies.dns(), domain).await
    {
        recognised.add_named(behind);
    }
    let keeps = recognised
        .all()
        .into_iter()
        .filter(|it| is_shown(&recognised, it))
        .filter(|it| !twins.iter().any(|(one, _)| one.id() == it.id()))
        .map(|it| (it, it));
    // What a provider documents is for customers, not for its own domains and what it gives away below them.
    let is_customer =
        |shown: &Provider| provider_of(domain).is_none_or(|owner| owner.id() != shown.id());
    let all = twins.iter().copied().chain(keeps).filter(|(_, shown)| is_customer(shown));
    join_all(all.take(MOST).map(|(receiver, shown)| {
        let provider = if receiver.keeps_mailboxes() { receiver } else { shown };
        let include = recognised.senders().find(|(it, _)| it.id() == provider.id());
        let include = include.map(|(_, name)| name.clone());
        let gateway = gateway.filter(|_| !receives(&recognised, receiver.id()));
        let keeper = recognised.keeper().filter(|_| include.is_none());
        async move {
            let (clients, hosted) = tokio::join!(
                clients::ask_all(policies.dns(), domain, shown),
                Box::pin(hosted(policies, inquiry, clock, keeper, provider)),
            );
            Expectation { shown, receiver, provider, gateway, hosted, include, clients }
        }
    }))
    .await
}

/// The provider that keeps mailboxes behind a gateway, as autodiscover shows it, or an alias at the selector
/// that most of them have.
async fn behind(dns: &dyn Dns, domain: &Name) -> Option<&'static Provider> {
    let keeps = |known: &&Provider| known.keeps_mailboxes();
    let autodiscover = domain.child(b"autodiscover").ok()?;
    let selector = Name::from_octets(format!("selector1._domainkey.{domain}").as_bytes()).ok()?;
    let (client, key) =
        tokio::join!(ask(dns, &autodiscover, Kind::Cname), ask(dns, &selector, Kind::Txt));
    let alias = client.records().iter().find_map(|record| match &record.data {
        Data::Cname(host) => provider::recognise_client(host),
        _ => None,
    });
    alias
        .filter(keeps)
        .or_else(|| key.aliases.first().and_then(provider::recognise_dkim_target).filter(keeps))
}

/// Asks a policy that another service keeps about addresses of the provider.
async fn hosted(
    policies: &Policies<'_>,
    inquiry: &Inquiry,
    clock: Clock,
    keeper: Option<&Provider>,
    provider: &Provider,
) -> Option<HostedPolicy> {
    /// Addresses that are asked about, each of another network.
    const ADDRESSES: usize = 3;
    let (keeper, policy) = (keeper?, provider.policy()?);
    let facts = spf::examine(policies, &policy).await;
    let networks = facts.partitions().map(Partition::passing).map(|set| set.cidrs());
    let addresses = networks.into_iter().flatten().take(ADDRESSES).map(Cidr::network);
    let receiver = Receiver { name: b"unknown", time: clock.seconds };
    let judged = join_all(addresses.map(|address| async move {
        let asked = Asked::from(Sender::Address(address));
        let judged = authorize::judge_sender(policies, inquiry, &asked, receiver).await;
        // A policy with a fault says nothing about those whom it was meant to list.
        let mut cells = judged.mail_from.iter().flat_map(|it| &it.partition.cells);
        let is_broken = cells.any(|cell| cell.result() == Some(SpfResult::Permerror));
        if is_broken { Authorized::Unknown } else { judged.authorized() }
    }))
    .await;
    let count = |wanted: Authorized| judged.iter().filter(|one| **one == wanted).count();
    let passing = count(Authorized::Yes);
    let asked = passing + count(Authorized::No);
    Some(HostedPolicy { keeper: keeper.title().to_owned(), asked, passing })
}

/// The receivers that share their MX hosts with another provider, each with that one, where the client
/// records of the domain lead to it.
async fn twins(
    dns: &dyn Dns,
    domain: &Name,
    recognised: &Recognised,
) -> Vec<(&'static Provider, &'static Provider)> {
    let mut pairs: Vec<(&'static Provider, &'static Provider)> = Vec::new();
    for receiver in recognised.receivers() {
        if !pairs.iter().any(|(known, _)| known.id() == receiver.id()) {
            pairs.extend(receiver.twins().map(|twin| (receiver, twin)));
        }
    }
    let are_shown = pairs.into_iter().map(|(receiver, twin)| async move {
        let is_shown = clients::shows(dns, domain, twin).await;
        is_shown.then_some((receiver, twin))
    });
    join_all(are_shown).await.into_iter().flatten().collect()
}

impl Expectation {
    /// The answers that it rests on besides those of the protocols.
    pub(crate) fn answers(&self) -> impl Iterator<Item = &Arc<Answer>> {
        let answers = self.clients.iter().flat_map(Client::answers);
        answers.filter(|answer| answer.failure().is_none())
    }

    /// What ends for its customers, and how many days are left at a moment; negative ones have passed.
    pub(super) fn ends(&self, clock: Clock) -> impl Iterator<Item = End> {
        let today = i64::try_from(clock.seconds / 86_400).unwrap_or(i64::MAX);
        let title = self.shown.title();
        self.shown.ends().filter_map(move |(day, what)| {
            let day_number = i64::try_from(text::seconds(day)? / 86_400).ok()?;
            Some(End { title, day, what, left: day_number.saturating_sub(today) })
        })
    }

    /// The list, as the report has it.
    pub(crate) fn report(&self, gathered: &Gathered) -> RecognisedProvider {
        let mut records = Vec::new();
        let mut evidence = Vec::new();
        records.extend(self.mx(gathered, &mut evidence));
        records.extend(self.spf(gathered, &mut evidence));
        records.extend(self.keys(gathered, &mut evidence));
        records.extend(self.dmarc(gathered));
        records.extend(self.clients.iter().map(Client::report));
        records.sort_by_key(|record| record.need);
        let dates = self.shown.facts();
        let dates = dates.iter().filter(|it| ["mx", "targets", "publish"].contains(&it.key));
        RecognisedProvider {
            id: self.shown.id().to_owned(),
            title: self.shown.title().to_owned(),
            evidence,
            gateway: self.gateway.map(|it| it.title().to_owned()),
            hosted_policy: self.hosted.clone(),
            as_of: dates.map(|fact| fact.as_of).max().unwrap_or_default().to_owned(),
            records,
        }
    }

    fn mx(&self, gathered: &Gathered, evidence: &mut Vec<String>) -> Option<ExpectedRecord> {
        let facts = &gathered.mx.as_ref()?.facts;
        let is_its = |host: &Name| {
            provider::recognise_mx(host).is_some_and(|it| it.id() == self.receiver.id())
        };
        let (own, others): (Vec<&Name>, Vec<&Name>) =
            facts.exchangers().iter().map(|it| &it.host).partition(|host| is_its(host));
        evidence.extend(own.iter().map(|host| format!("MX {host}")));
        if self.gateway.is_some() {
            return None;
        }
        let documented = self.documented("MX", "@");
        let state = match (own.is_empty(), others.is_empty()) {
            (false, true) => RecordState::Documented,
            (true, _) => RecordState::Missing,
            (false, false) => RecordState::Different,
        };
        Some(ExpectedRecord {
            name: gathered.domain.clone(),
            kind: Kind::Mx,
            need: Need::Required,
            state,
            expected: documented.map_or_else(
                || self.receiver.mx_shapes().collect::<Vec<_>>().join(" or "),
                |record| record.value.to_owned(),
            ),
            published: others.iter().map(ToString::to_string).collect(),
            leads_to: None,
            add: None,
        })
    }

    fn spf(&self, gathered: &Gathered, evidence: &mut Vec<String>) -> Option<ExpectedRecord> {
        let policy = self.provider.policy()?;
        let facts = gathered.spf.as_ref()?;
        evidence.extend(self.include.iter().map(|name| format!("SPF include:{name}")));
        let is_refused =
            gathered.unauthorized_mailboxes.iter().any(|it| it.title == self.provider.title());
        let state = match (&self.include, &self.hosted, &facts.published.found) {
            (Some(_), ..) => RecordState::Documented,
            // A policy that another service keeps may list the provider without naming it.
            (None, Some(hosted), _) => match (hosted.passing, hosted.asked) {
                (_, 0) => RecordState::Unknown,
                (0, _) => RecordState::Missing,
                (passing, asked) if passing == asked => RecordState::Documented,
                _ => RecordState::Unknown,
            },
            (None, None, Found::Nothing) => RecordState::Missing,
            (None, None, _) if is_refused => RecordState::Missing,
            // So may a policy that depends on the sender.
            (None, None, _) => RecordState::Unknown,
        };
        Some(ExpectedRecord {
            name: gathered.domain.clone(),
            kind: Kind::Txt,
            need: Need::Required,
            state,
            expected: format!("include:{policy}"),
            published: Vec::new(),
            leads_to: None,
            add: None,
        })
    }

    /// A record for each selector where the provider has two that rotate, else one for all of them.
    fn keys(&self, gathered: &Gathered, evidence: &mut Vec<String>) -> Vec<ExpectedRecord> {
        let Some(facts) = gathered.dkim.as_ref().map(|it| &it.facts) else { return Vec::new() };
        let selectors = self.provider.selectors();
        let of = |selector: &str| {
            facts.tried.iter().find(|it| it.candidate.selector.to_string() == selector)
        };
        let is_its = |name: &Name| {
            provider::recognise_dkim_target(name).is_some_and(|it| it.id() == self.provider.id())
        };
        // Who holds the keys wants an alias: a key that is published beside it is not the provider's.
        let is_good = |tried: &Tried| {
            let alias = tried.answer.aliases.first();
            tried.has_key() && (!self.provider.holds_keys() || alias.is_some_and(is_its))
        };
        let has_key = selectors.iter().any(|it| of(it).is_some_and(|it| is_good(it)));
        let shape = match self.provider.key_targets().collect::<Vec<_>>() {
            targets if targets.is_empty() => "a DKIM key".to_owned(),
            targets => format!("a name as {}", targets.join(" or ")),
        };
        let mut records = Vec::new();
        for selector in selectors {
            let Some(tried) = of(selector) else { continue };
            let alias = tried.answer.aliases.first();
            let own = alias.filter(|name| is_its(name));
            evidence.extend(own.map(|target| format!("{} CNAME {target}", tried.name)));
            let state = match &tried.found {
                dkim::Found::Failed => failed(&tried.answer),
                _ if is_good(tried) => RecordState::Documented,
                // One of two rotating selectors rests.
                _ if own.is_some() && has_key => RecordState::Documented,
                // The alias is right, and there is no key where it leads.
                _ if own.is_some() => RecordState::LeadsNowhere,
                dkim::Found::Nothing if self.provider.rotates_selectors() => RecordState::Missing,
                // The administrator may have chosen another selector.
                dkim::Found::Nothing => RecordState::Unknown,
                _ => RecordState::Different,
            };
            records.push(ExpectedRecord {
                name: tried.name.clone(),
                kind: if self.provider.holds_keys() { Kind::Cname } else { Kind::Txt },
                need: Need::Required,
                state,
                expected: shape.clone(),
                published: published(tried, state),
                leads_to: None,
                add: None,
            });
        }
        if !self.provider.rotates_selectors() {
            // Any one of them will do.
            let best = records.iter().position(|it| it.state == RecordState::Documented);
            let best =
                best.or_else(|| records.iter().position(|it| it.state == RecordState::Different));
            records = records.into_iter().skip(best.unwrap_or_default()).take(1).collect();
        }
        records
    }

    fn dmarc(&self, gathered: &Gathered) -> Option<ExpectedRecord> {
        let documented = self.documented("TXT", "_dmarc")?;
        let facts = &gathered.dmarc.as_ref()?.facts;
        let state = match &facts.discovered.discovery {
            crate::protocols::dmarc::Discovery::InForce(_) => {
                let is_own = facts.discovered.walk.visit(&gathered.domain);
                match is_own.is_some_and(|visit| visit.count() > 0) {
                    true => RecordState::Documented,
                    false => RecordState::Inherited,
                }
            }
            crate::protocols::dmarc::Discovery::NotPublished => RecordState::Missing,
            crate::protocols::dmarc::Discovery::Unusable(_) => RecordState::Different,
            crate::protocols::dmarc::Discovery::Unknown(_) => RecordState::Unknown,
        };
        Some(ExpectedRecord {
            name: gathered.domain.child(b"_dmarc").ok()?,
            kind: Kind::Txt,
            need: documented.need,
            state,
            expected: documented.value.to_owned(),
            published: Vec::new(),
            leads_to: None,
            add: None,
        })
    }

    fn documented(&self, kind: &str, name: &str) -> Option<Documented> {
        self.provider.documented().find(|it| it.kind == kind && it.name == name)
    }
}

/// Why there is no answer.
pub(super) fn failed(answer: &Answer) -> RecordState {
    match answer.failure() {
        Some(failure) if failure.is_not_recorded() => RecordState::NotRecorded,
        _ => RecordState::Unknown,
    }
}

/// What is published at a selector, where that is not what is documented.
fn published(tried: &Tried, state: RecordState) -> Vec<String> {
    match state {
        RecordState::Different | RecordState::LeadsNowhere => {
            match (tried.answer.aliases.first(), tried.has_key()) {
                (Some(alias), _) => vec![alias.to_string()],
                (None, true) => vec!["a DKIM key (TXT)".to_owned()],
                (None, false) => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}
