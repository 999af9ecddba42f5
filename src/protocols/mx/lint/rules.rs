//! The table of rules: a row for each, in the order of findings in a report.

use super::{host, set};
use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::protocols::mx::Facts;
use crate::text::{advice, rfc};

/// Every rule of MX with its check, in the order of findings in a report.
pub static CHECKS: &[Check<Facts>] = &[
    Check { rule: &NULL_WITH_OTHERS, run: set::null_with_others },
    Check { rule: &NULL_PREFERENCE, run: set::null_preference },
    Check { rule: &ALIAS, run: host::alias },
    Check { rule: &ADDRESS_LITERAL, run: host::literal },
    Check { rule: &PLACEHOLDER, run: host::placeholder },
    Check { rule: &INVALID_HOST, run: host::invalid },
    Check { rule: &NO_ADDRESS, run: host::no_address },
    Check { rule: &LOCALHOST, run: host::localhost },
    Check { rule: &NOT_PUBLIC, run: host::not_public },
    Check { rule: &PRIVATE_ADDRESS, run: host::private },
    Check { rule: &NONE, run: set::none },
    Check { rule: &DUPLICATE, run: set::duplicate },
    Check { rule: &MIXED_OPERATORS, run: set::mixed_operators },
    Check { rule: &IPV6_ONLY, run: set::ipv6_only },
    Check { rule: &SAME_ADDRESSES, run: set::same_addresses },
];

pub(crate) static NULL_WITH_OTHERS: Rule = Rule {
    id: "mx/null-with-others",
    severity: Error,
    confidence: Certain,
    summary: "null MX beside other MX records",
    why: "A null MX says that the domain accepts no mail; the other records say that it does.",
    cite: rfc(7505, "3"),
    page: include_str!("null-with-others.md"),
};

pub(crate) static NULL_PREFERENCE: Rule = Rule {
    id: "mx/null-preference",
    severity: Note,
    confidence: Certain,
    summary: "null MX with a preference other than 0",
    why: "RFC 7505 specifies `0 .`; some senders recognize only that.",
    cite: rfc(7505, "3"),
    page: include_str!("null-preference.md"),
};

pub(crate) static ALIAS: Rule = Rule {
    id: "mx/alias",
    severity: Warn,
    confidence: Certain,
    summary: "MX host is a CNAME",
    why: "An MX record must name a host with its own address records; some senders reject an \
          alias.",
    cite: rfc(2181, "10.3"),
    page: include_str!("alias.md"),
};

pub(crate) static ADDRESS_LITERAL: Rule = Rule {
    id: "mx/address-literal",
    severity: Error,
    confidence: Certain,
    summary: "IP address in an MX record",
    why: "Senders look up the address as a host name, which does not exist.",
    cite: rfc(1035, "3.3.9"),
    page: include_str!("address-literal.md"),
};

pub(crate) static PLACEHOLDER: Rule = Rule {
    id: "mx/placeholder",
    severity: Error,
    confidence: Certain,
    summary: "MX host under .invalid",
    why: "Names under .invalid never exist. Some providers use one to verify ownership; remove \
          it afterwards.",
    cite: rfc(6761, "6.4"),
    page: include_str!("placeholder.md"),
};

pub(crate) static INVALID_HOST: Rule = Rule {
    id: "mx/invalid-host",
    severity: Warn,
    confidence: Certain,
    summary: "invalid host name in an MX record",
    why: "Host names consist of letters, digits and inner hyphens; some senders reject any other.",
    cite: rfc(5321, "2.3.5"),
    page: include_str!("invalid-host.md"),
};

pub(crate) static NO_ADDRESS: Rule = Rule {
    id: "mx/no-address",
    severity: Error,
    confidence: Certain,
    summary: "MX host without an address",
    why: "Mail bounces if no other MX host accepts it.",
    cite: rfc(5321, "5.1"),
    page: include_str!("no-address.md"),
};

pub(crate) static LOCALHOST: Rule = Rule {
    id: "mx/localhost",
    severity: Error,
    confidence: Certain,
    summary: "MX host with only loopback addresses",
    why: "Every sender connects to itself, and the mail waits in its queue until it bounces.",
    cite: rfc(5321, "5.1"),
    page: include_str!("localhost.md"),
};

pub(crate) static NOT_PUBLIC: Rule = Rule {
    id: "mx/not-public",
    severity: Error,
    confidence: Certain,
    summary: "MX host with only private addresses",
    why: "The internet has no route to a private address: senders reach nothing, and their mail \
          bounces.",
    cite: rfc(1918, "3"),
    page: include_str!("not-public.md"),
};

pub(crate) static PRIVATE_ADDRESS: Rule = Rule {
    id: "mx/private-address",
    severity: Note,
    confidence: Certain,
    summary: "MX host with some non-public addresses",
    why: "A sender that picks the private address waits for a timeout before it tries another.",
    cite: rfc(5321, "5.1"),
    page: include_str!("private-address.md"),
};

pub(crate) static NONE: Rule = Rule {
    id: "mx/none",
    severity: Note,
    confidence: Certain,
    summary: "no MX record",
    why: "Without an MX record, senders use the domain's own A and AAAA records; if there are none, \
          mail bounces. Publish `MX 0 .` if the domain neither accepts nor sends mail.",
    cite: rfc(5321, "5.1"),
    page: include_str!("none.md"),
};

pub(crate) static DUPLICATE: Rule = Rule {
    id: "mx/duplicate",
    severity: Note,
    confidence: Certain,
    summary: "MX host listed twice",
    why: "A sender that cannot reach the host tries it again before any other.",
    cite: rfc(5321, "5.1"),
    page: include_str!("duplicate.md"),
};

pub(crate) static MIXED_OPERATORS: Rule = Rule {
    id: "mx/mixed-operators",
    severity: Note,
    confidence: Likely,
    summary: "MX hosts of a mailbox provider and another operator",
    why: "Senders may choose any host of the set. One that is left over from a former provider \
          loses the mail.",
    cite: rfc(5321, "5.1"),
    page: include_str!("mixed-operators.md"),
};

pub(crate) static IPV6_ONLY: Rule = Rule {
    id: "mx/ipv6-only",
    severity: Warn,
    confidence: Certain,
    summary: "no MX host has an IPv4 address",
    why: "Mail from IPv4-only senders bounces.",
    cite: rfc(5321, "5.2"),
    page: include_str!("ipv6-only.md"),
};

pub(crate) static SAME_ADDRESSES: Rule = Rule {
    id: "mx/same-addresses",
    severity: Note,
    confidence: Certain,
    summary: "two MX hosts with the same addresses",
    why: "If one host is unreachable, so is the other.",
    cite: advice(),
    page: include_str!("same-addresses.md"),
};
