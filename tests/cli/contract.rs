//! `mailcheck test`: the contract of a domain, from the file to the exit code.

use super::{Ended, Run, SOUND, replay, run, said};
use serde_json::Value;

/// A contract that [`SOUND`] meets.
const MET: &str = "\
[[domain]]
name = \"example.com\"
role = \"sending\"
senders = [\"192.0.2.0/25\"]
never-senders = [\"198.51.100.0/24\"]
dkim-selectors = [\"default\"]
min-policy = \"reject\"
max-lookups = 8
max-voids = 0
";

/// `mailcheck test` of the sound domain, in a repository with this configuration.
fn test<const N: usize>(name: &str, toml: &str, arguments: [&str; N]) -> Run {
    let run = run(name, ["test", "--replay", "tape.jsonl"]).arguments(arguments).in_repository();
    run.file("tape.jsonl", SOUND.as_bytes()).file("mailcheck.toml", toml.as_bytes())
}

/// What is expected of the domain, and whether it is met.
fn contract(domain: &Value) -> Vec<(String, Value)> {
    let all = domain["contract"].as_array().expect("a list");
    all.iter().map(|one| (said(&one["expectation"]), one["met"].clone())).collect()
}

#[test]
fn a_contract_that_is_met_ends_with_0() {
    let report = test("contract-met", MET, []).json();
    let all = contract(&report["domains"][0]);
    assert_eq!(
        all.iter().map(|(said, _)| said.as_str()).collect::<Vec<_>>(),
        [
            "sending: at least one authorized sender",
            "192.0.2.0/25 must be authorized",
            "198.51.100.0/24 must not be authorized",
            "DKIM selector default must have a key",
            "DMARC policy must be reject",
            "SPF: at most 8 DNS lookups",
            "SPF: at most 0 void lookups",
        ]
    );
    assert!(all.iter().all(|(_, met)| *met == Value::Bool(true)), "{all:?}");
    assert_eq!((&report["exit_code"], &report["result"]), (&0.into(), &"ok".into()));
}

#[test]
fn the_domain_is_declared_where_its_name_stands() {
    let domain = test("contract-declared", MET, []).domain();
    let place = &domain["declared"];
    assert_eq!((&place["file"], &place["line"]), (&"mailcheck.toml".into(), &2.into()));
}

#[test]
fn what_is_not_met_ends_with_1_and_stands_at_its_line() {
    let toml = MET.replace("192.0.2.0/25", "192.0.2.0/23");
    let report = test("contract-broken", &toml, []).json();
    let finding = &report["domains"][0]["findings"][0];
    let place = &finding["location"];
    assert_eq!(
        (&finding["id"], &report["exit_code"]),
        (&"contract/sender-refused".into(), &1.into())
    );
    assert_eq!(
        (&place["file"], &place["line"], &place["column"]),
        (&"mailcheck.toml".into(), &4.into(), &12.into())
    );
}

#[test]
fn what_could_not_be_told_ends_with_3_and_is_no_finding() {
    let outage = ["--fault", "timeout:example.com/TXT"];
    let report = test("contract-outage", MET, outage).json();
    let domain = &report["domains"][0];
    let untold = contract(domain).iter().filter(|(_, met)| met.is_null()).count();
    let findings = domain["findings"].as_array().expect("a list");
    let ids = findings.iter().filter_map(|finding| finding["id"].as_str());
    let broken = ids.filter(|id| id.starts_with("contract/")).count();
    assert_eq!((&report["exit_code"], untold, broken), (&3.into(), 5, 0));
}

#[test]
fn the_screen_has_a_line_for_each_expectation() {
    let toml = MET.replace("\"reject\"", "\"quarantine\"").replace("default", "other");
    let ended = test("contract-screen", &toml, []).end();
    let is_one = |line: &&str| line.starts_with("  ok ") || line.starts_with("  FAIL ");
    let lines: Vec<&str> = ended.stdout.lines().filter(is_one).collect();
    assert_eq!(
        lines,
        [
            "  ok       sending: at least one authorized sender",
            "  ok       192.0.2.0/25 must be authorized",
            "  ok       198.51.100.0/24 must not be authorized",
            "  FAIL     DKIM selector other must have a key",
            "  ok       DMARC policy must be quarantine or stricter",
            "  ok       SPF: at most 8 DNS lookups",
            "  ok       SPF: at most 0 void lookups",
        ]
    );
    assert!(ended.stdout.contains("exit 1: contract violated"), "{}", ended.stdout);
}

#[test]
fn a_zone_is_judged_before_it_is_published() {
    let zone = b"example.com. 300 IN TXT \"v=spf1 ip4:192.0.2.128/25 -all\"\n";
    let ended = test("contract-zone", MET, ["--zone", "new.zone"]).file("new.zone", zone).end();
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.stdout.contains("  FAIL     192.0.2.0/25 must be authorized\n"),
        "{}",
        ended.stdout
    );
}

#[test]
fn the_main_job_judges_the_contract_too() {
    let toml = MET.replace("\"reject\"", "\"none\"");
    let main = replay("contract-main", SOUND, ["example.com"]).in_repository();
    let domain = main.file("mailcheck.toml", toml.as_bytes()).domain();
    assert_eq!(contract(&domain).len(), 7);
}

#[test]
fn who_asks_about_one_sender_or_message_does_not_ask_for_the_contract() {
    for (name, asked) in
        [("contract-sender", "192.0.2.1"), ("contract-path", "--mail-from=bob@example.com")]
    {
        let main = replay(name, SOUND, ["example.com", asked]).in_repository();
        let domain = main.file("mailcheck.toml", MET.as_bytes()).domain();
        assert_eq!(contract(&domain), [], "{asked}");
    }
}

#[test]
fn what_is_left_out_of_a_run_is_no_expectation() {
    let main = replay("contract-checks", SOUND, ["example.com", "--checks", "dmarc"]);
    let domain = main.in_repository().file("mailcheck.toml", MET.as_bytes()).domain();
    let told: Vec<String> = contract(&domain).into_iter().map(|(said, _)| said).collect();
    assert_eq!(told, ["DMARC policy must be reject"]);
}

#[test]
fn an_ignored_rule_of_a_contract_does_not_count() {
    let ignore = "[[ignore]]\nrule = \"contract/policy-weak\"\nreason = \"until the move\"\n";
    let cassette = SOUND.replace("p=reject", "p=quarantine");
    let run = test("contract-ignored", &format!("{MET}{ignore}"), []);
    let ended = run.file("tape.jsonl", cassette.as_bytes()).end();
    assert_eq!(ended.code, Some(0), "{}", ended.stdout);
    assert!(ended.stdout.contains("  ignored  DMARC policy must be reject\n"), "{}", ended.stdout);
}

#[test]
fn one_that_must_not_send_is_no_failed_test() {
    let ended = test("contract-junit", MET, ["-f", "junit"]).end();
    assert!(
        ended.stdout.contains("expected: 198.51.100.0/24 must not be authorized"),
        "{}",
        ended.stdout
    );
    assert!(!ended.stdout.contains("sender 198.51.100.0/24"), "{}", ended.stdout);
}

#[test]
fn of_many_senders_that_are_refused_each_is_marked() {
    let senders: Vec<String> = (0..40).map(|number| format!("198.51.100.{number}")).collect();
    let toml = format!("[[domain]]\nname = \"example.com\"\nsenders = {senders:?}\n");
    let ended = test("contract-many", &toml, []).end();
    let marked = ended.stdout.lines().filter(|line| line.starts_with("  FAIL ")).count();
    assert_eq!((ended.code, marked), (Some(1), 40), "{}", ended.stdout);
}

#[test]
fn a_provider_that_the_record_names_is_tested_once() {
    let cassette = "{\"cassette\":1,\"absent\":\"nxdomain\"}\n\
        {\"name\":\"example.com\",\"type\":\"TXT\",\"records\":[\"\\\"v=spf1 include:sendgrid.net -all\\\"\"]}\n\
        {\"name\":\"sendgrid.net\",\"type\":\"TXT\",\"records\":[\"\\\"v=spf1 ip4:192.0.2.0/24 -all\\\"\"]}\n";
    let toml = "[[domain]]\nname = \"example.com\"\nsenders = [\"sendgrid\"]\n";
    let domain = test("contract-once", toml, []).file("tape.jsonl", cassette.as_bytes()).domain();
    let tested = domain["authorizations"].as_array().expect("a list");
    let told: Vec<_> = tested.iter().map(|one| (&one["sender"], &one["declared"])).collect();
    assert_eq!(told, [(&"sendgrid".into(), &"sender".into())]);
    assert!(said(&domain["headline"]).contains("SendGrid is authorized"), "{domain}");
}

/// What a change of the policy to this record does to the contract, and how it ends.
fn changed(name: &str, toml: &str, record: &str) -> (Vec<(Value, Value)>, Value) {
    let zone = format!("example.com. 300 IN TXT \"{record}\"\n");
    let run = run(name, ["diff", "--replay", "tape.jsonl", "--live", "new.zone"]).in_repository();
    let run = run.file("tape.jsonl", SOUND.as_bytes()).file("mailcheck.toml", toml.as_bytes());
    let report = run.file("new.zone", zone.as_bytes()).json();
    let findings = report["domains"][0]["findings"].as_array().expect("a list").iter();
    let told = findings.map(|finding| (finding["id"].clone(), finding["state"].clone()));
    let own = |(id, _): &(Value, Value)| id.as_str().is_some_and(|id| id.starts_with("contract/"));
    (told.filter(own).collect(), report["exit_code"].clone())
}

#[test]
fn a_change_that_breaks_the_contract_fails() {
    let record = "v=spf1 ip4:192.0.2.128/25 ip4:198.51.100.7 -all";
    let told = ["contract/sender-refused", "contract/sender-admitted"];
    let introduced = told.map(|id| (id.into(), "introduced".into())).to_vec();
    assert_eq!(changed("contract-change", MET, record), (introduced, 1.into()));
}

#[test]
fn what_a_change_leaves_broken_is_not_its_fault() {
    let toml = MET.replace("default", "other");
    let record = "v=spf1 ip4:192.0.2.0/24 ip4:203.0.113.1 -all";
    let unchanged = vec![("contract/selector-missing".into(), "unchanged".into())];
    assert_eq!(changed("contract-unchanged", &toml, record), (unchanged, 0.into()));
}

// ── what is tested ──────────────────────────────────────────────────────────────────────────────

#[test]
fn a_file_may_be_named_and_domains_restrict_it() {
    let two = format!("{MET}[[domain]]\nname = \"example.org\"\n");
    let run = test("contract-named", "fail-on = 1", ["mail.toml", "example.com"]);
    let report = run.file("mail.toml", two.as_bytes()).json();
    let domains = report["domains"].as_array().expect("a list");
    let names: Vec<&Value> = domains.iter().map(|domain| &domain["domain"]).collect();
    assert_eq!(names, ["example.com"]);
}

#[test]
fn a_domain_that_is_not_declared_is_a_mistake() {
    let said = "error: example.org is not declared in mailcheck.toml; declared domains: \
                example.com";
    assert_eq!(test("contract-other", MET, ["example.org"]).end().refusal(), (Some(2), said));
}

#[test]
fn without_a_contract_there_is_nothing_to_test_and_an_example_is_shown() {
    let ended = test("contract-none", "", []).end();
    let (code, said) = ended.refusal();
    assert_eq!(code, Some(2));
    assert!(said.starts_with("error: mailcheck.toml declares no domain. Example: domain = [{"));
    let example = said.split_once("instance: ").map(|(_, example)| example).unwrap_or_default();
    let show = run("contract-example", ["config", "show"]).in_repository();
    assert_eq!(show.file("mailcheck.toml", example.as_bytes()).end().code, Some(0));
}

#[test]
fn a_sender_that_is_nobody_is_a_mistake_in_its_place() {
    let toml = MET.replace("192.0.2.0/25", "sendgird");
    let ended = test("contract-slip", &toml, []).end();
    let (code, said) = ended.refusal();
    assert_eq!(code, Some(2));
    assert!(
        said.starts_with("error: mailcheck.toml:4:12: unknown provider \"sendgird\""),
        "{said}"
    );
    assert!(said.ends_with("Did you mean sendgrid?"), "{said}");
}

#[test]
fn a_sender_among_the_words_is_a_mistake() {
    let ended = test("contract-word", MET, ["192.0.2.1"]).end();
    let (code, said) = ended.refusal();
    assert_eq!(code, Some(2));
    assert!(said.starts_with("error: 192.0.2.1 is a sender"), "{said}");
}

#[test]
fn what_a_contract_says_is_escaped() {
    let toml = "[[domain]]\nname = \"example.com\"\nsenders = [\"\\u001b[31m.example\"]\n";
    let Ended { stdout, stderr, .. } = test("contract-escape", toml, []).end();
    assert!(!stdout.contains('\u{1b}') && !stderr.contains('\u{1b}'), "{stdout}{stderr}");
}

// ── files that include files ────────────────────────────────────────────────────────────────────

/// `mailcheck config show` with these files.
fn show<const N: usize>(name: &str, files: [(&str, &str); N]) -> Ended {
    let run = run(name, ["config", "show", "--origin"]).in_repository();
    files.into_iter().fold(run, |run, (file, text)| run.file(file, text.as_bytes())).end()
}

#[test]
fn an_included_file_is_taken_in_and_says_where_it_stands() {
    let ended = show(
        "include",
        [("mailcheck.toml", "include = [\"other.toml\"]"), ("other.toml", "fail-on = \"warn\"")],
    );
    let expected = "\
# configuration: mailcheck.toml  # found
# with: other.toml  # included
fail-on = \"warn\"  # other.toml:1
";
    assert_eq!(ended.stdout, expected, "{}", ended.stderr);
}

#[test]
fn a_contract_may_stand_in_an_included_file() {
    let run = test("include-contract", "include = [\"domains.toml\"]", []);
    let domain = run.file("domains.toml", MET.as_bytes()).domain();
    assert_eq!(domain["declared"]["file"], "domains.toml");
}

#[test]
fn files_that_include_each_other_are_a_mistake_that_names_the_circle() {
    let ended = show(
        "include-circle",
        [
            ("mailcheck.toml", "include = [\"a.toml\"]"),
            ("a.toml", "\ninclude = [\"./b.toml\"]"),
            ("b.toml", "include = [\"a.toml\"]"),
        ],
    );
    let said = "error: ./b.toml:1:12: include loop: a.toml > ./b.toml > a.toml";
    assert_eq!(ended.refusal(), (Some(2), said));
}

#[test]
fn a_file_that_includes_itself_is_a_circle() {
    let ended = show("include-self", [("mailcheck.toml", "include = [\"mailcheck.toml\"]")]);
    let said = "error: mailcheck.toml:1:12: include loop: mailcheck.toml > mailcheck.toml";
    assert_eq!(ended.refusal(), (Some(2), said));
}

#[test]
fn a_file_that_two_include_is_read_once() {
    let ended = show(
        "include-twice",
        [
            ("mailcheck.toml", "include = [\"a.toml\", \"b.toml\"]"),
            ("a.toml", "include = [\"b.toml\"]"),
            ("b.toml", "fail-on = \"note\""),
        ],
    );
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

#[test]
fn a_missing_file_is_a_mistake_where_it_is_included() {
    let ended = show("include-gone", [("mailcheck.toml", "\ninclude = [\"gone.toml\"]")]);
    let (code, said) = ended.refusal();
    assert_eq!(code, Some(2));
    assert!(said.starts_with("error: mailcheck.toml:2:12: gone.toml: "), "{said}");
}

#[test]
fn a_fault_of_an_included_file_says_which_file_that_is() {
    let ended = show(
        "include-fault",
        [("mailcheck.toml", "include = [\"a.toml\"]"), ("a.toml", "fail-onn = 1")],
    );
    let said = "error: a.toml:1:1: unknown key \"fail-onn\": did you mean \"fail-on\"?";
    assert_eq!(ended.refusal(), (Some(2), said));
}

#[test]
fn what_can_be_said_once_is_not_overridden_in_silence() {
    let ended = show(
        "include-override",
        [
            ("mailcheck.toml", "include = [\"a.toml\"]\nfail-on = \"error\""),
            ("a.toml", "fail-on = \"never\""),
        ],
    );
    let said = "error: a.toml:1:11: fail-on is set twice, first at mailcheck.toml:2";
    assert_eq!(ended.refusal(), (Some(2), said));
}

#[test]
fn files_are_not_included_without_end() {
    let chain = (0..10)
        .map(|number| (format!("{number}.toml"), format!("include = [\"{}.toml\"]", number + 1)));
    let deep = run("include-deep", ["config", "show"]).in_repository();
    let deep = deep.file("mailcheck.toml", b"include = [\"0.toml\"]");
    let deep = chain.fold(deep, |run, (file, text)| run.file(&file, text.as_bytes())).end();
    let said = "error: 7.toml:1:12: includes are nested more than 8 deep";
    assert_eq!(deep.refusal(), (Some(2), said));

    let names: Vec<String> = (0..70).map(|number| format!("{number}.toml")).collect();
    let many = run("include-many", ["config", "show"]).in_repository();
    let many = many.file("mailcheck.toml", format!("include = {names:?}").as_bytes());
    let many = names.iter().fold(many, |run, file| run.file(file, b"")).end();
    assert!(many.refusal().1.ends_with("more than 64 included files"), "{}", many.stderr);
}
