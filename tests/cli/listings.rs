//! Lists that providers hand out page by page: what is not on a page is not absent.

use super::{Ended, run};
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
        let screen = one_line(&run.file("page.json", page.to_string().as_bytes()).end());
        assert!(screen.contains("note zone/not-read one page of a longer list"), "{screen}");
        assert!(screen.contains(command), "{screen}");
        assert!(!screen.contains("spf/none") && !screen.contains("dmarc/none"), "{screen}");
    }
}
