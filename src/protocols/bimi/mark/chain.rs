//! The way from a certificate to a root: issuers, signatures, dates (RFC 5280 §6.1, without policies and
//! name constraints, which no authority for marks uses).
//!
//! Libraries for TLS refuse the critical extension of newer mark certificates, so the way is walked here.

use super::{Flaw, Roots};
use crate::net::RootsError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use spki::SubjectPublicKeyInfoOwned;
use std::sync::Arc;
use x509_cert::TbsCertificate;
use x509_cert::der::asn1::{AnyRef, ObjectIdentifier};
use x509_cert::der::{Decode, Encode as _, Reader as _, SliceReader};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};

/// The roots, as they were published on 2026-11-28.
const ROOTS: &[u8] = include_bytes!("roots.pem");
/// Most certificates of a file that are read.
const MOST_CERTIFICATES: usize = 10;
/// Most steps from a certificate to a root.
const MOST_STEPS: usize = 4;

/// The purpose of mark certificates: draft-fetch-validation-vmc-wchuang §4.4.
pub(super) const MARK: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.31");

/// Extensions that are understood here, or that ask nothing of who verifies. The last one tells that this
/// is a mark certificate.
const UNDERSTOOD: [&str; 6] = [
    "2.5.29.15", // key usage
    "2.5.29.17", // names
    "2.5.29.19", // basic constraints
    "2.5.29.32", // policies, of which none is asked for
    "2.5.29.37", // purposes
    "1.3.6.1.4.1.53087.4.1",
];

impl Roots {
    /// These, and every certificate of a PEM file.
    ///
    /// # Errors
    /// There is none in it, or one of them cannot be read.
    pub fn with_pem(self, text: &[u8]) -> Result<Self, RootsError> {
        let mut all = self.further.to_vec();
        let before = all.len();
        for (at, der) in pem(text).enumerate() {
            let der = der.filter(|der| Certificate::read(der).is_some());
            all.push(der.ok_or(RootsError::Unreadable(at + 1))?.into());
        }
        match all.len() - before {
            0 => Err(RootsError::Empty),
            _ => Ok(Self { further: Arc::from(all) }),
        }
    }
}

/// A certificate, and the octets that its issuer signed.
pub(super) struct Certificate {
    signed: Vec<u8>,
    pub read: x509_cert::Certificate,
}

impl Certificate {
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let read = x509_cert::Certificate::from_der(der).ok()?;
        let content = AnyRef::from_der(der).ok()?;
        let mut reader = SliceReader::new(content.value()).ok()?;
        Some(Self { signed: reader.tlv_bytes().ok()?.to_vec(), read })
    }

    pub(super) fn body(&self) -> &TbsCertificate {
        &self.read.tbs_certificate
    }

    /// An extension; `None` if there is none, or one that cannot be read.
    pub(super) fn extension<T: for<'a> Decode<'a>>(&self, id: &str) -> Option<T> {
        let mut all = self.body().extensions.iter().flatten();
        let found = all.find(|it| it.extn_id.to_string() == id)?;
        T::from_der(found.extn_value.as_bytes()).ok()
    }

    pub(super) fn is_for_marks(&self) -> bool {
        let purposes = self.extension::<ExtendedKeyUsage>("2.5.29.37");
        purposes.is_some_and(|purposes| purposes.0.contains(&MARK))
    }

    /// True if it may issue the certificates of others.
    fn is_authority(&self) -> bool {
        let constraints = self.extension::<BasicConstraints>("2.5.29.19");
        let usage = self.extension::<KeyUsage>("2.5.29.15");
        constraints.is_some_and(|it| it.ca) && usage.is_none_or(|it| it.key_cert_sign())
    }

    /// The critical extension that is not known here, if there is one.
    fn unknown(&self) -> Option<String> {
        let critical = self.body().extensions.iter().flatten().filter(|it| it.critical);
        let mut ids = critical.map(|it| it.extn_id.to_string());
        ids.find(|id| !UNDERSTOOD.contains(&id.as_str()))
    }

    fn is_signed_with(&self, key: &SubjectPublicKeyInfoOwned) -> bool {
        let (Some(algorithm), Some(signature), Some(key)) = (
            algorithm(&self.read.signature_algorithm.oid.to_string(), key),
            self.read.signature.as_bytes(),
            key.subject_public_key.as_bytes(),
        ) else {
            return false;
        };
        UnparsedPublicKey::new(algorithm, key).verify(&self.signed, signature).is_ok()
    }

    fn is_issued_by(&self, other: &Self) -> bool {
        let names = (self.body().issuer.to_der(), other.body().subject.to_der());
        matches!(names, (Ok(issuer), Ok(subject)) if issuer == subject)
    }
}

/// How a signature is verified with a key; `None` if that is not known here.
fn algorithm(
    signature: &str,
    key: &SubjectPublicKeyInfoOwned,
) -> Option<&'static dyn VerificationAlgorithm> {
    let curve = || key.algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok();
    let curve = curve().map(|curve| curve.to_string());
    Some(match (signature, curve.as_deref()) {
        ("1.2.840.113549.1.1.11", _) => &signature::RSA_PKCS1_2048_8192_SHA256,
        ("1.2.840.113549.1.1.12", _) => &signature::RSA_PKCS1_2048_8192_SHA384,
        ("1.2.840.113549.1.1.13", _) => &signature::RSA_PKCS1_2048_8192_SHA512,
        ("1.2.840.10045.4.3.2", Some("1.2.840.10045.3.1.7")) => &signature::ECDSA_P256_SHA256_ASN1,
        ("1.2.840.10045.4.3.2", Some("1.3.132.0.34")) => &signature::ECDSA_P384_SHA256_ASN1,
        ("1.2.840.10045.4.3.3", Some("1.2.840.10045.3.1.7")) => &signature::ECDSA_P256_SHA384_ASN1,
        ("1.2.840.10045.4.3.3", Some("1.3.132.0.34")) => &signature::ECDSA_P384_SHA384_ASN1,
        _ => return None,
    })
}

/// The certificates of a PEM file, as DER; `None` for what is not base64 (RFC 7468 §2).
pub(super) fn pem(text: &[u8]) -> impl Iterator<Item = Option<Vec<u8>>> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    let text = String::from_utf8_lossy(text).into_owned();
    let blocks: Vec<_> = text.split(BEGIN).skip(1).take(MOST_CERTIFICATES).map(decode).collect();
    blocks.into_iter()
}

fn decode(block: &str) -> Option<Vec<u8>> {
    let (content, _) = block.split_once("-----END CERTIFICATE-----")?;
    let content: String = content.split_ascii_whitespace().collect();
    STANDARD.decode(content).ok()
}

/// What is wrong on the way from the first certificate to a root at a time; dates are left aside if no
/// time is given.
pub(super) fn walk(file: &[Certificate], roots: &Roots, now: Option<u64>) -> Vec<Flaw> {
    let shipped = pem(ROOTS).flatten();
    let further = roots.further.iter().map(|der| der.to_vec());
    let roots: Vec<_> = shipped.chain(further).filter_map(|der| Certificate::read(&der)).collect();
    let mut flaws = Vec::new();
    let mut at = 0;
    for _ in 0..MOST_STEPS {
        let Some(current) = file.get(at) else { break };
        flaws.extend(dates(current, at + 1, now));
        flaws.extend(current.unknown().map(|id| Flaw::Critical(at + 1, id)));
        if at > 0 && !(current.is_authority() && current.is_for_marks()) {
            flaws.push(Flaw::NotAuthority(at + 1));
        }
        let key = |issuer: &Certificate| issuer.body().subject_public_key_info.clone();
        let is_signed = |issuer: &Certificate| current.is_signed_with(&key(issuer));
        let mut above = roots.iter().filter(|root| current.is_issued_by(root)).peekable();
        if above.peek().is_some() {
            let is_signed = above.any(is_signed);
            flaws.extend((!is_signed).then_some(Flaw::BadSignature(at + 1)));
            return flaws;
        }
        let others = file.iter().enumerate().skip(1).filter(|(other, _)| *other != at);
        let issuers: Vec<_> = others.filter(|(_, issuer)| current.is_issued_by(issuer)).collect();
        match issuers.iter().find(|(_, issuer)| is_signed(issuer)) {
            Some((issuer, _)) => at = *issuer,
            None if issuers.is_empty() => break,
            None => {
                flaws.push(Flaw::BadSignature(at + 1));
                return flaws;
            }
        }
    }
    let issuer = file.get(at).map(|last| super::check::name(&last.body().issuer));
    flaws.extend(issuer.map(Flaw::UnknownIssuer));
    flaws
}

fn dates(certificate: &Certificate, number: usize, now: Option<u64>) -> Option<Flaw> {
    let validity = &certificate.body().validity;
    let begin = validity.not_before.to_unix_duration().as_secs();
    let end = validity.not_after.to_unix_duration().as_secs();
    match now? {
        now if now < begin => Some(Flaw::NotYet(number, begin)),
        now if now > end => Some(Flaw::Expired(number, end)),
        _ => None,
    }
}
