//! A flattened policy, ready to be published.

use crate::dns::{Dns, Kind, ask, presentation};
use crate::examine::authorize::{count_in_words, networks};
use crate::net::{IpSet, Name};
use crate::protocols::spf::flatten::{self, ANSWER_LIMIT, List, Source};
use crate::protocols::spf::{self, Facts};
use crate::provider;
use crate::report::senders::{Flattened, Flattening, ListRecord, ListSource};
use crate::text::Phrase;

/// The policy as a list of addresses, or why it is none.
pub(super) async fn flattening(dns: &dyn Dns, facts: &Facts) -> Flattening {
    let flattened = match flatten::flatten(dns, facts).await {
        Ok(flattened) => flattened,
        Err(refusal) => return Flattening::Refused { why: spf::refusal(&refusal) },
    };
    let mut records = Vec::with_capacity(flattened.records.len());
    for (index, list) in flattened.records.iter().enumerate() {
        // Below the domain there may be something already that the list would push aside.
        let is_taken = index > 0 && is_taken(dns, facts, &list.name).await;
        records.push(record(list, is_taken));
    }
    Flattening::Proved(Flattened {
        lookups: flattened.lookups(),
        stale_after_s: flattened.shortest().and_then(|source| source.ttl),
        sources: flattened.sources.iter().map(source).collect(),
        gained: networks(&flattened.gained),
        notes: notes(facts, &flattened, &records),
        records,
    })
}

async fn is_taken(dns: &dyn Dns, facts: &Facts, name: &Name) -> bool {
    let mut visits = facts.partitions().into_iter().flat_map(|partition| &partition.visits);
    let is_ours = visits.any(|visit| visit.published.domain == *name);
    !is_ours && !ask(dns, name, Kind::Txt).await.records().is_empty()
}

fn record(list: &List, is_taken: bool) -> ListRecord {
    let data = presentation::write(Kind::Txt, &list.data());
    ListRecord {
        name: list.name.clone(),
        ttl_s: list.ttl,
        text: list.text.clone(),
        line: format!("{}. {} IN TXT {data}", list.name, list.ttl),
        answer_octets: list.answer_octets,
        is_taken,
    }
}

fn source(source: &Source) -> ListSource {
    let Source { question, ttl } = source;
    let known = match question.kind {
        Kind::Txt => provider::recognise_include(&question.name),
        _ => provider::host(&question.name).map(|(provider, _)| provider),
    };
    ListSource {
        name: question.name.clone(),
        kind: question.kind,
        ttl_s: *ttl,
        provider: known.map(|provider| provider.title().to_owned()),
    }
}

fn notes(facts: &Facts, flattened: &flatten::Flattened, records: &[ListRecord]) -> Vec<Phrase> {
    let mut notes = Vec::new();
    let gained: Vec<IpSet> =
        flattened.gained.iter().filter(|set| !set.is_empty()).cloned().collect();
    if !gained.is_empty() {
        let said = Phrase::new().addr(count_in_words(&gained));
        notes.push(said.plain(
            " pass with the list but get permerror today, because the policy exceeds a limit",
        ));
    }
    for record in records {
        let said = Phrase::new().name(&record.name);
        if record.is_taken {
            notes.push(said.plain(" already has other TXT records; add this one and keep them"));
        } else if record.name == facts.domain && record.answer_octets > ANSWER_LIMIT {
            let said = said.plain(" answers with ").number(record.answer_octets);
            notes.push(said.plain(" octets: its other TXT records exceed the limit"));
        } else if !record.name.is_within(&facts.domain) {
            let said = said.plain(": ").name(&facts.domain);
            notes.push(said.plain(" is an alias of this name, so publish the record here"));
        }
    }
    notes
}
