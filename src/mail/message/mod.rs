//! A message over borrowed octets: fields and body, nothing decoded and nothing copied.
//!
//! RFC 5322 §2.1: "a message consists of header fields [...] followed, optionally, by a body", with an
//! empty line between. Lines end in CRLF here: [`crate::mail::source`] has seen to it.

mod address;
mod date;
mod received;

pub use address::{addresses, domain_of};
pub use date::seconds;
pub use received::{Received, address};

/// A message: the fields of its header, top to bottom, and its body.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// The fields, top to bottom.
    pub fields: Vec<Field<'a>>,
    /// What follows the empty line; empty where there is none.
    pub body: &'a [u8],
    /// True if an empty line ends the header: without one the text was cut or is a header alone.
    pub has_body: bool,
    /// Lines of the header that are no field and continue none.
    pub strays: usize,
}

/// A header field, folded as it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// All of it, the line end with it where there is one.
    pub octets: &'a [u8],
    /// Octets before the colon.
    colon: usize,
}

impl<'a> Message<'a> {
    /// Cuts a text into fields and body. Total.
    ///
    /// A line that is no field ends nothing: it is counted and left out, for programs that save
    /// messages put lines of their own among the fields.
    pub fn read(text: &'a [u8]) -> Self {
        let mut message = Self { fields: Vec::new(), body: &[], has_body: false, strays: 0 };
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(body) = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")) {
                message.body = body;
                message.has_body = true;
                break;
            }
            let (octets, after) = rest.split_at(folded(rest));
            rest = after;
            match Field::read(octets) {
                Some(field) => message.fields.push(field),
                None => message.strays += 1,
            }
        }
        message
    }

    /// The fields of a name, letter case ignored, top to bottom.
    pub fn all<'n>(
        &self,
        name: &'n str,
    ) -> impl DoubleEndedIterator<Item = Field<'a>> + use<'a, 'n, '_> {
        self.fields.iter().copied().filter(move |field| field.is(name))
    }

    /// The topmost field of a name.
    pub fn first(&self, name: &str) -> Option<Field<'a>> {
        self.all(name).next()
    }
}

/// Octets of the first line and of the lines that continue it.
fn folded(text: &[u8]) -> usize {
    let mut end = 0;
    loop {
        let rest = text.get(end..).unwrap_or_default();
        match memchr(rest) {
            None => return text.len(),
            Some(place) => end += place + 1,
        }
        if !matches!(text.get(end), Some(b' ' | b'\t')) {
            return end;
        }
    }
}

/// The place of the first line feed.
fn memchr(text: &[u8]) -> Option<usize> {
    text.iter().position(|octet| *octet == b'\n')
}

impl<'a> Field<'a> {
    /// Reads a field; `None` if the octets are none.
    pub fn read(octets: &'a [u8]) -> Option<Self> {
        let colon = octets.iter().position(|octet| *octet == b':')?;
        let name = octets.get(..colon)?.trim_ascii_end();
        // RFC 5322 §2.2: "printable US-ASCII characters (i.e., characters that have values between
        // 33 and 126, inclusive), except colon"; obsolete syntax has white space before the colon.
        let is_name = !name.is_empty() && name.iter().all(|octet| matches!(octet, 33..=126));
        is_name.then_some(Self { octets, colon })
    }

    /// Its name, as written.
    pub fn name(&self) -> &'a [u8] {
        self.octets.get(..self.colon).unwrap_or_default().trim_ascii_end()
    }

    /// What stands before the colon: the name, and white space of the obsolete syntax.
    pub fn before_colon(&self) -> &'a [u8] {
        self.octets.get(..self.colon).unwrap_or_default()
    }

    /// What follows the colon, folded as it is, without the end of the last line.
    pub fn value(&self) -> &'a [u8] {
        let value = self.octets.get(self.colon + 1..).unwrap_or_default();
        let value = value.strip_suffix(b"\n").unwrap_or(value);
        value.strip_suffix(b"\r").unwrap_or(value)
    }

    /// The value on one line, without white space around it.
    pub fn unfolded(&self) -> Vec<u8> {
        let kept = self.value().iter().copied().filter(|octet| !matches!(octet, b'\r' | b'\n'));
        kept.collect::<Vec<u8>>().trim_ascii().to_vec()
    }

    /// True if it has this name, letter case ignored.
    pub fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folded_field_is_one_field_and_the_body_follows_the_empty_line() {
        let text = b"From: a@b\r\nSubject: one\r\n two\r\n\r\nbody\r\n\r\n";
        let message = Message::read(text);
        let names: Vec<&[u8]> = message.fields.iter().map(Field::name).collect();
        let subject = message.first("subject").map(|field| field.unfolded());
        assert_eq!(
            (names, subject, message.body),
            (vec![&b"From"[..], b"Subject"], Some(b"one two".to_vec()), &b"body\r\n\r\n"[..])
        );
    }

    #[test]
    fn a_line_that_is_no_field_is_counted_and_hides_no_other() {
        let message = Message::read(b"From: a@b\r\nno field here\r\nTo: c@d\r\n\r\n");
        assert_eq!((message.fields.len(), message.strays), (2, 1));
    }

    #[test]
    fn a_header_alone_has_no_body() {
        let message = Message::read(b"From: a@b\r\nTo: c@d");
        assert_eq!((message.fields.len(), message.has_body), (2, false));
    }
}
