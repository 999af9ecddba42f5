//! `mailcheck bounce`: why mail did not arrive, whose fault that is, and whether it still fails.

mod past;
mod plan;

use super::args::{self, Judging, Look, Pages, Sources};
use super::session::Session;
use super::sources::replay;
use super::words::Mistake;
use super::{RunError, mailbox, wait_for, write};
use crate::audit::bounce::{Checking, answer, checked_domain, conclude, notification};
use crate::diagnostic::Severity;
use crate::dns::{Dns, MOST_QUERIES};
use crate::mail::bounce::read_all;
use crate::render::mail::{Article, frame};
use crate::render::{json, text};
use crate::report::bounce::Bounces;
use crate::report::envelope::{Enveloped, Kind};
use crate::text::{Phrase, escape};
use clap::Parser;
use past::Past;
use plan::{Form, Plan, plan};
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  mailcheck bounce undelivered.eml                 a bounce, and the check again
  mailcheck bounce - --offline < bounce.eml        without asking the DNS
  mailcheck bounce event.json -f json              an event of SES, SendGrid …
  mailcheck bounce ~/Maildir/.bounces              a folder, or an mbox, of them
  mailcheck bounce undelivered.eml --earlier monday.jsonl   did it fail then?";

const EXIT_CODES: &str = "\
Exit codes:
  0  not yours, not a bounce, or what failed passes now
  1  yours, and it still fails, or a finding is at or above --fail-on
  2  usage error, or not a bounce that can be read
  3  undetermined: the bounce does not say, or the DNS did not answer
  4  internal error, or the report cannot be written";

/// Read a bounce: why, whose fault, and does it still fail?
#[derive(Clone, Debug, Parser)]
#[command(
    version,
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = args::TEMPLATE,
    arg_required_else_help = true,
    override_usage = "mailcheck bounce [OPTIONS] FILE|-",
    next_help_heading = "Report",
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct BounceArgs {
    /// A bounce, an event as JSON, a reply of SMTP; an mbox, a folder; - for standard input
    #[arg(value_name = "FILE", required = true, hide = true)]
    pub file: OsString,

    /// A recording from before: whether it failed then, too
    #[arg(long, value_name = "FILE", conflicts_with = "offline")]
    pub earlier: Option<PathBuf>,

    /// text, json, markdown, html, sarif, junit, github or gitlab, into a file with json=FILE
    #[arg(short = 'f', long = "format", value_name = "FORMAT[=FILE]")]
    pub form: Vec<OsString>,

    /// How the report looks.
    #[command(flatten)]
    pub look: Look,

    /// Which findings count.
    #[command(flatten)]
    pub judging: Judging,

    /// Where answers come from.
    #[command(flatten)]
    pub sources: Sources,

    /// Pages of help.
    #[command(flatten, next_help_heading = "Report")]
    pub pages: Pages,
}

/// Carries out the verb.
///
/// # Errors
/// What was typed means nothing, the file cannot be read, or the report cannot be written.
pub(super) fn run(typed: BounceArgs) -> Result<u8, RunError> {
    wait_for(carry_out(plan(typed)?))
}

/// Most sentences about files that hold no bounce.
const MOST_UNREAD: usize = 20;

async fn carry_out(plan: Plan) -> Result<u8, RunError> {
    let earlier = plan.earlier.as_deref().map(replay).transpose()?;
    let session = plan.sources.as_ref().map(Session::open).transpose()?;
    let checking = session.as_ref().map(|session| Checking {
        dns: &**session.dns(),
        earlier: earlier.as_ref().map(|it| (it as &dyn Dns, it.recorded())),
        then: None,
        most_queries: plan
            .sources
            .as_ref()
            .and_then(|sources| sources.most_queries)
            .unwrap_or(MOST_QUERIES),
    });
    let mut found = Vec::new();
    let mut notes = Unread::default();
    let (mut is_late, mut attached) = (false, 0);
    for next in mailbox::messages(&plan.file)? {
        let file = next.file.display().to_string();
        let all = match next.piece {
            Ok(piece) => read_all(&piece.octets),
            Err(why) => {
                notes.add(&file, next.number, &why.to_string());
                continue;
            }
        };
        if all.is_empty() {
            notes.add(&file, next.number, "not a bounce");
        }
        for (place, read) in all.into_iter().enumerate() {
            // Those that are attached to one message are counted as if each stood by itself.
            attached += usize::from(place > 0);
            let number = next.number + attached;
            let past = match plan.history.as_deref().zip(read.at).zip(checked_domain(&read)) {
                Some(((path, at), domain)) => Past::read(path, &domain, at)
                    .map_err(|why| crate::cli::history::store::trouble(path, &why))?,
                None => None,
            };
            let checking = checking.as_ref().map(|checking| Checking {
                then: past.as_ref().map(Past::then),
                ..checking.clone()
            });
            let work = notification(read.clone(), &file, number, checking.as_ref());
            let Some(session) = &session else {
                found.push(work.await);
                continue;
            };
            match session.deadline.bound(work).await {
                Ok(bounce) => found.push(bounce),
                Err(too_late) => {
                    is_late = true;
                    notes.sentences.push(too_late);
                    found.push(notification(read, &file, number, None).await);
                }
            }
        }
    }
    let is_alone = found.is_empty() && notes.count == 1;
    let mut found = conclude(found);
    if is_alone && let Some(why) = notes.sentences.pop().filter(|_| notes.is_unreadable) {
        return Err(Mistake::new(why.to_string()).into());
    }
    if !found.bounces.is_empty() {
        found.run.notes.extend(notes.into_sentences());
    }
    if is_late && found.exit_code == 0 {
        found.exit_code = 3;
    }
    for bounce in &mut found.bounces {
        if plan.counting.judge(&mut bounce.findings) {
            found.exit_code = 1;
        }
    }
    if let Some(session) = &session {
        session.finish(&mut found.run)?;
    }
    for output in &plan.outputs {
        let least = plan.counting.least();
        write::output(output, &plan.appearance, |it, look, out| {
            form(&found, it, least, look, out)
        })?;
    }
    Ok(found.exit_code)
}

/// What could not be read as a bounce, in words.
#[derive(Default)]
struct Unread {
    sentences: Vec<Phrase>,
    count: usize,
    is_unreadable: bool,
}

impl Unread {
    fn add(&mut self, file: &str, number: usize, why: &str) {
        self.count += 1;
        self.is_unreadable |= why != "not a bounce";
        if self.sentences.len() < MOST_UNREAD {
            let file = escape(file.as_bytes());
            let place = if number > 1 {
                format!("{file}, message {number}: ")
            } else {
                format!("{file}: ")
            };
            self.sentences.push(Phrase::from(place.as_str()).plain(why));
        }
    }

    fn into_sentences(self) -> Vec<Phrase> {
        let more = self.count.saturating_sub(self.sentences.len());
        let rest = (more > 0).then(|| Phrase::from(format!("{more} more are no bounces").as_str()));
        self.sentences.into_iter().chain(rest).collect()
    }
}

fn form(
    found: &Bounces,
    form: Form,
    least: Option<Severity>,
    look: &text::Look,
    out: &mut dyn Write,
) -> Result<(), RunError> {
    match form {
        Form::Text => text::bounce::render(found, look, out)?,
        Form::Json => {
            let started = found.run.started.as_deref();
            json::render(&Enveloped::new(Kind::Bounce, started, found), out)?;
        }
        Form::Shared(form) => {
            let articles = found.bounces.iter().map(|it| Article::of_bounce(it, answer(it)));
            let mut articles: Vec<Article> = articles.collect();
            if articles.is_empty() {
                articles.push(Article::of_nothing(found.headline.clone()));
            }
            form.write(&articles, &frame(&found.run, found.exit_code, least), out)?;
        }
    }
    Ok(())
}
