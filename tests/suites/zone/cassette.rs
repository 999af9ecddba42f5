//! A suite's zone on cassette: JSON lines, sorted, one answer a line.

use super::Zone;
use mailcheck::dns::{Answer, Data, Kind, Question};
use mailcheck::net::Name;
use serde::Serialize;
use std::fmt::Write;

/// The cassette is the whole world: what is not on it does not exist.
const HEADER: &str = r#"{"cassette":1,"absent":"nxdomain"}"#;

/// The types that a check of SPF may ask for.
const ASKED: [Kind; 6] = [Kind::A, Kind::Aaaa, Kind::Cname, Kind::Mx, Kind::Ptr, Kind::Txt];

#[derive(Serialize)]
struct Line<'a> {
    name: &'a Name,
    r#type: Kind,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<u32>,
    records: Vec<String>,
    aliases: &'a [Name],
}

impl Zone {
    /// Everything that a check of SPF may ask about a name of the zone.
    ///
    /// A wildcard speaks for names without number: such a zone panics.
    pub(crate) fn questions(&self) -> impl Iterator<Item = Question> {
        // The root exists, but nothing asks it for a policy.
        self.existing.iter().filter(|name| !name.is_root()).flat_map(|name| {
            assert!(name.labels().next() != Some(b"*"), "{name}: a tape cannot hold a wildcard");
            ASKED.map(|kind| Question::new(name.clone(), kind))
        })
    }

    /// The cassette on which every name of the zone answers as the zone does.
    pub(crate) fn cassette(&self) -> String {
        let answers = self.questions().map(|question| self.answer(&question));
        let mut lines: Vec<_> = answers.map(|answer| line(&answer)).collect();
        lines.sort();
        lines.insert(0, HEADER.into());
        lines.push(String::new());
        lines.join("\n")
    }
}

fn line(answer: &Answer) -> String {
    let records: Vec<_> =
        answer.records().iter().map(|record| presentation(&record.data)).collect();
    let line = Line {
        name: &answer.question.name,
        r#type: answer.question.kind,
        outcome: answer.outcome.word(),
        ttl: (!records.is_empty()).then_some(3600),
        records,
        aliases: &answer.aliases,
    };
    serde_json::to_string(&line).expect("words and numbers can be written as JSON")
}

/// Rdata as a master file has it (RFC 1035 §5.1).
fn presentation(data: &Data) -> String {
    match data {
        Data::A(address) => address.to_string(),
        Data::Aaaa(address) => address.to_string(),
        Data::Cname(name) | Data::Ptr(name) => absolute(name),
        Data::Mx { preference, exchange } => format!("{preference} {}", absolute(exchange)),
        // A text without any string is illegal on the wire and cannot be written; joined, it is
        // the same as one empty string.
        Data::Txt(strings) if strings.is_empty() => r#""""#.into(),
        Data::Txt(strings) => strings.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(" "),
        _ => unreachable!("no suite has such a record"),
    }
}

fn absolute(name: &Name) -> String {
    if name.is_root() { ".".into() } else { format!("{name}.") }
}

fn quoted(text: &[u8]) -> String {
    let mut quoted = String::from('"');
    for octet in text {
        match octet {
            b'"' | b'\\' => {
                quoted.push('\\');
                quoted.push(char::from(*octet));
            }
            b' '..=b'~' => quoted.push(char::from(*octet)),
            _ => {
                let _ = write!(quoted, "\\{octet:03}");
            }
        }
    }
    quoted.push('"');
    quoted
}
