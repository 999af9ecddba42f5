//! What is read: files, folders and standard input, each within a limit, and the records in them.

use super::args::Limits;
use super::included;
use super::repository;
use super::words::Mistake;
use crate::net::Name;
use crate::zonefile::formats::{self, Files, Format};
use crate::zonefile::zone::Assembly;
use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::vec;
use tokio::sync::mpsc;

/// The largest file with records that is read: some hundred thousand of them.
pub(super) const ZONE_LIMIT: u64 = 64 * 1024 * 1024;

/// The zones that a file holds, in whatever format; a word before a colon chooses one. What of it cannot
/// be read is in its faults.
///
/// # Errors
/// The file cannot be read.
pub(super) fn zones(argument: &Path, limits: &Limits) -> Result<Files, Mistake> {
    let (_, path) = split(argument);
    let text = read(path, limits.most_octets())?;
    let read = |path: &Path| included::on_disk(None, path);
    let whole = included::assembled(None, argument, text, &read);
    Ok(understood(None, argument, &whole.with_most_records(limits.max_records)))
}

/// What the text of a file holds, which is named like this, and every fault of it. A zone may be named for
/// all files; a name behind the file goes before it.
pub(super) fn understood(zone: Option<&Name>, argument: &Path, whole: &Assembly) -> Files {
    let (format, path) = split(argument);
    let origin = origin(argument);
    let file = path.display().to_string();
    formats::read_assembly(format, &file, origin.as_ref().or(zone), whole)
}

/// Most files of a folder that are looked at.
const FILES: usize = 100_000;

/// The files of a folder and of those in it, in no order.
///
/// # Errors
/// A folder cannot be read, or there are too many files.
#[allow(clippy::disallowed_methods, reason = "files are looked for here")]
pub(super) fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Mistake> {
    let fault = |why: std::io::Error| Mistake::new(format!("{}: {why}", folder.display()));
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let kind = entry.file_type().map_err(fault)?;
            // Links are not followed: they may lead round in a circle.
            if kind.is_dir() && entry.file_name() != ".git" {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
        if found.len() + folders.len() > FILES {
            return Err(fault(std::io::Error::other("too many files")));
        }
    }
    Ok(found)
}

/// The files of a folder itself; none of one that cannot be read.
#[allow(clippy::disallowed_methods, reason = "files are looked for here")]
pub(super) fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    files.take(FILES).map(|entry| entry.path()).collect()
}

/// The format that a word before a colon chooses, and the file, without the name of the zone behind it.
/// A file that is there with such a name is that file: a pattern may have named it.
pub(super) fn split(argument: &Path) -> (Option<Format>, &Path) {
    let Some(text) = argument.to_str().filter(|_| !is_there(argument)) else {
        return (None, argument);
    };
    let (format, file) = Format::split(text);
    let path = Path::new(file);
    match file.rsplit_once('=').filter(|_| !is_there(path)) {
        Some((file, zone)) if zone_name(zone).is_some() => (format, Path::new(file)),
        _ => (format, path),
    }
}

/// The zone that an argument names behind its file: `FILE=example.com`.
pub(super) fn origin(argument: &Path) -> Option<Name> {
    let text = argument.to_str().filter(|_| !is_there(argument))?;
    let (_, file) = Format::split(text);
    let (_, zone) = file.rsplit_once('=').filter(|_| !is_there(Path::new(file)))?;
    zone_name(zone)
}

fn zone_name(text: &str) -> Option<Name> {
    Name::from_unicode(text.strip_suffix('.').unwrap_or(text)).ok().filter(|it| !it.is_root())
}

#[allow(clippy::disallowed_methods, reason = "files are looked for here")]
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// The content of a file up to one octet beyond a limit, by which a longer one is recognised.
///
/// # Errors
/// The file cannot be read.
#[allow(clippy::disallowed_methods, reason = "files are opened here")]
pub(super) fn beginning(path: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    repository::check(path)?;
    bounded(fs::File::open(path)?, limit)
}

/// What there is to read, up to one octet beyond a limit.
///
/// # Errors
/// It cannot be read.
pub(super) fn bounded(from: impl Read, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    // A device or a pipe does not tell its size, so what is read is what is bounded.
    from.take(limit.saturating_add(1)).read_to_end(&mut content)?;
    Ok(content)
}

/// The content of a file.
///
/// # Errors
/// It cannot be read, or is too large.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Mistake> {
    within(limit, &path.display().to_string(), beginning(path, limit))
}

/// The content of standard input.
///
/// # Errors
/// It cannot be read, or is too large.
pub(super) fn standard_input(limit: u64) -> Result<Vec<u8>, Mistake> {
    within(limit, "standard input", bounded(std::io::stdin().lock(), limit))
}

/// Longest line of a list, in octets: no name is as long.
const LINE_LIMIT: usize = 4096;
/// How many portions of lines are read ahead.
const PORTIONS_AHEAD: usize = 2;

/// What a text in UTF-16 begins with: every line of it would be no domain.
const UTF_16: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];

/// A line of a list, without its end, and its number, from 1; or why it cannot be read.
pub(super) type NumberedLine = (usize, Result<Vec<u8>, Unread>);

/// Why a line cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unread {
    /// In words.
    pub why: String,
    /// True if the rest of the list cannot be read either.
    pub ends: bool,
}

impl AsRef<str> for Unread {
    fn as_ref(&self) -> &str {
        &self.why
    }
}

/// The lines of a list, read beside all other work.
pub(super) struct ListLines {
    from: mpsc::Receiver<Vec<NumberedLine>>,
    ready: vec::IntoIter<NumberedLine>,
}

impl ListLines {
    /// The next line; `None` after the last. Can be dropped at any time.
    pub(super) async fn recv(&mut self) -> Option<NumberedLine> {
        loop {
            if let Some(line) = self.ready.next() {
                return Some(line);
            }
            self.ready = self.from.recv().await?.into_iter();
        }
    }
}

/// The lines of a file, or of standard input, as a stream, read not much faster than they are taken.
///
/// # Errors
/// The file cannot be opened.
#[allow(clippy::disallowed_methods, reason = "files are opened here")]
pub(super) fn lines(path: Option<&Path>) -> Result<ListLines, Mistake> {
    let from: Box<dyn Read + Send> = match path {
        Some(path) => {
            let fault = |why: io::Error| Mistake::new(format!("{}: {why}", path.display()));
            repository::check(path).map_err(fault)?;
            let file = fs::File::open(path).map_err(fault)?;
            if file.metadata().is_ok_and(|it| it.is_dir()) {
                return Err(fault(io::ErrorKind::IsADirectory.into()));
            }
            Box::new(file)
        }
        None => Box::new(io::stdin()),
    };
    let (send, from_thread) = mpsc::channel(PORTIONS_AHEAD);
    // A thread of its own, which nobody waits for: who types may stop typing.
    std::thread::spawn(move || {
        let mut lines = Numbered::new(BufReader::new(from));
        while let Some(line) = lines.next() {
            // What is here already goes along; to hand on each line by itself takes longer than to read it.
            let mut portion = vec![line];
            while lines.from.buffer().contains(&b'\n')
                && let Some(line) = lines.next()
            {
                portion.push(line);
            }
            if send.blocking_send(portion).is_err() {
                break;
            }
        }
    });
    Ok(ListLines { from: from_thread, ready: Vec::new().into_iter() })
}

/// The lines of a text and their numbers, the first that cannot be read the last of them.
struct Numbered<R> {
    from: R,
    number: usize,
    is_over: bool,
}

impl<R> Numbered<R> {
    fn new(from: R) -> Self {
        Self { from, number: 0, is_over: false }
    }
}

impl<R: BufRead> Iterator for Numbered<R> {
    type Item = NumberedLine;

    fn next(&mut self) -> Option<NumberedLine> {
        self.number += 1;
        let line = if self.is_over { None } else { line(&mut self.from).transpose() }?;
        let line = match line {
            Ok(Ok(text))
                if self.number == 1 && UTF_16.iter().any(|mark| text.starts_with(mark)) =>
            {
                Err(io::Error::other("the text is UTF-16: save it as UTF-8"))
            }
            line => line,
        };
        self.is_over = line.is_err();
        let line = match line {
            Ok(line) => line.map_err(|why| Unread { why, ends: false }),
            Err(why) => Err(Unread { why: why.to_string(), ends: true }),
        };
        Some((self.number, line))
    }
}

/// The next line without its end; `None` after the last.
fn line(from: &mut impl BufRead) -> io::Result<Option<Result<Vec<u8>, String>>> {
    let mut line = Vec::new();
    let limit = u64::try_from(LINE_LIMIT).unwrap_or(u64::MAX);
    from.by_ref().take(limit).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.ends_with(b"\n") || line.len() < LINE_LIMIT {
        return Ok(Some(Ok(line.trim_ascii_end().to_vec())));
    }
    // The rest is read and dropped, however long it is.
    from.skip_until(b'\n')?;
    Ok(Some(Err(format!("longer than {LINE_LIMIT} octets"))))
}

/// Content that was read up to one octet beyond a limit, of something that is named like this.
///
/// # Errors
/// It could not be read, or is too large.
pub(super) fn within(
    limit: u64,
    name: &str,
    content: std::io::Result<Vec<u8>>,
) -> Result<Vec<u8>, Mistake> {
    let content = content.map_err(|why| {
        Mistake::new(match why.kind() {
            std::io::ErrorKind::IsADirectory => {
                format!("{name}: a directory; name the files in it, such as {name}/*.zone")
            }
            _ => format!("{name}: {why}"),
        })
    })?;
    if u64::try_from(content.len()).is_ok_and(|size| size <= limit) {
        return Ok(content);
    }
    let limit = limit / (1024 * 1024);
    Err(Mistake::new(format!("{name}: larger than {limit} MiB")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_and_lose_their_ends() {
        let lines: Vec<NumberedLine> = Numbered::new(&b"a\r\n\nb"[..]).collect();
        let expected = [(1, "a"), (2, ""), (3, "b")];
        assert_eq!(lines, expected.map(|(number, text)| (number, Ok(text.as_bytes().to_vec()))));
    }

    #[test]
    fn a_text_in_utf_16_is_refused_once() {
        let lines: Vec<NumberedLine> = Numbered::new(&b"\xff\xfea\0\n\0b\0\n\0"[..]).collect();
        let why = "the text is UTF-16: save it as UTF-8".to_owned();
        assert_eq!(lines, [(1, Err(Unread { why, ends: true }))]);
    }

    #[test]
    fn a_line_without_end_is_no_line_and_the_next_one_is_read() {
        let text = ["x".repeat(3 * LINE_LIMIT), "b\n".to_owned()].join("\n");
        let lines: Vec<NumberedLine> = Numbered::new(text.as_bytes()).collect();
        let why = format!("longer than {LINE_LIMIT} octets");
        let long = Err(Unread { why, ends: false });
        assert_eq!(lines, [(1, long), (2, Ok(b"b".to_vec()))]);
    }
}
