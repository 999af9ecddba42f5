//! What the walk says of its own way: who decided, and where it stops.

mod world;

use mailcheck::net::Family;
use world::{DOMAIN, World, everybody};

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
