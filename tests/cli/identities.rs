//! Identities as a client would give them: any octets are legal, and have a result.

use super::{SOUND, replay};
use serde_json::Value;

/// What SPF makes of a sender that gives this reverse-path.
fn authorization(test: &str, path: &[u8]) -> Value {
    let run = replay(test, SOUND, ["example.com", "192.0.2.1", "--checks", "spf", "--mail-from"]);
    run.octets(path).domain()["authorizations"][0].take()
}

#[test]
fn a_reverse_path_with_a_malformed_domain_gives_none() {
    // RFC 7208 §4.3: "If the <domain> is malformed (e.g., label longer than 63 characters,
    // zero-length label not at the end, etc.) or is not a multi-label domain name […]
    // check_host() immediately returns the result "none""
    let label = "x".repeat(64);
    let long = format!("a@{label}.com");
    let malformed = [
        "a@b@c",
        "@@",
        "a@",
        "a@example..com",
        "a@.example.com",
        "a@localhost",
        "a@[192.0.2.1]",
        "a@\x1b[31m.example",
        &long,
    ];
    for path in malformed {
        let result = authorization("malformed", path.as_bytes())["spf"]["result"].take();
        assert_eq!(result, "none", "{path:?}");
    }
}

#[test]
fn a_local_part_that_is_no_utf_8_is_legal() {
    let result = authorization("local-octets", b"<\xff\xfe@example.com>")["spf"]["result"].take();
    assert_eq!(result, "pass");
}

#[test]
fn a_domain_that_is_no_utf_8_gives_none() {
    let result = authorization("domain-octets-path", b"a@\xff.example")["spf"]["result"].take();
    assert_eq!(result, "none");
}

#[test]
fn octets_of_identities_are_shown_escaped() {
    let identities = authorization("shown", b"\xff\x1b@example.com")["identities"].take();
    assert_eq!(identities["mail_from"], "\\xff\\x1b@example.com");
}

#[test]
fn the_null_reverse_path_is_checked_by_the_helo_name() {
    let arguments = ["example.org", "192.0.2.1", "--mail-from", "<>", "--helo", "example.com"];
    let authorization = replay("null", SOUND, arguments).domain()["authorizations"][0].take();
    assert_eq!(
        (&authorization["spf"]["domain"], &authorization["spf"]["result"]),
        (&"example.com".into(), &"pass".into())
    );
}

#[test]
fn a_helo_name_that_is_no_utf_8_gives_none() {
    let run = replay("helo-octets", SOUND, ["example.com", "192.0.2.1", "--helo"]);
    let helo = run.octets(b"\xff\xfe").domain()["authorizations"][0]["helo"].take();
    assert_eq!(helo["result"], "none");
}

#[test]
fn an_author_domain_of_one_label_is_legal() {
    let arguments = ["example.com", "192.0.2.1", "--header-from", "com", "--dkim-domain", "net"];
    let identities = replay("one-label", SOUND, arguments).domain()["authorizations"][0].take();
    assert_eq!(identities["identities"]["header_from"], "com");
}
