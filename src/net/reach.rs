//! Which addresses only some can reach, and which may be connected to because a stranger's DNS names
//! them. Decided here and nowhere else.

use std::net::IpAddr;

/// Loopback, private, link-local and unspecified addresses: no host elsewhere can reach them.
pub fn is_local(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified()
        }
        IpAddr::V6(ip) => {
            ip.is_loopback()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
                || ip.is_unspecified()
        }
    }
}

/// True for an address that a server on the Internet can have: not one of this machine, of its
/// network, of a carrier's inside, of a group, or of none.
///
/// A connection to an address that only the DNS of a stranger named is made only if this holds.
pub fn is_public(ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    let inside = match ip {
        IpAddr::V4(it) => match it.octets() {
            // RFC 6890 §2.2.2; RFC 6598 §7; RFC 2544: benchmarks.
            [0, ..] | [198, 18 | 19, ..] => true,
            [100, second, ..] => (64..128).contains(&second),
            // Groups, what is reserved, and the address of all hosts.
            [first, ..] => first >= 224,
        },
        IpAddr::V6(it) => match it.segments() {
            // An IPv4 address in the last octets, as gateways write it (RFC 6052 §2.1, RFC 3056).
            [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
                let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
                !is_public(IpAddr::from([a, b, c, d]))
            }
            // A gateway of a network of its own (RFC 8215 §3).
            [0x64, 0xff9b, 1, ..] => true,
            [0, 0, 0, 0, 0, 0, ..] => true,
            [first, ..] => first & 0xff00 == 0xff00 || first & 0xffc0 == 0xfec0,
        },
    };
    !inside && !is_local(ip)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(addresses: &[&str]) -> Vec<bool> {
        addresses.iter().map(|text| is_public(text.parse().expect("an address"))).collect()
    }

    #[test]
    fn addresses_that_only_some_can_reach_are_not_public() {
        let inside = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "0.1.2.3",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::8.8.8.8",
            "2002:7f00:1::",
            "fe80::1",
            "fc00::1",
            "fec0::1",
            "ff02::1",
        ];
        assert_eq!(public(&inside), [false; 22]);
    }

    #[test]
    fn addresses_of_servers_are_public() {
        let outside = ["192.0.2.1", "8.8.8.8", "2001:db8::1", "64:ff9b::8.8.8.8", "100.128.0.1"];
        assert_eq!(public(&outside), [true; 5]);
    }
}
