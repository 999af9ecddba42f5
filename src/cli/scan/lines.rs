//! The lines of a list: a domain each, or cells below a header.

use super::plan::Plan;
use crate::audit::{Asked, Fixes, Inquiry, Sender, Steps};
use crate::cli::RunError;
use crate::cli::input::{self, ListLines, Unread};
use crate::cli::words::{Mistake, declare, target};
use crate::text::escape;
use std::net::IpAddr;

/// A line that is no comment.
pub(super) struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// What it asks.
    pub asked: Result<Box<Inquiry>, Faulty>,
    domain: String,
}

/// A line that names no domain.
pub(super) struct Faulty {
    /// Its beginning, escaped.
    pub text: String,
    /// Why it names none.
    pub why: String,
}

impl Line {
    /// The domain in A-labels, or the beginning of a line that names none.
    pub(super) fn domain(&self) -> &str {
        match &self.asked {
            Ok(_) => &self.domain,
            Err(faulty) => &faulty.text,
        }
    }
}

/// The lines of a list as they are read.
pub(super) struct Lines {
    list: String,
    plan: Plan,
    from: ListLines,
    /// What the cells of a line are, once the first line is known.
    columns: Option<Vec<Column>>,
    separator: u8,
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Domain,
    Ip,
    MailFrom,
    Helo,
}

impl Column {
    const NAMES: [(Self, &'static str); 4] = [
        (Self::Domain, "domain"),
        (Self::Ip, "ip"),
        (Self::MailFrom, "mail_from"),
        (Self::Helo, "helo"),
    ];

    fn from_name(name: &str) -> Option<Self> {
        let is_meant = |(_, known): &&(Self, &str)| known.eq_ignore_ascii_case(name);
        Self::NAMES.iter().find(is_meant).map(|(column, _)| *column)
    }
}

/// How much of a faulty line its row repeats, in octets.
const SHOWN: usize = 80;

impl Lines {
    /// Opens the list.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(super) fn open(plan: &Plan) -> Result<Self, Mistake> {
        Ok(Self {
            list: plan.list(),
            plan: plan.clone(),
            from: input::lines(plan.file.as_deref())?,
            columns: None,
            separator: b'\t',
        })
    }

    /// The next line that is neither blank nor a comment; `None` after the last. What is dropped
    /// before it is done has taken nothing.
    ///
    /// # Errors
    /// The list cannot be read to its end, or its header has an unknown column.
    pub(super) async fn next(&mut self) -> Result<Option<Line>, RunError> {
        loop {
            let Some((number, line)) = self.from.recv().await else { return Ok(None) };
            let number = u64::try_from(number).unwrap_or(u64::MAX);
            let line = match line {
                Ok(line) => line,
                Err(Unread { why, ends: true }) => {
                    return Err(Mistake::new(format!("{}:{number}: {why}", self.list)).into());
                }
                Err(Unread { why, ends: false }) => {
                    let asked = Err(Faulty { text: String::new(), why });
                    return Ok(Some(Line { number, asked, domain: String::new() }));
                }
            };
            let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
            let line = line.trim_ascii_end();
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            if self.columns.is_none() {
                let header = self.header(number, line)?;
                let is_header = header.is_some();
                self.columns = Some(header.unwrap_or_else(|| vec![Column::Domain]));
                if is_header {
                    continue;
                }
            }
            return Ok(Some(self.read(number, line)));
        }
    }

    /// The columns that the first line names; `None` if it is a domain.
    fn header(&mut self, number: u64, line: &[u8]) -> Result<Option<Vec<Column>>, Mistake> {
        let separator = if line.contains(&b'\t') { b'\t' } else { b',' };
        let cells: Vec<String> = cells(line, separator)
            .map(|cell| String::from_utf8_lossy(cell.trim_ascii()).into_owned())
            .collect();
        if !cells.iter().any(|cell| Column::from_name(cell) == Some(Column::Domain)) {
            return Ok(None);
        }
        self.separator = separator;
        let column = |cell: &String| {
            Column::from_name(cell).ok_or_else(|| {
                let known = Column::NAMES.map(|(_, name)| name).join(", ");
                let list = &self.list;
                Mistake::new(format!("{list}:{number}: unknown column {cell:?}. Columns: {known}"))
            })
        };
        cells.iter().map(column).collect::<Result<_, _>>().map(Some)
    }

    fn read(&self, number: u64, line: &[u8]) -> Line {
        match self.inquiry(line) {
            Ok(inquiry) => {
                let domain = inquiry.domain.to_string();
                Line { number, asked: Ok(Box::new(inquiry)), domain }
            }
            Err(why) => {
                let shown = line.get(..SHOWN).unwrap_or(line);
                let asked = Err(Faulty { text: escape(shown), why: why.to_string() });
                Line { number, asked, domain: String::new() }
            }
        }
    }

    fn inquiry(&self, line: &[u8]) -> Result<Inquiry, Mistake> {
        let columns = self.columns.as_deref().unwrap_or(&[Column::Domain]);
        let whole = [line.trim_ascii()];
        let cells: Vec<&[u8]> = match columns {
            [_] => whole.to_vec(),
            _ => cells(line, self.separator).map(<[u8]>::trim_ascii).collect(),
        };
        if cells.len() > columns.len() {
            let (found, columns) = (cells.len(), columns.len());
            return Err(Mistake::new(format!("{found} cells below a header of {columns}")));
        }
        let cell = |wanted: Column| {
            let at = columns.iter().position(|column| *column == wanted)?;
            cells.get(at).copied().filter(|cell| !cell.is_empty())
        };
        let Some(word) = cell(Column::Domain) else {
            return Err(Mistake::new("the cell of the domain is empty"));
        };
        let domain = target::of_domain(word)?.domain;
        let mut inquiry = Inquiry::about(domain);
        if let Some(text) = cell(Column::Ip) {
            let text = String::from_utf8_lossy(text);
            let Ok(address) = text.parse::<IpAddr>() else {
                return Err(Mistake::new(format!("{text:?} is not an IP address")));
            };
            inquiry.senders = vec![Asked::from(Sender::Address(address))];
        }
        inquiry.mail_from = cell(Column::MailFrom).map(<[u8]>::to_vec);
        if !inquiry.senders.is_empty() && inquiry.mail_from.is_none() {
            // RFC 7208 §4.3: "If the <sender> has no local-part, the string 'postmaster' MUST be
            // substituted for the local-part."
            inquiry.mail_from = Some(format!("postmaster@{}", inquiry.domain).into_bytes());
        }
        inquiry.helo = cell(Column::Helo).map(<[u8]>::to_vec);
        inquiry.checks = self.plan.checks.clone();
        inquiry.fixes = Fixes::Skipped;
        inquiry.steps = match self.plan.form {
            Some(_) => Steps::Unread,
            None => Steps::Skipped,
        };
        inquiry.provider_data = false;
        inquiry.most_queries = self.plan.sources.most_queries(&self.plan.policy.config);
        declare(&self.plan.policy.config, &mut inquiry)?;
        Ok(inquiry)
    }
}

/// The cells of a line; quotes around a cell of commas are no part of it (RFC 4180 §2).
fn cells(line: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest?;
        let is_quoted = separator == b',' && text.starts_with(b"\"");
        let quoted = text.get(1..).unwrap_or_default();
        if let Some(end) = quoted.iter().position(|octet| *octet == b'"').filter(|_| is_quoted) {
            let (cell, behind) = quoted.split_at(end);
            let behind = behind.get(1..).unwrap_or_default();
            let next = behind.iter().position(|octet| *octet == separator);
            rest = next.and_then(|at| behind.get(at + 1..));
            return Some(cell);
        }
        match text.iter().position(|octet| *octet == separator) {
            Some(at) => {
                rest = text.get(at + 1..);
                text.get(..at)
            }
            None => {
                rest = None;
                Some(text)
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(line: &str, separator: u8) -> Vec<&str> {
        let text = |cell| std::str::from_utf8(cell).unwrap_or_default();
        cells(line.as_bytes(), separator).map(text).collect()
    }

    #[test]
    fn cells_stand_between_separators_and_quotes_are_no_part_of_them() {
        assert_eq!(cut("a\t\tb\t", b'\t'), ["a", "", "b", ""]);
        assert_eq!(cut("\"a,b\",c,\"\"", b','), ["a,b", "c", ""]);
        assert_eq!(cut("\"a", b','), ["\"a"]);
    }
}
