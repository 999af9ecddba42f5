//! Signs that are read out of reports.

use super::*;
use crate::audit::{self, Changed, Clock, Inquiry};
use crate::compare::compare_findings;
use crate::diagnostic::Severity;
use crate::dns::Replay;
use crate::report::Owners;

/// A domain that includes a provider, whose policy this is; the own record ends with `end`.
fn world(policy: &str, end: &str) -> Replay {
    let txt = |name: &str, text: &str| {
        format!(
            "{{\"name\":\"{name}\",\"type\":\"TXT\",\"ttl\":60,\"records\":[\"\\\"{text}\\\"\"]}}\n"
        )
    };
    let mut text = "{\"cassette\":1,\"absent\":\"nxdomain\"}\n".to_owned();
    text += &txt("fms.example", &format!("v=spf1 include:spf.provider.test {end}"));
    text += &match policy {
        "" => {
            "{\"name\":\"spf.provider.test\",\"type\":\"TXT\",\"outcome\":\"timeout\"}\n".to_owned()
        }
        policy => txt("spf.provider.test", policy),
    };
    text += &txt("_dmarc.fms.example", "v=DMARC1; p=reject; rua=mailto:d@fms.example");
    Replay::read("test", text).expect("a cassette")
}

/// The signs of a look, each in a line: whose it is, what, why and what to do.
async fn found(before: Replay, after: Replay) -> Vec<String> {
    let inquiry = Inquiry::about(name("fms.example"));
    let Changed { before, mut after } =
        audit::change([&before, &after], &inquiry, Clock::default()).await;
    compare_findings(&mut after, &before);
    let owners = Owners::new(&inquiry.domain, &[]);
    let signs = signs(&after, &owners, Some(Severity::Error));
    let line = |Sign { cause, telling, .. }: Sign| {
        let Cause { party, owner, .. } = cause;
        format!("{party:?} {owner}|{}|{}|{}", telling.title, telling.root_cause, telling.next_step)
    };
    signs.into_iter().map(line).collect()
}

const WHOLE: &str = "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.0/24 -all";

#[tokio::test]
async fn addresses_that_a_provider_drops_are_the_providers_doing() {
    let found = found(world(WHOLE, "-all"), world("v=spf1 ip4:192.0.2.0/24 -all", "-all")).await;
    assert_eq!(
        found,
        [
            "Operator provider.test|provider.test: its SPF policy lost 198.51.100.0/24|the TXT record of \
          spf.provider.test changed and no longer authorizes 198.51.100.0/24|change nothing in your \
          records: keep the include and open a case with provider.test"
        ]
    );
}

/// Whose doing each sign of a look is.
async fn blamed(before: Replay, after: Replay) -> Vec<String> {
    let found = found(before, after).await;
    let parties =
        found.iter().filter_map(|line| Some(line.split_once('|')?.0.trim_end().to_owned()));
    let mut parties: Vec<String> = parties.collect();
    parties.dedup();
    parties
}

#[tokio::test]
async fn an_error_of_the_own_record_is_no_loss_of_the_provider_that_it_includes() {
    for end in [
        "ip4:192.0.2.1.2 -all",
        "ip4:300.0.0.0 -all",
        "ip4: -all",
        "redirect=a.test redirect=b.test",
    ] {
        let blamed = blamed(world(WHOLE, "-all"), world(WHOLE, end)).await;
        assert_eq!(blamed, ["You"], "{end}");
    }
}

#[tokio::test]
async fn an_error_of_a_provider_is_that_providers_doing() {
    for policy in ["v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.0.1 -all", "v=spf1 nonsense -all"] {
        let found = found(world(WHOLE, "-all"), world(policy, "-all")).await;
        let losses: Vec<&String> = found.iter().filter(|line| line.contains("lost")).collect();
        assert!(
            losses.len() == 1 && losses[0].starts_with("Operator provider.test|"),
            "{policy}: {found:#?}"
        );
    }
}

#[tokio::test]
async fn addresses_that_the_own_record_drops_are_the_owners_doing() {
    let found = found(world(WHOLE, "ip4:203.0.113.0/24 -all"), world(WHOLE, "-all")).await;
    assert_eq!(
        found,
        [
            "You |fms.example: SPF no longer passes for 203.0.113.0/24|the TXT record of fms.example \
          changed and no longer authorizes 203.0.113.0/24|if these servers still send for you, publish \
          ip4:203.0.113.0/24 again"
        ]
    );
}

#[tokio::test]
async fn a_provider_that_does_not_answer_has_lost_nothing() {
    let found = found(world(WHOLE, "-all"), world("", "-all")).await;
    assert_eq!(
        found,
        [
            "Operator provider.test|provider.test: no DNS answer|spf.provider.test TXT timed out|change \
          nothing in fms.example; receivers return temperror, and most ask the sender to retry"
        ]
    );
}

#[tokio::test]
async fn what_was_undetermined_before_and_answers_now_is_no_sign() {
    assert_eq!(found(world("", "-all"), world(WHOLE, "-all")).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_stays_as_it_was_is_no_sign() {
    assert_eq!(found(world(WHOLE, "-all"), world(WHOLE, "-all")).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_provider_that_grows_beyond_the_limit_is_named_as_the_cause() {
    let hosts: Vec<String> = (0..11).map(|number| format!("h{number}.provider.test")).collect();
    let grown = hosts.iter().map(|host| format!("a:{host} ")).collect::<String>();
    let records = hosts.iter().map(|host| {
        format!("{{\"name\":\"{host}\",\"type\":\"A\",\"ttl\":60,\"records\":[\"192.0.2.1\"]}}\n")
    });
    let mut text = "{\"cassette\":1,\"absent\":\"nxdomain\"}\n".to_owned();
    text.extend(records);
    for (name, record) in [
        ("fms.example", "v=spf1 include:spf.provider.test -all".to_owned()),
        ("spf.provider.test", format!("v=spf1 {grown}-all")),
    ] {
        text += &format!(
            "{{\"name\":\"{name}\",\"type\":\"TXT\",\"ttl\":60,\"records\":[\"\\\"{record}\\\"\"]}}\n"
        );
    }
    let after = Replay::read("test", text).expect("a cassette");
    let found = found(world(WHOLE, "-all"), after).await;
    let said = "|12 DNS lookups (limit 10), 1 at the last good look: the policy of spf.provider.test changed|";
    assert!(
        found.iter().any(|line| line.starts_with("You |") && line.contains(said)),
        "{found:#?}"
    );
}
