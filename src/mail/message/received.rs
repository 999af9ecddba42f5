//! A Received field: which host took the message, from whom, and when (RFC 5321 §4.4).

use super::date;
use crate::mail::Field;
use std::net::IpAddr;

/// What one host says of how it got the message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// The first word behind `from`: what the client called itself.
    pub from: Option<String>,
    /// HELO, where it stands in a comment beside another name.
    pub helo: Option<String>,
    /// The address of the client.
    pub ip: Option<IpAddr>,
    /// The host that wrote the field.
    pub by: Option<String>,
    /// `with`: the protocol.
    pub with: Option<String>,
    /// MAIL FROM, where the field has it (`envelope-from`).
    pub envelope_from: Option<String>,
    /// When, in seconds since 1970-01-01 UTC; `None` if that cannot be read.
    pub at: Option<i64>,
}

/// A word of the field, or a comment.
#[derive(Debug)]
enum Token {
    Word(String),
    Comment(String),
}

impl Received {
    /// Reads a field. Total.
    pub fn read(field: Field<'_>) -> Self {
        let text = field.unfolded();
        let text = String::from_utf8_lossy(text.get(..text.len().min(4096)).unwrap_or_default());
        let (tokens, date) = tokens(&text);
        let mut read =
            Self { at: date.and_then(|it| date::seconds(it.as_bytes())), ..Self::default() };
        // Which clause it is in: its key word.
        let mut clause = String::new();
        let mut is_fresh = false;
        for token in tokens {
            match token {
                Token::Word(word) => {
                    let key = word.to_ascii_lowercase();
                    let is_key = ["from", "by", "with", "via", "id", "for"].contains(&key.as_str());
                    if is_key && !is_fresh {
                        is_fresh = true;
                        clause = key;
                        continue;
                    }
                    read.word(&clause, word, is_fresh);
                    is_fresh = false;
                }
                Token::Comment(text) => read.comment(&clause, &text),
            }
        }
        read
    }

    fn word(&mut self, clause: &str, word: String, is_first: bool) {
        let word = word.trim_end_matches(';').to_owned();
        match clause {
            "from" => {
                self.ip = self.ip.or_else(|| address(&word));
                if is_first {
                    self.from = self.from.take().or(Some(word));
                }
            }
            "by" if is_first => self.by = self.by.take().or(Some(word)),
            "with" if is_first => self.with = self.with.take().or(Some(word)),
            _ => {}
        }
    }

    fn comment(&mut self, clause: &str, text: &str) {
        let words = || text.split([' ', '\t', '(', ')', ',', ';']).filter(|it| !it.is_empty());
        if clause == "from" {
            // The address that stands in brackets is the client's; others are guesses of the host.
            let bracketed =
                text.split('[').skip(1).find_map(|rest| address(rest.split(']').next()?));
            self.ip = bracketed.or_else(|| words().find_map(address)).or(self.ip);
            let mut before = "";
            for word in words() {
                let value =
                    word.split_once('=').filter(|(key, _)| key.eq_ignore_ascii_case("helo"));
                let helo = match value {
                    Some((_, helo)) => Some(helo),
                    None if ["helo", "ehlo"].iter().any(|it| before.eq_ignore_ascii_case(it)) => {
                        Some(word)
                    }
                    None => None,
                };
                self.helo = self.helo.take().or(helo.map(str::to_owned));
                before = word;
            }
        }
        let envelope = words().find_map(|word| {
            let (key, value) = word.split_once('=').or_else(|| word.split_once(':'))?;
            key.eq_ignore_ascii_case("envelope-from").then_some(value)
        });
        let envelope = envelope.map(|it| it.trim_matches(['<', '>', '"']).to_owned());
        self.envelope_from = self.envelope_from.take().or(envelope);
    }

    /// What the client said in HELO, as far as the field has it.
    pub fn client_name(&self) -> Option<&str> {
        self.helo.as_deref().or(self.from.as_deref())
    }
}

/// An address as it stands in such fields: `[192.0.2.1]`, `IPv6:2001:db8::1`, mapped.
pub fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim_matches(['[', ']', '<', '>', '"']);
    let text = match text.get(..5) {
        Some(prefix) if prefix.eq_ignore_ascii_case("ipv6:") => text.get(5..)?,
        _ => text,
    };
    let plain = text.parse::<IpAddr>().ok().or_else(|| {
        let (host, port) = text.rsplit_once(':')?;
        port.bytes().all(|it| it.is_ascii_digit()).then(|| host.parse::<IpAddr>().ok())?
    })?;
    Some(plain.to_canonical())
}

/// The words and comments of a field, and the date behind the last semicolon.
fn tokens(text: &str) -> (Vec<Token>, Option<&str>) {
    let (mut depth, mut semicolon) = (0_usize, None);
    for (place, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => semicolon = Some(place),
            _ => {}
        }
    }
    // A parenthesis that is never closed would hide the date.
    let semicolon = semicolon.or_else(|| text.rfind(';'));
    let (clauses, date) = match semicolon {
        Some(place) => (text.get(..place).unwrap_or_default(), text.get(place + 1..)),
        None => (text, None),
    };
    let mut tokens = Vec::new();
    let (mut word, mut depth) = (String::new(), 0_usize);
    let mut end = |word: &mut String, is_comment: bool| {
        let text = std::mem::take(word);
        match (text.trim().is_empty(), is_comment) {
            (true, _) => {}
            (false, true) => tokens.push(Token::Comment(text)),
            (false, false) => tokens.push(Token::Word(text)),
        }
    };
    for c in clauses.chars() {
        match c {
            '(' => {
                if depth == 0 {
                    end(&mut word, false);
                } else {
                    word.push(c);
                }
                depth += 1;
            }
            ')' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    end(&mut word, true);
                } else {
                    word.push(c);
                }
            }
            c if c.is_whitespace() && depth == 0 => end(&mut word, false),
            c => word.push(c),
        }
    }
    end(&mut word, depth > 0);
    (tokens, date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Received {
        let text = format!("Received: {value}\r\n");
        Received::read(Field::read(text.as_bytes()).expect("a field"))
    }

    fn client(value: &str) -> (Option<String>, Option<String>) {
        let read = read(value);
        (read.client_name().map(str::to_owned), read.ip.map(|it| it.to_string()))
    }

    fn expected(name: &str, ip: &str) -> (Option<String>, Option<String>) {
        (Some(name.to_owned()), Some(ip.to_owned()))
    }

    #[test]
    fn client_and_address_are_found_wherever_programs_put_them() {
        assert_eq!(
            client(
                "from a.example (unknown [192.0.2.1]) by b.example; Mon, 13 Nov 2023 10:00:00 +0000"
            ),
            expected("a.example", "192.0.2.1")
        );
        assert_eq!(
            client("from [192.0.2.1] (helo=a.example) by b.example with esmtp (Exim 4.9)"),
            expected("a.example", "192.0.2.1")
        );
        assert_eq!(
            client(
                "from a.example (2001:db8::1) by b.example (10.0.0.1) with Microsoft SMTP Server"
            ),
            expected("a.example", "2001:db8::1")
        );
        assert_eq!(
            client("from unknown (HELO a.example) (192.0.2.1) by b.example"),
            expected("a.example", "192.0.2.1")
        );
        assert_eq!(
            client("from a.example ([IPv6:::ffff:192.0.2.1]) by b.example"),
            expected("a.example", "192.0.2.1")
        );
    }

    #[test]
    fn a_field_with_an_id_alone_has_a_host_and_a_time() {
        let read = read("by 10.0.0.1 with SMTP id x1; Mon, 13 Nov 2023 10:00:00 +0000 (GMT)");
        assert_eq!(
            (read.from, read.by.as_deref(), read.at),
            (None, Some("10.0.0.1"), Some(1_699_869_600))
        );
    }
}
