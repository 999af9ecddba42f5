//! What files are, as flags and the configuration say it.

use super::args::{Reading, View};
use super::git::Commit;
use super::included;
use super::input;
use super::repository::Repository;
use crate::config::{Config, FileSetting};
use crate::zonefile::Zone;
use crate::zonefile::formats::Files;
use crate::zonefile::zone::Assembly;
use std::path::{Path, PathBuf};

/// What is said of files beside their text.
#[derive(Clone, Debug, Default)]
pub(super) struct Natures {
    flags: Reading,
    settings: Vec<(PathBuf, FileSetting)>,
}

impl Natures {
    /// The largest file that is read, in octets.
    pub(super) fn most_octets(&self) -> u64 {
        self.flags.most_octets()
    }

    /// Most records that are read of a file.
    pub(super) fn most_records(&self) -> usize {
        self.flags.max_records
    }

    /// A file with what it includes, as it is on the disk.
    pub(super) fn assembled(&self, argument: &Path, text: Vec<u8>) -> Assembly {
        let root = self.flags.root.as_deref();
        let whole =
            included::assembled(root, argument, text, &|path| included::on_disk(root, path));
        whole.with_most_records(self.flags.max_records)
    }

    /// The same at a commit.
    pub(super) fn assembled_at(&self, commit: &Commit, argument: &Path, text: Vec<u8>) -> Assembly {
        let read = |path: &Path| {
            commit.file(path, self.most_octets()).map_err(|why| why.to_string()).transpose()
        };
        let whole = included::assembled(self.flags.root.as_deref(), argument, text, &read);
        whole.with_most_records(self.flags.max_records)
    }

    /// What a file holds, which is named like this, and every fault of it.
    pub(super) fn understood(&self, argument: &Path, whole: &Assembly) -> Files {
        input::understood(self.flags.origin.as_ref(), argument, whole)
    }

    /// What flags say of all files of a run, and the configuration of some.
    pub(super) fn new(flags: Reading, config: &Config) -> Self {
        let folder = |setting: &FileSetting| {
            let file = Path::new(&*setting.place.file);
            file.parent().map(Path::to_owned).unwrap_or_default()
        };
        let settings = config.files.iter().map(|it| (folder(it), it.clone()));
        Self { flags, settings: settings.collect() }
    }

    fn any(&self, file: &Path, has: impl Fn(&FileSetting) -> bool) -> bool {
        let Ok(repository) = Repository::find() else { return false };
        let wanted = self.settings.iter().filter(|(_, setting)| has(setting));
        let mut means = wanted.map(|(folder, setting)| {
            repository.below(folder, file).is_some_and(|path| setting.means(&path))
        });
        means.any(|is_meant| is_meant)
    }

    /// True for a file of a view for the inside.
    pub(super) fn is_internal(&self, file: &Path) -> bool {
        match self.flags.view {
            Some(view) => view == View::Internal,
            None => self.any(file, |setting| setting.internal),
        }
    }

    /// Lets zones of a file speak for what they list only, if other sources add records.
    pub(super) fn apply(&self, file: &Path, zones: &mut [Zone]) {
        if self.flags.partial || self.any(file, |setting| setting.partial) {
            zones.iter_mut().for_each(Zone::limit_to_listed);
        }
    }
}
