//! The answer about a sender, as the report has it.

use super::headline;
use crate::examine::Inquiry;
use crate::examine::authorize::{self, common, decides, matched, placed, problem};
use crate::examine::dmarc::EvaluatedDmarc;
use crate::examine::senders::Tested;
use crate::net::{IpSet, Name};
use crate::protocols::dmarc::{self, Discovered, DmarcResult, Mechanism};
use crate::protocols::spf::{self, Cell, Checked};
use crate::report::{
    Answer, Authorization, DmarcVerdict, Error, Identities, LookupOutcome, Lookups, Portion,
    SpfVerdict,
};
use crate::text::{Phrase, escape};

/// A sender, as the report has it.
pub(in crate::audit) fn authorization(
    tested: Tested,
    inquiry: &Inquiry,
    lookups: &mut Lookups,
) -> Authorization {
    let origin = tested.origin();
    let Tested { asked, declared, judged, evaluated } = tested;
    let headline = headline::of_sender(&judged, evaluated.as_ref());
    let mut notes = judged.resolved.notes.clone();
    notes.extend(headline::remainder(&judged));
    let share = judged.share();
    let mut authorization = Authorization {
        sender: escape(asked.text.as_bytes()),
        kind: judged.resolved.kind,
        origin,
        declared,
        answer: Answer::default(),
        authorized: judged.authorized(),
        headline,
        notes,
        identities: identities(inquiry),
        spf: verdict(&judged.identity.domain, &judged.mail_from, lookups),
        helo: inquiry
            .helo
            .as_ref()
            .filter(|_| !judged.helo.is_empty())
            .map(|helo| verdict(helo, &judged.helo, lookups)),
        dmarc: evaluated.map(|evaluated| dmarc_verdict(evaluated, lookups)),
        covered: authorize::networks(&share.covered),
        uncovered: authorize::networks(&share.uncovered),
        undecided: authorize::networks(&share.undecided),
        fixes: Vec::new(),
    };
    authorization.answer = authorization.to_answer();
    authorization
}

fn identities(inquiry: &Inquiry) -> Identities {
    let mail_from = match inquiry.mail_from.as_deref() {
        Some([]) => "<>".to_owned(),
        Some(path) => escape(path),
        None => format!("*@{}", inquiry.domain),
    };
    Identities {
        mail_from,
        helo: inquiry.helo.as_deref().map(escape),
        header_from: inquiry.header_from.clone().unwrap_or_else(|| inquiry.domain.clone()),
        dkim_domains: inquiry.dkim_domains.clone(),
    }
}

/// What SPF says about an identity, as the report has it.
fn verdict(domain: &[u8], checks: &[Checked], lookups: &mut Lookups) -> SpfVerdict {
    let cells = || checks.iter().flat_map(|checked| &checked.partition.cells);
    let worst = cells().fold(spf::Spent::default(), |worst, cell| worst.max(cell.spent));
    let several = cells().nth(1).is_some();
    let only = match checks {
        [checked] => checked.only().map(|cell| (checked, cell)),
        _ => None,
    };
    SpfVerdict {
        domain: escape(domain),
        result: common(checks).flatten(),
        lookups: worst.lookups,
        voids: worst.voids,
        explanation: checks.iter().find_map(|checked| checked.explanation.as_deref()).map(escape),
        matched: only.and_then(|(checked, cell)| matched(&checked.partition, cell)),
        problem: only.and_then(|(_, cell)| problem(cell)),
        portions: if several { portions(checks) } else { Vec::new() },
        steps: lookups.steps(checks.iter().map(|checked| &checked.trace)),
    }
}

/// The cells, those that differ in their innermost term only put together by their outermost one.
fn portions(checks: &[Checked]) -> Vec<Portion> {
    let mut portions = Vec::new();
    for Checked { partition, .. } in checks {
        let mut groups: Vec<(&Cell, IpSet)> = Vec::new();
        for cell in &partition.cells {
            let twin = groups.iter_mut().find(|(first, _)| {
                first.result() == cell.result()
                    && first.top == cell.top
                    && first.is_over_limit() == cell.is_over_limit()
                    && first.maybe == cell.maybe
            });
            match twin {
                Some((_, set)) => *set = set.or(&cell.set),
                None => groups.push((cell, cell.set.clone())),
            }
        }
        portions.extend(groups.into_iter().map(|(cell, set)| {
            let certain = cell.result().filter(|_| partition.is_certain(cell));
            Portion {
                result: certain.into(),
                networks: set.cidrs(),
                addresses: set.count().to_string(),
                matched: cell.top.filter(|_| decides(cell)).and_then(|top| placed(partition, top)),
                lookups: cell.spent.lookups,
                voids: cell.spent.voids,
            }
        }));
    }
    portions
}

/// The queries that failed.
pub(in crate::audit) fn failures<'l>(
    domain: &'l Name,
    lookups: impl IntoIterator<Item = &'l crate::report::Lookup>,
) -> impl Iterator<Item = Error> {
    lookups.into_iter().filter_map(move |lookup| {
        let LookupOutcome::Failed(trouble) = lookup.outcome else { return None };
        let said = Phrase::new()
            .name(&lookup.name)
            .plain(format!(" {} ", lookup.kind))
            .unknown(trouble.sentence());
        let said = match lookup.detail.as_str() {
            "" => said,
            detail => said.plain(" (").plain(detail).plain(")"),
        };
        let asked = (lookup.name.clone(), lookup.kind);
        Some(Error::of_query(trouble, domain.clone(), asked, said))
    })
}

/// What DMARC makes of a sender, as the report has it.
fn dmarc_verdict(evaluated: EvaluatedDmarc, lookups: &mut Lookups) -> DmarcVerdict {
    let EvaluatedDmarc { discovered, verdict, steps } = evaluated;
    let in_force = discovered.in_force();
    let is_determined = verdict.result != DmarcResult::Temperror;
    let steps = steps.iter().chain(&verdict.steps);
    DmarcVerdict {
        result: verdict.result,
        disposition: is_determined.then_some(verdict.disposition),
        policy: in_force.map(|in_force| in_force.policy),
        policy_tag: in_force.map(|in_force| in_force.tag),
        policy_domain: discovered.governing().map(|published| published.domain.clone()),
        org_domain: discovered.organization.as_ref().map(|org| org.domain.clone()),
        spf_aligned: verdict.is_aligned(Mechanism::Spf),
        dkim_aligned: verdict.is_aligned(Mechanism::Dkim),
        headline: dmarc_headline(&discovered, &verdict),
        steps: lookups.steps(steps),
    }
}

fn dmarc_headline(discovered: &Discovered, verdict: &dmarc::Verdict) -> Phrase {
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
        DmarcResult::None => {
            let said = Phrase::new().weak("no DMARC policy").plain(": ");
            said.name(author).plain(" publishes no DMARC record")
        }
        DmarcResult::Temperror | DmarcResult::Permerror => {
            said.unknown(verdict.result.word()).plain(": undetermined")
        }
        DmarcResult::Fail => {
            let said = said
                .bad("fail")
                .plain(" unless a valid DKIM signature aligns with ")
                .name(author)
                .plain("; p=");
            match verdict.disposition {
                dmarc::Policy::None => said.weak("none").plain(" requests no action"),
                dmarc::Policy::Quarantine => {
                    said.weak("quarantine").plain(" asks receivers to quarantine what fails")
                }
                dmarc::Policy::Reject => {
                    said.bad("reject").plain(" asks receivers to reject what fails")
                }
            }
        }
    }
}
