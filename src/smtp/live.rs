//! Dialogues over a wire.

use super::conversation::Conversation;
use super::verifier::Recorder;
use super::{Call, Smtp, Talk};
use crate::net::tls::Roots;
use rustls::ClientConfig;
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use std::sync::Arc;

/// Real servers.
#[derive(Debug)]
pub struct Live {
    pub(super) provider: Arc<CryptoProvider>,
    pub(super) verifier: Arc<WebPkiServerVerifier>,
}

impl Live {
    /// Trusts these authorities.
    ///
    /// # Errors
    /// There is none, in words.
    pub fn new(roots: &Roots) -> Result<Self, String> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder =
            WebPkiServerVerifier::builder_with_provider(roots.store(), Arc::clone(&provider));
        let verifier = builder.build().map_err(|why| why.to_string())?;
        Ok(Self { provider, verifier })
    }

    /// What one connection is made with: its recorder sees no other one, and no session is resumed,
    /// because a resumed one shows no certificate.
    pub(super) fn client(&self) -> Result<(Arc<ClientConfig>, Arc<Recorder>), rustls::Error> {
        let recorder = Recorder::new(Arc::clone(&self.verifier), Arc::clone(&self.provider));
        let recorder = Arc::new(recorder);
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider));
        let mut config = builder
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&recorder) as _)
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        Ok((Arc::new(config), recorder))
    }
}

impl Smtp for Live {
    fn talk<'a>(&'a self, call: &'a Call) -> Talk<'a> {
        Box::pin(Conversation::new(self, call).hold())
    }
}
