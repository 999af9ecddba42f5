//! The one walk (RFC 7208 §4.6, §5.2, §6.1), over a set of addresses.
//!
//! A mechanism matches, does not match, or raises an exception (§4.6.2). Read over a *set* of
//! addresses still undecided, each mechanism splits the set. `check_host()` is the walk with a set
//! of one; "who may send" is the walk over a whole family.
//!
//! Addresses that have spent the same travel together in a [`Cohort`]. A record that takes some
//! addresses out of an include early hands them back having spent less, so a single counter would
//! misjudge them; each cohort carries its own. Limits are not applied here: see
//! [`super::partition`].

use super::event::{Effect, Event, total};
use super::expand::{self, Explaining, Lack, Scope, Sender};
use super::partition::{
    Cell, Exception, LOOKUP_LIMIT, Partition, Ruling, Spent, SpfResult, TermId, Visit,
};
use super::policy::{Found, Policies, Published};
use super::ptr::Validation;
use super::record::{DomainSpec, Record, SpecText};
use crate::diagnostic::Step;
use crate::dns::{Dns, Kind};
use crate::net::{Family, IpSet, Name, Range, organization};
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

/// Where loops end: far beyond the limit of ten, so that honest trees are seen whole.
const GUARD: u16 = 100;

/// How deep policies may lead to policies. Each level has cost a lookup, so a path that gets here is
/// far beyond the limit of ten, and the stack of a small thread still has room.
const DEPTH: usize = 32;

/// How many octets of records one walk reads, each visit for itself: four messages of the largest
/// size, far beyond any policy that is meant to be read. What stands behind that is left unread.
const TEXT_LIMIT: usize = 1 << 18;

/// Addresses still undecided that have come the same way at the same cost.
#[derive(Clone, Debug)]
pub(super) struct Cohort {
    pub(super) set: IpSet,
    pub(super) spent: Spent,
    pub(super) maybe: Vec<TermId>,
    pub(super) passed_over: Option<Arc<Exception>>,
}

impl Cohort {
    /// The same cohort reduced to other addresses.
    pub(super) fn with(&self, set: IpSet) -> Self {
        let Self { spent, ref maybe, ref passed_over, .. } = *self;
        Self { set, spent, maybe: maybe.clone(), passed_over: passed_over.clone() }
    }
}

/// What a walk found out, and how.
#[derive(Clone, Debug)]
pub struct Walked {
    /// Every address of the universe, once.
    pub partition: Partition,
    /// The steps.
    pub trace: Step<Event>,
}

/// Walks the policy of `domain` with the addresses of `universe` (RFC 7208 §4).
///
/// The lookups made are those that a receiver would make for these addresses, each asked once a
/// run; what goes beyond a limit is still walked, up to a bound.
pub async fn walk(
    policies: &Policies<'_>,
    domain: &Name,
    sender: &Sender,
    universe: IpSet,
) -> Walked {
    let walker = Walker::new(policies, domain, sender, universe.family(), universe.single());
    walker.walk(domain, universe).await
}

/// The outcome of one `check_host()`.
pub(super) struct WalkedPolicy {
    pub(super) cells: Vec<Cell>,
    pub(super) step: Step<Event>,
}

/// How a mechanism split the cohorts.
#[derive(Default)]
pub(super) struct Split {
    /// Matched, and by which inner term if the mechanism was an include.
    pub(super) matched: Vec<(Cohort, Option<TermId>)>,
    /// Ended by an exception, and in which inner term if the mechanism was an include.
    pub(super) ended: Vec<(Cohort, Arc<Exception>, Option<TermId>)>,
    /// Still undecided.
    pub(super) open: Vec<Cohort>,
    /// The name that was looked at, if any.
    pub(super) target: Option<Name>,
    /// What could not be expanded, if anything.
    pub(super) lack: Option<Lack>,
    /// The answers used and the smaller steps.
    pub(super) answers: Vec<Arc<crate::dns::Answer>>,
    pub(super) steps: Vec<Step<Event>>,
}

impl Split {
    /// Ends the evaluation of cohorts for one and the same reason.
    pub(super) fn end(&mut self, cohorts: Vec<Cohort>, why: &Arc<Exception>) {
        self.ended.extend(cohorts.into_iter().map(|cohort| (cohort, Arc::clone(why), None)));
    }
}

pub(super) struct Walker<'w> {
    pub(super) policies: &'w Policies<'w>,
    pub(super) sender: &'w Sender,
    pub(super) family: Family,
    /// The client's address, if the walk is about one only.
    pub(super) ip: Option<IpAddr>,
    visits: Vec<Visit>,
    /// Terms whose hosts were not asked for.
    unresolved: Vec<TermId>,
    /// Octets of records read so far.
    read: usize,
    /// Policies under evaluation, each within the one before.
    depth: usize,
    /// Most of them.
    deepest: usize,
    /// The organization of the domain whose policy is walked.
    home: Name,
    /// The validated names of the client, once they were looked up.
    pub(super) validation: Option<Arc<Validation>>,
}

impl<'w> Walker<'w> {
    pub(super) fn new(
        policies: &'w Policies<'w>,
        domain: &Name,
        sender: &'w Sender,
        family: Family,
        ip: Option<IpAddr>,
    ) -> Self {
        Self {
            policies,
            sender,
            family,
            ip,
            visits: Vec::with_capacity(4),
            unresolved: Vec::new(),
            read: 0,
            depth: 0,
            deepest: DEPTH,
            home: organization(domain),
            validation: None,
        }
    }

    /// The same, which gives up where policies lead to more than so many.
    pub(super) fn no_deeper_than(self, deepest: usize) -> Self {
        Self { deepest, ..self }
    }

    pub(super) async fn walk(mut self, domain: &Name, universe: IpSet) -> Walked {
        let start =
            Cohort { set: universe, spent: Spent::default(), maybe: Vec::new(), passed_over: None };
        let checked = self.check_host(domain.clone(), None, vec![start]).await;
        let Walker { family, visits, unresolved, .. } = self;
        let partition = Partition { family, cells: checked.cells, visits, unresolved };
        Walked { partition, trace: checked.step }
    }

    pub(super) fn dns(&self) -> &'w dyn Dns {
        self.policies.dns()
    }

    /// `check_host()` of RFC 7208 §4, boxed because include and redirect call it again.
    pub(super) fn check_host<'a>(
        &'a mut self,
        domain: Name,
        via: Option<TermId>,
        open: Vec<Cohort>,
    ) -> Pin<Box<dyn Future<Output = WalkedPolicy> + Send + 'a>> {
        Box::pin(async move {
            let published = match self.policies.known(&domain) {
                Some(known) => known,
                None => self.policies.fetch(&domain).await,
            };
            self.policies.add_weight(&published);
            let visit = u32::try_from(self.visits.len()).unwrap_or(u32::MAX);
            self.visits.push(Visit { published: Arc::clone(&published), via });
            let mut cells = Vec::new();
            let mut steps = Vec::new();
            let given = open.iter().map(|cohort| cohort.maybe.len()).max().unwrap_or_default();
            self.depth += 1;
            let end = end_without_terms(&published)
                .or_else(|| self.end_of_reading(&published))
                .or_else(|| self.end_of_nesting());
            match end {
                Some(ruling) => cells.extend(open.into_iter().map(|c| ended(c, ruling.clone()))),
                None => {
                    if let Some(record) = published.usable() {
                        self.terms(visit, &published, record, open, &mut cells, &mut steps).await;
                    }
                }
            }
            self.depth -= 1;
            let answers = vec![Arc::clone(&published.answer)];
            let event = Event::CheckHost { result: common_result(&cells, given), published };
            WalkedPolicy { cells, step: Step { event, answers, steps } }
        })
    }

    /// Counts what is read, and ends the walk where it is too much.
    fn end_of_reading(&mut self, published: &Published) -> Option<Ruling> {
        self.read = self.read.saturating_add(published.usable()?.text.len());
        (self.read > TEXT_LIMIT).then(|| Ruling::Exception(Arc::new(Exception::TooLarge)))
    }

    /// Ends the walk where policies lead to policies without end.
    fn end_of_nesting(&self) -> Option<Ruling> {
        (self.depth > self.deepest).then(|| Ruling::Exception(Arc::new(Exception::Endless)))
    }

    /// Evaluates the terms of a record in order, then `redirect`, then the default (§4.6, §4.7).
    async fn terms(
        &mut self,
        visit: u32,
        published: &Arc<Published>,
        record: &Record,
        mut open: Vec<Cohort>,
        cells: &mut Vec<Cell>,
        steps: &mut Vec<Step<Event>>,
    ) {
        let is_told = self.policies.are_steps_told();
        steps.reserve(if is_told { record.terms.len() } else { 0 });
        let mut asked = total(&open);
        for (index, _, qualifier, mechanism) in record.directives() {
            if open.is_empty() {
                return;
            }
            let id = TermId { visit, term: u32::try_from(index).unwrap_or(u32::MAX) };
            if mechanism.is_counted() && charge(&mut open, cells, id) {
                asked = total(&open);
            }
            let mut effect = Effect::before(self.family, &open, asked);
            let split = self.split(id, published, record, mechanism, open).await;
            self.unresolved.extend((split.lack == Some(Lack::BeyondLimit)).then_some(id));
            effect.after(&split, qualifier);
            asked = effect.open;
            let matched = split.matched.into_iter().map(|(cohort, by)| Cell {
                set: cohort.set,
                ruling: Ruling::Result(qualifier.result()),
                spent: cohort.spent,
                by: by.or(Some(id)),
                top: Some(id),
                maybe: cohort.maybe,
                passed_over: cohort.passed_over,
            });
            cells.extend(matched);
            let ended = split.ended.into_iter();
            cells.extend(ended.map(|(cohort, why, by)| except(cohort, why, by.unwrap_or(id), id)));
            // A loop is told once: its further rounds say nothing new.
            let is_endless = matches!(effect.exception.as_deref(), Some(Exception::Endless));
            let inner = if is_endless && self.depth > 1 { Vec::new() } else { split.steps };
            if is_told {
                let event = Event::Term { published: Arc::clone(published), term: id.term, effect };
                steps.push(Step { event, answers: split.answers, steps: inner });
            }
            open = rejoin(split.open);
        }
        match record.redirect() {
            Some((index, spec)) if !open.is_empty() => {
                let id = TermId { visit, term: u32::try_from(index).unwrap_or(u32::MAX) };
                charge(&mut open, cells, id);
                self.redirect(id, published, record, spec, open, cells, steps).await;
            }
            // RFC 7208 §4.7: nothing matched and there is no redirect: neutral.
            _ => {
                cells
                    .extend(open.into_iter().map(|c| ended(c, Ruling::Result(SpfResult::Neutral))));
            }
        }
    }

    /// `redirect` (§6.1): the target's policy in place of this one.
    #[expect(clippy::too_many_arguments, reason = "the parts of one evaluation, used once")]
    async fn redirect(
        &mut self,
        id: TermId,
        published: &Arc<Published>,
        record: &Record,
        spec: &DomainSpec,
        open: Vec<Cohort>,
        cells: &mut Vec<Cell>,
        steps: &mut Vec<Step<Event>>,
    ) {
        let mut effect = Effect::before(self.family, &open, total(&open));
        let mut inner_steps = Vec::new();
        match self.target(spec, record, &published.domain).await {
            Ok(target) => {
                effect.target = Some(target.clone());
                let checked = self.check_host(target.clone(), Some(id), open).await;
                if self.depth <= 1 || !checked.cells.iter().all(Cell::is_endless) {
                    inner_steps.push(checked.step);
                }
                for mut cell in checked.cells {
                    if cell.ruling == Ruling::Result(SpfResult::None) {
                        // §6.1: "if no SPF record is found, or if the <target-name> is malformed,
                        // the result is a "permerror""
                        cell.ruling = Ruling::Exception(no_record(self.policies, &target));
                        (cell.by, cell.top) = (Some(id), Some(id));
                    }
                    cells.push(cell);
                }
            }
            Err(Lack::Unknown(letter)) => {
                effect.lack = Some(Lack::Unknown(letter));
                cells.extend(open.into_iter().map(|c| ended(c, Ruling::Depends(id))));
            }
            Err(lack) => {
                effect.lack = Some(lack);
                let why = Arc::new(Exception::NoRecord { target: None, missing_domain: false });
                cells.extend(open.into_iter().map(|c| except(c, Arc::clone(&why), id, id)));
            }
        }
        let event = Event::Term { published: Arc::clone(published), term: id.term, effect };
        steps.push(Step { event, answers: Vec::new(), steps: inner_steps });
    }

    /// The name that a domain-spec stands for, for these senders.
    pub(super) async fn target(
        &mut self,
        spec: &DomainSpec,
        record: &Record,
        domain: &Name,
    ) -> Result<Name, Lack> {
        let macros = match &spec.text {
            SpecText::Fixed(name) => return name.clone().map_err(Lack::NotAName),
            SpecText::Macro(macros) => macros,
        };
        let validated = self.validated_name(macros, domain).await;
        let scope = self.scope(domain, validated.as_deref(), None);
        expand::target_name(macros, &record.text, &scope)
    }

    /// True if the hosts of a name are left alone: every receiver has stopped before it comes to them
    /// (§4.6.4), and they belong to others, whom a policy of many octets would have us ask without
    /// end. Policies behind the limit are still read, to say what each of them costs.
    pub(super) fn spares(&self, name: &Name, open: &[Cohort]) -> bool {
        open.iter().all(|cohort| cohort.spent.lookups > LOOKUP_LIMIT)
            && organization(name) != self.home
    }

    /// What macros may ask for in the policy of `domain`.
    pub(super) fn scope<'a>(
        &'a self,
        domain: &'a Name,
        validated: Option<&'a [u8]>,
        explaining: Option<Explaining<'a>>,
    ) -> Scope<'a> {
        let Self { sender, family, ip, .. } = *self;
        Scope { sender, domain, family, ip, validated, explaining }
    }
}

/// How a name's policy ends before any term is looked at (RFC 7208 §4.4 to §4.6).
fn end_without_terms(published: &Published) -> Option<Ruling> {
    let domain = || published.domain.clone();
    let exception = match &published.found {
        Found::Nothing | Found::NoDomain => return Some(Ruling::Result(SpfResult::None)),
        Found::Failed => Exception::Dns {
            name: domain(),
            kind: Kind::Txt,
            failure: published.answer.failure()?.clone(),
        },
        Found::Several(records) => {
            Exception::SeveralRecords { domain: domain(), found: records.len() }
        }
        Found::One { record, .. } => {
            Exception::Syntax { domain: domain(), error: record.strict().err()?.clone() }
        }
    };
    Some(Ruling::Exception(Arc::new(exception)))
}

/// Why a name without a record makes `include` and `redirect` fail.
pub(super) fn no_record(policies: &Policies<'_>, target: &Name) -> Arc<Exception> {
    let missing_domain =
        policies.known(target).is_some_and(|published| published.found == Found::NoDomain);
    Arc::new(Exception::NoRecord { target: Some(target.clone()), missing_domain })
}

/// Charges a term that causes lookups. Who has spent far too much leaves the walk; true if
/// somebody did.
fn charge(open: &mut Vec<Cohort>, cells: &mut Vec<Cell>, id: TermId) -> bool {
    for cohort in &mut *open {
        cohort.spent.lookups += 1;
    }
    let is_over = open.iter().any(|cohort| cohort.spent.lookups > GUARD);
    if is_over {
        let endless = Arc::new(Exception::Endless);
        for cohort in open.extract_if(.., |cohort| cohort.spent.lookups > GUARD) {
            cells.push(except(cohort, Arc::clone(&endless), id, id));
        }
    }
    is_over
}

/// Cohorts that have spent the same and depend on the same terms travel together again.
fn rejoin(cohorts: Vec<Cohort>) -> Vec<Cohort> {
    if cohorts.len() < 2 {
        return cohorts;
    }
    let mut joined: Vec<(Cohort, Vec<Range>)> = Vec::new();
    for cohort in cohorts {
        let alike = |c: &Cohort| {
            c.spent == cohort.spent
                && c.maybe == cohort.maybe
                && c.passed_over == cohort.passed_over
        };
        match joined.iter_mut().find(|(twin, _)| alike(twin)) {
            Some((_, more)) => more.extend(cohort.set.ranges()),
            None => joined.push((cohort, Vec::new())),
        }
    }
    let whole = |(mut cohort, mut more): (Cohort, Vec<Range>)| {
        if !more.is_empty() {
            more.extend(cohort.set.ranges());
            cohort.set = IpSet::from_ranges(cohort.set.family(), more);
        }
        cohort
    };
    joined.into_iter().map(whole).collect()
}

fn ended(cohort: Cohort, ruling: Ruling) -> Cell {
    let Cohort { set, spent, maybe, passed_over } = cohort;
    Cell { set, ruling, spent, by: None, top: None, maybe, passed_over }
}

fn except(cohort: Cohort, why: Arc<Exception>, by: TermId, top: TermId) -> Cell {
    let Cohort { set, spent, maybe, passed_over } = cohort;
    let ruling = Ruling::Exception(why);
    Cell { set, ruling, spent, by: Some(by), top: Some(top), maybe, passed_over }
}

/// The result that all cells share, if they do, and if it depends on no more than the `given` number
/// of terms that were passed over before.
fn common_result(cells: &[Cell], given: usize) -> Option<SpfResult> {
    let (first, rest) = cells.split_first()?;
    let result = first.result()?;
    let is_shared = rest.iter().all(|cell| cell.result() == Some(result));
    (is_shared && cells.iter().all(|cell| cell.maybe.len() <= given)).then_some(result)
}
