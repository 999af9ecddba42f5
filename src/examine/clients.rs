//! The records by which mail clients find their servers, held against what the provider documents:
//! autodiscover, autoconfig, the services of RFC 6186 and RFC 8314, JMAP.
//!
//! Only what the provider documents is asked for, and one host that a record leads to.

use super::documented::failed;
use crate::dns::{Answer, Data, Dns, Kind, Outcome, ask, join_all, presentation};
use crate::net::Name;
use crate::provider::{self, Documented, Need, Provider};
use crate::report::{ExpectedRecord, RecordState};
use std::sync::Arc;

/// Most records of one provider that are asked for.
const MOST: usize = 16;

/// A record of a client, and the answers about it.
pub(super) struct Client {
    documented: Documented,
    name: Name,
    answer: Arc<Answer>,
    /// The answers about the host that it leads to, if that is not the one which is documented.
    host: Vec<Arc<Answer>>,
}

/// An alias or a service as it is published.
struct Published {
    text: String,
    /// Port and host; an alias has no port.
    port: Option<u16>,
    host: Name,
}

/// Asks for the documented records that are CNAME or SRV, but for keys, which are looked for elsewhere.
pub(super) async fn ask_all(dns: &dyn Dns, domain: &Name, provider: &Provider) -> Vec<Client> {
    join_all(wanted(domain, provider).take(MOST).map(|(documented, name, kind)| async move {
        let answer = ask(dns, &name, kind).await;
        let mut client = Client { documented, name, answer, host: Vec::new() };
        if let Some(host) = client.strange_host() {
            // RFC 2782: a host has addresses of either family.
            for kind in [Kind::A, Kind::Aaaa] {
                let answer = ask(dns, &host, kind).await;
                let is_there = !matches!(answer.outcome, Outcome::NoData);
                client.host.push(answer);
                if is_there {
                    break;
                }
            }
        }
        client
    }))
    .await
}

/// True if the first client record that a provider documents is published, and leads to it.
pub(super) async fn shows(dns: &dyn Dns, domain: &Name, provider: &Provider) -> bool {
    let Some((documented, name, kind)) = wanted(domain, provider).next() else { return false };
    let answer = ask(dns, &name, kind).await;
    let client = Client { documented, name, answer, host: Vec::new() };
    client.published().iter().any(|one| client.is_documented(one))
}

/// The records of clients that a provider documents, with their names and types.
fn wanted(domain: &Name, provider: &Provider) -> impl Iterator<Item = (Documented, Name, Kind)> {
    provider.documented().filter(Documented::is_for_clients).filter_map(move |record| {
        let kind = if record.kind == "SRV" { Kind::Srv } else { Kind::Cname };
        let name = Name::from_octets(format!("{}.{domain}", record.name).as_bytes()).ok()?;
        Some((record, name, kind))
    })
}

impl Client {
    /// The answers that it rests on.
    pub(super) fn answers(&self) -> impl Iterator<Item = &Arc<Answer>> {
        std::iter::once(&self.answer).chain(&self.host)
    }

    /// What is published, the preferred service first.
    fn published(&self) -> Vec<Published> {
        let mut published: Vec<(u16, Published)> =
            self.answer.records().iter().filter_map(|record| read(&record.data)).collect();
        published.sort_by_key(|(priority, _)| *priority);
        published.into_iter().map(|(_, published)| published).collect()
    }

    /// True if it is what is documented. Priority and weight are the customer's to choose: port and host
    /// are what counts.
    fn is_documented(&self, published: &Published) -> bool {
        self.documented.port().is_none_or(|port| published.port == Some(port))
            && self.documented.fits(&published.host)
    }

    /// The host that the record leads to, if it is not one that the provider has named to everybody.
    fn strange_host(&self) -> Option<Name> {
        let published = self.published();
        let is_known = |one: &Published| self.documented.is_fixed() && self.is_documented(one);
        let is_kept = self.documented.need == Need::Retired || published.iter().any(is_known);
        let first = published.into_iter().next().filter(|_| !is_kept)?;
        (!first.host.is_root()).then_some(first.host)
    }

    /// True if the host that it leads to does not exist, or has no address.
    fn leads_nowhere(&self) -> bool {
        let is_absent =
            |answer: &Arc<Answer>| matches!(answer.outcome, Outcome::NoData | Outcome::NxDomain);
        !self.host.is_empty() && self.host.iter().all(is_absent)
    }

    fn state(&self, published: &[Published]) -> RecordState {
        // RFC 6186 §3.4: a service of the root is one that is not offered.
        let is_offered = published.iter().any(|one| !one.host.is_root());
        match (&self.answer.outcome, self.documented.need) {
            (Outcome::Failed(_), _) => failed(&self.answer),
            (_, Need::Retired) if published.is_empty() => RecordState::Documented,
            (_, Need::Retired) => RecordState::Different,
            _ if published.is_empty() => RecordState::Missing,
            _ if self.leads_nowhere() => RecordState::LeadsNowhere,
            _ if published.iter().any(|one| self.is_documented(one)) => RecordState::Documented,
            (_, Need::Optional) if !is_offered => RecordState::Missing,
            _ => RecordState::Different,
        }
    }

    /// How the domain fares with it, as the report has it.
    pub(super) fn report(&self) -> ExpectedRecord {
        let Self { documented, name, .. } = self;
        let published = self.published();
        let state = self.state(&published);
        let is_wrong = matches!(state, RecordState::Different | RecordState::LeadsNowhere);
        let is_wanted = documented.need != Need::Retired && state != RecordState::Documented;
        let other = published.first().and_then(|one| provider::recognise_client(&one.host));
        let other = other.filter(|_| is_wrong && documented.need != Need::Retired);
        ExpectedRecord {
            name: name.clone(),
            kind: self.answer.question.kind,
            need: documented.need,
            state,
            expected: documented.value.to_owned(),
            leads_to: other.map(|provider| provider.title().to_owned()),
            published: match is_wrong {
                true => published.into_iter().map(|one| one.text).collect(),
                false => Vec::new(),
            },
            add: documented
                .data()
                .filter(|_| is_wanted)
                .map(|data| format!("{name}. 3600 IN {} {data}", documented.kind)),
        }
    }
}

/// The priority of a record and what it leads to.
fn read(data: &Data) -> Option<(u16, Published)> {
    if let Data::Cname(host) = data {
        let text = host.to_string();
        return Some((0, Published { text, port: None, host: host.clone() }));
    }
    let ([priority, weight, port], host) = presentation::service(data)?;
    let text = format!("{priority} {weight} {port} {host}");
    Some((priority, Published { text, port: Some(port), host }))
}
