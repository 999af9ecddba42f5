//! Failure and abuse reports (RFC 5965, RFC 6591): one message that failed, or that somebody
//! complained about.

use super::flaw::{Flaw, Flaws};

/// Fields of one report, and octets of one value.
const MOST: usize = 1000;
const LONGEST: usize = 16 * 1024;

/// One report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailureReport {
    /// The fields, in the order of the report; names in small letters. A field may repeat.
    pub fields: Vec<(String, String)>,
    /// What is wrong with it.
    pub flaws: Flaws,
}

impl FailureReport {
    /// The first value of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// True if it is about authentication, and no complaint of a reader.
    pub fn is_about_authentication(&self) -> bool {
        let kind = self.field("feedback-type");
        kind.is_none_or(|kind| kind.eq_ignore_ascii_case("auth-failure"))
    }
}

/// Reads the part `message/feedback-report`; `None` if it has no such field.
pub(super) fn read(text: &str, mut flaws: Flaws) -> Option<FailureReport> {
    let fields = fields(text);
    if !fields.iter().any(|(name, _)| name == "feedback-type") {
        return None;
    }
    for needed in ["user-agent", "version"] {
        if !fields.iter().any(|(name, _)| name == needed) {
            flaws.add(Flaw::missing(needed));
        }
    }
    Some(FailureReport { fields, flaws })
}

/// The header fields of a text, unfolded.
pub(in crate::mail) fn fields(text: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut()
                && value.len() < LONGEST
            {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':')
            && !name.contains(' ')
            && fields.len() < MOST
        {
            fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    fields
}

/// The words of gateways that report without the part: Exim's, and who took them from there.
const PLAIN: &str = "failed the published DMARC policy";
const PLAIN_FIELDS: [(&str, &str); 6] = [
    ("sender domain", "reported-domain"),
    ("sender ip address", "source-ip"),
    ("received date", "arrival-date"),
    ("spf alignment", "spf-alignment"),
    ("dkim alignment", "dkim-alignment"),
    ("dmarc results", "authentication-results"),
];

/// Reads a report in plain words; `None` if it is none.
pub(super) fn plain(text: &str, mut flaws: Flaws) -> Option<FailureReport> {
    if !text.contains(PLAIN) {
        return None;
    }
    let mut report = FailureReport::default();
    report.fields.push(("feedback-type".into(), "auth-failure".into()));
    report.fields.push(("auth-failure".into(), "dmarc".into()));
    for line in text.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        let name = name.trim().to_ascii_lowercase();
        if let Some((_, field)) = PLAIN_FIELDS.iter().find(|(known, _)| *known == name) {
            report.fields.push(((*field).to_owned(), value.trim().to_owned()));
        }
    }
    flaws.add(Flaw::missing("message/feedback-report"));
    report.flaws = flaws;
    report.field("source-ip").or(report.field("reported-domain"))?;
    Some(report)
}
