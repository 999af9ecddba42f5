//! The number by which DS records and signatures name a key.

/// The tag of a key (RFC 4034 Appendix B).
pub(crate) fn tag(data: &[u8]) -> u16 {
    let sum = data.iter().enumerate().fold(0_u32, |sum, (place, octet)| {
        let octet = u32::from(*octet);
        sum.wrapping_add(if place % 2 == 0 { octet << 8 } else { octet })
    });
    u16::try_from((sum.wrapping_add(sum >> 16)) & 0xffff).unwrap_or_default()
}
