//! The records that a domain's mailbox provider documents, held against those that are published.
//!
//! Only what the table says is looked for, and what differs between customers is never computed: a
//! record of the right shape is as documented. Nothing of it changes a verdict.

use super::Gathered;
use super::recognised::recognised;
use crate::dns::{Answer, Data, Kind, Outcome, ask, join_all, presentation};
use crate::net::Name;
use crate::protocols::dkim::{self, Tried};
use crate::protocols::spf::{Found, Policies};
use crate::provider::{self, Documented, Need, Provider};
use crate::report::{ExpectedRecord, RecognisedProvider, RecordState};
use std::sync::Arc;

/// RFC 2782.
const SRV: Kind = Kind::Other(33);

/// Most providers of one domain that are looked at.
const MOST: usize = 2;

/// A provider that keeps the domain's mailboxes, and the answers about its client records.
pub(crate) struct Expectation {
    provider: &'static Provider,
    /// True if a gateway receives, so that the MX is not the provider's.
    is_behind_gateway: bool,
    /// The policy that the domain's record includes for it.
    include: Option<Name>,
    client: Vec<(Documented, Name, Arc<Answer>)>,
}

/// The mailbox providers that the MX shows, or the SPF record where a gateway receives, with the answers
/// about the records that they document.
pub(super) async fn expectations(policies: &Policies<'_>, domain: &Name) -> Vec<Expectation> {
    let recognised = recognised(policies, domain).await;
    let receives = |id: &str| recognised.receivers().any(|it| it.id() == id);
    let has_gateway = recognised.receivers().any(|it| !it.keeps_mailboxes());
    let keeps = recognised
        .all()
        .into_iter()
        .filter(|provider| provider.keeps_mailboxes() && (receives(provider.id()) || has_gateway));
    join_all(keeps.take(MOST).map(|provider| {
        let include = recognised.senders().find(|(it, _)| it.id() == provider.id());
        let include = include.map(|(_, name)| name.clone());
        let is_behind_gateway = !receives(provider.id());
        async move {
            let client = client_records(policies, domain, provider).await;
            Expectation { provider, is_behind_gateway, include, client }
        }
    }))
    .await
}

/// Asks for the documented records that are CNAME or SRV, but for keys, which are looked for elsewhere.
async fn client_records(
    policies: &Policies<'_>,
    domain: &Name,
    provider: &Provider,
) -> Vec<(Documented, Name, Arc<Answer>)> {
    let wanted = provider.documented().filter_map(|record| {
        let kind = match record.kind {
            "CNAME" => Kind::Cname,
            "SRV" => SRV,
            _ => return None,
        };
        let is_key = record.name.contains("_domainkey") || record.name.starts_with("_dmarc");
        let name = Name::from_octets(format!("{}.{domain}", record.name).as_bytes()).ok()?;
        (!is_key).then_some((record, name, kind))
    });
    join_all(wanted.map(|(record, name, kind)| async move {
        let answer = ask(policies.dns(), &name, kind).await;
        (record, name, answer)
    }))
    .await
}

impl Expectation {
    /// The answers that it rests on besides those of the protocols.
    pub(crate) fn answers(&self) -> impl Iterator<Item = &Arc<Answer>> {
        self.client.iter().map(|(.., answer)| answer).filter(|answer| answer.failure().is_none())
    }

    /// The list, as the report has it.
    pub(crate) fn report(&self, gathered: &Gathered) -> RecognisedProvider {
        let mut records = Vec::new();
        let mut evidence = Vec::new();
        records.extend(self.mx(gathered, &mut evidence));
        records.extend(self.spf(gathered, &mut evidence));
        records.extend(self.keys(gathered, &mut evidence));
        records.extend(self.dmarc(gathered));
        records.extend(
            self.client.iter().map(|(documented, name, answer)| client(*documented, name, answer)),
        );
        records.sort_by_key(|record| record.need);
        let dates = self.provider.facts();
        let dates = dates.iter().filter(|it| ["mx", "targets", "publish"].contains(&it.key));
        RecognisedProvider {
            id: self.provider.id().to_owned(),
            title: self.provider.title().to_owned(),
            evidence,
            as_of: dates.map(|fact| fact.as_of).max().unwrap_or_default().to_owned(),
            records,
        }
    }

    fn mx(&self, gathered: &Gathered, evidence: &mut Vec<String>) -> Option<ExpectedRecord> {
        let facts = &gathered.mx.as_ref()?.facts;
        let is_its = |host: &Name| {
            provider::recognise_mx(host).is_some_and(|it| it.id() == self.provider.id())
        };
        let (own, others): (Vec<&Name>, Vec<&Name>) =
            facts.exchangers().iter().map(|it| &it.host).partition(|host| is_its(host));
        evidence.extend(own.iter().map(|host| format!("MX {host}")));
        if self.is_behind_gateway {
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
                || self.provider.mx_shapes().collect::<Vec<_>>().join(" or "),
                |record| record.value.to_owned(),
            ),
            published: others.iter().map(ToString::to_string).collect(),
            add: None,
        })
    }

    fn spf(&self, gathered: &Gathered, evidence: &mut Vec<String>) -> Option<ExpectedRecord> {
        let policy = self.provider.policy()?;
        let facts = gathered.spf.as_ref()?;
        evidence.extend(self.include.iter().map(|name| format!("SPF include:{name}")));
        let is_refused =
            gathered.unauthorized_mailboxes.iter().any(|it| it.title == self.provider.title());
        let state = match (&self.include, &facts.published.found) {
            (Some(_), _) => RecordState::Documented,
            (None, Found::Nothing) => RecordState::Missing,
            (None, _) if is_refused => RecordState::Missing,
            // A policy that another service keeps, or that depends on the sender, may list the
            // provider without naming it.
            (None, _) => RecordState::Unknown,
        };
        Some(ExpectedRecord {
            name: gathered.domain.clone(),
            kind: Kind::Txt,
            need: Need::Required,
            state,
            expected: format!("include:{policy}"),
            published: Vec::new(),
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
        let has_key = selectors.iter().any(|it| of(it).is_some_and(|it| it.has_key()));
        let shape = match self.provider.key_targets().collect::<Vec<_>>() {
            targets if targets.is_empty() => "a DKIM key".to_owned(),
            targets => format!("a name as {}", targets.join(" or ")),
        };
        let mut records = Vec::new();
        for selector in selectors {
            let Some(tried) = of(selector) else { continue };
            let alias = tried.answer.aliases.first();
            let is_its = |name: &Name| {
                provider::recognise_dkim_target(name)
                    .is_some_and(|it| it.id() == self.provider.id())
            };
            let own = alias.filter(|name| is_its(name));
            evidence.extend(own.map(|target| format!("{} CNAME {target}", tried.name)));
            let state = match &tried.found {
                dkim::Found::Failed => failed(&tried.answer),
                _ if tried.has_key() => RecordState::Documented,
                // One of two rotating selectors rests.
                _ if own.is_some() && has_key => RecordState::Documented,
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
            crate::protocols::dmarc::Discovery::InForce(_) => RecordState::Documented,
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
            add: None,
        })
    }

    fn documented(&self, kind: &str, name: &str) -> Option<Documented> {
        self.provider.documented().find(|it| it.kind == kind && it.name == name)
    }
}

/// Why there is no answer.
fn failed(answer: &Answer) -> RecordState {
    match answer.failure() {
        Some(failure) if failure.is_not_recorded() => RecordState::NotRecorded,
        _ => RecordState::Unknown,
    }
}

/// What is published at a selector, where that is not what is documented.
fn published(tried: &Tried, state: RecordState) -> Vec<String> {
    match state {
        RecordState::Different => {
            tried.answer.aliases.first().map(ToString::to_string).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// A record of a client: an alias or a service.
fn client(documented: Documented, name: &Name, answer: &Answer) -> ExpectedRecord {
    let kind = answer.question.kind;
    let found: Vec<String> = match &answer.outcome {
        Outcome::Records(records) => {
            records.iter().filter_map(|record| value(&record.data)).collect()
        }
        _ => Vec::new(),
    };
    let is_it = |value: &String| {
        let wanted = documented.value.trim_end_matches('.');
        // Priority and weight are the customer's to choose: port and target are what counts.
        match kind {
            Kind::Cname => value.eq_ignore_ascii_case(wanted),
            _ => port_and_target(value) == port_and_target(wanted),
        }
    };
    let state = match (&answer.outcome, documented.need) {
        (Outcome::Failed(_), _) => failed(answer),
        (_, Need::Retired) if found.is_empty() => RecordState::Documented,
        (_, Need::Retired) => RecordState::Different,
        (_, _) if found.is_empty() => RecordState::Missing,
        (_, _) if !documented.is_fixed() || found.iter().any(is_it) => RecordState::Documented,
        _ => RecordState::Different,
    };
    let is_wanted = documented.need != Need::Retired;
    let is_to_add = is_wanted && documented.is_fixed() && state != RecordState::Documented;
    ExpectedRecord {
        name: name.clone(),
        kind,
        need: documented.need,
        state,
        expected: documented.value.to_owned(),
        published: match state {
            RecordState::Different => found,
            _ => Vec::new(),
        },
        add: is_to_add
            .then(|| format!("{name}. 3600 IN {} {}.", documented.kind, documented.value)),
    }
}

/// What an alias or a service leads to.
fn value(data: &Data) -> Option<String> {
    match data {
        Data::Cname(target) => Some(target.to_string()),
        data => {
            let ([priority, weight, port], target) = presentation::service(data)?;
            Some(format!("{priority} {weight} {port} {target}"))
        }
    }
}

fn port_and_target(value: &str) -> Option<(&str, String)> {
    let mut words = value.split(' ').rev();
    let target = words.next()?.trim_end_matches('.').to_ascii_lowercase();
    Some((words.next()?, target))
}
