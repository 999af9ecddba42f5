//! What `mailcheck smtp` means.

use super::{SmtpArgs, credentials};
use crate::cli::words::{Appearance, Mistake, Output, Sources, outputs};
use crate::net::Name;
use crate::smtp::{Envelope, Login, Security};
use crate::text::escape;
use std::fmt;
use std::net::IpAddr;

/// Everything that a run does.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub targets: Vec<Target>,
    pub login: Option<Login>,
    pub envelope: Option<Envelope>,
    pub helo: Option<String>,
    pub allows_local: bool,
    pub sources: Sources,
    pub outputs: Vec<Output<Form>>,
    pub appearance: Appearance,
}

/// A server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub host: Host,
    pub port: u16,
    pub security: Security,
}

/// A server as it was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    Address(IpAddr),
    Name(Name),
}

impl fmt::Display for Host {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(out),
            Self::Name(name) => name.fmt(out),
        }
    }
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Json,
}

impl Form {
    const NAMES: [(Self, &'static str); 2] = [(Self::Text, "text"), (Self::Json, "json")];
}

/// Understands what was typed, and gets the credentials if a login is wanted.
///
/// # Errors
/// A word or a flag means nothing, or there are no credentials.
pub(super) fn plan(typed: SmtpArgs) -> Result<Plan, Mistake> {
    let usual = if typed.login.is_some() { 587 } else { 25 };
    let targets = typed.hosts.iter().map(|text| target(text, usual)).collect::<Result<_, _>>()?;
    let envelope = match (&typed.from, &typed.to) {
        (Some(from), Some(to)) => {
            let (from, to) = (mailbox(from, "--from")?, mailbox(to, "--to")?);
            if to.is_empty() {
                return Err(Mistake::new("--to needs an address"));
            }
            Some(Envelope { from, to })
        }
        _ => None,
    };
    let sources = Sources::read(typed.sources, Vec::new())?;
    let login = match typed.login {
        // Where nothing is sent, a secret has no use.
        Some(user) if sources.replay.is_none() && !sources.offline => {
            Some(credentials::login(user)?)
        }
        _ => None,
    };
    Ok(Plan {
        targets,
        login,
        envelope,
        helo: typed.helo.map(|name| word(&name, "--helo")).transpose()?,
        allows_local: typed.allow_private,
        sources,
        outputs: outputs(&typed.form, &Form::NAMES)?,
        appearance: typed.look.into(),
    })
}

/// A server: `host`, `host:port`, `[address]:port`.
fn target(text: &str, usual: u16) -> Result<Target, Mistake> {
    let wrong = |what: &str| {
        Mistake::new(format!("\"{}\" {what}: expected HOST[:PORT]", escape(text.as_bytes())))
    };
    let (host, port) = if let Ok(address) = text.parse::<IpAddr>() {
        (Host::Address(address), None)
    } else {
        let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((inner, rest)) => (inner, rest.strip_prefix(':')),
            None => match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        let host = match host.parse::<IpAddr>() {
            Ok(address) => Host::Address(address),
            Err(_) => {
                let name = Name::from_unicode(host).ok().filter(Name::is_host_name);
                Host::Name(name.ok_or_else(|| wrong("is not a host"))?)
            }
        };
        (host, port)
    };
    let port = match port {
        None => usual,
        Some(digits) => match digits.parse() {
            Ok(port @ 1..) if digits.bytes().all(|octet| octet.is_ascii_digit()) => port,
            _ => return Err(wrong("has no port from 1 to 65535")),
        },
    };
    Ok(Target { host, port, security: Security::of_port(port) })
}

/// An address without its angle brackets, which nothing in it can close.
fn mailbox(text: &str, flag: &str) -> Result<String, Mistake> {
    let inner = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(text);
    word(inner, flag)
}

/// A word that can stand in a command (RFC 5321 §4.1.1): nothing in it ends the line.
fn word(text: &str, flag: &str) -> Result<String, Mistake> {
    let is_sound = |c: char| c.is_ascii_graphic() && c != '<' && c != '>';
    match text.chars().all(is_sound) {
        true => Ok(text.to_owned()),
        false => {
            let text = escape(text.as_bytes());
            Err(Mistake::new(format!("{flag} \"{text}\": expected printable ASCII without blanks")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Result<String, String> {
        let read = target(text, 25).map_err(|why| why.to_string())?;
        Ok(format!("{} {} {:?}", read.host, read.port, read.security))
    }

    #[test]
    fn a_server_is_a_host_and_perhaps_a_port() {
        let read = ["mx.example.com", "mx.example.com:465", "192.0.2.1:587", "[::1]:25", "::1"];
        assert_eq!(
            read.map(place),
            [
                "mx.example.com 25 Starttls",
                "mx.example.com 465 Implicit",
                "192.0.2.1 587 Starttls",
                "::1 25 Starttls",
                "::1 25 Starttls",
            ]
            .map(|it| Ok(it.to_owned()))
        );
    }

    #[test]
    fn what_is_no_server_is_refused() {
        let refused = ["a b", "mx.example.com:0", "mx.example.com:+25", "x:y", ""];
        assert_eq!(refused.map(|text| place(text).is_err()), [true; 5]);
    }

    #[test]
    fn no_word_can_end_its_line_or_its_brackets() {
        let words = ["a\r\nRCPT TO:<x>", "a> <b", "a b", "a@b"];
        assert_eq!(words.map(|it| mailbox(it, "--to").is_ok()), [false, false, false, true]);
    }
}
