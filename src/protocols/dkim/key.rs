//! The key inside `p=`: base64, then DER for RSA or 32 raw octets for Ed25519.

use super::record::Algorithm;
use crate::text::lex::is_fws;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use pkcs1::RsaPublicKey;
use spki::SubjectPublicKeyInfoRef;
use spki::der::{Decode as _, Header, Reader as _, SliceReader, Tag};

/// What stands in `p=`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Key {
    /// An RSA key.
    Rsa(Rsa),
    /// An Ed25519 key.
    Ed25519([u8; 32]),
    /// Nothing: the key is withdrawn.
    Revoked,
    /// A key of a kind that nobody knows; its octets.
    Opaque(usize),
    /// Something that is no key of its kind.
    Unreadable(Flaw),
}

/// An RSA key, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rsa {
    /// Size of the modulus in bits.
    pub bits: u32,
    /// The public exponent; `None` if it is beyond 64 bits.
    pub exponent: Option<u64>,
    /// In which form it is published.
    pub form: Form,
}

/// The forms in which RSA keys are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// SubjectPublicKeyInfo, what everybody publishes (as RFC 6376 Appendix C makes it).
    SubjectPublicKeyInfo,
    /// RSAPublicKey alone, what RFC 6376 §3.6.1 says; some verifiers refuse it.
    Bare,
}

/// Why octets are no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flaw {
    /// The DER says that there are more octets than there are.
    Truncated {
        /// How many octets the key has by its own account.
        declared: usize,
        /// How many there are.
        present: usize,
    },
    /// The text is not base64.
    NotBase64,
    /// The octets are not the DER of a public key.
    NotDer,
    /// The DER goes on behind the key.
    Trailing {
        /// How many octets are too many.
        octets: usize,
    },
    /// It is a key, of another kind than `k=` says.
    OtherAlgorithm,
    /// An Ed25519 key has 32 octets, this has another number of them.
    Length(usize),
}

/// How well a key protects (RFC 8301 §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Under 1024 bits, or an exponent that signs nothing: no receiver may accept it.
    Broken,
    /// From 1024 to 2047 bits.
    Weak,
    /// 2048 bits and more, or Ed25519.
    Good,
    /// More than 4096 bits: receivers need not be able to use it.
    Oversized,
}

/// RFC 6376 §2.10 lets the padding be left out; a key cut off in the middle ends anywhere.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

const RSA_ENCRYPTION: spki::ObjectIdentifier =
    spki::ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

impl Key {
    /// Reads the value of `p=`. Total.
    pub fn read(value: &[u8], algorithm: Algorithm) -> Self {
        let mut text: Vec<u8> = value.iter().copied().filter(|octet| !is_fws(*octet)).collect();
        if text.is_empty() {
            return Self::Revoked;
        }
        // One character of four holds no octet: a cut, which the DER will tell of.
        if text.len() % 4 == 1 {
            text.pop();
        }
        let Ok(octets) = BASE64.decode(&text) else {
            return Self::Unreadable(Flaw::NotBase64);
        };
        let read = match algorithm {
            Algorithm::Rsa => rsa(&octets).map(Self::Rsa),
            Algorithm::Ed25519 => ed25519(&octets).map(Self::Ed25519),
            Algorithm::Unknown(_) => Ok(Self::Opaque(octets.len())),
        };
        read.unwrap_or_else(Self::Unreadable)
    }

    /// How well it protects; `None` for what is no key.
    pub fn strength(&self) -> Option<Strength> {
        match self {
            Self::Rsa(rsa) => Some(rsa.strength()),
            Self::Ed25519(_) => Some(Strength::Good),
            Self::Revoked | Self::Opaque(_) | Self::Unreadable(_) => None,
        }
    }

    /// Its size in bits, as people count it.
    pub fn bits(&self) -> Option<u32> {
        match self {
            Self::Rsa(rsa) => Some(rsa.bits),
            Self::Ed25519(_) => Some(256),
            Self::Revoked | Self::Opaque(_) | Self::Unreadable(_) => None,
        }
    }
}

/// The octets of the key itself: RSAPublicKey without what is around it, or 32 octets of Ed25519;
/// `None` if the value of `p=` holds no such key.
#[cfg(feature = "mail")]
pub(super) fn octets(value: &[u8], algorithm: Algorithm) -> Option<Vec<u8>> {
    let text: Vec<u8> = value.iter().copied().filter(|octet| !is_fws(*octet)).collect();
    let octets = BASE64.decode(&text).ok()?;
    match algorithm {
        Algorithm::Rsa => Some(match SubjectPublicKeyInfoRef::from_der(&octets) {
            Ok(info) => info.subject_public_key.as_bytes()?.to_vec(),
            Err(_) => octets,
        }),
        Algorithm::Ed25519 => Some(octets),
        Algorithm::Unknown(_) => None,
    }
}

impl Rsa {
    /// How well it protects.
    pub fn strength(self) -> Strength {
        // An exponent of 1 leaves the message as it is, an even one has no private key.
        if self.exponent.is_some_and(|exponent| exponent < 3 || exponent % 2 == 0) {
            return Strength::Broken;
        }
        match self.bits {
            // RFC 8301 §3.2: "Verifiers MUST NOT consider signatures using RSA keys of less than
            // 1024 bits as valid signatures."
            0..1024 => Strength::Broken,
            1024..2048 => Strength::Weak,
            2048..=4096 => Strength::Good,
            _ => Strength::Oversized,
        }
    }
}

/// Reads SubjectPublicKeyInfo, or RSAPublicKey alone.
fn rsa(der: &[u8]) -> Result<Rsa, Flaw> {
    let der = match complete(der) {
        // 32 octets that are no DER: an Ed25519 key without `k=ed25519`.
        Err(Flaw::NotDer) if der.len() == 32 => return Err(Flaw::OtherAlgorithm),
        whole => whole?,
    };
    match SubjectPublicKeyInfoRef::from_der(der) {
        Ok(info) if info.algorithm.oid != RSA_ENCRYPTION => Err(Flaw::OtherAlgorithm),
        Ok(info) => {
            let octets = info.subject_public_key.as_bytes().ok_or(Flaw::NotDer)?;
            bare(octets, Form::SubjectPublicKeyInfo)
        }
        Err(_) => bare(der, Form::Bare),
    }
}

/// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
fn bare(der: &[u8], form: Form) -> Result<Rsa, Flaw> {
    let key = RsaPublicKey::from_der(der).map_err(|_| Flaw::NotDer)?;
    let modulus = key.modulus.as_bytes();
    let bits = match modulus.first() {
        // Zero has no bits; everything else begins with an octet that is not zero.
        Some(first) => modulus.len() * 8 - first.leading_zeros() as usize,
        None => 0,
    };
    let exponent = key.public_exponent.as_bytes();
    let exponent = (exponent.len() <= 8)
        .then(|| exponent.iter().fold(0, |sum, octet| sum << 8 | u64::from(*octet)));
    Ok(Rsa { bits: u32::try_from(bits).unwrap_or(u32::MAX), exponent, form })
}

/// The octets, if they are one whole DER sequence.
fn complete(der: &[u8]) -> Result<&[u8], Flaw> {
    let mut reader = SliceReader::new(der).map_err(|_| Flaw::NotDer)?;
    let header = Header::decode(&mut reader).map_err(|_| Flaw::NotDer)?;
    if header.tag != Tag::Sequence {
        return Err(Flaw::NotDer);
    }
    let declared =
        (reader.position() + header.length).and_then(usize::try_from).map_err(|_| Flaw::NotDer)?;
    match der.len() {
        present if present < declared => Err(Flaw::Truncated { declared, present }),
        present if present > declared => Err(Flaw::Trailing { octets: present - declared }),
        _ => Ok(der),
    }
}

/// The raw key: RFC 8463 §4.2 puts no ASN.1 around it.
fn ed25519(octets: &[u8]) -> Result<[u8; 32], Flaw> {
    octets.try_into().map_err(|_| match complete(octets) {
        Ok(_) => Flaw::OtherAlgorithm,
        Err(_) => Flaw::Length(octets.len()),
    })
}
