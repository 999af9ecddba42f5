//! Being asked: what was typed, what it means, where answers come from, where the report goes.
//!
//! The only part of the program that reads arguments, files, the environment and the clock.

pub mod args;
mod baseline;
pub mod check;
mod clock;
mod conclude;
mod config;
mod diff;
mod explain;
mod fix;
mod git;
mod input;
mod lint;
mod new_file;
mod publish;
mod rules;
mod schema;
pub mod senders;
mod session;
mod sources;
pub mod test;
pub mod what_if;
pub mod words;
mod write;

use crate::text::escape;
use clap::{Command, Parser};
use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

/// A word that, typed first, asks for something else than the main job.
struct Verb {
    /// The word.
    name: &'static str,
    /// Carries it out: everything that was typed in, the exit code out.
    run: fn(Vec<OsString>) -> Result<u8, RunError>,
}

/// The verbs, in the order in which help lists them.
static VERBS: &[Verb] = &[
    Verb { name: "senders", run: senders::run },
    Verb { name: "diff", run: diff::run },
    Verb { name: "fix", run: fix::run },
    Verb { name: "lint", run: lint::run },
    Verb { name: "test", run: test::run },
    Verb { name: "baseline", run: baseline::run },
    Verb { name: "rules", run: rules::run },
    Verb { name: "explain", run: explain::run },
    Verb { name: "schema", run: schema::run },
    Verb { name: "config", run: config::run },
];

/// Why a run ended without a report. What is wrong with a domain is never one of these.
#[derive(Debug)]
pub enum RunError {
    /// The flags cannot be parsed (exit code 2), or ask for help (0).
    Flags(clap::Error),
    /// The invocation means nothing: exit code 2.
    Usage(words::Mistake),
    /// A file cannot be written: exit code 4.
    File(PathBuf, io::Error),
    /// Standard output cannot be written to: exit code 4.
    Write(io::Error),
}

impl RunError {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Flags(_) | Self::Usage(_) => 2,
            Self::File(..) | Self::Write(_) => 4,
        }
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flags(error) => write!(out, "{error}"),
            Self::Usage(mistake) => write!(out, "{mistake}"),
            Self::File(path, why) => {
                let path = path.display().to_string();
                write!(out, "cannot write {}: {why}", escape(path.as_bytes()))
            }
            Self::Write(why) => write!(out, "cannot write to standard output: {why}"),
        }
    }
}

impl From<words::Mistake> for RunError {
    fn from(mistake: words::Mistake) -> Self {
        Self::Usage(mistake)
    }
}

impl From<io::Error> for RunError {
    fn from(why: io::Error) -> Self {
        Self::Write(why)
    }
}

/// Runs the program with these arguments, the first of which is its own name.
pub fn run(typed: impl IntoIterator<Item = OsString>) -> ExitCode {
    let typed: Vec<OsString> = typed.into_iter().collect();
    // Domain names have a dot and verbs have none, so a verb cannot be taken for a domain.
    let verb = typed.get(1).and_then(|word| VERBS.iter().find(|verb| word == verb.name));
    let done = match verb {
        Some(verb) => (verb.run)(typed),
        None => args::CheckArgs::read(typed).map_err(RunError::Flags).and_then(carry_out),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(RunError::Flags(error)) => {
            // Help and version are asked for and succeed; a reader that has gone away is no fault.
            let _ = error.print();
            ExitCode::from(if error.use_stderr() { 2 } else { 0 })
        }
        Err(trouble) => {
            // Where standard error is closed there is nobody left to tell.
            let _ = writeln!(io::stderr(), "error: {trouble}");
            ExitCode::from(trouble.exit_code())
        }
    }
}

/// The parser of the flags of a verb. Help lists no environment variables: they are named after the
/// flags.
fn parser<T: Parser>() -> Command {
    let bare = |command: Command| command.mut_args(|arg| arg.hide_env(true));
    bare(T::command()).mut_subcommands(bare)
}

/// Reads the flags of a verb, which stands where a program's own name does.
///
/// # Errors
/// A flag is unknown or its value is of the wrong kind; or help or the version was asked for, which
/// are messages too.
fn flags<T: Parser>(typed: Vec<OsString>) -> Result<T, RunError> {
    let mut parser = parser::<T>();
    parser
        .try_get_matches_from_mut(typed.into_iter().skip(1))
        .and_then(|found| T::from_arg_matches(&found).map_err(|why| why.format(&mut parser)))
        .map_err(RunError::Flags)
}

fn carry_out(typed: args::CheckArgs) -> Result<u8, RunError> {
    let plan = check::plan(typed)?;
    wait_for(check::run(&plan))
}

/// Octets of stack of a thread that examines a domain: as many as a program has by itself.
const STACK: usize = 8 * 1024 * 1024;

/// Runs asynchronous work to its end.
fn wait_for<T>(work: impl Future<Output = Result<T, RunError>>) -> Result<T, RunError> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().thread_stack_size(STACK).build()?;
    let done = runtime.block_on(work);
    // Nothing is waited for that nobody needs any more: sockets, and threads that examine domains. A
    // thread must not see the runtime end, so that goes with the process.
    std::mem::forget(runtime);
    done
}
