//! The command line of mailcheck: see [`mailcheck::cli`].

use std::process::ExitCode;

#[allow(clippy::disallowed_methods, reason = "arguments are read here")]
fn main() -> ExitCode {
    mailcheck::cli::run(std::env::args_os())
}
