//! A change as a reviewer reads it: what comes, what goes, and nothing that follows from it alone.

use super::{Ended, run};
use serde_json::Value;

const ZONE: &str = "\
$ORIGIN example.com.
$TTL 3600
@ SOA ns.example.net. h.example.com. 1 7200 3600 604800 300
@ NS ns.example.net.
@ MX 10 mail
mail A 192.0.2.1
mail AAAA 2001:db8::1
@ TXT \"v=spf1 mx -all\"
_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@example.com\"
s1._domainkey CNAME s1.example.net.
";

const SHOP: &str = "shop MX 10 mail\nshop TXT \"v=spf1 ip4:192.0.2.9 -all\"\n\
                    k._domainkey.shop CNAME k.example.net.\n";

fn with(more: &str) -> String {
    format!("{ZONE}{more}\n")
}

fn diff(test: &str, old: &str, new: &str) -> super::Run {
    let run = run(&format!("review-{test}"), ["diff", "--config", "none", "--offline"]);
    let run = run.file("old.zone", old.as_bytes()).file("new.zone", new.as_bytes());
    run.arguments(["old.zone", "new.zone"])
}

/// The findings that the change brings, of all domains and files.
fn introduced(report: &Value) -> Vec<String> {
    let domains = report["domains"].as_array().cloned().unwrap_or_default();
    let own = report["general_findings"].as_array().cloned().unwrap_or_default();
    let all = domains.iter().flat_map(|it| it["findings"].as_array().cloned().unwrap_or_default());
    let new = own.into_iter().chain(all).filter(|it| it["state"] == "introduced");
    new.map(|it| it["id"].as_str().unwrap_or_default().to_owned()).collect()
}

/// What the change does to one domain.
fn change(report: &Value, domain: &str) -> Value {
    let domains = report["domains"].as_array().cloned().unwrap_or_default();
    let found = domains.into_iter().find(|it| it["domain"] == domain);
    found.map_or(Value::Null, |it| it["change"].clone())
}

fn screen(test: &str, old: &str, new: &str) -> (Ended, String) {
    let ended = diff(test, old, new).end();
    let said = ended.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    (ended, said)
}

#[test]
fn a_new_subdomain_brings_findings_for_what_it_publishes_only() {
    let bounce = "bounce MX 10 feedback-smtp.eu-west-1.amazonses.com.\n\
                  bounce TXT \"v=spf1 ip4:198.51.100.0/24 ~all\"";
    let report = diff("new", ZONE, &with(bounce)).json();
    assert_eq!(introduced(&report), ["change/sender-gained"]);
    assert_eq!(change(&report, "bounce.example.com")["presence"], "created");
    assert_eq!(report["exit_code"], 0);
}

#[test]
fn what_a_new_subdomain_publishes_is_judged() {
    let report = diff("new-bad", ZONE, &with("bounce TXT \"v=spf1 +all\"")).json();
    assert!(introduced(&report).contains(&"spf/pass-all".to_owned()), "{:?}", introduced(&report));
}

#[test]
fn a_new_subdomain_under_a_weak_policy_is_not_blamed_for_it() {
    let weak = ZONE.replace("p=reject", "p=none");
    let report =
        diff("new-weak", &weak, &format!("{weak}news TXT \"v=spf1 ip4:192.0.2.9 -all\"\n"));
    assert_eq!(introduced(&report.json()), ["change/sender-gained"]);
}

#[test]
fn a_removed_subdomain_is_told_once() {
    let (ended, said) = screen("removed", &with(SHOP), ZONE);
    let report = diff("removed-json", &with(SHOP), ZONE).json();
    assert_eq!(introduced(&report), ["change/domain-removed"]);
    assert_eq!(change(&report, "shop.example.com")["presence"], "removed");
    assert!(said.starts_with("shop.example.com FAIL removed"), "{said}");
    assert_eq!((ended.code, said.contains("LOST")), (Some(1), false), "{said}");
}

#[test]
fn a_removed_subdomain_that_neither_sent_nor_received_fails_nothing() {
    let parked = with("old MX 0 .\nold TXT \"v=spf1 -all\"");
    let (ended, said) = screen("removed-parked", &parked, ZONE);
    assert_eq!(
        (ended.code, said.contains("old.example.com OK removed")),
        (Some(0), true),
        "{said}"
    );
}

#[test]
fn a_name_beside_a_wildcard_shows_its_own_line_only() {
    let wild = with("* TXT \"v=spf1 -all\"");
    let report = diff("wildcard", &wild, &format!("{wild}shop MX 10 mail\n")).json();
    let change = change(&report, "shop.example.com");
    let records = change["records"].as_array().cloned().unwrap_or_default();
    let shown: Vec<(&Value, &Value)> =
        records.iter().map(|it| (&it["name"], &it["removed"])).collect();
    assert_eq!(shown, [(&Value::from("shop.example.com"), &Value::Array(Vec::new()))]);
    assert_eq!(introduced(&report), [""; 0]);
}

#[test]
fn receiving_hosts_of_a_provider_that_are_swapped_lose_nobody() {
    let hosts = |host: &str| ZONE.replace("@ MX 10 mail", &format!("@ MX 10 {host}."));
    let (google, microsoft) = ("aspmx.l.google.com", "example-com.mail.protection.outlook.com");
    let cassette =
        super::world(&[(google, "A", "192.0.2.10".into()), (microsoft, "A", "192.0.2.20".into())]);
    let run = run("review-mx", ["diff", "--config", "none", "--replay", "tape.jsonl"]);
    let run = run.file("old.zone", hosts(google).as_bytes());
    let run =
        run.file("new.zone", hosts(microsoft).as_bytes()).file("tape.jsonl", cassette.as_bytes());
    let report = run.arguments(["old.zone", "new.zone"]).json();
    let rules = introduced(&report);
    assert!(!rules.iter().any(|rule| rule.starts_with("change/")), "{rules:?}");
    let change = change(&report, "example.com");
    let effects: Vec<&Value> =
        change["senders"].as_array().into_iter().flatten().map(|it| &it["effect"]).collect();
    assert_eq!(effects, ["altered", "altered"]);
}

#[test]
fn an_own_mx_host_that_goes_is_lost() {
    let new = ZONE.replace("@ MX 10 mail", "@ MX 10 mx\nmx A 192.0.2.3");
    let report = diff("mx-own", ZONE, &new).json();
    assert!(introduced(&report).contains(&"change/sender-lost".to_owned()));
}

#[test]
fn stricter_alignment_is_reported_with_its_tags() {
    let strict = ZONE.replace("p=reject", "p=reject; aspf=s");
    let (ended, said) = screen("alignment", ZONE, &strict);
    assert_eq!(ended.code, Some(1));
    assert!(said.contains("SPF alignment relaxed strict"), "{said}");
    assert!(said.contains("change/stricter-alignment"), "{said}");
}

#[test]
fn stricter_alignment_of_a_policy_that_asks_for_nothing_is_shown_and_no_finding() {
    let none = ZONE.replace("p=reject", "p=none");
    let report = diff("alignment-none", &none, &none.replace("p=none", "p=none; adkim=s")).json();
    assert_eq!(introduced(&report), [""; 0]);
    assert_eq!(change(&report, "example.com")["alignment"]["dkim"], serde_json::json!(["r", "s"]));
}

#[test]
fn unlisted_senders_of_one_family_are_named_by_it() {
    let (_, said) = screen("families", ZONE, &ZONE.replace("mx -all", "mx ip6:::/0 -all"));
    assert!(said.contains("unlisted IPv6 addresses"), "{said}");
    assert!(!said.contains("everyone else"), "{said}");
}

#[test]
fn a_record_below_a_delegation_is_named_and_changes_nothing() {
    let old = with("sub NS ns.example.org.");
    let new = format!("{old}sub TXT \"v=spf1 -all\"\na.sub MX 10 mail\nns.sub A 192.0.2.3\n");
    let report = diff("delegation", &old, &new).json();
    assert_eq!(introduced(&report), ["zone/below-delegation"; 2]);
}

#[test]
fn a_name_without_its_dot_is_one_error_and_no_domain() {
    let report =
        diff("doubled", ZONE, &with("_dmarc.shop.example.com TXT \"v=DMARC1; p=none\"")).json();
    assert_eq!(introduced(&report), ["zone/missing-dot"]);
    let domains = report["domains"].as_array().map_or(0, Vec::len);
    assert_eq!((domains, &report["exit_code"]), (0, &Value::from(1)));
}

#[test]
fn a_parked_domain_with_a_revoked_key_for_every_selector_is_in_order() {
    let zone = "@ 3600 SOA ns.example.net. h 1 7200 3600 604800 300\n@ 3600 NS ns.example.net.\n\
                @ 3600 MX 0 .\n@ 3600 TXT \"v=spf1 -all\"\n\
                _dmarc 3600 TXT \"v=DMARC1; p=reject; rua=mailto:d@example.com\"\n\
                *._domainkey 3600 TXT \"v=DKIM1; p=\"\n";
    let run = run("review-parked", ["lint", "--config", "none", "example.com.zone"]);
    let report = run.file("example.com.zone", zone.as_bytes()).json();
    assert_eq!(report["findings"], Value::Array(Vec::new()));
}

#[test]
fn a_subdomain_that_the_change_delegates_is_undetermined() {
    let old = with("sub TXT \"v=spf1 ip4:192.0.2.9 -all\"\nsub MX 10 mail");
    let new = with("sub NS ns.example.org.");
    let cassette =
        super::world(&[("sub.example.com", "TXT", "\"v=spf1 ip4:192.0.2.9 -all\"".into())]);
    let run = run("review-delegated", ["diff", "--config", "none", "--replay", "tape.jsonl"]);
    let run = run.file("old.zone", old.as_bytes()).file("new.zone", new.as_bytes());
    let ended =
        run.file("tape.jsonl", cassette.as_bytes()).arguments(["old.zone", "new.zone"]).end();
    assert_eq!(ended.code, Some(3), "{}", ended.screen());
    assert!(ended.stdout.starts_with("sub.example.com  UNKNOWN"), "{}", ended.screen());
}

#[test]
fn only_domains_that_the_change_reaches_are_shown() {
    let zone = |address: &str| {
        with(&format!(
            "a MX 10 host\nb MX 10 mail\nb TXT \"v=spf1 a:host.example.com -all\"\n\
                       c TXT \"v=spf1 ip4:192.0.2.1 -all\"\nhost A {address}"
        ))
    };
    let report = diff("reach", &zone("192.0.2.7"), &zone("192.0.2.8")).json();
    let domains = report["domains"].as_array().cloned().unwrap_or_default();
    let names: Vec<&str> = domains.iter().filter_map(|it| it["domain"].as_str()).collect();
    assert_eq!(names, ["a.example.com", "b.example.com"]);
}

#[test]
fn a_policy_that_takes_long_to_compare_ends_in_time() {
    let terms = |from: usize| -> String {
        (0..2000)
            .map(|n| format!("\" ip4:10.{}.{}.{}/31\" ", n / 200, n % 200, (n * 2 + from) % 256))
            .collect()
    };
    let zone = |from| with(&format!("x TXT \"v=spf1\" {} \" -all\"", terms(from)));
    let run = diff("in-time", &zone(0), &zone(1));
    let ended = run.arguments(["--deadline", "1s", "-q"]).end();
    // Where it is compared in time, nothing has changed; what takes long is undetermined.
    assert!(matches!(ended.code, Some(0 | 3)), "{}", ended.screen());
}

// ── files that are not the whole truth ──────────────────────────────────────────────────────────

const INSIDE: &str = "@ 3600 SOA ns.example.net. h.example.com. 1 7200 3600 604800 300\n\
                      @ 3600 NS ns.example.net.\n@ 3600 MX 10 mail\nmail 3600 A 192.168.202.60\n\
                      @ 3600 TXT \"v=spf1 ip4:192.168.202.60 -all\"\n";

/// What is on the screen, however it is wrapped.
fn one_line(screen: &str) -> String {
    screen.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn ids(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    findings.iter().filter_map(|it| it["id"].as_str().map(str::to_owned)).collect()
}

#[test]
fn in_an_internal_view_private_addresses_are_right() {
    let lint = |test: &str| {
        let run = run(&format!("review-{test}"), ["lint", "internal/db.example.com"]);
        run.file("internal/db.example.com", INSIDE.as_bytes())
    };
    let is_about_addresses = |id: &String| id == "mx/not-public" || id.ends_with("private-address");
    let outside = ids(&lint("view-outside").json());
    assert!(outside.iter().any(is_about_addresses), "{outside:?}");
    let config = "[[files]]\npath = \"internal/*\"\nview = \"internal\"\n";
    let by_file =
        lint("view-file").file("m.toml", config.as_bytes()).arguments(["--config", "m.toml"]);
    for run in [lint("view-flag").arguments(["--view", "internal"]), by_file] {
        let inside = ids(&run.json());
        assert!(!inside.iter().any(is_about_addresses), "{inside:?}");
    }
}

#[test]
fn of_a_partial_file_nothing_is_missed() {
    let part = "@ 3600 SOA ns.example.net. h.example.com. 1 7200 3600 604800 300\n\
                @ 3600 NS ns.example.net.\n@ 3600 TXT \"v=spf1 ip4:192.0.2.1 -all\"\n";
    let lint = |test: &str| {
        run(&format!("review-{test}"), ["lint", "example.com.zone"])
            .file("example.com.zone", part.as_bytes())
    };
    let missed = ["dmarc/missing", "dkim/proved-none", "mx/none"];
    let whole = ids(&lint("whole").json());
    assert!(missed.iter().all(|id| whole.contains(&(*id).to_owned())), "{whole:?}");
    let partial = ids(&lint("partial").arguments(["--partial"]).json());
    assert_eq!(partial, [""; 0]);
}

#[test]
fn a_private_mail_host_of_an_undeclared_view_is_a_warning_and_not_called_localhost() {
    let run = run("review-undeclared", ["lint", "internal/db.example.com"]);
    let ended = run.file("internal/db.example.com", INSIDE.as_bytes()).end();
    assert_eq!(ended.code, Some(0), "{}", ended.screen());
    let screen = one_line(&ended.screen());
    assert!(screen.contains("warn mx/not-public") && !screen.contains("mx/localhost"), "{screen}");
}

#[test]
fn a_change_below_a_delegation_is_said_to_have_no_effect() {
    let zone = |policy: &str| {
        format!(
            "@ 3600 SOA ns.example.net. h.example.com. 1 7200 3600 604800 300\n\
             @ 3600 NS ns.example.net.\n@ 3600 MX 0 .\nsub 3600 NS ns.example.net.\n\
             sub 3600 TXT \"{policy}\"\n"
        )
    };
    let [old, new] = ["v=spf1 +all", "v=spf1 ip4:192.0.2.1 -all"].map(zone);
    let run = run("review-hidden", ["diff", "--offline", "old/example.com", "new/example.com"]);
    let run = run.file("old/example.com", old.as_bytes()).file("new/example.com", new.as_bytes());
    let screen = one_line(&run.end().screen());
    let said = "sub.example.com TXT changes without effect: sub.example.com is delegated";
    assert!(screen.contains(said), "{screen}");
}

#[test]
fn a_zone_file_that_a_configuration_names_and_is_not_there_is_said_to_be_missing() {
    let conf = "zone \"example.com\" { type master; file \"db.example.com\"; };\n";
    let ended =
        run("review-missing", ["lint", "named.conf"]).file("named.conf", conf.as_bytes()).end();
    let screen = one_line(&ended.screen());
    assert_eq!(ended.code, Some(3), "{screen}");
    assert!(screen.contains("zone example.com: db.example.com does not exist"), "{screen}");
}
