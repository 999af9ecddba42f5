//! The servers of each zone as the source: what they agree on, whatever resolvers remember.

use super::chain::Chain;
use super::{
    Addressee, Answer, Authority, Data, Dns, Failure, Kind, Lookup, Outcome, Provenance, Question,
    Trouble, Way, ask, join_all,
};
use crate::net::{Name, is_public};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Most servers of a zone that are followed by name, and most addresses that are asked.
const MOST_NAMES: usize = 8;
const MOST_ADDRESSES: usize = 8;
/// Where name servers listen (RFC 1035 §4.2).
const PORT: u16 = 53;

/// Asks the servers of the zone of each name, without recursion, and answers with what all of them say.
///
/// Which servers these are is what the source below says: its SOA, NS and address records. A server that
/// does not answer, or not for the zone, is left out; where none is left, or two differ, the answer is a
/// failure. Only addresses that a server on the Internet can have are asked.
#[derive(Debug)]
pub struct Authoritative<D> {
    under: D,
}

impl<D: Dns> Authoritative<D> {
    /// Finds servers, and asks them, by way of `under`.
    pub fn new(under: D) -> Self {
        Self { under }
    }

    /// The answer at the end of the aliases, each of which may lead to another zone.
    async fn resolve(&self, question: &Question) -> Answer {
        let mut chain = Chain::default();
        let mut current = question.clone();
        let mut source = Provenance::Live { server: None, transport: Way::Udp.word(), tries: 0 };
        let (outcome, ttl) = loop {
            let answer = match self.agreed(&current).await {
                Ok(answer) => answer,
                Err(failure) => break (Outcome::Failed(failure), None),
            };
            source = answer.provenance.clone();
            let step = |name: &Name| chain.follow(&question.name, name.clone(), answer.ttl);
            if let Err(failure) = answer.aliases.iter().try_for_each(step) {
                break (Outcome::Failed(failure), None);
            }
            match answer.aliases.last() {
                // What a server says of names in the zones of others does not count.
                Some(target) if answer.records().is_empty() => current.name = target.clone(),
                _ => break (answer.outcome.clone(), answer.ttl),
            }
        };
        chain.end(question, outcome, ttl, source)
    }

    /// What the servers of the zone that holds a name say of it, if they agree.
    async fn agreed(&self, question: &Question) -> Result<Arc<Answer>, Failure> {
        let zone = self.zone(&question.name).await?;
        let places = self.places(&zone).await;
        let asked = places.into_iter().map(|ip| async move {
            let address = SocketAddr::new(ip, PORT);
            let to = Addressee::NameServer { address, way: Way::Udp };
            self.under.lookup(&question.clone().to(to)).await
        });
        let answers = join_all(asked).await;
        let is_own = |answer: &&Arc<Answer>| {
            answer.authority == Some(Authority::Own) && answer.failure().is_none()
        };
        let mut own = answers.iter().filter(is_own);
        let none =
            || Failure::because(Trouble::Unreachable, format!("no server of {zone} answers"));
        let first = own.next().ok_or_else(none)?;
        match own.all(|other| content(other) == content(first)) {
            true => Ok(Arc::clone(first)),
            false => {
                let detail = format!("the servers of {zone} differ");
                Err(Failure::because(Trouble::ServFail, detail))
            }
        }
    }

    /// The zone that holds a name: the nearest one above it, or at it, with a SOA record (RFC 1034 §4.2).
    async fn zone(&self, name: &Name) -> Result<Name, Failure> {
        let above: Vec<Name> = std::iter::successors(Some(name.clone()), Name::parent).collect();
        for name in above {
            let answer = ask(&self.under, &name, Kind::Soa).await;
            match &answer.outcome {
                Outcome::Records(_) if answer.aliases.is_empty() => return Ok(name),
                // Where it cannot be told, a server above must not speak for it.
                Outcome::Failed(failure) => return Err(failure.clone()),
                _ => {}
            }
        }
        Err(Failure::because(Trouble::Unreachable, format!("no zone holds {name}")))
    }

    /// Where the servers of a zone are.
    async fn places(&self, zone: &Name) -> Vec<IpAddr> {
        let answer = ask(&self.under, zone, Kind::Ns).await;
        let hosts = answer.records().iter().filter_map(|record| match &record.data {
            Data::Ns(host) => Some(host),
            _ => None,
        });
        let kinds = [Kind::A, Kind::Aaaa];
        let asked: Vec<(Kind, &Name)> = kinds
            .iter()
            .flat_map(|kind| hosts.clone().take(MOST_NAMES).map(|it| (*kind, it)))
            .collect();
        let answers =
            join_all(asked.iter().map(|(kind, host)| ask(&self.under, host, *kind))).await;
        let records = answers.iter().flat_map(|answer| answer.records());
        let mut places: Vec<IpAddr> = records
            .filter_map(|record| record.data.address())
            .filter(|ip| is_public(*ip))
            .collect();
        places.sort_unstable();
        places.dedup();
        places.truncate(MOST_ADDRESSES);
        places
    }
}

/// What an answer says, whatever the order of its records.
fn content(answer: &Answer) -> (&'static str, Vec<String>, &[Name]) {
    let kind = answer.question.kind;
    let written = |record: &super::Record| super::presentation::write(kind, &record.data);
    let mut records: Vec<String> = answer.records().iter().map(written).collect();
    records.sort_unstable();
    (answer.outcome.word(), records, &answer.aliases)
}

impl<D: Dns> Dns for Authoritative<D> {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        if question.to.is_some() {
            return self.under.lookup(question);
        }
        Box::pin(async move { Arc::new(self.resolve(question).await) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::Replay;

    /// What resolvers say: an old policy. Two servers of the zone, by the end of their addresses.
    const RESOLVER: &str = r#"{"cassette":1,"absent":"nxdomain"}
{"name":"a.example","type":"SOA","records":["ns.a.example. admin.a.example. 1 7200 900 1209600 300"]}
{"name":"a.example","type":"NS","records":["ns.a.example."]}
{"name":"ns.a.example","type":"A","records":["192.0.2.1","192.0.2.2","10.0.0.1"]}
{"name":"a.example","type":"TXT","records":["\"old\""]}
{"name":"b.example","type":"SOA","records":["ns.b.example. admin.b.example. 1 7200 900 1209600 300"]}
{"name":"b.example","type":"NS","records":["ns.b.example."]}
{"name":"ns.b.example","type":"A","records":["192.0.2.3"]}
"#;

    /// A line of what a server says of a name.
    fn said(server: u8, name: &str, rest: &str) -> String {
        format!(
            "{{\"server\":\"udp://192.0.2.{server}:53\",\"name\":\"{name}\",\"type\":\"TXT\",{rest}}}\n"
        )
    }

    fn text(text: &str) -> String {
        format!(r#""records":["\"{text}\""],"authority":"own""#)
    }

    /// What is answered for the text at `a.example`: texts, or the word for the outcome.
    async fn answered(servers: &[String]) -> String {
        let replay = Replay::read("test", RESOLVER.to_owned() + &servers.concat());
        let dns = Authoritative::new(replay.expect("a cassette"));
        let name = Name::from_unicode("a.example").expect("a name");
        let answer = ask(&dns, &name, Kind::Txt).await;
        let texts: Vec<String> =
            answer.texts().map(|text| String::from_utf8_lossy(&text).into_owned()).collect();
        if texts.is_empty() { answer.outcome.word().to_owned() } else { texts.join(" ") }
    }

    #[tokio::test]
    async fn servers_that_agree_answer_and_no_resolver_does() {
        let servers = [1, 2].map(|server| said(server, "a.example", &text("new")));
        assert_eq!(answered(&servers).await, "new");
    }

    #[tokio::test]
    async fn one_that_fails_or_does_not_serve_the_zone_is_left_out() {
        let lame = r#""records":["\"stray\""],"authority":"none""#;
        for other in [r#""outcome":"timeout""#, lame] {
            let servers = [said(1, "a.example", other), said(2, "a.example", &text("new"))];
            assert_eq!(answered(&servers).await, "new");
        }
    }

    #[tokio::test]
    async fn servers_that_differ_or_are_silent_say_nothing() {
        let differ = [said(1, "a.example", &text("new")), said(2, "a.example", &text("old"))];
        let silent = [1, 2].map(|server| said(server, "a.example", r#""outcome":"timeout""#));
        assert_eq!([answered(&differ).await, answered(&silent).await], ["servfail", "unreachable"]);
    }

    #[tokio::test]
    async fn an_alias_leads_to_the_servers_of_its_own_zone() {
        let alias = r#""outcome":"nodata","aliases":["b.example"],"authority":"own""#;
        let servers = [
            said(1, "a.example", alias),
            said(2, "a.example", alias),
            said(3, "b.example", &text("elsewhere")),
        ];
        assert_eq!(answered(&servers).await, "elsewhere");
    }

    #[tokio::test]
    async fn aliases_that_lead_in_a_circle_end() {
        let to =
            |name: &str| format!(r#""outcome":"nodata","aliases":["{name}"],"authority":"own""#);
        let servers = [
            said(1, "a.example", &to("b.example")),
            said(2, "a.example", &to("b.example")),
            said(3, "b.example", &to("a.example")),
        ];
        assert_eq!(answered(&servers).await, "servfail");
    }
}
