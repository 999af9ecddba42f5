//! SMTP TLS reports (RFC 8460): sessions that a sender could and could not secure.

use super::Refusal;
use super::flaw::{Flaw, Flaws};
use serde_json::Value;
use std::collections::BTreeMap;

/// Policies and details of one report.
const MOST: usize = 10_000;

/// The result types that RFC 8460 §4.3 registers, and one that came after it.
const RESULT_TYPES: [&str; 12] = [
    "starttls-not-supported",
    "certificate-host-mismatch",
    "certificate-expired",
    "certificate-not-trusted",
    "validation-failure",
    "tlsa-invalid",
    "dnssec-invalid",
    "dane-required",
    "sts-policy-fetch-error",
    "sts-policy-invalid",
    "sts-webpki-invalid",
    "tlsrpt-failure",
];

/// One report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TlsReport {
    /// Who reports.
    pub org: Option<String>,
    /// How to reach it.
    pub contact: Option<String>,
    /// The identifier.
    pub report_id: Option<String>,
    /// When the span begins, as it was sent.
    pub begin: Option<String>,
    /// When it ends.
    pub end: Option<String>,
    /// What each policy came to. Entries may be about the same sessions: they are not added up.
    pub policies: Vec<Policy>,
    /// What is wrong with it.
    pub flaws: Flaws,
}

/// What one policy came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// `sts`, `tlsa` or `no-policy-found`.
    pub kind: Option<String>,
    /// The domain of the policy.
    pub domain: Option<String>,
    /// Sessions that were secured.
    pub ok: u64,
    /// Sessions that failed.
    pub failed: u64,
    /// By result type: how many sessions.
    pub failures: BTreeMap<String, u64>,
    /// By receiving host: how many sessions failed.
    pub hosts: BTreeMap<String, u64>,
}

/// Reads a report from a JSON value.
///
/// # Errors
/// It is JSON of another kind.
pub(super) fn read(value: &Value, mut flaws: Flaws) -> Result<TlsReport, Refusal> {
    let Some(object) = value.as_object().filter(|it| it.contains_key("policies")) else {
        return Err(Refusal::other("JSON without \"policies\""));
    };
    let mut report = TlsReport::default();
    let get = |name: &str| object.get(name);
    let mut text = |name: &str, needed: bool| match get(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Null) | None if needed => {
            flaws.add(Flaw::missing(name));
            None
        }
        Some(Value::Null) | None => None,
        Some(other) => {
            flaws.add(Flaw::of(name, &other.to_string(), "not a text"));
            None
        }
    };
    report.org = text("organization-name", true);
    report.contact = text("contact-info", true);
    report.report_id = text("report-id", true);
    let range = get("date-range").and_then(Value::as_object);
    for (name, field) in [("start-datetime", &mut report.begin), ("end-datetime", &mut report.end)]
    {
        *field = range.and_then(|it| it.get(name)).and_then(Value::as_str).map(str::to_owned);
        match field.as_deref() {
            None => flaws.add(Flaw::missing(name)),
            Some(value) if !value.contains('T') => {
                flaws.add(Flaw::of(name, value, "a date without a time"));
            }
            Some(value) if !value.ends_with('Z') && !value.ends_with("+00:00") => {
                flaws.add(Flaw::of(name, value, "not in UTC"));
            }
            Some(_) => {}
        }
    }
    let policies = entries(get("policies"), "policies", &mut flaws);
    for (index, entry) in policies.iter().take(MOST).enumerate() {
        report.policies.push(policy(entry, index + 1, &mut flaws));
    }
    report.flaws = flaws;
    Ok(report)
}

/// The entries of a list; an object where a list belongs is one of one.
fn entries<'v>(value: Option<&'v Value>, field: &str, flaws: &mut Flaws) -> &'v [Value] {
    match value {
        Some(Value::Array(entries)) => entries,
        Some(object @ Value::Object(_)) => {
            flaws.add(Flaw::of(field, "", "not a list; read as one of one entry"));
            std::slice::from_ref(object)
        }
        _ => {
            flaws.add(Flaw::of(field, "", "not a list"));
            &[]
        }
    }
}

fn policy(entry: &Value, number: usize, flaws: &mut Flaws) -> Policy {
    let place = |field: &str| format!("policy {number}: {field}");
    let said = entry.get("policy");
    let text = |name: &str| said.and_then(|it| it.get(name)).and_then(Value::as_str);
    let mut policy = Policy {
        kind: text("policy-type").map(str::to_owned),
        domain: text("policy-domain").map(str::to_owned),
        ..Policy::default()
    };
    match policy.kind.as_deref() {
        None => flaws.add(Flaw::missing(&place("policy-type"))),
        Some("sts" | "tlsa" | "no-policy-found") => {}
        Some(other) => flaws.add(Flaw::of(&place("policy-type"), other, "not in RFC 8460")),
    }
    if policy.domain.is_none() {
        flaws.add(Flaw::missing(&place("policy-domain")));
    }
    let summary = entry.get("summary");
    for (name, sum) in [
        ("total-successful-session-count", &mut policy.ok),
        ("total-failure-session-count", &mut policy.failed),
    ] {
        *sum = count(summary.and_then(|it| it.get(name)), &place(name), flaws);
    }
    let details = entry.get("failure-details").filter(|it| !it.is_null());
    let details = match details {
        Some(details) => entries(Some(details), &place("failure-details"), flaws),
        None => &[],
    };
    for detail in details.iter().take(MOST) {
        let said = detail.get("result-type").and_then(Value::as_str).unwrap_or_default();
        let known = RESULT_TYPES.into_iter().find(|known| known.eq_ignore_ascii_case(said));
        let kind = known.unwrap_or(said);
        if known.is_none() {
            flaws.add(Flaw::of(&place("result-type"), kind, "not in RFC 8460"));
        }
        let sessions =
            count(detail.get("failed-session-count"), &place("failed-session-count"), flaws);
        let sum = policy.failures.entry(kind.to_owned()).or_default();
        *sum = sum.saturating_add(sessions);
        let host = detail.get("receiving-mx-hostname").and_then(Value::as_str);
        if let Some(host) = host.filter(|it| !it.is_empty()) {
            let sum = policy.hosts.entry(host.to_owned()).or_default();
            *sum = sum.saturating_add(sessions);
        } else if detail.get("sending-mta-ip").is_none_or(Value::is_null) {
            flaws.add(Flaw::missing(&place("sending-mta-ip")));
        }
    }
    let sum = policy.failures.values().fold(0, |sum: u64, count| sum.saturating_add(*count));
    if !policy.failures.is_empty() && sum != policy.failed {
        let why = format!("the details add up to {sum}");
        flaws.add(Flaw::of(
            &place("total-failure-session-count"),
            &policy.failed.to_string(),
            &why,
        ));
    }
    policy
}

/// A number that was written with a fraction of nothing.
fn whole(number: &Value) -> Option<u64> {
    let text = number.to_string();
    let (whole, rest) = text.split_once('.')?;
    rest.bytes().all(|it| it == b'0').then(|| whole.parse().ok())?
}

/// A number of sessions, which some write as a text.
fn count(value: Option<&Value>, field: &str, flaws: &mut Flaws) -> u64 {
    match value {
        None | Some(Value::Null) => {
            flaws.add(Flaw::missing(field));
            0
        }
        Some(Value::String(text)) => match text.trim().parse() {
            Ok(number) => {
                flaws.add(Flaw::of(field, text, "a text; read as a number"));
                number
            }
            Err(_) => {
                flaws.add(Flaw::of(field, text, "not a number"));
                0
            }
        },
        Some(number) => number.as_u64().or_else(|| whole(number)).unwrap_or_else(|| {
            flaws.add(Flaw::of(field, &number.to_string(), "not a number of sessions"));
            0
        }),
    }
}
