//! The facts from where rules stand: records met once each, terms with their places, addresses.

use crate::diagnostic::{Location, Step};
use crate::net::IpSet;
use crate::protocols::spf::event::{Effect, Event};
use crate::protocols::spf::examine::Facts;
use crate::protocols::spf::explain::address_count;
use crate::protocols::spf::partition::{Cell, Partition, TermId, Visit};
use crate::protocols::spf::policy::Published;
use crate::protocols::spf::record::{Record, Term};
use crate::text::{Phrase, Role};

/// A term, and what the name publishes whose record it stands in.
#[derive(Clone, Copy)]
pub(super) struct Place<'f> {
    pub(super) published: &'f Published,
    pub(super) record: &'f Record,
    pub(super) term: &'f Term,
}

impl<'f> Place<'f> {
    /// The place of a term by its index.
    pub(super) fn new(published: &'f Published, index: u32) -> Option<Self> {
        let record = &published.record()?.value;
        let term = record.terms.get(usize::try_from(index).ok()?)?;
        Some(Self { published, record, term })
    }

    pub(super) fn location(self) -> Location {
        self.published.location().at(self.term.span)
    }

    /// The text of the term.
    pub(super) fn text(self) -> &'f [u8] {
        self.term.span.of(&self.record.text)
    }

    /// A record of this term alone.
    pub(super) fn text_as_record(self) -> Vec<u8> {
        [b"v=spf1 ", self.text()].concat()
    }

    /// True if both are the same term of the same name.
    pub(super) fn is(self, other: Place<'_>) -> bool {
        self.published.domain == other.published.domain && self.term.span == other.term.span
    }
}

impl Partition {
    /// The place of a term that the walk came by.
    pub(super) fn place(&self, id: TermId) -> Option<Place<'_>> {
        Place::new(&self.visit(id)?.published, id.term)
    }

    /// The record whose term led to a visit.
    pub(super) fn referrer(&self, visit: &Visit) -> Option<Place<'_>> {
        self.place(visit.via?)
    }
}

impl Facts {
    /// Every visit of both walks, with the walk that it belongs to.
    pub(super) fn visits(&self) -> impl Iterator<Item = (&Partition, &Visit)> {
        let partitions = self.partitions().into_iter();
        partitions
            .flat_map(|partition| partition.visits.iter().map(move |visit| (partition, visit)))
    }

    /// What was found at each name that the walks visited, each name once.
    pub(super) fn met(&self) -> Vec<&Published> {
        // Mostly a handful, asked for by every rule.
        let mut met: Vec<&Published> = Vec::new();
        for (_, visit) in self.visits() {
            let published = &*visit.published;
            if !met.iter().any(|one| one.domain == published.domain) {
                met.push(published);
            }
        }
        met
    }

    /// The records that the owner of the domain keeps, as far as names tell: the domain's own, and
    /// those of names below it.
    pub(super) fn own_records(&self) -> Vec<(&Published, &Record)> {
        let met = self.met().into_iter().filter(|met| met.domain.is_within(&self.domain));
        met.filter_map(|published| Some((published, &published.record()?.value))).collect()
    }

    /// True if a record is not that of the domain and no redirect of it leads there.
    pub(super) fn is_included(&self, published: &Published) -> bool {
        let redirect = self.published.usable().and_then(Record::redirect);
        let redirected = redirect.and_then(|(_, spec)| spec.fixed());
        published.domain != self.published.domain && redirected != Some(&published.domain)
    }

    /// Every term of [`Facts::own_records`], with its index.
    pub(super) fn own_terms(&self) -> impl Iterator<Item = Place<'_>> {
        self.own_records().into_iter().flat_map(|(published, record)| {
            record.terms.iter().map(move |term| Place { published, record, term })
        })
    }

    /// The outermost term of either walk that satisfies `is_met`, itself or by a term that it
    /// leads to.
    pub(super) fn first_term(&self, is_met: impl Fn(&Effect) -> bool + Copy) -> Option<Place<'_>> {
        [&self.ipv4.trace, &self.ipv6.trace]
            .into_iter()
            .find_map(|trace| trace.steps.iter().find(|step| holds(step, is_met)))
            .and_then(place_of)
    }

    /// The addresses of both families whose cells `belongs` picks.
    pub(super) fn addresses(&self, belongs: impl Fn(&Cell) -> bool + Copy) -> [IpSet; 2] {
        self.partitions().map(|partition| partition.gather(belongs))
    }

    /// Where the domain's own record stands.
    pub(super) fn location(&self) -> Location {
        self.published.location()
    }
}

fn holds(step: &Step<Event>, is_met: impl Fn(&Effect) -> bool + Copy) -> bool {
    let met = matches!(&step.event, Event::Term { effect, .. } if is_met(effect));
    met || step.steps.iter().any(|step| holds(step, is_met))
}

/// The place of a step about a term.
pub(super) fn place_of(step: &Step<Event>) -> Option<Place<'_>> {
    match &step.event {
        Event::Term { published, term, .. } => Place::new(published, *term),
        _ => None,
    }
}

/// Names addresses: `every IPv4 address and 256 IPv6 addresses`; nothing if nobody is in it.
pub(super) fn name_addresses(sets: &[IpSet; 2]) -> Phrase {
    let mut phrase = Phrase::new();
    for set in sets.iter().filter(|set| !set.is_empty()) {
        if !phrase.is_empty() {
            phrase.push(Role::Plain, b" and ");
        }
        let family = set.family();
        phrase = match (set.is_all(), set.single()) {
            (true, _) => phrase.addr(format!("all {family} addresses")),
            (_, Some(address)) => phrase.addr(address),
            _ => phrase.addr(format!("{} {family} addresses", address_count(set.count()))),
        };
    }
    phrase
}

/// True if nobody is in either set.
pub(super) fn is_nobody(sets: &[IpSet; 2]) -> bool {
    sets.iter().all(IpSet::is_empty)
}
