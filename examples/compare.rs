//! Compares two zone files: which senders win or lose when the second replaces the first.
//!
//! ```console
//! $ cargo run --example compare                                # two files of testdata/history
//! $ cargo run --example compare -- example.com old.zone new.zone recording.jsonl
//! ```
//!
//! What the zones do not list, such as the policies that they include, is answered from a recording.
#![allow(clippy::disallowed_macros, clippy::disallowed_methods, clippy::print_stdout)]

use mailcheck::dns::Replay;
use mailcheck::zonefile::{Overlay, formats};
use std::error::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let history = |file| format!("{}/testdata/history/{file}", env!("CARGO_MANIFEST_DIR"));
    let (name, files) = match arguments[..] {
        [] => {
            let files = ["03-more-senders.zone", "04-eleventh-lookup.zone", "world.jsonl"];
            ("fmsinc.com", files.map(history))
        }
        [name, before, after, recording] => (name, [before, after, recording].map(str::to_owned)),
        _ => return Err("usage: compare [DOMAIN BEFORE AFTER RECORDING]".into()),
    };
    let [before, after, recording] = &files;
    let world = Replay::read(recording, std::fs::read(recording)?)?;
    let [before, after] = [overlay(before, &world)?, overlay(after, &world)?];

    let domain = mailcheck::compare(&before, &after, name).await?;
    println!("{} {}: {}", domain.domain, domain.result, domain.headline);
    for sender in domain.change.iter().flat_map(|change| &change.senders) {
        println!(
            "{:?}: {}, {} before, {} after",
            sender.effect, sender.who, sender.before, sender.after
        );
    }
    Ok(())
}

/// The records of a zone file, and below them the rest of the world.
fn overlay<'w>(file: &str, world: &'w Replay) -> Result<Overlay<&'w Replay>, Box<dyn Error>> {
    let read = formats::read(file, &std::fs::read(file)?);
    match read.errors.first() {
        Some(error) => Err(error.clone().into()),
        None => Ok(Overlay::new(read.zones, world)),
    }
}
