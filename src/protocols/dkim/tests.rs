//! Tests of the search and of the records, with keys as they are published.

use super::lint::check;
use super::*;
use crate::diagnostic::{Event as _, Standing};
use crate::dns::{
    Answer, Data, Dns, Failure, Kind, Lookup, Outcome, Provenance, Question, Trouble,
};
use crate::net::Name;
use std::collections::HashMap;
use std::sync::Arc;

pub(super) const RSA_2048: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2GTVgE18zqa80fDxVtxhUV8gEFZRqITKfRyvFGgkJp0j\
    69DV14Tl++qpFWKn/zCjMpA/ASMtfViXlRNBhe8b9D4ockVG3uj2gz0OSBZHMR/MZxU4f00rlt4lF/N5qmkZ2YC5\
    ArDTQf+acm9CsLy5t6f2M+XEEuZRHdvj11QlOHRO4WkVzLE+F3iKUSziqIN6zZfjsDQJGSanh93q6Nam2f5B6bU5\
    Jbzyel7ta9fMOgd6EH7irVKeR3ZXSRjLiXUxLisRv4h+8OJd3u1gjU1YKeyx+9k+XvHLSqBS8nxSAmvr0CUwSQPa\
    2R8CRDQZIfC+DnUlV/Qxw81I/SE5lJfwTQIDAQAB";
pub(super) const RSA_1024: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC/1RbacIV0jbQGk5UacesznAf1za2IMzcwht3129OErC3fuT8Q\
    XdUToKN6gSiWZ0bbrQ9YJvLVGu1v/WJPL6x9taNZ2JMcbVRWGCIHqPNlTuIHTy2m9A3G0LkwlNJasy6HChnRoMHX\
    0ydzjkT1REPcc6ts7Q/+D7ql8MEkSiSubQIDAQAB";
pub(super) const RSA_512: &str = "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK2W4D+k+UmI7I7YEwala6ZOSuPW0i1ywsmoGJGu+AsnF2uHvSGNA7Y6\
    jo88wvMj+Js9eKIJjecSEG1Htc47jxkCAwEAAQ==";
pub(super) const ED25519: &str = "1tqLjTM8rgpBoLZ0uY1YJzWX+ohMDDu9djv/jBIlz5I=";
pub(super) const BARE_1024: &str = "MIGJAoGBAL/VFtpwhXSNtAaTlRpx6zOcB/XNrYgzNzCG3fXb04SsLd+5PxBd1ROgo3qBKJZnRtutD1gm8tUa7W/9\
    Yk8vrH21o1nYkxxtVFYYIgeo82VO4gdPLab0DcbQuTCU0lqzLocKGdGgwdfTJ3OORPVEQ9xzq2ztD/4PuqXwwSRK\
    JK5tAgMBAAE=";

/// Names and what they answer; every other name does not exist.
#[derive(Default)]
pub(super) struct World(HashMap<Name, (Outcome, Vec<Name>)>);

pub(super) fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("a test writes valid names")
}

impl World {
    /// A domain whose `_domainkey` exists.
    pub(super) fn new() -> Self {
        Self::default().with("_domainkey", Outcome::NoData, &[])
    }

    /// An answer below `example.com`.
    pub(super) fn with(mut self, label: &str, outcome: Outcome, aliases: &[&str]) -> Self {
        let aliases = aliases.iter().map(|alias| name(alias)).collect();
        self.0.insert(name(&format!("{label}.example.com")), (outcome, aliases));
        self
    }

    /// Texts at a selector.
    pub(super) fn key(self, selector: &str, texts: &[&str]) -> Self {
        self.with(&format!("{selector}._domainkey"), records(texts), &[])
    }
}

/// The answer with these texts.
pub(super) fn records(texts: &[&str]) -> Outcome {
    let data = |text: &&str| Data::Txt(text.as_bytes().chunks(255).map(Box::from).collect());
    Outcome::Records(texts.iter().map(|text| data(text).into()).collect())
}

impl Dns for World {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let known = self.0.get(&question.name).filter(|_| question.kind == Kind::Txt);
        let (outcome, aliases) = known.cloned().unwrap_or((Outcome::NxDomain, Vec::new()));
        let answer = Answer::new(question.clone(), outcome, Provenance::Zone("test".into()));
        let answer = Arc::new(Answer { aliases, ..answer });
        Box::pin(std::future::ready(answer))
    }
}

pub(super) fn given(selectors: &[&str]) -> Wanted {
    let given = selectors.iter().filter_map(|text| Selector::new(text).ok()).collect();
    Wanted { given, ..Wanted::default() }
}

pub(super) fn microsoft() -> Wanted {
    let selectors =
        ["selector1", "selector2"].iter().filter_map(|text| Selector::new(text).ok()).collect();
    let likely = Likely { provider: "Microsoft 365".into(), selectors, rotates: true };
    Wanted { providers: vec![likely], ..Wanted::default() }
}

pub(super) async fn facts(world: &World, wanted: &Wanted) -> Facts {
    examine(world, &name("example.com"), wanted).await.facts
}

pub(super) async fn rules(world: &World, wanted: &Wanted) -> Vec<&'static str> {
    let facts = facts(world, wanted).await;
    check(&facts).iter().map(|finding| finding.rule.id).collect()
}

fn failure() -> Outcome {
    Outcome::Failed(Failure::new(Trouble::ServFail))
}

// ── the search ──────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_missing_domainkey_proves_that_there_is_no_key() {
    let facts = facts(&World::default(), &Wanted::default()).await;
    assert_eq!((facts.is_proved_none(), facts.standing()), (true, Standing::Absent));
}

#[tokio::test]
async fn a_domainkey_without_found_selectors_leaves_the_question_open() {
    let facts = facts(&World::new(), &Wanted::default()).await;
    assert_eq!((facts.is_proved_none(), facts.standing()), (false, Standing::Unknown));
}

#[tokio::test]
async fn a_domainkey_behind_an_alias_proves_nothing() {
    let world = World::default().with("_domainkey", Outcome::NxDomain, &["gone.example"]);
    assert!(!facts(&world, &Wanted::default()).await.is_proved_none());
}

#[tokio::test]
async fn a_server_that_denies_domainkey_and_answers_below_it_is_not_believed() {
    let world = World::default().key("s1", &[&format!("p={RSA_2048}")]);
    let facts = facts(&world, &Wanted::default()).await;
    assert_eq!((facts.is_proved_none(), facts.standing()), (false, Standing::Good));
}

#[tokio::test]
async fn one_good_key_makes_the_domain_good_and_a_weak_one_beside_it_weak() {
    let good = World::new().key("s1", &[&format!("v=DKIM1; p={RSA_2048}")]);
    assert_eq!(facts(&good, &Wanted::default()).await.standing(), Standing::Good);
    let mixed = good.key("google", &[&format!("v=DKIM1; p={RSA_1024}")]);
    assert_eq!(facts(&mixed, &Wanted::default()).await.standing(), Standing::Weak);
}

#[tokio::test]
async fn a_wildcard_that_withdraws_every_key_leaves_the_domain_without_one() {
    let withdrawn = ["default", "selector1", "mailcheck-no-such-selector"];
    let world = withdrawn.iter().fold(World::new(), |world, one| world.key(one, &["v=DKIM1; p="]));
    let facts = facts(&world, &Wanted::default()).await;
    assert_eq!((facts.is_withdrawn(), facts.standing()), (true, Standing::Absent));
}

#[tokio::test]
async fn of_thousands_of_keys_at_a_selector_all_are_counted_and_few_are_read() {
    let texts: Vec<String> = (0..6500).map(|number| format!("p={number}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let facts = facts(&World::new().key("s1", &texts), &Wanted::default()).await;
    let read: usize = facts.keyed().map(|tried| tried.keys().len()).sum();
    let said = check(&facts).iter().map(|it| it.message.to_string()).collect::<String>();
    assert_eq!((read, said.contains("6500 key records")), (16, true), "{said}");
}

#[tokio::test]
async fn a_wildcard_whose_keys_are_not_all_read_is_not_taken_to_withdraw_them() {
    let mut texts = vec!["v=DKIM1; p="; 20];
    texts.push("v=DKIM1; p=AAAA");
    let world = World::new().key("mailcheck-no-such-selector", &texts);
    assert!(!facts(&world, &Wanted::default()).await.is_withdrawn());
}

#[tokio::test]
async fn text_of_another_standard_under_a_wildcard_is_no_key() {
    let spf = "v=spf1 -all";
    let world = World::new().key("default", &[spf]).key("mailcheck-no-such-selector", &[spf]);
    let facts = facts(&world, &Wanted::default()).await;
    assert_eq!((facts.wildcard.is_none(), facts.keyed().count()), (true, 0));
}

#[tokio::test]
async fn the_alias_chain_of_a_key_is_shown() {
    let chain = ["selector1-example-com._domainkey.contoso.onmicrosoft.com"];
    let key = records(&[&format!("v=DKIM1; k=rsa; p={RSA_2048}")]);
    let world = World::new().with("selector1._domainkey", key, &chain);
    let examined = examine(&world, &name("example.com"), &microsoft()).await;
    let said: Vec<_> =
        examined.step.steps.iter().map(|step| step.event.explain().headline.to_string()).collect();
    assert!(
        said.contains(&format!("selector1: RSA key with 2048 bits, through {}", chain[0])),
        "{said:#?}"
    );
}

#[tokio::test]
async fn nothing_found_is_never_told_as_no_dkim() {
    let examined = examine(&World::new(), &name("example.com"), &Wanted::default()).await;
    assert_eq!(
        examined.step.event.explain().headline.to_string(),
        "none of 23 selectors tried has a DKIM key at example.com; the DNS cannot list selectors"
    );
}

#[tokio::test]
async fn a_failed_lookup_is_told_and_leaves_the_standing_unknown() {
    let world = World::new().with("selector1._domainkey", failure(), &[]);
    let facts = facts(&world, &Wanted::default()).await;
    assert_eq!(
        (facts.standing(), summary(&facts).to_string()),
        (Standing::Unknown, "no key at 23 selectors tried, 1 undetermined".into())
    );
}

#[tokio::test]
async fn the_summary_names_each_key_by_kind_and_size() {
    let world = World::new()
        .key("s1", &[&format!("p={RSA_2048}")])
        .key("s2", &[&format!("k=ed25519; p={ED25519}")]);
    let facts = facts(&world, &Wanted::default()).await;
    assert_eq!(summary(&facts).to_string(), "s1 RSA-2048, s2 Ed25519");
}

#[tokio::test]
async fn a_selector_as_data_has_its_bits_and_its_event() {
    let world = World::new().key("s1", &[&format!("t=y:s; p={RSA_1024}")]);
    let examined = examine(&world, &name("example.com"), &Wanted::default()).await;
    let machine = examined.step.steps[1].event.machine();
    assert_eq!(
        (&machine["event"], &machine["bits"], &machine["testing"], &machine["strict"]),
        (&"selector".into(), &1024.into(), &true.into(), &true.into())
    );
}

#[tokio::test]
async fn hostile_text_reaches_no_reader_unescaped() {
    let world = World::new().key("s1", &["v=DKIM1; k=\x1b[31m; p=\x07\u{202e}\""]);
    let examined = examine(&world, &name("example.com"), &given(&["s1"])).await;
    let mut said = format!(
        "{:?}",
        check(&examined.facts).iter().map(|f| f.message.to_string()).collect::<Vec<_>>()
    );
    for step in &examined.step.steps {
        said += &step.event.explain().headline.to_string();
        said += &step.event.machine().to_string();
    }
    assert!(!said.contains(['\x1b', '\x07', '\u{202e}']), "{said}");
}

// ── records and keys ────────────────────────────────────────────────────────────────────────────

fn key(text: &str) -> Key {
    grammar::key_record(text.as_bytes()).value.key.expect("the test publishes p=").value
}

fn faults(text: &str) -> Vec<(String, &'static str)> {
    let parsed = grammar::key_record(text.as_bytes());
    let place = |error: &crate::text::SyntaxError| {
        String::from_utf8_lossy(error.span.of(text.as_bytes())).into_owned()
    };
    parsed.errors.iter().map(|error| (place(error), error.expected)).collect()
}

#[test]
fn an_rsa_key_tells_its_bits_and_exponent() {
    let rsa = key::Rsa { bits: 2048, exponent: Some(65537), form: key::Form::SubjectPublicKeyInfo };
    assert_eq!(key(&format!("v=DKIM1; k=rsa; p={RSA_2048}")), Key::Rsa(rsa));
}

#[test]
fn a_bare_rsa_public_key_is_accepted_and_told_apart() {
    let rsa = key::Rsa { bits: 1024, exponent: Some(65537), form: key::Form::Bare };
    assert_eq!(key(&format!("p={BARE_1024}")), Key::Rsa(rsa));
}

#[test]
fn strength_is_cut_at_1024_2048_and_4096_bits() {
    use key::Strength::*;
    let of = |bits| {
        key::Rsa { bits, exponent: Some(65537), form: key::Form::SubjectPublicKeyInfo }.strength()
    };
    assert_eq!(
        [1023, 1024, 2047, 2048, 4096, 4097].map(of),
        [Broken, Weak, Weak, Good, Good, Oversized]
    );
}

#[test]
fn an_exponent_of_one_is_broken_at_any_size() {
    let form = key::Form::SubjectPublicKeyInfo;
    let rsa = key::Rsa { bits: 4096, exponent: Some(1), form };
    assert_eq!(rsa.strength(), key::Strength::Broken);
}

#[test]
fn an_ed25519_key_has_32_octets() {
    assert!(matches!(key(&format!("k=ed25519; p={ED25519}")), Key::Ed25519(_)));
    assert_eq!(key("k=ed25519; p=AAAA"), Key::Unreadable(key::Flaw::Length(3)));
}

#[test]
fn keys_of_another_kind_than_k_says_are_told_apart_from_rubbish() {
    let other = Key::Unreadable(key::Flaw::OtherAlgorithm);
    assert_eq!(key(&format!("k=rsa; p={ED25519}")), other);
    assert_eq!(key(&format!("k=ed25519; p={RSA_1024}")), other);
    assert_eq!(key("p=AAAA"), Key::Unreadable(key::Flaw::NotDer));
}

#[test]
fn a_key_cut_anywhere_is_told_as_cut_off() {
    for cut in 8..RSA_2048.len() - 4 {
        let text = format!("v=DKIM1; p={}", &RSA_2048[..cut]);
        assert!(
            matches!(key(&text), Key::Unreadable(key::Flaw::Truncated { declared: 294, .. })),
            "cut at {cut}"
        );
    }
}

#[test]
fn octets_behind_a_key_are_counted() {
    let twice = format!("p={ED25519_SPKI}AAAA");
    assert_eq!(key(&twice), Key::Unreadable(key::Flaw::Trailing { octets: 3 }));
}

/// SubjectPublicKeyInfo of an Ed25519 key, without padding: 12 octets of header and 30 of 32.
const ED25519_SPKI: &str = "MCgwBQYDK2VwAx8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[test]
fn white_space_inside_a_key_is_allowed() {
    let folded = format!("p={}\r\n {}", &RSA_2048[..64], &RSA_2048[64..]);
    assert_eq!(key(&folded).bits(), Some(2048));
}

#[test]
fn an_empty_p_withdraws_the_key() {
    assert_eq!(key("v=DKIM1; p="), Key::Revoked);
}

#[test]
fn every_fault_is_told_where_it_stands() {
    assert_eq!(
        faults("k=rsa; v=DKIM2; h=sha256:; t=y:-; p=AB*D; k=rsa"),
        [
            ("v=DKIM2".into(), "v= as the first tag"),
            ("DKIM2".into(), "DKIM1, in capital letters"),
            (":".into(), "a colon or the end of the list"),
            (":-".into(), "a colon or the end of the list"),
            ("*D".into(), "base64"),
            ("k=rsa".into(), "each tag once only"),
        ]
    );
}

#[test]
fn a_record_without_p_is_faulted_at_its_end() {
    assert_eq!(faults("v=DKIM1; k=rsa"), [(String::new(), "p= with the public key")]);
}

#[test]
fn tag_names_are_read_in_their_letter_case() {
    assert_eq!(faults("v=DKIM1; P=AAAA"), [(String::new(), "p= with the public key")]);
}

#[test]
fn unknown_tags_and_unknown_words_are_ignored() {
    let text = format!("v=DKIM1; g=*; x1 = extra; s=email:web; t=s:n; h=md5:sha256; p={RSA_2048}");
    let parsed = grammar::key_record(text.as_bytes());
    assert_eq!((parsed.errors, parsed.value.unusable()), (vec![], None));
}

#[test]
fn a_key_for_other_services_hashes_or_kinds_is_unusable_for_mail() {
    use record::Unusable::*;
    let of =
        |tags: &str| grammar::key_record(format!("{tags}; p=AAAA").as_bytes()).value.unusable();
    assert_eq!(
        [of("s=chat"), of("h=sha1"), of("k=foobar"), of("s=chat:*")],
        [Some(Service), Some(Hash), Some(Algorithm), None]
    );
}

#[test]
fn what_was_pasted_along_with_a_key_is_noted_and_the_key_is_read() {
    use record::Stray::*;
    for (text, stray) in [
        (format!("v=DKIM1\\; k=rsa\\; p={RSA_2048}"), Backslash),
        (format!("v=DKIM1; k=rsa; p=\"{RSA_2048}\""), Quote),
        (
            format!("v=DKIM1; p=-----BEGIN PUBLIC KEY-----{RSA_2048}-----END PUBLIC KEY-----"),
            Armour,
        ),
        (format!("v=DKIM1; p=\u{200b}{RSA_2048}"), NotAscii),
    ] {
        let parsed = grammar::key_record(text.as_bytes());
        let found = parsed.value.strays.first().map(|stray| stray.value);
        let bits = parsed.value.key.and_then(|key| key.value.bits());
        assert_eq!((found, bits, parsed.errors), (Some(stray), Some(2048), vec![]), "{text}");
    }
}

#[test]
fn a_note_may_hold_what_it_likes() {
    let parsed = grammar::key_record(b"v=DKIM1; n=\"ours\"; p=");
    assert_eq!((parsed.value.strays, parsed.errors), (vec![], vec![]));
}

#[test]
fn other_texts_are_not_meant_as_keys() {
    let texts =
        ["v=spf1 -all", "v=DMARC1; p=none", "google-site-verification=abc", "t=y; o=-;", ""];
    let meant = texts.map(|text| grammar::is_meant_as_key(text.as_bytes()));
    assert_eq!(meant, [false; 5]);
}

#[test]
fn faulty_key_records_are_still_meant_as_keys() {
    let texts = ["v=DKIM2; p=AA", "p=AA", "v=dkim1", "\"v=DKIM1; k=rsa", "k=rsa"];
    let meant = texts.map(|text| grammar::is_meant_as_key(text.as_bytes()));
    assert_eq!(meant, [true; 5]);
}

proptest::proptest! {
    #[test]
    fn every_text_is_read_without_panic(text: Vec<u8>) {
        let parsed = grammar::key_record(&text);
        for error in &parsed.errors {
            proptest::prop_assert!(error.span.end as usize <= text.len());
        }
    }

    #[test]
    fn every_tag_soup_is_read_without_panic(text in "([vkhstnp ]?[=:;\\\\\"-]?[A-Za-z0-9+/ ]{0,9}){0,20}") {
        let _ = grammar::key_record(text.as_bytes());
    }
}
