//! What the comments of a zone file leave out: `; mailcheck: ignore[family/name] reason`.

use super::Policy;
use crate::audit::Linted;
use crate::catalogue;
use crate::diagnostic::{self, Rule, family};
use crate::report::{Finding, Suppression};
use crate::suppress::lint::UNUSED_IGNORE;
use crate::text::{Phrase, escape};
use crate::zone::{self, Facts};
use crate::zonefile::zone::{Ignore, IgnoredRule};

/// Most that is said about the comments of a file: who sees so much can mend them.
const SHOWN: usize = 1000;

/// Marks the findings that the comments of a file ask to leave out, and adds what is to be said
/// about the comments themselves: of a rule that does not exist, or is not met there.
///
/// That a rule is not met is said only where that could be told from the file.
pub fn heed_comments(policy: &Policy, facts: &Facts, linted: &mut Linted) {
    let mut said = Vec::new();
    for ignore in &facts.files.ignores {
        for named in &ignore.rules {
            match catalogue::rule(&named.id) {
                None if said.len() < SHOWN => said.push(unknown(facts, named)),
                None => {}
                Some(rule) => {
                    let is_met = leave_out(ignore, rule, &mut linted.findings);
                    let would_find = linted.is_complete || rule.family() == family::ZONE;
                    let is_on = policy.severity(rule.id, rule.severity).is_some();
                    if !is_met && would_find && is_on && said.len() < SHOWN {
                        said.push(unused(facts, named, rule));
                    }
                }
            }
        }
    }
    linted.findings.extend(said.iter().map(Finding::from));
}

/// True if a finding was there to be left out. Findings stand in the order of their lines.
fn leave_out(ignore: &Ignore, rule: &Rule, findings: &mut [Finding]) -> bool {
    let line = |finding: &Finding| finding.location.as_ref().map_or(0, |place| place.line);
    let begin = findings.partition_point(|finding| line(finding) < ignore.lines.0);
    let beside = findings.iter_mut().skip(begin).take_while(|it| line(it) <= ignore.lines.1);
    let mut is_met = false;
    for finding in beside.filter(|it| it.rule == rule.id && means(ignore, it)) {
        is_met = true;
        finding.suppressed.get_or_insert_with(|| Suppression::new(&ignore.reason, &ignore.place));
    }
    is_met
}

/// True if a comment leaves a finding out: it names its rule, beside the record that it is about.
pub(super) fn means(ignore: &Ignore, finding: &Finding) -> bool {
    let (first, last) = ignore.lines;
    // Most comments are about other lines, which is seen fastest.
    let is_beside = finding.location.as_ref().is_some_and(|place| {
        (first..=last).contains(&place.line) && place.file == escape(ignore.place.file.as_bytes())
    });
    is_beside && ignore.rules.iter().any(|rule| *rule.id == *finding.rule)
}

fn unknown(facts: &Facts, named: &IgnoredRule) -> diagnostic::Finding {
    let said = Phrase::new().plain("unknown rule ").code(&named.id);
    let meant = catalogue::meant(&named.id);
    let said = match meant.as_slice() {
        [] => said.plain("; mailcheck rules lists all rules"),
        [first, ..] => said.plain("; did you mean ").code(first.id).plain("?"),
    };
    diagnostic::Finding::new(&zone::lint::FAULTY_COMMENT, facts.at(&named.place), said)
}

fn unused(facts: &Facts, named: &IgnoredRule, rule: &Rule) -> diagnostic::Finding {
    let said = Phrase::new()
        .plain("ignore of ")
        .code(rule.id)
        .plain(" matches no finding of this record; remove it");
    diagnostic::Finding::new(&UNUSED_IGNORE, facts.at(&named.place), said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::lint;
    use crate::config::Scope;
    use crate::zonefile::formats;

    /// What is said of a file: place, rule, and why it does not count.
    async fn shown(text: &str, policy: &Policy) -> Vec<String> {
        let facts = Facts::new(formats::read("new.zone", text.as_bytes()), text.as_bytes().into());
        let mut linted = lint(&facts).await;
        heed_comments(policy, &facts, &mut linted);
        let shown = linted.findings.iter().map(|finding| {
            let place = finding.location.as_ref().expect("every finding has its place");
            let why = finding.suppressed.as_ref();
            let why = why.map(|it| format!(" [{} {}]", it.source, it.reason)).unwrap_or_default();
            format!("{}:{} {}{why}", place.line, place.column, finding.rule)
        });
        shown.collect()
    }

    #[tokio::test]
    async fn a_comment_says_why_the_findings_of_its_record_do_not_count() {
        let text = "a.example. 60 TXT \"v=spf1 ptr -all\" ; mailcheck: ignore[spf/ptr] old relay\n\
                    b.example. 60 TXT \"v=spf1 ptr -all\"\n";
        assert_eq!(
            shown(text, &Policy::default()).await,
            ["1:27 spf/ptr [new.zone:1 old relay]", "2:27 spf/ptr"]
        );
    }

    #[tokio::test]
    async fn a_comment_that_ignores_what_does_not_exist_is_told_with_the_nearest_name() {
        let text = "a.example. 60 A 192.0.2.1 ; mailcheck: ignore[spf/prt] x\n";
        assert_eq!(shown(text, &Policy::default()).await, ["1:47 zone/faulty-comment"]);
    }

    #[tokio::test]
    async fn a_comment_without_a_finding_can_go() {
        let text = "a.example. 60 A 192.0.2.1 ; mailcheck: ignore[zone/syntax] x\n";
        assert_eq!(shown(text, &Policy::default()).await, ["1:47 config/unused-ignore"]);
    }

    #[tokio::test]
    async fn of_a_finding_that_the_file_alone_cannot_tell_the_comment_may_stay() {
        let text = "a.example. 60 TXT \"v=spf1 include:b.example -all\" \
                    ; mailcheck: ignore[spf/too-many-lookups] being mended\n";
        assert_eq!(shown(text, &Policy::default()).await, [""; 0]);
    }

    #[tokio::test]
    async fn a_comment_about_a_rule_that_is_off_may_stay() {
        let text = "a.example. 60 A 192.0.2.1 ; mailcheck: ignore[zone/syntax] x\n";
        let ignore = Scope::read("zone").into_iter().collect();
        let policy = Policy { ignore, ..Policy::default() };
        assert_eq!(shown(text, &policy).await, [""; 0]);
    }

    #[tokio::test]
    async fn a_comment_with_rules_without_end_is_not_read() {
        let rules = vec!["spf/ptr"; 101].join(",");
        let text = format!("a.example. 60 A 192.0.2.1 ; mailcheck: ignore[{rules}] x\n");
        assert_eq!(shown(&text, &Policy::default()).await, ["1:847 zone/faulty-comment"]);
    }

    #[tokio::test]
    async fn what_is_said_of_comments_has_an_end() {
        let rules = vec!["spf/prt"; 100].join(",");
        let line = format!("a.example. 60 A 192.0.2.1 ; mailcheck: ignore[{rules}] x\n");
        assert_eq!(shown(&line.repeat(11), &Policy::default()).await.len(), SHOWN + 10);
    }
}
