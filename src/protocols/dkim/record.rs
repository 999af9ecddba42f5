//! What may be published: a key record (RFC 6376 §3.6.1).

use super::key::Key;
use crate::text::{Span, Spanned};
use std::sync::Arc;

/// A key record, as far as it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyRecord {
    /// The text, strings joined.
    pub text: Arc<[u8]>,
    /// `k=`: what kind of key it is; RSA if the tag is absent.
    pub algorithm: Algorithm,
    /// `p=`: the key itself and where it stands; `None` if the tag is absent.
    pub key: Option<Spanned<Key>>,
    /// `h=`: the hashes that may be used; `None` if all may.
    pub hashes: Option<Vec<Hash>>,
    /// True if `s=` is absent, or lists `*` or `email`.
    pub is_for_mail: bool,
    /// `t=y`: the domain is testing DKIM.
    pub is_testing: bool,
    /// `t=s`: `i=` may not be a subdomain of `d=`.
    pub is_strict: bool,
    /// Characters that were pasted into the record and do not belong there.
    pub strays: Vec<Spanned<Stray>>,
}

/// The kind of a key: `k=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// RSA (RFC 6376 §3.3.1).
    Rsa,
    /// Ed25519 (RFC 8463 §4).
    Ed25519,
    /// A kind that no standard knows; the tag's value stands here.
    Unknown(Span),
}

impl Algorithm {
    /// The word for it, as in `k=`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Ed25519 => "ed25519",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// A hash of `h=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hash {
    /// SHA-256, the only one in use.
    Sha256,
    /// SHA-1, which must no longer be used (RFC 8301 §3.1).
    Sha1,
    /// A hash that no standard knows.
    Unknown,
}

/// What a panel, a shell or a copied file leaves behind in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stray {
    /// A backslash, mostly from `\;` in a zone file that was pasted into a form.
    Backslash,
    /// A quotation mark inside the text.
    Quote,
    /// A line such as `-----BEGIN PUBLIC KEY-----`.
    Armour,
    /// Octets beyond ASCII: curly quotes, no-break and zero-width spaces.
    NotAscii,
}

/// Why no receiver can use a key for mail, though it can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// `k=` names a kind of key that nobody knows.
    Algorithm,
    /// `h=` leaves no hash that may be used.
    Hash,
    /// `s=` leaves out mail.
    Service,
}

impl Unusable {
    /// The tag that says so.
    pub(super) fn tag(self) -> &'static [u8] {
        match self {
            Self::Algorithm => b"k",
            Self::Hash => b"h",
            Self::Service => b"s",
        }
    }
}

impl KeyRecord {
    /// Why receivers ignore the key, if they do by its own tags.
    pub fn unusable(&self) -> Option<Unusable> {
        if matches!(self.algorithm, Algorithm::Unknown(_)) {
            Some(Unusable::Algorithm)
        } else if self.hashes.as_ref().is_some_and(|hashes| !hashes.contains(&Hash::Sha256)) {
            Some(Unusable::Hash)
        } else if !self.is_for_mail {
            Some(Unusable::Service)
        } else {
            None
        }
    }

    /// True if the key is withdrawn.
    pub fn is_revoked(&self) -> bool {
        self.key.as_ref().is_some_and(|key| key.value == Key::Revoked)
    }
}
