//! Flags that most verbs have: where answers come from, where the report goes, how it looks.

use super::{Format, Mistake, Output, outputs};
use crate::audit::RetiredSpf;
use crate::cli::args;
use crate::cli::config::{Settings, resolve_settings};
use crate::cli::history::store;
use crate::config::{Config, Policy};
use crate::diagnostic::Severity;
use crate::dns::MOST_QUERIES;
use crate::render::palette::Choice;
use crate::render::text::Question;
use std::path::PathBuf;
use std::time::Duration;

/// Most time for one question, unless the user says otherwise.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Most time for a domain, unless the user says otherwise.
const DEADLINE: Duration = Duration::from_secs(30);

/// Where a report goes, how it looks, and what its exit code counts.
#[derive(Clone, Debug)]
pub struct Ending {
    /// Where the report goes; at most one of them is standard output.
    pub outputs: Vec<Output>,
    /// How the text looks.
    pub appearance: Appearance,
    /// The least severity that makes the run fail; `None` if findings never do.
    pub fail_on: Option<Severity>,
    /// True if a flag, the environment or the file names that severity.
    pub names_fail_on: bool,
    /// Which findings count.
    pub policy: Policy,
    /// True if the exit code tells nothing about the domains.
    pub exit_zero: bool,
}

impl Ending {
    /// Understands the flags about the report.
    ///
    /// # Errors
    /// A format is unknown, or two of them go to the same place; a rule is unknown, or the
    /// configuration is faulty.
    pub(in crate::cli) fn read(report: &args::Report) -> Result<Self, Mistake> {
        let Settings { fail_on, names_fail_on, policy, .. } = resolve_settings(&report.judging)?;
        Ok(Self {
            outputs: outputs(&report.format, &Format::NAMES)?,
            appearance: Appearance {
                color: report.colour.color.into(),
                ascii: report.ascii,
                explain: report.explain,
                lookups: report.lookups,
                quiet: report.quiet,
                full: report.full,
                question: report.question.clone(),
            },
            fail_on,
            names_fail_on,
            policy,
            exit_zero: report.exit_zero,
        })
    }
}

impl Ending {
    /// True if the text about many domains is a table: nobody asked for more, or for less.
    pub(in crate::cli) fn may_be_table(&self) -> bool {
        let Appearance { explain, lookups, quiet, full, .. } = self.appearance;
        !explain && !lookups && !quiet && !full
    }

    /// True if an output shows steps: text where that is asked for, a page always.
    pub(in crate::cli) fn shows_steps(&self) -> bool {
        self.appearance.explain || self.outputs.iter().any(|it| it.format == Format::Html)
    }
}

/// Whether files that records lead to are fetched by HTTPS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Http {
    /// From public addresses.
    #[default]
    Public,
    /// From private and loopback addresses too, where tests have servers on a port of their own.
    Anywhere {
        /// The port.
        port: u16,
    },
    /// Not at all.
    Off,
}

/// Where answers come from, as the user named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    /// Servers to ask; the system's if there are none.
    pub resolvers: Vec<String>,
    /// Zone files laid over the DNS.
    pub zones: Vec<PathBuf>,
    /// How much of them is read.
    pub limits: args::Limits,
    /// True if no server may be asked.
    pub offline: bool,
    /// The cassette to write.
    pub record: Option<PathBuf>,
    /// The cassette to answer from.
    pub replay: Option<PathBuf>,
    /// The history to answer from, and the moment, in seconds since 1970.
    pub at: Option<(PathBuf, u64)>,
    /// Faults to inject.
    pub faults: Vec<String>,
    /// Certificate authorities that are trusted beside the public ones.
    pub ca_file: Option<PathBuf>,
    /// Most time for one question.
    pub timeout: Duration,
    /// Most time for a domain.
    pub deadline: Duration,
    /// Most queries that one domain may cause to another organization, as far as that is said beside
    /// the configuration.
    pub most_queries: Option<usize>,
    /// Resolvers whose answers are compared.
    pub compared: Vec<String>,
}

impl Sources {
    /// Understands the flags about sources, beside the servers that words name.
    ///
    /// # Errors
    /// Servers are named and none may be asked, or nothing is left that could answer.
    pub(in crate::cli) fn read(typed: args::Sources, named: Vec<String>) -> Result<Self, Mistake> {
        if typed.offline && typed.zone.is_empty() && typed.replay.is_none() {
            return Err(Mistake::new("--offline needs --zone FILE or --replay FILE"));
        }
        Self::any(typed, named)
    }

    /// As [`Self::read`], and `--offline` may stand alone: every query fails.
    ///
    /// # Errors
    /// Servers are named and none may be asked.
    pub(in crate::cli) fn read_alone(typed: args::Sources) -> Result<Self, Mistake> {
        Self::any(typed, Vec::new())
    }

    fn any(typed: args::Sources, named: Vec<String>) -> Result<Self, Mistake> {
        let args::Servers { typed: flags, environment } = typed.servers;
        if typed.past.at.is_some() && (typed.offline || typed.replay.is_some()) {
            let flag = if typed.offline { "--offline" } else { "--replay" };
            return Err(Mistake::new(format!("--at answers from the history: leave out {flag}")));
        }
        let args::Past { at, store } = typed.past;
        if at.is_none() && store.as_deref().is_some_and(store::is_typed) {
            return Err(Mistake::new(
                "--store names a history and --at the moment to read from it: add --at TIME",
            ));
        }
        let at = at.map(|at| Ok::<_, Mistake>((store::place(store.as_deref())?, at)));
        let at = at.transpose()?;
        let is_silent = typed.offline || typed.replay.is_some() || at.is_some();
        let mut resolvers: Vec<String> = flags.into_iter().chain(named).collect();
        if let (Some(server), true) = (resolvers.first(), is_silent) {
            let flag = match (typed.offline, &at) {
                (true, _) => "--offline",
                (false, Some(_)) => "--at",
                (false, None) => "--replay",
            };
            return Err(Mistake::new(format!(
                "{flag} makes no DNS queries, so {server:?} has no use"
            )));
        }
        // What is typed goes before the environment: in its place, not beside it.
        if resolvers.is_empty() && !is_silent {
            resolvers = environment;
        }
        Ok(Self {
            resolvers,
            zones: typed.zone,
            limits: typed.limits,
            offline: typed.offline,
            record: typed.record,
            replay: typed.replay,
            at,
            faults: typed.fault,
            ca_file: typed.trust.ca_file,
            timeout: typed.timeout.unwrap_or(TIMEOUT),
            deadline: typed.deadline.unwrap_or(DEADLINE),
            most_queries: typed
                .most_queries
                .map(|most| usize::try_from(most).unwrap_or(usize::MAX)),
            compared: Vec::new(),
        })
    }

    /// As [`Self::read`]; `None` where `--offline` stands alone, by which nothing is asked at all.
    ///
    /// # Errors
    /// As there.
    pub(in crate::cli) fn read_if_any(typed: args::Sources) -> Result<Option<Self>, Mistake> {
        let answers = !typed.zone.is_empty() || typed.replay.is_some() || typed.record.is_some();
        let is_mute = typed.offline && !answers;
        if is_mute { Ok(None) } else { Self::read(typed, Vec::new()).map(Some) }
    }

    /// Records of the retired SPF type are looked for where files answer: that costs no query.
    pub(in crate::cli) fn retired_spf(&self) -> RetiredSpf {
        match self.zones.is_empty() {
            true => RetiredSpf::Skipped,
            false => RetiredSpf::Asked,
        }
    }

    /// Most queries that one domain may cause to another organization: what is typed goes before the
    /// environment, that before the file, and that before what holds by itself.
    pub(in crate::cli) fn most_queries(&self, config: &Config) -> usize {
        let in_file = config.most_queries.as_ref().map(|(most, _)| *most);
        self.most_queries.or(in_file).unwrap_or(MOST_QUERIES)
    }
}

impl From<args::Look> for Appearance {
    fn from(typed: args::Look) -> Self {
        let args::Look { quiet, colour, ascii } = typed;
        Self { color: colour.color.into(), ascii, quiet, ..Self::default() }
    }
}

/// How the text looks, as far as the user says; the rest follows from the terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Appearance {
    /// When to use colour.
    pub color: Choice,
    /// With characters of ASCII only.
    pub ascii: bool,
    /// With every step.
    pub explain: bool,
    /// With the table of questions.
    pub lookups: bool,
    /// The first line only.
    pub quiet: bool,
    /// A whole report for each domain, however many there are.
    pub full: bool,
    /// The question as it was typed; `None` if it cannot be repeated.
    pub question: Option<Question>,
}
