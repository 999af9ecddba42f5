//! Policies that lead to themselves under ever longer names.
//!
//! `include:%{ir}._spf.example.com` is a list with an entry for each address. Where a wildcard answers
//! at `*._spf.example.com` with the very record that has the term, every sender goes round until the
//! limit of ten lookups ends it (RFC 7208 §4.6.4). The walk over all addresses cannot see that, for
//! the name depends on the sender. So it is tried with an address that no sender has, and only where
//! the list is the domain's own: what others keep is theirs, and the tries are many queries.

use super::expand::{self, Sender};
use super::macro_string::Letter;
use super::partition::{Cell, Exception, Partition, Ruling};
use super::policy::{Policies, Published};
use super::record::{Body, DomainSpec, Mechanism, SpecText};
use super::walk::Walker;
use crate::net::{Family, IpSet, Name, organization};
use crate::text::Span;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// A term that leads to itself without end.
#[derive(Clone, Debug)]
pub struct Endless {
    /// In whose record it stands.
    pub published: Arc<Published>,
    /// Where in that record.
    pub span: Span,
    /// The name that it led to.
    pub target: Name,
}

/// The unspecified address (RFC 6890 §2.2.2): no list has an entry for it, a wildcard answers.
const NO_SENDER: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// How deep the list is followed: each policy costs a lookup, and receivers make ten.
const DEEPEST: usize = 12;

/// The first own term that leads every sender round without end, if there is one.
pub(super) async fn endless(
    policies: &Policies<'_>,
    domain: &Name,
    partition: &Partition,
) -> Option<Endless> {
    let sender = Sender::mail_from(b"", Some(&domain.to_octets()));
    let home = organization(domain);
    for id in partition.sender_dependent() {
        let published = &partition.visit(id)?.published;
        if !published.domain.is_within(&home) {
            continue;
        }
        let record = published.usable()?;
        let Some(term) = record.terms.get(id.term as usize) else { continue };
        let Some(spec) = leads_to_policy(&term.body) else { continue };
        let mut walker = Walker::new(policies, domain, &sender, Family::V4, Some(NO_SENDER));
        let Ok(target) = walker.target(spec, record, &published.domain).await else { continue };
        if target.is_within(&home) && is_round(policies, domain, &sender).await {
            return Some(Endless { published: Arc::clone(published), span: term.span, target });
        }
    }
    None
}

/// The name of a policy that depends on the sender's address; what depends on the validated name of
/// the client needs queries of its own.
fn leads_to_policy(body: &Body) -> Option<&DomainSpec> {
    let (Body::Directive(_, Mechanism::Include(spec)) | Body::Redirect(spec)) = body else {
        return None;
    };
    match &spec.text {
        SpecText::Macro(macros) if !expand::asks_for(macros, Letter::ValidatedName) => Some(spec),
        _ => None,
    }
}

/// True if the walk for an address that no sender has does not end by itself.
async fn is_round(policies: &Policies<'_>, domain: &Name, sender: &Sender) -> bool {
    let walker = Walker::new(policies, domain, sender, Family::V4, Some(NO_SENDER));
    let walked = walker.no_deeper_than(DEEPEST).walk(domain, IpSet::one(NO_SENDER)).await;
    walked.partition.cells.iter().any(Cell::is_endless)
}

impl Cell {
    /// True if the walk was ended because it would not have ended by itself.
    pub(super) fn is_endless(&self) -> bool {
        matches!(&self.ruling, Ruling::Exception(why) if matches!(**why, Exception::Endless))
    }
}
