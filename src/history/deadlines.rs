//! Days by which something has to be done, from what was seen.

use super::store::read;
use super::{Store, StoreError};
use crate::net::Name;
use crate::provider::{self, Provider};
use crate::report::Domain;
use crate::report::watch::Deadline;
use crate::text::{Phrase, date, day};
use rusqlite::{OptionalExtension as _, params};

/// How many days a DKIM key should be used at most (our advice).
const KEY_DAYS: u64 = 365;
/// How many days a day that is over is still shown: as long as `posture/service-ends-soon` speaks of it.
const SHOWN_DAYS: i64 = 30;

/// What the providers of a domain have announced to end, from a day on, in days since 1970.
pub fn announced(domain: &Domain, today: i64) -> Vec<Deadline> {
    let since = date(today.saturating_sub(SHOWN_DAYS));
    let known = domain.providers.iter().filter_map(|it| provider::by_id(&it.id));
    let ends = known.flat_map(|known| known.ends().map(move |(day, what)| (known, day, what)));
    let due = ends.filter(|(_, day, _)| *day >= &*since);
    due.map(|(known, day, what)| Deadline {
        // A day may have several ends, and the words of one may be corrected.
        uid: format!("end-{}-{day}-{}@mailcheck", known.id(), place(known, day, what)),
        day: day.to_owned(),
        title: Phrase::from(known.title()).plain(": ").plain(what),
        what: Phrase::from("Announced by the provider; ")
            .code(format!("mailcheck providers {}", known.id()))
            .plain(" names the source. If you depend on it, change that before this day."),
    })
    .collect()
}

/// The how manieth end of that day it is.
fn place(known: &Provider, day: &str, what: &str) -> usize {
    let same = known.ends().filter(|(other, _)| *other == day);
    same.take_while(|(_, other)| *other != what).count() + 1
}

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
