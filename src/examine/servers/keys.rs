//! Whether a zone has the keys that its parent vouches for.

use crate::dns::dnssec::tag;
use crate::dns::{Addressee, Answer, Authority, Data, Dns, Kind, Question};
use crate::net::Name;
use crate::report::Digest;

/// Whether a server of the zone serves a key that the DS records of the parent name; `None` if there are
/// none, or the server does not say.
pub(super) async fn has_key(
    dns: &dyn Dns,
    zone: &Name,
    to: Addressee,
    digests: &[Digest],
) -> Option<bool> {
    if digests.is_empty() {
        return None;
    }
    let answer = dns.lookup(&Question::new(zone.clone(), Kind::DNSKEY).to(to)).await;
    let is_own = answer.authority == Some(Authority::Own) && answer.failure().is_none();
    is_own.then(|| keys(&answer).any(|key| digests.contains(&key)))
}

/// The keys of an answer, as DS records name them.
fn keys(answer: &Answer) -> impl Iterator<Item = Digest> {
    answer.records().iter().filter_map(|record| match &record.data {
        Data::Opaque(octets) => Some(Digest { tag: tag(octets), algorithm: *octets.get(3)? }),
        _ => None,
    })
}
