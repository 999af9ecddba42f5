//! The scout: fetches a policy's tree ahead of the walk, in parallel, and decides nothing.
//!
//! Order is semantics, so the walk asks one thing after another. What it will ask can mostly be
//! told from the records alone. The scout asks for policies as soon as a record names them, and for
//! hosts when it knows them all: wall time becomes the depth of the tree in round trips instead of
//! its size. It shares the walk's cache, so
//! nothing is asked twice, and it is bounded, so that no tree makes it ask without end.

use super::expand::{self, Sender};
use super::partition::LOOKUP_LIMIT;
use super::policy::{Policies, Published};
use super::record::{DomainSpec, Mechanism, Record, SpecText, Target};
use crate::dns::{Data, Kind, ask, join_all};
use crate::net::{Family, Name};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The most policies that are fetched ahead: some more than any valid tree can have.
const POLICY_LIMIT: usize = 40;
/// The most host names whose addresses are fetched ahead.
const HOST_LIMIT: usize = 100;

/// Fetches what the policy of `domain` will need for clients of the given families: first the
/// policies, then the hosts of as many terms as receivers come to.
pub async fn prefetch(policies: &Policies<'_>, domain: &Name, families: &[Family]) {
    let sender = Sender::anybody(domain);
    let (left, hosts) = (AtomicUsize::new(POLICY_LIMIT), AtomicUsize::new(HOST_LIMIT));
    let scout = Scout { policies, sender: &sender, families, left, hosts };
    let own = policies.fetch(domain).await;
    scout.leads(&own).await;
    let mut errands = Vec::new();
    scout.hosts_of(domain, &mut 0, &mut errands);
    join_all(errands).await;
}

/// Takes one from a budget; false if it is used up.
fn take(budget: &AtomicUsize) -> bool {
    budget.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
}

struct Scout<'s> {
    policies: &'s Policies<'s>,
    sender: &'s Sender,
    families: &'s [Family],
    /// Policies that may still be fetched.
    left: AtomicUsize,
    /// Hosts that may still be asked for.
    hosts: AtomicUsize,
}

type Errand<'s> = Pin<Box<dyn Future<Output = ()> + Send + 's>>;

impl<'s> Scout<'s> {
    /// Fetches a policy and those that it leads to.
    fn policy(&'s self, domain: Name) -> Errand<'s> {
        Box::pin(async move {
            if self.policies.known(&domain).is_some() || !take(&self.left) {
                return;
            }
            let published = self.policies.fetch(&domain).await;
            self.leads(&published).await;
        })
    }

    /// Fetches the policies that one leads to.
    async fn leads(&'s self, published: &Published) {
        let Some(record) = published.usable() else { return };
        let includes = record.directives().filter_map(|(.., mechanism)| match mechanism {
            Mechanism::Include(spec) => Some(spec),
            _ => None,
        });
        let leads = includes.chain(record.redirect().map(|(_, spec)| spec));
        let names = leads.filter_map(|spec| self.target(spec, record, &published.domain));
        join_all(names.map(|name| self.policy(name))).await;
    }

    /// What is to be asked for the hosts of a policy that was fetched, in the order in which the walk
    /// comes to them. Behind the limit the walk asks for no hosts of others, so nothing is asked.
    fn hosts_of(&'s self, domain: &Name, spent: &mut u16, errands: &mut Vec<Errand<'s>>) {
        let Some(published) = self.policies.known(domain) else { return };
        let Some(record) = published.usable() else { return };
        let target = |spec: &DomainSpec| self.target(spec, record, domain);
        for (.., mechanism) in record.directives().filter(|(.., it)| it.is_counted()) {
            *spent = spent.saturating_add(1);
            if *spent > LOOKUP_LIMIT {
                return;
            }
            let named =
                |it: &Target| it.domain.as_ref().map_or_else(|| Some(domain.clone()), target);
            match mechanism {
                Mechanism::Include(spec) => {
                    if let Some(name) = target(spec) {
                        self.hosts_of(&name, spent, errands);
                    }
                }
                Mechanism::A(it) => errands.extend(named(it).map(|name| self.host(name))),
                Mechanism::Mx(it) => errands.extend(named(it).map(|name| self.exchangers(name))),
                _ => {}
            }
        }
        if let Some(name) = record.redirect().and_then(|(_, spec)| target(spec)) {
            *spent = spent.saturating_add(1);
            if *spent <= LOOKUP_LIMIT {
                self.hosts_of(&name, spent, errands);
            }
        }
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
            if !take(&self.hosts) {
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
            if !take(&self.hosts) {
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
