//! What `mailcheck test` means, and which domains a contract is about.

use super::TestArgs;
use crate::audit::Inquiry;
use crate::cli::check::Plan;
use crate::cli::what_if::WhatIf;
use crate::cli::words::{Argument, Ending, Http, Mistake, Sources, declare, target};
use crate::config::{Config, FILE};
use crate::net::Name;
use std::ffi::OsString;

/// A declaration, for those who have none.
const EXAMPLE: &str = "domain = [{ name = \"example.com\", senders = [\"microsoft365\"], min-policy = \"quarantine\" }]";

/// Understands what was typed.
///
/// # Errors
/// A word, a flag's value or the combination of them means nothing, or nothing is declared.
pub(super) fn plan(mut typed: TestArgs) -> Result<Plan, Mistake> {
    let (files, words): (Vec<OsString>, Vec<OsString>) =
        typed.words.into_iter().partition(names_file);
    let mut files = files.into_iter();
    if let Some(file) = files.next() {
        typed.report.judging.choice.config = Some(file);
    }
    if files.next().is_some() {
        return Err(Mistake::new("test takes one file; include = [\"…\"] in it adds others"));
    }
    let (domains, resolvers) = domains(&words)?;
    let ending = Ending::read(&typed.report)?;
    let config = &ending.policy.config;
    if config.contracts.is_empty() {
        return Err(undeclared(config));
    }
    let sources = Sources::read(typed.sources, resolvers)?;
    let most_queries = sources.most_queries(config);
    let inquiries = match domains.is_empty() {
        true => config.contracts.iter().map(|one| one.name.value.clone()).collect(),
        false => domains,
    };
    let inquiries = inquiries.into_iter().map(|domain| match config.contract(&domain) {
        Some(_) => Ok(Inquiry { most_queries, ..inquiry(config, domain)? }),
        None => Err(Mistake::new(format!(
            "{domain} is not declared in {}; declared domains: {}",
            config.file,
            names(config)
        ))),
    });
    Ok(Plan {
        http: Http::Off,
        probing: None,
        inquiries: inquiries.collect::<Result<_, _>>()?,
        list: None,
        what_if: WhatIf::default(),
        sources,
        ending,
    })
}

/// What is asked of a domain as a whole, its contract with it.
pub(in crate::cli) fn inquiry(config: &Config, domain: Name) -> Result<Inquiry, Mistake> {
    let mut inquiry = Inquiry::about(domain);
    declare(config, &mut inquiry)?;
    Ok(inquiry)
}

/// The domains and the servers among words; senders have no place there.
pub(in crate::cli) fn domains(words: &[OsString]) -> Result<(Vec<Name>, Vec<String>), Mistake> {
    let (mut domains, mut resolvers) = (Vec::new(), Vec::new());
    for word in words {
        match target::read(word.as_encoded_bytes())? {
            Argument::Target(target) if domains.contains(&target.domain) => {}
            Argument::Target(target) => domains.push(target.domain),
            Argument::Resolver(server) => resolvers.push(server),
            Argument::Sender(asked) => {
                return Err(Mistake::new(format!(
                    "{} is a sender; test takes the senders from the contract. To check one sender: \
                 mailcheck example.com {}",
                    asked.text, asked.text
                )));
            }
        }
    }
    Ok((domains, resolvers))
}

/// Why there is nothing to test, and what would be something.
pub(in crate::cli) fn undeclared(config: &Config) -> Mistake {
    let place = match &*config.file {
        "" => format!("no {FILE} found"),
        file => format!("{file} declares no domain"),
    };
    Mistake::new(format!("{place}. Example: {EXAMPLE}"))
}

/// The domains that are declared, the first few of them.
fn names(config: &Config) -> String {
    const SHOWN: usize = 5;
    let contracts = &config.contracts;
    let mut names: Vec<String> =
        contracts.iter().take(SHOWN).map(|one| one.name.value.to_string()).collect();
    if contracts.len() > SHOWN {
        names.push(format!("{} more", contracts.len() - SHOWN));
    }
    names.join(", ")
}

/// True for the name of a file: no top-level domain is called so.
fn names_file(word: &OsString) -> bool {
    word.as_encoded_bytes().to_ascii_lowercase().ends_with(b".toml")
}
