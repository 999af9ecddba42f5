//! The chain: which keys a zone has, or why it has none that could be trusted (RFC 4035 §5.2).

use super::anchor::{self, Anchor, Anchors};
use super::denial::{Delegation, Denials};
use super::key::{Ds, Key};
use super::proof::{Proof, Reason};
use super::signature::{self, Effort, Signature};
use super::wire::{CNAME, DNSKEY, DS, Message, NSEC, NSEC3, Set, Sets};
use crate::dns::{
    Addressee, Answer, Dns, Failure, Kind, Outcome, Provenance, Question, Trouble, join_all,
};
use crate::net::Name;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// Queries for one domain. An answer takes one, a zone of its chain two.
const MOST_QUERIES: usize = 600;
/// Verifications for one domain.
const MOST_VERIFICATIONS: usize = 2_000;
/// Names between an anchor and the name of one answer: each is looked at for a cut.
const MOST_LABELS: usize = 24;
/// Keys of a zone, and digests of its keys.
const MOST_KEYS: usize = 64;
const MOST_DIGESTS: usize = 32;

/// A zone, or a name within one.
#[derive(Debug)]
pub(super) enum Zone {
    /// Signed, with these keys.
    Signed { apex: Name, keys: Vec<Key> },
    /// Not signed, or not in a way that counts.
    Not(Proof),
}

/// A reply with its signatures.
#[derive(Clone, Debug)]
pub(super) struct Fetched {
    pub(super) answer: Arc<Answer>,
    /// The message, or why there is none.
    pub(super) message: Result<Arc<Message>, Proof>,
}

/// The zones that were met, and the replies about them.
pub(super) struct Zones<'d> {
    dns: &'d dyn Dns,
    anchors: &'d Anchors,
    replies: Memo<(Name, u16), Fetched>,
    zones: Memo<Name, Arc<Zone>>,
    pub(super) queries: Effort,
    pub(super) effort: Effort,
}

/// Values by key, each made once.
struct Memo<K, V>(Mutex<HashMap<K, Arc<OnceCell<V>>>>);

impl<K: Hash + Eq, V> Memo<K, V> {
    fn new() -> Self {
        Self(Mutex::new(HashMap::new()))
    }

    fn cell(&self, key: K) -> Arc<OnceCell<V>> {
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cells.entry(key).or_default())
    }
}

impl<'d> Zones<'d> {
    pub(super) fn new(dns: &'d dyn Dns, anchors: &'d Anchors) -> Self {
        Self {
            dns,
            anchors,
            replies: Memo::new(),
            zones: Memo::new(),
            queries: Effort::new(MOST_QUERIES),
            effort: Effort::new(MOST_VERIFICATIONS),
        }
    }

    /// The reply to a question, with signatures.
    pub(super) async fn fetch(&self, name: &Name, kind: u16) -> Fetched {
        let cell = self.replies.cell((name.clone(), kind));
        cell.get_or_init(|| self.ask(name, kind)).await.clone()
    }

    async fn ask(&self, name: &Name, kind: u16) -> Fetched {
        let question = Question::new(name.clone(), Kind::from_number(kind)).to(Addressee::Signed);
        if !self.queries.spend() {
            let why = Reason::Limit("queries for one domain");
            let failure =
                Failure::because(Trouble::OverBudget, "the queries for one domain are used up");
            let nobody = Provenance::Live { server: None, transport: "", tries: 0 };
            let answer = Arc::new(Answer::new(question, Outcome::Failed(failure), nobody));
            return Fetched { answer, message: Err(Proof::not(None, why)) };
        }
        let answer = self.dns.lookup(&question).await;
        let message = match (&answer.outcome, &answer.signed) {
            (_, Some(reply)) => Message::read(&reply.octets, reply.received)
                .map(Arc::new)
                .ok_or_else(|| Proof::not(None, Reason::Malformed)),
            (Outcome::Failed(failure), None) => {
                let why = Reason::Failed(name.clone(), question.kind, failure.trouble);
                Err(Proof::not(None, why))
            }
            // A source that knows no signatures, as a zone file.
            (_, None) => Err(Proof::not(None, Reason::Stripped)),
        };
        Fetched { answer, message }
    }

    /// Asks ahead for what the chain down to `zone` takes: it is then two round trips long, and not two
    /// for each zone.
    pub(super) async fn ask_ahead(&self, zone: &Name) {
        let Some((apex, _)) = self.anchors.above(zone) else { return };
        let labels = zone.label_count();
        let first = apex.label_count();
        let below = (first + 1..=labels.min(first + 3)).flat_map(|count| {
            let name = zone.suffix(count);
            [(name.clone(), DS), (name, DNSKEY)]
        });
        let questions: Vec<(Name, u16)> =
            std::iter::once((apex.clone(), DNSKEY)).chain(below).collect();
        join_all(questions.iter().map(|(name, kind)| self.fetch(name, *kind))).await;
    }

    /// The zone of a name, which is its apex or lies below it.
    pub(super) async fn of(&self, name: &Name) -> Arc<Zone> {
        let Some((apex, anchors)) = self.anchors.above(name) else {
            return Arc::new(Zone::Not(Proof::not(None, Reason::NoAnchor)));
        };
        let cell = self.zones.cell(apex.clone());
        let mut zone = Arc::clone(cell.get_or_init(|| self.anchored(apex, &anchors)).await);
        let first = apex.label_count();
        for count in first + 1..=name.label_count() {
            let Zone::Signed { apex, keys } = &*zone else { return zone };
            if count - first > MOST_LABELS {
                let why = Reason::Limit("labels of one name");
                return Arc::new(Zone::Not(Proof::not(Some(apex.clone()), why)));
            }
            let below = name.suffix(count);
            let cell = self.zones.cell(below.clone());
            let next = cell.get_or_init(|| self.below(&zone, (apex, keys), &below)).await;
            zone = Arc::clone(next);
        }
        zone
    }

    /// The zone of a trust anchor.
    async fn anchored(&self, apex: &Name, anchors: &[&Anchor]) -> Arc<Zone> {
        let message = match self.fetch(apex, DNSKEY).await.message {
            Ok(message) => message,
            Err(proof) => return Arc::new(Zone::Not(proof)),
        };
        let not =
            |why| Arc::new(Zone::Not(Proof::not(Some(apex.clone()), why).about(apex, DNSKEY)));
        let Some(set) = message.answers.get(&(apex.clone(), DNSKEY)) else {
            return not(Reason::Stripped);
        };
        // A signed zone has a signature over its keys: who leaves it out, leaves out all.
        if set.signatures.is_empty() {
            return not(Reason::Stripped);
        }
        let keys = keys(set);
        let is_trusted = |key: &&Key| {
            anchors.iter().any(|anchor| match anchor.kind {
                anchor::DS => Ds::read(&anchor.data).is_some_and(|ds| ds.covers(apex, key)),
                _ => Key::read(&anchor.data).is_some_and(|own| own.is_same(key)),
            })
        };
        let trusted: Vec<Key> = keys.iter().take(MOST_KEYS).filter(is_trusted).cloned().collect();
        if trusted.is_empty() {
            return not(Reason::WrongAnchor);
        }
        match self.check((apex, DNSKEY), set, (apex, &trusted), message.received) {
            Ok(_) => Arc::new(Zone::Signed { apex: apex.clone(), keys }),
            Err(why) => not(why),
        }
    }

    /// What a name below a signed zone is: of that zone, or the apex of another one.
    async fn below(
        &self,
        zone: &Arc<Zone>,
        (apex, keys): (&Name, &[Key]),
        name: &Name,
    ) -> Arc<Zone> {
        let message = match self.fetch(name, DS).await.message {
            Ok(message) => message,
            Err(proof) => return Arc::new(Zone::Not(proof)),
        };
        let not = |why| Arc::new(Zone::Not(Proof::not(Some(apex.clone()), why).about(name, DS)));
        let now = message.received;
        if let Some(set) = message.answers.get(&(name.clone(), DS)) {
            return match self.check((name, DS), set, (apex, keys), now) {
                Ok(_) => self.delegated(name, set).await,
                Err(why) => not(why),
            };
        }
        // An alias is no cut (RFC 2181 §10.1), and what it leads to says nothing of this name.
        if let Some(set) = message.answers.get(&(name.clone(), CNAME)) {
            return match self.check((name, CNAME), set, (apex, keys), now) {
                Ok(_) => Arc::clone(zone),
                Err(why) => not(why),
            };
        }
        let denials = match self.denials(&message.authorities, (apex, keys), now) {
            Ok(denials) => denials,
            Err(why) => return not(why),
        };
        match denials.delegation(name) {
            Ok(Delegation::Same) => Arc::clone(zone),
            Ok(Delegation::Unsigned) => {
                let proof = Proof::not(Some(name.clone()), Reason::Unsigned);
                Arc::new(Zone::Not(proof.about(name, DS)))
            }
            Err(why) => not(why),
        }
    }

    /// The zone that a signed DS set of its parent speaks of.
    async fn delegated(&self, name: &Name, digests: &Set) -> Arc<Zone> {
        let not =
            |why, kind| Arc::new(Zone::Not(Proof::not(Some(name.clone()), why).about(name, kind)));
        let all: Vec<Ds> = digests.data.iter().filter_map(|data| Ds::read(data)).collect();
        let mut digests: Vec<&Ds> = all.iter().filter(|ds| ds.is_known()).collect();
        // RFC 4509 §3: "Validator implementations SHOULD ignore DS RRs containing SHA-1 digests if DS RRs
        // with SHA-256 digests are present in the DS RRset."
        if digests.iter().any(|ds| ds.digest > 1) {
            digests.retain(|ds| ds.digest > 1);
        }
        let Some(first) = digests.first() else {
            // RFC 4035 §5.2: "If the validator does not support any of the algorithms listed in an
            // authenticated DS RRset, then the resolver has no supported authentication path".
            let algorithm = all.first().map_or(0, |ds| ds.algorithm);
            return not(Reason::UnknownAlgorithm(algorithm), DS);
        };
        let message = match self.fetch(name, DNSKEY).await.message {
            Ok(message) => message,
            Err(proof) => return Arc::new(Zone::Not(proof)),
        };
        let Some(set) = message.answers.get(&(name.clone(), DNSKEY)) else {
            return not(Reason::NoKeys, DNSKEY);
        };
        if set.data.len() > MOST_KEYS || digests.len() > MOST_DIGESTS {
            return not(Reason::Limit("keys of one zone"), DNSKEY);
        }
        let keys = keys(set);
        let is_entry = |key: &&Key| digests.iter().any(|ds| ds.covers(name, key));
        // Digests of keys that all have one tag take time too.
        let alike = keys.iter().filter(|key| digests.iter().any(|ds| ds.names(key))).count();
        if alike > MOST_DIGESTS {
            return not(Reason::Limit("keys with one tag"), DNSKEY);
        }
        let entries: Vec<Key> = keys.iter().filter(is_entry).cloned().collect();
        if entries.is_empty() {
            return not(Reason::WrongDs { tag: first.tag }, DNSKEY);
        }
        match self.check((name, DNSKEY), set, (name, &entries), message.received) {
            Ok(_) => Arc::new(Zone::Signed { apex: name.clone(), keys }),
            Err(why) => not(why, DNSKEY),
        }
    }

    /// Verifies a set with the keys of a zone: how many labels of its owner are signed.
    pub(super) fn check(
        &self,
        of: (&Name, u16),
        set: &Set,
        by: (&Name, &[Key]),
        now: u64,
    ) -> Result<usize, Reason> {
        signature::verify(of, set, by, now, &self.effort)
    }

    /// The denials of a zone in a reply, as far as they verify.
    ///
    /// # Errors
    /// There are none that do; the reason is that of the first.
    pub(super) fn denials(
        &self,
        authorities: &Sets,
        (apex, keys): (&Name, &[Key]),
        now: u64,
    ) -> Result<Denials, Reason> {
        let mut denials = Denials::default();
        let mut failure = None;
        for ((owner, kind), set) in authorities {
            if ![NSEC, NSEC3].contains(kind) || !owner.is_within(apex) {
                continue;
            }
            match self.check((owner, *kind), set, (apex, keys), now) {
                // What a wildcard made is no record of the zone and has no place in its order.
                Ok(labels) if labels < signature::count(owner) => {}
                Ok(_) if *kind == NSEC => {
                    set.data.iter().for_each(|data| denials.add_nsec(owner, data));
                }
                // Hashed names stand right below the apex (RFC 5155 §3).
                Ok(_) if owner.parent().as_ref() == Some(apex) => {
                    set.data.iter().for_each(|data| denials.add_nsec3(owner, data));
                }
                Ok(_) => {}
                Err(why) => {
                    failure.get_or_insert(why);
                }
            }
        }
        match (denials.is_empty(), failure) {
            (false, _) => Ok(denials),
            (true, Some(why)) => Err(why),
            (true, None) => Err(Reason::NoDenial),
        }
    }
}

/// The keys of a set.
fn keys(set: &Set) -> Vec<Key> {
    set.data.iter().filter_map(|data| Key::read(data)).collect()
}

/// The zones whose keys sign a set, as its signatures say: those that can hold its owner.
pub(super) fn signers(owner: &Name, set: &Set) -> Vec<Name> {
    let mut signers: Vec<Name> = Vec::new();
    for data in &set.signatures {
        let Some(signature) = Signature::read(data) else { continue };
        if owner.is_within(&signature.signer) && !signers.contains(&signature.signer) {
            signers.push(signature.signer);
        }
    }
    // The closest first.
    signers.sort_by_key(|signer| std::cmp::Reverse(signer.label_count()));
    signers
}
