//! Documents in JSON, which hold no comments: what a fix does is in the member that is there for it, or
//! nowhere.

use super::{host, plain, relative, route53_strings, terraform};
use crate::dns::Data;
use crate::report::{Patch, PatchSet};
use serde_json::{Map, Value, json};

/// Most characters of a comment on a change batch.
const COMMENT: usize = 256;

/// What the steps of a patch do, in a line.
fn summary(patch: &Patch) -> String {
    let steps = patch.steps.iter().map(|step| format!("{}: {}", step.rule, step.summary));
    steps.collect::<Vec<_>>().join("; ")
}

/// `aws route53 change-resource-record-sets --change-batch file://FILE`
pub(super) fn route53(patch: &Patch) -> Value {
    let set = |set: &PatchSet, action: &str, records: &[Data]| {
        let values: Vec<Value> =
            records.iter().map(|data| json!({ "Value": route53_strings(set, data) })).collect();
        json!({"Action": action, "ResourceRecordSet": {"Name": format!("{}.", set.name),
            "Type": set.kind.to_string(), "TTL": set.ttl, "ResourceRecords": values}})
    };
    let changes: Vec<Value> = patch
        .sets
        .iter()
        .map(|one| match one.after.is_empty() {
            true => set(one, "DELETE", &one.before),
            false => set(one, "UPSERT", &one.after),
        })
        .collect();
    let comment: String = summary(patch).chars().take(COMMENT).collect();
    json!({"Comment": comment, "Changes": changes})
}

/// `PATCH /api/v1/servers/localhost/zones/ZONE`
pub(super) fn powerdns(patch: &Patch) -> Value {
    let set = |set: &PatchSet| {
        let records: Vec<Value> = set
            .after
            .iter()
            .map(|data| json!({"content": plain(set, data), "disabled": false}))
            .collect();
        let change = if set.after.is_empty() { "DELETE" } else { "REPLACE" };
        json!({"name": format!("{}.", set.name), "type": set.kind.to_string(), "ttl": set.ttl,
            "changetype": change, "records": records})
    };
    json!({"rrsets": patch.sets.iter().map(set).collect::<Vec<_>>()})
}

/// `POST /zones/ID/dns_records/batch`. A record that goes is named by an identifier that only Cloudflare
/// knows: what stands for it is refused until it is filled in, and the batch is refused as a whole.
pub(super) fn cloudflare(patch: &Patch) -> Value {
    let summary = summary(patch);
    let (mut deletes, mut posts) = (Vec::new(), Vec::new());
    for set in &patch.sets {
        let kind = set.kind.to_string();
        for data in set.removed() {
            let what = format!("{} {kind} {}", set.name, plain(set, data));
            deletes.push(json!({ "id": format!("fill in the id of: {what}") }));
        }
        for data in set.added() {
            let mut post = json!({"name": set.name.to_string(), "type": kind, "ttl": set.ttl,
                "comment": summary.chars().take(100).collect::<String>()});
            match data {
                Data::Mx { preference, exchange } => {
                    post["priority"] = (*preference).into();
                    post["content"] = host(exchange).into();
                }
                _ => post["content"] = plain(set, data).into(),
            }
            posts.push(post);
        }
    }
    json!({"deletes": deletes, "posts": posts})
}

/// A file `.tf.json`, which Terraform reads beside those in HCL.
pub(super) fn terraform_json(patch: &Patch) -> Value {
    let mut records = Map::new();
    for set in patch.sets.iter().filter(|set| !set.after.is_empty()) {
        let values: Vec<String> =
            set.after.iter().map(|data| template(&terraform::value(set, data))).collect();
        let resource = json!({"zone_id": "${var.zone_id}", "name": set.name.to_string(),
            "type": set.kind.to_string(), "ttl": set.ttl, "records": values});
        records.insert(terraform::label(set), resource);
    }
    json!({"//": summary(patch), "resource": {"aws_route53_record": records}})
}

/// A template that `az deployment group create --template-file` takes. It sets record sets and removes none,
/// so those that go are named in the description.
pub(super) fn azure(patch: &Patch) -> Value {
    let zone = patch.zone();
    let mut said = summary(patch);
    let mut resources = Vec::new();
    for set in &patch.sets {
        let name = relative(&set.name, &zone).unwrap_or_else(|| "@".to_owned());
        if set.after.is_empty() {
            said.push_str(&format!("; to be deleted: {} {}", set.name, set.kind));
            continue;
        }
        let mut properties = json!({ "TTL": set.ttl });
        for data in &set.after {
            let (key, value) = match data {
                Data::Txt(strings) => {
                    let strings = strings.iter().map(|it| String::from_utf8_lossy(it).into_owned());
                    ("TXTRecords", json!({ "value": strings.collect::<Vec<_>>() }))
                }
                Data::Mx { preference, exchange } => {
                    ("MXRecords", json!({"preference": preference, "exchange": host(exchange)}))
                }
                Data::Cname(target) => ("CNAMERecord", json!({ "cname": host(target) })),
                Data::A(address) => ("ARecords", json!({ "ipv4Address": address.to_string() })),
                Data::Aaaa(address) => {
                    ("AAAARecords", json!({ "ipv6Address": address.to_string() }))
                }
                data => {
                    said.push_str(&format!(
                        "; by hand: {} {} {}",
                        set.name,
                        set.kind,
                        plain(set, data)
                    ));
                    continue;
                }
            };
            match (key, properties.get_mut(key).and_then(Value::as_array_mut)) {
                ("CNAMERecord", _) => properties[key] = value,
                (_, Some(list)) => list.push(value),
                (_, None) => properties[key] = json!([value]),
            }
        }
        resources.push(json!({"type": format!("Microsoft.Network/dnsZones/{}", set.kind),
            "apiVersion": "2018-05-01", "name": format!("{zone}/{name}"), "properties": properties}));
    }
    json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "metadata": { "description": said },
        "resources": resources,
    })
}

/// A string in which nothing is a template.
fn template(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}
