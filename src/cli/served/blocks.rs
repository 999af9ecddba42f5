//! Configurations in blocks, as BIND has them.

use super::{Served, Settings};

/// A piece of a configuration.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Open,
    Close,
    End,
}

/// A block that is not closed yet.
enum Block {
    Zone(Served),
    Options,
    Other,
}

/// The zones, the folder and what is included. Anything else is passed over.
pub(super) fn read(text: &str) -> Settings {
    let mut settings = Settings::default();
    let (mut blocks, mut words): (Vec<Block>, Vec<String>) = (Vec::new(), Vec::new());
    for token in tokens(text) {
        match token {
            Token::Word(word) => {
                words.push(word);
                continue;
            }
            Token::Open => blocks.push(opened(&words)),
            Token::Close => {
                if let Some(Block::Zone(zone)) = blocks.pop() {
                    settings.zones.push(zone);
                }
            }
            Token::End => statement(blocks.last_mut(), &words, &mut settings),
        }
        words.clear();
    }
    settings
}

fn statement(block: Option<&mut Block>, words: &[String], settings: &mut Settings) {
    let [key, value] = words else { return };
    match (block, key.as_str()) {
        (Some(Block::Zone(zone)), "file") => zone.file = Some(value.clone()),
        (Some(Block::Zone(zone)), "type") => {
            zone.is_copy = value != "master" && value != "primary";
        }
        (Some(Block::Options), "directory") => settings.folder = Some(value.clone()),
        (_, "include") => settings.includes.push(value.clone()),
        _ => {}
    }
}

fn opened(words: &[String]) -> Block {
    match words {
        [key, name, ..] if key == "zone" => {
            Block::Zone(Served { name: name.clone(), ..Served::default() })
        }
        [key] if key == "options" => Block::Options,
        _ => Block::Other,
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let (mut tokens, mut word) = (Vec::new(), String::new());
    let mut rest = text.chars().peekable();
    let end = |tokens: &mut Vec<Token>, word: &mut String| {
        if !word.is_empty() {
            tokens.push(Token::Word(std::mem::take(word)));
        }
    };
    while let Some(next) = rest.next() {
        let after = rest.peek().copied();
        match (next, after) {
            ('"', _) => {
                end(&mut tokens, &mut word);
                tokens.push(Token::Word(rest.by_ref().take_while(|it| *it != '"').collect()));
            }
            ('#', _) | ('/', Some('/')) => {
                end(&mut tokens, &mut word);
                rest.by_ref().take_while(|it| *it != '\n').for_each(drop);
            }
            ('/', Some('*')) => {
                end(&mut tokens, &mut word);
                let mut last = ' ';
                rest.next();
                for it in rest.by_ref() {
                    if last == '*' && it == '/' {
                        break;
                    }
                    last = it;
                }
            }
            ('{' | '}' | ';', _) => {
                end(&mut tokens, &mut word);
                tokens.push(match next {
                    '{' => Token::Open,
                    '}' => Token::Close,
                    _ => Token::End,
                });
            }
            _ if next.is_whitespace() => end(&mut tokens, &mut word),
            _ => word.push(next),
        }
    }
    end(&mut tokens, &mut word);
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_found_in_views_and_past_comments() {
        let text = "options { directory \"/etc/bind\"; listen-on { any; }; }; // zone \"a\" {\n\
                    /* zone \"b\" { */ view \"out\" { zone \"example.com\" IN { type master; \
                    file \"db.example.com\"; allow-transfer { none; }; }; };\n\
                    zone \"example.net\" { type slave; file \"copy\"; };\ninclude \"more.conf\";";
        let zone = |name: &str, file: &str, is_copy| Served {
            name: name.to_owned(),
            file: Some(file.to_owned()),
            is_copy,
            folder: None,
        };
        let expected = Settings {
            zones: vec![
                zone("example.com", "db.example.com", false),
                zone("example.net", "copy", true),
            ],
            folder: Some("/etc/bind".to_owned()),
            includes: vec!["more.conf".to_owned()],
        };
        assert_eq!(read(text), expected);
    }
}
