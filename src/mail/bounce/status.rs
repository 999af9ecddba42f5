//! The fields of a delivery status (RFC 3464).

use super::reply;
use crate::mail::feedback::message_fields;
use std::borrow::Cow;

/// One recipient of a delivery status.
#[derive(Debug, Default)]
pub(super) struct Status {
    pub address: Option<String>,
    pub action: Option<String>,
    pub status: Option<String>,
    pub remote: Option<String>,
    pub texts: Vec<String>,
}

/// The recipients of delivery statuses, and who reports.
pub(super) fn statuses(parts: &[Cow<'_, str>]) -> (Vec<Status>, Option<String>) {
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
                remote: field("remote-mta").map(behind_type).map(|it| host_name(&it)),
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

/// The name of a host without what Google puts behind it: `mx.example.net. (192.0.2.7, the server …)`.
fn host_name(value: &str) -> String {
    let name = value.split(" (").next().unwrap_or(value);
    name.trim().trim_end_matches('.').to_owned()
}

/// A value behind its type: `rfc822; a@b`.
fn behind_type(value: &str) -> String {
    let value = value.split_once(';').map_or(value, |(_, rest)| rest).trim();
    value.trim_start_matches('<').trim_end_matches('>').to_owned()
}
