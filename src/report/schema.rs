//! The schemas of the documents (JSON Schema, draft 2020-12), as `mailcheck schema` prints them.
//!
//! They stand in `testdata/schema`. What several documents hold is defined once, in that of reports;
//! a schema that is printed has all the definitions that it uses, and needs no other file.

use super::envelope::Kind;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::collections::BTreeSet;
use std::fmt;

impl Kind {
    /// Its schema as it stands in the file; definitions may be missing.
    fn file(self) -> &'static str {
        match self {
            Self::Report => include_str!("../../testdata/schema/report.schema.json"),
            Self::Lint => include_str!("../../testdata/schema/lint.schema.json"),
            Self::Domain => include_str!("../../testdata/schema/domain.schema.json"),
            Self::Finding => include_str!("../../testdata/schema/finding.schema.json"),
            Self::Senders => include_str!("../../testdata/schema/senders.schema.json"),
            Self::Fix => include_str!("../../testdata/schema/fix.schema.json"),
            Self::Providers => include_str!("../../testdata/schema/providers.schema.json"),
            Self::Rules => include_str!("../../testdata/schema/rules.schema.json"),
            Self::Rule => include_str!("../../testdata/schema/rule.schema.json"),
            Self::Config => include_str!("../../testdata/schema/config.schema.json"),
            Self::Feedback => include_str!("../../testdata/schema/feedback.schema.json"),
            Self::Bounce => include_str!("../../testdata/schema/bounce.schema.json"),
            Self::Message => include_str!("../../testdata/schema/message.schema.json"),
            Self::Baseline => include_str!("../../testdata/schema/baseline.schema.json"),
            Self::Scan => include_str!("../../testdata/schema/scan.schema.json"),
            Self::Smtp => include_str!("../../testdata/schema/smtp.schema.json"),
            Self::History => include_str!("../../testdata/schema/history.schema.json"),
            Self::Watch => include_str!("../../testdata/schema/watch.schema.json"),
            Self::Notice => include_str!("../../testdata/schema/notice.schema.json"),
        }
    }

    /// What the document is for, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Report => "check, diff and test with -f json",
            Self::Lint => "lint with -f json",
            Self::Domain => "a line of check, diff and test with -f jsonl",
            Self::Finding => "a line of lint with -f jsonl",
            Self::Senders => "senders with -f json",
            Self::Fix => "fix with -f json",
            Self::Providers => "providers with -f json",
            Self::Rules => "rules with -f json",
            Self::Rule => "explain with -f json",
            Self::Config => "config show with -f json",
            Self::Feedback => "report with -f json",
            Self::Bounce => "bounce with -f json",
            Self::Message => "message with -f json",
            Self::Baseline => "baseline with -f json",
            Self::Scan => "a line of scan",
            Self::Smtp => "smtp with -f json",
            Self::History => "history with -f json",
            Self::Watch => "watch with -f json",
            Self::Notice => "a line of watch with -f jsonl, a webhook",
        }
    }
}

/// The schema of a kind of document, whole.
pub fn schema(kind: Kind) -> String {
    let own = members(kind.file());
    let shared = members(Kind::Report.file());
    let shared = definitions(&shared);
    let mut wanted = BTreeSet::new();
    for (key, value) in &own {
        if key != DEFINITIONS {
            references(value.get(), &mut wanted);
        }
    }
    let mut known = definitions(&own);
    known.extend(shared);
    let mut written: Vec<(&str, &str)> = Vec::new();
    // What a definition uses is defined as well; each round adds what the last one missed.
    while let Some(name) = wanted.iter().find(|name| !written.iter().any(|(it, _)| it == *name)) {
        let Some((key, value)) = known.iter().find(|(key, _)| key == name) else { break };
        written.push((key, value.get()));
        references(value.get(), &mut wanted);
    }
    written.sort_unstable();
    let line = |indent: &str, key: &str, value: &str| format!("{indent}\"{key}\": {value}");
    let mut lines: Vec<String> = own
        .iter()
        .filter(|(key, _)| key != DEFINITIONS)
        .map(|(key, value)| line("  ", key, value.get()))
        .collect();
    if !written.is_empty() {
        let all: Vec<String> =
            written.iter().map(|(key, value)| line("    ", key, value)).collect();
        lines.push(line("  ", DEFINITIONS, &format!("{{\n{}\n  }}", all.join(",\n"))));
    }
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}

/// The member that holds definitions.
const DEFINITIONS: &str = "$defs";

/// The names of the definitions that a piece of a schema refers to.
fn references(text: &str, names: &mut BTreeSet<String>) {
    let places = text.split("\"#/$defs/").skip(1);
    names.extend(places.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
}

/// The members of an object, in their order, as they are written; none of what is no object.
fn members(text: &str) -> Vec<(String, Box<RawValue>)> {
    serde_json::from_str::<Members>(text).map_or_else(|_| Vec::new(), |members| members.0)
}

fn definitions(members: &[(String, Box<RawValue>)]) -> Vec<(String, Box<RawValue>)> {
    let found = members.iter().find(|(key, _)| key == DEFINITIONS);
    found.map_or_else(Vec::new, |(_, value)| self::members(value.get()))
}

/// The members of an object, in their order.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Members;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Members, A::Error> {
        let mut all = Vec::new();
        while let Some(member) = members.next_entry()? {
            all.push(member);
        }
        Ok(Members(all))
    }
}
