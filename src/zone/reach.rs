//! Which domains a change of files can reach.
//!
//! The mail of a domain depends on the records at its name and below it, on what its MX, SPF and alias
//! records lead to, and on the DMARC policy of a name above. Whatever depends on no record set that
//! differs gets the same answers before and after, so nothing about it need be asked.

use super::names::service_domain;
use crate::dns::{Data, Kind, Record};
use crate::net::Name;
use crate::protocols::{dmarc, spf};
use crate::zonefile::Zone;
use std::collections::{HashMap, HashSet};

/// How often the records are looked through for those that lead to a changed one. SPF and aliases end
/// sooner, so that what takes longer is taken for changed as a whole.
const ROUNDS: usize = 32;

/// The domains that a change can reach.
#[derive(Debug, Default)]
pub struct Reach {
    /// True if it may be any.
    is_everything: bool,
    /// Names with records that differ, and names that lead to one.
    names: HashSet<Name>,
    /// The names above those.
    above: HashSet<Name>,
    /// Names at or below which everything may differ: wildcards and delegations.
    subtrees: HashSet<Name>,
    /// Names that the change hands on to other name servers.
    delegated: Vec<Name>,
    /// Names whose DMARC policy may differ.
    policies: HashSet<Name>,
    /// Names below them with a policy of their own.
    independent: HashSet<Name>,
}

impl Reach {
    /// What a change from one state of files to another reaches; `alike` are files of both.
    pub fn new(before: &[Zone], after: &[Zone], alike: &[Zone]) -> Self {
        let mut reach = Self::default();
        reach.compare(before, after);
        for round in 0.. {
            if reach.is_everything {
                return reach;
            }
            let known = reach.names.len() + reach.subtrees.len();
            let all = before.iter().chain(after).chain(alike);
            all.flat_map(Zone::records).for_each(|(owner, _, record)| {
                if !reach.names.contains(owner) && reach.is_led_to(owner, record) {
                    reach.add(owner);
                }
            });
            if known == reach.names.len() + reach.subtrees.len() {
                break;
            }
            reach.is_everything = round == ROUNDS;
        }
        if !reach.policies.is_empty() {
            let owners = after.iter().chain(alike).flat_map(Zone::records).map(|it| it.0);
            let own = owners.filter_map(policy_domain);
            reach.independent = own.filter(|name| !reach.policies.contains(name)).collect();
        }
        reach
    }

    /// What a change hands on to other name servers, and nothing else.
    pub fn delegations(before: &[Zone], after: &[Zone]) -> Self {
        let [old, new] = [before, after].map(whole);
        let pairs = old.iter().filter_map(|(apex, old)| Some((old, new.get(apex)?)));
        let names = pairs.flat_map(|(old, new)| {
            let cuts = old.differing(new).into_iter().filter(|(_, is_cut)| *is_cut);
            let cuts = cuts.map(|(name, _)| name);
            cuts.filter(|name| new.delegates(name) && !old.delegates(name)).cloned()
        });
        Self { delegated: names.collect(), ..Self::default() }
    }

    /// True if the mail of a domain may depend on something that differs.
    pub fn has(&self, domain: &Name) -> bool {
        if self.is_everything || self.is_changed(domain) {
            return true;
        }
        let mut above = std::iter::successors(domain.parent(), Name::parent);
        !self.policies.is_empty()
            && !self.independent.contains(domain)
            && above.any(|name| self.policies.contains(&name))
    }

    /// The names that the change hands on to other name servers: what is published there now is not what
    /// will be.
    pub fn delegated(&self) -> &[Name] {
        &self.delegated
    }

    fn is_changed(&self, name: &Name) -> bool {
        let mut at_or_above = std::iter::successors(Some(name.clone()), Name::parent);
        self.names.contains(name)
            || !self.subtrees.is_empty() && at_or_above.any(|name| self.subtrees.contains(&name))
    }

    /// Adds a name that differs, and the domain that it serves.
    fn add(&mut self, name: &Name) {
        if let Some(domain) = policy_domain(name) {
            self.policies.insert(domain);
        }
        if name.labels().next() == Some(b"*") {
            self.subtrees.extend(name.parent());
        }
        for name in [name.clone(), service_domain(name)] {
            let mut above = name.parent();
            while let Some(next) = above.filter(|next| self.above.insert(next.clone())) {
                above = next.parent();
            }
            self.names.insert(name);
        }
    }

    /// Holds the record sets of both states side by side.
    fn compare(&mut self, before: &[Zone], after: &[Zone]) {
        let is_open = |zones: &[Zone]| zones.iter().any(Zone::is_open);
        if is_open(before) != is_open(after) {
            self.is_everything = true;
            return;
        }
        let [old, new] = [before, after].map(whole);
        let apexes: HashSet<&Name> = old.keys().chain(new.keys()).copied().collect();
        for apex in apexes {
            match (old.get(apex), new.get(apex)) {
                (Some(old), Some(new)) => {
                    for (name, is_cut) in old.differing(new) {
                        self.add(name);
                        if is_cut && name != apex {
                            self.subtrees.insert(name.clone());
                            if new.delegates(name) && !old.delegates(name) {
                                self.delegated.push(name.clone());
                            }
                        }
                    }
                }
                // A zone that comes or goes says what is not there as well.
                (one, other) => {
                    self.subtrees.insert(Name::clone(apex));
                    for zone in [one, other].into_iter().flatten() {
                        zone.records().for_each(|(owner, ..)| self.add(owner));
                    }
                }
            }
        }
        let [old, new] = [before, after].map(parts);
        for (name, sets) in &old {
            if new.get(name) != Some(sets) {
                self.add(name);
            }
        }
        new.keys().filter(|name| !old.contains_key(*name)).for_each(|name| self.add(name));
        let [old, new] = [before, after].map(|zones| {
            let parts = zones.iter().filter(|zone| zone.apex().is_none());
            parts.flat_map(Zone::left_out).collect::<HashSet<_>>()
        });
        old.symmetric_difference(&new).for_each(|(name, ..)| self.add(name));
    }

    /// True if a record leads to something that differs.
    fn is_led_to(&self, owner: &Name, record: &Record) -> bool {
        match &record.data {
            Data::Mx { exchange: target, .. } | Data::Cname(target) => self.is_changed(target),
            data @ Data::Txt(_) => {
                let Some(text) = data.text() else { return false };
                match spf::grammar::is_record(&text) {
                    true => self.is_policy_changed(&text),
                    false => self.is_report_changed(owner, &text),
                }
            }
            _ => false,
        }
    }

    /// True if a term of an SPF policy leads to something that differs.
    fn is_policy_changed(&self, text: &[u8]) -> bool {
        let words = text.split(|octet| *octet == b' ');
        words.filter(|word| !word.is_empty()).any(|word| {
            let Some(at) = word.iter().position(|octet| matches!(octet, b':' | b'=')) else {
                return false;
            };
            let spec = word.get(at + 1..).unwrap_or_default();
            // What a macro becomes is not known; what is written behind it is the end of the name.
            if let Some(end) = spec.iter().rposition(|octet| matches!(octet, b'}' | b'%')) {
                let rest = spec.get(end + 1..).unwrap_or_default();
                let rest = rest.strip_prefix(b".").unwrap_or(rest);
                return match Name::from_octets(without_prefix_length(rest)) {
                    Ok(name) if !name.is_root() => self.is_below(&name),
                    _ => !self.names.is_empty(),
                };
            }
            let name = Name::from_octets(without_prefix_length(spec));
            name.is_ok_and(|name| self.is_changed(&name))
        })
    }

    /// True if something at a name or below it differs.
    fn is_below(&self, name: &Name) -> bool {
        self.above.contains(name) || self.is_changed(name)
    }

    /// True if another domain may have changed whether it takes the reports of a policy (RFC 9990 §4).
    fn is_report_changed(&self, owner: &Name, text: &[u8]) -> bool {
        if owner.labels().next() != Some(dmarc::LABEL.as_bytes()) {
            return false;
        }
        let hosts = text.split(|octet| *octet == b'@').skip(1).map(|rest| {
            let end = rest.iter().position(|octet| b",;! \t".contains(octet));
            rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
        });
        let zones = hosts.filter_map(|host| {
            let name = Name::from_octets(host).ok()?;
            name.child(dmarc::LABEL).ok()?.child("_report").ok()
        });
        let mut zones = zones;
        zones.any(|name| self.is_below(&name))
    }
}

/// The name of `a/24`, `a//64`.
fn without_prefix_length(spec: &[u8]) -> &[u8] {
    let end = spec.iter().position(|octet| *octet == b'/').unwrap_or(spec.len());
    spec.get(..end).unwrap_or_default()
}

/// The domain that has its DMARC policy at a name.
fn policy_domain(name: &Name) -> Option<Name> {
    let is_policy = name.labels().next() == Some(dmarc::LABEL.as_bytes());
    name.parent().filter(|_| is_policy)
}

/// The first zone with each apex: the others say nothing.
fn whole(zones: &[Zone]) -> HashMap<&Name, &Zone> {
    let mut whole = HashMap::new();
    for zone in zones {
        if let Some(apex) = zone.apex() {
            whole.entry(apex).or_insert(zone);
        }
    }
    whole
}

/// What files list that speak for no zone, by name.
fn parts(zones: &[Zone]) -> HashMap<&Name, HashSet<(Kind, &Data)>> {
    let mut parts: HashMap<&Name, HashSet<(Kind, &Data)>> = HashMap::new();
    for zone in zones.iter().filter(|zone| zone.apex().is_none()) {
        for (owner, kind, record) in zone.records() {
            parts.entry(owner).or_default().insert((kind, &record.data));
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOA: &str = "@ 60 SOA ns admin 1 7200 3600 1209600 3600\n@ NS ns.example.net.\n";

    fn zone(text: &str) -> Zone {
        let origin = Name::from_octets(b"example.com").expect("a name");
        Zone::read("z", Some(&origin), text.as_bytes()).zone
    }

    /// Which of these domains are reached by a change of this zone.
    fn reached(old: &str, new: &str) -> Vec<&'static str> {
        let [old, new] = [old, new].map(|text| [zone(text)]);
        let reach = Reach::new(&old, &new, &[]);
        let domains =
            ["example.com", "a.example.com", "b.example.com", "c.example.com", "d.example.com"];
        let is_reached =
            |domain: &&str| reach.has(&Name::from_octets(domain.as_bytes()).expect("a name"));
        domains.into_iter().filter(is_reached).collect()
    }

    const REST: &str = "a MX 10 mx.b\nb TXT \"v=spf1 include:_spf.c.example.com -all\"\nc A 192.0.2.1\nd MX 10 d\n";

    fn with(more: &str) -> String {
        format!("{SOA}{REST}{more}\n")
    }

    #[test]
    fn a_serial_reaches_nothing() {
        let new = with("").replace("admin 1 ", "admin 2 ");
        assert_eq!(reached(&with(""), &new), [""; 0]);
    }

    #[test]
    fn records_of_a_domain_and_below_it_reach_it() {
        assert_eq!(reached(&with(""), &with("d TXT x")), ["d.example.com"]);
        assert_eq!(reached(&with(""), &with("s._domainkey.d TXT x")), ["d.example.com"]);
    }

    #[test]
    fn hosts_and_policies_reach_those_who_name_them() {
        assert_eq!(
            reached(&with("mx.b A 192.0.2.1"), &with("mx.b A 192.0.2.2")),
            ["a.example.com"]
        );
        let [old, new] =
            ["1", "2"].map(|it| with(&format!("_spf.c TXT \"v=spf1 ip4:192.0.2.{it} -all\"")));
        assert_eq!(reached(&old, &new), ["b.example.com", "c.example.com"]);
    }

    #[test]
    fn a_change_reaches_through_aliases_and_macros() {
        let rest = "x CNAME y\ny CNAME z\nd TXT \"v=spf1 a:x.example.com -all\"\n\
                    b TXT \"v=spf1 exists:%{i}.l.example.com -all\"\n";
        let [old, new] =
            ["1", "2"].map(|it| with(&format!("{rest}z A 192.0.2.{it}\n9.l A 127.0.0.{it}")));
        assert_eq!(reached(&old, &new), ["b.example.com", "d.example.com"]);
    }

    #[test]
    fn a_policy_reaches_the_names_below_it_that_have_none_of_their_own() {
        let own = "_dmarc.a TXT \"v=DMARC1; p=none\"\n";
        let [old, new] =
            ["none", "reject"].map(|it| with(&format!("{own}_dmarc TXT \"v=DMARC1; p={it}\"")));
        let expected = ["example.com", "b.example.com", "c.example.com", "d.example.com"];
        assert_eq!(reached(&old, &new), expected);
    }

    #[test]
    fn a_wildcard_and_a_delegation_reach_what_is_below() {
        assert_eq!(reached(&with(""), &with("* A 192.0.2.3")).len(), 5);
        assert_eq!(reached(&with(""), &with("d NS ns.example.net.")), ["d.example.com"]);
    }

    #[test]
    fn a_zone_that_comes_is_reached_as_a_whole() {
        let zones = [zone(&with(""))];
        let reach = Reach::new(&[], &zones, &[]);
        assert!(reach.has(&Name::from_octets(b"c.example.com").expect("a name")));
    }
}
