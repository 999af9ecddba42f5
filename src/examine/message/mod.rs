//! A message: what its signatures, its chain and its way prove, and what others said of it.

pub(crate) mod hop;

pub use hop::GivenHop;
pub(crate) use hop::host;

use crate::dns::{Dns, Kind, MOST_QUERIES, ask, join_all};
use crate::mail::message::{Received, addresses, domain_of};
use crate::mail::signature::{
    Bodies, ChangeMade, Defect, Index, PublicKey, Signature, body_change, claimed, header_change,
};
use crate::mail::{Field, Message};
use crate::net::{IpSet, Name};
use crate::protocols::arc::{Chain, ChainFault, ChainStatus, SealerKey, Validated};
use crate::protocols::auth_results::{self, AuthenticationResults, Marker};
use crate::protocols::dkim::Selector;
use crate::protocols::dkim::signature::{
    Keys, Reason, SignatureResult, Verified, key_for, signatures, verify,
};
use crate::protocols::dmarc::{self, Authentication, Discovered, Identifier, Proof};
use crate::protocols::spf::{self, Cell, Policies, Receiver, SpfResult};
use hop::{ReceivingHop, receiving_hop};
use std::collections::HashMap;

/// Most signatures of a message that are verified; each may cost a query and a hash of the body.
pub(crate) const MOST_SIGNATURES: usize = 16;
/// Most keys of sealers that are fetched for a chain.
const MOST_SEALER_KEYS: usize = 24;
/// Most Received fields, and most Authentication-Results fields, that are read.
const MOST_FIELDS: usize = 200;

/// What is asked about a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageInquiry {
    /// When to judge `t=` and `x=`, in seconds since 1970; the time of receipt if it is not given.
    pub now: Option<u64>,
    /// What is known of the client of the receiver.
    pub hop: GivenHop,
    /// The authserv-id of the receiver whose Authentication-Results are trusted.
    pub authserv: Option<String>,
    /// Most queries that the message may cause to one organization.
    pub most_queries: usize,
}

impl Default for MessageInquiry {
    fn default() -> Self {
        Self { now: None, hop: GivenHop::default(), authserv: None, most_queries: MOST_QUERIES }
    }
}

/// What the time was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeBasis {
    /// The user gave it.
    Given,
    /// The topmost Received field.
    Received,
    /// The Date field.
    Date,
    /// There is none: `x=` is not judged.
    None,
}

/// A signature and all that was found out about it.
pub(crate) struct ExaminedSignature<'a> {
    /// The field.
    pub(crate) field: Field<'a>,
    /// The signature, or why the field is none.
    pub(crate) read: Result<Signature<'a>, Defect>,
    /// Where its key stands; `None` if that is no name.
    pub(crate) key_name: Option<Name>,
    /// `d=` as a name.
    pub(crate) domain: Option<Name>,
    /// Why it has its result.
    pub(crate) reason: Reason,
    /// What verification found; `None` if it was not tried.
    pub(crate) verified: Option<Verified<'a>>,
    /// What was changed, where that can be told.
    pub(crate) change: Option<ChangeMade>,
}

impl ExaminedSignature<'_> {
    /// Its result.
    pub(crate) fn result(&self) -> SignatureResult {
        self.reason.result()
    }

    /// Whether the body is what was signed; `None` if the field does not say.
    pub(crate) fn body_hash_ok(&self) -> Option<bool> {
        let (signature, verified) = (self.read.as_ref().ok()?, self.verified.as_ref()?);
        Some(verified.body.as_ref()?.hash == signature.body_hash)
    }
}

/// SPF of the receiving hop.
pub(crate) struct CheckedSpf {
    /// The result.
    pub(crate) result: SpfResult,
    /// Whose policy was asked.
    pub(crate) domain: String,
    /// True if MAIL FROM is empty, so that HELO counts (RFC 7208 §2.4).
    pub(crate) is_helo: bool,
}

/// Everything that was found out about a message.
pub(crate) struct MessageFacts<'a> {
    pub(crate) message: Message<'a>,
    pub(crate) at: Option<u64>,
    pub(crate) time_basis: TimeBasis,
    pub(crate) signatures: Vec<ExaminedSignature<'a>>,
    pub(crate) chain: Validated,
    pub(crate) sealers: Vec<String>,
    /// What the first of the chain found.
    pub(crate) first_hop: Option<AuthenticationResults>,
    pub(crate) received: Vec<Received>,
    pub(crate) hop: ReceivingHop,
    pub(crate) spf: Option<CheckedSpf>,
    /// The domains of the From fields.
    pub(crate) authors: Vec<Name>,
    /// True if From has an address, whether or not its domain can be used.
    pub(crate) has_author: bool,
    pub(crate) dmarc: Option<(Discovered, dmarc::Verdict)>,
    /// The fields of others, by name, top to bottom.
    pub(crate) claims: Vec<Claimed>,
    pub(crate) markers: Vec<Marker>,
}

/// What a receiver says that it found.
pub(crate) struct Claimed {
    /// The name of the field.
    pub(crate) field: &'static str,
    /// How many Received fields stand above it.
    pub(crate) received_above: usize,
    pub(crate) results: AuthenticationResults,
}

/// Fields that hold results of receivers.
const CLAIMS: [&str; 4] = [
    "Authentication-Results",
    "ARC-Authentication-Results",
    "Authentication-Results-Original",
    "X-Original-Authentication-Results",
];

/// Finds out all about a message.
pub(crate) async fn examine_message<'a>(
    dns: &dyn Dns,
    text: &'a [u8],
    inquiry: &MessageInquiry,
) -> MessageFacts<'a> {
    let message = Message::read(text);
    let received: Vec<Received> =
        message.all("Received").take(MOST_FIELDS).map(Received::read).collect();
    let claims = claims(&message);
    let trusted = claims.iter().find(|claim| claim.field == "Authentication-Results");
    let trusted = trusted.map(|claim| &claim.results);
    let hop = receiving_hop(&message, &received, trusted, &inquiry.hop);
    let (at, time_basis) = time(&message, &received, inquiry);
    let authors = authors(&message);
    let policies = Policies::new(dns);
    let ((signatures, chain, sealers, first_hop), spf) =
        tokio::join!(proofs(dns, &message, at), check_spf(&policies, &hop, at));
    let dmarc = match authors.0.first() {
        Some(author) => Some(evaluate(dns, author, &signatures, spf.as_ref()).await),
        None => None,
    };
    let markers = auth_results::markers(&message);
    MessageFacts {
        at,
        time_basis,
        signatures,
        chain,
        sealers,
        first_hop,
        received,
        hop,
        spf,
        has_author: authors.1,
        authors: authors.0,
        dmarc,
        claims,
        markers,
        message,
    }
}

/// What receivers said, the field that says it first.
fn claims(message: &Message<'_>) -> Vec<Claimed> {
    let mut received_above = 0;
    let fields = message.fields.iter().filter_map(|field| {
        received_above += usize::from(field.is("Received"));
        let name = CLAIMS.into_iter().find(|name| field.is(name))?;
        let value = field.unfolded();
        // The instance of ARC stands before the name of the host (RFC 8617 §4.1.1).
        let value = match name {
            "ARC-Authentication-Results" => {
                let place = value.iter().position(|octet| *octet == b';')?;
                value.get(place + 1..)?.to_vec()
            }
            _ => value,
        };
        let results = auth_results::read(value.get(..value.len().min(16 * 1024))?);
        Some(Claimed { field: name, received_above, results })
    });
    fields.take(MOST_FIELDS).collect()
}

/// When the message was received.
fn time(
    message: &Message<'_>,
    received: &[Received],
    inquiry: &MessageInquiry,
) -> (Option<u64>, TimeBasis) {
    if inquiry.now.is_some() {
        return (inquiry.now, TimeBasis::Given);
    }
    let whole = |seconds: i64| u64::try_from(seconds).ok();
    if let Some(at) = received.iter().find_map(|hop| hop.at).and_then(whole) {
        return (Some(at), TimeBasis::Received);
    }
    let date =
        message.first("Date").and_then(|field| crate::mail::message::seconds(&field.unfolded()));
    match date.and_then(whole) {
        Some(at) => (Some(at), TimeBasis::Date),
        None => (None, TimeBasis::None),
    }
}

/// The domains of the From fields, each once; and whether there is an address at all.
fn authors(message: &Message<'_>) -> (Vec<Name>, bool) {
    let mut domains: Vec<Name> = Vec::new();
    let mut has_address = false;
    for field in message.all("From").take(MOST_FIELDS) {
        for address in addresses(&field.unfolded()) {
            has_address = true;
            let domain = domain_of(&address).and_then(|it| Name::from_unicode(it).ok());
            domains.extend(domain.filter(|domain| !domains.contains(domain)));
        }
    }
    domains.truncate(MOST_FIELDS);
    (domains, has_address)
}

/// The keys of signatures by where they stand, each fetched once.
async fn fetch(dns: &dyn Dns, names: Vec<Name>) -> HashMap<Name, Keys> {
    let mut once: Vec<Name> = Vec::new();
    for name in names {
        if !once.contains(&name) {
            once.push(name);
        }
    }
    let answers = join_all(once.iter().map(|name| ask(dns, name, Kind::Txt))).await;
    let keys = answers.iter().map(|answer| match answer.failure() {
        Some(failure) => Keys::Failed(failure.trouble),
        None => Keys::Texts(answer.texts().take(20).collect()),
    });
    once.iter().cloned().zip(keys).collect()
}

/// Where the key of a signature stands.
fn key_name(domain: &[u8], selector: &[u8]) -> Option<(Name, Name)> {
    // RFC 8616 §5: U-labels are allowed and converted before the look-up.
    let domain = Name::from_unicode(std::str::from_utf8(domain).ok()?).ok()?;
    let selector = Selector::new(std::str::from_utf8(selector).ok()?).ok()?;
    let at = selector.at(&domain).ok()?;
    Some((domain, at))
}

type Proofs<'a> =
    (Vec<ExaminedSignature<'a>>, Validated, Vec<String>, Option<AuthenticationResults>);

/// Verifies the signatures and the chain.
async fn proofs<'a>(dns: &dyn Dns, message: &Message<'a>, at: Option<u64>) -> Proofs<'a> {
    let chain = Chain::read(message);
    let read = signatures(message);
    let of = |signature: &Signature<'_>| key_name(signature.domain, signature.selector);
    let wanted = read.iter().take(MOST_SIGNATURES).filter_map(|(_, read)| read.as_ref().ok());
    let mut names: Vec<Name> = wanted.filter_map(of).map(|(_, name)| name).collect();
    let sets = chain.as_ref().map_or(&[][..], |chain| &chain.sets);
    let mut of_sealers: Vec<Name> = Vec::new();
    for signature in sets.iter().rev().flat_map(|set| [&set.message, &set.seal]) {
        let name = of(signature).map(|(_, name)| name);
        of_sealers.extend(name.filter(|name| !of_sealers.contains(name)));
    }
    of_sealers.truncate(MOST_SEALER_KEYS);
    names.extend(of_sealers);
    let keys = fetch(dns, names).await;
    let none = Keys::Texts(Vec::new());
    let index = Index::new(message);
    let mut bodies = Bodies::new(message.body);
    let mut examined = Vec::with_capacity(read.len().min(MOST_SIGNATURES));
    for (place, (field, read)) in read.into_iter().enumerate() {
        let named = read.as_ref().ok().and_then(of);
        let (domain, key_name) = named.unzip();
        let mut one = ExaminedSignature {
            field,
            reason: Reason::NotVerified,
            key_name,
            domain,
            verified: None,
            change: None,
            read,
        };
        if place < MOST_SIGNATURES {
            match &one.read {
                Err(defect) => one.reason = Reason::Defect(*defect),
                Ok(signature) => {
                    let known = one.key_name.as_ref().and_then(|name| keys.get(name));
                    let keys = known.unwrap_or(&none);
                    let verified = verify(&index, &mut bodies, signature, keys, at);
                    one.reason = match one.key_name {
                        Some(_) => verified.reason,
                        None => Reason::KeyName,
                    };
                    one.verified = Some(verified);
                }
            }
        }
        examined.push(one);
    }
    let passes = |one: &ExaminedSignature<'_>| one.reason == Reason::Verified;
    // Guesses cost hashes: of several signatures over one body the first few are enough.
    for one in examined.iter_mut().filter(|one| !passes(one)).take(4) {
        one.change = change(message, one);
    }
    let key = |signature: &Signature<'_>| {
        let keys = of(signature).and_then(|(_, name)| keys.get(&name));
        match keys {
            None => SealerKey::Unusable,
            Some(Keys::Failed(_)) => SealerKey::Failed,
            Some(keys) => match key_for(keys, signature) {
                Some(key) => SealerKey::Known(key),
                None => SealerKey::Unusable,
            },
        }
    };
    let shown = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
    let sealers = sets.iter().map(|set| shown(set.seal.domain)).collect();
    let first_hop = sets.first().map(|set| {
        let value = set.results.unfolded();
        let place = value.iter().position(|octet| *octet == b';').map_or(0, |place| place + 1);
        auth_results::read(value.get(place..).unwrap_or_default())
    });
    let validated = match &chain {
        Ok(chain) => chain.validate(&index, &mut bodies, key),
        Err(fault) => Validated {
            status: ChainStatus::Fail,
            fault: Some(*fault),
            sets: message.all("ARC-Seal").count(),
            oldest_pass: None,
        },
    };
    (examined, validated, sealers, first_hop)
}

/// What was changed, where a signature fails for a change.
fn change(message: &Message<'_>, one: &ExaminedSignature<'_>) -> Option<ChangeMade> {
    let (signature, verified) = (one.read.as_ref().ok()?, one.verified.as_ref()?);
    if one.body_hash_ok() == Some(false) {
        return body_change(message.body, signature);
    }
    let key: &PublicKey = verified.tried.as_ref()?;
    (one.reason == Reason::Signature)
        .then(|| header_change(message, signature, &verified.signed, key))?
}

/// Checks SPF for the receiving hop, if its address and an identity are known.
async fn check_spf(
    policies: &Policies<'_>,
    hop: &ReceivingHop,
    at: Option<u64>,
) -> Option<CheckedSpf> {
    let (ip, _) = hop.ip.as_ref()?;
    let helo = hop.helo.as_deref().map(str::as_bytes);
    let path = hop.mail_from.as_ref().map(|(path, _)| path.as_str());
    // Without a word about MAIL FROM, HELO is the only identity that is known.
    let sender = match path {
        Some(path) => spf::Sender::mail_from(path.as_bytes(), helo),
        None => spf::Sender::helo(helo?),
    };
    let domain = String::from_utf8_lossy(&sender.domain).into_owned();
    let receiver = hop.receiver.as_ref().map(Name::to_octets).unwrap_or_default();
    let receiver = Receiver { name: &receiver, time: at.unwrap_or_default() };
    let checked = spf::check_host(policies, &sender, IpSet::one(*ip), receiver).await;
    let result = checked.only().and_then(Cell::result).unwrap_or(SpfResult::Temperror);
    Some(CheckedSpf { result, domain, is_helo: path.is_none_or(str::is_empty) })
}

/// Evaluates DMARC for the author (RFC 9989 §5.3).
async fn evaluate(
    dns: &dyn Dns,
    author: &Name,
    signatures: &[ExaminedSignature<'_>],
    spf: Option<&CheckedSpf>,
) -> (Discovered, dmarc::Verdict) {
    let proof = |result: SpfResult| match result {
        SpfResult::Pass => Proof::Pass,
        SpfResult::Temperror => Proof::Unknown,
        _ => Proof::NoPass,
    };
    let spf = spf.filter(|it| !it.domain.is_empty()).and_then(|it| {
        let domain = spf::policy_domain(it.domain.as_bytes())?;
        Some(Identifier { domain, proof: proof(it.result) })
    });
    let dkim = signatures.iter().filter_map(|one| {
        let proof = match one.result() {
            SignatureResult::Pass => Proof::Pass,
            SignatureResult::Temperror => Proof::Unknown,
            _ => Proof::NoPass,
        };
        Some(Identifier { domain: one.domain.clone()?, proof })
    });
    let proved = Authentication { spf, dkim: dkim.collect() };
    let (discovered, _) = dmarc::discover(dns, author).await;
    let verdict = dmarc::evaluate(dns, &discovered, &proved).await;
    (discovered, verdict)
}

/// A tag of a signature that may not be one, for a reader.
pub(crate) fn claimed_text(field: &Field<'_>, tag: &str) -> Option<String> {
    let value = claimed(field, tag)?;
    let kept: Vec<u8> = value.iter().copied().filter(|it| !it.is_ascii_whitespace()).collect();
    Some(String::from_utf8_lossy(kept.get(..kept.len().min(300))?).into_owned())
}

/// Faults of a chain that say nothing about the message: the key is gone, or was not fetched.
pub(crate) fn is_of_key(fault: ChainFault) -> bool {
    matches!(fault, ChainFault::Key(_) | ChainFault::Lookup(_))
}
