//! Notifications as messages, and replies that somebody pasted: the fields of RFC 3464 where there are
//! any, else what the prose quotes, else the prose itself.

use super::classify::{Class, FaultKind, Meaning, Said, Strength, classify};
use super::event::{self, domain, mailbox};
use super::forwarder::forwarder;
use super::prose::{
    PROSE, apart, checked, first_mailbox, folded, head_of, host, is_reply, quotes, sections,
    talked_to, unix, without_tags,
};
use super::status::{Status, statuses};
use super::{Bounce, Recipient, pasted, reply};
use crate::mail::feedback::message_fields;
use crate::mail::source::concatenated;
use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};
use std::borrow::Cow;

/// Most recipients of one notification.
const MOST: usize = 1000;
/// How deep a notification may be attached to messages.
const DEEPEST: usize = 4;

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
    means(evidence, &speaker.to_lowercase()).unwrap_or_else(Meaning::unknown)
}

fn means(evidence: &[Evidence<'_>], speaker: &str) -> Option<Meaning> {
    let said: Vec<(reply::Plain, Option<&str>)> = evidence
        .iter()
        .map(|it| (reply::plain(it.text), reply::code(it.text).or(it.code)))
        .collect();
    for strength in [Strength::Words, Strength::Code, Strength::Weak] {
        for (plain, code) in &said {
            let (text, links) = (&*plain.words, &*plain.links);
            let said = Said { text, links, code: *code, speaker };
            if let Some(meaning) = classify(&said, strength) {
                return Some(meaning);
            }
        }
    }
    None
}

/// What a code means by itself, where there are no words.
fn of_code(code: Option<&str>) -> Option<Meaning> {
    classify(&Said { text: "", links: "", code: Some(code?), speaker: "" }, Strength::Code)
}

/// Reads a notification, or those that are attached to a message.
pub(super) fn read(octets: &[u8]) -> Vec<Bounce> {
    let octets = unix(octets);
    let text = octets.trim_ascii_start();
    let begin = String::from_utf8_lossy(text.get(..text.len().min(PROSE)).unwrap_or(text));
    if !begin.lines().next().is_some_and(pasted::is_field) {
        return pasted::read(&begin).into_iter().collect();
    }
    let parse = |text| MessageParser::default().parse(text);
    let all = concatenated(text).take(MOST).filter_map(parse);
    all.flat_map(|message| of_message(&message, 0)).take(MOST).collect()
}

/// What a message says, or one that is attached to it.
fn of_message(message: &Message<'_>, depth: usize) -> Vec<Bounce> {
    let parts = Parts::of(message);
    if let Some(events) = parts.prose.iter().find_map(|text| embedded(text)) {
        return vec![events];
    }
    let is_notice = !parts.status.is_empty() || parts.is_feedback || is_by_server(message);
    if !is_notice && depth < DEEPEST {
        // Somebody handed it on, whole or as text.
        let attached = message.parts.iter().take(MOST).flat_map(|part| match &part.body {
            PartType::Message(inner) => of_message(inner, depth + 1),
            PartType::Binary(octets) | PartType::InlineBinary(octets) => of_file(octets, depth + 1),
            _ => Vec::new(),
        });
        let attached: Vec<Bounce> = attached.take(MOST).collect();
        if !attached.is_empty() {
            return attached;
        }
    }
    let has_reply = || parts.prose.iter().any(|text| text.lines().any(is_reply));
    let subject = message.subject().unwrap_or_default().to_lowercase();
    let says_so = || parts.prose.iter().any(|text| is_about_delivery(&subject, text));
    let found = Some(bounce(message, &parts))
        .filter(|found| {
            let is = |class| found.recipients.iter().any(|it| it.meaning.class == class);
            let is_known = !is(Class::Unknown) && !is(Class::Policy);
            is_notice
                || is(Class::AutoReply)
                || !is(Class::Unknown) && has_reply()
                || is_known && says_so()
        })
        .or_else(|| parts.texts.iter().find_map(|text| pasted::read(text)));
    found.into_iter().collect()
}

/// What a file says that is attached to a message, where it is a message itself, whatever it is called.
fn of_file(octets: &[u8], depth: usize) -> Vec<Bounce> {
    let octets = unix(octets);
    let begin = String::from_utf8_lossy(octets.get(..octets.len().min(PROSE)).unwrap_or(&octets));
    if !begin.lines().next().is_some_and(pasted::is_field) {
        return Vec::new();
    }
    let message = MessageParser::default().parse(&*octets);
    message.map(|message| of_message(&message, depth)).unwrap_or_default()
}

/// The header of a message has several names for who gives notice.
fn is_by_server(message: &Message<'_>) -> bool {
    let header = |name: &str| message.header_raw(name).map(|value| folded(value.trim()));
    let from = header("From").unwrap_or_default().to_lowercase();
    ["mailer-daemon", "postmaster", "mail delivery", "mailerdaemon", "microsoftexchange329e71ec"]
        .iter()
        .any(|word| from.contains(word))
        || header("X-Failed-Recipients").is_some()
        || header("X-MS-Exchange-Message-Is-Ndr").is_some()
}

/// True if a text says that it is about a message that was not delivered.
fn is_about_delivery(subject: &str, prose: &str) -> bool {
    const SAY: [&str; 15] = [
        "undeliver",
        "not delivered",
        "not be delivered",
        "n't be delivered",
        "n't delivered",
        "unable to deliver",
        "delivery failure",
        "delivery failed",
        "delivery has failed",
        "returned mail",
        "not member article",
        "is being held until",
        "nicht zugestellt",
        "unzustellbar",
        "送信できませんでした",
    ];
    let begin: String = prose.chars().take(2000).collect::<String>().to_lowercase();
    SAY.iter().any(|word| subject.contains(word) || begin.contains(word))
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
    /// The same with what comes back or was handed on.
    texts: Vec<Cow<'m, str>>,
    status: Vec<Cow<'m, str>>,
    original: Vec<(String, String)>,
    is_feedback: bool,
    /// The recipient says that the message is no spam (RFC 6430).
    is_praise: bool,
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
                ("feedback-report", _) => {
                    parts.is_feedback = true;
                    let report = String::from_utf8_lossy(part.contents()).to_ascii_lowercase();
                    let kind = report.lines().find_map(|line| line.strip_prefix("feedback-type:"));
                    parts.is_praise = kind.is_some_and(|kind| kind.trim() == "not-spam");
                }
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
        self.texts.push(Cow::Owned(text.chars().take(PROSE).collect()));
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

/// What a message says as a notification, whether it is one or not.
fn bounce(message: &Message<'_>, parts: &Parts<'_>) -> Bounce {
    let header = |name: &str| message.header_raw(name).map(|value| folded(value.trim()));
    let (mut recipients, reporter) = statuses(&parts.status);
    let failed = header("X-Failed-Recipients");
    let is_by_server = is_by_server(message);
    let whole = parts.prose.join("\n\n");
    if recipients.is_empty() {
        recipients = of_prose(&whole, failed.as_deref());
    }
    let quotes = quotes(&whole);
    let subject = message.subject().unwrap_or_default().to_lowercase();
    let is_status = !parts.status.is_empty();
    let is_automatic = header("Auto-Submitted").is_some_and(|it| it.contains("auto-replied"))
        || header("X-Autoreply").is_some()
        || header("X-Autorespond").is_some()
        || header("Precedence").is_some_and(|it| it.eq_ignore_ascii_case("auto_reply"))
        || header("X-Auto-Response-Suppress").is_some() && !is_by_server;
    let mut found = Bounce {
        at: message.date().and_then(|date| u64::try_from(date.to_timestamp()).ok()),
        sender: parts.original("return-path").and_then(mailbox),
        from_domain: parts.original("from").and_then(mailbox).as_deref().and_then(domain),
        reporter,
        message_id: parts.original("message-id").map(str::to_owned),
        ..Bounce::default()
    };
    found.sender = found.sender.or_else(|| header("To").as_deref().and_then(mailbox));
    let named: Vec<&str> = recipients.iter().filter_map(|it| it.address.as_deref()).collect();
    found.forwarder = forwarder(&parts.original, &named);
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
    }
    found
}

/// The recipients of a notification without fields: those that begin a paragraph, else those of
/// `X-Failed-Recipients`, else the first address.
fn of_prose(whole: &str, failed: Option<&str>) -> Vec<Status> {
    let failed: Vec<String> =
        failed.iter().flat_map(|it| it.split(',')).filter_map(mailbox).take(MOST).collect();
    let mut found: Vec<Status> = sections(whole)
        .into_iter()
        .filter(|(address, _)| failed.is_empty() || failed.contains(address))
        .map(|(address, text)| Status {
            address: Some(address),
            remote: host(&text),
            texts: vec![text],
            ..Status::default()
        })
        .collect();
    let is_known = |address: &String, found: &[Status]| {
        found.iter().any(|it| it.address.as_ref() == Some(address))
    };
    for address in failed {
        if !is_known(&address, &found) {
            found.push(Status { address: Some(address), ..Status::default() });
        }
    }
    if found.is_empty() {
        let (address, remote) = (first_mailbox(whole), talked_to(whole));
        found.push(Status { address, remote, ..Status::default() });
    }
    found
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
    // Quotes that name the recipient, or all of them where none does and nothing else is said of it.
    let is_own = |it: &&&str| status.address.as_deref().is_some_and(|address| it.contains(address));
    let own: Vec<&str> = quotes.iter().filter(is_own).copied().collect();
    let is_said = parts.status.is_empty() && !status.texts.is_empty();
    let quoted = if own.is_empty() && !is_said { quotes.to_vec() } else { own };
    evidence.extend(quoted.iter().rev().map(|text| Evidence { text, code }));
    let told = evidence.iter().map(|it| it.text).find(|it| !it.is_empty()).unwrap_or_default();
    let text = folded(told);
    // The prose of who gives notice says usual causes, too, and is heard last.
    let prose = [Evidence { text: whole, code }];
    let remote = status.remote.or_else(|| host(&text));
    let speaker = remote.as_deref().unwrap_or_default().to_lowercase();
    let mut is_told = false;
    let mut meant = match status.action.as_deref() {
        _ if parts.is_praise => Meaning::of(Class::Delivered, "RFC 6430: not-spam"),
        _ if parts.is_feedback => Meaning::of(Class::Complaint, "RFC 5965"),
        Some("delivered" | "relayed" | "expanded") => {
            Meaning::of(Class::Delivered, "RFC 3464 section 2.3.3")
        }
        _ => {
            let said =
                means(&evidence, &speaker).or_else(|| of_code(code.filter(|_| text.is_empty())));
            is_told = said.is_some();
            said.or_else(|| means(&prose, &speaker)).unwrap_or_else(Meaning::unknown)
        }
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
            // The prose names usual causes, not this one.
            is_told |= parts.status.is_empty() || !text.is_empty();
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
        remote,
        text,
        meaning: meant,
    }
}
