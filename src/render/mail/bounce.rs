//! A bounce: what was said about each recipient, what was checked, how it is now.

use super::{Article, Fact, Facts, in_file};
use crate::report::Verdict;
use crate::report::bounce::{Bounce, Recipient};
use crate::text::{Phrase, Role};

/// Most recipients that are shown, and notifications on a screen.
pub(in crate::render) const MOST: usize = 20;

/// Where a notification stands: its file, and which of it.
pub(in crate::render) fn place(bounce: &Bounce) -> String {
    match bounce.number {
        0 | 1 => bounce.file.clone(),
        number => format!("{}, message {number}", bounce.file),
    }
}

/// What was said about a recipient.
pub(in crate::render) fn recipient_facts(recipient: &Recipient) -> Vec<Fact> {
    let mut facts = Facts::default();
    facts.text("to", recipient.recipient.as_deref().unwrap_or_default());
    facts.text("said by", recipient.remote.as_deref().unwrap_or_default());
    facts.text("code", recipient.status.as_deref().unwrap_or_default());
    facts.text("reply", &recipient.reason);
    let by = match recipient.decided_by.is_empty() {
        true => recipient.source.clone(),
        false => format!("\"{}\" in the reply ({})", recipient.decided_by, recipient.source),
    };
    facts.text("decided by", &by);
    facts.0
}

/// What was checked, and how it is now.
pub(in crate::render) fn facts(bounce: &Bounce) -> Vec<Fact> {
    let mut facts = Facts::default();
    facts.text("passed on by", bounce.forwarder.as_deref().unwrap_or_default());
    let checked = match (&bounce.checked_domain, &bounce.checked_address) {
        (Some(domain), Some(address)) => format!("{domain}, from {address}"),
        (Some(domain), None) => format!("{domain}, the domain of the sender"),
        (None, Some(address)) => address.clone(),
        (None, None) => String::new(),
    };
    facts.text("checked", &checked);
    if let Some(now) = &bounce.now {
        facts.put("now", Role::Plain, now.headline.clone());
        if let Some(changed) = &now.changed {
            facts.put("changed", Role::Plain, changed.clone());
        }
        for fix in &now.fixes {
            facts.put("fix", Role::Plain, fix.clone());
        }
    }
    facts.0
}

/// A bounce as an article; `headline` says what it comes to.
pub(super) fn article(bounce: &Bounce, headline: Phrase, result: Verdict) -> Article {
    let recipients = bounce.recipients.iter().take(MOST);
    let said = recipients.flat_map(recipient_facts);
    let left_out = bounce.recipients.len().saturating_sub(MOST);
    let more = Phrase::from(&*format!("and {left_out} more recipients"));
    let faults = bounce.recipients.first().map(|it| it.faults.clone());
    Article {
        name: place(bounce),
        result,
        headline,
        faults: faults.unwrap_or_default(),
        facts: said.chain(facts(bounce)).collect(),
        tables: Vec::new(),
        notes: Some(more).filter(|_| left_out > 0).into_iter().collect(),
        findings: in_file(&bounce.file, &bounce.findings),
    }
}
