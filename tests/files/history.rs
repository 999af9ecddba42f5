//! A zone and its history, change by change: `testdata/history`.
//!
//! Each state is compared with the one before, as whoever reviews the change would do it, and what
//! the screen says is a snapshot. What must be true of it is asserted beside it.

#![allow(clippy::disallowed_methods, reason = "the history is files, and blessing is asked for")]

mod commits;
mod guide;

use crate::{cassette, program, schemas};
use mailcheck::render::json;
use mailcheck::report::Report;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The states, in their order.
const STATES: [&str; 12] = [
    "01-own-server",
    "02-microsoft-365",
    "03-more-senders",
    "04-eleventh-lookup",
    "05-back-within-ten",
    "06-typo",
    "07-back",
    "08-lost-include",
    "09-back",
    "10-weaker-dmarc",
    "11-back",
    "12-removed-selector",
];

const MICROSOFT: &str = "Microsoft 365";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/history")
}

// ── runs ────────────────────────────────────────────────────────────────────────────────────────

/// How a run ended.
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ended {
    /// Everything that a reader sees, and the exit code.
    fn screen(&self) -> String {
        format!("{}{}[exit {}]", self.stdout, self.stderr, self.code.unwrap_or(-1))
    }

    /// Holds a report to what it says once it was read and written again.
    fn is_read_back(&self) {
        let report: Report = serde_json::from_str(&self.stdout).expect("a report can be read");
        let mut again = Vec::new();
        json::render(&report, &mut again).expect("memory takes everything");
        assert_eq!(String::from_utf8_lossy(&again), self.stdout);
    }

    /// Of a document, what is about the change: the rest is what every report has.
    fn stdout_of_change(&self) -> String {
        let document = serde_json::from_str(&self.stdout);
        let mut document: Value = document.unwrap_or_else(|why| panic!("{why}: {}", self.stdout));
        assert_eq!(schemas::faults(&document), Vec::<String>::new());
        if document.get("domains").is_some() {
            self.is_read_back();
        }
        let cut = |domain: &mut Value| {
            let members = domain.as_object_mut().expect("an object");
            for member in ["authorizations", "mx", "spf", "dkim", "dmarc"] {
                assert!(members.remove(member).is_some(), "{member}");
            }
        };
        match document.get_mut("domains").and_then(Value::as_array_mut) {
            Some(domains) => domains.iter_mut().for_each(cut),
            None => cut(&mut document),
        }
        format!("{document:#}\n")
    }
}

/// The program, run in a folder with nothing of the surroundings that it could heed.
fn mailcheck(folder: &Path, arguments: &[&str]) -> Ended {
    let out = program::mailcheck()
        .args(arguments)
        .current_dir(folder)
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("the program runs");
    let utf8 = |octets| String::from_utf8(octets).expect("all output is UTF-8");
    Ended { code: out.status.code(), stdout: utf8(out.stdout), stderr: utf8(out.stderr) }
}

/// The file of a state, and of the one before, by its number.
fn files(number: &str) -> [String; 2] {
    let at = STATES.iter().position(|state| state.starts_with(number)).expect("a state");
    [STATES[at - 1], STATES[at]].map(|state| format!("{state}.zone"))
}

/// A state compared with the one before.
fn compared(number: &str, flags: &[&str]) -> Ended {
    let [before, after] = files(number);
    let mut arguments = vec!["diff", "--against", &before, "--zone", &after];
    arguments.extend(["--replay", "world.jsonl"].iter().chain(flags));
    mailcheck(&folder(), &arguments)
}

/// What the comparison says of the domain, as data.
fn domain(number: &str, flags: &[&str]) -> Value {
    read(&compared(number, &[flags, &["-f", "json"]].concat()))
}

fn read(ended: &Ended) -> Value {
    let mut report: Value =
        serde_json::from_str(&ended.stdout).unwrap_or_else(|why| panic!("{why}: {}", ended.stderr));
    report["domains"][0].take()
}

// ── what is asked of a comparison ───────────────────────────────────────────────────────────────

fn list<'v>(domain: &'v Value, path: &str) -> &'v [Value] {
    domain.pointer(path).and_then(Value::as_array).expect("a list")
}

fn word<'v>(value: &'v Value, member: &str) -> &'v str {
    value[member].as_str().unwrap_or_default()
}

/// The provider, or the addresses of one that is not known.
fn name(sender: &Value) -> &str {
    sender["provider"].as_str().unwrap_or_else(|| word(sender, "who"))
}

/// Who fares otherwise, in this way.
fn senders<'v>(domain: &'v Value, effect: &str) -> Vec<&'v str> {
    let all = list(domain, "/change/senders").iter();
    all.filter(|sender| sender["effect"] == effect && sender["is_rest"] == false)
        .map(name)
        .collect()
}

fn kept(domain: &Value) -> Vec<&str> {
    list(domain, "/change/kept").iter().map(name).collect()
}

/// The findings in this state, by rule.
fn findings<'v>(domain: &'v Value, state: &str) -> Vec<&'v str> {
    let all = list(domain, "/findings").iter();
    all.filter(|finding| finding["state"] == state).map(|finding| word(finding, "id")).collect()
}

/// The part of its file that a finding points at.
fn pointed_at(domain: &Value, rule: &str) -> String {
    let all = list(domain, "/findings").iter();
    let finding = all.clone().find(|it| it["id"] == rule).expect("the finding");
    let place = &finding["location"];
    let text = fs::read_to_string(folder().join(word(place, "file"))).expect("the file");
    let number = |member: &str| {
        usize::try_from(place[member].as_u64().expect("a number")).expect("a small one")
    };
    assert_eq!(number("line"), number("end_line"), "{place}");
    let line = text.lines().nth(number("line") - 1).expect("the line");
    line.chars().take(number("end_column") - 1).skip(number("column") - 1).collect()
}

// ── the world ───────────────────────────────────────────────────────────────────────────────────

#[test]
fn the_cassette_says_what_the_zones_of_others_say() {
    let zones =
        ["../zones/microsoft-365", "../zones/other-senders", "../zones/fmsinc-dkim", "others"];
    let read = |zone: &str| {
        let path = folder().join(format!("{zone}.zone"));
        fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
    };
    let told = cassette::cassette("others", &zones.map(read).concat());
    let path = folder().join("world.jsonl");
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &told).expect("the tape can be written");
    }
    assert_eq!(fs::read_to_string(&path).expect("the tape is there"), told);
}

#[test]
fn every_state_is_a_file_and_every_zone_a_state() {
    let entries = folder().read_dir().expect("the folder can be listed").flatten();
    let mut zones: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    zones.retain(|name| name.ends_with(".zone") && name.starts_with(|c: char| c.is_ascii_digit()));
    zones.sort();
    assert_eq!(zones, STATES.map(|state| format!("{state}.zone")));
}

// ── screens ─────────────────────────────────────────────────────────────────────────────────────

/// Holds what the screen says against what it said.
fn snapshot(name: &str, ended: &Ended) {
    insta::assert_snapshot!(name, ended.screen());
}

#[test]
fn each_change_as_its_reviewer_reads_it() {
    for state in &STATES[1..] {
        snapshot(state, &compared(state, &[]));
    }
}

/// Every format but text, and the change that it shows: senders are lost and gained in 04; a policy
/// gets weaker in 10, with a fix for it, and something else is mended.
const FORMATS: [(&str, &str); 9] = [
    ("json", "04"),
    ("jsonl", "10"),
    ("github", "04"),
    ("markdown", "04"),
    ("sarif", "10"),
    ("gitlab", "04"),
    ("junit", "10"),
    ("prometheus", "10"),
    ("tsv", "10"),
];

#[test]
fn every_format_shows_a_change() {
    for (format, number) in FORMATS {
        let mut ended = compared(number, &["-f", format]);
        if format.starts_with("json") {
            ended.stdout = ended.stdout_of_change();
        }
        snapshot(&format!("{number}-{format}"), &ended);
    }
}

#[test]
fn every_format_is_in_the_list() {
    let known = mailcheck(&folder(), &["diff", "-f", "nonsense", "a.zone", "b.zone"]).stderr;
    let (_, known) = known.trim_end().split_once("One of: ").expect("the list of formats");
    // Pages have tests of their own.
    let mut listed: Vec<&str> =
        ["text", "html"].into_iter().chain(FORMATS.map(|(format, _)| format)).collect();
    let mut known: Vec<&str> = known.split(", ").collect();
    known.sort_unstable();
    listed.sort_unstable();
    assert_eq!(known, listed);
}

#[test]
fn no_line_is_longer_than_the_screen_unless_it_is_to_be_copied() {
    for state in &STATES[1..] {
        let screen = compared(state, &[]).stdout;
        let is_long = |line: &&str| line.chars().count() > 80 && !line.contains(" IN TXT ");
        assert_eq!(screen.lines().find(is_long), None, "{state}");
    }
}

// ── what is true ────────────────────────────────────────────────────────────────────────────────

#[test]
fn the_eleventh_lookup_hits_who_stands_behind_it_and_nobody_else() {
    let domain = domain("04", &[]);
    assert_eq!(senders(&domain, "lost"), [MICROSOFT]);
    assert_eq!(senders(&domain, "gained"), ["198.51.100.0/24"]);
    let untouched = [
        "SendGrid",
        "Google Workspace",
        "Zendesk",
        "Mailchimp",
        "203.0.113.0/25",
        "203.0.113.128/26",
    ];
    assert_eq!(kept(&domain), untouched);
    assert_eq!(domain["change"]["cost"]["lookups"], serde_json::json!([10, 11]));
}

#[test]
fn the_eleventh_lookup_is_a_permerror_after_a_pass() {
    let domain = domain("04", &[]);
    let lost = &domain["change"]["senders"][0];
    assert_eq!([word(lost, "before"), word(lost, "after")], ["pass", "permerror"]);
    for rule in ["change/sender-lost", "spf/too-many-lookups"] {
        assert_eq!(pointed_at(&domain, rule), "include:spf.protection.outlook.com", "{rule}");
    }
}

#[test]
fn a_lost_include_loses_whom_it_named_and_nobody_else() {
    let domain = domain("08", &[]);
    assert_eq!(senders(&domain, "lost"), [MICROSOFT]);
    assert_eq!(senders(&domain, "gained"), [""; 0]);
    assert_eq!(senders(&domain, "altered"), [""; 0]);
    assert_eq!(kept(&domain).len(), 7);
    assert_eq!(findings(&domain, "introduced"), ["change/sender-lost"]);
    assert!(findings(&domain, "unchanged").contains(&"spf/lookup-headroom"));
    assert_eq!(pointed_at(&domain, "change/sender-lost"), "-all");
}

#[test]
fn who_comes_before_a_misspelt_include_goes_on_sending() {
    let domain = domain("06", &[]);
    let lost =
        [MICROSOFT, "Google Workspace", "198.51.100.0/24", "203.0.113.0/25", "203.0.113.128/26"];
    assert_eq!(senders(&domain, "lost"), lost);
    assert_eq!(kept(&domain), ["SendGrid", "Zendesk", "Mailchimp"]);
    assert_eq!(pointed_at(&domain, "change/sender-lost"), "include:_spf.goggle.com");
}

#[test]
fn a_weaker_policy_is_told_at_its_tag_and_moves_no_sender() {
    let domain = domain("10", &[]);
    assert_eq!(list(&domain, "/change/senders"), [Value::Null; 0]);
    assert_eq!(
        domain["change"]["policy"],
        serde_json::json!({"before": "reject", "after": "none"})
    );
    assert_eq!(pointed_at(&domain, "change/weaker-policy"), "none");
}

#[test]
fn a_way_back_is_good_and_says_what_it_mends() {
    let own = ["--config", "mailcheck.toml"];
    let codes = ["05", "07", "09", "11"].map(|number| compared(number, &own).code);
    assert_eq!(codes, [Some(0); 4]);
    let mended = [
        ("05", "spf/too-many-lookups"),
        ("07", "spf/include-without-record"),
        ("11", "dmarc/policy-none"),
    ];
    for (number, rule) in mended {
        let domain = domain(number, &[]);
        assert!(findings(&domain, "resolved").contains(&rule), "{number}: {domain}");
    }
    // What was lost at 08 was no fault of the record, so there is nobody but the sender to get back.
    assert_eq!(senders(&domain("09", &[]), "gained"), [MICROSOFT]);
}

#[test]
fn what_gets_worse_fails_and_may_be_let_pass() {
    let bad = ["02", "04", "06", "08", "10", "12"];
    assert_eq!(bad.map(|number| compared(number, &[]).code), [Some(1); 6]);
    assert_eq!(bad.map(|number| compared(number, &["--fail-on", "never"]).code), [Some(0); 6]);
}

#[test]
fn a_loss_that_is_intended_is_accepted_with_a_reason() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("history-accepted");
    fs::create_dir_all(&folder).expect("a folder can be made");
    let path = folder.join("mailcheck.toml");
    let ignore = "[[ignore]]
rule = \"change/sender-lost\"
domain = \"fmsinc.com\"
reason = \"the old server is switched off\"
";
    fs::write(&path, ignore).expect("a file can be written");
    let path = path.to_str().expect("a path of text");
    let ended = compared("02", &["--config", path]);
    assert_eq!(ended.code, Some(0), "{}", ended.screen());
    assert!(ended.stdout.contains("1 ignored"), "{}", ended.stdout);
    // What else a change breaks is not accepted with it.
    assert_eq!(compared("04", &["--config", path]).code, Some(1));
}

#[test]
fn the_configuration_of_the_sample_is_sound() {
    let ended = compared("05", &["--config", "mailcheck.toml"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert!(!ended.stdout.contains("config/"), "{}", ended.stdout);
}

#[test]
fn the_contract_of_the_sample_is_kept_where_the_history_is_good() {
    let held = |state: &&str| {
        let zone = format!("{state}.zone");
        let own = ["--config", "mailcheck.toml", "--replay", "world.jsonl", "-q"];
        mailcheck(&folder(), &[&["test", "--zone", &zone][..], &own].concat()).code
    };
    let codes: Vec<_> = STATES[2..].iter().map(held).collect();
    // From the third state on, good and bad ones take turns.
    let expected: Vec<_> = [Some(0), Some(1)].into_iter().cycle().take(codes.len()).collect();
    assert_eq!(codes, expected);
}

#[test]
fn an_alias_that_goes_is_told_and_not_the_key_at_its_end() {
    let domain = domain("12", &[]);
    let [records] = list(&domain, "/change/records") else { panic!("one record set differs") };
    assert_eq!(
        [word(records, "name"), word(records, "type")],
        ["s1._domainkey.fmsinc.com", "CNAME"]
    );
    let gone = serde_json::json!(["s1.domainkey.u1234567.wl123.sendgrid.net."]);
    assert_eq!(records["removed"], gone);
    assert_eq!(findings(&domain, "introduced"), ["change/selector-gone"]);
}

#[test]
fn lines_inserted_above_change_nothing() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("history-inserted");
    fs::create_dir_all(&folder).expect("a folder can be made");
    let read = |name: &str| fs::read_to_string(self::folder().join(name)).expect("a file");
    let zone = read("10-weaker-dmarc.zone");
    fs::write(folder.join("world.jsonl"), read("world.jsonl")).expect("a file can be written");
    fs::write(folder.join("old.zone"), &zone).expect("a file can be written");
    let lower = format!("; One line.\n\n; And another one.\n{zone}");
    fs::write(folder.join("new.zone"), lower).expect("a file can be written");
    let files = ["old.zone", "new.zone", "--replay", "world.jsonl", "-f", "json"];
    let ended = mailcheck(&folder, &[&["diff", "fmsinc.com"][..], &files].concat());
    let domain = self::read(&ended);
    let count = ["introduced", "resolved"].map(|state| findings(&domain, state).len());
    assert_eq!((ended.code, count), (Some(0), [0, 0]));
    let unchanged = findings(&domain, "unchanged");
    assert_eq!(
        unchanged,
        ["spf/no-lookup-headroom", "dmarc/policy-none", "posture/include-not-needed"]
    );
    let lines = list(&domain, "/findings").iter().map(|it| it["location"]["line"].as_u64());
    let written = |word: &str| {
        let line = zone.lines().position(|line| line.contains(word)).expect("the record");
        u64::try_from(line + 4).ok()
    };
    let spf = written("v=spf1");
    assert_eq!(lines.collect::<Vec<_>>(), [spf, written("p=none"), spf]);
}

#[test]
fn a_finding_that_moved_keeps_its_fingerprint() {
    let print = |domain: &Value| {
        let all = list(domain, "/findings").iter();
        let found = all.clone().find(|it| it["id"] == "spf/no-lookup-headroom").expect("the note");
        (found["location"]["line"].clone(), found["fingerprint"].clone())
    };
    // Between the two lies a comment above the record, and the record itself is another one.
    let [before, after] = ["03", "05"].map(|number| print(&domain(number, &[])));
    assert_ne!(before.0, after.0);
    assert_eq!(before.1, after.1);
}

/// A plan of Terraform that takes half of the addresses away.
fn plan() -> String {
    let record = |terms: &str| {
        serde_json::json!({"fqdn": "example.com", "name": "example.com", "type": "TXT", "ttl": 60,
            "records": [format!("v=spf1 {terms} -all")]})
    };
    let plan = serde_json::json!({"format_version": "1.2", "resource_changes": [{
        "address": "aws_route53_record.spf", "mode": "managed", "type": "aws_route53_record", "name": "spf",
        "change": {"actions": ["update"], "before": record("ip4:192.0.2.0/24"),
            "after": record("ip4:192.0.2.0/25")},
    }]});
    plan.to_string()
}

#[test]
fn a_plan_of_terraform_holds_both_states() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("history");
    fs::create_dir_all(&folder).expect("a folder can be made");
    fs::write(folder.join("plan.json"), plan()).expect("the plan can be written");
    let ended = mailcheck(&folder, &["diff", "plan.json", "--offline", "-f", "json"]);
    let lost = read(&ended)["change"]["senders"][0].clone();
    assert_eq!(
        (&lost["effect"], &lost["networks"]),
        (&"lost".into(), &vec!["192.0.2.128/25"].into())
    );
}
