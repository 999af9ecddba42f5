//! Replies of SMTP in a text: unfolded, in small letters, with their codes.

/// Most octets of one reply.
const LONGEST: usize = 2000;

/// A text for the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plain {
    /// Small letters, single blanks, without addresses of mailboxes and links, and with the code that
    /// every line of a reply repeats only once.
    pub words: String,
    /// The links, in small letters.
    pub links: String,
}

/// A text for the rules.
pub(super) fn plain(text: &str) -> Plain {
    let mut plain =
        Plain { words: String::with_capacity(text.len().min(LONGEST)), links: String::new() };
    let mut seen: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        if plain.words.len() >= LONGEST || plain.links.len() >= LONGEST {
            break;
        }
        // `550-5.7.26 … 550 5.7.26`: the code of every line but the first says nothing new.
        if is_reply_code(word) || enhanced(word) {
            let codes = || word.split('-').filter(|code| !code.is_empty());
            if codes().all(|code| seen.contains(&code)) {
                continue;
            }
            seen.extend(codes());
        }
        // What a page is called says little of this reply, so it is held against rules of its own.
        if word.contains("://") || word.starts_with("www.") {
            plain.links.push(' ');
            plain.links.extend(word.chars().flat_map(char::to_lowercase));
            continue;
        }
        if !plain.words.is_empty() {
            plain.words.push(' ');
        }
        let rest = match word.split_once('@') {
            Some((_, domain)) => {
                plain.words.push_str("<>");
                let end = domain.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-')));
                domain
                    .get(end.unwrap_or(domain.len())..)
                    .unwrap_or_default()
                    .trim_start_matches('>')
            }
            None => word,
        };
        plain.words.extend(rest.chars().flat_map(char::to_lowercase));
    }
    plain
}

fn is_reply_code(word: &str) -> bool {
    let digits = word.split('-').next().unwrap_or_default();
    matches!(digits.as_bytes(), [b'2' | b'4' | b'5', b'0'..=b'9', b'0'..=b'9'])
}

fn enhanced(word: &str) -> bool {
    code_at(word).is_some_and(|code| code.len() == word.len())
}

/// The enhanced code that a text begins with.
fn code_at(text: &str) -> Option<&str> {
    let class = text.as_bytes().first()?;
    if !matches!(class, b'2' | b'4' | b'5') {
        return None;
    }
    let rest = text.get(1..)?.strip_prefix('.')?;
    let subject = rest.bytes().take_while(u8::is_ascii_digit).count();
    let detail = rest.get(subject..)?.strip_prefix('.')?;
    let digits = detail.bytes().take_while(u8::is_ascii_digit).count();
    let ends = detail.get(digits..)?.chars().next();
    let is_code = (1..=3).contains(&subject)
        && (1..=3).contains(&digits)
        && ends.is_none_or(|c| c != '.' && !c.is_alphanumeric());
    text.get(..2 + subject + 1 + digits).filter(|_| is_code)
}

/// The enhanced code of a text: the last one that says something, else the last one.
pub(super) fn code(text: &str) -> Option<&str> {
    let mut found: Option<&str> = None;
    for (at, _) in text.match_indices(['4', '5']) {
        let before = text.get(..at).and_then(|it| it.chars().next_back());
        if before.is_some_and(|c| c.is_alphanumeric() || c == '.') {
            continue;
        }
        if let Some(code) = text.get(at..).and_then(code_at)
            && (found.is_none() || !code.ends_with(".0.0"))
        {
            found = Some(code);
        }
    }
    found
}

/// True if there is a code of SMTP in a line.
pub(super) fn has_code(line: &str) -> bool {
    code(line).is_some()
        || line.split(|c: char| c.is_whitespace() || matches!(c, ':' | '<' | '(' | '"' | '\'')).any(
            |word| {
                let word = word.trim_end_matches([',', '.', ';', ')']);
                is_reply_code(word) && !word.starts_with('2')
            },
        )
}

/// The address between brackets or behind words by which a host says what it saw; the address of the
/// host that spoke is none.
pub(super) fn address(text: &str) -> Option<std::net::IpAddr> {
    let text = &*text.to_ascii_lowercase();
    let named =
        ["with ip: ", "with ip:", "[", "client ip ", "for ", "ip address ", "ip=", "ip: ", "spf: "];
    let behind = named.iter().find_map(|mark| {
        text.match_indices(mark).find_map(|(at, _)| {
            let rest = text.get(at + mark.len()..)?.trim_start_matches('[');
            let end = rest.find(|c: char| !(c.is_ascii_hexdigit() || matches!(c, '.' | ':')));
            let address =
                rest.get(..end.unwrap_or(rest.len()))?.trim_end_matches('.').parse().ok()?;
            (!is_of_speaker(text.get(..at)?)).then_some(address)
        })
    });
    // `192.0.2.1 is not allowed to send mail from example.com`
    let refused = [" is not allowed to ", " is not authorized to ", " is not permitted to "];
    behind.or_else(|| {
        refused.iter().find_map(|mark| {
            let before = text.get(..text.find(mark)?)?;
            let word = before.rsplit(char::is_whitespace).next()?;
            word.trim_matches(['(', ')', '"', '<', '>', '\'']).parse().ok()
        })
    })
}

/// True if what stands before an address names the host that spoke or was called: `host mx.example.net`,
/// `connect to mx.example.net`.
fn is_of_speaker(before: &str) -> bool {
    let before = before.trim_end().trim_end_matches('(');
    let name = before.rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_')));
    let lead = before.get(..name.map_or(0, |at| at + 1)).unwrap_or_default().to_ascii_lowercase();
    let lead = lead.trim_end_matches([' ', ':']);
    let words =
        ["connect to", "conversation with", "connection with", "relay=", "talking to", " by", "h="];
    words.iter().any(|word| lead.ends_with(word))
        || (lead.ends_with("host") || lead.ends_with("server"))
            && !["client host", "sending host", "client server"].iter().any(|it| lead.ends_with(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_that_is_not_allowed_to_send_is_the_senders() {
        let said = "550 5.7.23 SPF fail: 198.51.100.7 is not allowed to send mail from a.example";
        assert_eq!(address(said), "198.51.100.7".parse().ok());
        assert_eq!(address("550 5.7.23 a.example is not allowed to send mail"), None);
    }

    #[test]
    fn the_code_of_a_reply_is_found_on_any_of_its_lines() {
        assert_eq!(code("550-5.7.26 This mail 550 5.7.26 - gsmtp"), Some("5.7.26"));
        assert_eq!(code("smtp; 550 5.1.1 <a@b.example>... User unknown"), Some("5.1.1"));
        assert_eq!(code("connect to 192.0.2.5[192.0.2.5]:25"), None);
    }

    #[test]
    fn lines_of_a_reply_are_one_sentence() {
        assert_eq!(
            plain("550-5.2.1 The account\n550 5.2.1 is inactive").words,
            "550-5.2.1 the account is inactive"
        );
    }

    #[test]
    fn mailboxes_and_links_are_not_words_of_a_reply() {
        let plain = plain("550 (a@b.example:blocked) see http://C.example/spam");
        assert_eq!(plain.words, "550 <>:blocked) see");
        assert_eq!(plain.links, " http://c.example/spam");
    }

    #[test]
    fn the_address_that_was_checked_is_found() {
        let text = "SPF [a.example] with ip: [2001:db8::25] = did not pass";
        assert_eq!(address(text), "2001:db8::25".parse().ok());
        assert_eq!(address("Client IP 192.0.2.25 is not allowed"), "192.0.2.25".parse().ok());
        let text = "host mx.example.net[192.0.2.7] said: 554 Client host [192.0.2.25] blocked";
        assert_eq!(address(text), "192.0.2.25".parse().ok());
    }

    #[test]
    fn the_address_of_the_host_that_spoke_is_not_the_one_that_was_checked() {
        let texts = [
            "host mx.example.net [192.0.2.7] SMTP error: 550 User unknown",
            "connect to mx.example.net[192.0.2.7]:25: Connection refused",
            "mx.example.net by mx.example.net. [192.0.2.7]",
        ];
        assert_eq!(texts.map(address), [None; 3]);
    }
}
