//! What answers the requests: one report each, over answers that are at most a minute old.

use super::past;
use super::plan::HTTP;
use crate::audit::bounce::{Checking, conclude, notification};
use crate::audit::feedback::{Answers, Folding, replay, replay_with};
use crate::audit::message::{Found, MessageInquiry, exit_code, message};
use crate::audit::{self, Asked, Inquiry, Sender};
use crate::cli::RunError;
use crate::cli::check::examine;
use crate::cli::message::as_message;
use crate::cli::session::Session;
use crate::cli::words::Sources;
use crate::config::{self, Decisions, Policy};
use crate::diagnostic::Severity;
use crate::dns::{self, MOST_QUERIES, presentation};
use crate::mail::{self, Piece, feedback::readings};
use crate::net::Name;
use crate::render::text::{self, Look};
use crate::render::{json, messages};
use crate::report::envelope::{Enveloped, Kind};
use crate::report::history::DomainHistory;
use crate::report::message::Messages;
use crate::report::{Extent, Incident, Judged, ReadFile, Report, Run, Tally, Threshold};
use crate::server::{Document, Examine, Job, Mail};
use crate::zone::Facts;
use crate::zonefile::formats;
use crate::zonefile::zone::ErrorKind;
use serde::Serialize;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;

/// How long answers are used: a session remembers each for as long as it lives.
const LIFE: Duration = Duration::from_secs(60);

/// Columns of text on a page.
const WIDTH: usize = 100;

/// What finds things out for a server.
pub(super) struct Examiner {
    sources: Sources,
    policy: Arc<Policy>,
    session: Mutex<Arc<Session>>,
    /// The history that is shown.
    store: Option<PathBuf>,
}

impl Examiner {
    /// Opens the sources.
    ///
    /// # Errors
    /// A file cannot be read or is faulty, a server cannot be understood, or there is none; the history
    /// cannot be used.
    pub(super) fn open(
        sources: Sources,
        policy: Policy,
        store: Option<PathBuf>,
    ) -> Result<Self, RunError> {
        let session = Mutex::new(Arc::new(Session::open(&sources)?));
        store.as_deref().map_or(Ok(()), past::probe)?;
        Ok(Self { sources, policy: Arc::new(policy), session, store })
    }

    /// A session whose answers are fresh. One that cannot be opened again is used on.
    fn session(&self) -> Arc<Session> {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        if !session.stack.is_repeatable
            && session.elapsed() > LIFE
            && let Ok(fresh) = Session::open(&self.sources)
        {
            *session = Arc::new(fresh);
        }
        Arc::clone(&session)
    }

    fn most_queries(&self) -> usize {
        self.sources.most_queries.unwrap_or(MOST_QUERIES)
    }
}

impl Examine for Examiner {
    fn domain(&self, domain: Name, senders: Vec<IpAddr>) -> Job<Report> {
        let (session, policy) = (self.session(), Arc::clone(&self.policy));
        let mut inquiry = Inquiry::about(domain);
        inquiry.most_queries = self.most_queries();
        inquiry.senders =
            senders.into_iter().map(|address| Asked::from(Sender::from(address))).collect();
        Box::pin(async move {
            let begin = session.elapsed();
            let dns = Arc::clone(session.dns());
            let web = session.stack.web(HTTP);
            let is_judged = inquiry.is_about_the_whole();
            let mut domain = examine(dns, web, inquiry, session.clock(), session.deadline).await;
            if is_judged {
                config::judge(&policy.config, &mut domain);
            }
            let run = session.run();
            let elapsed = session.elapsed().saturating_sub(begin).as_millis();
            let run = Run {
                questions: domain.lookups.len(),
                elapsed_ms: run.elapsed_ms.map(|_| u64::try_from(elapsed).unwrap_or(u64::MAX)),
                ..run
            };
            let mut decisions = Decisions::new(&policy, &session.started.date());
            let domain = decisions.apply(domain);
            let mut tally =
                Tally::new(Threshold { fail_on: Some(Severity::Error), ..Threshold::default() });
            tally.add(&domain);
            let mut report = tally.conclude(run, decisions.finish(Vec::new()));
            report.domains.push(domain);
            report
        })
    }

    fn mail(&self, kind: Mail, octets: Vec<u8>) -> Job<Result<Document, String>> {
        let (session, most) = (self.session(), self.most_queries());
        match kind {
            Mail::Bounce => apart(move || async move { bounce(&session, most, &octets).await }),
            Mail::Message => apart(move || async move { received(&session, most, octets).await }),
            Mail::Report => apart(move || async move { reports(&session, most, &octets).await }),
            Mail::Record => apart(move || async move { records(&octets).await }),
        }
    }

    fn history(&self, domain: Name) -> Job<Result<Option<DomainHistory>, String>> {
        let (store, deadline) = (self.store.clone(), self.session().deadline);
        apart(move || async move { past::history(store, domain, deadline).await })
    }

    fn incidents(&self) -> Job<Result<Vec<Incident>, String>> {
        let store = self.store.clone();
        apart(move || async move { past::incidents(store) })
    }
}

/// Does work on a thread of its own: it computes, and holds what no other thread may have.
fn apart<T, W, F>(work: W) -> Job<Result<T, String>>
where
    T: Send + 'static,
    W: FnOnce() -> F + Send + 'static,
    F: Future<Output = Result<T, String>>,
{
    let runtime = Handle::current();
    let work = tokio::task::spawn_blocking(move || runtime.block_on(work()));
    Box::pin(async move { work.await.unwrap_or_else(|_| Err("internal error".to_owned())) })
}

/// Both forms of something.
fn document<B: Serialize>(
    kind: Kind,
    run: &Run,
    body: B,
    draw: impl FnOnce(&Look, &mut Vec<u8>) -> io::Result<()>,
) -> Result<Document, String> {
    let body = Enveloped::new(kind, run.started.as_deref(), body);
    in_both(draw, |out| json::render(&body, out))
}

/// Both forms, each by who writes it.
fn in_both(
    draw: impl FnOnce(&Look, &mut Vec<u8>) -> io::Result<()>,
    write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
) -> Result<Document, String> {
    let look = Look { width: WIDTH, ..Look::default() };
    let (mut shown, mut json) = (Vec::new(), Vec::new());
    let written = draw(&look, &mut shown).and_then(|()| write(&mut json));
    written.map_err(|why| why.to_string())?;
    Ok(Document { text: String::from_utf8_lossy(&shown).into_owned(), json })
}

async fn bounce(session: &Session, most_queries: usize, octets: &[u8]) -> Result<Document, String> {
    let all = mail::bounce::read_all(octets);
    if all.is_empty() {
        return Err("not a bounce".to_owned());
    }
    let checking = Checking { dns: &**session.dns(), earlier: None, then: None, most_queries };
    let (mut found, mut notes) = (Vec::with_capacity(all.len()), Vec::new());
    for (read, number) in all.into_iter().zip(1..) {
        let work = notification(read.clone(), "-", number, Some(&checking));
        found.push(match session.deadline.bound(work).await {
            Ok(found) => found,
            Err(too_late) => {
                notes = vec![too_late];
                notification(read, "-", number, None).await
            }
        });
    }
    let mut bounces = conclude(found);
    bounces.run = Run { questions: 0, ..session.run() };
    bounces.run.notes.extend(notes);
    document(Kind::Bounce, &bounces.run, &bounces, |look, out| {
        text::bounce::render(&bounces, look, out)
    })
}

async fn received(
    session: &Session,
    most_queries: usize,
    octets: Vec<u8>,
) -> Result<Document, String> {
    let piece = Piece::new(octets).map_err(|why| why.to_string()).and_then(as_message)?;
    let place = Found { file: "-".to_owned(), number: 1, is_one_of_many: false };
    let inquiry = MessageInquiry { most_queries, ..MessageInquiry::default() };
    let today = (!session.stack.is_repeatable).then_some(session.started.seconds);
    let work = message(&**session.dns(), &piece, &place, &inquiry, today, false);
    let report = session.deadline.bound(work).await.map_err(|too_late| too_late.to_string())?;
    let code = exit_code(&report);
    let headline = report.headline.clone();
    let run = session.run();
    let all = Messages::new(vec![report], 1, headline, run, code);
    document(Kind::Message, &all.run, &all, |look, out| {
        let mut stream = messages::MessageStream::new(messages::Form::Text, look.clone(), None);
        stream.begin(&all, out)?;
        all.messages.iter().try_for_each(|message| stream.message(message, out))?;
        stream.end(&all, out)
    })
}

async fn reports(
    session: &Session,
    most_queries: usize,
    octets: &[u8],
) -> Result<Document, String> {
    let mut folding = Folding::default();
    readings("-", octets).for_each(|(name, reading)| folding.add(&name, reading));
    let mut feedback = folding.finish(Run::default());
    if feedback.reports.is_empty() {
        return Err("no report in what was sent".to_owned());
    }
    let answers = Answers { today: Some(&**session.dns()), most_queries, ..Answers::default() };
    let work = replay_with(&mut feedback, &answers);
    if let Err(too_late) = session.deadline.bound(work).await {
        feedback.run.notes.push(too_late);
        replay(&mut feedback, None).await;
    }
    let notes = std::mem::take(&mut feedback.run.notes);
    feedback.run = Run { notes, ..session.run() };
    document(Kind::Feedback, &feedback.run, &feedback, |look, out| {
        text::feedback::render(&feedback, look, out)
    })
}

/// Records as a master file has them; the text of one alone is taken to be at the name where it belongs.
async fn records(octets: &[u8]) -> Result<Document, String> {
    let text = as_file(octets);
    if text.contains(&0) {
        return Err("not text: it has a NUL byte".to_owned());
    }
    let files = formats::read("records", &text);
    let is_page = files.errors.iter().any(|error| error.kind == ErrorKind::Incomplete);
    let facts = Facts::new(files, text.into());
    let audit::Linted { zones, records, is_cut, findings, .. } = audit::lint(&facts).await;
    let file = ReadFile { file: "records".to_owned(), zones, records };
    let run = Run { files: vec![file], is_partial: is_cut || is_page, ..Run::default() };
    let threshold = Threshold { fail_on: Some(Severity::Error), ..Threshold::default() };
    let report = Judged::new(Vec::new(), findings).conclude(run, threshold);
    in_both(
        |look, out| text::render(&report, look, out),
        |out| json::report(&report, Extent::FULL, out),
    )
}

/// The names at which texts belong that begin so.
const NAMES: [(&str, &str); 5] = [
    ("v=spf1", "example.com."),
    ("v=dmarc1", "_dmarc.example.com."),
    ("v=dkim1", "selector._domainkey.example.com."),
    ("v=stsv1", "_mta-sts.example.com."),
    ("v=tlsrptv1", "_smtp._tls.example.com."),
];

/// What was sent as a master file, if it is the text of one record.
fn as_file(octets: &[u8]) -> Vec<u8> {
    let text = octets.trim_ascii();
    let text = text.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")).unwrap_or(text);
    let begins = |with: &str| {
        let begin = text.get(..with.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(with.as_bytes()))
    };
    let Some((_, name)) = NAMES.iter().find(|(with, _)| begins(with)) else {
        return octets.to_vec();
    };
    let strings = text.chunks(255).map(Box::from).collect();
    let data = presentation::write(dns::Kind::Txt, &dns::Data::Txt(strings));
    format!("{name} 3600 IN TXT {data}\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_record_is_put_at_the_name_where_it_belongs() {
        let file = |text: &str| String::from_utf8(as_file(text.as_bytes())).unwrap();
        let spf = "example.com. 3600 IN TXT \"v=spf1 -all\"\n";
        assert_eq!(["v=spf1 -all", " \"v=spf1 -all\"\n"].map(file), [spf, spf]);
        assert_eq!(
            file("v=DMARC1; p=\"x\""),
            "_dmarc.example.com. 3600 IN TXT \"v=DMARC1; p=\\\"x\\\"\"\n"
        );
        assert_eq!(file("a.example. 60 A 192.0.2.1"), "a.example. 60 A 192.0.2.1");
    }
}
