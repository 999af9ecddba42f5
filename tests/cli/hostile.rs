//! What a domain may publish to hurt its reader: all of it ends with an answer, in bounds.

use super::{Ended, policy, replay, text, world};
use serde_json::Value;

/// Both forms of the report, at full length, about a sender and the whole domain.
fn reports(test: &str, cassette: &str) -> [Ended; 2] {
    ["text", "json"].map(|format| {
        let arguments = ["example.com", "192.0.2.1", "--explain", "--lookups", "-f", format];
        replay(test, cassette, arguments).end()
    })
}

/// What SPF says about a sender.
fn spf(test: &str, cassette: &str, address: &str) -> Value {
    let domain = replay(test, cassette, ["example.com", address, "--checks", "spf"]).domain();
    domain["authorizations"][0]["spf"].clone()
}

// ── size ────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_text_of_64_kib_is_read_and_answered() {
    let networks: String =
        (0..3700).map(|n| format!("ip4:10.{}.{}.0/24 ", n / 256, n % 256)).collect();
    let cassette = policy(&format!("v=spf1 {networks}ip4:192.0.2.1 -all"));
    let codes = reports("64-kib", &cassette).map(|ended| ended.code);
    assert_eq!(codes, [Some(0); 2], "the last network passes");
}

#[test]
fn the_same_fault_ten_thousand_times_makes_no_endless_report() {
    // Every finding shows its record: 32,000 findings with 64 KiB each once were two gigabytes.
    let records = [
        ("v=spf1 ".to_owned() + &"a ".repeat(32_000), 1),
        // A loop of large records ends at a limit of ours: the sender is undetermined.
        ("v=spf1 ".to_owned() + &"include:example.com ".repeat(3_200), 3),
        ("v=spf1 ".to_owned() + &"ip4:300 ".repeat(8_000), 1),
        ("v=spf1 ".to_owned() + &"%{d} ".repeat(12_000), 1),
    ];
    for (record, code) in records {
        let [text, json] = reports("many-faults", &policy(&record));
        assert_eq!([text.code, json.code], [Some(code); 2], "{}", &record[..30]);
    }
}

/// A cassette of the whole world with one set of texts.
fn set(owner: &str, texts: impl Iterator<Item = String>) -> String {
    let texts: Vec<_> = texts.map(|record| text(record.as_bytes())).collect();
    let set = serde_json::json!({"name": owner, "type": "TXT", "records": texts});
    format!("{}{set}\n", world::<&str>(&[]))
}

#[test]
fn thousands_of_policies_at_one_name_are_read_and_answered() {
    // A merge of n policies has n readings with n records each: 1.5 GB for a set of 64 KiB.
    let cassette = set("example.com", (0..3440).map(|n| format!("v=spf1 a:{n}.b -all")));
    let codes = reports("many-policies", &cassette).map(|ended| ended.code);
    assert_eq!(codes, [Some(1); 2]);
}

#[test]
fn a_dmarc_record_of_64_kib_is_read_and_answered() {
    let destinations: Vec<String> = (0..2600).map(|n| format!("mailto:a@d{n}.example")).collect();
    let records = [
        format!("v=DMARC1; p=reject; rua={}", destinations.join(",")),
        format!("v=DMARC1{}", ";".repeat(64_000)),
        format!("v=DMARC1{}", ";a=b".repeat(16_000)),
    ];
    for record in records {
        let cassette = world(&[("_dmarc.example.com", "TXT", text(record.as_bytes()))]);
        let codes = reports("dmarc-64-kib", &cassette).map(|ended| ended.code);
        assert_eq!(codes, [Some(1); 2], "{}", &record[..30]);
    }
}

#[test]
fn a_key_of_64_kib_is_read_and_answered() {
    let record = format!("v=DKIM1; p={}", "A".repeat(64_000));
    let cassette = world(&[("default._domainkey.example.com", "TXT", text(record.as_bytes()))]);
    let domain = replay("key-64-kib", &cassette, ["example.com", "--checks", "dkim"]).domain();
    assert_eq!(domain["dkim"]["status"], "broken");
}

#[test]
fn the_last_of_2000_networks_still_passes() {
    let networks: String =
        (0..2000).map(|n| format!("ip4:10.{}.{}.0/25 ", n / 256, n % 256)).collect();
    let cassette = policy(&format!("v=spf1 {networks}-all"));
    assert_eq!(spf("2000-networks", &cassette, "10.7.207.1")["result"], "pass");
}

// ── shape ───────────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_loop_of_includes_ends_at_the_limit() {
    let cassette = world(&[
        ("example.com", "TXT", text(b"v=spf1 include:a.example -all")),
        ("a.example", "TXT", text(b"v=spf1 include:example.com -all")),
    ]);
    assert_eq!(spf("include-loop", &cassette, "192.0.2.1")["result"], "permerror");
}

#[test]
fn a_loop_of_redirects_ends_at_the_limit() {
    let cassette = world(&[
        ("example.com", "TXT", text(b"v=spf1 redirect=a.example")),
        ("a.example", "TXT", text(b"v=spf1 redirect=example.com")),
    ]);
    assert_eq!(spf("redirect-loop", &cassette, "192.0.2.1")["result"], "permerror");
}

/// A tree of 500 policies, each of which includes `width` others while there are any left.
fn tree(width: usize) -> String {
    let name = |number| match number {
        0 => "example.com".to_owned(),
        number => format!("p{number}.example.com"),
    };
    let policies: Vec<_> = (0..500)
        .map(|number| {
            let first = number * width + 1;
            let includes: String = (first..first + width)
                .filter(|inner| *inner < 500)
                .map(|inner| format!("include:{} ", name(inner)))
                .collect();
            let record =
                format!("v=spf1 ip4:10.{}.{}.0/24 {includes}-all", number / 256, number % 256);
            (name(number), "TXT", text(record.as_bytes()))
        })
        .collect();
    world(&policies)
}

#[test]
fn a_tree_of_500_includes_ends_at_the_limit_and_asks_no_more_than_a_bound() {
    for width in [1, 5, 499] {
        let report =
            replay("tree", &tree(width), ["example.com", "192.0.2.1", "--checks", "spf"]).json();
        let result = &report["domains"][0]["authorizations"][0]["spf"]["result"];
        let questions = report["run"]["questions"].as_u64().expect("a number");
        assert_eq!((result, questions < 200), (&"permerror".into(), true), "{width}: {questions}");
    }
}

// ── octets ──────────────────────────────────────────────────────────────────────────────────────

#[test]
fn terminal_escapes_of_a_domain_are_shown_and_never_emitted() {
    let owners = ["example.com", "_dmarc.example.com", "default._domainkey.example.com"];
    let hostile = ["v=spf1 ", "v=DMARC1; p=", "v=DKIM1; k="].map(|start| {
        text(
            format!("{start}\x1b[31mred\x1b]0;owned\x07\u{9b}2J\u{202e} include:\x1b[2J.example")
                .as_bytes(),
        )
    });
    let mut records: Vec<_> =
        owners.into_iter().zip(hostile).map(|(owner, data)| (owner, "TXT", data)).collect();
    records.push(("example.com", "MX", "10 \\027[2Jmx.example.com.".to_owned()));
    for ended in reports("escapes", &world(&records)) {
        let is_odd = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        let odd: Vec<char> = ended.stdout.chars().filter(|c| is_odd(*c)).collect();
        assert!(odd.is_empty(), "{odd:?}: {}", ended.stdout);
        assert!(ended.stdout.contains(r"x1b[31mred"), "{}", ended.stdout);
    }
}

#[test]
fn terminal_escapes_of_an_explanation_are_shown_and_never_emitted() {
    let cassette = world(&[
        ("example.com", "TXT", text(b"v=spf1 -all exp=why.example.com")),
        ("why.example.com", "TXT", text(b"no \x1b[31mway")),
    ]);
    for ended in reports("exp-escapes", &cassette) {
        assert!(!ended.stdout.contains('\x1b'), "{}", ended.stdout);
    }
}
