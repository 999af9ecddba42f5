//! Which names of a file take part in mail.

use crate::dns::{Data, Kind, Place, Record};
use crate::net::Name;
use crate::protocols::{Protocol, ROWS, dkim, dmarc, spf};
use crate::zonefile::Zone;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Most selectors that are looked at for one name.
const SELECTORS: usize = 1000;

/// A name that takes part in mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailName {
    /// The name.
    pub domain: Name,
    /// What the file has of it.
    pub shows: Shows,
    /// Protocols whose records stand below it, besides those of [`Shows`].
    pub further: BTreeSet<Protocol>,
    /// The DKIM selectors that stand below it, at most 1000.
    pub selectors: Vec<String>,
}

/// What a file has of a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shows {
    /// MX records.
    pub mx: bool,
    /// An SPF record.
    pub spf: bool,
    /// Names below `_domainkey`.
    pub keys: bool,
    /// A name `_dmarc` below it.
    pub policy: bool,
}

impl MailName {
    fn new(domain: Name) -> Self {
        Self { domain, shows: Shows::default(), further: BTreeSet::new(), selectors: Vec::new() }
    }

    /// True for the name that a wildcard is written with.
    pub fn is_wildcard(&self) -> bool {
        self.domain.labels().next() == Some(b"*")
    }
}

/// The names of a zone that take part in mail: its top, and then, in the order of the tree, each
/// that has MX records, an SPF record, DKIM keys or a DMARC policy.
///
/// The top of a zone that turns addresses into names, and that of a registry, have part in mail only
/// if they say so.
pub fn mail_names(zone: &Zone) -> Vec<MailName> {
    mail_names_of(zone, |_| true)
}

/// Those of them that are wanted.
pub fn mail_names_of(zone: &Zone, is_wanted: impl Fn(&Name) -> bool) -> Vec<MailName> {
    let takes_mail = |apex: &&Name| apex.label_count() > 1 && apex.labels().last() != Some(b"arpa");
    let apex = zone.apex().filter(takes_mail).cloned();
    let mut names = Names { is_wanted: &is_wanted, all: Vec::new(), places: HashMap::new() };
    if let Some(apex) = apex {
        names.of(apex);
    }
    for (owner, kind, record) in zone.records() {
        names.add(owner, kind, record);
    }
    names.all
}

/// How many labels a name ends in twice, as `mail.example.com.example.com` does for want of a final dot.
pub(super) fn doubled(name: &Name) -> Option<usize> {
    let count = name.label_count();
    let is_twice = |half: &usize| {
        let behind = name.labels().skip(count - half);
        name.labels().skip(count - 2 * half).take(*half).eq(behind)
    };
    (2..=count / 2).find(is_twice)
}

/// True for a name that has a label with an underscore in front (RFC 8552 §1.1).
fn labels_a_service(name: &Name) -> bool {
    name.labels().any(|label| label.starts_with(b"_"))
}

/// The domain that a name serves: `example.com` of `s1._domainkey.example.com`.
pub(super) fn service_domain(name: &Name) -> Name {
    let service = name.labels().enumerate().filter(|(_, label)| label.starts_with(b"_")).last();
    name.suffix(name.label_count() - service.map_or(0, |(index, _)| index + 1))
}

/// Where the first record of each name stands that is wanted.
pub fn first_places(zones: &[Zone], is_wanted: impl Fn(&Name) -> bool) -> HashMap<&Name, &Place> {
    let mut first: HashMap<&Name, &Place> = HashMap::new();
    for (owner, _, record) in zones.iter().flat_map(Zone::records) {
        let Some(place) = record.place.as_ref().filter(|_| is_wanted(owner)) else { continue };
        let known = first.entry(owner).or_insert(place);
        if (place.line, place.column) < (known.line, known.column) {
            *known = place;
        }
    }
    first
}

/// Where record sets at some domains begin, and their policies of DMARC: for texts the record of SPF, which what
/// is said of the whole set is about.
pub fn set_places(zones: &[Zone], domains: &HashSet<&Name>) -> HashMap<(Name, Kind), Place> {
    let mut places: HashMap<(Name, Kind), (bool, Place)> = HashMap::new();
    for (owner, kind, record) in zones.iter().flat_map(Zone::records) {
        let is_policy = || owner.labels().next() == Some(dmarc::LABEL.as_bytes());
        let is_below = || is_policy() && owner.parent().is_some_and(|it| domains.contains(&it));
        let Some(place) = &record.place else { continue };
        if domains.contains(owner) || is_below() {
            let is_spf = record.data.text().is_some_and(|text| spf::grammar::is_record(&text));
            let known = places.entry((owner.clone(), kind));
            let known = known.or_insert_with(|| (is_spf, place.clone()));
            if is_spf && !known.0 {
                *known = (true, place.clone());
            }
        }
    }
    places.into_iter().map(|(set, (_, place))| (set, place)).collect()
}

struct Names<'w> {
    is_wanted: &'w dyn Fn(&Name) -> bool,
    all: Vec<MailName>,
    places: HashMap<Name, usize>,
}

impl Names<'_> {
    fn of(&mut self, domain: Name) -> Option<&mut MailName> {
        if !(self.is_wanted)(&domain) {
            return None;
        }
        let next = self.all.len();
        let index = *self.places.entry(domain.clone()).or_insert(next);
        if index == next {
            self.all.push(MailName::new(domain));
        }
        self.all.get_mut(index)
    }

    fn add(&mut self, owner: &Name, kind: Kind, record: &Record) {
        // That the name is wrong is all there is to say of it.
        if doubled(owner).is_some() {
            return;
        }
        // An underscored name is asked for one record and takes no mail.
        if kind == Kind::Mx && !labels_a_service(owner) {
            self.of(owner.clone()).into_iter().for_each(|name| name.shows.mx = true);
        }
        if !matches!(kind, Kind::Txt | Kind::Cname) {
            return;
        }
        if is_policy(&record.data) {
            self.of(owner.clone()).into_iter().for_each(|name| name.shows.spf = true);
        }
        let labels: Vec<&[u8]> = owner.labels().collect();
        let domain = |below: usize| owner.suffix(labels.len() - below);
        if labels.first() == Some(&dmarc::LABEL.as_bytes()) {
            self.of(domain(1)).into_iter().for_each(|name| name.shows.policy = true);
        }
        let beside = ROWS.iter().filter(|row| row.examine.is_some() && !row.labels.is_empty());
        for row in beside {
            let own = row.labels.iter().map(|label| label.as_bytes());
            if labels.len() > row.labels.len()
                && own.eq(labels.iter().copied().take(row.labels.len()))
            {
                let name = self.of(domain(row.labels.len()));
                name.into_iter().for_each(|name| {
                    name.further.insert(row.protocol);
                });
            }
        }
        let keys = labels.iter().position(|label| *label == dkim::LABEL.as_bytes());
        if let Some(index) = keys.filter(|index| *index > 0)
            && let Some(name) = self.of(domain(index + 1))
        {
            name.shows.keys = true;
            let has_room = name.selectors.len() < SELECTORS;
            name.selectors.extend(selector(&labels[..index]).filter(|_| has_room));
        }
    }
}

/// The selector that labels make; none if they are something else below `_domainkey`: a wildcard,
/// or `_adsp` and its like.
pub(super) fn selector(labels: &[&[u8]]) -> Option<String> {
    let is_other = |label: &&[u8]| label.starts_with(b"_") || *label == b"*";
    if labels.iter().any(is_other) {
        return None;
    }
    String::from_utf8(labels.join(&b'.')).ok().filter(|text| dkim::Selector::new(text).is_ok())
}

fn is_policy(data: &Data) -> bool {
    data.text().is_some_and(|text| spf::grammar::is_record(&text))
}
