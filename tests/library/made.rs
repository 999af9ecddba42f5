//! Values that only the library makes, for reports that are made by hand.

use crate::world::{World, at_once};
use mailcheck::audit::{self, Asked, Clock, Inquiry, Sender};
use mailcheck::net::Name;
use mailcheck::report::*;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;

/// A struct expression for what is `#[non_exhaustive]`: a field that is not named is as in the base,
/// or as [`Base`] has it for the type.
macro_rules! made {
    ($type:ident { $($field:ident $(: $value:expr)?,)* ..$base:expr }) => {{
        let mut it = $base;
        $(made!(@set it, $field $(, $value)?);)*
        it
    }};
    ($type:ident { $($field:ident $(: $value:expr)?),* $(,)? }) => {{
        let mut it = <$type as crate::made::Base>::base();
        $(made!(@set it, $field $(, $value)?);)*
        it
    }};
    (@set $it:ident, $field:ident) => { $it.$field = $field };
    (@set $it:ident, $field:ident, $value:expr) => { $it.$field = $value };
}
pub(crate) use made;

/// Some value of the type, every field of which is to be named.
pub(crate) trait Base {
    fn base() -> Self;
}

const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// A domain with a faulty record of each kind, asked about an address. Reports are made by hand
/// thousands of times, and this costs an audit.
static DOMAIN: LazyLock<Domain> = LazyLock::new(|| {
    let world = World::new(
        "example.com TXT v=spf1 ip4:192.0.2.1 ptr -all
         _dmarc.example.com TXT v=DMARC1; p=none
         selector1._domainkey.example.com TXT v=DKIM1; p=",
    );
    let name = Name::from_unicode("example.com").expect("a name of a test");
    let mut inquiry = Inquiry::about(name);
    inquiry.senders = vec![Asked::from(Sender::from(ADDRESS))];
    at_once(audit::domain(&world, &inquiry, Clock::default()))
});

/// A sender that is lost.
static SENDER: LazyLock<ChangedSender> = LazyLock::new(|| {
    let [before, after] = ["v=spf1 ip4:192.0.2.1 -all", "v=spf1 -all"]
        .map(|record| World::new(&format!("example.com TXT {record}")));
    let domain = at_once(mailcheck::compare(&before, &after, "example.com"));
    let change = domain.expect("a name of a test").change.expect("two states");
    change.senders.into_iter().next().expect("a sender that is lost")
});

impl Base for Domain {
    fn base() -> Self {
        DOMAIN.clone()
    }
}

impl Base for Report {
    fn base() -> Self {
        Judged::new(Vec::new(), Vec::new()).conclude(Run::default(), Threshold::default())
    }
}

impl Base for ChangedSender {
    fn base() -> Self {
        SENDER.clone()
    }
}

/// Types of which the domain has at least one.
macro_rules! found {
    ($($type:ident: $first:expr;)*) => {$(
        impl Base for $type {
            fn base() -> Self {
                let first: fn(&'static Domain) -> Option<&'static Self> = $first;
                first(&DOMAIN).expect("the domain has one").clone()
            }
        }
    )*};
}

found! {
    Authorization: |domain| domain.authorizations.first();
    SpfVerdict: |domain| Some(&domain.authorizations.first()?.spf);
    DmarcVerdict: |domain| domain.authorizations.first()?.dmarc.as_ref();
    Finding: |domain| domain.findings.first();
    Lookup: |domain| domain.lookups.first();
    Step: |domain| domain.spf.steps.first();
    TreeNode: |domain| domain.spf.details.tree.first();
    TagValue: |domain| domain.dmarc.details.tags.first();
    Selector: |domain| domain.dkim.details.selectors.first();
}

/// Types that have a default.
macro_rules! default {
    ($($type:ident)*) => {$(
        impl Base for $type {
            fn base() -> Self {
                Self::default()
            }
        }
    )*};
}

default! { Tool Run MxDetails SpfDetails DkimDetails DmarcDetails Change }
