//! From entries to records: owners, times to live and classes.

use super::Zone;
use super::build::{Builder, Row};
use super::fault::{ErrorKind, Notice, ZoneError};
use super::grammar::{self, Entry};
use super::source::{Remarks, Source};
use crate::dns::Kind;
use crate::dns::presentation::{self, Word, Words};
use crate::net::Name;
use crate::text::lex::Wanted;

/// A zone, and everything that is wrong with the text it was read from.
#[derive(Debug)]
pub struct Reading {
    /// What could be read.
    pub zone: Zone,
    /// The faults in the order of the text, the first 100 of them.
    pub errors: Vec<ZoneError>,
    /// How many more there are.
    pub omitted: usize,
    /// What is no fault, and worth a word: in the order of the text, the first 100 of them.
    pub notices: Vec<Notice>,
    /// How many more there are.
    pub omitted_notices: usize,
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
    source: Source<'a>,
    origin: Option<Name>,
    owner: Owner,
    /// As `$TTL` says.
    default_ttl: Option<u32>,
    /// As the last record said that said it.
    last_ttl: Option<u32>,
    builder: Builder,
    remarks: Remarks,
}

/// A fault and its kind.
type Fault<'a> = (ErrorKind, Wanted<'a>);

/// Gives what a grammar wanted its kind.
fn of<'a>(kind: ErrorKind) -> impl Fn(Wanted<'a>) -> Fault<'a> {
    move |wanted| (kind, wanted)
}

/// Reads a zone file; see [`Zone::read`].
pub(super) fn read(file: &str, origin: Option<&Name>, text: &[u8]) -> Reading {
    let source = Source::new(file, text);
    let text = source.text;
    let mut reader = Reader {
        source,
        origin: origin.cloned(),
        owner: Owner::None,
        default_ttl: None,
        last_ttl: None,
        builder: Builder::default(),
        remarks: Remarks::default(),
    };
    let (mut rest, mut words, mut faults) = (text, Vec::new(), Vec::new());
    while !rest.is_empty() {
        let (entry, next) = grammar::entry(rest, &mut words, &mut faults);
        faults.drain(..).for_each(|wanted| reader.expected((ErrorKind::Syntax, wanted)));
        if let Err(fault) = reader.entry(entry, &words) {
            reader.expected(fault);
        }
        rest = next;
    }
    reader.finish()
}

impl<'a> Reader<'a> {
    fn expected(&mut self, (kind, wanted): Fault<'a>) {
        let offset = self.source.offset(wanted.at);
        self.remarks.fault(offset, kind, || format!("expected {}", wanted.what));
    }

    fn entry(&mut self, entry: Entry<'a>, words: &[Word<'a>]) -> Result<(), Fault<'a>> {
        let Some((first, mut rest)) = words.split_first() else { return Ok(()) };
        if !entry.indented && !first.quoted && first.text.starts_with(b"$") {
            return if entry.whole { self.control(*first, rest, entry.after) } else { Ok(()) };
        }
        if entry.indented {
            rest = words;
        } else {
            self.owner = Owner::Lost;
            self.owner =
                Owner::Known(first.name(self.origin.as_ref()).map_err(of(ErrorKind::Name))?);
        }
        match &self.owner {
            _ if !entry.whole => Ok(()),
            Owner::Lost => Ok(()),
            Owner::None => {
                Err((ErrorKind::Syntax, Wanted { at: first.text, what: "an owner name" }))
            }
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
    ) -> Result<(), Fault<'a>> {
        let one = |what| match arguments {
            [argument] => Ok(*argument),
            [_, extra, ..] => Err(Wanted { at: extra.text, what: "the end of the line" }),
            [] => Err(Wanted { at: after, what }),
        };
        if control.is("$ORIGIN") {
            let word = one("a domain name").map_err(of(ErrorKind::Syntax));
            let name =
                word.and_then(|word| word.name(self.origin.as_ref()).map_err(of(ErrorKind::Name)));
            // Without the new origin, relative names mean nothing: they must not fall to the old.
            self.origin = name.as_ref().ok().cloned();
            return name.map(drop);
        }
        if control.is("$TTL") {
            const WHAT: &str = "a time to live, as in 3600 or 1h30m";
            let word = one(WHAT);
            self.default_ttl = word.as_ref().ok().and_then(|word| word.seconds());
            return match (word, self.default_ttl) {
                (Ok(word), None) => Err((ErrorKind::Ttl, Wanted { at: word.text, what: WHAT })),
                (word, _) => word.map(drop).map_err(of(ErrorKind::Syntax)),
            };
        }
        let (kind, sentence) = if control.is("$INCLUDE") {
            let sentence = "$INCLUDE is refused: a zone file must not open other files, put their \
                            text here";
            (ErrorKind::Refused, sentence)
        } else if control.is("$GENERATE") {
            (ErrorKind::Refused, "$GENERATE is not expanded: write its records out here")
        } else {
            (ErrorKind::Syntax, "expected $ORIGIN or $TTL")
        };
        self.remarks.fault(self.source.offset(control.text), kind, || sentence.to_owned());
        Ok(())
    }

    /// `[TTL] [class] type RDATA`, or with the class first.
    fn record(
        &mut self,
        owner: &Name,
        start: &'a [u8],
        mut words: &[Word<'a>],
        after: &'a [u8],
    ) -> Result<(), Fault<'a>> {
        let (mut ttl, mut class) = (None, false);
        let kind = loop {
            let (word, rest) =
                words.split_first().ok_or((ErrorKind::Type, Wanted { at: after, what: KIND }))?;
            words = rest;
            if !class && (word.is("IN") || word.is("CLASS1")) {
                class = true;
            } else if ["CH", "HS", "CS"].iter().any(|other| word.is(other)) {
                let what = "class IN, the only one that is read";
                return Err((ErrorKind::Class, Wanted { at: word.text, what }));
            } else if ttl.is_none() && word.text.first().is_some_and(u8::is_ascii_digit) {
                let what = "a time to live or a record type";
                ttl = Some(word.seconds().ok_or((ErrorKind::Ttl, Wanted { at: word.text, what }))?);
            } else {
                let kind = (!word.quoted).then(|| presentation::kind(word.text)).flatten();
                break kind.ok_or((ErrorKind::Type, Wanted { at: word.text, what: KIND }))?;
            }
        };
        self.last_ttl = ttl.or(self.last_ttl);
        let ttl = ttl.or(self.default_ttl).or(self.last_ttl);
        if kind == Kind::Soa && self.origin.is_none() {
            self.origin = Some(owner.clone());
        }
        // RFC 1035 §3.3.14: "One or more <character-string>s"
        if matches!(kind, Kind::Txt | Kind::Spf) && words.is_empty() {
            return Err((ErrorKind::Data, Wanted { at: after, what: "a string" }));
        }
        let wire = presentation::wire(kind, Words::new(words, after), self.origin.as_ref());
        let wire = wire.map_err(|wanted| (of_data(wanted), wanted))?;
        let marks = is_text(kind, words).then(|| self.source.marks(words));
        let offset = self.source.offset(start);
        let row = Row { owner, kind, ttl, offset, wire, marks };
        let inserted = self.builder.insert(&self.source, row);
        inserted.map_err(|(kind, what)| (kind, Wanted { at: start, what }))
    }

    /// Checks what holds between records, and makes the zone.
    fn finish(self) -> Reading {
        let Self { source, builder, mut remarks, .. } = self;
        let zone = builder.finish(&source, &mut remarks);
        let (errors, omitted) = remarks.errors(&source);
        let (notices, omitted_notices) = remarks.notices(&source);
        Reading { zone, errors, omitted, notices, omitted_notices }
    }
}

const KIND: &str = "a record type";

/// What kind of fault data has.
fn of_data(wanted: Wanted<'_>) -> ErrorKind {
    match wanted.what {
        presentation::LONG_STRING => ErrorKind::LongString,
        what if presentation::NAMES.contains(&what) => ErrorKind::Name,
        _ => ErrorKind::Data,
    }
}

/// True for a text in strings, as opposed to one in hexadecimal.
fn is_text(kind: Kind, words: &[Word<'_>]) -> bool {
    let generic = words.first().is_some_and(|word| word.is("\\#"));
    matches!(kind, Kind::Txt | Kind::Spf) && !generic
}
