//! A message posted to a server that the operator named. Unlike a file that a record leads to, it may be
//! at a private address: nobody else chose it.

use super::exchange::post as talk;
use crate::net::tls::Roots;
use crate::web::Url;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

/// How many addresses are tried.
const MOST_ADDRESSES: usize = 4;

/// A message, and where it goes.
#[derive(Clone, Debug)]
pub struct Post<'p> {
    /// Where it goes.
    pub url: &'p Url,
    /// What the body is.
    pub media_type: &'static str,
    /// Further fields of the header.
    pub fields: &'p [(&'static str, String)],
    /// The body.
    pub body: String,
}

/// Posts a message; the status of the answer. What else the server says is not read.
///
/// # Errors
/// The server cannot be reached within that time, its certificate is not valid for it, or it speaks no
/// HTTP: in words.
pub async fn post(message: Post<'_>, patience: Duration) -> Result<u16, String> {
    match timeout(patience, posted(message)).await {
        Ok(answered) => answered,
        Err(_) => Err(format!("no answer within {} s", patience.as_secs())),
    }
}

async fn posted(message: Post<'_>) -> Result<u16, String> {
    let url = message.url;
    let found = tokio::net::lookup_host((url.host.as_str(), url.port)).await;
    let addresses: Vec<SocketAddr> =
        found.map_err(|why| why.to_string())?.take(MOST_ADDRESSES).collect();
    let stream = connected(&addresses).await.map_err(|why| why.to_string())?;
    if !url.is_encrypted {
        return talk(stream, message).await;
    }
    let mut config = Roots::public().client().map_err(|why| why.to_string())?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let name = ServerName::try_from(url.host.clone()).map_err(|why| why.to_string())?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    talk(stream.map_err(|why| why.to_string())?, message).await
}

async fn connected(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut failed = io::Error::from(io::ErrorKind::NotFound);
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(why) => failed = why,
        }
    }
    Err(failed)
}
