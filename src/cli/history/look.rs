//! One look: every domain is examined, the answers are stored, and so is the report of what is stored.

use super::store;
use crate::audit::{Clock, Inquiry};
use crate::cli::check::examine;
use crate::cli::session::Session;
use crate::cli::{RunError, new_file};
use crate::config::{self, Config};
use crate::dns::{Cache, Dns, join_all};
use crate::history::{Access, Observer, Store, StoreError};
use crate::report::{Domain, Extent, Judged, Run, Threshold};
use crate::web;
use std::path::Path;
use std::sync::Arc;

/// How many domains are looked at at once.
const AT_ONCE: usize = 16;

/// A look that is stored.
pub(in crate::cli) struct Looked {
    /// The history, with the look in it.
    pub store: Store,
    /// What was found, in the order asked.
    pub domains: Vec<Found>,
    /// The lowest TTL among the answers, in seconds; `None` if none has one.
    pub ttl: Option<u32>,
}

/// What a look found at a domain.
pub(in crate::cli) struct Found {
    /// The report of it, without its steps.
    pub domain: Domain,
    /// Since which look it has been the same.
    pub since: u64,
}

/// How many stored answers are remembered. The store has them all, and a domain asks for some hundred.
pub(in crate::cli) const REMEMBERED: usize = 2048;

/// Looks at domains, and stores what was found. What the session remembers goes before that is read.
///
/// # Errors
/// The history cannot be written; then nothing of the look is stored.
pub(in crate::cli) async fn look(
    session: Session,
    inquiries: &[Inquiry],
    config: &Config,
    path: &Path,
    at: u64,
) -> Result<Looked, RunError> {
    let (clock, deadline) = (Clock { seconds: at }, session.deadline);
    let observer = Arc::new(Observer::new(Arc::clone(session.dns())));
    // The store holds answers of the DNS, so a look asks nothing else.
    let over = |dns: Arc<dyn Dns>, inquiry: &Inquiry| {
        examine(dns, Arc::new(web::Unasked), inquiry.clone(), clock, deadline)
    };
    for some in inquiries.chunks(AT_ONCE) {
        let dns = || Arc::clone(&observer) as Arc<dyn Dns>;
        join_all(some.iter().map(|inquiry| over(dns(), inquiry))).await;
    }
    session.keep_recording()?;
    drop(session);
    new_file::folder_of(path)?;
    let trouble = |why: StoreError| store::trouble(path, &why);
    let mut history = store::open(path, Access::Write)?;
    let mut look = history.look(at).map_err(trouble)?;
    let observed = observer.take();
    look.observe_all(&observed).map_err(trouble)?;
    let ttl = observed.values().filter_map(|one| one.ttl).min();
    drop((observed, observer));
    // The report is of what is stored, so that the same one comes out whenever it is asked for.
    let stored = Cache::new(look.replay().map_err(trouble)?).capacity(REMEMBERED);
    let stored: Arc<dyn Dns> = Arc::new(stored);
    let mut domains = Vec::with_capacity(inquiries.len());
    for inquiry in inquiries {
        let mut domain = over(Arc::clone(&stored), inquiry).await;
        config::judge(config, &mut domain);
        let name = domain.domain.clone();
        let report =
            Judged::new(vec![domain], Vec::new()).conclude(Run::default(), Threshold::default());
        let since = look.report(&name, &report).map_err(trouble)?;
        // A thousand domains are held at once: what nobody reads goes.
        let found = report.domains.into_iter().map(|domain| domain.cut_to(Extent::default()));
        domains.extend(found.map(|domain| Found { domain, since }));
    }
    look.keep().map_err(trouble)?;
    Ok(Looked { store: history, domains, ttl })
}
