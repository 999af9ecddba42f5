//! The verb `fix`: records that can be pasted, on standard output and nothing else there.

use super::{Ended, Run, run, world};

/// A domain with a fix that is safe, and one to review.
fn faulty() -> String {
    world(&[
        ("example.com", "TXT", "\"v=spf1 ip4:192.0.2.1 ip4:192.0.2.1 ?all\"".to_owned()),
        ("_dmarc.example.com", "TXT", "\"v=DMARC1; p=reject\"".to_owned()),
    ])
}

/// Runs the verb with more flags.
fn fix<const N: usize>(test: &str, more: [&str; N]) -> Ended {
    let run = run(test, ["fix", "example.com", "--replay", "tape.jsonl", "--review"]);
    run.arguments(more).file("tape.jsonl", faulty().as_bytes()).end()
}

#[test]
fn fixes_of_one_record_are_printed_as_one_record_safe_ones_first() {
    let ended = fix("fix-zone", ["--only", "spf"]);
    assert_eq!(
        ended.stdout,
        "; spf/duplicate-term (safe): drop ip4:192.0.2.1 (duplicate)\n\
         ; spf/neutral-all (review): replace ?all by ~all\n\
         ; remove: example.com. 3600 IN TXT \"v=spf1 ip4:192.0.2.1 ip4:192.0.2.1 ?all\"\n\
         example.com. 3600 IN TXT \"v=spf1 ip4:192.0.2.1 ~all\"\n"
    );
}

#[test]
fn only_safe_fixes_are_printed_unless_those_to_review_are_asked_for() {
    let run = run("fix-safe", ["fix", "example.com", "--replay", "tape.jsonl"]);
    let ended = run.file("tape.jsonl", faulty().as_bytes()).end();
    assert!(ended.stdout.ends_with("TXT \"v=spf1 ip4:192.0.2.1 ?all\"\n"), "{}", ended.stdout);
}

#[test]
fn templates_are_printed_as_comments_if_they_are_asked_for() {
    let tape = world(&[
        ("example.com", "TXT", "\"v=spf1 ip4:192.0.2.1 -all\"".to_owned()),
        ("example.com", "MX", "0 mx.example.com.".to_owned()),
        ("mx.example.com", "A", "192.0.2.1".to_owned()),
    ]);
    let fix = |test| {
        let run = run(test, ["fix", "example.com", "--replay", "tape.jsonl"]);
        run.file("tape.jsonl", tape.as_bytes())
    };
    let without = fix("fix-no-templates").end().stdout;
    let with = fix("fix-templates").arguments(["--templates"]).end().stdout;
    assert_eq!(without, "");
    assert!(with.contains("; dmarc/missing (template): "), "{with}");
    assert!(with.lines().all(|line| line.starts_with(';')), "{with}");
}

#[test]
fn warnings_that_remain_end_with_1_and_nothing_to_repair_with_0() {
    let domain = |record: &str| {
        world(&[
            ("example.com", "TXT", format!("\"{record}\"")),
            ("_dmarc.example.com", "TXT", "\"v=DMARC1; p=reject\"".to_owned()),
        ])
    };
    let code = |test, record: &str| {
        let toml = "[rules]\n\"posture/spf-only\" = \"off\"\n\"dkim/proved-none\" = \"off\"\n";
        let run = run(test, ["fix", "example.com", "--replay", "tape.jsonl"]).in_repository();
        let run = run.file("mailcheck.toml", toml.as_bytes());
        run.file("tape.jsonl", domain(record).as_bytes()).end().code
    };
    let codes = [
        code("fix-remains", "v=spf1 ip4:192.0.2.1 ?all"),
        code("fix-done", "v=spf1 ip4:192.0.2.1 ip4:192.0.2.1 -all"),
    ];
    assert_eq!(codes, [Some(1), Some(0)]);
}

#[test]
fn what_is_printed_is_a_zone_that_the_program_reads_and_finds_mended() {
    let zone = fix("fix-read", ["--only", "spf"]).stdout;
    let again = run("fix-again", ["fix", "example.com", "--replay", "tape.jsonl", "--only", "spf"])
        .arguments(["--zone", "fixed.zone", "--review"])
        .file("tape.jsonl", faulty().as_bytes())
        .file("fixed.zone", zone.as_bytes());
    assert_eq!(again.end().stdout, "");
}

#[test]
fn an_outage_of_a_provider_has_no_fix() {
    let cassette = world(&[
        ("example.com", "TXT", "\"v=spf1 include:spf.protection.outlook.com -all\"".to_owned()),
        ("example.com", "MX", "0 example-com.mail.protection.outlook.com.".to_owned()),
        ("example-com.mail.protection.outlook.com", "A", "192.0.2.9".to_owned()),
        ("_dmarc.example.com", "TXT", "\"v=DMARC1; p=none; rua=mailto:d@example.com\"".to_owned()),
    ]);
    for outage in ["nxdomain", "servfail", "timeout", "nodata"] {
        let run = run("fix-outage", ["fix", "example.com", "--replay", "tape.jsonl", "--fault"])
            .arguments([format!("{outage}:spf.protection.outlook.com").as_str()])
            .file("tape.jsonl", cassette.as_bytes());
        assert_eq!(run.end().stdout, "", "{outage}");
    }
}

#[test]
fn changes_of_dmarc_stand_in_a_block_of_their_own() {
    let cassette = world(&[
        ("example.com", "TXT", "\"v=spf1 ip4:192.0.2.1 ?all\"".to_owned()),
        ("_dmarc.example.com", "TXT", "\"v=DMARC1; p=reject; pct=100\"".to_owned()),
    ]);
    let run = run("fix-blocks", ["fix", "example.com", "--replay", "tape.jsonl", "--review"]);
    let printed = run.file("tape.jsonl", cassette.as_bytes()).end().stdout;
    let blocks: Vec<&str> = printed.split("\n\n; Publish these separately").collect();
    let [senders, dmarc] = blocks.as_slice() else { panic!("two blocks: {printed}") };
    assert!(!senders.contains("_dmarc.") && dmarc.contains("_dmarc."), "{printed}");
}

#[test]
fn other_tools_are_written_for_by_name() {
    let ended = fix("fix-tool", ["--format", "dnscontrol", "--only", "spf/duplicate-term"]);
    let last = ended.stdout.lines().last();
    assert_eq!(last, Some("TXT(\"@\", \"v=spf1 ip4:192.0.2.1 ?all\", TTL(3600)),"));
}

#[test]
fn what_could_not_be_told_is_no_fault_and_ends_with_3() {
    let cassette = "{\"cassette\":1}\n";
    let run = run("fix-dark", ["fix", "example.com", "--replay", "tape.jsonl"]);
    let ended = run.file("tape.jsonl", cassette.as_bytes()).end();
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(3), ""));
}

#[test]
fn a_fix_that_runs_out_of_time_says_so_and_keeps_its_recording() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let server = format!("@{}", silent.local_addr().expect("an address"));
    let run = run("fix-late", ["fix", "example.com", &server, "--deadline", "100ms"]);
    let ended = run.arguments(["--record", "kept.jsonl"]).end();
    let late = "undetermined: not finished within 0.1 s (--deadline)";
    assert_eq!(ended.refusal(), (Some(3), late));
    assert_eq!(ended.files(), ["kept.jsonl"]);
}

#[test]
fn a_sender_has_no_place_in_a_fix() {
    let ended = fix("fix-sender", ["192.0.2.1"]);
    let (code, said) = ended.refusal();
    assert_eq!(code, Some(2));
    assert!(said.starts_with("error: ") && said.contains("192.0.2.1"), "{said}");
}

#[test]
fn two_domains_are_one_too_many_to_fix() {
    let ended = fix("fix-two", ["example.org"]);
    assert_eq!(ended.refusal(), (Some(2), "error: fix takes one domain"));
}

// ── the configuration ───────────────────────────────────────────────────────────────────────────

/// Two keys that receivers cannot read, at selectors that only their owner knows.
const KEYS: [(&str, &str, &str); 2] = [
    (
        "a1._domainkey.example.com",
        "TXT",
        r#""v=DKIM1; k=ed25519; p=\"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=""#,
    ),
    (
        "b1._domainkey.example.com",
        "TXT",
        r#""v=DKIM1; k=ed25519; p=\"iKhm+FxcvxRHFNqDEHmkPEAeo2wdjMpGIS4tZHTGlKI=""#,
    ),
];
/// The contract that names these selectors.
const SELECTORS: &str = "[[domain]]\nname = \"example.com\"\ndkim-selectors = [\"a1\", \"b1\"]\n";

/// Runs the verb in a repository with this configuration.
fn configured(test: &str, cassette: &str, toml: &str) -> Run {
    let run = run(test, ["fix", "example.com", "--replay", "tape.jsonl", "--review"]);
    let run = run.in_repository();
    run.file("tape.jsonl", cassette.as_bytes()).file("mailcheck.toml", toml.as_bytes())
}

/// The rules that a patch is about, in its order.
fn rules(ended: &Ended) -> Vec<&str> {
    let steps = ended.stdout.lines().filter_map(|line| line.strip_prefix("; "));
    let rules = steps.filter_map(|step| step.split_once(" (")).map(|(rule, _)| rule);
    rules.filter(|rule| rule.contains('/')).collect()
}

#[test]
fn a_rule_that_is_off_is_not_fixed() {
    let ended = configured("fix-off", &faulty(), "[rules]\n\"spf/neutral-all\" = \"off\"\n").end();
    assert_eq!(
        ended.stdout,
        "; spf/duplicate-term (safe): drop ip4:192.0.2.1 (duplicate)\n\
         ; remove: example.com. 3600 IN TXT \"v=spf1 ip4:192.0.2.1 ip4:192.0.2.1 ?all\"\n\
         example.com. 3600 IN TXT \"v=spf1 ip4:192.0.2.1 ?all\"\n"
    );
}

#[test]
fn a_fix_stays_away_where_every_rule_is_off() {
    let toml = "[rules]\n\"spf/neutral-all\" = \"off\"\n\"spf/duplicate-term\" = \"off\"\n";
    let ended = configured("fix-all-off", &faulty(), toml).end();
    assert_eq!(ended.stdout, "");
}

#[test]
fn an_ignored_finding_is_not_fixed_until_the_ignore_expires() {
    for (test, expires, expected) in [
        ("fix-ignored", "2999-01-01", vec!["spf/duplicate-term"]),
        ("fix-expired", "2020-01-01", vec!["spf/duplicate-term", "spf/neutral-all"]),
    ] {
        let toml = format!(
            "[[ignore]]\nrule = \"spf/neutral-all\"\nreason = \"the move\"\nexpires = {expires}\n"
        );
        assert_eq!(rules(&configured(test, &faulty(), &toml).end()), expected, "{expires}");
    }
}

#[test]
fn an_ignore_of_another_domain_keeps_no_fix_away() {
    let toml = "[[ignore]]\nrule = \"spf/neutral-all\"\ndomain = \"com\"\nreason = \"theirs\"\n";
    let ended = configured("fix-elsewhere", &faulty(), toml).end();
    assert_eq!(rules(&ended), ["spf/duplicate-term", "spf/neutral-all"]);
}

#[test]
fn an_ignored_rule_is_not_fixed_where_another_fix_brings_it_to_light() {
    let record = "\"v=spf1 ipv4:192.0.2.1 ip4:192.0.2.1 -all\"";
    let cassette = world(&[("example.com", "TXT", record.to_owned())]);
    let toml = "[[ignore]]\nrule = \"spf/duplicate-term\"\nreason = \"harmless\"\n";
    let ended = configured("fix-to-light", &cassette, toml).arguments(["--only", "spf"]).end();
    assert_eq!(rules(&ended), ["spf/syntax"]);
}

#[test]
fn the_comment_of_a_zone_file_keeps_a_fix_away() {
    let zone = "example.com. TXT \"v=spf1 ip4:192.0.2.1 ip4:192.0.2.1 ?all\" \
                ; mailcheck: ignore[spf/neutral-all] until the move\n";
    let run = run("fix-comment", ["fix", "example.com", "--zone", "example.zone", "--only", "spf"]);
    let run = run.arguments(["--replay", "tape.jsonl"]).file("tape.jsonl", faulty().as_bytes());
    assert_eq!(rules(&run.file("example.zone", zone.as_bytes()).end()), ["spf/duplicate-term"]);
}

#[test]
fn none_is_no_configuration_for_a_fix_either() {
    let toml = "[rules]\n\"spf/neutral-all\" = \"off\"\n";
    let ended = configured("fix-none", &faulty(), toml).arguments(["--config", "none"]).end();
    assert_eq!(rules(&ended), ["spf/duplicate-term", "spf/neutral-all"]);
}

#[test]
fn a_faulty_configuration_stops_a_fix() {
    let ended = configured("fix-faulty", &faulty(), "[rules]\n\"spf/nothing\" = \"off\"\n").end();
    let (code, said) = ended.refusal();
    assert_eq!(code, Some(2));
    assert!(said.starts_with("error: mailcheck.toml:2:1: "), "{said}");
}

#[test]
fn keys_at_the_selectors_of_a_contract_are_fixed() {
    let ended = configured("fix-selectors", &world(&KEYS.map(owned)), SELECTORS);
    let ended = ended.arguments(["--only", "dkim"]).end();
    assert_eq!(rules(&ended), ["dkim/stray-characters", "dkim/stray-characters"]);
}

#[test]
fn of_two_faults_of_a_rule_the_one_that_is_ignored_by_its_fingerprint_stays() {
    let cassette = world(&KEYS.map(owned));
    let toml = SELECTORS.to_owned()
        + "[[ignore]]\nrule = \"dkim/stray-characters\"\nfingerprint = \"v1:07d485c68bedd63d\"\n\
           reason = \"it is going away\"\n";
    let ended = configured("fix-print", &cassette, &toml).arguments(["--only", "dkim"]).end();
    assert_eq!(rules(&ended), ["dkim/stray-characters"]);
    assert!(ended.stdout.contains("a1._domainkey.") && !ended.stdout.contains("b1."));
}

#[test]
fn the_findings_that_are_left_are_those_that_count() {
    let left = |test, toml| {
        let ended = configured(test, &faulty(), toml).arguments(["--only", "spf"]).end();
        ended.stderr
    };
    assert_eq!(
        left("fix-left", ""),
        "example.com: 2 fixes\nfindings without a fix here:\n  warn   posture/spf-only\n  warn   dkim/proved-none\n  \
         note   dmarc/no-reports\n  note   mx/none\n"
    );
    assert_eq!(
        left(
            "fix-left-off",
            "[rules]\n\"mx/none\" = \"off\"\n\"posture/spf-only\" = \"off\"\n\
             \"spf/neutral-all\" = \"off\"\n\"dmarc/no-reports\" = \"off\"\n"
        ),
        "example.com: 1 fix\nfindings without a fix here:\n  warn   dkim/proved-none\n"
    );
}

#[test]
fn what_the_contract_finds_is_left_too() {
    let toml = "[[domain]]\nname = \"example.com\"\nnever-senders = [\"192.0.2.1\"]\n";
    let ended = configured("fix-contract", &faulty(), toml).arguments(["--only", "spf"]).end();
    assert_eq!(
        ended.stderr,
        "example.com: 2 fixes\nfindings without a fix here:\n  error  contract/sender-admitted\n  warn   \
         posture/spf-only\n  warn   dkim/proved-none\n  note   dmarc/no-reports\n  note   mx/none\n"
    );
}

/// A record of a cassette.
fn owned(
    (name, kind, data): (&'static str, &'static str, &str),
) -> (&'static str, &'static str, String) {
    (name, kind, data.to_owned())
}

#[test]
fn a_record_below_its_zone_is_printed_for_the_file_of_that_zone() {
    let zone = "$ORIGIN example.com.\n@ 300 SOA ns1 h 1 7200 900 1209600 300\n@ 300 NS ns1\n\
                news 300 TXT \"v=spf1 ip4:192.0.2.1 ip4:192.0.2.1 -all\"\n";
    let fix = |test, format| {
        let asked = ["fix", "news.example.com", "--offline", "--zone", "example.com.zone"];
        let run = run(test, asked).arguments(["--format", format]);
        run.file("example.com.zone", zone.as_bytes()).end().stdout
    };
    let octodns = fix("fix-below-octodns", "octodns");
    assert!(octodns.contains("# example.com.yaml\n---\n'news':\n"), "{octodns}");
    let dnscontrol = fix("fix-below-dnscontrol", "dnscontrol");
    assert!(dnscontrol.contains("// in D(\"example.com\", …)\n"), "{dnscontrol}");
    assert!(dnscontrol.contains("TXT(\"news\", "), "{dnscontrol}");
}

#[test]
fn what_is_printed_for_a_tool_is_read_back_as_the_repaired_policy() {
    let files = [
        ("octodns", "example.com.yaml"),
        ("gcloud", "sets.yaml"),
        ("dnsendpoint", "endpoint.yaml"),
        ("cloudformation", "template.yaml"),
        ("powerdns", "zone.json"),
        ("tinydns", "data"),
        ("azure", "template.json"),
        ("csv", "records.csv"),
    ];
    for (format, file) in files {
        let test = format!("fix-back-{format}");
        let printed = fix(&test, ["--only", "spf", "--format", format]).stdout;
        let run = run(&format!("{test}-read"), ["example.com", "--offline", "--checks", "spf"]);
        let run = run.arguments(["--zone", file]).file(file, printed.as_bytes());
        let domain = run.domain();
        assert_eq!(domain["spf"]["record"], "v=spf1 ip4:192.0.2.1 ~all", "{format}: {printed}");
    }
}

#[test]
fn a_document_holds_what_is_published_at_once_and_the_rest_is_announced() {
    let zone = "$ORIGIN example.com.\n@ 300 SOA ns1 h 1 7200 900 1209600 300\n@ 300 NS ns1\n\
                @ 300 TXT \"v=spf1 ip4:192.0.2.1 ip4:192.0.2.1 -all\"\n\
                _dmarc 300 TXT \"v=DMARC1; p=reject rua=mailto:d@example.com\"\n";
    let run = run("fix-json-one", ["fix", "example.com", "--offline", "--review"]);
    let run = run.arguments(["--zone", "example.com.zone", "--format", "route53"]);
    let ended = run.file("example.com.zone", zone.as_bytes()).end();
    let batch: serde_json::Value = serde_json::from_str(&ended.stdout).expect("a document");
    assert_eq!(batch["Changes"].as_array().map(Vec::len), Some(1), "{}", ended.stdout);
    assert!(ended.stderr.contains("run it again for the next ones"), "{}", ended.stderr);
}
