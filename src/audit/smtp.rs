//! What a dialogue with a mail server means, and who has to act.

use super::issuance;
use crate::dns::{self, Answer};
use crate::net::{Name, organization};
use crate::protocols::Protocol;
use crate::provider;
use crate::report::headline::About;
use crate::report::smtp::{Dane, DaneStatus, Probe};
use crate::report::{Certainty, Domain, Fault, FaultKind, Party, Status, Verdict};
use crate::smtp::{
    self, Dialogue, Match, Outcome, Stage, Step, Tls, Trust, Validity, compare, meaning,
};
use crate::text::{Phrase, Role, date};
use std::sync::Arc;

/// From how many milliseconds on a stage is slow.
const SLOW_MS: u64 = 2000;
/// Days before the end of a certificate from which on it is said.
const SOON: u64 = 14;
const DAY: u64 = 86_400;

/// The port between servers, where a sender without MTA-STS or DANE takes any certificate
/// (RFC 7435 §3).
const RELAY: u16 = 25;

/// What a dialogue means; `now` is in seconds since 1970-01-01 UTC, 0 where there is no time.
pub fn judge(dialogue: Dialogue, now: u64) -> Probe {
    judge_with(dialogue, None, &[], now)
}

/// As [`judge`], with the answers to the queries for TLSA records, and for CAA records at the host and at
/// the names above it.
pub fn judge_with(
    dialogue: Dialogue,
    tlsa: Option<&Answer>,
    caa: &[Arc<Answer>],
    now: u64,
) -> Probe {
    let dane = tlsa.map(|answer| dane(answer, dialogue.tls.as_ref()));
    let probe = judge_dialogue(dialogue, now);
    let mut probe = match dane {
        Some(dane) => with_dane(probe, dane),
        None => probe,
    };
    if let Some(issuance) = issuance::read(caa) {
        probe.notes.extend(issuance::note(&issuance, &probe.host));
        probe.caa = Some(issuance);
    }
    probe
}

/// The TLSA records in an answer, held against what the server showed.
fn dane(answer: &Answer, tls: Option<&Tls>) -> Dane {
    let name = answer.question.name.clone();
    let records = answer.associations();
    let status = match &answer.outcome {
        dns::Outcome::Failed(failure) if failure.is_not_recorded() => DaneStatus::NotRecorded,
        dns::Outcome::Failed(_) => DaneStatus::Failed,
        dns::Outcome::Records(_) if answer.authentic == Some(true) => DaneStatus::Secure,
        dns::Outcome::Records(_) => DaneStatus::Insecure,
        dns::Outcome::NoData | dns::Outcome::NxDomain => DaneStatus::Absent,
    };
    let result = match (status, tls) {
        (DaneStatus::Secure, Some(tls)) => Some(compare(&records, tls)),
        _ => None,
    };
    Dane { name, status, records, result }
}

/// What DANE adds to what there is to say of a server. A server whose dialogue failed has that to repair
/// first.
fn with_dane(mut probe: Probe, dane: Dane) -> Probe {
    let Some(dialogue) = &probe.dialogue else { return probe };
    let broken = match dane.result {
        Some(Match::Nothing) => Some("DANE: no certificate matches a TLSA record"),
        Some(Match::WrongName) => Some("DANE: the certificate has another name"),
        Some(Match::WrongDates) => Some("DANE: the certificate is not within its dates"),
        _ => None,
    };
    if let (Some(broken), Verdict::Ok) = (broken, probe.result) {
        let reason = Phrase::new().bad(broken).plain(" at ").name(&dane.name);
        let action = Phrase::from(
            "publish a TLSA record of the present certificate (3 1 1), and keep the old one while it \
             is cached; senders with DANE defer until then",
        );
        let fault = of_server(dialogue, reason.clone(), action, Certainty::Proved);
        (probe.result, probe.headline) = (Verdict::Fail, reason);
        probe.faults.push(fault);
    }
    match (dane.status, dane.result) {
        (DaneStatus::Failed, _) => probe.notes.push(
            Phrase::from(
                "the query for TLSA records failed: senders with DANE defer their mail to ",
            )
            .name(&dane.name),
        ),
        (DaneStatus::Insecure, _) => probe.notes.push(Phrase::from(
            "senders ignore the TLSA records: the resolver does not vouch for their \
                          DNSSEC",
        )),
        (_, Some(Match::Unusable)) => probe.notes.push(Phrase::from(
            "no TLSA record is usable for SMTP (RFC 7672 takes usages 2 and 3 only)",
        )),
        _ => {}
    }
    probe.dane = Some(dane);
    probe
}

/// What a domain's MX hosts said, added to its report: what that makes of it, and who has to act.
///
/// Where the MTA-STS policy of the domain is in force, senders verify the certificates (RFC 8461 §4.2).
pub fn add_to(domain: &mut Domain, probes: Vec<Probe>) {
    if probes.is_empty() {
        return;
    }
    let policy = domain.section(Protocol::MtaSts);
    let is_enforced = policy.is_some_and(|section| section.status == Status::Good);
    let probes = probes.into_iter();
    let probes: Vec<Probe> =
        probes.map(|it| if is_enforced { held_to_policy(it) } else { it }).collect();
    for probe in &probes {
        let of_host = |role: Role| {
            Phrase::new().name(&probe.host).plain(": ").with(role, probe.headline.to_string())
        };
        let clause = match probe.result {
            Verdict::Fail => Some((About::Domain, of_host(Role::Bad))),
            Verdict::Unknown => Some((About::Undetermined, of_host(Role::Unknown))),
            Verdict::Ok | Verdict::Warn => None,
        };
        if !domain.parts.clauses.is_empty() {
            domain.parts.clauses.splice(0..0, clause);
        }
        let faults = probe.faults.iter().cloned();
        domain.faults.extend(faults.map(|fault| of_own_host(fault, &domain.domain)));
    }
    domain.smtp = probes;
    domain.result = domain.verdict(|_| false);
    domain.diagnose();
}

/// A fault of the operator of a host, which is yours where the host is below your domain.
fn of_own_host(fault: Fault, domain: &Name) -> Fault {
    let host = Name::from_unicode(&fault.name).ok().filter(|_| fault.party == Party::Operator);
    match host {
        Some(host) if organization(&host) == organization(domain) => {
            let reason = Phrase::new().name(&host).plain(": ").then(fault.reason);
            Fault { party: Party::You, name: String::new(), reason, ..fault }
        }
        _ => fault,
    }
}

/// Fails a server whose certificate senders do not accept under a policy that is in force.
fn held_to_policy(mut probe: Probe) -> Probe {
    let flaw = probe.dialogue.as_ref().and_then(|it| it.tls.as_ref()).and_then(flaw);
    // DANE goes before the policy (RFC 8461 §2).
    let is_by_dane = matches!(
        &probe.dane,
        Some(Dane { result: Some(Match::EndEntity | Match::TrustAnchor), .. })
    );
    let (Some(flaw), Some(dialogue), Verdict::Ok, false) =
        (flaw, &probe.dialogue, probe.result, is_by_dane)
    else {
        return probe;
    };
    let action = "install a certificate that senders accept; with mode enforce they do not deliver \
                  to this host (RFC 8461 §5)";
    let fault = of_server(dialogue, flaw.clone(), Phrase::from(action), Certainty::Proved);
    probe.notes.retain(|note| !note.to_string().starts_with(&flaw.to_string()));
    probe.faults.push(fault);
    (probe.result, probe.headline) = (Verdict::Fail, flaw.plain(", and MTA-STS is enforced"));
    probe
}

fn judge_dialogue(dialogue: Dialogue, now: u64) -> Probe {
    let notes = notes(&dialogue, now);
    let (result, headline, faults) = match dialogue.failed() {
        Some(stage) => failed(&dialogue, stage),
        None => match dialogue.tls.as_ref().and_then(flaw) {
            Some(flaw) if dialogue.address.port() != RELAY => {
                let action = Phrase::from("install a certificate that clients accept");
                let fault = of_server(&dialogue, flaw.clone(), action, Certainty::Proved);
                (Verdict::Fail, flaw, vec![fault])
            }
            _ => (Verdict::Ok, good(&dialogue), Vec::new()),
        },
    };
    Probe { faults, notes, ..Probe::of(dialogue, result, headline) }
}

/// What there is to say of a server where every stage came to its end.
fn good(dialogue: &Dialogue) -> Phrase {
    let mut said = Vec::new();
    if let Some(tls) = &dialogue.tls {
        said.push(Phrase::new().good(tls.version.as_str()));
        if let (true, Some(end)) = (tls.is_verified(), end(tls)) {
            said.push(Phrase::from("certificate valid until ").plain(day(end)));
        }
    }
    if dialogue.stage(Step::Login).is_some() {
        said.push(Phrase::new().good("login accepted"));
    } else if !dialogue.mechanisms.is_empty() {
        said.push(Phrase::from("AUTH ").plain(dialogue.mechanisms.join(" ")));
    }
    if dialogue.stage(Step::RcptTo).is_some() {
        said.push(Phrase::new().good("recipient accepted").plain(" (no message sent)"));
    }
    Phrase::listed(said, usize::MAX, ", ")
}

fn end(tls: &Tls) -> Option<u64> {
    tls.chain.first()?.not_after
}

/// A day, by seconds since 1970-01-01 UTC.
fn day(seconds: u64) -> String {
    date(i64::try_from(seconds / DAY).unwrap_or(i64::MAX))
}

/// The first fault of a certificate, in a sentence.
fn flaw(tls: &Tls) -> Option<Phrase> {
    let first = tls.chain.first();
    match (tls.validity, tls.trust) {
        (Validity::Expired, _) => {
            let on = end(tls).map(|end| format!(" on {}", day(end))).unwrap_or_default();
            Some(Phrase::new().bad("the certificate expired").plain(on))
        }
        (Validity::NotYet, _) => Some(Phrase::new().bad("the certificate is not valid yet")),
        (Validity::Unknown, _) => Some(Phrase::new().bad("the certificate cannot be read")),
        (Validity::Valid, _) if !tls.name_matches => {
            let names = first.map(|it| it.names.as_slice()).unwrap_or_default();
            let said = Phrase::new().bad("the certificate has another name");
            Some(match names {
                [] => said.plain(": it has no DNS name at all"),
                names => {
                    let all = names.iter().map(|name| Phrase::new().code(name));
                    said.plain(": ").then(Phrase::listed(all, 3, " and "))
                }
            })
        }
        (Validity::Valid, Trust::Known) => None,
        (Validity::Valid, trust) => {
            let issuer = first.map(|it| it.issuer.clone()).unwrap_or_default();
            Some(match trust {
                Trust::SelfSigned => Phrase::new().bad("the certificate is self-signed"),
                Trust::MissingIntermediate => Phrase::new()
                    .bad("the certificate is not trusted")
                    .plain(": the server sends no intermediate certificate for ")
                    .code(issuer),
                Trust::WrongPurpose => Phrase::new().bad("the certificate is not made for servers"),
                Trust::UnknownIssuer => Phrase::new()
                    .bad("the certificate is not trusted")
                    .plain(": no known root vouches for ")
                    .code(issuer),
                Trust::Known | Trust::Unusable => {
                    Phrase::new().bad("the certificate cannot be used")
                }
            })
        }
    }
}

fn notes(dialogue: &Dialogue, now: u64) -> Vec<Phrase> {
    let mut notes = Vec::new();
    let slow = dialogue.stages.iter().filter(|stage| stage.elapsed_ms >= SLOW_MS);
    if let Some(stage) = slow.max_by_key(|stage| stage.elapsed_ms) {
        notes.push(
            Phrase::from("slowest stage: ")
                .plain(stage.step.title())
                .plain(", ")
                .number(stage.elapsed_ms)
                .plain(" ms"),
        );
    }
    if !dialogue.clear_mechanisms.is_empty() {
        let all = dialogue.clear_mechanisms.join(" ");
        let said =
            "the server offers AUTH before TLS, so clients can send passwords in the clear: ";
        notes.push(Phrase::from(said).plain(all));
    }
    if let Some(tls) = &dialogue.tls {
        if dialogue.address.port() == RELAY
            && let Some(flaw) = flaw(tls)
        {
            notes.push(flaw.plain("; senders verify it only with MTA-STS or DANE"));
        }
        let soon = end(tls).filter(|end| now > 0 && *end > now && end - now < SOON * DAY);
        if let (Some(end), Validity::Valid) = (soon, tls.validity) {
            notes.push(
                Phrase::from("the certificate expires in ")
                    .number((end - now) / DAY)
                    .plain(" days"),
            );
        }
    }
    notes
}

/// A stage failed: whether that is determined, what it is called, and who has to act.
fn failed(dialogue: &Dialogue, stage: &Stage) -> (Verdict, Phrase, Vec<Fault>) {
    let title = stage.step.title();
    let said = reply(stage);
    if let Some(known) = meaning(stage) {
        let kind = match stage.step {
            Step::Login => FaultKind::SmtpLogin,
            _ => FaultKind::MailServer,
        };
        let certainty = if known.likely { Certainty::Likely } else { Certainty::Proved };
        let code = match (&stage.status, stage.code) {
            (Some(status), Some(code)) => format!(" ({code} {status})"),
            (None, Some(code)) => format!(" ({code})"),
            _ => String::new(),
        };
        let reason = Phrase::from(known.cause.as_str()).plain(code);
        let action = Phrase::from(known.action.as_str());
        let fault = match known.party {
            smtp::Party::Account => {
                Fault::of_party(Party::You, "", kind, [reason, action], certainty)
            }
            smtp::Party::Server => of_server(dialogue, reason, action, certainty),
            smtp::Party::Recipient => {
                let name = dialogue.host.clone();
                Fault::of_party(Party::Recipient, &name, kind, [reason, action], certainty)
            }
            smtp::Party::Undetermined => Fault::undetermined(kind, reason, action),
        };
        let is_open = known.wait || known.party == smtp::Party::Undetermined;
        let verdict = if is_open { Verdict::Unknown } else { Verdict::Fail };
        return (verdict, Phrase::from(title).plain(": ").then(said), vec![fault]);
    }
    let headline = Phrase::from(title).plain(": ").then(said);
    let (verdict, action) = match stage.result {
        Outcome::NotOffered if stage.step == Step::Starttls => {
            (Verdict::Fail, "enable STARTTLS on the server")
        }
        Outcome::NotOffered => (Verdict::Fail, "use a mechanism that the server offers"),
        Outcome::Withheld => (Verdict::Fail, "repair the certificate first"),
        Outcome::Injection => {
            (Verdict::Fail, "update the server: it must discard what came before TLS (RFC 3207 §6)")
        }
        Outcome::Malformed => (Verdict::Fail, "check that the server speaks SMTP on this port"),
        Outcome::Refused => (Verdict::Fail, "ask the operator of the server"),
        Outcome::Closed | Outcome::Timeout | Outcome::Deferred | Outcome::Done => {
            let action = match stage.step {
                Step::Connect => {
                    "check the port and the firewall; many networks block outgoing port 25"
                }
                _ => "try again later",
            };
            let fault =
                Fault::undetermined(FaultKind::MailServer, headline.clone(), Phrase::from(action));
            return (Verdict::Unknown, headline, vec![fault]);
        }
    };
    let reason = match (stage.result, dialogue.tls.as_ref().and_then(flaw)) {
        (Outcome::Withheld, Some(flaw)) => flaw,
        _ => headline.clone(),
    };
    let fault = of_server(dialogue, reason, Phrase::from(action), Certainty::Proved);
    (verdict, headline, vec![fault])
}

/// The reply as it came, or what went wrong.
fn reply(stage: &Stage) -> Phrase {
    let text = Phrase::new().bad(stage.text.as_str());
    match stage.code {
        Some(code) => Phrase::new().bad(code.to_string()).plain(" ").then(text),
        None => text,
    }
}

/// A fault of whoever runs the server: a provider by its title, anybody else by the host.
fn of_server(dialogue: &Dialogue, reason: Phrase, action: Phrase, certainty: Certainty) -> Fault {
    let host = Name::from_unicode(&dialogue.host).ok();
    let known = host.as_ref().and_then(provider::recognise_mx);
    let (party, name) = match known {
        Some(known) => (Party::Provider, known.title().to_owned()),
        None => (Party::Operator, dialogue.host.clone()),
    };
    Fault::of_party(party, &name, FaultKind::MailServer, [reason, action], certainty)
}
