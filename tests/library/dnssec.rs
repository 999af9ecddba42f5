//! Validation over a tree that BIND signed and Unbound judged (`testdata/dnssec`), over the same tree
//! altered, and over replies that are made to cost much.

use mailcheck::dns::dnssec::{Anchors, Proof, Reason, Security, Validator};
use mailcheck::dns::{Answer, Dns, Kind, Lookup, Question, Replay, SignedReply, presentation};
use mailcheck::net::Name;
use std::sync::{Arc, LazyLock};

const TREE: &str = include_str!("../../testdata/dnssec/tree.jsonl");
const ANCHOR: &str = include_str!("../../testdata/dnssec/anchor");
const STATES: &str = include_str!("../../testdata/dnssec/states.tsv");

const RRSIG: u16 = 46;
const DNSKEY: u16 = 48;

fn tree() -> &'static Replay {
    static READ: LazyLock<Replay> =
        LazyLock::new(|| Replay::read("tree.jsonl", TREE).expect("a cassette"));
    &READ
}

fn anchors() -> Anchors {
    ANCHOR.parse().expect("an anchor")
}

fn question(name: &str, kind: &str) -> Question {
    let kind = presentation::kind(kind.as_bytes()).expect("a type");
    Question::new(Name::from_unicode(name).expect("a name"), kind)
}

/// Each question of the table, with the state and the reason.
fn states() -> impl Iterator<Item = (Question, &'static str, &'static str)> {
    STATES.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let [name, kind, state, why] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("four columns: {line}")
        };
        (question(name, kind), state, why)
    })
}

async fn proof(dns: &dyn Dns, question: &Question) -> Proof {
    Validator::new(dns, &anchors()).validate(question).await.proof
}

/// Alters the replies to some questions.
struct Altered<F>(&'static Replay, F);

impl<F: Fn(&Question, SignedReply) -> SignedReply + Send + Sync> Dns for Altered<F> {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        Box::pin(async move {
            let mut answer: Answer = Arc::unwrap_or_clone(self.0.lookup(question).await);
            answer.signed = answer.signed.map(|reply| (self.1)(question, reply));
            Arc::new(answer)
        })
    }
}

/// A record: owner, type, then type, class and TTL as octets, data, and the section from 0.
type Part = (Vec<u8>, u16, Vec<u8>, Vec<u8>, usize);

/// A reply, taken apart.
#[derive(Clone)]
struct Parts {
    head: Vec<u8>,
    records: Vec<Part>,
}

impl Parts {
    /// Reads a message; names stay as they are, so that pointers into the question hold.
    fn of(octets: &[u8]) -> Self {
        let number = |at: usize| usize::from(u16::from_be_bytes([octets[at], octets[at + 1]]));
        let behind_name = |mut at: usize| {
            while octets[at] != 0 && octets[at] < 0xc0 {
                at += 1 + usize::from(octets[at]);
            }
            at + if octets[at] == 0 { 1 } else { 2 }
        };
        let mut at = behind_name(12) + 4;
        let head = octets[..at].to_vec();
        let mut records = Vec::new();
        for section in 0..3 {
            for _ in 0..number(6 + 2 * section) {
                let end = behind_name(at);
                let data = end + 10..end + 10 + number(end + 8);
                let kind = u16::from_be_bytes([octets[end], octets[end + 1]]);
                let fixed = octets[end..end + 8].to_vec();
                let next = data.end;
                let owner = octets[at..end].to_vec();
                records.push((owner, kind, fixed, octets[data].to_vec(), section));
                at = next;
            }
        }
        Self { head, records }
    }

    fn put_together(&self) -> Arc<[u8]> {
        let mut octets = self.head.clone();
        for section in 0..3 {
            let count = self.records.iter().filter(|it| it.4 == section).count();
            let count = u16::try_from(count).expect("few records").to_be_bytes();
            octets[6 + 2 * section..8 + 2 * section].copy_from_slice(&count);
        }
        for (owner, _, fixed, data, _) in &self.records {
            octets.extend(owner);
            octets.extend(fixed);
            octets.extend(u16::try_from(data.len()).expect("short data").to_be_bytes());
            octets.extend(data);
        }
        octets.into()
    }
}

/// The reply, changed.
fn changed(reply: &SignedReply, change: impl FnOnce(&mut Parts)) -> SignedReply {
    let mut parts = Parts::of(&reply.octets);
    change(&mut parts);
    SignedReply { octets: parts.put_together(), received: reply.received }
}

#[tokio::test]
async fn answers_have_the_states_that_unbound_gives_them() {
    let (tree, anchors) = (tree(), anchors());
    let validator = Validator::new(tree, &anchors);
    let mut differ = Vec::new();
    let mut count = 0;
    for (question, state, why) in states() {
        let proof = validator.validate(&question).await.proof;
        let said = (proof.security.word(), proof.why.as_ref().map_or("-", Reason::word));
        count += 1;
        if said != (state, why) {
            differ.push(format!("{question}: {said:?}, Unbound says {state} ({why})"));
        }
    }
    assert!(differ.is_empty() && count >= 90, "{count} answers: {differ:#?}");
}

#[tokio::test]
async fn an_answer_whose_signatures_are_dropped_is_not_secure() {
    for (asked, state, _) in states() {
        let dropped = Altered(tree(), |question: &Question, reply: SignedReply| {
            match question.name == asked.name && question.kind == asked.kind {
                true => changed(&reply, |it| it.records.retain(|record| record.1 != RRSIG)),
                false => reply,
            }
        });
        let proof = proof(&dropped, &asked).await;
        assert!(proof.security != Security::Secure, "{asked}: was {state}, is {proof:?}");
    }
}

#[tokio::test]
async fn a_chain_of_which_one_reply_has_no_signatures_is_not_secure() {
    let replies = [
        (".", "DNSKEY"),
        ("com", "DS"),
        ("com", "DNSKEY"),
        ("nsec3.com", "DS"),
        ("nsec3.com", "DNSKEY"),
    ];
    for (name, kind) in replies {
        let of = if name == "." { Name::root() } else { question(name, kind).name };
        let stripped = Question::new(of, question("com", kind).kind);
        let dropped = Altered(tree(), |question: &Question, reply: SignedReply| {
            match question.name == stripped.name && question.kind == stripped.kind {
                true => changed(&reply, |it| it.records.retain(|record| record.1 != RRSIG)),
                false => reply,
            }
        });
        let proof = proof(&dropped, &question("nsec3.com", "TXT")).await;
        let expected = if name == "." { Reason::Stripped } else { Reason::NoSignature };
        assert_eq!(proof.why, Some(expected), "{name} {kind}");
    }
}

#[tokio::test]
async fn an_answer_with_another_octet_is_not_secure() {
    let simple = ["A", "TXT"].map(|kind| presentation::kind(kind.as_bytes()).expect("a type"));
    let mut tried = 0;
    for (asked, _, _) in
        states().filter(|(it, state, _)| *state == "secure" && simple.contains(&it.kind))
    {
        let reply = tree().lookup(&asked.clone().to(mailcheck::dns::Addressee::Signed)).await;
        if reply.records().is_empty() || !reply.aliases.is_empty() {
            continue;
        }
        let parts = Parts::of(&reply.signed.as_ref().expect("it is recorded").octets);
        let answers = parts.records.iter().enumerate().filter(|(_, record)| record.4 == 0);
        for (index, (_, kind, _, data, _)) in answers {
            // The signature itself is long: every fifth octet of it.
            let step = if *kind == RRSIG { 5 } else { 1 };
            for place in (0..data.len()).step_by(step) {
                let forged = Altered(tree(), |question: &Question, reply: SignedReply| {
                    match question.name == asked.name && question.kind == asked.kind {
                        true => changed(&reply, |it| it.records[index].3[place] ^= 1),
                        false => reply,
                    }
                });
                let proof = proof(&forged, &asked).await;
                assert!(proof.security != Security::Secure, "{asked}: octet {place} of {index}");
                tried += 1;
            }
        }
    }
    assert!(tried > 900, "only {tried} alterations");
}

#[tokio::test]
async fn an_answer_to_another_question_is_not_secure() {
    let all: Vec<(Question, &str, &str)> = states().collect();
    let tree = tree();
    for (asked, _, _) in all.iter().filter(|(_, state, _)| *state == "secure") {
        let own = tree.lookup(&asked.clone().to(mailcheck::dns::Addressee::Signed)).await;
        if own.records().is_empty() {
            continue;
        }
        for (other, _, _) in all.iter().filter(|(other, _, _)| other != asked).step_by(4) {
            let foreign = tree.lookup(&other.clone().to(mailcheck::dns::Addressee::Signed)).await;
            // An alias is one for every type, and brings the records of its target along.
            let is_alias = other.name == asked.name && !foreign.aliases.is_empty();
            let is_own = is_alias || foreign.aliases.contains(&asked.name);
            let Some(reply) = foreign.signed.clone().filter(|_| !is_own) else {
                continue;
            };
            let swapped = Altered(tree, |question: &Question, own: SignedReply| {
                match question.name == asked.name && question.kind == asked.kind {
                    true => reply.clone(),
                    false => own,
                }
            });
            let proof = proof(&swapped, asked).await;
            assert!(proof.security != Security::Secure, "{asked} answered by {other}: {proof:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_of_another_time_is_not_secure() {
    const DAY: u64 = 86_400;
    for (asked, _, _) in states().filter(|(_, state, _)| *state == "secure") {
        let later = Altered(tree(), |_: &Question, reply: SignedReply| SignedReply {
            received: reply.received + 60 * DAY,
            ..reply
        });
        let earlier = Altered(tree(), |_: &Question, reply: SignedReply| SignedReply {
            received: reply.received - 2 * DAY,
            ..reply
        });
        let [later, earlier] = [proof(&later, &asked).await, proof(&earlier, &asked).await];
        assert!(matches!(later.why, Some(Reason::Expired(_))), "{asked}: {later:?}");
        assert!(matches!(earlier.why, Some(Reason::NotYetValid(_))), "{asked}: {earlier:?}");
    }
}

#[tokio::test]
async fn a_query_of_the_chain_that_failed_leaves_it_undetermined() {
    // The recording without the keys of the zone.
    let lines = TREE
        .lines()
        .filter(|line| !line.starts_with("{\"name\":\"nsec3.com\",\"type\":\"TYPE48\""));
    let cut = lines.collect::<Vec<_>>().join("\n") + "\n";
    let cut = Replay::read("cut.jsonl", cut).expect("a cassette");
    let proof = proof(&cut, &question("nsec3.com", "TXT")).await;
    let expected = Reason::Failed(
        question("nsec3.com", "DNSKEY").name,
        Kind::from_number(DNSKEY),
        mailcheck::dns::Trouble::NotRecorded,
    );
    assert_eq!((proof.security, proof.why), (Security::Indeterminate, Some(expected)));
}

#[tokio::test]
async fn another_root_is_not_bogus() {
    let tree = tree();
    let iana = Anchors::root();
    let proof = Validator::new(tree, &iana).validate(&question("secure.com", "TXT")).await.proof;
    assert_eq!((proof.security, proof.why), (Security::Indeterminate, Some(Reason::WrongAnchor)));
}

#[tokio::test]
async fn hundreds_of_signatures_with_one_tag_cost_no_more_than_a_few() {
    let asked = question("secure.com", "TXT");
    let crowded = Altered(tree(), |question: &Question, reply: SignedReply| {
        if question.name != asked.name || question.kind != asked.kind {
            return reply;
        }
        changed(&reply, |it| {
            let own = it.records.iter().position(|record| record.1 == RRSIG).expect("a signature");
            let signature = it.records.remove(own);
            for number in 0..400_u16 {
                let mut forged = signature.clone();
                let end = forged.3.len() - 2;
                forged.3[end..].copy_from_slice(&number.to_be_bytes());
                it.records.insert(own, forged);
            }
        })
    });
    let anchors = anchors();
    let validator = Validator::new(&crowded, &anchors);
    let proof = validator.validate(&asked).await.proof;
    assert_eq!(proof.security, Security::Indeterminate);
    assert!(validator.verifications() < 20, "{} verifications", validator.verifications());
}

#[tokio::test]
async fn hundreds_of_keys_with_one_tag_cost_no_more_than_a_few() {
    let asked = question("secure.com", "TXT");
    let crowded = Altered(tree(), |question: &Question, reply: SignedReply| {
        if question.name != asked.name || question.kind.number() != DNSKEY {
            return reply;
        }
        changed(&reply, |it| {
            let own = it.records.iter().position(|record| record.1 == DNSKEY).expect("a key");
            let key = it.records[own].clone();
            for number in 0..400_usize {
                let mut twin = key.clone();
                // Words that change places leave the sum as it is, and so the tag.
                let words = (twin.3.len() - 4) / 2;
                let (one, other) = (number % words, (number / words + number + 1) % words);
                for octet in 0..2 {
                    twin.3.swap(4 + 2 * one + octet, 4 + 2 * other + octet);
                }
                it.records.insert(own, twin);
            }
        })
    });
    let anchors = anchors();
    let validator = Validator::new(&crowded, &anchors);
    let proof = validator.validate(&asked).await.proof;
    assert_eq!(proof.security, Security::Indeterminate);
    assert!(validator.verifications() < 40, "{} verifications", validator.verifications());
}

/// Answers every question with an alias to the next name, unsigned.
struct Endless(&'static Replay);

impl Dns for Endless {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        Box::pin(async move {
            let answer = self.0.lookup(question).await;
            if answer.failure().is_none() {
                return answer;
            }
            let mut octets = vec![0, 0, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
            let wire = |name: &Name| {
                let mut wire = Vec::new();
                for label in name.labels() {
                    wire.push(u8::try_from(label.len()).expect("a label"));
                    wire.extend(label);
                }
                wire.push(0);
                wire
            };
            let target = question.name.child("x").unwrap_or_else(|_| Name::root());
            octets.extend(wire(&question.name));
            octets.extend(question.kind.number().to_be_bytes());
            octets.extend([0, 1, 0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60]);
            let target = wire(&target);
            octets.extend(u16::try_from(target.len()).expect("short").to_be_bytes());
            octets.extend(target);
            let mut answer = Arc::unwrap_or_clone(answer);
            answer.signed = Some(SignedReply { octets: octets.into(), received: 1_795_825_223 });
            Arc::new(answer)
        })
    }
}

#[tokio::test]
async fn aliases_without_end_cost_few_queries() {
    let (endless, anchors) = (Endless(tree()), anchors());
    let validator = Validator::new(&endless, &anchors);
    let proof = validator.validate(&question("x.insecure.com", "TXT")).await.proof;
    assert!(proof.security != Security::Secure, "{proof:?}");
    assert!(validator.queries() < 60, "{} queries", validator.queries());
}

#[tokio::test]
async fn octets_that_are_no_message_are_no_proof() {
    let asked = question("secure.com", "TXT");
    let reply = tree().lookup(&asked.clone().to(mailcheck::dns::Addressee::Signed)).await;
    let octets = Arc::clone(&reply.signed.as_ref().expect("it is recorded").octets);
    for length in 0..octets.len() - 11 {
        let cut = Altered(tree(), |question: &Question, reply: SignedReply| {
            match question.name == asked.name && question.kind == asked.kind {
                true => SignedReply { octets: octets[..length].into(), ..reply },
                false => reply,
            }
        });
        let proof = proof(&cut, &asked).await;
        assert!(proof.security != Security::Secure, "{length} octets: {proof:?}");
    }
}
