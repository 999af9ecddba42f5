//! `mailcheck bounce`: why mail did not arrive, whose fault that is, and whether it still fails.

mod plan;

use super::args::{self, Colour, Pages, Sources};
use super::session::Session;
use super::words::Output;
use super::{RunError, input, wait_for, write};
use crate::audit::bounce::bounces;
use crate::mail::bounce::read;
use crate::render::{json, text};
use crate::report::bounce::Bounces;
use crate::report::envelope::{Enveloped, Kind};
use clap::Parser;
use clap::builder::BoolishValueParser;
use plan::{Form, Plan, plan};
use std::ffi::OsString;
use std::io::Write;

const EXAMPLES: &str = "\
Examples:
  mailcheck bounce undelivered.eml                 a bounce, and the check again
  mailcheck bounce - --offline < bounce.eml        without asking the DNS
  mailcheck bounce event.json -f json              an event of SES, SendGrid …";

const EXIT_CODES: &str = "\
Exit codes:
  0  not yours, not a bounce, or what failed passes now
  1  yours, and it still fails
  2  usage error, or not a bounce that can be read
  3  undetermined: the bounce does not say, or the DNS did not answer
  4  internal error, or the report cannot be written";

/// Read a bounce: why, whose fault, and does it still fail?
#[derive(Clone, Debug, Parser)]
#[command(
    version,
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = args::TEMPLATE,
    arg_required_else_help = true,
    override_usage = "mailcheck bounce [OPTIONS] FILE|-",
    next_help_heading = "Report",
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct BounceArgs {
    /// A bounce, an event as JSON, a reply of SMTP; - for standard input
    #[arg(value_name = "FILE", required = true, hide = true)]
    pub file: OsString,

    /// text or json, perhaps into a file: json=FILE
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

/// Most octets of a bounce.
const LIMIT: u64 = 64 * 1024 * 1024;

/// Carries out the verb.
///
/// # Errors
/// What was typed means nothing, the file cannot be read, or the report cannot be written.
pub(super) fn run(typed: BounceArgs) -> Result<u8, RunError> {
    wait_for(carry_out(plan(typed)?))
}

async fn carry_out(plan: Plan) -> Result<u8, RunError> {
    let octets = match plan.file.as_os_str() == "-" {
        true => input::standard_input(LIMIT)?,
        false => input::read(&plan.file, LIMIT)?,
    };
    let read = read(&octets);
    let found = match &plan.sources {
        None => bounces(read, None).await,
        Some(sources) => {
            let session = Session::open(sources)?;
            let work = bounces(read.clone(), Some(&**session.dns()));
            let mut found = match session.deadline.bound(work).await {
                Ok(found) => found,
                Err(too_late) => {
                    let mut found = bounces(read, None).await;
                    found.run.notes.push(too_late);
                    found
                }
            };
            let notes = std::mem::take(&mut found.run.notes);
            found.run = session.run();
            found.run.notes.extend(notes);
            session.keep_recording()?;
            found
        }
    };
    for output in &plan.outputs {
        put(&found, output, &plan)?;
    }
    Ok(found.exit_code)
}

fn put(found: &Bounces, output: &Output<Form>, plan: &Plan) -> Result<(), RunError> {
    let Output { format, file } = output;
    match file {
        Some(path) => {
            let mut whole = Vec::new();
            form(found, *format, &write::look(&plan.appearance, None), &mut whole)?;
            write::file(path, &whole)
        }
        None => {
            write::standard_output(&plan.appearance, |look, out| form(found, *format, look, out))
        }
    }
}

fn form(
    found: &Bounces,
    form: Form,
    look: &text::Look,
    out: &mut dyn Write,
) -> Result<(), RunError> {
    match form {
        Form::Text => text::bounce::render(found, look, out)?,
        Form::Json => {
            let started = found.run.started.as_deref();
            json::render(&Enveloped::new(Kind::Bounce, started, found), out)?;
        }
    }
    Ok(())
}
