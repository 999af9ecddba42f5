//! The table of rules: a row for each, in the order in which findings are told.

use super::{faults, owners, sets, targets, words};
use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::text::{advice, rfc};
use crate::zone::Facts;

/// Every rule with its check, in the order in which findings are told.
pub static CHECKS: &[Check<Facts>] = &[
    Check { rule: &SYNTAX, run: faults::syntax },
    Check { rule: &TOO_LONG_STRING, run: faults::too_long_string },
    Check { rule: &words::UNQUOTED_TEXT, run: words::unquoted_text },
    Check { rule: &ALIAS_WITH_OTHER_DATA, run: faults::alias },
    Check { rule: &OUT_OF_ZONE, run: faults::out_of_zone },
    Check { rule: &MISSING_DOT, run: targets::missing_dot },
    Check { rule: &MISNAMED_OWNER, run: owners::misnamed_owner },
    Check { rule: &INNER_WILDCARD, run: owners::inner_wildcard },
    Check { rule: &WILDCARD_MX, run: owners::wildcard_mx },
    Check { rule: &TTL_DIFFERS, run: sets::ttl_differs },
    Check { rule: &UNUSUAL_TTL, run: sets::unusual_ttl },
    Check { rule: &DUPLICATE_RECORD, run: sets::duplicate_record },
    Check { rule: &faults::NOT_READ, run: faults::not_read },
    Check { rule: &faults::FAULTY_COMMENT, run: faults::faulty_comment },
];

pub(crate) static SYNTAX: Rule = Rule {
    id: "zone/syntax",
    severity: Error,
    confidence: Certain,
    summary: "an entry of the file cannot be read",
    why: "A name server refuses the whole file, or leaves the entry out.",
    cite: rfc(1035, "5.1"),
    page: include_str!("syntax.md"),
};

pub(crate) static TOO_LONG_STRING: Rule = Rule {
    id: "zone/too-long-string",
    severity: Error,
    confidence: Certain,
    summary: "a string has more than 255 octets",
    why: "The length of a string is one octet. A long text is several strings in one \
          record, which receivers join.",
    cite: rfc(1035, "3.3"),
    page: include_str!("too-long-string.md"),
};

pub(crate) static ALIAS_WITH_OTHER_DATA: Rule = Rule {
    id: "zone/alias-with-other-data",
    severity: Error,
    confidence: Certain,
    summary: "a CNAME stands beside other records",
    why: "Whoever asks for anything at the name is sent to the alias, so what stands \
          beside it is not found; many servers refuse the whole file.",
    cite: rfc(1034, "3.6.2"),
    page: include_str!("alias-with-other-data.md"),
};

pub(crate) static OUT_OF_ZONE: Rule = Rule {
    id: "zone/out-of-zone",
    severity: Error,
    confidence: Certain,
    summary: "a record stands at a name outside of the zone",
    why: "A server speaks for the names of its zone only and leaves the record out.",
    cite: rfc(1035, "5.2"),
    page: include_str!("out-of-zone.md"),
};

pub(crate) static MISSING_DOT: Rule = Rule {
    id: "zone/missing-dot",
    severity: Warn,
    confidence: Likely,
    summary: "a name seems to lack its final dot",
    why: "A name without a final dot is put before the name of the zone, and then it \
          names something that does not exist.",
    cite: rfc(1035, "5.1"),
    page: include_str!("missing-dot.md"),
};

pub(crate) static MISNAMED_OWNER: Rule = Rule {
    id: "zone/misnamed-owner",
    severity: Warn,
    confidence: Likely,
    summary: "a policy or a key stands at a misspelt name",
    why: "Receivers ask at _dmarc and below _domainkey, to the letter. What stands \
          beside that is never seen.",
    cite: rfc(8552, "4.1"),
    page: include_str!("misnamed-owner.md"),
};

pub(crate) static INNER_WILDCARD: Rule = Rule {
    id: "zone/inner-wildcard",
    severity: Warn,
    confidence: Certain,
    summary: "an asterisk inside of a name is no wildcard",
    why: "Only the first label of a name can be a wildcard. Anywhere else the asterisk \
          is a character, and the record is never found.",
    cite: rfc(4592, "2.1.1"),
    page: include_str!("inner-wildcard.md"),
};

pub(crate) static WILDCARD_MX: Rule = Rule {
    id: "zone/wildcard-mx",
    severity: Note,
    confidence: Likely,
    summary: "an MX stands at a wildcard",
    why: "It does not hold for names that have any record, and where it holds, every \
          mistyped name takes mail.",
    cite: rfc(1034, "4.3.3"),
    page: include_str!("wildcard-mx.md"),
};

pub(crate) static TTL_DIFFERS: Rule = Rule {
    id: "zone/ttl-differs",
    severity: Note,
    confidence: Certain,
    summary: "records of one set have different times to live",
    why: "A set has one time to live. Which of them a server takes is its own affair.",
    cite: rfc(2181, "5.2"),
    page: include_str!("ttl-differs.md"),
};

pub(crate) static UNUSUAL_TTL: Rule = Rule {
    id: "zone/unusual-ttl",
    severity: Note,
    confidence: Likely,
    summary: "records for mail have an unusual time to live",
    why: "With none at all every message costs a question; beyond a week a mistake \
          cannot be taken back.",
    cite: advice(),
    page: include_str!("unusual-ttl.md"),
};

pub(crate) static DUPLICATE_RECORD: Rule = Rule {
    id: "zone/duplicate-record",
    severity: Note,
    confidence: Certain,
    summary: "a record is listed twice",
    why: "Servers make one record of the two. Whoever changes one of them later forgets \
          the other.",
    cite: rfc(2181, "5"),
    page: include_str!("duplicate-record.md"),
};
