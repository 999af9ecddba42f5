//! Whether a server that denies everything may be believed.
//!
//! A server that says NXDOMAIN, or "no such data", adds the SOA record of the zone that it speaks
//! for (RFC 2308 §3). Captive portals, sandboxes and filters do not: they deny every name, and a
//! checker that took their word would report that a healthy domain has no mail policy at all. But
//! some honest servers omit the record too. So the first denial without one leads to a question
//! whose answer is known to everybody, and the answer to that is remembered for the run.
//!
//! A root zone has NS and SOA records in any world: the public DNS, a private root, a test server.
//! A server that knows neither knows nothing.

use super::attempt_error::LookupFailure;
use super::pool::Pool;
use super::upstream::Upstream;
use super::wire;
use crate::dns::{Kind, Question};
use crate::net::Name;
use hickory_resolver::proto::rr::RecordType;
use tokio::time::Instant;

/// Said of a server that fails the test.
const DENIES_THE_ROOT: &str = "denies even the root zone, so its NXDOMAIN is not credible";

/// Asks about the root zone; the inner error says why the server's denials mean nothing.
pub(super) async fn check(
    pool: &Pool,
    upstream: &Upstream,
    deadline: Instant,
) -> Result<Result<(), &'static str>, LookupFailure> {
    for kind in [Kind::Ns, Kind::Soa] {
        let question = Question::new(Name::root(), kind);
        let message = pool.ask_one(upstream, &question, deadline).await?.response;
        let has_records = message
            .answers
            .iter()
            .any(|record| record.record_type() == RecordType::from(kind.number()));
        if has_records || wire::negative_ttl(&message, &question.name).is_some() {
            return Ok(Ok(()));
        }
    }
    Ok(Err(DENIES_THE_ROOT))
}
