//! Changes in the shapes in which people keep their records: each kind of file, each kind of change, and
//! what else such files hold. None is refused, and none that touches mail passes in silence.

use super::{Run, run};
use serde_json::json;

/// A record: name below `example.com`, type, data without final dots or quotes.
type Row = (&'static str, &'static str, String);

/// What becomes of records.
type Apply = fn(&mut Vec<Row>);
/// The name of a file, and how it is written.
type Shape = (&'static str, fn(&[Row]) -> String);

const DOMAIN: &str = "example.com";
const KEY: &str = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

/// A domain that sends and receives.
fn rows() -> Vec<Row> {
    vec![
        ("", "MX", "10 mail.example.net".into()),
        ("", "TXT", "v=spf1 ip4:192.0.2.0/24 -all".into()),
        ("_dmarc", "TXT", "v=DMARC1; p=reject; rua=mailto:d@example.com".into()),
        ("s1._domainkey", "TXT", KEY.into()),
        ("www", "A", "192.0.2.80".into()),
    ]
}

/// What becomes of the records, and whether that is worse for mail.
const CHANGES: [(&str, bool, Apply); 8] = [
    ("a sender is lost", true, |rows| rows[1].2 = "v=spf1 ip4:192.0.2.0/25 -all".into()),
    ("anyone passes", true, |rows| rows[1].2 = "v=spf1 ip4:192.0.2.0/24 +all".into()),
    ("no SPF", true, |rows| drop(rows.remove(1))),
    ("no MX", true, |rows| drop(rows.remove(0))),
    ("no policy", true, |rows| rows[2].2 = "v=DMARC1; p=none; rua=mailto:d@example.com".into()),
    ("no key", true, |rows| drop(rows.remove(3))),
    ("another web server", false, |rows| rows[4].2 = "192.0.2.81".into()),
    ("one more name", false, |rows| rows.push(("ftp", "A", "192.0.2.82".into()))),
];

fn full(name: &str) -> String {
    if name.is_empty() { DOMAIN.into() } else { format!("{name}.{DOMAIN}") }
}

/// Data as master files have it.
fn data(kind: &str, data: &str) -> String {
    match kind {
        "TXT" => format!("\"{data}\""),
        "MX" | "CNAME" => format!("{data}."),
        _ => data.to_owned(),
    }
}

fn lines(rows: &[Row], line: impl Fn(&str, &str, &str) -> String) -> String {
    rows.iter().map(|(name, kind, data)| line(name, kind, data)).collect()
}

fn master(rows: &[Row], header: &str) -> String {
    let owner = |name: &str| if name.is_empty() { "@".to_owned() } else { name.to_owned() };
    header.to_owned()
        + &lines(rows, |name, kind, it| {
            format!("{} 300 IN {kind} {}\n", owner(name), data(kind, it))
        })
}

const HEAD: &str = "@ 300 IN SOA ns1.example.net. admin.example.net. 1 7200 3600 1209600 300\n@ 300 IN NS ns1.example.net.\n";

fn absolute(rows: &[Row], header: &str) -> String {
    header.to_owned()
        + &lines(rows, |name, kind, it| {
            format!("{}.\t300\tIN\t{kind}\t{}\n", full(name), data(kind, it))
        })
}

fn octodns(rows: &[Row], dot: &str) -> String {
    let mut text = String::from("---\n");
    let mut names: Vec<&str> = rows.iter().map(|row| row.0).collect();
    names.dedup();
    for name in names {
        text += &format!("'{name}':\n");
        for (_, kind, data) in rows.iter().filter(|row| row.0 == name) {
            let value = match *kind {
                "MX" => {
                    let (preference, host) = data.split_once(' ').expect("an MX record");
                    format!("{{preference: {preference}, exchange: {host}{dot}}}")
                }
                "CNAME" => format!("{data}{dot}"),
                "TXT" => format!("'{}'", data.replace(';', "\\;")),
                _ => data.clone(),
            };
            text += &format!("- type: {kind}\n  ttl: 300\n  values:\n  - {value}\n");
        }
    }
    text
}

fn sets(rows: &[Row], set: impl Fn(String, &str, &str) -> serde_json::Value) -> serde_json::Value {
    rows.iter().map(|(name, kind, data)| set(full(name), kind, data)).collect()
}

fn azure(rows: &[Row]) -> String {
    let set = |name: String, kind: &str, data: &str| {
        let records = match kind {
            "MX" => {
                let (preference, exchange) = data.split_once(' ').expect("an MX record");
                json!({"MXRecords": [{"preference": preference.parse::<u16>().ok(), "exchange": exchange}]})
            }
            "TXT" => json!({"TXTRecords": [{"value": [data]}]}),
            "CNAME" => json!({"CNAMERecord": {"cname": data}}),
            _ => json!({"ARecords": [{"ipv4Address": data}]}),
        };
        let mut set = json!({"fqdn": format!("{name}."), "TTL": 300,
            "type": format!("Microsoft.Network/dnszones/{kind}")});
        let members = set.as_object_mut().expect("an object");
        members.extend(records.as_object().expect("an object").clone());
        set
    };
    sets(rows, set).to_string()
}

fn cloudflare(rows: &[Row]) -> String {
    let set = |name: String, kind: &str, data: &str| match (kind, data.split_once(' ')) {
        ("MX", Some((priority, host))) => json!({"name": name, "type": kind, "ttl": 1,
            "priority": priority.parse::<u16>().ok(), "content": host, "proxied": false}),
        _ => json!({"name": name, "type": kind, "ttl": 1, "content": data}),
    };
    json!({"result": sets(rows, set), "success": true}).to_string()
}

fn dnscontrol(rows: &[Row]) -> String {
    let record = |(name, kind, data): &Row| {
        let name = if name.is_empty() { "@" } else { name };
        match (*kind, data.split_once(' ')) {
            ("MX", Some((preference, host))) => json!({"type": kind, "name": name, "ttl": 300,
                "mxpreference": preference.parse::<u16>().ok(), "target": format!("{host}.")}),
            ("CNAME", _) => json!({"type": kind, "name": name, "target": format!("{data}.")}),
            _ => json!({"type": kind, "name": name, "ttl": 300, "target": data}),
        }
    };
    let records: serde_json::Value = rows.iter().map(record).collect();
    json!({"domains": [{"name": DOMAIN, "records": records}]}).to_string()
}

fn resources(rows: &[Row]) -> Vec<serde_json::Value> {
    let values = |(name, kind, it): &Row| {
        json!({"name": full(name), "fqdn": full(name), "type": kind, "ttl": 300,
            "records": [if *kind == "TXT" { it.clone() } else { data(kind, it) }]})
    };
    rows.iter().map(values).collect()
}

fn state(rows: &[Row]) -> String {
    let of = |(index, values): (usize, serde_json::Value)| {
        json!({"address": format!("aws_route53_record.r{index}"), "mode": "managed",
            "type": "aws_route53_record", "name": "r", "values": values})
    };
    let list: serde_json::Value = resources(rows).into_iter().enumerate().map(of).collect();
    json!({"format_version": "1.0", "values": {"root_module": {"resources": list}}}).to_string()
}

fn raw_state(rows: &[Row]) -> String {
    let of = |values: serde_json::Value| {
        json!({"mode": "managed", "type": "aws_route53_record", "name": "r",
            "instances": [{"attributes": values}]})
    };
    let list: serde_json::Value = resources(rows).into_iter().map(of).collect();
    json!({"version": 4, "terraform_version": "1.9.5", "resources": list}).to_string()
}

fn cloudformation(rows: &[Row]) -> String {
    let mut text = String::from("Resources:\n");
    for (index, (name, kind, it)) in rows.iter().enumerate() {
        text += &format!(
            "  R{index}:\n    Type: AWS::Route53::RecordSet\n    Properties:\n      HostedZoneId: !Ref Zone\n      \
             Name: {}.\n      Type: {kind}\n      TTL: '300'\n      ResourceRecords:\n      - '{}'\n",
            full(name),
            data(kind, it)
        );
    }
    text
}

fn tinydns(rows: &[Row]) -> String {
    let record = |name: &str, kind: &str, data: &str| match (kind, data.split_once(' ')) {
        ("MX", Some((distance, host))) => format!("@{}::{host}:{distance}:300\n", full(name)),
        ("TXT", _) => format!("'{}:{}:300\n", full(name), data.replace(':', "\\072")),
        ("CNAME", _) => format!("C{}:{data}:300\n", full(name)),
        _ => format!("+{}:{data}:300\n", full(name)),
    };
    format!(".{DOMAIN}::ns1.example.net:300\n{}", lines(rows, record))
}

/// The files that people keep: a name, and how it is written.
const SHAPES: [Shape; 21] = [
    ("example.com.zone", |rows| master(rows, &format!("$ORIGIN example.com.\n$TTL 300\n{HEAD}"))),
    ("example.com", |rows| master(rows, &format!("$TTL 300\n{HEAD}"))),
    ("db.example.com", |rows| master(rows, HEAD)),
    ("com.example.hosts", |rows| master(rows, HEAD)),
    ("root.zone", |rows| {
        absolute(rows, &format!("$ORIGIN .\n{HEAD}example.com. 300 IN NS ns1.example.net.\n"))
    }),
    ("example.com.txt", |rows| {
        let soa =
            "example.com\t3600\tIN\tSOA\tada.ns.cloudflare.com. dns.cloudflare.com. 1 2 3 4 5\n";
        absolute(rows, &format!(";;\n;; Domain:     example.com.\n{soa}"))
    }),
    ("example.com.dns", |rows| master(rows, &HEAD.replacen("@ 300", "@ [AGE:3627487] 300", 1))),
    ("records.txt", |rows| absolute(rows, "# records\n")),
    ("example.com.yaml", |rows| octodns(rows, ".")),
    ("example.com.yml", |rows| octodns(rows, "")),
    ("zones.json", dnscontrol),
    ("state.json", state),
    ("terraform.tfstate", raw_state),
    ("r53.json", |rows| {
        let set = |name: String, kind: &str, it: &str| {
            json!({"Name": format!("{name}."), "Type": kind,
            "TTL": 300, "ResourceRecords": [{"Value": data(kind, it)}]})
        };
        json!({"ResourceRecordSets": sets(rows, set)}).to_string()
    }),
    ("gcloud.yaml", |rows| {
        lines(rows, |name, kind, it| {
            format!(
                "---\nkind: dns#resourceRecordSet\nname: {}.\nrrdatas:\n- '{}'\nttl: 300\ntype: {kind}\n",
                full(name),
                data(kind, it)
            )
        })
    }),
    ("gcloud.json", |rows| {
        let set = |name: String, kind: &str, it: &str| {
            json!({"name": format!("{name}."), "type": kind,
            "ttl": 300, "rrdatas": [data(kind, it)]})
        };
        sets(rows, set).to_string()
    }),
    ("azure.json", azure),
    ("cloudflare.json", cloudflare),
    ("pdns.json", |rows| {
        let set = |name: String, kind: &str, it: &str| {
            json!({"name": format!("{name}."), "type": kind,
            "ttl": 300, "records": [{"content": data(kind, it), "disabled": false}]})
        };
        json!({"name": "example.com.", "kind": "Native", "rrsets": sets(rows, set)}).to_string()
    }),
    ("stack.yaml", cloudformation),
    ("data", tinydns),
];

/// What else the files hold, alike before and after the change.
const BESIDE: [(&str, Option<Row0>); 4] = [
    ("nothing", None),
    ("an address that is none", Some(("bad", "A", "192.0.2.300"))),
    ("an alias beside the key of a sender", Some(("www", "CNAME", "web.example.net"))),
    ("an unreadable MX", Some(("bad", "MX", "10 mail..example.net"))),
];
type Row0 = (&'static str, &'static str, &'static str);

fn diff(test: &str, file: &str, old: &str, new: &str) -> Run {
    let (before, after) = (format!("old/{file}"), format!("new/{file}"));
    let arguments = ["diff", "--config", "none", "--offline", &before, &after, "-q"];
    run(test, arguments).file(&before, old.as_bytes()).file(&after, new.as_bytes())
}

/// Runs every change of these files; what was expected otherwise.
fn wrong(shapes: &[Shape]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (file, write) in shapes {
        for (beside, row) in &BESIDE {
            for (change, is_worse, apply) in &CHANGES {
                let mut old = rows();
                old.extend(row.map(|(name, kind, data)| (name, kind, data.to_owned())));
                let mut new = old.clone();
                apply(&mut new);
                let test = format!("change-{file}-{beside}-{change}").replace(' ', "-");
                let ended = diff(&test, file, &write(&old), &write(&new)).end();
                let expected = if *is_worse { Some(1) } else { Some(0) };
                if ended.code != expected {
                    let said = ended.screen();
                    let said: String = said.chars().take(300).collect();
                    wrong.push(format!(
                        "{file}, {change}, beside {beside}: {:?} {said}",
                        ended.code
                    ));
                }
            }
        }
    }
    wrong
}

#[test]
fn a_change_of_master_files_is_judged_whatever_else_they_hold() {
    assert_eq!(wrong(&SHAPES[..7]), Vec::<String>::new());
}

#[test]
fn a_change_of_files_of_tools_is_judged_whatever_else_they_hold() {
    assert_eq!(wrong(&SHAPES[7..13]), Vec::<String>::new());
}

#[test]
fn a_change_of_exports_is_judged_whatever_else_they_hold() {
    assert_eq!(wrong(&SHAPES[13..]), Vec::<String>::new());
}

#[test]
fn an_entry_that_the_change_makes_unreadable_is_undetermined_and_named() {
    for (file, write) in &SHAPES {
        let (old, mut new) = (rows(), rows());
        new[0].2 = "10 mail..example.net".into();
        let ended = diff(&format!("touched-{file}"), file, &write(&old), &write(&new)).end();
        let said = ended.screen();
        let is_lost =
            said.contains("not read") || said.contains("UNKNOWN") || ended.code == Some(1);
        assert!(matches!(ended.code, Some(1 | 3)) && is_lost, "{file}: {:?} {said}", ended.code);
    }
}

#[test]
fn a_file_of_which_nothing_is_understood_is_no_change_without_effect() {
    let ended =
        diff("not-understood", "main.tf", "resource \"a\" \"b\" {}\n", "resource \"a\" \"c\" {}\n");
    let ended = ended.end();
    assert_eq!(ended.code, Some(3), "{}", ended.screen());
}
