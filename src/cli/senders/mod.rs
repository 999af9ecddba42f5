//! `mailcheck senders`: who may send, in full.

mod plan;

use super::args::{Color, Sources, WhatIf};
use super::session::Session;
use super::words::Output;
use super::{RunError, flags, wait_for, what_if, write};
use crate::audit::listing::{list, unknown_listing};
use crate::render::{cidr, json, nft, text};
use crate::report::senders::{Listing, Report};
use clap::{ArgAction, Parser};
use plan::{Form, Plan, plan};
use std::ffi::OsString;
use std::io::Write;

const EXAMPLES: &str = "\
Examples:
  mailcheck senders example.com                           every address, by what it gets
  mailcheck senders example.com --contains 192.0.2.0/24   may all of these send?
  mailcheck senders example.com --minus spf:spf.protection.outlook.com
  mailcheck senders example.com --flatten                 the policy as a list of addresses
  mailcheck senders example.com -f nft | nft -f -         fill the sets of a packet filter";

const EXIT_CODES: &str = "\
Exit codes:
  0  told, and every sender of --contains may send
  1  a sender of --contains may not, or not from everywhere; no policy; not to be flattened
  2  wrong usage: a flag, a domain, a file
  3  could not tell: the DNS did not answer; lists of networks are withheld
  4  our own failure";

/// Who may send for a domain: exact sets of addresses, by result and by term.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "senders",
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = "{about}\n\n{usage-heading} {usage}\n\n{before-help}{all-args}{after-help}",
    override_usage = "mailcheck senders [OPTIONS] DOMAIN [IP|CIDR…] [@RESOLVER]",
    next_help_heading = "Question",
    disable_help_flag = true,
    max_term_width = 100
)]
pub struct SendersArgs {
    /// The domain; addresses and networks to look for; a resolver after `@`
    #[arg(value_name = "WORD", required = true, hide = true)]
    pub words: Vec<OsString>,

    /// May all of this sender's addresses send? IP, CIDR, spf:NAME …
    ///
    /// Answers yes, no or partly, with the exact remainder. Takes a host name or a provider too. May
    /// be given several times.
    #[arg(long, value_name = "SENDER", allow_hyphen_values = true, env = "MAILCHECK_CONTAINS")]
    pub contains: Vec<OsString>,

    /// Take away every address that this policy passes
    ///
    /// May be given several times.
    #[arg(long, value_name = "spf:NAME", env = "MAILCHECK_MINUS")]
    pub minus: Vec<OsString>,

    /// Write the policy as a list of addresses
    ///
    /// Records of ip4 and ip6 only, each within an answer of 512 octets, evaluated in place of the
    /// policy before they are shown. A list does not follow what others change.
    #[arg(long, env = "MAILCHECK_FLATTEN")]
    pub flatten: bool,

    /// What would be if.
    #[command(flatten)]
    pub what_if: WhatIf,

    /// Where answers come from.
    #[command(flatten)]
    pub sources: Sources,

    /// text, json, cidr or nft, perhaps into a file: nft=FILE
    #[arg(
        short,
        long,
        value_name = "FORMAT[=FILE]",
        env = "MAILCHECK_FORMAT",
        help_heading = "Report"
    )]
    pub format: Vec<OsString>,

    /// Show the answers only
    #[arg(short, long, env = "MAILCHECK_QUIET", help_heading = "Report")]
    pub quiet: bool,

    /// auto, always or never
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value = "auto",
        hide_possible_values = true,
        hide_default_value = true,
        env = "MAILCHECK_COLOR",
        help_heading = "Report"
    )]
    pub color: Color,

    /// Draw with ASCII only
    #[arg(long, env = "MAILCHECK_ASCII", hide_short_help = true, help_heading = "Report")]
    pub ascii: bool,

    /// Show this page; --help says more
    #[arg(short, long, action = ArgAction::Help, help_heading = "Report")]
    pub help: Option<bool>,
}

/// Carries out the verb.
///
/// # Errors
/// What was typed means nothing, or the listing cannot be written.
pub(super) fn run(typed: Vec<OsString>) -> Result<u8, RunError> {
    wait_for(carry_out(&plan(flags(typed)?)?))
}

async fn carry_out(plan: &Plan) -> Result<u8, RunError> {
    let session = Session::open(&plan.sources)?;
    let work = async {
        let dns =
            what_if::apply_what_if(session.dns(), &plan.what_if, [&plan.request.domain]).await?;
        Ok::<Listing, RunError>(list(&*dns, &plan.request).await)
    };
    let listing = match session.deadline.bound(work).await {
        Ok(listing) => listing?,
        Err(too_late) => unknown_listing(&plan.request, too_late),
    };
    let report = Report::new(session.run(), listing);
    session.keep_recording()?;
    for output in &plan.outputs {
        put(&report, output, plan)?;
    }
    Ok(report.exit_code)
}

/// Writes a listing where it goes. A list of networks that could not be told in full does not
/// push an older one aside.
fn put(report: &Report, output: &Output<Form>, plan: &Plan) -> Result<(), RunError> {
    let Output { format, file } = output;
    let is_list = matches!(format, Form::Cidr | Form::Nft);
    match file {
        Some(_) if is_list && report.listing.unknown.is_some() => Ok(()),
        Some(path) => {
            let mut whole = Vec::new();
            form(report, *format, &write::look(&plan.appearance, None), &mut whole)?;
            write::file(path, &whole)
        }
        None => {
            write::standard_output(&plan.appearance, |look, out| form(report, *format, look, out))
        }
    }
}

fn form(
    report: &Report,
    form: Form,
    look: &text::Look,
    out: &mut dyn Write,
) -> Result<(), RunError> {
    match form {
        Form::Text => text::senders::render(report, look, out)?,
        Form::Json => json::render(report, out)?,
        Form::Cidr => cidr::render(report, out)?,
        Form::Nft => nft::render(report, out)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_flags_are_consistent() {
        SendersArgs::command().debug_assert();
    }

    #[test]
    fn the_short_help_fits_a_screen() {
        let help = crate::cli::parser::<SendersArgs>().render_help().to_string();
        assert!(help.lines().count() <= 36, "{help}");
    }
}
