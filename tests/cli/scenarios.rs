//! The stories in `testdata/scenarios`: documentation that is run.
//!
//! A story is Markdown. Its `zone` block is the world: what it does not list does not exist. A
//! line `$INCLUDE ../zones/FILE` in it brings in what others publish. A `zone NAME` block is a file
//! of that name, for `--zone NAME`; the lines of a `web` block are what web servers say, as a cassette
//! has it; and so is a `toml NAME` block, for `test NAME`. Each command of a `console` block, a line that begins with `$ `,
//! is run in that world; what it prints must be what stands below it, the exit code, if it is not
//! 0, as `[exit N]` in the last line. `BLESS=1` writes what was printed into the stories.

#![allow(clippy::disallowed_methods, reason = "stories are files, and blessing is asked for")]

use crate::cassette::{WORLD, cassette};
use crate::program;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The name of the world's cassette, as the screens show it.
const CASSETTE: &str = "world.jsonl";

// ── reading ─────────────────────────────────────────────────────────────────────────────────────

/// A piece of a story, in the order of the file.
enum Piece {
    /// Lines that are copied as they are.
    Prose(String),
    /// A fenced block: what stands behind the fence, and the lines inside.
    Block { info: String, text: String },
}

struct Story {
    path: PathBuf,
    text: String,
    pieces: Vec<Piece>,
}

impl Story {
    fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).expect("a story is text");
        let pieces = pieces(&text);
        Self { path, text, pieces }
    }

    fn name(&self) -> &str {
        self.path.file_stem().and_then(|stem| stem.to_str()).expect("stories have names")
    }

    /// The blocks of a kind, with the word that follows the kind.
    fn blocks(&self, kind: &str) -> impl Iterator<Item = (&str, &str)> {
        self.pieces.iter().filter_map(move |piece| match piece {
            Piece::Prose(_) => None,
            Piece::Block { info, text } => {
                let word = info.strip_prefix(kind)?;
                (word.is_empty() || word.starts_with(' ')).then_some((word.trim(), text.as_str()))
            }
        })
    }

    /// A zone with the files that it includes, which the program itself never opens.
    fn whole(&self, text: &str) -> String {
        let read = |line: &str| match line.strip_prefix("$INCLUDE ") {
            Some(file) => {
                let path = self.path.with_file_name(file.trim());
                fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
            }
            None => format!("{line}\n"),
        };
        text.lines().map(read).collect()
    }

    /// The world of the story, as a cassette.
    fn cassette(&self) -> String {
        let world = self.blocks("zone").filter(|(file, _)| file.is_empty());
        let dns =
            cassette(self.name(), &world.map(|(_, text)| self.whole(text)).collect::<String>());
        dns + &self.blocks("web").map(|(_, text)| text).collect::<String>()
    }

    /// The story as it would be if it were told by the program.
    fn told(&self) -> String {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scenarios").join(self.name());
        fs::create_dir_all(&folder).expect("a folder for the run");
        fs::write(folder.join(CASSETTE), self.cassette()).expect("the tape can be written");
        let files = ["zone", "toml", "eml", "xml"].into_iter().flat_map(|it| self.blocks(it));
        for (file, text) in files.filter(|(file, _)| !file.is_empty()) {
            fs::write(folder.join(file), self.whole(text))
                .expect("a file of the story can be written");
        }
        self.pieces.iter().fold(String::new(), |mut told, piece| {
            match piece {
                Piece::Prose(text) => told += text,
                Piece::Block { info, text } if info == "console" => {
                    let commands = text.lines().filter_map(|line| line.strip_prefix("$ "));
                    let runs: Vec<String> = commands.map(|line| run(&folder, line)).collect();
                    let _ = write!(told, "```{info}\n{}```\n", runs.join("\n"));
                }
                Piece::Block { info, text } => {
                    let _ = write!(told, "```{info}\n{text}```\n");
                }
            }
            told
        })
    }
}

fn pieces(story: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut is_open = false;
    for line in story.split_inclusive('\n') {
        match (line.strip_prefix("```"), pieces.last_mut()) {
            (Some(_), _) if is_open => is_open = false,
            (Some(info), _) => {
                pieces.push(Piece::Block { info: info.trim().into(), text: String::new() });
                is_open = true;
            }
            (None, Some(Piece::Block { text, .. })) if is_open => text.push_str(line),
            (None, Some(Piece::Prose(text))) => text.push_str(line),
            (None, _) => pieces.push(Piece::Prose(line.into())),
        }
    }
    assert!(!is_open, "a block is not closed");
    pieces
}

fn stories() -> Vec<Story> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/scenarios");
    let entries = folder.read_dir().expect("the folder can be listed");
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    paths.into_iter().map(Story::read).collect()
}

// ── running ─────────────────────────────────────────────────────────────────────────────────────

/// The command, what it prints, and its exit code.
fn run(folder: &Path, line: &str) -> String {
    let mut words = words(line).into_iter();
    assert_eq!(words.next().as_deref(), Some("mailcheck"), "only mailcheck is run: {line}");
    let out = program::mailcheck()
        .args(words)
        .env("MAILCHECK_REPLAY", CASSETTE)
        .current_dir(folder)
        .output()
        .expect("the binary runs");
    let mut told = format!("$ {line}\n");
    for stream in [&out.stdout, &out.stderr] {
        told += &String::from_utf8(stream.clone()).expect("what is printed is UTF-8");
    }
    match out.status.code() {
        Some(0) => {}
        Some(code) => told += &format!("[exit {code}]\n"),
        None => panic!("a signal ended {line}"),
    }
    told
}

/// The words of a command; single quotes keep one together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let (word, behind) = match rest.strip_prefix('\'') {
            Some(quoted) => quoted.split_once('\'').expect("a quote is closed"),
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = behind.trim_start();
    }
    words
}

/// The first lines that differ, so that a failure can be read.
fn difference(written: &str, told: &str) -> String {
    let same = written.lines().zip(told.lines()).take_while(|(one, other)| one == other).count();
    let from = |text: &str| text.lines().skip(same).take(12).collect::<Vec<_>>().join("\n  ");
    format!("line {}, written:\n  {}\nprinted:\n  {}\n", same + 1, from(written), from(told))
}

// ── the tests ───────────────────────────────────────────────────────────────────────────────────

#[test]
fn every_story_is_told_as_the_program_tells_it() {
    let is_blessed = env::var_os("BLESS").is_some();
    let mut differences = String::new();
    for story in stories() {
        let told = story.told();
        if told == story.text {
            continue;
        }
        if is_blessed {
            fs::write(&story.path, told).expect("a story can be written");
        } else {
            let _ = writeln!(differences, "{}, {}", story.name(), difference(&story.text, &told));
        }
    }
    assert!(
        differences.is_empty(),
        "{differences}`BLESS=1 cargo test --test cli scenarios` accepts."
    );
}

#[test]
fn every_story_has_a_title_a_world_and_a_command() {
    let is_whole = |story: &Story| {
        let console: String = story.blocks("console").map(|(_, text)| text).collect();
        story.text.starts_with("# ")
            && story.blocks("zone").any(|(file, _)| file.is_empty())
            && console.lines().any(|line| line.starts_with("$ mailcheck "))
    };
    let stories = stories();
    let not_whole: Vec<&str> =
        stories.iter().filter(|story| !is_whole(story)).map(Story::name).collect();
    assert!(!stories.is_empty() && not_whole.is_empty(), "{not_whole:?}");
}

#[test]
fn what_a_command_prints_takes_the_place_of_what_was_written() {
    let text = "# T\n\n```zone\na.example. 60 TXT x\n```\n\n```console\n$ mailcheck --nonsense\nold\n```\nend\n";
    let path = PathBuf::from("what-a-command-prints.md");
    let told = Story { pieces: pieces(text), text: text.into(), path }.told();
    let is_kept = told.starts_with(text.split_once("old").expect("it is there").0);
    assert!(is_kept && told.ends_with("[exit 2]\n```\nend\n") && !told.contains("old"), "{told}");
}

#[test]
fn a_name_that_the_world_does_not_list_does_not_exist() {
    assert_eq!(
        cassette("t", "a.example. 60 TXT x\n"),
        format!(
            "{WORLD}{}\n",
            r#"{"name":"a.example","type":"TXT","outcome":"records","ttl":60,"records":["\"x\""],"aliases":[]}"#
        )
    );
}
