//! What others report, folded: reports come in one after the other and are dropped; what stays is
//! who sent as which domain, and how that went.

mod fold;
pub(crate) mod lint;
mod earlier;
mod replay;

pub use earlier::State;
pub use replay::{Answers, replay, replay_with};

use crate::mail::feedback::aggregate::odd_address;
use crate::mail::feedback::{Flaws, Outcome, Reading, Report};
use crate::report::Run;
use crate::report::feedback::{Aggregate, Failure, Feedback, File, Reported, Tls, TlsPolicy};
use crate::text::{Phrase, escape, grouped};
use fold::Fold;
use std::collections::{BTreeMap, HashSet};

/// Fields of a failure report that name no person.
const IMPERSONAL: [&str; 13] = [
    "feedback-type",
    "auth-failure",
    "delivery-result",
    "identity-alignment",
    "source-ip",
    "source-port",
    "reported-domain",
    "arrival-date",
    "incidents",
    "dkim-domain",
    "dkim-selector",
    "authentication-results",
    "spf-dns",
];

/// Reports on their way to one value.
#[derive(Default)]
pub struct Folding {
    files: Vec<File>,
    best: Option<Outcome>,
    worst: Option<Outcome>,
    reports: Vec<Reported>,
    known: HashSet<[String; 5]>,
    duplicates: u64,
    fold: Fold,
}

impl Folding {
    /// Adds what a file holds.
    pub fn add(&mut self, file: &str, reading: Reading) {
        let Reading { reports, flaws, outcome, .. } = reading;
        self.best = Some(self.best.map_or(outcome, |best| best.min(outcome)));
        self.worst = self.worst.max(Some(outcome));
        if outcome > Outcome::ReadWithWarnings || !flaws.is_empty() {
            let warnings = listed(&flaws);
            let file = escape(file.as_bytes());
            self.files.push(File { file, outcome, reports: reports.len(), warnings });
        }
        for report in reports {
            self.report(report);
        }
    }

    fn report(&mut self, report: Report) {
        let warnings = listed(report.flaws());
        match report {
            Report::Aggregate(report) => {
                let text = |value: &Option<String>| value.clone().unwrap_or_default();
                let time = |value: Option<i64>| value.map(|it| it.to_string()).unwrap_or_default();
                let key = [
                    text(&report.org),
                    text(&report.report_id),
                    text(&report.policy.domain),
                    time(report.begin),
                    time(report.end),
                ];
                // Without an identifier or a time two reports may be alike and be two.
                let is_named =
                    report.report_id.is_some() && report.begin.is_some() && report.end.is_some();
                if is_named && !self.known.insert(key) {
                    self.duplicates += 1;
                    return;
                }
                self.fold.add(&report);
                let sums = report.sums();
                let tags = report.policy.tags.into_iter();
                self.reports.push(Reported::Aggregate(Aggregate {
                    org: report.org,
                    email: report.email,
                    report_id: report.report_id,
                    begin: report.begin,
                    end: report.end,
                    version: report.version,
                    domain: report.policy.domain,
                    policy: tags.map(|(tag, value)| (tag.to_owned(), value)).collect(),
                    records: report.records.len(),
                    messages: sums.messages,
                    pass: sums.pass,
                    fail: sums.messages.saturating_sub(sums.pass),
                    n_sources: sums.sources.len(),
                    sources: biggest(sums.sources),
                    dispositions: sums.dispositions,
                    overrides: sums.overrides,
                    errors: report.errors,
                    warnings,
                }));
            }
            Report::Failure(report) => {
                let field = |name: &str| report.field(name).map(str::to_owned);
                self.fold.complaint(report.is_about_authentication());
                let of = |name: &&str| Some(((*name).to_owned(), field(name)?));
                self.reports.push(Reported::Failure(Failure {
                    domain: field("reported-domain"),
                    source: field("source-ip").map(|it| match odd_address(&it) {
                        Some(address) => address.to_string(),
                        None => it,
                    }),
                    feedback_type: field("feedback-type"),
                    fields: IMPERSONAL.iter().filter_map(of).collect::<BTreeMap<_, _>>(),
                    warnings,
                }));
            }
            Report::Tls(report) => {
                let policies = report.policies.into_iter().map(|policy| TlsPolicy {
                    kind: policy.kind,
                    domain: policy.domain,
                    ok: policy.ok,
                    failed: policy.failed,
                    failures: policy.failures,
                    hosts: policy.hosts,
                });
                self.reports.push(Reported::Tls(Tls {
                    org: report.org,
                    contact: report.contact,
                    report_id: report.report_id,
                    begin: report.begin,
                    end: report.end,
                    policies: policies.collect(),
                    warnings,
                }));
            }
        }
    }

    /// All of it; who has to act is not known before it is replayed, or said to be left out.
    pub fn finish(self, mut run: Run) -> Feedback {
        let Self { files, best, worst, reports, duplicates, fold, .. } = self;
        let has_reports = !reports.is_empty();
        // Beside a report a file that holds none is a warning; without one the gravest word counts.
        let outcome = match (best, worst) {
            (Some(best), Some(Outcome::Read)) if has_reports => best,
            (Some(Outcome::Partial), _) if has_reports => Outcome::Partial,
            (Some(_), _) if has_reports => Outcome::ReadWithWarnings,
            (_, worst) => worst.unwrap_or(Outcome::NotAReport),
        };
        let [pass, fail] = fold.messages();
        let headline = match (has_reports, pass + fail) {
            (false, _) => Phrase::new().bad("no report").plain(match outcome {
                Outcome::Refused => " was read: refused",
                Outcome::Error => " could be read: broken",
                _ => " in it",
            }),
            (true, 0) => Phrase::new()
                .number(reports.len())
                .plain(if reports.len() == 1 { " report" } else { " reports" })
                .plain(", 0 messages counted by DMARC"),
            (true, messages) => Phrase::new()
                .plain(grouped(messages.into()))
                .plain(" messages in ")
                .number(reports.len())
                .plain(if reports.len() == 1 { " report: " } else { " reports: " })
                .plain(grouped(pass.into()))
                .plain(" pass DMARC, ")
                .plain(grouped(fail.into()))
                .plain(if fail == 1 { " fails" } else { " fail" }),
        };
        let beyond = fold.beyond();
        if beyond > 0 {
            let said = grouped(beyond.into());
            run.notes.push(Phrase::new().weak("too many sources").plain(format!(
                ": {said} messages are in the sums and in no source, and not in what p=reject would cost"
            )));
        }
        let (sources, days, reject) = fold.finish();
        let exit_code = if has_reports { 0 } else { 2 };
        let (faults, findings) = (Vec::new(), Vec::new());
        Feedback {
            outcome,
            files,
            reports,
            duplicates,
            sources,
            days,
            reject,
            faults,
            findings,
            headline,
            run,
            exit_code,
        }
    }
}

/// Sources of one report that are listed.
const MOST_LISTED: usize = 12;

/// The sources with the most messages, of equal ones those that the report names first.
fn biggest(mut sources: Vec<(String, [u64; 2])>) -> BTreeMap<String, [u64; 2]> {
    sources.sort_by_key(|(_, [pass, fail])| std::cmp::Reverse(pass.saturating_add(*fail)));
    sources.truncate(MOST_LISTED);
    sources.into_iter().collect()
}

/// The flaws of a report or of a file, with how many more there are.
fn listed(flaws: &Flaws) -> Vec<crate::mail::feedback::Flaw> {
    let mut listed = flaws.kept().to_vec();
    listed.extend(flaws.rest());
    listed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::feedback::read;

    #[test]
    fn messages_of_sources_beyond_the_limit_are_counted_and_said() {
        let record = |number: usize| {
            format!(
                "<record><row><source_ip>192.0.2.{number}</source_ip><count>1</count><policy_evaluated>\
                 <dkim>pass</dkim></policy_evaluated></row><identifiers><header_from>a.example\
                 </header_from></identifiers></record>"
            )
        };
        let records: String = (0..120).map(record).collect();
        let xml = format!(
            "<feedback><report_metadata><org_name>o</org_name></report_metadata>{records}</feedback>"
        );
        let mut folding = Folding::default();
        folding.add("a.xml", read("a.xml", xml.as_bytes()));
        let found = folding.finish(Run::default());
        let kept: u64 = found.sources.iter().map(|it| it.pass).sum();
        assert!(found.headline.to_string().starts_with("120 messages"), "{}", found.headline);
        assert_eq!((kept, found.run.notes.len()), (100, 1));
    }
}
