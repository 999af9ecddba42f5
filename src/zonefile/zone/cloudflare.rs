//! What zone files that Cloudflare exports say in their own way: a comment behind a record says whether it is
//! proxied, and a TTL of 1 means "automatic".

use super::build::Builder;
use super::fault::Remark;
use super::source::Remarks;
use crate::dns::Kind;
use crate::net::Name;

/// Octets in which the SOA record of Cloudflare is looked for.
const BEGINNING: usize = 64 * 1024;
/// What Cloudflare sends where a time to live of 1 is set.
const AUTOMATIC: u32 = 300;

/// An export, and what it says of the record that is read.
pub(super) struct Export {
    is_one: bool,
    is_proxied: bool,
}

impl Export {
    /// Its SOA record names the mailbox that all zones of Cloudflare have.
    pub(super) fn of(text: &[u8]) -> Self {
        let beginning = text.get(..BEGINNING).unwrap_or(text);
        Self { is_one: has(beginning, b" dns.cloudflare.com. "), is_proxied: false }
    }

    /// Notes what the comment of an entry says.
    pub(super) fn see(&mut self, entry: &[u8]) {
        self.is_proxied = self.is_one && has(entry, b"cf-proxied:true");
    }

    /// True for a record whose addresses Cloudflare replaces by its own.
    pub(super) fn is_proxied(&self, kind: Kind) -> bool {
        self.is_proxied && matches!(kind, Kind::A | Kind::Aaaa | Kind::Cname)
    }

    /// The time to live that is sent.
    pub(super) fn ttl(&self, seconds: u32) -> u32 {
        if self.is_one && seconds == 1 { AUTOMATIC } else { seconds }
    }
}

/// Leaves the addresses of a proxied name open.
pub(super) fn leave_open(
    builder: &mut Builder,
    remarks: &mut Remarks,
    owner: &Name,
    offset: usize,
) {
    [Kind::A, Kind::Aaaa].iter().for_each(|kind| builder.unread(owner, *kind));
    remarks.notice(offset, || Remark::Skipped {
        what: format!("{owner}: proxied, Cloudflare answers with addresses of its own"),
    });
}

fn has(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
