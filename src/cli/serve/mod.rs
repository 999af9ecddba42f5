//! `mailcheck serve`: reports as pages and as JSON, over HTTP.

mod examiner;
mod past;
mod plan;

use super::args::{self, Choosing, Pages, Sources};
use super::words::Mistake;
use super::{RunError, STACK};
use crate::server;
use clap::Parser;
use clap::builder::BoolishValueParser;
use examiner::Examiner;
use plan::{Plan, plan};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

const EXAMPLES: &str = "\
Examples:
  mailcheck serve                                  http://127.0.0.1:8025/
  mailcheck serve --listen '[::1]:9000'
  mailcheck serve --public --listen 0.0.0.0:8025   for other machines
  mailcheck serve --public --base /mail --forwarded   behind a proxy
  mailcheck serve --store history.db               with the history of watch";

const EXIT_CODES: &str = "\
Exit codes:
  0  stopped by SIGINT or SIGTERM
  2  usage error, or the address is taken
  4  internal error";

/// Serve reports as pages and JSON over HTTP
///
/// Only the DNS servers that are configured are contacted. Nothing that is sent is stored.
#[derive(Clone, Debug, Parser)]
#[command(
    version,
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = args::TEMPLATE,
    override_usage = "mailcheck serve [OPTIONS]",
    next_help_heading = "Server",
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct ServeArgs {
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8025")]
    pub listen: SocketAddr,

    /// Answer other machines: requests per client are limited, bodies are at most 1 MiB
    #[arg(long, value_parser = BoolishValueParser::new())]
    pub public: bool,

    /// The path below which a proxy serves it
    #[arg(long, value_name = "PATH", default_value = "")]
    pub base: String,

    /// Take the client's address from X-Forwarded-For, which a proxy writes
    #[arg(long, value_parser = BoolishValueParser::new())]
    pub forwarded: bool,

    /// Which rules are looked at.
    #[command(flatten)]
    pub choice: Choosing,

    /// Where answers come from.
    #[command(flatten)]
    pub sources: Sources,

    /// Pages of help.
    #[command(flatten, next_help_heading = "Report")]
    pub pages: Pages,
}

/// Carries out the verb.
///
/// # Errors
/// What was typed means nothing, or the address cannot be used.
pub(super) fn run(typed: ServeArgs) -> Result<u8, RunError> {
    let plan = plan(typed)?;
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.enable_all().thread_stack_size(STACK).build()?;
    let done = runtime.block_on(carry_out(plan));
    // A thread that still examines must not see the runtime end, so that goes with the process.
    std::mem::forget(runtime);
    done
}

async fn carry_out(plan: Plan) -> Result<u8, RunError> {
    let Plan { listen, settings, sources, store, policy } = plan;
    let examiner = Arc::new(Examiner::open(sources, policy, store)?);
    let listener = TcpListener::bind(listen).await;
    let listener =
        listener.map_err(|why| Mistake::new(format!("cannot listen on {listen}: {why}")))?;
    let stop = stop()?;
    let address = listener.local_addr()?;
    // Who closed standard output does not want to know.
    let _ = writeln!(io::stdout(), "http://{address}{}/", settings.base);
    server::serve(listener, settings, examiner, stop).await?;
    Ok(0)
}

/// Done when the user or the system ends the program.
///
/// # Errors
/// The system gives no signals.
#[cfg(unix)]
fn stop() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Done when the user ends the program.
///
/// # Errors
/// None here.
#[cfg(not(unix))]
fn stop() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without the signal it runs until it is ended from outside.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
