//! `docs/json.md`: every command of it is run, and prints what stands below it.

#![allow(clippy::disallowed_methods, reason = "the guide is a file, and blessing is asked for")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

const CRATE: &str = env!("CARGO_MANIFEST_DIR");

/// The guide as it would be if its commands wrote it.
fn told(guide: &str, folder: &Path) -> String {
    let mut told = String::new();
    let mut is_console = false;
    for line in guide.lines() {
        is_console = match line {
            "```console" => true,
            "```" => false,
            _ => is_console,
        };
        match line.strip_prefix("$ ") {
            Some(command) if is_console => {
                let _ = writeln!(told, "{line}\n{}", printed(command, folder));
                // Nothing printed leaves no empty line.
                if told.ends_with("\n\n") {
                    told.pop();
                }
            }
            // What was printed before is printed anew.
            _ if is_console && line != "```console" => {}
            _ => {
                let _ = writeln!(told, "{line}");
            }
        }
    }
    told
}

/// What a command prints, and its exit code if it is not 0.
fn printed(command: &str, folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_mailcheck"));
    let own = program.parent().expect("a program stands in a folder").to_owned();
    let others = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([own].into_iter().chain(env::split_paths(&others)));
    let out = Command::new("bash")
        .args(["-o", "pipefail", "-c", command])
        .env_clear()
        .env("PATH", path.expect("folders can be joined"))
        .env("MAILCHECK_CONFIG", "none")
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("the shell runs");
    let utf8 = |octets| String::from_utf8(octets).expect("what is printed is UTF-8");
    let (stdout, stderr) = (utf8(out.stdout), utf8(out.stderr));
    let code = match out.status.code() {
        Some(0) => String::new(),
        code => format!("[exit {}]", code.unwrap_or(-1)),
    };
    format!("{stdout}{stderr}{code}").trim_end().to_owned()
}

/// A folder in which the paths of the guide lead somewhere.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("json-guide");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder can be made");
    let testdata = Path::new(CRATE).join("testdata");
    std::os::unix::fs::symlink(testdata, folder.join("testdata")).expect("a link can be made");
    folder
}

/// True if jq can be run.
fn has_jq() -> bool {
    let jq = Command::new("jq").arg("--version").stdout(Stdio::null()).status();
    jq.is_ok_and(|status| status.success())
}

#[test]
fn the_commands_of_the_guide_to_json_print_what_it_says() {
    if !has_jq() {
        let _ = writeln!(std::io::stderr(), "skipped: jq is not installed");
        return;
    }
    let path = Path::new(CRATE).join("docs/json.md");
    let guide = fs::read_to_string(&path).expect("the guide is there");
    let told = told(&guide, &folder());
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &told).expect("the guide can be written");
        return;
    }
    assert_eq!(guide, told, "BLESS=1 writes what is printed");
}

#[test]
fn the_guide_asks_at_least_ten_questions() {
    let guide = fs::read_to_string(Path::new(CRATE).join("docs/json.md")).expect("readable");
    let asked = guide.lines().filter(|line| line.starts_with("$ ") && line.contains("jq "));
    assert!(asked.count() >= 10);
}
