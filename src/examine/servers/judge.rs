//! Which of several servers says something else than the rest, and why.

use crate::dns::{Answer, Authority, Outcome, Trouble};
use crate::report::{
    LookupOutcome, NameServer, Parent, ParentServer, Reach, Reply, Resolver, Served, ServerState,
};
use std::net::IpAddr;

/// From how many milliseconds on a server is slow: resolvers have asked another one by then.
const SLOW_MS: u64 = 1000;

/// How a server stands by itself, from its first and its last reply.
pub(super) fn alone(first: &Answer, last: &Answer, server: &NameServer) -> ServerState {
    let trouble = first.failure().map(|failure| failure.trouble);
    let last_serial = super::serial(last);
    match (&first.outcome, trouble) {
        (_, Some(Trouble::Refused | Trouble::ServFail)) => ServerState::Lame,
        (_, Some(_)) => ServerState::Silent,
        (Outcome::Records(_), None) if first.authority == Some(Authority::Own) => {
            if last_serial.is_some() && last_serial != server.serial {
                ServerState::Changing
            } else if !server.tcp.is_good {
                ServerState::WithoutTcp
            } else {
                pace(&server.udp)
            }
        }
        _ => ServerState::Lame,
    }
}

/// What is left to say of a server whose replies are good.
pub(super) fn pace(reply: &Reply) -> ServerState {
    match reply.elapsed_ms {
        Some(SLOW_MS..) => ServerState::Slow,
        _ => ServerState::Good,
    }
}

/// Holds the servers of a zone against each other, beside those of the parent zone.
pub(super) fn judge(servers: &mut [NameServer], parent: Option<&mut Parent>) -> Reach {
    let is_unrecorded = |it: &NameServer| it.state == ServerState::NotRecorded;
    if !servers.is_empty() && servers.iter().all(is_unrecorded) {
        return Reach::NotRecorded;
    }
    let answers = |state, udp: &Reply, tcp: &Reply| {
        udp.elapsed_ms.is_some() || tcp.elapsed_ms.is_some() || state == ServerState::Lame
    };
    let is_heard = |it: &NameServer| answers(it.state, &it.udp, &it.tcp);
    let above = parent.map_or(&mut [][..], |parent| &mut parent.servers);
    let is_parent_heard = |it: &ParentServer| answers(it.state, &it.udp, &it.tcp);
    let is_v6 = |ip: Option<IpAddr>| ip.is_some_and(|ip| ip.is_ipv6());
    // Where nobody is reached over IPv6, it is most likely missing here.
    if !servers.iter().any(|it| is_v6(it.address) && is_heard(it))
        && !above.iter().any(|it| is_v6(it.address) && is_parent_heard(it))
    {
        let own = servers.iter_mut().map(|it| (it.address, &mut it.state));
        for (ip, state) in own.chain(above.iter_mut().map(|it| (it.address, &mut it.state))) {
            if is_v6(ip) && *state == ServerState::Silent {
                *state = ServerState::NotReached;
            }
        }
    }
    // Who answers for the parent shows that queries get out, so that silence is that of the servers.
    let gets_out = servers.iter().any(is_heard) || above.iter().any(is_parent_heard);
    if !gets_out && servers.iter().any(|it| it.state == ServerState::Silent) {
        return Reach::Silent;
    }
    let newest = servers.iter().filter_map(|it| it.serial).reduce(newer);
    let Some(newest) = newest else { return Reach::Answered };
    let of_newest = servers.iter().filter(|it| it.serial == Some(newest));
    let records: Vec<Served> = of_newest.flat_map(|it| it.records.clone()).collect();
    for server in servers.iter_mut().filter(|it| it.state != ServerState::Changing) {
        let mut differs = false;
        let is_newest = server.serial == Some(newest);
        for own in &mut server.records {
            own.agrees = agrees(own, &records);
            // Where as many say one thing as another, none of them is the one that is wrong.
            let is_split = is_newest && own.agrees.is_none() && is_known(own);
            differs |= own.agrees == Some(false) || is_split;
        }
        if differs {
            server.state = if is_newest { ServerState::Different } else { ServerState::Stale };
        }
    }
    Reach::Answered
}

/// Marks the answers of resolvers that most of them do not give.
pub(super) fn compare(resolvers: &mut [Resolver]) {
    let all: Vec<Served> = resolvers.iter().flat_map(|it| it.records.clone()).collect();
    for own in resolvers.iter_mut().flat_map(|it| &mut it.records) {
        own.agrees = agrees(own, &all);
    }
}

/// The newer of two serial numbers (RFC 1982 §3.2).
fn newer(one: u32, other: u32) -> u32 {
    let is_before = one.wrapping_sub(other) > u32::MAX / 2;
    if is_before { other } else { one }
}

/// True if a server said what there is, be it nothing.
pub(super) fn is_known(served: &Served) -> bool {
    !matches!(served.outcome, LookupOutcome::Failed(_))
}

/// Whether a record set is the one that most have; `None` if it is not known, or no other is more
/// frequent and several are as frequent.
fn agrees(own: &Served, all: &[Served]) -> Option<bool> {
    let is_about_it = |it: &&Served| it.record == own.record && is_known(it);
    if !is_known(own) {
        return None;
    }
    let same = |it: &Served| {
        let both = all.iter().filter(is_about_it);
        both.filter(|other| other.values == it.values).count()
    };
    let most = all.iter().filter(is_about_it).map(same).max()?;
    let frequent = all.iter().filter(is_about_it).filter(|it| same(it) == most);
    let mut values: Vec<&[String]> = frequent.map(|it| it.values.as_slice()).collect();
    values.dedup();
    let is_most = values.contains(&own.values.as_slice());
    values.sort();
    values.dedup();
    if is_most && values.len() > 1 { None } else { Some(is_most) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_newer_across_the_end_of_its_range() {
        let newest = [newer(9, 10), newer(10, 9), newer(u32::MAX, 1), newer(1, u32::MAX)];
        assert_eq!(newest, [10, 10, 1, 1]);
    }
}
