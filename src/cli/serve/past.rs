//! What the history that is served says: it is opened for each request, so that what `watch` records
//! meanwhile is shown.

use crate::audit::Inquiry;
use crate::cli::history::store;
use crate::cli::session::Deadline;
use crate::cli::words::Mistake;
use crate::history::{Access, Period, Store, timeline};
use crate::net::Name;
use crate::report::Incident;
use crate::report::history::DomainHistory;
use std::path::{Path, PathBuf};

/// Tries to read a history.
///
/// # Errors
/// It cannot be used.
pub(super) fn probe(path: &Path) -> Result<(), Mistake> {
    Store::open(path, Access::Read).map(drop).map_err(|why| store::trouble(path, &why))
}

/// Visitors do not learn where the file is.
fn opened(path: Option<PathBuf>) -> Result<Store, String> {
    let path = path.ok_or("no history is served")?;
    Store::open(&path, Access::Read).map_err(|why| why.to_string())
}

/// What became of a domain; `None` if it was never looked at.
///
/// # Errors
/// The history cannot be read, or that takes longer than a report may.
pub(super) async fn history(
    path: Option<PathBuf>,
    domain: Name,
    deadline: Deadline,
) -> Result<Option<DomainHistory>, String> {
    let store = opened(path)?;
    let inquiry = Inquiry::about(domain);
    let period = Period { since: 0, until: u64::MAX };
    let found = deadline.bound(timeline(&store, &inquiry, period)).await;
    found.map_err(|too_late| too_late.to_string())?.map_err(|why| why.to_string())
}

/// All incidents, the oldest first.
///
/// # Errors
/// The history cannot be read.
pub(super) fn incidents(path: Option<PathBuf>) -> Result<Vec<Incident>, String> {
    opened(path)?.all_incidents().map_err(|why| why.to_string())
}
