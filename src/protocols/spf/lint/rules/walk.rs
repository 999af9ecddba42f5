//! Rows about what a walk meets: where terms lead, whom they list, what they cost.

use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Rule;
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::text::{advice, rfc};

pub(crate) static DEAD_TERM: Rule = Rule {
    id: "spf/dead-term",
    severity: Note,
    confidence: Certain,
    summary: "term never matches",
    why: "Earlier terms give the same result for every address that it lists. It has no effect \
          and may cost lookups.",
    cite: rfc(7208, "4.6.2"),
    page: include_str!("../dead-term.md"),
};

pub(crate) static SHADOWED_TERM: Rule = Rule {
    id: "spf/shadowed-term",
    severity: Warn,
    confidence: Certain,
    summary: "earlier term overrides a later one",
    why: "The first match decides. The later term probably expresses what you meant, but has no \
          effect.",
    cite: rfc(7208, "4.6.2"),
    page: include_str!("../shadowed-term.md"),
};

pub(crate) static INCLUDE_WITHOUT_RECORD: Rule = Rule {
    id: "spf/include-without-record",
    severity: Error,
    confidence: Certain,
    summary: "include or redirect to a name without an SPF record",
    why: "Every sender that no earlier term matches gets permerror.",
    cite: rfc(7208, "5.2"),
    page: include_str!("../include-without-record.md"),
};

pub(crate) static LOOP: Rule = Rule {
    id: "spf/loop",
    severity: Error,
    confidence: Certain,
    summary: "include or redirect loop",
    why: "The evaluation would never end, so every sender that no earlier term matches gets \
          permerror.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../loop.md"),
};

pub(crate) static VOID_LOOKUP: Rule = Rule {
    id: "spf/void-lookup",
    severity: Warn,
    confidence: Certain,
    summary: "void lookup",
    why: "The third void lookup gives permerror. If a domain has expired, an \
          attacker can register it.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../void-lookup.md"),
};

pub(crate) static TOO_MANY_LOOKUPS: Rule = Rule {
    id: "spf/too-many-lookups",
    severity: Error,
    confidence: Certain,
    summary: "more than 10 DNS lookups",
    why: "RFC 7208 limits an evaluation to 10 terms that cause DNS lookups. Senders matched \
          before the limit still pass.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../too-many-lookups.md"),
};

pub(crate) static LOOKUP_HEADROOM: Rule = Rule {
    id: "spf/lookup-headroom",
    severity: Note,
    confidence: Certain,
    summary: "close to the lookup limit",
    why: "One more include in a provider's record can break this one.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../lookup-headroom.md"),
};

pub(crate) static NO_LOOKUP_HEADROOM: Rule = Rule {
    id: "spf/no-lookup-headroom",
    severity: Warn,
    confidence: Certain,
    summary: "all 10 DNS lookups are used",
    why: "One more include, here or in a provider's record, and receivers return permerror.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../no-lookup-headroom.md"),
};

pub(crate) static TOO_MANY_VOIDS: Rule = Rule {
    id: "spf/too-many-voids",
    severity: Error,
    confidence: Certain,
    summary: "more than 2 void lookups",
    why: "RFC 7208 limits an evaluation to 2 void lookups. Senders matched before the limit \
          still pass.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../too-many-voids.md"),
};

pub(crate) static POSSIBLE_VOIDS: Rule = Rule {
    id: "spf/possible-voids",
    severity: Warn,
    confidence: Likely,
    summary: "more than 2 terms that may cause void lookups",
    why: "A term with a macro is a void lookup for every sender that its list does not have. The \
          third gives permerror, also to senders that a later term lists.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../possible-voids.md"),
};

pub(crate) static TOO_MANY_MX_HOSTS: Rule = Rule {
    id: "spf/too-many-mx-hosts",
    severity: Error,
    confidence: Certain,
    summary: "more than 10 MX hosts in an mx mechanism",
    why: "With more than 10 hosts in one mx mechanism, receivers return permerror.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../too-many-mx-hosts.md"),
};

pub(crate) static FAMILY_ASYMMETRY: Rule = Rule {
    id: "spf/family-asymmetry",
    severity: Warn,
    confidence: Certain,
    summary: "void lookup limit exceeded for IPv6 senders only",
    why: "a and mx query AAAA for an IPv6 sender, so every host without an IPv6 address causes a \
          void lookup.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../family-asymmetry.md"),
};

pub(crate) static RECEIVERS_DISAGREE: Rule = Rule {
    id: "spf/receivers-disagree",
    severity: Warn,
    confidence: Certain,
    summary: "receivers count void lookups differently",
    why: "The void lookup limit is a SHOULD, and receivers disagree about what counts: the same \
          message can pass at one and fail at another.",
    cite: rfc(7208, "4.6.4"),
    page: include_str!("../receivers-disagree.md"),
};

pub(crate) static WIDE_NETWORK: Rule = Rule {
    id: "spf/wide-network",
    severity: Warn,
    confidence: Likely,
    summary: "a term authorizes a very large network",
    why: "Few organizations own more than 65,536 IPv4 addresses. If others use the network too, \
          all of them can send as the domain.",
    cite: advice(),
    page: include_str!("../wide-network.md"),
};

pub(crate) static HOST_BITS: Rule = Rule {
    id: "spf/host-bits",
    severity: Note,
    confidence: Certain,
    summary: "host bits set in CIDR",
    why: "The prefix length decides: the whole network is authorized, not only the address that \
          you wrote.",
    cite: rfc(7208, "5.6"),
    page: include_str!("../host-bits.md"),
};

pub(crate) static PRIVATE_ADDRESS: Rule = Rule {
    id: "spf/private-address",
    severity: Note,
    confidence: Certain,
    summary: "private address in the SPF record, which no receiver sees as a client",
    why: "Receivers see public addresses of hosts only, so the term never matches. A private \
          address also reveals your internal network.",
    cite: rfc(1918, "3"),
    page: include_str!("../private-address.md"),
};

pub(crate) static UNUSABLE_EXPLANATION: Rule = Rule {
    id: "spf/unusable-explanation",
    severity: Note,
    confidence: Certain,
    summary: "no usable explanation at the exp= target",
    why: "Receivers continue as if there were no exp=, so the bounce does not contain your \
          explanation.",
    cite: rfc(7208, "6.2"),
    page: include_str!("../unusable-explanation.md"),
};
