//! How far a scan is, on standard error.

use super::End;
use super::crew::Seen;
use super::plan::Plan;
use super::summary::Summary;
use std::env;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long nothing is drawn on a terminal: a short scan is over by then.
const PATIENCE: Duration = Duration::from_millis(400);
/// How often there is a line where standard error is no terminal.
const LINE: Duration = Duration::from_secs(60);
/// Blanks a line and goes back to its beginning.
const BLANK: &str = "\r\x1b[2K";

/// What is said of a scan while it runs, and at its end.
pub(super) struct Progress {
    seen: Arc<Seen>,
    rate: Option<u32>,
    is_terminal: bool,
    concurrency: u64,
    resumable: Option<String>,
    begin: Instant,
    said: Instant,
    is_drawn: bool,
}

impl Progress {
    /// Nothing is said yet.
    #[allow(clippy::disallowed_methods, reason = "the clock and the environment are read here")]
    pub(super) fn new(plan: &Plan, rate: Option<u32>, seen: Arc<Seen>) -> Self {
        let is_dumb = env::var_os("TERM").is_none_or(|term| term == "dumb");
        let now = Instant::now();
        Self {
            seen,
            rate,
            is_terminal: io::stderr().is_terminal() && !is_dumb,
            concurrency: plan.concurrency,
            resumable: plan.output.as_ref().map(|file| file.display().to_string()),
            begin: now,
            said: now,
            is_drawn: false,
        }
    }

    /// Says how fast servers are asked, where that is limited.
    pub(super) fn begin(&mut self) {
        if let Some(rate) = self.rate {
            let many = self.concurrency;
            say(&format!(
                "scan: {many} domains at once, at most {rate} queries a second to each server (--rate)"
            ));
        }
    }

    /// Says how far it is, if it is time to.
    #[allow(clippy::disallowed_methods, reason = "the clock is read here")]
    pub(super) fn draw(&mut self, done: u64, all: Option<u64>) {
        let now = Instant::now();
        let elapsed = now - self.begin;
        if self.is_terminal && elapsed >= PATIENCE {
            self.is_drawn = true;
            put(&format!("{BLANK}{}", self.words(done, all, elapsed)));
        } else if !self.is_terminal && now - self.said >= LINE {
            self.said = now;
            say(&self.words(done, all, elapsed));
        }
    }

    fn words(&self, done: u64, all: Option<u64>, elapsed: Duration) -> String {
        let (queries, failed) = self.seen.queries();
        let seconds = elapsed.as_millis().max(1);
        let rate = |count: u128| count * 1000 / seconds;
        let (domains, queries) = (rate(done.into()), rate(u128::try_from(queries).unwrap_or(0)));
        let of = all.map_or_else(String::new, |all| format!(" of {all}"));
        format!(
            "{done}{of} done, {domains} domains/s, {queries} queries/s, {failed} queries failed"
        )
    }

    /// Takes the line away.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.is_drawn) {
            put(BLANK);
        }
    }

    /// Says that the scan was interrupted and still finishes what is under way.
    pub(super) fn interrupted(&mut self) {
        self.clear();
        say("interrupted: finishing what is under way. Ctrl-C again ends at once.");
    }

    /// Says how it ended and what it adds up to.
    pub(super) fn end(&self, summary: &Summary, end: End) {
        let rows = summary.rows;
        let how = match end {
            End::Whole | End::Unread => format!("scan: {rows} rows"),
            End::Interrupted | End::Abandoned => format!("scan: interrupted after {rows} rows"),
            End::NoDns => "scan: no DNS server replied; no row was written".to_owned(),
        };
        let how = match summary.errors {
            0 => how,
            errors => format!("{how}, {errors} of them for lines that name no domain"),
        };
        say(&how);
        if end != End::NoDns {
            summary.lines().iter().for_each(|line| say(&format!("  {line}")));
        }
        if let (Some(file), End::Interrupted | End::NoDns) = (&self.resumable, end) {
            say(&format!("Go on with: --output {file} --resume"));
        }
    }
}

/// Writes a line. That it cannot be written is no reason to stop working.
fn say(line: &str) {
    put(&format!("{line}\n"));
}

fn put(text: &str) {
    let mut out = io::stderr();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
