//! Sources folded: by the domain they send as and by who they are.

use crate::mail::feedback::Aggregate;
use crate::mail::feedback::aggregate::{Record, Source, is_pass};
use crate::net::{Name, organization};
use crate::provider::{self, Provider};
use crate::report::Party;
use crate::report::feedback::{Rejected, Sending, Standing};
use crate::text::{Phrase, date, escape};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

/// Most names that are kept of a source.
const MOST_NAMES: usize = 20;
/// Most pairs of an address and a domain; of further ones only the sums are kept.
const MOST_SOURCES: usize = if cfg!(test) { 100 } else { 1_000_000 };
/// So many messages of one address with a signature of the domain are those of a service.
const MUCH: u64 = 50;
const DAY: i64 = 86_400;
/// Overrides that tell of forwarding.
const FORWARDED: [&str; 3] = ["forwarded", "mailing_list", "trusted_forwarder"];

/// Days, by their date, and what `p=reject` would cost.
type Finished = (Vec<Sending>, BTreeMap<String, [u64; 2]>, Vec<Rejected>);

/// What is known of one address that sends as one domain.
#[derive(Clone, Debug, Default)]
struct Seen {
    pass: u64,
    fail: u64,
    pass_spf: u64,
    pass_dkim: u64,
    /// Messages that reporters say were forwarded.
    forwarded: u64,
    spf_domains: BTreeSet<String>,
    dkim_domains: BTreeSet<String>,
    /// True if SPF was checked for the domain itself, or one of its organization.
    has_own_path: bool,
    first: Option<i64>,
    last: Option<i64>,
    /// When the last report ends and begins by which mail of it failed.
    failed: Option<(i64, i64)>,
}

/// Sources, as they come in.
#[derive(Default)]
pub(super) struct Fold {
    seen: HashMap<(String, Source), Seen>,
    days: BTreeMap<i64, [u64; 2]>,
    policies: HashMap<String, (Option<i64>, Option<String>)>,
    complaints: u64,
    /// Messages of sources beyond the limit that passed and failed.
    beyond: [u64; 2],
}

impl Fold {
    /// Adds the records of a report.
    pub(super) fn add(&mut self, report: &Aggregate) {
        let policy = report.policy.domain.as_deref().map(str::to_ascii_lowercase);
        if let Some(domain) = &policy {
            let known = self.policies.entry(domain.clone()).or_default();
            if known.0 <= report.end {
                *known = (report.end, report.policy.tags.get("p").cloned());
            }
        }
        let day = report.begin.map(|begin| begin.div_euclid(DAY));
        for record in &report.records {
            let (pass, fail) = if record.passes() { (record.count, 0) } else { (0, record.count) };
            if let Some(day) = day {
                let [passed, failed] = self.days.entry(day).or_default();
                *passed = passed.saturating_add(pass);
                *failed = failed.saturating_add(fail);
            }
            let from = record.header_from.as_deref().map(str::to_ascii_lowercase);
            let domain = from.or_else(|| policy.clone()).unwrap_or_default();
            let is_full = self.seen.len() >= MOST_SOURCES;
            let key = (domain.clone(), record.source.clone());
            if is_full && !self.seen.contains_key(&key) {
                let [passed, failed] = &mut self.beyond;
                *passed = passed.saturating_add(pass);
                *failed = failed.saturating_add(fail);
                continue;
            }
            let seen = self.seen.entry(key).or_default();
            seen.add(record, &domain);
            seen.first = earliest(seen.first, report.begin);
            seen.last = seen.last.max(report.end);
            if fail > 0 {
                seen.failed = seen.failed.max(span(report));
            }
        }
    }

    /// Counts a failure report or complaint.
    pub(super) fn complaint(&mut self, is_about_authentication: bool) {
        self.complaints += u64::from(!is_about_authentication);
    }

    /// How many messages are of sources beyond the limit.
    pub(super) fn beyond(&self) -> u64 {
        let [pass, fail] = self.beyond;
        pass.saturating_add(fail)
    }

    /// How many messages passed and failed.
    pub(super) fn messages(&self) -> [u64; 2] {
        self.seen.values().fold(self.beyond, |[pass, fail], seen| {
            [pass.saturating_add(seen.pass), fail.saturating_add(seen.fail)]
        })
    }

    /// Sources by who they are, days, and what `p=reject` would cost.
    pub(super) fn finish(self) -> Finished {
        let Self { seen, days, policies, .. } = self;
        let mut groups: BTreeMap<(String, String), Group> = BTreeMap::new();
        for ((domain, source), seen) in seen {
            let (name, party) = who(&domain, &source, &seen);
            let standing = seen.standing(&domain, &source);
            let key = (domain, format!("{name}\0{standing:?}"));
            let group = groups.entry(key).or_insert_with(|| Group::new(name, party, standing));
            group.add(&source, seen);
        }
        let days = days.into_iter().map(|(day, sums)| (date(day), sums)).collect();
        let mut reject: BTreeMap<String, Rejected> = BTreeMap::new();
        for ((domain, _), group) in &groups {
            let policy = policy_of(domain, &policies);
            let row = reject.entry(domain.clone()).or_insert_with(|| Rejected {
                domain: escape(domain.as_bytes()),
                policy,
                messages: 0,
                own: 0,
                forwarded: 0,
                spoofed: 0,
            });
            row.messages = row.messages.saturating_add(group.seen.pass + group.seen.fail);
            let sum = match group.standing {
                Standing::Forwarder => &mut row.forwarded,
                Standing::Spoofing => &mut row.spoofed,
                Standing::Authorized | Standing::Unknown => &mut row.own,
            };
            *sum = sum.saturating_add(group.seen.fail);
        }
        let mut sources: Vec<Sending> =
            groups.into_iter().map(|((domain, _), group)| group.sending(&domain)).collect();
        sources.sort_by_key(|it| (std::cmp::Reverse(it.fail), std::cmp::Reverse(it.pass)));
        (sources, days, reject.into_values().collect())
    }
}

/// The policy of a domain, or of what it is below.
fn policy_of(
    domain: &str,
    policies: &HashMap<String, (Option<i64>, Option<String>)>,
) -> Option<String> {
    let mut rest = domain;
    loop {
        if let Some((_, policy)) = policies.get(rest) {
            return policy.clone();
        }
        rest = rest.split_once('.')?.1;
    }
}

/// When a report ends and begins; one that names a single time is of a day.
fn span(report: &Aggregate) -> Option<(i64, i64)> {
    match (report.begin, report.end) {
        (Some(begin), Some(end)) => Some((begin.max(end), begin.min(end))),
        (Some(begin), None) => Some((begin.saturating_add(DAY - 1), begin)),
        (None, Some(end)) => Some((end, end.saturating_sub(DAY - 1))),
        (None, None) => None,
    }
}

fn earliest(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

impl Seen {
    fn add(&mut self, record: &Record, domain: &str) {
        let count = record.count;
        let sum = |sum: &mut u64, is_so: bool| {
            if is_so {
                *sum = sum.saturating_add(count);
            }
        };
        sum(&mut self.pass, record.passes());
        sum(&mut self.fail, !record.passes());
        sum(&mut self.pass_spf, is_pass(record.spf.as_deref()));
        sum(&mut self.pass_dkim, is_pass(record.dkim.as_deref()));
        let is_forwarded = record.reasons.iter().any(|reason| {
            reason.kind.as_deref().is_some_and(|kind| FORWARDED.contains(&kind))
                || reason.comment.as_deref().is_some_and(|it| it.contains("arc=pass"))
        });
        sum(&mut self.forwarded, is_forwarded);
        let keep = |set: &mut BTreeSet<String>, name: &Option<String>| {
            if let Some(name) = name
                && set.len() < MOST_NAMES
            {
                set.insert(name.to_ascii_lowercase());
            }
        };
        for check in &record.spf_checks {
            if is_pass(check.result.as_deref()) {
                keep(&mut self.spf_domains, &check.domain);
            } else if check.domain.as_deref().is_some_and(|it| is_related(it, domain)) {
                self.has_own_path = true;
            }
        }
        for signature in &record.signatures {
            if is_pass(signature.result.as_deref()) {
                keep(&mut self.dkim_domains, &signature.domain);
            }
        }
    }

    fn join(&mut self, other: Self) {
        self.pass = self.pass.saturating_add(other.pass);
        self.fail = self.fail.saturating_add(other.fail);
        self.pass_spf = self.pass_spf.saturating_add(other.pass_spf);
        self.pass_dkim = self.pass_dkim.saturating_add(other.pass_dkim);
        self.forwarded = self.forwarded.saturating_add(other.forwarded);
        self.spf_domains.extend(other.spf_domains);
        self.dkim_domains.extend(other.dkim_domains);
        self.has_own_path |= other.has_own_path;
        self.first = earliest(self.first, other.first);
        self.last = self.last.max(other.last);
        self.failed = self.failed.max(other.failed);
    }

    /// What the address is to the domain.
    fn standing(&self, domain: &str, source: &Source) -> Standing {
        let pool = match source {
            Source::Address(address) => provider::forwarding_pool(*address).is_some(),
            _ => false,
        };
        if self.forwarded > 0 || pool {
            return Standing::Forwarder;
        }
        if self.pass_spf > 0 {
            return Standing::Authorized;
        }
        let unrelated = self.spf_domains.iter().any(|it| !is_related(it, domain));
        if self.pass_dkim > 0 {
            // RFC 7960 §3.2: a forwarder keeps the signature, and its own address fails SPF.
            // A service that signs as the domain looks alike, and sends more from one address than comes
            // round by a forwarder; what fails of it is then mail that p=reject would cost.
            let is_much = self.pass.saturating_add(self.fail) >= MUCH;
            let is_service = self.spf_domains.iter().any(|it| is_service(it)) || is_much;
            let by_other = unrelated && !is_service;
            return match self.has_own_path || by_other {
                true => Standing::Forwarder,
                false => Standing::Authorized,
            };
        }
        let proves = |names: &BTreeSet<String>| names.iter().any(|it| is_service(it));
        if proves(&self.spf_domains) || proves(&self.dkim_domains) {
            return Standing::Unknown;
        }
        match unrelated || !self.dkim_domains.is_empty() {
            true => Standing::Unknown,
            false => Standing::Spoofing,
        }
    }
}

/// True if two names are of one organization.
pub(super) fn is_related(one: &str, other: &str) -> bool {
    let of = |name: &str| Some(organization(&Name::from_octets(name.as_bytes()).ok()?));
    one.eq_ignore_ascii_case(other) || matches!((of(one), of(other)), (Some(a), Some(b)) if a == b)
}

/// The provider that a domain belongs to.
fn provider_of(domain: &str) -> Option<&'static Provider> {
    let name = Name::from_octets(domain.as_bytes()).ok()?;
    provider::host(&name)
        .map(|(provider, _)| provider)
        .or_else(|| provider::recognise_include(&name))
        .or_else(|| provider::holder(&organization(&name)))
}

fn is_service(domain: &str) -> bool {
    provider_of(domain).is_some()
}

/// Who a source is: a provider, an organization, a network.
fn who(domain: &str, source: &Source, seen: &Seen) -> (String, Party) {
    let names = || seen.spf_domains.iter().chain(&seen.dkim_domains);
    let pool = match source {
        Source::Address(address) => provider::forwarding_pool(*address),
        _ => None,
    };
    if let Some(provider) = pool.or_else(|| names().find_map(|name| provider_of(name))) {
        return (provider.title().to_owned(), Party::Provider);
    }
    let other = names().find(|name| !is_related(name, domain));
    if let Some(name) = other.and_then(|it| Name::from_octets(it.as_bytes()).ok()) {
        let organization = organization(&name).to_string();
        return (escape(organization.as_bytes()), Party::Operator);
    }
    if names().next().is_some() {
        return (escape(domain.as_bytes()), Party::You);
    }
    (network(source), Party::Undetermined)
}

/// The network that an address is in, as large as one operator usually has.
fn network(source: &Source) -> String {
    match source {
        Source::Missing => "?".to_owned(),
        Source::Text(text) => escape(text.as_bytes()),
        Source::Address(IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Source::Address(IpAddr::V6(address)) => {
            let [a, b, c, ..] = address.segments();
            format!("{}/48", std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

/// Sources that are one sender.
struct Group {
    name: String,
    party: Party,
    standing: Standing,
    seen: Seen,
    addresses: Vec<(u64, String)>,
}

impl Group {
    fn new(name: String, party: Party, standing: Standing) -> Self {
        Self { name, party, standing, seen: Seen::default(), addresses: Vec::new() }
    }

    fn add(&mut self, source: &Source, seen: Seen) {
        let messages = seen.pass.saturating_add(seen.fail);
        self.addresses.push((messages, escape(source.to_string().as_bytes())));
        self.seen.join(seen);
    }

    fn sending(mut self, domain: &str) -> Sending {
        self.addresses.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
        let listed = |names: BTreeSet<String>| {
            names.into_iter().take(MOST_NAMES).map(|it| escape(it.as_bytes())).collect()
        };
        let advice = advice(domain, self.standing, &self.seen);
        Sending {
            domain: escape(domain.as_bytes()),
            name: self.name,
            party: self.party,
            standing: self.standing,
            pass: self.seen.pass,
            fail: self.seen.fail,
            pass_spf: self.seen.pass_spf,
            pass_dkim: self.seen.pass_dkim,
            address_count: self.addresses.len(),
            addresses: self.addresses.into_iter().take(MOST_NAMES).map(|(_, it)| it).collect(),
            spf_domains: listed(self.seen.spf_domains),
            dkim_domains: listed(self.seen.dkim_domains),
            first_seen: self.seen.first,
            last_seen: self.seen.last,
            last_failed: self.seen.failed.map(|(end, begin)| [begin, end]),
            passes_now: None,
            earlier: None,
            advice,
        }
    }
}

/// What a source needs, as far as the reports tell.
fn advice(domain: &str, standing: Standing, seen: &Seen) -> Phrase {
    if seen.fail == 0 {
        return Phrase::new();
    }
    match standing {
        Standing::Forwarder => Phrase::from(
            "forwards mail; only your DKIM signature survives that; do not add its addresses to SPF",
        ),
        Standing::Spoofing => Phrase::from(
            "neither SPF nor DKIM passes for the domain; if this sender is yours, authorize it before you \
             publish p=reject; if not, p=reject blocks it",
        ),
        Standing::Authorized | Standing::Unknown => {
            let other = seen.spf_domains.iter().find(|it| !is_related(it, domain));
            match other {
                Some(other) => Phrase::from("needs DKIM, not SPF: SPF passes for ")
                    .name(other)
                    .plain(", not for ")
                    .name(domain)
                    .plain("; make it sign with d=")
                    .name(domain),
                None => Phrase::from("make it sign with d=").name(domain),
            }
        }
    }
}
