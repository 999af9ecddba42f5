//! The verb `fix`: records that can be pasted, on standard output and nothing else there.

use super::{run, world};

/// A domain with a fix that is safe, and one to review.
fn faulty() -> String {
    world(&[
        ("example.com", "TXT", "\"v=spf1 ip4:192.0.2.1 ip4:192.0.2.1 ?all\"".to_owned()),
        ("_dmarc.example.com", "TXT", "\"v=DMARC1; p=reject\"".to_owned()),
    ])
}

/// Runs the verb with more flags.
fn fix<const N: usize>(test: &str, more: [&str; N]) -> super::Ended {
    let run = run(test, ["fix", "example.com", "--replay", "tape.jsonl"]).arguments(more);
    run.file("tape.jsonl", faulty().as_bytes()).end()
}

#[test]
fn fixes_of_one_record_are_printed_as_one_record_safe_ones_first() {
    let ended = fix("fix-zone", ["--only", "spf"]);
    assert_eq!(
        ended.stdout,
        "; spf/duplicate-term (safe): drop ip4:192.0.2.1: it stands there twice\n\
         ; spf/neutral-all (review): ~all in the place of ?all\n\
         ; remove: example.com. 3600 IN TXT \"v=spf1 ip4:192.0.2.1 ip4:192.0.2.1 ?all\"\n\
         example.com. 3600 IN TXT \"v=spf1 ip4:192.0.2.1 ~all\"\n"
    );
}

#[test]
fn only_safe_fixes_are_printed_if_no_others_are_wanted() {
    let ended = fix("fix-safe", ["--least", "safe"]);
    assert!(ended.stdout.ends_with("TXT \"v=spf1 ip4:192.0.2.1 ?all\"\n"), "{}", ended.stdout);
}

#[test]
fn what_is_printed_is_a_zone_that_the_program_reads_and_finds_mended() {
    let zone = fix("fix-read", ["--only", "spf"]).stdout;
    let again = run("fix-again", ["fix", "example.com", "--replay", "tape.jsonl", "--only", "spf"])
        .arguments(["--zone", "fixed.zone"])
        .file("tape.jsonl", faulty().as_bytes())
        .file("fixed.zone", zone.as_bytes());
    assert_eq!(again.end().stdout, "");
}

#[test]
fn an_outage_of_a_provider_has_no_fix() {
    let tape = world(&[
        ("example.com", "TXT", "\"v=spf1 include:spf.protection.outlook.com -all\"".to_owned()),
        ("example.com", "MX", "0 example-com.mail.protection.outlook.com.".to_owned()),
        ("example-com.mail.protection.outlook.com", "A", "192.0.2.9".to_owned()),
        ("_dmarc.example.com", "TXT", "\"v=DMARC1; p=none; rua=mailto:d@example.com\"".to_owned()),
    ]);
    for outage in ["nxdomain", "servfail", "timeout", "nodata"] {
        let run = run("fix-outage", ["fix", "example.com", "--replay", "tape.jsonl", "--fault"])
            .arguments([format!("{outage}:spf.protection.outlook.com").as_str()])
            .file("tape.jsonl", tape.as_bytes());
        assert_eq!(run.end().stdout, "", "{outage}");
    }
}

#[test]
fn changes_of_dmarc_stand_in_a_block_of_their_own() {
    let tape = world(&[
        ("example.com", "TXT", "\"v=spf1 ip4:192.0.2.1 ?all\"".to_owned()),
        ("_dmarc.example.com", "TXT", "\"v=DMARC1; p=reject; pct=100\"".to_owned()),
    ]);
    let run = run("fix-blocks", ["fix", "example.com", "--replay", "tape.jsonl"]);
    let printed = run.file("tape.jsonl", tape.as_bytes()).end().stdout;
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
    let tape = "{\"cassette\":1}\n";
    let run = run("fix-dark", ["fix", "example.com", "--replay", "tape.jsonl"]);
    let ended = run.file("tape.jsonl", tape.as_bytes()).end();
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(3), ""));
}
