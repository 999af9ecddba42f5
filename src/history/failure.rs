//! Why a history cannot be read or written, in words for who keeps it.

use super::schema::VERSION;
use crate::text::{escape, minute};
use rusqlite::{Error, ErrorCode};
use std::fmt;

/// Why a history cannot be used. What it held before is as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no file, and nothing is to be written.
    Missing,
    /// The file is none of ours.
    Foreign,
    /// A newer mailcheck wrote it, in a form of this number.
    Newer(i64),
    /// What the file holds contradicts itself.
    Damaged(String),
    /// Another process writes to it.
    Locked,
    /// There is no room left for more.
    Full,
    /// The look is older than one that is stored: the clock was set back, or is ahead no more.
    Backwards {
        /// When the look was made, in seconds since 1970.
        at: u64,
        /// The latest look in the store.
        newest: u64,
    },
    /// Anything else that SQLite says.
    Other(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => {
                out.write_str("no history. To begin one: mailcheck history record DOMAIN")
            }
            Self::Foreign => out.write_str("not a history of mailcheck"),
            Self::Newer(version) => write!(
                out,
                "a newer mailcheck wrote this history (form {version}; this one reads up to \
                 {VERSION}): update mailcheck"
            ),
            Self::Damaged(why) => write!(
                out,
                "the history is damaged ({}): move it away, or restore it from a backup",
                escape(why.as_bytes())
            ),
            Self::Locked => out.write_str("another process is writing to the history: try again"),
            Self::Full => out.write_str("the disk is full: nothing was recorded"),
            Self::Backwards { at, newest } => write!(
                out,
                "the look at {} is older than the latest one in the history, of {}: nothing was \
                 recorded. Check the clock",
                minute(*at),
                minute(*newest)
            ),
            Self::Other(why) => out.write_str(&escape(why.as_bytes())),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<Error> for StoreError {
    fn from(why: Error) -> Self {
        // The index of the log that readers share cannot grow.
        let extended = why.sqlite_error().map(|it| it.extended_code);
        if extended == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) {
            return Self::Full;
        }
        match why.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::NotADatabase) => Self::Foreign,
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged(why.to_string()),
            _ => Self::Other(why.to_string()),
        }
    }
}
