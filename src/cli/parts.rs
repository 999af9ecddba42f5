//! Files of octoDNS that make up one zone, where no configuration says so.
//!
//! A provider reads the parts of a zone in the folder `example.com./`, and `example.com.yaml` beside it. Files
//! in different folders are two sources of a zone if they list no record set twice; if they do, one may
//! replace the other, or each is for servers of its own, and only the configuration tells.

use super::input;
use super::nature::Natures;
use super::unit::{SourcedFile, SourcedZone, Unit};
use crate::net::Name;
use crate::text::Phrase;
use crate::zonefile::formats::Format;
use crate::zonefile::formats::sources::{DEFAULT_TTL, is_octodns, zone_of};
use crate::zonefile::zone::ErrorKind;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file of a zone, and the folder that a provider would be told.
struct Part {
    apex: Name,
    folder: PathBuf,
    path: PathBuf,
}

impl Part {
    /// `None` for what is no file of octoDNS, as its name tells, or is said to be about another zone.
    fn of(unit: &Unit) -> Option<Self> {
        let Unit::File(argument) = unit else { return None };
        let (format, path) = input::split(argument);
        let is_chosen = format.is_some_and(|format| format != Format::OctoDns);
        if is_chosen || input::origin(argument).is_some() {
            return None;
        }
        let (apex, is_split) = zone_of(path.to_str()?)?;
        let folder = if is_split { path.parent()?.parent()? } else { path.parent()? };
        Some(Self { apex, folder: folder.to_owned(), path: path.to_owned() })
    }
}

/// Puts files of one zone together, and says where that cannot be done.
pub(super) fn together(units: Vec<Unit>, natures: &Natures) -> (Vec<Unit>, Vec<Phrase>) {
    let parts: Vec<Option<Part>> = match natures.has_origin() {
        true => units.iter().map(|_| None).collect(),
        false => units.iter().map(Part::of).collect(),
    };
    let mut groups: HashMap<&Name, Vec<&Part>> = HashMap::new();
    for part in parts.iter().flatten() {
        groups.entry(&part.apex).or_default().push(part);
    }
    groups.retain(|_, group| {
        group.len() > 1 && group.iter().all(|part| is_of_octodns(&part.path, natures))
    });
    let known: HashSet<&Name> = groups.keys().copied().collect();
    let (mut all, mut notes) = (Vec::with_capacity(units.len()), Vec::new());
    for (unit, part) in units.into_iter().zip(&parts) {
        match part.as_ref().filter(|part| known.contains(&part.apex)) {
            None => all.push(unit),
            // The first file stands for all of them.
            Some(part) => {
                let zones =
                    groups.remove(&part.apex).map(|group| zones(&group, natures, &mut notes));
                all.extend(zones.into_iter().flatten().map(|zone| Unit::Zone(Arc::new(zone))));
            }
        }
    }
    (all, notes)
}

/// The zone of these files; one for each folder if two of them list a record set.
fn zones(parts: &[&Part], natures: &Natures, notes: &mut Vec<Phrase>) -> Vec<SourcedZone> {
    let mut folders: Vec<(&Path, Vec<SourcedFile>)> = Vec::new();
    for part in parts {
        let file = SourcedFile { path: part.path.clone(), replaces: false, ttl: DEFAULT_TTL };
        match folders.iter_mut().find(|it| it.0 == part.folder) {
            Some((_, files)) => files.push(file),
            None => folders.push((&part.folder, vec![file])),
        }
    }
    let Some(apex) = parts.first().map(|part| &part.apex) else { return Vec::new() };
    for (_, files) in &mut folders {
        files.sort_by(|one, other| one.path.as_os_str().cmp(other.path.as_os_str()));
    }
    let zone = |folder: &Path, files: Vec<SourcedFile>| {
        let (config, apex) = (folder.to_owned(), apex.clone());
        SourcedZone { config, apex, files, beyond: Vec::new(), open: Vec::new(), alias_of: None }
    };
    let clashes = |zone: &SourcedZone| {
        let texts = zone.texts(&|path| input::read(path, natures.most_octets())).ok()?;
        let errors = zone.version(&texts, natures).files.errors;
        Some(errors.iter().filter(|error| error.kind == ErrorKind::SecondSet).count())
    };
    let first = folders.first().map_or(Path::new(""), |it| it.0);
    let whole = zone(first, folders.iter().flat_map(|it| it.1.clone()).collect());
    if folders.len() == 1 {
        return vec![whole];
    }
    let names: Vec<String> = folders.iter().map(|it| it.0.display().to_string()).collect();
    let zones: Vec<SourcedZone> =
        folders.into_iter().map(|(folder, files)| zone(folder, files)).collect();
    let own: Option<usize> = zones.iter().map(clashes).sum();
    if own.is_some() && clashes(&whole) == own {
        return vec![whole];
    }
    let said = format!(
        " is in files of {} that list the same record sets, so no record is reported as missing: give the \
         configuration of octoDNS, which tells its sources",
        names.join(", ")
    );
    notes.push(Phrase::new().name(apex).plain(said));
    let limited = |zone: SourcedZone| SourcedZone { beyond: names.clone(), ..zone };
    zones.into_iter().map(limited).collect()
}

/// True for a file whose text is of octoDNS.
fn is_of_octodns(path: &Path, natures: &Natures) -> bool {
    let text = input::read(path, natures.most_octets());
    text.is_ok_and(|text| is_octodns(&path.display().to_string(), &text))
}
