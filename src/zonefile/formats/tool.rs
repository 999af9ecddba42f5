//! Files of tools: every format but that of master files.

use super::book::Book;
use super::json::Piece;
use super::text::Text;
use super::{Files, Format, base_name, dnscontrol, octodns, plain, terraform, zone_name};
use crate::dns::Kind;
use crate::net::Name;
use crate::zonefile::zone::{Builder, ErrorKind, Zone};

/// Reads a file in a format.
pub(super) fn read(format: Format, file: &str, text: &[u8]) -> Files {
    let mut book = Book::new(file, text);
    let mut before = None;
    let zones = match format {
        Format::Zone => Vec::new(),
        Format::Plain => vec![plain::read(&mut book)],
        Format::OctoDns => octodns_zone(&mut book, file).into_iter().collect(),
        Format::DnsControl => match document(&mut book) {
            Some(document) => dnscontrol::read(&mut book, document),
            None => Vec::new(),
        },
        Format::Terraform => {
            let change = document(&mut book).map(|it| terraform::read(&mut book, it));
            match change {
                Some(Ok(change)) => {
                    before = change.before;
                    vec![change.after]
                }
                Some(Err(fault)) => {
                    book.wrong(fault);
                    Vec::new()
                }
                None => Vec::new(),
            }
        }
    };
    let Book { source, mut remarks } = book;
    if format == Format::Plain && is_silent(&zones) {
        remarks.fault_if_none(ErrorKind::Syntax, "expected a record, found none");
    }
    let (errors, omitted) = remarks.errors(&source);
    let (notices, omitted_notices) = remarks.notices(&source);
    let ignores = Vec::new();
    Files { format, zones, before, errors, omitted, notices, omitted_notices, ignores }
}

fn is_silent(zones: &[Zone]) -> bool {
    zones.iter().all(|zone| zone.records().next().is_none())
}

/// The whole of a file as JSON.
fn document<'a>(book: &mut Book<'a>) -> Option<Piece<'a>> {
    let text = book.utf8()?;
    Piece::document(text).map_err(|fault| book.wrong(fault)).ok()
}

fn octodns_zone(book: &mut Book<'_>, file: &str) -> Option<Zone> {
    let base = base_name(file);
    let name = base.strip_suffix(".yaml").or_else(|| base.strip_suffix(".yml"));
    let Some(apex) = name.and_then(zone_name) else {
        let what = "expected a file that is named after its zone, as in example.com.yaml";
        book.fault(0, ErrorKind::Name, what);
        return None;
    };
    octodns::read(book, &apex)
}

/// Says that a record of a type that only a provider knows is not read. Most of them stand for
/// addresses, so nothing is claimed about these.
pub(super) fn provider_type(book: &mut Book<'_>, builder: &mut Builder, owner: &Name, word: &Text) {
    [Kind::A, Kind::Aaaa].iter().for_each(|kind| builder.unread(owner, *kind));
    book.skip(word.start(), || {
        let shown = crate::text::escape(word.octets().get(..40).unwrap_or(word.octets()));
        format!("{owner}: {shown} is not a DNS record type, skipped")
    });
}
