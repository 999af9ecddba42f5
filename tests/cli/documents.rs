//! The JSON documents of every verb: one envelope, the schema that it names, and no bulk unasked.

use super::{Ended, Run, SOUND, policy, replay, run, schemas};
use mailcheck::report::envelope::Kind;
use serde_json::Value;

/// A record with an unknown modifier, and none of the other protocols.
fn faulty() -> String {
    policy("v=spf1 include:gone.example ip4:192.0.2.1 ip4:192.0.2.1 -all")
}

/// The members that every document begins with.
fn envelope(document: &Value) -> [&Value; 4] {
    ["schema", "version", "tool", "started"].map(|member| &document[member])
}

/// True if a member of this name is anywhere in the document.
fn has(document: &Value, name: &str) -> bool {
    match document {
        Value::Object(members) => {
            members.contains_key(name) || members.values().any(|inner| has(inner, name))
        }
        Value::Array(items) => items.iter().any(|inner| has(inner, name)),
        _ => false,
    }
}

/// The steps, or the table of lookups, of a domain and a sender with these flags.
fn bulk<const N: usize>(test: &str, flags: [&str; N]) -> [bool; 2] {
    let run = replay(test, SOUND, ["example.com", "192.0.2.1"]).arguments(flags);
    let domain = run.domain();
    [has(&domain, "steps"), domain.get("lookups").is_some()]
}

#[test]
fn documents_of_all_verbs_have_one_envelope_and_satisfy_their_schemas() {
    let file = "$ORIGIN example.com.\n$TTL 60\n@ TXT \"v=spf1 ip4:192.0.2.1 -all\"\n";
    let toml = "fail-on = \"warn\"\nmost-queries = 300\nown = [\"example.net\"]\n[rules]\n\"spf/ptr\" = \"off\"\n[[ignore]]\nrule = \"mx/none\"\n\
                reason = \"none wanted\"\nexpires = 2999-01-01\n[[domain]]\nname = \"example.com\"\n\
                role = \"sending\"\nsenders = [\"192.0.2.1\"]\n\
                dkim-selectors = [\"a\", { name = \"b\", min-bits = 2048 }]\n\
                min-key-bits = 2048\nmin-policy = \"reject\"\nmax-lookups = 8\n";
    let faulty = &faulty();
    let senders = ["senders", "example.com", "--contains", "192.0.2.1", "--flatten"];
    let flag = |run: Run| run.arguments(["-f", "json"]);
    let documents = [
        ("report", replay("document-check", faulty, ["example.com"])),
        ("report", replay("document-test", faulty, []).file("m.toml", toml.as_bytes())),
        ("report", replay("document-diff", faulty, []).file("new.zone", file.as_bytes())),
        ("lint", run("document-lint", ["lint", "new.zone"]).file("new.zone", file.as_bytes())),
        ("senders", replay("document-senders", faulty, [])),
        ("fix", replay("document-fix", faulty, [])),
        ("providers", run("document-providers", ["providers"])),
        ("providers", run("document-provider", ["providers", "microsoft365"])),
        ("rules", run("document-rules", ["rules"])),
        ("rule", run("document-rule", ["explain", "spf/void-lookup"])),
        (
            "config",
            run("document-config", ["config", "show", "--config", "m.toml"])
                .file("m.toml", toml.as_bytes()),
        ),
        ("config", run("document-config-none", ["config", "show", "--select", "spf"])),
    ];
    for (kind, mut run) in documents {
        let verb: &[&str] = match run.folder.file_name().and_then(|name| name.to_str()) {
            Some("document-test") => &["test", "m.toml"],
            Some("document-diff") => &["diff", "new.zone", "--live"],
            Some("document-senders") => &senders,
            Some("document-fix") => &["fix", "example.com"],
            _ => &[],
        };
        // The verb comes first.
        run.arguments.splice(0..0, verb.iter().map(Into::into));
        let document = flag(run).end().document();
        let version = Value::from(env!("CARGO_PKG_VERSION"));
        let schema = Value::from(format!("mailcheck.{kind}/1"));
        let tool = Value::from("mailcheck");
        assert_eq!(envelope(&document), [&schema, &version, &tool, &Value::Null], "{kind}");
    }
}

#[test]
fn lines_satisfy_their_schemas_too() {
    let ended = replay("lines", SOUND, ["example.com", "-f", "jsonl"]).end();
    assert_eq!(ended.document()["schema"], "mailcheck.domain/1");
    let file =
        b"$ORIGIN example.com.\n$TTL 60\n@ TXT \"v=spf1 ip4:192.0.2.1 ip4:192.0.2.1 -all\"\n";
    let ended = run("lines-lint", ["lint", "a.zone", "-f", "jsonl"]).file("a.zone", file).end();
    let first: Value = serde_json::from_str(ended.answer()).expect("a line is JSON");
    assert_eq!(first["schema"], "mailcheck.finding/1");
    assert_eq!(schemas::faults(&first), Vec::<String>::new());
}

#[test]
fn steps_and_lookups_are_in_the_document_only_where_they_are_asked_for() {
    assert_eq!(bulk("bulk-none", []), [false, false]);
    assert_eq!(bulk("bulk-lookups", ["--lookups"]), [false, true]);
    assert_eq!(bulk("bulk-explain", ["--explain"]), [true, true]);
}

#[test]
fn a_number_of_a_lookup_is_in_the_document_only_with_the_table() {
    let selectors = |test: &str, flag: &[&str]| {
        let mut run = replay(test, SOUND, ["example.com"]);
        run.arguments.extend(flag.iter().map(Into::into));
        run.domain()["dkim"]["selectors"].take()
    };
    assert!(!has(&selectors("number-without", &[]), "lookup"));
    assert!(has(&selectors("number-with", &["--lookups"]), "lookup"));
}

#[test]
fn the_compact_report_of_the_domain_in_the_readme_is_small() {
    let tape = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/cassettes/fmsinc.com.jsonl");
    let report = run("small", ["fmsinc.com", "--replay", tape]).json();
    let size = report.to_string().len();
    assert!(size < 10_000, "{size} octets");
}

#[test]
fn no_list_of_findings_is_empty_while_domains_have_some() {
    let report = replay("no-trap", &faulty(), ["example.com"]).json();
    assert!(report.get("findings").is_none());
    let errors = report["domains"][0]["findings"].as_array().expect("a list").iter();
    let errors = errors.filter(|it| it["severity"] == "error").count();
    assert_eq!((errors > 0, &report["counts"]["error"]), (true, &errors.into()));
}

#[test]
fn the_rule_of_a_finding_is_called_rule_and_its_old_name_stays() {
    let report = replay("rule", &faulty(), ["example.com"]).json();
    let findings = report["domains"][0]["findings"].as_array().expect("a list");
    let same = findings.iter().filter(|it| it["rule"].is_string() && it["rule"] == it["id"]);
    assert_eq!((same.count(), findings.is_empty()), (findings.len(), false));
}

#[test]
fn without_any_answer_there_is_a_document_that_says_why() {
    let ended: Ended = replay("dead", "{\"cassette\":1}\n", ["example.com", "-f", "json"]).end();
    let report = ended.document();
    let unknown = report["domains"][0]["unknown"].as_array().expect("a list").len();
    assert_eq!((ended.code, &report["exit_code"], unknown > 0), (Some(3), &3.into(), true));
}

#[test]
fn a_fix_of_what_does_not_answer_is_a_document_too() {
    let ended = run("dead-fix", ["fix", "example.com", "-f", "json", "--replay", "tape.jsonl"])
        .file("tape.jsonl", b"{\"cassette\":1}\n")
        .end();
    let document = ended.document();
    assert_eq!((ended.code, &document["exit_code"]), (Some(3), &3.into()));
    assert_ne!(document["unknown"], Value::Array(Vec::new()));
}

#[test]
fn a_fix_has_the_records_that_go_and_come() {
    let tape = SOUND.replace("p=reject", "p=none");
    let run = run("fix-records", ["fix", "example.com", "--review", "--replay", "tape.jsonl"]);
    let document = run.file("tape.jsonl", tape.as_bytes()).json();
    let set = &document["patches"][0]["sets"][0];
    let [remove, add] = ["remove", "add"].map(|member| set[member].as_array().expect("a list"));
    assert_eq!((remove.len(), add.len()), (1, 1), "{document:#}");
    assert_eq!(document["patches"][0]["sets"][0]["records"], set["add"]);
}

#[test]
fn a_wrong_invocation_has_no_document() {
    let ended = run("usage", ["example.com", "-f", "json", "--offline"]).end();
    assert_eq!(ended.refusal().0, Some(2));
}

#[test]
fn every_schema_is_listed_and_printed() {
    let list = run("schemas", ["schema"]).end().stdout;
    for kind in Kind::ALL {
        let listed = list.lines().any(|line| line.starts_with(kind.word()));
        let printed = run("schema", ["schema", kind.schema()]).end().stdout;
        let schema: Value = serde_json::from_str(&printed).expect("a schema is JSON");
        assert_eq!((listed, &schema), (true, &schemas::printed(kind)), "{kind:?}");
    }
}

#[test]
fn an_unknown_schema_is_a_mistake() {
    let ended = run("schema-unknown", ["schema", "spf"]).end();
    assert_eq!(ended.refusal().0, Some(2));
}

#[test]
fn a_failed_query_is_an_object_in_every_document_that_has_errors() {
    let fault = ["-f", "json", "--fault", "servfail:example.com/TXT"];
    let [report, fix] = [&["example.com"][..], &["fix", "example.com"]].map(|words| {
        let mut run = replay("query-errors", SOUND, fault);
        run.arguments.splice(0..0, words.iter().map(Into::into));
        run.end().document()
    });
    for error in [&report["domains"][0]["errors"][0], &fix["errors"][0]] {
        let said = ["kind", "domain", "name", "type"].map(|member| error[member].clone());
        assert_eq!(said, ["servfail", "example.com", "example.com", "TXT"].map(Value::from));
    }
}
