//! Reports that were written and are read again: a store and a comparison rest on that.

use crate::cases::config;
use crate::fixes::zone;
use crate::random::changed_zone;
use crate::reports;
use crate::world::{World, at_once, name};
use mailcheck::audit::listing::{Request, list};
use mailcheck::audit::{self, Clock, Inquiry};
use mailcheck::render::json;
use mailcheck::render::text::{self, Look};
use mailcheck::report::{Report, Run, Verdict, senders};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn written(report: &impl Serialize) -> String {
    let mut out = Vec::new();
    json::render(report, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("JSON is UTF-8")
}

fn read<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"))
}

fn shown(report: &Report) -> String {
    let look = Look { explain: true, lookups: true, ..Look::default() };
    let mut out = Vec::new();
    text::render(report, &look, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("text is UTF-8")
}

/// A report on a domain of a world.
fn audited(lines: &str) -> Report {
    let world = World::new(lines);
    let inquiry = Inquiry::about(name("example.com"));
    let domain = at_once(audit::domain(&world, &inquiry, Clock::default()));
    reports::report(domain.result, 1, vec![domain])
}

/// A report on a change of a world.
fn changed(old: &str, new: &str) -> Report {
    let worlds = [World::new(old), World::new(new)];
    let inquiry = Inquiry::about(name("p0.test"));
    let states = audit::change([&worlds[0], &worlds[1]], &inquiry, Clock::default());
    let domain = at_once(states).after;
    reports::report(domain.result, 1, vec![domain])
}

#[test]
fn every_kind_of_report_is_read_back() {
    for report in reports::all() {
        let text = written(&report);
        assert_eq!(written(&read::<Report>(&text)), text);
    }
}

#[test]
fn a_report_that_was_read_back_looks_the_same() {
    for report in reports::all() {
        assert_eq!(shown(&read(&written(&report))), shown(&report));
    }
}

#[test]
fn findings_of_older_versions_are_known_by_their_id() {
    let mut document = serde_json::to_value(reports::broken()).expect("a report is JSON");
    let finding = &mut document["domains"][0]["findings"][0];
    for key in ["rule", "excerpt"] {
        let members = finding.as_object_mut().expect("a finding is an object");
        assert!(members.remove(key).is_some(), "{key}");
    }
    let report: Report = serde_json::from_value(document).expect("it can be read");
    assert_eq!(report.domains[0].findings[0].rule, "spf/too-many-lookups");
}

#[test]
fn a_word_that_no_version_writes_is_an_error() {
    let text = written(&reports::good()).replace("\"p=reject\"", "\"x\"");
    let text = text.replace("\"policy\": \"reject\"", "\"policy\": \"refuse\"");
    let why = serde_json::from_str::<Report>(&text).expect_err("there is no such policy");
    assert!(why.to_string().contains("refuse"), "{why}");
}

#[test]
fn a_list_of_senders_is_read_back() {
    let world = World::new(
        "example.com TXT v=spf1 ip4:192.0.2.0/28 exists:%{i}.test include:p.example.com ~all\n\
         p.example.com TXT v=spf1 ip6:::ffff:192.0.2.1 -all\n",
    );
    let mut request = Request::about(name("example.com"));
    request.minus = vec![name("p.example.com")];
    request.flatten = true;
    let listing = at_once(list(&world, &request));
    let report = senders::Report::new(Run::default(), listing);
    let text = written(&report);
    assert_eq!(written(&read::<senders::Report>(&text)), text);
}

#[test]
fn names_and_records_of_any_octets_are_read_back() {
    let report = audited(
        "example.com TXT v=spf1 include:a\\b.example a:\u{fc}.example exists:%{l}.x ip6:::ffff:192.0.2.1 -all\n\
         example.com MX 0 h0.example.com\n",
    );
    let text = written(&report);
    assert_eq!(written(&read::<Report>(&text)), text);
    assert_ne!(report.result, Verdict::Ok);
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn what_is_found_in_any_zone_is_read_back(lines in zone()) {
        let text = written(&audited(&lines));
        prop_assert_eq!(written(&read::<Report>(&text)), text);
    }

    #[test]
    fn what_any_change_does_is_read_back([old, new] in changed_zone()) {
        let text = written(&changed(&old, &new));
        prop_assert_eq!(written(&read::<Report>(&text)), text);
    }
}
