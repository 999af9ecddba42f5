//! What words and flags mean that several verbs have: domains, senders, servers, settings.
//!
//! What cannot be understood becomes a [`Mistake`]: one line that names the words, says what is wrong
//! with them and, where that can be guessed, what was meant.

mod contract;
mod output;
pub(super) mod sender;
mod settings;
pub(super) mod target;

pub(super) use contract::contracts;
pub use contract::declare;
pub use output::{Format, Output};
pub(super) use output::{mail_outputs, outputs};
pub use settings::{Appearance, Ending, Http, Sources};
pub(super) use target::{Argument, Target};

use crate::audit::Asked;
use crate::dns::Place;
use crate::net::Name;
use crate::text::escape;
use std::ffi::{OsStr, OsString};
use std::fmt;

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

/// The words by what they are.
#[derive(Default)]
pub(super) struct Words {
    pub(super) targets: Vec<Target>,
    pub(super) senders: Vec<Asked>,
    pub(super) resolvers: Vec<String>,
}

impl Words {
    pub(super) fn read(typed: &[OsString]) -> Result<Self, Mistake> {
        Self::read_beside(typed, false)
    }

    /// Reads words, beside which a list may name domains too.
    pub(super) fn read_beside(typed: &[OsString], has_list: bool) -> Result<Self, Mistake> {
        let mut words = Self::default();
        for word in typed {
            if let Some(asked) = sender::provider(word) {
                words.senders.push(asked);
                continue;
            }
            match target::read(word.as_encoded_bytes())? {
                Argument::Target(target) => match sender::spoken(&target.domain) {
                    // Who has named a domain says after it who sends; a provider's own SPF can still
                    // be looked at, as the first.
                    Some(asked) if !words.targets.is_empty() => words.senders.push(asked),
                    _ => words.targets.push(target),
                },
                Argument::Sender(asked) => words.senders.push(asked),
                Argument::Resolver(server) => words.resolvers.push(server),
            }
        }
        match (words.targets.is_empty() && !has_list, words.senders.first()) {
            (false, _) => Ok(words),
            (true, Some(asked)) => Err(Mistake::new(format!(
                "{} is a sender; no domain given. Example: mailcheck example.com {}",
                asked.text, asked.text
            ))),
            (true, None) => {
                Err(Mistake::new("no domain given. Example: mailcheck example.com 192.0.2.25"))
            }
        }
    }
}

/// A domain that a flag names. It may have one label: what a message says in its From or in a
/// signature can be a top-level domain, and DMARC has an answer to that.
pub(super) fn domain(text: &OsStr, flag: &str) -> Result<Name, Mistake> {
    let octets = text.as_encoded_bytes();
    let dotted = || target::read(&[octets, b"."].concat());
    match target::read(octets).or_else(|why| dotted().map_err(|_| why)) {
        Ok(Argument::Target(target)) => Ok(target.domain),
        Ok(Argument::Sender(_) | Argument::Resolver(_)) => {
            Err(Mistake::new(format!("{flag}: {:?} is not a domain name", text.to_string_lossy())))
        }
        Err(why) => Err(Mistake::new(format!("{flag}: {why}"))),
    }
}

/// A server after `@`.
pub(super) fn server(text: &OsStr) -> Result<String, Mistake> {
    match target::read(text.as_encoded_bytes())? {
        Argument::Resolver(server) => Ok(server),
        Argument::Target(_) | Argument::Sender(_) => {
            Err(Mistake::new(format!("{:?} names no server", text.to_string_lossy())))
        }
    }
}

/// A selector, or the whole name that it stands in.
pub(super) fn selector(text: &str) -> Result<String, Mistake> {
    let selector = text.split_once("._domainkey").map_or(text, |(selector, _)| selector);
    match Name::from_octets(selector.as_bytes()) {
        Ok(_) => Ok(selector.to_owned()),
        Err(why) => Err(Mistake::new(format!("--selector: {text:?} is not a selector: {why}"))),
    }
}
