//! Who controls a record: the party that has to act when it is wrong.

use crate::net::{Name, is_shared, organization};
use crate::provider::{self, Provider};
use serde::{Deserialize, Serialize};

/// Somebody who may have to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Party {
    /// The organization of the domain asked about, or of a domain declared as its own.
    You,
    /// A provider of the catalogue.
    Provider,
    /// Another organization, known by its domain.
    Operator,
    /// The DNS servers that were asked, or the network before them.
    Resolver,
    /// The organization that receives.
    Recipient,
    /// A host that passes mail on.
    Forwarder,
    /// A stranger that sends as the domain.
    Sender,
    /// No party: nothing has to change.
    None,
    /// The evidence does not say.
    Undetermined,
}

/// The organization that controls the records at a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Owner {
    /// What it is to the domain asked about.
    pub party: Party,
    /// The title of the provider, otherwise the organizational domain; escaped.
    pub name: String,
}

impl Owner {
    /// How a sentence addresses it: by name, but for the organization of the reader.
    pub fn address(&self) -> &str {
        match self.party {
            Party::You => "",
            _ => &self.name,
        }
    }
}

/// Tells the organization of a domain from all others.
#[derive(Clone, Debug)]
pub struct Owners {
    own: Vec<Name>,
}

impl Owners {
    /// The owner of `domain` is `you`, as is the owner of every domain in `further`.
    pub fn new(domain: &Name, further: &[Name]) -> Self {
        let own = std::iter::once(domain).chain(further);
        Self { own: own.map(organization).collect() }
    }

    /// Who controls the records at a name.
    ///
    /// A name below one of the own organizational domains is `you`; otherwise a provider of the
    /// catalogue whose pattern covers the name; otherwise the organization that registered it.
    pub fn of(&self, name: &Name) -> Owner {
        if self.is_own(name) {
            return Owner { party: Party::You, name: organization(name).to_string() };
        }
        match provider_of(name) {
            Some(known) => Owner { party: Party::Provider, name: known.title().to_owned() },
            None => Owner { party: Party::Operator, name: organization(name).to_string() },
        }
    }

    /// True if a name is at or below an own organizational domain.
    pub fn is_own(&self, name: &Name) -> bool {
        self.own.iter().any(|own| name.is_within(own))
    }
}

/// The provider of the catalogue that a name belongs to, whatever it is used for.
pub(crate) fn provider_of(name: &Name) -> Option<&'static Provider> {
    provider::recognise_include(name)
        .or_else(|| provider::recognise_dkim_target(name))
        .or_else(|| provider::recognise_mx(name))
        .or_else(|| provider::host(name).map(|(known, _)| known))
        .or_else(|| {
            provider::holder(&organization(name)).filter(|_| !is_shared(&organization(name)))
        })
}
