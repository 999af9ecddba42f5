//! Workers: threads that examine domains, each with a runtime, servers and a memory of its own.

use super::lines::{Faulty, Line};
use super::pace::{Pace, Paced, is_near};
use super::plan::Plan;
use super::summary::Summary;
use crate::audit::{self, Clock, Common, Inquiry, SharedPolicies};
use crate::cli::RunError;
use crate::cli::STACK;
use crate::cli::session::{Deadline, Session};
use crate::cli::sources;
use crate::config::{self, Decisions, Policy};
use crate::dns::{Answer, Cache, Dns, Endpoint, Lookup, Question, Trouble};
use crate::render::json::Lines as Reports;
use crate::render::{Stream as _, scan};
use crate::report::scan::Row;
use crate::report::{Domain, Report, Run, Tally, Threshold};
use std::cell::RefCell;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout_at;

/// How many answers a worker keeps: what domains have in common stays in use, the rest goes.
const MEMORY: usize = 16_384;
/// How many rows have to be done before it is believed that no server replies.
const FIRST: u64 = 8;

/// A line that is done.
pub(super) struct Done {
    /// Which of the lines it is, in the order in which they were given.
    pub place: u64,
    /// Its row, as it is written.
    pub row: Vec<u8>,
}

/// The workers of a scan.
pub(super) struct Crew {
    workers: Vec<Worker>,
    done: Mutex<mpsc::UnboundedReceiver<Vec<Done>>>,
    seen: Arc<Seen>,
    is_live: bool,
    /// Most queries a second to each server; `None` for no limit.
    pub rate: Option<u32>,
}

struct Worker {
    tasks: mpsc::UnboundedSender<(u64, Line)>,
    thread: JoinHandle<Summary>,
}

/// What was seen of the servers.
#[derive(Default)]
pub(super) struct Seen {
    /// How many queries went out.
    queries: AtomicUsize,
    /// How many of them failed.
    failures: AtomicUsize,
    /// True if a server has replied to anything.
    is_heard: AtomicBool,
}

impl Seen {
    /// How many queries went out, and how many of them failed.
    pub(super) fn queries(&self) -> (usize, usize) {
        (self.queries.load(Ordering::Relaxed), self.failures.load(Ordering::Relaxed))
    }
}

impl Crew {
    /// Starts the workers, one a processor.
    ///
    /// # Errors
    /// A server cannot be understood, there is none, or a thread cannot be started.
    pub(super) fn hire(plan: &Plan, session: &Session) -> Result<Self, RunError> {
        let many = thread::available_parallelism().map_or(1, usize::from);
        let (seen, policy) = (Arc::new(Seen::default()), Arc::new(plan.policy.clone()));
        let is_live = sources::is_plain(&plan.sources);
        let endpoints = if is_live { sources::endpoints(&plan.sources)? } else { Vec::new() };
        let rate = if is_live { rate(plan, &endpoints) } else { None };
        let (send_done, done) = mpsc::unbounded_channel();
        let mut workers = Vec::with_capacity(many);
        for place in 0..many {
            let (dns, own): (Arc<dyn Dns>, Arc<dyn Dns>) = if is_live {
                let part = |rate| Pace::new(rate, many);
                let lanes = sources::lanes(&endpoints, &plan.sources, place)?;
                let lanes: Vec<Arc<dyn Dns>> = lanes
                    .into_iter()
                    .map(|lane| -> Arc<dyn Dns> {
                        match rate {
                            Some(rate) => Arc::new(Paced::new(lane, part(rate))),
                            None => lane,
                        }
                    })
                    .collect();
                let watched = Watched { lanes, next: AtomicUsize::new(0), seen: Arc::clone(&seen) };
                let watched = Arc::new(watched);
                let in_flight = usize::try_from(plan.concurrency).unwrap_or(usize::MAX);
                let cache = Cache::new(Arc::clone(&watched)).capacity(MEMORY);
                (Arc::new(cache.in_flight(2 * in_flight).forgetting_failures()), watched)
            } else {
                (Arc::clone(session.dns()), Arc::clone(session.dns()))
            };
            let (tasks, from) = mpsc::unbounded_channel();
            let bench = Bench {
                dns,
                own,
                clock: session.clock(),
                deadline: session.deadline,
                policy: Arc::clone(&policy),
                today: session.started.date(),
                started: session.run().started,
                form: plan.form,
                is_brief: plan.is_brief,
                shared: Arc::default(),
                done: send_done.clone(),
            };
            let worker = thread::Builder::new().name(format!("scan-{place}")).stack_size(STACK);
            let thread = worker.spawn(move || bench.run(from))?;
            workers.push(Worker { tasks, thread });
        }
        Ok(Self { workers, done: Mutex::new(done), seen, is_live, rate })
    }

    /// Hands a line to a worker, in turn.
    pub(super) fn give(&self, place: u64, line: Line) {
        let many = u64::try_from(self.workers.len()).unwrap_or(1).max(1);
        let next = usize::try_from(place % many).unwrap_or_default();
        if let Some(worker) = self.workers.get(next) {
            // A worker is gone only if it panicked, which `dismiss` passes on.
            let _ = worker.tasks.send((place, line));
        }
    }

    /// The next lines that are done; never, if there is none. Can be dropped at any time.
    pub(super) async fn done(&self) -> Vec<Done> {
        match self.done.lock().await.recv().await {
            Some(done) => done,
            None => std::future::pending().await,
        }
    }

    /// True if so many lines are done and no server has replied to anything.
    pub(super) fn has_no_dns(&self, done: u64) -> bool {
        done >= FIRST && self.is_deaf()
    }

    /// True if no server has replied to anything.
    pub(super) fn is_deaf(&self) -> bool {
        let Seen { queries, is_heard, .. } = &*self.seen;
        self.is_live && queries.load(Ordering::Relaxed) > 0 && !is_heard.load(Ordering::Relaxed)
    }

    /// What is seen of the servers.
    pub(super) fn seen(&self) -> Arc<Seen> {
        Arc::clone(&self.seen)
    }

    /// Lets the workers end; what they add up to.
    pub(super) fn dismiss(self) -> Summary {
        let mut all = Summary::default();
        (all.queries, all.failed_queries) = self.seen.queries();
        for Worker { tasks, thread } in self.workers {
            drop(tasks);
            match thread.join() {
                Ok(summary) => all.add(summary),
                // A fault of this program, which stays one.
                Err(panic) => resume_unwind(panic),
            }
        }
        all
    }
}

/// Most queries a second to each server: as asked, or little for servers far away.
fn rate(plan: &Plan, endpoints: &[Endpoint]) -> Option<u32> {
    /// Few enough for a resolver that others use too.
    const MODEST: u32 = 500;
    match plan.rate {
        Some(0) => None,
        Some(rate) => Some(rate),
        None if endpoints.iter().all(is_near) => None,
        None => Some(MODEST),
    }
}

/// What was found out about a domain.
enum Found {
    /// What receivers decide by.
    Row(Box<Row>),
    /// Everything, to which the decisions of its owner are still to be applied.
    Domain(Box<Domain>),
}

/// What a worker works with.
struct Bench {
    dns: Arc<dyn Dns>,
    own: Arc<dyn Dns>,
    clock: Clock,
    deadline: Deadline,
    policy: Arc<Policy>,
    today: String,
    started: Option<String>,
    form: Option<scan::Form>,
    is_brief: bool,
    /// The policies that domains have in common.
    shared: Arc<SharedPolicies>,
    done: mpsc::UnboundedSender<Vec<Done>>,
}

impl Bench {
    /// Works until there is nothing left to do.
    fn run(self, mut tasks: mpsc::UnboundedReceiver<(u64, Line)>) -> Summary {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        // Without a runtime nothing can be asked, and the system is out of file descriptors.
        let runtime = runtime.expect("a thread can wait for events");
        let summary = RefCell::new(Summary::default());
        let mut decisions = Decisions::new(&self.policy, &self.today);
        runtime.block_on(async {
            let mut running: JoinSet<(u64, u64, Found)> = JoinSet::new();
            let mut is_over = false;
            while !is_over || !running.is_empty() {
                tokio::select! {
                    Some(joined) = running.join_next() => {
                        // All that are done together wake who writes them once.
                        let mut done = Vec::new();
                        let mut next = Some(joined);
                        while let Some(joined) = next {
                            let (place, line, found) = match joined {
                                Ok(done) => done,
                                Err(why) => resume_unwind(why.into_panic()),
                            };
                            let row = match found {
                                Found::Row(row) => self.written(&row, &summary),
                                Found::Domain(domain) => {
                                    self.row(line, decisions.apply(*domain), &summary)
                                }
                            };
                            done.push(Done { place, row });
                            next = running.try_join_next();
                        }
                        let _ = self.done.send(done);
                    }
                    task = tasks.recv(), if !is_over => match task {
                        None => is_over = true,
                        Some((place, Line { number, asked: Ok(inquiry), .. })) => {
                            running.spawn(self.examine(place, number, *inquiry));
                        }
                        Some((place, Line { number, asked: Err(faulty), .. })) => {
                            let row = self.faulty(number, &faulty, &summary);
                            let _ = self.done.send(vec![Done { place, row }]);
                        }
                    },
                }
            }
        });
        // What still waits for a reply that nobody needs is not waited for.
        runtime.shutdown_background();
        summary.into_inner()
    }

    fn examine(
        &self,
        place: u64,
        line: u64,
        inquiry: Inquiry,
    ) -> impl Future<Output = (u64, u64, Found)> + Send + use<> {
        let (clock, deadline) = (self.clock, self.deadline);
        let (dns, own) = (Arc::clone(&self.dns), Arc::clone(&self.own));
        let (shared, policy) = (Arc::clone(&self.shared), Arc::clone(&self.policy));
        let is_brief = self.is_brief;
        async move {
            let common = Common { dns: &dns, own: &own, policies: &shared };
            if is_brief {
                let work = audit::decided(common, &inquiry, clock, line);
                if let Ok(row) = timeout_at(deadline.end(), Box::pin(work)).await {
                    return (place, line, Found::Row(Box::new(row)));
                }
            } else {
                let work = audit::domain_of_many(common, &inquiry, clock);
                if let Ok(mut domain) = timeout_at(deadline.end(), Box::pin(work)).await {
                    if inquiry.is_about_the_whole() {
                        config::judge(&policy.config, &mut domain);
                    }
                    return (place, line, Found::Domain(Box::new(domain)));
                }
            }
            let domain = audit::undecided(&inquiry, deadline.too_late());
            (place, line, Found::Domain(Box::new(domain)))
        }
    }

    fn written(&self, row: &Row, summary: &RefCell<Summary>) -> Vec<u8> {
        summary.borrow_mut().count(row);
        let form = self.form.unwrap_or(scan::Form::JsonLines);
        written(|out| scan::row(row, form, self.started.as_deref(), out))
    }

    fn row(&self, line: u64, domain: Domain, summary: &RefCell<Summary>) -> Vec<u8> {
        let row = Row::new(line, &domain);
        match self.form {
            Some(_) => self.written(&row, summary),
            None => {
                summary.borrow_mut().count(&row);
                self.report(domain)
            }
        }
    }

    /// The whole report of a domain, as a line.
    fn report(&self, domain: Domain) -> Vec<u8> {
        let run = Run { started: self.started.clone(), ..Run::default() };
        let head: Report = Tally::new(Threshold::default()).conclude(run, Vec::new());
        let mut lines = Reports::new(Default::default());
        written(|out| {
            lines.begin(&head, out)?;
            lines.domain(&domain, out)
        })
    }

    fn faulty(&self, line: u64, faulty: &Faulty, summary: &RefCell<Summary>) -> Vec<u8> {
        let Faulty { text, why } = faulty;
        self.written(&Row::faulty(line, text, why.clone()), summary)
    }
}

/// A row as octets.
fn written(row: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    row(&mut out).expect("memory can be written to, and rows are JSON");
    out
}

/// Several ways to the servers, which share the load, and what is seen of them.
struct Watched {
    lanes: Vec<Arc<dyn Dns>>,
    next: AtomicUsize,
    seen: Arc<Seen>,
}

impl Dns for Watched {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        Box::pin(async move {
            let next = self.next.fetch_add(1, Ordering::Relaxed) % self.lanes.len().max(1);
            self.seen.queries.fetch_add(1, Ordering::Relaxed);
            // There is always one, for without a server the crew is not hired.
            let Some(lane) = self.lanes.get(next) else { return std::future::pending().await };
            let answer: Arc<Answer> = lane.lookup(question).await;
            match answer.failure().map(|failure| failure.trouble) {
                None => self.seen.is_heard.store(true, Ordering::Relaxed),
                Some(trouble) => {
                    self.seen.failures.fetch_add(1, Ordering::Relaxed);
                    if !matches!(trouble, Trouble::Timeout | Trouble::Network | Trouble::NotQueried)
                    {
                        self.seen.is_heard.store(true, Ordering::Relaxed);
                    }
                }
            }
            answer
        })
    }
}
