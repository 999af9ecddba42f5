//! Who may send over IPv4: a strip a kind of sender, with a bar for each block of sixteen million.
//!
//! The height of a bar is the logarithm of how many of the block's addresses are meant, so that one
//! address can be seen beside all of a block. Which networks they are is listed below.

use super::fragment::fragments;
use crate::net::{Cidr, Family, IpSet};
use crate::report::{Domain, Effect, Origin};
use crate::text::grouped;
use askama::Template;

/// Height of a strip, and the least height of a bar.
const HEIGHT: u32 = 48;
const LEAST: u32 = 6;
/// Width of a bar.
const WIDTH: u32 = 4;
/// Blocks: the first octet of an address.
const BLOCKS: usize = 256;
/// Strips of senders that were asked about.
const MOST_ASKED: usize = 4;
/// Networks that are listed below a strip.
const MOST_LISTED: usize = 200;

/// The strips, one below the other.
#[derive(Template)]
#[template(path = "report/map.html")]
pub(super) struct Map {
    strips: Vec<Strip>,
    /// How many networks of IPv6 pass.
    ipv6: Vec<String>,
}

fragments!(Map);

/// Addresses of one kind.
struct Strip {
    /// What they are.
    label: String,
    class: &'static str,
    /// How many, in words.
    count: String,
    bars: Vec<Bar>,
    networks: Vec<String>,
    left_out: usize,
}

/// The addresses of one block.
struct Bar {
    x: u32,
    y: u32,
    height: u32,
    /// The block and how many of its addresses are meant.
    title: String,
}

impl Map {
    /// `None` if there is nothing to see: no address passes, none did, and none was asked about.
    pub(super) fn new(domain: &Domain) -> Option<Self> {
        let mut strips = Vec::new();
        let details = &domain.spf.details;
        let passing = match &domain.change {
            Some(_) => "pass after the change",
            None => "pass SPF",
        };
        strips.extend(Strip::new(passing, "pass", &details.ipv4));
        if let Some(change) = &domain.change {
            let of = |effect: Effect| {
                let senders = change.senders.iter().filter(|it| it.effect == effect);
                senders.flat_map(|it| it.networks.iter().copied()).collect::<Vec<Cidr>>()
            };
            strips.extend(Strip::new("lost by the change", "lost", &of(Effect::Lost)));
            strips.extend(Strip::new("gained by the change", "gained", &of(Effect::Gained)));
        }
        let asked = domain.authorizations.iter().filter(|one| one.origin == Origin::Asked);
        for one in asked.take(MOST_ASKED) {
            let refused = [one.uncovered.as_slice(), &one.undecided].concat();
            let label = |what: &str| format!("{}: {what}", one.sender);
            strips.extend(Strip::new(label("pass"), "pass", &one.covered));
            strips.extend(Strip::new(label("do not pass"), "lost", &refused));
        }
        if strips.is_empty() {
            return None;
        }
        let ipv6 = details.ipv6.iter().take(MOST_LISTED).map(ToString::to_string).collect();
        Some(Self { strips, ipv6 })
    }

    fn width(&self) -> u32 {
        BLOCKS as u32 * WIDTH
    }

    fn height(&self) -> u32 {
        HEIGHT
    }

    fn bar(&self) -> u32 {
        WIDTH
    }
}

impl Strip {
    /// `None` without an address of IPv4.
    fn new(label: impl Into<String>, class: &'static str, networks: &[Cidr]) -> Option<Self> {
        let of_family = networks.iter().filter(|it| it.family() == Family::V4);
        let set = IpSet::from_cidrs(Family::V4, of_family.copied());
        if set.is_empty() {
            return None;
        }
        let count = set.count();
        let unit = if count == 1 { "IPv4 address" } else { "IPv4 addresses" };
        let networks = set.cidrs();
        let listed = networks.iter().take(MOST_LISTED).map(ToString::to_string).collect();
        Some(Self {
            label: label.into(),
            class,
            count: format!("{} {unit}", grouped(count)),
            bars: bars(&set),
            networks: listed,
            left_out: networks.len().saturating_sub(MOST_LISTED),
        })
    }
}

/// A bar for each block that has addresses.
fn bars(set: &IpSet) -> Vec<Bar> {
    let mut blocks = [0_u128; BLOCKS];
    for range in set.ranges() {
        let (first, last) = (range.first(), range.last());
        for (block, count) in blocks.iter_mut().enumerate() {
            let (from, to) = ((block as u128) << 24, (block as u128 + 1) << 24);
            *count += (last + 1).min(to).saturating_sub(first.max(from));
        }
    }
    let counted = blocks.into_iter().enumerate().filter(|(_, count)| *count > 0);
    let bars = counted.map(|(block, count)| {
        // 2^24 addresses fill a strip.
        let height = LEAST + (HEIGHT - LEAST) * count.ilog2() / 24;
        Bar {
            x: block as u32 * WIDTH,
            y: HEIGHT - height,
            height,
            title: format!("{block}.0.0.0/8: {}", grouped(count)),
        }
    });
    bars.collect()
}
