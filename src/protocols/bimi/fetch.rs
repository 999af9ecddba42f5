//! The logo, as a web server has it: fetched by HTTPS from public addresses only, bounded.

use super::record::Location;
use super::verdict::{Judged, judge};
use crate::dns::{self, Answer, Dns, addresses, join_all};
use crate::net::Family;
use crate::text::Phrase;
use crate::web::{self, Request, Trouble, Web};
use std::sync::Arc;

/// The port of HTTPS, at which files are fetched.
const PORT: u16 = 443;
/// How much of a logo is read: eight times what receivers are expected to take, to say how large it is.
const MOST_OCTETS: usize = 256 * 1024;

/// What came of fetching a logo.
#[derive(Clone, Debug)]
pub struct Logo {
    /// What was asked for.
    pub url: String,
    /// What the DNS said on the way, failures left aside.
    pub answers: Vec<Arc<Answer>>,
    /// What the file is, or why there is none.
    pub file: Result<Judged, NoFile>,
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

impl Logo {
    /// True if no receiver can show it, whatever its DMARC.
    pub fn is_unusable(&self) -> bool {
        match &self.file {
            Ok(judged) => !judged.problems.is_empty(),
            Err(why) => why.is_certain(),
        }
    }
}

/// Fetches a logo, no longer than a report waits for it.
pub(super) async fn logo(dns: &dyn Dns, web: &dyn Web, location: &Location) -> Logo {
    let request = Request::new(location.host.clone(), location.path.clone(), MOST_OCTETS);
    let url = request.url();
    if let Some(port) = location.port.filter(|port| *port != PORT) {
        return Logo { url, answers: Vec::new(), file: Err(NoFile::Port(port)) };
    }
    let loaded = load(dns, web, request);
    let (answers, file) = match web.patience() {
        None => loaded.await,
        Some(most) => tokio::time::timeout(most, loaded).await.unwrap_or_else(|_| {
            let detail = format!("{} s", most.as_secs_f32());
            (Vec::new(), Err(NoFile::Web(web::Failure::because(Trouble::Timeout, detail))))
        }),
    };
    Logo { url, answers, file }
}

async fn load(
    dns: &dyn Dns,
    web: &dyn Web,
    request: Request,
) -> (Vec<Arc<Answer>>, Result<Judged, NoFile>) {
    let families = Family::BOTH.iter().map(|family| addresses(dns, &request.host, *family));
    let (answers, failed): (Vec<_>, Vec<_>) =
        join_all(families).await.into_iter().partition(|answer| answer.failure().is_none());
    let records = answers.iter().flat_map(|answer| answer.records());
    let found: Vec<_> = records.filter_map(|record| record.data.address()).collect();
    if found.is_empty() {
        let failure = failed.first().and_then(|answer| answer.failure());
        let why = failure.map_or(NoFile::NoAddress, |failure| NoFile::Dns(failure.clone()));
        return (answers, Err(why));
    }
    let file = match web.get(&request.at(found)).await {
        Err(failure) => Err(NoFile::Web(failure)),
        Ok(response) => match response.status {
            200 => Ok(judge(&response.body)),
            status @ 300..=399 => {
                Err(NoFile::Redirect(status, response.location.unwrap_or_default()))
            }
            status => Err(NoFile::Status(status)),
        },
    };
    (answers, file)
}
