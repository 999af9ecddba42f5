//! Mail to somebody who acts.

use crate::cli::words::Mistake;
use crate::config::without_password;
use crate::render::text;
use crate::report::watch::{Happened, Notice};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Message, SendmailTransport, SmtpTransport, Transport as _};
use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, UNIX_EPOCH};

/// How long the server may take for each step.
const PATIENCE: Duration = Duration::from_secs(20);
/// Columns of a line.
const WIDTH: usize = 72;

/// The variable that holds the password of the user that the URL of the server names.
pub(in crate::cli::watch) const PASSWORD: &str = "MAILCHECK_SMTP_PASSWORD";

/// Who takes mail.
#[derive(Clone, Default)]
pub(in crate::cli::watch) struct Relay {
    /// A server; the sendmail of this machine if there is none.
    server: Option<SmtpTransport>,
    /// Whom mail is from; the recipient if nobody is named.
    from: Option<String>,
}

impl fmt::Debug for Relay {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Relay").field("from", &self.from).finish_non_exhaustive()
    }
}

impl Relay {
    /// The server of a URL, `smtp://HOST` or `smtps://USER@HOST`, and the password of its user, if it does
    /// not stand in the URL.
    ///
    /// # Errors
    /// The URL or the address means nothing, or the password would cross the network in clear.
    pub(in crate::cli::watch) fn new(
        smtp: Option<String>,
        from: Option<String>,
        password: Option<String>,
    ) -> Result<Self, Mistake> {
        if let Some(from) = &from {
            address(from).map_err(|why| Mistake::new(format!("mail-from {from:?}: {why}")))?;
        }
        let Some(url) = smtp else { return Ok(Self { server: None, from }) };
        let shown = without_password(&url);
        let mistake = |why: &dyn fmt::Display| Mistake::new(format!("smtp {shown:?}: {why}"));
        let server = SmtpTransport::from_url(&url).map_err(|why| mistake(&why))?;
        let mut server = server.timeout(Some(PATIENCE));
        if let (Some(password), Some(user)) = (password, user(&url)) {
            if is_in_clear(&url) {
                let why = "the password would cross the network in clear: use smtps://, or add ?tls=required";
                return Err(mistake(&why));
            }
            server = server.credentials(Credentials::new(user, password));
        }
        Ok(Self { server: Some(server.build()), from })
    }
}

/// What stands before the host of a URL, if it is a user without a password, decoded (RFC 3986 §2.1).
fn user(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let (user, _) = rest.split(['/', '?', '#']).next()?.rsplit_once('@')?;
    let is_plain = !user.is_empty() && !user.contains(':');
    is_plain.then(|| String::from_utf8_lossy(&decoded(user)).into_owned())
}

/// Octets that are written as `%` and two digits, as they are.
fn decoded(text: &str) -> Vec<u8> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).filter(|_| *first == b'%');
        let coded =
            digits.and_then(|it| u8::from_str_radix(std::str::from_utf8(it).ok()?, 16).ok());
        octets.push(coded.unwrap_or(*first));
        rest = behind.get(if coded.is_some() { 2 } else { 0 }..).unwrap_or_default();
    }
    octets
}

/// True if nothing encrypts the way to a server on another machine.
fn is_in_clear(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let host = place.split(['/', '#']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(host) => host.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_here = host == "localhost" || host.parse().is_ok_and(|host: IpAddr| host.is_loopback());
    let is_encrypted =
        !scheme.eq_ignore_ascii_case("smtp") || query.split('&').any(|it| it == "tls=required");
    !is_here && !is_encrypted
}

/// Reads an address.
pub(super) fn address(text: &str) -> Result<String, String> {
    let read: Result<Mailbox, _> = text.parse();
    read.map(|mailbox| mailbox.to_string()).map_err(|why| format!("not a mail address: {why}"))
}

/// Sends a message as mail. The key is in its Message-ID, and what follows refers to what it follows.
pub(super) async fn send(relay: &Relay, to: &str, notice: &Notice, at: u64) -> Result<(), String> {
    let message = composed(relay, to, notice, at)?;
    let server = relay.server.clone();
    let sent = tokio::task::spawn_blocking(move || match server {
        Some(server) => server.send(&message).map(drop).map_err(|why| why.to_string()),
        None => SendmailTransport::new().send(&message).map_err(|why| why.to_string()),
    });
    match sent.await {
        Ok(sent) => sent.map_err(|why| format!("mail to {to}: {why}")),
        Err(why) => Err(format!("mail to {to}: {why}")),
    }
}

fn composed(relay: &Relay, to: &str, notice: &Notice, at: u64) -> Result<Message, String> {
    let mailbox = |text: &str| {
        let read: Result<Mailbox, _> = text.parse();
        read.map_err(|why| format!("{text}: not a mail address: {why}"))
    };
    let (from, to) = (mailbox(relay.from.as_deref().unwrap_or(to))?, mailbox(to)?);
    let host = from.email.domain().to_owned();
    let id = |number: u32| format!("<{}-{number}.mailcheck@{host}>", notice.incident.id);
    let title = &notice.incident.title;
    let mut message = Message::builder()
        .from(from)
        .to(to)
        .subject(format!("[mailcheck] {}: {title}", notice.happened.word()))
        .date(UNIX_EPOCH + Duration::from_secs(at))
        .message_id(Some(id(notice.number)))
        .header(ContentType::TEXT_PLAIN);
    if notice.happened != Happened::Opened {
        message = message.in_reply_to(id(1)).references(id(1));
    }
    let look = text::Look { width: WIDTH, ..text::Look::default() };
    let body = text::watch::message(notice, &look);
    message.body(body).map_err(|why| why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> Option<String> {
        let relay = Relay::new(Some(url.to_owned()), None, Some("secret".to_owned()));
        relay.err().map(|why| why.to_string())
    }

    #[test]
    fn a_user_is_what_a_url_names_without_a_password() {
        let users = [
            "smtps://ops%40fms.example@mail.example",
            "smtps://ops@mail.example:465/path",
            "smtps://mail.example",
            "smtps://ops:secret@mail.example",
        ];
        assert_eq!(
            users.map(user),
            [Some("ops@fms.example".to_owned()), Some("ops".to_owned()), None, None]
        );
    }

    #[test]
    fn what_is_not_coded_stays_as_it_is() {
        assert_eq!(decoded("a%4%zz%%41%"), b"a%4%zz%A%");
    }

    #[test]
    fn a_password_crosses_no_network_in_clear() {
        for url in [
            "smtp://ops@mail.example:25",
            "smtp://ops@192.0.2.1",
            "smtp://ops@[2001:db8::1]:25/?tls=opportunistic",
        ] {
            assert!(refused(url).is_some_and(|why| why.contains("in clear")), "{url}");
        }
        for url in [
            "smtps://ops@mail.example",
            "smtp://ops@mail.example?tls=required",
            "smtp://ops@127.0.0.1:2525",
            "smtp://ops@[::1]",
        ] {
            assert_eq!(refused(url), None, "{url}");
        }
    }

    #[test]
    fn a_server_that_means_nothing_is_refused_without_its_password() {
        let why = refused("imap://ops:hush@mail.example").unwrap_or_default();
        assert!(why.starts_with("smtp \"imap://ops:…@mail.example\": "), "{why}");
    }
}
