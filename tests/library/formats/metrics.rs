//! Metrics, read by a strict reader of the text format of Prometheus (version 0.0.4).

use super::{all, hostile_octets, written};
use crate::reports;
use mailcheck::render::prometheus;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A series: the metric, and its labels in any order.
type Series = (String, BTreeMap<String, String>);

/// Reads an exposition.
///
/// Each metric has a HELP and a TYPE line, in this order, right before all of its samples; no
/// series occurs twice; the last line ends as the others do.
fn samples(text: &str) -> Result<BTreeMap<Series, f64>, String> {
    let mut samples = BTreeMap::new();
    let mut declared = BTreeSet::new();
    let mut current = String::new();
    if !text.is_empty() && !text.ends_with('\n') {
        return Err("the last line has no end".into());
    }
    let mut lines = text.split_terminator('\n');
    while let Some(line) = lines.next() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, words) = help.split_once(' ').ok_or(line)?;
            let kind = lines.next().unwrap_or_default();
            if kind != format!("# TYPE {name} gauge") || words.contains('\\') || !is_name(name) {
                return Err(format!("{line} / {kind}"));
            }
            if !declared.insert(name.to_owned()) {
                return Err(format!("{name} is declared twice"));
            }
            current = name.to_owned();
            continue;
        }
        let (series, value) = series(line)?;
        if series.0 != current {
            return Err(format!("{line}: not below its metric"));
        }
        if samples.insert(series, value).is_some() {
            return Err(format!("{line}: twice"));
        }
    }
    Ok(samples)
}

/// Reads `name{label="value",…} number`.
fn series(line: &str) -> Result<(Series, f64), String> {
    let fault = || format!("not a sample: {line:?}");
    let end = line.find(['{', ' ']).ok_or_else(fault)?;
    let (name, mut rest) = line.split_at(end);
    let mut labels = BTreeMap::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        loop {
            let (label, behind) = rest.split_once("=\"").ok_or_else(fault)?;
            let (value, behind) = quoted(behind).ok_or_else(fault)?;
            if !is_name(label) || labels.insert(label.to_owned(), value).is_some() {
                return Err(fault());
            }
            match behind.strip_prefix(',') {
                Some(more) => rest = more,
                None => {
                    rest = behind.strip_prefix('}').ok_or_else(fault)?;
                    break;
                }
            }
        }
    }
    let number = rest.strip_prefix(' ').ok_or_else(fault)?;
    let is_number = !number.is_empty() && number.bytes().all(|octet| octet.is_ascii_digit());
    if !is_name(name) || !is_number {
        return Err(fault());
    }
    Ok(((name.to_owned(), labels), number.parse().map_err(|_| fault())?))
}

/// The value up to its closing quote, and what stands behind that.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text.char_indices();
    while let Some((place, character)) = rest.next() {
        match character {
            '"' => return Some((value, &text[place + 1..])),
            '\\' => match rest.next()?.1 {
                'n' => value.push('\n'),
                own @ ('\\' | '"') => value.push(own),
                _ => return None,
            },
            _ => value.push(character),
        }
    }
    None
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The value of a series of the domain of most reports.
fn value(text: &str, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    samples(text).expect("an exposition").get(&(name.to_owned(), labels.collect())).copied()
}

const DOMAIN: (&str, &str) = ("domain", "fmsinc.example");

#[test]
fn every_report_is_an_exposition() {
    for report in all() {
        let text = written(&report, prometheus::render);
        assert!(samples(&text).is_ok_and(|samples| !samples.is_empty()), "{text}");
    }
}

#[test]
fn a_domain_that_was_asked_for_twice_has_one_series() {
    let mut report = reports::broken();
    report.domains.push(report.domains[0].clone());
    let text = written(&report, prometheus::render);
    assert_eq!(samples(&text).err(), None);
}

#[test]
fn what_could_not_be_told_has_no_number() {
    let text = written(&reports::unknown(), prometheus::render);
    let [up, lookups] =
        ["mailcheck_up", "mailcheck_spf_lookups"].map(|name| value(&text, name, &[DOMAIN]));
    assert_eq!((up, lookups), (Some(0.0), None));
}

#[test]
fn without_a_clock_there_is_no_time() {
    let mut report = reports::good();
    let name = "mailcheck_last_run_timestamp_seconds";
    let before = value(&written(&report, prometheus::render), name, &[]);
    report.run.started = None;
    let after = value(&written(&report, prometheus::render), name, &[]);
    assert_eq!((before, after), (Some(1_795_485_600.0), None));
}

proptest! {
    #[test]
    fn no_record_ends_a_label_or_a_line(octets in hostile_octets()) {
        let text = written(&reports::hostile(&octets), prometheus::render);
        let benign = written(&reports::hostile(b"a"), prometheus::render);
        let read = samples(&text);
        prop_assert_eq!(read.map(|it| it.len()).ok(), samples(&benign).map(|it| it.len()).ok());
    }
}
