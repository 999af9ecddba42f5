//! `mailcheck.toml`: what its owner decided about the findings.

use super::{Ended, Run, policy, replay, run, text, world};
use serde_json::Value;

/// Ignores the only warning of [`weak`].
const IGNORE: &str = "[[ignore]]\nrule = \"spf/neutral-all\"\nreason = \"until the move\"\n";

/// A domain with one warning, in a repository with this configuration.
fn weak<const N: usize>(test: &str, toml: &str, arguments: [&str; N]) -> Run {
    let run = replay(test, &policy("v=spf1 ?all"), ["example.com", "--checks", "spf"]);
    run.arguments(arguments).in_repository().file("mailcheck.toml", toml.as_bytes())
}

/// The rules of all findings of a report, those that are ignored in brackets.
fn ids(report: &Value) -> Vec<String> {
    let lists = [&report["domains"][0]["findings"], &report["general_findings"]];
    let findings = lists.into_iter().filter_map(Value::as_array).flatten();
    let told = |finding: &Value| {
        let id = finding["id"].as_str().unwrap_or_default();
        if finding["suppressed"].is_null() { id.to_owned() } else { format!("[{id}]") }
    };
    findings.map(told).collect()
}

/// The folder below that of another run.
fn below(mut run: Run, folder: &str) -> Run {
    run.folder = run.folder.join(folder);
    std::fs::create_dir_all(&run.folder).expect("a folder can be made");
    run
}

#[test]
fn a_configuration_is_found_upward_to_the_root_of_the_repository() {
    let show = run("config-up", ["config", "show"]).in_repository();
    let ended = below(show.file("mailcheck.toml", b"fail-on = \"note\""), "a/b").end();
    assert_eq!(ended.stdout, "# configuration: ../../mailcheck.toml\nfail-on = \"note\"\n");
}

#[test]
fn a_configuration_above_the_repository_is_not_found() {
    let outside = run("config-above", ["config", "show"]).file("mailcheck.toml", b"fail-on = 1");
    let ended = below(outside, "repository").in_repository().end();
    assert_eq!(ended.stdout, "# configuration: none\nfail-on = \"error\"\n");
}

#[test]
fn none_is_no_configuration() {
    let report = weak("config-none", IGNORE, ["--config", "none"]).json();
    assert!(ids(&report).contains(&"spf/neutral-all".to_owned()), "{report}");
}

#[test]
fn a_file_that_is_named_and_not_there_is_a_mistake() {
    let ended = weak("config-gone", "", ["--config", "gone.toml"]).end();
    let (code, said) = ended.refusal();
    assert_eq!(code, Some(2));
    assert!(said.starts_with("error: gone.toml: "), "{said}");
}

#[test]
fn an_ignored_finding_does_not_count_and_says_why() {
    let report = weak("config-ignore", IGNORE, ["--fail-on", "warn"]).json();
    let suppressed = &report["domains"][0]["findings"][0]["suppressed"];
    let expected = serde_json::json!({"reason": "until the move", "source": "mailcheck.toml:1"});
    assert_eq!(ids(&report), ["[spf/neutral-all]"]);
    assert_eq!((suppressed, &report["exit_code"]), (&expected, &0.into()));
    assert_eq!((&report["result"], &report["domains"][0]["result"]), (&"ok".into(), &"ok".into()));
}

#[test]
fn the_screen_counts_what_is_ignored() {
    let Ended { stdout, .. } = weak("config-screen", IGNORE, []).end();
    assert!(!stdout.contains("neutral-all"), "{stdout}");
    assert!(stdout.contains("0 errors, 0 warnings, 0 notes (1 ignored)"), "{stdout}");
}

#[test]
fn an_ignore_without_a_reason_is_a_mistake_in_its_line() {
    let toml = "fail-on = \"warn\"\n[[ignore]]\nrule = \"spf/neutral-all\"\n";
    let said = "error: mailcheck.toml:2:1: an ignore needs reason = \"…\": why the finding does not \
                count";
    assert_eq!(weak("config-why", toml, []).end().refusal(), (Some(2), said));
}

#[test]
fn an_unknown_key_is_a_mistake_that_names_the_nearest() {
    let said = "error: mailcheck.toml:1:1: unknown key \"fail-onn\": did you mean \"fail-on\"?";
    assert_eq!(weak("config-key", "fail-onn = 1", []).end().refusal(), (Some(2), said));
}

#[test]
fn what_a_file_says_is_escaped() {
    let ended = weak("config-escape", "\"\\u001b[31m\" = 1", []).end();
    assert!(!ended.refusal().1.contains('\u{1b}'));
}

#[test]
fn a_file_full_of_faults_or_of_ignores_takes_bounded_work() {
    let faults = ["[[ignore]]\n".repeat(90_000), format!("ignore=[{}]", "{},".repeat(300_000))];
    for toml in faults {
        let ended = weak("config-faults", &toml, []).end();
        assert!(ended.refusal().1.ends_with("more)"), "{}", ended.stderr);
    }
    let ended = weak("config-many", &IGNORE.repeat(15_000), []).end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

#[test]
fn after_its_date_an_ignore_is_over_and_told_of() {
    let toml = format!("{IGNORE}expires = 2020-01-31\n");
    let report = weak("config-expired", &toml, ["--fail-on", "warn"]).json();
    assert_eq!(ids(&report), ["spf/neutral-all", "config/expired-ignore"]);
    assert_eq!(report["exit_code"], 1);
}

#[test]
fn an_ignore_that_matches_nothing_is_told_of_in_its_line() {
    let toml = "\n[[ignore]]\nrule = \"spf/ptr\"\ndomain = \"example.com\"\nreason = \"x\"\n";
    let report = weak("config-unused", toml, []).json();
    let place = &report["general_findings"][0]["location"];
    assert_eq!(ids(&report), ["spf/neutral-all", "config/unused-ignore"]);
    assert_eq!((&place["file"], &place["line"]), (&"mailcheck.toml".into(), &2.into()));
}

#[test]
fn an_ignore_for_what_was_not_looked_at_is_not_unused() {
    let others = "[[ignore]]\nrule = \"spf/ptr\"\ndomain = \"example.org\"\nreason = \"x\"\n\
                  [[ignore]]\nrule = \"mx/none\"\nreason = \"x\"\n";
    let report = weak("config-others", others, []).json();
    assert_eq!(ids(&report), ["spf/neutral-all"]);
}

#[test]
fn an_ignore_of_a_rule_about_files_or_changes_is_not_unused_where_neither_is_looked_at() {
    let others = "[[ignore]]\nrule = \"zone/ttl-differs\"\nreason = \"x\"\n\
                  [[ignore]]\nrule = \"change/sender-lost\"\ndomain = \"example.com\"\nreason = \"x\"\n";
    let report = weak("config-families", others, []).json();
    assert_eq!(ids(&report), ["spf/neutral-all"]);
}

#[test]
fn an_ignore_for_every_domain_is_not_unused_while_a_declared_one_was_not_looked_at() {
    let others =
        "[[ignore]]\nrule = \"spf/ptr\"\nreason = \"x\"\n[[domain]]\nname = \"example.org\"\n";
    let report = weak("config-undone", others, []).json();
    assert_eq!(ids(&report), ["spf/neutral-all"]);
}

#[test]
fn an_outage_makes_no_ignore_unused() {
    let toml = IGNORE.to_owned();
    let report = weak("config-outage", &toml, ["--fault", "timeout:example.com/TXT"]).json();
    assert_eq!(ids(&report), [""; 0]);
}

#[test]
fn the_screen_tells_of_findings_about_no_domain() {
    let toml = "[[ignore]]\nrule = \"spf/ptr\"\nreason = \"x\"\n";
    let Ended { stdout, .. } = weak("config-told", toml, []).end();
    assert!(stdout.contains("config/unused-ignore"), "{stdout}");
    assert!(stdout.contains("mailcheck.toml:1:1"), "{stdout}");
    assert!(stdout.contains("0 errors, 2 warnings"), "{stdout}");
}

#[test]
fn a_rule_has_the_severity_that_the_file_gives_it() {
    let toml = |severity| format!("[rules]\n\"spf/neutral-all\" = \"{severity}\"\n");
    let end = |test, severity| {
        let report = weak(test, &toml(severity), []).json();
        (ids(&report), report["result"].clone(), report["exit_code"].clone())
    };
    let told = vec!["spf/neutral-all".to_owned()];
    assert_eq!(end("config-error", "error"), (told.clone(), "fail".into(), 1.into()));
    assert_eq!(end("config-note", "note"), (told, "ok".into(), 0.into()));
    assert_eq!(end("config-off", "off"), (vec![], "ok".into(), 0.into()));
}

#[test]
fn only_selected_rules_and_no_ignored_ones_are_told() {
    let told = |test, flags| ids(&weak(test, "", flags).json());
    assert_eq!(told("select-rule", ["--select", "spf/neutral-all"]), ["spf/neutral-all"]);
    assert_eq!(told("select-other", ["--select", "dkim,mx/none"]), [""; 0]);
    assert_eq!(told("ignore-family", ["--ignore", "spf"]), [""; 0]);
}

#[test]
fn an_unknown_word_of_select_is_a_mistake_that_names_the_nearest() {
    let said = "error: --select: unknown rule or family \"dmark\". Did you mean dmarc?";
    assert_eq!(weak("select-slip", "", ["--select", "dmark"]).end().refusal(), (Some(2), said));
}

#[test]
fn a_flag_goes_before_the_environment_before_the_file() {
    let toml = "fail-on = \"warn\"\n";
    let code = |run: Run| run.end().code;
    let by_file = weak("fail-file", toml, []);
    let by_env = weak("fail-env", toml, []).variable("MAILCHECK_FAIL_ON", "error");
    let by_flag =
        weak("fail-flag", toml, ["--fail-on=warn"]).variable("MAILCHECK_FAIL_ON", "error");
    assert_eq!([code(by_file), code(by_env), code(by_flag)], [Some(1), Some(0), Some(1)]);
}

#[test]
fn show_says_where_each_setting_comes_from() {
    let toml = format!("fail-on = \"warn\"\n{IGNORE}");
    let show = run("config-show", ["config", "show", "--origin", "--select", "spf"]);
    let ended = show.in_repository().file("mailcheck.toml", toml.as_bytes()).end();
    let expected = "\
# configuration: mailcheck.toml  # found
fail-on = \"warn\"  # mailcheck.toml:1
# --select spf  # --select

[[ignore]]  # mailcheck.toml:2
rule = \"spf/neutral-all\"  # mailcheck.toml:2
reason = \"until the move\"  # mailcheck.toml:2
";
    assert_eq!(ended.stdout, expected, "{}", ended.stderr);
}

// ── facts about providers ───────────────────────────────────────────────────────────────────────

/// A provider that only this organization knows.
const ACME: &str = "[[provider]]
id       = \"acme\"
as-of    = 2026-11-20
title    = \"Acme Mail\"
kinds    = [\"mailbox\"]
mx       = [\".mx.acme.example\"]
policy   = \"spf.acme.example\"
publish  = [\"required CNAME autodiscover -> outlook.acme.example\"]
";

/// A customer of it.
fn customer(test: &str, toml: &str) -> Run {
    let tape = world(&[
        ("example.com", "MX", "0 in.mx.acme.example.".to_owned()),
        ("in.mx.acme.example", "A", "192.0.2.1".to_owned()),
        ("example.com", "TXT", text(b"v=spf1 include:spf.acme.example -all")),
        ("spf.acme.example", "TXT", text(b"v=spf1 ip4:192.0.2.0/28 -all")),
    ]);
    let run = replay(test, &tape, ["example.com", "--checks", "mx,spf"]);
    run.in_repository().file("mailcheck.toml", toml.as_bytes())
}

#[test]
fn a_provider_of_the_file_is_recognised_and_its_records_are_looked_for() {
    let report = customer("provider-added", ACME).json();
    let provider = &report["domains"][0]["providers"][0];
    assert_eq!(
        (&provider["id"], &provider["as_of"], &provider["records"][2]["state"]),
        (&"acme".into(), &"2026-11-20".into(), &"missing".into())
    );
    let said = super::said(&report["domains"][0]["authorizations"][0]["headline"]);
    assert!(said.starts_with("Acme Mail is authorized"), "{said}");
    assert_eq!(
        customer("provider-unknown", "").json()["domains"][0]["providers"],
        Value::Array(vec![])
    );
}

#[test]
fn a_provider_of_the_file_is_a_word_among_senders() {
    let ended = customer("provider-word", ACME).arguments(["acme", "-q"]).end();
    assert!(
        ended.stdout.starts_with("YES  example.com: Acme Mail is authorized"),
        "{}",
        ended.stdout
    );
}

#[test]
fn what_the_file_says_of_a_known_provider_takes_the_place_of_what_the_program_knows() {
    let toml = "[[provider]]\nid = \"postmark\"\nas-of = 2026-11-20\n\
                includes = [\"spf.mtasv.net\", \"spf2.mtasv.example\"]\n";
    let show = run("provider-override", ["providers", "postmark"]).in_repository();
    let report = show.file("mailcheck.toml", toml.as_bytes()).json();
    let facts = report["providers"][0]["facts"].as_array().expect("facts");
    let of = |key: &str| -> Vec<(&str, &str)> {
        let own = facts.iter().filter(|fact| fact["key"] == key);
        own.map(|fact| {
            (
                fact["value"].as_str().unwrap_or_default(),
                fact["source"].as_str().unwrap_or_default(),
            )
        })
        .collect()
    };
    assert_eq!(
        of("includes"),
        [("spf.mtasv.net", "mailcheck.toml:1"), ("spf2.mtasv.example", "mailcheck.toml:1")]
    );
    assert!(of("mx").iter().all(|(_, source)| !source.starts_with("mailcheck.toml")));
}
