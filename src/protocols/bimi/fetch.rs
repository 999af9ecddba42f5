//! The logo and the mark certificate, as a web server has them: fetched by HTTPS from public addresses only,
//! bounded.

use super::mark::{self, Expected, Mark, Roots};
use super::record::Location;
use super::verdict::{Judged, judge};
use crate::dns::{self, Answer, Dns};
use crate::protocols::{Fetched, NoResponse};
use crate::text::Phrase;
use crate::web::{self, Request, Trouble, Web};
use std::sync::Arc;

/// The port of HTTPS, at which files are fetched.
const PORT: u16 = 443;
/// How much of a logo is read: eight times what receivers are expected to take, to say how large it is.
const MOST_OCTETS: usize = 256 * 1024;
/// How much of a mark certificate is read: with those that issued it, and its logo in it.
const MOST_OCTETS_OF_MARK: usize = 256 * 1024;

/// What came of fetching a file.
#[derive(Clone, Debug)]
pub struct Fetch<T> {
    /// What was asked for.
    pub url: String,
    /// What the DNS said on the way, failures left aside.
    pub answers: Vec<Arc<Answer>>,
    /// What the file is, or why there is none.
    pub file: Result<T, NoFile>,
}

/// What came of fetching a logo.
pub type Logo = Fetch<Judged>;
/// What came of fetching a mark certificate.
pub type Evidence = Fetch<Mark>;

impl<T> Fetch<T> {
    /// The file, if there is one.
    pub fn found(&self) -> Option<&T> {
        self.file.as_ref().ok()
    }

    /// Why there is no file, if every receiver meets the same.
    pub fn why_not_served(&self) -> Option<&NoFile> {
        self.file.as_ref().err().filter(|why| why.is_certain())
    }

    fn map<U>(self, read: impl FnOnce(T) -> U) -> Fetch<U> {
        Fetch { url: self.url, answers: self.answers, file: self.file.map(read) }
    }
}

impl Logo {
    /// True if no receiver can show it, whatever its DMARC.
    pub fn is_unusable(&self) -> bool {
        match self.found() {
            Some(judged) => !judged.problems.is_empty(),
            None => self.why_not_served().is_some(),
        }
    }
}

impl Evidence {
    /// True if no receiver accepts it.
    pub fn is_unusable(&self) -> bool {
        match self.found() {
            Some(mark) => mark.certain().next().is_some(),
            None => self.why_not_served().is_some(),
        }
    }
}

/// Why there is no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoFile {
    /// The host could not be looked up.
    Dns(dns::Failure),
    /// The host has no address.
    NoAddress,
    /// No response came.
    Web(web::Failure),
    /// The status is not 200.
    Status(u16),
    /// It redirects, perhaps to this place; redirects are not followed.
    Redirect(u16, Vec<u8>),
    /// The URI names another port than 443.
    Port(u16),
}

impl From<NoResponse> for NoFile {
    fn from(why: NoResponse) -> Self {
        match why {
            NoResponse::Dns(failure) => Self::Dns(failure),
            NoResponse::NoAddress => Self::NoAddress,
            NoResponse::Web(failure) => Self::Web(failure),
        }
    }
}

impl NoFile {
    /// True if every receiver meets the same.
    pub fn is_certain(&self) -> bool {
        match self {
            // A receiver may follow a redirect, and connect to any port.
            Self::Dns(_) | Self::Redirect(..) | Self::Port(_) => false,
            Self::Web(failure) => {
                failure.trouble.is_certain() && failure.trouble != Trouble::TooLarge
            }
            Self::Status(status) => *status < 500,
            Self::NoAddress => true,
        }
    }

    /// What happened, in a few words.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Dns(failure) => Phrase::from("host ").unknown(failure.trouble.sentence()),
            Self::NoAddress => Phrase::from("the host has no address"),
            Self::Web(failure) => failure.phrase(),
            Self::Status(status) => Phrase::new().plain(format!("HTTP status {status}")),
            Self::Redirect(status, location) => {
                let said = Phrase::new().plain(format!("HTTP status {status}"));
                let said = match location.as_slice() {
                    [] => said,
                    location => said.plain(", redirect to ").code(location),
                };
                said.plain(", not followed")
            }
            Self::Port(port) => Phrase::new().plain(format!("port {port}, not fetched")),
        }
    }
}

/// Fetches a logo, no longer than a report waits for it.
pub(super) async fn logo(dns: &dyn Dns, web: &dyn Web, location: &Location) -> Logo {
    fetch(dns, web, location, MOST_OCTETS).await.map(|body| judge(&body))
}

/// Fetches a mark certificate, no longer than a report waits for it, and checks it.
pub(super) async fn evidence(
    dns: &dyn Dns,
    web: &dyn Web,
    location: &Location,
    roots: &Roots,
    expected: &Expected<'_>,
    now: Option<u64>,
) -> Evidence {
    let file = fetch(dns, web, location, MOST_OCTETS_OF_MARK).await;
    file.map(|body| mark::check(&body, roots, expected, now))
}

async fn fetch(dns: &dyn Dns, web: &dyn Web, location: &Location, most: usize) -> Fetch<Vec<u8>> {
    let request = Request::new(location.host.clone(), location.path.clone(), most);
    let url = request.url();
    if let Some(port) = location.port.filter(|port| *port != PORT) {
        return Fetch { url, answers: Vec::new(), file: Err(NoFile::Port(port)) };
    }
    let Fetched { answers, response } = Fetched::get(dns, web, request).await;
    let file = response.map_err(NoFile::from).and_then(|response| match response.status {
        200 => Ok(response.body),
        status @ 300..=399 => Err(NoFile::Redirect(status, response.location.unwrap_or_default())),
        status => Err(NoFile::Status(status)),
    });
    Fetch { url, answers, file }
}
