//! Every rule there is, by its only name.
//!
//! A family keeps its own table, beside its checks; here they stand together, for those that list
//! rules, explain one, or let a user name one.

#[cfg(feature = "mail")]
use crate::audit;
use crate::diagnostic::{Check, Rule};
use crate::text::near;
use crate::{compare, contract, posture, protocols, suppress, zone};

/// Most rules that a word may have meant.
const MOST_MEANT: usize = 3;

/// Every rule, family by family, in the order of findings in a report.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    of(posture::lint::CHECKS)
        .chain(protocols::ROWS.iter().flat_map(|row| (row.rules)()))
        .chain(of(zone::lint::CHECKS))
        .chain(of(contract::lint::CHECKS))
        .chain(of(compare::lint::CHECKS))
        .chain(mail())
        .chain(of(suppress::lint::CHECKS))
}

/// The rules about mail.
#[cfg(feature = "mail")]
fn mail() -> impl Iterator<Item = &'static Rule> {
    of(audit::message::lint::CHECKS)
        .chain(of(audit::bounce::lint::CHECKS))
        .chain(of(audit::feedback::lint::CHECKS))
}

/// Without mail there is none.
#[cfg(not(feature = "mail"))]
fn mail() -> impl Iterator<Item = &'static Rule> {
    std::iter::empty()
}

fn of<F>(checks: &'static [Check<F>]) -> impl Iterator<Item = &'static Rule> {
    checks.iter().map(|check| check.rule)
}

/// The rule of this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

/// The rule that a word names: its id, or the part behind the slash where no other rule has it.
///
/// # Errors
/// No rule is named so, or several are: those that may have been meant, perhaps none.
pub fn find(word: &str) -> Result<&'static Rule, Vec<&'static Rule>> {
    let named = |word: &str| -> Vec<&'static Rule> {
        let is_it = |own: &str| own.eq_ignore_ascii_case(word);
        rules().filter(|rule| is_it(rule.id) || is_it(rule.name())).collect()
    };
    match named(word).as_slice() {
        [rule] => Ok(rule),
        [] => Err(match near::nearest(word, rules().flat_map(|rule| [rule.id, rule.name()])) {
            Some(nearest) => named(nearest),
            None => {
                let alike = near::alike(word, rules().map(|rule| rule.id), MOST_MEANT);
                alike.into_iter().filter_map(rule).collect()
            }
        }),
        several => Err(several.to_vec()),
    }
}

/// The rules that a word which is no id may have meant, perhaps none.
pub fn meant(word: &str) -> Vec<&'static Rule> {
    find(word).map_or_else(|meant| meant, |rule| vec![rule])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::family;

    #[test]
    fn every_rule_belongs_to_a_family_that_is_listed() {
        let mut listed = rules().map(Rule::family).collect::<Vec<_>>();
        listed.sort_unstable();
        listed.dedup();
        // A protocol's family is the word of its row.
        let rows = crate::protocols::Protocol::all().map(crate::protocols::Protocol::word);
        let mut known: Vec<&str> = family::ALL.iter().copied().chain(rows).collect();
        known.sort_unstable();
        known.dedup();
        assert_eq!(listed, known);
    }

    fn nearest(word: &str) -> Vec<&'static str> {
        find(word).expect_err("no rule is named so").iter().map(|rule| rule.id).collect()
    }

    #[test]
    fn a_rule_is_found_by_its_id_in_any_case() {
        assert_eq!(find("SPF/Void-Lookup").map(|rule| rule.id).ok(), Some("spf/void-lookup"));
    }

    #[test]
    fn a_name_without_family_is_enough_where_it_is_the_only_one() {
        assert_eq!(find("void-lookup").map(|rule| rule.id).ok(), Some("spf/void-lookup"));
    }

    #[test]
    fn a_name_that_several_families_have_means_none_of_them() {
        let several = nearest("several-records");
        assert!(several.len() > 1 && several.contains(&"spf/several-records"), "{several:?}");
        assert!(several.iter().all(|id| id.ends_with("/several-records")), "{several:?}");
    }

    #[test]
    fn a_slip_means_the_nearest_rule() {
        assert_eq!(nearest("spf/viod-lookup"), ["spf/void-lookup"]);
        assert_eq!(nearest("voidlokup"), ["spf/void-lookup"]);
    }

    #[test]
    fn a_word_that_is_near_nothing_means_nothing() {
        assert_eq!(nearest("xyzzy"), [""; 0]);
    }
}
