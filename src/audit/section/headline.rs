//! The answer in one sentence: for a sender, and for a domain.

use crate::examine::authorize::{self, JudgedSender, count_in_words, networks};
use crate::examine::dmarc::{EvaluatedDmarc, Outcome};
use crate::examine::sender::Missing;
use crate::net::Family;
use crate::protocols::Protocol;
use crate::protocols::dmarc::Policy;
use crate::protocols::spf::{self, SpfResult};
use crate::report::headline::{About, Parts};
use crate::report::{Authorized, Domain, SectionView, SenderKind, Status, What};
use crate::text::{Phrase, grouped, listed_or};

/// The answer about a sender: what SPF says of it, and what DMARC makes of that where the two part.
pub(in crate::audit) fn of_sender(
    judged: &JudgedSender,
    evaluated: Option<&EvaluatedDmarc>,
) -> Phrase {
    let said = by_spf(judged);
    match (judged.authorized(), evaluated.map(EvaluatedDmarc::outcome)) {
        (Authorized::Yes, Some(Outcome::Fails(Policy::None))) => {
            said.plain(", but ").weak("DMARC fails").plain(": not aligned (p=none)")
        }
        (Authorized::Yes, Some(Outcome::Fails(asked))) => said
            .plain(", but ")
            .bad("DMARC fails")
            .plain(": not aligned (")
            .bad(format!("p={}", asked.word()))
            .plain(")"),
        (Authorized::Yes, Some(Outcome::Unknown)) => said.plain("; ").unknown("DMARC undetermined"),
        (Authorized::No, Some(Outcome::Passes)) => {
            said.plain("; ").good("DMARC passes").plain(" by DKIM")
        }
        _ => said,
    }
}

fn by_spf(judged: &JudgedSender) -> Phrase {
    let title = judged.resolved.title.clone();
    match judged.authorized() {
        Authorized::NotApplicable | Authorized::Unknown => undecided(judged),
        Authorized::Yes if judged.resolved.kind == SenderKind::Address => {
            by(title.plain(" is ").good("authorized").plain(": SPF ").good("pass"), judged)
        }
        Authorized::Yes => {
            let all = count_in_words(&judged.share().covered);
            let who = match judged.resolved.kind {
                SenderKind::Host if judged.resolved.missing.is_some() => {
                    " although it is known only as an inbound host: its addresses pass SPF ("
                }
                SenderKind::Host => ": its addresses pass SPF (",
                SenderKind::Network => ": the whole network passes SPF (",
                _ => ": all its addresses pass SPF (",
            };
            title.plain(" is ").good("authorized").plain(who).addr(all).plain(")")
        }
        Authorized::No => refused(judged),
        Authorized::Partial => {
            let share = judged.share();
            let (word, verb, counted) = match share.covered.is_empty() {
                false => ("only partly authorized", ": SPF pass for ", &share.covered),
                true => ("at best partly authorized", ": no SPF pass for ", &share.uncovered),
            };
            let said = title.plain(" is ").weak(word).plain(verb);
            match (counted.as_slice(), judged.resolved.sets.as_slice()) {
                ([part], [whole]) if whole.family() == Family::V4 => said
                    .addr(grouped(part.count()))
                    .plain(" of ")
                    .addr(count_in_words(&judged.resolved.sets)),
                // Networks of different sizes are no share of one another.
                _ if share.covered.is_empty() || share.uncovered.is_empty() => {
                    said.addr(count_in_words(counted))
                }
                _ => said
                    .addr(count_in_words(counted))
                    .plain(", not for ")
                    .addr(count_in_words(&share.uncovered)),
            }
        }
    }
}

fn by(said: Phrase, judged: &JudgedSender) -> Phrase {
    let Some((partition, cell)) = judged.only_cell() else { return said };
    match authorize::matched(partition, cell) {
        Some(matched) => {
            let mut path = matched.path;
            path.push(matched.term);
            said.plain(", by ").code(path.join(" > "))
        }
        None => said,
    }
}

fn refused(judged: &JudgedSender) -> Phrase {
    let said = judged.resolved.title.clone().plain(" is ").bad("NOT authorized").plain(": ");
    if let Some(Missing::Nothing(why)) = &judged.resolved.missing {
        return said.then(why.clone());
    }
    if let Some((_, cell)) = judged.only_cell()
        && let Some(problem) = authorize::problem(cell)
    {
        return said.then(problem);
    }
    let mut results: Vec<SpfResult> = judged
        .mail_from
        .iter()
        .flat_map(|checked| &checked.partition.cells)
        .filter_map(spf::Cell::result)
        .collect();
    results.sort_unstable();
    results.dedup();
    let words: Vec<&str> = results.iter().map(|result| result.word()).collect();
    let said = said.plain("SPF ").bad(listed_or(&words));
    match judged.only_cell() {
        Some((partition, cell)) => match authorize::matched(partition, cell) {
            Some(matched) => said.plain(", by ").code(matched.term),
            None if results == [SpfResult::None] => said.plain(", no SPF record"),
            None => said.plain(", no term matches"),
        },
        None => said,
    }
}

fn undecided(judged: &JudgedSender) -> Phrase {
    if judged.authorized() == Authorized::NotApplicable
        && let Some(Missing::OnlyReceives(why)) = &judged.resolved.missing
    {
        return why.clone();
    }
    let said =
        Phrase::new().unknown("undetermined").plain(" for ").then(judged.resolved.title.clone());
    match judged.unknown() {
        Some(unknown) => said.plain(": ").then(unknown.why),
        None => said,
    }
}

/// What a reader should know besides the headline of a sender: the exact remainder.
pub(in crate::audit) fn remainder(judged: &JudgedSender) -> Vec<Phrase> {
    let share = judged.share();
    let mut notes = Vec::new();
    if judged.only_cell().is_none() {
        notes.extend(judged.over_limit());
    }
    // Undecided, it is the headline that says so.
    if let (Authorized::No | Authorized::Partial, Some(Missing::Unknown(unknown))) =
        (judged.authorized(), &judged.resolved.missing)
    {
        notes.push(
            Phrase::new().plain("some of its addresses are unknown: ").then(unknown.why.clone()),
        );
    }
    if judged.authorized() == Authorized::Partial && !share.undecided.is_empty() {
        let listed: Vec<String> =
            networks(&share.undecided).iter().take(8).map(ToString::to_string).collect();
        notes.push(Phrase::new().plain("undetermined for ").addr(listed.join(", ")).plain(
            match judged.unknown() {
                Some(unknown) => format!(": {}", unknown.why),
                None => String::new(),
            },
        ));
    }
    notes
}

/// What the sections say together, for the first line.
pub(in crate::audit) struct Standings {
    pub(in crate::audit) spf: Status,
    /// The DNS lookups of the SPF policy on its longest path.
    pub(in crate::audit) lookups: u16,
    /// What senders get that no term of the SPF record lists.
    pub(in crate::audit) default: Option<SpfResult>,
    /// The first lookup that failed.
    pub(in crate::audit) unknown: Option<Phrase>,
    pub(in crate::audit) dmarc: Status,
    /// The DMARC policy in force.
    pub(in crate::audit) policy: Option<Policy>,
    /// True for a null MX.
    pub(in crate::audit) receives_nothing: bool,
    /// True if SPF authorizes no sender.
    pub(in crate::audit) sends_nothing: bool,
    /// True if the domain does not exist.
    pub(in crate::audit) missing: bool,
}

/// The answer about a domain, without its findings: those come first, once they are final.
pub(in crate::audit) fn of_domain(
    standings: &Standings,
    senders: &[(Phrase, Authorized)],
) -> Parts {
    let mut clauses = Vec::new();
    if standings.missing {
        clauses.push((About::Domain, Phrase::new().bad("the domain does not exist (NXDOMAIN)")));
        return Parts { clauses, ..Parts::default() };
    }
    let of = |wanted: Authorized| -> Vec<Phrase> {
        senders.iter().filter(|(_, it)| *it == wanted).map(|(title, _)| title.clone()).collect()
    };
    let be = |titles: &[Phrase]| if titles.len() == 1 { " is " } else { " are " };
    let listed = |titles| Phrase::listed(titles, usize::MAX, " and ");
    for (wanted, word) in
        [(Authorized::No, "NOT authorized"), (Authorized::Partial, "only partly authorized")]
    {
        let titles = of(wanted);
        if !titles.is_empty() {
            let be = be(&titles);
            clauses.push((About::Refused, listed(titles).plain(be).bad(word)));
        }
    }
    clauses.extend(undetermined(standings, of(Authorized::Unknown)));
    let titles = of(Authorized::Yes);
    if !titles.is_empty() {
        let be = be(&titles);
        clauses.push((About::Domain, listed(titles).plain(be).plain("authorized")));
    } else if senders.is_empty() {
        clauses.extend(of_spf(standings));
    }
    let dmarc = match (standings.dmarc, standings.policy) {
        (Status::Skipped | Status::Unknown, _) => None,
        (Status::Absent, _) => Some(Phrase::new().weak("no DMARC record")),
        (Status::Broken, _) => Some(Phrase::new().bad("DMARC record broken")),
        (_, Some(Policy::None)) => Some(Phrase::new().weak("DMARC p=none blocks no spoofed mail")),
        (_, Some(asked)) => Some(Phrase::new().good(format!("DMARC p={}", asked.word()))),
        _ => None,
    };
    clauses.extend(dmarc.map(|said| (About::Section(Protocol::Dmarc), said)));
    Parts { clauses, ..Parts::default() }
}

/// What the DNS did not answer, with the first lookup that failed.
fn undetermined(standings: &Standings, senders: Vec<Phrase>) -> Option<(About, Phrase)> {
    let mut titles = senders;
    if titles.is_empty() && standings.spf == Status::Unknown {
        titles.push("SPF".into());
    }
    if standings.dmarc == Status::Unknown {
        titles.push("DMARC".into());
    }
    if titles.is_empty() {
        return None;
    }
    let said = Phrase::listed(titles, usize::MAX, " and ").unknown(" undetermined");
    let said = match &standings.unknown {
        Some(unknown) => said.plain(": ").then(unknown.clone()),
        None => said,
    };
    Some((About::Undetermined, said))
}

fn of_spf(standings: &Standings) -> Option<(About, Phrase)> {
    let spf = About::Section(Protocol::Spf);
    let said = match standings.spf {
        _ if standings.sends_nothing && standings.receives_nothing => {
            return Some((About::Domain, Phrase::from("parked: null MX and v=spf1 -all")));
        }
        _ if standings.sends_nothing => Phrase::from("no authorized senders (v=spf1 -all)"),
        _ if standings.default == Some(SpfResult::Pass) => {
            Phrase::new().bad("every address passes SPF (+all)")
        }
        Status::Good | Status::Weak | Status::Partial => {
            Phrase::from("SPF valid, ").number(standings.lookups).plain(" of 10 lookups")
        }
        Status::Broken => Phrase::new().bad("SPF permerror"),
        Status::Absent => Phrase::new().weak("no SPF record"),
        Status::Unknown | Status::Skipped | Status::NotRecorded => return None,
    };
    Some((spf, said))
}

/// Adds the sections that no clause speaks of: those without an answer, and, if nothing else is
/// said, those that were examined.
pub(in crate::audit) fn complete(domain: &mut Domain) {
    let titles = |protocols: Vec<Protocol>| {
        Phrase::listed(protocols.iter().map(|it| it.title().into()), usize::MAX, " and ")
    };
    let unknowns = domain.unknowns_of_state().into_iter();
    let unknown: Vec<Protocol> = unknowns
        .filter_map(|unknown| match unknown.what {
            What::Section(protocol) => Some(protocol),
            _ => None,
        })
        .filter(|protocol| !matches!(protocol, Protocol::Spf | Protocol::Dmarc))
        .collect();
    let examined = || domain.sections().into_iter().filter(SectionView::is_examined);
    // No DKIM key at the tried selectors is neither an error nor the absence of one.
    let (open, known): (Vec<_>, Vec<_>) =
        examined().partition(|view| view.status == Status::Unknown);
    let summary = open
        .first()
        .map(|view| Phrase::from(view.protocol.title()).plain(": ").then(view.summary.clone()));
    let known: Vec<Protocol> = known.iter().map(|view| view.protocol).collect();
    if !unknown.is_empty() {
        let said = titles(unknown).unknown(" undetermined");
        let said = match domain.errors.first() {
            Some(first) => said.plain(": ").then(first.message.clone()),
            None => said,
        };
        domain.parts.clauses.push((About::Undetermined, said));
    } else if domain.parts.clauses.is_empty() {
        let said = match known.is_empty() {
            true => summary,
            false => Some(Phrase::from("no errors in ").then(titles(known))),
        };
        let Some(said) = said else { return };
        domain.parts.clauses.push((About::Examined, said));
    }
}
