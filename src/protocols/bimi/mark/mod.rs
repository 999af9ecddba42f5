//! The mark certificate (VMC or CMC): whose logo it is, and for which domain an authority vouches.
//!
//! The record names it in `a=`: a PEM file, the certificate first, then those that issued it. What
//! receivers check is in draft-fetch-validation-vmc-wchuang. Revocation and the proofs of
//! Certificate Transparency are not looked at here.

#[cfg(feature = "mail")]
mod chain;
#[cfg(feature = "mail")]
mod check;
#[cfg(feature = "mail")]
mod logotype;

#[cfg(feature = "mail")]
pub(super) use check::check;

use crate::net::Name;
use crate::text::{Phrase, day, escape};
use std::sync::Arc;

/// The roots that issue mark certificates: those that are shipped, and what a file adds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots {
    /// Further ones, as DER.
    #[cfg_attr(not(feature = "mail"), allow(dead_code, reason = "read with the certificates"))]
    further: Arc<[Box<[u8]>]>,
}

/// A mark certificate, as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mark {
    /// Who holds the mark, as the certificate names it.
    pub holder: Option<String>,
    /// What kind of mark it is, in the words of the certificate: `Registered Mark`; `None` in old ones.
    pub kind: Option<String>,
    /// The names that it was issued for.
    pub names: Vec<String>,
    /// Its last second, since 1970.
    pub not_after: Option<u64>,
    /// The logo in it, unpacked.
    pub logo: Option<Arc<[u8]>>,
    /// What keeps receivers from accepting it.
    pub flaws: Vec<Flaw>,
    /// False if nothing here can read certificates.
    pub is_checked: bool,
}

/// What keeps receivers from accepting a certificate. Certificates count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flaw {
    /// There is no certificate in PEM form.
    NoCertificate,
    /// This certificate cannot be read.
    Unreadable(usize),
    /// Its purpose is another one.
    WrongPurpose,
    /// It was issued for other names.
    OtherNames(Vec<String>, Name),
    /// It begins at this second.
    NotYet(usize, u64),
    /// It ended at this second.
    Expired(usize, u64),
    /// No known root issued the last certificate, whose issuer this is.
    UnknownIssuer(String),
    /// The one whose name stands as the issuer did not sign it.
    BadSignature(usize),
    /// It issued another one, which it may not.
    NotAuthority(usize),
    /// It has a critical extension that is not known here.
    Critical(usize, String),
    /// There is no logo in it, or none that can be read.
    NoLogo,
    /// What is wrong with the logo in it.
    Logo(String),
}

impl Flaw {
    /// True if every receiver meets the same.
    pub fn is_certain(&self) -> bool {
        // Receivers may trust other roots, and know other extensions.
        !matches!(self, Self::UnknownIssuer(_) | Self::Critical(..))
    }

    /// What is wrong, in a few words.
    pub fn phrase(&self) -> Phrase {
        let said = Phrase::new();
        let of = |number: usize| match number {
            1 => "it".to_owned(),
            number => format!("certificate {number} of the file"),
        };
        match self {
            Self::NoCertificate => said.plain("the file has no certificate in PEM form"),
            Self::Unreadable(number) => said.plain(format!("certificate {number} cannot be read")),
            Self::WrongPurpose => said.plain("it is not a certificate for logos"),
            Self::OtherNames(names, domain) if names.is_empty() => {
                said.plain("it names no domain, so not ").name(domain)
            }
            Self::OtherNames(names, domain) => {
                let names = escape(names.join(", ").as_bytes());
                said.plain(format!("it is for {names} and not for ")).name(domain)
            }
            Self::NotYet(number, begin) => {
                said.plain(format!("{} is valid from {} on", of(*number), day(*begin)))
            }
            Self::Expired(number, end) => {
                said.plain(format!("{} expired on {}", of(*number), day(*end)))
            }
            Self::UnknownIssuer(issuer) => {
                said.plain(format!("its issuer, {issuer}, is below no known root"))
            }
            Self::BadSignature(number) => {
                said.plain(format!("{} was not signed by its issuer", of(*number)))
            }
            Self::NotAuthority(number) => {
                said.plain(format!("{} may not issue mark certificates", of(*number)))
            }
            Self::Critical(number, id) => {
                said.plain(format!("{} has an unknown critical extension, {id}", of(*number)))
            }
            Self::NoLogo => said.plain("it has no logo that can be read"),
            Self::Logo(why) => said.plain("its logo is not SVG Tiny PS: ").plain(why.clone()),
        }
    }
}

impl Mark {
    /// What no receiver accepts.
    pub fn certain(&self) -> impl Iterator<Item = &Flaw> {
        self.flaws.iter().filter(|flaw| flaw.is_certain())
    }
}

/// What a certificate has to name: the domain of its record, and the name of the record itself.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "mail"), allow(dead_code, reason = "held against certificates"))]
pub(super) struct Expected<'a> {
    /// The domain at which the record was found.
    pub domain: &'a Name,
    /// The domain that was asked about, and its organization.
    pub others: [&'a Name; 2],
    /// The name of the record.
    pub owner: &'a Name,
}

/// Nothing here can read certificates.
#[cfg(not(feature = "mail"))]
pub(super) fn check(_: &[u8], _: &Roots, _: &Expected<'_>, _: Option<u64>) -> Mark {
    Mark::default()
}
