use super::*;
use crate::dns::{Answer, Place};
use proptest::prelude::*;

/// The beginning of a zone that speaks for all of example.com.
const SOA: &str = "$ORIGIN example.com.\n@ 1h SOA ns admin 1 2h 1h 2w 15m\n@ NS ns\n";

fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("a test writes valid names")
}

fn zone(text: &str) -> Zone {
    Zone::read("new.zone", None, text.as_bytes()).strict().expect("a test writes valid zones")
}

/// The records of example.com after its SOA and NS.
fn example(text: &str) -> Zone {
    zone(&format!("{SOA}{text}"))
}

fn faults(text: &str) -> Vec<String> {
    let reading = Zone::read("new.zone", Some(&name("example.com")), text.as_bytes());
    reading.errors.iter().map(ToString::to_string).collect()
}

fn ask(zone: &Zone, owner: &str, kind: Kind) -> Answer {
    zone.resolve(&Question::new(name(owner), kind))
}

/// Texts of an answer, or the word for what else came back.
fn said(zone: &Zone, owner: &str, kind: Kind) -> Vec<String> {
    let answer = ask(zone, owner, kind);
    match &answer.outcome {
        Outcome::Records(records) => {
            records.iter().map(|record| presentation::write(kind, &record.data)).collect()
        }
        outcome => vec![outcome.word().to_owned()],
    }
}

fn txt(zone: &Zone, owner: &str) -> Vec<String> {
    said(zone, owner, Kind::Txt)
}

// ----------------------------------------------------------------------------- reading

#[test]
fn strings_inside_parentheses_may_stand_on_several_lines() {
    let zone = example("_dmarc TXT ( \"v=DMARC1; p=reject;\" ; why\n  \"rua=mailto:a@b.c\"\n)\n");
    assert_eq!(txt(&zone, "_dmarc.example.com"), ["\"v=DMARC1; p=reject;\" \"rua=mailto:a@b.c\""]);
}

#[test]
fn a_space_in_a_quoted_string_inside_parentheses_splits_nothing() {
    assert_eq!(txt(&example("a TXT ( \"a b\" )"), "a.example.com"), ["\"a b\""]);
}

#[test]
fn owner_class_and_ttl_may_be_left_out_and_come_in_any_order() {
    let zone =
        example("a 60 IN TXT one\na IN 60 TXT two\n TXT three\n\t60 TXT four\n IN TXT five\n");
    assert_eq!(
        txt(&zone, "a.example.com"),
        ["\"one\"", "\"two\"", "\"three\"", "\"four\"", "\"five\""]
    );
}

#[test]
fn times_to_live_are_read_with_units() {
    let zone = example("$TTL 1h\na TXT x\nb 1h30m TXT x\nc 1W TXT x\nd 7 TXT x\n");
    let ttls = ["a", "b", "c", "d"].map(|owner| {
        ask(&zone, &format!("{owner}.example.com"), Kind::Txt).ttl.expect("a time to live")
    });
    assert_eq!(ttls, [3600, 5400, 604_800, 7]);
}

#[test]
fn a_record_without_ttl_takes_the_last_one_given() {
    assert_eq!(ask(&example("a 60 TXT x\nb TXT x\n"), "b.example.com", Kind::Txt).ttl, Some(60));
}

#[test]
fn the_origin_may_change_and_may_be_relative() {
    let zone = example("$ORIGIN sub\n@ TXT here\n$ORIGIN example.com.\nx TXT there\n");
    assert_eq!(
        [txt(&zone, "sub.example.com"), txt(&zone, "x.example.com")],
        [["\"here\""], ["\"there\""]]
    );
}

#[test]
fn an_absolute_soa_owner_is_the_origin_if_nothing_else_is() {
    let zone = zone("example.org. 60 IN SOA ns admin 1 2 3 4 5\nwww A 192.0.2.1\n");
    assert_eq!(said(&zone, "www.example.org", Kind::A), ["192.0.2.1"]);
}

#[test]
fn a_relative_name_without_origin_is_a_fault() {
    let reading = Zone::read("new.zone", None, b"www 60 A 192.0.2.1\n");
    assert_eq!(
        reading.errors.first().map(ToString::to_string).as_deref(),
        Some(
            "new.zone:1:1: expected an absolute name, with a final dot: neither the file nor its name \
             says which zone it is; give FILE=NAME"
        )
    );
}

#[test]
fn escapes_are_read_by_number_and_by_character() {
    let zone = example("a TXT \"\\\"\\092\\;\\000\"\nb\\.c TXT x\nodd\\032name TXT y\n");
    let odd = Name::from_labels([b"b.c".as_slice(), b"example", b"com"]).expect("a name");
    assert_eq!(
        (
            txt(&zone, "a.example.com"),
            zone.resolve(&Question::new(odd, Kind::Txt)).records().len(),
            txt(&zone, "odd name.example.com")
        ),
        (vec![r#""\"\\;\000""#.to_owned()], 1, vec!["\"y\"".to_owned()])
    );
}

#[test]
fn labels_with_underscores_are_names_as_any_other() {
    assert_eq!(txt(&example("s1_2._domainkey TXT x"), "s1_2._domainkey.example.com"), ["\"x\""]);
}

#[test]
fn the_retired_type_and_unknown_types_are_read() {
    let zone = example("a SPF \"v=spf1 -all\"\nb TYPE65280 \\# 3 abcdef\n");
    assert_eq!(
        [said(&zone, "a.example.com", Kind::Spf), said(&zone, "b.example.com", Kind::Other(65280))],
        [["\"v=spf1 -all\""], ["\\# 3 abcdef"]]
    );
}

#[test]
fn types_that_hardly_anybody_holds_are_no_faults() {
    let text = "a DSYNC CDS NOTIFY 53 x.\na RESINFO qnamemin\na L32 10 10.1.2.0\na X25 1234\n";
    assert_eq!(faults(text), [""; 0]);
    assert_eq!(said(&example(text), "a.example.com", Kind::Other(66)), ["left_out"]);
}

#[test]
fn carriage_returns_and_a_byte_order_mark_change_nothing() {
    let zone = zone("\u{feff}a.example. 60 TXT \"x\"\r\n 60 TXT \"y\"\r\n");
    assert_eq!(txt(&zone, "a.example"), ["\"x\"", "\"y\""]);
}

#[test]
fn records_of_dnssec_are_known_and_what_they_say_is_not() {
    let zone = example("@ DNSKEY 257 3 13 AAAA\n@ RRSIG SOA 13 2 3600 ( 1 2 3 x y )\n");
    let failure = ask(&zone, "example.com", Kind::Other(48)).failure().cloned();
    assert_eq!(
        failure.map(|failure| failure.detail).as_deref(),
        Some("DNSKEY records are not in the file as data")
    );
}

#[test]
fn two_records_alike_are_one() {
    assert_eq!(txt(&example("a TXT x\na TXT y\na TXT \"x\"\n"), "a.example.com").len(), 2);
}

// ----------------------------------------------------------------------------- places

#[test]
fn every_record_knows_its_line_and_column() {
    let zone = example("a TXT x\n   TXT y\n");
    let answer = ask(&zone, "a.example.com", Kind::Txt);
    let places: Vec<String> = answer
        .records()
        .iter()
        .filter_map(|record| record.place.as_ref().map(ToString::to_string))
        .collect();
    assert_eq!(places, ["new.zone:4:1", "new.zone:5:4"]);
}

#[test]
fn an_octet_of_a_text_is_found_across_strings_and_escapes() {
    // The text is `ab"cdé!ef`; é has two octets and one column.
    let zone = zone("a.example. 60 TXT ( \"ab\\034cdé!\"\n  \"ef\" )\n");
    let place = text_place(&zone);
    let columns = (0..10).map(|offset| place.of(offset));
    let first = [22, 23, 24, 28, 29, 30, 30, 31].map(|column| (1, column));
    assert_eq!(columns.collect::<Vec<_>>(), [&first[..], &[(2, 4), (2, 5)]].concat());
}

#[test]
fn columns_count_characters_far_into_a_long_line() {
    let zone = zone(&format!("a.example. 60 TXT ( \"{}\" \"x\" )\n", "é".repeat(120)));
    assert_eq!(text_place(&zone).of(240), (1, 145));
}

/// The place of the TXT record of a.example.
fn text_place(zone: &Zone) -> Place {
    let answer = ask(zone, "a.example", Kind::Txt);
    answer.records().first().and_then(|record| record.place.clone()).expect("a place")
}

// ----------------------------------------------------------------------------- faults

#[test]
fn each_fault_has_its_place_and_reading_goes_on() {
    let text = "a TXT ok\nb A 192.0.2.300\nc MX ten mail\nd NOPE x\ne TXT \"open\nf CH TXT x\n\
                g TXT \"a\\999\"\nh 1y TXT x\ni AAAA\nj A 192.0.2.1 2\nk TXT\nl TXT a) b\nm TXT ok\n";
    let expected = [
        "2:5: expected an IPv4 address",
        "3:6: expected a number from 0 to 65535",
        "4:3: expected a record type",
        "5:7: expected a closing quote on the same line",
        "6:3: expected class IN (the only supported class)",
        "7:9: expected three digits from 000 to 255 after the backslash",
        "8:3: expected a TTL or a record type",
        "9:7: expected an IPv6 address",
        "10:15: expected the end of the record",
        "11:6: expected a string",
        "12:8: expected an opening parenthesis before this one",
    ];
    assert_eq!(faults(text), expected.map(|fault| format!("new.zone:{fault}")));
}

#[test]
fn every_fault_says_of_which_kind_it_is() {
    let text = "a TXT \"open\n$NOPE\nb..c TXT x\na 1y TXT x\na CH TXT x\na NOPE x\na A x\n\
                a MX 1 b..c\na SOA n a 1 2 3 4 5\na SOA n a 1 2 3 4 6\nx.example.org. A 192.0.2.1\n\
                b.a CNAME d\nb.a TXT x\nc.a CNAME d\nc.a CNAME e\n$INCLUDE x\n";
    let text = format!("{text}a TXT {}\n", "x".repeat(256));
    let reading = Zone::read("f", Some(&name("example.com")), text.as_bytes());
    let kinds: Vec<ErrorKind> = reading.errors.iter().map(|error| error.kind).collect();
    assert_eq!(
        kinds,
        [
            ErrorKind::Syntax,
            ErrorKind::Syntax,
            ErrorKind::Name,
            ErrorKind::Ttl,
            ErrorKind::Class,
            ErrorKind::Type,
            ErrorKind::Data,
            ErrorKind::Name,
            ErrorKind::SecondSoa,
            ErrorKind::OutOfZone,
            ErrorKind::Alias,
            ErrorKind::SecondAlias,
            ErrorKind::Refused,
            ErrorKind::LongString,
        ]
    );
}

#[test]
fn a_file_with_faults_still_gives_its_other_records() {
    let reading = Zone::read("f", Some(&name("x")), b"a A 1\nb TXT (\n\"y\"\n\nc A 192.0.2.1\n");
    let names: Vec<String> = reading.zone.records().map(|row| row.0.to_string()).collect();
    assert_eq!(names, ["c.x"]);
}

#[test]
fn an_open_parenthesis_is_reported_where_it_opens() {
    assert_eq!(
        faults("a TXT x\nb TXT ( \"y\"\n\nc TXT ( z )\n").first().map(String::as_str),
        Some("new.zone:2:7: expected a closing parenthesis for this one")
    );
}

#[test]
fn a_string_of_256_octets_is_a_fault() {
    assert_eq!(
        faults(&format!("a TXT \"{}\"\n", "x".repeat(256))),
        ["new.zone:1:8: expected a string of at most 255 octets: split it into several"]
    );
}

#[test]
fn other_files_are_not_opened() {
    assert_eq!(
        faults("$INCLUDE /etc/passwd\n$DATE\n"),
        [
            "new.zone:1:1: $INCLUDE: the file is not read",
            "new.zone:2:1: expected $ORIGIN, $TTL, $INCLUDE or $GENERATE"
        ]
    );
}

#[test]
fn records_are_not_given_to_another_owner_when_theirs_cannot_be_read() {
    let reading = Zone::read("f", Some(&name("x")), b"a TXT a\nb..c TXT b\n TXT c\n");
    assert_eq!((reading.zone.records().count(), reading.errors.len()), (1, 1));
}

#[test]
fn relative_names_do_not_fall_back_to_the_origin_before_a_bad_one() {
    let reading = Zone::read("f", Some(&name("x")), b"$ORIGIN a..b.\nc TXT x\n");
    assert_eq!((reading.zone.records().count(), reading.errors.len()), (0, 2));
}

#[test]
fn a_record_outside_the_zone_is_a_fault() {
    let reading = Zone::read("f", None, format!("{SOA}www.example.org. A 192.0.2.1\n").as_bytes());
    assert_eq!(
        reading.errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["f:4:1: expected names in the zone example.com"]
    );
}

#[test]
fn the_soa_that_ends_a_transfer_is_no_fault() {
    assert_eq!(faults(&format!("{SOA}@ 1h SOA ns admin 1 2h 1h 2w 15m\n")), [""; 0]);
}

#[test]
fn the_first_soa_names_the_zone() {
    let text = format!("{SOA}a.example.org. 60 SOA ns admin 1 2 3 4 5\n");
    let zone = Zone::read("new.zone", None, text.as_bytes()).zone;
    assert_eq!(zone.apex(), Some(&name("example.com")));
}

#[test]
fn a_second_soa_is_a_fault() {
    assert_eq!(
        faults(&format!("{SOA}@ SOA ns admin 1 2 3 4 5\n")),
        ["new.zone:4:1: expected one SOA record, found another"]
    );
}

#[test]
fn an_alias_beside_other_records_is_a_fault_and_so_are_two() {
    assert_eq!(
        faults("a CNAME b\na TXT x\nc CNAME d\nc CNAME e\n"),
        [
            "new.zone:1:1: expected no other records beside a CNAME, TXT is here (RFC 1034 §3.6.2)",
            "new.zone:4:1: expected one CNAME record at a name (RFC 1034 §3.6.2)"
        ]
    );
}

#[test]
fn faults_beyond_a_hundred_are_counted() {
    let reading = Zone::read("f", Some(&name("x")), "a A 1\n".repeat(150).as_bytes());
    assert_eq!((reading.errors.len(), reading.omitted), (100, 50));
}

#[test]
fn a_record_set_does_not_outgrow_a_message() {
    let string = format!("a TXT \"{}\"\n", "x".repeat(255));
    let text: String = (100..400).map(|n| string.replacen("xxx", &n.to_string(), 1)).collect();
    let reading = Zone::read("f", Some(&name("x")), text.as_bytes());
    // 65,535 octets hold 244 records of 256 octets and 12 more each.
    assert_eq!((reading.zone.records().count(), reading.errors.len()), (244, 56));
}

// ----------------------------------------------------------------------------- $GENERATE

/// Owners and data of what a directive generates.
fn generated(directive: &str) -> Vec<String> {
    let text = format!("$ORIGIN x.\n$TTL 60\n$GENERATE {directive}\n");
    let zone = zone(&text);
    let rows = zone.records();
    rows.map(|(name, kind, record)| format!("{name} {}", presentation::write(kind, &record.data)))
        .collect()
}

#[test]
fn a_pattern_is_filled_with_each_number_of_its_range() {
    assert_eq!(
        generated("1-5/2 h$ A 192.0.2.$"),
        ["h1.x 192.0.2.1", "h3.x 192.0.2.3", "h5.x 192.0.2.5"]
    );
}

#[test]
fn offset_width_and_radix_shape_a_number() {
    let text = "a${0}b${-1,2}c${1,3,o}d${0,0,x}e${0,3,X}f${0,0,n}g${0,5,N}h";
    assert_eq!(
        generated(&format!("26-26 x 60 IN TXT \"{text}\"")),
        ["x.x \"a26b25c033d1ae01Afa.1gA.1.0h\""]
    );
}

#[test]
fn two_dollar_signs_and_an_escaped_one_are_a_dollar_sign() {
    assert_eq!(generated("1-1 a TXT $$-\\$-$"), ["a.x \"$-$-1\""]);
}

#[test]
fn data_of_several_words_stands_in_quotes() {
    assert_eq!(
        generated("1-1 a MX \"1$ mx$\"")
            .into_iter()
            .chain(generated("1-1 a TXT \"\\\"b $\\\" c\""))
            .collect::<Vec<_>>(),
        ["a.x 11 mx1.x.", "a.x \"b 1\" \"c\""]
    );
}

#[test]
fn what_generate_cannot_mean_is_a_fault() {
    let bad = [
        "2-1 a A 192.0.2.$",
        "1-2/0 a A 192.0.2.1",
        "1-2",
        "1-2 a",
        "1-2 a A",
        "1-2 a MX 1 b",
        "1-2 a A 192.0.2.${x}",
        "1-2 a A 192.0.2.${-2}",
        "1-2 a${1 A 192.0.2.1",
        "1-2 a NOPE x",
        "1-300 a A 192.0.2.$",
        "1-2 $..a A 192.0.2.1",
    ];
    let faults = bad.map(|text| faults(&format!("$GENERATE {text}\n")).join("; "));
    let place = |fault: &String| fault.split(": ").next().unwrap_or_default().to_owned();
    assert_eq!(
        faults.each_ref().map(place),
        ["11", "11", "14", "16", "18", "22", "19", "19", "15", "17", "21", "15"]
            .map(|column| format!("new.zone:1:{column}")),
        "{faults:#?}"
    );
}

#[test]
fn a_file_generates_at_most_65536_records() {
    let reading = Zone::read(
        "f",
        Some(&name("x")),
        b"$GENERATE 1-65536 a$ A 192.0.2.1\n$GENERATE 1-1 b A 192.0.2.1\n",
    );
    assert_eq!(
        (
            reading.zone.records().count(),
            reading.errors.iter().map(|it| it.kind).collect::<Vec<_>>()
        ),
        (65_536, vec![ErrorKind::Limit])
    );
}

#[test]
fn a_pattern_does_not_outgrow_its_side() {
    assert_eq!(
        faults(&format!("$GENERATE 1-9 a TXT {}\n", "${0,127}".repeat(9))),
        ["new.zone:1:21: expected at most 1024 octets on either side of a record"]
    );
}

// ----------------------------------------------------------------------------- comments

/// Place, rules and their columns, reason, lines.
type Row = (String, Vec<String>, String, (u32, u32));

fn ignores(text: &str) -> Vec<Row> {
    let reading = Zone::read("f", Some(&name("x")), text.as_bytes());
    assert_eq!(reading.errors, []);
    let rules = |ignore: &Ignore| {
        ignore.rules.iter().map(|rule| format!("{} {}", rule.id, rule.place.column)).collect()
    };
    let row = |it: &Ignore| (it.place.to_string(), rules(it), it.reason.clone(), it.lines);
    reading.ignores.iter().map(row).collect()
}

#[test]
fn a_comment_behind_an_entry_is_about_its_lines() {
    assert_eq!(
        ignores("a TXT ( x\n ; mailcheck: ignore[spf/a, mx/b_2] old  \r\n y )\nb TXT x\n"),
        [("f:2:2".into(), vec!["spf/a 22".into(), "mx/b_2 29".into()], "old".into(), (1, 3))]
    );
}

#[test]
fn a_comment_on_its_own_line_is_about_the_next_record() {
    let text = ";mailcheck:ignore[spf/a] one\n; why\n\n;  mailcheck:  ignore[ spf/b ]  two\n\
                $TTL 5\na TXT x\nb TXT x ; mailcheck me\n";
    let about = ignores(text).into_iter().map(|row| (row.2, row.3)).collect::<Vec<_>>();
    assert_eq!(about, [("one".into(), (6, 6)), ("two".into(), (6, 6))]);
}

#[test]
fn a_comment_that_is_meant_for_us_and_not_understood_is_a_fault() {
    let text = "a TXT a ; mailcheck: ignroe[spf/a] x\na TXT b ; mailcheck: ignore[spf/a]\n\
                a TXT c ; mailcheck: ignore[SPF] x\na TXT d ; mailcheck: ignore[spf/a x\n\
                a TXT e ; mailcheck: ignore[] x\na TXT f ; mailcheck: ignore[spf/a]x\n\
                $TTL 5 ; mailcheck: ignore[spf/a] x\n; mailcheck: ignore[spf/a] x\n";
    let reading = Zone::read("f", Some(&name("x")), text.as_bytes());
    let faults: Vec<String> = reading.errors.iter().map(ToString::to_string).collect();
    assert!(reading.errors.iter().all(|error| error.kind == ErrorKind::Comment));
    assert_eq!(
        faults,
        [
            "f:1:22: expected ignore[family/name] and a reason after \"mailcheck:\"",
            "f:2:35: expected a reason after the names of the rules",
            "f:3:29: expected the name of a rule, as in spf/too-many-lookups",
            "f:4:22: expected a closing bracket after the names of the rules",
            "f:5:29: expected the name of a rule, as in spf/too-many-lookups",
            "f:6:35: expected a reason after the names of the rules",
            "f:7:8: expected a record that the comment is about",
            "f:8:1: expected a record that the comment is about",
        ]
    );
}

// ----------------------------------------------------------------------------- notices

fn notices(text: &str) -> Vec<String> {
    let reading = Zone::read("new.zone", None, text.as_bytes());
    assert_eq!(reading.errors, []);
    reading.notices.iter().map(ToString::to_string).collect()
}

#[test]
fn a_record_listed_twice_is_a_notice_with_both_places() {
    assert_eq!(
        notices("a.example. 60 TXT x\nb.example. 60 TXT x\n\nA.example. 60 IN TXT \"x\"\n"),
        ["new.zone:4:1: a.example TXT repeats new.zone:1:1"]
    );
}

#[test]
fn times_to_live_that_differ_within_a_set_are_one_notice() {
    assert_eq!(
        notices("a.example. 60 TXT x\n 60 TXT y\n 1h TXT z\n 5 TXT w\n 5 A 192.0.2.1\n"),
        ["new.zone:3:2: a.example TXT has TTL 3600 here and TTL 60 at new.zone:1:1"]
    );
}

#[test]
fn a_time_to_live_of_the_soa_record_counts_where_none_is_written() {
    let zone = "a.example. SOA n a 1 2 3 4 5\n TXT x\n 6 TXT y\n";
    assert_eq!(
        notices(zone),
        ["new.zone:3:2: a.example TXT has TTL 6 here and TTL 5 at new.zone:2:2"]
    );
}

#[test]
fn notices_beyond_a_hundred_are_counted() {
    let reading = Zone::read("f", Some(&name("x")), "a TXT x\n".repeat(151).as_bytes());
    assert_eq!((reading.notices.len(), reading.omitted_notices), (100, 50));
}

// ----------------------------------------------------------------------------- authority

#[test]
fn a_name_without_the_type_is_no_data_and_a_name_that_is_not_there_is_nxdomain() {
    let zone = example("a TXT x\n");
    assert_eq!(
        [said(&zone, "a.example.com", Kind::Mx), said(&zone, "b.example.com", Kind::Mx)],
        [["nodata"], ["nxdomain"]]
    );
}

#[test]
fn absence_lives_as_long_as_the_soa_record_says() {
    assert_eq!(ask(&example(""), "b.example.com", Kind::Mx).ttl, Some(900));
}

#[test]
fn a_name_with_names_below_it_exists() {
    let zone = example("s1._domainkey TXT x\n");
    assert_eq!(
        [txt(&zone, "_domainkey.example.com"), txt(&zone, "_dmarc.example.com")],
        [["nodata"], ["nxdomain"]]
    );
}

#[test]
fn a_wildcard_that_only_has_names_below_it_is_no_data() {
    assert_eq!(txt(&example("a.* TXT x\n"), "b.example.com"), ["nodata"]);
}

#[test]
fn a_name_that_begins_as_another_is_not_below_it() {
    let zone = example("a.bc TXT x\n");
    assert_eq!(txt(&zone, "b.example.com"), ["nxdomain"]);
}

#[test]
fn records_are_listed_from_the_apex_down() {
    let zone = example("b TXT x\nx.a TXT x\na TXT x\n");
    let mut names: Vec<String> = zone.records().map(|row| row.0.to_string()).collect();
    names.dedup();
    assert_eq!(names, ["example.com", "a.example.com", "x.a.example.com", "b.example.com"]);
}

#[test]
fn a_wildcard_answers_for_names_that_do_not_exist() {
    let zone = example("* TXT wild\n*.sub TXT sub\na.b TXT x\n");
    let said = |owner| txt(&zone, owner).concat();
    assert_eq!(
        [
            said("any.example.com"),
            said("any.at.all.example.com"),
            said("any.sub.example.com"),
            // An existing name stands between: "b" exists, so nothing is made up below it.
            said("c.b.example.com"),
            said("b.example.com"),
            said("sub.example.com"),
        ],
        ["\"wild\"", "\"wild\"", "\"sub\"", "nxdomain", "nodata", "nodata"]
    );
}

#[test]
fn a_wildcard_of_another_type_is_no_data() {
    assert_eq!(said(&example("* TXT wild\n"), "a.example.com", Kind::A), ["nodata"]);
}

#[test]
fn aliases_are_followed_inside_the_zone() {
    let zone = example("a CNAME b\nb 30 CNAME c\nc TXT x\n");
    let answer = ask(&zone, "a.example.com", Kind::Txt);
    assert_eq!(
        (answer.records().len(), answer.aliases, answer.ttl),
        (1, vec![name("b.example.com"), name("c.example.com")], Some(30))
    );
}

#[test]
fn an_alias_asked_for_as_such_is_not_followed() {
    assert_eq!(said(&example("a CNAME b\n"), "a.example.com", Kind::Cname), ["b.example.com."]);
}

#[test]
fn an_alias_to_a_name_that_is_not_there_is_nxdomain_with_the_alias() {
    let answer = ask(&example("a CNAME b\n"), "a.example.com", Kind::Txt);
    assert_eq!((answer.outcome, answer.aliases), (Outcome::NxDomain, vec![name("b.example.com")]));
}

#[test]
fn a_loop_of_aliases_is_a_failure() {
    let answer = ask(&example("a CNAME b\nb CNAME a\n"), "a.example.com", Kind::Txt);
    assert_eq!(answer.failure(), Some(&Failure::alias_loop()));
}

#[test]
fn sixteen_aliases_are_followed_and_seventeen_are_not() {
    let links = |n: u32| (0..n).map(|i| format!("a{i} CNAME a{}\n", i + 1)).collect::<String>();
    let said = [16, 17]
        .map(|n| txt(&example(&format!("{}a{n} TXT x\n", links(n))), "a0.example.com").concat());
    assert_eq!(said, ["\"x\"", "servfail"]);
}

#[test]
fn a_dname_moves_the_names_below_it() {
    let zone = example("old DNAME new\na.b.new TXT x\n");
    let answer = ask(&zone, "a.b.old.example.com", Kind::Txt);
    assert_eq!((answer.records().len(), answer.aliases), (1, vec![name("a.b.new.example.com")]));
}

#[test]
fn an_alias_below_a_dname_is_the_answer_to_a_question_for_it() {
    let zone = example("old DNAME new\nb.new TXT x\n");
    assert_eq!(said(&zone, "b.old.example.com", Kind::Cname), ["b.new.example.com."]);
}

#[test]
fn a_delegated_name_belongs_to_somebody_else() {
    let zone = example("sub NS ns.other.example.\nns.sub A 192.0.2.1\n");
    let verdicts = ["sub.example.com", "x.sub.example.com", "ns.sub.example.com", "example.org"]
        .map(|owner| zone.authority(&Question::new(name(owner), Kind::A)));
    assert!(verdicts.iter().all(|verdict| *verdict == Verdict::NotMine), "{verdicts:?}");
}

#[test]
fn the_servers_of_the_zone_itself_are_no_delegation() {
    assert_eq!(said(&example(""), "example.com", Kind::Ns), ["ns.example.com."]);
}

#[test]
fn an_alias_out_of_the_zone_names_its_target() {
    let zone = example("a 60 CNAME b.example.org.\n");
    assert_eq!(
        zone.authority(&Question::new(name("a.example.com"), Kind::Txt)),
        Verdict::Alias { target: name("b.example.org"), ttl: Some(60) }
    );
}

#[test]
fn a_file_without_soa_speaks_only_for_what_it_lists() {
    let zone = zone("$ORIGIN example.com.\n@ TXT x\na CNAME b\n* TXT wild\n");
    let mine = |owner, kind| zone.authority(&Question::new(name(owner), kind)) != Verdict::NotMine;
    assert_eq!(
        [
            mine("example.com", Kind::Txt),
            mine("a.example.com", Kind::Txt),
            mine("example.com", Kind::Mx),
            mine("www.example.com", Kind::Txt),
        ],
        [true, true, false, false]
    );
}

#[test]
fn offline_a_name_outside_is_unknown_and_never_absent() {
    let with_soa = ask(&example(""), "example.org", Kind::Txt);
    let without = ask(&zone("a.example. 60 TXT x\n"), "b.example", Kind::Txt);
    assert_eq!(
        [with_soa.failure(), without.failure()].map(Option::<&Failure>::cloned),
        [("example.org TXT", ()), ("b.example TXT", ())].map(|(question, ())| Some(
            Failure::because(Trouble::NotQueried, format!("{question} is not in new.zone"))
        ))
    );
}

#[test]
fn offline_an_alias_out_of_the_zone_ends_in_a_failure_that_keeps_it() {
    let answer = ask(&example("a CNAME b.example.org.\n"), "a.example.com", Kind::Txt);
    assert_eq!(
        (answer.outcome.word(), answer.aliases),
        ("not_queried", vec![name("b.example.org")])
    );
}

#[test]
fn an_answer_says_which_file_it_comes_from() {
    let answer = ask(&example("a TXT x\n"), "a.example.com", Kind::Txt);
    assert_eq!(answer.provenance, Provenance::Zone(Arc::from("new.zone")));
}

// ----------------------------------------------------------------------------- any octets

/// Text made of what means something in a zone file.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let pieces = proptest::sample::select(vec![
        &b"("[..],
        b")",
        b"\"",
        b"\\",
        b"\n",
        b"\r\n",
        b" ",
        b"\t",
        b";",
        b"@",
        b"$TTL ",
        b"$ORIGIN ",
        b"$GENERATE 1-3 ",
        b"${1,2,n}",
        b"; mailcheck: ignore[a/b] c",
        b"IN ",
        b"TXT ",
        b"A ",
        b"SOA ",
        b"CNAME ",
        b"NS ",
        b"DNAME ",
        b"*",
        b".",
        b"a",
        b"example.",
        b"1h",
        b"65536",
        b"192.0.2.1",
        b"\\# 2 ",
        b"ff",
        b"\\065",
        b"\xff",
        b"\xc3\xa9",
        b"\0",
        b"RRSIG ",
    ]);
    proptest::collection::vec(pieces, 0..120).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_octets_are_read_and_every_place_is_in_the_text(text in hostile()) {
        let reading = Zone::read("f", Some(&name("example")), &text);
        let lines = 1 + text.iter().filter(|octet| **octet == b'\n').count() as u32;
        for error in &reading.errors {
            prop_assert!(error.place.line <= lines && error.place.column as usize <= text.len() + 1);
        }
        for (name, kind, _) in reading.zone.records() {
            let question = Question::new(name.child("x").unwrap_or_else(|_| name.clone()), kind);
            reading.zone.resolve(&question);
        }
    }

    #[test]
    fn raw_octets_are_read(text in proptest::collection::vec(any::<u8>(), 0..400)) {
        Zone::read("f", None, &text);
    }

    #[test]
    fn an_entry_always_shortens_the_text(text in hostile()) {
        let (mut rest, mut parts) = (text.as_slice(), grammar::Parts::default());
        while !rest.is_empty() {
            let (_, next) = grammar::entry(rest, &mut parts);
            prop_assert!(next.len() < rest.len());
            rest = next;
        }
    }
}

#[test]
fn an_entry_has_at_most_65535_words() {
    let found = faults(&format!("a TXT ( {})\n", "x ".repeat(70_000)));
    assert_eq!(
        (found.len(), found.first().map(String::as_str)),
        (100, Some("new.zone:1:131075: expected at most 65535 words"))
    );
}

/// The four words of a line are handed out once, and once more where its parenthesis stays open.
#[test]
fn open_parentheses_do_not_make_reading_start_over_and_over() {
    let text = "a TXT ( x\n".repeat(20_000);
    let (mut rest, mut parts) = (text.as_bytes(), grammar::Parts::default());
    let mut read = 0;
    while !rest.is_empty() {
        let (_, next) = grammar::entry(rest, &mut parts);
        read += parts.words.len();
        rest = next;
    }
    assert!(read <= 2 * 4 * 20_000, "{read} words were read");
}
