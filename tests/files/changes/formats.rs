//! Zones in the formats that people keep them in, as their tools write them.

use super::zone::{Data, Record, Zone, quoted};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Entries that are in both states of a change and that a reader may stumble over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    None,
    /// A type that only some readers know, in the notation of the tool.
    RareType,
    /// What stands beside an alias.
    BesideAlias,
    /// An entry that cannot be read.
    Unreadable,
    /// An answer that depends on who asks, or that a provider makes up.
    Dependent,
}

pub(super) const ODDITIES: [Oddity; 5] =
    [Oddity::None, Oddity::RareType, Oddity::BesideAlias, Oddity::Unreadable, Oddity::Dependent];

/// How both states of a zone are written into one file.
type Plan = fn([&Zone; 2], [Oddity; 2]) -> String;

/// A format: its name, the name of a file for a zone, and how it is written.
pub(super) struct Form {
    pub(super) name: &'static str,
    file: fn(&str) -> String,
    write: fn(&Zone, Oddity) -> String,
    /// How both states are written into one file, where the tool does so.
    plan: Option<Plan>,
}

impl Form {
    pub(super) fn file(&self, zone: &Zone) -> String {
        (self.file)(&zone.apex)
    }

    /// Both states in one file, if the tool prints them so.
    pub(super) fn plan(&self, zones: [&Zone; 2], oddities: [Oddity; 2]) -> Option<String> {
        self.plan.map(|write| write(zones, oddities))
    }

    pub(super) fn write(&self, zone: &Zone, oddity: Oddity) -> String {
        (self.write)(zone, oddity)
    }
}

/// Every format that is read.
pub(super) const FORMS: &[Form] = &[
    Form { name: "zone-origin", file: |it| format!("{it}.zone"), write: with_origin, plan: None },
    Form { name: "zone-bare", file: |it| format!("db.{it}"), write: bare, plan: None },
    Form { name: "zone-named-after", file: str::to_owned, write: bare, plan: None },
    Form { name: "zone-root-origin", file: str::to_owned, write: root_origin, plan: None },
    Form {
        name: "zone-cloudflare",
        file: |it| format!("{it}.txt"),
        write: cloudflare_export,
        plan: None,
    },
    Form {
        name: "zone-godaddy",
        file: |it| format!("{it}.txt"),
        write: godaddy_export,
        plan: None,
    },
    Form {
        name: "zone-windows",
        file: |it| format!("{it}.dns"),
        write: windows_export,
        plan: None,
    },
    Form { name: "zone-axfr", file: |it| format!("{it}.hosts"), write: axfr, plan: None },
    Form {
        name: "octodns",
        file: |it| format!("{it}.yaml"),
        write: |it, odd| octodns(it, odd, "."),
        plan: None,
    },
    Form {
        name: "octodns-no-dot",
        file: |it| format!("{it}.yaml"),
        write: |it, odd| octodns(it, odd, ""),
        plan: None,
    },
    Form { name: "dnscontrol", file: |_| "zones.json".to_owned(), write: dnscontrol, plan: None },
    Form {
        name: "terraform-aws",
        file: |_| "state.json".to_owned(),
        write: terraform_aws,
        plan: None,
    },
    Form {
        name: "terraform-cloudflare",
        file: |_| "state.json".to_owned(),
        write: terraform_cloudflare,
        plan: None,
    },
    Form {
        name: "terraform-tfstate",
        file: |_| "terraform.tfstate".to_owned(),
        write: tfstate,
        plan: None,
    },
    Form { name: "route53", file: |_| "records.json".to_owned(), write: route53, plan: None },
    Form { name: "gcloud-yaml", file: |it| format!("{it}.yaml"), write: gcloud_yaml, plan: None },
    Form { name: "gcloud-json", file: |it| format!("{it}.json"), write: gcloud_json, plan: None },
    Form { name: "azure", file: |it| format!("{it}.json"), write: azure, plan: None },
    Form { name: "powerdns", file: |it| format!("{it}.json"), write: powerdns, plan: None },
    Form {
        name: "cloudflare-api",
        file: |it| format!("{it}.json"),
        write: cloudflare_api,
        plan: None,
    },
    Form {
        name: "dnsendpoint",
        file: |_| "endpoints.yaml".to_owned(),
        write: dnsendpoint,
        plan: None,
    },
    Form {
        name: "cloudformation-yaml",
        file: |_| "template.yaml".to_owned(),
        write: cloudformation_yaml,
        plan: None,
    },
    Form {
        name: "cloudformation-json",
        file: |_| "template.json".to_owned(),
        write: cloudformation_json,
        plan: None,
    },
    Form { name: "tinydns", file: |_| "data".to_owned(), write: tinydns, plan: None },
    Form { name: "csv", file: |it| format!("{it}.csv"), write: csv, plan: None },
    Form { name: "tsv", file: |it| format!("{it}.tsv"), write: tsv, plan: None },
    Form { name: "plain", file: |_| "records.txt".to_owned(), write: plain, plan: None },
    Form {
        name: "terraform-plan",
        file: |_| "plan.json".to_owned(),
        write: terraform_aws,
        plan: Some(terraform_plan),
    },
];

fn line(text: &mut String, line: impl AsRef<str>) {
    writeln!(text, "{}", line.as_ref()).expect("a string");
}

// ── master files ────────────────────────────────────────────────────────────────────────────────

fn odd_lines(oddity: Oddity) -> &'static str {
    match oddity {
        Oddity::None => "",
        Oddity::RareType => {
            "web 300 IN HTTPS 1 . alpn=\"h3,h2\" ipv4hint=192.0.2.1\nold 300 IN NXT web A\n\
             geo 300 IN LOC 51 30 12.748 N 0 7 39.612 W 0.00m\n"
        }
        Oddity::BesideAlias => {
            "odd 300 IN CNAME parking.hosting.test.\nodd 300 IN CAA 0 issue \"ca.test\"\n"
        }
        Oddity::Unreadable => "broken 300 IN TXT \"never closed\nbroken2 300 IN A 192.0.2.999\n",
        Oddity::Dependent => {
            "$GENERATE 0-3 dhcp-${-1,2,d} A 198.51.100.$\nflat 300 IN ALIAS parking.hosting.test.\n"
        }
    }
}

fn records_of(zone: &Zone, oddity: Oddity, separator: &str) -> String {
    let mut text = String::new();
    for Record { name, ttl, data } in &zone.records {
        let name = if name.is_empty() { "@" } else { name };
        let parts = [name, &ttl.to_string(), "IN", data.kind(), &data.written()];
        line(&mut text, parts.join(separator));
    }
    text + odd_lines(oddity)
}

fn with_origin(zone: &Zone, oddity: Oddity) -> String {
    let Zone { apex, serial, .. } = zone;
    format!(
        "$ORIGIN {apex}.\n$TTL 1h\n@ IN SOA ns1.hosting.test. hostmaster (\n\t{serial} ; serial\n\t2h 1h 2w 5m )\n\n{}",
        records_of(zone, oddity, " ")
    )
}

fn bare(zone: &Zone, oddity: Oddity) -> String {
    let soa = format!("@\tIN\tSOA\t{}\n", zone.authority());
    format!("$TTL 3600\n{soa}{}", records_of(zone, oddity, "\t"))
}

fn root_origin(zone: &Zone, _: Oddity) -> String {
    let mut text = format!("$ORIGIN .\n@ 3600 IN SOA {}\n", zone.authority());
    for Record { name, ttl, data } in &zone.records {
        line(
            &mut text,
            format!("{}. {ttl} IN {} {}", zone.full(name), data.kind(), data.written()),
        );
    }
    text
}

fn cloudflare_export(zone: &Zone, _: Oddity) -> String {
    let Zone { apex, .. } = zone;
    let mut text = format!(";;\n;; Domain:     {apex}.\n;;\n;; SOA Record\n");
    line(&mut text, format!("{apex}\t3600\tIN\tSOA\t{}", zone.authority()));
    for Record { name, data, .. } in &zone.records {
        let tags = if matches!(data, Data::A(_)) { " ; cf_tags=cf-proxied:false" } else { "" };
        let (name, kind) = (zone.full(name), data.kind());
        line(&mut text, format!("{name}.\t1\tIN\t{kind}\t{}{tags}", data.written()));
    }
    text
}

fn godaddy_export(zone: &Zone, _: Oddity) -> String {
    let Zone { apex, serial, .. } = zone;
    let soa = format!(
        "@\t3600\t IN \tSOA\tns1.hosting.test.\tdns.jomax.net. (\n\t\t\t\t{serial}\n\t\t\t\t28800\n\t\t\t\t7200\n\t\t\t\t604800\n\t\t\t\t3600\n\t\t\t\t) \n"
    );
    let mut text =
        format!("; Domain: {apex}\n; Exported (y-m-d hh:mm:ss)\n;\n$ORIGIN {apex}.\n\n{soa}\n");
    for Record { name, ttl, data } in &zone.records {
        let name = if name.is_empty() { "@" } else { name };
        line(&mut text, format!("{name}\t{ttl}\t IN \t{}\t{}", data.kind(), data.written()));
    }
    text
}

fn windows_export(zone: &Zone, _: Oddity) -> String {
    let Zone { apex, serial, .. } = zone;
    let mut text = format!(
        ";\n;  Database file {apex}.dns for zone {apex}.\n;\n\n@                       IN  SOA ns1.hosting.test. \
         hostmaster.{apex}. (\n                        {serial} ; serial\n                        900\n                        \
         600\n                        86400\n                        3600 ) ; default TTL\n"
    );
    for Record { name, ttl, data } in &zone.records {
        let name = if name.is_empty() { "@" } else { name };
        let age = if matches!(data, Data::A(_)) { "[AGE:3627487]\t" } else { "" };
        let data = match data {
            Data::Txt(text) => format!("TXT\t( {} )", quoted(text)),
            data => format!("{}\t{}", data.kind(), data.written().replace(' ', "\t")),
        };
        line(&mut text, format!("{name:24}{age}{ttl}\t{data}"));
    }
    text
}

fn axfr(zone: &Zone, _: Oddity) -> String {
    let Zone { apex, .. } = zone;
    let soa = format!("{apex}.\t\t3600\tIN\tSOA\t{}\n", zone.authority());
    let mut text = format!(
        "\n; <<>> DiG 9.18.33 <<>> @192.0.2.53 {apex} AXFR\n; (1 server found)\n;; global options: +cmd\n{soa}"
    );
    for Record { name, ttl, data } in &zone.records {
        line(
            &mut text,
            format!("{}.\t\t{ttl}\tIN\t{}\t{}", zone.full(name), data.kind(), data.written()),
        );
    }
    text + &soa
        + ";; Query time: 3 msec\n;; SERVER: 192.0.2.53#53(192.0.2.53) (TCP)\n;; XFR size: 9 records (messages 1, bytes 300)\n"
}

// ── octoDNS ─────────────────────────────────────────────────────────────────────────────────────

fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn octodns(zone: &Zone, oddity: Oddity, dot: &str) -> String {
    let mut names: Vec<&str> = zone.records.iter().map(|it| it.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let sets = zone.sets();
    let mut text = String::from("---\n");
    for name in names {
        line(&mut text, format!("{}:", single(name)));
        // Name servers are those of the provider.
        for set in sets.iter().filter(|set| set[0].name == name && set[0].data.kind() != "NS") {
            let (kind, ttl) = (set[0].data.kind(), set[0].ttl);
            line(
                &mut text,
                format!(
                    "  - octodns: {{lenient: true}}\n    ttl: {ttl}\n    type: {kind}\n    values:"
                ),
            );
            for record in set {
                let value = match &record.data {
                    Data::Mx(preference, host) => {
                        let dot = if host.is_empty() { "." } else { dot };
                        format!(
                            "exchange: {}\n        preference: {preference}",
                            single(&format!("{host}{dot}"))
                        )
                    }
                    Data::Srv(priority, weight, port, host) => format!(
                        "port: {port}\n        priority: {priority}\n        target: {host}{dot}\n        weight: {weight}"
                    ),
                    Data::Caa(value) => {
                        format!("flags: 0\n        tag: issue\n        value: {value}")
                    }
                    Data::Txt(text) => single(&text.replace(';', "\\;")),
                    Data::Cname(host) | Data::Ns(host) => format!("{host}{dot}"),
                    Data::A(address) | Data::Aaaa(address) => single(address),
                };
                line(&mut text, format!("      - {value}"));
            }
        }
        if sets.iter().all(|set| set[0].name != name || set[0].data.kind() == "NS") {
            text.truncate(text.len() - 1);
            line(&mut text, " []");
        }
    }
    text + match oddity {
        Oddity::None => "",
        Oddity::RareType => {
            "zzrare:\n  type: URLFWD\n  values:\n    - code: 301\n      masking: 0\n      path: /\n      query: 0\n      target: https://www.test/\n"
        }
        Oddity::BesideAlias => {
            "zzodd:\n  - type: CNAME\n    value: parking.hosting.test.\n  - type: TXT\n    value: beside\n"
        }
        Oddity::Unreadable => {
            "zzbroken:\n  - type: TXT\n    value: 'ends with a backslash\\'\n  - type: A\n    value: 192.0.2.999\n"
        }
        Oddity::Dependent => {
            "zzgeo:\n  type: A\n  ttl: 60\n  dynamic:\n    pools:\n      one: {values: [{value: 192.0.2.5}]}\n    rules:\n      - pool: one\n  value: 192.0.2.5\nzznull:\n  type: TXT\n  value: null\n"
        }
    }
}

// ── tools ───────────────────────────────────────────────────────────────────────────────────────

fn dnscontrol(zone: &Zone, oddity: Oddity) -> String {
    let label = |name: &str| if name.is_empty() { "@".to_owned() } else { name.to_owned() };
    let mut records: Vec<Value> = Vec::new();
    for Record { name, ttl, data } in &zone.records {
        let mut record = json!({"type": data.kind(), "name": label(name), "ttl": ttl});
        let (target, more) = match data {
            Data::A(it) | Data::Aaaa(it) | Data::Txt(it) => (it.clone(), json!({})),
            Data::Mx(preference, host) => (format!("{host}."), json!({"mxpreference": preference})),
            Data::Cname(host) | Data::Ns(host) => (format!("{host}."), json!({})),
            Data::Srv(priority, weight, port, host) => (
                format!("{host}."),
                json!({"srvpriority": priority, "srvweight": weight, "srvport": port}),
            ),
            Data::Caa(value) => (value.clone(), json!({"caatag": "issue"})),
        };
        record["target"] = target.into();
        for (key, value) in more.as_object().expect("an object") {
            record[key] = value.clone();
        }
        records.push(record);
    }
    match oddity {
        Oddity::None => {}
        Oddity::RareType => {
            records.push(json!({"type": "LOC", "name": "loc", "ttl": 300, "target": "x"}));
        }
        Oddity::BesideAlias => {
            records.push(json!({"type": "CNAME", "name": "odd", "ttl": 300, "target": "parking.hosting.test."}));
            records.push(json!({"type": "TXT", "name": "odd", "ttl": 300, "target": "beside"}));
        }
        Oddity::Unreadable => records
            .push(json!({"type": "A", "name": "broken", "ttl": 300, "target": "192.0.2.999"})),
        Oddity::Dependent => {
            records.push(json!({"type": "ALIAS", "name": "flat", "ttl": 300, "target": "parking.hosting.test."}));
            records.push(json!({"type": "CF_REDIRECT", "name": "go", "ttl": 300, "target": "x,y"}));
        }
    }
    let domain = json!({"name": zone.apex, "registrar": "none", "dnsProviders": {"r53": -1}, "records": records});
    json!({"registrars": [], "dns_providers": [], "domains": [domain]}).to_string()
}

/// The values of a set as Route 53 has them.
fn values(set: &[&Record]) -> Vec<String> {
    set.iter().map(|it| it.data.written()).collect()
}

fn aws_resources(zone: &Zone, oddity: Oddity) -> Vec<(String, Value)> {
    let mut all = vec![(
        "aws_route53_zone".to_owned(),
        json!({"name": zone.apex, "zone_id": "Z1", "id": "Z1"}),
    )];
    for set in zone.sets() {
        let texts = set.iter().map(|it| match &it.data {
            Data::Txt(text) => text
                .as_bytes()
                .chunks(255)
                .map(String::from_utf8_lossy)
                .collect::<Vec<_>>()
                .join("\"\""),
            data => data.written(),
        });
        let texts: Vec<String> = texts.collect();
        all.push((
            "aws_route53_record".to_owned(),
            json!({"alias": [], "name": zone.full(&set[0].name), "records": texts, "set_identifier": null,
                "ttl": set[0].ttl, "type": set[0].data.kind(), "zone_id": "Z1"}),
        ));
    }
    let odd = match oddity {
        Oddity::None | Oddity::BesideAlias => return all,
        Oddity::RareType => ("aws_route53_health_check", json!({"id": "1"})),
        Oddity::Unreadable => (
            "aws_route53_record",
            json!({"name": zone.full("broken"), "records": ["192.0.2.999"], "ttl": 60, "type": "A", "zone_id": "Z1"}),
        ),
        Oddity::Dependent => (
            "aws_route53_record",
            json!({"name": zone.full("flat"), "alias": [{"name": "x.test", "zone_id": "Z2"}], "records": null, "type": "A", "zone_id": "Z1"}),
        ),
    };
    all.push((odd.0.to_owned(), odd.1));
    all
}

fn state(resources: Vec<(String, Value)>) -> String {
    let resources: Vec<Value> = resources
        .into_iter()
        .enumerate()
        .map(|(index, (kind, values))| {
            json!({"address": format!("{kind}.r{index}"), "mode": "managed", "type": kind, "name": format!("r{index}"), "values": values})
        })
        .collect();
    let tree = json!({"root_module": {"resources": resources}});
    json!({"format_version": "1.0", "terraform_version": "1.9.8", "values": tree}).to_string()
}

/// What `terraform show -json` prints of a plan: each resource as it is and as it will be.
fn terraform_plan([before, after]: [&Zone; 2], oddities: [Oddity; 2]) -> String {
    let [old, new] = [aws_resources(before, oddities[0]), aws_resources(after, oddities[1])];
    let key = |(kind, values): &(String, Value)| {
        format!("{kind} {} {}", values["name"].as_str().unwrap_or_default(), values["type"])
    };
    let mut keys: Vec<String> = old.iter().chain(&new).map(key).collect();
    keys.sort();
    keys.dedup();
    let change = |(index, wanted): (usize, &String)| {
        let state = |all: &[(String, Value)]| all.iter().find(|it| key(it) == *wanted).cloned();
        let (before, after) = (state(&old), state(&new));
        let kind = before.as_ref().or(after.as_ref()).map(|it| it.0.clone()).unwrap_or_default();
        let [before, after] = [before, after].map(|it| it.map_or(Value::Null, |it| it.1));
        let action = match (&before, &after) {
            (Value::Null, _) => "create",
            (_, Value::Null) => "delete",
            (before, after) if before == after => "no-op",
            _ => "update",
        };
        json!({"address": format!("{kind}.r{index}"), "mode": "managed", "type": kind, "name": format!("r{index}"),
            "change": {"actions": [action], "before": before, "after": after, "after_unknown": {}}})
    };
    let changes: Vec<Value> = keys.iter().enumerate().map(change).collect();
    json!({"format_version": "1.2", "terraform_version": "1.9.8", "resource_changes": changes})
        .to_string()
}

fn terraform_aws(zone: &Zone, oddity: Oddity) -> String {
    state(aws_resources(zone, oddity))
}

fn tfstate(zone: &Zone, oddity: Oddity) -> String {
    let resources: Vec<Value> = aws_resources(zone, oddity)
        .into_iter()
        .enumerate()
        .map(|(index, (kind, values))| {
            json!({"mode": "managed", "type": kind, "name": format!("r{index}"),
                "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
                "instances": [{"schema_version": 2, "attributes": values}]})
        })
        .collect();
    json!({"version": 4, "terraform_version": "1.9.8", "serial": 3, "lineage": "x", "outputs": {}, "resources": resources}).to_string()
}

fn cloudflare_values(zone: &Zone, record: &Record) -> Value {
    let Record { name, ttl, data } = record;
    let mut value = json!({"name": zone.full(name), "type": data.kind(), "ttl": ttl, "proxied": false, "zone_id": "z1"});
    match data {
        Data::Mx(preference, host) => {
            value["priority"] = (*preference).into();
            value["content"] = if host.is_empty() { ".".into() } else { host.clone().into() };
        }
        Data::Srv(priority, weight, port, host) => {
            value["data"] =
                json!({"priority": priority, "weight": weight, "port": port, "target": host});
        }
        Data::Caa(issuer) => value["data"] = json!({"flags": 0, "tag": "issue", "value": issuer}),
        Data::A(it) | Data::Aaaa(it) | Data::Txt(it) | Data::Cname(it) | Data::Ns(it) => {
            value["content"] = it.clone().into();
        }
    }
    value
}

fn terraform_cloudflare(zone: &Zone, oddity: Oddity) -> String {
    let mut all = vec![("cloudflare_zone".to_owned(), json!({"zone": zone.apex, "id": "z1"}))];
    let records = zone.records.iter().filter(|it| it.data.kind() != "NS");
    all.extend(records.map(|it| ("cloudflare_record".to_owned(), cloudflare_values(zone, it))));
    if oddity == Oddity::Dependent {
        let proxied = json!({"name": "proxied", "type": "A", "ttl": 1, "proxied": true, "content": "192.0.2.7", "zone_id": "z1"});
        all.push(("cloudflare_record".to_owned(), proxied));
    }
    state(all)
}

fn route53_set(zone: &Zone, set: &[&Record]) -> Value {
    let values: Vec<Value> = values(set).into_iter().map(|it| json!({"Value": it})).collect();
    let name = zone.full(&set[0].name).replace('*', "\\052");
    json!({"Name": format!("{name}."), "Type": set[0].data.kind(), "TTL": set[0].ttl, "ResourceRecords": values})
}

fn route53_authority(zone: &Zone) -> Value {
    json!({"Name": format!("{}.", zone.apex), "Type": "SOA", "TTL": 900,
        "ResourceRecords": [{"Value": zone.authority()}]})
}

fn route53(zone: &Zone, oddity: Oddity) -> String {
    let mut sets = vec![route53_authority(zone)];
    sets.extend(zone.sets().iter().map(|set| route53_set(zone, set)));
    let name = |label: &str| format!("{label}.{}.", zone.apex);
    match oddity {
        Oddity::None => {}
        Oddity::RareType => sets.push(json!({"Name": name("https"), "Type": "HTTPS", "TTL": 60, "ResourceRecords": [{"Value": "1 . alpn=\"h2\""}]})),
        Oddity::BesideAlias => {
            sets.push(json!({"Name": name("odd"), "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": "x.test"}]}));
            sets.push(json!({"Name": name("odd"), "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": "\"x\""}]}));
        }
        Oddity::Unreadable => sets.push(json!({"Name": name("broken"), "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.999"}]})),
        Oddity::Dependent => sets.push(json!({"Name": name("flat"), "Type": "A", "AliasTarget": {"HostedZoneId": "Z2", "DNSName": "x.test.", "EvaluateTargetHealth": false}})),
    }
    json!({"ResourceRecordSets": sets}).to_string()
}

fn gcloud_yaml(zone: &Zone, oddity: Oddity) -> String {
    let mut text = String::new();
    let mut set = |name: &str, kind: &str, ttl: u32, values: &[String]| {
        let name = format!("{name}.");
        let name = if name.starts_with('*') { single(&name) } else { name };
        line(&mut text, format!("---\nkind: dns#resourceRecordSet\nname: {name}\nrrdatas:"));
        values.iter().for_each(|it| line(&mut text, format!("- {}", single(it))));
        line(&mut text, format!("ttl: {ttl}\ntype: {kind}"));
    };
    set(&zone.apex, "SOA", 21600, &[zone.authority()]);
    for it in zone.sets() {
        set(&zone.full(&it[0].name), it[0].data.kind(), it[0].ttl, &values(&it));
    }
    if oddity == Oddity::Unreadable {
        text.push_str(&format!(
            "---\nname: broken.{}.\nrrdatas:\n- 192.0.2.999\nttl: 60\ntype: A\n",
            zone.apex
        ));
    }
    if oddity == Oddity::Dependent {
        text.push_str(&format!(
            "---\nname: geo.{}.\nroutingPolicy:\n  geo:\n    items:\n    - location: us-east1\n      rrdatas:\n      - 192.0.2.9\nttl: 60\ntype: A\n",
            zone.apex
        ));
    }
    text
}

fn gcloud_json(zone: &Zone, oddity: Oddity) -> String {
    let mut sets = vec![
        json!({"kind": "dns#resourceRecordSet", "name": format!("{}.", zone.apex), "rrdatas": [zone.authority()], "ttl": 21600, "type": "SOA"}),
    ];
    for set in zone.sets() {
        sets.push(
            json!({"kind": "dns#resourceRecordSet", "name": format!("{}.", zone.full(&set[0].name)),
            "rrdatas": values(&set), "ttl": set[0].ttl, "type": set[0].data.kind()}),
        );
    }
    if oddity == Oddity::BesideAlias {
        let name = format!("odd.{}.", zone.apex);
        sets.push(json!({"name": name, "rrdatas": ["x.test."], "ttl": 60, "type": "CNAME"}));
        sets.push(json!({"name": name, "rrdatas": ["\"x\""], "ttl": 60, "type": "TXT"}));
    }
    Value::from(sets).to_string()
}

fn azure(zone: &Zone, oddity: Oddity) -> String {
    let begin = "Microsoft.Network/dnszones/";
    let mut sets = vec![json!({"fqdn": format!("{}.", zone.apex), "name": "@", "TTL": 3600,
        "type": format!("{begin}SOA"), "SOARecord": {"host": "ns1.hosting.test.", "serialNumber": 1}})];
    for set in zone.sets() {
        let kind = set[0].data.kind();
        let key = match kind {
            "CNAME" => "CNAMERecord".to_owned(),
            "CAA" => "caaRecords".to_owned(),
            kind => format!("{kind}Records"),
        };
        let items: Vec<Value> = set
            .iter()
            .map(|it| match &it.data {
                Data::A(it) => json!({"ipv4Address": it}),
                Data::Aaaa(it) => json!({"ipv6Address": it}),
                Data::Mx(preference, host) => {
                    json!({"exchange": format!("{host}."), "preference": preference})
                }
                Data::Txt(it) => {
                    let strings: Vec<_> = it
                        .as_bytes()
                        .chunks(255)
                        .map(|it| String::from_utf8_lossy(it).into_owned())
                        .collect();
                    json!({"value": strings})
                }
                Data::Cname(it) => json!({"cname": format!("{it}.")}),
                Data::Ns(it) => json!({"nsdname": format!("{it}.")}),
                Data::Srv(priority, weight, port, it) => {
                    json!({"priority": priority, "weight": weight, "port": port, "target": it})
                }
                Data::Caa(it) => json!({"flags": 0, "tag": "issue", "value": it}),
            })
            .collect();
        let items = if kind == "CNAME" { items[0].clone() } else { Value::from(items) };
        let name = if set[0].name.is_empty() { "@" } else { &set[0].name };
        sets.push(
            json!({"fqdn": format!("{}.", zone.full(&set[0].name)), "name": name, "TTL": set[0].ttl,
            "type": format!("{begin}{kind}"), key: items}),
        );
    }
    if oddity == Oddity::Dependent {
        sets.push(json!({"fqdn": format!("flat.{}.", zone.apex), "name": "flat", "TTL": 60, "type": format!("{begin}A"),
            "targetResource": {"id": "/subscriptions/x"}, "ARecords": null}));
    }
    Value::from(sets).to_string()
}

fn powerdns(zone: &Zone, oddity: Oddity) -> String {
    let set = |name: &str, kind: &str, ttl: u32, contents: Vec<String>| {
        let records: Vec<Value> =
            contents.into_iter().map(|it| json!({"content": it, "disabled": false})).collect();
        json!({"comments": [], "name": format!("{name}."), "records": records, "ttl": ttl, "type": kind})
    };
    let mut sets = vec![set(&zone.apex, "SOA", 3600, vec![zone.authority()])];
    sets.extend(
        zone.sets()
            .iter()
            .map(|it| set(&zone.full(&it[0].name), it[0].data.kind(), it[0].ttl, values(it))),
    );
    match oddity {
        Oddity::None => {}
        Oddity::RareType => {
            sets.push(set(&zone.full("lua"), "LUA", 60, vec!["A \"ifportup(443)\"".to_owned()]));
        }
        Oddity::BesideAlias => {
            sets.push(set(&zone.full("odd"), "CNAME", 60, vec!["x.test.".to_owned()]));
            sets.push(set(&zone.full("odd"), "TXT", 60, vec!["\"x\"".to_owned()]));
        }
        Oddity::Unreadable => {
            sets.push(set(&zone.full("broken"), "A", 60, vec!["192.0.2.999".to_owned()]));
        }
        Oddity::Dependent => {
            sets.push(set(&zone.full("flat"), "ALIAS", 60, vec!["x.test.".to_owned()]));
        }
    }
    json!({"id": format!("{}.", zone.apex), "kind": "Native", "name": format!("{}.", zone.apex), "rrsets": sets, "serial": zone.serial}).to_string()
}

fn cloudflare_api(zone: &Zone, oddity: Oddity) -> String {
    let records = zone.records.iter().filter(|it| it.data.kind() != "NS");
    let mut all: Vec<Value> = records.map(|it| cloudflare_values(zone, it)).collect();
    if oddity == Oddity::Dependent {
        all.push(json!({"name": zone.full("proxied"), "type": "A", "ttl": 1, "proxied": true, "content": "192.0.2.7"}));
    }
    let count = all.len();
    json!({"result": all, "success": true, "errors": [], "messages": [], "result_info": {"page": 1, "total_count": count}}).to_string()
}

fn dnsendpoint(zone: &Zone, oddity: Oddity) -> String {
    let mut text = String::from(
        "apiVersion: externaldns.k8s.io/v1alpha1\nkind: DNSEndpoint\nmetadata:\n  name: mail\nspec:\n  endpoints:\n",
    );
    for set in zone.sets() {
        let (name, kind, ttl) = (zone.full(&set[0].name), set[0].data.kind(), set[0].ttl);
        line(
            &mut text,
            format!(
                "    - dnsName: {}\n      recordType: {kind}\n      recordTTL: {ttl}\n      targets:",
                single(&name)
            ),
        );
        for record in &set {
            let target = match &record.data {
                Data::Txt(text) => text.clone(),
                data => data.written(),
            };
            line(&mut text, format!("        - {}", single(&target)));
        }
    }
    if oddity == Oddity::Dependent {
        line(
            &mut text,
            format!(
                "    - dnsName: geo.{}\n      recordType: A\n      setIdentifier: one\n      targets: [192.0.2.1]",
                zone.apex
            ),
        );
    }
    text
}

fn cloudformation_sets(zone: &Zone) -> Vec<Value> {
    let sets = zone.sets();
    let set = |set: &Vec<&Record>| json!({"Name": format!("{}.", zone.full(&set[0].name)), "Type": set[0].data.kind(), "TTL": set[0].ttl.to_string(), "ResourceRecords": values(set)});
    sets.iter().map(set).collect()
}

fn cloudformation_json(zone: &Zone, _: Oddity) -> String {
    let sets = cloudformation_sets(zone);
    let group = json!({"Type": "AWS::Route53::RecordSetGroup", "Properties": {"HostedZoneName": format!("{}.", zone.apex), "RecordSets": sets}});
    let bucket = json!({"Type": "AWS::S3::Bucket", "Properties": {}});
    json!({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Records": group, "Bucket": bucket}}).to_string()
}

fn cloudformation_yaml(zone: &Zone, oddity: Oddity) -> String {
    let mut text = String::from("AWSTemplateFormatVersion: '2010-09-09'\nResources:\n");
    for (index, set) in zone.sets().iter().enumerate() {
        let name = single(&format!("{}.", zone.full(&set[0].name)));
        line(
            &mut text,
            format!(
                "  Set{index}:\n    Type: AWS::Route53::RecordSet\n    Properties:\n      HostedZoneId: !Ref Zone\n      Name: {name}\n      \
                 Type: {}\n      TTL: '{}'\n      ResourceRecords:",
                set[0].data.kind(),
                set[0].ttl
            ),
        );
        values(set).iter().for_each(|it| line(&mut text, format!("        - {}", single(it))));
    }
    if oddity == Oddity::Dependent {
        line(
            &mut text,
            format!(
                "  Flat:\n    Type: AWS::Route53::RecordSet\n    Properties:\n      HostedZoneId: !Ref Zone\n      Name: flat.{}.\n      \
                 Type: A\n      AliasTarget:\n        DNSName: !GetAtt Balancer.DNSName\n        HostedZoneId: Z2",
                zone.apex
            ),
        );
    }
    text
}

// ── lists ───────────────────────────────────────────────────────────────────────────────────────

fn tinydns(zone: &Zone, oddity: Oddity) -> String {
    let mut text = format!(
        "# {}\nZ{}:ns1.hosting.test.:hostmaster.{0}:{}\n",
        zone.apex, zone.apex, zone.serial
    );
    for Record { name, ttl, data } in &zone.records {
        let name = zone.full(name);
        let octal =
            |text: &str| text.replace('\\', "\\134").replace(':', "\\072").replace('/', "\\057");
        let wire = |data: &[u8]| data.iter().map(|it| format!("\\{it:03o}")).collect::<String>();
        line(
            &mut text,
            match data {
                Data::A(it) => format!("+{name}:{it}:{ttl}"),
                Data::Mx(preference, host) => format!("@{name}::{host}.:{preference}:{ttl}"),
                Data::Txt(it) => format!("'{name}:{}:{ttl}", octal(it)),
                Data::Cname(it) => format!("C{name}:{it}.:{ttl}"),
                Data::Ns(it) => format!("&{name}::{it}.:{ttl}"),
                Data::Aaaa(it) => {
                    let octets = it.parse::<std::net::Ipv6Addr>().expect("an address").octets();
                    format!(":{name}:28:{}:{ttl}", wire(&octets))
                }
                Data::Caa(it) => {
                    let octets = [b"\x00\x05issue".as_slice(), it.as_bytes()].concat();
                    format!(":{name}:257:{}:{ttl}", wire(&octets))
                }
                Data::Srv(priority, weight, port, host) => {
                    let mut octets = [priority, weight, port]
                        .iter()
                        .flat_map(|it| it.to_be_bytes())
                        .collect::<Vec<u8>>();
                    for label in host.split('.') {
                        octets.push(u8::try_from(label.len()).expect("a short label"));
                        octets.extend(label.as_bytes());
                    }
                    octets.push(0);
                    format!(":{name}:33:{}:{ttl}", wire(&octets))
                }
            },
        );
    }
    if oddity == Oddity::Unreadable {
        line(&mut text, format!("+broken.{}:192.0.2.999:60", zone.apex));
    }
    text
}

fn table(zone: &Zone, separator: &str, quote: fn(&str) -> String) -> String {
    let mut text = ["Name", "Type", "TTL", "Priority", "Value"].join(separator) + "\n";
    for Record { name, ttl, data } in &zone.records {
        let (priority, value) = match data {
            Data::Mx(preference, host) => (preference.to_string(), format!("{host}.")),
            Data::Txt(text) => (String::new(), text.clone()),
            data => (String::new(), data.written()),
        };
        let cells =
            [zone.full(name), data.kind().to_owned(), ttl.to_string(), priority, quote(&value)];
        line(&mut text, cells.join(separator));
    }
    text
}

fn csv(zone: &Zone, _: Oddity) -> String {
    table(zone, ",", |it| format!("\"{}\"", it.replace('"', "\"\"")))
}

fn tsv(zone: &Zone, _: Oddity) -> String {
    table(zone, "\t", str::to_owned)
}

fn plain(zone: &Zone, oddity: Oddity) -> String {
    let mut text = String::from("# records\n");
    for Record { name, ttl, data } in &zone.records {
        line(&mut text, format!("{} {ttl} {} {}", zone.full(name), data.kind(), data.written()));
    }
    if oddity == Oddity::Unreadable {
        line(&mut text, format!("broken.{} 60 A 192.0.2.999", zone.apex));
    }
    text
}
