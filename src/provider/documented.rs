//! The records that a provider documents for its customers, read from the table.

use super::{Provider, all, host, pattern};
use crate::net::Name;
use serde::{Deserialize, Serialize};

/// How much a provider wants a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Mail or clients fail without it.
    Required,
    /// The provider advises it.
    Recommended,
    /// It belongs to a product that the customer may not use.
    Optional,
    /// It served a product that has ended, and should go.
    Retired,
}

impl Need {
    /// Every need with the word that the table has for it.
    pub const WORDS: [(Self, &'static str); 4] = [
        (Self::Required, "required"),
        (Self::Recommended, "recommended"),
        (Self::Optional, "optional"),
        (Self::Retired, "retired"),
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        Self::WORDS.into_iter().find(|(need, _)| *need == self).map_or("", |(_, word)| word)
    }
}

/// A record that a provider documents, at a name below the customer's domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Documented {
    /// How much the provider wants it.
    pub need: Need,
    /// Its type, as in a zone file: `CNAME`.
    pub kind: &'static str,
    /// The labels before the domain; `@` is the domain itself.
    pub name: &'static str,
    /// What it holds, with `<…>` for what differs between customers; empty if only its name is known.
    pub value: &'static str,
}

impl Documented {
    /// What is written as need, type, name and value, an arrow before a name; `None` for advice that
    /// is no single record.
    pub(super) fn read(line: &'static str) -> Option<Self> {
        let (need, kind, name, value) = Self::parts(line)?;
        Some(Self { need, kind, name, value })
    }

    /// The need, the type, the name and the value of such a line.
    pub(super) fn parts(line: &str) -> Option<(Need, &str, &str, &str)> {
        let (word, rest) = line.split_once(' ')?;
        let (need, _) = Need::WORDS.into_iter().find(|(_, known)| *known == word)?;
        let (kind, rest) = rest.split_once(' ')?;
        if !["CNAME", "MX", "NS", "SRV", "TXT"].contains(&kind) {
            return None;
        }
        let (name, value) = rest.split_once(' ').unwrap_or((rest, ""));
        let is_one = !name.ends_with(',') && !value.starts_with("and ") && !value.contains(';');
        let value = value.strip_prefix("-> ").unwrap_or(value);
        let is_one = is_one || kind == "TXT";
        is_one.then_some((need, kind, name, value))
    }

    /// True if the value is the same for all customers, so that it can be pasted.
    pub fn is_fixed(&self) -> bool {
        !self.value.is_empty() && !self.value.contains(['<', '#']) && !self.value.contains("...")
    }

    /// True if it is an alias or a service, and has nothing to do with keys and policies.
    pub(crate) fn is_for_clients(&self) -> bool {
        let labels = ["_domainkey", "_dmarc", "_mta-sts", "mta-sts"];
        ["CNAME", "SRV"].contains(&self.kind) && !labels.iter().any(|it| self.name.contains(it))
    }

    /// The port of a service.
    pub(crate) fn port(&self) -> Option<u16> {
        let mut words = self.value.split(' ').rev().skip(1);
        words.next().filter(|_| self.kind == "SRV")?.parse().ok()
    }

    /// What it leads to: of an alias or a service, a host, in which `<…>` stands for what differs.
    fn host(&self) -> &'static str {
        self.value.rsplit(' ').next().unwrap_or_default()
    }

    /// True if an alias or a service may lead to a host: the one that is documented, or one of its shape.
    /// Where only the name is documented, any may.
    pub(crate) fn fits(&self, host: &Name) -> bool {
        let (text, octets) = (self.host(), host.to_octets());
        match text.split_once('<') {
            _ if self.value.is_empty() => true,
            None => host.is_root() && text == "." || text.as_bytes() == octets,
            Some(_) => pattern::covers(&starred(text), &octets),
        }
    }

    /// The data to paste: of a service with a priority and a weight if the provider names none; `None`
    /// if it differs between customers.
    pub(crate) fn data(&self) -> Option<String> {
        let dot = if self.host() == "." { "" } else { "." };
        let numbers = if self.value.matches(' ').count() == 1 { "0 0 " } else { "" };
        self.is_fixed().then(|| match self.kind {
            "SRV" => format!("{numbers}{}{dot}", self.value),
            _ => format!("{}{dot}", self.value),
        })
    }
}

/// A shape with a star for each `<…>`.
fn starred(shape: &str) -> String {
    let mut pieces = shape.split('<');
    let head = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(head, |text, piece| {
        text + "*" + piece.split_once('>').map_or("", |(_, behind)| behind)
    })
}

/// The provider that leads its customers' mail clients to a host.
pub(crate) fn recognise_client(name: &Name) -> Option<&'static Provider> {
    let documents = |provider: &&Provider| {
        let clients = provider.documented().filter(Documented::is_for_clients);
        let mut wanted = clients.filter(|it| it.need != Need::Retired && !it.value.is_empty());
        wanted.any(|it| it.fits(name))
    };
    if name.is_root() {
        return None;
    }
    all().iter().find(documents).or_else(|| host(name).map(|(provider, _)| provider))
}

impl Provider {
    /// The single records that it documents, in the order of the table.
    pub fn documented(&self) -> impl Iterator<Item = Documented> {
        self.publish.iter().copied().filter_map(Documented::read)
    }
}
