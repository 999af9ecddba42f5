//! The question as it was typed, so that a report can repeat it.

use crate::render::text::Question;
use std::ffi::OsString;

/// Longest command that is repeated, in octets: nobody pastes a longer one from a screen.
const LONGEST: usize = 200;

/// A public resolver that validates, for a second opinion.
const OTHER_SERVER: &str = "9.9.9.9";

/// The question as a shell takes it again; `None` if it was read from standard input or is long.
pub(super) fn repeated(typed: &[OsString]) -> Option<Question> {
    let words = typed.get(1..)?.iter().map(|word| word.to_str()).collect::<Option<Vec<&str>>>()?;
    if words.contains(&"-") || words.iter().any(|word| word.contains(char::is_control)) {
        return None;
    }
    let command = command(&words)?;
    let asks_it = words.iter().any(|word| word.contains(OTHER_SERVER));
    let server = format!("@{OTHER_SERVER}");
    let mut others = without_servers(&words);
    others.push(&server);
    let elsewhere = self::command(&others).filter(|_| !asks_it);
    Some(Question { command, elsewhere })
}

/// The command of these words; `None` if it is long.
fn command(words: &[&str]) -> Option<String> {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    let command = format!("mailcheck {}", words.join(" "));
    (command.len() <= LONGEST).then_some(command)
}

/// The words without those that name a server.
fn without_servers<'w>(words: &[&'w str]) -> Vec<&'w str> {
    let mut left = Vec::with_capacity(words.len());
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        match word {
            "-r" | "--resolver" => drop(words.next()),
            _ if word.starts_with('@') || word.starts_with("--resolver=") => {}
            _ if word.starts_with("-r") => {}
            _ => left.push(word),
        }
    }
    left
}

/// A word as a shell takes it for one and for nothing else.
fn quoted(word: &str) -> String {
    let is_tame = |octet: u8| octet.is_ascii_alphanumeric() || b".:/_-@=,+%".contains(&octet);
    match word.bytes().all(is_tame) && !word.is_empty() {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked<const N: usize>(words: [&str; N]) -> Option<Question> {
        let typed: Vec<OsString> = ["mailcheck"].into_iter().chain(words).map(Into::into).collect();
        repeated(&typed)
    }

    fn again<const N: usize>(words: [&str; N]) -> Option<String> {
        asked(words).map(|question| question.command)
    }

    #[test]
    fn every_word_is_repeated_as_a_shell_takes_it() {
        assert_eq!(
            again(["a.example", "--with", "exists:%{i}.x", "--mail-from", "o'b@a.example", "<>"]),
            Some(
                r"mailcheck a.example --with 'exists:%{i}.x' --mail-from 'o'\''b@a.example' '<>'"
                    .to_owned()
            )
        );
    }

    #[test]
    fn a_second_opinion_asks_another_server_in_place_of_those_that_were_named() {
        let question =
            asked(["a.example", "@192.0.2.53", "-r", "192.0.2.54", "--zone", "new.zone"]);
        assert_eq!(
            question.and_then(|question| question.elsewhere),
            Some("mailcheck a.example --zone new.zone @9.9.9.9".to_owned())
        );
    }

    #[test]
    fn what_was_piped_in_or_cannot_be_typed_again_is_not_repeated() {
        let long = "a".repeat(LONGEST);
        assert_eq!(
            [again(["-"]), again(["a.example", "\u{1b}[31m"]), again([&long])],
            [None; 3].map(|it: Option<&str>| it.map(str::to_owned))
        );
    }
}
