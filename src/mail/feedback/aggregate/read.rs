//! The text of an aggregate report to its value. Elements are known by their local names and by what
//! they stand in; an element that is not known says nothing, and one that is missing costs itself.

use super::place::Place;
use super::{Aggregate, Reason, Record, Signature, Source, SpfCheck};
use crate::mail::feedback::Refusal;
use crate::mail::feedback::flaw::{Flaw, Flaws};

/// Elements open at a time: a report has six.
const DEEPEST: usize = 64;
/// Records of one report.
const MOST_RECORDS: usize = 1_000_000;
/// Octets of one value; what is longer is no name, address or number.
const LONGEST: usize = 4096;
/// A day and a half: reports span a day, and clocks differ.
const LONG_SPAN: i64 = 36 * 3600;

/// The values that RFC 7489 and RFC 9990 have.
const RESULTS: [&str; 7] = ["none", "pass", "fail", "policy", "neutral", "temperror", "permerror"];
const EVALUATED: [&str; 2] = ["pass", "fail"];
const DISPOSITIONS: [&str; 4] = ["none", "quarantine", "reject", "pass"];
const REASONS: [&str; 8] = [
    "forwarded",
    "sampled_out",
    "trusted_forwarder",
    "mailing_list",
    "local_policy",
    "other",
    "policy_test_mode",
    "",
];
const TAGS: [&str; 10] =
    ["p", "sp", "np", "adkim", "aspf", "pct", "fo", "testing", "discovery_method", "rf"];

/// A report while it is read.
pub(super) struct Reading<'t> {
    report: Aggregate,
    record: Record,
    /// The elements that are open, each with the place outside of it.
    open: Vec<(&'t str, Place)>,
    place: Place,
    text: String,
    /// True if elements were in the current one: its text is between them.
    has_inner: bool,
    is_over: bool,
    /// True if an element was not closed.
    is_torn: bool,
    has: Seen,
}

/// Which parts of the report were there.
#[derive(Default)]
struct Seen {
    feedback: bool,
    metadata: bool,
    policy: bool,
    anything: bool,
    /// An address and a number of the record that is open.
    source: bool,
    count: bool,
}

impl<'t> Reading<'t> {
    pub(super) fn new(flaws: Flaws) -> Self {
        Self {
            report: Aggregate { flaws, ..Aggregate::default() },
            record: Record::default(),
            open: Vec::new(),
            place: Place::Outside,
            text: String::new(),
            has_inner: false,
            is_over: false,
            is_torn: false,
            has: Seen::default(),
        }
    }

    /// True if it ended: what follows is of another report.
    pub(super) fn is_over(&self) -> bool {
        self.is_over && self.place == Place::Outside
    }

    /// Its flaws.
    pub(super) fn flaws(&mut self) -> &mut Flaws {
        &mut self.report.flaws
    }

    pub(super) fn open(&mut self, name: &'t str) -> Result<(), Refusal> {
        if self.open.len() >= DEEPEST {
            return Err(Refusal::hostile(&format!("more than {DEEPEST} elements are open")));
        }
        // kddi.com writes `1/report_id>` for `1</report_id>`: the next element ends that one.
        if let Some((leaf, _)) = self.open.last().copied()
            && let Some(cut) = self.text.trim().strip_suffix('>')
            && let Some(value) = cut.strip_suffix(leaf).and_then(|it| it.strip_suffix('/'))
        {
            let value = value.to_owned();
            self.flaw(leaf, "", "the end tag lacks its <");
            self.text = value;
            self.close(leaf);
        }
        let outer = self.place;
        if let Some(place) = self.place.open(name) {
            self.enter(place);
        }
        self.open.push((name, outer));
        self.text.clear();
        self.has_inner = false;
        Ok(())
    }

    fn enter(&mut self, place: Place) {
        self.place = place;
        match place {
            Place::Feedback => self.has.feedback = true,
            Place::Metadata => (self.has.metadata, self.has.anything) = (true, true),
            Place::Policy => (self.has.policy, self.has.anything) = (true, true),
            Place::Record => {
                self.record = Record::default();
                self.has.anything = true;
            }
            Place::Reason => self.record.reasons.push(Reason::default()),
            Place::Dkim => self.record.signatures.push(Signature::default()),
            Place::Spf => self.record.spf_checks.push(SpfCheck::default()),
            _ => {}
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        let left = LONGEST.saturating_sub(self.text.len());
        match text.get(..left) {
            Some(beginning) if text.len() > left => self.text.push_str(beginning),
            _ if text.len() <= left => self.text.push_str(text),
            _ => {}
        }
    }

    pub(super) fn close(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|(open, _)| *open == name) else {
            self.flaw(name, "", "an end tag without a beginning");
            return;
        };
        while self.open.len() > at {
            let Some((element, outer)) = self.open.pop() else { return };
            if self.open.len() > at {
                self.is_torn = true;
                self.flaw(element, "", "not closed");
            }
            self.end(element, outer);
        }
    }

    /// An element ends: a place is left, or a value is complete.
    fn end(&mut self, element: &str, outer: Place) {
        let text = std::mem::take(&mut self.text);
        let value = text.trim();
        if self.place != outer {
            let left = std::mem::replace(&mut self.place, outer);
            match left {
                Place::Record => self.end_record(),
                Place::Reason if !self.has_inner && !value.is_empty() => {
                    self.flaw("reason", value, "has no type; kept as a comment");
                    if let Some(reason) = self.record.reasons.last_mut() {
                        reason.comment = Some(value.to_owned());
                    }
                }
                Place::Feedback => self.is_over = true,
                _ => {}
            }
        } else {
            self.value(element, value);
        }
        self.has_inner = true;
    }

    fn value(&mut self, element: &str, value: &str) {
        let some = || Some(value.to_owned()).filter(|it| !it.is_empty());
        let report = &mut self.report;
        match (self.place, element) {
            (Place::Metadata, "org_name") => report.org = some(),
            (Place::Metadata, "email") => report.email = some(),
            (Place::Metadata, "report_id") => report.report_id = some(),
            (Place::Metadata, "generator") => report.generator = some(),
            (Place::Metadata | Place::Feedback, "error") => report.errors.extend(some()),
            (Place::Dates | Place::Metadata, "begin") => {
                self.report.begin = self.date(element, value);
            }
            (Place::Dates | Place::Metadata, "end") => self.report.end = self.date(element, value),
            (Place::Feedback, "version") => report.version = some(),
            (Place::Policy, "domain") => report.policy.domain = some(),
            (Place::Policy, tag) => self.tag(tag, value),
            (Place::Row | Place::Record, "source_ip" | "count") => self.row(element, value),
            (Place::Evaluated, "disposition") => {
                self.record.disposition = self.word(element, value, &DISPOSITIONS);
            }
            (Place::Evaluated, "dkim") => {
                self.record.dkim = self.word("policy_evaluated dkim", value, &EVALUATED);
            }
            (Place::Evaluated, "spf") => {
                self.record.spf = self.word("policy_evaluated spf", value, &EVALUATED);
            }
            (Place::Reason, "type") => {
                let kind = self.word("reason type", value, &REASONS);
                self.with_reason(|reason| reason.kind = kind);
            }
            (Place::Reason, "comment") => {
                let comment = some();
                self.with_reason(|reason| reason.comment = comment);
            }
            (Place::Identifiers, "header_from") => self.record.header_from = some(),
            (Place::Identifiers, "envelope_from") => self.record.envelope_from = some(),
            (Place::Dkim, field) => self.signature(field, value),
            (Place::Spf, field) => self.spf_check(field, value),
            _ => {}
        }
    }

    fn with_reason(&mut self, set: impl FnOnce(&mut Reason)) {
        if let Some(reason) = self.record.reasons.last_mut() {
            set(reason);
        }
    }

    fn signature(&mut self, field: &str, value: &str) {
        let result = match field {
            "result" => self.word("dkim result", value, &RESULTS),
            _ => None,
        };
        let Some(signature) = self.record.signatures.last_mut() else { return };
        let some = Some(value.to_owned()).filter(|it| !it.is_empty());
        match field {
            "domain" => signature.domain = some,
            "selector" => signature.selector = some,
            "result" => signature.result = result,
            _ => {}
        }
    }

    fn spf_check(&mut self, field: &str, value: &str) {
        let result = match field {
            "result" if value.eq_ignore_ascii_case("softfail") => Some("softfail".to_owned()),
            "result" => self.word("spf result", value, &RESULTS),
            _ => None,
        };
        let Some(check) = self.record.spf_checks.last_mut() else { return };
        let some = Some(value.to_owned()).filter(|it| !it.is_empty());
        match field {
            "domain" => check.domain = some,
            "scope" => check.scope = some,
            "result" => check.result = result,
            _ => {}
        }
    }

    /// A tag of the published policy.
    fn tag(&mut self, tag: &str, value: &str) {
        let Some(tag) = TAGS.into_iter().find(|known| *known == tag) else { return };
        let lower = value.to_ascii_lowercase();
        let is_known = match tag {
            "p" | "sp" | "np" => matches!(&*lower, "none" | "quarantine" | "reject" | ""),
            "adkim" | "aspf" => matches!(&*lower, "r" | "s" | ""),
            "pct" => value.is_empty() || value.parse::<u8>().is_ok_and(|it| it <= 100),
            _ => true,
        };
        if !is_known {
            self.flaw(&format!("policy_published {tag}"), value, "not a value of this tag");
        }
        if !value.is_empty() {
            self.report.policy.tags.insert(tag, value.to_owned());
        }
    }

    /// The address and the number of a record: of two the first is the record's own, and the other may be
    /// one that an extension added (RFC 9990).
    fn row(&mut self, element: &str, value: &str) {
        let is_source = element == "source_ip";
        let has = if is_source { &mut self.has.source } else { &mut self.has.count };
        if std::mem::replace(has, true) {
            self.record_flaw(element, value, "given twice; the first one counts");
        } else if is_source {
            self.record.source = self.source(value);
        } else {
            self.record.count = self.count(value);
        }
    }

    fn end_record(&mut self) {
        let record = std::mem::take(&mut self.record);
        if !std::mem::take(&mut self.has.count) {
            self.record_flaw("count", "", "missing; its messages are not counted");
        }
        self.has.source = false;
        if record.dkim.is_none() && record.spf.is_none() {
            self.record_flaw("policy_evaluated", "", "missing; counted as failing");
        }
        if record.source == Source::Missing {
            self.record_flaw("source_ip", "", "missing");
        }
        if record.header_from.is_none() {
            self.record_flaw("header_from", "", "missing");
        }
        if record.signatures.is_empty() && record.spf_checks.is_empty() {
            self.record_flaw("auth_results", "", "missing");
        }
        self.contradictions(&record);
        if self.report.records.len() < MOST_RECORDS {
            self.report.records.push(record);
        } else {
            self.flaw("record", "", "too many records; left out");
        }
    }

    /// Says where a record says of DMARC what its own results do not.
    fn contradictions(&mut self, record: &Record) {
        let Some(from) = record.header_from.as_deref() else { return };
        let is_own = |domain: &Option<String>| {
            domain.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(from))
        };
        let is_pass = |result: &Option<String>| result.as_deref() == Some("pass");
        let signed = record.signatures.iter().any(|it| is_own(&it.domain) && is_pass(&it.result));
        if signed && record.dkim.as_deref() == Some("fail") {
            let why = format!(
                "the signature of {from} passed and is aligned: the report contradicts itself"
            );
            self.record_flaw("policy_evaluated dkim", "fail", &why);
        }
        let sent = record.spf_checks.iter().any(|it| {
            is_own(&it.domain) && is_pass(&it.result) && it.scope.as_deref() != Some("helo")
        });
        if sent && record.spf.as_deref() == Some("fail") {
            let why =
                format!("SPF passed for {from} and is aligned: the report contradicts itself");
            self.record_flaw("policy_evaluated spf", "fail", &why);
        }
    }

    pub(super) fn finish(mut self) -> Result<Aggregate, Refusal> {
        if !self.has.feedback {
            return Err(Refusal::other("no <feedback> in it"));
        }
        let is_cut = !self.is_over;
        // What was read of a record that was cut says how many, or nothing.
        if is_cut && self.open.iter().any(|(name, _)| *name == "record") {
            self.flaw("record", "", "cut off; not counted");
        }
        if !self.has.anything {
            return Err(Refusal::other("<feedback> is empty"));
        }
        if self.is_torn && self.report.records.is_empty() && self.report.report_id.is_none() {
            return Err(Refusal::broken("broken before its first record"));
        }
        if is_cut {
            self.flaw("feedback", "", "its end is missing");
        }
        let report = &mut self.report;
        report.is_cut = is_cut;
        if !self.has.metadata {
            report.flaws.add(Flaw::missing("report_metadata"));
        }
        if !self.has.policy {
            report.flaws.add(Flaw::missing("policy_published"));
        }
        let fields = [
            ("org_name", report.org.is_none()),
            ("report_id", report.report_id.is_none()),
            ("begin", report.begin.is_none()),
            ("end", report.end.is_none()),
        ];
        for (field, _) in fields.into_iter().filter(|(_, missing)| *missing && self.has.metadata) {
            report.flaws.add(Flaw::missing(field));
        }
        if self.has.policy && report.policy.domain.is_none() {
            report.flaws.add(Flaw::missing("policy_published domain"));
        }
        if let (Some(begin), Some(end)) = (report.begin, report.end) {
            let span = end.saturating_sub(begin);
            if span < 0 {
                report.flaws.add(Flaw::of("date_range", "", "ends before it begins"));
            } else if span > LONG_SPAN {
                let days = span / 86400;
                let hours = span % 86400 / 3600;
                let why = format!("spans {days} d {hours} h; no figures for a single day");
                report.flaws.add(Flaw::of("date_range", "", &why));
            }
        }
        Ok(self.report)
    }

    pub(super) fn flaw(&mut self, field: &str, value: &str, why: &str) {
        self.report.flaws.add(Flaw::of(field, value, why));
    }

    pub(super) fn record_flaw(&mut self, field: &str, value: &str, why: &str) {
        let number = self.report.records.len() + 1;
        self.flaw(&format!("record {number}: {field}"), value, why);
    }
}
