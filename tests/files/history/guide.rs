//! Each way to compare that `docs/zone-files.md` lists. What it shows on screens is run by
//! `tests/cli/guides.rs`.

use super::commits::Repository;
use super::{STATES, folder, plan};
use std::fs;

const GUIDE: &str = include_str!("../../../docs/zone-files.md");

/// The section about changes.
fn section() -> &'static str {
    let (_, rest) = GUIDE.split_once("\n## Compare two states").expect("the section");
    rest
}

#[test]
fn each_way_to_compare_is_understood() {
    let Some(repository) = Repository::new("guide") else { return };
    repository.commit(STATES[2]);
    repository.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    repository.commit(STATES[3]);
    let put = |name: &str, source: &str| {
        fs::copy(folder().join(source), repository.0.join(name)).expect("a file can be copied");
    };
    put("old.zone", "03-more-senders.zone");
    put("new.zone", "04-eleventh-lookup.zone");
    put("monday.jsonl", "world.jsonl");
    put("today.jsonl", "world.jsonl");
    fs::write(repository.0.join("plan.json"), plan()).expect("a file can be written");
    let commands: Vec<&str> =
        section().split('`').filter(|text| text.starts_with("mailcheck diff ")).collect();
    // With the DNS as it is, in which there is no such domain, every sender is new.
    let expected =
        [("--live", 1), ("--base", 1), ("old.zone", 1), ("--zone", 1), ("plan", 1), ("monday", 0)];
    assert_eq!(commands.len(), expected.len(), "{commands:?}");
    for (command, (word, code)) in commands.iter().zip(expected) {
        assert!(command.contains(word), "{command}");
        let command = command.replace("zones/*.zone", "zones/fmsinc.com.zone");
        let ended = repository.diff(&command.split(' ').skip(2).collect::<Vec<_>>());
        assert_eq!(ended.code, Some(code), "{command}: {}", ended.screen());
    }
}
