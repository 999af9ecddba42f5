//! Faults of what a record of the domain only leads to: an alias, an MX host, a term of another policy.

use super::Hints;
use crate::diagnostic::Severity;
use crate::dns::Kind;
use crate::examine::Gathered;
use crate::net::Name;
use crate::protocols::dkim::lint::rules::DANGLING_ALIAS;
use crate::protocols::mx::{self, lint::rules::NO_ADDRESS};
use crate::protocols::spf::{self, lint::rules::PASS_ALL};
use crate::provider;
use crate::report::{Certainty, Fault, FaultKind, Finding, Party, RecordSet};
use crate::text::Phrase;

/// What MX records and aliases lead to.
pub(super) struct TargetHints {
    /// The MX hosts that have no address.
    hosts: Vec<Name>,
    /// The names whose records stand at the end of an alias, and that end.
    aliases: Vec<(Name, Name)>,
    /// Whose record lets everybody pass.
    opener: Option<Name>,
}

impl TargetHints {
    pub(super) fn new(gathered: &Gathered) -> Self {
        let exchangers = gathered.mx.iter().flat_map(|it| it.facts.exchangers());
        let hosts = exchangers.filter_map(|one| match &one.target {
            mx::Target::Host(addresses) => addresses.is_proved_none().then(|| one.host.clone()),
            _ => None,
        });
        let selectors = gathered.dkim.iter().flat_map(|it| &it.facts.tried);
        let visits = gathered.dmarc.iter().flat_map(|it| &it.facts.discovered.walk.visits);
        let answers = selectors.map(|tried| &tried.answer);
        let answers = answers.chain(visits.filter_map(|visit| visit.answer.as_ref()));
        let led = answers.filter(|answer| !answer.records().is_empty());
        let aliases =
            led.filter_map(|it| Some((it.question.name.clone(), it.aliases.last()?.clone())));
        let opener = gathered.spf.as_deref().and_then(spf::lint::opener);
        Self { hosts: hosts.collect(), aliases: aliases.collect(), opener }
    }

    /// The MX host without an address that a finding names.
    pub(super) fn host(&self, finding: &Finding) -> Option<&Name> {
        let said = finding.is(&NO_ADDRESS).then(|| finding.message.to_string())?;
        let named = self.hosts.iter().filter(|host| said.contains(&host.to_string()));
        named.max_by_key(|host| host.label_count())
    }

    /// Where the record stands that a finding is about, if that is at the end of an alias.
    fn target(&self, finding: &Finding) -> Option<&Name> {
        let is_content = finding.severity == Severity::Error && finding.subject.kind == Kind::Txt;
        let mut all = self.aliases.iter().filter(|_| is_content && !finding.is(&DANGLING_ALIAS));
        all.find(|(name, _)| *name == finding.subject.name).map(|(_, target)| target)
    }
}

/// Where what a finding complains of stands, if its own record only leads there.
pub(super) fn elsewhere<'h>(finding: &Finding, hints: &'h Hints) -> Option<&'h Name> {
    let opener = || hints.targets.opener.as_ref().filter(|_| finding.is(&PASS_ALL));
    let aliased = hints.targets.target(finding);
    aliased.or_else(|| hints.targets.host(finding)).or_else(opener)
}

/// True for a host that a provider made for the domain: its name begins with the domain's.
pub(super) fn is_account(host: &Name, finding: &Finding) -> bool {
    let label = |name: &Name| name.labels().next().map(<[u8]>::to_ascii_lowercase);
    let known = provider::recognise_mx(host).is_some();
    let (Some(host), Some(own)) = (label(host), label(&finding.subject.name)) else { return false };
    known && own.len() > 2 && host.starts_with(&own)
}

/// An MX host of somebody else that has no address.
pub(super) fn unreachable(plain: Fault, finding: &Finding, host: &Name) -> Fault {
    let Some(known) = provider::recognise_mx(host) else {
        return match plain.party {
            Party::You => plain,
            _ => {
                let action = Phrase::from("check the name with ").name(&plain.name).plain(
                    "; if it is right, ask for its address, otherwise correct the MX record",
                );
                Fault { action, confidence: Certainty::Likely, ..plain }
            }
        };
    };
    let shown = Phrase::from("compare it with the MX host that ")
        .plain(known.title())
        .plain(" shows for ")
        .name(&finding.subject.name);
    match plain.party {
        Party::You => Fault { kind: FaultKind::MissingRecord, action: shown, ..plain },
        _ => {
            let action = shown.plain("; if it is the same, change nothing and open a case there");
            Fault { action, confidence: Certainty::Likely, ..plain }
        }
    }
}

/// The record of the domain leads to one of somebody else, and that one is wrong.
pub(super) fn led(plain: Fault, finding: &Finding, place: &Name) -> Fault {
    let record = Some(RecordSet { name: place.clone(), kind: finding.subject.kind });
    let is_include = finding.is(&PASS_ALL);
    let action = match is_include {
        true => Phrase::from("you can only remove or replace the include that leads there"),
        false => Phrase::from("ask ")
            .plain(plain.name.clone())
            .plain(" to repair that record, or remove the CNAME that leads there"),
    };
    let reason = match is_include {
        true => finding.message.clone().plain("; the term is in the record of ").name(place),
        false => Phrase::new()
            .name(&finding.subject.name)
            .plain(" is an alias of ")
            .name(place)
            .plain(": ")
            .then(finding.message.clone()),
    };
    Fault { record, reason, action, ..plain }
}
