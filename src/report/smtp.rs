//! Dialogues with mail servers: what was said, what that means, who has to act.

use super::{Fault, Run, Verdict};
use crate::net::{Association, Caa, Name};
use crate::smtp::{Dialogue, Match};
use crate::text::Phrase;
use serde::{Deserialize, Serialize};

/// What became of all dialogues of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Probes {
    /// One entry a server, in the order asked.
    pub probes: Vec<Probe>,
    /// How it was made.
    pub run: Run,
    /// The exit code.
    pub exit_code: u8,
}

impl Probes {
    /// The worst of all is what counts.
    #[doc(hidden)]
    pub fn new(probes: Vec<Probe>, run: Run) -> Self {
        let worst = probes.iter().map(|probe| probe.result).max().unwrap_or_default();
        let exit_code = match worst {
            Verdict::Ok | Verdict::Warn => 0,
            Verdict::Unknown => 3,
            Verdict::Fail => 1,
        };
        Self { probes, run, exit_code }
    }
}

/// One server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Probe {
    /// The host, as it was named.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How it stands.
    pub result: Verdict,
    /// The answer in one sentence.
    pub headline: Phrase,
    /// Who has to act.
    pub faults: Vec<Fault>,
    /// What else there is to say.
    pub notes: Vec<Phrase>,
    /// The TLSA records of the host (RFC 7672), and how the certificates stand to them; `None` if nothing
    /// was asked.
    pub dane: Option<Dane>,
    /// The CAA records for the host (RFC 8659), which say what authorities may issue its certificate; `None`
    /// if nothing was asked.
    #[serde(default)]
    pub caa: Option<Issuance>,
    /// What was said; `None` if the host has no address that is asked.
    pub dialogue: Option<Dialogue>,
}

impl Probe {
    /// A server that was not asked, and why.
    #[doc(hidden)]
    pub fn unasked(host: String, port: u16, why: Phrase) -> Self {
        let (faults, notes) = (Vec::new(), Vec::new());
        let result = Verdict::Unknown;
        let (dane, caa, dialogue) = (None, None, None);
        Self { host, port, result, headline: why, faults, notes, dane, caa, dialogue }
    }

    /// A server and what was said.
    #[doc(hidden)]
    pub fn of(dialogue: Dialogue, result: Verdict, headline: Phrase) -> Self {
        Self {
            host: dialogue.host.clone(),
            port: dialogue.address.port(),
            result,
            headline,
            faults: Vec::new(),
            notes: Vec::new(),
            dane: None,
            caa: None,
            dialogue: Some(dialogue),
        }
    }
}

/// The TLSA records of a host, and how its certificates stand to them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dane {
    /// The name of the records (RFC 7672 §2.2.3).
    pub name: Name,
    /// Whether they count.
    pub status: DaneStatus,
    /// The records.
    pub records: Vec<Association>,
    /// How the certificates stand to them; `None` where the records do not count, or none was shown.
    pub result: Option<Match>,
}

/// Whether the TLSA records of a host count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DaneStatus {
    /// There are none.
    Absent,
    /// DNSSEC does not prove them, by the word of the resolver: senders ignore them.
    Insecure,
    /// DNSSEC proves them, by the word of the resolver.
    Secure,
    /// The query for them failed: senders with DANE defer their mail (RFC 7672 §2.1.1).
    Failed,
    /// The recording does not hold them.
    NotRecorded,
}

/// Which authorities may issue a certificate for a host.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Issuance {
    /// Whether that is restricted.
    pub status: IssuanceStatus,
    /// The name of the records: the host, or the nearest name above it that has some (RFC 8659 §3).
    pub name: Option<Name>,
    /// The records.
    pub records: Vec<Caa>,
}

/// Whether CAA records restrict who may issue a certificate for a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssuanceStatus {
    /// Any authority may issue: there is no record, or none with `issue`.
    Open,
    /// Only the authorities that the records name may.
    Restricted,
    /// No authority may.
    Forbidden,
    /// The query for the records failed.
    Failed,
    /// A record cannot be read, and those that can restrict nothing.
    Unreadable,
    /// The recording does not hold them.
    NotRecorded,
}
