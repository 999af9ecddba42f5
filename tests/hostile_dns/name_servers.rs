//! Name servers of a zone that are asked one by one, and resolvers beside each other.

use crate::server::{A, Act, MX, NS, Over, Query, Reply, SOA, Server, TXT, txt, wire};
use crate::{SHORT, live};
use mailcheck::audit::{self, Clock, Inquiry, Sweep};
use mailcheck::dns::{Cache, Ending, Recording, Replay};
use mailcheck::net::Name;
use mailcheck::report::{Domain, Reach, ServerState};
use std::net::{Ipv4Addr, SocketAddr};

/// What a name server does.
#[derive(Clone, Copy)]
struct Way {
    serial: u8,
    spf: &'static str,
    tcp: bool,
    nature: Nature,
}

#[derive(Clone, Copy, PartialEq)]
enum Nature {
    Serves,
    Refuses,
    AnswersWithoutAuthority,
    Truncates,
    Lies,
}

const GOOD: Way = Way { serial: 10, spf: "v=spf1 -all", tcp: true, nature: Nature::Serves };

fn soa_with(serial: u8) -> Vec<u8> {
    [wire("ns1.example.com"), wire("admin.example.com"), vec![0, 0, 0, serial], vec![0; 16]]
        .concat()
}

/// The replies of a name server of example.com.
fn zone(query: &Query, way: Way) -> Vec<Act> {
    let name = query.name();
    if way.nature == Nature::Refuses {
        return Reply::to(query).rcode(5).send();
    }
    if way.nature == Nature::Lies {
        return vec![Act::Send(vec![0xff; 7])];
    }
    let reply = Reply::to(query).without_recursion();
    if way.nature == Nature::AnswersWithoutAuthority {
        return reply.answer(&name, SOA, 60, &soa_with(way.serial)).send();
    }
    let reply = reply.authoritative();
    if way.nature == Nature::Truncates && query.over == Over::Udp && query.kind == TXT {
        return reply.truncated().send();
    }
    match (name.as_str(), query.kind) {
        ("example.com", SOA) => reply.answer(&name, SOA, 60, &soa_with(way.serial)),
        ("example.com", NS) => reply.answer(&name, NS, 60, &wire("ns1.example.com")).answer(
            &name,
            NS,
            60,
            &wire("ns2.example.com"),
        ),
        ("example.com", TXT) => reply.answer(&name, TXT, 60, &txt(way.spf)),
        ("example.com", MX) => {
            reply.answer(&name, MX, 60, &[&[0, 10][..], &wire("mx.example.com")].concat())
        }
        _ => reply.soa("example.com"),
    }
    .send()
}

/// The replies of the resolver: what the first server says, and where the servers are.
fn resolver(query: &Query, addresses: [Ipv4Addr; 2]) -> Vec<Act> {
    let name = query.name();
    let [first, second] = addresses;
    match (name.as_str(), query.kind) {
        ("ns1.example.com", A) => Reply::to(query).answer(&name, A, 60, &first.octets()).send(),
        ("ns2.example.com", A) => Reply::to(query).answer(&name, A, 60, &second.octets()).send(),
        ("mx.example.com", A) => Reply::to(query).answer(&name, A, 60, &[192, 0, 2, 1]).send(),
        _ => zone(query, GOOD),
    }
}

/// Two name servers on one port, and a resolver.
struct Scene {
    servers: [Server; 2],
    resolver: Server,
    port: u16,
}

impl Scene {
    async fn set(ways: [Way; 2]) -> Self {
        let addresses = [Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3)];
        let [one, other] = ways;
        loop {
            let first: SocketAddr = (addresses[0], 0).into();
            let first = Server::start_at(first, one.tcp, move |query| zone(query, one)).await;
            let Some(first) = first else { continue };
            let port = first.address.port();
            let second: SocketAddr = (addresses[1], port).into();
            let second = Server::start_at(second, other.tcp, move |query| zone(query, other)).await;
            let Some(second) = second else { continue };
            let resolver = Server::start(move |query| resolver(query, addresses)).await;
            return Self { servers: [first, second], resolver, port };
        }
    }

    fn inquiry(&self, allows_local: bool) -> Inquiry {
        let mut inquiry = Inquiry::about(Name::from_octets(b"example.com").unwrap());
        inquiry.authoritative = Some(Sweep { allows_local, port: self.port });
        inquiry
    }

    async fn examine(&self, allows_local: bool) -> Domain {
        let live = Cache::new(live(&[&self.resolver], SHORT));
        audit::domain(&live, &self.inquiry(allows_local), Clock::default()).await
    }
}

fn states(domain: &Domain) -> Vec<ServerState> {
    domain.authoritative.iter().flat_map(|it| &it.servers).map(|it| it.state).collect()
}

fn messages(domain: &Domain, rule: &str) -> Vec<String> {
    let found = domain.findings.iter().filter(|it| *it.rule == *rule);
    found.map(|it| it.message.to_string()).collect()
}

#[tokio::test]
async fn servers_that_serve_the_same_zone_are_good_and_meet_no_rule() {
    let domain = Scene::set([GOOD, GOOD]).await.examine(true).await;
    let found = domain.findings.iter().filter(|it| it.rule.contains("server"));
    assert_eq!((states(&domain), found.count()), (vec![ServerState::Good, ServerState::Good], 0));
}

#[tokio::test]
async fn a_server_is_asked_without_recursion_over_udp_and_tcp() {
    let scene = Scene::set([GOOD, GOOD]).await;
    scene.examine(true).await;
    let asked = scene.servers[0].asked();
    let over = |over| asked.iter().filter(|query| query.over == over && query.kind == SOA).count();
    assert_eq!((over(Over::Udp), over(Over::Tcp)), (1, 1));
    assert!(asked.iter().all(|query| !query.wants_recursion));
}

#[tokio::test]
async fn a_server_with_an_old_serial_and_another_record_is_stale_and_the_fault_is_yours() {
    let old = Way { serial: 9, spf: "v=spf1 +all", ..GOOD };
    let domain = Scene::set([GOOD, old]).await.examine(true).await;
    let fault = domain.faults.first().map(|fault| fault.reason.to_string());
    let line = "ns2.example.com still serves the old SPF record (serial 9, ns1.example.com has 10)";
    assert_eq!((states(&domain)[1], fault.as_deref()), (ServerState::Stale, Some(line)));
}

#[tokio::test]
async fn an_old_serial_with_the_same_records_is_good() {
    let domain = Scene::set([GOOD, Way { serial: 9, ..GOOD }]).await.examine(true).await;
    assert_eq!(states(&domain), [ServerState::Good, ServerState::Good]);
}

#[tokio::test]
async fn another_record_under_the_same_serial_is_an_error_and_not_a_delay() {
    let other = Way { spf: "v=spf1 +all", ..GOOD };
    let domain = Scene::set([GOOD, other]).await.examine(true).await;
    let [different, stale] =
        ["posture/servers-differ", "posture/stale-server"].map(|it| messages(&domain, it).len());
    assert_eq!((different > 0, stale), (true, 0));
}

#[tokio::test]
async fn a_server_that_refuses_is_lame_and_named() {
    let domain =
        Scene::set([GOOD, Way { nature: Nature::Refuses, ..GOOD }]).await.examine(true).await;
    let said = "example.com is delegated to ns2.example.com (127.0.0.3), which does not serve it \
                (replied REFUSED)";
    assert_eq!(messages(&domain, "posture/lame-server"), [said]);
}

#[tokio::test]
async fn an_answer_without_authority_is_lame() {
    let way = Way { nature: Nature::AnswersWithoutAuthority, ..GOOD };
    let domain = Scene::set([GOOD, way]).await.examine(true).await;
    assert_eq!(states(&domain)[1], ServerState::Lame);
}

#[tokio::test]
async fn a_server_that_refuses_tcp_is_named() {
    let domain = Scene::set([GOOD, Way { tcp: false, ..GOOD }]).await.examine(true).await;
    assert_eq!(states(&domain)[1], ServerState::WithoutTcp);
    assert_eq!(messages(&domain, "posture/server-without-tcp").len(), 1);
}

#[tokio::test]
async fn a_truncated_record_without_tcp_cannot_be_fetched() {
    let way = Way { tcp: false, nature: Nature::Truncates, ..GOOD };
    let domain = Scene::set([GOOD, way]).await.examine(true).await;
    let said = messages(&domain, "posture/server-without-tcp");
    assert!(said[0].ends_with("its SPF record cannot be fetched"), "{said:?}");
}

#[tokio::test]
async fn a_server_that_sends_garbage_is_silent_and_ends_in_time() {
    let way = Way { nature: Nature::Lies, ..GOOD };
    let domain = Scene::set([GOOD, way]).await.examine(true).await;
    assert_eq!(states(&domain)[1], ServerState::Silent);
}

#[tokio::test]
async fn nothing_is_sent_to_a_private_address_that_only_the_dns_named() {
    let scene = Scene::set([GOOD, GOOD]).await;
    let domain = scene.examine(false).await;
    let asked = scene.servers.iter().map(|server| server.asked().len()).sum::<usize>();
    assert_eq!((asked, states(&domain)), (0, vec![ServerState::Private; 2]));
}

#[tokio::test]
async fn where_no_server_answers_nothing_is_claimed_of_them() {
    let scene = Scene::set([GOOD, GOOD]).await;
    let mut inquiry = scene.inquiry(true);
    inquiry.authoritative = Some(Sweep { allows_local: true, port: 1 });
    let live = Cache::new(live(&[&scene.resolver], SHORT));
    let domain = audit::domain(&live, &inquiry, Clock::default()).await;
    let status = domain.authoritative.as_ref().map(|it| it.status);
    assert_eq!(
        (status, messages(&domain, "posture/silent-server").len()),
        (Some(Reach::Silent), 0)
    );
}

#[tokio::test]
async fn what_single_servers_said_is_recorded_and_replayed_to_the_letter() {
    let old = Way { serial: 9, spf: "v=spf1 +all", ..GOOD };
    let scene = Scene::set([GOOD, old]).await;
    let inquiry = scene.inquiry(true);
    let recording = Recording::new(live(&[&scene.resolver], SHORT), Vec::new(), "2026-11-27");
    let cache = Cache::new(&recording);
    let first = audit::domain(&cache, &inquiry, Clock::default()).await;
    let cassette = recording.finish(Ending::Whole).unwrap().unwrap();
    let replay = Replay::read("t", cassette).unwrap();
    let second = audit::domain(&replay, &inquiry, Clock::default()).await;
    assert_eq!(first.authoritative, second.authoritative);
}

#[tokio::test]
async fn a_recording_of_before_says_nothing_of_single_servers() {
    let scene = Scene::set([GOOD, GOOD]).await;
    let mut inquiry = scene.inquiry(true);
    let sweep = inquiry.authoritative.take();
    let recording = Recording::new(live(&[&scene.resolver], SHORT), Vec::new(), "2026-11-27");
    audit::domain(&recording, &inquiry, Clock::default()).await;
    let replay = Replay::read("t", recording.finish(Ending::Whole).unwrap().unwrap()).unwrap();
    inquiry.authoritative = sweep;
    let domain = audit::domain(&replay, &inquiry, Clock::default()).await;
    let status = domain.authoritative.as_ref().map(|it| it.status);
    assert_eq!((status, domain.result), (Some(Reach::NotRecorded), audited(&replay).await));
}

/// What a server of com says: a referral with one address for ns1 and an old one for ns2.
fn parent(query: &Query) -> Vec<Act> {
    let name = query.name();
    let reply = Reply::to(query).without_recursion();
    match (name.as_str(), query.kind) {
        ("example.com", NS) => reply
            .authority(&name, NS, 60, &wire("ns1.example.com"))
            .authority(&name, NS, 60, &wire("ns2.example.com"))
            .additional("ns1.example.com", A, &[127, 0, 0, 2])
            .additional("ns2.example.com", A, &[127, 0, 0, 9])
            .additional("ns.elsewhere.example", A, &[127, 0, 0, 1])
            .send(),
        _ => reply.authoritative().soa("com").send(),
    }
}

#[tokio::test]
async fn glue_of_a_referral_is_held_against_the_addresses_of_the_zone() {
    let (scene, above) = loop {
        let scene = Scene::set([GOOD, GOOD]).await;
        let place: SocketAddr = (Ipv4Addr::new(127, 0, 0, 4), scene.port).into();
        if let Some(above) = Server::start_at(place, true, parent).await {
            break (scene, above);
        }
    };
    let addresses = [Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3)];
    let resolver = Server::start(move |query| {
        let name = query.name();
        match (name.as_str(), query.kind) {
            ("com", SOA) => Reply::to(query).answer(&name, SOA, 60, &soa_with(1)).send(),
            ("com", NS) => Reply::to(query).answer(&name, NS, 60, &wire("a.gtld")).send(),
            ("a.gtld", A) => Reply::to(query).answer(&name, A, 60, &[127, 0, 0, 4]).send(),
            _ => resolver(query, addresses),
        }
    })
    .await;
    let live = Cache::new(live(&[&resolver], SHORT));
    let domain = audit::domain(&live, &scene.inquiry(true), Clock::default()).await;
    let said = "com sends resolvers to 127.0.0.9 for ns2.example.com, which has 127.0.0.3";
    assert_eq!(messages(&domain, "posture/glue-differs"), [said]);
    assert!(above.asked().iter().all(|query| !query.wants_recursion));
}

/// The verdict without a look at single servers.
async fn audited(replay: &Replay) -> mailcheck::report::Verdict {
    let inquiry = Inquiry::about(Name::from_octets(b"example.com").unwrap());
    audit::domain(replay, &inquiry, Clock::default()).await.result
}
