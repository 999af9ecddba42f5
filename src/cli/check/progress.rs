//! How far a run is: one line on standard error, on a terminal, once waiting becomes noticeable.

use std::env;
use std::io::{self, IsTerminal as _, Write};
use std::time::Duration;

/// How long nothing is said: a usual run is over by then, and a line would only flicker.
const PATIENCE: Duration = Duration::from_millis(400);

/// Blanks a line and goes back to its beginning.
const BLANK: &str = "\r\x1b[2K";

/// The line that says how far a run is.
pub(super) struct Progress<W> {
    out: W,
    is_shown: bool,
    /// True if the line is on the screen now.
    is_drawn: bool,
}

/// How far a run is.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    /// How many domains are done.
    pub(super) done: usize,
    /// How many there are; `None` as long as they are still being read.
    pub(super) all: Option<usize>,
    /// How many questions were asked.
    pub(super) queries: usize,
    /// How long it has taken.
    pub(super) elapsed: Duration,
}

impl Progress<io::Stderr> {
    /// On standard error, if that is a terminal that can blank a line and nobody runs this in CI.
    #[allow(clippy::disallowed_methods, reason = "the environment is read here")]
    pub(super) fn on_standard_error() -> Self {
        let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = env::var_os("TERM").is_none_or(|term| term == "dumb");
        let is_shown = io::stderr().is_terminal() && !is_set("CI") && !is_dumb;
        Self::new(io::stderr(), is_shown)
    }
}

impl<W: Write> Progress<W> {
    fn new(out: W, is_shown: bool) -> Self {
        Self { out, is_shown, is_drawn: false }
    }

    /// Draws the line, if it is time to.
    pub(super) fn draw(&mut self, state: State) {
        if self.is_shown && state.elapsed >= PATIENCE {
            self.is_drawn = true;
            self.put(&format!("{BLANK}{}", words(state)));
        }
    }

    /// Takes the line away, so that others can be written where it stands.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.is_drawn) {
            self.put(BLANK);
        }
    }

    fn put(&mut self, text: &str) {
        // That it cannot be written is no reason to stop working.
        let _ = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
    }
}

/// The line; it is shorter than any terminal is wide.
fn words(State { done, all, queries, elapsed }: State) -> String {
    let domains = match all {
        Some(1) => String::new(),
        Some(all) => format!("{done} of {all} domains, "),
        None => format!("{done} domains, "),
    };
    let plural = if queries == 1 { "y" } else { "ies" };
    format!("{domains}{queries} DNS quer{plural}, {} s", elapsed.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(milliseconds: u64) -> State {
        let elapsed = Duration::from_millis(milliseconds);
        State { done: 3, all: Some(900), queries: 120, elapsed }
    }

    #[test]
    fn nothing_is_said_in_the_first_400_milliseconds() {
        let mut progress = Progress::new(Vec::new(), true);
        progress.draw(state(399));
        assert_eq!(progress.out, b"");
    }

    #[test]
    fn the_line_is_gone_before_others_are_written() {
        let mut progress = Progress::new(Vec::new(), true);
        progress.draw(state(1400));
        progress.clear();
        let drawn = "\r\x1b[2K3 of 900 domains, 120 DNS queries, 1 s\r\x1b[2K";
        assert_eq!(String::from_utf8_lossy(&progress.out), drawn);
    }

    #[test]
    fn what_is_not_a_terminal_hears_nothing() {
        let mut progress = Progress::new(Vec::new(), false);
        progress.draw(state(5000));
        progress.clear();
        assert_eq!(progress.out, b"");
    }

    #[test]
    fn while_the_list_is_read_only_what_is_done_is_counted() {
        assert_eq!(words(State { all: None, ..state(2000) }), "3 domains, 120 DNS queries, 2 s");
    }
}
