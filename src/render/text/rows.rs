//! A row per protocol: who receives, who may send, whose signature counts, what is done with the
//! rest.

use super::sheet::Sheet;
use super::{of_status, of_verdict};
use crate::protocols::Protocol;
use crate::render::documented::documented;
use crate::render::palette::Ink;
use crate::report::smtp::Probe;
use crate::report::{Domain, ExpectedRecord, Need, RecordState, SectionView};
use crate::smtp::Match;
use crate::text::Phrase;

/// The column where summaries begin, counted from the one of the statuses.
const AFTER_STATUS: usize = 9;

pub(super) fn rows(sheet: &mut Sheet, domain: &Domain) {
    sheet.blank();
    // The same column whatever was examined, so that the rows of several domains line up.
    let longest = Protocol::all().map(|protocol| protocol.title().len()).max().unwrap_or_default();
    let column = "  ".len() + longest + "  ".len();
    let views = domain.sections().into_iter().filter(SectionView::is_examined);
    for SectionView { protocol, status, summary, .. } in views {
        let label = sheet
            .line()
            .with(Ink::Strong, format!("  {}", protocol.title()))
            .pad(column)
            .with(of_status(status), status.word())
            .pad(column + AFTER_STATUS);
        let sentence = sheet.line().phrase(summary);
        sheet.sentence(label, &sentence);
    }
    for probe in &domain.smtp {
        let label = sheet
            .line()
            .with(Ink::Strong, "  SMTP")
            .pad(column)
            .with(of_verdict(probe.result), probe.result.word())
            .pad(column + AFTER_STATUS);
        let sentence = sheet.line().with(Ink::Name, &probe.host).plain(": ").phrase(&said(probe));
        sheet.sentence(label, &sentence);
    }
    for provider in &domain.providers {
        let label = sheet.line().with(Ink::Strong, "  Provider").pad(column + AFTER_STATUS);
        let sentence = sheet.line().phrase(&documented(provider));
        sheet.sentence(label, &sentence);
    }
}

/// What became of a dialogue with an MX host, and of its TLSA records.
fn said(probe: &Probe) -> Phrase {
    let said = probe.headline.clone();
    match probe.dane.as_ref().and_then(|dane| dane.result) {
        Some(Match::EndEntity | Match::TrustAnchor) => said.plain(", ").good("DANE verified"),
        _ => said,
    }
}

/// Each record that the domain's providers document, for those who want to see everything.
pub(super) fn expected(sheet: &mut Sheet, domain: &Domain) {
    for provider in &domain.providers {
        sheet.blank();
        let head = sheet
            .line()
            .plain("  ")
            .with(Ink::Strong, &provider.title)
            .faint(format!(", records as documented (data as of {})", provider.as_of));
        sheet.put(&head);
        for shown in &provider.evidence {
            let line = sheet.line().faint("  recognized by ").with(Ink::Name, shown);
            sheet.put(&line);
        }
        for record in &provider.records {
            let ink = match record.state {
                _ if !record.is_counted() => Ink::Faint,
                RecordState::Documented | RecordState::Inherited => Ink::Good,
                _ => Ink::Weak,
            };
            let label = sheet
                .line()
                .plain("  ")
                .with(ink, state(record))
                .pad(AFTER_STATE)
                .faint(record.need.word())
                .pad(AFTER_NEED);
            let said = Phrase::new().name(&record.name).plain(format!(" {} ", record.kind));
            let said = match (&*record.published, record.state) {
                ([], _) => said.code(&record.expected),
                (published, RecordState::Different | RecordState::LeadsNowhere)
                    if record.need != Need::Retired =>
                {
                    let said = said.code(published.join(", "));
                    let said = match &record.leads_to {
                        Some(title) => said.plain(format!(" ({title})")),
                        None => said,
                    };
                    said.plain(", documented: ").code(&record.expected)
                }
                (published, _) => said.code(published.join(", ")),
            };
            let sentence = sheet.line().phrase(&said);
            sheet.sentence(label, &sentence);
            if let Some(add) = &record.add {
                sheet.copyable(add);
            }
        }
    }
}

/// The columns of the list of expected records.
const AFTER_STATE: usize = 16;
const AFTER_NEED: usize = 29;

/// How a record that a provider documents is published.
fn state(record: &ExpectedRecord) -> &'static str {
    match (record.state, record.need) {
        (RecordState::Documented, Need::Retired) => "gone",
        (RecordState::Documented, _) => "as documented",
        (RecordState::Inherited, _) => "inherited",
        (RecordState::Missing, Need::Optional) => "not used",
        (RecordState::Missing, _) => "missing",
        (RecordState::Different, Need::Retired) => "to remove",
        (RecordState::Different, _) => "different",
        (RecordState::LeadsNowhere, _) => "leads nowhere",
        (RecordState::Unknown, _) => "unknown",
        (RecordState::NotRecorded, _) => "not recorded",
    }
}
