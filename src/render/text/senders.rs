//! Who may send, for a person: the answer, then every term with what it decides.
//!
//! Whoever asks something particular (a sender, a difference, a list) gets that answer alone.

use super::sheet::Sheet;
use super::{Look, of_policy_result};
use crate::net::{Cidr, Family};
use crate::render::palette::Ink;
use crate::render::words::counted;
use crate::report::SpfResult;
use crate::report::senders::{
    Contained, Decided, Difference, Flattened, Flattening, Listing, Report, Share,
};
use crate::report::{Authorized, Matched};
use crate::text::{Phrase, grouped, rfc};
use std::io::{self, Write};

/// Most networks that stand on the line of a term.
const MOST_BESIDE: usize = 3;
/// Most terms of one record that are shown.
const MOST_TERMS: usize = 200;
/// Terms wider than this do not move the column beside them.
const WIDEST_TERM: usize = 44;
/// Most networks that are listed one a line.
const MOST_LISTED: usize = 40;

/// Writes the listing as text.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(report: &Report, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let listing = &report.listing;
    let mut sheet = Sheet::new(look);
    answer(&mut sheet, listing);
    let is_particular = !listing.contains.is_empty()
        || listing.difference.is_some()
        || listing.flattening.is_some();
    if !is_particular && !look.quiet {
        shares(&mut sheet, listing);
    }
    for contained in &listing.contains {
        sender(&mut sheet, contained);
    }
    if let Some(difference) = &listing.difference {
        left(&mut sheet, difference);
    }
    match &listing.flattening {
        None => {}
        Some(Flattening::Refused { why }) => {
            sheet.blank();
            row(&mut sheet, "flatten", Ink::Bad, &Phrase::from("refused: ").then(why.clone()));
        }
        Some(Flattening::Proved(flattened)) => list(&mut sheet, flattened),
    }
    out.write_all(sheet.into_text().as_bytes())
}

fn answer(sheet: &mut Sheet, listing: &Listing) {
    let label = sheet.line().with(Ink::Strong, listing.domain.to_string()).plain("  ");
    let headline = sheet.line().phrase(&listing.headline);
    sheet.sentence(label, &headline);
    for note in &listing.notes {
        row(sheet, "remark", Ink::Faint, note);
    }
}

/// A sentence behind a word.
fn row(sheet: &mut Sheet, word: &str, ink: Ink, said: &Phrase) {
    let label = sheet.line().plain("  ").with(ink, word).pad(12);
    let sentence = sheet.line().phrase(said);
    sheet.sentence(label, &sentence);
}

// ---------------------------------------------------------------------------------- the shares

fn shares(sheet: &mut Sheet, listing: &Listing) {
    for share in &listing.shares {
        sheet.blank();
        let said = Phrase::new().plain(share.family.to_string()).plain("  ");
        let said = said.addr(counted_networks(share.family, &share.addresses, &share.networks));
        let said = match share.otherwise {
            None => said,
            Some(result) => said
                .plain(": ")
                .unknown("depends on the sender")
                .plain(format!(", otherwise {result}")),
        };
        row(sheet, share.result.word(), of_policy_result(share.result), &said);
        terms(sheet, share);
    }
    if !listing.sender_dependent.is_empty() {
        sheet.blank();
    }
    for dependent in &listing.sender_dependent {
        let said = Phrase::new().code(path(&dependent.term)).plain(" depends on the sender");
        let said = match dependent.gives {
            Some(result) => said.plain(format!("; a match gives {result}")),
            None => said,
        };
        // RFC 7208 §5.5 of ptr, §7.2 of terms with macros.
        let section = if dependent.term.term.contains("%{") { "7.2" } else { "5.5" };
        row(sheet, "depends", Ink::Unknown, &cited(said, section));
    }
}

fn cited(said: Phrase, section: &'static str) -> Phrase {
    said.plain(format!(" ({})", rfc(7208, section)))
}

/// The terms that decided, those of one record together below the terms that lead to it.
fn terms(sheet: &mut Sheet, share: &Share) {
    let path = |decided: &Decided| {
        decided.matched.as_ref().map_or_else(Vec::new, |matched| matched.path.clone())
    };
    for record in share.terms.chunk_by(|one, next| path(one) == path(next)) {
        let Some(first) = record.first() else { continue };
        let way = path(first).join(" > ");
        let indent = if way.is_empty() {
            4
        } else {
            sheet.put(&sheet.line().plain("    ").with(Ink::Code, way));
            6
        };
        let widths = record.iter().map(|decided| word(decided).chars().count());
        let width = widths.filter(|width| *width <= WIDEST_TERM).max().unwrap_or(0);
        for decided in record.iter().take(MOST_TERMS) {
            let label = sheet.line().pad(indent).with(Ink::Code, word(decided)).plain("  ");
            let label = label.pad(indent + width + 2);
            let sentence = sheet.line().phrase(&decision(share, decided));
            sheet.sentence(label, &sentence);
        }
        let more = record.len().saturating_sub(MOST_TERMS);
        if more > 0 {
            let said = format!("and {}: --format json", counted(more, "more term"));
            sheet.put(&sheet.line().pad(indent).faint(said));
        }
    }
}

/// The term that decided, if one did.
fn word(decided: &Decided) -> &str {
    decided.matched.as_ref().map_or("no term matches", |matched| &matched.term)
}

/// What a term decided.
fn decision(share: &Share, decided: &Decided) -> Phrase {
    let said = match share.terms.len() {
        1 => Phrase::from("all of them"),
        _ => Phrase::new().addr(counted_networks(
            share.family,
            &decided.addresses,
            &decided.networks,
        )),
    };
    let listed: Vec<String> = decided.networks.iter().map(Cidr::to_string).collect();
    let term = word(decided).trim_end_matches("/32").trim_end_matches("/128");
    let says_itself = listed.iter().all(|network| term.ends_with(network.as_str()));
    let said = match listed.len() {
        1..=MOST_BESIDE if !says_itself => said.plain(": ").addr(listed.join(" ")),
        _ => said,
    };
    match (decided.beyond_limit, &decided.problem) {
        (Some(result), _) => cited(beyond(said, decided, result), "4.6.4"),
        (None, Some(why)) => said.plain("; ").then(why.clone()),
        (None, None) => said,
    }
}

/// What receivers never get to see.
fn beyond(said: Phrase, decided: &Decided, result: SpfResult) -> Phrase {
    let said = said.plain(format!("; would get {result} at lookup ")).number(decided.lookups);
    let said = match decided.voids {
        0..=2 => said,
        voids => said.plain(" after ").number(voids).plain(" void lookups"),
    };
    said.plain(", receivers return ").bad("permerror")
}

/// The terms that lead to a term, and the term.
fn path(matched: &Matched) -> String {
    let steps: Vec<&str> = matched.path.iter().chain([&matched.term]).map(String::as_str).collect();
    steps.join(" > ")
}

/// How many addresses: IPv4 by addresses, IPv6 by networks.
fn counted_networks(family: Family, addresses: &str, networks: &[Cidr]) -> String {
    let in_networks = counted(networks.len(), "network");
    match addresses.parse::<u128>() {
        Ok(1) => "1 address".to_owned(),
        Ok(count) if family == Family::V4 && networks.len() == 1 => {
            format!("{} addresses", grouped(count))
        }
        Ok(count) if family == Family::V4 => {
            format!("{} addresses in {in_networks}", grouped(count))
        }
        _ => in_networks,
    }
}

// ------------------------------------------------------------------------------- the questions

fn sender(sheet: &mut Sheet, contained: &Contained) {
    sheet.blank();
    let (word, ink) = match contained.contained {
        Authorized::Yes => ("YES", Ink::Good),
        Authorized::No => ("NO", Ink::Bad),
        Authorized::Partial => ("PARTLY", Ink::Weak),
        Authorized::Unknown => ("UNKNOWN", Ink::Unknown),
        Authorized::NotApplicable => ("inbound", Ink::Faint),
    };
    row(sheet, word, ink, &contained.headline);
    if contained.contained == Authorized::Partial {
        networks(sheet, "not authorized", &contained.uncovered);
        networks(sheet, "undetermined", &contained.undecided);
    }
}

fn left(sheet: &mut Sheet, difference: &Difference) {
    sheet.blank();
    let names: Vec<String> = difference.minus.iter().map(|name| format!("spf:{name}")).collect();
    let [ipv4, _] = &difference.addresses;
    let ipv6 = difference.networks.iter().filter(|network| network.network().is_ipv6()).count();
    let said = Phrase::new().plain("without ").code(names.join(" ")).plain(": ");
    let ipv4 = ipv4.parse().map_or_else(|_| ipv4.clone(), grouped);
    let said = said.addr(format!("{ipv4} IPv4 addresses, {}", counted(ipv6, "IPv6 network")));
    row(sheet, "minus", Ink::Strong, &said);
    networks(sheet, "left", &difference.networks);
    for note in &difference.notes {
        row(sheet, "remark", Ink::Faint, note);
    }
}

/// Networks in full, as far as a screen holds them.
fn networks(sheet: &mut Sheet, label: &str, networks: &[Cidr]) {
    if networks.is_empty() {
        return;
    }
    sheet.put(&sheet.line().plain("    ").with(Ink::Faint, label));
    for network in networks.iter().take(MOST_LISTED) {
        sheet.put(&sheet.line().plain("      ").with(Ink::Addr, network.to_string()));
    }
    let more = networks.len().saturating_sub(MOST_LISTED);
    if more > 0 {
        let said = format!("      and {}: --format json", counted(more, "more network"));
        sheet.put(&sheet.line().faint(said));
    }
}

// ------------------------------------------------------------------------------------ the list

fn list(sheet: &mut Sheet, flattened: &Flattened) {
    sheet.blank();
    let said = Phrase::new()
        .number(flattened.records.len())
        .plain(if flattened.records.len() == 1 { " record, " } else { " records, " })
        .number(format!("{}/10", flattened.lookups))
        .plain(" lookups; ")
        .good("same result as the policy")
        .plain(" for every address");
    row(sheet, "flattened", Ink::Good, &cited(said, "4.6.4"));
    sheet.blank();
    for record in &flattened.records {
        sheet.copyable(&record.line);
    }
    sheet.blank();
    row(sheet, "stale", Ink::Weak, &staleness(flattened));
    for source in &flattened.sources {
        let said = Phrase::new().name(&source.name).plain(format!(" {}", source.kind));
        let said = match &source.provider {
            Some(provider) => said.plain(" of ").plain(provider),
            None => said,
        };
        let said = match source.ttl_s {
            Some(ttl) => said.plain(", TTL ").number(ttl).plain(" s"),
            None => said,
        };
        row(sheet, "source", Ink::Faint, &said);
    }
    for note in &flattened.notes {
        row(sheet, "remark", Ink::Faint, note);
    }
}

fn staleness(flattened: &Flattened) -> Phrase {
    if flattened.sources.is_empty() {
        return Phrase::from("never: the list depends only on the domain's own record");
    }
    let said = Phrase::from("the list does not follow changes at these names");
    let said = match flattened.stale_after_s {
        Some(ttl) => {
            said.plain("; regenerate it at least every ").number(ttl).plain(" s, the lowest TTL")
        }
        None => said.plain(", and none of them has a known TTL"),
    };
    said.plain(format!(" ({})", crate::text::advice()))
}
