//! What went wrong on the way to a report and is no finding: a failed query, a line that names no
//! domain.

use crate::dns::{Kind, Trouble};
use crate::net::Name;
use crate::text::Phrase;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// Something that went wrong, as an object: what it was, in words, and where.
///
/// Never a fault of the domain: what follows from it is undetermined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Error {
    /// What it was.
    pub kind: ErrorKind,
    /// The same as a sentence.
    pub message: Phrase,
    /// The domain of the report that it concerns; `None` for a line that names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<Name>,
    /// The name that was queried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The record type that was queried.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Kind>,
    /// The file as the user named it, escaped; `-` for standard input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line of the file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A query failed in this way.
    Query(Trouble),
    /// A line of a list of domains is none.
    Line,
}

impl ErrorKind {
    /// The word for it: that of the failure, or `not_a_domain`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Query(trouble) => trouble.word(),
            Self::Line => "not_a_domain",
        }
    }
}

impl Error {
    /// A query about a domain that failed.
    #[doc(hidden)]
    pub fn of_query(trouble: Trouble, domain: Name, asked: (Name, Kind), message: Phrase) -> Self {
        let (name, record) = asked;
        Self {
            kind: ErrorKind::Query(trouble),
            message,
            domain: Some(domain),
            name: Some(name),
            record: Some(record),
            file: None,
            line: None,
        }
    }

    /// A line of a list that names no domain.
    #[doc(hidden)]
    pub fn of_line(file: String, line: usize, message: Phrase) -> Self {
        Self {
            kind: ErrorKind::Line,
            message,
            domain: None,
            name: None,
            record: None,
            file: Some(file),
            line: Some(line),
        }
    }
}

impl fmt::Display for Error {
    /// The message, behind the file and the line where there are any.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(file), Some(line)) = (&self.file, self.line) {
            write!(out, "{file}:{line}: ")?;
        }
        write!(out, "{}", self.message)
    }
}

impl Serialize for ErrorKind {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for ErrorKind {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let word = Cow::<str>::deserialize(input)?;
        match Trouble::from_word(&word) {
            Some(trouble) => Ok(Self::Query(trouble)),
            None if word == Self::Line.word() => Ok(Self::Line),
            None => Err(D::Error::custom(format_args!("no kind of error: {word}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_back_from_its_word() {
        for kind in [ErrorKind::Line, ErrorKind::Query(Trouble::ServFail)] {
            let written = serde_json::to_string(&kind).expect("a word");
            assert_eq!(serde_json::from_str::<ErrorKind>(&written).ok(), Some(kind), "{written}");
        }
    }
}
