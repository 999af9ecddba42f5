//! The programs in `examples/`: each one runs without arguments, without a network, and prints what
//! `testdata/examples/` holds.

#![expect(clippy::disallowed_methods, reason = "what is blessed is written")]

use std::process::{Command, Stdio};

/// What an example prints. `cargo test` has built it, so that cargo only starts it.
fn printed(example: &str) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--locked", "--offline", "--example", example]);
    command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    let out = command.output().expect("cargo runs");
    assert!(out.status.success(), "{example}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).expect("examples print text")
}

/// Holds what an example prints to its file.
fn hold(example: &str) {
    let path = format!("{}/testdata/examples/{example}.txt", env!("CARGO_MANIFEST_DIR"));
    let printed = printed(example);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, printed).expect("testdata can be written");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(printed, expected, "bless with `BLESS=1 cargo test --test library examples`");
}

#[test]
fn check_prints_the_headline_and_the_findings_of_a_recorded_domain() {
    hold("check");
}

#[test]
fn authorize_says_of_each_address_whether_it_is_authorized() {
    hold("authorize");
}

#[test]
fn compare_says_who_loses_by_the_eleventh_lookup() {
    hold("compare");
}
