//! What the records of one domain cost others: policies that name the hosts of a victim.

use super::world::{World, at_once, name};
use mailcheck::audit::{self, Clock, Fixes, Inquiry};
use mailcheck::dns::{Dns, Lookup, MOST_QUERIES, Question, Trouble};
use mailcheck::report::{Domain, LookupOutcome, Status, Verdict};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Mutex;

/// Notes each question that comes through.
struct Noted {
    world: World,
    asked: Mutex<HashSet<Question>>,
}

impl Dns for Noted {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        self.asked.lock().expect("no test panics inside").insert(question.clone());
        self.world.lookup(question)
    }
}

/// The report about x.com, and how many queries about names of the victim it took.
///
/// Fixes try other policies than the published one, so they are looked for only where a budget is
/// given.
fn examined(zone: &str, most: Option<usize>) -> (Domain, usize) {
    let noted = Noted { world: World::new(zone), asked: Mutex::default() };
    let mut inquiry = Inquiry::about(name("x.com"));
    match most {
        Some(most) => inquiry.most_queries = most,
        None => inquiry.fixes = Fixes::Skipped,
    }
    let domain = at_once(audit::domain(&noted, &inquiry, Clock::default()));
    let asked = noted.asked.lock().expect("no test panics inside");
    let victim = name("victim.org");
    let of_victim = asked.iter().filter(|question| question.name.is_within(&victim)).count();
    (domain, of_victim)
}

/// A policy of `terms` that each name a host of the victim.
fn policy(owner: &str, mechanism: &str, terms: usize) -> String {
    let host = |host: usize| format!(" {mechanism}:h{host}-{owner}.victim.org");
    let hosts: String = (0..terms).map(host).collect();
    format!("{owner} TXT v=spf1{hosts} -all\n")
}

/// Such a policy, and the addresses of those hosts.
fn working(owner: &str, mechanism: &str, terms: usize) -> String {
    let address = |host: usize| format!("h{host}-{owner}.victim.org A 192.0.2.1\n");
    policy(owner, mechanism, terms) + &(0..terms).map(address).collect::<String>()
}

/// Includes of x.com, and policies behind them that each name hosts of the victim.
fn fan_out(policies: usize, mechanism: &str, terms: usize) -> String {
    let mut zone = String::from("x.com TXT v=spf1");
    (0..policies).for_each(|number| {
        let _ = write!(zone, " include:p{number}.x.com");
    });
    zone.push_str(" -all\n");
    (0..policies).for_each(|number| {
        zone.push_str(&policy(&format!("p{number}.x.com"), mechanism, terms));
    });
    zone
}

#[test]
fn hosts_behind_the_eleventh_lookup_are_not_asked_for() {
    for mechanism in ["a", "exists"] {
        let (domain, asked) = examined(&working("x.com", mechanism, 200), None);
        // Ten terms for clients of two families; a name is asked for by no more than two types.
        assert!(asked <= 20, "{mechanism}: {asked}");
        assert_eq!(domain.result, Verdict::Fail, "{mechanism}");
    }
}

#[test]
fn policies_behind_the_eleventh_lookup_are_read_for_what_they_cost() {
    let mut zone = String::from("x.com TXT v=spf1");
    (0..12).for_each(|number| {
        let _ = write!(zone, " include:p{number}.other.net");
    });
    zone.push_str(" -all\n");
    (0..12).for_each(|number| zone.push_str(&working(&format!("p{number}.other.net"), "a", 1)));
    let (domain, asked) = examined(&zone, None);
    let said = domain.findings.iter().find(|it| it.rule == "spf/too-many-lookups");
    let said = said.map_or_else(String::new, |it| it.message.to_string());
    // Five includes of two lookups each are ten; the other policies are read, their hosts are not.
    assert_eq!((said.contains("24 DNS lookups"), asked), (true, 10), "{said}");
}

#[test]
fn no_domain_causes_more_queries_to_a_third_party_than_its_budget() {
    for (policies, mechanism, terms) in [(200, "a", 200), (100, "mx", 200), (9, "exists", 500)] {
        let (_, asked) = examined(&fan_out(policies, mechanism, terms), Some(MOST_QUERIES));
        assert!(asked <= MOST_QUERIES, "{mechanism}: {asked}");
    }
}

#[test]
fn what_lies_beyond_the_budget_is_undetermined_by_our_limit() {
    let (domain, asked) = examined(&policy("x.com", "a", 8), Some(3));
    let refused: Vec<&str> = domain
        .lookups
        .iter()
        .filter(|lookup| lookup.outcome == LookupOutcome::Failed(Trouble::OverBudget))
        .map(|lookup| lookup.detail.as_str())
        .collect();
    assert_eq!(asked, 3);
    assert!(refused.contains(&"one domain may cause 3 queries to names of victim.org"));
    assert_eq!((domain.result, domain.spf.status), (Verdict::Unknown, Status::Unknown));
}

#[test]
fn the_hosts_of_a_domain_itself_are_resolved_wherever_they_stand() {
    let mut zone = String::from("x.com TXT v=spf1");
    (0..11).for_each(|number| {
        let _ = write!(zone, " a:h{number}.x.com");
    });
    zone.push_str(" -all\n");
    (0..11).for_each(|number| {
        let _ = writeln!(zone, "h{number}.x.com A 192.0.2.{number}");
    });
    let (domain, _) = examined(&zone, None);
    assert!(domain.lookups.iter().any(|lookup| lookup.name == name("h10.x.com")));
}
