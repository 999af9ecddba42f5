//! Proofs that something is not there (RFC 4035 §5.4, RFC 5155 §8).
//!
//! Every record in here was verified before: what is decided is only whether the records say what the
//! reply claims.

use super::key::nsec3_hash;
use super::proof::Reason;
use super::wire::{CNAME, DNAME, DS, NS, SOA, name_at, order, u16_at};
use crate::net::Name;
use std::cmp::Ordering;

/// Iterations that are worked through. RFC 9276 §3.2 lets validators treat more as insecure, and names
/// values beyond 100; BIND and Unbound draw the line at 150.
pub(super) const MOST_ITERATIONS: u16 = 150;
/// SHA-1 blocks for one proof: names have at most 127 labels, and each may be hashed.
const MOST_HASHES: u32 = 30_000;

/// What the records of one zone deny.
#[derive(Debug, Default)]
pub(super) struct Denials {
    nsec: Vec<Nsec>,
    nsec3: Vec<Nsec3>,
}

/// What a denial of a DS record says of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delegation {
    /// The name is delegated, and the zone below is not signed.
    Unsigned,
    /// The name is in the same zone, or does not exist.
    Same,
}

/// The types at a name, in windows (RFC 4034 §4.1.2).
#[derive(Debug)]
struct Types(Vec<u8>);

impl Types {
    fn has(&self, kind: u16) -> bool {
        let [window, bit] = kind.to_be_bytes();
        let mut rest = self.0.as_slice();
        while let [number, length, behind @ ..] = rest {
            let Some((bits, next)) = behind.split_at_checked(usize::from(*length)) else {
                return false;
            };
            if *number == window {
                let octet = bits.get(usize::from(bit / 8)).copied().unwrap_or_default();
                return octet & (0x80 >> (bit % 8)) != 0;
            }
            rest = next;
        }
        false
    }

    /// True where a zone is delegated, as the parent says (RFC 6840 §4.1).
    fn is_delegation(&self) -> bool {
        self.has(NS) && !self.has(SOA)
    }

    /// True if there is neither `kind` here nor an alias, and the side of the cut is the right one.
    fn lacks(&self, kind: u16, is_root: bool) -> bool {
        let is_right_side = match kind {
            // RFC 4035 §5.2: a denial of DS comes from the parent.
            DS => is_root || !self.has(SOA),
            _ => !self.is_delegation(),
        };
        is_right_side && !self.has(kind) && !self.has(CNAME)
    }
}

#[derive(Debug)]
struct Nsec {
    owner: Name,
    next: Name,
    types: Types,
}

impl Nsec {
    /// True if the name lies in the gap behind it; the last record leads back to the apex.
    fn covers(&self, name: &Name) -> bool {
        let is_last = order(&self.next, &self.owner) != Ordering::Greater;
        order(&self.owner, name) == Ordering::Less
            && (is_last || order(name, &self.next) == Ordering::Less)
            && self.may_deny(name)
    }

    /// False for a record of a cut or a DNAME above the name, which says nothing of what is below.
    // RFC 6840 §4.1: an ancestor delegation NSEC "MUST NOT be used to assume nonexistence of any RRs
    // below that zone cut".
    fn may_deny(&self, name: &Name) -> bool {
        let is_above = *name != self.owner && name.is_within(&self.owner);
        !is_above || !(self.types.is_delegation() || self.types.has(DNAME))
    }

    /// The closest ancestor of a covered name that exists.
    fn encloser(&self, name: &Name) -> Name {
        let common = |other: &Name| {
            let mut count = 0;
            while count < other.label_count() && name.suffix(count + 1) == other.suffix(count + 1) {
                count += 1;
            }
            count
        };
        name.suffix(common(&self.owner).max(common(&self.next)))
    }
}

#[derive(Debug)]
struct Nsec3 {
    hash: Vec<u8>,
    next: Vec<u8>,
    opts_out: bool,
    iterations: u16,
    salt: Vec<u8>,
    types: Types,
}

impl Nsec3 {
    fn read(owner: &Name, data: &[u8]) -> Option<Self> {
        let (algorithm, flags) = (*data.first()?, *data.get(1)?);
        // RFC 5155 §8.1, §8.2: what has an unknown algorithm or unknown flags is ignored.
        if algorithm != 1 || flags > 1 {
            return None;
        }
        let (length, rest) = data.get(4..)?.split_first()?;
        let (salt, rest) = rest.split_at_checked(usize::from(*length))?;
        let (length, rest) = rest.split_first()?;
        let (next, types) = rest.split_at_checked(usize::from(*length))?;
        Some(Self {
            hash: base32(owner.labels().next()?)?,
            next: next.to_vec(),
            opts_out: flags & 1 != 0,
            iterations: u16_at(data, 2)?,
            salt: salt.to_vec(),
            types: Types(types.to_vec()),
        })
    }

    fn covers(&self, hash: &[u8]) -> bool {
        let (own, next) = (self.hash.as_slice(), self.next.as_slice());
        if own < next { own < hash && hash < next } else { own < hash || hash < next }
    }
}

/// A hash in the form in which it is a label: base32 with the extended alphabet (RFC 4648 §7).
fn base32(label: &[u8]) -> Option<Vec<u8>> {
    let (mut bits, mut count, mut octets) = (0_u32, 0, Vec::new());
    for digit in label {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'v' => digit - b'a' + 10,
            _ => return None,
        };
        bits = (bits << 5 | u32::from(value)) & 0xffff;
        count += 5;
        if count >= 8 {
            count -= 8;
            octets.push(u8::try_from(bits >> count & 0xff).unwrap_or_default());
        }
    }
    Some(octets)
}

impl Denials {
    /// Adds a verified NSEC record.
    pub(super) fn add_nsec(&mut self, owner: &Name, data: &[u8]) {
        let Some((next, end)) = name_at(data, 0) else { return };
        let types = Types(data.get(end..).unwrap_or_default().to_vec());
        self.nsec.push(Nsec { owner: owner.clone(), next, types });
    }

    /// Adds a verified NSEC3 record.
    pub(super) fn add_nsec3(&mut self, owner: &Name, data: &[u8]) {
        self.nsec3.extend(Nsec3::read(owner, data));
    }

    /// True if there is no record that could prove anything.
    pub(super) fn is_empty(&self) -> bool {
        self.nsec.is_empty() && self.nsec3.is_empty()
    }

    /// Whether a name does not exist (`is_denied`), or has no records of a type.
    ///
    /// # Errors
    /// That is not proved, or it is proved insecure.
    pub(super) fn absent(&self, name: &Name, kind: u16, is_denied: bool) -> Result<(), Reason> {
        let by_nsec = if is_denied { self.no_name(name) } else { self.no_data(name, kind) };
        if by_nsec {
            return Ok(());
        }
        let mut hashed = Hashed::new(&self.nsec3)?;
        match is_denied {
            true => hashed.no_name(name),
            false => hashed.no_data(name, kind),
        }
    }

    /// Whether no name between a wildcard and the name that it answers for exists: `next_closer`.
    ///
    /// # Errors
    /// That is not proved, or it is proved insecure.
    // RFC 4035 §5.3.4: "it is not possible … to verify that the wildcard answer was the correct one
    // without the NSEC RRset that proves that the name does not exist".
    pub(super) fn wildcard_applies(&self, next_closer: &Name) -> Result<(), Reason> {
        if self.nsec.iter().any(|nsec| nsec.covers(next_closer)) {
            return Ok(());
        }
        Hashed::new(&self.nsec3)?.covering(next_closer)?.map(|_| ()).ok_or(Reason::NoDenial)
    }

    /// What the denial of a DS record at `name` means.
    ///
    /// # Errors
    /// There is no proof, or the name may be delegated without a proof (opt-out).
    pub(super) fn delegation(&self, name: &Name) -> Result<Delegation, Reason> {
        if let Some(nsec) = self.nsec.iter().find(|nsec| nsec.owner == *name) {
            return of_types(&nsec.types);
        }
        if self.nsec.iter().any(|nsec| nsec.covers(name)) {
            return Ok(Delegation::Same);
        }
        let mut hashed = Hashed::new(&self.nsec3)?;
        if let Some(own) = hashed.matching(name)? {
            return of_types(&own.types);
        }
        match hashed.encloser(name)? {
            Some((_, gap)) if gap.opts_out => Err(Reason::OptOut),
            Some(_) => Ok(Delegation::Same),
            None => Err(Reason::NoDenial),
        }
    }

    fn no_name(&self, name: &Name) -> bool {
        let gap = self.nsec.iter().find(|nsec| nsec.covers(name) && !nsec.next.is_within(name));
        let wildcard = gap.and_then(|gap| gap.encloser(name).child("*").ok());
        wildcard.is_some_and(|wildcard| self.nsec.iter().any(|nsec| nsec.covers(&wildcard)))
    }

    fn no_data(&self, name: &Name, kind: u16) -> bool {
        let at = |name: &Name| self.nsec.iter().find(|nsec| nsec.owner == *name);
        if let Some(own) = at(name) {
            return own.types.lacks(kind, name.is_root());
        }
        let Some(gap) = self.nsec.iter().find(|nsec| nsec.covers(name)) else { return false };
        // A name without records that has others below it.
        if gap.next.is_within(name) {
            return true;
        }
        let wildcard = gap.encloser(name).child("*").ok();
        wildcard.and_then(|name| at(&name)).is_some_and(|it| it.types.lacks(kind, false))
    }
}

fn of_types(types: &Types) -> Result<Delegation, Reason> {
    match (types.has(DS) || types.has(SOA), types.has(NS)) {
        (true, _) => Err(Reason::NoDenial),
        (false, true) => Ok(Delegation::Unsigned),
        (false, false) => Ok(Delegation::Same),
    }
}

/// NSEC3 records of one zone, and how much may be hashed to read them.
struct Hashed<'d> {
    records: Vec<&'d Nsec3>,
    salt: &'d [u8],
    iterations: u16,
    left: u32,
}

impl<'d> Hashed<'d> {
    fn new(all: &'d [Nsec3]) -> Result<Self, Reason> {
        let first = all.first().ok_or(Reason::NoDenial)?;
        // RFC 9276 §3.2: the signature was verified, so that the number is the zone's.
        if let Some(many) = all.iter().find(|one| one.iterations > MOST_ITERATIONS) {
            return Err(Reason::Iterations(many.iterations));
        }
        // RFC 5155 §8.2: records with other parameters are no part of this proof.
        let is_alike = |one: &&Nsec3| one.salt == first.salt && one.iterations == first.iterations;
        let records = all.iter().filter(is_alike).collect();
        Ok(Self { records, salt: &first.salt, iterations: first.iterations, left: MOST_HASHES })
    }

    fn hash(&mut self, name: &Name) -> Result<Vec<u8>, Reason> {
        let cost = u32::from(self.iterations) + 1;
        self.left = self.left.checked_sub(cost).ok_or(Reason::Limit("hashes of one proof"))?;
        Ok(nsec3_hash(name, self.salt, self.iterations))
    }

    fn matching(&mut self, name: &Name) -> Result<Option<&'d Nsec3>, Reason> {
        let hash = self.hash(name)?;
        Ok(self.records.iter().find(|one| one.hash == hash).copied())
    }

    fn covering(&mut self, name: &Name) -> Result<Option<&'d Nsec3>, Reason> {
        let hash = self.hash(name)?;
        Ok(self.records.iter().find(|one| one.covers(&hash)).copied())
    }

    /// The closest ancestor of a name that exists, and the record that covers the next closer name
    /// (RFC 5155 §8.3); `None` if that is not proved, or the name itself exists.
    fn encloser(&mut self, name: &Name) -> Result<Option<(Name, &'d Nsec3)>, Reason> {
        for count in (0..name.label_count()).rev() {
            let candidate = name.suffix(count);
            let Some(found) = self.matching(&candidate)? else { continue };
            if found.types.is_delegation() || found.types.has(DNAME) {
                return Ok(None);
            }
            let gap = self.covering(&name.suffix(count + 1))?;
            return Ok(gap.map(|gap| (candidate, gap)));
        }
        Ok(None)
    }

    // RFC 5155 §8.4.
    fn no_name(&mut self, name: &Name) -> Result<(), Reason> {
        let (encloser, gap) = self.encloser(name)?.ok_or(Reason::NoDenial)?;
        let wildcard = encloser.child("*").map_err(|_| Reason::NoDenial)?;
        self.covering(&wildcard)?.ok_or(Reason::NoDenial)?;
        if gap.opts_out { Err(Reason::OptOut) } else { Ok(()) }
    }

    // RFC 5155 §8.5 to §8.7.
    fn no_data(&mut self, name: &Name, kind: u16) -> Result<(), Reason> {
        let proved = |is_proved: bool| if is_proved { Ok(()) } else { Err(Reason::NoDenial) };
        if let Some(own) = self.matching(name)? {
            return proved(own.types.lacks(kind, name.is_root()));
        }
        let (encloser, gap) = self.encloser(name)?.ok_or(Reason::NoDenial)?;
        let wildcard = encloser.child("*").map_err(|_| Reason::NoDenial)?;
        if let Some(wild) = self.matching(&wildcard)? {
            return proved(wild.types.lacks(kind, false));
        }
        // RFC 5155 §8.6 says so of DS; of another type nothing else is left that would be true.
        if gap.opts_out { Err(Reason::OptOut) } else { Err(Reason::NoDenial) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::from_unicode(text).expect("a name")
    }

    /// An NSEC record with these types below 256.
    fn denials(records: &[(&str, &str, &[u16])]) -> Denials {
        let mut all = Denials::default();
        for (owner, next, types) in records {
            let mut data = Vec::new();
            super::super::wire::put_name(&mut data, &name(next));
            let mut bits = [0_u8; 32];
            types.iter().for_each(|kind| bits[usize::from(kind / 8)] |= 0x80 >> (kind % 8));
            data.extend([0, 32]);
            data.extend(bits);
            all.add_nsec(&name(owner), &data);
        }
        all
    }

    #[test]
    fn a_hash_is_the_one_of_the_example_of_the_rfc() {
        // RFC 5155 Appendix A: H(example) with salt aabbccdd and 12 iterations.
        let hash = nsec3_hash(&name("example"), &[0xaa, 0xbb, 0xcc, 0xdd], 12);
        assert_eq!(Some(hash), base32(b"0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"));
    }

    #[test]
    fn a_name_is_denied_only_with_the_wildcard_that_could_answer_for_it() {
        let gap: (&str, &str, &[u16]) = ("b.example", "d.example", &[1]);
        let wildcard: (&str, &str, &[u16]) = ("example", "b.example", &[NS, SOA]);
        let denied = [&[gap][..], &[gap, wildcard]]
            .map(|records| denials(records).absent(&name("c.example"), 1, true).is_ok());
        assert_eq!(denied, [false, true]);
    }

    #[test]
    fn the_parent_side_of_a_cut_denies_nothing_of_the_zone_below() {
        let cut = denials(&[("a.example", "z.example", &[NS])]);
        let texts = cut.absent(&name("a.example"), 16, false);
        let below = cut.absent(&name("x.a.example"), 16, false);
        assert_eq!((texts, below), (Err(Reason::NoDenial), Err(Reason::NoDenial)));
    }

    #[test]
    fn the_side_of_the_child_does_not_deny_that_it_is_signed() {
        let child = denials(&[("a.example", "b.a.example", &[NS, SOA])]);
        assert_eq!(child.delegation(&name("a.example")), Err(Reason::NoDenial));
    }

    #[test]
    fn a_delegation_without_ds_is_unsigned_and_a_host_is_none() {
        let zone = denials(&[("a.example", "b.example", &[NS]), ("b.example", "c.example", &[1])]);
        let said = ["a.example", "b.example", "b.b.example"].map(|it| zone.delegation(&name(it)));
        use Delegation::{Same, Unsigned};
        assert_eq!(said, [Ok(Unsigned), Ok(Same), Ok(Same)]);
    }
}
