//! `mailcheck smtp`: a dialogue with a mail server, stage by stage, without sending a message.

mod credentials;
mod plan;

use super::args::{self, Look, Pages, Sources};
use super::session::Session;
use super::words::Mistake;
use super::{RunError, wait_for, write};
use crate::audit::smtp::{associations, judge_with};
use crate::dns::{Answer, Kind, ask};
use crate::net::Name;
use crate::render::{json, text};
use crate::report::envelope::{Enveloped, Kind as Document};
use crate::report::smtp::{Probe, Probes};
use crate::smtp::{Call, Live, Recorded, Smtp, line};
use crate::text::Phrase;
use crate::web::is_public;
use clap::Parser;
use clap::builder::BoolishValueParser;
use plan::{Form, Host, Plan, Target, plan};
use std::ffi::OsString;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Addresses of a host that are tried until one of them answers.
const MOST_ADDRESSES: usize = 4;

/// What is typed most.
const EXAMPLES: &str = "\
Examples:
  mailcheck smtp mx.example.com               STARTTLS, certificate, AUTH
  mailcheck smtp smtp.example.com:465         implicit TLS
  mailcheck smtp smtp.office365.com --login user@example.com
  mailcheck smtp mx.example.com --from a@example.com --to b@example.net";

/// What the exit code means.
const EXIT_CODES: &str = "\
Exit codes:
  0  every stage succeeded
  1  a stage failed for good: certificate, STARTTLS, login or recipient refused
  2  usage error
  3  undetermined: not reached, or the server asks to try again later
  4  internal error, or the report cannot be written

Environment:
  MAILCHECK_SMTP_PASSWORD  the password of --login; else mailcheck asks for it
  MAILCHECK_SMTP_TOKEN     an OAuth token of --login, sent by XOAUTH2";

/// Test a mail server: banner, TLS, certificate, AUTH, login, recipient; sends no message
#[derive(Clone, Debug, Parser)]
#[command(
    version,
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = args::TEMPLATE,
    arg_required_else_help = true,
    override_usage = "mailcheck smtp [OPTIONS] HOST[:PORT]…",
    next_help_heading = "Dialogue",
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct SmtpArgs {
    /// Servers; port 25, or 587 with --login
    #[arg(value_name = "HOST[:PORT]", required = true, hide = true)]
    pub hosts: Vec<String>,

    /// Log in as USER; the password never comes from a flag
    #[arg(long, value_name = "USER")]
    pub login: Option<String>,

    /// MAIL FROM to try; <> is the null reverse-path
    #[arg(long, value_name = "ADDRESS", requires = "to", allow_hyphen_values = true)]
    pub from: Option<String>,

    /// RCPT TO to try; no message is sent
    #[arg(long, value_name = "ADDRESS", requires = "from")]
    pub to: Option<String>,

    /// The name for EHLO [default: the address of this machine]
    #[arg(long, value_name = "NAME")]
    pub helo: Option<String>,

    /// Connect to private and loopback addresses that the DNS names
    #[arg(long, value_parser = BoolishValueParser::new())]
    pub allow_private: bool,

    /// Where the report goes: text or json, =FILE: into a file
    #[arg(short = 'f', long = "format", value_name = "FORMAT[=FILE]")]
    pub form: Vec<OsString>,

    /// How it looks.
    #[command(flatten)]
    pub look: Look,

    /// Where answers come from.
    #[command(flatten)]
    pub sources: Sources,

    /// Pages of help.
    #[command(flatten, next_help_heading = "Report")]
    pub pages: Pages,
}

/// Holds the dialogues, and says what they mean.
///
/// # Errors
/// A word or a flag means nothing, no credentials can be had, or the report cannot be written.
pub(super) fn run(typed: SmtpArgs) -> Result<u8, RunError> {
    wait_for(carry_out(plan(typed)?))
}

async fn carry_out(plan: Plan) -> Result<u8, RunError> {
    let session = Session::open(&plan.sources)?;
    let smtp: Box<dyn Smtp> = if plan.sources.replay.is_some() {
        let lines = session.stack.dialogues.iter().map(|line| &**line);
        Box::new(Recorded::read(lines).map_err(Mistake::new)?)
    } else if plan.sources.offline {
        Box::new(Recorded::default())
    } else {
        Box::new(Live::new(&session.stack.roots).map_err(Mistake::new)?)
    };
    let mut probes = Vec::new();
    for target in &plan.targets {
        probes.push(probe(&session, &*smtp, &plan, target).await);
    }
    let mut probes = Probes::new(probes, session.run());
    session.finish(&mut probes.run)?;
    for output in &plan.outputs {
        write::output(output, &plan.appearance, |it, look, out| form(&probes, it, look, out))?;
    }
    Ok(probes.exit_code)
}

/// One server: its addresses in turn, until one of them answers.
async fn probe(session: &Session, smtp: &dyn Smtp, plan: &Plan, target: &Target) -> Probe {
    let host = target.host.to_string();
    let (addresses, tlsa) = match &target.host {
        Host::Address(address) => (Ok(vec![*address]), None),
        Host::Name(name) => tokio::join!(
            addresses(session, name, plan.allows_local),
            tlsa(session, name, target.port)
        ),
    };
    let addresses = match addresses {
        Ok(addresses) => addresses,
        Err(why) => return Probe::unasked(host, target.port, why),
    };
    let mut last = None;
    for address in addresses.into_iter().take(MOST_ADDRESSES) {
        let call = Call {
            host: host.clone(),
            address: SocketAddr::new(address, target.port),
            security: target.security,
            ehlo: plan.helo.clone(),
            envelope: plan.envelope.clone(),
            login: plan.login.clone(),
            tlsa: tlsa.as_deref().map(associations).unwrap_or_default(),
            now: session.started.seconds,
            patience: plan.sources.deadline,
        };
        let dialogue = smtp.talk(&call).await;
        session.stack.record(&format!("{host} {}", call.address), line(&dialogue));
        let is_connected = dialogue.is_connected();
        last = Some(dialogue);
        if is_connected {
            break;
        }
    }
    match last {
        Some(dialogue) => judge_with(dialogue, tlsa.as_deref(), session.clock().seconds),
        None => Probe::unasked(host, target.port, Phrase::from("the host has no address")),
    }
}

/// The TLSA records of a port of a host; `None` if their name is too long to exist.
async fn tlsa(session: &Session, host: &Name, port: u16) -> Option<Arc<Answer>> {
    // RFC 7672 §2.2.3: the port and the transport go before the host.
    let name = host.child(format!("_{port}._tcp")).ok()?;
    Some(ask(&**session.dns(), &name, Kind::Tlsa).await)
}

/// The addresses of a host.
///
/// # Errors
/// There is none that may be connected to, in words.
async fn addresses(
    session: &Session,
    name: &Name,
    allows_local: bool,
) -> Result<Vec<IpAddr>, Phrase> {
    let dns = &**session.dns();
    let (v4, v6) = tokio::join!(ask(dns, name, Kind::A), ask(dns, name, Kind::Aaaa));
    let all: Vec<IpAddr> = [&v4, &v6]
        .into_iter()
        .flat_map(|answer| answer.records())
        .filter_map(|record| record.data.address())
        .collect();
    if let ([], Some(failure)) = (all.as_slice(), v4.failure().or(v6.failure())) {
        let why = Phrase::from("addresses of ").name(name).plain(" ");
        return Err(why.plain(failure.trouble.sentence()));
    }
    // The DNS of a stranger can name any address of the reader's own network.
    let (local, public): (Vec<IpAddr>, Vec<IpAddr>) =
        all.into_iter().partition(|ip| !allows_local && !is_public(*ip));
    match (public.as_slice(), local.first()) {
        ([], None) => Err(Phrase::new().name(name).plain(" has no address")),
        ([], Some(first)) => Err(Phrase::new()
            .name(name)
            .plain(" has a private address only (")
            .addr(first)
            .plain("): give --allow-private to connect to it")),
        _ => Ok(public),
    }
}

fn form(
    found: &Probes,
    form: Form,
    look: &text::Look,
    out: &mut dyn Write,
) -> Result<(), RunError> {
    match form {
        Form::Text => text::smtp::render(found, look, out)?,
        Form::Json => {
            let started = found.run.started.as_deref();
            json::render(&Enveloped::new(Document::Smtp, started, found), out)?;
        }
    }
    Ok(())
}
