//! TLS as a client: whom it trusts, and how it is set up. One place for every port that speaks it.

pub use super::RootsError;
use std::sync::Arc;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

/// The certificate authorities that are trusted.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    /// Mozilla's list and further ones; `None` for Mozilla's list alone, which is put together when it is
    /// used and not before.
    further: Option<Arc<RootCertStore>>,
}

impl Roots {
    /// Mozilla's list, as it is compiled in.
    pub fn public() -> Self {
        Self::default()
    }

    /// All of them.
    pub fn store(&self) -> Arc<RootCertStore> {
        let public = || Arc::new(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect());
        self.further.clone().unwrap_or_else(public)
    }

    /// These, and every certificate of a PEM file.
    ///
    /// # Errors
    /// There is none in it, or one of them is faulty.
    pub fn with_pem(self, text: &[u8]) -> Result<Self, RootsError> {
        let mut store = RootCertStore::clone(&self.store());
        let mut number = 0;
        for certificate in CertificateDer::pem_slice_iter(text) {
            number += 1;
            let certificate = certificate.map_err(|_| RootsError::Unreadable(number))?;
            store.add(certificate).map_err(|_| RootsError::Unreadable(number))?;
        }
        match number {
            0 => Err(RootsError::Empty),
            _ => Ok(Self { further: Some(Arc::new(store)) }),
        }
    }

    /// A client that trusts them, with TLS 1.2 and 1.3.
    ///
    /// # Errors
    /// The library of cryptography offers none of these versions.
    pub fn client(&self) -> Result<ClientConfig, rustls::Error> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider);
        let builder = builder.with_safe_default_protocol_versions()?;
        Ok(builder.with_root_certificates(self.store()).with_no_client_auth())
    }
}

impl PartialEq for Roots {
    /// True if the same authorities are trusted.
    fn eq(&self, other: &Self) -> bool {
        match (&self.further, &other.further) {
            (None, None) => true,
            _ => self.store().roots == other.store().roots,
        }
    }
}

impl Eq for Roots {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificate_is_refused() {
        let refused = Roots::public().with_pem(b"nothing").err();
        assert_eq!(refused, Some(RootsError::Empty));
    }

    #[test]
    fn a_certificate_that_is_none_is_named_by_its_number() {
        let text = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(Roots::public().with_pem(text).err(), Some(RootsError::Unreadable(1)));
    }
}
