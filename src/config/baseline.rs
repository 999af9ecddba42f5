//! A baseline: the findings of a day, each written down as an ignore, so that only new ones count.

use super::Ignore;
use crate::catalogue;
use crate::dns::Place;
use crate::report::Domain;
use crate::text::is_printable;
use std::sync::Arc;

/// The head of a baseline.
const HEAD: &str = "\
# Findings that existed when this file was written. They do not count; new ones do.
# `mailcheck baseline prune` removes entries without a finding.
";

/// An ignore for every finding of these domains that counts. `today` is written as `2026-11-26`.
pub fn baseline(domains: &[Domain], today: &str) -> Vec<Ignore> {
    let of_domain = |domain: &Domain| {
        let counting = domain.findings.iter().filter(|finding| finding.counts());
        let ignore = |finding: &crate::report::Finding| {
            Some(Ignore {
                rule: catalogue::rule(&finding.rule)?,
                domain: Some(domain.domain.clone()),
                fingerprint: Some(finding.fingerprint.clone()),
                reason: format!("baseline {today}"),
                expires: None,
                // It stands nowhere yet.
                place: Place::new(Arc::from(""), 1, 1),
            })
        };
        counting.filter_map(ignore).collect::<Vec<_>>()
    };
    domains.iter().flat_map(of_domain).collect()
}

/// Ignores as a file, in an order that does not depend on that of the findings, so that two
/// baselines can be compared line by line.
pub fn write_baseline(ignores: &[&Ignore]) -> String {
    let mut sorted = ignores.to_vec();
    let name = |ignore: &Ignore| ignore.domain.as_ref().map(ToString::to_string);
    sorted.sort_by_cached_key(|one| (name(one), one.rule.id, one.fingerprint.clone()));
    sorted.iter().fold(HEAD.to_owned(), |file, ignore| {
        let lines = lines(ignore);
        file + "\n[[ignore]]\n" + &lines.join("\n") + "\n"
    })
}

/// The keys of an ignore and what they say, as a file has them.
pub(crate) fn lines(ignore: &Ignore) -> Vec<String> {
    let said = |key: &str, text: &str| format!("{key} = {}", quoted(text));
    let all = [
        Some(said("rule", ignore.rule.id)),
        ignore.domain.as_ref().map(|name| said("domain", &name.to_string())),
        ignore.fingerprint.as_ref().map(|print| said("fingerprint", print)),
        Some(said("reason", &ignore.reason)),
        ignore.expires.as_ref().map(|date| format!("expires = {date}")),
    ];
    all.into_iter().flatten().collect()
}

/// A text as TOML writes it between quotes.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            hidden if !is_printable(hidden) => {
                out.push_str(&format!("\\U{:08X}", u32::from(hidden)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    fn ignores(text: &str) -> Vec<Ignore> {
        let (config, faults) = read("b.toml", text.as_bytes());
        assert_eq!(faults, []);
        config.ignores
    }

    #[test]
    fn a_baseline_that_is_written_reads_as_it_was() {
        let text = "[[ignore]]\nrule = \"spf/ptr\"\ndomain = \"b.example\"\nreason = 'a \"\\ b'\n\
                    expires = 2027-03-01\n[[ignore]]\nrule = \"mx/none\"\ndomain = \"a.example\"\n\
                    fingerprint = \"v1:0f\"\nreason = \"tab\\there\"\n";
        let before = ignores(text);
        let written = write_baseline(&before.iter().collect::<Vec<_>>());
        let shown = |all: &[Ignore]| -> Vec<String> {
            all.iter().map(|one| lines(one).join(" ")).collect()
        };
        let mut expected = shown(&before);
        expected.reverse();
        assert_eq!(shown(&ignores(&written)), expected);
    }
}
