//! The proof: the domain as it would be, held against the domain as it is.

use super::patch::{self, Change};
use super::trial::{self, After};
use super::{Candidate, MetRule};
use crate::diagnostic::{Applicability, Finding, Rule, Severity, Standing, family};
use crate::dns::Dns;
use crate::examine::{Gathered, Inquiry};
use crate::net::{Family, IpSet, Name};
use crate::protocols::spf::lint::rules;
use crate::protocols::spf::record::{Mechanism, Qualifier, Record};
use crate::protocols::spf::{self, Cell, Intent, Partition, Policies, SpfResult};
use crate::provider;
use tokio::sync::OnceCell;

/// What has to be kept, or to be no worse.
pub(super) struct Before {
    /// Every fault, with how often it was found.
    faults: Vec<(MetRule, usize)>,
    /// Who is authorized today.
    limited: Authorized,
    /// Who would be if nothing were limited: whom the owner means.
    unlimited: Authorized,
    /// Who was meant to pass, whatever keeps the policy from working.
    meant: Option<Intent>,
    /// True if the records show that the domain takes or sends mail.
    has_mail: bool,
    /// True if mail can pass DMARC as far as the records show, so that its policy may get stricter.
    may_tighten_dmarc: bool,
    /// True if neither SPF nor DKIM has an error, so that a policy that was published may apply.
    may_restore_dmarc: bool,
    /// How the protocols stand.
    standings: [Option<Standing>; 2],
}

impl Before {
    pub(super) async fn of(dns: &dyn Dns, facts: &Gathered, findings: &[Finding]) -> Self {
        let meant = match &facts.spf {
            Some(spf) => Some(spf::intent(&Policies::new(dns), &spf.domain).await),
            None => None,
        };
        Self {
            has_mail: has_mail(facts),
            may_tighten_dmarc: may_tighten_dmarc(facts, findings),
            may_restore_dmarc: !has_sender_error(findings),
            meant,
            faults: counted(findings),
            limited: Authorized::by(facts.spf.as_deref(), Cell::result),
            unlimited: Authorized::by(facts.spf.as_deref(), Cell::unlimited),
            standings: standings(facts),
        }
    }

    /// The same in a domain that is already changed: whether its DMARC policy may get stricter is a
    /// matter of the records as they were, and a sender that was meant before is meant still, besides those
    /// whom a repaired term names.
    pub(super) fn begun_as(self, initial: &Self) -> Self {
        Self {
            meant: match (self.meant, initial.meant.clone()) {
                (Some(now), Some(before)) => Some(now.and_those_of(before)),
                (now, before) => now.or(before),
            },
            has_mail: initial.has_mail,
            may_tighten_dmarc: initial.may_tighten_dmarc,
            may_restore_dmarc: initial.may_restore_dmarc,
            ..self
        }
    }

    /// True if a finding is new and at least as bad as `least`.
    fn is_worse(&self, after: &[Finding], least: Severity, leads_to: &[&Rule]) -> bool {
        counted(after).into_iter().any(|(fault, count)| {
            let known = self.faults.iter().find(|(known, _)| *known == fault);
            let severity = after.iter().filter(|finding| MetRule::of(finding) == fault);
            count > known.map_or(0, |(_, count)| *count)
                && !leads_to.contains(&fault.rule)
                && severity.map(|finding| finding.rule.severity).max() >= Some(least)
        })
    }

    /// True if nobody is lost, neither today nor beyond the limits.
    fn keeps_all(&self, after: Option<&spf::Facts>) -> bool {
        self.limited.is_kept_in(&Authorized::by(after, Cell::result))
            && self.unlimited.is_kept_in(&Authorized::by(after, Cell::unlimited))
    }

    /// True if all that the policy was meant to authorize is authorized with the changes: `whole`
    /// says whether within the limits and by every standard, or as far as it was repaired.
    ///
    /// Each term that cannot be listed as addresses has to be there still, but for those that a
    /// candidate writes anew. A policy that authorizes nobody is not for a domain with mail.
    fn keeps_the_meant(
        &self,
        (after, findings): (&spf::Facts, &[Finding]),
        intent: &Intent,
        rewritten: &[String],
        demand: Demand,
    ) -> bool {
        let is_covered = self.meant.as_ref().is_none_or(|meant| {
            meant.addresses.iter().zip(&intent.addresses).all(|(old, new)| new.covers(old))
        });
        // A repaired term was meant as well, wherever it stands now.
        let works = demand == Demand::Step
            || (self.lists_the_meant(after) && lists(after, intent) && !is_broken(after, findings));
        is_covered && works && self.keeps_open_terms(intent, rewritten) && !self.is_silenced(after)
    }

    /// True if a record authorizes those who were meant and nobody besides, as far as it was repaired,
    /// and gives no better result to the rest than before.
    fn is_exact(&self, after: &spf::Facts, intent: &Intent) -> bool {
        let now = Authorized::by(Some(after), Cell::unlimited);
        if self.unlimited.is_same_as(&now) {
            return true;
        }
        let Some(meant) = &self.meant else { return false };
        let passed = self.unlimited.passing.iter().zip(&self.limited.passing);
        let known = passed.zip(&meant.addresses).map(|((all, some), meant)| all.or(some).or(meant));
        let adds_nobody = now.passing.iter().zip(known).all(|(now, known)| known.covers(now));
        adds_nobody
            && intent.open_terms == meant.open_terms
            && intent.addresses.iter().zip(&meant.addresses).all(|(now, meant)| meant.covers(now))
    }

    /// True if every address that was meant to pass does so.
    fn lists_the_meant(&self, after: &spf::Facts) -> bool {
        self.meant.as_ref().is_none_or(|meant| lists(after, meant))
    }

    /// True if no term was dropped that cannot be listed as addresses.
    fn keeps_open_terms(&self, after: &Intent, rewritten: &[String]) -> bool {
        let Some(meant) = &self.meant else { return true };
        meant.open_terms.iter().all(|term| {
            after.open_terms.contains(term)
                || after.host_terms.contains(term)
                || rewritten.iter().any(|text| term.ends_with(text.as_str()))
        })
    }

    /// True if a record would authorize nobody although the domain takes or sends mail.
    fn is_silenced(&self, after: &spf::Facts) -> bool {
        let authorizes_nobody = after.published.usable().is_some_and(|record| {
            // What stands behind `all` authorizes nobody.
            let mut counting =
                record.directives().take_while(|(.., mechanism)| **mechanism != Mechanism::All);
            let is_redirected = record.redirect().is_some() && record.all().is_none();
            !is_redirected && counting.all(|(_, _, qualifier, _)| qualifier != Qualifier::Pass)
        });
        authorizes_nobody && self.has_mail
    }

    /// True if something can no longer be told that could be before: then nothing is proved.
    fn loses_knowledge(&self, after: &Gathered) -> bool {
        let unknown = Some(Standing::Unknown);
        let pairs = self.standings.into_iter().zip(standings(after));
        pairs.into_iter().any(|(before, after)| after == unknown && before != unknown)
    }
}

/// A domain as it is; what has to be kept of it is found out when it is first asked for.
pub(super) struct State<'s> {
    pub(super) dns: &'s dyn Dns,
    pub(super) facts: &'s Gathered,
    findings: &'s [Finding],
    before: OnceCell<Before>,
}

impl<'s> State<'s> {
    pub(super) fn new(dns: &'s dyn Dns, facts: &'s Gathered, findings: &'s [Finding]) -> Self {
        Self { dns, facts, findings, before: OnceCell::new() }
    }

    /// What has to be kept, or to be no worse.
    pub(super) async fn before(&self) -> &Before {
        self.before.get_or_init(|| Before::of(self.dns, self.facts, self.findings)).await
    }
}

/// True if SPF or DKIM has an error that a repair takes away, so that mail of the domain's own may fail.
fn has_sender_error(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| {
        let of_mail = [family::SPF, family::DKIM].contains(&finding.rule.family());
        of_mail && finding.rule.severity == Severity::Error
            || IDLE_SENDERS.iter().any(|rule| finding.is(rule))
            || IDLE_TERMS.iter().any(|rule| finding.is(rule))
    })
}

/// True if SPF works and neither SPF nor DKIM has an error: a stricter policy hits no mail of the
/// domain's own that a repair would have let pass.
fn may_tighten_dmarc(facts: &Gathered, findings: &[Finding]) -> bool {
    let Some(spf) = &facts.spf else { return false };
    let works = matches!(spf.standing(), Standing::Good | Standing::Weak);
    // Where neither SPF nor DKIM lets anything pass, a stricter policy hits all mail there is.
    let authorizes = spf.partitions().into_iter().any(|it| !it.passing().is_empty())
        || !spf.sender_dependent().is_empty()
        || spf.sends_nothing() && !has_mail(facts);
    // A key that could not be asked for may be a broken one.
    let is_dkim_known = facts.dkim.as_ref().is_some_and(|it| it.facts.failed().next().is_none());
    // The organization's own mail was not looked at where a name below it was asked about.
    let dmarc = facts.dmarc.as_ref().map(|it| &it.facts.discovered);
    let is_own = dmarc.is_some_and(|discovered| {
        let elsewhere = |visit: &crate::protocols::dmarc::Visit| {
            visit.domain != facts.domain && visit.count() > 0
        };
        !discovered.walk.visits.iter().any(elsewhere)
    });
    works && authorizes && is_dkim_known && is_own && !has_sender_error(findings)
}

/// True if MX, DKIM or SPF show that a domain takes or sends mail.
fn has_mail(facts: &Gathered) -> bool {
    let mx = facts.mx.as_ref().map(|examined| &examined.facts);
    // What was not looked at, or went unanswered, may be there.
    let receives =
        mx.is_none_or(|mx| mx.is_failed() || !mx.is_null() && !mx.exchangers().is_empty());
    let signs = facts.dkim.as_ref().is_some_and(|it| it.facts.keyed().next().is_some());
    let names_provider =
        facts.spf.as_deref().and_then(|spf| spf.published.record()).is_some_and(|it| {
            // A misspelt term names a provider as well.
            let words = it.value.text.split(|octet| b" :=\t".contains(octet));
            let mut names = words.filter_map(|word| Name::from_octets(word).ok());
            names.any(|name| provider::recognise_include(&name).is_some())
        });
    receives || signs || names_provider
}

fn counted(findings: &[Finding]) -> Vec<(MetRule, usize)> {
    let mut counts: Vec<(MetRule, usize)> = Vec::new();
    for fault in findings.iter().map(MetRule::of) {
        match counts.iter_mut().find(|(known, _)| *known == fault) {
            Some((_, count)) => *count += 1,
            None => counts.push((fault, 1)),
        }
    }
    counts
}

fn standings(facts: &Gathered) -> [Option<Standing>; 2] {
    let dmarc = facts.dmarc.as_ref().map(|examined| examined.facts.standing());
    [facts.spf.as_deref().map(spf::Facts::standing), dmarc]
}

/// Who is authorized by SPF: those that pass, and those among them that pass whatever is unknown of
/// the sender. A set a family each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Authorized {
    passing: [IpSet; 2],
    certain: [IpSet; 2],
    /// The terms whose effect depends on the sender.
    dependent: Vec<String>,
}

impl Authorized {
    /// Those who pass when a cell is read by `result`.
    fn by(facts: Option<&spf::Facts>, result: fn(&Cell) -> Option<SpfResult>) -> Self {
        let Some(facts) = facts else {
            let nobody = || Family::BOTH.map(IpSet::empty);
            return Self { passing: nobody(), certain: nobody(), dependent: Vec::new() };
        };
        let passes = |cell: &Cell| result(cell) == Some(SpfResult::Pass);
        let partitions = facts.partitions();
        let texts = |partition: &Partition| {
            let terms = partition.sender_dependent().into_iter();
            terms.map(|term| partition.term_text(term)).collect::<Vec<_>>()
        };
        let mut dependent: Vec<String> = partitions.into_iter().flat_map(texts).collect();
        dependent.sort_unstable();
        dependent.dedup();
        Self {
            passing: partitions.map(|partition| hosts(partition.gather(passes))),
            certain: partitions.map(|partition| {
                hosts(partition.gather(|cell| passes(cell) && partition.is_certain(cell)))
            }),
            dependent,
        }
    }

    /// True if nobody of `self` is lost in `after`.
    fn is_kept_in(&self, after: &Self) -> bool {
        let covers = |all: &[IpSet; 2], some: &[IpSet; 2]| {
            all.iter().zip(some).all(|(all, some)| all.covers(some))
        };
        covers(&after.passing, &self.passing) && covers(&after.certain, &self.certain)
    }

    /// True if both are the same as far as can be told, the terms that depend on the sender
    /// included.
    fn is_same_as(&self, after: &Self) -> bool {
        self.passing == after.passing && self.dependent == after.dependent
    }
}

/// The addresses of a set that a host can have.
fn hosts(set: IpSet) -> IpSet {
    set.minus(&spf::lint::unusable(set.family()))
}

/// Rules about senders that stand where receivers do not look.
static IDLE_SENDERS: [&Rule; 3] =
    [&rules::TERMS_AFTER_ALL, &rules::REDIRECT_IGNORED, &rules::LOOKALIKE];

/// Rules about terms that were meant to authorize somebody, and do not.
pub(super) static IDLE_TERMS: [&Rule; 2] = [&rules::SUSPICIOUS_MODIFIER, &rules::JOINED_STRINGS];

/// True if every address of an intended set passes, within the limits.
fn lists(facts: &spf::Facts, meant: &Intent) -> bool {
    let passing = Authorized::by(Some(facts), Cell::result).passing;
    meant.addresses.iter().zip(&passing).all(|(meant, all)| all.covers(meant))
}

/// True if an SPF policy still has an error, or a term that was meant to authorize somebody and does
/// not, by the findings about the domain. That it authorizes everybody keeps nobody out.
fn is_broken(facts: &spf::Facts, findings: &[Finding]) -> bool {
    // What is glued to another term was meant as a term of its own.
    let has_glued_end = |record: &Record| {
        let mut texts = record.terms.iter().map(|term| term.span.of(&record.text));
        texts.any(|text| spf::lint::glued(text).is_some())
    };
    if spf::lint::has_lookalike(&facts.published)
        || facts.published.usable().is_some_and(has_glued_end)
    {
        return true;
    }
    let fails = |finding: &Finding| {
        let is_error = finding.rule.severity == Severity::Error;
        (is_error && !finding.is(&rules::PASS_ALL)) || IDLE_TERMS.contains(&finding.rule)
    };
    findings.iter().filter(|finding| finding.rule.family() == family::SPF).any(fails)
}

/// How much of what was meant a candidate has to bring back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    /// All of it: the record is offered by itself.
    Whole,
    /// None of it may be dropped: others are proved on top, and the outcome as a whole.
    Step,
}

/// True if a candidate fixes the fault of a finding, brings nothing as bad, and loses nobody.
pub(super) async fn is_proved(
    dns: &dyn Dns,
    inquiry: &Inquiry,
    (now, before): (&Gathered, &Before),
    finding: &Finding,
    candidate: &Candidate,
    demand: Demand,
) -> bool {
    let may_tighten = match candidate.restores {
        true => before.may_restore_dmarc,
        false => before.may_tighten_dmarc,
    };
    if candidate.changes.iter().all(Change::is_idle) || (candidate.tightens_dmarc && !may_tighten) {
        return false;
    }
    let after = trial::with(dns, inquiry, now, &candidate.changes).await;
    let fault = MetRule::of(finding);
    let least = if candidate.restores { Severity::Error } else { finding.rule.severity };
    if after.findings.iter().any(|finding| MetRule::of(finding) == fault)
        || before.is_worse(&after.findings, least, candidate.leads_to)
        || before.loses_knowledge(&after.facts)
        || candidate.is_step && has_idle_senders(&after.findings)
    {
        return false;
    }
    loses_nobody(dns, inquiry, before, candidate, &after).await
        && keeps_the_meant(dns, before, candidate, &after, demand).await
}

/// True if senders are listed where receivers do not look: that is repaired with the rest or not at all.
fn has_idle_senders(findings: &[Finding]) -> bool {
    let idle = || IDLE_SENDERS.iter().chain(&IDLE_TERMS);
    findings.iter().any(|finding| idle().any(|rule| finding.is(rule)))
}

/// True if a candidate drops nothing that the SPF policy was meant to authorize.
async fn keeps_the_meant(
    dns: &dyn Dns,
    before: &Before,
    candidate: &Candidate,
    after: &After,
    demand: Demand,
) -> bool {
    let Some(facts) = after.facts.spf.as_deref().filter(|_| candidate.touches_spf()) else {
        return true;
    };
    let overlay = patch::overlay(&candidate.changes, dns);
    let intent = spf::intent(&Policies::new(&overlay), &facts.domain).await;
    let known = (facts, after.findings.as_slice());
    before.keeps_the_meant(known, &intent, &candidate.rewritten, demand)
        && (candidate.applicability < Applicability::Safe || before.is_exact(facts, &intent))
}

/// True if a domain with all changes authorizes everybody who was meant; `meant` is what has to be
/// kept of this very state, besides of those before it.
pub(super) fn is_whole(after: &After, meant: &Before) -> bool {
    after.facts.spf.as_deref().is_none_or(|facts| {
        meant.lists_the_meant(facts)
            && !meant.is_silenced(facts)
            && !is_broken(facts, &after.findings)
    })
}

/// True if every address that was authorized still is: in the records as they are, or in each way
/// in which they may be read where receivers read nothing in them.
async fn loses_nobody(
    dns: &dyn Dns,
    inquiry: &Inquiry,
    before: &Before,
    candidate: &Candidate,
    after: &After,
) -> bool {
    let spf = after.facts.spf.as_deref();
    let unlimited = Authorized::by(spf, Cell::unlimited);
    if candidate.readings.is_empty() {
        return before.keeps_all(spf);
    }
    for reading in &candidate.readings {
        let overlay = patch::overlay(reading, dns);
        let facts = spf::examine(&Policies::new(&overlay), &inquiry.domain).await;
        if !Authorized::by(Some(&facts), Cell::unlimited).is_kept_in(&unlimited) {
            return false;
        }
    }
    true
}

/// True if changes for the sake of a sender bring nothing bad that was not there, lose nobody, and
/// stay within the limits.
pub(super) fn is_harmless(before: &Before, after: &After) -> bool {
    let Some(facts) = &after.facts.spf else { return false };
    let worst = facts.worst();
    worst.lookups <= spf::LOOKUP_LIMIT
        && worst.voids <= spf::VOID_LIMIT
        && !before.is_worse(&after.findings, Severity::Error, &[])
        && before.keeps_all(Some(facts))
        && before.lists_the_meant(facts)
        && !is_broken(facts, &after.findings)
}
