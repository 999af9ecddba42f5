//! What a run found out about one domain.

use super::{
    Answer, Authoritative, Authorization, Change, Details, DkimDetails, DmarcDetails, Error, Fault,
    FaultKind, FileLocation, Finding, Lookup, MxDetails, Origin, RecognisedProvider, Resolver,
    SpfDetails, Step, Unknown, Verdict, headline,
};
use crate::diagnostic::{Severity, Standing, family};
use crate::net::Name;
use crate::protocols::{Protocol, ROWS, Row};
use crate::text::Phrase;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// One domain: the answer, the sections, the findings and every lookup behind them.
///
/// [`Domain::sections`] is the list of all sections. MX, SPF, DKIM and DMARC are fields besides,
/// since contracts, metrics and headlines read their details, each of a type of its own: out of a
/// list of one type they would have to be found and matched, with an arm for a section that is not
/// there. Of the protocols in [`Others`] nothing above their rows reads a detail by name. In JSON
/// there is no difference: each section is a member called as its protocol is.
///
/// In JSON what could not be determined follows from the rest ([`Domain::unknowns`]).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(remote = "Self")]
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
    /// What the answer is put together from; not part of the JSON form.
    #[serde(skip)]
    #[doc(hidden)]
    pub parts: headline::Parts,
    /// Who has to act, the gravest first; empty if nothing is wrong.
    pub faults: Vec<Fault>,
    /// What was understood of the input, what was left out.
    pub notes: Vec<Phrase>,
    /// One entry a sender.
    pub authorizations: Vec<Authorization>,
    /// Who receives.
    pub mx: Section<MxDetails>,
    /// Who may send.
    pub spf: Section<SpfDetails>,
    /// Whose signature counts.
    pub dkim: Section<DkimDetails>,
    /// What is done with the rest.
    pub dmarc: Section<DmarcDetails>,
    /// Protocols that need no other one, by their words.
    #[serde(flatten)]
    pub others: Others,
    /// The providers that keep its mailboxes, with the records that they document.
    #[serde(default)]
    pub providers: Vec<RecognisedProvider>,
    /// What its owner expects of it, in the order written; empty if nothing is declared.
    pub contract: Vec<Expected>,
    /// How it differs from how it was; `null` if nothing is compared.
    pub change: Option<Change>,
    /// What each name server of the zone says, if they were asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authoritative: Option<Authoritative>,
    /// What the MX hosts said, if they were connected to.
    #[cfg(feature = "smtp")]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[doc(hidden)]
    pub smtp: Vec<super::smtp::Probe>,
    /// What each of several resolvers says, if they were compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolvers: Vec<Resolver>,
    /// Faults and what is worth knowing, worst first.
    pub findings: Vec<Finding>,
    /// The queries that failed: what is undetermined.
    pub errors: Vec<Error>,
    /// Every question and answer, numbered; empty if the document was written without them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lookups: Vec<Lookup>,
}

impl Domain {
    /// The worst answer about the senders asked about; `None` if there is none: then the report is
    /// about the domain.
    pub fn answer(&self) -> Option<Answer> {
        let asked = self.authorizations.iter().filter(|one| one.origin == Origin::Asked);
        asked.map(|one| one.answer).max().filter(|_| self.change.is_none())
    }

    /// The same without the steps, the lookups that were answered, and the lists of networks: what is
    /// kept of a domain where a format is written when all of them are known.
    #[must_use]
    pub fn outline(mut self) -> Self {
        self.lookups.retain(|lookup| !lookup.is_answered());
        self.lookups.shrink_to_fit();
        self.mx.steps = Vec::new();
        self.spf.steps = Vec::new();
        self.dkim.steps = Vec::new();
        self.dmarc.steps = Vec::new();
        for other in &mut self.others.0 {
            other.section.steps = Vec::new();
        }
        let spf = &mut self.spf.details;
        (spf.tree, spf.ipv4, spf.ipv6) = (Vec::new(), Vec::new(), Vec::new());
        for one in &mut self.authorizations {
            one.spf.steps = Vec::new();
            if let Some(helo) = &mut one.helo {
                helo.steps = Vec::new();
            }
            if let Some(dmarc) = &mut one.dmarc {
                dmarc.steps = Vec::new();
            }
        }
        self
    }

    /// Each protocol that the report speaks of, in the order in which they are shown.
    pub fn sections(&self) -> Vec<SectionView<'_>> {
        let mut views = vec![
            self.mx.view(Protocol::Mx),
            self.spf.view(Protocol::Spf),
            self.dkim.view(Protocol::Dkim),
            self.dmarc.view(Protocol::Dmarc),
        ];
        views.extend(self.others.0.iter().map(|other| other.section.view(other.protocol)));
        views
    }

    /// The section of a protocol, if the report speaks of it.
    pub fn section(&self, protocol: Protocol) -> Option<SectionView<'_>> {
        self.sections().into_iter().find(|view| view.protocol == protocol)
    }

    /// True if an expectation is not met and that counts: its owner did not decide otherwise, and it
    /// was not so before a change that is judged.
    #[doc(hidden)]
    pub fn is_broken(&self, expected: &Expected) -> bool {
        fn place(it: &FileLocation) -> (&str, u32, u32) {
            (&it.file, it.line, it.column)
        }
        let counts = |at| {
            let own = self.findings.iter().filter(|it| it.rule.family() == family::CONTRACT);
            own.filter(|it| it.location.as_ref().map(place) == at)
                .map(Finding::counts)
                .reduce(|one, other| one || other)
        };
        // What a rule finds again and again is counted in one finding that stands nowhere.
        let is_counted = counts(Some(place(&expected.location))).or_else(|| counts(None));
        expected.met == Some(false) && is_counted.unwrap_or(false)
    }

    /// Leaves the faults that rest on what counts, and adds those of findings that count and were
    /// not attributed yet: what the contract found, and what the owner made an error.
    pub(super) fn conclude_faults(&mut self) {
        if self.result == Verdict::Ok {
            self.faults.clear();
            return;
        }
        let findings = &self.findings;
        let counts = |fingerprint: &str| {
            findings.iter().any(|it| it.fingerprint == fingerprint && it.counts())
        };
        self.faults.retain(|fault| {
            let mut rests_on = fault.fingerprints().peekable();
            rests_on.peek().is_none() || rests_on.any(counts)
        });
        let errors = findings.iter().filter(|it| it.counts() && it.severity == Severity::Error);
        for finding in errors {
            let known = |fault: &Fault| fault.fingerprints().any(|it| it == finding.fingerprint);
            if !self.faults.iter().any(known) {
                let fault = Fault::of_record(finding);
                if !self.faults.iter_mut().any(|known| known.absorb(&fault)) {
                    self.faults.push(fault);
                }
            }
        }
        if self.faults.is_empty() && self.result == Verdict::Unknown {
            let first = self.unknowns().into_iter().next();
            let reason = first.map_or_else(|| self.headline.clone(), |unknown| unknown.why);
            let kind = FaultKind::Undetermined;
            self.faults.push(Fault::undetermined(kind, reason, Phrase::new()));
        }
    }

    /// How it adds up: the worst of its senders, of the findings that count, and of its sections;
    /// and unknown, unless it is worse, where it could not be told whether its contract is met.
    /// Trouble with the DNS never makes it fail. What is weak about a section is a finding, which
    /// says how much it matters.
    ///
    /// The section of a family that is waived, for its owner decided about all that was found there,
    /// counts only where it could not be told. Of a change only what it brings about counts.
    #[doc(hidden)]
    pub fn verdict(&self, is_waived: impl Fn(&str) -> bool) -> Verdict {
        let counting = self.findings.iter().filter(|finding| finding.counts());
        let findings = counting.map(|finding| Verdict::from(finding.severity));
        let unknown = self.unknowns().into_iter().map(|_| Verdict::Unknown);
        if self.change.is_some() {
            // What was so before is not judged again.
            return findings.chain(unknown).max().unwrap_or_default();
        }
        let sections = self.sections().into_iter().map(|view| match view.status {
            Status::Broken if !is_waived(view.protocol.word()) => Verdict::Fail,
            _ => Verdict::Ok,
        });
        let senders = self.authorizations.iter().map(Authorization::verdict);
        let probes = self.probe_verdicts();
        let all = senders.chain(findings).chain(sections).chain(unknown).chain(probes);
        all.max().unwrap_or_default()
    }

    /// How the MX hosts add up that were connected to.
    #[cfg(feature = "smtp")]
    pub(super) fn probe_verdicts(&self) -> impl Iterator<Item = Verdict> {
        self.smtp.iter().map(|probe| probe.result)
    }

    /// None were connected to.
    #[cfg(not(feature = "smtp"))]
    pub(super) fn probe_verdicts(&self) -> impl Iterator<Item = Verdict> {
        std::iter::empty()
    }
}

impl Serialize for Domain {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'d> {
            #[serde(flatten, serialize_with = "members")]
            domain: &'d Domain,
            unknown: Vec<Unknown>,
        }
        fn members<S: Serializer>(domain: &&Domain, out: S) -> Result<S::Ok, S::Error> {
            // Its own members, as they are derived.
            Domain::serialize(domain, out)
        }
        Whole { domain: self, unknown: self.unknowns() }.serialize(out)
    }
}

impl<'de> Deserialize<'de> for Domain {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        // As it is derived: what could not be determined follows from the rest.
        Self::deserialize(input)
    }
}

/// One expectation of the contract, and whether it is met.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Expected {
    /// What is expected, in a few words.
    pub expectation: Phrase,
    /// Whether it is met; `null` if that could not be told.
    pub met: Option<bool>,
    /// Where it is written.
    pub location: FileLocation,
}

/// How a section stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Published and valid as far as it was looked at: what it leads to was not.
    Partial,
    /// Could not be told.
    Unknown,
    /// Not asked for.
    Skipped,
    /// The recording does not hold what was asked: it was made before the protocol was known.
    NotRecorded,
}

impl Status {
    /// The word for it, everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Weak => "weak",
            Self::Broken => "broken",
            Self::Absent => "absent",
            Self::Partial => "partial",
            Self::Unknown => "unknown",
            Self::Skipped => "skipped",
            Self::NotRecorded => "not recorded",
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
            Standing::Partial => Self::Partial,
            Standing::Unknown => Self::Unknown,
        }
    }
}

/// One protocol at one domain.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Section<E> {
    /// How it stands.
    pub status: Status,
    /// The line about it: what a reader wants to know first.
    pub summary: Phrase,
    /// What was found, as data.
    #[serde(flatten)]
    pub details: E,
    /// How it was found out; empty if the document was written without steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// A section of any protocol, as lists of sections show it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SectionView<'s> {
    /// The protocol.
    pub protocol: Protocol,
    /// How it stands.
    pub status: Status,
    /// The line about it.
    pub summary: &'s Phrase,
    /// How it was found out.
    pub steps: &'s [Step],
}

impl SectionView<'_> {
    /// True if the protocol was examined: neither left out nor unknown to the recording.
    pub fn is_examined(&self) -> bool {
        !matches!(self.status, Status::Skipped | Status::NotRecorded)
    }

    /// True if it was looked at and it was determined how it stands.
    pub fn is_determined(&self) -> bool {
        self.is_examined() && self.status != Status::Unknown
    }
}

impl<E> Section<E> {
    /// The section as lists show it.
    fn view(&self, protocol: Protocol) -> SectionView<'_> {
        SectionView { protocol, status: self.status, summary: &self.summary, steps: &self.steps }
    }
}

/// The protocols whose sections are fields of a domain.
const TYPED: [Protocol; 4] = [Protocol::Mx, Protocol::Spf, Protocol::Dkim, Protocol::Dmarc];

/// The sections of protocols that need no other one, in the order in which they are shown: each of
/// these protocols has one, so that a report has the same keys whatever was examined.
#[derive(Clone, Debug)]
pub struct Others(pub Vec<Other>);

impl Default for Others {
    /// Every section skipped.
    fn default() -> Self {
        let rows = ROWS.iter().filter(|row| !TYPED.contains(&row.protocol));
        let skipped = |row: &Row| Other { protocol: row.protocol, section: Section::skipped() };
        Self(rows.map(skipped).collect())
    }
}

/// The section of a protocol that needs no other one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Other {
    /// The protocol.
    pub protocol: Protocol,
    /// What was found out.
    pub section: Section<Details>,
}

impl Serialize for Others {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Of what few domains need, a recording that does not hold it says nothing.
        let is_said = |other: &&Other| {
            !(other.protocol.is_optional() && other.section.status == Status::NotRecorded)
        };
        let said = self.0.iter().filter(is_said);
        serializer.collect_map(said.map(|other| (other.protocol.word(), &other.section)))
    }
}

impl<'de> Deserialize<'de> for Others {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_map(ByWord)
    }
}

/// Takes the members of an object that are called as a protocol is, in their order.
struct ByWord;

impl<'de> Visitor<'de> for ByWord {
    type Value = Others;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Others, A::Error> {
        let mut others = Others(Vec::new());
        while let Some(word) = members.next_key::<Cow<'_, str>>()? {
            match Protocol::from_word(&word) {
                Some(protocol) => {
                    others.0.push(Other { protocol, section: members.next_value()? });
                }
                // A protocol of a later version, or a member beside the domain's own.
                None => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(others)
    }
}

impl<E: Default> Section<E> {
    /// A section that nobody asked for.
    pub fn skipped() -> Self {
        Self {
            status: Status::Skipped,
            summary: Phrase::new(),
            details: E::default(),
            steps: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocols::Detail;

    #[test]
    fn sections_by_the_words_of_protocols_are_read_back_in_their_order() {
        let other = |protocol, details| Other {
            protocol,
            section: Section {
                details: Details::from(details),
                status: Status::Weak,
                summary: Phrase::from("a line"),
                steps: Vec::new(),
            },
        };
        let texts = Detail::Texts(vec!["a".into()]);
        let others = Others(vec![
            other(Protocol::Spf, vec![("z", Detail::None), ("a", Detail::Number(3))]),
            other(Protocol::Mx, vec![("b", texts), ("c", Detail::Flag(true))]),
        ]);
        let written = serde_json::to_string(&others).unwrap();
        let read: Others = serde_json::from_str(&written).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), written);
        assert_eq!(read.0.len(), 2);
    }
}
