//! A message: what it proves, what others found, its way from host to host.

use super::{Article, Bar, Fact, Facts, Table, in_file};
use crate::report::message::{
    ChainStatus, HopReport, Marker, MessageReport, SignatureReport, SignatureResult, plainly,
};
use crate::report::{DmarcResult, SpfResult};
use crate::text::{Phrase, Role, minute, span};

/// Most hops, differences and markers that are shown.
const MOST: usize = 30;

/// What a message proves and how it came here, a sentence each; with `explain` also what was compared
/// and every hop.
pub(in crate::render) fn facts(report: &MessageReport, explain: bool) -> Vec<Fact> {
    let mut facts = Facts::default();
    proofs(&mut facts, report, explain);
    claims(&mut facts, report);
    way(&mut facts, report, explain);
    closing(&mut facts, report, explain);
    facts.0
}

/// A message as an article.
pub(super) fn article(report: &MessageReport) -> Article {
    let place = match report.number > 1 {
        true => format!("{}, message {}", report.file, report.number),
        false => report.file.clone(),
    };
    Article {
        name: place,
        result: report.result,
        headline: report.headline.clone(),
        faults: report.faults.clone(),
        facts: facts(report, false),
        tables: hop_table(report).into_iter().collect(),
        findings: in_file(&report.file, &report.findings),
        notes: Vec::new(),
    }
}

/// Each host that took the message, the first one first, and where in its time it waited.
fn hop_table(report: &MessageReport) -> Option<Table> {
    let hops: Vec<&HopReport> = report.received.iter().rev().take(MOST).collect();
    let begin = hops.iter().filter_map(|hop| hop.at).min()?;
    let end = hops.iter().filter_map(|hop| hop.at).max()?;
    let whole = (end - begin).max(1);
    let rows = hops.iter().map(|hop| {
        let at = hop.at.and_then(|at| u64::try_from(at).ok());
        vec![
            Phrase::new().name(hop.by.as_deref().unwrap_or("?")),
            client(hop),
            at.map_or_else(Phrase::new, |at| Phrase::from(&*minute(at))),
            delay(hop),
        ]
    });
    let bars = hops.iter().map(|hop| {
        let (at, delay) = hop.at.zip(hop.delay_s.filter(|_| !hop.skew))?;
        let share = |seconds: i64| {
            u32::try_from(seconds.clamp(0, whole).saturating_mul(1000) / whole).unwrap_or_default()
        };
        let from = share(at.saturating_sub(begin).saturating_sub(delay));
        Some(vec![Bar { from, width: share(delay).max(2), role: Role::Unknown }])
    });
    Some(Table {
        title: "Hops",
        head: &["host", "from", "arrived", "delay"],
        rows: rows.collect(),
        bars: bars.map(Option::unwrap_or_default).collect(),
        left_out: report.received.len().saturating_sub(MOST),
    })
}

fn proofs(facts: &mut Facts, report: &MessageReport, explain: bool) {
    let dmarc = &report.dmarc;
    let ink = match dmarc.result {
        DmarcResult::Pass => Role::Good,
        DmarcResult::Fail | DmarcResult::Permerror => Role::Bad,
        DmarcResult::None => Role::Plain,
        DmarcResult::Temperror => Role::Unknown,
    };
    let said = Phrase::from(plainly(dmarc.result.word())).plain(": ").then(dmarc.reason.clone());
    let said = match (&dmarc.record, dmarc.policy) {
        (Some(record), Some(policy)) => {
            said.plain(format!(" (p={} at ", policy.word())).name(record).plain(")")
        }
        _ => said,
    };
    facts.put("DMARC", ink, said);
    for signature in &report.dkim.signatures {
        dkim(facts, signature, explain);
    }
    if report.dkim.signatures.is_empty() {
        facts.put("DKIM", Role::Plain, Phrase::from("none: no DKIM-Signature field"));
    }
    let spf = &report.spf;
    let (word, ink) = match spf.result {
        None => ("not checked", Role::Unknown),
        Some(result) => (
            plainly(result.word()),
            match result {
                SpfResult::Pass => Role::Good,
                SpfResult::Fail | SpfResult::Permerror => Role::Bad,
                SpfResult::Softfail => Role::Weak,
                SpfResult::Temperror => Role::Unknown,
                SpfResult::None | SpfResult::Neutral => Role::Plain,
            },
        ),
    };
    let said = Phrase::from(word);
    let said = match (&spf.domain, &spf.ip) {
        (Some(domain), Some(ip)) => said.plain(" for ").name(domain).plain(" from ").addr(ip),
        _ => said,
    };
    facts.put("SPF", ink, said.plain(" (").then(spf.basis.clone()).plain(")"));
    let arc = &report.arc;
    if arc.sets > 0 {
        let ink = match arc.result {
            ChainStatus::Pass => Role::Good,
            ChainStatus::Fail => Role::Weak,
            ChainStatus::None => Role::Plain,
        };
        let sets = if arc.sets == 1 { "1 set".to_owned() } else { format!("{} sets", arc.sets) };
        let said = Phrase::from(arc.result.word()).plain(format!(": {sets}"));
        let said = match arc.sealers.is_empty() {
            true => said,
            false => said.plain(" by ").then(Phrase::listed(
                arc.sealers.iter().map(|it| Phrase::new().name(it)),
                4,
                " and ",
            )),
        };
        let said = match &arc.reason {
            Some(reason) => said.plain("; ").then(reason.clone()),
            None => said,
        };
        facts.put("ARC", ink, said);
    }
}

fn dkim(facts: &mut Facts, signature: &SignatureReport, explain: bool) {
    let ink = match signature.result {
        SignatureResult::Pass => Role::Good,
        SignatureResult::Fail => Role::Bad,
        SignatureResult::Permerror => Role::Weak,
        SignatureResult::Temperror | SignatureResult::Neutral => Role::Unknown,
    };
    let said = Phrase::from(plainly(signature.result.word()));
    let said = match (&signature.domain, &signature.selector) {
        (Some(domain), Some(selector)) => {
            said.plain(" ").name(domain).plain(" (selector ").code(selector).plain(")")
        }
        _ => said,
    };
    facts.put("DKIM", ink, said.plain(": ").then(signature.reason.clone()));
    for note in &signature.notes {
        facts.put("", Role::Plain, note.clone());
    }
    if !explain {
        return;
    }
    let names = signature.signed.iter().map(|it| match (it.listed, it.covered) {
        (1, 1) => Phrase::new().code(&it.name),
        (listed, covered) => {
            Phrase::new().code(&it.name).plain(format!(" ({covered} of {listed})"))
        }
    });
    let said = Phrase::from("fields hashed: ").then(Phrase::listed(names, 40, " and "));
    facts.put("", Role::Plain, said);
    if let (Some(expected), Some(found)) =
        (&signature.body_hash_expected, &signature.body_hash_found)
    {
        let same = if expected == found { "the same" } else { "another" };
        let said = Phrase::from("body hash: bh= says ").code(expected).plain(", found ");
        let said = if expected == found { said.plain(same) } else { said.code(found) };
        facts.put("", Role::Plain, said);
    }
    let form =
        |form: Option<crate::mail::signature::Canonicalization>| form.map_or("?", |it| it.word());
    let said = Phrase::from("canonicalization ").code(format!(
        "{}/{}",
        form(signature.header_canonicalization),
        form(signature.body_canonicalization)
    ));
    let said = match (signature.algorithm, signature.key_bits) {
        (Some(algorithm), Some(bits)) => {
            said.plain(", ").code(algorithm.word()).plain(format!(", key of {bits} bits"))
        }
        (Some(algorithm), None) => said.plain(", ").code(algorithm.word()),
        _ => said,
    };
    facts.put("", Role::Plain, said);
}

fn claims(facts: &mut Facts, report: &MessageReport) {
    for difference in report.differences.iter().take(MOST) {
        let who = difference.authserv_id.as_deref().unwrap_or("a receiver without a name");
        let said = Phrase::new()
            .name(who)
            .plain(format!(" found {}={}", difference.method, difference.theirs));
        let said = match &difference.about {
            Some(about) => said.plain(" for ").name(about),
            None => said,
        };
        let said = said.plain(format!(", now {}: ", difference.ours)).then(difference.why.clone());
        facts.put("differs", Role::Weak, said);
    }
    let agreeing = report.authentication_results.iter().filter(|it| it.trusted).count();
    if report.differences.is_empty() && agreeing > 0 {
        facts.put("agrees", Role::Good, Phrase::from("the receiver found the same"));
    }
}

fn way(facts: &mut Facts, report: &MessageReport, explain: bool) {
    if report.received.is_empty() {
        return;
    }
    if let Some(slow) = &report.slowest {
        let said = match &slow.within {
            Some(owner) => slow.said().plain(", both of ").name(owner),
            None => slow.said(),
        };
        facts.put("slowest", Role::Weak, said);
    }
    if !explain {
        let total: Option<i64> = total(&report.received);
        let said = match total {
            Some(total) => Phrase::from(format!("{} in {}", hops(report), span(total)).as_str()),
            None => Phrase::from(hops(report).as_str()),
        };
        facts.put("hops", Role::Plain, said);
        return;
    }
    for hop in report.received.iter().take(MOST) {
        let host = Phrase::new().name(hop.by.as_deref().unwrap_or("?"));
        let client = client(hop);
        let said = match client.is_empty() {
            true => host,
            false => host.plain(" from ").then(client),
        };
        let delay = delay(hop);
        facts.put(
            "hop",
            Role::Plain,
            match delay.is_empty() {
                true => said,
                false => said.plain(", ").then(delay),
            },
        );
    }
}

/// The host that handed a message to another: its name and address.
fn client(hop: &HopReport) -> Phrase {
    let said = hop.from.as_ref().map_or_else(Phrase::new, |from| Phrase::new().name(from));
    match hop.ip {
        Some(ip) if said.is_empty() => said.addr(ip),
        Some(ip) => said.plain(" ").addr(ip),
        None => said,
    }
}

/// How long a hop took.
fn delay(hop: &HopReport) -> Phrase {
    match hop.delay_s {
        Some(delay) if hop.skew => Phrase::from(&*format!("{delay} s: clocks disagree")),
        Some(delay) => Phrase::new().number(span(delay)),
        None => Phrase::new(),
    }
}

fn hops(report: &MessageReport) -> String {
    match report.received.len() {
        1 => "1 hop".to_owned(),
        count => format!("{count} hops"),
    }
}

/// Seconds from the first dated hop to the last.
fn total(hops: &[HopReport]) -> Option<i64> {
    let mut dated = hops.iter().filter_map(|hop| hop.at);
    let last = dated.next()?;
    let first = dated.next_back()?;
    (last >= first).then_some(last - first)
}

fn closing(facts: &mut Facts, report: &MessageReport, explain: bool) {
    let is_opaque = |marker: &&Marker| explain || marker.meaning.to_string().contains(": ");
    for marker in report.markers.iter().filter(is_opaque).take(MOST) {
        let field = marker.key.as_deref().unwrap_or(&marker.field);
        let said = Phrase::new().code(format!("{field}={}", marker.value)).plain(": ");
        facts.put("marker", Role::Plain, said.then(marker.meaning.clone()));
    }
    for note in &report.notes {
        facts.put("remark", Role::Plain, note.clone());
    }
    for note in report.resign.iter().flatten() {
        facts.put("resign", Role::Plain, note.clone());
    }
}
