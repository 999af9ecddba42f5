//! How fast policies are read, walked and asked, with every answer in memory.

#[expect(dead_code, reason = "a bench needs a part of the world")]
#[path = "../tests/support/world.rs"]
mod world;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use mailcheck::audit::{self, Clock, Fixes, Inquiry};
use mailcheck::net::{Family, IpSet};
use mailcheck::protocols::spf::{Policies, Receiver, Sender, check_host, grammar, lint, walk};
use std::net::{IpAddr, Ipv4Addr};
use world::{DOMAIN, World, at_once, everybody, facts, name};

fn main() {
    divan::main();
}

/// Records of 53 to 71 octets, as they are found in the field.
const RECORDS: [&str; 6] = [
    "v=spf1 include:spf.protection.outlook.com include:x.test ~all",
    "v=spf1 a mx ip4:192.0.2.0/24 ip4:198.51.100.17 include:a.test -all",
    "v=spf1 include:_spf.google.example include:mail.example.net ~all",
    "v=spf1 redirect=_spf.customers.provider.example.com",
    "v=spf1 ip4:203.0.113.0/25 ip6:2001:db8:1::/48 mx:example.com -all",
    "v=spf1 exists:%{i}._spf.example.com a:mail.example.org/28 ?all",
];

/// A tenant of a large provider: one include of a record with 4 + 4 networks, and the
/// domain's own host.
const TENANT: &str = "\
    example.com TXT v=spf1 include:spf.provider.test mx -all\n\
    example.com MX 10 mail.example.com\n\
    mail.example.com A 203.0.113.25\n\
    mail.example.com AAAA 2001:db8:25::25\n\
    spf.provider.test TXT v=spf1 ip4:198.18.0.0/15 ip4:192.0.2.0/26 ip4:198.51.100.0/24 \
        ip4:100.64.0.0/14 ip6:2001:db8:100::/48 ip6:2001:db8:110::/48 ip6:2001:db8:f400::/48 \
        ip6:2001:db8:d400::/48 -all\n";

const RECEIVER: Receiver<'_> = Receiver { name: b"receiver.test", time: 0 };

#[divan::bench]
fn records_parsed(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(RECORDS.len())).bench(|| {
        for record in RECORDS {
            black_box(grammar::parse(black_box(record.as_bytes())));
        }
    });
}

/// A sender that the provider's last IPv4 network allows, and one that only `-all` decides.
const SENDERS: [[u8; 4]; 2] = [[100, 64, 1, 2], [192, 0, 2, 200]];

#[divan::bench(args = [0, 1])]
fn checks_with_policies_known(bencher: Bencher<'_, '_>, sender: usize) {
    let world = World::new(TENANT);
    let policies = Policies::new(&world);
    bencher.counter(ItemsCount::new(1_u8)).bench(|| check(&policies, SENDERS[sender].into()));
}

#[divan::bench(args = [0, 1])]
fn checks_with_policies_to_be_read(bencher: Bencher<'_, '_>, sender: usize) {
    let world = World::new(TENANT);
    bencher
        .counter(ItemsCount::new(1_u8))
        .bench(|| check(&Policies::new(&world), SENDERS[sender].into()));
}

fn check(policies: &Policies<'_>, address: IpAddr) -> bool {
    let sender = Sender::mail_from(b"someone@example.com", Some(b"client.test"));
    let checked = at_once(check_host(policies, &sender, IpSet::one(address), RECEIVER));
    black_box(checked).only().is_some()
}

#[divan::bench(args = [Family::V4, Family::V6])]
fn walks_over_everybody(bencher: Bencher<'_, '_>, family: Family) {
    let world = World::new(TENANT);
    let policies = Policies::new(&world);
    let domain = name(DOMAIN);
    let anybody = Sender::anybody(&domain);
    bencher
        .counter(ItemsCount::new(1_u8))
        .bench(|| at_once(walk(&policies, &domain, &anybody, IpSet::all(family))));
}

/// A policy of 4,500 networks that includes itself: what a hostile record costs.
#[divan::bench]
fn walks_over_a_large_policy(bencher: Bencher<'_, '_>) {
    let world =
        World::new(&format!("example.com TXT v=spf1 {}include:example.com", networks(4500)));
    let policies = Policies::new(&world);
    let domain = name(DOMAIN);
    let anybody = Sender::anybody(&domain);
    bencher
        .counter(ItemsCount::new(1_u8))
        .bench(|| at_once(walk(&policies, &domain, &anybody, IpSet::all(Family::V4))));
}

/// So many networks that do not touch.
fn networks(count: u32) -> String {
    (0..count).map(|n| format!("ip4:{}/24 ", Ipv4Addr::from(n << 9))).collect()
}

/// How many addresses are asked about in one round.
const ASKED: u128 = 1000;

#[divan::bench(args = [4, 1000])]
fn memberships(bencher: Bencher<'_, '_>, count: u32) {
    let world = World::new(&format!("example.com TXT v=spf1 {}-all", networks(count)));
    let membership = everybody(&world, DOMAIN, Family::V4).membership();
    // Steps of a prime number of addresses, so that neighbours in time are none in space.
    let addresses: Vec<u128> = (0..ASKED).map(|n| n * 982_451_653 % (1 << 32)).collect();
    bencher.counter(ItemsCount::new(addresses.len())).bench(|| {
        addresses.iter().filter(|number| membership.result_of(**number).is_none()).count()
    });
}

/// All protocols and all rules over one domain, as the main job does it; with fixes, each of which
/// is another examination, and without.
#[divan::bench(args = [Fixes::Skipped, Fixes::Proved])]
fn audits(bencher: Bencher<'_, '_>, fixes: Fixes) {
    let world = World::new(&format!(
        "{TENANT}_dmarc.example.com TXT v=DMARC1; p=none; pct=50; rua=mailto:dmarc@example.com\n"
    ));
    let mut inquiry = Inquiry::about(name(DOMAIN));
    inquiry.fixes = fixes;
    bencher
        .counter(ItemsCount::new(1_u8))
        .bench(|| at_once(audit::domain(&world, &inquiry, Clock::default())));
}

#[divan::bench]
fn rules_checked(bencher: Bencher<'_, '_>) {
    let facts = facts(&World::new(TENANT));
    bencher.counter(ItemsCount::new(1_u8)).bench(|| lint::check(black_box(&facts)));
}
