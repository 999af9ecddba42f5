//! `mailcheck report`: what others report of a domain's mail.

mod plan;

use super::args::{self, Colour, Pages, Sources};
use super::session::Session;
use super::words::Output;
use super::{RunError, input, wait_for, write};
use crate::audit::feedback::{Folding, replay};
use crate::mail::feedback::read;
use crate::render::{json, text, tsv};
use crate::report::Run;
use crate::report::envelope::{Enveloped, Kind};
use crate::report::feedback::Feedback;
use clap::Parser;
use clap::builder::BoolishValueParser;
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
  1  mail of yours fails DMARC
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

    /// text, json, csv or tsv, perhaps into a file: json=FILE
    #[arg(short = 'f', long = "format", value_name = "FORMAT[=FILE]")]
    pub form: Vec<OsString>,

    /// Show the answer and the faults only
    #[arg(short, long, value_parser = BoolishValueParser::new())]
    pub quiet: bool,

    /// When to use colour.
    #[command(flatten, next_help_heading = "Report")]
    pub colour: Colour,

    /// Draw with ASCII only
    #[arg(
        long,
        hide_short_help = true,
        help_heading = "Report",
        value_parser = BoolishValueParser::new()
    )]
    pub ascii: bool,

    /// Where answers come from.
    #[command(flatten)]
    pub sources: Sources,

    /// Pages of help.
    #[command(flatten, next_help_heading = "Report")]
    pub pages: Pages,
}

/// Most octets of one file.
const LIMIT: u64 = 512 * 1024 * 1024;

/// Carries out the verb.
///
/// # Errors
/// What was typed means nothing, a file cannot be read, or the report cannot be written.
pub(super) fn run(typed: ReportArgs) -> Result<u8, RunError> {
    wait_for(carry_out(plan(typed)?))
}

async fn carry_out(plan: Plan) -> Result<u8, RunError> {
    let mut folding = Folding::default();
    for file in &plan.files {
        if file.as_os_str() == "-" {
            let octets = input::standard_input(LIMIT)?;
            folding.add("-", read("-", &octets));
        } else if file.is_dir() {
            let mut files = input::files_below(file)?;
            files.sort();
            for file in files {
                let octets = input::read(&file, LIMIT)?;
                let name = file.display().to_string();
                folding.add(&name, read(&name, &octets));
            }
        } else {
            let octets = input::read(file, LIMIT)?;
            let name = file.display().to_string();
            folding.add(&name, read(&name, &octets));
        }
    }
    let feedback = match &plan.sources {
        None => {
            let mut feedback = folding.finish(Run::default());
            replay(&mut feedback, None).await;
            feedback
        }
        Some(sources) => {
            let session = Session::open(sources)?;
            let mut feedback = folding.finish(Run::default());
            let work = replay(&mut feedback, Some(&**session.dns()));
            if let Err(too_late) = session.deadline.bound(work).await {
                feedback.run.notes.push(too_late);
                replay(&mut feedback, None).await;
            }
            let notes = std::mem::take(&mut feedback.run.notes);
            feedback.run = session.run();
            feedback.run.notes.extend(notes);
            session.keep_recording()?;
            feedback
        }
    };
    for output in &plan.outputs {
        put(&feedback, output, &plan)?;
    }
    Ok(feedback.exit_code)
}

fn put(feedback: &Feedback, output: &Output<Form>, plan: &Plan) -> Result<(), RunError> {
    let Output { format, file } = output;
    match file {
        Some(path) => {
            let mut whole = Vec::new();
            form(feedback, *format, &write::look(&plan.appearance, None), &mut whole)?;
            write::file(path, &whole)
        }
        None => {
            write::standard_output(&plan.appearance, |look, out| form(feedback, *format, look, out))
        }
    }
}

fn form(
    feedback: &Feedback,
    form: Form,
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
        Form::Tsv => tsv::sources(feedback, '\t', out)?,
    }
    Ok(())
}
