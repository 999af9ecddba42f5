//! An inquiry and a port in, facts and findings out.
//!
//! Everything that can be asked at once is: the protocols run side by side over one source of
//! answers, a scout fetches the SPF tree ahead, and the senders are judged meanwhile. What one
//! protocol needs from another is handed over here as a plain value.

mod address;
pub(crate) mod authorize;
mod bimi;
pub(crate) mod brief;
mod clients;
pub(crate) mod dmarc;
mod documented;
mod findings;
mod inquiry;
#[cfg(feature = "mail")]
pub(crate) mod message;
mod posture_facts;
mod recognised;
pub(crate) mod sender;
pub(crate) mod senders;
mod servers;
mod shrunken;
mod takeover;

pub use inquiry::{
    Asked, Checks, Fixes, Inquiry, LogoSelector, MarkRoots, RetiredSpf, Sender, Steps, WantedLogo,
};
#[cfg(feature = "mail")]
pub use message::{GivenHop, MessageInquiry};
pub use servers::Sweep;

use crate::dns::{Answer, Dns, alongside, join_all};
use crate::net::{Family, Name};
use crate::posture::{End, Mailboxes, Role, Shrunken};
use crate::protocols::spf::{self, Found, Policies};
use crate::protocols::{Examined, Protocol, ROWS, dkim, mx};
use crate::report::{Authoritative, Resolver};
use crate::text::Phrase;
use crate::web::{Unasked, Web};
pub(crate) use documented::Expectation;
use recognised::recognised;
use senders::Tested;
use std::future::Future;
use std::sync::Arc;
use takeover::Takeover;

/// What time it is: the only thing about the world, besides answers, that an audit needs (`%{t}`).
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// Seconds since 1970-01-01 UTC.
    pub seconds: u64,
}

/// Gathers what the protocols find out, with scouts that ask ahead.
pub(crate) async fn gather_all(
    policies: &Policies<'_>,
    web: &dyn Web,
    inquiry: &Inquiry,
    clock: Clock,
) -> Gathered {
    let dns = policies.dns();
    let gathered = gather(policies, web, inquiry, clock);
    let gathered = alongside(gathered, policies_ahead(policies, inquiry));
    let gathered = alongside(gathered, author_ahead(dns, inquiry));
    alongside(gathered, senders::hosts_ahead(dns, inquiry)).await
}

/// Fetches the trees of every policy that the senders' identities will be checked by.
async fn policies_ahead(policies: &Policies<'_>, inquiry: &Inquiry) {
    if !inquiry.checks.has(Protocol::Spf) {
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
        && inquiry.checks.has(Protocol::Spf)
        && inquiry.checks.has(Protocol::Dmarc)
    {
        crate::protocols::dmarc::discover(dns, author).await;
    }
}

/// What the protocols found out.
pub(crate) struct Gathered {
    pub(crate) domain: Name,
    /// What its owner says that it is for.
    pub(crate) role: Option<Role>,
    // Shared with the same domain after a change that cannot alter them.
    pub(crate) mx: Option<Arc<mx::Examined>>,
    pub(crate) spf: Option<Arc<spf::Facts>>,
    pub(crate) dkim: Option<Arc<dkim::Examined>>,
    pub(crate) dmarc: Option<Arc<crate::protocols::dmarc::Examined>>,
    /// What protocols found that need no other one.
    pub(crate) others: Vec<(Protocol, Arc<dyn Examined>)>,
    pub(crate) takeover: Takeover,
    /// Answers that decide nothing by themselves, to be shown.
    pub(crate) further: Vec<Arc<Answer>>,
    pub(crate) senders: Vec<Tested>,
    /// True if the senders are the domain's own providers, and nobody asked about them.
    pub(crate) implied: bool,
    /// Which of the domain's own providers are left out, and why.
    pub(crate) untested: Vec<Phrase>,
    /// Providers that keep the domain's mailboxes, as its MX shows, and that its SPF policy does not
    /// authorize.
    pub(crate) unauthorized_mailboxes: Vec<Mailboxes>,
    /// What the providers that keep the domain's mailboxes document.
    pub(crate) expectations: Vec<Expectation>,
    /// Policies of providers that lost a large part of what they are known to have listed.
    pub(crate) shrunken: Vec<Shrunken>,
    /// True if what is known of providers may be held against the records.
    pub(crate) provider_data: bool,
    /// What the providers that keep the domain's mailboxes have announced to end.
    pub(crate) ends: Vec<End>,
    /// What each name server of the zone says, if they were asked.
    pub(crate) authoritative: Option<Authoritative>,
    /// What each of several resolvers says, if they were compared.
    pub(crate) resolvers: Vec<Resolver>,
}

async fn gather(
    policies: &Policies<'_>,
    web: &dyn Web,
    inquiry: &Inquiry,
    clock: Clock,
) -> Gathered {
    let is_compared = inquiry.provider_data
        && [Protocol::Mx, Protocol::Spf].iter().all(|it| inquiry.checks.has(*it));
    let (dns, domain) = (policies.dns(), &inquiry.domain);
    let (gathered, mut senders, shrunken, expectations, authoritative, resolvers) = tokio::join!(
        // In boxes, so that the future of a domain fits a stack.
        Box::pin(facts(policies, web, inquiry, Known::default(), clock)),
        Box::pin(senders::senders(policies, inquiry, clock)),
        Box::pin(held(policies, inquiry)),
        wanted(is_compared, Box::pin(documented::expectations(policies, inquiry, clock))),
        asked(inquiry.authoritative, |how| Box::pin(servers::sweep(dns, domain, how))),
        Box::pin(servers::resolvers(dns, domain, &inquiry.resolvers)),
    );
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
    let expectations = expectations.unwrap_or_default();
    let ends = expectations.iter().flat_map(|it| it.ends(clock)).collect();
    Gathered {
        ends,
        senders,
        implied,
        untested,
        unauthorized_mailboxes,
        expectations,
        shrunken,
        authoritative,
        resolvers,
        ..gathered
    }
}

/// What the protocols find out by the DNS alone, senders left aside.
pub(crate) async fn gather_facts(policies: &Policies<'_>, inquiry: &Inquiry) -> Gathered {
    let (facts, shrunken) = tokio::join!(
        facts(policies, &Unasked, inquiry, Known::default(), Clock::default()),
        Box::pin(held(policies, inquiry))
    );
    Gathered { shrunken, ..facts }
}

/// The same of a domain whose own records were changed: what the change cannot alter is as it was
/// `before`, and so is what the domain's providers lost.
pub(crate) async fn gather_changed(
    policies: &Policies<'_>,
    inquiry: &Inquiry,
    before: &Gathered,
    touched: Touched,
) -> Gathered {
    let known = Known::of(before, touched);
    let shrunken = before.shrunken.clone();
    Gathered { shrunken, ..facts(policies, &Unasked, inquiry, known, Clock::default()).await }
}

/// The protocols that a change of a domain's records can alter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Touched {
    pub(crate) mx: bool,
    pub(crate) spf: bool,
    pub(crate) dkim: bool,
    pub(crate) dmarc: bool,
    pub(crate) others: bool,
}

/// What is known of the protocols already.
#[derive(Default)]
struct Known {
    mx: Option<Arc<mx::Examined>>,
    spf: Option<Arc<spf::Facts>>,
    dkim: Option<Arc<dkim::Examined>>,
    dmarc: Option<Arc<crate::protocols::dmarc::Examined>>,
    others: Option<Vec<(Protocol, Arc<dyn Examined>)>>,
}

impl Known {
    fn of(before: &Gathered, touched: Touched) -> Self {
        Self {
            mx: before.mx.clone().filter(|_| !touched.mx),
            spf: before.spf.clone().filter(|_| !touched.spf),
            dkim: before.dkim.clone().filter(|_| !touched.dkim),
            dmarc: before.dmarc.clone().filter(|_| !touched.dmarc),
            others: (!touched.others).then(|| before.others.clone()),
        }
    }
}

/// What is known, or what is found out if it is wanted.
async fn known_or<T>(
    known: Option<Arc<T>>,
    is_wanted: bool,
    work: impl Future<Output = T>,
) -> Option<Arc<T>> {
    match known {
        Some(known) => Some(known),
        None => wanted(is_wanted, work).await.map(Arc::new),
    }
}

/// The policies of the domain's providers, held against what is known of them.
async fn held(policies: &Policies<'_>, inquiry: &Inquiry) -> Vec<Shrunken> {
    match inquiry.provider_data && inquiry.checks.has(Protocol::Spf) {
        true => shrunken::shrunken(policies, &inquiry.domain).await,
        false => Vec::new(),
    }
}

/// What the protocols find out, senders left aside.
async fn facts(
    policies: &Policies<'_>,
    web: &dyn Web,
    inquiry: &Inquiry,
    known: Known,
    clock: Clock,
) -> Gathered {
    let (dns, domain, checks) = (policies.dns(), &inquiry.domain, &inquiry.checks);
    let (mx, spf, dkim, dmarc, others) = tokio::join!(
        known_or(known.mx, checks.has(Protocol::Mx), mx::examine(dns, domain)),
        known_or(known.spf, checks.has(Protocol::Spf), policy(policies, inquiry)),
        known_or(known.dkim, checks.has(Protocol::Dkim), keys(policies, inquiry)),
        known_or(
            known.dmarc,
            checks.has(Protocol::Dmarc),
            crate::protocols::dmarc::examine(dns, domain)
        ),
        // In a box, because a file by HTTPS takes more room than an answer.
        Box::pin(async {
            match known.others {
                Some(known) => known,
                None => others(dns, web, inquiry, clock).await,
            }
        }),
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
        others,
        takeover,
        further,
        senders,
        implied: true,
        untested,
        unauthorized_mailboxes: Vec::new(),
        expectations: Vec::new(),
        provider_data: inquiry.provider_data,
        ends: Vec::new(),
        shrunken: Vec::new(),
        authoritative: None,
        resolvers: Vec::new(),
    };
    let takeover = takeover::examine(dns, &gathered).await;
    Gathered { takeover, ..gathered }
}

/// What the protocols find out that need no other one.
async fn others(
    dns: &dyn Dns,
    web: &dyn Web,
    inquiry: &Inquiry,
    clock: Clock,
) -> Vec<(Protocol, Arc<dyn Examined>)> {
    let wanted = ROWS.iter().filter(|row| inquiry.checks.has(row.protocol));
    let examined = wanted.filter_map(|row| {
        let examine = row.examine?;
        Some(async move {
            let found: Arc<dyn Examined> = match row.protocol {
                // What it needs of another protocol is handed in.
                Protocol::Bimi => Arc::new(bimi::examine(dns, web, inquiry, clock).await),
                _ => examine(dns, web, &inquiry.domain).await.into(),
            };
            (row.protocol, found)
        })
    });
    join_all(examined).await
}

async fn policy(policies: &Policies<'_>, inquiry: &Inquiry) -> spf::Facts {
    let (dns, domain) = (policies.dns(), &inquiry.domain);
    let retired = wanted(inquiry.retired_spf == RetiredSpf::Asked, spf::retired(dns, domain));
    let (facts, retired) = tokio::join!(Box::pin(spf::examine(policies, domain)), retired);
    spf::Facts { retired: retired.flatten(), ..facts }
}

async fn wanted<F: Future>(is_wanted: bool, work: F) -> Option<F::Output> {
    if is_wanted { Some(work.await) } else { None }
}

async fn asked<W, F: Future>(wanted: Option<W>, work: impl FnOnce(W) -> F) -> Option<F::Output> {
    match wanted {
        Some(wanted) => Some(work(wanted).await),
        None => None,
    }
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
    let published = policies.fetch(&inquiry.domain).await;
    let is_missing = matches!(published.found, Found::NoDomain);
    let wanted = dkim::Wanted { given, seen, providers, is_missing };
    dkim::examine(policies.dns(), &inquiry.domain, &wanted).await
}
