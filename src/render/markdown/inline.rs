//! Pieces of Markdown that hold text of others: it is shown, and never read as Markdown or HTML.
//!
//! A character that could mean something is written as a numeric reference, which CommonMark
//! never takes for structure. Names, links and numbers that GitHub would turn into mentions and
//! links by itself are cut by a zero-width space; code is left alone by it, and is not cut.

use crate::text::{Phrase, Role, escape};

/// Longest text within a line, in characters: what is longer is cut, and says so.
const LONGEST: usize = 1_000;

/// A reference to the zero-width space.
const CUT: &str = "&#8203;";

/// Ordinary words.
pub(in crate::render) fn text(words: &str) -> String {
    kept(inert(&clipped(words, LONGEST)))
}

/// A term, a name, a record: in the type of code.
pub(in crate::render) fn code(words: &str) -> String {
    span(&clipped(words, LONGEST))
}

/// A sentence, its terms and names in the type of code.
pub(in crate::render) fn phrase(phrase: &Phrase) -> String {
    let mut out = String::new();
    let mut room = LONGEST;
    for piece in phrase.pieces() {
        if room == 0 {
            break;
        }
        let words = clipped(piece.text(), room);
        room = room.saturating_sub(words.chars().count());
        out.push_str(&match piece.role() {
            Role::Code | Role::Name => span(&words),
            _ => inert(&words),
        });
    }
    kept(out)
}

/// Blanks alone are no text in Markdown, and would leave their paragraph out.
fn kept(text: String) -> String {
    match text.trim().is_empty() && !text.is_empty() {
        true => "&#32;".to_owned(),
        false => text,
    }
}

/// Lines between fences that none of them can close, in a language.
pub(in crate::render) fn fenced(language: &str, lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| escape(line.as_bytes())).collect();
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or_default();
    let fence = "`".repeat(longest.saturating_add(1).max(3));
    format!("{fence}{language}\n{}\n{fence}\n", lines.join("\n"))
}

/// The words in printable characters, at most this many.
fn clipped(words: &str, room: usize) -> String {
    let words = escape(words.as_bytes());
    match words.char_indices().nth(room) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default()),
        None => words,
    }
}

fn inert(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut rest = words.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '$' => {
                out.push_str(&format!("&#{};", u32::from(character)));
            }
            '@' | '#' => out.push_str(&format!("&#{};{CUT}", u32::from(character))),
            ':' if rest.peek() == Some(&'/') => out.push_str(&format!(":{CUT}")),
            '.' if ends_with_www(&out) => out.push_str(&format!(".{CUT}")),
            _ => out.push(character),
        }
    }
    out
}

fn ends_with_www(text: &str) -> bool {
    let last = text.len().checked_sub(3).and_then(|start| text.get(start..));
    last.is_some_and(|last| last.eq_ignore_ascii_case("www"))
}

/// A code span: its fence is longer than any run of backticks in it.
fn span(words: &str) -> String {
    if words.is_empty() {
        return String::new();
    }
    // In a table a bar ends the cell even within a code span, and a backslash before it cannot be
    // told from one of the text.
    if words.contains('|') {
        return format!("<code>{}</code>", inert(words));
    }
    let fence = "`".repeat(longest_run(words) + 1);
    let is_bare = |c: char| c == '`' || c == ' ';
    let pad = if words.starts_with(is_bare) || words.ends_with(is_bare) { " " } else { "" };
    format!("{fence}{pad}{words}{pad}{fence}")
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_neither_markdown_nor_html() {
        assert_eq!(
            text("a|b `c` <img src=x> [d](e) **f**"),
            "a&#124;b &#96;c&#96; &#60;img src=x&#62; &#91;d&#93;(e) &#42;&#42;f&#42;&#42;"
        );
    }

    #[test]
    fn nobody_is_called_and_nothing_is_linked() {
        assert_eq!(
            text("@owner #1 https://a.example www.a.example"),
            "&#64;&#8203;owner &#35;&#8203;1 https:&#8203;//a.example www.&#8203;a.example"
        );
    }

    #[test]
    fn a_code_span_is_longer_than_what_it_holds() {
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`"), "`` ` ``");
    }

    #[test]
    fn a_bar_in_code_ends_no_cell() {
        assert_eq!(code(r"a\|b"), "<code>a&#92;&#124;b</code>");
    }

    #[test]
    fn no_line_closes_the_fence() {
        let lines = ["a".to_owned(), "````".to_owned()];
        assert_eq!(fenced("zone", &lines), "`````zone\na\n````\n`````\n");
    }

    #[test]
    fn what_is_long_is_cut() {
        let cut = Phrase::new().plain("a".repeat(900)).code("b".repeat(900));
        assert_eq!(phrase(&cut), format!("{}`{}…`", "a".repeat(900), "b".repeat(100)));
    }
}
