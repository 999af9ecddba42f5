//! Checks whether the servers that send mail for a domain can prove it: SPF, DKIM, DMARC, MX,
//! MTA-STS, TLS-RPT, DANE and BIMI, evaluated as receivers do, with the reason for every result.
//!
//! # A domain, live
//!
//! ```no_run
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let dns = mailcheck::dns::Live::system()?;
//!     let domain = mailcheck::check(&dns, "example.com").await?;
//!     println!("{}: {}", domain.result, domain.headline);
//!     for finding in &domain.findings {
//!         println!("{}: {}", finding.severity, finding.message);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Doors
//!
//! | to | use |
//! |---|---|
//! | check a domain | [`check()`]; with selectors, identities, fewer protocols: [`audit::domain`] |
//! | ask whether an address, a network or a provider is authorized | [`authorize()`] |
//! | compare a domain in two states of the DNS | [`compare()`], [`audit::change`] |
//! | list the addresses that may send | [`audit::listing`] |
//! | parse a record | [`record::spf`], [`record::dkim`], [`record::dmarc`], [`record::mta_sts`], [`record::tls_rpt`] |
//! | read, store and show results | [`report`], which serde writes and reads back; [`render`] |
//! | read zone files, overlay them on the DNS | [`zonefile`] |
//! | compute with names, networks and sets of addresses | [`net`] |
//! | supply answers | [`dns::Dns`]; recorded ones: [`dns::Replay`]; decorators: [`dns::Cache`], [`dns::Recorder`], [`dns::Injector`], [`zonefile::Overlay`] |
//! | look up rules and providers | [`catalogue`], [`provider`] |
//!
//! Everything takes its answers from a [`dns::Dns`], so the same call runs on live servers, on a
//! recording and on a zone file:
//!
//! ```
//! use mailcheck::dns::Replay;
//! use mailcheck::net::Cidr;
//! use mailcheck::report::Authorized;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let recorded = r#"{"cassette":1,"absent":"nxdomain"}
//! {"name":"example.com","type":"TXT","outcome":"records","records":["\"v=spf1 ip4:192.0.2.0/28 -all\""]}"#;
//! let dns = Replay::read("example.jsonl", recorded.as_bytes())?;
//! let networks: [Cidr; 2] = ["192.0.2.8/29".parse()?, "198.51.100.0/24".parse()?];
//! let answers = mailcheck::authorize(&dns, "example.com", networks).await?;
//! assert_eq!(answers[0].authorized, Authorized::Yes);
//! assert_eq!(answers[1].authorized, Authorized::No);
//! # Ok(())
//! # }
//! ```
//!
//! The repository has whole programs in `examples/`: `check`, `authorize` and `compare`.
//!
//! # What is stable
//!
//! Everything that this documentation shows. `testdata/api.txt` lists it, and a change of that file is
//! reviewed as a change of the API; until 1.0 such a change needs a new minor version. Structs and enums
//! that will grow are `#[non_exhaustive]`: match them with `..` or `_`. Ids of rules are never reused, and
//! JSON documents have versions of their own ([`report::envelope`]). Items that are public and not
//! shown belong to the program and may change at any time.
//!
//! # Features
//!
//! | feature | brings |
//! |---|---|
//! | `cli`, on by default | the program and `render::text`; turns on all below |
//! | `dnssec` | validation of signed answers from a trust anchor |
//! | `formats` | zone files of octoDNS, dnscontrol and Terraform, plain lists of records, `mailcheck.toml` |
//! | `html` | `render::html`: reports as one page |
//! | `history` | the store of the program, for what was seen at which time |
//! | `mail` | messages: signatures, bounces, reports |
//! | `server` | the server of the program: pages and JSON over HTTP |
//! | `smtp` | dialogues with mail servers over TLS |
//! | `live` | `dns::Live`: real servers over UDP, TCP, TLS and HTTPS |
//!
//! A library needs `default-features = false` and most often `features = ["live"]`. Without any feature
//! it parses, evaluates, applies the rules and reports, on answers that were recorded ([`dns::Replay`]) or
//! that a master file gives ([`zonefile::Zone`]).

// In the order of their layers: a room uses those above it in this list and none below. What is hidden
// belongs to the program and to its tests.
pub mod text;
pub mod net;
pub mod dns;
#[cfg(feature = "smtp")]
#[doc(hidden)]
pub mod smtp;
#[doc(hidden)]
pub mod web;
pub mod zonefile;
pub mod diagnostic;
#[cfg(feature = "mail")]
#[doc(hidden)]
pub mod mail;
#[doc(hidden)]
pub mod suppress;
#[doc(hidden)]
pub mod protocols;
#[doc(hidden)]
pub mod posture;
#[doc(hidden)]
pub mod zone;
pub mod report;
pub mod provider;
#[doc(hidden)]
pub mod examine;
#[doc(hidden)]
pub mod compare;
#[doc(hidden)]
pub mod fix;
pub mod audit;
#[doc(hidden)]
pub mod contract;
pub mod catalogue;
#[cfg(feature = "history")]
#[doc(hidden)]
pub mod history;
#[cfg(feature = "formats")]
#[doc(hidden)]
pub mod config;
pub mod render;
#[cfg(feature = "server")]
#[doc(hidden)]
pub mod server;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;

#[doc(inline)]
pub use audit::{authorize, check, compare};

/// The code of the guide, so that it compiles.
#[cfg(all(doctest, feature = "live"))]
#[doc = include_str!("../docs/library.md")]
struct Guide;

/// Records as they are published: text in, the value and every fault out.
///
/// A parser never gives up. [`Parsed`](crate::text::Parsed) holds what could be read, and a
/// [`SyntaxError`](crate::text::SyntaxError) with its place for each part that could not.
///
/// ```
/// let parsed = mailcheck::record::spf::parse(*b"v=spf1 ip4:192.0.2.300 mx -all");
/// assert_eq!(parsed.errors.len(), 1);
/// assert!(parsed.strict().is_err());
/// ```
pub mod record {
    /// SPF (RFC 7208 §4.5, §4.6).
    pub mod spf {
        pub use crate::protocols::spf::grammar::{is_record, parse};
        pub use crate::protocols::spf::macro_string::{
            Delimiters, Letter, Macro, MacroString, Part, Setting,
        };
        pub use crate::protocols::spf::record::{
            Body, DomainSpec, Mechanism, Qualifier, Record, SpecText, Target, Term,
        };
    }

    /// DKIM keys (RFC 6376 §3.6.1).
    pub mod dkim {
        pub use crate::protocols::dkim::grammar::{is_meant_as_key, key_record as parse};
        pub use crate::protocols::dkim::key::{Flaw, Form, Key, Rsa, Strength};
        pub use crate::protocols::dkim::record::{Algorithm, Hash, KeyRecord, Stray, Unusable};
    }

    /// DMARC policies (RFC 9989 §4.7).
    pub mod dmarc {
        pub use crate::protocols::dmarc::record::{
            AlignmentMode, FailureOption, Policy, Psd, Record, Tag, Usable, Usage,
        };
        pub use crate::protocols::dmarc::{ReportUri, Scheme, is_record, parse};
    }

    /// MTA-STS: the record (RFC 8461 §3.1), the policy file (§3.2) and what a sender does (§5).
    pub mod mta_sts {
        pub use crate::protocols::mta_sts::{
            Connection, Decision, Field, Mode, Pattern, Policy, PolicyFault, Record, is_record,
            parse,
        };
    }

    /// TLS-RPT (RFC 8460 §3).
    pub mod tls_rpt {
        pub use crate::protocols::tls_rpt::{
            Extension, Record, ReportUri, Scheme, is_record, parse,
        };
    }
}
