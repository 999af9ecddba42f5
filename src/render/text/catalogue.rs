//! Every rule on a line.

use super::Look;
use super::sheet::Sheet;
use crate::diagnostic::Rule;
use crate::render::palette::Ink;
use std::io::{self, Write};

/// Where ids begin.
const ID: usize = 7;
/// Columns between an id and its summary.
const GAP: usize = 2;

/// Writes rules as a table: severity, id, summary; a block for each family.
///
/// # Errors
/// `out` cannot be written to.
pub fn rules(
    rules: impl Iterator<Item = &'static Rule>,
    look: &Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    let rules: Vec<&Rule> = rules.collect();
    let mut sheet = Sheet::new(look);
    for family in rules.chunk_by(|one, next| one.family() == next.family()) {
        let longest = family.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
        for rule in family {
            let severity = sheet.line().with(rule.severity.into(), rule.severity.word());
            let label = severity.pad(ID).rule(Ink::Strong, rule.id).pad(ID + longest + GAP);
            let summary = sheet.line().plain(rule.summary);
            sheet.sentence(label, &summary);
        }
        sheet.blank();
    }
    let closing = format!("{} rules   details: mailcheck explain RULE", rules.len());
    sheet.put(&sheet.line().faint(closing));
    out.write_all(sheet.into_text().as_bytes())
}
