//! A message, for a person: what it proves, who has to act, then signature by signature and hop by hop.

use super::Look;
use super::fault::fault_lines;
use super::finding::{findings, rules};
use super::sheet::Sheet;
use crate::render::palette::Ink;
use crate::report::message::{
    ChainStatus, HopReport, Marker, MessageReport, Messages, SignatureReport, SignatureResult,
};
use crate::report::{DmarcResult, SpfResult};
use crate::text::{Phrase, span};
use std::io::{self, Write};

/// Most hops, differences and markers that are shown.
const MOST: usize = 30;

/// Writes a message; `is_next` says that others stand above it.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(
    report: &MessageReport,
    look: &Look,
    is_next: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut sheet = Sheet::below(look, is_next);
    if !look.quiet {
        sheet.blank();
    }
    let label = match report.number > 1 || is_next {
        true => sheet.line().faint(format!("{}#{} ", report.file, report.number)),
        false => sheet.line(),
    };
    let headline = sheet.line().phrase(&report.headline);
    sheet.sentence(label, &headline);
    fault_lines(&mut sheet, &report.faults);
    if !look.quiet {
        sheet.blank();
        proofs(&mut sheet, report, look);
        claims(&mut sheet, report);
        way(&mut sheet, report, look);
        closing(&mut sheet, report, look);
    }
    out.write_all(sheet.into_text().as_bytes())
}

/// Writes what is said of several messages together.
///
/// # Errors
/// `out` cannot be written to.
pub fn end(
    messages: &Messages,
    look: &Look,
    written: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut sheet = Sheet::below(look, true);
    if written > 1 || !messages.run.notes.is_empty() {
        sheet.blank();
        let line = sheet.line().phrase(&messages.headline);
        let label = sheet.line();
        sheet.sentence(label, &line);
        for note in &messages.run.notes {
            phrase(&mut sheet, "note", Ink::Faint, note);
        }
    }
    out.write_all(sheet.into_text().as_bytes())
}

fn proofs(sheet: &mut Sheet, report: &MessageReport, look: &Look) {
    let dmarc = &report.dmarc;
    let ink = match dmarc.result {
        DmarcResult::Pass => Ink::Good,
        DmarcResult::Fail | DmarcResult::Permerror => Ink::Bad,
        DmarcResult::None => Ink::Plain,
        DmarcResult::Temperror => Ink::Unknown,
    };
    let said = Phrase::from(dmarc.result.word()).plain(": ").then(dmarc.reason.clone());
    let said = match (&dmarc.record, dmarc.policy) {
        (Some(record), Some(policy)) => {
            said.plain(format!(" (p={} at ", policy.word())).name(record).plain(")")
        }
        _ => said,
    };
    phrase(sheet, "DMARC", ink, &said);
    for signature in &report.dkim.signatures {
        dkim(sheet, signature, look);
    }
    if report.dkim.signatures.is_empty() {
        phrase(sheet, "DKIM", Ink::Plain, &Phrase::from("none: no DKIM-Signature field"));
    }
    let spf = &report.spf;
    let (word, ink) = match spf.result {
        None => ("not checked", Ink::Unknown),
        Some(result) => (
            result.word(),
            match result {
                SpfResult::Pass => Ink::Good,
                SpfResult::Fail | SpfResult::Permerror => Ink::Bad,
                SpfResult::Softfail => Ink::Weak,
                SpfResult::Temperror => Ink::Unknown,
                SpfResult::None | SpfResult::Neutral => Ink::Plain,
            },
        ),
    };
    let said = Phrase::from(word);
    let said = match (&spf.domain, &spf.ip) {
        (Some(domain), Some(ip)) => said.plain(" for ").name(domain).plain(" from ").addr(ip),
        _ => said,
    };
    phrase(sheet, "SPF", ink, &said.plain(" (").then(spf.basis.clone()).plain(")"));
    let arc = &report.arc;
    if arc.sets > 0 {
        let ink = match arc.result {
            ChainStatus::Pass => Ink::Good,
            ChainStatus::Fail => Ink::Weak,
            ChainStatus::None => Ink::Plain,
        };
        let sets = if arc.sets == 1 { "1 set".to_owned() } else { format!("{} sets", arc.sets) };
        let said = Phrase::from(arc.result.word()).plain(format!(": {sets}"));
        let said = match arc.sealers.is_empty() {
            true => said,
            false => said.plain(" by ").then(Phrase::listed(
                arc.sealers.iter().map(|it| Phrase::new().name(it)),
                4,
                " and ",
            )),
        };
        let said = match &arc.reason {
            Some(reason) => said.plain("; ").then(reason.clone()),
            None => said,
        };
        phrase(sheet, "ARC", ink, &said);
    }
}

fn dkim(sheet: &mut Sheet, signature: &SignatureReport, look: &Look) {
    let ink = match signature.result {
        SignatureResult::Pass => Ink::Good,
        SignatureResult::Fail => Ink::Bad,
        SignatureResult::Permerror => Ink::Weak,
        SignatureResult::Temperror | SignatureResult::Neutral => Ink::Unknown,
    };
    let said = Phrase::from(signature.result.word());
    let said = match (&signature.domain, &signature.selector) {
        (Some(domain), Some(selector)) => {
            said.plain(" ").name(domain).plain(" (selector ").code(selector).plain(")")
        }
        _ => said,
    };
    phrase(sheet, "DKIM", ink, &said.plain(": ").then(signature.reason.clone()));
    for note in &signature.notes {
        phrase(sheet, "", Ink::Plain, note);
    }
    if !look.explain {
        return;
    }
    let names = signature.signed.iter().map(|it| match (it.listed, it.covered) {
        (1, 1) => Phrase::new().code(&it.name),
        (listed, covered) => {
            Phrase::new().code(&it.name).plain(format!(" ({covered} of {listed})"))
        }
    });
    phrase(
        sheet,
        "",
        Ink::Plain,
        &Phrase::from("fields hashed: ").then(Phrase::listed(names, 40, " and ")),
    );
    if let (Some(expected), Some(found)) =
        (&signature.body_hash_expected, &signature.body_hash_found)
    {
        let same = if expected == found { "the same" } else { "another" };
        let said = Phrase::from("body hash: bh= says ").code(expected).plain(", found ");
        let said = if expected == found { said.plain(same) } else { said.code(found) };
        phrase(sheet, "", Ink::Plain, &said);
    }
    let form =
        |form: Option<crate::mail::signature::Canonicalization>| form.map_or("?", |it| it.word());
    let said = Phrase::from("canonicalization ").code(format!(
        "{}/{}",
        form(signature.header_canonicalization),
        form(signature.body_canonicalization)
    ));
    let said = match (signature.algorithm, signature.key_bits) {
        (Some(algorithm), Some(bits)) => {
            said.plain(", ").code(algorithm.word()).plain(format!(", key of {bits} bits"))
        }
        (Some(algorithm), None) => said.plain(", ").code(algorithm.word()),
        _ => said,
    };
    phrase(sheet, "", Ink::Plain, &said);
}

fn claims(sheet: &mut Sheet, report: &MessageReport) {
    for difference in report.differences.iter().take(MOST) {
        let who = difference.authserv_id.as_deref().unwrap_or("a receiver without a name");
        let said = Phrase::new()
            .name(who)
            .plain(format!(" found {}={}", difference.method, difference.theirs));
        let said = match &difference.about {
            Some(about) => said.plain(" for ").name(about),
            None => said,
        };
        let said = said.plain(format!(", now {}: ", difference.ours)).then(difference.why.clone());
        phrase(sheet, "differs", Ink::Weak, &said);
    }
    let agreeing = report.authentication_results.iter().filter(|it| it.trusted).count();
    if report.differences.is_empty() && agreeing > 0 {
        phrase(sheet, "agrees", Ink::Good, &Phrase::from("the receiver found the same"));
    }
}

fn way(sheet: &mut Sheet, report: &MessageReport, look: &Look) {
    if report.received.is_empty() {
        return;
    }
    if let Some(slow) = &report.slowest {
        let said = Phrase::new()
            .number(span(slow.delay_s))
            .plain(" between ")
            .name(&slow.from)
            .plain(" and ")
            .name(&slow.by);
        let said = match &slow.within {
            Some(owner) => said.plain(", both of ").name(owner),
            None => said,
        };
        phrase(sheet, "slowest", Ink::Weak, &said);
    }
    if !look.explain {
        let total: Option<i64> = total(&report.received);
        let said = match total {
            Some(total) => Phrase::from(format!("{} in {}", hops(report), span(total)).as_str()),
            None => Phrase::from(hops(report).as_str()),
        };
        phrase(sheet, "hops", Ink::Plain, &said);
        return;
    }
    for hop in report.received.iter().take(MOST) {
        let by = hop.by.as_deref().unwrap_or("?");
        let said = Phrase::new().name(by);
        let said = match (&hop.from, &hop.ip) {
            (Some(from), Some(ip)) => said.plain(" from ").name(from).plain(" ").addr(ip),
            (Some(from), None) => said.plain(" from ").name(from),
            (None, Some(ip)) => said.plain(" from ").addr(ip),
            (None, None) => said,
        };
        let said = match hop.delay_s {
            Some(delay) if hop.skew => said.plain(format!(", {delay} s: clocks disagree")),
            Some(delay) => said.plain(", ").number(span(delay)),
            None => said,
        };
        phrase(sheet, "hop", Ink::Plain, &said);
    }
}

fn hops(report: &MessageReport) -> String {
    match report.received.len() {
        1 => "1 hop".to_owned(),
        count => format!("{count} hops"),
    }
}

/// Seconds from the first dated hop to the last.
fn total(hops: &[HopReport]) -> Option<i64> {
    let mut dated = hops.iter().filter_map(|hop| hop.at);
    let last = dated.next()?;
    let first = dated.next_back()?;
    (last >= first).then_some(last - first)
}

fn closing(sheet: &mut Sheet, report: &MessageReport, look: &Look) {
    let is_opaque = |marker: &&Marker| look.explain || marker.meaning.to_string().contains(": ");
    for marker in report.markers.iter().filter(is_opaque).take(MOST) {
        let field = marker.key.as_deref().unwrap_or(&marker.field);
        let said = Phrase::new().code(format!("{field}={}", marker.value)).plain(": ");
        phrase(sheet, "marker", Ink::Plain, &said.then(marker.meaning.clone()));
    }
    for note in &report.notes {
        phrase(sheet, "note", Ink::Plain, note);
    }
    for note in report.resign.iter().flatten() {
        phrase(sheet, "resign", Ink::Plain, note);
    }
    match look.explain {
        true => findings(sheet, &report.findings, look),
        false => {
            let label = sheet.line().plain("  ").faint("rules").pad(10).plain(" ");
            rules(sheet, label, &report.findings);
        }
    }
}

fn phrase(sheet: &mut Sheet, label: &str, ink: Ink, text: &Phrase) {
    let label = sheet.line().plain("  ").with(ink, label).pad(10).plain(" ");
    let sentence = sheet.line().phrase(text);
    sheet.sentence(label, &sentence);
}
