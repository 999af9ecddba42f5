//! The envelope of every JSON document: what it is, which program wrote it, and when.

use crate::text::listed_or;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;

/// A kind of JSON document. Within a major version members and values of enums are only added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// What was found out about domains: a check, a test of contracts, a comparison.
    Report,
    /// What was found in zone files.
    Lint,
    /// One domain of a report, as a line.
    Domain,
    /// One finding in zone files, as a line.
    Finding,
    /// Who may send for a domain.
    Senders,
    /// The changes that repair a domain.
    Fix,
    /// What is known of providers.
    Providers,
    /// Every rule.
    Rules,
    /// One rule.
    Rule,
    /// The configuration that holds.
    Config,
    /// What others report of a domain's mail.
    Feedback,
    /// What bounced.
    Bounce,
    /// Messages that arrived.
    Message,
    /// What became of a baseline.
    Baseline,
    /// One domain of a scan, as a line.
    Scan,
    /// Dialogues with mail servers.
    Smtp,
    /// What became of domains over time.
    History,
    /// What a look at watched domains found.
    Watch,
    /// A message about an incident.
    Notice,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Report,
        Self::Lint,
        Self::Domain,
        Self::Finding,
        Self::Senders,
        Self::Fix,
        Self::Providers,
        Self::Rules,
        Self::Rule,
        Self::Config,
        Self::Feedback,
        Self::Bounce,
        Self::Message,
        Self::Baseline,
        Self::Scan,
        Self::Smtp,
        Self::History,
        Self::Watch,
        Self::Notice,
    ];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Lint => "lint",
            Self::Domain => "domain",
            Self::Finding => "finding",
            Self::Senders => "senders",
            Self::Fix => "fix",
            Self::Providers => "providers",
            Self::Rules => "rules",
            Self::Rule => "rule",
            Self::Config => "config",
            Self::Feedback => "feedback",
            Self::Bounce => "bounce",
            Self::Message => "message",
            Self::Baseline => "baseline",
            Self::Scan => "scan",
            Self::Smtp => "smtp",
            Self::History => "history",
            Self::Watch => "watch",
            Self::Notice => "notice",
        }
    }

    /// Name and major version of its form, as `schema` says it.
    pub fn schema(self) -> &'static str {
        match self {
            Self::Report => "mailcheck.report/1",
            Self::Lint => "mailcheck.lint/1",
            Self::Domain => "mailcheck.domain/1",
            Self::Finding => "mailcheck.finding/1",
            Self::Senders => "mailcheck.senders/1",
            Self::Fix => "mailcheck.fix/1",
            Self::Providers => "mailcheck.providers/1",
            Self::Rules => "mailcheck.rules/1",
            Self::Rule => "mailcheck.rule/1",
            Self::Config => "mailcheck.config/1",
            Self::Feedback => "mailcheck.feedback/1",
            Self::Bounce => "mailcheck.bounce/1",
            Self::Message => "mailcheck.message/1",
            Self::Baseline => "mailcheck.baseline/1",
            Self::Scan => "mailcheck.scan/1",
            Self::Smtp => "mailcheck.smtp/1",
            Self::History => "mailcheck.history/1",
            Self::Watch => "mailcheck.watch/1",
            Self::Notice => "mailcheck.notice/1",
        }
    }

    /// The kind with this name, or with this `schema`.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word || kind.schema() == word)
    }
}

/// Which program wrote a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tool {
    /// Always `mailcheck`.
    pub name: Cow<'static, str>,
    /// Its version.
    pub version: Cow<'static, str>,
}

impl Default for Tool {
    fn default() -> Self {
        Self { name: "mailcheck".into(), version: env!("CARGO_PKG_VERSION").into() }
    }
}

/// What every document begins with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Envelope {
    schema: Cow<'static, str>,
    version: Cow<'static, str>,
    tool: Cow<'static, str>,
    started: Option<String>,
}

impl Envelope {
    fn new(kind: Kind, tool: &Tool, started: Option<&str>) -> Self {
        Self {
            schema: kind.schema().into(),
            version: tool.version.clone(),
            tool: tool.name.clone(),
            started: started.map(str::to_owned),
        }
    }

    /// The program that wrote the document, and when its run began.
    pub(super) fn open(self) -> (Tool, Option<String>) {
        (Tool { name: self.tool, version: self.version }, self.started)
    }
}

/// A document in its envelope.
#[derive(Clone, Debug, Serialize)]
pub struct Enveloped<B> {
    #[serde(flatten)]
    pub(super) envelope: Envelope,
    #[serde(flatten)]
    pub(super) body: B,
}

impl<B> Enveloped<B> {
    /// A document of a kind that this program wrote; `started` is when its run began, as RFC 3339 has
    /// it, `None` where the document is the same whenever it is written.
    pub fn new(kind: Kind, started: Option<&str>, body: B) -> Self {
        Self::by(&Tool::default(), kind, started, body)
    }

    /// A document that was written by that program.
    pub(super) fn by(tool: &Tool, kind: Kind, started: Option<&str>, body: B) -> Self {
        Self { envelope: Envelope::new(kind, tool, started), body }
    }

    /// Reads a document of one of these kinds.
    ///
    /// # Errors
    /// It is of another kind or another major version, or not what such a document is.
    pub(super) fn read<'de, D>(input: D, kinds: &[Kind]) -> Result<Self, D::Error>
    where
        D: Deserializer<'de>,
        B: Deserialize<'de>,
    {
        #[derive(Deserialize)]
        struct Whole<B> {
            #[serde(flatten)]
            envelope: Envelope,
            #[serde(flatten)]
            body: B,
        }
        let Whole { envelope, body } = Whole::deserialize(input)?;
        if !kinds.iter().any(|kind| kind.schema() == envelope.schema) {
            let known: Vec<&str> = kinds.iter().map(|kind| kind.schema()).collect();
            let (schema, known) = (&envelope.schema, listed_or(&known));
            return Err(D::Error::custom(format_args!("{schema} is not {known}")));
        }
        Ok(Self { envelope, body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_known_by_its_name_and_by_its_schema() {
        for kind in Kind::ALL {
            assert_eq!([kind.word(), kind.schema()].map(Kind::from_word), [Some(kind); 2]);
        }
        assert_eq!(["report/1", "mailcheck.report/2", ""].map(Kind::from_word), [None; 3]);
    }
}
