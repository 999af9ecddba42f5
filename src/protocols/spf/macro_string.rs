//! Macro strings (RFC 7208 §7.1): their shape and their grammar.

use crate::text::Span;
use crate::text::lex::{Reading, Wanted};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take, take_while, take_while_m_n, take_while1};
use nom::combinator::{cut, map_opt, value};
use nom::error::context;
use nom::multi::many0;
use nom::sequence::delimited;

/// Literals and macros in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MacroString {
    /// The parts, in the order of the text.
    pub parts: Vec<Part>,
}

/// A part of a macro string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Octets that stand for themselves.
    Literal(Span),
    /// A macro to be expanded.
    Macro(Macro),
    /// `%%`
    Percent,
    /// `%_`
    Space,
    /// `%-`, a space as a URL has it.
    UrlSpace,
}

/// A macro: a letter and how its value is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Macro {
    /// Whose value is meant.
    pub letter: Letter,
    /// True for an upper-case letter: the value is URL-escaped (RFC 7208 §7.3).
    pub url_escape: bool,
    /// How many right-hand parts are kept; `None` for all of them.
    pub keep: Option<u32>,
    /// True if the parts are reversed first.
    pub reverse: bool,
    /// Which octets divide the value into parts; a dot if none is given.
    pub delimiters: Delimiters,
}

/// What a macro letter stands for (RFC 7208 §7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Letter {
    /// `s`: the sender.
    Sender,
    /// `l`: the local part of the sender.
    LocalPart,
    /// `o`: the domain of the sender.
    SenderDomain,
    /// `d`: the domain whose record is evaluated.
    Domain,
    /// `i`: the address of the client.
    Ip,
    /// `p`: the validated domain name of the client.
    ValidatedName,
    /// `v`: `in-addr` or `ip6`.
    Version,
    /// `h`: the HELO name.
    Helo,
    /// `c`: the address in readable form; in explanations only.
    ReadableIp,
    /// `r`: the name of the checking host; in explanations only.
    Receiver,
    /// `t`: the time in seconds since 1970; in explanations only.
    Time,
}

impl Letter {
    fn from_octet(octet: u8) -> Option<Self> {
        Some(match octet.to_ascii_lowercase() {
            b's' => Self::Sender,
            b'l' => Self::LocalPart,
            b'o' => Self::SenderDomain,
            b'd' => Self::Domain,
            b'i' => Self::Ip,
            b'p' => Self::ValidatedName,
            b'v' => Self::Version,
            b'h' => Self::Helo,
            b'c' => Self::ReadableIp,
            b'r' => Self::Receiver,
            b't' => Self::Time,
            _ => return None,
        })
    }

    /// The letter, in lower case.
    pub fn symbol(self) -> char {
        match self {
            Self::Sender => 's',
            Self::LocalPart => 'l',
            Self::SenderDomain => 'o',
            Self::Domain => 'd',
            Self::Ip => 'i',
            Self::ValidatedName => 'p',
            Self::Version => 'v',
            Self::Helo => 'h',
            Self::ReadableIp => 'c',
            Self::Receiver => 'r',
            Self::Time => 't',
        }
    }

    fn is_for_explanations_only(self) -> bool {
        matches!(self, Self::ReadableIp | Self::Receiver | Self::Time)
    }
}

/// A set of delimiters, a bit for each of `. - + , / _ =`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delimiters(u8);

impl Delimiters {
    const ALL: &'static [u8] = b".-+,/_=";

    fn from_octets(octets: &[u8]) -> Self {
        let bit = |octet| Self::ALL.iter().position(|known| known == octet).unwrap_or_default();
        Self(octets.iter().fold(0, |bits, octet| bits | 1 << bit(octet)))
    }

    /// True if `octet` divides a value; a dot does if no delimiter is given.
    pub fn divide_at(self, octet: u8) -> bool {
        match self.0 {
            0 => octet == b'.',
            bits => Self::ALL
                .iter()
                .position(|known| *known == octet)
                .is_some_and(|b| bits & 1 << b != 0),
        }
    }
}

/// Where a macro string stands: explanations know three letters more, and the space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// In a record.
    Record,
    /// In the text that `exp=` points to.
    Explanation,
}

/// `macro-string = *( macro-expand / macro-literal )`, and in an explanation
/// `explain-string = *( macro-string / SP )`.
pub fn macro_string<'a>(
    record: &'a [u8],
    setting: Setting,
) -> impl Parser<&'a [u8], Output = MacroString, Error = Wanted<'a>> {
    let literal = move |octet: u8| match octet {
        // RFC 7208 §7.1: macro-literal = %x21-24 / %x26-7E
        0x21..=0x24 | 0x26..=0x7e => true,
        b' ' => setting == Setting::Explanation,
        _ => false,
    };
    many0(alt((
        take_while1(literal).map(move |text| Part::Literal(Span::within(record, text))),
        move |text| macro_expand(text, setting),
    )))
    .map(|parts| MacroString { parts })
}

/// `macro-expand = ( "%{" macro-letter transformers *delimiter "}" ) / "%%" / "%_" / "%-"`
fn macro_expand(text: &[u8], setting: Setting) -> Reading<'_, Part> {
    let body = (
        context(
            "a macro letter",
            map_opt(take(1_usize), move |letter| macro_letter(letter, setting)),
        ),
        context(
            "a number of parts above zero",
            map_opt(take_while(|o: u8| o.is_ascii_digit()), digits),
        ),
        take_while_m_n(0, 1, |octet: u8| octet.eq_ignore_ascii_case(&b'r')),
        take_while(|octet: u8| Delimiters::ALL.contains(&octet)),
    );
    let (rest, _) = tag("%").parse(text)?;
    cut(context(
        "\"{\", \"%\", \"_\" or \"-\" after \"%\"",
        alt((
            delimited(tag("{"), cut(body), cut(context("\"}\" after the macro", tag("}")))).map(
                |((letter, url_escape), keep, reverse, delimiters): (_, _, &[u8], _)| {
                    let reverse = !reverse.is_empty();
                    let delimiters = Delimiters::from_octets(delimiters);
                    Part::Macro(Macro { letter, url_escape, keep, reverse, delimiters })
                },
            ),
            value(Part::Percent, tag("%")),
            value(Part::Space, tag("_")),
            value(Part::UrlSpace, tag("-")),
        )),
    ))
    .parse(rest)
}

fn macro_letter(text: &[u8], setting: Setting) -> Option<(Letter, bool)> {
    let octet = *text.first()?;
    let letter = Letter::from_octet(octet)?;
    // RFC 7208 §7.2: "The following macro letters are allowed only in "exp" text: c, r, t".
    let allowed = setting == Setting::Explanation || !letter.is_for_explanations_only();
    allowed.then_some((letter, octet.is_ascii_uppercase()))
}

/// `transformers = *DIGIT [ "r" ]`; the number, if one is given, is not zero (RFC 7208 §7.3).
fn digits(text: &[u8]) -> Option<Option<u32>> {
    if text.is_empty() {
        return Some(None);
    }
    // More parts than a name can have keep all of them, so saturating loses nothing.
    let number = text.iter().fold(0_u32, |number, digit| {
        number.saturating_mul(10).saturating_add(u32::from(digit - b'0'))
    });
    (number > 0).then_some(Some(number))
}
