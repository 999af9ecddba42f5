//! What the README shows of `mailcheck diff` is what it does.

use super::commits::Repository;
use super::{STATES, folder, mailcheck, plan};
use std::fs;

const README: &str = include_str!("../../../README.md");

/// The section about changes.
fn section() -> &'static str {
    let (_, rest) = README.split_once("## Judge a change before").expect("the section");
    rest.split_once("\n## ").expect("one more section").0
}

#[test]
fn the_screen_is_what_diff_says() {
    let mut shown = 0;
    for block in section().split("```text\n").skip(1) {
        let (block, _) = block.split_once("```").expect("a block is closed");
        let (command, screen) = block.split_once('\n').expect("a screen");
        let words: Vec<&str> = command.split(' ').skip(2).collect();
        let ended = mailcheck(&folder(), &[&words[..], &["--replay", "world.jsonl"]].concat());
        assert_eq!(ended.stdout, screen, "{command}");
        shown += 1;
    }
    assert_eq!(shown, 1);
}

#[test]
fn each_way_to_compare_is_understood() {
    let Some(repository) = Repository::new("readme") else { return };
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
    // With the DNS as it is, in which there is no such domain, everybody is new.
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

#[test]
fn the_accepted_loss_is_one_that_the_configuration_understands() {
    let (_, toml) = section().split_once("```toml\n").expect("a configuration");
    let (toml, _) = toml.split_once("```").expect("a block is closed");
    let (_, faults) = ::mailcheck::config::read("mailcheck.toml", toml.as_bytes());
    assert_eq!(faults, []);
}
