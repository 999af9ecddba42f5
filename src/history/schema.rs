//! The form of the file, and how an older one becomes the present one.

use super::StoreError;
use rusqlite::{Connection, TransactionBehavior};

/// What marks the file as ours: `mlck`.
const APPLICATION: i64 = 0x6d6c_636b;

/// Each brings the form of its number, from 1, out of the one before.
const MIGRATIONS: [&str; 3] = ["
CREATE TABLE server (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE query (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, UNIQUE (name, kind)
) STRICT;
CREATE TABLE answer (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, line TEXT NOT NULL) STRICT;
CREATE TABLE observation (
    id INTEGER PRIMARY KEY,
    query INTEGER NOT NULL REFERENCES query,
    answer INTEGER NOT NULL REFERENCES answer,
    ttl INTEGER,
    server INTEGER NOT NULL REFERENCES server,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL
) STRICT;
CREATE INDEX observation_of_query ON observation (query, first);
CREATE TABLE document (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, text TEXT NOT NULL) STRICT;
CREATE TABLE report (
    id INTEGER PRIMARY KEY,
    domain TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES document,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    looks INTEGER NOT NULL
) STRICT;
CREATE INDEX report_of_domain ON report (domain, first);
", "
CREATE TABLE standing (domain TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT;
CREATE TABLE incident (id TEXT PRIMARY KEY, is_open INTEGER NOT NULL, course TEXT NOT NULL) STRICT;
CREATE INDEX incident_open ON incident (is_open);
CREATE TABLE affected (
    domain TEXT NOT NULL, incident TEXT NOT NULL REFERENCES incident, PRIMARY KEY (domain, incident)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    way TEXT NOT NULL,
    body TEXT NOT NULL,
    made INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    due INTEGER NOT NULL,
    why TEXT,
    UNIQUE (key, way)
) STRICT;
CREATE INDEX outbox_due ON outbox (due);
", "
ALTER TABLE document ADD COLUMN base INTEGER;
ALTER TABLE document ADD COLUMN packed BLOB;
"];

/// The form that this program writes.
pub(super) const VERSION: i64 = 3;

/// Checks that the file is a history, and brings it to the present form.
///
/// # Errors
/// It is none, a newer program wrote it, it is damaged, or it cannot be written.
pub(super) fn prepare(connection: &mut Connection) -> Result<(), StoreError> {
    let pragma = |connection: &Connection, name: &str| {
        connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0))
    };
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 {
        if pragma(connection, "application_id")? != APPLICATION {
            return Err(StoreError::Foreign);
        }
        let version = pragma(connection, "user_version")?;
        if version > VERSION {
            return Err(StoreError::Newer(version));
        }
        let checked: String =
            connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if checked != "ok" {
            return Err(StoreError::Damaged(checked));
        }
        if version == VERSION {
            return Ok(());
        }
    }
    // Another process may be doing the same: who comes second finds it done.
    let migration = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = usize::try_from(pragma(&migration, "user_version")?).unwrap_or(usize::MAX);
    for step in MIGRATIONS.iter().skip(done) {
        migration.execute_batch(step)?;
    }
    migration.pragma_update(None, "application_id", APPLICATION)?;
    migration.pragma_update(None, "user_version", VERSION)?;
    Ok(migration.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_its_migration() {
        assert_eq!(i64::try_from(MIGRATIONS.len()), Ok(VERSION));
    }
}
