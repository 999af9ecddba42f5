//! Lists that providers hand out page by page: what is not on a page is not absent.

use super::{Ended, Run, run};
use serde_json::{Value, json};

/// A record: name, type, value as master files have it.
type Row = (&'static str, &'static str, &'static str);

const SOA: Row = ("example.com.", "SOA", "ns.example.net. h.example.net. 1 7200 900 1209600 300");
/// A zone in the order in which providers list it.
const ROWS: [Row; 5] = [
    ("example.com.", "MX", "10 mx.example.net."),
    ("example.com.", "TXT", "\"v=spf1 include:_spf.example.com -all\""),
    ("_dmarc.example.com.", "TXT", "\"v=DMARC1; p=reject; rua=mailto:d@example.com\""),
    ("_spf.example.com.", "TXT", "\"v=spf1 ip4:192.0.2.0/24 -all\""),
    ("shop.example.com.", "TXT", "\"v=spf1 ip4:198.51.100.0/24 -all\""),
];

/// A list of some rows, and what stands beside it where there are more.
type List = fn(&[Row], bool) -> Value;

fn with(mut list: Value, more: bool, key: &str, value: Value) -> Value {
    if more {
        list[key] = value;
    }
    list
}

fn route53(rows: &[Row]) -> Value {
    let set = |(name, kind, value): &Row| json!({"Name": name, "Type": kind, "TTL": 300, "ResourceRecords": [{"Value": value}]});
    json!({"ResourceRecordSets": rows.iter().map(set).collect::<Vec<_>>()})
}

fn google(rows: &[Row]) -> Value {
    let set = |(name, kind, value): &Row| json!({"name": name, "type": kind, "ttl": 300, "rrdatas": [value]});
    json!({"rrsets": rows.iter().map(set).collect::<Vec<_>>()})
}

fn cloudflare(rows: &[Row]) -> Value {
    let record = |(name, kind, value): &Row| match *kind {
        "MX" => {
            json!({"name": name, "type": kind, "ttl": 300, "content": "mx.example.net", "priority": 10})
        }
        _ => json!({"name": name, "type": kind, "ttl": 300, "content": value}),
    };
    json!({"success": true, "result": rows.iter().map(record).collect::<Vec<_>>()})
}

fn azure(rows: &[Row]) -> Value {
    let set = |(name, kind, value): &Row| {
        let mut properties = json!({"fqdn": name, "TTL": 300});
        match *kind {
            "MX" => {
                properties["MXRecords"] =
                    json!([{"preference": 10, "exchange": "mx.example.net."}]);
            }
            "TXT" => properties["TXTRecords"] = json!([{"value": [value.trim_matches('"')]}]),
            _ => properties["SOARecord"] = json!({"host": "ns.example.net."}),
        }
        json!({"type": format!("Microsoft.Network/dnszones/{kind}"), "properties": properties})
    };
    json!({"value": rows.iter().map(set).collect::<Vec<_>>()})
}

fn kubernetes(rows: &[Row]) -> Value {
    let endpoint = |(name, kind, value): &Row| json!({"dnsName": name.trim_end_matches('.'), "recordType": kind, "recordTTL": 300, "targets": [value]});
    let rows: Vec<Value> = rows.iter().map(endpoint).collect();
    json!({"kind": "DNSEndpointList", "items": [
        {"kind": "DNSEndpoint", "metadata": {"name": "mail"}, "spec": {"endpoints": rows}}]})
}

/// How each provider says that another page follows, and a word of the command that prints all of it.
const LISTS: [(&str, &str, List); 8] = [
    ("truncated", "aws route53 list-resource-record-sets", |rows, more| {
        let list = with(route53(rows), more, "NextRecordName", json!("_spf.example.com."));
        with(list, true, "IsTruncated", json!(more))
    }),
    ("token", "aws route53 list-resource-record-sets", |rows, more| {
        with(route53(rows), more, "NextToken", json!("eyJT"))
    }),
    ("google", "gcloud dns record-sets list", |rows, more| {
        with(google(rows), more, "nextPageToken", json!("CkQK"))
    }),
    ("azure", "az network dns record-set list", |rows, more| {
        with(azure(rows), more, "nextLink", json!("https://management.azure.com/x?$skipToken=3"))
    }),
    ("pages", "dns_records/export", |rows, more| {
        let pages = if more { 2 } else { 1 };
        let info = json!({"page": 1, "per_page": 3, "count": rows.len(), "total_pages": pages});
        with(cloudflare(rows), true, "result_info", info)
    }),
    ("count", "dns_records/export", |rows, more| {
        let total = if more { 5 } else { rows.len() };
        let info = json!({"page": 1, "count": rows.len(), "total_count": total});
        with(cloudflare(rows), true, "result_info", info)
    }),
    ("last", "dns_records/export", |rows, more| {
        let page = if more { 2 } else { 1 };
        let info = json!({"page": page, "per_page": 3, "count": rows.len(), "total_pages": page});
        with(cloudflare(rows), true, "result_info", info)
    }),
    ("kubernetes", "kubectl get dnsendpoints", |rows, more| {
        with(kubernetes(rows), more, "metadata", json!({"continue": "eyJ2"}))
    }),
];

/// Whole lists with the SOA record of the zone, and without one.
fn zones() -> [Vec<Row>; 2] {
    [[&[SOA][..], &ROWS].concat(), ROWS.to_vec()]
}

fn diff(test: &str, old: &Value, new: &Value) -> Ended {
    run(&format!("listings-{test}"), ["diff", "old.json", "new.json", "--offline"])
        .file("old.json", old.to_string().as_bytes())
        .file("new.json", new.to_string().as_bytes())
        .end()
}

fn one_line(ended: &Ended) -> String {
    ended.screen().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_on_no_page_that_was_read_is_undetermined_and_no_loss() {
    for (name, command, list) in LISTS {
        for (which, rows) in zones().into_iter().enumerate() {
            let page = list(&rows[..rows.len() - 2], true);
            let ended = diff(&format!("{name}-{which}"), &list(&rows, false), &page);
            let screen = one_line(&ended);
            assert_eq!(ended.code, Some(3), "{name} {which}: {screen}");
            assert!(screen.contains("of a longer list"), "{name}: {screen}");
            assert!(screen.contains(command), "{name}: {screen}");
            assert!(!screen.contains("no longer"), "{name}: {screen}");
        }
    }
}

#[test]
fn what_was_on_no_page_that_was_read_is_not_new() {
    for (name, _, list) in LISTS {
        let rows = &zones()[0];
        let page = list(&rows[..rows.len() - 2], true);
        let ended = diff(&format!("before-{name}"), &page, &list(rows, false));
        let screen = one_line(&ended);
        assert_eq!(ended.code, Some(3), "{name}: {screen}");
        assert!(!screen.contains(" new "), "{name}: {screen}");
    }
}

#[test]
fn two_pages_that_are_alike_say_nothing_of_the_others() {
    for (name, _, list) in LISTS {
        for (which, rows) in zones().into_iter().enumerate() {
            let page = list(&rows[..rows.len() - 2], true);
            let ended = diff(&format!("alike-{name}-{which}"), &page, &page);
            let screen = one_line(&ended);
            assert_eq!(ended.code, Some(3), "{name} {which}: {screen}");
            assert!(!screen.contains("nothing changes"), "{name}: {screen}");
        }
    }
}

#[test]
fn what_a_page_shows_to_be_worse_is_worse() {
    for (name, _, list) in LISTS {
        let rows = &zones()[0];
        let mut weaker = rows[..rows.len() - 2].to_vec();
        weaker[3].2 = "\"v=DMARC1; p=none; rua=mailto:d@example.com\"";
        let ended = diff(&format!("worse-{name}"), &list(rows, false), &list(&weaker, true));
        assert_eq!(ended.code, Some(1), "{name}: {}", one_line(&ended));
    }
}

#[test]
fn a_whole_list_is_not_said_to_be_a_page() {
    for (name, _, list) in LISTS {
        let rows = &zones()[0];
        let whole = list(rows, false);
        let ended = diff(&format!("whole-{name}"), &whole, &whole);
        assert_eq!(ended.code, Some(0), "{name}: {}", one_line(&ended));
    }
}

#[test]
fn all_pages_in_one_array_are_a_whole_list() {
    for (name, _, list) in LISTS.into_iter().filter(|it| !["count", "last"].contains(&it.0)) {
        let rows = &zones()[0];
        let (first, second) = rows.split_at(rows.len() - 2);
        let mut last = list(second, false);
        if name == "pages" {
            last["result_info"] = json!({"page": 2, "per_page": 3, "count": 2, "total_pages": 2});
        }
        let pages = json!([list(first, true), last]);
        let ended = diff(&format!("array-{name}"), &pages, &pages);
        assert_eq!(ended.code, Some(0), "{name}: {}", one_line(&ended));
    }
}

#[test]
fn lint_names_the_page_and_claims_no_absence() {
    for (name, command, list) in LISTS {
        // The page ends before the SPF policy.
        let page = list(&zones()[0][..2], true);
        let run = run(&format!("listings-lint-{name}"), ["lint", "page.json"]);
        let ended = run.file("page.json", page.to_string().as_bytes()).end();
        let screen = one_line(&ended);
        assert_eq!(ended.code, Some(3), "{name}: {screen}");
        assert!(screen.contains("note zone/not-read one page of a longer list"), "{screen}");
        assert!(screen.contains(command), "{screen}");
        assert!(!screen.contains("spf/none") && !screen.contains("dmarc/none"), "{screen}");
    }
}

#[test]
fn a_page_is_allowed_where_others_are_said_to_add_records() {
    for (name, _, list) in LISTS {
        let page = list(&zones()[0][..2], true);
        let run = run(&format!("listings-partial-{name}"), ["lint", "--partial", "page.json"]);
        let ended = run.file("page.json", page.to_string().as_bytes()).end();
        assert_eq!(ended.code, Some(0), "{name}: {}", one_line(&ended));
    }
}

#[test]
fn a_page_is_worse_than_undetermined_where_it_shows_an_error() {
    let rows = [SOA, ("example.com.", "TXT", "\"v=spf1 mx\""), ("a.example.com.", "CNAME", "x y")];
    for (name, _, list) in LISTS.into_iter().filter(|it| ["token", "google"].contains(&it.0)) {
        let run = run(&format!("listings-error-{name}"), ["lint", "page.json"]);
        let ended = run.file("page.json", list(&rows, true).to_string().as_bytes()).end();
        assert_eq!(ended.code, Some(1), "{name}: {}", one_line(&ended));
    }
}

#[test]
fn programs_learn_that_a_list_goes_on() {
    for (name, _, list) in LISTS {
        let page = list(&zones()[0][..2], true);
        let run = run(&format!("listings-json-{name}"), ["lint", "page.json", "-f", "json"]);
        let ended = run.file("page.json", page.to_string().as_bytes()).end();
        let document = ended.document();
        assert_eq!((&document["is_partial"], &document["exit_code"]), (&true.into(), &3.into()));
        let notes = document["notes"].to_string();
        assert!(notes.contains("page.json is not the whole list"), "{name}: {notes}");
    }
}

/// The two pages of a list, the second with the last rows.
fn two_pages(name: &str, list: List) -> [Value; 2] {
    let (first, second) = (&zones()[0][..4], &zones()[0][4..]);
    let [mut one, mut two] = [list(first, true), list(second, false)];
    if name == "pages" {
        let info = |page: u8, count: usize| json!({"page": page, "per_page": 4, "count": count, "total_pages": 2});
        one["result_info"] = info(1, first.len());
        two["result_info"] = info(2, second.len());
    }
    [one, two]
}

fn lint_files(test: &str, files: &[(&str, &Value)]) -> Ended {
    let start = run(&format!("listings-{test}"), ["lint"]);
    let add = |run: Run, (name, text): &(&str, &Value)| {
        run.octets(name.as_bytes()).file(name, text.to_string().as_bytes())
    };
    files.iter().fold(start, add).end()
}

#[test]
fn pages_in_files_of_their_own_are_one_list() {
    for (name, _, list) in LISTS.into_iter().filter(|it| !["count", "last"].contains(&it.0)) {
        let [one, two] = &two_pages(name, list);
        let whole = lint_files(&format!("one-{name}"), &[("all.json", &list(&zones()[0], false))]);
        for files in
            [[("z-1.json", one), ("z-2.json", two)], [("z-2.json", two), ("z-1.json", one)]]
        {
            let pages = lint_files(&format!("two-{name}-{}", files[0].0), &files);
            let screen = one_line(&pages);
            assert_eq!(pages.code, Some(0), "{name}: {screen}");
            let found = |ended: &Ended| ended.screen().matches(" warn ").count();
            assert_eq!(found(&pages), found(&whole), "{name}: {screen}");
        }
    }
}

#[test]
fn the_next_name_and_the_number_of_a_page_tell_more_than_names_of_files() {
    for (name, _, list) in LISTS.into_iter().filter(|it| ["truncated", "pages"].contains(&it.0)) {
        let [mut one, two] = two_pages(name, list);
        if name == "truncated" {
            one["NextRecordName"] = json!("_spf.example.com.");
        }
        let pages = lint_files(&format!("other-{name}"), &[("b.json", &one), ("a.json", &two)]);
        assert_eq!(pages.code, Some(0), "{name}: {}", one_line(&pages));
    }
}

#[test]
fn a_list_of_which_a_page_is_missing_is_not_whole() {
    for (name, _, list) in LISTS.into_iter().filter(|it| !["count", "last"].contains(&it.0)) {
        let [mut one, two] = two_pages(name, list);
        if name == "pages" {
            one["result_info"]["total_pages"] = json!(3);
        }
        if name == "truncated" {
            one["NextRecordName"] = json!("a.example.com.");
        }
        let files = [("z-1.json", &one), ("z-3.json", &two)];
        let pages = lint_files(&format!("gap-{name}"), &files);
        assert_eq!(pages.code, Some(3), "{name}: {}", one_line(&pages));
    }
}

#[test]
fn a_finding_of_a_page_stands_in_its_own_file() {
    let [one, _] = two_pages("token", route53_token);
    let two = route53(&[("_dmarc.a.example.com.", "A", "192.0.2.1")]);
    let pages = lint_files("place", &[("z-1.json", &one), ("z-2.json", &two)]);
    let screen = one_line(&pages);
    assert!(screen.contains("z-2.json:1:"), "{screen}");
}

fn route53_token(rows: &[Row], more: bool) -> Value {
    with(route53(rows), more, "NextToken", json!("eyJT"))
}
