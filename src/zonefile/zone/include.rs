//! `$INCLUDE` (RFC 1035 §5.1): a file and those that it takes in, put together before they are read.
//!
//! ```text
//! $INCLUDE <file-name> [<domain-name>] [<comment>]
//! ```
//! The text of an included file stands behind the line that names it, and each part of the whole knows
//! its file and line, so that every place is one of the file that somebody edits. Whoever asks opens the
//! files: nothing is opened here.

use super::grammar::{self, Parts};
use super::source::MOST_RECORDS;
use crate::text::Span;
use std::sync::Arc;

/// How deep files may include one another.
const DEPTH: usize = 10;
/// Most files that one takes in, all told.
const FILES: usize = 256;
/// Most octets that a file takes in, all told.
const LIMIT: usize = 64 * 1024 * 1024;
const DIRECTIVE: &[u8] = b"$INCLUDE";

/// An included file: how it is called, and its text; or why there is none, in words.
pub type Opened = Result<(String, Vec<u8>), String>;

/// A piece of a whole text that comes from one file.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// Where in the whole it begins.
    pub(crate) begin: usize,
    pub(crate) file: Arc<str>,
    /// The line of its file that it begins with.
    pub(crate) line: u32,
    /// The line of the whole that it begins with.
    pub(crate) whole_line: u32,
    /// How many files include it, one in another.
    pub(crate) depth: usize,
    /// Where it is included, the innermost first: `db.example.com:3`.
    pub(crate) stack: Arc<[String]>,
}

impl Part {
    /// A whole file.
    pub(crate) fn whole(file: &str) -> Self {
        let (file, stack) = (Arc::from(file), Arc::from([]));
        Self { begin: 0, file, line: 1, whole_line: 1, depth: 0, stack }
    }
}

/// The line of the whole at which a line of a file stands.
pub(crate) fn whole_line(parts: &[Part], file: &str, line: u32) -> u32 {
    let its = parts.iter().filter(|part| *part.file == *file && part.line <= line);
    // The last of them that begins before: a file is cut where it includes another one.
    let part = its.max_by_key(|part| part.line);
    part.map_or(line, |part| part.whole_line.saturating_add(line - part.line))
}

/// A text, with all that it includes.
#[derive(Clone, Debug)]
pub struct Assembly {
    text: Vec<u8>,
    parts: Vec<Part>,
    /// Directives that were not followed: where they begin, and why.
    refused: Vec<(usize, String)>,
    /// How many files are taken in, and how many lines there are so far.
    files: usize,
    lines: u32,
    /// How many octets are taken in.
    octets: usize,
    /// Most records that are read of it.
    most_records: usize,
}

impl Assembly {
    /// A text that includes nothing.
    pub fn plain(file: &str, text: Vec<u8>) -> Self {
        let parts = vec![Part::whole(file)];
        Self {
            text,
            parts,
            refused: Vec::new(),
            files: 0,
            lines: 1,
            octets: 0,
            most_records: MOST_RECORDS,
        }
    }

    /// A text and what it includes; `open` gets the name of a file as it is written, and gives what it
    /// holds.
    pub fn new(file: &str, text: Vec<u8>, open: &mut dyn FnMut(&str) -> Opened) -> Self {
        if !has_directive(&text) {
            return Self::plain(file, text);
        }
        let (parts, refused) = (Vec::new(), Vec::new());
        let mut whole = Self { parts, refused, ..Self::plain(file, Vec::new()) };
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
        whole.take(&Arc::from(file), text, &[], open);
        whole
    }

    /// The pages of a list that providers hand out in JSON, as one document: an array of all pages.
    #[cfg(feature = "cli")]
    pub(crate) fn of_pages(pages: &[(String, Vec<u8>)]) -> Self {
        let first = pages.first().map_or("", |page| &page.0);
        let mut whole = Self { parts: Vec::new(), ..Self::plain(first, b"[".to_vec()) };
        for (index, (file, text)) in pages.iter().enumerate() {
            whole.text.extend_from_slice(if index == 0 { b"\n" } else { b"\n,\n" });
            let lines = whole.text.iter().filter(|octet| **octet == b'\n').count();
            let whole_line = u32::try_from(lines).unwrap_or(u32::MAX).saturating_add(1);
            whole.parts.push(Part { begin: whole.text.len(), whole_line, ..Part::whole(file) });
            whole.text.extend_from_slice(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text));
        }
        whole.text.extend_from_slice(b"\n]\n");
        whole
    }

    /// True for a text that includes something.
    #[cfg(feature = "cli")]
    pub(crate) fn includes(text: &[u8]) -> bool {
        has_directive(text)
    }

    /// The same, of which so many records are read at most.
    #[must_use]
    pub fn with_most_records(self, most_records: usize) -> Self {
        Self { most_records, ..self }
    }

    pub(crate) fn most_records(&self) -> usize {
        self.most_records
    }

    /// All of the text.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// All of the text.
    pub fn into_text(self) -> Vec<u8> {
        self.text
    }

    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    pub(super) fn refused(&self) -> &[(usize, String)] {
        &self.refused
    }

    fn take(
        &mut self,
        file: &Arc<str>,
        text: &[u8],
        stack: &[String],
        open: &mut dyn FnMut(&str) -> Opened,
    ) {
        let (mut rest, mut parts) = (text, Parts::default());
        let (mut line, mut is_new) = (1_u32, true);
        while !rest.is_empty() {
            let (entry, next) = grammar::entry(rest, &mut parts);
            let taken = rest.get(..Span::within(rest, next).start as usize).unwrap_or(rest);
            let taken = if next.is_empty() { rest } else { taken };
            if std::mem::take(&mut is_new) {
                self.parts.push(Part {
                    begin: self.text.len(),
                    file: Arc::clone(file),
                    line,
                    whole_line: self.lines,
                    depth: stack.len(),
                    stack: Arc::from(stack),
                });
            }
            let begin = self.text.len();
            self.text.extend_from_slice(taken);
            let lines = taken.iter().filter(|octet| **octet == b'\n').count();
            let lines = u32::try_from(lines).unwrap_or(u32::MAX);
            self.lines = self.lines.saturating_add(lines);
            let control = parts.words.first().filter(|word| entry.is_control(**word));
            if control.is_some_and(|word| word.is("$INCLUDE")) {
                let name = parts.words.get(1).map(|word| octets(word.text));
                let opened = self.opened(name.as_deref(), stack.len(), open);
                match opened {
                    Ok((name, mut content)) => {
                        if !self.text.ends_with(b"\n") {
                            self.text.push(b'\n');
                            self.lines = self.lines.saturating_add(1);
                        }
                        if !content.ends_with(b"\n") {
                            content.push(b'\n');
                        }
                        let inner = [format!("{file}:{line}")];
                        let inner: Vec<String> = inner.iter().chain(stack).cloned().collect();
                        let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&content);
                        self.take(&Arc::from(name), content, &inner, open);
                        is_new = true;
                    }
                    Err(why) => self.refused.push((begin, why)),
                }
            }
            line = line.saturating_add(lines);
            rest = next;
        }
    }

    fn opened(
        &mut self,
        name: Option<&str>,
        depth: usize,
        open: &mut dyn FnMut(&str) -> Opened,
    ) -> Opened {
        let Some(name) = name else { return Err("expected a file name".to_owned()) };
        if depth >= DEPTH {
            return Err(format!("{name} is not read: files include one another {DEPTH} deep"));
        }
        self.files += 1;
        if self.files > FILES {
            return Err(format!("{name} is not read: more than {FILES} files are included"));
        }
        let (file, text) = open(name)?;
        self.octets = self.octets.saturating_add(text.len());
        if self.octets > LIMIT {
            return Err(format!("{name} is not read: more than {} MiB in all", LIMIT >> 20));
        }
        Ok((file, text))
    }
}

/// True if a line begins with the directive.
fn has_directive(text: &[u8]) -> bool {
    let begins = |line: &[u8]| {
        line.get(..DIRECTIVE.len()).is_some_and(|it| it.eq_ignore_ascii_case(DIRECTIVE))
    };
    text.split(|octet| *octet == b'\n').any(begins)
}

/// The name of a file as text.
fn octets(word: &[u8]) -> String {
    String::from_utf8_lossy(word).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Name;
    use crate::zonefile::Zone;
    use crate::zonefile::zone::Reading;

    const SOA: &str = "@ 60 SOA ns h 1 7200 3600 1209600 3600\n";

    /// A zone whose files are these; the first is the one that is read.
    fn read(files: &[(&str, &str)]) -> Reading {
        let text =
            |name: &str| files.iter().find(|it| it.0 == name).map(|it| it.1.as_bytes().to_vec());
        let first = files.first().expect("a file");
        let mut open = |name: &str| {
            let text = text(name).ok_or_else(|| format!("{name} does not exist"))?;
            Ok((name.to_owned(), text))
        };
        let whole = Assembly::new(first.0, first.1.as_bytes().to_vec(), &mut open);
        let origin = Name::from_octets(b"example.com").expect("a name");
        Zone::read_assembly(Some(&origin), &whole)
    }

    fn shown(reading: &Reading) -> Vec<String> {
        let records = reading.zone.records().filter_map(|(owner, _, record)| {
            let place = record.place.as_ref()?;
            Some(format!("{owner} {}:{}:{}", place.file, place.line, place.column))
        });
        records.collect()
    }

    #[test]
    fn records_of_included_files_stand_in_their_files_and_those_behind_in_theirs() {
        let top = format!("{SOA}$INCLUDE keys.db\nlast A 192.0.2.1\n");
        let reading = read(&[("db", &top), ("keys.db", "; keys\nk A 192.0.2.2")]);
        let expected =
            ["example.com db:1:1", "k.example.com keys.db:2:1", "last.example.com db:3:1"];
        assert_eq!(
            (shown(&reading), reading.errors),
            (expected.map(str::to_owned).to_vec(), vec![])
        );
    }

    #[test]
    fn an_included_file_has_the_origin_of_the_directive_and_gives_none_back() {
        let top =
            format!("{SOA}a A 192.0.2.1\n$INCLUDE sub.db sub\n  A 192.0.2.2\nb A 192.0.2.3\n");
        let inner = "x A 192.0.2.4\n$ORIGIN other.example.com.\ny A 192.0.2.5\n";
        let owners: Vec<String> = shown(&read(&[("db", &top), ("sub.db", inner)]))
            .into_iter()
            .map(|it| it.split(' ').next().unwrap_or_default().to_owned())
            .collect();
        let expected = [
            "example.com",
            "a.example.com",
            "a.example.com",
            "b.example.com",
            "x.sub.example.com",
            "y.other.example.com",
        ];
        assert_eq!(owners, expected);
    }

    #[test]
    fn a_file_that_includes_itself_ends_at_a_depth_and_says_so() {
        let top = format!("{SOA}$INCLUDE loop.db\n");
        let reading = read(&[("db", &top), ("loop.db", "$INCLUDE loop.db\n")]);
        let said: Vec<String> = reading.errors.iter().map(ToString::to_string).collect();
        let expected =
            "loop.db:1:1: $INCLUDE: loop.db is not read: files include one another 10 deep";
        assert_eq!(said, [expected]);
    }

    #[test]
    fn an_open_parenthesis_of_an_included_file_ends_with_it() {
        let top = format!("{SOA}$INCLUDE open.db\nb A 192.0.2.3\n");
        let reading = read(&[("db", &top), ("open.db", "a TXT ( \"x\"\n")]);
        assert_eq!(reading.errors.len(), 1, "{:?}", reading.errors);
        assert_eq!(shown(&reading).last().map(String::as_str), Some("b.example.com db:3:1"));
    }

    #[test]
    fn a_file_that_cannot_be_opened_is_a_fault_at_the_directive() {
        let top = format!("{SOA}$INCLUDE none.db\nb A 192.0.2.3\n");
        let reading = read(&[("db", &top)]);
        let said: Vec<String> = reading.errors.iter().map(ToString::to_string).collect();
        assert_eq!(said, ["db:2:1: $INCLUDE: none.db does not exist"]);
    }
}
