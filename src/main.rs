//! The command line of mailcheck: see [`mailcheck::cli`].

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Reports are thousands of small values: they are made and dropped in three quarters of the time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[allow(clippy::disallowed_methods, reason = "arguments are read here")]
fn main() -> ExitCode {
    mailcheck::cli::run(std::env::args_os())
}
