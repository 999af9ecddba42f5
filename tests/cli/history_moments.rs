//! What a history answers about any moment is what was stored then, whatever came before and after it.

use super::watch::look_at;
use super::{Run, run};
use mailcheck::history::{Access, Store};
use mailcheck::net::Name;
use mailcheck::report::Extent;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::path::Path;

/// Looks of a sequence.
const LOOKS: usize = 14;

/// Numbers that look random, and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % end
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// A world in which each record set is one of a few, or does not answer; TTLs and the order differ.
fn world(dice: &mut Dice) -> String {
    let policies = [
        "v=spf1 ip4:192.0.2.0/24 include:spf.provider.test -all",
        "v=spf1 ip4:192.0.2.0/25 -all",
        "v=spf1 ip4:192.0.2.1.1 include:spf.provider.test ~all",
        "v=spf1 include:gone.test mx -all",
    ];
    let mut sets = vec![
        ("example.com", "TXT", vec![policies[dice.below(4)], "a=token"]),
        (
            "spf.provider.test",
            "TXT",
            vec![dice.one(&["v=spf1 ip4:198.51.100.0/24 -all", "v=spf1 -all"])],
        ),
        (
            "example.com",
            "MX",
            vec!["10 mx.example.com.", dice.one(&["20 mx.example.com.", "20 b.example.com."])],
        ),
        ("mx.example.com", "A", vec![dice.one(&["192.0.2.1", "192.0.2.200"])]),
        (
            "_dmarc.example.com",
            "TXT",
            vec![dice.one(&["v=DMARC1; p=reject", "v=DMARC1; p=none", "v=DMARC1"])],
        ),
        (
            "default._domainkey.example.com",
            "TXT",
            vec!["v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="],
        ),
    ];
    sets.retain(|_| dice.below(8) > 0);
    let mut text = "{\"cassette\":1,\"absent\":\"nxdomain\"}\n".to_owned();
    for (name, kind, mut records) in sets {
        if dice.below(2) == 0 {
            records.reverse();
        }
        let quoted = |it: &&str| if kind == "TXT" { format!("\"{it}\"") } else { (*it).to_owned() };
        let records: Vec<String> = records.iter().map(quoted).collect();
        let line = match dice.below(6) {
            0 => json!({"name": name, "type": kind, "outcome": dice.one(&["timeout", "servfail"])}),
            _ => {
                json!({"name": name, "type": kind, "ttl": 60 + dice.below(9000), "records": records})
            }
        };
        text.push_str(&format!("{line}\n"));
    }
    text
}

/// The domain of the report that is found at a moment.
fn found(folder: &Path, at: &str) -> Value {
    let words = ["example.com", "--store", "h.db", "--at", at, "-f", "json"];
    let arguments = words.map(OsString::from).to_vec();
    Run { folder: folder.to_owned(), arguments, environment: Vec::new() }.end().document()["domains"][0].take()
}

#[test]
fn the_report_of_any_recorded_moment_is_the_one_that_was_stored_then() {
    let folder = run("history-moments", []).folder;
    let mut dice = Dice(2026);
    let mut times = Vec::new();
    for number in 0..LOOKS {
        let at = format!("2026-11-{:02}T{:02}:10", 10 + number, dice.below(24));
        let look = look_at(&folder, &at, &world(&mut dice), &["-q"]).end();
        assert!(look.code.is_some_and(|code| code != 2), "{}", look.screen());
        times.push(at);
    }
    let store = Store::open(&folder.join("h.db"), Access::Read).expect("it can be read");
    let domain = Name::from_unicode("example.com").expect("a name");
    let sightings = store.reports(&domain).expect("it can be read");
    let mut differing = Vec::new();
    for at in &times {
        let seconds = mailcheck::text::seconds(at).expect("a time");
        let then = sightings.iter().find(|it| (it.first..=it.last).contains(&seconds));
        let then = then.expect("there was a look");
        let stored = serde_json::to_value(then.report.document(Extent::default())).expect("JSON");
        let now = found(&folder, at);
        if stored["domains"][0] != now {
            differing.push((at, stored["domains"][0].clone(), now));
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
}
