//! Names and sources of files.

use super::*;
use crate::dns::{Dns as _, Kind, Question};
use crate::net::Name;
use crate::zonefile::formats;

fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("a test writes valid names")
}

/// A file whose names end in `example.com`.
fn facts(text: &str) -> Facts {
    Facts::new(formats::read("example.com.zone", text.as_bytes()), text.as_bytes().into())
}

const SOA: &str = "@ 60 SOA ns admin 1 7200 3600 1209600 3600\n";

const NOTHING: [&str; 0] = [];

/// The names that take part in mail, what is shown of each, and the selectors.
fn names(text: &str) -> Vec<String> {
    let word = |is_shown, word| if is_shown { word } else { "" };
    let shown = mail_names(&facts(text).files.zones[0]).into_iter().map(|name| {
        let Shows { mx, spf, keys, policy } = name.shows;
        let shows =
            [word(mx, " mx"), word(spf, " spf"), word(keys, " keys"), word(policy, " dmarc")];
        let selectors = name.selectors.iter().map(|selector| format!(" {selector}"));
        format!("{}:{}{}", name.domain, shows.concat(), selectors.collect::<String>())
    });
    shown.collect()
}

#[test]
fn names_take_part_in_mail_by_what_stands_at_them_and_below() {
    let text = "a MX 10 mx.example.net.\nb TXT \"v=spf1 -all\"\nc TXT other\nd A 192.0.2.1\n\
                _dmarc.e TXT \"v=DMARC1; p=none\"\ns1.x._domainkey.f TXT \"p=\"\n\
                s2._domainkey.f CNAME s2.example.net.\n";
    assert_eq!(
        names(text),
        [
            "a.example.com: mx",
            "b.example.com: spf",
            "e.example.com: dmarc",
            "f.example.com: keys s1.x s2",
        ]
    );
}

#[test]
fn the_top_of_a_zone_comes_first_whatever_it_shows() {
    assert_eq!(names(&format!("{SOA}a MX 0 .\n")), ["example.com:", "a.example.com: mx"]);
}

#[test]
fn a_registry_takes_part_in_mail_only_if_it_says_so() {
    let soa = "SOA ns.example.com. admin.example.com. 1 7200 3600 1209600 3600";
    assert_eq!(names(&format!(". 60 {soa}\n")), NOTHING);
    assert_eq!(names(&format!("nl. 60 {soa}\nnl. 60 MX 0 .\n")), ["nl: mx"]);
}

#[test]
fn what_is_no_selector_below_domainkey_is_not_taken_for_one() {
    let text =
        "_adsp._domainkey TXT \"dkim=all\"\n*._domainkey TXT \"p=\"\n_domainkey TXT \"o=~\"\n";
    assert_eq!(names(text), ["example.com: keys"]);
}

/// The outcome of a question to a file alone, in a word.
async fn outcome(text: &str, name: &str, kind: Kind) -> &'static str {
    let facts = facts(text);
    let question = Question::new(self::name(name), kind);
    Alone::new(&facts, &facts.files.zones[0], usize::MAX).lookup(&question).await.outcome.word()
}

#[tokio::test]
async fn a_file_that_is_whole_says_what_is_not_there() {
    assert_eq!(outcome(SOA, "a.example.com", Kind::Txt).await, "nxdomain");
    assert_eq!(outcome(SOA, "example.com", Kind::Txt).await, "nodata");
}

#[tokio::test]
async fn a_file_with_an_entry_that_was_not_read_does_not() {
    for lost in ["$INCLUDE keys.db", "a TXXT b", "a TXT \"b", "a CH TXT b"] {
        let text = format!("{SOA}{lost}\n");
        let outcome = outcome(&text, "b.example.com", Kind::Txt).await;
        assert!(["not_queried", "unread"].contains(&outcome), "{lost}: {outcome}");
    }
}

#[tokio::test]
async fn what_lies_outside_of_the_file_is_not_known() {
    assert_eq!(outcome(SOA, "example.net", Kind::Txt).await, "not_queried");
    assert_eq!(outcome(SOA, "com", Kind::Txt).await, "not_queried");
}

#[tokio::test]
async fn a_public_suffix_above_is_supposed_to_have_no_policy() {
    assert_eq!(outcome(SOA, "_dmarc.com", Kind::Txt).await, "nxdomain");
    let below = "a.example.com. 60 SOA ns admin 1 7200 3600 1209600 3600\n";
    assert_eq!(outcome(below, "_dmarc.example.com", Kind::Txt).await, "not_queried");
    // Customers of such a suffix are below an organization like any other.
    let private = "a.github.io. 60 SOA ns.example.com. admin.example.com. 1 2 3 4 5\n";
    assert_eq!(outcome(private, "_dmarc.github.io", Kind::Txt).await, "not_queried");
}

#[test]
fn the_place_of_a_fault_marks_its_word() {
    let facts = facts("a TXXT\tb ; \u{fc}\n\u{fc} \u{fc}\u{fc}x TXXT b\n");
    let marked = facts.files.errors.iter().map(|error| {
        let location = facts.at(&error.place);
        let record = location.record.expect("the line is shown");
        let span = location.span.expect("the word is marked");
        String::from_utf8_lossy(span.of(&record)).into_owned()
    });
    assert_eq!(marked.collect::<Vec<_>>(), ["TXXT", "\u{fc}\u{fc}x"]);
}

#[test]
fn of_a_line_without_end_a_part_is_shown() {
    let facts = facts(&format!("a {} b\n", "x".repeat(1_000_000)));
    let error = facts.files.errors.first().expect("a fault");
    let location = facts.at(&error.place);
    assert!(location.record.is_some_and(|record| record.len() <= 1000));
}
