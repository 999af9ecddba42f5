//! `[[files]]`: what files are.

use super::Reader;
use crate::config::FileSetting;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const KEYS: [&str; 3] = ["path", "view", "partial"];

impl Reader<'_> {
    pub(super) fn files(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(list) = self.list(value, "files") else { return };
        for entry in list {
            if self.is_enough() {
                return;
            }
            match entry.get_ref().as_table() {
                Some(table) => self.files_of(entry.span().start, table),
                None => {
                    self.fault(entry.span().start, "files must be a table: [[files]]".to_owned());
                }
            }
        }
    }

    fn files_of(&mut self, offset: usize, table: &DeTable<'_>) {
        let (mut path, mut internal, mut partial) = (None, false, false);
        for (key, value) in table {
            let begin = value.span().start;
            match &**key.get_ref() {
                "path" => path = self.word(value, "path").map(str::to_owned),
                "view" => match self.word(value, "view") {
                    Some("internal") => internal = true,
                    Some("external") | None => {}
                    Some(word) => {
                        self.fault(begin, format!("{word:?} is no view: internal or external"));
                    }
                },
                "partial" => match value.get_ref().as_bool() {
                    Some(word) => partial = word,
                    None => self.fault(begin, "partial must be true or false".to_owned()),
                },
                _ => self.unknown_key(key.span().start, key.get_ref(), &KEYS),
            }
        }
        let Some(path) = path.filter(|path| !path.is_empty()) else {
            return self.fault(offset, "files need a path: path = \"internal/*\"".to_owned());
        };
        let place = self.place(offset);
        self.config.files.push(FileSetting { path, partial, internal, place });
    }
}
