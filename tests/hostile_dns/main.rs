//! Live lookups against servers that lie, stall, break off and babble.
//!
//! Whatever comes back, a lookup ends within its limit and says what it knows: "no such name" only
//! when a server that can be believed said so. That holds however queries use sockets, so all lookups
//! are tested over both.

#![allow(clippy::unwrap_used, reason = "a test whose scene cannot be set has failed")]
#![allow(clippy::duplicate_mod, reason = "the same tests, over each use of sockets")]

mod loss;
mod name_servers;
#[path = "../support/program.rs"]
mod program;
mod server;
#[path = "../support/site.rs"]
mod site;
mod smtp;
mod watch;
mod web;

use mailcheck::dns::{Answer, Kind, Live, LiveOptions, Provenance, Question, Sockets, Trouble};
use mailcheck::net::Name;
use server::{Query, Reply, Server, TXT, txt};
use std::time::Duration;

#[path = "."]
mod over_own_sockets {
    const SOCKETS: super::Sockets = super::Sockets::Own;

    #[path = "lookups/mod.rs"]
    mod lookups;
}

#[path = "."]
mod over_shared_sockets {
    const SOCKETS: super::Sockets = super::Sockets::Shared;

    #[path = "lookups/mod.rs"]
    mod lookups;
}

/// For servers that reply: never reached.
const LONG: Duration = Duration::from_secs(30);
/// For servers that do not.
const SHORT: Duration = Duration::from_millis(300);
/// For servers that reply to the second or third try.
const MEDIUM: Duration = Duration::from_secs(4);

fn question(name: &str, kind: Kind) -> Question {
    Question::new(Name::from_octets(name.as_bytes()).unwrap(), kind)
}

fn live_over(sockets: Sockets, servers: &[&Server], timeout: Duration) -> Live {
    let servers = servers.iter().map(|server| server.address.into()).collect();
    let mut options = LiveOptions::new(servers, timeout);
    options.sockets = sockets;
    Live::new(options).unwrap()
}

fn live(servers: &[&Server], timeout: Duration) -> Live {
    live_over(Sockets::Own, servers, timeout)
}

/// The trouble and the detail of a failure, with the address of the server left out.
fn trouble(answer: &Answer, server: &Server) -> Option<(Trouble, String)> {
    let failure = answer.failure()?;
    Some((failure.trouble, failure.detail.replace(&server.address.to_string(), "SERVER")))
}

fn texts(answer: &Answer) -> Vec<String> {
    answer.texts().map(|text| String::from_utf8_lossy(&text).into_owned()).collect()
}

fn aliases(answer: &Answer) -> Vec<String> {
    answer.aliases.iter().map(Name::to_string).collect()
}

fn tries(answer: &Answer) -> u16 {
    match answer.provenance {
        Provenance::Live { tries, .. } => tries,
        _ => panic!("a live answer has live provenance"),
    }
}

fn transport(answer: &Answer) -> &'static str {
    match answer.provenance {
        Provenance::Live { transport, .. } => transport,
        _ => panic!("a live answer has live provenance"),
    }
}

fn policy(query: &Query) -> Reply {
    Reply::to(query).answer(&query.name(), TXT, 3600, &txt("v=spf1 -all"))
}
