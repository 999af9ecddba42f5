//! Each meaning of an MX set, and each rule with a domain that trips it.

use super::lint::check;
use super::*;
use crate::diagnostic::{Event as _, Standing};
use crate::dns::{
    Answer, Data, Dns, Failure, Kind, Lookup, Outcome, Provenance, Question, Trouble,
};
use crate::net::Name;
use std::collections::HashMap;
use std::sync::Arc;

/// Questions and their answers; every other name does not exist.
#[derive(Default)]
struct World(HashMap<Question, (Outcome, Vec<Name>)>);

fn name(text: &str) -> Name {
    match text {
        "." => Name::root(),
        text => Name::from_octets(text.as_bytes()).expect("a test writes valid names"),
    }
}

impl World {
    /// `example.com` with its MX records.
    fn mx(records: &[(u16, &str)]) -> Self {
        let data = |(preference, host): &(u16, &str)| {
            Data::Mx { preference: *preference, exchange: name(host) }.into()
        };
        let outcome = Outcome::Records(records.iter().map(data).collect());
        Self::default().with("example.com", Kind::Mx, outcome, &[])
    }

    fn with(mut self, owner: &str, kind: Kind, outcome: Outcome, aliases: &[&str]) -> Self {
        let aliases = aliases.iter().map(|alias| name(alias)).collect();
        self.0.insert(Question::new(name(owner), kind), (outcome, aliases));
        self
    }

    /// A host with one IPv4 address and no other.
    fn host(self, owner: &str, ip: &str) -> Self {
        let data = Data::A(ip.parse().expect("a test writes valid addresses"));
        self.with(owner, Kind::A, Outcome::Records(vec![data.into()]), &[]).with(
            owner,
            Kind::Aaaa,
            Outcome::NoData,
            &[],
        )
    }
}

impl Dns for World {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let (outcome, aliases) =
            self.0.get(question).cloned().unwrap_or((Outcome::NxDomain, Vec::new()));
        let answer = Answer::new(question.clone(), outcome, Provenance::Zone("test".into()));
        Box::pin(std::future::ready(Arc::new(Answer { aliases, ..answer })))
    }
}

fn failed() -> Outcome {
    Outcome::Failed(Failure::new(Trouble::Timeout))
}

async fn facts(world: &World) -> Facts {
    examine(world, &name("example.com")).await.facts
}

async fn rules(world: &World) -> Vec<&'static str> {
    check(&facts(world).await).iter().map(|finding| finding.rule.id).collect()
}

#[tokio::test]
async fn hosts_come_most_preferred_first() {
    let world = World::mx(&[(20, "b.x"), (10, "a.x")]).host("a.x", "192.0.2.1");
    let hosts: Vec<_> =
        facts(&world).await.exchangers().iter().map(|one| one.host.to_string()).collect();
    assert_eq!(hosts, ["a.x", "b.x"]);
}

#[tokio::test]
async fn a_host_with_an_address_is_good_and_has_no_finding() {
    let world = World::mx(&[(10, "a.x")]).host("a.x", "192.0.2.1");
    assert_eq!((facts(&world).await.standing(), rules(&world).await), (Standing::Good, vec![]));
}

#[tokio::test]
async fn a_null_mx_alone_is_good_and_has_no_finding() {
    let world = World::mx(&[(0, ".")]);
    let facts = facts(&world).await;
    assert_eq!(
        (facts.is_null(), facts.standing(), rules(&world).await),
        (true, Standing::Good, vec![])
    );
}

#[tokio::test]
async fn a_null_mx_beside_a_host_is_a_fault() {
    let world = World::mx(&[(0, "."), (10, "a.x")]).host("a.x", "192.0.2.1");
    assert_eq!(
        (facts(&world).await.standing(), rules(&world).await),
        (Standing::Weak, vec!["mx/null-with-others"])
    );
}

#[tokio::test]
async fn a_null_mx_with_a_preference_is_noted() {
    assert_eq!(rules(&World::mx(&[(10, ".")])).await, ["mx/null-preference"]);
}

#[tokio::test]
async fn a_host_that_is_an_alias_is_a_warning() {
    let address = Outcome::Records(vec![Data::A([192, 0, 2, 1].into()).into()]);
    let world = World::mx(&[(10, "a.x")]).with("a.x", Kind::A, address, &["b.x"]).with(
        "a.x",
        Kind::Aaaa,
        Outcome::NoData,
        &["b.x"],
    );
    assert_eq!(
        (facts(&world).await.standing(), rules(&world).await),
        (Standing::Weak, vec!["mx/alias"])
    );
}

#[tokio::test]
async fn a_host_that_is_an_address_is_a_fault_and_is_not_looked_up() {
    let world = World::mx(&[(10, "192.0.2.1")]).host("192.0.2.1", "192.0.2.1");
    assert_eq!(
        (facts(&world).await.standing(), rules(&world).await),
        (Standing::Broken, vec!["mx/address-literal"])
    );
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_a_fault() {
    let world = World::mx(&[(10, "gone.x")]);
    assert_eq!(
        (facts(&world).await.standing(), rules(&world).await),
        (Standing::Broken, vec!["mx/no-address"])
    );
}

#[tokio::test]
async fn a_host_below_invalid_is_a_placeholder_and_nothing_else() {
    let world = World::mx(&[(10, "a.x"), (20, "ms1.msv1.invalid")]).host("a.x", "192.0.2.1");
    assert_eq!(rules(&world).await, ["mx/placeholder"]);
}

#[tokio::test]
async fn a_host_with_an_underscore_is_a_warning() {
    let world = World::mx(&[(10, "a_b.x")]).host("a_b.x", "192.0.2.1");
    assert_eq!(rules(&world).await, ["mx/invalid-host"]);
}

/// A host with an IPv6 address, and this for IPv4.
fn ipv6_host(world: World, owner: &str, ipv4: Outcome) -> World {
    let data = Data::Aaaa("2001:db8::1".parse().expect("a test writes valid addresses"));
    let ipv6 = Outcome::Records(vec![data.into()]);
    world.with(owner, Kind::A, ipv4, &[]).with(owner, Kind::Aaaa, ipv6, &[])
}

#[tokio::test]
async fn hosts_with_ipv6_only_are_a_warning_unless_one_may_have_ipv4() {
    let alone = ipv6_host(World::mx(&[(10, "a.x")]), "a.x", Outcome::NoData);
    let silent = ipv6_host(World::mx(&[(10, "a.x")]), "a.x", failed());
    let other = ipv6_host(World::mx(&[(10, "a.x"), (20, "b.x")]), "a.x", Outcome::NoData)
        .host("b.x", "192.0.2.1");
    let found = [rules(&alone).await, rules(&silent).await, rules(&other).await];
    assert_eq!(found, [vec!["mx/ipv6-only"], vec![], vec![]]);
}

#[tokio::test]
async fn hosts_with_the_same_addresses_are_noted_unless_more_may_exist() {
    let pair = || World::mx(&[(10, "a.x"), (20, "b.x")]).host("a.x", "192.0.2.1");
    let same = pair().host("b.x", "192.0.2.1");
    let other = pair().host("b.x", "192.0.2.2");
    let silent = pair().host("b.x", "192.0.2.1").with("b.x", Kind::Aaaa, failed(), &[]);
    let found = [rules(&same).await, rules(&other).await, rules(&silent).await];
    assert_eq!(found, [vec!["mx/same-addresses"], vec![], vec![]]);
}

#[tokio::test]
async fn a_host_of_which_one_family_failed_is_not_told_to_have_no_address() {
    let world = World::mx(&[(10, "a.x")]).with("a.x", Kind::A, failed(), &[]).with(
        "a.x",
        Kind::Aaaa,
        Outcome::NoData,
        &[],
    );
    assert_eq!((facts(&world).await.standing(), rules(&world).await), (Standing::Unknown, vec![]));
}

#[tokio::test]
async fn hosts_at_loopback_and_private_addresses_are_a_fault() {
    let world =
        World::mx(&[(10, "a.x"), (20, "b.x")]).host("a.x", "127.0.0.1").host("b.x", "10.0.0.1");
    assert_eq!(
        (facts(&world).await.standing(), rules(&world).await),
        (Standing::Broken, vec!["mx/localhost", "mx/not-public"])
    );
}

#[tokio::test]
async fn a_private_address_beside_a_public_one_is_noted() {
    let both = [[10, 0, 0, 1], [192, 0, 2, 1]].map(|ip| Data::A(ip.into()).into());
    let world = World::mx(&[(10, "a.x")])
        .with("a.x", Kind::A, Outcome::Records(both.into()), &[])
        .with("a.x", Kind::Aaaa, Outcome::NoData, &[]);
    assert_eq!(rules(&world).await, ["mx/private-address"]);
}

#[tokio::test]
async fn without_mx_the_domains_own_address_stands_in() {
    let world = World::default()
        .with("example.com", Kind::Mx, Outcome::NoData, &[])
        .host("example.com", "192.0.2.1");
    assert_eq!(
        (facts(&world).await.standing(), rules(&world).await),
        (Standing::Weak, vec!["mx/none"])
    );
}

#[tokio::test]
async fn without_mx_and_address_the_domain_receives_nothing() {
    let world = ["example.com"].into_iter().fold(World::default(), |world, owner| {
        [Kind::Mx, Kind::A, Kind::Aaaa]
            .into_iter()
            .fold(world, |world, kind| world.with(owner, kind, Outcome::NoData, &[]))
    });
    assert_eq!(facts(&world).await.standing(), Standing::Absent);
}

#[tokio::test]
async fn a_missing_domain_is_absent_and_a_silent_one_unknown() {
    let silent = World::default().with("example.com", Kind::Mx, failed(), &[]);
    assert_eq!(
        [facts(&World::default()).await.standing(), facts(&silent).await.standing()],
        [Standing::Absent, Standing::Unknown]
    );
}

#[tokio::test]
async fn failure_to_resolve_never_makes_a_finding() {
    let world = World::default().with("example.com", Kind::Mx, failed(), &[]);
    assert_eq!(rules(&world).await, [""; 0]);
}

#[tokio::test]
async fn a_host_that_stands_three_times_is_one_note() {
    let world = World::mx(&[(10, "a.x"), (20, "a.x"), (30, "a.x")]).host("a.x", "192.0.2.1");
    assert_eq!(rules(&world).await, ["mx/duplicate"]);
}

#[tokio::test]
async fn no_more_than_50_hosts_are_looked_up() {
    let names: Vec<String> = (0..60).map(|number| format!("h{number}.x")).collect();
    let records: Vec<(u16, &str)> = names.iter().map(|host| (10, host.as_str())).collect();
    let facts = facts(&World::mx(&records)).await;
    let asked = facts.exchangers().iter().filter(|one| one.addresses().is_some()).count();
    assert_eq!((asked, facts.exchangers().len()), (50, 60));
}

#[tokio::test]
async fn every_step_says_what_it_found() {
    let world = World::mx(&[(10, "a.x"), (20, "gone.x")]).host("a.x", "192.0.2.1");
    let step = examine(&world, &name("example.com")).await.step;
    let said: Vec<_> = std::iter::once(&step)
        .chain(&step.steps)
        .map(|step| step.event.explain().headline.to_string())
        .collect();
    assert_eq!(said, ["example.com has 2 MX hosts", "10 a.x: 192.0.2.1", "20 gone.x: no address"]);
}

#[tokio::test]
async fn the_summary_names_the_first_host() {
    let world = World::mx(&[(10, "a.x"), (20, "b.x")]).host("a.x", "192.0.2.1");
    assert_eq!(summary(&facts(&world).await).to_string(), "10 a.x and 1 more");
}
