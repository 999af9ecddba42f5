//! The table of rules: a row for each, in the order in which findings are told.

use super::{host, set};
use crate::diagnostic::Confidence::Certain;
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::protocols::mx::Facts;
use crate::text::{advice, rfc};

/// Every rule of MX with its check, in the order in which findings are told.
pub static CHECKS: &[Check<Facts>] = &[
    Check { rule: &NULL_WITH_OTHERS, run: set::null_with_others },
    Check { rule: &NULL_PREFERENCE, run: set::null_preference },
    Check { rule: &ALIAS, run: host::alias },
    Check { rule: &ADDRESS_LITERAL, run: host::literal },
    Check { rule: &PLACEHOLDER, run: host::placeholder },
    Check { rule: &INVALID_HOST, run: host::invalid },
    Check { rule: &NO_ADDRESS, run: host::no_address },
    Check { rule: &LOCALHOST, run: host::localhost },
    Check { rule: &PRIVATE_ADDRESS, run: host::private },
    Check { rule: &NONE, run: set::none },
    Check { rule: &DUPLICATE, run: set::duplicate },
    Check { rule: &IPV6_ONLY, run: set::ipv6_only },
    Check { rule: &SAME_ADDRESSES, run: set::same_addresses },
];

pub(crate) static NULL_WITH_OTHERS: Rule = Rule {
    id: "mx/null-with-others",
    severity: Error,
    confidence: Certain,
    summary: "a null MX stands among other MX records",
    why: "A null MX says that the domain takes no mail, the others say that it does; \
          senders may believe either.",
    cite: rfc(7505, "3"),
    page: include_str!("null-with-others.md"),
};

pub(crate) static NULL_PREFERENCE: Rule = Rule {
    id: "mx/null-preference",
    severity: Note,
    confidence: Certain,
    summary: "the null MX has a preference other than 0",
    why: "The standard writes it as `0 .`; some senders look for just that.",
    cite: rfc(7505, "3"),
    page: include_str!("null-preference.md"),
};

pub(crate) static ALIAS: Rule = Rule {
    id: "mx/alias",
    severity: Warn,
    confidence: Certain,
    summary: "an MX host is an alias",
    why: "An MX record must name a host that has addresses of its own; some senders refuse \
          an alias.",
    cite: rfc(2181, "10.3"),
    page: include_str!("alias.md"),
};

pub(crate) static ADDRESS_LITERAL: Rule = Rule {
    id: "mx/address-literal",
    severity: Error,
    confidence: Certain,
    summary: "an MX record holds an address instead of a host name",
    why: "The digits are looked up as a name, which does not exist, so nothing is \
          delivered there.",
    cite: rfc(1035, "3.3.9"),
    page: include_str!("address-literal.md"),
};

pub(crate) static PLACEHOLDER: Rule = Rule {
    id: "mx/placeholder",
    severity: Error,
    confidence: Certain,
    summary: "an MX host stands below .invalid",
    why: "No such name ever exists. Providers have one published to see whose the domain is; \
          then it has to go.",
    cite: rfc(6761, "6.4"),
    page: include_str!("placeholder.md"),
};

pub(crate) static INVALID_HOST: Rule = Rule {
    id: "mx/invalid-host",
    severity: Warn,
    confidence: Certain,
    summary: "an MX host has a name that no host may have",
    why: "Names of hosts are letters, digits and hyphens; some senders refuse to deliver to \
          any other.",
    cite: rfc(5321, "2.3.5"),
    page: include_str!("invalid-host.md"),
};

pub(crate) static NO_ADDRESS: Rule = Rule {
    id: "mx/no-address",
    severity: Error,
    confidence: Certain,
    summary: "an MX host has no address",
    why: "Senders cannot reach the host. If it is the only one, mail for the domain comes \
          back.",
    cite: rfc(5321, "5.1"),
    page: include_str!("no-address.md"),
};

pub(crate) static LOCALHOST: Rule = Rule {
    id: "mx/localhost",
    severity: Error,
    confidence: Certain,
    summary: "an MX host has only addresses that nobody else can reach",
    why: "Loopback and private addresses lead senders to themselves or nowhere.",
    cite: rfc(5321, "5.1"),
    page: include_str!("localhost.md"),
};

pub(crate) static PRIVATE_ADDRESS: Rule = Rule {
    id: "mx/private-address",
    severity: Note,
    confidence: Certain,
    summary: "an MX host has addresses that nobody else can reach, among others",
    why: "Senders that choose a private address wait for a host that never answers, and \
          come back later or not at all.",
    cite: rfc(5321, "5.1"),
    page: include_str!("private-address.md"),
};

pub(crate) static NONE: Rule = Rule {
    id: "mx/none",
    severity: Note,
    confidence: Certain,
    summary: "the domain publishes no MX",
    why: "Mail is then tried at the domain's own addresses. A domain that takes no mail \
          says so with `MX 0 .`.",
    cite: rfc(5321, "5.1"),
    page: include_str!("none.md"),
};

pub(crate) static DUPLICATE: Rule = Rule {
    id: "mx/duplicate",
    severity: Note,
    confidence: Certain,
    summary: "an MX host stands more than once",
    why: "Senders that fail at a host try the same one again.",
    cite: rfc(5321, "5.1"),
    page: include_str!("duplicate.md"),
};

pub(crate) static IPV6_ONLY: Rule = Rule {
    id: "mx/ipv6-only",
    severity: Warn,
    confidence: Certain,
    summary: "no MX host has an IPv4 address",
    why: "Senders without IPv6 cannot reach any of the hosts, and their mail comes back.",
    cite: rfc(5321, "5.2"),
    page: include_str!("ipv6-only.md"),
};

pub(crate) static SAME_ADDRESSES: Rule = Rule {
    id: "mx/same-addresses",
    severity: Note,
    confidence: Certain,
    summary: "two MX hosts have the same addresses",
    why: "The second name is no reserve: if the first cannot be reached, neither can it.",
    cite: advice(),
    page: include_str!("same-addresses.md"),
};
