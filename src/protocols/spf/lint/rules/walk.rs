//! Rows about what a walk meets: where terms lead, whom they list, what they cost.

use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Rule;
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::text::{advice, rfc};

pub(crate) static DEAD_TERM: Rule = Rule {
    id: "spf/dead-term",
    severity: Note,
    confidence: Certain,
    summary: "a term decides about nobody",
    why: "Every address that it lists came to the same result before. It changes nothing, \
          and may cost lookups that others need.",
    cite: rfc(7208, "4.6.2"),
    page: include_str!("../dead-term.md"),
};

pub(crate) static SHADOWED_TERM: Rule = Rule {
    id: "spf/shadowed-term",
    severity: Warn,
    confidence: Certain,
    summary: "a term never applies because an earlier one says otherwise",
    why: "The first term that matches decides. What stands behind it about the same \
          addresses was meant to count, and does not.",
    cite: rfc(7208, "4.6.2"),
    page: include_str!("../shadowed-term.md"),
};

pub(crate) static INCLUDE_WITHOUT_RECORD: Rule = Rule {
    id: "spf/include-without-record",
    severity: Error,
    confidence: Certain,
    summary: "include or redirect leads to a name without SPF record",
    why: "Receivers return permerror for every sender that gets as far as the term.",
    cite: rfc(7208, "5.2"),
    page: include_str!("../include-without-record.md"),
};

pub(crate) static LOOP: Rule = Rule {
    id: "spf/loop",
    severity: Error,
    confidence: Certain,
    summary: "include or redirect leads back to a policy on its own path",
    why: "The evaluation never comes to an end, so receivers stop at the lookup limit \
          and return permerror.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../loop.md"),
};

pub(crate) static VOID_LOOKUP: Rule = Rule {
    id: "spf/void-lookup",
    severity: Warn,
    confidence: Certain,
    summary: "a term looks up a name that has no such records",
    why: "Receivers allow two of these; with the third they return permerror. A name \
          that was given up may be registered by others.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../void-lookup.md"),
};

pub(crate) static TOO_MANY_LOOKUPS: Rule = Rule {
    id: "spf/too-many-lookups",
    severity: Error,
    confidence: Certain,
    summary: "evaluation needs more than 10 DNS lookups",
    why: "Receivers stop at the limit and return permerror for every sender that is \
          still undecided there.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../too-many-lookups.md"),
};

pub(crate) static LOOKUP_HEADROOM: Rule = Rule {
    id: "spf/lookup-headroom",
    severity: Note,
    confidence: Certain,
    summary: "the policy is at the brink of the lookup limit",
    why: "A provider that adds one include to its own record breaks this one.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../lookup-headroom.md"),
};

pub(crate) static TOO_MANY_VOIDS: Rule = Rule {
    id: "spf/too-many-voids",
    severity: Error,
    confidence: Certain,
    summary: "more than two terms look up what does not exist",
    why: "Receivers stop at the third void lookup and return permerror for every sender \
          that is still undecided there.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../too-many-voids.md"),
};

pub(crate) static TOO_MANY_MX_HOSTS: Rule = Rule {
    id: "spf/too-many-mx-hosts",
    severity: Error,
    confidence: Certain,
    summary: "mx finds more than 10 hosts",
    why: "Receivers look at 10 hosts and return permerror for every sender that is none \
          of them.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../too-many-mx-hosts.md"),
};

pub(crate) static FAMILY_ASYMMETRY: Rule = Rule {
    id: "spf/family-asymmetry",
    severity: Warn,
    confidence: Certain,
    summary: "the void limit is reached only for IPv6 senders",
    why: "a and mx ask for AAAA when the sender uses IPv6, so hosts with IPv4 addresses \
          only are void lookups for it.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../family-asymmetry.md"),
};

pub(crate) static RECEIVERS_DISAGREE: Rule = Rule {
    id: "spf/receivers-disagree",
    severity: Warn,
    confidence: Certain,
    summary: "receivers count differently and come to different results",
    why: "The void limit is a SHOULD and its unit is read in two ways: the same message \
          passes here and fails there.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../receivers-disagree.md"),
};

pub(crate) static WIDE_NETWORK: Rule = Rule {
    id: "spf/wide-network",
    severity: Warn,
    confidence: Likely,
    summary: "a term lets a very large network send",
    why: "Few own more than 65,536 IPv4 addresses. Whoever rents one of the others may \
          send in the name of the domain.",
    cite: advice(),
    page: include_str!("../wide-network.md"),
};

pub(crate) static HOST_BITS: Rule = Rule {
    id: "spf/host-bits",
    severity: Note,
    confidence: Certain,
    summary: "a network is written with the address of a host",
    why: "The prefix counts: the whole network may send, not only the host whose address \
          stands before it.",
    cite: rfc(7208, "5.6"),
    page: include_str!("../host-bits.md"),
};

pub(crate) static PRIVATE_ADDRESS: Rule = Rule {
    id: "spf/private-address",
    severity: Note,
    confidence: Certain,
    summary: "a term lists addresses that nobody outside ever sees",
    why: "Receivers see public addresses. The term matches nobody, and tells strangers \
          about the network inside.",
    cite: rfc(1918, "3"),
    page: include_str!("../private-address.md"),
};

pub(crate) static UNUSABLE_EXPLANATION: Rule = Rule {
    id: "spf/unusable-explanation",
    severity: Note,
    confidence: Certain,
    summary: "exp= leads to no explanation that can be used",
    why: "Receivers go on as if there were no exp=: whoever is refused does not learn why.",
    cite: rfc(7208, "6.2"),
    page: include_str!("../unusable-explanation.md"),
};
