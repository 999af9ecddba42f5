//! Entries of a master file: lines, and lines that parentheses make one.
//!
//! ```text
//! entry  =  [ blank ] *( word / quoted / blank ) [ comment ] line-end
//! ```
//! where between `(` and `)` a line end counts as blank. Reading recovers at the next line, so
//! every fault is found in one pass over the text, or two where a parenthesis stays open.

use super::ignore;
use crate::dns::presentation::{Piece, Word, piece};
use crate::text::Span;
use crate::text::lex::Wanted;

/// What one entry is made of, and what is wrong with it; taken over by the next one.
#[derive(Debug, Default)]
pub(super) struct Parts<'a> {
    pub(super) words: Vec<Word<'a>>,
    /// Comments that are meant for us, each from its semicolon on.
    pub(super) comments: Vec<&'a [u8]>,
    pub(super) faults: Vec<Wanted<'a>>,
}

/// Words of an entry, at most: no record in a message has more octets (RFC 1035 §4.2.2).
const WORD_LIMIT: usize = 65_535;
/// Faults of an entry that are kept: more are not told of a whole file.
const FAULT_LIMIT: usize = 1000;

impl<'a> Parts<'a> {
    fn word(&mut self, word: Word<'a>) {
        match self.words.len() {
            WORD_LIMIT => self.fault(Wanted { at: word.text, what: "at most 65535 words" }),
            _ => self.words.push(word),
        }
    }

    fn fault(&mut self, wanted: Wanted<'a>) {
        if self.faults.len() < FAULT_LIMIT {
            self.faults.push(wanted);
        }
    }
}

/// One entry; its parts are handed out beside it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    /// True if it begins with blank: the owner is that of the entry before.
    pub(super) indented: bool,
    /// False if a fault was found in it: its words are not all there.
    pub(super) whole: bool,
    /// What follows the last word.
    pub(super) after: &'a [u8],
}

impl<'a> Entry<'a> {
    /// True for `$ORIGIN` and its like, given the first word.
    pub(super) fn is_control(self, first: Word<'a>) -> bool {
        !self.indented && !first.quoted && first.text.starts_with(b"$")
    }
}

/// Takes one entry from the front of `text` and puts its words, comments and faults into `parts`.
/// Returns the entry and the rest of the text, which is always shorter.
pub(super) fn entry<'a>(text: &'a [u8], parts: &mut Parts<'a>) -> (Entry<'a>, &'a [u8]) {
    parts.words.clear();
    parts.comments.clear();
    parts.faults.clear();
    let indented = matches!(text.first(), Some(b' ' | b'\t'));
    let (mut rest, mut after, mut open) = (text, text, None);
    while !rest.is_empty() {
        let (next, piece) = match piece(rest) {
            Ok(read) => read,
            Err(error) => {
                parts.fault(wanted(error, rest));
                rest = line_end(rest);
                continue;
            }
        };
        match piece {
            Piece::Word(word) => {
                parts.word(word);
                after = next;
            }
            Piece::LineEnd if open.is_none() => {
                rest = next;
                break;
            }
            Piece::Open if open.is_none() => open = Some(rest),
            // Groups do not nest, so a second opening shows that the first was left open.
            Piece::Open => break,
            Piece::Close if open.is_none() => {
                parts.fault(Wanted { at: rest, what: "an opening parenthesis before this one" });
                rest = line_end(rest);
                continue;
            }
            Piece::Close => open = None,
            Piece::Comment => {
                if ignore::is_ours(rest) {
                    parts.comments.push(rest);
                }
            }
            Piece::Blank | Piece::LineEnd => {}
        }
        rest = next;
    }
    if let Some(open) = open {
        rest = line_end(open).get(1..).unwrap_or_default();
        // Faults on later lines will be met again, when those lines are read on their own.
        let resumed = Span::within(text, rest).start;
        parts.faults.retain(|it| Span::within(text, it.at).start < resumed);
        parts.comments.retain(|it| Span::within(text, it).start < resumed);
        // A quote left open on this line has swallowed the closing parenthesis.
        if parts.faults.is_empty() {
            parts.fault(Wanted { at: open, what: "a closing parenthesis for this one" });
        }
    }
    (Entry { indented, whole: parts.faults.is_empty(), after }, rest)
}

/// The text from the end of its first line on.
fn line_end(text: &[u8]) -> &[u8] {
    let line = text.iter().position(|octet| *octet == b'\n').unwrap_or(text.len());
    text.get(line..).unwrap_or_default()
}

fn wanted<'a>(error: nom::Err<Wanted<'a>>, at: &'a [u8]) -> Wanted<'a> {
    match error {
        nom::Err::Error(wanted) | nom::Err::Failure(wanted) => wanted,
        nom::Err::Incomplete(_) => Wanted { at, what: "more text" },
    }
}
