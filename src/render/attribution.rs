//! Whose fault it is, in the words of every page and screen.

#[cfg(feature = "html")]
use crate::report::Finding;
use crate::report::{Certainty, Fault, Party};
#[cfg(feature = "html")]
use crate::text::Phrase;

/// Most faults of a domain that are shown: the gravest.
pub(super) const MOST: usize = 2;

/// The findings that a fault rests on, one a rule.
#[cfg(feature = "html")]
pub(super) fn rules<'f>(findings: &'f [Finding], fault: &Fault) -> Vec<&'f Finding> {
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
#[cfg(feature = "html")]
pub(super) fn to_do(finding: &Finding) -> Option<&Phrase> {
    finding.fix.as_ref().map(|fix| &fix.summary).or(finding.advice.as_ref())
}

/// The party as a line about the fault begins.
pub(super) fn who(fault: &Fault) -> String {
    let who = match fault.party {
        Party::You => "yours".to_owned(),
        Party::Resolver if fault.name.is_empty() => "your resolver".to_owned(),
        Party::Resolver => format!("your resolver {}", fault.name),
        Party::Sender => "the sender".to_owned(),
        Party::Recipient | Party::Forwarder if fault.name.is_empty() => match fault.party {
            Party::Recipient => "the recipient".to_owned(),
            _ => "the forwarder".to_owned(),
        },
        Party::None => "no one's".to_owned(),
        Party::Undetermined => "undetermined".to_owned(),
        _ => fault.name.clone(),
    };
    match fault.confidence {
        Certainty::Proved => who,
        Certainty::Likely => format!("probably {who}"),
    }
}
