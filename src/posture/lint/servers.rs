//! Rules about DNS servers that were asked one by one. What could not be asked meets none of them.

use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::Kind;
use crate::net::Name;
use crate::posture::Facts;
use crate::report::{
    Authoritative, LookupOutcome, NameServer, Reach, Resolver, Served, ServerState,
};
use crate::text::Phrase;

/// Records that a sentence has room for.
const MOST: usize = 3;

/// The sweep, and the zone, if any of its servers answered.
pub(super) fn answered(facts: &Facts) -> Option<(&Authoritative, &Name)> {
    let sweep = facts.authoritative.as_ref().filter(|it| it.status == Reach::Answered)?;
    Some((sweep, sweep.zone.as_ref()?))
}

/// A finding for each server in a state, about its address: its operator has to act.
fn each_server(
    facts: &Facts,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
    state: ServerState,
    say: impl Fn(&NameServer) -> Phrase,
) {
    let Some((sweep, _)) = answered(facts) else { return };
    for server in sweep.servers.iter().filter(|server| server.state == state) {
        let is_v6 = server.address.is_some_and(|ip| ip.is_ipv6());
        let kind = if is_v6 { Kind::Aaaa } else { Kind::A };
        findings.push(Finding::new(rule, Location::set(server.name.clone(), kind), say(server)));
    }
}

/// A finding for each server in a state, about the NS records of the zone.
fn each(
    facts: &Facts,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
    state: ServerState,
    say: impl Fn(&NameServer, &Name) -> Phrase,
) {
    let Some((sweep, zone)) = answered(facts) else { return };
    for server in sweep.servers.iter().filter(|server| server.state == state) {
        let place = Location::set(zone.clone(), Kind::Ns).of_host(&server.name);
        findings.push(Finding::new(rule, place, say(server, zone)));
    }
}

/// A server by its name, and its address.
fn named(server: &NameServer) -> Phrase {
    let said = Phrase::new().name(&server.name);
    match server.address {
        Some(address) => said.plain(" (").addr(address).plain(")"),
        None => said,
    }
}

fn detail(text: &str) -> Phrase {
    Phrase::new().plain(" (").plain(text).plain(")")
}

pub(super) fn stale(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some((sweep, _)) = answered(facts) else { return };
    let newest = sweep.servers.iter().find(|it| {
        it.serial.is_some() && it.records.iter().all(|record| record.agrees != Some(false))
    });
    for server in sweep.servers.iter().filter(|it| it.state == ServerState::Stale) {
        let differing = server.records.iter().filter(|it| it.agrees == Some(false));
        for Served { record, name, kind, .. } in differing {
            let said = Phrase::new()
                .name(&server.name)
                .plain(" still serves the old ")
                .plain(record.title())
                .plain(" (serial ")
                .number(server.serial.unwrap_or_default());
            let said = match newest {
                Some(other) => said
                    .plain(", ")
                    .name(&other.name)
                    .plain(" has ")
                    .number(other.serial.unwrap_or_default())
                    .plain(")"),
                None => said.plain(")"),
            };
            let place = Location::set(name.clone(), *kind).of_host(&server.name);
            let advice = Phrase::from(
                "not propagated yet: wait for the zone transfer; if it does not come, check NOTIFY and \
                 zone transfers to that server",
            );
            let finding = Finding::new(rule, place, said);
            findings.push(Finding { advice: Some(advice), ..finding });
        }
    }
}

pub(super) fn different(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some((sweep, _)) = answered(facts) else { return };
    let all = || sweep.servers.iter().filter(|it| it.state == ServerState::Different);
    for server in all() {
        let differing = server.records.iter().filter(|it| it.agrees != Some(true));
        for Served { record, name, kind, values, .. } in differing {
            // Where as many say one thing as another, one finding for all of them is enough.
            let place = Location::set(name.clone(), *kind).of_host(&server.name);
            let said = Phrase::new()
                .name(&server.name)
                .plain(" serves another ")
                .plain(record.title())
                .plain(" than other servers with serial ")
                .number(server.serial.unwrap_or_default())
                .plain(": ")
                .then(shown(values));
            findings.push(Finding::new(rule, place, said));
        }
    }
}

/// Records, or that there are none.
fn shown(values: &[String]) -> Phrase {
    match values {
        [] => Phrase::from("none"),
        values => {
            let all = values.iter().map(|value| Phrase::new().code(value));
            Phrase::listed(all, MOST, " and ")
        }
    }
}

pub(super) fn lame(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each(facts, rule, findings, ServerState::Lame, |server, zone| {
        Phrase::new()
            .name(zone)
            .plain(" is delegated to ")
            .then(named(server))
            .plain(", which does not serve it")
            .then(detail(&server.udp.detail))
    });
}

pub(super) fn silent(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each_server(facts, rule, findings, ServerState::Silent, |server| {
        let how = if server.tcp.is_good { " answers over TCP only" } else { " does not answer" };
        Phrase::new()
            .plain("name server ")
            .then(named(server))
            .plain(how)
            .then(detail(&server.udp.detail))
    });
}

pub(super) fn without_tcp(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each_server(facts, rule, findings, ServerState::WithoutTcp, |server| {
        let is_cut = |it: &&Served| matches!(it.outcome, LookupOutcome::Failed(_));
        let said = Phrase::new()
            .plain("name server ")
            .then(named(server))
            .plain(" answers over UDP, not over TCP")
            .then(detail(&server.tcp.detail));
        match server.records.iter().find(is_cut) {
            Some(record) => {
                said.plain("; its ").plain(record.record.title()).plain(" cannot be fetched")
            }
            None => said,
        }
    });
}

pub(super) fn slow(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each_server(facts, rule, findings, ServerState::Slow, |server| {
        Phrase::new()
            .plain("name server ")
            .then(named(server))
            .plain(" takes ")
            .number(server.udp.elapsed_ms.unwrap_or_default())
            .plain(" ms to answer")
    });
}

pub(super) fn addresses(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    each(facts, rule, findings, ServerState::NoAddress, |server, _| {
        Phrase::new().plain("name server ").name(&server.name).plain(" has no address")
    });
    each(facts, rule, findings, ServerState::Private, |server, _| {
        Phrase::new()
            .plain("name server ")
            .then(named(server))
            .plain(" has an address that the internet cannot reach")
    });
}

pub(super) fn delegation(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    super::parent::on_its_way(facts, rule, findings);
    let Some((sweep, zone)) = answered(facts) else { return };
    let mut names = [const { Vec::<&Name>::new() }; 2];
    for server in &sweep.servers {
        let side = match (server.delegated, server.listed) {
            (Some(true), Some(false)) => names.first_mut(),
            (Some(false), Some(true)) => names.last_mut(),
            _ => None,
        };
        if let Some(side) = side
            && !side.contains(&&server.name)
        {
            side.push(&server.name);
        }
    }
    let said = names.iter().zip(["only the parent zone lists ", "only the zone itself lists "]);
    let said: Vec<Phrase> = said
        .filter(|(names, _)| !names.is_empty())
        .map(|(names, words)| {
            let all = names.iter().map(|name| Phrase::new().name(name));
            Phrase::from(words).then(Phrase::listed(all, usize::MAX, " and "))
        })
        .collect();
    if said.is_empty() {
        return;
    }
    let said = Phrase::from("NS records differ: ").then(Phrase::listed(said, usize::MAX, "; "));
    findings.push(Finding::new(rule, Location::set(zone.clone(), Kind::Ns), said));
}

pub(super) fn resolvers(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let Some(first) = facts.resolvers.first() else { return };
    for record in &first.records {
        let all = facts.resolvers.iter().filter_map(|resolver| {
            let own = resolver.records.iter().find(|it| it.record == record.record)?;
            let is_known = own.outcome != LookupOutcome::Failed(crate::dns::Trouble::NotRecorded);
            is_known.then_some((resolver, own))
        });
        let all: Vec<(&Resolver, &Served)> = all.collect();
        let mut groups: Vec<(&Served, Vec<&Resolver>)> = Vec::new();
        for (resolver, own) in all {
            let is_same = |(known, _): &&mut (&Served, Vec<&Resolver>)| {
                known.values == own.values && is_answer(known) == is_answer(own)
            };
            match groups.iter_mut().find(is_same) {
                Some((_, names)) => names.push(resolver),
                None => groups.push((own, vec![resolver])),
            }
        }
        if groups.len() < 2 {
            continue;
        }
        let said = groups.iter().map(|(own, names)| {
            let names = names.iter().map(|it| Phrase::new().code(&it.resolver));
            let what = match own.outcome {
                LookupOutcome::Failed(trouble) => Phrase::from(trouble.word()),
                _ => shown(&own.values),
            };
            Phrase::listed(names, MOST, " and ").plain(": ").then(what)
        });
        let said = Phrase::from("resolvers disagree about the ")
            .plain(record.record.title())
            .plain("; ")
            .then(Phrase::listed(said, usize::MAX, "; "));
        let place = Location::set(record.name.clone(), record.kind);
        findings.push(Finding::new(rule, place, said));
    }
}

fn is_answer(served: &Served) -> bool {
    !matches!(served.outcome, LookupOutcome::Failed(_))
}
