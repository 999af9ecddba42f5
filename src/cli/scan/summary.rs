//! What the rows of a scan add up to.

use crate::cli::RunError;
use crate::render::scan::word;
use crate::report::scan::Row;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Counts over rows. How many of them there are does not make it larger.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Summary {
    /// How many rows were written, those that name no domain included.
    pub rows: u64,
    /// How many lines name no domain.
    pub errors: u64,
    /// Rows by how they add up.
    pub results: BTreeMap<String, u64>,
    /// Rows by the answer about the sender asked about.
    pub answers: BTreeMap<String, u64>,
    /// Rows by how SPF stands.
    pub spf: BTreeMap<String, u64>,
    /// Rows by how DMARC stands.
    pub dmarc: BTreeMap<String, u64>,
    /// Rows by the DMARC policy in force.
    pub dmarc_policies: BTreeMap<String, u64>,
    /// Rows by the provider that receives.
    pub mx_providers: BTreeMap<String, u64>,
    /// Rows by provider among the includes.
    pub spf_providers: BTreeMap<String, u64>,
    /// Findings by rule.
    pub rules: BTreeMap<String, u64>,
    /// Queries that went out.
    pub queries: usize,
    /// Queries that failed.
    pub failed_queries: usize,
}

impl Summary {
    /// Adds a row.
    pub(super) fn count(&mut self, row: &Row) {
        self.rows += 1;
        self.errors += u64::from(row.error.is_some());
        add(&mut self.results, word(row.result));
        add(&mut self.answers, word(row.sender.as_ref().map(|it| it.answer)));
        add(&mut self.spf, word(row.spf.as_ref().map(|it| it.status)));
        add(&mut self.dmarc, word(row.dmarc.as_ref().map(|it| it.status)));
        add(&mut self.dmarc_policies, word(row.dmarc.as_ref().and_then(|it| it.policy)));
        add(&mut self.mx_providers, row.mx.as_ref().and_then(|it| it.provider.clone()));
        for provider in row.spf.iter().flat_map(|it| &it.providers) {
            add(&mut self.spf_providers, Some(provider.clone()));
        }
        for finding in &row.findings {
            add(&mut self.rules, Some(finding.rule.clone()));
        }
    }

    /// Adds what another worker counted.
    pub(super) fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.errors += other.errors;
        let pairs = [
            (&mut self.results, other.results),
            (&mut self.answers, other.answers),
            (&mut self.spf, other.spf),
            (&mut self.dmarc, other.dmarc),
            (&mut self.dmarc_policies, other.dmarc_policies),
            (&mut self.mx_providers, other.mx_providers),
            (&mut self.spf_providers, other.spf_providers),
            (&mut self.rules, other.rules),
        ];
        for (mine, theirs) in pairs {
            for (name, count) in theirs {
                *mine.entry(name).or_default() += count;
            }
        }
    }

    /// The summary as a JSON document.
    ///
    /// # Errors
    /// It cannot be written, which does not happen in memory.
    pub(super) fn json(&self, started: Option<&str>) -> Result<String, RunError> {
        let mut document = serde_json::json!({
            "schema": "mailcheck.scan-summary/1",
            "version": env!("CARGO_PKG_VERSION"),
            "tool": "mailcheck",
            "started": started,
        });
        let counts = serde_json::to_value(self).map_err(std::io::Error::from)?;
        if let (Value::Object(document), Value::Object(counts)) = (&mut document, counts) {
            document.extend(counts);
        }
        let text = serde_json::to_string_pretty(&document).map_err(std::io::Error::from)?;
        Ok(text + "\n")
    }

    /// The summary for a person: the most frequent of each kind.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let kinds = [
            ("results", &self.results, 4),
            ("answers", &self.answers, 4),
            ("DMARC", &self.dmarc_policies, 4),
            ("MX", &self.mx_providers, 5),
            ("includes", &self.spf_providers, 5),
            ("rules", &self.rules, 5),
        ];
        for (kind, counts, most) in kinds {
            let mut counts: Vec<_> = counts.iter().collect();
            counts.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), (*name).clone()));
            let shown: Vec<String> =
                counts.iter().take(most).map(|(name, count)| format!("{name} {count}")).collect();
            if !shown.is_empty() {
                lines.push(format!("{kind:<9} {}", shown.join(" · ")));
            }
        }
        lines
    }
}

fn add(counts: &mut BTreeMap<String, u64>, name: Option<String>) {
    if let Some(name) = name {
        *counts.entry(name).or_default() += 1;
    }
}
