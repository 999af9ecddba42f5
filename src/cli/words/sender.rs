//! The words for a sender.

use super::Mistake;
use super::target::{self, Argument, network};
use crate::audit::{Asked, Sender};
use crate::net::Name;
use crate::provider;

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
