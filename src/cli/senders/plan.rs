//! What `mailcheck senders` means.

use super::SendersArgs;
use crate::audit::Sender;
use crate::audit::listing::Request;
use crate::cli::what_if::WhatIf;
use crate::cli::words::{Appearance, Mistake, Output, Sources, Words, outputs, sender};
use crate::config::Config;
use crate::net::Name;
use std::ffi::OsString;

/// Everything that a run of `mailcheck senders` does.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// What is asked.
    pub request: Request,
    /// In what the domain differs from how it is.
    pub what_if: WhatIf,
    /// Where answers come from.
    pub sources: Sources,
    /// Where the listing goes; at most one of them is standard output.
    pub outputs: Vec<Output<Form>>,
    /// How the text looks.
    pub appearance: Appearance,
}

/// A form of the listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// For a person.
    Text,
    /// For a program.
    Json,
    /// A network a line.
    Cidr,
    /// Sets of nftables.
    Nft,
}

impl Form {
    const NAMES: [(Self, &'static str); 4] =
        [(Self::Text, "text"), (Self::Json, "json"), (Self::Cidr, "cidr"), (Self::Nft, "nft")];
}

/// Understands what was typed.
///
/// # Errors
/// A word, a flag's value or the combination of them means nothing.
pub(super) fn plan(typed: SendersArgs) -> Result<Plan, Mistake> {
    let words = Words::read(&typed.words)?;
    let mut targets = words.targets.into_iter();
    let (Some(target), None) = (targets.next(), targets.next()) else {
        return Err(Mistake::new("senders takes one domain"));
    };
    let what_if = WhatIf::read(&typed.what_if, 1)?;
    let mut contains = words.senders;
    for text in &typed.contains {
        contains.push(sender::read(text.as_encoded_bytes())?);
    }
    let minus = typed.minus.iter().map(policy).collect::<Result<_, _>>()?;
    let notes = target.notes.into_iter().chain(what_if.notes()).collect();
    let flatten = typed.flatten;
    let sources = Sources::read(typed.sources, words.resolvers)?;
    let most_queries = sources.most_queries(&Config::default());
    Ok(Plan {
        request: Request { domain: target.domain, notes, contains, minus, flatten, most_queries },
        what_if,
        sources,
        outputs: outputs(&typed.form, &Form::NAMES)?,
        appearance: Appearance {
            color: typed.colour.color.into(),
            ascii: typed.ascii,
            quiet: typed.quiet,
            ..Appearance::default()
        },
    })
}

/// The name in `spf:NAME`.
fn policy(text: &OsString) -> Result<Name, Mistake> {
    match sender::read(text.as_encoded_bytes())?.sender {
        Sender::Policy(name) => Ok(name),
        _ => {
            let shown = text.to_string_lossy();
            Err(Mistake::new(format!("--minus: {shown:?} is not a policy. Example: spf:NAME")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    fn planned<const N: usize>(typed: [&str; N]) -> Result<Plan, Mistake> {
        let words = std::iter::once("senders").chain(typed);
        plan(SendersArgs::try_parse_from(words).unwrap())
    }

    fn mistake<const N: usize>(typed: [&str; N]) -> String {
        planned(typed).map(|plan| plan.request).unwrap_err().to_string()
    }

    #[test]
    fn a_network_among_the_words_is_asked_about() {
        let plan = planned(["a.example", "192.0.2.0/24", "--contains", "spf:b.example"]).unwrap();
        let asked: Vec<String> = plan.request.contains.into_iter().map(|it| it.text).collect();
        assert_eq!(asked, ["192.0.2.0/24", "spf:b.example"]);
    }

    #[test]
    fn two_domains_are_one_too_many() {
        assert_eq!(mistake(["a.example", "b.example"]), "senders takes one domain");
    }

    #[test]
    fn only_a_policy_can_be_taken_away() {
        assert_eq!(
            mistake(["a.example", "--minus", "192.0.2.1"]),
            "--minus: \"192.0.2.1\" is not a policy. Example: spf:NAME"
        );
    }

    #[test]
    fn a_format_of_the_main_job_is_not_one_of_ours() {
        assert_eq!(
            mistake(["a.example", "-f", "yaml"]),
            "unknown format \"yaml\". One of: text, json, cidr, nft"
        );
    }
}
