//! Supposing that a policy were another one: a piece of a zone laid over the answers.

mod plan;

pub use plan::WhatIf;

use super::words::Mistake;
use crate::dns::{Data, Dns, Kind};
use crate::net::Name;
use crate::protocols::spf::{Found, Policies, Published, Record};
use crate::text::escape;
use crate::zonefile::{Overlay, Zone};
use std::sync::Arc;

/// TTL of a hypothetical record, where nothing says it, in seconds.
const TTL: u32 = 3600;

/// A hypothetical record set.
struct Set {
    name: Name,
    ttl: u32,
    data: Vec<Data>,
}

/// Lays hypothetical records of these domains over `dns`.
///
/// A record that could not be looked up is left as it is: nothing will be known of the policy, and
/// the report says why.
///
/// # Errors
/// There is no record to change, or it does not have the term that is to go.
pub(super) async fn apply_what_if(
    dns: &Arc<dyn Dns>,
    what_if: &WhatIf,
    domains: impl IntoIterator<Item = &Name>,
) -> Result<Arc<dyn Dns>, Mistake> {
    if what_if.is_empty() {
        return Ok(Arc::clone(dns));
    }
    let mut sets = Vec::new();
    let changes = !what_if.with.is_empty() || !what_if.without.is_empty();
    if changes || what_if.record.is_some() {
        let policies = Policies::new(&**dns);
        for domain in domains {
            sets.extend(reworded(&*policies.fetch(domain).await, what_if)?);
        }
    }
    let sets = sets.iter().map(|set| (&set.name, Kind::Txt, set.ttl, set.data.as_slice()));
    let mut overlay = Overlay::new([Zone::fragment("what if", sets)], Arc::clone(dns));
    for name in &what_if.absent {
        overlay = overlay.without(name.clone(), None);
    }
    Ok(Arc::new(overlay))
}

/// The text records of a domain with the hypothetical policy.
fn reworded(published: &Published, what_if: &WhatIf) -> Result<Option<Set>, Mistake> {
    let answer = &published.answer;
    let (text, index) = match (&what_if.record, &published.found) {
        (Some(text), _) => (text.clone(), None),
        (None, Found::One { record, index }) => (change(&record.value, what_if)?, Some(*index)),
        (None, Found::Failed) => return Ok(None),
        (None, found) => {
            let what = match found {
                Found::Several(_) => "several SPF records",
                _ => "no SPF record",
            };
            let domain = &published.domain;
            return Err(Mistake::new(format!(
                "{domain} has {what}, so there is no term to change; give a record with --as-if-record"
            )));
        }
    };
    let is_policy = |data: &Data| {
        data.text().is_some_and(|text| crate::protocols::spf::grammar::is_record(&text))
    };
    let records = answer.records().iter().enumerate();
    let others = records.filter(|(place, record)| match index {
        Some(index) => *place != index,
        None => !is_policy(&record.data),
    });
    Ok(Some(Set {
        name: answer.aliases.last().unwrap_or(&published.domain).clone(),
        ttl: answer.ttl.unwrap_or(TTL),
        data: others
            .map(|(_, record)| record.data.clone())
            .chain([Data::from_text(&text)])
            .collect(),
    }))
}

/// The text of a record with some terms more and some less.
fn change(record: &Record, what_if: &WhatIf) -> Result<Vec<u8>, Mistake> {
    let mut text = record.text.to_vec();
    for term in &what_if.without {
        let record = crate::protocols::spf::grammar::parse(text.as_slice()).value;
        text = term.taken_from(&record).ok_or_else(|| {
            let (term, text) = (escape(term.text()), escape(&text));
            Mistake::new(format!("--without: {term} is not in the record {text:?}"))
        })?;
    }
    for term in &what_if.with {
        let record = crate::protocols::spf::grammar::parse(text.as_slice()).value;
        text = term.added_to(&record);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{args, check};
    use crate::dns::{Question, Replay};
    use clap::Parser as _;

    const CASSETTE: &str = r#"{"cassette":1,"absent":"nxdomain"}
{"name":"a.example","type":"TXT","ttl":60,"records":["\"v=spf1 mx include:b.example -all\"","\"other\""]}
{"name":"two.example","type":"TXT","records":["\"v=spf1 -all\"","\"v=spf1 ~all\""]}
{"name":"alias.example","type":"CNAME","records":["a.example."]}
{"name":"b.example","type":"TXT","records":["\"v=spf1 ip4:192.0.2.1\""]}
{"name":"lost.example","type":"TXT","outcome":"timeout"}
"#;

    /// The text records of a name, with the hypothetical changes of `domain`.
    async fn texts(typed: &[&str], name: &str) -> Result<Vec<String>, String> {
        let typed = ["mailcheck", typed[0]].into_iter().chain(typed[1..].iter().copied());
        let plan = check::plan(args::CheckArgs::try_parse_from(typed).unwrap()).unwrap();
        let cassette: Arc<dyn Dns> = Arc::new(Replay::read("tape", CASSETTE.as_bytes()).unwrap());
        let domains = plan.inquiries.iter().map(|inquiry| &inquiry.domain);
        let dns = apply_what_if(&cassette, &plan.what_if, domains)
            .await
            .map_err(|why| why.to_string())?;
        let name = Name::from_octets(name.as_bytes()).unwrap();
        let answer = dns.lookup(&Question::new(name, Kind::Txt)).await;
        let mut texts: Vec<String> =
            answer.texts().map(|text| String::from_utf8(text).unwrap()).collect();
        texts.sort();
        Ok(texts)
    }

    #[tokio::test]
    async fn terms_come_and_go_and_other_records_stay() {
        let typed = [
            "a.example",
            "--without",
            "include:b.example",
            "--with",
            "a",
            "--with",
            "ip4:10.0.0.1",
        ];
        assert_eq!(
            texts(&typed, "a.example").await.unwrap(),
            ["other", "v=spf1 mx a ip4:10.0.0.1 -all"]
        );
    }

    #[tokio::test]
    async fn the_record_may_be_another_one() {
        let typed = ["two.example", "--as-if-record", "v=spf1 a -all"];
        assert_eq!(texts(&typed, "two.example").await.unwrap(), ["v=spf1 a -all"]);
    }

    #[tokio::test]
    async fn the_record_behind_an_alias_is_changed_where_it_stands() {
        let typed = ["alias.example", "--without", "mx"];
        let changed = "v=spf1 include:b.example -all";
        assert_eq!(texts(&typed, "a.example").await.unwrap(), ["other", changed]);
    }

    #[tokio::test]
    async fn a_name_may_be_gone() {
        let typed = ["a.example", "--as-if-gone", "b.example"];
        assert_eq!(texts(&typed, "b.example").await.unwrap(), Vec::<String>::new());
    }

    #[tokio::test]
    async fn a_term_that_is_not_there_cannot_go() {
        assert_eq!(
            texts(&["a.example", "--without", "ip4:10.0.0.1"], "a.example").await.unwrap_err(),
            "--without: ip4:10.0.0.1 is not in the record \"v=spf1 mx include:b.example -all\""
        );
    }

    #[tokio::test]
    async fn without_a_single_record_there_is_no_term_to_change() {
        assert_eq!(
            texts(&["two.example", "--with", "a"], "two.example").await.unwrap_err(),
            "two.example has several SPF records, so there is no term to change; give a record \
             with --as-if-record"
        );
    }

    #[tokio::test]
    async fn a_record_that_could_not_be_asked_for_is_no_mistake() {
        let typed = ["lost.example", "--with", "a"];
        assert_eq!(texts(&typed, "lost.example").await, Ok(Vec::new()));
    }
}
