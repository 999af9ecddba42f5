//! One signature over one record set (RFC 4035 §5.3).

use super::key::{self, Key};
use super::proof::Reason;
use super::wire::{Set, name_at, put_name, u16_at, u32_at};
use crate::net::Name;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Signatures of one set that are looked at. With these bounds a zone of keys and signatures that all
/// have the same tag (CVE-2023-50387) costs no more than 32 verifications a set.
const MOST_SIGNATURES: usize = 8;
/// Keys that are tried for one signature.
const MOST_KEYS: usize = 4;

/// The data of an RRSIG record (RFC 4034 §3.1).
#[derive(Debug)]
pub(super) struct Signature<'s> {
    algorithm: u8,
    /// Labels of the owner, without those that a wildcard stands for.
    labels: usize,
    ttl: u32,
    expiration: u32,
    inception: u32,
    tag: u16,
    /// The zone whose key made it.
    pub(super) signer: Name,
    /// What of its data is signed.
    head: &'s [u8],
    value: &'s [u8],
}

impl<'s> Signature<'s> {
    /// Reads the data of a record.
    pub(super) fn read(data: &'s [u8]) -> Option<Self> {
        let (signer, end) = name_at(data, 18)?;
        Some(Self {
            algorithm: *data.get(2)?,
            labels: usize::from(*data.get(3)?),
            ttl: u32_at(data, 4)?,
            expiration: u32_at(data, 8)?,
            inception: u32_at(data, 12)?,
            tag: u16_at(data, 16)?,
            signer,
            head: data.get(..end)?,
            value: data.get(end..)?,
        })
    }

    /// Why it does not count now; `None` if it does.
    fn untimely(&self, now: u64) -> Option<Reason> {
        // RFC 4034 §3.1.5: the times are compared by serial number arithmetic.
        let distance = |time: u32| {
            let now = u32::try_from(now & u64::from(u32::MAX)).unwrap_or_default();
            i64::from(time.wrapping_sub(now).cast_signed())
        };
        let (begins, ends) = (distance(self.inception), distance(self.expiration));
        let at = |distance: i64| now.saturating_add_signed(distance);
        match (begins > 0, ends < 0) {
            (_, true) => Some(Reason::Expired(at(ends))),
            (true, _) => Some(Reason::NotYetValid(at(begins))),
            _ => None,
        }
    }

    /// What is signed (RFC 4034 §3.1.8.1).
    fn input(&self, owner: &Name, kind: u16, set: &Set) -> Option<Vec<u8>> {
        let mut input = self.head.to_vec();
        let mut name = Vec::new();
        match count(owner).checked_sub(self.labels)? {
            0 => put_name(&mut name, owner),
            // RFC 4035 §5.3.2: of what a wildcard made, the wildcard is signed.
            _ => put_name(&mut name, &owner.suffix(self.labels).child("*").ok()?),
        }
        for data in &set.data {
            input.extend_from_slice(&name);
            input.extend_from_slice(&kind.to_be_bytes());
            input.extend_from_slice(&[0, 1]);
            input.extend_from_slice(&self.ttl.to_be_bytes());
            input.extend_from_slice(&u16::try_from(data.len()).ok()?.to_be_bytes());
            input.extend_from_slice(data);
        }
        Some(input)
    }
}

/// Labels of a name as signatures count them: an asterisk in front is none (RFC 4034 §3.1.3).
pub(super) fn count(owner: &Name) -> usize {
    let is_wildcard = owner.labels().next() == Some(b"*");
    owner.label_count() - usize::from(is_wildcard)
}

/// What may be done so many times and no more.
#[derive(Debug)]
pub(super) struct Effort {
    most: usize,
    left: AtomicUsize,
}

impl Effort {
    /// So many times.
    pub(super) fn new(most: usize) -> Self {
        Self { most, left: AtomicUsize::new(most) }
    }

    /// How often it was done.
    pub(super) fn spent(&self) -> usize {
        self.most - self.left.load(Ordering::Relaxed)
    }

    /// Does it once more; false if that is too often.
    pub(super) fn spend(&self) -> bool {
        let less = |left: usize| left.checked_sub(1);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}

/// Verifies a set with the keys of a zone. Returns how many labels of the owner are signed: fewer than
/// it has where a wildcard made it.
///
/// # Errors
/// No signature counts; the reason is that of the one which came closest.
pub(super) fn verify(
    (owner, kind): (&Name, u16),
    set: &Set,
    (zone, keys): (&Name, &[Key]),
    now: u64,
    effort: &Effort,
) -> Result<usize, Reason> {
    let mut failure = Reason::NoSignature;
    for data in set.signatures.iter().take(MOST_SIGNATURES) {
        let Some(signature) = Signature::read(data) else { continue };
        if signature.signer != *zone || count(owner) < signature.labels {
            continue;
        }
        let why = match try_keys(&signature, (owner, kind), set, keys, now, effort) {
            Ok(()) => return Ok(signature.labels),
            Err(limit @ Reason::Limit(_)) => return Err(limit),
            Err(why) => why,
        };
        if rank(&why) > rank(&failure) {
            failure = why;
        }
    }
    if set.signatures.len() > MOST_SIGNATURES {
        return Err(Reason::Limit("signatures of one record set"));
    }
    Err(failure)
}

fn try_keys(
    signature: &Signature<'_>,
    (owner, kind): (&Name, u16),
    set: &Set,
    keys: &[Key],
    now: u64,
    effort: &Effort,
) -> Result<(), Reason> {
    let &Signature { algorithm, tag, .. } = signature;
    if !key::is_known(algorithm) {
        return Err(Reason::NoUsableSignature);
    }
    if let Some(why) = signature.untimely(now) {
        return Err(why);
    }
    let is_named = |key: &&Key| key.tag == tag && key.algorithm == algorithm;
    let named: Vec<&Key> = keys.iter().filter(is_named).collect();
    if named.is_empty() {
        return Err(Reason::NoKey { tag, algorithm });
    }
    let wrong = || Reason::WrongSignature { tag };
    let input = signature.input(owner, kind, set).ok_or_else(wrong)?;
    for key in named.iter().take(MOST_KEYS) {
        if !effort.spend() {
            return Err(Reason::Limit("signatures of one domain"));
        }
        if key.verifies(&input, signature.value) {
            return Ok(());
        }
    }
    if named.len() > MOST_KEYS { Err(Reason::Limit("keys with one tag")) } else { Err(wrong()) }
}

/// How close a signature came: a wrong one is worth more to a reader than an old one beside it.
fn rank(why: &Reason) -> u8 {
    match why {
        Reason::WrongSignature { .. } => 4,
        Reason::NoKey { .. } => 3,
        Reason::Expired(_) | Reason::NotYetValid(_) => 2,
        Reason::NoUsableSignature => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A signature that is valid between two times.
    fn untimely(inception: u32, expiration: u32, now: u64) -> Option<Reason> {
        let mut data = vec![0, 1, 13, 0, 0, 0, 0, 0];
        data.extend(expiration.to_be_bytes());
        data.extend(inception.to_be_bytes());
        data.extend([0, 0, 0]);
        Signature::read(&data).expect("a signature").untimely(now)
    }

    #[test]
    fn a_signature_counts_from_its_first_second_to_its_last() {
        let now = 1_800_000_000;
        let table = [(now, now), (now - 9, now - 1), (now + 2, now + 9)];
        let said = table.map(|(from, to)| untimely(from, to, u64::from(now)));
        let expected =
            [None, Some(Reason::Expired(1_799_999_999)), Some(Reason::NotYetValid(1_800_000_002))];
        assert_eq!(said, expected);
    }

    #[test]
    fn times_go_on_behind_the_end_of_32_bits() {
        // RFC 4034 §3.1.5: in 2106 the numbers begin again.
        assert_eq!(untimely(u32::MAX - 10, 10, u64::from(u32::MAX) + 3), None);
    }
}
