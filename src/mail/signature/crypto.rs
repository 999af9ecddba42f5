//! Whether octets verify under a key. The cryptography is that of `ring`.

use super::SigningAlgorithm;
use ring::signature::{
    ED25519, RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey,
};

/// A public key that can verify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// DER of RSAPublicKey (RFC 8017 §A.1.1).
    Rsa(Vec<u8>),
    /// The key itself (RFC 8032).
    Ed25519([u8; 32]),
}

/// True if a signature over `input` verifies under a key.
///
/// RSA keys of less than 1024 bits and of more than 8192 verify nothing.
pub fn verifies(
    key: &PublicKey,
    algorithm: SigningAlgorithm,
    input: &[u8],
    signature: &[u8],
) -> bool {
    match (key, algorithm) {
        (PublicKey::Rsa(der), SigningAlgorithm::RsaSha256) => {
            let of = &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY;
            UnparsedPublicKey::new(of, der).verify(input, signature).is_ok()
        }
        (PublicKey::Rsa(der), SigningAlgorithm::RsaSha1) => {
            let of = &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY;
            UnparsedPublicKey::new(of, der).verify(input, signature).is_ok()
        }
        (PublicKey::Ed25519(key), SigningAlgorithm::Ed25519Sha256) => {
            // RFC 8463 §3: what is signed is the hash of the input.
            let hash = ring::digest::digest(&ring::digest::SHA256, input);
            UnparsedPublicKey::new(&ED25519, key).verify(hash.as_ref(), signature).is_ok()
        }
        _ => false,
    }
}
