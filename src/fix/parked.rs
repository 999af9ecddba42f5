//! The DMARC policy of a domain without mail.

use super::dmarc::{candidate, governing, replaced};
use super::patch::Change;
use super::{Candidate, Context};
use crate::diagnostic::Applicability::{Review, Template};
use crate::diagnostic::Rule;
use crate::posture::lint::rules as posture_rules;
use crate::protocols::dmarc::lint::rules;
use crate::text::{Phrase, Span};

/// Why a domain without mail can have the strictest policy.
const NO_MAIL: &str =
    "the domain accepts and sends no mail, so receivers can reject what spoofs it";

/// True if the records show that a domain accepts no mail and sends none: a null MX or none, no key,
/// and an SPF policy that authorizes nobody or none at all. Where the domain's own address stands in
/// for an MX, only a policy that authorizes nobody says so.
pub(super) fn is_silent(context: Context<'_>) -> bool {
    let mx = context.facts.mx.as_ref().map(|examined| &examined.facts);
    let accepts_nothing = mx.is_some_and(crate::protocols::mx::Facts::accepts_nothing);
    // RFC 5321 §5.1: "If an empty list of MXs is returned, the address is treated as if it was
    // associated with an implicit MX RR"
    let is_implicit = mx.is_some_and(crate::protocols::mx::Facts::is_implicit);
    let dkim = context.facts.dkim.as_ref().map(|examined| &examined.facts);
    let signs_nothing =
        dkim.is_some_and(|dkim| dkim.keyed().next().is_none() && dkim.failed().next().is_none());
    let sends_nothing = context.facts.spf.as_deref().is_some_and(|spf| {
        let has_none = spf.published.found == crate::protocols::spf::Found::Nothing
            && spf.misplaced.is_empty()
            && !crate::protocols::spf::lint::has_lookalike(&spf.published);
        spf.sends_nothing() || has_none && !is_implicit
    });
    (accepts_nothing || is_implicit) && signs_nothing && sends_nothing
}

/// A record for a domain without mail: receivers reject what claims to come from it.
pub(super) fn refusing(context: Context<'_>, change: Change) -> Candidate {
    static LEADS_TO: [&Rule; 2] = [&rules::NO_REPORTS, &posture_rules::REJECT_WITHOUT_PASS];
    let spf = context.facts.spf.as_deref();
    let mx = context.facts.mx.as_ref();
    let is_said = spf.is_some_and(crate::protocols::spf::Facts::sends_nothing)
        && mx.is_some_and(|examined| examined.facts.accepts_nothing());
    // Without -all, only the owner knows that the domain has no mail.
    let applicability = if is_said { Review } else { Template };
    let summary = Phrase::from(NO_MAIL);
    let candidate = Candidate::new(applicability, summary, change.with_text(b"v=DMARC1; p=reject"));
    Candidate { leads_to: &LEADS_TO, ..candidate }
}

/// The record of a domain without mail, with the policy that receivers reject what claims to come from it.
pub(super) fn refuse(context: Context<'_>) -> Vec<Candidate> {
    let Some((record, change)) = governing(context).filter(|_| is_silent(context)) else {
        return Vec::new();
    };
    let policies = [&record.np, &record.sp, &record.p].into_iter().flatten();
    let mut places: Vec<Span> = policies.map(|policy| policy.span).collect();
    places.sort_unstable_by_key(|span| std::cmp::Reverse(span.start));
    let text = places
        .into_iter()
        .fold(record.text.to_vec(), |text, span| replaced(&text, span, b"reject"));
    let summary = Phrase::from(NO_MAIL);
    candidate(change, record, &text, |change| Candidate::new(Review, summary, change).tightening())
}
