//! Whose fault it is: a line for each of the gravest two.

use super::sheet::Sheet;
use crate::render::attribution::{MOST, rules, to_do, who};
use crate::render::palette::Ink;
use crate::report::{Domain, Fault, FaultKind, Finding, Party};

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
