//! What a run found out about one domain.

use super::{
    Authorization, Change, DkimExhibit, DmarcExhibit, FileLocation, Finding, Lookup, MxExhibit,
    SpfExhibit, Step, Verdict,
};
use crate::diagnostic::Standing;
use crate::net::Name;
use crate::text::Phrase;
use serde::Serialize;

/// One domain: the answer, the sections, the findings and every lookup behind them.
#[derive(Clone, Debug, Serialize)]
pub struct Domain {
    /// The domain in A-labels.
    pub domain: Name,
    /// The domain in U-labels.
    pub unicode: String,
    /// Where it is declared: in the configuration, or in a zone file; `null` if nowhere.
    pub declared: Option<FileLocation>,
    /// How it adds up.
    pub result: Verdict,
    /// The answer in one sentence.
    pub headline: Phrase,
    /// What was understood of the input, what was left out.
    pub notes: Vec<Phrase>,
    /// One entry a sender.
    pub authorizations: Vec<Authorization>,
    /// Who receives.
    pub mx: Section<MxExhibit>,
    /// Who may send.
    pub spf: Section<SpfExhibit>,
    /// Whose signature counts.
    pub dkim: Section<DkimExhibit>,
    /// What is done with the rest.
    pub dmarc: Section<DmarcExhibit>,
    /// What its owner expects of it, in the order written; empty if nothing is declared.
    pub contract: Vec<Expected>,
    /// How it differs from how it was; `null` if nothing is compared.
    pub change: Option<Change>,
    /// Faults and what is worth knowing, worst first.
    pub findings: Vec<Finding>,
    /// The lookups that failed, as sentences: what could not be told.
    pub errors: Vec<Phrase>,
    /// Every question and answer, numbered.
    pub lookups: Vec<Lookup>,
}

impl Domain {
    /// The family of each section, how it stands, and the line about it; in the order in which they
    /// are told.
    pub fn sections(&self) -> [(&'static str, Status, &Phrase); 4] {
        [
            ("mx", self.mx.status, &self.mx.summary),
            ("spf", self.spf.status, &self.spf.summary),
            ("dkim", self.dkim.status, &self.dkim.summary),
            ("dmarc", self.dmarc.status, &self.dmarc.summary),
        ]
    }

    /// True if a section could not be told, but for that of keys, which nobody can list.
    pub fn has_unknown_section(&self) -> bool {
        let sections = self.sections();
        sections.iter().any(|(family, status, _)| *family != "dkim" && *status == Status::Unknown)
    }

    /// True if an expectation is not met and that counts: its owner did not decide otherwise, and it
    /// was not so before a change that is judged.
    pub fn is_broken(&self, expected: &Expected) -> bool {
        fn place(it: &FileLocation) -> (&str, u32, u32) {
            (&it.file, it.line, it.column)
        }
        let counts = |at| {
            let own = self.findings.iter().filter(|it| it.id.starts_with("contract/"));
            own.filter(|it| it.location.as_ref().map(place) == at)
                .map(Finding::counts)
                .reduce(|one, other| one || other)
        };
        // What a rule finds again and again is counted in one finding that stands nowhere.
        let is_told = counts(Some(place(&expected.location))).or_else(|| counts(None));
        expected.met == Some(false) && is_told.unwrap_or(false)
    }

    /// How it adds up: the worst of its senders, of the findings that count, and of its sections;
    /// and unknown, unless it is worse, where it could not be told whether its contract is met.
    /// Trouble with the DNS never makes it fail.
    ///
    /// The section of a family that is waived, for its owner decided about all that was found there,
    /// counts only where it could not be told. Of a change only what it brings about counts.
    pub fn verdict(&self, is_waived: impl Fn(&str) -> bool) -> Verdict {
        let counting = self.findings.iter().filter(|finding| finding.counts());
        let findings = counting.map(|finding| Verdict::from(finding.severity));
        if let Some(change) = &self.change {
            // What was so before is not judged again.
            let told = if change.unknown.is_empty() { Verdict::Ok } else { Verdict::Unknown };
            return findings.chain([told]).max().unwrap_or_default();
        }
        let sections = self.sections().into_iter().map(|(family, status, _)| match status {
            // That no key was found among the names tried is no trouble; that they went unanswered is.
            Status::Unknown if family == "dkim" && !self.dkim.exhibit.is_unanswered() => {
                Verdict::Ok
            }
            Status::Unknown => Verdict::Unknown,
            Status::Broken if !is_waived(family) => Verdict::Fail,
            Status::Weak if !is_waived(family) => Verdict::Warn,
            _ => Verdict::Ok,
        });
        let senders = self.authorizations.iter().map(Authorization::verdict);
        // What is not met is a finding, and counts as one.
        let untold = self.contract.iter().filter(|expected| expected.met.is_none());
        let contract = untold.map(|_| Verdict::Unknown);
        senders.chain(findings).chain(sections).chain(contract).max().unwrap_or_default()
    }
}

/// One expectation of the contract, and whether it is met.
#[derive(Clone, Debug, Serialize)]
pub struct Expected {
    /// What is expected, in a few words.
    pub expectation: Phrase,
    /// Whether it is met; `null` if that could not be told.
    pub met: Option<bool>,
    /// Where it is written.
    pub location: FileLocation,
}

/// How a section stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Published, valid and in force.
    Good,
    /// Published and valid, weaker than it could be.
    Weak,
    /// Published, and receivers ignore or refuse it.
    Broken,
    /// Proved not to be published.
    Absent,
    /// Could not be told.
    Unknown,
    /// Not asked for.
    Skipped,
}

impl Status {
    /// The word for it, everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Weak => "weak",
            Self::Broken => "broken",
            Self::Absent => "absent",
            Self::Unknown => "unknown",
            Self::Skipped => "skipped",
        }
    }
}

impl From<Standing> for Status {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Good => Self::Good,
            Standing::Weak => Self::Weak,
            Standing::Broken => Self::Broken,
            Standing::Absent => Self::Absent,
            Standing::Unknown => Self::Unknown,
        }
    }
}

/// One protocol at one domain.
#[derive(Clone, Debug, Serialize)]
pub struct Section<E> {
    /// How it stands.
    pub status: Status,
    /// The line about it: what a reader wants to know first.
    pub summary: Phrase,
    /// What was found, as data.
    #[serde(flatten)]
    pub exhibit: E,
    /// How it was found out.
    pub steps: Vec<Step>,
}

impl<E: Default> Section<E> {
    /// A section that nobody asked for.
    pub fn skipped() -> Self {
        Self {
            status: Status::Skipped,
            summary: Phrase::new(),
            exhibit: E::default(),
            steps: Vec::new(),
        }
    }
}
