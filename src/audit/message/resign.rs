//! What a signature that is made over this message as it is would have to survive.

use crate::mail::Message;
use crate::text::Phrase;

/// Fields that a signer should list once more than there are.
const OVERSIGN: [&str; 5] = ["From", "Subject", "Date", "To", "Message-ID"];

/// What would break a new signature on its way, and what it should cover.
pub(super) fn notes(message: &Message<'_>) -> Vec<Phrase> {
    let mut notes = Vec::new();
    let lines = || message.body.split(|octet| *octet == b'\n');
    let count = |is: fn(&[u8]) -> bool| lines().filter(|line| is(line)).count();
    let mut add = |count: usize, what: &str| {
        if count > 0 {
            notes.push(Phrase::new().weak(format!("{count} lines")).plain(what));
        }
    };
    add(
        count(|line| line.strip_suffix(b"\r").unwrap_or(line).len() > 998),
        " of the body are longer than 998 octets: servers may fold them (RFC 5321 §4.5.3.1.6)",
    );
    add(
        count(|line| line.iter().any(|octet| *octet >= 0x80)),
        " of the body hold 8-bit octets: a server without 8BITMIME changes their encoding",
    );
    add(
        count(|line| line.strip_suffix(b"\r").unwrap_or(line).ends_with(b" ")),
        " of the body end in a space: c=simple fails where that is trimmed; use relaxed",
    );
    add(
        count(|line| line.strip_suffix(b"\r").unwrap_or(line).contains(&b'\r')),
        " of the body hold a CR alone, which servers turn into line ends",
    );
    add(
        count(|line| line.starts_with(b"From ")),
        " of the body begin with \"From \": an mbox puts \">\" before them",
    );
    for name in OVERSIGN {
        match message.all(name).count() {
            0 if name != "To" => notes.push(
                Phrase::from("there is no ")
                    .code(name)
                    .plain(" field: list it in h= so that none can be added"),
            ),
            0 | 1 => {}
            many => notes.push(
                Phrase::new()
                    .bad(format!("{many} {name} fields"))
                    .plain(": receivers may refuse the message"),
            ),
        }
    }
    if notes.is_empty() {
        notes.push(
            Phrase::new()
                .good("nothing")
                .plain(" in the message would break a relaxed signature on its way"),
        );
    }
    notes
}
