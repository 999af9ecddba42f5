//! A row per protocol: who receives, who may send, whose signature counts, what is done with the
//! rest.

use super::of_status;
use super::sheet::Sheet;
use crate::protocols::Protocol;
use crate::render::palette::Ink;
use crate::report::{Domain, SectionView};

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
}
