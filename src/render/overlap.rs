//! Fixes on one page that change the same record: each was proved against the record as it is now,
//! so published one after the other, the last one undoes those before it.

use crate::diagnostic::Applicability;
use crate::render::words::counted;
use crate::report::{Finding, FixRecord, ProposedFix};

/// What is said behind a fix that would undo fixes of findings before it; `None` if it undoes none.
pub(super) fn warning<'f>(
    all: impl IntoIterator<Item = &'f Finding>,
    finding: &Finding,
) -> Option<String> {
    let fix = finding.fix.as_ref()?;
    let before = all.into_iter().take_while(|one| !std::ptr::eq(*one, finding));
    let shown = before.filter(|one| one.counts());
    let undone = shown.filter_map(|one| Some((one, one.fix.as_ref()?)));
    let undone: Vec<_> = undone.filter(|(_, earlier)| is_same_record(earlier, fix)).collect();
    let (first, rest) = undone.split_first()?;
    let least = undone.iter().map(|(_, earlier)| earlier.applicability).min();
    let command = match least.map_or(fix.applicability, |least| least.min(fix.applicability)) {
        Applicability::Safe => "mailcheck fix",
        Applicability::Review => "mailcheck fix --review",
        Applicability::Template => "mailcheck fix --templates",
    };
    let rule = &first.0.rule;
    Some(match rest.len() {
        0 => format!("; replaces the record for {rule} above, and `{command}` combines both"),
        more => format!(
            "; replaces the records for {rule} and {} above, and `{command}` combines them",
            counted(more, "more finding")
        ),
    })
}

/// True if two fixes write the same record differently, or each adds a text of its own at one name.
pub(super) fn is_same_record(one: &ProposedFix, other: &ProposedFix) -> bool {
    one.records.iter().any(|one| other.records.iter().any(|other| undoes(one, other)))
}

fn undoes(one: &FixRecord, other: &FixRecord) -> bool {
    if one.add == other.add {
        return false;
    }
    match (&one.remove, &other.remove, &one.add, &other.add) {
        (Some(first), Some(second), ..) => first == second,
        (None, None, Some(first), Some(second)) => {
            text_owner(first).is_some_and(|owner| Some(owner) == text_owner(second))
        }
        _ => false,
    }
}

/// The owner of a TXT record in master-file form.
fn text_owner(record: &str) -> Option<&str> {
    let mut words = record.split(' ');
    let owner = words.next()?;
    (words.nth(2)? == "TXT").then_some(owner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "example.com. 300 IN TXT \"v=spf1 a mx -all\"";

    fn fix(remove: Option<&str>, add: Option<&str>) -> ProposedFix {
        let records = vec![FixRecord { remove: remove.map(Into::into), add: add.map(Into::into) }];
        let applicability = Applicability::Safe;
        ProposedFix { summary: "a change".into(), applicability, records }
    }

    #[test]
    fn two_ways_to_write_one_record_undo_each_other() {
        let one = fix(Some(NOW), Some("example.com. 300 IN TXT \"v=spf1 a -all\""));
        let other = fix(Some(NOW), Some("example.com. 300 IN TXT \"v=spf1 mx -all\""));
        assert!(is_same_record(&one, &other));
    }

    #[test]
    fn the_same_record_proposed_twice_undoes_nothing() {
        let one = fix(Some(NOW), Some("example.com. 300 IN TXT \"v=spf1 -all\""));
        assert!(!is_same_record(&one, &one.clone()));
    }

    #[test]
    fn two_texts_that_are_each_to_be_the_only_one_undo_each_other() {
        let one = fix(None, Some("_dmarc.example.com. 300 IN TXT \"v=DMARC1; p=none\""));
        let other = fix(None, Some("_dmarc.example.com. 300 IN TXT \"v=DMARC1; p=reject\""));
        assert!(is_same_record(&one, &other));
    }

    #[test]
    fn hosts_that_are_added_beside_each_other_undo_nothing() {
        let one = fix(None, Some("example.com. 300 IN MX 10 a.example.com."));
        let other = fix(None, Some("example.com. 300 IN MX 10 b.example.com."));
        assert!(!is_same_record(&one, &other));
    }
}
