//! Where the report goes, in which form.

use super::Mistake;
use crate::render::mail::Shared;
use std::ffi::OsString;
use std::path::PathBuf;

/// A form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a person.
    Text,
    /// For a program.
    Json,
    /// For a program that reads a line at a time.
    JsonLines,
    /// Annotations of GitHub Actions.
    GitHub,
    /// The summary of a job, the comment of a pull request.
    Markdown,
    /// One page for a browser.
    Html,
    /// Results of code scanning.
    Sarif,
    /// Code Quality of GitLab.
    GitLab,
    /// Test results.
    JUnit,
    /// Metrics.
    Prometheus,
    /// Findings as a table between tabs.
    Tsv,
}

impl Format {
    /// Every form and its name, the one first that nobody has to ask for.
    pub(in crate::cli) const NAMES: [(Self, &'static str); 11] = [
        (Self::Text, "text"),
        (Self::Json, "json"),
        (Self::JsonLines, "jsonl"),
        (Self::GitHub, "github"),
        (Self::Markdown, "markdown"),
        (Self::Html, "html"),
        (Self::Sarif, "sarif"),
        (Self::GitLab, "gitlab"),
        (Self::JUnit, "junit"),
        (Self::Prometheus, "prometheus"),
        (Self::Tsv, "tsv"),
    ];

    /// What it is, for the page about formats.
    pub(in crate::cli) fn about(self) -> &'static str {
        match self {
            Self::Text => "for people; the default",
            Self::Json => "one document for programs",
            Self::JsonLines => "JSON, a line per domain",
            Self::GitHub => "annotations of GitHub Actions",
            Self::Markdown => "a job summary or a comment on a pull request",
            Self::Html => "one page for a browser, with pictures",
            Self::Sarif => "code scanning (SARIF 2.1.0)",
            Self::GitLab => "Code Quality of GitLab",
            Self::JUnit => "test results (JUnit XML)",
            Self::Prometheus => "metrics for the textfile collector",
            Self::Tsv => "findings between tabs, for cut and awk",
        }
    }
}

/// A form of the report and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output<F = Format> {
    /// The form.
    pub format: F,
    /// The file to write; standard output if there is none.
    pub file: Option<PathBuf>,
}

/// Reads every `--format`; the first form of `names` to standard output if there is none.
pub(in crate::cli) fn outputs<F: Copy>(
    formats: &[OsString],
    names: &[(F, &'static str)],
) -> Result<Vec<Output<F>>, Mistake> {
    if formats.is_empty() {
        let first = names.iter().take(1);
        return Ok(first.map(|(format, _)| Output { format: *format, file: None }).collect());
    }
    let mut outputs: Vec<Output<F>> = Vec::with_capacity(formats.len());
    for text in formats {
        let output = read(text, names)?;
        if outputs.iter().any(|other| other.file == output.file) {
            return Err(Mistake::new(match &output.file {
                Some(file) => format!("two formats for the same output: {}", file.display()),
                None => "two formats for standard output: write one to a file, as in -f text \
                     -f json=report.json"
                    .to_owned(),
            }));
        }
        outputs.push(output);
    }
    Ok(outputs)
}

/// As [`outputs`], of mail: its own forms, then those that it shares with reports of domains.
pub(in crate::cli) fn mail_outputs<F: Copy>(
    formats: &[OsString],
    own: &[(F, &'static str)],
    shared: fn(Shared) -> F,
) -> Result<Vec<Output<F>>, Mistake> {
    let shared = Shared::NAMES.iter().map(|(form, name)| (shared(*form), *name));
    let names: Vec<(F, &'static str)> = own.iter().copied().chain(shared).collect();
    outputs(formats, &names)
}

fn read<F: Copy>(text: &OsString, names: &[(F, &'static str)]) -> Result<Output<F>, Mistake> {
    let shown = text.to_string_lossy();
    let (name, file) = match text.to_str().map(|text| text.split_once('=')) {
        Some(Some((name, file))) => (name.to_owned(), Some(PathBuf::from(file))),
        Some(None) => (shown.clone().into_owned(), None),
        None => {
            return Err(Mistake::new(format!("--format: the file name in {shown:?} is not UTF-8")));
        }
    };
    let Some((format, _)) = names.iter().find(|(_, known)| *known == name) else {
        let known: Vec<&str> = names.iter().map(|(_, name)| *name).collect();
        let known = known.join(", ");
        return Err(Mistake::new(match Format::NAMES.iter().any(|(_, other)| *other == name) {
            true => format!("there is no {name} form of this report. One of: {known}"),
            false => format!("unknown format {name:?}. One of: {known}"),
        }));
    };
    let file = file.filter(|file| file.as_os_str() != "-");
    if file.as_ref().is_some_and(|file| file.as_os_str().is_empty()) {
        return Err(Mistake::new(format!("--format {name}= needs a file name")));
    }
    Ok(Output { format: *format, file })
}
