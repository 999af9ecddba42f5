//! One question with its signatures, for who validates: the reply is kept as it came.

use super::cname_chain::{CnameChain, Progress};
use super::pool::Pool;
use super::resolve::{provenance, unanswered};
use crate::dns::{Answer, Outcome, Question, SignedReply};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// Asks a question; the time taken is left out. What the reply says of records is read too, aliases as far
/// as it has them.
pub(super) async fn ask(pool: &Pool, question: &Question, deadline: Instant) -> Answer {
    let mut chain = CnameChain::new(question);
    let reply = match pool.ask(question, None, deadline).await {
        Ok(reply) => reply,
        Err(failed) => return unanswered(question, chain, failed, 0),
    };
    let outcome = match chain.read(&reply.response) {
        Progress::Done(outcome) | Progress::Unproved(outcome) => outcome,
        // Where the alias leads is another question.
        Progress::Again => Outcome::NoData,
    };
    let transport = reply.upstream.transport(reply.channel).word();
    let source = provenance(Some(reply.upstream.address), transport, reply.tries);
    let octets = reply.response.as_buffer();
    Answer {
        ttl: chain.ttl,
        aliases: chain.aliases,
        size: u32::try_from(octets.len()).ok(),
        signed: Some(SignedReply { octets: octets.into(), received: now() }),
        ..Answer::new(question.clone(), outcome, source)
    }
}

/// Seconds since 1970.
#[allow(clippy::disallowed_methods, reason = "when a reply came is a part of it")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
