//! Whether an Authenticated Identifier speaks for the Author Domain (RFC 9989 §4.4, §4.10.2).

use super::discover::Discovered;
use super::event::Event;
use super::record::AlignmentMode;
use super::walk::walk;
use crate::diagnostic::Step;
use crate::dns::Dns;
use crate::net::Name;

/// How an identifier relates to the Author Domain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Relation {
    /// They are the same name.
    Identical,
    /// Both belong to this Organizational Domain.
    SameOrganization(Name),
    /// They belong to different ones.
    OtherOrganization {
        /// That of the Author Domain.
        author: Option<Name>,
        /// That of the identifier, if it had to be looked for.
        identifier: Option<Name>,
    },
    /// They are not the same name, and the policy wants that.
    NotIdentical,
    /// A question that decides it could not be answered, or too many identifiers were given.
    Unknown,
}

impl Relation {
    /// True if the identifier is aligned; `None` if that could not be told.
    pub fn is_aligned(&self) -> Option<bool> {
        match self {
            Self::Identical | Self::SameOrganization(_) => Some(true),
            Self::OtherOrganization { .. } | Self::NotIdentical => Some(false),
            Self::Unknown => None,
        }
    }
}

/// Finds out how `identifier` relates to the Author Domain, and what had to be walked for it.
///
/// A walk is made only where its result matters: the Organizational Domain of a name is the name
/// itself or one above it, so a name outside the author's organization cannot share it.
pub async fn relate(
    dns: &dyn Dns,
    author: &Discovered,
    identifier: &Name,
    mode: AlignmentMode,
) -> (Relation, Option<Step<Event>>) {
    if identifier == author.domain() {
        return (Relation::Identical, None);
    }
    if mode == AlignmentMode::Strict {
        return (Relation::NotIdentical, None);
    }
    let own = author.organization.as_ref().map(|organization| &organization.domain);
    let may_share = match own {
        Some(own) => identifier.is_within(own),
        // The walk failed somewhere, but names without a common suffix share nothing.
        None => identifier.suffix(1) == author.domain().suffix(1),
    };
    if !may_share {
        let author = own.cloned();
        return (Relation::OtherOrganization { author, identifier: None }, None);
    }
    let walk = walk(dns, identifier).await;
    let relation = match (own, walk.organization()) {
        (Some(own), Some(other)) if *own == other.domain => Relation::SameOrganization(own.clone()),
        (Some(own), Some(other)) => Relation::OtherOrganization {
            author: Some(own.clone()),
            identifier: Some(other.domain),
        },
        _ => Relation::Unknown,
    };
    (relation, Some(walk.step()))
}
