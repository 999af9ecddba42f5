//! From when to when a query had which answer, and the DNS of a moment.

use super::store::{hash, newest, stored};
use super::{Look, Store, StoreError};
use crate::dns::{Answer, Failure, Outcome, Question, Trouble, cassette_line};
use crate::text::rfc3339;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::BTreeMap;

/// What was answered to a question, as a history keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    line: Box<str>,
    server: Box<str>,
    /// How long the answer may be cached, in seconds.
    pub ttl: Option<u32>,
}

impl Observed {
    /// What is kept of an answer.
    pub fn of(answer: &Answer) -> Self {
        let server = answer.provenance.to_string().into();
        Self { line: normalised(answer).into(), server, ttl: answer.ttl }
    }
}

impl Look<'_> {
    /// Stores what was answered. An answer that the query had at the look before moves the end of its
    /// observation; any other one begins a new one.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn observe<'a>(
        &mut self,
        answers: impl IntoIterator<Item = &'a Answer>,
    ) -> Result<(), StoreError> {
        for answer in answers {
            self.observe_one(&answer.question, &Observed::of(answer))?;
        }
        Ok(())
    }

    /// The same, of what an [`Observer`](super::Observer) kept.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn observe_all(&mut self, all: &BTreeMap<Question, Observed>) -> Result<(), StoreError> {
        all.iter().try_for_each(|(question, observed)| self.observe_one(question, observed))
    }

    fn observe_one(&mut self, asked: &Question, observed: &Observed) -> Result<(), StoreError> {
        let (at, file) = (stored(self.at), &self.transaction);
        let (name, kind) = (asked.name.to_string(), asked.kind.to_string());
        let question = id_of(
            file,
            [
                "INSERT INTO query (name, kind) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                "SELECT id FROM query WHERE name = ?1 AND kind = ?2",
            ],
            params![name, kind],
        )?;
        let whole = &*observed.line;
        let line = unnamed(&name, &kind, whole);
        let known = id_of(
            file,
            [
                "INSERT INTO answer (hash, line) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                "SELECT id FROM answer WHERE hash = ?1 AND ?2 <> ''",
            ],
            params![hash(&line), line],
        )?;
        let mut newest = file.prepare_cached(
            "SELECT observation.id, answer, line FROM observation \
             JOIN answer ON answer.id = observation.answer \
             WHERE query = ?1 ORDER BY first DESC, observation.id DESC LIMIT 1",
        )?;
        let newest: Option<(i64, i64, String)> = newest
            .query_row([question], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        // Earlier forms kept the name in the line.
        let is_same = |(_, before, had): &(i64, i64, String)| *before == known || had == whole;
        if let Some((observation, ..)) = newest.filter(is_same) {
            let mut moved =
                file.prepare_cached("UPDATE observation SET last = ?2 WHERE id = ?1")?;
            moved.execute([observation, at])?;
            return Ok(());
        }
        let server = id_of(
            file,
            [
                "INSERT INTO server (word) VALUES (?1) ON CONFLICT DO NOTHING",
                "SELECT id FROM server WHERE word = ?1",
            ],
            params![observed.server],
        )?;
        let mut new = file.prepare_cached(
            "INSERT INTO observation (query, answer, ttl, server, first, last) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        )?;
        new.execute(params![question, known, observed.ttl, server, at])?;
        Ok(())
    }

    /// The DNS as it was seen last, this look included: a cassette.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn cassette(&self) -> Result<String, StoreError> {
        let [cassette] = cassettes(&self.transaction, [self.at])?;
        Ok(cassette)
    }
}

impl Store {
    /// The DNS as it was seen last at that time, in seconds since 1970: a cassette. What had not been
    /// asked by then is not on it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn cassette(&self, at: u64) -> Result<String, StoreError> {
        let [cassette] = self.cassettes([at])?;
        Ok(cassette)
    }

    /// The same at several moments: the file is read once.
    pub(super) fn cassettes<const N: usize>(
        &self,
        moments: [u64; N],
    ) -> Result<[String; N], StoreError> {
        cassettes(&self.connection, moments)
    }
}

/// The lines at some moments, each a cassette. Of a query, the observations come the latest first, and the
/// first one that began by then is that of the moment.
fn cassettes<const N: usize>(
    connection: &Connection,
    moments: [u64; N],
) -> Result<[String; N], StoreError> {
    let mut seen = connection.prepare_cached(
        "SELECT query.id, observation.first, line, ttl, name, kind FROM query \
         CROSS JOIN observation ON observation.query = query.id AND observation.first <= ?1 \
         CROSS JOIN answer ON answer.id = observation.answer \
         ORDER BY name, kind, observation.first DESC, observation.id DESC",
    )?;
    let newest = newest(connection)?;
    let mut texts = moments.map(|at| {
        let at = newest.map_or(at, |newest| newest.min(at));
        format!("{{\"cassette\":1,\"recorded\":\"{}\"}}\n", rfc3339(at))
    });
    // The query that was found last at each moment.
    let mut found = [None; N];
    let latest = moments.into_iter().max().unwrap_or_default();
    let mut rows = seen.query([stored(latest)])?;
    while let Some(row) = rows.next()? {
        let (query, first): (i64, i64) = (row.get(0)?, row.get(1)?);
        let mut line = None;
        for ((at, text), found) in moments.iter().zip(&mut texts).zip(&mut found) {
            if first > stored(*at) || *found == Some(query) {
                continue;
            }
            *found = Some(query);
            let line = match &line {
                Some(line) => line,
                None => line.insert(line_of(row)?),
            };
            text.push_str(line);
        }
    }
    Ok(texts)
}

/// The line of a cassette that a row stands for.
fn line_of(row: &Row<'_>) -> Result<String, StoreError> {
    let (line, ttl): (String, Option<u32>) = (row.get(2)?, row.get(3)?);
    let rest = line.strip_prefix('{').unwrap_or(&line);
    let mut text = String::from("{");
    if let Some(ttl) = ttl {
        text.push_str(&format!("\"ttl\":{ttl},"));
    }
    if !rest.starts_with("\"name\":") {
        let (name, kind): (String, String) = (row.get(4)?, row.get(5)?);
        text.push_str(&named(&name, &kind));
    }
    text.push_str(rest);
    text.push('\n');
    Ok(text)
}

/// How the line of a question begins, behind its bracket.
fn named(name: &str, kind: &str) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    format!("\"name\":{},\"type\":{},", quoted(name), quoted(kind))
}

/// A line without its question, which is stored once: thousands of names do not exist, in the same words.
fn unnamed(name: &str, kind: &str, line: &str) -> String {
    let begin = named(name, kind);
    let rest = line.strip_prefix('{').and_then(|line| line.strip_prefix(&*begin));
    rest.map_or_else(|| line.to_owned(), |rest| format!("{{{rest}"))
}

/// The number of a row that is there, or is made: what makes it, and what finds it.
fn id_of(
    connection: &Connection,
    [make, find]: [&str; 2],
    values: &[&dyn rusqlite::ToSql],
) -> Result<i64, StoreError> {
    connection.prepare_cached(make)?.execute(values)?;
    Ok(connection.prepare_cached(find)?.query_row(values, |row| row.get(0))?)
}

/// The line of an answer without what differs from one look to the next: the TTL that is left of it,
/// the place among the records of a set, the numbers in the words about a failure.
fn normalised(answer: &Answer) -> String {
    let mut answer = answer.clone();
    answer.ttl = None;
    if let Outcome::Failed(failure) = &answer.outcome {
        let says_more = matches!(failure.trouble, Trouble::ServFail | Trouble::Bogus);
        if !says_more {
            let is_alias_loop = failure.is_alias_loop;
            answer.outcome =
                Outcome::Failed(Failure { is_alias_loop, ..Failure::new(failure.trouble) });
        }
    }
    cassette_line(&answer)
}
