//! Messages as they come in: text, JSON, the field that a receiver would add, or as domains are shown.

use super::json::printable;
use super::mail::{Article, Articles, Shared, frame as frame_of};
use super::text::{self, Look};
use crate::diagnostic::Severity;
use crate::report::envelope::{Enveloped, Kind};
use crate::report::message::{MessageReport, Messages};
use std::io::{self, Write};

/// A form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For a person.
    Text,
    /// For a program.
    Json,
    /// An Authentication-Results field for each message (RFC 8601).
    Header,
    /// As domains are shown, too.
    Shared(Shared),
}

/// What the empty list of messages looks like in a document.
const NONE: &str = "\n  \"messages\": []";

/// A document that is written while messages come in.
pub struct MessageStream {
    form: Form,
    look: Look,
    /// The least severity of a finding that makes the run fail, if one was named.
    least: Option<Severity>,
    written: usize,
    shared: Option<Box<dyn Articles>>,
}

impl MessageStream {
    /// A document of that form.
    pub fn new(form: Form, look: Look, least: Option<Severity>) -> Self {
        let shared = match form {
            Form::Shared(form) => Some(form.stream()),
            Form::Text | Form::Json | Form::Header => None,
        };
        Self { form, look, least, written: 0, shared }
    }

    /// Begins it.
    ///
    /// # Errors
    /// `out` cannot be written to.
    pub fn begin(&mut self, messages: &Messages, out: &mut dyn Write) -> io::Result<()> {
        if let Some(shared) = &mut self.shared {
            return shared.begin(&frame_of(&messages.run, messages.exit_code, self.least), out);
        }
        match self.form {
            Form::Json => write!(out, "{}\n  \"messages\": [", frame(messages)?.0),
            Form::Text | Form::Header | Form::Shared(_) => Ok(()),
        }
    }

    /// Adds a message.
    ///
    /// # Errors
    /// `out` cannot be written to.
    pub fn message(&mut self, report: &MessageReport, out: &mut dyn Write) -> io::Result<()> {
        if let Some(shared) = &mut self.shared {
            shared.article(&Article::of_message(report), out)?;
        }
        match self.form {
            Form::Json => {
                let text = printable(serde_json::to_string_pretty(report)?);
                let comma = if self.written > 0 { "," } else { "" };
                write!(out, "{comma}\n    {}", text.replace('\n', "\n    "))?;
            }
            Form::Text => text::message::render(report, &self.look, self.written > 0, out)?,
            Form::Header => write!(out, "{}\r\n", report.header)?,
            Form::Shared(_) => {}
        }
        self.written += 1;
        Ok(())
    }

    /// Ends it with what is known at last.
    ///
    /// # Errors
    /// `out` cannot be written to.
    pub fn end(&mut self, messages: &Messages, out: &mut dyn Write) -> io::Result<()> {
        if let Some(shared) = &mut self.shared {
            return shared.end(&frame_of(&messages.run, messages.exit_code, self.least), out);
        }
        match self.form {
            Form::Json => {
                let end = if self.written > 0 { "\n  ]" } else { "]" };
                writeln!(out, "{end}{}", frame(messages)?.1)
            }
            Form::Text => text::message::end(messages, &self.look, self.written, out),
            Form::Header | Form::Shared(_) => Ok(()),
        }
    }
}

/// What stands before and behind the messages of a document.
fn frame(messages: &Messages) -> io::Result<(String, String)> {
    let started = messages.run.started.as_deref();
    let document = Enveloped::new(Kind::Message, started, messages);
    let text = printable(serde_json::to_string_pretty(&document)?);
    let frame = text.split_once(NONE).map(|(head, tail)| (head.to_owned(), tail.to_owned()));
    frame.ok_or_else(|| io::Error::other("a document has a list of messages"))
}
