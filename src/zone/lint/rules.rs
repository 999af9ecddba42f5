//! The table of rules: a row for each, in the order of findings in a report.

use super::{asked, faults, owners, sets, targets, words};
use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::text::{advice, rfc};
use crate::zone::Facts;

/// Every rule with its check, in the order of findings in a report.
pub static CHECKS: &[Check<Facts>] = &[
    Check { rule: &SYNTAX, run: faults::syntax },
    Check { rule: &TOO_LONG_STRING, run: faults::too_long_string },
    Check { rule: &words::UNQUOTED_TEXT, run: words::unquoted_text },
    Check { rule: &ALIAS_WITH_OTHER_DATA, run: faults::alias },
    Check { rule: &DUPLICATE_SET, run: faults::duplicate_set },
    Check { rule: &OUT_OF_ZONE, run: faults::out_of_zone },
    Check { rule: &BELOW_DELEGATION, run: owners::below_delegation },
    Check { rule: &MISSING_DOT, run: targets::missing_dot },
    Check { rule: &MISNAMED_OWNER, run: owners::misnamed_owner },
    Check { rule: &WRONG_TYPE, run: asked::wrong_type },
    Check { rule: &INNER_WILDCARD, run: owners::inner_wildcard },
    Check { rule: &WILDCARD_MX, run: owners::wildcard_mx },
    Check { rule: &TTL_DIFFERS, run: sets::ttl_differs },
    Check { rule: &UNUSUAL_TTL, run: sets::unusual_ttl },
    Check { rule: &DUPLICATE_RECORD, run: sets::duplicate_record },
    Check { rule: &NOTHING_READ, run: faults::nothing_read },
    Check { rule: &faults::NOT_READ, run: faults::not_read },
    Check { rule: &faults::FAULTY_COMMENT, run: faults::faulty_comment },
];

pub(crate) static SYNTAX: Rule = Rule {
    id: "zone/syntax",
    severity: Error,
    confidence: Certain,
    summary: "syntax error in the zone file",
    why: "A name server rejects the whole file or skips the entry.",
    cite: rfc(1035, "5.1"),
    page: include_str!("syntax.md"),
};

pub(crate) static NOTHING_READ: Rule = Rule {
    id: "zone/nothing-read",
    severity: Error,
    confidence: Certain,
    summary: "the file has no readable records",
    why: "A check that reads nothing finds nothing: the file may hold anything.",
    cite: advice(),
    page: include_str!("nothing-read.md"),
};

pub(crate) static TOO_LONG_STRING: Rule = Rule {
    id: "zone/too-long-string",
    severity: Error,
    confidence: Certain,
    summary: "character-string longer than 255 octets",
    why: "One octet holds the length of a character-string. Split a long text into several \
          strings of one record; receivers join them.",
    cite: rfc(1035, "3.3"),
    page: include_str!("too-long-string.md"),
};

pub(crate) static ALIAS_WITH_OTHER_DATA: Rule = Rule {
    id: "zone/alias-with-other-data",
    severity: Error,
    confidence: Certain,
    summary: "CNAME beside other records",
    why: "A resolver follows the CNAME for every query type and never sees the other records; \
          many name servers reject the whole file.",
    cite: rfc(1034, "3.6.2"),
    page: include_str!("alias-with-other-data.md"),
};

pub(crate) static DUPLICATE_SET: Rule = Rule {
    id: "zone/duplicate-set",
    severity: Error,
    confidence: Certain,
    summary: "record set listed twice in an octoDNS zone",
    why: "octoDNS stops with an error and publishes no change of the zone. With \
          populate_should_replace the records of the later source would replace the others.",
    cite: advice(),
    page: include_str!("duplicate-set.md"),
};

pub(crate) static OUT_OF_ZONE: Rule = Rule {
    id: "zone/out-of-zone",
    severity: Error,
    confidence: Certain,
    summary: "record outside the zone",
    why: "A name server answers only for names in its zone.",
    cite: rfc(1035, "5.2"),
    page: include_str!("out-of-zone.md"),
};

pub(crate) static MISSING_DOT: Rule = Rule {
    id: "zone/missing-dot",
    severity: Error,
    confidence: Likely,
    summary: "name without its final dot",
    why: "The zone name is appended to every name without a final dot, so the result is a name \
          that does not exist.",
    cite: rfc(1035, "5.1"),
    page: include_str!("missing-dot.md"),
};

pub(crate) static BELOW_DELEGATION: Rule = Rule {
    id: "zone/below-delegation",
    severity: Warn,
    confidence: Certain,
    summary: "record below a delegation",
    why: "The name servers of the subdomain answer for it and for everything below it, so no query \
          finds this record.",
    cite: rfc(1034, "4.2.1"),
    page: include_str!("below-delegation.md"),
};

pub(crate) static MISNAMED_OWNER: Rule = Rule {
    id: "zone/misnamed-owner",
    severity: Warn,
    confidence: Likely,
    summary: "DMARC policy or DKIM key at a misspelled name",
    why: "Receivers query exactly _dmarc and _domainkey, so they never see this record.",
    cite: rfc(8552, "4.1"),
    page: include_str!("misnamed-owner.md"),
};

pub(crate) static WRONG_TYPE: Rule = Rule {
    id: "zone/wrong-type",
    severity: Warn,
    confidence: Likely,
    summary: "record of a type that mail does not query at this name",
    why: "Receivers and senders query one type at this name and find no record of it, so they never \
          see what was published.",
    cite: rfc(8552, "4.1"),
    page: include_str!("wrong-type.md"),
};

pub(crate) static INNER_WILDCARD: Rule = Rule {
    id: "zone/inner-wildcard",
    severity: Warn,
    confidence: Certain,
    summary: "asterisk that is not a wildcard",
    why: "An asterisk is a wildcard only as the first label. Elsewhere it is a literal \
          character, so no query finds the record.",
    cite: rfc(4592, "2.1.1"),
    page: include_str!("inner-wildcard.md"),
};

pub(crate) static WILDCARD_MX: Rule = Rule {
    id: "zone/wildcard-mx",
    severity: Note,
    confidence: Likely,
    summary: "MX record at a wildcard",
    why: "Mail to every misspelled subdomain is accepted, but subdomains with any record of \
          their own get no MX.",
    cite: rfc(1034, "4.3.3"),
    page: include_str!("wildcard-mx.md"),
};

pub(crate) static TTL_DIFFERS: Rule = Rule {
    id: "zone/ttl-differs",
    severity: Note,
    confidence: Certain,
    summary: "different TTLs in one record set",
    why: "A record set has one TTL. Name servers choose one of these values, and not all choose \
          the same.",
    cite: rfc(2181, "5.2"),
    page: include_str!("ttl-differs.md"),
};

pub(crate) static UNUSUAL_TTL: Rule = Rule {
    id: "zone/unusual-ttl",
    severity: Note,
    confidence: Likely,
    summary: "unusual TTL on a mail record",
    why: "TTL 0 forces a new query for every message. A TTL above a week keeps a mistake in \
          caches for that long.",
    cite: advice(),
    page: include_str!("unusual-ttl.md"),
};

pub(crate) static DUPLICATE_RECORD: Rule = Rule {
    id: "zone/duplicate-record",
    severity: Note,
    confidence: Certain,
    summary: "duplicate record",
    why: "The copy has no effect, and a later edit may change only one of the two.",
    cite: rfc(2181, "5"),
    page: include_str!("duplicate-record.md"),
};
