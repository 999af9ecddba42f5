//! What was typed: words and flags, nothing understood yet.
//!
//! Everything that may come from a message (names, reverse-paths) is taken as octets: what is wrong
//! with it is for [`plan`](super::check::plan()) to say, or for SPF to evaluate, never for the parser of
//! flags to refuse.

mod duration;

use crate::protocols::Protocol;
use crate::render::palette::Choice;
use clap::builder::{BoolishValueParser, PossibleValuesParser, TypedValueParser};
use clap::parser::ValueSource;
use clap::{
    ArgAction, ArgMatches, Args, Command, CommandFactory as _, FromArgMatches, Parser, ValueEnum,
};
use duration::duration;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  mailcheck example.com                  may its own providers send, and who else?
  mailcheck example.com 192.0.2.25       may this address send?
  mailcheck example.com --sender google  may Google Workspace send?
  mailcheck example.com --zone new.zone  what would this zone file change?

Verbs: senders, diff, fix, lint, test, baseline, rules, explain, schema, config
(mailcheck VERB --help says more)";

const EXIT_CODES: &str = "\
Exit codes:
  0  good: every sender asked about may send, no finding reaches --fail-on
  1  a sender may not send or not from everywhere, or a finding reaches --fail-on
  2  wrong usage: a flag, a domain, a file
  3  could not tell: the DNS did not answer; the domain may be fine
  4  our own failure

Every flag has an environment variable MAILCHECK_<FLAG>; the flag wins.";

/// Can the servers that send mail for a domain prove it, and if not, whose fault is it?
#[derive(Clone, Debug, Parser)]
#[command(
    name = "mailcheck",
    version,
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = "{about}\n\n{usage-heading} {usage}\n\n{before-help}{all-args}{after-help}",
    override_usage = "mailcheck [OPTIONS] DOMAIN… [IP|CIDR…] [@RESOLVER]",
    next_help_heading = "Question",
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub struct CheckArgs {
    /// Domains; addresses and networks to test; a resolver after `@`
    #[arg(value_name = "WORD", required_unless_present = "domains", hide = true)]
    pub words: Vec<OsString>,

    /// Check the domains in FILE too, one a line; - is standard input
    ///
    /// Blank lines and comments (#) are skipped. A line that is no domain is reported and skipped; the
    /// exit code is 2 then.
    #[arg(long, value_name = "FILE", env = "MAILCHECK_DOMAINS", hide_short_help = true)]
    pub domains: Option<PathBuf>,

    /// Test a sender: address, CIDR, host, provider, spf:NAME
    ///
    /// A host is tested by its addresses, a provider by what it publishes, `spf:NAME` by every
    /// address that the policy of NAME passes. May be given several times.
    #[arg(long, value_name = "SENDER", allow_hyphen_values = true, env = "MAILCHECK_SENDER")]
    pub sender: Vec<OsString>,

    /// The reverse-path to test with; <> is the null one
    ///
    /// Any octets, with or without angle brackets. Without a domain of its own SPF checks the HELO
    /// name (RFC 7208 §2.4).
    #[arg(long, value_name = "ADDRESS", allow_hyphen_values = true, env = "MAILCHECK_MAIL_FROM")]
    pub mail_from: Option<OsString>,

    /// The HELO or EHLO name to test with
    #[arg(long, value_name = "NAME", allow_hyphen_values = true, env = "MAILCHECK_HELO")]
    pub helo: Option<OsString>,

    /// The domain of the From header, if it is another one
    #[arg(long, value_name = "DOMAIN", env = "MAILCHECK_HEADER_FROM", hide_short_help = true)]
    pub header_from: Option<OsString>,

    /// Take a DKIM signature of this domain to pass
    #[arg(long, value_name = "DOMAIN", env = "MAILCHECK_DKIM_DOMAIN", hide_short_help = true)]
    pub dkim_domain: Vec<OsString>,

    /// Look at this DKIM selector too
    #[arg(long, value_name = "SELECTOR", value_delimiter = ',', env = "MAILCHECK_SELECTOR")]
    pub selector: Vec<String>,

    /// The protocols to look at; all if none is named.
    #[arg(
        long,
        help = only_protocols(),
        value_name = "LIST",
        value_parser = protocols(),
        value_delimiter = ',',
        hide_possible_values = true,
        env = "MAILCHECK_CHECKS"
    )]
    pub checks: Vec<Protocol>,

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
    #[arg(
        long,
        value_name = "TERM",
        allow_hyphen_values = true,
        env = "MAILCHECK_WITH",
        hide_short_help = true
    )]
    pub with: Vec<OsString>,

    /// As if the SPF record did not have this term
    ///
    /// Without a qualifier the term is meant whatever its qualifier is. May be given several times.
    #[arg(
        long,
        value_name = "TERM",
        allow_hyphen_values = true,
        env = "MAILCHECK_WITHOUT",
        hide_short_help = true
    )]
    pub without: Vec<OsString>,

    /// As if this were the SPF record: 'v=spf1 …'
    ///
    /// Not to be confused with `--record`, which writes a tape.
    #[arg(
        long,
        value_name = "TEXT",
        conflicts_with_all = ["with", "without"],
        env = "MAILCHECK_AS_IF_RECORD",
        hide_short_help = true
    )]
    pub as_if_record: Option<OsString>,

    /// As if this name, and all names below it, did not exist
    #[arg(long, value_name = "NAME", env = "MAILCHECK_AS_IF_GONE", hide_short_help = true)]
    pub as_if_gone: Vec<OsString>,
}

/// Where answers come from.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Sources")]
pub struct Sources {
    /// Which servers to ask.
    #[command(flatten)]
    pub servers: Servers,

    /// Lay a zone file over the DNS
    ///
    /// A file with an SOA record speaks for its whole zone, one without only for the record sets
    /// that it lists. Zones of octoDNS (example.com.yaml), the output of dnscontrol print-ir and of
    /// terraform show -json, and lists of records (.txt) are read as well; zone:, octodns:,
    /// dnscontrol:, terraform: or plain: before the file says which it is.
    #[arg(long, value_name = "FILE", env = "MAILCHECK_ZONE")]
    pub zone: Vec<PathBuf>,

    /// Ask no server; needs --zone or --replay
    #[arg(long, env = "MAILCHECK_OFFLINE", value_parser = BoolishValueParser::new())]
    pub offline: bool,

    /// Write every answer to a tape
    #[arg(long, value_name = "FILE", env = "MAILCHECK_RECORD")]
    pub record: Option<PathBuf>,

    /// Answer from a tape and from nowhere else
    #[arg(long, value_name = "FILE", conflicts_with = "record", env = "MAILCHECK_REPLAY")]
    pub replay: Option<PathBuf>,

    /// Let questions fail: servfail:NAME, timeout:*.NAME/TXT …
    ///
    /// An outage drill: what would receivers do if these names could not be resolved?
    #[arg(long, value_name = "SCRIPT", env = "MAILCHECK_FAULT", hide_short_help = true)]
    pub fault: Vec<String>,

    /// Most time for one question [default: 5s]
    #[arg(long, value_name = "TIME", value_parser = duration, env = "MAILCHECK_TIMEOUT", hide_short_help = true)]
    pub timeout: Option<Duration>,

    /// Most time for one domain [default: 30s]
    #[arg(long, value_name = "TIME", value_parser = duration, env = "MAILCHECK_DEADLINE", hide_short_help = true)]
    pub deadline: Option<Duration>,

    /// Most queries that one domain may cause to another organization [default: 300]
    ///
    /// Whoever writes a policy decides which names are looked up. What lies beyond is undetermined.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..), env = "MAILCHECK_MOST_QUERIES", hide_short_help = true)]
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
    /// Ask this server: IP, IP:PORT, tls://…, https://…, system
    #[arg(short, long, value_name = "SERVER", value_delimiter = ',', env = "MAILCHECK_RESOLVER")]
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
    /// text, json, jsonl, github, sarif …, perhaps to a file: json=FILE
    ///
    /// One of text, json, jsonl, github, markdown, sarif, gitlab, junit, prometheus, tsv. May be
    /// given several times, for instance `-f text -f json=report.json`. Files are written whole or
    /// not at all.
    #[arg(short, long, value_name = "FORMAT[=FILE]", env = "MAILCHECK_FORMAT")]
    pub format: Vec<OsString>,

    /// Show each step, with the question and the answer
    #[arg(long, env = "MAILCHECK_EXPLAIN", value_parser = BoolishValueParser::new())]
    pub explain: bool,

    /// Show the table of questions
    #[arg(long, env = "MAILCHECK_LOOKUPS", value_parser = BoolishValueParser::new())]
    pub lookups: bool,

    /// Show the first line only
    #[arg(short, long, env = "MAILCHECK_QUIET", value_parser = BoolishValueParser::new())]
    pub quiet: bool,

    /// Show a whole report for each domain, however many there are
    #[arg(long, env = "MAILCHECK_FULL", hide_short_help = true, value_parser = BoolishValueParser::new())]
    pub full: bool,

    /// auto, always or never
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value = "auto",
        hide_possible_values = true,
        hide_default_value = true,
        env = "MAILCHECK_COLOR"
    )]
    pub color: Color,

    /// Draw with ASCII only
    #[arg(long, env = "MAILCHECK_ASCII", hide_short_help = true, value_parser = BoolishValueParser::new())]
    pub ascii: bool,

    /// Which findings count.
    #[command(flatten)]
    pub judging: Judging,

    /// Exit with 0 whatever was found
    #[arg(long, env = "MAILCHECK_EXIT_ZERO", hide_short_help = true, value_parser = BoolishValueParser::new())]
    pub exit_zero: bool,

    /// Show this page; --help says more
    #[arg(short, long, action = ArgAction::Help)]
    pub help: Option<bool>,

    /// Show the version
    #[arg(short = 'V', long, action = ArgAction::Version, hide_short_help = true)]
    pub version: Option<bool>,
}

/// Which findings count, and how much.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Report")]
pub struct Judging {
    /// Exit with 1 on findings from here on: error, warn, note or never
    /// [default: error; for a diff: warn]
    #[arg(
        long,
        value_name = "SEVERITY",
        value_enum,
        hide_possible_values = true,
        env = "MAILCHECK_FAIL_ON"
    )]
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
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        env = "MAILCHECK_SELECT",
        hide_short_help = true
    )]
    pub select: Vec<String>,

    /// Without these rules: family/name, or a family
    ///
    /// May be given several times, or with commas. To say why, and until when, use an `[[ignore]]`
    /// in mailcheck.toml.
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        env = "MAILCHECK_IGNORE",
        hide_short_help = true
    )]
    pub ignore: Vec<String>,

    /// The configuration, or none
    ///
    /// Without it mailcheck.toml is looked for here and upward to the root of the repository.
    #[arg(long, value_name = "FILE|none", env = "MAILCHECK_CONFIG", hide_short_help = true)]
    pub config: Option<OsString>,
}

impl CheckArgs {
    /// The parser of flags. Help lists no environment variables: they are named after the flags.
    pub fn parser() -> Command {
        Self::command().mut_args(|arg| arg.hide_env(true))
    }

    /// Reads what was typed, the name of the program first.
    ///
    /// # Errors
    /// A flag is unknown or its value is of the wrong kind; or help or the version was asked for,
    /// which are messages too.
    pub fn read(typed: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut parser = Self::parser();
        let matches = parser.try_get_matches_from_mut(typed)?;
        Self::from_arg_matches(&matches).map_err(|error| error.format(&mut parser))
    }
}

/// The words of the protocols.
fn protocols() -> impl TypedValueParser<Value = Protocol> {
    PossibleValuesParser::new(Protocol::all().map(Protocol::word))
        .try_map(|word| Protocol::from_word(&word).ok_or("no such protocol"))
}

/// What `--checks` is for, with the words of the protocols.
fn only_protocols() -> String {
    let words: Vec<&str> = Protocol::all().map(Protocol::word).collect();
    format!("Look at these protocols only: {}", words.join(","))
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// Where it can be seen.
    Auto,
    /// In any case.
    Always,
    /// Not at all.
    Never,
}

impl From<Color> for Choice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
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
    fn the_flags_are_consistent() {
        CheckArgs::command().debug_assert();
    }

    #[test]
    fn the_short_help_fits_a_screen() {
        let help = CheckArgs::parser().render_help().to_string();
        assert!(help.lines().count() <= 36, "{help}");
    }

    #[test]
    fn no_line_of_the_short_help_is_wider_than_a_terminal() {
        let help = CheckArgs::parser().term_width(80).render_help().to_string();
        let wide: Vec<&str> = help.lines().filter(|line| line.chars().count() > 80).collect();
        assert_eq!(wide, Vec::<&str>::new());
    }

    #[test]
    fn every_flag_has_an_environment_variable_of_its_name() {
        for arg in CheckArgs::command().get_arguments() {
            let Some(long) = arg.get_long() else { continue };
            let expected = format!("MAILCHECK_{}", long.to_uppercase().replace('-', "_"));
            let env = arg.get_env().map(|name| name.to_string_lossy().into_owned());
            if !["help", "version"].contains(&long) {
                assert_eq!(env, Some(expected));
            }
        }
    }

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
