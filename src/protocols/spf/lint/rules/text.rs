//! Rows about what records say: their text, their terms, and how they are written.

use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Rule;
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::text::{advice, rfc};

pub(crate) static MISSING: Rule = Rule {
    id: "spf/missing",
    severity: Warn,
    confidence: Certain,
    summary: "no SPF record is published",
    why: "Without a record nobody can tell the domain's senders from others, and large \
          receivers refuse mail of domains that publish none.",
    cite: rfc(7208, "3"),
    page: include_str!("../missing.md"),
};

pub(crate) static SEVERAL_RECORDS: Rule = Rule {
    id: "spf/several-records",
    severity: Error,
    confidence: Certain,
    summary: "more than one SPF record is published",
    why: "Receivers return permerror for every sender; they never join two records or \
          choose between them.",
    cite: rfc(7208, "4.5"),
    page: include_str!("../several-records.md"),
};

pub(crate) static SYNTAX: Rule = Rule {
    id: "spf/syntax",
    severity: Error,
    confidence: Certain,
    summary: "the record has a fault",
    why: "One fault anywhere makes receivers return permerror for every sender, also for \
          those that stand before it.",
    cite: rfc(7208, "4.6"),
    page: include_str!("../syntax.md"),
};

pub(crate) static JOINED_STRINGS: Rule = Rule {
    id: "spf/joined-strings",
    severity: Warn,
    confidence: Likely,
    summary: "a term swallows the next one where two strings meet",
    why: "The strings of a record are joined without a space: two terms become one that means \
          something else.",
    cite: rfc(7208, "3.3"),
    page: include_str!("../joined-strings.md"),
};

pub(crate) static SUSPICIOUS_MODIFIER: Rule = Rule {
    id: "spf/suspicious-modifier",
    severity: Warn,
    confidence: Likely,
    summary: "an unknown modifier looks like a misspelt term",
    why: "Unknown modifiers are legal and ignored, so the term does nothing, and no \
          receiver complains.",
    cite: rfc(7208, "6"),
    page: include_str!("../suspicious-modifier.md"),
};

pub(crate) static REPORTING_MODIFIER: Rule = Rule {
    id: "spf/reporting-modifier",
    severity: Note,
    confidence: Certain,
    summary: "a modifier asks for reports by message",
    why: "ra=, rp= and rr= are legal and change no result. Whoever does not know them ignores \
          them; reports on a domain come by DMARC.",
    cite: rfc(6652, "3"),
    page: include_str!("../reporting-modifier.md"),
};

pub(crate) static UNUSUAL_CASE: Rule = Rule {
    id: "spf/unusual-case",
    severity: Note,
    confidence: Likely,
    summary: "a word of the record is written in capitals",
    why: "It is legal, and there is software that knows the words in lower case only and takes \
          them for a fault, or the record for none.",
    cite: rfc(7208, "4.6.1"),
    page: include_str!("../unusual-case.md"),
};

pub(crate) static LOOKALIKE: Rule = Rule {
    id: "spf/lookalike",
    severity: Note,
    confidence: Likely,
    summary: "a TXT record looks like an SPF record and is none",
    why: "A record counts only if it begins with \"v=spf1\" and a space; anything else \
          is passed over in silence.",
    cite: rfc(7208, "4.5"),
    page: include_str!("../lookalike.md"),
};

pub(crate) static SENDER_ID: Rule = Rule {
    id: "spf/sender-id",
    severity: Note,
    confidence: Certain,
    summary: "a record of Sender ID is published",
    why: "Sender ID was given up long ago: nobody evaluates such a record, and it makes \
          every answer longer.",
    cite: rfc(6686, ""),
    page: include_str!("../sender-id.md"),
};

pub(crate) static RECORD_SIZE: Rule = Rule {
    id: "spf/record-size",
    severity: Warn,
    confidence: Certain,
    summary: "the TXT records do not fit an old DNS message",
    why: "Answers beyond 512 octets need EDNS or TCP; where a firewall stops those, \
          receivers see a failure or no record.",
    cite: rfc(7208, "3.4"),
    page: include_str!("../record-size.md"),
};

pub(crate) static DUPLICATE_TERM: Rule = Rule {
    id: "spf/duplicate-term",
    severity: Note,
    confidence: Certain,
    summary: "a term stands twice",
    why: "The second one never matches, and may cost a lookup.",
    cite: advice(),
    page: include_str!("../duplicate-term.md"),
};

pub(crate) static REDIRECT_IGNORED: Rule = Rule {
    id: "spf/redirect-ignored",
    severity: Warn,
    confidence: Certain,
    summary: "redirect is ignored because of all",
    why: "all matches everybody, so the policy that redirect names is never asked.",
    cite: rfc(7208, "5.1"),
    page: include_str!("../redirect-ignored.md"),
};

pub(crate) static TERMS_AFTER_ALL: Rule = Rule {
    id: "spf/terms-after-all",
    severity: Warn,
    confidence: Certain,
    summary: "terms stand after all",
    why: "all matches everybody, so mechanisms after it are never tested.",
    cite: rfc(7208, "5.1"),
    page: include_str!("../terms-after-all.md"),
};

pub(crate) static UNUSED_EXPLANATION: Rule = Rule {
    id: "spf/unused-explanation",
    severity: Note,
    confidence: Certain,
    summary: "exp= explains a fail that the record never gives",
    why: "The explanation is fetched only when a mechanism of this record gives fail, and none \
          can.",
    cite: rfc(7208, "6.2"),
    page: include_str!("../unused-explanation.md"),
};

pub(crate) static NO_ALL: Rule = Rule {
    id: "spf/no-all",
    severity: Note,
    confidence: Certain,
    summary: "the policy ends without all or redirect",
    why: "Senders that no term names get neutral, as if there were no policy for them.",
    cite: rfc(7208, "4.7"),
    page: include_str!("../no-all.md"),
};

pub(crate) static NEUTRAL_ALL: Rule = Rule {
    id: "spf/neutral-all",
    severity: Warn,
    confidence: Certain,
    summary: "?all says nothing about other senders",
    why: "Receivers treat neutral like no policy at all, so the record protects nobody.",
    cite: rfc(7208, "8.2"),
    page: include_str!("../neutral-all.md"),
};

pub(crate) static PASS_ALL: Rule = Rule {
    id: "spf/pass-all",
    severity: Error,
    confidence: Certain,
    summary: "everybody may send",
    why: "Any host on the internet passes, which is worse than no policy: forged mail \
          looks proved.",
    cite: rfc(7208, "5.1"),
    page: include_str!("../pass-all.md"),
};

pub(crate) static MAPPED_ADDRESS: Rule = Rule {
    id: "spf/mapped-address",
    severity: Warn,
    confidence: Certain,
    summary: "ip6 lists IPv4 addresses, which it never matches",
    why: "A client at an IPv4-mapped address is an IPv4 client to receivers, and those are listed \
          by ip4 only.",
    cite: rfc(7208, "5"),
    page: include_str!("../mapped-address.md"),
};

pub(crate) static WEAK_TERM: Rule = Rule {
    id: "spf/weak-term",
    severity: Note,
    confidence: Likely,
    summary: "a term lists senders without letting them pass",
    why: "Only pass proves a sender. With ? or ~ before a term, its senders fail DMARC \
          unless DKIM saves them.",
    cite: rfc(7208, "4.6.2"),
    page: include_str!("../weak-term.md"),
};

pub(crate) static PTR: Rule = Rule {
    id: "spf/ptr",
    severity: Warn,
    confidence: Certain,
    summary: "the ptr mechanism is used",
    why: "It is slow, its result depends on whoever runs the sender's reverse DNS, and \
          some receivers skip it; RFC 7208 says not to publish it.",
    cite: rfc(7208, "5.5"),
    page: include_str!("../ptr.md"),
};

pub(crate) static LOCAL_PART_MACRO: Rule = Rule {
    id: "spf/local-part-macro",
    severity: Note,
    confidence: Certain,
    summary: "a term puts the sender's local part into a DNS question",
    why: "Each sender is a question of its own, so caches do not help, and whoever sees the \
          questions sees who writes.",
    cite: rfc(7208, "7.3"),
    page: include_str!("../local-part-macro.md"),
};
