//! Certificates: what they say, and whether a client that verifies them accepts them.

use super::{Certificate, Trust, Validity};
use crate::net::Association;
use crate::text::escaped_within;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, Der, ServerName, TrustAnchor, UnixTime};
use rustls::{CertificateError, RootCertStore};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;
use x509_cert::der::asn1::AnyRef;
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// Most certificates of a chain, and most names of one, that are kept.
pub(super) const MOST_CERTIFICATES: usize = 10;
const MOST_NAMES: usize = 50;
/// The longest text of a certificate that is kept, in characters.
const LONGEST: usize = 200;

/// What a certificate says; nothing but its digest if it cannot be read.
pub(super) fn read(der: &CertificateDer<'_>) -> Certificate {
    let [sha256, sha512] = digests(der);
    let Ok(read) = x509_cert::Certificate::from_der(der) else {
        return Certificate { sha256, sha512, ..Certificate::default() };
    };
    let tbs = &read.tbs_certificate;
    let (names, name_count) = names(tbs);
    let [key_sha256, key_sha512] =
        digests(&tbs.subject_public_key_info.to_der().unwrap_or_default());
    Certificate {
        subject: escaped_within(tbs.subject.to_string().as_bytes(), LONGEST),
        issuer: escaped_within(tbs.issuer.to_string().as_bytes(), LONGEST),
        names,
        name_count,
        not_before: Some(tbs.validity.not_before.to_unix_duration().as_secs()),
        not_after: Some(tbs.validity.not_after.to_unix_duration().as_secs()),
        sha256,
        key_sha256,
        sha512,
        key_sha512,
        anchors: false,
    }
}

/// SHA-256 and SHA-512 of octets.
fn digests(octets: &[u8]) -> [String; 2] {
    [&ring::digest::SHA256, &ring::digest::SHA512]
        .map(|algorithm| hexadecimal(ring::digest::digest(algorithm, octets).as_ref()))
}

fn names(tbs: &x509_cert::TbsCertificate) -> (Vec<String>, usize) {
    let extensions = tbs.extensions.iter().flatten();
    let of_names = extensions.filter(|it| it.extn_id == SAN);
    let read = of_names.filter_map(|it| SubjectAltName::from_der(it.extn_value.as_bytes()).ok());
    let mut names = Vec::new();
    let mut count = 0;
    for name in read.flat_map(|names| names.0) {
        if let GeneralName::DnsName(name) = name {
            count += 1;
            if names.len() < MOST_NAMES {
                names.push(escaped_within(name.as_str().as_bytes(), LONGEST));
            }
        }
    }
    (names, count)
}

/// subjectAltName (RFC 5280 §4.2.1.6).
const SAN: x509_cert::der::asn1::ObjectIdentifier =
    x509_cert::der::asn1::ObjectIdentifier::new_unwrap("2.5.29.17");

/// How the dates of a certificate stand.
pub(super) fn validity(certificate: &Certificate, now: u64) -> Validity {
    match (certificate.not_before, certificate.not_after) {
        (Some(begin), _) if now < begin => Validity::NotYet,
        (_, Some(end)) if now > end => Validity::Expired,
        (Some(_), Some(_)) => Validity::Valid,
        _ => Validity::Unknown,
    }
}

/// Whether the first certificate has the name of the host.
pub(super) fn has_name(chain: &[CertificateDer<'_>], host: &ServerName<'_>) -> bool {
    let Some(first) = chain.first() else { return false };
    let parsed = rustls::server::ParsedCertificate::try_from(first);
    parsed.is_ok_and(|it| rustls::client::verify_server_name(&it, host).is_ok())
}

/// Whether a root vouches for the first certificate, its dates and names aside: the library names
/// the first fault only, and dates come before the issuer.
pub(super) fn trust(
    verifier: &WebPkiServerVerifier,
    chain: &[CertificateDer<'_>],
    read: &[Certificate],
    host: &ServerName<'_>,
    now: u64,
) -> Trust {
    let (Some((first, rest)), Some(leaf)) = (chain.split_first(), read.first()) else {
        return Trust::Unusable;
    };
    let Err(why) = verify(verifier, first, rest, leaf, host, now) else {
        return Trust::Known;
    };
    let is_own = leaf.subject == leaf.issuer;
    match why {
        rustls::Error::InvalidCertificate(why) => {
            match why {
                // The chain is built and its dates are checked before the name is.
                CertificateError::NotValidForName
                | CertificateError::NotValidForNameContext { .. } => Trust::Known,
                _ if is_own => Trust::SelfSigned,
                CertificateError::UnknownIssuer if rest.is_empty() => Trust::MissingIntermediate,
                CertificateError::UnknownIssuer => Trust::UnknownIssuer,
                CertificateError::InvalidPurpose
                | CertificateError::InvalidPurposeContext { .. } => Trust::WrongPurpose,
                _ => Trust::Unusable,
            }
        }
        _ => Trust::Unusable,
    }
}

/// Verifies a chain by these roots, at a time when the first certificate is valid and for a name that it
/// has, so that neither hides what there is to say of the issuer.
fn verify(
    verifier: &WebPkiServerVerifier,
    first: &CertificateDer<'_>,
    rest: &[CertificateDer<'_>],
    leaf: &Certificate,
    host: &ServerName<'_>,
    now: u64,
) -> Result<(), rustls::Error> {
    // The moment of its validity that is nearest to now: its issuer may be younger than it, and end before.
    let now = match validity(leaf, now) {
        Validity::Expired => leaf.not_after.unwrap_or(now),
        Validity::NotYet => leaf.not_before.unwrap_or(now),
        Validity::Valid | Validity::Unknown => now,
    };
    let own = leaf.names.first().and_then(|name| {
        // A wildcard stands for any label.
        ServerName::try_from(name.replacen('*', "a", 1)).ok()
    });
    let host = own.as_ref().unwrap_or(host);
    let time = UnixTime::since_unix_epoch(Duration::from_secs(now));
    verifier.verify_server_cert(first, rest, host, &[], time).map(|_| ())
}

/// Whether the first certificate was issued below that one, which need not be a root.
pub(super) fn anchors(
    provider: &Arc<CryptoProvider>,
    chain: &[CertificateDer<'static>],
    read: &[Certificate],
    anchor: usize,
    host: &ServerName<'_>,
    now: u64,
) -> bool {
    let mut roots = RootCertStore::empty();
    let is_added = chain.get(anchor).is_some_and(|it| roots.add(it.clone()).is_ok());
    is_added && is_issued_by(provider, roots, chain, read, host, now)
}

/// Whether the first certificate was issued below the trust anchor that a TLSA record holds as a whole, by
/// usage 2: a certificate, or the key alone, which then vouches for the last certificate that was sent.
pub(super) fn is_below(
    provider: &Arc<CryptoProvider>,
    chain: &[CertificateDer<'static>],
    read: &[Certificate],
    record: &Association,
    host: &ServerName<'_>,
    now: u64,
) -> bool {
    if (record.usage, record.matching) != (2, 0) {
        return false;
    }
    let mut roots = RootCertStore::empty();
    let is_added = match record.selector {
        // No certificate is issued below itself.
        0 if chain.first().is_some_and(|it| **it == *record.octets()) => false,
        0 => roots.add(CertificateDer::from(record.octets())).is_ok(),
        1 => key_anchor(chain, &record.octets()).map(|it| roots.roots.push(it)).is_some(),
        _ => false,
    };
    is_added && is_issued_by(provider, roots, chain, read, host, now)
}

/// A key as the anchor that issued the last certificate that was sent.
fn key_anchor(chain: &[CertificateDer<'static>], key: &[u8]) -> Option<TrustAnchor<'static>> {
    let last = x509_cert::Certificate::from_der(chain.last()?).ok()?;
    let content = |der: &[u8]| AnyRef::from_der(der).ok().map(|it| Der::from(it.value().to_vec()));
    Some(TrustAnchor {
        subject: content(&last.tbs_certificate.issuer.to_der().ok()?)?,
        subject_public_key_info: content(key)?,
        name_constraints: None,
    })
}

/// Whether the first certificate was issued below one of these anchors.
fn is_issued_by(
    provider: &Arc<CryptoProvider>,
    roots: RootCertStore,
    chain: &[CertificateDer<'static>],
    read: &[Certificate],
    host: &ServerName<'_>,
    now: u64,
) -> bool {
    let (Some((first, rest)), Some(leaf)) = (chain.split_first(), read.first()) else {
        return false;
    };
    let builder =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    let Ok(verifier) = builder.build() else { return false };
    match verify(&verifier, first, rest, leaf, host, now) {
        Ok(()) => true,
        Err(rustls::Error::InvalidCertificate(why)) => matches!(
            why,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
        ),
        Err(_) => false,
    }
}

pub(super) fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(octets.len() * 2), |mut text, octet| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{octet:02x}");
        text
    })
}
