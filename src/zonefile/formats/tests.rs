use super::*;
use crate::dns::{Data, Kind, Outcome, Question, presentation};
use crate::zonefile::zone::{Remark, Verdict};
use proptest::prelude::*;

/// The same domain in all formats.
const DOMAIN: [(&str, Format, &[u8]); 5] = [
    (
        "zones/example.com.zone",
        Format::Zone,
        include_bytes!("../../../testdata/formats/example.com.zone"),
    ),
    (
        "octodns/example.com.yaml",
        Format::OctoDns,
        include_bytes!("../../../testdata/formats/example.com.yaml"),
    ),
    (
        "dnscontrol.json",
        Format::DnsControl,
        include_bytes!("../../../testdata/formats/dnscontrol.json"),
    ),
    ("plan.json", Format::Terraform, include_bytes!("../../../testdata/formats/plan.json")),
    ("records.txt", Format::Plain, include_bytes!("../../../testdata/formats/records.txt")),
];

fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("a test writes valid names")
}

/// Owner, type and data of all records but those at the top that some providers keep.
fn records<'z>(zones: impl IntoIterator<Item = &'z Zone>) -> Vec<String> {
    let rows = zones.into_iter().flat_map(Zone::records);
    let listed = rows.filter(|(_, kind, _)| !matches!(kind, Kind::Soa | Kind::Ns));
    let mut rows: Vec<String> = listed
        .map(|(name, kind, record)| {
            format!("{name} {kind} {}", presentation::write(kind, &record.data))
        })
        .collect();
    rows.sort();
    rows
}

fn errors(files: &Files) -> Vec<String> {
    files.errors.iter().map(ToString::to_string).collect()
}

fn notices(files: &Files) -> Vec<String> {
    files.notices.iter().map(ToString::to_string).collect()
}

fn octodns(text: &str) -> Files {
    read("example.com.yaml", text.as_bytes())
}

fn plain(text: &str) -> Files {
    read("list.txt", text.as_bytes())
}

/// A domain of dnscontrol with these records.
fn dnscontrol(records: &str) -> Files {
    let text = format!(r#"{{"domains":[{{"name":"example.com","records":[{records}]}}]}}"#);
    read("ir.json", text.as_bytes())
}

/// A state with one resource.
fn state(kind: &str, values: &str) -> Files {
    let zone =
        r#"{"mode":"data","type":"cloudflare_zone","values":{"id":"z1","name":"example.com"}}"#;
    let text = format!(
        r#"{{"format_version":"1.0","values":{{"root_module":{{"child_modules":[{{"resources":[{zone},{{"address":"x.y","mode":"managed","type":"{kind}","values":{values}}}]}}]}}}}}}"#
    );
    read("state.json", text.as_bytes())
}

/// A plan with one change of a record set of Route 53.
fn plan(before: &str, after: &str, unknown: &str) -> Files {
    let text = format!(
        r#"{{"format_version":"1.2","resource_changes":[{{"address":"aws_route53_record.x","mode":"managed","type":"aws_route53_record","change":{{"before":{before},"after":{after},"after_unknown":{unknown}}}}}]}}"#
    );
    read("plan.json", text.as_bytes())
}

/// What the first zone says to a question: records, or the word for what else.
fn said(files: &Files, owner: &str, kind: Kind) -> Vec<String> {
    let zone = files.zones.first().expect("a zone");
    match zone.authority(&Question::new(name(owner), kind)) {
        Verdict::Answer { outcome: Outcome::Records(records), .. } => {
            records.iter().map(|record| presentation::write(kind, &record.data)).collect()
        }
        Verdict::Answer { outcome, .. } => vec![outcome.word().to_owned()],
        Verdict::Alias { target, .. } => vec![format!("alias {target}")],
        Verdict::NotMine => vec!["not mine".to_owned()],
    }
}

/// Line and column of a piece of the text that holds it.
fn place_of(files: &Files, piece: &str) -> (u32, u32) {
    let mut records = files.zones.iter().flat_map(Zone::records);
    let found = records.find_map(|(_, _, record)| {
        let text = String::from_utf8(record.data.text()?).ok()?;
        let offset = u32::try_from(text.find(piece)?).ok()?;
        Some(record.place.as_ref()?.of(offset))
    });
    found.expect("a text that holds the piece")
}

/// Line and column of a piece in the source, as an editor would count them.
fn place_in(text: &[u8], piece: &str) -> (u32, u32) {
    let text = std::str::from_utf8(text).expect("a test writes UTF-8");
    // A plan says what is before first.
    let before = text.rsplit_once(piece).expect("a piece that is there").0;
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (u32::try_from(line).unwrap_or(0), u32::try_from(column).unwrap_or(0))
}

// ----------------------------------------------------------------------------- all formats

#[test]
fn the_same_domain_in_five_formats_has_the_same_records() {
    let [master, others @ ..] = DOMAIN.map(|(file, _, text)| {
        let files = read(file, text);
        assert_eq!(errors(&files), [""; 0], "{file}");
        records(&files.zones)
    });
    assert_eq!(master.len(), 12);
    for (other, (file, ..)) in others.iter().zip(&DOMAIN[1..]) {
        assert_eq!(*other, master, "{file}");
    }
}

#[test]
fn a_format_is_told_by_name_and_content() {
    assert_eq!(
        DOMAIN.map(|(file, _, text)| read(file, text).format),
        DOMAIN.map(|(_, format, _)| format)
    );
}

#[test]
fn a_term_of_a_text_is_found_in_every_format() {
    for (file, _, text) in DOMAIN {
        let files = read(file, text);
        for piece in ["include:news.example.net", "rua=", "p=MII"] {
            assert_eq!(place_of(&files, piece), place_in(text, piece), "{piece} in {file}");
        }
    }
}

#[test]
fn an_octet_of_the_second_string_is_found_in_every_format() {
    for (file, _, text) in DOMAIN {
        let files = read(file, text);
        // The key ends so, in its second string; no two keys do.
        assert_eq!(place_of(&files, "IDAQAB"), place_in(text, "IDAQAB"), "{file}");
    }
}

#[test]
fn only_zones_that_are_whole_say_that_a_name_does_not_exist() {
    let answers =
        DOMAIN.map(|(file, _, text)| said(&read(file, text), "no.example.com", Kind::Txt));
    assert_eq!(
        answers.map(|answer| answer.concat()),
        ["nxdomain", "nxdomain", "nxdomain", "not mine", "not mine"]
    );
}

#[test]
fn what_a_provider_keeps_at_the_top_is_not_denied() {
    let answers = DOMAIN.map(|(file, _, text)| {
        [Kind::Soa, Kind::Ns].map(|kind| said(&read(file, text), "example.com", kind).len())
    });
    assert_eq!(answers, [[1, 2], [1, 1], [1, 1], [1, 1], [1, 1]]);
    assert_eq!(said(&read(DOMAIN[1].0, DOMAIN[1].2), "example.com", Kind::Soa), ["not mine"]);
}

#[test]
fn a_word_before_a_colon_chooses_the_format() {
    assert_eq!(
        ["terraform:plan", "octodns:a:b", "C:file", "plain:", "zone"].map(Format::split),
        [
            (Some(Format::Terraform), "plan"),
            (Some(Format::OctoDns), "a:b"),
            (None, "C:file"),
            (Some(Format::Plain), ""),
            (None, "zone"),
        ]
    );
}

#[test]
fn an_empty_file_is_a_fault_in_every_format() {
    let faults = Format::ALL.map(|format| {
        let files = read_as(format, "example.com.yaml", b"");
        errors(&files).first().cloned().unwrap_or_default()
    });
    for (format, fault) in Format::ALL.iter().zip(faults) {
        assert!(fault.starts_with("example.com.yaml:1:1: expected "), "{format}: {fault}");
    }
}

#[test]
fn octets_that_are_no_utf_8_are_a_fault_with_a_place() {
    let faults = ["example.com.yaml", "a.json"].map(|file| errors(&read(file, b"{\n \"\xff")));
    assert_eq!(
        faults,
        [["example.com.yaml:2:3: expected text in UTF-8"], ["a.json:2:3: expected text in UTF-8"]]
    );
}

// ----------------------------------------------------------------------------- octoDNS

#[test]
fn octodns_values_have_several_spellings() {
    let files = octodns(
        "'@': {type: MX, values: [{priority: 10, value: a.example.}, {preference: 20, exchange: b.example.}]}\n\
         sub: [{type: TXT, ttl: 60, values: [\"a\\\\;b\", '\"c\" \"d\"', \"e\\\"f\", 'g;h']}, {type: A, value: 192.0.2.1}]\n\
         caf\u{e9}: {type: CNAME, value: \"b\u{fc}cher.example.\"}\n",
    );
    assert_eq!(
        (errors(&files), records(&files.zones)),
        (
            vec![],
            [
                "example.com MX 10 a.example.",
                "example.com MX 20 b.example.",
                "sub.example.com A 192.0.2.1",
                "sub.example.com TXT \"a;b\"",
                "sub.example.com TXT \"cd\"",
                "sub.example.com TXT \"e\\\"f\"",
                "sub.example.com TXT \"g;h\"",
                "xn--caf-dma.example.com CNAME xn--bcher-kva.example.",
            ]
            .map(str::to_owned)
            .to_vec()
        )
    );
}

#[test]
fn octodns_texts_may_be_folded_quoted_and_escaped_and_keep_their_places() {
    let text = "a:\n  type: TXT\n  values:\n  - 'it''s one'\n  - \"x\\x41 \\\n     two\"\n  \
                - plain\n     three\n  - >-\n    folded\n    four\n  - |-\n    literal five\n  - &x !!str 'six'\n";
    let files = octodns(text);
    assert_eq!(errors(&files), [""; 0]);
    for piece in ["one", "two", "three", "four", "five", "six"] {
        assert_eq!(place_of(&files, piece), place_in(text.as_bytes(), piece), "{piece}");
    }
    assert_eq!(place_of(&files, "A two"), (5, 7));
}

#[test]
fn octodns_faults_have_their_places_and_reading_goes_on() {
    let files = octodns(
        "a: {type: A, value: 192.0.2.300}\nb: {ttl: 60}\nc: {type: A}\nd: {type: MX, value: {preference: 1}}\n\
         e: {type: CNAME, value: www}\nf: {type: TXT, ttl: long, value: x}\na: {type: A, value: 192.0.2.1}\n\
         g: {type: TXT, value: 'a\\9'}\nh: {type: A, values: [[192.0.2.1]]}\ni..j: {type: A, value: 192.0.2.1}\n\
         k: 7\nl: {type: CNAME, values: [a.b., c.d.]}\n",
    );
    let expected = [
        "1:21: expected an IPv4 address",
        "2:4: expected a record set with a type",
        "3:4: expected values or a value",
        "4:22: expected a word or a string as exchange or value",
        "6:21: expected a TTL in seconds",
        "7:1: duplicate key",
        "9:23: expected the fields of a record",
        "10:1: expected a domain name without empty labels",
        "11:4: expected a record set with a type",
        "12:33: expected one CNAME record at a name (RFC 1034 §3.6.2)",
    ];
    assert_eq!(errors(&files), expected.map(|it| format!("example.com.yaml:{it}")));
}

#[test]
fn octodns_types_that_only_a_provider_knows_are_told_and_not_denied() {
    let files = octodns("'': {type: ALIAS, value: a.example.}\nb: {type: LOC, value: {size: 1}}\n");
    assert_eq!(
        (
            notices(&files),
            said(&files, "example.com", Kind::A),
            said(&files, "b.example.com", Kind::Other(29))
        ),
        (
            vec![
                "example.com.yaml:1:12: example.com: ALIAS is not a DNS record type, skipped"
                    .to_owned(),
                "example.com.yaml:2:23: b.example.com: LOC records are skipped".to_owned(),
            ],
            vec!["left_out".to_owned()],
            vec!["left_out".to_owned()],
        )
    );
}

#[test]
fn octodns_sets_that_depend_on_who_asks_are_told_and_not_answered() {
    let files = octodns("a: {type: CNAME, value: b.example., dynamic: {pools: {x: {}}}}\n");
    assert_eq!(
        (notices(&files), said(&files, "a.example.com", Kind::Txt)),
        (
            vec!["example.com.yaml:1:4: a.example.com: geo-dependent answers".to_owned()],
            vec!["left_out".to_owned()]
        )
    );
}

#[test]
fn a_file_that_is_not_named_after_a_zone_is_refused() {
    assert_eq!(
        errors(&read("zones/production.yaml", b"a: {type: A, value: 192.0.2.1}")),
        [
            "zones/production.yaml:1:1: expected a file that is named after its zone, as in example.com.yaml"
        ]
    );
}

#[test]
fn yaml_that_asks_for_more_than_data_is_refused() {
    let faults = [
        "a: !include b.yaml\n",
        "a: &x {type: A}\nb: {<<: *x}\n",
        "a: &x [*x]\n",
        "a: 1\n---\nb: 2\n",
        "? [a]\n: 1\n",
        "a: [\n",
    ]
    .map(|text| errors(&octodns(text)).concat());
    assert_eq!(
        faults,
        [
            "1:4: tags such as !include are not supported: put the values here",
            "2:5: merge keys are not supported: write the values here",
            "1:8: expected an alias for a value that has come to its end",
            "2:1: expected one document, found another",
            "1:3: expected a key that is a word or a string",
            "2:1: expected YAML: while parsing a node, did not find expected node content",
        ]
        .map(|fault| format!("example.com.yaml:{fault}"))
    );
}

#[test]
fn an_alias_stands_for_its_value() {
    let files = octodns("a: &x {type: A, value: 192.0.2.1}\nb: *x\n");
    assert_eq!(said(&files, "b.example.com", Kind::A), ["192.0.2.1"]);
}

#[test]
fn a_record_set_that_every_name_shares_is_read_at_all_of_them() {
    let key = "k".repeat(400);
    let mut text = format!("a0: &key {{type: TXT, value: {key}}}\n");
    for number in 1..10_000 {
        text += &format!("a{number}: *key\n");
    }
    let files = octodns(&text);
    assert_eq!(
        (errors(&files), files.zones.iter().flat_map(Zone::records).count()),
        (vec![], 10_000)
    );
}

#[test]
fn aliases_of_aliases_do_not_grow_without_bound() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        text += &format!("a{level}: &a{level} [{below}]\n");
    }
    let files = octodns(&text);
    assert_eq!(files.errors.last().map(|error| error.kind), Some(ErrorKind::Limit));
}

#[test]
fn nesting_is_bounded_in_every_format() {
    let yaml = octodns(&format!("a: {}\n", "[".repeat(40)));
    let blocks = octodns(&format!("{}x\n", "- ".repeat(100_000)));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let json = dnscontrol(&format!(r#"{{"type":"TXT","name":"@","target":{deep}}}"#));
    let nested = r#"{"child_modules":["#.repeat(40) + &"]}".repeat(40);
    let modules = read("s.json", format!(r#"{{"values":{{"root_module":{nested}}}}}"#).as_bytes());
    let kinds = [yaml, blocks, json, modules].map(|it| it.errors.first().map(|error| error.kind));
    assert_eq!(kinds, [Some(ErrorKind::Limit); 4]);
}

// ----------------------------------------------------------------------------- dnscontrol

#[test]
fn dnscontrol_fields_may_stand_in_an_object_of_their_own() {
    let files = dnscontrol(
        r#"{"type":"MX","name":"@","target":"a.example.","Fields":{"Preference":0,"Mx":"a.example."}},
           {"type":"MX","name":"@","target":"b.example.","mxpreference":10},
           {"type":"TXT","name":"t","target":"ab","txtstrings":["a","b"]},
           {"type":"TXT","name":"u","target":"a \"q\" \\ \u00e9 \ud83d\ude00;\n"}"#,
    );
    assert_eq!(
        (errors(&files), records(&files.zones)),
        (
            vec![],
            [
                "example.com MX 0 a.example.",
                "example.com MX 10 b.example.",
                "t.example.com TXT \"a\" \"b\"",
                "u.example.com TXT \"a \\\"q\\\" \\\\ \\195\\169 \\240\\159\\152\\128;\\010\"",
            ]
            .map(str::to_owned)
            .to_vec()
        )
    );
}

#[test]
fn dnscontrol_views_of_a_zone_are_told_and_the_first_is_read() {
    let text = r#"{"domains":[
{"name":"example.com!in","records":[{"type":"A","name":"a","target":"192.0.2.1"}]},
{"name":"example.com!out","records":[{"type":"A","name":"a","target":"192.0.2.2"}]},
{"name":"example.org","keepunknown":true,"records":[]}]}"#;
    let files = read("ir.json", text.as_bytes());
    assert_eq!(
        (records(&files.zones), notices(&files)),
        (
            vec!["a.example.com A 192.0.2.1".to_owned()],
            vec![
                "ir.json:3:1: example.com is listed already: this view is skipped".to_owned(),
                "ir.json:4:1: example.org keeps unlisted records: only the listed ones are read"
                    .to_owned(),
            ]
        )
    );
}

#[test]
fn json_faults_have_their_places() {
    let faults = [
        "{\"domains\":[\n  {\"name\": \"example.com\",}]}",
        "{\"domains\":[{\"name\":\"example.com\",\"name\":\"b.c\"}]}",
        "{\"domains\":[{\"records\":[]}]}",
        "{\"domains\":[{\"name\":\"example.com\",\"records\":[{\"type\":\"A\",\"name\":\"a\",\n\"target\":\"x\"}]}]}",
        "{\"domains\":[{\"name\":\"example.com\",\"records\":[{\"type\":\"A\"}]}]}",
        "{\"domains\":[{\"name\":\"example.com\",\"records\":[{\"type\":\"A\",\"name\":\"\\ud800\"}]}]}",
        "{\"records\":[]}",
    ]
    .map(|text| errors(&read("a.json", text.as_bytes())).concat());
    assert_eq!(
        faults,
        [
            "2:26: expected JSON: key must be a string",
            "1:35: expected the key \"name\" once",
            "1:13: expected a domain with a name",
            "2:11: expected an IPv4 address",
            "1:46: expected a record with type and name",
            "1:66: expected an escape of JSON",
            "1:1: expected the output of terraform show -json or dnscontrol print-ir",
        ]
        .map(|fault| format!("a.json:{fault}"))
    );
}

// ----------------------------------------------------------------------------- Terraform

#[test]
fn what_a_plan_forgets_stays_as_it_is() {
    let before = r#"{"fqdn":"a.example","type":"A","ttl":60,"records":["192.0.2.1"]}"#;
    let text = format!(
        r#"{{"format_version":"1.2","resource_changes":[{{"address":"x","mode":"managed","type":"aws_route53_record","change":{{"actions":["forget"],"before":{before},"after":null}}}}]}}"#
    );
    let files = read("plan.json", text.as_bytes());
    assert_eq!(said(&files, "a.example", Kind::A), ["192.0.2.1"]);
}

#[test]
fn of_what_octodns_does_not_write_everywhere_nothing_is_claimed() {
    let text = "a:\n  type: A\n  value: 192.0.2.1\n  octodns:\n    ignored: true\n";
    let files = read("example.com.yaml", text.as_bytes());
    assert_eq!(said(&files, "a.example.com", Kind::A), ["left_out"]);
}

#[test]
fn a_plan_knows_what_was_before_and_answers_what_it_takes_away_as_empty() {
    let files = read(DOMAIN[3].0, DOMAIN[3].2);
    let before = files.before.as_ref().expect("what was before");
    let spf = |zone: &Zone| {
        let rows = records([zone]).into_iter();
        rows.filter(|row| row.contains("v=spf1")).collect::<Vec<_>>()
    };
    assert_eq!(
        (
            spf(before),
            said(&files, "old._domainkey.example.com", Kind::Txt),
            records([before]).iter().any(|row| row.starts_with("old._domainkey")),
            // Nobody knows what stands there before the plan makes it.
            before.authority(&Question::new(name("_dmarc.example.com"), Kind::Txt)),
        ),
        (
            vec![r#"example.com TXT "v=spf1 include:spf.protection.outlook.com -all""#.to_owned()],
            vec!["nodata".to_owned()],
            true,
            Verdict::NotMine,
        )
    );
}

#[test]
fn a_record_that_moves_leaves_an_empty_set_behind() {
    let values = |name: &str| {
        format!(
            r#"{{"name":"{name}.example.com.","type":"CNAME","ttl":60,"records":["b.example"]}}"#
        )
    };
    let files = plan(&values("a"), &values("c"), "{}");
    assert_eq!(
        [
            said(&files, "a.example.com", Kind::Cname),
            // Beside the alias that is gone there was nothing.
            said(&files, "a.example.com", Kind::Txt),
            said(&files, "c.example.com", Kind::Txt)
        ],
        [["nodata"], ["nodata"], ["alias b.example"]]
    );
}

#[test]
fn what_is_known_only_after_the_change_is_told_and_not_answered() {
    let files = plan(
        "null",
        r#"{"name":"a.example.com.","type":"TXT","ttl":60}"#,
        r#"{"records":[true],"fqdn":true}"#,
    );
    assert_eq!(
        (errors(&files), notices(&files), said(&files, "a.example.com", Kind::Txt)),
        (
            vec![],
            vec![
                "plan.json:1:156: aws_route53_record.x: its values are known only after apply"
                    .to_owned()
            ],
            vec!["left_out".to_owned()]
        )
    );
}

#[test]
fn a_name_whose_zone_is_not_there_is_told_and_not_guessed() {
    let files =
        plan("null", r#"{"name":"www","type":"A","records":["192.0.2.1"],"zone_id":"Z"}"#, "{}");
    assert_eq!(
        (records(&files.zones), files.notices.iter().map(|it| &it.remark).collect::<Vec<_>>()),
        (
            vec![],
            vec![&Remark::Skipped {
                what: "aws_route53_record.x: its name is not in the file".to_owned()
            }]
        )
    );
}

#[test]
fn values_of_route_53_have_octal_escapes_and_no_outer_quotes() {
    let files = state(
        "aws_route53_record",
        r#"{"name":"x","fqdn":"\\052.example.com","type":"TXT","ttl":60,"records":["a\\303\\251\" \"b\"\"c","\"d\" \"e\""]}"#,
    );
    assert_eq!(
        (errors(&files), records(&files.zones)),
        (
            vec![],
            vec![
                r#"*.example.com TXT "a\195\169" "b" "c""#.to_owned(),
                r#"*.example.com TXT "d" "e""#.to_owned()
            ]
        )
    );
}

#[test]
fn records_of_cloudflare_are_read_in_both_versions() {
    let rows = [
        (
            "cloudflare_record",
            r#"{"zone_id":"z1","name":"@","type":"TXT","value":"v=spf1 -all","ttl":1}"#,
        ),
        (
            "cloudflare_record",
            r#"{"zone_id":"z1","name":"a","type":"MX","content":"mx.example","priority":5}"#,
        ),
        (
            "cloudflare_record",
            r#"{"zone_id":"q","hostname":"b.example.com","name":"b","type":"CAA","data":[{"flags":"0","tag":"issue","value":"ca.example"}]}"#,
        ),
        (
            "cloudflare_dns_record",
            r#"{"zone_id":"q","name":"c.example.com","type":"SRV","priority":1,"data":{"priority":1,"weight":2,"port":3,"target":"d.example"}}"#,
        ),
        (
            "cloudflare_dns_record",
            r#"{"zone_id":"z1","name":"e.example.com","type":"TXT","content":"\"f\" \"g\""}"#,
        ),
        (
            "cloudflare_dns_record",
            r#"{"zone_id":"z1","name":"h.example.com","type":"A","content":"192.0.2.1","proxied":false}"#,
        ),
    ];
    assert_eq!(
        rows.map(|(kind, values)| {
            let files = state(kind, values);
            (errors(&files), notices(&files), records(&files.zones).concat())
        }),
        [
            "example.com TXT \"v=spf1 -all\"",
            "a.example.com MX 5 mx.example.",
            "b.example.com CAA 0 issue \"ca.example\"",
            "c.example.com SRV 1 2 3 d.example.",
            "e.example.com TXT \"f\" \"g\"",
            "h.example.com A 192.0.2.1",
        ]
        .map(|row| (vec![], vec![], row.to_owned()))
    );
}

#[test]
fn addresses_that_a_provider_chooses_are_not_claimed() {
    let rows = [
        (
            "cloudflare_record",
            r#"{"zone_id":"z1","name":"a","type":"A","content":"192.0.2.1","proxied":true}"#,
        ),
        (
            "cloudflare_record",
            r#"{"zone_id":"z1","name":"@","type":"CNAME","content":"b.example"}"#,
        ),
        (
            "aws_route53_record",
            r#"{"fqdn":"a.example.com","type":"A","alias":[{"name":"lb.example"}]}"#,
        ),
        (
            "aws_route53_record",
            r#"{"fqdn":"a.example.com","type":"A","records":["192.0.2.1"],"set_identifier":"eu"}"#,
        ),
        (
            "azurerm_dns_a_record",
            r#"{"name":"a","zone_name":"example.com","target_resource_id":"/x"}"#,
        ),
        (
            "google_dns_record_set",
            r#"{"name":"a.example.com.","type":"A","routing_policy":[{"wrr":[]}]}"#,
        ),
    ];
    let shown = rows.map(|(kind, values)| {
        let files = state(kind, values);
        let owner = if values.contains("\"@\"") { "example.com" } else { "a.example.com" };
        (notices(&files).len(), said(&files, owner, Kind::A).concat())
    });
    assert_eq!(shown, [(); 6].map(|()| (1, "left_out".to_owned())));
}

#[test]
fn records_of_google_and_azure_are_read() {
    let rows = [
        (
            "google_dns_record_set",
            r#"{"name":"a.example.com.","type":"TXT","ttl":300,"rrdatas":["\"x y\" \"z\""]}"#,
        ),
        (
            "azurerm_dns_txt_record",
            r#"{"name":"@","zone_name":"example.com","ttl":300,"record":[{"value":"v=spf1 -all"}]}"#,
        ),
        (
            "azurerm_dns_mx_record",
            r#"{"name":"a","zone_name":"example.com","record":[{"preference":"10","exchange":"mx.example"}]}"#,
        ),
        (
            "azurerm_dns_cname_record",
            r#"{"name":"a","zone_name":"example.com","record":"b.example"}"#,
        ),
        (
            "azurerm_dns_aaaa_record",
            r#"{"name":"a","zone_name":"example.com","records":["2001:db8::1"]}"#,
        ),
        (
            "azurerm_dns_srv_record",
            r#"{"name":"a","zone_name":"example.com","record":[{"priority":1,"weight":2,"port":3,"target":"b.example"}]}"#,
        ),
        (
            "azurerm_dns_caa_record",
            r#"{"name":"a","zone_name":"example.com","record":[{"flags":0,"tag":"issue","value":"ca.example"}]}"#,
        ),
    ];
    assert_eq!(
        rows.map(|(kind, values)| {
            let files = state(kind, values);
            (errors(&files), notices(&files), records(&files.zones).concat())
        }),
        [
            "a.example.com TXT \"x y\" \"z\"",
            "example.com TXT \"v=spf1 -all\"",
            "a.example.com MX 10 mx.example.",
            "a.example.com CNAME b.example.",
            "a.example.com AAAA 2001:db8::1",
            "a.example.com SRV 1 2 3 b.example.",
            "a.example.com CAA 0 issue \"ca.example\"",
        ]
        .map(|row| (vec![], vec![], row.to_owned()))
    );
}

#[test]
fn resources_of_other_providers_are_told() {
    let files = state("digitalocean_record", "{}");
    assert_eq!(
        notices(&files),
        ["state.json:1:164: resources of type digitalocean_record are skipped"]
    );
}

#[test]
fn a_version_that_is_not_known_is_refused() {
    assert_eq!(
        errors(&read("a.json", br#"{"format_version":"2.0","resource_changes":[]}"#)),
        ["a.json:1:19: expected format_version 0 or 1 of terraform show -json"]
    );
}

// ----------------------------------------------------------------------------- plain lists

#[test]
fn plain_lines_may_leave_out_ttl_class_and_final_dot() {
    let files = plain(
        "a.example A 192.0.2.1\r\n\n  # no\n; no\nb.example. 60 IN MX 10 c.example\nd.\tIN\t60\tTXT\tx; y \\ \"z\"  \ne. TXT \"f\" \"g\"\n",
    );
    assert_eq!(
        (errors(&files), records(&files.zones)),
        (
            vec![],
            [
                "a.example A 192.0.2.1",
                "b.example MX 10 c.example.",
                "d TXT \"x; y \\\\ \\\"z\\\"\"",
                "e TXT \"f\" \"g\""
            ]
            .map(str::to_owned)
            .to_vec()
        )
    );
}

#[test]
fn plain_faults_have_their_places() {
    let files = plain(
        "a.\na. 1y TXT x\na. NOPE x\n  a. A 192.0.2.1 b\na. TXT\na. TXT \"b\na. MX 1 b ; c\na TXT b\n",
    );
    assert_eq!(
        errors(&files),
        [
            "1:3: expected a record type",
            "2:4: expected a TTL or a record type",
            "3:4: expected a record type",
            "4:18: expected the end of the record",
            "5:7: expected a string",
            "6:8: expected a closing quote on the same line",
            "8:1: expected an absolute name, as in _dmarc.example.com: neither the file nor its name \
             says which zone it is; give FILE=NAME",
        ]
        .map(|fault| format!("list.txt:{fault}"))
    );
}

#[test]
fn a_list_of_relative_names_asks_once_for_its_zone_and_is_read_with_it() {
    let lists = [
        ("dns.csv", "name,type,value\nwww,A,192.0.2.1\n@,TXT,a\nmail.example.com,A,192.0.2.2\n"),
        (
            "dns.tsv",
            "name\ttype\tvalue\nwww\tA\t192.0.2.1\n@\tTXT\ta\nmail.example.com\tA\t192.0.2.2\n",
        ),
        ("list.txt", "www A 192.0.2.1\nexample.com TXT a\nmail.example.com A 192.0.2.2\n"),
    ];
    for (file, text) in lists {
        let files = read(file, text.as_bytes());
        let [fault] = files.errors.as_slice() else { panic!("{file}: {:?}", files.errors) };
        assert!(fault.what.ends_with("give FILE=NAME"), "{file}: {fault}");
        let zone = Name::from_unicode("example.com").expect("a name");
        let files = read_with(None, file, Some(&zone), text.as_bytes());
        let owners = files.zones.iter().flat_map(Zone::owners).map(ToString::to_string);
        let mut owners: Vec<String> = owners.collect();
        owners.sort();
        let expected = ["example.com", "mail.example.com", "www.example.com"].map(str::to_owned);
        assert_eq!((files.errors.len(), owners), (0, expected.to_vec()), "{file}");
    }
}

// ----------------------------------------------------------------------------- any octets

/// Text made of what means something in these formats.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = proptest::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "'",
        "\\",
        "\n",
        " ",
        "  ",
        "- ",
        "? ",
        "|\n",
        ">-\n",
        "&a ",
        "*a",
        "!x ",
        "# ",
        "type",
        "value: ",
        "\"type\":",
        "\"TXT\"",
        "A",
        "MX",
        "values:\n",
        "ttl: 60\n",
        "\"domains\":",
        "\"records\":",
        "\"name\":",
        "\"example.com\"",
        "\\u00e9",
        "\\ud83d",
        "\u{e9}",
        "\u{2028}",
        "\0",
        "---\n",
        "...\n",
        "<<",
        "null",
        "1",
        "\t",
        "\r\n",
        "\u{feff}",
    ]);
    proptest::collection::vec(pieces, 0..80).prop_map(|pieces| pieces.concat())
}

/// Every place is in the text.
fn check(format: Format, text: &[u8]) -> Result<(), TestCaseError> {
    let files = read_as(format, "example.com.yaml", text);
    let lines = 1 + text.iter().filter(|octet| **octet == b'\n').count() as u32;
    let errors = files.errors.iter().map(|error| &error.place);
    for place in errors.chain(files.notices.iter().map(|notice| &notice.place)) {
        prop_assert!(place.line <= lines && place.column as usize <= text.len() + 1, "{place}");
    }
    for (_, _, record) in files.zones.iter().flat_map(Zone::records) {
        if let (Some(place), Data::Txt(_)) = (&record.place, &record.data) {
            let (line, column) = place.of(0);
            prop_assert!(line <= lines && column as usize <= text.len() + 1);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_read_and_every_place_is_in_it(text in hostile()) {
        for format in Format::ALL {
            check(format, text.as_bytes())?;
        }
    }

    #[test]
    fn any_octets_are_read(text in proptest::collection::vec(any::<u8>(), 0..300)) {
        for format in Format::ALL {
            check(format, &text)?;
        }
    }

    #[test]
    fn any_value_of_a_record_is_read(text in hostile()) {
        let quoted = serde_json::to_string(&text).expect("a string");
        let members = format!(r#"{{"type":"TXT","name":"@","target":{quoted}}}"#);
        let json = format!(r#"{{"domains":[{{"name":"example.com","records":[{members}]}}]}}"#);
        check(Format::DnsControl, json.as_bytes())?;
        let read = records(&dnscontrol(&members).zones);
        let wanted = Data::from_text(text.as_bytes());
        prop_assert_eq!(read, [format!("example.com TXT {}", presentation::write(Kind::Txt, &wanted))]);
        check(Format::OctoDns, format!("a: {{type: TXT, value: {quoted}}}").as_bytes())?;
    }
}
