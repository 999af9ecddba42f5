//! The way of a message: its hops with their delays, and SPF of the one that received it.

use crate::examine::message::hop::Basis;
use crate::examine::message::{MessageFacts, host};
use crate::net::organization;
use crate::report::message::{HopReport, SlowHop, SpfReport};
use crate::text::{Phrase, escape};

/// Seconds from which on a hop is worth a word.
const SLOW: i64 = 60;

/// The hops, top to bottom, and the slowest.
pub(super) fn received(facts: &MessageFacts<'_>) -> (Vec<HopReport>, Option<SlowHop>) {
    let shown = |text: &Option<String>| text.as_ref().map(|it| escape(it.as_bytes()));
    let all = &facts.received;
    let mut hops: Vec<HopReport> = all
        .iter()
        .enumerate()
        .map(|(place, hop)| {
            let before = all.get(place + 1).and_then(|it| it.at);
            let delay = hop.at.zip(before).map(|(at, before)| at.saturating_sub(before));
            HopReport {
                by: shown(&hop.by),
                from: shown(&hop.from),
                ip: hop.ip,
                at: hop.at,
                delay_s: delay,
                skew: delay.is_some_and(|delay| delay < 0),
            }
        })
        .collect();
    // A clock that is ahead makes one delay too long and the next one negative.
    let skewed: Vec<usize> =
        hops.iter().enumerate().filter(|(_, hop)| hop.skew).map(|(place, _)| place).collect();
    for place in skewed {
        let behind = hops.get(place).and_then(|hop| hop.delay_s).unwrap_or(0);
        if let Some(next) = hops.get_mut(place + 1)
            && next.delay_s.is_some_and(|delay| delay + behind >= 0 && delay > 0)
        {
            next.skew = true;
        }
    }
    let slowest = slowest(&hops);
    (hops, slowest)
}

/// The hop that took the longest, among those whose clocks agree.
fn slowest(hops: &[HopReport]) -> Option<SlowHop> {
    let timed = hops.iter().enumerate().filter(|(_, hop)| !hop.skew);
    let (place, delay) = timed
        .filter_map(|(place, hop)| Some((place, hop.delay_s?)))
        .max_by_key(|(place, delay)| (*delay, *place))?;
    let hop = hops.get(place).filter(|_| delay >= SLOW)?;
    let before = hops.get(place + 1);
    let by = hop.by.clone().unwrap_or_default();
    let of_before = before.and_then(|it| it.by.clone());
    let from = of_before.or_else(|| hop.from.clone()).unwrap_or_default();
    let within = match (host(&from), host(&by)) {
        (Some(from), Some(by)) if organization(&from) == organization(&by) => {
            Some(organization(&by).to_string())
        }
        _ => None,
    };
    Some(SlowHop { place, from, by, delay_s: delay, within })
}

/// SPF of the receiving hop, and what it rests on.
pub(super) fn spf(facts: &MessageFacts<'_>) -> SpfReport {
    let hop = &facts.hop;
    let shown = |text: &str| escape(text.get(..text.len().min(320)).unwrap_or(text).as_bytes());
    let basis = match (&hop.ip, &hop.mail_from) {
        (None, _) => {
            Phrase::from("no Received field shows which IP address sent the message; give --ip")
        }
        (Some((_, address)), path) => {
            let said = Phrase::from("address ").then(source(address));
            match path {
                Some((_, path)) => said.plain(", MAIL FROM ").then(source(path)),
                None => said.plain(", no MAIL FROM: HELO was checked"),
            }
        }
    };
    let checked = facts.spf.as_ref();
    let basis = match checked {
        Some(checked) if checked.is_helo && hop.mail_from.is_some() => {
            basis.plain("; MAIL FROM is empty, so HELO counts (RFC 7208 §2.4)")
        }
        _ => basis,
    };
    SpfReport {
        result: checked.map(|it| it.result),
        domain: checked.map(|it| shown(&it.domain)),
        ip: hop.ip.as_ref().map(|(ip, _)| *ip),
        helo: hop.helo.as_deref().map(shown),
        mail_from: hop.mail_from.as_ref().map(|(path, _)| shown(path)),
        basis,
    }
}

fn source(basis: &Basis) -> Phrase {
    match basis {
        Basis::Given => Phrase::from("as given"),
        Basis::Received(by) if by.is_empty() => Phrase::from("from Received of the receiver"),
        Basis::Received(by) => {
            Phrase::from("from Received of ").name(by).plain(", the receiver's border")
        }
        Basis::ReceivedSpf => Phrase::from("from Received-SPF"),
        Basis::AuthenticationResults(by) if by.is_empty() => {
            Phrase::from("from Authentication-Results")
        }
        Basis::AuthenticationResults(by) => {
            Phrase::from("from Authentication-Results of ").name(by)
        }
        Basis::ReturnPath => Phrase::from("from Return-Path"),
    }
}
