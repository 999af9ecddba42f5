//! A change of record sets, before it is a [`Fix`]: what stood there, and what would.

use crate::diagnostic::Edit;
use crate::dns::{Answer, Data, Dns, Kind};
use crate::examine::Touched;
use crate::net::Name;
use crate::protocols::spf;
use crate::zonefile::{Overlay, Zone};

/// Time to live of a record where none stood before, in seconds.
const TTL: u32 = 3600;

/// The longest character-string (RFC 1035 §3.3).
const STRING_LIMIT: usize = 255;

/// The longest text that is proposed, in octets: no policy or key that works is longer, and trying
/// a longer one costs more than it can be worth.
const TEXT_LIMIT: usize = 4096;

/// A record set as it is, and as it would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// The owner.
    pub(crate) name: Name,
    /// The type.
    pub(crate) kind: Kind,
    /// Time to live in seconds.
    pub(crate) ttl: u32,
    /// The records that stand there.
    pub(crate) before: Vec<Data>,
    /// The records that would stand there.
    pub(crate) after: Vec<Data>,
}

impl Change {
    /// Nothing changed yet in the set that an answer came from; `None` if nothing is known of it,
    /// or if its owner does not lie within `zone`: what others publish, only they can fix.
    pub(super) fn of(answer: &Answer, zone: &Name) -> Option<Self> {
        let name = answer.aliases.last().unwrap_or(&answer.question.name);
        if answer.failure().is_some() || !name.is_within(zone) {
            return None;
        }
        let before: Vec<Data> = answer.records().iter().map(|record| record.data.clone()).collect();
        Some(Self {
            name: name.clone(),
            kind: answer.question.kind,
            ttl: answer.ttl.filter(|ttl| *ttl > 0).unwrap_or(TTL),
            after: before.clone(),
            before,
        })
    }

    /// The same with another text instead of one; `None` if that other one is not there, or
    /// the new one is too long.
    pub(super) fn reword(mut self, old: &[u8], new: &[u8]) -> Option<Self> {
        if new.len() > TEXT_LIMIT {
            return None;
        }
        let slot = self.after.iter_mut().find(|data| data.text().as_deref() == Some(old))?;
        *slot = txt(new);
        Some(self)
    }

    /// The same with one more text.
    pub(super) fn with_text(mut self, text: &[u8]) -> Self {
        self.after.push(txt(text));
        self
    }

    /// The same without the records that `goes` picks.
    pub(super) fn without(mut self, goes: impl Fn(&Data) -> bool) -> Self {
        self.after.retain(|data| !goes(data));
        self
    }

    /// The same set changed further, as `later` says, whose own beginning is this one's end.
    pub(super) fn then(&mut self, later: Self) {
        self.after = later.after;
    }

    /// True if an SPF policy comes, goes or reads otherwise.
    pub(super) fn touches_spf(&self) -> bool {
        let is_policy = |data: &Data| data.text().is_some_and(|it| spf::grammar::is_record(&it));
        let policies = |all: &[Data]| -> Vec<Data> {
            all.iter().filter(|data| is_policy(data)).cloned().collect()
        };
        policies(&self.before) != policies(&self.after)
    }

    /// True if nothing is changed.
    pub(super) fn is_idle(&self) -> bool {
        self.before == self.after
    }

    /// The records that go, each with one that comes in its place as long as there are some.
    pub(super) fn edits(&self) -> Vec<Edit> {
        let removed = self.before.iter().filter(|data| !self.after.contains(data));
        let added = self.after.iter().filter(|data| !self.before.contains(data));
        let (mut removed, mut added) = (removed.cloned(), added.cloned());
        let pair = || match (removed.next(), added.next()) {
            (None, None) => None,
            pair => Some(pair),
        };
        std::iter::from_fn(pair)
            .map(|(remove, add)| Edit {
                name: self.name.clone(),
                kind: self.kind,
                remove,
                add,
                ttl: self.ttl,
            })
            .collect()
    }
}

/// The protocols that changes can alter. Each has labels of its own below the domain; what stands
/// elsewhere may be about who sends and receives, and where it is a DMARC record, about that.
pub(super) fn touched(changes: &[Change]) -> Touched {
    let mut touched = Touched::default();
    for change in changes {
        let has =
            |label: &str| change.name.labels().any(|it| it.eq_ignore_ascii_case(label.as_bytes()));
        let is_about = |word: &str| {
            let mut texts = change.before.iter().chain(&change.after).filter_map(Data::text);
            texts.any(|text| is_about(&text, word))
        };
        let is_dkim_name = has("_domainkey");
        let is_dmarc_name = has("_dmarc");
        let is_other_name = has("_mta-sts") || has("_tls");
        let is_own = !is_dkim_name && !is_dmarc_name && !is_other_name;
        // Behind an alias a key or a policy may be at any name.
        touched.dkim |= is_dkim_name || is_about("p=") || is_about("dkim");
        touched.dmarc |= is_dmarc_name || is_about("dmarc");
        touched.others |= is_other_name;
        touched.spf |= is_own || change.touches_spf();
        touched.mx |= is_own && change.kind != Kind::Txt;
    }
    touched
}

/// True if a word stands somewhere in a text, in letters of either case.
fn is_about(text: &[u8], word: &str) -> bool {
    text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// The answers as they would be with the changes.
pub(super) fn overlay<'d>(changes: &[Change], dns: &'d dyn Dns) -> Overlay<&'d dyn Dns> {
    let sets = changes.iter().map(|it| (&it.name, it.kind, it.ttl, it.after.as_slice()));
    let laid = Overlay::new([Zone::fragment("a proposed change", sets)], dns);
    // An alias stands for every other set at its name.
    let has_alias = |name: &Name| {
        let is_alias = |data: &Data| matches!(data, Data::Cname(_));
        changes.iter().any(|change| change.name == *name && change.after.iter().any(is_alias))
    };
    let emptied = changes.iter().filter(|change| change.after.is_empty());
    let emptied = emptied.filter(|change| change.kind == Kind::Cname || !has_alias(&change.name));
    emptied.fold(laid, |laid, change| laid.without(change.name.clone(), Some(change.kind)))
}

/// A text as a TXT record holds it: in strings of at most 255 octets.
pub(super) fn txt(text: &[u8]) -> Data {
    Data::Txt(text.chunks(STRING_LIMIT).map(Box::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::{Outcome, Provenance, Question};

    fn answer(texts: &[&str]) -> Answer {
        let name = Name::from_octets(b"example.com").expect("a test writes valid names");
        let records = texts.iter().map(|text| txt(text.as_bytes()).into()).collect();
        let outcome = Outcome::Records(records);
        Answer::new(Question::new(name, Kind::Txt), outcome, Provenance::Zone("test".into()))
    }

    #[test]
    fn a_text_is_cut_into_strings_that_fit() {
        let Data::Txt(strings) = txt(&[b'x'; 600]) else { panic!("a text is a text") };
        assert_eq!(strings.iter().map(|string| string.len()).collect::<Vec<_>>(), [255, 255, 90]);
    }

    #[test]
    fn records_that_stay_are_no_edit_and_two_that_become_one_are_two() {
        let answer = answer(&["stays", "a", "b"]);
        let zone = answer.question.name.clone();
        let change = Change::of(&answer, &zone).expect("the owner is the zone");
        let removed = |data: &Data| data.text().is_some_and(|text| text.len() == 1);
        let edits = change.without(removed).with_text(b"ab").edits();
        let shape: Vec<_> = edits.iter().map(|e| (e.remove.is_some(), e.add.is_some())).collect();
        assert_eq!(shape, [(true, true), (true, false)]);
    }

    #[test]
    fn what_stands_in_the_zone_of_others_is_not_changed() {
        let mut answer = answer(&["a"]);
        let zone = answer.question.name.clone();
        answer.aliases.push(Name::from_octets(b"example.net").expect("a name"));
        assert_eq!(Change::of(&answer, &zone), None);
    }
}
