//! Rules about the addresses that terms list.

use super::view::Place;
use crate::diagnostic::{Finding, Rule};
use crate::net::{Cidr, Family, IpSet};
use crate::protocols::spf::examine::Facts;
use crate::protocols::spf::record::{Body, Mechanism, Qualifier};
use crate::text::{Phrase, grouped, rfc};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Prefixes from here on are no wider than what one organization may own.
const NARROW_V4: u8 = 16;
/// The same for IPv6: what a registry hands to a provider.
const NARROW_V6: u8 = 32;

/// Networks that no mail comes from outside: RFC 1918 §3, loopback, link-local, RFC 4193 §3.
const PRIVATE_V4: [(Ipv4Addr, u8); 6] = [
    // RFC 6598 §7: shared between a carrier and its customers.
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
];
const PRIVATE_V6: [(Ipv6Addr, u8); 3] = [
    (Ipv6Addr::LOCALHOST, 128),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
];

/// Networks of which no host has an address: "this network" (RFC 791 §3.2), multicast (RFC 5771 §3),
/// reserved (RFC 1112 §4).
const UNUSABLE_V4: [(Ipv4Addr, u8); 3] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];
/// The unspecified address (RFC 4291 §2.5.2) and multicast (§2.7).
const UNUSABLE_V6: [(Ipv6Addr, u8); 2] =
    [(Ipv6Addr::UNSPECIFIED, 128), (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8)];

pub(super) fn wide(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for place in facts.own_terms() {
        let Body::Directive(Qualifier::Pass, mechanism) = &place.term.body else { continue };
        let (bits, whose) = match mechanism {
            Mechanism::Ip4(cidr) | Mechanism::Ip6(cidr) if !is_private(*cidr) => {
                (wide_bits(cidr.family(), cidr.prefix()), "")
            }
            Mechanism::A(target) | Mechanism::Mx(target) => {
                let ipv4 = wide_bits(Family::V4, target.ip4_prefix);
                (ipv4.or(wide_bits(Family::V6, target.ip6_prefix)), " around each host")
            }
            _ => continue,
        };
        let Some(bits) = bits else { continue };
        let message = Phrase::new()
            .code(place.text())
            .plain(" authorizes ")
            .weak(many(bits))
            .plain(format!(" addresses{whose}"));
        findings.push(Finding::new(rule, place.location(), message));
    }
}

/// How many bits of an address a network leaves open, if hardly one organization owns so much. What
/// is half a family and more has a rule of its own.
fn wide_bits(family: Family, prefix: u8) -> Option<u8> {
    let narrow = match family {
        Family::V4 => NARROW_V4,
        Family::V6 => NARROW_V6,
    };
    (2..narrow).contains(&prefix).then(|| family.bits() - prefix)
}

/// How many addresses so many bits make.
fn many(bits: u8) -> String {
    match 1_u64.checked_shl(bits.into()) {
        Some(count) => grouped(count.into()),
        None => format!("2^{bits}"),
    }
}

pub(super) fn host_bits(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for (place, cidr) in listed(facts) {
        let Some(written) = address(place).filter(|written| *written != cidr.network()) else {
            continue;
        };
        let message = Phrase::new()
            .code(place.text())
            .plain(" is the whole network ")
            .addr(cidr)
            .plain(", not only ")
            .addr(written);
        findings.push(Finding::new(rule, place.location(), message));
    }
}

/// The address before the prefix, as it is written.
fn address(place: Place<'_>) -> Option<IpAddr> {
    let text = std::str::from_utf8(place.text()).ok()?;
    let (_, network) = text.split_once(':')?;
    network.split('/').next()?.parse().ok()
}

pub(super) fn private(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for (place, cidr) in listed(facts) {
        let message = Phrase::new().code(place.text());
        let (message, cite, advice) = if is_unusable(cidr) {
            let message = message.plain(" is no address of a host, probably a placeholder");
            (
                message,
                match cidr.network() {
                    IpAddr::V4(_) => rfc(6890, "2.2.2"),
                    IpAddr::V6(_) => rfc(6890, "2.2.3"),
                },
                None,
            )
        } else if is_private(cidr) {
            let advice = "list the public address from which receivers see this host, or remove the \
                          term if it does not send to them";
            let (message, cite) = match cidr.network() {
                IpAddr::V4(address) if is_shared(address) => (
                    message.plain(" is in the address space that carriers share (100.64.0.0/10)"),
                    rfc(6598, "7"),
                ),
                _ => (message.plain(" is not a public address"), rule.cite),
            };
            (message, cite, Some(Phrase::from(advice)))
        } else {
            continue;
        };
        let finding = Finding::new(rule, place.location(), message);
        findings.push(Finding { cite, advice, ..finding });
    }
}

/// True for an address that a carrier shares among its customers (RFC 6598 §7).
fn is_shared(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 100 && second & 0xc0 == 64
}

fn is_private(cidr: Cidr) -> bool {
    is_within(cidr, &PRIVATE_V4, &PRIVATE_V6)
}

/// True if no host has an address of a network, so that no sender is lost without it.
pub(crate) fn is_unusable(cidr: Cidr) -> bool {
    is_within(cidr, &UNUSABLE_V4, &UNUSABLE_V6)
}

/// The addresses of a family that no host has.
pub(crate) fn unusable(family: Family) -> IpSet {
    let cidrs: Vec<Cidr> = match family {
        Family::V4 => {
            UNUSABLE_V4.iter().filter_map(|(ip, n)| Cidr::new((*ip).into(), *n)).collect()
        }
        Family::V6 => {
            UNUSABLE_V6.iter().filter_map(|(ip, n)| Cidr::new((*ip).into(), *n)).collect()
        }
    };
    IpSet::from_cidrs(family, cidrs)
}

fn is_within(cidr: Cidr, ipv4: &[(Ipv4Addr, u8)], ipv6: &[(Ipv6Addr, u8)]) -> bool {
    let within = |(network, prefix): (IpAddr, u8)| {
        prefix <= cidr.prefix()
            && Cidr::new(cidr.network(), prefix).is_some_and(|outer| outer.network() == network)
    };
    match cidr.family() {
        Family::V4 => ipv4.iter().any(|(network, prefix)| within(((*network).into(), *prefix))),
        Family::V6 => ipv6.iter().any(|(network, prefix)| within(((*network).into(), *prefix))),
    }
}

/// Every `ip4` and `ip6` of the domain's own records.
fn listed(facts: &Facts) -> impl Iterator<Item = (Place<'_>, Cidr)> {
    facts.own_terms().filter_map(|place| match place.term.body {
        Body::Directive(_, Mechanism::Ip4(cidr) | Mechanism::Ip6(cidr)) => Some((place, cidr)),
        _ => None,
    })
}
