//! Where published suites and other material that is not ours to ship is found.

use std::io::Write;
use std::path::PathBuf;

/// The path of a file or folder of the shared ground; `None`, and a plain line, if it is not here.
///
/// The ground stands beside the checkout, or where `MAILCHECK_SHARED` says. Whoever sets the
/// variable means it: a file that is missing there is a failure, so that nothing is skipped
/// unseen where everything is meant to run.
#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where data is")]
pub(crate) fn shared(relative: &str) -> Option<PathBuf> {
    let set = std::env::var_os("MAILCHECK_SHARED").map(PathBuf::from);
    let ground = set
        .clone()
        .unwrap_or_else(|| [env!("CARGO_MANIFEST_DIR"), "..", "shared"].iter().collect());
    let path = ground.join(relative);
    if path.exists() {
        return Some(path);
    }
    assert!(set.is_none(), "MAILCHECK_SHARED is set, but {} is not there", path.display());
    // Not `eprintln!`: the test harness would swallow the line.
    let _ = writeln!(
        std::io::stderr(),
        "skipped: {relative} is not beside the checkout (MAILCHECK_SHARED)"
    );
    None
}
