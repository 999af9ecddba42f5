//! From text to what it says.

mod domain;
mod files;
mod providers;
mod watch;

use super::{Config, ConfigFault, FailOn, Ignore, LIMIT, Setting, severity};
use crate::catalogue;
use crate::contract::Written;
use crate::diagnostic::Rule;
use crate::dns::Place;
use crate::net::Name;
use crate::text::lines::Lines;
use crate::text::{listed_or, near};
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Most faults that are listed: a reader who sees them all can repair the file.
const TOLD: usize = 100;
/// The keys at the top of a file.
const KEYS: [&str; 12] = [
    "fail-on",
    "most-queries",
    "provider-data",
    "include",
    "own",
    "templates",
    "files",
    "domain",
    "provider",
    "rules",
    "ignore",
    "watch",
];
/// The keys of an `[[ignore]]`.
const IGNORE_KEYS: [&str; 5] = ["rule", "domain", "fingerprint", "reason", "expires"];
/// The largest limit that can be set.
const MOST: usize = 1_000_000;
/// Most entries of a list.
const LISTED: usize = 256;

/// Reads a file: what it says, and every fault, in the order in which they stand.
pub fn read(file: &str, octets: &[u8]) -> (Config, Vec<ConfigFault>) {
    let file: Arc<str> = Arc::from(file);
    let config = Config { file: Arc::clone(&file), ..Config::default() };
    let at = |line, column, message: &str| ConfigFault {
        file: Arc::clone(&file),
        line,
        column,
        message: message.to_owned(),
    };
    if octets.len() > LIMIT {
        return (config, vec![at(1, 1, "the file is larger than 1 MiB")]);
    }
    let text = match std::str::from_utf8(octets) {
        Ok(text) => text,
        Err(why) => {
            let (line, column) = Lines::new(octets).place(why.valid_up_to());
            return (config, vec![at(line, column, "not UTF-8 from here on")]);
        }
    };
    let mut reader = Reader { text, lines: Lines::new(octets), config, faults: Vec::new() };
    match DeTable::parse(text) {
        Ok(table) => reader.file(table.get_ref()),
        Err(why) => {
            let message = why.message().to_owned();
            reader.fault(why.span().map_or(0, |span| span.start), message);
        }
    }
    reader.faults.sort_by_key(|fault| (fault.line, fault.column));
    // Tables are read in the order of their keys; a reader expects that of the file.
    reader.config.rules.sort_by_key(|setting| setting.place.line);
    (reader.config, reader.faults)
}

struct Reader<'t> {
    text: &'t str,
    lines: Lines<'t>,
    config: Config,
    faults: Vec<ConfigFault>,
}

impl Reader<'_> {
    fn fault(&mut self, offset: usize, message: String) {
        self.faults.push(ConfigFault::at(&self.place(offset), message));
    }

    fn place(&self, offset: usize) -> Place {
        let (line, column) = self.lines.place(offset);
        Place::new(Arc::clone(&self.config.file), line, column)
    }

    /// What a value of the file says, with its place.
    fn written<T>(&self, said: T, value: &Spanned<DeValue<'_>>) -> Written<T> {
        let span = value.span();
        let (line, column) = self.lines.place(span.start);
        let text = self.text.get(span).unwrap_or_default();
        let text = Arc::from(text.as_bytes());
        Written::new(said, text, Arc::clone(&self.config.file), line, column)
    }

    /// True if there is no use in reading on.
    fn is_enough(&self) -> bool {
        self.faults.len() >= TOLD
    }

    fn file(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            if self.is_enough() {
                return;
            }
            match &**key.get_ref() {
                "fail-on" => self.fail_on(value),
                "most-queries" => self.most_queries(value),
                "provider-data" => self.provider_data(value),
                "include" => self.config.includes = self.words(value, "include"),
                "own" => self.own(value),
                "templates" => self.config.templates = self.words(value, "templates"),
                "files" => self.files(value),
                "domain" => self.domains(value),
                "provider" => self.providers(value),
                "rules" => self.rules(value),
                "ignore" => self.ignores(value),
                "watch" => self.watch(value),
                _ => self.unknown_key(key.span().start, key.get_ref(), &KEYS),
            }
        }
    }

    /// Further domains of the same organization.
    fn own(&mut self, value: &Spanned<DeValue<'_>>) {
        for word in self.words(value, "own") {
            match Name::from_unicode(&word.value) {
                Ok(name) => self.config.own.push(word.with(name)),
                Err(why) => {
                    let said = format!("{:?} in own is not a domain name: {why}", word.value);
                    self.faults.push(ConfigFault::at(&word.place, said));
                }
            }
        }
    }

    fn unknown_key(&mut self, offset: usize, key: &str, known: &[&'static str]) {
        let meant = near::nearest(key, known.iter().copied());
        let hint = meant.map_or_else(
            || format!("known keys: {}", known.join(", ")),
            |meant| format!("did you mean {meant:?}?"),
        );
        self.fault(offset, format!("unknown key {key:?}: {hint}"));
    }

    fn word<'v>(&mut self, value: &'v Spanned<DeValue<'_>>, what: &str) -> Option<&'v str> {
        let word = value.get_ref().as_str();
        if word.is_none() {
            self.fault(value.span().start, format!("{what} must be a string in quotes"));
        }
        word
    }

    /// A list of texts, each with its place.
    fn words(&mut self, value: &Spanned<DeValue<'_>>, what: &str) -> Vec<Written<String>> {
        let Some(list) = self.list(value, what) else { return Vec::new() };
        let mut words = Vec::with_capacity(list.len());
        for value in list {
            if self.is_enough() {
                break;
            }
            match self.word(value, &format!("each of {what}")) {
                Some("") => self.fault(value.span().start, format!("one of {what} is empty")),
                Some(word) => words.push(self.written(word.to_owned(), value)),
                None => {}
            }
        }
        words
    }

    /// A list that is not too long.
    fn list<'v, 'd>(
        &mut self,
        value: &'v Spanned<DeValue<'d>>,
        what: &str,
    ) -> Option<&'v [Spanned<DeValue<'d>>]> {
        let begin = value.span().start;
        match value.get_ref().as_array() {
            None => self.fault(begin, format!("{what} must be a list: {what} = [\"…\"]")),
            Some(list) if list.len() > LISTED => {
                self.fault(begin, format!("{what} has more than {LISTED} entries"));
            }
            Some(list) => return Some(list),
        }
        None
    }

    fn fail_on(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(word) = self.word(value, "fail-on") else { return };
        let read: Option<FailOn> = severity(word, "never");
        match read {
            Some(least) => self.config.fail_on = Some((least, self.place(value.span().start))),
            None => self.fault(
                value.span().start,
                format!("{word:?} is not a severity: fail-on is error, warn, note or never"),
            ),
        }
    }

    fn most_queries(&mut self, value: &Spanned<DeValue<'_>>) {
        let begin = value.span().start;
        let number = value.get_ref().as_integer();
        let number = number.and_then(|it| usize::from_str_radix(it.as_str(), it.radix()).ok());
        match number.filter(|most| (1..=MOST).contains(most)) {
            Some(most) => self.config.most_queries = Some((most, self.place(begin))),
            None => self.fault(begin, format!("most-queries must be a number from 1 to {MOST}")),
        }
    }

    fn provider_data(&mut self, value: &Spanned<DeValue<'_>>) {
        let begin = value.span().start;
        match value.get_ref().as_bool() {
            Some(is_used) => self.config.provider_data = Some((is_used, self.place(begin))),
            None => self.fault(begin, "provider-data must be true or false".to_owned()),
        }
    }

    fn rules(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(table) = value.get_ref().as_table() else {
            return self.fault(value.span().start, "rules must be a table: [rules]".to_owned());
        };
        for (key, value) in table {
            if self.is_enough() {
                return;
            }
            let rule = self.rule(key.span().start, key.get_ref());
            let Some(word) = self.word(value, "the severity of a rule") else { continue };
            let Some(severity) = severity(word, "off") else {
                let said = format!("{word:?} is not a severity: expected error, warn, note or off");
                self.fault(value.span().start, said);
                continue;
            };
            let place = self.place(key.span().start);
            self.config.rules.extend(rule.map(|rule| Setting { rule, severity, place }));
        }
    }

    fn rule(&mut self, offset: usize, id: &str) -> Option<&'static Rule> {
        let rule = catalogue::rule(id);
        if rule.is_none() {
            let meant = catalogue::meant(id);
            let ids: Vec<&str> = meant.iter().map(|rule| rule.id).collect();
            let hint = match ids.as_slice() {
                [] => "list them with: mailcheck rules".to_owned(),
                ids => format!("did you mean {}?", listed_or(ids)),
            };
            self.fault(offset, format!("unknown rule {id:?}: {hint}"));
        }
        rule
    }

    fn ignores(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(list) = value.get_ref().as_array() else {
            return self.fault(value.span().start, "ignore must be a list: [[ignore]]".to_owned());
        };
        for entry in list {
            if self.is_enough() {
                return;
            }
            match entry.get_ref().as_table() {
                Some(table) => self.ignore(entry.span().start, table),
                None => self.fault(entry.span().start, "an ignore must be a table".to_owned()),
            }
        }
    }

    fn ignore(&mut self, offset: usize, table: &DeTable<'_>) {
        let (mut rule, mut domain, mut reason, mut expires) = (None, None, None, None);
        let mut fingerprint = None;
        let faults = self.faults.len();
        for (key, value) in table {
            let begin = value.span().start;
            match &**key.get_ref() {
                "rule" => {
                    rule = self.word(value, "rule").and_then(|id| self.rule(begin, id));
                }
                "domain" => {
                    domain = self.name(value, "domain");
                }
                "fingerprint" => {
                    fingerprint = self.word(value, "fingerprint").map(str::to_owned);
                }
                "reason" => match self.word(value, "reason") {
                    Some(word) if word.trim().is_empty() => {
                        self.fault(begin, "the reason is empty".to_owned());
                    }
                    word => reason = word.map(|word| word.trim().to_owned()),
                },
                "expires" => match value.get_ref().as_datetime() {
                    Some(it) if it.time.is_none() => expires = it.date.map(|it| it.to_string()),
                    _ => {
                        self.fault(
                            begin,
                            "expires must be a date: expires = 2027-03-01".to_owned(),
                        );
                    }
                },
                _ => self.unknown_key(key.span().start, key.get_ref(), &IGNORE_KEYS),
            }
        }
        for (key, why) in [("rule", "the rule"), ("reason", "why the finding does not count")] {
            if !table.keys().any(|own| own.get_ref() == key) {
                self.fault(offset, format!("an ignore needs {key} = \"…\": {why}"));
            }
        }
        if let (Some(rule), Some(reason), true) = (rule, reason, self.faults.len() == faults) {
            let place = self.place(offset);
            let ignore = Ignore { rule, domain, fingerprint, reason, expires, place };
            self.config.ignores.push(ignore);
        }
    }

    fn name(&mut self, value: &Spanned<DeValue<'_>>, what: &str) -> Option<Name> {
        let word = self.word(value, what)?;
        let read = Name::from_unicode(word);
        read.inspect_err(|why| {
            self.fault(value.span().start, format!("{word:?} is not a domain: {why}"));
        })
        .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The faults of a text, as `line:column: message`.
    fn faults(text: &str) -> Vec<String> {
        let told =
            |ConfigFault { line, column, message, .. }| format!("{line}:{column}: {message}");
        read("mailcheck.toml", text.as_bytes()).1.into_iter().map(told).collect()
    }

    #[test]
    fn everything_that_may_be_said_is_read() {
        let text = "fail-on = \"never\"\n[rules]\n\"spf/ptr\" = \"off\"\n[[ignore]]\n\
                    rule = \"mx/none\"\ndomain = \"example.com\"\nreason = \" parked \"\n\
                    expires = 2027-03-01\n";
        let (config, faults) = read("mailcheck.toml", text.as_bytes());
        let [ignore] = config.ignores.as_slice() else { panic!("{config:?}") };
        let [setting] = config.rules.as_slice() else { panic!("{config:?}") };
        assert_eq!(faults, []);
        assert_eq!(config.fail_on.map(|(least, place)| (least, place.line)), Some((None, 1)));
        assert_eq!((setting.rule.id, setting.severity, setting.place.line), ("spf/ptr", None, 3));
        assert_eq!((ignore.reason.as_str(), ignore.place.line), ("parked", 4));
        assert_eq!(ignore.expires.as_deref(), Some("2027-03-01"));
    }

    #[test]
    fn a_limit_is_a_number_that_lets_something_through() {
        let said = "1:16: most-queries must be a number from 1 to 1000000";
        for wrong in ["0", "-1", "\"5\"", "1.5", "1000001"] {
            assert_eq!(faults(&format!("most-queries = {wrong}")), [said], "{wrong}");
        }
        assert_eq!(faults("provider-data = 0"), ["1:17: provider-data must be true or false"]);
        let (config, _) = read("mailcheck.toml", b"most-queries = 0x10");
        assert_eq!(config.most_queries.map(|(most, _)| most), Some(16));
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        assert_eq!(
            faults("\nfail_onn = \"warn\""),
            ["2:1: unknown key \"fail_onn\": did you mean \"fail-on\"?"]
        );
    }

    #[test]
    fn an_unknown_rule_names_the_nearest() {
        assert_eq!(
            faults("[rules]\n\"spf/viod-lookup\" = \"off\""),
            ["2:1: unknown rule \"spf/viod-lookup\": did you mean spf/void-lookup?"]
        );
    }

    #[test]
    fn an_ignore_says_why() {
        let said = "an ignore needs reason = \"…\": why the finding does not count";
        assert_eq!(faults("[[ignore]]\nrule = \"mx/none\""), [format!("1:1: {said}")]);
        assert_eq!(
            faults("[[ignore]]\nrule = \"mx/none\"\nreason = \" \""),
            ["3:10: the reason is empty"]
        );
    }

    #[test]
    fn a_value_of_another_kind_is_a_fault_in_its_place() {
        let text = "fail-on = 1\nrules = []\nignore = {}";
        assert_eq!(
            faults(text),
            [
                "1:11: fail-on must be a string in quotes",
                "2:9: rules must be a table: [rules]",
                "3:10: ignore must be a list: [[ignore]]",
            ]
        );
    }

    #[test]
    fn a_date_has_no_time() {
        let text = "[[ignore]]\nrule = \"mx/none\"\nreason = \"x\"\nexpires = 2027-03-01T00:00:00";
        assert_eq!(faults(text), ["4:11: expires must be a date: expires = 2027-03-01"]);
    }

    #[test]
    fn text_that_is_no_toml_is_a_fault_in_its_place() {
        let told = faults("fail-on = \"warn\"\n???");
        assert!(matches!(told.as_slice(), [one] if one.starts_with("2:")), "{told:?}");
        assert_eq!(faults("\n]").len(), 1);
    }

    #[test]
    fn octets_that_are_no_utf8_are_located() {
        let (_, faults) = read("mailcheck.toml", b"# a\n# \xff");
        assert_eq!(faults.iter().map(|it| (it.line, it.column)).collect::<Vec<_>>(), [(2, 3)]);
    }

    #[test]
    fn a_file_beyond_its_limit_is_not_read() {
        let (_, faults) = read("mailcheck.toml", &vec![b'#'; LIMIT + 1]);
        assert_eq!(faults.len(), 1);
    }
}
