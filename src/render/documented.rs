//! What a domain publishes of the records that its providers document, in words.

use crate::report::{HostedPolicy, Need, RecognisedProvider, RecordState};
use crate::text::Phrase;

/// How many of the records that a provider documents are published, and which are not.
pub(super) fn documented(provider: &RecognisedProvider) -> Phrase {
    /// Records that a row has room for.
    const MOST: usize = 3;
    let (good, all) = provider.count();
    let said = match &provider.gateway {
        Some(gateway) => Phrase::from(&*provider.title).plain(format!(" behind {gateway}")),
        None => Phrase::from(&*provider.title),
    };
    let said = said
        .plain(": ")
        .number(good)
        .plain(" of ")
        .number(all)
        .plain(if all == 1 { " record" } else { " records" })
        .plain(format!(" as documented on {}", provider.as_of));
    let named = |state: RecordState, need: fn(Need) -> bool| {
        let records = provider.records.iter().filter(move |record| {
            record.is_counted() && record.state == state && need(record.need)
        });
        let records = records.map(|record| match record.expected.starts_with("include:") {
            true => Phrase::new().code(&record.expected),
            false => {
                let said = Phrase::new().name(&record.name).plain(format!(" {}", record.kind));
                match &record.leads_to {
                    Some(title) => said.plain(" (still points to ").plain(title).plain(")"),
                    None => said,
                }
            }
        });
        records.collect::<Vec<Phrase>>()
    };
    let parts = [
        ("; missing: ", named(RecordState::Missing, |need| need != Need::Retired)),
        ("; different: ", named(RecordState::Different, |need| need != Need::Retired)),
        ("; leads nowhere: ", named(RecordState::LeadsNowhere, |_| true)),
        ("; retired: ", named(RecordState::Different, |need| need == Need::Retired)),
    ];
    let said = parts
        .into_iter()
        .filter(|(_, records)| !records.is_empty())
        .fold(said, |said, (what, records)| {
            said.plain(what).then(Phrase::listed(records, MOST, ", "))
        });
    match &provider.hosted_policy {
        Some(hosted) => said.plain("; ").then(policy_kept(provider, hosted)),
        None => said,
    }
}

/// What a policy that another service keeps says of the provider.
fn policy_kept(provider: &RecognisedProvider, hosted: &HostedPolicy) -> Phrase {
    let said = Phrase::from("SPF policy kept by ").plain(&hosted.keeper);
    if hosted.asked == 0 {
        return said.plain(format!(": undetermined for addresses of {}", provider.title));
    }
    said.plain(": ")
        .number(hosted.passing)
        .plain(" of ")
        .number(hosted.asked)
        .plain(format!(" addresses of {} asked about pass", provider.title))
}
