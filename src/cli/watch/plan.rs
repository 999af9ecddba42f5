//! What `mailcheck watch` means.

use super::ways::{PASSWORD, Relay, Secret, Ways};
use super::{Form, WatchArgs, secret, undeclared};
use crate::audit::Inquiry;
use crate::cli::config::resolve_settings;
use crate::cli::history::store;
use crate::cli::test::{domains, inquiry};
use crate::cli::words::{Appearance, Mistake, Output, Sources, outputs};
use crate::config::{Config, Policy};
use crate::contract::Written;
use crate::diagnostic::Severity;
use crate::dns::Server;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often domains are looked at, unless somebody says otherwise.
const INTERVAL: Duration = Duration::from_secs(30 * 60);

/// What is watched, and how.
pub(super) struct Plan {
    pub inquiries: Vec<Inquiry>,
    pub policy: Policy,
    /// The least severity of a finding that counts; `None` if none does.
    pub least: Option<Severity>,
    pub sources: Sources,
    /// Resolvers that are asked as well where something is worse.
    pub further: Vec<String>,
    pub store: PathBuf,
    /// When recorded answers were seen; `None` for a look of now.
    pub at: Option<u64>,
    pub once: bool,
    pub interval: Duration,
    pub ways: Ways,
    pub outputs: Vec<Output<Form>>,
    pub appearance: Appearance,
}

/// Understands what was typed.
///
/// # Errors
/// A word, a flag's value or the combination of them means nothing, or there is no domain.
pub(super) fn plan(typed: WatchArgs) -> Result<Plan, Mistake> {
    let WatchArgs { words, once, interval, notify, form, mut sources, judging, look, pages: _ } =
        typed;
    let (mut named, resolvers) = domains(&words)?;
    let settings = resolve_settings(&judging)?;
    let policy = settings.policy;
    let config = &policy.config;
    if named.is_empty() {
        named = config.contracts.iter().map(|one| one.name.value.clone()).collect();
    }
    if named.is_empty() {
        return Err(undeclared());
    }
    let store = store::place(sources.past.store.take().as_deref())?;
    let at = sources.past.at.take();
    let is_recorded = sources.replay.is_some() || sources.offline;
    if at.is_some() != is_recorded {
        return Err(Mistake::new(match is_recorded {
            true => "--at TIME is missing: when were these answers seen?",
            false => "--at needs --replay: a look at the DNS is of now",
        }));
    }
    if is_recorded && !once {
        return Err(Mistake::new("recorded answers do not change: add --once"));
    }
    let mut sources = Sources::read(sources, resolvers)?;
    for one in &config.watch.resolvers {
        let known: Result<Server, _> = one.value.parse();
        known.map_err(|why| Mistake::new(format!("resolvers {:?}: {why}", one.value)))?;
    }
    let mut further = Vec::new();
    if sources.resolvers.is_empty() && !is_recorded {
        // The first one is asked, and the others where it finds something worse.
        let mut listed = config.watch.resolvers.iter().map(|one| one.value.clone());
        sources.resolvers.extend(listed.next());
        further.extend(listed);
    }
    let most_queries = sources.most_queries(config);
    let inquiries = named.into_iter().map(|domain| {
        let inquiry = inquiry(config, domain)?;
        Ok::<_, Mistake>(Inquiry { most_queries, ..inquiry })
    });
    Ok(Plan {
        inquiries: inquiries.collect::<Result<_, _>>()?,
        least: settings.fail_on,
        further,
        store,
        at,
        once,
        interval: interval
            .or(config.watch.interval.as_ref().map(|(interval, _)| *interval))
            .unwrap_or(INTERVAL),
        ways: ways(&notify, config)?,
        outputs: outputs(&form, &Form::NAMES)?,
        appearance: Appearance::from(look),
        sources,
        policy,
    })
}

/// The ways out: those that are typed, otherwise those of the file.
fn ways(typed: &[String], config: &Config) -> Result<Ways, Mistake> {
    let setting = &config.watch;
    let text = |one: &Option<Written<String>>| one.as_ref().map(|one| one.value.clone());
    let mut ways = Ways::default();
    match typed {
        [] => setting.notify.iter().try_for_each(|one| ways.add(&one.value))?,
        typed => typed.iter().try_for_each(|one| ways.add(one))?,
    }
    if let Some(file) = setting.secret_file.as_ref().filter(|_| ways.has_webhook()) {
        ways.secret = Some(Secret::read(&secret::read(Path::new(&file.value))?)?);
    }
    if ways.has_mail() {
        let file = setting.smtp_password_file.as_ref();
        let password = match file.map(|file| secret::read(Path::new(&file.value))) {
            Some(read) => Some(read?),
            None => environment(PASSWORD),
        };
        ways.relay = Relay::new(text(&setting.smtp), text(&setting.mail_from), password)?;
    }
    Ok(ways)
}

/// A variable that holds something.
#[allow(clippy::disallowed_methods, reason = "the environment is read here")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}
