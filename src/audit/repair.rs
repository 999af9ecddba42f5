//! The fixes of a domain, with the report that shows what is wrong.

use super::draft;
use crate::dns::{Budget, Dns};
use crate::examine::Inquiry;
use crate::fix::{self, Composition, Selection};
use crate::report::{Domain, Patch};

/// A domain, and what repairs it.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// The domain as it is.
    pub domain: Domain,
    /// The wanted fixes, those about who may send first: each patch is to be published by itself,
    /// and each holds by itself.
    pub patches: Vec<Patch>,
}

/// Puts the wanted fixes of a domain together, each proved on top of those before it.
pub async fn fix(dns: &dyn Dns, inquiry: &Inquiry, selection: &Selection) -> Fixed {
    let dns = &Budget::new(dns, &inquiry.domain, inquiry.most_queries);
    let Composition { facts, findings, patches } = fix::compose(dns, inquiry, selection).await;
    let draft = draft(facts, inquiry, &findings, Vec::new());
    Fixed { domain: draft.conclude(dns, inquiry).await, patches }
}
