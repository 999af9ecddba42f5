//! An inquiry and a port in, a report out.
//!
//! Everything that can be asked at once is: the protocols run side by side over one source of
//! answers, a scout fetches the SPF tree ahead, and the senders are judged meanwhile. What one
//! protocol needs from another is handed over here as a plain value.

mod ask;
mod brief;
#[cfg(feature = "mail")]
#[doc(hidden)]
pub mod bounce;
mod comparison;
mod dnssec;
mod fault;
#[cfg(feature = "mail")]
mod found;
mod inside;
#[cfg(feature = "mail")]
#[doc(hidden)]
pub mod feedback;
#[cfg(feature = "mail")]
#[doc(hidden)]
pub mod message;
pub mod listing;
mod repair;
#[cfg(feature = "smtp")]
mod issuance;
#[cfg(feature = "smtp")]
#[doc(hidden)]
pub mod smtp;
mod section;
mod zonefile;

pub use crate::examine::{Asked, Checks, Clock, Fixes, Inquiry, RetiredSpf, Sender, Steps, Sweep};
#[doc(hidden)]
pub use crate::examine::{LogoSelector, MarkRoots, WantedLogo};
#[doc(hidden)]
pub use crate::fix::{Selection, Spared};
pub use crate::posture::Role;
#[doc(hidden)]
pub use crate::protocols::spf::Shared as SharedPolicies;
pub use ask::{authorize, check, compare};
#[doc(hidden)]
pub use brief::decided;
pub use comparison::{Changed, change};
#[doc(hidden)]
pub use inside::is_right_inside;
#[doc(hidden)]
pub use repair::{Fixed, fix};
#[doc(hidden)]
pub use zonefile::{Linted, lint};

use crate::compare::drop_implied;
use crate::compare::lint::rules::SENDER_LOST;
use crate::diagnostic;
use crate::dns::{Budget, Dns};
use crate::examine::{Expectation, Gathered, gather_all};
use crate::fix::{SenderFixes, find_fixes};
use crate::posture::lint::rules::MAILBOX_PROVIDER_NOT_AUTHORIZED;
use crate::protocols::spf::{Policies, Shared};
use crate::report::headline::{About, Parts};
use crate::report::{Authorized, Domain, Finding, Others, Presence, Section, Verdict, number};
use crate::text::{Phrase, escape};
use crate::web::{Unasked, Web};
use section::authorization::{authorization, failures};

/// Everything about one domain that the DNS says.
pub async fn domain(dns: &dyn Dns, inquiry: &Inquiry, clock: Clock) -> Domain {
    domain_with_web(dns, &Unasked, inquiry, clock).await
}

/// Everything about one domain, with the files that its records lead to.
#[doc(hidden)]
pub async fn domain_with_web(
    dns: &dyn Dns,
    web: &dyn Web,
    inquiry: &Inquiry,
    clock: Clock,
) -> Domain {
    let dns = Budget::new(dns, &inquiry.domain, inquiry.most_queries);
    examined(&Policies::new(&dns), web, inquiry, clock).await
}

/// What very many domains have in common.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Common<'a> {
    /// Who answers what several of them ask, and keeps it.
    pub dns: &'a dyn Dns,
    /// Who answers what a domain asks of its own names, of which nothing has to be kept.
    pub own: &'a dyn Dns,
    /// The policies that they share.
    pub policies: &'a Shared,
}

impl<'a> Common<'a> {
    /// What one of them may ask.
    fn budget(self, inquiry: &Inquiry) -> Budget<&'a dyn Dns> {
        let budget = Budget::new(self.dns, &inquiry.domain, inquiry.most_queries);
        budget.apart(&inquiry.domain, self.own)
    }
}

/// Everything about one of many domains, which share the policies of others.
#[doc(hidden)]
pub async fn domain_of_many(common: Common<'_>, inquiry: &Inquiry, clock: Clock) -> Domain {
    let dns = common.budget(inquiry);
    let policies = Policies::sharing(&dns, common.policies, &inquiry.domain);
    examined(&policies, &Unasked, inquiry, clock).await
}

async fn examined(
    policies: &Policies<'_>,
    web: &dyn Web,
    inquiry: &Inquiry,
    clock: Clock,
) -> Domain {
    let gathered = gather_all(policies, web, inquiry, clock).await;
    finish(policies, inquiry, gathered, Vec::new(), Presence::Unchanged).await
}

/// Makes a report of what was gathered, with what the rules say, `further` findings, and fixes.
async fn finish(
    policies: &Policies<'_>,
    inquiry: &Inquiry,
    gathered: Gathered,
    further: Vec<diagnostic::Finding>,
    presence: Presence,
) -> Domain {
    let mut findings = gathered.findings();
    let sender_fixes = match inquiry.fixes {
        // In a box, because most that look at very many domains want none.
        Fixes::Proved => Box::pin(find_fixes(policies, inquiry, &gathered, &mut findings)).await,
        Fixes::Skipped => Vec::new(),
    };
    // That a change takes the provider away says more than that it is missing.
    if further.iter().any(|finding| finding.is(&SENDER_LOST)) {
        findings.retain(|finding| !finding.is(&MAILBOX_PROVIDER_NOT_AUTHORIZED));
    }
    // What a change does goes before what there is to say of its outcome.
    findings.splice(0..0, further);
    drop_implied(&mut findings, &gathered.domain, presence);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.rule.severity));
    draft(gathered, inquiry, &findings, sender_fixes).conclude(policies.dns(), inquiry).await
}

/// A report that does not say yet whose fault it is, and how it adds up.
struct Draft {
    domain: Domain,
    hints: fault::Hints,
    /// True if it is about the whole domain, whose headline is made last.
    is_whole: bool,
}

impl Draft {
    /// The report, with what its answers are worth.
    async fn conclude(self, dns: &dyn Dns, inquiry: &Inquiry) -> Domain {
        let Self { mut domain, hints, is_whole } = self;
        let answers = dnssec::facts(dns, inquiry, &domain.lookups).await;
        dnssec::add(&mut domain, answers.as_ref(), inquiry);
        number(&mut domain.findings);
        fault::attribute(&mut domain, &hints, answers.as_ref());
        domain.result = domain.verdict(|_| false);
        if is_whole {
            section::headline::complete(&mut domain);
        }
        domain.diagnose();
        domain
    }
}

/// What was gathered, as the report has it.
fn draft(
    gathered: Gathered,
    inquiry: &Inquiry,
    findings: &[diagnostic::Finding],
    sender_fixes: Vec<SenderFixes>,
) -> Draft {
    let mut lookups = inquiry.steps.lookups();
    let findings: Vec<Finding> = findings.iter().map(Finding::from).collect();
    let hints = fault::Hints::new(&gathered, inquiry);
    let missing = gathered.is_missing();
    let sends_nothing = gathered.spf.as_ref().is_some_and(|facts| facts.sends_nothing());
    let explanation = gathered.explanation();
    let providers = gathered.expectations.iter().map(|it| it.report(&gathered)).collect();
    let Gathered {
        mx,
        spf,
        dkim,
        dmarc,
        others,
        takeover,
        further,
        senders,
        implied,
        untested,
        expectations,
        authoritative,
        resolvers,
        ..
    } = gathered;
    let documented = expectations.iter().flat_map(Expectation::answers);
    let mx = mx.map_or_else(Section::skipped, |it| section::mx(&it, &mut lookups));
    let spf = spf.map_or_else(Section::skipped, |it| section::spf(&it, &mut lookups));
    let dkim = dkim.map_or_else(Section::skipped, |it| section::dkim(&it, &mut lookups));
    let dmarc = dmarc.map_or_else(Section::skipped, |it| section::dmarc(&it, &mut lookups));
    let others = section::others(&others, inquiry, &mut lookups);
    let titles: Vec<(Phrase, Authorized)> = senders
        .iter()
        .filter(|one| one.is_worth_a_headline())
        .map(|one| (one.judged.resolved.title.clone(), one.judged.authorized()))
        .collect();
    let standings = section::headline::Standings {
        spf: spf.status,
        lookups: spf.details.lookups,
        default: spf.details.default,
        unknown: failures(&inquiry.domain, lookups.rows()).next().map(|error| error.message),
        dmarc: dmarc.status,
        policy: dmarc.details.policy,
        receives_nothing: mx.details.null_mx,
        sends_nothing,
        missing,
    };
    let (headline, mut parts) = match senders.as_slice() {
        [one] if !implied => {
            let said = section::headline::of_sender(&one.judged, one.evaluated.as_ref());
            let clauses = vec![(About::Sender, said.clone())];
            (said, Parts { clauses, ..Parts::default() })
        }
        _ => (Phrase::new(), section::headline::of_domain(&standings, &titles)),
    };
    let is_whole = headline.is_empty();
    parts.is_about_senders = !implied && !senders.is_empty();
    let sender_fixes = sender_fixes.into_iter().chain(std::iter::repeat_with(SenderFixes::default));
    let authorizations = senders
        .into_iter()
        .zip(sender_fixes)
        .map(|(one, fixes)| fixes.add_to(authorization(one, inquiry, &mut lookups)))
        .collect();
    for answer in takeover.answers.iter().chain(&explanation).chain(&further).chain(documented) {
        lookups.note(answer);
    }
    let lookups = lookups.into_rows();
    let domain = Domain {
        domain: inquiry.domain.clone(),
        unicode: escape(inquiry.domain.to_unicode().as_bytes()),
        declared: None,
        result: Verdict::default(),
        headline,
        parts,
        faults: Vec::new(),
        notes: inquiry.notes.iter().cloned().chain(untested).collect(),
        authorizations,
        mx,
        spf,
        dkim,
        dmarc,
        others,
        providers,
        contract: Vec::new(),
        change: None,
        authoritative,
        #[cfg(feature = "smtp")]
        smtp: Vec::new(),
        resolvers,
        findings,
        errors: failures(&inquiry.domain, &lookups).collect(),
        lookups,
    };
    Draft { domain, hints, is_whole }
}

/// A report about a domain that says only why there is none.
#[doc(hidden)]
pub fn undecided(inquiry: &Inquiry, why: Phrase) -> Domain {
    Domain {
        domain: inquiry.domain.clone(),
        unicode: escape(inquiry.domain.to_unicode().as_bytes()),
        declared: None,
        result: Verdict::Unknown,
        headline: why,
        parts: Parts::default(),
        faults: Vec::new(),
        notes: inquiry.notes.clone(),
        authorizations: Vec::new(),
        mx: Section::skipped(),
        spf: Section::skipped(),
        dkim: Section::skipped(),
        dmarc: Section::skipped(),
        others: Others::default(),
        providers: Vec::new(),
        contract: Vec::new(),
        change: None,
        authoritative: None,
        #[cfg(feature = "smtp")]
        smtp: Vec::new(),
        resolvers: Vec::new(),
        findings: Vec::new(),
        errors: Vec::new(),
        lookups: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
