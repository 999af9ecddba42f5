//! Reports: who sends as which domain, the days, what `p=reject` would cost, sessions, and what could not be
//! read.

use super::{Article, Bar, Facts, Table, in_file, verdict};
use crate::mail::feedback::Flaw;
use crate::report::feedback::{
    Failure, Feedback, Rejected, Reported, Sending, Standing, TlsPolicy,
};
use crate::text::{Phrase, Role, grouped};

/// Most sources and days that are shown, and most warnings.
pub(in crate::render) const MOST_SOURCES: usize = 30;
pub(in crate::render) const MOST_DAYS: usize = 31;
pub(in crate::render) const MOST_WARNINGS: usize = 10;
/// Fewer messages than this make no percentage.
const FEW: u64 = 50;

/// What somebody is to the domain, in a word.
pub(in crate::render) fn standing(sending: &Sending) -> (&'static str, Role) {
    match sending.standing {
        Standing::Authorized => ("authorized", Role::Good),
        Standing::Unknown => ("unknown", Role::Weak),
        Standing::Forwarder => ("forwarder", Role::Plain),
        Standing::Spoofing => ("spoofing?", Role::Bad),
    }
}

/// The address, or how many there are.
pub(in crate::render) fn addresses(sending: &Sending) -> String {
    match (sending.address_count, sending.addresses.first()) {
        (1, Some(address)) => address.clone(),
        (count, _) => format!("{count} addresses"),
    }
}

/// From when to when a source was seen.
pub(in crate::render) fn seen(sending: &Sending) -> Option<String> {
    let (first, last) = sending.first_seen.zip(sending.last_seen)?;
    Some(format!("{} to {}", date(first), date(last)))
}

fn date(seconds: i64) -> String {
    crate::text::date(seconds.div_euclid(86_400))
}

/// What `p=reject` would cost the domains that do not publish it.
pub(in crate::render) fn rejected(feedback: &Feedback) -> impl Iterator<Item = Phrase> {
    let open = feedback.reject.iter().filter(|row| row.policy.as_deref() != Some("reject"));
    open.map(cost)
}

fn cost(row: &Rejected) -> Phrase {
    let lost = row.own.saturating_add(row.forwarded).saturating_add(row.spoofed);
    let share = match row.messages >= FEW {
        true => format!(" ({:.1}%)", lost as f64 * 100.0 / row.messages as f64),
        false => String::new(),
    };
    Phrase::new().name(&row.domain).plain(format!(
        ": receivers would reject {} of {} messages{share}: {} from your senders, {} forwarded, {} from unknown senders",
        grouped(lost.into()),
        grouped(row.messages.into()),
        grouped(row.own.into()),
        grouped(row.forwarded.into()),
        grouped(row.spoofed.into()),
    ))
}

/// What a policy came to at a reporter.
pub(in crate::render) fn sessions(policy: &TlsPolicy) -> String {
    let kind = policy.kind.as_deref().unwrap_or("?");
    let said = format!(
        "{kind}: {} sessions secured, {} failed",
        grouped(policy.ok.into()),
        grouped(policy.failed.into())
    );
    let failures = policy.failures.iter();
    let failures: Vec<String> = failures.map(|(kind, count)| format!("{count} {kind}")).collect();
    match failures.is_empty() {
        true => said,
        false => format!("{said}: {}", failures.join(", ")),
    }
}

/// What a failure report or a complaint is about.
pub(in crate::render) fn failure(report: &Failure) -> String {
    let kind = report.feedback_type.as_deref().unwrap_or("unknown");
    let what = match kind.eq_ignore_ascii_case("auth-failure") {
        true => "failure report".to_owned(),
        false => format!("a complaint ({kind}), not DMARC"),
    };
    let domain = report.domain.as_deref().unwrap_or("?");
    format!("{what}: {domain}, from {}", report.source.as_deref().unwrap_or("?"))
}

/// What could not be read as it stands, and whose it is.
pub(in crate::render) fn warnings(feedback: &Feedback) -> Vec<Phrase> {
    let of_reports = feedback.reports.iter().flat_map(|report| {
        let (org, flaws) = match report {
            Reported::Aggregate(it) => (it.org.as_deref(), &it.warnings),
            Reported::Failure(it) => (it.domain.as_deref(), &it.warnings),
            Reported::Tls(it) => (it.org.as_deref(), &it.warnings),
        };
        let org = org.unwrap_or("unnamed reporter");
        flaws.iter().map(move |flaw| warning(org, flaw))
    });
    let of_files = feedback.files.iter();
    let of_files =
        of_files.flat_map(|file| file.warnings.iter().map(|flaw| warning(&file.file, flaw)));
    of_reports.chain(of_files).collect()
}

fn warning(whose: &str, flaw: &Flaw) -> Phrase {
    let said = Phrase::new().name(whose).plain(format!(": {}", flaw.field));
    let said = match flaw.value.is_empty() {
        true => said,
        false => said.plain(" ").code(&flaw.value),
    };
    said.plain(format!(": {}", flaw.why))
}

/// Reports as an article.
pub(super) fn article(feedback: &Feedback) -> Article {
    let mut facts = Facts::default();
    rejected(feedback).for_each(|said| facts.put("p=reject", Role::Plain, said));
    for report in &feedback.reports {
        match report {
            Reported::Tls(report) => {
                let org = report.org.as_deref().unwrap_or("unnamed reporter");
                for policy in &report.policies {
                    let role = if policy.failed > 0 { Role::Weak } else { Role::Good };
                    let domain = policy.domain.as_deref().unwrap_or("?");
                    let said = Phrase::new().name(org).plain(": ").name(domain).plain(" ");
                    facts.put("TLS", role, said.plain(sessions(policy)));
                }
            }
            Reported::Failure(report) => facts.text("report", &failure(report)),
            Reported::Aggregate(_) => {}
        }
    }
    let all = warnings(feedback);
    let more = all.len().saturating_sub(MOST_WARNINGS);
    for said in all.into_iter().take(MOST_WARNINGS) {
        facts.put("remark", Role::Weak, said);
    }
    if more > 0 {
        facts.text("remark", &format!("and {more} more remarks on reports"));
    }
    if feedback.duplicates > 0 {
        let said = format!("{} reports came twice and were counted once", feedback.duplicates);
        facts.text("remark", &said);
    }
    let count = feedback.reports.len();
    Article {
        name: if count == 1 { "1 report".to_owned() } else { format!("{count} reports") },
        result: verdict(feedback.exit_code),
        headline: feedback.headline.clone(),
        faults: feedback.faults.clone(),
        facts: facts.0,
        tables: [sources(feedback), days(feedback)].into_iter().flatten().collect(),
        notes: Vec::new(),
        findings: in_file("-", &feedback.findings),
    }
}

fn sources(feedback: &Feedback) -> Option<Table> {
    let shown = feedback.sources.iter().take(MOST_SOURCES);
    let rows: Vec<Vec<Phrase>> = shown.map(source).collect();
    (!rows.is_empty()).then(|| Table {
        title: "Sources",
        head: &["sends as", "source", "standing", "pass", "fail", "addresses", "seen", "to do"],
        rows,
        bars: Vec::new(),
        left_out: feedback.sources.len().saturating_sub(MOST_SOURCES),
    })
}

fn source(sending: &Sending) -> Vec<Phrase> {
    let (word, role) = standing(sending);
    vec![
        Phrase::new().name(&sending.domain),
        Phrase::new().name(&sending.name),
        Phrase::new().with(role, word),
        Phrase::new().number(grouped(sending.pass.into())),
        Phrase::new().number(grouped(sending.fail.into())),
        Phrase::from(&*addresses(sending)),
        Phrase::from(&*seen(sending).unwrap_or_default()),
        sending.advice.clone(),
    ]
}

/// The latest days, with a bar each, as long as the day with the most messages.
fn days(feedback: &Feedback) -> Option<Table> {
    let all = |[pass, fail]: &[u64; 2]| pass.saturating_add(*fail);
    let most = feedback.days.values().map(all).max().filter(|most| *most > 0)?;
    let left_out = feedback.days.len().saturating_sub(MOST_DAYS);
    let shown = || feedback.days.iter().skip(left_out);
    let share = |count: u64| {
        let share = u128::from(count) * 1000 / u128::from(most);
        u32::try_from(share).unwrap_or_default()
    };
    let bars = shown().map(|(_, [pass, fail])| {
        let good = Bar { from: 0, width: share(*pass), role: Role::Good };
        vec![good, Bar { from: good.width, width: share(*fail), role: Role::Bad }]
    });
    let rows = shown().map(|(day, [pass, fail])| {
        let number = |count: &u64| Phrase::new().number(grouped((*count).into()));
        vec![Phrase::from(&**day), number(pass), number(fail)]
    });
    let (rows, bars) = (rows.collect(), bars.collect());
    Some(Table { title: "Days (UTC)", head: &["day", "pass", "fail"], rows, bars, left_out })
}
