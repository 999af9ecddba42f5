//! Values of an aggregate report: words, times, counts, addresses. What cannot be read is named, and
//! what is sure of it is kept.

use super::Source;
use super::read::Reading;
use std::net::{IpAddr, Ipv6Addr};

/// A number of seconds beyond this is one of milliseconds.
const MILLISECONDS: i64 = 100_000_000_000;

impl Reading<'_> {
    /// A word of a list, in small letters; one that is none of it is kept as it is.
    pub(super) fn word(&mut self, field: &str, value: &str, known: &[&str]) -> Option<String> {
        if value.is_empty() {
            if !known.contains(&"") {
                self.record_flaw(field, "", "empty");
            } else {
                self.record_flaw(field, "", "empty; read as other");
            }
            return None;
        }
        if known.contains(&value) {
            return Some(value.to_owned());
        }
        let lower = value.to_ascii_lowercase();
        if lower == "hardfail" {
            self.record_flaw(field, value, "not in the schema; read as fail");
            return Some("fail".to_owned());
        }
        if !known.contains(&&*lower) {
            self.record_flaw(field, value, "not in the schema; kept");
        }
        Some(lower)
    }

    pub(super) fn date(&mut self, field: &str, value: &str) -> Option<i64> {
        let whole = value.split_once('.').map_or(value, |(whole, _)| whole);
        let Ok(seconds) = whole.parse::<i64>() else {
            match value {
                "" => self.flaw(field, "", "empty"),
                _ => self.flaw(field, value, "not a number of seconds since 1970"),
            }
            return None;
        };
        if whole.len() < value.len() {
            self.flaw(field, value, "not a whole number of seconds; the fraction was left out");
        }
        if seconds.abs() >= MILLISECONDS {
            self.flaw(field, value, "taken for milliseconds");
            return Some(seconds / 1000);
        }
        Some(seconds)
    }

    pub(super) fn count(&mut self, value: &str) -> u64 {
        if let Ok(count) = value.parse() {
            return count;
        }
        // A number of which the fraction says nothing.
        let whole = value.split_once('.').filter(|(_, rest)| rest.bytes().all(|it| it == b'0'));
        if let Some(count) = whole.and_then(|(whole, _)| whole.parse().ok()) {
            self.record_flaw("count", value, &format!("read as {count}"));
            return count;
        }
        self.record_flaw("count", value, "not a number; its messages are not counted");
        0
    }

    pub(super) fn source(&mut self, value: &str) -> Source {
        if let Ok(address) = value.parse::<IpAddr>() {
            return Source::Address(address.to_canonical());
        }
        if value.is_empty() {
            self.record_flaw("source_ip", "", "empty");
            return Source::Missing;
        }
        match odd_address(value) {
            Some(address) => {
                self.record_flaw("source_ip", value, &format!("read as {address}"));
                Source::Address(address)
            }
            None => {
                self.record_flaw("source_ip", value, "not an address; kept as text");
                Source::Text(value.to_owned())
            }
        }
    }
}

/// An address in brackets, with a port or a zone, or after `IPv6:`.
pub(crate) fn odd_address(value: &str) -> Option<IpAddr> {
    if let Ok(with_port) = value.parse::<std::net::SocketAddr>() {
        return Some(with_port.ip().to_canonical());
    }
    let inner = value.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(value);
    let inner = inner.strip_prefix("IPv6:").unwrap_or(inner);
    inner.parse::<IpAddr>().ok().map(|it| it.to_canonical()).or_else(|| {
        let (address, _zone) = inner.split_once('%')?;
        address.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
    })
}
