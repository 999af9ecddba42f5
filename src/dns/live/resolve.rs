//! From a question to an answer: the race, the chase and the check of denials put together.

use super::chase::{Chase, Turn};
use super::pool::Pool;
use super::setback::Defeat;
use crate::dns::{Answer, Outcome, Provenance, Question};
use std::net::SocketAddr;
use tokio::time::Instant;

/// Answers a question from the servers of a pool, aliases followed; the time taken is left out.
pub(super) async fn resolve(pool: &Pool, question: &Question, deadline: Instant) -> Answer {
    let mut chase = Chase::new(question);
    let mut sent = 0_u16;
    let mut authentic = true;
    loop {
        let aim = chase.aim.clone();
        let win = match pool.ask(&aim, deadline).await {
            Ok(win) => win,
            Err(defeat) => return defeated(question, chase, defeat, sent),
        };
        sent = sent.saturating_add(win.tries);
        authentic &= win.response.metadata.authentic_data;
        let outcome = match chase.read(&win.response) {
            Turn::Again => continue,
            Turn::Done(outcome) => outcome,
            Turn::Unproved(outcome) => match pool.credit(win.upstream, deadline).await {
                Ok(()) => outcome,
                Err(defeat) => Outcome::Failed(defeat.failure),
            },
        };
        let transport = win.upstream.transport(win.channel).word();
        let source = provenance(Some(win.upstream.address), transport, sent);
        return Answer {
            ttl: chase.ttl.filter(|_| !matches!(outcome, Outcome::Failed(_))),
            authentic: Some(authentic),
            aliases: chase.aliases,
            size: u32::try_from(win.response.as_buffer().len()).ok(),
            ..Answer::new(question.clone(), outcome, source)
        };
    }
}

fn defeated(question: &Question, chase: Chase, defeat: Defeat, sent: u16) -> Answer {
    let Defeat { failure, server, tries } = defeat;
    let (server, transport) = server.unzip();
    let source = provenance(server, transport.unwrap_or_default(), sent.saturating_add(tries));
    Answer {
        aliases: chase.aliases,
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
