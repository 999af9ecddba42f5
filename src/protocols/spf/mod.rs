//! SPF: which hosts may use a domain in MAIL FROM and HELO (RFC 7208).
//!
//! A domain publishes a TXT record that begins with `v=spf1`. Its terms are read from left to
//! right; the first mechanism that matches the address of the client decides, by its qualifier:
//! `+` pass, `-` fail, `~` softfail, `?` neutral. `include` asks another domain's policy,
//! `redirect` hands over to one. Evaluation may cause ten lookups and two void lookups; more is a
//! permanent error (§4.6.4), for those senders that were still undecided.
//!
//! * [`grammar`] reads a record, every fault with its place; [`record`] is what was read.
//! * [`walk()`] is the evaluation, over a set of addresses; [`partition`] is what it found out.
//! * [`check_host()`] is what a receiver calls, with identities and an explanation of a fail.
//! * [`prefetch()`] runs ahead of the walk and decides nothing.
//! * [`flatten`](mod@flatten) puts a policy as the addresses that it comes to.
//! * [`edit`](mod@edit) changes the text of a record word by word; [`TypedTerm`] is a term to add or
//!   to take out.
//! * [`intent()`] is who was meant to pass, whatever keeps the policy from working today.
//! * [`lint`] judges what was found out.
//!
//! Records of the retired type 99 (§3.1) decide nothing; [`retired`] asks for them where files answer.
//!
//! Deliberately absent: Sender ID, guesses for domains without a record.

mod check;
mod group;
pub mod edit;
mod endless;
mod event;
mod examine;
pub mod expand;
mod explain;
mod explanation;
pub mod flatten;
pub mod grammar;
mod intent;
pub mod lint;
pub mod macro_string;
mod mechanism;
pub mod partition;
mod policy;
mod prefetch;
mod ptr;
mod repair;
pub mod record;
mod typed_term;
mod walk;

pub use check::{Checked, Receiver, check_host, policy_domain};
pub use endless::Endless;
pub use event::{Effect, Event};
pub use examine::{Facts, examine, retired};
pub use expand::Sender;
pub use explain::{exception, refusal, role};
pub use explanation::{Explanation, Flaw};
pub use group::{Group, Transition, transitions};
pub use intent::{Intent, intent};
pub use partition::{
    Cell, Exception, LOOKUP_LIMIT, Membership, Partition, Reading, Ruling, Spent, SpfResult,
    TermId, VOID_LIMIT, Visit,
};
pub use policy::{Found, Policies, Published, Shared};
pub use prefetch::prefetch;
pub use ptr::reverse_name;
pub use record::Record;
pub use repair::{repair, repair_data};
pub use typed_term::TypedTerm;
pub use walk::{Walked, walk};
