//! What the readers of YAML and JSON have in common: how fields become records.

use super::json::Wrong;
use super::text::Text;
use super::value::Value;
use crate::dns::Kind;
use crate::dns::presentation;
use crate::net::Name;
use crate::text::{Span, listed_or};
use crate::zonefile::zone::source::{Remarks, Source};
use crate::zonefile::zone::{Builder, Concern, ErrorKind, Remark, Row, is_text, wire};

/// A record set in a file.
#[derive(Clone, Copy)]
pub(super) struct Set<'n> {
    pub(super) owner: &'n Name,
    pub(super) kind: Kind,
    pub(super) ttl: Option<u32>,
    /// Where its records are said to begin.
    pub(super) offset: usize,
    /// In what relative names of the data end.
    pub(super) origin: Option<&'n Name>,
}

/// A field of record data in YAML or JSON.
pub(super) struct Field {
    /// What the field may be called, the first that is there counts.
    pub(super) keys: &'static [&'static str],
    pub(super) shape: Shape,
    /// What it is if it is not there.
    pub(super) default: Option<&'static str>,
}

/// How a field is written in a master file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// As a word.
    Word,
    /// As a name, which may be written in Unicode.
    Host,
    /// In quotes.
    Quoted,
}

/// A field that has to be there.
pub(super) const fn field(keys: &'static [&'static str], shape: Shape) -> Field {
    Field { keys, shape, default: None }
}

/// A field that is zero if it is not there.
pub(super) const fn or_zero(keys: &'static [&'static str]) -> Field {
    Field { keys, shape: Shape::Word, default: Some("0") }
}

/// A file that is read, and what there is to say about it.
pub(super) struct Book<'a> {
    pub(super) source: Source<'a>,
    pub(super) remarks: Remarks,
    /// What is left open if what is read next cannot be.
    pub(super) concern: Concern,
    /// True if what is read is left as it is by a plan.
    pub(super) stays: bool,
    /// True once it is said that nothing tells which zone the file is about.
    lacks_zone: bool,
}

/// What is wrong with a relative name in a list that says nowhere which zone it is about.
const NO_ZONE: &str = "expected an absolute name, as in _dmarc.example.com: neither the file nor its name says \
                       which zone it is; give FILE=NAME";

impl<'a> Book<'a> {
    #[cfg(feature = "cli")]
    pub(super) fn new(file: &str, text: &'a [u8]) -> Self {
        Self::of(Source::new(file, text))
    }

    pub(super) fn of(source: Source<'a>) -> Self {
        Self {
            source,
            remarks: Remarks::default(),
            concern: Concern::Anything,
            stays: false,
            lacks_zone: false,
        }
    }

    /// The same file, about which nothing is said yet.
    pub(super) fn again(&self) -> Self {
        let source = self.source.again();
        let (remarks, concern) = (Remarks::default(), Concern::Anything);
        Self { source, remarks, concern, stays: false, lacks_zone: false }
    }

    /// The file as text, if it is UTF-8.
    pub(super) fn utf8(&mut self) -> Option<&'a str> {
        match std::str::from_utf8(self.source.text) {
            Ok(text) => Some(text),
            Err(error) => {
                self.fault(error.valid_up_to(), ErrorKind::Syntax, "expected text in UTF-8");
                None
            }
        }
    }

    pub(super) fn fault(&mut self, offset: usize, kind: ErrorKind, what: &str) {
        self.remarks.fault_of(offset, kind, self.concern.clone(), || what.to_owned());
    }

    pub(super) fn wrong(&mut self, (offset, kind, what): Wrong) {
        self.remarks.fault_of(offset, kind, self.concern.clone(), || what);
    }

    /// Reads something of which a fault leaves open no more than a record set, or with `None` those of
    /// a name.
    pub(super) fn within<T>(
        &mut self,
        owner: &Name,
        kind: Option<Kind>,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let outer = std::mem::replace(&mut self.concern, Concern::Set(owner.clone(), kind));
        let done = read(self);
        self.concern = outer;
        done
    }

    /// Says that something is left out.
    pub(super) fn skip(&mut self, offset: usize, what: impl FnOnce() -> String) {
        let stays = self.stays;
        self.remarks.notice(offset, || match stays {
            true => Remark::Unchanged { what: what() },
            false => Remark::Skipped { what: what() },
        });
    }

    /// A name; a relative one ends in `origin`.
    pub(super) fn name(&mut self, text: &Text, origin: Option<&Name>) -> Option<Name> {
        let text = host(text);
        let name = text.word().name(origin).map_err(|wanted| wanted.what);
        name.map_err(|what| self.expected(text.start(), ErrorKind::Name, what)).ok()
    }

    /// The owner of a record in a list: a name with a final dot, of the zone, or, where the zone is not known,
    /// of several labels is absolute, any other one is below the zone.
    pub(super) fn owner(&mut self, text: &Text, zone: Option<&Name>) -> Option<Name> {
        let root = Name::root();
        let is_apex = text.octets() == b"@";
        let absolute = self.again().name(text, Some(&root)).filter(|_| !is_apex);
        let is_absolute = text.octets().ends_with(b".")
            || absolute.as_ref().is_some_and(|name| {
                zone.map_or(name.label_count() > 1, |zone| name.is_within(zone))
            });
        if zone.is_none() && !is_absolute && (is_apex || absolute.is_some()) {
            // It is one fault, however many names show it.
            if !std::mem::replace(&mut self.lacks_zone, true) {
                self.fault(text.start(), ErrorKind::Name, NO_ZONE);
            }
            return None;
        }
        self.name(text, zone.filter(|_| !is_absolute).or(Some(&root)))
    }

    /// A name below `apex`, or `apex` itself if it is empty or `@`.
    pub(super) fn below(&mut self, text: &Text, apex: &Name) -> Option<Name> {
        if text.octets().is_empty() { Some(apex.clone()) } else { self.name(text, Some(apex)) }
    }

    /// A time to live.
    pub(super) fn ttl(&mut self, value: Option<&Value>) -> Option<u32> {
        let value = value?;
        let seconds = value.text().and_then(|text| text.word().seconds());
        if seconds.is_none() {
            self.expected(value.offset, ErrorKind::Ttl, "a TTL in seconds");
        }
        seconds
    }

    /// The type of a record; `None` if it is none that the DNS has.
    pub(super) fn kind(text: &Text) -> Option<Kind> {
        presentation::kind(text.octets())
    }

    fn expected(&mut self, offset: usize, kind: ErrorKind, what: &str) {
        self.remarks.fault_of(offset, kind, self.concern.clone(), || format!("expected {what}"));
    }

    /// The data of a record, from its fields; a fault if one is not there.
    pub(super) fn data(&mut self, value: &Value, fields: &[Field]) -> Option<Text> {
        let mut data = Text::at(value.offset);
        for (index, field) in fields.iter().enumerate() {
            let text = match (value.any(field.keys).map(Value::text), field.default) {
                (Some(Some(text)), _) => shaped(text, field.shape),
                (None, Some(default)) => Text::implied(default.as_bytes(), value.offset),
                _ => {
                    let what = format!("a word or a string as {}", listed_or(field.keys));
                    self.expected(value.offset, ErrorKind::Data, &what);
                    return None;
                }
            };
            if index > 0 {
                data.push(b' ', text.start());
            }
            data.append(&text);
        }
        Some(data)
    }

    /// Adds a record, with data as master files write it.
    pub(super) fn record(&mut self, builder: &mut Builder, set: &Set<'_>, data: &Text) {
        self.within(set.owner, Some(set.kind), |book| book.add(builder, set, data));
    }

    fn add(&mut self, builder: &mut Builder, set: &Set<'_>, data: &Text) {
        let index = |slice: &[u8]| Span::within(data.octets(), slice).start as usize;
        let words = match presentation::words(data.octets()) {
            Ok(words) => words,
            Err(wanted) => {
                let offset = data.offset(index(wanted.at));
                return self.expected(offset, ErrorKind::Data, wanted.what);
            }
        };
        let after = data.octets().get(data.octets().len()..).unwrap_or_default();
        let wire = match wire(set.kind, &words, after, set.origin) {
            Ok(wire) => wire,
            Err((kind, wanted)) => {
                return self.expected(data.offset(index(wanted.at)), kind, wanted.what);
            }
        };
        let marks = is_text(set.kind, &words).then(|| {
            let octets = words.iter().flat_map(|word| {
                let start = index(word.text);
                word.octets().flatten().map(move |(_, at)| data.offset(start + at))
            });
            self.source.marks(octets)
        });
        let Set { owner, kind, ttl, offset, .. } = *set;
        // An export of all sets has the one of the zone itself.
        let row = Row { owner, kind, ttl, offset, wire, marks };
        if let Err((kind, what)) = builder.insert(&self.source, row) {
            self.expected(offset, kind, what);
        }
    }
}

/// A field as a master file writes it.
fn shaped(text: &Text, shape: Shape) -> Text {
    match shape {
        Shape::Host => host(text),
        Shape::Quoted => text.one_string(),
        // Nothing at all would be no word.
        Shape::Word if text.octets().is_empty() => text.one_string(),
        Shape::Word => text.clone(),
    }
}

/// A name as it is on the wire: in A-labels (RFC 5891), and no blank ends it.
pub(super) fn host(text: &Text) -> Text {
    let octets = text.octets();
    let Some(unicode) = std::str::from_utf8(octets).ok().filter(|text| !text.is_ascii()) else {
        return if octets.is_empty() { text.one_string() } else { text.clone() };
    };
    match Name::from_unicode(unicode) {
        Ok(name) => {
            let dot = if unicode.ends_with('.') { "." } else { "" };
            Text::implied(format!("{name}{dot}").as_bytes(), text.start())
        }
        // What it is not, the reader of names will say.
        Err(_) => text.clone(),
    }
}
