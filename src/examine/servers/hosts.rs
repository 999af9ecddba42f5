//! The addresses of name servers.

use super::{MOST_ADDRESSES, MOST_NAMES, Place};
use crate::dns::{Answer, Dns, Kind, ask, join_all};
use crate::net::Name;
use crate::report::ServerState;
use std::net::IpAddr;

/// Most addresses of a family that are compared.
const MOST_KNOWN: usize = 32;

/// A name server, and the addresses to which its name leads.
pub(super) struct Host {
    pub(super) name: Name,
    v4: Vec<IpAddr>,
    v6: Vec<IpAddr>,
    /// True if the query for a family failed, so that there may be more.
    pub(super) is_unknown: bool,
}

impl Host {
    /// All of its addresses, sorted.
    pub(super) fn all(&self) -> Vec<IpAddr> {
        let mut all = [self.v4.as_slice(), self.v6.as_slice()].concat();
        all.sort();
        all
    }

    /// Where it is asked; without an address it stands once all the same, and says why.
    pub(super) fn places(&self) -> Vec<Place> {
        let first = |all: &[IpAddr]| all.iter().copied().take(MOST_ADDRESSES).collect::<Vec<_>>();
        let mut all = [first(&self.v4), first(&self.v6)].concat();
        all.sort();
        let without = match self.is_unknown {
            // That a query failed is not that there is no address.
            true => ServerState::AddressUnknown,
            false => ServerState::NoAddress,
        };
        match all.as_slice() {
            [] => vec![(self.name.clone(), None, without)],
            all => all.iter().map(|ip| (self.name.clone(), Some(*ip), without)).collect(),
        }
    }
}

/// The addresses of servers.
pub(super) async fn hosts(dns: &dyn Dns, names: &[Name]) -> Vec<Host> {
    join_all(names.iter().take(MOST_NAMES).map(|name| async move {
        let (v4, v6) = tokio::join!(ask(dns, name, Kind::A), ask(dns, name, Kind::Aaaa));
        let of = |answer: &Answer| -> Vec<IpAddr> {
            let mut all: Vec<IpAddr> =
                answer.records().iter().filter_map(|record| record.data.address()).collect();
            all.sort();
            all.dedup();
            all.truncate(MOST_KNOWN);
            all
        };
        let is_unknown = v4.failure().is_some() || v6.failure().is_some();
        Host { name: name.clone(), v4: of(&v4), v6: of(&v6), is_unknown }
    }))
    .await
}
