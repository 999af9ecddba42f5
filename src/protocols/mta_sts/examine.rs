//! One query, what its answer means, and the policy file behind it.

use super::event::Event;
use super::fetch::{NoPolicy, PolicyFile, fetch};
use super::grammar::{is_record, parse};
use super::policy::Mode;
use super::record::Record;
use super::{LABEL, explain, lint};
use crate::diagnostic::{self, Finding, Standing, Step};
use crate::dns::sole::{Found, Published, Sole, Text, sole};
use crate::dns::{Dns, Failure};
use crate::net::Name;
use crate::protocols::{Detail, Examined, Examining};
use crate::text::{Phrase, escape};
use crate::web::Web;

/// What was found out about a domain's MTA-STS.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The record.
    pub record: Sole<Record>,
    /// The policy file; `None` if senders look for none, or nobody was asked for it.
    pub file: Option<PolicyFile>,
}

/// Examines a domain.
pub fn examine<'a>(dns: &'a dyn Dns, web: &'a dyn Web, domain: &'a Name) -> Examining<'a> {
    Box::pin(async move { Box::new(facts(dns, web, domain).await) as Box<dyn Examined> })
}

/// Finds out all about a domain's MTA-STS.
pub async fn facts(dns: &dyn Dns, web: &dyn Web, domain: &Name) -> Facts {
    // RFC 8461 §3.1: several strings "MUST be treated as if those strings are concatenated", and "If the
    // number of resulting records is not one, or if the resulting record is syntactically invalid,
    // senders MUST assume the recipient domain does not have an available MTA-STS Policy".
    let record = sole(dns, domain, owner(domain), is_record, parse).await;
    let file = match record.published() {
        Some(published) if published.is_usable() && web.is_asked() => {
            Some(fetch(dns, web, domain).await)
        }
        _ => None,
    };
    Facts { record, file }
}

/// The name below a domain that its record is published at; `None` if that would be too long.
pub fn owner(domain: &Name) -> Option<Name> {
    domain.child(LABEL).ok()
}

impl Facts {
    /// Discarded texts that were probably meant as a MTA-STS record.
    pub fn lookalikes(&self) -> impl Iterator<Item = &Text> {
        self.record.discarded.iter().filter(|text| is_lookalike(text))
    }

    /// The policy file, if it was looked for and what came of that is the same for every sender.
    pub(super) fn certain_file(&self) -> Option<&PolicyFile> {
        self.file.as_ref().filter(|file| file.is_certain())
    }
}

/// True if the text names the version, and so was meant as a record.
fn is_lookalike(text: &Text) -> bool {
    text.has(b"stsv") || text.has(b"mta-sts")
}

impl Published<Record> {
    /// True if senders can use it: it has no fault.
    pub fn is_usable(&self) -> bool {
        self.record.errors.is_empty()
    }
}

impl Examined for Facts {
    fn standing(&self) -> Standing {
        match &self.record.found {
            Found::Failed(_) => Standing::Unknown,
            Found::Nothing => Standing::Absent,
            Found::One(published) if !published.is_usable() => Standing::Broken,
            Found::Several(_) => Standing::Broken,
            Found::One(_) => {
                self.certain_file().map_or(Standing::Partial, |file| match &file.policy {
                    Err(NoPolicy::Faulty(_)) => Standing::Broken,
                    // Senders deliver as if there were no MTA-STS (RFC 8461 §3.3).
                    Err(_) => Standing::Weak,
                    Ok(policy) if policy.mode != Mode::Enforce => Standing::Weak,
                    Ok(_) if !file.unmatched().is_empty() => Standing::Broken,
                    Ok(_) => Standing::Good,
                })
            }
        }
    }

    fn summary(&self) -> Phrase {
        explain::summary(self)
    }

    fn details(&self) -> Vec<(&'static str, Detail)> {
        let published = self.record.published();
        let policy = self.file.as_ref().and_then(|file| file.policy.as_ref().ok());
        let mode = policy.map_or(Detail::None, |it| Detail::Text(it.mode.word().to_owned()));
        let max_age = policy.map_or(Detail::None, |it| Detail::Number(it.max_age.into()));
        let mx = policy.map_or(Detail::None, |it| {
            Detail::Texts(it.mx.iter().map(ToString::to_string).collect())
        });
        let record = published.map_or(Detail::None, |it| Detail::Text(escape(&it.record().text)));
        let id = published.map_or(Detail::None, |it| Detail::Text(escape(it.record().id())));
        vec![("record", record), ("id", id), ("mode", mode), ("max_age", max_age), ("mx", mx)]
    }

    fn findings(&self) -> Vec<Finding> {
        lint::check(self)
    }

    fn steps(&self) -> Vec<Step<Box<dyn diagnostic::Event>>> {
        Event::trace(self)
    }

    fn failure(&self) -> Option<&Failure> {
        self.record.failure()
    }
}
