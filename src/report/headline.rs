//! The first line about a domain: its diagnosis.
//!
//! The gravest finding that counts comes first, then what else the sections say; what the owner
//! decided to ignore is not in it, so it is put together when the findings are final.

use super::{Answer, Domain, Finding, Status};
use crate::diagnostic::{Severity, family};
use crate::protocols::Protocol;
use crate::text::{Phrase, Role};

/// What a headline is put together from. Empty where the headline answers something else.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// What stands before it: that the answers are injected, for one.
    pub label: Phrase,
    /// True if senders were named: the answer about them then comes first.
    pub is_about_senders: bool,
    /// What there is to say, and what it is about.
    pub clauses: Vec<(About, Phrase)>,
}

/// What a clause of a headline is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The domain as a whole.
    Domain,
    /// The one sender that was asked about.
    Sender,
    /// Senders that are not authorized.
    Refused,
    /// What is undetermined, and why.
    Undetermined,
    /// Only what was examined: there is nothing else to say.
    Examined,
    /// What one section says.
    Section(Protocol),
}

impl Domain {
    /// Puts the headline together anew, from the findings that count now.
    pub fn diagnose(&mut self) {
        self.conclude_faults();
        if self.parts.clauses.is_empty() || self.change.is_some() {
            return;
        }
        // Who asks about senders reads what breaks mail besides, and why a refused one is refused is
        // part of the answer.
        let worst = diagnosis(self).map(|worst| match (worst.about, self.answer()) {
            (About::Section(Protocol::Spf), Some(Answer::Yes)) => {
                Diagnosis { said: Phrase::from("other senders: ").then(worst.said), ..worst }
            }
            _ => worst,
        });
        let worst = worst.filter(|worst| match self.answer() {
            Some(answer) => worst.severity == Severity::Error && answer == Answer::Yes,
            None => true,
        });
        // The finding says it already, and with its cause.
        let is_said = |about: &About| {
            worst.as_ref().is_some_and(|it| it.about == *about || *about == About::Examined)
        };
        let others = self.parts.clauses.iter().filter(|(about, _)| !is_said(about));
        let (abouts, mut clauses): (Vec<About>, Vec<Phrase>) = others.cloned().unzip();
        if let Some(worst) = worst {
            let behind = match worst.severity {
                Severity::Error => None,
                _ => abouts.iter().position(|it| *it == About::Undetermined).map(|at| at + 1),
            };
            let first = usize::from(self.parts.is_about_senders && !clauses.is_empty());
            clauses.insert(behind.unwrap_or_default().max(first), worst.said);
        }
        let label = self.parts.label.clone();
        self.headline = clauses.into_iter().enumerate().fold(label, |headline, (index, said)| {
            headline.plain(if index == 0 { "" } else { "; " }).then(said)
        });
    }
}

/// The gravest finding, as a clause.
struct Diagnosis {
    about: About,
    severity: Severity,
    said: Phrase,
}

/// The gravest error or warning in a few words, and how many others are as grave.
fn diagnosis(domain: &Domain) -> Option<Diagnosis> {
    let counting =
        || domain.findings.iter().filter(|it| it.counts() && it.severity > Severity::Note);
    let severity = counting().map(|it| it.severity).max()?;
    let worst = counting().find(|it| it.severity == severity)?;
    let protocol = Protocol::from_word(worst.rule.family());
    let mut said = claim(worst);
    let is_permerror = severity == Severity::Error && domain.spf.status == Status::Broken;
    said = match protocol {
        Some(Protocol::Spf) if is_permerror => Phrase::from("SPF permerror: ").then(said),
        Some(protocol) if !said.to_string().contains(protocol.title()) => {
            Phrase::from(protocol.title()).plain(": ").then(said)
        }
        _ => said,
    };
    let role = if severity == Severity::Error { Role::Bad } else { Role::Weak };
    let said = Phrase::new().with(role, said.to_string());
    let noun = if severity == Severity::Error { "error" } else { "warning" };
    let said = match counting().filter(|it| it.severity == severity).count() - 1 {
        0 => said,
        1 => said.plain(format!("; 1 more {noun}")),
        more => said.plain(format!("; {more} more {noun}s")),
    };
    let about = match protocol {
        Some(protocol) => About::Section(protocol),
        None if worst.rule.family() == family::CONTRACT => About::Refused,
        None => About::Domain,
    };
    Some(Diagnosis { about, severity, said })
}

/// The message up to its first semicolon: what follows says what it leads to.
fn claim(finding: &Finding) -> Phrase {
    let mut said = Phrase::new();
    for piece in finding.message.pieces() {
        match end_of_claim(piece.text()).filter(|_| piece.role() == Role::Plain) {
            Some(end) => return said.plain(piece.text().get(..end).unwrap_or_default()),
            None => said.push(piece.role(), piece.text().as_bytes()),
        }
    }
    said
}

/// Where the first claim of a sentence ends: at a semicolon that is not the end of an HTML entity.
fn end_of_claim(text: &str) -> Option<usize> {
    let is_entity = |at: usize| {
        let word = text.get(..at).unwrap_or_default().rsplit(' ').next().unwrap_or_default();
        word.starts_with('&')
    };
    text.match_indices("; ").map(|(at, _)| at).find(|at| !is_entity(*at))
}
