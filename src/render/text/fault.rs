//! Whose fault it is: a line for each of the gravest two.

use super::sheet::Sheet;
use crate::render::palette::Ink;
use crate::report::{Certainty, Domain, Fault, FaultKind, Finding, Party};
use crate::text::Phrase;

/// Most lines of a domain.
const MOST: usize = 2;

/// The lines below the headline.
pub(super) fn faults(sheet: &mut Sheet, domain: &Domain) {
    lines(sheet, &domain.faults, &domain.findings);
}

/// A line for each of the gravest, of what has no findings of its own.
pub(super) fn fault_lines(sheet: &mut Sheet, faults: &[Fault]) {
    lines(sheet, faults, &[]);
}

fn lines(sheet: &mut Sheet, faults: &[Fault], findings: &[Finding]) {
    for fault in faults.iter().take(MOST) {
        let label = sheet.line().faint("  fault  ");
        let who = who(fault);
        let line = sheet.line().with(Ink::Strong, who).plain(": ");
        let rules = rules(findings, fault);
        let line = match (fault.kind, fault.party, &fault.record) {
            // The finding below says the rest.
            (FaultKind::Record, Party::You, Some(record)) if !rules.is_empty() => {
                let line = line
                    .plain(format!("{} of ", record.kind))
                    .with(Ink::Name, record.name.to_string())
                    .plain(": ");
                let action = rules.iter().find_map(|finding| to_do(finding));
                let line = rules.into_iter().enumerate().fold(line, |line, (at, finding)| {
                    line.plain(if at == 0 { "" } else { "; " })
                        .plain(&finding.summary)
                        .plain(" (")
                        .rule(Ink::Code, &finding.rule)
                        .plain(")")
                });
                match action {
                    Some(action) => line.plain("; ").then(&sheet.line().phrase(action)),
                    None => line,
                }
            }
            _ => {
                let line = line.then(&sheet.line().phrase(&fault.reason));
                match fault.action.is_empty() {
                    true => line,
                    false => line.plain("; ").then(&sheet.line().phrase(&fault.action)),
                }
            }
        };
        sheet.sentence(label, &line);
    }
}

/// The findings that a fault rests on, one a rule.
fn rules<'f>(findings: &'f [Finding], fault: &Fault) -> Vec<&'f Finding> {
    let mut all: Vec<&Finding> = Vec::new();
    for fingerprint in fault.fingerprints() {
        let finding = findings.iter().find(|it| it.fingerprint == fingerprint);
        if let Some(finding) = finding
            && !all.iter().any(|known| known.rule == finding.rule)
        {
            all.push(finding);
        }
    }
    all
}

/// What its owner does about a finding: the fix in a few words, or the advice.
fn to_do(finding: &Finding) -> Option<&Phrase> {
    finding.fix.as_ref().map(|fix| &fix.summary).or(finding.advice.as_ref())
}

/// The party as the line begins.
fn who(fault: &Fault) -> String {
    let who = match fault.party {
        Party::You => "yours".to_owned(),
        Party::Resolver if fault.name.is_empty() => "your resolver".to_owned(),
        Party::Resolver => format!("your resolver {}", fault.name),
        Party::Sender => "the sender".to_owned(),
        Party::Recipient | Party::Forwarder if fault.name.is_empty() => match fault.party {
            Party::Recipient => "the recipient".to_owned(),
            _ => "the forwarder".to_owned(),
        },
        Party::None => "none".to_owned(),
        Party::Undetermined => "undetermined".to_owned(),
        _ => fault.name.clone(),
    };
    match fault.confidence {
        Certainty::Proved => who,
        Certainty::Likely => format!("probably {who}"),
    }
}
