//! From a question to an answer: the query, the chain of aliases and the check of denials put
//! together.
//!
//! Where queries share sockets there are very many of them, and nearly all are answered at once by a plain
//! reply. So the first message goes out before anything is made ready for what else may come.

use super::attempt_error::LookupFailure;
use super::cname_chain::{CnameChain, Progress};
use super::multiplex::News;
use super::plain;
use super::pool::Pool;
use super::query::{self, Attempt, Begun, Stage};
use super::server::Transport;
use super::upstream::Channel;
use super::wire::Request;
use crate::dns::{Answer, Outcome, Provenance, Question};
use hickory_resolver::net::NetError;
use hickory_resolver::proto::op::DnsResponse;
use std::io;
use std::net::SocketAddr;
use tokio::time::Instant;

/// Answers a question from the servers of a pool, aliases followed; the time taken is left out.
pub(super) async fn resolve(pool: &Pool, question: &Question, deadline: Instant) -> Answer {
    let begun = match begin(pool, question).await {
        Some(First::Answered(answer)) => return answer,
        Some(First::Begun(begun)) => Some(begun),
        None => None,
    };
    // In a box, because few of very many need it.
    Box::pin(resolve_on(pool, question, begun, deadline)).await
}

/// What the first message brought.
enum First<'p> {
    Answered(Answer),
    Begun(Begun<'p>),
}

/// Sends the first message over a shared socket, and waits for as long as it has the server to itself; `None`
/// if it is not sent in this way.
async fn begin<'p>(pool: &'p Pool, question: &Question) -> Option<First<'p>> {
    let upstream = pool.first()?;
    let started = Instant::now();
    let mut underway =
        upstream.send(Request::new(question), query::first_interval(pool.timeout))?;
    let state = match (&mut underway).await {
        News::Received(Ok(octets)) => {
            if let Some(plain) = plain::read(&octets, question) {
                upstream.record(Channel::Datagram).replied();
                let source = provenance(Some(upstream.address), Transport::Udp.word(), 1);
                return Some(First::Answered(Answer {
                    ttl: Some(plain.ttl),
                    authentic: Some(plain.authentic),
                    size: u32::try_from(octets.len()).ok(),
                    ..Answer::new(question.clone(), plain.outcome, source)
                }));
            }
            Stage::Ended(DnsResponse::from_buffer(octets).map_err(NetError::from))
        }
        News::Received(Err(why)) => Stage::Ended(Err(io::Error::from(why).into())),
        News::Late => Stage::Late(Box::pin(async move {
            let octets = underway.reply().await.map_err(io::Error::from)?;
            Ok(DnsResponse::from_buffer(octets)?)
        })),
    };
    let attempt = Attempt { upstream, channel: Channel::Datagram };
    Some(First::Begun(Begun { attempt, started, state }))
}

async fn resolve_on(
    pool: &Pool,
    question: &Question,
    mut begun: Option<Begun<'_>>,
    deadline: Instant,
) -> Answer {
    let mut chain = CnameChain::new(question);
    let mut sent = 0_u16;
    let mut authentic = true;
    loop {
        let aim = chain.aim.clone();
        let reply = match pool.ask(&aim, begun.take(), deadline).await {
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
