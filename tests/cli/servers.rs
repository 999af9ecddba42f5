//! Which servers are asked: those that were typed, or else those of the environment.

use super::{Run, SOUND, replay, run};
use serde_json::json;

/// No server, so that a run that would ask it is refused.
const BAD: &str = "no server";

/// A run that asks servers which are not there, for a moment.
fn asking<const N: usize>(test: &str, arguments: [&str; N]) -> Run {
    run(test, ["--timeout", "100ms", "--deadline", "500ms"]).arguments(arguments)
}

/// The servers that a report names.
fn asked(run: Run) -> Vec<String> {
    let report = run.json();
    let sources = report["run"]["sources"].as_array().expect("sources are a list");
    sources.iter().map(|source| source.as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_server_after_an_at_sign_replaces_those_of_the_environment() {
    let run = asking("at-sign", ["example.com", "@127.0.0.1:1"]);
    assert_eq!(asked(run.variable("MAILCHECK_RESOLVER", "127.0.0.1:9")), ["127.0.0.1:1"]);
}

#[test]
fn all_servers_that_are_typed_are_asked_and_no_others() {
    let run = asking("typed", ["example.com", "@127.0.0.1:1", "-r", "127.0.0.1:2,127.0.0.1:3"]);
    assert_eq!(
        asked(run.variable("MAILCHECK_RESOLVER", "127.0.0.1:9")),
        ["127.0.0.1:2", "127.0.0.1:3", "127.0.0.1:1"]
    );
}

#[test]
fn without_a_typed_server_those_of_the_environment_are_asked() {
    let run = asking("environment", ["example.com"]);
    let run = run.variable("MAILCHECK_RESOLVER", "127.0.0.1:8,127.0.0.1:9");
    assert_eq!(asked(run), ["127.0.0.1:8", "127.0.0.1:9"]);
}

#[test]
fn a_typed_server_goes_before_the_environment_with_every_verb() {
    let zone = b"example.com. 60 TXT \"v=spf1 -all\"\n";
    let toml = b"[[domain]]\nname = \"example.com\"\n";
    for (verb, server) in [
        (vec!["senders", "example.com"], "@127.0.0.1:1"),
        (vec!["test", "mailcheck.toml"], "@127.0.0.1:1"),
        (vec!["baseline", "write", "example.com"], "@127.0.0.1:1"),
        (vec!["fix", "example.com"], "@127.0.0.1:1"),
        (vec!["diff", "example.com", "--zone", "new.zone"], "@127.0.0.1:1"),
        (vec!["fix", "example.com"], "--resolver=127.0.0.1:1"),
        (vec!["example.com", "--with", "mx"], "@127.0.0.1:1"),
    ] {
        let mut run = run("verbs", []).file("mailcheck.toml", toml).file("new.zone", zone);
        run.arguments.extend(verb.iter().map(Into::into));
        let run = run.arguments([server, "--timeout", "100ms", "--deadline", "500ms"]);
        let ended = run.variable("MAILCHECK_RESOLVER", BAD).end();
        assert_ne!(ended.code, Some(2), "{verb:?}: {}", ended.stderr);
    }
}

#[test]
fn a_run_that_asks_no_server_heeds_none_of_the_environment() {
    let zone = b"example.com. 60 IN SOA ns admin 1 2 3 4 5\n";
    let cassette = replay("tape-alone", SOUND, ["example.com"]);
    let offline = run("zone-alone", ["example.com", "--offline", "--zone", "new.zone"]);
    for run in [cassette, offline.file("new.zone", zone)] {
        let ended = run.variable("MAILCHECK_RESOLVER", BAD).end();
        assert_ne!(ended.code, Some(2), "{}", ended.stderr);
    }
}

#[test]
fn a_typed_server_that_a_cassette_makes_idle_is_a_mistake() {
    for server in ["@127.0.0.1:1", "--resolver=127.0.0.1:1"] {
        let ended = replay("idle-server", SOUND, ["example.com", server]).end();
        let said = "error: --replay makes no DNS queries, so \"127.0.0.1:1\" has no use";
        assert_eq!(ended.refusal(), (Some(2), said));
    }
}

/// The sound domain, of which three resolvers say this: the last one what is given.
fn compared(last: &str) -> String {
    let spf = r#""records":["\"v=spf1 ip4:192.0.2.0/24 -all\""]"#;
    let lines =
        [("192.0.2.53", spf), ("192.0.2.54", spf), ("192.0.2.55", last)].map(|(at, said)| {
            let rest = r#""type":"MX","records":["10 mx.example.com."]"#;
            format!(
                "{{\"resolver\":\"{at}\",\"name\":\"example.com\",\"type\":\"TXT\",{said}}}\n\
             {{\"resolver\":\"{at}\",\"name\":\"example.com\",{rest}}}\n"
            )
        });
    format!("{SOUND}{}", lines.concat())
}

const RESOLVERS: [&str; 3] =
    ["example.com", "--compare-resolvers", "192.0.2.53,192.0.2.54,192.0.2.55"];

#[test]
fn a_resolver_that_denies_what_the_others_have_is_named_as_the_fault() {
    let run = replay("resolver-denies", &compared(r#""outcome":"nodata""#), RESOLVERS);
    let fault = &run.domain()["faults"][0];
    assert_eq!((&fault["party"], &fault["name"]), (&json!("resolver"), &json!("192.0.2.55")));
}

#[test]
fn resolvers_that_agree_meet_no_rule() {
    let spf = r#""records":["\"v=spf1 ip4:192.0.2.0/24 -all\""]"#;
    let domain = replay("resolvers-agree", &compared(spf), RESOLVERS).domain();
    assert_eq!(
        (&domain["result"], domain["resolvers"].as_array().map(Vec::len)),
        (&json!("ok"), Some(3))
    );
}

#[test]
fn a_resolver_to_compare_that_names_no_server_is_a_mistake() {
    let ended =
        replay("resolver-slip", SOUND, ["example.com", "--compare-resolvers", "8.8.8"]).end();
    let said =
        "error: --compare-resolvers \"8.8.8\": \"8.8.8\" is neither an address nor a host name";
    assert_eq!(ended.refusal(), (Some(2), said));
}
