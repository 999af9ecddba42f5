//! What a change does: the records that differ, who passes no more, what it costs, and when.

use super::fragment::{Words, fragments};
use crate::render::sender::role_of;
use crate::render::words::{rest, span};
use crate::report::{
    Change, ChangedSender, Domain, Effect, Finding, Policy, Presence, SenderResult, State,
};
use crate::text::{Phrase, Role};
use askama::Template;

/// Senders that still pass and are named; others are counted.
const KEPT: usize = 10;

/// Senders of the table; others are counted.
const MOST: usize = 500;

/// A change as it is shown.
#[derive(Template)]
#[template(path = "report/change.html")]
pub(super) struct Changed<'d> {
    change: &'d Change,
    senders: Vec<Row<'d>>,
    left_out: usize,
    /// What else differs, with what it is called.
    facts: Vec<(&'static str, Phrase)>,
    resolved: Vec<&'d Finding>,
}

fragments!(Changed<'_>);

/// A row of the table of senders.
struct Row<'d> {
    who: String,
    /// How many or which, unless that is the name.
    addresses: &'d str,
    before: Phrase,
    after: Phrase,
    effect: &'static str,
    class: &'static str,
    problem: Option<&'d Phrase>,
}

impl<'d> Changed<'d> {
    pub(super) fn new(domain: &'d Domain, change: &'d Change) -> Self {
        let senders = change.senders.iter().filter(|_| change.presence != Presence::Removed);
        let resolved = domain.findings.iter().filter(|it| it.state == Some(State::Resolved));
        Self {
            change,
            senders: senders.take(MOST).map(Row::new).collect(),
            left_out: change.senders.len().saturating_sub(MOST),
            facts: facts(change),
            resolved: resolved.collect(),
        }
    }

    fn words<'w>(&self, phrase: &'w Phrase) -> Words<'w> {
        Words(phrase)
    }
}

impl<'d> Row<'d> {
    fn new(sender: &'d ChangedSender) -> Self {
        let rest = rest(sender);
        let (who, addresses) = match &sender.provider {
            _ if sender.is_rest => (rest, ""),
            Some(provider) => (provider.clone(), sender.who.as_str()),
            None => (sender.who.clone(), ""),
        };
        let by = |result: SenderResult, term: &Option<String>, path: &[String]| {
            let said = Phrase::new().with(role_of(result), result.word());
            match term {
                Some(term) => path.iter().fold(said.plain(", by ").code(term), |said, step| {
                    said.plain(" > ").code(step)
                }),
                None => said,
            }
        };
        let (effect, class) = match sender.effect {
            Effect::Lost => ("LOST", "bad"),
            Effect::Gained => ("new", "good"),
            Effect::Altered => ("", ""),
        };
        Self {
            who,
            addresses,
            before: by(sender.before, &sender.term_before, &sender.path_before),
            after: by(sender.after, &sender.term_after, &sender.path_after),
            effect,
            class,
            problem: sender.problem.as_ref(),
        }
    }
}

fn facts(change: &Change) -> Vec<(&'static str, Phrase)> {
    let mut facts = Vec::new();
    let arrow = |[before, after]: [String; 2]| match before == after {
        true => Phrase::from(&*before),
        false => Phrase::from(&*before).plain(" → ").plain(after),
    };
    if !change.senders.is_empty() && !change.kept.is_empty() {
        let mut names: Vec<&str> = Vec::new();
        for one in &change.kept {
            let name = one.provider.as_deref().unwrap_or(&one.who);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let names = names.into_iter().map(|name| Phrase::new().with(Role::Name, name));
        facts.push(("still pass", Phrase::listed(names, KEPT, " and ")));
    }
    if let Some(policy) = change.policy {
        let words = [policy.before, policy.after].map(|it| it.map_or("nothing", Policy::word));
        facts.push(("DMARC policy", arrow(words.map(str::to_owned))));
    }
    if let Some(alignment) = change.alignment {
        let both = [("SPF alignment", alignment.spf), ("DKIM alignment", alignment.dkim)];
        for (label, modes) in both.into_iter().filter(|(_, [before, after])| before != after) {
            facts.push((label, arrow(modes.map(|mode| mode.word().to_owned()))));
        }
    }
    if let Some(cost) = &change.cost {
        facts.push(("lookups", arrow(cost.lookups.map(|it| it.to_string()))));
        facts.push(("void lookups", arrow(cost.voids.map(|it| it.to_string()))));
        facts.push(("octets of the record", arrow(cost.octets.map(|it| it.to_string()))));
    }
    if let Some(seconds) = change.in_effect_within_s {
        let said = Phrase::from("within ").plain(span(seconds)).plain(" of publishing");
        facts.push(("in effect everywhere", said));
    }
    facts
}
