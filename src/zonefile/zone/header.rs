//! What precedes the data of a record: time to live, class and type, in either order.

use super::build::Fault;
use super::fault::ErrorKind;
use crate::dns::Kind;
use crate::dns::presentation::{self, Word};
use crate::net::Name;
use crate::text::lex::Wanted;

const KIND: &str = "a record type";

/// True for the age of a record, in hours, as Windows writes it: `[AGE:3627487]`.
pub(super) fn is_age(word: Word<'_>) -> bool {
    let text = word.text.strip_prefix(b"[AGE:").and_then(|text| text.strip_suffix(b"]"));
    !word.quoted && text.is_some_and(|text| text.iter().all(u8::is_ascii_digit))
}

/// True for a name that is the origin twice.
pub(super) fn is_doubled(origin: &Name, owner: &Name) -> bool {
    let count = origin.label_count();
    count > 0 && owner.label_count() == 2 * count && owner.labels().take(count).eq(origin.labels())
}

/// What stands before the data of a record.
pub(super) struct Header<'w, 'a> {
    pub(super) ttl: Option<u32>,
    pub(super) kind: Kind,
    pub(super) data: &'w [Word<'a>],
}

/// `[TTL] [class] type RDATA`, or with the class first.
pub(super) fn header<'w, 'a>(
    mut words: &'w [Word<'a>],
    after: &'a [u8],
) -> Result<Header<'w, 'a>, Fault<'a>> {
    let (mut ttl, mut class) = (None, false);
    loop {
        let (word, rest) =
            words.split_first().ok_or((ErrorKind::Type, Wanted { at: after, what: KIND }))?;
        words = rest;
        if !class && (word.is("IN") || word.is("CLASS1")) {
            class = true;
        } else if ["CH", "HS", "CS"].iter().any(|other| word.is(other)) {
            let what = "class IN (the only supported class)";
            return Err((ErrorKind::Class, Wanted { at: word.text, what }));
        } else if ttl.is_none() && word.text.first().is_some_and(u8::is_ascii_digit) {
            let what = "a TTL or a record type";
            ttl = Some(word.seconds().ok_or((ErrorKind::Ttl, Wanted { at: word.text, what }))?);
        } else {
            let kind = (!word.quoted).then(|| presentation::kind(word.text)).flatten();
            let kind = kind.ok_or((ErrorKind::Type, Wanted { at: word.text, what: KIND }))?;
            return Ok(Header { ttl, kind, data: rest });
        }
    }
}
