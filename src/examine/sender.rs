//! From the words for a sender to addresses.

use super::inquiry::{Asked, Sender};
use crate::dns::{Dns, addresses, alongside, join_all};
use crate::net::{Family, IpSet, Name};
use crate::protocols::spf::{self, Cell, Exception, Facts, Found, Policies, SpfResult};
use crate::provider::{self, HostRole, Provider};
use crate::report::{SenderKind, Unknown, What};
use crate::text::Phrase;

/// A sender as addresses.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    /// What kind of sender it is.
    pub(crate) kind: SenderKind,
    /// How a sentence names it.
    pub(crate) title: Phrase,
    /// Its addresses, a set a family; empty sets are left out.
    pub(crate) sets: Vec<IpSet>,
    /// What a reader should know.
    pub(crate) notes: Vec<Phrase>,
    /// Why there are no addresses, or not all of them, if that is so.
    pub(crate) missing: Option<Missing>,
}

/// Why addresses of a sender are missing.
#[derive(Clone, Debug)]
pub(crate) enum Missing {
    /// They could not be looked up.
    Unknown(Unknown),
    /// A policy lists none: it asks about each sender as it comes.
    Unlisted(Unknown),
    /// There are none.
    Nothing(Phrase),
    /// The host only receives: mail does not come from it.
    OnlyReceives(Phrase),
}

impl Missing {
    /// What could not be determined, if it is that.
    pub(crate) fn unknown(&self) -> Option<&Unknown> {
        match self {
            Self::Unknown(unknown) | Self::Unlisted(unknown) => Some(unknown),
            Self::Nothing(_) | Self::OnlyReceives(_) => None,
        }
    }
}

/// Finds the addresses of a sender.
pub(crate) async fn resolve(policies: &Policies<'_>, asked: &Asked) -> Resolved {
    match &asked.sender {
        Sender::Address(ip) => plain(SenderKind::Address, asked, IpSet::one(*ip)),
        Sender::Network(cidr) => plain(SenderKind::Network, asked, cidr.to_set()),
        // In boxes, for very many domains ask about an address each.
        Sender::Host(name) => Box::pin(host(policies, name)).await,
        Sender::Policy(name) => {
            let title = match provider::recognise_include(name) {
                Some(known) => Phrase::from(known.title()).plain(" (").name(name).plain(")"),
                None => Phrase::new().name(name),
            };
            Box::pin(policy(policies, SenderKind::Policy, title, name)).await
        }
        Sender::Own { provider, policies: names, .. } => {
            let title = provider::by_id(provider).map_or(*provider, |known| known.title());
            Box::pin(united(policies, title.into(), names)).await
        }
        Sender::Provider(word) => match provider::by_id(word) {
            Some(known) => spoken(asked, known, Box::pin(of_provider(policies, known)).await),
            None => unknown_provider(word),
        },
    }
}

/// What is known of a provider that was named by one of its hosts or policies: the report says so.
fn spoken(asked: &Asked, known: &Provider, mut resolved: Resolved) -> Resolved {
    if provider::by_id(&asked.text).is_none() {
        let said = Phrase::new().name(&asked.text).plain(": read as ").plain(known.title());
        resolved.notes.insert(0, said);
    }
    resolved
}

fn plain(kind: SenderKind, asked: &Asked, set: IpSet) -> Resolved {
    let title = Phrase::new().addr(&asked.text);
    Resolved { kind, title, sets: vec![set], notes: Vec::new(), missing: None }
}

fn unknown_provider(word: &str) -> Resolved {
    let mut why = Phrase::new().code(word).plain(" is not a known provider");
    if let Some(near) = provider::nearest(word) {
        why = why.plain("; did you mean ").code(near).plain("?");
    }
    Resolved {
        kind: SenderKind::Provider,
        title: Phrase::new().code(word),
        sets: Vec::new(),
        notes: Vec::new(),
        missing: Some(Missing::Unknown(Unknown { what: What::Addresses, why })),
    }
}

/// A provider: every address that its own policy passes.
async fn of_provider(policies: &Policies<'_>, known: &Provider) -> Resolved {
    let title = Phrase::from(known.title());
    match known.policy() {
        Some(name) => united(policies, title, &[name]).await,
        None => {
            let why = Phrase::from(known.title()).plain(
                " uses different addresses for each customer; name an IP address, or the include you were assigned",
            );
            Resolved {
                kind: SenderKind::Provider,
                title,
                sets: Vec::new(),
                notes: Vec::new(),
                missing: Some(Missing::Unknown(Unknown { what: What::Addresses, why })),
            }
        }
    }
}

/// A provider by the policies that hold its senders: every address that one of them passes.
async fn united(policies: &Policies<'_>, title: Phrase, names: &[Name]) -> Resolved {
    let parts = join_all(
        names.iter().map(|name| policy(policies, SenderKind::Provider, title.clone(), name)),
    )
    .await;
    let sets = Family::BOTH
        .into_iter()
        .map(|family| {
            let of_family = parts.iter().flat_map(|part| &part.sets);
            of_family.fold(IpSet::empty(family), |all, set| all.or(set))
        })
        .filter(|set| !set.is_empty())
        .collect::<Vec<_>>();
    let listed: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut notes =
        vec![Phrase::new().plain("the addresses checked are those of ").name(listed.join(", "))];
    let mut missing = None;
    for part in parts {
        notes.extend(part.notes);
        missing = worse(missing, part.missing, sets.is_empty());
    }
    Resolved { kind: SenderKind::Provider, title, sets, notes, missing }
}

/// Of two reasons why addresses are missing, the one that says less; a policy without addresses is
/// none while another has some.
fn worse(one: Option<Missing>, other: Option<Missing>, is_empty: bool) -> Option<Missing> {
    match (one, other) {
        (Some(unknown @ Missing::Unknown(_)), _) | (_, Some(unknown @ Missing::Unknown(_))) => {
            Some(unknown)
        }
        (one, other) if is_empty => one.or(other),
        _ => None,
    }
}

/// Every address that a name's own policy passes.
async fn policy(policies: &Policies<'_>, kind: SenderKind, title: Phrase, name: &Name) -> Resolved {
    let scout = spf::prefetch(policies, name, &Family::BOTH);
    let facts = alongside(spf::examine(policies, name), scout).await;
    let sets: Vec<IpSet> = facts
        .partitions()
        .map(spf::Partition::passing)
        .into_iter()
        .filter(|set| !set.is_empty())
        .collect();
    let mut notes = Vec::new();
    let dependent = facts.sender_dependent();
    let missing = missing(&facts, name, &sets, &dependent);
    if !dependent.is_empty() && !matches!(missing, Some(Missing::Unlisted(_))) {
        notes.push(
            Phrase::new().plain("not tested, depends on the sender: ").code(dependent.join(" ")),
        );
    }
    Resolved { kind, title, sets, notes, missing }
}

/// Why a policy gives no addresses, or not all.
fn missing(facts: &Facts, name: &Name, sets: &[IpSet], dependent: &[String]) -> Option<Missing> {
    let cells = facts.partitions().into_iter().flat_map(|partition| &partition.cells);
    let mut exceptions = cells.filter_map(Cell::exception);
    if let Some(failed) = exceptions.find(|it| it.result() == SpfResult::Temperror) {
        let what = records(failed).unwrap_or(What::Addresses);
        return Some(Missing::Unknown(Unknown { what, why: spf::exception(failed) }));
    }
    if !sets.is_empty() {
        return None;
    }
    let said = Phrase::new().name(name);
    if !dependent.is_empty() {
        let why = said.plain(" lists no addresses; ").then(Phrase::listed(
            dependent.iter().map(|term| Phrase::new().code(term)),
            usize::MAX,
            " and ",
        ));
        let verb = if dependent.len() == 1 { " depends" } else { " depend" };
        let why = why.plain(verb).plain(" on the sender; name an IP address");
        return Some(Missing::Unlisted(Unknown { what: What::Addresses, why }));
    }
    Some(Missing::Nothing(match &facts.published.found {
        Found::NoDomain => said.plain(" does not exist"),
        Found::Nothing => said.plain(" publishes no SPF record"),
        _ => said.plain(" authorizes no address"),
    }))
}

/// The records that could not be looked up, if it was a query that failed.
pub(super) fn records(exception: &Exception) -> Option<What> {
    match exception {
        Exception::Dns { name, kind, .. } => Some(What::Records(name.clone(), *kind)),
        _ => None,
    }
}

/// A host: its addresses, or the provider behind a name that people take for one.
async fn host(policies: &Policies<'_>, name: &Name) -> Resolved {
    let known = provider::host(name);
    if let Some((provider, role @ (HostRole::Domain | HostRole::Submission))) = known {
        let mut resolved = of_provider(policies, provider).await;
        let said = Phrase::new().name(name);
        resolved.notes.insert(
            0,
            match role {
                HostRole::Submission => said
                    .plain(" is the submission host of ")
                    .plain(provider.title())
                    .plain("; its outbound addresses are tested instead"),
                _ => said
                    .plain(" belongs to ")
                    .plain(provider.title())
                    .plain("; its outbound addresses are tested"),
            },
        );
        return resolved;
    }
    let dns: &dyn Dns = policies.dns();
    let answers = join_all(Family::BOTH.map(|family| addresses(dns, name, family))).await;
    let sets: Vec<IpSet> = Family::BOTH
        .into_iter()
        .zip(&answers)
        .map(|(family, answer)| {
            let of_family = answer.records().iter().filter_map(|record| record.data.address());
            IpSet::from_ranges(family, of_family.flat_map(|ip| IpSet::one(ip).ranges().to_vec()))
        })
        .filter(|set| !set.is_empty())
        .collect();
    let title = Phrase::new().name(name);
    let mut notes = Vec::new();
    let mut missing = None;
    if let Some((provider, HostRole::Inbound)) = known {
        let said = Phrase::new()
            .name(name)
            .plain(" is an inbound host of ")
            .plain(provider.title())
            .plain("; for its outbound addresses use --sender ")
            .code(provider.id());
        notes.push(said.clone());
        missing = Some(Missing::OnlyReceives(said));
    } else if let Some(failed) =
        answers.iter().find_map(|answer| answer.failure().map(|f| (answer, f)))
    {
        let (answer, failure) = failed;
        let why = Phrase::new()
            .plain(answer.question.to_string())
            .plain(" ")
            .plain(failure.trouble.sentence());
        let what = What::Records(answer.question.name.clone(), answer.question.kind);
        missing = Some(Missing::Unknown(Unknown { what, why }));
    } else if sets.is_empty() {
        missing =
            Some(Missing::Nothing(Phrase::new().name(name).plain(" has no A or AAAA record")));
    } else {
        let listed: Vec<String> =
            sets.iter().flat_map(IpSet::cidrs).map(|cidr| cidr.to_string()).collect();
        notes.push(Phrase::new().plain("addresses tested: ").addr(listed.join(", ")));
    }
    Resolved { kind: SenderKind::Host, title, sets, notes, missing }
}
