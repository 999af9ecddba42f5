//! The grammar with its places, each standing, and which record counts.

use super::lint::check;
use super::*;
use crate::diagnostic::Standing;
use crate::dns::{
    Answer, Data, Dns, Failure, Kind, Lookup, Outcome, Provenance, Question, Trouble,
};
use crate::net::Name;
use crate::protocols::Examined;
use crate::web::Unasked;
#[cfg(feature = "mail")]
use crate::web::{Response, Scripted};
use std::sync::Arc;

/// Answers by name: records, and addresses of hosts; other names do not exist.
struct World(Vec<(&'static str, Outcome)>);

impl World {
    fn of(texts: &[(&'static str, &str)]) -> Self {
        let records = |text: &str| Outcome::Records(vec![Data::from_text(text.as_bytes()).into()]);
        Self(texts.iter().map(|(name, text)| (*name, records(text))).collect())
    }
}

impl Dns for World {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let name = question.name.to_string();
        let kind = if name.contains("_bimi") { Kind::Txt } else { Kind::A };
        let known = self.0.iter().find(|(owner, _)| *owner == name && question.kind == kind);
        let outcome = known.map_or(Outcome::NxDomain, |(_, outcome)| outcome.clone());
        let answer = Answer::new(question.clone(), outcome, Provenance::Zone("test".into()));
        Box::pin(std::future::ready(Arc::new(answer)))
    }
}

fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("a test writes valid names")
}

async fn look(world: World) -> Facts {
    let wanted = Wanted::default();
    facts(&world, &Unasked, &name("news.example.com"), &wanted).await
}

/// The texts of the faults of a record, and what was expected there.
fn faults(text: &str) -> Vec<(String, &'static str)> {
    let parsed = parse(text.as_bytes()).expect("a test writes records");
    let show = |span| String::from_utf8_lossy(parsed.value.show(span)).into_owned();
    parsed.errors.iter().map(|error| (show(error.span), error.expected)).collect()
}

const OWN: &str = "default._bimi.news.example.com";
const ABOVE: &str = "default._bimi.example.com";
const GOOD: &str = "v=BIMI1; l=https://example.com/logo.svg";

/// What is wrong with a file of certificates at `news.example.com`, on 2026-11-28.
#[cfg(feature = "mail")]
fn flaws(file: &[u8], roots: &Roots) -> Vec<String> {
    let (own, above, owner) = (name("news.example.com"), name("example.com"), name(ABOVE));
    let expected = mark::Expected { domain: &above, others: [&own, &above], owner: &owner };
    let mark = mark::check(file, roots, &expected, Some(1_795_824_000));
    mark.flaws.iter().map(|flaw| flaw.phrase().to_string()).collect()
}

#[cfg(feature = "mail")]
const MARK: &[u8] = include_bytes!("../../../testdata/marks/good.pem");

#[cfg(feature = "mail")]
fn mark_roots() -> Roots {
    let root = include_bytes!("../../../testdata/marks/root.pem");
    Roots::default().with_pem(root).expect("a certificate")
}

#[test]
#[cfg(feature = "mail")]
fn a_mark_certificate_below_a_known_root_has_no_flaw() {
    assert_eq!(flaws(MARK, &mark_roots()), [""; 0]);
}

#[test]
#[cfg(feature = "mail")]
fn a_mark_certificate_below_an_unknown_root_is_no_certain_fault() {
    let said = "its issuer, Example Mark Root, is below no known root";
    assert_eq!(flaws(MARK, &Roots::default()), [said]);
}

#[test]
#[cfg(feature = "mail")]
fn every_changed_octet_of_a_signed_certificate_is_a_flaw() {
    let roots = mark_roots();
    let text = String::from_utf8(MARK.to_vec()).expect("PEM is ASCII");
    let unnoticed = |at: &usize| {
        let mut file = text.clone().into_bytes();
        let other = if file[*at] == b'A' { b'B' } else { b'A' };
        let is_base64 = file[*at].is_ascii_alphanumeric();
        file[*at] = if is_base64 { other } else { file[*at] };
        is_base64 && flaws(&file, &roots).is_empty()
    };
    let within = text.find('\n').unwrap_or_default()..text.rfind("\n-----END").unwrap_or_default();
    assert_eq!(within.filter(unnoticed).collect::<Vec<_>>(), [0; 0]);
}

#[test]
#[cfg(feature = "mail")]
fn a_file_cut_anywhere_is_read_without_harm() {
    let roots = mark_roots();
    let accepted = (0..MARK.len() - 30).filter(|end| flaws(&MARK[..*end], &roots).is_empty());
    assert_eq!(accepted.collect::<Vec<_>>(), [0; 0]);
}

#[test]
#[cfg(feature = "mail")]
fn who_is_no_authority_vouches_for_nobody() {
    let params = |names: &[&str], organization: &str| {
        let names = names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut params = rcgen::CertificateParams::new(names).expect("names");
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(rcgen::DnType::OrganizationName, organization);
        let purpose = vec![1, 3, 6, 1, 5, 5, 7, 3, 31];
        params.extended_key_usages.push(rcgen::ExtendedKeyUsagePurpose::Other(purpose));
        params
    };
    let key = || rcgen::KeyPair::generate().expect("a key");
    let mut of_root = params(&[], "Root");
    of_root.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let (root_key, middle_key, own_key) = (key(), key(), key());
    let root = of_root.self_signed(&root_key).expect("a root").pem();
    let issuer = rcgen::Issuer::new(of_root, root_key);
    let of_middle = params(&["example.org"], "A customer");
    let middle = of_middle.signed_by(&middle_key, &issuer).expect("a certificate").pem();
    let issuer = rcgen::Issuer::new(of_middle, middle_key);
    let own = params(&["example.com"], "An impostor").signed_by(&own_key, &issuer);
    let file = [own.expect("a certificate").pem(), middle].concat();
    let roots = Roots::default().with_pem(root.as_bytes()).expect("a certificate");
    let flaws = flaws(file.as_bytes(), &roots);
    let said = "certificate 2 of the file may not issue mark certificates".to_owned();
    assert!(flaws.contains(&said), "{flaws:?}");
}

#[test]
fn every_fault_of_a_record_is_found() {
    let text = "v=BIMI1; l=https://example.com/logo.png; a=self; lps=a,b_c; l=x; =";
    assert_eq!(
        faults(text),
        [
            ("https://example.com/logo.png".into(), "the URI of an SVG file"),
            ("self".into(), "one https URI, such as https://example.com/logo.svg"),
            ("b_c".into(), "a prefix of 1 to 63 letters, digits and hyphens"),
            ("l=x".into(), "each tag only once"),
            ("=".into(), "a tag name"),
        ]
    );
}

#[test]
fn a_location_is_one_https_uri_with_a_domain_name() {
    let is_sound = |uri: &str| faults(&format!("v=BIMI1; l={uri}")).is_empty();
    let sound = ["https://a.example", "HTTPS://a.example:8443/x?y#z", "https://a.example/a%2Cb"];
    let faulty = [
        "http://a.example/",
        "https:///x",
        "https://localhost/x",
        "https://[2001:db8::1]/x",
        "https://a.example:99999/x",
        "https://u@a.example/x",
        "https://a.example/a,b",
    ];
    assert_eq!((sound.map(is_sound), faulty.map(is_sound)), ([true; 3], [false; 7]));
}

#[test]
fn no_text_makes_the_grammar_panic() {
    let parts = ["v=BIMI1", "l=", "a=", ",", ";", " ", "https://", ":", "lps=", "%2", "\0", "é"];
    let two = |first: &str| parts.map(|second| format!("v=BIMI1;{first}{second}"));
    for text in parts.iter().flat_map(|first| two(first)) {
        let parsed = parse(text.as_bytes()).expect("a record");
        let inside = |end: u32| end as usize <= text.len();
        assert!(parsed.errors.iter().all(|error| inside(error.span.end)), "{text:?}");
    }
}

#[tokio::test]
async fn the_record_of_the_domain_comes_before_that_of_its_organization() {
    let at = |facts: Facts| facts.published().map(|(visit, _)| visit.owner().to_string());
    let both = World::of(&[(OWN, GOOD), (ABOVE, GOOD)]);
    let above = World::of(&[(OWN, "a proof of ownership"), (ABOVE, GOOD)]);
    assert_eq!(
        (at(look(both).await), at(look(above).await)),
        (Some(OWN.into()), Some(ABOVE.into()))
    );
}

#[tokio::test]
async fn an_empty_logo_declines_and_ends_the_search() {
    let facts = look(World::of(&[(OWN, "v=BIMI1; l=;"), (ABOVE, GOOD)])).await;
    let expected = (Standing::Absent, "declined: the record has no logo".into());
    assert_eq!((facts.standing(), facts.summary().to_string()), expected);
}

#[tokio::test]
async fn a_query_that_failed_leaves_the_domain_as_it_is_and_hides_no_record_above() {
    let failed = Outcome::Failed(Failure::new(Trouble::Timeout));
    let mut world = World::of(&[(ABOVE, GOOD)]);
    world.0.push((OWN, failed));
    let facts = look(world).await;
    let found = (facts.standing(), Examined::failure(&facts).is_some(), check(&facts).len());
    assert_eq!(found, (Standing::Partial, false, 0));
}

#[tokio::test]
async fn what_dmarc_lacks_is_named_and_what_it_did_not_say_is_not() {
    let facts = look(World::of(&[(OWN, GOOD)])).await;
    let domain = name("example.com");
    let shortfall = Shortfall { domain, weakness: Weakness::Partly(50) };
    let of = |enforcement| Facts { enforcement, ..facts.clone() };
    let all = [
        of(Enforcement::Strict),
        of(Enforcement::Short(shortfall)),
        of(Enforcement::Unknown(Failure::new(Trouble::Timeout))),
    ];
    let found = all.map(|facts| {
        let rules: Vec<_> = check(&facts).iter().map(|finding| finding.rule.id).collect();
        (facts.standing(), rules)
    });
    let expected = [
        (Standing::Good, vec![]),
        (Standing::Weak, vec!["bimi/dmarc-not-enforced"]),
        (Standing::Partial, vec![]),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_selector_field_names_a_selector_or_the_default_one() {
    let fields = [&b"v=BIMI1; s=brand"[..], b"v=BIMI1;", b"s=brand", b"v=BIMI1; s=\xff", b""];
    let found = fields.map(Selector::from_field);
    let brand = Selector::new("brand");
    assert_eq!(found, [brand, Some(Selector::default()), None, None, None]);
}

/// How a domain stands whose logo comes so, and the rules about it.
#[cfg(feature = "mail")]
async fn with_logo(outcome: crate::web::Outcome) -> (Standing, Vec<&'static str>) {
    let mut world = World::of(&[(ABOVE, GOOD)]);
    let address = Data::A(std::net::Ipv4Addr::new(192, 0, 2, 80)).into();
    world.0.push(("example.com", Outcome::Records(vec![address])));
    let web = Scripted::default().with("https://example.com/logo.svg", outcome);
    let wanted = Wanted { logo: true, ..Wanted::default() };
    let facts = facts(&world, &web, &name("example.com"), &wanted).await;
    (facts.standing(), check(&facts).iter().map(|finding| finding.rule.id).collect())
}

#[cfg(feature = "mail")]
fn served(body: &[u8]) -> crate::web::Outcome {
    Ok(Response { body: body.to_vec(), ..Response::new(200) })
}

#[cfg(feature = "mail")]
#[tokio::test]
async fn a_logo_is_broken_only_where_every_receiver_meets_the_same() {
    use crate::web::{Failure, Trouble};
    let failed = |trouble| Err(Failure::new(trouble));
    let found = [
        with_logo(Ok(Response::new(404))).await,
        with_logo(failed(Trouble::Expired)).await,
        with_logo(failed(Trouble::LocalAddress)).await,
        with_logo(Ok(Response::new(503))).await,
        with_logo(Ok(Response {
            location: Some(b"https://127.0.0.1/".to_vec()),
            ..Response::new(302)
        }))
        .await,
        with_logo(failed(Trouble::Timeout)).await,
        with_logo(failed(Trouble::TooLarge)).await,
    ];
    let unserved = (Standing::Broken, vec!["bimi/logo-not-served"]);
    let good = (Standing::Good, vec![]);
    let expected = [
        unserved.clone(),
        unserved.clone(),
        unserved,
        good.clone(),
        good.clone(),
        good.clone(),
        good,
    ];
    assert_eq!(found, expected);
}

#[cfg(feature = "mail")]
#[tokio::test]
async fn a_gzip_bomb_is_named_and_not_unpacked() {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&vec![b' '; 64 * 1024 * 1024]).expect("memory");
    let body = packed.finish().expect("memory");
    assert!(body.len() < 256 * 1024);
    assert_eq!(with_logo(served(&body)).await, (Standing::Broken, vec!["bimi/logo-profile"]));
}

#[cfg(feature = "mail")]
#[tokio::test]
async fn a_packed_logo_is_held_against_the_profile_unpacked() {
    use std::io::Write as _;
    let text =
        "<svg version=\"1.2\" baseProfile=\"tiny-ps\" viewBox=\"0 0 1 1\"><title>A</title></svg>";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).expect("memory");
    let body = packed.finish().expect("memory");
    assert_eq!(with_logo(served(&body)).await, (Standing::Good, vec![]));
}
