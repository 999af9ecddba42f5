//! What the walk says of its own way: who decided, and where it stops.

use crate::world::{DOMAIN, World, everybody};
use mailcheck::net::{Family, IpSet};
use mailcheck::protocols::spf::{Exception, Partition, SpfResult};
use std::net::Ipv4Addr;

/// So many networks that do not touch, from an address on.
fn networks(start: u32, count: u32) -> String {
    (0..count).map(|n| format!("ip4:{} ", Ipv4Addr::from(start + n * 2))).collect()
}

fn ended_by(partition: &Partition, wanted: &Exception) -> IpSet {
    partition.gather(|cell| cell.exception() == Some(wanted))
}

#[test]
fn an_error_inside_an_include_is_laid_to_the_term_that_met_it() {
    let world = World::new(
        "example.com TXT v=spf1 include:inner.test -all\n\
         inner.test TXT v=spf1 a:silent.test -all\n\
         silent.test * !timeout",
    );
    let partition = everybody(&world, DOMAIN, Family::V4);
    let by = partition.cells[0].by.expect("a term decided");
    assert_eq!(partition.term_text(by), "a:silent.test");
}

#[test]
fn a_redirect_that_leads_nowhere_is_laid_to_the_redirect() {
    let world = World::new("example.com TXT v=spf1 redirect=no.test");
    let partition = everybody(&world, DOMAIN, Family::V4);
    let by = partition.cells[0].by.expect("a term decided");
    assert_eq!(partition.term_text(by), "redirect=no.test");
}

#[test]
fn a_loop_ends_for_everybody() {
    let world = World::new("example.com TXT v=spf1 include:example.com include:example.com -all");
    let partition = everybody(&world, DOMAIN, Family::V6);
    assert_eq!(partition.with(SpfResult::Permerror), IpSet::all(Family::V6));
}

#[test]
fn a_loop_ends_long_before_a_small_stack_does() {
    let walked = std::thread::Builder::new().stack_size(1 << 20).spawn(|| {
        let world = World::new(
            "example.com TXT v=spf1 include:p.test redirect=p.test\n\
             p.test TXT v=spf1 include:p.test include:p.test redirect=p.test",
        );
        everybody(&world, DOMAIN, Family::V4).with(SpfResult::Permerror)
    });
    let permerror = walked.expect("a thread").join().expect("the walk ends");
    assert_eq!(permerror, IpSet::all(Family::V4));
}

#[test]
fn a_large_record_that_includes_itself_is_not_read_without_end() {
    let world = World::new(&format!(
        "example.com TXT v=spf1 {}include:example.com -all",
        networks(0, 4_500)
    ));
    let partition = everybody(&world, DOMAIN, Family::V4);
    assert!(partition.visits.len() < 10, "{} visits", partition.visits.len());
}

#[test]
fn what_is_too_large_to_be_read_could_not_be_told() {
    let chain: String = (0..9)
        .map(|n| {
            let terms = networks(n << 16, 3_000);
            format!("p{n}.test TXT v=spf1 {terms}include:p{}.test -all\n", n + 1)
        })
        .collect();
    let world = World::new(&format!("example.com TXT v=spf1 include:p0.test -all\n{chain}"));
    let partition = everybody(&world, DOMAIN, Family::V4);
    let unread = ended_by(&partition, &Exception::TooLarge);
    assert_eq!(partition.with(SpfResult::Temperror), unread);
    assert!(!unread.is_empty());
}

/// Policies that part the addresses bit by bit: each takes two includes, one for each half, so
/// that there are as many ways through them as there are addresses.
#[test]
fn policies_that_part_addresses_again_and_again_are_not_read_without_end() {
    let mut lines = String::from("example.com TXT v=spf1 include:z0.test include:o0.test -all\n");
    for depth in 0..10_u32 {
        for (half, letter) in [(0, 'z'), (1, 'o')] {
            let first = |n: u32| Ipv4Addr::from((n << 1 | half) << (31 - depth));
            let terms: String =
                (0..1 << depth).map(|n| format!("-ip4:{}/{} ", first(n), depth + 1)).collect();
            let next = depth + 1;
            lines += &format!(
                "{letter}{depth}.test TXT v=spf1 {terms}include:z{next}.test include:o{next}.test\n"
            );
        }
    }
    let partition = everybody(&World::new(&lines), DOMAIN, Family::V4);
    assert!(partition.visits.len() < 1_000, "{} visits", partition.visits.len());
}

/// Terms that depend on the sender may each be a void lookup, and three of these are too many.
#[test]
fn who_may_have_met_three_void_lookups_does_not_pass_for_certain() {
    let passing = |terms: &str| {
        let world = World::new(&format!("example.com TXT v=spf1 {terms} ip4:192.0.2.1 -all"));
        everybody(&world, DOMAIN, Family::V4).passing().count()
    };
    let two = "exists:%{i}.a.test exists:%{i}.b.test";
    assert_eq!([passing(two), passing(&format!("{two} exists:%{{i}}.c.test"))], [1, 0]);
}

/// The target of such an include may have no policy, and that is a permerror.
#[test]
fn who_passes_behind_an_include_of_an_unknown_name_does_not_pass_for_certain() {
    let world = World::new("example.com TXT v=spf1 include:%{l}.test ip4:192.0.2.1 -all");
    assert_eq!(everybody(&world, DOMAIN, Family::V4).passing().count(), 0);
}
