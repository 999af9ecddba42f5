//! The openspf suite for RFC 7208, read from where the published suites are kept.

use crate::shared::shared;
use crate::zone::{Table, Zone, octets};
use serde::Deserialize;
use std::net::IpAddr;

/// Cases that share a zone.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) id: String,
    pub(crate) zone: Zone,
    pub(crate) cases: Vec<Case>,
}

/// One message offered to a server, and what RFC 7208 makes of it.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) scenario: String,
    /// Sections of the standard, as the suite cites them; some are those of RFC 4408.
    pub(crate) spec: String,
    pub(crate) helo: Vec<u8>,
    pub(crate) host: IpAddr,
    /// The reverse-path; empty in a bounce, maybe without local part.
    pub(crate) mailfrom: Vec<u8>,
    /// The acceptable results, the preferred one first.
    pub(crate) results: Vec<String>,
    pub(crate) explanation: Explanation,
}

/// What the suite says about the explanation of a fail.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Explanation {
    /// Nothing.
    Unchecked,
    /// None may come from the domain.
    Default,
    /// Exactly this must come from the domain.
    Text(Vec<u8>),
}

#[derive(Deserialize)]
struct SuiteRow {
    scenarios: Vec<ScenarioRow>,
}

#[derive(Deserialize)]
struct ScenarioRow {
    id: String,
    zone: Table,
    tests: Vec<CaseRow>,
}

#[derive(Deserialize)]
struct CaseRow {
    id: String,
    spec: serde_json::Value,
    helo: String,
    host: IpAddr,
    mailfrom: String,
    results: Vec<String>,
    explanation: Option<String>,
}

/// The scenarios of the suite; `None`, and a plain line, where the suite is not at hand.
pub(crate) fn spf_rfc7208() -> Option<Vec<Scenario>> {
    let path = shared("conformance/spf-rfc7208.json")?;
    #[expect(clippy::disallowed_methods, reason = "the suite is a file")]
    let text = std::fs::read_to_string(&path).expect("the suite can be read");
    Some(read(&text))
}

/// Reads a suite in this form.
pub(crate) fn read(text: &str) -> Vec<Scenario> {
    let suite: SuiteRow = serde_json::from_str(text).expect("the suite has the form it documents");
    suite.scenarios.into_iter().map(scenario).collect()
}

fn scenario(row: ScenarioRow) -> Scenario {
    let cases = row.tests.into_iter().map(|case| Case {
        id: case.id,
        scenario: row.id.clone(),
        spec: case.spec.as_str().map_or_else(|| case.spec.to_string(), str::to_owned),
        helo: octets(&case.helo),
        host: case.host,
        mailfrom: octets(&case.mailfrom),
        results: case.results,
        explanation: match case.explanation.as_deref() {
            None => Explanation::Unchecked,
            Some("DEFAULT") => Explanation::Default,
            Some(text) => Explanation::Text(octets(text)),
        },
    });
    Scenario { cases: cases.collect(), zone: Zone::new(&row.zone), id: row.id }
}
