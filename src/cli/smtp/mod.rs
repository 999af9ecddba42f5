//! `mailcheck smtp`: a dialogue with a mail server, stage by stage, without sending a message.

mod credentials;
mod dial;
mod plan;

use super::args::{self, Look, Pages, Sources};
use super::session::Session;
use super::{RunError, wait_for, write};
use crate::render::{json, text};
use crate::report::envelope::{Enveloped, Kind as Document};
use crate::report::smtp::Probes;
use clap::Parser;
use clap::builder::BoolishValueParser;
pub(super) use dial::Dialer;
use plan::{Form, Plan, plan};
use std::ffi::OsString;
use std::io::Write;
use std::sync::Arc;

/// Addresses of a host that are tried until one of them answers.
const MOST_ADDRESSES: usize = 4;

/// What is typed most.
const EXAMPLES: &str = "\
Examples:
  mailcheck smtp mx.example.com               STARTTLS, certificate, AUTH
  mailcheck smtp smtp.example.com:465         implicit TLS
  mailcheck smtp smtp.office365.com --login user@example.com
  mailcheck smtp mx.example.com --from a@example.com --to b@example.net";

/// What the exit code means.
const EXIT_CODES: &str = "\
Exit codes:
  0  every stage succeeded
  1  a stage failed for good: certificate, STARTTLS, login or recipient refused
  2  usage error
  3  undetermined: not reached, or the server asks to try again later
  4  internal error, or the report cannot be written

Environment:
  MAILCHECK_SMTP_PASSWORD  the password of --login; else mailcheck asks for it
  MAILCHECK_SMTP_TOKEN     an OAuth token of --login, sent by XOAUTH2";

/// Test a mail server: banner, TLS, certificate, AUTH, login, recipient; sends no message
#[derive(Clone, Debug, Parser)]
#[command(
    version,
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = args::TEMPLATE,
    arg_required_else_help = true,
    override_usage = "mailcheck smtp [OPTIONS] HOST[:PORT]…",
    next_help_heading = "Dialogue",
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct SmtpArgs {
    /// Servers; port 25, or 587 with --login
    #[arg(value_name = "HOST[:PORT]", required = true, hide = true)]
    pub hosts: Vec<String>,

    /// Log in as USER; the password never comes from a flag
    #[arg(long, value_name = "USER")]
    pub login: Option<String>,

    /// MAIL FROM to try; <> is the null reverse-path
    #[arg(long, value_name = "ADDRESS", requires = "to", allow_hyphen_values = true)]
    pub from: Option<String>,

    /// RCPT TO to try; no message is sent
    #[arg(long, value_name = "ADDRESS", requires = "from")]
    pub to: Option<String>,

    /// The name for EHLO [default: the address of this machine]
    #[arg(long, value_name = "NAME")]
    pub helo: Option<String>,

    /// Connect to private and loopback addresses that the DNS names
    #[arg(long, value_parser = BoolishValueParser::new())]
    pub allow_private: bool,

    /// Where the report goes: text or json, =FILE: into a file
    #[arg(short = 'f', long = "format", value_name = "FORMAT[=FILE]")]
    pub form: Vec<OsString>,

    /// How it looks.
    #[command(flatten)]
    pub look: Look,

    /// Where answers come from.
    #[command(flatten)]
    pub sources: Sources,

    /// Pages of help.
    #[command(flatten, next_help_heading = "Report")]
    pub pages: Pages,
}

/// Holds the dialogues, and says what they mean.
///
/// # Errors
/// A word or a flag means nothing, no credentials can be had, or the report cannot be written.
pub(super) fn run(typed: SmtpArgs) -> Result<u8, RunError> {
    wait_for(carry_out(plan(typed)?))
}

async fn carry_out(plan: Plan) -> Result<u8, RunError> {
    let session = Session::open(&plan.sources)?;
    let dialer = Dialer {
        dns: Arc::clone(session.dns()),
        smtp: session.stack.smtp()?,
        allows_local: plan.allows_local,
        helo: plan.helo.clone(),
        envelope: plan.envelope.clone(),
        login: plan.login.clone(),
        now: session.started.seconds,
        clock: session.clock().seconds,
        patience: plan.sources.deadline,
        most_addresses: MOST_ADDRESSES,
    };
    let mut probes = Vec::new();
    for target in &plan.targets {
        probes.push(dialer.probe(target, None).await);
    }
    let mut probes = Probes::new(probes, session.run());
    session.finish(&mut probes.run)?;
    for output in &plan.outputs {
        write::output(output, &plan.appearance, |it, look, out| form(&probes, it, look, out))?;
    }
    Ok(probes.exit_code)
}

fn form(
    found: &Probes,
    form: Form,
    look: &text::Look,
    out: &mut dyn Write,
) -> Result<(), RunError> {
    match form {
        Form::Text => text::smtp::render(found, look, out)?,
        Form::Json => {
            let started = found.run.started.as_deref();
            json::render(&Enveloped::new(Document::Smtp, started, found), out)?;
        }
    }
    Ok(())
}
