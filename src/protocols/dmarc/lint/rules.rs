//! The table of rules: a row for each, in the order in which findings are told.

use super::{policy, record, reports};
use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::protocols::dmarc::examine::Facts;
use crate::text::rfc;

/// Every rule of DMARC with its check, in the order in which findings are told.
pub static CHECKS: &[Check<Facts>] = &[
    Check { rule: &MISSING, run: policy::missing },
    Check { rule: &SEVERAL_RECORDS, run: record::several_records },
    Check { rule: &SYNTAX, run: record::syntax },
    Check { rule: &STRAY_TEXT, run: record::stray_text },
    Check { rule: &NO_VALID_POLICY, run: record::no_valid_policy },
    Check { rule: &HISTORIC_TAG, run: record::historic_tag },
    Check { rule: &LOOKALIKE, run: record::lookalike },
    Check { rule: &PSD_TAG, run: record::psd_tag },
    Check { rule: &POLICY_NONE, run: policy::policy_none },
    Check { rule: &TESTING, run: policy::testing },
    Check { rule: &SUBDOMAIN_WEAKER, run: policy::subdomain_weaker },
    Check { rule: &SUBDOMAIN_TAG_IGNORED, run: policy::subdomain_tag_ignored },
    Check { rule: &RECEIVERS_DISAGREE, run: policy::receivers_disagree },
    Check { rule: &SINGLE_LABEL_ORGANIZATION, run: policy::single_label_organization },
    Check { rule: &NO_REPORTS, run: reports::no_reports },
    Check { rule: &FO_WITHOUT_RUF, run: reports::fo_without_ruf },
    Check { rule: &EXTERNAL_REPORT_UNAUTHORIZED, run: reports::external_report_unauthorized },
    Check { rule: &REPORT_SCHEME, run: reports::report_scheme },
    Check { rule: &REPORT_SIZE_LIMIT, run: reports::report_size_limit },
    Check { rule: &MANY_REPORTS, run: reports::many_reports },
];

pub(crate) static MISSING: Rule = Rule {
    id: "dmarc/missing",
    severity: Warn,
    confidence: Certain,
    summary: "no DMARC policy applies to the domain",
    why: "Without a policy, receivers are not told what to do with mail that only pretends \
          to come from the domain, and large providers refuse bulk mail from it.",
    cite: rfc(9989, "4.10.1"),
    page: include_str!("missing.md"),
};

pub(crate) static SEVERAL_RECORDS: Rule = Rule {
    id: "dmarc/several-records",
    severity: Error,
    confidence: Certain,
    summary: "several DMARC records stand at one name",
    why: "Receivers discard all of them, as if there were none.",
    cite: rfc(9989, "4.10"),
    page: include_str!("several-records.md"),
};

pub(crate) static SYNTAX: Rule = Rule {
    id: "dmarc/syntax",
    severity: Error,
    confidence: Certain,
    summary: "a tag of the record cannot be read",
    why: "Receivers ignore the tag and use its default, so the record says something else \
          than its owner meant.",
    cite: rfc(9989, "4.8"),
    page: include_str!("syntax.md"),
};

pub(crate) static STRAY_TEXT: Rule = Rule {
    id: "dmarc/stray-text",
    severity: Warn,
    confidence: Certain,
    summary: "the record contains text without meaning",
    why: "Receivers that follow the standard ignore it. Strict readers may refuse the \
          whole record, and it is often the remainder of a mistake.",
    cite: rfc(9989, "4.8"),
    page: include_str!("stray-text.md"),
};

pub(crate) static NO_VALID_POLICY: Rule = Rule {
    id: "dmarc/no-valid-policy",
    severity: Error,
    confidence: Certain,
    summary: "the record has no valid policy",
    why: "One bad policy tag voids all of them: receivers act as if the record said \
          p=none, or do not apply DMARC at all.",
    cite: rfc(9989, "4.10.1"),
    page: include_str!("no-valid-policy.md"),
};

pub(crate) static HISTORIC_TAG: Rule = Rule {
    id: "dmarc/historic-tag",
    severity: Note,
    confidence: Certain,
    summary: "the record uses a tag of RFC 7489",
    why: "RFC 9989 made pct, rf and ri historic: newer receivers ignore them, older ones \
          do not.",
    cite: rfc(9989, "9.3"),
    page: include_str!("historic-tag.md"),
};

pub(crate) static LOOKALIKE: Rule = Rule {
    id: "dmarc/lookalike",
    severity: Warn,
    confidence: Certain,
    summary: "a text beside the policy is meant as a record and is none",
    why: "The version must be v=DMARC1 to the letter, at the beginning. Receivers \
          discard everything else, so what the text asks for is not in force.",
    cite: rfc(9989, "4.10"),
    page: include_str!("lookalike.md"),
};

pub(crate) static PSD_TAG: Rule = Rule {
    id: "dmarc/psd-tag",
    severity: Warn,
    confidence: Likely,
    summary: "the record calls the domain a public suffix",
    why: "With psd=y every name below the domain is an organization of its own: a \
          signature or a bounce address of one does not align with the other. The tag is \
          for registries.",
    cite: rfc(9989, "4.7"),
    page: include_str!("psd-tag.md"),
};

pub(crate) static POLICY_NONE: Rule = Rule {
    id: "dmarc/policy-none",
    severity: Warn,
    confidence: Certain,
    summary: "the policy asks for no action",
    why: "In monitoring mode, mail that fails is delivered as usual. That is right while \
          reports are being studied; after that, it protects nobody.",
    cite: rfc(9989, "4.7"),
    page: include_str!("policy-none.md"),
};

pub(crate) static TESTING: Rule = Rule {
    id: "dmarc/testing",
    severity: Warn,
    confidence: Certain,
    summary: "t=y lowers the policy by one level",
    why: "During a test receivers are asked for less than the policy says: for quarantine \
          in the place of reject, for nothing in the place of quarantine.",
    cite: rfc(9989, "4.7"),
    page: include_str!("testing.md"),
};

pub(crate) static SUBDOMAIN_WEAKER: Rule = Rule {
    id: "dmarc/subdomain-weaker",
    severity: Warn,
    confidence: Certain,
    summary: "names below the domain have a weaker policy than the domain itself",
    why: "Whoever wants to forge the domain forges a name below it instead; the name does \
          not even have to exist.",
    cite: rfc(9989, "4.7"),
    page: include_str!("subdomain-weaker.md"),
};

pub(crate) static SUBDOMAIN_TAG_IGNORED: Rule = Rule {
    id: "dmarc/subdomain-tag-ignored",
    severity: Note,
    confidence: Certain,
    summary: "sp or np stands where receivers ignore it",
    why: "These tags count in the record of the organizational domain only. Here they say \
          nothing about any name.",
    cite: rfc(9989, "4.7"),
    page: include_str!("subdomain-tag-ignored.md"),
};

pub(crate) static RECEIVERS_DISAGREE: Rule = Rule {
    id: "dmarc/receivers-disagree",
    severity: Warn,
    confidence: Certain,
    summary: "receivers of RFC 9989 and of RFC 7489 treat the domain differently",
    why: "Both kinds are in use. What works in a test at one provider may fail at another.",
    cite: rfc(9989, "4.10"),
    page: include_str!("receivers-disagree.md"),
};

pub(crate) static SINGLE_LABEL_ORGANIZATION: Rule = Rule {
    id: "dmarc/single-label-organization",
    severity: Warn,
    confidence: Certain,
    summary: "a top-level domain counts as the organization",
    why: "Every domain below it then belongs to the same organization, so a stranger's \
          domain aligns with this one. A record with psd=n at the own domain prevents \
          that.",
    cite: rfc(9989, "11.8"),
    page: include_str!("single-label-organization.md"),
};

pub(crate) static NO_REPORTS: Rule = Rule {
    id: "dmarc/no-reports",
    severity: Note,
    confidence: Certain,
    summary: "the record asks for no aggregate reports",
    why: "Reports are the only way to learn who sends in the name of the domain, and \
          whether the own mail passes before the policy is tightened.",
    cite: rfc(9989, "5.1.3"),
    page: include_str!("no-reports.md"),
};

pub(crate) static FO_WITHOUT_RUF: Rule = Rule {
    id: "dmarc/fo-without-ruf",
    severity: Note,
    confidence: Certain,
    summary: "fo has no effect without ruf",
    why: "The tag says when failure reports are wanted. Without an address for them, \
          receivers ignore it.",
    cite: rfc(9989, "4.7"),
    page: include_str!("fo-without-ruf.md"),
};

pub(crate) static EXTERNAL_REPORT_UNAUTHORIZED: Rule = Rule {
    id: "dmarc/external-report-unauthorized",
    severity: Warn,
    confidence: Certain,
    summary: "reports go to a host that does not say that it wants them",
    why: "Reporters ask a host outside the organization first, and send nothing without \
          its consent.",
    cite: rfc(9990, "4"),
    page: include_str!("external-report-unauthorized.md"),
};

pub(crate) static REPORT_SCHEME: Rule = Rule {
    id: "dmarc/report-scheme",
    severity: Note,
    confidence: Certain,
    summary: "reports are wanted at an address that is no mailbox",
    why: "Every reporter sends reports by mail; none has to know another way, and an \
          address with an unknown scheme is ignored.",
    cite: rfc(9989, "4.7"),
    page: include_str!("report-scheme.md"),
};

pub(crate) static REPORT_SIZE_LIMIT: Rule = Rule {
    id: "dmarc/report-size-limit",
    severity: Note,
    confidence: Certain,
    summary: "a report address has a size limit",
    why: "The limit is obsolete: receivers of RFC 9989 ignore it, and a reader that does \
          not know it may take it for a part of the address.",
    cite: rfc(9989, "4.8"),
    page: include_str!("report-size-limit.md"),
};

pub(crate) static MANY_REPORTS: Rule = Rule {
    id: "dmarc/many-reports",
    severity: Note,
    confidence: Certain,
    summary: "more than two addresses are to get aggregate reports",
    why: "Receivers of RFC 7489 must be able to serve two addresses and may leave out \
          the others.",
    cite: rfc(7489, "6.2"),
    page: include_str!("many-reports.md"),
};
