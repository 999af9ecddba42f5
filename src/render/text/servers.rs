//! What single servers say: a line each.

use super::sheet::Sheet;
use crate::render::palette::Ink;
use crate::report::{Authoritative, Domain, NameServer, Parent, Reply, Resolver, ServerState};

/// Columns of names, and of addresses, at most.
const WIDEST: usize = 40;

pub(super) fn servers(sheet: &mut Sheet, domain: &Domain) {
    if let Some(sweep) = &domain.authoritative {
        name_servers(sheet, sweep);
    }
    resolvers(sheet, &domain.resolvers);
}

fn name_servers(sheet: &mut Sheet, sweep: &Authoritative) {
    sheet.blank();
    if let Some(why) = sweep.status.why() {
        let label = sheet.line().with(Ink::Strong, "  name servers  ");
        let sentence = sheet.line().with(Ink::Unknown, why);
        return sheet.sentence(label, &sentence);
    }
    let zone = sweep.zone.as_ref().map(ToString::to_string).unwrap_or_default();
    sheet.put(&sheet.line().with(Ink::Strong, "  name servers").plain(format!(" of {zone}")));
    let address = |it: &NameServer| it.address.map(|ip| ip.to_string()).unwrap_or_default();
    let widest = |text: &dyn Fn(&NameServer) -> String| {
        sweep.servers.iter().map(|it| text(it).chars().count()).max().unwrap_or_default()
    };
    let begin = 4 + widest(&|it| it.name.to_string()).min(WIDEST) + 2;
    let state = begin + widest(&address).min(WIDEST) + 2;
    let after = state + widest(&|it| it.state.words().to_owned());
    for server in &sweep.servers {
        let mut line = sheet
            .line()
            .plain("    ")
            .with(Ink::Name, server.name.to_string())
            .pad(begin)
            .with(Ink::Name, address(server))
            .pad(state)
            .with(ink(server.state), server.state.words())
            .pad(after);
        if let Some(serial) = server.serial {
            line = line.plain(format!("  serial {serial}"));
        }
        for (way, reply) in [("udp", &server.udp), ("tcp", &server.tcp)] {
            line = line.faint(time(way, reply));
        }
        sheet.put(&line);
    }
    if sweep.is_cut {
        sheet.put(&sheet.line().faint("    there are more servers; these were queried"));
    }
    if let Some(parent) = &sweep.parent {
        delegation(sheet, parent);
    }
}

/// Who delegates the zone: a line for all servers of the parent zone, and one for each that is not good.
fn delegation(sheet: &mut Sheet, parent: &Parent) {
    let all = parent.servers.len();
    let good = parent.servers.iter().filter(|it| it.udp.is_good).count();
    let label = sheet
        .line()
        .plain("    delegated by ")
        .with(Ink::Name, parent.zone.to_string())
        .plain("  ");
    let mut sentence = sheet.line().plain(format!("{good} of {all} addresses answer"));
    for (at, digest) in parent.digests.iter().enumerate() {
        let begin = if at == 0 { "; DS with key tag " } else { ", " };
        sentence = sentence.plain(format!("{begin}{}", digest.tag));
    }
    sheet.sentence(label, &sentence);
    for server in parent.servers.iter().filter(|it| it.state != ServerState::Good) {
        let address = server.address.map(|ip| format!("  {ip}")).unwrap_or_default();
        let line = sheet.line().plain("      ").with(Ink::Name, server.name.to_string());
        let line = line.with(Ink::Name, address).plain("  ");
        sheet.put(&line.with(ink(server.state), server.state.words()));
    }
}

fn ink(state: ServerState) -> Ink {
    match state {
        ServerState::Good => Ink::Good,
        ServerState::Slow | ServerState::WithoutTcp | ServerState::Stale => Ink::Weak,
        ServerState::Different
        | ServerState::Lame
        | ServerState::Silent
        | ServerState::NoAddress
        | ServerState::Private => Ink::Bad,
        _ => Ink::Unknown,
    }
}

fn time(way: &str, reply: &Reply) -> String {
    match reply.elapsed_ms.filter(|_| reply.is_good) {
        Some(ms) => format!("  {way} {ms} ms"),
        None => String::new(),
    }
}

fn resolvers(sheet: &mut Sheet, resolvers: &[Resolver]) {
    if resolvers.is_empty() {
        return;
    }
    sheet.blank();
    sheet.put(&sheet.line().with(Ink::Strong, "  resolvers"));
    for resolver in resolvers {
        let label = sheet.line().plain("    ").with(Ink::Name, &resolver.resolver).plain("  ");
        let mut sentence = sheet.line();
        for (at, one) in resolver.records.iter().enumerate() {
            let ink = if one.agrees == Some(false) { Ink::Bad } else { Ink::Plain };
            let gap = if at == 0 { "" } else { "; " };
            let word = match one.values.as_slice() {
                [] => one.outcome.word().to_owned(),
                values => values.join(" "),
            };
            sentence = sentence.plain(gap).plain(one.record.title()).plain(" ").with(ink, word);
        }
        sheet.sentence(label, &sentence);
    }
}
