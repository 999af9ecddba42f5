//! A cassette played back.

use super::{
    BYTE_ORDER_MARK, CassetteError, DIALOGUE, Header, INTERRUPTED, Line, OTHER_PORTS, VERSION,
    answer,
};
use crate::dns::chain::Chain;
use crate::dns::{
    Answer, Data, Dns, Failure, Kind, Lookup, Outcome, Provenance, Question, Trouble,
};
use crate::net::Name;
use crate::text::escape;
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

/// The most labels that a name has (RFC 1035 §2.3.4: 255 octets).
const MOST_LABELS: usize = 128;

/// Answers from a cassette.
///
/// What is kept is the text, with a place for each of its lines; an answer is read again when it is
/// asked for. As values, the answers of a large cassette would take ten times the room of the text.
#[derive(Debug)]
pub struct Replay {
    file: Arc<str>,
    recorded: Option<String>,
    is_interrupted: bool,
    dialogues: Vec<Box<str>>,
    text: Vec<u8>,
    /// Where the lines are, by the digest of their question.
    places: Vec<Place>,
    digests: RandomState,
    /// The digests of the names that exist, sorted, if the cassette is the whole world.
    world: Option<Vec<u64>>,
}

/// Where the line of a question is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// The digest of the question. Its key is chosen at random, so that no cassette can be made whose
    /// questions have the same one.
    digest: u64,
    /// Its number, from 1.
    line: u32,
    /// Where it begins in the text.
    begin: u32,
}

impl Replay {
    /// Reads a cassette of at most 4 GiB; `file` is its name for messages, nothing is opened.
    ///
    /// Read as well: names without or with a final dot and in any letter case, lines without
    /// `ttl`, `aliases` or `records`, lines without `outcome` that have records, empty lines, and
    /// members that are not known here.
    ///
    /// # Errors
    /// The first line that cannot be read, that says nothing, or that says something else about
    /// a question than an earlier line.
    pub fn read(file: &str, text: impl Into<Vec<u8>>) -> Result<Self, CassetteError> {
        let mut cassette = Self {
            file: Arc::from(file),
            recorded: None,
            is_interrupted: false,
            dialogues: Vec::new(),
            text: text.into(),
            places: Vec::new(),
            digests: RandomState::new(),
            world: None,
        };
        let read = cassette.lines();
        cassette.places.sort_unstable();
        // What a line says against an earlier one counts before what is wrong with a later one.
        let faults = [cassette.contradiction(), read.err()].into_iter().flatten();
        match faults.min_by_key(|fault| fault.line) {
            Some(fault) => Err(fault),
            None => Ok(cassette),
        }
    }

    fn fault(&self, line: u32, what: String) -> CassetteError {
        let line = usize::try_from(line).unwrap_or(usize::MAX);
        CassetteError { file: Arc::clone(&self.file), line, what }
    }

    /// Reads every line once, and keeps where it is.
    fn lines(&mut self) -> Result<(), CassetteError> {
        let text = std::mem::take(&mut self.text);
        let mut names = Vec::new();
        let begin = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let (mut begin, mut number, mut is_first) = (begin, 0_u32, true);
        let mut read = Ok(());
        for line in text.get(begin..).unwrap_or_default().split_inclusive(|octet| *octet == b'\n') {
            number = number.saturating_add(1);
            let content = line.trim_ascii();
            if !content.is_empty() {
                let cut = !line.ends_with(b"\n");
                let place =
                    u32::try_from(begin).map_err(|_| "the cassette is too large".to_owned());
                let kept = place
                    .and_then(|begin| self.line(content, is_first, cut, number, begin, &mut names));
                if let Err(what) = kept {
                    read = Err(self.fault(number, what));
                    break;
                }
                is_first = false;
            }
            begin += line.len();
        }
        self.text = text;
        self.places.shrink_to_fit();
        if let Some(world) = &mut self.world {
            sort_out(&mut names);
            *world = names;
        }
        read
    }

    /// The first line that says something else about its question than an earlier one; the places
    /// are sorted.
    fn contradiction(&self) -> Option<CassetteError> {
        let alike = self.places.chunk_by(|one, other| one.digest == other.digest);
        let faults = alike.filter(|places| places.len() > 1).filter_map(|places| {
            let mut earlier: HashMap<Question, Answer> = HashMap::new();
            places.iter().find_map(|place| {
                let answer = self.answer_at(*place)?;
                let question = answer.question.clone();
                let said = format!("conflicting answers for {question}");
                let first = earlier.entry(question).or_insert_with(|| answer.clone());
                (*first != answer).then(|| self.fault(place.line, said))
            })
        });
        faults.min_by_key(|fault| fault.line)
    }

    /// The answer in a line, which was read before.
    fn answer_at(&self, place: Place) -> Option<Answer> {
        let begin = usize::try_from(place.begin).ok()?;
        let line = self.text.get(begin..)?.split(|octet| *octet == b'\n').next()?;
        let line: Line<'_> = serde_json::from_slice(line.trim_ascii()).ok()?;
        answer(&line, Provenance::Recorded(Arc::clone(&self.file))).ok()
    }

    /// The answer to a question, if there is a line for it.
    fn answer_to(&self, question: &Question) -> Option<Answer> {
        let digest = self.digests.hash_one(question);
        let from = self.places.partition_point(|place| place.digest < digest);
        let alike = self.places.get(from..)?.iter().take_while(|place| place.digest == digest);
        alike.filter_map(|place| self.answer_at(*place)).find(|it| it.question == *question)
    }

    /// True if it holds no answer.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// When the cassette was recorded, as it says itself; not escaped.
    pub fn recorded(&self) -> Option<&str> {
        self.recorded.as_deref()
    }

    /// True if the recording was interrupted: what it does not hold may have been about to be asked.
    pub fn is_interrupted(&self) -> bool {
        self.is_interrupted
    }

    /// The lines that hold dialogues with mail servers.
    #[doc(hidden)]
    pub fn dialogues(&self) -> &[Box<str>] {
        &self.dialogues
    }

    /// Reads one line; `cut` if it is the last and has no end. `names` gets the digests of those that
    /// exist, as far as that is asked.
    fn line(
        &mut self,
        content: &[u8],
        first: bool,
        cut: bool,
        line: u32,
        begin: u32,
        names: &mut Vec<u64>,
    ) -> Result<(), String> {
        if first && let Ok(header) = serde_json::from_slice::<Header<'_>>(content) {
            return self.header(header);
        }
        if content.starts_with(DIALOGUE) {
            self.dialogues.push(String::from_utf8_lossy(content).into());
            return Ok(());
        }
        if OTHER_PORTS.iter().any(|begin| content.starts_with(begin)) {
            return Ok(());
        }
        if content == INTERRUPTED.as_bytes() {
            self.is_interrupted = true;
            return Ok(());
        }
        let read: Line<'_> = serde_json::from_slice(content).map_err(|error| match error {
            error if cut && error.is_eof() => {
                "truncated line: the recording is incomplete".to_owned()
            }
            error => {
                format!("expected an answer as JSON: {}", escape(error.to_string().as_bytes()))
            }
        })?;
        let answer = answer(&read, Provenance::Recorded(Arc::clone(&self.file)))?;
        let digest = self.digests.hash_one(&answer.question);
        self.places.push(Place { digest, line, begin });
        if self.world.is_some() && answer.question.to.is_none() {
            if names.capacity() - names.len() < MOST_LABELS {
                sort_out(names);
            }
            names.extend(existing(&answer).map(|name| self.digests.hash_one(name)));
        }
        Ok(())
    }

    fn header(&mut self, header: Header<'_>) -> Result<(), String> {
        if header.cassette != VERSION {
            let version = header.cassette;
            return Err(format!("expected cassette version {VERSION}, found {version}"));
        }
        self.recorded = header.recorded.map(Cow::into_owned);
        self.world = match header.absent.as_deref() {
            None => None,
            Some("nxdomain") => Some(Vec::new()),
            Some(other) => {
                let other = escape(other.as_bytes());
                return Err(format!("expected \"nxdomain\" for \"absent\", found \"{other}\""));
            }
        };
        Ok(())
    }

    /// What the cassette does not say.
    fn absent(&self, name: &Name) -> Outcome {
        match &self.world {
            None => {
                let detail = format!("in {}", self.file);
                Outcome::Failed(Failure::because(Trouble::NotRecorded, detail))
            }
            Some(names) if names.binary_search(&self.digests.hash_one(name)).is_ok() => {
                Outcome::NoData
            }
            Some(_) => Outcome::NxDomain,
        }
    }

    /// Plays the answer, or follows a recorded alias to one.
    pub(super) fn resolve(&self, question: &Question) -> Arc<Answer> {
        if let Some(answer) = self.answer_to(question) {
            return Arc::new(answer);
        }
        let provenance = Provenance::Recorded(Arc::clone(&self.file));
        if question.to.is_some() {
            // What one server says does not follow from what others say.
            let failure = Failure::because(Trouble::NotRecorded, format!("in {}", self.file));
            let outcome = Outcome::Failed(failure);
            return Arc::new(Answer::new(question.clone(), outcome, provenance));
        }
        let mut chain = Chain::default();
        let mut current = question.clone();
        let (outcome, ttl) = loop {
            if let Some(answer) = self.answer_to(&current) {
                let step = |name: &Name| chain.follow(&question.name, name.clone(), None);
                match answer.aliases.iter().try_for_each(step) {
                    Ok(()) => break (answer.outcome, answer.ttl),
                    Err(failure) => break (Outcome::Failed(failure), None),
                }
            }
            let alias = self.answer_to(&Question::new(current.name.clone(), Kind::Cname));
            let target = alias.and_then(|answer| match answer.records().first()?.data {
                Data::Cname(ref target) => Some((target.clone(), answer.ttl)),
                _ => None,
            });
            let Some((target, ttl)) = target else { break (self.absent(&current.name), None) };
            if let Err(failure) = chain.follow(&question.name, target.clone(), ttl) {
                break (Outcome::Failed(failure), None);
            }
            current.name = target;
        };
        Arc::new(chain.end(question, outcome, ttl, provenance))
    }
}

impl Dns for Replay {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        Box::pin(std::future::ready(self.resolve(question)))
    }
}

/// The names that an answer shows to exist, with all names above them (RFC 8020 §2).
fn existing(answer: &Answer) -> impl Iterator<Item = Name> {
    let ends_nowhere = answer.outcome == Outcome::NxDomain;
    let chain = std::iter::once(&answer.question.name).chain(&answer.aliases);
    // Of an answer NXDOMAIN, the last name of the chain does not exist, the others do.
    let known = answer.aliases.len() + usize::from(!ends_nowhere);
    let above = |name: &Name| std::iter::successors(Some(name.clone()), Name::parent);
    chain.take(known).flat_map(above)
}

/// Sorts, and leaves one of each; with room for as many again.
fn sort_out(digests: &mut Vec<u64>) {
    digests.sort_unstable();
    digests.dedup();
    digests.reserve(digests.len().max(1024));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::size_of;

    #[test]
    fn a_large_cassette_takes_little_more_room_than_its_text() {
        let header = "{\"cassette\":1,\"absent\":\"nxdomain\"}\n".to_owned();
        let lines = (0..20_000).map(|number| {
            format!("{{\"name\":\"h{number}.x.com\",\"type\":\"A\",\"records\":[\"192.0.2.1\"]}}\n")
        });
        let cassette =
            Replay::read("cassette", header + &lines.collect::<String>()).expect("a cassette");
        let names = cassette.world.as_ref().map_or(0, |names| names.capacity() * size_of::<u64>());
        let index = cassette.places.capacity() * size_of::<Place>() + names;
        assert!(index <= cassette.text.len(), "{index} octets for {} of text", cassette.text.len());
    }

    #[test]
    fn the_first_fault_is_told_whatever_its_kind() {
        let line =
            |address| format!("{{\"name\":\"a\",\"type\":\"A\",\"records\":[\"{address}\"]}}\n");
        let text = [line("192.0.2.1"), line("192.0.2.2"), "broken\n".to_owned()].concat();
        let line = Replay::read("cassette", text).map_err(|fault| fault.line);
        assert_eq!(line.err(), Some(2));
    }
}
