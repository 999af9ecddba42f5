//! What was published, worked, and is proved not to be there any more.

use super::facts::{self, Purpose, Removed};
use super::records::one_sided;
use crate::diagnostic::{Location, Standing};
use crate::dns::{Answer, Data, Dns, Kind, ask, join_all};
use crate::examine::Gathered;
use crate::net::Name;
use crate::protocols::dkim::{Key, Published, Tried};
use crate::protocols::mx::{self, Exchanger, Target};
use crate::report::Unknown;
use std::sync::Arc;

/// The MX set, if hosts received before and none does now.
pub(crate) fn removed_mx(was: &Gathered, is: &Gathered) -> Option<Removed> {
    let (was, is) = (&was.mx.as_ref()?.facts, &is.mx.as_ref()?.facts);
    let names_hosts = |facts: &mx::Facts| !facts.is_null() && !facts.exchangers().is_empty();
    let may_take =
        |one: &Exchanger| !matches!(one.target, Target::Null) && one.standing() != Standing::Broken;
    let received = names_hosts(was) && was.exchangers().iter().any(may_take);
    // Whether its own addresses take the mail now is another question.
    let is_gone = received && !names_hosts(is) && is.answer.failure().is_none();
    let location = Location::set(is.domain.clone(), Kind::Mx);
    is_gone.then_some(Removed { purpose: Purpose::Mx, location })
}

/// The selectors that led to a key that could be used, and are proved to lead to none now, or to
/// another one. What others changed behind an alias is theirs to know.
pub(crate) fn removed_keys(was: &Gathered, is: &Gathered) -> Vec<Removed> {
    let (Some(was), Some(is)) = (&was.dkim, &is.dkim) else { return Vec::new() };
    let removed =
        was.facts.keyed().filter(|tried| usable(tried).next().is_some()).filter_map(|tried| {
            let now = is.facts.tried.iter().find(|now| now.name == tried.name)?;
            let selector = tried.candidate.selector.to_string();
            let is_kept = || usable(tried).any(|key| usable(now).any(|own| may_be_same(key, own)));
            let is_own =
                tried.answer.aliases.is_empty() || tried.answer.aliases != now.answer.aliases;
            let purpose = match usable(now).next() {
                _ if now.answer.failure().is_some() => return None,
                None => Purpose::Selector(selector),
                Some(_) if is_own && !is_kept() => Purpose::Replaced(selector),
                Some(_) => return None,
            };
            Some(Removed { purpose, location: Location::set(tried.name.clone(), Kind::Txt) })
        });
    removed.collect()
}

/// The keys at a selector that can be used.
fn usable(tried: &Tried) -> impl Iterator<Item = &Published> {
    tried.keys().iter().filter(|published| published.is_usable())
}

/// True unless two keys are known to be different. Blanks in them mean nothing (RFC 6376 §3.6.1), and
/// an RSA key can be written in two forms.
fn may_be_same(one: &Published, other: &Published) -> bool {
    let key = |published: &'_ Published| {
        let record = &published.record.value;
        let key = record.key.as_ref()?;
        let octets = key.span.of(&record.text).iter().filter(|octet| !octet.is_ascii_whitespace());
        Some((key.value.clone(), octets.copied().collect::<Vec<u8>>()))
    };
    match (key(one), key(other)) {
        (Some((Key::Rsa(one), _)), Some((Key::Rsa(other), _))) if one.form != other.form => {
            (one.bits, one.exponent) == (other.bits, other.exponent)
        }
        (one, other) => one == other,
    }
}

/// What became of the records about encrypted delivery.
#[derive(Default)]
pub(crate) struct Tls {
    /// Those that were there and are gone.
    pub(crate) removed: Vec<Removed>,
    /// What could not be determined of one state where the other makes it matter.
    pub(crate) unknowns: Vec<Unknown>,
    /// The answers of both states where they differ.
    pub(crate) changed: Vec<[Arc<Answer>; 2]>,
}

/// Asks both states for the records about encrypted delivery.
pub(crate) async fn tls(states: [&dyn Dns; 2], was: &Gathered) -> Tls {
    let domain = &was.domain;
    let mut wanted: Vec<(Name, Kind, facts::Tls)> = Vec::new();
    wanted.extend(domain.child("_mta-sts").map(|name| (name, Kind::Txt, facts::Tls::MtaSts)).ok());
    wanted
        .extend(domain.child("_smtp._tls").map(|name| (name, Kind::Txt, facts::Tls::TlsRpt)).ok());
    // Records at hosts of others are not changed here.
    let hosts = was.mx.iter().flat_map(|it| it.facts.exchangers());
    let own = hosts.filter(|it| it.host.is_within(domain));
    let tlsa = own.filter_map(|it| it.host.child("_25._tcp").ok());
    wanted.extend(tlsa.map(|name| (name, Kind::Tlsa, facts::Tls::Dane)));
    let [old, new] = states;
    let answers = join_all(wanted.into_iter().map(|(name, kind, what)| async move {
        let (before, after) = tokio::join!(ask(old, &name, kind), ask(new, &name, kind));
        (name, kind, what, before, after)
    }));
    let mut tls = Tls::default();
    for (name, kind, what, before, after) in answers.await {
        let [was_there, is_there] = [&before, &after].map(|answer| is_published(answer, what));
        match (before.failure(), after.failure()) {
            (None, None) if was_there && !is_there => {
                let location = Location::set(name, kind);
                tls.removed.push(Removed { purpose: Purpose::Tls(what), location });
            }
            (None, Some(failure)) if was_there => {
                tls.unknowns.push(one_sided(&name, kind, failure.trouble, "after"));
            }
            (Some(failure), None) if !is_there => {
                tls.unknowns.push(one_sided(&name, kind, failure.trouble, "before"));
            }
            _ => {}
        }
        if before.failure().is_none() && after.failure().is_none() && differ(&before, &after) {
            tls.changed.push([before, after]);
        }
    }
    tls
}

/// True if two answers hold other records, in whatever order.
fn differ(one: &Answer, other: &Answer) -> bool {
    let lacks = |these: &Answer, those: &Answer| {
        let has = |data: &Data| those.records().iter().any(|own| own.data == *data);
        these.records().iter().any(|own| !has(&own.data))
    };
    one.aliases != other.aliases || lacks(one, other) || lacks(other, one)
}

/// True if an answer holds a record of this kind, and not only some text, for which a wildcard may
/// stand.
fn is_published(answer: &Answer, what: facts::Tls) -> bool {
    let begins = |version: &[u8]| answer.texts().any(|text| text.starts_with(version));
    match what {
        // RFC 8461 §3.1: "Records that do not begin with "v=STSv1;" are discarded."
        facts::Tls::MtaSts => begins(b"v=STSv1"),
        // RFC 8460 §3: "records that do not begin with "v=TLSRPTv1;" are discarded"
        facts::Tls::TlsRpt => begins(b"v=TLSRPTv1"),
        facts::Tls::Dane => !answer.records().is_empty(),
    }
}
