//! One query at the domain, one at its organization, and what their answers mean.

use super::enforcement::Enforcement;
use super::event::Event;
use super::fetch::{Evidence, Logo, evidence, logo};
use super::grammar::{is_record, parse};
use super::mark::{Expected, Roots};
use super::record::Record;
use super::{explain, lint, section};
use crate::diagnostic::{self, Finding, Standing, Step};
use crate::dns::sole::{Found, Published, Sole, Text, sole};
use crate::dns::{Dns, Failure, alongside};
use crate::net::{Name, organization};
use crate::protocols::{Detail, Examined, Examining};
use crate::text::tag_list::tag_list;
use crate::text::{Phrase, escape, rfc3339};
use crate::web::Web;

/// The label below a selector.
const LABEL: &str = "_bimi";

/// The selector of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector(Name);

impl Selector {
    /// A selector: one label or several, as in `BIMI-Selector: v=BIMI1; s=brand`. `None` if it is no
    /// name.
    pub fn new(text: &str) -> Option<Self> {
        let name = Name::from_octets(text.as_bytes()).ok()?;
        (name.label_count() > 0).then_some(Self(name))
    }

    /// The selector that the BIMI-Selector field of a message names; `default` if it names none, and
    /// `None` if the field is not valid.
    pub fn from_field(value: &[u8]) -> Option<Self> {
        let tags = tag_list(value, section("4.3"));
        if !is_record(value) || !tags.errors.is_empty() {
            return None;
        }
        match tags.value.iter().find(|tag| tag.name == b"s") {
            None => Some(Self::default()),
            Some(tag) => Self::new(std::str::from_utf8(tag.value).ok()?),
        }
    }

    /// The name of its record at a domain; `None` if that would be too long.
    fn owner(&self, domain: &Name) -> Option<Name> {
        self.0.under(&domain.child(LABEL).ok()?).ok()
    }
}

impl Default for Selector {
    fn default() -> Self {
        Self(Name::from_octets(b"default").unwrap_or_else(|_| Name::root()))
    }
}

/// What is looked for, besides the domain.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The selector.
    pub selector: Selector,
    /// True if the logo and the mark certificate are fetched.
    pub logo: bool,
    /// Who may issue mark certificates.
    pub roots: Roots,
    /// When certificates have to be valid, in seconds since 1970; `None` leaves their dates aside.
    pub now: Option<u64>,
}

/// What was found out about a domain's BIMI.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The domain.
    pub domain: Name,
    /// What is published at the domain and, if nothing is there, at its organization.
    pub visits: Vec<Sole<Record>>,
    /// Whether DMARC lets receivers look for the logo.
    pub enforcement: Enforcement,
    /// What came of fetching the logo; `None` if it was not.
    pub logo: Option<Logo>,
    /// What came of fetching the mark certificate; `None` if it was not.
    pub evidence: Option<Evidence>,
    /// When certificates have to be valid, in seconds since 1970.
    pub now: Option<u64>,
}

/// Examines a domain, its DMARC left aside.
pub fn examine<'a>(dns: &'a dyn Dns, web: &'a dyn Web, domain: &'a Name) -> Examining<'a> {
    Box::pin(async move {
        let found = facts(dns, web, domain, &Wanted::default()).await;
        Box::new(found) as Box<dyn Examined>
    })
}

/// Finds out what a domain publishes, or the organization above it.
pub async fn facts(dns: &dyn Dns, web: &dyn Web, domain: &Name, wanted: &Wanted) -> Facts {
    let at = |domain: &Name| wanted.selector.owner(domain);
    let above = Some(organization(domain)).filter(|above| above != domain);
    let look = async {
        let mut visits = vec![sole(dns, domain, at(domain), is_record, parse).await];
        // §7.2: without a BIMI record there, the organization is asked with the same selector.
        if let Some(above) = &above
            && visits.iter().all(|visit| matches!(visit.found, Found::Nothing))
        {
            visits.push(sole(dns, above, at(above), is_record, parse).await);
        }
        visits
    };
    let ahead = async {
        if let Some(above) = &above {
            sole(dns, above, at(above), is_record, parse).await;
        }
    };
    let visits = alongside(look, ahead).await;
    let enforcement = Enforcement::NotExamined;
    let facts = Facts {
        domain: domain.clone(),
        visits,
        enforcement,
        logo: None,
        evidence: None,
        now: wanted.now,
    };
    let Some((visit, record)) = facts.usable().filter(|_| wanted.logo && web.is_asked()) else {
        return facts;
    };
    let of_logo = async {
        match &record.logo {
            Some(location) => Some(logo(dns, web, location).await),
            None => None,
        }
    };
    let others = [domain, above.as_ref().unwrap_or(domain)];
    let owner = visit.owner();
    let expected = Expected { domain: &visit.domain, others, owner: &owner };
    let of_evidence = async {
        let Some(location) = &record.evidence else { return None };
        Some(evidence(dns, web, location, &wanted.roots, &expected, wanted.now).await)
    };
    let (logo, evidence) = tokio::join!(of_logo, of_evidence);
    Facts { logo, evidence, ..facts }
}

/// The name below a domain that its record is published at; `None` if that would be too long.
pub fn owner(domain: &Name) -> Option<Name> {
    Selector::default().owner(domain)
}

impl Facts {
    /// What decides: the first place where something was found or that could not be asked.
    pub fn deciding(&self) -> Option<&Sole<Record>> {
        let mut visits = self.visits.iter();
        visits.find(|visit| !matches!(visit.found, Found::Nothing)).or(self.visits.first())
    }

    /// The record, if there is exactly one.
    pub fn published(&self) -> Option<(&Sole<Record>, &Published<Record>)> {
        let visit = self.deciding()?;
        Some((visit, visit.published()?))
    }

    /// The record, if receivers can use it.
    pub fn usable(&self) -> Option<(&Sole<Record>, &Record)> {
        let (visit, published) = self.published()?;
        published.record.errors.is_empty().then(|| (visit, published.record()))
    }

    /// Discarded texts that were probably meant as a BIMI record.
    pub fn lookalikes(&self) -> impl Iterator<Item = (&Sole<Record>, &Text)> {
        self.visits.iter().flat_map(|visit| {
            let texts = visit.discarded.iter().filter(|text| text.has(b"bimi"));
            texts.map(move |text| (visit, text))
        })
    }
}

impl Examined for Facts {
    fn standing(&self) -> Standing {
        match self.deciding().map(|visit| &visit.found) {
            None | Some(Found::Nothing) => Standing::Absent,
            // A logo decides nothing about delivery.
            Some(Found::Failed(_)) => Standing::Partial,
            Some(Found::Several(_)) => Standing::Broken,
            Some(Found::One(published)) if !published.record.errors.is_empty() => Standing::Broken,
            Some(Found::One(published)) if published.record().is_declined => Standing::Absent,
            Some(Found::One(_)) => match &self.enforcement {
                _ if self.logo.as_ref().is_some_and(Logo::is_unusable) => Standing::Broken,
                _ if self.evidence.as_ref().is_some_and(Evidence::is_unusable) => Standing::Broken,
                Enforcement::Strict | Enforcement::NotExamined => Standing::Good,
                Enforcement::Short(_) => Standing::Weak,
                Enforcement::Unknown(_) => Standing::Partial,
            },
        }
    }

    fn summary(&self) -> Phrase {
        explain::summary(self)
    }

    fn details(&self) -> Vec<(&'static str, Detail)> {
        let Some((visit, published)) = self.published() else {
            return vec![("record", Detail::None)];
        };
        let record = published.record();
        let text = |octets: &[u8]| Detail::Text(escape(octets));
        let of = |location: &Option<super::Location>| {
            location.as_ref().map_or(Detail::None, |location| text(&location.uri))
        };
        let is_enforced = match &self.enforcement {
            Enforcement::Strict => Detail::Flag(true),
            Enforcement::Short(_) => Detail::Flag(false),
            Enforcement::Unknown(_) | Enforcement::NotExamined => Detail::None,
        };
        let checked = self.logo.as_ref().map(|logo| {
            let words = match &logo.file {
                Ok(judged) => judged.problems.clone(),
                Err(why) => vec![why.phrase().to_string()],
            };
            ("logo_problems", Detail::Texts(words))
        });
        let details = vec![
            ("record", text(&record.text)),
            ("at", Detail::Text(visit.owner().to_string())),
            ("logo", of(&record.logo)),
            ("evidence", of(&record.evidence)),
            ("declined", Detail::Flag(record.is_declined)),
            ("dmarc_enforced", is_enforced),
        ];
        let certified = self.evidence.iter().flat_map(|evidence| {
            let mark = evidence.file.as_ref().ok();
            let words = match &evidence.file {
                Ok(mark) => mark.flaws.iter().map(|flaw| flaw.phrase().to_string()).collect(),
                Err(why) => vec![why.phrase().to_string()],
            };
            let text = |text: Option<String>| text.map_or(Detail::None, Detail::Text);
            [
                ("mark_holder", text(mark.and_then(|mark| mark.holder.clone()))),
                ("mark_type", text(mark.and_then(|mark| mark.kind.clone()))),
                ("mark_until", text(mark.and_then(|mark| mark.not_after).map(rfc3339))),
                ("mark_problems", Detail::Texts(words)),
            ]
        });
        details.into_iter().chain(checked).chain(certified).collect()
    }

    fn findings(&self) -> Vec<Finding> {
        lint::check(self)
    }

    fn steps(&self) -> Vec<Step<Box<dyn diagnostic::Event>>> {
        Event::trace(self)
    }

    fn failure(&self) -> Option<&Failure> {
        // Another failure leaves the standing partial; a recording that was made before the protocol was
        // known says nothing of it.
        self.deciding()?.failure().filter(|failure| failure.is_not_recorded())
    }
}
