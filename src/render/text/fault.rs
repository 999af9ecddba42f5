//! Whose fault it is: a line for each of the gravest two.

use super::sheet::Sheet;
use crate::render::palette::Ink;
use crate::report::{Certainty, Domain, Fault, FaultKind, Party};

/// Most lines of a domain.
const MOST: usize = 2;

/// The lines below the headline.
pub(super) fn faults(sheet: &mut Sheet, domain: &Domain) {
    fault_lines(sheet, &domain.faults);
}

/// A line for each of the gravest.
pub(super) fn fault_lines(sheet: &mut Sheet, faults: &[Fault]) {
    for fault in faults.iter().take(MOST) {
        let label = sheet.line().faint("  fault  ");
        let who = who(fault);
        let line = sheet.line().with(Ink::Strong, who).plain(": ");
        let line = match (fault.kind, fault.party, &fault.record) {
            // The finding below says the rest.
            (FaultKind::Record, Party::You, Some(record)) => {
                let mut rules: Vec<&str> = fault.rules().collect();
                rules.dedup();
                line.plain(format!("{} of ", record.kind))
                    .with(Ink::Name, record.name.to_string())
                    .plain(" (")
                    .with(Ink::Code, rules.join(", "))
                    .plain(")")
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
