//! The program, as tests run it.

use std::process::{Command, Stdio};

/// The program with nothing of its surroundings that it could heed: no variable of the environment,
/// no stray mailcheck.toml, no input.
pub(crate) fn mailcheck() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailcheck"));
    command.env_clear().env("MAILCHECK_CONFIG", "none").stdin(Stdio::null());
    command
}
