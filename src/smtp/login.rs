//! Credentials, and how they stay secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// What stands where a secret was.
const TAKEN_OUT: &str = "[secret]";

/// A password or a token: never shown, never written.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Keeps a secret.
    pub fn new(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(TAKEN_OUT)
    }
}

/// A login that is tried.
#[derive(Clone, Debug)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The password or the token.
    pub secret: Secret,
    /// True for a token of OAuth, which goes by XOAUTH2 and never as a password.
    pub is_token: bool,
}

/// What is sent after AUTH, line by line.
#[derive(Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The mechanism.
    pub mechanism: &'static str,
    /// The first line, and those that answer 334.
    pub lines: Vec<String>,
}

impl Login {
    /// How to log in where these mechanisms are offered; `None` if none of them is ours.
    pub fn exchange(&self, offered: &[String]) -> Option<Exchange> {
        let has = |name: &str| offered.iter().any(|one| one.eq_ignore_ascii_case(name));
        let (user, secret) = (&self.user, &self.secret.0);
        if self.is_token {
            let line = STANDARD.encode(format!("user={user}\u{1}auth=Bearer {secret}\u{1}\u{1}"));
            // After a failure the server sends 334 with the reason, and wants an empty line.
            let lines = vec![format!("AUTH XOAUTH2 {line}"), String::new()];
            return has("XOAUTH2").then_some(Exchange { mechanism: "XOAUTH2", lines });
        }
        if has("PLAIN") {
            // RFC 4616 §2: authorization identity, authentication identity, password.
            let line = STANDARD.encode(format!("\0{user}\0{secret}"));
            let lines = vec![format!("AUTH PLAIN {line}")];
            return Some(Exchange { mechanism: "PLAIN", lines });
        }
        let lines =
            || vec!["AUTH LOGIN".to_owned(), STANDARD.encode(user), STANDARD.encode(secret)];
        has("LOGIN").then(|| Exchange { mechanism: "LOGIN", lines: lines() })
    }

    /// A text of the server without the secret, in any form in which it was sent.
    pub fn scrub(&self, text: &str) -> String {
        let (user, secret) = (&self.user, &self.secret.0);
        let forms = [
            STANDARD.encode(format!("\0{user}\0{secret}")),
            STANDARD.encode(format!("user={user}\u{1}auth=Bearer {secret}\u{1}\u{1}")),
            STANDARD.encode(secret),
            secret.clone(),
        ];
        let mut text = text.to_owned();
        for form in forms.iter().filter(|form| !form.is_empty()) {
            text = text.replace(form.as_str(), TAKEN_OUT);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(is_token: bool) -> Login {
        Login { user: "u@example.com".into(), secret: Secret::new("hunter2".into()), is_token }
    }

    fn offered(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn a_password_goes_by_plain_before_login_and_a_token_by_xoauth2_alone() {
        let mechanism = |is_token, words: &[&str]| {
            login(is_token).exchange(&offered(words)).map(|it| it.mechanism)
        };
        assert_eq!(
            [
                mechanism(false, &["LOGIN", "plain"]),
                mechanism(false, &["LOGIN", "XOAUTH2"]),
                mechanism(false, &["XOAUTH2"]),
                mechanism(true, &["PLAIN", "XOAUTH2"]),
                mechanism(true, &["PLAIN"]),
            ],
            [Some("PLAIN"), Some("LOGIN"), None, Some("XOAUTH2"), None]
        );
    }

    #[test]
    fn a_secret_is_not_debugged() {
        assert!(!format!("{:?}", login(false)).contains("hunter2"));
    }

    #[test]
    fn what_a_server_repeats_of_a_secret_is_taken_out_in_every_form() {
        let login = login(false);
        let sent = login.exchange(&offered(&["PLAIN"])).expect("it is offered").lines.concat();
        let blob = sent.trim_start_matches("AUTH PLAIN ");
        let said = format!("535 no hunter2 aHVudGVyMg== {blob}");
        assert_eq!(login.scrub(&said), "535 no [secret] [secret] [secret]");
    }
}
