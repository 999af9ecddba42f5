//! The exit code: what a script can rely on.

use super::{SOUND, replay};

/// The exit code of a replay of a sound domain.
fn code<const N: usize>(test: &str, arguments: [&str; N]) -> Option<i32> {
    replay(test, SOUND, ["example.com"]).arguments(arguments).end().code
}

#[test]
fn a_domain_in_order_ends_with_0() {
    assert_eq!(code("code-0", []), Some(0));
}

#[test]
fn a_sender_that_may_send_ends_with_0_and_one_that_may_not_with_1() {
    assert_eq!(code("code-yes", ["192.0.2.1"]), Some(0));
    assert_eq!(code("code-no", ["198.51.100.1"]), Some(1));
}

#[test]
fn a_network_that_may_send_in_part_ends_with_1() {
    assert_eq!(code("code-part", ["192.0.2.0/23"]), Some(1));
}

#[test]
fn exit_zero_ends_with_0_whatever_was_found() {
    assert_eq!(code("exit-zero", ["198.51.100.1", "--exit-zero"]), Some(0));
}

#[test]
fn a_mistake_ends_with_2() {
    assert_eq!(code("code-2", ["--fault", "frob"]), Some(2));
}

#[test]
fn a_replay_without_the_answer_ends_with_3() {
    let cassette = SOUND.replace(",\"absent\":\"nxdomain\"", "");
    let report = replay("code-3", &cassette, ["example.org"]).json();
    assert_eq!(
        (&report["exit_code"], &report["domains"][0]["result"]),
        (&3.into(), &"unknown".into())
    );
}

#[test]
fn what_is_known_to_fail_goes_before_what_is_not_known() {
    let drill = ["198.51.100.1", "--fault", "timeout:_dmarc.example.com"];
    assert_eq!(code("1-before-3", drill), Some(1));
}

#[test]
fn without_a_sender_in_question_fail_on_never_is_never_1() {
    let policies = [
        "v=spf1 ipv4:192.0.2.1 -all",
        "v=spf1 -ip4:192.0.2.0/24 include:_spf.google.com -all",
        "v=spf1 include:spf.protection.outlook.com -all",
        "v=spf1 +all",
    ];
    for policy in policies {
        let cassette = super::world(&[
            ("example.com", "TXT", format!("\"{policy}\"")),
            ("_spf.google.com", "TXT", "\"v=spf1 ip4:192.0.2.0/24 -all\"".to_owned()),
            ("example.com", "MX", "0 example-com.mail.protection.outlook.com.".to_owned()),
        ]);
        let code = replay("never-1", &cassette, ["example.com", "--fail-on", "never"]).end().code;
        assert_ne!(code, Some(1), "{policy}");
    }
}

#[test]
fn warnings_fail_a_run_only_where_they_are_to() {
    let cassette = super::policy("v=spf1 ?all");
    let code = |test: &str, least: &str| {
        replay(test, &cassette, ["example.com", "--checks", "spf", "--fail-on", least]).end().code
    };
    let codes = [
        code("fail-on-error", "error"),
        code("fail-on-warn", "warn"),
        code("fail-on-note", "note"),
        code("fail-on-never", "never"),
    ];
    assert_eq!(codes, [Some(0), Some(1), Some(1), Some(0)]);
}

#[test]
fn errors_fail_a_run_unless_nothing_is_to() {
    let cassette = super::policy("v=spf1 ip4:192.0.2.300 -all");
    let code = |test: &str, least: &str| {
        replay(test, &cassette, ["example.com", "--checks", "spf", "--fail-on", least]).end().code
    };
    assert_eq!([code("error", "error"), code("never", "never")], [Some(1), Some(0)]);
}

// ── an outage is never a fault of the domain ────────────────────────────────────────────────────

#[test]
fn in_an_outage_a_sender_gets_temperror_and_the_run_ends_with_3() {
    let drill = ["example.com", "192.0.2.1", "--fault", "timeout:example.com/TXT"];
    let report = replay("outage", SOUND, drill).json();
    let spf = &report["domains"][0]["authorizations"][0]["spf"]["result"];
    assert_eq!((&report["exit_code"], spf), (&3.into(), &"temperror".into()));
}

#[test]
fn an_outage_adds_no_finding_to_a_domain_in_order() {
    let words = ["servfail", "refused", "timeout", "bogus", "malformed", "network"];
    let names = ["example.com", "*.example.com", "_dmarc.example.com", "mx.example.com"];
    let sound = findings("sound", "delay=1ms:example.net");
    for word in words {
        for name in names {
            let found = findings("outage-findings", &format!("{word}:{name}"));
            let added: Vec<_> = found.iter().filter(|id| !sound.contains(id)).collect();
            assert!(added.is_empty(), "{word}:{name}: {added:?}");
        }
    }
}

/// The rules that a sound domain meets in a drill.
fn findings(test: &str, fault: &str) -> Vec<String> {
    let domain = replay(test, SOUND, ["example.com", "--fault", fault]).domain();
    let findings = domain["findings"].as_array().expect("findings are a list");
    findings.iter().map(|finding| finding["id"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_server_that_never_answers_is_no_fault_of_the_domain() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let server = silent.local_addr().expect("an address").to_string();
    let asked = ["example.com", "--timeout", "200ms", "--resolver", &server];
    let report = super::run("silent", asked).json();
    let domain = &report["domains"][0];
    assert_eq!(
        (&report["exit_code"], &domain["result"], &domain["findings"]),
        (&3.into(), &"unknown".into(), &serde_json::json!([]))
    );
}

#[test]
fn without_any_dns_the_command_that_needs_none_is_named() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let server = silent.local_addr().expect("an address").to_string();
    let asked = ["example.com", "--timeout", "200ms", "--resolver", &server];
    let ended = super::run("no-dns", asked).end();
    let said = ended.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(ended.code, Some(3));
    assert!(said.ends_with("to work offline: mailcheck example.com --replay FILE"), "{said}");
}
