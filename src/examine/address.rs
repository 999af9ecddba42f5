//! What the DNS says of an address that was asked about: its reverse name, and blocklists.
//!
//! None of it is part of SPF or DMARC, and none of it says that the domain is wrong. Receivers look at
//! both: RFC 8601 §3 calls the first `iprev`, RFC 5782 describes the second.

use super::inquiry::{Inquiry, Sender};
use crate::dns::{Answer, Data, Dns, Kind, addresses, ask, join_all};
use crate::net::{Family, Name};
use crate::protocols::spf;
use crate::text::Phrase;
use std::net::{IpAddr, Ipv4Addr};

/// How many names of an address are looked at: "the first 10 records are used" (RFC 7208 §4.6.4, of
/// the same procedure).
const MOST_NAMES: usize = 10;
/// How many lists are asked.
const MOST_LISTS: usize = 8;

/// Answers of the lists of Spamhaus, as <https://docs.spamhaus.com/> has them (datasets, zones).
const SPAMHAUS: [(u8, &str); 6] =
    [(2, "SBL"), (3, "CSS"), (4, "XBL"), (9, "DROP"), (10, "PBL"), (11, "PBL")];

/// What there is to say of a sender that is one address.
pub(super) async fn notes(dns: &dyn Dns, inquiry: &Inquiry, sender: &Sender) -> Vec<Phrase> {
    let Sender::Address(ip) = sender else { return Vec::new() };
    let lists = inquiry.blocklists.iter().take(MOST_LISTS);
    let (reverse, listed) = tokio::join!(
        async { if inquiry.reverse { reverse(dns, *ip).await } else { None } },
        join_all(lists.map(|zone| listed(dns, *ip, zone))),
    );
    reverse.into_iter().chain(listed.into_iter().flatten()).collect()
}

/// The names of an address, and whether one of them leads back to it (RFC 8601 §3: `iprev`).
async fn reverse(dns: &dyn Dns, ip: IpAddr) -> Option<Phrase> {
    let pointers = ask(dns, &spf::reverse_name(ip).ok()?, Kind::Ptr).await;
    let said = Phrase::from("PTR ");
    if let Some(failure) = pointers.failure() {
        return Some(said.plain("undetermined: ").unknown(failure.trouble.sentence()));
    }
    let names = pointers.records().iter().filter_map(|record| match &record.data {
        Data::Ptr(name) => Some(name),
        _ => None,
    });
    let names: Vec<&Name> = names.take(MOST_NAMES).collect();
    let Some(first) = names.first() else {
        return Some(said.weak("none").plain(": the address has no reverse name (RFC 8601 §3)"));
    };
    let family = if ip.is_ipv4() { Family::V4 } else { Family::V6 };
    let forward = join_all(names.iter().map(|name| addresses(dns, name, family))).await;
    let leads_back =
        |answer: &Answer| answer.records().iter().any(|it| it.data.address() == Some(ip));
    let confirmed = names.iter().zip(&forward).find(|(_, answer)| leads_back(answer));
    if let Some((name, _)) = confirmed {
        return Some(said.name(name).plain(" (confirmed)"));
    }
    let said = said.name(first);
    Some(match forward.iter().find_map(|answer| answer.failure()) {
        Some(failure) => {
            said.plain(" (undetermined: ").unknown(failure.trouble.sentence()).plain(")")
        }
        None => said.plain(" ").weak("does not lead back").plain(" to the address (RFC 8601 §3)"),
    })
}

/// What a blocklist says of an address; `None` if its zone leaves no room for one.
async fn listed(dns: &dyn Dns, ip: IpAddr, zone: &Name) -> Option<Phrase> {
    // RFC 5782 §5: each list has one test entry, and never lists 127.0.0.1.
    let test = |last: u8| match ip {
        IpAddr::V4(_) => IpAddr::from([127, 0, 0, last]),
        IpAddr::V6(_) => IpAddr::V6(Ipv4Addr::new(127, 0, 0, last).to_ipv6_mapped()),
    };
    let [own, always, never] = [ip, test(2), test(1)].map(|ip| entry(ip, zone));
    let (own, always, never) = (own?, always?, never?);
    let (own, always, never) = tokio::join!(
        ask(dns, &own, Kind::A),
        ask(dns, &always, Kind::A),
        ask(dns, &never, Kind::A)
    );
    let said = Phrase::new().name(zone).plain(": ");
    let undetermined = |why: &str| said.clone().unknown("undetermined").plain(", ").plain(why);
    if let Some(failure) = own.failure() {
        return Some(undetermined(failure.trouble.sentence()));
    }
    let codes = |answer: &Answer| -> Vec<Ipv4Addr> {
        let all = answer.records().iter().filter_map(|record| record.data.address());
        all.filter_map(|ip| if let IpAddr::V4(ip) = ip { Some(ip) } else { None }).collect()
    };
    let all = [&own, &always, &never].map(|answer| codes(answer));
    if let Some(code) =
        all.iter().flatten().find(|code| code.octets().starts_with(&[127, 255, 255]))
    {
        return Some(undetermined(&refusal(*code, zone)));
    }
    if all.iter().flatten().any(|code| code.octets()[0] != 127) {
        let why = "answers outside 127.0.0.0/8: the list is gone, or its name was taken over";
        return Some(undetermined(why));
    }
    let [own, always, never] = all;
    if !never.is_empty() {
        return Some(undetermined("it lists 127.0.0.1, so it lists everything (RFC 5782 §5)"));
    }
    if always.is_empty() {
        let why = "its test entry 127.0.0.2 is missing (RFC 5782 §5): the list is gone, or the resolver \
                   filters its answers";
        return Some(undetermined(why));
    }
    if own.is_empty() {
        return Some(said.plain("not listed"));
    }
    let meanings = own.iter().map(|code| {
        let said = Phrase::new().code(code.to_string());
        let known = SPAMHAUS.iter().find(|(last, _)| *code == Ipv4Addr::new(127, 0, 0, *last));
        match known.filter(|_| is_of_spamhaus(zone)) {
            Some((_, list)) => said.plain(" ").plain(*list),
            None => said,
        }
    });
    let said =
        said.weak("listed").plain(" (").then(Phrase::listed(meanings, 4, " and ")).plain(")");
    Some(match is_of_spamhaus(zone) {
        true => said.plain("; look it up at https://check.spamhaus.org/"),
        false => said.plain("; look it up at the operator of the list"),
    })
}

/// The name of an address below the zone of a list (RFC 5782 §2.1, §2.4).
fn entry(ip: IpAddr, zone: &Name) -> Option<Name> {
    let reverse = spf::reverse_name(ip).ok()?;
    // Without the two labels of the reverse tree.
    let digits = reverse.labels().take(reverse.label_count().checked_sub(2)?);
    Name::from_labels(digits.chain(zone.labels())).ok()
}

fn is_of_spamhaus(zone: &Name) -> bool {
    Name::from_octets(b"spamhaus.org").is_ok_and(|top| zone.is_within(&top))
}

/// Why a list gave an error instead of an answer.
fn refusal(code: Ipv4Addr, zone: &Name) -> String {
    let why = match code.octets()[3] {
        252 if is_of_spamhaus(zone) => ": the name of the list is misspelled",
        254 if is_of_spamhaus(zone) => ": it does not answer public resolvers",
        255 if is_of_spamhaus(zone) => ": too many queries",
        _ => "",
    };
    format!("the list refused the query ({code}){why}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::{Failure, Lookup, Outcome, Provenance, Question, Trouble};
    use std::sync::Arc;

    /// Answers by name and type; other names do not exist.
    struct World(Vec<(&'static str, Kind, Outcome)>);

    impl Dns for World {
        fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
            let name = question.name.to_string();
            let known =
                self.0.iter().find(|(owner, kind, _)| *owner == name && *kind == question.kind);
            let outcome = known.map_or(Outcome::NxDomain, |(.., outcome)| outcome.clone());
            let answer = Answer::new(question.clone(), outcome, Provenance::Zone("test".into()));
            Box::pin(std::future::ready(Arc::new(answer)))
        }
    }

    fn name(text: &str) -> Name {
        Name::from_octets(text.as_bytes()).expect("a test writes valid names")
    }

    fn a(addresses: &[[u8; 4]]) -> Outcome {
        let data = addresses.iter().map(|it| Data::A((*it).into()).into());
        Outcome::Records(data.collect())
    }

    fn ptr(names: &[&str]) -> Outcome {
        Outcome::Records(names.iter().map(|it| Data::Ptr(name(it)).into()).collect())
    }

    fn failed() -> Outcome {
        Outcome::Failed(Failure::new(Trouble::Timeout))
    }

    const REVERSE: &str = "9.2.0.192.in-addr.arpa";

    async fn reversed(world: Vec<(&'static str, Kind, Outcome)>) -> String {
        let ip = IpAddr::from([192, 0, 2, 9]);
        reverse(&World(world), ip).await.expect("a name").to_string()
    }

    #[tokio::test]
    async fn a_reverse_name_is_confirmed_by_an_address_that_leads_back() {
        let names = ptr(&["a.example", "b.example"]);
        let forward = a(&[[192, 0, 2, 8], [192, 0, 2, 9]]);
        let said = [
            reversed(vec![(REVERSE, Kind::Ptr, names.clone()), ("b.example", Kind::A, forward)])
                .await,
            reversed(vec![(REVERSE, Kind::Ptr, names.clone())]).await,
            reversed(vec![(REVERSE, Kind::Ptr, names), ("b.example", Kind::A, failed())]).await,
            reversed(vec![]).await,
            reversed(vec![(REVERSE, Kind::Ptr, failed())]).await,
        ];
        assert_eq!(
            said,
            [
                "PTR b.example (confirmed)",
                "PTR a.example does not lead back to the address (RFC 8601 §3)",
                "PTR a.example (undetermined: timed out)",
                "PTR none: the address has no reverse name (RFC 8601 §3)",
                "PTR undetermined: timed out",
            ]
        );
    }

    /// What a list says of 192.0.2.9 that answers so, and so at its test entry.
    async fn about(zone: &str, own: Outcome, always: Outcome, never: Outcome) -> String {
        let of = |reversed: &str| -> &'static str { format!("{reversed}.{zone}").leak() };
        let world = World(vec![
            (of("9.2.0.192"), Kind::A, own),
            (of("2.0.0.127"), Kind::A, always),
            (of("1.0.0.127"), Kind::A, never),
        ]);
        let ip = IpAddr::from([192, 0, 2, 9]);
        listed(&world, ip, &name(zone)).await.expect("room").to_string()
    }

    #[tokio::test]
    async fn a_listing_is_told_from_refusals_and_from_lists_that_are_gone() {
        let test = || a(&[[127, 0, 0, 2]]);
        let none = || Outcome::NxDomain;
        let zen = "zen.spamhaus.org";
        let said = [
            about(zen, a(&[[127, 0, 0, 4], [127, 0, 0, 11]]), test(), none()).await,
            about("bl.example", a(&[[127, 0, 0, 4]]), test(), none()).await,
            about("bl.example", none(), test(), none()).await,
            about(zen, a(&[[127, 255, 255, 254]]), a(&[[127, 255, 255, 254]]), none()).await,
            about("bl.example", a(&[[127, 255, 255, 255]]), test(), none()).await,
            about("bl.example", a(&[[198, 51, 100, 1]]), test(), none()).await,
            about("bl.example", test(), test(), test()).await,
            about("bl.example", none(), none(), none()).await,
            about("bl.example", failed(), test(), none()).await,
        ];
        assert_eq!(
            said,
            [
                "zen.spamhaus.org: listed (127.0.0.4 XBL and 127.0.0.11 PBL); look it up at \
                 https://check.spamhaus.org/",
                "bl.example: listed (127.0.0.4); look it up at the operator of the list",
                "bl.example: not listed",
                "zen.spamhaus.org: undetermined, the list refused the query (127.255.255.254): it \
                 does not answer public resolvers",
                "bl.example: undetermined, the list refused the query (127.255.255.255)",
                "bl.example: undetermined, answers outside 127.0.0.0/8: the list is gone, or \
                 its name was taken over",
                "bl.example: undetermined, it lists 127.0.0.1, so it lists everything (RFC 5782 §5)",
                "bl.example: undetermined, its test entry 127.0.0.2 is missing (RFC 5782 §5): the \
                 list is gone, or the resolver filters its answers",
                "bl.example: undetermined, timed out",
            ]
        );
    }

    #[test]
    fn addresses_of_both_families_stand_below_a_list_in_reverse() {
        let zone = name("bl.example");
        let entries = ["192.0.2.9", "2001:db8::1"]
            .map(|ip| entry(ip.parse().expect("an address"), &zone).expect("room").to_string());
        let v6 = format!("1.{}8.b.d.0.1.0.0.2.bl.example", "0.".repeat(23));
        assert_eq!(entries, ["9.2.0.192.bl.example".to_owned(), v6]);
    }
}
