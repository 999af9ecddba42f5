//! Colour: when, and which.
//!
//! The decision is made once for a stream, from values that `cli` read, and travels as a
//! [`Palette`]. Colour repeats what words say already; it never says anything alone. What could
//! not be told has a colour of its own, for it is no fault.

use crate::diagnostic::Severity;
use crate::text::Role;
use colored::{Color, Colorize as _};
use std::ffi::OsStr;

/// What the user wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// Colour where it can be seen.
    #[default]
    Auto,
    /// Colour in any case.
    Always,
    /// No colour.
    Never,
}

/// What the surroundings say about colour; every field is a value of the environment as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings<'e> {
    /// `CLICOLOR_FORCE`.
    pub clicolor_force: Option<&'e OsStr>,
    /// `NO_COLOR`.
    pub no_color: Option<&'e OsStr>,
    /// `CLICOLOR`.
    pub clicolor: Option<&'e OsStr>,
    /// `TERM`.
    pub term: Option<&'e OsStr>,
    /// `GITHUB_ACTIONS`: its log shows colours although it is no terminal.
    pub github_actions: Option<&'e OsStr>,
    /// True if the stream is a terminal.
    pub is_terminal: bool,
}

/// Whether a stream gets colour: the first of these that says something decides.
///
/// `--color`, `CLICOLOR_FORCE`, `NO_COLOR` (<https://no-color.org>: "when present and not an empty
/// string"), `CLICOLOR=0`, `TERM=dumb`, the log of GitHub Actions, and at last whether the stream
/// is a terminal.
pub fn decide(choice: Choice, around: &Surroundings<'_>) -> bool {
    let set = |value: Option<&OsStr>| value.is_some_and(|value| !value.is_empty());
    let is = |value: Option<&OsStr>, wanted: &str| value.is_some_and(|value| value == wanted);
    match choice {
        Choice::Always => true,
        Choice::Never => false,
        Choice::Auto if set(around.clicolor_force) && !is(around.clicolor_force, "0") => true,
        Choice::Auto if set(around.no_color) => false,
        Choice::Auto if is(around.clicolor, "0") || is(around.term, "dumb") => false,
        Choice::Auto => is(around.github_actions, "true") || around.is_terminal,
    }
}

/// What a word on a screen is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// An ordinary word.
    Plain,
    /// What the eye should find first.
    Strong,
    /// What it may skip: labels, lines of a tree, counts.
    Faint,
    /// Text of a record.
    Code,
    /// A name.
    Name,
    /// An address or a count of addresses.
    Addr,
    /// Good news.
    Good,
    /// Bad news.
    Bad,
    /// Weak, or a warning.
    Weak,
    /// Could not be told.
    Unknown,
}

impl From<Role> for Ink {
    fn from(role: Role) -> Self {
        match role {
            Role::Plain | Role::Number => Self::Plain,
            Role::Code => Self::Code,
            Role::Name => Self::Name,
            Role::Addr => Self::Addr,
            Role::Good => Self::Good,
            Role::Bad => Self::Bad,
            Role::Weak => Self::Weak,
            Role::Unknown => Self::Unknown,
        }
    }
}

impl From<Severity> for Ink {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Bad,
            Severity::Warn => Self::Weak,
            Severity::Note => Self::Faint,
        }
    }
}

/// The colours of one stream.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    colour: bool,
}

impl Palette {
    /// A palette with or without colour.
    pub fn new(colour: bool) -> Self {
        if colour {
            // The crate has a switch of its own for the whole process, which would look at
            // standard output. It is only ever turned on: without colour it is not asked.
            colored::control::set_override(true);
        }
        Self { colour }
    }

    /// Adds `text`, which holds printable characters only, to `out`.
    pub fn paint(self, ink: Ink, text: &str, out: &mut String) {
        let painted = match ink {
            _ if !self.colour || text.is_empty() => return out.push_str(text),
            Ink::Plain | Ink::Code => return out.push_str(text),
            Ink::Strong => text.bold(),
            Ink::Faint => text.dimmed(),
            Ink::Name => text.color(Color::Blue),
            Ink::Addr => text.color(Color::Cyan),
            Ink::Good => text.color(Color::Green),
            Ink::Bad => text.color(Color::Red).bold(),
            Ink::Weak => text.color(Color::Yellow),
            Ink::Unknown => text.color(Color::Magenta),
        };
        out.push_str(&painted.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auto(around: Surroundings<'_>) -> bool {
        decide(Choice::Auto, &around)
    }

    fn value(text: &str) -> Option<&OsStr> {
        Some(OsStr::new(text))
    }

    #[test]
    fn a_terminal_gets_colour_and_a_pipe_does_not() {
        let terminal = Surroundings { is_terminal: true, ..Surroundings::default() };
        assert_eq!([auto(terminal), auto(Surroundings::default())], [true, false]);
    }

    #[test]
    fn the_flag_beats_the_environment() {
        let around =
            Surroundings { no_color: value("1"), is_terminal: true, ..Surroundings::default() };
        assert!(decide(Choice::Always, &around));
    }

    #[test]
    fn no_color_beats_a_terminal_and_github() {
        let around = Surroundings {
            no_color: value("1"),
            github_actions: value("true"),
            is_terminal: true,
            ..Surroundings::default()
        };
        assert!(!auto(around));
    }

    #[test]
    fn an_empty_no_color_says_nothing() {
        let around =
            Surroundings { no_color: value(""), is_terminal: true, ..Surroundings::default() };
        assert!(auto(around));
    }

    #[test]
    fn clicolor_force_beats_no_color() {
        let around = Surroundings {
            clicolor_force: value("1"),
            no_color: value("1"),
            ..Surroundings::default()
        };
        assert!(auto(around));
    }

    #[test]
    fn clicolor_force_of_zero_says_nothing() {
        assert!(!auto(Surroundings { clicolor_force: value("0"), ..Surroundings::default() }));
    }

    #[test]
    fn a_dumb_terminal_gets_no_colour() {
        let around =
            Surroundings { term: value("dumb"), is_terminal: true, ..Surroundings::default() };
        assert!(!auto(around));
    }

    #[test]
    fn the_log_of_github_actions_gets_colour() {
        assert!(auto(Surroundings { github_actions: value("true"), ..Surroundings::default() }));
    }

    #[test]
    fn without_colour_the_text_is_as_it_was() {
        let mut out = String::new();
        Palette::new(false).paint(Ink::Bad, "FAIL", &mut out);
        assert_eq!(out, "FAIL");
    }

    #[test]
    fn what_could_not_be_told_is_not_red() {
        let mut out = String::new();
        Palette::new(true).paint(Ink::Unknown, "UNKNOWN", &mut out);
        assert_eq!(out, "\u{1b}[35mUNKNOWN\u{1b}[0m");
    }
}
