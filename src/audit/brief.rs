//! A row of what receivers decide by, without a report.

use super::Common;
use crate::dns::{Answer as DnsAnswer, Outcome};
use crate::examine::brief::{Brief, brief};
use crate::examine::{Clock, Inquiry};
use crate::protocols::dmarc::{Discovered, DmarcResult, Record, Verdict};
use crate::protocols::spf::Policies;
use crate::provider;
use crate::report::scan::{DmarcRow, MxRow, Row, SenderRow};
use crate::report::{self, Answer, Authorized, Status};
use crate::text::escape;

/// What receivers decide by: the result of SPF for the sender that the line asks about, the DMARC
/// policy, and the MX set. No rule is looked at, no host of the MX set is looked up, and nothing adds up
/// to a result.
pub async fn decided(common: Common<'_>, inquiry: &Inquiry, clock: Clock, line: u64) -> Row {
    let dns = common.budget(inquiry);
    let policies = Policies::sharing(&dns, common.policies, &inquiry.domain).without_steps();
    let Brief { mx, dmarc, sender } = brief(&policies, inquiry, clock).await;
    let mut unknown = Vec::new();
    let sender = sender.map(|(judged, verdict)| {
        let authorized = judged.authorized();
        let is_determined = |it: &Verdict| it.result != DmarcResult::Temperror;
        let asked = |it: Verdict| (it.result, is_determined(&it).then_some(it.disposition));
        let dmarc = verdict.map(asked);
        let answer = Answer::of(authorized, dmarc);
        let ip = inquiry.senders.first().map(|asked| escape(asked.text.as_bytes()));
        if authorized == Authorized::Unknown || answer == Answer::Unknown {
            unknown.extend(ip.clone());
        }
        SenderRow { ip: ip.unwrap_or_default(), answer, spf: judged.common_result().flatten() }
    });
    let mx = mx_row(&mx);
    let dmarc = dmarc_row(&dmarc);
    unknown.extend((mx.status == Status::Unknown).then(|| "mx".to_owned()));
    unknown.extend((dmarc.status == Status::Unknown).then(|| "dmarc".to_owned()));
    Row {
        line,
        domain: inquiry.domain.to_string(),
        result: (!unknown.is_empty()).then_some(report::Verdict::Unknown),
        error: None,
        headline: None,
        sender,
        mx: Some(mx),
        spf: None,
        dkim: None,
        dmarc: Some(dmarc),
        findings: Vec::new(),
        unknown,
    }
}

fn mx_row(answer: &DnsAnswer) -> MxRow {
    let published = answer.exchanges();
    let hosts = || published.iter().map(|(_, host)| *host).filter(|host| !host.is_root());
    let provider = hosts().find_map(provider::recognise_mx).map(|known| known.title().to_owned());
    let status = match &answer.outcome {
        Outcome::Failed(_) => Status::Unknown,
        Outcome::NxDomain | Outcome::NoData => Status::Absent,
        Outcome::Records(_) => Status::Good,
    };
    MxRow {
        status,
        null_mx: matches!(published.as_slice(), [(_, host)] if host.is_root()),
        hosts: hosts().map(ToString::to_string).collect(),
        provider,
    }
}

fn dmarc_row(discovered: &Discovered) -> DmarcRow {
    let published = discovered.governing();
    let record = published.map(|published| published.record());
    let below = record.and_then(|record| record.sp.as_ref());
    DmarcRow {
        status: Status::from(discovered.standing()),
        policy: discovered.in_force().map(|it| it.requested),
        subdomain_policy: below.map(|it| it.value.word().to_owned()),
        found_at: published.map(|it| it.owner().to_string()),
        testing: record.is_some_and(Record::is_testing),
    }
}
