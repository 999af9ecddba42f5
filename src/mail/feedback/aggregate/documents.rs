//! The reports of a text: nearly always one, and several where documents were put one behind the other.

use super::Aggregate;
use super::read::Reading;
use crate::mail::feedback::Refusal;
use crate::mail::feedback::flaw::{Flaw, Flaws};
use crate::mail::feedback::xml::{Step, Steps};

/// Most reports of one text.
const MOST: usize = 10_000;

/// The elements of a report, as the schemas write them.
const ELEMENTS: [&str; 46] = [
    "adkim",
    "aspf",
    "auth_results",
    "begin",
    "comment",
    "count",
    "date_range",
    "discovery_method",
    "disposition",
    "dkim",
    "domain",
    "email",
    "end",
    "envelope_from",
    "envelope_to",
    "error",
    "extension",
    "extensions",
    "extra_contact_info",
    "feedback",
    "fo",
    "generator",
    "header_from",
    "human_result",
    "identifiers",
    "identities",
    "np",
    "org_name",
    "p",
    "pct",
    "policy_evaluated",
    "policy_published",
    "reason",
    "record",
    "report_id",
    "report_metadata",
    "result",
    "row",
    "scope",
    "selector",
    "source_ip",
    "sp",
    "spf",
    "testing",
    "type",
    "version",
];

/// An element as the schemas write it, whatever the case of its letters.
fn element(name: &str) -> &str {
    if !name.bytes().any(|octet| octet.is_ascii_uppercase()) {
        return name;
    }
    ELEMENTS.into_iter().find(|known| known.eq_ignore_ascii_case(name)).unwrap_or(name)
}

/// Reads the reports of a text.
///
/// # Errors
/// The text holds no `<feedback>`, or what no report holds and may do harm.
pub fn read(text: &str, flaws: Flaws) -> Result<Vec<Aggregate>, Refusal> {
    let mut reader = Reading::new(flaws);
    let mut steps = Steps::new(text);
    let mut reports = Vec::new();
    loop {
        let step = steps.next(reader.flaws());
        match step {
            Step::Open(name) => {
                let name = element(name);
                if name == "feedback" && reader.is_over() {
                    if reports.len() >= MOST {
                        reader.flaws().add(Flaw::of("feedback", "", "too many reports; left out"));
                        break;
                    }
                    let why = "several reports in one text";
                    let mut flaws = Flaws::default();
                    flaws.add(Flaw::of("feedback", "", why));
                    let before = std::mem::replace(&mut reader, Reading::new(flaws));
                    reports.push(before.finish()?);
                }
                reader.open(name)?;
            }
            Step::Close(name) => reader.close(element(name)),
            Step::Text(text) => reader.text(&text),
            Step::Entities => {
                return Err(Refusal::hostile(
                    "it defines entities (<!ENTITY>), which no report has",
                ));
            }
            Step::End => break,
        }
    }
    match reader.finish() {
        Ok(report) => reports.push(report),
        // An element without content behind a report takes nothing from it.
        Err(why) if reports.is_empty() => return Err(why),
        Err(_) => {}
    }
    Ok(reports)
}
