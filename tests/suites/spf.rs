//! The openspf suite for RFC 7208, whole: results and explanations, and the same world walked over
//! everybody at once.

use crate::openspf::{Case, Explanation, Scenario, spf_rfc7208};
use mailcheck::net::{Family, IpSet};
use mailcheck::protocols::spf::{
    Policies, Receiver, Sender, Spent, SpfResult, check_host, policy_domain, walk,
};
use std::fmt::Write;
use std::net::IpAddr;

/// Where we differ from the suite, and why. Each of these must keep differing.
const DEVIATIONS: &[(&str, &str)] = &[];

const RECEIVER: Receiver<'_> = Receiver { name: b"unknown", time: 0 };

#[derive(Debug, PartialEq)]
struct Verdict {
    result: Option<SpfResult>,
    explanation: Option<Vec<u8>>,
    spent: Spent,
}

async fn checked(scenario: &Scenario, sender: &Sender, host: IpAddr) -> Verdict {
    let policies = Policies::new(&scenario.zone);
    let checked = check_host(&policies, sender, IpSet::one(host), RECEIVER).await;
    let cell = checked.only().expect("one address makes one cell");
    Verdict { result: cell.result(), explanation: checked.explanation.clone(), spent: cell.spent }
}

fn sender_of(case: &Case) -> Sender {
    Sender::mail_from(&case.mailfrom, Some(&case.helo))
}

fn fault(case: &Case, verdict: &Verdict) -> Option<String> {
    let result = verdict.result.map_or("depends on the sender", SpfResult::word);
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    if !case.results.iter().any(|accepted| accepted == result) {
        return Some(format!("result {result}, expected {}", case.results.join(" or ")));
    }
    let given = verdict.explanation.as_deref();
    match &case.explanation {
        Explanation::Default if given.is_some() => {
            Some(format!("explanation {:?}, expected none", given.map(text)))
        }
        Explanation::Text(expected) if given != Some(expected) && result == "fail" => {
            Some(format!("explanation {:?}, expected {:?}", given.map(text), text(expected)))
        }
        _ => None,
    }
}

#[tokio::test]
async fn every_case_of_the_openspf_suite_passes() {
    let Some(scenarios) = spf_rfc7208() else { return };
    let (mut faults, mut cases, mut deviating) = (String::new(), 0, Vec::new());
    for scenario in &scenarios {
        for case in &scenario.cases {
            cases += 1;
            let host = case.host.to_canonical();
            let verdict = checked(scenario, &sender_of(case), host).await;
            if let Some(fault) = fault(case, &verdict) {
                if DEVIATIONS.iter().any(|(id, _)| *id == case.id) {
                    deviating.push(case.id.as_str());
                } else {
                    let _ =
                        writeln!(faults, "{}/{} (§{}): {fault}", case.scenario, case.id, case.spec);
                }
            }
        }
    }
    assert_eq!(faults, "");
    assert_eq!(cases, 203, "the suite is whole");
    assert_eq!(deviating, DEVIATIONS.iter().map(|(id, _)| *id).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_walk_over_everybody_agrees_with_each_check_at_every_border() {
    let Some(scenarios) = spf_rfc7208() else { return };
    let (mut faults, mut probes) = (String::new(), 0);
    for scenario in &scenarios {
        for case in &scenario.cases {
            let sender = sender_of(case);
            let Some(domain) = policy_domain(&sender.domain) else { continue };
            for family in Family::BOTH {
                let policies = Policies::new(&scenario.zone);
                let everybody =
                    walk(&policies, &domain, &sender, IpSet::all(family)).await.partition;
                let whole = everybody.gather(|_| true);
                assert!(whole.is_all(), "{}/{} covers every address", case.scenario, case.id);
                if !everybody.sender_dependent().is_empty() {
                    continue;
                }
                for border in borders(&everybody) {
                    let ip = family.address(border);
                    let one = checked(scenario, &sender, ip).await;
                    let cell = everybody.cell_of(ip).expect("everybody is in a cell");
                    probes += 1;
                    if (cell.result(), cell.spent) != (one.result, one.spent) {
                        let _ = writeln!(
                            faults,
                            "{}/{} at {ip}: {:?} {:?}, alone {:?} {:?}",
                            case.scenario,
                            case.id,
                            cell.result(),
                            cell.spent,
                            one.result,
                            one.spent
                        );
                    }
                }
            }
        }
    }
    assert_eq!(faults, "");
    assert!(probes > 700, "only {probes} probes");
}

/// The first and the last address of every range of every cell.
fn borders(partition: &mailcheck::protocols::spf::Partition) -> Vec<u128> {
    let ranges = partition.cells.iter().flat_map(|cell| cell.set.ranges().iter());
    let mut borders: Vec<u128> = ranges.flat_map(|range| [range.first(), range.last()]).collect();
    borders.sort_unstable();
    borders.dedup();
    borders
}

#[tokio::test]
async fn type_99_is_never_asked() {
    let Some(scenarios) = spf_rfc7208() else { return };
    for scenario in &scenarios {
        for case in &scenario.cases {
            checked(scenario, &sender_of(case), case.host).await;
        }
        // RFC 7208 §3.1: "SPF records MUST be published as a DNS TXT (type 16) Resource Record"
        let asked = scenario.zone.asked();
        assert!(asked.iter().all(|question| question.kind != mailcheck::dns::Kind::Spf));
    }
}
