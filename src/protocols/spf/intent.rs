//! Who a policy was meant to authorize, whatever keeps it from working today.
//!
//! Evaluation is strict: one misspelt term makes a policy permerror for every sender behind it, and
//! the eleventh lookup does the same. The owner meant more than that. The intended set is what the
//! readable terms would authorize if each of them worked: limits (RFC 7208 §4.6.4) and the place of
//! `all` are left aside, a term that fails is passed over and remembered by name. A repair is
//! measured against this set, never against the broken result.
//!
//! `all` is never part of it, and neither are networks that add up to every address of a family:
//! they name nobody.

use super::expand::Sender;
use super::grammar;
use super::partition::{Spent, TermId};
use super::policy::{Found, Policies, Published};
use super::record::{Body, DomainSpec, Mechanism, Qualifier, Record, Term};
use super::repair;
use super::walk::{Cohort, Walker};
use crate::net::{Family, IpSet, Name};
use crate::provider;
use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;

/// Most policies that are read for one intended set: far beyond what ten lookups reach.
const MOST_POLICIES: usize = 40;

/// Most records at one name that are read; a name with more of them is hostile.
const MOST_RECORDS: usize = 10;

/// Who a policy was meant to authorize.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The addresses that the readable terms list, a set a family.
    pub addresses: [IpSet; 2],
    /// Terms that cannot be listed as addresses, in lower case: those that depend on the sender
    /// (`ptr`, `exists`, macros) and those whose target has no answer, no record or no address. The
    /// terms that led to one stand before it.
    pub open_terms: BTreeSet<String>,
    /// Every term that names hosts, written as those are.
    pub host_terms: BTreeSet<String>,
}

impl Intent {
    /// True if no term names anybody.
    pub fn is_nobody(&self) -> bool {
        self.addresses.iter().all(IpSet::is_empty) && self.open_terms.is_empty()
    }

    /// The addresses of both; the terms that cannot be listed are those of `self`, for repairs write
    /// terms anew.
    #[must_use]
    pub fn and_those_of(mut self, other: Self) -> Self {
        for (own, theirs) in self.addresses.iter_mut().zip(&other.addresses) {
            *own = own.or(theirs);
        }
        self
    }
}

/// Finds out whom the policy of a domain was meant to authorize.
///
/// Several records at one name (RFC 7208 §4.5) were all meant.
pub async fn intent(policies: &Policies<'_>, domain: &Name) -> Intent {
    let published = policies.fetch(domain).await;
    let (mut open_terms, mut host_terms) = (BTreeSet::new(), BTreeSet::new());
    let mut addresses = Family::BOTH.map(IpSet::empty);
    let mut unmatched: Option<BTreeSet<String>> = None;
    for (family, set) in Family::BOTH.into_iter().zip(&mut addresses) {
        let mut reader = Reader {
            policies,
            sender: Sender::anybody(domain),
            family,
            path: Vec::new(),
            prefix: String::new(),
            read: 0,
            lookups: 0,
            open_terms: BTreeSet::new(),
            host_terms: BTreeSet::new(),
            unmatched: BTreeSet::new(),
        };
        *set = without_everyone(reader.policy(Arc::clone(&published)).await);
        open_terms.append(&mut reader.open_terms);
        host_terms.append(&mut reader.host_terms);
        // A host with addresses of one family only is a term that works.
        unmatched = Some(match unmatched {
            None => reader.unmatched,
            Some(other) => other.intersection(&reader.unmatched).cloned().collect(),
        });
    }
    open_terms.extend(unmatched.unwrap_or_default());
    Intent { addresses, open_terms, host_terms }
}

/// The networks of a set, those left out that are so wide that they name nobody, if together they
/// are everyone, and those that no host has.
fn without_everyone(set: IpSet) -> IpSet {
    let widest = match set.family() {
        Family::V4 => 8,
        Family::V6 => 16,
    };
    let space = IpSet::all(set.family()).count();
    // Half of all addresses are no list of senders.
    let meant = match set.count() < space / 2 {
        true => set,
        false => {
            let narrow = set.cidrs().into_iter().filter(|it| it.prefix() >= widest);
            IpSet::from_cidrs(set.family(), narrow)
        }
    };
    meant.minus(&super::lint::unusable(meant.family()))
}

struct Reader<'r> {
    policies: &'r Policies<'r>,
    sender: Sender,
    family: Family,
    /// The policies that led here.
    path: Vec<Name>,
    /// The terms that led here, each with a space behind it.
    prefix: String,
    /// Policies read so far.
    read: usize,
    /// Terms read so far that cause lookups: what stands behind the limit is read, its hosts are not.
    lookups: u16,
    open_terms: BTreeSet<String>,
    host_terms: BTreeSet<String>,
    /// Terms whose hosts have no address of this family.
    unmatched: BTreeSet<String>,
}

impl Reader<'_> {
    /// The addresses that a name's policy was meant to authorize; boxed because policies lead to
    /// policies.
    fn policy(
        &mut self,
        published: Arc<Published>,
    ) -> Pin<Box<dyn Future<Output = IpSet> + Send + '_>> {
        Box::pin(async move {
            let mut addresses = IpSet::empty(self.family);
            if self.path.contains(&published.domain) {
                return addresses;
            }
            self.read += 1;
            self.path.push(published.domain.clone());
            match &published.found {
                Found::One { record, .. } => match self.meant(&record.value.text) {
                    Some(meant) => addresses = self.record(&published, &meant).await,
                    None => addresses = self.record(&published, &record.value).await,
                },
                Found::Several(texts) => {
                    for text in texts.iter().take(MOST_RECORDS) {
                        let record = self.meant(text);
                        let record =
                            record.unwrap_or_else(|| grammar::parse(Arc::clone(text)).value);
                        addresses = addresses.or(&self.record(&published, &record).await);
                    }
                }
                // What was to be the record, and is none.
                Found::Nothing if self.is_own() => {
                    let records = published.answer.records().iter().take(MOST_RECORDS);
                    for data in records.map(|record| &record.data) {
                        if let Some(meant) = repair::repair_data(data).and_then(|it| it.text) {
                            let record = grammar::parse(meant).value;
                            addresses = addresses.or(&self.record(&published, &record).await);
                        }
                    }
                }
                Found::Nothing | Found::NoDomain | Found::Failed => {}
            }
            self.path.pop();
            addresses
        })
    }

    /// True if the name that is read lies within the domain, so that its owner can repair it.
    fn is_own(&self) -> bool {
        self.path.last().zip(self.path.first()).is_some_and(|(name, domain)| name.is_within(domain))
    }

    /// The record that was meant by a text of the domain's own, if that is another one.
    fn meant(&self, text: &[u8]) -> Option<Record> {
        // Slips of others are for others to put right.
        let meant = self.is_own().then(|| repair::meant_record(text))??;
        Some(grammar::parse(meant).value)
    }

    /// The addresses that the terms of a record were meant to authorize, in their order: what a
    /// term refuses is not meant by a later one.
    async fn record(&mut self, published: &Arc<Published>, record: &Record) -> IpSet {
        let mut undecided = IpSet::all(self.family);
        let mut meant = IpSet::empty(self.family);
        // RFC 7208 §6.1: a redirect is for whom no mechanism matches, wherever it stands.
        let is_redirect = |term: &&Term| matches!(term.body, Body::Redirect(_));
        let (last, first): (Vec<_>, Vec<_>) =
            record.terms.iter().enumerate().partition(|(_, term)| is_redirect(term));
        for (index, term) in first.into_iter().chain(last) {
            let text = || {
                let text = String::from_utf8_lossy(term.span.of(&record.text));
                text.trim_start_matches('+').to_ascii_lowercase()
            };
            let (qualifier, matched) = match &term.body {
                Body::Directive(_, Mechanism::All) | Body::Explanation(_) => continue,
                Body::Unknown { .. } => continue,
                Body::Directive(qualifier, Mechanism::Include(spec)) => {
                    (*qualifier, self.borrowed(spec, published, record, text()).await)
                }
                Body::Redirect(spec) => {
                    let name = String::from_utf8_lossy(spec.span.of(&record.text)).into_owned();
                    let text = format!("include:{}", name.to_ascii_lowercase());
                    (Qualifier::Pass, self.borrowed(spec, published, record, text).await)
                }
                Body::Directive(qualifier, mechanism) => {
                    let id = TermId { visit: 0, term: u32::try_from(index).unwrap_or(u32::MAX) };
                    (*qualifier, self.listed(id, published, record, mechanism, text()).await)
                }
            };
            if qualifier == Qualifier::Pass {
                meant = meant.or(&matched.and(&undecided));
            }
            undecided = undecided.minus(&matched);
        }
        meant
    }

    /// The addresses of an included policy.
    async fn borrowed(
        &mut self,
        spec: &DomainSpec,
        published: &Arc<Published>,
        record: &Record,
        text: String,
    ) -> IpSet {
        let (policies, sender) = (self.policies, self.sender.clone());
        self.lookups = self.lookups.saturating_add(1);
        let target = Walker::new(policies, &published.domain, &sender, self.family, None)
            .target(spec, record, &published.domain)
            .await;
        let Ok(target) = target else {
            self.open_terms.insert(format!("{}{text}", self.prefix));
            return IpSet::empty(self.family);
        };
        if self.read == MOST_POLICIES {
            self.open_terms.insert(format!("{}{text}", self.prefix));
            return IpSet::empty(self.family);
        }
        let mut inner = self.policies.fetch(&target).await;
        let mut text = text;
        // A misspelt name of a provider: whose it is follows from the catalogue.
        if matches!(inner.found, Found::Nothing | Found::NoDomain)
            && self.is_own()
            && let Some(near) = provider::nearest_policy(&target)
        {
            let policy = self.policies.fetch(&near).await;
            if matches!(policy.found, Found::One { .. }) {
                (inner, text) = (policy, format!("include:{near}"));
            }
        }
        if !matches!(inner.found, Found::One { .. } | Found::Several(_)) {
            self.open_terms.insert(format!("{}{text}", self.prefix));
        }
        let outer = self.prefix.len();
        self.prefix.push_str(&text);
        self.prefix.push(' ');
        let addresses = self.policy(inner).await;
        self.prefix.truncate(outer);
        addresses
    }

    /// The addresses that a mechanism other than `include` lists.
    async fn listed(
        &mut self,
        id: TermId,
        published: &Arc<Published>,
        record: &Record,
        mechanism: &Mechanism,
        text: String,
    ) -> IpSet {
        self.lookups = self.lookups.saturating_add(u16::from(mechanism.is_counted()));
        let home = self.path.first().unwrap_or(&published.domain);
        let mut walker = Walker::new(self.policies, home, &self.sender, self.family, None);
        let everybody = Cohort {
            set: IpSet::all(self.family),
            spent: Spent { lookups: self.lookups, ..Spent::default() },
            maybe: Vec::new(),
            passed_over: None,
        };
        let split = walker.split(id, published, record, mechanism, vec![everybody]).await;
        let depends = split.open.iter().any(|cohort| !cohort.maybe.is_empty());
        let is_open = depends || !split.ended.is_empty() || split.lack.is_some();
        let matched = split
            .matched
            .into_iter()
            .fold(IpSet::empty(self.family), |all, (cohort, _)| all.or(&cohort.set));
        let text = format!("{}{text}", self.prefix);
        if mechanism.is_counted() {
            self.host_terms.insert(text.clone());
        }
        if is_open {
            self.open_terms.insert(text);
        } else if matched.is_empty() && mechanism.is_counted() {
            self.unmatched.insert(text);
        }
        matched
    }
}
