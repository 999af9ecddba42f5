//! A row per protocol: who receives, who may send, whose signature counts, what is done with the
//! rest.

use super::of_status;
use super::sheet::Sheet;
use crate::render::palette::Ink;
use crate::report::{Domain, SectionView, Status};

pub(super) fn rows(sheet: &mut Sheet, domain: &Domain) {
    sheet.blank();
    for SectionView { protocol, status, summary, .. } in domain.sections() {
        if status == Status::Skipped {
            continue;
        }
        let label = sheet
            .line()
            .with(Ink::Strong, format!("  {}", protocol.title()))
            .pad(9)
            .with(of_status(status), status.word())
            .pad(18);
        let sentence = sheet.line().phrase(summary);
        sheet.sentence(label, &sentence);
    }
}
