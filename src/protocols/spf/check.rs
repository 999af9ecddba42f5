//! `check_host()` as a receiver calls it (RFC 7208 §4.1): identities in, a result out.

use super::event::Event;
use super::expand::{self, Explaining, Sender};
use super::grammar;
use super::partition::{Cell, Partition, Ruling, SpfResult};
use super::policy::Policies;
use super::walk::{Walked, Walker, walk};
use crate::diagnostic::Step;
use crate::dns::{Answer, Kind, ask};
use crate::net::{IpSet, Name};
use std::net::IpAddr;
use std::sync::Arc;

/// The longest explanation that is shown, in octets: what fits a reply line of SMTP several times.
const EXPLANATION_LIMIT: usize = 2000;

/// What the checking host says of itself in explanations.
#[derive(Clone, Copy, Debug)]
pub struct Receiver<'a> {
    /// Its name (`%{r}`).
    pub name: &'a [u8],
    /// Seconds since 1970-01-01 UTC (`%{t}`).
    pub time: u64,
}

/// The outcome of a check of one or more addresses.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Every address with what it gets; empty of visits if the domain is malformed.
    pub partition: Partition,
    /// The steps.
    pub trace: Step<Event>,
    /// The domain's own explanation, if one address was checked, failed, and has one.
    pub explanation: Option<Vec<u8>>,
}

impl Checked {
    /// The cell of the only address, if there is only one.
    pub fn only(&self) -> Option<&Cell> {
        match self.partition.cells.as_slice() {
            [cell] => Some(cell),
            _ => None,
        }
    }
}

/// The identity whose policy is asked: a MAIL FROM or HELO domain as a client gave it.
///
/// `None` if it is malformed, a single label, or an address literal: such a domain cannot publish
/// a policy, and the result is none (RFC 7208 §4.3).
pub fn policy_domain(given: &[u8]) -> Option<Name> {
    let name = if given.is_ascii() {
        Name::from_octets(given).ok()?
    } else {
        // RFC 8616 §4: U-labels are converted to A-labels first.
        Name::from_unicode(std::str::from_utf8(given).ok()?).ok()?
    };
    let literal = given.starts_with(b"[");
    (name.label_count() > 1 && !literal).then_some(name)
}

/// Checks the addresses of `universe` against the policy of the sender's domain, which is as the
/// client gave it: a MAIL FROM domain or a HELO name.
pub async fn check_host(
    policies: &Policies<'_>,
    sender: &Sender,
    universe: IpSet,
    receiver: Receiver<'_>,
) -> Checked {
    let Some(name) = policy_domain(&sender.domain) else {
        return no_domain(&sender.domain, universe);
    };
    let ip = universe.single();
    let Walked { partition, mut trace } = walk(policies, &name, sender, universe).await;
    let explanation = match ip {
        Some(ip) => explain(policies, &partition, sender, ip, receiver, &mut trace).await,
        None => None,
    };
    Checked { partition, trace, explanation }
}

fn no_domain(given: &[u8], universe: IpSet) -> Checked {
    let family = universe.family();
    let cell = Cell {
        set: universe,
        ruling: Ruling::Result(SpfResult::None),
        spent: super::Spent::default(),
        by: None,
        top: None,
        maybe: Vec::new(),
        passed_over: None,
    };
    let partition =
        Partition { family, cells: vec![cell], visits: Vec::new(), unresolved: Vec::new() };
    let trace = Step::leaf(Event::NoDomain { given: given.to_vec() });
    Checked { partition, trace, explanation: None }
}

/// Fetches and expands the explanation of a fail (RFC 7208 §6.2). Any trouble means none.
async fn explain(
    policies: &Policies<'_>,
    partition: &Partition,
    sender: &Sender,
    ip: IpAddr,
    receiver: Receiver<'_>,
    trace: &mut Step<Event>,
) -> Option<Vec<u8>> {
    let cell = partition.cell_of(ip)?;
    if cell.result() != Some(SpfResult::Fail) {
        return None;
    }
    // The record that decided on the outermost level: an include's explanation is never used,
    // that of a redirect's target always is.
    let published = Arc::clone(&partition.visit(cell.top?)?.published);
    let record = published.usable()?;
    let mut walker = Walker::new(policies, &published.domain, sender, partition.family, Some(ip));
    let Ok(name) = walker.target(record.explanation()?, record, &published.domain).await else {
        trace.steps.push(Step::leaf(Event::Explanation { name: None, text: None }));
        return None;
    };
    let answer = ask(policies.dns(), &name, Kind::Txt).await;
    let text = match single_text(&answer) {
        Some(text) => expanded(&mut walker, &text, &published.domain, receiver).await,
        None => None,
    };
    let event = Event::Explanation { name: Some(name), text: text.clone() };
    trace.steps.push(Step::on(event, answer));
    text
}

/// The text of an answer with exactly one TXT record, which must be ASCII.
fn single_text(answer: &Answer) -> Option<Vec<u8>> {
    let mut texts = answer.texts();
    match (texts.next(), texts.next()) {
        (Some(text), None) => Some(text).filter(|text| text.is_ascii()),
        _ => None,
    }
}

async fn expanded(
    walker: &mut Walker<'_>,
    text: &[u8],
    domain: &Name,
    receiver: Receiver<'_>,
) -> Option<Vec<u8>> {
    let macros = grammar::parse_explanation(text)?;
    let validated = walker.validated_name(&macros, domain).await;
    let explaining = Explaining { receiver: receiver.name, time: receiver.time };
    let scope = walker.scope(domain, validated.as_deref(), Some(explaining));
    let mut explanation = expand::expand(&macros, text, &scope).ok()?;
    explanation.truncate(EXPLANATION_LIMIT);
    Some(explanation).filter(|text| text.is_ascii())
}
