//! Rows about what records say: their text, their terms, and how they are written.

use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Rule;
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::text::{advice, rfc};

pub(crate) static MISSING: Rule = Rule {
    id: "spf/missing",
    severity: Warn,
    confidence: Certain,
    summary: "no SPF record",
    why: "Receivers cannot tell your senders from others, and large receivers reject mail from \
          domains without SPF.",
    cite: rfc(7208, "3"),
    page: include_str!("../missing.md"),
};

pub(crate) static RETIRED_TYPE: Rule = Rule {
    id: "spf/retired-type",
    severity: Note,
    confidence: Certain,
    summary: "SPF record of the retired type 99 beside the TXT record",
    why: "Receivers read TXT only. Two records of one policy drift apart.",
    cite: rfc(7208, "3.1"),
    page: include_str!("../retired-type.md"),
};

pub(crate) static RETIRED_TYPE_DIFFERS: Rule = Rule {
    id: "spf/retired-type-differs",
    severity: Warn,
    confidence: Certain,
    summary: "SPF record of the retired type 99 with another policy",
    why: "Receivers read TXT only. Old software that still asks for type 99 applies another policy.",
    cite: rfc(7208, "3.1"),
    page: include_str!("../retired-type-differs.md"),
};

pub(crate) static SEVERAL_RECORDS: Rule = Rule {
    id: "spf/several-records",
    severity: Error,
    confidence: Certain,
    summary: "more than one SPF record",
    why: "Receivers neither merge two records nor choose one, so every sender gets permerror.",
    cite: rfc(7208, "4.5"),
    page: include_str!("../several-records.md"),
};

pub(crate) static SYNTAX: Rule = Rule {
    id: "spf/syntax",
    severity: Error,
    confidence: Certain,
    summary: "syntax error in the SPF record",
    why: "One error anywhere gives permerror for every sender, including those listed before it.",
    cite: rfc(7208, "4.6"),
    page: include_str!("../syntax.md"),
};

pub(crate) static JOINED_STRINGS: Rule = Rule {
    id: "spf/joined-strings",
    severity: Warn,
    confidence: Likely,
    summary: "missing space between two strings",
    why: "Receivers join the strings of a TXT record without a space, so two terms become one.",
    cite: rfc(7208, "3.3"),
    page: include_str!("../joined-strings.md"),
};

pub(crate) static SUSPICIOUS_MODIFIER: Rule = Rule {
    id: "spf/suspicious-modifier",
    severity: Warn,
    confidence: Likely,
    summary: "unknown modifier that looks like a misspelled term",
    why: "Unknown modifiers are legal, so receivers ignore them without an error.",
    cite: rfc(7208, "6"),
    page: include_str!("../suspicious-modifier.md"),
};

pub(crate) static DOUBTFUL_NAME: Rule = Rule {
    id: "spf/doubtful-name",
    severity: Warn,
    confidence: Likely,
    summary: "URL, mail address or mechanism used as a domain name",
    why: "The grammar allows it, so receivers look up a name that does not exist: the term matches \
          no sender, or gives permerror.",
    cite: rfc(7208, "7.1"),
    page: include_str!("../doubtful-name.md"),
};

pub(crate) static REPORTING_MODIFIER: Rule = Rule {
    id: "spf/reporting-modifier",
    severity: Note,
    confidence: Certain,
    summary: "RFC 6652 reporting modifier",
    why: "ra=, rp= and rr= are legal and change no result. For reports, use DMARC.",
    cite: rfc(6652, "3"),
    page: include_str!("../reporting-modifier.md"),
};

pub(crate) static UNUSUAL_CASE: Rule = Rule {
    id: "spf/unusual-case",
    severity: Note,
    confidence: Likely,
    summary: "SPF keyword in capitals",
    why: "SPF is case-insensitive, but some software accepts only lower case and reports an \
          error or no record.",
    cite: rfc(7208, "4.6.1"),
    page: include_str!("../unusual-case.md"),
};

pub(crate) static LOOKALIKE: Rule = Rule {
    id: "spf/lookalike",
    severity: Warn,
    confidence: Likely,
    summary: "TXT record that looks like an SPF record but is not one",
    why: "An SPF record begins with exactly \"v=spf1\" and a space or the end; receivers ignore \
          every other TXT record.",
    cite: rfc(7208, "4.5"),
    page: include_str!("../lookalike.md"),
};

pub(crate) static SENDER_ID: Rule = Rule {
    id: "spf/sender-id",
    severity: Note,
    confidence: Certain,
    summary: "obsolete Sender ID record",
    why: "Receivers no longer evaluate Sender ID. The record only makes every answer larger.",
    cite: rfc(6686, ""),
    page: include_str!("../sender-id.md"),
};

pub(crate) static RECORD_SIZE: Rule = Rule {
    id: "spf/record-size",
    severity: Warn,
    confidence: Certain,
    summary: "TXT records too large for a 512-octet answer",
    why: "A larger answer needs EDNS or TCP. Behind a firewall that blocks both, receivers get \
          an error or no record.",
    cite: rfc(7208, "3.4"),
    page: include_str!("../record-size.md"),
};

pub(crate) static DUPLICATE_TERM: Rule = Rule {
    id: "spf/duplicate-term",
    severity: Note,
    confidence: Certain,
    summary: "duplicate term",
    why: "The second one never matches and may cost a lookup.",
    cite: advice(),
    page: include_str!("../duplicate-term.md"),
};

pub(crate) static REDIRECT_IGNORED: Rule = Rule {
    id: "spf/redirect-ignored",
    severity: Warn,
    confidence: Certain,
    summary: "redirect ignored because of all",
    why: "Receivers ignore redirect in a record with all, so the senders it names do not pass.",
    cite: rfc(7208, "5.1"),
    page: include_str!("../redirect-ignored.md"),
};

pub(crate) static TERMS_AFTER_ALL: Rule = Rule {
    id: "spf/terms-after-all",
    severity: Warn,
    confidence: Certain,
    summary: "terms after the all mechanism",
    why: "all matches every sender, so receivers never evaluate the mechanisms after it.",
    cite: rfc(7208, "5.1"),
    page: include_str!("../terms-after-all.md"),
};

pub(crate) static UNUSED_EXPLANATION: Rule = Rule {
    id: "spf/unused-explanation",
    severity: Note,
    confidence: Certain,
    summary: "exp= has no effect: no mechanism returns fail",
    why: "Receivers fetch the explanation only on fail.",
    cite: rfc(7208, "6.2"),
    page: include_str!("../unused-explanation.md"),
};

pub(crate) static NO_ALL: Rule = Rule {
    id: "spf/no-all",
    severity: Note,
    confidence: Certain,
    summary: "neither all nor redirect",
    why: "Unlisted senders get neutral, which has the same effect as no SPF record.",
    cite: rfc(7208, "4.7"),
    page: include_str!("../no-all.md"),
};

pub(crate) static NEUTRAL_ALL: Rule = Rule {
    id: "spf/neutral-all",
    severity: Warn,
    confidence: Certain,
    summary: "?all at the end",
    why: "Receivers must treat neutral as if there were no SPF record, so SPF stops no spoofed mail.",
    cite: rfc(7208, "8.2"),
    page: include_str!("../neutral-all.md"),
};

pub(crate) static PASS_ALL: Rule = Rule {
    id: "spf/pass-all",
    severity: Error,
    confidence: Certain,
    summary: "+all: every address passes SPF",
    why: "Every host on the internet passes SPF, so spoofed mail looks authenticated. That is \
          worse than no record.",
    cite: rfc(7208, "5.1"),
    page: include_str!("../pass-all.md"),
};

pub(crate) static MAPPED_ADDRESS: Rule = Rule {
    id: "spf/mapped-address",
    severity: Warn,
    confidence: Certain,
    summary: "ip6 with an IPv4-mapped address",
    why: "Receivers treat a client with an IPv4-mapped address as IPv4, and only ip4 matches it.",
    cite: rfc(7208, "5"),
    page: include_str!("../mapped-address.md"),
};

pub(crate) static WEAK_TERM: Rule = Rule {
    id: "spf/weak-term",
    severity: Note,
    confidence: Likely,
    summary: "senders listed with ? or ~",
    why: "Only pass authorizes a sender. Without DKIM, these senders fail DMARC.",
    cite: rfc(7208, "4.6.2"),
    page: include_str!("../weak-term.md"),
};

pub(crate) static PTR: Rule = Rule {
    id: "spf/ptr",
    severity: Warn,
    confidence: Certain,
    summary: "ptr mechanism",
    why: "RFC 7208 says not to use ptr: it is slow, fails when reverse DNS fails, and burdens the \
          servers of the arpa zones.",
    cite: rfc(7208, "5.5"),
    page: include_str!("../ptr.md"),
};

pub(crate) static LOCAL_PART_MACRO: Rule = Rule {
    id: "spf/local-part-macro",
    severity: Note,
    confidence: Certain,
    summary: "local-part macro in a DNS query",
    why: "Each sender address causes its own query: receivers cannot cache the answer, and the DNS \
          servers on the way see who sends.",
    cite: rfc(7208, "7.3"),
    page: include_str!("../local-part-macro.md"),
};
