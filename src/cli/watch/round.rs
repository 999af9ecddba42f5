//! One look at everything that is watched: what it found, and what became of incidents.

use super::Form;
use super::plan::Plan;
use crate::audit::{self, Changed, Clock, Inquiry};
use crate::cli::check::compare_in_time;
use crate::cli::history::look::{Found, REMEMBERED, look};
use crate::cli::history::store;
use crate::cli::session::{self, Session};
use crate::cli::words::Sources;
use crate::cli::{RunError, write};
use crate::compare::compare_findings;
use crate::config::{self, Decisions};
use crate::dns::{Authoritative, Cache, Dns};
use crate::history::incident::{News, Settings, Sight, Sign, Standing, Witness, signs};
use crate::history::{Backlog, Store, StoreError, Turned, announced};
use crate::net::Name;
use crate::render::{json, text};
use crate::report::envelope::{Enveloped, Kind};
use crate::report::watch::{Deadline, Notice, Waiting, Watch, WatchedDomain};
use crate::report::{Class, Domain, Owners, Verdict};
use crate::text::{Phrase, day, escape, rfc3339};
use crate::web::Url;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// Moments whose DNS is held at once.
const MOMENTS: usize = 2;

/// Domains at which the servers of the zones are tried before none has answered.
const SILENT: usize = 3;

/// What a round comes to.
pub(super) struct Done {
    pub exit_code: u8,
    pub ttl: Option<u32>,
    pub is_pending: bool,
}

/// Looks once at everything, and says what became of incidents.
///
/// # Errors
/// The history cannot be used, or the output cannot be written.
pub(super) async fn round(plan: &Plan) -> Result<Done, RunError> {
    let session = Session::open(&plan.sources)?;
    let at = plan.at.unwrap_or(session.started.seconds);
    let deadline = session.deadline;
    let trouble = |why: StoreError| store::trouble(&plan.store, &why);
    let looked = look(session, &plan.inquiries, &plan.policy.config, &plan.store, at).await?;
    let mut history = looked.store;
    let held = Held { plan, deadline, at };
    let mut moments = Moments::default();
    let (mut sights, mut doubtful) = (Vec::new(), Vec::new());
    let mut watched = Vec::with_capacity(looked.domains.len());
    for (inquiry, found) in plan.inquiries.iter().zip(&looked.domains) {
        let standing = history.watched(&inquiry.domain).map_err(trouble)?;
        let baseline = standing.as_ref().map(|it| it.baseline);
        let baseline = baseline.filter(|baseline| found.since > *baseline);
        watched.push((baseline, inquiry, found, standing));
    }
    // Those that are held against the same moment follow one another: few moments are read.
    watched.sort_by_key(|(baseline, ..)| *baseline);
    for (baseline, inquiry, found, standing) in watched {
        let signs = match baseline {
            None => held.judged(found.domain.clone(), inquiry),
            Some(baseline) => {
                let [before, now] = [baseline, at].map(|at| moments.of(&history, at));
                let states = [before.map_err(trouble)?, now.map_err(trouble)?];
                held.against(states, inquiry).await
            }
        };
        if let Some(standing) = standing.filter(|it| signs.iter().any(|sign| it.is_new(sign))) {
            doubtful.push((inquiry, standing));
        }
        let witness = Witness::Resolver(plan.sources.resolvers.join(","));
        sights.push(Sight { domain: inquiry.domain.clone(), witness, signs });
    }
    if !doubtful.is_empty() {
        for resolver in &plan.further {
            let asked = held.by(resolver, &doubtful, &history, &mut moments).await?;
            sights.extend(asked);
        }
        let direct = held.directly(&sights, &doubtful, &history, &mut moments).await?;
        sights.extend(direct);
    }
    let settings = Settings::default();
    let ways = plan.ways.words();
    let turned = history.turn(at, settings, sights, &ways).map_err(trouble)?;
    plan.ways.deliver(&mut history, at).await.map_err(trouble)?;
    let watch = shown(plan, at, &looked.domains, turned, &history).map_err(trouble)?;
    said(plan, &watch)?;
    views(plan, at, &watch, &looked.domains, &history)?;
    let is_pending = watch.domains.iter().any(|one| !one.pending.is_empty());
    Ok(Done { exit_code: watch.exit_code, ttl: looked.ttl, is_pending })
}

/// The DNS of this moment and of one before it. Who asks for another one drops that: each holds all that
/// was known of every domain.
#[derive(Default)]
struct Moments(VecDeque<(u64, Arc<dyn Dns>)>);

impl Moments {
    fn of(&mut self, history: &Store, at: u64) -> Result<Arc<dyn Dns>, StoreError> {
        if let Some(known) = self.0.iter().position(|(moment, _)| *moment == at)
            && let Some((_, dns)) = self.0.remove(known)
        {
            self.0.push_back((at, Arc::clone(&dns)));
            return Ok(dns);
        }
        if self.0.len() >= MOMENTS {
            self.0.pop_front();
        }
        let dns: Arc<dyn Dns> = Arc::new(Cache::new(history.replay(at)?).capacity(REMEMBERED));
        self.0.push_back((at, Arc::clone(&dns)));
        Ok(dns)
    }
}

/// A domain held against its baseline.
struct Held<'p> {
    plan: &'p Plan,
    deadline: session::Deadline,
    at: u64,
}

impl Held<'_> {
    /// The signs of a report, with the decisions of its owner.
    fn judged(&self, domain: Domain, inquiry: &Inquiry) -> Vec<Sign> {
        let today = day(self.at);
        let domain = Decisions::new(&self.plan.policy, &today).apply(domain);
        let owners = Owners::new(&inquiry.domain, &inquiry.own);
        signs(&domain, &owners, self.plan.least)
    }

    /// The signs of a domain in the second state, held against the first.
    async fn against(&self, states: [Arc<dyn Dns>; 2], inquiry: &Inquiry) -> Vec<Sign> {
        let clock = Clock { seconds: self.at };
        let asked = Arc::new(inquiry.clone());
        let changed = compare_in_time(states, asked, clock, self.deadline).await;
        let domain = match changed {
            Ok(Changed { mut before, mut after }) => {
                for domain in [&mut before, &mut after] {
                    config::judge(&self.plan.policy.config, domain);
                }
                compare_findings(&mut after, &before);
                after
            }
            Err(too_late) => audit::undecided(inquiry, too_late),
        };
        self.judged(domain, inquiry)
    }

    /// What another resolver says of domains where something is new.
    async fn by(
        &self,
        resolver: &str,
        doubtful: &[(&Inquiry, Standing)],
        history: &Store,
        moments: &mut Moments,
    ) -> Result<Vec<Sight>, RunError> {
        let sources = Sources {
            resolvers: vec![resolver.to_owned()],
            record: None,
            ..self.plan.sources.clone()
        };
        let session = Session::open(&sources)?;
        let mut sights = Vec::with_capacity(doubtful.len());
        for (inquiry, standing) in doubtful {
            let before = moments.of(history, standing.baseline);
            let before = before.map_err(|why| store::trouble(&self.plan.store, &why))?;
            let signs = self.against([before, Arc::clone(session.dns())], inquiry).await;
            let witness = Witness::Resolver(resolver.to_owned());
            sights.push(Sight { domain: inquiry.domain.clone(), witness, signs });
        }
        Ok(sights)
    }

    /// What the servers of the zones themselves say of domains where something is new. Where they can be
    /// asked of none, as where a firewall lets only the resolver ask, they are not asked on.
    async fn directly(
        &self,
        sights: &[Sight],
        doubtful: &[(&Inquiry, Standing)],
        history: &Store,
        moments: &mut Moments,
    ) -> Result<Vec<Sight>, RunError> {
        let session = Session::open(&Sources { record: None, ..self.plan.sources.clone() })?;
        let direct = Authoritative::new(Arc::clone(session.dns()));
        let direct: Arc<dyn Dns> = Arc::new(Cache::new(direct).capacity(REMEMBERED));
        let (mut found, mut silent) = (Vec::new(), 0);
        for (inquiry, standing) in doubtful {
            let before = moments.of(history, standing.baseline);
            let before = before.map_err(|why| store::trouble(&self.plan.store, &why))?;
            let signs = self.against([before, Arc::clone(&direct)], inquiry).await;
            let domain = inquiry.domain.clone();
            let cached = sights.iter().find(|sight| sight.domain == domain);
            let cached = cached.map_or(&[][..], |sight| &sight.signs);
            match standing.witness_of_zone(cached, &signs) {
                Some(witness) => found.push(Sight { domain, witness, signs }),
                None if found.is_empty() => silent += 1,
                None => {}
            }
            if silent >= SILENT {
                break;
            }
        }
        Ok(found)
    }
}

/// What is said of a round.
fn shown(
    plan: &Plan,
    at: u64,
    found: &[Found],
    turned: Turned,
    history: &Store,
) -> Result<Watch, StoreError> {
    let mut domains = Vec::with_capacity(found.len());
    for Found { domain, .. } in found {
        let standing = history.standing(&domain.domain)?;
        let since = standing.map(|(.., since)| since).unwrap_or_default();
        let pending = turned.watched.pending(&domain.domain);
        domains.push(WatchedDomain {
            domain: domain.domain.clone(),
            result: domain.result,
            headline: domain.headline.clone(),
            since,
            pending: pending.into_iter().map(|sign| sign.telling.title.clone()).collect(),
        });
    }
    let is_watched = |name: &Name| plan.inquiries.iter().any(|inquiry| inquiry.domain == *name);
    let open: Vec<_> = turned.watched.open().filter(|it| it.scope.iter().any(is_watched)).collect();
    let is_undetermined = domains.iter().any(|one| one.result == Verdict::Unknown)
        || open.iter().any(|it| it.class == Class::Undetermined);
    let exit_code = match open.iter().any(|it| it.class == Class::Worse) {
        true => 1,
        false if is_undetermined => 3,
        false => 0,
    };
    let news: Vec<Notice> = turned.news.iter().map(News::notice).collect();
    let waiting = history.backlog()?.into_iter().map(|it| {
        let Backlog { way, count, why } = it;
        // What follows the host of a webhook may be what keeps strangers out.
        let way = Url::read(&way).map_or(way, |url| url.to_string());
        Waiting { way: escape(way.as_bytes()), count, why }
    });
    let waiting = waiting.collect();
    Ok(Watch { at: rfc3339(at), domains, news, open, waiting, exit_code })
}

/// Writes the files that show how things are.
fn views(
    plan: &Plan,
    at: u64,
    watch: &Watch,
    found: &[Found],
    history: &Store,
) -> Result<(), RunError> {
    if plan.ways.views.is_empty() {
        return Ok(());
    }
    let trouble = |why: StoreError| store::trouble(&plan.store, &why);
    let incidents = history.all_incidents().map_err(trouble)?;
    let mut deadlines = Vec::new();
    for Found { domain, .. } in found {
        deadlines.extend(history.deadlines(domain).map_err(trouble)?);
        deadlines.extend(announced(domain, i64::try_from(at / 86_400).unwrap_or(i64::MAX)));
    }
    // Domains share providers, and ends with them.
    let mut seen = BTreeSet::new();
    deadlines.retain(|it: &Deadline| seen.insert(it.uid.clone()));
    let ignores = plan.policy.config.ignores.iter();
    deadlines.extend(ignores.filter_map(|ignore| {
        let day = ignore.expires.clone()?;
        let place = format!("{}:{}", ignore.place.file, ignore.place.line);
        Some(Deadline {
            uid: format!("ignore-{}-{day}-{place}@mailcheck", ignore.rule.id),
            title: Phrase::from("the ignore of ").code(ignore.rule.id).plain(" expires"),
            what: Phrase::from(&*ignore.reason).plain(format!(" ({place})")),
            day,
        })
    }));
    plan.ways.views.iter().try_for_each(|view| view.write(watch, &incidents, &deadlines))
}

/// Writes what is said of a round where it belongs.
fn said(plan: &Plan, watch: &Watch) -> Result<(), RunError> {
    for output in &plan.outputs {
        write::output(output, &plan.appearance, |form, look, out| {
            match form {
                Form::Text => text::watch::render(watch, look, out)?,
                Form::Json => json::render(&Enveloped::new(Kind::Watch, None, watch), out)?,
                Form::JsonLines => json::notices(&watch.news, out)?,
            }
            Ok(())
        })?;
    }
    Ok(())
}
