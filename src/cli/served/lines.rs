//! Configurations in lines, as NSD and Knot have them: sections, and keys with values.

use super::{Served, Settings};
use std::collections::HashMap;

/// True for a configuration with a section of a zone.
pub(super) fn is_section(text: &str) -> bool {
    text.lines().any(|line| line.trim_end() == "zone:")
}

/// An entry of a section: its keys and their values.
#[derive(Default)]
struct Entry<'t> {
    section: &'t str,
    values: HashMap<&'t str, &'t str>,
}

impl<'t> Entry<'t> {
    fn any(&self, keys: &[&str]) -> Option<&'t str> {
        keys.iter().find_map(|key| self.values.get(key).copied())
    }
}

/// The zones, the folder and what is included. Anything else is passed over.
pub(super) fn read(text: &str) -> Settings {
    let (mut entries, mut includes): (Vec<Entry<'_>>, Vec<String>) = (Vec::new(), Vec::new());
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim_end();
        let inner = line.trim_start();
        let is_indented = inner.len() < line.len();
        let is_item = inner.starts_with("- ");
        let Some((key, value)) = inner.trim_start_matches("- ").trim_start().split_once(':') else {
            continue;
        };
        let (key, value) = (key.trim(), value.trim().trim_matches('"'));
        if value.is_empty() && !is_indented && !is_item {
            entries.push(Entry { section: key, ..Entry::default() });
            continue;
        }
        if key == "include" {
            includes.push(value.to_owned());
            continue;
        }
        let Some(section) = entries.last().map(|entry| entry.section) else { continue };
        if is_item {
            entries.push(Entry { section, ..Entry::default() });
        }
        if let Some(entry) = entries.last_mut() {
            entry.values.insert(key, value);
        }
    }
    settings(&entries, includes)
}

fn settings(entries: &[Entry<'_>], includes: Vec<String>) -> Settings {
    let is_pattern = |entry: &&Entry<'_>| matches!(entry.section, "pattern" | "template");
    let patterns: HashMap<&str, &Entry<'_>> = entries
        .iter()
        .filter(is_pattern)
        .filter_map(|entry| Some((entry.any(&["name", "id"])?, entry)))
        .collect();
    let mut zones = Vec::new();
    for zone in entries.iter().filter(|entry| entry.section == "zone") {
        let Some(name) = zone.any(&["name", "domain"]) else { continue };
        let pattern = patterns.get(zone.any(&["include-pattern", "template"]).unwrap_or("default"));
        let value = |keys: &[&str]| {
            zone.any(keys).or_else(|| pattern.and_then(|pattern| pattern.any(keys)))
        };
        // Knot takes the name of the zone where no file is named.
        let usual = zone.any(&["domain"]).map(|_| "%s.zone");
        let plain = name.trim_end_matches('.');
        let file = value(&["zonefile", "file"]).or(usual);
        zones.push(Served {
            name: name.to_owned(),
            file: file.map(|file| file.replace("%s", plain)),
            is_copy: value(&["request-xfr", "master"]).is_some(),
            folder: value(&["storage"]).map(str::to_owned),
        });
    }
    let server = entries.iter().find_map(|entry| entry.any(&["zonesdir"]));
    Settings { zones, folder: server.map(str::to_owned), includes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(String, Option<String>, Option<String>, bool)> {
        let zones = read(text).zones.into_iter();
        zones.map(|it| (it.name, it.file, it.folder, it.is_copy)).collect()
    }

    #[test]
    fn zones_of_nsd_take_what_their_pattern_says() {
        let text = "server:\n  zonesdir: \"/etc/nsd\"\npattern:\n  name: p\n  zonefile: \"zones/%s\"\n\
                    zone:\n  name: example.com\n  include-pattern: p # as others\nzone:\n  name: \
                    example.net\n  zonefile: x\n  request-xfr: 192.0.2.1 NOKEY\n";
        let expected = [
            ("example.com".to_owned(), Some("zones/example.com".to_owned()), None, false),
            ("example.net".to_owned(), Some("x".to_owned()), None, true),
        ];
        assert_eq!(names(text), expected);
        assert_eq!(read(text).folder.as_deref(), Some("/etc/nsd"));
    }

    #[test]
    fn zones_of_knot_take_what_the_default_template_says() {
        let text = "template:\n  - id: default\n    storage: \"/etc/knot\"\nzone:\n  - domain: \
                    example.com\n  - domain: example.net\n    file: net.zone\n    storage: other\n";
        let expected = [
            (
                "example.com".to_owned(),
                Some("example.com.zone".to_owned()),
                Some("/etc/knot".to_owned()),
                false,
            ),
            (
                "example.net".to_owned(),
                Some("net.zone".to_owned()),
                Some("other".to_owned()),
                false,
            ),
        ];
        assert_eq!(names(text), expected);
    }
}
