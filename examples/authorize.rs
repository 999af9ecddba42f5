//! Asks whether addresses are authorized to send for a domain.
//!
//! ```console
//! $ cargo run --example authorize                              # a recorded domain, no network
//! $ cargo run --example authorize -- example.com 192.0.2.1     # the DNS servers of this system
//! ```
#![allow(clippy::disallowed_macros, clippy::disallowed_methods, clippy::print_stdout)]

use mailcheck::dns::{Dns, Live, Replay};
use mailcheck::report::Authorized;
use std::error::Error;
use std::net::IpAddr;

const RECORDING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/cassettes/fmsinc.com.jsonl");

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (name, addresses, dns): (&str, Vec<IpAddr>, Box<dyn Dns>) = match arguments.as_slice() {
        [] => {
            let recorded = Replay::read(RECORDING, std::fs::read(RECORDING)?)?;
            let addresses = ["40.107.1.1".parse()?, "198.51.100.25".parse()?];
            ("fmsinc.com", addresses.to_vec(), Box::new(recorded))
        }
        [name, addresses @ ..] => {
            let addresses = addresses.iter().map(|it| it.parse()).collect::<Result<_, _>>()?;
            (name, addresses, Box::new(Live::system()?))
        }
    };

    for answer in mailcheck::authorize(&*dns, name, addresses).await? {
        let word = match answer.authorized {
            Authorized::Yes => "yes",
            Authorized::No => "no",
            Authorized::Partial => "partly",
            Authorized::Unknown => "undetermined",
            Authorized::NotApplicable => "not applicable",
        };
        println!("{word}: {}", answer.headline);
    }
    Ok(())
}
