//! What a TLSA record says of a certificate (RFC 6698 §2.1), as a value.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A TLSA record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Association {
    /// What the association is to: 2 a trust anchor, 3 the certificate of the server.
    pub usage: u8,
    /// Which part of a certificate: 0 all of it, 1 its public key.
    pub selector: u8,
    /// How that part is compared: 0 as it is, 1 by SHA-256, 2 by SHA-512.
    pub matching: u8,
    /// The data, in hexadecimal digits.
    pub data: String,
}

impl fmt::Display for Association {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} {} {}", self.usage, self.selector, self.matching, self.data)
    }
}

/// Longest data that is kept, in octets: a whole certificate.
const LONGEST: usize = 8192;

impl Association {
    /// Reads the data of a record; `None` if it is too short or too long to be one.
    pub fn read(rdata: &[u8]) -> Option<Self> {
        let ([usage, selector, matching], data) = rdata.split_first_chunk::<3>()?;
        if data.is_empty() || data.len() > LONGEST {
            return None;
        }
        let data = data.iter().map(|octet| format!("{octet:02x}")).collect();
        Some(Self { usage: *usage, selector: *selector, matching: *matching, data })
    }

    /// True if a sender can use it. RFC 7672 §3.1.3 leaves out usages 0 and 1, and a digest of the wrong
    /// length can match nothing.
    pub fn is_usable(&self) -> bool {
        let is_whole = match self.matching {
            0 => true,
            1 => self.data.len() == 64,
            2 => self.data.len() == 128,
            _ => false,
        };
        matches!(self.usage, 2 | 3) && self.selector <= 1 && is_whole
    }

    /// The data.
    pub fn octets(&self) -> Vec<u8> {
        let pairs = self.data.as_bytes().chunks(2);
        let pairs = pairs.filter_map(|pair| std::str::from_utf8(pair).ok());
        pairs.filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_a_record_if_there_is_data() {
        let read = |rdata: &[u8]| Association::read(rdata).map(|it| it.to_string());
        assert_eq!(
            [read(&[3, 1, 1, 0xab]), read(&[3, 1, 1]), read(&[])],
            [Some("3 1 1 ab".to_owned()), None, None]
        );
    }
}
