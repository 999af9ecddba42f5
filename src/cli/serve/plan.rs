//! What `mailcheck serve` means.

use super::ServeArgs;
use crate::cli::args::Judging;
use crate::cli::config::resolve_settings;
use crate::cli::history::store;
use crate::cli::words::{Http, Mistake, Sources};
use crate::config::Policy;
use crate::server::{Bounds, Settings};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Everything that a run of `mailcheck serve` does.
pub(super) struct Plan {
    /// Where it listens.
    pub listen: SocketAddr,
    /// How it answers.
    pub settings: Settings,
    /// Where answers come from.
    pub sources: Sources,
    /// The history that is shown, if one is named.
    pub store: Option<PathBuf>,
    /// What its owner decided.
    pub policy: Policy,
}

/// Understands what was typed.
///
/// # Errors
/// A flag's value or the combination of flags means nothing.
pub(super) fn plan(typed: ServeArgs) -> Result<Plan, Mistake> {
    let ServeArgs { listen, public, base, forwarded, choice, mut sources, .. } = typed;
    if !public && !listen.ip().is_loopback() {
        return Err(Mistake::new(format!(
            "--listen {listen} is an address that other machines reach: add --public, or listen on \
             127.0.0.1"
        )));
    }
    let base = base.trim_end_matches('/').to_owned();
    let is_tame = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let is_path = base.is_empty() || base.starts_with('/');
    if !is_path || !base.chars().all(is_tame) || base.contains("//") || base.contains("..") {
        return Err(Mistake::new(format!("--base {base:?} is not a path such as /mailcheck")));
    }
    // What the environment names for other verbs is not for visitors.
    let store = sources.past.store.clone().filter(|store| store::is_typed(store));
    if sources.past.at.is_none() {
        sources.past.store = None;
    }
    let settings = resolve_settings(&Judging { fail_on: None, choice })?;
    Ok(Plan {
        listen,
        settings: Settings {
            base,
            is_public: public,
            trusts_forwarded: forwarded,
            has_history: store.is_some(),
            bounds: if public { Bounds::PUBLIC } else { Bounds::LOCAL },
        },
        sources: Sources::read_alone(sources)?,
        store,
        policy: settings.policy,
    })
}

/// No file is fetched that a record leads to: a stranger names its host.
pub(super) const HTTP: Http = Http::Off;

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    fn refusal<const N: usize>(typed: [&str; N]) -> Option<String> {
        let words = ["serve", "--offline", "--config", "none"].into_iter().chain(typed);
        let args = ServeArgs::try_parse_from(words).expect("the flags exist");
        plan(args).err().map(|why| why.to_string())
    }

    #[test]
    fn other_machines_are_answered_only_if_that_is_said() {
        assert!(refusal(["--listen", "0.0.0.0:80"]).is_some_and(|it| it.contains("--public")));
        assert_eq!(refusal(["--listen", "0.0.0.0:80", "--public"]), None);
        assert_eq!(refusal(["--listen", "[::1]:80"]), None);
    }

    #[test]
    fn a_base_is_a_path() {
        for base in ["mailcheck", "/a b", "/<x>", "//a", "/../a", "/a\"b"] {
            assert!(refusal(["--base", base]).is_some(), "{base}");
        }
        assert_eq!(refusal(["--base", "/mail/check/"]), None);
    }
}
