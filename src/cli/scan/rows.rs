//! Where rows go, and which of them are there already.

use super::plan::{Plan, fnv1a};
use crate::cli::RunError;
use crate::cli::words::Mistake;
use crate::render::scan::{self, COLUMNS, Form};
use crate::text::escape;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read as _, Seek, SeekFrom, Stdout, Write};
use std::path::{Path, PathBuf};

/// Octets that are kept before they are written.
const BUFFER: usize = 256 * 1024;

/// The longest row that is read, in octets: what is longer is no row.
const LONGEST: u64 = 1024 * 1024;

/// Where rows go.
pub(super) struct Rows {
    to: To,
    list: String,
    /// The lines whose rows were there before, each with a hash of its domain.
    known: HashMap<u64, u32>,
}

enum To {
    Screen(BufWriter<Stdout>),
    File(PathBuf, BufWriter<File>),
    /// Whoever read standard output has gone.
    Nobody,
}

impl Rows {
    /// Opens the output: a new file, or one that goes on where it ends.
    ///
    /// # Errors
    /// It cannot be opened or read, stands there and is not to be resumed, or holds something else
    /// than rows.
    #[allow(clippy::disallowed_methods, reason = "files are written here")]
    pub(super) fn open(plan: &Plan) -> Result<Self, RunError> {
        let Some(path) = &plan.output else {
            let to = To::Screen(BufWriter::with_capacity(BUFFER, io::stdout()));
            let mut rows = Self { to, list: plan.list(), known: HashMap::new() };
            rows.head(plan)?;
            return Ok(rows);
        };
        let fault = |why| RunError::File(path.clone(), why);
        if !plan.resumes {
            let opened = OpenOptions::new().write(true).create_new(true).open(path);
            let file = opened.map_err(|why| match why.kind() {
                io::ErrorKind::AlreadyExists => Mistake::new(format!(
                    "{} is there already: add --resume to go on with it, or remove it",
                    path.display()
                ))
                .into(),
                _ => fault(why),
            })?;
            let to = To::File(path.clone(), BufWriter::with_capacity(BUFFER, file));
            let mut rows = Self { to, list: plan.list(), known: HashMap::new() };
            rows.head(plan)?;
            return Ok(rows);
        }
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path).map_err(fault)?;
        if !file.metadata().map_err(fault)?.is_file() {
            // A device has no end to go on from.
            let why = format!("--resume needs a regular file: {}", path.display());
            return Err(Mistake::new(why).into());
        }
        let (known, end) = rows_of(path, &file, plan.form)?;
        file.set_len(end).map_err(fault)?;
        file.seek(SeekFrom::End(0)).map_err(fault)?;
        let to = To::File(path.clone(), BufWriter::with_capacity(BUFFER, file));
        let mut rows = Self { to, list: plan.list(), known };
        if end == 0 {
            rows.head(plan)?;
        }
        Ok(rows)
    }

    fn head(&mut self, plan: &Plan) -> Result<(), RunError> {
        let mut head = Vec::new();
        if let Some(form) = plan.form {
            scan::head(form, &mut head)?;
        }
        self.put(&head)
    }

    /// True if the row of a line is there already.
    ///
    /// # Errors
    /// The row of that line is about another domain: the rows belong to another list.
    pub(super) fn has(&self, line: u64, domain: &str) -> Result<bool, Mistake> {
        match self.known.get(&line) {
            None => Ok(false),
            Some(hash) if *hash == short(domain) => Ok(true),
            Some(_) => {
                let file = match &self.to {
                    To::File(path, _) => path.display().to_string(),
                    To::Screen(_) | To::Nobody => String::new(),
                };
                Err(Mistake::new(format!(
                    "{file} holds the rows of another list: line {line} of {} is {domain:?}",
                    self.list
                )))
            }
        }
    }

    /// Writes a row.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn put(&mut self, row: &[u8]) -> Result<(), RunError> {
        self.write(|out| out.write_all(row))
    }

    /// Lets rows that are complete be seen.
    ///
    /// # Errors
    /// They cannot be written.
    pub(super) fn flush(&mut self) -> Result<(), RunError> {
        self.write(|out| out.flush())
    }

    fn write(
        &mut self,
        part: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), RunError> {
        match &mut self.to {
            To::Nobody => Ok(()),
            To::Screen(out) => match part(out) {
                Err(why) if why.kind() == io::ErrorKind::BrokenPipe => {
                    let gone = std::mem::replace(&mut self.to, To::Nobody);
                    if let To::Screen(out) = gone {
                        // What is left in it would be written to nobody once more.
                        let _ = out.into_parts();
                    }
                    Ok(())
                }
                written => Ok(written?),
            },
            To::File(path, out) => part(out).map_err(|why| RunError::File(path.clone(), why)),
        }
    }

    /// True if nobody is left to write for.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.to, To::Nobody)
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn finish(mut self) -> Result<(), RunError> {
        self.flush()?;
        match self.to {
            To::File(path, out) => {
                let file = out
                    .into_inner()
                    .map_err(|why| RunError::File(path.clone(), why.into_error()))?;
                file.sync_data().map_err(|why| RunError::File(path, why))
            }
            To::Screen(_) | To::Nobody => Ok(()),
        }
    }
}

/// What of a hash is kept of a domain: enough to tell another list.
fn short(domain: &str) -> u32 {
    let hash = fnv1a(domain);
    u32::try_from((hash >> 32) ^ (hash & 0xffff_ffff)).unwrap_or(u32::MAX)
}

/// The rows of a file, and where the last complete one ends.
fn rows_of(
    path: &Path,
    file: &File,
    form: Option<Form>,
) -> Result<(HashMap<u64, u32>, u64), RunError> {
    let fault = |why| RunError::File(path.to_owned(), why);
    let (mut from, mut known, mut end) = (BufReader::new(file), HashMap::new(), 0);
    let (mut line, mut number) = (Vec::new(), 0_u64);
    loop {
        line.clear();
        let length = from.by_ref().take(LONGEST).read_until(b'\n', &mut line).map_err(fault)?;
        if !line.ends_with(b"\n") && u64::try_from(length).is_ok_and(|it| it < LONGEST) {
            return Ok((known, end));
        }
        number += 1;
        let is_head = form == Some(Form::Tsv) && number == 1;
        match row_of(&line, form) {
            _ if is_head && line.starts_with(COLUMNS[0].as_bytes()) => {}
            Some((at, domain)) => {
                known.insert(at, short(&domain));
            }
            None => {
                let file = escape(path.display().to_string().as_bytes());
                return Err(Mistake::new(format!("{file}:{number} is not a row of a scan")).into());
            }
        }
        end += u64::try_from(length).unwrap_or_default();
    }
}

/// The line and the domain of a row.
fn row_of(line: &[u8], form: Option<Form>) -> Option<(u64, Cow<'_, str>)> {
    #[derive(Deserialize)]
    struct Of<'r> {
        schema: Cow<'r, str>,
        line: u64,
        #[serde(borrow)]
        domain: Cow<'r, str>,
    }
    let text = std::str::from_utf8(line).ok()?;
    if form == Some(Form::Tsv) {
        let mut cells = text.split('\t');
        let (number, domain) = (cells.next()?.parse().ok()?, cells.next()?);
        let domain = domain.strip_prefix('\'').unwrap_or(domain);
        return Some((number, domain.into()));
    }
    let Of { schema, line, domain } = serde_json::from_str(text).ok()?;
    schema.starts_with("mailcheck.scan/").then_some((line, domain))
}
