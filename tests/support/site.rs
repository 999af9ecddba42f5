//! A web server on loopback that follows a script, with certificates of an authority of its own.
#![allow(dead_code, reason = "each target uses a part")]

use mailcheck::net::tls::Roots;
use mailcheck::web::{Live, LiveOptions};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// What a server shows, and the authority that is to be trusted.
pub(crate) struct Certificate {
    chain: Vec<CertificateDer<'static>>,
    key: Vec<u8>,
    authority: String,
}

impl Certificate {
    /// For these names, signed by the authority.
    pub(crate) fn of(names: &[&str]) -> Self {
        Self::with(names, |_| ())
    }

    /// For these names, over since 2021.
    pub(crate) fn expired(names: &[&str]) -> Self {
        Self::with(names, |params| {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        })
    }

    /// For these names, signed by itself.
    pub(crate) fn self_signed(names: &[&str]) -> Self {
        let key = KeyPair::generate().expect("a key");
        let certificate = params(names).self_signed(&key).expect("a certificate");
        let authority = Self::of(names).authority;
        Self { chain: vec![certificate.der().clone()], key: key.serialize_der(), authority }
    }

    fn with(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut above = params(&[]);
        above.distinguished_name.push(DnType::CommonName, "An authority");
        above.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root_key = KeyPair::generate().expect("a key");
        let root = above.self_signed(&root_key).expect("a certificate");
        let issuer = Issuer::new(above, root_key);
        let mut params = params(names);
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        let leaf = params.signed_by(&key, &issuer).expect("a certificate");
        let chain = vec![leaf.der().clone()];
        Self { chain, key: key.serialize_der(), authority: root.pem() }
    }

    /// The authority, in PEM.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }
}

fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|it| (*it).to_owned()).collect();
    CertificateParams::new(names).expect("names")
}

/// What a server sends once a request came.
#[derive(Clone)]
pub(crate) enum Says {
    /// These octets, then the end.
    Once(Vec<u8>),
    /// The first octets, then the others again and again.
    Endlessly(Vec<u8>, Vec<u8>),
    /// These octets, one every ten milliseconds.
    Slowly(Vec<u8>),
    /// Nothing.
    Nothing,
}

/// A server that is running.
pub(crate) struct Site {
    port: u16,
    roots: Roots,
    task: JoinHandle<()>,
}

impl Site {
    /// Begins to serve.
    pub(crate) async fn open(certificate: &Certificate, says: Says) -> Self {
        let roots = Roots::public().with_pem(certificate.authority.as_bytes());
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(certificate.key.clone()));
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("TLS has versions")
            .with_no_client_auth()
            .with_single_cert(certificate.chain.clone(), key)
            .expect("the key is that of the certificate");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self::listen(Some(acceptor), roots.expect("the authority was made here"), says).await
    }

    /// Begins to serve without TLS.
    pub(crate) async fn open_plain(says: Says) -> Self {
        Self::listen(None, Roots::public(), says).await
    }

    async fn listen(acceptor: Option<TlsAcceptor>, roots: Roots, says: Says) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, says) = (acceptor.clone(), says.clone());
                tokio::spawn(async move {
                    match acceptor {
                        None => babble(stream, says).await,
                        Some(acceptor) => {
                            // A client that does not like the certificate hears nothing.
                            if let Ok(stream) = acceptor.accept(stream).await {
                                talk(stream, says).await;
                            }
                        }
                    }
                });
            }
        });
        Self { port, roots, task }
    }

    /// A client that may connect to loopback and trusts the authority.
    pub(crate) fn client(&self) -> Live {
        self.client_with(|_| ())
    }

    /// The same with other options.
    pub(crate) fn client_with(&self, change: impl FnOnce(&mut LiveOptions)) -> Live {
        let mut options = LiveOptions::default();
        (options.port, options.allows_local) = (self.port, true);
        options.roots = self.roots.clone();
        change(&mut options);
        Live::new(options)
    }

    /// A client that waits for a tenth of a second.
    pub(crate) fn hasty_client(&self) -> Live {
        self.client_with(|options| options.timeout = Duration::from_millis(100))
    }

    /// Where it is.
    pub(crate) fn addresses(&self) -> Vec<IpAddr> {
        vec![Ipv4Addr::LOCALHOST.into()]
    }

    /// Its port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Says what the script wants to whatever comes first.
async fn babble(mut stream: impl AsyncRead + AsyncWrite + Unpin, says: Says) {
    let mut first = [0; 1024];
    if let (Ok(1..), Says::Once(octets)) = (stream.read(&mut first).await, says) {
        // Whether the client still listens makes no difference.
        let _ = stream.write_all(&octets).await;
    }
}

/// Reads the head of a request and says what the script wants; ends when the client has gone.
async fn talk(mut stream: impl AsyncRead + AsyncWrite + Unpin, says: Says) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(octet) => head.push(octet),
            Err(_) => return,
        }
    }
    let sent = match says {
        Says::Once(octets) => stream.write_all(&octets).await,
        Says::Nothing => std::future::pending().await,
        Says::Endlessly(first, others) => {
            let mut sent = stream.write_all(&first).await;
            while sent.is_ok() {
                sent = stream.write_all(&others).await;
            }
            sent
        }
        Says::Slowly(octets) => {
            let mut clock = tokio::time::interval(Duration::from_millis(10));
            let mut sent = Ok(());
            for octet in octets {
                clock.tick().await;
                sent = stream.write_all(&[octet]).await;
                if sent.is_ok() {
                    sent = stream.flush().await;
                }
            }
            sent
        }
    };
    if sent.is_ok() {
        // Whether the client still listens makes no difference.
        let _ = stream.shutdown().await;
    }
}
