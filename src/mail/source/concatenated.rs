//! Messages that were put one behind the other, without the lines of an mbox between them.

/// Fields that a message begins with.
const KNOWN: [&str; 11] = [
    "from",
    "to",
    "subject",
    "date",
    "received",
    "return-path",
    "delivered-to",
    "message-id",
    "mime-version",
    "content-type",
    "x-original-to",
];
/// How much of a header is looked at.
const HEADER: usize = 64 * 1024;

/// The messages of a text. RFC 2046 §5.1.1: what stands behind the end of a multipart message says nothing,
/// so what begins there like a message is the next one. Where a message of another kind ends, only an
/// mbox tells.
pub fn concatenated(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let whole = rest.take()?;
        let Some(end) = end(whole) else { return Some(whole) };
        let (message, behind) = whole.split_at_checked(end)?;
        if !begins_a_message(behind.trim_ascii_start()) {
            return Some(whole);
        }
        rest = Some(behind.trim_ascii_start());
        Some(message)
    })
}

/// The header of a message, as far as it is looked at.
fn header(text: &[u8]) -> String {
    let begin = text.get(..text.len().min(HEADER)).unwrap_or(text);
    let begin = String::from_utf8_lossy(begin).replace("\r\n", "\n");
    begin.split("\n\n").next().unwrap_or_default().to_ascii_lowercase()
}

/// Where a multipart message ends: behind the line with its last delimiter.
fn end(text: &[u8]) -> Option<usize> {
    let header = header(text);
    let length = header.len().min(text.len());
    // Boundaries are case-sensitive: the value is taken from the text itself.
    let begin = String::from_utf8_lossy(text.get(..text.len().min(HEADER)).unwrap_or(text));
    let at = begin.to_ascii_lowercase().find("boundary").filter(|at| *at <= length)?;
    let value = begin.get(at..)?.split_once('=')?.1.trim_start();
    let boundary = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => value.split([';', ' ', '\t', '\r', '\n']).next()?,
    };
    if boundary.is_empty() {
        return None;
    }
    let last = format!("--{boundary}--");
    let mut place = 0;
    for line in text.split_inclusive(|octet| *octet == b'\n') {
        place += line.len();
        if line.trim_ascii_end() == last.as_bytes() {
            return Some(place);
        }
    }
    None
}

/// True if a text begins with the header of a message: known fields, From among them.
fn begins_a_message(text: &[u8]) -> bool {
    let header = header(text);
    let name = |line: &str| line.split_once(':').map(|(name, _)| name.trim_end().to_owned());
    let is_first = header.lines().next().and_then(name).is_some_and(|it| KNOWN.contains(&&*it));
    is_first && header.lines().filter_map(name).any(|name| name == "from")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "From: a@a.example\r\nContent-Type: multipart/mixed; boundary=\"B b\"\r\n\r\n\
        --B b\r\n\r\nFrom: in a part\r\n\r\n--B b--\r\n";

    fn count(text: &str) -> usize {
        concatenated(text.as_bytes()).count()
    }

    #[test]
    fn a_message_behind_the_end_of_another_is_one_of_its_own() {
        let plain = "Subject: x\r\nFrom: b@a.example\r\n\r\nbody\r\n";
        let three = format!("{ONE}{ONE}\r\n{plain}");
        assert_eq!([count(ONE), count(&three), count(plain)], [1, 3, 1]);
    }

    #[test]
    fn words_behind_the_end_of_a_message_belong_to_it() {
        let tails = ["a footer of the list\r\n", "Note: From: here\r\n\r\nx", "\r\n\r\n"];
        assert_eq!(tails.map(|tail| count(&format!("{ONE}{tail}"))), [1; 3]);
    }
}
