//! What was published, worked, and is proved not to be there any more.

use crate::audit::Gathered;
use crate::change::{Gone, Purpose};
use crate::dkim::Published;
use crate::dns::{Answer, Dns, Kind, Outcome, ask, join_all};
use crate::judge::Location;
use crate::net::Name;

/// The MX set, if hosts received before and none does now.
pub(super) fn mx_gone(was: &Gathered, is: &Gathered) -> Option<Gone> {
    let (was, is) = (&was.mx.as_ref()?.facts, &is.mx.as_ref()?.facts);
    let received = |facts: &crate::mx::Facts| !facts.is_null() && !facts.exchangers().is_empty();
    let is_gone = received(was) && !received(is) && !is.is_failed();
    let location = Location::set(is.domain.clone(), Kind::Mx);
    is_gone.then_some(Gone { purpose: Purpose::Mx, location })
}

/// The selectors that led to a key that could be used, and are proved to lead to none now.
pub(super) fn keys_gone(was: &Gathered, is: &Gathered) -> Vec<Gone> {
    let (Some(was), Some(is)) = (&was.dkim, &is.dkim) else { return Vec::new() };
    let usable = was.facts.keyed().filter(|tried| tried.keys().iter().any(Published::is_usable));
    let gone = usable.filter(|tried| {
        let mut now = is.facts.tried.iter().filter(|now| now.name == tried.name);
        now.any(|now| {
            now.answer.failure().is_none() && !now.keys().iter().any(Published::is_usable)
        })
    });
    gone.map(|tried| Gone {
        purpose: Purpose::Selector(tried.candidate.selector.to_string()),
        location: Location::set(tried.name.clone(), Kind::Txt),
    })
    .collect()
}

/// The records about encrypted delivery that were there and are gone.
pub(super) async fn tls_gone(states: [&dyn Dns; 2], was: &Gathered) -> Vec<Gone> {
    let domain = &was.domain;
    let mut wanted: Vec<(Name, Kind, &'static str)> = Vec::new();
    wanted.extend(domain.child("_mta-sts").map(|name| (name, Kind::Txt, "MTA-STS")).ok());
    wanted.extend(domain.child("_smtp._tls").map(|name| (name, Kind::Txt, "TLS-RPT")).ok());
    // What stands at hosts of others is not changed here.
    let hosts = was.mx.iter().flat_map(|it| it.facts.exchangers());
    let own = hosts.filter(|it| it.host.is_within(domain));
    let tlsa = own.filter_map(|it| it.host.child("_25._tcp").ok());
    wanted.extend(tlsa.map(|name| (name, TLSA, "DANE")));
    let [old, new] = states;
    let gone = join_all(wanted.into_iter().map(|(name, kind, what)| async move {
        let (before, after) = tokio::join!(ask(old, &name, kind), ask(new, &name, kind));
        let is_gone = has_records(&before) && after.is_void();
        let location = Location::set(name, kind);
        is_gone.then_some(Gone { purpose: Purpose::Tls(what), location })
    }));
    gone.await.into_iter().flatten().collect()
}

/// TLSA (RFC 6698).
const TLSA: Kind = Kind::Other(52);

fn has_records(answer: &Answer) -> bool {
    matches!(answer.outcome, Outcome::Records(_))
}
