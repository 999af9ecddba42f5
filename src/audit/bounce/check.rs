//! The check that a bounce is about, made again: now, and over an earlier recording.

use crate::audit::domain;
use crate::diagnostic::Severity;
use crate::dns::{Budget, Data, Dns, Kind, ask};
use crate::examine::{Asked, Checks, Clock, Fixes, Inquiry, Sender, Steps};
use crate::mail::bounce::{self, Class};
use crate::net::{Name, organization};
use crate::protocols::Protocol;
use crate::protocols::spf::reverse_name;
use crate::report::bounce::{Earlier, Now};
use crate::report::{Domain, Fault, Status, Verdict};
use crate::text::Phrase;
use std::net::IpAddr;

/// Classes that a check of the sender's DNS decides.
pub(super) const CHECKED: [Class; 4] =
    [Class::Spf, Class::Dkim, Class::Dmarc, Class::SenderAddress];
/// Most hosts of the recipient that are held against the address that was checked.
const MOST_HOSTS: usize = 10;

/// The DNS of a moment in the past, and how it was found later.
#[derive(Clone)]
pub struct Then<'d> {
    /// The moment, in seconds since 1970.
    pub at: u64,
    /// The DNS as it was seen last at that moment.
    pub dns: &'d dyn Dns,
    /// The looks after it that found the domain otherwise, the oldest first: the last look before each,
    /// the look itself, and the DNS from then on.
    pub later: Vec<(u64, u64, &'d dyn Dns)>,
}

/// What answers when a check is made again.
#[derive(Clone)]
pub struct Checking<'d> {
    /// The DNS as it is now.
    pub dns: &'d dyn Dns,
    /// An earlier recording, and its date, as it says itself.
    pub earlier: Option<(&'d dyn Dns, Option<&'d str>)>,
    /// The DNS of the time at which the mail was rejected, out of a history.
    pub then: Option<Then<'d>>,
    /// Most queries that one bounce may cause to one organization.
    pub most_queries: usize,
}

/// What the check came to.
pub(super) struct Checked {
    pub(super) now: Now,
    pub(super) faults: Vec<Fault>,
    /// That it failed when the mail was rejected, and since when it passes.
    pub(super) since: Option<Phrase>,
    /// The host of the recipient whose address was checked.
    pub(super) gateway: Option<String>,
}

/// Asks what the recipient's host asked.
pub(super) async fn check(checking: &Checking<'_>, name: &Name, read: &bounce::Bounce) -> Checked {
    // A bounce names domains and addresses as it likes: none of them is its own.
    let dns = Budget::for_all(checking.dns, checking.most_queries);
    let inquiry = inquiry(name, read, checking.most_queries);
    let found = domain(&dns, &inquiry, Clock::default()).await;
    let (passes, headline) = answer(&found, read);
    // What is only advisable has nothing to do with the bounce.
    let errors = found.findings.iter().filter(|it| it.severity == Severity::Error);
    let of_findings = errors.filter_map(|it| it.fix.as_ref());
    let fixes = of_findings.map(|fix| fix.summary.clone()).collect();
    let inquiry_again = Inquiry { fixes: Fixes::Skipped, steps: Steps::Skipped, ..inquiry };
    let earlier = match checking.earlier {
        None => None,
        Some((dns, recorded)) => {
            let found = domain(dns, &inquiry_again, Clock::default()).await;
            let (passes, headline) = answer(&found, read);
            Some(Earlier {
                recorded: recorded.map(|it| crate::text::escape(it.as_bytes())),
                passes,
                headline,
            })
        }
    };
    let then = match &checking.then {
        Some(then) => Some(history(then, &inquiry_again, read, passes).await),
        None => None,
    };
    let (earlier, since) = match (earlier, then) {
        (None, Some((then, since))) => (Some(then), since),
        (earlier, _) => (earlier, None),
    };
    let changed = match &since {
        Some(since) => Some(since.clone()),
        None => changed(passes, earlier.as_ref(), &found),
    };
    let gateway = match (passes, read.address) {
        (Some(true), _) | (_, None) => None,
        (_, Some(address)) => gateway(&dns, address, read).await,
    };
    let now = Now {
        domain: name.to_string(),
        address: read.address.map(|it| it.to_string()),
        passes,
        headline,
        changed,
        earlier,
        fixes,
    };
    Checked { now, faults: found.faults, gateway, since }
}

/// What the check came to when the mail was rejected; and, if it failed then and passes now, since
/// when.
async fn history(
    then: &Then<'_>,
    inquiry: &Inquiry,
    read: &bounce::Bounce,
    passes: Option<bool>,
) -> (Earlier, Option<Phrase>) {
    let found = domain(then.dns, inquiry, Clock { seconds: then.at }).await;
    let (passed, headline) = answer(&found, read);
    let recorded = Some(crate::text::minute(then.at));
    let earlier = Earlier { recorded, passes: passed, headline };
    if (passed, passes) != (Some(false), Some(true)) {
        return (earlier, None);
    }
    // The latest look that found it failing is the one before the look since which it passes.
    let mut since = None;
    for (after, by, dns) in then.later.iter().rev() {
        let found = domain(*dns, inquiry, Clock { seconds: *by }).await;
        if answer(&found, read).0 != Some(true) {
            break;
        }
        since = Some((*after, *by));
    }
    let failed = Phrase::from("it failed at ").plain(crate::text::minute(then.at));
    let said = match since {
        Some((after, by)) => {
            failed.plain(", and passes since a change ").plain(crate::text::between(after, by))
        }
        None => failed.plain(" and passes now: no recorded look found the change"),
    };
    (earlier, Some(said))
}

fn inquiry(name: &Name, read: &bounce::Bounce, most_queries: usize) -> Inquiry {
    let mut inquiry = Inquiry::about(name.clone());
    inquiry.checks = Checks::only([Protocol::Mx, Protocol::Spf, Protocol::Dkim, Protocol::Dmarc]);
    inquiry.most_queries = most_queries;
    if let Some(address) = read.address {
        inquiry.senders = vec![Asked::from(Sender::from(address))];
    }
    inquiry
}

/// Whether it passes, and the same in a sentence.
fn answer(found: &Domain, read: &bounce::Bounce) -> (Option<bool>, Phrase) {
    match found.authorizations.first().filter(|_| read.address.is_some()) {
        Some(answer) => (answer.authorized.passes(), answer.headline.clone()),
        None => (passes(found, read), found.headline.clone()),
    }
}

/// When it changed, as far as a recording and the TTL of the record tell.
fn changed(passes: Option<bool>, earlier: Option<&Earlier>, found: &Domain) -> Option<Phrase> {
    let of = |earlier: &Earlier| {
        let date = earlier.recorded.as_deref().unwrap_or("an unknown date");
        Phrase::from("the recording of ").plain(date)
    };
    let said = match (earlier.map(|it| (it, it.passes)), passes) {
        (Some((then, Some(false))), Some(true)) => {
            of(then).plain(" fails: the DNS changed since then")
        }
        (Some((then, Some(true))), Some(false)) => {
            of(then).plain(" passes: the DNS changed since then")
        }
        (Some((then, Some(_))), Some(_)) => of(then).plain(" says the same as the DNS does now"),
        (Some((then, None)), _) => of(then).plain(" does not decide it"),
        _ => Phrase::new(),
    };
    let record = found.lookups.iter().find(|it| {
        it.kind == Kind::Txt
            && it.name == found.domain
            && it.records.iter().any(|text| text.to_ascii_lowercase().contains("v=spf1"))
    });
    let ttl = record.and_then(|it| it.ttl_s).filter(|_| passes == Some(true));
    let said = match ttl {
        None => said,
        Some(ttl) if said.is_empty() => ttl_words(ttl),
        Some(ttl) => said.plain("; ").then(ttl_words(ttl)),
    };
    (!said.is_empty()).then_some(said)
}

fn ttl_words(ttl: u32) -> Phrase {
    Phrase::from("receivers may use the record that was there before for up to ")
        .number(crate::text::span(i64::from(ttl)))
        .plain(" (its TTL)")
}

/// The host of the recipient that has the address: its reverse name, an MX, or what its SPF record
/// authorizes. A gateway in front of a mailbox is checked in the place of the sender.
async fn gateway(dns: &dyn Dns, address: IpAddr, read: &bounce::Bounce) -> Option<String> {
    let recipient = read.recipients.iter().find_map(|it| it.address.as_deref()?.rsplit_once('@'));
    let recipient = Name::from_octets(recipient?.1.as_bytes()).ok()?;
    let own = |name: &Name| organization(name) == organization(&recipient);
    if let Ok(reverse) = reverse_name(address) {
        let answer = ask(dns, &reverse, Kind::Ptr).await;
        let mut names = answer.records().iter().filter_map(|record| match &record.data {
            Data::Ptr(name) => Some(name),
            _ => None,
        });
        if let Some(name) = names.find(|name| own(name)) {
            return Some(name.to_string());
        }
    }
    let kind = if address.is_ipv4() { Kind::A } else { Kind::Aaaa };
    let exchanges = ask(dns, &recipient, Kind::Mx).await;
    for record in exchanges.records().iter().take(MOST_HOSTS) {
        let Data::Mx { exchange, .. } = &record.data else { continue };
        let answer = ask(dns, exchange, kind).await;
        let is_it = |data: &Data| match data {
            Data::A(it) => IpAddr::V4(*it) == address,
            Data::Aaaa(it) => IpAddr::V6(*it) == address,
            _ => false,
        };
        if answer.records().iter().any(|record| is_it(&record.data)) {
            return Some(exchange.to_string());
        }
    }
    let mut inquiry = Inquiry::about(recipient.clone());
    inquiry.checks = Checks::only([Protocol::Spf]);
    (inquiry.fixes, inquiry.steps) = (Fixes::Skipped, Steps::Skipped);
    inquiry.senders = vec![Asked::from(Sender::from(address))];
    let found = domain(dns, &inquiry, Clock::default()).await;
    let passes = found.authorizations.first().and_then(|it| it.authorized.passes());
    (passes == Some(true)).then(|| recipient.to_string())
}

/// Whether the proof of a domain stands, where no address is known. Without the message a signature
/// cannot be verified, and without the address SPF cannot be evaluated: what can be told is that
/// something is missing.
fn passes(found: &Domain, read: &bounce::Bounce) -> Option<bool> {
    let is_about = |class| read.recipients.iter().any(|it| it.meaning.class == class);
    let is_missing = |status| matches!(status, Status::Absent | Status::Broken);
    let lacks_key = is_missing(found.dkim.status);
    match found.verdict(|_| false) {
        Verdict::Fail => Some(false),
        _ if (is_about(Class::Dmarc) || is_about(Class::Dkim)) && lacks_key => Some(false),
        _ if is_about(Class::SenderAddress) => match found.mx.status {
            Status::Good | Status::Weak => Some(true),
            Status::Absent | Status::Broken => Some(false),
            _ => None,
        },
        _ => None,
    }
}
