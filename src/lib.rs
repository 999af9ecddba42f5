//! mailcheck: can the servers that send mail for a domain prove it, and if not, whose fault is it?
//!
//! # A guided tour
//!
//! The modules below stand in the order of their layers; each uses those above it in this list and
//! none below.
//!
//! 1. [`text`] and [`net`]: words, spans, names, exact sets of addresses. No I/O.
//! 2. [`dns`]: one question in, one answer out, whatever the answer is. Live servers, zone files,
//!    recorded answers and injected faults are all the same port.
//! 3. [`zonefile`]: records as files hold them. [`diagnostic`]: steps of reasoning, rules, findings,
//!    standing.
//! 4. [`protocols`], all alike and strangers to each other: SPF, DKIM, DMARC, MX, TLS-RPT.
//!    [`posture`] is what they say together, [`zone`] a zone file by itself.
//! 5. [`report`]: the one value that everything above shows.
//! 6. [`examine`]: an inquiry in, facts and findings out. [`compare`]: two states, and what became of
//!    senders and findings. [`fix`]: changes of records, each proved. [`audit`]: an inquiry in, a
//!    report out. [`provider`]: facts about those who send for others.
//!    [`contract`]: what a domain's owner expects of it. [`catalogue`]: every rule of every family.
//!    `config`: the file that says what is expected, and what was decided about findings.
//! 7. [`render`] and `cli`: showing it, and being asked.
//!
//! # Features
//!
//! | feature | brings |
//! |---|---|
//! | `cli`, on by default | the program, `render::text` and colours; turns on the two below |
//! | `formats` | zones of octoDNS, dnscontrol and Terraform, plain lists of records, `config` |
//! | `live` | `dns::Live`: answers of real servers over UDP, TCP, TLS and HTTPS |
//!
//! Without any of them the library parses, evaluates, applies the rules and reports, with answers that
//! were recorded ([`dns::Replay`]) or that a master file gives ([`zonefile::Zone`]).
//!
//! # The shortest program
//!
//! ```
//! use mailcheck::audit::{self, Inquiry};
//! use mailcheck::dns::Replay;
//! use mailcheck::net::Name;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let cassette = r#"{"cassette":1,"absent":"nxdomain"}
//! {"name":"example.com","type":"TXT","outcome":"records","records":["\"v=spf1 ip4:192.0.2.0/28 -all\""]}"#;
//! let answers = Replay::read("cassette", cassette.as_bytes())?;
//! let inquiry = Inquiry::about(Name::from_unicode("example.com")?);
//! let domain = audit::domain(&answers, &inquiry, audit::Clock::default()).await;
//! assert_eq!(domain.spf.details.ipv4_addresses, 16);
//! # Ok(())
//! # }
//! ```
//!
//! Where new things go is told in `ARCHITECTURE.md`.

pub mod text;
pub mod net;
pub mod dns;
pub mod zonefile;
pub mod diagnostic;
pub mod suppress;
pub mod protocols;
pub mod posture;
pub mod zone;
pub mod report;
pub mod provider;
pub mod examine;
pub mod compare;
pub mod fix;
pub mod audit;
pub mod contract;
pub mod catalogue;
#[cfg(feature = "formats")]
pub mod config;
pub mod render;
#[cfg(feature = "cli")]
pub mod cli;
