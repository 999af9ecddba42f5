//! What a file says, held against the record that names it (draft-fetch-validation-vmc-wchuang §5).

use super::super::verdict::judge;
use super::chain::{Certificate, pem, walk};
use super::logotype::logo;
use super::{Expected, Flaw, Mark, Roots};
use crate::net;
use crate::text::escaped_within;
use x509_cert::der::Tagged as _;
use x509_cert::der::asn1::{Ia5StringRef, PrintableStringRef, TeletexStringRef, Utf8StringRef};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::Name;

/// Most names of a certificate that are kept.
const MOST_NAMES: usize = 50;
/// The longest text of a certificate that is kept, in characters: no name is longer.
const LONGEST: usize = 253;

/// The organization, and the common name (RFC 5280 §4.1.2.4).
const ORGANIZATION: &str = "2.5.4.10";
const COMMON_NAME: &str = "2.5.4.3";
/// The type of a mark.
const MARK_TYPE: &str = "1.3.6.1.4.1.53087.1.13";

/// Reads a file and holds it against what receivers check; dates are left aside without a time.
pub(in super::super) fn check(
    body: &[u8],
    roots: &Roots,
    expected: &Expected<'_>,
    now: Option<u64>,
) -> Mark {
    let mut mark = Mark { is_checked: true, ..Mark::default() };
    let mut file = Vec::new();
    for (at, der) in pem(body).enumerate() {
        match der.and_then(|der| Certificate::read(&der)) {
            Some(certificate) => file.push(certificate),
            None => {
                mark.flaws.push(Flaw::Unreadable(at + 1));
                return mark;
            }
        }
    }
    let Some(first) = file.first() else {
        mark.flaws.push(Flaw::NoCertificate);
        return mark;
    };
    let subject = &first.body().subject;
    mark.holder = attribute(subject, ORGANIZATION);
    mark.kind = attribute(subject, MARK_TYPE);
    mark.not_after = Some(first.body().validity.not_after.to_unix_duration().as_secs());
    if !first.is_for_marks() {
        mark.flaws.push(Flaw::WrongPurpose);
        return mark;
    }
    mark.names = names(first);
    if !mark.names.iter().any(|name| expected.has(name)) {
        mark.flaws.push(Flaw::OtherNames(mark.names.clone(), expected.domain.clone()));
    }
    mark.flaws.extend(walk(&file, roots, now));
    match logo(first).map(|file| judge(&file)) {
        None => mark.flaws.push(Flaw::NoLogo),
        Some(judged) => {
            if !judged.problems.is_empty() {
                mark.flaws.push(Flaw::Logo(judged.problems.join(", ")));
            }
            mark.logo = judged.contents;
        }
    }
    mark
}

impl Expected<'_> {
    /// True if a certificate with this name is for the record: §5.2, by the domain or by the selector.
    fn has(&self, name: &str) -> bool {
        let Ok(name) = net::Name::from_octets(name.as_bytes()) else { return false };
        [self.domain, self.owner].contains(&&name) || self.others.contains(&&name)
    }
}

fn names(certificate: &Certificate) -> Vec<String> {
    let all = certificate.extension::<SubjectAltName>("2.5.29.17");
    let names = all.into_iter().flat_map(|names| names.0).filter_map(|name| match name {
        GeneralName::DnsName(name) => Some(escaped_within(name.as_str().as_bytes(), LONGEST)),
        _ => None,
    });
    names.take(MOST_NAMES).collect()
}

/// How an issuer is called: by its common name, or its organization.
pub(super) fn name(name: &Name) -> String {
    let called = attribute(name, COMMON_NAME).or_else(|| attribute(name, ORGANIZATION));
    called.unwrap_or_else(|| "without a name".to_owned())
}

fn attribute(name: &Name, id: &str) -> Option<String> {
    let mut all = name.0.iter().flat_map(|part| part.0.iter());
    let value = &all.find(|it| it.oid.to_string() == id)?.value;
    let text = match value.tag() {
        x509_cert::der::Tag::Utf8String => value.decode_as::<Utf8StringRef<'_>>().ok()?.to_string(),
        x509_cert::der::Tag::PrintableString => {
            value.decode_as::<PrintableStringRef<'_>>().ok()?.to_string()
        }
        x509_cert::der::Tag::Ia5String => value.decode_as::<Ia5StringRef<'_>>().ok()?.to_string(),
        _ => value.decode_as::<TeletexStringRef<'_>>().ok()?.to_string(),
    };
    Some(escaped_within(text.as_bytes(), LONGEST))
}
