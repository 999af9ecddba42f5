//! What was typed: words and flags, nothing understood yet.
//!
//! Everything that may come from a message (names, reverse-paths) is taken as octets: what is wrong
//! with it is for [`plan`](super::check::plan()) to say, or for SPF to evaluate, never for the parser of
//! flags to refuse.

mod address;
mod colour;
mod dnssec;
mod duration;
mod http;
mod look;
mod past;
mod reading;
mod servers;
mod trust;

use crate::cli::words::Format;
use crate::protocols::Protocol;
use crate::render::text::Question;
pub use address::Addresses;
use clap::builder::{BoolishValueParser, PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, Args, Command, FromArgMatches, Parser, ValueEnum};
pub use colour::{Color, Colour};
pub use dnssec::Dnssec;
use duration::duration;
pub use http::Http;
pub use look::Look;
pub use past::Past;
pub(in crate::cli) use past::moment;
pub use reading::{Limits, Reading, View};
pub use servers::OneByOne;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;
pub use trust::Trust;

/// How a page of help is laid out: examples before flags.
pub(in crate::cli) const TEMPLATE: &str =
    "{about}\n\n{usage-heading} {usage}\n\n{before-help}{all-args}{after-help}";

const EXAMPLES: &str = "\
Examples:
  mailcheck example.com                  which senders pass? is mail protected?
  mailcheck example.com 192.0.2.25       is this address authorized?
  mailcheck example.com microsoft365     is Microsoft 365 authorized?
  mailcheck example.com --zone new.zone  as if this zone file were published";

/// What the exit code of a report means.
pub(in crate::cli) const EXIT_CODES: &str = "\
Exit codes:
  0  good: senders asked about are authorized, no finding at or above --fail-on
  1  a sender is not fully authorized, or a finding is at or above --fail-on
  2  usage error: a flag, a domain, a file
  3  undetermined: a DNS query failed; the domain may be fine
  4  internal error, or the report could not be written
  130  interrupted with Ctrl-C: finished reports are written";

/// Check which servers are authorized to send for a domain, and whose fault it is when mail fails
#[derive(Clone, Debug, Parser)]
#[command(
    name = "mailcheck",
    version,
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = TEMPLATE,
    override_usage = "mailcheck [OPTIONS] DOMAIN… [IP|CIDR|PROVIDER…] [@SERVER]\n       mailcheck VERB …",
    next_help_heading = "What to check",
    arg_required_else_help = true,
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub struct CheckArgs {
    /// Domains; addresses, networks and providers to test; a server after `@`
    #[arg(value_name = "DOMAIN", required_unless_present = "domains", hide = true)]
    pub words: Vec<OsString>,

    /// Check the domains in FILE too, one a line; - is standard input
    ///
    /// Blank lines and comments (#) are skipped. A line that is no domain is reported and skipped; the
    /// exit code is 2 then.
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub domains: Option<PathBuf>,

    /// A sender: address, CIDR, host, provider, spf:NAME
    ///
    /// A host is tested by its addresses, a provider by what it publishes, `spf:NAME` by every
    /// address that the policy of NAME passes. May be given several times.
    #[arg(long, value_name = "SENDER", allow_hyphen_values = true)]
    pub sender: Vec<OsString>,

    /// MAIL FROM address to test with; <> is the null reverse-path
    ///
    /// Any octets, with or without angle brackets. Without a domain of its own SPF checks the HELO
    /// name (RFC 7208 §2.4).
    #[arg(long, value_name = "ADDRESS", allow_hyphen_values = true)]
    pub mail_from: Option<OsString>,

    /// The HELO or EHLO name to test with
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub helo: Option<OsString>,

    /// From: domain, if different
    #[arg(long, value_name = "DOMAIN", hide_short_help = true)]
    pub header_from: Option<OsString>,

    /// Assume a valid DKIM signature with d=DOMAIN
    #[arg(long, value_name = "DOMAIN", hide_short_help = true)]
    pub dkim_domain: Vec<OsString>,

    /// Check this DKIM selector too
    #[arg(long, value_name = "SELECTOR", value_delimiter = ',')]
    pub selector: Vec<String>,

    /// The protocols to check; all if none is named.
    #[arg(
        long,
        help = only_protocols(),
        value_name = "LIST",
        value_parser = protocols(),
        value_delimiter = ',',
        hide_possible_values = true,
    )]
    pub checks: Vec<Protocol>,

    /// Servers that are asked one by one.
    #[command(flatten)]
    pub one_by_one: OneByOne,

    /// Whether answers are validated.
    #[command(flatten)]
    pub dnssec: Dnssec,

    /// Which servers that records lead to are connected to.
    #[command(flatten)]
    pub http: Http,

    /// What is looked up about the addresses that are asked about.
    #[command(flatten)]
    pub addresses: Addresses,

    /// What would be if.
    #[command(flatten)]
    pub what_if: WhatIf,

    /// Where answers come from.
    #[command(flatten)]
    pub sources: Sources,

    /// Where the report goes.
    #[command(flatten)]
    pub report: Report,
}

/// What would be if the policy were another one.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "What if")]
pub struct WhatIf {
    /// As if the SPF record had this term too, before its `all`
    ///
    /// May be given several times.
    #[arg(long, value_name = "TERM", allow_hyphen_values = true, hide_short_help = true)]
    pub with: Vec<OsString>,

    /// As if the SPF record did not have this term
    ///
    /// Without a qualifier, TERM matches any qualifier. May be given several times.
    #[arg(long, value_name = "TERM", allow_hyphen_values = true, hide_short_help = true)]
    pub without: Vec<OsString>,

    /// As if this were the SPF record: 'v=spf1 …'
    ///
    /// Not to be confused with `--record`, which writes a recording.
    #[arg(
        long,
        value_name = "TEXT",
        conflicts_with_all = ["with", "without"],
        hide_short_help = true
    )]
    pub as_if_record: Option<OsString>,

    /// As if this name, and all names below it, did not exist
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub as_if_gone: Vec<OsString>,
}

/// Where answers come from.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Sources")]
pub struct Sources {
    /// Which servers to ask.
    #[command(flatten)]
    pub servers: Servers,

    /// Overlay a zone file on live DNS
    ///
    /// A file with an SOA record replaces the whole zone; a file without one replaces only the
    /// record sets that it lists. mailcheck also reads octoDNS zones (example.com.yaml), the output
    /// of dnscontrol print-ir and of terraform show -json, and lists of records (.txt). Prefix the
    /// file name with zone:, octodns:, dnscontrol:, terraform: or plain: to set the format.
    #[arg(long, value_name = "FILE")]
    pub zone: Vec<PathBuf>,

    /// How much of such a file is read.
    #[command(flatten)]
    pub limits: Limits,

    /// Query no server; needs --zone or --replay
    #[arg(long, value_parser = BoolishValueParser::new())]
    pub offline: bool,

    /// Record all DNS answers to FILE
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,

    /// Replay recorded answers; no network
    #[arg(long, value_name = "FILE", conflicts_with = "record")]
    pub replay: Option<PathBuf>,

    /// Which moment answers are of.
    #[command(flatten)]
    pub past: Past,

    /// Which certificate authorities are trusted.
    #[command(flatten)]
    pub trust: Trust,

    /// Make queries fail: servfail:NAME, timeout:*.NAME/TXT …
    ///
    /// An outage drill: what would receivers do if these names could not be resolved?
    #[arg(long, value_name = "SCRIPT", hide_short_help = true)]
    pub fault: Vec<String>,

    /// Time limit per query [default: 5s]
    #[arg(long, value_name = "TIME", value_parser = duration, hide_short_help = true)]
    pub timeout: Option<Duration>,

    /// Time limit per domain [default: 30s]
    #[arg(long, value_name = "TIME", value_parser = duration, hide_short_help = true)]
    pub deadline: Option<Duration>,

    /// Limit on queries to names of one other organization, per domain [default: 300]
    ///
    /// An SPF record can cause queries to anyone's name servers. Results that need more queries are
    /// undetermined.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..), hide_short_help = true)]
    pub most_queries: Option<u32>,
}

/// Which servers to ask, by where they were named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Servers {
    /// Those of the command line.
    pub typed: Vec<String>,
    /// Those of the environment; empty if the command line has the flag.
    pub environment: Vec<String>,
}

/// The flag for servers.
#[derive(Args, Clone, Debug)]
struct Resolver {
    /// Query this server: IP[:PORT], tls://…, https://…
    ///
    /// `system` uses the DNS servers configured on this machine.
    #[arg(short, long, value_name = "SERVER", value_delimiter = ',')]
    resolver: Vec<String>,
}

// Servers are named by words too, which the parser of flags knows nothing of. So that these can
// replace what the environment says, it has to be known where a value came from.
impl FromArgMatches for Servers {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let source = matches.value_source("resolver");
        let Resolver { resolver } = Resolver::from_arg_matches(matches)?;
        Ok(match source {
            Some(ValueSource::EnvVariable) => Self { typed: Vec::new(), environment: resolver },
            _ => Self { typed: resolver, environment: Vec::new() },
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Servers {
    fn augment_args(command: Command) -> Command {
        Resolver::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Resolver::augment_args_for_update(command)
    }
}

/// Where the report goes, how it looks, and what its exit code counts.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Report")]
pub struct Report {
    /// Where the report goes, in which form.
    #[arg(
        short,
        long,
        value_name = "FORMAT[=FILE]",
        help = "text, json, sarif …; =FILE: to FILE",
        long_help = formats()
    )]
    pub format: Vec<OsString>,

    /// Show each step with its DNS queries and answers
    #[arg(long, value_parser = BoolishValueParser::new())]
    pub explain: bool,

    /// Show a table of the DNS queries
    #[arg(long, value_parser = BoolishValueParser::new(), hide_short_help = true)]
    pub lookups: bool,

    /// Show the first line only
    #[arg(short, long, value_parser = BoolishValueParser::new())]
    pub quiet: bool,

    /// Show a whole report for each domain, however many there are
    #[arg(long, hide_short_help = true, value_parser = BoolishValueParser::new())]
    pub full: bool,

    /// When to use colour.
    #[command(flatten)]
    pub colour: Colour,

    /// Draw with ASCII only
    #[arg(long, hide_short_help = true, value_parser = BoolishValueParser::new())]
    pub ascii: bool,

    /// Which findings count.
    #[command(flatten)]
    pub judging: Judging,

    /// Exit 0 regardless of findings
    #[arg(long, hide_short_help = true, value_parser = BoolishValueParser::new())]
    pub exit_zero: bool,

    /// Pages of help.
    #[command(flatten)]
    pub pages: Pages,

    /// The question as it was typed; `None` if it cannot be repeated.
    #[arg(skip)]
    pub question: Option<Question>,
}

/// Flags that show a page and do nothing else; every command has them.
#[derive(Args, Clone, Copy, Debug)]
pub struct Pages {
    /// Show help (-h: summary, --help: all options)
    #[arg(short, long, action = ArgAction::Help)]
    help: Option<bool>,

    /// Show the version
    #[arg(short = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
}

impl Pages {
    /// Their names in a command.
    pub(in crate::cli) const IDS: [&'static str; 2] = ["help", "version"];
}

/// Which findings count, and how much.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Report")]
pub struct Judging {
    /// Exit 1 if any finding is at least this severe
    ///
    /// error, warn, note or never; by default error, and warn for a diff. For a sender or a message
    /// the answer decides; findings count beside it only where this is given.
    #[arg(long, value_name = "SEVERITY", value_enum, hide_possible_values = true)]
    pub fail_on: Option<FailOn>,

    /// Which rules are looked at.
    #[command(flatten)]
    pub choice: Choosing,
}

/// Which rules are looked at, and what was decided about their findings.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Report")]
pub struct Choosing {
    /// Only these rules: family/name, or a family
    ///
    /// May be given several times, or with commas.
    #[arg(long, value_name = "RULE", value_delimiter = ',', hide_short_help = true)]
    pub select: Vec<String>,

    /// Skip these rules: family/name, or a family
    ///
    /// May be given several times, or with commas. To say why, and until when, use an `[[ignore]]`
    /// in mailcheck.toml.
    #[arg(long, value_name = "RULE", value_delimiter = ',', hide_short_help = true)]
    pub ignore: Vec<String>,

    /// Configuration file, or none
    ///
    /// By default mailcheck looks for mailcheck.toml in the current directory, then in its parents
    /// up to the root of the repository.
    #[arg(long, value_name = "FILE|none", hide_short_help = true)]
    pub config: Option<OsString>,
}

/// What `--format` is for, with every format.
fn formats() -> String {
    let names = Format::NAMES.map(|(_, name)| name);
    format!(
        "Write the report in this form: {}\n\nMay be given several times, as in \
         -f text -f json=report.json. Files are written completely or not at all.",
        names.join(", ")
    )
}

/// The words of the protocols.
fn protocols() -> impl TypedValueParser<Value = Protocol> {
    let word = |protocol: Protocol| {
        PossibleValue::new(protocol.word()).alias(protocol.word().replace('_', "-"))
    };
    PossibleValuesParser::new(Protocol::all().map(word))
        .try_map(|word| Protocol::from_word(&word.replace('-', "_")).ok_or("no such protocol"))
}

/// What `--checks` is for, with the words of the protocols.
fn only_protocols() -> String {
    let words: Vec<&str> = Protocol::all().map(Protocol::word).collect();
    format!("Only these: {}", words.join(","))
}

/// The least finding that makes a run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors.
    Error,
    /// Warnings and errors.
    Warn,
    /// Any finding.
    Note,
    /// None: only senders decide.
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reverse_path_may_begin_with_a_hyphen() {
        let args =
            CheckArgs::try_parse_from(["mailcheck", "a.example", "--mail-from", "-x@a.example"]);
        assert_eq!(args.unwrap().mail_from, Some("-x@a.example".into()));
    }

    #[cfg(unix)]
    #[test]
    fn a_reverse_path_need_not_be_utf8() {
        use std::os::unix::ffi::OsStringExt as _;
        let path = OsString::from_vec(b"\xff@a.example".to_vec());
        let typed = ["mailcheck".into(), "a.example".into(), "--mail-from".into(), path.clone()];
        assert_eq!(CheckArgs::try_parse_from(typed).unwrap().mail_from, Some(path));
    }
}
