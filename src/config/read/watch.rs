//! `[watch]`, key by key.

use super::Reader;
use crate::config::watch::watch_interval;
use crate::contract::Written;
use toml::Spanned;
use toml::de::DeValue;

/// Its keys.
const KEYS: [&str; 7] = [
    "interval",
    "resolvers",
    "notify",
    "webhook-secret-file",
    "mail-from",
    "smtp",
    "smtp-password-file",
];

impl Reader<'_> {
    pub(super) fn watch(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(table) = value.get_ref().as_table() else {
            return self.fault(value.span().start, "watch must be a table: [watch]".to_owned());
        };
        for (key, value) in table {
            if self.is_enough() {
                return;
            }
            let begin = value.span().start;
            match &**key.get_ref() {
                "interval" => {
                    let Some(word) = self.word(value, "interval") else { continue };
                    match watch_interval(word) {
                        Ok(time) => self.config.watch.interval = Some((time, self.place(begin))),
                        Err(why) => self.fault(begin, format!("{word:?} in interval: {why}")),
                    }
                }
                "resolvers" => self.config.watch.resolvers = self.words(value, "resolvers"),
                "notify" => self.config.watch.notify = self.words(value, "notify"),
                "webhook-secret-file" => {
                    self.config.watch.secret_file = self.one(value, "webhook-secret-file");
                }
                "mail-from" => self.config.watch.mail_from = self.one(value, "mail-from"),
                "smtp" => self.config.watch.smtp = self.one(value, "smtp"),
                "smtp-password-file" => {
                    self.config.watch.smtp_password_file = self.one(value, "smtp-password-file");
                }
                _ => self.unknown_key(key.span().start, key.get_ref(), &KEYS),
            }
        }
    }

    /// One text, with its place.
    fn one(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<Written<String>> {
        let word = self.word(value, key)?.to_owned();
        Some(self.written(word, value))
    }
}
