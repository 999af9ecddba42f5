//! Replies and lines of a log that were pasted into a file.

use super::classify::Class;
use super::event::mailbox;
use super::notification::{Evidence, meaning};
use super::prose::{checked, folded, host, is_reply};
use super::{Bounce, Recipient, reply};

/// True if a line begins a field of a header.
pub(super) fn is_field(line: &str) -> bool {
    // Of an mbox, the line before the first message.
    line.starts_with("From ")
        || line.split_once(':').is_some_and(|(name, _)| {
            let name = name.trim_end();
            !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_graphic() && octet != b';')
        })
}

/// Replies and lines of a log that somebody pasted, with or without what surrounds them; `None` if no
/// line holds one.
pub(super) fn read(text: &str) -> Option<Bounce> {
    let of_reply = text.lines().position(|line| is_reply(line) || reply::code(line).is_some())?;
    if text.contains('\0') {
        return None;
    }
    let mut lines =
        text.lines().skip(of_reply).map(|line| line.trim_start_matches(['>', ' ', '\t']));
    let first = lines.next().unwrap_or_default();
    let rest = lines.take_while(|line| !line.trim().is_empty());
    let said: String = std::iter::once(first).chain(rest).collect::<Vec<_>>().join("\n");
    let evidence = [Evidence { text: &said, code: None }];
    let mut bounce = Bounce { address: reply::address(&said), ..Bounce::default() };
    bounce.checked_domain = checked(&said);
    let to = said.split_once("to=<").and_then(|(_, rest)| mailbox(rest.split('>').next()?));
    let words = || said.split(|c: char| c.is_whitespace() || c == ',');
    let named = || words().find_map(|it| mailbox(it.trim_end_matches([':', '.', '>', ';', '\''])));
    let mut meaning = meaning(&evidence, &host(&said).unwrap_or_default());
    if meaning.class == Class::Unknown && of_reply > 0 {
        let all = [Evidence { text, code: None }];
        meaning = self::meaning(&all, "");
    }
    bounce.recipients.push(Recipient {
        address: to.or_else(named),
        action: None,
        status: reply::code(&said).map(str::to_owned),
        remote: host(&said),
        text: folded(&said),
        meaning,
    });
    Some(bounce)
}
