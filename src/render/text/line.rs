//! Words with inks, side by side.

use crate::render::link::Link;
use crate::render::palette::Ink;
use crate::text::{Citation, Phrase, escape};

/// Longest word that is shown whole, in columns; no name and no sensible term is longer.
const LONGEST_WORD: usize = 300;

/// Widest gap between words: sentences may set parts apart, not draw.
const WIDEST_GAP: usize = 3;

/// A line, or a paragraph that has yet to be broken into lines.
///
/// Everything that enters is escaped, so a line never holds a control character.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pieces: Vec<Piece>,
    /// In columns, of which every character is taken to fill one.
    width: usize,
    ascii: bool,
}

/// Words that look alike and lead to the same place.
#[derive(Clone, Debug)]
struct Piece {
    ink: Ink,
    link: Option<Link>,
    text: String,
}

impl Line {
    /// An empty line; with `ascii` it holds characters of ASCII only.
    pub(super) fn new(ascii: bool) -> Self {
        Self { ascii, ..Self::default() }
    }

    /// True if it holds characters of ASCII only.
    pub(super) fn is_ascii(&self) -> bool {
        self.ascii
    }

    /// Its width in columns.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// True if nothing stands in it.
    pub(super) fn is_empty(&self) -> bool {
        self.width == 0
    }

    /// Its words, their inks and where they lead, in order.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (Ink, Option<&Link>, &str)> {
        self.pieces.iter().map(|piece| (piece.ink, piece.link.as_ref(), piece.text.as_str()))
    }

    /// Adds words at the end.
    pub(super) fn push(&mut self, ink: Ink, text: &str) {
        let text = escape(text.as_bytes());
        let text = if self.ascii { to_ascii(&text) } else { text };
        self.push_clean(ink, None, &text);
    }

    fn push_clean(&mut self, ink: Ink, link: Option<&Link>, text: &str) {
        if text.is_empty() {
            return;
        }
        self.width += text.chars().count();
        match self.pieces.last_mut() {
            Some(last) if last.ink == ink && last.link.as_ref() == link => last.text.push_str(text),
            _ => self.pieces.push(Piece { ink, link: link.cloned(), text: text.to_owned() }),
        }
    }

    /// The line with words at its end.
    pub(super) fn with(mut self, ink: Ink, text: impl AsRef<str>) -> Self {
        self.push(ink, text.as_ref());
        self
    }

    /// The line with ordinary words at its end.
    pub(super) fn plain(self, text: impl AsRef<str>) -> Self {
        self.with(Ink::Plain, text)
    }

    /// The line with words that may be skipped at its end.
    pub(super) fn faint(self, text: impl AsRef<str>) -> Self {
        self.with(Ink::Faint, text)
    }

    /// The line with a citation at its end, which leads to its section.
    pub(super) fn cite<S: AsRef<str>>(mut self, ink: Ink, cite: &Citation<S>) -> Self {
        let text = escape(cite.to_string().as_bytes());
        let text = if self.ascii { to_ascii(&text) } else { text };
        self.push_clean(ink, Link::to(cite).as_ref(), &text);
        self
    }

    /// The line with the id of a rule at its end, which leads to its page.
    pub(super) fn rule(mut self, ink: Ink, id: &str) -> Self {
        let text = escape(id.as_bytes());
        let text = if self.ascii { to_ascii(&text) } else { text };
        self.push_clean(ink, Link::to_rule(id).as_ref(), &text);
        self
    }

    /// The line with a sentence at its end.
    pub(super) fn phrase(mut self, phrase: &Phrase) -> Self {
        for piece in phrase.pieces() {
            self.push(piece.role().into(), piece.text());
        }
        self
    }

    /// The line filled with blanks up to `column`.
    pub(super) fn pad(mut self, column: usize) -> Self {
        let missing = column.saturating_sub(self.width);
        self.push_clean(Ink::Plain, None, &" ".repeat(missing));
        self
    }

    /// The line with words that end at `column`.
    pub(super) fn right(self, column: usize, ink: Ink, text: &str) -> Self {
        let begin = column.saturating_sub(text.chars().count());
        self.pad(begin).with(ink, text)
    }

    /// The line with another one at its end.
    pub(super) fn then(mut self, other: &Self) -> Self {
        for (ink, link, text) in other.pieces() {
            self.push_clean(ink, link, text);
        }
        self
    }

    /// Its words, each of them perhaps in several inks, and the blanks before each.
    pub(super) fn words(&self) -> Vec<(usize, Self)> {
        let mut words = Vec::new();
        let (mut gap, mut word) = (0, Self::new(self.ascii));
        for (ink, link, text) in self.pieces() {
            for (index, part) in text.split(' ').enumerate() {
                if index > 0 {
                    if !word.is_empty() {
                        let word = std::mem::replace(&mut word, Self::new(self.ascii));
                        words.push((std::mem::take(&mut gap).min(WIDEST_GAP), word.shortened()));
                    }
                    gap += 1;
                }
                word.push_clean(ink, link, part);
            }
        }
        if !word.is_empty() {
            words.push((gap.min(WIDEST_GAP), word.shortened()));
        }
        words
    }

    /// Its words, where what is read together is one: a figure and its unit, the parts of a citation.
    pub(super) fn unbroken_words(&self) -> Vec<(usize, Self)> {
        let mut all: Vec<(usize, Self)> = Vec::new();
        for (gap, word) in self.words() {
            match all.last_mut() {
                Some((_, last)) if gap == 1 && is_read_with(last, &word) => last.add_word(1, &word),
                _ => all.push((gap, word)),
            }
        }
        all
    }

    /// The text of it, without inks.
    fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    /// A word nobody would read to its end says how long it is instead.
    fn shortened(self) -> Self {
        if self.width <= LONGEST_WORD {
            return self;
        }
        let width = self.width;
        self.cut(LONGEST_WORD / 2).plain(format!("…[{width} characters]"))
    }

    /// The first `columns` of the line.
    pub(super) fn cut(&self, columns: usize) -> Self {
        let mut out = Self::new(self.ascii);
        for (ink, link, text) in self.pieces() {
            let part: String = text.chars().take(columns - out.width).collect();
            out.push_clean(ink, link, &part);
            if out.width >= columns {
                break;
            }
        }
        out
    }

    /// Adds a word behind a gap.
    pub(super) fn add_word(&mut self, gap: usize, word: &Self) {
        let (ink, link) = match (self.pieces.last(), word.pieces.first()) {
            (Some(last), Some(next)) if last.ink == next.ink && last.link == next.link => {
                (last.ink, last.link.clone())
            }
            _ => (Ink::Plain, None),
        };
        self.push_clean(ink, link.as_ref(), &" ".repeat(gap));
        for (ink, link, text) in word.pieces() {
            self.push_clean(ink, link, text);
        }
    }
}

/// Longest unit that stays with its figure, in columns.
const LONGEST_UNIT: usize = 12;

/// True if a line does not break between two words: `10 lookups`, `RFC 7208`, `RFC 7208 §4.6.4`,
/// `Microsoft 365`.
fn is_read_with(before: &Line, after: &Line) -> bool {
    let before = before.text();
    let last = before.rsplit(' ').next().unwrap_or_default();
    let after = after.text();
    let is_figure = |word: &str| {
        word.ends_with(|it: char| it.is_ascii_digit())
            && word.chars().all(|it| it.is_ascii_digit() || matches!(it, ',' | '.' | '/' | '–'))
    };
    if after.starts_with('§') {
        return before.contains("RFC ") && is_figure(last);
    }
    let is_name = |word: &str| {
        let is_title = word.starts_with(|it: char| it.is_ascii_uppercase())
            && word.contains(|it: char| it.is_ascii_lowercase());
        (is_title || word == "RFC") && word.chars().all(|it| it.is_ascii_alphabetic())
    };
    match last.trim_start_matches(['[', '(']) {
        name if is_name(name) => after.starts_with(|it: char| it.is_ascii_digit()),
        figure => {
            is_figure(figure)
                && after.chars().count() <= LONGEST_UNIT
                && after.starts_with(|it: char| it.is_ascii_alphabetic())
                && !before.contains(' ')
        }
    }
}

/// The text in ASCII: our own signs in words, anything else in octets.
pub(super) fn to_ascii(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '§' => out.push_str("section "),
            '…' => out.push_str("..."),
            '→' => out.push_str("->"),
            '×' => out.push('x'),
            _ if character.is_ascii() => out.push(character),
            _ => {
                let mut buffer = [0; 4];
                for octet in character.encode_utf8(&mut buffer).bytes() {
                    out.push_str(&format!("\\x{octet:02x}"));
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(line: &Line) -> String {
        line.pieces().map(|(_, _, text)| text).collect()
    }

    #[test]
    fn control_characters_are_shown_and_not_kept() {
        assert_eq!(text(&Line::new(false).plain("a\u{1b}[31m\n")), "a\\x1b[31m\\x0a");
    }

    #[test]
    fn a_word_may_have_several_inks() {
        let line = Line::new(false).plain("is ").with(Ink::Bad, "NOT").plain(": no");
        let words: Vec<String> = line.words().iter().map(|(_, word)| text(word)).collect();
        assert_eq!(words, ["is", "NOT:", "no"]);
    }

    #[test]
    fn a_word_without_end_is_shortened() {
        let line = Line::new(false).plain("x".repeat(70_000));
        assert!(line.words().iter().all(|(_, word)| word.width() < LONGEST_WORD));
    }

    #[test]
    fn in_ascii_our_signs_are_words_and_the_rest_is_octets() {
        let line = Line::new(true).plain("RFC 7208 §4.6 … bücher");
        assert_eq!(text(&line), "RFC 7208 section 4.6 ... b\\xc3\\xbccher");
    }
}
