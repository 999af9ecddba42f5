//! Events of providers as JSON: Amazon SES (through SNS or not), SendGrid, Mailgun, Postmark, SparkPost,
//! Mandrill, Brevo, Resend. Their members differ and mean the same, so they are looked for by name,
//! wherever they stand.

use super::classify::{Class, Meaning};
use super::notification::{Evidence, meaning};
use super::{Bounce, Recipient, reply};
use serde_json::Value;

/// How deep members are looked for, and how often JSON stands in a text of JSON.
const DEEPEST: usize = 8;
/// Events of one file, recipients of one event.
const MOST: usize = 10_000;

/// Members that hold what a server or the provider said, the most telling first.
const TEXTS: [&str; 15] = [
    "diagnosticCode",
    "raw_reason",
    "diag",
    "smtpResponse",
    "response",
    "bounce_description",
    "reason",
    "description",
    "Details",
    "message",
    "errorMessage",
    "error",
    "Description",
    "statusMessage",
    "Message",
];
/// Members that hold what kind of event it is.
const KINDS: [&str; 12] = [
    "notificationType",
    "eventType",
    "event",
    "RecordType",
    "Type",
    "type",
    "bounceType",
    "bounceSubType",
    "bounce_class",
    "severity",
    "bounce_classification",
    "subType",
];
const RECIPIENTS: [&str; 6] =
    ["emailAddress", "recipient", "raw_rcpt_to", "rcpt_to", "email", "Email"];
const SENDERS: [&str; 6] = ["source", "sender", "From", "from", "friendly_from", "msg_from"];
const REMOTES: [&str; 5] =
    ["remoteMtaIp", "mx-host", "routing_domain", "reportingMTA", "ip_address"];

/// Kinds that say by themselves what happened, each with where the provider documents it. Without
/// signs between the words, in small letters.
const SURE: [(&str, Class, &str); 54] = [
    ("delivery", Class::Delivered, "Amazon SES: Delivery; Postmark: Delivery; SparkPost: delivery"),
    ("delivered", Class::Delivered, "SendGrid, Mailgun, Brevo: delivered"),
    ("emaildelivered", Class::Delivered, "Resend: email.delivered"),
    ("send", Class::Delivered, "Amazon SES: Send; Mandrill: send"),
    ("complaint", Class::Complaint, "Amazon SES, Brevo: complaint"),
    ("complained", Class::Complaint, "Mailgun: complained"),
    ("emailcomplained", Class::Complaint, "Resend: email.complained"),
    ("spamcomplaint", Class::Complaint, "Postmark: SpamComplaint; SparkPost: spam_complaint"),
    ("spamreport", Class::Complaint, "SendGrid: spamreport"),
    ("spam", Class::Complaint, "Mandrill, Brevo: spam"),
    ("renderingfailure", Class::SenderTemplate, "Amazon SES: Rendering Failure"),
    ("generationfailure", Class::SenderTemplate, "SparkPost: generation_failure"),
    ("generationrejection", Class::Suppressed, "SparkPost: generation_rejection"),
    ("suppressed", Class::Suppressed, "Amazon SES: Suppressed"),
    ("emailsuppressed", Class::Suppressed, "Resend: email.suppressed"),
    ("onaccountsuppressionlist", Class::Suppressed, "Amazon SES: OnAccountSuppressionList"),
    ("mailboxfull", Class::MailboxFull, "Amazon SES: MailboxFull"),
    ("messagetoolarge", Class::Size, "Amazon SES: MessageTooLarge"),
    ("contentrejected", Class::Content, "Amazon SES: ContentRejected"),
    ("attachmentrejected", Class::Content, "Amazon SES: AttachmentRejected"),
    ("autoresponder", Class::AutoReply, "Postmark: AutoResponder"),
    ("noemail", Class::Recipient, "Amazon SES: NoEmail"),
    ("dnserror", Class::RecipientDns, "Postmark: DnsError"),
    ("smtpapierror", Class::Tenant, "Postmark: SMTPApiError"),
    ("manuallydeactivated", Class::Suppressed, "Postmark: ManuallyDeactivated"),
    ("subscriptionchange", Class::Suppressed, "Postmark: SubscriptionChange"),
    ("challengeverification", Class::AutoReply, "Postmark: ChallengeVerification"),
    ("addresschange", Class::Moved, "Postmark: AddressChange"),
    ("templaterenderingfailed", Class::SenderTemplate, "Postmark: TemplateRenderingFailed"),
    ("dmarcpolicy", Class::Dmarc, "Postmark: DMARCPolicy"),
    // What is no failure.
    ("open", Class::Delivered, "Amazon SES, SendGrid, Postmark, SparkPost, Mandrill: open"),
    ("opened", Class::Delivered, "Mailgun, Brevo: opened"),
    ("uniqueopened", Class::Delivered, "Brevo: unique_opened"),
    ("proxyopen", Class::Delivered, "Brevo: proxy_open"),
    ("initialopen", Class::Delivered, "SparkPost: initial_open"),
    ("emailopened", Class::Delivered, "Resend: email.opened"),
    (
        "click",
        Class::Delivered,
        "Amazon SES, SendGrid, Postmark, SparkPost, Mandrill, Brevo: click",
    ),
    ("clicked", Class::Delivered, "Mailgun: clicked"),
    ("emailclicked", Class::Delivered, "Resend: email.clicked"),
    ("processed", Class::Delivered, "SendGrid: processed; taken for delivery"),
    ("accepted", Class::Delivered, "Mailgun: accepted; taken for delivery"),
    ("stored", Class::Delivered, "Mailgun: stored"),
    ("request", Class::Delivered, "Brevo: request; taken for delivery"),
    ("requests", Class::Delivered, "Brevo: requests; taken for delivery"),
    ("sent", Class::Delivered, "Mandrill, Brevo: sent"),
    ("emailsent", Class::Delivered, "Resend: email.sent; taken for delivery"),
    ("emailscheduled", Class::Delivered, "Resend: email.scheduled"),
    ("injection", Class::Delivered, "SparkPost: injection; taken for delivery"),
    ("unsubscribed", Class::Delivered, "Mailgun, Brevo: unsubscribed"),
    ("unsubscribe", Class::Delivered, "SendGrid: unsubscribe"),
    ("groupunsubscribe", Class::Delivered, "SendGrid: group_unsubscribe"),
    ("groupresubscribe", Class::Delivered, "SendGrid: group_resubscribe"),
    ("listunsubscribe", Class::Delivered, "SparkPost: list_unsubscribe"),
    ("linkunsubscribe", Class::Delivered, "SparkPost: link_unsubscribe"),
];

/// Kinds that decide where the words do not.
const LIKELY: [(&str, Class, &str); 11] = [
    ("blocked", Class::Suppressed, "Brevo: blocked; the address is on the list of the account"),
    ("dropped", Class::Suppressed, "SendGrid: dropped; not handed to a server"),
    ("permanent", Class::Recipient, "Amazon SES: Permanent, General"),
    ("hardbounce", Class::Recipient, "Postmark, Mandrill, Brevo: hard bounce"),
    ("invalidemail", Class::Recipient, "Brevo: invalid_email"),
    ("spamnotification", Class::Content, "Postmark: SpamNotification"),
    ("emaildeliverydelayed", Class::Delay, "Resend: email.delivery_delayed"),
    ("deliverydelay", Class::Delay, "Amazon SES: DeliveryDelay"),
    ("deferred", Class::Delay, "SendGrid, Brevo: deferred"),
    ("delay", Class::Delay, "SparkPost: delay"),
    ("rejected", Class::Tenant, "Mailgun: rejected; not accepted for delivery"),
];

/// SparkPost's `bounce_class`.
const SPARKPOST: [(&str, Class); 14] = [
    ("10", Class::Recipient),
    ("21", Class::RecipientDns),
    ("22", Class::MailboxFull),
    ("23", Class::Size),
    ("24", Class::Unreachable),
    ("25", Class::Suppressed),
    ("30", Class::Recipient),
    ("50", Class::Policy),
    ("51", Class::Reputation),
    ("52", Class::Content),
    ("53", Class::Content),
    ("54", Class::Relay),
    ("60", Class::AutoReply),
    ("70", Class::Delay),
];

/// Reads events; `None` if the JSON holds none.
pub(super) fn read(value: &Value) -> Option<Bounce> {
    let mut bounce = Bounce::default();
    events(value, 0, &mut bounce);
    (!bounce.recipients.is_empty()).then_some(bounce)
}

fn events(value: &Value, depth: usize, bounce: &mut Bounce) {
    if depth > DEEPEST || bounce.recipients.len() >= MOST {
        return;
    }
    match value {
        Value::Array(list) => list.iter().take(MOST).for_each(|it| events(it, depth + 1, bounce)),
        Value::Object(members) => {
            // SNS hands on the event as a text.
            if let Some(Value::String(text)) = members.get("Message")
                && let Ok(inner) = serde_json::from_str::<Value>(text)
                && inner.is_object()
            {
                return events(&inner, depth + 1, bounce);
            }
            event(value, bounce);
        }
        _ => {}
    }
}

/// Every text of a member with one of these names.
fn texts<'v>(value: &'v Value, names: &[&str], depth: usize, found: &mut Vec<(usize, &'v str)>) {
    if depth > DEEPEST || found.len() >= MOST {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                if matches!(name.as_str(), "headers" | "commonHeaders" | "tags" | "metadata") {
                    continue;
                }
                if let (Some(rank), Some(text)) =
                    (names.iter().position(|it| it == name), inner.as_str())
                {
                    found.push((rank, text));
                }
                texts(inner, names, depth + 1, found);
            }
        }
        Value::Array(list) => {
            list.iter().take(MOST).for_each(|it| texts(it, names, depth + 1, found));
        }
        _ => {}
    }
}

fn ranked<'v>(value: &'v Value, names: &[&str]) -> Vec<&'v str> {
    let mut found = Vec::new();
    texts(value, names, 0, &mut found);
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, text)| text).collect()
}

fn event(value: &Value, bounce: &mut Bounce) {
    let kinds: Vec<String> = ranked(value, &KINDS)
        .into_iter()
        .map(|kind| kind.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase())
        .collect();
    let said = ranked(value, &TEXTS);
    let status = ranked(value, &["status", "error_code"]);
    if kinds.is_empty() && said.is_empty() {
        return;
    }
    let sender = ranked(value, &SENDERS).into_iter().find_map(mailbox);
    bounce.from_domain = sender.as_deref().and_then(domain);
    bounce.sender = bounce.sender.take().or(sender);
    let remote = ranked(value, &REMOTES).first().map(|it| (*it).to_owned());
    // One fate for each recipient that has one; else one for all of them.
    let mut fates = Vec::new();
    single(value, 0, &mut fates);
    let mut recipients: Vec<(Option<&str>, Vec<&str>)> = Vec::new();
    for fate in fates {
        let address = ranked(fate, &RECIPIENTS).first().copied();
        recipients.push((address, ranked(fate, &TEXTS)));
    }
    if recipients.is_empty() {
        let address = ranked(value, &RECIPIENTS).into_iter().find(|it| it.contains('@'));
        recipients.push((address.or_else(|| first_of(value, "to", 0)), Vec::new()));
    }
    for (address, own) in recipients {
        let texts: Vec<&str> = if own.is_empty() { said.clone() } else { own };
        let meaning = means(&kinds, &texts, status.first().copied());
        let text = texts.iter().find(|it| !it.is_empty()).copied().unwrap_or_default();
        let code = reply::code(text).or(status.iter().find_map(|it| reply::code(it)));
        bounce.address = bounce.address.or_else(|| reply::address(text));
        bounce.recipients.push(Recipient {
            address: address.and_then(mailbox),
            action: kinds.first().cloned(),
            status: code.map(str::to_owned),
            remote: remote.clone(),
            text: text.to_owned(),
            meaning,
        });
    }
}

/// The entries of lists of recipients.
fn single<'v>(value: &'v Value, depth: usize, found: &mut Vec<&'v Value>) {
    if depth > DEEPEST || found.len() >= MOST {
        return;
    }
    let Value::Object(members) = value else { return };
    for (name, inner) in members {
        if matches!(
            name.as_str(),
            "bouncedRecipients" | "complainedRecipients" | "delayedRecipients"
        ) {
            found.extend(inner.as_array().into_iter().flatten().take(MOST));
        } else if inner.is_object() {
            single(inner, depth + 1, found);
        }
    }
}

/// The first text below a member.
fn first_of<'v>(value: &'v Value, name: &str, depth: usize) -> Option<&'v str> {
    let Value::Object(members) = value else { return None };
    if depth > DEEPEST {
        return None;
    }
    members.iter().find_map(|(key, inner)| match inner {
        Value::String(text) if key == name => Some(text.as_str()),
        Value::Array(list) if key == name => list.first().and_then(Value::as_str),
        _ => first_of(inner, name, depth + 1),
    })
}

fn means(kinds: &[String], texts: &[&str], status: Option<&str>) -> Meaning {
    let listed = |table: &[(&str, Class, &'static str)]| {
        // Mailgun's `failed` is permanent for any reason.
        let says = |kind: &&String| *kind != "permanent" || !kinds.iter().any(|it| it == "failed");
        kinds.iter().filter(says).find_map(|kind| {
            let (_, class, source) = table.iter().find(|(word, ..)| word == kind)?;
            Some(Meaning::of(*class, source))
        })
    };
    if let Some(sure) = listed(&SURE) {
        return sure;
    }
    // SendGrid: the reason of a dropped message whose address is no address is this one word.
    if texts.iter().any(|text| text.trim().eq_ignore_ascii_case("invalid")) {
        return Meaning::of(Class::Recipient, "SendGrid: dropped, Invalid");
    }
    let evidence: Vec<Evidence<'_>> =
        texts.iter().map(|text| Evidence { text, code: status }).collect();
    let meant = meaning(&evidence, "");
    if meant.class != Class::Unknown && meant.class != Class::Policy {
        // A provider that only says that it waits says why; nothing is lost.
        let waits =
            |it: &String| matches!(&**it, "deliverydelay" | "emaildeliverydelayed" | "delay");
        if meant.class == Class::Unreachable && kinds.iter().any(waits) {
            let delay = listed(&LIKELY).unwrap_or(meant);
            return Meaning { fault: meant.fault, ..delay };
        }
        // A list of the provider is no list of addresses; what bounced met the list of a receiver.
        let is_listed = kinds.iter().any(|it| it == "blocked" || it == "dropped")
            && !kinds.iter().any(|it| it == "bounce")
            && meant.class == Class::Reputation;
        return match is_listed {
            true => listed(&LIKELY).unwrap_or(meant),
            false => meant,
        };
    }
    let sparkpost = kinds.iter().find_map(|kind| SPARKPOST.iter().find(|(code, _)| code == kind));
    let sparkpost = sparkpost.map(|(_, class)| Meaning::of(*class, "SparkPost: bounce_class"));
    let mut likely = sparkpost.or_else(|| listed(&LIKELY)).unwrap_or(meant);
    if likely.class == Class::Delay {
        likely.fault = super::FaultKind::Unclear;
    }
    likely
}

/// The mailbox in a text: `Name <a@b>`, `a@b`.
pub(super) fn mailbox(text: &str) -> Option<String> {
    let inner = text.rsplit_once('<').map_or(text, |(_, it)| it);
    let inner = inner.split('>').next().unwrap_or(inner).trim();
    let is_mailbox = inner.contains('@') && !inner.contains(char::is_whitespace);
    is_mailbox.then(|| inner.to_owned())
}

/// The domain of a mailbox, in small letters.
pub(super) fn domain(mailbox: &str) -> Option<String> {
    let (_, domain) = mailbox.rsplit_once('@')?;
    let domain = domain.trim_end_matches(['.', '>']).to_lowercase();
    (!domain.is_empty()).then_some(domain)
}
