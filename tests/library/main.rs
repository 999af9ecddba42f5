//! What the library makes of a world: evaluations, rules, fixes and changes, and how reports are
//! written.

mod agreement;
mod api;
mod bounces;
mod budget;
mod cases;
mod changes;
mod delegation;
mod differential;
mod dnssec;
mod documented;
mod faults;
mod fixes;

mod formats;
mod history;
mod made;
mod pages;
mod providers;
mod random;
mod reading;
mod render;
mod reports;
mod round_trips;
mod rules;
mod schema;
#[path = "../support/schema.rs"]
mod schemas;
mod second_opinion;
mod senders;
#[path = "../support/shared.rs"]
mod shared;
mod signing;
mod shrunken;
mod spf_rules;
mod spf_walk;
#[path = "../support/world.rs"]
mod world;
