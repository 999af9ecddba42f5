//! The words: what each step of an SPF evaluation means. The only place with sentences.

use super::event::{Effect, Event};
use super::expand::Lack;
use super::flatten::Refusal;
use super::partition::{Exception, LOOKUP_LIMIT, SpfResult, VOID_LIMIT};
use super::policy::{Found, Published};
use super::record::{Body, Mechanism};
use crate::diagnostic::{self, Explanation, Tone};
use crate::text::{Citation, Phrase, Role, rfc};
use serde_json::{Value, json};

impl diagnostic::Event for Event {
    fn explain(&self) -> Explanation {
        match self {
            Self::CheckHost { published, result } => check_host(published, *result),
            Self::Term { effect, .. } => self.explain_term(effect),
            Self::Host { name, matched } => Explanation {
                headline: if *matched {
                    Phrase::new().plain("its host ").name(name).plain(" has the address")
                } else {
                    Phrase::new().plain("its host ").name(name).plain(" does not have the address")
                },
                tone: Tone::Plain,
                cite: Some(rfc(7208, "5.4")),
            },
            Self::Explanation { name, text } => explanation(name.as_ref(), text.as_deref()),
            Self::NoDomain { given } => Explanation {
                headline: Phrase::new()
                    .code(given)
                    .plain(" is not a valid domain name: ")
                    .with(Role::Weak, "none"),
                tone: Tone::Plain,
                cite: Some(rfc(7208, "4.3")),
            },
        }
    }

    fn machine(&self) -> Value {
        match self {
            Self::CheckHost { published, result } => json!({
                "event": "check_host",
                "domain": published.domain,
                "found": found_word(published),
                "result": result.map(SpfResult::word),
            }),
            Self::Term { published, effect, .. } => json!({
                "event": "term",
                "domain": published.domain,
                "term": self.term_text(),
                "span": self.term().map(|term| term.span),
                "target": effect.target,
                "outcome": outcome_word(effect),
                "result": (effect.matched > 0).then(|| effect.result.word()),
                "lookups": effect.spent.lookups,
                "voids": effect.spent.voids,
            }),
            Self::Host { name, matched } => {
                json!({"event": "mx_host", "name": name, "matched": matched})
            }
            Self::Explanation { name, text } => json!({
                "event": "explanation",
                "name": name,
                "text": text.as_deref().map(crate::text::escape),
            }),
            Self::NoDomain { given } => {
                json!({"event": "no_domain", "given": crate::text::escape(given)})
            }
        }
    }
}

impl Event {
    fn term_text(&self) -> String {
        match (self, self.term()) {
            (Self::Term { published, .. }, Some(term)) => {
                published.usable().map(|record| record.show(term.span)).unwrap_or_default()
            }
            _ => String::new(),
        }
    }

    fn explain_term(&self, effect: &Effect) -> Explanation {
        let mut headline = Phrase::new().code(self.term_text());
        let mut tone = Tone::Plain;
        if let Some(target) = effect.target.as_ref().filter(|_| self.is_expanded()) {
            headline = headline.plain(" (").name(target).plain(")");
        }
        if let Some(why) = &effect.exception {
            headline = headline.plain(": ").then(exception(why));
            tone = if why.result() == SpfResult::Temperror { Tone::Unknown } else { Tone::Bad };
        } else if let Some(lack) = effect.lack {
            headline = headline.plain(": ").then(lacking(lack));
            tone = Tone::Unknown;
        } else if matches!(self.term().map(|term| &term.body), Some(Body::Redirect(_))) {
            headline = headline.plain(": the result is that of this domain's policy");
        } else if effect.is_about_one() {
            let matched = effect.matched == 1;
            headline = match (matched, self.mechanism()) {
                (true, Some(Mechanism::All)) => headline.plain(" matches everything: "),
                (true, _) => headline.plain(" matches: "),
                (false, Some(Mechanism::Include(_))) => headline.plain(" does not pass: no match"),
                (false, _) => headline.plain(" does not match"),
            };
            if matched && effect.is_conditional {
                headline = headline
                    .unknown(effect.result.word())
                    .plain(" unless a term above that depends on the sender matches");
                tone = Tone::Unknown;
            } else if matched {
                headline = headline.with(role(effect.result), effect.result.word());
                tone = tone_of(effect.result);
            }
        } else if effect.matched == 0 {
            headline = match is_readable(effect.asked) {
                true => headline
                    .plain(" matches none of ")
                    .addr(address_count(effect.asked))
                    .plain(format!(" {} addresses", effect.family)),
                false => headline.plain(format!(" matches no {} address", effect.family)),
            };
        } else {
            headline = headline.plain(" matches ").addr(address_count(effect.matched));
            // A share of a number that is not exact says nothing.
            if is_readable(effect.asked) {
                headline = headline.plain(" of ").addr(address_count(effect.asked));
            }
            headline = headline
                .plain(format!(" {} addresses: ", effect.family))
                .with(role_in_policy(effect.result), effect.result.word());
        }
        if self.mechanism().is_some_and(Mechanism::is_counted) || effect.exception.is_some() {
            let is_include = matches!(self.mechanism(), Some(Mechanism::Include(_)));
            headline = counted(headline, effect, is_include);
        }
        Explanation { headline, tone, cite: self.cite() }
    }

    /// True if the name looked at is not the one that stands in the term.
    fn is_expanded(&self) -> bool {
        self.mechanism().is_none_or(|mechanism| {
            mechanism.domain_spec().is_none_or(|spec| spec.fixed().is_none())
        })
    }

    fn cite(&self) -> Option<Citation> {
        Some(rfc(
            7208,
            match &self.term()?.body {
                Body::Directive(_, Mechanism::All) => "5.1",
                Body::Directive(_, Mechanism::Include(_)) => "5.2",
                Body::Directive(_, Mechanism::A(_)) => "5.3",
                Body::Directive(_, Mechanism::Mx(_)) => "5.4",
                Body::Directive(_, Mechanism::Ptr(_)) => "5.5",
                Body::Directive(_, Mechanism::Ip4(_) | Mechanism::Ip6(_)) => "5.6",
                Body::Directive(_, Mechanism::Exists(_)) => "5.7",
                Body::Redirect(_) => "6.1",
                Body::Explanation(_) => "6.2",
                Body::Unknown { .. } => "6",
            },
        ))
    }
}

/// Adds what was spent, and says where receivers stop.
fn counted(headline: Phrase, effect: &Effect, is_include: bool) -> Phrase {
    let spent = effect.spent;
    let mut headline =
        headline.plain(", lookup ").number(spent.lookups).plain(format!("/{LOOKUP_LIMIT}"));
    // What an include spent on voids, the terms behind it have said.
    let is_new = spent.voids > VOID_LIMIT || !is_include;
    if spent.voids > 0 && is_new {
        headline =
            headline.plain(", void lookup ").number(spent.voids).plain(format!("/{VOID_LIMIT}"));
    }
    if spent.lookups > LOOKUP_LIMIT {
        headline.plain("; receivers stop at 10 lookups: ").bad("permerror")
    } else if spent.voids > VOID_LIMIT {
        headline.plain("; receivers stop after 2 void lookups: ").bad("permerror")
    } else {
        headline
    }
}

fn check_host(published: &Published, result: Option<SpfResult>) -> Explanation {
    let domain = &published.domain;
    let said = Phrase::new().name(domain);
    let (headline, tone, section) = match &published.found {
        Found::One { record, .. } => match record.errors.first() {
            None => {
                let said = said.plain(" publishes ").code(&record.value.text);
                let tone = result.map_or(Tone::Plain, tone_of);
                let said = match result {
                    Some(result) => said.plain("; result: ").with(role(result), result.word()),
                    None => said,
                };
                (said, tone, "4.6")
            }
            Some(error) => {
                let said = said
                    .plain(" publishes a record with a syntax error: expected ")
                    .plain(error.expected)
                    .plain(" at ")
                    .code(error.span.of(&record.value.text))
                    .plain(": ")
                    .bad("permerror");
                (said, Tone::Bad, "4.6")
            }
        },
        Found::Several(records) => {
            let said = said
                .plain(" publishes ")
                .number(records.len())
                .plain(" SPF records (1 allowed): ")
                .bad("permerror");
            (said, Tone::Bad, "4.5")
        }
        Found::Nothing => {
            (said.plain(" publishes no SPF record: ").weak("none"), Tone::Plain, "4.5")
        }
        Found::NoDomain => (said.plain(" does not exist: ").weak("none"), Tone::Plain, "4.3"),
        Found::Failed => {
            let said = match published.answer.failure() {
                Some(failure) => said.plain(" TXT ").plain(failure.trouble.sentence()),
                None => said,
            };
            (said.plain(": ").unknown("temperror"), Tone::Unknown, "4.4")
        }
    };
    Explanation { headline, tone, cite: Some(rfc(7208, section)) }
}

fn explanation(name: Option<&crate::net::Name>, text: Option<&[u8]>) -> Explanation {
    let headline = match (name, text) {
        (Some(name), Some(text)) => {
            Phrase::new().plain("explanation at ").name(name).plain(": ").code(text)
        }
        (Some(name), None) => Phrase::new().plain("no usable explanation at ").name(name),
        (None, _) => Phrase::from("no explanation: exp= does not expand to a domain name"),
    };
    Explanation { headline, tone: Tone::Plain, cite: Some(rfc(7208, "6.2")) }
}

/// Why an evaluation ended in an error.
pub fn exception(exception: &Exception) -> Phrase {
    let said = Phrase::new();
    match exception {
        Exception::Dns { name, kind, failure } => {
            let said = said.name(name).plain(format!(" {kind} ")).plain(failure.trouble.sentence());
            let said = match failure.detail.as_str() {
                "" => said,
                detail => said.plain(" (").plain(detail).plain(")"),
            };
            said.plain(": ").unknown("temperror")
        }
        Exception::Syntax { domain, error } => said
            .plain("syntax error in the record of ")
            .name(domain)
            .plain(" (expected ")
            .plain(error.expected)
            .plain("): ")
            .bad("permerror"),
        Exception::SeveralRecords { domain, found } => said
            .name(domain)
            .plain(" publishes ")
            .number(found)
            .plain(" SPF records: ")
            .bad("permerror"),
        Exception::NoRecord { target: None, .. } => {
            said.plain("not a domain name: ").bad("permerror")
        }
        Exception::NoRecord { target: Some(name), missing_domain: true } => {
            said.name(name).plain(" does not exist: ").bad("permerror")
        }
        Exception::NoRecord { target: Some(name), missing_domain: false } => {
            said.name(name).plain(" publishes no SPF record: ").bad("permerror")
        }
        Exception::TooManyMxHosts { found } => {
            said.number(found).plain(" MX hosts (limit 10): ").bad("permerror")
        }
        Exception::TooLarge => {
            said.plain("more than 256 KiB of records, evaluation stopped: ").unknown("temperror")
        }
        Exception::Endless => {
            said.plain("far more than 10 lookups, probably a loop: ").bad("permerror")
        }
    }
}

/// Why a policy is not flattened.
pub fn refusal(refusal: &Refusal) -> Phrase {
    let said = Phrase::new();
    match refusal {
        Refusal::NoPolicy => said.plain("no SPF policy to flatten"),
        Refusal::Unknown(why) => said
            .unknown("policy undetermined")
            .plain(", and a partial list would reject senders: ")
            .then(exception(why)),
        Refusal::Broken(why) => said.plain("fix the policy first: ").then(exception(why)),
        Refusal::Depends(terms) => {
            let depend = if terms.len() == 1 { " depends" } else { " depend" };
            let said = said.code(terms.join(" ")).plain(depend);
            said.plain(" on the sender; an address list would lose the senders that pass there")
        }
        Refusal::BeyondLimit(terms) => {
            let verb = if terms.len() == 1 { " is" } else { " are" };
            said.code(terms.join(" ")).plain(verb).plain(
                " beyond the limit of 10 lookups and not resolved; a list could lose senders",
            )
        }
        Refusal::TooLarge { networks } => said
            .number(networks)
            .plain(" networks do not fit into ten records of 512 octets each (10 lookups)"),
        Refusal::NotProved => said
            .plain("internal error: the list gives some addresses another result than the policy"),
    }
}

fn lacking(lack: Lack) -> Phrase {
    match lack {
        Lack::Unknown(letter) => Phrase::new()
            .unknown("depends on the sender")
            .plain(" (")
            .code(format!("%{{{}}}", letter.symbol()))
            .plain(")"),
        Lack::NotAscii => Phrase::from("no match: the local part is not ASCII"),
        Lack::NotAName(error) => Phrase::new().plain("no match: ").plain(error.to_string()),
        Lack::BeyondLimit => Phrase::from("not resolved: beyond the limit of 10 lookups"),
    }
}

/// The role in which a result is shown.
pub fn role(result: SpfResult) -> Role {
    match result {
        SpfResult::Pass => Role::Good,
        SpfResult::Fail | SpfResult::Permerror => Role::Bad,
        SpfResult::Softfail | SpfResult::Neutral | SpfResult::None => Role::Weak,
        SpfResult::Temperror => Role::Unknown,
    }
}

/// The role of a result of a policy, for no sender in particular: that strangers fail is right.
fn role_in_policy(result: SpfResult) -> Role {
    match result {
        SpfResult::Fail | SpfResult::Softfail => Role::Plain,
        result => role(result),
    }
}

fn tone_of(result: SpfResult) -> Tone {
    match result {
        SpfResult::Pass => Tone::Good,
        SpfResult::Fail | SpfResult::Softfail | SpfResult::Permerror => Tone::Bad,
        SpfResult::Neutral | SpfResult::None => Tone::Plain,
        SpfResult::Temperror => Tone::Unknown,
    }
}

fn found_word(published: &Published) -> &'static str {
    match &published.found {
        Found::One { record, .. } if record.errors.is_empty() => "record",
        Found::One { .. } => "faulty_record",
        Found::Several(_) => "several_records",
        Found::Nothing => "nothing",
        Found::NoDomain => "no_domain",
        Found::Failed => "failure",
    }
}

fn outcome_word(effect: &Effect) -> &'static str {
    match effect {
        Effect { exception: Some(_), .. } => "error",
        Effect { lack: Some(Lack::Unknown(_)), .. } => "depends_on_sender",
        Effect { lack: Some(Lack::BeyondLimit), .. } => "not_resolved",
        Effect { matched: 0, .. } => "no_match",
        Effect { open: 0, .. } => "match",
        _ => "partial_match",
    }
}

/// The largest number of addresses that is written with all of its digits.
const MOST_READABLE: u128 = 1_000_000_000_000;

/// True for a number of addresses that a person can read in full.
fn is_readable(count: u128) -> bool {
    count <= MOST_READABLE
}

/// A number of addresses for a reader: exact while a person can read it, a power of two beyond.
pub(super) fn address_count(count: u128) -> String {
    match count {
        u128::MAX => "2^128".into(),
        count if !is_readable(count) && count.is_power_of_two() => {
            format!("2^{}", count.ilog2())
        }
        count if !is_readable(count) => {
            // The nearer power of two, by the logarithm: half of it is the square root of two.
            let (log, half) = (count.ilog2(), 1_u128 << (count.ilog2() - 7));
            format!("about 2^{}", log + u32::from(count / half >= 181))
        }
        count => grouped(count),
    }
}

/// Digits in groups of three: `4,194,304`.
fn grouped(count: u128) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_counts_are_exact_while_they_can_be_read() {
        let counts = [0, 999, 1_000, 4_194_304, 1 << 96, (1 << 96) - 7, u128::MAX - 7, u128::MAX];
        let words = counts.map(address_count);
        assert_eq!(
            words,
            ["0", "999", "1,000", "4,194,304", "2^96", "about 2^96", "about 2^128", "2^128"]
        );
    }
}
