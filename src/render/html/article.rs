//! One domain.

use super::budget::Budget;
use super::change::Changed;
use super::evidence::Evidence;
use super::finding::Findings;
use super::fragment::{Words, class, fragments};
use super::map::Map;
use super::policy::Policy;
use super::sender::Senders;
use super::servers::Servers;
use crate::render::attribution::{MOST, rules, to_do, who};
use crate::render::documented::documented;
use crate::render::outcome::unreachable;
use crate::report::{Domain, Expected, Fault, FaultKind, Party, SectionView, Verdict};
use crate::text::Phrase;
use askama::Template;

/// A domain as it is shown.
#[derive(Template)]
#[template(path = "report/article.html")]
pub(super) struct Article<'d> {
    domain: &'d Domain,
    /// Its number on the page, from 1: anchors begin with it.
    number: usize,
    /// The level of its heading.
    level: u8,
    /// When and how it was found out, if it is the only one.
    run: Option<String>,
    headline: Phrase,
    /// What nothing is known of has nothing else to show.
    is_answered: bool,
    /// Every key of a provider that is documented, in a sentence each.
    providers: Vec<(&'d str, Phrase)>,
    faults: Vec<(String, Phrase, &'static str)>,
    changed: Option<Changed<'d>>,
    senders: Senders<'d>,
    budget: Option<Budget<'d>>,
    map: Option<Map>,
    policy: Option<Policy<'d>>,
    servers: Option<Servers<'d>>,
    findings: Findings<'d>,
    evidence: Evidence<'d>,
}

fragments!(Article<'_>);

/// The answer: that about the senders asked about, or how the domain adds up.
pub(super) fn word(domain: &Domain) -> &'static str {
    domain.answer().map_or(domain.result.word(), crate::report::Answer::word)
}

/// The answer in a sentence.
pub(super) fn headline(domain: &Domain) -> Phrase {
    match domain.is_unreachable() {
        true => unreachable(domain),
        false => domain.headline.clone(),
    }
}

impl<'d> Article<'d> {
    pub(super) fn new(domain: &'d Domain, number: usize, level: u8, run: Option<String>) -> Self {
        let is_answered = !domain.is_unreachable();
        // Of a change it matters what it changes.
        let is_state = is_answered && domain.change.is_none();
        let below = level + 1;
        let providers = domain.providers.iter().filter(|_| is_state);
        Self {
            domain,
            number,
            level,
            run,
            headline: headline(domain),
            is_answered,
            providers: providers.map(|one| (one.title.as_str(), documented(one))).collect(),
            faults: domain.faults.iter().take(MOST).map(|it| fault(domain, it)).collect(),
            changed: domain
                .change
                .as_ref()
                .filter(|_| is_answered)
                .map(|it| Changed::new(domain, it)),
            senders: Senders::new(domain, is_state),
            budget: Budget::new(domain).filter(|_| is_state),
            map: Map::new(domain).filter(|_| is_answered),
            policy: Policy::new(domain).filter(|_| is_state),
            servers: Servers::new(domain, below).filter(|_| is_state),
            findings: Findings::new(domain.findings.iter().collect(), number, below),
            evidence: Evidence::new(domain),
        }
    }

    fn below(&self) -> u8 {
        self.level + 1
    }

    fn word(&self) -> &'static str {
        word(self.domain)
    }

    fn class(&self) -> &'static str {
        match self.domain.answer() {
            Some(answer) => class::of_answer(answer),
            None => class::of_verdict(self.domain.result),
        }
    }

    /// The name in A-labels, where it is another one.
    fn ascii(&self) -> Option<String> {
        let name = self.domain.domain.to_string();
        (name != self.domain.unicode).then_some(name)
    }

    fn words<'w>(&self, phrase: &'w Phrase) -> Words<'w> {
        Words(phrase)
    }

    /// Each expectation with the word about it and its class.
    fn contract(&self) -> Vec<(&'static str, &'static str, &'d Expected)> {
        let domain = self.domain;
        let is_shown =
            |one: &&Expected| domain.change.is_none() || one.met.is_none() || domain.is_broken(one);
        let shown = domain.contract.iter().filter(is_shown).filter(|_| self.is_answered);
        let worded = shown.map(|expected| match expected.met {
            Some(true) => ("ok", "good", expected),
            Some(false) if domain.is_broken(expected) => ("FAIL", "bad", expected),
            Some(false) => ("ignored", "faint", expected),
            None => ("?", "unknown", expected),
        });
        worded.collect()
    }

    fn sections(&self) -> Vec<(&'static str, &'static str, &'static str, &'d Phrase)> {
        if !self.is_answered || self.domain.change.is_some() {
            return Vec::new();
        }
        let views = self.domain.sections().into_iter().filter(SectionView::is_examined);
        let cards = views.map(|view| {
            let SectionView { protocol, status, summary, .. } = view;
            (protocol.title(), status.word(), class::of_status(status), summary)
        });
        cards.collect()
    }
}

/// The party, what is wrong and what it can do, and the class of the whole.
fn fault(domain: &Domain, fault: &Fault) -> (String, Phrase, &'static str) {
    let rules = rules(&domain.findings, fault);
    let said = match (fault.kind, fault.party, &fault.record) {
        // The finding below says the rest.
        (FaultKind::Record, Party::You, Some(record)) if !rules.is_empty() => {
            let said =
                Phrase::from(&*format!("{} of ", record.kind)).name(&record.name).plain(": ");
            let action = rules.iter().find_map(|finding| to_do(finding));
            let said = rules.into_iter().enumerate().fold(said, |said, (at, finding)| {
                said.plain(if at == 0 { "" } else { "; " })
                    .plain(&*finding.summary)
                    .plain(" (")
                    .code(&*finding.rule)
                    .plain(")")
            });
            match action {
                Some(action) => said.plain("; ").then(action.clone()),
                None => said,
            }
        }
        _ => match fault.action.is_empty() {
            true => fault.reason.clone(),
            false => fault.reason.clone().plain("; ").then(fault.action.clone()),
        },
    };
    let class = match domain.result {
        Verdict::Ok | Verdict::Warn => "weak",
        Verdict::Unknown => "unknown",
        Verdict::Fail => "bad",
    };
    (who(fault), said, class)
}
