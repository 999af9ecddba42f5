//! The value of a term: what follows its colon, put right.

use super::Word;
use super::macros;
use super::network::{self, Writing};
use crate::net::Name;
use crate::text::Phrase;
use crate::text::slip::Slips;

/// What is wrong with a mail address in a record.
pub(super) const MAILBOX: &str =
    "a mail address instead of a domain name: SPF authorizes hosts, not mailboxes";

/// A term with its value put right.
pub(super) fn valued(
    word: &Word,
    sign: &[u8],
    begin: &[u8],
    value: &[u8],
    slips: &mut Slips,
) -> Option<Vec<Vec<u8>>> {
    let lower = begin.to_ascii_lowercase();
    // `include:include:a.example`, `include::a.example`
    let mut inner = value;
    let mut what = "";
    loop {
        if inner.first() == Some(&b':') && !matches!(lower.as_slice(), b"ip6:" | b"ip4:") {
            (inner, what) = (inner.get(1..)?, "a second colon before the name");
        } else if inner.len() > begin.len() && inner.get(..begin.len())?.eq_ignore_ascii_case(begin)
        {
            (inner, what) = (inner.get(begin.len()..)?, "the mechanism is written twice");
        } else {
            break;
        }
    }
    let is_named = matches!(lower.as_slice(), b"include:" | b"a:" | b"mx:" | b"redirect=");
    for scheme in [&b"https://"[..], b"http://"] {
        if is_named && inner.get(..scheme.len()).is_some_and(|it| it.eq_ignore_ascii_case(scheme)) {
            let rest = inner.get(scheme.len()..)?;
            inner = rest.split(|octet| *octet == b'/').next()?;
            what = "an https URL instead of a domain name";
        }
    }
    let takes_name = is_named || matches!(lower.as_slice(), b"exists:" | b"ptr:" | b"exp=");
    if let Some((meant, is_certain)) = macros::read(inner).filter(|_| takes_name) {
        let terms = vec![[sign, begin, &meant].concat()];
        let what = Phrase::from("a macro is written in braces, as in ").code("%{d}");
        slips.meant(word.span, what, terms.join(&b' '), is_certain);
        return Some(terms);
    }
    if let Some(ascii) = in_ascii(inner).filter(|_| takes_name) {
        let terms = vec![[sign, begin, &ascii].concat()];
        let what = "a name with letters outside ASCII instead of its A-label (xn--)";
        slips.meant(word.span, Phrase::from(what), terms.join(&b' '), true);
        return Some(terms);
    }
    let mailbox = inner.strip_prefix(b"mailto:").unwrap_or(inner);
    if let Some(domain) = domain_of_mailbox(mailbox).filter(|_| is_named) {
        let terms = vec![[sign, begin, domain].concat()];
        let what = MAILBOX;
        // Whose hosts were meant is not known: the domain of the mailbox may have others.
        slips.likely(word.span, Phrase::from(what));
        return Some(terms);
    }
    let networks = network::read(inner);
    match (lower.as_slice(), networks) {
        (b"ip4:" | b"ip6:" | b"a:" | b"mx:" | b"include:", Some((terms, writing))) => {
            let same = [sign, begin, inner].concat();
            let terms: Vec<Vec<u8>> = terms.iter().map(|term| [sign, term].concat()).collect();
            let is_same = terms.len() == 1
                && terms.first().is_some_and(|term| term.eq_ignore_ascii_case(&same));
            if is_same {
                return Some(match same == word.text {
                    true => vec![same],
                    false => terms,
                });
            }
            let what = match writing {
                Writing::Netmask => "a netmask instead of a prefix length",
                Writing::Range => "a range of addresses instead of a network",
                Writing::Star => "a star instead of an octet",
                Writing::Tail => "the last character does not belong",
                Writing::Prefix => "",
            };
            slips.meant(word.span, Phrase::from(what), terms.join(&b' '), true);
            Some(terms)
        }
        (b"ip4:" | b"ip6:", None) => {
            if !is_host(inner) {
                return None;
            }
            let terms = vec![[sign, b"a:", inner].concat()];
            slips.meant(
                word.span,
                Phrase::from("a host name instead of an address"),
                terms.join(&b' '),
                false,
            );
            Some(terms)
        }
        _ => {
            let terms = vec![[sign, begin, inner].concat()];
            if !what.is_empty() {
                slips.meant(word.span, Phrase::from(what), terms.join(&b' '), true);
            }
            Some(terms)
        }
    }
}

/// A name in ASCII, if it holds letters that are not: records hold A-labels (RFC 5890 §2.3.2.1).
fn in_ascii(name: &[u8]) -> Option<Vec<u8>> {
    let is_plain = name.is_ascii() || name.contains(&b'%') || name.contains(&b'/');
    let text = std::str::from_utf8(name).ok().filter(|_| !is_plain)?;
    let name = Name::from_unicode(text).ok()?;
    Some(name.to_string().into_bytes())
}

/// The domain of a mail address that stands where a name belongs.
pub(super) fn domain_of_mailbox(text: &[u8]) -> Option<&[u8]> {
    let at = text.iter().position(|octet| *octet == b'@')?;
    let (local, domain) = (text.get(..at)?, text.get(at + 1..)?);
    let is_local = |octet: &u8| octet.is_ascii_alphanumeric() || b"._-+".contains(octet);
    (local.iter().all(is_local) && is_host(domain)).then_some(domain)
}

/// True for a name of several labels that is no address.
pub(super) fn is_host(text: &[u8]) -> bool {
    let is_name = |octet: &u8| octet.is_ascii_alphanumeric() || b"-_.".contains(octet);
    let last = text.rsplit(|octet| *octet == b'.').find(|label| !label.is_empty());
    text.contains(&b'.')
        && text.iter().all(is_name)
        && last.is_some_and(|label| label.first().is_some_and(u8::is_ascii_alphabetic))
        && Name::from_octets(text).is_ok()
}
