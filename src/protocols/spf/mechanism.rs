//! How each mechanism splits the addresses still undecided (RFC 7208 §5).

use super::event::Event;
use super::expand::Lack;
use super::partition::{Exception, Ruling, SpfResult, TermId};
use super::policy::Published;
use super::record::{DomainSpec, Mechanism, Record, Target};
use super::walk::{Cohort, Split, Walker, no_record};
use crate::diagnostic::Step;
use crate::dns::{Answer, Data, Kind, ask};
use crate::net::{Family, IpSet, Name, Range};
use std::sync::Arc;

/// RFC 7208 §4.6.4: "the evaluation of each "MX" record MUST NOT result in querying more than 10
/// address records".
const MX_HOST_LIMIT: usize = 10;

impl Walker<'_> {
    /// Splits the cohorts by one mechanism.
    pub(super) async fn split(
        &mut self,
        id: TermId,
        published: &Arc<Published>,
        record: &Record,
        mechanism: &Mechanism,
        open: Vec<Cohort>,
    ) -> Split {
        match mechanism {
            Mechanism::All => {
                Split { matched: open.into_iter().map(|c| (c, None)).collect(), ..Split::default() }
            }
            Mechanism::Ip4(cidr) | Mechanism::Ip6(cidr) => {
                let mut split = Split::default();
                if cidr.family() == self.family {
                    split_by_range(open, cidr.range(), &mut split);
                } else {
                    split.open = open;
                }
                split
            }
            Mechanism::Include(spec) => self.include(id, published, record, spec, open).await,
            Mechanism::A(target) => self.a(id, published, record, target, open).await,
            Mechanism::Mx(target) => self.mx(id, published, record, target, open).await,
            Mechanism::Exists(spec) => self.exists(id, published, record, spec, open).await,
            Mechanism::Ptr(spec) => self.ptr(id, published, record, spec.as_ref(), open).await,
        }
    }

    /// §5.2: the inner policy's pass is a match, its errors are ours.
    async fn include(
        &mut self,
        id: TermId,
        published: &Arc<Published>,
        record: &Record,
        spec: &DomainSpec,
        open: Vec<Cohort>,
    ) -> Split {
        let target = match self.target(spec, record, &published.domain).await {
            Ok(target) => target,
            Err(Lack::NotAName(error)) => {
                // A malformed name gives none (§4.3), and none in an include gives permerror.
                let why = Arc::new(Exception::NoRecord { target: None, missing_domain: false });
                let mut split = Split { lack: Some(Lack::NotAName(error)), ..Split::default() };
                split.end(open, &why);
                return split;
            }
            Err(lack) => return without_target(id, open, lack),
        };
        let checked = self.check_host(target.clone(), Some(id), open).await;
        let mut split = Split { target: Some(target.clone()), ..Split::default() };
        split.steps.push(checked.step);
        for cell in checked.cells {
            let mut cohort = Cohort {
                set: cell.set,
                spent: cell.spent,
                maybe: cell.maybe,
                passed_over: cell.passed_over,
            };
            match cell.ruling {
                Ruling::Result(SpfResult::Pass) => split.matched.push((cohort, cell.by)),
                Ruling::Result(SpfResult::None) => {
                    split.ended.push((cohort, no_record(self.policies, &target), None));
                }
                Ruling::Result(_) => split.open.push(cohort),
                Ruling::Exception(why) => split.ended.push((cohort, why, cell.by)),
                Ruling::Depends(term) => {
                    cohort.maybe.push(term);
                    split.open.push(cohort);
                }
            }
        }
        split
    }

    /// §5.3: the addresses of a name.
    async fn a(
        &mut self,
        id: TermId,
        published: &Arc<Published>,
        record: &Record,
        target: &Target,
        mut open: Vec<Cohort>,
    ) -> Split {
        let name = match self.named(target.domain.as_ref(), published, record).await {
            Ok(name) => name,
            Err(lack) => return without_target(id, open, lack),
        };
        if self.spares(&name, &open) {
            return without_target(id, open, Lack::BeyondLimit);
        }
        let answer = crate::dns::addresses(self.dns(), &name, self.family).await;
        let mut split = Split { target: Some(name.clone()), ..Split::default() };
        if let Some(why) = failed(&answer) {
            split.end(open, &why);
        } else {
            if answer.is_void() {
                open.iter_mut().for_each(charge_void);
            }
            split_by_set(open, &self.networks(&answer, target), &mut split);
        }
        split.answers.push(answer);
        split
    }

    /// §5.4: the addresses of the hosts that receive for a name, host after host.
    async fn mx(
        &mut self,
        id: TermId,
        published: &Arc<Published>,
        record: &Record,
        target: &Target,
        mut open: Vec<Cohort>,
    ) -> Split {
        let name = match self.named(target.domain.as_ref(), published, record).await {
            Ok(name) => name,
            Err(lack) => return without_target(id, open, lack),
        };
        if self.spares(&name, &open) {
            return without_target(id, open, Lack::BeyondLimit);
        }
        let answer = ask(self.dns(), &name, Kind::Mx).await;
        let mut split = Split { target: Some(name), ..Split::default() };
        split.answers.push(Arc::clone(&answer));
        if let Some(why) = failed(&answer) {
            split.end(open, &why);
            return split;
        }
        if answer.is_void() {
            open.iter_mut().for_each(charge_void);
        }
        let hosts = exchanges(&answer);
        // RFC 7208 §4.6.4 counts terms with void lookups, so a host that has no address counts
        // for those who got past it, and once only.
        let mut void = false;
        for host in hosts.iter().take(MX_HOST_LIMIT) {
            if open.is_empty() {
                break;
            }
            if self.spares(host, &open) {
                split.lack = Some(Lack::BeyondLimit);
                break;
            }
            let answer = crate::dns::addresses(self.dns(), host, self.family).await;
            let before = split.matched.len();
            if let Some(why) = failed(&answer) {
                split.end(std::mem::take(&mut open), &why);
            } else {
                if answer.is_void() {
                    for cohort in &mut open {
                        cohort.spent.void_questions += 1;
                        cohort.spent.voids += u16::from(!void);
                    }
                    void = true;
                }
                split_by_set(
                    std::mem::take(&mut open),
                    &self.networks(&answer, target),
                    &mut split,
                );
                open = std::mem::take(&mut split.open);
            }
            let matched = split.matched.len() > before;
            split.steps.push(Step::on(Event::Host { name: host.clone(), matched }, answer));
        }
        if hosts.len() > MX_HOST_LIMIT && !open.is_empty() && split.lack.is_none() {
            let why = Arc::new(Exception::TooManyMxHosts { found: hosts.len() });
            split.end(std::mem::take(&mut open), &why);
        }
        split.open = open;
        split
    }

    /// §5.7: whether a name has an A record, for IPv6 clients too.
    async fn exists(
        &mut self,
        id: TermId,
        published: &Arc<Published>,
        record: &Record,
        spec: &DomainSpec,
        mut open: Vec<Cohort>,
    ) -> Split {
        let name = match self.target(spec, record, &published.domain).await {
            Ok(name) => name,
            Err(lack) => return without_target(id, open, lack),
        };
        if self.spares(&name, &open) {
            return without_target(id, open, Lack::BeyondLimit);
        }
        let answer = ask(self.dns(), &name, Kind::A).await;
        let mut split = Split { target: Some(name), ..Split::default() };
        if let Some(why) = failed(&answer) {
            split.end(open, &why);
        } else if answer.is_void() {
            open.iter_mut().for_each(charge_void);
            split.open = open;
        } else {
            split.matched = open.into_iter().map(|cohort| (cohort, None)).collect();
        }
        split.answers.push(answer);
        split
    }

    /// §5.5: whether a validated name of the client is the target or lies below it.
    async fn ptr(
        &mut self,
        id: TermId,
        published: &Arc<Published>,
        record: &Record,
        spec: Option<&DomainSpec>,
        mut open: Vec<Cohort>,
    ) -> Split {
        let name = match self.named(spec, published, record).await {
            Ok(name) => name,
            Err(lack) => return without_target(id, open, lack),
        };
        if self.spares(&name, &open) {
            return without_target(id, open, Lack::BeyondLimit);
        }
        let Some(validation) = self.validate().await else {
            // Many clients at once have no reverse name in common.
            let mut split = depends(id, open);
            split.target = Some(name);
            return split;
        };
        for cohort in &mut open {
            cohort.spent.voids += u16::from(validation.void_questions > 0);
            cohort.spent.void_questions += validation.void_questions;
        }
        let mut split = Split { target: Some(name.clone()), ..Split::default() };
        split.answers.clone_from(&validation.answers);
        let is_match = validation.names.iter().any(|validated| validated.is_within(&name));
        if !is_match && validation.failure.is_some() {
            for cohort in &mut open {
                cohort.passed_over.clone_from(&validation.failure);
            }
        }
        if is_match {
            split.matched = open.into_iter().map(|cohort| (cohort, None)).collect();
        } else {
            split.open = open;
        }
        split
    }

    /// The name that a mechanism looks at: its own domain-spec, or the current domain.
    async fn named(
        &mut self,
        spec: Option<&DomainSpec>,
        published: &Published,
        record: &Record,
    ) -> Result<Name, Lack> {
        match spec {
            None => Ok(published.domain.clone()),
            Some(spec) => self.target(spec, record, &published.domain).await,
        }
    }

    /// The networks around the addresses of an answer.
    fn networks(&self, answer: &Answer, target: &Target) -> IpSet {
        let prefix = match self.family {
            Family::V4 => target.ip4_prefix,
            Family::V6 => target.ip6_prefix,
        };
        let addresses = answer.records().iter().filter_map(|record| record.data.address());
        let family = self.family;
        IpSet::from_ranges(
            family,
            addresses
                .filter(|address| Family::of(*address) == family)
                .map(|address| Range::network(family, Family::number(address), prefix)),
        )
    }
}

/// The hosts of an MX answer, most preferred first; a null MX (RFC 7505) has none.
fn exchanges(answer: &Answer) -> Vec<Name> {
    let mut hosts: Vec<(u16, Name)> = answer
        .records()
        .iter()
        .filter_map(|record| match &record.data {
            Data::Mx { preference, exchange } if !exchange.is_root() => {
                Some((*preference, exchange.clone()))
            }
            _ => None,
        })
        .collect();
    hosts.sort();
    hosts.into_iter().map(|(_, host)| host).collect()
}

/// The exception of an answer that is none.
pub(super) fn failed(answer: &Answer) -> Option<Arc<Exception>> {
    let failure = answer.failure()?.clone();
    let question = &answer.question;
    Some(Arc::new(Exception::Dns { name: question.name.clone(), kind: question.kind, failure }))
}

fn charge_void(cohort: &mut Cohort) {
    cohort.spent.voids += 1;
    cohort.spent.void_questions += 1;
}

/// A term whose name could not be made: it matches nobody, or nobody knows whom.
fn without_target(id: TermId, open: Vec<Cohort>, lack: Lack) -> Split {
    let mut split = match lack {
        Lack::Unknown(_) => depends(id, open),
        Lack::NotAscii | Lack::NotAName(_) | Lack::BeyondLimit => {
            Split { open, ..Split::default() }
        }
    };
    split.lack = Some(lack);
    split
}

/// A term whose effect depends on the sender: everybody goes on, and it is remembered.
fn depends(id: TermId, mut open: Vec<Cohort>) -> Split {
    for cohort in &mut open {
        cohort.maybe.push(id);
    }
    Split { open, ..Split::default() }
}

fn split_by_range(open: Vec<Cohort>, range: Range, split: &mut Split) {
    for mut cohort in open {
        let ends = (cohort.set.ranges().first(), cohort.set.ranges().last());
        if let (Some(first), Some(last)) = ends
            && range.first() <= first.first()
            && last.last() <= range.last()
        {
            split.matched.push((cohort, None));
            continue;
        }
        let matched = cohort.set.take(range);
        if !matched.is_empty() {
            split.matched.push((cohort.with(matched), None));
        }
        split.open.push(cohort);
    }
}

fn split_by_set(open: Vec<Cohort>, networks: &IpSet, split: &mut Split) {
    for cohort in open {
        match cohort.set.single() {
            _ if networks.is_empty() => split.open.push(cohort),
            Some(ip) if networks.contains(ip) => split.matched.push((cohort, None)),
            Some(_) => split.open.push(cohort),
            None => split_cohort(&cohort, networks, split),
        }
    }
}

fn split_cohort(cohort: &Cohort, networks: &IpSet, split: &mut Split) {
    let matched = cohort.set.and(networks);
    let open = cohort.set.minus(networks);
    if !matched.is_empty() {
        split.matched.push((cohort.with(matched), None));
    }
    if !open.is_empty() {
        split.open.push(cohort.with(open));
    }
}
