//! Lists that providers hand out page by page: whether another page follows, and what prints all of it.
//!
//! | format | another page follows if | documented at |
//! |---|---|---|
//! | Route 53 | `IsTruncated` is true, or `NextToken` is there | `ListResourceRecordSets`; AWS CLI, "Pagination" |
//! | Google | `nextPageToken` is there | `resourceRecordSets.list` |
//! | Azure | `nextLink` is there | `RecordSets - List By DNS Zone` |
//! | Cloudflare | `result_info` counts more pages or records | `List DNS Records` |
//! | Kubernetes | `metadata.continue` is there | "Retrieving large results sets in chunks" |
//!
//! PowerDNS hands out a zone in one piece.

use super::Format;
use super::json::Piece;
use super::value::{Node, Value};
use std::rc::Rc;

/// Members beside a list that say whether it goes on.
const MEMBERS: [&str; 8] = [
    "IsTruncated",
    "NextRecordName",
    "NextToken",
    "nextPageToken",
    "nextLink",
    "@odata.nextLink",
    "result_info",
    "metadata",
];

/// The pages of a list that a file holds: most often one, or several in an array.
#[derive(Default)]
pub(super) struct Pages {
    count: u64,
    /// Records on all of them, as they count them.
    records: u64,
    /// Where the last page says that another one follows, and in which member.
    next: Option<(usize, &'static str)>,
}

impl Pages {
    /// Notes what stands beside the list of a page.
    pub(super) fn note(&mut self, page: &Value) {
        self.count += 1;
        self.next = None;
        for key in MEMBERS {
            let Some(member) = page.get(key) else { continue };
            let follows = match key {
                "IsTruncated" => member.is_true(),
                "result_info" => self.has_more(member),
                "metadata" => member.get("continue").is_some_and(|token| !token.is_nothing()),
                _ => !member.is_nothing(),
            };
            if follows && self.next.is_none() {
                self.next = Some((member.offset, key));
            }
        }
    }

    /// The same of a document whose list may be long.
    pub(super) fn note_document(&mut self, document: Piece<'_>) {
        let members = document.members().unwrap_or_default();
        let beside = members
            .into_iter()
            .filter(|(key, _)| MEMBERS.iter().any(|member| key.octets() == member.as_bytes()));
        let read = beside.filter_map(|(key, piece)| Some((key, Rc::new(piece.value().ok()?))));
        self.note(&Value { offset: document.offset(), node: Node::Map(read.collect()) });
    }

    /// True if Cloudflare counts more pages or records than there are.
    fn has_more(&mut self, info: &Value) -> bool {
        let number = |key: &str| {
            let text = std::str::from_utf8(info.get(key)?.text()?.octets()).ok()?;
            text.parse::<u64>().ok()
        };
        self.records = self.records.saturating_add(number("count").unwrap_or(0));
        let has_pages = number("total_pages").is_some_and(|pages| pages > self.count);
        let has_records =
            number("count").and(number("total_count")).is_some_and(|total| total > self.records);
        has_pages || has_records
    }

    /// What is missing, and where the file says so, if another page follows.
    pub(super) fn missing(&self, format: Format) -> Option<(usize, String)> {
        let (offset, member) = self.next?;
        let pages = if self.count == 1 { "one page" } else { "some pages" };
        Some((
            offset,
            format!(
                "{pages} of a longer list ({member}); records on the others are undetermined; print all of it: {}",
                whole(format)
            ),
        ))
    }
}

/// The command that prints all of a list.
fn whole(format: Format) -> &'static str {
    match format {
        Format::Google => "gcloud dns record-sets list --zone ZONE --format json",
        Format::Azure => "az network dns record-set list --resource-group GROUP --zone-name ZONE",
        Format::Cloudflare => {
            "curl -H \"Authorization: Bearer TOKEN\" \
             https://api.cloudflare.com/client/v4/zones/ID/dns_records/export"
        }
        Format::Kubernetes => "kubectl get dnsendpoints -A -o json",
        _ => {
            "aws route53 list-resource-record-sets --hosted-zone-id ID, without \
             --no-paginate and --max-items"
        }
    }
}

/// What a file says of itself as one page of a list.
#[cfg(feature = "cli")]
pub(crate) struct Page {
    pub(crate) format: Format,
    /// True if another page follows.
    pub(crate) follows: bool,
    /// The name that the next page begins with, and the type; only Route 53 tells them.
    pub(crate) next: Option<(String, Option<String>)>,
    /// Those that this one begins with.
    pub(crate) first: Option<(String, String)>,
    /// Which page it is, and of how many; only Cloudflare tells it.
    pub(crate) number: Option<(u64, u64)>,
    /// What its list is of: the zone of its first record.
    pub(crate) zone: Option<String>,
}

#[cfg(feature = "cli")]
impl Page {
    /// What a file says; `None` for one that holds no list, or several pages.
    pub(crate) fn of(file: &str, text: &[u8]) -> Option<Self> {
        let format = Format::recognise(file, text);
        let has_pages = [
            Format::Route53,
            Format::Google,
            Format::Azure,
            Format::Cloudflare,
            Format::Kubernetes,
        ];
        let text = std::str::from_utf8(text).ok().filter(|_| has_pages.contains(&format))?;
        let document = Piece::document(text.trim_start_matches('\u{feff}')).ok()?;
        let document = Some(document).filter(|it| it.is_object())?;
        let mut pages = Pages::default();
        pages.note_document(document);
        let member = |of: Piece<'_>, key: &str| of.get(key).ok()??.value().ok();
        let word =
            |value: &Value| Some(String::from_utf8_lossy(value.text()?.octets()).to_lowercase());
        let list = ["ResourceRecordSets", "rrsets", "result", "value", "items"];
        let list =
            list.iter().find_map(|key| document.get(key).ok()?.filter(|it| it.is_array()))?;
        let mut begin = None;
        list.each(|piece| begin = begin.or(Some(piece))).ok()?;
        let of_first = |key: &str| word(&member(begin?, key)?);
        let of_page = |key: &str| word(&member(document, key)?);
        let info = member(document, "result_info");
        let count = |key: &str| word(info.as_ref()?.get(key)?)?.parse::<u64>().ok();
        let total = || {
            let size = count("per_page").filter(|size| *size > 0)?;
            Some(count("total_count")?.div_ceil(size))
        };
        Some(Self {
            format,
            follows: pages.next.is_some(),
            next: of_page("NextRecordName").map(|name| (name, of_page("NextRecordType"))),
            first: of_first("Name").zip(of_first("Type")),
            number: count("page").zip(count("total_pages").or_else(total)),
            zone: of_first("zone_id").or_else(|| of_first("zone_name")),
        })
    }
}
