//! Markdown, read by a reader of CommonMark: nothing of a record becomes structure.

use super::{hostile_octets, written};
use crate::reports;
use mailcheck::render::markdown;
use mailcheck::report::{Finding, Report};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

/// What of a page is structure: how often each kind of element occurs. Code spans are left out:
/// they are where names of others belong.
fn structure(page: &str) -> Vec<String> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH;
    let mut elements = Vec::new();
    for event in Parser::new_ext(page, options) {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => elements.push(format!("link {dest_url}")),
            Event::Start(tag) => elements.push(format!("{tag:?}")),
            Event::Html(html) => elements.push(format!("html {html}")),
            Event::InlineHtml(html) if !["<code>", "</code>"].contains(&&*html) => {
                elements.push(format!("html {html}"));
            }
            Event::TaskListMarker(ticked) => elements.push(format!("ticked {ticked}")),
            _ => {}
        }
    }
    elements
}

/// The words of a page outside code, as a browser shows them.
fn prose(page: &str) -> String {
    let mut words = String::new();
    let (mut in_block, mut in_code) = (false, false);
    for event in Parser::new_ext(page, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_block = true,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => in_block = false,
            Event::InlineHtml(html) => in_code = &*html == "<code>",
            Event::Text(text) if !in_block && !in_code => words.push_str(&text),
            _ => {}
        }
    }
    words
}

/// A report with these octets as plain words wherever a sentence stands.
fn plain(octets: &[u8]) -> Report {
    let mut report = reports::hostile(octets);
    let words = mailcheck::text::Phrase::new().plain(octets);
    for domain in &mut report.domains {
        domain.headline = words.clone();
        domain.notes = vec![words.clone()];
        domain.dmarc.summary = words.clone();
        for finding in &mut domain.findings {
            finding.message = words.clone();
        }
    }
    report
}

#[test]
fn a_text_of_one_blank_is_a_text() {
    let structures =
        [b"a", b" "].map(|octets| structure(&written(&plain(octets), markdown::render)));
    assert_eq!(structures[0], structures[1]);
}

proptest! {
    #[test]
    fn nothing_of_a_record_is_structure(octets in hostile_octets()) {
        // What says nothing leaves its paragraph out.
        prop_assume!(!octets.is_empty());
        let benign = structure(&written(&plain(b"a"), markdown::render));
        let page = written(&plain(&octets), markdown::render);
        prop_assert_eq!(structure(&page), benign, "{}", page);
    }

    #[test]
    fn nobody_is_called_and_no_page_linked_outside_code(octets in hostile_octets()) {
        let words = prose(&written(&plain(&octets), markdown::render));
        for mark in ["@owner", "#1", "https://", "www.a"] {
            prop_assert!(!words.contains(mark), "{words}");
        }
    }
}

/// A report with this many findings.
fn crowded(count: usize) -> Report {
    let mut report = reports::broken();
    let finding: Finding = report.domains[0].findings[0].clone();
    report.domains[0].findings = vec![finding; count];
    report
}

#[test]
fn a_page_is_never_longer_than_what_github_takes() {
    for count in [1, 50, 100, 1000] {
        let page = written(&crowded(count), markdown::render);
        assert!(page.len() <= 60_000, "{count}: {}", page.len());
    }
}

#[test]
fn a_page_says_what_is_left_out_of_it() {
    let page = written(&crowded(1000), markdown::render);
    let last = page.lines().last().unwrap_or_default();
    assert!(last.starts_with("**Left out (GitHub limits the page size):** f"), "{last}");
}

#[test]
fn ten_thousand_domains_have_headlines_while_there_is_room() {
    let mut report = reports::broken();
    report.domains = vec![report.domains[0].clone(); 10_000];
    let page = written(&report, markdown::render);
    let shown = page.lines().filter(|line| line.starts_with("- **FAIL**")).count();
    let left_out = format!("headlines: {}.", 10_000 - shown);
    assert!(page.len() <= 60_000 && page.contains(&left_out), "{left_out} {}", page.len());
}

#[test]
fn what_fails_stands_before_what_is_good() {
    let mut report = reports::good();
    report.domains.extend(reports::broken().domains);
    let page = written(&report, markdown::render);
    let place = |words: &str| page.find(words).expect("a headline");
    assert!(place("- **FAIL**") < place("- **OK**"), "{page}");
}
