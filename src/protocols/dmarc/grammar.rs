//! From text to [`Record`]: every fault with its place (RFC 9989 §4.8).
//!
//! ```text
//! dmarc-record  = dmarc-version *(dmarc-sep dmarc-tag) [dmarc-sep]
//! dmarc-version = "v" equals %s"DMARC1"
//! ```
//!
//! A record without the version is no DMARC record. Behind it nothing is fatal: RFC 9989 §4.8
//! has faults "discarded in favor of default values (if any) or ignored outright".

use super::record::{AlignmentMode, FailureOption, Policy, Psd, Record, Tag, Usage};
use super::uri::uri_list;
use crate::text::lex::{Reading, is_fws, is_wsp, trim, whole};
use crate::text::tag_list::{self, tag_list};
use crate::text::{Citation, Parsed, Span, Spanned, SyntaxError, rfc};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case, take_while};
use nom::combinator::{recognize, value, verify};
use nom::multi::separated_list1;
use std::sync::Arc;

const SYNTAX: Citation = rfc(9989, "4.8");

/// What is expected of a tag that stands twice.
pub(super) const ONCE: &str = "each tag only once";

/// The tags of RFC 9989 §4.7 behind the version.
const DEFINED: [&str; 10] = ["p", "sp", "np", "adkim", "aspf", "t", "psd", "fo", "rua", "ruf"];

/// The tags of RFC 7489 that RFC 9989 made historic.
const HISTORIC: [&str; 3] = ["pct", "rf", "ri"];

/// True if RFC 9989 gives a tag behind the version this name.
pub(super) fn is_defined(name: &[u8]) -> bool {
    position(&DEFINED, name).is_some()
}

fn position(names: &[&str], name: &[u8]) -> Option<usize> {
    names.iter().position(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

/// True if the text is a DMARC record at all: its first tag is the version, to the letter.
///
/// White space before it is accepted, as in every tag list (RFC 6376 §3.2).
pub fn is_record(text: &[u8]) -> bool {
    let first = text.split(|octet| *octet == b';').next().unwrap_or_default();
    whole(dmarc_version, "the end of the version", trim(first, is_fws)).is_ok()
}

/// Reads a record; `None` if the text is not a DMARC record.
pub fn parse(text: impl Into<Arc<[u8]>>) -> Option<Parsed<Record>> {
    let text = text.into();
    if !is_record(&text) {
        return None;
    }
    let list = tag_list(&text, SYNTAX);
    let mut reader = Reader {
        text: &text,
        record: Record::bare(Arc::clone(&text)),
        errors: list.errors,
        seen: [None; DEFINED.len()],
    };
    for tag in list.value.iter().skip(1) {
        reader.take(tag);
    }
    let Reader { record: value, mut errors, .. } = reader;
    errors.sort_by_key(|error| error.span);
    Some(Parsed { value, errors })
}

/// A record while it is read.
struct Reader<'a> {
    text: &'a [u8],
    record: Record,
    errors: Vec<SyntaxError>,
    /// For each defined tag, its latest index in `record.tags`.
    seen: [Option<usize>; DEFINED.len()],
}

impl<'a> Reader<'a> {
    fn take(&mut self, tag: &tag_list::Tag<'a>) {
        let usage = match position(&DEFINED, tag.name) {
            Some(known) => {
                self.supersede(known, tag);
                if self.read(DEFINED[known], tag) { Usage::Read } else { Usage::Discarded }
            }
            None if position(&HISTORIC, tag.name).is_some() => Usage::Historic,
            None => {
                if tag.is("v") {
                    self.fault(tag.span(self.text), "the version at the beginning only");
                }
                Usage::Unknown
            }
        };
        let name = Span::within(self.text, tag.name);
        self.record.tags.push(Tag { name, value: tag.value_span(self.text), usage });
    }

    /// Notes where a tag stands; one of that name that stood before no longer counts.
    ///
    /// RFC 9989 is silent about repeated tags, and RFC 6376 §3.2 forbids them. Readers that fill
    /// a table keep the last value, and most of those in use do, so the last one counts here, too.
    fn supersede(&mut self, known: usize, tag: &tag_list::Tag<'a>) {
        let next = self.record.tags.len();
        if let Some(earlier) = self.seen[known].replace(next) {
            if let Some(tag) = self.record.tags.get_mut(earlier) {
                tag.usage = Usage::Repeated;
            }
            self.fault(tag.span(self.text), ONCE);
        }
    }

    /// Reads the value of a defined tag into its field; false if it has to be discarded.
    fn read(&mut self, name: &str, tag: &tag_list::Tag<'a>) -> bool {
        const POLICY: &str = "none, quarantine or reject";
        const MODE: &str = "r or s";
        const OPTIONS: &str = "0, 1, d or s, with colons between them and not both 0 and 1";
        match name {
            "p" => keep(self.value(tag, policy, POLICY), &mut self.record.p),
            "sp" => keep(self.value(tag, policy, POLICY), &mut self.record.sp),
            "np" => keep(self.value(tag, policy, POLICY), &mut self.record.np),
            "adkim" => keep(self.value(tag, mode, MODE), &mut self.record.adkim),
            "aspf" => keep(self.value(tag, mode, MODE), &mut self.record.aspf),
            "t" => keep(self.value(tag, yes_or_no, "y or n"), &mut self.record.t),
            "psd" => keep(self.value(tag, psd, "y, n or u"), &mut self.record.psd),
            "fo" => keep(self.value(tag, failure_options, OPTIONS), &mut self.record.fo),
            "rua" => {
                self.record.rua = uri_list(self.text, tag.value, &mut self.errors);
                !self.record.rua.is_empty()
            }
            _ => {
                self.record.ruf = uri_list(self.text, tag.value, &mut self.errors);
                !self.record.ruf.is_empty()
            }
        }
    }

    /// The value of a tag by its grammar; what it may be is said as a whole if it is not that.
    fn value<T>(
        &mut self,
        tag: &tag_list::Tag<'a>,
        grammar: fn(&'a [u8]) -> Reading<'a, T>,
        expected: &'static str,
    ) -> Option<Spanned<T>> {
        let place = tag.value_span(self.text);
        match whole(grammar, expected, tag.value) {
            Ok(value) => Some(Spanned::new(value, place)),
            Err(_) => {
                self.fault(if place.is_empty() { tag.span(self.text) } else { place }, expected);
                None
            }
        }
    }

    fn fault(&mut self, span: Span, expected: &'static str) {
        self.errors.push(SyntaxError::new(span, expected, SYNTAX));
    }
}

/// Puts what was read into its field, nothing included; true if there was something.
fn keep<T>(value: Option<T>, field: &mut Option<T>) -> bool {
    *field = value;
    field.is_some()
}

/// `dmarc-version = "v" equals %s"DMARC1"`
fn dmarc_version(text: &[u8]) -> Reading<'_, &[u8]> {
    // RFC 9989 §4.7: "The value of this tag MUST match precisely"
    let equals = (take_while(is_fws), tag("="), take_while(is_fws));
    recognize((tag_no_case("v"), equals, tag("DMARC1"))).parse(text)
}

/// `dmarc-request = "none" / "quarantine" / "reject"`
fn policy(text: &[u8]) -> Reading<'_, Policy> {
    alt((
        value(Policy::None, tag_no_case("none")),
        value(Policy::Quarantine, tag_no_case("quarantine")),
        value(Policy::Reject, tag_no_case("reject")),
    ))
    .parse(text)
}

/// `dmarc-rors = "r" / "s"`
fn mode(text: &[u8]) -> Reading<'_, AlignmentMode> {
    alt((
        value(AlignmentMode::Relaxed, tag_no_case("r")),
        value(AlignmentMode::Strict, tag_no_case("s")),
    ))
    .parse(text)
}

/// `dmarc-yorn = "y" / "n"`
fn yes_or_no(text: &[u8]) -> Reading<'_, bool> {
    alt((value(true, tag_no_case("y")), value(false, tag_no_case("n")))).parse(text)
}

/// `dmarc-psd = "y" / "n" / "u"`
fn psd(text: &[u8]) -> Reading<'_, Psd> {
    alt((
        value(Psd::Yes, tag_no_case("y")),
        value(Psd::No, tag_no_case("n")),
        value(Psd::Unspecified, tag_no_case("u")),
    ))
    .parse(text)
}

/// `dmarc-fo`: options with colons between them, each once, `0` and `1` excluding each other.
fn failure_options(text: &[u8]) -> Reading<'_, Vec<FailureOption>> {
    let colon = (take_while(is_wsp), tag(":"), take_while(is_wsp));
    verify(separated_list1(colon, failure_option), |options: &Vec<FailureOption>| {
        let count = |wanted| options.iter().filter(|option| **option == wanted).count();
        use FailureOption::{All, Any, Dkim, Spf};
        count(All) + count(Any) <= 1 && count(Dkim) <= 1 && count(Spf) <= 1
    })
    .parse(text)
}

fn failure_option(text: &[u8]) -> Reading<'_, FailureOption> {
    alt((
        value(FailureOption::All, tag("0")),
        value(FailureOption::Any, tag("1")),
        value(FailureOption::Dkim, tag_no_case("d")),
        value(FailureOption::Spf, tag_no_case("s")),
    ))
    .parse(text)
}

#[cfg(test)]
mod tests {
    use super::super::record::Usable;
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Parsed<Record> {
        parse(text.as_bytes()).expect("a test writes DMARC records")
    }

    fn faults(text: &str) -> Vec<(String, &'static str)> {
        let parsed = read(text);
        let show = |span| String::from_utf8_lossy(parsed.value.show(span)).into_owned();
        parsed.errors.iter().map(|error| (show(error.span), error.expected)).collect()
    }

    fn hosts(text: &str) -> Vec<Option<String>> {
        let uris = read(text).value.rua;
        uris.iter().map(|uri| uri.host.as_ref().map(ToString::to_string)).collect()
    }

    #[test]
    fn the_version_is_read_to_the_letter() {
        let texts = ["v=DMARC1", " V = DMARC1 ;", "v=dmarc1", "v=DMARC1x", "p=none; v=DMARC1", ""];
        let verdicts = texts.map(|text| is_record(text.as_bytes()));
        assert_eq!(verdicts, [true, true, false, false, false, false]);
    }

    #[test]
    fn a_value_that_is_none_of_the_allowed_ones_is_discarded_with_its_place() {
        let text = "v=DMARC1; p=reject; adkim=strict; t=maybe; psd=; fo=0:1";
        let expected = [
            ("strict", "r or s"),
            ("maybe", "y or n"),
            ("psd=", "y, n or u"),
            ("0:1", "0, 1, d or s, with colons between them and not both 0 and 1"),
        ];
        assert_eq!(faults(text), expected.map(|(at, what)| (at.to_owned(), what)));
    }

    #[test]
    fn a_value_with_a_tail_is_discarded_as_a_whole() {
        assert_eq!(faults("v=DMARC1; p=rejected")[0].0, "rejected");
    }

    #[test]
    fn the_last_of_repeated_tags_counts_even_if_it_is_invalid() {
        let parsed = read("v=DMARC1; p=reject; p=none; sp=reject; sp=x");
        assert_eq!((parsed.value.p.map(|p| p.value), parsed.value.sp), (Some(Policy::None), None));
    }

    #[test]
    fn a_bad_uri_costs_one_fault_and_the_others_are_read() {
        let text = "v=DMARC1; p=none; rua=me@x.example, mailto:a@y.example!5q ,mailto:b@z.example";
        let expected = [
            ("me@x.example", "a URI such as mailto:reports@example.com"),
            ("q", "the end of the URI"),
        ];
        assert_eq!(faults(text), expected.map(|(at, what)| (at.to_owned(), what)));
        assert_eq!(hosts(text), [Some("z.example".to_owned())]);
    }

    #[test]
    fn a_uri_without_a_mailbox_is_sound_and_names_none() {
        let record = read("v=DMARC1; rua=mailto:reports");
        let names_none =
            record.value.rua.iter().map(crate::protocols::dmarc::ReportUri::names_no_mailbox);
        assert_eq!(names_none.collect::<Vec<_>>(), [true]);
        assert_eq!((record.errors.len(), record.value.usable()), (0, Usable::AsNone));
    }

    #[test]
    fn the_host_is_read_from_mail_and_web_addresses() {
        let text =
            "v=DMARC1; rua=mailto:a@M.example?subject=x,https://u@w.example:443/p,ftp://f.x/";
        let expected = [Some("m.example".to_owned()), Some("w.example".to_owned()), None];
        assert_eq!(hosts(text), expected);
    }

    #[test]
    fn a_size_limit_is_no_part_of_the_uri() {
        let parsed = read("v=DMARC1; rua=mailto:a@x.example!10m");
        assert_eq!(&*parsed.value.rua[0].text, b"mailto:a@x.example");
    }

    proptest! {
        #[test]
        fn any_octets_are_read_without_panic(octets: Vec<u8>) {
            let _ = parse([b"v=DMARC1;".as_slice(), &octets].concat());
            let _ = parse(octets);
        }

        #[test]
        fn every_fault_stands_inside_the_record(tail in "[ ;=,!:@a-z0-9rua]{0,60}") {
            let parsed = read(&format!("v=DMARC1; rua={tail}"));
            let length = parsed.value.text.len() as u32;
            prop_assert!(parsed.errors.iter().all(|error| error.span.end <= length));
        }
    }
}
