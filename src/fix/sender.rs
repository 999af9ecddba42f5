//! What would authorize a sender that is not: proved, ranked, with what it costs.
//!
//! The right include for a provider that is recognised comes first, because the provider keeps it
//! up to date; then the addresses themselves. Nothing is proposed that lets more people pass than
//! were asked about or are the provider's, and nothing beyond the limits of RFC 7208 §4.6.4. Behind
//! a forwarder no record helps: SPF names hosts, and a forwarder's are nobody's. DKIM survives it.

use super::Candidate;
use super::patch::{Change, overlay};
use super::proof::{self, Before, State};
use super::spf::{passing, terms_of};
use super::trial;
use crate::diagnostic::Applicability;
use crate::dns::Dns;
use crate::examine::authorize::JudgedSender;
use crate::examine::senders::{MOST_ASKED, Tested, pointer};
use crate::examine::{Asked, Inquiry, Sender};
use crate::net::{Cidr, Family, IpSet, Name};
use crate::protocols::spf::{self, Found, Policies};
use crate::provider::{self, HostRole};
use crate::report::{Authorization, Authorized, Declaration, ProposedFix, SenderFix};
use crate::text::Phrase;
use std::net::IpAddr;

/// Most fixes that are shown for one sender.
const MOST_FIXES: usize = 2;
/// Most terms that a fix adds.
const MOST_TERMS: usize = 4;
/// Most addresses that a fix lets pass by number: as many as one organization has. An IPv6 network
/// as large as a /32 is what a provider has for all of its customers.
const MOST_ADDRESSES: [u128; 2] = [1 << 16, 1 << 96];

/// What is known about letting a sender pass.
#[derive(Default)]
pub(crate) struct SenderFixes {
    fixes: Vec<SenderFix>,
    notes: Vec<Phrase>,
}

impl SenderFixes {
    /// The same authorization with its fixes.
    pub(crate) fn add_to(self, mut authorization: Authorization) -> Authorization {
        authorization.fixes = self.fixes;
        authorization.notes.extend(self.notes);
        authorization
    }
}

/// What would let the senders of an inquiry pass that do not, one entry a sender.
pub(super) async fn find_sender_fixes(
    policies: &Policies<'_>,
    inquiry: &Inquiry,
    state: &State<'_>,
) -> Vec<SenderFixes> {
    let facts = state.facts;
    let Some(spf) = &facts.spf else { return Vec::new() };
    let mut sender_fixes = Vec::new();
    let mut refused = 0;
    for Tested { asked, declared, judged, .. } in &facts.senders {
        let is_own = spf::policy_domain(&judged.identity.domain).as_ref() == Some(&inquiry.domain);
        let is_refused = *declared != Some(Declaration::NeverSender)
            && matches!(judged.authorized(), Authorized::No | Authorized::Partial);
        let fixes = match is_own && is_refused && refused < MOST_ASKED {
            true => {
                refused += 1;
                let refused = RefusedSender { policies, inquiry, state, spf, asked, judged };
                refused.fixes().await
            }
            false => SenderFixes::default(),
        };
        sender_fixes.push(fixes);
    }
    sender_fixes
}

/// A sender that is not authorized, and what is known.
struct RefusedSender<'r> {
    policies: &'r Policies<'r>,
    inquiry: &'r Inquiry,
    state: &'r State<'r>,
    spf: &'r spf::Facts,
    asked: &'r Asked,
    judged: &'r JudgedSender,
}

impl RefusedSender<'_> {
    async fn fixes(&self) -> SenderFixes {
        let wanted = self.judged.share().uncovered;
        // What a provider forwards from belongs in no policy, and what its own policy lost is for it
        // to restore.
        let is_pool = matches!(self.asked.sender, Sender::Address(ip)
            if provider::forwarding_pool(ip).is_some());
        let is_lost = self.state.facts.shrunken.iter().any(|policy| policy.has_lost(&wanted));
        if wanted.is_empty() || is_pool || is_lost {
            return SenderFixes::default();
        }
        let host = self.host().await;
        let mut notes: Vec<Phrase> = self.nearest(&wanted).into_iter().collect();
        if let Some(host) = host.as_ref().filter(|host| is_forwarder(host)) {
            notes.push(forwarder(host));
            return SenderFixes { fixes: Vec::new(), notes };
        }
        let before = self.state.before().await;
        let mut fixes = Vec::new();
        for term in self.terms_to_try(host.as_ref(), &wanted) {
            if fixes.len() == MOST_FIXES {
                break;
            }
            fixes.extend(self.tried(before, term, &wanted).await);
        }
        SenderFixes { fixes, notes }
    }

    /// The name of the sender's host: as asked, or what its only address calls itself. Anybody may
    /// call himself anything, so the name only ever suggests what to try.
    async fn host(&self) -> Option<Name> {
        match &self.asked.sender {
            Sender::Host(name) => Some(name.clone()),
            Sender::Address(ip) => pointer(self.policies.dns(), *ip).await,
            _ => None,
        }
    }

    /// Terms to try with what they mean, best first.
    fn terms_to_try(&self, host: Option<&Name>, wanted: &[IpSet]) -> Vec<(Vec<u8>, Phrase)> {
        let mut policies: Vec<Name> = match &self.asked.sender {
            Sender::Policy(name) => vec![name.clone()],
            Sender::Own { policies, .. } => policies.clone(),
            Sender::Provider(word) => {
                provider::by_id(word).and_then(provider::Provider::policy).into_iter().collect()
            }
            Sender::Address(_) | Sender::Network(_) | Sender::Host(_) => Vec::new(),
        };
        let of_host = host.and_then(provider::host).filter(|(_, role)| *role != HostRole::Inbound);
        policies.extend(of_host.and_then(|(known, _)| known.policy()));
        let mut terms: Vec<(Vec<u8>, Phrase)> = Vec::new();
        for name in policies {
            let term = format!("include:{name}").into_bytes();
            if terms.iter().all(|(known, _)| *known != term) {
                let whose = match provider::recognise_include(&name) {
                    Some(known) => Phrase::from(known.title()),
                    None => Phrase::new().name(&name),
                };
                terms.push((term, Phrase::from("authorize ").then(whose)));
            }
        }
        // A term that stands behind all already has to come before it, and nothing besides.
        let record = self.spf.published.usable().filter(|it| super::spf::all_last(it).is_some());
        let known = |(term, _): &(Vec<u8>, Phrase)| record.is_some_and(|it| has_term(it, term));
        if let Some(at) = terms.iter().position(known) {
            return vec![terms.swap_remove(at)];
        }
        terms.extend(by_address(wanted));
        terms
    }

    /// The fix that a term makes, if it is proved.
    async fn tried(
        &self,
        before: &Before,
        (term, mut summary): (Vec<u8>, Phrase),
        wanted: &[IpSet],
    ) -> Option<SenderFix> {
        let published = &self.spf.published;
        let change = Change::of(&published.answer, &self.inquiry.domain)?;
        let (text, change) = match (&published.found, published.usable()) {
            (_, Some(record)) => {
                // The term that stands behind all already has to come before it.
                let moved = super::spf::all_last(record).map(|(moved, _)| moved);
                let text = match moved.filter(|_| has_term(record, &term)) {
                    Some(moved) => {
                        let said = Phrase::from("move ").code("all").plain(" behind ");
                        summary = said.code(&term);
                        moved
                    }
                    None => spf::edit::with(&record.text, &term),
                };
                let change = change.reword(&record.text, &text)?;
                (text, change)
            }
            (Found::Nothing, None) if !spf::lint::has_lookalike(published) => {
                let text = [b"v=spf1 ", term.as_slice(), b" ~all"].concat();
                let change = change.with_text(&text);
                (text, change)
            }
            _ => return None,
        };
        let dns: &dyn Dns = self.policies.dns();
        let changes = [change];
        // A policy that does not let the sender pass is not worth the whole examination.
        let facts =
            spf::examine(&Policies::new(&overlay(&changes, dns)), &self.inquiry.domain).await;
        let passing = passing(&facts);
        let passes = |set: &IpSet| passing.iter().any(|passing| passing.covers(set));
        if !wanted.iter().all(passes) {
            return None;
        }
        let after = trial::with(dns, self.inquiry, self.state.facts, &changes).await;
        if !proof::is_harmless(before, &after) {
            return None;
        }
        let worst = facts.worst();
        let [change] = changes;
        let fix = Candidate::new(Applicability::Review, summary, change).into_fix();
        Some(SenderFix {
            fix: ProposedFix::from(&fix),
            lookups: worst.lookups,
            voids: worst.voids,
            octets: text.len(),
        })
    }

    /// The authorized network that is nearest to a sender, if it is near: a typing error, or a host
    /// that moved within its network.
    fn nearest(&self, wanted: &[IpSet]) -> Option<Phrase> {
        let [set] = wanted else { return None };
        let address = set.cidrs().first()?.network();
        let [ipv4, ipv6] = passing(self.spf);
        let (passing, near) = match Family::of(address) {
            Family::V4 => (ipv4, 16),
            Family::V6 => (ipv6, 48),
        };
        let distance = |cidr: &Cidr| distance(*cidr, address);
        let nearest = passing.cidrs().into_iter().min_by_key(distance)?;
        let neighbourhood = Cidr::new(address, near)?;
        let is_near = !neighbourhood.to_set().and(&nearest.to_set()).is_empty();
        is_near.then(|| Phrase::from("nearest authorized network: ").addr(nearest))
    }
}

/// True if a term stands in a record, letter case and the sign of a pass left aside.
fn has_term(record: &spf::Record, term: &[u8]) -> bool {
    record.terms.iter().any(|it| {
        let text = it.span.of(&record.text);
        text.strip_prefix(b"+").unwrap_or(text).eq_ignore_ascii_case(term)
    })
}

/// How far an address is from a network.
fn distance(cidr: Cidr, address: IpAddr) -> u128 {
    let (range, number) = (cidr.range(), Family::number(address));
    range.first().saturating_sub(number).max(number.saturating_sub(range.last()))
}

/// The addresses themselves, if they are few.
fn by_address(wanted: &[IpSet]) -> Option<(Vec<u8>, Phrase)> {
    let most = |set: &IpSet| match set.family() {
        Family::V4 => MOST_ADDRESSES[0],
        Family::V6 => MOST_ADDRESSES[1],
    };
    let terms: Vec<String> = wanted.iter().flat_map(terms_of).collect();
    if terms.len() > MOST_TERMS || wanted.iter().any(|set| set.count() > most(set)) {
        return None;
    }
    let summary = Phrase::from("add ").code(terms.join(" "));
    Some((terms.join(" ").into_bytes(), summary))
}

/// True for a host that by its name passes on the mail of others.
fn is_forwarder(host: &Name) -> bool {
    const WORDS: [&[u8]; 6] = [b"forward", b"fwd", b"srs", b"lists", b"alias", b"redirect"];
    let is_inbound = provider::host(host).is_some_and(|(_, role)| role == HostRole::Inbound);
    // The registered domain says who somebody is, the labels before it what a host does.
    let own = host.label_count().saturating_sub(2);
    is_inbound
        || host.labels().take(own).any(|label| WORDS.iter().any(|word| label.starts_with(word)))
}

fn forwarder(host: &Name) -> Phrase {
    Phrase::new()
        .name(host)
        .plain(" looks like a forwarder; SPF fails after forwarding. Listing this host would ")
        .plain("authorize everyone who forwards through it; sign with DKIM instead")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::from_octets(text.as_bytes()).expect("a test writes valid names")
    }

    #[test]
    fn a_host_is_a_forwarder_by_what_it_does_and_not_by_whose_it_is() {
        let hosts =
            ["fwd1.example.net", "srs-out.example.net", "mail.forward.example", "a.example"];
        assert_eq!(hosts.map(|host| is_forwarder(&name(host))), [true, true, false, false]);
    }

    #[test]
    fn networks_that_nobody_owns_alone_are_not_named_by_address() {
        let few: IpSet = "192.0.2.0/24".parse::<Cidr>().expect("a network").to_set();
        assert!(by_address(&[few]).is_some() && by_address(&[IpSet::all(Family::V4)]).is_none());
    }
}
