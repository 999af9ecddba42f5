//! SMTP as a port: one call in, one dialogue out, no errors.
//!
//! A dialogue is what a client sees that connects, says EHLO, negotiates TLS and perhaps logs in or
//! names a recipient (RFC 5321, RFC 3207, RFC 4954, RFC 8314). Nothing is ever sent: DATA is no step. What
//! goes wrong is a [`Stage`] with its result, so that "slow", "refused" and "not reached" each have a
//! place. [`Live`] talks over a wire, [`Recorded`] repeats what a recording holds.
//!
//! A secret is in no dialogue: where a server repeats one, it is taken out.

mod certificate;
mod conversation;
mod dane;
mod live;
mod login;
mod recorded;
mod replies;
mod verifier;
mod wire;

pub use dane::{Match, compare};
pub use live::Live;
pub use login::{Exchange, Login, Secret};
pub use recorded::{Recorded, Recorder, line};
pub use replies::{Meaning, Party, meaning};

use crate::net::Association;
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

/// The dialogue to come.
pub type Talk<'a> = Pin<Box<dyn Future<Output = Dialogue> + Send + 'a>>;

/// The port: something that can hold a dialogue.
pub trait Smtp: Send + Sync {
    /// Holds a dialogue, always; trouble is a [`Stage`].
    fn talk<'a>(&'a self, call: &'a Call) -> Talk<'a>;
}

/// What is to be said, and to whom.
#[derive(Clone, Debug)]
pub struct Call {
    /// The host as the user named it; the name that a certificate has to have.
    pub host: String,
    /// Where it is.
    pub address: SocketAddr,
    /// The domain that names the host in its MX records, if there is one: a certificate below a trust anchor
    /// may have its name instead (RFC 7672 §3.2.2).
    pub next_hop: Option<String>,
    /// How TLS begins.
    pub security: Security,
    /// The name to say EHLO with; `None` for the address literal of this end (RFC 5321 §4.1.3).
    pub ehlo: Option<String>,
    /// The envelope that is tried, without a message.
    pub envelope: Option<Envelope>,
    /// The login that is tried.
    pub login: Option<Login>,
    /// The TLSA records of the host. One that holds a whole trust anchor can be tried only while the
    /// certificates are at hand.
    pub tlsa: Vec<Association>,
    /// Seconds since 1970-01-01 UTC, by which certificates are valid or not.
    pub now: u64,
    /// The longest that the dialogue may take.
    pub patience: Duration,
}

/// A sender and a recipient, without angle brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// MAIL FROM; empty for the null reverse-path.
    pub from: String,
    /// RCPT TO.
    pub to: String,
}

/// How TLS begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// By the STARTTLS command (RFC 3207): ports 25 and 587.
    Starttls,
    /// At once (RFC 8314 §3): port 465.
    Implicit,
}

impl Security {
    /// How TLS begins at a port.
    pub fn of_port(port: u16) -> Self {
        if port == 465 { Self::Implicit } else { Self::Starttls }
    }
}

/// What was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Dialogue {
    /// The host as the user named it.
    pub host: String,
    /// Its address and port.
    pub address: SocketAddr,
    /// How TLS begins.
    pub security: Security,
    /// The stages, in their order, up to the one that failed.
    pub stages: Vec<Stage>,
    /// The extensions that EHLO listed last (RFC 5321 §4.1.1.1).
    pub extensions: Vec<String>,
    /// The mechanisms of AUTH offered last (RFC 4954 §3).
    pub mechanisms: Vec<String>,
    /// The mechanisms offered before TLS, by which a password would be sent in the clear.
    pub clear_mechanisms: Vec<String>,
    /// What TLS came to, if there was a handshake.
    pub tls: Option<Tls>,
}

impl Dialogue {
    /// A dialogue in which nothing was said yet.
    pub fn new(call: &Call) -> Self {
        Self {
            host: crate::text::escape(call.host.as_bytes()),
            address: call.address,
            security: call.security,
            stages: Vec::new(),
            extensions: Vec::new(),
            mechanisms: Vec::new(),
            clear_mechanisms: Vec::new(),
            tls: None,
        }
    }

    /// The stage of this kind, the last one of several.
    pub fn stage(&self, step: Step) -> Option<&Stage> {
        self.stages.iter().rev().find(|stage| stage.step == step)
    }

    /// True if the server was connected to.
    pub fn is_connected(&self) -> bool {
        self.stage(Step::Connect).is_some_and(|stage| stage.result == Outcome::Done)
    }

    /// The stage that ended the dialogue before its end.
    pub fn failed(&self) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.result != Outcome::Done)
    }
}

/// One stage of a dialogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Stage {
    /// Which one.
    pub step: Step,
    /// What became of it.
    pub result: Outcome,
    /// The reply code (RFC 5321 §4.2); `None` where nothing was replied.
    pub code: Option<u16>,
    /// The enhanced status code (RFC 3463), if the reply has one.
    pub status: Option<String>,
    /// The text of the reply, or what went wrong; escaped.
    pub text: String,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
}

/// A kind of stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// The connection.
    Connect,
    /// The greeting.
    Banner,
    /// EHLO, for the first time.
    Ehlo,
    /// The STARTTLS command.
    Starttls,
    /// The TLS handshake.
    Handshake,
    /// EHLO once more, within TLS.
    EhloTls,
    /// AUTH.
    Login,
    /// MAIL FROM.
    MailFrom,
    /// RCPT TO.
    RcptTo,
}

impl Step {
    /// What it is called on the screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Banner => "banner",
            Self::Ehlo => "EHLO",
            Self::Starttls => "STARTTLS",
            Self::Handshake => "TLS",
            Self::EhloTls => "EHLO (TLS)",
            Self::Login => "AUTH",
            Self::MailFrom => "MAIL FROM",
            Self::RcptTo => "RCPT TO",
        }
    }
}

/// What became of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// As it should be.
    Done,
    /// The server asks to try again later (a code from 400 to 499).
    Deferred,
    /// The server refuses (a code from 500 on).
    Refused,
    /// The server does not offer it.
    NotOffered,
    /// The client did not send it, because the server could not be trusted with it.
    Withheld,
    /// The connection could not be made, or was closed.
    Closed,
    /// No reply in time.
    Timeout,
    /// What came is not SMTP, or not TLS.
    Malformed,
    /// The server sent octets behind its reply to STARTTLS, before TLS: an injection (RFC 3207 §6).
    Injection,
}

/// What TLS came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tls {
    /// `TLSv1.2`, `TLSv1.3`.
    pub version: String,
    /// The cipher suite.
    pub cipher: String,
    /// The certificates, in the order sent.
    pub chain: Vec<Certificate>,
    /// Whether a known root vouches for the first one.
    pub trust: Trust,
    /// True if the first one has the name of the host (RFC 6125 §6.4; the subject does not count).
    pub name_matches: bool,
    /// True if the first one has the name of the domain whose MX host it is, which counts where DANE names a
    /// trust anchor (RFC 7672 §3.2.2).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub next_hop_matches: bool,
    /// How the dates of the first one stand.
    pub validity: Validity,
    /// SHA-256 of the trust anchors that TLSA records hold, that were not sent, and below which the first
    /// one was issued, signatures verified.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent_anchors: Vec<String>,
}

impl Tls {
    /// True if a client that verifies certificates accepts this one.
    pub fn is_verified(&self) -> bool {
        self.trust == Trust::Known && self.name_matches && self.validity == Validity::Valid
    }
}

/// Whether a known root vouches for a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trust {
    /// A known root does.
    Known,
    /// It vouches for itself.
    SelfSigned,
    /// No known root does.
    UnknownIssuer,
    /// The server sent the first certificate alone, and its issuer is no root.
    MissingIntermediate,
    /// It is not made for servers.
    WrongPurpose,
    /// The certificate cannot be used, for another reason.
    Unusable,
}

/// How the dates of a certificate stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    /// Now is between them.
    Valid,
    /// It has expired.
    Expired,
    /// It is not valid yet.
    NotYet,
    /// They cannot be read.
    Unknown,
}

/// A certificate (RFC 5280), as far as mail is concerned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Certificate {
    /// Whose it is (RFC 4514); escaped.
    pub subject: String,
    /// Who signed it; escaped.
    pub issuer: String,
    /// The first DNS names in it (RFC 5280 §4.2.1.6); escaped.
    pub names: Vec<String>,
    /// How many DNS names there are.
    pub name_count: usize,
    /// When it begins, seconds since 1970-01-01 UTC.
    pub not_before: Option<u64>,
    /// When it ends.
    pub not_after: Option<u64>,
    /// SHA-256 of the certificate (TLSA 3 0 1), in hexadecimal digits.
    pub sha256: String,
    /// SHA-256 of its public key (TLSA 3 1 1).
    pub key_sha256: String,
    /// SHA-512 of the certificate (TLSA 3 0 2).
    #[serde(default)]
    pub sha512: String,
    /// SHA-512 of its public key (TLSA 3 1 2).
    #[serde(default)]
    pub key_sha512: String,
    /// True if the certificate of the server was issued below this one, signatures verified.
    #[serde(default)]
    pub anchors: bool,
}
