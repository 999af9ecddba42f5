//! Validated domain names of a client (RFC 7208 §5.5), for `ptr` and `%{p}`.

use super::expand;
use super::macro_string::{Letter, MacroString};
use super::mechanism::failed;
use super::partition::Exception;
use super::walk::Walker;
use crate::dns::{Answer, Data, Kind, ask};
use crate::net::{Family, Name};
use std::net::IpAddr;
use std::sync::Arc;

/// RFC 7208 §4.6.4: "the first 10 records are used".
const NAME_LIMIT: usize = 10;

/// The reverse names of a client that lead back to it.
#[derive(Debug, Default)]
pub(super) struct Validation {
    /// The names, in the order of the PTR records.
    pub(super) names: Vec<Name>,
    /// Questions that got no records.
    pub(super) void_questions: u16,
    /// The first question that could not be answered.
    pub(super) failure: Option<Arc<Exception>>,
    /// Every answer used.
    pub(super) answers: Vec<Arc<Answer>>,
}

impl Walker<'_> {
    /// The validated names of the client; `None` if the walk is about many clients.
    pub(super) async fn validate(&mut self) -> Option<Arc<Validation>> {
        let ip = self.ip?;
        if let Some(known) = &self.validation {
            return Some(Arc::clone(known));
        }
        let mut validation = Validation::default();
        let Ok(reverse) = reverse_name(ip) else { return Some(Arc::default()) };
        let pointers = ask(self.dns(), &reverse, Kind::Ptr).await;
        // RFC 7208 §5.5: "If a DNS error occurs while doing the PTR RR lookup, then this
        // mechanism fails to match."
        validation.void_questions += u16::from(pointers.is_void());
        validation.failure = failed(&pointers);
        for record in pointers.records().iter().take(NAME_LIMIT) {
            let Data::Ptr(name) = &record.data else { continue };
            let answer = crate::dns::addresses(self.dns(), name, self.family).await;
            validation.void_questions += u16::from(answer.is_void());
            validation.failure = validation.failure.or_else(|| failed(&answer));
            if answer.records().iter().any(|record| record.data.address() == Some(ip)) {
                validation.names.push(name.clone());
            }
            validation.answers.push(answer);
        }
        validation.answers.insert(0, pointers);
        let validation = Arc::new(validation);
        self.validation = Some(Arc::clone(&validation));
        Some(validation)
    }

    /// The value of `%{p}`, looked up only if the macro string asks for it (RFC 7208 §7.3).
    pub(super) async fn validated_name(
        &mut self,
        macros: &MacroString,
        domain: &Name,
    ) -> Option<Vec<u8>> {
        if !expand::asks_for(macros, Letter::ValidatedName) {
            return None;
        }
        Some(preferred(&self.validate().await?.names, domain))
    }
}

/// RFC 7208 §7.3: the domain itself if it is among the names, else one below it, else any, else
/// `unknown`.
fn preferred(names: &[Name], domain: &Name) -> Vec<u8> {
    names
        .iter()
        .find(|name| *name == domain)
        .or_else(|| names.iter().find(|name| name.is_within(domain)))
        .or_else(|| names.first())
        .map_or_else(|| b"unknown".to_vec(), Name::to_octets)
}

/// The name below `in-addr.arpa` or `ip6.arpa` that belongs to an address (RFC 1035 §3.5,
/// RFC 3596 §2.5).
///
/// # Errors
/// Never in fact: these names are short enough.
pub fn reverse_name(ip: IpAddr) -> Result<Name, crate::net::NameError> {
    let (digits, suffix): (Vec<String>, &str) = match ip {
        IpAddr::V4(ip) => (ip.octets().iter().map(u8::to_string).collect(), "in-addr.arpa"),
        IpAddr::V6(_) => {
            let digits = format!("{:032x}", Family::number(ip));
            (digits.chars().map(String::from).collect(), "ip6.arpa")
        }
    };
    let labels = digits.iter().rev().map(String::as_bytes);
    Name::from_labels(labels.chain(suffix.split('.').map(str::as_bytes)))
}
