//! `mailcheck report`: what others report of a domain's mail.

mod past;
mod plan;

use super::args::{self, Judging, Look, Pages, Sources};
use super::history::store::trouble;
use super::session::Session;
use super::{RunError, input, wait_for, write};
use crate::audit::feedback::{Answers, Folding, replay, replay_with};
use crate::diagnostic::Severity;
use crate::dns::MOST_QUERIES;
use crate::mail::feedback::readings;
use crate::render::mail::{Article, frame};
use crate::render::{json, text, tsv};
use crate::report::Run;
use crate::report::envelope::{Enveloped, Kind};
use crate::report::feedback::Feedback;
use clap::Parser;
use past::Past;
use plan::{Form, Plan, plan};
use std::ffi::OsString;
use std::io::Write;

const EXAMPLES: &str = "\
Examples:
  mailcheck report google.com!example.com!1767571200!1767657599.zip
  mailcheck report Maildir/.dmarc/                  a folder of reports
  mailcheck report --offline reports/ -f json       without asking the DNS
  mailcheck report reports/ -f csv > sources.csv";

const EXIT_CODES: &str = "\
Exit codes:
  0  all mail passes, or what fails is not yours, or passes today
  1  mail of yours fails DMARC, or a finding is at or above --fail-on
  2  usage error, or no report in any file
  3  undetermined: a failing source may be yours or a stranger's
  4  internal error, or the report cannot be written";

/// Read DMARC, failure and TLS reports: who sends as you, what fails
#[derive(Clone, Debug, Parser)]
#[command(
    version,
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = args::TEMPLATE,
    arg_required_else_help = true,
    override_usage = "mailcheck report [OPTIONS] FILE|DIR|-…",
    next_help_heading = "Report",
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct ReportArgs {
    /// Reports, archives, messages, mailboxes; folders of them; - for standard input
    #[arg(value_name = "FILE", required = true, hide = true)]
    pub files: Vec<OsString>,

    /// text, json, csv, tsv, markdown, html, sarif, junit, github or gitlab, into a file with json=FILE
    #[arg(short = 'f', long = "format", value_name = "FORMAT[=FILE]")]
    pub form: Vec<OsString>,

    /// How the report looks.
    #[command(flatten)]
    pub look: Look,

    /// Which findings count.
    #[command(flatten)]
    pub judging: Judging,

    /// Where answers come from.
    #[command(flatten)]
    pub sources: Sources,

    /// Pages of help.
    #[command(flatten, next_help_heading = "Report")]
    pub pages: Pages,
}

/// Most octets of one file.
const LIMIT: u64 = 512 * 1024 * 1024;

/// The exit code where no file holds a report.
const NO_REPORT: u8 = 2;

/// Carries out the verb.
///
/// # Errors
/// What was typed means nothing, a file cannot be read, or the report cannot be written.
pub(super) fn run(typed: ReportArgs) -> Result<u8, RunError> {
    wait_for(carry_out(plan(typed)?))
}

async fn carry_out(plan: Plan) -> Result<u8, RunError> {
    let mut folding = Folding::default();
    let mut add = |name: &str, octets: &[u8]| {
        readings(name, octets).for_each(|(name, reading)| folding.add(&name, reading));
    };
    for file in &plan.files {
        if file.as_os_str() == "-" {
            add("-", &input::standard_input(LIMIT)?);
            continue;
        }
        let mut files = vec![file.clone()];
        if file.is_dir() {
            files = input::files_below(file)?;
            files.sort();
        }
        for file in files {
            add(&file.display().to_string(), &input::read(&file, LIMIT)?);
        }
    }
    let session = plan.sources.as_ref().map(Session::open).transpose()?;
    let mut feedback = folding.finish(Run::default());
    let past = match &plan.history {
        Some(path) => Past::read(path, &feedback).map_err(|why| trouble(path, &why))?,
        None => Past::default(),
    };
    let most_queries = plan.sources.as_ref().and_then(|sources| sources.most_queries);
    let answers = Answers {
        today: session.as_ref().map(|session| &**session.dns()),
        earlier: past.states(),
        most_queries: most_queries.unwrap_or(MOST_QUERIES),
    };
    let work = replay_with(&mut feedback, &answers);
    match &session {
        None => work.await,
        Some(session) => {
            if let Err(too_late) = session.deadline.bound(work).await {
                feedback.run.notes.push(too_late);
                replay(&mut feedback, None).await;
            }
            session.finish(&mut feedback.run)?;
        }
    }
    feedback.run.notes.extend(past.notes);
    let fails = plan.counting.judge(&mut feedback.findings);
    if fails && feedback.exit_code != NO_REPORT {
        feedback.exit_code = 1;
    }
    for output in &plan.outputs {
        let least = plan.counting.least();
        write::output(output, &plan.appearance, |it, look, out| {
            form(&feedback, it, least, look, out)
        })?;
    }
    Ok(feedback.exit_code)
}

fn form(
    feedback: &Feedback,
    form: Form,
    least: Option<Severity>,
    look: &text::Look,
    out: &mut dyn Write,
) -> Result<(), RunError> {
    match form {
        Form::Text => text::feedback::render(feedback, look, out)?,
        Form::Json => {
            let started = feedback.run.started.as_deref();
            json::render(&Enveloped::new(Kind::Feedback, started, feedback), out)?;
        }
        Form::Csv => tsv::sources(feedback, ',', out)?,
        Form::Shared(form) => {
            let frame = frame(&feedback.run, feedback.exit_code, least);
            form.write(&[Article::of_reports(feedback)], &frame, out)?;
        }
        Form::Tsv => tsv::sources(feedback, '\t', out)?,
    }
    Ok(())
}
