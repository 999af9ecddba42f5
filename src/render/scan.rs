//! Rows of a scan: JSON lines, or a table between tabs.
//!
//! Nothing in a cell can break the line: texts are escaped when they are made.

use super::json::printable;
use super::tsv::safe;
use crate::report::envelope::{Enveloped, Kind};
use crate::report::scan::Row;
use serde::Serialize;
use std::io::{self, Write};

/// A form of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A JSON object a line.
    JsonLines,
    /// A line of cells between tabs, below a line of their names.
    Tsv,
}

/// The columns of the table, in their order; new ones are only ever put behind them.
pub const COLUMNS: [&str; 21] = [
    "line",
    "domain",
    "result",
    "error",
    "ip",
    "answer",
    "spf_result",
    "mx",
    "mx_provider",
    "mx_hosts",
    "spf",
    "spf_default",
    "spf_lookups",
    "spf_voids",
    "spf_ipv4_addresses",
    "spf_providers",
    "dkim",
    "dmarc",
    "dmarc_policy",
    "findings",
    "unknown",
];

/// Writes what stands above the rows.
///
/// # Errors
/// `out` cannot be written to.
pub fn head(form: Form, out: &mut dyn Write) -> io::Result<()> {
    match form {
        Form::JsonLines => Ok(()),
        Form::Tsv => writeln!(out, "{}", COLUMNS.join("\t")),
    }
}

/// Writes a row; `started` is when the scan began, as RFC 3339 has it.
///
/// # Errors
/// `out` cannot be written to.
pub fn row(row: &Row, form: Form, started: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    match form {
        Form::JsonLines => {
            let line = serde_json::to_string(&Enveloped::new(Kind::Scan, started, row))?;
            writeln!(out, "{}", printable(line))
        }
        Form::Tsv => writeln!(out, "{}", cells(row).map(|cell| safe(&cell, '\t')).join("\t")),
    }
}

fn cells(row: &Row) -> [String; 21] {
    let (sender, mx, spf) = (row.sender.as_ref(), row.mx.as_ref(), row.spf.as_ref());
    let (dkim, dmarc) = (row.dkim.as_ref(), row.dmarc.as_ref());
    let number = |number: Option<u64>| number.map(|it| it.to_string()).unwrap_or_default();
    let findings: Vec<&str> = row.findings.iter().map(|it| it.rule.as_str()).collect();
    [
        row.line.to_string(),
        row.domain.clone(),
        word(row.result).unwrap_or_default(),
        row.error.clone().unwrap_or_default(),
        sender.map(|it| it.ip.clone()).unwrap_or_default(),
        word(sender.map(|it| it.answer)).unwrap_or_default(),
        word(sender.and_then(|it| it.spf)).unwrap_or_default(),
        word(mx.map(|it| it.status)).unwrap_or_default(),
        mx.and_then(|it| it.provider.clone()).unwrap_or_default(),
        mx.map(|it| it.hosts.join(" ")).unwrap_or_default(),
        word(spf.map(|it| it.status)).unwrap_or_default(),
        word(spf.and_then(|it| it.default)).unwrap_or_default(),
        number(spf.map(|it| it.lookups.into())),
        number(spf.map(|it| it.voids.into())),
        number(spf.map(|it| it.ipv4_addresses)),
        spf.map(|it| it.providers.join(", ")).unwrap_or_default(),
        word(dkim.map(|it| it.status)).unwrap_or_default(),
        word(dmarc.map(|it| it.status)).unwrap_or_default(),
        word(dmarc.and_then(|it| it.policy)).unwrap_or_default(),
        findings.join(" "),
        row.unknown.join(", "),
    ]
}

/// The word that JSON has for a value; `None` for none.
pub fn word(value: Option<impl Serialize>) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(form: Form) -> String {
        let mut out = Vec::new();
        let faulty = Row::faulty(7, "=a b", "' ' at column 3".into());
        row(&faulty, form, None, &mut out).expect("memory can be written to");
        String::from_utf8(out).expect("rows are UTF-8")
    }

    #[test]
    fn a_table_has_as_many_cells_as_columns_and_none_is_a_formula() {
        let line = written(Form::Tsv);
        assert_eq!(line.trim_end_matches('\n').split('\t').count(), COLUMNS.len());
        assert!(line.starts_with("7\t'=a b\t\t' ' at column 3\t"), "{line}");
    }

    #[test]
    fn a_line_of_json_has_the_envelope_of_all_documents() {
        let line = written(Form::JsonLines);
        assert!(line.starts_with("{\"schema\":\"mailcheck.scan/1\",\"version\":"), "{line}");
    }
}
