//! What is known of those who send or receive for others: Microsoft 365, Google, SendGrid, …
//!
//! Facts in one table, `providers.toml`, each below its source; no lookups. A name from a policy is
//! recognised by [`recognise_include`], [`recognise_mx`] or [`recognise_dkim_target`]; a name or a
//! word that a person typed for a sender by [`host`] and [`by_id`].
//!
//! Knowledge of this kind grows old. So it only ever adds a name to what the DNS says, suggests what
//! to try, says what a person means, or what a provider has withdrawn since a date that is named; no
//! answer about a sender rests on it.

mod documented;
mod facts;
mod given;
mod pattern;
mod table;

pub(crate) use documented::recognise_client;
pub use documented::{Documented, Need};
pub use facts::Fact;
pub use given::all;
#[doc(hidden)]
pub use given::{Given, KEYS as GIVEN_KEYS, add, fault as given_fault};
#[doc(hidden)]
pub use table::read;

use crate::net::{Cidr, Family, IpSet, Name};
use crate::text::near;
use pattern::Pattern;
use std::net::IpAddr;

/// The table, read when it is first asked for.
static TABLE: &str = include_str!("providers.toml");

/// One who sends or receives for others: what recognising it and judging its senders takes. All that
/// is known of it, with sources, is [`Provider::facts`].
#[derive(Debug, Default)]
pub struct Provider {
    id: &'static str,
    aliases: Vec<&'static str>,
    title: &'static str,
    shared: bool,
    kinds: Vec<Kind>,
    includes: Vec<Pattern>,
    policy: Option<&'static str>,
    mx: Vec<Pattern>,
    outbound: Vec<Pattern>,
    submission: Vec<Pattern>,
    domains: Vec<Pattern>,
    forwarding: Vec<Cidr>,
    selectors: Vec<&'static str>,
    targets: Vec<Pattern>,
    rotates: bool,
    key_note: Option<&'static str>,
    return_mx: Option<&'static str>,
    shares_mx: Option<&'static str>,
    resells: Option<&'static str>,
    publish: Vec<&'static str>,
    retired: Vec<Pattern>,
    dates: Vec<&'static str>,
    ranges: Vec<Generation>,
    /// What a user says of it.
    given: Vec<Fact>,
}

/// What the SPF policy of a provider listed at some time.
#[derive(Debug, Default)]
pub struct Generation {
    as_of: &'static str,
    since: Option<&'static str>,
    networks: Vec<Cidr>,
}

impl Generation {
    /// The date for which its source says so: a day, a month or a year.
    pub fn as_of(&self) -> &'static str {
        self.as_of
    }

    /// The first day for which a second source lists the same IPv4 networks; `None` if there is none.
    pub fn since(&self) -> Option<&'static str> {
        self.since
    }

    /// Its addresses of a family.
    pub fn addresses(&self, family: Family) -> IpSet {
        let own = self.networks.iter().filter(|network| network.family() == family);
        IpSet::from_cidrs(family, own.copied())
    }
}

/// What a provider does for its customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    /// People read and write mail there.
    Mailbox,
    /// It passes mail on to other mailboxes.
    Forwarder,
    /// It receives or sends on behalf of a mailbox provider.
    Gateway,
    /// It sends for customers.
    Sender,
    /// It reads DMARC reports.
    Reports,
    /// It keeps policies of customers in its own zone.
    Hosted,
}

impl Kind {
    /// The kind that the table has a word for.
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "mailbox" => Self::Mailbox,
            "forwarder" => Self::Forwarder,
            "gateway" => Self::Gateway,
            "sender" => Self::Sender,
            "reports" => Self::Reports,
            "hosted" => Self::Hosted,
            _ => return None,
        })
    }
}

/// What a host does for a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HostRole {
    /// It receives for customers, and sends nothing.
    Inbound,
    /// Mail leaves from it.
    Outbound,
    /// Clients hand in mail there; it leaves from other hosts.
    Submission,
    /// No host, but a name that people type when they mean the provider.
    Domain,
}

impl Provider {
    /// Its name on the command line and in JSON: `microsoft365`.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Other words for it on the command line: `m365`.
    pub fn aliases(&self) -> &[&'static str] {
        &self.aliases
    }

    /// Its name for a reader: `Microsoft 365`.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// What it does, in words.
    pub fn does(&self) -> Vec<&'static str> {
        let words = self.kinds.iter().map(|kind| match kind {
            Kind::Mailbox => "mailboxes",
            Kind::Forwarder => "forwarding",
            Kind::Gateway => "gateway",
            Kind::Sender => "sending",
            Kind::Reports => "DMARC reports",
            Kind::Hosted => "hosted policies",
        });
        words.collect()
    }

    /// True if all customers send from the same addresses, so that one of them may pose as another.
    pub fn is_shared(&self) -> bool {
        self.shared
    }

    /// True if people read and write mail there, so that it sends for whom it receives.
    pub fn keeps_mailboxes(&self) -> bool {
        self.kinds.contains(&Kind::Mailbox)
    }

    /// True if it receives for customers whose mailboxes are elsewhere.
    pub(crate) fn is_gateway(&self) -> bool {
        self.kinds.contains(&Kind::Gateway)
    }

    /// True if it keeps policies of its customers in its own zone.
    pub(crate) fn keeps_policies(&self) -> bool {
        self.kinds.contains(&Kind::Hosted)
    }

    /// True for a name that its customers should replace in their SPF records.
    pub(crate) fn has_retired(&self, name: &Name) -> bool {
        let octets = name.to_octets();
        self.retired.iter().any(|pattern| pattern.covers(&octets))
    }

    /// The date for which a source says that its mail has a return path of its own, so that receivers do
    /// not look at the SPF records of its customers; `None` if no source says so.
    pub(crate) fn returns_by_itself(&self) -> Option<&'static str> {
        let facts = self.facts();
        facts.iter().find(|fact| fact.key == "return_path").map(|fact| fact.as_of)
    }

    /// What ends or changes for its customers, each with its day, as `2026-12-31`. What is announced for
    /// a month or later is left out.
    pub(crate) fn ends(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let dated = self.dates.iter().filter_map(|line| line.split_once(' '));
        dated.filter(|(day, _)| day.len() == "2026-12-31".len())
    }

    /// The MX host that a customer's MAIL FROM domain needs, so that the provider gets its bounces; what only
    /// the customer knows stands in angle brackets.
    pub fn return_host(&self) -> Option<&'static str> {
        self.return_mx
    }

    /// Those that share its MX hosts, so that only client records tell them apart.
    pub(crate) fn twins(&self) -> impl Iterator<Item = &'static Self> {
        all().iter().filter(|other| other.shares_mx == Some(self.id))
    }

    /// True if customers of another provider, to whom it sold that one's mailboxes, include its policy.
    pub(crate) fn resells(&self) -> bool {
        self.resells.is_some()
    }

    /// The name whose SPF policy lists its senders; `None` if every customer has another one.
    pub fn policy(&self) -> Option<Name> {
        Name::from_octets(self.policy?.as_bytes()).ok()
    }

    /// The DKIM selectors that its customers publish; none if they cannot be guessed.
    pub fn selectors(&self) -> &[&'static str] {
        &self.selectors
    }

    /// The names of the hosts that receive for its customers; a leading dot or a star stands for what
    /// differs.
    pub fn mx_shapes(&self) -> impl Iterator<Item = &'static str> {
        self.mx.iter().map(|pattern| pattern.text())
    }

    /// What its policy is known to list, if two sources of different dates agree about that.
    pub fn known_ranges(&self) -> Option<&Generation> {
        self.ranges.iter().find(|generation| generation.since.is_some())
    }

    /// Where selectors lead whose keys it holds; a leading dot or a star stands for what differs.
    pub fn key_targets(&self) -> impl Iterator<Item = &'static str> {
        self.targets.iter().map(|pattern| pattern.text())
    }

    /// True if it holds the keys itself, and selectors are CNAME records that lead to them.
    pub fn holds_keys(&self) -> bool {
        !self.targets.is_empty()
    }

    /// True if only one of its selectors need have a key at a time.
    pub fn rotates_selectors(&self) -> bool {
        self.rotates
    }

    /// How its customers publish keys, for a reader.
    pub fn key_note(&self) -> Option<&'static str> {
        self.key_note
    }

    /// The words for it on the command line.
    fn words(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.id).chain(self.aliases.iter().copied())
    }

    /// The patterns of everything by which it is recognized.
    fn patterns(&self) -> impl Iterator<Item = Pattern> + '_ {
        let hosts = self.hosts().into_iter().flat_map(|(_, patterns)| patterns);
        hosts.chain(&self.includes).chain(&self.targets).copied()
    }

    /// The patterns of its hosts, by what they do.
    fn hosts(&self) -> [(HostRole, &[Pattern]); 4] {
        [
            (HostRole::Inbound, &self.mx),
            (HostRole::Outbound, &self.outbound),
            (HostRole::Submission, &self.submission),
            (HostRole::Domain, &self.domains),
        ]
    }
}

/// The provider that a person names, by id or alias; letter case, spaces and hyphens are ignored.
pub fn by_id(word: &str) -> Option<&'static Provider> {
    let word = near::plain(word);
    all().iter().find(|known| known.words().any(|own| near::plain(own) == word))
}

/// The id or alias that a misspelt word is nearest to, if one is near.
pub fn nearest(word: &str) -> Option<&'static str> {
    near::nearest(word, all().iter().flat_map(Provider::words))
}

/// The SPF include of a provider that a misspelt name was probably meant to be; `None` if none is
/// near, or if those of several providers are.
///
/// For names that do not exist or publish no SPF record.
pub fn nearest_policy(name: &Name) -> Option<Name> {
    let written = name.to_octets();
    let written = std::str::from_utf8(&written).ok()?;
    let includes = all().iter().flat_map(|provider| {
        let own = provider.includes.iter().filter_map(|pattern| pattern.name());
        own.map(move |include| (provider, include))
    });
    let mut near: Vec<(usize, &Provider, &'static str)> = includes
        .filter_map(|(provider, include)| {
            Some((near::name_slips(written, include)?, provider, include))
        })
        .collect();
    near.sort_by_key(|(slips, ..)| *slips);
    let (least, provider, include) = *near.first()?;
    let is_only =
        near.iter().all(|(slips, other, _)| *slips > least || other.id() == provider.id());
    let meant = Some(include).filter(|_| is_only && include != written)?;
    Name::from_octets(meant.as_bytes()).ok()
}

/// The provider that an SPF include stands for.
pub fn recognise_include(name: &Name) -> Option<&'static Provider> {
    narrowest(name, |provider| [((), provider.includes.as_slice())]).map(|(provider, ())| provider)
}

/// The provider that an MX host belongs to.
pub fn recognise_mx(name: &Name) -> Option<&'static Provider> {
    narrowest(name, |provider| [((), provider.mx.as_slice())]).map(|(provider, ())| provider)
}

/// True for a host of a provider that receives for customers, and from which no mail leaves.
pub fn only_receives(host: &Name) -> bool {
    let octets = host.to_octets();
    let sends = |provider: &Provider| provider.outbound.iter().any(|it| it.covers(&octets));
    recognise_mx(host).is_some() && !all().iter().any(sends)
}

/// The provider that holds the key which a selector's CNAME leads to.
pub fn recognise_dkim_target(name: &Name) -> Option<&'static Provider> {
    narrowest(name, |provider| [((), provider.targets.as_slice())]).map(|(provider, ())| provider)
}

/// The provider that a host belongs to, and what the host does for it.
pub fn host(name: &Name) -> Option<(&'static Provider, HostRole)> {
    narrowest(name, Provider::hosts)
}

/// The provider that forwards mail from an address which is in none of its policies.
pub fn forwarding_pool(address: IpAddr) -> Option<&'static Provider> {
    all().iter().find(|provider| provider.forwarding.iter().any(|cidr| cidr.contains(address)))
}

/// The one provider whose SPF policies are published below a domain; `None` if there are several.
pub fn holder(organization: &Name) -> Option<&'static Provider> {
    let organization = organization.to_octets();
    let mut holders = all().iter().filter(|provider| {
        provider.includes.iter().any(|pattern| pattern.is_within(&organization))
    });
    holders.next().filter(|_| holders.next().is_none())
}

/// The provider that a name which is no SPF policy was probably meant to include, and the name of
/// its policy: the name is one of the provider's hosts, or a misspelt form of its policy's name.
pub fn meant_include(name: &Name) -> Option<(&'static Provider, Name)> {
    if recognise_include(name).is_some() {
        return None;
    }
    let by_host = host(name).and_then(|(provider, _)| Some((provider, provider.policy()?)));
    by_host.or_else(|| {
        let meant = nearest_policy(name)?;
        Some((recognise_include(&meant)?, meant))
    })
}

/// The provider that a person means by a name among senders: one that the provider publishes for its
/// SPF, one that stands for it, or one at or below what its receiving or sending hosts are called.
///
/// A host where clients hand in mail is no such name: it is a host.
pub fn spoken(name: &Name) -> Option<&'static Provider> {
    let is_meant = |role: HostRole| role != HostRole::Submission;
    // A pattern covers what lies below it; a name at the pattern is covered with a label before it.
    let below = || Name::from_octets(&[b"x.".as_slice(), &name.to_octets()].concat()).ok();
    recognise_include(name)
        .or_else(|| host(name).filter(|(_, role)| is_meant(*role)).map(|(provider, _)| provider))
        .or_else(|| {
            let found = host(&below()?);
            found.filter(|(_, role)| is_meant(*role)).map(|(provider, _)| provider)
        })
}

/// The provider with the longest of the patterns that cover a name, and the use of that pattern.
fn narrowest<T: Copy, const USES: usize>(
    name: &Name,
    patterns: impl Fn(&'static Provider) -> [(T, &'static [Pattern]); USES],
) -> Option<(&'static Provider, T)> {
    let name = name.to_octets();
    let mut found = None;
    let mut length = 0;
    for provider in given::candidates(&name) {
        for (usage, patterns) in patterns(provider) {
            for pattern in patterns {
                if pattern.length() > length && pattern.covers(&name) {
                    length = pattern.length();
                    found = Some((provider, usage));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
