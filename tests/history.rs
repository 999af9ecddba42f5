//! A zone and its history, change by change: `testdata/history`.

#![allow(clippy::disallowed_methods, reason = "the history is files, and blessing is asked for")]

mod tape;

use std::path::{Path, PathBuf};
use std::{env, fs};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/history")
}

#[test]
fn the_tape_says_what_the_zones_of_others_say() {
    let zones =
        ["../zones/microsoft-365", "../zones/other-senders", "../zones/fmsinc-dkim", "others"];
    let read = |zone: &str| {
        let path = folder().join(format!("{zone}.zone"));
        fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
    };
    let told = tape::tape("others", &zones.map(read).concat());
    let path = folder().join("world.jsonl");
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &told).expect("the tape can be written");
    }
    assert_eq!(fs::read_to_string(&path).expect("the tape is there"), told);
}
