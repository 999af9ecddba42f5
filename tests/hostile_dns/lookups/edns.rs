//! Servers that do not speak EDNS (RFC 6891).

use super::{LONG, ask, live, policy, question, texts, tries};
use crate::server::{Over, Query, Reply, Server, TXT};
use mailcheck::dns::{Dns as _, Kind};

/// Replies only without EDNS, and with it as `refusal` says.
fn refusing(
    refusal: impl Fn(&Query) -> Reply + Send + Sync + 'static,
) -> impl Fn(&Query) -> Vec<crate::server::Act> + Send + Sync + 'static {
    move |query| match query.has_edns {
        true => refusal(query).send(),
        false => policy(query).send(),
    }
}

#[tokio::test]
async fn a_server_that_refuses_edns_is_asked_once_more_without_it() {
    let refusals: [fn(&Query) -> Reply; 4] = [
        |query| Reply::to(query).rcode(1),
        |query| Reply::to(query).rcode(1).without_question(),
        |query| Reply::to(query).rcode(4),
        |query| Reply::to(query).extended_rcode(16),
    ];
    for refusal in refusals {
        let server = Server::start(refusing(refusal)).await;
        let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
        let edns: Vec<bool> = server.asked().iter().map(|query| query.has_edns).collect();
        let answered = (texts(&answer), tries(&answer), edns);
        assert_eq!(answered, (vec!["v=spf1 -all".to_owned()], 2, vec![true, false]));
    }
}

#[tokio::test]
async fn a_server_that_answered_without_edns_is_not_asked_with_it_again() {
    let server = Server::start(refusing(|query| Reply::to(query).rcode(1))).await;
    let live = live(&[&server], LONG);
    live.lookup(&question("a.test", Kind::Txt)).await;
    let second = live.lookup(&question("b.test", Kind::Txt)).await;
    assert_eq!((texts(&second).len(), tries(&second)), (1, 1));
}

#[tokio::test]
async fn one_name_that_a_server_cannot_read_takes_edns_from_no_other() {
    let server = Server::start(|query| match query.name().as_str() {
        "odd.test" => Reply::to(query).rcode(1).send(),
        _ => policy(query).send(),
    })
    .await;
    let live = live(&[&server], LONG);
    live.lookup(&question("odd.test", Kind::Txt)).await;
    live.lookup(&question("a.test", Kind::Txt)).await;
    let edns: Vec<bool> = server.asked().iter().map(|query| query.has_edns).collect();
    assert_eq!(edns, [true, false, true]);
}

#[tokio::test]
async fn a_long_answer_without_edns_comes_over_tcp() {
    let server = Server::start(|query| match (query.has_edns, query.over) {
        (true, _) => Reply::to(query).rcode(1).send(),
        (false, Over::Udp) => Reply::to(query).truncated().send(),
        (false, Over::Tcp) => policy(query).answer(&query.name(), TXT, 60, &[0]).send(),
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    assert_eq!((texts(&answer).len(), tries(&answer)), (2, 3));
}
