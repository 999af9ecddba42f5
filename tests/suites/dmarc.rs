//! The DMARC suite: records, evaluations and report destinations by RFC 9989 and RFC 9990.
//!
//! Cases on which deployed implementations differ are marked ambiguous in the suite and left out.

use crate::shared::shared;
use crate::zone::{Zone, octets};
use mailcheck::net::Name;
use mailcheck::protocols::dmarc::{
    Authentication, Authorization, Event, Identifier, Mechanism, Policy, Proof, Record, ReportKind,
    ReportUri, Usable, Usage, discover, evaluate, parse, verify, walk,
};
use mailcheck::text::escape;
use serde_json::{Value, json};

/// How many cases of the suite are not ambiguous, by kind.
const RECORDS: usize = 31;
const EVALUATIONS: usize = 49;
const DESTINATIONS: usize = 8;

#[expect(clippy::disallowed_methods, reason = "a test reads the suite")]
fn cases(kind: &str) -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(shared("conformance/dmarc-given.json")?);
    let suite: Value = serde_json::from_str(&text.expect("readable")).expect("JSON");
    let cases = suite["cases"].as_array().expect("the suite has cases").iter();
    let cases = cases.filter(|case| case["kind"] == kind && case["ambiguous"] != true);
    Some(cases.cloned().collect())
}

fn name(text: &Value) -> Name {
    let text = text.as_str().expect("a name is a text");
    Name::from_octets(text.as_bytes()).expect("the suite writes valid names")
}

/// Compares every member that a case expects with what was found.
fn compare(case: &Value, found: &Value, failures: &mut Vec<String>) {
    let expected = case["expected"].as_object().expect("a case expects something");
    for (member, wanted) in expected {
        let got = &found[member];
        let agrees = match member.as_str() {
            "results" => wanted.as_array().is_some_and(|words| words.contains(&found["result"])),
            "policy_tag" if wanted == "p=none by 4.10.1" => got == "implied",
            _ => got == wanted,
        };
        if !agrees {
            let id = &case["id"];
            failures.push(format!("{id} {member}: expected {wanted}, got {got} ({found})"));
        }
    }
}

fn report(failures: &[String], count: usize, wanted: usize) {
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(count, wanted, "the number of cases");
}

#[test]
fn every_record_of_the_suite_is_read_as_it_expects() {
    let Some(cases) = cases("record") else { return };
    let mut failures = Vec::new();
    for case in &cases {
        let text = octets(case["txt"].as_str().expect("a record case has a text"));
        let found = parse(&*text).map_or_else(|| json!({"valid": false}), |r| show(&r.value));
        compare(case, &found, &mut failures);
    }
    report(&failures, cases.len(), RECORDS);
}

fn show(record: &Record) -> Value {
    let uris =
        |uris: &[ReportUri]| -> Vec<String> { uris.iter().map(|uri| escape(&uri.text)).collect() };
    let names = |usages: &[Usage]| -> Vec<String> {
        let tags = record.tags.iter().filter(|tag| usages.contains(&tag.usage));
        // The suite counts an empty value as no tag at all.
        let tags = tags.filter(|tag| !tag.value.is_empty());
        let mut names: Vec<_> = tags.map(|tag| escape(record.show(tag.name))).collect();
        names.sort();
        names
    };
    json!({
        "valid": true,
        "usable": match record.usable() {
            Usable::Ok => "ok",
            Usable::AsNone => "none",
            Usable::Skip => "skip",
        },
        "p": record.p.as_ref().map(|policy| policy.value.word()),
        "sp": record.sp.as_ref().map(|policy| policy.value.word()),
        "np": record.np.as_ref().map(|policy| policy.value.word()),
        "adkim": record.dkim_alignment().letter(),
        "aspf": record.spf_alignment().letter(),
        "t": if record.is_testing() { "y" } else { "n" },
        "psd": record.suffix().letter(),
        "fo": record.failure_options().iter().map(|one| one.letter()).collect::<Vec<_>>(),
        "rua": uris(&record.rua),
        "ruf": uris(&record.ruf),
        "invalid_tags": names(&[Usage::Discarded]),
        "ignored_tags": names(&[Usage::Unknown, Usage::Historic]),
    })
}

#[tokio::test]
async fn every_evaluation_of_the_suite_ends_as_it_expects() {
    let Some(cases) = cases("evaluation") else { return };
    let mut failures = Vec::new();
    for case in &cases {
        compare(case, &judge(case).await, &mut failures);
    }
    report(&failures, cases.len(), EVALUATIONS);
}

async fn judge(case: &Value) -> Value {
    let zone = Zone::from_json(&case["zone"].to_string());
    let author = name(&case["from_domain"]);
    let (author, steps) = discover(&zone, &author).await;
    let walked = steps.iter().filter(|step| matches!(step.event, Event::Walk { .. }));
    let walked: Vec<String> = walked
        .flat_map(|walk| &walk.steps)
        .flat_map(|step| &step.answers)
        .map(|answer| answer.question.name.to_string())
        .collect();
    let signatures = case["dkim"].as_array().into_iter().flatten();
    let authentication = Authentication {
        spf: case["spf"].is_object().then(|| identifier(&case["spf"])),
        dkim: signatures.map(identifier).collect(),
    };
    let verdict = evaluate(&zone, &author, &authentication).await;
    let in_force = author.in_force();
    json!({
        "result": verdict.result.word(),
        "policy_domain": in_force.map(|one| one.published.domain.to_string()),
        "org_domain": author.organization.as_ref().map(|one| one.domain.to_string()),
        "policy": in_force.map(|one| one.policy.word()),
        "policy_tag": in_force.map(|one| one.tag.word()),
        "requested": verdict.requested.map(Policy::word),
        "disposition": verdict.disposition.word(),
        "spf_aligned": verdict.is_aligned(Mechanism::Spf),
        "dkim_aligned": verdict.is_aligned(Mechanism::Dkim),
        "tree_walk_queries": walked,
    })
}

fn identifier(value: &Value) -> Identifier {
    let proof = match value["result"].as_str() {
        Some("pass") => Proof::Pass,
        Some("temperror") => Proof::Unknown,
        _ => Proof::NoPass,
    };
    Identifier { domain: name(&value["domain"]), proof }
}

#[tokio::test]
async fn every_report_destination_of_the_suite_is_checked_as_it_expects() {
    let Some(cases) = cases("report-destination") else { return };
    let mut failures = Vec::new();
    for case in &cases {
        compare(case, &check(case).await, &mut failures);
    }
    report(&failures, cases.len(), DESTINATIONS);
}

async fn check(case: &Value) -> Value {
    let zone = Zone::from_json(&case["zone"].to_string());
    let policy_domain = name(&case["policy_domain"]);
    let record = format!("v=DMARC1; rua={}", case["uri"].as_str().expect("a URI"));
    let record = parse(record.as_bytes()).expect("a DMARC record").value;
    let own = walk(&zone, &policy_domain).await.organization().map(|own| own.domain);
    let aggregate = ReportKind::Aggregate;
    let checked = verify(&zone, &policy_domain, own.as_ref(), aggregate, &record.rua[0]).await;
    let authorization = checked.destination.authorization;
    let asked = zone.asked().into_iter().map(|question| question.name.to_string());
    let instead = match &authorization {
        Authorization::Granted { instead, .. } if !instead.is_empty() => {
            Some(instead.iter().map(|uri| escape(&uri.text)).collect::<Vec<_>>())
        }
        _ => None,
    };
    json!({
        "external": authorization != Authorization::Internal,
        "authorized": authorization.is_granted(),
        "query": asked.into_iter().find(|name| name.contains("._report._dmarc.")),
        "override": instead,
    })
}
