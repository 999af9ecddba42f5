//! The senders: may they send, and which step said so.

use super::fragment::{Words, class, fragments};
use crate::render::sender::{self, Stage};
use crate::report::{Answer, Authorization, Authorized, Domain, SenderKind};
use crate::text::Phrase;
use askama::Template;

/// Steps that are shown of the path to an answer.
const MOST_STEPS: usize = 200;

/// The senders that have something to say.
#[derive(Template)]
#[template(path = "report/senders.html")]
pub(super) struct Senders<'d> {
    senders: Vec<Shown<'d>>,
}

fragments!(Senders<'_>);

/// One sender.
struct Shown<'d> {
    one: &'d Authorization,
    word: &'static str,
    class: &'static str,
    /// False if the headline of the domain says the same.
    is_news: bool,
    /// Sentences with their labels, in their order.
    said: Vec<(&'static str, Phrase)>,
    /// The path through the terms, each step with how deep it is.
    path: Vec<(usize, Phrase)>,
    /// Addresses by what they get.
    portions: Vec<(&'static str, &'static str, Phrase)>,
    /// What would let it pass: the sentence and the lines.
    fixes: Vec<(Phrase, String)>,
}

impl<'d> Senders<'d> {
    /// None where a change is shown: it has its own table.
    pub(super) fn new(domain: &'d Domain, is_state: bool) -> Self {
        let shown = domain.authorizations.iter().filter(|one| !sender::is_in_contract(one));
        let shown: Vec<&Authorization> = shown.filter(|_| is_state).collect();
        let headline = domain.headline.to_string();
        let is_only = shown.len() == 1;
        let shown = shown.into_iter().map(|one| {
            let is_news = !is_only || one.headline.to_string() != headline;
            Shown::new(domain, one, is_news)
        });
        Self { senders: shown.collect() }
    }

    fn words<'w>(&self, phrase: &'w Phrase) -> Words<'w> {
        Words(phrase)
    }
}

impl<'d> Shown<'d> {
    fn new(domain: &Domain, one: &'d Authorization, is_news: bool) -> Self {
        let (word, role) = sender::answer(one.authorized);
        let class = role.map_or("faint", class::of_role);
        let mut shown = Self {
            one,
            word,
            class,
            is_news,
            said: Vec::new(),
            path: Vec::new(),
            portions: Vec::new(),
            fixes: Vec::new(),
        };
        if is_news && sender::is_expected(one) {
            return shown;
        }
        let said = &mut shown.said;
        if !sender::is_usual(domain, one) {
            said.push(("as", sender::identities(one)));
        }
        let is_plain_yes = one.authorized == Authorized::Yes;
        if one.kind == SenderKind::Address && !is_plain_yes {
            let stages = sender::path(&one.spf.steps).into_iter().take(MOST_STEPS);
            let stages = stages.map(|stage| match stage {
                Stage::Step(depth, step) => (depth.min(8), step.headline.clone()),
                Stage::Fold(depth, said) => (depth.min(8), Phrase::from(&*said)),
            });
            shown.path = stages.collect();
        }
        if one.answer == Answer::Partly {
            said.extend(sender::families(one).into_iter().map(|it| ("", it)));
        }
        if one.kind != SenderKind::Address && !is_plain_yes {
            let portions = sender::portions(one).into_iter();
            let portions = portions.map(|(word, role, said)| (word, class::of_role(role), said));
            shown.portions = portions.collect();
        }
        if let Some(text) = &one.spf.explanation {
            said.push(("says", Phrase::from("explanation by the domain: ").code(text)));
        }
        if let Some(helo) = &one.helo {
            said.push(("HELO", sender::identity_verdict(helo)));
        }
        if let Some(dmarc) = &one.dmarc {
            said.push(("", dmarc.headline.clone()));
        }
        said.extend(one.notes.iter().map(|note| ("remark", note.clone())));
        let fixes = one.fixes.iter().map(|fix| {
            let lines = fix.fix.records.iter().filter_map(|record| record.add.as_deref());
            (sender::remedy(fix), lines.collect::<Vec<_>>().join("\n"))
        });
        shown.fixes = fixes.collect();
        shown
    }
}
