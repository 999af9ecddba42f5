//! Where the history is, and the DNS of a moment out of it.

use crate::cli::args::Sources;
use crate::cli::words::Mistake;
use crate::dns::Replay;
use crate::history::{Access, Store, StoreError};
use crate::text::minute;
use std::env;
use std::path::{Path, PathBuf};

/// The file: the one that is named, or the one of this user.
///
/// # Errors
/// None is named, and this user has no folder.
#[allow(clippy::disallowed_methods, reason = "the environment is read here")]
pub(in crate::cli) fn place(named: Option<&Path>) -> Result<PathBuf, Mistake> {
    if let Some(file) = named {
        return Ok(file.to_owned());
    }
    let folder = |name: &str| env::var_os(name).filter(|it| !it.is_empty()).map(PathBuf::from);
    let state = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")));
    state.map(|state| state.join("mailcheck/history.db")).ok_or_else(|| {
        Mistake::new(
            "no place for the history: XDG_STATE_HOME and HOME are not set. Add --store FILE",
        )
    })
}

/// True if the history of this name was typed, and did not come from the environment, which names it for
/// verbs that read one and for others.
#[allow(clippy::disallowed_methods, reason = "the environment is read here")]
pub(in crate::cli) fn is_typed(named: &Path) -> bool {
    env::var_os("MAILCHECK_STORE").is_none_or(|variable| variable != named)
}

/// The history that says how the DNS was at the time of what is read: the one that is named, otherwise the
/// one of this user, where the DNS of now is asked.
pub(in crate::cli) fn of_then(sources: &mut Sources) -> Option<PathBuf> {
    let Sources { past, offline, replay, .. } = sources;
    if past.at.is_some() {
        return None;
    }
    let is_live = !*offline && replay.is_none();
    let own = || place(None).ok().filter(|place| is_live && place.exists());
    past.store.take().or_else(own)
}

/// Opens a history.
///
/// # Errors
/// It cannot be used.
pub(super) fn open(path: &Path, access: Access) -> Result<Store, Mistake> {
    Store::open(path, access).map_err(|why| trouble(path, &why))
}

/// What is wrong with the history in that file.
pub(in crate::cli) fn trouble(path: &Path, why: &StoreError) -> Mistake {
    Mistake::new(format!("{}: {why}", path.display()))
}

/// The DNS as it was seen last at a moment, and its name in words.
///
/// # Errors
/// The history cannot be used, or is younger.
pub(in crate::cli) fn moment(path: &Path, at: u64) -> Result<(Replay, String), Mistake> {
    let store = open(path, Access::Read)?;
    let replay = store.replay(at).map_err(|why| trouble(path, &why))?;
    if replay.is_empty() {
        let why = format!("{}: no look before {}", path.display(), minute(at));
        return Err(Mistake::new(why));
    }
    Ok((replay, format!("as last seen at {}, from {}", minute(at), path.display())))
}
