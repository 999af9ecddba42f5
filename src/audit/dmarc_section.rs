//! DMARC as the report has it: of a domain, and of a message that a sender would send.

use super::authorize::Judged;
use super::inquiry::Inquiry;
use super::sender::Gap;
use crate::dmarc::{
    self, Authentication, Discovered, DmarcResult, Examined, Identifier, Mechanism, Proof,
};
use crate::dns::Dns;
use crate::judge;
use crate::report::{DmarcExhibit, DmarcVerdict, Lookups, Section, Status, WalkName};
use crate::spf::{self, SpfResult};
use crate::text::{Phrase, escape};

/// The section about what is done with mail that proves nothing.
pub(super) fn section(examined: &Examined, lookups: &mut Lookups) -> Section<DmarcExhibit> {
    let facts = &examined.facts;
    Section {
        status: Status::from(facts.standing()),
        summary: dmarc::summary(facts),
        exhibit: exhibit(&facts.discovered),
        steps: lookups.steps(&examined.steps),
    }
}

fn exhibit(discovered: &Discovered) -> DmarcExhibit {
    let published = discovered.governing();
    let record = published.map(|published| published.record());
    let in_force = discovered.in_force();
    DmarcExhibit {
        record: record.map(|record| escape(&record.text)),
        found_at: published.map(|published| published.owner()),
        policy: in_force.map(|in_force| in_force.requested.word()),
        policy_tag: in_force.map(|in_force| in_force.tag.word()),
        org_domain: discovered.organization.as_ref().map(|org| org.domain.clone()),
        adkim: record.map(|record| record.dkim_alignment().letter()),
        aspf: record.map(|record| record.spf_alignment().letter()),
        reports: record
            .map(|record| record.rua.iter().map(|uri| escape(&uri.text)).collect())
            .unwrap_or_default(),
        tree_walk: discovered
            .walk
            .visits
            .iter()
            .map(|visit| WalkName {
                name: dmarc::owner(&visit.domain).unwrap_or_else(|| visit.domain.clone()),
                records: visit.count(),
            })
            .collect(),
    }
}

/// What DMARC makes of a sender, not yet in the form of the report.
pub(super) struct Weighed {
    discovered: Discovered,
    verdict: dmarc::Verdict,
    /// How the policy was found.
    steps: Vec<judge::Step<dmarc::Event>>,
}

/// Judges the message that the identities describe (RFC 9989 §5.3); `None` if the addresses of the
/// sender do not all fare alike.
pub(super) async fn weigh(dns: &dyn Dns, inquiry: &Inquiry, judged: &Judged) -> Option<Weighed> {
    let proof = match (judged.common_result()?, &judged.resolved.gap) {
        // The addresses that are not known may fare differently.
        (Some(SpfResult::Temperror) | None, _) | (_, Some(Gap::Unknown(_))) => Proof::Unknown,
        (Some(SpfResult::Pass), _) => Proof::Pass,
        (Some(_), _) => Proof::NoPass,
    };
    let spf =
        spf::policy_domain(&judged.identity.domain).map(|domain| Identifier { domain, proof });
    let passes = |domain| Identifier { domain, proof: Proof::Pass };
    let dkim = inquiry.dkim_domains.iter().cloned().map(passes).collect();
    let author = inquiry.header_from.as_ref().unwrap_or(&inquiry.domain);
    let (discovered, steps) = dmarc::discover(dns, author).await;
    let verdict = dmarc::evaluate(dns, &discovered, &Authentication { spf, dkim }).await;
    Some(Weighed { discovered, verdict, steps })
}

/// What DMARC makes of a sender, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It passes.
    Passes,
    /// It fails, and this is what receivers are asked to do.
    Fails(dmarc::Policy),
    /// No policy applies.
    NoPolicy,
    /// It could not be told.
    Unknown,
}

impl Weighed {
    /// What DMARC makes of the sender.
    pub(super) fn outcome(&self) -> Outcome {
        match self.verdict.result {
            DmarcResult::Pass => Outcome::Passes,
            DmarcResult::Fail => Outcome::Fails(self.verdict.disposition),
            DmarcResult::None => Outcome::NoPolicy,
            DmarcResult::Temperror | DmarcResult::Permerror => Outcome::Unknown,
        }
    }

    /// The verdict as the report has it.
    pub(super) fn into_report(self, lookups: &mut Lookups) -> DmarcVerdict {
        let Self { discovered, verdict, steps } = self;
        let in_force = discovered.in_force();
        let told = verdict.result != DmarcResult::Temperror;
        let steps = steps.iter().chain(&verdict.steps);
        DmarcVerdict {
            result: verdict.result.word(),
            disposition: told.then(|| verdict.disposition.word()),
            policy: in_force.map(|in_force| in_force.policy.word()),
            policy_tag: in_force.map(|in_force| in_force.tag.word()),
            policy_domain: discovered.governing().map(|published| published.domain.clone()),
            org_domain: discovered.organization.as_ref().map(|org| org.domain.clone()),
            spf_aligned: verdict.is_aligned(Mechanism::Spf),
            dkim_aligned: verdict.is_aligned(Mechanism::Dkim),
            headline: headline(&discovered, &verdict),
            steps: lookups.steps(steps),
        }
    }
}

fn headline(discovered: &Discovered, verdict: &dmarc::Verdict) -> Phrase {
    let author = discovered.domain();
    let said = Phrase::new().plain("DMARC ");
    match verdict.result {
        DmarcResult::Pass => {
            let by: Vec<&str> = [Mechanism::Spf, Mechanism::Dkim]
                .into_iter()
                .filter(|mechanism| verdict.is_aligned(*mechanism))
                .map(Mechanism::name)
                .collect();
            said.good("pass")
                .plain(format!(": {} passes, aligned with ", by.join(" and ")))
                .name(author)
        }
        DmarcResult::None => said
            .weak("none")
            .plain(": ")
            .name(author)
            .plain(" has no policy, nothing is asked of receivers"),
        DmarcResult::Temperror | DmarcResult::Permerror => {
            said.unknown(verdict.result.word()).plain(": it could not be told")
        }
        DmarcResult::Fail => {
            let said = said
                .bad("fail")
                .plain(": only a passing DKIM signature aligned with ")
                .name(author)
                .plain(" could make it pass; receivers are asked to ");
            match verdict.disposition {
                dmarc::Policy::None => said.plain("deliver all the same (p=none)"),
                dmarc::Policy::Quarantine => said.weak("quarantine").plain(" it"),
                dmarc::Policy::Reject => said.bad("reject").plain(" it"),
            }
        }
    }
}
