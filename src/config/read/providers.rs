//! `[[provider]]`: facts about providers, beside those that the program has.

use super::Reader;
use crate::config::include::twice;
use crate::provider::{self, Given};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Keys of an entry, beside those of the catalogue.
const KEYS: [&str; 2] = ["id", "as-of"];

impl Reader<'_> {
    pub(super) fn providers(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(list) = self.list(value, "provider") else { return };
        for entry in list {
            if self.is_enough() {
                return;
            }
            match entry.get_ref().as_table() {
                Some(table) => self.provider(entry.span().start, table),
                None => self.fault(
                    entry.span().start,
                    "a provider must be a table: [[provider]]".to_owned(),
                ),
            }
        }
    }

    fn provider(&mut self, offset: usize, table: &DeTable<'_>) {
        let faults = self.faults.len();
        let place = self.place(offset);
        let mut given = Given { id: String::new(), facts: Vec::new(), place, as_of: String::new() };
        for (key, value) in table {
            let begin = value.span().start;
            match &**key.get_ref() {
                "id" => given.id = self.word(value, "id").unwrap_or_default().to_owned(),
                "as-of" => match value.get_ref().as_datetime() {
                    Some(it) if it.time.is_none() => {
                        given.as_of = it.date.map(|it| it.to_string()).unwrap_or_default();
                    }
                    _ => self.fault(begin, "as-of must be a date: as-of = 2026-11-27".to_owned()),
                },
                key if !provider::GIVEN_KEYS.contains(&key) => {
                    self.unknown_key(begin, key, &[&KEYS[..], &provider::GIVEN_KEYS].concat());
                }
                key => {
                    let values = self.values(key, value);
                    given.facts.push((key.to_owned(), values));
                }
            }
        }
        self.whole(offset, &given);
        if self.faults.len() == faults {
            self.config.providers.push(given);
        }
    }

    /// The values below a key: a list, a word, or true or false.
    fn values(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Vec<String> {
        let begin = value.span().start;
        let values = match key {
            "rotates" | "shared" => match value.get_ref().as_bool() {
                Some(is) => return vec![is.to_string()],
                None => {
                    self.fault(begin, format!("{key} must be true or false"));
                    return Vec::new();
                }
            },
            "title" | "policy" => {
                let word = self.word(value, key);
                word.map(|word| vec![(begin, word.to_owned())]).unwrap_or_default()
            }
            _ => {
                let list = self.list(value, key).unwrap_or_default();
                let words = list.iter().filter_map(|value| {
                    let word = self.word(value, &format!("each of {key}"))?;
                    Some((value.span().start, word.to_owned()))
                });
                words.collect::<Vec<_>>()
            }
        };
        for (begin, value) in &values {
            if let Some(why) = provider::given_fault(key, value) {
                self.fault(*begin, format!("{value:?} in {key}: {why}"));
            }
        }
        values.into_iter().map(|(_, value)| value).collect()
    }

    /// Holds an entry to what every one needs, and a new provider to what it needs besides.
    fn whole(&mut self, offset: usize, given: &Given) {
        let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if given.id.is_empty() || !given.id.chars().all(is_id) {
            let said = "a provider needs id = \"…\": lower-case letters, digits and hyphens";
            return self.fault(offset, said.to_owned());
        }
        if given.as_of.is_empty() && !self.faults.iter().any(|it| it.message.starts_with("as-of")) {
            let said =
                format!("{} needs as-of = 2026-11-27: the day of which it is known", given.id);
            self.fault(offset, said);
        }
        if let Some(first) = self.config.providers.iter().find(|known| known.id == given.id) {
            let said = twice(&format!("{} is given", given.id), &first.place);
            self.fault(offset, said);
        }
        let aliases = given.facts.iter().filter(|(key, _)| key == "aliases");
        for word in aliases.flat_map(|(_, words)| words).chain([&given.id]) {
            if let Some(other) = provider::by_id(word).filter(|other| other.id() != given.id) {
                self.fault(offset, format!("{word:?} is a word for {} already", other.title()));
            }
        }
        let is_known = provider::by_id(&given.id).is_some_and(|known| known.id() == given.id);
        for key in ["title", "kinds"] {
            if !is_known && !given.facts.iter().any(|(own, _)| own == key) {
                self.fault(offset, format!("{} is a new provider, and needs {key}", given.id));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;

    /// The faults of an entry with these lines, as `line: message`.
    fn faults(lines: &str) -> Vec<String> {
        let (config, faults) = read("mailcheck.toml", format!("[[provider]]\n{lines}").as_bytes());
        assert_eq!(config.providers.is_empty(), !faults.is_empty());
        faults.into_iter().map(|it| format!("{}: {}", it.line, it.message)).collect()
    }

    #[test]
    fn facts_of_a_known_provider_need_a_day() {
        assert_eq!(faults("id = \"sendgrid\"\nas-of = 2026-11-27\nshared = false"), [""; 0]);
        assert_eq!(
            faults("id = \"sendgrid\"\nshared = false"),
            ["1: sendgrid needs as-of = 2026-11-27: the day of which it is known"]
        );
    }

    #[test]
    fn a_new_provider_needs_a_title_and_kinds() {
        assert_eq!(
            faults("id = \"acme\"\nas-of = 2026-11-27\naliases = [\"m365\"]"),
            [
                "1: \"m365\" is a word for Microsoft 365 already",
                "1: acme is a new provider, and needs title",
                "1: acme is a new provider, and needs kinds",
            ]
        );
        assert_eq!(
            faults("as-of = 2026-11-27"),
            ["1: a provider needs id = \"…\": lower-case letters, digits and hyphens"]
        );
    }

    #[test]
    fn a_value_that_cannot_be_read_is_a_fault_in_its_place() {
        let head = "id = \"sendgrid\"\nas-of = 2026-11-27\n";
        for (line, said) in [
            ("kinds = [\"sends\"]", "\"sends\" in kinds: a kind is mailbox,"),
            ("mx = [\"MX.example\"]", "\"MX.example\" in mx: a pattern is"),
            ("policy = \"x\"", "\"x\" in policy: a pattern is"),
            ("forwarding = [\"192.0.2\"]", "\"192.0.2\" in forwarding: a network is"),
            ("publish = [\"CNAME x\"]", "\"CNAME x\" in publish: a record is"),
            ("dates = [\"soon\"]", "\"soon\" in dates: a date is"),
            ("shared = 1", "shared must be true or false"),
            ("mxs = []", "unknown key \"mxs\": did you mean \"mx\"?"),
        ] {
            let found = faults(&format!("{head}{line}"));
            let is_it = |one: &String| one.starts_with(&format!("4: {said}"));
            assert!(found.len() == 1 && found.iter().all(is_it), "{line}: {found:?}");
        }
    }

    #[test]
    fn a_provider_is_given_once() {
        let one = "id = \"sendgrid\"\nas-of = 2026-11-27\nshared = false\n";
        let (_, faults) =
            read("mailcheck.toml", format!("[[provider]]\n{one}[[provider]]\n{one}").as_bytes());
        let said: Vec<&str> = faults.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(said, ["sendgrid is given twice, first at mailcheck.toml:1"]);
    }
}
