//! What the contract of a domain asks.

use super::{Mistake, sender};
use crate::audit::{Asked, Inquiry};
use crate::config::Config;
use crate::contract::{Contract, Written};
use crate::report::Declaration;

/// Adds to an inquiry what the contract of its domain asks: its role, its selectors, and its senders
/// where the domain is asked about as a whole.
///
/// # Errors
/// A sender of the contract cannot be understood.
pub fn declare(config: &Config, inquiry: &mut Inquiry) -> Result<(), Mistake> {
    inquiry.provider_data &= config.provider_data.as_ref().is_none_or(|(is_used, _)| *is_used);
    inquiry.own.extend(config.own.iter().map(|own| own.value.clone()));
    let Some(contract) = config.contract(&inquiry.domain) else { return Ok(()) };
    inquiry.role = contract.role.as_ref().map(|role| role.value);
    let selectors = contract.selectors.iter().map(|selector| selector.name.value.clone());
    inquiry.selectors.extend(selectors);
    if inquiry.is_about_the_whole() {
        inquiry.declared = senders(contract)?;
    }
    Ok(())
}

/// Refuses a configuration in which a sender cannot be understood.
///
/// # Errors
/// The first such sender, and where it is written.
pub(in crate::cli) fn contracts(config: &Config) -> Result<(), Mistake> {
    config.contracts.iter().try_for_each(|contract| senders(contract).map(drop))
}

fn senders(contract: &Contract) -> Result<Vec<(Declaration, Asked)>, Mistake> {
    let senders = contract.senders.iter().map(|word| (Declaration::Sender, word));
    let others = contract.never_senders.iter().map(|word| (Declaration::NeverSender, word));
    senders.chain(others).map(|(what, word)| Ok((what, asked(word)?))).collect()
}

fn asked(word: &Written<String>) -> Result<Asked, Mistake> {
    sender::read(word.value.as_bytes()).map_err(|why| Mistake::at(&word.place, why))
}
