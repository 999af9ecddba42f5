//! Where a password or a token comes from: the environment, or the terminal. Never a flag, because
//! every user of the machine can read those.

use crate::cli::words::Mistake;
use crate::smtp::{Login, Secret};
use std::env;
use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

const PASSWORD: &str = "MAILCHECK_SMTP_PASSWORD";
const TOKEN: &str = "MAILCHECK_SMTP_TOKEN";

/// The login of a user.
///
/// # Errors
/// Neither the environment nor a terminal has a secret.
#[allow(clippy::disallowed_methods, reason = "the environment is read here")]
pub(super) fn login(user: String) -> Result<Login, Mistake> {
    let of = |variable| env::var(variable).ok().filter(|text| !text.is_empty());
    if let Some(token) = of(TOKEN) {
        return Ok(Login { user, secret: Secret::new(token), is_token: true });
    }
    let password = match of(PASSWORD) {
        Some(password) => password,
        None => prompt(&user).ok_or_else(|| {
            Mistake::new(format!("--login needs a terminal, or {PASSWORD} or {TOKEN}"))
        })?,
    };
    Ok(Login { user, secret: Secret::new(password), is_token: false })
}

/// Asks on the terminal without showing what is typed; `None` without a terminal that can do that.
#[allow(
    clippy::disallowed_methods,
    reason = "the terminal is asked here, and a program silences it"
)]
fn prompt(user: &str) -> Option<String> {
    let mut terminal = OpenOptions::new().read(true).write(true).open("/dev/tty").ok()?;
    let echo = |word: &str| {
        let terminal = OpenOptions::new().read(true).open("/dev/tty").ok()?;
        let ended = Command::new("stty").arg(word).stdin(Stdio::from(terminal)).status().ok()?;
        ended.success().then_some(())
    };
    write!(terminal, "password of {}: ", crate::text::escape(user.as_bytes())).ok()?;
    echo("-echo")?;
    let mut line = String::new();
    let read = BufReader::new(&terminal).read_line(&mut line);
    let _ = echo("echo");
    let _ = writeln!(terminal);
    read.ok()?;
    let line = line.trim_end_matches(['\r', '\n']);
    (!line.is_empty()).then(|| line.to_owned())
}
