//! How many questions an audit asks one after another: that, times the way to the server, is how
//! long a reader waits.
//!
//! Every answer takes one round trip of a clock that only the test moves, so trips are counted, not
//! measured.

use mailcheck::audit::{self, Asked, Clock, Common, Inquiry, Sender, SharedPolicies};
use mailcheck::dns::{Cache, Dns, Lookup, Question, Replay};
use mailcheck::net::Name;
use std::time::Duration;

const TRIP: Duration = Duration::from_millis(20);

/// A tree that is three deep, with a host at its end, a provider's policy, an author and a client.
const CASSETTE: &str = r#"{"cassette":1,"absent":"nxdomain"}
{"name":"deep.example","type":"TXT","records":["\"v=spf1 mx a:mail.deep.example include:one.deep.example include:two.deep.example -all\""]}
{"name":"one.deep.example","type":"TXT","records":["\"v=spf1 ip4:192.0.2.1 include:three.deep.example -all\""]}
{"name":"two.deep.example","type":"TXT","records":["\"v=spf1 ip4:192.0.2.2 -all\""]}
{"name":"three.deep.example","type":"TXT","records":["\"v=spf1 ip4:192.0.2.3 include:four.deep.example -all\""]}
{"name":"four.deep.example","type":"TXT","records":["\"v=spf1 ip4:192.0.2.4 a:host.deep.example -all\""]}
{"name":"host.deep.example","type":"A","records":["192.0.2.5"]}
{"name":"mail.deep.example","type":"A","records":["192.0.2.6"]}
{"name":"deep.example","type":"MX","records":["10 mx.deep.example."]}
{"name":"mx.deep.example","type":"A","records":["192.0.2.7"]}
{"name":"default._domainkey.deep.example","type":"TXT","records":["\"v=DKIM1; p=\""]}
{"name":"_dmarc.deep.example","type":"TXT","records":["\"v=DMARC1; p=reject; rua=mailto:a@reports.example\""]}
{"name":"deep.example._report._dmarc.reports.example","type":"TXT","records":["\"v=DMARC1\""]}
{"name":"flat.example","type":"TXT","records":["\"v=spf1 ip4:192.0.2.0/24 a:host.flat.example -all\""]}
{"name":"flat.example","type":"MX","records":["1 aspmx.l.google.com."]}
{"name":"_spf.google.com","type":"TXT","records":["\"v=spf1 include:_netblocks.google.com include:_netblocks2.google.com include:_netblocks3.google.com ~all\""]}
{"name":"_netblocks.google.com","type":"TXT","records":["\"v=spf1 ip4:198.51.100.0/25 ~all\""]}
{"name":"_netblocks2.google.com","type":"TXT","records":["\"v=spf1 ip4:198.51.100.128/26 ~all\""]}
{"name":"_netblocks3.google.com","type":"TXT","records":["\"v=spf1 ip4:198.51.100.192/26 ~all\""]}
"#;

/// Answers from a cassette, a round trip later.
struct Distant(Replay);

impl Dns for Distant {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        Box::pin(async move {
            tokio::time::sleep(TRIP).await;
            self.0.lookup(question).await
        })
    }
}

fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("a test writes valid names")
}

fn about(domain: &str) -> Inquiry {
    Inquiry::about(name(domain))
}

fn sender(sender: Sender) -> Vec<Asked> {
    vec![Asked { text: "sender".into(), sender }]
}

/// The round trips between question and report.
async fn trips(inquiry: Inquiry) -> u128 {
    let cassette =
        Replay::read("tape", CASSETTE.as_bytes()).expect("a test writes valid cassettes");
    let dns = Cache::new(Distant(cassette));
    let begin = tokio::time::Instant::now();
    audit::domain(&dns, &inquiry, Clock::default()).await;
    begin.elapsed().as_millis() / TRIP.as_millis()
}

#[tokio::test(start_paused = true)]
async fn a_tree_takes_its_depth_and_two_trips_with_everything_else() {
    // The record, three policies below it, and the address of a host in the last one.
    assert_eq!(trips(about("deep.example")).await, 3 + 2);
}

#[tokio::test(start_paused = true)]
async fn an_address_to_test_takes_no_trip_of_its_own() {
    let mut inquiry = about("deep.example");
    inquiry.senders = sender(Sender::Address("192.0.2.9".parse().expect("an address")));
    assert_eq!(trips(inquiry).await, 3 + 2);
}

#[tokio::test(start_paused = true)]
async fn a_verdict_takes_no_more_trips_than_a_report() {
    let mut inquiry = about("deep.example");
    inquiry.senders = sender(Sender::Address("192.0.2.9".parse().expect("an address")));
    let cassette =
        Replay::read("tape", CASSETTE.as_bytes()).expect("a test writes valid cassettes");
    let dns = Cache::new(Distant(cassette));
    let common = Common { dns: &dns, own: &dns, policies: &SharedPolicies::default() };
    let begin = tokio::time::Instant::now();
    audit::decided(common, &inquiry, Clock::default(), 1).await;
    assert_eq!(begin.elapsed().as_millis() / TRIP.as_millis(), 3 + 2);
}

#[tokio::test(start_paused = true)]
async fn the_policy_of_the_helo_name_is_fetched_meanwhile() {
    let mut inquiry = about("flat.example");
    inquiry.senders = sender(Sender::Address("192.0.2.9".parse().expect("an address")));
    inquiry.helo = Some(b"deep.example".to_vec());
    assert_eq!(trips(inquiry).await, 3 + 2);
}

#[tokio::test(start_paused = true)]
async fn a_policy_to_test_is_fetched_meanwhile() {
    let mut inquiry = about("flat.example");
    inquiry.senders = sender(Sender::Policy(name("deep.example")));
    assert_eq!(trips(inquiry).await, 3 + 2);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_only_the_mx_shows_takes_its_tree_and_one_trip() {
    assert_eq!(trips(about("flat.example")).await, 1 + 2);
}

#[tokio::test(start_paused = true)]
async fn the_policy_of_another_author_is_fetched_meanwhile() {
    let mut inquiry = about("flat.example");
    inquiry.senders = sender(Sender::Address("203.0.113.9".parse().expect("an address")));
    inquiry.header_from = Some(name("author.example"));
    // Where no key exists, the doubled name is asked for afterwards.
    assert_eq!(trips(inquiry).await, 2 + 1);
}
