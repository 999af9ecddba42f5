//! `mailcheck diff`: what a change of zone files does to mail, before it is published.

mod delegated;
mod faults;
mod hidden;
mod removed;
mod sourced;
mod states;

use super::check::{AT_ONCE, compare_in_time};
use super::conclude;
use super::nature::Natures;
use super::publish::Publication;
use super::session::Session;
use super::sources;
use super::unread::mail_domain;
use super::words::{Ending, Mistake, Sources, declare};
use super::{RunError, args, wait_for};
use crate::audit::is_right_inside;
use crate::audit::{self, Inquiry, Steps};
use crate::compare;
use crate::config::{self, Config};
use crate::diagnostic::Severity;
use crate::dns::{Cache, Dns, Kind, Place, join_all};
use crate::net::Name;
use crate::report::{Domain, FileLocation, Finding, Run, State, number};
use crate::text::{Phrase, escape};
use crate::zone::{Reach, first_places, mail_names_of, set_places};
use crate::zonefile::Zone;
use clap::Parser;
use delegated::Delegated;
use removed::Removed;
use states::States;
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const EXAMPLES: &str = "\
Examples:
  mailcheck diff --live zones/*.zone              the files against live DNS
  mailcheck diff --base origin/main zones/*.zone  against the files of a commit
  mailcheck diff old.zone new.zone                one file against another
  mailcheck diff example.com old.jsonl new.jsonl  two recordings of a domain";

/// Compare two states of DNS: who can no longer send, what gets worse
///
/// mailcheck evaluates both states for every IP address and every domain in the files, and queries
/// live DNS for records that the files do not list. The exit code is 1 if anything gets worse by
/// at least a warning (change with --fail-on).
#[derive(Clone, Debug, Parser)]
#[command(
    override_usage = "mailcheck diff [DOMAIN…] --zone NEW… [--against OLD…] [@SERVER]\n       \
                      mailcheck diff [DOMAIN…] --base COMMIT FILE…\n       \
                      mailcheck diff [DOMAIN…] --live FILE…\n       \
                      mailcheck diff [DOMAIN…] OLD NEW",
    before_help = EXAMPLES,
    help_template = args::TEMPLATE,
    arg_required_else_help = true,
    next_help_heading = "Change",
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct DiffArgs {
    /// Files of either state; the domains to look at, all of the files if none is named
    #[arg(value_name = "WORD", hide = true)]
    words: Vec<OsString>,

    /// The state before: this zone file
    ///
    /// Without it the state before is live DNS.
    #[arg(long, value_name = "OLD", requires = "zone")]
    against: Vec<PathBuf>,

    /// The state before: the files at this commit
    #[arg(long, value_name = "COMMIT", conflicts_with_all = ["zone", "against"])]
    base: Option<String>,

    /// The state before: live DNS
    #[arg(long, conflicts_with_all = ["zone", "against", "base"])]
    live: bool,

    /// Check this DKIM selector too
    #[arg(long, value_name = "SELECTOR", value_delimiter = ',')]
    selector: Vec<String>,

    /// What the files are.
    #[command(flatten)]
    reading: args::Reading,

    /// Where answers come from.
    #[command(flatten)]
    sources: args::Sources,

    /// Where the report goes.
    #[command(flatten)]
    report: args::Report,
}

/// Carries out the verb.
///
/// # Errors
/// What was typed means nothing, a file cannot be read, or the report cannot be written.
pub(super) fn run(typed: DiffArgs) -> Result<u8, RunError> {
    wait_for(carry_out(typed))
}

/// How many domains are compared at once where nothing is waited for.
const COMPUTED_AT_ONCE: usize = 2;

async fn carry_out(typed: DiffArgs) -> Result<u8, RunError> {
    let mut ending = Ending::read(&typed.report)?;
    if typed.report.judging.fail_on.is_none() && ending.policy.config.fail_on.is_none() {
        // A change that weakens something is not merged unseen.
        ending.fail_on = Some(Severity::Warn);
    }
    let natures = Natures::new(typed.reading.clone(), typed.sources.limits, &ending.policy.config);
    let states = States::read(&typed, natures.clone())?;
    let zones = [&states.before.zones, &states.after.zones];
    let reach = match states.domains.is_empty() {
        true => Reach::new(zones[0], zones[1], &states.alike),
        false => Reach::delegations(zones[0], zones[1]),
    };
    let mut inquiries = inquiries(&states, &reach, &typed.selector)?;
    for inquiry in &mut inquiries {
        declare(&ending.policy.config, inquiry)?;
        if !ending.shows_steps() {
            inquiry.steps = Steps::Skipped;
        }
    }
    let is_about_files = !states.before.zones.is_empty() || !states.after.zones.is_empty();
    let States { before, mut after, alike, sources, mut notes, comments, unread, findings, .. } =
        states;
    notes.extend(hidden::notes(&before.zones, &after.zones));
    if is_about_files && inquiries.is_empty() && !unread.is_partial {
        let said = "nothing changes: no record differs that the mail of a domain depends on";
        notes.push(Phrase::new().plain(said));
    }
    ending.policy.comments = comments;
    let replay = after.cassette.clone().or(sources.replay);
    let sources = Sources { zones: Vec::new(), replay, ..sources };
    for inquiry in &mut inquiries {
        inquiry.most_queries = sources.most_queries(&ending.policy.config);
    }
    let mut session = Session::open_bottom(&sources)?;
    let clock = session.clock();
    let stack = &mut session.stack;
    conclude::prepare(&ending)?;
    let (bottom, names_before) = match &before.cassette {
        Some(cassette) => {
            let bottom = Arc::new(Cache::new(sources::replay(cassette)?)) as Arc<dyn Dns>;
            (bottom, vec![format!("replayed from {}", cassette.display())])
        }
        None => {
            let names = before.names.iter().chain(&stack.names).cloned();
            (Arc::clone(&stack.dns), names.collect())
        }
    };
    let sources_before: Vec<String> =
        names_before.iter().map(|name| escape(name.as_bytes())).collect();
    let wanted: HashSet<&Name> = inquiries.iter().map(|inquiry| &inquiry.domain).collect();
    let first = first_places(&after.zones, |name| wanted.contains(name));
    let begins = |inquiry: &Inquiry| first.get(&inquiry.domain).map(|it| FileLocation::from(*it));
    let declared: Vec<Option<FileLocation>> = inquiries.iter().map(begins).collect();
    let mut removed = Removed::of(&before.zones, &after.zones, &alike);
    let places = set_places(&after.zones, &wanted);
    // What is alike lies under both.
    let below = stack.layered(bottom, alike, &[])?;
    let shared =
        if before.cassette.is_some() { Arc::clone(&stack.dns) } else { Arc::clone(&below) };
    // An entry that was not read may be what is missing.
    if let Some(zone) = after.zones.iter_mut().find(|zone| zone.apex().is_none() && zone.is_open())
    {
        removed.leave_open_in(zone);
    }
    let before = stack.layered(below, before.zones, &sources.faults)?;
    let shared = Arc::new(Delegated::over(reach.delegated(), shared));
    let shared = Arc::new(removed.without(shared));
    stack.dns = stack.layered(shared, after.zones, &sources.faults)?;
    stack.names.splice(0..0, after.names);
    let states = [before, Arc::clone(session.dns())];
    let deadline = session.deadline;
    let mut said = notes;
    said.extend(unread.notes);
    let mut publication = Publication::open(&ending, &session.started.date(), false)?;
    let run = session.run();
    publication.begin(Run { notes: said.clone(), is_partial: unread.is_partial, ..run })?;
    let config = &ending.policy.config;
    let end = deadline.end_of_run();
    let all: Vec<_> = inquiries.into_iter().map(Arc::new).zip(declared).collect();
    // Answers out of files come at once: what takes time is to compute with them.
    let at_once = if session.stack.is_repeatable { COMPUTED_AT_ONCE } else { AT_ONCE };
    for group in all.chunks(at_once) {
        let is_over = tokio::time::Instant::now() >= end;
        let changed = group.iter().map(|(inquiry, _)| {
            let (states, inquiry) = (states.clone(), Arc::clone(inquiry));
            async move {
                match is_over {
                    true => Err(deadline.run_too_late()),
                    false => compare_in_time(states, inquiry, clock, deadline).await,
                }
            }
        });
        for ((inquiry, declared), changed) in group.iter().zip(join_all(changed).await) {
            // Of the state before nothing is kept, and of the other one what is to be written.
            let mut domain = match changed {
                Ok(changed) => held(config, &natures, changed),
                Err(too_late) => audit::undecided(inquiry, too_late),
            };
            if let Some(change) = &mut domain.change {
                change.before.clone_from(&sources_before);
            }
            // The zone file goes before the contract: that is what is changed.
            domain.declared = declared.clone().or(domain.declared);
            domain.findings.iter_mut().for_each(|finding| locate(finding, &places));
            publication.domain(domain)?;
        }
    }
    let mut run = session.run();
    run.notes.splice(0..0, said);
    run.is_partial |= unread.is_partial;
    let mut findings = findings;
    number(&mut findings);
    session.keep_recording()?;
    publication.finish(run, findings, None)
}

/// Gives a finding about a whole record set the place where that begins.
fn locate(finding: &mut Finding, places: &HashMap<(Name, Kind), Place>) {
    if finding.location.is_none() && finding.state != Some(State::Resolved) {
        let set = (finding.subject.name.clone(), finding.subject.kind);
        finding.location = places.get(&set).map(FileLocation::from);
    }
}

/// The domain as it is to be, held against what it was.
fn held(
    config: &Config,
    natures: &Natures,
    audit::Changed { mut before, mut after }: audit::Changed,
) -> Domain {
    // What the contract says of both states is compared as any other finding is.
    for domain in [&mut before, &mut after] {
        config::judge(config, domain);
        // What is right in the view that a file is for is no finding.
        domain.findings.retain(|finding| {
            let file = finding.location.as_ref().map(|place| Path::new(&place.file));
            !(is_right_inside(finding) && file.is_some_and(|file| natures.is_internal(file)))
        });
    }
    compare::compare_findings(&mut after, &before);
    after
}

/// The names of aliases beside other records that are no longer there after the change: all of them was
/// read, and what is about mail among it is compared as any other record is.
fn repaired_aliases(states: &States) -> HashSet<&Name> {
    let open: HashSet<&Name> = states.open.iter().map(|(owner, _)| owner).collect();
    if open.is_empty() {
        return open;
    }
    let still: HashSet<&Name> =
        states.after.zones.iter().flat_map(Zone::open_sets).map(|it| it.0).collect();
    let records = states.before.zones.iter().flat_map(Zone::records);
    let aliases = records.filter(|(_, kind, _)| *kind == Kind::Cname).map(|it| it.0);
    aliases.filter(|owner| open.contains(owner) && !still.contains(owner)).collect()
}

/// What is asked: the domains that are named, or all that take part in mail in either state.
fn inquiries(
    states: &States,
    reach: &Reach,
    selectors: &[String],
) -> Result<Vec<Inquiry>, Mistake> {
    let mut all: Vec<Inquiry> = Vec::new();
    let mut places: HashMap<Name, usize> = HashMap::new();
    for name in &states.domains {
        places.entry(name.clone()).or_insert_with(|| {
            all.push(Inquiry::about(name.clone()));
            all.len() - 1
        });
    }
    let is_wanted = |name: &Name| {
        if states.domains.is_empty() { reach.has(name) } else { states.domains.contains(name) }
    };
    let zones = states.after.zones.iter().chain(&states.before.zones).chain(&states.alike);
    for zone in zones {
        for found in mail_names_of(zone, is_wanted).into_iter().filter(|name| !name.is_wildcard()) {
            let next = all.len();
            let index = match places.get(&found.domain) {
                Some(index) => *index,
                None if !states.domains.is_empty() => continue,
                None => {
                    places.insert(found.domain.clone(), next);
                    all.push(Inquiry::about(found.domain.clone()));
                    next
                }
            };
            let Some(inquiry) = all.get_mut(index) else { continue };
            for selector in found.selectors {
                if !inquiry.seen.contains(&selector) {
                    inquiry.seen.push(selector);
                }
            }
        }
    }
    let repaired = repaired_aliases(states);
    // Where the change touches an entry that cannot be read, mail may depend on it.
    for (owner, kind) in &states.open {
        let is_for_mail =
            kind.is_none_or(|kind| matches!(kind, Kind::Mx | Kind::Txt | Kind::Cname | Kind::Spf));
        let Some(domain) = mail_domain(owner).filter(|_| is_for_mail) else { continue };
        if domain == *owner && repaired.contains(owner) {
            continue;
        }
        if states.domains.is_empty() && !places.contains_key(&domain) {
            places.insert(domain.clone(), all.len());
            all.push(Inquiry::about(domain));
        }
    }
    for inquiry in &mut all {
        inquiry.selectors.extend(selectors.iter().cloned());
    }
    Ok(all)
}
