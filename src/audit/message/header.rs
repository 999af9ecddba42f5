//! What was found as an Authentication-Results field (RFC 8601 §2.2).

use crate::examine::message::{MessageFacts, MessageInquiry};
use crate::report::message::MessageReport;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Octets of `b=` that name a signature (RFC 6008 §4).
const PREFIX: usize = 8;

/// The field, folded between results, without a line end.
pub(super) fn field(
    facts: &MessageFacts<'_>,
    report: &MessageReport,
    inquiry: &MessageInquiry,
) -> String {
    let receiver = facts.hop.receiver.as_ref().map(ToString::to_string);
    let author = inquiry.authserv.clone().or(receiver).unwrap_or_else(|| "localhost".to_owned());
    let mut parts = vec![format!("Authentication-Results: {}", token(&author))];
    for (one, shown) in facts.signatures.iter().zip(&report.dkim.signatures) {
        let mut part = format!("dkim={}", shown.result.word());
        if shown.result.word() != "pass" {
            part += &format!(" reason={}", quoted(&shown.reason.to_string()));
        }
        for (name, value) in [("d", &shown.domain), ("i", &shown.identity), ("s", &shown.selector)]
        {
            if let Some(value) = value {
                part += &format!(" header.{name}={}", token(value));
            }
        }
        if let Some(algorithm) = shown.algorithm {
            part += &format!(" header.a={}", algorithm.word());
        }
        if let Ok(signature) = &one.read {
            let text = STANDARD.encode(&signature.signature);
            part += &format!(" header.b={}", quoted(text.get(..PREFIX).unwrap_or(&text)));
        }
        parts.push(part);
    }
    if facts.signatures.is_empty() {
        parts.push("dkim=none".to_owned());
    }
    if let Some(spf) = &facts.spf {
        let property = if spf.is_helo { "smtp.helo" } else { "smtp.mailfrom" };
        parts.push(format!("spf={} {property}={}", spf.result.word(), token(&spf.domain)));
    }
    let mut dmarc = format!("dmarc={}", report.dmarc.result.word());
    if let Some(policy) = report.dmarc.policy {
        dmarc += &format!(" policy.dmarc={}", policy.word());
    }
    if let Some(domain) = &report.dmarc.domain {
        dmarc += &format!(" header.from={}", token(&domain.to_string()));
    }
    parts.push(dmarc);
    if report.arc.sets > 0 {
        parts.push(format!("arc={}", report.arc.result.word()));
    }
    parts.join(";\r\n\t")
}

/// A value as it is, or quoted if it has to be (RFC 2045 §5.1).
fn token(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_graphic() && !"()<>,;:\\\"/[]?=".contains(c);
    // `@` stands in values of properties without quotes (RFC 8601 §2.2).
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => quoted(text),
    }
}

fn quoted(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_control());
    let escaped = kept.flat_map(|c| {
        let before = matches!(c, '"' | '\\').then_some('\\');
        before.into_iter().chain([c])
    });
    format!("\"{}\"", escaped.collect::<String>())
}
