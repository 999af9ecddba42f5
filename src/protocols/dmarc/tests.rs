//! What a domain publishes, and what follows.

use super::*;
use crate::diagnostic::{Event as _, Standing, Step, Tone};
use crate::dns::{Answer, Data, Dns, Failure, Kind, Lookup, Outcome, Provenance, Question};
use crate::net::Name;
use crate::text::Phrase;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::task::Poll;

/// A world of a few records: what is not listed, and not above what is listed, does not exist.
///
/// `name TXT text`, `name A`, `name CNAME target` or `name FAIL` (every type times out).
#[derive(Default)]
pub(super) struct World {
    outcomes: BTreeMap<Question, Outcome>,
    failing: Vec<Name>,
    log: Mutex<Vec<Entry>>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Entry {
    Asked(Question),
    Answered(Question),
}

pub(super) fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("a test writes valid names")
}

pub(super) fn world(lines: &[&str]) -> World {
    let mut world = World::default();
    for line in lines {
        let mut words = line.splitn(3, ' ');
        let owner = name(words.next().unwrap());
        let (kind, data) = match (words.next().unwrap(), words.next().unwrap_or_default()) {
            ("TXT", text) => (Kind::Txt, Data::Txt(vec![text.as_bytes().into()])),
            ("A", _) => (Kind::A, Data::A([192, 0, 2, 1].into())),
            ("CNAME", target) => (Kind::Cname, Data::Cname(name(target))),
            _ => {
                world.failing.push(owner);
                continue;
            }
        };
        let slot = world.outcomes.entry(Question::new(owner, kind));
        match slot.or_insert(Outcome::Records(Vec::new())) {
            Outcome::Records(records) => records.push(data.into()),
            _ => unreachable!("only records are put in"),
        }
    }
    world
}

impl World {
    fn outcome(&self, question: &Question) -> Outcome {
        if self.failing.contains(&question.name) {
            return Outcome::Failed(Failure::new(crate::dns::Trouble::Timeout));
        }
        match self.outcomes.get(question) {
            Some(outcome) => outcome.clone(),
            None if self.outcomes.keys().any(|known| known.name.is_within(&question.name)) => {
                Outcome::NoData
            }
            None => Outcome::NxDomain,
        }
    }

    fn log(&self, entry: Entry) {
        self.log.lock().unwrap().push(entry);
    }

    /// How many questions were asked before the first answer came.
    fn asked_before_an_answer(&self) -> usize {
        let log = self.log.lock().unwrap();
        log.iter().take_while(|entry| matches!(entry, Entry::Asked(_))).count()
    }

    /// How often a type was asked for.
    fn asked_for(&self, kind: Kind) -> usize {
        let log = self.log.lock().unwrap();
        let asked = |entry: &&Entry| matches!(entry, Entry::Asked(asked) if asked.kind == kind);
        log.iter().filter(asked).count()
    }
}

impl Dns for World {
    /// Answers at the second poll, so that questions can be on their way side by side.
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let mut is_asked = false;
        Box::pin(std::future::poll_fn(move |context| {
            if !is_asked {
                is_asked = true;
                self.log(Entry::Asked(question.clone()));
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.log(Entry::Answered(question.clone()));
            let outcome = self.outcome(question);
            Poll::Ready(Arc::new(Answer::new(
                question.clone(),
                outcome,
                Provenance::Zone("test".into()),
            )))
        }))
    }
}

pub(super) async fn facts(lines: &[&str], domain: &str) -> Facts {
    examine(&world(lines), &name(domain)).await.facts
}

async fn in_force(lines: &[&str], author: &str) -> Option<(PolicyTag, Policy, Policy)> {
    let (discovered, _) = discover(&world(lines), &name(author)).await;
    discovered.in_force().map(|one| (one.tag, one.policy, one.requested))
}

fn passed(domain: &str) -> Identifier {
    Identifier { domain: name(domain), proof: Proof::Pass }
}

async fn result(lines: &[&str], author: &str, spf: Identifier) -> DmarcResult {
    let world = world(lines);
    let (author, _) = discover(&world, &name(author)).await;
    let authentication = Authentication { spf: Some(spf), dkim: Vec::new() };
    evaluate(&world, &author, &authentication).await.result
}

// ── the walk ────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_walk_asks_for_all_names_before_the_first_answer() {
    let world = world(&[]);
    let walked = walk(&world, &name("a.b.c.d.e.f.g.h.i.example")).await;
    assert_eq!((walked.visits.len(), world.asked_before_an_answer()), (8, 8));
}

#[tokio::test]
async fn a_failure_behind_the_end_of_a_walk_does_not_matter() {
    let lines = ["_dmarc.x.example TXT v=DMARC1; p=reject; psd=n", "_dmarc.example FAIL"];
    let walked = walk(&world(&lines), &name("x.example")).await;
    assert_eq!(walked.organization().map(|one| one.rule), Some(Selection::SaysSo));
}

#[tokio::test]
async fn a_failure_on_the_way_leaves_the_organization_unknown() {
    let lines = ["_dmarc.x.example TXT v=DMARC1; p=reject", "_dmarc.example FAIL"];
    assert_eq!(walk(&world(&lines), &name("x.example")).await.organization(), None);
}

#[tokio::test]
async fn a_name_too_long_for_a_question_is_passed_over() {
    let long = format!("{}x.example", "a.".repeat(120));
    let lines = ["_dmarc.x.example TXT v=DMARC1; p=reject"];
    let walked = walk(&world(&lines), &name(&long)).await;
    assert_eq!((walked.visits.len(), &walked.visits[0].answer), (8, &None));
    assert_eq!(walked.organization().map(|one| one.domain), Some(name("x.example")));
}

#[tokio::test]
async fn the_root_is_its_own_organization() {
    let walked = walk(&world(&[]), &Name::root()).await;
    assert_eq!(walked.organization().map(|one| one.domain), Some(Name::root()));
}

#[tokio::test]
async fn several_records_at_the_author_domain_leave_the_policy_to_the_organization() {
    let lines = [
        "_dmarc.m.x.example TXT v=DMARC1; p=reject",
        "_dmarc.m.x.example TXT v=DMARC1; p=reject",
        "_dmarc.x.example TXT v=DMARC1; p=none; sp=quarantine",
    ];
    let expected = Some((PolicyTag::Sp, Policy::Quarantine, Policy::Quarantine));
    assert_eq!(in_force(&lines, "m.x.example").await, expected);
}

// ── existence ───────────────────────────────────────────────────────────────────────────────────

const STRICT_BELOW: &str = "_dmarc.x.example TXT v=DMARC1; p=none; sp=quarantine; np=reject";

#[tokio::test]
async fn a_name_with_nothing_but_a_dangling_alias_exists() {
    let lines = [STRICT_BELOW, "m.x.example CNAME gone.example"];
    let tag = in_force(&lines, "m.x.example").await.map(|one| one.0);
    assert_eq!(tag, Some(PolicyTag::Sp));
}

#[tokio::test]
async fn existence_that_cannot_be_told_leaves_the_policy_unknown() {
    let (discovered, _) =
        discover(&world(&[STRICT_BELOW, "m.x.example FAIL"]), &name("m.x.example")).await;
    assert!(matches!(discovered.discovery, Discovery::Unknown(_)));
}

#[tokio::test]
async fn existence_is_not_asked_for_without_np() {
    let world = world(&["_dmarc.x.example TXT v=DMARC1; p=none; sp=reject"]);
    discover(&world, &name("m.x.example")).await;
    assert_eq!(world.asked_for(Kind::A), 0);
}

// ── the verdict ─────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn an_identical_name_aligns_even_if_the_organization_is_unknown() {
    let lines = ["_dmarc.x.example TXT v=DMARC1; p=reject", "_dmarc.example FAIL"];
    assert_eq!(result(&lines, "x.example", passed("x.example")).await, DmarcResult::Pass);
}

#[tokio::test]
async fn another_name_is_temperror_if_the_organization_is_unknown() {
    let lines = ["_dmarc.x.example TXT v=DMARC1; p=reject", "_dmarc.example FAIL"];
    assert_eq!(result(&lines, "x.example", passed("m.x.example")).await, DmarcResult::Temperror);
}

#[tokio::test]
async fn a_name_below_another_suffix_fails_even_if_the_organization_is_unknown() {
    let lines = ["_dmarc.x.example TXT v=DMARC1; p=reject", "_dmarc.example FAIL"];
    assert_eq!(result(&lines, "x.example", passed("x.test")).await, DmarcResult::Fail);
}

#[tokio::test]
async fn a_temporary_error_of_an_aligned_spf_is_temperror() {
    let lines = ["_dmarc.x.example TXT v=DMARC1; p=reject"];
    let spf = Identifier { domain: name("m.x.example"), proof: Proof::Unknown };
    assert_eq!(result(&lines, "x.example", spf).await, DmarcResult::Temperror);
}

#[tokio::test]
async fn a_temporary_error_of_an_unaligned_spf_is_fail() {
    let lines = ["_dmarc.x.example TXT v=DMARC1; p=reject"];
    let spf = Identifier { domain: name("y.example"), proof: Proof::Unknown };
    assert_eq!(result(&lines, "x.example", spf).await, DmarcResult::Fail);
}

#[tokio::test]
async fn no_walk_is_made_for_a_name_outside_the_organization() {
    let world = world(&["_dmarc.x.example TXT v=DMARC1; p=reject"]);
    let (author, _) = discover(&world, &name("x.example")).await;
    let before = world.asked_for(Kind::Txt);
    let dkim = vec![passed("mail.y.example")];
    evaluate(&world, &author, &Authentication { spf: None, dkim }).await;
    assert_eq!(world.asked_for(Kind::Txt), before);
}

// ── report destinations ─────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_host_that_cannot_be_asked_neither_wants_reports_nor_refuses_them() {
    let lines = [
        "_dmarc.x.example TXT v=DMARC1; p=reject; rua=mailto:a@y.test",
        "x.example._report._dmarc.y.test FAIL",
    ];
    let facts = facts(&lines, "x.example").await;
    assert_eq!(facts.destinations[0].authorization.is_granted(), None);
}

#[tokio::test]
async fn silence_is_no_refusal_if_the_host_may_be_inside_the_organization() {
    let record = "_dmarc.x.example TXT v=DMARC1; p=reject; rua=mailto:a@y.example,mailto:a@y.test";
    let facts = facts(&[record, "_dmarc.example FAIL"], "x.example").await;
    let granted = facts.destinations.iter().map(|one| one.authorization.is_granted());
    assert_eq!(granted.collect::<Vec<_>>(), [None, Some(false)]);
}

#[tokio::test]
async fn of_a_crowd_of_report_hosts_only_the_first_twenty_are_asked() {
    let hosts: Vec<String> = (0..500).map(|host| format!("mailto:a@h{host}.test")).collect();
    let record = format!("_dmarc.x.example TXT v=DMARC1; p=reject; rua={}", hosts.join(","));
    let world = world(&[&record]);
    let facts = examine(&world, &name("x.example")).await.facts;
    assert_eq!((facts.destinations.len(), world.asked_for(Kind::Txt)), (500, 22));
}

#[tokio::test]
async fn failure_reports_of_a_public_suffix_are_not_considered() {
    let lines = ["_dmarc.example TXT v=DMARC1; p=none; psd=y; ruf=mailto:a@y.test"];
    assert_eq!(facts(&lines, "x.example").await.destinations, []);
}

// ── the domain as a whole ───────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn standing_follows_from_what_is_in_force() {
    let table = [
        ("TXT v=DMARC1; p=reject", Standing::Good),
        ("TXT v=DMARC1; p=quarantine; t=y", Standing::Weak),
        ("TXT v=DMARC1; p=reject; sp=none", Standing::Weak),
        ("TXT v=DMARC1; p=none", Standing::Weak),
        ("TXT v=DMARC1; p=block; rua=mailto:a@x.example", Standing::Broken),
        ("TXT v=DMARC1; p=block", Standing::Broken),
        ("TXT nothing of interest", Standing::Absent),
        ("FAIL", Standing::Unknown),
    ];
    for (record, standing) in table {
        let facts = facts(&[&format!("_dmarc.x.example {record}")], "x.example").await;
        assert_eq!(facts.standing(), standing, "{record}");
    }
}

#[tokio::test]
async fn a_summary_is_the_policy_in_a_few_words() {
    let record = "_dmarc.x.example TXT v=DMARC1; p=reject; sp=none; t=y";
    let own = summary(&facts(&[record], "x.example").await);
    let inherited = summary(&facts(&[record], "m.x.example").await);
    let unknown = summary(&facts(&["_dmarc.x.example FAIL"], "x.example").await);
    assert_eq!(
        [own, inherited, unknown].map(|summary| summary.to_string()),
        ["p=reject, t=y, sp=none", "sp=none from x.example, t=y", "_dmarc.x.example TXT timed out"]
    );
}

fn headlines(steps: &[Step<Event>]) -> Vec<String> {
    let of = |step: &Step<Event>| {
        let own = step.event.explain().headline.to_string();
        std::iter::once(own).chain(headlines(&step.steps)).collect::<Vec<_>>()
    };
    steps.iter().flat_map(of).collect()
}

#[tokio::test]
async fn the_steps_tell_how_the_policy_was_found() {
    let lines = [STRICT_BELOW, "m.x.example A", "_dmarc.m.x.example TXT v=spf1 -all"];
    let (_, steps) = discover(&world(&lines), &name("m.x.example")).await;
    assert_eq!(
        headlines(&steps),
        [
            "the Organizational Domain of m.x.example is x.example: it has the fewest labels of \
             the names with a DMARC record",
            "_dmarc.m.x.example: no DMARC record; 1 other TXT records, ignored because they do \
             not begin with v=DMARC1",
            "_dmarc.x.example: v=DMARC1; p=none; sp=quarantine; np=reject",
            "_dmarc.example: no DMARC record",
            "m.x.example exists in the DNS",
            "mail from m.x.example: sp=quarantine, from the record of its Organizational Domain \
             x.example",
        ]
    );
}

#[tokio::test]
async fn an_unknown_policy_sounds_unknown() {
    let (_, steps) = discover(&world(&["_dmarc.x.example FAIL"]), &name("x.example")).await;
    let tones: Vec<Tone> = steps.iter().map(|step| step.event.explain().tone).collect();
    assert_eq!(tones, [Tone::Unknown, Tone::Unknown]);
}

// ── receivers of RFC 7489 ───────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn the_public_suffix_list_tells_the_organization_of_an_older_receiver() {
    let organizations = ["a.b.example.co.uk", "x.github.io", "co.uk", "m.bücher.公司.cn"]
        .map(|name| rfc7489::organization(&Name::from_unicode(name).unwrap()).to_unicode());
    assert_eq!(organizations, ["example.co.uk", "x.github.io", "co.uk", "bücher.公司.cn"]);
}

#[tokio::test]
async fn both_kinds_of_receivers_agree_on_a_plain_record() {
    let lines = ["_dmarc.x.com TXT v=DMARC1; p=reject; sp=none"];
    assert_eq!(facts(&lines, "m.x.com").await.difference, None);
}

#[tokio::test]
async fn receivers_differ_about_a_share_a_test_and_names_that_do_not_exist() {
    for tags in ["p=reject; pct=20", "p=reject; t=y", "p=none; np=reject"] {
        let lines = [&*format!("_dmarc.x.com TXT v=DMARC1; {tags}")];
        let domain = if tags.contains("np") { "m.x.com" } else { "x.com" };
        assert!(facts(&lines, domain).await.difference.is_some(), "{tags}");
    }
}

#[tokio::test]
async fn a_failure_makes_no_difference() {
    let lines = ["_dmarc.m.x.com TXT v=DMARC1; p=reject", "_dmarc.com FAIL"];
    assert_eq!(facts(&lines, "m.x.com").await.difference, None);
}

proptest! {
    /// Whatever stands in a record, the words for it hold nothing that moves a cursor.
    #[test]
    fn words_are_harmless_whatever_stands_in_a_record(octets: Vec<u8>) {
        let owner = name("_dmarc.x.example");
        let text = [b"v=DMARC1; p=reject; rua=mailto:a@y.test;".as_slice(), &octets].concat();
        let mut world = World::default();
        let records = vec![Data::Txt(vec![text.into()]).into()];
        world.outcomes.insert(Question::new(owner, Kind::Txt), Outcome::Records(records));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let examined = runtime.block_on(examine(&world, &name("x.example")));
        let said = headlines(&examined.steps).into_iter();
        let found = lint::check(&examined.facts).into_iter().map(|one| one.message.to_string());
        let all: Vec<String> = said.chain(found).collect();
        prop_assert!(all.iter().flat_map(|one| one.chars()).all(|c| !c.is_control()));
        prop_assert!(!Phrase::is_empty(&summary(&examined.facts)));
    }
}
