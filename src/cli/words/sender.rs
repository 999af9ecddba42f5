//! The words for a sender.

use super::Mistake;
use super::target::{self, Argument, network};
use crate::audit::{Asked, Sender};
use crate::net::{Name, is_registered};
use crate::provider;
use std::ffi::OsStr;

/// Reads a sender: an address, a network, `spf:NAME`, a host name, or else a provider.
pub(in crate::cli) fn read(octets: &[u8]) -> Result<Asked, Mistake> {
    let text = String::from_utf8_lossy(octets).into_owned();
    if text.is_empty() {
        return Err(Mistake::new("--sender is empty"));
    }
    if let Some(asked) = network(&text)? {
        return Ok(asked);
    }
    let sender = match text.split_once(':') {
        Some((scheme, name)) if scheme.eq_ignore_ascii_case("spf") => {
            Sender::Policy(name_of(name.as_bytes())?)
        }
        _ if text.contains('.') => Sender::Host(name_of(octets)?),
        _ if provider::by_id(&text).is_some() => Sender::Provider(text.clone()),
        _ => return Err(unknown(&text)),
    };
    Ok(Asked { text, sender })
}

/// Reads a word among domains as a provider: one that the catalogue has, without a dot.
pub(super) fn provider(word: &OsStr) -> Option<Asked> {
    let text = word.to_str()?;
    let is_word = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let known = is_word && provider::by_id(text).is_some();
    known.then(|| Asked { text: text.to_owned(), sender: Sender::Provider(text.to_owned()) })
}

/// Reads a domain after another one as the provider that it stands for.
///
/// A domain that a registry hands out stays a domain: it has mail of its own.
pub(super) fn spoken(name: &Name) -> Option<Asked> {
    let known = provider::spoken(name).filter(|_| !is_registered(name))?;
    let is_policy = provider::recognise_include(name).is_some();
    let sender = match known.policy() {
        // Each customer has another policy, and this is one.
        None if is_policy => Sender::Policy(name.clone()),
        _ => Sender::Provider(known.id().to_owned()),
    };
    Some(Asked { text: name.to_string(), sender })
}

/// A word that is no sender, and what may have been meant.
fn unknown(text: &str) -> Mistake {
    let hint = match provider::nearest(text) {
        Some(near) => format!("Did you mean {near}?"),
        None => "Give an address, a CIDR, a host name, spf:NAME or a provider such as microsoft365"
            .to_owned(),
    };
    Mistake::new(format!("unknown provider {text:?}. {hint}"))
}

fn name_of(octets: &[u8]) -> Result<Name, Mistake> {
    match target::read(octets)? {
        Argument::Target(target) => Ok(target.domain),
        Argument::Sender(_) | Argument::Resolver(_) => {
            let shown = String::from_utf8_lossy(octets);
            Err(Mistake::new(format!("--sender: {shown:?} is not a host name")))
        }
    }
}
