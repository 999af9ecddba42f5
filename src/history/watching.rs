//! What is known of domains that are watched, their incidents, and what is to be said of them: kept
//! together, so that nothing is lost and nothing is said twice, whenever the program ends.

use super::incident::{Course, News, Settings, Sight, Standing, Watched};
use super::store::stored;
use super::{Store, StoreError};
use crate::net::Name;
use crate::report::Incident;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};
use serde::de::DeserializeOwned;

/// What became of incidents in a round of looks.
#[derive(Debug)]
pub struct Turned {
    /// What is known after it.
    pub watched: Watched,
    /// What is to be said.
    pub news: Vec<News>,
}

impl Store {
    /// What is known of a domain that is watched; `None` before the first look.
    ///
    /// # Errors
    /// The file cannot be read, or is damaged.
    pub fn watched(&self, domain: &Name) -> Result<Option<Standing>, StoreError> {
        of_domain(&self.connection, domain)
    }

    /// Takes a round of looks at one moment, in seconds since 1970: what became of incidents is stored,
    /// and with it, for each of these ways out, what is to be said. Either all of it is stored or nothing.
    ///
    /// # Errors
    /// The file cannot be read or written, or is damaged.
    pub fn turn(
        &mut self,
        at: u64,
        settings: Settings,
        sights: Vec<Sight>,
        ways: &[String],
    ) -> Result<Turned, StoreError> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut standings: Vec<(Name, Standing)> = Vec::new();
        for sight in &sights {
            if !standings.iter().rev().any(|(known, _)| *known == sight.domain)
                && let Some(standing) = of_domain(&transaction, &sight.domain)?
            {
                standings.push((sight.domain.clone(), standing));
            }
        }
        let mut watched = Watched::resume(settings, standings, open(&transaction)?);
        let news = watched.round(at, sights);
        for (domain, standing) in &watched.standings {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO standing (domain, state) VALUES (?1, ?2)")?
                .execute(params![domain.to_string(), written(standing)?])?;
        }
        for one in &news {
            keep(&transaction, at, one, ways)?;
        }
        transaction.commit()?;
        Ok(Turned { watched, news })
    }

    /// The incidents that go on.
    ///
    /// # Errors
    /// The file cannot be read, or is damaged.
    pub fn open_incidents(&self) -> Result<Vec<Incident>, StoreError> {
        Ok(open(&self.connection)?.iter().map(Course::incident).collect())
    }

    /// All incidents, the oldest first.
    ///
    /// # Errors
    /// The file cannot be read, or is damaged.
    pub fn all_incidents(&self) -> Result<Vec<Incident>, StoreError> {
        let mut found =
            self.connection.prepare_cached("SELECT course FROM incident ORDER BY id")?;
        let texts = found.query_map([], |row| row.get::<_, String>(0))?;
        texts.map(|text| Ok(parsed::<Course>(&text?)?.incident())).collect()
    }

    /// The incidents that a domain was affected by, the oldest first.
    ///
    /// # Errors
    /// The file cannot be read, or is damaged.
    pub fn incidents(&self, domain: &Name) -> Result<Vec<Incident>, StoreError> {
        let mut found = self.connection.prepare_cached(
            "SELECT course FROM incident JOIN affected ON affected.incident = incident.id \
             WHERE affected.domain = ?1 ORDER BY incident.id",
        )?;
        let texts = found.query_map([domain.to_string()], |row| row.get::<_, String>(0))?;
        texts.map(|text| Ok(parsed::<Course>(&text?)?.incident())).collect()
    }
}

fn of_domain(connection: &Connection, domain: &Name) -> Result<Option<Standing>, StoreError> {
    let mut found = connection.prepare_cached("SELECT state FROM standing WHERE domain = ?1")?;
    let text: Option<String> =
        found.query_row([domain.to_string()], |row| row.get(0)).optional()?;
    text.map(|text| parsed(&text)).transpose()
}

fn open(connection: &Connection) -> Result<Vec<Course>, StoreError> {
    let mut found =
        connection.prepare_cached("SELECT course FROM incident WHERE is_open = 1 ORDER BY id")?;
    let texts = found.query_map([], |row| row.get::<_, String>(0))?;
    texts.map(|text| parsed(&text?)).collect()
}

/// Stores what became of an incident, and what is to be said of it.
fn keep(connection: &Connection, at: u64, news: &News, ways: &[String]) -> Result<(), StoreError> {
    let incident = &news.incident;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO incident (id, is_open, course) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![incident.id, incident.end.is_none(), written(&news.course)?])?;
    for domain in &incident.scope {
        connection
            .prepare_cached("INSERT OR IGNORE INTO affected (domain, incident) VALUES (?1, ?2)")?
            .execute(params![domain.to_string(), incident.id])?;
    }
    let body = written(&news.notice())?;
    for way in ways {
        connection
            .prepare_cached(
                "INSERT OR IGNORE INTO outbox (key, way, body, made, tries, due) \
                 VALUES (?1, ?2, ?3, ?4, 0, ?4)",
            )?
            .execute(params![news.key(), way, body, stored(at)])?;
    }
    Ok(())
}

fn written(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|why| StoreError::Other(why.to_string()))
}

fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|why| StoreError::Damaged(format!("an incident: {why}")))
}
