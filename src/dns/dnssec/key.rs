//! Keys, digests of keys, and whether a signature verifies. The cryptography is that of `ring`.

use super::tag::tag;
use super::wire::{put_name, u16_at};
use crate::net::Name;
use ring::digest;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519,
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY, RsaParameters, RsaPublicKeyComponents,
    UnparsedPublicKey,
};

/// The flag of a key that signs records (RFC 4034 §2.1.1).
const ZONE_KEY: u16 = 0x0100;
/// The flag of a key that is given up (RFC 5011 §3).
const REVOKED: u16 = 0x0080;
/// The only protocol of a key (RFC 4034 §2.1.2).
const DNSSEC: u8 = 3;

/// A key that may sign the records of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// Its number in the registry of algorithms.
    pub(super) algorithm: u8,
    /// The tag by which signatures name it.
    pub(super) tag: u16,
    /// The data of its record.
    data: Vec<u8>,
}

impl Key {
    /// Reads the data of a DNSKEY record; `None` if it cannot sign records.
    pub(super) fn read(data: &[u8]) -> Option<Self> {
        let flags = u16_at(data, 0)?;
        let (protocol, algorithm) = (*data.get(2)?, *data.get(3)?);
        // RFC 4035 §5.3.1: "The matching DNSKEY RR MUST be present in the zone's apex DNSKEY RRset, and
        // MUST have the Zone Flag bit … set." RFC 5011 §2.1 forbids what is revoked.
        let is_usable = flags & ZONE_KEY != 0 && flags & REVOKED == 0 && protocol == DNSSEC;
        is_usable.then(|| Self { algorithm, tag: tag(data), data: data.to_vec() })
    }

    /// True if both are the same key, whatever else their records say.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.public() == other.public()
    }

    /// The public key.
    fn public(&self) -> &[u8] {
        self.data.get(4..).unwrap_or_default()
    }

    /// True if a signature over `input` verifies.
    pub(super) fn verifies(&self, input: &[u8], signature: &[u8]) -> bool {
        match self.algorithm {
            5 | 7 => self.rsa(&RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, input, signature),
            8 => self.rsa(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, input, signature),
            10 => self.rsa(&RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY, input, signature),
            // RFC 6605 §4: the point without the octet that says that it is not compressed.
            13 | 14 => {
                let point: Vec<u8> = std::iter::once(4).chain(self.public().to_vec()).collect();
                let of = if self.algorithm == 13 {
                    &ECDSA_P256_SHA256_FIXED
                } else {
                    &ECDSA_P384_SHA384_FIXED
                };
                UnparsedPublicKey::new(of, point).verify(input, signature).is_ok()
            }
            15 => UnparsedPublicKey::new(&ED25519, self.public()).verify(input, signature).is_ok(),
            _ => false,
        }
    }

    // RFC 3110 §2: the length of the exponent in one octet, or in two behind a null; the exponent; the
    // modulus.
    fn rsa(&self, how: &RsaParameters, input: &[u8], signature: &[u8]) -> bool {
        let public = self.public();
        let parts = || {
            let (length, rest) = match public.split_first()? {
                (0, rest) => (usize::from(u16_at(rest, 0)?), rest.get(2..)?),
                (length, rest) => (usize::from(*length), rest),
            };
            let (e, n) = rest.split_at_checked(length)?;
            Some((unpadded(n), unpadded(e)))
        };
        let Some((n, e)) = parts() else { return false };
        RsaPublicKeyComponents { n, e }.verify(how, input, signature).is_ok()
    }
}

/// A number without nulls before it.
fn unpadded(number: &[u8]) -> &[u8] {
    let begin = number.iter().position(|octet| *octet != 0).unwrap_or(number.len());
    number.get(begin..).unwrap_or_default()
}

/// True if signatures by this algorithm can be verified here. RSA/SHA-1 is among them: zones use it
/// still, and resolvers take them for signed.
pub(super) fn is_known(algorithm: u8) -> bool {
    matches!(algorithm, 5 | 7 | 8 | 10 | 13 | 14 | 15)
}

/// The digest of a key that the parent of its zone publishes (RFC 4034 §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ds {
    /// The tag of the key.
    pub(super) tag: u16,
    /// The algorithm of the key.
    pub(super) algorithm: u8,
    /// The number of the digest's algorithm.
    pub(super) digest: u8,
    value: Vec<u8>,
}

impl Ds {
    /// Reads the data of a DS record.
    pub(super) fn read(data: &[u8]) -> Option<Self> {
        Some(Self {
            tag: u16_at(data, 0)?,
            algorithm: *data.get(2)?,
            digest: *data.get(3)?,
            value: data.get(4..)?.to_vec(),
        })
    }

    fn how(&self) -> Option<&'static digest::Algorithm> {
        match self.digest {
            1 => Some(&digest::SHA1_FOR_LEGACY_USE_ONLY),
            2 => Some(&digest::SHA256),
            4 => Some(&digest::SHA384),
            _ => None,
        }
    }

    /// True if a key that it names could be found and used here.
    pub(super) fn is_known(&self) -> bool {
        self.how().is_some() && is_known(self.algorithm)
    }

    /// True if it names a key, as far as tag and algorithm say.
    pub(super) fn names(&self, key: &Key) -> bool {
        self.tag == key.tag && self.algorithm == key.algorithm
    }

    /// True if it is the digest of a key of the zone `owner`.
    pub(super) fn covers(&self, owner: &Name, key: &Key) -> bool {
        let Some(how) = self.how() else { return false };
        let mut input = Vec::with_capacity(key.data.len() + 64);
        put_name(&mut input, owner);
        input.extend_from_slice(&key.data);
        self.names(key) && digest::digest(how, &input).as_ref() == self.value
    }
}

/// The hash of a name in a denial (RFC 5155 §5): SHA-1, so many times more than once.
pub(super) fn nsec3_hash(name: &Name, salt: &[u8], iterations: u16) -> Vec<u8> {
    let mut input = Vec::new();
    put_name(&mut input, name);
    let mut hash = input;
    for _ in 0..=iterations {
        hash.extend_from_slice(salt);
        hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &hash).as_ref().to_vec();
    }
    hash
}
