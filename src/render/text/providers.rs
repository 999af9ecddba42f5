//! What is known of providers: all of them on a line each, or one with every fact and its source.

use super::Look;
use super::sheet::Sheet;
use crate::provider::{Fact, Provider};
use crate::render::palette::Ink;
use std::io::{self, Write};

/// Columns between an id and what follows it.
const GAP: usize = 2;
/// Where the facts below a heading begin.
const FACT: usize = 4;

/// Writes the providers as a table: id, title, what each does.
///
/// # Errors
/// `out` cannot be written to.
pub fn providers(known: &[Provider], look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let mut sheet = Sheet::new(look);
    let longest = known.iter().map(|one| one.id().len()).max().unwrap_or_default();
    for one in known {
        let label = sheet.line().with(Ink::Strong, one.id()).pad(longest + GAP);
        let said = sheet.line().plain(one.title()).faint(format!("  {}", one.does().join(", ")));
        sheet.sentence(label, &said);
    }
    sheet.blank();
    let closing = format!("{} providers   details: mailcheck providers NAME", known.len());
    sheet.put(&sheet.line().faint(closing));
    out.write_all(sheet.into_text().as_bytes())
}

/// Writes everything that is known of a provider, each fact with its source and the date of that.
///
/// # Errors
/// `out` cannot be written to.
pub fn provider(known: &Provider, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let mut sheet = Sheet::new(look);
    let words: Vec<&str> =
        std::iter::once(known.id()).chain(known.aliases().iter().copied()).collect();
    let head =
        sheet.line().with(Ink::Strong, known.title()).plain("  ").plain(known.does().join(", "));
    sheet.put(&head);
    let label = sheet.line().faint("  known as ");
    let said = sheet.line().plain(words.join(", "));
    sheet.sentence(label, &said);
    let facts = known.facts();
    for group in facts.chunk_by(|one, next| one.key == next.key) {
        let Some(first) = group.first() else { continue };
        sheet.blank();
        sheet.put(&sheet.line().plain("  ").with(Ink::Strong, heading(first.key)));
        for same in group.chunk_by(|one, next| one.source == next.source && one.as_of == next.as_of)
        {
            for fact in same {
                let label = sheet.line().pad(FACT);
                let said = sheet.line().with(Ink::Code, value(fact));
                sheet.sentence(label, &said);
            }
            if let Some(fact) = same.first() {
                let label = sheet.line().pad(FACT + 2);
                let said = sheet.line().faint(format!("as of {}, {}", fact.as_of, fact.source));
                sheet.sentence(label, &said);
            }
        }
    }
    out.write_all(sheet.into_text().as_bytes())
}

/// What a key of the table is about, for a reader.
fn heading(key: &str) -> &str {
    match key {
        "shared" => "all customers send from the same addresses",
        "includes" => "SPF includes",
        "retired" => "of these, retired",
        "mx" => "MX hosts",
        "outbound" => "outbound hosts",
        "submission" => "hosts where clients submit mail",
        "domains" => "other names",
        "forwarding" => "networks for forwarded mail, never in SPF",
        "selectors" => "DKIM selectors",
        "targets" => "targets of DKIM CNAME records",
        "keys" => "DKIM records",
        "return_mx" => "MX host of a customer's MAIL FROM domain",
        "return_path" => "Return-Path (MAIL FROM) of its mail",
        "shares_mx" => "its MX hosts are those of",
        "rotates" => "a key at one of the selectors is enough",
        "key_note" => "how keys are published",
        "reports" => "hosts of report addresses",
        "publish" => "records that customers publish",
        "mta_sts" => "MTA-STS patterns that match its MX",
        "tokens" => "proofs of ownership begin with",
        "dates" => "announced changes",
        "networks" => "networks that its SPF policy listed",
        other => other,
    }
}

/// A value in words.
fn value(fact: &Fact) -> &str {
    match (fact.key, fact.value) {
        (_, "true") => "yes",
        ("return_path", "own") => "a domain of its own, not the customer's domain",
        (_, value) => value,
    }
}
