//! Checks a domain and prints its headline and its findings.
//!
//! ```console
//! $ cargo run --example check                                  # a recorded domain, no network
//! $ cargo run --example check -- example.com                   # the DNS servers of this system
//! $ cargo run --example check -- example.com --replay FILE     # a recording of `mailcheck --record`
//! ```
#![allow(clippy::disallowed_macros, clippy::disallowed_methods, clippy::print_stdout)]

use mailcheck::dns::{Dns, Live, Replay};
use std::error::Error;

const RECORDING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/cassettes/fmsinc.com.jsonl");

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (name, dns): (&str, Box<dyn Dns>) = match arguments[..] {
        [] => ("fmsinc.com", replay(RECORDING)?),
        [name] => (name, Box::new(Live::system()?)),
        [name, "--replay", file] => (name, replay(file)?),
        _ => return Err("usage: check [DOMAIN [--replay FILE]]".into()),
    };

    let domain = mailcheck::check(&*dns, name).await?;
    println!("{} {}: {}", domain.domain, domain.result, domain.headline);
    for finding in &domain.findings {
        println!("{} {}: {}", finding.severity, finding.rule, finding.message);
    }
    for unknown in domain.unknowns() {
        println!("undetermined: {}", unknown.why);
    }
    Ok(())
}

fn replay(file: &str) -> Result<Box<dyn Dns>, Box<dyn Error>> {
    Ok(Box::new(Replay::read(file, std::fs::read(file)?)?))
}
