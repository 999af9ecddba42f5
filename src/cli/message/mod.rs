//! `mailcheck message`: whether a received message proves who sent it, step by step.

mod plan;

use super::args::{self, Judging, Look, Pages, Sources};
use super::destination::Destination;
use super::session::Session;
use super::words::{Mistake, Output};
use super::{RunError, mailbox, wait_for, write};
use crate::audit::message::{Found, exit_code, message};
use crate::mail::{Message, Piece};
use crate::render::messages::{Form, MessageStream};
use crate::report::Run;
use crate::report::message::{MessageReport, Messages};
use crate::text::{Phrase, escape};
use clap::Parser;
use clap::builder::BoolishValueParser;
use plan::{Plan, plan};
use std::ffi::OsString;
use std::io::{self, Write};
use std::net::IpAddr;

const EXAMPLES: &str = "\
Examples:
  mailcheck message received.eml                   does it verify?
  mailcheck message - --replay answers.jsonl < received.eml
  mailcheck message ~/Maildir -q                   a line per message
  mailcheck message received.eml -f header         as Authentication-Results";

const EXIT_CODES: &str = "\
Exit codes:
  0  signatures and DMARC pass, or there is nothing to fail
  1  a signature fails, or DMARC does, or a finding is at or above --fail-on
  2  usage error, or no message that can be read
  3  undetermined: a key or a policy did not answer, or is gone
  4  internal error, or the report could not be written";

/// Verify a received message: DKIM, ARC, SPF, DMARC, hops
///
/// Reads a message, an mbox, a Maildir or a folder of files; one result per message. Signatures are
/// judged at the time of receipt, with the keys that are published now.
#[derive(Clone, Debug, Parser)]
#[command(
    version,
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = args::TEMPLATE,
    arg_required_else_help = true,
    override_usage = "mailcheck message [OPTIONS] FILE|-",
    next_help_heading = "Message",
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct MessageArgs {
    /// A message, an mbox, a folder; - for standard input
    #[arg(value_name = "FILE", required = true, hide = true)]
    pub file: OsString,

    /// The address that handed the message to the receiver
    ///
    /// Without it the address is taken from the Received field that the receiver's border wrote.
    #[arg(long, value_name = "IP")]
    pub ip: Option<IpAddr>,

    /// What that host said in HELO
    #[arg(long, value_name = "NAME")]
    pub helo: Option<String>,

    /// MAIL FROM; empty for the null reverse-path
    #[arg(long, value_name = "ADDRESS", allow_hyphen_values = true)]
    pub mail_from: Option<String>,

    /// Judge t= and x= at this time: seconds since 1970, or a date
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,

    /// Trust Authentication-Results of this authserv-id
    #[arg(long, value_name = "NAME")]
    pub authserv: Option<String>,

    /// Show what a new signature over this message would have to survive
    #[arg(long, value_parser = BoolishValueParser::new())]
    pub resign_check: bool,

    /// text, json, header, markdown, html, sarif, junit, github or gitlab, into a file with json=FILE
    #[arg(short = 'f', long = "format", value_name = "FORMAT[=FILE]", help_heading = "Report")]
    pub form: Vec<OsString>,

    /// Show which fields and hashes were compared
    #[arg(long, help_heading = "Report", value_parser = BoolishValueParser::new())]
    pub explain: bool,

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

/// Most sentences about messages that cannot be read.
const MOST_UNREAD: usize = 20;

/// Carries out the verb.
///
/// # Errors
/// What was typed means nothing, nothing can be read, or the report cannot be written.
pub(super) fn run(typed: MessageArgs) -> Result<u8, RunError> {
    wait_for(carry_out(plan(typed)?))
}

async fn carry_out(plan: Plan) -> Result<u8, RunError> {
    let session = Session::open(&plan.sources)?;
    let mut found = mailbox::messages(&plan.file)?.peekable();
    // Nothing is written before it is known that there is something to read.
    let (mut unread, mut count) = (Vec::new(), 0);
    let mut published = None;
    let (mut worst, mut tally) = (0, [0_usize; 4]);
    while let Some(next) = found.next() {
        count += 1;
        let place = Found {
            file: next.file.display().to_string(),
            number: next.number,
            is_one_of_many: next.number > 1 || found.peek().is_some(),
        };
        let piece = match next.piece.map_err(|why| why.to_string()).and_then(as_message) {
            Ok(piece) => piece,
            Err(why) => {
                if unread.len() < MOST_UNREAD {
                    unread.push(not_read(&place, &why));
                }
                continue;
            }
        };
        let today = (!session.stack.is_repeatable).then_some(session.started.seconds);
        let work =
            message(&**session.dns(), &piece, &place, &plan.inquiry, today, plan.resign_check);
        let mut report = match session.deadline.bound(work).await {
            Ok(report) => report,
            Err(too_late) => {
                unread.push(Phrase::from(place.file.as_str()).plain(": ").then(too_late));
                worst = graver(worst, 3);
                continue;
            }
        };
        let fails = plan.counting.judge(&mut report.findings);
        let code = if fails { 1 } else { exit_code(&report) };
        worst = graver(worst, code);
        if let Some(number) = tally.get_mut(usize::from(code)) {
            *number += 1;
        }
        let publication = match &mut published {
            Some(publication) => publication,
            none => none.insert(Publication::open(&plan, session.run())?),
        };
        publication.message(&report)?;
        // Who reads has read enough.
        if publication.is_closed() {
            break;
        }
    }
    let read: usize = tally.iter().sum();
    let Some(publication) = published else {
        let why = unread.first().map_or_else(|| "no message".to_owned(), ToString::to_string);
        return Err(Mistake::new(why).into());
    };
    let headline = headline(tally, read, count);
    let mut run = Run { notes: unread, ..Run::default() };
    session.finish(&mut run)?;
    publication.end(&Messages::new(Vec::new(), count, headline, run, worst))?;
    Ok(worst)
}

/// A failure goes before what is undetermined, and that before success.
fn graver(one: u8, other: u8) -> u8 {
    match (one, other) {
        (1, _) | (_, 1) => 1,
        (one, other) => one.max(other),
    }
}

/// The text, if it is a message.
pub(super) fn as_message(piece: Piece) -> Result<Piece, String> {
    const KNOWN: [&str; 12] = [
        "From",
        "To",
        "Subject",
        "Date",
        "Received",
        "Message-ID",
        "Return-Path",
        "MIME-Version",
        "DKIM-Signature",
        "ARC-Seal",
        "Authentication-Results",
        "Delivered-To",
    ];
    let message = Message::read(&piece.octets);
    let is_known = KNOWN.iter().any(|name| message.first(name).is_some());
    match is_known {
        true => Ok(piece),
        false => Err("not a message: it has no header field such as From, Date or Received".into()),
    }
}

fn not_read(place: &Found, why: &str) -> Phrase {
    let file = escape(place.file.as_bytes());
    let which = match place.is_one_of_many && place.number > 1 {
        true => format!("{file}, message {}: ", place.number),
        false => format!("{file}: "),
    };
    Phrase::from(which.as_str()).plain(why)
}

fn headline([pass, fail, _, unknown]: [usize; 4], read: usize, count: usize) -> Phrase {
    let messages = |number: usize| match number {
        1 => "1 message".to_owned(),
        number => format!("{number} messages"),
    };
    let said = Phrase::from(messages(read).as_str()).plain(": ");
    let parts = [
        (pass, Phrase::new().good(format!("{pass} without a failure"))),
        (fail, Phrase::new().bad(format!("{fail} with a failure"))),
        (unknown, Phrase::new().unknown(format!("{unknown} undetermined"))),
    ];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0).map(|(_, said)| said);
    let said = said.then(Phrase::listed(parts, 3, " and "));
    match count - read {
        0 => said,
        more => said.plain("; ").weak(format!("{more} could not be read")),
    }
}

/// The outputs while messages come in.
struct Publication {
    outputs: Vec<(MessageStream, Destination)>,
}

impl Publication {
    fn open(plan: &Plan, run: Run) -> Result<Self, RunError> {
        let begin = Messages::new(Vec::new(), 0, Phrase::new(), run, 0);
        let mut outputs = Vec::with_capacity(plan.outputs.len());
        for Output { format, file } in &plan.outputs {
            let look = match file {
                Some(_) => write::look(&plan.appearance, None),
                None => write::screen(&plan.appearance),
            };
            outputs.push((
                MessageStream::new(*format, look, plan.counting.least()),
                Destination::open(file.as_deref())?,
            ));
        }
        let mut publication = Self { outputs };
        publication.put(|form, out| form.begin(&begin, out))?;
        Ok(publication)
    }

    fn message(&mut self, report: &MessageReport) -> Result<(), RunError> {
        self.put(|form, out| form.message(report, out))
    }

    fn end(mut self, messages: &Messages) -> Result<(), RunError> {
        self.put(|form, out| form.end(messages, out))?;
        self.outputs.into_iter().try_for_each(|(_, to)| to.keep())
    }

    /// True if nothing that is written reaches anybody any more.
    fn is_closed(&self) -> bool {
        self.outputs.iter().all(|(_, to)| to.is_closed())
    }

    /// Writes a part of every document.
    fn put(
        &mut self,
        part: impl Fn(&mut MessageStream, &mut dyn Write) -> io::Result<()>,
    ) -> Result<(), RunError> {
        self.outputs.iter_mut().try_for_each(|(form, to)| to.put(|out| part(form, out)))
    }
}

/// The forms of its own and their names.
const FORMS: [(Form, &str); 3] =
    [(Form::Text, "text"), (Form::Json, "json"), (Form::Header, "header")];
