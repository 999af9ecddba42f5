//! The scout: fetches a policy's tree ahead of the walk, in parallel, and decides nothing.
//!
//! Order is semantics, so the walk asks one thing after another. What it will ask can mostly be
//! told from the records alone, and the scout asks for it as soon as a record arrives: wall time
//! becomes the depth of the tree in round trips instead of its size. It shares the walk's cache, so
//! nothing is asked twice, and it is bounded, so that no tree makes it ask without end.

use super::expand::{self, Sender};
use super::partition::LOOKUP_LIMIT;
use super::policy::Policies;
use super::record::{Body, DomainSpec, Mechanism, Record, SpecText};
use crate::dns::{Data, Kind, ask, join_all};
use crate::net::{Family, Name};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The most policies that are fetched ahead: some more than any valid tree can have.
const POLICY_LIMIT: usize = 40;
/// The most host names whose addresses are fetched ahead.
const HOST_LIMIT: usize = 100;

/// Fetches what the policy of `domain` will need for clients of the given families.
pub async fn prefetch(policies: &Policies<'_>, domain: &Name, families: &[Family]) {
    let sender = Sender::anybody(domain);
    let budget =
        Budget { policies: AtomicUsize::new(POLICY_LIMIT), hosts: AtomicUsize::new(HOST_LIMIT) };
    let scout = Scout { policies, sender: &sender, families, budget };
    scout.policy(domain.clone(), 0).await;
}

struct Budget {
    policies: AtomicUsize,
    hosts: AtomicUsize,
}

/// Takes one from a budget; false if it is used up.
fn take(budget: &AtomicUsize) -> bool {
    budget.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
}

struct Scout<'s> {
    policies: &'s Policies<'s>,
    sender: &'s Sender,
    families: &'s [Family],
    budget: Budget,
}

type Errand<'s> = Pin<Box<dyn Future<Output = ()> + Send + 's>>;

impl<'s> Scout<'s> {
    /// Fetches a policy to which terms led that cause `spent` lookups at least.
    fn policy(&'s self, domain: Name, spent: u16) -> Errand<'s> {
        Box::pin(async move {
            if self.policies.known(&domain).is_some() || !take(&self.budget.policies) {
                return;
            }
            let published = self.policies.fetch(&domain).await;
            if let Some(record) = published.usable() {
                join_all(self.errands(&domain, record, spent)).await;
            }
        })
    }

    fn errands(&'s self, domain: &Name, record: &Record, mut spent: u16) -> Vec<Errand<'s>> {
        let target = |spec: &DomainSpec| self.target(spec, record, domain);
        let mut errands: Vec<Errand<'s>> = Vec::new();
        for term in &record.terms {
            if let Body::Directive(_, mechanism) = &term.body {
                spent = spent.saturating_add(u16::from(mechanism.is_counted()));
            }
            // Behind the limit the walk asks for policies and for no hosts of others.
            let is_beyond = spent > LOOKUP_LIMIT;
            match &term.body {
                Body::Directive(_, Mechanism::Include(spec)) => {
                    errands.extend(target(spec).map(|name| self.policy(name, spent)));
                }
                Body::Directive(_, Mechanism::A(it)) if !is_beyond => {
                    let name = it.domain.as_ref().map_or_else(|| Some(domain.clone()), target);
                    errands.extend(name.map(|name| self.host(name)));
                }
                Body::Directive(_, Mechanism::Mx(it)) if !is_beyond => {
                    let name = it.domain.as_ref().map_or_else(|| Some(domain.clone()), target);
                    errands.extend(name.map(|name| self.exchangers(name)));
                }
                _ => {}
            }
        }
        if let Some((_, spec)) = record.redirect() {
            errands.extend(target(spec).map(|name| self.policy(name, spent.saturating_add(1))));
        }
        errands
    }

    /// The name of a domain-spec, unless it depends on the sender.
    fn target(&self, spec: &DomainSpec, record: &Record, domain: &Name) -> Option<Name> {
        match &spec.text {
            SpecText::Fixed(name) => name.clone().ok(),
            SpecText::Macro(macros) => {
                let scope = expand::Scope {
                    sender: self.sender,
                    domain,
                    family: *self.families.first()?,
                    ip: None,
                    validated: None,
                    explaining: None,
                };
                expand::target_name(macros, &record.text, &scope).ok()
            }
        }
    }

    fn host(&'s self, name: Name) -> Errand<'s> {
        Box::pin(async move {
            if !take(&self.budget.hosts) {
                return;
            }
            let dns = self.policies.dns();
            let asks =
                self.families.iter().map(|family| crate::dns::addresses(dns, &name, *family));
            join_all(asks).await;
        })
    }

    fn exchangers(&'s self, name: Name) -> Errand<'s> {
        Box::pin(async move {
            if !take(&self.budget.hosts) {
                return;
            }
            let answer = ask(self.policies.dns(), &name, Kind::Mx).await;
            let hosts = answer.records().iter().filter_map(|record| match &record.data {
                Data::Mx { exchange, .. } if !exchange.is_root() => Some(exchange.clone()),
                _ => None,
            });
            join_all(hosts.take(10).map(|host| self.host(host))).await;
        })
    }
}
