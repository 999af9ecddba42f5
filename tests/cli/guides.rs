//! README.md and `docs/*.md`: every command of them is run, and prints what is shown below it.
//!
//! A `console` block holds commands after `$ `. They run in a folder of the guide's own, in which
//! `testdata` is the repository's. What they print, and `[exit N]` if the code is not 0, follows each
//! command. A block with a file name behind its language (`toml mailcheck.toml`) is that file.
//! `BLESS=1` writes what was printed into the guides.

#![allow(clippy::disallowed_methods, reason = "guides are files, and blessing is asked for")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

const CRATE: &str = env!("CARGO_MANIFEST_DIR");

/// How commands begin that build the program first.
const BUILT: &str = "cargo run --release -- ";

/// What somebody reads: a text of Markdown and where it is.
struct Guide {
    path: PathBuf,
    text: String,
}

impl Guide {
    fn read(path: PathBuf) -> Self {
        Self { text: fs::read_to_string(&path).expect("a guide is text"), path }
    }

    /// The path as messages show it.
    fn name(&self) -> String {
        let relative = self.path.strip_prefix(CRATE).expect("guides are in the repository");
        relative.display().to_string()
    }

    /// The guide as it would be if its commands wrote it.
    fn printed(&self) -> String {
        let folder = folder(&self.name().replace('/', "-"));
        let mut written = String::new();
        let (mut info, mut block) = (None, String::new());
        for line in self.text.lines() {
            match (line.strip_prefix("```"), info) {
                (Some(_), Some(info)) => {
                    written.push_str(&closed(info, &block, &folder));
                    written.push_str("```\n");
                    block.clear();
                }
                (Some(_), None) => written.push_str(&format!("{line}\n")),
                (None, Some(_)) => block.push_str(&format!("{line}\n")),
                (None, None) => written.push_str(&format!("{line}\n")),
            }
            if let Some(opened) = line.strip_prefix("```") {
                info = if info.is_some() { None } else { Some(opened) };
            }
        }
        assert!(info.is_none(), "{}: a block is not closed", self.name());
        written
    }

    /// Commands between backquotes in running text and in tables.
    fn inline(&self) -> Vec<String> {
        let prose: String = self.text.split("```").step_by(2).collect();
        let code = prose.split('`').skip(1).step_by(2);
        let code = code.map(|code| code.split_whitespace().collect::<Vec<_>>().join(" "));
        code.filter(|code| code.starts_with("mailcheck ")).collect()
    }
}

/// What a block holds once it was run, or written to its file.
fn closed(info: &str, block: &str, folder: &Path) -> String {
    if let Some((_, file)) = info.split_once(' ') {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap_or(folder)).expect("a folder can be made");
        fs::write(path, block).expect("a file of the guide can be written");
    }
    if info != "console" {
        return block.to_owned();
    }
    let commands = block.lines().filter_map(|line| line.strip_prefix("$ "));
    commands.fold(String::new(), |mut shown, command| {
        let printed = printed(command, folder);
        shown.push_str(&format!("$ {command}\n{printed}"));
        if !printed.is_empty() {
            shown.push('\n');
        }
        shown
    })
}

/// A shell that finds the program.
fn shell(command: &str, folder: &Path) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_mailcheck"));
    let own = program.parent().expect("a program is in a folder").to_owned();
    let others = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([own].into_iter().chain(env::split_paths(&others)));
    let mut shell = Command::new("bash");
    shell
        .args(["-o", "pipefail", "-c", command])
        .env_clear()
        .env("PATH", path.expect("folders can be joined"))
        .current_dir(folder)
        .stdin(Stdio::null());
    shell
}

/// What a command prints, and its exit code if it is not 0.
fn printed(command: &str, folder: &Path) -> String {
    let command = command.replace(BUILT, "mailcheck ");
    let out = shell(&command, folder).output().expect("the shell runs");
    let utf8 = |octets| String::from_utf8(octets).expect("what is printed is UTF-8");
    let (stdout, stderr) = (utf8(out.stdout), utf8(out.stderr));
    let code = match out.status.code() {
        Some(0) => String::new(),
        code => format!("[exit {}]", code.unwrap_or(-1)),
    };
    format!("{stdout}{stderr}{code}").trim_end().to_owned()
}

/// A folder in which the paths of a guide lead somewhere. It is the root of a repository, so that no
/// configuration outside of it is found.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guides").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join(".git")).expect("a folder can be made");
    // A link would lead out of the repository.
    copy(&Path::new(CRATE).join("testdata"), &folder.join("testdata"));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("a folder can be listed").flatten() {
        let place = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &place),
            false => _ = fs::copy(entry.path(), place).expect("a file can be copied"),
        }
    }
}

/// A folder with the files that commands in running text name.
fn example(guide: &Guide) -> PathBuf {
    let folder = folder(&format!("{}-inline", guide.name().replace('/', "-")));
    let write = |file: &str, text: &str| {
        fs::write(folder.join(file), text).expect("a file of an example can be written");
    };
    for name in ["man", "zones"] {
        fs::create_dir(folder.join(name)).expect("a folder can be made");
    }
    let zone = "$ORIGIN example.com.\n$TTL 300\n@ SOA ns1 hostmaster 1 7200 3600 1209600 300\n\
                @ TXT \"v=spf1 mx -all\"\n";
    for file in ["world.zone", "new.zone", "example.com.zone", "zones/example.com.zone"] {
        write(file, zone);
    }
    for file in ["mailcheck.toml", "mail.toml"] {
        write(file, "[[domain]]\nname = \"example.com\"\n");
    }
    write("domains.txt", "example.com\n");
    write("case.jsonl", "{\"cassette\":1,\"absent\":\"nxdomain\"}\n");
    // Messages and reports that the guide shows.
    for block in guide.text.split("```").skip(1).step_by(2) {
        let (info, text) = block.split_once('\n').unwrap_or_default();
        if let Some(("eml" | "xml", file)) = info.split_once(' ') {
            write(file, text);
        }
    }
    folder
}

/// README.md and everything in `docs`.
fn guides() -> Vec<Guide> {
    let docs = Path::new(CRATE).join("docs").read_dir().expect("the folder can be listed");
    let mut paths: Vec<PathBuf> = docs.flatten().map(|entry| entry.path()).collect();
    paths.push(Path::new(CRATE).join("README.md"));
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    paths.into_iter().map(Guide::read).collect()
}

fn guide(name: &str) -> Guide {
    Guide::read(Path::new(CRATE).join(name))
}

/// True if jq can be run.
fn has_jq() -> bool {
    let jq = Command::new("jq").arg("--version").stdout(Stdio::null()).status();
    jq.is_ok_and(|status| status.success())
}

#[test]
fn the_commands_of_the_guides_print_what_is_shown() {
    let has_jq = has_jq();
    let mut stale = Vec::new();
    for guide in guides() {
        if guide.text.contains("| jq ") && !has_jq {
            let name = guide.name();
            let _ = writeln!(std::io::stderr(), "skipped: {name} needs jq, which is not installed");
            continue;
        }
        let printed = guide.printed();
        if env::var_os("BLESS").is_some() {
            fs::write(&guide.path, &printed).expect("a guide can be written");
        } else if printed != guide.text {
            let mut pairs = guide.text.lines().zip(printed.lines());
            let first = pairs.find(|(shown, printed)| shown != printed);
            stale.push(format!("{}: shown, then printed: {first:?}", guide.name()));
        }
    }
    assert_eq!(stale, Vec::<String>::new(), "BLESS=1 writes what is printed");
}

#[test]
fn every_command_in_running_text_is_understood() {
    let mut misunderstood = Vec::new();
    let mut number = 0;
    for guide in guides() {
        let folder = example(&guide);
        // What is compared needs a repository: `tests/files/history/guide.rs`.
        let inline = guide.inline().into_iter().filter(|it| !it.starts_with("mailcheck diff"));
        for command in inline {
            number += 1;
            // A server has no use where the network must not be asked.
            let words = command.split(' ').filter(|word| !word.starts_with('@'));
            let command = words.collect::<Vec<_>>().join(" ").replace("FOLDER", "man");
            let mut shell = shell(&format!("{command} < domains.txt"), &folder);
            shell.env("MAILCHECK_ZONE", "world.zone").env("MAILCHECK_OFFLINE", "true");
            let out = shell.output().expect("the shell runs");
            if !matches!(out.status.code(), Some(0 | 1 | 3)) {
                let said = String::from_utf8_lossy(&out.stderr).into_owned();
                misunderstood.push(format!("{}: {command}: {said}", guide.name()));
            }
        }
    }
    assert_eq!(misunderstood, Vec::<String>::new());
    assert!(number >= 40, "the commands are found: {number}");
}

#[test]
fn every_link_of_a_guide_leads_to_a_file() {
    let mut dead = Vec::new();
    for guide in guides() {
        let folder = guide.path.parent().expect("a guide is in a folder");
        let targets = guide.text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let targets = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
        dead.extend(targets.filter_map(|target| {
            let file = target.split('#').next().unwrap_or_default();
            (!folder.join(file).exists()).then(|| format!("{}: {target}", guide.name()))
        }));
    }
    assert_eq!(dead, Vec::<String>::new());
}

#[test]
fn the_readme_has_at_most_200_lines_and_begins_with_the_two_promised_commands() {
    let readme = guide("README.md").text;
    assert!(readme.lines().count() <= 200, "{} lines", readme.lines().count());
    let commands: Vec<&str> = readme
        .split("\n```")
        .filter_map(|block| block.strip_prefix("console\n$ ").or(block.strip_prefix("sh\n")))
        .filter_map(|block| block.lines().next())
        .take(2)
        .collect();
    assert!(commands[0].starts_with(BUILT) && commands[0].contains(" --replay "), "{commands:?}");
    assert_eq!(commands[1], "cargo test --locked");
}

#[test]
fn the_guide_to_json_asks_at_least_ten_questions() {
    let guide = guide("docs/json.md").text;
    let asked = guide.lines().filter(|line| line.starts_with("$ ") && line.contains("jq "));
    assert!(asked.count() >= 10);
}
