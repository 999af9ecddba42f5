//! Each rule with a zone that it speaks of, and with one that it is silent about.

use super::super::tests::facts;
use super::*;
use crate::text::escape;

/// The ids of the findings for x.example, in order.
async fn ids(lines: &[&str]) -> Vec<&'static str> {
    check(&facts(lines, "x.example").await).iter().map(|one| one.rule.id).collect()
}

/// What the findings of a rule say about a record at x.example, and the text that they point at.
async fn findings(rule: &str, record: &str) -> Vec<(String, String)> {
    let line = format!("_dmarc.x.example TXT {record}");
    let findings = check(&facts(&[&line], "x.example").await);
    let of_rule = findings.into_iter().filter(|one| one.rule.id == rule);
    let shown = of_rule.map(|one| {
        let text = one.location.record.unwrap_or_else(|| Arc::from([]));
        let span = one.location.span.map_or_else(String::new, |span| escape(span.of(&text)));
        (one.message.to_string(), span)
    });
    shown.collect()
}

fn said(message: &str, span: &str) -> Vec<(String, String)> {
    vec![(message.to_owned(), span.to_owned())]
}

#[tokio::test]
async fn a_record_without_fault_has_no_findings() {
    let record = "_dmarc.x.example TXT v=DMARC1; p=reject; rua=mailto:a@x.example";
    assert_eq!(ids(&[record]).await, [""; 0]);
}

#[tokio::test]
async fn nothing_is_found_where_nothing_could_be_told() {
    assert_eq!(ids(&["_dmarc.x.example FAIL"]).await, [""; 0]);
}

#[tokio::test]
async fn a_domain_without_a_record_is_missing_one() {
    assert_eq!(ids(&["x.example A"]).await, ["dmarc/missing"]);
}

#[tokio::test]
async fn a_version_in_small_letters_is_shown_where_the_record_is_missing() {
    let message = findings("dmarc/missing", "v=dmarc1; p=none").await.remove(0).0;
    assert!(message.contains("v=dmarc1 instead of v=DMARC1"), "{message}");
    assert!(message.contains("the record: v=dmarc1; p=none"), "{message}");
}

#[tokio::test]
async fn several_records_are_not_a_missing_record() {
    let lines = ["_dmarc.x.example TXT v=DMARC1; p=none", "_dmarc.x.example TXT v=DMARC1; p=none"];
    assert_eq!(ids(&lines).await, ["dmarc/several-records"]);
}

#[tokio::test]
async fn monitoring_mode_is_pointed_out() {
    assert_eq!(
        findings("dmarc/policy-none", "v=DMARC1; p=none").await,
        said("p=none does not stop spoofing of x.example", "none")
    );
}

#[tokio::test]
async fn a_test_is_told_with_what_it_leaves_of_the_policy() {
    assert_eq!(
        findings("dmarc/testing", "v=DMARC1; p=quarantine; t=y").await,
        said(
            "t=y lowers p=quarantine to none for mail from x.example; RFC 7489 receivers do not \
             know the tag and apply quarantine",
            "y"
        )
    );
}

#[tokio::test]
async fn a_test_is_no_monitoring_mode_and_no_disagreement_as_well() {
    let record = "v=DMARC1; p=quarantine; t=y";
    let others = [
        findings("dmarc/policy-none", record).await,
        findings("dmarc/receivers-disagree", record).await,
        findings("dmarc/testing", "v=DMARC1; p=none; t=y").await,
    ];
    assert_eq!(others, [const { Vec::new() }; 3]);
}

#[tokio::test]
async fn a_test_is_told_where_names_above_could_not_be_asked() {
    let lines = [
        "_dmarc.x.example TXT v=DMARC1; p=reject; t=y; rua=mailto:a@x.example",
        "_dmarc.example FAIL",
    ];
    assert_eq!(ids(&lines).await, ["dmarc/testing"]);
}

#[tokio::test]
async fn a_fault_in_a_defined_tag_is_told_apart_from_stray_text() {
    let record = "v=DMARC1; p=reject; bogus; aspf=x; ;";
    assert_eq!(
        findings("dmarc/syntax", record).await,
        said(
            "aspf=x: expected r or s; which value was meant is unknown; receivers ignore the tag",
            "x"
        )
    );
    let stray = findings("dmarc/stray-text", record).await;
    assert_eq!(stray.len(), 2, "{stray:?}");
}

#[tokio::test]
async fn a_defined_tag_without_an_equals_sign_changes_the_meaning() {
    let found = findings("dmarc/syntax", "v=DMARC1; p reject").await;
    assert_eq!(found[0].1, "reject");
}

#[tokio::test]
async fn a_flood_of_faults_is_cut_to_twenty_and_one_that_counts_the_rest() {
    let record = format!("v=DMARC1; p=reject{}", ";".repeat(10_000));
    assert_eq!(findings("dmarc/stray-text", &record).await.len(), 21);
}

#[tokio::test]
async fn an_invalid_sp_voids_the_policy() {
    let record = "v=DMARC1; p=reject; sp=block; rua=mailto:a@x.example";
    assert_eq!(
        findings("dmarc/no-valid-policy", record).await,
        said("sp=block is not a valid policy; receivers apply p=none", "block")
    );
}

#[tokio::test]
async fn a_record_without_policy_and_reports_is_of_no_use() {
    let message = findings("dmarc/no-valid-policy", "v=DMARC1; ruf=mailto:a@x.example").await;
    let expected = "no valid policy (p); with no valid rua either, receivers do not apply DMARC";
    assert_eq!(message, said(expected, ""));
}

#[tokio::test]
async fn historic_tags_are_noted_one_by_one() {
    let found = findings("dmarc/historic-tag", "v=DMARC1; p=reject; pct=100; ri=3600").await;
    assert_eq!(found.iter().map(|one| &*one.1).collect::<Vec<_>>(), ["pct=100", "ri=3600"]);
}

#[tokio::test]
async fn a_weaker_sp_is_found_and_a_stronger_np_is_not() {
    assert_eq!(
        findings("dmarc/subdomain-weaker", "v=DMARC1; p=quarantine; sp=none; np=reject").await,
        said(
            "sp=none is weaker than p=quarantine: names that exist below x.example can be \
             spoofed although the domain itself cannot",
            "none"
        )
    );
}

#[tokio::test]
async fn a_text_behind_empty_tags_is_one_finding() {
    let record = "v=DMARC1; p=reject;;; foo";
    let found = findings("dmarc/stray-text", record).await;
    assert_eq!(found, said("foo has no meaning here; receivers ignore the text", ""));
}

#[tokio::test]
async fn receivers_that_disagree_are_told_with_both_outcomes() {
    assert_eq!(
        findings("dmarc/receivers-disagree", "v=DMARC1; p=reject; pct=20").await,
        said(
            "RFC 9989 receivers apply reject, while RFC 7489 receivers apply reject to 20% of failing \
             mail",
            ""
        )
    );
}

#[tokio::test]
async fn a_top_level_domain_as_organization_is_pointed_out() {
    let lines = [
        "_dmarc.x.example TXT v=DMARC1; p=reject; rua=mailto:a@x.example",
        "_dmarc.example TXT v=DMARC1; p=none",
    ];
    assert!(ids(&lines).await.contains(&"dmarc/single-label-organization"));
}

#[tokio::test]
async fn a_record_without_reports_is_noted() {
    assert_eq!(
        findings("dmarc/no-reports", "v=DMARC1; p=reject").await,
        said("no valid rua in the record of x.example", "")
    );
}

#[tokio::test]
async fn a_destination_that_did_not_consent_is_found() {
    let record = "v=DMARC1; p=reject; rua=mailto:a@y.test!10m";
    assert_eq!(
        findings("dmarc/external-report-unauthorized", record).await,
        said(
            "receivers send no reports to mailto:a@y.test: no v=DMARC1 record at \
             x.example._report._dmarc.y.test",
            "mailto:a@y.test!10m"
        )
    );
}

#[tokio::test]
async fn fo_without_an_address_for_failure_reports_is_noted() {
    let rule = "dmarc/fo-without-ruf";
    assert_eq!(findings(rule, "v=DMARC1; p=reject; fo=1").await[0].1, "1");
    let record = "v=DMARC1; p=reject; fo=1; ruf=mailto:a@x.example";
    assert_eq!(findings(rule, record).await, []);
}

#[tokio::test]
async fn subdomain_policies_at_the_organization_are_no_ignored_tags() {
    let rule = "dmarc/subdomain-tag-ignored";
    assert_eq!(findings(rule, "v=DMARC1; p=reject; sp=reject; np=reject").await, []);
}

#[tokio::test]
async fn a_text_meant_as_a_record_is_shown_beside_the_one_in_force() {
    let lines = [
        "_dmarc.x.example TXT v=DMARC1; p=reject; rua=mailto:a@x.example",
        "_dmarc.x.example TXT v=dmarc1; p=none",
        "_dmarc.x.example TXT some other text",
    ];
    assert_eq!(ids(&lines).await, ["dmarc/lookalike"]);
}

#[tokio::test]
async fn only_the_addresses_behind_the_second_are_too_many() {
    let two = "v=DMARC1; p=reject; rua=mailto:a@x.example,mailto:b@x.example";
    assert_eq!(findings("dmarc/many-reports", two).await, []);
    let found = findings("dmarc/many-reports", &format!("{two},mailto:c@x.example")).await;
    assert_eq!(
        found,
        said(
            "rua has 3 addresses; RFC 7489 receivers need to support only 2",
            "mailto:c@x.example"
        )
    );
}

#[tokio::test]
async fn a_size_limit_is_pointed_at_in_either_list() {
    let record = "v=DMARC1; p=reject; rua=mailto:a@x.example!1k; ruf=mailto:a@x.example!2m";
    let found = findings("dmarc/report-size-limit", record).await;
    assert_eq!(found.iter().map(|one| &*one.1).collect::<Vec<_>>(), ["1k", "2m"]);
}

#[tokio::test]
async fn a_record_without_p_is_a_warning_and_no_invalid_policy() {
    let record = "_dmarc.x.example TXT v=DMARC1; rua=mailto:a@x.example";
    let facts = facts(&[record], "x.example").await;
    let found = check(&facts);
    let ids: Vec<_> = found.iter().map(|one| (one.rule.id, one.rule.severity)).collect();
    assert_eq!(ids, [("dmarc/policy-absent", crate::diagnostic::Severity::Warn)]);
    assert_eq!(facts.standing(), crate::diagnostic::Standing::Weak);
}

#[tokio::test]
async fn a_misspelt_p_is_no_absent_one() {
    let record = "_dmarc.x.example TXT v=DMARC1; policy=reject; rua=mailto:a@x.example";
    assert_eq!(ids(&[record]).await, ["dmarc/no-valid-policy"]);
}

#[tokio::test]
async fn an_invalid_policy_is_one_finding_with_what_was_meant() {
    let found = [
        ids(&["_dmarc.x.example TXT v=DMARC1; p=reject; sp=rejct; rua=mailto:a@x.example"]).await,
        ids(&["_dmarc.x.example TXT v=DMARC1; p='none'; rua=mailto:a@x.example"]).await,
    ];
    assert_eq!(found, [["dmarc/no-valid-policy"], ["dmarc/no-valid-policy"]]);
    let message = findings("dmarc/no-valid-policy", "v=DMARC1; p=reject; sp=rejct").await;
    assert!(message[0].0.contains("did you mean sp=reject?"), "{message:?}");
}

#[tokio::test]
async fn one_bad_address_of_two_costs_the_address_and_not_the_tag() {
    let record = "v=DMARC1; p=reject; rua=mailto:a@x.example,mailto: b@x.example";
    let message = findings("dmarc/syntax", record).await.remove(0).0;
    assert!(message.contains("receivers ignore this address"), "{message}");
}

#[tokio::test]
async fn a_tag_that_stands_twice_is_not_said_to_be_ignored() {
    let message = findings("dmarc/syntax", "v=DMARC1; p=reject; p=none").await.remove(0).0;
    assert!(message.contains("the last one counts here"), "{message}");
}

#[tokio::test]
async fn an_address_without_a_mailbox_gets_no_reports_and_is_no_fault_of_the_grammar() {
    let record = "_dmarc.x.example TXT v=DMARC1; p=reject; rua=mailto:dmarc";
    assert_eq!(ids(&[record]).await, ["dmarc/no-reports", "dmarc/undeliverable-reports"]);
}

#[tokio::test]
async fn white_space_before_the_version_is_pointed_out() {
    assert_eq!(
        findings("dmarc/leading-space", "  v=DMARC1; p=reject; rua=mailto:a@x.example").await,
        said("white space before v=DMARC1; some receivers discard the record", "  ")
    );
}

#[tokio::test]
async fn a_policy_behind_other_tags_is_noted() {
    assert_eq!(
        findings("dmarc/tag-order", "v=DMARC1; adkim=s; p=reject; rua=mailto:a@x.example").await,
        said(
            "p=reject is not the tag after v=DMARC1; some RFC 7489 receivers find no policy",
            "p=reject"
        )
    );
}

#[tokio::test]
async fn a_record_with_slips_is_told_where_the_parent_could_not_be_asked() {
    let lines = ["_dmarc.x.example TXT v=DMARC1 p=reject", "_dmarc.example FAIL"];
    assert_eq!(ids(&lines).await, ["dmarc/lookalike"]);
}
