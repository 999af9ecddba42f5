//! Bounces: who could not be reached, what that means, who has to act, and whether it still fails.

use super::{Fault, Finding, Run};
use crate::mail::bounce::Class;
use crate::text::Phrase;
use serde::{Deserialize, Serialize};

/// Everything that one run read.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Bounces {
    /// One entry a notification.
    pub bounces: Vec<Bounce>,
    /// What it comes to, in a sentence.
    pub headline: Phrase,
    /// How it was made.
    pub run: Run,
    /// The exit code.
    pub exit_code: u8,
}

/// A notification.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bounce {
    /// The file; `-` is standard input. Escaped.
    pub file: String,
    /// Which notification of the file, from 1.
    pub number: usize,
    /// False if it is an answer, a complaint, a delay, a delivery.
    pub is_bounce: bool,
    /// The address that the message was sent from; escaped.
    pub sender: Option<String>,
    /// The domain of its From header; escaped.
    pub from_domain: Option<String>,
    /// The server that made the notification; escaped.
    pub reporter: Option<String>,
    /// Who passed the message on before it was refused, as its header shows; escaped.
    pub forwarder: Option<String>,
    /// The domain that the recipient's host checked, or would have.
    pub checked_domain: Option<String>,
    /// The address that it saw.
    pub checked_address: Option<String>,
    /// One entry a recipient.
    pub recipients: Vec<Recipient>,
    /// Whether it still fails; `null` if that was not asked.
    pub now: Option<Now>,
    /// What rules say of it, the gravest first.
    pub findings: Vec<Finding>,
}

/// What became of the message for one recipient.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recipient {
    /// The address; escaped.
    pub recipient: Option<String>,
    /// What the notification says.
    pub class: Class,
    /// True if it is final: `failed`, or a reply that begins with 5.
    pub permanent: bool,
    /// The enhanced code.
    pub status: Option<String>,
    /// The host that spoke; escaped.
    pub remote: Option<String>,
    /// What it said; escaped.
    pub reason: String,
    /// The words or the code that decided the class; empty if none did.
    pub decided_by: String,
    /// Where the rule comes from.
    pub source: String,
    /// Who has to act, the gravest first.
    pub faults: Vec<Fault>,
}

/// The check that failed, made now.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Now {
    /// The domain that was asked about.
    pub domain: String,
    /// The address that was asked about.
    pub address: Option<String>,
    /// Whether it passes; `null` if that is undetermined.
    pub passes: Option<bool>,
    /// The answer in a sentence.
    pub headline: Phrase,
    /// When it changed, as far as an earlier recording and the TTL of the record tell.
    pub changed: Option<Phrase>,
    /// The same check over an earlier recording; `null` if none was given.
    pub earlier: Option<Earlier>,
    /// Changes that repair it, each proved.
    pub fixes: Vec<Phrase>,
}

/// The check over an earlier recording.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Earlier {
    /// When it was recorded, as it says itself; escaped.
    pub recorded: Option<String>,
    /// Whether it passed; `null` if that is undetermined.
    pub passes: Option<bool>,
    /// The answer in a sentence.
    pub headline: Phrase,
}
