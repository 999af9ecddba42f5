//! Who fares otherwise after a change, and who does not: two partitions held side by side.

use super::dependent::dependents;
use super::facts::AffectedSender;
use crate::examine::Gathered;
use crate::examine::authorize::{count_in_words, problem, unknown};
use crate::net::{Cidr, Family, IpSet};
use crate::protocols::mx::Target;
use crate::protocols::spf::record::{Body, Mechanism};
use crate::protocols::spf::{Cell, Group, Partition, SpfResult, TermId, transitions};
use crate::provider::{self, Provider};
use crate::report::{Effect, KeptSender, UNLISTED, Unknown};
use crate::text::Span;
use std::cmp::Reverse;
use std::net::IpAddr;

/// True if both walks met the same records and the same trouble: then the change is about something
/// else.
pub(crate) fn is_same(before: &Partition, after: &Partition) -> bool {
    let cells = |partition: &Partition| -> Vec<_> {
        let cells = partition.cells.iter();
        cells.map(|cell| (cell.set.clone(), cell.ruling.clone(), cell.spent)).collect()
    };
    let records = |partition: &Partition| -> Vec<_> {
        let visits = partition.visits.iter().map(|visit| &visit.published);
        visits.map(|it| (it.domain.clone(), it.record().map(|it| it.value.text.clone()))).collect()
    };
    cells(before) == cells(after) && records(before) == records(after)
}

/// The first query of a walk that failed, if one did.
pub(crate) fn first_unknown(partition: &Partition) -> Option<Unknown> {
    let failed = |cell: &&Cell| cell.result() == Some(SpfResult::Temperror);
    partition.cells.iter().filter(failed).find_map(|cell| unknown(partition, cell))
}

/// Addresses in words: which they are, or how many if that takes more than two networks.
pub(crate) fn known_as(sets: &[IpSet]) -> String {
    let networks: Vec<Cidr> = sets.iter().flat_map(IpSet::cidrs).take(3).collect();
    match networks.as_slice() {
        [one] => one.to_string(),
        // In a list of several senders it is still clear what belongs together.
        [one, other] => format!("{one}, {other}"),
        _ => count_in_words(sets),
    }
}

/// How many addresses there are, for the order: those of IPv4 go first.
pub(crate) fn size(sets: &[IpSet]) -> [u128; 2] {
    Family::BOTH.map(|family| {
        let own = sets.iter().find(|set| set.family() == family);
        own.map_or(0, IpSet::count)
    })
}

/// The addresses of the MX hosts that only receive, as the operator of their provider says.
pub(crate) fn receiving_only(state: &Gathered) -> Vec<IpSet> {
    let hosts = state.mx.iter().flat_map(|it| it.facts.exchangers());
    let hosts = hosts.filter(|it| provider::only_receives(&it.host));
    let answers = hosts.filter_map(|it| match &it.target {
        Target::Host(addresses) => Some([&addresses.ipv4, &addresses.ipv6]),
        _ => None,
    });
    let records = answers.flatten().flat_map(|answer| answer.records());
    let addresses: Vec<IpAddr> = records.filter_map(|record| record.data.address()).collect();
    let of = |family| {
        let bits = |address: &IpAddr| if address.is_ipv4() { 32 } else { 128 };
        let hosts = addresses.iter().filter_map(|it| Cidr::new(*it, bits(it)));
        IpSet::from_cidrs(family, hosts.filter(|it| it.family() == family))
    };
    Family::BOTH.map(of).into()
}

/// True for those who pass as a host that receives, and for no other reason.
fn is_by_mx(partition: &Partition, group: &Group<'_>) -> bool {
    let by = group.first.by.and_then(|term| {
        let record = partition.visit(term)?.published.record()?;
        record.value.terms.get(usize::try_from(term.term).ok()?)
    });
    by.is_some_and(|term| matches!(term.body, Body::Directive(_, Mechanism::Mx(_))))
}

/// A part of the addresses whose result changes, and what the change does to them.
struct Part {
    set: IpSet,
    effect: Effect,
    only_receives: bool,
}

/// Tells those who pass only because they receive from those who send.
fn parts(
    sides: [(&Partition, &Group<'_>); 2],
    set: &IpSet,
    receiving: &[Vec<IpSet>; 2],
) -> Vec<Part> {
    let effect = match sides.map(|(_, group)| group.result) {
        [Some(SpfResult::Pass), Some(_)] => Effect::Lost,
        [Some(_), Some(SpfResult::Pass)] => Effect::Gained,
        _ => Effect::Altered,
    };
    let at = usize::from(effect == Effect::Gained);
    let (partition, group) = sides[at];
    let own = receiving[at].iter().find(|own| own.family() == set.family());
    match own.filter(|_| effect != Effect::Altered && is_by_mx(partition, group)) {
        Some(own) => {
            let receiving =
                Part { set: set.and(own), effect: Effect::Altered, only_receives: true };
            let others = Part { set: set.minus(own), effect, only_receives: false };
            [receiving, others].into_iter().filter(|part| !part.set.is_empty()).collect()
        }
        None => vec![Part { set: set.clone(), effect, only_receives: false }],
    }
}

/// Who affected addresses are, in words.
pub(crate) fn who(one: &AffectedSender) -> String {
    match (one.is_rest, one.sets.as_slice()) {
        (true, [only]) => format!("unlisted {} addresses", only.family()),
        (true, _) => UNLISTED.to_owned(),
        (false, sets) if one.only_receives => format!("{} (receives only)", known_as(sets)),
        (false, sets) => known_as(sets),
    }
}

/// Adds who fares otherwise in one family: those that are alike in everything that is shown stand
/// together. Where the result of one state could not be determined, that is said instead.
/// `receiving` holds the addresses of either state that only receive.
pub(crate) fn gather_affected(
    [before, after]: [&Partition; 2],
    receiving: &[Vec<IpSet>; 2],
    affected: &mut Vec<AffectedSender>,
    unknowns: &mut Vec<Unknown>,
) {
    let groups = [before, after].map(Partition::groups);
    let [was, is] = &groups;
    for transition in transitions(was, is) {
        let results = [transition.before.result, transition.after.result];
        let sides = [(before, transition.before), (after, transition.after)];
        if let Some((partition, group)) = sides.iter().find(|(_, group)| !is_determined(group)) {
            unknowns.extend(unknown(partition, group.first));
            continue;
        }
        let shown = sides.map(|(partition, group)| {
            let top = deciding(partition, group)?;
            Some(partition.term_text(top))
        });
        let paths = sides.map(|(partition, group)| match group.result {
            Some(_) => path_below(partition, group.first),
            None => Vec::new(),
        });
        let providers = sides.map(|(partition, group)| {
            group.first.by.and_then(|term| recognised(partition, term)).map(Provider::title)
        });
        let problem = problem(transition.after.first);
        for Part { set, effect, only_receives } in parts(sides, &transition.set, receiving) {
            let provider = match (effect, providers) {
                (Effect::Lost, [before, _]) => before,
                (Effect::Gained, [_, after]) => after,
                (Effect::Altered, [before, after]) => before.or(after),
            };
            let is_rest = is_rest(&set);
            let twin = affected.iter_mut().find(|one| {
                one.effect == effect
                    && one.provider == provider
                    && one.results == results
                    && one.terms == shown
                    && one.is_rest == is_rest
                    && one.only_receives == only_receives
                    && one.problem == problem
            });
            if let Some(twin) = twin {
                add(&mut twin.sets, set);
                for (own, other) in twin.paths.iter_mut().zip(&paths) {
                    let same = own.iter().zip(other).take_while(|(one, other)| one == other);
                    own.truncate(same.count());
                }
                continue;
            }
            affected.push(AffectedSender {
                effect,
                provider,
                results,
                terms: shown.clone(),
                paths: paths.clone(),
                span: transition.after.first.top.and_then(|top| own_span(after, top)),
                sets: vec![set],
                who: String::new(),
                is_rest,
                only_receives,
                problem: problem.clone(),
            });
        }
    }
}

/// True for everybody whom no term lists, who are more than half of all there are.
pub(crate) fn is_rest(set: &IpSet) -> bool {
    set.count().saturating_sub(1) > set.family().last() / 2
}

/// True unless a query failed that the result depends on.
fn is_determined(group: &Group<'_>) -> bool {
    let temperror = Some(SpfResult::Temperror);
    group.result != temperror
        && group.otherwise != temperror
        && (group.result == Some(SpfResult::Pass) || group.first.passed_over.is_none())
}

/// The term of the domain's own record that decides: where it depends on who sends, the first that
/// does.
fn deciding(partition: &Partition, group: &Group<'_>) -> Option<TermId> {
    let cell = group.first;
    if group.result.is_none()
        && let Some(term) = dependents(cell).next()
    {
        return Some(partition.path(term).first().copied().unwrap_or(term));
    }
    // Beyond a limit no term decides: receivers have stopped.
    cell.top.filter(|_| !cell.is_over_limit())
}

/// The includes that lead on from the term of the domain's own record to the one that decided.
fn path_below(partition: &Partition, cell: &Cell) -> Vec<String> {
    let (Some(top), Some(by)) = (cell.top, cell.by.filter(|_| !cell.is_over_limit())) else {
        return Vec::new();
    };
    let path = partition.path(by).into_iter().skip_while(|step| *step != top).skip(1);
    path.map(|step| partition.term_text(step)).collect()
}

/// Where a term stands in the domain's own record, or the term that leads to its record from there.
fn own_span(partition: &Partition, top: TermId) -> Option<Span> {
    let own = partition.path(top).first().copied().unwrap_or(top);
    let record = partition.visit(own)?.published.record()?;
    record.value.terms.get(usize::try_from(own.term).ok()?).map(|term| term.span)
}

/// Who may send before the change and after it, the largest first.
pub(crate) fn kept(was: &Gathered, is: &Gathered) -> Vec<KeptSender> {
    let (Some(was), Some(is)) = (&was.spf, &is.spf) else { return Vec::new() };
    let mut kept: Vec<(Option<&'static str>, String, Vec<IpSet>)> = Vec::new();
    for (before, after) in was.partitions().into_iter().zip(is.partitions()) {
        let passed = before.passing();
        let groups = after.groups();
        for group in groups.iter().filter(|group| group.result == Some(SpfResult::Pass)) {
            let set = group.set.and(&passed);
            let Some(top) = group.first.top.filter(|_| !set.is_empty()) else { continue };
            let provider = group.first.by.and_then(|term| recognised(after, term));
            let (provider, term) = (provider.map(Provider::title), after.term_text(top));
            let twin = kept.iter_mut().find(|(title, own, _)| *title == provider && *own == term);
            match twin {
                Some((_, _, sets)) => add(sets, set),
                None => kept.push((provider, term, vec![set])),
            }
        }
    }
    kept.sort_by_key(|(_, _, sets)| Reverse(size(sets)));
    kept.into_iter()
        .map(|(provider, term, sets)| KeptSender {
            provider: provider.map(str::to_owned),
            term,
            who: known_as(&sets),
        })
        .collect()
}

/// Adds a set to the one of its family.
fn add(sets: &mut Vec<IpSet>, set: IpSet) {
    match sets.iter_mut().find(|own| own.family() == set.family()) {
        Some(own) => *own = own.or(&set),
        None => sets.push(set),
    }
}

/// The provider whose policy a term belongs to: the innermost that is known.
fn recognised(partition: &Partition, term: TermId) -> Option<&'static Provider> {
    let mut path = partition.path(term);
    path.push(term);
    path.into_iter().rev().find_map(|step| {
        let record = partition.visit(step)?.published.record()?;
        let term = record.value.terms.get(usize::try_from(step.term).ok()?)?;
        match &term.body {
            Body::Directive(_, Mechanism::Include(spec)) | Body::Redirect(spec) => {
                provider::recognise_include(spec.fixed()?)
            }
            _ => None,
        }
    })
}
