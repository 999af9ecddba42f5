//! Rules about record sets: what is listed twice, and times to live.

use crate::diagnostic::{Finding, Rule};
use crate::dns::{Kind, Question, Record};
use crate::net::Name;
use crate::protocols::{dkim, dmarc, spf};
use crate::text::Phrase;
use crate::zone::Facts;
use crate::zonefile::Zone;
use crate::zonefile::zone::{Notice, Remark, Verdict};

/// Longest time to live that is usual, in seconds.
const WEEK: u32 = 7 * DAY;
const DAY: u32 = 86_400;

pub(super) fn duplicate_record(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for Notice { place, remark } in &facts.files.notices {
        let Remark::Repeated { owner, kind, first } = remark else { continue };
        let said = records("record of ", owner, *kind).plain(" repeats line ").number(first.line);
        findings.push(Finding::new(rule, facts.set(owner, *kind, Some(place)), said));
    }
}

pub(super) fn ttl_differs(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for Notice { place, remark } in &facts.files.notices {
        let Remark::UnequalTtl { owner, kind, ttl, first, first_ttl } = remark else { continue };
        let said = records("records of ", owner, *kind)
            .plain(" have TTL ")
            .number(ttl)
            .plain(" here and TTL ")
            .number(first_ttl)
            .plain(" in line ")
            .number(first.line);
        findings.push(Finding::new(rule, facts.set(owner, *kind, Some(place)), said));
    }
}

pub(super) fn unusual_ttl(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for zone in &facts.files.zones {
        each_unusual(facts, zone, rule, findings);
    }
}

fn each_unusual(facts: &Facts, zone: &Zone, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let mut last = None;
    for (owner, kind, record) in zone.records() {
        if last == Some((owner, kind)) || !is_for_mail(owner, kind, record) {
            continue;
        }
        last = Some((owner, kind));
        let said = records("records of ", owner, kind).plain(" have a TTL of ");
        let said = match zone.authority(&Question::new(owner.clone(), kind)) {
            Verdict::Answer { ttl: Some(0), .. } => said.weak("0").plain(
                "; resolvers cannot cache them, so an outage of the name servers takes effect at \
                 once",
            ),
            Verdict::Answer { ttl: Some(ttl), .. } if ttl > WEEK => {
                said.weak((ttl / DAY).to_string()).plain(" days")
            }
            _ => continue,
        };
        findings.push(Finding::new(rule, facts.set(owner, kind, record.place.as_ref()), said));
    }
}

fn records(what: &str, owner: &Name, kind: Kind) -> Phrase {
    Phrase::new().plain(format!("the {kind} {what}")).name(owner)
}

/// True for records that receivers of mail ask for.
fn is_for_mail(owner: &Name, kind: Kind, record: &Record) -> bool {
    let is_policy = |text: &[u8]| {
        spf::grammar::is_record(text)
            || dmarc::is_record(text)
            || owner.labels().any(|label| label == dkim::LABEL.as_bytes())
    };
    kind == Kind::Mx || kind == Kind::Txt && record.data.text().is_some_and(|text| is_policy(&text))
}
