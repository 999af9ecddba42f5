//! The trial: the domain as it would be with some changes.

use super::patch::{self, Change};
use crate::diagnostic::Finding;
use crate::dns::Dns;
use crate::examine::{Gathered, Inquiry, gather_changed};
use crate::protocols::spf::Policies;

/// What is true of a domain with some changes.
pub(super) struct After {
    pub(super) facts: Gathered,
    pub(super) findings: Vec<Finding>,
}

/// Examines the domain as it would be with the changes; `now` is what it is by the same answers.
pub(super) async fn with(
    dns: &dyn Dns,
    inquiry: &Inquiry,
    now: &Gathered,
    changes: &[Change],
) -> After {
    let overlay = patch::overlay(changes, dns);
    let touched = patch::touched(changes);
    let facts = gather_changed(&Policies::new(&overlay), inquiry, now, touched).await;
    After { findings: facts.findings(), facts }
}
