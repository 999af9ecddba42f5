//! An inquiry and a port in, a report out.
//!
//! Everything that can be asked at once is: the protocols run side by side over one source of
//! answers, a scout fetches the SPF tree ahead, and the senders are judged meanwhile. What one
//! protocol needs from another is handed over here as a plain value.

mod authorize;
mod change;
mod dkim_section;
mod dmarc_section;
mod fix;
mod headline;
mod inquiry;
mod lint;
mod mx_section;
mod posture_facts;
mod recognised;
mod sender;
pub mod senders;
mod spf_section;
mod takeover;
mod tested;
mod tree;

pub use change::{Changed, change};
pub use fix::{Mended, Mending, mend};
pub use inquiry::{Asked, Checks, Fixes, Inquiry, Sender, Steps};
pub use lint::{Linted, lint};

use crate::dns::{Answer, Dns, alongside, join_all};
use crate::judge;
use crate::net::{Family, Name};
use crate::posture::{Mailboxes, Role};
use crate::report::{Authorized, Domain, Finding, Lookups, Section, Verdict, number};
use crate::spf::{Found, Policies};
use crate::text::{Phrase, escape};
use crate::{dkim, dmarc, mx, posture, spf};
use fix::Admission;
use recognised::recognised;
use std::future::Future;
use std::sync::Arc;
use takeover::Takeover;
use tested::Tested;

/// What time it is: the only thing about the world, besides answers, that an audit needs (`%{t}`).
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// Seconds since 1970-01-01 UTC.
    pub seconds: u64,
}

/// Everything about one domain.
pub async fn domain(dns: &dyn Dns, inquiry: &Inquiry, clock: Clock) -> Domain {
    let policies = Policies::new(dns);
    let gathered = gather_all(&policies, inquiry, clock).await;
    finish(&policies, inquiry, gathered, Vec::new()).await
}

/// Gathers what the protocols find out, with scouts that ask ahead.
async fn gather_all(policies: &Policies<'_>, inquiry: &Inquiry, clock: Clock) -> Gathered {
    let dns = policies.dns();
    let gathered = alongside(gather(policies, inquiry, clock), policies_ahead(policies, inquiry));
    let gathered = alongside(gathered, author_ahead(dns, inquiry));
    alongside(gathered, fix::hosts_ahead(dns, inquiry)).await
}

/// Makes a report of what was gathered, with what the rules say, `further` findings, and fixes.
async fn finish(
    policies: &Policies<'_>,
    inquiry: &Inquiry,
    gathered: Gathered,
    further: Vec<judge::Finding>,
) -> Domain {
    let mut findings = gathered.findings();
    let admissions = match inquiry.fixes {
        Fixes::Proved => fix::offer(policies, inquiry, &gathered, &mut findings).await,
        Fixes::Skipped => Vec::new(),
    };
    // That a change takes the provider away says more than that it is missing.
    if further.iter().any(|finding| finding.rule.id == "change/sender-lost") {
        findings.retain(|finding| finding.rule.id != "posture/mailbox-provider-not-authorized");
    }
    // What a change does goes before what there is to say of its outcome.
    findings.splice(0..0, further);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.rule.severity));
    gathered.into_report(inquiry, &findings, admissions)
}

/// Fetches the trees of every policy that the senders' identities will be checked by.
async fn policies_ahead(policies: &Policies<'_>, inquiry: &Inquiry) {
    if !inquiry.checks.spf {
        return;
    }
    let helo = inquiry.helo.as_deref();
    let path = inquiry.mail_from.as_deref();
    let identity = path.map(|path| spf::Sender::mail_from(path, helo).domain);
    let identities = identity.as_deref().into_iter().chain(helo).filter_map(spf::policy_domain);
    let mut domains: Vec<Name> = Vec::with_capacity(3);
    for domain in std::iter::once(inquiry.domain.clone()).chain(identities) {
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    let scouts = domains.iter().map(|domain| spf::prefetch(policies, domain, &Family::BOTH));
    join_all(scouts).await;
}

/// Asks for the policy of an author at another domain, before the senders are judged.
async fn author_ahead(dns: &dyn Dns, inquiry: &Inquiry) {
    if let Some(author) = &inquiry.header_from
        && inquiry.checks.spf
        && inquiry.checks.dmarc
    {
        dmarc::discover(dns, author).await;
    }
}

/// What the protocols found out.
struct Gathered {
    domain: Name,
    /// What its owner says that it is for.
    role: Option<Role>,
    mx: Option<mx::Examined>,
    spf: Option<spf::Facts>,
    dkim: Option<dkim::Examined>,
    dmarc: Option<dmarc::Examined>,
    takeover: Takeover,
    /// Answers that decide nothing by themselves, to be shown.
    further: Vec<Arc<Answer>>,
    senders: Vec<Tested>,
    /// True if the senders are the domain's own providers, and nobody asked about them.
    implied: bool,
    /// Which of the domain's own providers are left out, and why.
    untested: Vec<Phrase>,
    /// Providers that keep the domain's mailboxes, as its MX shows, and that its SPF policy does not
    /// authorize.
    unauthorized_mailboxes: Vec<Mailboxes>,
}

async fn gather(policies: &Policies<'_>, inquiry: &Inquiry, clock: Clock) -> Gathered {
    let (gathered, mut senders) =
        tokio::join!(gather_facts(policies, inquiry), tested::senders(policies, inquiry, clock));
    let implied = inquiry.senders.is_empty();
    let mut untested = Vec::new();
    let mut unauthorized_mailboxes = Vec::new();
    if implied {
        // What its owner says of its senders goes before what can be inferred.
        let is_declared = !inquiry.declared.is_empty();
        for one in senders.extract_if(.., |one| one.is_inferred()) {
            unauthorized_mailboxes
                .extend(gathered.unauthorized_mailboxes(&one).filter(|_| !is_declared));
        }
        senders.retain(|one| {
            let why = one.why_untested();
            untested.extend(why.clone());
            why.is_none()
        });
    }
    Gathered { senders, implied, untested, unauthorized_mailboxes, ..gathered }
}

/// What the protocols find out, senders left aside.
async fn gather_facts(policies: &Policies<'_>, inquiry: &Inquiry) -> Gathered {
    let (dns, domain, checks) = (policies.dns(), &inquiry.domain, inquiry.checks);
    let (mx, spf, dkim, dmarc) = tokio::join!(
        wanted(checks.mx, mx::examine(dns, domain)),
        wanted(checks.spf, spf::examine(policies, domain)),
        wanted(checks.dkim, keys(policies, inquiry)),
        wanted(checks.dmarc, dmarc::examine(dns, domain)),
    );
    let (senders, untested, further) = (Vec::new(), Vec::new(), Vec::new());
    let (domain, role, takeover) = (domain.clone(), inquiry.role, Takeover::default());
    let gathered = Gathered {
        domain,
        role,
        mx,
        spf,
        dkim,
        dmarc,
        takeover,
        further,
        senders,
        implied: true,
        untested,
        unauthorized_mailboxes: Vec::new(),
    };
    let takeover = takeover::examine(dns, &gathered).await;
    Gathered { takeover, ..gathered }
}

async fn wanted<F: Future>(is_wanted: bool, work: F) -> Option<F::Output> {
    if is_wanted { Some(work.await) } else { None }
}

async fn keys(policies: &Policies<'_>, inquiry: &Inquiry) -> dkim::Examined {
    let recognised = recognised(policies, &inquiry.domain).await;
    let read = |texts: &[String]| -> Vec<dkim::Selector> {
        texts.iter().filter_map(|text| dkim::Selector::new(text).ok()).collect()
    };
    let providers = recognised
        .all()
        .into_iter()
        .map(|provider| dkim::Likely {
            provider: provider.title().into(),
            selectors: provider
                .selectors()
                .iter()
                .filter_map(|text| dkim::Selector::new(text).ok())
                .collect(),
            rotates: provider.rotates_selectors(),
        })
        .collect();
    let (given, seen) = (read(&inquiry.selectors), read(&inquiry.seen));
    let wanted = dkim::Wanted { given, seen, providers };
    dkim::examine(policies.dns(), &inquiry.domain, &wanted).await
}

impl Gathered {
    fn into_report(
        self,
        inquiry: &Inquiry,
        findings: &[judge::Finding],
        admissions: Vec<Admission>,
    ) -> Domain {
        let mut lookups = match inquiry.steps {
            Steps::Told => Lookups::default(),
            Steps::Skipped => Lookups::without_steps(),
        };
        let mut findings: Vec<Finding> = findings.iter().map(Finding::from).collect();
        number(&mut findings);
        let missing = self.is_missing();
        let sends_nothing = self.spf.as_ref().is_some_and(spf::Facts::sends_nothing);
        let explanation = self.explanation();
        let Self { mx, spf, dkim, dmarc, takeover, further, senders, implied, untested, .. } = self;
        let mx = mx.map_or_else(Section::skipped, |it| mx_section::section(&it, &mut lookups));
        let spf = spf.map_or_else(Section::skipped, |it| spf_section::section(&it, &mut lookups));
        let dkim =
            dkim.map_or_else(Section::skipped, |it| dkim_section::section(&it, &mut lookups));
        let dmarc =
            dmarc.map_or_else(Section::skipped, |it| dmarc_section::section(&it, &mut lookups));
        let titles: Vec<(Phrase, Authorized)> = senders
            .iter()
            .filter(|one| one.is_worth_a_headline())
            .map(|one| (one.judged.resolved.title.clone(), one.judged.authorized()))
            .collect();
        let standings = headline::Standings {
            spf: spf.status,
            default: spf.exhibit.default,
            errors: errors(&findings),
            doubt: authorize::failures(lookups.rows()).into_iter().next(),
            dmarc: dmarc.status,
            policy: dmarc.exhibit.policy,
            receives_nothing: mx.exhibit.null_mx,
            sends_nothing,
            missing,
        };
        let headline = match senders.as_slice() {
            [one] if !implied => headline::of_sender(&one.judged, one.weighed.as_ref()),
            _ => headline::of_domain(&standings, &titles),
        };
        let admissions = admissions.into_iter().chain(std::iter::repeat_with(Admission::default));
        let authorizations = senders
            .into_iter()
            .zip(admissions)
            .map(|(one, admission)| {
                admission.put_into(one.into_authorization(inquiry, &mut lookups))
            })
            .collect();
        for answer in takeover.answers.iter().chain(&explanation).chain(&further) {
            lookups.note(answer);
        }
        let lookups = lookups.into_rows();
        let mut domain = Domain {
            domain: inquiry.domain.clone(),
            unicode: escape(inquiry.domain.to_unicode().as_bytes()),
            declared: None,
            result: Verdict::default(),
            headline,
            notes: inquiry.notes.iter().cloned().chain(untested).collect(),
            authorizations,
            mx,
            spf,
            dkim,
            dmarc,
            contract: Vec::new(),
            change: None,
            findings,
            errors: authorize::failures(lookups.iter()),
            lookups,
        };
        domain.result = domain.verdict(|_| false);
        domain
    }

    /// What the rules say, worst first.
    fn findings(&self) -> Vec<judge::Finding> {
        let mut findings = posture::lint::check(&self.posture());
        if self.is_missing() {
            // What else is not there follows from that.
            return findings;
        }
        let spf = self.spf.iter().flat_map(spf::lint::check);
        findings.extend(spf.filter(|finding| !self.is_told_worse(finding)));
        findings.extend(self.dkim.iter().flat_map(|it| dkim::lint::check(&it.facts)));
        findings.extend(self.dmarc.iter().flat_map(|it| dmarc::lint::check(&it.facts)));
        findings.extend(self.mx.iter().flat_map(|it| mx::lint::check(&it.facts)));
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.rule.severity));
        findings
    }

    /// The answer about the explanation of a fail, if there is one. That it failed decides nothing.
    fn explanation(&self) -> Option<Arc<Answer>> {
        let answer = &self.spf.as_ref()?.explanation.as_ref()?.answer;
        answer.failure().is_none().then(|| Arc::clone(answer))
    }

    /// True if a term finds nothing because a whole domain does not exist: that is told instead.
    fn is_told_worse(&self, finding: &judge::Finding) -> bool {
        finding.rule.id == "spf/void-lookup"
            && self.takeover.unregistered.iter().any(|it| it.location == finding.location)
    }

    /// False if the DNS says that the domain does not exist.
    fn exists(&self) -> Option<bool> {
        self.spf.as_ref().and_then(|facts| match facts.published.found {
            Found::NoDomain => Some(false),
            Found::Failed => None,
            _ => Some(true),
        })
    }

    /// True if the DNS says that the domain does not exist.
    fn is_missing(&self) -> bool {
        self.exists() == Some(false)
    }
}

/// What each error claims, in a few words.
fn errors(findings: &[Finding]) -> Vec<&'static str> {
    let errors = findings.iter().filter(|finding| finding.severity == judge::Severity::Error);
    errors.map(|finding| finding.summary).collect()
}

/// A report about a domain that says only why there is none.
pub fn undecided(inquiry: &Inquiry, why: Phrase) -> Domain {
    Domain {
        domain: inquiry.domain.clone(),
        unicode: escape(inquiry.domain.to_unicode().as_bytes()),
        declared: None,
        result: Verdict::Unknown,
        headline: why,
        notes: inquiry.notes.clone(),
        authorizations: Vec::new(),
        mx: Section::skipped(),
        spf: Section::skipped(),
        dkim: Section::skipped(),
        dmarc: Section::skipped(),
        contract: Vec::new(),
        change: None,
        findings: Vec::new(),
        errors: Vec::new(),
        lookups: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
