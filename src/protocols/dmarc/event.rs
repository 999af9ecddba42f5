//! What is decided on the way to a policy and a verdict, step by step, as data.

use super::discover::{Discovery, Existence};
use super::evaluate::{Assessment, DmarcResult};
use super::record::Policy;
use super::report_uri::Destination;
use super::rfc7489::View;
use super::visit::Visit;
use super::walk::Organization;
use crate::net::Name;

/// One decision.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The tree was walked from a name towards the root.
    Walk {
        /// Where it started.
        start: Name,
        /// The Organizational Domain; `None` if it could not be told.
        organization: Option<Organization>,
    },
    /// One name of a walk was looked at.
    Visit(Visit),
    /// A name was tested for existence.
    Existence {
        /// The name.
        name: Name,
        /// How that came out.
        existence: Existence,
    },
    /// The policy for mail from a domain was found.
    Policy {
        /// The domain.
        domain: Name,
        /// What applies.
        discovery: Discovery,
    },
    /// An identifier was measured against the Author Domain.
    Identifier {
        /// The Author Domain.
        author: Name,
        /// What came out.
        assessment: Assessment,
    },
    /// A message was judged.
    Result {
        /// The Author Domain.
        domain: Name,
        /// The result.
        result: DmarcResult,
        /// What a receiver does that does as asked.
        disposition: Policy,
    },
    /// A destination of reports was checked.
    Destination(Destination),
    /// The domain was looked at as a receiver does that still follows RFC 7489.
    Rfc7489 {
        /// The domain.
        domain: Name,
        /// What such a receiver sees.
        view: View,
    },
}
