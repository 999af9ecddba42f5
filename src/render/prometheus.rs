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

use super::{Stream, whole};
use crate::net::Name;
use crate::protocols::dmarc::Policy;
use crate::protocols::spf::{LOOKUP_LIMIT, VOID_LIMIT};
use crate::report::{Domain, Finding, Report, Status, Verdict};
use crate::text::{self, escape};
use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};

/// Writes a report as metrics.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    whole(&mut Exposition::default(), report, out)
}

/// Metrics as they come in. All samples of a metric stand together, so they are written at the end;
/// until then lines are kept, and nothing else of a domain.
#[derive(Clone, Debug)]
pub struct Exposition {
    /// A series may stand in an exposition once, and a domain may have been asked for twice.
    seen: HashSet<Name>,
    up: Family,
    results: Family,
    findings: BTreeMap<[Box<str>; 3], u64>,
    lookups: Family,
    voids: Family,
    policies: Family,
    unanswered: Family,
}

impl Default for Exposition {
    fn default() -> Self {
        Self {
            seen: HashSet::new(),
            up: Family::new("up", "1 if everything about the domain is determined."),
            results: Family::new("result", "Verdict of the domain: 1 for one of the results."),
            findings: BTreeMap::new(),
            lookups: Family::new("spf_lookups", "Terms that cause lookups, on the longest path."),
            voids: Family::new("spf_void_lookups", "Void lookups, on the worst path."),
            policies: Family::new(
                "dmarc_policy",
                "DMARC policy in force: 1 for one of the policies.",
            ),
            unanswered: Family::new("unanswered_lookups", "Lookups that failed."),
        }
    }
}

impl Exposition {
    fn count(&mut self, domain: &str, findings: &[Finding]) {
        for finding in findings.iter().filter(|finding| finding.counts()) {
            let labels = [domain, &finding.rule, finding.severity.word()].map(Box::from);
            *self.findings.entry(labels).or_default() += 1;
        }
    }
}

impl Stream for Exposition {
    fn begin(&mut self, _: &Report, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn domain(&mut self, domain: &Domain, _: &mut dyn Write) -> io::Result<()> {
        if !self.seen.insert(domain.domain.clone()) {
            return Ok(());
        }
        let name = domain.domain.to_string();
        let of = ("domain", name.as_str());
        let is_up = domain.result != Verdict::Unknown && domain.errors.is_empty();
        self.up.add(&[of], is_up.into());
        for result in [Verdict::Ok, Verdict::Warn, Verdict::Unknown, Verdict::Fail] {
            let word = result.word().to_ascii_lowercase();
            self.results.add(&[of, ("result", &word)], (domain.result == result).into());
        }
        self.count(&name, &domain.findings);
        // What SPF costs where there is a policy and everything about it could be told.
        if !matches!(domain.spf.status, Status::Unknown | Status::Skipped | Status::Absent) {
            self.lookups.add(&[of], domain.spf.details.lookups.into());
            self.voids.add(&[of], domain.spf.details.voids.into());
        }
        if let Some(policy) = domain.dmarc.details.policy {
            for one in [Policy::None, Policy::Quarantine, Policy::Reject] {
                self.policies.add(&[of, ("policy", one.word())], (one == policy).into());
            }
        }
        let failed = domain.lookups.iter().filter(|lookup| !lookup.is_answered()).count();
        self.unanswered.add(&[of], u64::try_from(failed).unwrap_or(u64::MAX));
        Ok(())
    }

    fn end(&mut self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        self.count("", &report.findings);
        let mut findings = Family::new("findings", "Findings that count.");
        for ([domain, rule, severity], count) in &self.findings {
            let labels = [("domain", &**domain), ("rule", rule), ("severity", severity)];
            findings.add(&labels, *count);
        }
        let mut last_run =
            Family::new("last_run_timestamp_seconds", "Start of the run, in seconds since 1970.");
        if let Some(seconds) = report.run.started.as_deref().and_then(unix_seconds) {
            last_run.add(&[], seconds);
        }
        let limits = [
            limit("spf_lookup_limit", "Lookup limit of receivers.", LOOKUP_LIMIT),
            limit("spf_void_lookup_limit", "Void lookup limit of receivers.", VOID_LIMIT),
        ];
        let [lookup_limit, void_limit] = &limits;
        let families = [
            &self.up,
            &self.results,
            &findings,
            &self.lookups,
            &self.voids,
            lookup_limit,
            void_limit,
            &self.policies,
            &self.unanswered,
            &last_run,
        ];
        families.into_iter().try_for_each(|family| family.write(out))
    }
}

/// A metric and its samples; all of them are gauges.
#[derive(Clone, Debug)]
struct Family {
    name: &'static str,
    help: &'static str,
    samples: String,
}

impl Family {
    fn new(name: &'static str, help: &'static str) -> Self {
        Self { name, help, samples: String::new() }
    }

    /// Adds a sample: labels, in their order, and a value.
    fn add(&mut self, labels: &[(&str, &str)], value: u64) {
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", quoted(value))).collect();
        let labels = match labels.is_empty() {
            true => String::new(),
            false => format!("{{{}}}", labels.join(",")),
        };
        self.samples.push_str(&format!("mailcheck_{}{labels} {value}\n", self.name));
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.samples.is_empty() {
            return Ok(());
        }
        let Self { name, help, samples } = self;
        write!(out, "# HELP mailcheck_{name} {help}\n# TYPE mailcheck_{name} gauge\n{samples}")
    }
}

fn limit(name: &'static str, help: &'static str, limit: u16) -> Family {
    let mut family = Family::new(name, help);
    family.add(&[], limit.into());
    family
}

/// The value of a label: printable, on one line, with nothing that ends it.
fn quoted(value: &str) -> String {
    escape(value.as_bytes()).replace('\\', "\\\\").replace('"', "\\\"")
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
