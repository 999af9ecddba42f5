//! ARC: the chain of those who passed a message on, each with what it found (RFC 8617).
//!
//! Each intermediary adds a *set* of three fields with the same instance `i=`: what it found
//! (ARC-Authentication-Results), a signature over the message as it left (ARC-Message-Signature), and
//! a seal over all sets so far (ARC-Seal). A chain passes if the sets are whole and in order, the
//! newest signature verifies and every seal does (§5.2). What that is worth is for each receiver to
//! decide: trust in the sealers is no part of the standard.
//!
//! Keys stand where those of DKIM do and have the same form; the caller hands them in.

use crate::mail::signature::{
    Bodies, Defect, Dialect, Index, PublicKey, Signature, seal_input, verifies,
};
use crate::mail::{Field, Message};
use serde::{Deserialize, Serialize};

/// RFC 8617 §4.2.1: the valid range of instances is 1 to 50.
const MOST_SETS: usize = 50;
/// Octets of the fields of all sets that are looked at: each seal is over all sets before it.
const MOST_OCTETS: usize = 1024 * 1024;

/// The Chain Validation Status (RFC 8617 §4.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChainStatus {
    /// There is no chain.
    #[default]
    None,
    /// It verifies.
    Pass,
    /// It does not.
    Fail,
}

impl ChainStatus {
    /// Its word in `cv=` and in an Authentication-Results field.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pass => "pass",
            Self::Fail => "fail",
        }
    }
}

/// Why a chain fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainFault {
    /// A field has no instance from 1 to 50.
    Instance,
    /// A set has a field twice.
    Duplicate(usize),
    /// A set lacks a field, or is missing.
    Incomplete(usize),
    /// The signature of a set cannot be read.
    Message(usize, Defect),
    /// The seal of a set cannot be read.
    Seal(usize, Defect),
    /// `cv=` is missing, or not what it must be at this place.
    Status(usize),
    /// A sealer found that the chain had failed already.
    FailedBefore(usize),
    /// The key of a signature or seal is missing or may not be used.
    Key(usize),
    /// The key could not be fetched.
    Lookup(usize),
    /// The body is not what the newest set signed.
    BodyHash(usize),
    /// The fields are not what the newest set signed.
    MessageSignature(usize),
    /// A seal does not verify.
    SealSignature(usize),
    /// The chain is larger than is looked at.
    TooLarge,
}

/// A set of the chain.
#[derive(Clone, Debug)]
pub struct Set<'a> {
    /// ARC-Authentication-Results.
    pub results: Field<'a>,
    /// ARC-Message-Signature.
    pub message: Signature<'a>,
    /// ARC-Seal.
    pub seal: Signature<'a>,
    fields: [Field<'a>; 3],
}

/// A chain whose sets are whole and in order.
#[derive(Clone, Debug, Default)]
pub struct Chain<'a> {
    /// The sets, the oldest first.
    pub sets: Vec<Set<'a>>,
}

/// What a chain comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validated {
    /// The status.
    pub status: ChainStatus,
    /// Why it failed.
    pub fault: Option<ChainFault>,
    /// How many sets there are.
    pub sets: usize,
    /// The oldest set from which on all message signatures verify (RFC 8617 §5.2, step 5); 0 if even
    /// the first does, `None` without a chain that passes.
    pub oldest_pass: Option<usize>,
}

/// The key at a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealerKey {
    /// It may be used.
    Known(PublicKey),
    /// There is none that may be.
    Unusable,
    /// It could not be fetched.
    Failed,
}

impl<'a> Chain<'a> {
    /// Collects the sets of a message; an empty chain if there is none.
    ///
    /// # Errors
    /// The chain fails by its form alone (RFC 8617 §5.2, steps 2 and 3).
    pub fn read(message: &Message<'a>) -> Result<Self, ChainFault> {
        const NAMES: [&str; 3] =
            ["ARC-Authentication-Results", "ARC-Message-Signature", "ARC-Seal"];
        let mut found: Vec<[Option<Field<'a>>; 3]> = Vec::new();
        let mut octets = 0;
        for field in &message.fields {
            let Some(kind) = NAMES.iter().position(|name| field.is(name)) else { continue };
            octets += field.octets.len();
            let instance = instance(field, kind == 0).ok_or(ChainFault::Instance)?;
            if found.len() < instance {
                found.resize(instance, [None; 3]);
            }
            let place = found.get_mut(instance - 1).and_then(|set| set.get_mut(kind));
            match place {
                Some(empty @ None) => *empty = Some(*field),
                _ => return Err(ChainFault::Duplicate(instance)),
            }
        }
        if octets > MOST_OCTETS {
            return Err(ChainFault::TooLarge);
        }
        let sets = found.into_iter().zip(1..).map(|(fields, instance)| set(fields, instance));
        Ok(Self { sets: sets.collect::<Result<_, _>>()? })
    }

    /// Validates the chain; `key` says what is at the selector and domain of a signature.
    pub fn validate(
        &self,
        index: &Index<'_, '_>,
        bodies: &mut Bodies<'_>,
        key: impl Fn(&Signature<'_>) -> SealerKey,
    ) -> Validated {
        let sets = self.sets.len();
        let Some(newest) = self.sets.last() else { return Validated::default() };
        let failed = |fault| Validated {
            status: ChainStatus::Fail,
            fault: Some(fault),
            sets,
            oldest_pass: None,
        };
        if let Err(fault) = message_signature(newest, sets, index, bodies, &key) {
            return failed(fault);
        }
        for (place, set) in self.sets.iter().enumerate().rev() {
            let instance = place + 1;
            let key = match key(&set.seal) {
                SealerKey::Known(key) => key,
                SealerKey::Unusable => return failed(ChainFault::Key(instance)),
                SealerKey::Failed => return failed(ChainFault::Lookup(instance)),
            };
            let before = self.sets.iter().take(place).flat_map(|set| set.fields);
            let own = set.fields.iter().take(2).copied();
            let input = seal_input(before.chain(own), &set.seal);
            if !verifies(&key, set.seal.algorithm, &input, &set.seal.signature) {
                return failed(ChainFault::SealSignature(instance));
            }
        }
        let mut oldest = sets;
        for (place, set) in self.sets.iter().enumerate().rev().skip(1) {
            if message_signature(set, place + 1, index, bodies, &key).is_err() {
                break;
            }
            oldest = place + 1;
        }
        let oldest_pass = if oldest == 1 { 0 } else { oldest };
        Validated { status: ChainStatus::Pass, fault: None, sets, oldest_pass: Some(oldest_pass) }
    }
}

/// Verifies the message signature of a set.
fn message_signature(
    set: &Set<'_>,
    instance: usize,
    index: &Index<'_, '_>,
    bodies: &mut Bodies<'_>,
    key: impl Fn(&Signature<'_>) -> SealerKey,
) -> Result<(), ChainFault> {
    if bodies.hash(&set.message).hash != set.message.body_hash {
        return Err(ChainFault::BodyHash(instance));
    }
    let key = match key(&set.message) {
        SealerKey::Known(key) => key,
        SealerKey::Unusable => return Err(ChainFault::Key(instance)),
        SealerKey::Failed => return Err(ChainFault::Lookup(instance)),
    };
    let input = index.input(&set.message, &index.signed(&set.message));
    match verifies(&key, set.message.algorithm, &input, &set.message.signature) {
        true => Ok(()),
        false => Err(ChainFault::MessageSignature(instance)),
    }
}

/// A set of its three fields.
fn set(fields: [Option<Field<'_>>; 3], instance: usize) -> Result<Set<'_>, ChainFault> {
    let [Some(results), Some(message), Some(seal)] = fields else {
        return Err(ChainFault::Incomplete(instance));
    };
    let fields = [results, message, seal];
    let of = |field, dialect| Signature::read(field, dialect).and_then(modern);
    let message =
        of(message, Dialect::ArcMessage).map_err(|why| ChainFault::Message(instance, why))?;
    let read = of(seal, Dialect::ArcSeal).map_err(|why| ChainFault::Seal(instance, why))?;
    // RFC 8617 §5.1.1: the first set has cv=none, every later one cv=pass.
    match crate::mail::signature::claimed(&seal, "cv") {
        Some(b"fail") => return Err(ChainFault::FailedBefore(instance)),
        Some(b"none") if instance == 1 => {}
        Some(b"pass") if instance > 1 => {}
        _ => return Err(ChainFault::Status(instance)),
    }
    Ok(Set { results, message, seal: read, fields })
}

/// RFC 8617 §4.1.2 and §4.1.3 take over the algorithms of DKIM, of which RFC 8301 took away SHA-1.
fn modern(signature: Signature<'_>) -> Result<Signature<'_>, Defect> {
    match signature.algorithm {
        crate::mail::signature::SigningAlgorithm::RsaSha1 => Err(Defect::Algorithm),
        _ => Ok(signature),
    }
}

/// The instance of a field: the value of `i=`, which in ARC-Authentication-Results stands first.
fn instance(field: &Field<'_>, is_first: bool) -> Option<usize> {
    let value = match is_first {
        false => crate::mail::signature::claimed(field, "i")?,
        true => {
            let text = field.value();
            let end = text.iter().position(|octet| *octet == b';')?;
            let first = text.get(..end)?.trim_ascii();
            let (name, value) = first.split_at(first.iter().position(|octet| *octet == b'=')?);
            (name.trim_ascii() == b"i").then(|| value.get(1..).unwrap_or_default().trim_ascii())?
        }
    };
    let number: usize = std::str::from_utf8(value).ok()?.parse().ok()?;
    (value.iter().all(u8::is_ascii_digit) && (1..=MOST_SETS).contains(&number)).then_some(number)
}
