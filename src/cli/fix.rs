//! `mailcheck fix`: the records that mend a domain, and nothing else.

use super::args::Sources as Typed;
use super::plan::{Sources, domain};
use super::session::Session;
use super::{Trouble, flags, wait_for};
use crate::audit::{self, Fixed, Inquiry, Selection};
use crate::diagnostic::Applicability;
use crate::render::patch::{self, Tool};
use clap::{ArgAction, Parser, ValueEnum};
use std::ffi::OsString;
use std::io::{self, Write as _};

/// Print the records that mend a domain, each fix proved before it is printed
///
/// Every fix was tried on the records as they are: its finding is gone, nothing as bad has come,
/// and no address that was authorized is lost. Safe ones stand first.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "mailcheck fix",
    override_usage = "mailcheck fix DOMAIN [OPTIONS]",
    disable_version_flag = true,
    disable_help_flag = true,
    max_term_width = 100
)]
struct Flags {
    /// The domain to mend
    #[arg(value_name = "DOMAIN", required = true)]
    domain: OsString,

    /// zone, terraform, octodns or dnscontrol
    #[arg(
        short,
        long,
        value_name = "TOOL",
        value_enum,
        default_value = "zone",
        hide_possible_values = true,
        hide_default_value = true
    )]
    format: Form,

    /// Mend this rule or family only, as in spf/syntax or spf
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    only: Vec<String>,

    /// Leave out fixes below this: safe, review or sketch
    #[arg(
        long,
        value_name = "HOW",
        value_enum,
        default_value = "sketch",
        hide_possible_values = true,
        hide_default_value = true
    )]
    least: Least,

    /// Where answers come from.
    #[command(flatten)]
    sources: Typed,

    /// Show this page
    #[arg(short, long, action = ArgAction::Help)]
    help: Option<bool>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    Zone,
    Terraform,
    Octodns,
    Dnscontrol,
}

impl From<Form> for Tool {
    fn from(form: Form) -> Self {
        match form {
            Form::Zone => Self::Zone,
            Form::Terraform => Self::Terraform,
            Form::Octodns => Self::Octodns,
            Form::Dnscontrol => Self::Dnscontrol,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Least {
    Safe,
    Review,
    Sketch,
}

impl From<Least> for Applicability {
    fn from(least: Least) -> Self {
        match least {
            Least::Safe => Self::Safe,
            Least::Review => Self::Review,
            Least::Sketch => Self::Sketch,
        }
    }
}

/// Carries out the verb; `typed` begins with the program and the verb.
///
/// # Errors
/// The flags cannot be understood, or nothing can be written.
pub(super) fn run(typed: Vec<OsString>) -> Result<u8, Trouble> {
    wait_for(carry_out(flags(typed)?))
}

async fn carry_out(flags: Flags) -> Result<u8, Trouble> {
    let inquiry = Inquiry::about(domain(&flags.domain, "fix")?);
    let sources = Sources::read(flags.sources, Vec::new())?;
    let session = Session::open(&sources)?;
    let mending = Selection { rules: flags.only, least: flags.least.into() };
    let mended = session.deadline.bound(audit::fix(&**session.dns(), &inquiry, &mending)).await;
    session.keep_recording()?;
    let mended = match mended {
        Ok(mended) => mended,
        Err(too_late) => {
            tell(&too_late.to_string());
            return Ok(3);
        }
    };
    let mut out = Vec::new();
    patch::render_all(&mended.patches, flags.format.into(), &mut out)?;
    match io::stdout().lock().write_all(&out) {
        // A reader that has gone away has read enough.
        Err(why) if why.kind() == io::ErrorKind::BrokenPipe => {}
        written => written?,
    }
    Ok(closing(&mended))
}

/// What is left, on standard error, so that what is printed can be pasted; the exit code is 3 if
/// something that matters could not be told.
fn closing(Fixed { domain, patches }: &Fixed) -> u8 {
    let steps = || patches.iter().flat_map(|patch| &patch.steps);
    let mended = |id: &str| steps().any(|step| step.rule == id);
    let left = domain.findings.iter().filter(|finding| !mended(finding.id)).count();
    let is_unknown = domain.sections().iter().any(|view| view.is_unknown);
    let fixes = match steps().count() {
        0 => "no fix to offer".to_owned(),
        1 => "1 fix".to_owned(),
        count => format!("{count} fixes"),
    };
    let others = match left {
        0 => String::new(),
        1 => "; 1 other finding".to_owned(),
        count => format!("; {count} other findings"),
    };
    let unknown = if is_unknown { "; some questions were not answered" } else { "" };
    tell(&format!("{}: {fixes}{others}{unknown}", domain.domain));
    if is_unknown { 3 } else { 0 }
}

fn tell(sentence: &str) {
    // Where standard error is closed there is nobody left to tell.
    let _ = writeln!(io::stderr(), "{sentence}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_flags_are_consistent() {
        Flags::command().debug_assert();
    }
}
