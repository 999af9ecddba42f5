//! The answer in one sentence: for a sender, and for a domain.

use crate::examine::authorize::{self, JudgedSender, count_in_words, networks};
use crate::examine::dmarc::{EvaluatedDmarc, Outcome};
use crate::examine::sender::Missing;
use crate::protocols::dmarc::Policy;
use crate::protocols::spf::{self, SpfResult};
use crate::report::{Authorized, SenderKind, Status};
use crate::text::Phrase;
use std::borrow::Cow;

/// The answer about a sender: what SPF says of it, and what DMARC makes of that where the two part.
pub(in crate::audit) fn of_sender(
    judged: &JudgedSender,
    evaluated: Option<&EvaluatedDmarc>,
) -> Phrase {
    let said = by_spf(judged);
    match (judged.authorized(), evaluated.map(EvaluatedDmarc::outcome)) {
        (Authorized::Yes, Some(Outcome::Fails(Policy::None))) => {
            said.plain("; but ").weak("DMARC fails").plain(": it is not aligned")
        }
        (Authorized::Yes, Some(Outcome::Fails(asked))) => said
            .plain("; but ")
            .bad("DMARC fails")
            .plain(": it is not aligned, and receivers are asked to ")
            .bad(asked.word()),
        (Authorized::Yes, Some(Outcome::Unknown)) => {
            said.plain("; ").unknown("what DMARC makes of it could not be told")
        }
        (Authorized::No, Some(Outcome::Passes)) => {
            said.plain("; ").good("DMARC passes").plain(" all the same, by DKIM")
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
                    ", though it only receives as far as is known: its addresses pass SPF ("
                }
                SenderKind::Host => ": its addresses pass SPF (",
                SenderKind::Network => ": all of it passes SPF (",
                _ => ": all its senders pass SPF (",
            };
            title.good(" may send").plain(who).addr(all).plain(")")
        }
        Authorized::No => refused(judged),
        Authorized::Partial => {
            let share = judged.share();
            let (word, verb, counted) = match share.covered.is_empty() {
                false => ("only partly authorized", ": SPF passes ", &share.covered),
                true => ("at best partly authorized", ": SPF refuses ", &share.uncovered),
            };
            title
                .plain(" is ")
                .weak(word)
                .plain(verb)
                .addr(count_in_words(counted))
                .plain(" of ")
                .addr(count_in_words(&judged.resolved.sets))
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
    let said = said.plain("SPF ").bad(words.join(" or "));
    match judged.only_cell() {
        Some((partition, cell)) => match authorize::matched(partition, cell) {
            Some(matched) => said.plain(", by ").code(matched.term),
            None if results == [SpfResult::None] => said.plain(", there is no policy"),
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
    let said = Phrase::new()
        .unknown("could not decide")
        .plain(" for ")
        .then(judged.resolved.title.clone());
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
            Phrase::new().plain("not all of its addresses are known: ").then(unknown.why.clone()),
        );
    }
    if judged.authorized() == Authorized::Partial && !share.undecided.is_empty() {
        let listed: Vec<String> =
            networks(&share.undecided).iter().take(8).map(ToString::to_string).collect();
        notes.push(
            Phrase::new().plain("nothing can be told about ").addr(listed.join(", ")).plain(
                match judged.unknown() {
                    Some(unknown) => format!(": {}", unknown.why),
                    None => String::new(),
                },
            ),
        );
    }
    notes
}

/// What the sections say together, for the first line.
pub(in crate::audit) struct Standings {
    pub(in crate::audit) spf: Status,
    /// What senders get that no term of the SPF record lists.
    pub(in crate::audit) default: Option<SpfResult>,
    /// What each error among the findings claims, in a few words.
    pub(in crate::audit) errors: Vec<Cow<'static, str>>,
    /// The first thing that could not be determined.
    pub(in crate::audit) unknown: Option<Phrase>,
    pub(in crate::audit) dmarc: Status,
    /// The DMARC policy in force.
    pub(in crate::audit) policy: Option<Policy>,
    /// True for a null MX.
    pub(in crate::audit) receives_nothing: bool,
    /// True if SPF says that nobody sends.
    pub(in crate::audit) sends_nothing: bool,
    /// True if the domain does not exist.
    pub(in crate::audit) missing: bool,
}

/// The answer about a domain when no sender was asked about.
pub(in crate::audit) fn of_domain(
    standings: &Standings,
    senders: &[(Phrase, Authorized)],
) -> Phrase {
    if standings.missing {
        return Phrase::new().bad("the domain does not exist");
    }
    let said = match senders {
        [] if standings.sends_nothing && standings.receives_nothing => {
            Phrase::from("the domain neither sends nor receives mail, and says so")
        }
        [] if standings.sends_nothing => Phrase::from("nobody may send for it, and it says so"),
        _ if standings.default == Some(SpfResult::Pass) => {
            Phrase::new().bad("anybody may send as it")
        }
        [] => of_spf(standings.spf),
        senders => of_providers(senders),
    };
    let protection = match (standings.dmarc, standings.policy) {
        (Status::Skipped, _) if said.is_empty() && standings.errors.is_empty() => {
            return Phrase::from("no errors in what was looked at");
        }
        (Status::Skipped, _) => return with_errors(said, standings),
        (Status::Unknown, _) => Phrase::new().unknown("its DMARC policy could not be told"),
        (Status::Absent, _) => Phrase::new().weak("forged mail is not blocked (no DMARC)"),
        (Status::Broken, _) => Phrase::new().bad("its DMARC record is broken"),
        (_, Some(Policy::None)) => Phrase::new().weak("forged mail is not blocked (DMARC p=none)"),
        (_, Some(Policy::Quarantine)) => Phrase::new().good("forged mail is quarantined"),
        (_, Some(Policy::Reject)) => Phrase::new().good("forged mail is rejected"),
        _ => return with_errors(said, standings),
    };
    let said = with_errors(joined(said).then(protection), standings);
    match &standings.unknown {
        Some(why) if standings.spf == Status::Unknown || standings.dmarc == Status::Unknown => {
            said.plain(": ").then(why.clone())
        }
        _ => said,
    }
}

/// The sentence so far, ready for another part.
fn joined(said: Phrase) -> Phrase {
    if said.is_empty() { said } else { said.plain("; ") }
}

/// Adds how many errors there are, unless the sentence tells of something broken already.
fn with_errors(said: Phrase, standings: &Standings) -> Phrase {
    let has_error = said.pieces().iter().any(|piece| piece.role() == crate::text::Role::Bad);
    match standings.errors.as_slice() {
        [first, others @ ..] if !has_error => {
            let said = joined(said).bad(&**first);
            match others.len() {
                0 => said,
                1 => said.plain(" (and 1 error more)"),
                count => said.plain(format!(" (and {count} errors more)")),
            }
        }
        _ => said,
    }
}

fn of_spf(spf: Status) -> Phrase {
    match spf {
        Status::Good | Status::Weak => Phrase::from("its SPF policy is valid"),
        Status::Broken => Phrase::new().bad("its SPF policy is broken"),
        Status::Absent => Phrase::new().weak("it has no SPF policy"),
        Status::Unknown => Phrase::new().unknown("its SPF policy could not be told in full"),
        Status::Skipped | Status::NotRecorded => Phrase::new(),
    }
}

fn of_providers(senders: &[(Phrase, Authorized)]) -> Phrase {
    let listed = |wanted: &[Authorized]| -> Vec<Phrase> {
        senders.iter().filter(|(_, a)| wanted.contains(a)).map(|(title, _)| title.clone()).collect()
    };
    let mut said = Phrase::new();
    let groups = [
        (listed(&[Authorized::No]), "may NOT send", true),
        (listed(&[Authorized::Partial]), "may send only in part", true),
        (listed(&[Authorized::Unknown]), "could not be judged", false),
        (listed(&[Authorized::Yes]), "may send", false),
    ];
    for (titles, verb, bad) in groups {
        if titles.is_empty() {
            continue;
        }
        said = joined(said);
        said = said.then(Phrase::listed(titles, usize::MAX, " and "));
        said = if bad { said.plain(" ").bad(verb) } else { said.plain(" ").plain(verb) };
    }
    said
}
