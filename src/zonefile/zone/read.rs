//! From entries to records: owners, times to live and classes.

use super::build::{self, Builder, Fault, Row};
use super::cloudflare::{self, Export};
use super::fault::{Concern, ErrorKind};
use super::generate::{self, Range};
use super::grammar::{self, Entry, Parts};
use super::header::{Header, header, is_age, is_doubled};
use super::ignore::{self, Ignore, Pending};
use super::include::{Assembly, Part};
use super::reading::Reading;
use super::source::{MOST_RECORDS, Remarks, Source};
use crate::dns::Kind;
use crate::dns::presentation::{self, Word};
use crate::net::Name;
use crate::text::lex::Wanted;

/// Comments for mailcheck that are kept of a file, at most.
const IGNORE_LIMIT: usize = 10_000;

/// The owner of an entry that names none.
#[derive(Clone)]
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
    /// How many records `$GENERATE` has made.
    generated: u32,
    /// Comments that wait for an entry.
    pending: Vec<Pending<'a>>,
    ignores: Vec<Ignore>,
    /// What the entry that is read would say, should it be unreadable.
    concern: Concern,
    /// True if a name was met that means nothing without an origin.
    lacks_origin: bool,
    /// Directives that are not followed, and why.
    refused: &'a [(usize, String)],
    /// The origin and the owner of each file that includes the one that is read.
    outer: Vec<(Option<Name>, Owner)>,
    /// The origin that a directive gives to the file that it includes.
    inner_origin: Option<Name>,
    /// What an export of Cloudflare says beside its records.
    export: Export,
}

/// Gives what a grammar wanted its kind.
fn of<'a>(kind: ErrorKind) -> impl Fn(Wanted<'a>) -> Fault<'a> {
    move |wanted| (kind, wanted)
}

/// Reads a zone file; see [`Zone::read`].
pub(super) fn read(file: &str, origin: Option<&Name>, text: &[u8]) -> Reading {
    read_parts(origin, text, MOST_RECORDS, (&[Part::whole(file)], &[]))
}

/// Reads a zone file and what it includes.
pub(super) fn read_assembly(origin: Option<&Name>, whole: &Assembly) -> Reading {
    let parts = (whole.parts(), whole.refused());
    read_parts(origin, whole.text(), whole.most_records(), parts)
}

fn read_parts(
    origin: Option<&Name>,
    text: &[u8],
    most_records: usize,
    (parts_of_text, refused): (&[Part], &[(usize, String)]),
) -> Reading {
    let file = parts_of_text.first().map_or("", |part| &part.file);
    let mut source = Source::of_parts(file, text, parts_of_text);
    source.most_records = most_records;
    let text = source.text;
    let mut reader = Reader {
        source,
        origin: origin.cloned(),
        owner: Owner::None,
        default_ttl: None,
        last_ttl: None,
        builder: Builder::default(),
        remarks: Remarks::default(),
        generated: 0,
        pending: Vec::new(),
        ignores: Vec::new(),
        concern: Concern::Anything,
        lacks_origin: false,
        refused,
        outer: Vec::new(),
        inner_origin: None,
        export: Export::of(text),
    };
    reader.builder.suppose(origin);
    let ends = parts_of_text.iter().skip(1).map(|part| part.begin).chain([text.len()]);
    for (part, end) in parts_of_text.iter().zip(ends) {
        reader.enter(part.depth);
        reader.part(text.get(part.begin..end).unwrap_or_default());
    }
    reader.finish()
}

impl<'a> Reader<'a> {
    /// Goes into an included file, or back to one that includes.
    fn enter(&mut self, depth: usize) {
        if depth > self.outer.len() {
            self.outer.push((self.origin.clone(), self.owner.clone()));
            self.origin = self.inner_origin.take().or(self.origin.take());
        }
        // RFC 1035 §5.1: "$INCLUDE entry never changes the relative origin of the parent file"
        while depth < self.outer.len() {
            let Some((origin, owner)) = self.outer.pop() else { break };
            (self.origin, self.owner) = (origin, owner);
        }
    }

    /// Reads what comes from one file.
    fn part(&mut self, text: &'a [u8]) {
        let (mut rest, mut parts) = (text, Parts::default());
        while !rest.is_empty() {
            let (entry, next) = grammar::entry(rest, &mut parts);
            self.concern = self.concern_of(entry, &parts.words);
            parts.faults.iter().for_each(|wanted| self.expected((ErrorKind::Syntax, *wanted)));
            self.export.see(rest.get(..rest.len() - next.len()).unwrap_or_default());
            self.comments(entry, &parts, next);
            if let Err(fault) = self.entry(entry, &parts.words) {
                self.expected(fault);
            }
            rest = next;
        }
    }

    fn expected(&mut self, (kind, wanted): Fault<'a>) {
        let offset = self.source.offset(wanted.at);
        let concern = match kind {
            ErrorKind::Comment | ErrorKind::SecondSoa => Concern::Nothing,
            _ => self.concern.clone(),
        };
        if wanted.what == presentation::NO_ORIGIN {
            // It is one fault, however many names show it.
            if !std::mem::replace(&mut self.lacks_origin, true) {
                self.remarks.fault_of(offset, kind, Concern::Anything, || {
                    "expected an absolute name, with a final dot: neither the file nor its name says \
                     which zone it is; give FILE=NAME"
                        .to_owned()
                });
            }
            return;
        }
        self.remarks.fault_of(offset, kind, concern, || format!("expected {}", wanted.what));
    }

    /// What an entry leaves open if it cannot be read: the set, if its owner and its type can be.
    fn concern_of(&self, entry: Entry<'a>, words: &[Word<'a>]) -> Concern {
        let Some((first, rest)) = words.split_first() else { return Concern::Anything };
        if entry.is_control(*first) {
            return Concern::Anything;
        }
        let (owner, rest) = match entry.indented {
            true => match &self.owner {
                Owner::Known(owner) => (owner.clone(), words),
                _ => return Concern::Anything,
            },
            false => match first.name(self.origin.as_ref()) {
                Ok(owner) => (owner, rest),
                Err(_) => return Concern::Anything,
            },
        };
        let kind = rest
            .iter()
            .take(3)
            .find_map(|word| presentation::kind(word.text).filter(|_| !word.quoted));
        Concern::Set(owner, kind)
    }

    /// Keeps the comments of an entry that are meant for us; `next` is the text after it.
    fn comments(&mut self, entry: Entry<'a>, parts: &Parts<'a>, next: &'a [u8]) {
        let mut found = Vec::new();
        for comment in &parts.comments {
            match ignore::comment(comment) {
                Ok(comment) => found.extend(comment),
                Err(wanted) => self.expected((ErrorKind::Comment, wanted)),
            }
        }
        let Some(first) = parts.words.first() else {
            self.pending.append(&mut found);
            return;
        };
        if entry.is_control(*first) && !first.is(GENERATE) {
            found.iter().for_each(|comment| self.about_nothing(comment));
            return;
        }
        if self.pending.is_empty() && found.is_empty() {
            return;
        }
        let line = |offset| self.source.line_and_column(offset).0;
        let end = self.source.offset(next).saturating_sub(1);
        let start = self.source.offset(first.text);
        let lines = (line(start), line(end.max(start)));
        for comment in self.pending.drain(..).chain(found) {
            if self.ignores.len() < IGNORE_LIMIT {
                self.ignores.push(comment.about(lines, &self.source));
            } else {
                let offset = self.source.offset(comment.at());
                self.remarks.fault_of(offset, ErrorKind::Limit, Concern::Nothing, || {
                    format!("expected at most {IGNORE_LIMIT} comments for mailcheck")
                });
            }
        }
    }

    fn about_nothing(&mut self, comment: &Pending<'a>) {
        let what = "a record that the comment is about";
        self.expected((ErrorKind::Comment, Wanted { at: comment.at(), what }));
    }

    fn entry(&mut self, entry: Entry<'a>, words: &[Word<'a>]) -> Result<(), Fault<'a>> {
        let Some((first, mut rest)) = words.split_first() else { return Ok(()) };
        if entry.is_control(*first) {
            return if entry.whole { self.control(*first, rest, entry.after) } else { Ok(()) };
        }
        if entry.indented {
            rest = words;
            if is_age(*first) {
                rest = words.get(1..).unwrap_or_default();
            }
        } else {
            self.owner = Owner::Lost;
            let owner = first.name(self.origin.as_ref()).map_err(of(ErrorKind::Name))?;
            // `dnscmd /ZoneExport` writes the age of a record behind its owner.
            if rest.first().is_some_and(|word| is_age(*word)) {
                rest = rest.get(1..).unwrap_or_default();
            }
            let owner = self.without_doubled_origin(*first, owner, rest);
            self.owner = Owner::Known(owner);
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

    /// The owner of an SOA record; where its final dot is missing, as in exports of Cloudflare, the
    /// name with the dot. Everything else in such a file is about that one.
    fn without_doubled_origin(&mut self, word: Word<'a>, owner: Name, rest: &[Word<'a>]) -> Name {
        let Some(origin) = &self.origin else { return owner };
        let is_soa = rest.iter().take(3).any(|word| word.is("SOA"));
        if !is_soa || !is_doubled(origin, &owner) {
            return owner;
        }
        let origin = origin.clone();
        let offset = self.source.offset(word.text);
        self.remarks.fault(offset, ErrorKind::MissingDot, || {
            format!("the SOA record is at {owner}: a dot is missing after {origin}")
        });
        origin
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
            const WHAT: &str = "a TTL, as in 3600 or 1h30m";
            let word = one(WHAT);
            self.default_ttl = word.as_ref().ok().and_then(|word| word.seconds());
            return match (word, self.default_ttl) {
                (Ok(word), None) => Err((ErrorKind::Ttl, Wanted { at: word.text, what: WHAT })),
                (word, _) => word.map(drop).map_err(of(ErrorKind::Syntax)),
            };
        }
        if control.is(GENERATE) {
            return self.generate(control, arguments, after);
        }
        if control.is("$INCLUDE") {
            return self.include(control, arguments);
        }
        let sentence = "expected $ORIGIN, $TTL, $INCLUDE or $GENERATE";
        let offset = self.source.offset(control.text);
        self.remarks.fault(offset, ErrorKind::Syntax, || sentence.to_owned());
        Ok(())
    }

    /// `$INCLUDE file [origin]`: what the file holds follows, if it could be opened.
    fn include(&mut self, control: Word<'a>, arguments: &[Word<'a>]) -> Result<(), Fault<'a>> {
        let offset = self.source.offset(control.text);
        self.inner_origin = None;
        if arguments.is_empty() {
            let what = "expected a file name after $INCLUDE";
            self.remarks.fault(offset, ErrorKind::Syntax, || what.to_owned());
            return Ok(());
        }
        if let Some(name) = arguments.get(1) {
            let origin = name.name(self.origin.as_ref()).map_err(of(ErrorKind::Name))?;
            self.inner_origin = Some(origin);
        }
        let is_followed = self.source.is_followed(offset);
        if !is_followed {
            let why = self.refused.iter().find(|(at, _)| *at == offset).map(|it| it.1.as_str());
            let why = why.unwrap_or("the file is not read");
            self.remarks.fault(offset, ErrorKind::Refused, || format!("$INCLUDE: {why}"));
        }
        Ok(())
    }

    fn record(
        &mut self,
        owner: &Name,
        start: &'a [u8],
        words: &[Word<'a>],
        after: &'a [u8],
    ) -> Result<(), Fault<'a>> {
        let Header { ttl, kind, data } = header(words, after)?;
        self.last_ttl = ttl.or(self.last_ttl);
        let ttl = ttl.or(self.default_ttl).or(self.last_ttl);
        let ttl = ttl.map(|ttl| self.export.ttl(ttl));
        let offset = self.source.offset(start);
        if self.export.is_proxied(kind) {
            cloudflare::leave_open(&mut self.builder, &mut self.remarks, owner, offset);
            return Ok(());
        }
        if kind == Kind::Soa && self.origin.is_none() {
            self.origin = Some(owner.clone());
        }
        let wire = build::wire(kind, data, after, self.origin.as_ref())?;
        let marks = build::is_text(kind, data).then(|| {
            let octets = data.iter().flat_map(|word| {
                let start = self.source.offset(word.text);
                word.octets().flatten().map(move |(_, at)| start + at)
            });
            self.source.marks(octets)
        });
        let row = Row { owner, kind, ttl, offset, wire, marks };
        let inserted = self.builder.insert(&self.source, row);
        inserted.map_err(|(kind, what)| (kind, Wanted { at: start, what }))
    }

    /// `$GENERATE range lhs [TTL] [class] type rhs`
    fn generate(
        &mut self,
        control: Word<'a>,
        arguments: &[Word<'a>],
        after: &'a [u8],
    ) -> Result<(), Fault<'a>> {
        const RANGE: &str = "a range, as in 1-20 or 0-254/2";
        let missing = |what| (ErrorKind::Syntax, Wanted { at: after, what });
        let (range, words) = arguments.split_first().ok_or(missing(RANGE))?;
        let (lhs, words) = words.split_first().ok_or(missing("an owner name"))?;
        let Header { ttl, kind, data } = header(words, after)?;
        let wrong = |word: &Word<'a>, what| (ErrorKind::Syntax, Wanted { at: word.text, what });
        let rhs = match data {
            [rhs] => rhs,
            [_, extra, ..] => return Err(wrong(extra, "one word of data, in quotes if need be")),
            [] => return Err(missing("the data of the records")),
        };
        let range = Range::read(*range).ok_or(wrong(range, RANGE))?;
        self.generated = self.generated.saturating_add(range.count());
        if self.generated > generate::RECORD_LIMIT {
            let what = "at most 65536 records of a file from $GENERATE";
            return Err((ErrorKind::Limit, Wanted { at: control.text, what }));
        }
        let ttl = ttl.or(self.default_ttl).or(self.last_ttl);
        let offset = self.source.offset(control.text);
        let origin = self.origin.as_ref();
        let (left, right) = (generate::pattern(*lhs), generate::pattern(*rhs));
        for number in range.numbers() {
            let text = generate::expand(&left, number).map_err(|what| wrong(lhs, what))?;
            let owner = Word { text: &text, quoted: false }.name(origin);
            let owner = owner.map_err(|it| (ErrorKind::Name, Wanted { at: lhs.text, ..it }))?;
            let text = generate::expand(&right, number).map_err(|what| wrong(rhs, what))?;
            let words = presentation::words(&text).map_err(|it| wrong(rhs, it.what))?;
            let wire = build::wire(kind, &words, b"", origin)
                .map_err(|(kind, it)| (kind, Wanted { at: rhs.text, ..it }))?;
            let row = Row { owner: &owner, kind, ttl, offset, wire, marks: None };
            let inserted = self.builder.insert(&self.source, row);
            inserted.map_err(|(kind, what)| (kind, Wanted { at: control.text, what }))?;
        }
        Ok(())
    }

    /// Checks what holds between records, and makes the zone.
    fn finish(mut self) -> Reading {
        self.concern = Concern::Nothing;
        let pending = std::mem::take(&mut self.pending);
        pending.iter().for_each(|comment| self.about_nothing(comment));
        let Self { source, builder, mut remarks, ignores, .. } = self;
        let zone = builder.finish(&source, &mut remarks);
        let (errors, omitted) = remarks.errors(&source);
        let (notices, omitted_notices) = remarks.notices(&source);
        Reading { zone, errors, omitted, notices, omitted_notices, ignores }
    }
}

const GENERATE: &str = "$GENERATE";
