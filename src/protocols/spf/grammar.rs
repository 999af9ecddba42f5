//! From text to [`Record`] (RFC 7208 §4.6.1 and the ABNF of its §12).
//!
//! Terms stand between spaces, so that is where reading recovers: a bad term costs one error and
//! the others are still read. Evaluation needs all of them to be right (§4.6), a report shows all
//! that are wrong.

use super::macro_string::{Part, Setting, macro_string};
use super::record::{Body, DomainSpec, Mechanism, Qualifier, Record, SpecText, Target, Term};
use crate::net::{Cidr, Name};
use crate::text::lex::{Reading, Wanted, whole};
use crate::text::{Citation, Parsed, Span, SyntaxError, rfc};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::one_of;
use nom::combinator::{cut, eof, opt, rest, value, verify};
use nom::error::context;
use nom::sequence::{preceded, terminated};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// The version section, RFC 7208 §4.5.
const VERSION: &[u8] = b"v=spf1";

/// What is expected where `redirect` or `exp` stands twice.
pub(super) const ONLY_ONCE: &str = "this modifier only once";

/// True if a TXT record is an SPF record: the version section, then a space or the end
/// (RFC 7208 §4.5). `v=spf10` is not one, nor is a record with a leading space.
pub fn is_record(text: &[u8]) -> bool {
    match text.split_at_checked(VERSION.len()) {
        Some((version, rest)) => {
            version.eq_ignore_ascii_case(VERSION) && matches!(rest.first(), None | Some(b' '))
        }
        None => false,
    }
}

/// Reads a record: every term, and every fault with its place.
pub fn parse(text: impl Into<Arc<[u8]>>) -> Parsed<Record> {
    let text: Arc<[u8]> = text.into();
    let mut terms = Vec::with_capacity(8);
    let mut errors = Vec::new();
    let body = if is_record(&text) {
        &text[VERSION.len()..]
    } else {
        let end = text.iter().position(|octet| *octet == b' ').unwrap_or(text.len());
        errors.push(SyntaxError::new(
            Span::new(0, end),
            "\"v=spf1\" and a space",
            rfc(7208, "4.5"),
        ));
        &text[end..]
    };
    let mut modifiers = Once::default();
    for piece in body.split(|octet| *octet == b' ').filter(|piece| !piece.is_empty()) {
        match whole(|input| term(&text, input), "the end of the term", piece) {
            Ok(body) => {
                let span = Span::within(&text, piece);
                errors.extend(modifiers.fault(&body, span));
                terms.push(Term { span, body });
            }
            Err(wanted) => errors.push(wanted.in_piece(&text, piece, cite(piece))),
        }
    }
    Parsed { value: Record { text, terms }, errors }
}

/// `redirect` and `exp` may stand once each.
#[derive(Default)]
struct Once {
    redirect: bool,
    explanation: bool,
}

impl Once {
    fn fault(&mut self, body: &Body, span: Span) -> Option<SyntaxError> {
        let seen = match body {
            Body::Redirect(_) => &mut self.redirect,
            Body::Explanation(_) => &mut self.explanation,
            _ => return None,
        };
        // RFC 7208 §6: "MUST NOT appear in a record more than once each"
        std::mem::replace(seen, true).then(|| SyntaxError::new(span, ONLY_ONCE, rfc(7208, "6")))
    }
}

/// The section that defines the term which `piece` begins like.
fn cite(piece: &[u8]) -> Citation {
    let name = piece.strip_prefix(b"+").or(piece.strip_prefix(b"-")).unwrap_or(piece);
    let is = |word: &[u8]| name.get(..word.len()).is_some_and(|n| n.eq_ignore_ascii_case(word));
    let section = match () {
        () if is(b"include") => "5.2",
        () if is(b"ip4") || is(b"ip6") => "5.6",
        () if is(b"exists") => "5.7",
        () if is(b"redirect") => "6.1",
        () if is(b"exp") => "6.2",
        () if is(b"ptr") => "5.5",
        () if is(b"mx") => "5.4",
        () => "4.6.1",
    };
    rfc(7208, section)
}

/// `directive / modifier`
fn term<'a>(record: &'a [u8], text: &'a [u8]) -> Reading<'a, Body> {
    let (after_sign, sign) = opt(qualifier).parse(text)?;
    let (after_name, name) =
        context("a mechanism or modifier", verify(take_while1(is_name), starts_with_letter))
            .parse(after_sign)?;
    match (sign, after_name.first()) {
        (None, Some(b'=')) => modifier(record, name, &after_name[1..]),
        (Some(_), Some(b'=')) => Err(Wanted::failure(text, "no qualifier before a modifier")),
        (sign, _) => {
            let (rest, mechanism) = mechanism(record, name, after_name)?;
            Ok((rest, Body::Directive(sign.unwrap_or(Qualifier::Pass), mechanism)))
        }
    }
}

/// `qualifier = "+" / "-" / "?" / "~"`
fn qualifier(text: &[u8]) -> Reading<'_, Qualifier> {
    alt((
        value(Qualifier::Pass, tag("+")),
        value(Qualifier::Fail, tag("-")),
        value(Qualifier::Softfail, tag("~")),
        value(Qualifier::Neutral, tag("?")),
    ))
    .parse(text)
}

/// `name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." )`
fn is_name(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.')
}

fn starts_with_letter(name: &[u8]) -> bool {
    name.first().is_some_and(u8::is_ascii_alphabetic)
}

/// `modifier = redirect / explanation / unknown-modifier`
fn modifier<'a>(record: &'a [u8], name: &'a [u8], value: &'a [u8]) -> Reading<'a, Body> {
    if name.eq_ignore_ascii_case(b"redirect") {
        domain_spec(record).map(Body::Redirect).parse(value)
    } else if name.eq_ignore_ascii_case(b"exp") {
        domain_spec(record).map(Body::Explanation).parse(value)
    } else {
        // RFC 7208 §6: unknown modifiers are ignored, but they have the syntax of a macro-string.
        let name = Span::within(record, name);
        let value_grammar = terminated(
            macro_string(record, Setting::Record),
            context("a visible ASCII character", eof),
        );
        value_grammar.map(|_| Body::Unknown { name }).parse(value)
    }
}

/// `mechanism = all / include / a / mx / ptr / ip4 / ip6 / exists`, its name already read.
fn mechanism<'a>(record: &'a [u8], name: &'a [u8], text: &'a [u8]) -> Reading<'a, Mechanism> {
    let is = |word: &str| name.eq_ignore_ascii_case(word.as_bytes());
    let colon = |what| context(what, tag(":"));
    if is("all") {
        Ok((text, Mechanism::All))
    } else if is("include") {
        let spec = preceded(colon("\":\" and a domain name"), domain_spec(record));
        cut(spec).map(Mechanism::Include).parse(text)
    } else if is("exists") {
        let spec = preceded(colon("\":\" and a domain name"), domain_spec(record));
        cut(spec).map(Mechanism::Exists).parse(text)
    } else if is("ptr") {
        opt(preceded(tag(":"), cut(domain_spec(record)))).map(Mechanism::Ptr).parse(text)
    } else if is("a") {
        target(record, text).map(|(rest, target)| (rest, Mechanism::A(target)))
    } else if is("mx") {
        target(record, text).map(|(rest, target)| (rest, Mechanism::Mx(target)))
    } else if is("ip4") {
        cut(preceded(colon("\":\" and an IPv4 address"), ip4_network))
            .map(Mechanism::Ip4)
            .parse(text)
    } else if is("ip6") {
        cut(preceded(colon("\":\" and an IPv6 address"), ip6_network))
            .map(Mechanism::Ip6)
            .parse(text)
    } else {
        Err(Wanted::failure(name, "a mechanism or modifier"))
    }
}

/// `[ ":" domain-spec ] [ dual-cidr-length ]`
fn target<'a>(record: &'a [u8], text: &'a [u8]) -> Reading<'a, Target> {
    // A slash may stand in a domain-spec, so prefix lengths are read from the right.
    let (name, prefixes) = split_prefixes(text);
    let domain = match name {
        [] => None,
        [b':', spec @ ..] => {
            Some(whole(domain_spec(record), "a domain name", spec).map_err(nom::Err::Failure)?)
        }
        _ => return Err(Wanted::failure(name, "\":\" or \"/\" after the mechanism")),
    };
    let (rest, (ip4_prefix, ip6_prefix)) = dual_cidr_length(prefixes)?;
    Ok((rest, Target { domain, ip4_prefix, ip6_prefix }))
}

/// Cuts `/24`, `//64` or `/24//64` from the end.
fn split_prefixes(text: &[u8]) -> (&[u8], &[u8]) {
    let before_digits = |end: usize| {
        text[..end].iter().rposition(|octet| !octet.is_ascii_digit()).map_or(0, |at| at + 1)
    };
    let mut cut = text.len();
    let digits = before_digits(cut);
    if text[..digits].ends_with(b"//") {
        cut = digits - 2;
        let digits = before_digits(cut);
        if digits < cut && text[..digits].ends_with(b"/") {
            cut = digits - 1;
        }
    } else if text[..digits].ends_with(b"/") {
        cut = digits - 1;
    }
    text.split_at(cut)
}

/// `dual-cidr-length = [ ip4-cidr-length ] [ "/" ip6-cidr-length ]`
fn dual_cidr_length(text: &[u8]) -> Reading<'_, (u8, u8)> {
    let ip6 = preceded(tag("//"), cut(prefix_length(128, "a prefix length from 0 to 128")));
    let ip4 = preceded(tag("/"), cut(prefix_length(32, "a prefix length from 0 to 32")));
    let (rest, ip6_only) = opt(ip6).parse(text)?;
    if let Some(ip6) = ip6_only {
        return Ok((rest, (32, ip6)));
    }
    let (rest, ip4) = opt(ip4).parse(text)?;
    let ip6 = preceded(tag("//"), cut(prefix_length(128, "a prefix length from 0 to 128")));
    let (rest, ip6) = opt(ip6).parse(rest)?;
    Ok((rest, (ip4.unwrap_or(32), ip6.unwrap_or(128))))
}

/// Decimal digits without a leading zero, at most `longest`.
fn prefix_length<'a>(
    longest: u8,
    what: &'static str,
) -> impl Parser<&'a [u8], Output = u8, Error = Wanted<'a>> {
    context(
        what,
        nom::combinator::map_opt(
            take_while1(|octet: u8| octet.is_ascii_digit()),
            move |digits: &[u8]| {
                let number = digits.iter().try_fold(0_u8, |number, digit| {
                    number.checked_mul(10)?.checked_add(digit - b'0')
                })?;
                let leading_zero = digits.len() > 1 && digits.first() == Some(&b'0');
                (number <= longest && !leading_zero).then_some(number)
            },
        ),
    )
}

/// `ip4-network [ ip4-cidr-length ]`
fn ip4_network(text: &[u8]) -> Reading<'_, Cidr> {
    let address = |octet: u8| octet.is_ascii_digit() || octet == b'.';
    let (rest, digits) = take_while(address).parse(text)?;
    let Some(address) = read_address::<Ipv4Addr>(digits) else {
        return Err(Wanted::failure(text, "an IPv4 address"));
    };
    network(address.into(), 32, "a prefix length from 0 to 32", rest)
}

/// `ip6-network [ ip6-cidr-length ]`
fn ip6_network(text: &[u8]) -> Reading<'_, Cidr> {
    let address = |octet: u8| octet.is_ascii_hexdigit() || matches!(octet, b':' | b'.');
    let (rest, digits) = take_while(address).parse(text)?;
    let Some(address) = read_address::<Ipv6Addr>(digits) else {
        return Err(Wanted::failure(text, "an IPv6 address"));
    };
    network(address.into(), 128, "a prefix length from 0 to 128", rest)
}

fn read_address<A: std::str::FromStr>(digits: &[u8]) -> Option<A> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn network<'a>(
    address: IpAddr,
    longest: u8,
    what: &'static str,
    text: &'a [u8],
) -> Reading<'a, Cidr> {
    let (rest, prefix) =
        opt(preceded(one_of("/"), cut(prefix_length(longest, what)))).parse(text)?;
    match Cidr::new(address, prefix.unwrap_or(longest)) {
        Some(cidr) => Ok((rest, cidr)),
        None => Err(Wanted::failure(text, what)),
    }
}

/// `domain-spec = macro-string domain-end`
///
/// Takes all of the text, for nothing may follow it in a term but what its caller has cut off.
fn domain_spec<'a>(
    record: &'a [u8],
) -> impl Parser<&'a [u8], Output = DomainSpec, Error = Wanted<'a>> {
    move |input: &'a [u8]| {
        let (end, text) = rest(input)?;
        let span = Span::within(record, text);
        if !text.contains(&b'%') {
            return if text.iter().all(|octet| matches!(octet, 0x21..=0x7e))
                && ends_in_top_label(text)
            {
                Ok((end, DomainSpec { span, text: SpecText::Fixed(Name::from_octets(text)) }))
            } else {
                Err(Wanted::failure(text, name_wanted(text)))
            };
        }
        let parts = macro_string(record, Setting::Record);
        let macros = whole(parts, "a visible ASCII character", text).map_err(nom::Err::Failure)?;
        // domain-end = ( "." toplabel [ "." ] ) / macro-expand
        match macros.parts.last() {
            Some(Part::Literal(tail)) if !ends_in_top_label(tail.of(record)) => {
                Err(Wanted::failure(text, "a domain name that ends in a top-level label"))
            }
            _ => Ok((end, DomainSpec { span, text: SpecText::Macro(macros) })),
        }
    }
}

/// `"." toplabel [ "." ]` at the end of the text:
/// `toplabel = ( *alphanum ALPHA *alphanum ) / ( 1*alphanum "-" *( alphanum / "-" ) alphanum )`
fn ends_in_top_label(text: &[u8]) -> bool {
    let text = text.strip_suffix(b".").unwrap_or(text);
    let Some(dot) = text.iter().rposition(|octet| *octet == b'.') else { return false };
    let label = &text[dot + 1..];
    let edge = |octet: Option<&u8>| octet.is_some_and(u8::is_ascii_alphanumeric);
    edge(label.first())
        && edge(label.last())
        && label.iter().all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-')
        && label.iter().any(|octet| octet.is_ascii_alphabetic() || *octet == b'-')
}

/// What to say about a text that is not a domain-spec.
fn name_wanted(text: &[u8]) -> &'static str {
    if read_address::<IpAddr>(text).is_some() {
        "a domain name (for an address use ip4: or ip6:)"
    } else if !text.is_empty()
        && text.iter().all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-')
    {
        "a domain name with at least one dot"
    } else {
        "a domain name"
    }
}

/// Reads the text that `exp=` leads to: `explain-string = *( macro-string / SP )`.
pub fn parse_explanation(text: &[u8]) -> Option<super::macro_string::MacroString> {
    whole(macro_string(text, Setting::Explanation), "printable ASCII", text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(record: &str) -> Vec<(String, &'static str)> {
        let parsed = parse(record.as_bytes());
        parsed.errors.iter().map(|error| (parsed.value.show(error.span), error.expected)).collect()
    }

    fn canonical(record: &str) -> String {
        parse(record.as_bytes()).value.to_string()
    }

    #[test]
    fn a_record_with_five_faults_yields_five_places_in_one_pass() {
        assert_eq!(
            errors("v=spf1 ip4:192.0.2.0/33 include: ip4:1.2.3 al -all ip4:192.0.2.0/24x"),
            [
                ("33".into(), "a prefix length from 0 to 32"),
                (String::new(), "a domain name"),
                ("1.2.3".into(), "an IPv4 address"),
                ("al".into(), "a mechanism or modifier"),
                ("x".into(), "the end of the term"),
            ]
        );
    }

    #[test]
    fn names_are_read_in_any_letter_case_and_written_in_lower_case() {
        assert_eq!(
            canonical("V=SPF1 IP4:192.0.2.1 +MX/24//64 ReDirect=_spf.Example.com"),
            "v=spf1 ip4:192.0.2.1 mx/24//64 redirect=_spf.Example.com"
        );
    }

    #[test]
    fn a_slash_inside_a_domain_spec_is_part_of_it() {
        assert_eq!(errors("v=spf1 a:foo:bar/baz.example.com a:%{d}/24 -all"), []);
    }

    #[test]
    fn an_address_where_a_name_belongs_says_where_addresses_go() {
        assert_eq!(
            errors("v=spf1 a:192.0.2.1 -all"),
            [("192.0.2.1".into(), "a domain name (for an address use ip4: or ip6:)")]
        );
    }

    #[test]
    fn leading_zeros_in_prefix_lengths_are_faults() {
        assert_eq!(
            errors("v=spf1 ip4:192.0.2.0/024 a/00 -all"),
            [
                ("024".into(), "a prefix length from 0 to 32"),
                ("00".into(), "a prefix length from 0 to 32")
            ]
        );
    }

    #[test]
    fn a_tab_or_an_eight_bit_octet_is_a_fault_even_after_all() {
        let parsed = parse(b"v=spf1 -all\tmx \xffa".as_slice());
        assert_eq!(parsed.errors.len(), 2);
    }

    #[test]
    fn unknown_modifiers_are_legal_but_their_macros_must_be() {
        assert_eq!(errors("v=spf1 ra=postmaster foo=%{d} -all"), []);
        assert_eq!(errors("v=spf1 foo=%{x} -all"), [("x}".into(), "a macro letter")]);
    }

    #[test]
    fn redirect_and_exp_stand_once_each() {
        assert_eq!(
            errors("v=spf1 redirect=a.example redirect=b.example"),
            [("redirect=b.example".into(), "this modifier only once")]
        );
    }

    #[test]
    fn a_qualifier_before_a_modifier_is_a_fault() {
        assert_eq!(errors("v=spf1 -redirect=a.example").len(), 1);
    }

    #[test]
    fn only_the_exact_version_makes_a_record() {
        let texts: [&[u8]; 6] =
            [b"v=spf1", b"V=SPF1 -all", b"v=spf10", b" v=spf1 -all", b"v=spf1\t-all", b"v=spf1mx"];
        assert_eq!(texts.map(is_record), [true, true, false, false, false, false]);
    }

    #[test]
    fn zero_parts_of_a_macro_are_a_fault() {
        assert_eq!(errors("v=spf1 exists:%{d0}.example.com").len(), 1);
    }

    #[test]
    fn a_macro_may_end_a_domain_spec_and_a_bare_label_may_not() {
        assert_eq!(errors("v=spf1 include:%{d1r} -all"), []);
        assert_eq!(errors("v=spf1 include:%{d}com -all").len(), 1);
    }
}
