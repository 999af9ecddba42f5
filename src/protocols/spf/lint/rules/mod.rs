//! The table of rules: a row for each, in the order of findings in a report.
//!
//! `text` has the rows about what records say, `walk` those about what evaluation meets.

mod text;
mod walk;

pub(crate) use text::*;
pub(crate) use walk::*;

use super::{dead, limits, networks, receivers, record, targets, terms, writing};
use crate::diagnostic::Check;
use crate::protocols::spf::examine::Facts;

/// Every rule of SPF with its check, in the order of findings in a report.
pub static CHECKS: &[Check<Facts>] = &[
    // The cause, and then what follows from it.
    Check { rule: &LOOKALIKE, run: record::lookalike },
    Check { rule: &MISSING, run: record::missing },
    Check { rule: &SEVERAL_RECORDS, run: record::several_records },
    Check { rule: &SYNTAX, run: record::syntax },
    Check { rule: &RETIRED_TYPE, run: record::retired_type },
    Check { rule: &RETIRED_TYPE_DIFFERS, run: record::retired_type_differs },
    Check { rule: &JOINED_STRINGS, run: writing::joined_strings },
    Check { rule: &SUSPICIOUS_MODIFIER, run: record::suspicious_modifier },
    Check { rule: &DOUBTFUL_NAME, run: targets::doubtful_name },
    Check { rule: &REPORTING_MODIFIER, run: writing::reporting_modifier },
    Check { rule: &UNUSUAL_CASE, run: writing::unusual_case },
    Check { rule: &SENDER_ID, run: record::sender_id },
    Check { rule: &RECORD_SIZE, run: record::record_size },
    Check { rule: &DUPLICATE_TERM, run: record::duplicate_term },
    Check { rule: &DEAD_TERM, run: dead::dead_term },
    Check { rule: &SHADOWED_TERM, run: dead::shadowed_term },
    Check { rule: &INCLUDE_WITHOUT_RECORD, run: targets::include_without_record },
    Check { rule: &LOOP, run: targets::circle },
    Check { rule: &VOID_LOOKUP, run: targets::void_lookup },
    Check { rule: &TOO_MANY_LOOKUPS, run: limits::too_many_lookups },
    Check { rule: &LOOKUP_HEADROOM, run: limits::lookup_headroom },
    Check { rule: &NO_LOOKUP_HEADROOM, run: limits::no_lookup_headroom },
    Check { rule: &TOO_MANY_VOIDS, run: limits::too_many_voids },
    Check { rule: &POSSIBLE_VOIDS, run: limits::possible_voids },
    Check { rule: &TOO_MANY_MX_HOSTS, run: limits::too_many_mx_hosts },
    Check { rule: &FAMILY_ASYMMETRY, run: receivers::family_asymmetry },
    Check { rule: &RECEIVERS_DISAGREE, run: receivers::receivers_disagree },
    Check { rule: &REDIRECT_IGNORED, run: terms::redirect_ignored },
    Check { rule: &TERMS_AFTER_ALL, run: terms::terms_after_all },
    Check { rule: &UNUSED_EXPLANATION, run: writing::unused_explanation },
    Check { rule: &UNUSABLE_EXPLANATION, run: targets::unusable_explanation },
    Check { rule: &NO_ALL, run: terms::no_all },
    Check { rule: &NEUTRAL_ALL, run: terms::neutral_all },
    Check { rule: &PASS_ALL, run: terms::pass_all },
    Check { rule: &WIDE_NETWORK, run: networks::wide },
    Check { rule: &HOST_BITS, run: networks::host_bits },
    Check { rule: &PRIVATE_ADDRESS, run: networks::private },
    Check { rule: &MAPPED_ADDRESS, run: writing::mapped_address },
    Check { rule: &WEAK_TERM, run: terms::weak_term },
    Check { rule: &PTR, run: terms::ptr },
    Check { rule: &LOCAL_PART_MACRO, run: writing::local_part_macro },
];
