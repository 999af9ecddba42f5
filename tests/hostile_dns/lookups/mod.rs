//! Lookups, over the sockets that the module above names.

mod edns;
mod soundness;

use super::SOCKETS;
use crate::server::{A, Act, CNAME, MX, NS, Over, Query, Reply, SOA, Server, TXT, soa, txt, wire};
use crate::{LONG, MEDIUM, SHORT, aliases, policy, question, texts, transport, tries, trouble};
use mailcheck::dns::{
    Answer, Data, Dns, Kind, Live, LiveOptions, Outcome, Provenance, Question, Trouble,
};
use mailcheck::net::Name;
use std::sync::Arc;
use std::time::Duration;

fn live(servers: &[&Server], timeout: Duration) -> Live {
    crate::live_over(SOCKETS, servers, timeout)
}

fn live_over_tcp(server: &Server, timeout: Duration) -> Live {
    let servers = vec![format!("tcp://{}", server.address).parse().unwrap()];
    Live::new(LiveOptions::new(servers, timeout)).unwrap()
}

async fn ask(server: &Server, name: &str, kind: Kind, timeout: Duration) -> Arc<Answer> {
    live(&[server], timeout).lookup(&question(name, kind)).await
}

// ---- answers -----------------------------------------------------------------------------------

#[tokio::test]
async fn records_come_with_all_that_is_known_about_them() {
    let server = Server::start(|query| {
        let name = query.name();
        Reply::to(query)
            .authentic()
            .answer(&name, MX, 604_800, &[&[0, 10][..], &wire("MX.example.com")].concat())
            .answer(&name, MX, 7200, &[&[0, 0][..], &wire("")].concat())
            .send()
    })
    .await;
    let answer = ask(&server, "Example.com", Kind::Mx, LONG).await;
    let exchange = |name| Name::from_octets(name).unwrap();
    let mut expected = Answer::new(
        question("example.com", Kind::Mx),
        Outcome::Records(vec![
            Data::Mx { preference: 10, exchange: exchange(b"mx.example.com") }.into(),
            Data::Mx { preference: 0, exchange: Name::root() }.into(),
        ]),
        Provenance::Live { server: Some(server.address), transport: "udp", tries: 1 },
    );
    (expected.ttl, expected.authentic) = (Some(7200), Some(true));
    (expected.elapsed, expected.size) = (answer.elapsed, answer.size);
    assert_eq!(*answer, expected);
}

#[tokio::test]
async fn a_query_asks_for_the_authentic_data_bit() {
    let server = Server::start(|query| policy(query).send()).await;
    ask(&server, "a.test", Kind::Txt, LONG).await;
    assert!(server.asked().iter().all(|query| query.wants_ad));
}

#[tokio::test]
async fn a_ttl_of_a_week_is_not_clamped_and_one_beyond_31_bits_is_zero() {
    let server = Server::start(|query| {
        let ttl = if query.name() == "week.test" { 604_800 } else { 0x8000_0000 };
        Reply::to(query).answer(&query.name(), TXT, ttl, &txt("x")).send()
    })
    .await;
    let week = ask(&server, "week.test", Kind::Txt, LONG).await;
    let odd = ask(&server, "odd.test", Kind::Txt, LONG).await;
    assert_eq!((week.ttl, odd.ttl), (Some(604_800), Some(0)));
}

#[tokio::test]
async fn nxdomain_and_nodata_are_told_apart_and_keep_the_ttl_of_the_soa() {
    let server = Server::start(|query| {
        let rcode = if query.name() == "gone.test" { 3 } else { 0 };
        Reply::to(query).rcode(rcode).soa("test").send()
    })
    .await;
    let gone = ask(&server, "gone.test", Kind::Txt, LONG).await;
    let bare = ask(&server, "bare.test", Kind::Txt, LONG).await;
    assert_eq!(
        [(&gone.outcome, gone.ttl), (&bare.outcome, bare.ttl)],
        [(&Outcome::NxDomain, Some(600)), (&Outcome::NoData, Some(600))]
    );
}

#[tokio::test]
async fn octets_of_names_reach_the_wire_as_they_are() {
    let server = Server::start(|query| Reply::to(query).soa("test").rcode(3).send()).await;
    let labels: [&[u8]; 5] = [b"s1_2024", b"user+tag=a", b"\xff\x00.", b"-x", b"xn--bcher-kva"];
    let name = Name::from_labels(labels).unwrap();
    live(&[&server], LONG).lookup(&Question::new(name, Kind::Txt)).await;
    assert_eq!(server.asked()[0].labels, labels);
}

#[tokio::test]
async fn terminal_escapes_in_a_text_come_through_as_octets() {
    let server = Server::start(|query| {
        Reply::to(query).answer(&query.name(), TXT, 60, &txt(b"\x1b[2J\xff\x00")).send()
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    assert_eq!(answer.texts().collect::<Vec<_>>(), [b"\x1b[2J\xff\x00"]);
}

#[tokio::test]
async fn strings_of_a_text_keep_their_bounds() {
    let server = Server::start(|query| {
        Reply::to(query)
            .answer(&query.name(), TXT, 60, &[txt("ab"), txt(""), txt("c")].concat())
            .send()
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    let strings: [Box<[u8]>; 3] = [b"ab"[..].into(), b""[..].into(), b"c"[..].into()];
    assert_eq!(answer.outcome, Outcome::Records(vec![Data::Txt(strings.to_vec()).into()]));
}

#[tokio::test]
async fn the_retired_type_spf_is_read_as_text() {
    let server = Server::start(|query| {
        Reply::to(query)
            .answer(&query.name(), 99, 60, &[txt("v=spf1 "), txt("-all")].concat())
            .send()
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Spf, LONG).await;
    assert_eq!(texts(&answer), ["v=spf1 -all"]);
}

#[tokio::test]
async fn records_of_other_names_types_and_classes_are_not_taken() {
    let server = Server::start(|query| {
        let name = query.name();
        Reply::to(query)
            .answer("other.test", TXT, 60, &txt("another name"))
            .answer_in_chaos(&name, TXT, &txt("another class"))
            .answer(&name, A, 60, &[192, 0, 2, 1])
            .soa("test")
            .send()
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    assert_eq!(answer.outcome, Outcome::NoData);
}

#[tokio::test]
async fn data_of_a_type_that_we_do_not_read_is_kept_as_octets_without_compression() {
    let server = Server::start(|query| {
        // The name in the data points to the question: `a.test` again.
        let rdata = [&[0xc0, 12, 0xc0, 12][..], &[7; 20]].concat();
        Reply::to(query).answer(&query.name(), SOA, 60, &rdata).send()
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Soa, LONG).await;
    let rdata = [wire("a.test"), wire("a.test"), vec![7; 20]].concat();
    assert_eq!(
        answer.outcome,
        Outcome::Records(vec![Data::Opaque(rdata.into_boxed_slice()).into()])
    );
}

#[tokio::test]
async fn reserved_names_are_answered_without_a_packet() {
    let server = Server::start(|query| policy(query).send()).await;
    let answers = [
        ask(&server, "localhost", Kind::A, LONG).await,
        ask(&server, "a.invalid", Kind::Txt, LONG).await,
    ];
    let words = answers.map(|answer| answer.outcome.word());
    assert_eq!((words, server.asked().len()), (["records", "nxdomain"], 0));
}

// ---- failures ----------------------------------------------------------------------------------

#[tokio::test]
async fn every_response_code_but_two_is_a_failure() {
    // Two codes may be about EDNS, and get a second try without it.
    let table = [
        (1, Trouble::ServFail, "SERVER/udp: replied FORMERR", 2),
        (2, Trouble::ServFail, "SERVER/udp: replied SERVFAIL", 1),
        (4, Trouble::ServFail, "SERVER/udp: replied NOTIMP", 2),
        (5, Trouble::Refused, "SERVER/udp: replied REFUSED", 1),
        (9, Trouble::ServFail, "SERVER/udp: replied NOTAUTH", 1),
        (11, Trouble::ServFail, "SERVER/udp: replied RCODE 11", 1),
    ];
    for (rcode, expected, detail, sent) in table {
        let server = Server::start(move |query| Reply::to(query).rcode(rcode).send()).await;
        let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
        assert_eq!(trouble(&answer, &server), Some((expected, detail.to_owned())));
        assert_eq!(tries(&answer), sent, "{detail}");
    }
}

#[tokio::test]
async fn an_extended_error_explains_servfail_and_may_make_it_bogus() {
    let server = Server::start(|query| {
        let (code, text) =
            if query.name() == "dead.test" { (22, "at delegation test.") } else { (7, "") };
        Reply::to(query).rcode(2).extended_error(code, text).send()
    })
    .await;
    let dead = ask(&server, "dead.test", Kind::Txt, LONG).await;
    let forged = ask(&server, "forged.test", Kind::Txt, LONG).await;
    assert_eq!(
        [trouble(&dead, &server), trouble(&forged, &server)],
        [
            Some((
                Trouble::Unreachable,
                "SERVER/udp: replied SERVFAIL, EDE 22 (No Reachable Authority): \
                 at delegation test."
                    .to_owned()
            )),
            Some((
                Trouble::Bogus,
                "SERVER/udp: replied SERVFAIL, EDE 7 (Signature Expired)".to_owned()
            )),
        ]
    );
}

#[tokio::test]
async fn an_extended_error_as_long_as_a_novel_is_cut() {
    let server = Server::start(|query| {
        Reply::to(query).rcode(2).extended_error(0, &"x".repeat(1000)).send()
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    assert!(answer.failure().unwrap().detail.len() < 300);
}

#[tokio::test]
async fn silence_over_udp_leads_to_tcp() {
    let server = Server::start(|query| match query.over {
        Over::Udp => vec![],
        Over::Tcp => policy(query).send(),
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, MEDIUM).await;
    assert_eq!((texts(&answer), transport(&answer)), (vec!["v=spf1 -all".into()], "tcp"));
}

#[tokio::test]
async fn a_server_known_to_be_silent_over_udp_is_asked_over_tcp_first() {
    let server = Server::start(|query| match query.over {
        Over::Udp => vec![],
        Over::Tcp => policy(query).send(),
    })
    .await;
    let live = live(&[&server], MEDIUM);
    live.lookup(&question("a.test", Kind::Txt)).await;
    let second = live.lookup(&question("b.test", Kind::Txt)).await;
    assert_eq!((tries(&second), transport(&second)), (1, "tcp"));
}

#[tokio::test]
async fn silence_everywhere_is_a_timeout() {
    let server = Server::start(|_| vec![]).await;
    let answer = ask(&server, "a.test", Kind::Txt, SHORT).await;
    assert_eq!(answer.failure().map(|failure| failure.trouble), Some(Trouble::Timeout));
}

#[tokio::test]
async fn without_any_dns_the_second_lookup_fails_at_once() {
    let server = Server::start(|_| vec![]).await;
    let live = live(&[&server], SHORT);
    live.lookup(&question("a.test", Kind::Txt)).await;
    let second = live.lookup(&question("b.test", Kind::Txt)).await;
    let expected = (Trouble::Network, "no DNS server replied (SERVER)".to_owned());
    assert_eq!((trouble(&second, &server), tries(&second)), (Some(expected), 0));
}

#[tokio::test]
async fn a_server_that_has_replied_once_is_asked_again_after_silence() {
    let server = Server::start(|query| match query.name().as_str() {
        "silent.test" => vec![],
        _ => policy(query).send(),
    })
    .await;
    let live = live(&[&server], SHORT);
    live.lookup(&question("a.test", Kind::Txt)).await;
    let silent = live.lookup(&question("silent.test", Kind::Txt)).await;
    let after = live.lookup(&question("b.test", Kind::Txt)).await;
    assert_eq!([silent.outcome.word(), after.outcome.word()], ["timeout", "records"]);
}

#[tokio::test]
async fn a_closed_port_is_no_network_and_no_verdict() {
    let server = Server::start_without_tcp(|_| vec![]).await;
    let answer = live_over_tcp(&server, LONG).lookup(&question("a.test", Kind::Txt)).await;
    let detail = "SERVER/tcp: refused the connection".to_owned();
    assert_eq!(trouble(&answer, &server), Some((Trouble::Network, detail)));
}

// ---- forgery and garbage -----------------------------------------------------------------------

#[tokio::test]
async fn datagrams_that_do_not_belong_to_the_query_are_ignored() {
    let server = Server::start(|query| {
        let forged = || Reply::to(query).answer(&query.name(), TXT, 60, &txt("forged"));
        vec![
            Act::Send(forged().wrong_id().bytes()),
            Act::Send(forged().question("other.test", TXT).bytes()),
            Act::Send(forged().question(&query.name(), A).bytes()),
            Act::SendFromElsewhere(forged().bytes()),
            Act::Send(vec![]),
            Act::Send(vec![query.id[0]]),
            Act::Send(policy(query).bytes()),
        ]
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    assert_eq!((texts(&answer), tries(&answer)), (vec!["v=spf1 -all".into()], 1));
}

#[tokio::test]
async fn forgeries_alone_are_silence() {
    let server = Server::start_without_tcp(|query| policy(query).wrong_id().send()).await;
    let answer = ask(&server, "a.test", Kind::Txt, SHORT).await;
    assert_eq!(answer.failure().map(|failure| failure.trouble), Some(Trouble::Timeout));
}

#[tokio::test]
async fn a_reply_to_another_question_over_tcp_is_malformed() {
    let server = Server::start(|query| match query.over {
        Over::Udp => Reply::to(query).truncated().send(),
        Over::Tcp => policy(query).question("other.test", TXT).send(),
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    assert_eq!(answer.failure().map(|failure| failure.trouble), Some(Trouble::Malformed));
}

#[tokio::test]
async fn an_echo_of_the_query_is_not_an_empty_answer() {
    let server = Server::start(|query| Reply::to(query).echo().send()).await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    assert_eq!(answer.failure().map(|failure| failure.trouble), Some(Trouble::Malformed));
}

#[tokio::test]
async fn garbage_behind_a_good_header_is_malformed() {
    let server = Server::start(|query| {
        let mut bytes = policy(query).bytes();
        bytes.truncate(bytes.len() - 5);
        vec![Act::Send(bytes)]
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    assert_eq!(answer.failure().map(|failure| failure.trouble), Some(Trouble::Malformed));
}

#[tokio::test]
async fn a_loop_of_compression_pointers_is_malformed() {
    let server = Server::start(|query| {
        let at = 12 + query.question.len();
        let to_itself = [0xc0, u8::try_from(at).unwrap()];
        Reply::to(query).answer_at(&to_itself, TXT, &txt("x")).send()
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    assert_eq!(answer.failure().map(|failure| failure.trouble), Some(Trouble::Malformed));
}

#[tokio::test]
async fn data_that_does_not_fit_its_type_is_malformed() {
    let server = Server::start(|query| {
        let data: &[u8] = if query.kind == A { &[192, 0, 2] } else { &[] };
        Reply::to(query).answer(&query.name(), query.kind, 60, data).send()
    })
    .await;
    let mut words = Vec::new();
    for kind in [Kind::A, Kind::Aaaa, Kind::Mx, Kind::Txt] {
        words.push(ask(&server, "a.test", kind, LONG).await.outcome.word());
    }
    assert_eq!(words, ["malformed"; 4]);
}

// ---- truncation and streams --------------------------------------------------------------------

#[tokio::test]
async fn a_truncated_reply_is_repeated_over_tcp() {
    let server = Server::start(|query| match query.over {
        Over::Udp => policy(query).truncated().send(),
        Over::Tcp => policy(query).answer(&query.name(), TXT, 60, &txt("second")).send(),
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    assert_eq!(
        (texts(&answer), transport(&answer), tries(&answer)),
        (vec!["v=spf1 -all".into(), "second".into()], "tcp", 2)
    );
}

#[tokio::test]
async fn truncation_without_tcp_is_no_answer() {
    let script = |query: &Query| match query.over {
        Over::Udp => policy(query).truncated().send(),
        Over::Tcp => vec![Act::Close],
    };
    let refusing = Server::start_without_tcp(script).await;
    let closing = Server::start(script).await;
    let details = [
        trouble(&*ask(&refusing, "a.test", Kind::Txt, LONG).await, &refusing),
        trouble(&*ask(&closing, "a.test", Kind::Txt, LONG).await, &closing),
    ];
    let expected = [
        "SERVER/tcp: truncated its reply over udp, and over tcp it failed: \
         refused the connection",
        "SERVER/tcp: truncated its reply over udp, and over tcp it failed: closed the \
         connection before the reply was complete",
    ];
    assert_eq!(details, expected.map(|detail| Some((Trouble::Network, detail.to_owned()))));
}

#[tokio::test]
async fn truncation_with_silence_over_tcp_ends_in_time() {
    let server = Server::start(|query| match query.over {
        Over::Udp => policy(query).truncated().send(),
        Over::Tcp => vec![],
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, SHORT).await;
    assert_eq!(answer.failure().map(|failure| failure.trouble), Some(Trouble::Network));
}

#[tokio::test]
async fn a_message_of_65535_octets_is_read_whole() {
    const OVERHEAD: usize = 12 + 8 + 4 + 8 + 10;
    let server = Server::start(|query| {
        let octets = 65_535 - OVERHEAD;
        let mut rdata = txt([b'x'; 255]).repeat(octets / 256);
        rdata.extend(txt(vec![b'y'; octets % 256 - 1]));
        match query.over {
            Over::Udp => Reply::to(query).truncated().send(),
            Over::Tcp => Reply::to(query).answer(&query.name(), TXT, 60, &rdata).send(),
        }
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    let length = answer.texts().map(|text| text.len()).sum::<usize>();
    assert_eq!((answer.size, length), (Some(65_535), 65_535 - OVERHEAD - 256));
}

#[tokio::test]
async fn replies_over_tcp_that_never_end_are_given_up() {
    let message = |query: &Query| policy(query).wrong_id().bytes();
    let scripts: [fn(&Query) -> Vec<Act>; 2] = [
        |_| vec![Act::Write([&[0xff, 0xff][..], &[0; 100]].concat())],
        |_| vec![Act::Write(vec![0])],
    ];
    let mut outcomes = Vec::new();
    for script in scripts {
        let server = Server::start(script).await;
        outcomes.push(ask(&server, "a.test", Kind::Txt, SHORT).await.outcome.word());
    }
    let flood = Server::start(move |query| vec![Act::Flood(message(query))]).await;
    outcomes.push(ask(&flood, "a.test", Kind::Txt, SHORT).await.outcome.word());
    assert_eq!(outcomes, ["timeout"; 3]);
}

#[tokio::test]
async fn a_connection_that_stalled_is_not_used_again() {
    let server = Server::start(|query| match (query.over, query.name().as_str()) {
        (Over::Tcp, "stall.test") => vec![Act::Write(vec![0xff, 0xff, 0])],
        (Over::Tcp, _) => policy(query).send(),
        (Over::Udp, _) => vec![],
    })
    .await;
    let live = live_over_tcp(&server, MEDIUM / 4);
    let outcomes = [
        live.lookup(&question("a.test", Kind::Txt)).await.outcome.word(),
        live.lookup(&question("stall.test", Kind::Txt)).await.outcome.word(),
        live.lookup(&question("b.test", Kind::Txt)).await.outcome.word(),
    ];
    assert_eq!(outcomes, ["records", "timeout", "records"]);
}

#[tokio::test]
async fn a_connection_closed_between_two_lookups_is_made_again() {
    let server = Server::start(|query| match query.over {
        Over::Udp => vec![],
        Over::Tcp => vec![Act::Send(policy(query).bytes()), Act::Close],
    })
    .await;
    let live = live_over_tcp(&server, LONG);
    let first = live.lookup(&question("a.test", Kind::Txt)).await;
    let second = live.lookup(&question("b.test", Kind::Txt)).await;
    assert_eq!([first.outcome.word(), second.outcome.word()], ["records"; 2]);
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_no_answer_in_time() {
    let server = Server::start(|_| vec![]).await;
    let mut words = Vec::new();
    for scheme in ["tls", "https"] {
        let servers = vec![format!("{scheme}://{}", server.address).parse().unwrap()];
        let live = Live::new(LiveOptions::new(servers, SHORT)).unwrap();
        words.push(live.lookup(&question("a.test", Kind::Txt)).await.outcome.word());
    }
    assert_eq!(words, ["timeout"; 2]);
}

// ---- aliases -----------------------------------------------------------------------------------

#[tokio::test]
async fn a_chain_of_aliases_is_kept_in_order_and_its_least_ttl_counts() {
    let server = Server::start(|query| {
        Reply::to(query)
            .answer("c.test", TXT, 3600, &txt("end"))
            .answer("a.test", CNAME, 300, &wire("B.test"))
            .answer("b.test", CNAME, 600, &wire("c.test"))
            .send()
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    assert_eq!(
        (texts(&answer), aliases(&answer), answer.ttl),
        (vec!["end".into()], vec!["b.test".into(), "c.test".into()], Some(300))
    );
}

#[tokio::test]
async fn a_chain_that_leaves_the_server_is_asked_for_piece_by_piece() {
    let server = Server::start(|query| {
        let next = match query.name().as_str() {
            "a.test" => "b.test",
            "b.test" => "c.test",
            "c.test" => "d.test",
            name => return Reply::to(query).answer(name, TXT, 60, &txt("end")).send(),
        };
        Reply::to(query).answer(&query.name(), CNAME, 60, &wire(next)).send()
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    assert_eq!(
        (texts(&answer), aliases(&answer).join(" "), tries(&answer)),
        (vec!["end".into()], "b.test c.test d.test".into(), 4)
    );
}

#[tokio::test]
async fn a_chain_that_ends_nowhere_is_nxdomain_with_its_aliases() {
    let server = Server::start(|query| {
        Reply::to(query)
            .rcode(3)
            .answer("a.test", CNAME, 300, &wire("b.test"))
            .answer("b.test", CNAME, 300, &wire("gone.test"))
            .soa("test")
            .send()
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    assert_eq!(
        (&answer.outcome, aliases(&answer)),
        (&Outcome::NxDomain, vec!["b.test".into(), "gone.test".into()])
    );
}

#[tokio::test]
async fn an_alias_is_not_followed_when_it_is_what_was_asked_for() {
    let server = Server::start(|query| {
        Reply::to(query).answer("a.test", CNAME, 300, &wire("b.test")).send()
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Cname, LONG).await;
    let target = Data::Cname(Name::from_octets(b"b.test").unwrap());
    assert_eq!(answer.outcome, Outcome::Records(vec![target.into()]));
}

#[tokio::test]
async fn a_loop_of_aliases_is_a_failure() {
    let server = Server::start(|query| {
        let next = if query.name() == "a.test" { "b.test" } else { "a.test" };
        Reply::to(query).answer(&query.name(), CNAME, 60, &wire(next)).send()
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    let detail = "CNAME loop: a.test → b.test → a.test".to_owned();
    assert_eq!(trouble(&answer, &server), Some((Trouble::ServFail, detail)));
}

#[tokio::test]
async fn aliases_without_end_are_a_failure_after_a_bounded_number_of_queries() {
    let server = Server::start(|query| {
        let next = format!("{}x.test", query.name().trim_end_matches(".test"));
        Reply::to(query).answer(&query.name(), CNAME, 60, &wire(&next)).send()
    })
    .await;
    let answer = ask(&server, "x.test", Kind::Txt, LONG).await;
    assert_eq!((answer.outcome.word(), server.asked().len()), ("servfail", 17));
}

// ---- several servers ---------------------------------------------------------------------------

#[tokio::test]
async fn a_dead_first_server_does_not_stop_four_others() {
    let dead = Server::start(|_| vec![]).await;
    let alive = Server::start(|query| policy(query).send()).await;
    let live = live(&[&dead, &alive, &alive, &alive, &alive], MEDIUM);
    let first = live.lookup(&question("a.test", Kind::Txt)).await;
    let second = live.lookup(&question("b.test", Kind::Txt)).await;
    assert_eq!(
        [(texts(&first), tries(&first)), (texts(&second), tries(&second))],
        [(vec!["v=spf1 -all".into()], 2), (vec!["v=spf1 -all".into()], 1)]
    );
}

#[tokio::test]
async fn a_server_that_fails_hands_over_to_the_next_one() {
    let failing = Server::start(|query| Reply::to(query).rcode(2).send()).await;
    let denying = Server::start(|query| Reply::to(query).rcode(3).soa("test").send()).await;
    let answer = live(&[&failing, &denying], LONG).lookup(&question("a.test", Kind::Txt)).await;
    assert_eq!(
        (&answer.outcome, &answer.provenance),
        (
            &Outcome::NxDomain,
            &Provenance::Live { server: Some(denying.address), transport: "udp", tries: 2 }
        )
    );
}

#[tokio::test]
async fn the_failures_of_all_servers_are_told_and_the_one_that_says_most_counts() {
    let refusing = Server::start(|query| Reply::to(query).rcode(5).send()).await;
    let bogus = Server::start(|query| Reply::to(query).rcode(2).extended_error(6, "").send()).await;
    let answer = live(&[&refusing, &bogus], LONG).lookup(&question("a.test", Kind::Txt)).await;
    let detail = format!(
        "{}/udp: replied REFUSED; {}/udp: replied SERVFAIL, EDE 6 (DNSSEC Bogus)",
        refusing.address, bogus.address
    );
    assert_eq!(
        answer.failure().map(|failure| (failure.trouble, failure.detail.clone())),
        Some((Trouble::Bogus, detail))
    );
}

// ---- whom to believe ---------------------------------------------------------------------------

#[tokio::test]
async fn a_server_that_denies_even_the_root_is_not_believed_and_is_tested_once() {
    let server = Server::start(|query| Reply::to(query).rcode(3).send()).await;
    let live = live(&[&server], LONG);
    let first = live.lookup(&question("fmsinc.com", Kind::Txt)).await;
    let second = live.lookup(&question("fmsinc.com", Kind::Mx)).await;
    let why = "SERVER denies even the root zone, so its NXDOMAIN is not credible".to_owned();
    assert_eq!(
        [trouble(&first, &server), trouble(&second, &server)],
        [Some((Trouble::Network, why.clone())), Some((Trouble::Network, why))]
    );
    let kinds: Vec<_> = server.asked().iter().map(|query| query.kind).collect();
    assert_eq!(kinds, [TXT, NS, SOA, MX]);
}

#[tokio::test]
async fn an_empty_answer_of_such_a_server_is_not_believed_either() {
    let server = Server::start(|query| Reply::to(query).send()).await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    assert_eq!(answer.failure().map(|failure| failure.trouble), Some(Trouble::Network));
}

#[tokio::test]
async fn a_server_that_knows_a_root_is_believed_without_an_soa() {
    let knows = |kind: u16, rdata: fn() -> Vec<u8>| {
        move |query: &Query| match (query.name().as_str(), query.kind) {
            ("", asked) if asked == kind => Reply::to(query).answer("", kind, 60, &rdata()).send(),
            _ => Reply::to(query).rcode(3).send(),
        }
    };
    let public = Server::start(knows(NS, || wire("a.root-servers.net"))).await;
    let private = Server::start(knows(SOA, || soa(60))).await;
    let words = [
        ask(&public, "a.test", Kind::Txt, LONG).await.outcome.word(),
        ask(&private, "a.test", Kind::Txt, LONG).await.outcome.word(),
    ];
    assert_eq!(words, ["nxdomain", "nxdomain"]);
}

#[tokio::test]
async fn a_denial_with_an_soa_is_believed_unasked() {
    let server = Server::start(|query| Reply::to(query).rcode(3).soa("test").send()).await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    assert_eq!((answer.outcome.word(), server.asked().len()), ("nxdomain", 1));
}

#[tokio::test]
async fn a_denial_that_cannot_be_checked_is_not_believed() {
    let server = Server::start(|query| {
        let rcode = if query.name().is_empty() { 5 } else { 3 };
        Reply::to(query).rcode(rcode).send()
    })
    .await;
    let answer = ask(&server, "a.test", Kind::Txt, LONG).await;
    assert_eq!(answer.failure().map(|failure| failure.trouble), Some(Trouble::Network));
}
