//! The words: what each step means. The only place with sentences about steps.

use super::enforcement::{Enforcement, Shortfall, Weakness};
use super::event::Event;
use super::examine::Facts;
use super::fetch::NoFile;
use super::grammar::BEGIN;
use super::mark::{Flaw, Mark};
use super::verdict::Judged;
use super::{MARK_DRAFT, section};
use crate::diagnostic::{self, Explanation, Tone};
use crate::protocols::{SoleEvent, Standard};
use crate::text::{Phrase, day, draft, escape};
use serde_json::{Value, json};

/// The words about the record.
const STANDARD: Standard =
    Standard { word: "bimi", title: "BIMI", readers: "receivers", begin: BEGIN.as_bytes() };

impl diagnostic::Event for Event {
    fn explain(&self) -> Explanation {
        let (headline, tone) = match self {
            Self::Record(event) => event.explain(&STANDARD),
            Self::Logo(uri) => (Phrase::from("logo at ").code(uri), Tone::Good),
            Self::Evidence(uri) => (Phrase::from("mark certificate at ").code(uri), Tone::Good),
            Self::Declined => (Phrase::from("l= is empty: the domain declines BIMI"), Tone::Plain),
            Self::Dmarc(enforcement) => of_dmarc(enforcement),
            Self::Fetched { url, file } => of_file(Phrase::new().code(url).plain(": "), file),
            Self::Certified { url, file } => of_mark(Phrase::new().code(url).plain(": "), file),
        };
        if matches!(self, Self::Certified { .. }) {
            return Explanation { headline, tone, cite: Some(draft(MARK_DRAFT, "5.3")) };
        }
        let number = match self {
            Self::Record(SoleEvent::Query { .. }) => "7.2",
            Self::Dmarc(_) => "7.1",
            Self::Logo(_) | Self::Evidence(_) | Self::Declined => "4.3.2",
            Self::Fetched { .. } | Self::Certified { .. } => "4.3.2",
            Self::Record(_) => "4.3",
        };
        Explanation { headline, tone, cite: Some(section(number)) }
    }

    fn machine(&self) -> Value {
        match self {
            Self::Record(event) => event.machine(&STANDARD),
            Self::Logo(uri) => json!({"event": "bimi_logo", "uri": escape(uri)}),
            Self::Evidence(uri) => json!({"event": "bimi_evidence", "uri": escape(uri)}),
            Self::Declined => json!({"event": "bimi_declined"}),
            Self::Fetched { url, file } => json!({
                "event": "bimi_file",
                "url": escape(url.as_bytes()),
                "octets": file.as_ref().ok().map(|judged| judged.octets),
            }),
            Self::Certified { url, file } => json!({
                "event": "bimi_mark",
                "url": escape(url.as_bytes()),
                "holder": file.as_ref().ok().and_then(|mark| mark.holder.as_deref()),
            }),
            Self::Dmarc(enforcement) => json!({
                "event": "bimi_dmarc",
                "enforced": match enforcement {
                    Enforcement::Strict => Some(true),
                    Enforcement::Short(_) => Some(false),
                    Enforcement::Unknown(_) | Enforcement::NotExamined => None,
                },
            }),
        }
    }
}

fn of_file(said: Phrase, file: &Result<Judged, NoFile>) -> (Phrase, Tone) {
    match file {
        Err(why) if why.is_certain() => (said.then(why.phrase()), Tone::Bad),
        Err(why) => (said.then(why.phrase()), Tone::Unknown),
        Ok(judged) if !judged.is_checked => {
            (said.number(judged.octets).plain(" octets, not checked"), Tone::Unknown)
        }
        Ok(judged) => match judged.problems.as_slice() {
            [] => (said.plain("SVG Tiny PS, ").number(judged.octets).plain(" octets"), Tone::Good),
            problems => (said.bad(problems.join(", ")), Tone::Bad),
        },
    }
}

fn of_mark(said: Phrase, file: &Result<Mark, NoFile>) -> (Phrase, Tone) {
    let mark = match file {
        Err(why) if why.is_certain() => return (said.then(why.phrase()), Tone::Bad),
        Err(why) => return (said.then(why.phrase()), Tone::Unknown),
        Ok(mark) if !mark.is_checked => return (said.plain("not checked"), Tone::Unknown),
        Ok(mark) => mark,
    };
    let said = said.then(certificate(mark));
    match mark.flaws.as_slice() {
        [] => (said, Tone::Good),
        flaws if mark.certain().next().is_none() => {
            (said.plain("; ").unknown(listed(flaws.iter())), Tone::Unknown)
        }
        flaws => (said.plain("; ").bad(listed(flaws.iter())), Tone::Bad),
    }
}

/// Flaws, one behind the other.
pub(super) fn listed<'a>(flaws: impl Iterator<Item = &'a Flaw>) -> String {
    flaws.map(|flaw| flaw.phrase().to_string()).collect::<Vec<_>>().join(", ")
}

/// What a certificate is, and how long: `mark certificate of Example, Inc. (Registered Mark) until
/// 2027-03-01`.
fn certificate(mark: &Mark) -> Phrase {
    let said = Phrase::from("mark certificate");
    let said = mark.holder.iter().fold(said, |said, holder| said.plain(" of ").plain(holder));
    let said = mark.kind.iter().fold(said, |said, kind| said.plain(format!(" ({kind})")));
    mark.not_after.iter().fold(said, |said, end| said.plain(format!(" until {}", day(*end))))
}

fn of_dmarc(enforcement: &Enforcement) -> (Phrase, Tone) {
    match enforcement {
        Enforcement::Strict => (Phrase::from("DMARC is enforced"), Tone::Good),
        Enforcement::Short(shortfall) => {
            let said = Phrase::from("DMARC is not enforced: ").then(weakness(shortfall));
            (said, Tone::Bad)
        }
        Enforcement::Unknown(failure) => {
            let said = Phrase::from("DMARC is undetermined: ");
            (said.unknown(failure.trouble.sentence()), Tone::Unknown)
        }
        Enforcement::NotExamined => (Phrase::from("DMARC was not examined"), Tone::Unknown),
    }
}

/// What a policy lacks.
pub(super) fn weakness(Shortfall { domain, weakness }: &Shortfall) -> Phrase {
    let said = Phrase::new().name(domain);
    match weakness {
        Weakness::NoPolicy => said.plain(" has ").bad("no DMARC policy"),
        Weakness::None => said.plain(" publishes ").bad("p=none"),
        Weakness::SubdomainsNone => said.plain(" publishes ").bad("sp=none"),
        Weakness::Partly(percent) => said.plain(" publishes ").bad(format!("pct={percent}")),
        Weakness::Testing => said.plain(" publishes ").bad("t=y"),
    }
}

/// What is published, in a few words, for a line of a summary.
pub(super) fn summary(facts: &Facts) -> Phrase {
    let said = Phrase::new();
    let Some(visit) = facts.deciding() else { return said.plain("no record") };
    let record = match STANDARD.sound(visit, facts.lookalikes().next().is_some()) {
        Ok(published) => published.record(),
        Err(why) => return why,
    };
    if record.is_declined {
        return said.plain("declined: the record has no logo");
    }
    let said = record.logo.iter().fold(said, |said, it| said.plain("logo ").code(&it.uri));
    let said = match (&record.evidence, facts.evidence.as_ref().map(|it| &it.file)) {
        (None, _) => said.plain(", no mark certificate"),
        (_, Some(Ok(mark))) if mark.is_checked => said.plain(", ").then(certificate(mark)),
        (_, _) => said.plain(", with a mark certificate"),
    };
    let said = match facts.evidence.as_ref().map(|evidence| &evidence.file) {
        Some(Err(why)) if why.is_certain() => {
            return said.plain("; ").bad("the certificate is not served");
        }
        Some(Err(why)) => said.plain("; certificate not fetched: ").then(why.phrase()),
        Some(Ok(mark)) if mark.certain().next().is_some() => {
            return said.plain("; ").bad(listed(mark.certain()));
        }
        Some(Ok(mark)) if !mark.flaws.is_empty() => {
            said.plain("; ").unknown(listed(mark.flaws.iter()))
        }
        Some(Ok(_)) | None => said,
    };
    let said = match facts.logo.as_ref().map(|logo| &logo.file) {
        Some(Err(why)) if why.is_certain() => {
            return said.plain("; ").bad("the logo is not served");
        }
        Some(Err(why)) => said.plain("; logo not fetched: ").then(why.phrase()),
        Some(Ok(judged)) if !judged.problems.is_empty() => {
            return said.plain("; ").bad("the logo is not SVG Tiny PS");
        }
        Some(Ok(_)) => said.plain("; SVG Tiny PS"),
        None => said,
    };
    match &facts.enforcement {
        Enforcement::Short(shortfall) => {
            said.plain("; receivers do not show it: ").then(weakness(shortfall))
        }
        Enforcement::Unknown(_) => said.plain("; ").unknown("DMARC is undetermined"),
        Enforcement::Strict | Enforcement::NotExamined => said,
    }
}
