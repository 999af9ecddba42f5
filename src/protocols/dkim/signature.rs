//! Whether a signature verifies under a key, and why not: RFC 6376 §6.1, RFC 8301, RFC 8463.
//!
//! The octets are hashed by `mail::signature`; here is what a key allows, what a time allows, and
//! which result of RFC 8601 §2.7.1 that comes to.

use super::grammar::{is_meant_as_key, key_record, tag_span};
use super::key::{self, Flaw, Key, Strength};
use super::record::{Algorithm, Hash, KeyRecord};
use crate::dns::Trouble;
use crate::mail::Message;
use crate::mail::signature::{
    Bodies, Defect, HashedBody, Index, PublicKey, Signature, SignedField, SigningAlgorithm,
    verifies,
};
use crate::text::{Parsed, SyntaxError};
use serde::{Deserialize, Serialize};

/// Keys at one selector of which a signature may be by any: more are not tried.
const MOST_KEYS: usize = 4;

/// The result of a signature (RFC 8601 §2.7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureResult {
    /// It verifies.
    Pass,
    /// It does not: the message was changed, or another key signed it.
    Fail,
    /// It was not looked at.
    Neutral,
    /// It could not be fetched now.
    Temperror,
    /// It cannot be verified, now or later.
    Permerror,
}

impl SignatureResult {
    /// Its word in an Authentication-Results field.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Neutral => "neutral",
            Self::Temperror => "temperror",
            Self::Permerror => "permerror",
        }
    }
}

/// Why a signature has its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It verifies.
    Verified,
    /// The body is not what was signed.
    BodyHash,
    /// The body is, and the fields are not; or another key signed.
    Signature,
    /// The field cannot be read.
    Defect(Defect),
    /// `a=rsa-sha1` (RFC 8301 §3.1).
    Sha1,
    /// `x=` has passed.
    Expired,
    /// `l=` is larger than the body.
    LengthExceedsBody,
    /// There is no key record, or nothing at the name.
    KeyMissing,
    /// `p=` is empty.
    KeyRevoked,
    /// The record is none that can be used.
    KeySyntax,
    /// The key is no key of its kind.
    KeyUnreadable,
    /// The key is of another kind than `a=` needs.
    KeyType,
    /// Under 1024 bits (RFC 8301 §3.2).
    KeyTooShort,
    /// `h=` of the key does not allow SHA-256.
    KeyHash,
    /// `s=` of the key leaves out mail.
    KeyService,
    /// `t=s` and `i=` is in a subdomain of `d=`.
    StrictIdentity,
    /// The query for the key failed.
    Lookup(Trouble),
    /// `d=` or `s=` is no name.
    KeyName,
    /// More signatures than are verified.
    NotVerified,
}

impl Reason {
    /// The result that it comes to.
    pub fn result(self) -> SignatureResult {
        match self {
            Self::Verified => SignatureResult::Pass,
            Self::BodyHash | Self::Signature => SignatureResult::Fail,
            Self::Lookup(_) => SignatureResult::Temperror,
            Self::NotVerified => SignatureResult::Neutral,
            _ => SignatureResult::Permerror,
        }
    }

    /// True if the key alone is the reason, so that nothing is known of the message.
    pub fn is_of_key(self) -> bool {
        matches!(
            self,
            Self::KeyMissing
                | Self::KeyRevoked
                | Self::KeySyntax
                | Self::KeyUnreadable
                | Self::KeyType
                | Self::KeyHash
                | Self::KeyService
                | Self::Lookup(_)
        )
    }
}

/// A signature that was verified, or could not be.
#[derive(Clone, Debug)]
pub struct Verified<'a> {
    /// Why it has its result.
    pub reason: Reason,
    /// The hash of the body; `None` where the field says nothing of one.
    pub body: Option<HashedBody>,
    /// What the signature covers.
    pub signed: Vec<SignedField<'a>>,
    /// What is known of the key.
    pub key: Option<KeyFacts>,
    /// The key that does not verify it, where a usable one was found.
    pub tried: Option<PublicKey>,
}

/// What is known of the key that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyFacts {
    /// Its size, as people count it.
    pub bits: Option<u32>,
    /// How well it protects.
    pub strength: Option<Strength>,
    /// `t=y`.
    pub is_testing: bool,
    /// `t=s`.
    pub is_strict: bool,
}

/// What was found at the name of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys {
    /// The texts there; none if the name does not exist or has no text.
    Texts(Vec<Vec<u8>>),
    /// The query failed, in this way.
    Failed(Trouble),
}

/// A key that may verify a signature, or why it may not.
type Usable = Result<PublicKey, Reason>;

/// Verifies a signature at a time, in seconds since 1970; without one `x=` is not judged.
///
/// A body that differs goes before a key that is missing or unusable: the hash needs no key.
pub fn verify<'a>(
    index: &Index<'_, '_>,
    bodies: &mut Bodies<'_>,
    signature: &Signature<'a>,
    keys: &Keys,
    now: Option<u64>,
) -> Verified<'a> {
    let body = bodies.hash(signature);
    let signed = index.signed(signature);
    let (mut reason, key, tried) = decide(index, &body, signature, &signed, keys, now);
    // No key would make it verify.
    let is_final = reason.is_of_key() && !matches!(reason, Reason::Lookup(_));
    if is_final && body.hash != signature.body_hash {
        reason = Reason::BodyHash;
    }
    Verified { reason, body: Some(body), signed, key, tried }
}

fn decide(
    index: &Index<'_, '_>,
    body: &HashedBody,
    signature: &Signature<'_>,
    signed: &[SignedField<'_>],
    keys: &Keys,
    now: Option<u64>,
) -> (Reason, Option<KeyFacts>, Option<PublicKey>) {
    if signature.algorithm == SigningAlgorithm::RsaSha1 {
        return (Reason::Sha1, None, None);
    }
    if signature.length.is_some_and(|length| length > body.canonical) {
        return (Reason::LengthExceedsBody, None, None);
    }
    // RFC 6376 §3.5: "Signatures MAY be considered invalid if the verification time at the Verifier
    // is past the expiration date."
    if signature.expires.zip(now).is_some_and(|(expires, now)| now > expires) {
        return (Reason::Expired, None, None);
    }
    let texts = match keys {
        Keys::Failed(trouble) => return (Reason::Lookup(*trouble), None, None),
        Keys::Texts(texts) => texts,
    };
    let is_meant = |text: &&Vec<u8>| is_meant_as_key(text);
    let meant: Vec<&Vec<u8>> = texts.iter().filter(is_meant).take(MOST_KEYS).collect();
    if meant.is_empty() {
        let why = if texts.is_empty() { Reason::KeyMissing } else { Reason::KeySyntax };
        return (why, None, None);
    }
    let mut input = None;
    let mut first = None;
    for text in meant {
        let (usable, facts) = usable(text, signature);
        let (reason, tried) = match usable {
            Err(why) => (why, None),
            Ok(key) if body.hash != signature.body_hash => (Reason::BodyHash, Some(key)),
            Ok(key) => {
                let input = input.get_or_insert_with(|| index.input(signature, signed));
                match verifies(&key, signature.algorithm, input, &signature.signature) {
                    true => return (Reason::Verified, facts, None),
                    false => (Reason::Signature, Some(key)),
                }
            }
        };
        first = first.or(Some((reason, facts, tried)));
    }
    first.unwrap_or((Reason::KeyMissing, None, None))
}

/// The key of a record as far as a signature may use it.
fn usable(text: &[u8], signature: &Signature<'_>) -> (Usable, Option<KeyFacts>) {
    let Parsed { value: record, errors } = key_record(text);
    let key = record.key.as_ref().map(|key| &key.value);
    let facts = KeyFacts {
        bits: key.and_then(Key::bits),
        strength: key.and_then(Key::strength),
        is_testing: record.is_testing,
        is_strict: record.is_strict,
    };
    let is_grave = !errors.is_empty() && are_grave(&errors, text);
    (public_key(&record, is_grave, signature), Some(facts))
}

/// True if a fault is one of the key: those of tags that say nothing about it are passed over, as
/// receivers do.
fn are_grave(errors: &[SyntaxError], text: &[u8]) -> bool {
    let matters = ["v", "k", "p"].map(|name| tag_span(text, name.as_bytes()));
    errors.iter().any(|error| {
        error.expected == "each tag once only"
            || matters
                .iter()
                .flatten()
                .any(|tag| tag.start <= error.span.start && error.span.start <= tag.end)
    })
}

fn public_key(record: &KeyRecord, is_grave: bool, signature: &Signature<'_>) -> Usable {
    let Some(key) = &record.key else { return Err(Reason::KeySyntax) };
    let wanted = match signature.algorithm {
        SigningAlgorithm::Ed25519Sha256 => Algorithm::Ed25519,
        SigningAlgorithm::RsaSha256 | SigningAlgorithm::RsaSha1 => Algorithm::Rsa,
    };
    match &key.value {
        Key::Revoked => return Err(Reason::KeyRevoked),
        Key::Unreadable(Flaw::OtherAlgorithm) => return Err(Reason::KeyType),
        _ if record.algorithm != wanted => return Err(Reason::KeyType),
        Key::Unreadable(_) => return Err(Reason::KeyUnreadable),
        _ if is_grave => return Err(Reason::KeySyntax),
        Key::Rsa(rsa) if rsa.strength() == Strength::Broken => return Err(Reason::KeyTooShort),
        _ => {}
    }
    if record.hashes.as_ref().is_some_and(|hashes| !hashes.contains(&Hash::Sha256)) {
        return Err(Reason::KeyHash);
    }
    if !record.is_for_mail {
        return Err(Reason::KeyService);
    }
    // RFC 6376 §3.6.1, t=s: "any DKIM-Signature header fields using the "i=" tag MUST have the same
    // domain value on the right-hand side of the "@" in the "i=" tag and the value of the "d=" tag."
    if record.is_strict && !signature.identity_domain().eq_ignore_ascii_case(signature.domain) {
        return Err(Reason::StrictIdentity);
    }
    let (start, end) = (key.span.start as usize, key.span.end as usize);
    let value = record.text.get(start..end).unwrap_or_default();
    let octets = key::octets(value, record.algorithm).ok_or(Reason::KeyUnreadable)?;
    match wanted {
        Algorithm::Ed25519 => {
            let octets = octets.try_into().map_err(|_| Reason::KeyUnreadable)?;
            Ok(PublicKey::Ed25519(octets))
        }
        _ => Ok(PublicKey::Rsa(octets)),
    }
}

/// The key of a text for a signature of ARC, which has the same keys as DKIM (RFC 8617 §4.1.2);
/// `None` if there is none that may be used.
pub fn key_for(keys: &Keys, signature: &Signature<'_>) -> Option<PublicKey> {
    let Keys::Texts(texts) = keys else { return None };
    let meant = texts.iter().filter(|text| is_meant_as_key(text)).take(MOST_KEYS);
    meant.map(|text| usable(text, signature).0).find_map(Result::ok)
}

/// The signatures of a message, top to bottom: each as it was read, or why it cannot be.
pub fn signatures<'a>(
    message: &Message<'a>,
) -> Vec<(crate::mail::Field<'a>, Result<Signature<'a>, Defect>)> {
    let fields = message.all("DKIM-Signature");
    let dialect = crate::mail::signature::Dialect::Dkim;
    fields.map(|field| (field, Signature::read(field, dialect))).collect()
}
