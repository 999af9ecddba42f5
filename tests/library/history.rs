//! Histories as files: whose they are, who else has them open, and what became of them.

use mailcheck::history::{Access, Store, StoreError};
use std::path::{Path, PathBuf};

/// The place of a history that is not there yet.
fn place(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("history-store").join(test);
    // What an earlier run left behind must not help this one.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    folder.join("history.db")
}

fn opened(path: &Path, access: Access) -> Result<(), StoreError> {
    Store::open(path, access).map(drop)
}

/// A connection that knows nothing of histories.
fn foreign(path: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(path).expect("a file can be opened")
}

#[test]
fn a_history_is_made_by_who_writes_and_not_by_who_reads() {
    let path = place("made");
    assert_eq!(opened(&path, Access::Read), Err(StoreError::Missing));
    assert_eq!(opened(&path, Access::Write), Ok(()));
    assert_eq!(opened(&path, Access::Read), Ok(()));
}

#[test]
fn a_history_of_a_newer_program_is_left_alone() {
    let path = place("newer");
    opened(&path, Access::Write).expect("it is made");
    foreign(&path).pragma_update(None, "user_version", 99).expect("it is changed");
    assert_eq!(opened(&path, Access::Write), Err(StoreError::Newer(99)));
}

#[test]
fn another_programs_database_and_what_is_none_are_foreign() {
    let path = place("foreign");
    foreign(&path).execute_batch("CREATE TABLE mail (id)").expect("a table is made");
    let text = place("text");
    #[expect(clippy::disallowed_methods, reason = "the file is the test's")]
    std::fs::write(&text, "not a database, but a text that is longer than its header is".repeat(9))
        .expect("a file can be written");
    let refused = [&path, &text].map(|path| opened(path, Access::Write));
    assert_eq!(refused, [Err(StoreError::Foreign), Err(StoreError::Foreign)]);
}

#[test]
fn a_damaged_history_says_so() {
    let path = place("damaged");
    opened(&path, Access::Write).expect("it is made");
    #[expect(clippy::disallowed_methods, reason = "the file is the test's")]
    let mut octets = std::fs::read(&path).expect("a file can be read");
    let middle = octets.len() / 2;
    octets[4096..middle].fill(0xa5);
    #[expect(clippy::disallowed_methods, reason = "the file is the test's")]
    std::fs::write(&path, octets).expect("a file can be written");
    let refused = opened(&path, Access::Write);
    assert!(matches!(refused, Err(StoreError::Damaged(_))), "{refused:?}");
}

#[test]
fn one_process_writes_at_a_time_and_others_read_meanwhile() {
    let path = place("locked");
    let mut one = Store::open(&path, Access::Write).expect("it is made");
    let mut other = Store::open(&path, Access::Write).expect("it is there");
    let look = one.look(10).expect("it can be written");
    assert_eq!(other.look(20).map(|_| ()), Err(StoreError::Locked));
    assert_eq!(other.newest(), Ok(None));
    drop(look);
    assert!(other.look(20).is_ok());
}

mod moments {
    use super::{Access, Store};
    use mailcheck::audit::{self, Clock, Inquiry};
    use mailcheck::dns::Replay;
    use mailcheck::history::Observer;
    use mailcheck::net::Name;
    use mailcheck::report::{Extent, Judged, Run, Threshold};
    use proptest::prelude::*;
    use std::path::Path;

    /// What the DNS may answer at a look.
    const ANSWERS: [&str; 5] = [
        r#""records":["\"v=spf1 ip4:192.0.2.0/24 -all\""],"ttl":300"#,
        r#""records":["\"v=spf1 ip4:192.0.2.0/24 -all\""],"ttl":7"#,
        r#""records":["\"v=spf1 include:gone.example -all\""],"ttl":60"#,
        r#""outcome":"timeout","detail":"5003 ms""#,
        r#""outcome":"nxdomain""#,
    ];

    fn written(domain: &mailcheck::report::Domain) -> String {
        let judged = Judged::new(vec![domain.clone()], Vec::new());
        let report = judged.conclude(Run::default(), Threshold::default());
        serde_json::to_string(&report.document(Extent::default())).expect("it can be written")
    }

    /// Looks at the domain at that time over that answer, stores it, and hands back the report.
    async fn look(store: &mut Store, inquiry: &Inquiry, at: u64, answer: &str) -> String {
        let cassette = format!(
            "{{\"cassette\":1,\"absent\":\"nxdomain\"}}\n\
             {{\"name\":\"example.com\",\"type\":\"TXT\",{answer}}}\n"
        );
        let clock = Clock { seconds: at };
        let live = Observer::new(Replay::read("live", cassette).expect("a cassette"));
        audit::domain(&live, inquiry, clock).await;
        let mut look = store.look(at).expect("it can be written");
        look.observe_all(&live.take()).expect("it can be written");
        let seen = look.replay().expect("it can be read");
        let domain = audit::domain(&seen, inquiry, clock).await;
        look.keep().expect("it can be written");
        written(&domain)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_report_of_every_moment_stays_what_it_was(
            looks in prop::collection::vec((1_u64..9, 0..ANSWERS.len()), 1..8)
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let mut store =
                    Store::open(Path::new(":memory:"), Access::Write).expect("memory takes it");
                let inquiry = Inquiry::about(Name::from_unicode("example.com").expect("a name"));
                let (mut at, mut reports) = (1_795_716_600, Vec::new());
                for (wait, answer) in looks {
                    at += wait;
                    reports.push((at, look(&mut store, &inquiry, at, ANSWERS[answer]).await));
                }
                for (at, report) in reports {
                    let then = store.replay(at).expect("it can be read");
                    let again = audit::domain(&then, &inquiry, Clock { seconds: at }).await;
                    assert_eq!(written(&again), report);
                }
            });
        }
    }
}
