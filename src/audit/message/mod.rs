//! A message to a report: what was proved, why not, and who has to act.

mod claims;
mod faults;
mod header;
pub(crate) mod lint;
mod resign;
mod signature;
mod way;

pub use crate::examine::{GivenHop, MessageInquiry};

use super::found::as_found;
use crate::dns::{Budget, Dns};
use crate::examine::message::{
    ExaminedSignature, MOST_SIGNATURES, MessageFacts, TimeBasis, examine_message, is_of_key,
};
use crate::mail::Piece;
use crate::protocols::arc::{ChainFault, ChainStatus};
use crate::protocols::dkim::signature::SignatureResult;
use crate::protocols::dmarc::{Discovery, DmarcResult, Mechanism, Policy};
use crate::protocols::spf::SpfResult;
use crate::report::Verdict;
use crate::report::message::{
    ArcReport, DkimReport, DmarcReport, JudgedBy, MessageReport, Saved, plainly,
};
use crate::text::{Phrase, escape};

/// Where a message was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The file; `-` is standard input.
    pub file: String,
    /// Which message of the file, from 1.
    pub number: usize,
    /// True if the file holds several.
    pub is_one_of_many: bool,
}

/// Examines a message and reports what was found. `today` is the present, where it is known, and
/// `resign` asks what a new signature would have to survive.
pub async fn message(
    dns: &dyn Dns,
    piece: &Piece,
    found: &Found,
    inquiry: &MessageInquiry,
    today: Option<u64>,
    resign: bool,
) -> MessageReport {
    // A message names domains as it likes: none of them is its own.
    let dns = &Budget::for_all(dns, inquiry.most_queries);
    let facts = examine_message(dns, &piece.octets, inquiry).await;
    let dkim = DkimReport {
        signatures: facts
            .signatures
            .iter()
            .map(|one| signature::report(one, &facts, today))
            .collect(),
        unverified: facts.signatures.len().saturating_sub(MOST_SIGNATURES),
    };
    let (received, slowest) = way::received(&facts);
    let mut report = MessageReport {
        file: escape(found.file.as_bytes()),
        number: found.number,
        message_id: facts.message.first("Message-ID").map(|field| {
            let id = field.unfolded();
            escape(id.get(..id.len().min(300)).unwrap_or_default())
        }),
        from_domain: facts.authors.first().map(ToString::to_string),
        result: Verdict::Ok,
        headline: Phrase::new(),
        judged_at: facts.at,
        judged_by: match facts.time_basis {
            TimeBasis::Given => JudgedBy::Given,
            TimeBasis::Received => JudgedBy::Received,
            TimeBasis::Date => JudgedBy::Date,
            TimeBasis::None => JudgedBy::None,
        },
        saved: Saved {
            line_ends: piece.line_ends,
            stored: piece.stored,
            mbox: piece.from_line.is_some(),
            has_body: facts.message.has_body,
        },
        dkim,
        arc: arc(&facts),
        spf: way::spf(&facts),
        dmarc: dmarc(&facts),
        authentication_results: claims::claims(&facts, inquiry),
        differences: Vec::new(),
        received,
        slowest,
        markers: facts.markers.clone(),
        dkim2: facts.message.fields.iter().filter(|field| is_dkim2(field.name())).count(),
        notes: Vec::new(),
        resign: resign.then(|| resign::notes(&facts.message)),
        faults: Vec::new(),
        findings: Vec::new(),
        header: String::new(),
    };
    report.differences = claims::differences(&facts, &report);
    report.notes = notes(&facts, &report);
    report.faults = faults::faults(&facts, &report);
    report.header = header::field(&facts, &report, inquiry);
    report.result = verdict(&report);
    report.headline = headline(&facts, &report);
    with_findings(&facts, report)
}

/// The report with what the rules say, the gravest first.
fn with_findings(facts: &MessageFacts<'_>, report: MessageReport) -> MessageReport {
    let of = |one: &ExaminedSignature<'_>| (one.reason, one.key_name.clone());
    let facts = lint::Facts {
        report,
        signatures: facts.signatures.iter().map(of).collect(),
        repeated: repeated(facts),
        is_chain_key_gone: facts.chain.fault.is_some_and(is_of_key),
    };
    let found = lint::check(&facts);
    let lint::Facts { mut report, .. } = facts;
    report.findings = as_found(&found, report.dmarc.domain.as_ref());
    report
}

/// Fields that may occur once (RFC 5322 §3.6) and occur more often, with how often.
fn repeated(facts: &MessageFacts<'_>) -> Vec<(&'static str, usize)> {
    let names = ["From", "Subject", "Date", "To", "Sender", "Reply-To", "Message-ID"];
    let counted = names.into_iter().map(|name| (name, facts.message.all(name).count()));
    counted.filter(|(_, count)| *count > 1).collect()
}

/// True for a field of DKIM2 (draft-ietf-dkim-dkim2-spec), which is recognised and not verified.
fn is_dkim2(name: &[u8]) -> bool {
    let names: [&[u8]; 3] = [b"DKIM2-Signature", b"Message-Instance", b"Mail-Version"];
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn arc(facts: &MessageFacts<'_>) -> ArcReport {
    let chain = &facts.chain;
    let reason = match (chain.status, chain.fault) {
        (ChainStatus::None, _) => None,
        (ChainStatus::Pass, _) => Some(match &facts.first_hop {
            Some(first) => {
                let words = first
                    .results
                    .iter()
                    .filter(|it| ["spf", "dkim", "dmarc"].contains(&it.method.as_str()));
                let words =
                    words.map(|it| Phrase::from(format!("{}={}", it.method, it.result).as_str()));
                Phrase::from(
                    "a receiver that trusts the sealers may rely on what the first one found: ",
                )
                .then(Phrase::listed(words, 6, " and "))
            }
            None => Phrase::new(),
        }),
        (ChainStatus::Fail, fault) => fault.map(chain_fault),
    };
    ArcReport {
        result: chain.status,
        sets: chain.sets,
        oldest_pass: chain.oldest_pass,
        sealers: facts.sealers.iter().map(|it| escape(it.as_bytes())).collect(),
        reason,
        first_hop: facts.first_hop.clone(),
    }
}

/// Why a chain fails, in words.
fn chain_fault(fault: ChainFault) -> Phrase {
    let of = |what: &str, set: usize| Phrase::from(what).plain(format!(" (set {set})"));
    match fault {
        ChainFault::Instance => Phrase::from("a field has no instance i= from 1 to 50"),
        ChainFault::Duplicate(set) => of("a field occurs twice", set),
        ChainFault::Incomplete(set) => of("a field is missing", set),
        ChainFault::Message(set, _) => of("ARC-Message-Signature cannot be read", set),
        ChainFault::Seal(set, _) => of("ARC-Seal cannot be read", set),
        ChainFault::Status(set) => of("cv= is not what it must be here", set),
        ChainFault::FailedBefore(set) => of("the sealer found a chain that fails (cv=fail)", set),
        ChainFault::Key(set) => of("the sealer publishes no usable key any more", set),
        ChainFault::Lookup(set) => of("the query for the sealer's key got no answer", set),
        ChainFault::BodyHash(set) => of("the body was changed after the last sealer", set),
        ChainFault::MessageSignature(set) => {
            of("a signed field was changed after the last sealer", set)
        }
        ChainFault::SealSignature(set) => of("a seal does not verify", set),
        ChainFault::TooLarge => Phrase::from("the fields of the chain are larger than 1 MiB"),
    }
}

fn dmarc(facts: &MessageFacts<'_>) -> DmarcReport {
    let Some((discovered, verdict)) = &facts.dmarc else {
        let (result, reason) = match facts.has_author {
            true => (DmarcResult::Permerror, "From has no usable domain"),
            false => (DmarcResult::Permerror, "there is no From address"),
        };
        return DmarcReport {
            result,
            domain: None,
            record: None,
            policy: None,
            disposition: Policy::None,
            aligned: Vec::new(),
            reason: Phrase::from(reason),
        };
    };
    let mut aligned = Vec::new();
    for (mechanism, word) in [(Mechanism::Spf, "spf"), (Mechanism::Dkim, "dkim")] {
        if verdict.is_aligned(mechanism) {
            aligned.push(word.to_owned());
        }
    }
    let passing: Vec<Phrase> = verdict
        .assessments
        .iter()
        .filter(|it| it.identifier.proof == crate::protocols::dmarc::Proof::Pass)
        .map(|it| Phrase::from(it.mechanism.name()).plain(" for ").name(&it.identifier.domain))
        .collect();
    let author = discovered.domain();
    let reason = match verdict.result {
        DmarcResult::Pass => Phrase::from("aligned: ").plain(aligned.join(" and ").to_uppercase()),
        DmarcResult::Fail if passing.is_empty() => {
            Phrase::from("neither SPF nor a DKIM signature passes")
        }
        DmarcResult::Fail => Phrase::from("passes, but is not aligned with ")
            .name(author)
            .plain(": ")
            .then(Phrase::listed(passing, 4, " and ")),
        DmarcResult::None => Phrase::from("no policy applies to ").name(author),
        DmarcResult::Temperror => match &discovered.discovery {
            Discovery::Unknown(failed) => Phrase::from("policy unknown: ")
                .name(&failed.name)
                .plain(format!(" {} {}", failed.kind, failed.failure.trouble.sentence())),
            _ => Phrase::from("SPF or DKIM is undetermined"),
        },
        DmarcResult::Permerror => Phrase::from("the policy cannot be evaluated"),
    };
    let in_force = discovered.in_force();
    DmarcReport {
        result: verdict.result,
        domain: Some(author.clone()),
        record: in_force.map(|it| it.published.domain.clone()),
        policy: in_force.map(|it| it.requested),
        disposition: verdict.disposition,
        aligned,
        reason,
    }
}

/// What else a reader wants to know.
fn notes(facts: &MessageFacts<'_>, report: &MessageReport) -> Vec<Phrase> {
    use crate::mail::source::{LineEnds, Stored};
    let mut notes = Vec::new();
    match report.saved.line_ends {
        LineEnds::Crlf => {}
        LineEnds::Lf | LineEnds::Mixed | LineEnds::Cr => {
            notes.push(Phrase::from("line endings were converted to CRLF"));
        }
    }
    match report.saved.stored {
        Stored::Octets => {}
        Stored::Utf8Mark => {
            notes.push(Phrase::from("a byte order mark before the message was left out"));
        }
        Stored::Utf16 => notes.push(
            Phrase::new()
                .weak("stored as UTF-16")
                .plain(": characters beyond ASCII are not as signed"),
        ),
    }
    if !report.saved.has_body {
        notes.push(
            Phrase::new()
                .weak("a header without a body")
                .plain(": body hashes are of an empty body"),
        );
    }
    for (name, count) in repeated(facts) {
        notes.push(Phrase::new().bad(format!("{count} {name} fields")).plain(
            ": signatures cover the lowest, programs may show the highest (RFC 6376 §8.15)",
        ));
    }
    if facts.authors.len() > 1 {
        notes.push(
            Phrase::new()
                .weak(format!("From names {} domains", facts.authors.len()))
                .plain("; DMARC was evaluated for ")
                .name(facts.authors.first().map(ToString::to_string).unwrap_or_default()),
        );
    }
    if report.dkim2 > 0 {
        notes.push(Phrase::from("carries DKIM2 fields, which are not verified"));
    }
    if report.dkim.unverified > 0 {
        notes.push(
            Phrase::new()
                .weak(format!("{} signatures were not verified", report.dkim.unverified))
                .plain(format!(": at most {MOST_SIGNATURES} are")),
        );
    }
    let skewed = report.received.iter().filter(|hop| hop.skew).count();
    if skewed > 0 {
        notes.push(Phrase::from(
            "clocks of hosts on the way disagree; their delays cannot be relied on",
        ));
    }
    if facts.message.strays > 0 {
        notes.push(Phrase::from(
            format!("{} lines of the header are not header fields", facts.message.strays).as_str(),
        ));
    }
    notes
}

/// True if signatures fail for keys that are not published any more, which says nothing about the
/// message.
fn fails_for_keys_alone(report: &MessageReport, facts: &MessageFacts<'_>) -> bool {
    let mut aligned = facts.signatures.iter().zip(&report.dkim.signatures);
    report.dmarc.result == DmarcResult::Fail
        && aligned.any(|(one, shown)| {
            one.reason.is_of_key()
                && one.body_hash_ok() == Some(true)
                && shown.aligned != Some(false)
        })
}

/// How a message adds up: it fails if a signature or DMARC does, and what a key that is gone or was not
/// fetched leaves open is undetermined.
fn verdict(report: &MessageReport) -> Verdict {
    let signatures = &report.dkim.signatures;
    let fails = signatures.iter().any(|it| {
        let is_bad = matches!(it.result, SignatureResult::Fail | SignatureResult::Permerror);
        is_bad && !signature::is_undetermined(it)
    });
    let is_open = signatures.iter().any(signature::is_undetermined);
    match report.dmarc.result {
        _ if fails => Verdict::Fail,
        DmarcResult::Pass => Verdict::Ok,
        DmarcResult::Fail | DmarcResult::Temperror if is_open => Verdict::Unknown,
        DmarcResult::Fail => Verdict::Fail,
        DmarcResult::Temperror => Verdict::Unknown,
        DmarcResult::None | DmarcResult::Permerror if is_open => Verdict::Unknown,
        DmarcResult::None | DmarcResult::Permerror => Verdict::Ok,
    }
}

/// The exit code of a message: what its verdict says.
pub fn exit_code(report: &MessageReport) -> u8 {
    match report.result {
        Verdict::Fail => 1,
        Verdict::Unknown => 3,
        Verdict::Ok | Verdict::Warn => 0,
    }
}

fn headline(facts: &MessageFacts<'_>, report: &MessageReport) -> Phrase {
    let from = report.from_domain.as_deref().unwrap_or("an unreadable From");
    let dmarc = match report.dmarc.result {
        DmarcResult::Pass => Phrase::new().good("DMARC pass").plain(" for ").name(from),
        DmarcResult::Fail if fails_for_keys_alone(report, facts) => Phrase::new()
            .unknown("undetermined")
            .plain(" for ")
            .name(from)
            .plain(": the DKIM key is not published any more; the body is as it was signed"),
        DmarcResult::Fail => Phrase::new().bad("DMARC fail").plain(" for ").name(from),
        DmarcResult::None => Phrase::new().plain("no DMARC policy for ").name(from),
        DmarcResult::Permerror => Phrase::new()
            .bad("DMARC cannot be evaluated")
            .plain(": ")
            .then(report.dmarc.reason.clone()),
        DmarcResult::Temperror => {
            Phrase::new().unknown("DMARC undetermined").plain(" for ").name(from)
        }
    };
    let dmarc = match (report.dmarc.result, report.dmarc.policy) {
        (DmarcResult::Fail, Some(policy)) if !fails_for_keys_alone(report, facts) => {
            dmarc.plain(format!(" (p={})", policy.word()))
        }
        _ => dmarc,
    };
    let signatures = &report.dkim.signatures;
    let passing = signatures.iter().filter(|it| it.result == SignatureResult::Pass).count();
    let dkim = match (signatures.as_slice(), passing) {
        ([], _) => Phrase::from("not signed"),
        ([only], _) => {
            let word = plainly(only.result.word());
            let said = Phrase::from("DKIM ");
            let said = match only.result {
                SignatureResult::Pass => said.good(word),
                SignatureResult::Fail => said.bad(word),
                _ => said.weak(word),
            };
            said.plain(" (").then(only.reason.clone()).plain(")")
        }
        (all, passing) => {
            Phrase::from(format!("{passing} of {} signatures pass", all.len()).as_str())
        }
    };
    let said = dmarc.plain("; ").then(dkim);
    let said = match report.spf.result {
        Some(SpfResult::Temperror) => said.plain("; SPF ").unknown(plainly("temperror")),
        Some(result) => said.plain("; SPF ").plain(result.word()),
        None => said,
    };
    let said = match report.arc.result {
        ChainStatus::None => said,
        status => said.plain("; ARC ").plain(status.word()),
    };
    let is_gone = facts.chain.fault.is_some_and(is_of_key);
    if is_gone { said.plain(" (key gone)") } else { said }
}
