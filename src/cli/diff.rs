//! `mailcheck diff`: what a change of zone files does to mail, before it is published.

use super::conclude::{self, conclude};
use super::git::Commit;
use super::plan::{self, Ending, Mistake, Sources, domain};
use super::sources::{self, Stack};
use super::{Trouble, args, check, flags, wait_for};
use crate::audit::{self, Clock, Inquiry};
use crate::config::{self, Config};
use crate::dns::{Cache, Dns, Zone};
use crate::judge::Severity;
use crate::net::Name;
use crate::report::{Domain, FileLocation};
use crate::text::{Phrase, escape};
use crate::zone::mail_names;
use clap::Parser;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

const EXAMPLES: &str = "\
Examples:
  mailcheck diff --live zones/*.zone              the files against the DNS as it is
  mailcheck diff --base origin/main zones/*.zone  against the files of a commit
  mailcheck diff old.zone new.zone                one file against another
  mailcheck diff example.com old.jsonl new.jsonl  two recordings of a domain";

/// Say what a change of zone files does to mail: who can no longer send, what gets worse
///
/// Both states are evaluated for every address there is and for every domain of the files; what
/// they do not say comes from the DNS as it is. Only what gets worse decides the exit code, from a
/// warning on unless --fail-on says otherwise.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "mailcheck diff",
    bin_name = "mailcheck diff",
    version,
    override_usage = "mailcheck diff [DOMAIN…] --zone NEW… [--against OLD…]\n       \
                      mailcheck diff [DOMAIN…] --base COMMIT FILE…\n       \
                      mailcheck diff [DOMAIN…] --live FILE…\n       \
                      mailcheck diff [DOMAIN…] OLD NEW",
    before_help = EXAMPLES,
    help_template = "{about}\n\n{usage-heading} {usage}\n\n{before-help}{all-args}{after-help}",
    next_help_heading = "Change",
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
struct Typed {
    /// Files of either state; the domains to look at, all of the files if none is named
    #[arg(value_name = "WORD", hide = true)]
    words: Vec<OsString>,

    /// The state before: this zone file
    ///
    /// Without it the state before is the DNS as it is.
    #[arg(long, value_name = "OLD", requires = "zone")]
    against: Vec<PathBuf>,

    /// The state before: the files as they stand at this commit
    #[arg(long, value_name = "COMMIT", conflicts_with_all = ["zone", "against"])]
    base: Option<String>,

    /// The state before: the DNS as it is
    #[arg(long, conflicts_with_all = ["zone", "against", "base"])]
    live: bool,

    /// Look at this DKIM selector too
    #[arg(long, value_name = "SELECTOR", value_delimiter = ',', env = "MAILCHECK_SELECTOR")]
    selector: Vec<String>,

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
pub(super) fn run(typed: Vec<OsString>) -> Result<u8, Trouble> {
    wait_for(carry_out(flags(typed)?))
}

#[allow(clippy::disallowed_methods, reason = "the clock is read here")]
async fn carry_out(typed: Typed) -> Result<u8, Trouble> {
    let started = super::clock::now();
    let begin = Instant::now();
    let mut ending = Ending::read(&typed.report)?;
    if typed.report.judging.fail_on.is_none() && ending.policy.config.fail_on.is_none() {
        // A change that weakens something is not merged unseen.
        ending.fail_on = Some(Severity::Warn);
    }
    let states = States::read(&typed)?;
    let mut inquiries = inquiries(&states, &typed.selector)?;
    for inquiry in &mut inquiries {
        plan::declare(&ending.policy.config, inquiry)?;
    }
    let replay = states.tape.or(states.sources.replay);
    let sources = Sources { zones: Vec::new(), replay, ..states.sources };
    let mut stack = sources::bottom(&sources, &started.date())?;
    conclude::prepare(&ending)?;
    let before = match &states.tape_before {
        Some(tape) => Arc::new(Cache::new(sources::replay(tape)?)) as Arc<dyn Dns>,
        None => Arc::clone(&stack.dns),
    };
    let before = stack.layered(before, states.before, &sources.faults)?;
    let declared = declared(&states.after);
    stack.dns = stack.layered(Arc::clone(&stack.dns), states.after, &sources.faults)?;
    let names = |files: &[String], stack: &Stack| -> Vec<String> {
        let all = files.iter().chain(&stack.names);
        all.map(|name| escape(name.as_bytes())).collect()
    };
    let sources_before = match &states.tape_before {
        Some(tape) => vec![escape(format!("recorded in {}", tape.display()).as_bytes())],
        None => names(&states.names_before, &stack),
    };
    let clock =
        if stack.is_repeatable { Clock::default() } else { Clock { seconds: started.seconds } };
    let end = tokio::time::Instant::now() + sources.deadline;
    let (old, new) = (&*before, &*stack.dns);
    let one = |inquiry| async move {
        let changed = audit::change([old, new], inquiry, clock);
        tokio::time::timeout_at(end, changed).await.ok()
    };
    let mut domains = Vec::with_capacity(inquiries.len());
    for (inquiry, changed) in inquiries.iter().zip(check::each(&inquiries, one).await) {
        let mut domain = match changed {
            Some(changed) => held(&ending.policy.config, changed),
            None => audit::undecided(inquiry, check::too_late(sources.deadline)),
        };
        if let Some(change) = &mut domain.change {
            change.before.clone_from(&sources_before);
        }
        // The zone file goes before the contract: that is what is changed.
        if let Some(place) = declared.get(&inquiry.domain) {
            domain.declared = Some(place.clone());
        }
        domains.push(domain);
    }
    stack.names.splice(0..0, states.names);
    let mut run = stack.run(started, begin.elapsed());
    run.notes.extend(states.notes);
    stack.keep_tape(&sources)?;
    conclude(run, domains, Vec::new(), &ending, started)
}

/// The domain as it is to be, held against what it was.
fn held(config: &Config, audit::Changed { mut before, mut after }: audit::Changed) -> Domain {
    // What the contract says of both states is compared as any other finding is.
    for domain in [&mut before, &mut after] {
        config::judge(config, domain);
    }
    after.hold_against(&before);
    after
}

/// Where each domain begins in the files: its first record, or the top of its zone.
fn declared(zones: &[Zone]) -> HashMap<Name, FileLocation> {
    let mut first: HashMap<Name, FileLocation> = HashMap::new();
    for zone in zones {
        for (owner, _, record) in zone.records() {
            let Some(place) = &record.place else { continue };
            let place = FileLocation::from(place);
            match first.get_mut(owner) {
                Some(known) if known.line > place.line => *known = place,
                Some(_) => {}
                None => drop(first.insert(owner.clone(), place)),
            }
        }
    }
    first
}

// ── what was typed ──────────────────────────────────────────────────────────────────────────────

/// The two states, read from files.
struct States {
    before: Vec<Zone>,
    after: Vec<Zone>,
    /// The files of the state before, and of the state after.
    names_before: Vec<String>,
    names: Vec<String>,
    /// A recording of the state before, and of the state after.
    tape_before: Option<PathBuf>,
    tape: Option<PathBuf>,
    /// The domains that are named; all of the files if there are none.
    domains: Vec<Name>,
    sources: Sources,
    notes: Vec<Phrase>,
}

impl States {
    fn read(typed: &Typed) -> Result<Self, Mistake> {
        let (files, words): (Vec<&OsString>, Vec<&OsString>) =
            typed.words.iter().partition(|word| is_file(word, typed.base.is_some()));
        // Where --zone names the files, a word is a domain, whatever it looks like.
        let missing = words.iter().find(|word| looks_like_file(word));
        if let (Some(word), true) = (missing, typed.sources.zone.is_empty()) {
            let word = word.to_string_lossy();
            return Err(Mistake::new(format!("{word}: there is no such file")));
        }
        let domains = words.iter().map(|word| domain(word, "diff")).collect::<Result<_, _>>()?;
        let files: Vec<PathBuf> = files.into_iter().map(PathBuf::from).collect();
        // What the files say, they say offline as well.
        let zones = typed.sources.zone.clone();
        let zone = zones.iter().chain(&files).cloned().collect();
        let mut states = Self {
            before: Vec::new(),
            after: Vec::new(),
            names_before: Vec::new(),
            names: Vec::new(),
            tape_before: None,
            tape: None,
            domains,
            sources: Sources::read(args::Sources { zone, ..typed.sources.clone() }, Vec::new())?,
            notes: Vec::new(),
        };
        match (&typed.base, files.as_slice()) {
            (Some(commit), [first, ..]) => {
                states.at_commit(&Commit::find(commit, first)?, commit, &files)?;
            }
            (None, [_, ..]) if typed.live => states.after_files(&files)?,
            (None, [old, new]) if zones.is_empty() => states.two(old, new)?,
            (None, []) if !zones.is_empty() => {
                states.after_files(&zones)?;
                states.before_files(&typed.against)?;
            }
            (None, [one]) if zones.is_empty() => {
                return Err(Mistake::new(format!(
                    "{} is compared with what? With the DNS as it is: --live; with a commit: \
                     --base COMMIT; with another file: name it first",
                    one.display()
                )));
            }
            (None, [one, ..]) if !zones.is_empty() => {
                return Err(Mistake::new(format!(
                    "{} is one file too many: --zone names the state after, --against the one \
                     before",
                    one.display()
                )));
            }
            (None, [_, _, third, ..]) => {
                return Err(Mistake::new(format!(
                    "two files are compared, the old one first; {} is one too many (or did you \
                     mean --live?)",
                    third.display()
                )));
            }
            _ => {
                return Err(Mistake::new(
                    "nothing to compare. For instance: mailcheck diff --live zones/*.zone",
                ));
            }
        }
        Ok(states)
    }

    fn after_files(&mut self, files: &[PathBuf]) -> Result<(), Mistake> {
        for path in files {
            self.after.extend(sources::zones(path)?.zones);
            self.names.push(path.display().to_string());
        }
        Ok(())
    }

    fn before_files(&mut self, files: &[PathBuf]) -> Result<(), Mistake> {
        for path in files {
            self.before.extend(sources::zones(path)?.zones);
            self.names_before.push(path.display().to_string());
        }
        Ok(())
    }

    /// Two files, the old one first: zones, or recordings.
    fn two(&mut self, old: &Path, new: &Path) -> Result<(), Mistake> {
        let is_tape = |path: &Path| path.extension().is_some_and(|it| it == "jsonl");
        match (is_tape(old), is_tape(new)) {
            (true, true) if self.domains.is_empty() => Err(Mistake::new(format!(
                "which domain? mailcheck diff DOMAIN {} {}",
                old.display(),
                new.display()
            ))),
            (true, true) => {
                (self.tape_before, self.tape) = (Some(old.to_owned()), Some(new.to_owned()));
                Ok(())
            }
            (false, false) => {
                self.before_files(&[old.to_owned()])?;
                self.after_files(&[new.to_owned()])
            }
            _ => Err(Mistake::new("a recording and a zone file cannot be compared")),
        }
    }

    /// The files as they are, and as they stood at a commit. Those that are alike say nothing.
    fn at_commit(
        &mut self,
        commit: &Commit,
        shown: &str,
        files: &[PathBuf],
    ) -> Result<(), Mistake> {
        let mut alike = 0;
        for path in files {
            let note = Phrase::new().code(path.display().to_string());
            let name = format!("{} at {shown}", path.display());
            let now =
                if path.exists() { Some(sources::read(path, sources::ZONE_LIMIT)?) } else { None };
            let was = commit.file(path)?;
            if now == was {
                alike += 1;
                if now.is_none() {
                    return Err(Mistake::new(format!(
                        "{}: there is no such file, neither here nor at {shown:?}",
                        path.display()
                    )));
                }
                continue;
            }
            match &was {
                Some(text) => {
                    self.before.extend(sources::parsed(path, text)?.zones);
                    self.names_before.push(name);
                }
                None => self
                    .notes
                    .push(note.clone().plain(" is new: it is compared with the DNS as it is")),
            }
            match &now {
                Some(text) => {
                    self.after.extend(sources::parsed(path, text)?.zones);
                    self.names.push(path.display().to_string());
                }
                None => self
                    .notes
                    .push(note.plain(" is gone: what it said is compared with the DNS as it is")),
            }
        }
        if alike == files.len() {
            let said = match alike {
                1 => Phrase::new().plain("the file is").plain(" as it was at "),
                _ => Phrase::new().plain(format!("all {alike} files are as they were at ")),
            };
            self.notes.push(said.code(shown).plain(": nothing is changed"));
        }
        Ok(())
    }
}

/// True for a word that names a file: one that is there, or may have been at a commit.
#[allow(clippy::disallowed_methods, reason = "files are looked for here")]
fn is_file(word: &OsString, may_be_gone: bool) -> bool {
    Path::new(word).is_file() || may_be_gone && looks_like_file(word)
}

/// True for a word that no domain looks like.
fn looks_like_file(word: &OsString) -> bool {
    const ENDINGS: [&str; 6] = ["zone", "db", "yaml", "yml", "json", "jsonl"];
    let path = Path::new(word);
    word.to_string_lossy().contains('/')
        || path.extension().is_some_and(|it| ENDINGS.iter().any(|ending| it == *ending))
}

/// What is asked: the domains that are named, or all that take part in mail in either state.
fn inquiries(states: &States, selectors: &[String]) -> Result<Vec<Inquiry>, Mistake> {
    let mut all: Vec<Inquiry> = Vec::new();
    let mut places: HashMap<Name, usize> = HashMap::new();
    for name in &states.domains {
        places.entry(name.clone()).or_insert_with(|| {
            all.push(Inquiry::about(name.clone()));
            all.len() - 1
        });
    }
    for zone in states.after.iter().chain(&states.before) {
        for found in mail_names(zone).into_iter().filter(|name| !name.is_wildcard()) {
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
    for inquiry in &mut all {
        inquiry.selectors.extend(selectors.iter().cloned());
    }
    let is_unchanged = states.after.is_empty() && states.before.is_empty();
    if all.is_empty() && !is_unchanged {
        return Err(Mistake::new(format!(
            "no domain of {} takes part in mail: name one",
            states.names.iter().chain(&states.names_before).cloned().collect::<Vec<_>>().join(", ")
        )));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_flags_are_consistent() {
        Typed::command().debug_assert();
    }
}
