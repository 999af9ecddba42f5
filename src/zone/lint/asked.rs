//! Rule about names at which mail asks for one type of record, and another stands.

use super::rules::WRONG_TYPE;
use crate::diagnostic::{Finding, Rule};
use crate::dns::{Data, Kind, Outcome, Question, Record};
use crate::net::Name;
use crate::protocols::{bimi, dane, dkim, dmarc, mta_sts, tls_rpt};
use crate::text::{Citation, Phrase, rfc};
use crate::zone::{Facts, names};
use crate::zonefile::Zone;
use crate::zonefile::zone::Verdict;

/// Types that are not wrong at any name: aliases, delegations, what signs them (RFC 4034), and types for private
/// use, by which some providers write an alias (RFC 6895 §3.1).
const ELSEWHERE: [u16; 11] = [2, 5, 6, 25, 39, 43, 46, 47, 48, 50, 51];
const PRIVATE: u16 = 65_280;
/// Most types that a message names.
const NAMED: usize = 3;

/// What a name is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Policy,
    Permission,
    Key,
    MtaSts,
    TlsRpt,
    Logo,
    Certificates,
}

impl Purpose {
    /// What is asked for at a name; `None` for a wildcard, and for names that mail does not ask for.
    fn of(owner: &Name) -> Option<Self> {
        if !owner.labels().any(|label| label.starts_with(b"_")) || names::doubled(owner).is_some() {
            return None;
        }
        let labels: Vec<&[u8]> = owner.labels().collect();
        let begins = |with: &str| {
            let with: Vec<&[u8]> = with.split('.').map(str::as_bytes).collect();
            labels.len() > with.len() && labels.starts_with(&with)
        };
        let is_permission = || {
            let below = labels.iter().position(|label| *label == b"_report");
            let next = below.and_then(|index| labels.get(index + 1));
            below > Some(0) && next == Some(&dmarc::LABEL.as_bytes())
        };
        let is_key = || {
            let below = labels.iter().position(|label| *label == dkim::LABEL.as_bytes());
            let selector = below.and_then(|index| labels.get(..index)).unwrap_or_default();
            !selector.is_empty() && names::selector(selector).is_some()
        };
        let is_logo = || labels.get(1).copied() == bimi::LABELS.get(1).map(|it| it.as_bytes());
        match labels.first() {
            Some(&b"*") => None,
            _ if begins(dmarc::LABEL) => Some(Self::Policy),
            _ if begins(mta_sts::LABEL) => Some(Self::MtaSts),
            _ if begins(&tls_rpt::LABELS.join(".")) => Some(Self::TlsRpt),
            _ if begins(dane::LABELS) => Some(Self::Certificates),
            _ if is_permission() => Some(Self::Permission),
            _ if is_key() => Some(Self::Key),
            _ if is_logo() => Some(Self::Logo),
            _ => None,
        }
    }

    /// The type of the records that are asked for.
    fn kind(self) -> Kind {
        match self {
            Self::Certificates => Kind::Tlsa,
            _ => Kind::Txt,
        }
    }

    /// Who asks, and for what.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Policy => ("receivers", "DMARC policy"),
            Self::Permission => ("receivers", "permission to send DMARC reports"),
            Self::Key => ("receivers", "DKIM key"),
            Self::MtaSts => ("senders", "MTA-STS record"),
            Self::TlsRpt => ("senders", "TLS-RPT record"),
            Self::Logo => ("receivers", "BIMI record"),
            Self::Certificates => ("senders", "TLSA record"),
        }
    }

    fn cite(self) -> Citation {
        match self {
            Self::Policy => rfc(9989, "4.7"),
            Self::Permission => rfc(9990, "4"),
            Self::Key => rfc(6376, "3.6.2.2"),
            Self::MtaSts => rfc(8461, "3.1"),
            Self::TlsRpt => rfc(8460, "3"),
            Self::Logo => bimi::section("4.3"),
            Self::Certificates => rfc(7672, "2.2"),
        }
    }
}

pub(super) fn wrong_type(facts: &Facts, rule: &'static Rule, findings: &mut Vec<Finding>) {
    for zone in &facts.files.zones {
        let mut records = zone.records().peekable();
        while let Some(first @ (owner, ..)) = records.next() {
            let rest = std::iter::from_fn(|| records.next_if(|next| next.0 == owner));
            let all: Vec<(Kind, &Record)> = std::iter::once(first)
                .chain(rest)
                .map(|(_, kind, record)| (kind, record))
                .collect();
            let Some(purpose) = Purpose::of(owner) else { continue };
            let found = as_other_type(owner, purpose, &all)
                .or_else(|| absent(facts, zone, owner, purpose, &all));
            let Some((kind, record, said)) = found else { continue };
            let location = facts.set(owner, kind, record.place.as_ref());
            findings.push(Finding::new(rule, location, said).because(rule.why, purpose.cite()));
        }
    }
}

/// A record that is wrong, its type, and what is said of it.
type Wrong<'z> = (Kind, &'z Record, Phrase);

/// Records of other types only, none of the type that is asked for.
fn absent<'z>(
    facts: &Facts,
    zone: &Zone,
    owner: &Name,
    purpose: Purpose,
    all: &[(Kind, &'z Record)],
) -> Option<Wrong<'z>> {
    let is_elsewhere = |kind: Kind| ELSEWHERE.contains(&kind.number()) || kind.number() >= PRIVATE;
    let asked = purpose.kind();
    // What an alias or a delegation leads to is not in the file.
    let leads_away = |kind: Kind| matches!(kind.number(), 2 | 5 | 39) || kind.number() >= PRIVATE;
    if all.iter().any(|(kind, _)| *kind == asked || leads_away(*kind)) {
        return None;
    }
    let mut kinds: Vec<Kind> = all.iter().map(|it| it.0).filter(|it| !is_elsewhere(*it)).collect();
    kinds.dedup();
    let (kind, record) = all.iter().find(|(kind, _)| !is_elsewhere(*kind))?;
    let is_whole = match zone.authority(&Question::new(owner.clone(), asked)) {
        Verdict::Answer { outcome: Outcome::NoData, .. } => facts.is_whole(zone),
        Verdict::NotMine => false,
        // Below a delegation, or an entry cannot be read.
        _ => return None,
    };
    let (who, what) = purpose.words();
    let shown: Vec<String> = kinds.iter().take(NAMED).map(Kind::to_string).collect();
    let said = Phrase::new()
        .name(owner)
        .plain(" has ")
        .bad(format!("{} records", shown.join(", ")))
        .plain(format!(" but no {asked} record"));
    let said = match is_whole {
        true => said.plain(format!(": {who} find no {what}")),
        false => said.plain(format!(" in this file; {who} query {asked} for a {what}")),
    };
    Some((*kind, *record, said))
}

/// A record of the right type for what it says, if it were another: a text that is no more than a host name, or
/// an alias whose target is the text of a record.
fn as_other_type<'z>(
    owner: &Name,
    purpose: Purpose,
    all: &[(Kind, &'z Record)],
) -> Option<Wrong<'z>> {
    let (who, what) = purpose.words();
    if let [(Kind::Cname, record)] = all
        && let Data::Cname(target) = &record.data
        && target.labels().next().is_some_and(|label| label.starts_with(b"v="))
    {
        let said = Phrase::new()
            .plain("the CNAME of ")
            .name(owner)
            .plain(" points to ")
            .bad("the text of a record")
            .plain(": publish the text as ")
            .code(purpose.kind().to_string());
        return Some((Kind::Cname, *record, said));
    }
    let mut texts = all.iter().filter(|(kind, _)| *kind == Kind::Txt && purpose.kind() == *kind);
    let (kind, record) = *texts.next()?;
    let target = record.data.text().and_then(|text| host(&text))?;
    let said = Phrase::new()
        .plain("the TXT record of ")
        .name(owner)
        .plain(" is ")
        .bad("only a host name")
        .plain(format!(": {who} find no {what}; if "))
        .name(&target)
        .plain(" holds it, publish a CNAME to that name instead");
    texts.next().is_none().then_some((kind, record, said))
}

/// The host name that a text is, and nothing else.
fn host(text: &[u8]) -> Option<Name> {
    let text = text.trim_ascii();
    let text = text.strip_suffix(b".").unwrap_or(text);
    let is_plain = text.iter().all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(it));
    let name = Name::from_octets(text).ok().filter(|_| is_plain)?;
    let is_top = |label: &[u8]| label.len() > 1 && label.iter().all(u8::is_ascii_alphabetic);
    (name.label_count() > 1 && name.labels().last().is_some_and(is_top)).then_some(name)
}

/// True for a finding of the rule by which a domain is without what it is meant to have: in a zone that was read
/// whole. A policy may also be inherited (RFC 9989 §4.10.2), a logo and a permission are for more than mail.
pub(super) fn is_only_one(facts: &Facts, finding: &Finding) -> bool {
    if !finding.is(&WRONG_TYPE) {
        return false;
    }
    let owner = &finding.location.name;
    let mut zones = facts.files.zones.iter().filter(|zone| facts.is_whole(zone));
    let zone = zones.rfind(|it| it.apex().is_some_and(|apex| owner.is_within(apex)));
    let (Some(zone), Some(purpose)) = (zone, Purpose::of(owner)) else { return false };
    match purpose {
        Purpose::Logo | Purpose::Permission => false,
        Purpose::Key | Purpose::MtaSts | Purpose::TlsRpt | Purpose::Certificates => true,
        Purpose::Policy => {
            let domains = std::iter::successors(owner.parent(), Name::parent).skip(1);
            let mut policies = domains.filter_map(|domain| domain.child(dmarc::LABEL).ok());
            let may_have = |name: &Name| {
                let text = Question::new(name.clone(), Kind::Txt);
                let verdict = zone.authority(&text);
                matches!(
                    verdict,
                    Verdict::Answer { outcome: Outcome::Records(_), .. } | Verdict::Alias { .. }
                )
            };
            !policies.any(|name| may_have(&name))
        }
    }
}
