//! From a file to the reports in it: archives are opened and messages taken apart, by what the octets
//! are. Every step is bounded: how deep, how much, how many.

use super::aggregate;
use super::charset;
use super::failure::{self, FailureReport};
use super::flaw::{Flaw, Flaws};
use super::tls;
use super::{Outcome, Reading, Refusal, Report};
use crate::mail::source::{concatenated, is_mbox, pieces};
use flate2::bufread::GzDecoder;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};
use std::borrow::Cow;
use std::io::{Cursor, Read as _};

/// Wrappings round a report: gzip in gzip in a message in a message.
const DEEPEST: usize = 8;
/// One report, unpacked.
const LARGEST: u64 = 64 * 1024 * 1024;
/// All that one file unpacks to.
const MOST_OCTETS: u64 = 256 * 1024 * 1024;
/// Entries of one archive, parts of one message, reports of one file.
const MOST_ENTRIES: usize = 10_000;
/// How gzip and zip begin in base64.
const ARCHIVES: [&[u8]; 2] = [b"H4sI", b"UEsDB"];
/// How far a beginning is looked at.
const HEAD: usize = 4096;

/// Reads the reports that a file holds; `name` is only for what is said of it.
pub fn read(name: &str, octets: &[u8]) -> Reading {
    let mut unpacking = Unpacking::default();
    unpacking.open(&Place { name, is_whole: true }, octets, 0);
    unpacking.finish()
}

/// What is opened.
#[derive(Clone, Copy)]
struct Place<'n> {
    name: &'n str,
    /// False for a part of something, which may be anything.
    is_whole: bool,
}

#[derive(Default)]
struct Unpacking {
    reports: Vec<Report>,
    flaws: Flaws,
    worst: Option<Outcome>,
    octets: u64,
    parts: usize,
    /// How many archives were opened.
    archives: usize,
}

impl Unpacking {
    fn finish(self) -> Reading {
        let Self { reports, flaws, worst, .. } = self;
        let is_cut = |report: &Report| matches!(report, Report::Aggregate(it) if it.is_cut);
        let outcome = if reports.is_empty() {
            worst.unwrap_or(Outcome::NotAReport)
        } else if reports.iter().any(is_cut) {
            Outcome::Partial
        } else if flaws.is_empty() && reports.iter().all(|report| report.flaws().is_empty()) {
            Outcome::Read
        } else {
            Outcome::ReadWithWarnings
        };
        Reading { reports, flaws, outcome }
    }

    fn refuse(&mut self, place: &Place<'_>, refusal: Refusal) {
        // Beside a report other files are ordinary: a text, a folder's own entries.
        if place.is_whole || refusal.outcome != Outcome::NotAReport {
            self.flaws.add(Flaw::of(place.name, "", &refusal.why));
        }
        self.worst = self.worst.max(Some(refusal.outcome));
    }

    fn open(&mut self, place: &Place<'_>, octets: &[u8], depth: usize) {
        if depth > DEEPEST {
            let why = format!("packed more than {DEEPEST} deep");
            return self.refuse(place, Refusal::hostile(&why));
        }
        self.parts += 1;
        if self.parts > MOST_ENTRIES {
            return self.refuse(place, Refusal::hostile("too many parts"));
        }
        match octets {
            [0x1F, 0x8B, ..] => self.gzip(place, octets, depth),
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => self.zip(place, octets, depth),
            _ => self.plain(place, octets, depth),
        }
    }

    /// Counts what was unpacked; false if it is too much.
    fn is_within(&mut self, place: &Place<'_>, length: usize) -> bool {
        let length = length as u64;
        self.octets = self.octets.saturating_add(length);
        let fits = length <= LARGEST && self.octets <= MOST_OCTETS;
        if !fits {
            let most = LARGEST / 1024 / 1024;
            let why = format!("unpacks to more than {most} MiB");
            self.refuse(place, Refusal::hostile(&why));
        }
        fits
    }

    fn gzip(&mut self, place: &Place<'_>, octets: &[u8], depth: usize) {
        self.archives += 1;
        let mut unpacked = Vec::new();
        let mut rest = octets;
        // RFC 1952 §2.2: a file consists of a series of members
        while rest.starts_with(&[0x1F, 0x8B]) {
            let left = (LARGEST + 1).saturating_sub(unpacked.len() as u64);
            let mut member = GzDecoder::new(rest);
            let read = member.by_ref().take(left).read_to_end(&mut unpacked);
            if unpacked.len() as u64 > LARGEST {
                break;
            }
            if let Err(why) = read {
                let why = match why.kind() {
                    std::io::ErrorKind::UnexpectedEof => "gzip: its end is missing".to_owned(),
                    _ => format!("gzip: {why}; read as far as it goes"),
                };
                self.flaws.add(Flaw::of(place.name, "", &why));
                rest = &[];
                break;
            }
            rest = member.into_inner();
        }
        if !self.is_within(place, unpacked.len()) {
            return;
        }
        if rest.iter().any(|octet| *octet != 0) {
            let why = format!("gzip: {} octets behind its end left out", rest.len());
            self.flaws.add(Flaw::of(place.name, "", &why));
        }
        self.open(place, &unpacked, depth + 1);
    }

    fn zip(&mut self, place: &Place<'_>, octets: &[u8], depth: usize) {
        self.archives += 1;
        let mut archive = match zip::ZipArchive::new(Cursor::new(octets)) {
            Ok(archive) => archive,
            Err(why) => return self.refuse(place, Refusal::broken(&format!("zip: {why}"))),
        };
        if archive.len() > MOST_ENTRIES {
            let why = format!("zip: {} entries", archive.len());
            return self.refuse(place, Refusal::hostile(&why));
        }
        for index in 0..archive.len() {
            let mut entry = match archive.by_index(index) {
                Ok(entry) => entry,
                Err(why) => {
                    let why = format!("zip entry {}: {why}", index + 1);
                    self.refuse(place, Refusal::broken(&why));
                    continue;
                }
            };
            // A name is only shown: nothing is written.
            let name = entry.name().map(String::from).unwrap_or_default();
            if entry.is_dir() || entry.size() == 0 || name.starts_with("__MACOSX") {
                continue;
            }
            let mut unpacked = Vec::new();
            let read = entry.by_ref().take(LARGEST + 1).read_to_end(&mut unpacked);
            drop(entry);
            if !self.is_within(place, unpacked.len()) {
                return;
            }
            if let Err(why) = read {
                if unpacked.is_empty() {
                    let why = format!("zip entry {}: {why}", index + 1);
                    self.refuse(place, Refusal::broken(&why));
                    continue;
                }
                self.flaws.add(Flaw::of(&name, "", &format!("zip: {why}; read as far as it goes")));
            }
            self.open(&Place { name: &name, is_whole: false }, &unpacked, depth + 1);
        }
    }

    fn plain(&mut self, place: &Place<'_>, octets: &[u8], depth: usize) {
        let mut flaws = Flaws::default();
        let head = octets.get(..octets.len().min(HEAD)).unwrap_or_default();
        let is_wide =
            matches!(head, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, b'<', ..] | [b'<', 0, ..]);
        let visible = head.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(head).trim_ascii_start();
        let first = visible.first().copied();
        if !is_wide {
            if visible.is_empty() {
                return self.refuse(place, Refusal::other("empty"));
            }
            if octets.trim_ascii() == b"unused" {
                let why = "the reporter sent no report (the word \"unused\")";
                return self.refuse(place, Refusal::other(why));
            }
            if matches!(first, Some(b'{' | b'[')) {
                return self.json(place, &charset::text(octets, &mut flaws), flaws);
            }
            if first != Some(b'<') && is_message(head) {
                return self.messages(place, octets, depth);
            }
            if !holds(octets, b"feedback") {
                return self.refuse(place, Refusal::other("neither a report nor a message"));
            }
        }
        let text = charset::text(octets, &mut flaws);
        if is_wide && text.trim_start().starts_with(['{', '[']) {
            return self.json(place, &text, flaws);
        }
        if place.is_whole && first != Some(b'<') && !is_wide {
            flaws.add(Flaw::of("text", "", "words before the report left out"));
        }
        match aggregate::read(&text, flaws) {
            Ok(reports) => self.reports.extend(reports.into_iter().map(Report::Aggregate)),
            Err(refusal) => self.refuse(place, refusal),
        }
    }

    fn json(&mut self, place: &Place<'_>, text: &str, mut flaws: Flaws) {
        let documents = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
        for (number, value) in documents.take(MOST_ENTRIES).enumerate() {
            let value = match value {
                Ok(value) => value,
                Err(why) => return self.refuse(place, Refusal::broken(&format!("JSON: {why}"))),
            };
            if number == 1 {
                flaws.add(Flaw::of("JSON", "", "several documents in one text"));
            }
            let entries = match &value {
                serde_json::Value::Array(entries) => {
                    flaws.add(Flaw::of("JSON", "[", "a list round the report"));
                    entries.iter().take(MOST_ENTRIES).collect()
                }
                other => vec![other],
            };
            for entry in entries {
                match tls::read(entry, flaws.clone()) {
                    Ok(report) => self.reports.push(Report::Tls(report)),
                    Err(refusal) => self.refuse(place, refusal),
                }
            }
        }
    }

    /// A message; those of an mbox one by one; one whose lines end in CR alone.
    fn messages(&mut self, place: &Place<'_>, octets: &[u8], depth: usize) {
        let is_old = !octets.contains(&b'\n') && octets.contains(&b'\r');
        if !is_old && !is_mbox(octets) {
            for message in concatenated(octets) {
                self.parts += 1;
                if self.parts > MOST_ENTRIES {
                    return self.refuse(place, Refusal::hostile("too many parts"));
                }
                self.message(place, message, depth);
            }
            return;
        }
        for piece in pieces(octets).into_iter().flatten().flatten() {
            self.parts += 1;
            if self.parts > MOST_ENTRIES {
                return self.refuse(place, Refusal::hostile("too many parts"));
            }
            self.message(place, &piece.octets, depth);
        }
    }

    fn message(&mut self, place: &Place<'_>, octets: &[u8], depth: usize) {
        let Some(message) = MessageParser::default().parse(octets) else {
            return self.refuse(place, Refusal::other("not a message"));
        };
        let (before, archives) = (self.reports.len(), self.archives);
        self.parts_of(place, &message, depth);
        let is_torn = self.archives == archives
            && octets
                .split(|octet| *octet == b'\n')
                .any(|it| ARCHIVES.iter().any(|beginning| it.starts_with(beginning)));
        if self.reports.len() == before && is_torn {
            let why = "an archive in the text: the header of the message ends too early";
            self.refuse(place, Refusal::broken(why));
        } else if self.reports.len() == before
            && let Some(report) = bare_feedback(octets)
        {
            self.reports.push(Report::Failure(report));
        } else if self.reports.len() == before && self.worst.is_none() {
            self.refuse(place, Refusal::other("a message without a report"));
        }
    }

    fn parts_of(&mut self, place: &Place<'_>, message: &Message<'_>, depth: usize) {
        if depth > DEEPEST {
            return self.refuse(place, Refusal::hostile("messages within messages"));
        }
        let mut has_feedback = false;
        for part in &message.parts {
            self.parts += 1;
            if self.parts > MOST_ENTRIES {
                return self.refuse(place, Refusal::hostile("too many parts"));
            }
            let kind = part.content_type();
            let sub = kind.and_then(|it| it.subtype()).unwrap_or_default();
            if sub.eq_ignore_ascii_case("feedback-report") {
                let text = String::from_utf8_lossy(part.contents());
                if let Some(report) = failure::read(&text, Flaws::default()) {
                    self.reports.push(Report::Failure(report));
                    has_feedback = true;
                }
                continue;
            }
            match &part.body {
                // What a failure report copies is no report of its own.
                PartType::Message(_) if has_feedback => {}
                PartType::Message(inner) => self.parts_of(place, inner, depth + 1),
                PartType::Multipart(_) => {}
                // Without the boundary behind it a part is handed on as it was sent.
                PartType::Text(text) if is_undecoded(part) => match archive(text) {
                    Some(octets) => {
                        let name = part.attachment_name().unwrap_or("attachment");
                        self.open(&Place { name, is_whole: false }, &octets, depth + 1);
                    }
                    None => self.text_part(place, text, depth),
                },
                PartType::Html(text) => self.text_part(place, text, depth),
                PartType::Text(text) if !has_feedback => self.text_part(place, text, depth),
                PartType::Text(_) => {}
                PartType::Binary(octets) | PartType::InlineBinary(octets) => {
                    let name = part.attachment_name().unwrap_or("attachment");
                    let octets: Cow<'_, [u8]> = Cow::Borrowed(octets);
                    self.open(&Place { name, is_whole: false }, &octets, depth + 1);
                }
            }
        }
    }

    /// A text of a message: a report, or words about one.
    fn text_part(&mut self, place: &Place<'_>, text: &str, depth: usize) {
        if let Some(report) = failure::plain(text, Flaws::default()) {
            self.reports.push(Report::Failure(report));
        } else if let Some(report) = bare_feedback(text.as_bytes()) {
            self.reports.push(Report::Failure(report));
        } else if matches!(text.trim_ascii_start().as_bytes().first(), Some(b'<' | b'{'))
            && (holds(text.as_bytes(), b"feedback") || holds(text.as_bytes(), b"policies"))
        {
            self.open(&Place { is_whole: false, ..*place }, text.as_bytes(), depth + 1);
        } else if text.starts_with("PK\u{3}\u{4}") {
            self.refuse(place, Refusal::broken("an archive sent as text"));
        }
    }
}

/// True if a part is in base64 still.
fn is_undecoded(part: &MessagePart<'_>) -> bool {
    let encoding = part.content_transfer_encoding();
    part.is_encoding_problem && encoding.is_some_and(|it| it.eq_ignore_ascii_case("base64"))
}

/// The archive that a text is in base64, as far as it goes.
fn archive(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let is_of_it = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/');
    let packed = text.bytes().filter(|octet| !octet.is_ascii_whitespace());
    let mut packed: Vec<u8> = packed.take_while(is_of_it).collect();
    if packed.len() % 4 == 1 {
        packed.pop();
    }
    let is_archive = ARCHIVES.iter().any(|beginning| packed.starts_with(beginning));
    LENIENT.decode(&packed).ok().filter(|_| is_archive)
}

/// A `message/feedback-report` that is not called so: RFC 5965 §3.1 asks for a version in each.
fn bare_feedback(octets: &[u8]) -> Option<FailureReport> {
    let text = String::from_utf8_lossy(octets);
    failure::read(&text, Flaws::default()).filter(|report| report.field("version").is_some())
}

/// True if it begins like a message: with a header field, or the line of an mbox.
fn is_message(head: &[u8]) -> bool {
    let line = head.split(|octet| *octet == b'\n' || *octet == b'\r').next().unwrap_or_default();
    let name = line.split(|octet| *octet == b':').next().unwrap_or_default();
    let is_field =
        name.len() < line.len() && !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    is_field || line.starts_with(b"From ")
}

/// True if some letters are there, of any case.
fn holds(octets: &[u8], wanted: &[u8]) -> bool {
    octets.windows(wanted.len()).any(|window| window.eq_ignore_ascii_case(wanted))
}
