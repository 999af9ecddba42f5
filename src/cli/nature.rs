//! What files are, as flags and the configuration say it.

use super::args::{Limits, Reading, View};
use super::git::Commit;
use super::included;
use super::input;
use super::repository::Repository;
use crate::config::{Config, FileSetting, means};
use crate::dns::Place;
use crate::text::Phrase;
use crate::zonefile::Zone;
use crate::zonefile::formats::Files;
use crate::zonefile::zone::Assembly;
use std::path::{Path, PathBuf};

/// What is said of files beside their text.
#[derive(Clone, Debug, Default)]
pub(super) struct Natures {
    flags: Reading,
    limits: Limits,
    settings: Vec<(PathBuf, FileSetting)>,
    /// Which files are templates, and the folder that each path begins in.
    templates: Vec<(PathBuf, String)>,
}

impl Natures {
    /// The largest file that is read, in octets.
    pub(super) fn most_octets(&self) -> u64 {
        self.limits.most_octets()
    }

    /// True if a flag says which zone the files are about.
    pub(super) fn has_origin(&self) -> bool {
        self.flags.origin.is_some()
    }

    /// Most records that are read of a file.
    pub(super) fn most_records(&self) -> usize {
        self.limits.max_records
    }

    /// A file with what it includes, as it is on the disk.
    pub(super) fn assembled(&self, argument: &Path, text: Vec<u8>) -> Assembly {
        let root = self.flags.root.as_deref();
        let whole =
            included::assembled(root, argument, text, &|path| included::on_disk(root, path));
        whole.with_most_records(self.limits.max_records)
    }

    /// The same at a commit.
    pub(super) fn assembled_at(&self, commit: &Commit, argument: &Path, text: Vec<u8>) -> Assembly {
        let read = |path: &Path| {
            commit.file(path, self.most_octets()).map_err(|why| why.to_string()).transpose()
        };
        let whole = included::assembled(self.flags.root.as_deref(), argument, text, &read);
        whole.with_most_records(self.limits.max_records)
    }

    /// What a file holds, which is named like this, and every fault of it.
    pub(super) fn understood(&self, argument: &Path, whole: &Assembly) -> Files {
        input::understood(self.flags.origin.as_ref(), argument, whole)
    }

    /// What flags say of all files of a run, and the configuration of some.
    pub(super) fn new(flags: Reading, limits: Limits, config: &Config) -> Self {
        let folder = |place: &Place| {
            Path::new(&*place.file).parent().map(Path::to_owned).unwrap_or_default()
        };
        let settings = config.files.iter().map(|it| (folder(&it.place), it.clone())).collect();
        let templates = config.templates.iter().map(|it| (folder(&it.place), it.value.clone()));
        Self { flags, limits, settings, templates: templates.collect() }
    }

    /// True for a file that zones are made from, and that is none.
    pub(super) fn is_template(&self, argument: &Path) -> bool {
        if self.templates.is_empty() {
            return false;
        }
        let Ok(repository) = Repository::find() else { return false };
        let (_, file) = input::split(argument);
        self.templates.iter().any(|(folder, pattern)| {
            repository.below(folder, file).is_some_and(|path| means(pattern, &path))
        })
    }

    /// Leaves out templates, and says so.
    pub(super) fn without_templates<T>(
        &self,
        all: &mut Vec<T>,
        file: impl Fn(&T) -> Option<&Path>,
    ) -> Option<Phrase> {
        let before = all.len();
        let mut first = None;
        all.retain(|one| {
            let template = file(one).filter(|file| self.is_template(file));
            if let (Some(template), None) = (template, &first) {
                first = Some(input::split(template).1.display().to_string());
            }
            template.is_none()
        });
        let said = match before - all.len() {
            0 | 1 => " is a template (templates in mailcheck.toml), not read".to_owned(),
            count => format!(
                " and {} more are templates (templates in mailcheck.toml), not read",
                count - 1
            ),
        };
        first.map(|first| Phrase::new().code(first).plain(said))
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

    /// True for a file of a zone to which other sources add records.
    pub(super) fn is_partial(&self, file: &Path) -> bool {
        self.flags.partial || self.any(file, |setting| setting.partial)
    }

    /// Lets zones of a file speak for what they list only, if other sources add records.
    pub(super) fn apply(&self, file: &Path, zones: &mut [Zone]) {
        if self.is_partial(file) {
            zones.iter_mut().for_each(Zone::limit_to_listed);
        }
    }
}
