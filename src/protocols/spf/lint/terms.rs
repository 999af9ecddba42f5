//! Terms of a record that do not do what their writer may think, and how a policy ends.

use super::dead::idle;
use super::view::{Place, name_addresses};
use crate::diagnostic::{Finding, Rule};
use crate::net::Name;
use crate::protocols::spf::examine::Facts;
use crate::protocols::spf::partition::SpfResult;
use crate::protocols::spf::record::{Body, Mechanism, Qualifier};
use crate::text::Phrase;

pub(super) fn redirect_ignored(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let redirects = facts.own_terms().filter(|place| matches!(place.term.body, Body::Redirect(_)));
    // RFC 7208 §5.1: "Any "redirect" modifier (Section 6.1) MUST be ignored when there is an
    // "all" mechanism in the record, regardless of the relative ordering of the terms."
    for place in redirects.filter(|place| place.record.all().is_some()) {
        let message = Phrase::new().code(place.text()).plain(" has no effect beside ").code("all");
        findings.push(Finding::new(rule, place.location(), message));
    }
}

pub(super) fn terms_after_all(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for (published, record) in facts.own_records() {
        let is_all = |mechanism: &Mechanism| *mechanism == Mechanism::All;
        let mut after =
            record.directives().skip_while(|(.., mechanism)| !is_all(mechanism)).skip(1);
        let Some((_, first, ..)) = after.next() else { continue };
        let message = Phrase::new()
            .code(first.span.of(&record.text))
            .plain(match after.count() {
                0 => " never matches: it follows ".to_owned(),
                more => format!(" and {more} more never match: they follow "),
            })
            .code("all");
        findings.push(Finding::new(rule, published.location().at(first.span), message));
    }
}

pub(super) fn no_all(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some((published, record)) = facts.last_record() else { return };
    if record.all().is_some() {
        return;
    }
    let message = Phrase::new()
        .plain("the policy ends without ")
        .code("all")
        .plain(": unlisted senders get ")
        .weak("neutral");
    findings.push(Finding::new(rule, published.location(), message));
}

pub(super) fn neutral_all(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(place) = last_all(facts, Qualifier::Neutral) else { return };
    let message = Phrase::new()
        .code(place.text())
        .plain(" gives ")
        .weak("neutral")
        .plain(" to unlisted senders");
    findings.push(Finding::new(rule, place.location(), message));
}

/// A network of which so many make a family is one that nobody owns.
const WIDE: u128 = 128;

/// The domain in whose record the term stands that lets everybody pass; `None` if several terms do together, or
/// none does.
pub fn opener(facts: &Facts) -> Option<Name> {
    facts.partitions().into_iter().find_map(|partition| {
        let half = partition.family.last() / 2;
        let cells = partition.cells.iter().filter(|c| c.result() == Some(SpfResult::Pass));
        let largest = cells.max_by_key(|cell| cell.set.count())?;
        let is_alone = largest.set.count() > half;
        is_alone.then(|| partition.place(largest.by?).map(|place| place.location().name)).flatten()
    })
}

pub(super) fn pass_all(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let everybody = facts.partitions().into_iter().find_map(|partition| {
        let passing = partition.passing();
        // Half of a family and more: nobody owns that much.
        let is_everybody = passing.count() > partition.family.last() / 2;
        let cells = partition.cells.iter().filter(|c| c.result() == Some(SpfResult::Pass));
        let largest = cells.clone().max_by_key(|cell| cell.set.count())?;
        let place = partition.place(largest.top?)?;
        // What no single term does may several together: two halves of the internet.
        let is_alone = largest.set.count() > partition.family.last() / 2 + 1;
        let wide = cells.filter(|cell| cell.set.count() > partition.family.last() / WIDE);
        let mut together: Vec<Place<'_>> = Vec::new();
        for place in wide.filter_map(|cell| partition.place(cell.top?)).filter(|_| !is_alone) {
            if !together.iter().any(|known| known.is(place)) {
                together.push(place);
            }
        }
        is_everybody.then_some((place, partition.term_text(largest.by?), together))
    });
    let (place, inner, together) = match (everybody, last_all(facts, Qualifier::Pass)) {
        (Some(found), _) => found,
        (None, Some(place)) => (place, String::new(), Vec::new()),
        (None, None) => return,
    };
    let mut message = match together.as_slice() {
        [_, _, ..] => {
            let terms = together.iter().map(|place| Phrase::new().code(place.text()));
            Phrase::listed(terms, 3, " and ").plain(" together let anyone send")
        }
        _ if inner.is_empty() || inner.as_bytes() == place.text() => {
            Phrase::new().code(place.text()).plain(" lets anyone send")
        }
        _ => Phrase::new()
            .code(place.text())
            .plain(" (by ")
            .code(inner)
            .plain(")")
            .plain(" lets anyone send"),
    };
    let passing = facts.addresses(|cell| cell.result() == Some(SpfResult::Pass));
    if passing.iter().any(|set| !set.is_empty()) {
        message = message.plain(": ").then(name_addresses(&passing));
    }
    findings.push(Finding::new(rule, place.location(), message));
}

/// The `all` that decides about senders which no other term names, if it has this qualifier.
fn last_all(facts: &Facts, wanted: Qualifier) -> Option<Place<'_>> {
    let (published, record) = facts.last_record()?;
    let (_, term, qualifier, _) =
        record.directives().find(|(.., mechanism)| **mechanism == Mechanism::All)?;
    (qualifier == wanted).then_some(Place { published, record, term })
}

pub(super) fn weak_term(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    // A term that never decides gives its senders nothing.
    let idle = idle(facts);
    for (published, record) in facts.own_records() {
        let mut weak = record.directives().filter(|(_, term, qualifier, mechanism)| {
            matches!(qualifier, Qualifier::Neutral | Qualifier::Softfail)
                && **mechanism != Mechanism::All
                && !idle.iter().any(|it| it.is(Place { published, record, term }))
        });
        let Some((_, first, qualifier, _)) = weak.next() else { continue };
        let message = Phrase::new().code(first.span.of(&record.text));
        let message = match weak.count() {
            0 => message.plain(" gives "),
            1 => message.plain(" (and 1 more such term) gives "),
            more => message.plain(" (and ").number(more).plain(" more such terms) gives "),
        };
        let message = message.weak(qualifier.result().word()).plain(", not pass");
        // RFC 7208 §5.2: of an included record only pass matches.
        let message = match facts.is_included(published) {
            true => message
                .plain(", so ")
                .code(format!("include:{}", published.domain))
                .plain(" does not match its senders"),
            false => message,
        };
        findings.push(Finding::new(rule, published.location().at(first.span), message));
    }
}

pub(super) fn ptr(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for published in facts.met() {
        let Some(record) = published.usable() else { continue };
        for (_, term, _, mechanism) in record.directives() {
            if !matches!(mechanism, Mechanism::Ptr(_)) {
                continue;
            }
            let message = Phrase::new()
                .code(term.span.of(&record.text))
                .plain(" costs up to 11 DNS queries for each sender, and some receivers skip it");
            findings.push(Finding::new(rule, published.location().at(term.span), message));
        }
    }
}
