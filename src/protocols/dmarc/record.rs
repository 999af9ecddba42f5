//! What a DMARC record may say (RFC 9989 §4.7).

use super::uri::ReportUri;
use crate::text::{Span, Spanned};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// What a Domain Owner asks receivers to do with mail that fails; weakest first.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Nothing: monitoring mode.
    None,
    /// Treat it as suspicious.
    Quarantine,
    /// Refuse it.
    Reject,
}

impl Policy {
    /// The word for it in a record and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
        }
    }

    /// One level lower, as `t=y` asks (RFC 9989 §4.7).
    #[must_use]
    pub fn lowered(self) -> Self {
        match self {
            Self::Reject => Self::Quarantine,
            Self::Quarantine | Self::None => Self::None,
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// How close an Authenticated Identifier must be to the Author Domain (RFC 9989 §4.4).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum AlignmentMode {
    /// The same Organizational Domain is enough.
    #[default]
    #[serde(rename = "r")]
    Relaxed,
    /// The names must be identical.
    #[serde(rename = "s")]
    Strict,
}

impl AlignmentMode {
    /// The letter for it in a record.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Relaxed => "r",
            Self::Strict => "s",
        }
    }

    /// The word for it in a sentence.
    pub fn word(self) -> &'static str {
        match self {
            Self::Relaxed => "relaxed",
            Self::Strict => "strict",
        }
    }
}

/// Whether a name is a Public Suffix Domain (the `psd` tag).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Psd {
    /// It is one: organizations begin one label below.
    Yes,
    /// It is an Organizational Domain.
    No,
    /// The tree walk is to find out.
    #[default]
    Unspecified,
}

impl Psd {
    /// The letter for it in a record.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Yes => "y",
            Self::No => "n",
            Self::Unspecified => "u",
        }
    }
}

/// When a failure report is wanted (the `fo` tag).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum FailureOption {
    /// `0`: nothing aligned passed.
    All,
    /// `1`: something did not pass aligned.
    Any,
    /// `d`: a DKIM signature failed, aligned or not.
    Dkim,
    /// `s`: SPF failed, aligned or not.
    Spf,
}

impl FailureOption {
    /// The letter for it in a record.
    pub fn letter(self) -> &'static str {
        match self {
            Self::All => "0",
            Self::Any => "1",
            Self::Dkim => "d",
            Self::Spf => "s",
        }
    }
}

/// What became of a tag.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Usage {
    /// Its value was read.
    Read,
    /// Its value is not one that the tag may have: the default applies instead.
    Discarded,
    /// The same tag stands again further on, and that one counts.
    Repeated,
    /// `pct`, `rf` and `ri` of RFC 7489: ignored as unknown since RFC 9989.
    Historic,
    /// Nobody defines it: ignored.
    Unknown,
}

/// A tag behind the version, by its places in the record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Tag {
    /// Where its name stands.
    pub name: Span,
    /// Where its value stands.
    pub value: Span,
    /// What became of it.
    pub usage: Usage,
}

impl Tag {
    /// Where the whole tag stands.
    pub fn span(&self) -> Span {
        Span { start: self.name.start, end: self.value.end.max(self.name.end) }
    }
}

/// Whether a record can be applied (RFC 9989 §4.10.1).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Usable {
    /// As it stands.
    Ok,
    /// `p` is missing or invalid, or `sp` or `np` is invalid, and a report is asked for:
    /// as if the record said `p=none`.
    AsNone,
    /// The same without a valid `rua`: DMARC is not applied at all.
    Skip,
}

/// One DMARC record. An absent or discarded tag is `None` here; methods know the defaults.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Record {
    /// The text, strings joined.
    pub text: Arc<[u8]>,
    /// Policy for the domain itself.
    pub p: Option<Spanned<Policy>>,
    /// Policy for existing subdomains.
    pub sp: Option<Spanned<Policy>>,
    /// Policy for subdomains that do not exist.
    pub np: Option<Spanned<Policy>>,
    /// Alignment of DKIM.
    pub adkim: Option<Spanned<AlignmentMode>>,
    /// Alignment of SPF.
    pub aspf: Option<Spanned<AlignmentMode>>,
    /// True for `t=y`: the policy is only tested.
    pub t: Option<Spanned<bool>>,
    /// Whether the name is a Public Suffix Domain.
    pub psd: Option<Spanned<Psd>>,
    /// When failure reports are wanted.
    pub fo: Option<Spanned<Vec<FailureOption>>>,
    /// Where aggregate reports go.
    pub rua: Vec<ReportUri>,
    /// Where failure reports go.
    pub ruf: Vec<ReportUri>,
    /// Every tag behind the version that could be told apart, in order.
    pub tags: Vec<Tag>,
}

impl Record {
    /// A record that says nothing but its version.
    pub(super) fn bare(text: Arc<[u8]>) -> Self {
        Self {
            text,
            p: None,
            sp: None,
            np: None,
            adkim: None,
            aspf: None,
            t: None,
            psd: None,
            fo: None,
            rua: Vec::new(),
            ruf: Vec::new(),
            tags: Vec::new(),
        }
    }

    /// The octets that a span of this record covers.
    pub fn show(&self, span: Span) -> &[u8] {
        span.of(&self.text)
    }

    /// How close a DKIM domain must be.
    pub fn dkim_alignment(&self) -> AlignmentMode {
        self.adkim.as_ref().map_or_else(AlignmentMode::default, |mode| mode.value)
    }

    /// How close an SPF domain must be.
    pub fn spf_alignment(&self) -> AlignmentMode {
        self.aspf.as_ref().map_or_else(AlignmentMode::default, |mode| mode.value)
    }

    /// What the record says of its own name.
    pub fn suffix(&self) -> Psd {
        self.psd.as_ref().map_or_else(Psd::default, |psd| psd.value)
    }

    /// True if the policy is only tested (`t=y`).
    pub fn is_testing(&self) -> bool {
        self.t.as_ref().is_some_and(|t| t.value)
    }

    /// When failure reports are wanted.
    pub fn failure_options(&self) -> &[FailureOption] {
        self.fo.as_ref().map_or(&[FailureOption::All], |fo| &fo.value)
    }

    /// Whether the record can be applied.
    pub fn usable(&self) -> Usable {
        // RFC 9989 §4.10.1: "does not contain a valid "p" tag, or contains an "sp" or "np" tag
        // that is not valid"
        self.usable_if(self.p.is_some() && !self.is_discarded("sp") && !self.is_discarded("np"))
    }

    /// Whether a receiver that still follows RFC 7489 §6.6.3 can apply it: `np` is unknown there.
    pub(super) fn usable_in_rfc7489(&self) -> Usable {
        self.usable_if(self.p.is_some() && !self.is_discarded("sp"))
    }

    fn usable_if(&self, valid: bool) -> Usable {
        match (valid, self.rua.is_empty()) {
            (true, _) => Usable::Ok,
            (false, false) => Usable::AsNone,
            (false, true) => Usable::Skip,
        }
    }

    /// True if the tag that counts under this name has a value that it may not have.
    fn is_discarded(&self, name: &str) -> bool {
        self.tags_with(Usage::Discarded).any(|tag| self.is_named(tag, name))
    }

    /// The tags that shared a fate.
    pub fn tags_with(&self, usage: Usage) -> impl Iterator<Item = &Tag> + '_ {
        self.tags.iter().filter(move |tag| tag.usage == usage)
    }

    /// True if a tag of this record has this name, letter case ignored.
    pub fn is_named(&self, tag: &Tag, name: &str) -> bool {
        self.show(tag.name).eq_ignore_ascii_case(name.as_bytes())
    }
}
