//! Messages, bounces and reports: the answer of each first, then what is said of it.

use super::finding;
use super::inline::{code, phrase, text};
use super::page::Page;
use crate::render::attribution::{MOST, who};
use crate::render::mail::{Article, Table};

/// The answer about an article.
pub(super) fn headline(article: &Article) -> String {
    format!("- **{}** {}: {}", article.result, code(&article.name), phrase(&article.headline))
}

/// Everything else about it.
pub(super) fn article(page: &mut Page, article: &Article) {
    if !page.put("headings", &format!("### {}: {}", code(&article.name), article.result)) {
        return;
    }
    let faults = article.faults.iter().take(MOST).map(|fault| {
        let said = format!("- **fault: {}:** {}", text(&who(fault)), phrase(&fault.reason));
        match fault.action.is_empty() {
            true => said,
            false => format!("{said}; {}", phrase(&fault.action)),
        }
    });
    page.list("faults", faults);
    if !article.facts.is_empty() {
        let rows = article.facts.iter();
        let rows = rows.map(|fact| format!("| {} | {} |\n", text(fact.label), phrase(&fact.said)));
        page.put("facts", &format!("| | |\n|---|---|\n{}", rows.collect::<String>()));
    }
    article.tables.iter().for_each(|it| table(page, it));
    page.list("remarks", article.notes.iter().map(|note| format!("- {}", phrase(note))));
    finding::findings(page, &article.findings);
}

fn table(page: &mut Page, table: &Table) {
    let rule = "|---".repeat(table.head.len());
    let mut part = format!("#### {}\n\n| {} |\n{rule}|\n", table.title, table.head.join(" | "));
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(phrase).collect();
        part.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    if page.put("tables", &part) {
        page.leave_out("rows", table.left_out);
    }
}
