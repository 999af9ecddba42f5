//! Fixes: proposed by rule, offered only when proved.
//!
//! A candidate is a change of record sets and nothing else, made by a pure function from what is
//! known of the domain. It is then tried (`trial`): the changed sets are laid over the same answers,
//! what they can alter is examined again, and the fix is offered only if its finding is gone, nothing as bad has
//! come, and every address that was authorized still is (`proof`). So a candidate need not be
//! clever, and a wrong one costs a fraction of a millisecond and is never seen.
//!
//! * `spf`, `dmarc`, `dkim`, `mx` propose, by the rule that was met; `spelling` what means the same;
//! * `sender` proposes for a sender that is not authorized;
//! * `compose` puts the fixes of a domain together into one patch.
//!
//! Deliberately absent: changes of zones that others keep, and whatever cannot be said as records.

mod advice;
mod compose;
mod dkim;
mod dmarc;
mod mx;
mod parked;
mod patch;
mod proof;
mod reports;
mod sender;
mod spelling;
mod spf;
mod trial;

pub(crate) use compose::{Composition, compose};
pub use compose::{Selection, Spared};
pub(crate) use sender::SenderFixes;

use crate::diagnostic::{Applicability, Finding, Fix, Rule};
use crate::dns::{Data, Dns, Kind, join_all};
use crate::examine::{Gathered, Inquiry};
use crate::net::{Cidr, IpSet, Name};
use crate::posture::lint::rules as posture_rules;
use crate::protocols::dkim::lint::rules as dkim_rules;
use crate::protocols::dmarc::LABEL as DMARC_LABEL;
use crate::protocols::dmarc::lint::rules as dmarc_rules;
use crate::protocols::mx::lint::rules as mx_rules;
use crate::protocols::spf::Policies;
use crate::protocols::spf::lint::rules as spf_rules;
use crate::text::Phrase;
use patch::Change;
use proof::{Before, Demand, State};
use sender::find_sender_fixes;

/// Most faults of one domain for which fixes are looked for: more than a reader fixes in a day.
const MOST_FAULTS: usize = 12;
/// Most candidates that are tried for one fault.
const MOST_TRIES: usize = 8;

/// A change that may fix a fault, not yet tried.
struct Candidate {
    /// What it does, in a few words.
    summary: Phrase,
    /// How freely it may be applied, if it is proved.
    applicability: Applicability,
    /// What changes.
    changes: Vec<Change>,
    /// In which ways the records as they are can be read, where receivers read nothing in them:
    /// a sender that is authorized in one of these has to stay so. None if they are read as they are.
    readings: Vec<Vec<Change>>,
    /// The rules that may be met afterwards, because the change is one step of several.
    leads_to: &'static [&'static Rule],
    /// Terms that it writes anew, in lower case: they need not be found again as they were.
    rewritten: Vec<String>,
    /// True if it writes what was meant, so that what the slip hid may be met afterwards, short of
    /// errors.
    restores: bool,
    /// True if receivers are asked to do more to mail that fails DMARC.
    tightens_dmarc: bool,
    /// True for one slip of several, or one before the fault of somebody else.
    is_step: bool,
}

impl Candidate {
    /// A change of one record set.
    fn new(applicability: Applicability, summary: Phrase, change: Change) -> Self {
        Self {
            summary,
            applicability,
            changes: vec![change],
            readings: Vec::new(),
            leads_to: &[],
            rewritten: Vec::new(),
            restores: false,
            tightens_dmarc: false,
            is_step: false,
        }
    }

    /// The same, which writes what was meant.
    fn restoring(self) -> Self {
        Self { restores: true, ..self }
    }

    /// The same, which asks receivers to do more to mail that fails DMARC.
    fn tightening(self) -> Self {
        Self { tightens_dmarc: true, ..self }
    }

    /// The same as one step of several, if it leaves no doubt: what the slip hid is met afterwards.
    fn into_step(self) -> Option<Self> {
        static LEADS_TO: [&Rule; 1] = [&spf_rules::INCLUDE_WITHOUT_RECORD];
        let is_clear = self.restores && self.applicability == Applicability::Safe;
        (is_clear && self.touches_spf()).then(|| Self {
            applicability: Applicability::Review,
            summary: self
                .summary
                .plain("; the policy does not work before its other errors are repaired"),
            leads_to: &LEADS_TO,
            is_step: true,
            ..self
        })
    }

    /// The same, with the networks that pass then, where the terms that were meant are likely and not
    /// certain: what a repair opens is for its reader to see.
    async fn with_networks(self, dns: &dyn Dns, inquiry: &Inquiry, now: &Gathered) -> Self {
        const MOST_NETWORKS: usize = 3;
        let is_guess = self.restores && self.applicability == Applicability::Review;
        if !is_guess || self.concern() == Concern::Dmarc || !self.touches_spf() {
            return self;
        }
        let after = trial::with(dns, inquiry, now, &self.changes).await;
        let Some(facts) = &after.facts.spf else { return self };
        let networks: Vec<Cidr> = spf::passing(facts).iter().flat_map(IpSet::cidrs).collect();
        if networks.is_empty() || networks.len() > MOST_NETWORKS {
            return self;
        }
        let networks = networks.iter().map(|network| Phrase::new().addr(network));
        let listed = Phrase::listed(networks, MOST_NETWORKS, " and ");
        Self { summary: self.summary.plain("; authorized then: ").then(listed), ..self }
    }

    /// True if an SPF policy may read otherwise with it.
    fn touches_spf(&self) -> bool {
        self.changes.iter().any(Change::touches_spf)
    }

    /// What it is about.
    fn concern(&self) -> Concern {
        // Behind an alias a policy may be at any name.
        let is_policy =
            |data: &Data| data.text().is_some_and(|text| crate::protocols::dmarc::is_record(&text));
        let is_dmarc = |change: &Change| {
            let mut changed = change.before.iter().chain(&change.after);
            change.name.labels().next() == Some(DMARC_LABEL.as_bytes()) || changed.any(is_policy)
        };
        match self.changes.iter().all(is_dmarc) {
            true => Concern::Dmarc,
            false => Concern::Senders,
        }
    }

    fn into_fix(self) -> Fix {
        Fix {
            summary: self.summary,
            applicability: self.applicability,
            edits: self.changes.iter().flat_map(Change::edits).collect(),
        }
    }
}

/// What changes are about: those about who may send and those about what becomes of the rest are
/// published one after the other, so that a mistake in one does not turn the other against the
/// domain's own mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Concern {
    /// Who sends, signs and receives.
    Senders,
    /// The DMARC policy.
    Dmarc,
}

impl Concern {
    const ALL: [Self; 2] = [Self::Senders, Self::Dmarc];
}

/// One rule met at one record set: what one candidate has to fix as a whole, because half of it
/// would leave the rule met.
#[derive(Clone, Debug, PartialEq, Eq)]
struct MetRule {
    rule: &'static Rule,
    name: Name,
    kind: Kind,
}

impl MetRule {
    fn of(finding: &Finding) -> Self {
        let location = &finding.location;
        Self { rule: finding.rule, name: location.name.clone(), kind: location.kind }
    }
}

/// Everything that a candidate is made of: the facts, and the findings of one fault.
#[derive(Clone, Copy)]
struct Context<'c> {
    domain: &'c Name,
    facts: &'c Gathered,
    findings: &'c [&'c Finding],
}

type Generate = fn(Context<'_>) -> Vec<Candidate>;

/// Who proposes for which rule. For a rule that is not here, no change of records is a remedy, or
/// only the owner knows which.
static GENERATORS: &[(&Rule, Generate)] = &[
    (&spf_rules::MISSING, spf::missing),
    (&spf_rules::SEVERAL_RECORDS, spf::merge),
    (&spf_rules::RETIRED_TYPE, spf::drop_retired),
    (&spf_rules::RETIRED_TYPE_DIFFERS, spf::drop_retired),
    (&spf_rules::SYNTAX, spf::restore),
    (&spf_rules::LOOKALIKE, spf::restore),
    (&spf_rules::INCLUDE_WITHOUT_RECORD, spf::correct_targets),
    (&spf_rules::VOID_LOOKUP, spf::restore),
    (&spf_rules::JOINED_STRINGS, spf::part_terms),
    (&spf_rules::SUSPICIOUS_MODIFIER, spf::restore),
    (&spf_rules::DOUBTFUL_NAME, spf::restore),
    (&spf_rules::UNUSUAL_CASE, spf::write_small),
    (&spf_rules::UNUSED_EXPLANATION, spf::drop_explanation),
    (&spf_rules::DUPLICATE_TERM, spf::drop_duplicates),
    (&spf_rules::PRIVATE_ADDRESS, spf::drop_unusable),
    (&spf_rules::DEAD_TERM, spf::drop_dead_terms),
    (&spf_rules::HOST_BITS, spf::clear_host_bits),
    (&spf_rules::TOO_MANY_LOOKUPS, spf::spare_lookups),
    (&spf_rules::TOO_MANY_VOIDS, spf::spare_lookups),
    (&spf_rules::REDIRECT_IGNORED, spf::drop_redirect),
    (&spf_rules::TERMS_AFTER_ALL, spf::move_all),
    (&spf_rules::NO_ALL, spf::end_with_all),
    (&spf_rules::NEUTRAL_ALL, spf::soften_all),
    (&spf_rules::PASS_ALL, spf::stop_everybody),
    (&posture_rules::MAILBOX_PROVIDER_NOT_AUTHORIZED, spf::include_mailboxes),
    (&dmarc_rules::MISSING, dmarc::missing),
    (&dmarc_rules::SEVERAL_RECORDS, dmarc::keep_one),
    (&dmarc_rules::SYNTAX, dmarc::restore),
    (&dmarc_rules::STRAY_TEXT, dmarc::restore),
    (&dmarc_rules::NO_VALID_POLICY, dmarc::restore),
    (&dmarc_rules::LOOKALIKE, dmarc::restore),
    (&dmarc_rules::POLICY_ABSENT, spelling::policy_second),
    (&dmarc_rules::TAG_ORDER, spelling::policy_second),
    (&dmarc_rules::LEADING_SPACE, spelling::trim_start),
    (&posture_rules::MISPLACED_DMARC, dmarc::put_in_place),
    (&posture_rules::PARKED_OPEN, parked::refuse),
    (&dmarc_rules::UNUSUAL_SPACING, spelling::close_up),
    (&dmarc_rules::HISTORIC_TAG, dmarc::drop_historic),
    (&dmarc_rules::POLICY_NONE, dmarc::enforce),
    (&dmarc_rules::TESTING, dmarc::end_test),
    (&dmarc_rules::SUBDOMAIN_WEAKER, dmarc::level),
    (&dkim_rules::STRAY_CHARACTERS, dkim::restore),
    (&dkim_rules::SYNTAX, dkim::restore),
    (&dkim_rules::UNUSABLE_KEY, dkim::restore),
    (&dkim_rules::TRUNCATED_KEY, dkim::join_halves),
    (&dkim_rules::TESTING, dkim::end_test),
    (&dkim_rules::UNUSUAL_CASE, dkim::write_small),
    (&dkim_rules::STRAY_RECORD, dkim::drop_stray),
    (&dkim_rules::GIVEN_SELECTOR_MISSING, dkim::put_in_place),
    (&dkim_rules::PROVED_NONE, dkim::undouble),
    (&posture_rules::NO_RETURN, mx::return_host),
    (&mx_rules::NONE, mx::declare_none),
    (&mx_rules::NULL_WITH_OTHERS, mx::drop_null),
    (&mx_rules::ADDRESS_LITERAL, mx::name_addresses),
    (&mx_rules::MIXED_OPERATORS, mx::drop_others),
    (&mx_rules::PLACEHOLDER, mx::drop_placeholders),
];

/// Looks for what fixes the findings and for what admits the senders.
///
/// Each fix that was proved is put with its finding; of several findings of one fault the first has
/// it. What admits the senders is returned in their order.
pub(crate) async fn find_fixes(
    policies: &Policies<'_>,
    inquiry: &Inquiry,
    facts: &Gathered,
    findings: &mut [Finding],
) -> Vec<SenderFixes> {
    let dns = policies.dns();
    let faults = faults(findings);
    // Most domains have nothing to fix, and then nothing has to be known for a proof.
    let state = State::new(dns, facts, findings);
    let (proved, sender_fixes) = tokio::join!(
        async {
            match faults.is_empty() {
                true => Vec::new(),
                false => {
                    let before = state.before().await;
                    proved(dns, inquiry, facts, faults, before, Demand::Whole, &|_| true).await
                }
            }
        },
        find_sender_fixes(policies, inquiry, &state),
    );
    let mut repaired = Vec::new();
    for (first, candidate) in proved {
        let fix = candidate.into_fix();
        // Of two findings of one fault the first has the fix.
        let is_known = findings.iter().filter_map(|finding| finding.fix.as_ref());
        let is_known = is_known.into_iter().any(|known| is_same_change(known, &fix));
        if let Some(finding) = findings.get_mut(first) {
            // A record that can be pasted says what to do.
            finding.advice = None;
            finding.fix = Some(fix).filter(|_| !is_known);
            repaired.push(finding.rule);
        }
    }
    advice::advise(&inquiry.domain, findings, &repaired);
    sender_fixes
}

/// True if two fixes change the same records, in whichever order.
fn is_same_change(one: &Fix, other: &Fix) -> bool {
    one.edits.len() == other.edits.len() && one.edits.iter().all(|it| other.edits.contains(it))
}

/// The candidates that were wanted and proved, each with the index of the first finding that it
/// fixes.
async fn proved(
    dns: &dyn Dns,
    inquiry: &Inquiry,
    facts: &Gathered,
    faults: Vec<(usize, Vec<&Finding>)>,
    before: &Before,
    demand: Demand,
    is_wanted: &(dyn Fn(&Candidate) -> bool + Sync),
) -> Vec<(usize, Candidate)> {
    let tried = join_all(faults.into_iter().map(|(first, met)| async move {
        let context = Context { domain: &inquiry.domain, facts, findings: &met };
        Some((first, first_proved(dns, inquiry, before, context, demand, is_wanted).await?))
    }))
    .await;
    tried.into_iter().flatten().collect()
}

/// The faults for which something can be proposed, each with its findings and the first's index.
fn faults(findings: &[Finding]) -> Vec<(usize, Vec<&Finding>)> {
    let mut faults: Vec<(MetRule, usize, Vec<&Finding>)> = Vec::new();
    for (index, finding) in findings.iter().enumerate() {
        let fault = MetRule::of(finding);
        let is_full = faults.len() == MOST_FAULTS;
        match faults.iter_mut().find(|(known, ..)| *known == fault) {
            Some((.., met)) => met.push(finding),
            None if is_full || generator(fault.rule).is_none() => {}
            None => faults.push((fault, index, vec![finding])),
        }
    }
    faults.into_iter().map(|(_, first, met)| (first, met)).collect()
}

fn generator(rule: &Rule) -> Option<Generate> {
    GENERATORS.iter().find(|(known, _)| *known == rule).map(|(_, generate)| *generate)
}

/// The first candidate that is proved.
async fn first_proved(
    dns: &dyn Dns,
    inquiry: &Inquiry,
    before: &Before,
    context: Context<'_>,
    demand: Demand,
    is_wanted: &(dyn Fn(&Candidate) -> bool + Sync),
) -> Option<Candidate> {
    let finding = context.findings.first()?;
    let known = (context.facts, before);
    let generate = generator(finding.rule)?;
    for candidate in generate(context).into_iter().take(MOST_TRIES).filter(is_wanted) {
        if proof::is_proved(dns, inquiry, known, finding, &candidate, demand).await {
            return Some(candidate.with_networks(dns, inquiry, context.facts).await);
        }
    }
    if demand == Demand::Step {
        return None;
    }
    // One slip of several, or one before the fault of somebody else: it is put right by itself.
    let steps = generate(context).into_iter().take(MOST_TRIES).filter(is_wanted);
    for candidate in steps.filter_map(Candidate::into_step) {
        if proof::is_proved(dns, inquiry, known, finding, &candidate, Demand::Step).await {
            return Some(candidate);
        }
    }
    None
}
