//! The table of rules: a row for each, in the order in which findings are told.

use super::{bulk, platform, proof, role, takeover};
use crate::diagnostic::Confidence::{Certain, Likely};
use crate::diagnostic::Severity::{Error, Note, Warn};
use crate::diagnostic::{Check, Rule};
use crate::posture::Facts;
use crate::text::{advice, draft, rfc};

/// Every rule with its check, in the order in which findings are told.
pub static CHECKS: &[Check<Facts>] = &[
    Check { rule: &NO_SUCH_DOMAIN, run: role::no_such_domain },
    Check { rule: &REJECT_WITHOUT_PASS, run: proof::reject_without_pass },
    Check { rule: &SPF_ONLY, run: proof::spf_only },
    Check { rule: &MAILBOX_PROVIDER_NOT_AUTHORIZED, run: platform::mailboxes },
    Check { rule: &MISPLACED_DMARC, run: proof::misplaced_dmarc },
    Check { rule: &UNREGISTERED_DOMAIN, run: takeover::unregistered },
    Check { rule: &PARKED_OPEN, run: role::parked_open },
    Check { rule: &RECEIVE_ONLY_OPEN, run: role::receive_only_open },
    Check { rule: &NULL_MX_SENDER, run: role::null_mx_sender },
    Check { rule: &BULK_SENDERS, run: bulk::senders },
    Check { rule: &SHARED_PLATFORM, run: platform::shared },
];

pub(crate) static NO_SUCH_DOMAIN: Rule = Rule {
    id: "posture/no-such-domain",
    severity: Error,
    confidence: Certain,
    summary: "the domain does not exist",
    why: "Mail to it bounces, and receivers refuse mail from it. A mistyped name, or a \
          registration that ran out.",
    cite: rfc(8020, "2"),
    page: include_str!("no-such-domain.md"),
};

pub(crate) static REJECT_WITHOUT_PASS: Rule = Rule {
    id: "posture/reject-without-pass",
    severity: Warn,
    confidence: Likely,
    summary: "a strict DMARC policy, and neither SPF nor DKIM to pass it",
    why: "Mail passes DMARC by SPF or by DKIM. Without both, the policy hits the own \
          mail of the domain as it hits a forger's.",
    cite: rfc(9989, "5.1"),
    page: include_str!("reject-without-pass.md"),
};

pub(crate) static SPF_ONLY: Rule = Rule {
    id: "posture/spf-only",
    severity: Warn,
    confidence: Likely,
    summary: "p=reject stands on SPF alone",
    why: "Forwarded mail comes from a server that SPF does not list. Only a signature \
          survives that, so a domain with p=reject must not rely on SPF alone.",
    cite: rfc(9989, "7.4"),
    page: include_str!("spf-only.md"),
};

pub(crate) static MAILBOX_PROVIDER_NOT_AUTHORIZED: Rule = Rule {
    id: "posture/mailbox-provider-not-authorized",
    severity: Warn,
    confidence: Likely,
    summary: "SPF does not authorize the provider that keeps the mailboxes",
    why: "People usually reply from the mailboxes where they receive. If the domain sends \
          through another service only, declare its senders in mailcheck.toml.",
    cite: rfc(7208, "5"),
    page: include_str!("mailbox-provider-not-authorized.md"),
};

pub(crate) static MISPLACED_DMARC: Rule = Rule {
    id: "posture/misplaced-dmarc",
    severity: Warn,
    confidence: Certain,
    summary: "a DMARC record stands at the domain itself instead of at _dmarc",
    why: "Receivers ask at _dmarc below the domain and never see it: its policy is not \
          in force.",
    cite: rfc(9989, "4.7"),
    page: include_str!("misplaced-dmarc.md"),
};

pub(crate) static UNREGISTERED_DOMAIN: Rule = Rule {
    id: "posture/unregistered-domain",
    severity: Warn,
    confidence: Likely,
    summary: "a record leads to a domain that anybody may register",
    why: "Whoever registers it sends, signs or receives as the domain, with everything in \
          order. Nobody notices before it is done.",
    cite: advice(),
    page: include_str!("unregistered-domain.md"),
};

pub(crate) static PARKED_OPEN: Rule = Rule {
    id: "posture/parked-open",
    severity: Warn,
    confidence: Likely,
    summary: "a domain without mail does not ask receivers to refuse forgeries",
    why: "Domains that nobody watches are what forgers like best. No mail of its own can \
          be lost by p=reject.",
    cite: advice(),
    page: include_str!("parked-open.md"),
};

pub(crate) static RECEIVE_ONLY_OPEN: Rule = Rule {
    id: "posture/receive-only-open",
    severity: Note,
    confidence: Likely,
    summary: "a domain that sends nothing does not ask receivers to refuse forgeries",
    why: "SPF says that nobody sends, but many receivers refuse only where DMARC asks \
          for it. No mail of its own can be lost by p=reject.",
    cite: advice(),
    page: include_str!("receive-only-open.md"),
};

pub(crate) static NULL_MX_SENDER: Rule = Rule {
    id: "posture/null-mx-sender",
    severity: Warn,
    confidence: Certain,
    summary: "the domain may send mail and takes none",
    why: "Bounces and answers have nowhere to go, and receivers may refuse mail whose \
          sender cannot be written to.",
    cite: rfc(7505, "4.2"),
    page: include_str!("null-mx-sender.md"),
};

pub(crate) static BULK_SENDERS: Rule = Rule {
    id: "posture/bulk-senders",
    severity: Note,
    confidence: Certain,
    summary: "something is missing that large receivers demand of bulk senders",
    why: "Google, Yahoo and Microsoft refuse or defer mail of whoever sends thousands of \
          messages a day without SPF, DKIM and DMARC.",
    cite: draft("Google email sender guidelines", ""),
    page: include_str!("bulk-senders.md"),
};

pub(crate) static SHARED_PLATFORM: Rule = Rule {
    id: "posture/shared-platform",
    severity: Note,
    confidence: Likely,
    summary: "all customers of a platform pass SPF as the domain",
    why: "SPF names servers and not their customers. Whether one customer can pose as \
          another is up to the platform.",
    cite: rfc(7208, "11.4"),
    page: include_str!("shared-platform.md"),
};
