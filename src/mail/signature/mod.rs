//! A signature over fields and a body, as DKIM and ARC both have it: RFC 6376 §3.5 and §3.7.
//!
//! What is signed, how it is hashed and whether the octets verify under a key. Which key that is, and
//! whether it may be used, is for the protocols to say.

mod canonical;
mod changes;
mod crypto;
mod input;
mod length;
mod tags;

pub use canonical::Canonicalization;
pub use changes::{ChangeMade, body_change, header_change};
pub use crypto::{PublicKey, verifies};
pub use input::{Bodies, HashedBody, Index, SignedField, seal_input};
pub use length::Uncovered;

use crate::mail::Field;
use serde::{Deserialize, Serialize};
use tags::Tags;

/// Which kind of field holds a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `DKIM-Signature` (RFC 6376 §3.5).
    Dkim,
    /// `ARC-Message-Signature` (RFC 8617 §4.1.2): without `v=`; `i=` is the instance.
    ArcMessage,
    /// `ARC-Seal` (RFC 8617 §4.1.3): signs the sets of the chain, has no `h=` and no `bh=`.
    ArcSeal,
}

/// The algorithm of a signature: `a=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    /// RSA over SHA-256.
    #[serde(rename = "rsa-sha256")]
    RsaSha256,
    /// RSA over SHA-1, which must not be relied on (RFC 8301 §3.1).
    #[serde(rename = "rsa-sha1")]
    RsaSha1,
    /// Ed25519 over SHA-256 (RFC 8463).
    #[serde(rename = "ed25519-sha256")]
    Ed25519Sha256,
}

impl SigningAlgorithm {
    /// Its word in `a=`.
    pub fn word(self) -> &'static str {
        match self {
            Self::RsaSha256 => "rsa-sha256",
            Self::RsaSha1 => "rsa-sha1",
            Self::Ed25519Sha256 => "ed25519-sha256",
        }
    }
}

/// Why a field is no signature that can be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// It is no tag list.
    TagList,
    /// A tag occurs twice.
    Duplicate,
    /// A tag is missing.
    Missing(&'static str),
    /// A tag has a value that it cannot have.
    Tag(&'static str),
    /// `v=` is of another version.
    Version,
    /// `a=` names no known algorithm.
    Algorithm,
    /// `c=` names no known canonicalization.
    Canonicalization,
    /// `q=` names no method that is known.
    QueryMethod,
    /// `i=` is not at or below `d=`.
    Identity,
    /// `h=` does not list From.
    FromNotSigned,
    /// `h=` lists ARC-Seal, which RFC 8617 §4.1.2 forbids.
    SealSigned,
    /// `x=` is not after `t=`.
    ExpiresBeforeSigned,
}

/// A signature, as its field has it.
#[derive(Clone, Debug)]
pub struct Signature<'a> {
    /// The field.
    pub field: Field<'a>,
    /// `a=`.
    pub algorithm: SigningAlgorithm,
    /// The first half of `c=`.
    pub header: Canonicalization,
    /// The second half of `c=`.
    pub body: Canonicalization,
    /// `d=`, as written.
    pub domain: &'a [u8],
    /// `s=`, as written.
    pub selector: &'a [u8],
    /// `h=`: names, as written.
    pub names: Vec<&'a [u8]>,
    /// `bh=`, decoded; empty for a seal.
    pub body_hash: Vec<u8>,
    /// `b=`, decoded.
    pub signature: Vec<u8>,
    /// `l=`.
    pub length: Option<u64>,
    /// `t=`: when it was made.
    pub time: Option<u64>,
    /// `x=`: when it expires.
    pub expires: Option<u64>,
    /// `i=` of DKIM, without white space.
    pub identity: Option<Vec<u8>>,
}

impl<'a> Signature<'a> {
    /// Reads a field.
    ///
    /// # Errors
    /// It cannot be verified, whatever the key is (RFC 6376 §6.1.1).
    pub fn read(field: Field<'a>, dialect: Dialect) -> Result<Self, Defect> {
        let tags = Tags::read(field.value())?;
        if dialect == Dialect::Dkim {
            match tags.get("v") {
                None => return Err(Defect::Missing("v")),
                Some(b"1") => {}
                Some(_) => return Err(Defect::Version),
            }
        }
        let algorithm = match tags.required("a")? {
            b"rsa-sha256" => SigningAlgorithm::RsaSha256,
            b"rsa-sha1" => SigningAlgorithm::RsaSha1,
            b"ed25519-sha256" => SigningAlgorithm::Ed25519Sha256,
            _ => return Err(Defect::Algorithm),
        };
        let domain = tags.required("d")?;
        let selector = tags.required("s")?;
        let is_seal = dialect == Dialect::ArcSeal;
        let (header, body) = match (is_seal, tags.get("c")) {
            (true, _) => (Canonicalization::Relaxed, Canonicalization::Relaxed),
            (false, None) => Default::default(),
            (false, Some(value)) => canonicalization(value).ok_or(Defect::Canonicalization)?,
        };
        let (mut names, mut body_hash) = (Vec::new(), Vec::new());
        if is_seal {
            // RFC 8617 §4.1.3: an h= makes the seal invalid.
            if tags.get("h").is_some() {
                return Err(Defect::Tag("h"));
            }
        } else {
            names.extend(tags.required("h")?.split(|octet| *octet == b':').map(<[u8]>::trim_ascii));
            body_hash = tags.base64("bh")?;
            let is = |name: &str| names.iter().any(|it| it.eq_ignore_ascii_case(name.as_bytes()));
            if dialect == Dialect::ArcMessage && is("ARC-Seal") {
                return Err(Defect::SealSigned);
            }
            // RFC 6376 §5.4: "The From header field MUST be signed"
            if dialect == Dialect::Dkim && !is("From") {
                return Err(Defect::FromNotSigned);
            }
        }
        let identity = match (dialect, tags.get("i")) {
            (Dialect::Dkim, Some(identity)) => {
                let identity: Vec<u8> =
                    identity.iter().copied().filter(|it| !it.is_ascii_whitespace()).collect();
                Some(belongs(&identity, domain)?).map(|()| identity)
            }
            _ => None,
        };
        let is_dns = |method: &[u8]| method.trim_ascii().eq_ignore_ascii_case(b"dns/txt");
        let methods = tags.get("q");
        if methods.is_some_and(|list| !list.split(|octet| *octet == b':').any(is_dns)) {
            return Err(Defect::QueryMethod);
        }
        let (time, expires) = (tags.number("t")?, tags.number("x")?);
        if let (Some(time), Some(expires)) = (time, expires)
            && expires <= time
        {
            return Err(Defect::ExpiresBeforeSigned);
        }
        Ok(Self {
            field,
            algorithm,
            header,
            body,
            domain,
            selector,
            names,
            body_hash,
            signature: tags.base64("b")?,
            length: tags.number("l")?.filter(|_| dialect == Dialect::Dkim),
            time,
            expires,
            identity,
        })
    }

    /// The domain of `i=`, or `d=`.
    pub fn identity_domain(&self) -> &[u8] {
        let identity = self.identity.as_deref();
        identity.and_then(after_at).unwrap_or(self.domain)
    }
}

/// What tags of a field say, whether or not it is a signature that can be verified: `d=`, `s=`, `a=`.
pub fn claimed<'a>(field: &Field<'a>, name: &str) -> Option<&'a [u8]> {
    field.value().split(|octet| *octet == b';').find_map(|piece| {
        let equals = piece.iter().position(|octet| *octet == b'=')?;
        let (tag, value) = piece.split_at(equals);
        (tag.trim_ascii() == name.as_bytes())
            .then(|| value.get(1..).unwrap_or_default().trim_ascii())
    })
}

/// `c=header[/body]`; a body that is not named is simple.
fn canonicalization(value: &[u8]) -> Option<(Canonicalization, Canonicalization)> {
    let one = |word: &[u8]| match word.trim_ascii() {
        b"simple" => Some(Canonicalization::Simple),
        b"relaxed" => Some(Canonicalization::Relaxed),
        _ => None,
    };
    match value.iter().position(|octet| *octet == b'/') {
        None => Some((one(value)?, Canonicalization::Simple)),
        Some(place) => {
            let (header, body) = value.split_at(place);
            Some((one(header)?, one(body.get(1..)?)?))
        }
    }
}

/// RFC 6376 §3.5: "The domain part of the address MUST be the same as, or a subdomain of, the value of
/// the "d=" tag."
fn belongs(identity: &[u8], domain: &[u8]) -> Result<(), Defect> {
    let of = after_at(identity).ok_or(Defect::Tag("i"))?;
    let place = of.len().checked_sub(domain.len()).ok_or(Defect::Identity)?;
    let (below, end) = of.split_at(place);
    let is_within = end.eq_ignore_ascii_case(domain) && (below.is_empty() || below.ends_with(b"."));
    is_within.then_some(()).ok_or(Defect::Identity)
}

fn after_at(address: &[u8]) -> Option<&[u8]> {
    let place = address.iter().rposition(|octet| *octet == b'@')?;
    address.get(place + 1..)
}

#[cfg(test)]
mod tests;
