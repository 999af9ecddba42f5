//! An answer, with its aliases, wildcards and denials.

use super::anchor::Anchors;
use super::proof::{Proof, Reason};
use super::signature::count;
use super::wire::{CNAME, DNAME, DS, Message, NSEC, NSEC3, SOA, Set, Sets, name_at};
use super::zones::{Fetched, Zone, Zones, signers};
use crate::dns::{Answer, Dns, Question};
use crate::net::Name;
use std::sync::Arc;

/// Aliases that are followed.
const MOST_ALIASES: usize = 16;
/// The response code of a name that does not exist (RFC 1035 §4.1.1).
const NXDOMAIN: u8 = 3;
/// Zones that are tried as the signer of a set.
const MOST_SIGNERS: usize = 2;

/// Validates answers from a trust anchor on. What it learns of zones it keeps, and its limits are for all
/// that it is asked: one for each domain.
pub struct Validator<'d> {
    zones: Zones<'d>,
}

/// An answer that was validated.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Validated {
    /// What it is worth.
    pub proof: Proof,
    /// The answer that has this worth: the last one, where aliases lead from one to another.
    pub answer: Arc<Answer>,
}

/// What one reply leads to.
enum Next {
    /// The answer is complete.
    Done(Proof),
    /// An alias leads to this name, of which the reply says nothing.
    Ask(Proof, Name),
}

impl<'d> Validator<'d> {
    /// Validates what `dns` answers, from `anchors` on.
    pub fn new(dns: &'d dyn Dns, anchors: &'d Anchors) -> Self {
        Self { zones: Zones::new(dns, anchors) }
    }

    /// How many queries were sent.
    pub fn queries(&self) -> usize {
        self.zones.queries.spent()
    }

    /// How many signatures were verified, with success or without.
    pub fn verifications(&self) -> usize {
        self.zones.effort.spent()
    }

    /// Asks a question again, with signatures, and says what the answer is worth.
    pub async fn validate(&self, question: &Question) -> Validated {
        let kind = question.kind.number();
        let mut name = question.name.clone();
        let mut proof: Option<Proof> = None;
        let worse = |proof: Option<Proof>, next: Proof| match proof {
            Some(proof) => proof.and(next),
            None => next,
        };
        let mut seen = vec![name.clone()];
        loop {
            let Fetched { answer, message } = self.zones.fetch(&name, kind).await;
            let message = match message {
                Ok(message) => message,
                Err(failed) => {
                    let failed = failed.about(&name, kind);
                    return Validated { proof: worse(proof, failed), answer };
                }
            };
            match self.follow(&message, &name, kind).await {
                Next::Done(next) => return Validated { proof: worse(proof, next), answer },
                Next::Ask(next, target) => {
                    proof = Some(worse(proof, next));
                    let is_loop = seen.contains(&target);
                    seen.push(target.clone());
                    if is_loop || seen.len() > MOST_ALIASES {
                        let limit = Proof::not(None, Reason::Limit("aliases of one name"));
                        let limit = limit.about(&question.name, kind);
                        return Validated { proof: worse(proof, limit), answer };
                    }
                    name = target;
                }
            }
        }
    }

    /// Follows a reply through its aliases.
    async fn follow(&self, message: &Message, start: &Name, kind: u16) -> Next {
        let mut name = start.clone();
        let mut proof: Option<Proof> = None;
        let worse = |proof: Option<Proof>, next: Proof| match proof {
            Some(proof) => proof.and(next),
            None => next,
        };
        for _ in 0..=MOST_ALIASES {
            if let Some(set) = message.answers.get(&(name.clone(), kind)) {
                let next = self.set(message, (&name, kind), set).await;
                return Next::Done(worse(proof, next));
            }
            let Some((next, target)) = self.alias(message, &name, kind).await else {
                let says_nothing = message.rcode != NXDOMAIN && !has_denial(&message.authorities);
                if let (Some(proof), true) = (&proof, says_nothing) {
                    return Next::Ask(proof.clone(), name);
                }
                let next = self.absence(message, &name, kind).await;
                return Next::Done(worse(proof, next));
            };
            proof = Some(worse(proof, next));
            name = target;
        }
        let limit = Proof::not(None, Reason::Limit("aliases of one name")).about(start, kind);
        Next::Done(worse(proof, limit))
    }

    /// The alias at a name, what it is worth, and where it leads.
    async fn alias(&self, message: &Message, name: &Name, kind: u16) -> Option<(Proof, Name)> {
        if kind == CNAME {
            return None;
        }
        let set = message.answers.get(&(name.clone(), CNAME))?;
        let [data] = set.data.as_slice() else {
            // RFC 2181 §10.1: one name has one alias.
            return Some((Proof::not(None, Reason::Malformed).about(name, CNAME), name.clone()));
        };
        let (target, _) = name_at(data, 0)?;
        // RFC 6672 §5.3.1: the CNAME record that a server makes of a DNAME record is not signed.
        let redirection = std::iter::successors(name.parent(), Name::parent).find_map(|owner| {
            let set = message.answers.get(&(owner.clone(), DNAME))?;
            let (to, _) = name_at(set.data.first()?, 0)?;
            let rest = name.labels().take(name.label_count() - owner.label_count());
            let made = Name::from_labels(rest.chain(to.labels())).ok()?;
            (made == target).then_some((owner, set))
        });
        let proof = match (set.signatures.is_empty(), redirection) {
            (true, Some((owner, set))) => self.set(message, (&owner, DNAME), set).await,
            _ => self.set(message, (name, CNAME), set).await,
        };
        Some((proof, target))
    }

    /// What a record set of an answer is worth.
    async fn set(&self, message: &Message, (owner, kind): (&Name, u16), set: &Set) -> Proof {
        // A DS set belongs to the parent of its name (RFC 4035 §2.4).
        let parent = owner.parent().filter(|_| kind == DS);
        let holder = parent.as_ref().unwrap_or(owner);
        let mut failure: Option<Proof> = None;
        for signer in signers(holder, set).into_iter().take(MOST_SIGNERS) {
            self.zones.ask_ahead(&signer).await;
            match &*self.zones.of(&signer).await {
                Zone::Signed { apex, keys } => {
                    let now = message.received;
                    let checked = self.zones.check((owner, kind), set, (apex, keys), now);
                    let checked = checked.and_then(|labels| {
                        if labels >= count(owner) {
                            return Ok(());
                        }
                        let denials =
                            self.zones.denials(&message.authorities, (apex, keys), now)?;
                        denials.wildcard_applies(&owner.suffix(labels + 1))
                    });
                    match checked {
                        Ok(()) => return Proof::secure(apex.clone()),
                        Err(why) => {
                            let proof = Proof::not(Some(apex.clone()), why).about(owner, kind);
                            failure.get_or_insert(proof);
                        }
                    }
                }
                Zone::Not(proof) => {
                    failure.get_or_insert(proof.clone());
                }
            }
        }
        match failure {
            Some(proof) => proof,
            None => self.unsigned(holder, (owner, kind), Reason::NoSignature).await,
        }
    }

    /// What is said without any signature: no more than the zone of `holder` lets it be.
    async fn unsigned(&self, holder: &Name, (owner, kind): (&Name, u16), why: Reason) -> Proof {
        self.zones.ask_ahead(&holder.suffix(2)).await;
        match &*self.zones.of(holder).await {
            Zone::Signed { apex, .. } => Proof::not(Some(apex.clone()), why).about(owner, kind),
            Zone::Not(proof) => proof.clone(),
        }
    }

    /// What the denial of a name, or of its records, is worth.
    async fn absence(&self, message: &Message, name: &Name, kind: u16) -> Proof {
        let parent = name.parent().filter(|_| kind == DS);
        let holder = parent.as_ref().unwrap_or(name);
        let sets = message.authorities.iter().filter(|((_, kind), _)| is_denial(*kind));
        let mut all: Vec<Name> = Vec::new();
        for ((owner, _), set) in sets {
            all.extend(signers(owner, set).into_iter().filter(|it| holder.is_within(it)));
        }
        all.sort_by_key(|signer| std::cmp::Reverse(signer.label_count()));
        let Some(signer) = all.first() else {
            return self.unsigned(holder, (name, kind), Reason::NoDenial).await;
        };
        self.zones.ask_ahead(signer).await;
        let zone = self.zones.of(signer).await;
        let (apex, keys) = match &*zone {
            Zone::Signed { apex, keys } => (apex, keys),
            Zone::Not(proof) => return proof.clone(),
        };
        let denials = self.zones.denials(&message.authorities, (apex, keys), message.received);
        let is_denied = message.rcode == NXDOMAIN;
        let proved = denials.and_then(|denials| denials.absent(name, kind, is_denied));
        match proved {
            Ok(()) => Proof::secure(apex.clone()),
            Err(why) => Proof::not(Some(apex.clone()), why).about(name, kind),
        }
    }
}

fn is_denial(kind: u16) -> bool {
    [NSEC, NSEC3, SOA].contains(&kind)
}

/// True if the authority section denies anything.
fn has_denial(authorities: &Sets) -> bool {
    authorities.keys().any(|(_, kind)| is_denial(*kind))
}

impl std::fmt::Debug for Validator<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Validator").finish_non_exhaustive()
    }
}
