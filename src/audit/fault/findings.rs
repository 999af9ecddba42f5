//! Faults that show in findings: whose record it is, and what its owner can do.

use super::Hints;
use super::targets::{self, elsewhere};
use crate::diagnostic::{Location, Severity};
use crate::examine::Gathered;
use crate::net::Name;
use crate::posture::lint::rules::{
    DELEGATION_DIFFERS, DS_WITHOUT_KEY, GLUE_DIFFERS, LAME_SERVER, NOT_DELEGATED, PROVIDER_SHRUNK,
    RESOLVER_AND_ZONE_DIFFER, RESOLVERS_DIFFER, SERVER_WITHOUT_TCP, SERVERS_DIFFER, SILENT_SERVER,
    STALE_SERVER, UNREGISTERED_DOMAIN,
};
use crate::protocols::dkim;
use crate::protocols::dkim::lint::rules::DANGLING_ALIAS;
use crate::protocols::dmarc::lint::rules::{
    EXTERNAL_REPORT_UNAUTHORIZED, LOOKALIKE as DMARC_LOOKALIKE, MISSING as DMARC_MISSING,
};
use crate::protocols::dnssec::lint::rules::BOGUS;
use crate::protocols::spf::LOOKUP_LIMIT;
use crate::protocols::spf::lint::BrokenReference;
use crate::protocols::spf::lint::rules::{INCLUDE_WITHOUT_RECORD, LOOKALIKE, TOO_MANY_LOOKUPS};
use crate::provider::{self, Provider};
use crate::report::{
    Certainty, Domain, Evidence, Fault, FaultKind, Finding, LookupOutcome, Owner, Party, Resolver,
    TreeNode,
};
use crate::text::Phrase;

/// The terms that lead to a name without a policy, and where each stands.
pub(super) struct SpfHints {
    broken: Vec<BrokenReference>,
    unregistered: Vec<(Location, Name)>,
}

impl SpfHints {
    pub(super) fn new(gathered: &Gathered) -> Self {
        let broken = gathered.spf.iter().flat_map(|facts| facts.broken_references()).collect();
        let unregistered = gathered.takeover.unregistered.iter();
        let unregistered = unregistered.map(|it| (it.location.clone(), it.domain.clone()));
        Self { broken, unregistered: unregistered.collect() }
    }

    fn broken(&self, finding: &Finding) -> Option<&BrokenReference> {
        self.broken.iter().find(|it| is_at(finding, &it.location))
    }

    fn unregistered(&self, finding: &Finding) -> Option<&Name> {
        let found = self.unregistered.iter().find(|(location, _)| is_at(finding, location));
        found.map(|(_, domain)| domain)
    }
}

/// The selectors whose alias leads to a name without a key, and that name.
pub(super) struct DkimHints {
    dangling: Vec<(Name, Name)>,
}

impl DkimHints {
    pub(super) fn new(gathered: &Gathered) -> Self {
        let tried = gathered.dkim.iter().flat_map(|it| &it.facts.tried);
        let dangling = tried.filter(|tried| matches!(tried.found, dkim::Found::Dangling));
        let dangling = dangling
            .filter_map(|tried| Some((tried.name.clone(), tried.answer.aliases.last()?.clone())));
        Self { dangling: dangling.collect() }
    }

    fn target(&self, finding: &Finding) -> Option<&Name> {
        let found = self.dangling.iter().find(|(name, _)| *name == finding.subject.name);
        found.map(|(_, target)| target)
    }
}

/// True if a finding is about this place.
fn is_at(finding: &Finding, location: &Location) -> bool {
    finding.subject.name == location.name
        && finding.subject.kind == location.kind
        && finding.span == location.span
}

/// Who controls the record that a finding is about, or the one that it names where that one has to
/// change.
pub(super) fn owner(finding: &Finding, hints: &Hints) -> Owner {
    let own = hints.owners.of(&finding.subject.name);
    if finding.is(&EXTERNAL_REPORT_UNAUTHORIZED)
        && let Some(host) = report_host(finding)
    {
        return hints.owners.of(&host);
    }
    if own.party == Party::You {
        let elsewhere = elsewhere(finding, hints).map(|name| hints.owners.of(name));
        // An account of the domain's own at a provider is the domain's to put right.
        if let Some(owner) = elsewhere.filter(|owner| owner.party != Party::You)
            && !hints.targets.host(finding).is_some_and(|host| targets::is_account(host, finding))
        {
            return owner;
        }
    }
    match hints.spf.broken(finding).filter(|_| finding.is(&INCLUDE_WITHOUT_RECORD)) {
        Some(broken)
            if own.party == Party::You
                && provider::meant_include(&broken.target).is_none()
                && is_plausible(&broken.target)
                && hints.spf.unregistered(finding).is_none() =>
        {
            hints.owners.of(&broken.target)
        }
        _ => own,
    }
}

/// True for a name that somebody may have chosen for a policy: a host name, but that labels may begin with
/// an underscore, as `_spf` does.
fn is_plausible(name: &Name) -> bool {
    let labels = name.labels().map(|label| label.strip_prefix(b"_").unwrap_or(label));
    Name::from_labels(labels).is_ok_and(|plain| plain.is_host_name())
}

/// The host of the report address that a finding marks.
fn report_host(finding: &Finding) -> Option<Name> {
    let marked = finding.excerpt.as_ref()?.marked.as_str();
    let (_, host) = marked.rsplit_once('@')?;
    let end = host.find(|c: char| !(c.is_ascii_alphanumeric() || "-._".contains(c)));
    Name::from_octets(host.get(..end.unwrap_or(host.len()))?.as_bytes()).ok()
}

/// True for a record that its owner meant, and in which receivers find nothing.
fn is_unread(finding: &Finding) -> bool {
    // Where nothing else is published, `dmarc/missing` has the repaired text.
    let has_repair = |finding: &Finding| {
        finding.fix.as_ref().is_some_and(|fix| fix.records.iter().any(|it| it.remove.is_some()))
    };
    finding.is(&LOOKALIKE)
        || finding.is(&DMARC_LOOKALIKE)
        || finding.is(&DMARC_MISSING) && has_repair(finding)
}

/// True where single servers of the zone are at fault, not what its owner wrote.
fn is_of_servers(finding: &Finding) -> bool {
    let rules = [
        &STALE_SERVER,
        &SERVERS_DIFFER,
        &LAME_SERVER,
        &NOT_DELEGATED,
        &DELEGATION_DIFFERS,
        &GLUE_DIFFERS,
        &SILENT_SERVER,
        &SERVER_WITHOUT_TCP,
    ];
    rules.into_iter().any(|rule| finding.is(rule))
}

/// One resolver says something else than most: what it holds, or whoever answers for it, is wrong.
/// Of two that differ the name servers decide.
fn resolvers(plain: Fault, domain: &Domain, finding: &Finding) -> Fault {
    let is_odd = |it: &&Resolver| {
        it.records.iter().any(|one| {
            one.agrees == Some(false)
                && one.name == finding.subject.name
                && one.kind == finding.subject.kind
        })
    };
    let mut odd = domain.resolvers.iter().filter(is_odd);
    let kind = FaultKind::Resolver;
    match (odd.next(), odd.next()) {
        (Some(one), None) => {
            let is_denial = one.records.iter().any(|it| {
                it.agrees == Some(false)
                    && matches!(it.outcome, LookupOutcome::NoData | LookupOutcome::NxDomain)
            });
            let reason = match is_denial {
                true => Phrase::from("it denies records that other resolvers have"),
                false => Phrase::from("it has other records than the other resolvers"),
            };
            let action = Phrase::from("the name servers decide: ")
                .code(format!("mailcheck {} --authoritative", domain.domain));
            let (party, name) = (Party::Resolver, one.resolver.clone());
            Fault { party, kind, name, reason, action, confidence: Certainty::Likely, ..plain }
        }
        _ => {
            let action = Phrase::from("the name servers decide: ")
                .code(format!("mailcheck {} --authoritative", domain.domain));
            let (party, name) = (Party::Undetermined, String::new());
            Fault { party, kind, name, action, ..plain }
        }
    }
}

/// The resolver says something else than all name servers of the zone.
fn outdated(plain: Fault, domain: &Domain, finding: &Finding) -> Fault {
    let is_it = |it: &&crate::report::Lookup| {
        it.name == finding.subject.name && it.kind == finding.subject.kind
    };
    let lookup = domain.lookups.iter().find(is_it);
    let name = lookup.and_then(super::failures::server).unwrap_or_default().to_owned();
    let action = Phrase::from(
        "not propagated yet, or a filter: ask again when the TTL has passed; the name servers are right",
    );
    let (party, kind) = (Party::Resolver, FaultKind::Resolver);
    Fault { party, kind, name, action, confidence: Certainty::Likely, ..plain }
}

/// What the findings say of who has to act: every error, and warnings about the records of others
/// and about records that no receiver takes for one.
pub(super) fn faults(domain: &Domain, hints: &Hints) -> Vec<Fault> {
    let weighty = domain.findings.iter().filter(|finding| match finding.severity {
        Severity::Error => true,
        Severity::Warn => {
            finding.owner.party != Party::You
                || is_unread(finding)
                || is_of_servers(finding)
                || finding.is(&RESOLVERS_DIFFER)
                || finding.is(&RESOLVER_AND_ZONE_DIFFER)
        }
        Severity::Note => false,
    });
    let mut faults: Vec<Fault> = Vec::new();
    for finding in weighty {
        let fault = fault(domain, finding, hints);
        let is_same_alias = |known: &&mut Fault| {
            known.kind == FaultKind::DanglingAlias
                && fault.kind == known.kind
                && known.action == fault.action
        };
        if let Some(known) = faults.iter_mut().find(is_same_alias) {
            known.reason =
                known.reason.clone().plain("; ").name(&finding.subject.name).plain(" likewise");
            known.evidence.extend(fault.evidence);
            continue;
        }
        if !faults.iter_mut().any(|known| known.absorb(&fault)) {
            faults.push(fault);
        }
    }
    faults
}

fn fault(domain: &Domain, finding: &Finding, hints: &Hints) -> Fault {
    let plain = Fault::of_record(finding);
    if is_of_servers(finding) {
        let action = finding.advice.clone().unwrap_or_default();
        return Fault { kind: FaultKind::Servers, action, ..plain };
    }
    if finding.is(&RESOLVERS_DIFFER) {
        return resolvers(plain, domain, finding);
    }
    if finding.is(&RESOLVER_AND_ZONE_DIFFER) {
        return outdated(plain, domain, finding);
    }
    if finding.is(&BOGUS) || finding.is(&DS_WITHOUT_KEY) {
        let action = finding.advice.clone().unwrap_or_default();
        return Fault { kind: FaultKind::Dnssec, action, ..plain };
    }
    if let Some(broken) = hints.spf.broken(finding)
        && hints.owners.is_own(&finding.subject.name)
        && let Some(meant) = provider::meant_include(&broken.target)
    {
        return misspelt(plain, finding, &broken.target, meant);
    }
    if let Some(gone) = hints.spf.unregistered(finding) {
        return unregistered(plain, gone);
    }
    if finding.is(&UNREGISTERED_DOMAIN) {
        return Fault { kind: FaultKind::UnregisteredDomain, ..plain };
    }
    if let Some(broken) = hints.spf.broken(finding).filter(|_| finding.is(&INCLUDE_WITHOUT_RECORD))
    {
        return reference(plain, domain, finding, broken, hints);
    }
    if finding.is(&TOO_MANY_LOOKUPS) && plain.party == Party::You {
        return lookups(plain, domain, hints);
    }
    if finding.is(&DANGLING_ALIAS)
        && let Some(target) = hints.dkim.target(finding)
    {
        return alias(plain, finding, target, hints);
    }
    if finding.is(&PROVIDER_SHRUNK) {
        let action = keep_the_include(&domain.domain);
        return Fault { kind: FaultKind::LostAddresses, action, ..plain };
    }
    if let Some(host) = hints.targets.host(finding) {
        return targets::unreachable(plain, finding, host);
    }
    if let Some(place) = elsewhere(finding, hints).filter(|_| plain.party != Party::You) {
        return targets::led(plain, finding, place);
    }
    if finding.is(&EXTERNAL_REPORT_UNAUTHORIZED) && plain.party != Party::You {
        let action = Phrase::from("ask ")
            .plain(plain.name.clone())
            .plain(" to publish that record, or remove the address from yours");
        return Fault { kind: FaultKind::MissingRecord, action, ..plain };
    }
    plain
}

fn unregistered(plain: Fault, gone: &Name) -> Fault {
    let reason = Phrase::new().name(gone).plain(" is not registered; anyone can register it");
    let action = Phrase::from("remove the term that points to it");
    Fault { kind: FaultKind::UnregisteredDomain, reason, action, ..plain }
}

/// A term names a host of a provider, or a misspelt form of its policy's name.
fn misspelt(
    plain: Fault,
    finding: &Finding,
    target: &Name,
    (known, policy): (&Provider, Name),
) -> Fault {
    let reason = Phrase::from("TXT of ")
        .name(&finding.subject.name)
        .plain(" names ")
        .name(target)
        .plain(format!("; {} publishes its senders at ", known.title()))
        .name(&policy);
    let action = Phrase::from("use that name instead");
    Fault {
        party: Party::You,
        kind: FaultKind::MisspeltName,
        name: String::new(),
        reason,
        action,
        ..plain
    }
}

/// A term leads to a name without a policy: the term is wrong, or what it names is gone.
fn reference(
    plain: Fault,
    domain: &Domain,
    finding: &Finding,
    broken: &BrokenReference,
    hints: &Hints,
) -> Fault {
    let target = &broken.target;
    let missing = |whose: Phrase| match broken.is_name_missing {
        true => whose.name(target).plain(" does not exist"),
        false => whose.name(target).plain(" has no SPF record"),
    };
    if !hints.owners.is_own(&finding.subject.name) {
        // A policy that the domain only borrows: its owner chose the term. A provider that keeps mailboxes
        // sends for its customers, who cannot do without its policy.
        let mut all = crate::provider::all().iter().filter(|it| it.title() == plain.name);
        let action = match all.any(crate::provider::Provider::keeps_mailboxes) {
            true => keep_the_include(&domain.domain),
            false => Phrase::from("you can only remove or replace the include that leads there"),
        };
        let reason = missing(Phrase::from("its include "));
        return Fault { kind: FaultKind::MissingRecord, reason, action, ..plain };
    }
    let reason = missing(Phrase::new());
    match plain.party {
        Party::You => Fault { kind: FaultKind::MissingRecord, reason, ..plain },
        party => {
            let mut evidence = plain.evidence.clone();
            let source = query(domain, target, &mut evidence);
            let reason = match source {
                Some(source) => reason.plain(format!(" (asked {source})")),
                None => reason,
            };
            let action = match party {
                Party::Provider => keep_the_include(&finding.subject.name),
                _ => Phrase::new()
                    .plain("ask ")
                    .name(&plain.name)
                    .plain(" for the name of its policy, or remove the include"),
            };
            let kind = FaultKind::MissingRecord;
            Fault { kind, reason, action, evidence, confidence: Certainty::Likely, ..plain }
        }
    }
}

/// What a customer does while the policy of a provider is broken.
pub(super) fn keep_the_include(domain: &Name) -> Phrase {
    Phrase::from("change nothing in ")
        .name(domain)
        .plain(": keep the include, watch the name, open a case with the provider")
}

/// Adds the query for a name's policy to the evidence; returns the server that was asked.
fn query(domain: &Domain, name: &Name, evidence: &mut Vec<Evidence>) -> Option<String> {
    let is_it = |name: &Name, lookup: &&crate::report::Lookup| {
        lookup.kind == crate::dns::Kind::Txt
            && (lookup.name == *name || lookup.aliases.last() == Some(name))
    };
    let lookup = domain.lookups.iter().find(|lookup| is_it(name, lookup))?;
    evidence.push(super::failures::evidence(lookup));
    super::failures::server(lookup).map(str::to_owned)
}

/// Too many lookups: the term of the own record that costs most.
fn lookups(plain: Fault, domain: &Domain, hints: &Hints) -> Fault {
    let costs = domain.spf.details.tree.iter().map(|term| (term, cost(term)));
    let Some((term, most)) = costs.max_by_key(|(_, cost)| *cost).filter(|(_, cost)| *cost > 1)
    else {
        return Fault { kind: FaultKind::LookupLimit, ..plain };
    };
    let total = domain.spf.details.lookups;
    let reason = Phrase::new()
        .number(total)
        .plain(" DNS lookups (limit ")
        .number(LOOKUP_LIMIT)
        .plain("); ")
        .code(&term.term)
        .plain(" costs ")
        .number(most);
    let plain = Fault { kind: FaultKind::LookupLimit, reason, ..plain };
    // Where one term costs too much alone, no other one helps.
    let target = term.term.split_once(':').filter(|_| most > LOOKUP_LIMIT.into());
    let target = target.and_then(|(_, name)| Name::from_octets(name.as_bytes()).ok());
    match target.filter(|name| !hints.owners.is_own(name)) {
        Some(_) => {
            let action = Phrase::from("remove or replace ").code(&term.term);
            Fault { action, ..plain }
        }
        None => plain,
    }
}

/// Terms with lookups in a part of the tree.
fn cost(node: &TreeNode) -> usize {
    usize::from(node.kind().costs_lookup()) + node.terms.iter().map(cost).sum::<usize>()
}

/// An alias of a selector that leads to no key: the pointer is the domain's own, the target is not.
fn alias(plain: Fault, finding: &Finding, target: &Name, hints: &Hints) -> Fault {
    let owner = hints.owners.of(target);
    let selector = Phrase::new().name(&finding.subject.name);
    let kind = FaultKind::DanglingAlias;
    let (reason, action) = match owner.party {
        Party::You => return Fault { kind, ..plain },
        Party::Provider => (
            selector
                .plain(format!(" points to {}, which publishes no key at ", owner.name))
                .name(target),
            Phrase::from("enable DKIM in your account there, or remove the CNAME"),
        ),
        _ => (
            selector.plain(" points to ").name(target).plain(", where no key is published"),
            Phrase::new()
                .plain("ask ")
                .name(&owner.name)
                .plain(" for the key, or remove the CNAME"),
        ),
    };
    Fault { kind, reason, action, ..plain }
}
