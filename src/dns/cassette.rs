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
//! be compared with the tools that compare texts; one that is longer than 2 MiB is written while the
//! answers come in. A last line `{"interrupted":true}` says that the recording ended before its time.
//!
//! A line with a `server` or a `resolver` is what that one server said when it was asked by itself. A
//! line with `signed` is the whole reply to a question that asks for signatures, in base64, and when it
//! came: signatures are judged at that time.
//!
//! A line that begins with `{"smtp":` is a dialogue with a mail server.
//!
//! A line that begins with a `url` is what a web server said, and belongs to the port to the web.
//!
//! A question that is not on the cassette could not be asked: that is a failure, never NXDOMAIN. A
//! first line `{"cassette":1,"absent":"nxdomain"}` says that the cassette is the whole world; then a
//! name that no line speaks of does not exist.

mod recording;
mod replay;

pub use recording::{Ending, Recording};
pub use replay::Replay;

use super::{
    Addressee, Answer, Authority, Data, Dns, Failure, Kind, Lookup, Outcome, Provenance, Question,
    Record, SignedReply, Trouble, presentation,
};
use crate::net::Name;
use crate::text::escape;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The version of the format that is written, and the only one that is read.
const VERSION: u32 = 1;

/// How a line begins that holds a dialogue with a mail server, of which this room knows no more.
const DIALOGUE: &[u8] = b"{\"smtp\":";

/// The last line of a cassette whose recording was interrupted.
const INTERRUPTED: &str = "{\"interrupted\":true}";

/// How the lines of other ports begin, which these read: the web's.
const OTHER_PORTS: [&[u8]; 1] = [b"{\"url\":"];

/// What some programs write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

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
#[derive(Default, Deserialize, Serialize)]
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
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    alias_loop: bool,
    /// The name server that was asked, `udp://192.0.2.1:53`.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    server: Option<Cow<'a, str>>,
    /// The resolver that was asked, where several were.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    resolver: Option<Cow<'a, str>>,
    /// With what right a name server answered.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    authority: Option<Cow<'a, str>>,
    /// The addresses in a referral: `ns1.example.com. 192.0.2.1`.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    glue: Option<Vec<Cow<'a, str>>>,
    /// How long one server took, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ms: Option<u64>,
    /// The whole reply in base64, where its signatures were asked for; empty if none came.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    signed: Option<Cow<'a, str>>,
    /// When it came, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    received: Option<u64>,
}

/// The answer in a line.
fn answer(line: &Line<'_>, provenance: Provenance) -> Result<Answer, String> {
    let kind = presentation::kind(line.kind.as_bytes())
        .ok_or_else(|| format!("expected a record type, found {}", quoted(&line.kind)))?;
    let mut question = Question::new(name(&line.name)?, kind);
    if let Some(addressee) = addressee(line)? {
        question = question.to(addressee);
    }
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
    answer.elapsed = Duration::from_millis(line.ms.unwrap_or_default());
    answer.signed = signed(line)?;
    let read = |all: &Vec<Cow<'_, str>>| all.iter().map(|text| glue(text)).collect();
    answer.glue = line.glue.as_ref().map(read).transpose()?;
    answer.authority = match line.authority.as_deref() {
        None => None,
        Some(word) => Some(
            Authority::from_word(word)
                .ok_or_else(|| format!("expected an authority, found {}", quoted(word)))?,
        ),
    };
    Ok(answer)
}

/// The server that was asked, if one had to answer.
fn addressee(line: &Line<'_>) -> Result<Option<Addressee>, String> {
    match (line.server.as_deref(), line.resolver.as_deref()) {
        (None, None) => Ok(line.signed.is_some().then_some(Addressee::Signed)),
        (None, Some(resolver)) => Ok(Some(Addressee::Resolver(resolver.into()))),
        (Some(server), _) => match Addressee::name_server(server) {
            Some(addressee) => Ok(Some(addressee)),
            None => Err(format!("expected udp://ADDRESS:PORT, found {}", quoted(server))),
        },
    }
}

/// A name server and one of its addresses.
fn glue(text: &str) -> Result<(Name, IpAddr), String> {
    let wrong = || format!("expected NAME ADDRESS, found {}", quoted(text));
    let (host, address) = text.split_once(' ').ok_or_else(wrong)?;
    Ok((name(host)?, address.parse().map_err(|_| wrong())?))
}

/// The reply with its signatures, if there is one.
fn signed(line: &Line<'_>) -> Result<Option<SignedReply>, String> {
    let Some(text) = line.signed.as_deref().filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let octets = STANDARD
        .decode(text)
        .map_err(|_| format!("expected a reply in base64, found {}", quoted(text)))?;
    let received = line.received.ok_or("expected \"received\" beside \"signed\"")?;
    Ok(Some(SignedReply { octets: octets.into(), received }))
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
                .ok_or_else(|| format!("expected an outcome, found {}", quoted(word)))?;
            let failure = Failure::because(trouble, line.detail.as_deref().unwrap_or_default());
            Outcome::Failed(Failure { is_alias_loop: line.alias_loop, ..failure })
        }
    };
    if records.is_empty() {
        Ok(outcome)
    } else {
        Err(format!("expected no records with the outcome \"{}\"", outcome.word()))
    }
}

/// A name in the form of master files, with or without its final dot.
fn name(text: &str) -> Result<Name, String> {
    match presentation::read(Kind::Cname, text.as_bytes()) {
        Ok(Data::Cname(name)) => Ok(name),
        _ => Err(format!("expected a domain name, found {}", quoted(text))),
    }
}

/// The beginning of a text that is not what it should be, for a message.
fn quoted(text: &str) -> String {
    let start = text.char_indices().nth(60).map_or(text, |(end, _)| text.split_at(end).0);
    let dots = if start.len() < text.len() { "…" } else { "" };
    format!("\"{}{dots}\"", escape(start.as_bytes()))
}

// ------------------------------------------------------------------------------------- record

/// Passes questions on and keeps the answers for a cassette, as the lines that they will be there.
#[derive(Debug)]
pub struct Recorder<D> {
    under: D,
    recorded: Option<String>,
    lines: Mutex<BTreeMap<Question, Box<str>>>,
}

impl<D: Dns> Recorder<D> {
    /// Records what `under` answers.
    pub fn new(under: D) -> Self {
        Self { under, recorded: None, lines: Mutex::default() }
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
        let answers = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines: Vec<&str> = answers.values().map(|line| &**line).collect();
        lines.sort_unstable();
        let header = self.recorded.as_ref().map(|date| {
            let recorded = Some(Cow::Borrowed(date.as_str()));
            json(&Header { cassette: VERSION, recorded, absent: None })
        });
        header.as_deref().into_iter().chain(lines).flat_map(|line| [line, "\n"]).collect()
    }
}

impl<D: Dns> Dns for Recorder<D> {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        Box::pin(async move {
            let answer = self.under.lookup(question).await;
            let line = written(&answer).into_boxed_str();
            let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.insert(question.clone(), line);
            drop(lines);
            answer
        })
    }
}

/// The line of an answer on a cassette; its records are sorted.
pub fn written(answer: &Answer) -> String {
    let kind = answer.question.kind;
    let write = |record: &Record| Cow::Owned(presentation::write(kind, &record.data));
    let mut records: Vec<Cow<'_, str>> = answer.records().iter().map(write).collect();
    records.sort_unstable();
    let detail = answer.failure().map(|failure| failure.detail.as_str());
    let (server, resolver) = match answer.question.to.as_deref() {
        None => (None, None),
        Some(server @ Addressee::NameServer { .. }) => (Some(server.to_string().into()), None),
        Some(Addressee::Resolver(name)) => (None, Some(Cow::Borrowed(&**name))),
        Some(Addressee::Signed) => (None, None),
    };
    let is_signed = answer.question.to.as_deref() == Some(&Addressee::Signed);
    let reply = answer.signed.as_ref();
    let elapsed = u64::try_from(answer.elapsed.as_millis()).unwrap_or(u64::MAX);
    json(&Line {
        name: answer.question.name.to_string().into(),
        kind: kind.to_string().into(),
        outcome: Some(answer.outcome.word().into()),
        ttl: answer.ttl,
        records,
        aliases: answer.aliases.iter().map(|alias| alias.to_string().into()).collect(),
        authentic: answer.authentic,
        detail: detail.filter(|detail| !detail.is_empty()).map(Cow::Borrowed),
        alias_loop: answer.is_alias_loop(),
        ms: answer.question.to.is_some().then_some(elapsed),
        server,
        resolver,
        authority: answer.authority.map(|authority| authority.word().into()),
        glue: answer.glue.as_ref().map(|all| {
            all.iter().map(|(host, address)| format!("{host}. {address}").into()).collect()
        }),
        signed: is_signed
            .then(|| reply.map_or_else(String::new, |it| STANDARD.encode(&it.octets)).into()),
        received: reply.map(|reply| reply.received),
    })
}

/// Strings, numbers and lists of strings always have a form in JSON.
fn json(line: &impl Serialize) -> String {
    serde_json::to_string(line).unwrap_or_default()
}

#[cfg(test)]
mod tests;
