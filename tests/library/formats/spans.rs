//! Each finding points at its term, in every format that has places, however a record is written.

use super::{Form, read, written};
use crate::reports;
use crate::world::{World, at_once, name};
use mailcheck::audit::{self, Clock, Inquiry};
use mailcheck::render::{github, gitlab, json, sarif, text};
use mailcheck::report::{Finding, Report, Verdict};
use mailcheck::zonefile::{Overlay, Zone};

/// Records on a line, of several strings, over several lines, and behind letters of more octets
/// than columns.
const ZONE: &str = "\
$ORIGIN example.com.
$TTL 300
@      TXT ( \"v=spf1 ip4:192.0.2.0/33 \" \"x-n=süß\" \" a:b..example ip4:300.0.2.1 \"
             \"mx:gone.example.com inclu\"
             \"de:nothing.example.com -all\" )
news   TXT ( \"v=spf1 ip4:192.0.2.1 p\" \"tr ip4:192.0.2.9/24 inclu\"
             \"de:nothing.example.com mx:gone\"
             \".example.com ip4:192.0.2.1 -all\" )
_dmarc TXT \"v=DMARC1; p=none;\" \" adkim=x; ru\"
mx     A 192.0.2.1
@      MX 10 mx
news   MX 10 mx
";

const FILE: &str = "zones/über uns.zone";

fn audited() -> Report {
    let reading = Zone::read(FILE, None, ZONE.as_bytes());
    let zone = reading.strict().expect("a zone");
    let dns = Overlay::new([zone], World::new(""));
    let domains = ["example.com", "news.example.com"].map(|domain| {
        at_once(audit::domain(&dns, &Inquiry::about(name(domain)), Clock::default()))
    });
    let mut all = domains.into_iter();
    let mut report = reports::report(Verdict::Fail, 1, all.by_ref().take(1).collect());
    // One list of findings, so that a number names one.
    let own = report.domains.first_mut().expect("one domain");
    own.findings.extend(all.flat_map(|domain| domain.findings));
    report
}

/// Line, column, line of the end, column behind it.
type Region = [u32; 4];

/// The findings that mean a part of a record, and that part as it was published.
fn meant(report: &Report) -> Vec<(&Finding, String)> {
    let part = |finding: &Finding| {
        let record = finding.subject.value.as_ref()?;
        let octets = finding.span.filter(|span| !span.is_empty())?.of(record.as_bytes()).to_vec();
        String::from_utf8(octets).ok()
    };
    let findings = report.findings().map(|(_, finding)| finding);
    findings.filter_map(|finding| Some((finding, part(finding)?))).collect()
}

/// What stands in a region of the zone file, without what stands between two strings.
fn stands_at([line, column, end_line, end_column]: Region) -> String {
    let mut text = String::new();
    for (number, content) in (1..).zip(ZONE.lines()) {
        if !(line..=end_line).contains(&number) {
            continue;
        }
        let from = if number == line { column as usize - 1 } else { 0 };
        let to = if number == end_line { end_column as usize - 1 } else { usize::MAX };
        text.extend(content.chars().take(to).skip(from));
    }
    let strings: Vec<&str> = text.split('"').collect();
    // Outside quotes stand blanks and line ends only.
    strings.into_iter().step_by(2).collect()
}

/// The region that each such finding has, and what should stand there.
fn check(regions: impl Fn(&Report, usize) -> Region) {
    let report = audited();
    let all: Vec<&Finding> = report.findings().map(|(_, finding)| finding).collect();
    for (finding, part) in meant(&report) {
        let index = all.iter().position(|it| std::ptr::eq(*it, finding)).expect("one of them");
        let region = regions(&report, index);
        assert_eq!(stands_at(region), part, "{}: {region:?}", finding.rule);
    }
}

fn number(value: &serde_json::Value) -> u32 {
    value.as_u64().and_then(|number| u32::try_from(number).ok()).expect("a number")
}

#[test]
fn the_zone_has_terms_of_every_kind() {
    let report = audited();
    let parts: Vec<String> = meant(&report).into_iter().map(|(_, part)| part).collect();
    insta::assert_snapshot!(parts.join("\n"));
}

#[test]
fn json_points_at_the_term() {
    check(|report, index| {
        let document = read(report, |report, out| json::render(report, out));
        let place = &document["domains"][0]["findings"][index]["location"];
        ["line", "column", "end_line", "end_column"].map(|name| number(&place[name]))
    });
}

#[test]
fn sarif_points_at_the_term() {
    check(|report, index| {
        let document = read(report, sarif::render);
        let place = &document["runs"][0]["results"][index]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "zones/%C3%BCber%20uns.zone");
        let region = &place["region"];
        ["startLine", "startColumn", "endLine", "endColumn"].map(|name| number(&region[name]))
    });
}

/// The finding alone, so that what is said about it is all that is said.
fn alone(report: &Report, index: usize, form: Form) -> String {
    let mut report = report.clone();
    report.domains[0].findings = vec![report.domains[0].findings[index].clone()];
    written(&report, form)
}

#[test]
fn code_quality_points_at_the_lines_of_the_term() {
    let report = audited();
    for (index, finding) in report.domains[0].findings.iter().enumerate() {
        let Some(place) = &finding.location else { continue };
        let document: serde_json::Value =
            serde_json::from_str(&alone(&report, index, gitlab::render)).expect("JSON");
        let location = &document[0]["location"];
        let lines = ["begin", "end"].map(|name| number(&location["lines"][name]));
        assert_eq!((location["path"].as_str(), lines), (Some(FILE), [place.line, place.end_line]));
    }
}

#[test]
fn an_annotation_points_at_the_term() {
    check(|report, index| {
        let text = alone(report, index, github::render);
        let property = |name: &str| -> Option<u32> {
            let (_, rest) = text.split_once(&format!("{name}="))?;
            rest.split([',', ':']).next()?.parse().ok()
        };
        let place = report.domains[0].findings[index].location.clone().expect("a place");
        let lines = [property(",line"), property("endLine")];
        assert_eq!(lines, [Some(place.line), Some(place.end_line)]);
        // GitHub takes columns only where they belong to one line.
        let columns = [property(",col"), property("endColumn")];
        match place.line == place.end_line {
            true => assert_eq!(columns, [Some(place.column), Some(place.end_column)]),
            false => assert_eq!(columns, [None, None]),
        }
        [place.line, place.column, place.end_line, place.end_column]
    });
}

#[test]
fn text_points_at_the_term() {
    let report = audited();
    let mut out = Vec::new();
    let look = text::Look { width: 100, ..text::Look::default() };
    text::render(&report, &look, &mut out).expect("memory takes everything");
    let shown = String::from_utf8(out).expect("text is UTF-8");
    for (finding, _) in meant(&report) {
        let place = finding.location.as_ref().expect("a place");
        let head = format!("{FILE}:{}:{}", place.line, place.column);
        let is_head = |line: &str| line.contains(&*finding.rule) && line.ends_with(&head);
        assert!(shown.lines().any(is_head), "{}: {head}", finding.rule);
    }
}
