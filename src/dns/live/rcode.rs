//! The codes with which servers fail, and what each means for us.

use super::wire::ExtendedError;
use crate::dns::Trouble;
use std::fmt;

/// No error (RFC 1035 §4.1.1).
pub(super) const NO_ERROR: u16 = 0;
/// The server cannot read the query.
pub(super) const FORMAT_ERROR: u16 = 1;
/// The server failed.
pub(super) const SERVER_FAILURE: u16 = 2;
/// The name does not exist.
pub(super) const NAME_ERROR: u16 = 3;
/// The server cannot do what is asked.
pub(super) const NOT_IMPLEMENTED: u16 = 4;
/// The server refused.
pub(super) const REFUSED: u16 = 5;
/// The server does not know the version of EDNS (RFC 6891 §9).
pub(super) const BAD_VERSION: u16 = 16;

/// Response codes by number, in the IANA registry "DNS RCODEs".
const NAMES: [(u16, &str); 12] = [
    (NO_ERROR, "NOERROR"),
    (FORMAT_ERROR, "FORMERR"),
    (SERVER_FAILURE, "SERVFAIL"),
    (NAME_ERROR, "NXDOMAIN"),
    (NOT_IMPLEMENTED, "NOTIMP"),
    (REFUSED, "REFUSED"),
    (6, "YXDOMAIN"),
    (7, "YXRRSET"),
    (8, "NXRRSET"),
    (9, "NOTAUTH"),
    (10, "NOTZONE"),
    (BAD_VERSION, "BADVERS"),
];

/// INFO-CODEs in order, in the IANA registry "Extended DNS Error Codes" (RFC 8914 §5.2).
const EXTENDED_NAMES: [&str; 30] = [
    "Other",
    "Unsupported DNSKEY Algorithm",
    "Unsupported DS Digest Type",
    "Stale Answer",
    "Forged Answer",
    "DNSSEC Indeterminate",
    "DNSSEC Bogus",
    "Signature Expired",
    "Signature Not Yet Valid",
    "DNSKEY Missing",
    "RRSIGs Missing",
    "No Zone Key Bit Set",
    "NSEC Missing",
    "Cached Error",
    "Not Ready",
    "Blocked",
    "Censored",
    "Filtered",
    "Prohibited",
    "Stale NXDOMAIN Answer",
    "Not Authoritative",
    "Not Supported",
    "No Reachable Authority",
    "Network Error",
    "Invalid Data",
    "Signature Expired before Valid",
    "Too Early",
    "Unsupported NSEC3 Iterations Value",
    "Unable to conform to policy",
    "Synthesized",
];

/// True if the code says something about the name, false if it says something about the server.
pub(super) fn is_answer(rcode: u16) -> bool {
    matches!(rcode, NO_ERROR | NAME_ERROR)
}

/// The trouble that a code other than NOERROR and NXDOMAIN means.
pub(super) fn trouble(rcode: u16, extended: Option<&ExtendedError>) -> Trouble {
    match (rcode, extended) {
        // RFC 8914 §4.7 to §4.13: the codes for answers that fail validation.
        (SERVER_FAILURE, Some(ExtendedError { code: 6..=12, .. })) => Trouble::Bogus,
        // RFC 8914 §4.23, §4.24: No Reachable Authority, Network Error. The resolver asked, and the
        // servers of the zone did not answer it.
        (SERVER_FAILURE, Some(ExtendedError { code: 22 | 23, .. })) => Trouble::Unreachable,
        (REFUSED, _) => Trouble::Refused,
        _ => Trouble::ServFail,
    }
}

/// Writes a code by name, with its extended error: `SERVFAIL, EDE 22 (No Reachable Authority)`.
pub(super) struct Described<'a>(pub(super) u16, pub(super) Option<&'a ExtendedError>);

impl fmt::Display for Described<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(rcode, extended) = self;
        match NAMES.iter().find(|row| row.0 == *rcode) {
            Some((_, name)) => out.write_str(name)?,
            None => write!(out, "RCODE {rcode}")?,
        }
        let Some(ExtendedError { code, text }) = extended else { return Ok(()) };
        write!(out, ", EDE {code}")?;
        if let Some(name) = EXTENDED_NAMES.get(usize::from(*code)) {
            write!(out, " ({name})")?;
        }
        if text.is_empty() { Ok(()) } else { write!(out, ": {text}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_trouble_and_its_words() {
        let extended = |code| Some(ExtendedError { code, text: "why".into() });
        let table = [
            (1, None, Trouble::ServFail, "FORMERR"),
            (2, None, Trouble::ServFail, "SERVFAIL"),
            (
                2,
                extended(22),
                Trouble::Unreachable,
                "SERVFAIL, EDE 22 (No Reachable Authority): why",
            ),
            (2, extended(23), Trouble::Unreachable, "SERVFAIL, EDE 23 (Network Error): why"),
            (2, extended(5), Trouble::ServFail, "SERVFAIL, EDE 5 (DNSSEC Indeterminate): why"),
            (2, extended(6), Trouble::Bogus, "SERVFAIL, EDE 6 (DNSSEC Bogus): why"),
            (2, extended(12), Trouble::Bogus, "SERVFAIL, EDE 12 (NSEC Missing): why"),
            (2, extended(13), Trouble::ServFail, "SERVFAIL, EDE 13 (Cached Error): why"),
            (4, None, Trouble::ServFail, "NOTIMP"),
            (5, None, Trouble::Refused, "REFUSED"),
            (5, extended(6), Trouble::Refused, "REFUSED, EDE 6 (DNSSEC Bogus): why"),
            (16, None, Trouble::ServFail, "BADVERS"),
            (3841, extended(999), Trouble::ServFail, "RCODE 3841, EDE 999: why"),
        ];
        for (rcode, extended, expected, words) in table {
            let read = trouble(rcode, extended.as_ref());
            let written = Described(rcode, extended.as_ref()).to_string();
            assert_eq!((read, written.as_str()), (expected, words));
        }
    }
}
