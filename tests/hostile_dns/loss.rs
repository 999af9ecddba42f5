//! Scans of many domains over a network that loses, repeats and delays datagrams, and by servers that
//! fail for a while: a row is the one of an undisturbed scan, or says that something is unknown.

use crate::program::mailcheck;
use crate::server::{A, Act, MX, Over, Query, Reply, Server, TXT, txt, wire};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::process::Stdio;
use std::sync::Mutex;

/// How many domains there are.
const DOMAINS: usize = 240;

/// What the DNS says of them: domains of six kinds.
fn truth(query: &Query) -> Reply {
    let (reply, name) = (Reply::to(query), query.name());
    let own = name.strip_prefix("_dmarc.").unwrap_or(&name);
    let number = own.strip_prefix('d').and_then(|rest| rest.strip_suffix(".test")?.parse().ok());
    let kind = number.map(|number: usize| number % 6);
    let policy = |text: &str| Reply::to(query).answer(&name, TXT, 60, &txt(text));
    let is_policy = query.kind == TXT && own == name;
    match (own, kind) {
        (_, Some(3)) => reply.rcode(3).soa("test"),
        (_, Some(_)) if query.kind == MX && own == name => {
            reply.answer(&name, MX, 60, &[&[0, 10][..], &wire("mx.provider.test")].concat())
        }
        (_, Some(0 | 4)) if query.kind == TXT && own != name => policy("v=DMARC1; p=reject"),
        (_, Some(1)) if query.kind == TXT && own != name => policy("v=DMARC1; p=none"),
        (_, Some(0)) if is_policy => policy("v=spf1 include:spf.provider.test -all"),
        (_, Some(1)) if is_policy => policy("v=spf1 a mx ~all"),
        (_, Some(4)) if is_policy => policy("v=spf1 redirect=spf.provider.test"),
        // A policy beside texts that do not fit a datagram.
        (_, Some(5)) if is_policy && query.over == Over::Udp => reply.truncated(),
        (_, Some(5)) if is_policy => {
            let long = txt("x".repeat(255));
            let texts = (0..6).fold(policy("v=spf1 a:mx.provider.test -all"), |reply, _| {
                reply.answer(&name, TXT, 60, &long)
            });
            texts.authentic()
        }
        (_, Some(1)) if query.kind == A => reply.answer(&name, A, 60, &[192, 0, 2, 1]),
        ("spf.provider.test", _) if query.kind == TXT => {
            policy("v=spf1 include:one.provider.test include:two.provider.test ~all")
        }
        ("one.provider.test", _) if query.kind == TXT => policy("v=spf1 ip4:192.0.2.0/24 -all"),
        ("two.provider.test", _) if query.kind == TXT => policy("v=spf1 ip4:198.51.100.7 -all"),
        ("mx.provider.test", _) if query.kind == A => reply.answer(&name, A, 60, &[192, 0, 2, 9]),
        _ => reply.soa("test"),
    }
}

/// How many times each question was asked over UDP.
#[derive(Default)]
struct Count(Mutex<HashMap<(String, u16), u64>>);

impl Count {
    /// Which time it is, from 1.
    fn another(&self, query: &Query) -> u64 {
        let mut asked = self.0.lock().unwrap();
        let times = asked.entry((query.name(), query.kind)).or_default();
        *times += 1;
        *times
    }
}

/// A number below 100 for each try of a question: whatever the order, the same datagrams are lost.
fn chance(query: &Query, time: u64, what: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (query.name(), query.kind, time, what).hash(&mut hasher);
    hasher.finish() % 100
}

/// A network that loses so many of a hundred datagrams, repeats one and delivers one late: behind the
/// reply to a later query.
fn lossy(percent: u64) -> impl Fn(&Query) -> Vec<Act> + Send + Sync + 'static {
    let (count, late) = (Count::default(), Mutex::new(Vec::new()));
    move |query| {
        let reply = truth(query).bytes();
        if query.over == Over::Tcp {
            return vec![Act::Send(reply)];
        }
        let time = count.another(query);
        let mut acts = Vec::new();
        let held: Vec<Vec<u8>> = std::mem::take(&mut *late.lock().unwrap());
        if chance(query, time, "late") < 1 {
            late.lock().unwrap().push(reply);
        } else if chance(query, time, "lost") >= percent {
            let copies = if chance(query, time, "twice") < 1 { 2 } else { 1 };
            acts.extend((0..copies).map(|_| Act::Send(reply.clone())));
        }
        acts.extend(held.into_iter().map(Act::Send));
        acts
    }
}

/// A limit of time that is not reached where servers reply; what is lost is repeated after two seconds.
const LONG: &str = "24s";
/// One for servers that do not.
const SHORT: &str = "1s";

/// The rows of a scan by their line, without what differs between two runs.
async fn rows(
    timeout: &'static str,
    script: impl Fn(&Query) -> Vec<Act> + Send + Sync + 'static,
) -> Vec<String> {
    let server = Server::start(script).await;
    let resolver = server.address.to_string();
    let scan = move || {
        let mut command = mailcheck();
        command.args([
            "scan",
            "-",
            // Some are done before others begin.
            "--concurrency",
            "60",
            "--timeout",
            timeout,
            "--deadline",
            "10m",
            "--ordered",
            "--resolver",
            &resolver,
        ]);
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut scan = pipes.spawn().unwrap();
        let list: String = (0..DOMAINS).map(|number| format!("d{number}.test\n")).collect();
        scan.stdin.take().unwrap().write_all(list.as_bytes()).unwrap();
        scan.wait_with_output().unwrap()
    };
    let ended = tokio::task::spawn_blocking(scan).await.unwrap();
    let text = String::from_utf8(ended.stdout).unwrap();
    let rows: Vec<String> = text.lines().map(without_start).collect();
    assert_eq!(rows.len(), DOMAINS, "{}", String::from_utf8_lossy(&ended.stderr));
    rows
}

fn without_start(row: &str) -> String {
    let mut row: serde_json::Value = serde_json::from_str(row).unwrap();
    row["started"].take();
    row.to_string()
}

async fn undisturbed() -> Vec<String> {
    rows(LONG, |query| truth(query).send()).await
}

/// How many rows say that something is unknown; all others have to be those of an undisturbed scan.
async fn unknown(
    timeout: &'static str,
    script: impl Fn(&Query) -> Vec<Act> + Send + Sync + 'static,
) -> usize {
    let (sound, disturbed) = (undisturbed().await, rows(timeout, script).await);
    let differing: Vec<_> =
        sound.iter().zip(&disturbed).filter(|(one, other)| one != other).collect();
    let is_wrong = |(_, row): &&(&String, &String)| row.contains("\"unknown\":[]");
    let wrong: Vec<_> = differing.iter().filter(is_wrong).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    differing.len()
}

#[tokio::test]
async fn no_row_of_an_undisturbed_scan_is_unknown() {
    let rows = undisturbed().await;
    let unknown: Vec<&String> = rows.iter().filter(|row| !row.contains("\"unknown\":[]")).collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
}

#[tokio::test]
async fn one_lost_datagram_in_a_hundred_changes_no_row() {
    assert_eq!(unknown(LONG, lossy(1)).await, 0);
}

#[tokio::test]
async fn one_lost_datagram_in_ten_leaves_one_row_in_a_hundred_unknown_at_most() {
    let unknown = unknown(LONG, lossy(10)).await;
    assert!(unknown <= DOMAINS / 100, "{unknown} rows are unknown");
}

#[tokio::test]
async fn a_server_that_dies_midway_makes_rows_unknown_and_none_wrong() {
    let count = Mutex::new(0_usize);
    let unknown = unknown(SHORT, move |query| {
        let mut count = count.lock().unwrap();
        *count += 1;
        match (*count < 2 * DOMAINS, query.over) {
            (true, _) => truth(query).send(),
            (false, Over::Udp) => vec![],
            (false, Over::Tcp) => vec![Act::Close],
        }
    });
    let unknown = unknown.await;
    assert!((1..DOMAINS).contains(&unknown), "{unknown} rows are unknown");
}

#[tokio::test]
async fn a_server_that_fails_for_a_while_makes_rows_unknown_and_none_wrong() {
    let count = Count::default();
    let unknown = unknown(LONG, move |query| {
        // One in three of the questions that domains do not share, the first time it is asked.
        let is_own = query.name().starts_with(['d', '_']);
        let is_failing = count.another(query) == 1 && is_own && chance(query, 0, "failing") < 33;
        if is_failing { Reply::to(query).rcode(2).send() } else { truth(query).send() }
    });
    let unknown = unknown.await;
    assert!((1..DOMAINS).contains(&unknown), "{unknown} rows are unknown");
}

#[tokio::test]
async fn replies_to_the_questions_of_others_change_no_row() {
    let before: Mutex<Option<Query>> = Mutex::default();
    let unknown = unknown(LONG, move |query| {
        let mut before = before.lock().unwrap();
        let other = before.replace(query.clone()).filter(|other| other.over == Over::Udp);
        let mut acts = Vec::new();
        if let (Some(other), Over::Udp) = (other, query.over) {
            // Its own reply under the id of this query.
            let stray = truth(&Query { id: query.id, ..other });
            acts.push(Act::Send(stray.bytes()));
        }
        acts.push(Act::Send(truth(query).bytes()));
        acts
    });
    assert_eq!(unknown.await, 0);
}
