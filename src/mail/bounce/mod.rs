//! Bounces: who could not be reached, who says so, in which words, and what that means.
//!
//! [`read`] takes a notification in any of its forms: RFC 3464 and RFC 6522, the free text of qmail,
//! Exim and others, the events of providers as JSON, a reply of SMTP that somebody pasted. What the
//! words mean stands in `classes.toml`, each rule with its source.
//!
//! Deliberately absent: whether what the bounce says is still true. That is asked of the DNS, above.

mod classify;
mod event;
mod forwarder;
mod notification;
mod pasted;
mod prose;
mod reply;
mod status;

pub use classify::{Class, FaultKind, Meaning};

use crate::mail::feedback::json_value;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bounce {
    /// One entry a recipient.
    pub recipients: Vec<Recipient>,
    /// The address that the message was sent from (MAIL FROM).
    pub sender: Option<String>,
    /// The domain of its From header.
    pub from_domain: Option<String>,
    /// The server that made the notification.
    pub reporter: Option<String>,
    /// The address that the recipient's host saw, where the text says so.
    pub address: Option<std::net::IpAddr>,
    /// The domain whose proof was checked, where the text says so.
    pub checked_domain: Option<String>,
    /// Who passed the message on before it was refused, as the header that came back shows.
    pub forwarder: Option<String>,
    /// When the notification was made, in seconds since 1970, where it says so.
    pub at: Option<u64>,
    /// The identifier of the message that came back.
    pub message_id: Option<String>,
}

/// What became of the message for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recipient {
    /// The address; `None` if the notification does not say.
    pub address: Option<String>,
    /// `failed`, `delayed`, `delivered` …; `None` if it is not said.
    pub action: Option<String>,
    /// The enhanced code of the reply, else that of the report.
    pub status: Option<String>,
    /// The host that spoke.
    pub remote: Option<String>,
    /// What it said, unfolded.
    pub text: String,
    /// What that means.
    pub meaning: Meaning,
}

/// Reads a notification; `None` if it is not one. Of several that are attached to one message it is the
/// first.
pub fn read(octets: &[u8]) -> Option<Bounce> {
    read_all(octets).into_iter().next()
}

/// Reads a notification, or each of those that are attached to a message.
pub fn read_all(octets: &[u8]) -> Vec<Bounce> {
    let text = octets.trim_ascii_start();
    match json_value(text) {
        Some(value) => event::read(&value).into_iter().collect(),
        None => notification::read(octets),
    }
}

#[cfg(test)]
mod tests;
