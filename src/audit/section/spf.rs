//! SPF as the report has it.

use super::spf_tree;
use crate::diagnostic::{Standing, Tone};
use crate::net::Family;
use crate::protocols::spf::lint::most_voids;
use crate::protocols::spf::{Facts, Found, LOOKUP_LIMIT, Partition, VOID_LIMIT};
use crate::provider;
use crate::report::{Lookups, Section, SpfDetails, Status, Step};
use crate::text::{Phrase, escape, grouped};

/// The section about who may send.
pub(in crate::audit) fn section(facts: &Facts, lookups: &mut Lookups) -> Section<SpfDetails> {
    let mut details = details(facts);
    if lookups.is_read() {
        details.tree = spf_tree::tree(facts);
    }
    Section {
        status: Status::from(facts.standing()),
        summary: summary(facts, &details),
        details,
        steps: [(Family::V4, &facts.ipv4), (Family::V6, &facts.ipv6)]
            .into_iter()
            .flat_map(|(family, walked)| {
                // One step, or none.
                let steps = lookups.steps([&walked.trace]).into_iter();
                steps.map(move |step| Step {
                    headline: Phrase::from("evaluated for all ").addr(family).plain(" addresses"),
                    tone: Tone::Plain,
                    cite: None,
                    event: serde_json::json!({"event": "walk", "family": family.to_string()}),
                    lookups: Vec::new(),
                    steps: vec![step],
                })
            })
            .collect(),
    }
}

fn details(facts: &Facts) -> SpfDetails {
    let [ipv4, ipv6] = facts.partitions().map(Partition::passing);
    let worst = facts.worst();
    let (record, segments) = match &facts.published.found {
        Found::One { record, index } => (Some(escape(&record.value.text)), segments(facts, *index)),
        _ => (None, Vec::new()),
    };
    SpfDetails {
        record,
        segments,
        ttl_s: facts.published.answer.ttl,
        lookups: worst.lookups,
        voids: worst.voids,
        default: facts.default_result(),
        ipv4_addresses: u64::try_from(ipv4.count()).unwrap_or(u64::MAX),
        ipv4: ipv4.cidrs(),
        ipv6: ipv6.cidrs(),
        sender_dependent: facts.sender_dependent(),
        providers: providers(facts),
        tree: Vec::new(),
    }
}

/// Sizes of the character-strings of a TXT record.
fn segments(facts: &Facts, index: usize) -> Vec<usize> {
    match facts.published.answer.records().get(index).map(|record| &record.data) {
        Some(crate::dns::Data::Txt(strings)) => strings.iter().map(|string| string.len()).collect(),
        _ => Vec::new(),
    }
}

/// The titles of providers that the walk came by, each once.
fn providers(facts: &Facts) -> Vec<String> {
    let mut titles: Vec<String> = Vec::new();
    for visit in &facts.ipv4.partition.visits {
        if let Some(known) = provider::recognise_include(&visit.published.domain)
            && !titles.iter().any(|title| title == known.title())
        {
            titles.push(known.title().to_owned());
        }
    }
    titles
}

fn summary(facts: &Facts, details: &SpfDetails) -> Phrase {
    match &facts.published.found {
        Found::Failed => {
            let why = facts.published.answer.failure();
            let said = Phrase::new().name(&facts.domain).plain(" TXT ");
            said.unknown(why.map_or("could not be queried", |failure| failure.trouble.sentence()))
        }
        Found::NoDomain => Phrase::new().weak("the domain does not exist"),
        Found::Nothing => {
            Phrase::new().weak("no SPF record").plain(": the SPF result is none for every sender")
        }
        Found::Several(records) => Phrase::new()
            .bad(format!("{} SPF records", records.len()))
            .plain(": permerror for every sender"),
        Found::One { record, .. } if !record.errors.is_empty() => {
            let count = record.errors.len();
            let faults = if count == 1 {
                "1 syntax error".to_owned()
            } else {
                format!("{count} syntax errors")
            };
            Phrase::new().bad(faults).plain(": permerror for every sender")
        }
        Found::One { .. } => counted(facts, details),
    }
}

fn counted(facts: &Facts, details: &SpfDetails) -> Phrase {
    let ending = facts.published.usable().and_then(|record| {
        let redirect = record.redirect().map(|_| "redirect".to_owned());
        record.all().map(|qualifier| format!("{qualifier}all")).or(redirect)
    });
    let said = match ending {
        Some(ending) => Phrase::new().code(ending).plain("   "),
        None => Phrase::new().weak("no all").plain("   "),
    };
    let limited = |said: Phrase, count: u16, limit: u16, unit: &str| {
        let figure = format!("{count}/{limit}");
        let said = if count > limit { said.bad(figure) } else { said.number(figure) };
        said.plain(unit)
    };
    let said = limited(said, details.lookups, LOOKUP_LIMIT, " lookups   ");
    // A sender that a list with a macro does not have meets one void lookup more.
    let most = most_voids(facts);
    let said = if most > details.voids {
        let said = said.number(details.voids).plain("–");
        limited(said, most, VOID_LIMIT, " void lookups   ")
    } else if details.voids == 0 {
        said
    } else {
        let [ipv4, ipv6] = facts.partitions().map(|partition| partition.worst().voids);
        let (least, most, family) = match ipv4 < ipv6 {
            true => (ipv4, ipv6, " void lookups (IPv6)   "),
            false => (ipv6, ipv4, " void lookups (IPv4)   "),
        };
        // Beyond the limit it matters whom it concerns.
        let is_of_one = least <= VOID_LIMIT && most > VOID_LIMIT;
        limited(
            said,
            details.voids,
            VOID_LIMIT,
            if is_of_one { family } else { " void lookups   " },
        )
    };
    if facts.standing() == Standing::Unknown {
        return said.unknown("authorized senders undetermined");
    }
    said.addr(senders(details))
}

/// How many addresses pass, in words.
fn senders(details: &SpfDetails) -> String {
    let plural = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    };
    let ipv4 = match details.ipv4_addresses {
        0 if !details.sender_dependent.is_empty() => "depends on the sender".to_owned(),
        0 => "no IPv4".to_owned(),
        count => {
            format!("{} IPv4 in {}", grouped(count.into()), plural(details.ipv4.len(), "network"))
        }
    };
    match details.ipv6.len() {
        0 => ipv4,
        count => format!("{ipv4}, {}", plural(count, "IPv6 network")),
    }
}
