//! The words: what each step means, and a domain's policy in a line. The only place with
//! sentences, but for findings.

use super::align::Relation;
use super::discover::{Discovery, Existence, FailedQuery, InForce, PolicyTag, Source};
use super::evaluate::{Assessment, DmarcResult, Proof};
use super::event::Event;
use super::examine::Facts;
use super::record::Policy;
use super::report_uri::{Authorization, Destination, Refusal};
use super::rfc7489::{self, View};
use super::visit::{Found, Visit, owner};
use super::walk::{Organization, Selection};
use crate::diagnostic::{self, Explanation, Tone};
use crate::net::Name;
use crate::text::{Citation, Phrase, Role, rfc};

impl diagnostic::Event for Event {
    fn explain(&self) -> Explanation {
        match self {
            Self::Walk { start, organization } => walk(start, organization.as_ref()),
            Self::Visit(one) => visit(one),
            Self::Existence { name, existence } => exists(name, existence),
            Self::Policy { domain, discovery } => policy(domain, discovery),
            Self::Identifier { author, assessment } => identifier(author, assessment),
            Self::Result { domain, result, disposition } => verdict(domain, *result, *disposition),
            Self::Destination(one) => destination(one),
            Self::Rfc7489 { domain, view } => older(domain, view),
        }
    }

    fn machine(&self) -> serde_json::Value {
        self.to_json()
    }
}

/// The role of a policy: how good it is to have it.
pub fn role(policy: Policy) -> Role {
    match policy {
        Policy::None => Role::Weak,
        Policy::Quarantine | Policy::Reject => Role::Good,
    }
}

fn explained(headline: Phrase, tone: Tone, cite: Citation) -> Explanation {
    Explanation { headline, tone, cite: Some(cite) }
}

/// `_dmarc.example.com TXT timed out`
pub(super) fn trouble(trouble: &FailedQuery) -> Phrase {
    Phrase::new()
        .name(&trouble.name)
        .plain(format!(" {} ", trouble.kind))
        .unknown(trouble.failure.trouble.sentence())
}

/// `p=reject`; an implied policy reads as the `p=none` that it counts as.
pub(super) fn tag(tag: PolicyTag, policy: Policy) -> Phrase {
    let name = if tag == PolicyTag::Implied { "p" } else { tag.word() };
    Phrase::new().with(role(policy), format!("{name}={policy}"))
}

fn walk(start: &Name, organization: Option<&Organization>) -> Explanation {
    const CITE: Citation = rfc(9989, "4.10.2");
    let Some(Organization { domain, rule }) = organization else {
        let headline = Phrase::new()
            .plain("the Organizational Domain of ")
            .name(start)
            .with(Role::Unknown, " is undetermined");
        return explained(headline, Tone::Unknown, CITE);
    };
    let headline = Phrase::new()
        .plain("the Organizational Domain of ")
        .name(start)
        .plain(" is ")
        .name(domain)
        .plain(": ");
    let headline = match rule {
        Selection::SaysSo => headline.plain("its record says ").code("psd=n"),
        Selection::BelowPublicSuffix(suffix) => headline
            .plain("it is one label below ")
            .name(suffix)
            .plain(", whose record says ")
            .code("psd=y"),
        Selection::FewestLabels => {
            headline.plain("it has the fewest labels of the names with a DMARC record")
        }
        Selection::NoRecord => headline.plain("no name on the tree walk has a DMARC record"),
        Selection::IsPublicSuffix => headline.plain("its own record says ").code("psd=y"),
    };
    explained(headline, Tone::Plain, CITE)
}

fn visit(visit: &Visit) -> Explanation {
    let name = owner(&visit.domain);
    let headline = Phrase::new().name(name.as_ref().unwrap_or(&visit.domain));
    let (mut headline, tone) = match &visit.found {
        Found::One(published) => (headline.plain(": ").code(&published.record().text), Tone::Plain),
        Found::Several(texts) => {
            let headline = headline.plain(" has ").number(texts.len());
            (headline.bad(" DMARC records, so receivers discard all of them"), Tone::Bad)
        }
        Found::Nothing if visit.answer.is_none() => {
            (headline.plain(": not queried, the _dmarc name would be too long"), Tone::Plain)
        }
        Found::Nothing => (headline.plain(": no DMARC record"), Tone::Plain),
        Found::Failed(failure) => {
            (headline.plain(" ").unknown(failure.trouble.sentence()), Tone::Unknown)
        }
    };
    if !visit.strangers.is_empty() {
        headline = headline
            .plain("; ")
            .number(visit.strangers.len())
            .plain(" other TXT records, ignored because they do not begin with ")
            .code("v=DMARC1");
    }
    explained(headline, tone, rfc(9989, "4.10"))
}

fn exists(name: &Name, existence: &Existence) -> Explanation {
    let headline = Phrase::new().name(name);
    let (headline, tone) = match existence {
        Existence::Exists => (headline.plain(" exists in the DNS"), Tone::Plain),
        Existence::DoesNotExist => (
            headline.plain(" does not exist in the DNS, so ").code("np").plain(" applies"),
            Tone::Plain,
        ),
        Existence::Unknown(why) => {
            (headline.plain(": existence undetermined, ").then(trouble(why)), Tone::Unknown)
        }
    };
    explained(headline, tone, rfc(9989, "4.7"))
}

fn policy(domain: &Name, discovery: &Discovery) -> Explanation {
    let headline = Phrase::new();
    let (headline, tone) = match discovery {
        Discovery::InForce(in_force) => return in_force_for(domain, in_force),
        Discovery::Unusable(published) => (
            headline
                .plain("receivers do not apply DMARC to mail from ")
                .name(domain)
                .plain(": the record at ")
                .name(published.owner())
                .bad(" has no valid policy and no valid rua"),
            Tone::Bad,
        ),
        Discovery::NotPublished => {
            (headline.plain("mail from ").name(domain).bad(" has no DMARC policy"), Tone::Bad)
        }
        Discovery::Unknown(why) => (
            headline
                .plain("the policy for mail from ")
                .name(domain)
                .plain(" is undetermined: ")
                .then(trouble(why)),
            Tone::Unknown,
        ),
    };
    explained(headline, tone, rfc(9989, "4.10.1"))
}

fn in_force_for(domain: &Name, in_force: &InForce) -> Explanation {
    let published = &in_force.published.domain;
    let headline = Phrase::new()
        .plain("mail from ")
        .name(domain)
        .plain(": ")
        .then(tag(in_force.tag, in_force.policy));
    let mut headline = match in_force.source {
        Source::AuthorDomain => headline.plain(", from its own record"),
        Source::OrganizationalDomain => {
            headline.plain(", from the record of its Organizational Domain ").name(published)
        }
        Source::PublicSuffixDomain => {
            headline.plain(", from the record of the public suffix ").name(published)
        }
    };
    if in_force.tag == PolicyTag::Implied {
        headline = headline.bad(", which has no valid policy of its own");
    }
    if in_force.published.record().is_testing() {
        headline = headline
            .plain("; ")
            .code("t=y")
            .plain(" lowers it to ")
            .with(role(in_force.requested), in_force.requested.word());
    }
    let tone = match in_force.requested {
        Policy::None => Tone::Plain,
        Policy::Quarantine | Policy::Reject => Tone::Good,
    };
    explained(headline, tone, rfc(9989, "4.10.1"))
}

fn identifier(author: &Name, assessment: &Assessment) -> Explanation {
    let mechanism = assessment.mechanism.name();
    let domain = &assessment.identifier.domain;
    let headline = Phrase::new().plain(mechanism);
    let headline = match assessment.identifier.proof {
        Proof::Pass => headline.plain(" passed for ").name(domain),
        Proof::NoPass => headline.plain(" did not pass for ").name(domain),
        Proof::Unknown => headline.unknown(" undetermined").plain(" for ").name(domain),
    };
    let Some(relation) = &assessment.relation else {
        return explained(headline.plain(": nothing to align"), Tone::Plain, rfc(9989, "4.4"));
    };
    let mode = assessment.mode.word();
    let headline = headline.plain(": ");
    let headline = match relation {
        Relation::Identical => headline.good("aligned").plain(", identical to the From: domain"),
        Relation::SameOrganization(organization) => {
            headline.good("aligned").plain(format!(" ({mode}), both in ")).name(organization)
        }
        Relation::NotIdentical => {
            headline.bad("not aligned").plain(", strict mode requires ").name(author)
        }
        Relation::OtherOrganization { author: own, identifier } => {
            let mut headline = headline.bad("not aligned").plain(format!(" ({mode}), not in "));
            headline = headline.name(own.as_ref().unwrap_or(author));
            match identifier {
                Some(other) => headline.plain(" but in ").name(other),
                None => headline,
            }
        }
        Relation::Unknown => headline.unknown("alignment undetermined"),
    };
    let tone = match (assessment.counts(), relation.is_aligned()) {
        (Some(true), _) => Tone::Good,
        (Some(false), Some(false)) => Tone::Bad,
        (Some(false), _) => Tone::Plain,
        (None, _) => Tone::Unknown,
    };
    explained(headline, tone, rfc(9989, "4.4"))
}

fn verdict(domain: &Name, result: DmarcResult, disposition: Policy) -> Explanation {
    let headline = Phrase::new().plain("DMARC for ").name(domain).plain(": ");
    let (headline, tone, section) = match (result, disposition) {
        (DmarcResult::Pass, _) => (headline.good("pass"), Tone::Good, "5.3.5"),
        (DmarcResult::Fail, Policy::None) => {
            (headline.bad("fail").plain(", policy none"), Tone::Bad, "5.3.5")
        }
        (DmarcResult::Fail, asked) => {
            (headline.bad("fail").plain(", policy ").bad(asked.word()), Tone::Bad, "5.3.5")
        }
        (DmarcResult::None, _) => {
            (headline.weak("none").plain(", no policy applies"), Tone::Plain, "5.3.2")
        }
        (DmarcResult::Temperror, _) => {
            (headline.unknown("temperror").plain(", a DNS query failed"), Tone::Unknown, "5.3.6")
        }
        (DmarcResult::Permerror, _) => (headline.bad("permerror"), Tone::Bad, "5.3.6"),
    };
    explained(headline, tone, rfc(9989, section))
}

fn destination(destination: &Destination) -> Explanation {
    let kind = destination.kind.tag();
    let headline = Phrase::new().code(kind).plain(" ").code(&destination.uri.text).plain(": ");
    let (headline, tone) = match &destination.authorization {
        Authorization::Internal => {
            (headline.plain("within the organization, no authorization needed"), Tone::Good)
        }
        Authorization::Granted { query, instead } if instead.is_empty() => {
            (headline.good("authorized").plain(" by ").name(query), Tone::Good)
        }
        Authorization::Granted { query, .. } => {
            let headline =
                headline.good("authorized").plain(" with another address by ").name(query);
            (headline, Tone::Good)
        }
        Authorization::Refused(why) => {
            (headline.bad("not authorized, no reports").plain(": ").then(refusal(why)), Tone::Bad)
        }
        Authorization::Unknown(why) => (headline.then(trouble(why)), Tone::Unknown),
        Authorization::NotChecked => (headline.unknown("not checked"), Tone::Unknown),
    };
    explained(headline, tone, rfc(9990, "4"))
}

pub(super) fn refusal(refusal: &Refusal) -> Phrase {
    match refusal {
        Refusal::NameTooLong => {
            Phrase::from("the authorization record would need a name longer than 253 octets")
        }
        Refusal::NoRecord(query) => {
            Phrase::new().plain("no ").code("v=DMARC1").plain(" record at ").name(query)
        }
        Refusal::OtherHost(query) => {
            Phrase::new().plain("the record at ").name(query).plain(" names another host")
        }
    }
}

fn older(domain: &Name, view: &View) -> Explanation {
    let headline = Phrase::new()
        .plain("RFC 7489 receivers: the Organizational Domain of ")
        .name(domain)
        .plain(" is ")
        .name(&view.organization);
    let (headline, tone) = match &view.outcome {
        rfc7489::Outcome::InForce(applied) => {
            let headline = headline.plain("; they apply ").then(tag(applied.tag, applied.policy));
            let part = match applied.percent {
                100 => Phrase::new(),
                percent => Phrase::new().plain(" to ").number(percent).plain("% of failing mail"),
            };
            (headline.then(part), Tone::Plain)
        }
        rfc7489::Outcome::NotApplied => (headline.plain("; they apply no policy"), Tone::Plain),
        rfc7489::Outcome::Unknown => {
            (headline.plain("; the policy is ").unknown("undetermined"), Tone::Unknown)
        }
    };
    explained(headline, tone, rfc(7489, "6.6.3"))
}

/// The policy of a domain in a few words: `p=none`, `sp=reject from example.com`, `no record`.
pub fn summary(facts: &Facts) -> Phrase {
    let in_force = match &facts.discovered.discovery {
        Discovery::InForce(in_force) => in_force,
        Discovery::Unusable(_) => return Phrase::new().bad("no valid policy"),
        Discovery::NotPublished if facts.has_several_records() => {
            return Phrase::new().bad("several records");
        }
        Discovery::NotPublished => return Phrase::new().bad("no record"),
        Discovery::Unknown(why) => return trouble(why),
    };
    let mut summary = tag(in_force.tag, in_force.policy);
    if in_force.source != Source::AuthorDomain {
        summary = summary.plain(" from ").name(&in_force.published.domain);
    }
    if in_force.tag == PolicyTag::Implied {
        summary = match in_force.published.is_without_policy() {
            true => summary.plain(" because the record has no p"),
            false => summary.bad(" because the policy is invalid"),
        };
    }
    if in_force.published.record().is_testing() {
        summary = summary.plain(", ").weak("t=y");
    }
    for (tag, policy) in facts.weaker_for_subdomains() {
        summary = summary.plain(", ").then(self::tag(tag, policy));
    }
    summary
}
