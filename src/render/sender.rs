//! What is said of a sender, in the words of every page and screen.

use super::words::counted;
use crate::diagnostic::Tone;
use crate::net::{Cidr, Family};
use crate::protocols::spf::{LOOKUP_LIMIT, VOID_LIMIT};
use crate::provider;
use crate::report::{
    Authorization, Authorized, Declaration, Domain, Part, Portion, SenderFix, SenderKind,
    SenderResult, SpfResult, SpfVerdict, Step, Verdict,
};
use crate::text::{Phrase, Role, grouped};

/// Most networks that a line names.
const NETWORKS: usize = 4;

/// Fewest steps without effect that are worth folding into one line.
const FOLD: usize = 3;

/// True if the line of the contract says all that there is to say: who may send as expected, or must
/// not send.
pub(super) fn is_in_contract(one: &Authorization) -> bool {
    match one.declared {
        None => false,
        Some(Declaration::Sender) => one.verdict() == Verdict::Ok,
        Some(Declaration::NeverSender) => true,
    }
}

/// True if how a provider comes to send would only be in the way: that it may, as it should, is
/// said; unless it was named in other words.
pub(super) fn is_expected(one: &Authorization) -> bool {
    one.kind == SenderKind::Provider
        && one.authorized == Authorized::Yes
        && provider::by_id(&one.sender).is_some()
}

/// What a sender gets, as a role: `fail` is bad for whom it hits.
pub(super) fn role_of(result: impl Into<SenderResult>) -> Role {
    match result.into() {
        SenderResult::Certain(result) => match result {
            SpfResult::Pass => Role::Good,
            SpfResult::Fail | SpfResult::Softfail | SpfResult::Permerror => Role::Bad,
            SpfResult::Temperror => Role::Unknown,
            SpfResult::None | SpfResult::Neutral => Role::Weak,
        },
        SenderResult::Unknown => Role::Unknown,
    }
}

/// The role of a result where nobody in particular asked for another one: that a policy ends in
/// `fail` is as it should be.
pub(super) fn role_in_policy(result: impl Into<SenderResult>) -> Role {
    match result.into() {
        SenderResult::Certain(
            SpfResult::Fail | SpfResult::Softfail | SpfResult::Neutral | SpfResult::None,
        ) => Role::Plain,
        result => role_of(result),
    }
}

/// The word about a sender, and what it is.
pub(super) fn answer(authorized: Authorized) -> (&'static str, Option<Role>) {
    match authorized {
        Authorized::Yes => ("YES", Some(Role::Good)),
        Authorized::No => ("NO", Some(Role::Bad)),
        Authorized::Partial => ("PARTLY", Some(Role::Bad)),
        Authorized::Unknown => ("UNKNOWN", Some(Role::Unknown)),
        Authorized::NotApplicable => ("n/a", None),
    }
}

/// What a fix does for a sender, and what that costs.
pub(super) fn remedy(fix: &SenderFix) -> Phrase {
    Phrase::from("if this sender is yours, ").then(fix.fix.summary.clone()).plain(format!(
        " ({}/{LOOKUP_LIMIT} lookups, {}/{VOID_LIMIT} void lookups, {} octets):",
        fix.lookups, fix.voids, fix.octets
    ))
}

/// True if the identities are those that everyone would take.
pub(super) fn is_usual(domain: &Domain, one: &Authorization) -> bool {
    let given = &one.identities;
    one.spf.domain == domain.domain.to_string()
        && given.helo.is_none()
        && given.header_from == domain.domain
        && given.dkim_domains.is_empty()
}

/// The identities that were checked.
pub(super) fn identities(one: &Authorization) -> Phrase {
    let given = &one.identities;
    let mut said = Phrase::from("MAIL FROM ").name(&given.mail_from);
    if let Some(helo) = &given.helo {
        said = said.plain(", HELO ").name(helo);
    }
    said = said.plain(", From: ").name(&given.header_from);
    for signer in &given.dkim_domains {
        said = said.plain(", DKIM d=").name(signer);
    }
    said
}

/// What SPF says of one identity.
pub(super) fn identity_verdict(verdict: &SpfVerdict) -> Phrase {
    let (role, result) = match verdict.result {
        Some(result) => (role_of(result), result.word()),
        None => (Role::Weak, "depends on the address"),
    };
    let said = Phrase::new().name(&verdict.domain).plain(": SPF ").with(role, result);
    match (&verdict.problem, &verdict.matched) {
        (Some(problem), _) => said.plain(", ").then(problem.clone()),
        (None, Some(matched)) => said.plain(", by ").code(&matched.term),
        (None, None) => said,
    }
}

// ── one address: the path through the terms ─────────────────────────────────────────────────────

/// A line of the path.
pub(super) enum Stage<'s> {
    /// A step, and how deep it stands.
    Step(usize, &'s Step),
    /// Steps in a row that decide nothing and ask nothing: how deep they stand, and what is said of
    /// them.
    Fold(usize, String),
}

/// The steps in the order in which they were taken. A record that an include leads to is one with
/// the include; what only adds detail is left to `explain`.
pub(super) fn path(steps: &[Step]) -> Vec<Stage<'_>> {
    let mut flat = Vec::new();
    flatten(steps, 0, true, &mut flat);
    folded(&flat)
}

fn flatten<'s>(steps: &'s [Step], depth: usize, is_top: bool, out: &mut Vec<(usize, &'s Step)>) {
    for step in steps {
        let is_record = step.part() == Part::Policy;
        let is_news = step.part() == Part::Term || step.tone != Tone::Plain;
        if is_top || (is_news && !is_record) {
            out.push((depth, step));
        }
        // The terms of a record stand below the line that shows it.
        flatten(&step.steps, depth + usize::from(is_top || !is_record), false, out);
    }
}

fn folded<'s>(flat: &[(usize, &'s Step)]) -> Vec<Stage<'s>> {
    let is_idle = |step: &Step| {
        // A match decides, also one that gives neutral.
        let decides = step.tone != Tone::Plain || step.is_match();
        !decides && step.lookups.is_empty() && step.steps.is_empty()
    };
    let runs = flat.chunk_by(|(a, first), (b, next)| a == b && is_idle(first) && is_idle(next));
    runs.flat_map(|run| match run {
        [(depth, first), ..] if run.len() >= FOLD && is_idle(first) => {
            let said = format!("{} without a DNS lookup: no match", counted(run.len(), "term"));
            vec![Stage::Fold(*depth, said)]
        }
        _ => run.iter().map(|(depth, step)| Stage::Step(*depth, step)).collect(),
    })
    .collect()
}

// ── many addresses: who passes, who does not ────────────────────────────────────────────────────

/// Which part passes, a sentence for each family of addresses.
pub(super) fn families(one: &Authorization) -> Vec<Phrase> {
    let mut said = Vec::new();
    for (family, title) in [(Family::V4, "IPv4"), (Family::V6, "IPv6")] {
        let of = |networks: &[Cidr]| networks.iter().filter(|it| it.family() == family).count();
        let groups = [&one.covered, &one.uncovered, &one.undecided];
        let [passes, fails, unknown] = groups.map(|networks| of(networks));
        if passes + fails + unknown == 0 {
            continue;
        }
        let all = amount(family, groups.into_iter().flatten());
        let passing = amount(family, one.covered.iter());
        let line = Phrase::from(title).plain(": ");
        said.push(match (passes, fails, unknown) {
            (0, _, 0) => line.bad("no").plain(reasons(one, family)),
            (0, 0, _) => line.unknown("unknown"),
            (_, 0, 0) => line.good("yes").plain(format!(", all {all}")),
            _ => line
                .bad("partly")
                .plain(match family {
                    Family::V4 => format!(", {passing} of {all}"),
                    // Networks of different sizes are no share of one another.
                    Family::V6 => format!(", {passing}"),
                })
                .plain(reasons(one, family)),
        });
    }
    said
}

/// How much there is of a family: addresses of IPv4, networks of IPv6.
fn amount<'c>(family: Family, networks: impl Iterator<Item = &'c Cidr>) -> String {
    let networks = networks.filter(|it| it.family() == family);
    match family {
        Family::V4 => {
            grouped(networks.map(|it| 1 << u32::from(family.bits() - it.prefix())).sum::<u128>())
        }
        Family::V6 => counted(networks.count(), "network"),
    }
}

/// Why the rest of a family does not pass.
fn reasons(one: &Authorization, family: Family) -> String {
    let of_family = |it: &&Portion| it.networks.iter().any(|network| network.family() == family);
    let refused = one.spf.portions.iter().filter(of_family);
    let mut said: Vec<String> = Vec::new();
    for portion in refused.filter(|it| it.result.word() != SpfResult::Pass.word()) {
        let why = match (portion.lookups, portion.voids) {
            (lookups, _) if lookups > LOOKUP_LIMIT => {
                format!("{lookups} DNS lookups, limit {LOOKUP_LIMIT}")
            }
            (_, voids) if voids > VOID_LIMIT => format!("{voids} void lookups, limit {VOID_LIMIT}"),
            _ => portion.result.word().to_owned(),
        };
        if !said.contains(&why) {
            said.push(why);
        }
    }
    match said.is_empty() {
        true => String::new(),
        false => format!(" ({})", said.join("; ")),
    }
}

/// Which addresses get what: a word, its role, and the sentence about them.
pub(super) fn portions(one: &Authorization) -> Vec<(&'static str, Role, Phrase)> {
    let listed = &one.spf.portions;
    if listed.is_empty() {
        let groups = [
            ("yes", Role::Good, &one.covered),
            ("no", Role::Bad, &one.uncovered),
            ("unknown", Role::Unknown, &one.undecided),
        ];
        let groups = groups.into_iter().filter(|(_, _, networks)| !networks.is_empty());
        return groups.map(|(word, role, networks)| (word, role, named(networks))).collect();
    }
    let portions = listed.iter().map(|portion| {
        let (word, role) = match role_of(portion.result) {
            Role::Good => ("yes", Role::Good),
            Role::Unknown => ("unknown", Role::Unknown),
            _ => ("no", Role::Bad),
        };
        (word, role, decided(named(&portion.networks), portion))
    });
    portions.collect()
}

fn named(networks: &[Cidr]) -> Phrase {
    let first = networks.iter().take(NETWORKS).enumerate();
    let said = first.fold(Phrase::new(), |said, (index, network)| {
        said.plain(if index == 0 { "" } else { ", " }).addr(network)
    });
    match networks.len().saturating_sub(NETWORKS) {
        0 => said,
        others => said.plain(format!(" and {}", counted(others, "more network"))),
    }
}

fn decided(said: Phrase, portion: &Portion) -> Phrase {
    let said = match portion.addresses.parse::<u128>() {
        // More than a reader can take in: the networks say it better.
        Ok(addresses) if addresses <= u128::from(u32::MAX) + 1 => {
            let unit = if addresses == 1 { "address" } else { "addresses" };
            said.plain(format!(" ({} {unit})", grouped(addresses)))
        }
        _ => said,
    };
    let said = said.plain(": ").with(role_of(portion.result), portion.result.word());
    // A term that is matched decides; one that is met on the way to what is not known does not.
    let by = if portion.result == SenderResult::Unknown { ", at " } else { ", by " };
    match &portion.matched {
        Some(matched) => said.plain(by).code(&matched.term),
        None => said,
    }
}
