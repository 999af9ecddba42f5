//! `testdata/formats`: for each format at least three files as its tool writes them, with invented names.
//!
//! In each file something is planted, and `lint` finds it where it stands: the line and column of every
//! finding are listed in `positions.txt` beside the files, which `BLESS=1` writes.

#![allow(clippy::disallowed_methods, reason = "the corpus is in files, and blessing is asked for")]

use crate::program;
use mailcheck::zonefile::formats::Format;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What is planted, and the rule that finds it.
const PLANTED: [(&str, &str); 3] =
    [("+all", "spf/pass-all"), ("inlcude", "spf/syntax"), ("rejct", "dmarc/no-valid-policy")];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/formats")
}

/// The files of a folder and of those in it, from the folder of the corpus.
fn files(folder: &Path, below: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = format!("{below}/{}", path.file_name().expect("a name").to_string_lossy());
        match path.is_dir() {
            true => found.extend(files(&path, &name)),
            false => found.push(name),
        }
    }
    found.sort();
    found
}

/// The files of each format: a folder is named after its format, and after a hyphen what tells forms of it
/// apart.
fn corpus() -> BTreeMap<String, Vec<String>> {
    let mut corpus: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in fs::read_dir(folder()).expect("the corpus") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let found = files(&path, &name);
            corpus.insert(name, found);
        }
    }
    corpus
}

/// What `lint` says of files: rule, line and column of each finding, by its file.
fn findings<'f>(
    files: impl Iterator<Item = &'f String>,
) -> BTreeMap<String, Vec<(String, usize, usize)>> {
    let mut command = program::mailcheck();
    let command = command.current_dir(folder()).args(["lint", "-f", "json"]).args(files);
    let ended = command.output().expect("the program runs");
    let report: Value = serde_json::from_slice(&ended.stdout)
        .unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&ended.stderr)));
    let number =
        |value: &Value| usize::try_from(value.as_u64().unwrap_or(0)).expect("a small number");
    let mut found: BTreeMap<String, Vec<(String, usize, usize)>> = BTreeMap::new();
    for it in report["findings"].as_array().expect("a list") {
        let (place, id) = (&it["location"], it["id"].as_str().unwrap_or_default());
        let file = place["file"].as_str().unwrap_or_default().to_owned();
        let row = (id.to_owned(), number(&place["line"]), number(&place["column"]));
        found.entry(file).or_default().push(row);
    }
    found
}

/// The text of a file from a line and column on.
fn text_at(file: &str, line: usize, column: usize) -> String {
    let text = fs::read_to_string(folder().join(file)).expect("a text");
    let line = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    line.chars().skip(column.saturating_sub(1)).collect()
}

#[test]
fn every_format_has_three_files_and_every_finding_is_at_its_place() {
    let corpus = corpus();
    let mut trouble = Vec::new();
    for format in Format::ALL {
        let word = format.word();
        let is_its = |name: &String| name.split('-').next() == Some(word);
        let count: usize = corpus.iter().filter(|it| is_its(it.0)).map(|it| it.1.len()).sum();
        if count < 3 {
            trouble.push(format!("{word} has {count} files"));
        }
    }
    let mut positions = String::new();
    let mut all = findings(corpus.values().flatten());
    for file in corpus.values().flatten() {
        // A report names files from the top of the repository.
        let is_its = |name: &&String| name.ends_with(&format!("/{file}")) || *name == file;
        let name = all.keys().find(is_its).cloned().unwrap_or_default();
        let found = all.remove(&name).unwrap_or_default();
        let is_planted = |(id, line, column): &(String, usize, usize)| {
            let text = text_at(file, *line, *column);
            PLANTED.iter().any(|(what, rule)| text.starts_with(what) && id == rule)
        };
        if !found.iter().any(is_planted) {
            trouble.push(format!("{file}: what is planted is not found at its place: {found:?}"));
        }
        for (id, line, column) in found {
            positions.push_str(&format!("{file}:{line}:{column} {id}\n"));
        }
    }
    let path = folder().join("positions.txt");
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &positions).expect("the list can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    let differs =
        |(one, other): (&str, &str)| (one != other).then(|| format!("{one}, and not {other}"));
    trouble.extend(positions.lines().zip(expected.lines()).filter_map(differs));
    assert!(trouble.is_empty() && positions == expected, "{}", trouble.join("\n"));
}
