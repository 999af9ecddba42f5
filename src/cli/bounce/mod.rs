//! `mailcheck bounce`: why mail did not arrive, whose fault that is, and whether it still fails.

mod plan;

use super::args::{self, Look, Pages, Sources};
use super::session::Session;
use super::{RunError, input, wait_for, write};
use crate::audit::bounce::bounces;
use crate::mail::bounce::read;
use crate::render::{json, text};
use crate::report::bounce::Bounces;
use crate::report::envelope::{Enveloped, Kind};
use clap::Parser;
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

    /// How the report looks.
    #[command(flatten)]
    pub look: Look,

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
            session.finish(&mut found.run)?;
            found
        }
    };
    for output in &plan.outputs {
        write::output(output, &plan.appearance, |it, look, out| form(&found, it, look, out))?;
    }
    Ok(found.exit_code)
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
