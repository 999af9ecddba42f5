//! Facts that a user adds to the catalogue, or puts in the place of what it says.

use super::{Fact, Kind, Pattern, Provider, documented::Documented, pattern, read};
use crate::dns::Place;
use crate::net::{Cidr, Name};
use crate::text;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// The keys that a user may give, with what each is.
pub const KEYS: [&str; 17] = [
    "title",
    "kinds",
    "aliases",
    "includes",
    "retired",
    "policy",
    "mx",
    "outbound",
    "submission",
    "domains",
    "selectors",
    "targets",
    "rotates",
    "shared",
    "forwarding",
    "publish",
    "dates",
];

/// What a user says of a provider.
#[derive(Clone, Debug)]
pub struct Given {
    /// Its id: one of the catalogue, or a new one.
    pub id: String,
    /// Keys of [`KEYS`] with their values; what the catalogue says below the same key counts no more.
    pub facts: Vec<(String, Vec<String>)>,
    /// Where that is written.
    pub place: Place,
    /// The day of which it is known, as `2026-11-27`.
    pub as_of: String,
}

/// What is wrong with a value below a key; `None` if nothing is.
pub fn fault(key: &str, value: &str) -> Option<&'static str> {
    let is_pattern = || {
        let bare = value.strip_prefix('.').unwrap_or(value);
        let name = Name::from_octets(bare.as_bytes());
        name.is_ok_and(|name| name.label_count() >= 2 && name.to_string() == bare)
    };
    match key {
        "kinds" if Kind::read(value).is_none() => {
            Some("a kind is mailbox, forwarder, gateway, sender, reports or hosted")
        }
        "forwarding" if value.parse::<Cidr>().is_err() => Some("a network is written 192.0.2.0/24"),
        "publish" if Documented::parts(value).is_none() => {
            Some("a record is written \"required CNAME autodiscover -> mail.example.net\"")
        }
        "dates" => {
            let day = value.split_once(' ').filter(|(day, _)| text::seconds(day).is_some());
            day.is_none().then_some("a date is written \"2027-03-31 what ends\"")
        }
        "includes" | "retired" | "policy" | "mx" | "outbound" | "submission" | "domains"
        | "targets"
            if !is_pattern() =>
        {
            Some(
                "a pattern is a name in lower case; a leading dot means any labels before it, a star any part of a label",
            )
        }
        _ => None,
    }
}

/// Everybody who is known: the table, and what was added to it.
static ALL: RwLock<Option<&'static Catalogue>> = RwLock::new(None);

/// Providers, and which of them may know a name.
struct Catalogue {
    providers: Vec<Provider>,
    /// By the last two labels of their patterns.
    by_tail: HashMap<&'static [u8], Vec<usize>>,
    /// Those with a pattern of fewer labels, or with a star in these two.
    open: Vec<usize>,
}

impl Catalogue {
    fn new(providers: Vec<Provider>) -> Self {
        let mut by_tail: HashMap<&'static [u8], Vec<usize>> = HashMap::new();
        let mut open = Vec::new();
        for (place, provider) in providers.iter().enumerate() {
            for pattern in provider.patterns() {
                let places = match pattern.tail() {
                    Some(tail) => by_tail.entry(tail).or_default(),
                    None => &mut open,
                };
                if places.last() != Some(&place) {
                    places.push(place);
                }
            }
        }
        Self { providers, by_tail, open }
    }
}

/// Those of everybody who may know a name, given in lower case with dots and without a final one: only
/// they have a pattern with its last two labels.
pub(super) fn candidates(name: &[u8]) -> impl Iterator<Item = &'static Provider> {
    let known = catalogue();
    let near = pattern::tail(name).and_then(|tail| known.by_tail.get(tail));
    let mut places: Vec<usize> = near.into_iter().flatten().chain(&known.open).copied().collect();
    places.sort_unstable();
    places.dedup();
    places.into_iter().filter_map(|place| known.providers.get(place))
}

/// Everybody who is known, the best known first.
pub fn all() -> &'static [Provider] {
    &catalogue().providers
}

fn catalogue() -> &'static Catalogue {
    let known = *ALL.read().unwrap_or_else(PoisonError::into_inner);
    known.unwrap_or_else(|| {
        let mut known = ALL.write().unwrap_or_else(PoisonError::into_inner);
        known.get_or_insert_with(|| Box::leak(Box::new(Catalogue::new(read()))))
    })
}

/// Adds to the catalogue of this process what a user says. What was said before counts no more.
///
/// What is given is kept until the process ends, so this is for programs that read a configuration once.
#[doc(hidden)]
pub fn add(given: Vec<Given>) {
    if given.is_empty() {
        return;
    }
    let mut providers = read();
    for one in given {
        let place = providers.iter().position(|known| known.id == one.id);
        let mut provider = match place {
            Some(place) => providers.remove(place),
            None => Provider { id: one.id.clone().leak(), ..Provider::default() },
        };
        provider.take(one);
        let place = place.unwrap_or(providers.len());
        providers.insert(place, provider);
    }
    let known = Box::leak(Box::new(Catalogue::new(providers)));
    *ALL.write().unwrap_or_else(PoisonError::into_inner) = Some(known);
}

impl Provider {
    /// Takes over what a user says of it.
    fn take(&mut self, given: Given) {
        let source: &str = format!("{}:{}", given.place.file, given.place.line).leak();
        let as_of: &str = given.as_of.leak();
        for (key, values) in given.facts {
            let key: &'static str = key.leak();
            self.clear(key);
            self.given.retain(|fact| fact.key != key);
            for value in values {
                let value: &'static str = value.leak();
                self.put(key, value);
                self.given.push(Fact { key, value, source, as_of });
            }
        }
        // The name of a policy is one that its customers include.
        if let Some(policy) = self.policy
            && !self.includes.iter().any(|pattern| pattern.text() == policy)
        {
            self.includes.push(Pattern::new(policy));
        }
    }

    /// Forgets what the catalogue says below a key.
    fn clear(&mut self, key: &str) {
        match key {
            "kinds" => self.kinds.clear(),
            "aliases" => self.aliases.clear(),
            "includes" => self.includes.clear(),
            "retired" => self.retired.clear(),
            "mx" => self.mx.clear(),
            "outbound" => self.outbound.clear(),
            "submission" => self.submission.clear(),
            "domains" => self.domains.clear(),
            "selectors" => self.selectors.clear(),
            "targets" => self.targets.clear(),
            "forwarding" => self.forwarding.clear(),
            "publish" => self.publish.clear(),
            "dates" => self.dates.clear(),
            // The others have one value, which the new one replaces.
            _ => {}
        }
    }
}
