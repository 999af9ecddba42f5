//! `mailcheck schema`: the schemas of the JSON documents. Makes no DNS queries.

use super::args::{self, Pages};
use super::words::{Appearance, Mistake};
use super::{RunError, write};
use crate::report::envelope::Kind;
use crate::report::schema::schema;
use clap::Parser;
use std::ffi::OsString;

/// Print the JSON Schema of a document, or list the documents
///
/// Each schema is whole: it refers to no other one.
#[derive(Debug, Parser)]
#[command(
    help_template = args::TEMPLATE,
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct SchemaArgs {
    /// The document: report, or what its member `schema` says, as in mailcheck.report/1
    #[arg(value_name = "NAME")]
    name: Option<OsString>,

    /// Pages of help.
    #[command(flatten)]
    pages: Pages,
}

/// Prints a schema, or the list of them.
///
/// # Errors
/// The flags mean nothing, there is no such document, or standard output cannot be written to.
pub(super) fn run(typed: &SchemaArgs) -> Result<u8, RunError> {
    let page = match &typed.name {
        Some(name) => schema(kind(&name.to_string_lossy())?),
        None => list(),
    };
    write::standard_output(&Appearance::default(), |_, out| Ok(out.write_all(page.as_bytes())?))?;
    Ok(0)
}

fn kind(word: &str) -> Result<Kind, Mistake> {
    Kind::from_word(word).ok_or_else(|| {
        let known = Kind::ALL.map(Kind::word).join(", ");
        Mistake::new(format!("unknown document {word:?}. One of: {known}"))
    })
}

fn list() -> String {
    let line = |kind: Kind| format!("{:<9}{:<21}{}\n", kind.word(), kind.schema(), kind.about());
    Kind::ALL.map(line).concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_document_is_a_mistake_that_lists_the_known_ones() {
        let mistake = kind("spf").expect_err("there is no such document");
        assert_eq!(
            mistake.to_string(),
            "unknown document \"spf\". One of: report, lint, domain, finding, senders, fix, providers, \
             rules, rule, config, feedback, bounce, message, baseline, scan, smtp, history, watch, notice"
        );
    }
}
