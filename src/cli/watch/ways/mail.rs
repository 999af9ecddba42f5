//! Mail to somebody who acts.

use crate::render::text;
use crate::report::watch::{Happened, Notice};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{Message, SendmailTransport, SmtpTransport, Transport as _};
use std::time::{Duration, UNIX_EPOCH};

/// How long the server may take for each step.
const PATIENCE: Duration = Duration::from_secs(20);
/// Columns of a line.
const WIDTH: usize = 72;

/// Who takes mail.
#[derive(Clone, Debug, Default)]
pub(in crate::cli::watch) struct Relay {
    /// A URL: `smtp://HOST`, `smtps://USER:PASSWORD@HOST`; the sendmail of this machine if there is none.
    pub smtp: Option<String>,
    /// Whom mail is from; the recipient if nobody is named.
    pub from: Option<String>,
}

/// Reads an address.
pub(super) fn address(text: &str) -> Result<String, String> {
    let read: Result<Mailbox, _> = text.parse();
    read.map(|mailbox| mailbox.to_string()).map_err(|why| format!("not a mail address: {why}"))
}

/// Sends a message as mail. The key is in its Message-ID, and what follows refers to what it follows.
pub(super) async fn send(relay: &Relay, to: &str, notice: &Notice, at: u64) -> Result<(), String> {
    let message = composed(relay, to, notice, at)?;
    let smtp = relay.smtp.clone();
    let sent = tokio::task::spawn_blocking(move || match smtp {
        Some(url) => {
            let server = SmtpTransport::from_url(&url).map_err(|why| why.to_string())?;
            let server = server.timeout(Some(PATIENCE)).build();
            server.send(&message).map(drop).map_err(|why| why.to_string())
        }
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
