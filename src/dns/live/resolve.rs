//! From a question to an answer: the query, the chain of aliases and the check of denials put
//! together.

use super::attempt_error::LookupFailure;
use super::cname_chain::{CnameChain, Progress};
use super::pool::Pool;
use crate::dns::{Answer, Outcome, Provenance, Question};
use std::net::SocketAddr;
use tokio::time::Instant;

/// Answers a question from the servers of a pool, aliases followed; the time taken is left out.
pub(super) async fn resolve(pool: &Pool, question: &Question, deadline: Instant) -> Answer {
    let mut chain = CnameChain::new(question);
    let mut sent = 0_u16;
    let mut authentic = true;
    loop {
        let aim = chain.aim.clone();
        let reply = match pool.ask(&aim, deadline).await {
            Ok(reply) => reply,
            Err(failed) => return unanswered(question, chain, failed, sent),
        };
        sent = sent.saturating_add(reply.tries);
        authentic &= reply.response.metadata.authentic_data;
        let outcome = match chain.read(&reply.response) {
            Progress::Again => continue,
            Progress::Done(outcome) => outcome,
            Progress::Unproved(outcome) => {
                match Box::pin(pool.denial_check(reply.upstream, deadline)).await {
                    Ok(()) => outcome,
                    Err(failed) => Outcome::Failed(failed.failure),
                }
            }
        };
        let transport = reply.upstream.transport(reply.channel).word();
        let source = provenance(Some(reply.upstream.address), transport, sent);
        return Answer {
            ttl: chain.ttl.filter(|_| !matches!(outcome, Outcome::Failed(_))),
            authentic: Some(authentic),
            aliases: chain.aliases,
            size: u32::try_from(reply.response.as_buffer().len()).ok(),
            ..Answer::new(question.clone(), outcome, source)
        };
    }
}

pub(super) fn unanswered(
    question: &Question,
    chain: CnameChain,
    failed: LookupFailure,
    sent: u16,
) -> Answer {
    let LookupFailure { failure, server, tries } = failed;
    let (server, transport) = server.unzip();
    let source = provenance(server, transport.unwrap_or_default(), sent.saturating_add(tries));
    Answer {
        aliases: chain.aliases,
        ..Answer::new(question.clone(), Outcome::Failed(failure), source)
    }
}

/// Where a live answer comes from.
pub(super) fn provenance(
    server: Option<SocketAddr>,
    transport: &'static str,
    tries: u16,
) -> Provenance {
    Provenance::Live { server, transport, tries }
}
