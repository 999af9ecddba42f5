//! The table of rules: a row for each, in the order in which findings are told.

use super::{dead, limits, networks, receivers, record, targets, terms, writing};
use crate::judge::Confidence::{Certain, Likely};
use crate::judge::Severity::{Error, Note, Warn};
use crate::judge::{Check, Rule};
use crate::spf::examine::Facts;
use crate::text::{advice, rfc};

/// Every rule of SPF with its check, in the order in which findings are told.
pub static CHECKS: &[Check<Facts>] = &[
    Check {
        rule: &Rule {
            id: "spf/missing",
            severity: Warn,
            confidence: Certain,
            summary: "no SPF record is published",
            why: "Without a record nobody can tell the domain's senders from others, and large \
                  receivers refuse mail of domains that publish none.",
            cite: rfc(7208, "3"),
            page: include_str!("missing.md"),
        },
        run: record::missing,
    },
    Check {
        rule: &Rule {
            id: "spf/several-records",
            severity: Error,
            confidence: Certain,
            summary: "more than one SPF record is published",
            why: "Receivers return permerror for every sender; they never join two records or \
                  choose between them.",
            cite: rfc(7208, "4.5"),
            page: include_str!("several-records.md"),
        },
        run: record::several_records,
    },
    Check {
        rule: &Rule {
            id: "spf/syntax",
            severity: Error,
            confidence: Certain,
            summary: "the record has a fault",
            why: "One fault anywhere makes receivers return permerror for every sender, also for \
                  those that stand before it.",
            cite: rfc(7208, "4.6"),
            page: include_str!("syntax.md"),
        },
        run: record::syntax,
    },
    Check { rule: &writing::JOINED_STRINGS, run: writing::joined_strings },
    Check {
        rule: &Rule {
            id: "spf/suspicious-modifier",
            severity: Warn,
            confidence: Likely,
            summary: "an unknown modifier looks like a misspelt term",
            why: "Unknown modifiers are legal and ignored, so the term does nothing, and no \
                  receiver complains.",
            cite: rfc(7208, "6"),
            page: include_str!("suspicious-modifier.md"),
        },
        run: record::suspicious_modifier,
    },
    Check { rule: &writing::REPORTING_MODIFIER, run: writing::reporting_modifier },
    Check { rule: &writing::UNUSUAL_CASE, run: writing::unusual_case },
    Check {
        rule: &Rule {
            id: "spf/lookalike",
            severity: Note,
            confidence: Likely,
            summary: "a TXT record looks like an SPF record and is none",
            why: "A record counts only if it begins with \"v=spf1\" and a space; anything else \
                  is passed over in silence.",
            cite: rfc(7208, "4.5"),
            page: include_str!("lookalike.md"),
        },
        run: record::lookalike,
    },
    Check {
        rule: &Rule {
            id: "spf/sender-id",
            severity: Note,
            confidence: Certain,
            summary: "a record of Sender ID is published",
            why: "Sender ID was given up long ago: nobody evaluates such a record, and it makes \
                  every answer longer.",
            cite: rfc(6686, ""),
            page: include_str!("sender-id.md"),
        },
        run: record::sender_id,
    },
    Check {
        rule: &Rule {
            id: "spf/record-size",
            severity: Warn,
            confidence: Certain,
            summary: "the TXT records do not fit an old DNS message",
            why: "Answers beyond 512 octets need EDNS or TCP; where a firewall stops those, \
                  receivers see a failure or no record.",
            cite: rfc(7208, "3.4"),
            page: include_str!("record-size.md"),
        },
        run: record::record_size,
    },
    Check {
        rule: &Rule {
            id: "spf/duplicate-term",
            severity: Note,
            confidence: Certain,
            summary: "a term stands twice",
            why: "The second one never matches, and may cost a lookup.",
            cite: advice(),
            page: include_str!("duplicate-term.md"),
        },
        run: record::duplicate_term,
    },
    Check {
        rule: &Rule {
            id: "spf/dead-term",
            severity: Note,
            confidence: Certain,
            summary: "a term decides about nobody",
            why: "Every address that it lists came to the same result before. It changes nothing, \
                  and may cost lookups that others need.",
            cite: rfc(7208, "4.6.2"),
            page: include_str!("dead-term.md"),
        },
        run: dead::dead_term,
    },
    Check {
        rule: &Rule {
            id: "spf/shadowed-term",
            severity: Warn,
            confidence: Certain,
            summary: "a term never applies because an earlier one says otherwise",
            why: "The first term that matches decides. What stands behind it about the same \
                  addresses was meant to count, and does not.",
            cite: rfc(7208, "4.6.2"),
            page: include_str!("shadowed-term.md"),
        },
        run: dead::shadowed_term,
    },
    Check {
        rule: &Rule {
            id: "spf/include-without-record",
            severity: Error,
            confidence: Certain,
            summary: "include or redirect leads to a name without SPF record",
            why: "Receivers return permerror for every sender that gets as far as the term.",
            cite: rfc(7208, "5.2"),
            page: include_str!("include-without-record.md"),
        },
        run: targets::include_without_record,
    },
    Check {
        rule: &Rule {
            id: "spf/loop",
            severity: Error,
            confidence: Certain,
            summary: "include or redirect leads back to a policy on its own path",
            why: "The evaluation never comes to an end, so receivers stop at the lookup limit \
                  and return permerror.",
            cite: rfc(7208, "4.6.4"),
            page: include_str!("loop.md"),
        },
        run: targets::circle,
    },
    Check {
        rule: &Rule {
            id: "spf/void-lookup",
            severity: Warn,
            confidence: Certain,
            summary: "a term looks up a name that has no such records",
            why: "Receivers allow two of these; with the third they return permerror. A name \
                  that was given up may be registered by others.",
            cite: rfc(7208, "4.6.4"),
            page: include_str!("void-lookup.md"),
        },
        run: targets::void_lookup,
    },
    Check {
        rule: &Rule {
            id: "spf/too-many-lookups",
            severity: Error,
            confidence: Certain,
            summary: "evaluation needs more than 10 DNS lookups",
            why: "Receivers stop at the limit and return permerror for every sender that is \
                  still undecided there.",
            cite: rfc(7208, "4.6.4"),
            page: include_str!("too-many-lookups.md"),
        },
        run: limits::too_many_lookups,
    },
    Check {
        rule: &Rule {
            id: "spf/lookup-headroom",
            severity: Note,
            confidence: Certain,
            summary: "the policy is at the brink of the lookup limit",
            why: "A provider that adds one include to its own record breaks this one.",
            cite: rfc(7208, "4.6.4"),
            page: include_str!("lookup-headroom.md"),
        },
        run: limits::lookup_headroom,
    },
    Check {
        rule: &Rule {
            id: "spf/too-many-voids",
            severity: Error,
            confidence: Certain,
            summary: "more than two terms look up what does not exist",
            why: "Receivers stop at the third void lookup and return permerror for every sender \
                  that is still undecided there.",
            cite: rfc(7208, "4.6.4"),
            page: include_str!("too-many-voids.md"),
        },
        run: limits::too_many_voids,
    },
    Check {
        rule: &Rule {
            id: "spf/too-many-mx-hosts",
            severity: Error,
            confidence: Certain,
            summary: "mx finds more than 10 hosts",
            why: "Receivers look at 10 hosts and return permerror for every sender that is none \
                  of them.",
            cite: rfc(7208, "4.6.4"),
            page: include_str!("too-many-mx-hosts.md"),
        },
        run: limits::too_many_mx_hosts,
    },
    Check {
        rule: &Rule {
            id: "spf/family-asymmetry",
            severity: Warn,
            confidence: Certain,
            summary: "the void limit is reached only for IPv6 senders",
            why: "a and mx ask for AAAA when the sender uses IPv6, so hosts with IPv4 addresses \
                  only are void lookups for it.",
            cite: rfc(7208, "4.6.4"),
            page: include_str!("family-asymmetry.md"),
        },
        run: receivers::family_asymmetry,
    },
    Check {
        rule: &Rule {
            id: "spf/receivers-disagree",
            severity: Warn,
            confidence: Certain,
            summary: "receivers count differently and come to different results",
            why: "The void limit is a SHOULD and its unit is read in two ways: the same message \
                  passes here and fails there.",
            cite: rfc(7208, "4.6.4"),
            page: include_str!("receivers-disagree.md"),
        },
        run: receivers::receivers_disagree,
    },
    Check {
        rule: &Rule {
            id: "spf/redirect-ignored",
            severity: Warn,
            confidence: Certain,
            summary: "redirect is ignored because of all",
            why: "all matches everybody, so the policy that redirect names is never asked.",
            cite: rfc(7208, "5.1"),
            page: include_str!("redirect-ignored.md"),
        },
        run: terms::redirect_ignored,
    },
    Check {
        rule: &Rule {
            id: "spf/terms-after-all",
            severity: Warn,
            confidence: Certain,
            summary: "terms stand after all",
            why: "all matches everybody, so mechanisms after it are never tested.",
            cite: rfc(7208, "5.1"),
            page: include_str!("terms-after-all.md"),
        },
        run: terms::terms_after_all,
    },
    Check { rule: &writing::UNUSED_EXPLANATION, run: writing::unused_explanation },
    Check {
        rule: &Rule {
            id: "spf/no-all",
            severity: Note,
            confidence: Certain,
            summary: "the policy ends without all or redirect",
            why: "Senders that no term names get neutral, as if there were no policy for them.",
            cite: rfc(7208, "4.7"),
            page: include_str!("no-all.md"),
        },
        run: terms::no_all,
    },
    Check {
        rule: &Rule {
            id: "spf/neutral-all",
            severity: Warn,
            confidence: Certain,
            summary: "?all says nothing about other senders",
            why: "Receivers treat neutral like no policy at all, so the record protects nobody.",
            cite: rfc(7208, "8.2"),
            page: include_str!("neutral-all.md"),
        },
        run: terms::neutral_all,
    },
    Check {
        rule: &Rule {
            id: "spf/pass-all",
            severity: Error,
            confidence: Certain,
            summary: "everybody may send",
            why: "Any host on the internet passes, which is worse than no policy: forged mail \
                  looks proved.",
            cite: rfc(7208, "5.1"),
            page: include_str!("pass-all.md"),
        },
        run: terms::pass_all,
    },
    Check {
        rule: &Rule {
            id: "spf/wide-network",
            severity: Warn,
            confidence: Likely,
            summary: "a term lets a very large network send",
            why: "Few own more than 65,536 IPv4 addresses. Whoever rents one of the others may \
                  send in the name of the domain.",
            cite: advice(),
            page: include_str!("wide-network.md"),
        },
        run: networks::wide,
    },
    Check {
        rule: &Rule {
            id: "spf/host-bits",
            severity: Note,
            confidence: Certain,
            summary: "a network is written with the address of a host",
            why: "The prefix counts: the whole network may send, not only the host whose address \
                  stands before it.",
            cite: rfc(7208, "5.6"),
            page: include_str!("host-bits.md"),
        },
        run: networks::host_bits,
    },
    Check {
        rule: &Rule {
            id: "spf/private-address",
            severity: Note,
            confidence: Certain,
            summary: "a term lists addresses that nobody outside ever sees",
            why: "Receivers see public addresses. The term matches nobody, and tells strangers \
                  about the network inside.",
            cite: rfc(1918, "3"),
            page: include_str!("private-address.md"),
        },
        run: networks::private,
    },
    Check { rule: &writing::MAPPED_ADDRESS, run: writing::mapped_address },
    Check {
        rule: &Rule {
            id: "spf/weak-term",
            severity: Note,
            confidence: Likely,
            summary: "a term lists senders without letting them pass",
            why: "Only pass proves a sender. With ? or ~ before a term, its senders fail DMARC \
                  unless DKIM saves them.",
            cite: rfc(7208, "4.6.2"),
            page: include_str!("weak-term.md"),
        },
        run: terms::weak_term,
    },
    Check {
        rule: &Rule {
            id: "spf/ptr",
            severity: Warn,
            confidence: Certain,
            summary: "the ptr mechanism is used",
            why: "It is slow, its result depends on whoever runs the sender's reverse DNS, and \
                  some receivers skip it; RFC 7208 says not to publish it.",
            cite: rfc(7208, "5.5"),
            page: include_str!("ptr.md"),
        },
        run: terms::ptr,
    },
    Check { rule: &writing::LOCAL_PART_MACRO, run: writing::local_part_macro },
];
