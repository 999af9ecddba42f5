//! From entries to records: owners, times to live, classes, and what holds between records.

use super::grammar::{self, Entry};
use super::tree::Tree;
use super::{Apex, Content, Listed, Node, Zone, ZoneError};
use crate::dns::presentation::{self, Word, Words};
use crate::dns::{Kind, Mark, Place, Record};
use crate::net::Name;
use crate::text::Span;
use crate::text::lex::Wanted;
use crate::text::lines::{Lines, begins_character};
use std::collections::HashSet;
use std::sync::Arc;

/// Faults beyond this many are counted, not kept.
const FAULT_LIMIT: usize = 100;
/// No message holds more (RFC 1035 §4.2.2).
const SET_LIMIT: usize = 65_535;
/// What a record costs in a message beside its data: a pointer to its owner, type, class, time to
/// live and length.
const RECORD_OVERHEAD: usize = 12;

/// A zone, and everything that is wrong with the text it was read from.
#[derive(Debug)]
pub struct Reading {
    /// What could be read.
    pub zone: Zone,
    /// The faults in the order of the text, the first 100 of them.
    pub errors: Vec<ZoneError>,
    /// How many more there are.
    pub omitted: usize,
}

impl Reading {
    /// The zone, if nothing was wrong with its text.
    ///
    /// # Errors
    /// The faults.
    pub fn strict(self) -> Result<Zone, Vec<ZoneError>> {
        if self.errors.is_empty() { Ok(self.zone) } else { Err(self.errors) }
    }
}

/// The owner of an entry that names none.
enum Owner {
    /// No entry has named one yet.
    None,
    /// The last one could not be read: its records are not given to somebody else.
    Lost,
    Known(Name),
}

struct Reader<'a> {
    text: &'a [u8],
    file: Arc<str>,
    lines: Lines<'a>,
    origin: Option<Name>,
    owner: Owner,
    /// As `$TTL` says.
    default_ttl: Option<u32>,
    /// As the last record said that said it.
    last_ttl: Option<u32>,
    soa: Option<Name>,
    tree: Tree,
    /// Offsets and sentences.
    faults: Vec<(usize, String)>,
    omitted: usize,
}

/// Reads a zone file; see [`Zone::read`].
pub(super) fn read(file: &str, origin: Option<&Name>, text: &[u8]) -> Reading {
    // A byte order mark is no part of the first owner.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = Reader {
        text,
        file: Arc::from(file),
        lines: Lines::new(text),
        origin: origin.cloned(),
        owner: Owner::None,
        default_ttl: None,
        last_ttl: None,
        soa: None,
        tree: Tree::default(),
        faults: Vec::new(),
        omitted: 0,
    };
    let (mut rest, mut words, mut faults) = (text, Vec::new(), Vec::new());
    while !rest.is_empty() {
        let (entry, next) = grammar::entry(rest, &mut words, &mut faults);
        faults.drain(..).for_each(|wanted| reader.expected(wanted));
        if let Err(wanted) = reader.entry(entry, &words) {
            reader.expected(wanted);
        }
        rest = next;
    }
    reader.finish()
}

impl<'a> Reader<'a> {
    fn expected(&mut self, wanted: Wanted<'a>) {
        let offset = self.offset(wanted.at);
        self.fault(offset, || format!("expected {}", wanted.what));
    }

    fn fault(&mut self, offset: usize, sentence: impl FnOnce() -> String) {
        if self.faults.len() < FAULT_LIMIT {
            self.faults.push((offset, sentence()));
        } else {
            self.omitted += 1;
        }
    }

    fn offset(&self, slice: &[u8]) -> usize {
        Span::within(self.text, slice).start as usize
    }

    fn place(&self, offset: usize) -> Place {
        let (line, column) = self.lines.place(offset);
        Place::new(Arc::clone(&self.file), line, column)
    }

    fn entry(&mut self, entry: Entry<'a>, words: &[Word<'a>]) -> Result<(), Wanted<'a>> {
        let Some((first, mut rest)) = words.split_first() else { return Ok(()) };
        if !entry.indented && !first.quoted && first.text.starts_with(b"$") {
            return if entry.whole { self.control(*first, rest, entry.after) } else { Ok(()) };
        }
        if entry.indented {
            rest = words;
        } else {
            self.owner = Owner::Lost;
            self.owner = Owner::Known(first.name(self.origin.as_ref())?);
        }
        match &self.owner {
            _ if !entry.whole => Ok(()),
            Owner::Lost => Ok(()),
            Owner::None => Err(Wanted { at: first.text, what: "an owner name" }),
            Owner::Known(owner) => {
                let owner = owner.clone();
                self.record(&owner, first.text, rest, entry.after)
            }
        }
    }

    /// `$ORIGIN`, `$TTL`, and those that we refuse.
    fn control(
        &mut self,
        control: Word<'a>,
        arguments: &[Word<'a>],
        after: &'a [u8],
    ) -> Result<(), Wanted<'a>> {
        let one = |what| match arguments {
            [argument] => Ok(*argument),
            [_, extra, ..] => Err(Wanted { at: extra.text, what: "the end of the line" }),
            [] => Err(Wanted { at: after, what }),
        };
        if control.is("$ORIGIN") {
            let name = one("a domain name").and_then(|word| word.name(self.origin.as_ref()));
            // Without the new origin, relative names mean nothing: they must not fall to the old.
            self.origin = name.as_ref().ok().cloned();
            return name.map(drop);
        }
        if control.is("$TTL") {
            const WHAT: &str = "a time to live, as in 3600 or 1h30m";
            let word = one(WHAT);
            self.default_ttl = word.as_ref().ok().and_then(|word| word.seconds());
            return match (word, self.default_ttl) {
                (Ok(word), None) => Err(Wanted { at: word.text, what: WHAT }),
                (word, _) => word.map(drop),
            };
        }
        let sentence = if control.is("$INCLUDE") {
            "$INCLUDE is refused: a zone file must not open other files, put their text here"
        } else if control.is("$GENERATE") {
            "$GENERATE is not expanded: write its records out here"
        } else {
            "expected $ORIGIN or $TTL"
        };
        let offset = self.offset(control.text);
        self.fault(offset, || sentence.to_owned());
        Ok(())
    }

    /// `[TTL] [class] type RDATA`, or with the class first.
    fn record(
        &mut self,
        owner: &Name,
        start: &'a [u8],
        mut words: &[Word<'a>],
        after: &'a [u8],
    ) -> Result<(), Wanted<'a>> {
        let (mut ttl, mut class) = (None, false);
        let kind = loop {
            let (word, rest) = words.split_first().ok_or(Wanted { at: after, what: KIND })?;
            words = rest;
            if !class && (word.is("IN") || word.is("CLASS1")) {
                class = true;
            } else if ["CH", "HS", "CS"].iter().any(|other| word.is(other)) {
                return Err(Wanted { at: word.text, what: "class IN, the only one that is read" });
            } else if ttl.is_none() && word.text.first().is_some_and(u8::is_ascii_digit) {
                let what = "a time to live or a record type";
                ttl = Some(word.seconds().ok_or(Wanted { at: word.text, what })?);
            } else {
                let kind = (!word.quoted).then(|| presentation::kind(word.text)).flatten();
                break kind.ok_or(Wanted { at: word.text, what: KIND })?;
            }
        };
        self.last_ttl = ttl.or(self.last_ttl);
        let ttl = ttl.or(self.default_ttl).or(self.last_ttl);
        if kind == Kind::Soa && self.origin.is_none() {
            self.origin = Some(owner.clone());
        }
        // RFC 1035 §3.3.14: "One or more <character-string>s"
        if matches!(kind, Kind::Txt | Kind::Spf) && words.is_empty() {
            return Err(Wanted { at: after, what: "a string" });
        }
        let wire = presentation::wire(kind, Words::new(words, after), self.origin.as_ref())?;
        self.insert(owner, kind, ttl, start, words, wire)
    }

    fn insert(
        &mut self,
        owner: &Name,
        kind: Kind,
        ttl: Option<u32>,
        start: &'a [u8],
        words: &[Word<'a>],
        wire: Option<Vec<u8>>,
    ) -> Result<(), Wanted<'a>> {
        if kind == Kind::Soa && self.soa.replace(owner.clone()).is_some() {
            return Err(Wanted { at: start, what: "one SOA record, and this is another" });
        }
        let offset = self.offset(start);
        let mut place = self.place(offset);
        let size = wire.as_ref().map_or(0, Vec::len) + RECORD_OVERHEAD;
        let listed = match wire {
            None => None,
            Some(wire) => {
                let what = "data of the type of the record";
                let data = presentation::data(kind, wire).ok_or(Wanted { at: start, what })?;
                let generic = words.first().is_some_and(|word| word.is("\\#"));
                let text = matches!(kind, Kind::Txt | Kind::Spf) && !generic;
                if text {
                    place.marks = Some(self.marks(words).into());
                }
                Some(Listed { record: Record { data, place: Some(place) }, offset })
            }
        };
        let content = self.tree.entry(owner).sets.entry(kind).or_default();
        if content.size + size > SET_LIMIT {
            return Err(Wanted { at: start, what: "at most 65535 octets in a record set" });
        }
        content.size += size;
        // RFC 2181 §5.2: times to live of one set that differ count as the least of them.
        content.ttl = crate::dns::chain::least(content.ttl, ttl);
        match listed {
            Some(listed) => content.listed.push(listed),
            None => content.unread = true,
        }
        Ok(())
    }

    /// Where the octets of a text stand: a mark at each string, and wherever an octet is written
    /// with more or less than one character.
    fn marks(&self, strings: &[Word<'a>]) -> Vec<Mark> {
        let (mut marks, mut offset) = (Vec::new(), 0);
        for string in strings {
            let (line, start) = self.lines.place(self.offset(string.text));
            let mut expected = None;
            // `column` belongs to the place `counted` in the text of the string.
            let (mut column, mut counted) = (start, 0);
            for (octet, at) in string.octets().flatten() {
                let passed = string.text.get(counted..at).unwrap_or_default();
                column += passed.iter().filter(|octet| begins_character(**octet)).count() as u32;
                counted = at;
                // An octet in the middle of a character stands where the character does.
                let inner = string.text.get(at) == Some(&octet) && !begins_character(octet);
                let here = column.saturating_sub(u32::from(inner));
                if expected != Some(here) {
                    marks.push(Mark { offset, line, column: here });
                }
                expected = Some(here + 1);
                offset += 1;
            }
        }
        marks
    }

    /// Checks what holds between records, and makes the zone.
    fn finish(mut self) -> Reading {
        let mut tree = std::mem::take(&mut self.tree);
        let soa = self.soa.take();
        tree.retain(|name, node| {
            node.sets.retain(|_, set| !set.listed.is_empty() || set.unread);
            node.sets.values_mut().for_each(drop_duplicates);
            self.check_alias(node);
            let apex = soa.as_ref().filter(|apex| !name.is_within(apex));
            if let Some(apex) = apex {
                for listed in node.listed() {
                    self.fault(listed.offset, || format!("expected names in the zone {apex}"));
                }
            }
            apex.is_none() && !node.sets.is_empty()
        });
        let apex = soa.and_then(|name| {
            let soa = tree.get(&name)?.sets.get(&Kind::Soa)?;
            Some(Apex { negative_ttl: soa.negative_ttl(), minimum: soa.minimum(), name })
        });
        let mut faults = std::mem::take(&mut self.faults);
        faults.sort_by_key(|fault| fault.0);
        let error = |(offset, what)| ZoneError { place: self.place(offset), what };
        let errors = faults.into_iter().map(error).collect();
        let zone = Zone { file: Arc::clone(&self.file), apex, tree };
        Reading { zone, errors, omitted: self.omitted }
    }

    // RFC 1034 §3.6.2: "If a CNAME RR is present at a node, no other data should be present"
    fn check_alias(&mut self, node: &Node) {
        let Some(aliases) = node.sets.get(&Kind::Cname) else { return };
        let offset =
            |set: &Content, index: usize| set.listed.get(index).map(|listed| listed.offset);
        if let Some(offset) = offset(aliases, 1) {
            self.fault(offset, || "expected one CNAME record at a name (RFC 1034 §3.6.2)".into());
        }
        // RFC 4035 §2.5: the records of DNSSEC may stand beside an alias.
        let beside = |kind: Kind| kind != Kind::Cname && !matches!(kind.number(), 25 | 46 | 47);
        let other = node.sets.iter().find(|(kind, _)| beside(**kind));
        if let (Some((kind, _)), Some(offset)) = (other, offset(aliases, 0)) {
            self.fault(offset, || {
                format!(
                    "expected no other records beside a CNAME, {kind} is here (RFC 1034 §3.6.2)"
                )
            });
        }
    }
}

const KIND: &str = "a record type";

// RFC 2181 §5: "two records … with label, class, type and data all equal … are a single record"
fn drop_duplicates(set: &mut Content) {
    if set.listed.len() > 1 {
        let mut seen = HashSet::with_capacity(set.listed.len());
        set.listed.retain(|listed| seen.insert(listed.record.data.clone()));
    }
}
