//! `mailcheck history record`: one look.

use super::look::look;
use super::store;
use crate::audit::Inquiry;
use crate::cli::args::{self, Judging, Pages, Sources as TypedSources};
use crate::cli::config::resolve_settings;
use crate::cli::session::Session;
use crate::cli::test::{domains, inquiry};
use crate::cli::words::{Appearance, Mistake, Sources};
use crate::cli::{RunError, wait_for, write};
use crate::history::StoreError;
use crate::net::Name;
use crate::report::Verdict;
use crate::text::minute;
use clap::Parser;
use std::ffi::OsString;

/// Look once, and record the report and the DNS answers
///
/// The exit code says whether something is undetermined, and not how good the domain is. With --replay,
/// --at is when its answers were seen.
#[derive(Debug, Parser)]
#[command(
    help_template = args::TEMPLATE,
    arg_required_else_help = true,
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct RecordArgs {
    /// Domains; a server after `@`
    #[arg(value_name = "DOMAIN", required = true)]
    words: Vec<OsString>,

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

/// Records a look.
///
/// # Errors
/// What was typed means nothing, or the history cannot be written.
pub(super) fn run(typed: RecordArgs) -> Result<u8, RunError> {
    let RecordArgs { words, mut sources, judging, pages: _ } = typed;
    let (named, resolvers) = domains(&words)?;
    let config = resolve_settings(&judging)?.policy.config;
    let path = store::place(sources.past.store.take().as_deref())?;
    let time = sources.past.at.take();
    let is_recorded = sources.replay.is_some() || sources.offline;
    if time.is_some() != is_recorded {
        return Err(Mistake::new(match is_recorded {
            true => "--at TIME is missing: when were these answers seen?",
            false => "--at needs --replay: a look at the DNS is of now",
        })
        .into());
    }
    let sources = Sources::read(sources, resolvers)?;
    let inquiries: Vec<Inquiry> =
        named.into_iter().map(|domain| inquiry(&config, domain)).collect::<Result<_, _>>()?;
    wait_for(async move {
        let session = Session::open(&sources)?;
        let at = time.unwrap_or(session.started.seconds);
        let looked = look(session, &inquiries, &config, &path, at).await?;
        let history = looked.store;
        let trouble = |why: StoreError| store::trouble(&path, &why);
        let is_undetermined =
            looked.domains.iter().any(|found| found.domain.result == Verdict::Unknown);
        let names = inquiries.iter().map(|inquiry| &inquiry.domain);
        let mut page = String::new();
        for name in names {
            page.push_str(&standing(&history, name).map_err(trouble)?);
        }
        page.push_str(&format!("recorded {} in {}\n", minute(at), path.display()));
        write::standard_output(&Appearance::default(), |_, out| {
            Ok(out.write_all(page.as_bytes())?)
        })?;
        Ok(if is_undetermined { 3 } else { 0 })
    })
}

/// How a domain was found, in a line.
fn standing(history: &crate::history::Store, domain: &Name) -> Result<String, StoreError> {
    let found = history.standing(domain)?;
    Ok(found.map_or_else(String::new, |(verdict, headline, since)| {
        format!("{domain}  {}  {headline} ({since})\n", verdict.word().to_uppercase())
    }))
}
