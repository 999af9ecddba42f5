//! The steps of looking up who receives.

use super::hosts::{Addresses, Exchanger, Facts, Found};
use crate::diagnostic::Step;
use std::sync::Arc;

/// A step.
#[derive(Clone, Debug)]
pub enum Event {
    /// The MX set as a whole.
    Set(Arc<Facts>),
    /// One host of it.
    Host(Exchanger),
    /// The domain's own addresses, which stand in for an MX set.
    Implicit(Addresses),
}

impl Event {
    /// The steps behind the facts.
    pub(super) fn story(facts: &Facts) -> Step<Self> {
        let mut step = Step::on(Self::Set(Arc::new(facts.clone())), Arc::clone(&facts.answer));
        match &facts.found {
            Found::Exchangers(exchangers) => {
                step.steps = exchangers.iter().map(Self::host).collect();
            }
            Found::Implicit(addresses) => {
                let answers = addresses.answers().map(Arc::clone).to_vec();
                let event = Self::Implicit(addresses.clone());
                step.steps = vec![Step { event, answers, steps: Vec::new() }];
            }
            Found::NoDomain | Found::Failed => {}
        }
        step
    }

    fn host(exchanger: &Exchanger) -> Step<Self> {
        let answers = match exchanger.addresses() {
            Some(addresses) => addresses.answers().map(Arc::clone).to_vec(),
            None => Vec::new(),
        };
        Step { event: Self::Host(exchanger.clone()), answers, steps: Vec::new() }
    }
}
