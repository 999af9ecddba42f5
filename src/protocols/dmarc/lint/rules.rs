//! The table of rules: a row for each, in the order of findings in a report.

use super::{policy, record, reports};
use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::protocols::dmarc::examine::Facts;
use crate::text::rfc;

/// Every rule of DMARC with its check, in the order of findings in a report.
pub static CHECKS: &[Check<Facts>] = &[
    Check { rule: &MISSING, run: policy::missing },
    Check { rule: &SEVERAL_RECORDS, run: record::several_records },
    Check { rule: &SYNTAX, run: record::syntax },
    Check { rule: &STRAY_TEXT, run: record::stray_text },
    Check { rule: &NO_VALID_POLICY, run: record::no_valid_policy },
    Check { rule: &POLICY_ABSENT, run: record::policy_absent },
    Check { rule: &DANGLING_ALIAS, run: record::dangling_alias },
    Check { rule: &LEADING_SPACE, run: record::leading_space },
    Check { rule: &HISTORIC_TAG, run: record::historic_tag },
    Check { rule: &LOOKALIKE, run: record::lookalike },
    Check { rule: &PSD_TAG, run: record::psd_tag },
    Check { rule: &POLICY_NONE, run: policy::policy_none },
    Check { rule: &TESTING, run: policy::testing },
    Check { rule: &SUBDOMAIN_WEAKER, run: policy::subdomain_weaker },
    Check { rule: &SUBDOMAIN_TAG_IGNORED, run: policy::subdomain_tag_ignored },
    Check { rule: &RECEIVERS_DISAGREE, run: policy::receivers_disagree },
    Check { rule: &SINGLE_LABEL_ORGANIZATION, run: policy::single_label_organization },
    Check { rule: &UNUSUAL_SPACING, run: record::unusual_spacing },
    Check { rule: &TAG_ORDER, run: record::tag_order },
    Check { rule: &NO_REPORTS, run: reports::no_reports },
    Check { rule: &FO_WITHOUT_RUF, run: reports::fo_without_ruf },
    Check { rule: &EXTERNAL_REPORT_UNAUTHORIZED, run: reports::external_report_unauthorized },
    Check { rule: &UNDELIVERABLE_REPORTS, run: reports::undeliverable_reports },
    Check { rule: &REPORT_SCHEME, run: reports::report_scheme },
    Check { rule: &REPORT_SIZE_LIMIT, run: reports::report_size_limit },
    Check { rule: &MANY_REPORTS, run: reports::many_reports },
];

pub(crate) static MISSING: Rule = Rule {
    id: "dmarc/missing",
    severity: Warn,
    confidence: Certain,
    summary: "no DMARC record",
    why: "Without a policy, receivers decide on their own about spoofed mail, and large \
          receivers reject bulk mail from the domain.",
    cite: rfc(9989, "4.10.1"),
    page: include_str!("missing.md"),
};

pub(crate) static SEVERAL_RECORDS: Rule = Rule {
    id: "dmarc/several-records",
    severity: Error,
    confidence: Certain,
    summary: "more than one DMARC record at a name",
    why: "Receivers then treat the domain as if it had no DMARC record.",
    cite: rfc(9989, "4.10"),
    page: include_str!("several-records.md"),
};

pub(crate) static SYNTAX: Rule = Rule {
    id: "dmarc/syntax",
    severity: Error,
    confidence: Certain,
    summary: "invalid tag in the DMARC record",
    why: "Receivers ignore an invalid value and use the default of the tag, if it has one.",
    cite: rfc(9989, "4.8"),
    page: include_str!("syntax.md"),
};

pub(crate) static STRAY_TEXT: Rule = Rule {
    id: "dmarc/stray-text",
    severity: Warn,
    confidence: Certain,
    summary: "unknown text in the DMARC record",
    why: "RFC 9989 has receivers ignore this text, but some parsers reject the whole record. It \
          often hides a typing error.",
    cite: rfc(9989, "4.8"),
    page: include_str!("stray-text.md"),
};

pub(crate) static NO_VALID_POLICY: Rule = Rule {
    id: "dmarc/no-valid-policy",
    severity: Error,
    confidence: Certain,
    summary: "no valid policy in the DMARC record",
    why: "One invalid policy tag is enough: receivers then use p=none, or do not apply DMARC if \
          there is no valid rua.",
    cite: rfc(9989, "4.10.1"),
    page: include_str!("no-valid-policy.md"),
};

pub(crate) static POLICY_ABSENT: Rule = Rule {
    id: "dmarc/policy-absent",
    severity: Warn,
    confidence: Certain,
    summary: "DMARC record without p",
    why: "Without p, a record that requests reports counts as p=none: receivers report, and deliver \
          mail that fails.",
    cite: rfc(9989, "4.7"),
    page: include_str!("policy-absent.md"),
};

pub(crate) static DANGLING_ALIAS: Rule = Rule {
    id: "dmarc/dangling-alias",
    severity: Error,
    confidence: Certain,
    summary: "_dmarc CNAME points to a name that does not exist",
    why: "Receivers find no record there, at most that of a parent domain. An attacker who gets \
          that name can publish one for the domain.",
    cite: rfc(9989, "4.10"),
    page: include_str!("dangling-alias.md"),
};

pub(crate) static LEADING_SPACE: Rule = Rule {
    id: "dmarc/leading-space",
    severity: Warn,
    confidence: Likely,
    summary: "white space before v=DMARC1",
    why: "A DMARC record begins with its version. Strict receivers discard a record with anything \
          before it and have no policy for the domain.",
    cite: rfc(9989, "4.8"),
    page: include_str!("leading-space.md"),
};

pub(crate) static HISTORIC_TAG: Rule = Rule {
    id: "dmarc/historic-tag",
    severity: Note,
    confidence: Certain,
    summary: "DMARC tag that RFC 9989 made historic",
    why: "RFC 9989 removed pct, rf and ri. Receivers that follow RFC 7489 still apply them, so \
          the same mail may be treated differently.",
    cite: rfc(9989, "9.3"),
    page: include_str!("historic-tag.md"),
};

pub(crate) static LOOKALIKE: Rule = Rule {
    id: "dmarc/lookalike",
    severity: Warn,
    confidence: Certain,
    summary: "TXT record that looks like a DMARC record but is not one",
    why: "A DMARC record begins with exactly v=DMARC1. Receivers never apply a policy that does \
          not.",
    cite: rfc(9989, "4.10"),
    page: include_str!("lookalike.md"),
};

pub(crate) static PSD_TAG: Rule = Rule {
    id: "dmarc/psd-tag",
    severity: Warn,
    confidence: Likely,
    summary: "psd=y declares the domain a public suffix",
    why: "With psd=y, every name below the domain is its own organization, so their SPF and DKIM \
          identities no longer align with each other. The tag is for registries.",
    cite: rfc(9989, "4.7"),
    page: include_str!("psd-tag.md"),
};

pub(crate) static POLICY_NONE: Rule = Rule {
    id: "dmarc/policy-none",
    severity: Warn,
    confidence: Certain,
    summary: "DMARC p=none",
    why: "p=none is for monitoring: it requests no action on mail that fails.",
    cite: rfc(9989, "4.7"),
    page: include_str!("policy-none.md"),
};

pub(crate) static TESTING: Rule = Rule {
    id: "dmarc/testing",
    severity: Warn,
    confidence: Certain,
    summary: "DMARC test mode (t=y)",
    why: "With t=y, RFC 9989 receivers treat p=reject as p=quarantine and p=quarantine as p=none.",
    cite: rfc(9989, "4.7"),
    page: include_str!("testing.md"),
};

pub(crate) static SUBDOMAIN_WEAKER: Rule = Rule {
    id: "dmarc/subdomain-weaker",
    severity: Warn,
    confidence: Certain,
    summary: "subdomains have a weaker DMARC policy",
    why: "Spoofers use a subdomain instead; it does not even have to exist.",
    cite: rfc(9989, "4.7"),
    page: include_str!("subdomain-weaker.md"),
};

pub(crate) static SUBDOMAIN_TAG_IGNORED: Rule = Rule {
    id: "dmarc/subdomain-tag-ignored",
    severity: Note,
    confidence: Certain,
    summary: "sp or np has no effect here",
    why: "Receivers read sp and np only in the record of the Organizational Domain.",
    cite: rfc(9989, "4.7"),
    page: include_str!("subdomain-tag-ignored.md"),
};

pub(crate) static RECEIVERS_DISAGREE: Rule = Rule {
    id: "dmarc/receivers-disagree",
    severity: Warn,
    confidence: Certain,
    summary: "RFC 9989 and RFC 7489 receivers apply different policies",
    why: "Both kinds of receivers are in use, so a test at one provider does not predict the \
          result at another.",
    cite: rfc(9989, "4.10"),
    page: include_str!("receivers-disagree.md"),
};

pub(crate) static SINGLE_LABEL_ORGANIZATION: Rule = Rule {
    id: "dmarc/single-label-organization",
    severity: Warn,
    confidence: Certain,
    summary: "a top-level domain is the Organizational Domain",
    why: "Every domain below the top-level domain then aligns with this one. Publish psd=n at \
          your own domain to prevent it.",
    cite: rfc(9989, "11.8"),
    page: include_str!("single-label-organization.md"),
};

pub(crate) static UNUSUAL_SPACING: Rule = Rule {
    id: "dmarc/unusual-spacing",
    severity: Note,
    confidence: Likely,
    summary: "white space around an equals sign in the DMARC record",
    why: "The syntax allows it, but some receivers and checkers find no record.",
    cite: rfc(9989, "4.8"),
    page: include_str!("unusual-spacing.md"),
};

pub(crate) static TAG_ORDER: Rule = Rule {
    id: "dmarc/tag-order",
    severity: Note,
    confidence: Likely,
    summary: "p is not the second tag of the DMARC record",
    why: "RFC 9989 allows any order. RFC 7489 wants p second, and some receivers ignore it elsewhere.",
    cite: rfc(7489, "6.3"),
    page: include_str!("tag-order.md"),
};

pub(crate) static NO_REPORTS: Rule = Rule {
    id: "dmarc/no-reports",
    severity: Note,
    confidence: Certain,
    summary: "no aggregate reports requested",
    why: "Without reports you cannot see who sends as the domain, or whether your own mail \
          passes.",
    cite: rfc(9989, "5.1.3"),
    page: include_str!("no-reports.md"),
};

pub(crate) static FO_WITHOUT_RUF: Rule = Rule {
    id: "dmarc/fo-without-ruf",
    severity: Note,
    confidence: Certain,
    summary: "fo without ruf",
    why: "fo selects which failure reports to send. Without ruf, receivers send none.",
    cite: rfc(9989, "4.7"),
    page: include_str!("fo-without-ruf.md"),
};

pub(crate) static EXTERNAL_REPORT_UNAUTHORIZED: Rule = Rule {
    id: "dmarc/external-report-unauthorized",
    severity: Warn,
    confidence: Certain,
    summary: "report host of another organization has not authorized the reports",
    why: "Receivers query the report host first and send nothing without its authorization record.",
    cite: rfc(9990, "4"),
    page: include_str!("external-report-unauthorized.md"),
};

pub(crate) static UNDELIVERABLE_REPORTS: Rule = Rule {
    id: "dmarc/undeliverable-reports",
    severity: Warn,
    confidence: Certain,
    summary: "report address at a name that accepts no mail",
    why: "Receivers send reports by mail, so those to this address are lost.",
    cite: rfc(5321, "5.1"),
    page: include_str!("undeliverable-reports.md"),
};

pub(crate) static REPORT_SCHEME: Rule = Rule {
    id: "dmarc/report-scheme",
    severity: Note,
    confidence: Certain,
    summary: "report URI that is not mailto:",
    why: "RFC 9989 requires receivers to support mailto: only; they ignore other schemes.",
    cite: rfc(9989, "4.7"),
    page: include_str!("report-scheme.md"),
};

pub(crate) static REPORT_SIZE_LIMIT: Rule = Rule {
    id: "dmarc/report-size-limit",
    severity: Note,
    confidence: Certain,
    summary: "obsolete size limit in a report URI",
    why: "RFC 9989 receivers ignore the limit; other software may take it as part of the address.",
    cite: rfc(9989, "4.8"),
    page: include_str!("report-size-limit.md"),
};

pub(crate) static MANY_REPORTS: Rule = Rule {
    id: "dmarc/many-reports",
    severity: Note,
    confidence: Certain,
    summary: "more than two aggregate report addresses",
    why: "The further addresses get only some of the reports; RFC 9989 has no such limit.",
    cite: rfc(7489, "6.2"),
    page: include_str!("many-reports.md"),
};
