//! One file from the web: the port, what is asked for, and what comes back.
//!
//! RFC 8461 §3.3 and BIMI ask for a file by HTTPS, from a host that a stranger's DNS names. So the
//! port gets the addresses from its caller, who had them from the port to the DNS, and goes to no
//! other ones; it follows no redirect, and what it reads is bounded in time and octets. What came
//! back is a value, a failure too.
//!
//! | source | answers |
//! |---|---|
//! | `Live` | web servers |
//! | [`Recorder`], [`Replay`] | a recording: lines of the cassette that holds the DNS as well |
//! | [`Scripted`] | what a test says |
//! | [`Unasked`] | nothing: nobody may be asked |

mod failure;
#[cfg(feature = "live")]
mod live;
mod recording;
mod scripted;
#[cfg(feature = "live")]
mod url;

pub use failure::{Failure, Trouble};
#[cfg(feature = "live")]
pub use live::{Live, LiveOptions};
#[cfg(feature = "live")]
#[doc(hidden)]
pub use live::{Post, post};
#[doc(hidden)]
pub use recording::{Note, Recorder, Replay, ReplayError};
#[doc(hidden)]
pub use scripted::Scripted;
#[cfg(feature = "live")]
#[doc(hidden)]
pub use url::Url;

use crate::net::Name;
use std::fmt;
use std::future::{Future, ready};
use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

/// A file that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The host, by which the certificate has to name the server.
    pub host: Name,
    /// The path, from its slash on, in visible ASCII.
    pub path: String,
    /// The addresses of the host, as the DNS gave them.
    pub addresses: Vec<IpAddr>,
    /// How many octets of the file are read at most.
    pub most_octets: usize,
}

impl Request {
    /// Asks for a file of at most so many octets.
    pub fn new(host: Name, path: impl Into<String>, most_octets: usize) -> Self {
        Self { host, path: path.into(), addresses: Vec::new(), most_octets }
    }

    /// The same from these addresses.
    #[must_use]
    pub fn at(self, addresses: Vec<IpAddr>) -> Self {
        Self { addresses, ..self }
    }

    /// Its URL.
    pub fn url(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Request {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "https://{}{}", self.host, self.path)
    }
}

/// What a web server said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// The status (RFC 9110 §15).
    pub status: u16,
    /// The value of Content-Type, in octets.
    pub media_type: Option<Vec<u8>>,
    /// The value of Location, in octets.
    pub location: Option<Vec<u8>>,
    /// The file, as it was sent: no content coding is asked for, and none is undone.
    pub body: Vec<u8>,
}

impl Response {
    /// A response without header fields and without a file.
    pub fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// True if the media type is this one, whatever its parameters and its letter case.
    pub fn is_of_type(&self, wanted: &str) -> bool {
        let given = self.media_type.as_deref().unwrap_or_default();
        let essence = given.split(|octet| *octet == b';').next().unwrap_or_default();
        essence.trim_ascii().eq_ignore_ascii_case(wanted.as_bytes())
    }
}

/// What came of a request.
pub type Outcome = Result<Response, Failure>;

/// What will come of a request.
pub type Getting<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// The port to the web.
pub trait Web: Send + Sync {
    /// Asks for a file once. Can be dropped at any time, which ends all that it began.
    fn get<'a>(&'a self, request: &'a Request) -> Getting<'a>;

    /// False if nothing is asked whatever is wanted, so that the addresses of the host need not be
    /// looked up either.
    fn is_asked(&self) -> bool {
        true
    }

    /// How long a report waits for a file; `None` if answers come at once.
    fn patience(&self) -> Option<Duration> {
        None
    }
}

/// Asks nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unasked;

impl Web for Unasked {
    fn get<'a>(&'a self, _: &'a Request) -> Getting<'a> {
        Box::pin(ready(Err(Failure::new(Trouble::NotAsked))))
    }

    fn is_asked(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_is_known_by_its_essence() {
        let of = |text: &str| Response {
            media_type: Some(text.as_bytes().to_vec()),
            ..Response::new(200)
        };
        let are = ["Text/Plain ; charset=utf-8", "text/html", ""]
            .map(|it| of(it).is_of_type("text/plain"));
        assert_eq!(are, [true, false, false]);
    }
}
