//! Macro expansion (RFC 7208 §7.3, §7.4).
//!
//! Over many senders at once some letters have no value. Expansion then says which letter it
//! [lacks](Lack), and the walk names the term as depending on the sender instead of guessing.

use super::macro_string::{Letter, Macro, MacroString, Part};
use crate::net::{Family, Name, NameError};
use std::fmt::Write as _;
use std::net::IpAddr;

/// Longest name in octets, dots included (RFC 7208 §7.3).
const NAME_LIMIT: usize = 253;

/// The identities that macros speak of. What is `None` is not known, or differs among senders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sender {
    /// Local part of the sender (`l`).
    pub local_part: Option<Vec<u8>>,
    /// Domain of the sender (`o`).
    pub domain: Vec<u8>,
    /// HELO or EHLO name (`h`).
    pub helo: Option<Vec<u8>>,
}

impl Sender {
    /// The sender that a reverse-path names (RFC 7208 §2.4, §4.3).
    ///
    /// The null reverse-path stands for `postmaster` at the HELO name, and an empty local part for
    /// `postmaster`.
    pub fn mail_from(reverse_path: &[u8], helo: Option<&[u8]>) -> Self {
        if reverse_path.is_empty() {
            return Self::helo(helo.unwrap_or_default());
        }
        let (local_part, domain) = match reverse_path.iter().rposition(|octet| *octet == b'@') {
            Some(at) => (&reverse_path[..at], &reverse_path[at + 1..]),
            None => (&[][..], reverse_path),
        };
        let local_part = if local_part.is_empty() { POSTMASTER } else { local_part };
        Self {
            local_part: Some(local_part.to_vec()),
            domain: domain.to_vec(),
            helo: helo.map(<[u8]>::to_vec),
        }
    }

    /// The sender of the HELO identity: `postmaster` at the HELO name (RFC 7208 §2.3).
    pub fn helo(helo: &[u8]) -> Self {
        Self {
            local_part: Some(POSTMASTER.to_vec()),
            domain: helo.to_vec(),
            helo: Some(helo.to_vec()),
        }
    }

    /// Anybody who sends as `domain`: the local part and the HELO name are not known.
    pub fn anybody(domain: &Name) -> Self {
        Self { local_part: None, domain: domain.to_octets(), helo: None }
    }
}

/// RFC 7208 §4.3: "the local-part "postmaster""
const POSTMASTER: &[u8] = b"postmaster";

/// Everything that macros may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The identities.
    pub sender: &'a Sender,
    /// The domain whose record is evaluated (`d`).
    pub domain: &'a Name,
    /// The family of the client's address (`v`).
    pub family: Family,
    /// The client's address (`i`, `c`), if there is only one.
    pub ip: Option<IpAddr>,
    /// The validated domain name of the client (`p`), if it was looked up.
    pub validated: Option<&'a [u8]>,
    /// What only explanations know.
    pub explaining: Option<Explaining<'a>>,
}

/// What only explanations may tell (RFC 7208 §7.2).
#[derive(Clone, Copy, Debug)]
pub struct Explaining<'a> {
    /// Name of the checking host (`r`).
    pub receiver: &'a [u8],
    /// Seconds since 1970-01-01 UTC (`t`).
    pub time: u64,
}

/// Why a macro string has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The letter differs among the senders in question.
    Unknown(Letter),
    /// The local part is not ASCII, so the term cannot match (RFC 8616 §4).
    NotAscii,
    /// The result is not a domain name.
    NotAName(NameError),
    /// The name was not resolved, because receivers have stopped before (RFC 7208 §4.6.4).
    BeyondLimit,
}

/// The name that a macro string stands for; labels are dropped from the left until it fits.
///
/// # Errors
/// A letter has no value here, or the result is no name.
pub fn target_name(macros: &MacroString, record: &[u8], scope: &Scope<'_>) -> Result<Name, Lack> {
    let text = expand(macros, record, scope)?;
    let mut name = text.as_slice();
    // RFC 7208 §7.3: "the left side is truncated to fit, by removing successive domain labels
    // (and their following dots)"
    while name.strip_suffix(b".").unwrap_or(name).len() > NAME_LIMIT {
        match name.iter().position(|octet| *octet == b'.') {
            Some(dot) => name = &name[dot + 1..],
            None => break,
        }
    }
    Name::from_octets(name).map_err(Lack::NotAName)
}

/// The octets that a macro string stands for.
///
/// # Errors
/// A letter has no value here.
pub fn expand(macros: &MacroString, text: &[u8], scope: &Scope<'_>) -> Result<Vec<u8>, Lack> {
    let mut out = Vec::with_capacity(text.len());
    for part in &macros.parts {
        match part {
            Part::Literal(span) => out.extend_from_slice(span.of(text)),
            Part::Percent => out.push(b'%'),
            Part::Space => out.push(b' '),
            Part::UrlSpace => out.extend_from_slice(b"%20"),
            Part::Macro(item) => {
                let value = cut(item, &value_of(item.letter, scope)?);
                if item.url_escape { url_escape(&value, &mut out) } else { out.extend(value) }
            }
        }
    }
    Ok(out)
}

/// True if the macro string asks for the letter.
pub fn asks_for(macros: &MacroString, letter: Letter) -> bool {
    macros.parts.iter().any(|part| matches!(part, Part::Macro(item) if item.letter == letter))
}

fn value_of(letter: Letter, scope: &Scope<'_>) -> Result<Vec<u8>, Lack> {
    let unknown = Lack::Unknown(letter);
    let sender = scope.sender;
    let ascii =
        |octets: &[u8]| if octets.is_ascii() { Ok(octets.to_vec()) } else { Err(Lack::NotAscii) };
    match letter {
        Letter::LocalPart => ascii(sender.local_part.as_deref().ok_or(unknown)?),
        Letter::Sender => {
            let mut value = ascii(sender.local_part.as_deref().ok_or(unknown)?)?;
            value.push(b'@');
            value.extend(a_labels(&sender.domain));
            Ok(value)
        }
        Letter::SenderDomain => Ok(a_labels(&sender.domain)),
        Letter::Domain => Ok(scope.domain.to_octets()),
        Letter::Ip => scope.ip.map(dotted).ok_or(unknown),
        Letter::ValidatedName => scope.validated.map(<[u8]>::to_vec).ok_or(unknown),
        Letter::Version => Ok(match scope.family {
            Family::V4 => b"in-addr".to_vec(),
            Family::V6 => b"ip6".to_vec(),
        }),
        Letter::Helo => sender.helo.as_deref().map(a_labels).ok_or(unknown),
        Letter::ReadableIp => scope.ip.map(|ip| ip.to_string().into_bytes()).ok_or(unknown),
        Letter::Receiver => scope.explaining.map(|e| e.receiver.to_vec()).ok_or(unknown),
        Letter::Time => scope.explaining.map(|e| e.time.to_string().into_bytes()).ok_or(unknown),
    }
}

/// A domain as a client gave it, U-labels converted to A-labels (RFC 8616 §4); octets that are no
/// name stay as they are.
fn a_labels(given: &[u8]) -> Vec<u8> {
    let typed = str::from_utf8(given).ok().filter(|text| !text.is_ascii());
    match typed.map(Name::from_unicode) {
        Some(Ok(name)) => name.to_octets(),
        _ => given.to_vec(),
    }
}

/// RFC 7208 §7.3: IPv4 as usual, IPv6 as dotted nibbles.
///
/// The RFC shows nibbles in lower case, the openspf suite in upper case. Names do not care, so only
/// the text of an explanation shows which; it is as the suite has it.
fn dotted(ip: IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(ip) => ip.to_string().into_bytes(),
        IpAddr::V6(ip) => {
            let digits = format!("{:032X}", u128::from(ip));
            let mut text = Vec::with_capacity(63);
            for digit in digits.bytes() {
                if !text.is_empty() {
                    text.push(b'.');
                }
                text.push(digit);
            }
            text
        }
    }
}

/// Splits at the delimiters, reverses, keeps the right-hand parts, joins with dots.
fn cut(item: &Macro, value: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = value.split(|octet| item.delimiters.divide_at(*octet)).collect();
    if item.reverse {
        parts.reverse();
    }
    let keep = item.keep.map_or(usize::MAX, |number| usize::try_from(number).unwrap_or(usize::MAX));
    let dropped = parts.len().saturating_sub(keep);
    parts[dropped..].join(&b'.')
}

/// RFC 7208 §7.3: everything but the unreserved set of RFC 3986 is percent-encoded.
fn url_escape(value: &[u8], out: &mut Vec<u8>) {
    for octet in value {
        if octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~') {
            out.push(*octet);
        } else {
            let mut escaped = String::with_capacity(3);
            // Writing to a String cannot fail.
            let _ = write!(escaped, "%{octet:02X}");
            out.extend_from_slice(escaped.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocols::spf::grammar::parse_explanation;

    /// The examples of RFC 7208 §7.4.
    fn expanded(text: &str, ip: &str) -> String {
        let domain = Name::from_octets(b"email.example.com").expect("a name");
        let sender = Sender {
            local_part: Some(b"strong-bad".to_vec()),
            domain: b"email.example.com".to_vec(),
            helo: None,
        };
        let ip: IpAddr = ip.parse().expect("an address");
        let scope = Scope {
            sender: &sender,
            domain: &domain,
            family: Family::of(ip),
            ip: Some(ip),
            validated: None,
            explaining: None,
        };
        let macros = parse_explanation(text.as_bytes()).expect("a macro string");
        String::from_utf8_lossy(&expand(&macros, text.as_bytes(), &scope).expect("a value")).into()
    }

    #[test]
    fn the_examples_of_rfc_7208_7_4_expand_as_it_says() {
        let cases = [
            ("%{s}", "strong-bad@email.example.com"),
            ("%{d4}", "email.example.com"),
            ("%{d2}", "example.com"),
            ("%{dr}", "com.example.email"),
            ("%{d2r}", "example.email"),
            ("%{l-}", "strong.bad"),
            ("%{lr-}", "bad.strong"),
            ("%{l1r-}", "strong"),
            ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
            ("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"),
        ];
        for (text, value) in cases {
            assert_eq!(expanded(text, "192.0.2.3"), value, "{text}");
        }
        assert_eq!(
            expanded("%{ir}.%{v}._spf.%{d2}", "2001:db8::cb01").to_ascii_lowercase(),
            "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com"
        );
    }

    #[test]
    fn an_internationalized_sender_expands_to_a_labels() {
        let domain = Name::from_octets(b"example.com").expect("a name");
        let sender = Sender::mail_from("x@bücher.example".as_bytes(), Some("ü.example".as_bytes()));
        let scope = Scope {
            sender: &sender,
            domain: &domain,
            family: Family::V4,
            ip: None,
            validated: None,
            explaining: None,
        };
        let text = b"%{s} %{o} %{h}";
        let macros = parse_explanation(text).expect("a macro string");
        assert_eq!(
            expand(&macros, text, &scope).map(|text| String::from_utf8_lossy(&text).into_owned()),
            Ok("x@xn--bcher-kva.example xn--bcher-kva.example xn--tda.example".to_owned())
        );
    }

    #[test]
    fn an_upper_case_letter_escapes_what_a_url_reserves() {
        assert_eq!(expanded("%{S}", "192.0.2.3"), "strong-bad%40email.example.com");
    }
}
