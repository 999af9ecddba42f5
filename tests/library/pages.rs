//! Reports as pages: what they show, and that nothing of a record becomes more than text.

use crate::reports;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mailcheck::render::html;
use mailcheck::report::{Report, Verdict};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;

fn page(report: &Report) -> String {
    let mut out = Vec::new();
    html::render(report, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("a page is UTF-8")
}

/// A page without its style sheet.
fn unstyled(report: &Report) -> String {
    let page = page(report);
    let (head, rest) = page.split_once("<style>").expect("a style sheet begins");
    let (_, rest) = rest.split_once("</style>").expect("a style sheet ends");
    format!("{head}<style></style>{rest}")
}

// ── what is shown ───────────────────────────────────────────────────────────────────────────────

#[test]
fn a_page_about_a_good_domain() {
    insta::assert_snapshot!(unstyled(&reports::good()));
}

#[test]
fn a_page_about_a_broken_record() {
    insta::assert_snapshot!(unstyled(&reports::broken()));
}

#[test]
fn a_page_about_a_sender_that_fails() {
    insta::assert_snapshot!(unstyled(&reports::failing()));
}

#[test]
fn a_page_about_a_change() {
    insta::assert_snapshot!(unstyled(&reports::changed()));
}

#[test]
fn a_page_about_files() {
    insta::assert_snapshot!(unstyled(&reports::linted()));
}

/// The words of a page, as a reader without a style sheet has them.
fn words(page: &str) -> String {
    let body = page.split_once("<body>").map_or(page, |(_, body)| body);
    let text: String = Tokens::of(body)
        .filter_map(|token| match token {
            Token::Text(text) => Some(text),
            Token::Tag { .. } => None,
        })
        .collect();
    let references = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'")];
    let text = references.into_iter().fold(text, |text, (from, to)| text.replace(from, to));
    text.replace("&#38;", "&").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn squeezed(text: impl ToString) -> String {
    text.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_page_says_what_the_screen_says_in_the_same_order() {
    for report in [reports::good(), reports::failing(), reports::broken(), reports::unknown()] {
        let domain = &report.domains[0];
        let sections =
            domain.sections().into_iter().filter(mailcheck::report::SectionView::is_examined);
        let mut expected = vec![squeezed(&domain.headline)];
        expected.extend(domain.notes.iter().map(squeezed));
        expected.extend(sections.map(|view| squeezed(view.summary)));
        let findings = domain.findings.iter().filter(|finding| finding.counts());
        expected.extend(findings.map(|finding| squeezed(&finding.message)));
        let page = words(&page(&report));
        let mut rest = page.as_str();
        for said in expected {
            let at = rest.find(&said);
            assert!(at.is_some(), "{said:?} is missing, or too early, in\n{page}");
            rest = &rest[at.unwrap_or_default()..];
        }
    }
}

#[test]
fn a_fix_is_a_line_to_copy() {
    let report = reports::broken();
    let lines = report.domains[0].findings[0].fix_lines().join("\n").replace('"', "&#34;");
    assert!(page(&report).contains(&format!("<pre class=\"copy\" tabindex=\"0\">{lines}</pre>")));
}

#[test]
fn a_page_about_several_domains_lists_all_of_them() {
    let domains: Vec<_> = reports::all().into_iter().flat_map(|report| report.domains).collect();
    let names: Vec<String> = domains.iter().map(|domain| domain.unicode.clone()).collect();
    let page = page(&reports::report(Verdict::Fail, 1, domains));
    let (_, list) = page.split_once("<section id=\"all\"").expect("a list of all");
    let rows = list.matches("<tr><td>").count();
    assert_eq!((rows, page.matches("<h1").count()), (names.len(), 1));
}

#[test]
fn of_very_many_domains_those_that_fail_keep_their_article() {
    let good = vec![reports::good_domain(); 400];
    let failing = reports::failing().domains;
    let page = page(&reports::report(Verdict::Fail, 1, [good, failing].concat()));
    assert_eq!(page.matches("<article").count(), 251);
    assert!(page.contains("<a href=\"#d251\">"), "the last one is linked");
}

// ── what a page may not do ──────────────────────────────────────────────────────────────────────

#[test]
fn the_policy_of_a_page_names_the_hash_of_its_style_sheet() {
    let page = page(&reports::good());
    let (_, rest) = page.split_once("<style>").expect("a style sheet begins");
    let (sheet, _) = rest.split_once("</style>").expect("a style sheet ends");
    let hash = ring::digest::digest(&ring::digest::SHA256, sheet.as_bytes());
    let hash = format!("sha256-{}", STANDARD.encode(hash));
    assert_eq!(html::STYLE_HASH, hash, "the style sheet has changed: write its hash there");
    let policy = format!(
        "content=\"default-src 'none'; style-src '{hash}'; base-uri 'none'; form-action 'none'\""
    );
    assert!(page.contains(&policy), "{}", &page[..600]);
}

#[test]
fn a_style_sheet_fetches_nothing() {
    let page = page(&reports::good());
    assert!(!["url(", "@import", "@font-face", "image("].iter().any(|it| page.contains(it)));
}

/// A piece of a page.
#[derive(Debug)]
enum Token {
    Text(String),
    Tag { name: String, attributes: Vec<(String, String)> },
}

/// The pieces of a page in order, read as a browser reads them: strictly, since everything but the
/// text is ours.
struct Tokens<'p>(&'p str);

impl<'p> Tokens<'p> {
    fn of(page: &'p str) -> impl Iterator<Item = Token> + 'p {
        Self(page)
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        if self.0.is_empty() {
            return None;
        }
        let Some(tag) = self.0.strip_prefix('<') else {
            let (text, rest) = self.0.split_at(self.0.find('<').unwrap_or(self.0.len()));
            self.0 = rest;
            return Some(Token::Text(text.to_owned()));
        };
        let end = tag.find(|c: char| c.is_whitespace() || c == '>').expect("a tag ends");
        let (name, mut rest) = tag.split_at(end);
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix("/>").or_else(|| rest.strip_prefix('>')) {
                self.0 = after;
                return Some(Token::Tag { name: name.to_owned(), attributes });
            }
            let end = rest.find(['=', ' ', '>', '\n']).expect("an attribute ends");
            let (attribute, after) = rest.split_at(end);
            let Some(value) = after.strip_prefix("=\"") else {
                assert!(!after.starts_with('='), "{attribute}: a value without quotes");
                attributes.push((attribute.to_owned(), String::new()));
                rest = after;
                continue;
            };
            let (value, after) = value.split_once('"').expect("a value ends");
            attributes.push((attribute.to_owned(), value.to_owned()));
            rest = after;
        }
    }
}

/// The elements and attributes of a page: its structure. Values are a part of it where they are no
/// words: addresses, classes, numbers.
fn structure(page: &str) -> Vec<String> {
    let words = ["aria-label", "content"];
    let mut all = Vec::new();
    for token in Tokens::of(page) {
        let Token::Tag { name, attributes } = token else { continue };
        let attributes = attributes.into_iter().map(|(name, value)| match &*name {
            name if words.contains(&name) => name.to_owned(),
            name => format!("{name}={value}"),
        });
        all.push(format!("{name} {}", attributes.collect::<Vec<_>>().join(" ")));
    }
    all
}

/// What could make a page more than text: every element and attribute that is not one of these.
fn active(page: &str) -> Vec<String> {
    const ELEMENTS: &str = "!DOCTYPE html head meta title style body main article section p strong \
        span h1 h2 h3 h4 h5 div ul ol li code svg rect title line pre mark details summary table \
        thead tbody tr th td br dl dt dd footer a del ins";
    const ATTRIBUTES: &str = "lang charset http-equiv content name id class href tabindex role scope \
        html aria-label aria-labelledby aria-hidden viewBox preserveAspectRatio x y width height rx x1 \
        x2 y1 y2";
    let [elements, attributes] =
        [ELEMENTS, ATTRIBUTES].map(|all| all.split_whitespace().collect::<BTreeSet<&str>>());
    let mut found = Vec::new();
    for token in Tokens::of(page) {
        match token {
            Token::Text(text) => {
                // Whatever is no reference that the escaping makes could be one of the text's own.
                let ours = |rest: &str| {
                    ["#38;", "#60;", "#62;", "#34;", "#39;"].iter().any(|it| rest.starts_with(it))
                };
                let bad = text.split('&').skip(1).filter(|rest| !ours(rest));
                found.extend(bad.map(|rest| format!("&{rest}")));
            }
            Token::Tag { name, attributes: all } => {
                if !elements.contains(name.trim_start_matches('/')) {
                    found.push(format!("<{name}>"));
                }
                for (attribute, value) in all {
                    let leads = attribute == "href"
                        && !["#d", "#all", "https://www.rfc-editor.org/rfc/rfc"]
                            .iter()
                            .any(|known| value.starts_with(known))
                        && !value
                            .starts_with(concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/src/"));
                    if !attributes.contains(&*attribute) || leads {
                        found.push(format!("<{name} {attribute}={value:?}>"));
                    }
                }
            }
        }
    }
    found
}

/// Places in a document at which a text is, as JSON pointers.
fn texts(value: &Value, place: &str, all: &mut Vec<String>) {
    match value {
        Value::String(_) => all.push(place.to_owned()),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(index, item)| texts(item, &format!("{place}/{index}"), all));
        }
        Value::Object(members) => {
            let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
            let members = members.iter();
            members.for_each(|(key, item)| texts(item, &format!("{place}/{}", escaped(key)), all));
        }
        _ => {}
    }
}

/// A report with this text wherever a report takes any text: what another program may have written.
fn with_text_everywhere(report: &Report, text: &str, places: &[String]) -> Report {
    let mut document = serde_json::to_value(report).expect("a report is JSON");
    for place in places {
        *document.pointer_mut(place).expect("a place of this report") = text.into();
    }
    serde_json::from_value(document).expect("these places take any text")
}

/// The places of a report that take any text.
fn free_places(report: &Report) -> Vec<String> {
    let document = serde_json::to_value(report).expect("a report is JSON");
    let mut places = Vec::new();
    texts(&document, "", &mut places);
    places.retain(|place| {
        ["a", "<b> \"'&\u{e9}"].iter().all(|text| {
            let mut changed = document.clone();
            *changed.pointer_mut(place).expect("a place of this report") = (*text).into();
            serde_json::from_value::<Report>(changed).is_ok()
        })
    });
    places
}

/// Texts that break out of some context of a page, where they are not escaped for it.
const ATTACKS: [&str; 14] = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</pre></details></svg></table><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)\" x=\"",
    "' onmouseover='alert(1)' x='",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "<!--",
    "--><svg onload=alert(1)>",
    "<![CDATA[ ]]><a href=javascript:alert(1)>x</a>",
    "&lt;script&gt; &#60;b&#62; &amp;quot; &#x22;",
    "{{ 7 * 7 }} {% include \"/etc/passwd\" %} {# x #}",
    "</h1><base href=//a.example><meta http-equiv=refresh content=0>",
];

#[test]
fn no_text_in_any_field_is_more_than_text() {
    for report in reports::all() {
        let places = free_places(&report);
        // A table of rules or files that is empty has none, any other report has many.
        assert!(places.len() > 10, "{} places", places.len());
        for attack in ATTACKS {
            // A name is never shown with a blank, so it is equal to no other text of the report.
            let attack = format!(" {attack}");
            let benign = attack.replace(['<', '>', '"', '\'', '&', '='], "x");
            let [page, benign] =
                [&attack, &benign].map(|text| page(&with_text_everywhere(&report, text, &places)));
            assert_eq!(active(&page), [""; 0], "{attack}");
            let pairs = structure(&page).into_iter().zip(structure(&benign));
            let differing: Vec<_> = pairs.filter(|(one, other)| one != other).take(3).collect();
            assert_eq!(differing, [], "{attack}");
            assert_eq!(structure(&page).len(), structure(&benign).len(), "{attack}");
        }
    }
}

#[test]
fn what_would_be_more_than_text_is_found() {
    let found = |text: &str| active(&format!("<p>{text}</p>")).len();
    let attacks = ["<script>x</script>", "<p onclick=\"x\">", "<a href=\"javascript:x\">", "&lt;"];
    assert_eq!(attacks.map(found), [2, 1, 1, 1]);
}

/// Octets with many of those that matter to a page.
fn hostile_octets() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop_oneof![
        proptest::sample::select(ATTACKS.to_vec()).prop_map(|attack| attack.as_bytes().to_vec()),
        Just(b"\x1b[31m\r\n\t\x08\x00\x7f".to_vec()),
        Just("\u{9b}\u{202e}\u{fffe}\u{ffff}\u{feff}".into()),
        proptest::collection::vec(any::<u8>(), 1..20),
    ];
    proptest::collection::vec(pieces, 1..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn nothing_of_a_record_is_structure(octets in hostile_octets()) {
        let page = page(&reports::hostile(&octets));
        prop_assert_eq!(active(&page), Vec::<String>::new());
        // The name of the domain may be one that is shown in both forms, or not.
        let structure = |page: &str| structure(page).into_iter().filter(|it| !it.starts_with("title"));
        let benign = self::page(&reports::hostile(b"abcdefghijkl"));
        prop_assert_eq!(structure(&page).count(), structure(&benign).count());
    }
}
