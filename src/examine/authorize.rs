//! Whether a sender may send: its addresses put to the domain's policy.

use super::inquiry::{Asked, Inquiry};
use super::sender::{self, Missing, Resolved, records};
use crate::net::{Cidr, Family, IpSet};
use crate::protocols::spf::{
    self, Cell, Checked, Partition, Policies, Receiver, SpfResult, TermId,
};
use crate::report::{Authorized, Matched, Unknown, What};
use crate::text::Phrase;

/// A sender, put to the policies of the identities it gives.
pub(crate) struct JudgedSender {
    pub(crate) resolved: Resolved,
    /// The MAIL FROM identity, a check for each family of addresses.
    pub(crate) mail_from: Vec<Checked>,
    /// The HELO identity, if a name was given.
    pub(crate) helo: Vec<Checked>,
    /// The sender of the MAIL FROM identity.
    pub(crate) identity: spf::Sender,
}

/// Evaluates the domain's policy for every address of a sender.
pub(crate) async fn judge_sender(
    policies: &Policies<'_>,
    inquiry: &Inquiry,
    asked: &Asked,
    receiver: Receiver<'_>,
) -> JudgedSender {
    let resolved = sender::resolve(policies, asked).await;
    let identity = identity(inquiry);
    let mut judged = JudgedSender { mail_from: Vec::new(), helo: Vec::new(), resolved, identity };
    for set in &judged.resolved.sets {
        let checked = spf::check_host(policies, &judged.identity, set.clone(), receiver).await;
        judged.mail_from.push(checked);
        if let Some(helo) = &inquiry.helo {
            let sender = spf::Sender::helo(helo);
            judged.helo.push(spf::check_host(policies, &sender, set.clone(), receiver).await);
        }
    }
    judged
}

/// The MAIL FROM identity: as given, else anybody at the domain.
pub(super) fn identity(inquiry: &Inquiry) -> spf::Sender {
    match &inquiry.mail_from {
        Some(reverse_path) => spf::Sender::mail_from(reverse_path, inquiry.helo.as_deref()),
        None => spf::Sender { helo: inquiry.helo.clone(), ..spf::Sender::anybody(&inquiry.domain) },
    }
}

impl JudgedSender {
    /// Whether the sender may send, by SPF of the MAIL FROM identity.
    pub(crate) fn authorized(&self) -> Authorized {
        self.share().authorized(self.resolved.missing.as_ref())
    }

    /// The addresses by whether they pass.
    pub(crate) fn share(&self) -> Share {
        let mut share = Share::default();
        for Checked { partition, .. } in &self.mail_from {
            let is_determined = |cell: &Cell| {
                let passes = cell.result() == Some(SpfResult::Pass);
                partition.is_certain(cell)
                    && cell.result() != Some(SpfResult::Temperror)
                    // Had the question been answered, the term might have matched.
                    && (passes || cell.passed_over.is_none())
            };
            let passes = |cell: &Cell| cell.result() == Some(SpfResult::Pass);
            share.covered.push(partition.gather(|cell| is_determined(cell) && passes(cell)));
            share.uncovered.push(partition.gather(|cell| is_determined(cell) && !passes(cell)));
            share.undecided.push(partition.gather(|cell| !is_determined(cell)));
        }
        for sets in [&mut share.covered, &mut share.uncovered, &mut share.undecided] {
            sets.retain(|set| !set.is_empty());
        }
        share
    }

    /// The cell that speaks for the sender, if one does for all of its addresses.
    pub(crate) fn only_cell(&self) -> Option<(&Partition, &Cell)> {
        match self.mail_from.as_slice() {
            [checked] => checked.only().map(|cell| (&checked.partition, cell)),
            _ => None,
        }
    }

    /// The result that all addresses share: `Some(None)` if it depends on who sends for all of them,
    /// `None` if it differs.
    pub(crate) fn common_result(&self) -> Option<Option<SpfResult>> {
        common(&self.mail_from)
    }

    /// The addresses that a limit stops, and which limit that is.
    pub(crate) fn over_limit(&self) -> Option<Phrase> {
        let cells = || self.mail_from.iter().flat_map(|checked| &checked.partition.cells);
        let worst = cells().find(|cell| cell.is_over_limit())?;
        let sets: Vec<IpSet> = self
            .mail_from
            .iter()
            .map(|checked| checked.partition.gather(Cell::is_over_limit))
            .filter(|set| !set.is_empty())
            .collect();
        Some(
            Phrase::new()
                .plain("for ")
                .addr(count_in_words(&sets))
                .plain(": ")
                .then(problem(worst)?),
        )
    }

    /// The first thing that could not be determined.
    pub(crate) fn unknown(&self) -> Option<Unknown> {
        let unlooked = self.resolved.missing.as_ref().and_then(Missing::unknown);
        unlooked.cloned().or_else(|| {
            self.mail_from.iter().find_map(|Checked { partition, .. }| {
                partition.cells.iter().find_map(|cell| unknown(partition, cell))
            })
        })
    }
}

/// Why the result of a cell could not be determined; `None` if it could.
pub(crate) fn unknown(partition: &Partition, cell: &Cell) -> Option<Unknown> {
    let failed = cell.exception().or(cell.passed_over.as_deref());
    let what = failed.and_then(records).unwrap_or(What::SpfResult);
    let why = if cell.result() == Some(SpfResult::Temperror) {
        spf::exception(cell.exception()?)
    } else if partition.is_certain(cell) {
        let why = cell.passed_over.as_deref()?;
        spf::exception(why).plain("; receivers continue without it")
    } else {
        let term = dependent(cell)?;
        let text = partition.term_text(term);
        let missing = identities(&text, cell.set.single().is_some());
        let [on, give] = [0, 1].map(|at| {
            let words = missing.iter().filter_map(|it| it.get(at)).map(|it| Phrase::from(*it));
            Phrase::listed(words, 3, " and ")
        });
        Phrase::new().code(&text).plain(" depends on ").then(on).plain("; give ").then(give)
    };
    Some(Unknown { what, why })
}

/// What a term depends on that was not given, by the macros in it (RFC 7208 §7.2), and how it is
/// given.
fn identities(term: &str, has_address: bool) -> Vec<[&'static str; 2]> {
    let letters = term.split("%{").skip(1).filter_map(|rest| rest.chars().next());
    let letters: Vec<char> = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    let needs = |known: &[char]| letters.iter().any(|letter| known.contains(letter));
    let all = [
        (
            ["the sender's IP address", "an IP address"],
            !has_address && needs(&['i', 'p', 'c', 'v']),
        ),
        (["the MAIL FROM address", "--mail-from"], needs(&['s', 'l'])),
        (["the HELO name", "--helo"], needs(&['h'])),
    ];
    // RFC 7208 §5.5: of the sender, ptr looks at the reverse name of its address alone.
    if letters.is_empty() && !has_address {
        return vec![["the reverse name of the sender's IP address", "an IP address"]];
    }
    let mut missing: Vec<[&str; 2]> = all.iter().filter(|(_, is)| *is).map(|(it, _)| *it).collect();
    if missing.is_empty() {
        missing.extend(all.map(|(it, _)| it));
    }
    missing
}

/// The first term by which it depends on who sends what a cell gets.
pub(crate) fn dependent(cell: &Cell) -> Option<TermId> {
    cell.maybe.first().copied().or(match cell.ruling {
        spf::Ruling::Depends(term) => Some(term),
        _ => None,
    })
}

/// The addresses of a sender by whether they pass, a set a family.
#[derive(Debug, Default)]
pub(crate) struct Share {
    pub(crate) covered: Vec<IpSet>,
    pub(crate) uncovered: Vec<IpSet>,
    pub(crate) undecided: Vec<IpSet>,
}

impl Share {
    /// Whether a sender with these addresses may send, and with those that are missing, if some are.
    pub(crate) fn authorized(&self, missing: Option<&Missing>) -> Authorized {
        // What is known of hosts grows old: one that passes does send, whatever the table says.
        let may_pass = !self.covered.is_empty() || !self.undecided.is_empty();
        let missing = match missing {
            Some(Missing::OnlyReceives(_)) if !may_pass => return Authorized::NotApplicable,
            Some(Missing::OnlyReceives(_)) => None,
            missing => missing,
        };
        match (self.covered.is_empty(), self.uncovered.is_empty(), self.undecided.is_empty()) {
            (false, true, true) if missing.is_none() => Authorized::Yes,
            (true, false, true) => Authorized::No,
            (false, false, _) => Authorized::Partial,
            (true, true, true) if matches!(missing, Some(Missing::Nothing(_))) => Authorized::No,
            (true, false, false) => Authorized::Partial,
            _ => Authorized::Unknown,
        }
    }
}

/// The networks of several sets, IPv4 first.
pub(crate) fn networks(sets: &[IpSet]) -> Vec<Cidr> {
    sets.iter().flat_map(IpSet::cidrs).collect()
}

/// The number of addresses of several sets, in words: IPv4 by addresses, IPv6 by networks.
pub(crate) fn count_in_words(sets: &[IpSet]) -> String {
    let mut said = Vec::new();
    for set in sets {
        match set.family() {
            Family::V4 if set.count() == 1 => said.push("1 IPv4 address".to_owned()),
            Family::V4 => {
                said.push(format!("{} IPv4 addresses", crate::text::grouped(set.count())));
            }
            Family::V6 if set.cidrs().len() == 1 && set.count() == 1 => {
                said.push("1 IPv6 address".to_owned());
            }
            Family::V6 => said.push(match set.cidrs().len() {
                1 => "1 IPv6 network".to_owned(),
                networks => format!("{networks} IPv6 networks"),
            }),
        }
    }
    said.join(" and ")
}

/// The result that all cells share, if they do.
pub(crate) fn common(checks: &[Checked]) -> Option<Option<SpfResult>> {
    let mut results = checks.iter().flat_map(|checked| {
        let partition = &checked.partition;
        partition.cells.iter().map(|cell| cell.result().filter(|_| partition.is_certain(cell)))
    });
    let first = results.next()?;
    results.all(|result| result == first).then_some(first)
}

/// Why a cell ends in an error, a passed limit first, for that is where receivers stop.
pub(crate) fn problem(cell: &Cell) -> Option<Phrase> {
    let spent = cell.spent;
    if cell.exception() == Some(&spf::Exception::Endless) {
        return cell.exception().map(spf::exception);
    }
    if spent.lookups > spf::LOOKUP_LIMIT {
        let said =
            Phrase::new().number(spent.lookups).plain(" DNS lookups (limit 10): ").bad("permerror");
        return Some(said);
    }
    if spent.voids > spf::VOID_LIMIT {
        let said =
            Phrase::new().number(spent.voids).plain(" void lookups (limit 2): ").bad("permerror");
        return Some(said);
    }
    cell.exception().map(spf::exception)
}

/// The term that decided a cell.
pub(crate) fn matched(partition: &Partition, cell: &Cell) -> Option<Matched> {
    decides(cell).then_some(())?;
    placed(partition, cell.by?)
}

/// A term, and where it stands.
pub(crate) fn placed(partition: &Partition, term: TermId) -> Option<Matched> {
    Some(Matched {
        term: partition.term_text(term),
        domain: partition.visit(term)?.published.domain.clone(),
        path: path(partition, term),
    })
}

fn path(partition: &Partition, term: TermId) -> Vec<String> {
    partition.path(term).into_iter().map(|step| partition.term_text(step)).collect()
}

/// True if it was a term that decided, and not an error or a limit.
pub(crate) fn decides(cell: &Cell) -> bool {
    cell.exception().is_none() && !cell.is_over_limit()
}
