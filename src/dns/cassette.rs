//! Cassettes: answers recorded, and played back.
//!
//! A cassette is a text with one answer in each line, a JSON object:
//!
//! ```text
//! {"cassette":1,"recorded":"2026-11-24"}
//! {"name":"example.com","type":"TXT","outcome":"records","ttl":3600,"records":["\"v=spf1 -all\""],"aliases":[]}
//! ```
//!
//! `records` are in the form of master files ([`presentation`]); `outcome` is one of `records`,
//! `nodata`, `nxdomain`, or the word for a failure. Lines are sorted, so that two recordings can
//! be compared with the tools that compare texts.
//!
//! A question that is not on the cassette could not be asked: that is a failure, never NXDOMAIN. A
//! first line `{"cassette":1,"absent":"nxdomain"}` says that the cassette is the whole world; then a
//! name that no line speaks of does not exist.

use super::chain::Chain;
use super::{
    Answer, Data, Dns, Failure, Kind, Lookup, Outcome, Provenance, Question, Record, Trouble,
    presentation,
};
use crate::net::Name;
use crate::text::escape;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// The version of the format that is written, and the only one that is read.
const VERSION: u32 = 1;

/// A fault in a cassette. Shown as `cassette.jsonl:7: expected …`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CassetteError {
    /// The file, as the user named it.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong, printable.
    pub what: String,
}

impl fmt::Display for CassetteError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.file, self.line, self.what)
    }
}

impl std::error::Error for CassetteError {}

/// The first line of a cassette.
#[derive(Default, Deserialize, Serialize)]
struct Header<'a> {
    cassette: u32,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    recorded: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    absent: Option<Cow<'a, str>>,
}

/// Any other line.
#[derive(Deserialize, Serialize)]
struct Line<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    outcome: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ttl: Option<u32>,
    #[serde(borrow, default)]
    records: Vec<Cow<'a, str>>,
    #[serde(borrow, default)]
    aliases: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    authentic: Option<bool>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    detail: Option<Cow<'a, str>>,
}

// ------------------------------------------------------------------------------------- replay

/// Answers from a cassette.
#[derive(Debug)]
pub struct Replay {
    file: Arc<str>,
    recorded: Option<String>,
    answers: HashMap<Question, Arc<Answer>>,
    /// The names that exist, if the cassette is the whole world.
    world: Option<HashSet<Name>>,
}

impl Replay {
    /// Reads a cassette; `file` is its name for messages, nothing is opened.
    ///
    /// Read as well: names without or with a final dot and in any letter case, lines without
    /// `ttl`, `aliases` or `records`, lines without `outcome` that have records, empty lines, and
    /// members that are not known here.
    ///
    /// # Errors
    /// The first line that cannot be read, that says nothing, or that says something else about
    /// a question than an earlier line.
    pub fn read(file: &str, text: &[u8]) -> Result<Self, CassetteError> {
        let file: Arc<str> = Arc::from(file);
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut cassette =
            Self { file: Arc::clone(&file), recorded: None, answers: HashMap::new(), world: None };
        let mut first = true;
        for (index, line) in text.split_inclusive(|octet| *octet == b'\n').enumerate() {
            let content = line.trim_ascii();
            if !content.is_empty() {
                let cut = !line.ends_with(b"\n");
                let fault = |what| CassetteError { file: Arc::clone(&file), line: index + 1, what };
                cassette.line(content, first, cut).map_err(fault)?;
                first = false;
            }
        }
        if cassette.world.is_some() {
            cassette.world = Some(existing(cassette.answers.values()));
        }
        Ok(cassette)
    }

    /// When the cassette was recorded, as it says itself; not escaped.
    pub fn recorded(&self) -> Option<&str> {
        self.recorded.as_deref()
    }

    /// Reads one line; `cut` if it is the last and has no end.
    fn line(&mut self, line: &[u8], first: bool, cut: bool) -> Result<(), String> {
        if first && let Ok(header) = serde_json::from_slice::<Header<'_>>(line) {
            return self.header(header);
        }
        let line: Line<'_> = serde_json::from_slice(line).map_err(|error| match error {
            error if cut && error.is_eof() => {
                "the line is cut off: the recording did not come to its end".to_owned()
            }
            error => {
                format!("expected an answer as JSON: {}", escape(error.to_string().as_bytes()))
            }
        })?;
        let answer = answer(&line, Provenance::Recorded(Arc::clone(&self.file)))?;
        if let Some(earlier) = self.answers.get(&answer.question)
            && **earlier != answer
        {
            return Err(format!("{} was answered differently before", answer.question));
        }
        self.answers.insert(answer.question.clone(), Arc::new(answer));
        Ok(())
    }

    fn header(&mut self, header: Header<'_>) -> Result<(), String> {
        if header.cassette != VERSION {
            let version = header.cassette;
            return Err(format!("expected a cassette of version {VERSION}, this is {version}"));
        }
        self.recorded = header.recorded.map(Cow::into_owned);
        self.world = match header.absent.as_deref() {
            None => None,
            Some("nxdomain") => Some(HashSet::new()),
            Some(other) => {
                let other = escape(other.as_bytes());
                return Err(format!("expected \"nxdomain\" for \"absent\", this is \"{other}\""));
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
            Some(names) if names.contains(name) => Outcome::NoData,
            Some(_) => Outcome::NxDomain,
        }
    }

    /// Plays the answer, or follows a recorded alias to one.
    fn resolve(&self, question: &Question) -> Arc<Answer> {
        if let Some(answer) = self.answers.get(question) {
            return Arc::clone(answer);
        }
        let provenance = Provenance::Recorded(Arc::clone(&self.file));
        let mut chain = Chain::default();
        let mut current = question.clone();
        let (outcome, ttl) = loop {
            if let Some(answer) = self.answers.get(&current) {
                let step = |name: &Name| chain.follow(&question.name, name.clone(), None);
                match answer.aliases.iter().try_for_each(step) {
                    Ok(()) => break (answer.outcome.clone(), answer.ttl),
                    Err(failure) => break (Outcome::Failed(failure), None),
                }
            }
            let alias = Question::new(current.name.clone(), Kind::Cname);
            let alias = self.answers.get(&alias);
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

/// The answer in a line.
fn answer(line: &Line<'_>, provenance: Provenance) -> Result<Answer, String> {
    let kind = presentation::kind(line.kind.as_bytes())
        .ok_or_else(|| format!("expected a record type, this is {}", quoted(&line.kind)))?;
    let question = Question::new(name(&line.name)?, kind);
    let records = line.records.iter().map(|text| {
        let wrong = |error: crate::text::SyntaxError| {
            format!("expected {} in the record {}", error.expected, quoted(text))
        };
        presentation::read(kind, text.as_bytes()).map(Record::from).map_err(wrong)
    });
    let records = records.collect::<Result<Vec<_>, _>>()?;
    let mut answer = Answer::new(question, outcome(line, records)?, provenance);
    answer.ttl = line.ttl;
    answer.authentic = line.authentic;
    answer.aliases = line.aliases.iter().map(|alias| name(alias)).collect::<Result<_, _>>()?;
    Ok(answer)
}

fn outcome(line: &Line<'_>, records: Vec<Record>) -> Result<Outcome, String> {
    let word = line.outcome.as_ref().map(|word| word.to_ascii_lowercase());
    let outcome = match word.as_deref() {
        Some("records") | None if !records.is_empty() => return Ok(Outcome::Records(records)),
        Some("records") => return Err("expected at least one record".into()),
        None => return Err("expected an \"outcome\", or \"records\"".into()),
        Some("nodata") => Outcome::NoData,
        Some("nxdomain") => Outcome::NxDomain,
        Some(word) => {
            let trouble = Trouble::from_word(word)
                .ok_or_else(|| format!("expected an outcome, this is {}", quoted(word)))?;
            Outcome::Failed(Failure::because(trouble, line.detail.as_deref().unwrap_or_default()))
        }
    };
    if records.is_empty() {
        Ok(outcome)
    } else {
        Err(format!("expected no records beside the outcome \"{}\"", outcome.word()))
    }
}

/// A name in the form of master files, with or without its final dot.
fn name(text: &str) -> Result<Name, String> {
    match presentation::read(Kind::Cname, text.as_bytes()) {
        Ok(Data::Cname(name)) => Ok(name),
        _ => Err(format!("expected a domain name, this is {}", quoted(text))),
    }
}

/// The beginning of a text that is not what it should be, for a message.
fn quoted(text: &str) -> String {
    let start = text.char_indices().nth(60).map_or(text, |(end, _)| text.split_at(end).0);
    let dots = if start.len() < text.len() { "…" } else { "" };
    format!("\"{}{dots}\"", escape(start.as_bytes()))
}

/// The names that are known to exist, with all names above them (RFC 8020 §2).
fn existing<'a>(answers: impl Iterator<Item = &'a Arc<Answer>>) -> HashSet<Name> {
    let mut names = HashSet::new();
    for answer in answers {
        let ends_nowhere = answer.outcome == Outcome::NxDomain;
        let chain = std::iter::once(&answer.question.name).chain(&answer.aliases);
        // Of an answer NXDOMAIN, the last name of the chain does not exist, the others do.
        let known = answer.aliases.len() + usize::from(!ends_nowhere);
        for name in chain.take(known) {
            let mut name = Some(name.clone());
            while let Some(known) = name {
                name = known.parent().filter(|_| names.insert(known));
            }
        }
    }
    names
}

// ------------------------------------------------------------------------------------- record

/// Passes questions on and keeps the answers for a cassette.
#[derive(Debug)]
pub struct Recorder<D> {
    under: D,
    recorded: Option<String>,
    answers: Mutex<BTreeMap<Question, Arc<Answer>>>,
}

impl<D: Dns> Recorder<D> {
    /// Records what `under` answers.
    pub fn new(under: D) -> Self {
        Self { under, recorded: None, answers: Mutex::default() }
    }

    /// Writes a date (`2026-11-24`) at the head of the cassette.
    #[must_use]
    pub fn dated(mut self, date: impl Into<String>) -> Self {
        self.recorded = Some(date.into());
        self
    }

    /// The cassette so far: the last answer to each question, a line each, sorted. The records of a
    /// set are sorted as well, because servers turn them round.
    pub fn cassette(&self) -> String {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines: Vec<String> = answers.values().map(|answer| written(answer)).collect();
        drop(answers);
        lines.sort_unstable();
        if let Some(date) = &self.recorded {
            let recorded = Some(Cow::Borrowed(date.as_str()));
            lines.insert(0, json(&Header { cassette: VERSION, recorded, absent: None }));
        }
        lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }
}

impl<D: Dns> Dns for Recorder<D> {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        Box::pin(async move {
            let answer = self.under.lookup(question).await;
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            answers.insert(question.clone(), Arc::clone(&answer));
            answer
        })
    }
}

/// The line of an answer.
fn written(answer: &Answer) -> String {
    let kind = answer.question.kind;
    let write = |record: &Record| Cow::Owned(presentation::write(kind, &record.data));
    let mut records: Vec<Cow<'_, str>> = answer.records().iter().map(write).collect();
    records.sort_unstable();
    let detail = answer.failure().map(|failure| failure.detail.as_str());
    json(&Line {
        name: answer.question.name.to_string().into(),
        kind: kind.to_string().into(),
        outcome: Some(answer.outcome.word().into()),
        ttl: answer.ttl,
        records,
        aliases: answer.aliases.iter().map(|alias| alias.to_string().into()).collect(),
        authentic: answer.authentic,
        detail: detail.filter(|detail| !detail.is_empty()).map(Cow::Borrowed),
    })
}

/// Strings, numbers and lists of strings always have a form in JSON.
fn json(line: &impl Serialize) -> String {
    serde_json::to_string(line).unwrap_or_default()
}

#[cfg(test)]
mod tests;
