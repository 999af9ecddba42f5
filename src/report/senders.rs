//! Who may send, in full: every address there is, by what it gets and by which term.

use super::envelope::{Enveloped, Kind};
use super::{Authorized, Matched, Run, SenderKind, SenderResult, Tool};
use crate::dns;
use crate::net::{Cidr, Family, Name};
use crate::protocols::spf::SpfResult;
use crate::text::Phrase;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Everything that one run found out about who may send for a domain.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// Which program made the report.
    pub tool: Tool,
    /// How it was made.
    pub run: Run,
    /// The exit code that goes with it.
    pub exit_code: u8,
    /// What was found out.
    pub listing: Listing,
}

/// The members of the document, as they are written and read.
#[derive(Serialize, Deserialize)]
struct Members<L, R> {
    #[serde(flatten)]
    listing: L,
    run: R,
    exit_code: u8,
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let Self { tool, run, exit_code, listing } = self;
        let members = Members { listing, run, exit_code: *exit_code };
        Enveloped::by(tool, Kind::Senders, run.started.as_deref(), members).serialize(out)
    }
}

impl<'de> Deserialize<'de> for Report {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let Enveloped { envelope, body } = Enveloped::read(input, &[Kind::Senders])?;
        let Members::<Listing, Run> { listing, run, exit_code } = body;
        let (tool, started) = envelope.open();
        Ok(Self { tool, run: Run { started, ..run }, exit_code, listing })
    }
}

/// Who may send for a domain.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Listing {
    /// The domain.
    pub domain: Name,
    /// The same in U-labels.
    pub unicode: String,
    /// The answer in one sentence.
    pub headline: Phrase,
    /// The record as published, escaped; `null` if there is none, or more than one.
    pub record: Option<String>,
    /// How the input was understood, and what else a reader should know.
    pub notes: Vec<Phrase>,
    /// True if there is a policy that receivers can evaluate.
    pub usable: bool,
    /// Why not everything could be told, if so: then nothing below may be taken for the whole.
    pub unknown: Option<Phrase>,
    /// Every address, by what it gets: those that pass first.
    pub shares: Vec<Share>,
    /// The terms whose effect depends on who sends, as published: what they let pass is in no
    /// list.
    pub sender_dependent: Vec<Dependent>,
    /// The senders asked about.
    pub contains: Vec<Contained>,
    /// What passes here and not there; `null` if nobody asked.
    pub difference: Option<Difference>,
    /// The policy as a list; `null` if nobody asked.
    pub flattening: Option<Flattening>,
}

/// Addresses of one family that get the same.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Share {
    /// The RFC 7208 §2.6 word; `unknown` if it depends on who sends.
    pub result: SenderResult,
    /// What they get if no term that depends on the sender matches; `null` unless `unknown`.
    pub otherwise: Option<SpfResult>,
    /// Their family.
    pub family: Family,
    /// How many, as a decimal number (IPv6 does not fit a JSON number).
    pub addresses: String,
    /// Which: the shortest list of networks.
    pub networks: Vec<Cidr>,
    /// The terms that decided, in the order in which they are evaluated.
    pub terms: Vec<Decided>,
}

/// What one term decided.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Decided {
    /// The term, and the terms that led to its record; `null` if no term matched.
    pub matched: Option<Matched>,
    /// How many addresses, as a decimal number.
    pub addresses: String,
    /// Which.
    pub networks: Vec<Cidr>,
    /// The most terms that any of them spends lookups on, up to here.
    pub lookups: u16,
    /// The most void lookups of any of them, up to here.
    pub voids: u16,
    /// What they would get if receivers had no limits; `null` if no limit was passed.
    pub beyond_limit: Option<SpfResult>,
    /// Why an error is one.
    pub problem: Option<Phrase>,
}

/// A term whose effect depends on who sends.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Dependent {
    /// The term, and where it stands.
    #[serde(flatten)]
    pub term: Matched,
    /// What the senders that it matches get.
    pub gives: Option<SpfResult>,
}

/// Whether all addresses of a sender pass.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Contained {
    /// The sender as it was asked about, escaped.
    pub sender: String,
    /// What kind of sender that is.
    pub kind: SenderKind,
    /// The answer.
    pub contained: Authorized,
    /// The answer in one sentence.
    pub headline: Phrase,
    /// Its networks that pass.
    pub covered: Vec<Cidr>,
    /// Its networks that do not pass: the exact remainder.
    pub uncovered: Vec<Cidr>,
    /// Its networks about which nothing can be told.
    pub undecided: Vec<Cidr>,
}

/// The addresses that pass here and not by other policies.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Difference {
    /// The domains whose policies are taken away.
    pub minus: Vec<Name>,
    /// How many addresses are left, IPv4 and IPv6, as decimal numbers.
    pub addresses: [String; 2],
    /// Which.
    pub networks: Vec<Cidr>,
    /// What a reader should know.
    pub notes: Vec<Phrase>,
}

/// What came of flattening.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Flattening {
    /// Records that were evaluated in place of the policy and gave every address the same.
    Proved(Flattened),
    /// The list would say something else than the policy.
    Refused {
        /// In what way.
        why: Phrase,
    },
}

/// A policy as a list of addresses.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Flattened {
    /// The records to publish, that of the domain first.
    pub records: Vec<ListRecord>,
    /// Lookups that the list costs (RFC 7208 §4.6.4).
    pub lookups: usize,
    /// For how many seconds the list may be relied on: the least time to live of what it rests on;
    /// `null` if nobody says.
    pub stale_after_s: Option<u32>,
    /// Whose answers it rests on.
    pub sources: Vec<ListSource>,
    /// Addresses that the policy means to pass and that receivers refuse today because a limit
    /// comes first: the list passes them.
    pub gained: Vec<Cidr>,
    /// What a reader should know.
    pub notes: Vec<Phrase>,
}

/// A record to publish.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListRecord {
    /// The owner.
    pub name: Name,
    /// Time to live in seconds.
    pub ttl_s: u32,
    /// The text.
    pub text: String,
    /// The line of a master file.
    pub line: String,
    /// Octets of the answer to the question for it.
    pub answer_octets: usize,
    /// True if text records stand there that are no part of the policy.
    pub is_taken: bool,
}

/// An answer that a list rests on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListSource {
    /// The name asked about.
    pub name: Name,
    /// The type asked for.
    #[serde(rename = "type")]
    pub kind: dns::Kind,
    /// Time to live in seconds, if known.
    pub ttl_s: Option<u32>,
    /// The provider whose name it is, if known.
    pub provider: Option<String>,
}

impl Report {
    /// The report of a run; the exit code follows from what was found out.
    pub fn new(run: Run, listing: Listing) -> Self {
        let exit_code = listing.exit_code();
        Self { tool: Tool::default(), run, exit_code, listing }
    }
}

impl Listing {
    /// The networks that were asked for: those that pass, or what is left of them.
    pub fn wanted(&self) -> impl Iterator<Item = Cidr> {
        let passing = self
            .shares
            .iter()
            .filter(|share| share.result == SenderResult::Certain(SpfResult::Pass));
        let passing: Vec<&[Cidr]> = match &self.difference {
            Some(difference) => vec![&difference.networks],
            None => passing.map(|share| share.networks.as_slice()).collect(),
        };
        passing.into_iter().flatten().copied()
    }

    /// The exit code: 1 if a sender asked about is not contained, if there is no policy, or if it
    /// is not flattened; 3 if what was asked could not be told; else 0.
    pub fn exit_code(&self) -> u8 {
        use Authorized::{No, Partial, Unknown};
        let answered = |wanted: &[Authorized]| {
            self.contains.iter().any(|contained| wanted.contains(&contained.contained))
        };
        // Whoever asks about senders only has the answer, whatever is not known about others.
        let only_contains =
            !self.contains.is_empty() && self.difference.is_none() && self.flattening.is_none();
        let is_refused = matches!(self.flattening, Some(Flattening::Refused { .. }));
        if answered(&[No, Partial]) {
            1
        } else if answered(&[Unknown]) || (self.unknown.is_some() && !only_contains) {
            3
        } else {
            u8::from((!self.usable && !only_contains) || is_refused)
        }
    }
}
