//! A change is told exactly, and never told where something is not known.

use crate::cases::config;
use crate::random::changed_zone;
use crate::world::{self, World, alone, at_once, everybody, name};
use mailcheck::audit::{self, Changed, Clock, Inquiry};
use mailcheck::catalogue;
use mailcheck::dns::{
    Answer, Cache, Dns, Failure, Kind, Lookup, Outcome, Provenance, Question, Trouble,
};
use mailcheck::net::{Cidr, Family, IpSet};
use mailcheck::protocols::spf::SpfResult;
use mailcheck::report::Effect;
use mailcheck::report::{ChangedSender, Domain, SenderResult, State, Verdict};
use mailcheck::zonefile::{Overlay, Zone};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

/// What a change from one source to another does to a domain.
fn changed(states: [&dyn Dns; 2], domain: &str) -> Domain {
    let inquiry = Inquiry::about(name(domain));
    let Changed { before, mut after } = at_once(audit::change(states, &inquiry, Clock::default()));
    mailcheck::compare::compare_findings(&mut after, &before);
    after
}

/// The same for two worlds in which nothing else is alike.
fn between(old: &str, new: &str) -> Domain {
    changed([&World::new(old), &World::new(new)], world::DOMAIN)
}

/// The doubts, as they are shown.
fn doubts(domain: &Domain) -> Vec<String> {
    let change = domain.change.as_ref().expect("a change");
    change.unknown.iter().map(ToString::to_string).collect()
}

fn effects(domain: &Domain) -> Vec<Effect> {
    let change = domain.change.as_ref().expect("a change");
    change.senders.iter().map(|sender| sender.effect).collect()
}

/// The findings in a state.
fn findings(domain: &Domain, state: State) -> Vec<&'static str> {
    let all = domain.findings.iter().filter(|it| it.state == Some(state));
    all.map(|finding| catalogue::rule(&finding.rule).expect("a rule").id).collect()
}

fn introduced(domain: &Domain) -> Vec<&'static str> {
    findings(domain, State::Introduced)
}

// ── exact ───────────────────────────────────────────────────────────────────────────────────────

/// Who is told to lose, or to gain.
struct Told<'c> {
    senders: Vec<(&'c ChangedSender, [IpSet; 2])>,
}

impl<'c> Told<'c> {
    fn new(domain: &'c Domain) -> Self {
        let change = domain.change.as_ref().expect("a change");
        let sets = |sender: &ChangedSender| {
            Family::BOTH.map(|family| {
                let own = |cidr: &&Cidr| cidr.family() == family;
                IpSet::from_cidrs(family, sender.networks.iter().filter(own).copied())
            })
        };
        Self { senders: change.senders.iter().map(|sender| (sender, sets(sender))).collect() }
    }

    /// What is told of an address that gets these results. Those whom no term lists are not told by
    /// their networks: they are who is left and gets these results.
    fn of(&self, ip: IpAddr, results: [Option<SpfResult>; 2]) -> Option<Effect> {
        let listed = |sets: &[IpSet; 2]| sets.iter().any(|set| set.contains(ip));
        if let Some((sender, _)) = self.senders.iter().find(|(_, sets)| listed(sets)) {
            return Some(sender.effect);
        }
        let words = results.map(SenderResult::from);
        let is_rest =
            |sender: &ChangedSender| sender.is_rest && [sender.before, sender.after] == words;
        self.senders.iter().find(|(sender, _)| is_rest(sender)).map(|(sender, _)| sender.effect)
    }

    /// The borders of what is told.
    fn borders(&self, family: Family) -> Vec<u128> {
        let sets = self.senders.iter().flat_map(|(_, sets)| sets);
        let ranges = sets.filter(|set| set.family() == family).flat_map(IpSet::ranges);
        ranges.flat_map(|range| [range.first(), range.last()]).collect()
    }
}

/// What single checks before and after say of an address.
fn effect(results: [Option<SpfResult>; 2]) -> Option<Effect> {
    use SpfResult::{Pass, Temperror};
    match results {
        [Some(Pass), Some(Pass) | None] | [None, Some(Pass)] => None,
        [_, Some(Temperror)] | [Some(Temperror), _] => None,
        [Some(Pass), Some(_)] => Some(Effect::Lost),
        [Some(_), Some(Pass)] => Some(Effect::Gained),
        _ => None,
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn who_loses_and_who_gains_is_whom_single_checks_tell_apart(
        zones in changed_zone(),
        further in proptest::collection::vec(any::<u128>(), 4),
    ) {
        let worlds = zones.each_ref().map(|lines| World::new(lines));
        let domain = changed([&worlds[0], &worlds[1]], "p0.test");
        let told = Told::new(&domain);
        let has_doubt = !doubts(&domain).is_empty();
        for family in Family::BOTH {
            let mut numbers = told.borders(family);
            for world in &worlds {
                let partition = everybody(world, "p0.test", family);
                let ranges = partition.cells.iter().flat_map(|cell| cell.set.ranges());
                numbers.extend(ranges.flat_map(|range| [range.first(), range.last()]));
            }
            numbers.extend(further.iter().map(|number| number & family.last()));
            numbers.sort_unstable();
            numbers.dedup();
            for number in numbers {
                let ip = family.address(number);
                let results = [&worlds[0], &worlds[1]].map(|it| alone(it, "p0.test", ip).result());
                let said = told.of(ip, results).filter(|it| *it != Effect::Altered);
                prop_assert_eq!(said, effect(results), "{} gets {:?}", ip, results);
                let is_unknown = results.contains(&Some(SpfResult::Temperror));
                prop_assert!(!is_unknown || results[0] == results[1] || has_doubt, "{}", ip);
            }
        }
    }
}

// ── what could not be told ──────────────────────────────────────────────────────────────────────

const BEFORE: &str = "example.com TXT v=spf1 include:a.example -all
a.example TXT v=spf1 ip4:192.0.2.0/24 -all
b.example TXT v=spf1 ip4:198.51.100.0/24 -all";

#[test]
fn an_include_that_times_out_after_the_change_is_unknown_and_not_lost() {
    let after = "example.com TXT v=spf1 include:b.example include:a.example -all
a.example * !timeout
b.example TXT v=spf1 ip4:198.51.100.0/24 -all";
    let domain = between(BEFORE, after);
    // Who is decided before the failing name is told all the same.
    assert_eq!(effects(&domain), [Effect::Gained]);
    assert_eq!(domain.result, Verdict::Unknown);
    assert!(doubts(&domain)[0].contains("a.example TXT"), "{:?}", doubts(&domain));
}

#[test]
fn an_include_that_times_out_before_the_change_is_unknown_and_not_gained() {
    let before = "example.com TXT v=spf1 include:b.example -all
b.example * !servfail";
    let domain = between(before, BEFORE);
    assert_eq!(effects(&domain), []);
    assert!(!introduced(&domain).iter().any(|id| id.starts_with("change/")));
    assert_eq!(domain.result, Verdict::Unknown);
    assert!(doubts(&domain)[0].contains("b.example TXT"), "{:?}", doubts(&domain));
}

#[test]
fn a_record_that_times_out_after_the_change_is_unknown_and_nothing_is_gone() {
    let before = format!(
        "{BEFORE}
example.com MX 10 mx.example.com
mx.example.com A 192.0.2.1
_dmarc.example.com TXT v=DMARC1; p=reject
_mta-sts.example.com TXT v=STSv1; id=1
mail._domainkey.example.com TXT v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    );
    let silent = "example.com * !timeout
_dmarc.example.com * !timeout
_mta-sts.example.com * !timeout
mail._domainkey.example.com * !timeout";
    let domain = between(&before, silent);
    assert_eq!((effects(&domain), introduced(&domain)), (vec![], vec![]));
    assert_eq!(domain.result, Verdict::Unknown);
}

#[test]
fn both_states_alike_while_the_dns_is_down_is_no_change() {
    let down = "example.com TXT v=spf1 include:a.example -all
a.example * !timeout
example.com MX !servfail
_dmarc.example.com * !servfail";
    let domain = between(down, down);
    assert_eq!((effects(&domain), doubts(&domain)), (vec![], vec![]));
    assert_eq!((domain.result, introduced(&domain)), (Verdict::Ok, vec![]));
}

#[test]
fn what_fails_alike_in_both_states_does_not_cloud_a_change_of_something_else() {
    let state = |policy: &str| {
        format!(
            "example.com TXT v=spf1 include:a.example -all
a.example * !timeout
_dmarc.example.com TXT v=DMARC1; p={policy}; rua=mailto:a@example.com"
        )
    };
    let domain = between(&state("none"), &state("reject"));
    assert_eq!((domain.result, doubts(&domain)), (Verdict::Ok, vec![]));
}

#[test]
fn a_policy_that_fails_alike_does_not_cloud_a_change_of_spf() {
    let state = |term: &str| {
        format!(
            "example.com TXT v=spf1 {term} -all
_dmarc.example.com * !timeout"
        )
    };
    let domain = between(&state("ip4:192.0.2.1"), &state("ip4:192.0.2.1 ip4:192.0.2.2"));
    assert_eq!((effects(&domain), doubts(&domain)), (vec![Effect::Gained], vec![]));
}

#[test]
fn one_question_that_fails_is_told_once() {
    let silent = "example.com TXT !timeout
example.com MX 10 mx.example.com
_dmarc.example.com * !timeout";
    let told = "example.com TXT v=spf1 -all
example.com MX 10 mx.example.com
_dmarc.example.com TXT v=DMARC1; p=reject; rua=mailto:a@example.com";
    let expected = [
        "example.com TXT timed out after the change",
        "_dmarc.example.com TXT timed out after the change",
    ];
    assert_eq!(doubts(&between(told, silent)), expected);
}

#[test]
fn what_fails_alike_clouds_a_change_that_goes_past_it() {
    let state = |term: &str| {
        format!(
            "example.com TXT v=spf1 include:a.example {term} -all
a.example * !timeout"
        )
    };
    let domain = between(&state("ip4:192.0.2.1"), &state("ip4:192.0.2.2"));
    assert_eq!((effects(&domain), domain.result), (vec![], Verdict::Unknown));
}

#[test]
fn whoever_passed_and_now_depends_on_a_macro_is_unknown_and_not_lost() {
    let before = "example.com TXT v=spf1 ip4:192.0.2.0/24 -all";
    let after = "example.com TXT v=spf1 exists:%{i}.ok.example -all";
    let domain = between(before, after);
    assert!(!introduced(&domain).contains(&"change/sender-lost"));
    let expected = ["192.0.2.0/24 passed; after the change the result depends on the sender"];
    assert_eq!(
        (doubts(&domain), domain.result),
        (expected.map(str::to_owned).into(), Verdict::Unknown)
    );
}

#[test]
fn a_term_of_macros_before_others_takes_nothing_from_them() {
    let state = |term: &str| format!("example.com TXT v=spf1 {term}ip4:192.0.2.0/24 -all");
    let domain = between(&state(""), &state("exists:%{i}.ok.example "));
    assert_eq!((doubts(&domain), domain.result), (vec![], Verdict::Ok));
}

#[test]
fn a_finding_that_may_have_been_there_before_is_not_new() {
    let silent = "example.com TXT v=spf1 -all
_dmarc.example.com * !timeout";
    let weak = "example.com TXT v=spf1 -all
_dmarc.example.com TXT v=DMARC1; p=none; rua=mailto:a@example.com";
    let domain = between(silent, weak);
    assert_eq!(introduced(&domain), [""; 0]);
    assert!(findings(&domain, State::Unchanged).contains(&"dmarc/policy-none"));
    assert_eq!(domain.result, Verdict::Unknown);
}

#[test]
fn a_finding_that_may_still_be_there_is_not_mended() {
    let weak = "example.com TXT v=spf1 -all
_dmarc.example.com TXT v=DMARC1; p=none; rua=mailto:a@example.com";
    let silent = "example.com TXT v=spf1 -all
_dmarc.example.com * !timeout";
    assert_eq!(findings(&between(weak, silent), State::Resolved), [""; 0]);
}

#[test]
fn a_fault_of_the_changed_record_is_new_whatever_else_is_unknown() {
    let state = |term: &str| {
        format!(
            "example.com TXT v=spf1 include:a.example {term}
a.example * !timeout"
        )
    };
    let domain = between(&state("-all"), &state("-al"));
    assert!(introduced(&domain).contains(&"spf/syntax"), "{:?}", introduced(&domain));
}

#[test]
fn a_pass_that_depends_on_the_sender_after_the_change_is_not_told_to_be_kept() {
    let before = "example.com TXT v=spf1 ip4:192.0.2.1 -all";
    let after = "example.com TXT v=spf1 exists:%{i}.example.com -all";
    let domain = between(before, after);
    assert_eq!(domain.result, Verdict::Unknown);
    let expected = "192.0.2.1 passed; after the change the result depends on the sender";
    assert_eq!(doubts(&domain), [expected]);
}

#[test]
fn what_depends_on_the_sender_is_told_by_the_term_that_does() {
    let after = "example.com TXT v=spf1 exists:%{i}.example.com -all";
    let domain = between("example.com TXT v=spf1 ip4:192.0.2.1 -all", after);
    let change = domain.change.as_ref().expect("a change");
    let told = change.senders.iter().map(|it| (it.who.as_str(), it.term_after.as_deref()));
    let one = told.filter(|(who, _)| *who == "192.0.2.1").collect::<Vec<_>>();
    assert_eq!(one, [("192.0.2.1", Some("exists:%{i}.example.com"))]);
}

#[test]
fn a_term_that_depends_on_the_sender_and_goes_may_lose_somebody() {
    let before = "example.com TXT v=spf1 exists:%{i}.example.com -all";
    let after = "example.com TXT v=spf1 -all";
    let domain = between(before, after);
    assert_eq!(domain.result, Verdict::Unknown);
    let expected = "exists:%{i}.example.com passes some senders, depending on the sender: they \
                    may stop passing";
    assert_eq!(doubts(&domain), [expected]);
}

#[test]
fn a_term_that_depends_on_the_sender_and_another_in_its_place_may_lose_somebody() {
    let state = |host: &str| format!("example.com TXT v=spf1 exists:%{{i}}.{host} -all");
    let domain = between(&state("a.example"), &state("b.example"));
    assert_eq!(domain.result, Verdict::Unknown);
}

#[test]
fn a_term_that_depends_on_the_sender_and_stays_loses_nobody() {
    let state = |term: &str| format!("example.com TXT v=spf1 exists:%{{i}}.a.example {term}");
    assert_eq!(doubts(&between(&state("~all"), &state("-all"))), [""; 0]);
}

#[test]
fn a_term_that_depends_on_the_sender_and_comes_loses_nobody() {
    let before = "example.com TXT v=spf1 ip4:192.0.2.1 -all";
    let after = "example.com TXT v=spf1 ip4:192.0.2.1 exists:%{i}.example.com -all";
    assert_eq!(doubts(&between(before, after)), [""; 0]);
}

#[test]
fn a_policy_that_changes_while_the_names_above_are_silent_is_unknown() {
    let state = |policy: &str| {
        format!(
            "news.example.com TXT v=spf1 -all
_dmarc.example.com TXT v=DMARC1; p=reject; sp={policy}
_dmarc.com * !timeout"
        )
    };
    let worlds = [state("reject"), state("none")].map(|zone| World::new(&zone));
    let domain = changed([&worlds[0], &worlds[1]], "news.example.com");
    assert_eq!(domain.result, Verdict::Unknown);
    let expected = "the DMARC policy is undetermined before and after the change";
    assert_eq!(doubts(&domain), [expected]);
}

#[test]
fn a_policy_about_tls_that_times_out_is_unknown() {
    let state = |answer: &str| {
        format!(
            "example.com TXT v=spf1 -all
_mta-sts.example.com {answer}"
        )
    };
    let domain = between(&state("TXT v=STSv1; id=1"), &state("* !timeout"));
    assert_eq!(doubts(&domain), ["_mta-sts.example.com TXT timed out after the change"]);
}

// ── what was not there ──────────────────────────────────────────────────────────────────────────

#[test]
fn a_wildcard_that_answered_for_a_tls_policy_was_none() {
    let before = "example.com TXT v=spf1 -all
_mta-sts.example.com TXT hello
_smtp._tls.example.com TXT hello";
    assert_eq!(introduced(&between(before, "example.com TXT v=spf1 -all")), [""; 0]);
}

#[test]
fn a_tls_policy_that_something_else_replaces_is_gone() {
    let before = "example.com TXT v=spf1 -all
_mta-sts.example.com TXT v=STSv1; id=1";
    let after = "example.com TXT v=spf1 -all
_mta-sts.example.com TXT hello";
    assert_eq!(introduced(&between(before, after)), ["change/tls-policy-gone"]);
}

/// What the only finding about encrypted delivery says: the fact, the reason and the source.
fn about_tls(domain: &Domain) -> [String; 3] {
    let mut found = domain.findings.iter().filter(|it| it.rule == "change/tls-policy-gone");
    let (Some(finding), None) = (found.next(), found.next()) else { panic!("one finding") };
    [finding.message.to_string(), finding.why.to_string(), finding.reference.cite.to_string()]
}

#[test]
fn reports_about_tls_that_go_are_not_taken_for_a_policy() {
    let before = "example.com TXT v=spf1 -all
_smtp._tls.example.com TXT v=TLSRPTv1; rua=mailto:tls@example.com";
    let said = about_tls(&between(before, "example.com TXT v=spf1 -all"));
    assert_eq!(
        said,
        [
            "the TLS-RPT record at _smtp._tls.example.com is removed; senders no longer report \
             TLS failures",
            "Without reports, you do not see that senders cannot negotiate TLS, or that an \
             MTA-STS or DANE policy blocks your mail.",
            "RFC 8460 §3",
        ]
    );
}

#[test]
fn a_policy_about_tls_that_goes_is_named_with_what_follows_from_it() {
    let before = "example.com TXT v=spf1 -all
_mta-sts.example.com TXT v=STSv1; id=1";
    let said = about_tls(&between(before, "example.com TXT v=spf1 -all"));
    assert_eq!(
        said,
        [
            "the MTA-STS record at _mta-sts.example.com is removed; senders apply a cached \
             policy until its max_age expires, then none",
            "Without an MTA-STS policy, senders may deliver in clear text or to a host that \
             impersonates the MX.",
            "RFC 8461 §3.1",
        ]
    );
}

#[test]
fn an_error_that_a_softfail_replaces_is_no_weaker_default() {
    let before = "example.com TXT v=spf1 include:nobody.example.com ~all";
    let after = "example.com TXT v=spf1 ~all";
    assert!(!introduced(&between(before, after)).contains(&"change/weaker-default"));
}

#[test]
fn no_policy_in_place_of_none_lets_nothing_through_that_was_refused() {
    let before = "example.com TXT v=spf1 -all
_dmarc.example.com TXT v=DMARC1; p=none";
    let domain = between(before, "example.com TXT v=spf1 -all");
    assert!(!introduced(&domain).contains(&"change/weaker-policy"), "{:?}", introduced(&domain));
}

#[test]
fn half_of_all_addresses_are_not_everybody_whom_no_term_lists() {
    let before = "example.com TXT v=spf1 ip4:0.0.0.0/1 -all";
    let domain = between(before, "example.com TXT v=spf1 -all");
    let change = domain.change.as_ref().expect("a change");
    let told: Vec<_> = change.senders.iter().map(|it| (it.who.as_str(), it.is_rest)).collect();
    assert_eq!(told, [("0.0.0.0/1", false)]);
}

#[test]
fn mx_records_whose_hosts_had_no_address_received_nothing() {
    let before = "example.com TXT v=spf1 -all
example.com MX 10 mx.example.com";
    let domain = between(before, "example.com TXT v=spf1 -all");
    assert!(!introduced(&domain).contains(&"change/mx-gone"), "{:?}", introduced(&domain));
}

#[test]
fn of_a_domain_that_is_gone_nothing_is_mended() {
    let before = "example.com TXT v=spf1 ?all
_dmarc.example.com TXT v=DMARC1; p=none";
    let domain = between(before, "example.net TXT x");
    assert!(introduced(&domain).contains(&"posture/no-such-domain"));
    assert_eq!(findings(&domain, State::Resolved), [""; 0]);
}

#[test]
fn a_record_about_tls_that_comes_is_a_change() {
    let after = "example.com TXT v=spf1 -all
_mta-sts.example.com TXT v=STSv1; id=1";
    let domain = between("example.com TXT v=spf1 -all", after);
    let change = domain.change.as_ref().expect("a change");
    let told: Vec<String> = change.records.iter().map(|set| set.name.to_string()).collect();
    assert_eq!(told, ["_mta-sts.example.com"]);
}

/// A domain with these records at a selector.
fn at_selector(records: &str) -> String {
    format!("example.com TXT v=spf1 -all\n{records}")
}

const KEY: &str = "x._domainkey.example.com TXT v=DKIM1; k=ed25519; \
                   p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const OTHER: &str = "x._domainkey.example.com TXT v=DKIM1; k=ed25519; \
                     p=AAqYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

/// What is told of a change at a selector that is known.
fn of_selector(old: &str, new: &str) -> Vec<&'static str> {
    let states = [old, new].map(|records| World::new(&at_selector(records)));
    let mut inquiry = Inquiry::about(name(world::DOMAIN));
    inquiry.seen.push("x".to_owned());
    let [old, new] = &states;
    let Changed { before, mut after } =
        at_once(audit::change([old, new], &inquiry, Clock::default()));
    mailcheck::compare::compare_findings(&mut after, &before);
    introduced(&after).into_iter().filter(|id| id.starts_with("change/")).collect()
}

#[test]
fn a_key_in_the_place_of_another_fails_what_was_signed_before() {
    assert_eq!(of_selector(KEY, OTHER), ["change/selector-gone"]);
}

#[test]
fn the_same_key_in_other_words_is_still_there() {
    let worded = KEY.replace("v=DKIM1; k=ed25519; p=11qY", "k=ed25519;t=s; p=11q Y");
    assert_eq!(of_selector(KEY, &worded), [""; 0]);
}

#[test]
fn what_others_change_behind_an_alias_is_theirs_to_know() {
    let alias = |key: &str| {
        let key = key.replace("x._domainkey.example.com", "x.provider.example");
        format!("x._domainkey.example.com CNAME x.provider.example\n{key}")
    };
    assert_eq!(of_selector(&alias(KEY), &alias(OTHER)), [""; 0]);
}

// ── questions ───────────────────────────────────────────────────────────────────────────────────

/// Counts what is asked.
struct Counted {
    world: World,
    asked: Arc<Mutex<BTreeMap<(String, Kind), usize>>>,
}

impl Dns for Counted {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let key = (question.name.to_string(), question.kind);
        *self.asked.lock().expect("nobody panics here").entry(key).or_default() += 1;
        self.world.lookup(question)
    }
}

#[test]
fn a_name_that_neither_state_lists_is_asked_once() {
    let asked = Arc::new(Mutex::new(BTreeMap::new()));
    let others = "a.example TXT v=spf1 ip4:192.0.2.0/24 -all
b.example TXT v=spf1 a:host.b.example -all
host.b.example A 198.51.100.1
mx.a.example A 192.0.2.1";
    let counted = Counted { world: World::new(others), asked: Arc::clone(&asked) };
    let shared: Arc<dyn Dns> = Arc::new(Cache::new(counted));
    let state = |spf: &str| {
        let text = format!(
            "$ORIGIN example.com.
@ 60 SOA ns.a.example. h.example.com. 1 1 1 1 1
@ 60 MX 10 mx.a.example.
@ 60 TXT \"{spf}\"
_dmarc 60 TXT \"v=DMARC1; p=reject\"
"
        );
        let zone = Zone::read("state", None, text.as_bytes()).strict().expect("a sound zone");
        Overlay::new(vec![zone], Arc::clone(&shared))
    };
    let old = state("v=spf1 include:a.example include:b.example -all");
    let new = state("v=spf1 include:b.example include:a.example mx -all");
    let domain = changed([&old, &new], "example.com");
    assert_eq!(effects(&domain), []);
    let asked = asked.lock().expect("nobody panics here");
    let often: Vec<_> = asked.iter().filter(|(_, count)| **count > 1).collect();
    assert!(asked.len() > 3 && often.is_empty(), "{often:?} of {asked:?}");
}

/// Answers nothing.
struct Dark;

impl Dns for Dark {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let failure = Outcome::Failed(Failure::new(Trouble::Timeout));
        let answer = Answer::new(question.clone(), failure, Provenance::Zone("dark".into()));
        Box::pin(std::future::ready(Arc::new(answer)))
    }
}

#[test]
fn a_domain_about_which_nobody_answers_is_unknown_and_not_unchanged() {
    let domain = changed([&Dark, &Dark], world::DOMAIN);
    assert_eq!(
        (doubts(&domain), domain.result),
        (vec!["no DNS answer, before or after the change".to_owned()], Verdict::Unknown)
    );
}

/// A zone that speaks for the domain, whose host has these records more.
fn with_host(more: &str) -> Overlay<Dark> {
    let text = format!(
        "example.com. 60 SOA ns a 1 2 3 4 5\nexample.com. 60 MX 10 mx\n\
         example.com. 60 TXT \"v=spf1 mx -all\"\nmx 60 A 192.0.2.1\n{more}\n"
    );
    let zone = Zone::read("new.zone", Some(&name("example.com")), text.as_bytes());
    Overlay::new([zone.strict().expect("a sound zone")], Dark)
}

const TLSA: &str =
    "_25._tcp.mx 60 TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

#[test]
fn the_tlsa_record_of_an_own_host_is_missed_when_it_goes_and_only_then() {
    let stays = changed([&with_host(TLSA), &with_host(TLSA)], world::DOMAIN);
    let goes = changed([&with_host(TLSA), &with_host("")], world::DOMAIN);
    let is_told = |domain: &Domain| introduced(domain).contains(&"change/tls-policy-gone");
    assert_eq!((is_told(&stays), is_told(&goes)), (false, true));
}

// ── protocols that need no other one ────────────────────────────────────────────────────────────

#[test]
fn a_change_of_tls_rpt_shows_its_records_and_what_it_breaks() {
    let state = |uri: &str| {
        format!("{BEFORE}\n_smtp._tls.example.com TXT v=TLSRPTv1; rua={uri}tls@example.com")
    };
    let domain = between(&state("mailto:"), &state(""));
    let change = domain.change.as_ref().expect("a change");
    let names: Vec<String> = change.records.iter().map(|it| it.name.to_string()).collect();
    assert_eq!(names, ["_smtp._tls.example.com"]);
    assert_eq!(introduced(&domain), ["tls_rpt/syntax"]);
}

#[test]
fn tls_rpt_records_that_time_out_after_the_change_are_unknown() {
    let record = "_smtp._tls.example.com TXT v=TLSRPTv1; rua=mailto:tls@example.com";
    let domain = between(
        &format!("{BEFORE}\n{record}"),
        &format!("{BEFORE}\n_smtp._tls.example.com * !timeout"),
    );
    assert_eq!((domain.result, introduced(&domain)), (Verdict::Unknown, vec![]));
}
