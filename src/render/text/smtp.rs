//! Dialogues with mail servers, for a person: the answer, who has to act, each stage with its time, the
//! certificates.

use super::Look;
use super::fault::fault_lines;
use super::of_verdict;
use super::sheet::Sheet;
use crate::net::Caa;
use crate::render::palette::Ink;
use crate::report::smtp::{Dane, DaneStatus, Issuance, IssuanceStatus, Probe, Probes};
use crate::smtp::{Certificate, Dialogue, Match, Outcome, Stage, Tls, Trust};
use crate::text::date;
use std::io::{self, Write};

/// Names of a certificate that are shown.
const NAMES: usize = 8;
/// Seconds of a day.
const DAY: u64 = 86_400;

/// Writes what became of the dialogues of a run.
///
/// # Errors
/// The writer fails.
pub fn render(probes: &Probes, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let mut sheet = Sheet::new(look);
    for probe in &probes.probes {
        sheet.blank();
        let place = format!("{}:{}", probe.host, probe.port);
        let label = sheet
            .line()
            .with(Ink::Strong, place)
            .plain("  ")
            .with(of_verdict(probe.result), probe.result.word())
            .plain("  ");
        let headline = sheet.line().phrase(&probe.headline);
        sheet.sentence(label, &headline);
        fault_lines(&mut sheet, &probe.faults);
        if !look.quiet {
            whole(&mut sheet, probe);
        }
    }
    for note in probes.run.notes.iter().filter(|_| !look.quiet) {
        let label = sheet.line().faint("remark  ");
        let sentence = sheet.line().phrase(note);
        sheet.sentence(label, &sentence);
    }
    out.write_all(sheet.into_text().as_bytes())
}

fn whole(sheet: &mut Sheet, probe: &Probe) {
    for note in &probe.notes {
        let label = sheet.line().faint("  remark  ");
        let sentence = sheet.line().phrase(note);
        sheet.sentence(label, &sentence);
    }
    let Some(dialogue) = &probe.dialogue else { return };
    sheet.blank();
    for one in &dialogue.stages {
        stage(sheet, dialogue, one);
    }
    if let Some(tls) = &dialogue.tls {
        sheet.blank();
        certificates(sheet, tls);
    }
    if let Some(dane) = &probe.dane {
        tlsa(sheet, dane);
    }
    if let Some(caa) = &probe.caa {
        issuance(sheet, caa);
    }
    let extensions = dialogue.extensions.join(", ");
    if !extensions.is_empty() {
        sheet.blank();
        let label = sheet.line().faint("  offers   ");
        let sentence = sheet.line().plain(extensions);
        sheet.sentence(label, &sentence);
    }
}

fn tlsa(sheet: &mut Sheet, dane: &Dane) {
    let (ink, words) = match (dane.status, dane.result) {
        (DaneStatus::Absent | DaneStatus::NotRecorded, _) => return,
        (DaneStatus::Insecure, _) => (Ink::Faint, "not proved by DNSSEC, ignored"),
        (DaneStatus::Failed, _) => (Ink::Unknown, "the query failed"),
        (DaneStatus::Secure, None) => (Ink::Unknown, "no certificate to compare"),
        (DaneStatus::Secure, Some(result)) => match result {
            Match::EndEntity => (Ink::Good, "the certificate matches (DANE-EE)"),
            Match::TrustAnchor => (Ink::Good, "its issuer matches (DANE-TA)"),
            Match::WrongName => (Ink::Bad, "its issuer matches, the name does not"),
            Match::WrongDates => (Ink::Bad, "its issuer matches, the dates do not"),
            Match::Nothing => (Ink::Bad, "no certificate matches"),
            _ => (Ink::Weak, "no record is usable"),
        },
    };
    sheet.blank();
    let line = sheet.line().plain("  ").faint("DANE").pad(16).with(ink, words);
    sheet.put(&line);
    for record in dane.records.iter().take(NAMES) {
        let label = sheet.line().pad(16);
        let line = sheet.line().with(Ink::Code, record.to_string());
        sheet.sentence(label, &line);
    }
}

/// Who may issue the certificate, if CAA records say that.
fn issuance(sheet: &mut Sheet, caa: &Issuance) {
    let (ink, words) = match caa.status {
        IssuanceStatus::Open | IssuanceStatus::NotRecorded => return,
        IssuanceStatus::Failed => (Ink::Unknown, "the query failed".to_owned()),
        IssuanceStatus::Unreadable => (Ink::Unknown, "a record cannot be read".to_owned()),
        IssuanceStatus::Forbidden => (Ink::Bad, "no authority may issue a certificate".to_owned()),
        IssuanceStatus::Restricted => {
            let issuers = caa.records.iter().filter_map(Caa::issuer);
            let issuers: Vec<&str> = issuers.filter(|it| !it.is_empty()).take(NAMES).collect();
            (Ink::Plain, format!("certificates from {} only", issuers.join(", ")))
        }
    };
    sheet.blank();
    let label = sheet.line().plain("  ").faint("CAA").pad(16);
    let line = sheet.line().with(ink, words);
    let line = match &caa.name {
        Some(name) => line.plain(" (").with(Ink::Name, name.to_string()).plain(")"),
        None => line,
    };
    sheet.sentence(label, &line);
}

fn stage(sheet: &mut Sheet, dialogue: &Dialogue, one: &Stage) {
    let ink = match one.result {
        Outcome::Done => Ink::Good,
        Outcome::Deferred | Outcome::Timeout | Outcome::Closed => Ink::Unknown,
        _ => Ink::Bad,
    };
    let glyph = if one.result == Outcome::Done { sheet.glyphs.good } else { sheet.glyphs.bad };
    let label = sheet
        .line()
        .plain("  ")
        .with(ink, glyph)
        .plain(" ")
        .plain(one.step.title())
        .pad(15)
        .right(23, Ink::Faint, &format!("{} ms", one.elapsed_ms))
        .plain("  ");
    let text = match (one.step, &dialogue.tls) {
        (crate::smtp::Step::Connect, _) if one.result == Outcome::Done => {
            dialogue.address.to_string()
        }
        (crate::smtp::Step::Handshake, Some(tls)) if one.result == Outcome::Done => {
            format!("{} {}", tls.version, tls.cipher)
        }
        _ => match one.code {
            Some(code) => format!("{code} {}", one.text),
            None => one.text.clone(),
        },
    };
    let sentence = sheet.line().with(if ink == Ink::Good { Ink::Plain } else { ink }, text);
    sheet.sentence(label, &sentence);
}

fn certificates(sheet: &mut Sheet, tls: &Tls) {
    for (at, certificate) in tls.chain.iter().enumerate() {
        let Certificate { subject, issuer, names, name_count, .. } = certificate;
        let word = if at == 0 { "certificate" } else { "sent with it" };
        let label = sheet.line().plain("  ").faint(word).pad(16);
        let dates = match (certificate.not_before, certificate.not_after) {
            (Some(begin), Some(end)) => format!(", {} to {}", day(begin), day(end)),
            _ => String::new(),
        };
        let line = sheet.line().with(Ink::Name, subject).plain(" by ").plain(issuer).plain(dates);
        sheet.sentence(label, &line);
        if at > 0 {
            continue;
        }
        let shown: Vec<&str> = names.iter().take(NAMES).map(String::as_str).collect();
        let more = name_count.saturating_sub(shown.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let label = sheet.line().plain("  ").faint("names").pad(16);
        let line = sheet.line().plain(shown.join(" ")).plain(more);
        sheet.sentence(label, &line);
        let (ink, word) = match tls.trust {
            Trust::Known => (Ink::Good, "a known root vouches for it"),
            Trust::SelfSigned => (Ink::Bad, "self-signed"),
            Trust::MissingIntermediate => (Ink::Bad, "the intermediate certificate is missing"),
            Trust::UnknownIssuer => (Ink::Bad, "no known root vouches for it"),
            Trust::WrongPurpose => (Ink::Bad, "not made for servers"),
            _ => (Ink::Bad, "unusable"),
        };
        sheet.put(&sheet.line().plain("  ").faint("trust").pad(16).with(ink, word));
        let tlsa = format!("3 1 1 {}", certificate.key_sha256);
        sheet.put(&sheet.line().plain("  ").faint("TLSA").pad(16).with(Ink::Code, tlsa));
    }
}

fn day(seconds: u64) -> String {
    date(i64::try_from(seconds / DAY).unwrap_or(i64::MAX))
}
