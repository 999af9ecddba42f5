//! What it means: from words and flags to inquiries, sources and outputs.
//!
//! Pure functions, but that the configuration is opened. What cannot be understood becomes a
//! [`Mistake`]: one line that names the words, says what is wrong with them and, where that can be
//! guessed, what was meant.

mod contract;
mod output;
mod sender;
pub mod senders;
pub mod test;
mod what_if;
mod word;

pub(super) use contract::contracts;
pub use contract::declare;
pub use output::{Format, Output};
pub use what_if::WhatIf;

use super::args::{self, Typed};
use super::config::{Settings, settle};
use crate::audit::{Asked, Checks, Fixes, Inquiry, Steps};
use crate::config::Policy;
use crate::diagnostic::Severity;
use crate::dns::Place;
use crate::net::Name;
use crate::protocols::Protocol;
use crate::render::palette::Choice;
use crate::text::escape;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;
pub(super) use word::Target;
use word::Word;

/// Most time for one question, unless the user says otherwise.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Most time for a run, unless the user says otherwise.
const DEADLINE: Duration = Duration::from_secs(30);

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

/// Where a report goes, how it looks, and what its exit code counts.
#[derive(Clone, Debug)]
pub struct Ending {
    /// Where the report goes; at most one of them is standard output.
    pub outputs: Vec<Output>,
    /// How the text looks.
    pub appearance: Appearance,
    /// The least severity that makes the run fail; `None` if findings never do.
    pub fail_on: Option<Severity>,
    /// Which findings count.
    pub policy: Policy,
    /// True if the exit code tells nothing about the domains.
    pub exit_zero: bool,
}

impl Ending {
    /// Understands the flags about the report.
    ///
    /// # Errors
    /// A format is unknown, or two of them go to the same place; a rule is unknown, or the
    /// configuration is faulty.
    pub(super) fn read(report: &args::Report) -> Result<Self, Mistake> {
        let Settings { fail_on, policy, .. } = settle(&report.judging)?;
        Ok(Self {
            outputs: output::outputs(&report.format, &Format::NAMES)?,
            appearance: Appearance {
                color: report.color.into(),
                ascii: report.ascii,
                explain: report.explain,
                lookups: report.lookups,
                quiet: report.quiet,
            },
            fail_on,
            policy,
            exit_zero: report.exit_zero,
        })
    }
}

/// Where answers come from, as the user named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    /// Servers to ask; the system's if there are none.
    pub resolvers: Vec<String>,
    /// Zone files laid over the DNS.
    pub zones: Vec<PathBuf>,
    /// True if no server may be asked.
    pub offline: bool,
    /// The tape to write.
    pub record: Option<PathBuf>,
    /// The tape to answer from.
    pub replay: Option<PathBuf>,
    /// Faults to inject.
    pub faults: Vec<String>,
    /// Most time for one question.
    pub timeout: Duration,
    /// Most time for the run.
    pub deadline: Duration,
}

/// How the text looks, as far as the user says; the rest follows from the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appearance {
    /// When to use colour.
    pub color: Choice,
    /// With characters of ASCII only.
    pub ascii: bool,
    /// With every step.
    pub explain: bool,
    /// With the table of questions.
    pub lookups: bool,
    /// The first line only.
    pub quiet: bool,
}

/// Why an invocation means nothing: one line, escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake(String);

impl Mistake {
    /// A mistake in words; what the user typed is escaped here.
    pub fn new(sentence: impl AsRef<str>) -> Self {
        Self(escape(sentence.as_ref().as_bytes()))
    }

    /// A mistake that stands in a file.
    pub(super) fn at(place: &Place, why: impl fmt::Display) -> Self {
        Self::new(format!("{place}: {why}"))
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Mistake {}

/// Understands what was typed.
///
/// # Errors
/// A word, a flag's value or the combination of them means nothing.
pub fn plan(typed: Typed) -> Result<Plan, Mistake> {
    let words = Words::read(&typed.words)?;
    let given = Given::read(&typed, words.senders)?;
    let what_if = WhatIf::read(&typed.what_if, words.targets.len())?;
    let ending = Ending::read(&typed.report)?;
    let inquiries = words.targets.into_iter().map(|mut target| {
        target.notes.extend(what_if.notes());
        let mut inquiry = given.inquiry(target);
        declare(&ending.policy.config, &mut inquiry)?;
        Ok(inquiry)
    });
    Ok(Plan {
        inquiries: inquiries.collect::<Result<_, Mistake>>()?,
        what_if,
        ending,
        sources: Sources::read(typed.sources, words.resolvers)?,
    })
}

/// The words by what they are.
#[derive(Default)]
pub(super) struct Words {
    pub(super) targets: Vec<word::Target>,
    pub(super) senders: Vec<Asked>,
    pub(super) resolvers: Vec<String>,
}

impl Words {
    pub(super) fn read(typed: &[OsString]) -> Result<Self, Mistake> {
        let mut words = Self::default();
        for word in typed {
            match word::read(word.as_encoded_bytes())? {
                Word::Target(target) => words.targets.push(target),
                Word::Sender(asked) => words.senders.push(asked),
                Word::Resolver(server) => words.resolvers.push(server),
            }
        }
        match words.targets.is_empty() {
            true => Err(Mistake::new(
                "no domain is named. For instance: mailcheck example.com 192.0.2.25",
            )),
            false => Ok(words),
        }
    }
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
    fn read(typed: &Typed, mut senders: Vec<Asked>) -> Result<Self, Mistake> {
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

    fn inquiry(&self, target: word::Target) -> Inquiry {
        let word::Target { domain, mut notes, selector } = target;
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
        }
    }
}

impl Sources {
    /// Understands the flags about sources, beside the servers that words name.
    ///
    /// # Errors
    /// Servers are named and none may be asked, or nothing is left that could answer.
    pub(super) fn read(typed: args::Sources, named: Vec<String>) -> Result<Self, Mistake> {
        let args::Servers { typed: flags, environment } = typed.servers;
        let is_silent = typed.offline || typed.replay.is_some();
        let mut resolvers: Vec<String> = flags.into_iter().chain(named).collect();
        if let (Some(server), true) = (resolvers.first(), is_silent) {
            let flag = if typed.offline { "--offline" } else { "--replay" };
            return Err(Mistake::new(format!("{flag} asks no server, and {server:?} is one")));
        }
        // What is typed goes before the environment: in its place, not beside it.
        if resolvers.is_empty() && !is_silent {
            resolvers = environment;
        }
        if typed.offline && typed.zone.is_empty() && typed.replay.is_none() {
            return Err(Mistake::new(
                "--offline leaves nothing to answer: add --zone FILE or --replay FILE",
            ));
        }
        Ok(Self {
            resolvers,
            zones: typed.zone,
            offline: typed.offline,
            record: typed.record,
            replay: typed.replay,
            faults: typed.fault,
            timeout: typed.timeout.unwrap_or(TIMEOUT),
            deadline: typed.deadline.unwrap_or(DEADLINE),
        })
    }
}

/// The reverse-path without its angle brackets; whatever it is, SPF has an answer to it
/// (RFC 7208 §2.4: without a domain the HELO name stands in).
fn reverse_path(text: &OsStr) -> Vec<u8> {
    let octets = text.as_encoded_bytes();
    let inner = octets.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">"));
    inner.unwrap_or(octets).to_vec()
}

/// A domain that a flag names. It may have one label: what a message says in its From or in a
/// signature can be a top-level domain, and DMARC has an answer to that.
pub(super) fn domain(text: &OsStr, flag: &str) -> Result<Name, Mistake> {
    let octets = text.as_encoded_bytes();
    let dotted = || word::read(&[octets, b"."].concat());
    match word::read(octets).or_else(|why| dotted().map_err(|_| why)) {
        Ok(Word::Target(target)) => Ok(target.domain),
        Ok(Word::Sender(_) | Word::Resolver(_)) => {
            Err(Mistake::new(format!("{flag}: {:?} is not a domain name", text.to_string_lossy())))
        }
        Err(why) => Err(Mistake::new(format!("{flag}: {why}"))),
    }
}

/// A selector, or the whole name that it stands in.
fn selector(text: &str) -> Result<String, Mistake> {
    let selector = text.split_once("._domainkey").map_or(text, |(selector, _)| selector);
    match Name::from_octets(selector.as_bytes()) {
        Ok(_) => Ok(selector.to_owned()),
        Err(why) => Err(Mistake::new(format!("--selector: {text:?} is not a selector: {why}"))),
    }
}

fn checks(wanted: &[Protocol]) -> Checks {
    match wanted {
        [] => Checks::default(),
        wanted => Checks::only(wanted.iter().copied()),
    }
}

#[cfg(test)]
mod tests;
