//! The free text of notifications: what comes before the message that came back, and what it quotes.

use super::event::mailbox;
use super::reply;
use std::borrow::Cow;

/// Octets of prose that are looked at, of one quoted reply, and how many of these.
pub(super) const PROSE: usize = 16 * 1024;
pub(super) const QUOTE: usize = 800;
const MOST: usize = 1000;

/// The header of a message.
pub(super) fn head_of(text: &str) -> &str {
    let text = text.trim_start();
    text.split_once("\n\n").map_or(text, |(head, _)| head)
}

/// The words before the message that came back, and that message.
pub(super) fn apart(text: &str) -> (&str, &str) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let lower = line.trim().to_lowercase();
        let is_ruled =
            lower.starts_with("--") || lower.starts_with("**") || lower.starts_with("==");
        let names_it = ["original", "copy of", "unsent", "returned", "your message"]
            .iter()
            .any(|word| lower.contains(word));
        let is_header = ["return-path:", "received: from", "received: by"]
            .iter()
            .any(|field| lower.starts_with(field));
        let is_sentence = lower.starts_with("original message follows")
            || lower.starts_with("the following is a copy of the message")
            || lower.starts_with("received message follows");
        if is_ruled && names_it || is_header || is_sentence {
            let rest = text.get(if is_header { at } else { at + line.len() }..);
            return (text.get(..at).unwrap_or_default(), rest.unwrap_or_default());
        }
        at += line.len();
    }
    (text, "")
}

/// The words of a page.
pub(super) fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len().min(PROSE));
    let mut is_tag = false;
    for c in html.chars().take(PROSE * 4) {
        match c {
            '<' => is_tag = true,
            '>' if is_tag => {
                is_tag = false;
                text.push('\n');
            }
            _ if is_tag => {}
            c => text.push(c),
        }
    }
    let named = [("&gt;", ">"), ("&lt;", "<"), ("&nbsp;", " "), ("&#39;", "'"), ("&quot;", "\"")];
    named.iter().fold(text, |text, (name, c)| text.replace(name, c)).replace("&amp;", "&")
}

/// Line ends as LF, whatever they were saved as.
pub(super) fn unix(octets: &[u8]) -> Cow<'_, [u8]> {
    if !octets.contains(&b'\r') {
        return Cow::Borrowed(octets);
    }
    let mut unix = Vec::with_capacity(octets.len());
    for (at, octet) in octets.iter().enumerate() {
        match octet {
            b'\r' if octets.get(at + 1) == Some(&b'\n') => {}
            b'\r' => unix.push(b'\n'),
            other => unix.push(*other),
        }
    }
    Cow::Owned(unix)
}

/// What the prose quotes of servers: from the line with a code to the end of the paragraph.
pub(super) fn quotes(prose: &str) -> Vec<&str> {
    let mut quotes = Vec::new();
    for paragraph in prose.split("\n\n") {
        let mut at = 0;
        for line in paragraph.split_inclusive('\n') {
            if reply::has_code(line) && quotes.len() < MOST {
                let rest = paragraph.get(at..).unwrap_or_default();
                let mut end = rest.len().min(QUOTE);
                while !rest.is_char_boundary(end) {
                    end -= 1;
                }
                quotes.push(rest.get(..end).unwrap_or(rest));
                break;
            }
            at += line.len();
        }
    }
    quotes
}

/// What the prose says of each recipient: an address that begins a line, in brackets, before a colon or
/// alone, and what follows it up to a blank line.
pub(super) fn sections(prose: &str) -> Vec<(String, String)> {
    let mut sections: Vec<(String, String)> = Vec::new();
    let mut is_open = false;
    for line in prose.lines() {
        let trimmed = line.trim();
        if let Some((address, rest)) = opener(trimmed) {
            if sections.len() >= MOST {
                break;
            }
            sections.push((address, rest.to_owned()));
            is_open = true;
        } else if trimmed.is_empty() || trimmed.starts_with("--") {
            is_open = false;
        } else if let Some((_, text)) = sections.last_mut().filter(|_| is_open)
            && text.len() < QUOTE
            // qmail's last line of each recipient says that it stops, not why.
            && !trimmed.starts_with("Giving up on")
        {
            text.push('\n');
            text.push_str(trimmed);
        }
    }
    sections.retain(|(_, text)| !text.trim().is_empty());
    sections
}

/// The address at the begin of a line, and what stands behind it.
fn opener(line: &str) -> Option<(String, &str)> {
    let (address, rest) = match line.strip_prefix('<') {
        Some(inner) => {
            let (address, rest) = inner.split_once('>')?;
            (address, rest.strip_prefix(':').or_else(|| rest.trim().is_empty().then_some(""))?)
        }
        None => {
            let end = line.find([' ', '\t']).unwrap_or(line.len());
            let (word, rest) = line.split_at_checked(end)?;
            match word.strip_suffix(':') {
                Some(address) => (address, rest),
                None if rest.is_empty() || rest.trim_start().starts_with('(') => (word, rest),
                None => return None,
            }
        }
    };
    // GMX quotes the whole address.
    let address = address.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(address);
    mailbox(address).filter(|it| !it.contains(['/', '=', ':'])).map(|it| (it, rest))
}

/// The host that a text says refused: `host mx.example.net [192.0.2.7]`, `host: mx.example.net (…)`.
pub(super) fn host(text: &str) -> Option<String> {
    let marks = [
        "host ",
        "host: ",
        "while talking to ",
        "Server ",
        "relay=",
        "rejected by: ",
        "for the recipient domain ",
    ];
    marks.iter().find_map(|mark| {
        text.match_indices(mark).find_map(|(at, _)| {
            let rest = text.get(at + mark.len()..)?;
            let end =
                rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')));
            let name = rest.get(..end.unwrap_or(rest.len()))?.trim_end_matches('.');
            let is_name = name.contains('.') && name.contains(|c: char| c.is_ascii_alphabetic());
            is_name.then(|| name.to_owned())
        })
    })
}

/// The host that a transcript of sendmail talked to last.
pub(super) fn talked_to(prose: &str) -> Option<String> {
    let is_meant = |line: &&str| line.to_ascii_lowercase().contains("while talking to ");
    prose.lines().rfind(is_meant).and_then(|line| host(&line.to_ascii_lowercase()))
}

/// True if a line holds a reply: a code at its begin or behind words that quote one.
pub(super) fn is_reply(line: &str) -> bool {
    let line = line.trim_start_matches(['>', ' ', '\t', '<', '"', '\'', '(', '|']);
    let begins = |text: &str| {
        let text = text.trim_start_matches(['\'', '"', '(', '<', ' ']);
        let after = text.get(3..).unwrap_or_default();
        reply::has_code(text.get(..3).unwrap_or_default())
            && (after.starts_with([' ', '-', ':']) || after.is_empty())
    };
    let quotes =
        ["said:", "returned", "responded with:", "reason:", "smtp;", "was:", "status=", "dsn="];
    begins(line)
        || quotes.iter().any(|mark| {
            line.split_once(mark)
                .is_some_and(|(_, rest)| begins(rest) || reply::code(rest).is_some())
        })
}

/// The first mailbox that prose names in brackets or alone on a line; one behind a word for the
/// recipient goes before all others, and fields about the sender do not count.
pub(super) fn first_mailbox(prose: &str) -> Option<String> {
    let named = |line: &str| {
        line.split_whitespace().find_map(|word| {
            let word = word.trim_matches(|c: char| {
                matches!(c, '<' | '>' | ':' | '"' | '\'' | ',' | '(' | ')')
            });
            mailbox(word).filter(|it| !it.contains(['/', '=']))
        })
    };
    let label = |line: &str| {
        line.split_once(':').map(|(name, _)| name.trim().to_lowercase()).unwrap_or_default()
    };
    let is_recipient = |line: &&str| {
        let label = label(line);
        ["recipient", "failed address", "addressed to", "delivered to"]
            .iter()
            .any(|word| label.contains(word))
    };
    let is_sender = |line: &&str| {
        let label = label(line);
        ["from", "message-id", "sender", "reply-to"].iter().any(|word| label.ends_with(word))
    };
    let mut lines = prose.lines().filter(is_recipient);
    lines.find_map(named).or_else(|| prose.lines().filter(|line| !is_sender(line)).find_map(named))
}

/// The domain that a reply says was checked: `SPF [a.example] with ip`, `sending domain A.EXAMPLE`.
pub(super) fn checked(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    ["spf [", "sending domain ", "domain of ", "dkim ["].iter().find_map(|mark| {
        let rest = lower.get(lower.find(mark)? + mark.len()..)?;
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, ']' | ',' | ')'));
        let name = rest.get(..end.unwrap_or(rest.len()))?;
        let name = name.rsplit('@').next().unwrap_or(name);
        (name.contains('.')).then(|| name.trim_matches('.').to_owned())
    })
}

/// A text on one line.
pub(super) fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
