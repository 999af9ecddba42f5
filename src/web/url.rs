//! Where a message is posted to: an address of the web that the operator wrote down.

use std::fmt;

/// An address with the scheme `http` or `https`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// True for `https`.
    pub is_encrypted: bool,
    /// The host: a name, or an IP address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The path with its query; it begins with `/`.
    pub path: String,
}

impl Url {
    /// Reads an address. A user, a password and a fragment have no place in it.
    ///
    /// # Errors
    /// It is none, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        let (is_encrypted, rest) = match text.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return Err("expected https://HOST/PATH".to_owned()),
        };
        let is_plain = |c: char| c.is_ascii_graphic() && !"\"<>\\^`{|}#".contains(c);
        if !rest.chars().all(is_plain) {
            return Err("a character that has no place in an address".to_owned());
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err("a user has no place in it".to_owned());
        }
        let (host, port) = match authority.strip_prefix('[').and_then(|it| it.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':').or(port.is_empty().then_some(""))),
            None => match authority.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, Some("")),
            },
        };
        let port = match port {
            Some("") => Some(if is_encrypted { 443 } else { 80 }),
            Some(digits) => digits.parse().ok().filter(|_| !digits.starts_with('+')),
            None => None,
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
        let host = host.to_ascii_lowercase();
        match port {
            Some(port) if !host.is_empty() && host.chars().all(is_name) => {
                let slash = if path.starts_with('/') { "" } else { "/" };
                Ok(Self { is_encrypted, host, port, path: format!("{slash}{path}") })
            }
            _ => Err("expected https://HOST/PATH".to_owned()),
        }
    }

    /// The host with the port, as the Host field has it (RFC 9110 §7.2).
    pub fn authority(&self) -> String {
        let host = match self.host.contains(':') {
            true => format!("[{}]", self.host),
            false => self.host.clone(),
        };
        match (self.is_encrypted, self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }
}

impl fmt::Display for Url {
    /// Without the path, which may be what keeps strangers out.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_encrypted { "https" } else { "http" };
        write!(out, "{scheme}://{}/…", self.authority())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(bool, String, u16, String)> {
        let Url { is_encrypted, host, port, path } = Url::read(text).ok()?;
        Some((is_encrypted, host, port, path))
    }

    #[test]
    fn an_address_has_a_host_a_port_and_a_path() {
        let known = |is: bool, host: &str, port: u16, path: &str| {
            Some((is, host.to_owned(), port, path.to_owned()))
        };
        assert_eq!(
            parts("https://Hooks.example/a?b=1"),
            known(true, "hooks.example", 443, "/a?b=1")
        );
        assert_eq!(parts("http://127.0.0.1:8080"), known(false, "127.0.0.1", 8080, "/"));
        assert_eq!(parts("http://[::1]:81/x"), known(false, "::1", 81, "/x"));
        assert_eq!(parts("https://h.example?x"), known(true, "h.example", 443, "/?x"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for wrong in [
            "https://",
            "ftp://x",
            "https://u:p@h/",
            "https://h:99999/",
            "https://h/#a",
            "https://h /",
            "https://h:+1/",
            "https://[::1",
            "https://h/\r\nX: y",
            "h.example",
        ] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}
