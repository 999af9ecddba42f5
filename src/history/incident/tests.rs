use super::*;
use crate::dns::Kind;
use crate::report::{Bounds, Class, FaultKind, IncidentStatus, Party, RecordSet};
use crate::text::Phrase;
use proptest::prelude::*;

const HOUR: u64 = 3600;

fn name(text: &str) -> Name {
    Name::from_unicode(text).expect("a name")
}

fn sign(class: Class, party: Party, owner: &str, words: &str) -> Sign {
    let record = RecordSet { name: name("record.example"), kind: Kind::Txt };
    let kind = match class {
        Class::Worse => FaultKind::LostAddresses,
        Class::Undetermined => FaultKind::Servers,
    };
    let said = Phrase::from(words);
    Sign {
        key: format!("{class:?} {owner}"),
        class,
        cause: Cause { party, owner: owner.to_owned(), kind, record: Some(record) },
        is_change: class == Class::Worse,
        telling: Telling::new(&said, &said, &said, &said),
    }
}

/// The policy of a provider lost addresses.
fn shrunk() -> Sign {
    sign(Class::Worse, Party::Provider, "Provider", "it lost a network")
}

/// A record of the domain itself is wrong.
fn own() -> Sign {
    sign(Class::Worse, Party::You, "", "the record is wrong")
}

/// The servers of the provider do not answer.
fn silent() -> Sign {
    sign(Class::Undetermined, Party::Provider, "Provider", "no answer")
}

fn by(resolver: &str, domain: &str, signs: &[Sign]) -> Sight {
    let witness = Witness::Resolver(resolver.to_owned());
    Sight { domain: name(domain), witness, signs: signs.to_vec() }
}

fn seen(signs: &[Sign]) -> Vec<Sight> {
    vec![by("one", "a.example", signs)]
}

/// What became of incidents in rounds an hour apart, from the hour 1: the hour, what, and from when to
/// when it began, in hours.
fn told(rounds: Vec<Vec<Sight>>) -> Vec<(u64, &'static str, Class)> {
    let mut watched = Watched::default();
    let mut all = Vec::new();
    for (hour, sights) in (1..).zip(rounds) {
        let news = watched.round(hour * HOUR, sights);
        all.extend(news.iter().map(|it| (hour, it.happened.word(), it.incident.class)));
    }
    all
}

/// The incidents as they were told last, in the order in which they were opened.
fn incidents(rounds: Vec<Vec<Sight>>) -> Vec<Incident> {
    let mut watched = Watched::default();
    let mut all: Vec<Incident> = Vec::new();
    for (hour, sights) in (1..).zip(rounds) {
        for News { incident, .. } in watched.round(hour * HOUR, sights) {
            match all.iter_mut().find(|known| known.id == incident.id) {
                Some(known) => *known = incident,
                None => all.push(incident),
            }
        }
    }
    all
}

fn hours(bounds: Bounds) -> (Option<u64>, u64) {
    (bounds.after.map(|after| after / HOUR), bounds.by / HOUR)
}

#[test]
fn what_the_first_look_finds_is_not_new() {
    assert_eq!(told(vec![seen(&[own()]); 4]), []);
}

#[test]
fn a_worsening_counts_at_the_second_look_and_begins_between_two_looks() {
    let rounds = [&[][..], &[], &[own()], &[own()]].map(seen).to_vec();
    assert_eq!(told(rounds.clone()), [(4, "opened", Class::Worse)]);
    assert_eq!(hours(incidents(rounds)[0].start), (Some(2), 3));
}

#[test]
fn what_one_look_alone_finds_opens_nothing() {
    let (good, bad) = (seen(&[]), seen(&[own()]));
    assert_eq!(told(vec![good.clone(), bad.clone(), good.clone(), bad, good]), []);
}

#[test]
fn two_resolvers_that_agree_are_enough() {
    let both = |signs: &[Sign]| vec![by("one", "a.example", signs), by("two", "a.example", signs)];
    assert_eq!(told(vec![both(&[]), both(&[own()])]), [(2, "opened", Class::Worse)]);
}

#[test]
fn resolvers_that_differ_open_nothing_and_close_nothing() {
    let differ = vec![by("one", "a.example", &[own()]), by("two", "a.example", &[])];
    let rounds = vec![seen(&[]), differ.clone(), differ.clone(), differ.clone()];
    assert_eq!(told(rounds), []);
    let open = vec![seen(&[]), seen(&[own()]), seen(&[own()]), differ.clone(), differ];
    assert_eq!(told(open), [(3, "opened", Class::Worse)]);
}

#[test]
fn the_servers_of_the_zone_decide_at_once() {
    let direct = |signs: &[Sign], cached: &[Sign]| {
        let witness = Witness::Authoritative;
        let sight = Sight { domain: name("a.example"), witness, signs: signs.to_vec() };
        vec![by("one", "a.example", cached), sight]
    };
    let rounds = vec![direct(&[], &[]), direct(&[own()], &[]), direct(&[], &[own()])];
    assert_eq!(told(rounds), [(2, "opened", Class::Worse), (3, "closed", Class::Worse)]);
}

/// What becomes of a look at which a resolver finds something new, and the servers of the zones this.
fn beside(direct: &[Sign]) -> Vec<(u64, &'static str, Class)> {
    let mut watched = Watched::default();
    watched.round(HOUR, seen(&[]));
    let domain = name("a.example");
    let cached = [own()];
    let standing = watched.standing(&domain).expect("it was looked at");
    let witness = standing.witness_of_zone(&cached, direct);
    let sight = witness.map(|witness| Sight { domain, witness, signs: direct.to_vec() });
    let first = seen(&cached).into_iter().chain(sight).collect();
    let rounds = [first, seen(&cached)];
    let news = (2..).zip(rounds).flat_map(|(hour, sights)| {
        let news = watched.round(hour * HOUR, sights);
        news.into_iter().map(move |it| (hour, it.happened.word(), it.incident.class))
    });
    news.collect()
}

#[test]
fn what_the_servers_of_the_zone_confirm_counts_at_the_first_look() {
    assert_eq!(beside(&[own()]), [(2, "opened", Class::Worse)]);
}

#[test]
fn what_the_servers_of_the_zone_do_not_have_does_not_count_at_that_look() {
    assert_eq!(beside(&[]), []);
}

#[test]
fn servers_of_the_zone_that_leave_something_open_change_nothing() {
    assert_eq!(beside(&[silent()]), [(3, "opened", Class::Worse)]);
}

#[test]
fn an_incident_closes_at_the_second_look_that_finds_nothing() {
    let (good, bad) = (seen(&[]), seen(&[own()]));
    let rounds =
        vec![good.clone(), bad.clone(), bad.clone(), good.clone(), bad, good.clone(), good];
    let told = told(rounds.clone());
    assert_eq!(told, [(3, "opened", Class::Worse), (7, "closed", Class::Worse)]);
    assert_eq!(incidents(rounds)[0].end.map(hours), Some((Some(5), 6)));
}

#[test]
fn a_failure_is_an_incident_of_its_own_and_overwrites_nothing() {
    let rounds = [
        &[][..],
        &[shrunk()],
        &[shrunk()],
        &[silent()],
        &[silent()],
        &[shrunk()],
        &[shrunk()],
        &[],
        &[],
    ];
    let rounds = rounds.map(seen).to_vec();
    let all = incidents(rounds.clone());
    let spans: Vec<_> =
        all.iter().map(|it| (it.class, hours(it.start), it.end.map(hours))).collect();
    assert_eq!(
        spans,
        [
            (Class::Worse, (Some(1), 2), Some((Some(7), 8))),
            (Class::Undetermined, (Some(3), 4), Some((Some(5), 6))),
        ]
    );
    let opened = told(rounds).into_iter().filter(|(_, what, _)| *what == "opened").count();
    assert_eq!(opened, 2);
}

#[test]
fn what_a_failure_may_have_hidden_at_first_is_not_new() {
    let rounds = [&[silent()][..], &[own()], &[own()], &[own()]].map(seen).to_vec();
    assert_eq!(told(rounds), []);
}

#[test]
fn what_fails_at_every_look_hides_no_worsening_elsewhere() {
    let rounds = [&[silent()][..], &[silent()], &[silent(), own()], &[silent(), own()]];
    let told = told(rounds.map(seen).to_vec());
    assert_eq!(told, [(2, "opened", Class::Undetermined), (4, "opened", Class::Worse)]);
}

#[test]
fn a_begin_that_failures_surround_has_the_bounds_of_what_was_determined() {
    let rounds = [&[][..], &[silent()], &[own()], &[own()]].map(seen).to_vec();
    assert_eq!(hours(incidents(rounds)[0].start), (Some(1), 3));
}

#[test]
fn a_provider_has_one_incident_however_many_domains_show_it() {
    let round = |signs: &[Sign]| -> Vec<Sight> {
        (0..300).map(|number| by("one", &format!("d{number}.example"), signs)).collect()
    };
    let all = incidents(vec![round(&[]), round(&[shrunk()]), round(&[shrunk()])]);
    assert_eq!((all.len(), all[0].scope.len()), (1, 300));
}

#[test]
fn two_domains_with_faults_of_their_own_have_two_incidents() {
    let round = |signs: &[Sign]| vec![by("one", "a.example", signs), by("one", "b.example", signs)];
    assert_eq!(incidents(vec![round(&[]), round(&[own()]), round(&[own()])]).len(), 2);
}

#[test]
fn a_domain_that_is_affected_later_is_an_update() {
    let round = |a: &[Sign], b: &[Sign]| vec![by("one", "a.example", a), by("one", "b.example", b)];
    let (good, bad) = (&[][..], &[shrunk()][..]);
    let rounds = vec![round(good, good), round(bad, good), round(bad, bad), round(bad, bad)];
    let all = incidents(rounds);
    let updates: Vec<String> = all[0].updates.iter().map(|it| it.what.to_string()).collect();
    assert_eq!(updates, ["also affected: b.example"]);
    assert_eq!(hours(all[0].start), (Some(1), 2));
}

#[test]
fn other_words_that_two_looks_agree_on_are_an_update() {
    let more = sign(Class::Worse, Party::Provider, "Provider", "it lost two networks");
    let rounds = [
        &[][..],
        &[shrunk()],
        &[shrunk()],
        std::slice::from_ref(&more),
        &[shrunk()],
        std::slice::from_ref(&more),
    ];
    let mut rounds = rounds.map(seen).to_vec();
    rounds.push(seen(&[more]));
    let told = told(rounds);
    assert_eq!(told, [(3, "opened", Class::Worse), (7, "updated", Class::Worse)]);
}

#[test]
fn a_change_that_stays_for_a_week_is_meant() {
    let mut rounds = vec![seen(&[])];
    rounds.resize(8 * 24, seen(&[own()]));
    // From then on it is how the domain is, and a comparison finds nothing.
    rounds.resize(9 * 24, seen(&[]));
    let all = incidents(rounds);
    let ends: Vec<_> = all.iter().map(|it| (it.status, it.end.map(|end| end.by / HOUR))).collect();
    assert_eq!(ends, [(IncidentStatus::Accepted, Some(2 + 7 * 24))]);
}

#[test]
fn a_clock_that_was_set_back_makes_no_look() {
    let mut watched = Watched::default();
    watched.round(10 * HOUR, seen(&[]));
    let mut news = watched.round(9 * HOUR, seen(&[own()]));
    news.extend(watched.round(10 * HOUR, seen(&[own()])));
    news.extend(watched.round(11 * HOUR, seen(&[own()])));
    assert_eq!((news, watched.pending(&name("a.example")).len()), (vec![], 1));
}

/// What is known after a round, as a history keeps it and reads it back.
fn reread(watched: &Watched) -> Watched {
    fn again<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
        let text = serde_json::to_string(value).expect("it can be written");
        serde_json::from_str(&text).expect("it can be read")
    }
    let standings = watched.standings.iter().map(|(name, it)| (name.clone(), again(it)));
    Watched::resume(watched.settings, standings, watched.open.values().map(again))
}

/// Rounds of looks at three domains by two resolvers.
fn rounds() -> impl Strategy<Value = Vec<Vec<Sight>>> {
    let signs = proptest::sample::subsequence(vec![shrunk(), own(), silent()], 0..=3);
    let sight = (0..2_usize, 0..3_usize, signs).prop_map(|(resolver, domain, signs)| {
        let domain = ["a.example", "b.example", "c.example"][domain];
        by(["one", "two"][resolver], domain, &signs)
    });
    proptest::collection::vec(proptest::collection::vec(sight, 0..6), 0..24)
}

proptest! {
    #[test]
    fn looks_that_are_replayed_give_the_same_incidents(rounds in rounds()) {
        let settings = Settings { accepts_after_s: 6 * HOUR, ..Settings::default() };
        let (mut once, mut again) = (Watched::new(settings), Watched::new(settings));
        for (hour, sights) in (1..).zip(rounds) {
            let news = once.round(hour * HOUR, sights.clone());
            // In another order, and out of a history.
            again = reread(&again);
            let other = again.round(hour * HOUR, sights.into_iter().rev().collect());
            prop_assert_eq!(news, other);
            prop_assert_eq!(&once, &again);
        }
    }

    #[test]
    fn an_incident_is_opened_once_closed_once_and_ends_after_it_began(rounds in rounds()) {
        let settings = Settings { accepts_after_s: 6 * HOUR, ..Settings::default() };
        let mut watched = Watched::new(settings);
        let mut open: BTreeMap<String, u32> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for (hour, sights) in (1..).zip(rounds) {
            for News { happened, number, incident, .. } in watched.round(hour * HOUR, sights) {
                prop_assert_eq!(open.get(&incident.id).copied().unwrap_or(0) + 1, number);
                match happened {
                    Happened::Opened => prop_assert!(seen.insert(incident.id.clone())),
                    Happened::Updated => prop_assert!(open.contains_key(&incident.id)),
                    Happened::Closed => {}
                }
                let Bounds { after, by } = incident.start;
                prop_assert!(after.is_none_or(|after| after < by));
                match incident.end {
                    Some(end) => {
                        prop_assert!(end.after >= Some(by) && end.after < Some(end.by));
                        prop_assert!(open.remove(&incident.id).is_some());
                    }
                    None => {
                        open.insert(incident.id, number);
                    }
                }
            }
        }
        let still: BTreeSet<String> = watched.open().map(|it| it.id).collect();
        prop_assert_eq!(still, open.into_keys().collect::<BTreeSet<_>>());
    }
}

mod evidence;
mod week;
