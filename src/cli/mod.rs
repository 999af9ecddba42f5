//! Being asked: what was typed, what it means, where answers come from, where the report goes.
//!
//! The only part of the program that reads arguments, files, the environment and the clock.

pub mod args;
mod baseline;
mod bounce;
pub mod check;
mod clock;
mod command;
mod completions;
mod conclude;
mod config;
mod counting;
mod destination;
mod diff;
mod explain;
mod fix;
mod folder;
mod fragments;
mod git;
mod help;
pub(crate) mod history;
mod included;
mod input;
mod lint;
mod mailbox;
mod man;
mod message;
mod nature;
mod new_file;
mod pages;
mod parts;
mod providers;
mod publish;
mod question;
mod report;
mod repository;
mod rules;
mod scan;
mod schema;
mod served;
pub mod senders;
mod serve;
mod session;
mod smtp;
mod sources;
pub mod test;
mod unit;
mod unread;
mod watch;
pub mod what_if;
pub mod words;
mod write;

use crate::text::escape;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

/// Why a run ended without a report. What is wrong with a domain is never one of these.
#[derive(Debug)]
pub enum RunError {
    /// The flags cannot be parsed (exit code 2), or ask for help (0).
    Flags(clap::Error),
    /// Nothing was asked: the short help on standard error, exit code 2.
    Nothing(clap::Error),
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
            Self::Flags(_) | Self::Nothing(_) | Self::Usage(_) => 2,
            Self::File(..) | Self::Write(_) => 4,
        }
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flags(error) | Self::Nothing(error) => write!(out, "{error}"),
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
    match command::read(typed.into_iter().collect()).and_then(command::CommandLine::carry_out) {
        Ok(code) => ExitCode::from(code),
        Err(RunError::Flags(error)) => {
            // Help and version are asked for and succeed; a reader that has gone away is no fault.
            let _ = error.print();
            ExitCode::from(if error.use_stderr() { 2 } else { 0 })
        }
        Err(trouble @ RunError::Nothing(_)) => {
            let _ = write!(io::stderr(), "{trouble}");
            ExitCode::from(trouble.exit_code())
        }
        Err(trouble) => {
            // Where standard error is closed there is nobody left to tell.
            let _ = writeln!(io::stderr(), "error: {}", shortened(&trouble.to_string()));
            ExitCode::from(trouble.exit_code())
        }
    }
}

/// Longest line about an error, in characters: what is quoted from a file has no end that can be relied on.
const LONGEST: usize = 2000;

/// A line that a log can take.
fn shortened(line: &str) -> String {
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}… ({} more octets)", &line[..end], line.len() - end),
        None => line.to_owned(),
    }
}

/// Answers the main question.
fn answer(typed: args::CheckArgs) -> Result<u8, RunError> {
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
