//! DMARC aggregate reports: what a receiver saw of a domain in a span of time, RFC 7489 Appendix C and
//! RFC 9990, and the forms that drafts had before.

mod documents;
mod place;
mod read;
mod values;

pub use documents::read;
pub(crate) use values::odd_address;

use super::flaw::Flaws;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

/// One report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Aggregate {
    /// Who reports, as the report says it; `None` if it does not.
    pub org: Option<String>,
    /// The reporter's address.
    pub email: Option<String>,
    /// The identifier, as it was sent: unique per reporter at best.
    pub report_id: Option<String>,
    /// When the span begins, Unix seconds; `None` if that cannot be told.
    pub begin: Option<i64>,
    /// When it ends.
    pub end: Option<i64>,
    /// The version of the form.
    pub version: Option<String>,
    /// The program that wrote it.
    pub generator: Option<String>,
    /// What went wrong at the reporter, in its words.
    pub errors: Vec<String>,
    /// The policy that the reporter saw.
    pub policy: Published,
    /// What it saw, in the order of the report.
    pub records: Vec<Record>,
    /// What is wrong with it.
    pub flaws: Flaws,
    /// True if its end is missing.
    pub is_cut: bool,
}

/// The policy that a reporter saw: tag → value as it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// The domain that the policy was found at.
    pub domain: Option<String>,
    /// The tags, by name.
    pub tags: BTreeMap<&'static str, String>,
}

/// Messages of one source that fared alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Where they came from.
    pub source: Source,
    /// How many; 0 if that cannot be read.
    pub count: u64,
    /// What the receiver did.
    pub disposition: Option<String>,
    /// Whether an aligned signature passed.
    pub dkim: Option<String>,
    /// Whether an aligned SPF check passed.
    pub spf: Option<String>,
    /// Why the receiver did something else than the policy asks for.
    pub reasons: Vec<Reason>,
    /// The domain of the From header.
    pub header_from: Option<String>,
    /// The domain of MAIL FROM.
    pub envelope_from: Option<String>,
    /// The signatures that were checked.
    pub signatures: Vec<Signature>,
    /// The SPF checks that were made.
    pub spf_checks: Vec<SpfCheck>,
}

impl Record {
    /// True if DMARC passed: an aligned signature or an aligned SPF check did.
    pub fn passes(&self) -> bool {
        is_pass(self.dkim.as_deref()) || is_pass(self.spf.as_deref())
    }
}

/// True if a result is a pass, in whatever case.
pub fn is_pass(result: Option<&str>) -> bool {
    result.is_some_and(|word| word.eq_ignore_ascii_case("pass"))
}

/// Where messages came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The report does not say.
    #[default]
    Missing,
    /// An address.
    Address(IpAddr),
    /// Something that is no address, as it was sent.
    Text(String),
}

impl std::fmt::Display for Source {
    /// The address; `?` where there is none.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => out.write_str("?"),
            Self::Address(address) => address.fmt(out),
            Self::Text(text) => out.write_str(text),
        }
    }
}

/// Why a policy was not applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    /// What kind of reason; `None` if the report does not say.
    pub kind: Option<String>,
    /// In the reporter's words.
    pub comment: Option<String>,
}

/// A signature that a reporter checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// The signing domain.
    pub domain: Option<String>,
    /// The selector.
    pub selector: Option<String>,
    /// The result, in small letters; `hardfail` is a fail.
    pub result: Option<String>,
}

/// An SPF check that a reporter made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpfCheck {
    /// The domain that was checked.
    pub domain: Option<String>,
    /// `mfrom` or `helo`.
    pub scope: Option<String>,
    /// The result, in small letters; `hardfail` is a fail.
    pub result: Option<String>,
}

/// The sums of one report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sums {
    /// How many messages.
    pub messages: u64,
    /// How many of them passed DMARC.
    pub pass: u64,
    /// By source, in the order of the report: how many passed and how many did not.
    pub sources: Vec<(String, [u64; 2])>,
    /// By what the receiver did: how many messages.
    pub dispositions: BTreeMap<String, u64>,
    /// By why the policy was not applied: how many messages.
    pub overrides: BTreeMap<String, u64>,
}

impl Aggregate {
    /// Adds up the records.
    pub fn sums(&self) -> Sums {
        let mut sums = Sums::default();
        let mut known: HashMap<&Source, usize> = HashMap::new();
        for record in &self.records {
            let passed = record.passes();
            sums.messages = sums.messages.saturating_add(record.count);
            if passed {
                sums.pass = sums.pass.saturating_add(record.count);
            }
            let at = *known.entry(&record.source).or_insert_with(|| {
                sums.sources.push((record.source.to_string(), [0, 0]));
                sums.sources.len() - 1
            });
            if let Some((_, [pass, fail])) = sums.sources.get_mut(at) {
                let sum = if passed { pass } else { fail };
                *sum = sum.saturating_add(record.count);
            }
            if let Some(disposition) = &record.disposition {
                add(&mut sums.dispositions, disposition, record.count);
            }
            for reason in &record.reasons {
                add(&mut sums.overrides, reason.kind.as_deref().unwrap_or("empty"), record.count);
            }
        }
        sums
    }
}

fn add(sums: &mut BTreeMap<String, u64>, key: &str, count: u64) {
    match sums.get_mut(key) {
        Some(sum) => *sum = sum.saturating_add(count),
        None => drop(sums.insert(key.to_owned(), count)),
    }
}
