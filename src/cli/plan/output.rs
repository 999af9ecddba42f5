//! Where the report goes, in which form.

use super::Mistake;
use std::ffi::OsString;
use std::path::PathBuf;

/// A form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a person.
    Text,
    /// For a program.
    Json,
}

impl Format {
    const NAMES: [(Self, &'static str); 2] = [(Self::Text, "text"), (Self::Json, "json")];
}

/// A form of the report and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The form.
    pub format: Format,
    /// The file to write; standard output if there is none.
    pub file: Option<PathBuf>,
}

/// Reads every `--format`; text to standard output if there is none.
pub(super) fn outputs(formats: &[OsString]) -> Result<Vec<Output>, Mistake> {
    if formats.is_empty() {
        return Ok(vec![Output { format: Format::Text, file: None }]);
    }
    let mut outputs: Vec<Output> = Vec::with_capacity(formats.len());
    for text in formats {
        let output = read(text)?;
        if outputs.iter().any(|other| other.file == output.file) {
            return Err(Mistake::new(match &output.file {
                Some(file) => format!("two formats cannot both go to {}", file.display()),
                None => "two formats cannot both go to standard output: \
                         give one of them a file, as in -f text -f json=report.json"
                    .to_owned(),
            }));
        }
        outputs.push(output);
    }
    Ok(outputs)
}

fn read(text: &OsString) -> Result<Output, Mistake> {
    let shown = text.to_string_lossy();
    let (name, file) = match text.to_str().map(|text| text.split_once('=')) {
        Some(Some((name, file))) => (name.to_owned(), Some(PathBuf::from(file))),
        Some(None) => (shown.clone().into_owned(), None),
        None => {
            return Err(Mistake::new(format!(
                "--format: the name of a file in {shown:?} is not UTF-8"
            )));
        }
    };
    let Some((format, _)) = Format::NAMES.iter().find(|(_, known)| *known == name) else {
        let known: Vec<&str> = Format::NAMES.iter().map(|(_, name)| *name).collect();
        return Err(Mistake::new(format!("unknown format {name:?}. One of: {}", known.join(", "))));
    };
    let file = file.filter(|file| file.as_os_str() != "-");
    if file.as_ref().is_some_and(|file| file.as_os_str().is_empty()) {
        return Err(Mistake::new(format!("--format {name}= names no file")));
    }
    Ok(Output { format: *format, file })
}
