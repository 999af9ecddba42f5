//! What a history keeps of domains that are watched, and of messages about them.

use super::*;
use crate::history::incident::{Cause, Settings, Sight, Sign, Telling, Witness};
use crate::report::{Class, FaultKind, Party};
use crate::text::Phrase;

const WAY: &str = "lines:told.jsonl";

/// A look at this domain that finds the provider short of a network, or nothing.
fn sights(is_worse: bool) -> Vec<Sight> {
    let said = Phrase::from("it lost a network");
    let sign = Sign {
        key: "lost".to_owned(),
        class: Class::Worse,
        cause: Cause {
            party: Party::Provider,
            owner: "Provider".to_owned(),
            kind: FaultKind::LostAddresses,
            record: None,
        },
        is_change: true,
        telling: Telling::new(&said, &said, &said, &said),
    };
    let witness = Witness::Resolver(String::new());
    let signs = if is_worse { vec![sign] } else { Vec::new() };
    vec![Sight { domain: question().name, witness, signs }]
}

/// Takes rounds an hour apart, the first of which finds nothing.
fn turned(store: &mut Store, rounds: std::ops::Range<u64>) -> usize {
    let ways = [WAY.to_owned()];
    rounds
        .map(|hour| {
            let turned = store.turn(hour * HOUR, Settings::default(), sights(hour > 1), &ways);
            turned.expect("it can be written").news.len()
        })
        .sum()
}

#[test]
fn an_incident_goes_on_in_the_next_run() {
    let mut store = store();
    let news = [1..2, 2..3, 3..4, 4..5].map(|round| turned(&mut store, round));
    let open = store.open_incidents().expect("it can be read");
    assert_eq!((news, open.len()), ([0, 0, 1, 0], 1));
    assert_eq!(store.incidents(&question().name).map(|all| all.len()), Ok(1));
}

#[test]
fn a_message_waits_until_it_is_delivered_and_keeps_its_key() {
    let mut store = store();
    turned(&mut store, 1..5);
    let parcels = store.parcels().expect("it can be read");
    let [parcel] = parcels.as_slice() else { panic!("{parcels:?}") };
    // A run that ends here finds the same message again.
    assert_eq!(store.parcels().as_ref(), Ok(&parcels));
    store.delivered(parcel).expect("it can be written");
    assert_eq!((store.parcels(), parcel.key.ends_with("-1")), (Ok(vec![]), true));
}

#[test]
fn a_message_that_no_way_takes_is_tried_again_later_and_later() {
    let mut store = store();
    turned(&mut store, 1..5);
    let mut waits = Vec::new();
    for _ in 0..12 {
        let parcel = store.parcels().expect("it can be read").remove(0);
        store.delayed(&parcel, 1000, "unreachable").expect("it can be written");
        waits.push(store.parcels().expect("it can be read")[0].due - 1000);
    }
    assert_eq!(waits[..4], [60, 120, 240, 480]);
    assert_eq!(waits.last(), Some(&(6 * HOUR)));
    let backlog = store.backlog().expect("it can be read");
    assert_eq!((backlog[0].count, backlog[0].why.as_str()), (1, "unreachable"));
}

#[test]
fn a_round_that_cannot_be_written_changes_nothing() {
    let mut store = store();
    turned(&mut store, 1..3);
    store.connection.execute("DROP TABLE outbox", []).expect("it can be broken");
    let ways = [WAY.to_owned()];
    let refused = store.turn(3 * HOUR, Settings::default(), sights(true), &ways);
    assert!(refused.is_err());
    // Neither the incident nor what is known of the domain moved without its message.
    assert_eq!(store.open_incidents().map(|open| open.len()), Ok(0));
    let standing = store.watched(&question().name).expect("it can be read");
    assert_eq!(standing.map(|it| it.last), Some(2 * HOUR));
}

#[test]
fn a_history_of_the_first_form_is_brought_to_this_one() {
    let mut store = store();
    for table in ["outbox", "affected", "incident", "standing"] {
        store.connection.execute(&format!("DROP TABLE {table}"), []).expect("it can be dropped");
    }
    for column in ["base", "packed"] {
        let drop = format!("ALTER TABLE document DROP COLUMN {column}");
        store.connection.execute(&drop, []).expect("it can be dropped");
    }
    store.connection.pragma_update(None, "user_version", 1).expect("it is set back");
    look(&mut store, 10, &answer(&["kept"], 60));
    crate::history::schema::prepare(&mut store.connection).expect("it is brought up");
    assert_eq!((turned(&mut store, 1..5), count(&store, "observation")), (1, 1));
}

#[test]
fn what_no_program_wrote_is_damage() {
    let mut store = store();
    turned(&mut store, 1..5);
    store.connection.execute("UPDATE incident SET course = '{'", []).expect("it can be broken");
    assert!(matches!(store.open_incidents(), Err(StoreError::Damaged(_))));
}

#[test]
fn a_week_of_a_hundred_domains_takes_less_than_two_megabytes() {
    let mut store = store();
    let names: Vec<Name> = (0..100)
        .map(|number| Name::from_unicode(&format!("d{number}.example")).expect("a name"))
        .collect();
    for hour in 1..=168 {
        let mut look = store.look(hour * HOUR).expect("it can be written");
        for (number, domain) in names.iter().enumerate() {
            let mut seen = answer(&[&format!("v=spf1 ip4:192.0.2.{number} -all")], 300);
            seen.question.name = domain.clone();
            // One in twenty fails.
            let fails = (hour as usize * 7 + number).is_multiple_of(20);
            if fails {
                seen.outcome = Outcome::Failed(Failure::new(Trouble::Timeout));
            }
            look.observe([&seen]).expect("it can be written");
        }
        look.keep().expect("it can be written");
        let all = names.iter().flat_map(|name| {
            let sights = sights((50..80).contains(&hour));
            sights.into_iter().map(|it| Sight { domain: name.clone(), ..it })
        });
        let ways = [WAY.to_owned()];
        store
            .turn(hour * HOUR, Settings::default(), all.collect(), &ways)
            .expect("it can be written");
    }
    let size: i64 = store
        .connection
        .query_row(
            "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
            [],
            |row| row.get(0),
        )
        .expect("it has a size");
    assert!(size < 2_000_000, "{size} octets");
    assert_eq!(store.all_incidents().map(|all| all.len()), Ok(1));
}
