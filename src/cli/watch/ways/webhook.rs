//! A server that takes the message by HTTP, signed as the Standard Webhooks specification says: a receiver
//! that knows the secret can tell that the message is ours, new, and whole.

use crate::cli::words::Mistake;
use crate::web::{Post, Url, post as send};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use std::fmt;
use std::time::Duration;

/// How long a server may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The fewest octets of a secret (Standard Webhooks: 24 to 64).
const SHORTEST: usize = 24;
/// How a secret may begin that is written in base64.
const PREFIX: &str = "whsec_";

/// What messages are signed with.
#[derive(Clone)]
pub(in crate::cli::watch) struct Secret(hmac::Key);

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret")
    }
}

impl Secret {
    /// Reads a secret: octets in base64 behind `whsec_`, or a text as it is.
    ///
    /// # Errors
    /// It is too short, or no base64.
    pub(in crate::cli::watch) fn read(text: &str) -> Result<Self, Mistake> {
        let text = text.trim();
        let octets = match text.strip_prefix(PREFIX) {
            Some(coded) => STANDARD
                .decode(coded)
                .map_err(|why| Mistake::new(format!("webhook secret: not base64: {why}")))?,
            None => text.as_bytes().to_vec(),
        };
        if octets.len() < SHORTEST {
            let why = format!("webhook secret: fewer than {SHORTEST} octets");
            return Err(Mistake::new(why));
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &octets)))
    }

    /// The signature of a message: version 1, HMAC with SHA-256 over its key, the time and the body.
    fn sign(&self, key: &str, at: u64, body: &str) -> String {
        let tag = hmac::sign(&self.0, format!("{key}.{at}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(tag.as_ref()))
    }
}

/// Posts a message. A server has taken it if it answers with a status from 200 to 299.
pub(super) async fn post(
    url: &Url,
    secret: Option<&Secret>,
    key: &str,
    body: String,
    at: u64,
) -> Result<(), String> {
    let mut fields = vec![
        ("webhook-id", key.to_owned()),
        ("webhook-timestamp", at.to_string()),
        ("idempotency-key", key.to_owned()),
    ];
    fields.extend(secret.map(|secret| ("webhook-signature", secret.sign(key, at, &body))));
    let message = Post { url, media_type: "application/json", fields: &fields, body };
    match send(message, PATIENCE).await {
        Ok(status) if (200..300).contains(&status) => Ok(()),
        Ok(status @ 300..400) => {
            Err(format!("{url}: HTTP status {status} (redirects are not followed)"))
        }
        Ok(status) => Err(format!("{url}: HTTP status {status}")),
        Err(why) => Err(format!("{url}: {why}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_specification() {
        // The example of the Standard Webhooks specification.
        let secret = Secret::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
        let signed =
            secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_never_answers_is_given_up() {
        // It accepts, reads and says nothing: the system does so for a socket that listens.
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let url = Url::read(&format!("http://{address}/hook")).expect("a URL");
        let ended = post(&url, None, "key", "{}".to_owned(), 1).await;
        assert!(ended.as_ref().is_err_and(|why| why.contains("10 s")), "{ended:?}");
    }

    #[test]
    fn a_secret_that_can_be_guessed_is_refused() {
        assert!(Secret::read("short").is_err());
        assert!(Secret::read("whsec_!").is_err());
        assert!(Secret::read("a text of twenty-four octets").is_ok());
    }
}
