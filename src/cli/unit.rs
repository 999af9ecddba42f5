//! What is read as one: a file, or the files of a zone that octoDNS puts together.

use super::input;
use super::nature::Natures;
use super::unread::Version;
use super::words::Mistake;
use crate::dns::Kind;
use crate::net::Name;
use crate::zonefile::Zone;
use crate::zonefile::formats::sources::{SourceFile, read_sources};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is read as one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Unit {
    /// A file, as an argument names it.
    File(PathBuf),
    /// Files that hold the pages of one list, in their order.
    Pages(Vec<PathBuf>),
    /// A zone of a configuration of octoDNS.
    Zone(Arc<SourcedZone>),
}

impl Unit {
    /// The files.
    pub(super) fn paths(&self) -> Vec<&Path> {
        match self {
            Self::File(argument) => vec![input::split(argument).1],
            Self::Pages(files) => files.iter().map(|file| input::split(file).1).collect(),
            Self::Zone(zone) => zone.files.iter().map(|file| &*file.path).collect(),
        }
    }

    /// The file, as an argument names it.
    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(argument) => Some(argument),
            Self::Pages(_) | Self::Zone(_) => None,
        }
    }

    /// The zone of a configuration of octoDNS.
    pub(super) fn zone(&self) -> Option<&SourcedZone> {
        match self {
            Self::File(_) | Self::Pages(_) => None,
            Self::Zone(zone) => Some(zone),
        }
    }
}

/// A zone and the files that its sources read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SourcedZone {
    /// The configuration.
    pub config: PathBuf,
    pub apex: Name,
    /// In the order in which octoDNS reads them.
    pub files: Vec<SourcedFile>,
    /// What else adds or changes records, and is not read.
    pub beyond: Vec<String>,
    /// Names whose TXT record is not known.
    pub open: Vec<Name>,
    /// The zone whose records it has.
    pub alias_of: Option<Name>,
}

/// A file of a source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SourcedFile {
    pub path: PathBuf,
    /// True if its record sets replace those of files before it.
    pub replaces: bool,
    /// Time to live of a record set that does not say it.
    pub ttl: u32,
}

impl SourcedZone {
    /// How it is called in notes.
    pub(super) fn label(&self) -> String {
        format!("{}: zone {}", self.config.display(), self.apex)
    }

    /// True if nothing of it is known.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.beyond.is_empty()
    }

    /// What its files hold, which `read` opens.
    ///
    /// # Errors
    /// A file cannot be read.
    pub(super) fn texts(
        &self,
        read: &dyn Fn(&Path) -> Result<Vec<u8>, Mistake>,
    ) -> Result<Vec<SourceFile>, Mistake> {
        let one = |file: &SourcedFile| {
            let (name, text) = (file.path.display().to_string(), read(&file.path)?);
            Ok(SourceFile { file: name, text, replaces: file.replaces, ttl: file.ttl })
        };
        self.files.iter().map(one).collect()
    }

    /// The zone that the files make up.
    pub(super) fn version(&self, texts: &[SourceFile], natures: &Natures) -> Version {
        let (mut files, text) = read_sources(&self.apex, texts, natures.most_records());
        if files.zones.is_empty() && texts.is_empty() {
            // It lists nothing, and nothing is claimed of it.
            files.zones.push(Zone::fragment(&self.config.display().to_string(), []));
        }
        for zone in &mut files.zones {
            self.open.iter().for_each(|name| zone.leave_open(name, Kind::Txt));
            if !self.beyond.is_empty() {
                zone.limit_to_listed();
            }
        }
        for file in &self.files {
            natures.apply(&file.path, &mut files.zones);
        }
        Version { files, text }
    }
}
