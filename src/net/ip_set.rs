//! Exact sets of addresses.
//!
//! A set is a sorted list of disjoint ranges that do not touch, of one family. Union,
//! intersection and difference are single passes, so "who gained, who lost" is arithmetic.

use super::Cidr;
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 or IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Family {
    /// 32-bit addresses; `a` and `mx` ask for A records.
    #[serde(rename = "IPv4")]
    V4,
    /// 128-bit addresses; `a` and `mx` ask for AAAA records.
    #[serde(rename = "IPv6")]
    V6,
}

impl Family {
    /// Both families, IPv4 first.
    pub const BOTH: [Self; 2] = [Self::V4, Self::V6];

    /// The family of an address. An IPv4-mapped IPv6 address is IPv6 here: map it first.
    pub fn of(address: IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }

    /// Length of an address in bits.
    pub fn bits(self) -> u8 {
        match self {
            Self::V4 => 32,
            Self::V6 => 128,
        }
    }

    /// The highest address as a number.
    pub fn last(self) -> u128 {
        match self {
            Self::V4 => u32::MAX as u128,
            Self::V6 => u128::MAX,
        }
    }

    /// The address that `number` stands for; bits above the family's are dropped.
    pub fn address(self, number: u128) -> IpAddr {
        match self {
            Self::V4 => IpAddr::V4(Ipv4Addr::from(number as u32)),
            Self::V6 => IpAddr::V6(Ipv6Addr::from(number)),
        }
    }

    /// An address as a number within its family.
    pub fn number(address: IpAddr) -> u128 {
        match address {
            IpAddr::V4(address) => u32::from(address).into(),
            IpAddr::V6(address) => address.into(),
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}

/// Addresses from `first` to `last`, both included, as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Range {
    first: u128,
    last: u128,
}

impl Range {
    /// The range from `first` to `last`; the two are swapped if they stand the wrong way round.
    pub fn new(first: u128, last: u128) -> Self {
        Self { first: first.min(last), last: first.max(last) }
    }

    /// The network of `prefix` bits around `address`.
    pub fn network(family: Family, address: u128, prefix: u8) -> Self {
        let host_bits = u32::from(family.bits().saturating_sub(prefix));
        let host = u128::MAX.checked_shr(128 - host_bits).unwrap_or(0);
        Self { first: address & !host, last: address | host }
    }

    /// The first address.
    pub fn first(self) -> u128 {
        self.first
    }

    /// The last address.
    pub fn last(self) -> u128 {
        self.last
    }

    fn contains(self, address: u128) -> bool {
        self.first <= address && address <= self.last
    }
}

/// A set of addresses of one family.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IpSet {
    family: Family,
    /// Sorted, disjoint, and no two of them touch.
    ranges: Vec<Range>,
}

impl IpSet {
    /// No address.
    pub fn empty(family: Family) -> Self {
        Self { family, ranges: Vec::new() }
    }

    /// Every address of the family.
    pub fn all(family: Family) -> Self {
        Self::from_range(family, Range { first: 0, last: family.last() })
    }

    /// One address.
    pub fn one(address: IpAddr) -> Self {
        let number = Family::number(address);
        Self::from_range(Family::of(address), Range { first: number, last: number })
    }

    /// One range; the part outside the family is dropped.
    pub fn from_range(family: Family, range: Range) -> Self {
        let last = range.last.min(family.last());
        let ranges =
            if range.first <= last { vec![Range { first: range.first, last }] } else { vec![] };
        Self { family, ranges }
    }

    /// The union of any ranges, in any order.
    pub fn from_ranges(family: Family, ranges: impl IntoIterator<Item = Range>) -> Self {
        let mut ranges: Vec<Range> = ranges
            .into_iter()
            .filter(|range| range.first <= family.last())
            .map(|range| Range { first: range.first, last: range.last.min(family.last()) })
            .collect();
        ranges.sort_unstable();
        let mut merged: Vec<Range> = Vec::with_capacity(ranges.len());
        for range in ranges {
            push_merged(&mut merged, range);
        }
        Self { family, ranges: merged }
    }

    /// The union of networks; those of the other family are left out.
    pub fn from_cidrs(family: Family, cidrs: impl IntoIterator<Item = Cidr>) -> Self {
        Self::from_ranges(
            family,
            cidrs.into_iter().filter(|cidr| cidr.family() == family).map(Cidr::range),
        )
    }

    /// The family of the set.
    pub fn family(&self) -> Family {
        self.family
    }

    /// The ranges, sorted, disjoint, not touching.
    pub fn ranges(&self) -> &[Range] {
        &self.ranges
    }

    /// True if no address is in the set.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// True if every address of the family is in the set.
    pub fn is_all(&self) -> bool {
        self.ranges == [Range { first: 0, last: self.family.last() }]
    }

    /// How many addresses there are; the whole of IPv6 counts as `u128::MAX`.
    pub fn count(&self) -> u128 {
        self.ranges.iter().fold(0_u128, |sum, range| {
            sum.saturating_add((range.last - range.first).saturating_add(1))
        })
    }

    /// The one address of a set of one.
    pub fn single(&self) -> Option<IpAddr> {
        match self.ranges[..] {
            [Range { first, last }] if first == last => Some(self.family.address(first)),
            _ => None,
        }
    }

    /// True if the address is of this family and in the set.
    pub fn contains(&self, address: IpAddr) -> bool {
        Family::of(address) == self.family && self.contains_number(Family::number(address))
    }

    /// True if the address with this number is in the set.
    pub fn contains_number(&self, number: u128) -> bool {
        let after = self.ranges.partition_point(|range| range.first <= number);
        after.checked_sub(1).is_some_and(|index| self.ranges[index].contains(number))
    }

    /// True if an address of `range` is in the set.
    pub fn intersects_range(&self, range: Range) -> bool {
        let after = self.ranges.partition_point(|mine| mine.first <= range.last);
        after.checked_sub(1).is_some_and(|index| self.ranges[index].last >= range.first)
    }

    /// True if every address of `other` is in this set. Sets of different families share nothing.
    pub fn covers(&self, other: &Self) -> bool {
        other.minus(self).is_empty()
    }

    /// The addresses in either set; `other` must be of the same family, else it adds nothing.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        if self.family != other.family || other.is_empty() {
            return self.clone();
        }
        if self.is_empty() {
            return other.clone();
        }
        let mut merged = Vec::with_capacity(self.ranges.len() + other.ranges.len());
        let (mut left, mut right) = (self.ranges.iter().peekable(), other.ranges.iter().peekable());
        loop {
            let next = match (left.peek(), right.peek()) {
                (Some(a), Some(b)) if a.first <= b.first => left.next(),
                (_, Some(_)) => right.next(),
                (Some(_), None) => left.next(),
                (None, None) => break,
            };
            if let Some(range) = next {
                push_merged(&mut merged, *range);
            }
        }
        Self { family: self.family, ranges: merged }
    }

    /// The addresses in both sets.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut ranges = Vec::new();
        if self.family == other.family {
            let (mut left, mut right) = (0, 0);
            while let (Some(a), Some(b)) = (self.ranges.get(left), other.ranges.get(right)) {
                let (first, last) = (a.first.max(b.first), a.last.min(b.last));
                if first <= last {
                    ranges.push(Range { first, last });
                }
                if a.last <= b.last { left += 1 } else { right += 1 }
            }
        }
        Self { family: self.family, ranges }
    }

    /// The addresses of this set that are not in `other`.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        if self.family != other.family {
            return self.clone();
        }
        let mut ranges = Vec::with_capacity(self.ranges.len());
        let mut index = 0;
        for range in &self.ranges {
            let mut first = range.first;
            let mut open = true;
            while let Some(hole) = other.ranges.get(index) {
                if hole.last < first {
                    index += 1;
                    continue;
                }
                if hole.first > range.last {
                    break;
                }
                if hole.first > first {
                    ranges.push(Range { first, last: hole.first - 1 });
                }
                if hole.last >= range.last {
                    open = false;
                    break;
                }
                // hole.last is below range.last, so one can be added.
                first = hole.last + 1;
                index += 1;
            }
            if open {
                ranges.push(Range { first, last: range.last });
            }
        }
        Self { family: self.family, ranges }
    }

    /// Takes the addresses of `range` out of this set and returns them.
    ///
    /// The same as [`IpSet::and`] and [`IpSet::minus`] at once, without copying what stays.
    #[must_use]
    pub fn take(&mut self, range: Range) -> Self {
        let start = self.ranges.partition_point(|mine| mine.last < range.first);
        let end = self.ranges.partition_point(|mine| mine.first <= range.last).max(start);
        let met = self.ranges.get(start..end).unwrap_or_default();
        // What stays of the outer two: no subtraction or addition here can leave the range.
        let before = met.first().filter(|mine| mine.first < range.first);
        let before = before.map(|mine| Range { first: mine.first, last: range.first - 1 });
        let after = met.last().filter(|mine| mine.last > range.last);
        let after = after.map(|mine| Range { first: range.last + 1, last: mine.last });
        let met = self.ranges.splice(start..end, before.into_iter().chain(after));
        let taken = met.map(|mine| Range {
            first: mine.first.max(range.first),
            last: mine.last.min(range.last),
        });
        Self { family: self.family, ranges: taken.collect() }
    }

    /// The shortest list of networks that covers exactly this set, in order.
    pub fn cidrs(&self) -> Vec<Cidr> {
        let mut cidrs = Vec::new();
        for range in &self.ranges {
            let mut first = range.first;
            loop {
                // The largest network that begins here and does not reach beyond the range.
                let aligned = first.trailing_zeros().min(self.family.bits().into());
                let room = match (range.last - first).checked_add(1) {
                    Some(count) => count.ilog2(),
                    None => 128,
                };
                let host_bits = aligned.min(room);
                let prefix = self.family.bits() - host_bits as u8;
                cidrs.extend(Cidr::new(self.family.address(first), prefix));
                let last = Range::network(self.family, first, prefix).last;
                if last >= range.last {
                    break;
                }
                first = last + 1;
            }
        }
        cidrs
    }
}

/// Appends a range that begins no earlier than the last one, joining the two where they touch.
fn push_merged(merged: &mut Vec<Range>, range: Range) {
    match merged.last_mut() {
        Some(last) if range.first <= last.last.saturating_add(1) => {
            last.last = last.last.max(range.last);
        }
        _ => merged.push(range),
    }
}

impl fmt::Debug for IpSet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.cidrs().iter().map(ToString::to_string)).finish()
    }
}

impl Serialize for IpSet {
    /// A list of networks in prefix notation.
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(self.cidrs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn set(cidrs: &[&str]) -> IpSet {
        let cidrs = cidrs.iter().map(|text| text.parse::<Cidr>().expect("a network"));
        IpSet::from_cidrs(Family::V4, cidrs)
    }

    fn written(set: &IpSet) -> Vec<String> {
        set.cidrs().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_whole_of_ipv6_is_one_network() {
        assert_eq!(written(&IpSet::all(Family::V6)), ["::/0"]);
    }

    #[test]
    fn neighbours_join_into_one_network() {
        assert_eq!(written(&set(&["192.0.2.128/25", "192.0.2.0/25"])), ["192.0.2.0/24"]);
    }

    #[test]
    fn a_hole_splits_a_network_into_the_fewest_parts() {
        let rest = set(&["192.0.2.0/29"]).minus(&set(&["192.0.2.3"]));
        assert_eq!(written(&rest), ["192.0.2.0/31", "192.0.2.2", "192.0.2.4/30"]);
    }

    /// Small sets over the last 64 addresses of IPv4, where overflow would show.
    fn small() -> impl Strategy<Value = (IpSet, BTreeSet<u32>)> {
        proptest::collection::vec((0_u32..64, 0_u32..64), 0..8).prop_map(|pairs| {
            let base = u32::MAX - 63;
            let ranges =
                pairs.iter().map(|(a, b)| Range::new((base + a).into(), (base + b).into()));
            let members =
                pairs.iter().flat_map(|(a, b)| base + a.min(b)..=base + a.max(b)).collect();
            (IpSet::from_ranges(Family::V4, ranges), members)
        })
    }

    fn members(set: &IpSet) -> BTreeSet<u32> {
        set.ranges().iter().flat_map(|r| r.first() as u32..=r.last() as u32).collect()
    }

    proptest! {
        #[test]
        fn the_algebra_agrees_with_naive_sets(
            (a, naive_a) in small(),
            (b, naive_b) in small(),
        ) {
            prop_assert_eq!(members(&a.or(&b)), naive_a.union(&naive_b).copied().collect());
            prop_assert_eq!(members(&a.and(&b)), naive_a.intersection(&naive_b).copied().collect());
            prop_assert_eq!(members(&a.minus(&b)), naive_a.difference(&naive_b).copied().collect());
            prop_assert_eq!(a.covers(&b), naive_b.is_subset(&naive_a));
            prop_assert_eq!(a.count(), naive_a.len() as u128);
            for range in b.ranges() {
                let mut rest = a.clone();
                let taken = rest.take(*range);
                let whole = IpSet::from_range(Family::V4, *range);
                prop_assert_eq!((taken, rest), (a.and(&whole), a.minus(&whole)));
            }
            let from_cidrs = IpSet::from_cidrs(Family::V4, a.cidrs());
            prop_assert_eq!(&from_cidrs, &a);
            for number in u32::MAX - 63..=u32::MAX {
                prop_assert_eq!(a.contains_number(number.into()), naive_a.contains(&number));
            }
        }
    }
}
