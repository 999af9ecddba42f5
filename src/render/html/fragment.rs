//! Pieces of pages that other pieces hold.

use crate::text::{Phrase, Role};
use askama::Template;

/// Marks templates that other templates may hold as they are: each has escaped what it shows. Only
/// templates are marked so, and only here and by this.
macro_rules! fragments {
    ($($type:ty),*) => {$(
        impl askama::filters::HtmlSafe for $type {}
    )*};
}
pub(super) use fragments;

/// A sentence, each piece as what it is.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"
{%- for (class, text) in self.pieces() -%}
{%- if class == "" -%}{{ text }}
{%- else if class == "code" -%}<code>{{ text }}</code>
{%- else -%}<span class="{{ class }}">{{ text }}</span>
{%- endif -%}
{%- endfor -%}
"#
)]
pub(super) struct Words<'p>(pub(super) &'p Phrase);

impl<'p> Words<'p> {
    fn pieces(&self) -> impl Iterator<Item = (&'static str, &'p str)> {
        self.0.pieces().iter().map(|piece| (class::of_role(piece.role()), piece.text()))
    }
}

fragments!(Words<'_>);

/// Names of classes in the style sheet, by what they are about.
pub(super) mod class {
    use super::Role;
    use crate::diagnostic::{Severity, Tone};
    use crate::report::{Answer, Status, Verdict};

    /// Of a piece of a sentence; empty for ordinary words.
    pub(in crate::render::html) fn of_role(role: Role) -> &'static str {
        match role {
            Role::Plain => "",
            Role::Code => "code",
            Role::Name | Role::Addr => "name",
            Role::Number => "number",
            Role::Good => "good",
            Role::Bad => "bad",
            Role::Weak => "weak",
            Role::Unknown => "unknown",
        }
    }

    pub(in crate::render::html) fn of_verdict(verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Ok => "good",
            Verdict::Warn => "weak",
            Verdict::Unknown => "unknown",
            Verdict::Fail => "bad",
        }
    }

    pub(in crate::render::html) fn of_answer(answer: Answer) -> &'static str {
        match answer {
            Answer::Yes => "good",
            Answer::Unknown => "unknown",
            Answer::Partly | Answer::No => "bad",
        }
    }

    pub(in crate::render::html) fn of_status(status: Status) -> &'static str {
        match status {
            Status::Good => "good",
            Status::Weak => "weak",
            Status::Broken => "bad",
            Status::Unknown => "unknown",
            Status::Partial | Status::Absent | Status::Skipped | Status::NotRecorded => "faint",
        }
    }

    pub(in crate::render::html) fn of_severity(severity: Severity) -> &'static str {
        match severity {
            Severity::Error => "bad",
            Severity::Warn => "weak",
            Severity::Note => "faint",
        }
    }

    pub(in crate::render::html) fn of_tone(tone: Tone) -> &'static str {
        match tone {
            Tone::Good => "good",
            Tone::Bad => "bad",
            Tone::Unknown => "unknown",
            Tone::Plain => "faint",
        }
    }
}
