//! The sheet that a report is written on.

use super::Look;
use super::line::Line;
use crate::render::palette::{Ink, Palette};
use crate::text::break_line_command;

/// Fewest columns for a sentence; a label that leaves less is followed by a new line.
const NARROWEST: usize = 28;

/// Most lines that one sentence may fill: what a record puts into a sentence has no end that can
/// be relied on.
const MOST_LINES: usize = 24;

/// The signs that are drawn: trees and marks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyphs {
    /// Before a branch that others follow.
    pub(super) branch: &'static str,
    /// Before the last branch.
    pub(super) last: &'static str,
    /// Beside the twigs of a branch that others follow.
    pub(super) bar: &'static str,
    /// Something was left out.
    pub(super) ellipsis: &'static str,
    /// A step that speaks for the domain.
    pub(super) good: &'static str,
    /// A step that speaks against the domain.
    pub(super) bad: &'static str,
    /// A step that only leads on.
    pub(super) plain: &'static str,
}

const UNICODE: Glyphs = Glyphs {
    branch: "├─ ",
    last: "└─ ",
    bar: "│  ",
    ellipsis: "…",
    good: "✓",
    bad: "✗",
    plain: "·",
};

const ASCII: Glyphs = Glyphs {
    branch: "|- ",
    last: "`- ",
    bar: "|  ",
    ellipsis: "...",
    good: "+",
    bad: "x",
    plain: ".",
};

/// Everything written so far, and how to write.
pub(super) struct Sheet {
    /// The signs to draw with.
    pub(super) glyphs: Glyphs,
    /// Columns of a line.
    pub(super) width: usize,
    ascii: bool,
    links: bool,
    palette: Palette,
    text: String,
    /// True if other lines stand above the sheet, the last of them not empty.
    is_continued: bool,
}

impl Sheet {
    /// An empty sheet.
    pub(super) fn new(look: &Look) -> Self {
        Self {
            glyphs: if look.ascii { ASCII } else { UNICODE },
            width: look.width,
            ascii: look.ascii,
            links: look.links,
            palette: Palette::new(look.color),
            text: String::new(),
            is_continued: false,
        }
    }

    /// An empty sheet below lines that were written already, if there were any.
    pub(super) fn below(look: &Look, is_continued: bool) -> Self {
        Self { is_continued, ..Self::new(look) }
    }

    /// What was written.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// A new line of words, not yet on the sheet.
    pub(super) fn line(&self) -> Line {
        Line::new(self.ascii)
    }

    /// Writes a line as it is, however long.
    pub(super) fn put(&mut self, line: &Line) {
        let begin = self.text.len();
        for (ink, link, text) in line.pieces() {
            match link.filter(|_| self.links) {
                Some(link) => {
                    let mut painted = String::new();
                    self.palette.paint(ink, text, &mut painted);
                    link.around(&painted, &mut self.text);
                }
                None => self.palette.paint(ink, text, &mut self.text),
            }
        }
        self.text.truncate(self.text.trim_end_matches(' ').len());
        let begin = begin.min(self.text.len());
        break_line_command(&mut self.text, begin);
        self.text.push('\n');
    }

    /// Leaves a line empty, unless the last one is or the sheet begins here.
    pub(super) fn blank(&mut self) {
        let begins = self.text.is_empty() && !self.is_continued;
        let is_blank = self.text == "\n" || self.text.ends_with("\n\n");
        if !begins && !is_blank {
            self.text.push('\n');
        }
    }

    /// Writes a record to be copied: from the first column, on one line, without colour.
    pub(super) fn copyable(&mut self, record: &str) {
        self.put(&self.line().plain(record));
    }

    /// Writes a sentence behind a label; its further lines stand below its first word, or further to the
    /// left where a long name would go over the edge there.
    pub(super) fn sentence(&mut self, label: Line, sentence: &Line) {
        let least = 6.min(self.width / 4);
        let words = sentence.unbroken_words();
        let widest = words.iter().map(|(_, word)| word.width()).max().unwrap_or(0);
        let hang = match label.width() {
            far if far + NARROWEST > self.width => least,
            near if near + widest > self.width && least + widest <= self.width => {
                self.width - widest
            }
            near => near,
        };
        let rest = self.line().pad(hang);
        self.words(label, &rest, words);
    }

    /// Writes a sentence behind a label; every further line begins with `rest`.
    pub(super) fn paragraph(&mut self, label: Line, rest: &Line, sentence: &Line) {
        self.words(label, rest, sentence.unbroken_words());
    }

    fn words(&mut self, label: Line, rest: &Line, words: Vec<(usize, Line)>) {
        let mut begin = label.width();
        let mut line = label;
        let mut lines = 1;
        for (gap, word) in words {
            let is_first = line.width() == begin;
            let mut gap = if is_first { 0 } else { gap };
            let end = line.width() + gap + word.width();
            // A word that fits no line goes over the edge: broken, it could not be copied.
            if end > self.width && (!is_first || begin > rest.width()) {
                self.put(&line);
                line = rest.clone();
                begin = rest.width();
                gap = 0;
                lines += 1;
                if lines > MOST_LINES {
                    line.push(Ink::Faint, "… complete in the JSON format");
                    break;
                }
            }
            line.add_word(gap, &word);
        }
        self.put(&line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(width: usize) -> Sheet {
        Sheet::new(&Look { width, ..Look::default() })
    }

    #[test]
    fn further_lines_of_a_sentence_stand_below_its_first_word() {
        let mut sheet = sheet(40);
        let label = sheet.line().plain("  why   ");
        let sentence = sheet.line().plain("receivers stop at ten lookups and say permerror");
        sheet.sentence(label, &sentence);
        assert_eq!(
            sheet.into_text(),
            "  why   receivers stop at ten lookups\n        and say permerror\n"
        );
    }

    #[test]
    fn further_lines_begin_further_left_where_a_name_would_go_over_the_edge() {
        let mut sheet = sheet(50);
        let label = sheet.line().plain("example.org  WARN  ");
        let sentence = sheet.line().plain("no record at selector1._domainkey.example.org");
        sheet.sentence(label, &sentence);
        let expected =
            "example.org  WARN  no record at\n                  selector1._domainkey.example.org\n";
        assert_eq!(sheet.into_text(), expected);
    }

    #[test]
    fn a_figure_stays_with_its_unit_and_a_citation_is_not_parted() {
        let mut sheet = sheet(30);
        let sentence = sheet.line().plain("receivers stop after the 10 lookups of RFC 7208 §4.6.4");
        sheet.sentence(Line::new(false), &sentence);
        let expected = "receivers stop after the\n10 lookups of RFC 7208 §4.6.4\n";
        assert_eq!(sheet.into_text(), expected);
    }

    #[test]
    fn a_figure_that_ends_a_name_stays_with_it() {
        let mut sheet = sheet(30);
        let sentence = sheet.line().plain("the senders of all of Microsoft 365 publish");
        sheet.sentence(Line::new(false), &sentence);
        assert_eq!(sheet.into_text(), "the senders of all of\nMicrosoft 365 publish\n");
    }

    #[test]
    fn a_word_wider_than_the_sheet_is_not_broken() {
        let mut sheet = sheet(30);
        let name = "a".repeat(40);
        sheet.sentence(sheet.line(), &sheet.line().plain(format!("at {name} it ends")));
        assert_eq!(sheet.into_text(), format!("at\n{name}\nit ends\n"));
    }

    #[test]
    fn a_citation_is_one_link_on_a_line_and_takes_no_columns() {
        let mut sheet = Sheet::new(&Look { links: true, width: 40, ..Look::default() });
        let cite = crate::text::rfc(7208, "4.6.4");
        let sentence = sheet.line().plain("see ").cite(Ink::Plain, &cite).plain(" on limits");
        sheet.sentence(sheet.line(), &sentence);
        let url = "https://www.rfc-editor.org/rfc/rfc7208#section-4.6.4";
        let linked = format!("\u{1b}]8;;{url}\u{1b}\\RFC 7208 §4.6.4\u{1b}]8;;\u{1b}\\");
        assert_eq!(sheet.into_text(), format!("see {linked} on limits\n"));
    }

    #[test]
    fn a_sentence_without_end_stops() {
        let mut sheet = sheet(80);
        sheet.sentence(sheet.line(), &sheet.line().plain("ip4:192.0.2.1 ".repeat(4000)));
        assert_eq!(sheet.into_text().lines().count(), MOST_LINES + 1);
    }
}
