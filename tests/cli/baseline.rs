//! `mailcheck baseline`: what was there does not count, what is new does.

use super::{Ended, Run, policy, run};
use serde_json::{Value, json};

/// A domain with findings, declared and nothing more.
const WEAK: &str = "v=spf1 ?all";
const DECLARED: &str = "[[domain]]\nname = \"example.com\"\n";

/// A run in a repository with a cassette and a configuration.
fn at<const N: usize>(name: &str, cassette: &str, toml: &str, arguments: [&str; N]) -> Run {
    let run = run(name, arguments).arguments(["--replay", "tape.jsonl"]).in_repository();
    run.file("tape.jsonl", cassette.as_bytes()).file("mailcheck.toml", toml.as_bytes())
}

/// Another run in the folder of one that ended.
fn after<const N: usize>(ended: &Ended, arguments: [&str; N]) -> Run {
    let mut run = run("baseline-after", arguments).arguments(["--replay", "tape.jsonl"]);
    run.folder.clone_from(&ended.folder);
    run.in_repository()
}

fn written(name: &str) -> Ended {
    let ended = at(name, &policy(WEAK), DECLARED, ["baseline", "write"]).end();
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    ended
}

/// The findings of a report that count.
fn counting(report: &Value) -> Vec<String> {
    let lists = [&report["domains"][0]["findings"], &report["general_findings"]];
    let findings = lists.into_iter().filter_map(Value::as_array).flatten();
    let counting = findings.filter(|finding| finding["suppressed"].is_null());
    counting.filter_map(|finding| finding["id"].as_str().map(str::to_owned)).collect()
}

#[test]
fn what_stands_in_a_baseline_does_not_count() {
    let ended = written("baseline-write");
    assert!(ended.stdout.starts_with("mailcheck-baseline.toml: "), "{}", ended.stdout);
    let report = after(&ended, ["test", "--fail-on", "note"]).json();
    assert_eq!((counting(&report), &report["exit_code"]), (vec![], &0.into()));
    let source = &report["domains"][0]["findings"][0]["suppressed"]["source"];
    assert!(source.as_str().is_some_and(|it| it.starts_with("mailcheck-baseline.toml:")));
}

#[test]
fn what_is_new_counts_all_the_same() {
    let ended = written("baseline-new");
    let cassette = policy("v=spf1 ip4:192.0.2.300 ?all");
    let report = after(&ended, ["test"]).file("tape.jsonl", cassette.as_bytes()).json();
    let is_told = counting(&report).contains(&"spf/syntax".to_owned());
    assert_eq!((is_told, &report["exit_code"]), (true, &1.into()));
}

#[test]
fn a_second_baseline_is_the_same_as_the_first() {
    let ended = written("baseline-again");
    let first = ended.read("mailcheck-baseline.toml");
    let again = after(&ended, ["baseline", "write"]).end();
    assert_eq!((again.code, again.read("mailcheck-baseline.toml")), (Some(0), first));
}

#[test]
fn an_entry_says_what_it_is_and_since_when() {
    let file = written("baseline-entry").read("mailcheck-baseline.toml");
    let entry = file.split("[[ignore]]\n").find(|entry| entry.contains("spf/neutral-all"));
    let lines: Vec<&str> = entry.expect("an entry of the rule").trim_end().lines().collect();
    let [rule, domain, fingerprint, reason] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((*rule, *domain), ("rule = \"spf/neutral-all\"", "domain = \"example.com\""));
    assert!(fingerprint.starts_with("fingerprint = \"v1:"), "{fingerprint}");
    assert!(reason.starts_with("reason = \"baseline 20"), "{reason}");
}

#[test]
fn an_entry_that_no_longer_matches_is_told_of_at_its_line() {
    let ended = written("baseline-unused");
    let line = ended
        .read("mailcheck-baseline.toml")
        .lines()
        .position(|line| line.contains("spf/neutral-all"))
        .expect("an entry of the rule");
    let run = after(&ended, ["test"]).file("tape.jsonl", policy("v=spf1 -all").as_bytes());
    let report = run.json();
    let unused = report["general_findings"].as_array().expect("a list");
    let places: Vec<_> =
        unused.iter().map(|it| (&it["location"]["file"], &it["location"]["line"])).collect();
    // The entry begins a line above its rule, and lines are counted from 1.
    assert!(places.contains(&(&"mailcheck-baseline.toml".into(), &line.into())), "{places:?}");
}

#[test]
fn prune_drops_what_is_gone_and_nothing_else() {
    let ended = written("baseline-prune");
    let cassette = policy("v=spf1 ~all");
    let pruned = after(&ended, ["baseline", "prune"]).file("tape.jsonl", cassette.as_bytes()).end();
    let left = pruned.read("mailcheck-baseline.toml");
    assert_eq!(pruned.code, Some(0), "{}{}", pruned.stdout, pruned.stderr);
    assert!(!left.contains("spf/neutral-all") && left.contains("mx/none"), "{left}");
}

#[test]
fn prune_keeps_what_could_not_be_told() {
    let ended = written("baseline-outage");
    let before = ended.read("mailcheck-baseline.toml");
    let outage = ["baseline", "prune", "--fault", "timeout:example.com/TXT"];
    let pruned = after(&ended, outage).end();
    assert_eq!((pruned.code, pruned.read("mailcheck-baseline.toml")), (Some(3), before));
}

#[test]
fn nothing_is_written_about_what_could_not_be_told() {
    let outage = ["baseline", "write", "--fault", "timeout:_dmarc.example.com/TXT"];
    let ended = at("baseline-untold", &policy(WEAK), DECLARED, outage).end();
    assert_eq!(ended.code, Some(3));
    assert!(!ended.files().contains(&"mailcheck-baseline.toml".to_owned()));
    assert!(ended.stdout.starts_with("baseline not written: example.com undetermined"));
}

#[test]
fn a_baseline_without_any_domain_is_a_mistake() {
    let ended = at("baseline-none", &policy(WEAK), "", ["baseline", "write"]).end();
    assert_eq!(ended.refusal().0, Some(2));
}

#[test]
fn another_domain_and_another_file_may_be_named() {
    let named = ["baseline", "write", "example.com", "-o", "known.toml"];
    let ended = at("baseline-named", &policy(WEAK), "include = [\"known.toml\"]", named);
    let ended = ended.file("known.toml", b"").end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let report = after(&ended, ["example.com", "--fail-on", "note"]).json();
    assert_eq!((counting(&report), &report["exit_code"]), (vec![], &0.into()));
}

#[test]
fn entries_of_other_domains_and_their_reasons_stay() {
    let other = "[[ignore]]\nrule = \"spf/ptr\"\ndomain = \"example.org\"\nreason = \"x\"\n";
    let run = at("baseline-others", &policy(WEAK), DECLARED, ["baseline", "write"]);
    let ended = run.file("mailcheck-baseline.toml", other.as_bytes()).end();
    let file = ended.read("mailcheck-baseline.toml");
    assert!(file.contains("domain = \"example.org\"\nreason = \"x\"\n"), "{file}");
}

#[test]
fn several_ignores_of_one_rule_and_domain_are_told_apart() {
    let twice = "[[ignore]]\nrule = \"spf/ptr\"\nreason = \"x\"\n".repeat(2);
    let report = at("ignores-apart", &policy(WEAK), &twice, ["example.com"]).json();
    let findings = report["general_findings"].as_array().expect("a list");
    let [one, other] = findings.as_slice() else { panic!("{findings:?}") };
    assert_ne!(one["fingerprint"], other["fingerprint"]);
}

#[test]
fn what_became_of_a_baseline_is_a_document_too() {
    let flags = ["baseline", "write", "-f", "json"];
    let document = at("baseline-json", &policy(WEAK), DECLARED, flags).end().document();
    let written = ["schema", "is_written", "removed", "exit_code"].map(|it| document[it].clone());
    assert_eq!(Value::from(written.to_vec()), json!(["mailcheck.baseline/1", true, 0, 0]));
    let entries = document["entries"].as_u64().unwrap_or_default();
    assert!(entries > 0, "{document}");
}

#[test]
fn a_baseline_that_is_not_written_is_a_document_that_says_why() {
    let outage = ["baseline", "write", "-f", "json", "--fault", "timeout:_dmarc.example.com/TXT"];
    let ended = at("baseline-json-dark", &policy(WEAK), DECLARED, outage).end();
    let document = ended.document();
    let said = [&document["is_written"], &document["unknown"][0]["domain"]];
    assert_eq!((ended.code, said), (Some(3), [&false.into(), &"example.com".into()]));
    assert_eq!(document["errors"][0]["kind"], "timeout", "{document}");
}
