//! What is known of those who send and receive mail for others, as data.
//!
//! A domain's MX and SPF records show its providers; a provider's own policy says from where it
//! sends. All of that is in `providers.toml`, with sources; this module reads it once and answers
//! questions about names. It asks nothing of the DNS, and it never decides whether somebody may
//! send: that is for the policies.
//!
//! Deliberately absent: addresses. They change, and the provider's policy has them.

use crate::net::Name;
use serde::Deserialize;
use std::sync::OnceLock;

/// Somebody who sends or receives mail for others.
#[derive(Debug)]
pub struct Provider {
    facts: Facts,
    policy: Option<Name>,
    includes: Vec<Pattern>,
    mx: Vec<Name>,
    inbound: Vec<Name>,
    outbound: Vec<Name>,
    submission: Vec<Pattern>,
    names: Vec<Name>,
}

/// An entry of `providers.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    id: String,
    title: String,
    #[serde(default)]
    aliases: Vec<String>,
    policy: Option<String>,
    #[serde(default)]
    includes: Vec<String>,
    #[serde(default)]
    mx: Vec<String>,
    #[serde(default)]
    inbound: Vec<String>,
    #[serde(default)]
    outbound: Vec<String>,
    #[serde(default)]
    submission: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    selectors: Vec<String>,
    #[serde(default)]
    rotates: bool,
    #[serde(default)]
    mailboxes: bool,
    sources: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    provider: Vec<Facts>,
}

/// A name, or every name below one.
#[derive(Debug, PartialEq, Eq)]
enum Pattern {
    Exactly(Name),
    Below(Name),
}

impl Pattern {
    fn read(text: &str) -> Option<Self> {
        match text.strip_prefix("*.") {
            Some(rest) => Name::from_octets(rest.as_bytes()).ok().map(Self::Below),
            None => Name::from_octets(text.as_bytes()).ok().map(Self::Exactly),
        }
    }

    fn covers(&self, name: &Name) -> bool {
        match self {
            Self::Exactly(only) => only == name,
            Self::Below(top) => name != top && name.is_within(top),
        }
    }
}

/// What a host does for a provider's customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostRole {
    /// It receives their mail, and sends none.
    Inbound,
    /// It sends their mail.
    Outbound,
    /// Clients hand in mail there.
    Submission,
    /// It is no host that mail passes, but a name that people take for the provider.
    Domain,
}

impl Provider {
    /// The word for it, as a user types it and as JSON has it.
    pub fn id(&self) -> &str {
        &self.facts.id
    }

    /// Its name, as it is shown.
    pub fn title(&self) -> &str {
        &self.facts.title
    }

    /// The name whose SPF policy holds its senders; `None` if each customer has another.
    pub fn policy(&self) -> Option<&Name> {
        self.policy.as_ref()
    }

    /// The DKIM selectors of its customers, as far as they can be known.
    pub fn selectors(&self) -> impl Iterator<Item = &str> {
        self.facts.selectors.iter().map(String::as_str)
    }

    /// True if one of the selectors rests at a time, so that it may have no key.
    pub fn rotates_selectors(&self) -> bool {
        self.facts.rotates
    }

    /// True if people read and write mail there, so that it sends for whom it receives.
    pub fn keeps_mailboxes(&self) -> bool {
        self.facts.mailboxes
    }

    /// Where the facts are from.
    pub fn sources(&self) -> &[String] {
        &self.facts.sources
    }

    fn is_called(&self, word: &str) -> bool {
        let mut words = std::iter::once(&self.facts.id).chain(&self.facts.aliases);
        words.any(|known| known.eq_ignore_ascii_case(word))
    }

    fn read(facts: Facts) -> Self {
        let names = |texts: &[String]| {
            texts.iter().filter_map(|text| Name::from_octets(text.as_bytes()).ok()).collect()
        };
        let patterns =
            |texts: &[String]| texts.iter().filter_map(|text| Pattern::read(text)).collect();
        Self {
            policy: facts.policy.as_ref().and_then(|text| Name::from_octets(text.as_bytes()).ok()),
            includes: patterns(&facts.includes),
            mx: names(&facts.mx),
            inbound: names(&facts.inbound),
            outbound: names(&facts.outbound),
            submission: patterns(&facts.submission),
            names: names(&facts.names),
            facts,
        }
    }
}

/// Every provider that is known. Read once, when somebody asks first.
pub fn all() -> &'static [Provider] {
    static ALL: OnceLock<Vec<Provider>> = OnceLock::new();
    ALL.get_or_init(|| {
        // The file is part of the program, and a test reads it: it cannot be faulty here.
        let file: Result<File, _> = toml::from_str(include_str!("providers.toml"));
        file.map(|file| file.provider.into_iter().map(Provider::read).collect()).unwrap_or_default()
    })
}

/// The provider that a word names: its id or an alias, letter case ignored.
pub fn by_id(word: &str) -> Option<&'static Provider> {
    all().iter().find(|provider| provider.is_called(word))
}

/// The id that a mistyped word comes nearest to, if one is near.
pub fn nearest(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    let words = all().iter().flat_map(|provider| {
        let aliases = provider.facts.aliases.iter();
        std::iter::once(&provider.facts.id).chain(aliases).map(move |known| (known, provider.id()))
    });
    words
        .map(|(known, id)| (distance(known.as_bytes(), word.as_bytes()), id))
        .filter(|(distance, _)| *distance <= 2 && *distance * 3 <= word.len())
        .min()
        .map(|(_, id)| id)
}

/// The provider that receives at an MX host.
pub fn recognise_mx(host: &Name) -> Option<&'static Provider> {
    all().iter().find(|provider| provider.mx.iter().any(|suffix| host.is_within(suffix)))
}

/// The provider that an `include` or `redirect` stands for.
pub fn recognise_include(name: &Name) -> Option<&'static Provider> {
    all().iter().find(|provider| provider.includes.iter().any(|pattern| pattern.covers(name)))
}

/// The provider that a host belongs to, and what the host does.
pub fn host(name: &Name) -> Option<(&'static Provider, HostRole)> {
    all().iter().find_map(|provider| {
        let within = |suffixes: &[Name]| suffixes.iter().any(|suffix| name.is_within(suffix));
        let role = if provider.names.contains(name) {
            HostRole::Domain
        } else if provider.submission.iter().any(|pattern| pattern.covers(name)) {
            HostRole::Submission
        } else if within(&provider.outbound) {
            HostRole::Outbound
        } else if within(&provider.inbound) {
            HostRole::Inbound
        } else {
            return None;
        };
        Some((provider, role))
    })
}

/// How many letters must be changed, added or taken away to make one word of the other.
fn distance(left: &[u8], right: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        for (j, b) in right.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or_default();
            let here = (diagonal + usize::from(a != b)).min(above + 1).min(before + 1);
            if let Some(slot) = row.get_mut(j) {
                *slot = before;
            }
            (diagonal, before) = (above, here);
        }
        if let Some(slot) = row.last_mut() {
            *slot = before;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::from_octets(text.as_bytes()).expect("a test writes valid names")
    }

    #[test]
    fn every_entry_can_be_read_and_has_a_source() {
        let file: File = toml::from_str(include_str!("providers.toml")).expect("the file is valid");
        assert_eq!(file.provider.len(), all().len());
        for provider in all() {
            let Facts {
                includes, mx, inbound, outbound, submission, names, policy, sources, ..
            } = &provider.facts;
            assert!(!sources.is_empty(), "{} has a source", provider.id());
            assert_eq!(provider.includes.len(), includes.len(), "{}", provider.id());
            assert_eq!(provider.mx.len(), mx.len(), "{}", provider.id());
            assert_eq!(provider.inbound.len(), inbound.len(), "{}", provider.id());
            assert_eq!(provider.outbound.len(), outbound.len(), "{}", provider.id());
            assert_eq!(provider.submission.len(), submission.len(), "{}", provider.id());
            assert_eq!(provider.names.len(), names.len(), "{}", provider.id());
            assert_eq!(provider.policy.is_some(), policy.is_some(), "{}", provider.id());
        }
    }

    #[test]
    fn no_word_and_no_include_belongs_to_two_providers() {
        let mut words: Vec<&str> = all()
            .iter()
            .flat_map(|p| p.facts.aliases.iter().chain(&p.facts.includes).chain([&p.facts.id]))
            .map(String::as_str)
            .collect();
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
    }

    #[test]
    fn every_policy_is_recognised_as_an_include_of_its_provider() {
        for provider in all() {
            let Some(policy) = provider.policy() else { continue };
            let recognised = recognise_include(policy).map(Provider::id);
            assert_eq!(recognised, Some(provider.id()));
        }
    }

    #[test]
    fn every_selector_is_a_label() {
        for selector in all().iter().flat_map(Provider::selectors) {
            assert_eq!(name(selector).label_count(), 1, "{selector}");
        }
    }

    #[test]
    fn both_generations_of_microsoft_mx_hosts_are_recognised() {
        let hosts = ["contoso-com.mail.protection.outlook.com", "contoso-com.o-v1.mx.microsoft"];
        for host in hosts {
            assert_eq!(recognise_mx(&name(host)).map(Provider::id), Some("microsoft365"));
        }
    }

    #[test]
    fn hosts_are_told_apart_by_what_they_do() {
        let roles = [
            "fmsinc-com.mail.protection.outlook.com",
            "mail-dm6nam10on2101.outbound.protection.outlook.com",
            "smtp.office365.com",
            "protection.outlook.com",
            "mail.example.com",
            "ec2-192-0-2-1.compute-1.amazonaws.com",
        ]
        .map(|host_name| host(&name(host_name)).map(|(_, role)| role));
        assert_eq!(
            roles,
            [
                Some(HostRole::Inbound),
                Some(HostRole::Outbound),
                Some(HostRole::Submission),
                Some(HostRole::Domain),
                None,
                None
            ]
        );
    }

    #[test]
    fn a_mistyped_provider_is_guessed_and_a_strange_one_is_not() {
        assert_eq!(nearest("micosoft365"), Some("microsoft365"));
        assert_eq!(nearest("Sendgird"), Some("sendgrid"));
        assert_eq!(nearest("xyzzy"), None);
    }

    #[test]
    fn words_are_known_in_any_letter_case() {
        assert_eq!(by_id("O365").map(Provider::id), Some("microsoft365"));
    }
}
