//! What of zone files was not read: how it is said, and what two states of a file have alike.

use crate::dns::Kind;
use crate::net::Name;
use crate::text::{Phrase, escape};
use crate::zonefile::Zone;
use crate::zonefile::formats::Files;
use crate::zonefile::zone::{Concern, ErrorKind, Notice, Overlap, Remark, ZoneError};
use std::collections::{HashMap, HashSet};

/// How many entries of a file are named.
const NAMED: usize = 3;

/// What of the files of a run was not read.
#[derive(Debug, Default)]
pub(super) struct Unread {
    /// That it was not, in words.
    pub(super) notes: Vec<Phrase>,
    /// True if nothing of a file was understood, or a limit was reached.
    pub(super) is_partial: bool,
}

impl Unread {
    /// Says what of a file was not read; `when` follows its name.
    pub(super) fn add(&mut self, files: &Files, when: &str) {
        let faults: Vec<&ZoneError> = files.errors.iter().filter(|it| is_unread(it)).collect();
        self.is_partial |= !is_understood(files) || is_cut(files);
        self.say(&faults, files.omitted, when, "names that they may concern are undetermined");
    }

    /// Says which changes of a plan were not understood.
    pub(super) fn add_changes(&mut self, files: &Files) {
        let skipped = |notice: &&Notice| matches!(notice.remark, Remark::Skipped { .. });
        let skipped: Vec<&Notice> = files.notices.iter().filter(skipped).collect();
        let Some(first) = skipped.first() else { return };
        self.is_partial = true;
        let changes = if skipped.len() == 1 { "change" } else { "changes" };
        self.notes.push(Phrase::new().code(escape(first.place.file.as_bytes())).plain(format!(
            ": {} {changes} not understood ({}): what they do is undetermined",
            skipped.len(),
            listed(&skipped, 0)
        )));
    }

    /// Says that the same entries cannot be read in both states.
    fn add_alike(&mut self, faults: &[&ZoneError], omitted: usize) {
        self.say(faults, omitted, "", "unreadable before and after the change, and left out");
    }

    /// Says which record sets two files of one zone list differently.
    pub(super) fn add_overlaps(&mut self, overlaps: &[Overlap], when: &str) {
        for Overlap { name, kind, files: [first, second] } in overlaps.iter().take(NAMED) {
            let files = [first, second].map(|file| escape(file.as_bytes()));
            let said = Phrase::new().name(name).plain(format!(
                " {kind}: {} and {} list different records{when}; which of them is published is undetermined",
                files[0], files[1]
            ));
            self.notes.push(said);
        }
        if overlaps.len() > NAMED {
            let more = overlaps.len() - NAMED;
            let said = " more record sets are listed differently by two files of one zone";
            self.notes.push(Phrase::new().number(more).plain(said));
        }
    }

    /// Says of a page of a list that it is no more than that, once for a file.
    fn say_pages(&mut self, faults: &[&ZoneError]) {
        for ZoneError { place, what, .. } in faults {
            let place = escape(place.to_string().as_bytes());
            let said = Phrase::new().code(place).plain(": ").plain(escape(what.as_bytes()));
            if !self.notes.contains(&said) {
                self.notes.push(said);
            }
        }
    }

    fn say(&mut self, faults: &[&ZoneError], omitted: usize, when: &str, effect: &str) {
        let (pages, faults): (Vec<&ZoneError>, Vec<&ZoneError>) =
            faults.iter().partition(|it| is_page(it));
        self.say_pages(&pages);
        let Some(first) = faults.first() else { return };
        let file = escape(first.place.file.as_bytes());
        let count = faults.len() + omitted;
        let entries = if count == 1 { "entry" } else { "entries" };
        self.notes.push(Phrase::new().code(file).plain(format!(
            "{when}: {count} {entries} not read ({}): {effect}",
            listed(&faults, omitted)
        )));
    }
}

/// The first of several remarks, and how many more there are; `omitted` are not among them.
fn listed<T: ToString>(all: &[&T], omitted: usize) -> String {
    let shown = all.iter().take(NAMED).map(|it| escape(it.to_string().as_bytes()));
    let mut shown: Vec<String> = shown.map(|it| shortened(&it)).collect();
    let more = all.len() - shown.len() + omitted;
    shown.extend((more > 0).then(|| format!("and {more} more")));
    shown.join("; ")
}

/// A line that a reader can take in.
fn shortened(text: &str) -> String {
    const LENGTH: usize = 300;
    if text.chars().count() <= LENGTH {
        return text.to_owned();
    }
    text.chars().take(LENGTH).chain("…".chars()).collect()
}

/// True for a fault by which something is not read.
fn is_unread(fault: &ZoneError) -> bool {
    fault.concerns != Concern::Nothing
}

/// True for a file that holds a page of a list after which another one follows.
fn is_page(fault: &ZoneError) -> bool {
    fault.kind == ErrorKind::Incomplete
}

/// True if anything of a file was understood.
pub(super) fn is_understood(files: &Files) -> bool {
    let is_empty = files.zones.iter().all(|zone| zone.records().next().is_none());
    // A plan that leaves everything as it is says so.
    let stays = |notice: &Notice| matches!(notice.remark, Remark::Unchanged { .. });
    let is_silent = files.errors.is_empty() && files.notices.iter().all(stays);
    let is_silent = is_silent || files.before.is_some();
    !is_empty || is_silent
}

/// True if what is behind a limit, or on another page of a list, is not known.
pub(super) fn has_more(files: &Files) -> bool {
    files.errors.iter().any(|it| it.kind == ErrorKind::Limit || is_page(it))
}

/// True if more is in the file than is read.
fn is_cut(files: &Files) -> bool {
    files.errors.iter().any(|it| it.kind == ErrorKind::Limit && it.concerns != Concern::Nothing)
}

/// A file in one of two states.
pub(super) struct Version {
    pub(super) files: Files,
    pub(super) text: Vec<u8>,
}

/// What makes two faults the same: what is wrong, at what, in a line that says the same.
type Key = (ErrorKind, String, Concern, Vec<u8>);

fn is_json(text: &[u8]) -> bool {
    matches!(text.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// Octets of a line that is looked at as a whole.
const LONG: usize = 1000;

/// The text from a column to the end of the object that it is in.
fn excerpt(line: &[u8], column: u32) -> &[u8] {
    let start = usize::try_from(column).unwrap_or(usize::MAX).saturating_sub(1);
    let rest = line.get(start..).unwrap_or_default();
    let rest = rest.get(..LONG).unwrap_or(rest);
    let end = rest.iter().position(|octet| *octet == b'}').unwrap_or(rest.len());
    rest.get(..end).unwrap_or(rest)
}

fn key(version: &Version, fault: &ZoneError) -> Key {
    let line = version.files.line_of(&fault.place.file, fault.place.line);
    let index = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
    let line = version.text.split(|octet| *octet == b'\n').nth(index).unwrap_or_default();
    // A line of JSON may be the whole file.
    let line = if line.len() > LONG || is_json(&version.text) {
        excerpt(line, fault.place.column)
    } else {
        line
    };
    let words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(&b' ');
    (fault.kind, fault.what.clone(), fault.concerns.clone(), line)
}

/// Takes out of two states what cannot be read in either: it makes no difference between them. What only
/// one of them has stays open in its zones.
///
/// Returns the sets at which an entry that the change touches cannot be read.
pub(super) fn reconcile(
    before: &mut [Version],
    after: &mut [Version],
    unread: &mut Unread,
) -> Vec<(Name, Option<Kind>)> {
    let keys = |versions: &[Version]| {
        let mut counts: HashMap<Key, usize> = HashMap::new();
        for version in versions {
            for fault in version.files.errors.iter().filter(|fault| is_unread(fault)) {
                *counts.entry(key(version, fault)).or_default() += 1;
            }
        }
        counts
    };
    let (was, is) = (keys(before), keys(after));
    // What is missing on one page is not what is missing on another one.
    let is_alike = |key: &Key| key.0 != ErrorKind::Incomplete && was.get(key) == is.get(key);
    let touched: HashSet<Concern> = was
        .keys()
        .chain(is.keys())
        .filter(|key| !is_alike(key))
        .map(|(_, _, concern, _)| concern.clone())
        .collect();
    let omitted = |versions: &[Version]| versions.iter().map(|it| it.files.omitted).sum::<usize>();
    let are_omitted_alike = omitted(before) == omitted(after);
    let mut alike: HashSet<Concern> = was
        .keys()
        .filter(|key| is_alike(key))
        .map(|(_, _, concern, _)| concern.clone())
        .filter(|concern| !touched.contains(concern))
        .collect();
    if are_omitted_alike && omitted(before) > 0 {
        let open = |versions: &[Version]| -> HashSet<Concern> {
            let zones = versions.iter().flat_map(|it| &it.files.zones);
            let sets = zones.flat_map(Zone::open_sets);
            sets.map(|(name, kind)| Concern::Set(name.clone(), kind)).collect()
        };
        let both = open(before).intersection(&open(after)).cloned().collect::<Vec<_>>();
        alike.extend(both.into_iter().filter(|concern| !touched.contains(concern)));
    }
    for version in after.iter() {
        let of = |wanted: bool| {
            let faults = version.files.errors.iter().filter(|fault| is_unread(fault));
            faults.filter(|it| is_alike(&key(version, it)) == wanted).collect::<Vec<_>>()
        };
        unread.add_alike(&of(true), 0);
        unread.say(
            &of(false),
            if are_omitted_alike { 0 } else { version.files.omitted },
            " after the change",
            "names that they may concern are undetermined",
        );
    }
    for version in before.iter() {
        let faults = version.files.errors.iter().filter(|fault| is_unread(fault));
        let gone: Vec<&ZoneError> = faults.filter(|it| !is_alike(&key(version, it))).collect();
        let effect = "what they said before the change is undetermined";
        unread.say(&gone, 0, " before the change", effect);
    }
    for zone in before.iter_mut().chain(after).flat_map(|it| &mut it.files.zones) {
        alike.iter().for_each(|concern| zone.disregard(concern));
    }
    let sets = touched.into_iter().filter_map(|concern| match concern {
        Concern::Set(name, kind) => Some((name, kind)),
        Concern::Nothing | Concern::Anything => None,
    });
    let mut sets: Vec<_> = sets.collect();
    sets.sort();
    sets
}

/// Takes out what cannot be read in a file that is alike in both states, and says so.
pub(super) fn disregard(files: &mut Files, unread: &mut Unread) {
    let faults: Vec<&ZoneError> = files.errors.iter().filter(|it| is_unread(it)).collect();
    let sets = files.zones.iter().flat_map(Zone::open_sets);
    let mut concerns: Vec<Concern> =
        sets.map(|(name, kind)| Concern::Set(name.clone(), kind)).collect();
    // What other pages of a list hold is as unknown in both states as it is in one.
    if !faults.iter().any(|it| is_page(it)) {
        concerns.push(Concern::Anything);
    }
    unread.add_alike(&faults, files.omitted);
    for zone in &mut files.zones {
        concerns.iter().for_each(|concern| zone.disregard(concern));
    }
}

/// The domain whose mail a name takes part in: `example.com` of `s1._domainkey.example.com`.
pub(super) fn mail_domain(owner: &Name) -> Option<Name> {
    let labels = owner.labels().count();
    let service = owner.labels().enumerate().filter(|(_, label)| label.starts_with(b"_")).last();
    let domain = owner.suffix(labels - service.map_or(0, |(index, _)| index + 1));
    let is_reverse = domain.labels().last() == Some(b"arpa");
    (!is_reverse && !domain.is_root() && domain.labels().next() != Some(b"*")).then_some(domain)
}
