//! A domain as it was and as it is to be: what a change of its records does to its mail.
//!
//! What its rules look at arrives as plain values that `audit` gathered from both states.

pub mod lint;

use crate::judge::Location;
use crate::net::{IpSet, Name};
use crate::posture::Requests;
use crate::spf::SpfResult;
use crate::text::{Phrase, Span};
use serde::Serialize;

/// What a change does: the facts that rules look at.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The domain.
    pub domain: Name,
    /// Who fares otherwise than before, those that lose first.
    pub moved: Vec<Moved>,
    /// Where the SPF policy stands after the change.
    pub spf: Location,
    /// What DMARC asks of receivers, before and after.
    pub requests: [Requests; 2],
    /// Where the DMARC policy stands after the change.
    pub dmarc: Location,
    /// What is no longer there.
    pub gone: Vec<Gone>,
}

/// Addresses that get another result than before.
#[derive(Clone, Debug)]
pub struct Moved {
    /// What the change does to them.
    pub effect: Effect,
    /// The recognised provider that sends from them.
    pub provider: Option<&'static str>,
    /// What they get before and after; `None` if it depends on who sends.
    pub results: [Option<SpfResult>; 2],
    /// The term of the domain's own record that decided, before and after, escaped.
    pub terms: [Option<String>; 2],
    /// The includes that lead on from there to the record that decided, before and after, outermost
    /// first; escaped. Where they differ from address to address, as far as they are the same.
    pub paths: [Vec<String>; 2],
    /// The term of the domain's own record that decides after the change, or beyond a limit would.
    pub span: Option<Span>,
    /// Which they are, a set a family.
    pub sets: Vec<IpSet>,
    /// Which they are in words, or how many if that takes more than two networks.
    pub who: String,
    /// True if they are everybody whom no term lists.
    pub is_rest: bool,
    /// Why an error after the change is one.
    pub problem: Option<Phrase>,
}

/// Who addresses are, in a sentence: everybody whom no term lists, a provider with what it is known
/// as, or only that.
pub(crate) fn named(provider: Option<&str>, who: &str, is_rest: bool) -> Phrase {
    let said = Phrase::new();
    match provider {
        _ if is_rest => said.plain("everybody who is not listed"),
        Some(provider) => said.name(provider).plain(" (").addr(who).plain(")"),
        None => said.addr(who),
    }
}

/// What a change does to somebody who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// They passed, and pass no more.
    Lost,
    /// They pass, and did not before.
    Gained,
    /// Neither: they get another result that is no pass, or it depends on who sends.
    Altered,
}

/// A record set that was published before, worked, and is proved not to be there any more.
#[derive(Clone, Debug)]
pub struct Gone {
    /// What it was for.
    pub purpose: Purpose,
    /// Where it stood.
    pub location: Location,
}

/// What a record set is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A DKIM key, at this selector.
    Selector(String),
    /// A DKIM key in whose place another stands, at this selector.
    Replaced(String),
    /// The hosts that receive.
    Mx,
    /// A policy about TLS: MTA-STS (RFC 8461), TLS-RPT (RFC 8460) or DANE (RFC 7672).
    Tls(&'static str),
}
