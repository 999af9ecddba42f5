//! Random zones, small enough that their parts meet.

use mailcheck::net::Family;
use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt::Write as _;

/// The policies of a zone: `p0.test` to `p5.test`, and `p6.test`, which does not exist.
const POLICIES: usize = 6;
/// The hosts: `h0.test` to `h7.test`, and `h8.test`, which does not exist.
const HOSTS: usize = 8;
/// The mail domains: `m0.test` to `m2.test`, and `m3.test`, which does not exist.
const MAIL_DOMAINS: usize = 3;

/// The nodes of a zone, each with its lines.
type Nodes = Vec<Vec<String>>;

/// A zone with policies, hosts and mail domains.
pub(crate) fn zone() -> impl Strategy<Value = String> {
    nodes().prop_map(|nodes| written(&nodes))
}

/// A zone, and the same after a change of some of its names.
pub(crate) fn changed_zone() -> impl Strategy<Value = [String; 2]> {
    let names = POLICIES + HOSTS + MAIL_DOMAINS;
    (nodes(), nodes(), vec(proptest::bool::weighted(0.2), names)).prop_map(
        |(old, mut new, taken)| {
            for ((node, kept), is_taken) in new.iter_mut().zip(&old).zip(taken) {
                if !is_taken {
                    node.clone_from(kept);
                }
            }
            [written(&old), written(&new)]
        },
    )
}

fn nodes() -> impl Strategy<Value = Nodes> {
    let policies = vec(policy(), POLICIES);
    let hosts = vec(host(), HOSTS);
    let mail = vec(mail_domain(), MAIL_DOMAINS);
    (policies, hosts, mail).prop_map(|(policies, hosts, mail)| [policies, hosts, mail].concat())
}

fn written(nodes: &[Vec<String>]) -> String {
    let mut zone = String::new();
    let (policies, rest) = nodes.split_at(POLICIES);
    let (hosts, mail) = rest.split_at(HOSTS);
    write_nodes(&mut zone, 'p', policies);
    write_nodes(&mut zone, 'h', hosts);
    write_nodes(&mut zone, 'm', mail);
    zone
}

fn write_nodes(zone: &mut String, letter: char, nodes: &[Vec<String>]) {
    for (index, lines) in nodes.iter().enumerate() {
        for line in lines {
            writeln!(zone, "{letter}{index}.test {line}").expect("writing to a string");
        }
    }
}

fn one(line: &str) -> Vec<String> {
    vec![line.to_owned()]
}

/// The lines of a name that publishes a policy, or fails to.
fn policy() -> impl Strategy<Value = Vec<String>> {
    let sound = || vec(term(), 0..7).prop_map(|terms| format!("TXT v=spf1 {}", terms.join(" ")));
    prop_oneof![
        24 => sound().prop_map(|line| vec![line]),
        2 => (sound(), address()).prop_map(|(line, (family, ip))| vec![line, a_line(family, ip)]),
        1 => (sound(), sound()).prop_map(|(first, second)| vec![first, second]),
        1 => sound().prop_map(|line| vec![format!("{line} ip4:10.0.0.300")]),
        1 => Just(one("TXT nothing of interest")),
        1 => Just(one("TXT !servfail")),
        1 => Just(one("* !timeout")),
        1 => (0..POLICIES).prop_map(|other| vec![format!("CNAME p{other}.test")]),
        1 => Just(Vec::new()),
    ]
}

fn term() -> impl Strategy<Value = String> {
    let mechanism = prop_oneof![
        1 => Just("all".to_owned()),
        6 => (0..=POLICIES).prop_map(|n| format!("include:p{n}.test")),
        1 => Just("include:%{d}".to_owned()),
        4 => (0..=HOSTS, prefixes()).prop_map(|(n, prefixes)| format!("a:h{n}.test{prefixes}")),
        1 => prefixes().prop_map(|prefixes| format!("a{prefixes}")),
        1 => Just("mx".to_owned()),
        3 => (0..=MAIL_DOMAINS, prefixes())
            .prop_map(|(n, prefixes)| format!("mx:m{n}.test{prefixes}")),
        5 => network(),
        1 => (0..=HOSTS).prop_map(|n| format!("exists:h{n}.test")),
        1 => Just("a:no..name.test".to_owned()),
        1 => Just("include:no..name.test".to_owned()),
    ];
    prop_oneof![
        12 => ("[-+~?]?", mechanism).prop_map(|(sign, mechanism)| sign + &mechanism),
        1 => (0..=POLICIES).prop_map(|n| format!("redirect=p{n}.test")),
        1 => Just("unknown=modifier".to_owned()),
    ]
}

fn prefixes() -> impl Strategy<Value = &'static str> {
    prop_oneof![6 => Just(""), 1 => Just("/28"), 1 => Just("//126"), 1 => Just("/30//120"), 1 => Just("/0//0")]
}

/// `ip4` and `ip6` of few addresses, so that terms overlap, and of many.
fn network() -> impl Strategy<Value = String> {
    prop_oneof![
        (address(), 0_u8..6).prop_map(|((family, ip), bits)| match family {
            Family::V4 => format!("ip4:{ip}/{}", 32 - bits),
            Family::V6 => format!("ip6:{ip}/{}", 128 - bits),
        }),
        Just("ip4:10.0.0.0/8".to_owned()),
        Just("ip4:0.0.0.0/1".to_owned()),
        Just("ip6:2001:db8::/32".to_owned()),
    ]
}

fn address() -> impl Strategy<Value = (Family, String)> {
    prop_oneof![
        (0_u8..64).prop_map(|low| (Family::V4, format!("10.0.0.{low}"))),
        (0_u8..64).prop_map(|low| (Family::V6, format!("2001:db8::{low:x}"))),
    ]
}

fn a_line(family: Family, ip: String) -> String {
    match family {
        Family::V4 => format!("A {ip}"),
        Family::V6 => format!("AAAA {ip}"),
    }
}

/// The lines of a name that has addresses, or not.
fn host() -> impl Strategy<Value = Vec<String>> {
    let addresses = |count| {
        vec(address(), count)
            .prop_map(|all| all.into_iter().map(|(family, ip)| a_line(family, ip)).collect())
    };
    prop_oneof![
        6 => addresses(0..=3),
        1 => addresses(12..=12),
        1 => (0..HOSTS).prop_map(|other| vec![format!("CNAME h{other}.test")]),
        1 => Just(one("TXT no address")),
        1 => Just(vec!["A !timeout".to_owned(), "AAAA 2001:db8::7".to_owned()]),
        1 => Just(one("* !servfail")),
    ]
}

/// The lines of a name that receives mail, or not.
fn mail_domain() -> impl Strategy<Value = Vec<String>> {
    let exchange = (0_u8..3, 0..=HOSTS).prop_map(|(p, n)| format!("MX {p} h{n}.test"));
    prop_oneof![
        6 => vec(exchange.clone(), 0..=4),
        1 => vec(exchange, 10..=12),
        1 => Just(one("MX 0 .")),
        1 => Just(one("MX !servfail")),
    ]
}
