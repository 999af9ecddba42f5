//! The table of rules: a row for each, in the order in which findings are told.
//!
//! `text` has the rows about what records say, `walk` those about what evaluation meets.

mod text;
mod walk;

use super::{dead, limits, networks, receivers, record, targets, terms, writing};
use crate::diagnostic::Check;
use crate::protocols::spf::examine::Facts;

/// Every rule of SPF with its check, in the order in which findings are told.
pub static CHECKS: &[Check<Facts>] = &[
    Check { rule: &text::MISSING, run: record::missing },
    Check { rule: &text::SEVERAL_RECORDS, run: record::several_records },
    Check { rule: &text::SYNTAX, run: record::syntax },
    Check { rule: &text::JOINED_STRINGS, run: writing::joined_strings },
    Check { rule: &text::SUSPICIOUS_MODIFIER, run: record::suspicious_modifier },
    Check { rule: &text::REPORTING_MODIFIER, run: writing::reporting_modifier },
    Check { rule: &text::UNUSUAL_CASE, run: writing::unusual_case },
    Check { rule: &text::LOOKALIKE, run: record::lookalike },
    Check { rule: &text::SENDER_ID, run: record::sender_id },
    Check { rule: &text::RECORD_SIZE, run: record::record_size },
    Check { rule: &text::DUPLICATE_TERM, run: record::duplicate_term },
    Check { rule: &walk::DEAD_TERM, run: dead::dead_term },
    Check { rule: &walk::SHADOWED_TERM, run: dead::shadowed_term },
    Check { rule: &walk::INCLUDE_WITHOUT_RECORD, run: targets::include_without_record },
    Check { rule: &walk::LOOP, run: targets::circle },
    Check { rule: &walk::VOID_LOOKUP, run: targets::void_lookup },
    Check { rule: &walk::TOO_MANY_LOOKUPS, run: limits::too_many_lookups },
    Check { rule: &walk::LOOKUP_HEADROOM, run: limits::lookup_headroom },
    Check { rule: &walk::TOO_MANY_VOIDS, run: limits::too_many_voids },
    Check { rule: &walk::TOO_MANY_MX_HOSTS, run: limits::too_many_mx_hosts },
    Check { rule: &walk::FAMILY_ASYMMETRY, run: receivers::family_asymmetry },
    Check { rule: &walk::RECEIVERS_DISAGREE, run: receivers::receivers_disagree },
    Check { rule: &text::REDIRECT_IGNORED, run: terms::redirect_ignored },
    Check { rule: &text::TERMS_AFTER_ALL, run: terms::terms_after_all },
    Check { rule: &text::UNUSED_EXPLANATION, run: writing::unused_explanation },
    Check { rule: &walk::UNUSABLE_EXPLANATION, run: targets::unusable_explanation },
    Check { rule: &text::NO_ALL, run: terms::no_all },
    Check { rule: &text::NEUTRAL_ALL, run: terms::neutral_all },
    Check { rule: &text::PASS_ALL, run: terms::pass_all },
    Check { rule: &walk::WIDE_NETWORK, run: networks::wide },
    Check { rule: &walk::HOST_BITS, run: networks::host_bits },
    Check { rule: &walk::PRIVATE_ADDRESS, run: networks::private },
    Check { rule: &text::MAPPED_ADDRESS, run: writing::mapped_address },
    Check { rule: &text::WEAK_TERM, run: terms::weak_term },
    Check { rule: &text::PTR, run: terms::ptr },
    Check { rule: &text::LOCAL_PART_MACRO, run: writing::local_part_macro },
];
