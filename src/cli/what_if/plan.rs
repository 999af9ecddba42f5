//! In what a domain differs from how it is: the policy that is proposed, the name that may go.

use crate::cli::args;
use crate::cli::words::{Mistake, domain};
use crate::net::Name;
use crate::protocols::spf::TypedTerm;
use crate::protocols::spf::grammar;
use crate::text::Phrase;
use std::ffi::OsString;

/// What would be if.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhatIf {
    /// Terms that the SPF record has as well.
    pub with: Vec<TypedTerm>,
    /// Terms that it does not have.
    pub without: Vec<TypedTerm>,
    /// The SPF record itself.
    pub record: Option<Vec<u8>>,
    /// Names that do not exist, nor what is below them.
    pub absent: Vec<Name>,
}

impl WhatIf {
    /// Reads the hypothetical changes of so many domains.
    pub(in crate::cli) fn read(typed: &args::WhatIf, domains: usize) -> Result<Self, Mistake> {
        let words = |flag, typed: &[OsString]| {
            typed.iter().map(|text| word(flag, text)).collect::<Result<Vec<_>, _>>()
        };
        let record = typed.as_if_record.as_ref().map(|text| text.as_encoded_bytes().to_vec());
        match &record {
            Some(text) if !grammar::is_record(text) => {
                let shown = String::from_utf8_lossy(text);
                return Err(Mistake::new(format!(
                    "--as-if-record: {shown:?} is not an SPF record: it must begin with v=spf1 and a space"
                )));
            }
            Some(_) if domains > 1 => {
                return Err(Mistake::new("--as-if-record takes one domain"));
            }
            _ => {}
        }
        let absent = typed.as_if_gone.iter().map(|text| domain(text, "--as-if-gone"));
        Ok(Self {
            with: words("--with", &typed.with)?,
            without: words("--without", &typed.without)?,
            record,
            absent: absent.collect::<Result<_, _>>()?,
        })
    }

    /// True if everything is as it is.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The hypothetical changes, in sentences: a report must not be taken for how things are.
    pub(in crate::cli) fn notes(&self) -> Vec<Phrase> {
        let said = || Phrase::from("hypothetical: ");
        let with =
            self.with.iter().map(|word| said().plain("the SPF record also has ").code(word.text()));
        let without = self
            .without
            .iter()
            .map(|word| said().plain("the SPF record does not have ").code(word.text()));
        let record = self.record.iter().map(|text| said().plain("the SPF record is ").code(text));
        let absent = self.absent.iter().map(|name| said().name(name).plain(" does not exist"));
        without.chain(with).chain(record).chain(absent).collect()
    }
}

fn word(flag: &str, text: &OsString) -> Result<TypedTerm, Mistake> {
    TypedTerm::read(text.as_encoded_bytes()).map_err(|why| {
        let shown = text.to_string_lossy();
        Mistake::new(format!("{flag}: {shown:?} is not a term: expected {}", why.expected))
    })
}
