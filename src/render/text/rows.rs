//! A row per protocol: who receives, who may send, whose signature counts, what is done with the
//! rest.

use super::of_status;
use super::sheet::Sheet;
use crate::render::palette::Ink;
use crate::report::{Domain, Status};
use crate::text::Phrase;

pub(super) fn rows(sheet: &mut Sheet, domain: &Domain) {
    let rows: [(&str, Status, &Phrase); 4] = [
        ("MX", domain.mx.status, &domain.mx.summary),
        ("SPF", domain.spf.status, &domain.spf.summary),
        ("DKIM", domain.dkim.status, &domain.dkim.summary),
        ("DMARC", domain.dmarc.status, &domain.dmarc.summary),
    ];
    sheet.blank();
    for (protocol, status, summary) in rows {
        if status == Status::Skipped {
            continue;
        }
        let label = sheet
            .line()
            .with(Ink::Strong, format!("  {protocol}"))
            .pad(9)
            .with(of_status(status), status.word())
            .pad(18);
        let sentence = sheet.line().phrase(summary);
        sheet.sentence(label, &sentence);
    }
}
