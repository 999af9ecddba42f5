//! What there is to say about a zone file, from the file alone.
//!
//! The rules about files speak first; then each name that takes part in mail is looked at as a
//! domain is, only that nothing is asked of anybody. What lies outside of the file cannot be told,
//! so no rule is met by it. What is not there is said of the top of a zone only, and only if the
//! file speaks for all of it: elsewhere a file says what its own records show.

use crate::diagnostic::{self, Location};
use crate::dns::{Kind, Outcome, Place, Question, Record};
use crate::examine::{Checks, Inquiry, gather_facts};
use crate::net::Name;
use crate::protocols::spf::Policies;
use crate::report::Finding;
use crate::text::{Phrase, Span};
use crate::zone::{self, Alone, Facts, MailName};
use crate::zonefile::Zone;
use crate::zonefile::zone::Verdict;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Most names of a file that are looked at: each may cost a walk through a hundred policies.
const NAMES: usize = 10_000;

/// What there is to say about one file.
#[derive(Debug)]
pub struct Linted {
    /// The zones that the file speaks for.
    pub zones: Vec<Name>,
    /// How many records were read.
    pub records: usize,
    /// True if the file answered every question, so that what was not found is not there.
    pub is_settled: bool,
    /// What was found, in the order of the file. Every finding has its place there.
    pub findings: Vec<Finding>,
}

/// Looks at a file, and at each name in it that takes part in mail.
pub async fn lint(facts: &Facts) -> Linted {
    let mut findings = zone::lint::check(facts);
    let mut is_settled = true;
    for zone in &facts.files.zones {
        let alone = Alone::new(facts, zone);
        let mut found = of_names(facts, zone, &alone).await;
        if alone.supposes_no_policy_above() {
            found.iter_mut().for_each(suppose);
        }
        findings.append(&mut found);
        is_settled &= !alone.has_failed();
    }
    let places = Places::of(facts);
    findings.iter_mut().for_each(|finding| places.settle(&mut finding.location));
    drop_explained(&mut findings);
    findings.sort_by_key(|finding| position(&finding.location));
    Linted {
        zones: facts.files.zones.iter().filter_map(Zone::apex).cloned().collect(),
        records: facts.records().count(),
        is_settled,
        findings: findings.iter().map(Finding::from).collect(),
    }
}

/// What the protocols say of each name. A record that several names share, as a policy of SPF or
/// DMARC can be, is judged with the first of them.
async fn of_names(facts: &Facts, zone: &Zone, alone: &Alone<'_>) -> Vec<diagnostic::Finding> {
    let policies = Policies::new(alone);
    let (mut findings, mut told) = (Vec::new(), HashSet::new());
    let names = zone::mail_names(zone);
    if let Some(next) = names.get(NAMES) {
        findings.push(too_many(next, names.len()));
    }
    for name in names.into_iter().take(NAMES) {
        let inquiry = inquiry(facts, zone, name);
        let mut found = gather_facts(&policies, &inquiry).await.findings();
        found.retain(|finding| !told.contains(&key(finding)));
        told.extend(found.iter().map(key));
        findings.append(&mut found);
    }
    findings
}

/// Says that a file has more names than are looked at, at the first that is not.
fn too_many(next: &MailName, count: usize) -> diagnostic::Finding {
    let said = Phrase::new()
        .plain("of ")
        .number(count)
        .plain(" names that take part in mail the first ")
        .number(NAMES)
        .plain(" are looked at");
    let location = Location::set(next.domain.clone(), Kind::Txt);
    diagnostic::Finding::new(&zone::lint::NOT_READ, location, said)
}

/// What is looked at of a name.
fn inquiry(facts: &Facts, zone: &Zone, name: MailName) -> Inquiry {
    let is_plain = facts.is_whole(zone) && !name.is_wildcard();
    let is_apex = zone.apex() == Some(&name.domain);
    let shows = name.shows;
    let checks = if is_plain && is_apex {
        Checks::default()
    } else {
        // Whoever takes mail can be forged, so the policy of a name with an MX is missed.
        let spf = shows.spf || is_plain && shows.mx;
        Checks { mx: shows.mx, spf, dkim: shows.keys, dmarc: shows.policy }
    };
    Inquiry { seen: name.selectors, checks, ..Inquiry::about(name.domain) }
}

/// What a finding says, wherever it was come by.
type Key = (&'static str, Name, Kind, Option<Arc<[u8]>>, Option<Span>);

fn key(finding: &diagnostic::Finding) -> Key {
    let Location { name, kind, record, span, .. } = &finding.location;
    (finding.rule.id, name.clone(), *kind, record.clone(), *span)
}

/// Says what a claim about the names above the zone rests on.
fn suppose(finding: &mut diagnostic::Finding) {
    if finding.rule.id == "dmarc/missing" {
        let said = std::mem::take(&mut finding.message);
        finding.message = said.plain(" (of the names above, the file cannot tell)");
    }
}

/// Takes away what other rules say of a text that is not published as it is written: that it is no
/// record of its kind, and that there is none.
fn drop_explained(findings: &mut Vec<diagnostic::Finding>) {
    let line = |location: &Location| location.place.as_ref().map(|place| place.line);
    let is_explanation =
        |finding: &&diagnostic::Finding| finding.rule.id == zone::lint::UNQUOTED_TEXT.id;
    let mut explained: HashMap<Name, Vec<Option<u32>>> = HashMap::new();
    for finding in findings.iter().filter(is_explanation) {
        let lines = explained.entry(finding.location.name.clone()).or_default();
        lines.push(line(&finding.location));
    }
    findings.retain(|finding| {
        let Location { name, kind, record, .. } = &finding.location;
        let lines = explained.get(name).filter(|_| *kind == Kind::Txt && !is_explanation(&finding));
        lines.is_none_or(|lines| match record {
            Some(_) => !lines.contains(&line(&finding.location)),
            None => finding.rule.id != "spf/missing",
        })
    });
}

/// Where in its file a finding stands: line and column.
fn position(location: &Location) -> (u32, u32) {
    let Some(place) = &location.place else { return (1, 1) };
    location.span.map_or((place.line, place.column), |span| place.of(span.start))
}

/// Where in a file things stand.
struct Places<'f> {
    facts: &'f Facts,
    /// Where the first record of each name stands.
    first: HashMap<&'f Name, &'f Place>,
}

impl<'f> Places<'f> {
    fn of(facts: &'f Facts) -> Self {
        Self { facts, first: zone::first_places(&facts.files.zones) }
    }

    /// Gives a location its place: the record that is meant, or the first of its set; for what is
    /// not there the first record of the name, or of the nearest one above it.
    fn settle(&self, location: &mut Location) {
        if location.place.is_none() {
            let found = self.record(location).or_else(|| self.nearest(&location.name));
            let begin = || Some(Place::new(Arc::clone(self.zones().next()?.file()), 1, 1));
            location.place = found.or_else(begin);
        }
    }

    fn zones(&self) -> impl Iterator<Item = &'f Zone> {
        self.facts.files.zones.iter()
    }

    fn record(&self, location: &Location) -> Option<Place> {
        let question = Question::new(location.name.clone(), location.kind);
        let records = self.zones().find_map(|zone| match zone.authority(&question) {
            Verdict::Answer { outcome: Outcome::Records(records), .. } => Some(records),
            _ => None,
        })?;
        let is_meant = |record: &&Record| match &location.record {
            Some(text) => record.data.text().as_deref() == Some(text),
            None => true,
        };
        let places = records.iter().filter(is_meant).filter_map(|record| record.place.clone());
        places.min_by_key(|place| (place.line, place.column))
    }

    fn nearest(&self, name: &Name) -> Option<Place> {
        let above = std::iter::successors(Some(name.clone()), Name::parent);
        let mut known = above.filter_map(|name| self.first.get(&name).copied());
        let top = || self.zones().find_map(|zone| self.first.get(zone.apex()?).copied());
        known.next().or_else(top).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zonefile::formats;

    /// What is said of a file named `example.com.zone`: `line:column rule`.
    async fn told(text: &str) -> Vec<String> {
        told_of("example.com.zone", text).await
    }

    async fn told_of(file: &str, text: &str) -> Vec<String> {
        let files = formats::read(file, text.as_bytes());
        let linted = lint(&Facts::new(files, text.as_bytes().into())).await;
        let shown = linted.findings.iter().map(|finding| {
            let place = finding.location.as_ref().expect("every finding has its place");
            format!("{}:{} {}", place.line, place.column, finding.id)
        });
        shown.collect()
    }

    const NOTHING: [&str; 0] = [];

    /// A zone about which there is nothing to say.
    const SOUND: &str = r#"
@      3600 SOA  ns.example.com. admin.example.com. 1 7200 3600 1209600 3600
       3600 MX   10 mx
       3600 TXT  "v=spf1 mx -all"
mx     3600 A    192.0.2.10
       3600 AAAA 2001:db8::10
_dmarc 3600 TXT  "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
mail._domainkey 3600 TXT ( "v=DKIM1; k=rsa; p="
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApiaYHh8Fapvs8iVXMfVZz5WsKtdi"
  "gGnSgr4t52tE6VsweqBJjVpcHeyS7A/Uz/qLULbvPnycZrRi5aLg5viXrXdZJF2/RyzDqlli"
  "vTni45cFv513CX8aevmkYS/q1XxbmYT/5K/328DQASiLLzoOv2GFkfbu3KiDuEyenPZp3m3S"
  "ZcyuqNxZJx/DHOoXRIuLIGn9lQrczcuhKJKm74nAfrpbMRs9S9iEjsmZEWDkh75wYGD9wLQR"
  "Z2/+CfeFjxTJEpy2DSIiczjWHS0c5h5gqakwMmD304Rqcubja+Iy/ZjRQIXTpy8OX3Mux6r7"
  "OyAsScpeYQgKw8zLMf4e/mt4rQIDAQAB" )
"#;

    #[tokio::test]
    async fn of_a_sound_zone_there_is_nothing_to_say() {
        assert_eq!(told(SOUND).await, NOTHING);
    }

    #[tokio::test]
    async fn what_a_whole_zone_lacks_is_told_at_its_first_record() {
        let soa = SOUND.lines().nth(1).unwrap_or_default();
        assert_eq!(
            told(soa).await,
            ["1:1 spf/missing", "1:1 dkim/proved-none", "1:1 dmarc/missing", "1:1 mx/none"]
        );
    }

    #[tokio::test]
    async fn a_fragment_says_nothing_of_what_it_lacks() {
        let fragment = "@ 3600 MX 10 mail\n@ 3600 TXT \"verification=1\"\n";
        assert_eq!(told(fragment).await, NOTHING);
    }

    #[tokio::test]
    async fn a_zone_of_which_an_entry_is_lost_says_nothing_of_what_it_lacks() {
        let lost = SOUND.replace("mx -all\"", "mx -all");
        assert_eq!(told(&lost).await, ["4:18 zone/syntax"]);
    }

    #[tokio::test]
    async fn what_lies_outside_of_the_file_is_not_told() {
        let sound = SOUND
            .replace("10 mx", "10 mx.example.net.")
            .replace("spf1 mx", "spf1 mx a:www.example.org include:_spf.example.net")
            + "s1._domainkey CNAME s1.example.net.\n";
        assert_eq!(told(&sound).await, NOTHING);
    }

    #[tokio::test]
    async fn a_fault_of_a_policy_that_two_names_share_is_told_once() {
        let text = "_spf TXT \"v=spf1 ip4:192.0.2.1 ptr -all\"\n\
                    a 3600 TXT \"v=spf1 include:_spf.example.com -all\"\n\
                    b 3600 TXT \"v=spf1 include:_spf.example.com -all\"\n";
        assert_eq!(told(text).await, ["1:32 spf/ptr"]);
    }

    #[tokio::test]
    async fn a_name_with_an_mx_is_asked_for_its_policy() {
        let zone = format!("{SOUND}news 3600 MX 10 mx\n");
        assert_eq!(told(&zone).await, ["15:1 spf/missing"]);
    }

    #[tokio::test]
    async fn a_name_that_is_only_included_is_no_domain_with_mail() {
        let zone = format!("{SOUND}_spf 3600 TXT \"v=spf1 ip4:192.0.2.1 -all\"\n");
        assert_eq!(told(&zone).await, NOTHING);
    }

    #[tokio::test]
    async fn a_zone_in_another_format_is_told_by_its_own_lines() {
        let zone = "'':\n  - type: MX\n    value: {preference: 10, exchange: mx.example.net.}\n  \
                    - type: TXT\n    value: v=spf1 ptr -all\n_dmarc:\n  type: TXT\n  \
                    value: v=DMARC1\\; p=reject\\; rua=mailto:d@example.com\n\
                    s1._domainkey:\n  type: CNAME\n  value: s1.example.net.\n";
        assert_eq!(told_of("example.com.yaml", zone).await, ["5:19 spf/ptr"]);
    }

    #[tokio::test]
    async fn the_top_of_a_zone_exists_whatever_stands_there() {
        let zones = r#"{"domains":[{"name":"example.com","records":[]}]}"#;
        let told = told_of("zones.json", zones).await;
        assert!(!told.iter().any(|it| it.ends_with("no-such-domain")), "{told:?}");
    }

    #[tokio::test]
    async fn each_zone_of_a_file_is_judged_by_itself() {
        let record = |name| {
            let text = r#"{"type":"TXT","name":"@","target":"v=spf1 ptr -all"}"#;
            format!(r#"{{"name":"{name}","records":[{text}]}}"#)
        };
        let (one, other) = (record("example.com"), record("example.org"));
        let told = told_of("zones.json", &format!(r#"{{"domains":[{one},{other}]}}"#)).await;
        assert_eq!(told.iter().filter(|it| it.ends_with("spf/ptr")).count(), 2, "{told:?}");
    }

    #[tokio::test]
    async fn names_beyond_a_limit_are_counted() {
        let name = |number| format!("h{number} 60 TXT \"v=spf1 -all\"\n");
        let zone: String = (0..=NAMES).map(name).collect();
        assert_eq!(told(&zone).await.len(), 1);
    }

    #[tokio::test]
    async fn the_top_of_a_reverse_zone_takes_no_mail() {
        let zone = "2.0.192.in-addr.arpa. 60 SOA ns.example.com. a.example.com. 1 2 3 4 5\n\
                    1.2.0.192.in-addr.arpa. 60 PTR mail.example.com.\n";
        assert_eq!(told(zone).await, NOTHING);
    }

    #[tokio::test]
    async fn each_selector_of_the_file_is_looked_at() {
        let zone = format!("{SOUND}made.up._domainkey 3600 TXT \"v=DKIM1; k=rsa; p=AAAA\"\n");
        assert_eq!(told(&zone).await, ["15:48 dkim/unusable-key"]);
    }

    #[tokio::test]
    async fn a_text_that_falls_apart_is_told_once_with_its_cause() {
        let zone = SOUND.replace("\"v=spf1 mx -all\"", "v=spf1 mx -all");
        // What large receivers demand is another claim than that there is no record.
        let expected = ["4:8 posture/bulk-senders", "4:18 zone/unquoted-text"];
        assert_eq!(told(&zone).await, expected);
    }

    #[tokio::test]
    async fn below_another_zone_nothing_is_said_of_a_policy_that_may_stand_above() {
        let zone = "a.b.example.com. 60 SOA ns.example.com. a.example.com. 1 2 3 4 5\n\
                    a.b.example.com. 3600 TXT \"v=spf1 ip4:192.0.2.1 -all\"\n\
                    a.b.example.com. 3600 MX 10 mx.example.net.\n\
                    s1._domainkey.a.b.example.com. 3600 CNAME s1.example.net.\n";
        assert_eq!(told(zone).await, NOTHING);
    }
}
