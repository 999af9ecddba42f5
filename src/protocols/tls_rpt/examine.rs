//! One query, and what its answer means.

use super::event::Event;
use super::grammar::{is_record, parse};
use super::record::Record;
use super::{LABELS, explain, lint};
use crate::diagnostic::{self, Finding, Standing, Step};
use crate::dns::sole::{Found, Published, Sole, Text, sole};
use crate::dns::{Dns, Failure};
use crate::net::Name;
use crate::protocols::{Detail, Examined, Examining};
use crate::text::{Phrase, escape};
use crate::web::Web;

/// What was found out about a domain's TLS reporting.
pub type Facts = Sole<Record>;

/// Examines a domain.
pub fn examine<'a>(dns: &'a dyn Dns, _: &'a dyn Web, domain: &'a Name) -> Examining<'a> {
    Box::pin(async move { Box::new(facts(dns, domain).await) as Box<dyn Examined> })
}

/// Finds out all about a domain's TLS reporting.
pub async fn facts(dns: &dyn Dns, domain: &Name) -> Facts {
    // RFC 8460 §3: several strings "MUST be treated as if those strings are concatenated", and "If the
    // number of resulting records is not one, senders MUST assume the recipient domain does not
    // implement TLSRPT."
    sole(dns, domain, owner(domain), is_record, parse).await
}

/// The name below a domain that its record is published at; `None` if that would be too long.
pub fn owner(domain: &Name) -> Option<Name> {
    domain.child(LABELS.join(".")).ok()
}

impl Facts {
    /// Discarded texts that were probably meant as a TLS-RPT record.
    pub fn lookalikes(&self) -> impl Iterator<Item = &Text> {
        self.discarded.iter().filter(|text| is_lookalike(text))
    }
}

/// True if the text names the version or has a `rua`, and so was meant as a record.
fn is_lookalike(text: &Text) -> bool {
    text.has(b"tlsrpt") || text.has(b"tls-rpt") || text.has(b"rua=") && !text.has(b"v=dmarc1")
}

impl Published<Record> {
    /// True if senders can use it: it has no fault, and a destination that they support.
    pub fn is_usable(&self) -> bool {
        self.record.errors.is_empty() && self.record().has_destination()
    }
}

impl Examined for Facts {
    fn standing(&self) -> Standing {
        match &self.found {
            Found::Failed(_) => Standing::Unknown,
            Found::Nothing => Standing::Absent,
            Found::One(published) if published.is_usable() => Standing::Good,
            Found::One(_) | Found::Several(_) => Standing::Broken,
        }
    }

    fn summary(&self) -> Phrase {
        explain::summary(self)
    }

    fn details(&self) -> Vec<(&'static str, Detail)> {
        let published = self.published();
        let record = published.map_or(Detail::None, |it| Detail::Text(escape(&it.record().text)));
        let uris = published.into_iter().flat_map(|it| &it.record().rua);
        let uris = uris.map(|uri| escape(&uri.text)).collect();
        vec![("record", record), ("reports", Detail::Texts(uris))]
    }

    fn findings(&self) -> Vec<Finding> {
        lint::check(self)
    }

    fn steps(&self) -> Vec<Step<Box<dyn diagnostic::Event>>> {
        Event::trace(self)
    }

    fn failure(&self) -> Option<&Failure> {
        Sole::failure(self)
    }
}
