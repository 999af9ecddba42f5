//! What the large mailbox providers demand of those who send much, point by point.

use crate::diagnostic::{Finding, Location, Rule};
use crate::dns::Kind;
use crate::posture::{Facts, Receives, Requests, Role, Sends};
use crate::text::Phrase;

/// How a domain stands to one demand.
enum State {
    /// It does what is asked; in a few words, what it has.
    Met(Phrase),
    /// It is proved that it does not have what is asked for.
    Missing(Phrase),
    /// It has it, with a fault that has its own finding.
    Faulty(Phrase),
    /// It was not asked, or could not be told.
    Unknown(Phrase),
}

pub(super) fn senders(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    // A name that neither takes mail nor signs is more likely a policy that others include.
    let sends = match facts.sends {
        Sends::Something => facts.receives == Receives::Something || facts.has_key == Some(true),
        Sends::Nothing => false,
        Sends::Undeclared | Sends::Broken | Sends::Unknown => facts.has_key == Some(true),
    };
    let points = [spf(facts), dkim(facts), dmarc(facts)];
    // What is faulty has an error of its own.
    let is_asked = sends && facts.may_be(Role::Sending);
    if !is_asked || !points.iter().any(|point| matches!(point, State::Missing(_))) {
        return;
    }
    let [mut met, mut wanting, mut unknown] = [const { Vec::new() }; 3];
    for point in points {
        match point {
            State::Met(what) => met.push(what),
            State::Missing(what) | State::Faulty(what) => wanting.push(what),
            State::Unknown(what) => unknown.push(what),
        }
    }
    let said = Phrase::new()
        .plain("bulk sender requirements (Google, Yahoo, Microsoft): ")
        .then(Phrase::listed(wanting, usize::MAX, " and "));
    let said = followed(said, "; met: ", met);
    let said = followed(said, "; undetermined: ", unknown);
    let said = said.plain(
        "; not visible in the DNS of the domain: PTR records of its servers, TLS, one-click \
         unsubscribe, spam rate",
    );
    findings.push(Finding::new(rule, Location::set(facts.domain.clone(), Kind::Txt), said));
}

fn spf(facts: &Facts) -> State {
    match facts.sends {
        Sends::Something => State::Met(Phrase::from("SPF")),
        Sends::Undeclared => State::Missing(Phrase::new().bad("no SPF record")),
        Sends::Broken => State::Faulty(Phrase::new().bad("SPF record with a syntax error")),
        Sends::Nothing | Sends::Unknown => State::Unknown(Phrase::from("SPF")),
    }
}

fn dkim(facts: &Facts) -> State {
    match (facts.has_key, facts.key_bits) {
        (Some(true), Some(bits @ ..2048)) => State::Met(
            Phrase::from("DKIM key (")
                .number(bits)
                .plain(" bits; 1024 required, 2048 recommended)"),
        ),
        (Some(true), _) => State::Met(Phrase::from("DKIM key")),
        // Below an organization, its key may sign.
        (Some(false), _) if facts.is_organization => {
            State::Missing(Phrase::new().bad("no DKIM key"))
        }
        _ => State::Unknown(Phrase::from("DKIM")),
    }
}

fn dmarc(facts: &Facts) -> State {
    match facts.requests {
        Requests::Policy(_) => State::Met(Phrase::from("DMARC policy")),
        Requests::Nothing => State::Missing(Phrase::new().bad("no DMARC policy")),
        Requests::Broken => State::Faulty(Phrase::new().bad("invalid DMARC record")),
        Requests::Unknown => State::Unknown(Phrase::from("DMARC")),
    }
}

fn followed(said: Phrase, word: &str, points: Vec<Phrase>) -> Phrase {
    match points.is_empty() {
        true => said,
        false => said.plain(word).then(Phrase::listed(points, usize::MAX, " and ")),
    }
}
