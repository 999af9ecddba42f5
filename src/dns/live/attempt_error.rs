//! What goes wrong on the way to an answer, in words that help at 2 a.m.

use super::query::Attempt;
use super::{rcode, wire};
use crate::dns::{Failure, Trouble};
use hickory_resolver::net::{DnsError, NetError};
use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;

/// Errors told in one failure; more would only repeat each other.
const TOLD: usize = 6;

/// One attempt that did not bring an answer.
pub(super) struct AttemptError<'p> {
    pub(super) attempt: Attempt<'p>,
    pub(super) trouble: Trouble,
    /// What happened, as the rest of a sentence that begins with the server.
    pub(super) text: String,
}

/// A lookup without an answer.
#[derive(Debug)]
pub(super) struct LookupFailure {
    pub(super) failure: Failure,
    /// The server whose error tells most, and how it was asked.
    pub(super) server: Option<(SocketAddr, &'static str)>,
    /// Messages sent in all.
    pub(super) tries: u16,
}

impl LookupFailure {
    /// The failure of a lookup for which nothing was sent.
    pub(super) fn at_once(trouble: Trouble, detail: impl Into<String>) -> Self {
        Self { failure: Failure::because(trouble, detail), server: None, tries: 0 }
    }

    /// Sums up the errors of all servers.
    pub(super) fn new(errors: Vec<AttemptError<'_>>, tries: u16) -> Self {
        let worst = errors.iter().min_by_key(|error| rank(error.trouble));
        let mut detail = String::new();
        for (index, AttemptError { attempt: Attempt { upstream, channel }, text, .. }) in
            errors.iter().take(TOLD).enumerate()
        {
            let separator = if index == 0 { "" } else { "; " };
            let transport = upstream.transport(*channel).word();
            let _ = write!(detail, "{separator}{}/{transport}: {text}", upstream.address);
        }
        if errors.len() > TOLD {
            let _ = write!(detail, "; and {} more", errors.len() - TOLD);
        }
        Self {
            failure: Failure::because(worst.map_or(Trouble::Network, |s| s.trouble), detail),
            server: worst.map(|AttemptError { attempt: Attempt { upstream, channel }, .. }| {
                (upstream.address, upstream.transport(*channel).word())
            }),
            tries,
        }
    }
}

/// How little a trouble tells: a reply, even a bad one, tells more than silence.
fn rank(trouble: Trouble) -> u8 {
    match trouble {
        Trouble::Bogus => 0,
        Trouble::ServFail | Trouble::Unreachable => 1,
        Trouble::Refused => 2,
        Trouble::Malformed | Trouble::Unread | Trouble::LeftOut | Trouble::OffPage => 3,
        Trouble::Timeout => 4,
        Trouble::Network | Trouble::NotQueried | Trouble::NotRecorded | Trouble::OverBudget => 5,
    }
}

/// The trouble that an error of the library means, and words for it.
///
/// The library's own resolver is not used, so its verdicts about names ([`DnsError`]) do not come
/// up; should one do so nevertheless, it is no answer: nothing here ever says that a name does not
/// exist.
pub(super) fn of_error(error: &NetError) -> (Trouble, String) {
    match error {
        NetError::Timeout => (Trouble::Timeout, "no reply in time".into()),
        NetError::Io(error) => of_io(error),
        NetError::Proto(error) => {
            (Trouble::Malformed, format!("sent a malformed reply: {}", shorten(error)))
        }
        NetError::Truncated => (Trouble::Network, "truncated its reply".into()),
        NetError::Busy | NetError::NoConnections => {
            (Trouble::Network, "the connection was lost".into())
        }
        NetError::Dns(DnsError::ResponseCode(code)) => {
            let code = u16::from(*code);
            (rcode::trouble(code, None), format!("replied {}", rcode::Described(code, None)))
        }
        NetError::Dns(DnsError::NoRecordsFound(_)) => {
            (Trouble::Malformed, "denied the name without a response message".into())
        }
        NetError::QueryCaseMismatch | NetError::ForeignClassRecord { .. } => {
            (Trouble::Malformed, shorten(error))
        }
        other => (Trouble::Network, shorten(other)),
    }
}

fn of_io(error: &io::Error) -> (Trouble, String) {
    let text = match error.kind() {
        io::ErrorKind::TimedOut => return (Trouble::Timeout, "no connection in time".into()),
        io::ErrorKind::ConnectionRefused => "refused the connection".into(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => {
            "broke the connection".into()
        }
        io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => {
            "closed the connection before the reply was complete".into()
        }
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => {
            "no route to it".into()
        }
        _ => shorten(error),
    };
    (Trouble::Network, text)
}

/// The words of an error, which may quote the server at length.
fn shorten(error: &impl ToString) -> String {
    wire::shorten(error.to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_resolver::net::NoRecords;
    use hickory_resolver::proto::ProtoError;
    use hickory_resolver::proto::op::{Query, ResponseCode};

    fn io_error(kind: io::ErrorKind) -> NetError {
        NetError::from(io::Error::from(kind))
    }

    #[test]
    fn no_error_of_the_library_ever_means_that_a_name_does_not_exist() {
        let denied = NoRecords::new(Query::default(), ResponseCode::NXDomain);
        let table = [
            (NetError::Timeout, Trouble::Timeout),
            (io_error(io::ErrorKind::TimedOut), Trouble::Timeout),
            (io_error(io::ErrorKind::ConnectionRefused), Trouble::Network),
            (io_error(io::ErrorKind::ConnectionReset), Trouble::Network),
            (io_error(io::ErrorKind::UnexpectedEof), Trouble::Network),
            (io_error(io::ErrorKind::NetworkUnreachable), Trouble::Network),
            (io_error(io::ErrorKind::PermissionDenied), Trouble::Network),
            (NetError::Proto(ProtoError::from("odd")), Trouble::Malformed),
            (NetError::Truncated, Trouble::Network),
            (NetError::Busy, Trouble::Network),
            (NetError::NoConnections, Trouble::Network),
            (NetError::QueryCaseMismatch, Trouble::Malformed),
            (NetError::from("tls error"), Trouble::Network),
            (DnsError::ResponseCode(ResponseCode::ServFail).into(), Trouble::ServFail),
            (DnsError::ResponseCode(ResponseCode::Refused).into(), Trouble::Refused),
            (DnsError::ResponseCode(ResponseCode::NXDomain).into(), Trouble::ServFail),
            (DnsError::NoRecordsFound(denied).into(), Trouble::Malformed),
        ];
        for (error, expected) in table {
            let (trouble, text) = of_error(&error);
            assert_eq!((trouble, text.is_empty()), (expected, false), "{error:?}");
        }
    }

    #[test]
    fn a_long_complaint_of_a_server_is_cut() {
        let (_, text) = of_error(&NetError::from("x".repeat(100_000)));
        assert_eq!(text.chars().count(), 201);
    }
}
