//! Where reports go: the URIs of `rua` (RFC 8460 §3, RFC 3986, RFC 6068).

use crate::net::Name;
use crate::text::field_list::{trim_end, trim_start};
use crate::text::lex::{Wanted, whole};
use crate::text::uri::uri;
use crate::text::{Citation, Span, SyntaxError, rfc};
use nom::error::context;
use std::net::Ipv6Addr;

const SYNTAX: Citation = rfc(8460, "3");

/// How a report travels.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Scheme {
    /// By mail.
    Mailto,
    /// By POST over HTTPS.
    Https,
    /// In a way that RFC 8460 does not support.
    Other,
}

impl Scheme {
    /// True if senders support it: RFC 8460 §3 has `mailto` and `https`.
    pub fn is_supported(self) -> bool {
        self != Self::Other
    }
}

/// A destination of reports.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportUri {
    /// The URI, as published.
    pub text: Box<[u8]>,
    /// Where it is in the record.
    pub span: Span,
    /// How the report travels.
    pub scheme: Scheme,
}

impl ReportUri {
    /// True for `mailto://`: the slashes become a part of the address.
    pub fn has_stray_slashes(&self) -> bool {
        self.scheme == Scheme::Mailto && split_scheme(&self.text).1.starts_with(b"//")
    }
}

/// Reads `tlsrpt-uri *(*WSP "," *WSP tlsrpt-uri)`, recovering at each comma.
pub(super) fn uri_list(
    record: &[u8],
    list: &[u8],
    errors: &mut Vec<SyntaxError>,
) -> Vec<ReportUri> {
    let mut uris = Vec::new();
    // White space may be around a comma, but not after "=" and not at the end of the record.
    let (first, last) = (list.as_ptr_range().start, list.as_ptr_range().end);
    for piece in list.split(|octet| *octet == b',') {
        let begin = if piece.as_ptr_range().start == first { piece } else { trim_start(piece) };
        let is_end = piece.as_ptr_range().end == last;
        let piece = if is_end { begin } else { trim_end(begin) };
        match read(piece) {
            Ok(scheme) => {
                let span = Span::within(record, piece);
                uris.push(ReportUri { text: piece.into(), span, scheme });
            }
            Err(wanted) => errors.push(wanted.in_piece(record, piece, SYNTAX)),
        }
    }
    uris
}

fn read(text: &[u8]) -> Result<Scheme, Wanted<'_>> {
    let uri = context("a URI such as mailto:tls@example.com", uri);
    whole(uri, "the end of the URI, or a character in percent-encoding", text)?;
    match split_scheme(text) {
        (Scheme::Mailto, rest) => mailbox(rest).map(|()| Scheme::Mailto),
        (Scheme::Https, rest) => server(rest).map(|()| Scheme::Https),
        (Scheme::Other, _) => Ok(Scheme::Other),
    }
}

/// The scheme, and the text behind its colon.
fn split_scheme(uri: &[u8]) -> (Scheme, &[u8]) {
    for (known, scheme) in [(&b"mailto:"[..], Scheme::Mailto), (b"https:", Scheme::Https)] {
        if let Some((head, rest)) = uri.split_at_checked(known.len())
            && head.eq_ignore_ascii_case(known)
        {
            return (scheme, rest);
        }
    }
    (Scheme::Other, uri)
}

/// `local@host?fields` (RFC 6068 §2).
fn mailbox(rest: &[u8]) -> Result<(), Wanted<'_>> {
    let address = rest.split(|octet| *octet == b'?').next().unwrap_or_default();
    match address.iter().rposition(|octet| *octet == b'@') {
        None | Some(0) => Err(Wanted { at: rest, what: "a mailbox (local-part@domain)" }),
        Some(at) => host(address.get(at + 1..).unwrap_or_default()),
    }
}

/// `//userinfo@host:port/path` (RFC 3986 §3.2).
fn server(rest: &[u8]) -> Result<(), Wanted<'_>> {
    let Some(rest) = rest.strip_prefix(b"//") else {
        return Err(Wanted { at: rest, what: "\"//\" and a host name" });
    };
    let authority = rest.split(|octet| b"/?#".contains(octet)).next().unwrap_or_default();
    let place = authority.rsplit(|octet| *octet == b'@').next().unwrap_or_default();
    match place.strip_prefix(b"[") {
        Some(literal) => literal_host(literal),
        None => host(place.split(|octet| *octet == b':').next().unwrap_or_default()),
    }
}

/// `IP-literal = "[" IPv6address "]"`, behind its opening bracket.
fn literal_host(text: &[u8]) -> Result<(), Wanted<'_>> {
    let inner = text.split(|octet| *octet == b']').next().unwrap_or_default();
    let address = std::str::from_utf8(inner).ok().and_then(|it| it.parse::<Ipv6Addr>().ok());
    match address.filter(|_| inner.len() < text.len()) {
        Some(_) => Ok(()),
        None => Err(Wanted { at: text, what: "an IPv6 address in brackets" }),
    }
}

fn host(text: &[u8]) -> Result<(), Wanted<'_>> {
    match Name::from_octets(text) {
        Ok(name) if name.is_host_name() => Ok(()),
        _ => Err(Wanted { at: text, what: "a host name" }),
    }
}
