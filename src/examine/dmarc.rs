//! What DMARC makes of a message that a sender would send.

use super::authorize::JudgedSender;
use super::inquiry::Inquiry;
use super::sender::Missing;
use crate::diagnostic;
use crate::dns::Dns;
use crate::protocols::dmarc::{self, Authentication, Discovered, DmarcResult, Identifier, Proof};
use crate::protocols::spf::{self, SpfResult};

/// What DMARC makes of a sender, not yet in the form of the report.
pub(crate) struct EvaluatedDmarc {
    pub(crate) discovered: Discovered,
    pub(crate) verdict: dmarc::Verdict,
    /// How the policy was found.
    pub(crate) steps: Vec<diagnostic::Step<dmarc::Event>>,
}

/// Judges the message that the identities describe (RFC 9989 §5.3); `None` if the addresses of the
/// sender do not all fare alike.
pub(crate) async fn evaluate_dmarc(
    dns: &dyn Dns,
    inquiry: &Inquiry,
    judged: &JudgedSender,
) -> Option<EvaluatedDmarc> {
    let authentication = authentication(inquiry, judged)?;
    let author = inquiry.header_from.as_ref().unwrap_or(&inquiry.domain);
    let (discovered, steps) = dmarc::discover(dns, author).await;
    let verdict = dmarc::evaluate(dns, &discovered, &authentication).await;
    Some(EvaluatedDmarc { discovered, verdict, steps })
}

/// What the message proves; `None` if the addresses of the sender do not all fare alike.
pub(super) fn authentication(inquiry: &Inquiry, judged: &JudgedSender) -> Option<Authentication> {
    let proof = match (judged.common_result()?, &judged.resolved.missing) {
        // The addresses that are not known may fare differently.
        (Some(SpfResult::Temperror) | None, _) | (_, Some(Missing::Unknown(_))) => Proof::Unknown,
        (Some(SpfResult::Pass), _) => Proof::Pass,
        (Some(_), _) => Proof::NoPass,
    };
    let spf =
        spf::policy_domain(&judged.identity.domain).map(|domain| Identifier { domain, proof });
    let passes = |domain| Identifier { domain, proof: Proof::Pass };
    let dkim = inquiry.dkim_domains.iter().cloned().map(passes).collect();
    Some(Authentication { spf, dkim })
}

/// What DMARC makes of a sender, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It passes.
    Passes,
    /// It fails, and this is what receivers are asked to do.
    Fails(dmarc::Policy),
    /// No policy applies.
    NoPolicy,
    /// It could not be told.
    Unknown,
}

impl EvaluatedDmarc {
    /// What DMARC makes of the sender.
    pub(crate) fn outcome(&self) -> Outcome {
        match self.verdict.result {
            DmarcResult::Pass => Outcome::Passes,
            DmarcResult::Fail => Outcome::Fails(self.verdict.disposition),
            DmarcResult::None => Outcome::NoPolicy,
            DmarcResult::Temperror | DmarcResult::Permerror => Outcome::Unknown,
        }
    }
}
