//! An SPF record as published (RFC 7208 §4.6.1, §5, §6).

use super::macro_string::MacroString;
use crate::net::{Cidr, Name, NameError};
use crate::text::{Span, escape};
use std::fmt;
use std::sync::Arc;

/// A policy: the text and its terms in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The octets of the record, strings joined.
    pub text: Arc<[u8]>,
    /// Every term that could be read, in the order of the text.
    pub terms: Vec<Term>,
}

/// A directive or a modifier, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The whole term, qualifier and value included.
    pub span: Span,
    /// What it says.
    pub body: Body,
}

/// What a term says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A mechanism with its qualifier.
    Directive(Qualifier, Mechanism),
    /// `redirect=` (RFC 7208 §6.1).
    Redirect(DomainSpec),
    /// `exp=` (RFC 7208 §6.2).
    Explanation(DomainSpec),
    /// A modifier that RFC 7208 does not define; it is ignored (§6).
    Unknown {
        /// Its name.
        name: Span,
    },
}

impl Body {
    /// True if a pass at the end of the term is one for the sender.
    ///
    /// RFC 7208 §5.2: an include matches where its policy passes, and its own qualifier says what
    /// that means. So behind `?include` nobody passes, whatever stands there.
    pub fn hands_on_pass(&self) -> bool {
        match self {
            Self::Directive(qualifier, _) => *qualifier == Qualifier::Pass,
            _ => true,
        }
    }
}

/// What a match means (RFC 7208 §4.6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Qualifier {
    /// `+`, the default.
    Pass,
    /// `-`
    Fail,
    /// `~`
    Softfail,
    /// `?`
    Neutral,
}

/// A mechanism (RFC 7208 §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// §5.1
    All,
    /// §5.2
    Include(DomainSpec),
    /// §5.3
    A(Target),
    /// §5.4
    Mx(Target),
    /// §5.5
    Ptr(Option<DomainSpec>),
    /// §5.6
    Ip4(Cidr),
    /// §5.6
    Ip6(Cidr),
    /// §5.7
    Exists(DomainSpec),
}

impl Mechanism {
    /// Its name, in lower case.
    pub fn word(&self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Include(_) => "include",
            Self::A(_) => "a",
            Self::Mx(_) => "mx",
            Self::Ptr(_) => "ptr",
            Self::Ip4(_) => "ip4",
            Self::Ip6(_) => "ip6",
            Self::Exists(_) => "exists",
        }
    }

    /// True if evaluating it causes a DNS lookup that is counted (RFC 7208 §4.6.4).
    pub fn is_counted(&self) -> bool {
        !matches!(self, Self::All | Self::Ip4(_) | Self::Ip6(_))
    }

    /// The domain-spec, if one is given.
    pub fn domain_spec(&self) -> Option<&DomainSpec> {
        match self {
            Self::Include(spec) | Self::Exists(spec) => Some(spec),
            Self::A(target) | Self::Mx(target) => target.domain.as_ref(),
            Self::Ptr(spec) => spec.as_ref(),
            Self::All | Self::Ip4(_) | Self::Ip6(_) => None,
        }
    }
}

/// What `a` and `mx` look at: a name, the current one if none is given, and prefix lengths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The name, if one is given.
    pub domain: Option<DomainSpec>,
    /// Prefix length for IPv4, 0 to 32.
    pub ip4_prefix: u8,
    /// Prefix length for IPv6, 0 to 128.
    pub ip6_prefix: u8,
}

/// A domain-spec (RFC 7208 §7.1): a name, perhaps with macros in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainSpec {
    /// Where it stands.
    pub span: Span,
    /// What it expands to.
    pub text: SpecText,
}

/// A domain-spec with or without macros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpecText {
    /// No macro: the name is the same for everybody. It may still be no name at all.
    Fixed(Result<Name, NameError>),
    /// The name depends on who sends, or on the domain.
    Macro(MacroString),
}

impl DomainSpec {
    /// The name, if it is the same for everybody and valid.
    pub fn fixed(&self) -> Option<&Name> {
        match &self.text {
            SpecText::Fixed(Ok(name)) => Some(name),
            _ => None,
        }
    }
}

impl Record {
    /// The text of a span, escaped.
    pub fn show(&self, span: Span) -> String {
        escape(span.of(&self.text))
    }

    /// The directives, in order, with their indices.
    pub fn directives(&self) -> impl Iterator<Item = (usize, &Term, Qualifier, &Mechanism)> {
        self.terms.iter().enumerate().filter_map(|(index, term)| match &term.body {
            Body::Directive(qualifier, mechanism) => Some((index, term, *qualifier, mechanism)),
            _ => None,
        })
    }

    /// The `all` mechanism: its qualifier, if there is one anywhere.
    pub fn all(&self) -> Option<Qualifier> {
        self.directives()
            .find(|(.., mechanism)| **mechanism == Mechanism::All)
            .map(|(_, _, qualifier, _)| qualifier)
    }

    /// The `redirect` modifier, if it is in force: it is ignored when `all` stands anywhere in
    /// the record (RFC 7208 §5.1).
    pub fn redirect(&self) -> Option<(usize, &DomainSpec)> {
        if self.all().is_some() {
            return None;
        }
        self.terms.iter().enumerate().find_map(|(index, term)| match &term.body {
            Body::Redirect(spec) => Some((index, spec)),
            _ => None,
        })
    }

    /// The `exp` modifier.
    pub fn explanation(&self) -> Option<&DomainSpec> {
        self.terms.iter().find_map(|term| match &term.body {
            Body::Explanation(spec) => Some(spec),
            _ => None,
        })
    }
}

impl fmt::Display for Record {
    /// The canonical text: names in lower case, one space between terms, `+` left out.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("v=spf1")?;
        for term in &self.terms {
            out.write_str(" ")?;
            match &term.body {
                Body::Directive(qualifier, mechanism) => {
                    write!(out, "{qualifier}{}", mechanism.word())?;
                    self.write_value(mechanism, out)?;
                }
                Body::Redirect(spec) => write!(out, "redirect={}", self.show(spec.span))?,
                Body::Explanation(spec) => write!(out, "exp={}", self.show(spec.span))?,
                Body::Unknown { .. } => out.write_str(&self.show(term.span))?,
            }
        }
        Ok(())
    }
}

impl Record {
    fn write_value(&self, mechanism: &Mechanism, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(spec) = mechanism.domain_spec() {
            write!(out, ":{}", self.show(spec.span))?;
        }
        match mechanism {
            Mechanism::A(target) | Mechanism::Mx(target) => {
                if target.ip4_prefix < 32 {
                    write!(out, "/{}", target.ip4_prefix)?;
                }
                if target.ip6_prefix < 128 {
                    write!(out, "//{}", target.ip6_prefix)?;
                }
                Ok(())
            }
            Mechanism::Ip4(cidr) | Mechanism::Ip6(cidr) => write!(out, ":{cidr}"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Qualifier {
    /// The sign; nothing for pass, which is the default.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Pass => "",
            Self::Fail => "-",
            Self::Softfail => "~",
            Self::Neutral => "?",
        })
    }
}
