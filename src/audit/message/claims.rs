//! What others say that they found, held against what is found now.

use crate::examine::message::{Claimed, ExaminedSignature, MessageFacts, MessageInquiry, host};
use crate::net::organization;
use crate::protocols::auth_results::{MethodResult, normal};
use crate::protocols::dkim::signature::{Reason, SignatureResult};
use crate::report::message::{Claim, Difference, MessageReport};
use crate::text::{Phrase, escape};

/// What others say, with who of them is the receiver of this copy.
///
/// Trusted is a field of the given authserv-id; else the topmost Authentication-Results field if its
/// author is of the organization of the topmost hop, or names nobody as Microsoft's. Neither is one that
/// stands below what the receiver's border wrote.
pub(super) fn claims(facts: &MessageFacts<'_>, inquiry: &MessageInquiry) -> Vec<Claim> {
    let mut is_first = true;
    let claims = facts.claims.iter().map(|Claimed { field, received_above, results }| {
        // What stands below a field that a stranger could write is a stranger's, whatever name it bears;
        // a filter of the border writes above the field of its own host or right below it.
        let is_above = facts.hop.border.is_none_or(|border| *received_above <= border + 1);
        let is_own_field = *field == "Authentication-Results" && is_above;
        let author = results.authserv_id.as_deref();
        let trusted = match (&inquiry.authserv, author) {
            (Some(given), Some(author)) => is_own_field && given.eq_ignore_ascii_case(author),
            (Some(_), None) => false,
            (None, Some(author)) => {
                let of = host(author).map(|it| organization(&it));
                is_own_field && is_first && of.is_some() && of == facts.hop.receiver
            }
            (None, None) => is_own_field && is_first && facts.hop.receiver.is_some(),
        };
        is_first &= !is_own_field;
        Claim { field: (*field).to_owned(), trusted, results: escaped(results.clone()) }
    });
    claims.collect()
}

/// The results with every text escaped: they come from strangers.
fn escaped(
    mut results: crate::protocols::auth_results::AuthenticationResults,
) -> crate::protocols::auth_results::AuthenticationResults {
    let clean = |text: &mut String| *text = escape(text.as_bytes());
    results.authserv_id.iter_mut().for_each(clean);
    for one in &mut results.results {
        clean(&mut one.method);
        clean(&mut one.result);
        one.reason.iter_mut().for_each(clean);
        one.comments.iter_mut().for_each(clean);
        for property in &mut one.properties {
            clean(&mut property.name);
            clean(&mut property.value);
        }
    }
    results
}

/// Most differences that are shown.
const MOST: usize = 50;

/// Where others found something else.
pub(super) fn differences(facts: &MessageFacts<'_>, report: &MessageReport) -> Vec<Difference> {
    let mut found = Vec::new();
    for claim in &report.authentication_results {
        for one in &claim.results.results {
            let theirs = normal(&one.result).to_owned();
            let (about, ours, why) = match one.method.as_str() {
                "spf" => match spf(facts, one) {
                    Some(it) => it,
                    None => continue,
                },
                "dkim" => match dkim(facts, one) {
                    Some(it) => it,
                    None => continue,
                },
                "dmarc" => dmarc(report, one),
                "arc" => (
                    None,
                    report.arc.result.word().to_owned(),
                    Phrase::from("chains are verified with the keys that sealers publish now"),
                ),
                _ => continue,
            };
            if ours != theirs && found.len() < MOST {
                found.push(Difference {
                    authserv_id: claim.results.authserv_id.clone(),
                    method: one.method.clone(),
                    about,
                    theirs: one.result.clone(),
                    ours,
                    why,
                });
            }
        }
    }
    found
}

type Held = (Option<String>, String, Phrase);

fn spf(facts: &MessageFacts<'_>, one: &MethodResult) -> Option<Held> {
    let ours = facts.spf.as_ref()?;
    let about = one.property("smtp.mailfrom").or_else(|| one.property("smtp.helo"));
    let of = about.map(|it| it.rsplit_once('@').map_or(it, |it| it.1));
    // Another identity is another question.
    if of.is_some_and(|of| !of.eq_ignore_ascii_case(&ours.domain)) {
        return None;
    }
    let ip = facts.hop.ip.as_ref().map(|(ip, _)| ip.to_string()).unwrap_or_default();
    let named = one.comments.iter().flat_map(|it| it.split([' ', ',', ';']));
    let named: Vec<std::net::IpAddr> = named.filter_map(crate::mail::message::address).collect();
    let why = match named.first() {
        Some(named) if !ip.is_empty() && named.to_string() != ip => {
            Phrase::from("it checked ").addr(named).plain(", here ").addr(&ip).plain(" was checked")
        }
        _ => Phrase::from("checked with the record of today, for ").addr(&ip),
    };
    Some((about.map(|it| escape(it.as_bytes())), ours.result.word().to_owned(), why))
}

fn dkim(facts: &MessageFacts<'_>, one: &MethodResult) -> Option<Held> {
    let domain = one.property("header.d").or_else(|| {
        let identity = one.property("header.i")?;
        Some(identity.rsplit_once('@').map_or(identity, |it| it.1))
    });
    let Some(domain) = domain.filter(|it| *it != "none") else {
        // A result about no domain is about the message: signed or not.
        let none = facts.signatures.is_empty() && normal(&one.result) != "none";
        return none.then(|| {
            (None, "none".to_owned(), Phrase::from("the message has no DKIM-Signature field"))
        });
    };
    let is = |signature: &&ExaminedSignature<'_>| {
        let Ok(read) = &signature.read else { return false };
        let same = |property: &str, value: &[u8]| {
            one.property(property).is_none_or(|it| it.as_bytes().eq_ignore_ascii_case(value))
        };
        let within = {
            let own = read.identity_domain();
            own.eq_ignore_ascii_case(domain.as_bytes())
                || read.domain.eq_ignore_ascii_case(domain.as_bytes())
        };
        within && same("header.s", read.selector)
    };
    let mut of_domain = facts.signatures.iter().filter(is);
    let about = Some(escape(domain.as_bytes()));
    let Some(first) = of_domain.next() else {
        let why = Phrase::from("the message has no signature of this domain left");
        return Some((about, "none".to_owned(), why));
    };
    // Of several signatures of one domain the one that agrees is the one that is meant.
    let agrees = |it: &&ExaminedSignature<'_>| it.result().word() == normal(&one.result);
    let ours = std::iter::once(first).chain(of_domain).find(agrees).unwrap_or(first);
    let is_changed = matches!(ours.reason, Reason::BodyHash | Reason::Signature);
    let why = match ours.reason {
        _ if is_changed && normal(&one.result) == "pass" => {
            Phrase::from("the message was changed after this receiver verified it")
        }
        Reason::Lookup(trouble) => Phrase::from("the key record ").unknown(trouble.sentence()),
        reason if reason.is_of_key() => Phrase::from("the key is not published any more"),
        Reason::Expired => Phrase::from("it has expired since"),
        Reason::Verified if ours.result() == SignatureResult::Pass => {
            Phrase::from("it verifies with the key that is published now")
        }
        Reason::KeyTooShort | Reason::Sha1 => Phrase::from("receivers of RFC 8301 refuse it"),
        _ => Phrase::from("receivers differ in how strict they are"),
    };
    Some((about, ours.result().word().to_owned(), why))
}

fn dmarc(report: &MessageReport, one: &MethodResult) -> Held {
    let about = one.property("header.from").map(|it| escape(it.as_bytes()));
    let why = match one.result.as_str() {
        "bestguesspass" => Phrase::from(
            "Microsoft's word for: no policy is published, and the message would pass one",
        ),
        _ => report.dmarc.reason.clone(),
    };
    (about, report.dmarc.result.word().to_owned(), why)
}
