//! The delegation of a zone, as the servers of its parent have it.

use crate::world::{at_once, name};
use mailcheck::audit::{self, Clock, Inquiry, Sweep};
use mailcheck::dns::Replay;
use mailcheck::report::{Domain, Party, Reach, ServerState};

/// The zone com, and where its one server is.
const COM: &str = r#"{"cassette":1,"absent":"nxdomain"}
{"name":"com","type":"SOA","records":["a.gtld. admin.gtld. 1 7200 900 1209600 300"]}
{"name":"com","type":"NS","records":["a.gtld."]}
{"name":"a.gtld","type":"A","records":["192.0.2.99"]}
"#;

/// Its referral to two servers of an operator that exists.
const REFERRAL: &str = r#"
{"server":"udp://192.0.2.99:53","name":"example.com","type":"NS","records":["ns1.old.example.","ns2.old.example."],"authority":"referral","glue":[]}
{"name":"ns1.old.example","type":"A","records":["192.0.2.1"]}
{"name":"ns2.old.example","type":"A","records":["192.0.2.2"]}
"#;

/// The resolver gets no answer for the zone.
const DEAD: &str = r#"
{"name":"example.com","type":"SOA","outcome":"servfail"}
{"name":"example.com","type":"NS","outcome":"servfail"}
{"name":"example.com","type":"TXT","outcome":"servfail"}
{"name":"example.com","type":"MX","outcome":"servfail"}
{"name":"_dmarc.example.com","type":"TXT","outcome":"servfail"}
"#;

fn examined(lines: &[&str]) -> Domain {
    let replay = Replay::read("t", lines.concat()).expect("a cassette");
    let mut inquiry = Inquiry::about(name("example.com"));
    inquiry.authoritative = Some(Sweep::default());
    at_once(audit::domain(&replay, &inquiry, Clock::default()))
}

fn messages(domain: &Domain, rule: &str) -> Vec<String> {
    let found = domain.findings.iter().filter(|it| *it.rule == *rule);
    found.map(|it| it.message.to_string()).collect()
}

fn states(domain: &Domain) -> Vec<ServerState> {
    domain.authoritative.iter().flat_map(|it| &it.servers).map(|it| it.state).collect()
}

/// How both servers of the zone reply to every query for its SOA record.
fn both(outcome: &str) -> String {
    let line = |way: &str, ip: &str| {
        format!(
            "{{\"server\":\"{way}://{ip}:53\",\"name\":\"example.com\",\"type\":\"SOA\",{outcome}}}\n"
        )
    };
    let all =
        [("udp", "192.0.2.1"), ("tcp", "192.0.2.1"), ("udp", "192.0.2.2"), ("tcp", "192.0.2.2")];
    all.iter().map(|(way, ip)| line(way, ip)).collect()
}

#[test]
fn servers_that_no_resolver_reaches_are_found_by_the_referral_of_the_parent_and_lame() {
    let refuses = both(r#""outcome":"refused","detail":"replied REFUSED""#);
    let domain = examined(&[COM, REFERRAL, DEAD, &refuses]);
    let said = "example.com is delegated to ns1.old.example (192.0.2.1), which does not serve it \
                (replied REFUSED)";
    assert_eq!(messages(&domain, "posture/lame-server").first().map(String::as_str), Some(said));
}

#[test]
fn a_lame_delegation_is_the_fault_of_the_owner_of_the_domain() {
    let refuses = both(r#""outcome":"refused","detail":"replied REFUSED""#);
    let domain = examined(&[COM, REFERRAL, DEAD, &refuses]);
    assert_eq!(domain.faults.first().map(|fault| fault.party), Some(Party::You));
}

#[test]
fn servers_that_stay_silent_are_named_where_the_parent_shows_that_queries_get_out() {
    let silent = both(r#""outcome":"timeout","detail":"no reply in time""#);
    let domain = examined(&[COM, REFERRAL, DEAD, &silent]);
    let status = domain.authoritative.as_ref().map(|it| it.status);
    assert_eq!((status, states(&domain)), (Some(Reach::Answered), vec![ServerState::Silent; 2]));
}

#[test]
fn where_nobody_answers_at_all_silence_is_not_held_against_the_servers() {
    let silent = both(r#""outcome":"timeout","detail":"no reply in time""#);
    let zone = r#"{"name":"example.com","type":"SOA","records":["a. b. 1 1 1 1 1"]}
{"name":"example.com","type":"NS","records":["ns1.old.example.","ns2.old.example."]}
"#;
    let nobody = COM.replace("192.0.2.99", "192.0.2.98")
        + r#"{"server":"udp://192.0.2.98:53","name":"example.com","type":"NS","outcome":"timeout"}
"#;
    let hosts = REFERRAL.lines().skip(2).collect::<Vec<_>>().join("\n") + "\n";
    let domain = examined(&[&nobody, &hosts, zone, &silent]);
    let status = domain.authoritative.as_ref().map(|it| it.status);
    assert_eq!(
        (status, messages(&domain, "posture/silent-server").len()),
        (Some(Reach::Silent), 0)
    );
}

#[test]
fn a_delegation_to_names_that_do_not_exist_has_servers_without_an_address() {
    let referral = REFERRAL.lines().take(2).collect::<Vec<_>>().join("\n") + "\n";
    let domain = examined(&[COM, &referral, DEAD]);
    assert_eq!(messages(&domain, "posture/server-address").len(), 2);
}

#[test]
fn an_address_that_could_not_be_found_out_is_not_a_server_without_one() {
    let unknown = REFERRAL.replace(r#""records":["192.0.2.1"]"#, r#""outcome":"servfail""#);
    let unknown = unknown.replace(r#""records":["192.0.2.2"]"#, r#""outcome":"timeout""#);
    let domain = examined(&[COM, &unknown, DEAD]);
    assert_eq!(
        (states(&domain), messages(&domain, "posture/server-address").len()),
        (vec![ServerState::AddressUnknown; 2], 0)
    );
}

#[test]
fn a_private_address_in_a_referral_is_not_asked() {
    let inside = REFERRAL.replace("ns1.old.example.", "ns1.example.com.");
    let inside = inside.replace(r#""glue":[]"#, r#""glue":["ns1.example.com. 10.0.0.1"]"#);
    let domain = examined(&[COM, &inside, DEAD]);
    assert_eq!(states(&domain).first(), Some(&ServerState::Private));
}

#[test]
fn servers_of_the_parent_that_refer_to_different_servers_are_not_called_wrong() {
    let second = COM.replace(r#"["192.0.2.99"]"#, r#"["192.0.2.99","192.0.2.98"]"#);
    let other = REFERRAL
        .lines()
        .nth(1)
        .map(|line| line.replace("192.0.2.99", "192.0.2.98").replace("ns2.old", "ns3.old") + "\n");
    let domain = examined(&[&second, REFERRAL, &other.unwrap_or_default(), DEAD]);
    let found = domain.findings.iter().find(|it| it.rule == "posture/delegation-differs");
    let advice = found.and_then(|it| it.advice.as_ref()).map(ToString::to_string);
    assert!(advice.is_some_and(|it| it.starts_with("not propagated yet")), "{:?}", domain.findings);
}

#[test]
fn glue_that_a_recording_does_not_hold_is_not_missing() {
    let inside = REFERRAL.replace("ns1.old.example.", "ns1.example.com.");
    let inside = inside.replace(r#","glue":[]"#, "");
    let zone = r#"{"name":"example.com","type":"SOA","records":["a. b. 1 1 1 1 1"]}
{"name":"ns1.example.com","type":"A","records":["192.0.2.1"]}
"#;
    let domain = examined(&[COM, &inside, zone]);
    assert_eq!(messages(&domain, "posture/glue-differs"), Vec::<String>::new());
}

#[test]
fn a_server_inside_of_the_zone_without_glue_cannot_be_found() {
    let inside = REFERRAL.replace("ns1.old.example.", "ns1.example.com.");
    let zone = r#"{"name":"example.com","type":"SOA","records":["a. b. 1 1 1 1 1"]}
{"name":"ns1.example.com","type":"A","records":["192.0.2.1"]}
"#;
    let domain = examined(&[COM, &inside, zone]);
    let said = "com has no address for ns1.example.com, a name server of example.com inside that \
                zone: resolvers cannot find it";
    assert_eq!(messages(&domain, "posture/glue-differs"), [said]);
}
