//! Networks, however they are written.

use crate::net::{Cidr, Family, IpSet, Range};
use std::net::{IpAddr, Ipv4Addr};

/// Most terms that a range becomes.
const MOST_TERMS: usize = 8;

/// How a network is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// As RFC 7208 §5.6 wants it.
    Prefix,
    /// `192.0.2.0/255.255.255.0`
    Netmask,
    /// `192.0.2.1-192.0.2.20` or `192.0.2.1-20`
    Range,
    /// `192.0.2.*`
    Star,
    /// `192.0.2.1/` or `192.0.2.1.`
    Tail,
}

/// The terms that list a network; `None` if the text is none.
pub(super) fn read(text: &[u8]) -> Option<(Vec<Vec<u8>>, Writing)> {
    let text = std::str::from_utf8(text).ok()?;
    if let Some(term) = term(text) {
        return Some((vec![term], Writing::Prefix));
    }
    if let Some(found) = netmask(text) {
        return Some((vec![found], Writing::Netmask));
    }
    if let Some(found) = range(text) {
        return Some((found, Writing::Range));
    }
    if let Some(found) = star(text) {
        return Some((vec![found], Writing::Star));
    }
    let bare = text.trim_end_matches(['/', '.', ':']);
    // A colon may end an IPv6 address: `2001:db8::`.
    (bare != text).then(|| term(bare)).flatten().map(|term| (vec![term], Writing::Tail))
}

/// A network in prefix notation as a term; host bits stay as they are. A prefix of 0 is everyone.
fn term(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_start_matches('[').replacen(']', "", 1);
    let cidr: Cidr = text.parse().ok()?;
    let word = if text.contains(':') { "ip6" } else { "ip4" };
    (cidr.prefix() > 0).then(|| format!("{word}:{text}").into_bytes())
}

fn netmask(text: &str) -> Option<Vec<u8>> {
    let (address, mask) = text.split_once('/')?;
    let prefix = prefix(mask)?;
    term(&format!("{address}/{prefix}"))
}

/// The length of a netmask, or of a wildcard mask as routers have it: `0.0.0.255`.
fn prefix(mask: &str) -> Option<u32> {
    let mask: Ipv4Addr = mask.parse().ok()?;
    let bits = match mask.octets() {
        [255, ..] => u32::from(mask),
        [0, .., last] if last > 0 => !u32::from(mask),
        _ => return None,
    };
    let prefix = bits.leading_ones();
    (bits.count_ones() == prefix).then_some(prefix)
}

/// True for an address that is none, but the mask of a network.
pub(super) fn is_netmask(text: &[u8]) -> bool {
    text.starts_with(b"255.") && std::str::from_utf8(text).is_ok_and(|it| prefix(it).is_some())
}

fn range(text: &str) -> Option<Vec<Vec<u8>>> {
    let (first, last) = text.split_once('-')?;
    let (first, last) = (first.trim_end_matches('/'), last.trim());
    let begin: Ipv4Addr = first.parse().ok()?;
    let end: Ipv4Addr = match last.parse() {
        Ok(end) => end,
        Err(_) => {
            let octet: u8 = last.parse().ok()?;
            let [a, b, c, _] = begin.octets();
            Ipv4Addr::new(a, b, c, octet)
        }
    };
    let number = |address: Ipv4Addr| Family::number(IpAddr::V4(address));
    if number(end) < number(begin) {
        return None;
    }
    let set = IpSet::from_range(Family::V4, Range::new(number(begin), number(end)));
    let cidrs = set.cidrs();
    (cidrs.len() <= MOST_TERMS)
        .then(|| cidrs.into_iter().map(|cidr| format!("ip4:{cidr}").into_bytes()).collect())
}

fn star(text: &str) -> Option<Vec<u8>> {
    let octets: Vec<&str> = text.split('.').collect();
    let stars = octets.iter().rev().take_while(|octet| matches!(**octet, "*" | "x")).count();
    if octets.len() != 4 || !(1..=2).contains(&stars) {
        return None;
    }
    let known: Vec<&str> = octets.iter().take(4 - stars).copied().collect();
    let zeros = ["0"; 2];
    let all: Vec<&str> = known.into_iter().chain(zeros.into_iter().take(stars)).collect();
    term(&format!("{}/{}", all.join("."), 32 - 8 * stars))
}
