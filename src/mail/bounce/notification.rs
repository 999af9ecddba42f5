//! Notifications as messages, and replies that somebody pasted: the fields of RFC 3464 where there are
//! any, else what the prose quotes, else the prose itself.

use super::classify::{Class, FaultKind, Meaning, Said, Strength, classify};
use super::event::{self, domain, mailbox};
use super::prose::{
    PROSE, QUOTE, apart, checked, first_mailbox, folded, head_of, quotes, unix, without_tags,
};
use super::{Bounce, Recipient, reply};
use crate::mail::feedback::message_fields;
use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};
use std::borrow::Cow;

/// Most recipients of one notification.
const MOST: usize = 1000;

/// Something that was said, with the code beside it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evidence<'t> {
    /// The words.
    pub text: &'t str,
    /// The code beside them.
    pub code: Option<&'t str>,
}

/// What all of it means: the first that says something decides, words before codes, and what only
/// refuses last.
pub(super) fn meaning(evidence: &[Evidence<'_>], speaker: &str) -> Meaning {
    let speaker = speaker.to_lowercase();
    let said: Vec<(String, Option<&str>)> = evidence
        .iter()
        .map(|it| (reply::plain(it.text), reply::code(it.text).or(it.code)))
        .collect();
    for strength in [Strength::Words, Strength::Code, Strength::Weak] {
        for (text, code) in &said {
            let said = Said { text, code: *code, speaker: &speaker };
            if let Some(meaning) = classify(&said, strength) {
                return meaning;
            }
        }
    }
    Meaning::unknown()
}

/// Reads a notification; `None` if it is none.
pub(super) fn read(octets: &[u8]) -> Option<Bounce> {
    let octets = unix(octets);
    let text = octets.trim_ascii_start();
    let begin = String::from_utf8_lossy(text.get(..text.len().min(QUOTE)).unwrap_or(text));
    if begin.lines().next().is_some_and(|line| {
        matches!(line.as_bytes(), [b'4' | b'5', b'0'..=b'9', b'0'..=b'9', b' ' | b'-', ..])
            || line.as_bytes().get(1) == Some(&b'.') && reply::code(line).is_some()
    }) {
        return Some(pasted(&String::from_utf8_lossy(text)));
    }
    let message = MessageParser::default().parse(text)?;
    let parts = Parts::of(&message);
    if let Some(events) = parts.prose.iter().find_map(|text| embedded(text)) {
        return Some(events);
    }
    bounce(&message, &parts)
}

/// A reply that somebody pasted, with or without what surrounds it.
fn pasted(text: &str) -> Bounce {
    let evidence = [Evidence { text, code: None }];
    let mut bounce = Bounce { address: reply::address(text), ..Bounce::default() };
    bounce.checked_domain = checked(text);
    bounce.recipients.push(Recipient {
        address: text.split_whitespace().find_map(mailbox),
        action: None,
        status: reply::code(text).map(str::to_owned),
        remote: None,
        text: folded(text),
        meaning: meaning(&evidence, ""),
    });
    bounce
}

/// Events that a mail carries as its text.
fn embedded(text: &str) -> Option<Bounce> {
    let from = text.find('{')?;
    let rest = text.get(from..)?;
    if !(rest.contains("notificationType") || rest.contains("eventType")) {
        return None;
    }
    // What follows the event, as SNS adds it, is not read. Mail programs wrap the line of the event.
    let first = |text: &str| {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
        values.next()?.ok()
    };
    event::read(&first(rest).or_else(|| first(&rest.replace('\n', "")))?)
}

/// The parts of a notification.
#[derive(Default)]
struct Parts<'m> {
    prose: Vec<Cow<'m, str>>,
    status: Vec<Cow<'m, str>>,
    original: Vec<(String, String)>,
    is_feedback: bool,
}

impl<'m> Parts<'m> {
    fn of(message: &'m Message<'m>) -> Self {
        let mut parts = Self::default();
        for part in message.parts.iter().take(MOST) {
            let kind = part.content_type();
            let sub = kind.and_then(|it| it.subtype()).unwrap_or_default().to_ascii_lowercase();
            match (&*sub, &part.body) {
                ("delivery-status" | "global-delivery-status", _) => {
                    parts.status.push(String::from_utf8_lossy(part.contents()));
                }
                ("feedback-report", _) => parts.is_feedback = true,
                ("rfc822-headers" | "global-headers", _) => {
                    parts.original = message_fields(&String::from_utf8_lossy(part.contents()));
                }
                (_, PartType::Message(inner)) if parts.original.is_empty() => {
                    let head = inner.raw_message.get(..inner.raw_message.len().min(PROSE));
                    let head = head.unwrap_or(&inner.raw_message);
                    parts.original = message_fields(head_of(&String::from_utf8_lossy(head)));
                }
                (_, PartType::Text(text)) => parts.text(text),
                (_, PartType::Html(html)) => parts.text(&without_tags(html)),
                _ => {}
            }
        }
        parts
    }

    fn text(&mut self, text: &str) {
        let (prose, original) = apart(text);
        if prose.contains("Final-Recipient:") && self.status.is_empty() {
            self.status.push(Cow::Owned(prose.to_owned()));
        }
        self.prose.push(Cow::Owned(prose.chars().take(PROSE).collect()));
        if self.original.is_empty() {
            self.original = message_fields(head_of(original));
        }
    }

    /// A field of the message that came back.
    fn original(&self, name: &str) -> Option<&str> {
        self.original.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// One recipient of a delivery status.
#[derive(Debug, Default)]
struct Status {
    address: Option<String>,
    action: Option<String>,
    status: Option<String>,
    remote: Option<String>,
    texts: Vec<String>,
}

fn bounce(message: &Message<'_>, parts: &Parts<'_>) -> Option<Bounce> {
    let header = |name: &str| message.header_raw(name).map(|value| folded(value.trim()));
    let (mut recipients, reporter) = statuses(&parts.status);
    let from = header("From").unwrap_or_default().to_lowercase();
    let failed = header("X-Failed-Recipients");
    let is_by_server = ["mailer-daemon", "postmaster", "mail delivery", "mailerdaemon"]
        .iter()
        .any(|word| from.contains(word))
        || failed.is_some()
        || header("Return-Path").is_some_and(|it| it.trim() == "<>");
    let whole = parts.prose.join("\n\n");
    if recipients.is_empty() {
        let named = failed.iter().flat_map(|it| it.split(',')).filter_map(mailbox);
        let mut named: Vec<String> = named.collect();
        if named.is_empty() {
            named.extend(first_mailbox(&whole));
        }
        recipients.extend(
            named
                .into_iter()
                .take(MOST)
                .map(|address| Status { address: Some(address), ..Status::default() }),
        );
    }
    if recipients.is_empty() {
        recipients.push(Status::default());
    }
    let quotes = quotes(&whole);
    let subject = message.subject().unwrap_or_default().to_lowercase();
    let is_status = !parts.status.is_empty();
    let is_automatic = header("Auto-Submitted").is_some_and(|it| it.contains("auto-replied"))
        || header("X-Autoreply").is_some()
        || header("X-Auto-Response-Suppress").is_some() && !is_by_server;
    let mut found = Bounce {
        sender: parts.original("return-path").and_then(mailbox),
        from_domain: parts.original("from").and_then(mailbox).as_deref().and_then(domain),
        reporter,
        message_id: parts.original("message-id").map(str::to_owned),
        ..Bounce::default()
    };
    found.sender = found.sender.or_else(|| header("To").as_deref().and_then(mailbox));
    for status in recipients.into_iter().take(MOST) {
        let recipient = judge(status, parts, &quotes, &whole, &subject);
        let text = &recipient.text;
        found.address = found.address.or_else(|| reply::address(text));
        found.checked_domain = found.checked_domain.or_else(|| checked(text));
        found.recipients.push(recipient);
    }
    let is_told = found.recipients.iter().any(|it| it.meaning.class != Class::Unknown);
    if !is_status && !parts.is_feedback && is_automatic && (!is_by_server || !is_told) {
        for recipient in &mut found.recipients {
            recipient.meaning = Meaning::of(Class::AutoReply, "RFC 3834 section 5");
        }
        return Some(found);
    }
    (is_status || parts.is_feedback || is_by_server || !quotes.is_empty()).then_some(found)
}

fn judge(
    status: Status,
    parts: &Parts<'_>,
    quotes: &[&str],
    whole: &str,
    subject: &str,
) -> Recipient {
    let code = status.status.as_deref();
    let mut evidence: Vec<Evidence<'_>> =
        status.texts.iter().map(|text| Evidence { text, code }).collect();
    // Quotes that name the recipient, or all of them where none does.
    let own: Vec<&&str> = quotes
        .iter()
        .filter(|quote| status.address.as_deref().is_some_and(|it| quote.contains(it)))
        .collect();
    let quoted: Vec<&str> =
        if own.is_empty() { quotes.to_vec() } else { own.into_iter().copied().collect() };
    evidence.extend(quoted.iter().rev().map(|text| Evidence { text, code }));
    let told = evidence.iter().map(|it| it.text).find(|it| !it.is_empty()).unwrap_or_default();
    let text = folded(told);
    evidence.push(Evidence { text: whole, code });
    let remote = status.remote.clone().unwrap_or_default();
    let mut meant = match status.action.as_deref() {
        _ if parts.is_feedback => Meaning::of(Class::Complaint, "RFC 5965"),
        Some("delivered" | "relayed" | "expanded") => {
            Meaning::of(Class::Delivered, "RFC 3464 section 2.3.3")
        }
        _ => meaning(&evidence, &remote),
    };
    let is_delayed = match status.action.as_deref() {
        Some(action) => action == "delayed",
        None => {
            let says = |text: &str| {
                [
                    "delayed",
                    "delay)",
                    "will continue to try",
                    "still trying",
                    "not yet been delivered",
                    "will be retried",
                    "warning message only",
                    "do not need to resend",
                ]
                .iter()
                .any(|word| text.contains(word))
            };
            says(subject) || says(&whole.to_lowercase())
        }
    };
    if is_delayed {
        let is_reason = matches!(
            meant.class,
            Class::Unreachable
                | Class::Unknown
                | Class::RecipientDns
                | Class::Disk
                | Class::Policy
                | Class::Protocol
                | Class::Recipient
        );
        if is_reason {
            // The prose of who gives notice names usual causes, not this one.
            let is_told = parts.status.is_empty()
                || evidence.iter().rev().skip(1).any(|it| !it.text.is_empty());
            meant = Meaning::of(Class::Delay, "RFC 3464 section 2.3.3 (Action: delayed)");
            if !is_told {
                meant.fault = FaultKind::Unclear;
            }
        }
    }
    let status_code = reply::code(&text).map(str::to_owned).or(status.status);
    Recipient {
        address: status.address,
        action: status.action,
        status: status_code,
        remote: status.remote,
        text,
        meaning: meant,
    }
}

/// The recipients of delivery statuses, and who reports.
fn statuses(parts: &[Cow<'_, str>]) -> (Vec<Status>, Option<String>) {
    let mut found: Vec<Status> = Vec::new();
    let mut reporter = None;
    for part in parts {
        for block in part.split("\n\n") {
            let fields = message_fields(block);
            let field = |name: &str| {
                fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
            };
            reporter = reporter.or_else(|| field("reporting-mta").map(behind_type));
            let recipient = field("final-recipient").or_else(|| field("original-recipient"));
            let code = field("status").and_then(reply::code).map(str::to_owned);
            let texts = ["diagnostic-code", "x-supplementary-info"].map(field);
            if recipient.is_none() && code.is_none() && texts.iter().all(Option::is_none) {
                continue;
            }
            let words = |text: &str| match text.split_once(';') {
                // `smtp; 550 …`, `X-Postfix; host …`; a text without a type may hold a semicolon.
                Some((kind, rest)) if !kind.trim().contains(' ') => rest.trim().to_owned(),
                _ => text.to_owned(),
            };
            let action = field("action").map(|it| it.trim().to_lowercase());
            let action = action.and_then(|it| it.split_whitespace().next().map(str::to_owned));
            found.push(Status {
                address: recipient.map(behind_type),
                action,
                status: code,
                remote: field("remote-mta").map(behind_type),
                texts: texts.into_iter().flatten().map(words).collect(),
            });
        }
    }
    // Further blocks without a recipient speak of the last one.
    let mut joined: Vec<Status> = Vec::new();
    for status in found {
        match joined.last_mut().filter(|_| status.address.is_none()) {
            Some(last) => {
                last.texts.extend(status.texts);
                last.status = last.status.take().or(status.status);
            }
            None => joined.push(status),
        }
    }
    (joined, reporter)
}

/// A value behind its type: `rfc822; a@b`.
fn behind_type(value: &str) -> String {
    let value = value.split_once(';').map_or(value, |(_, rest)| rest).trim();
    value.trim_start_matches('<').trim_end_matches('>').to_owned()
}
