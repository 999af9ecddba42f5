//! DANE for SMTP (RFC 7672): TLSA records held against the certificates that a server showed.
//!
//! Whether the records may be believed is decided before: only records that DNSSEC proves count, and
//! what stands here takes that as given.

use super::{Certificate, Tls, Validity};
use crate::net::Association;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

/// SHA-256 of the data of a record, in hexadecimal digits.
pub(super) fn sha256(record: &Association) -> String {
    super::certificate::hexadecimal(digest(&SHA256, &record.octets()).as_ref())
}

/// True if a certificate has what a record names.
fn matches(record: &Association, certificate: &Certificate) -> bool {
    if record.matching == 0 {
        // What has the same digest is the same; certificates are kept as digests.
        let whole = Association { matching: 1, data: sha256(record), ..record.clone() };
        return matches(&whole, certificate);
    }
    let own = match (record.selector, record.matching) {
        (0, 1) => &certificate.sha256,
        (1, 1) => &certificate.key_sha256,
        (0, 2) => &certificate.sha512,
        (1, 2) => &certificate.key_sha512,
        _ => return false,
    };
    !own.is_empty() && own.eq_ignore_ascii_case(&record.data)
}

/// How the certificates of a server stand to the TLSA records of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Match {
    /// The certificate of the server is the one that a record names (usage 3).
    EndEntity,
    /// It was issued below the trust anchor that a record names (usage 2), and has the name of the host or of
    /// the domain whose mail it takes.
    TrustAnchor,
    /// A trust anchor matches, and the certificate has another name (RFC 7672 §3.2.2).
    WrongName,
    /// A trust anchor matches, and the dates of the certificate exclude it.
    WrongDates,
    /// No certificate is one that a record names: senders with DANE defer their mail.
    Nothing,
    /// No record can be used: senders encrypt and verify nothing (RFC 7672 §2.2).
    Unusable,
}

/// Holds the records against what was shown. One match is enough (RFC 6698 §2.1).
pub fn compare(records: &[Association], tls: &Tls) -> Match {
    let usable: Vec<&Association> = records.iter().filter(|it| it.is_usable()).collect();
    if usable.is_empty() {
        return Match::Unusable;
    }
    let Some(first) = tls.chain.first() else { return Match::Nothing };
    // RFC 7672 §3.1.1: for usage 3 neither names nor dates count.
    if usable.iter().any(|it| it.usage == 3 && matches(it, first)) {
        return Match::EndEntity;
    }
    let is_anchor = |certificate: &Certificate| {
        certificate.anchors && usable.iter().any(|it| it.usage == 2 && matches(it, certificate))
    };
    // RFC 7671 §5.2.2: the anchor need not be sent if the record holds all of it.
    let is_absent_anchor = |it: &&Association| {
        it.usage == 2 && it.matching == 0 && tls.absent_anchors.contains(&sha256(it))
    };
    match tls.chain.iter().any(is_anchor) || usable.iter().any(is_absent_anchor) {
        false => Match::Nothing,
        // RFC 7672 §3.2.2: the host and the domain whose mail it takes are both names to look for.
        true if !tls.name_matches && !tls.next_hop_matches => Match::WrongName,
        true if tls.validity != Validity::Valid => Match::WrongDates,
        true => Match::TrustAnchor,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Trust;
    use super::*;

    fn certificate(word: &str, anchors: bool) -> Certificate {
        let digest = |kind: &str, length: usize| {
            let mut digits = format!("{kind}{word}").into_bytes();
            digits.resize(length / 2, b'0');
            digits.iter().map(|octet| format!("{octet:02x}")).collect::<String>()
        };
        Certificate {
            sha256: digest("c", 64),
            key_sha256: digest("k", 64),
            sha512: digest("C", 128),
            key_sha512: digest("K", 128),
            anchors,
            ..Certificate::default()
        }
    }

    fn tls(name_matches: bool, validity: Validity) -> Tls {
        Tls {
            version: String::new(),
            cipher: String::new(),
            chain: vec![certificate("leaf", false), certificate("issuer", true)],
            trust: Trust::UnknownIssuer,
            name_matches,
            next_hop_matches: false,
            validity,
            absent_anchors: Vec::new(),
        }
    }

    fn record(numbers: [u8; 3], data: &str) -> Association {
        let [usage, selector, matching] = numbers;
        Association { usage, selector, matching, data: data.to_owned() }
    }

    fn of(numbers: [u8; 3], certificate: &Certificate) -> Association {
        let data = match (numbers[1], numbers[2]) {
            (0, 1) => &certificate.sha256,
            (1, 1) => &certificate.key_sha256,
            (0, _) => &certificate.sha512,
            _ => &certificate.key_sha512,
        };
        record(numbers, data)
    }

    #[test]
    fn records_match_as_they_do_for_postfix() {
        let good = || tls(true, Validity::Valid);
        let (leaf, issuer) = (certificate("leaf", false), certificate("issuer", true));
        let root = certificate("root", true);
        let table = [
            ("3 1 1", vec![of([3, 1, 1], &leaf)], good(), Match::EndEntity),
            ("3 0 1", vec![of([3, 0, 1], &leaf)], good(), Match::EndEntity),
            ("3 1 2", vec![of([3, 1, 2], &leaf)], good(), Match::EndEntity),
            ("2 1 1 of the issuer", vec![of([2, 1, 1], &issuer)], good(), Match::TrustAnchor),
            ("2 0 1 of a root not sent", vec![of([2, 0, 1], &root)], good(), Match::Nothing),
            (
                "2 1 1, other name",
                vec![of([2, 1, 1], &issuer)],
                tls(false, Validity::Valid),
                Match::WrongName,
            ),
            ("3 1 1 wrong", vec![of([3, 1, 1], &root)], good(), Match::Nothing),
            ("1 1 1", vec![of([1, 1, 1], &leaf)], good(), Match::Unusable),
            (
                "3 1 1, expired",
                vec![of([3, 1, 1], &leaf)],
                tls(false, Validity::Expired),
                Match::EndEntity,
            ),
            (
                "2 1 1, expired",
                vec![of([2, 1, 1], &issuer)],
                tls(true, Validity::Expired),
                Match::WrongDates,
            ),
            ("digest too short", vec![record([3, 1, 1], "00ff")], good(), Match::Unusable),
            (
                "one of two",
                vec![of([3, 1, 1], &root), of([3, 1, 1], &leaf)],
                good(),
                Match::EndEntity,
            ),
            ("usage 2 of the leaf", vec![of([2, 1, 1], &leaf)], good(), Match::Nothing),
        ];
        let seen: Vec<(&str, Match)> =
            table.iter().map(|(what, records, tls, _)| (*what, compare(records, tls))).collect();
        let wanted: Vec<(&str, Match)> = table.iter().map(|row| (row.0, row.3)).collect();
        assert_eq!(seen, wanted);
    }

    #[test]
    fn below_a_trust_anchor_the_name_of_the_domain_counts_as_well() {
        let record = of([2, 1, 1], &certificate("issuer", true));
        let found = [false, true].map(|next_hop_matches| {
            let tls = Tls { next_hop_matches, ..tls(false, Validity::Valid) };
            compare(std::slice::from_ref(&record), &tls)
        });
        assert_eq!(found, [Match::WrongName, Match::TrustAnchor]);
    }

    #[test]
    fn a_whole_key_is_compared_by_its_digest() {
        let key = [0x30, 0x59, 0x01];
        let key_sha256 = super::super::certificate::hexadecimal(digest(&SHA256, &key).as_ref());
        let chain = vec![Certificate { key_sha256, ..Certificate::default() }];
        let tls = Tls { chain, ..tls(true, Validity::Valid) };
        let records = ["305901", "305902"].map(|data| record([3, 1, 0], data));
        let seen = records.map(|it| compare(&[it], &tls));
        assert_eq!(seen, [Match::EndEntity, Match::Nothing]);
    }
}
