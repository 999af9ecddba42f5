//! Record sets as the providers of Terraform describe them.
//!
//! Attributes are those of the providers' documentation: hashicorp/aws `aws_route53_record`,
//! cloudflare/cloudflare `cloudflare_record` (version 4) and `cloudflare_dns_record` (version 5),
//! hashicorp/google `google_dns_record_set`, hashicorp/azurerm `azurerm_dns_*_record`.

use super::{Resource, Zones};
use crate::dns::Kind;
use crate::net::Name;
use crate::zonefile::formats::book::Shape::{Host, Quoted, Word};
use crate::zonefile::formats::book::{Book, Field, Set, field, or_zero};
use crate::zonefile::formats::routing;
use crate::zonefile::formats::text::Text;
use crate::zonefile::formats::value::Value;
use crate::zonefile::zone::Builder;

/// Types of record sets of Azure, and the types of records in them.
const AZURE: [(&str, Kind); 8] = [
    ("azurerm_dns_a_record", Kind::A),
    ("azurerm_dns_aaaa_record", Kind::Aaaa),
    ("azurerm_dns_caa_record", CAA),
    ("azurerm_dns_cname_record", Kind::Cname),
    ("azurerm_dns_mx_record", Kind::Mx),
    ("azurerm_dns_ns_record", Kind::Ns),
    ("azurerm_dns_srv_record", Kind::Srv),
    ("azurerm_dns_txt_record", Kind::Txt),
];
const CAA: Kind = Kind::Other(257);
/// What Cloudflare sends where a time to live of 1 is set, which means "automatic".
const CLOUDFLARE_AUTOMATIC: u32 = 300;

const MX: &[Field] =
    &[field(&["preference", "priority"], Word), field(&["exchange", "content", "value"], Host)];
const SRV_FIELDS: &[Field] =
    &[or_zero(&["priority"]), or_zero(&["weight"]), or_zero(&["port"]), field(&["target"], Host)];
const CAA_FIELDS: &[Field] =
    &[or_zero(&["flags"]), field(&["tag"], Word), field(&["value"], Quoted)];
const TLSA_FIELDS: &[Field] = &[
    or_zero(&["usage"]),
    or_zero(&["selector"]),
    or_zero(&["matching_type"]),
    field(&["certificate"], Word),
];

/// True for resources that are a zone.
pub(super) fn is_zone(kind: &str) -> bool {
    matches!(kind, "aws_route53_zone" | "cloudflare_zone")
}

/// True for resources that are a record set or a part of one.
pub(super) fn is_record_set(kind: &str) -> bool {
    is_cloudflare(kind)
        || matches!(kind, "aws_route53_record" | "google_dns_record_set")
        || AZURE.iter().any(|row| row.0 == kind)
}

fn is_cloudflare(kind: &str) -> bool {
    matches!(kind, "cloudflare_record" | "cloudflare_dns_record")
}

/// Keeps under which identifiers records refer to a zone.
pub(super) fn note_zone(zones: &mut Zones, values: &Value) {
    let name = values.any(&["zone", "name"]).and_then(Value::text);
    let name = name.and_then(|text| std::str::from_utf8(text.octets()).ok());
    let Some(name) = name.and_then(|text| Name::from_unicode(text).ok()) else { return };
    for id in ["zone_id", "id"].iter().filter_map(|key| values.get(key)?.text()) {
        zones.insert(id.octets().to_vec(), name.clone());
    }
}

/// Adds a record set. Returns which one it is, if that can be told.
pub(super) fn record_set(
    book: &mut Book<'_>,
    builder: &mut Builder,
    zones: &Zones,
    resource: &Resource<'_>,
) -> Option<(Name, Kind)> {
    let offset = resource.values.offset;
    let zone = zone(resource, zones);
    let Some(owner) = owner(book, resource, zone) else {
        book.skip(offset, || format!("{}: its name is not in the file", resource.shown()));
        return None;
    };
    let Some(kind) = kind(resource) else {
        book.skip(offset, || {
            format!("{}: its type is not in the file or is not a DNS record type", resource.shown())
        });
        return None;
    };
    let ttl = match book.ttl(resource.values.get("ttl")) {
        Some(1) if is_cloudflare(resource.kind) => Some(CLOUDFLARE_AUTOMATIC),
        ttl => ttl,
    };
    if let Some(why) = cannot_be_read(resource, kind, &owner, zone) {
        book.skip(offset, || format!("{}: {why}", resource.shown()));
        // A name that leads nowhere else answers with addresses of the provider's choice.
        match kind {
            Kind::Cname => [Kind::A, Kind::Aaaa].iter().for_each(|it| builder.unread(&owner, *it)),
            kind => builder.unread(&owner, kind),
        }
        return Some((owner, kind));
    }
    let root = Name::root();
    let set = Set { owner: &owner, kind, ttl, offset, origin: Some(&root) };
    builder.declare(&owner, kind);
    book.within(&owner, Some(kind), |book| values(book, builder, &set, resource));
    Some((owner, kind))
}

/// Adds the values of a record set.
fn values(book: &mut Book<'_>, builder: &mut Builder, set: &Set<'_>, resource: &Resource<'_>) {
    match resource.kind {
        "aws_route53_record" => listed(book, builder, set, resource, "records", routing::value),
        "google_dns_record_set" => {
            listed(book, builder, set, resource, "rrdatas", |text, _| text.clone());
        }
        cloudflare if is_cloudflare(cloudflare) => self::cloudflare(book, builder, set, resource),
        _ => azure(book, builder, set, resource),
    }
}

/// The zone of a record, if it is known.
fn zone<'z>(resource: &Resource<'_>, zones: &'z Zones) -> Option<&'z Name> {
    zones.get(resource.values.get("zone_id")?.text()?.octets())
}

/// Why nothing can be said of a set, where that is so.
fn cannot_be_read(
    resource: &Resource<'_>,
    kind: Kind,
    owner: &Name,
    zone: Option<&Name>,
) -> Option<&'static str> {
    let values = resource.values;
    let has = |key: &str| values.get(key).is_some_and(|value| !value.is_nothing());
    let content = ["records", "record", "rrdatas", "content", "value", "data"];
    if content.iter().any(|key| resource.is_unknown(key)) {
        return Some("its values are known only after apply");
    }
    if has("alias") || has("target_resource_id") {
        return Some("it is an alias for a resource of its provider");
    }
    if has("set_identifier") || has("routing_policy") {
        return Some("geo-dependent answers");
    }
    let is_web = matches!(kind, Kind::A | Kind::Aaaa | Kind::Cname);
    if is_web && values.get("proxied").is_some_and(Value::is_true) {
        return Some("Cloudflare answers with addresses of its own");
    }
    if is_cloudflare(resource.kind) && kind == Kind::Cname && zone == Some(owner) {
        return Some("Cloudflare answers with the addresses of its target");
    }
    None
}

/// The type of a record set.
fn kind(resource: &Resource<'_>) -> Option<Kind> {
    match AZURE.iter().find(|row| row.0 == resource.kind) {
        Some(row) => Some(row.1),
        None => Book::kind(resource.values.get("type")?.text()?),
    }
}

/// The owner of a record set, if it can be told.
fn owner(book: &mut Book<'_>, resource: &Resource<'_>, zone: Option<&Name>) -> Option<Name> {
    let values = resource.values;
    let root = Name::root();
    let text = |key: &str| values.get(key).and_then(Value::text);
    let full = ["fqdn", "hostname"].iter().find_map(|key| text(key));
    if let Some(full) = full.filter(|full| !full.octets().is_empty()) {
        return book.name(&routing::octal(full), Some(&root));
    }
    let name = routing::octal(text("name")?);
    if let Some(azure) = text("zone_name").filter(|_| resource.kind.starts_with("azurerm_")) {
        let zone = book.name(azure, Some(&root))?;
        return book.below(&name, &zone);
    }
    let is_absolute = name.octets().ends_with(b".");
    match zone {
        Some(zone) if !is_absolute => {
            let is_apex = name.octets().is_empty() || name.octets() == b"@";
            let whole = if is_apex { zone.clone() } else { book.name(&name, Some(&root))? };
            if whole.is_within(zone) { Some(whole) } else { book.below(&name, zone) }
        }
        // Version 5 of the provider wants "Complete DNS record name, including the zone name".
        _ if is_absolute
            || resource.kind == "cloudflare_dns_record" && name.octets().contains(&b'.') =>
        {
            book.name(&name, Some(&root))
        }
        _ => None,
    }
}

/// Adds the values of a list.
fn listed(
    book: &mut Book<'_>,
    builder: &mut Builder,
    set: &Set<'_>,
    resource: &Resource<'_>,
    key: &str,
    read: fn(&Text, Kind) -> Text,
) {
    for item in resource.values.get(key).map(Value::items).unwrap_or_default() {
        if let Some(text) = item.text() {
            book.record(builder, &Set { offset: item.offset, ..*set }, &read(text, set.kind));
        }
    }
}

fn cloudflare(book: &mut Book<'_>, builder: &mut Builder, set: &Set<'_>, resource: &Resource<'_>) {
    let values = resource.values;
    let content = values.any(&["content", "value"]);
    let data = values.get("data").and_then(|data| data.items().first().copied());
    let data = data.filter(|data| data.is_map());
    let text = match (set.kind, content.and_then(Value::text)) {
        (Kind::Mx, _) => book.data(values, MX),
        (Kind::Txt | Kind::Spf, Some(text)) if !text.octets().starts_with(b"\"") => {
            Some(text.quoted())
        }
        (Kind::Txt | Kind::Spf, Some(text)) => Some(routing::spaced(text)),
        (Kind::Srv, _) if data.is_some() => data.and_then(|data| book.data(data, SRV_FIELDS)),
        (CAA, _) if data.is_some() => data.and_then(|data| book.data(data, CAA_FIELDS)),
        (Kind::Tlsa, _) if data.is_some() => data.and_then(|data| book.data(data, TLSA_FIELDS)),
        (_, Some(text)) => Some(crate::zonefile::formats::book::host(text)),
        (kind, None) => {
            builder.unread(set.owner, kind);
            book.skip(values.offset, || format!("{}: no content", resource.shown()));
            None
        }
    };
    if let Some(text) = text {
        let offset = content.or(data).map_or(set.offset, |value| value.offset);
        book.record(builder, &Set { offset, ..*set }, &text);
    }
}

fn azure(book: &mut Book<'_>, builder: &mut Builder, set: &Set<'_>, resource: &Resource<'_>) {
    let items = resource.values.any(&["records", "record"]).map(Value::items).unwrap_or_default();
    for item in items {
        let data = match (set.kind, item.text()) {
            (Kind::Mx, _) => book.data(item, MX),
            (Kind::Srv, _) => book.data(item, SRV_FIELDS),
            (CAA, _) => book.data(item, CAA_FIELDS),
            (Kind::Txt, None) => item.get("value").and_then(Value::text).map(Text::quoted),
            (_, Some(text)) => Some(crate::zonefile::formats::book::host(text)),
            (_, None) => None,
        };
        if let Some(data) = data {
            book.record(builder, &Set { offset: item.offset, ..*set }, &data);
        }
    }
}
