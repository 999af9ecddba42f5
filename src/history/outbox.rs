//! Messages that wait to be delivered: each stays until its way out has taken it.

use super::store::{read, stored};
use super::{Store, StoreError};
use rusqlite::params;

/// The wait after the first failure, in seconds; it doubles each time.
const FIRST_WAIT: u64 = 60;
/// The longest wait between two tries.
const LONGEST_WAIT: u64 = 6 * 3600;

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    id: i64,
    /// The same whenever the message is sent.
    pub key: String,
    /// The way out, as it was configured.
    pub way: String,
    /// The message: a `Notice` as JSON.
    pub body: String,
    /// How many times it was tried in vain.
    pub tries: u32,
    /// When it is to be tried, in seconds since 1970.
    pub due: u64,
}

/// Messages that a way out did not take yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// The way out.
    pub way: String,
    /// How many messages wait.
    pub count: u64,
    /// Why the last try failed.
    pub why: String,
}

impl Store {
    /// The messages that wait, in the order in which they were made.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn parcels(&self) -> Result<Vec<Parcel>, StoreError> {
        let mut found = self
            .connection
            .prepare_cached("SELECT id, key, way, body, tries, due FROM outbox ORDER BY id")?;
        let parcels = found.query_map([], |row| {
            Ok(Parcel {
                id: row.get(0)?,
                key: row.get(1)?,
                way: row.get(2)?,
                body: row.get(3)?,
                tries: row.get(4)?,
                due: read(row.get(5)?),
            })
        })?;
        Ok(parcels.collect::<Result<_, _>>()?)
    }

    /// A message has arrived: it waits no longer.
    ///
    /// # Errors
    /// The file cannot be written: then the message will be sent again, with the same key.
    pub fn delivered(&mut self, parcel: &Parcel) -> Result<(), StoreError> {
        self.connection.execute("DELETE FROM outbox WHERE id = ?1", [parcel.id])?;
        Ok(())
    }

    /// A message could not be delivered at that time, in seconds since 1970: it is tried again later.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn delayed(&mut self, parcel: &Parcel, at: u64, why: &str) -> Result<(), StoreError> {
        let wait = FIRST_WAIT.checked_shl(parcel.tries).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT);
        self.connection.execute(
            "UPDATE outbox SET tries = tries + 1, due = ?2, why = ?3 WHERE id = ?1",
            params![parcel.id, stored(at.saturating_add(wait)), why],
        )?;
        Ok(())
    }

    /// What waits, by way.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn backlog(&self) -> Result<Vec<Backlog>, StoreError> {
        let mut found = self.connection.prepare_cached(
            "SELECT way, count(*), max(why) FROM outbox GROUP BY way HAVING max(tries) > 0 \
             ORDER BY way",
        )?;
        let all = found.query_map([], |row| {
            let (way, count, why): (_, i64, Option<String>) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Backlog { way, count: read(count), why: why.unwrap_or_default() })
        })?;
        Ok(all.collect::<Result<_, _>>()?)
    }
}
