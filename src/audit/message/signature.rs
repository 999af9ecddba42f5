//! A signature to a report: its result, its reason in words, what it covers.

use crate::examine::message::{ExaminedSignature, MessageFacts, claimed_text};
use crate::mail::signature::{ChangeMade, Defect, Signature, Uncovered};
use crate::protocols::dkim::key::Strength;
use crate::protocols::dkim::signature::{Reason, Verified};
use crate::protocols::dmarc::Mechanism;
use crate::report::message::{SignatureReport, SignedName};
use crate::text::{Phrase, escape, span};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Most names of `h=` that are shown.
const MOST_NAMES: usize = 100;
/// Fields that a signature should list once more than there are, so that none can be added.
const SINGULAR: [&str; 6] = ["from", "subject", "date", "to", "reply-to", "message-id"];

/// The report on a signature.
pub(super) fn report(
    one: &ExaminedSignature<'_>,
    facts: &MessageFacts<'_>,
    today: Option<u64>,
) -> SignatureReport {
    let signature = one.read.as_ref().ok();
    let verified = one.verified.as_ref();
    let text = |octets: &[u8]| escape(octets.get(..octets.len().min(300)).unwrap_or_default());
    let of_tag = |tag: &str| claimed_text(&one.field, tag).map(|it| escape(it.as_bytes()));
    let body = verified.and_then(|it| it.body.as_ref());
    let uncovered = signature.and_then(|it| Uncovered::of(facts.message.body, it));
    let coverage = signature
        .and_then(|it| it.length)
        .zip(body)
        .map(|(length, body)| coverage(length, body.canonical, uncovered.as_ref()));
    let aligned = one.domain.as_ref().and_then(|domain| {
        let (_, verdict) = facts.dmarc.as_ref()?;
        let all = verdict.assessments.iter();
        let same =
            all.filter(|it| it.mechanism == Mechanism::Dkim && it.identifier.domain == *domain);
        same.filter_map(|it| it.relation.as_ref()?.is_aligned()).next()
    });
    SignatureReport {
        domain: signature.map_or_else(|| of_tag("d"), |it| Some(text(it.domain))),
        selector: signature.map_or_else(|| of_tag("s"), |it| Some(text(it.selector))),
        identity: signature.and_then(|it| it.identity.as_deref()).map(text),
        algorithm: signature.map(|it| it.algorithm),
        header_canonicalization: signature.map(|it| it.header),
        body_canonicalization: signature.map(|it| it.body),
        result: one.result(),
        reason: reason(one),
        body_hash_ok: one.body_hash_ok(),
        body_hash_expected: signature.map(|it| STANDARD.encode(&it.body_hash)),
        body_hash_found: body.map(|it| STANDARD.encode(&it.hash)),
        signed: verified.map(|it| names(it)).unwrap_or_default(),
        uncovered: uncovered.map(|it| it.octets),
        coverage: coverage.clone(),
        signed_at: signature.and_then(|it| it.time),
        expires_at: signature.and_then(|it| it.expires),
        key_bits: verified.and_then(|it| it.key?.bits),
        key_name: one.key_name.as_ref().map(ToString::to_string),
        aligned,
        change: one.change.clone(),
        notes: notes(one, facts, coverage, today),
    }
}

/// The names of `h=`, each once.
fn names(verified: &Verified<'_>) -> Vec<SignedName> {
    let mut names: Vec<SignedName> = Vec::new();
    for field in &verified.signed {
        let name = escape(
            &field.name.get(..field.name.len().min(80)).unwrap_or_default().to_ascii_lowercase(),
        );
        let covered = usize::from(field.place.is_some());
        match names.iter_mut().find(|known| known.name == name) {
            Some(known) => {
                known.listed += 1;
                known.covered += covered;
            }
            None => {
                if names.len() < MOST_NAMES {
                    names.push(SignedName { name, listed: 1, covered });
                }
            }
        }
    }
    names
}

/// True if nothing is known of the message, since the key is not there (any more).
pub(super) fn is_undetermined(shown: &SignatureReport) -> bool {
    shown.result == crate::protocols::dkim::signature::SignatureResult::Temperror
        || shown.body_hash_ok == Some(true)
            && shown.key_bits.is_none()
            && shown.result == crate::protocols::dkim::signature::SignatureResult::Permerror
            && shown.key_name.is_some()
            && shown.algorithm != Some(crate::mail::signature::SigningAlgorithm::RsaSha1)
}

/// Why a signature has its result, in words.
fn reason(one: &ExaminedSignature<'_>) -> Phrase {
    let key = || one.key_name.as_ref().map(ToString::to_string).unwrap_or_default();
    let plain = |text: &str| Phrase::from(text);
    let said = match one.reason {
        Reason::Verified => plain("verified"),
        Reason::BodyHash => plain("the body was changed after signing"),
        Reason::Signature => {
            plain("the body is as signed; a signed field was changed, or another key signed")
        }
        Reason::Defect(defect) => defect_words(defect),
        Reason::Sha1 => plain("rsa-sha1: receivers do not rely on SHA-1 (RFC 8301 §3.1)"),
        Reason::Expired => plain("expired (x=) before it was received"),
        Reason::LengthExceedsBody => plain("l= is larger than the body: it was cut"),
        Reason::KeyMissing => plain("no key at ").name(key()),
        Reason::KeyRevoked => plain("the key is revoked (p= is empty) at ").name(key()),
        Reason::KeySyntax => plain("the record is no valid key record at ").name(key()),
        Reason::KeyUnreadable => plain("p= holds no key that can be read at ").name(key()),
        Reason::KeyType => plain("the key is of another kind than a= at ").name(key()),
        Reason::KeyTooShort => plain("the RSA key has less than 1024 bits (RFC 8301 §3.2)"),
        Reason::KeyHash => plain("the key does not allow SHA-256 (h=)"),
        Reason::KeyService => plain("the key is not for mail (s=)"),
        Reason::StrictIdentity => plain("the key is strict (t=s) and i= is in a subdomain of d="),
        Reason::Lookup(trouble) => {
            plain("key unknown: ").name(key()).plain(" TXT ").plain(trouble.sentence())
        }
        Reason::KeyName => plain("d= or s= is not a domain name"),
        Reason::NotVerified => plain("not verified: too many signatures"),
    };
    let said = match one.body_hash_ok() {
        Some(false) if one.reason.is_of_key() => said.plain("; the body was changed as well"),
        Some(true) if one.reason.is_of_key() => said.plain("; the body is as signed"),
        _ => said,
    };
    match &one.change {
        Some(change) => said.plain(": ").then(change_words(change)),
        None => said,
    }
}

/// A proved change in words.
pub(super) fn change_words(change: &ChangeMade) -> Phrase {
    let lines = |count: usize| match count {
        1 => "1 line was".to_owned(),
        count => format!("{count} lines were"),
    };
    match change {
        ChangeMade::FromQuoted => {
            Phrase::from("\">\" was put before lines that begin with \"From \", as an mbox does")
        }
        ChangeMade::DotsDoubled => Phrase::from("dots at the beginning of lines were doubled"),
        ChangeMade::TrailingSpace => Phrase::from("white space was added at the end of lines"),
        ChangeMade::Footer { lines: count, first } => {
            Phrase::from(lines(*count).as_str()).plain(" appended (").code(first).plain(")")
        }
        ChangeMade::Inserted { lines: count, after, first } => Phrase::from(lines(*count).as_str())
            .plain(format!(" inserted behind line {after} ("))
            .code(first)
            .plain(")"),
        ChangeMade::FieldAdded { name } => {
            Phrase::from("a field was added that the signature covers: ").code(name)
        }
        ChangeMade::SubjectPrefix { prefix } => {
            Phrase::from("the subject got the prefix ").code(prefix)
        }
        ChangeMade::Refolded => {
            Phrase::from("the folding of fields changed, which c=simple does not allow")
        }
    }
}

fn defect_words(defect: Defect) -> Phrase {
    let tag = |what: &str, tag: &str| Phrase::from(what).code(format!("{tag}="));
    match defect {
        Defect::TagList => Phrase::from("not a tag list (RFC 6376 §3.2)"),
        Defect::Duplicate => Phrase::from("a tag occurs twice (RFC 6376 §3.2)"),
        Defect::Missing(name) => tag("missing tag ", name),
        Defect::Tag(name) => tag("invalid value of ", name),
        Defect::Version => Phrase::from("unknown version (v=)"),
        Defect::Algorithm => Phrase::from("unknown algorithm (a=)"),
        Defect::Canonicalization => Phrase::from("unknown canonicalization (c=)"),
        Defect::QueryMethod => Phrase::from("unknown query method (q=)"),
        Defect::Identity => Phrase::from("i= is not within d= (RFC 6376 §3.5)"),
        Defect::FromNotSigned => Phrase::from("From is not signed (RFC 6376 §5.4)"),
        Defect::SealSigned => Phrase::from("h= lists ARC-Seal (RFC 8617 §4.1.2)"),
        Defect::ExpiresBeforeSigned => Phrase::from("x= is not after t= (RFC 6376 §3.5)"),
    }
}

/// What `l=` covers of a body of so many octets.
fn coverage(length: u64, canonical: u64, uncovered: Option<&Uncovered>) -> Phrase {
    let of = || format!("l={length} covers {length} of {canonical} octets of the body");
    let said = match uncovered {
        _ if length > canonical => {
            return Phrase::new()
                .bad(format!("l={length} is more than the {canonical} octets of the body"))
                .plain(": what was cut off is not known");
        }
        None => Phrase::new()
            .weak(format!("l={length} covers the whole body"))
            .plain(": text appended to it would not break the signature"),
        Some(more) => {
            let lines = match more.lines {
                1 => "1 line is not signed".to_owned(),
                lines => format!("{lines} lines are not signed"),
            };
            let said = Phrase::new().weak(of()).plain(": ").plain(match length {
                0 => "nothing of it is signed".to_owned(),
                _ => lines,
            });
            match more.first.as_str() {
                "" => said,
                first => said.plain(", from ").code(first).plain(" on"),
            }
        }
    };
    said.plain(" (RFC 6376 §8.2)")
}

/// What else is worth knowing of a signature.
fn notes(
    one: &ExaminedSignature<'_>,
    facts: &MessageFacts<'_>,
    coverage: Option<Phrase>,
    today: Option<u64>,
) -> Vec<Phrase> {
    let mut notes = Vec::new();
    let (Ok(signature), Some(verified)) = (&one.read, &one.verified) else { return notes };
    notes.extend(coverage);
    let later = |time: u64| facts.at.is_some_and(|at| time > at.saturating_add(300));
    if let Some(time) = signature.time.filter(|time| later(*time)) {
        let ahead = time - facts.at.unwrap_or_default();
        notes.push(Phrase::new().weak("dated (t=) ").plain(format!(
            "{} after the message was received",
            span(i64::try_from(ahead).unwrap_or(i64::MAX))
        )));
    }
    if let (Some(expires), Some(today)) = (signature.expires, today)
        && today > expires
        && one.reason != Reason::Expired
    {
        notes.push(Phrase::from("expired (x=) by now; at the time of receipt it was not"));
    }
    if let Some(key) = verified.key {
        if key.is_testing {
            notes.push(Phrase::from("the key is marked as a test (t=y)"));
        }
        if key.strength == Some(Strength::Weak) && one.reason == Reason::Verified {
            let bits = key.bits.unwrap_or_default();
            notes.push(
                Phrase::new()
                    .weak(format!("{bits}-bit key"))
                    .plain(": signers SHOULD use at least 2048 bits (RFC 8301 §3.2)"),
            );
        }
    }
    notes.extend(unprotected(signature, verified));
    notes
}

/// Which fields of those that may occur once could be added without breaking the signature.
fn unprotected(signature: &Signature<'_>, verified: &Verified<'_>) -> Option<Phrase> {
    let listed = |name: &str| {
        signature.names.iter().filter(|it| it.eq_ignore_ascii_case(name.as_bytes())).count()
    };
    let covered = |name: &str| {
        let of_name =
            verified.signed.iter().filter(|it| it.name.eq_ignore_ascii_case(name.as_bytes()));
        of_name.filter(|it| it.place.is_some()).count()
    };
    let open: Vec<Phrase> = SINGULAR
        .into_iter()
        .filter(|name| listed(name) > 0 && listed(name) <= covered(name))
        .map(|name| Phrase::new().code(name))
        .collect();
    (!open.is_empty() && verified.reason == Reason::Verified).then(|| {
        Phrase::from("not oversigned, so a second field could be added: ")
            .then(Phrase::listed(open, 6, " and "))
    })
}
