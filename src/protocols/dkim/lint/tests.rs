//! Each rule with a domain that trips it and, beside it, one that does not.

use crate::dns::{Failure, Outcome, Trouble};
use crate::protocols::dkim::tests::{
    ED25519, RSA_512, RSA_1024, RSA_2048, World, facts, given, microsoft, records, rules,
};
use crate::protocols::dkim::{Wanted, lint::check};

async fn rules_of(record: &str) -> Vec<&'static str> {
    rules(&World::new().key("s1", &[record]), &Wanted::default()).await
}

#[tokio::test]
async fn a_good_key_has_no_finding() {
    assert_eq!(rules_of(&format!("v=DKIM1; k=rsa; p={RSA_2048}")).await, [""; 0]);
}

#[tokio::test]
async fn a_key_of_1024_bits_is_weak() {
    assert_eq!(rules_of(&format!("p={RSA_1024}")).await, ["dkim/weak-key"]);
}

#[tokio::test]
async fn a_key_of_512_bits_is_short() {
    assert_eq!(rules_of(&format!("p={RSA_512}")).await, ["dkim/short-key"]);
}

#[tokio::test]
async fn an_empty_key_is_revoked() {
    assert_eq!(rules_of("v=DKIM1; p=").await, ["dkim/revoked"]);
}

#[tokio::test]
async fn a_record_cut_at_255_octets_says_where_it_was_cut() {
    let record = format!("v=DKIM1; k=rsa; p={RSA_2048}");
    let world = World::new().key("s1", &[&record[..255]]);
    let found = check(&facts(&world, &Wanted::default()).await);
    assert_eq!(
        found.iter().map(|finding| finding.message.to_string()).collect::<Vec<_>>(),
        ["selector s1 has a truncated key: 177 of 294 octets; the record ends at octet 255, \
             the maximum of one string"]
    );
}

#[tokio::test]
async fn an_escaped_semicolon_is_a_stray_character_and_nothing_else() {
    let record = format!("v=DKIM1\\; k=rsa\\; p={RSA_2048}");
    assert_eq!(rules_of(&record).await, ["dkim/stray-characters"]);
}

#[tokio::test]
async fn a_record_without_a_key_is_a_syntax_fault() {
    assert_eq!(rules_of("v=DKIM1; k=rsa").await, ["dkim/syntax"]);
}

#[tokio::test]
async fn a_key_that_is_not_base64_is_a_syntax_fault_only() {
    assert_eq!(rules_of("v=DKIM1; p=AB*D").await, ["dkim/syntax"]);
}

#[tokio::test]
async fn a_key_for_sha1_only_is_unusable() {
    assert_eq!(rules_of(&format!("h=sha1; p={RSA_2048}")).await, ["dkim/unusable-key"]);
}

#[tokio::test]
async fn a_key_for_tests_is_noted() {
    assert_eq!(rules_of(&format!("t=y; p={RSA_2048}")).await, ["dkim/testing"]);
}

#[tokio::test]
async fn two_key_records_at_one_selector_are_a_fault() {
    let record = format!("p={RSA_2048}");
    let world = World::new().key("s1", &[&record, &record]);
    assert_eq!(rules(&world, &Wanted::default()).await, ["dkim/several-records"]);
}

#[tokio::test]
async fn a_dangling_alias_of_a_provider_is_a_fault() {
    let world = World::new()
        .with("selector1._domainkey", Outcome::NxDomain, &["a.onmicrosoft.com"])
        .with("selector2._domainkey", Outcome::NxDomain, &["b.onmicrosoft.com"]);
    assert_eq!(rules(&world, &microsoft()).await, ["dkim/dangling-alias", "dkim/dangling-alias"]);
}

#[tokio::test]
async fn a_second_selector_that_waits_for_rotation_is_no_fault() {
    let world = World::new().key("selector1", &[&format!("p={RSA_2048}")]).with(
        "selector2._domainkey",
        Outcome::NxDomain,
        &["b.onmicrosoft.com"],
    );
    assert_eq!(rules(&world, &microsoft()).await, [""; 0]);
}

#[tokio::test]
async fn a_given_selector_that_waits_for_rotation_is_no_fault() {
    let world = World::new().key("selector1", &[&format!("p={RSA_2048}")]).with(
        "selector2._domainkey",
        Outcome::NoData,
        &["b.onmicrosoft.com"],
    );
    let wanted = Wanted { given: given(&["selector2"]).given, ..microsoft() };
    assert_eq!(rules(&world, &wanted).await, [""; 0]);
}

#[tokio::test]
async fn a_dangling_alias_at_a_guessed_selector_is_nobodys_fault() {
    let world = World::new().key("s1", &[&format!("p={RSA_2048}")]).with(
        "k1._domainkey",
        Outcome::NxDomain,
        &["gone.example"],
    );
    assert_eq!(rules(&world, &Wanted::default()).await, [""; 0]);
}

#[tokio::test]
async fn a_wildcard_key_is_one_finding_and_not_one_a_selector() {
    let record = format!("p={RSA_2048}");
    let world = World::new()
        .key("s1", &[&record])
        .key("s2", &[&record])
        .key("mailcheck-no-such-selector", &[&record]);
    assert_eq!(rules(&world, &Wanted::default()).await, ["dkim/wildcard"]);
}

#[tokio::test]
async fn a_wildcard_that_withdraws_every_key_is_one_note() {
    let world = World::new()
        .key("s1", &["v=DKIM1; p="])
        .key("mailcheck-no-such-selector", &["v=DKIM1; p="]);
    assert_eq!(rules(&world, &Wanted::default()).await, ["dkim/revoked"]);
}

#[tokio::test]
async fn finding_nothing_is_a_note_that_counts_the_names() {
    let found = check(&facts(&World::new(), &Wanted::default()).await);
    assert_eq!(
        found.iter().map(|finding| finding.message.to_string()).collect::<Vec<_>>(),
        ["no key at any of the 23 selectors tried; others may exist"]
    );
}

#[tokio::test]
async fn a_missing_domainkey_is_a_warning() {
    assert_eq!(rules(&World::default(), &Wanted::default()).await, ["dkim/proved-none"]);
}

#[tokio::test]
async fn a_given_selector_without_a_key_is_a_fault() {
    let world = World::new().key("s1", &[&format!("p={RSA_2048}")]).key("b", &["hello"]);
    assert_eq!(
        rules(&world, &given(&["a", "b", "s1"])).await,
        ["dkim/given-selector-missing", "dkim/given-selector-missing"]
    );
}

#[tokio::test]
async fn failure_to_resolve_never_makes_a_finding() {
    let failed = || Outcome::Failed(Failure::new(Trouble::Timeout));
    let world = World::default()
        .with("_domainkey", failed(), &[])
        .with("s1._domainkey", failed(), &["gone.example"])
        .with("mailcheck-no-such-selector._domainkey", failed(), &[]);
    assert_eq!(rules(&world, &given(&["s1"])).await, [""; 0]);
}

#[tokio::test]
async fn two_selectors_with_one_key_are_noted_and_two_aliases_of_it_are_not() {
    let record = format!("p={RSA_2048}");
    let shared = World::new().key("s1", &[&record]).key("s2", &[&record]);
    let aliased = World::new().with("s1._domainkey", records(&[&record]), &["key.example"]).with(
        "s2._domainkey",
        records(&[&record]),
        &["key.example"],
    );
    let wanted = Wanted::default();
    assert_eq!(rules(&shared, &wanted).await, ["dkim/shared-key"]);
    assert_eq!(rules(&aliased, &wanted).await, [""; 0]);
}

#[tokio::test]
async fn an_ed25519_key_is_alone_only_if_everything_was_answered() {
    let alone = || World::new().key("s1", &[&format!("k=ed25519; p={ED25519}")]);
    let failed = Outcome::Failed(Failure::new(Trouble::Timeout));
    let found = [
        alone(),
        alone().key("s2", &[&format!("p={RSA_2048}")]),
        alone().with("s2._domainkey", failed, &[]),
    ];
    let wanted = Wanted::default();
    assert_eq!(rules(&found[0], &wanted).await, ["dkim/ed25519-alone"]);
    assert_eq!(rules(&found[1], &wanted).await, [""; 0]);
    assert_eq!(rules(&found[2], &wanted).await, [""; 0]);
}
