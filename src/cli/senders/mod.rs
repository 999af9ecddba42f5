//! `mailcheck senders`: who may send, in full.

mod plan;

use super::args::{self, Colour, Pages, Sources, WhatIf};
use super::session::Session;
use super::words::Output;
use super::{RunError, wait_for, what_if, write};
use crate::audit::listing::{list, unknown_listing};
use crate::render::{cidr, json, nft, text};
use crate::report::senders::{Listing, Report};
use clap::Parser;
use clap::builder::BoolishValueParser;
use plan::{Form, Plan, plan};
use std::ffi::OsString;
use std::io::Write;

const EXAMPLES: &str = "\
Examples:
  mailcheck senders example.com                     every address, by its result
  mailcheck senders example.com 192.0.2.0/24        are all of these authorized?
  mailcheck senders example.com --minus spf:spf.protection.outlook.com
  mailcheck senders example.com --flatten           the policy as addresses
  mailcheck senders example.com -f nft | nft -f -   for a packet filter";

const EXIT_CODES: &str = "\
Exit codes:
  0  listed, and every sender of --contains is authorized
  1  a sender of --contains is not, or only partly; no SPF record; cannot be flattened
  2  usage error: a flag, a domain, a file
  3  undetermined: the DNS did not answer; lists of networks are withheld
  4  internal error, or the list could not be written";

/// List every address by its SPF result, with the term that decides
#[derive(Clone, Debug, Parser)]
#[command(
    version,
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = args::TEMPLATE,
    arg_required_else_help = true,
    override_usage = "mailcheck senders [OPTIONS] DOMAIN [IP|CIDR|PROVIDER…] [@SERVER]",
    next_help_heading = "What to list",
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub struct SendersArgs {
    /// The domain; addresses and networks to look for; a server after `@`
    #[arg(value_name = "DOMAIN", required = true, hide = true)]
    pub words: Vec<OsString>,

    /// Are all addresses of this sender authorized? IP, CIDR, spf:NAME …
    ///
    /// Answers yes, no or partly, with the exact remainder. Takes a host name or a provider too. May
    /// be given several times.
    #[arg(long, value_name = "SENDER", allow_hyphen_values = true)]
    pub contains: Vec<OsString>,

    /// Subtract every address that this policy authorizes
    ///
    /// May be given several times.
    #[arg(long, value_name = "spf:NAME")]
    pub minus: Vec<OsString>,

    /// Write the policy as a list of addresses
    ///
    /// Records of ip4 and ip6 only, each within an answer of 512 octets, and evaluated before they are
    /// shown. A list does not follow what providers change.
    #[arg(long)]
    pub flatten: bool,

    /// What would be if.
    #[command(flatten)]
    pub what_if: WhatIf,

    /// Where answers come from.
    #[command(flatten)]
    pub sources: Sources,

    /// text, json, cidr or nft, into a file with nft=FILE
    #[arg(short = 'f', long = "format", value_name = "FORMAT[=FILE]", help_heading = "Report")]
    pub form: Vec<OsString>,

    /// Show the answers only
    #[arg(short, long, help_heading = "Report", value_parser = BoolishValueParser::new())]
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

    /// Pages of help.
    #[command(flatten, next_help_heading = "Report")]
    pub pages: Pages,
}

/// Carries out the verb.
///
/// # Errors
/// What was typed means nothing, or the listing cannot be written.
pub(super) fn run(typed: SendersArgs) -> Result<u8, RunError> {
    wait_for(carry_out(&plan(typed)?))
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
    // A list of networks that could not be determined in full does not push an older one aside.
    let is_withheld = |output: &&Output<Form>| {
        let is_list = matches!(output.format, Form::Cidr | Form::Nft);
        is_list && output.file.is_some() && report.listing.unknown.is_some()
    };
    for output in plan.outputs.iter().filter(|output| !is_withheld(output)) {
        write::output(output, &plan.appearance, |it, look, out| form(&report, it, look, out))?;
    }
    Ok(report.exit_code)
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
