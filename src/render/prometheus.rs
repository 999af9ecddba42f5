//! Text for Prometheus, for instance by way of a file of the node exporter.
//!
//! | metric | says |
//! |---|---|
//! | `mailcheck_up` | whether everything about the domain could be told |
//! | `mailcheck_result` | how it adds up: 1 at one of the results, 0 at the others |
//! | `mailcheck_findings` | findings that count, by rule and severity |
//! | `mailcheck_spf_lookups` and `mailcheck_spf_void_lookups` | what SPF costs, and the limits |
//! | `mailcheck_dmarc_policy` | the policy in force: 1 at one of them |
//! | `mailcheck_unanswered_lookups` | lookups that failed |
//! | `mailcheck_last_run_timestamp_seconds` | when the run began, where a clock was read |
//!
//! What could not be told has no sample, so that an outage moves no number but those about it.

use crate::protocols::dmarc::Policy;
use crate::protocols::spf::{LOOKUP_LIMIT, VOID_LIMIT};
use crate::report::{Domain, Report, Status, Verdict};
use crate::text::{self, escape};
use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};

/// Writes a report as metrics.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    // A series may stand in an exposition once, and a domain may have been asked for twice.
    let mut seen = HashSet::new();
    let domains: Vec<&Domain> =
        report.domains.iter().filter(|domain| seen.insert(&domain.domain)).collect();
    let families = [
        up(&domains),
        results(&domains),
        findings(report, &domains),
        spf(&domains, "spf_lookups", "Terms that cause lookups, on the longest path.", |it| it.0),
        spf(&domains, "spf_void_lookups", "Void lookups, on the worst path.", |it| it.1),
        limit("spf_lookup_limit", "Lookup limit of receivers.", LOOKUP_LIMIT),
        limit("spf_void_lookup_limit", "Void lookup limit of receivers.", VOID_LIMIT),
        policy(&domains),
        unanswered(&domains),
        last_run(report),
    ];
    let text: String = families.iter().map(Family::text).collect();
    out.write_all(text.as_bytes())
}

/// A metric and its samples; all of them are gauges.
struct Family {
    name: &'static str,
    help: &'static str,
    samples: Vec<Sample>,
}

/// Labels, in their order, and a value.
struct Sample {
    labels: Vec<(&'static str, String)>,
    value: u64,
}

impl Sample {
    fn of(domain: &Domain, value: impl Into<u64>) -> Self {
        let labels = vec![("domain", domain.domain.to_string())];
        Self { labels, value: value.into() }
    }

    fn with(mut self, label: &'static str, value: &str) -> Self {
        self.labels.push((label, value.to_owned()));
        self
    }
}

impl Family {
    fn text(&self) -> String {
        if self.samples.is_empty() {
            return String::new();
        }
        let name = format!("mailcheck_{}", self.name);
        let mut text = format!("# HELP {name} {}\n# TYPE {name} gauge\n", self.help);
        for Sample { labels, value } in &self.samples {
            let labels: Vec<String> = labels
                .iter()
                .map(|(name, value)| format!("{name}=\"{}\"", quoted(value)))
                .collect();
            match labels.is_empty() {
                true => text.push_str(&format!("{name} {value}\n")),
                false => text.push_str(&format!("{name}{{{}}} {value}\n", labels.join(","))),
            }
        }
        text
    }
}

/// The value of a label: printable, on one line, with nothing that ends it.
fn quoted(value: &str) -> String {
    escape(value.as_bytes()).replace('\\', "\\\\").replace('"', "\\\"")
}

fn up(domains: &[&Domain]) -> Family {
    let is_up = |domain: &Domain| domain.result != Verdict::Unknown && domain.errors.is_empty();
    let samples = domains.iter().map(|domain| Sample::of(domain, is_up(domain))).collect();
    Family { name: "up", help: "1 if everything about the domain is determined.", samples }
}

fn results(domains: &[&Domain]) -> Family {
    let results = [Verdict::Ok, Verdict::Warn, Verdict::Unknown, Verdict::Fail];
    let samples = domains.iter().flat_map(|domain| {
        results.into_iter().map(|result| {
            let word = result.word().to_ascii_lowercase();
            Sample::of(domain, domain.result == result).with("result", &word)
        })
    });
    let help = "Verdict of the domain: 1 for one of the results.";
    Family { name: "result", help, samples: samples.collect() }
}

fn findings(report: &Report, domains: &[&Domain]) -> Family {
    let of_domains = domains.iter().map(|domain| (domain.domain.to_string(), &domain.findings));
    let of_none = [(String::new(), &report.findings)];
    let mut counts: BTreeMap<[String; 3], u64> = BTreeMap::new();
    for (domain, findings) in of_domains.chain(of_none) {
        for finding in findings.iter().filter(|finding| finding.counts()) {
            let labels = [domain.clone(), finding.rule.to_string(), finding.severity.to_string()];
            *counts.entry(labels).or_default() += 1;
        }
    }
    let samples = counts.into_iter().map(|([domain, rule, severity], value)| {
        let labels = vec![("domain", domain), ("rule", rule), ("severity", severity)];
        Sample { labels, value }
    });
    Family { name: "findings", help: "Findings that count.", samples: samples.collect() }
}

/// What SPF costs where there is a policy and everything about it could be told.
fn spf(
    domains: &[&Domain],
    name: &'static str,
    help: &'static str,
    cost: impl Fn((u16, u16)) -> u16,
) -> Family {
    let is_known = |status| !matches!(status, Status::Unknown | Status::Skipped | Status::Absent);
    let known = domains.iter().filter(|domain| is_known(domain.spf.status));
    let samples = known.map(|domain| {
        let details = &domain.spf.details;
        Sample::of(domain, cost((details.lookups, details.voids)))
    });
    Family { name, help, samples: samples.collect() }
}

fn limit(name: &'static str, help: &'static str, limit: u16) -> Family {
    Family { name, help, samples: vec![Sample { labels: Vec::new(), value: limit.into() }] }
}

fn policy(domains: &[&Domain]) -> Family {
    let known = domains.iter().filter_map(|domain| Some((domain, domain.dmarc.details.policy?)));
    let samples = known.flat_map(|(domain, policy)| {
        [Policy::None, Policy::Quarantine, Policy::Reject]
            .into_iter()
            .map(move |one| Sample::of(domain, one == policy).with("policy", one.word()))
    });
    let help = "DMARC policy in force: 1 for one of the policies.";
    Family { name: "dmarc_policy", help, samples: samples.collect() }
}

fn unanswered(domains: &[&Domain]) -> Family {
    let samples = domains.iter().map(|domain| {
        let failed = domain.lookups.iter().filter(|lookup| !lookup.is_answered()).count();
        Sample::of(domain, u64::try_from(failed).unwrap_or(u64::MAX))
    });
    let help = "Lookups that failed.";
    Family { name: "unanswered_lookups", help, samples: samples.collect() }
}

fn last_run(report: &Report) -> Family {
    let seconds = report.run.started.as_deref().and_then(unix_seconds);
    let samples = seconds.map(|value| Sample { labels: Vec::new(), value });
    let help = "Start of the run, in seconds since 1970.";
    Family { name: "last_run_timestamp_seconds", help, samples: samples.into_iter().collect() }
}

/// Seconds since 1970 of a time as the report writes it, `2026-11-24T02:00:00Z`.
fn unix_seconds(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let numbers = |text: &str, between: char| -> Option<[i64; 3]> {
        let numbers: Vec<i64> =
            text.split(between).map(str::parse).collect::<Result<_, _>>().ok()?;
        numbers.try_into().ok()
    };
    let ([year, month, day], [hour, minute, second]) = (numbers(date, '-')?, numbers(time, ':')?);
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let seconds = text::days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    u64::try_from(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_become_seconds() {
        let read = ["1970-01-01T00:00:00Z", "2000-02-29T00:00:00Z", "2026-11-24T00:24:24Z", "soon"];
        assert_eq!(read.map(unix_seconds), [Some(0), Some(951_782_400), Some(1_795_479_864), None]);
    }
}
