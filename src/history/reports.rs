//! From when to when a domain had which report.

use super::packed::{pack, unpack};
use super::store::{hash, read, stored};
use super::{Look, Store, StoreError};
use crate::net::Name;
use crate::report::{Extent, Report};
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::BTreeMap;

/// A report, and the looks that found it so, one after the other.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// The report; its steps and its table of lookups are not kept.
    pub report: Report,
    /// When it was found first, in seconds since 1970.
    pub first: u64,
    /// When it was found last.
    pub last: u64,
    /// How many looks found it.
    pub looks: u64,
}

impl Look<'_> {
    /// Stores the report about a domain; since which look it has been the same.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn report(&mut self, domain: &Name, report: &Report) -> Result<u64, StoreError> {
        let (at, file) = (stored(self.at), &self.transaction);
        let text = serde_json::to_string(&report.document(Extent::default()))
            .map_err(|why| StoreError::Other(why.to_string()))?;
        let domain = domain.to_string();
        let document = document(file, &domain, &text)?;
        let newest: Option<(i64, i64, i64)> = file
            .prepare_cached(
                "SELECT id, document, first FROM report WHERE domain = ?1 ORDER BY first DESC, id DESC",
            )?
            .query_row([&domain], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        match newest {
            Some((row, before, first)) if before == document => {
                file.prepare_cached(
                    "UPDATE report SET last = ?2, looks = looks + 1 WHERE id = ?1",
                )?
                .execute([row, at])?;
                Ok(read(first))
            }
            _ => {
                file.prepare_cached(
                    "INSERT INTO report (domain, document, first, last, looks) \
                     VALUES (?1, ?2, ?3, ?3, 1)",
                )?
                .execute(params![domain, document, at])?;
                Ok(self.at)
            }
        }
    }
}

/// The number of a document, which is stored unless it is there: packed behind the first one of its domain.
fn document(file: &Connection, domain: &str, text: &str) -> Result<i64, StoreError> {
    let hash = hash(text);
    let known: Option<i64> = file
        .prepare_cached("SELECT id FROM document WHERE hash = ?1")?
        .query_row([&hash], |row| row.get(0))
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let base: Option<i64> = file
        .prepare_cached(
            "SELECT document.id FROM report JOIN document ON document.id = report.document \
             WHERE domain = ?1 AND base IS NULL ORDER BY first, report.id LIMIT 1",
        )?
        .query_row([domain], |row| row.get(0))
        .optional()?;
    let before = base.map(|base| whole(file, base)).transpose()?.unwrap_or_default();
    let packed = pack(&before, text)
        .ok_or_else(|| StoreError::Other("the report cannot be packed".to_owned()))?;
    file.prepare_cached("INSERT INTO document (hash, text, base, packed) VALUES (?1, '', ?2, ?3)")?
        .execute(params![hash, base, packed])?;
    Ok(file.last_insert_rowid())
}

/// The text of a document that has no base.
fn whole(file: &Connection, document: i64) -> Result<String, StoreError> {
    let stored: Option<(String, Option<Vec<u8>>)> = file
        .prepare_cached("SELECT text, packed FROM document WHERE id = ?1")?
        .query_row([document], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (text, packed) = stored.ok_or_else(|| StoreError::Damaged("a report".to_owned()))?;
    // Earlier forms kept it as it is.
    packed.map_or(Ok(text), |packed| unpacked("", &packed))
}

fn unpacked(base: &str, packed: &[u8]) -> Result<String, StoreError> {
    unpack(base, packed).ok_or_else(|| StoreError::Damaged("a report".to_owned()))
}

impl Store {
    /// The reports about a domain, the oldest first.
    ///
    /// # Errors
    /// The file cannot be read, or holds what is no report.
    pub fn reports(&self, domain: &Name) -> Result<Vec<Sighting>, StoreError> {
        let mut found = self.connection.prepare_cached(
            "SELECT text, packed, base, first, last, looks FROM report JOIN document \
             ON document.id = report.document WHERE domain = ?1 ORDER BY first, report.id",
        )?;
        let mut rows = found.query([domain.to_string()])?;
        let (mut sightings, mut bases) = (Vec::new(), BTreeMap::new());
        while let Some(row) = rows.next()? {
            let (text, packed): (String, Option<Vec<u8>>) = (row.get(0)?, row.get(1)?);
            let base: Option<i64> = row.get(2)?;
            if let Some(base) = base.filter(|base| !bases.contains_key(base)) {
                bases.insert(base, whole(&self.connection, base)?);
            }
            let before = base.and_then(|base| bases.get(&base)).map_or("", String::as_str);
            let text = packed.map_or(Ok(text), |packed| unpacked(before, &packed))?;
            let report = serde_json::from_str(&text)
                .map_err(|why| StoreError::Damaged(format!("a report: {why}")))?;
            let [first, last, looks] = [row.get(3)?, row.get(4)?, row.get(5)?].map(read);
            sightings.push(Sighting { report, first, last, looks });
        }
        Ok(sightings)
    }

    /// The domains that there are reports about, sorted.
    ///
    /// # Errors
    /// The file cannot be read, or holds what is no name.
    pub fn domains(&self) -> Result<Vec<Name>, StoreError> {
        let mut found =
            self.connection.prepare_cached("SELECT DISTINCT domain FROM report ORDER BY domain")?;
        let names = found.query_map([], |row| row.get::<_, String>(0))?;
        names
            .map(|name| {
                let name = name?;
                Name::from_unicode(&name)
                    .map_err(|why| StoreError::Damaged(format!("the name {name}: {why}")))
            })
            .collect()
    }
}
