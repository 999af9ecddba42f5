//! The file, and one look that is written into it whole or not at all.

use super::StoreError;
use super::schema::prepare;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Transaction, TransactionBehavior};
use std::path::Path;
use std::time::Duration;

/// How long a write of another process is waited for.
const WAIT: Duration = Duration::from_secs(1);

/// What a history is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To be read: the file has to be there.
    Read,
    /// To be written as well: a file that is not there is made.
    Write,
}

/// A history: one file, which several processes may read while one writes.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Connection,
}

impl Store {
    /// Opens a history, in the present form.
    ///
    /// # Errors
    /// There is none, it is damaged, locked or of a newer program, or no history at all.
    pub fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        match access {
            Access::Write => flags |= OpenFlags::SQLITE_OPEN_CREATE,
            Access::Read if !path.exists() => return Err(StoreError::Missing),
            Access::Read => {}
        }
        let mut connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(WAIT)?;
        prepare(&mut connection)?;
        // Readers see the last whole look while the next one is written; what was committed is on the
        // disk when the call returns.
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        Ok(Self { connection })
    }

    /// Begins a look at that time, in seconds since 1970. Nothing of it is kept until [`Look::keep`].
    ///
    /// # Errors
    /// It is older than what is stored, or the file cannot be written.
    pub fn look(&mut self, at: u64) -> Result<Look<'_>, StoreError> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let newest = newest(&transaction)?;
        if let Some(newest) = newest.filter(|newest| *newest > at) {
            return Err(StoreError::Backwards { at, newest });
        }
        Ok(Look { transaction, at })
    }

    /// When the latest look was made; `None` before the first one.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn newest(&self) -> Result<Option<u64>, StoreError> {
        newest(&self.connection)
    }

    /// Drops what no longer says anything by itself and ended before that time: queries that failed
    /// then. Changes and reports stay.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn prune(&mut self, before: u64) -> Result<(), StoreError> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let end = [stored(before)];
        transaction.execute(
            "DELETE FROM observation WHERE last < ?1 AND answer IN (SELECT id FROM answer WHERE \
             json_extract(line, '$.outcome') NOT IN ('records', 'nodata', 'nxdomain'))",
            end,
        )?;
        transaction
            .execute("DELETE FROM answer WHERE id NOT IN (SELECT answer FROM observation)", [])?;
        transaction.commit()?;
        Ok(self.connection.execute_batch("VACUUM")?)
    }
}

pub(super) fn newest(connection: &Connection) -> Result<Option<u64>, StoreError> {
    let newest: Option<i64> = connection
        .query_row(
            "SELECT max(last) FROM (SELECT max(last) AS last FROM observation UNION ALL \
             SELECT max(last) FROM report)",
            [],
            |row| row.get(0),
        )
        .optional()?
        .flatten();
    Ok(newest.map(read))
}

/// One look at the DNS, while it is written.
#[derive(Debug)]
pub struct Look<'s> {
    pub(super) transaction: Transaction<'s>,
    /// When it was made, in seconds since 1970.
    pub(super) at: u64,
}

impl Look<'_> {
    /// Keeps everything of it.
    ///
    /// # Errors
    /// It cannot be written; then nothing is kept.
    pub fn keep(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit()?)
    }
}

/// A moment as the file holds it.
pub(super) fn stored(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

/// A moment that the file holds.
pub(super) fn read(seconds: i64) -> u64 {
    u64::try_from(seconds).unwrap_or_default()
}

/// The digest by which a text is known.
pub(super) fn hash(text: &str) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA256, text.as_bytes()).as_ref().to_vec()
}
