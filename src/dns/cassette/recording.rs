//! A cassette that is written while the answers come in.

use super::{Header, INTERRUPTED, VERSION, json, written};
use crate::dns::{Dns, Lookup, Question};
use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

/// How many octets of lines are held back: a cassette that is no longer is sorted, so that two can be
/// compared. Of a longer one, what is held is written sorted and all others as they come.
const HELD: usize = 2 * 1024 * 1024;

/// How a recording ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With the last question.
    Whole,
    /// Before the last question. The cassette says so.
    Interrupted,
}

/// Passes questions on and writes the answers to a cassette while they come in: the first answer to
/// each question, a line each. Of an answer that is written a digest of eight octets is kept.
#[derive(Debug)]
pub struct Recording<D, W> {
    under: D,
    tape: Mutex<Tape<W>>,
    digests: RandomState,
}

#[derive(Debug)]
struct Tape<W> {
    /// Where it is written; `None` once it is finished.
    out: Option<W>,
    header: String,
    /// The lines that are not written yet, and how many octets they are; `None` once they are too many.
    held: Option<(Vec<Box<str>>, usize)>,
    /// Which questions have a line.
    known: HashSet<u64>,
    /// Why nothing more can be written.
    failure: Option<io::Error>,
}

impl<D: Dns, W: Write> Recording<D, W> {
    /// Records what `under` answers, on a date (`2026-11-24`).
    pub fn new(under: D, out: W, date: &str) -> Self {
        let recorded = Some(Cow::Borrowed(date));
        let header = json(&Header { cassette: VERSION, recorded, absent: None });
        let tape = Tape {
            out: Some(out),
            header,
            held: Some((Vec::new(), 0)),
            known: HashSet::new(),
            failure: None,
        };
        Self { under, tape: Mutex::new(tape), digests: RandomState::new() }
    }

    /// Writes what is left to write. What is answered after that is not recorded.
    ///
    /// # Errors
    /// Something could not be written, now or before.
    pub fn finish(&self, ending: Ending) -> io::Result<Option<W>> {
        let mut tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(why) = tape.failure.take() {
            tape.out = None;
            return Err(why);
        }
        tape.release()?;
        let Some(mut out) = tape.out.take() else { return Ok(None) };
        if ending == Ending::Interrupted {
            writeln!(out, "{INTERRUPTED}")?;
        }
        out.flush()?;
        Ok(Some(out))
    }
}

impl<D, W: Write> Recording<D, W> {
    /// Adds a line of another port, as it is to be written; of two with the same `key` the first.
    pub fn note(&self, key: &str, line: String) {
        self.add(self.digests.hash_one(key), || line);
    }

    /// Adds a line, unless there is one with this digest.
    fn add(&self, digest: u64, line: impl FnOnce() -> String) {
        let mut tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
        if tape.failure.is_none() && tape.known.insert(digest) {
            tape.failure = tape.add(line()).err();
        }
    }
}

impl<W: Write> Tape<W> {
    /// Adds the line of a question that has none.
    fn add(&mut self, line: String) -> io::Result<()> {
        if let Some((lines, octets)) = &mut self.held {
            *octets += line.len();
            lines.push(line.into_boxed_str());
            return if *octets > HELD { self.release() } else { Ok(()) };
        }
        match &mut self.out {
            Some(out) => writeln!(out, "{line}"),
            None => Ok(()),
        }
    }

    /// Writes what is held, sorted.
    fn release(&mut self) -> io::Result<()> {
        let (Some((mut lines, _)), Some(out)) = (self.held.take(), &mut self.out) else {
            return Ok(());
        };
        lines.sort_unstable();
        writeln!(out, "{}", self.header)?;
        lines.iter().try_for_each(|line| writeln!(out, "{line}"))
    }
}

impl<D: Dns, W: Write + Send> Dns for Recording<D, W> {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        Box::pin(async move {
            let answer = self.under.lookup(question).await;
            self.add(self.digests.hash_one(question), || written(&answer));
            answer
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::{Answer, Failure, Kind, Outcome, Provenance, Replay, Trouble};
    use crate::net::Name;
    use std::sync::Arc;

    /// Fails, with so long an explanation.
    struct Failing(usize);

    impl Dns for Failing {
        fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
            let why = Failure::because(Trouble::Bogus, "x".repeat(self.0));
            let answer = Answer::new(
                question.clone(),
                Outcome::Failed(why),
                Provenance::Zone("test".into()),
            );
            Box::pin(std::future::ready(Arc::new(answer)))
        }
    }

    async fn recorded(under: Failing, names: &[&str], ending: Ending) -> String {
        let recording = Recording::new(under, Vec::new(), "2026-11-27");
        for name in names {
            let name = Name::from_unicode(name).expect("a name");
            recording.lookup(&Question::new(name, Kind::Txt)).await;
        }
        let out = recording.finish(ending).expect("memory takes everything");
        String::from_utf8(out.expect("it was not finished before")).expect("JSON is UTF-8")
    }

    /// The first name in each line that is about one.
    fn names(cassette: &str) -> Vec<&str> {
        cassette
            .lines()
            .filter_map(|line| line.strip_prefix("{\"name\":\"")?.split('"').next())
            .collect()
    }

    #[tokio::test]
    async fn a_short_cassette_is_sorted_and_has_a_line_for_each_question() {
        let cassette = recorded(Failing(1), &["b", "a", "b"], Ending::Whole).await;
        assert_eq!(names(&cassette), ["a", "b"]);
    }

    #[tokio::test]
    async fn a_line_of_another_port_is_kept_once_and_leaves_the_answers_readable() {
        let recording = Recording::new(Failing(1), Vec::new(), "2026-11-27");
        recording.note("u", r#"{"url":"u","status":200}"#.to_owned());
        recording.note("u", r#"{"url":"u","status":404}"#.to_owned());
        let out = recording.finish(Ending::Whole).expect("memory takes everything");
        let text = String::from_utf8(out.expect("it was not finished before")).expect("JSON");
        let is_read = Replay::read("it", text.as_bytes()).is_ok();
        assert_eq!((is_read, text.contains("200"), text.contains("404")), (true, true, false));
    }

    #[tokio::test]
    async fn of_a_long_one_no_more_is_held_than_its_beginning() {
        let recording = Recording::new(Failing(HELD), Vec::new(), "2026-11-27");
        for name in ["c", "b", "a"] {
            let name = Name::from_unicode(name).expect("a name");
            recording.lookup(&Question::new(name, Kind::Txt)).await;
        }
        let tape = recording.tape.lock().expect("nothing panicked");
        let written = String::from_utf8_lossy(tape.out.as_deref().unwrap_or_default());
        assert_eq!((tape.held.is_none(), names(&written)), (true, vec!["c", "b", "a"]));
    }

    #[tokio::test]
    async fn one_that_was_interrupted_says_so() {
        let cassettes = [
            recorded(Failing(1), &["a"], Ending::Whole).await,
            recorded(Failing(1), &["a"], Ending::Interrupted).await,
        ];
        let are =
            cassettes.map(|text| Replay::read("t", text).expect("a cassette").is_interrupted());
        assert_eq!(are, [false, true]);
    }

    #[tokio::test]
    async fn what_is_answered_after_the_end_is_not_recorded() {
        let recording = Recording::new(Failing(1), Vec::new(), "2026-11-27");
        let first = recording.finish(Ending::Whole).expect("memory takes everything");
        recording.lookup(&Question::new(Name::root(), Kind::Txt)).await;
        let second = recording.finish(Ending::Whole).expect("there is nothing to write");
        assert_eq!((first.is_some(), second), (true, None));
    }

    /// Takes nothing.
    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn what_cannot_be_written_fails_at_the_end_and_answers_meanwhile() {
        let recording = Recording::new(Failing(HELD + 1), Full, "2026-11-27");
        let answer = recording.lookup(&Question::new(Name::root(), Kind::Txt)).await;
        let why = recording.finish(Ending::Whole).err().map(|why| why.kind());
        assert_eq!((answer.failure().is_some(), why), (true, Some(io::ErrorKind::StorageFull)));
    }
}
