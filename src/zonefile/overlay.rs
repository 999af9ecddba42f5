//! What if: a proposed zone laid over the world as it is.

use super::zone::{Verdict, Zone};
use crate::dns::chain::Chain;
use crate::dns::{Answer, Dns, Kind, Lookup, Outcome, Provenance, Question};
use crate::net::Name;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Answers from zones where they speak, and from what lies under them where they do not.
///
/// A file with an SOA record speaks for its whole zone; one without speaks only for the record
/// sets it lists, and goes before the former: it is the more particular statement. Of several
/// zones the one with the most specific apex speaks, and what it delegates falls through.
///
/// Aliases are followed across the seam in both directions: an alias in a zone may lead to the
/// live DNS, and a live alias may lead back into a zone. The latter relies on `under` to list the
/// aliases it followed, also when nothing was found behind them.
#[derive(Debug)]
pub struct Overlay<D> {
    zones: Vec<Zone>,
    // There may be thousands of zones, and as many sets that were taken away: what speaks for a name
    // is found by the name.
    /// The first zone with each apex, by its index.
    whole: HashMap<Name, usize>,
    /// The names at which files without SOA list something, each with the index of the file.
    listed: BTreeSet<(Name, usize)>,
    /// The sets that were taken away.
    removed: HashSet<(Name, Kind)>,
    /// The names that were taken away.
    absent: HashSet<Name>,
    under: D,
}

impl<D: Dns> Overlay<D> {
    /// Lays zones over `under`. Of files that list the same record set, the first speaks.
    pub fn new(zones: impl IntoIterator<Item = Zone>, under: D) -> Self {
        let zones: Vec<Zone> = zones.into_iter().collect();
        let (mut whole, mut listed) = (HashMap::new(), BTreeSet::new());
        for (index, zone) in zones.iter().enumerate() {
            match zone.apex() {
                Some(apex) => _ = whole.entry(apex.clone()).or_insert(index),
                None => listed.extend(zone.owners().map(|owner| (owner.clone(), index))),
            }
        }
        Self { zones, whole, listed, removed: HashSet::new(), absent: HashSet::new(), under }
    }

    /// Takes a record set away, or with `None` a name and all below it: what a zone file without
    /// SOA cannot say. A set taken away is answered as an empty answer, a name as NXDOMAIN, which
    /// says that nothing is below it either (RFC 8020 §2).
    #[must_use]
    pub fn without(mut self, name: Name, kind: Option<Kind>) -> Self {
        match kind {
            Some(kind) => _ = self.removed.insert((name, kind)),
            None => _ = self.absent.insert(name),
        }
        self
    }

    /// The zones, in the order given.
    pub fn zones(&self) -> &[Zone] {
        &self.zones
    }

    fn is_removed(&self, name: &Name, kind: Kind) -> bool {
        self.is_gone(name) || self.removed.contains(&(name.clone(), kind))
    }

    /// True if the whole name was taken away, or one above it.
    fn is_gone(&self, name: &Name) -> bool {
        !self.absent.is_empty() && upward(name).any(|name| self.absent.contains(&name))
    }

    /// What the overlay itself has to say, and in which file; [`Verdict::NotMine`] if nothing.
    fn authority(&self, question: &Question) -> (Verdict, Provenance) {
        if self.is_removed(&question.name, question.kind) {
            let is_gone = self.is_gone(&question.name);
            let outcome = if is_gone { Outcome::NxDomain } else { Outcome::NoData };
            return (Verdict::Answer { outcome, ttl: None }, removal());
        }
        let at_name = (question.name.clone(), 0)..=(question.name.clone(), usize::MAX);
        let fragments = self.listed.range(at_name).map(|(_, index)| *index);
        let closest = || upward(&question.name).find_map(|name| self.whole.get(&name).copied());
        let closest = if self.whole.is_empty() { None } else { closest() };
        for zone in fragments.chain(closest).filter_map(|index| self.zones.get(index)) {
            let verdict = match zone.authority(question) {
                Verdict::NotMine => continue,
                // An alias that was taken away leads nowhere, whatever type was asked for.
                Verdict::Alias { ttl, .. } if self.is_removed(&question.name, Kind::Cname) => {
                    Verdict::Answer { outcome: Outcome::NoData, ttl }
                }
                verdict => verdict,
            };
            return (verdict, Provenance::Zone(Arc::clone(zone.file())));
        }
        (Verdict::NotMine, removal())
    }

    /// Asks the source that is authoritative for the name: how far aliases lead, and the end if they lead to one.
    async fn step(&self, question: &Question) -> Step {
        let (verdict, provenance) = self.authority(question);
        match verdict {
            Verdict::Answer { outcome, ttl } => {
                let mut answer = Answer::new(question.clone(), outcome, provenance);
                answer.ttl = ttl;
                Step { aliases: Vec::new(), ttl, end: Some(Arc::new(answer)) }
            }
            Verdict::Alias { target, ttl } => Step { aliases: vec![target], ttl, end: None },
            Verdict::NotMine => {
                let answer = self.under.lookup(question).await;
                self.seam(question, answer)
            }
        }
    }

    /// Cuts an answer from below where an alias in it leads back into the overlay.
    fn seam(&self, question: &Question, answer: Arc<Answer>) -> Step {
        let ttl = answer.ttl;
        if !answer.aliases.is_empty() && self.is_removed(&question.name, Kind::Cname) {
            let answer = Answer::new(question.clone(), Outcome::NoData, removal());
            return Step { aliases: Vec::new(), ttl, end: Some(Arc::new(answer)) };
        }
        let crosses = |alias: &Name| {
            let behind = Question::new(alias.clone(), question.kind);
            self.is_removed(alias, Kind::Cname) || self.authority(&behind).0 != Verdict::NotMine
        };
        match answer.aliases.iter().position(crosses) {
            Some(last) => {
                let aliases = answer.aliases.iter().take(last + 1).cloned().collect();
                Step { aliases, ttl, end: None }
            }
            None => Step { aliases: answer.aliases.clone(), ttl, end: Some(answer) },
        }
    }

    async fn resolve(&self, question: &Question) -> Arc<Answer> {
        let mut chain = Chain::default();
        let mut current = question.clone();
        loop {
            let Step { aliases, ttl, end } = self.step(&current).await;
            let end = match end {
                Some(answer) if chain.is_empty() => return answer,
                end => end,
            };
            if let Some(last) = aliases.last() {
                current.name = last.clone();
            }
            for alias in aliases {
                if let Err(failure) = chain.follow(&question.name, alias, ttl) {
                    let outcome = Outcome::Failed(failure);
                    return Arc::new(chain.end(question, outcome, None, removal()));
                }
            }
            if let Some(answer) = end {
                let Answer { outcome, ttl, provenance, elapsed, size, .. } = (*answer).clone();
                let joined = chain.end(question, outcome, ttl, provenance);
                return Arc::new(Answer { elapsed, size, ..joined });
            }
        }
    }
}

impl<D: Dns> Dns for Overlay<D> {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        match question.to {
            // What one server publishes is not what the zone says.
            Some(_) => self.under.lookup(question),
            None => Box::pin(self.resolve(question)),
        }
    }
}

/// A name and those above it, up to the root.
fn upward(name: &Name) -> impl Iterator<Item = Name> {
    std::iter::successors(Some(name.clone()), Name::parent)
}

/// How far one source leads.
struct Step {
    aliases: Vec<Name>,
    ttl: Option<u32>,
    /// The answer, unless the last alias has to be asked for.
    end: Option<Arc<Answer>>,
}

/// Who says what follows from a removal: no file does.
fn removal() -> Provenance {
    Provenance::Zone(Arc::from("what if"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::Replay;
    use crate::dns::{Data, Failure};

    /// The world as it is.
    const LIVE: &str = r#"{"cassette":1}
{"name":"example.com","type":"TXT","records":["live"]}
{"name":"example.com","type":"MX","records":["10 mx.example.com."]}
{"name":"sub.example.com","type":"TXT","records":["delegated"]}
{"name":"example.org","type":"TXT","records":["other"]}
{"name":"to-zone.example.org","type":"TXT","outcome":"nxdomain","aliases":["mid.example.org","new.example.com"]}
{"name":"to-zone.example.org","type":"MX","records":["10 a."],"aliases":["example.org"]}
{"name":"alias.example.net","type":"MX","records":["10 a."],"aliases":["example.org"]}
{"name":"back.example.org","type":"TXT","outcome":"nxdomain","aliases":["loop.example.com"]}
"#;
    const SOA: &str = "$ORIGIN example.com.\n@ 60 SOA ns admin 1 2 3 4 5\n@ NS ns\n";

    fn name(text: &str) -> Name {
        Name::from_octets(text.as_bytes()).expect("a test writes valid names")
    }

    fn zone(file: &str, text: &str) -> Zone {
        Zone::read(file, None, text.as_bytes()).strict().expect("a test writes valid zones")
    }

    fn live() -> Replay {
        Replay::read("tape", LIVE.as_bytes()).expect("a test writes valid cassettes")
    }

    fn over(text: &str) -> Overlay<Replay> {
        Overlay::new([zone("new.zone", text)], live())
    }

    async fn ask(dns: &impl Dns, owner: &str, kind: Kind) -> Arc<Answer> {
        dns.lookup(&Question::new(name(owner), kind)).await
    }

    /// The text found, or the word for what else came back.
    async fn txt(dns: &impl Dns, owner: &str) -> String {
        let answer = ask(dns, owner, Kind::Txt).await;
        match answer.texts().next() {
            Some(text) => String::from_utf8_lossy(&text).into_owned(),
            None => answer.outcome.word().to_owned(),
        }
    }

    #[tokio::test]
    async fn a_file_without_soa_changes_only_what_it_lists() {
        let dns = over("example.com. 60 TXT new\n");
        let mx = ask(&dns, "example.com", Kind::Mx).await;
        assert_eq!((txt(&dns, "example.com").await.as_str(), mx.records().len()), ("new", 1));
    }

    #[tokio::test]
    async fn a_file_with_soa_speaks_for_what_it_does_not_list() {
        let dns = over(SOA);
        assert_eq!(
            [txt(&dns, "example.com").await, txt(&dns, "gone.example.com").await],
            ["nodata", "nxdomain"]
        );
    }

    #[tokio::test]
    async fn names_outside_and_delegated_names_fall_through() {
        let dns = over(&format!("{SOA}sub NS ns.example.net.\n"));
        assert_eq!(
            [txt(&dns, "example.org").await, txt(&dns, "sub.example.com").await],
            ["other", "delegated"]
        );
    }

    #[tokio::test]
    async fn an_answer_from_below_is_passed_on_as_it_is() {
        let answer = ask(&over(SOA), "example.org", Kind::Txt).await;
        assert_eq!(answer.provenance, Provenance::Recorded(Arc::from("tape")));
    }

    #[tokio::test]
    async fn an_alias_in_the_zone_leads_to_the_live_dns() {
        let dns = over(&format!("{SOA}a CNAME b\nb CNAME example.org.\n"));
        let answer = ask(&dns, "a.example.com", Kind::Txt).await;
        assert_eq!(
            (answer.texts().next(), answer.aliases.as_slice(), &answer.question.name),
            (
                Some(b"other".to_vec()),
                &[name("b.example.com"), name("example.org")][..],
                &name("a.example.com")
            )
        );
    }

    #[tokio::test]
    async fn a_live_alias_leads_back_into_the_zone() {
        let dns = over(&format!("{SOA}new CNAME newer\nnewer TXT found\n"));
        let answer = ask(&dns, "to-zone.example.org", Kind::Txt).await;
        let aliases = ["mid.example.org", "new.example.com", "newer.example.com"].map(name);
        assert_eq!(
            (answer.texts().next(), answer.aliases.as_slice()),
            (Some(b"found".to_vec()), &aliases[..])
        );
    }

    #[tokio::test]
    async fn a_live_alias_leads_to_a_record_set_that_a_fragment_lists() {
        let dns = over("new.example.com. 60 TXT found\n");
        assert_eq!(txt(&dns, "to-zone.example.org").await, "found");
    }

    #[tokio::test]
    async fn a_loop_across_the_seam_is_a_failure() {
        let dns = over(&format!("{SOA}loop CNAME back.example.org.\n"));
        let answer = ask(&dns, "back.example.org", Kind::Txt).await;
        assert_eq!(answer.failure(), Some(&Failure::alias_loop()));
    }

    #[tokio::test]
    async fn of_several_zones_the_closest_apex_speaks() {
        let sub = "sub.example.com. 60 SOA a b 1 2 3 4 5\na.sub.example.com. 60 TXT sub\n";
        let zones = [zone("a", &format!("{SOA}x TXT x\n")), zone("b", sub)];
        let dns = Overlay::new(zones, live());
        assert_eq!(
            [
                txt(&dns, "a.sub.example.com").await,
                txt(&dns, "sub.example.com").await,
                txt(&dns, "x.example.com").await
            ],
            ["sub", "nodata", "x"]
        );
    }

    #[tokio::test]
    async fn a_fragment_goes_before_a_whole_zone_also_behind_its_aliases() {
        let whole = zone("whole", &format!("{SOA}a CNAME b\nb TXT old\n"));
        let fragment = zone("fix", "b.example.com. 60 TXT fixed\n");
        let dns = Overlay::new([whole, fragment], live());
        assert_eq!(txt(&dns, "a.example.com").await, "fixed");
    }

    #[tokio::test]
    async fn of_two_files_that_list_the_same_set_the_first_speaks() {
        let [one, two] = ["one", "two"].map(|text| zone(text, &format!("a. 60 TXT {text}\n")));
        assert_eq!(txt(&Overlay::new([one, two], live()), "a").await, "one");
    }

    #[tokio::test]
    async fn a_set_taken_away_is_no_data_and_the_others_stay() {
        let dns = Overlay::new([], live()).without(name("example.com"), Some(Kind::Txt));
        let mx = ask(&dns, "example.com", Kind::Mx).await;
        assert_eq!((txt(&dns, "example.com").await.as_str(), mx.records().len()), ("nodata", 1));
    }

    #[tokio::test]
    async fn a_name_taken_away_is_nxdomain_also_behind_an_alias() {
        let dns = Overlay::new([], live()).without(name("example.org"), None);
        let behind = ask(&dns, "alias.example.net", Kind::Mx).await;
        assert_eq!(
            (txt(&dns, "example.org").await.as_str(), &behind.outcome, behind.aliases.len()),
            ("nxdomain", &Outcome::NxDomain, 1)
        );
    }

    #[tokio::test]
    async fn what_is_below_a_name_taken_away_is_gone_too() {
        let dns = Overlay::new([], live()).without(name("example.com"), None);
        assert_eq!(txt(&dns, "sub.example.com").await, "nxdomain");
    }

    #[tokio::test]
    async fn an_alias_taken_away_leads_nowhere() {
        let in_zone = zone("z", "a.example. 60 CNAME example.org.\n");
        let dns = Overlay::new([in_zone], live())
            .without(name("a.example"), Some(Kind::Cname))
            .without(name("to-zone.example.org"), Some(Kind::Cname));
        let live = ask(&dns, "to-zone.example.org", Kind::Mx).await;
        assert_eq!((txt(&dns, "a.example").await.as_str(), live.is_void()), ("nodata", true));
    }

    #[tokio::test]
    async fn records_of_the_zone_keep_their_places() {
        let answer = ask(&over("\nexample.com. 60 TXT new\n"), "example.com", Kind::Txt).await;
        let record = answer.records().first().expect("a record");
        assert_eq!(
            (&record.data, record.place.as_ref().map(ToString::to_string).as_deref()),
            (&Data::Txt(vec![b"new".as_slice().into()]), Some("new.zone:2:1"))
        );
    }
}
