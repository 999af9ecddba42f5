//! DKIM as the report has it.

use crate::protocols::dkim::{self, Examined, Found, Key, Tried};
use crate::report::{DkimDetails, KeyType, Lookups, Section, Selector, Status};

/// The section about whose signature counts.
pub(in crate::audit) fn section(
    examined: &Examined,
    lookups: &mut Lookups,
) -> Section<DkimDetails> {
    let facts = &examined.facts;
    let steps = lookups.steps([&examined.step]);
    let shown = facts.tried.iter().filter(|tried| {
        // Whoever names a selector wants to know what stands there, whatever publishes it.
        let is_its_own = tried.candidate.is_given || !tried.is_by_wildcard;
        is_its_own && !matches!(tried.found, Found::Nothing | Found::Foreign(_))
    });
    Section {
        status: Status::from(facts.standing()),
        summary: dkim::summary(facts),
        details: DkimDetails {
            tried: facts.tried.len(),
            selectors: shown.map(|tried| selector(tried, lookups)).collect(),
            proved_none: facts.is_proved_none(),
        },
        steps,
    }
}

fn selector(tried: &Tried, lookups: &mut Lookups) -> Selector {
    let record = tried.keys().first().map(|published| &published.record.value);
    let key = record.and_then(|record| record.key.as_ref()).map(|key| &key.value);
    Selector {
        selector: tried.candidate.selector.to_string(),
        status: Status::from(tried.standing()),
        key: record.map(|record| KeyType::from(&record.algorithm)),
        bits: key.and_then(Key::bits),
        revoked: record.is_some_and(dkim::KeyRecord::is_revoked),
        testing: record.is_some_and(|record| record.is_testing),
        aliases: tried.answer.aliases.clone(),
        provider: tried.candidate.provider.as_deref().map(str::to_owned),
        lookup: Some(lookups.note(&tried.answer)),
    }
}
