//! Several files as one: a file takes in those that it includes.

use super::{Config, ConfigFault, WatchSetting};
use crate::dns::Place;
use crate::net::Name;
use std::collections::HashMap;

impl Config {
    /// Takes in what a file says that is included here. What this file says of a rule goes before
    /// it; what can be said only once is a fault if both say it, for neither overrides the other in
    /// silence.
    ///
    /// # Errors
    /// Both say what can be said only once: every such fault.
    pub fn take_in(&mut self, other: Self) -> Result<(), Vec<ConfigFault>> {
        let mut faults = Vec::new();
        match (&self.fail_on, other.fail_on) {
            (Some((_, first)), Some((_, second))) => {
                faults.push(ConfigFault::at(&second, twice("fail-on is set", first)));
            }
            (None, Some(only)) => self.fail_on = Some(only),
            (_, None) => {}
        }
        match (&self.most_queries, other.most_queries) {
            (Some((_, first)), Some((_, second))) => {
                faults.push(ConfigFault::at(&second, twice("most-queries is set", first)));
            }
            (None, Some(only)) => self.most_queries = Some(only),
            (_, None) => {}
        }
        match (&self.provider_data, other.provider_data) {
            (Some((_, first)), Some((_, second))) => {
                faults.push(ConfigFault::at(&second, twice("provider-data is set", first)));
            }
            (None, Some(only)) => self.provider_data = Some(only),
            (_, None) => {}
        }
        match (&self.watch.interval, &other.watch.interval) {
            (Some((_, first)), Some((_, second))) => {
                faults.push(ConfigFault::at(second, twice("interval is set", first)));
            }
            (None, Some(only)) => self.watch.interval = Some(only.clone()),
            (_, None) => {}
        }
        let known: HashMap<&Name, &Place> =
            self.contracts.iter().map(|one| (&one.name.value, &one.name.place)).collect();
        let again = other.contracts.iter().filter_map(|one| {
            let first = known.get(&one.name.value)?;
            let said = twice(&format!("{} is declared", one.name.value), first);
            Some(ConfigFault::at(&one.name.place, said))
        });
        faults.extend(again);
        for one in &other.providers {
            if let Some(first) = self.providers.iter().find(|known| known.id == one.id) {
                let said = twice(&format!("{} is given", one.id), &first.place);
                faults.push(ConfigFault::at(&one.place, said));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        self.included.push(other.file);
        self.included.extend(other.included);
        self.own.extend(other.own);
        let WatchSetting { resolvers, notify, secret_file, mail_from, smtp, .. } = other.watch;
        let password_file = other.watch.smtp_password_file;
        self.watch.resolvers.extend(resolvers);
        self.watch.notify.extend(notify);
        // What this file says goes before what it includes.
        self.watch.secret_file = self.watch.secret_file.take().or(secret_file);
        self.watch.mail_from = self.watch.mail_from.take().or(mail_from);
        self.watch.smtp = self.watch.smtp.take().or(smtp);
        self.watch.smtp_password_file = self.watch.smtp_password_file.take().or(password_file);
        self.templates.extend(other.templates);
        self.files.extend(other.files);
        self.providers.extend(other.providers);
        self.rules.extend(other.rules);
        self.ignores.extend(other.ignores);
        self.contracts.extend(other.contracts);
        Ok(())
    }
}

/// What is said twice, and where it was said first.
pub(super) fn twice(what: &str, first: &Place) -> String {
    format!("{what} twice, first at {}:{}", first.file, first.line)
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    fn file(name: &str, text: &str) -> Config {
        let (config, faults) = read(name, text.as_bytes());
        assert_eq!(faults, []);
        config
    }

    /// What is wrong when the second file is taken into the first.
    fn faults(text: &str, other: &str) -> Vec<String> {
        let taken = file("a.toml", text).take_in(file("b.toml", other));
        taken.err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_the_including_file_says_of_a_rule_goes_before() {
        let mut config = file("a.toml", "[rules]\n\"spf/ptr\" = \"off\"\n");
        let taken = config.take_in(file("b.toml", "[rules]\n\"spf/ptr\" = \"error\"\n"));
        let first = config.rules.first().map(|setting| setting.severity);
        assert_eq!((taken, first, config.included.len()), (Ok(()), Some(None), 1));
    }

    #[test]
    fn fail_on_can_be_set_once() {
        assert_eq!(
            faults("fail-on = \"warn\"", "\nfail-on = \"warn\""),
            ["b.toml:2:11: fail-on is set twice, first at a.toml:1"]
        );
        assert_eq!(faults("", "fail-on = \"warn\""), [""; 0]);
    }

    #[test]
    fn a_limit_can_be_set_once() {
        assert_eq!(
            faults("most-queries = 5", "\nmost-queries = 5"),
            ["b.toml:2:16: most-queries is set twice, first at a.toml:1"]
        );
        assert_eq!(faults("", "most-queries = 5"), [""; 0]);
    }

    #[test]
    fn a_domain_can_be_declared_once() {
        let domain = "[[domain]]\nname = \"x.example\"\n";
        assert_eq!(
            faults(domain, &format!("\n{domain}")),
            ["b.toml:3:8: x.example is declared twice, first at a.toml:2"]
        );
    }
}
