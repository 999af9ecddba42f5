//! The policy file: where it is, how it is fetched, and which responses senders use (RFC 8461 §3.3).

use super::policy::{Mode, Policy, PolicyFault};
use crate::dns::{self, Answer, Dns, Kind, Outcome, ask};
use crate::net::Name;
use crate::protocols::{Fetched, NoResponse};
use crate::web::{self, Request, Response, Web};
use std::sync::Arc;

/// The label below a domain of the host that has its policy file (RFC 8461 §3.3).
const HOST: &str = "mta-sts";
/// The path of the file (RFC 8461 §3.3).
const PATH: &str = "/.well-known/mta-sts.txt";
/// The media type of the file (RFC 8461 §3.2).
const MEDIA_TYPE: &str = "text/plain";
/// How long a file may be: "a suggested maximum policy size is 64 kilobytes" (RFC 8461 §3.3).
const MOST_OCTETS: usize = 65_536;

/// What came of looking for the policy file, and the MX hosts that it has to name.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    /// What was asked for.
    pub request: Request,
    /// What the DNS said on the way, failures left aside.
    pub answers: Vec<Arc<Answer>>,
    /// The policy, or why there is none.
    pub policy: Result<Policy, NoPolicy>,
    /// The MX hosts; `None` if they could not be told.
    pub hosts: Option<Vec<Name>>,
}

/// Why there is no policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPolicy {
    /// The host of the file could not be looked up.
    Dns(dns::Failure),
    /// The host of the file has no address.
    NoAddress,
    /// No response came.
    Web(web::Failure),
    /// The response is none that senders use.
    Refused(Refusal),
    /// The file has faults.
    Faulty(Vec<PolicyFault>),
}

/// Why senders do not use a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its status is not 200.
    Status(u16),
    /// It redirects, perhaps to this place.
    Redirect(u16, Vec<u8>),
    /// Its media type is not text/plain; empty if it has none.
    MediaType(Vec<u8>),
}

impl From<NoResponse> for NoPolicy {
    fn from(why: NoResponse) -> Self {
        match why {
            NoResponse::Dns(failure) => Self::Dns(failure),
            NoResponse::NoAddress => Self::NoAddress,
            NoResponse::Web(failure) => Self::Web(failure),
        }
    }
}

impl NoPolicy {
    /// True if every sender meets the same: it does not lie at the way to the server from here.
    pub fn is_certain(&self) -> bool {
        match self {
            Self::Dns(_) => false,
            Self::Web(failure) => failure.trouble.is_certain(),
            // A server that is out of order for now is no fault of what was set up.
            Self::Refused(Refusal::Status(status)) => *status < 500,
            Self::NoAddress | Self::Refused(_) | Self::Faulty(_) => true,
        }
    }
}

impl PolicyFile {
    /// True if every sender meets the same.
    pub fn is_certain(&self) -> bool {
        self.policy.as_ref().err().is_none_or(NoPolicy::is_certain)
    }

    /// The MX hosts that no pattern of the policy matches; none if the policy asks for nothing.
    pub fn unmatched(&self) -> Vec<&Name> {
        let policy = self.policy.as_ref().ok().filter(|policy| policy.mode != Mode::None);
        let unmatched = policy.map(|policy| {
            let hosts = self.hosts.iter().flatten();
            hosts.filter(|host| !policy.matches(host)).collect()
        });
        unmatched.unwrap_or_default()
    }
}

/// The file of a response, if senders use it (RFC 8461 §3.3).
///
/// # Errors
/// Senders do not, and why.
pub fn usable(response: &Response) -> Result<&[u8], Refusal> {
    match response.status {
        200 => {}
        // RFC 8461 §3.3: "HTTP 3xx redirects MUST NOT be followed"
        status @ 300..=399 => {
            let location = response.location.clone().unwrap_or_default();
            return Err(Refusal::Redirect(status, location));
        }
        status => return Err(Refusal::Status(status)),
    }
    // RFC 8461 §3.2: "the media type is "text/plain""
    if response.is_of_type(MEDIA_TYPE) {
        Ok(&response.body)
    } else {
        Err(Refusal::MediaType(response.media_type.clone().unwrap_or_default()))
    }
}

/// Fetches the file of a domain, no longer than a report waits for it.
pub(super) async fn fetch(dns: &dyn Dns, web: &dyn Web, domain: &Name) -> PolicyFile {
    // A domain whose name is too long for the label has none: the web server then has no name either.
    let host = domain.child(HOST).unwrap_or_else(|_| domain.clone());
    let request = Request::new(host, PATH, MOST_OCTETS);
    let (Fetched { mut answers, response }, mx) =
        tokio::join!(Fetched::get(dns, web, request.clone()), ask(dns, domain, Kind::Mx));
    let policy = response.map_err(NoPolicy::from).and_then(|response| {
        let file = usable(&response).map_err(NoPolicy::Refused)?;
        Policy::parse(file).map_err(NoPolicy::Faulty)
    });
    let hosts = hosts(domain, &mx);
    if mx.failure().is_none() {
        answers.push(mx);
    }
    PolicyFile { request, answers, policy, hosts }
}

/// The hosts that receive for a domain, by its MX; none if it takes no mail.
fn hosts(domain: &Name, mx: &Answer) -> Option<Vec<Name>> {
    match &mx.outcome {
        Outcome::Failed(_) => None,
        // RFC 5321 §5.1: without MX, the domain itself receives.
        Outcome::NoData | Outcome::NxDomain => Some(vec![domain.clone()]),
        Outcome::Records(_) => {
            let hosts = mx.exchanges().into_iter().map(|(_, host)| host);
            // The root is no host (RFC 7505 §3).
            let mut hosts: Vec<Name> = hosts.filter(|host| !host.is_root()).cloned().collect();
            hosts.sort();
            hosts.dedup();
            Some(hosts)
        }
    }
}
