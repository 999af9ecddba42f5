//! When to look again, and when to stop.

use crate::cli::RunError;
use crate::text::escape;
use std::io::Write;
use std::pin::pin;
use std::time::Duration;

/// The shortest time between two looks: no resolver is asked more often, however short a TTL is.
const LEAST: Duration = Duration::from_secs(5 * 60);
/// A wait is up to this many parts longer than planned, so that those who watch the same provider do
/// not ask in step.
const JITTER: u32 = 10;

/// What a look says about the next one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Looked {
    /// The lowest TTL of its answers, in seconds.
    pub ttl: Option<u32>,
    /// True if another look has to confirm what it found.
    pub is_pending: bool,
}

/// How long to wait after a look. `chance` is any number.
fn wait(interval: Duration, looked: Looked, chance: u32) -> Duration {
    let ttl = looked.ttl.map(|ttl| Duration::from_secs(u64::from(ttl)));
    let plain = match looked.is_pending {
        true => LEAST,
        false => ttl.unwrap_or(interval).clamp(LEAST.min(interval), interval),
    };
    plain + plain / JITTER * (chance % 1000) / 1000
}

/// Looks again and again until `stop` comes. Only the first look may fail: later ones are tried again,
/// and `told` why.
///
/// # Errors
/// The first look failed.
pub(super) async fn serve(
    interval: Duration,
    mut look: impl AsyncFnMut() -> Result<Looked, RunError>,
    stop: impl Future<Output = ()>,
    told: &mut dyn Write,
) -> Result<(), RunError> {
    let mut stop = pin!(stop);
    let mut chance = std::process::id();
    let mut is_first = true;
    loop {
        let looked = tokio::select! {
            biased;
            () = &mut stop => return Ok(()),
            looked = look() => looked,
        };
        let looked = match looked {
            Ok(looked) => looked,
            Err(why) if is_first => return Err(why),
            Err(why) => {
                // Where standard error is closed there is nobody left to tell.
                let why = escape(why.to_string().as_bytes());
                let _ = writeln!(told, "error: {why}; the next look is in 5 minutes");
                Looked { ttl: None, is_pending: true }
            }
        };
        is_first = false;
        chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        tokio::select! {
            biased;
            () = &mut stop => return Ok(()),
            () = tokio::time::sleep(wait(interval, looked, chance >> 8)) => {}
        }
    }
}

/// Comes when the program is asked to end: by Ctrl-C, or by SIGTERM where there is such a thing.
pub(super) async fn stop() {
    let interrupt = crate::cli::check::interrupt();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                () = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    interrupt.await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::words::Mistake;
    use std::cell::RefCell;
    use tokio::time::Instant;

    const HALF: Duration = Duration::from_secs(1800);

    fn waits(looked: &[Looked]) -> Vec<u64> {
        looked.iter().map(|looked| wait(HALF, *looked, 0).as_secs()).collect()
    }

    #[test]
    fn the_next_look_is_at_the_ttl_within_bounds_and_soon_where_one_is_pending() {
        let ttl = |ttl| Looked { ttl: Some(ttl), is_pending: false };
        let pending = Looked { ttl: Some(3600), is_pending: true };
        let looks = [Looked::default(), ttl(1), ttl(600), ttl(86_400), pending];
        assert_eq!(waits(&looks), [1800, 300, 600, 1800, 300]);
    }

    #[test]
    fn a_wait_is_a_tenth_longer_at_most() {
        let longest = (0..5000).map(|chance| wait(HALF, Looked::default(), chance)).max();
        assert!(longest > Some(HALF) && longest < Some(HALF + HALF / 10), "{longest:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn looks_go_on_after_a_failure_until_the_program_is_stopped() {
        let (begin, looks) = (Instant::now(), RefCell::new(Vec::new()));
        let look = async || {
            looks.borrow_mut().push(begin.elapsed().as_secs());
            match looks.borrow().len() {
                2 => Err(RunError::Usage(Mistake::new("the disk is full"))),
                _ => Ok(Looked::default()),
            }
        };
        let mut said = Vec::new();
        let stop = tokio::time::sleep(Duration::from_secs(5000));
        let ended = serve(HALF, look, stop, &mut said).await;
        let (looks, said) = (looks.into_inner(), String::from_utf8_lossy(&said).into_owned());
        assert!(ended.is_ok() && (4..6).contains(&looks.len()), "{looks:?}");
        assert_eq!(said, "error: the disk is full; the next look is in 5 minutes\n");
    }

    #[tokio::test(start_paused = true)]
    async fn a_first_look_that_fails_ends_the_program() {
        let look = async || Err(RunError::Usage(Mistake::new("no such file")));
        let ended = serve(HALF, look, std::future::pending(), &mut Vec::new()).await;
        assert!(matches!(ended, Err(RunError::Usage(_))));
    }
}
