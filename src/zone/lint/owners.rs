//! Rules about the names that records stand at.

use crate::diagnostic::{Finding, Rule};
use crate::dns::{Data, Kind, Record};
use crate::net::Name;
use crate::protocols::{dkim, dmarc};
use crate::text::{Phrase, near};
use crate::zone::Facts;
use crate::zonefile::Zone;
use std::collections::HashSet;

pub(super) fn misnamed_owner(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let targets: HashSet<&Name> = facts.records().filter_map(|it| alias(&it.2.data)).collect();
    for (zone, owner, kind, record) in records_of_zones(facts) {
        // Others find it by its name, whatever that is.
        if targets.contains(owner) {
            continue;
        }
        if owner.labels().next() == Some(b"@") {
            let meant = owner.suffix(owner.label_count() - 1);
            let said = Phrase::new()
                .name(owner)
                .plain(" is a name of its own: ")
                .code("@")
                .plain(" means the origin only ")
                .bad("as a whole name")
                .plain("; did you mean ")
                .name(&meant)
                .plain("?");
            findings.push(Finding::new(rule, facts.set(owner, kind, record.place.as_ref()), said));
            continue;
        }
        // Policies and keys are TXT records, or aliases of some.
        if !matches!(kind, Kind::Txt | Kind::Spf | Kind::Cname) {
            continue;
        }
        let (what, meant) = match (policy(owner, &record.data), key(zone, owner, &record.data)) {
            (Some(meant), _) => ("DMARC policy", meant),
            (None, Some(meant)) => ("DKIM key", meant),
            (None, None) => continue,
        };
        let said = Phrase::new()
            .plain(what)
            .plain(" at the ")
            .bad("misspelled name ")
            .name(owner)
            .plain("; did you mean ")
            .code(meant.to_octets())
            .plain("?");
        findings.push(Finding::new(rule, facts.set(owner, kind, record.place.as_ref()), said));
    }
}

/// The name that was meant for a policy, if its first label is a slip.
fn policy(owner: &Name, data: &Data) -> Option<Name> {
    let label = owner.labels().next()?;
    let is_policy = match data {
        Data::Cname(_) => label.starts_with(b"_"),
        data => data.text().is_some_and(|text| dmarc::is_record(&text)),
    };
    // `_report._dmarc` and its like are about DMARC and no policies.
    let is_known = owner.labels().any(|label| label == dmarc::LABEL.as_bytes());
    (is_policy && !is_known && is_near(label, dmarc::LABEL))
        .then(|| renamed(owner, 0, dmarc::LABEL))?
}

/// The name that was meant for a key, if a label behind the selector is a slip.
///
/// Providers keep keys for aliases of their customers below names without an underscore, so of
/// these only one directly below the top of its zone is a slip.
fn key(zone: &Zone, owner: &Name, data: &Data) -> Option<Name> {
    if owner.labels().any(|label| label == dkim::LABEL.as_bytes()) {
        return None;
    }
    let mut labels = owner.labels().enumerate().skip(1);
    let (index, label) = labels.find(|(_, label)| is_near(label, dkim::LABEL))?;
    let domain = owner.suffix(owner.label_count().saturating_sub(index + 1));
    let is_underscored = label.starts_with(b"_");
    let is_key = match data {
        Data::Cname(_) => is_underscored,
        data => data.text().is_some_and(|text| dkim::grammar::is_meant_as_key(&text)),
    };
    let is_meant = is_key && (is_underscored || zone.apex() == Some(&domain));
    is_meant.then(|| renamed(owner, index, dkim::LABEL))?
}

/// True for a finding about a misspelled name where the zone, read whole, has no record at the right one: the
/// domain is without its policy or key. A policy may also be inherited from a domain above (RFC 9989 §4.10.2).
pub(super) fn is_only_one(facts: &Facts, finding: &Finding) -> bool {
    if finding.rule.id != super::rules::MISNAMED_OWNER.id {
        return false;
    }
    let owner = &finding.location.name;
    let Some(zone) =
        facts.files.zones.iter().find(|zone| {
            facts.is_whole(zone) && zone.apex().is_some_and(|apex| owner.is_within(apex))
        })
    else {
        return false;
    };
    let texts = || zone.records().filter(|(name, kind, _)| *name == owner && *kind == Kind::Txt);
    let policies = texts().filter_map(|(_, _, record)| policy(owner, &record.data)).next();
    let keys = texts().filter_map(|(_, _, record)| key(zone, owner, &record.data)).next();
    let is_there = |wanted: &Name| zone.owners().any(|name| name == wanted);
    match (policies, keys) {
        (Some(meant), _) => {
            let domains = std::iter::successors(meant.parent(), Name::parent);
            let mut domains = domains.take_while(|it| !it.is_root());
            !domains.any(|domain| domain.child(dmarc::LABEL).is_ok_and(|name| is_there(&name)))
        }
        (None, Some(meant)) => !is_there(&meant),
        (None, None) => false,
    }
}

fn alias(data: &Data) -> Option<&Name> {
    match data {
        Data::Cname(target) => Some(target),
        _ => None,
    }
}

/// Every record with its zone.
fn records_of_zones(facts: &Facts) -> impl Iterator<Item = (&Zone, &Name, Kind, &Record)> {
    let zones = facts.files.zones.iter();
    zones.flat_map(|zone| zone.records().map(move |(owner, kind, it)| (zone, owner, kind, it)))
}

/// True if a label is a slip of the one that is meant.
fn is_near(label: &[u8], meant: &'static str) -> bool {
    let label = std::str::from_utf8(label).ok();
    label.is_some_and(|label| near::nearest(label, [meant].into_iter()).is_some())
}

fn renamed(owner: &Name, index: usize, label: &str) -> Option<Name> {
    let after = owner.labels().skip(index + 1);
    Name::from_labels(owner.labels().take(index).chain([label.as_bytes()]).chain(after)).ok()
}

pub(super) fn inner_wildcard(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for (owner, kind, record) in first_of_sets(facts) {
        if !owner.labels().skip(1).any(|label| label == b"*") {
            continue;
        }
        let said = Phrase::new()
            .name(owner)
            .plain(" is ")
            .bad("not a wildcard")
            .plain(": the asterisk is not its first label");
        findings.push(Finding::new(rule, facts.set(owner, kind, record.place.as_ref()), said));
    }
}

pub(super) fn wildcard_mx(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for (owner, kind, record) in first_of_sets(facts) {
        // A null MX at a wildcard says of every name that it takes no mail.
        let takes_mail = matches!(&record.data, Data::Mx { exchange, .. } if !exchange.is_root());
        if !takes_mail || owner.labels().next() != Some(b"*") {
            continue;
        }
        let said =
            Phrase::new().name(owner).plain(" accepts mail for every name that does not exist");
        findings.push(Finding::new(rule, facts.set(owner, kind, record.place.as_ref()), said));
    }
}

/// True for a type that stands at a delegation, or belongs to the name servers below it, as glue does.
pub(crate) fn may_be_at_delegation(kind: Kind) -> bool {
    AT_DELEGATION.contains(&kind.number())
}

const AT_DELEGATION: [u16; 9] = [1, 2, 28, 43, 46, 47, 48, 50, 25];

pub(super) fn below_delegation(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for zone in &facts.files.zones {
        let Some(apex) = zone.apex() else { continue };
        let delegated =
            zone.records().filter(|(owner, kind, _)| *kind == Kind::Ns && *owner != apex);
        let delegated: std::collections::HashSet<&Name> = delegated.map(|it| it.0).collect();
        // A name stands before all names below it.
        let (mut cut, mut last): (Option<&Name>, _) = (None, None);
        for (owner, kind, record) in zone.records() {
            let is_below = cut.is_some_and(|cut| owner.is_within(cut));
            if !is_below && delegated.contains(owner) {
                cut = Some(owner);
            }
            let Some(cut) = cut.filter(|cut| owner.is_within(cut)) else { continue };
            let set = Some((owner, kind));
            if may_be_at_delegation(kind) || std::mem::replace(&mut last, set) == set {
                continue;
            }
            let said = Phrase::new()
                .name(cut)
                .plain(" is delegated to other name servers: ")
                .bad("no query finds")
                .plain(format!(" this {kind} record"));
            findings.push(Finding::new(rule, facts.set(owner, kind, record.place.as_ref()), said));
        }
    }
}

/// The first record of each set.
fn first_of_sets(facts: &Facts) -> impl Iterator<Item = (&Name, Kind, &Record)> {
    let mut last = None;
    facts.records().filter(move |(owner, kind, _)| {
        let set = Some((*owner, *kind));
        std::mem::replace(&mut last, set) != set
    })
}
