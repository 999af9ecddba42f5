//! Zones of octoDNS, each out of the files of its sources, in two states.

use super::super::git::Commit;
use super::super::input;
use super::super::nature::Natures;
use super::super::served::{Begin, Disk, Expansion, Meant};
use super::super::unit::SourcedZone;
use super::super::unread::{self, Version};
use super::super::words::Mistake;
use super::states::States;
use crate::dns::Kind;
use crate::net::Name;
use crate::text::Phrase;
use crate::zonefile::Zone;
use crate::zonefile::formats::sources::SourceFile;
use std::collections::HashSet;
use std::path::Path;

/// How the file of a state is opened.
pub(super) type Open<'o> = &'o dyn Fn(&Path) -> Result<Vec<u8>, Mistake>;

/// The file as it is on the disk.
pub(super) fn on_disk(natures: &Natures) -> impl Fn(&Path) -> Result<Vec<u8>, Mistake> {
    let most = natures.most_octets();
    move |path| input::read(path, most)
}

/// What a configuration of either state means. A file that is none, and is alike in both, is not asked for.
pub(super) fn in_states(path: &Path, commit: &Commit) -> Option<(Vec<Meant>, Expansion)> {
    let now = Expansion::of(path, &Disk, Begin::Run);
    let may_have_been = now.is_some() || !path.is_file() || commit.has_changed(path);
    let was = may_have_been.then(|| Expansion::of(path, commit, Begin::Run)).flatten();
    if now.is_none() && was.is_none() {
        return None;
    }
    Some(now.unwrap_or_default().since(was.unwrap_or_default()))
}

impl States {
    /// Two configurations, each with its zones, or else two files.
    ///
    /// # Errors
    /// A file cannot be read.
    pub(super) fn configurations_or_files(
        &mut self,
        old: &Path,
        new: &Path,
    ) -> Result<(), Mistake> {
        let [was, now] = [old, new].map(|path| Expansion::of(path, &Disk, Begin::Configuration));
        let (Some(was), Some(now)) = (was, now) else {
            return self.both(&[old.to_owned()], &[new.to_owned()]);
        };
        let (meant, said) = now.since(was);
        self.notes.extend(said.notes);
        self.unread.is_partial |= said.is_partial;
        let natures = self.natures.clone();
        let open = on_disk(&natures);
        let mut alike = 0;
        for Meant { now, was } in &meant {
            let [now, was] = [now, was].map(|unit| unit.as_ref().and_then(|unit| unit.zone()));
            alike += usize::from(self.sourced(now, was, [&open, &open], "")?);
        }
        if alike == meant.len() && alike > 0 {
            self.notes.push(Phrase::new().plain("nothing changes: both have the same zones"));
        }
        Ok(())
    }

    /// A zone after the change and before it, whose files are opened by one or the other; true if it is
    /// alike. `shown` follows the names of the files before.
    ///
    /// # Errors
    /// A file cannot be read.
    pub(super) fn sourced(
        &mut self,
        now: Option<&SourcedZone>,
        was: Option<&SourcedZone>,
        [open_now, open_was]: [Open<'_>; 2],
        shown: &str,
    ) -> Result<bool, Mistake> {
        let natures = self.natures.clone();
        let Some(zone) = now.filter(|zone| !zone.is_empty()) else {
            let said = ": octoDNS publishes no change of a zone without sources";
            self.notes.extend(now.map(|it| Phrase::new().code(it.label()).plain(said)));
            return Ok(false);
        };
        let texts = zone.texts(open_now)?;
        let was = was.filter(|zone| !zone.is_empty());
        let before = was.map(|was| Ok((was, was.texts(open_was)?))).transpose()?;
        let mut version = zone.version(&texts, &natures);
        let Some((was, old)) = before else {
            let said = " is new: compared with the current DNS";
            self.notes.push(Phrase::new().code(zone.label()).plain(said));
            self.versions(Vec::new(), vec![version]);
            return Ok(false);
        };
        if are_alike(&texts, &old) && zone.beyond == was.beyond && zone.open == was.open {
            unread::disregard(&mut version.files, &mut self.unread);
            self.alike.extend(version.files.zones);
            return Ok(true);
        }
        let mut older = was.version(&old, &natures);
        if zone.beyond.iter().any(|source| !was.beyond.contains(source)) {
            leave_open(&mut older, &mut version);
        }
        let names = self.before.names.len();
        self.versions(vec![older], vec![version]);
        for name in self.before.names.iter_mut().skip(names) {
            name.push_str(shown);
        }
        Ok(false)
    }
}

/// True if two states of a zone have the same texts, wherever they are.
fn are_alike(one: &[SourceFile], other: &[SourceFile]) -> bool {
    let is_alike = |(one, other): (&SourceFile, &SourceFile)| {
        one.text == other.text && one.replaces == other.replaces && one.ttl == other.ttl
    };
    one.len() == other.len() && one.iter().zip(other).all(is_alike)
}

/// Leaves open what the files list no more: a source that is new, and is not read, may have it.
fn leave_open(older: &mut Version, version: &mut Version) {
    older.files.zones.iter_mut().for_each(Zone::limit_to_listed);
    let sets = |version: &Version| -> HashSet<(Name, Kind)> {
        let records = version.files.zones.iter().flat_map(Zone::records);
        records.map(|(name, kind, _)| (name.clone(), kind)).collect()
    };
    let (was, is) = (sets(older), sets(version));
    if let Some(zone) = version.files.zones.first_mut() {
        was.difference(&is).for_each(|(name, kind)| zone.leave_open(name, *kind));
    }
}
