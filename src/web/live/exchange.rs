//! One request and its response over a stream that is encrypted already.

use super::post::Post;
use super::stream::Stream;
use crate::web::{Failure, Outcome, Request, Response, Trouble};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, HeaderName, LOCATION, USER_AGENT};
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite};

/// How many octets the header may have.
const MOST_HEADER: usize = 16 * 1024;
/// How many fields the header may have.
const MOST_FIELDS: usize = 64;
/// How many octets of a field are kept.
const MOST_FIELD: usize = 1024;

/// A request without content.
struct Empty;

impl Body for Empty {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }
}

/// Asks for the file and reads it to its end.
pub(super) async fn exchange<S>(stream: S, request: &Request) -> Outcome
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut builder = http1::Builder::new();
    builder.max_buf_size(MOST_HEADER).max_headers(MOST_FIELDS);
    let shaken = builder.handshake(Stream(stream)).await;
    let (mut sender, connection) = shaken.map_err(|why| failure(&why))?;
    let asked = hyper::Request::get(&request.path)
        .header(HOST, request.host.to_string())
        .header(USER_AGENT, concat!("mailcheck/", env!("CARGO_PKG_VERSION")))
        .body(Empty)
        .map_err(|why| Failure::because(Trouble::Http, why.to_string()))?;
    let most = request.most_octets;
    let talk = async {
        let response = sender.send_request(asked).await.map_err(|why| failure(&why))?;
        read(response, most).await
    };
    // The connection moves only while it is polled, and ends with this future.
    let (mut talk, mut connection) = (pin!(talk), pin!(connection));
    let mut is_open = true;
    loop {
        tokio::select! {
            biased;
            outcome = &mut talk => return outcome,
            // Why it ended, the other side of the channel tells.
            _ = &mut connection, if is_open => is_open = false,
        }
    }
}

/// A body that is known whole.
struct Whole(Option<Bytes>);

impl Body for Whole {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.take().map(|octets| Ok(Frame::data(octets))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_ref().map_or(0, |octets| octets.len() as u64))
    }
}

/// Posts a message, and reads the status of the answer.
pub(super) async fn post<S>(stream: S, message: Post<'_>) -> Result<u16, String>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut builder = http1::Builder::new();
    builder.max_buf_size(MOST_HEADER).max_headers(MOST_FIELDS);
    let shaken = builder.handshake(Stream(stream)).await;
    let (mut sender, connection) = shaken.map_err(|why| why.to_string())?;
    let mut asked = hyper::Request::post(&message.url.path)
        .header(HOST, message.url.authority())
        .header(USER_AGENT, concat!("mailcheck/", env!("CARGO_PKG_VERSION")))
        .header(CONTENT_TYPE, message.media_type);
    for (name, value) in message.fields {
        asked = asked.header(*name, value);
    }
    let asked = asked.body(Whole(Some(message.body.into()))).map_err(|why| why.to_string())?;
    let (mut talk, mut connection) = (pin!(sender.send_request(asked)), pin!(connection));
    let mut is_open = true;
    loop {
        tokio::select! {
            biased;
            answer = &mut talk => {
                return answer.map(|it| it.status().as_u16()).map_err(|why| why.to_string());
            }
            // Why it ended, the other side of the channel tells.
            _ = &mut connection, if is_open => is_open = false,
        }
    }
}

async fn read(response: hyper::Response<Incoming>, most: usize) -> Outcome {
    let field = |name: HeaderName| {
        let value = response.headers().get(name)?.as_bytes();
        Some(value.get(..MOST_FIELD).unwrap_or(value).to_vec())
    };
    let (media_type, location) = (field(CONTENT_TYPE), field(LOCATION));
    let status = response.status().as_u16();
    if status != 200 {
        // RFC 8461 §3.3: nothing but 200 counts, so what else it says is not read.
        return Ok(Response { status, media_type, location, body: Vec::new() });
    }
    let too_large = || Failure::because(Trouble::TooLarge, format!("more than {most} octets"));
    let mut incoming = response.into_body();
    if incoming.size_hint().lower() > u64::try_from(most).unwrap_or(u64::MAX) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut incoming).poll_frame(context)).await {
        let frame = frame.map_err(|why| failure(&why))?;
        if let Ok(octets) = frame.into_data() {
            if body.len() + octets.len() > most {
                return Err(too_large());
            }
            body.extend_from_slice(&octets);
        }
    }
    Ok(Response { status, media_type, location, body })
}

/// What the library says of a response, in our words.
fn failure(why: &hyper::Error) -> Failure {
    let said = why.to_string();
    let trouble = match why.is_parse() {
        // The library has a word for it, and no method.
        true if said.contains("too large") => Trouble::TooLarge,
        true => Trouble::Http,
        false => Trouble::Unreachable,
    };
    Failure::because(trouble, said)
}
