//! A domain as a whole: what no single protocol can say.
//!
//! What its rules look at arrives as plain values that `audit` gathered from the protocols.

pub mod lint;

use crate::net::Name;

/// What is known of a domain as a whole: the facts that rules look at.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The domain.
    pub domain: Name,
    /// False if the DNS says that there is no such domain; `None` if that was not asked, or could
    /// not be told.
    pub exists: Option<bool>,
}
