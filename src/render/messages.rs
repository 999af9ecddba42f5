//! Messages as they come in: text, JSON, or the field that a receiver would add.

use super::json::printable;
use super::text::{self, Look};
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
}

/// What the empty list of messages looks like in a document.
const NONE: &str = "\n  \"messages\": []";

/// A document that is written while messages come in.
#[derive(Debug)]
pub struct MessageStream {
    form: Form,
    look: Look,
    written: usize,
}

impl MessageStream {
    /// A document of that form.
    pub fn new(form: Form, look: Look) -> Self {
        Self { form, look, written: 0 }
    }

    /// Begins it.
    ///
    /// # Errors
    /// `out` cannot be written to.
    pub fn begin(&mut self, messages: &Messages, out: &mut dyn Write) -> io::Result<()> {
        match self.form {
            Form::Json => write!(out, "{}\n  \"messages\": [", frame(messages)?.0),
            Form::Text | Form::Header => Ok(()),
        }
    }

    /// Adds a message.
    ///
    /// # Errors
    /// `out` cannot be written to.
    pub fn message(&mut self, report: &MessageReport, out: &mut dyn Write) -> io::Result<()> {
        match self.form {
            Form::Json => {
                let text = printable(serde_json::to_string_pretty(report)?);
                let comma = if self.written > 0 { "," } else { "" };
                write!(out, "{comma}\n    {}", text.replace('\n', "\n    "))?;
            }
            Form::Text => text::message::render(report, &self.look, self.written > 0, out)?,
            Form::Header => write!(out, "{}\r\n", report.header)?,
        }
        self.written += 1;
        Ok(())
    }

    /// Ends it with what is known at last.
    ///
    /// # Errors
    /// `out` cannot be written to.
    pub fn end(&mut self, messages: &Messages, out: &mut dyn Write) -> io::Result<()> {
        match self.form {
            Form::Json => {
                let end = if self.written > 0 { "\n  ]" } else { "]" };
                writeln!(out, "{end}{}", frame(messages)?.1)
            }
            Form::Text => text::message::end(messages, &self.look, self.written, out),
            Form::Header => Ok(()),
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
