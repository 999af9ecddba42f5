//! Replies that say nothing about the name, or two things at once: never "no such record".

use super::{LONG, ask, live, policy, question, texts, trouble};
use crate::server::{
    A, CNAME, DNAME, MX, NS, Over, Query, Reply, SOA, Server, TXT, soa, txt, wire,
};
use mailcheck::dns::{Answer, Dns as _, Kind, Outcome, Trouble};
use std::sync::Arc;

/// A reply to the question about `a.test` that is wrong in its own way; all others are those of a
/// resolver that knows the root, so that it is believed where it can be.
async fn asked(odd: fn(&Query) -> Reply) -> (Arc<Answer>, Server) {
    let server = Server::start(move |query| match (query.name().as_str(), query.kind) {
        ("", NS) => Reply::to(query).answer("", NS, 60, &wire("a.root-servers.net")).send(),
        ("", _) => Reply::to(query).answer("", SOA, 60, &soa(60)).send(),
        _ => odd(query).send(),
    })
    .await;
    (ask(&server, "a.test", Kind::Txt, LONG).await, server)
}

/// What a server replies to a query.
type Script = fn(&Query) -> Reply;

#[tokio::test]
async fn a_reply_that_says_nothing_about_the_name_is_no_denial() {
    let table: [(Script, &str); 13] = [
        (
            |query| Reply::to(query).answer("test", DNAME, 60, &wire("other.test")),
            "sent a DNAME record above a.test without its CNAME record",
        ),
        (
            |query| Reply::to(query).answer("test", DNAME, 60, &wire("other.test")).soa("test"),
            "sent a DNAME record above a.test without its CNAME record",
        ),
        (
            |query| Reply::to(query).answer("b.test", TXT, 60, &txt("v=spf1 -all")),
            "answered with records that are not about a.test",
        ),
        (
            |query| Reply::to(query).rcode(3).answer("b.test", TXT, 60, &txt("v=spf1 -all")),
            "answered with records that are not about a.test",
        ),
        (
            |query| Reply::to(query).answer_in_chaos("a.test", TXT, &txt("v=spf1 -all")),
            "answered with records that are not about a.test",
        ),
        (|query| policy(query).counting_answers(0), "sent octets behind the end of its message"),
        (
            |query| policy(query).counting_answers(0).rcode(3),
            "sent octets behind the end of its message",
        ),
        (
            |query| Reply::to(query).authority("a.test", TXT, 60, &txt("v=spf1 -all")),
            "sent the TXT records of a.test outside its answer",
        ),
        (
            |query| Reply::to(query).additional("a.test", TXT, &txt("v=spf1 -all")),
            "sent the TXT records of a.test outside its answer",
        ),
        (
            |query| Reply::to(query).authority("", NS, 60, &wire("a.root-servers.net")),
            "refers to other servers and does not resolve names itself",
        ),
        (
            |query| Reply::to(query).authoritative().authority("test", NS, 60, &wire("ns.test")),
            "refers to other servers and does not resolve names itself",
        ),
        (
            |query| Reply::to(query).soa("other"),
            "sent the SOA record of a zone that does not hold a.test",
        ),
        (
            |query| Reply::to(query).without_recursion(),
            "neither resolves names nor speaks for the zone",
        ),
    ];
    for (odd, words) in table {
        let (answer, server) = asked(odd).await;
        let expected = (Trouble::Malformed, format!("SERVER/udp: {words}"));
        assert_eq!(trouble(&answer, &server), Some(expected));
    }
}

#[tokio::test]
async fn a_reply_that_contradicts_itself_is_undetermined() {
    let table: [(Script, &str); 5] = [
        (
            |query| {
                Reply::to(query)
                    .answer("a.test", CNAME, 60, &wire("b.test"))
                    .answer("a.test", CNAME, 60, &wire("c.test"))
                    .answer("b.test", TXT, 60, &txt("v=spf1 -all"))
            },
            "two CNAME records at a.test",
        ),
        (
            |query| {
                Reply::to(query)
                    .answer("a.test", CNAME, 60, &wire("b.test"))
                    .answer("b.test", CNAME, 60, &wire("c.test"))
                    .answer("b.test", CNAME, 60, &wire("d.test"))
            },
            "two CNAME records at b.test",
        ),
        (
            |query| policy(query).answer("a.test", CNAME, 60, &wire("b.test")),
            "a CNAME record at a.test, and TXT records beside it",
        ),
        (
            |query| {
                Reply::to(query)
                    .answer("a.test", CNAME, 60, &wire("b.test"))
                    .answer("a.test", A, 60, &[192, 0, 2, 1])
                    .soa("test")
            },
            "a CNAME record at a.test, and A records beside it",
        ),
        (|query| policy(query).rcode(3).soa("test"), "NXDOMAIN, and records of a.test"),
    ];
    for (odd, words) in table {
        let (answer, server) = asked(odd).await;
        let detail = format!("SERVER/udp: contradicted itself: {words}");
        assert_eq!(trouble(&answer, &server), Some((Trouble::Malformed, detail)));
    }
}

#[tokio::test]
async fn every_form_of_a_denial_is_recognised() {
    let table: [(Script, Outcome); 9] = [
        // RFC 2308 §2.1: NXDOMAIN, types 1 to 4.
        (
            |query| {
                let reply = Reply::to(query).rcode(3).soa("test");
                reply.authority("test", NS, 60, &wire("ns.test"))
            },
            Outcome::NxDomain,
        ),
        (|query| Reply::to(query).rcode(3).soa("test"), Outcome::NxDomain),
        (|query| Reply::to(query).rcode(3), Outcome::NxDomain),
        (
            |query| Reply::to(query).rcode(3).authority("test", NS, 60, &wire("ns.test")),
            Outcome::NxDomain,
        ),
        // RFC 2308 §2.2: NODATA, types 1 to 3.
        (
            |query| Reply::to(query).soa("test").authority("test", NS, 60, &wire("ns.test")),
            Outcome::NoData,
        ),
        (|query| Reply::to(query).soa("test"), Outcome::NoData),
        (|query| Reply::to(query), Outcome::NoData),
        // An alias that leads to such a name, made by a DNAME record or not.
        (
            |query| {
                Reply::to(query)
                    .rcode(3)
                    .answer("test", DNAME, 60, &wire("other"))
                    .answer("a.test", CNAME, 60, &wire("a.other"))
                    .soa("other")
            },
            Outcome::NxDomain,
        ),
        (
            |query| Reply::to(query).answer("a.test", CNAME, 60, &wire("b.other")).soa("other"),
            Outcome::NoData,
        ),
    ];
    for (index, (reply, expected)) in table.into_iter().enumerate() {
        let (answer, _server) = asked(reply).await;
        assert_eq!(answer.outcome, expected, "row {index}");
    }
}

#[tokio::test]
async fn the_same_alias_twice_is_no_contradiction() {
    let (answer, _server) = asked(|query| {
        Reply::to(query)
            .answer("a.test", CNAME, 60, &wire("b.test"))
            .answer("a.test", CNAME, 60, &wire("B.test"))
            .answer("b.test", TXT, 60, &txt("v=spf1 -all"))
    })
    .await;
    assert_eq!(texts(&answer), ["v=spf1 -all"]);
}

#[tokio::test]
async fn octets_behind_a_message_that_answers_take_nothing_from_it() {
    let (answer, _server) =
        asked(|query| policy(query).answer("a.test", TXT, 60, &txt("x")).counting_answers(1)).await;
    assert_eq!(texts(&answer), ["v=spf1 -all"]);
}

#[tokio::test]
async fn the_next_server_is_asked_where_one_says_nothing() {
    let lame = Server::start(|query| {
        Reply::to(query).authority("", NS, 60, &wire("a.root-servers.net")).send()
    })
    .await;
    let good = Server::start(|query| policy(query).send()).await;
    let answer = live(&[&lame, &good], LONG).lookup(&question("a.test", Kind::Txt)).await;
    assert_eq!(texts(&answer), ["v=spf1 -all"]);
}

#[tokio::test]
async fn hosts_that_come_along_with_an_answer_are_no_contradiction() {
    let server = Server::start(|query| {
        Reply::to(query)
            .answer("a.test", MX, 60, &[&[0, 10][..], &wire("mx.test")].concat())
            .authority("test", NS, 60, &wire("ns.test"))
            .additional("mx.test", A, &[192, 0, 2, 1])
            .send()
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Mx, LONG).await;
    assert_eq!(answer.outcome.word(), "records");
}

#[tokio::test]
async fn aliases_of_one_message_that_never_end_are_a_failure() {
    let loops: [fn(&Query) -> Reply; 3] = [
        |query| Reply::to(query).answer("a.test", CNAME, 60, &wire("a.test")),
        |query| {
            Reply::to(query)
                .rcode(3)
                .answer("a.test", CNAME, 60, &wire("b.test"))
                .answer("b.test", CNAME, 60, &wire("a.test"))
                .soa("test")
        },
        |query| {
            (0..20).fold(Reply::to(query).soa("test"), |reply, link| {
                let owner = if link == 0 { "a.test".to_owned() } else { format!("l{link}.test") };
                reply.answer(&owner, CNAME, 60, &wire(&format!("l{}.test", link + 1)))
            })
        },
    ];
    for odd in loops {
        let (answer, _server) = asked(odd).await;
        assert_eq!(answer.outcome.word(), "servfail", "{:?}", answer.failure());
    }
}

#[tokio::test]
async fn a_type_that_is_refused_takes_no_other_with_it() {
    let server = Server::start(|query| match query.kind {
        TXT => Reply::to(query).rcode(5).send(),
        _ => Reply::to(query).answer(&query.name(), A, 60, &[192, 0, 2, 1]).send(),
    })
    .await;
    let live = live(&[&server], LONG);
    let words = [
        live.lookup(&question("a.test", Kind::Txt)).await.outcome.word(),
        live.lookup(&question("a.test", Kind::A)).await.outcome.word(),
    ];
    assert_eq!(words, ["refused", "records"]);
}

#[tokio::test]
async fn an_empty_text_is_a_record() {
    let (answer, _server) = asked(|query| Reply::to(query).answer("a.test", TXT, 60, &[0])).await;
    assert_eq!(texts(&answer), [""]);
}

#[tokio::test]
async fn a_truncated_denial_is_no_denial() {
    let (answer, _server) = asked(|query| match query.over {
        Over::Udp => Reply::to(query).rcode(3).soa("test").truncated(),
        Over::Tcp => policy(query),
    })
    .await;
    assert_eq!(texts(&answer), ["v=spf1 -all"]);
}
