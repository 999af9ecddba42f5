//! The senders: may they send, and which step said so.

use super::line::Line;
use super::sheet::Sheet;
use super::{Look, explain, finding, of_result};
use crate::diagnostic::Tone;
use crate::net::{Cidr, Family};
use crate::protocols::spf::{LOOKUP_LIMIT, VOID_LIMIT};
use crate::provider;
use crate::render::palette::Ink;
use crate::render::words::counted;
use crate::report::{
    Answer, Authorization, Authorized, Declaration, Domain, Part, Portion, SenderFix, SenderKind,
    SenderResult, SpfResult, SpfVerdict, Step, Verdict,
};
use crate::text::grouped;

/// Where sentences begin: behind the longest answer, `unknown` or `partial`.
const TEXT: usize = 11;

/// Most networks that a line names.
const NETWORKS: usize = 4;

/// Fewest steps without effect that are worth folding into one line.
const FOLD: usize = 3;

pub(super) fn authorizations(sheet: &mut Sheet, domain: &Domain, look: &Look) {
    let shown: Vec<&Authorization> =
        domain.authorizations.iter().filter(|one| !is_in_contract(one)).collect();
    if shown.is_empty() {
        return;
    }
    sheet.blank();
    let headline = domain.headline.to_string();
    for authorization in &shown {
        let is_said = shown.len() == 1 && authorization.headline.to_string() == headline;
        if !is_said {
            let (word, ink) = answer(authorization.authorized);
            let label = sheet.line().plain("  ").with(ink, word).pad(TEXT);
            let sentence = sheet.line().phrase(&authorization.headline);
            sheet.sentence(label, &sentence);
        }
        // That a provider may send as it should is said; how it is one would only be in the way,
        // unless it was named in other words.
        let is_expected = authorization.kind == SenderKind::Provider
            && authorization.authorized == Authorized::Yes
            && provider::by_id(&authorization.sender).is_some();
        if is_said || look.explain || !is_expected {
            grounds(sheet, domain, authorization, look);
        }
    }
}

/// True if the line of the contract says all that there is to say: who may send as expected, or must
/// not send.
fn is_in_contract(one: &Authorization) -> bool {
    match one.declared {
        None => false,
        Some(Declaration::Sender) => one.verdict() == Verdict::Ok,
        Some(Declaration::NeverSender) => true,
    }
}

fn answer(authorized: Authorized) -> (&'static str, Ink) {
    match authorized {
        Authorized::Yes => ("YES", Ink::Good),
        Authorized::No => ("NO", Ink::Bad),
        Authorized::Partial => ("PARTLY", Ink::Bad),
        Authorized::Unknown => ("UNKNOWN", Ink::Unknown),
        Authorized::NotApplicable => ("n/a", Ink::Faint),
    }
}

/// Why the answer is what it is.
fn grounds(sheet: &mut Sheet, domain: &Domain, authorization: &Authorization, look: &Look) {
    identities(sheet, domain, authorization, look);
    let spf = &authorization.spf;
    let is_plain_yes = authorization.authorized == Authorized::Yes;
    if look.explain {
        explain::block(sheet, "SPF", &spf.steps, &domain.lookups);
    } else if authorization.kind == SenderKind::Address && !is_plain_yes {
        path(sheet, &spf.steps);
    }
    if authorization.answer == Answer::Partly {
        families(sheet, authorization);
    }
    if authorization.kind != SenderKind::Address && (look.explain || !is_plain_yes) {
        portions(sheet, authorization);
    }
    if let Some(text) = &spf.explanation {
        labelled(sheet, "says", |line| {
            line.plain("explanation by the domain: ").with(Ink::Code, text)
        });
    }
    if let Some(helo) = &authorization.helo {
        identity_verdict(sheet, "HELO", helo);
        if look.explain {
            explain::block(sheet, "SPF of the HELO name", &helo.steps, &domain.lookups);
        }
    }
    if let Some(dmarc) = &authorization.dmarc {
        labelled(sheet, "", |line| line.phrase(&dmarc.headline));
        if look.explain {
            explain::block(sheet, "DMARC", &dmarc.steps, &domain.lookups);
        }
    }
    for note in &authorization.notes {
        labelled(sheet, "note", |line| line.phrase(note));
    }
    for fix in &authorization.fixes {
        remedy(sheet, fix);
    }
}

/// What would let the sender pass, and what that costs; the record can be pasted.
fn remedy(sheet: &mut Sheet, fix: &SenderFix) {
    labelled(sheet, "fix", |line| {
        line.plain("if this sender is yours, ").phrase(&fix.fix.summary).plain(format!(
            " ({}/{LOOKUP_LIMIT} lookups, {}/{VOID_LIMIT} void, {} octets):",
            fix.lookups, fix.voids, fix.octets
        ))
    });
    finding::records(sheet, &fix.fix.records, true);
}

fn labelled(sheet: &mut Sheet, label: &str, say: impl FnOnce(Line) -> Line) {
    let label = sheet.line().faint(format!("  {label}")).pad(TEXT);
    let sentence = say(sheet.line());
    sheet.sentence(label, &sentence);
}

/// The identities, unless they are what anybody would suppose.
fn identities(sheet: &mut Sheet, domain: &Domain, authorization: &Authorization, look: &Look) {
    let given = &authorization.identities;
    let own = domain.domain.to_string();
    let is_usual = authorization.spf.domain == own
        && given.helo.is_none()
        && given.header_from == domain.domain
        && given.dkim_domains.is_empty();
    if is_usual && !look.explain {
        return;
    }
    labelled(sheet, "as", |line| {
        let mut line = line.plain("MAIL FROM ").with(Ink::Name, &given.mail_from);
        if let Some(helo) = &given.helo {
            line = line.plain(", HELO ").with(Ink::Name, helo);
        }
        line = line.plain(", From: ").with(Ink::Name, given.header_from.to_string());
        for signer in &given.dkim_domains {
            line = line.plain(", DKIM d=").with(Ink::Name, signer.to_string());
        }
        line
    });
}

fn identity_verdict(sheet: &mut Sheet, label: &str, verdict: &SpfVerdict) {
    labelled(sheet, label, |line| {
        let (ink, result) = match verdict.result {
            Some(result) => (of_result(result), result.word()),
            None => (Ink::Weak, "depends on the address"),
        };
        let line = line.with(Ink::Name, &verdict.domain).plain(": SPF ").with(ink, result);
        match (&verdict.problem, &verdict.matched) {
            (Some(problem), _) => line.plain(", ").phrase(problem),
            (None, Some(matched)) => line.plain(", by ").with(Ink::Code, &matched.term),
            (None, None) => line,
        }
    });
}

// ── one address: the path through the terms ─────────────────────────────────────────────────────

/// A line of the path.
enum Stage<'s> {
    /// A step, and how deep it stands.
    Step(usize, &'s Step),
    /// Steps in a row that decide nothing and ask nothing.
    Fold(usize, usize),
}

/// The steps that were taken, numbered.
fn path(sheet: &mut Sheet, steps: &[Step]) {
    let mut flat = Vec::new();
    flatten(steps, 0, true, &mut flat);
    let stages = folded(&flat);
    let digits = stages.len().to_string().len();
    sheet.blank();
    let mut number = 0;
    for stage in stages {
        let (depth, sentence) = match stage {
            Stage::Step(depth, step) => (depth, sheet.line().phrase(&step.headline)),
            Stage::Fold(depth, count) => {
                let said = format!("{} without a DNS lookup: no match", counted(count, "term"));
                (depth, sheet.line().faint(said))
            }
        };
        number += 1;
        let label = sheet
            .line()
            .plain("  ")
            .right(2 + digits, Ink::Faint, &number.to_string())
            // However deep the includes go, the words stay on the screen.
            .pad(4 + digits + 2 * depth.min(8));
        sheet.sentence(label, &sentence);
    }
    sheet.blank();
}

/// The steps in the order in which they were taken. A record that an include leads to is one with
/// the include; what only adds detail is left to `explain`.
fn flatten<'s>(steps: &'s [Step], depth: usize, is_top: bool, out: &mut Vec<(usize, &'s Step)>) {
    for step in steps {
        let is_record = step.part() == Part::Policy;
        let is_news = step.part() == Part::Term || step.tone != Tone::Plain;
        if is_top || (is_news && !is_record) {
            out.push((depth, step));
        }
        flatten(&step.steps, depth + usize::from(!is_record), false, out);
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
            vec![Stage::Fold(*depth, run.len())]
        }
        _ => run.iter().map(|(depth, step)| Stage::Step(*depth, step)).collect(),
    })
    .collect()
}

// ── many addresses: who passes, who does not ────────────────────────────────────────────────────

/// Which part passes, a line for each family of addresses.
fn families(sheet: &mut Sheet, one: &Authorization) {
    for (family, title) in [(Family::V4, "IPv4"), (Family::V6, "IPv6")] {
        let of = |networks: &[Cidr]| networks.iter().filter(|it| it.family() == family).count();
        let groups = [&one.covered, &one.uncovered, &one.undecided];
        let [passes, fails, unknown] = groups.map(|networks| of(networks));
        if passes + fails + unknown == 0 {
            continue;
        }
        let all = amount(family, groups.into_iter().flatten());
        let passing = amount(family, one.covered.iter());
        let line = sheet.line().plain(title).plain(": ");
        let line = match (passes, fails, unknown) {
            (0, _, 0) => line.with(Ink::Bad, "no").plain(reasons(one, family)),
            (0, 0, _) => line.with(Ink::Unknown, "unknown"),
            (_, 0, 0) => line.with(Ink::Good, "yes").plain(format!(", all {all}")),
            _ => line
                .with(Ink::Bad, "partly")
                .plain(match family {
                    Family::V4 => format!(", {passing} of {all}"),
                    // Networks of different sizes are no share of one another.
                    Family::V6 => format!(", {passing}"),
                })
                .plain(reasons(one, family)),
        };
        let label = sheet.line().pad(TEXT);
        sheet.sentence(label, &line);
    }
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

fn portions(sheet: &mut Sheet, authorization: &Authorization) {
    let listed = &authorization.spf.portions;
    if listed.is_empty() {
        let groups = [
            ("yes", Ink::Good, &authorization.covered),
            ("no", Ink::Bad, &authorization.uncovered),
            ("unknown", Ink::Unknown, &authorization.undecided),
        ];
        for (word, ink, networks) in groups {
            if !networks.is_empty() {
                let line = with_networks(sheet.line(), networks);
                portion(sheet, word, ink, &line);
            }
        }
        return;
    }
    for one in listed {
        let (word, ink) = match of_result(one.result) {
            Ink::Good => ("yes", Ink::Good),
            Ink::Unknown => ("unknown", Ink::Unknown),
            _ => ("no", Ink::Bad),
        };
        let line = decided(with_networks(sheet.line(), &one.networks), one);
        portion(sheet, word, ink, &line);
    }
}

fn portion(sheet: &mut Sheet, word: &str, ink: Ink, sentence: &Line) {
    let label = sheet.line().plain("  ").with(ink, word).pad(TEXT);
    sheet.sentence(label, sentence);
}

fn with_networks(mut line: Line, networks: &[Cidr]) -> Line {
    for (index, network) in networks.iter().take(NETWORKS).enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        line = line.plain(comma).with(Ink::Addr, network.to_string());
    }
    match networks.len().saturating_sub(NETWORKS) {
        0 => line,
        others => line.plain(format!(" and {}", counted(others, "more network"))),
    }
}

fn decided(line: Line, portion: &Portion) -> Line {
    let line = match portion.addresses.parse::<u128>() {
        // More than a reader can take in: the networks say it better.
        Ok(addresses) if addresses <= u128::from(u32::MAX) + 1 => {
            let unit = if addresses == 1 { "address" } else { "addresses" };
            line.plain(format!(" ({} {unit})", grouped(addresses)))
        }
        _ => line,
    };
    let line = line.plain(": ").with(of_result(portion.result), portion.result.word());
    // A term that is matched decides; one that is met on the way to what is not known does not.
    let by = if portion.result == SenderResult::Unknown { ", at " } else { ", by " };
    match &portion.matched {
        Some(matched) => line.plain(by).with(Ink::Code, &matched.term),
        None => line,
    }
}
