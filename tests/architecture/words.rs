//! The words that readers see: engineers, at night, in their field's language.
//!
//! The law holds patterns and stems, not sentences: what must not come back is a habit. It reads
//! every string literal of the source outside of tests, the help of flags and verbs, the pages of the
//! rules and the guides without their blocks, and what the stories and snapshots show of a screen.

use super::{assert_none, before_tests, files, read};
use std::path::{Path, PathBuf};

/// Words and phrases that no reader should see; `*` at the end of a word stands for any ending.
const HABITS: &[&str] = &[
    // Passives and pronouns that hide who acts.
    "told",
    "be judged",
    "nobody",
    "anybody",
    "somebody",
    "everybody",
    "whoever",
    "whomever",
    "is met",
    "are met",
    "is asked about",
    "are asked to",
    "is asked to",
    "could not tell",
    "cannot be told",
    "could not be asked",
    "says so",
    "may not send",
    "may send",
    // Verbs of a translator.
    "mend*",
    "stands",
    "stood",
    "goes by",
    "go by it",
    "fares",
    "fare",
    "heed*",
    "pretend*",
    "poses as",
    "anew",
    "lets pass",
    "speaks of",
    "falls apart",
    "takes mail",
    "takes no mail",
    "take no mail",
    "is wanted",
    "are wanted",
    "met no",
    // The field has its own words: query, revoked, recording, spoofed, TTL, apex, undetermined.
    "question",
    "questions",
    "tape",
    "tapes",
    "withdrawn",
    "withdraw*",
    "forged",
    "forger",
    "forgers",
    "forgery",
    "forgeries",
    "time to live",
    "times to live",
    "per cent",
    "octet 0",
    "garbage",
    // Phrases.
    "in the place of",
    "in place of the",
    "at the brink",
    "all the same",
    "for want of",
    "by way of",
    "inside of",
    "outside of",
    "to the letter",
    "in vain",
    "in silence",
    "our own failure",
    "as it is",
    "as it stands",
    "and is none",
    "question for",
    "that was meant",
    "is what survives",
    "none of yours",
    // Three alternatives are a list with commas.
    "or * or",
    "for instance",
    "where one is allowed",
    "with everything in order",
    "misspelt",
    "mistyped",
    "authoris*",
];

/// What stands for something else: names of the registries, of RFCs, and of the JSON form.
const ALLOWED: &[(&str, &str)] = &[
    ("forged answer", "the name of EDE 4 (RFC 8914 §4.5)"),
    ("cross-user forgery", "the title of RFC 7208 §11.4"),
    ("is none of", "plain English"),
];

/// What guides say to those who work here, and not to readers.
const WORKSHOP: [&str; 2] = ["ARCHITECTURE.md", "CONTRIBUTING.md"];

/// How much of a text is shown with an offender.
const LONGEST: usize = 160;

/// A text that a reader sees, and where it is written.
struct Text {
    place: String,
    text: String,
}

/// The habits in texts: the place, the pattern, the text.
fn habits(texts: &[Text]) -> Vec<String> {
    let mut found = Vec::new();
    for Text { place, text } in texts {
        let mut plain = words(text).join(" ");
        for (allowed, _) in ALLOWED {
            plain = plain.replace(&words(allowed).join(" "), " ");
        }
        let plain: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
        let met = HABITS.iter().filter(|habit| holds(&plain, habit));
        let shown: String = text.trim().chars().take(LONGEST).collect();
        found.extend(met.map(|habit| format!("{place}: {habit:?} in {shown:?}")));
    }
    found
}

/// The words in lower case, without what stands between them.
fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '_' && c != '/');
    parts.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

fn holds(words: &[&str], habit: &str) -> bool {
    let habit: Vec<&str> = habit.split(' ').collect();
    words.windows(habit.len()).any(|window| {
        window.iter().zip(&habit).all(|(word, wanted)| match wanted.strip_suffix('*') {
            Some(stem) => word.starts_with(stem),
            None => word == wanted,
        })
    })
}

/// The string literals of a source outside of tests, comments and attributes, except what a panic
/// says: no input leads there.
fn literals(path: &str, text: &str) -> Vec<Text> {
    let code = before_tests(text);
    let (mut found, mut rest, mut line) = (Vec::new(), code, 1);
    let mut before = String::new();
    while let Some(next) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some((start, end, after)) = literal(rest) {
            let head = before.trim_end();
            let is_panic = ["expect(", "panic!(", "reason ="].iter().any(|it| head.ends_with(it));
            if !is_panic {
                let text = rest.get(start..end).unwrap_or_default().to_owned();
                found.push(Text { place: format!("{path}:{line}"), text });
            }
            after
        } else if let Some(quoted) = quoted_char(rest) {
            quoted
        } else {
            next.len_utf8()
        };
        let (passed, after) = rest.split_at(length);
        line += passed.matches('\n').count();
        before.push_str(passed);
        let keep = before.len().saturating_sub(16);
        before = before
            .chars()
            .skip(before.get(..keep).map_or(0, |head| head.chars().count()))
            .collect();
        rest = after;
    }
    found
}

/// The comments that clap shows as help: those above an attribute of an argument or a command.
fn help(path: &str, text: &str) -> Vec<Text> {
    let (mut found, mut comment) = (Vec::new(), Vec::new());
    for (number, line) in before_tests(text).lines().enumerate() {
        let line = line.trim_start();
        if let Some(said) = line.strip_prefix("///") {
            comment.push(said.trim());
            continue;
        }
        let is_flat =
            ["#[command(flatten)]", "#[command(subcommand)]", "#[arg(skip)]"].contains(&line);
        let derives = |it: &str| line.starts_with("#[derive(") && line.contains(it);
        let is_shown = !is_flat && ["#[arg(", "#[command("].iter().any(|it| line.starts_with(it))
            || derives("Parser")
            || derives("ValueEnum");
        if is_shown && !comment.is_empty() {
            found.push(Text { place: format!("{path}:{}", number + 1), text: comment.join(" ") });
        }
        comment.clear();
    }
    found
}

/// A string at the beginning of code: where its text begins and ends, and where the code goes on.
fn literal(code: &str) -> Option<(usize, usize, usize)> {
    let head = code.strip_prefix('b').unwrap_or(code);
    let skipped = code.len() - head.len();
    if let Some(raw) = head.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let close = format!("\"{}", "#".repeat(hashes));
        let start = hashes + 1;
        if raw.get(hashes..start) != Some("\"") {
            return None;
        }
        let end = start + raw.get(start..)?.find(&close)?;
        let offset = skipped + 1;
        return Some((offset + start, offset + end, offset + end + close.len()));
    }
    let inner = head.strip_prefix('"')?;
    let mut is_escaped = false;
    let end = inner.find(|c| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    })?;
    Some((skipped + 1, skipped + 1 + end, skipped + end + 2))
}

/// The length of a character in quotes at the beginning of code; a lifetime is none.
fn quoted_char(code: &str) -> Option<usize> {
    let inner = code.strip_prefix('\'')?;
    let length = match inner.strip_prefix('\\') {
        Some(escaped) => 1 + escaped.chars().next()?.len_utf8() + escaped.get(1..)?.find('\'')?,
        None => inner.chars().next()?.len_utf8(),
    };
    inner.get(length..)?.starts_with('\'').then_some(length + 2)
}

/// The words of a string literal as they are shown: escapes and line ends are spaces, and what stands
/// between braces is a value.
fn shown(literal: &str) -> String {
    let text = literal.replace("\\n", " ").replace("\\t", " ").replace("\\\n", " ");
    let mut parts = text.split('{');
    let head = parts.next().unwrap_or_default().to_owned();
    parts.fold(head, |shown, part| shown + part.split_once('}').map_or(part, |(_, after)| after))
}

/// The words of a template: without its tags, but with the words of their labels, and without values
/// and conditions.
fn unmarked(template: &str) -> String {
    let labels = template.split("aria-label=\"").skip(1).filter_map(|it| it.split('"').next());
    let words = std::iter::once(without(template, '<', '>')).chain(labels.map(str::to_owned));
    words.map(|words| without(&words, '{', '}')).collect::<Vec<_>>().join(" . ")
}

fn without(text: &str, open: char, close: char) -> String {
    let mut parts = text.split(open);
    let head = parts.next().unwrap_or_default().to_owned();
    parts.fold(head, |kept, part| kept + " " + part.split_once(close).map_or("", |(_, it)| it))
}

/// A page without its zones.
fn prose(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

/// What a story shows of the screen.
fn screens(text: &str) -> String {
    let blocks = text.split("```console\n").skip(1);
    blocks.filter_map(|block| block.split("```").next()).collect()
}

/// The files of a folder whose names end so.
fn below(folder: &str, ending: &str) -> Vec<(String, String)> {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = root.read_dir().expect("a folder can be listed").flatten();
    let paths = entries.map(|entry| entry.path());
    let wanted = paths.filter(|path| path.extension().is_some_and(|it| it == ending));
    let named = |path: PathBuf| {
        let name = path.file_name().map(|it| it.to_string_lossy().into_owned());
        (format!("{folder}/{}", name.unwrap_or_default()), read(&path))
    };
    wanted.map(named).collect()
}

/// Each line of a text by itself, so that an offender has a line.
fn lines(path: &str, text: &str) -> Vec<Text> {
    let paragraphs = text.split("\n\n").filter(|it| !it.trim().is_empty());
    let one = |it: &str| Text {
        place: path.to_owned(),
        text: it.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    paragraphs.map(one).collect()
}

#[test]
fn readers_meet_the_words_of_their_field() {
    let is_test = |path: &str| path.ends_with("tests.rs") || path.contains("/tests/");
    let sources = files("rs");
    let sources = sources.iter().filter(|it| !is_test(&it.path)).collect::<Vec<_>>();
    let literals = sources.iter().flat_map(|source| literals(&source.path, &source.text));
    let mut texts: Vec<Text> =
        literals.map(|Text { place, text }| Text { place, text: shown(&text) }).collect();
    texts.extend(sources.iter().flat_map(|source| help(&source.path, &source.text)));
    let templates = [below("templates/report", "html"), below("templates/server", "html")].concat();
    texts.extend(
        templates.iter().map(|(path, text)| Text { place: path.clone(), text: unmarked(text) }),
    );
    let pages = files("md");
    texts.extend(pages.iter().flat_map(|page| lines(&page.path, &prose(&page.text))));
    let guides = [below(".", "md"), below("docs", "md")].concat();
    let guides = guides.iter().filter(|(path, _)| !WORKSHOP.iter().any(|it| path.ends_with(it)));
    texts.extend(guides.flat_map(|(path, text)| lines(path, &prose(text))));
    for file in ["action.yml", ".pre-commit-hooks.yaml"] {
        let text = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(file));
        let said = text.lines().filter_map(|line| line.trim().strip_prefix("description:"));
        texts.extend(said.map(|said| Text { place: file.to_owned(), text: said.to_owned() }));
    }
    let stories = below("testdata/scenarios", "md");
    texts.extend(stories.iter().flat_map(|(path, text)| lines(path, &screens(text))));
    let snapshots = below("tests/library/snapshots", "snap");
    texts.extend(snapshots.iter().flat_map(|(path, text)| lines(path, text)));
    assert!(texts.len() > 3000, "the texts are found: {}", texts.len());
    assert_none(&habits(&texts));
}

#[test]
fn a_habit_is_found_in_literals_and_not_in_comments_tests_or_panics() {
    let code = "// nobody\nfn f() { say(\"nobody\"); let x = '\"'; say(b\"ok\"); \
                it.expect(\"nobody\"); r#\"somebody \"else\"\"# }\n\
                #[cfg(test)]\nmod tests {\n    const X: &str = \"whoever\";\n}\n";
    let texts = literals("src/a.rs", code);
    assert_eq!(
        habits(&texts),
        [
            "src/a.rs:2: \"nobody\" in \"nobody\"",
            "src/a.rs:2: \"somebody\" in \"somebody \\\"else\\\"\"",
        ]
    );
}

#[test]
fn a_stem_covers_every_ending_and_a_word_only_itself() {
    let text = |text: &str| [Text { place: "x".into(), text: text.into() }];
    assert_eq!(
        habits(&text("it was mended; the toldest tapestry")),
        ["x: \"mend*\" in \"it was mended; the toldest tapestry\""]
    );
    assert_eq!(
        habits(&text("SPF, DKIM or DMARC; a or b or c")),
        ["x: \"or * or\" in \"SPF, DKIM or DMARC; a or b or c\""]
    );
}

#[test]
fn a_habit_is_found_in_the_help_of_a_flag_and_not_in_other_comments() {
    let code = "/// Nobody\nconst X: u8 = 1;\n    /// Whoever\n    ///\n    /// stands\n    \
                #[arg(long)]\n    y: u8,\n    /// somebody\n    #[command(flatten)]\n    z: Z,\n";
    let found = habits(&help("src/a.rs", code));
    assert_eq!(
        found,
        [
            "src/a.rs:6: \"whoever\" in \"Whoever  stands\"",
            "src/a.rs:6: \"stands\" in \"Whoever  stands\"",
        ]
    );
}
