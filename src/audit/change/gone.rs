//! What was published, worked, and is proved not to be there any more.

use super::Doubt;
use super::records::one_sided;
use crate::audit::Gathered;
use crate::change::{Gone, Purpose};
use crate::dkim::Published;
use crate::dns::{Answer, Dns, Kind, ask, join_all};
use crate::judge::{Location, Standing};
use crate::mx::{self, Exchanger, Target};
use crate::net::Name;

/// The MX set, if hosts received before and none does now.
pub(super) fn mx_gone(was: &Gathered, is: &Gathered) -> Option<Gone> {
    let (was, is) = (&was.mx.as_ref()?.facts, &is.mx.as_ref()?.facts);
    let names_hosts = |facts: &mx::Facts| !facts.is_null() && !facts.exchangers().is_empty();
    let may_take =
        |one: &Exchanger| !matches!(one.target, Target::Null) && one.standing() != Standing::Broken;
    let received = names_hosts(was) && was.exchangers().iter().any(may_take);
    let is_gone = received && !names_hosts(is) && !is.is_failed();
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

/// The records about encrypted delivery that were there and are gone, and what could not be told of
/// one state where the other makes it matter.
pub(super) async fn tls_gone(states: [&dyn Dns; 2], was: &Gathered) -> (Vec<Gone>, Vec<Doubt>) {
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
    let answers = join_all(wanted.into_iter().map(|(name, kind, what)| async move {
        let (before, after) = tokio::join!(ask(old, &name, kind), ask(new, &name, kind));
        (name, kind, what, before, after)
    }));
    let (mut gone, mut untold) = (Vec::new(), Vec::new());
    for (name, kind, what, before, after) in answers.await {
        let [was_there, is_there] = [&before, &after].map(|answer| is_published(answer, what));
        match (before.failure(), after.failure()) {
            (None, None) if was_there && !is_there => {
                let location = Location::set(name, kind);
                gone.push(Gone { purpose: Purpose::Tls(what), location });
            }
            (None, Some(failure)) if was_there => {
                untold.push(one_sided(&name, kind, failure.trouble, "after"));
            }
            (Some(failure), None) if !is_there => {
                untold.push(one_sided(&name, kind, failure.trouble, "before"));
            }
            _ => {}
        }
    }
    (gone, untold)
}

/// TLSA (RFC 6698).
const TLSA: Kind = Kind::Other(52);

/// True if an answer holds a record of this kind, and not only some text, for which a wildcard may
/// stand.
fn is_published(answer: &Answer, what: &str) -> bool {
    let begins = |version: &[u8]| answer.texts().any(|text| text.starts_with(version));
    match what {
        // RFC 8461 §3.1: "Records that do not begin with "v=STSv1;" are discarded."
        "MTA-STS" => begins(b"v=STSv1"),
        // RFC 8460 §3: "records that do not begin with "v=TLSRPTv1;" are discarded"
        "TLS-RPT" => begins(b"v=TLSRPTv1"),
        _ => !answer.records().is_empty(),
    }
}
