//! The DNS as a port: one question in, one answer out, no errors.
//!
//! [`Dns`] has a single method and cannot fail: NXDOMAIN, an empty answer, SERVFAIL and silence
//! are values of [`Outcome`], because the standards above give each of them a meaning. Everything
//! that shapes answers is a small decorator:
//!
//! | wanted | stack |
//! |---|---|
//! | live | `Cache(Live)` |
//! | offline, tests | `Zone` |
//! | reproduce a report | `Replay` |
//! | record one | `Cache(Recorder(Live))` |
//! | what if | `Overlay(Zone, Cache(Live))` |
//! | one domain of many | `Budget(Cache(Live))` |
//! | past resolvers | `Cache(Authoritative(Cache(Live)))` |
//! | outage drill | `Injector(script, Cache(Live))` |
//!
//! [`dnssec`] asks any of these for signed replies and says what they are worth.
//!
//! Stacks are built in one place, `cli::sources`. Limits such as RFC 7208 §4.6.4 are no business
//! of this module: they count terms, not questions.

mod ask;
mod authoritative;
mod budget;
mod cache;
mod cassette;
pub(crate) mod chain;
#[doc(hidden)]
pub mod dnssec;
mod failure;
mod injection;
#[cfg(feature = "live")]
mod live;
mod message;
#[doc(hidden)]
pub mod presentation;
mod question;
#[doc(hidden)]
pub mod sole;

#[doc(hidden)]
pub use ask::{InOrder, addresses, alongside, ask, behind, join_all};
#[doc(hidden)]
pub use authoritative::Authoritative;
pub use budget::{Budget, MOST_QUERIES};
pub use cache::Cache;
pub use cassette::{CassetteError, Recorder, Replay};
#[doc(hidden)]
pub use cassette::{Ending, Recording, written as cassette_line};
pub use failure::{Failure, Trouble};
pub use injection::{FaultScript, InjectedEffect, Injection, InjectionError, Injector};
#[cfg(feature = "live")]
pub use live::{
    Endpoint, Host, Live, LiveError, LiveOptions, Server, ServerError, Sockets, Transport,
};
pub use message::{
    Answer, Authority, Data, Kind, Mark, Outcome, Place, Provenance, Record, SignedReply,
};
pub use question::{Addressee, Question, Way};

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// The answer to come.
pub type Lookup<'a> = Pin<Box<dyn Future<Output = Arc<Answer>> + Send + 'a>>;

/// A source of answers.
pub trait Dns: Send + Sync {
    /// Answers a question, always; trouble is an [`Outcome`].
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a>;
}

impl<D: Dns + ?Sized> Dns for &D {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        (**self).lookup(question)
    }
}

impl<D: Dns + ?Sized> Dns for Arc<D> {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        (**self).lookup(question)
    }
}
