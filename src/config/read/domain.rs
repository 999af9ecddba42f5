//! The contract of a domain: a `[[domain]]`.

use super::Reader;
use crate::config::ConfigFault;
use crate::config::include::twice;
use crate::contract::{Contract, Selector, Written};
use crate::dns::Place;
use crate::net::Name;
use crate::posture::Role;
use crate::protocols::dmarc::Policy;
use crate::protocols::{dkim, spf};
use std::collections::HashMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The keys of a `[[domain]]`.
const KEYS: [&str; 9] = [
    "name",
    "role",
    "senders",
    "never-senders",
    "dkim-selectors",
    "min-key-bits",
    "min-policy",
    "max-lookups",
    "max-voids",
];
/// The keys of a selector.
const SELECTOR_KEYS: [&str; 2] = ["name", "min-bits"];
/// The largest key that anybody may want, in bits: more than verifiers take (RFC 8301 §3.2).
const MOST_BITS: u32 = 16_384;

impl Reader<'_> {
    pub(super) fn domains(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(list) = value.get_ref().as_array() else {
            return self.fault(value.span().start, "domain must be a list: [[domain]]".to_owned());
        };
        let mut known: HashMap<Name, Place> = HashMap::new();
        for entry in list {
            if self.is_enough() {
                return;
            }
            let Some(table) = entry.get_ref().as_table() else {
                self.fault(entry.span().start, "a domain must be a table: [[domain]]".to_owned());
                continue;
            };
            let Some(contract) = self.contract(entry.span().start, table) else { continue };
            let name = &contract.name;
            match known.get(&name.value) {
                Some(first) => {
                    let said = twice(&format!("{} is declared", name.value), first);
                    self.faults.push(ConfigFault::at(&name.place, said));
                }
                None => {
                    known.insert(name.value.clone(), name.place.clone());
                    self.config.contracts.push(contract);
                }
            }
        }
    }

    /// Reads a contract; `None` if nobody knows for which domain.
    fn contract(&mut self, offset: usize, table: &DeTable<'_>) -> Option<Contract> {
        let mut name = None;
        let (mut role, mut senders, mut never_senders) = (None, Vec::new(), Vec::new());
        let (mut selectors, mut min_key_bits, mut min_policy) = (Vec::new(), None, None);
        let (mut max_lookups, mut max_voids) = (None, None);
        for (key, value) in table {
            match &**key.get_ref() {
                "name" => {
                    name = self.name(value, "name").map(|name| self.written(name, value));
                }
                "role" => role = self.one_of(value, "role", &Role::ALL, Role::word),
                "senders" => senders = self.words(value, "senders"),
                "never-senders" => never_senders = self.words(value, "never-senders"),
                "dkim-selectors" => selectors = self.selectors(value),
                "min-key-bits" => min_key_bits = self.bits(value, "min-key-bits"),
                "min-policy" => {
                    let all = [Policy::None, Policy::Quarantine, Policy::Reject];
                    min_policy = self.one_of(value, "min-policy", &all, Policy::word);
                }
                "max-lookups" => {
                    max_lookups = self.number(value, "max-lookups", spf::LOOKUP_LIMIT);
                }
                "max-voids" => max_voids = self.number(value, "max-voids", spf::VOID_LIMIT),
                _ => self.unknown_key(key.span().start, key.get_ref(), &KEYS),
            }
        }
        if !table.keys().any(|own| own.get_ref() == "name") {
            self.fault(offset, "a domain needs name = \"…\"".to_owned());
        }
        Some(Contract {
            name: name?,
            role,
            senders,
            never_senders,
            selectors,
            min_key_bits,
            min_policy,
            max_lookups,
            max_voids,
        })
    }

    /// One of a few words.
    fn one_of<T: Copy>(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        what: &str,
        all: &[T],
        word_of: fn(T) -> &'static str,
    ) -> Option<Written<T>> {
        let word = self.word(value, what)?;
        let found = all.iter().copied().find(|one| word_of(*one) == word);
        if found.is_none() {
            let words: Vec<&str> = all.iter().copied().map(word_of).collect();
            let (last, others) = words.split_last()?;
            let said =
                format!("{word:?} is not a {what}: expected {} or {last}", others.join(", "));
            self.fault(value.span().start, said);
        }
        found.map(|one| self.written(one, value))
    }

    /// A whole number from 0 to a limit: beyond it nobody would ever see the contract broken.
    fn number<N: TryFrom<i64> + Into<i64> + Copy>(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        what: &str,
        limit: N,
    ) -> Option<Written<N>> {
        let most: i64 = limit.into();
        let read = value
            .get_ref()
            .as_integer()
            .and_then(|digits| i64::from_str_radix(digits.as_str(), digits.radix()).ok());
        let within = read.filter(|number| (0..=most).contains(number));
        let number = within.and_then(|number| N::try_from(number).ok());
        if number.is_none() {
            self.fault(value.span().start, format!("{what} must be a number from 0 to {most}"));
        }
        number.map(|number| self.written(number, value))
    }

    fn bits(&mut self, value: &Spanned<DeValue<'_>>, what: &str) -> Option<Written<u32>> {
        self.number(value, what, MOST_BITS)
    }

    /// Selectors: names, or tables of a name and what is wanted of the key.
    fn selectors(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<Selector> {
        let Some(list) = self.list(value, "dkim-selectors") else { return Vec::new() };
        let mut selectors = Vec::with_capacity(list.len());
        for value in list {
            if self.is_enough() {
                break;
            }
            let selector = match value.get_ref().as_table() {
                Some(table) => self.selector(value.span().start, table),
                None => self.selector_name(value).map(|name| Selector { name, min_bits: None }),
            };
            selectors.extend(selector);
        }
        selectors
    }

    fn selector(&mut self, offset: usize, table: &DeTable<'_>) -> Option<Selector> {
        let (mut name, mut min_bits) = (None, None);
        for (key, value) in table {
            match &**key.get_ref() {
                "name" => name = self.selector_name(value),
                "min-bits" => min_bits = self.bits(value, "min-bits"),
                _ => self.unknown_key(key.span().start, key.get_ref(), &SELECTOR_KEYS),
            }
        }
        if !table.keys().any(|own| own.get_ref() == "name") {
            self.fault(offset, "a selector needs name = \"…\"".to_owned());
        }
        Some(Selector { name: name?, min_bits })
    }

    fn selector_name(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Written<String>> {
        let word = self.word(value, "a selector")?;
        match dkim::Selector::new(word) {
            Ok(selector) => Some(self.written(selector.to_string(), value)),
            Err(why) => {
                self.fault(value.span().start, format!("{word:?} is not a selector: {why}"));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    /// The faults of a text, as `line:column: message`.
    fn faults(text: &str) -> Vec<String> {
        let shown =
            |ConfigFault { line, column, message, .. }| format!("{line}:{column}: {message}");
        read("mailcheck.toml", text.as_bytes()).1.into_iter().map(shown).collect()
    }

    fn contract(lines: &str) -> Contract {
        let text = format!("[[domain]]\nname = \"x.example\"\n{lines}");
        let (config, faults) = read("mailcheck.toml", text.as_bytes());
        assert_eq!(faults, []);
        config.contracts.into_iter().next().expect("a contract")
    }

    #[test]
    fn every_value_keeps_its_place_and_its_text() {
        let contract = contract("senders = [\"a\",\n  \"ü\", 'b']\n");
        let last = contract.senders.last().expect("three senders");
        let place = (last.place.line, last.place.column);
        assert_eq!((last.value.as_str(), &*last.text, place), ("b", b"'b'".as_slice(), (4, 8)));
    }

    #[test]
    fn a_selector_is_a_name_or_a_table() {
        let contract = contract("dkim-selectors = [\"S1\", { name = \"s2\", min-bits = 2048 }]\n");
        let shown: Vec<(&str, Option<u32>)> = contract
            .selectors
            .iter()
            .map(|one| (one.name.value.as_str(), one.min_bits.as_ref().map(|bits| bits.value)))
            .collect();
        assert_eq!(shown, [("s1", None), ("s2", Some(2048))]);
    }

    #[test]
    fn a_misspelt_key_names_the_nearest() {
        assert_eq!(
            faults("[[domain]]\nname = \"x.example\"\nsender = []\n"),
            ["3:1: unknown key \"sender\": did you mean \"senders\"?"]
        );
        assert_eq!(
            faults("[[domain]]\nname = \"x.example\"\ndkim-selectors = [{ nam = \"a\" }]\n"),
            [
                "3:19: a selector needs name = \"…\"",
                "3:21: unknown key \"nam\": did you mean \"name\"?",
            ]
        );
    }

    #[test]
    fn a_domain_that_is_declared_twice_is_a_fault_that_names_both() {
        let once = "[[domain]]\nname = \"x.example\"\n";
        assert_eq!(
            faults(&format!("{once}{once}")),
            ["4:8: x.example is declared twice, first at mailcheck.toml:2"]
        );
    }

    #[test]
    fn a_word_that_is_none_of_a_few_says_which_they_are() {
        assert_eq!(
            faults("[[domain]]\nname = \"x.example\"\nrole = \"send\"\nmin-policy = \"strict\"\n"),
            [
                "3:8: \"send\" is not a role: expected sending, receiving-only or parked",
                "4:14: \"strict\" is not a min-policy: expected none, quarantine or reject",
            ]
        );
    }

    #[test]
    fn a_number_beyond_its_limit_is_a_fault() {
        let said = |number: &str| {
            faults(&format!("[[domain]]\nname = \"a.example\"\nmax-lookups = {number}"))
        };
        assert_eq!(said("0x0a"), [""; 0]);
        for number in ["11", "-1", "1.5", "\"8\"", "99999999999999999999"] {
            assert_eq!(
                said(number),
                ["3:15: max-lookups must be a number from 0 to 10"],
                "{number}"
            );
        }
    }

    #[test]
    fn a_domain_without_a_name_is_a_fault() {
        assert_eq!(faults("[[domain]]\nrole = \"parked\"\n"), ["1:1: a domain needs name = \"…\""]);
    }

    #[test]
    fn a_list_without_end_is_not_read() {
        let senders = "\"192.0.2.1\",".repeat(300);
        assert_eq!(
            faults(&format!("[[domain]]\nname = \"x.example\"\nsenders = [{senders}]")),
            ["3:11: senders has more than 256 entries"]
        );
    }
}
