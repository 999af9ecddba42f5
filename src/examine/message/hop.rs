//! The receiving hop: the host that handed the message to the receiver, which SPF is about.
//!
//! Anyone can write Received fields below those of the receiver. Trusted are those at the top that
//! hosts of one organization wrote; the first of them whose client is of another organization is the
//! border. What was used, and why, is kept ([`Basis`]).

use crate::mail::Message;
use crate::mail::message::{Received, address, addresses};
use crate::net::{Name, is_public, organization};
use crate::protocols::auth_results::AuthenticationResults;
use std::net::IpAddr;

/// Where a value was taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Basis {
    /// The user gave it.
    Given,
    /// The Received field that this host of the receiver wrote.
    Received(String),
    /// The Received-SPF field at the top.
    ReceivedSpf,
    /// The Authentication-Results field of this host.
    AuthenticationResults(String),
    /// Return-Path.
    ReturnPath,
}

/// What the client of the receiver said and had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReceivingHop {
    /// Its address.
    pub(crate) ip: Option<(IpAddr, Basis)>,
    /// HELO.
    pub(crate) helo: Option<String>,
    /// MAIL FROM; empty is the null reverse-path.
    pub(crate) mail_from: Option<(String, Basis)>,
    /// The organization that received, by the name of its host.
    pub(crate) receiver: Option<Name>,
    /// The place of the Received field of its border, from the top.
    pub(crate) border: Option<usize>,
}

/// What the user says of the hop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenHop {
    /// The address of the client.
    pub ip: Option<IpAddr>,
    /// HELO.
    pub helo: Option<String>,
    /// MAIL FROM.
    pub mail_from: Option<String>,
}

/// Finds the hop.
pub(crate) fn receiving_hop(
    message: &Message<'_>,
    received: &[Received],
    results: Option<&AuthenticationResults>,
    given: &GivenHop,
) -> ReceivingHop {
    let receiver =
        received.iter().find_map(|hop| host(hop.by.as_deref()?)).map(|it| organization(&it));
    let border = receiver.as_ref().and_then(|receiver| border(received, receiver));
    let hop = border.and_then(|place| received.get(place));
    let spf_field = message.first("Received-SPF").map(|field| {
        let text = field.unfolded();
        String::from_utf8_lossy(text.get(..text.len().min(2048)).unwrap_or_default()).into_owned()
    });
    let of_field = |key: &str| spf_field.as_deref().and_then(|text| value_of(text, key));
    let spf = results.and_then(|it| {
        let found = it.results.iter().find(|it| it.method == "spf")?;
        Some((it.authserv_id.clone().unwrap_or_default(), found))
    });
    let by_comment = || {
        let (by, found) = spf.as_ref()?;
        let words = found.comments.iter().flat_map(|it| it.split([' ', ',', ';']));
        Some((words.filter_map(address).next()?, Basis::AuthenticationResults(by.clone())))
    };
    let by_received = || {
        let hop = hop?;
        Some((hop.ip?, Basis::Received(hop.by.clone().unwrap_or_default())))
    };
    let ip = given
        .ip
        .map(|ip| (ip, Basis::Given))
        .or_else(by_received)
        .or_else(|| Some((address(&of_field("client-ip")?)?, Basis::ReceivedSpf)))
        .or_else(by_comment);
    let helo = given
        .helo
        .clone()
        .or_else(|| hop.and_then(Received::client_name).map(str::to_owned))
        .or_else(|| of_field("helo"))
        .filter(|helo| host(helo.trim_matches(['[', ']'])).is_some() || address(helo).is_some());
    let of_results = || {
        let (by, found) = spf.as_ref()?;
        let value = found.property("smtp.mailfrom").or_else(|| found.property("smtp.mail"))?;
        Some((value.to_owned(), Basis::AuthenticationResults(by.clone())))
    };
    let return_path = || {
        let value = message.first("Return-Path")?.unfolded();
        let path = addresses(&value).into_iter().next();
        let path = path.or_else(|| (value.trim_ascii() == b"<>").then(String::new))?;
        Some((path, Basis::ReturnPath))
    };
    let of_hop = || {
        let hop = hop?;
        let by = hop.by.clone().unwrap_or_default();
        Some((hop.envelope_from.clone()?, Basis::Received(by)))
    };
    let mail_from = given
        .mail_from
        .clone()
        .map(|it| (it, Basis::Given))
        .or_else(|| Some((of_field("envelope-from")?, Basis::ReceivedSpf)))
        .or_else(of_hop)
        .or_else(return_path)
        .or_else(of_results);
    ReceivingHop { ip, helo, mail_from, receiver, border }
}

/// The place of the first field that a host of the receiver wrote about a client of another
/// organization.
fn border(received: &[Received], receiver: &Name) -> Option<usize> {
    for (place, hop) in received.iter().enumerate() {
        let by = hop.by.as_deref().and_then(host);
        if by.as_ref().is_some_and(|by| !by.is_within(receiver)) {
            return None;
        }
        if !hop.ip.is_some_and(is_public) {
            continue;
        }
        let client = hop.from.as_deref().and_then(host);
        let is_own = client.is_some_and(|client| client.is_within(receiver));
        if !is_own {
            return Some(place);
        }
    }
    None
}

/// A host name, if the text is one; else it is an address or a made-up word.
pub(crate) fn host(text: &str) -> Option<Name> {
    let name = Name::from_octets(text.as_bytes()).ok()?;
    (address(text).is_none() && name.label_count() > 1).then_some(name)
}

/// `key=value` of a Received-SPF field (RFC 7208 §9.1).
fn value_of(text: &str, key: &str) -> Option<String> {
    let words = text.split([' ', ';', '\t', '(', ')']);
    let value = words
        .filter_map(|word| word.split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case(key))?;
    let value = value.1.trim_matches(['"', '<', '>', ',']);
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(text: &str) -> ReceivingHop {
        let text = text.replace('\n', "\r\n");
        let message = Message::read(text.as_bytes());
        let received: Vec<Received> = message.all("Received").map(Received::read).collect();
        receiving_hop(&message, &received, None, &GivenHop::default())
    }

    #[test]
    fn the_border_is_where_the_client_is_of_another_organization() {
        let found = hop("Return-Path: <a@s.example>\n\
            Received: from in.r.example (10.0.0.2) by box.r.example; Mon, 13 Nov 2023 10:00:02 +0000\n\
            Received: from out.s.example (out.s.example [203.0.113.5]) by in.r.example\n\
            Received: from fake (fake.x.example [198.51.100.1]) by out.s.example\n\n");
        assert_eq!(
            found.ip,
            Some(("203.0.113.5".parse().unwrap(), Basis::Received("in.r.example".into())))
        );
        assert_eq!(found.mail_from, Some(("a@s.example".into(), Basis::ReturnPath)));
        assert_eq!(found.helo.as_deref(), Some("out.s.example"));
    }

    #[test]
    fn a_field_of_another_organization_is_not_trusted() {
        let found = hop("Received: by box.r.example; Mon, 13 Nov 2023 10:00:02 +0000\n\
            Received: from x.example ([198.51.100.1]) by out.s.example\n\n");
        assert_eq!(found.ip, None);
    }
}
