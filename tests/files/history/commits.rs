//! The same history as commits of a repository.

use super::{Ended, STATES, compared, folder, mailcheck, read, snapshot};
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const FILE: &str = "zones/fmsinc.com.zone";

/// A repository in a folder of its own.
pub(crate) struct Repository(pub(crate) PathBuf);

impl Repository {
    /// An empty one with the cassette of the world beside it; `None` where there is no git.
    pub(crate) fn new(test: &str) -> Option<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("history").join(test);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("zones")).expect("a folder can be made");
        let repository = Self(folder);
        if Command::new("git").arg("--version").stdout(Stdio::null()).status().is_err() {
            // Not `eprintln!`: the test harness would swallow the line.
            let _ = writeln!(std::io::stderr(), "skipped: git is not installed");
            return None;
        }
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        let cassette = self::folder().join("world.jsonl");
        fs::copy(cassette, repository.0.join("world.jsonl")).expect("the tape can be copied");
        Some(repository)
    }

    pub(crate) fn git(&self, arguments: &[&str]) {
        let done = Command::new("git")
            .args(arguments)
            .current_dir(&self.0)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs([("GIT_AUTHOR_NAME", "A"), ("GIT_AUTHOR_EMAIL", "a@fmsinc.com")])
            .envs([("GIT_COMMITTER_NAME", "A"), ("GIT_COMMITTER_EMAIL", "a@fmsinc.com")])
            .stdin(Stdio::null())
            .status()
            .expect("git runs");
        assert!(done.success(), "git {arguments:?}");
    }

    /// The file as it is at a state, committed.
    pub(crate) fn commit(&self, state: &str) {
        self.put(state);
        self.git(&["add", "zones"]);
        self.git(&["commit", "--quiet", "--message", state]);
    }

    /// The file as it is at a state, not committed.
    fn put(&self, state: &str) {
        let source = folder().join(format!("{state}.zone"));
        fs::copy(source, self.0.join(FILE)).expect("the state can be copied");
    }

    pub(crate) fn diff(&self, arguments: &[&str]) -> Ended {
        let own = ["diff", "--replay", "world.jsonl"];
        mailcheck(&self.0, &[&own, arguments].concat())
    }
}

/// What is the same however the two states were named: all but where they were read.
fn content(mut domain: Value) -> Value {
    fn without_places(value: &mut Value) {
        match value {
            Value::Object(members) => {
                let places = ["file", "source", "before"];
                members.retain(|name, inner| !places.contains(&name.as_str()) || inner.is_object());
                members.values_mut().for_each(without_places);
            }
            Value::Array(items) => items.iter_mut().for_each(without_places),
            _ => {}
        }
    }
    without_places(&mut domain);
    domain
}

#[test]
fn commits_are_compared_as_files_are() {
    let Some(repository) = Repository::new("commits") else { return };
    repository.commit(STATES[0]);
    for state in &STATES[1..] {
        repository.commit(state);
        let of_commits = repository.diff(&["--base", "HEAD~1", FILE, "-f", "json"]);
        let of_files = compared(state, &["-f", "json"]);
        assert_eq!(of_commits.code, of_files.code, "{state}");
        assert_eq!(content(read(&of_commits)), content(read(&of_files)), "{state}");
    }
}

#[test]
fn an_unknown_commit_is_a_wrong_invocation() {
    let Some(repository) = Repository::new("unknown-commit") else { return };
    repository.commit(STATES[0]);
    let ended = repository.diff(&["--base", "nowhere", FILE]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
    assert!(ended.stderr.contains("no commit \"nowhere\""), "{}", ended.stderr);
}

#[test]
fn a_file_as_it_was_is_no_change() {
    let Some(repository) = Repository::new("as-it-was") else { return };
    repository.commit(STATES[2]);
    let ended = repository.diff(&["--base", "HEAD", FILE]);
    assert_eq!(ended.code, Some(0));
    snapshot("a-file-as-it-was", &ended);
}

#[test]
fn a_file_that_is_new_is_compared_with_what_answers() {
    let Some(repository) = Repository::new("new-file") else { return };
    repository.git(&["commit", "--quiet", "--allow-empty", "--message", "nothing yet"]);
    repository.put(STATES[0]);
    let ended = repository.diff(&["--base", "HEAD", FILE]);
    assert_eq!(ended.code, Some(0));
    snapshot("a-new-file", &ended);
}

#[test]
fn a_file_that_is_gone_is_compared_with_what_answers() {
    let Some(repository) = Repository::new("gone-file") else { return };
    repository.commit(STATES[2]);
    fs::remove_file(repository.0.join(FILE)).expect("the file can be removed");
    let ended = repository.diff(&["--base", "HEAD", FILE]);
    assert_eq!(ended.code, Some(1));
    snapshot("a-gone-file", &ended);
}

#[test]
fn a_file_as_it_was_that_relies_on_a_changed_one_is_judged_as_well() {
    let Some(repository) = Repository::new("relies") else { return };
    let zone = |name: &str, text: &str| {
        let soa = format!("{name}. 60 SOA ns.{name}. a.{name}. 1 2 3 4 5\n");
        fs::write(repository.0.join(format!("zones/{name}.zone")), format!("{soa}{text}\n"))
            .expect("a zone can be written");
    };
    zone("shop.example", "shop.example. 60 TXT \"v=spf1 include:_spf.group.example -all\"");
    zone("group.example", "_spf.group.example. 60 TXT \"v=spf1 ip4:192.0.2.0/24 -all\"");
    repository.git(&["add", "zones"]);
    repository.git(&["commit", "--quiet", "--message", "two zones"]);
    zone("group.example", "_spf.group.example. 60 TXT \"v=spf1 ip4:192.0.2.0/25 -all\"");
    let files = ["zones/shop.example.zone", "zones/group.example.zone"];
    let ended = repository.diff(&[&["--base", "HEAD", "-f", "tsv"], &files[..]].concat());
    let lost = |line: &&str| line.contains("change/sender-lost");
    let lines: Vec<&str> = ended.stdout.lines().filter(lost).collect();
    assert!(lines.iter().any(|line| line.starts_with("shop.example")), "{}", ended.screen());
}

/// A repository with one file of this name and text, committed.
fn with_file(test: &str, name: &str, text: &str) -> Option<Repository> {
    let repository = Repository::new(test)?;
    repository.write(name, text);
    repository.git(&["add", "zones"]);
    repository.git(&["commit", "--quiet", "--message", "the state before"]);
    Some(repository)
}

impl Repository {
    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join("zones").join(name), text).expect("a file can be written");
    }

    /// The rules that a comparison with a commit finds met by the change.
    fn introduced(&self, commit: &str, files: &str) -> (Option<i32>, Vec<String>) {
        let ended = self.diff(&["--base", commit, files, "-f", "tsv"]);
        let rows = ended.stdout.lines().skip(1).filter(|row| row.ends_with("introduced"));
        let rules = rows.filter_map(|row| row.split('\t').nth(2)).map(str::to_owned);
        (ended.code, rules.collect())
    }
}

const SENDER: &str = "news.example. 60 TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n";
const OTHER: &str = "other.example. 60 TXT \"v=spf1 -all\"\n";

#[test]
fn a_record_that_a_list_no_longer_holds_is_gone() {
    let Some(repository) = with_file("list", "all.zone", &format!("{SENDER}{OTHER}")) else {
        return;
    };
    repository.write("all.zone", OTHER);
    let (code, rules) = repository.introduced("HEAD", "zones/all.zone");
    assert_eq!((code, rules.contains(&"change/sender-lost".to_owned())), (Some(1), true));
}

#[test]
fn a_file_that_is_gone_from_a_folder_is_compared() {
    let Some(repository) = with_file("folder", "news.zone", SENDER) else { return };
    repository.write("other.zone", OTHER);
    fs::remove_file(repository.0.join("zones/news.zone")).expect("the file can be removed");
    let (code, rules) = repository.introduced("HEAD", "zones");
    assert_eq!((code, rules.contains(&"change/sender-lost".to_owned())), (Some(1), true));
}

#[test]
fn a_file_whose_name_git_would_quote_is_compared_as_well() {
    let Some(repository) = with_file("quoted", "büro.zone", SENDER) else { return };
    repository.write("other.zone", OTHER);
    fs::remove_file(repository.0.join("zones/büro.zone")).expect("the file can be removed");
    let (code, rules) = repository.introduced("HEAD", "zones");
    assert_eq!((code, rules.contains(&"change/sender-lost".to_owned())), (Some(1), true));
}

#[test]
fn what_came_to_the_other_branch_later_is_no_part_of_the_change() {
    let Some(repository) = with_file("branches", "other.zone", OTHER) else { return };
    repository.git(&["checkout", "--quiet", "-b", "ours"]);
    repository.git(&["commit", "--quiet", "--allow-empty", "--message", "ours"]);
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("other.zone", &OTHER.replace("-all", "ip4:192.0.2.1 -all"));
    repository.git(&["commit", "--quiet", "--all", "--message", "theirs"]);
    repository.git(&["checkout", "--quiet", "ours"]);
    assert_eq!(repository.introduced("main", "zones/other.zone"), (Some(0), vec![]));
}

#[test]
fn a_change_that_mends_a_file_can_be_judged() {
    let Some(repository) = with_file("broken-base", "other.zone", "other.example. 60 TXXT x\n")
    else {
        return;
    };
    repository.write("other.zone", OTHER);
    let ended = repository.diff(&["--base", "HEAD", "zones/other.zone"]);
    assert!(ended.stdout.contains("1 entry not read"), "{}", ended.screen());
    assert_eq!(ended.code, Some(3));
}
