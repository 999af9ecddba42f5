//! The main job: domains in, a report out, an exit code.

mod named;
mod plan;
mod progress;
mod stream;

pub use plan::{List, Plan, Probing, plan};

use super::clock::Moment;
use super::publish::Publication;
use super::session::Session;
use super::smtp::Dialer;
use super::words::{Ending, Format, Mistake, Output};
use super::{RunError, conclude, input, what_if};
use crate::audit::{self, Inquiry, Steps};
use crate::config::{self, Config};
use crate::dns;
use crate::report::{Domain, Error, Run};
use crate::text::{Phrase, escape};
use crate::zonefile::zone::Ignore as Comment;
use named::Named;
use progress::{Progress, State};
use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;
use std::vec;
pub(super) use stream::compare as compare_in_time;
pub(super) use stream::examine;
use stream::{Audience, End, Source, stream};

/// How many domains are compared at once.
pub(super) const AT_ONCE: usize = 8;

/// The exit code where some lines of a list are no domains.
const FAULTY_LIST: u8 = 2;
/// Most lines of a list that a report names as no domain: it does not grow with the list.
const MOST_ERRORS: usize = 100;
/// The exit code of a run that was interrupted: 128 and the number of the signal.
const INTERRUPTED: u8 = 130;

/// Carries out a plan; the exit code says how it ended.
///
/// # Errors
/// The plan cannot be carried out, or the report cannot be written.
pub(super) async fn run(plan: &Plan) -> Result<u8, RunError> {
    let mut session = Session::open(&plan.sources)?;
    conclude::prepare(&plan.ending)?;
    let mut ending = plan.ending.clone();
    ending.policy.comments = std::mem::take(&mut session.stack.comments);
    let mut printer = Printer {
        ending: &ending,
        session: &session,
        progress: Progress::on_standard_error(),
        publication: None,
        mistakes: 0,
        errors: Vec::new(),
        printed: 0,
    };
    let ended = carry_out(&session, plan, interrupt(), &mut printer).await;
    printer.progress.clear();
    let (end, named) = ended?;
    let Printer { publication, mistakes, errors, printed, .. } = printer;
    session.end_recording(match end {
        End::Whole => dns::Ending::Whole,
        End::Interrupted | End::Unread => dns::Ending::Interrupted,
    })?;
    let mut run = session.run();
    run.notes.extend(named.note());
    if let (Some(list), more @ 1..) = (&plan.list, mistakes - errors.len()) {
        run.notes
            .push(Phrase::from(&*list.name()).plain(format!(": {more} more lines are no domain")));
    }
    run.errors = errors;
    let exit_code = match end {
        End::Interrupted => {
            let printed = format!("interrupted: {printed} domains are complete");
            run.notes.push(Phrase::new().plain(printed));
            Some(INTERRUPTED)
        }
        End::Whole | End::Unread if mistakes > 0 => Some(FAULTY_LIST),
        End::Whole | End::Unread => None,
    };
    match (publication, &plan.list) {
        (_, Some(list)) if printed == 0 && mistakes == 0 && end == End::Whole => {
            Err(Mistake::new(format!("{}: there is no domain in it", list.name())).into())
        }
        (Some(publication), _) => publication.finish(run, Vec::new(), exit_code),
        (None, _) => Ok(exit_code.unwrap_or_default()),
    }
}

/// Comes when the user presses Ctrl-C; never where that cannot be heard.
pub(super) async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// What a run found out, before its owner's decisions are applied.
pub(super) struct Examination {
    /// One entry a domain, in the order of the plan, held to their contracts.
    pub domains: Vec<Domain>,
    /// When it began.
    pub started: Moment,
    /// What comments of the zone files leave out.
    pub comments: Vec<Comment>,
}

/// Looks at the domains of a plan, and writes the cassette if one is wanted.
///
/// # Errors
/// The plan cannot be carried out, or the cassette cannot be written.
pub(super) async fn examine_all(plan: &Plan) -> Result<Examination, RunError> {
    let mut session = Session::open(&plan.sources)?;
    conclude::prepare(&plan.ending)?;
    let comments = std::mem::take(&mut session.stack.comments);
    let mut collector = Collector::default();
    carry_out(&session, plan, std::future::pending(), &mut collector).await?;
    session.keep_recording()?;
    Ok(Examination { domains: collector.0, started: session.started, comments })
}

/// Examines the domains of a plan, and hands each on in order; says which were named.
///
/// # Errors
/// What is to be supposed cannot be, or a domain cannot be handed on.
async fn carry_out(
    session: &Session,
    plan: &Plan,
    interrupt: impl Future<Output = ()>,
    audience: &mut impl Audience,
) -> Result<(End, Named), RunError> {
    let deadline = session.deadline;
    let mut named = Named::default();
    let typed = plan.inquiries.iter().filter(|inquiry| named.is_new(inquiry)).cloned();
    let typed: Vec<Inquiry> = typed.collect();
    let names = typed.iter().map(|inquiry| &inquiry.domain);
    let applied = what_if::apply_what_if(session.dns(), &plan.what_if, names);
    let dns = match deadline.bound(applied).await {
        Ok(dns) => dns?,
        Err(too_late) => {
            audience.begin(typed.len() > stream::FEW, true)?;
            for inquiry in &typed {
                audience.domain(audit::undecided(inquiry, too_late.clone()))?;
            }
            return Ok((End::Whole, named));
        }
    };
    let is_explained = plan.ending.shows_steps();
    let about = Arc::new((plan.ending.policy.config.clone(), plan.sources.faults.clone()));
    let clock = session.clock();
    let web = session.stack.web(plan.http);
    let dialer = plan.probing.map(|how| dialer(session, how)).transpose()?;
    let work = |mut inquiry: Inquiry| {
        // What is said of a sender is said in steps.
        if !is_explained && inquiry.senders.is_empty() && inquiry.declared.is_empty() {
            inquiry.steps = Steps::Skipped;
        }
        let (dns, web, about) = (Arc::clone(&dns), Arc::clone(&web), Arc::clone(&about));
        let dialer = dialer.clone();
        async move {
            // What one message would get is another question than what the owner expects.
            let is_judged = inquiry.is_about_the_whole();
            let mut domain = examine(dns, web, inquiry, clock, deadline).await;
            if let Some((dialer, port)) = dialer {
                let probes = dialer.mail_hosts(&domain, port).await;
                audit::smtp::add_to(&mut domain, probes);
            }
            let (config, faults) = &*about;
            if is_judged {
                config::judge(config, &mut domain);
            }
            labelled(domain, faults)
        }
    };
    let lines = plan.list.as_ref().map(|list| input::lines(list.file())).transpose()?;
    let mut source = Inquiries {
        typed: typed.into_iter(),
        named,
        lines: plan.list.as_ref().zip(lines),
        config: &plan.ending.policy.config,
    };
    let is_text = |output: &Output| output.format == Format::Text;
    let waits = plan.ending.may_be_table() && plan.ending.outputs.iter().any(is_text);
    let end = stream(&mut source, work, interrupt, waits, audience).await?;
    Ok((end, source.named))
}

/// Most time for a dialogue with an MX host: a report waits for it.
const PATIENCE: Duration = Duration::from_secs(15);
/// Addresses of an MX host that are tried until one of them answers.
const MOST_ADDRESSES: usize = 2;

/// What connects to MX hosts, and the port.
///
/// # Errors
/// The recording holds something else than dialogues.
fn dialer(session: &Session, how: Probing) -> Result<(Dialer, u16), Mistake> {
    let dialer = Dialer {
        dns: Arc::clone(session.dns()),
        smtp: session.stack.smtp()?,
        allows_local: how.allows_local,
        helo: None,
        envelope: None,
        login: None,
        now: session.started.seconds,
        clock: session.clock().seconds,
        patience: PATIENCE,
        most_addresses: MOST_ADDRESSES,
    };
    Ok((dialer, how.port))
}

/// A domain as a drill found it, and said so: what follows from a drill is not real.
fn labelled(mut domain: Domain, faults: &[String]) -> Domain {
    if !faults.is_empty() {
        let label = Phrase::new().unknown("drill").plain(": ");
        domain.headline = label.clone().then(domain.headline);
        domain.parts.label = label;
        let note = Phrase::new()
            .plain("drill (")
            .code(faults.join(" "))
            .plain("): these answers are injected, not real");
        domain.notes.insert(0, note);
    }
    domain
}

/// What is asked: first what was typed, then what a list names.
struct Inquiries<'p> {
    typed: vec::IntoIter<Inquiry>,
    named: Named,
    lines: Option<(&'p List, input::ListLines)>,
    config: &'p Config,
}

impl Source for Inquiries<'_> {
    async fn next(&mut self) -> Option<Result<Inquiry, Error>> {
        if let Some(inquiry) = self.typed.next() {
            return Some(Ok(inquiry));
        }
        let (list, lines) = self.lines.as_mut()?;
        loop {
            let (number, line) = lines.recv().await?;
            let read = line.map_err(Mistake::new);
            match read.and_then(|line| list.read(self.config, &line)) {
                Ok(None) => {}
                Ok(Some(inquiry)) if self.named.is_new(&inquiry) => return Some(Ok(inquiry)),
                Ok(Some(_)) => {}
                Err(why) => {
                    let message = Phrase::from(&*why.to_string());
                    return Some(Err(Error::of_line(
                        escape(list.name().as_bytes()),
                        number,
                        message,
                    )));
                }
            }
        }
    }
}

/// Writes reports as they come in, and says how far the run is.
struct Printer<'r> {
    ending: &'r Ending,
    session: &'r Session,
    progress: Progress<io::Stderr>,
    publication: Option<Publication<'r>>,
    mistakes: usize,
    /// The first of the mistakes.
    errors: Vec<Error>,
    printed: usize,
}

impl Audience for Printer<'_> {
    fn begin(&mut self, is_many: bool, is_last: bool) -> Result<(), RunError> {
        self.progress.clear();
        let today = self.session.started.date();
        let mut publication = Publication::open(self.ending, &today, is_many)?;
        let run = self.session.run();
        // What a drill did not meet is known at the end only.
        let notes = if is_last { run.notes } else { Vec::new() };
        publication.begin(Run { notes, ..run })?;
        self.publication = Some(publication);
        Ok(())
    }

    fn domain(&mut self, domain: Domain) -> Result<(), RunError> {
        self.progress.clear();
        self.printed += 1;
        self.publication.as_mut().map_or(Ok(()), |publication| publication.domain(domain))
    }

    fn mistake(&mut self, mistake: Error) {
        self.progress.clear();
        self.mistakes += 1;
        // Where standard error is closed there is nobody left to tell.
        let _ = writeln!(io::stderr(), "error: {mistake}");
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(mistake);
        }
    }

    fn progress(&mut self, done: usize, all: Option<usize>) {
        let (queries, elapsed) = (self.session.stack.questions(), self.session.elapsed());
        self.progress.draw(State { done, all, queries, elapsed });
    }

    fn is_gone(&self) -> bool {
        self.publication.as_ref().is_some_and(Publication::is_closed)
    }
}

/// Keeps every domain.
#[derive(Default)]
struct Collector(Vec<Domain>);

impl Audience for Collector {
    fn begin(&mut self, _: bool, _: bool) -> Result<(), RunError> {
        Ok(())
    }

    fn domain(&mut self, domain: Domain) -> Result<(), RunError> {
        self.0.push(domain);
        Ok(())
    }

    fn mistake(&mut self, _: Error) {}

    fn progress(&mut self, _: usize, _: Option<usize>) {}

    fn is_gone(&self) -> bool {
        false
    }
}
