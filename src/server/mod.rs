//! Reports over HTTP: a page for any domain, a form, and the same as JSON.
//!
//! The room knows HTTP and nothing of the DNS: what it shows comes from an [`Examine`]. It stores
//! nothing but rendered reports, for a minute; sets no cookie, runs no script, and names no third
//! party. Everything that a client can make it hold is bounded ([`Bounds`]): connections, the time of a
//! head, of a request and of a connection, octets of a body, reports at once, reports kept.
//!
//! | path | shows |
//! |---|---|
//! | `/` | the form; with `?domain=` it leads to the page of that domain |
//! | `/domain/NAME` | the page of a domain; `?sender=ADDRESS` asks about senders |
//! | `/domain/NAME/history`, `/incidents`, `/incident/ID` | what a history holds, if one is served |
//! | `POST /mail` | what was pasted or dropped: a bounce, a message, a report, records |
//! | `/api/v1/…` | the same as JSON; `/api/v1/openapi.json` describes it |
//! | `/metrics`, `/healthz` | for monitoring |

mod api;
mod connection;
mod kept;
mod metrics;
mod pages;
mod past;
mod rate;
mod routes;

use crate::net::Name;
use crate::report::history::DomainHistory;
use crate::report::{Incident, Report};
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// Work that a request waits for.
pub type Job<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What finds things out.
pub trait Examine: Send + Sync + 'static {
    /// The report about a domain, and about these senders if there are any.
    fn domain(&self, domain: Name, senders: Vec<IpAddr>) -> Job<Report>;

    /// What there is to say of mail, or of records as text.
    fn mail(&self, kind: Mail, octets: Vec<u8>) -> Job<Result<Document, String>>;

    /// What became of a domain, as far as it was looked at; `None` if it never was.
    fn history(&self, domain: Name) -> Job<Result<Option<DomainHistory>, String>>;

    /// All incidents that are recorded, the oldest first.
    fn incidents(&self) -> Job<Result<Vec<Incident>, String>>;
}

/// What can be pasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mail {
    /// A bounce.
    Bounce,
    /// A message that arrived.
    Message,
    /// A DMARC, failure or TLS report.
    Report,
    /// Records, as a master file or as the text of one.
    Record,
}

impl Mail {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Bounce, Self::Message, Self::Report, Self::Record];

    /// The word for it, in paths and forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Bounce => "bounce",
            Self::Message => "message",
            Self::Report => "report",
            Self::Record => "record",
        }
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What it is, for the form.
    pub fn about(self) -> &'static str {
        match self {
            Self::Bounce => "a bounce: why mail did not arrive",
            Self::Message => "a received message: does it verify?",
            Self::Report => "a DMARC, failure or TLS report",
            Self::Record => "records: as a zone file has them, or the text of one",
        }
    }
}

/// What was found out of mail.
#[derive(Clone, Debug)]
pub struct Document {
    /// As the terminal shows it.
    pub text: String,
    /// As a JSON document.
    pub json: Vec<u8>,
}

/// How a server is run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The path below which a proxy serves it: empty, or with a slash before it and none behind.
    pub base: String,
    /// True if strangers may ask.
    pub is_public: bool,
    /// True if the last address of `X-Forwarded-For` is the client's: a proxy writes it.
    pub trusts_forwarded: bool,
    /// True if a history is shown.
    pub has_history: bool,
    /// How much it does at most.
    pub bounds: Bounds,
}

/// How much a server does at most.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Connections; others wait in the queue of the system.
    pub connections: usize,
    /// Octets of a body.
    pub body: usize,
    /// From the beginning of a connection, or the end of a request, to the end of the next head.
    pub head_time: Duration,
    /// From the end of a head to its response, the body included.
    pub request_time: Duration,
    /// Of a connection, whatever it does.
    pub life: Duration,
    /// For what is under way when the server stops.
    pub grace: Duration,
    /// Reports that are made at once.
    pub at_once: usize,
    /// Reports that are kept, and their octets.
    pub kept: usize,
    /// Octets of the reports that are kept.
    pub kept_octets: usize,
    /// How long a report is kept.
    pub fresh_for: Duration,
    /// Requests of one client in a minute that cost work; `None` for any number.
    pub per_minute: Option<NonZeroU32>,
}

impl Bounds {
    /// For the people of one machine.
    pub const LOCAL: Self = Self {
        connections: 12_000,
        body: 8 * 1024 * 1024,
        head_time: Duration::from_secs(30),
        request_time: Duration::from_secs(60),
        life: Duration::from_secs(600),
        grace: Duration::from_secs(10),
        at_once: 64,
        kept: 1024,
        kept_octets: 64 * 1024 * 1024,
        fresh_for: Duration::from_secs(60),
        per_minute: None,
    };

    /// For strangers.
    pub const PUBLIC: Self = Self {
        connections: 2048,
        body: 1024 * 1024,
        head_time: Duration::from_secs(10),
        request_time: Duration::from_secs(45),
        life: Duration::from_secs(180),
        at_once: 16,
        per_minute: NonZeroU32::new(30),
        ..Self::LOCAL
    };
}

/// Serves until `stop` is done; what is under way then is brought to its end.
///
/// # Errors
/// The socket cannot be read.
pub async fn serve(
    listener: TcpListener,
    settings: Settings,
    examine: Arc<dyn Examine>,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let local = listener.local_addr()?;
    let app = Arc::new(routes::App::new(settings, examine, local.ip()));
    connection::accept(listener, routes::router(&app), &app, stop).await;
    Ok(())
}
