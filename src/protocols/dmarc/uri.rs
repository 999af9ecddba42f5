//! Where reports go: the URIs of `rua` and `ruf` (RFC 9989 §4.8, RFC 3986, RFC 6068).

use crate::net::Name;
use crate::text::lex::{Reading, Wanted, is_fws, trim, whole};
use crate::text::uri::uri;
use crate::text::{Citation, Span, SyntaxError, rfc};
use nom::Parser;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::one_of;
use nom::combinator::{opt, recognize};
use nom::error::context;
use nom::sequence::preceded;

const SYNTAX: Citation = rfc(9989, "4.8");

/// How a report travels.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Scheme {
    /// By mail; every reporter must know it.
    Mailto,
    /// By HTTP over TLS; nobody has to know it.
    Https,
    /// In another way: reporters ignore the URI.
    Other,
}

/// One place that wants reports.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportUri {
    /// The URI, without an obsolete size limit.
    pub text: Box<[u8]>,
    /// Where it stands in the record, the size limit included.
    pub span: Span,
    /// How the report travels.
    pub scheme: Scheme,
    /// The host of its mailbox or server, if one could be read.
    pub host: Option<Name>,
    /// The obsolete size limit (`!10m`), which is ignored.
    pub size: Option<Span>,
}

impl ReportUri {
    /// True for a `mailto:` URI without a mailbox: sound as a URI (RFC 6068 §2), and no report can be
    /// sent to it.
    pub fn names_no_mailbox(&self) -> bool {
        let (scheme, rest) = split_scheme(&self.text);
        scheme == b"mailto" && mailbox_at(rest).is_none()
    }
}

/// Reads `dmarc-urilist = dmarc-uri *(*WSP "," *WSP dmarc-uri)`, recovering at each comma.
pub(super) fn uri_list(
    record: &[u8],
    list: &[u8],
    errors: &mut Vec<SyntaxError>,
) -> Vec<ReportUri> {
    let mut uris = Vec::new();
    for piece in list.split(|octet| *octet == b',') {
        let piece = trim(piece, is_fws);
        match whole(dmarc_uri, "the end of the URI", piece) {
            Ok((uri, size)) => uris.push(report_uri(record, piece, uri, size, errors)),
            Err(wanted) => errors.push(wanted.in_piece(record, piece, SYNTAX)),
        }
    }
    uris
}

/// A URI that is sound as such stays, even if nothing can be sent to it: only the fault is reported.
fn report_uri(
    record: &[u8],
    piece: &[u8],
    uri: &[u8],
    size: Option<&[u8]>,
    errors: &mut Vec<SyntaxError>,
) -> ReportUri {
    let (scheme, host) = match split_scheme(uri) {
        (b"mailto", rest) => (Scheme::Mailto, mailbox_host(rest)),
        (b"https", rest) => (Scheme::Https, server_host(rest)),
        _ => (Scheme::Other, Ok(None)),
    };
    let host = host.unwrap_or_else(|wanted: Wanted<'_>| {
        errors.push(wanted.in_piece(record, uri, SYNTAX));
        None
    });
    ReportUri {
        text: uri.into(),
        span: Span::within(record, piece),
        scheme,
        host,
        size: size.map(|size| Span::within(record, size)),
    }
}

/// The scheme as far as we know it, in lower case, and what stands behind its colon.
fn split_scheme(uri: &[u8]) -> (&'static [u8], &[u8]) {
    for known in [b"mailto:".as_slice(), b"https:"] {
        if let Some((head, rest)) = uri.split_at_checked(known.len())
            && head.eq_ignore_ascii_case(known)
        {
            return (known.strip_suffix(b":").unwrap_or(known), rest);
        }
    }
    (b"", uri)
}

/// The host of `mailto:local@host?fields` (RFC 6068 §2).
fn mailbox_host(rest: &[u8]) -> Result<Option<Name>, Wanted<'_>> {
    mailbox_at(rest).map_or(Ok(None), host_name)
}

/// What stands behind the @ of `local@host?fields`; `None` if it is no mailbox.
fn mailbox_at(rest: &[u8]) -> Option<&[u8]> {
    let address = rest.split(|octet| *octet == b'?').next().unwrap_or_default();
    let at = address.iter().rposition(|octet| *octet == b'@').filter(|at| *at > 0)?;
    address.get(at + 1..)
}

/// The host of `https://userinfo@host:port/path` (RFC 3986 §3.2).
fn server_host(rest: &[u8]) -> Result<Option<Name>, Wanted<'_>> {
    let Some(rest) = rest.strip_prefix(b"//") else {
        return Err(Wanted { at: rest, what: "\"//\" and a host name" });
    };
    let authority = rest.split(|octet| b"/?#".contains(octet)).next().unwrap_or_default();
    let host = authority.rsplit(|octet| *octet == b'@').next().unwrap_or_default();
    host_name(host.split(|octet| *octet == b':').next().unwrap_or_default())
}

fn host_name(text: &[u8]) -> Result<Option<Name>, Wanted<'_>> {
    match Name::from_octets(text) {
        Ok(name) if name.is_host_name() => Ok(Some(name)),
        _ => Err(Wanted { at: text, what: "a host name" }),
    }
}

/// `dmarc-uri = URI`, `obs-dmarc-uri = URI "!" obs-dmarc-report-size`
///
/// A comma or an exclamation mark inside a URI must be percent-encoded, so both end it here.
fn dmarc_uri(text: &[u8]) -> Reading<'_, (&[u8], Option<&[u8]>)> {
    let size = preceded(tag("!"), context("a size such as 10m", report_size));
    (context("a URI such as mailto:reports@example.com", uri), opt(size)).parse(text)
}

/// `obs-dmarc-report-size = 1*DIGIT [ "k" / "m" / "g" / "t" ]`
fn report_size(text: &[u8]) -> Reading<'_, &[u8]> {
    let digits = take_while1(|octet: u8| octet.is_ascii_digit());
    recognize((digits, opt(one_of("kmgtKMGT")))).parse(text)
}
