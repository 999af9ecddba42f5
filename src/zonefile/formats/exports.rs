//! What the consoles and interfaces of DNS providers print: lists of record sets in JSON or YAML.
//!
//! | format | printed by |
//! |---|---|
//! | Route 53 | `aws route53 list-resource-record-sets` |
//! | Google | `gcloud dns record-sets list` or `export`, in YAML or JSON |
//! | Azure | `az network dns record-set list` |
//! | PowerDNS | `GET /api/v1/servers/localhost/zones/example.com.` |
//! | Cloudflare | `GET /zones/ID/dns_records` |
//! | Kubernetes | manifests of `DNSEndpoint` for external-dns |
//! | CloudFormation | templates with `AWS::Route53::RecordSet` |
//!
//! A list with an SOA record is a whole zone; any other speaks for the sets that it lists. A page of a list
//! after which another one follows claims that nothing is absent.

use super::book::Shape::{Host, Quoted, Word};
use super::book::{Book, Field, Set, field, or_zero};
use super::json::Piece;
use super::paging::Pages;
use super::text::Text;
use super::value::{Node, Value};
use super::{Format, routing, yaml};
use crate::dns::Kind;
use crate::net::Name;
use crate::zonefile::zone::{Builder, Concern, ErrorKind, Zone};

const MX: &[Field] =
    &[or_zero(&["preference", "priority"]), field(&["exchange", "content", "value"], Host)];
const SRV: &[Field] =
    &[or_zero(&["priority"]), or_zero(&["weight"]), or_zero(&["port"]), field(&["target"], Host)];
const CAA: &[Field] = &[or_zero(&["flags"]), field(&["tag"], Word), field(&["value"], Quoted)];
/// What Cloudflare sends where a time to live of 1 is set, which means "automatic".
const AUTOMATIC: u32 = 300;

/// Reads a list of record sets; relative names end in `origin`.
pub(super) fn read(book: &mut Book<'_>, format: Format, origin: Option<&Name>) -> Option<Zone> {
    let text = book.utf8()?;
    let mut builder = Builder::default();
    builder.suppose(origin);
    let begin = text.trim_start_matches('\u{feff}').trim_start();
    let is_json = begin.starts_with(['{', '[']);
    let mut read = Reader { format, origin: origin.cloned(), sets: 0, pages: Pages::default() };
    if is_json {
        let document = Piece::document(text).map_err(|fault| book.wrong(fault)).ok()?;
        read.document(book, &mut builder, document);
    } else {
        let mut faults = Vec::new();
        let documents = yaml::documents(text, &mut faults);
        faults.into_iter().for_each(|fault| book.wrong(fault));
        for document in documents.map_err(|fault| book.wrong(fault)).ok()? {
            read.value(book, &mut builder, &document);
        }
    }
    if read.sets == 0 {
        book.fault(0, ErrorKind::Syntax, "expected record sets, found none");
    }
    if let Some((offset, what)) = read.pages.missing(format) {
        book.remarks.fault_of(offset, ErrorKind::Incomplete, Concern::Anything, || what);
        builder.is_page();
    }
    Some(builder.finish(&book.source, &mut book.remarks))
}

struct Reader {
    format: Format,
    origin: Option<Name>,
    sets: usize,
    pages: Pages,
}

impl Reader {
    /// A document of JSON, whose lists may be long.
    fn document(&mut self, book: &mut Book<'_>, builder: &mut Builder, document: Piece<'_>) {
        let keys = ["ResourceRecordSets", "rrsets", "result", "value", "items"];
        if document.is_object() {
            self.note_zone(book, document);
        }
        let mut list = document;
        for key in keys {
            match document.get(key) {
                Ok(Some(found)) if found.is_array() => list = found,
                Ok(_) => {}
                Err(fault) => return book.wrong(fault),
            }
        }
        if !list.is_array() {
            return match list.value() {
                Ok(value) => self.value(book, builder, &value),
                Err(fault) => book.wrong(fault),
            };
        }
        if document.is_object() {
            self.pages.note_document(document);
        }
        let done = list.each(|piece| match piece.value() {
            Ok(value) => self.value(book, builder, &value),
            Err(fault) => book.wrong(fault),
        });
        if let Err(fault) = done {
            book.wrong(fault);
        }
    }

    /// The name of the zone, where the document says it.
    fn note_zone(&mut self, book: &mut Book<'_>, document: Piece<'_>) {
        if self.format != Format::PowerDns || self.origin.is_some() {
            return;
        }
        let name = document.get("name").ok().flatten().and_then(|name| name.value().ok());
        let name = name.as_ref().and_then(Value::text);
        self.origin = name.and_then(|name| book.name(name, Some(&Name::root())));
    }

    /// A value that is a record set, or holds some.
    fn value(&mut self, book: &mut Book<'_>, builder: &mut Builder, value: &Value) {
        if matches!(value.node, Node::List(_)) {
            return value.items().into_iter().for_each(|item| self.value(book, builder, item));
        }
        let lists =
            ["ResourceRecordSets", "rrsets", "result", "value", "items", "RecordSets", "resources"];
        match self.format {
            Format::Kubernetes => {
                let spec = value.get("spec").and_then(|spec| spec.get("endpoints"));
                if let Some(list) = spec.or_else(|| value.get("items")) {
                    if spec.is_none() {
                        self.pages.note(value);
                    }
                    return list.items().into_iter().for_each(|it| self.value(book, builder, it));
                }
                self.endpoint(book, builder, value);
            }
            Format::CloudFormation => self.template(book, builder, value),
            _ => {
                if let Some(list) = lists.iter().find_map(|key| list_of(value, key)) {
                    self.pages.note(value);
                    return list.items().into_iter().for_each(|it| self.value(book, builder, it));
                }
                match self.format {
                    Format::Azure => self.azure(book, builder, value),
                    Format::Cloudflare => self.cloudflare(book, builder, value),
                    Format::Google => self.listed(book, builder, value, ["rrdatas"], Text::clone),
                    Format::PowerDns => self.powerdns(book, builder, value),
                    _ => self.route53(book, builder, value),
                }
            }
        }
    }

    /// The owner, type and time to live of a record set.
    fn head(
        &mut self,
        book: &mut Book<'_>,
        builder: &mut Builder,
        value: &Value,
        keys: [&str; 3],
    ) -> Option<(Name, Kind, Option<u32>)> {
        self.sets += 1;
        let [name, kind, ttl] = keys;
        let (Some(name), Some(word)) =
            (value.get(name).and_then(Value::text), value.get(kind).and_then(Value::text))
        else {
            book.fault(value.offset, ErrorKind::Syntax, "expected a record set with name and type");
            return None;
        };
        let root = Name::root();
        let name = routing::octal(name);
        let owner = book.name(&name, Some(&root))?;
        let Some(kind) = Book::kind(word) else {
            super::tool::provider_type(book, builder, &owner, word);
            return None;
        };
        let ttl = value.get(ttl);
        let ttl = book.within(&owner, Some(kind), |book| book.ttl(ttl));
        Some((owner, kind, ttl))
    }

    /// A set whose values are texts as master files have them.
    fn listed<const N: usize>(
        &mut self,
        book: &mut Book<'_>,
        builder: &mut Builder,
        value: &Value,
        keys: [&str; N],
        read: fn(&Text) -> Text,
    ) {
        let Some((owner, kind, ttl)) = self.head(book, builder, value, ["name", "type", "ttl"])
        else {
            return;
        };
        let Some(items) = value.any(&keys) else {
            builder.left_out(&owner, kind, &value.words());
            return book
                .skip(value.offset, || format!("{owner}: answers that depend on the sender"));
        };
        let root = Name::root();
        for item in items.items() {
            if let Some(text) = item.text() {
                let set =
                    Set { owner: &owner, kind, ttl, offset: item.offset, origin: Some(&root) };
                book.record(builder, &set, &read(text));
            }
        }
    }

    fn powerdns(&mut self, book: &mut Book<'_>, builder: &mut Builder, value: &Value) {
        let Some((owner, kind, ttl)) = self.head(book, builder, value, ["name", "type", "ttl"])
        else {
            return;
        };
        let root = Name::root();
        for record in value.get("records").map(Value::items).unwrap_or_default() {
            if record.get("disabled").is_some_and(Value::is_true) {
                continue;
            }
            if let Some(content) = record.get("content").and_then(Value::text) {
                let offset = record.offset;
                let set = Set { owner: &owner, kind, ttl, offset, origin: Some(&root) };
                book.record(builder, &set, content);
            }
        }
    }

    fn route53(&mut self, book: &mut Book<'_>, builder: &mut Builder, value: &Value) {
        let Some((owner, kind, ttl)) = self.head(book, builder, value, ["Name", "Type", "TTL"])
        else {
            return;
        };
        self.amazon(book, builder, value, (&owner, kind, ttl));
    }

    /// The values of a set of Route 53.
    fn amazon(
        &mut self,
        book: &mut Book<'_>,
        builder: &mut Builder,
        value: &Value,
        (owner, kind, ttl): (&Name, Kind, Option<u32>),
    ) {
        let items = value.get("ResourceRecords").map(Value::items).unwrap_or_default();
        let texts: Vec<(usize, Option<&Text>)> = items
            .into_iter()
            .map(|item| (item.offset, item.get("Value").unwrap_or(item).text()))
            .collect();
        let is_unknown = texts.is_empty() || texts.iter().any(|(_, text)| text.is_none());
        if is_unknown || value.any(&["AliasTarget", "SetIdentifier"]).is_some() {
            builder.left_out(owner, kind, &written(value));
            return book.skip(value.offset, || {
                format!("{owner}: an alias, an answer that depends on the sender, or values that are not in the file")
            });
        }
        let root = Name::root();
        for (offset, text) in texts {
            let Some(text) = text else { continue };
            let set = Set { owner, kind, ttl, offset, origin: Some(&root) };
            book.record(builder, &set, &routing::value(text, kind));
        }
    }

    fn cloudflare(&mut self, book: &mut Book<'_>, builder: &mut Builder, value: &Value) {
        let Some((owner, kind, ttl)) = self.head(book, builder, value, ["name", "type", "ttl"])
        else {
            return;
        };
        let ttl = ttl.map(|ttl| if ttl == 1 { AUTOMATIC } else { ttl });
        if value.get("proxied").is_some_and(Value::is_true) {
            [Kind::A, Kind::Aaaa].iter().for_each(|kind| builder.unread(&owner, *kind));
            return book.skip(value.offset, || {
                format!("{owner}: proxied, Cloudflare answers with addresses of its own")
            });
        }
        let content = value.get("content");
        let data = value.get("data").filter(|data| data.is_map());
        let text = match (kind, content.and_then(Value::text), data) {
            (Kind::Mx, ..) => book.within(&owner, Some(kind), |book| book.data(value, MX)),
            (Kind::Txt | Kind::Spf, Some(text), _) if !text.octets().starts_with(b"\"") => {
                Some(text.quoted())
            }
            (Kind::Txt | Kind::Spf, Some(text), _) => Some(routing::spaced(text)),
            (Kind::Srv, _, Some(data)) => book.data(data, SRV),
            (Kind::Other(257), _, Some(data)) => book.data(data, CAA),
            (_, Some(text), _) => Some(super::book::host(text)),
            _ => {
                builder.unread(&owner, kind);
                return book.skip(value.offset, || format!("{owner}: no content"));
            }
        };
        let root = Name::root();
        let offset = content.map_or(value.offset, |content| content.offset);
        if let Some(text) = text {
            let set = Set { owner: &owner, kind, ttl, offset, origin: Some(&root) };
            book.record(builder, &set, &text);
        }
    }

    fn azure(&mut self, book: &mut Book<'_>, builder: &mut Builder, value: &Value) {
        self.sets += 1;
        let inner = value.get("properties").unwrap_or(value);
        let word = value.get("type").and_then(Value::text);
        let word = word.map(|text| {
            let start =
                text.octets().iter().rposition(|octet| *octet == b'/').map_or(0, |it| it + 1);
            text.part(start..text.octets().len())
        });
        let name = inner.get("fqdn").and_then(Value::text).cloned();
        let name = name.or_else(|| value.get("name").and_then(Value::text).and_then(in_template));
        let (Some(word), Some(name)) = (word, name) else {
            let what = "expected a record set with fqdn and type";
            return book.fault(value.offset, ErrorKind::Syntax, what);
        };
        let root = Name::root();
        let Some(owner) = book.name(&name, Some(&root)) else { return };
        let Some(kind) = Book::kind(&word) else {
            return super::tool::provider_type(book, builder, &owner, &word);
        };
        let ttl = book.ttl(inner.any(&["ttl", "TTL"]));
        let keys = |lower: &'static str, upper: &'static str| inner.any(&[lower, upper]);
        let target = inner.get("targetResource").and_then(|target| target.get("id"));
        if let Some(target) = target {
            builder.left_out(&owner, kind, &target.words());
            return book.skip(value.offset, || format!("{owner}: an alias of a resource of Azure"));
        }
        let (items, fields): (_, &[Field]) = match kind {
            Kind::A => (keys("aRecords", "ARecords"), const { &[field(&["ipv4Address"], Word)] }),
            Kind::Aaaa => {
                (keys("aaaaRecords", "AAAARecords"), const { &[field(&["ipv6Address"], Word)] })
            }
            Kind::Cname => {
                (keys("cnameRecord", "CNAMERecord"), const { &[field(&["cname"], Host)] })
            }
            Kind::Mx => (keys("mxRecords", "MXRecords"), MX),
            Kind::Ns => (keys("nsRecords", "NSRecords"), const { &[field(&["nsdname"], Host)] }),
            Kind::Ptr => {
                (keys("ptrRecords", "PTRRecords"), const { &[field(&["ptrdname"], Host)] })
            }
            Kind::Srv => (keys("srvRecords", "SRVRecords"), SRV),
            Kind::Other(257) => (keys("caaRecords", "CAARecords"), CAA),
            Kind::Txt => (keys("txtRecords", "TXTRecords"), &[]),
            Kind::Soa => {
                builder.claim(&owner);
                return;
            }
            _ => (None, &[]),
        };
        let Some(items) = items else {
            builder.unread(&owner, kind);
            return book.skip(value.offset, || format!("{owner}: {kind} records are skipped"));
        };
        for item in items.items() {
            let data = match kind {
                Kind::Txt => item.get("value").map(strings),
                _ => book.within(&owner, Some(kind), |book| book.data(item, fields)),
            };
            if let Some(data) = data {
                let offset = item.offset;
                let set = Set { owner: &owner, kind, ttl, offset, origin: Some(&root) };
                book.record(builder, &set, &data);
            }
        }
    }

    fn endpoint(&mut self, book: &mut Book<'_>, builder: &mut Builder, value: &Value) {
        if value.get("dnsName").is_none() {
            return;
        }
        let keys = ["dnsName", "recordType", "recordTTL"];
        let Some((owner, kind, ttl)) = self.head(book, builder, value, keys) else { return };
        if value.get("setIdentifier").is_some() {
            builder.left_out(&owner, kind, &value.words());
            return book
                .skip(value.offset, || format!("{owner}: answers that depend on the sender"));
        }
        let root = Name::root();
        for item in value.get("targets").map(Value::items).unwrap_or_default() {
            let Some(text) = item.text() else { continue };
            let is_bare =
                matches!(kind, Kind::Txt | Kind::Spf) && !text.octets().starts_with(b"\"");
            let text = if is_bare { text.quoted() } else { text.clone() };
            let set = Set { owner: &owner, kind, ttl, offset: item.offset, origin: Some(&root) };
            book.record(builder, &set, &text);
        }
    }

    /// The record sets of a template, in the resources that are some.
    fn template(&mut self, book: &mut Book<'_>, builder: &mut Builder, value: &Value) {
        let Some(Node::Map(resources)) = value.get("Resources").map(|it| &it.node) else { return };
        for (_, resource) in resources {
            let word = resource.get("Type").and_then(Value::text);
            let Some(word) = word.filter(|it| it.octets().starts_with(b"AWS::Route53::")) else {
                continue;
            };
            let Some(properties) = resource.get("Properties") else { continue };
            let sets = match word.octets() {
                b"AWS::Route53::RecordSet" => vec![properties],
                b"AWS::Route53::RecordSetGroup" => {
                    properties.get("RecordSets").map(Value::items).unwrap_or_default()
                }
                _ => continue,
            };
            for set in sets {
                self.sets += 1;
                if ["Name", "Type"].iter().any(|key| set.get(key).and_then(Value::text).is_none()) {
                    book.skip(set.offset, || "a record set whose name is not in the file".into());
                    continue;
                }
                let keys = ["Name", "Type", "TTL"];
                if let Some((owner, kind, ttl)) = self.head(book, builder, set, keys) {
                    self.amazon(book, builder, set, (&owner, kind, ttl));
                }
            }
        }
    }
}

fn list_of<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value.get(key).filter(|list| matches!(list.node, Node::List(_)))
}

/// The name of a record set in a template of Azure: `example.com/_dmarc`, or `example.com/@`.
fn in_template(name: &Text) -> Option<Text> {
    let text = std::str::from_utf8(name.octets()).ok()?;
    let (zone, relative) = text.split_once('/').filter(|_| !text.starts_with('['))?;
    let full = if relative == "@" { zone.to_owned() } else { format!("{relative}.{zone}") };
    Some(Text::implied(full.as_bytes(), name.start()))
}

/// What a set has instead of plain data: its target, or the share of senders that get it, and its values.
fn written(value: &Value) -> String {
    let Node::Map(members) = &value.node else { return String::new() };
    let is_head = |key: &Text| [&b"Name"[..], b"Type", b"TTL"].contains(&key.octets());
    let others = members.iter().filter(|(key, _)| !is_head(key)).map(|(_, it)| it.words());
    others.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The strings of a text, each in quotes.
fn strings(value: &Value) -> Text {
    let mut text = Text::at(value.offset);
    for (index, string) in value.items().into_iter().filter_map(Value::text).enumerate() {
        if index > 0 {
            text.push(b' ', string.start());
        }
        text.append(&string.quoted());
    }
    text
}
