//! Why no file came.

use crate::text::{Phrase, escape};

/// Why no file came, and what is known beyond that.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The cause.
    pub trouble: Trouble,
    /// What the server or the library said, printable; empty if the cause says it all.
    pub detail: String,
}

/// Why no file came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Trouble {
    /// Nobody may be asked.
    NotAsked,
    /// The recording does not hold it.
    NotRecorded,
    /// Nothing came in time.
    Timeout,
    /// No address could be connected to, or the connection broke.
    Unreachable,
    /// The DNS gives private, loopback or link-local addresses only; no connection was made.
    LocalAddress,
    /// The server does not speak TLS.
    NoTls,
    /// The server and we have no version or cipher of TLS in common.
    TlsVersion,
    /// The certificate has expired.
    Expired,
    /// The certificate is not valid yet.
    NotYetValid,
    /// The certificate is for other names.
    WrongName,
    /// No known authority has signed the certificate, or an intermediate one was not sent.
    Untrusted,
    /// The certificate has another fault.
    Certificate,
    /// The handshake failed in another way.
    Handshake,
    /// What came is not HTTP.
    Http,
    /// The header or the file is longer than what is read.
    TooLarge,
}

impl Trouble {
    const ALL: [Self; 15] = [
        Self::NotAsked,
        Self::NotRecorded,
        Self::Timeout,
        Self::Unreachable,
        Self::LocalAddress,
        Self::NoTls,
        Self::TlsVersion,
        Self::Expired,
        Self::NotYetValid,
        Self::WrongName,
        Self::Untrusted,
        Self::Certificate,
        Self::Handshake,
        Self::Http,
        Self::TooLarge,
    ];

    /// The word for it in recordings and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::NotRecorded => "not_recorded",
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::LocalAddress => "local_address",
            Self::NoTls => "no_tls",
            Self::TlsVersion => "tls_version",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::WrongName => "wrong_name",
            Self::Untrusted => "untrusted",
            Self::Certificate => "certificate",
            Self::Handshake => "handshake",
            Self::Http => "http",
            Self::TooLarge => "too_large",
        }
    }

    /// The trouble of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trouble| trouble.word() == word)
    }

    /// What happened, in a few words.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NotAsked => "not fetched",
            Self::NotRecorded => "not recorded",
            Self::Timeout => "timed out",
            Self::Unreachable => "no connection",
            Self::LocalAddress => "private or loopback address",
            Self::NoTls => "no TLS on that port",
            Self::TlsVersion => "neither TLS 1.2 nor 1.3 with a common cipher",
            Self::Expired => "certificate expired",
            Self::NotYetValid => "certificate not valid yet",
            Self::WrongName => "certificate for other names",
            Self::Untrusted => "certificate of an unknown authority, or intermediate missing",
            Self::Certificate => "faulty certificate",
            Self::Handshake => "TLS handshake failed",
            Self::Http => "no HTTP/1.1 response",
            Self::TooLarge => "response too large",
        }
    }

    /// True if the server or its records are at fault for everybody, and not the way to it from
    /// here.
    pub fn is_certain(self) -> bool {
        !matches!(
            self,
            Self::NotAsked
                | Self::NotRecorded
                | Self::Timeout
                | Self::Unreachable
                | Self::Handshake
        )
    }
}

impl Failure {
    /// A failure that its cause explains.
    pub fn new(trouble: Trouble) -> Self {
        Self { trouble, detail: String::new() }
    }

    /// A failure with what is known beyond its cause, in octets of any kind.
    pub fn because(trouble: Trouble, detail: impl AsRef<[u8]>) -> Self {
        Self { trouble, detail: escape(detail.as_ref()) }
    }

    /// What happened, with the detail in parentheses.
    pub fn phrase(&self) -> Phrase {
        let said = Phrase::from(self.trouble.sentence());
        match self.detail.as_str() {
            "" => said,
            detail => said.plain(" (").plain(detail).plain(")"),
        }
    }
}
