//! Changes of zones as people really keep them: every format that is read, the shapes of real
//! repositories, and edits of many kinds. No change is refused, and none that mail depends on passes
//! in silence; one that mail does not depend on never fails.
//!
//! What mail depends on is told by an oracle that looks at neither file: the zone as a plain master
//! file, its SPF partitions, its MX records, its DKIM keys and its DMARC policies.

#![allow(clippy::disallowed_methods, reason = "the program reads files")]

mod dice;
mod formats;
mod zone;

use crate::program;
use dice::Dice;
use formats::{FORMS, Form, ODDITIES, Oddity};
use mailcheck::dns::Replay;
use mailcheck::net::Name;
use mailcheck::protocols::spf::{Policies, SpfResult, examine};
use mailcheck::zonefile::{Overlay, Zone as Read};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread};
use zone::{ABOUT_MAIL, Data, OTHER, SHAPES, Zone, edit_mail, edit_other, shaped};

/// What others publish.
const WORLD: &str = r#"{"cassette":1,"absent":"nxdomain"}
{"name":"spf.outlook.test","type":"TXT","records":["\"v=spf1 ip4:203.0.113.0/26 -all\""]}
{"name":"_spf.google.test","type":"TXT","records":["\"v=spf1 ip4:203.0.113.64/26 ~all\""]}
{"name":"news.sender.test","type":"TXT","records":["\"v=spf1 ip4:203.0.113.128/26 ~all\""]}
{"name":"spf.hosting.test","type":"TXT","records":["\"v=spf1 ip4:203.0.113.192/26 ?all\""]}
{"name":"mx.hosting.test","type":"A","records":["198.51.100.1"]}
{"name":"mx2.hosting.test","type":"A","records":["198.51.100.2"]}
{"name":"backup.hosting.test","type":"A","records":["198.51.100.3"]}
{"name":"mx.other-hosting.test","type":"A","records":["198.51.100.4"]}
{"name":"example-com.mail.outlook.test","type":"A","records":["198.51.100.5"]}
{"name":"aspmx.google.test","type":"A","records":["198.51.100.6"]}
{"name":"alt1.aspmx.google.test","type":"A","records":["198.51.100.7"]}
{"name":"feedback.sender.test","type":"A","records":["198.51.100.8"]}
{"name":"parking.hosting.test","type":"A","records":["198.51.100.9"]}
{"name":"selector1-key.outlook.test","type":"TXT","records":["\"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\""]}
{"name":"selector2-key.outlook.test","type":"TXT","records":["\"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\""]}
{"name":"s1.sender.test","type":"TXT","records":["\"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\""]}
"#;

// ── the oracle ──────────────────────────────────────────────────────────────────────────────────

/// The names of a zone that publish something about mail.
fn mail_domains(zone: &Zone) -> BTreeSet<String> {
    let about_mail = zone.records.iter().filter_map(|it| match &it.data {
        Data::Mx(..) => Some(it.name.clone()),
        Data::Txt(text) if text.starts_with("v=spf1") => Some(it.name.clone()),
        _ => None,
    });
    about_mail.chain([String::new()]).collect()
}

/// What mail depends on, as text that differs where something of it does.
fn facts(zone: &Zone, domain: &str) -> String {
    let mut facts = String::new();
    let world = Replay::read("world", WORLD.as_bytes().to_vec()).expect("a cassette");
    let read = Read::read("oracle", None, zone.master_file().as_bytes());
    let dns = Overlay::new([read.strict().expect("a master file")], world);
    let name = Name::from_octets(zone.full(domain).as_bytes()).expect("a name");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let spf = runtime.block_on(examine(&Policies::new(&dns), &name));
    for partition in spf.partitions() {
        let results = [
            SpfResult::Pass,
            SpfResult::Fail,
            SpfResult::Softfail,
            SpfResult::Neutral,
            SpfResult::None,
            SpfResult::Permerror,
            SpfResult::Temperror,
        ];
        for result in results {
            writeln!(facts, "{result:?} {:?}", partition.with(result)).expect("a string");
        }
    }
    let suffix = if domain.is_empty() { String::new() } else { format!(".{domain}") };
    let mut records: Vec<String> = Vec::new();
    for record in &zone.records {
        let is_policy = record.name == format!("_dmarc{suffix}") || record.name == "_dmarc";
        let is_key = record.name.ends_with("._domainkey");
        let is_exchange = record.name == domain && matches!(record.data, Data::Mx(..));
        if is_policy || is_exchange || is_key && domain.is_empty() {
            records.push(format!("{} {:?}", record.name, record.data));
        }
    }
    records.sort();
    facts + &records.join("\n")
}

/// The domains whose mail a change touches.
fn touched(before: &Zone, after: &Zone) -> BTreeSet<String> {
    let domains: BTreeSet<String> =
        mail_domains(before).union(&mail_domains(after)).cloned().collect();
    let differs = domains.into_iter().filter(|it| facts(before, it) != facts(after, it));
    differs.map(|it| before.full(&it)).collect()
}

// ── one change ──────────────────────────────────────────────────────────────────────────────────

/// A change of a file.
struct Change {
    form: &'static Form,
    /// What is odd in the state before, and in the one after.
    oddities: [Oddity; 2],
    what: String,
    before: Zone,
    after: Zone,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    /// The domains that mail depends on are reported.
    Reported,
    /// Some of them are, as undetermined.
    Undetermined,
    /// Nothing is said, and there is nothing to say.
    Quiet,
    /// Something is wrong with what was said.
    Wrong(String),
}

fn folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("changes");
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

impl Change {
    fn named(&self) -> String {
        format!("{} {:?} {} of {}", self.form.name, self.oddities, self.what, self.before.apex)
    }

    /// Compares both states by the program.
    fn run(&self, folder: &str) -> Outcome {
        let base = self::folder().join(folder);
        let _ = fs::remove_dir_all(&base);
        let write = |folder: &str, zone: &Zone, text: String| {
            let path = format!("{folder}/{}", self.form.file(zone));
            fs::create_dir_all(base.join(folder)).expect("a folder can be made");
            fs::write(base.join(&path), text).expect("a file can be written");
            path
        };
        let paths = match self.form.plan([&self.before, &self.after], self.oddities) {
            Some(plan) => vec![write("new", &self.after, plan)],
            None => {
                let states = [("old", &self.before), ("new", &self.after)].into_iter();
                let states = states.zip(self.oddities);
                let write = |((folder, zone), odd)| write(folder, zone, self.form.write(zone, odd));
                states.map(write).collect()
            }
        };
        fs::write(base.join("world.jsonl"), WORLD).expect("a file can be written");
        let mut command = program::mailcheck();
        command.current_dir(&base).args(["diff", "--replay", "world.jsonl", "-f", "json"]);
        let ended = command.args(paths).output().expect("the program runs");
        let code = ended.status.code();
        let errors = String::from_utf8_lossy(&ended.stderr).into_owned();
        let Ok(report) = serde_json::from_slice::<Value>(&ended.stdout) else {
            return Outcome::Wrong(format!("refused with {code:?}: {errors}"));
        };
        let outcome = self.judge(&report, code);
        if !matches!(outcome, Outcome::Wrong(_)) {
            let _ = fs::remove_dir_all(&base);
        }
        outcome
    }

    fn judge(&self, report: &Value, code: Option<i32>) -> Outcome {
        let wanted = touched(&self.before, &self.after);
        if code == Some(2) || code == Some(4) || code.is_none() {
            return Outcome::Wrong(format!("refused with {code:?}: {}", report["errors"]));
        }
        if wanted.is_empty() {
            return match code {
                Some(0) => Outcome::Quiet,
                _ => Outcome::Wrong(format!(
                    "no mail depends on it, exit {code:?}: {}",
                    said(report)
                )),
            };
        }
        let mut is_undetermined = false;
        for domain in &wanted {
            let all = report["domains"].as_array().cloned().unwrap_or_default();
            let Some(found) = all.iter().find(|it| it["domain"] == **domain) else {
                return Outcome::Wrong(format!("{domain} is passed over, exit {code:?}"));
            };
            let change = &found["change"];
            let is_filled = |key: &str| change[key].as_array().is_some_and(|it| !it.is_empty());
            let is_shown =
                is_filled("records") || is_filled("senders") || change["policy"].is_object();
            match (is_shown, found["result"] == "unknown") {
                (true, false) => {}
                (_, true) => is_undetermined = true,
                (false, false) => {
                    return Outcome::Wrong(format!(
                        "{domain} is said not to change, exit {code:?}"
                    ));
                }
            }
        }
        if is_undetermined { Outcome::Undetermined } else { Outcome::Reported }
    }
}

/// What a report says that counts.
fn said(report: &Value) -> String {
    let domains = report["domains"].as_array().cloned().unwrap_or_default();
    let mut said: Vec<String> = domains
        .iter()
        .filter(|it| it["result"] != "ok")
        .map(|it| format!("{}: {} {}", it["domain"], it["result"], it["headline"]))
        .collect();
    said.push(report["general_findings"].to_string());
    said.push(report["run"]["notes"].to_string());
    said.join("; ")
}

/// Runs all changes, as many at once as there are processors, and gives what became of each.
fn outcomes(test: &str, changes: &[Change]) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(vec![Outcome::Quiet; changes.len()]);
    let threads = thread::available_parallelism().map_or(1, usize::from).min(8);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(change) = changes.get(index) else { break };
                    let outcome = change.run(&format!("{test}-{index}"));
                    outcomes.lock().expect("no thread panicked")[index] = outcome;
                }
            });
        }
    });
    outcomes.into_inner().expect("no thread panicked")
}

/// What is wrong with the outcomes of changes, a line each.
fn wrong(changes: &[Change], outcomes: &[Outcome]) -> String {
    let mut lines = String::new();
    for (index, (change, outcome)) in changes.iter().zip(outcomes).enumerate() {
        if let Outcome::Wrong(why) = outcome {
            writeln!(lines, "{index} {}: {why}", change.named()).expect("a string");
        }
    }
    lines
}

// ── the corpus ──────────────────────────────────────────────────────────────────────────────────

/// How many changes of the corpus there are for each format.
const OF_A_FORM: usize = ABOUT_MAIL + OTHER;

/// For every format each kind of edit once, the shapes and oddities in turn, and two repairs.
fn corpus() -> Vec<Change> {
    let mut changes = Vec::new();
    for (row, form) in FORMS.iter().enumerate() {
        for kind in 0..OF_A_FORM {
            let apex = format!("d{row}-{kind}-example.com");
            let before = shaped(row + kind, &apex);
            let mut after = before.clone();
            let mut dice = Dice::new((row * OF_A_FORM + kind) as u64);
            let what = match kind.checked_sub(ABOUT_MAIL) {
                None => {
                    edit_mail(&mut after, kind, &mut dice);
                    format!("mail edit {kind}")
                }
                Some(other) => {
                    edit_other(&mut after, other, &mut dice);
                    format!("other edit {other}")
                }
            };
            let oddities = [ODDITIES[(row + kind) % ODDITIES.len()]; 2];
            changes.push(Change { form, oddities, what, before, after });
        }
        // What could not be read is repaired, and by the way the policy changes.
        for (kind, odd) in [Oddity::Unreadable, Oddity::BesideAlias].into_iter().enumerate() {
            let before = shaped(row + kind, &format!("m{row}-{kind}-example.com"));
            let mut after = before.clone();
            edit_mail(&mut after, 0, &mut Dice::new(row as u64));
            let what = "repair".to_owned();
            changes.push(Change { form, oddities: [odd, Oddity::None], what, before, after });
        }
    }
    changes
}

#[test]
fn of_seven_hundred_changes_in_every_format_none_is_refused_and_none_is_silent() {
    let changes = corpus();
    assert!(changes.len() >= 700, "{}", changes.len());
    let outcomes = outcomes("corpus", &changes);
    let wrong = wrong(&changes, &outcomes);
    assert!(wrong.is_empty(), "{wrong}");
    let count = |wanted: &Outcome| outcomes.iter().filter(|it| *it == wanted).count();
    // An oracle that sees nothing, or a program that determines nothing, would pass as well.
    assert!(count(&Outcome::Reported) > changes.len() / 3, "{}", count(&Outcome::Reported));
    assert!(
        count(&Outcome::Undetermined) * 20 <= changes.len(),
        "{}",
        count(&Outcome::Undetermined)
    );
}

// ── random edits ────────────────────────────────────────────────────────────────────────────────

/// How many random edits there are of either kind, unless the environment says another number.
const SAMPLE: usize = 60;
const VARIABLE: &str = "MAILCHECK_MUTATIONS";

fn sample() -> usize {
    env::var(VARIABLE).ok().and_then(|text| text.parse().ok()).unwrap_or(SAMPLE)
}

/// A zone of a random shape in a random format, and what some edits make of it.
fn random(seed: u64, edit: impl Fn(&mut Zone, &mut Dice)) -> Change {
    let mut dice = Dice::new(seed);
    let form = &FORMS[dice.below(FORMS.len())];
    let oddities = [ODDITIES[dice.below(ODDITIES.len())]; 2];
    let before = shaped(dice.below(SHAPES), &format!("r{seed}-example.com"));
    let mut after = before.clone();
    for _ in 0..=dice.below(3) {
        edit(&mut after, &mut dice);
    }
    Change { form, oddities, what: format!("random edits {seed}"), before, after }
}

#[test]
fn random_edits_that_touch_mail_are_reported_and_hardly_ever_as_undetermined() {
    let edit = |zone: &mut Zone, dice: &mut Dice| {
        let kind = dice.below(ABOUT_MAIL);
        edit_mail(zone, kind, dice);
    };
    let seeds = (0..).map(|seed| random(seed, edit));
    let touching = seeds.filter(|it| !touched(&it.before, &it.after).is_empty());
    let changes: Vec<Change> = touching.take(sample()).collect();
    let outcomes = outcomes("mail", &changes);
    let wrong = wrong(&changes, &outcomes);
    assert!(wrong.is_empty(), "{wrong}");
    let unknown = outcomes.iter().filter(|it| **it == Outcome::Undetermined).count();
    assert!(unknown * 20 <= changes.len(), "{unknown} of {}", changes.len());
}

#[test]
fn random_edits_that_touch_no_mail_never_fail() {
    let edit = |zone: &mut Zone, dice: &mut Dice| {
        let kind = dice.below(OTHER);
        edit_other(zone, kind, dice);
    };
    let seeds = (1_000_000..).map(|seed| random(seed, edit));
    let quiet = seeds.filter(|it| touched(&it.before, &it.after).is_empty());
    let changes: Vec<Change> = quiet.take(sample()).collect();
    let wrong = wrong(&changes, &outcomes("other", &changes));
    assert!(wrong.is_empty(), "{wrong}");
}
