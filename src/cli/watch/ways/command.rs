//! A program that reads the message from its standard input.

use crate::report::watch::Notice;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked whether it has ended.
const TICK: Duration = Duration::from_millis(20);

/// Runs a program, without a shell. It has taken the message if it ends with 0.
#[allow(clippy::disallowed_methods, reason = "a program is waited for")]
pub(super) async fn run(words: &[String], notice: &Notice, document: String) -> Result<(), String> {
    let Some((program, arguments)) = words.split_first() else {
        return Err("no program is named".to_owned());
    };
    let failed = |what: &str, why: &dyn std::fmt::Display| format!("{program}: {what}{why}");
    let mut child = Command::new(program)
        .args(arguments)
        .env("MAILCHECK_EVENT", notice.happened.word())
        .env("MAILCHECK_KEY", &notice.key)
        .env("MAILCHECK_TITLE", notice.incident.title.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|why| failed("", &why))?;
    if let Some(mut input) = child.stdin.take() {
        // A program that reads nothing must not stop this one; one that ends without reading may.
        tokio::task::spawn_blocking(move || {
            let _ = input.write_all(format!("{document}\n").as_bytes());
        });
    }
    let end = Instant::now() + PATIENCE;
    loop {
        match child.try_wait().map_err(|why| failed("", &why))? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(failed("ended with ", &status)),
            None if Instant::now() >= end => {
                let _ = child.kill();
                let _ = child.wait();
                let seconds = PATIENCE.as_secs();
                return Err(failed("not finished after ", &format!("{seconds} s")));
            }
            None => sleep(TICK).await,
        }
    }
}
