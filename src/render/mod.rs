//! Reports for readers: one file or folder per format, each a function of a [`Report`] alone.
//!
//! | format | made for |
//! |---|---|
//! | `text` (feature `cli`) | a person at a terminal, in a log, in a mail |
//! | [`json`] | a program |
//! | [`github`] | annotations of GitHub Actions |
//! | [`markdown`] | the summary of a job, the comment of a pull request |
//! | `html` (feature `html`) | a browser, a printer, an attachment |
//! | [`sarif`] | code scanning |
//! | [`gitlab`] | Code Quality of GitLab |
//! | [`junit`] | Jenkins, Azure and other viewers of test results |
//! | [`prometheus`] | monitoring |
//! | [`tsv`] | `cut` and `awk` |
//! | [`scan`] | a program that looks at very many domains |
//! | [`patch`] | the tool that publishes records |
//! | `feed` | a reader of Atom feeds: incidents |
//! | `calendar` | a calendar: deadlines |
//! | `gauges` | monitoring: what is watched |
//! | [`cidr`] | a tool that takes a list of networks |
//! | [`nft`] | a packet filter |
//!
//! A format sees the [`Report`](crate::report::Report) and nothing else: it asks no question,
//! reads no clock and no environment, and judges nothing. Whatever a record holds, no control
//! octet leaves here other than the colours that `palette` adds.
//!
//! Formats of reports are written while the domains come in: each is a [`Stream`], and keeps of a
//! domain what the end of its document needs.
//!
//! [`Report`]: crate::report::Report

#[cfg(any(feature = "html", feature = "mail"))]
mod attribution;
#[cfg(feature = "history")]
#[doc(hidden)]
pub mod calendar;
pub mod cidr;
#[cfg(feature = "html")]
mod documented;
#[cfg(feature = "history")]
#[doc(hidden)]
pub mod feed;
#[cfg(feature = "history")]
#[doc(hidden)]
pub mod gauges;
pub mod github;
pub mod gitlab;
#[cfg(feature = "html")]
pub mod html;
pub mod json;
pub mod junit;
#[cfg(feature = "html")]
pub mod link;
#[cfg(feature = "mail")]
#[doc(hidden)]
pub mod mail;
pub mod markdown;
#[cfg(all(feature = "cli", feature = "mail"))]
#[doc(hidden)]
pub mod messages;
pub mod nft;
#[cfg(feature = "html")]
mod outcome;
mod overlap;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod palette;
#[doc(hidden)]
pub mod patch;
mod place;
pub mod prometheus;
pub mod sarif;
#[doc(hidden)]
pub mod scan;
#[cfg(feature = "html")]
mod sender;
mod stream;
#[cfg(feature = "cli")]
pub mod text;
pub mod tsv;
mod words;

pub use stream::{Stream, whole};
