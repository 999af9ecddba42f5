//! Where reports of a repaired DMARC record would go.

use super::Context;
use crate::diagnostic::Standing;
use crate::net::{Name, organization};
use crate::protocols::dmarc::Record;

/// True if the records show that a mailbox at the domain can get mail: hosts that receive, and not
/// a null MX or nothing but what an address record may stand for.
pub(super) fn takes_mail(context: Context<'_>) -> bool {
    let mx = context.facts.mx.as_ref().map(|examined| &examined.facts);
    mx.is_some_and(|mx| {
        !mx.is_null() && mx.exchangers().iter().any(|one| one.standing() != Standing::Broken)
    })
}

/// True if a record has a report address at the domain that the text did not have, and the domain
/// accepts no mail.
pub(super) fn writes_dead_address(context: Context<'_>, text: &[u8], record: &Record) -> bool {
    let at_domain = format!("@{}", context.domain).into_bytes();
    let is_own = |uri: &[u8]| uri.to_ascii_lowercase().ends_with(&at_domain);
    let is_new = |uri: &[u8]| !text.windows(uri.len().max(1)).any(|octets| octets == uri);
    let mut uris = record.rua.iter().map(|uri| &*uri.text);
    // Where MX was not looked at, nothing is known against the address.
    let refuses = context.facts.mx.is_some() && !takes_mail(context);
    refuses && uris.any(|uri| is_own(uri) && is_new(uri))
}

/// The first host of another organization to which a record sends reports and the record of today does not.
pub(super) fn first_stranger<'r>(
    context: Context<'_>,
    now: Option<&Record>,
    restored: &'r Record,
) -> Option<&'r Name> {
    let own = organization(context.domain);
    let known = |host: &Name| {
        let mut uris = now.into_iter().flat_map(|now| &now.rua);
        uris.any(|uri| uri.host.as_ref() == Some(host))
    };
    let mut hosts = restored.rua.iter().filter_map(|uri| uri.host.as_ref());
    hosts.find(|host| organization(host) != own && !known(host))
}
