//! `mailcheck scan`: very many domains, a line each.
//!
//! Lines come in as a stream and go to workers, each a thread with a runtime, servers and a memory of
//! its own, so that nothing is shared that would have to be locked. A row goes out as soon as it is
//! decided. Nothing is kept of a domain whose row is out.

mod crew;
mod lines;
mod pace;
mod plan;
mod progress;
mod rows;
mod summary;

use super::args::{self, Choosing, Pages, Sources};
use super::check::interrupt;
use super::session::Session;
use super::{RunError, wait_for, write};
use clap::{Parser, ValueEnum};
use crew::{Crew, Done};
use lines::{Line, Lines};
use plan::{Plan, plan};
use progress::Progress;
use rows::Rows;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

const EXAMPLES: &str = "\
Examples:
  mailcheck scan domains.txt                     a JSON line for each domain
  mailcheck scan - -f tsv <domains.txt           as a table
  mailcheck scan domains.txt -o rows.jsonl --resume
  mailcheck scan senders.csv --summary sum.json  columns: domain, ip …";

const EXIT_CODES: &str = "\
Exit codes:
  0    every line has its row
  2    usage error: a flag, a file that cannot be read, --resume with other rows
  3    no DNS server replied
  4    internal error, or the rows could not be written
  130  interrupted: the rows written are complete; --resume goes on with the rest";

/// Check any number of domains: one line each, in constant memory
///
/// The input has one domain a line, or columns with a header, separated by tabs or commas: domain, ip,
/// mail_from, helo. Blank lines and lines that begin with # are skipped. A line that names no domain
/// gets a row with `error`.
#[derive(Clone, Debug, Parser)]
#[command(
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = args::TEMPLATE,
    arg_required_else_help = true,
    override_usage = "mailcheck scan [OPTIONS] FILE|-",
    next_help_heading = "What to check",
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct ScanArgs {
    /// The list; - is standard input
    #[arg(value_name = "FILE", required = true, hide = true)]
    file: PathBuf,

    /// How much to check: policy (MX, SPF, DMARC), full or verdict
    ///
    /// policy checks MX, SPF and DMARC; full checks DKIM and the other protocols too; verdict finds the SPF
    /// result of the address in the line, the DMARC policy and the MX hosts, and evaluates no rules.
    #[arg(long, value_name = "PROFILE", value_enum, default_value_t, hide_possible_values = true)]
    profile: Profile,

    /// Look for DKIM keys too: about 25 more queries per domain
    #[arg(long)]
    dkim: bool,

    /// Check part I of the list, split by domain into N parts: 0 to N-1
    #[arg(long, value_name = "I/N", value_parser = plan::shard, hide_short_help = true)]
    shard: Option<plan::Shard>,

    /// How many domains are checked at once [default: 256]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=65_536), hide_short_help = true)]
    concurrency: Option<u32>,

    /// Maximum queries per second to each server; 0: no limit
    ///
    /// By default 500 for servers that are on neither loopback nor a private network. Where queries time out,
    /// the rate falls by half, and recovers slowly.
    #[arg(long, value_name = "NUMBER")]
    rate: Option<u32>,

    /// jsonl or tsv
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        help_heading = "Rows",
        hide_possible_values = true
    )]
    format: Form,

    /// Write rows in the order of the input
    #[arg(long, help_heading = "Rows")]
    ordered: bool,

    /// Write each domain's whole report instead of a row
    #[arg(long, help_heading = "Rows")]
    full: bool,

    /// Write the rows to FILE
    #[arg(short, long, value_name = "FILE", help_heading = "Rows")]
    output: Option<PathBuf>,

    /// Continue where the --output file ends
    ///
    /// A half-written last line is cut off. No domain is checked or written twice.
    #[arg(long, requires = "output", help_heading = "Rows")]
    resume: bool,

    /// Write totals as JSON to FILE
    #[arg(long, value_name = "FILE", help_heading = "Rows")]
    summary: Option<PathBuf>,

    /// Which rules are looked at.
    #[command(flatten, next_help_heading = "Rows")]
    choice: Choosing,

    /// Where answers come from.
    #[command(flatten)]
    sources: Sources,

    /// Pages of help.
    #[command(flatten)]
    pages: Pages,
}

/// How much of each domain is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Profile {
    /// What receivers decide by: the SPF result of the address, the DMARC policy, MX.
    Verdict,
    /// MX, SPF and DMARC, with their rules.
    #[default]
    Policy,
    /// Every protocol.
    Full,
}

/// A form of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A JSON object a line.
    #[default]
    Jsonl,
    /// Cells between tabs.
    Tsv,
}

/// The exit code where no server replied.
const NO_DNS: u8 = 3;
/// The exit code of a run that was interrupted: 128 and the number of the signal.
const INTERRUPTED: u8 = 130;
/// How often rows are flushed and the progress is drawn.
const TICK: Duration = Duration::from_millis(100);

/// Carries out the verb.
///
/// # Errors
/// What was typed means nothing, the list cannot be read, or rows cannot be written.
pub(super) fn run(typed: ScanArgs) -> Result<u8, RunError> {
    wait_for(carry_out(&plan(typed)?))
}

/// How a scan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Whole,
    Interrupted,
    /// Interrupted again: what was under way is not waited for.
    Abandoned,
    /// Nobody reads the rows any more.
    Unread,
    /// No server replied to anything.
    NoDns,
}

async fn carry_out(plan: &Plan) -> Result<u8, RunError> {
    let session = Session::open(&plan.sources)?;
    let mut rows = Rows::open(plan)?;
    let mut lines = Lines::open(plan)?;
    let crew = Crew::hire(plan, &session)?;
    let mut progress = Progress::new(plan, crew.rate, crew.seen());
    progress.begin();
    let mut scan = Scan::new(plan);
    let end = scan.run(&mut lines, &crew, &mut rows, &mut progress).await;
    progress.clear();
    let end = end?;
    rows.finish()?;
    if end == End::Abandoned {
        return Ok(INTERRUPTED);
    }
    let summary = crew.dismiss();
    session.keep_recording()?;
    if let Some(file) = &plan.summary {
        write::file(file, summary.json(session.run().started.as_deref())?.as_bytes())?;
    }
    progress.end(&summary, end);
    Ok(match end {
        End::Whole | End::Unread => 0,
        End::Interrupted | End::Abandoned => INTERRUPTED,
        End::NoDns => NO_DNS,
    })
}

/// A scan under way.
struct Scan<'p> {
    plan: &'p Plan,
    /// What was done before a server replied: if none ever does, these lines are not done.
    held: Vec<Done>,
    /// What is done and waits for something before it, by its place; empty unless rows are ordered.
    waiting: BTreeMap<u64, Vec<u8>>,
    /// How many lines went to workers.
    given: u64,
    /// How many of them were written, in order.
    handed_on: u64,
    /// How many of them are done.
    done: u64,
}

impl<'p> Scan<'p> {
    fn new(plan: &'p Plan) -> Self {
        let (held, waiting) = (Vec::new(), BTreeMap::new());
        Self { plan, held, waiting, given: 0, handed_on: 0, done: 0 }
    }

    /// Gives lines to workers and writes their rows, until all are done.
    ///
    /// # Errors
    /// The list cannot be read to its end, it is not the one that the rows belong to, or a row cannot
    /// be written.
    async fn run(
        &mut self,
        lines: &mut Lines,
        crew: &Crew,
        rows: &mut Rows,
        progress: &mut Progress,
    ) -> Result<End, RunError> {
        let mut interrupt = pin!(interrupt());
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut is_over, mut end) = (false, End::Whole);
        loop {
            if is_over && self.done == self.given {
                let is_mute = !self.held.is_empty() && end == End::Whole;
                return Ok(if is_mute { End::NoDns } else { end });
            }
            let window = if self.plan.is_ordered { self.given - self.handed_on } else { 0 };
            let under_way = self.given - self.done;
            let has_room = under_way < self.plan.concurrency && window < 4 * self.plan.concurrency;
            tokio::select! {
                biased;
                () = &mut interrupt => {
                    if end == End::Interrupted {
                        return Ok(End::Abandoned);
                    }
                    (is_over, end) = (true, End::Interrupted);
                    progress.interrupted();
                    interrupt.set(self::interrupt());
                }
                done = crew.done() => {
                    self.done += u64::try_from(done.len()).unwrap_or(u64::MAX);
                    self.held.extend(done);
                    if !crew.is_deaf() {
                        for done in std::mem::take(&mut self.held) {
                            self.take(done, rows)?;
                        }
                    }
                    if rows.is_closed() {
                        (is_over, end) = (true, End::Unread);
                    } else if crew.has_no_dns(self.done) && end == End::Whole {
                        (is_over, end) = (true, End::NoDns);
                    }
                }
                line = lines.next(), if !is_over && has_room => match line? {
                    None => is_over = true,
                    Some(line) => self.give(line, crew, rows)?,
                },
                _ = tick.tick() => {
                    rows.flush()?;
                    progress.draw(self.done, is_over.then_some(self.given));
                }
            }
        }
    }

    fn give(&mut self, line: Line, crew: &Crew, rows: &mut Rows) -> Result<(), RunError> {
        if !self.plan.shard.is_none_or(|shard| shard.has(line.domain())) {
            return Ok(());
        }
        if rows.has(line.number, line.domain())? {
            return Ok(());
        }
        crew.give(self.given, line);
        self.given += 1;
        Ok(())
    }

    fn take(&mut self, Done { place, row }: Done, rows: &mut Rows) -> Result<(), RunError> {
        if !self.plan.is_ordered {
            return rows.put(&row);
        }
        self.waiting.insert(place, row);
        while let Some(row) = self.waiting.remove(&self.handed_on) {
            self.handed_on += 1;
            rows.put(&row)?;
        }
        Ok(())
    }
}
