//! The networks that pass, as sets of nftables: a table with a set a family.
//!
//! The document can be loaded again and again (`nft -f`): it makes the table and the sets unless
//! they are there, and then replaces what is in the sets, in one transaction. Rules that refer to
//! them stay. What could not be told in full is withheld, which changes nothing.

use super::cidr;
use crate::net::{Cidr, Family, Name};
use crate::report::senders::Report;
use std::io::{self, Write};

/// The longest name that is taken into the name of a table, which may have 255 octets.
const LONGEST: usize = 200;

/// Writes the networks that were asked for.
///
/// # Errors
/// `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let listing = &report.listing;
    if let Some(why) = &listing.unknown {
        return cidr::withhold(why, out);
    }
    let table = table(&listing.domain);
    let sets = Family::BOTH.map(|family| {
        let networks = listing.wanted().filter(|network| network.family() == family);
        (family, networks.collect::<Vec<_>>())
    });
    writeln!(out, "# authorized senders of {} (SPF)", listing.domain)?;
    writeln!(out, "table inet {table} {{")?;
    for (family, _) in &sets {
        let (set, kind) = set(*family);
        writeln!(out, "\tset {set} {{\n\t\ttype {kind}\n\t\tflags interval\n\t}}")?;
    }
    writeln!(out, "}}")?;
    for (family, networks) in &sets {
        let (set, _) = set(*family);
        writeln!(out, "flush set inet {table} {set}")?;
        elements(&table, set, networks, out)?;
    }
    Ok(())
}

fn elements(table: &str, set: &str, networks: &[Cidr], out: &mut dyn Write) -> io::Result<()> {
    if networks.is_empty() {
        return Ok(());
    }
    writeln!(out, "add element inet {table} {set} {{")?;
    networks.iter().try_for_each(|network| writeln!(out, "\t{network},"))?;
    writeln!(out, "}}")
}

/// Name and type of the set of a family.
fn set(family: Family) -> (&'static str, &'static str) {
    match family {
        Family::V4 => ("senders_ipv4", "ipv4_addr"),
        Family::V6 => ("senders_ipv6", "ipv6_addr"),
    }
}

/// The name of the table: that of the domain, in octets that need no quotes.
fn table(domain: &Name) -> String {
    let plain = |octet: u8| match octet {
        b'a'..=b'z' | b'0'..=b'9' => char::from(octet),
        _ => '_',
    };
    let name: String = domain.to_octets().into_iter().take(LONGEST).map(plain).collect();
    format!("mailcheck_{name}")
}
