//! What files are, as flags and the configuration say it.

use super::args::{Reading, View};
use super::input;
use super::repository::Repository;
use crate::config::{Config, FileSetting};
use crate::zonefile::Zone;
use crate::zonefile::formats::Files;
use std::path::{Path, PathBuf};

/// What is said of files beside their text.
#[derive(Clone, Debug, Default)]
pub(super) struct Natures {
    flags: Reading,
    settings: Vec<(PathBuf, FileSetting)>,
}

impl Natures {
    /// What the text of a file holds, which is named like this, and every fault of it.
    pub(super) fn understood(&self, argument: &Path, text: &[u8]) -> Files {
        input::understood_in(self.flags.origin.as_ref(), argument, text)
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
