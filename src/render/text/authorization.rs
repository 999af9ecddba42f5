//! The senders: may they send, and which step said so.

use super::sheet::Sheet;
use super::{Look, explain, finding};
use crate::render::overlap;
use crate::render::palette::Ink;
use crate::render::sender::{self, Stage};
use crate::report::{Answer, Authorization, Authorized, Domain, SenderKind, Step};
use crate::text::Phrase;

/// Where sentences begin: behind the longest answer, `unknown` or `partial`.
const TEXT: usize = 11;

pub(super) fn authorizations(sheet: &mut Sheet, domain: &Domain, look: &Look) {
    let shown: Vec<&Authorization> =
        domain.authorizations.iter().filter(|one| !sender::is_in_contract(one)).collect();
    if shown.is_empty() {
        return;
    }
    sheet.blank();
    let headline = domain.headline.to_string();
    for (index, authorization) in shown.iter().enumerate() {
        let is_said = shown.len() == 1 && authorization.headline.to_string() == headline;
        if !is_said {
            let (word, role) = sender::answer(authorization.authorized);
            let ink = role.map_or(Ink::Faint, Ink::from);
            let label = sheet.line().plain("  ").with(ink, word).pad(TEXT);
            let sentence = sheet.line().phrase(&authorization.headline);
            sheet.sentence(label, &sentence);
        }
        if is_said || look.explain || !sender::is_expected(authorization) {
            let earlier = shown.get(..index).unwrap_or_default();
            grounds(sheet, domain, authorization, look);
            remedies(sheet, authorization, earlier);
        }
    }
}

/// Why the answer is what it is.
fn grounds(sheet: &mut Sheet, domain: &Domain, authorization: &Authorization, look: &Look) {
    if !sender::is_usual(domain, authorization) || look.explain {
        labelled(sheet, "as", &sender::identities(authorization));
    }
    let spf = &authorization.spf;
    let is_plain_yes = authorization.authorized == Authorized::Yes;
    if look.explain {
        explain::block(sheet, "SPF", &spf.steps, &domain.lookups);
    } else if authorization.kind == SenderKind::Address && !is_plain_yes {
        path(sheet, &spf.steps);
    }
    if authorization.answer == Answer::Partly {
        for said in sender::families(authorization) {
            labelled(sheet, "", &said);
        }
    }
    if authorization.kind != SenderKind::Address && (look.explain || !is_plain_yes) {
        for (word, role, said) in sender::portions(authorization) {
            let label = sheet.line().plain("  ").with(role.into(), word).pad(TEXT);
            let sentence = sheet.line().phrase(&said);
            sheet.sentence(label, &sentence);
        }
    }
    if let Some(text) = &spf.explanation {
        labelled(sheet, "says", &Phrase::from("explanation by the domain: ").code(text));
    }
    if let Some(helo) = &authorization.helo {
        labelled(sheet, "HELO", &sender::identity_verdict(helo));
        if look.explain {
            explain::block(sheet, "SPF of the HELO name", &helo.steps, &domain.lookups);
        }
    }
    if let Some(dmarc) = &authorization.dmarc {
        labelled(sheet, "", &dmarc.headline);
        if look.explain {
            explain::block(sheet, "DMARC", &dmarc.steps, &domain.lookups);
        }
    }
    for note in &authorization.notes {
        labelled(sheet, "remark", note);
    }
}

/// What would let the sender pass, and what that costs; the record can be pasted.
fn remedies(sheet: &mut Sheet, one: &Authorization, earlier: &[&Authorization]) {
    let shown = || earlier.iter().flat_map(|one| &one.fixes);
    for fix in &one.fixes {
        labelled(sheet, "fix", &sender::remedy(fix));
        if shown().any(|other| overlap::is_same_record(&other.fix, &fix.fix)) {
            let said = "this record lacks the term of the fix above; to authorize both senders, \
                        publish one record with both terms";
            labelled(sheet, "", &Phrase::from(said));
        }
        finding::records(sheet, &fix.fix.records, true);
    }
}

fn labelled(sheet: &mut Sheet, label: &str, said: &Phrase) {
    let label = sheet.line().faint(format!("  {label}")).pad(TEXT);
    let sentence = sheet.line().phrase(said);
    sheet.sentence(label, &sentence);
}

/// The steps that were taken, numbered.
fn path(sheet: &mut Sheet, steps: &[Step]) {
    let stages = sender::path(steps);
    let digits = stages.len().to_string().len();
    sheet.blank();
    for (number, stage) in (1..).zip(&stages) {
        let (depth, sentence) = match stage {
            Stage::Step(depth, step) => (depth, sheet.line().phrase(&step.headline)),
            Stage::Fold(depth, said) => (depth, sheet.line().faint(said)),
        };
        let label = sheet
            .line()
            .plain("  ")
            .right(2 + digits, Ink::Faint, &number.to_string())
            // However deep the includes go, the words stay on the screen.
            .pad(4 + digits + 2 * depth.min(&8));
        sheet.sentence(label, &sentence);
    }
    sheet.blank();
}
