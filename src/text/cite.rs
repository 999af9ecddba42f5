//! Where a claim comes from.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// How our own advice is cited.
const ADVICE: &str = "our advice";

/// The source of a claim: a section of an RFC, a draft, or our own advice.
///
/// What cites is part of the program; [`Cited`] is a citation that was read from a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Citation<S = &'static str> {
    /// A section of an RFC.
    Rfc {
        /// Number of the RFC.
        number: u16,
        /// Section, as in `4.6.4`; empty for the whole document.
        section: S,
    },
    /// A document that is not an RFC (a draft, a provider's published requirement).
    Draft {
        /// Its name.
        name: S,
        /// Section, may be empty.
        section: S,
    },
    /// No standard says so: this is what we advise.
    Advice,
}

/// A citation in a report, which may have been written by another run.
pub type Cited = Citation<Cow<'static, str>>;

/// Cites a section of an RFC.
pub const fn rfc(number: u16, section: &'static str) -> Citation {
    Citation::Rfc { number, section }
}

/// Cites a document that is not an RFC.
pub const fn draft(name: &'static str, section: &'static str) -> Citation {
    Citation::Draft { name, section }
}

/// Marks a claim as our own advice.
pub const fn advice() -> Citation {
    Citation::Advice
}

impl<S: AsRef<str>> Citation<S> {
    /// Where the section can be read, if it is an RFC.
    pub fn url(&self) -> Option<String> {
        match self {
            Self::Rfc { number, section } => {
                let page = format!("https://www.rfc-editor.org/rfc/rfc{number}");
                Some(match section.as_ref() {
                    "" => page,
                    section => format!("{page}#section-{section}"),
                })
            }
            Self::Draft { .. } | Self::Advice => None,
        }
    }
}

impl<S: AsRef<str>> fmt::Display for Citation<S> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let section = match self {
            Self::Rfc { number, section } => {
                write!(out, "RFC {number}")?;
                section.as_ref()
            }
            Self::Draft { name, section } => {
                out.write_str(name.as_ref())?;
                section.as_ref()
            }
            Self::Advice => return out.write_str(ADVICE),
        };
        if section.is_empty() { Ok(()) } else { write!(out, " §{section}") }
    }
}

impl From<Citation> for Cited {
    fn from(cite: Citation) -> Self {
        match cite {
            Citation::Rfc { number, section } => Self::Rfc { number, section: section.into() },
            Citation::Draft { name, section } => {
                Self::Draft { name: name.into(), section: section.into() }
            }
            Citation::Advice => Self::Advice,
        }
    }
}

impl From<&str> for Cited {
    /// The citation that is written so.
    fn from(text: &str) -> Self {
        if text == ADVICE {
            return Self::Advice;
        }
        let (name, section) = text.split_once(" §").unwrap_or((text, ""));
        let number = name.strip_prefix("RFC ").and_then(|number| number.parse().ok());
        let section = Cow::Owned(section.to_owned());
        match number {
            Some(number) => Self::Rfc { number, section },
            None => Self::Draft { name: Cow::Owned(name.to_owned()), section },
        }
    }
}

impl<'de> Deserialize<'de> for Cited {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(Self::from(&*Cow::<str>::deserialize(input)?))
    }
}

impl<T: AsRef<str>> Serialize for Citation<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citation_that_was_written_is_read_back() {
        let all = [rfc(7208, "4.6.4"), rfc(8020, ""), draft("draft-a", "2"), draft("b c", "")];
        for cite in all.into_iter().chain([advice()]) {
            let json = serde_json::to_string(&cite).unwrap();
            assert_eq!(serde_json::from_str::<Cited>(&json).unwrap(), Cited::from(cite), "{json}");
        }
    }
}
