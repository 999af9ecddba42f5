use super::*;
use crate::diagnostic::Standing;
use crate::dns::Kind;
use crate::net::Name;
use crate::protocols::Examined;

fn name(text: &str) -> Name {
    Name::from_unicode(text).expect("a name")
}

/// What is said where the resolver vouches for these answers, each a name and an alias or not.
fn said(answers: &[(&str, bool, State)]) -> (Standing, String) {
    let judged = answers.iter().map(|(owner, is_alias, state)| Judged {
        name: name(owner),
        kind: Kind::Txt,
        is_alias: *is_alias,
        state: state.clone(),
    });
    let facts = Facts::new(name("example.com"), Source::Resolver, judged.collect());
    (facts.standing(), facts.summary().to_string())
}

#[test]
fn a_domain_is_signed_if_the_resolver_vouches_for_a_record_of_its_own() {
    let own = ("example.com", false, State::Word(true));
    let other = ("example.net", false, State::Word(false));
    let expected = "signed, according to the resolver (AD bit in 1 of 2 answers)".to_owned();
    assert_eq!(said(&[own, other]), (Standing::Good, expected));
}

#[test]
fn an_alias_to_a_zone_that_is_not_signed_says_nothing_of_the_domain() {
    let own = ("example.com", false, State::Word(true));
    let alias = ("s._domainkey.example.com", true, State::Word(false));
    assert_eq!(said(&[alias, own]).0, Standing::Good);
}

#[test]
fn a_resolver_that_vouches_for_nothing_may_be_one_that_does_not_validate() {
    let own = ("example.com", false, State::Word(false));
    let expected = "not signed, or the resolver does not validate (AD bit in 0 of 1 answers)";
    assert_eq!(said(&[own]), (Standing::Unknown, expected.to_owned()));
}

#[test]
fn an_answer_that_the_resolver_refuses_is_its_word_and_no_finding() {
    let why = "SERVFAIL, EDE 7 (Signature Expired)";
    let refused = State::Refused(why.to_owned());
    let expected = format!("according to the resolver, example.com TXT fails validation: {why}");
    assert_eq!(said(&[("example.com", false, refused)]), (Standing::Unknown, expected));
}
