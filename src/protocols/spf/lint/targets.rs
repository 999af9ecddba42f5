//! Where terms lead: to nothing, to nowhere, or back.

use super::limits::reaches_void_limit;
use super::view::{Place, place_of};
use super::writing::swallowed;
use crate::diagnostic::{Finding, Location, Rule, Step};
use crate::dns::{Answer, Kind, Outcome};
use crate::net::{Family, Name, organization};
use crate::protocols::spf::endless::Endless;
use crate::protocols::spf::event::Event;
use crate::protocols::spf::examine::Facts;
use crate::protocols::spf::explanation::Flaw;
use crate::protocols::spf::partition::{Partition, Visit};
use crate::protocols::spf::policy::Found;
use crate::protocols::spf::record::{Body, Mechanism, SpecText};
use crate::protocols::spf::repair::repair;
use crate::provider::nearest_policy;
use crate::text::near::edits;
use crate::text::{Phrase, Slip};
use std::collections::{HashMap, HashSet};

pub(super) fn include_without_record(
    facts: &Facts,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
) {
    for (place, visit) in broken(facts) {
        let domain = &visit.published.domain;
        let what = match (&visit.published.found, &visit.published.answer.outcome) {
            (Found::NoDomain, _) => " points to a name that does not exist",
            (_, Outcome::NxDomain) => " points to an alias of a name that does not exist",
            _ => " points to a name without an SPF record",
        };
        let message = permerror(place, pointing(place, domain).plain(what));
        let near = nearest_policy(domain).or_else(|| near_own(domain, &facts.domain));
        let message = match near {
            Some(near) => {
                let begin = place.text().iter().position(|it| b":=".contains(it));
                let begin = begin.and_then(|at| place.text().get(..=at)).unwrap_or_default();
                let meant = [begin, near.to_string().as_bytes()].concat();
                message.plain("; did you mean ").code(meant).plain("?")
            }
            None => message,
        };
        let mut finding = Finding::new(rule, place.location(), message);
        if place.text().contains(&b'@') {
            finding.advice = Some(Phrase::from(
                "name the domain whose hosts send the mail of that mailbox, if it publishes SPF",
            ));
        }
        findings.push(finding);
    }
    for place in facts.own_terms().filter(|place| leads_to_no_name(*place)) {
        let message = Phrase::new().code(place.text()).plain(" does not contain a domain name");
        findings.push(Finding::new(rule, place.location(), permerror(place, message)));
    }
}

/// The name below the own organization that a misspelt one was probably meant to be:
/// `_spf.example.ogr` in the record of `example.org`.
pub(crate) fn near_own(name: &Name, domain: &Name) -> Option<Name> {
    const MOST_EDITS: usize = 2;
    let own = organization(domain);
    let labels = own.label_count();
    let (inner, written) = (name.label_count().checked_sub(labels)?, name.suffix(labels));
    let [written, meant] = [&written, &own].map(|it| it.to_string().to_ascii_lowercase());
    let edits = edits(&written, &meant);
    if edits == 0 || edits > MOST_EDITS || meant.len() < 4 * MOST_EDITS {
        return None;
    }
    Name::from_labels(name.labels().take(inner).chain(own.labels())).ok()
}

/// Terms that the grammar reads, whose name is not what was meant; where a lookup shows that it leads
/// nowhere, that is told instead.
pub(super) fn doubtful_name(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let is_odd = |place: &Place<'_>| {
        let text = place.text();
        let is_named = matches!(place.term.body, Body::Directive(..) | Body::Redirect(_));
        let is_network = |it: &Mechanism| matches!(it, Mechanism::Ip4(_) | Mechanism::Ip6(_));
        let lists = matches!(&place.term.body, Body::Directive(_, it) if is_network(it));
        let colons = text.iter().filter(|octet| b":=".contains(octet)).count();
        is_named && !lists && (colons > 1 || text.contains(&b'@'))
    };
    let mut odd = facts.own_terms().filter(is_odd).peekable();
    if odd.peek().is_none() {
        return;
    }
    let mut told: Vec<Place<'_>> = broken(facts).into_iter().map(|(place, _)| place).collect();
    if !reaches_void_limit(facts, Family::V4) {
        told.extend(voids(facts).into_iter().map(|void| void.place));
    }
    for place in odd.filter(|place| !told.iter().any(|known| known.is(*place))) {
        let is_swallowed = swallowed(place.published).iter().any(|(at, _)| *at == place.term.span);
        let Some(slip) = slips(place).into_iter().next().filter(|_| !is_swallowed) else {
            continue;
        };
        let message = Phrase::new().code(place.text()).plain(": ").then(slip.phrase());
        findings.push(Finding::new(rule, place.location(), message));
    }
}

/// What was written otherwise than it was meant in a term.
fn slips(place: Place<'_>) -> Vec<Slip> {
    repair(place.text_as_record().as_slice()).map(|it| it.slips).unwrap_or_default()
}

/// The sentence, and what was probably meant by the term.
fn with_slips(place: Place<'_>, message: Phrase) -> Phrase {
    let slips = slips(place);
    slips.iter().take(2).fold(message, |message, slip| message.plain("; ").then(slip.phrase()))
}

/// The terms that lead to a name which publishes no policy, each once, and the first visit there.
fn broken(facts: &Facts) -> Vec<(Place<'_>, &Visit)> {
    let mut found: Vec<(Place<'_>, &Visit)> = Vec::new();
    for (partition, visit) in facts.visits() {
        let Some(place) = partition.referrer(visit) else { continue };
        let is_broken = matches!(visit.published.found, Found::NoDomain | Found::Nothing);
        if is_broken && !found.iter().any(|(known, _)| known.is(place)) {
            found.push((place, visit));
        }
    }
    found
}

/// A term, and the name that it leads to where that does not stand in it.
fn pointing(place: Place<'_>, name: &Name) -> Phrase {
    let said = Phrase::new().code(place.text());
    let is_written = place.text().to_ascii_lowercase().ends_with(name.to_string().as_bytes());
    if is_written { said } else { said.plain(" (").name(name).plain(")") }
}

/// What receivers do, and what was probably meant.
fn permerror(place: Place<'_>, message: Phrase) -> Phrase {
    with_slips(place, message.plain("; receivers return ").bad("permerror"))
}

fn leads_to_no_name(place: Place<'_>) -> bool {
    match &place.term.body {
        Body::Directive(_, Mechanism::Include(spec)) | Body::Redirect(spec) => {
            matches!(spec.text, SpecText::Fixed(Err(_)))
        }
        _ => false,
    }
}

/// `spf/loop`; the word is taken.
pub(super) fn circle(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for place in circles(facts) {
        let message = Phrase::new()
            .code(place.text())
            .plain(" in the record of ")
            .name(&place.published.domain)
            .plain(" leads back to a record on its own path; receivers return ")
            .bad("permerror");
        findings.push(Finding::new(rule, place.location(), message));
    }
    findings.extend(endless(facts, rule));
}

/// A list whose entries lead back to it under ever longer names.
fn endless(facts: &Facts, rule: &'static Rule) -> Option<Finding> {
    let Endless { published, span, target } = facts.endless.as_ref()?;
    let text = &published.record()?.value.text;
    let message = Phrase::new()
        .code(span.of(text))
        .plain(" in the record of ")
        .name(&published.domain)
        .plain(" leads to a record with the same term, without end; receivers return ")
        .bad("permerror")
        .plain(" for every sender");
    let mut finding = Finding::new(rule, published.location().at(*span), message);
    let parent = target.labels().position(|label| label.first() == Some(&b'_'));
    let below = parent.map(|at| target.suffix(target.label_count() - at));
    let advice = Phrase::from("publish for each listed address what its senders should get");
    finding.advice = Some(match below {
        Some(name) => advice
            .plain(", and no wildcard record below ")
            .name(&name)
            .plain(" that includes it again"),
        None => advice.plain(", and no wildcard record that includes the list again"),
    });
    Some(finding)
}

/// The terms that lead to a name already on their own path.
pub(super) fn circles(facts: &Facts) -> Vec<Place<'_>> {
    let mut circles: Vec<Place<'_>> = Vec::new();
    for (partition, visit) in facts.visits() {
        let Some(place) = partition.referrer(visit) else { continue };
        if closes_circle(partition, visit) && !circles.iter().any(|known| known.is(place)) {
            circles.push(place);
        }
    }
    circles
}

/// True if the name of a visit stands on its own path. The rounds that follow the first one say
/// nothing new, so no name above may stand there twice.
fn closes_circle(partition: &Partition, visit: &Visit) -> bool {
    let above = |visit: &Visit| partition.visit(visit.via?);
    let mut path = HashSet::new();
    std::iter::successors(above(visit), |visit| above(visit))
        .all(|earlier| path.insert(&earlier.published.domain))
        && path.contains(&visit.published.domain)
}

pub(super) fn unusable_explanation(
    facts: &Facts,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
) {
    let Some((explanation, flaw)) =
        facts.explanation.as_ref().and_then(|it| Some((it, it.flaw()?)))
    else {
        return;
    };
    let published = &explanation.published;
    let is_explanation = |place: &Place<'_>| matches!(place.term.body, Body::Explanation(_));
    let mut own = facts.own_terms().filter(|place| place.published.domain == published.domain);
    let Some(place) = own.find(is_explanation) else { return };
    let name = &explanation.answer.question.name;
    let message = Phrase::new().code(place.text()).plain(": ").name(name);
    let message = match flaw {
        Flaw::Missing => message.plain(" has no TXT record"),
        Flaw::Several(count) => {
            message.plain(" has ").number(count).plain(" TXT records (1 allowed)")
        }
        Flaw::NotAscii => message.plain(" has a non-ASCII text"),
        Flaw::Syntax => message.plain(" has a syntax error in a macro"),
    };
    let message = message.plain("; receivers ignore exp=");
    findings.push(Finding::new(rule, place.location(), message));
}

pub(super) fn void_lookup(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    if reaches_void_limit(facts, Family::V4) {
        return;
    }
    for Void { place, name, what, .. } in voids(facts) {
        let message = pointing(place, name).plain(what);
        let message = with_slips(place, message.plain("; receivers allow 2 void lookups"));
        let finding = Finding::new(rule, place.location(), message);
        findings.push(match name.is_within(&organization(&facts.domain)) {
            true => finding.because(OWN_VOID, rule.cite),
            false => finding,
        });
    }
}

/// Why a void lookup matters at a name of the owner's own, which nobody else can register.
const OWN_VOID: &str = "The third void lookup gives permerror.";

/// A term that looks up what does not exist, for senders of either family.
pub(super) struct Void<'f> {
    pub(super) place: Place<'f>,
    name: &'f Name,
    what: &'static str,
    /// The last name of the chain, if it is that which does not exist.
    missing: Option<&'f Name>,
    /// True if a match of the term lets the sender pass.
    lets_pass: bool,
}

/// A term that leads to a name which does not exist, and that would let senders pass if it did.
#[derive(Clone, Debug)]
pub struct Dangling {
    /// Where the term stands.
    pub location: Location,
    /// The term as published.
    pub term: Vec<u8>,
    /// The name; behind an alias, the last one of the chain.
    pub name: Name,
}

/// A term that leads to a name which publishes no policy.
#[derive(Clone, Debug)]
pub struct BrokenReference {
    /// Where the term stands.
    pub location: Location,
    /// The name that should publish a policy; behind an alias, the last one of the chain.
    pub target: Name,
    /// True if the name does not exist; false if it has no SPF record.
    pub is_name_missing: bool,
}

impl Facts {
    /// The terms of either walk that lead to names which publish no policy, each once.
    pub fn broken_references(&self) -> Vec<BrokenReference> {
        let references = broken(self).into_iter().map(|(place, visit)| {
            let answer = &visit.published.answer;
            let is_no_domain = matches!(visit.published.found, Found::NoDomain);
            BrokenReference {
                location: place.location(),
                target: last_name(answer).clone(),
                is_name_missing: is_no_domain || answer.outcome == Outcome::NxDomain,
            }
        });
        references.collect()
    }

    /// The terms of either walk that lead to names which do not exist and would let senders pass,
    /// each once.
    pub fn dangling(&self) -> Vec<Dangling> {
        let mut found: Vec<Dangling> = Vec::new();
        let mut add = |place: Place<'_>, name: &Name| {
            let location = place.location();
            if !found.iter().any(|known| known.location == location) {
                found.push(Dangling { location, term: place.text().to_vec(), name: name.clone() });
            }
        };
        for (partition, visit) in self.visits() {
            let answer = &visit.published.answer;
            if answer.outcome == Outcome::NxDomain
                && let Some(place) = partition.referrer(visit)
                && partition.hands_on_pass(visit)
            {
                add(place, last_name(answer));
            }
        }
        for void in voids(self).into_iter().filter(|void| void.lets_pass) {
            if let Some(missing) = void.missing {
                add(void.place, missing);
            }
        }
        found
    }
}

/// True for an address where a name belongs: `MX 10 192.0.2.25.`
fn is_address(name: &Name) -> bool {
    name.to_string().parse::<std::net::Ipv4Addr>().is_ok()
}

/// RFC 6604 §3: behind an alias, the code speaks of the last name of the chain.
fn last_name(answer: &Answer) -> &Name {
    answer.aliases.last().unwrap_or(&answer.question.name)
}

/// Every term with a lookup that is void for every sender, in the order of the walk.
///
/// A host with IPv4 addresses only is a void lookup for IPv6 senders. That is no fault of the
/// term, so both walks must have found nothing, as far as they came by.
pub(super) fn voids(facts: &Facts) -> Vec<Void<'_>> {
    let mut looked_up = Lookups::default();
    looked_up.add_all(&facts.ipv4.trace, true);
    looked_up.add_all(&facts.ipv6.trace, true);
    looked_up.voids()
}

/// The lookups of all terms: each question of a term once, and what was found in either family.
#[derive(Default)]
struct Lookups<'f> {
    list: Vec<LookedUp<'f>>,
    known: HashMap<(&'f Name, u32, &'f Name, bool), usize>,
}

/// A question of a term, and what came of it.
struct LookedUp<'f> {
    place: Place<'f>,
    answer: &'f Answer,
    found: Yield,
    lets_pass: bool,
    /// True if the walk of one family only came by: what the other one would find is not known.
    is_half: bool,
}

/// What two families found, taken together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Yield {
    Something,
    Nothing,
    NoSuchName,
}

impl<'f> Lookups<'f> {
    fn add_all(&mut self, step: &'f Step<Event>, lets_pass: bool) {
        for inner in &step.steps {
            let own = place_of(inner).is_none_or(|place| place.term.body.hands_on_pass());
            let lets_pass = lets_pass && own;
            if let (Some(place), Event::Term { .. }) = (place_of(inner), &inner.event) {
                let hosts = inner.steps.iter();
                let hosts = hosts.filter(|host| matches!(host.event, Event::Host { .. }));
                let answers = inner.answers.iter().chain(hosts.flat_map(|host| &host.answers));
                answers.for_each(|answer| self.add(place, answer, lets_pass));
            }
            self.add_all(inner, lets_pass);
        }
    }

    fn add(&mut self, place: Place<'f>, answer: &'f Answer, lets_pass: bool) {
        let found = match answer.outcome {
            Outcome::NxDomain => Yield::NoSuchName,
            Outcome::NoData => Yield::Nothing,
            // A question that failed proves nothing.
            Outcome::Records(_) | Outcome::Failed(_) => Yield::Something,
        };
        let question = &answer.question;
        let is_address = matches!(question.kind, Kind::A | Kind::Aaaa);
        let key = (&place.published.domain, place.term.span.start, &question.name, is_address);
        match self.known.get(&key).and_then(|index| self.list.get_mut(*index)) {
            None => {
                self.known.insert(key, self.list.len());
                let is_half = is_address;
                self.list.push(LookedUp { place, answer, found, lets_pass, is_half });
            }
            Some(known) => {
                known.lets_pass |= lets_pass;
                known.is_half &= known.answer.question.kind == question.kind;
                if found == Yield::Something {
                    known.found = found;
                }
            }
        }
    }

    fn voids(self) -> Vec<Void<'f>> {
        let void = |looked_up: LookedUp<'f>| {
            let LookedUp { place, answer, found, lets_pass, is_half } = looked_up;
            let what = match (found, answer.question.kind) {
                (Yield::Something, _) => return None,
                (Yield::Nothing, _) if is_half => return None,
                (Yield::NoSuchName, Kind::A | Kind::Aaaa) if is_address(&answer.question.name) => {
                    " finds no host: the MX record holds an IP address instead of a host name"
                }
                (Yield::NoSuchName, _) => " points to a name that does not exist",
                (Yield::Nothing, Kind::Mx) => " finds no MX record",
                (Yield::Nothing, _) => " finds no A or AAAA record",
            };
            let missing = (found == Yield::NoSuchName).then(|| last_name(answer));
            Some(Void { place, name: &answer.question.name, what, missing, lets_pass })
        };
        self.list.into_iter().filter_map(void).collect()
    }
}
