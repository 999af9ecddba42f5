//! Zones in other formats than master files, and files that are none.

use super::{Run, run};

const FILES: [(&str, &[u8]); 5] = [
    ("example.com.zone", include_bytes!("../../testdata/formats/example.com.zone")),
    ("example.com.yaml", include_bytes!("../../testdata/formats/example.com.yaml")),
    ("dnscontrol.json", include_bytes!("../../testdata/formats/dnscontrol.json")),
    ("plan.json", include_bytes!("../../testdata/formats/plan.json")),
    ("records.txt", include_bytes!("../../testdata/formats/records.txt")),
];

/// A run about a file that is laid over nothing.
fn over(test: &str, argument: &str, file: &str, content: &[u8]) -> Run {
    run(test, ["example.com", "--offline", "--zone", argument]).file(file, content)
}

/// How a file is said to be read in part, or not at all: the exit code, and the note.
fn refusal(test: &str, file: &str, content: &[u8]) -> (Option<i32>, String) {
    let ended = over(test, file, file, content).end();
    let said = ended.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    let note = said.split("1 entry not read (").nth(1).unwrap_or(&said);
    (ended.code, note.split("): names that").next().unwrap_or(note).to_owned())
}

#[test]
fn every_format_holds_the_policy_of_the_domain() {
    for (file, content) in FILES {
        let test = format!("format-{file}");
        let report = over(&test, file, file, content).arguments(["--checks", "dmarc"]).domain();
        assert_eq!(report["dmarc"]["summary"], "p=quarantine", "{file}: {report:#}");
    }
}

#[test]
fn a_word_before_a_colon_chooses_the_format() {
    let run = over("chosen", "octodns:example.com.yml", "example.com.yml", FILES[1].1);
    let report = run.arguments(["--checks", "dmarc"]).domain();
    assert_eq!(report["dmarc"]["summary"], "p=quarantine");
}

#[test]
fn what_cannot_be_read_is_named_beside_the_file() {
    let plan =
        br#"{"resource_changes":[{"address":"aws_route53_record.x","type":"aws_route53_record",
"change":{"after":{"name":"example.com.","type":"TXT"},"after_unknown":{"records":true}}}]}"#;
    let report =
        over("skipped", "plan.json", "plan.json", plan).arguments(["--checks", "spf"]).json();
    assert_eq!(
        report["run"]["sources"][0],
        "plan.json without its unreadable part (plan.json:2:19: aws_route53_record.x: its \
         values are known only after apply)"
    );
}

#[test]
fn a_folder_is_no_zone() {
    let ended = run("folder", ["example.com", "--offline", "--zone", "."]).end();
    assert_eq!(
        ended.refusal(),
        (Some(2), "error: .: a directory; name the files in it, such as ./*.zone")
    );
}

#[test]
fn a_zone_of_more_than_64_mib_is_refused() {
    let large = vec![b'\n'; 64 * 1024 * 1024 + 1];
    assert_eq!(
        refusal("large", "new.zone", &large),
        (Some(2), "error: new.zone: larger than 64 MiB".to_owned())
    );
}

#[test]
fn an_empty_file_is_refused_with_its_place() {
    assert_eq!(
        refusal("empty", "new.zone", b""),
        (Some(3), "new.zone:1:1: expected a record, found none".to_owned())
    );
}

#[test]
fn yaml_that_is_no_utf_8_is_refused_with_its_place() {
    assert_eq!(
        refusal("latin", "example.com.yaml", b"a:\n  \xe9"),
        (Some(3), "example.com.yaml:2:3: expected text in UTF-8".to_owned())
    );
}

#[test]
fn aliases_that_grow_are_refused_in_bounds() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        bomb += &format!("a{level}: &a{level} [{}]\n", format!("*a{}, ", level - 1).repeat(10));
    }
    let (code, said) = refusal("bomb", "example.com.yaml", bomb.as_bytes());
    assert_eq!(
        (code, said.contains("expected aliases that repeat at most 1000000 values")),
        (Some(3), true),
        "{said}"
    );
}

#[test]
fn aliases_that_repeat_long_texts_are_refused_in_bounds() {
    let text = "x".repeat(30_000);
    let values = "*t,".repeat(10_000);
    let bomb = format!("t: &t \"{text}\"\nk:\n- {{type: TXT, values: [{values}]}}\n");
    let (code, said) = refusal("long-aliases", "example.com.yaml", bomb.as_bytes());
    assert_eq!(
        (code, said.as_str()),
        (
            Some(3),
            "example.com.yaml:3:441: expected aliases that repeat at most 4194304 octets in all"
        )
    );
}

#[test]
fn deep_nesting_is_refused_in_bounds() {
    for (file, content) in [
        ("example.com.yaml", "- ".repeat(1_000_000)),
        ("a.json", format!("{{\"values\":{}", "[".repeat(1_000_000))),
        ("b.json", format!("{{\"domains\":{}", "{\"a\":".repeat(1_000_000))),
    ] {
        let (code, said) = refusal(&format!("deep-{file}"), file, content.as_bytes());
        assert_eq!((code, said.starts_with(&format!("{file}:1:"))), (Some(3), true), "{said}");
    }
}

#[test]
fn limits_are_settings_and_one_that_is_reached_is_no_success() {
    let records: String = (0..20).map(|it| format!("h{it} 60 A 192.0.2.{it}\n")).collect();
    let text = format!("@ 60 SOA ns h 1 7200 900 1209600 300\n{records}");
    let lint = |test: &str, most: &'static str| {
        let run = run(test, ["lint", "example.com.zone", "--max-records", most]);
        run.file("example.com.zone", text.as_bytes()).end()
    };
    let [few, enough] = [lint("most-few", "20"), lint("most-enough", "21")];
    assert_eq!((few.code, enough.code), (Some(2), Some(0)), "{}", few.screen());
    assert!(few.stderr.contains("--max-records allows"), "{}", few.stderr);
    let large = vec![b'\n'; 1024 * 1024 + 1];
    let run = run("most-size", ["lint", "example.com.zone", "--max-size", "1"]);
    let ended = run.file("example.com.zone", &large).end();
    assert_eq!(ended.refusal(), (Some(2), "error: example.com.zone: larger than 1 MiB"));
}

#[test]
fn limits_hold_for_a_zone_file_that_lies_over_the_dns() {
    let records: String = (0..20).map(|it| format!("h{it} 60 A 192.0.2.{it}\n")).collect();
    let text = format!("@ 60 SOA ns h 1 7200 900 1209600 300\n{records}");
    let reached = ["20", "21"].map(|most| {
        let words =
            ["example.com", "--offline", "--zone", "example.com.zone", "--max-records", most];
        let run = run(&format!("most-zone-{most}"), words);
        let said = run.file("example.com.zone", text.as_bytes()).end().screen();
        said.split_whitespace().collect::<Vec<_>>().join(" ").contains("--max-records allows")
    });
    assert_eq!(reached, [true, false]);
    let large = vec![b'\n'; 1024 * 1024 + 1];
    let words = ["example.com", "--offline", "--zone", "example.com.zone", "--max-size", "1"];
    let ended = run("most-zone-size", words).file("example.com.zone", &large).end();
    assert_eq!(ended.refusal(), (Some(2), "error: example.com.zone: larger than 1 MiB"));
}

#[test]
fn a_change_of_a_plan_whose_name_is_not_there_is_said_and_undetermined() {
    let change = |actions: &str| {
        format!(
            r#"{{"format_version":"1.2","resource_changes":[{{"address":"aws_route53_record.spf",
            "type":"aws_route53_record","mode":"managed","change":{{"actions":["{actions}"],
            "before":{{"name":"www","type":"TXT","records":["v=spf1 -all"],"zone_id":"Z"}},
            "after":{{"name":"www","type":"TXT","records":["v=spf1 ~all"],"zone_id":"Z"}}}}}}]}}"#
        )
    };
    let diff = |test: &str, actions: &str| {
        let run =
            super::run(test, ["diff", "plan.json"]).file("plan.json", change(actions).as_bytes());
        let ended = run.arguments(["--offline"]).end();
        (ended.code, ended.screen().split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let (code, said) = diff("plan-unnamed", "update");
    let (unchanged, nothing) = diff("plan-unnamed-unchanged", "no-op");
    assert!(said.contains("aws_route53_record.spf: its name is not in the file"), "{said}");
    assert!(!said.contains("nothing changes"), "{said}");
    assert!(nothing.contains("nothing changes"), "{nothing}");
    assert_eq!((code, unchanged), (Some(3), Some(0)), "{nothing}");
}
