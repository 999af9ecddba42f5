//! Days by which something has to be done, from what was seen.

use super::store::read;
use super::{Store, StoreError};
use crate::net::Name;
use crate::report::Domain;
use crate::report::watch::Deadline;
use crate::text::{Phrase, date};
use rusqlite::{OptionalExtension as _, params};

/// How many days a DKIM key should be used at most (our advice).
const KEY_DAYS: u64 = 365;

impl Store {
    /// The deadlines of a domain: keys that get old.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn deadlines(&self, domain: &Domain) -> Result<Vec<Deadline>, StoreError> {
        let mut deadlines = Vec::new();
        for selector in domain.dkim.details.selectors.iter().filter(|it| it.key.is_some()) {
            let name = format!("{}._domainkey.{}", selector.selector, domain.domain);
            let Ok(name) = Name::from_unicode(&name) else { continue };
            let Some(since) = self.answered_since(&name)? else { continue };
            let day = |seconds: u64| date(i64::try_from(seconds / 86_400).unwrap_or(i64::MAX));
            let end = day(since.saturating_add(KEY_DAYS * 86_400));
            deadlines.push(Deadline {
                uid: format!("dkim-{name}-{}@mailcheck", day(since)),
                day: end,
                title: Phrase::from("replace the DKIM key at ").name(&name),
                what: Phrase::from("This key has been seen since ").plain(day(since)).plain(
                    ". Use a key for a year at most (our advice): publish a new one at another \
                            selector, sign with it, then remove this one.",
                ),
            });
        }
        Ok(deadlines)
    }

    /// Since which look the TXT records of a name are as they were seen last; `None` if there are none.
    fn answered_since(&self, name: &Name) -> Result<Option<u64>, StoreError> {
        let mut found = self.connection.prepare_cached(
            "SELECT min(o.first) FROM observation AS o WHERE (o.query, o.answer) = (
                 SELECT observation.query, observation.answer
                 FROM observation
                 JOIN query ON query.id = observation.query
                 JOIN answer ON answer.id = observation.answer
                 WHERE query.name = ?1 AND query.kind = 'TXT'
                     AND answer.line LIKE '%\"records\":%'
                 ORDER BY observation.first DESC LIMIT 1
             )",
        )?;
        let since: Option<Option<i64>> =
            found.query_row(params![name.to_string()], |row| row.get(0)).optional()?;
        Ok(since.flatten().map(read))
    }
}
