//! Rules about a domain as a whole.

use crate::dns::Kind;
use crate::judge::{Finding, Location, Rule, Severity};
use crate::spf::{self, Found};
use crate::text::{Phrase, rfc};

/// The DNS says that there is no such domain.
pub(super) static NO_SUCH_DOMAIN: Rule = Rule {
    id: "posture/no-such-domain",
    severity: Severity::Error,
    summary: "the domain does not exist",
    why: "Mail to it bounces, and receivers refuse mail from it. A mistyped name, or a registration \
          that ran out.",
    cite: rfc(8020, "2"),
};

/// The finding about a domain that does not exist: whatever else is missing follows from it.
pub(super) fn missing_domain(spf: Option<&spf::Facts>) -> Option<Finding> {
    let facts = spf.filter(|facts| facts.published.found == Found::NoDomain)?;
    let message = Phrase::new().name(&facts.domain).plain(" does not exist (NXDOMAIN)");
    Some(Finding::new(&NO_SUCH_DOMAIN, Location::set(facts.domain.clone(), Kind::Txt), message))
}
