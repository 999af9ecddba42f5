//! The table of providers, read line by line.
//!
//! It is TOML, and a test reads it as such; but half of it is sources, and every run of the program
//! that recognises a name reads all of it. So this reader knows just the form that the table
//! has: a key and its value on one line, or a list with an item a line. It is four times as fast
//! (`benches/provider.rs`).

use super::{Generation, Kind, Pattern, Provider, TABLE};
use crate::net::Cidr;

/// What a line of the table says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A provider begins.
    Provider,
    /// What the policy of the provider listed at some time begins.
    Generation,
    /// The source of what follows, as it is written: with its date in brackets.
    Source(&'static str),
    /// A value below a key; a list gives one line an item.
    Value(&'static str, &'static str),
}

/// Hands on what each line of a table says, in its order. Comments before the first provider are its
/// head, and left out.
pub(super) fn lines(table: &'static str, mut take: impl FnMut(Line)) {
    let mut key = "";
    let mut has_begun = false;
    for line in table.split('\n') {
        let line = line.trim_ascii();
        match line.as_bytes().first() {
            None | Some(b']') => {}
            Some(b'#') if !has_begun => {}
            Some(b'#') => take(Line::Source(line.trim_start_matches(['#', ' ']))),
            Some(b'"') => {
                let item = line.trim_end_matches(',');
                take(Line::Value(key, item.trim_matches('"')));
            }
            Some(b'[') => {
                has_begun = true;
                let is_provider = line == "[[provider]]";
                take(if is_provider { Line::Provider } else { Line::Generation });
            }
            Some(_) => {
                let Some((name, value)) = line.split_once(" = ") else { continue };
                key = name;
                match value.strip_prefix('[') {
                    Some("") => {}
                    Some(list) => {
                        let items = list.trim_end_matches(']').split(", ");
                        items.for_each(|item| take(Line::Value(key, item.trim_matches('"'))));
                    }
                    None => take(Line::Value(key, value.trim_matches('"'))),
                }
            }
        }
    }
}

/// Reads the table anew, which `provider::all` does once.
#[doc(hidden)]
pub fn read() -> Vec<Provider> {
    let mut read: Vec<Provider> = Vec::with_capacity(256);
    lines(TABLE, |line| match (line, read.last_mut()) {
        (Line::Provider, _) => read.push(Provider::default()),
        (Line::Generation, Some(provider)) => provider.ranges.push(Generation::default()),
        // The table is part of the program, and a test reads it: what is left out is what no rule needs.
        (Line::Value(key, value), Some(provider)) => drop(provider.put(key, value)),
        _ => {}
    });
    read
}

impl Provider {
    /// Adds what a key of the table says; false if the key or the value is of no use here.
    pub(super) fn put(&mut self, key: &str, value: &'static str) -> bool {
        let network = || value.parse::<Cidr>().ok();
        match (key, self.ranges.last_mut()) {
            ("as_of", Some(generation)) => generation.as_of = value,
            ("since", Some(generation)) => generation.since = Some(value),
            ("networks", Some(generation)) => return push(&mut generation.networks, network()),
            ("id", _) => self.id = value,
            ("title", _) => self.title = value,
            ("kinds", _) => return push(&mut self.kinds, Kind::read(value)),
            ("shared", _) => self.shared = value == "true",
            ("rotates", _) => self.rotates = value == "true",
            ("policy", _) => self.policy = Some(value),
            ("key_note", _) => self.key_note = Some(value),
            ("return_mx", _) => self.return_mx = Some(value),
            ("shares_mx", _) => self.shares_mx = Some(value),
            ("resells", _) => self.resells = Some(value),
            ("aliases", _) => self.aliases.push(value),
            ("selectors", _) => self.selectors.push(value),
            ("publish", _) => self.publish.push(value),
            ("retired", _) => self.retired.push(Pattern::new(value)),
            ("dates", _) => self.dates.push(value),
            ("includes", _) => self.includes.push(Pattern::new(value)),
            ("mx", _) => self.mx.push(Pattern::new(value)),
            ("outbound", _) => self.outbound.push(Pattern::new(value)),
            ("submission", _) => self.submission.push(Pattern::new(value)),
            ("domains", _) => self.domains.push(Pattern::new(value)),
            ("targets", _) => self.targets.push(Pattern::new(value)),
            ("forwarding", _) => return push(&mut self.forwarding, network()),
            _ => return false,
        }
        true
    }
}

/// Appends what could be read; false if it could not.
fn push<T>(list: &mut Vec<T>, item: Option<T>) -> bool {
    let is_read = item.is_some();
    list.extend(item);
    is_read
}
