//! Each clause over a domain as an audit reports it: met, not met, and not told.

use super::*;
use crate::audit::{self, Asked, Checks, Clock, Inquiry, Sender, undecided};
use crate::dns::{Dns, FaultScript, Injector};
use crate::report::{Authorization, Declaration};
use crate::text::Phrase;
use crate::zonefile::Zone;

/// A domain that sends, signs and asks for p=quarantine; nothing else exists.
const SOUND: &str = r#"
.                           SOA ns.example. admin.example. 1 7200 3600 1209600 3600
x.example.                  MX  10 mx.x.example.
x.example.                  TXT "v=spf1 mx include:_spf.x.example -all"
_spf.x.example.             TXT "v=spf1 ip4:192.0.2.128/28 -all"
mx.x.example.               A   192.0.2.1
mx.x.example.               AAAA 2001:db8::1
_dmarc.x.example.           TXT "v=DMARC1; p=quarantine; rua=mailto:d@x.example"
ed._domainkey.x.example.    TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
gone._domainkey.x.example.  TXT "v=DKIM1; p="
"#;

/// The same domain, parked as it should be.
const PARKED: &str = r#"
.                  SOA ns.example. admin.example. 1 7200 3600 1209600 3600
x.example.         MX  0 .
x.example.         TXT "v=spf1 -all"
_dmarc.x.example.  TXT "v=DMARC1; p=reject; rua=mailto:d@x.example"
"#;

fn written<T>(value: T) -> Written<T> {
    Written::new(value, Arc::from(*b"\"x\""), "mailcheck.toml".into(), 7, 3)
}

fn nothing() -> Contract {
    Contract {
        name: written(Name::from_octets(b"x.example").expect("a test writes valid names")),
        role: None,
        senders: Vec::new(),
        never_senders: Vec::new(),
        selectors: Vec::new(),
        min_key_bits: None,
        min_policy: None,
        max_lookups: None,
        max_voids: None,
    }
}

/// A contract with something in every clause, all of it met by [`SOUND`].
fn everything() -> Contract {
    Contract {
        role: Some(written(Role::Sending)),
        senders: vec![written("192.0.2.128/28".to_owned())],
        never_senders: vec![written("198.51.100.0/24".to_owned())],
        selectors: vec![selector("ed", None)],
        min_key_bits: Some(written(2048)),
        min_policy: Some(written(dmarc::Policy::Quarantine)),
        max_lookups: Some(written(2)),
        max_voids: Some(written(0)),
        ..nothing()
    }
}

fn selector(name: &str, min_bits: Option<u32>) -> Selector {
    Selector { name: written(name.to_owned()), min_bits: min_bits.map(written) }
}

/// What is asked, senders given as networks.
fn inquiry(contract: &Contract) -> Inquiry {
    let mut inquiry = Inquiry::about(contract.name.value.clone());
    let senders = contract.senders.iter().map(|word| (Declaration::Sender, word));
    let others = contract.never_senders.iter().map(|word| (Declaration::NeverSender, word));
    inquiry.declared = senders
        .chain(others)
        .map(|(what, word)| {
            let cidr = word.value.parse().expect("a test writes networks");
            (what, Asked { text: word.value.clone(), sender: Sender::Network(cidr) })
        })
        .collect();
    inquiry.selectors = contract.selectors.iter().map(|one| one.name.value.clone()).collect();
    inquiry
}

async fn held(zone: &str, fault: Option<&str>, contract: &Contract, inquiry: &Inquiry) -> Domain {
    let zone = Zone::read("world", None, zone.as_bytes()).strict().expect("a zone without fault");
    let dns: Arc<dyn Dns> = match fault {
        Some(script) => {
            let script: FaultScript = script.parse().expect("a script that can be read");
            Arc::new(Injector::new(script, zone))
        }
        None => Arc::new(zone),
    };
    let mut domain = audit::domain(&*dns, inquiry, Clock::default()).await;
    judge(contract, &mut domain);
    domain
}

/// Whether each expectation is met, and the rules of the contract that are.
async fn outcome(
    zone: &str,
    fault: Option<&str>,
    contract: &Contract,
) -> (Vec<Option<bool>>, Vec<&'static str>) {
    outcomes(&held(zone, fault, contract, &inquiry(contract)).await)
}

fn outcomes(domain: &Domain) -> (Vec<Option<bool>>, Vec<&'static str>) {
    let met = domain.contract.iter().map(|expected| expected.met).collect();
    let own = |finding: &Finding| {
        lint::CHECKS.iter().map(|check| check.rule.id).find(|id| finding.rule == *id)
    };
    (met, domain.findings.iter().filter_map(own).collect())
}

#[tokio::test]
async fn a_contract_that_is_met_has_no_finding() {
    let (met, findings) = outcome(SOUND, None, &everything()).await;
    assert_eq!((met, findings), (vec![Some(true); 8], vec![]));
}

#[tokio::test]
async fn what_could_not_be_told_is_no_finding() {
    let (met, findings) =
        outcome(SOUND, Some("timeout:x.example,timeout:*.x.example"), &everything()).await;
    assert_eq!((met, findings), (vec![None; 8], vec![]));
}

#[tokio::test]
async fn where_the_time_was_over_nothing_could_be_told() {
    let mut domain = undecided(&inquiry(&everything()), Phrase::from("too late"));
    judge(&everything(), &mut domain);
    assert_eq!(outcomes(&domain), (vec![None; 8], vec![]));
}

#[tokio::test]
async fn what_was_not_looked_at_is_left_out() {
    let checks = Checks::only([crate::protocols::Protocol::Dmarc]);
    let asked = Inquiry { checks, ..inquiry(&everything()) };
    let domain = held(SOUND, None, &everything(), &asked).await;
    assert_eq!(outcomes(&domain).0, [Some(true)]);
}

#[tokio::test]
async fn a_sender_that_may_send_in_part_is_refused() {
    let contract = Contract { senders: vec![written("192.0.2.128/27".to_owned())], ..nothing() };
    let expected = (vec![Some(false)], vec!["contract/sender-refused"]);
    assert_eq!(outcome(SOUND, None, &contract).await, expected);
}

#[tokio::test]
async fn a_network_of_which_an_address_may_send_is_admitted() {
    let contract =
        Contract { never_senders: vec![written("192.0.2.0/24".to_owned())], ..nothing() };
    let expected = (vec![Some(false)], vec!["contract/sender-admitted"]);
    assert_eq!(outcome(SOUND, None, &contract).await, expected);
}

#[tokio::test]
async fn one_that_must_not_send_is_no_failure_of_the_domain() {
    let contract =
        Contract { never_senders: vec![written("198.51.100.1/32".to_owned())], ..nothing() };
    let domain = held(SOUND, None, &contract, &inquiry(&contract)).await;
    let verdicts: Vec<_> = domain.authorizations.iter().map(Authorization::verdict).collect();
    assert_eq!((domain.result, verdicts), (crate::report::Verdict::Ok, vec![domain.result]));
}

#[tokio::test]
async fn an_include_that_cannot_be_resolved_refuses_nobody() {
    let contract = Contract {
        senders: vec![written("192.0.2.128/28".to_owned())],
        never_senders: vec![written("203.0.113.0/24".to_owned())],
        ..nothing()
    };
    let outage = Some("timeout:_spf.x.example/TXT");
    assert_eq!(outcome(SOUND, outage, &contract).await, (vec![None; 2], vec![]));
}

#[tokio::test]
async fn lookups_that_are_counted_are_too_many_whatever_else_fails() {
    let contract = Contract { max_lookups: Some(written(1)), ..nothing() };
    let outage = Some("timeout:_spf.x.example/TXT");
    let expected = (vec![Some(false)], vec!["contract/too-many-lookups"]);
    assert_eq!(outcome(SOUND, outage, &contract).await, expected);
}

#[tokio::test]
async fn a_key_that_is_revoked_or_not_there_is_missing() {
    let selectors = vec![selector("gone", None), selector("never", None)];
    let contract = Contract { selectors, ..nothing() };
    let expected = (vec![Some(false); 2], vec!["contract/selector-missing"; 2]);
    assert_eq!(outcome(SOUND, None, &contract).await, expected);
}

#[tokio::test]
async fn of_a_key_that_is_revoked_no_size_is_told() {
    let contract = Contract { selectors: vec![selector("gone", Some(1024))], ..nothing() };
    let expected = (vec![Some(false)], vec!["contract/selector-missing"]);
    assert_eq!(outcome(SOUND, None, &contract).await, expected);
}

#[tokio::test]
async fn an_ed25519_key_is_always_large_enough() {
    let contract = Contract { selectors: vec![selector("ed", Some(4096))], ..nothing() };
    assert_eq!(outcome(SOUND, None, &contract).await, (vec![Some(true); 2], vec![]));
}

#[tokio::test]
async fn a_policy_that_is_not_published_is_weaker_than_any() {
    let contract = Contract { min_policy: Some(written(dmarc::Policy::None)), ..nothing() };
    let zone = SOUND.replace("_dmarc.x.example.", "other.x.example.");
    let expected = (vec![Some(false)], vec!["contract/policy-weak"]);
    assert_eq!(outcome(&zone, None, &contract).await, expected);
}

// ── roles ───────────────────────────────────────────────────────────────────────────────────────

fn of_role(role: Role) -> Contract {
    Contract { role: Some(written(role)), ..nothing() }
}

#[tokio::test]
async fn each_role_is_borne_out_by_its_own_records() {
    let receiving = SOUND.replace("mx include:_spf.x.example ", "");
    for (zone, role) in
        [(SOUND, Role::Sending), (receiving.as_str(), Role::ReceivingOnly), (PARKED, Role::Parked)]
    {
        assert_eq!(
            outcome(zone, None, &of_role(role)).await,
            (vec![Some(true)], vec![]),
            "{role:?}"
        );
    }
}

#[tokio::test]
async fn a_parked_domain_that_is_used_is_told_of_three_times_and_each_time_apart() {
    let contract = of_role(Role::Parked);
    let domain = held(SOUND, None, &contract, &inquiry(&contract)).await;
    let mut prints: Vec<&str> = domain
        .findings
        .iter()
        .filter(|finding| finding.rule == "contract/role-broken")
        .map(|finding| finding.fingerprint.as_str())
        .collect();
    prints.dedup();
    assert_eq!(prints.len(), 3);
}

#[tokio::test]
async fn a_role_of_which_one_part_fails_is_broken_whatever_else_is_unknown() {
    let outage = Some("timeout:_dmarc.x.example/TXT");
    let expected = (vec![Some(false)], vec!["contract/role-broken"; 2]);
    assert_eq!(outcome(SOUND, outage, &of_role(Role::Parked)).await, expected);
    assert_eq!(outcome(PARKED, outage, &of_role(Role::Parked)).await, (vec![None], vec![]));
}

#[tokio::test]
async fn a_domain_that_only_receives_has_no_null_mx() {
    let expected = (vec![Some(false)], vec!["contract/role-broken"]);
    assert_eq!(outcome(PARKED, None, &of_role(Role::ReceivingOnly)).await, expected);
}

#[tokio::test]
async fn a_domain_without_a_host_or_an_address_does_not_receive() {
    let receiving = SOUND.replace("mx include:_spf.x.example ", "");
    let nowhere = receiving.replace("MX  10 mx.x", "MX  10 gone.x");
    let nothing = receiving.replace("x.example.                  MX", "y.example. MX");
    let expected = (vec![Some(false)], vec!["contract/role-broken"]);
    for zone in [nowhere, nothing] {
        assert_eq!(outcome(&zone, None, &of_role(Role::ReceivingOnly)).await, expected);
    }
}

#[tokio::test]
async fn a_finding_stands_where_the_value_is_written() {
    let contract = of_role(Role::Sending);
    let domain = held(PARKED, None, &contract, &inquiry(&contract)).await;
    let finding = domain.findings.iter().find(|one| one.rule == "contract/role-broken");
    let place = finding.and_then(|one| one.location.as_ref()).expect("it stands in the file");
    assert_eq!((place.line, place.column, place.end_column), (7, 3, 6));
}
