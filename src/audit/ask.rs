//! What most programs ask: a domain, a sender, a change, each in one call.

use super::{Changed, change, domain};
use crate::compare::compare_findings;
use crate::dns::{Cache, Dns};
use crate::examine::{Asked, Clock, Inquiry, Sender};
use crate::net::{Name, NameError};
use crate::report::{Authorization, Domain};

/// Checks a domain: who may send for it, which of its records are wrong, and what to change.
///
/// `name` may be in Unicode. Each query is sent once, whatever the source does. What the DNS does not
/// answer is in [`Domain::unknowns`], never an error. [`domain`] takes more: selectors, identities,
/// which protocols are examined.
///
/// # Errors
/// `name` is no domain name.
pub async fn check(dns: &dyn Dns, name: &str) -> Result<Domain, NameError> {
    let inquiry = Inquiry::about(Name::from_unicode(name)?);
    Ok(domain(&Cache::new(dns), &inquiry, Clock::default()).await)
}

/// Checks whether senders are authorized to send for a domain: addresses, networks, hosts, providers.
///
/// One entry a sender, in the order given; without any, the providers that the domain's SPF record
/// names are the senders. The answer is [`Authorization::authorized`], and its
/// [`headline`](Authorization::headline) says why.
///
/// # Errors
/// `name` is no domain name.
pub async fn authorize<S: Into<Sender>>(
    dns: &dyn Dns,
    name: &str,
    senders: impl IntoIterator<Item = S>,
) -> Result<Vec<Authorization>, NameError> {
    let mut inquiry = Inquiry::about(Name::from_unicode(name)?);
    inquiry.senders = senders.into_iter().map(|sender| Asked::from(sender.into())).collect();
    Ok(domain(&Cache::new(dns), &inquiry, Clock::default()).await.authorizations)
}

/// Compares a domain in two states of the DNS: which senders win or lose, which findings are new.
///
/// What comes back is the domain after the change. Its [`change`](Domain::change) says what the
/// change does, its headline and verdict are about the change, and each finding has a
/// [`state`](crate::report::Finding::state). What neither state lists should come from one source
/// below both, for example the live DNS below two [`Overlay`](crate::zonefile::Overlay)s.
///
/// # Errors
/// `name` is no domain name.
pub async fn compare(before: &dyn Dns, after: &dyn Dns, name: &str) -> Result<Domain, NameError> {
    let inquiry = Inquiry::about(Name::from_unicode(name)?);
    let states = [&Cache::new(before) as &dyn Dns, &Cache::new(after)];
    let Changed { before, mut after } = change(states, &inquiry, Clock::default()).await;
    compare_findings(&mut after, &before);
    Ok(after)
}
