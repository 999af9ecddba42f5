//! `mailcheck baseline`: writes down the findings of today, so that only new ones count.

use super::args::{Judging, Pages, Sources as TypedSources};
use super::check::{Examination, Plan, examine_all};
use super::config::{Settings, one_file, resolve_settings};
use super::rules::Format;
use super::test::{domains, inquiry, undeclared};
use super::what_if::WhatIf;
use super::words::{Appearance, Ending, Http, Mistake, Sources};
use super::{RunError, args, wait_for, write};
use crate::config::{self, BASELINE, Policy};
use crate::net::Name;
use crate::render::json;
use crate::report::baseline::{Baseline, UnknownDomain};
use crate::report::{Domain, Examined, Unknown, What};
use crate::suppress::Ignore;
use crate::text::{Phrase, escape};
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Accept the findings of today, so that only new ones count
///
/// They go into mailcheck-baseline.toml beside mailcheck.toml, which is read with it.
#[derive(Debug, Parser)]
#[command(
    help_template = args::TEMPLATE,
    arg_required_else_help = true,
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct BaselineArgs {
    /// What to do with it.
    #[command(subcommand)]
    action: Action,

    /// Pages of help.
    #[command(flatten)]
    pages: Pages,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Write an ignore for every finding of these domains that counts
    ///
    /// Without DOMAIN: every domain that mailcheck.toml declares. If something is undetermined,
    /// nothing is written (exit code 3).
    Write(Flags),
    /// Drop the entries whose finding is gone
    ///
    /// If something is undetermined, they stay (exit code 3).
    Prune(Flags),
}

#[derive(Args, Clone, Debug)]
struct Flags {
    /// Domains; a server after `@`
    #[arg(value_name = "DOMAIN")]
    words: Vec<OsString>,

    /// The file, instead of the one beside mailcheck.toml
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// text or json
    #[arg(
        short = 'f',
        long = "format",
        value_name = "FORMAT",
        value_enum,
        default_value = "text",
        hide_possible_values = true
    )]
    form: Format,

    /// Where answers come from.
    #[command(flatten)]
    sources: TypedSources,

    /// Which findings count.
    #[command(flatten)]
    judging: Judging,

    /// Pages of help.
    #[command(flatten)]
    pages: Pages,
}

/// Carries out the verb.
///
/// # Errors
/// What was typed means nothing, or the baseline cannot be written.
pub(super) fn run(typed: BaselineArgs) -> Result<u8, RunError> {
    match typed.action {
        Action::Write(flags) => {
            let work = Work::read(flags)?;
            let domains = match work.named.is_empty() {
                true => work.declared()?,
                false => work.named.clone(),
            };
            wait_for(written(work, domains))
        }
        Action::Prune(flags) => {
            let work = Work::read(flags)?;
            let domains = match work.named.is_empty() {
                true => work.written_down(),
                false => work.named.clone(),
            };
            wait_for(pruned(work, domains))
        }
    }
}

/// What is to be done.
struct Work {
    /// The domains that were named.
    named: Vec<Name>,
    sources: Sources,
    /// What counts, the baseline itself left aside.
    policy: Policy,
    /// The baseline, as it is shown.
    path: PathBuf,
    /// What stands in it.
    entries: Vec<Ignore>,
    /// What is printed.
    form: Format,
}

impl Work {
    fn read(flags: Flags) -> Result<Self, Mistake> {
        let (named, resolvers) = domains(&flags.words)?;
        let Settings { mut policy, file, .. } = resolve_settings(&flags.judging)?;
        let beside = file.map_or_else(|| PathBuf::from(BASELINE), |it| it.with_file_name(BASELINE));
        let path = flags.output.unwrap_or(beside);
        let entries = match path.is_file() {
            true => one_file(&path)?.ignores,
            false => Vec::new(),
        };
        let is_it = |file: &str| write::is_same_file(Path::new(file), &path);
        let config = &policy.config;
        let files = config.included.iter().chain([&config.file]);
        let own: Vec<_> = files.filter(|file| is_it(file)).cloned().collect();
        policy.config.ignores.retain(|ignore| !own.contains(&ignore.place.file));
        let sources = Sources::read(flags.sources, resolvers)?;
        Ok(Self { named, sources, policy, path, entries, form: flags.form })
    }

    /// Every domain that the configuration declares.
    fn declared(&self) -> Result<Vec<Name>, Mistake> {
        let contracts = &self.policy.config.contracts;
        match contracts.is_empty() {
            true => Err(undeclared(&self.policy.config)),
            false => Ok(contracts.iter().map(|one| one.name.value.clone()).collect()),
        }
    }

    /// Every domain that the baseline speaks of.
    fn written_down(&self) -> Vec<Name> {
        let mut names: Vec<Name> = Vec::new();
        for name in self.entries.iter().filter_map(|entry| entry.domain.as_ref()) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    /// Looks at the domains, every finding as if there were no baseline.
    async fn examine_all(&self, domains: Vec<Name>) -> Result<Examination, RunError> {
        let config = &self.policy.config;
        let inquiries = domains.into_iter().map(|domain| inquiry(config, domain));
        let plan = Plan {
            http: Http::Public,
            probing: None,
            inquiries: inquiries.collect::<Result<_, _>>()?,
            list: None,
            what_if: WhatIf::default(),
            sources: self.sources.clone(),
            ending: Ending {
                outputs: Vec::new(),
                appearance: Appearance::default(),
                fail_on: None,
                names_fail_on: false,
                policy: self.policy.clone(),
                exit_zero: false,
            },
        };
        examine_all(&plan).await
    }

    /// Replaces the entries of the file.
    fn keep(&self, entries: &[&Ignore]) -> Result<(), RunError> {
        write::file(&self.path, config::write_baseline(entries).as_bytes())
    }

    fn shown(&self) -> String {
        escape(self.path.display().to_string().as_bytes())
    }

    /// What becomes of the file, before anything did: the domains of which something is undetermined.
    fn outcome(&self, domains: &[Domain]) -> Baseline {
        let undetermined = domains.iter().filter(|domain| !is_determined(domain));
        let unknown = undetermined.map(|domain| UnknownDomain {
            domain: domain.domain.clone(),
            why: first_unknown(domain).unwrap_or_default(),
        });
        Baseline {
            file: self.shown(),
            is_written: false,
            entries: self.entries.len(),
            removed: 0,
            unknown: unknown.collect(),
            errors: domains.iter().flat_map(|domain| &domain.errors).cloned().collect(),
            exit_code: 0,
        }
    }

    /// Says how it went: as a sentence, or as a document.
    fn print(&self, outcome: &Baseline, started: Option<&str>, said: &str) -> Result<u8, RunError> {
        write::standard_output(&Appearance::default(), |_, out| match self.form {
            Format::Text => Ok(writeln!(out, "{said}")?),
            Format::Json => Ok(json::render(&outcome.document(started), out)?),
        })?;
        Ok(outcome.exit_code)
    }
}

/// Writes the findings of these domains down. An entry that stands there already stays as it is, and
/// so do those of other domains.
async fn written(work: Work, names: Vec<Name>) -> Result<u8, RunError> {
    let Examination { domains, started, comments, .. } = work.examine_all(names).await?;
    let mut outcome = work.outcome(&domains);
    let at = started.rfc3339();
    let at = work.sources.replay.is_none().then_some(&*at);
    if let Some(UnknownDomain { domain, why }) = outcome.unknown.first() {
        let colon = if why.is_empty() { "" } else { ": " };
        let said = format!("baseline not written: {domain} undetermined{colon}{why}");
        outcome.exit_code = 3;
        return work.print(&outcome, at, &said);
    }
    let today = started.date();
    // What a comment leaves out needs no second ignore.
    let policy = Policy { comments, ..work.policy.clone() };
    let judged = config::apply(&policy, &today, Examined { domains, findings: Vec::new() });
    let domains = judged.domains();
    let found = config::baseline(domains, &today);
    let stays = |entry: &&Ignore| {
        let looked_at = |name: &Name| domains.iter().any(|domain| domain.domain == *name);
        let is_found = || found.iter().any(|one| is_same_entry(one, entry));
        entry.domain.as_ref().is_none_or(|name| !looked_at(name) || is_found())
    };
    let mut entries: Vec<&Ignore> = work.entries.iter().filter(stays).collect();
    let is_new = |one: &&Ignore| !work.entries.iter().any(|entry| is_same_entry(entry, one));
    entries.extend(found.iter().filter(is_new));
    work.keep(&entries)?;
    (outcome.is_written, outcome.entries) = (true, entries.len());
    work.print(&outcome, at, &format!("{}: {}", outcome.file, counted(entries.len())))
}

/// Drops the entries whose finding is gone.
async fn pruned(work: Work, names: Vec<Name>) -> Result<u8, RunError> {
    let Examination { domains, started, .. } = work.examine_all(names).await?;
    let at = started.rfc3339();
    let at = work.sources.replay.is_none().then_some(&*at);
    let mut outcome = work.outcome(&domains);
    let of = |entry: &Ignore| {
        let meant = entry.domain.as_ref();
        meant.and_then(|name| domains.iter().find(|domain| domain.domain == *name))
    };
    let may_be_found = |entry: &Ignore| {
        of(entry).is_some_and(|domain| {
            let finds = domain.findings.iter().any(|finding| entry.means(finding));
            !finds && !config::would_find(&work.policy, entry, &domains)
        })
    };
    let stays = |entry: &Ignore| {
        let finds = |domain: &Domain| domain.findings.iter().any(|it| entry.means(it));
        of(entry).is_none_or(finds) || may_be_found(entry)
    };
    let entries: Vec<&Ignore> = work.entries.iter().filter(|entry| stays(entry)).collect();
    let dropped = work.entries.len() - entries.len();
    if dropped > 0 {
        work.keep(&entries)?;
    }
    let has_unknown = !outcome.unknown.is_empty();
    let kept = if has_unknown { "; entries for undetermined domains kept" } else { "" };
    let left = counted(entries.len());
    outcome = Baseline {
        is_written: dropped > 0,
        entries: entries.len(),
        removed: dropped,
        exit_code: if has_unknown { 3 } else { 0 },
        ..outcome
    };
    let said = format!("{}: {dropped} removed, {left} kept{kept}", outcome.file);
    work.print(&outcome, at, &said)
}

/// True if two entries are about the same finding.
fn is_same_entry(one: &Ignore, other: &Ignore) -> bool {
    one.rule.id == other.rule.id
        && one.domain == other.domain
        && one.fingerprint == other.fingerprint
}

/// True if everything about a domain could be determined; its senders are the contract's matter.
fn is_determined(domain: &Domain) -> bool {
    let matters = |one: &Unknown| !matches!(one.what, What::Sender(_));
    domain.is_complete() && !domain.unknowns().iter().any(matters)
}

/// Why not everything about a domain could be determined: the first reason.
fn first_unknown(domain: &Domain) -> Option<Phrase> {
    let is_expectation = |one: &Unknown| one.what == What::Expectation;
    let expectation = || domain.unknowns().into_iter().find(is_expectation);
    domain.errors.first().map(|error| error.message.clone()).or_else(|| Some(expectation()?.why))
}

fn counted(entries: usize) -> String {
    match entries {
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    }
}
