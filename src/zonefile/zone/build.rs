//! From records to a zone: record sets, and what holds between them.

use super::fault::{Concern, ErrorKind, Remark};
use super::source::{Remarks, Source};
use super::tree::Tree;
use super::{Apex, Content, Listed, Node, Zone};
use crate::dns::chain::least;
use crate::dns::presentation::{self, Word, Words};
use crate::dns::{Kind, Mark, Record};
use crate::net::{Name, organization};
use crate::text::lex::Wanted;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

/// No message holds more (RFC 1035 §4.2.2).
const SET_LIMIT: usize = 65_535;
/// Characters that are kept of what stands instead of records.
#[cfg(feature = "formats")]
const SHOWN: usize = 500;
/// What a record costs in a message beside its data: a pointer to its owner, type, class, time to
/// live and length.
const RECORD_OVERHEAD: usize = 12;

/// A fault and its kind.
pub(in crate::zonefile) type Fault<'a> = (ErrorKind, Wanted<'a>);

/// The rdata octets that words mean, as [`presentation::wire`] has them; `after` is what follows
/// the last word.
pub(in crate::zonefile) fn wire<'a>(
    kind: Kind,
    words: &[Word<'a>],
    after: &'a [u8],
    origin: Option<&Name>,
) -> Result<Option<Vec<u8>>, Fault<'a>> {
    // RFC 1035 §3.3.14: "One or more <character-string>s"
    if matches!(kind, Kind::Txt | Kind::Spf) && words.is_empty() {
        return Err((ErrorKind::Data, Wanted { at: after, what: "a string" }));
    }
    presentation::wire(kind, Words::new(words, after), origin).map_err(|wanted| {
        let kind = match wanted.what {
            presentation::LONG_STRING => ErrorKind::LongString,
            what if presentation::NAMES.contains(&what) => ErrorKind::Name,
            _ => ErrorKind::Data,
        };
        (kind, wanted)
    })
}

/// True for a text in strings, as opposed to one in hexadecimal.
pub(in crate::zonefile) fn is_text(kind: Kind, words: &[Word<'_>]) -> bool {
    let generic = words.first().is_some_and(|word| word.is("\\#"));
    matches!(kind, Kind::Txt | Kind::Spf) && !generic
}

/// A record as a format gives it.
pub(in crate::zonefile) struct Row<'n> {
    pub(in crate::zonefile) owner: &'n Name,
    pub(in crate::zonefile) kind: Kind,
    pub(in crate::zonefile) ttl: Option<u32>,
    /// Where in the text it begins.
    pub(in crate::zonefile) offset: usize,
    /// Its data; `None` if that is not read for this type.
    pub(in crate::zonefile) wire: Option<Vec<u8>>,
    /// Where the octets of a text stand.
    pub(in crate::zonefile) marks: Option<Vec<Mark>>,
}

/// A zone while it is read.
#[derive(Debug, Default)]
pub(in crate::zonefile) struct Builder {
    tree: Tree,
    soa: Option<Name>,
    /// The apex, where that is known without an SOA record.
    claimed: Option<Name>,
    records: usize,
    /// The zone, where something beside the text says it.
    hint: Option<Name>,
    /// True for a page of a list after which another one follows.
    is_page: bool,
}

#[cfg(feature = "formats")]
impl Builder {
    /// A zone that is all of `apex`, although no SOA record says so.
    pub(in crate::zonefile) fn whole(apex: Name) -> Self {
        Self { claimed: Some(apex), ..Self::default() }
    }

    /// Says that a record set is there as something else than data: another state of the file may have something else.
    pub(in crate::zonefile) fn left_out(&mut self, owner: &Name, kind: Kind, what: &str) {
        let content = self.tree.entry(owner).sets.entry(kind);
        content.unread = true;
        let known = content.left_out.as_deref().unwrap_or_default();
        let dash = if known.is_empty() { "" } else { "; " };
        let what = crate::text::escape(what.as_bytes());
        let all = known.chars().chain(dash.chars()).chain(what.chars()).take(SHOWN);
        content.left_out = Some(all.collect());
    }

    /// Says that records are there of which not even the type is known.
    pub(in crate::zonefile) fn unread_name(&mut self, owner: &Name) {
        self.tree.entry(owner).is_open = true;
    }

    /// Says which zone the file speaks for, all of it.
    pub(in crate::zonefile) fn claim(&mut self, apex: &Name) {
        self.claimed = Some(apex.clone());
    }

    /// Says that it is a page of a list after which another one follows.
    pub(in crate::zonefile) fn is_page(&mut self) {
        self.is_page = true;
    }

    /// Says that a record set is listed, be it without records.
    pub(in crate::zonefile) fn declare(&mut self, owner: &Name, kind: Kind) {
        self.tree.entry(owner).sets.entry(kind).declared = true;
    }
}

impl Builder {
    /// Says that a record set is there and cannot be read: questions for it are not answered.
    pub(in crate::zonefile) fn unread(&mut self, owner: &Name, kind: Kind) {
        self.tree.entry(owner).sets.entry(kind).unread = true;
    }

    /// Says which zone it is where the text says it nowhere, or of the root.
    pub(in crate::zonefile) fn suppose(&mut self, zone: Option<&Name>) {
        self.hint = zone.cloned();
    }

    /// The zone that an SOA record at the root is about: that of a file that has all its names under
    /// one, where name servers stand. Exports have an `$ORIGIN .`, and no zone file of the root has names
    /// below one of its names only.
    fn below_root(&self) -> Option<Name> {
        let is_of = |apex: &Name| {
            let mut owners = self.tree.iter().map(|(name, _)| name).filter(|name| !name.is_root());
            owners.all(|name| name.is_within(apex))
        };
        let hint =
            self.hint.clone().filter(|hint| !hint.is_root() && self.tree.get(hint).is_some());
        hint.or_else(|| {
            let mut owners = self.tree.iter().filter(|(name, _)| !name.is_root());
            let top = owners.find(|(_, node)| node.sets.get(Kind::Ns).is_some())?.0.clone();
            is_of(&top).then_some(top)
        })
    }

    /// Adds a record to its set.
    pub(in crate::zonefile) fn insert(
        &mut self,
        source: &Source<'_>,
        row: Row<'_>,
    ) -> Result<(), (ErrorKind, &'static str)> {
        let Row { owner, kind, ttl, offset, wire, marks } = row;
        if self.records >= source.most_records {
            let what = "no more records in a file than --max-records allows (500000 by default)";
            return Err((ErrorKind::Limit, what));
        }
        self.records += 1;
        if kind == Kind::Soa {
            match &self.soa {
                None => self.soa = Some(owner.clone()),
                // A transfer ends with the record that it began with (RFC 5936 §2.2).
                Some(first) if first == owner && self.has_soa(owner, wire.as_deref()) => {
                    return Ok(());
                }
                Some(_) => {
                    return Err((ErrorKind::SecondSoa, "one SOA record, found another"));
                }
            }
        }
        let size = wire.as_ref().map_or(0, Vec::len) + RECORD_OVERHEAD;
        let listed = match wire {
            None => None,
            Some(wire) => {
                let what = "data of the type of the record";
                let data = presentation::data(kind, wire).ok_or((ErrorKind::Data, what))?;
                let mut place = source.place(offset);
                place.marks = marks.map(Arc::from);
                Some(Listed { record: Record { data, place: Some(place) }, ttl, offset })
            }
        };
        let content = self.tree.entry(owner).sets.entry(kind);
        if content.size + size > SET_LIMIT {
            return Err((ErrorKind::LargeSet, "at most 65535 octets in a record set"));
        }
        content.size += size;
        // RFC 2181 §5.2: times to live of one set that differ count as the least of them.
        content.ttl = least(content.ttl, ttl);
        match listed {
            Some(listed) => {
                if content.listed.is_empty() {
                    // Most sets have one record.
                    content.listed.reserve_exact(1);
                }
                content.listed.push(listed);
            }
            None => content.unread = true,
        }
        Ok(())
    }

    /// True if this very SOA record is there already.
    fn has_soa(&self, owner: &Name, wire: Option<&[u8]>) -> bool {
        let first = self.tree.get(owner).and_then(|node| node.sets.get(Kind::Soa)?.listed.first());
        let data = wire.and_then(|wire| presentation::data(Kind::Soa, wire.to_vec()));
        data.is_some_and(|data| first.is_some_and(|first| first.record.data == data))
    }

    /// Checks what holds between records, and makes the zone.
    pub(in crate::zonefile) fn finish(self, source: &Source<'_>, remarks: &mut Remarks) -> Zone {
        let below_root =
            if self.soa.as_ref().is_some_and(Name::is_root) { self.below_root() } else { None };
        let Self { mut tree, soa, claimed, is_page, .. } = self;
        let mut is_open = false;
        for concern in remarks.take_concerns() {
            match concern {
                Concern::Nothing => {}
                Concern::Anything => is_open = true,
                Concern::Set(name, None) => tree.entry(&name).is_open = true,
                Concern::Set(name, Some(kind)) => tree.entry(&name).sets.entry(kind).is_open = true,
            }
        }
        let minimum = soa.as_ref().and_then(|name| {
            let soa = tree.get(name)?.sets.get(Kind::Soa)?;
            soa.minimum()
        });
        let negative = soa
            .as_ref()
            .and_then(|name| tree.get(name)?.sets.get(Kind::Soa).and_then(Content::negative_ttl));
        if let Some(zone) = &below_root {
            let offset =
                tree.get(&Name::root()).and_then(|node| node.listed().next()?.offset.into());
            tree.remove(&Name::root());
            remarks.notice(offset.unwrap_or(0), || Remark::Zone {
                what: format!("SOA record at the root: read as the zone {zone}"),
            });
        }
        let is_below_root = below_root.is_some();
        let top = claimed.or(below_root).or(soa);
        tree.retain(|name, node| {
            node.sets.retain(|set| !set.is_empty() || set.declared);
            for (kind, set) in node.sets.iter_mut() {
                compare_ttls((name, kind), set, minimum, source, remarks);
                drop_duplicates((name, kind), set, source, remarks);
            }
            check_alias(name, node, top.as_ref(), remarks);
            let apex = top.as_ref().filter(|apex| !name.is_within(apex));
            if let Some(apex) = apex {
                for listed in node.listed() {
                    remarks.fault(listed.offset, ErrorKind::OutOfZone, || {
                        format!("expected names in the zone {apex}")
                    });
                }
            }
            apex.is_none() && !node.is_empty()
        });
        let apex = top.map(|name| {
            let soa = tree.get(&name).and_then(|node| node.sets.get(Kind::Soa));
            Apex {
                negative_ttl: negative,
                minimum,
                is_listed: soa.is_some() || is_below_root,
                name,
            }
        });
        Zone { file: Arc::clone(&source.file), apex, tree, is_open, is_page }
    }
}

// RFC 1034 §3.6.2: "If a CNAME RR is present at a node, no other data should be present"
//
// What such a name answers differs from one server to the next, so nothing is claimed of it; but at the
// top of a zone providers mean an alias that they resolve themselves.
fn check_alias(name: &Name, node: &mut Node, top: Option<&Name>, remarks: &mut Remarks) {
    let is_apex = top == Some(name) || organization(name) == *name;
    let concern = if is_apex { Concern::Nothing } else { Concern::Set(name.clone(), None) };
    let Some(aliases) = node.sets.get(Kind::Cname) else { return };
    let mut is_contradictory = false;
    let offset = |set: &Content, index: usize| set.listed.get(index).map(|listed| listed.offset);
    if let Some(offset) = offset(aliases, 1) {
        is_contradictory = true;
        remarks.fault_of(offset, ErrorKind::SecondAlias, concern.clone(), || {
            "expected one CNAME record at a name (RFC 1034 §3.6.2)".into()
        });
    }
    // RFC 4035 §2.5: the records of DNSSEC may stand beside an alias.
    let beside = |kind: Kind| kind != Kind::Cname && !matches!(kind.number(), 25 | 46 | 47);
    let other = node.sets.iter().find(|(kind, set)| beside(*kind) && !set.is_empty());
    if let (Some((kind, _)), Some(offset)) = (other, offset(aliases, 0)) {
        is_contradictory = true;
        remarks.fault_of(offset, ErrorKind::Alias, concern, || {
            format!("expected no other records beside a CNAME, {kind} is here (RFC 1034 §3.6.2)")
        });
    }
    node.is_open |= is_contradictory && !is_apex;
}

impl Node {
    /// Why nothing is claimed of a name.
    pub(super) fn why_open(&self) -> &'static str {
        match self.sets.get(Kind::Cname) {
            Some(_) if self.sets.iter().count() > 1 => "a CNAME beside other records",
            Some(aliases) if aliases.listed.len() > 1 => "two CNAME records at one name",
            _ => "an entry of this name is not read",
        }
    }
}

// RFC 2181 §5.2: "the TTLs of all RRs in an RRSet must be the same"
fn compare_ttls(
    (owner, kind): (&Name, Kind),
    set: &Content,
    minimum: Option<u32>,
    source: &Source<'_>,
    remarks: &mut Remarks,
) {
    let mut known = set.listed.iter().filter_map(|listed| Some((listed, listed.ttl.or(minimum)?)));
    let Some((first, first_ttl)) = known.next() else { return };
    if let Some((other, ttl)) = known.find(|(_, ttl)| *ttl != first_ttl) {
        remarks.notice(other.offset, || {
            let first = source.place(first.offset);
            Remark::UnequalTtl { owner: owner.clone(), kind, ttl, first, first_ttl }
        });
    }
}

// RFC 2181 §5: "two records … with label, class, type and data all equal … are a single record"
fn drop_duplicates(
    (owner, kind): (&Name, Kind),
    set: &mut Content,
    source: &Source<'_>,
    remarks: &mut Remarks,
) {
    if set.listed.len() < 2 {
        return;
    }
    let mut seen = HashMap::with_capacity(set.listed.len());
    set.listed.retain(|listed| match seen.entry(listed.record.data.clone()) {
        Entry::Vacant(entry) => {
            entry.insert(listed.offset);
            true
        }
        Entry::Occupied(entry) => {
            remarks.notice(listed.offset, || {
                let first = source.place(*entry.get());
                Remark::Repeated { owner: owner.clone(), kind, first }
            });
            false
        }
    });
}
