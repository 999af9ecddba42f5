//! What is wrong with files as files, in two states: what could be read and cannot stand as it does.

use super::super::sources;
use super::super::unread::Version;
use crate::diagnostic::Location;
use crate::report::{Finding, State};
use crate::zone::{Facts, lint};
use crate::zonefile::formats::Files;
use std::collections::HashMap;
use std::path::Path;

/// What makes a finding the same in two states: its rule, what it says, and the text that is meant. The
/// rest of the line may be about something else: some files have one line only.
type Key = (&'static str, String, Vec<u8>);

/// A finding about a file.
pub(super) struct Found {
    key: Key,
    finding: Finding,
}

/// What is wrong with files, and the files by their names.
pub(super) fn of(versions: Vec<Version>) -> (Vec<Found>, Vec<(String, Files)>) {
    let (mut found, mut files) = (Vec::new(), Vec::with_capacity(versions.len()));
    for Version { files: read, text } in versions {
        let facts = Facts::new(read, text.into());
        for finding in lint::check_structure(&facts) {
            let Location { record, span, .. } = &finding.location;
            let meant = record.as_ref().zip(*span).map(|(record, span)| span.of(record).to_vec());
            let key = (finding.rule.id, finding.message.to_string(), meant.unwrap_or_default());
            found.push(Found { key, finding: Finding::from(&finding) });
        }
        let file = facts.files.zones.first().map(|zone| zone.file().to_string());
        let name = sources::named(Path::new(&file.unwrap_or_default()), &facts.files);
        files.push((name, facts.files));
    }
    (found, files)
}

/// Both held side by side: each finding once, with what the change does to it.
pub(super) fn compare(before: Vec<Found>, after: Vec<Found>) -> Vec<Finding> {
    let mut known: HashMap<Key, usize> = HashMap::new();
    for found in &before {
        *known.entry(found.key.clone()).or_default() += 1;
    }
    let mut findings = Vec::new();
    for Found { key, mut finding } in after {
        let left = known.get_mut(&key).filter(|left| **left > 0);
        finding.state = Some(match left {
            Some(left) => {
                *left -= 1;
                State::Unchanged
            }
            None => State::Introduced,
        });
        findings.push(finding);
    }
    for Found { key, mut finding } in before {
        if let Some(left) = known.get_mut(&key).filter(|left| **left > 0) {
            *left -= 1;
            finding.state = Some(State::Resolved);
            finding.fix = None;
            findings.push(finding);
        }
    }
    findings
}
