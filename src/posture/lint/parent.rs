//! Rules about the delegation of the zone, and about a resolver that says something else than the zone.

use super::servers::answered;
use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::Kind;
use crate::net::Name;
use crate::posture::Facts;
use crate::report::{Glue, GlueState, NameServer, Parent, ParentServer, ServerState};
use crate::text::Phrase;
use std::net::IpAddr;

/// Names that a sentence has room for.
const MOST: usize = 4;

/// What the parent zone says, and the zone.
fn parent(facts: &Facts) -> Option<(&Parent, &Name, &[NameServer])> {
    let sweep = facts.authoritative.as_ref()?;
    Some((sweep.parent.as_ref()?, sweep.zone.as_ref()?, &sweep.servers))
}

fn addresses(all: &[IpAddr]) -> Phrase {
    Phrase::listed(all.iter().map(|ip| Phrase::new().addr(*ip)), MOST, " and ")
}

fn names<'n>(all: impl IntoIterator<Item = &'n Name>) -> Phrase {
    Phrase::listed(all.into_iter().map(|name| Phrase::new().name(name)), MOST, " and ")
}

pub(super) fn not_delegated(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some((parent, zone, _)) = parent(facts) else { return };
    let says = |it: &ParentServer, what| it.delegates == Some(what);
    // One that serves both zones never refers from one to the other.
    let serves_both = |it: &ParentServer| {
        it.delegates.is_none() && matches!(it.state, ServerState::Good | ServerState::Slow)
    };
    if !parent.servers.iter().any(|it| says(it, false))
        || parent.servers.iter().any(|it| says(it, true) || serves_both(it))
    {
        return;
    }
    let said = Phrase::new()
        .name(&parent.zone)
        .plain(" does not delegate ")
        .name(zone)
        .plain(": its name servers have no NS records for it");
    let advice = Phrase::from(
        "check that the registration has not lapsed, and have the registrar enter the name servers",
    );
    let finding = Finding::new(rule, Location::set(zone.clone(), Kind::Ns), said);
    findings.push(Finding { advice: Some(advice), ..finding });
}

/// The servers of the parent zone that list different servers: a change of the delegation that has not
/// arrived everywhere.
pub(super) fn on_its_way(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some((parent, zone, _)) = parent(facts) else { return };
    let mut groups: Vec<(&[Name], Vec<&Name>)> = Vec::new();
    for server in parent.servers.iter().filter(|it| it.delegates.is_some()) {
        let hosts = server.hosts.as_slice();
        match groups.iter_mut().find(|(known, _)| *known == hosts) {
            Some((_, all)) if all.contains(&&server.name) => {}
            Some((_, all)) => all.push(&server.name),
            None => groups.push((hosts, vec![&server.name])),
        }
    }
    if groups.len() < 2 {
        return;
    }
    let said = groups.iter().map(|(hosts, servers)| {
        let listed = match hosts {
            [] => Phrase::from("no server"),
            hosts => names(*hosts),
        };
        names(servers.iter().copied()).plain(": ").then(listed)
    });
    let said = Phrase::from("the name servers of ")
        .name(&parent.zone)
        .plain(" list different name servers for ")
        .name(zone)
        .plain("; ")
        .then(Phrase::listed(said, MOST, "; "));
    let advice = Phrase::from("not propagated yet: run it again; if it stays, ask the registrar");
    let finding = Finding::new(rule, Location::set(zone.clone(), Kind::Ns), said);
    findings.push(Finding { advice: Some(advice), ..finding });
}

/// A finding for each server whose glue is in one of these states.
fn each_glue(
    facts: &Facts,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
    states: &[GlueState],
    say: impl Fn(&Parent, &Name, &Glue) -> Phrase,
) {
    let Some((parent, zone, _)) = parent(facts) else { return };
    for glue in parent.glue.iter().filter(|it| states.contains(&it.state)) {
        let place = Location::set(zone.clone(), Kind::Ns).of_host(&glue.name);
        findings.push(Finding::new(rule, place, say(parent, zone, glue)));
    }
}

pub(super) fn glue_differs(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let states = [GlueState::Differs, GlueState::Missing];
    each_glue(facts, rule, findings, &states, |parent, zone, glue| match glue.state {
        GlueState::Missing => Phrase::new()
            .name(&parent.zone)
            .plain(" has no address for ")
            .name(&glue.name)
            .plain(", a name server of ")
            .name(zone)
            .plain(" inside that zone: resolvers cannot find it"),
        _ => Phrase::new()
            .name(&parent.zone)
            .plain(" sends resolvers to ")
            .then(addresses(&glue.parent))
            .plain(" for ")
            .name(&glue.name)
            .plain(", which has ")
            .then(addresses(&glue.zone)),
    });
}

pub(super) fn glue_incomplete(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each_glue(facts, rule, findings, &[GlueState::Incomplete], |parent, _, glue| {
        let missing: Vec<IpAddr> =
            glue.zone.iter().filter(|ip| !glue.parent.contains(ip)).copied().collect();
        Phrase::new()
            .name(&parent.zone)
            .plain(" has no glue for the address ")
            .then(addresses(&missing))
            .plain(" of ")
            .name(&glue.name)
    });
}

pub(super) fn ds_without_key(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some((parent, zone, servers)) = parent(facts) else { return };
    let lacking: Vec<&Name> =
        servers.iter().filter(|it| it.has_key == Some(false)).map(|it| &it.name).collect();
    if lacking.is_empty() {
        return;
    }
    let is_all = servers.iter().all(|it| it.has_key != Some(true));
    let tags = parent.digests.iter().map(|digest| Phrase::new().number(digest.tag));
    let said = Phrase::new()
        .name(&parent.zone)
        .plain(" has a DS record for ")
        .name(zone)
        .plain(" (key tag ")
        .then(Phrase::listed(tags, MOST, ", "))
        .plain("), and ");
    let said = match is_all {
        true => said.plain("the zone has no such key"),
        false => said.then(names(lacking)).plain(" serves no such key"),
    };
    let advice = Phrase::from(
        "sign the zone with that key, or have the registrar remove or replace the DS record",
    );
    let finding = Finding::new(rule, Location::set(zone.clone(), Kind::DS), said);
    findings.push(Finding { advice: Some(advice), ..finding });
}

pub(super) fn resolver_differs(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some((sweep, zone)) = answered(facts) else { return };
    for own in &sweep.resolver {
        let held = match own.values.as_slice() {
            [] => Phrase::from("none"),
            values => {
                Phrase::listed(values.iter().map(|value| Phrase::new().code(value)), MOST, " and ")
            }
        };
        let said = Phrase::from("the resolver's ")
            .plain(own.record.title())
            .plain(" differs from that of every name server of ")
            .name(zone)
            .plain(": ")
            .then(held);
        let place = Location::set(own.name.clone(), own.kind);
        findings.push(Finding::new(rule, place, said));
    }
}
