//! Text to results: RFC 8601 §2.2, leniently.

use super::{AuthenticationResults, MethodResult, Oddity, Property, normal};

/// Most results of one field that are kept.
const MOST: usize = 100;

/// A piece of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Comment(String),
    Semicolon,
}

/// Reads the value of a field, unfolded or not. Total.
pub fn read(value: &[u8]) -> AuthenticationResults {
    let tokens = tokens(&String::from_utf8_lossy(value));
    let mut found = AuthenticationResults::default();
    let mut pieces = tokens.split(|token| *token == Token::Semicolon).peekable();
    let is_word = |token: &&Token| matches!(token, Token::Word(_));
    let first = pieces.peek().and_then(|piece| piece.iter().find(is_word));
    match first {
        // The first word is a result: the field begins without the name of its author.
        Some(Token::Word(word)) if method(word).is_some() => {
            found.oddities.push(Oddity::NoAuthservId);
        }
        Some(Token::Word(word)) => {
            let own = pieces.next().unwrap_or_default();
            found.authserv_id = Some(word.clone());
            // The version may follow, and then nothing; some forget the semicolon.
            let rest = own.iter().skip_while(|token| !is_word(token)).skip(1);
            let rest: Vec<Token> = rest.cloned().collect();
            let result =
                rest.iter().position(|it| matches!(it, Token::Word(it) if method(it).is_some()));
            if let Some(place) = result {
                result_of(rest.get(place..).unwrap_or_default(), &mut found);
            }
        }
        _ => found.oddities.push(Oddity::NoAuthservId),
    }
    let mut is_none = false;
    for piece in pieces {
        match piece.iter().find(is_word) {
            None => {}
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("none") => is_none = true,
            Some(_) => result_of(piece, &mut found),
        }
    }
    if found.results.is_empty() && !is_none {
        found.oddities.push(Oddity::Empty);
    }
    found.oddities.dedup();
    found
}

/// Reads `method=result`, its reason and its properties.
fn result_of(piece: &[Token], found: &mut AuthenticationResults) {
    if found.results.len() >= MOST {
        return;
    }
    let mut words = piece.iter().filter_map(|token| match token {
        Token::Word(word) => Some(word.as_str()),
        _ => None,
    });
    let Some((method, result)) = words.next().and_then(method) else {
        found.oddities.push(Oddity::Unreadable);
        return;
    };
    let mut one =
        MethodResult { method, result, reason: None, properties: Vec::new(), comments: Vec::new() };
    for word in words {
        let Some((name, value)) = word.split_once('=') else {
            found.oddities.push(Oddity::Unreadable);
            continue;
        };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim().to_owned());
        match name.as_str() {
            "reason" => one.reason = Some(value),
            _ => one.properties.push(Property { name, value }),
        }
    }
    one.comments.extend(piece.iter().filter_map(|token| match token {
        Token::Comment(text) => Some(text.clone()),
        _ => None,
    }));
    if normal(&one.result) != one.result {
        found.oddities.push(Oddity::UnknownResult);
    }
    found.results.push(one);
}

/// `method[/version]=result`.
fn method(word: &str) -> Option<(String, String)> {
    let (method, result) = word.split_once('=')?;
    let method = method.split('/').next().unwrap_or_default().trim();
    let is_keyword = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    let is_method = is_keyword(method) && !method.contains('.') && is_keyword(result.trim());
    is_method.then(|| (method.to_ascii_lowercase(), result.trim().to_ascii_lowercase()))
}

/// Cuts a text into words, comments and semicolons. White space around `=` belongs to no word.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars().peekable();
    let end = |word: &mut String, tokens: &mut Vec<Token>| {
        if !word.is_empty() {
            tokens.push(Token::Word(std::mem::take(word)));
        }
    };
    while let Some(c) = chars.next() {
        match c {
            ';' => {
                end(&mut word, &mut tokens);
                tokens.push(Token::Semicolon);
            }
            '(' => {
                let comment = comment(&mut chars);
                // `dmarc=pass(p=reject)`: what goes on behind a comment is another word.
                end(&mut word, &mut tokens);
                tokens.push(Token::Comment(comment));
            }
            '"' => {
                while let Some(c) = chars.next() {
                    match c {
                        '"' => break,
                        '\\' => word.extend(chars.next()),
                        c => word.push(c),
                    }
                }
            }
            c if c.is_whitespace() => {
                while chars.next_if(|c| c.is_whitespace()).is_some() {}
                let joins = word.ends_with('=') || chars.peek() == Some(&'=');
                if !joins {
                    end(&mut word, &mut tokens);
                }
            }
            c => word.push(c),
        }
    }
    end(&mut word, &mut tokens);
    tokens
}

/// The text of a comment whose parenthesis was read; those in it belong to it.
fn comment(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let (mut text, mut depth) = (String::new(), 1_usize);
    while let Some(c) = chars.next() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '\\' => {
                text.extend(chars.next());
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
        text.push(c);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(text: &str) -> (Option<String>, Vec<(String, String)>, Vec<Oddity>) {
        let read = read(text.as_bytes());
        let results = read.results.into_iter().map(|it| (it.method, it.result)).collect();
        (read.authserv_id, results, read.oddities)
    }

    fn pairs<const N: usize>(of: [(&str, &str); N]) -> Vec<(String, String)> {
        of.map(|(method, result)| (method.to_owned(), result.to_owned())).to_vec()
    }

    #[test]
    fn a_field_by_the_book_is_read_with_its_version() {
        let text = "example.com 1; spf=pass smtp.mailfrom=a@b.example; dkim=fail (bad hash)\r\n \
                    reason=\"body; changed\" header.d=b.example";
        assert_eq!(
            short(text),
            (Some("example.com".into()), pairs([("spf", "pass"), ("dkim", "fail")]), Vec::new())
        );
        let dkim = read(text.as_bytes()).results.remove(1);
        assert_eq!(dkim.reason.as_deref(), Some("body; changed"));
        assert_eq!(
            (dkim.property("header.d"), dkim.comments.clone()),
            (Some("b.example"), vec!["bad hash".into()])
        );
    }

    #[test]
    fn microsofts_field_has_no_author() {
        let text = "spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=b.example; dkim=none (message not \
                    signed)\r\n header.d=none;dmarc=bestguesspass action=none\r\n header.from=b.example;compauth=pass reason=109";
        let (author, results, oddities) = short(text);
        assert_eq!(author, None);
        assert_eq!(
            results,
            pairs([
                ("spf", "pass"),
                ("dkim", "none"),
                ("dmarc", "bestguesspass"),
                ("compauth", "pass")
            ])
        );
        assert_eq!(oddities, [Oddity::NoAuthservId, Oddity::UnknownResult]);
    }

    #[test]
    fn none_is_a_field_without_results_and_no_fault() {
        assert_eq!(
            short("example.com; none"),
            (Some("example.com".into()), Vec::new(), Vec::new())
        );
        assert_eq!(short("example.com").2, [Oddity::Empty]);
    }

    #[test]
    fn a_value_with_a_colon_and_an_open_comment_end_nothing() {
        let read = read(b"a.example; iprev=pass policy.iprev=2001:db8::1 (b ; c");
        assert_eq!(read.results[0].property("policy.iprev"), Some("2001:db8::1"));
    }
}
