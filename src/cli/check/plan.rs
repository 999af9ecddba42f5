//! What the main job means: from words and flags to inquiries, sources and outputs.
//!
//! Pure functions, but that the configuration is opened. What cannot be understood becomes a
//! [`Mistake`]: one line that names the words, says what is wrong with them and, where that can be
//! guessed, what was meant.

use crate::audit::{Asked, Checks, Fixes, Inquiry, Steps};
use crate::cli::args::CheckArgs;
use crate::cli::what_if::WhatIf;
use crate::cli::words::{
    Ending, Mistake, Sources, Target, Words, declare, domain, selector, sender,
};
use crate::dns::MOST_QUERIES;
use crate::net::Name;
use crate::protocols::Protocol;
use std::ffi::OsStr;

/// Everything that a run does.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is asked, a domain each, in the order typed; never empty.
    pub inquiries: Vec<Inquiry>,
    /// In what the domains differ from how they are.
    pub what_if: WhatIf,
    /// Where answers come from.
    pub sources: Sources,
    /// Where the report goes, and what counts.
    pub ending: Ending,
}

/// Understands what was typed.
///
/// # Errors
/// A word, a flag's value or the combination of them means nothing.
pub fn plan(typed: CheckArgs) -> Result<Plan, Mistake> {
    let words = Words::read(&typed.words)?;
    let given = Given::read(&typed, words.senders)?;
    let what_if = WhatIf::read(&typed.what_if, words.targets.len())?;
    let ending = Ending::read(&typed.report)?;
    let sources = Sources::read(typed.sources, words.resolvers)?;
    let inquiries = words.targets.into_iter().map(|mut target| {
        target.notes.extend(what_if.notes());
        let mut inquiry = given.inquiry(target);
        inquiry.most_queries = sources.most_queries(&ending.policy.config);
        declare(&ending.policy.config, &mut inquiry)?;
        Ok(inquiry)
    });
    Ok(Plan { inquiries: inquiries.collect::<Result<_, Mistake>>()?, what_if, ending, sources })
}

/// What is asked about every domain alike.
struct Given {
    senders: Vec<Asked>,
    mail_from: Option<Vec<u8>>,
    helo: Option<Vec<u8>>,
    header_from: Option<Name>,
    dkim_domains: Vec<Name>,
    selectors: Vec<String>,
    checks: Checks,
}

impl Given {
    fn read(typed: &CheckArgs, mut senders: Vec<Asked>) -> Result<Self, Mistake> {
        for text in &typed.sender {
            senders.push(sender::read(text.as_encoded_bytes())?);
        }
        let checks = checks(&typed.checks);
        if let (Some(asked), false) = (senders.first(), checks.has(Protocol::Spf)) {
            // Left out in silence, the sender would look as if it had passed.
            return Err(Mistake::new(format!(
                "--checks leaves out spf, by which the sender {} is tested",
                asked.text
            )));
        }
        let header_from = typed.header_from.as_deref();
        let signers = typed.dkim_domain.iter();
        Ok(Self {
            senders,
            mail_from: typed.mail_from.as_deref().map(reverse_path),
            helo: typed.helo.as_deref().map(|name| name.as_encoded_bytes().to_vec()),
            header_from: header_from.map(|text| domain(text, "--header-from")).transpose()?,
            dkim_domains: signers
                .map(|text| domain(text, "--dkim-domain"))
                .collect::<Result<_, _>>()?,
            selectors: typed.selector.iter().map(|s| selector(s)).collect::<Result<_, _>>()?,
            checks,
        })
    }

    fn inquiry(&self, target: Target) -> Inquiry {
        let Target { domain, mut notes, selector } = target;
        if self.mail_from.as_ref().is_some_and(Vec::is_empty) && self.helo.is_none() {
            let said = "<> stands for postmaster at the HELO name (RFC 7208 §2.4): add --helo NAME";
            notes.push(said.into());
        }
        Inquiry {
            domain,
            notes,
            senders: self.senders.clone(),
            declared: Vec::new(),
            role: None,
            mail_from: self.mail_from.clone(),
            helo: self.helo.clone(),
            header_from: self.header_from.clone(),
            dkim_domains: self.dkim_domains.clone(),
            selectors: self.selectors.iter().cloned().chain(selector).collect(),
            seen: Vec::new(),
            checks: self.checks.clone(),
            fixes: Fixes::Proved,
            steps: Steps::Told,
            most_queries: MOST_QUERIES,
        }
    }
}

/// The reverse-path without its angle brackets; whatever it is, SPF has an answer to it
/// (RFC 7208 §2.4: without a domain the HELO name stands in).
fn reverse_path(text: &OsStr) -> Vec<u8> {
    let octets = text.as_encoded_bytes();
    let inner = octets.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">"));
    inner.unwrap_or(octets).to_vec()
}

fn checks(wanted: &[Protocol]) -> Checks {
    match wanted {
        [] => Checks::default(),
        wanted => Checks::only(wanted.iter().copied()),
    }
}

#[cfg(test)]
mod tests;
