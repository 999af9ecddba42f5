//! Names that no server is asked about.
//!
//! RFC 6761 and RFC 7686 reserve a few names whose answer is known to everybody. To ask a server
//! about them would tell it something and teach us nothing.

use crate::dns::{Data, Kind, Outcome, Question};
use std::net::{Ipv4Addr, Ipv6Addr};

/// The answer that is known without asking, if there is one.
pub(super) fn answer(question: &Question) -> Option<Outcome> {
    match question.name.labels().last()? {
        // RFC 6761 §6.3: "Name resolution APIs and libraries SHOULD recognize localhost names as
        // special and SHOULD always return the IP loopback address for address queries and
        // negative responses for all other query types."
        b"localhost" => Some(match question.kind {
            Kind::A => Outcome::Records(vec![Data::A(Ipv4Addr::LOCALHOST).into()]),
            Kind::Aaaa => Outcome::Records(vec![Data::Aaaa(Ipv6Addr::LOCALHOST).into()]),
            _ => Outcome::NoData,
        }),
        // RFC 6761 §6.4: "Name resolution APIs and libraries SHOULD recognize 'invalid' names as
        // special and SHOULD always return immediate negative responses."
        // RFC 7686 §2: "Resolvers MUST either respond to requests for .onion names by resolving them
        // according to [tor-rendezvous] or by responding with NXDOMAIN".
        b"invalid" | b"onion" => Some(Outcome::NxDomain),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Name;

    fn ask(name: &str, kind: Kind) -> Option<&'static str> {
        let name = Name::from_octets(name.as_bytes()).expect("a test writes valid names");
        answer(&Question::new(name, kind)).map(|outcome| outcome.word())
    }

    #[test]
    fn reserved_names_are_answered_and_others_are_not() {
        let answers = [
            ask("localhost", Kind::A),
            ask("mail.localhost", Kind::Aaaa),
            ask("localhost", Kind::Txt),
            ask("x.invalid", Kind::Txt),
            ask("x.onion", Kind::A),
            ask("invalid.example", Kind::A),
            ask("1.0.0.127.in-addr.arpa", Kind::Ptr),
        ];
        assert_eq!(
            answers,
            [
                Some("records"),
                Some("records"),
                Some("nodata"),
                Some("nxdomain"),
                Some("nxdomain"),
                None,
                None
            ]
        );
    }
}
