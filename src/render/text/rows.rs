//! A row per protocol: who receives, who may send, whose signature counts, what is done with the
//! rest.

use super::sheet::Sheet;
use super::{of_status, of_verdict};
use crate::protocols::Protocol;
use crate::render::documented::documented;
use crate::render::palette::Ink;
use crate::report::smtp::Probe;
use crate::report::{Domain, ExpectedRecord, Need, RecordState, SectionView, Status};
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
    // Where nothing but these was asked about, each says what it has to say.
    let is_main = |view: &SectionView<'_>| view.protocol.compact().is_none();
    let shares = views.clone().any(|view| is_main(&view));
    let is_missing =
        |view: &SectionView<'_>| view.protocol.is_optional() && view.status == Status::Absent;
    let (shared, views): (Vec<_>, Vec<_>) = views
        .filter(|view| !(shares && is_missing(view)))
        .partition(|view| shares && shared_word(view).is_some());
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
    way_in(sheet, &shared, column + AFTER_STATUS);
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

/// What stands for a protocol in the line about the way of mail to the domain; `None` where there is more
/// to say.
fn shared_word(view: &SectionView<'_>) -> Option<&'static str> {
    let good = view.protocol.compact()?;
    match view.status {
        Status::Good => Some(good),
        Status::Absent => Some("no"),
        _ => None,
    }
}

/// The line about the way of mail to the domain: the protocols of which a word says all.
fn way_in(sheet: &mut Sheet, shared: &[SectionView<'_>], column: usize) {
    if shared.is_empty() {
        return;
    }
    let label = sheet.line().with(Ink::Strong, "  TLS").pad(column);
    let between = format!(" {} ", sheet.glyphs.plain);
    let sentence = shared.iter().enumerate().fold(sheet.line(), |line, (at, view)| {
        let line = if at > 0 { line.plain(&between) } else { line };
        let ink = if view.status == Status::Good { Ink::Good } else { Ink::Plain };
        line.plain(view.protocol.title())
            .plain(" ")
            .with(ink, shared_word(view).unwrap_or_default())
    });
    sheet.sentence(label, &sentence);
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
