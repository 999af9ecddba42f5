use super::*;
use proptest::prelude::*;

fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("a test writes valid names")
}

fn replay(text: &str) -> Replay {
    Replay::read("tape.jsonl", text.as_bytes()).expect("a test writes valid cassettes")
}

fn error(text: &str) -> String {
    let error = Replay::read("tape.jsonl", text.as_bytes()).expect_err("a test writes faults");
    error.to_string()
}

fn ask(cassette: &Replay, owner: &str, kind: Kind) -> Arc<Answer> {
    cassette.resolve(&Question::new(name(owner), kind))
}

fn word(cassette: &Replay, owner: &str, kind: Kind) -> &'static str {
    ask(cassette, owner, kind).outcome.word()
}

// ----------------------------------------------------------------------------- replay

#[test]
fn a_line_as_documented_is_played() {
    let cassette = replay(
        r#"{"name":"fmsinc.com","type":"TXT","outcome":"records","ttl":3600,"records":["\"v=spf1 include:spf.protection.outlook.com -all\""],"aliases":[]}"#,
    );
    let answer = ask(&cassette, "fmsinc.com", Kind::Txt);
    assert_eq!(
        (answer.texts().next(), answer.ttl, &answer.provenance),
        (
            Some(b"v=spf1 include:spf.protection.outlook.com -all".to_vec()),
            Some(3600),
            &Provenance::Recorded(Arc::from("tape.jsonl"))
        )
    );
}

#[test]
fn every_outcome_has_its_word() {
    let words = ["nodata", "nxdomain", "servfail", "timeout", "refused", "bogus", "malformed"];
    let lines = words
        .map(|word| format!("{{\"name\":\"{word}.x\",\"type\":\"A\",\"outcome\":\"{word}\"}}\n"));
    let cassette = replay(&lines.concat());
    assert_eq!(words.map(|one| word(&cassette, &format!("{one}.x"), Kind::A)), words);
}

#[test]
fn a_failure_keeps_its_detail() {
    let cassette = replay(r#"{"name":"a","type":"A","outcome":"servfail","detail":"lame"}"#);
    let failure = ask(&cassette, "a", Kind::A).failure().cloned();
    assert_eq!(failure, Some(Failure::because(Trouble::ServFail, "lame")));
}

#[test]
fn what_is_not_recorded_could_not_be_asked() {
    let failure = ask(&replay(""), "a", Kind::A).failure().cloned();
    let expected = Failure::because(Trouble::NotRecorded, "in tape.jsonl");
    assert_eq!(failure, Some(expected));
}

#[test]
fn names_types_and_outcomes_are_read_in_any_spelling() {
    let cassette = replay(
        r#"{"name":"WWW.Example.","type":"mx","outcome":"Records","records":["10 A.b"],"new":{"x":[1]}}"#,
    );
    let exchange = name("a.b");
    assert_eq!(
        ask(&cassette, "www.example", Kind::Mx).records().first().map(|record| record.data.clone()),
        Some(Data::Mx { preference: 10, exchange })
    );
}

#[test]
fn texts_may_be_empty_and_may_have_no_string_at_all() {
    let cassette = replay(r#"{"name":"a","type":"TXT","records":["","\"\"","\"a\\000\" \"b\""]}"#);
    let texts: Vec<Data> =
        ask(&cassette, "a", Kind::Txt).records().iter().map(|record| record.data.clone()).collect();
    let strings = [vec![], vec![&b""[..]], vec![&b"a\0"[..], b"b"]];
    let expected = strings.map(|set| Data::Txt(set.into_iter().map(Box::from).collect()));
    assert_eq!(texts, expected);
}

#[test]
fn a_set_of_64_kib_is_played() {
    let record = format!("\\\"{}\\\"", "x".repeat(255));
    let records = vec![format!("\"{record}\""); 256].join(",");
    let cassette = replay(&format!("{{\"name\":\"a\",\"type\":\"TXT\",\"records\":[{records}]}}"));
    assert_eq!(ask(&cassette, "a", Kind::Txt).records().len(), 256);
}

#[test]
fn odd_octets_in_names_are_read_by_number() {
    let cassette = replay(r#"{"name":"a\\032b\\255.x","type":"A","records":["192.0.2.1"]}"#);
    let odd = Name::from_labels([&b"a b\xff"[..], b"x"]).expect("a name");
    assert_eq!(cassette.resolve(&Question::new(odd, Kind::A)).records().len(), 1);
}

#[test]
fn the_header_says_when_it_was_recorded() {
    let cassette = replay("\n{\"cassette\":1,\"recorded\":\"2026-11-24\"}\n");
    assert_eq!(cassette.recorded(), Some("2026-11-24"));
}

const WORLD: &str = r#"{"cassette":1,"absent":"nxdomain"}
{"name":"a.b.example","type":"TXT","records":["x"]}
{"name":"gone.c.example","type":"TXT","outcome":"nxdomain"}
{"name":"alias.d.example","type":"TXT","outcome":"nxdomain","aliases":["no.e.example"]}
{"name":"quiet.f.example","type":"TXT","outcome":"nodata"}
"#;

#[test]
fn on_a_cassette_that_is_the_world_an_absent_name_does_not_exist() {
    let cassette = replay(WORLD);
    let owners = ["nope", "c.example", "gone.c.example", "no.e.example", "x.a.b.example"];
    assert_eq!(owners.map(|owner| word(&cassette, owner, Kind::A)), ["nxdomain"; 5]);
}

#[test]
fn on_a_cassette_that_is_the_world_a_name_with_another_type_or_a_name_below_exists() {
    let cassette = replay(WORLD);
    let owners = ["a.b.example", "b.example", "example", "alias.d.example", "f.example"];
    assert_eq!(owners.map(|owner| word(&cassette, owner, Kind::A)), ["nodata"; 5]);
}

#[test]
fn a_recorded_alias_is_followed_to_what_is_recorded_behind_it() {
    let cassette = replay(
        r#"{"name":"a","type":"CNAME","ttl":60,"records":["b."]}
{"name":"b","type":"CNAME","records":["c."]}
{"name":"c","type":"TXT","ttl":90,"records":["x"],"aliases":["d"]}
"#,
    );
    let answer = ask(&cassette, "a", Kind::Txt);
    assert_eq!(
        (answer.records().len(), answer.aliases.as_slice(), answer.ttl),
        (1, &["b", "c", "d"].map(name)[..], Some(60))
    );
}

#[test]
fn an_alias_that_leads_off_the_cassette_could_not_be_asked() {
    let cassette = replay(r#"{"name":"a","type":"CNAME","records":["b."]}"#);
    let answer = ask(&cassette, "a", Kind::Txt);
    assert_eq!((answer.outcome.word(), answer.aliases.len()), ("not_recorded", 1));
}

#[test]
fn a_loop_on_the_cassette_is_a_failure() {
    let cassette = replay(
        "{\"name\":\"a\",\"type\":\"CNAME\",\"records\":[\"b\"]}\n\
         {\"name\":\"b\",\"type\":\"CNAME\",\"records\":[\"a\"]}",
    );
    let failure = ask(&cassette, "a", Kind::Txt).failure().cloned();
    assert_eq!(failure, Some(Failure::alias_loop()));
}

// ----------------------------------------------------------------------------- faults

#[test]
fn a_line_that_was_cut_off_says_so() {
    assert_eq!(
        error("{\"name\":\"a\",\"type\":\"A\",\"outcome\":\"nodata\"}\n{\"name\":\"b\",\"ty"),
        "tape.jsonl:2: truncated line: the recording is incomplete"
    );
}

#[test]
fn each_fault_names_its_line_and_what_was_expected() {
    let lines = [
        r#"{"name":"a","type":"ANYTHING","outcome":"nodata"}"#,
        r#"{"name":"a..b","type":"A","outcome":"nodata"}"#,
        r#"{"name":"a","type":"A","outcome":"perhaps"}"#,
        r#"{"name":"a","type":"A"}"#,
        r#"{"name":"a","type":"A","outcome":"records"}"#,
        r#"{"name":"a","type":"A","outcome":"nodata","records":["192.0.2.1"]}"#,
        r#"{"name":"a","type":"A","records":["192.0.2.256"]}"#,
        r#"{"name":"a","type":"TXT","records":["v=DMARC1; p=none"]}"#,
    ];
    assert_eq!(
        lines.map(|line| error(&format!("\n{line}\n"))),
        [
            "tape.jsonl:2: expected a record type, found \"ANYTHING\"",
            "tape.jsonl:2: expected a domain name, found \"a..b\"",
            "tape.jsonl:2: expected an outcome, found \"perhaps\"",
            "tape.jsonl:2: expected an \"outcome\", or \"records\"",
            "tape.jsonl:2: expected at least one record",
            "tape.jsonl:2: expected no records with the outcome \"nodata\"",
            "tape.jsonl:2: expected an IPv4 address in the record \"192.0.2.256\"",
            "tape.jsonl:2: expected a word or a string in quotes in the record \"v=DMARC1; p=none\"",
        ]
    );
}

#[test]
fn two_answers_to_one_question_are_a_fault_unless_they_agree() {
    let line = |word| format!("{{\"name\":\"a\",\"type\":\"A\",\"outcome\":\"{word}\"}}\n");
    assert_eq!(
        error(&[line("nodata"), line("nodata"), line("nxdomain")].concat()),
        "tape.jsonl:3: conflicting answers for a A"
    );
}

#[test]
fn another_version_is_refused() {
    assert_eq!(error("{\"cassette\":2}\n"), "tape.jsonl:1: expected cassette version 1, found 2");
}

#[test]
fn no_message_holds_an_escape_sequence() {
    let message = error("{\"name\":\"a\",\"type\":\"\\u001b[31m\",\"outcome\":\"nodata\"}\n");
    assert_eq!(message, "tape.jsonl:1: expected a record type, found \"\\x1b[31m\"");
}

// ----------------------------------------------------------------------------- record

async fn recorded(cassette: &str, questions: &[(&str, Kind)]) -> String {
    let recorder = Recorder::new(replay(cassette));
    for (owner, kind) in questions {
        recorder.lookup(&Question::new(name(owner), *kind)).await;
    }
    recorder.cassette()
}

#[tokio::test]
async fn a_cassette_is_sorted_and_does_not_depend_on_the_order_of_questions_or_records() {
    let one = "{\"name\":\"b\",\"type\":\"A\",\"records\":[\"192.0.2.2\",\"192.0.2.1\"]}\n\
               {\"name\":\"a\",\"type\":\"MX\",\"outcome\":\"nodata\",\"ttl\":60}\n";
    let two = one.replace("[\"192.0.2.2\",\"192.0.2.1\"]", "[\"192.0.2.1\",\"192.0.2.2\"]");
    let cassettes = [
        recorded(one, &[("b", Kind::A), ("a", Kind::Mx), ("b", Kind::A)]).await,
        recorded(&two, &[("a", Kind::Mx), ("b", Kind::A)]).await,
    ];
    let expected = "{\"name\":\"a\",\"type\":\"MX\",\"outcome\":\"nodata\",\"ttl\":60,\"records\":[],\"aliases\":[]}\n\
                    {\"name\":\"b\",\"type\":\"A\",\"outcome\":\"records\",\"records\":[\"192.0.2.1\",\"192.0.2.2\"],\"aliases\":[]}\n";
    assert_eq!(cassettes, [expected, expected]);
}

#[tokio::test]
async fn a_loop_of_aliases_is_one_still_when_it_is_replayed() {
    let question = Question::new(name("a"), Kind::Txt);
    let nowhere = Provenance::Zone("test".into());
    let looped = Answer::new(question, Outcome::Failed(Failure::alias_loop()), nowhere);
    let recorder = Recorder::new(Fixed(looped));
    recorder.lookup(&Question::new(name("a"), Kind::Txt)).await;
    assert!(ask(&replay(&recorder.cassette()), "a", Kind::Txt).is_alias_loop());
}

#[tokio::test]
async fn a_dated_cassette_begins_with_its_date() {
    let recorder = Recorder::new(replay("")).dated("2026-11-24");
    assert_eq!(recorder.cassette(), "{\"cassette\":1,\"recorded\":\"2026-11-24\"}\n");
}

/// Answers one thing.
struct Fixed(Answer);

impl Dns for Fixed {
    fn lookup<'a>(&'a self, _: &'a Question) -> Lookup<'a> {
        Box::pin(std::future::ready(Arc::new(self.0.clone())))
    }
}

fn answers() -> impl Strategy<Value = Answer> {
    let strings = proptest::collection::vec(any::<u8>(), 0..40).prop_map(Vec::into_boxed_slice);
    let texts = proptest::collection::vec(proptest::collection::vec(strings, 0..3), 1..2);
    let outcome = prop_oneof![
        texts.prop_map(|texts| {
            Outcome::Records(texts.into_iter().map(|text| Data::Txt(text).into()).collect())
        }),
        Just(Outcome::NoData),
        Just(Outcome::NxDomain),
        any::<String>().prop_map(|why| Outcome::Failed(Failure::because(Trouble::Bogus, why))),
    ];
    let label = proptest::collection::vec(any::<u8>(), 1..20);
    let name = label.prop_map(|label| Name::from_labels([label.as_slice()]).expect("it is short"));
    (name.clone(), outcome, any::<Option<u32>>(), any::<Option<bool>>(), name).prop_map(
        |(owner, outcome, ttl, authentic, alias)| {
            let provenance = Provenance::Recorded(Arc::from("tape.jsonl"));
            let answer = Answer::new(Question::new(owner, Kind::Txt), outcome, provenance);
            Answer { ttl, authentic, aliases: vec![alias], ..answer }
        },
    )
}

proptest! {
    #[test]
    fn what_is_recorded_is_played(answer in answers()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let recorder = Recorder::new(Fixed(answer.clone()));
        runtime.block_on(recorder.lookup(&answer.question));
        prop_assert_eq!(&*replay(&recorder.cassette()).resolve(&answer.question), &answer);
    }

    #[test]
    fn any_octets_are_read_or_refused(text in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Replay::read("tape", text.as_slice());
    }

    #[test]
    fn any_values_are_read_or_refused(
        name in "\\PC{0,12}", kind in "A|TXT|MX|TLSA|\\PC{0,4}", record in "\\PC{0,20}",
    ) {
        let line = serde_json::json!({ "name": name, "type": kind, "records": [record] });
        if let Err(error) = Replay::read("tape", line.to_string().as_bytes()) {
            prop_assert!(!error.to_string().contains(char::is_control));
        }
    }
}
