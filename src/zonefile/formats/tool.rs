//! Files of tools: every format but that of master files.

use super::book::{Book, Set};
use super::json::Piece;
use super::text::Text;
use super::{
    Files, Format, base_name, dnscontrol, exports, foreign, name_in, octodns, plain, table,
    terraform, tinydns, zone_name,
};
use crate::dns::Kind;
use crate::net::Name;
use crate::zonefile::zone::source::Source;
use crate::zonefile::zone::{Builder, ErrorKind, Zone};
use std::sync::Arc;

/// Reads a file in a format.
pub(super) fn read(format: Format, origin: Option<&Name>, source: Source<'_>) -> Files {
    let (name, text) = (Arc::clone(&source.file), source.text);
    let file: &str = &name;
    let mut book = Book::of(source);
    let mut before = None;
    let named = || {
        let base = base_name(file);
        name_in(base.rsplit_once('.').map_or(base, |(name, _)| name))
    };
    let zones = match format {
        Format::Zone => Vec::new(),
        Format::Plain => vec![plain::read(&mut book, origin)],
        Format::TinyDns => tinydns::read(&mut book),
        Format::Table => vec![table::read(&mut book, origin.cloned().or_else(named).as_ref())],
        Format::Text => vec![pasted(&mut book, origin)],
        Format::Route53
        | Format::Google
        | Format::Azure
        | Format::PowerDns
        | Format::Cloudflare
        | Format::Kubernetes
        | Format::CloudFormation => exports::read(&mut book, format, origin).into_iter().collect(),
        Format::OctoDns if foreign::is_octodns_config(text) => {
            let what = "expected a zone: this is the configuration of octoDNS; mailcheck lint and mailcheck diff read the \
                        zones that it names, elsewhere give their files";
            book.fault(0, ErrorKind::Syntax, what);
            Vec::new()
        }
        Format::OctoDns => octodns_zone(&mut book, file, origin).into_iter().collect(),
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
    let Book { source, mut remarks, .. } = book;
    let is_list = matches!(format, Format::Plain | Format::TinyDns | Format::Table | Format::Text);
    if is_list && is_silent(&zones) {
        remarks.fault_if_none(ErrorKind::Syntax, "expected a record, found none");
    }
    let (errors, omitted) = remarks.errors(&source);
    let (notices, omitted_notices) = remarks.notices(&source);
    let ignores = Vec::new();
    let parts = Vec::new();
    Files { format, zones, before, errors, omitted, notices, omitted_notices, ignores, parts }
}

/// Texts of records that were pasted without a name, one a line.
fn pasted(book: &mut Book<'_>, origin: Option<&Name>) -> Zone {
    let mut builder = Builder::default();
    let text = book.source.text;
    let domain = origin.map_or_else(|| "record.invalid".to_owned(), ToString::to_string);
    for line in text.split(|octet| *octet == b'\n').map(<[u8]>::trim_ascii) {
        if line.is_empty() {
            continue;
        }
        let at = book.source.offset(line);
        let is = |begin: &[u8]| {
            let line = line.strip_prefix(b"\"").unwrap_or(line);
            line.get(..begin.len()).is_some_and(|own| own.eq_ignore_ascii_case(begin))
        };
        let name = if is(b"v=DMARC1") {
            format!("_dmarc.{domain}")
        } else if is(b"v=DKIM1") {
            format!("selector._domainkey.{domain}")
        } else {
            domain.clone()
        };
        let Some(owner) = book.name(&Text::implied(name.as_bytes(), at), Some(&Name::root()))
        else {
            continue;
        };
        let value = Text::plain(line, at);
        let data = if line.starts_with(b"\"") { value } else { value.quoted() };
        let set = Set { owner: &owner, kind: Kind::Txt, ttl: None, offset: at, origin: None };
        book.record(&mut builder, &set, &data);
    }
    builder.finish(&book.source, &mut book.remarks)
}

fn is_silent(zones: &[Zone]) -> bool {
    zones.iter().all(|zone| zone.records().next().is_none())
}

/// The whole of a file as JSON.
fn document<'a>(book: &mut Book<'a>) -> Option<Piece<'a>> {
    let text = book.utf8()?;
    Piece::document(text).map_err(|fault| book.wrong(fault)).ok()
}

/// The zone of a split file: it lies in a folder that is named after the zone, with the final dot, as in
/// `example.com./www.yaml`.
pub(super) fn folder_zone(file: &str) -> Option<Name> {
    let folder = file.rsplit(std::path::is_separator).nth(1)?;
    zone_name(folder.strip_suffix('.').filter(|name| !name.is_empty())?)
}

/// The zone that a file of octoDNS is named after.
pub(super) fn named_zone(file: &str) -> Option<Name> {
    let base = base_name(file);
    let name = base.strip_suffix(".yaml").or_else(|| base.strip_suffix(".yml"))?;
    zone_name(name.strip_suffix('.').unwrap_or(name))
}

fn octodns_zone(book: &mut Book<'_>, file: &str, origin: Option<&Name>) -> Option<Zone> {
    let of_path = || folder_zone(file).or_else(|| named_zone(file));
    let Some(apex) = origin.cloned().or_else(of_path) else {
        let what = "expected a file that is named after its zone, as in example.com.yaml";
        book.fault(0, ErrorKind::Name, what);
        return None;
    };
    octodns::read(book, &apex, octodns::Provider::default())
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
