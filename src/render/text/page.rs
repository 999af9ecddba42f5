//! The page of a rule, for a person at a terminal.
//!
//! Pages are ours, so this reads only the Markdown that they are written in: headings, paragraphs,
//! lists of one level, blocks between fences, `code` and **strong** words.

use super::Look;
use super::line::Line;
use super::sheet::Sheet;
use crate::diagnostic::{Rule, Severity};
use crate::render::palette::Ink;
use std::io::{self, Write};

/// Where paragraphs begin; headings and zones begin in the first column.
const TEXT: usize = 2;

/// Writes the page of a rule.
///
/// # Errors
/// `out` cannot be written to.
pub fn page(rule: &Rule, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let mut sheet = Sheet::new(look);
    let mut lines = rule.page.lines().peekable();
    while let Some(line) = lines.next() {
        if line.is_empty() {
            sheet.blank();
        } else if let Some(heading) = heading(line) {
            sheet.put(&sheet.line().rule(Ink::Strong, heading));
        } else if line.starts_with("```") {
            // What may be copied into a zone stays as it is.
            for line in lines.by_ref().take_while(|line| !line.starts_with("```")) {
                sheet.copyable(line);
            }
        } else {
            let mut paragraph = line.to_owned();
            while let Some(more) = lines.next_if(|line| continues(line)) {
                paragraph.push(' ');
                paragraph.push_str(more.trim_start());
            }
            let (label, text) = match paragraph.strip_prefix("- ") {
                Some(item) => ("- ", item),
                None => ("", paragraph.as_str()),
            };
            let label = sheet.line().pad(TEXT).faint(label);
            let text = inked(sheet.line(), text);
            sheet.sentence(label, &text);
        }
    }
    out.write_all(sheet.into_text().as_bytes())
}

fn heading(line: &str) -> Option<&str> {
    line.strip_prefix("## ").or_else(|| line.strip_prefix("# "))
}

/// True for a line that belongs to the paragraph or the item of the line before.
fn continues(line: &str) -> bool {
    !line.is_empty() && !line.starts_with("- ") && !line.starts_with("```")
}

/// The text with its marks turned into inks. Code keeps its marks: without colour they are all
/// that sets `a` apart from a word.
fn inked(mut line: Line, text: &str) -> Line {
    for (index, part) in text.split("**").enumerate() {
        let is_strong = index % 2 == 1;
        let severity = [Severity::Error, Severity::Warn, Severity::Note]
            .into_iter()
            .find(|severity| is_strong && severity.word() == part);
        line = match severity {
            Some(severity) => line.with(severity.into(), part),
            None if is_strong => line.with(Ink::Strong, part),
            None => part.split('`').enumerate().fold(line, |line, (index, part)| {
                // A rule that is named leads to its page.
                let line = if index > 0 { line.plain("`") } else { line };
                if index % 2 == 1 { line.rule(Ink::Plain, part) } else { line.plain(part) }
            }),
        };
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Confidence;
    use crate::text::advice;

    const RULE: Rule = Rule {
        id: "spf/example",
        severity: Severity::Warn,
        confidence: Confidence::Certain,
        summary: "an example",
        why: "",
        cite: advice(),
        page: "# spf/example\n\n**warn** an example (our advice)\n\n## Bad\n\n\
               A paragraph that is broken\nin the source.\n\n- one\n- two that is\n  longer\n\n\
               ```zone\nexample.com. TXT \"v=spf1 **\"\n```\n",
    };

    fn shown(look: &Look) -> String {
        let mut out = Vec::new();
        page(&RULE, look, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn paragraphs_are_wrapped_and_zones_are_not() {
        assert_eq!(
            shown(&Look { width: 36, ..Look::default() }),
            "spf/example\n\n  warn an example (our advice)\n\nBad\n\n  \
             A paragraph that is broken in the\n  source.\n\n  - one\n  - two that is longer\n\n\
             example.com. TXT \"v=spf1 **\"\n"
        );
    }
}
