//! A network: an address and a prefix length.

use super::{Family, IpSet, Range};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A network in prefix notation, host bits cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cidr {
    network: IpAddr,
    prefix: u8,
}

/// Why a text is not a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CidrError {
    /// The part before the slash is not an address.
    Address,
    /// The part after the slash is not a prefix length of this family.
    Prefix {
        /// The longest prefix of the family, 32 or 128.
        longest: u8,
    },
}

impl fmt::Display for CidrError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address => out.write_str("not an IPv4 or IPv6 address"),
            Self::Prefix { longest } => {
                write!(out, "not a prefix length from 0 to {longest}")
            }
        }
    }
}

impl std::error::Error for CidrError {}

impl Cidr {
    /// The network of `prefix` bits that holds `address`; `None` if the family has fewer bits.
    pub fn new(address: IpAddr, prefix: u8) -> Option<Self> {
        let family = Family::of(address);
        if prefix > family.bits() {
            return None;
        }
        let range = Range::network(family, Family::number(address), prefix);
        Some(Self { network: family.address(range.first()), prefix })
    }

    /// The first address.
    pub fn network(self) -> IpAddr {
        self.network
    }

    /// The prefix length in bits.
    pub fn prefix(self) -> u8 {
        self.prefix
    }

    /// The family of the addresses.
    pub fn family(self) -> Family {
        Family::of(self.network)
    }

    /// True for a single address.
    pub fn is_host(self) -> bool {
        self.prefix == self.family().bits()
    }

    /// True if an address is in the network.
    pub fn contains(self, address: IpAddr) -> bool {
        Self::new(address, self.prefix) == Some(self)
    }

    /// The addresses as a range.
    pub fn range(self) -> Range {
        Range::network(self.family(), Family::number(self.network), self.prefix)
    }

    /// The addresses as a set.
    pub fn to_set(self) -> IpSet {
        IpSet::from_range(self.family(), self.range())
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    /// Reads `192.0.2.0/24` or a single address; host bits are cleared. An IPv4-mapped IPv6
    /// address is the IPv4 address (RFC 7208 §5).
    fn from_str(text: &str) -> Result<Self, CidrError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| CidrError::Address)?;
        let Some(prefix) = prefix else {
            let address = address.to_canonical();
            let prefix = Family::of(address).bits();
            return Ok(Self { network: address, prefix });
        };
        let longest = Family::of(address).bits();
        if prefix.is_empty() || !prefix.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(CidrError::Prefix { longest });
        }
        prefix
            .parse()
            .ok()
            .and_then(|prefix| Self::new(address, prefix))
            .ok_or(CidrError::Prefix { longest })
    }
}

impl fmt::Display for Cidr {
    /// Prefix notation; a single address is written without `/32` or `/128`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_host() {
            write!(out, "{}", self.network)
        } else {
            write!(out, "{}/{}", self.network, self.prefix)
        }
    }
}

impl Serialize for Cidr {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cidr {
    /// Reads what [`fmt::Display`] writes: an address that stands alone keeps its family.
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(input)?;
        let alone = text.parse().ok().and_then(|ip: IpAddr| Self::new(ip, Family::of(ip).bits()));
        alone.map_or_else(|| text.parse().map_err(D::Error::custom), Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_bits_are_cleared() {
        assert_eq!(
            "192.0.2.77/24".parse::<Cidr>().map(|c| c.to_string()),
            Ok("192.0.2.0/24".into())
        );
    }

    #[test]
    fn prefix_lengths_of_the_other_family_are_refused() {
        let error = "192.0.2.0/33".parse::<Cidr>();
        assert_eq!(error, Err(CidrError::Prefix { longest: 32 }));
    }

    #[test]
    fn an_ipv4_mapped_address_is_the_ipv4_address() {
        assert_eq!("::ffff:192.0.2.1".parse::<Cidr>(), "192.0.2.1".parse());
    }

    #[test]
    fn a_network_that_was_written_is_read_back() {
        let mapped: IpAddr = "::ffff:192.0.2.1".parse().unwrap();
        let all = [("192.0.2.1", 32), ("192.0.2.0", 24), ("2001:db8::", 32), ("::", 0)];
        let all = all.map(|(address, prefix)| (address.parse().unwrap(), prefix));
        for (address, prefix) in all.into_iter().chain([(mapped, 128), (mapped, 96)]) {
            let network = Cidr::new(address, prefix).unwrap();
            let json = serde_json::to_string(&network).unwrap();
            assert_eq!(serde_json::from_str::<Cidr>(&json).unwrap(), network, "{json}");
        }
    }
}
