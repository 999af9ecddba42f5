//! A page that grows part by part and never beyond what GitHub takes.

use crate::text::break_line_command;
use std::collections::BTreeMap;

/// Most octets of a page. GitHub refuses comments of more than 65,536 characters.
const LIMIT: usize = 60_000;
/// Most octets of one part, so that one large record does not crowd out everything else.
const PART: usize = 12_000;
/// Octets kept for the sentence about what is left out.
const RESERVE: usize = 500;

/// A page of Markdown.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
    left_out: BTreeMap<&'static str, usize>,
}

impl Page {
    /// Adds a part of a kind if there is room for the whole of it, and counts it otherwise; true
    /// if it was added. A blank line sets it apart.
    pub(super) fn put(&mut self, kind: &'static str, part: &str) -> bool {
        let part = part.trim_end();
        let room = LIMIT.saturating_sub(RESERVE).saturating_sub(self.text.len());
        if part.len() > PART || part.len() + 2 > room {
            self.leave_out(kind, 1);
            return false;
        }
        self.text.push_str(part);
        self.text.push_str("\n\n");
        true
    }

    /// Adds the lines of a list for which there is room, and counts the others.
    pub(super) fn list(&mut self, kind: &'static str, lines: impl IntoIterator<Item = String>) {
        let room = LIMIT.saturating_sub(RESERVE).saturating_sub(self.text.len());
        let (mut part, mut left_out) = (String::new(), 0);
        for line in lines {
            if part.len() + line.len() + 2 > room.min(PART) {
                left_out += 1;
            } else {
                part.push_str(&line);
                part.push('\n');
            }
        }
        if !part.is_empty() {
            self.text.push_str(&part);
            self.text.push('\n');
        }
        self.leave_out(kind, left_out);
    }

    /// Counts parts of a kind for which there is no room.
    pub(super) fn leave_out(&mut self, kind: &'static str, count: usize) {
        if count > 0 {
            *self.left_out.entry(kind).or_default() += count;
        }
    }

    /// The whole page, which says what is left out of it.
    pub(super) fn into_text(mut self) -> String {
        let parts: Vec<String> =
            self.left_out.iter().map(|(kind, count)| format!("{kind}: {count}")).collect();
        if !parts.is_empty() {
            self.text.push_str(&format!(
                "**Left out (GitHub limits the page size):** {}. The text and JSON formats show everything.\n",
                parts.join(", ")
            ));
        }
        let mut page = String::with_capacity(self.text.len());
        for line in self.text.trim_end().lines() {
            let begin = page.len();
            page.push_str(line);
            break_line_command(&mut page, begin);
            page.push('\n');
        }
        page
    }
}
