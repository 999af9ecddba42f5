//! The policy file, and which MX hosts it names (RFC 8461 §3.2, §4.1).

use crate::net::Name;
use crate::text::field_list::{extension_name, trim_end, trim_start};
use crate::text::lex::whole;
use std::fmt;

/// The longest `max_age`, in seconds: "maximum value of 31557600" (RFC 8461 §3.2).
const MAX_AGE_LIMIT: u32 = 31_557_600;

/// A policy without fault.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// What senders do about an MX host that fails validation.
    pub mode: Mode,
    /// How long senders may use the policy after they fetched it, in seconds.
    pub max_age: u32,
    /// The MX hosts that senders may deliver to, in the order written; empty only in mode `none`.
    pub mx: Vec<Pattern>,
}

/// What senders do about an MX host that fails validation (RFC 8461 §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They do not deliver to it.
    Enforce,
    /// They deliver, and report the failure where TLS-RPT asks for reports.
    Testing,
    /// They act as if there were no policy.
    None,
}

/// An `mx` of a policy: the name of a host, or a wildcard for one label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Exactly this host.
    Host(Name),
    /// The hosts one label below this name: `*.example.com`.
    Below(Name),
}

/// A field of a policy file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `version`, which must be `STSv1`.
    Version,
    /// `mode`.
    Mode,
    /// `max_age`.
    MaxAge,
    /// `mx`.
    Mx,
    /// A field that RFC 8461 does not define; senders ignore it if its syntax is valid.
    Extension,
    /// A line that is no field.
    NoField,
}

/// A fault of a policy file. Senders cannot use a policy that has one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyFault {
    /// The field.
    pub field: Field,
    /// The line, counted from 1; `None` if the field is missing.
    pub line: Option<usize>,
    /// The text that is wrong; empty if the field is missing.
    pub found: Box<[u8]>,
}

impl Policy {
    /// Reads a policy file. Of fields other than `mx`, the first of each counts.
    ///
    /// # Errors
    /// Every fault, in the order of the lines, missing fields last.
    pub fn parse(text: &[u8]) -> Result<Self, Vec<PolicyFault>> {
        let mut reader = Reader::default();
        // RFC 8461 §3.2: `sts-policy-term = LF / CRLF`; the last line may lack it.
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        if !text.is_empty() {
            for (above, line) in text.split(|octet| *octet == b'\n').enumerate() {
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                reader.take(above + 1, trim_end(line));
            }
        }
        reader.finish()
    }

    /// True if a pattern of the policy matches the MX host (RFC 8461 §4.1).
    pub fn matches(&self, host: &Name) -> bool {
        self.mx.iter().any(|pattern| pattern.matches(host))
    }
}

/// A policy file while it is read. Of each field: whether it was there, and its value if valid.
#[derive(Default)]
struct Reader {
    version: Option<Option<()>>,
    mode: Option<Option<Mode>>,
    max_age: Option<Option<u32>>,
    mx: Vec<Pattern>,
    is_mx_faulty: bool,
    faults: Vec<PolicyFault>,
}

impl Reader {
    fn take(&mut self, line: usize, text: &[u8]) {
        let Some(colon) = text.iter().position(|octet| *octet == b':') else {
            self.fault(Field::NoField, line, text);
            return;
        };
        let (key, value) = text.split_at(colon);
        let value = trim_start(value.strip_prefix(b":").unwrap_or(value));
        // RFC 8461 §3.2, of fields other than mx: "all entries except for the first SHALL be ignored"
        let (field, is_valid) = match key {
            b"version" => (Field::Version, first(&mut self.version, || version(value))),
            b"mode" => (Field::Mode, first(&mut self.mode, || Mode::from_octets(value))),
            b"max_age" => (Field::MaxAge, first(&mut self.max_age, || max_age(value))),
            b"mx" => {
                let pattern = Pattern::from_octets(value);
                let is_valid = pattern.is_some();
                self.is_mx_faulty |= !is_valid;
                self.mx.extend(pattern);
                (Field::Mx, is_valid)
            }
            _ => (Field::Extension, is_extension(key, value)),
        };
        if !is_valid {
            self.fault(field, line, if field == Field::Extension { text } else { value });
        }
    }

    fn fault(&mut self, field: Field, line: usize, found: &[u8]) {
        self.faults.push(PolicyFault { field, line: Some(line), found: found.into() });
    }

    fn finish(mut self) -> Result<Policy, Vec<PolicyFault>> {
        let mode = self.mode.flatten();
        // RFC 8461 §3.2: at least one mx is required, except in mode none.
        let needs_mx = matches!(mode, Some(Mode::Enforce | Mode::Testing));
        let missing = [
            (Field::Version, self.version.is_none()),
            (Field::Mode, self.mode.is_none()),
            (Field::MaxAge, self.max_age.is_none()),
            (Field::Mx, needs_mx && self.mx.is_empty() && !self.is_mx_faulty),
        ];
        let missing = missing.into_iter().filter(|(_, is_missing)| *is_missing);
        self.faults.extend(missing.map(|(field, _)| PolicyFault {
            field,
            line: None,
            found: Box::default(),
        }));
        match (mode, self.max_age.flatten()) {
            (Some(mode), Some(max_age)) if self.faults.is_empty() => {
                Ok(Policy { mode, max_age, mx: self.mx })
            }
            _ => Err(self.faults),
        }
    }
}

/// Takes the value of a field if it is the first of its name; false if that value is not valid.
fn first<T>(slot: &mut Option<Option<T>>, read: impl FnOnce() -> Option<T>) -> bool {
    if slot.is_some() {
        return true;
    }
    slot.insert(read()).is_some()
}

fn version(value: &[u8]) -> Option<()> {
    (value == b"STSv1").then_some(())
}

/// `1*10(DIGIT)`, bounded.
fn max_age(value: &[u8]) -> Option<u32> {
    let is_number = (1..=10).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(value).ok().filter(|_| is_number)?;
    text.parse().ok().filter(|age| *age <= MAX_AGE_LIMIT)
}

/// `sts-policy-ext-name sts-policy-field-delim sts-policy-ext-value`
fn is_extension(key: &[u8], value: &[u8]) -> bool {
    // The value is printable ASCII and UTF-8, with spaces inside only.
    let is_value = !value.is_empty()
        && std::str::from_utf8(value).is_ok()
        && !value.iter().any(u8::is_ascii_control);
    is_value && whole(extension_name, "the end of the name", key).is_ok()
}

impl Mode {
    fn from_octets(text: &[u8]) -> Option<Self> {
        let all = [Self::Enforce, Self::Testing, Self::None];
        all.into_iter().find(|mode| mode.word().as_bytes() == text)
    }

    /// Its word in a policy file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Testing => "testing",
            Self::None => "none",
        }
    }
}

impl Pattern {
    /// `["*."] Domain`, where Domain is that of RFC 5321 §4.1.2: a host name without a final dot.
    fn from_octets(text: &[u8]) -> Option<Self> {
        let (is_wildcard, host) = match text.strip_prefix(b"*.") {
            Some(host) => (true, host),
            None => (false, text),
        };
        let is_host =
            host.iter().all(|octet| octet.is_ascii_alphanumeric() || b"-.".contains(octet))
                && !host.ends_with(b".");
        let name = Name::from_octets(host).ok().filter(|name| is_host && name.is_host_name())?;
        Some(if is_wildcard { Self::Below(name) } else { Self::Host(name) })
    }

    /// True if the pattern matches the MX host.
    pub fn matches(&self, host: &Name) -> bool {
        match self {
            Self::Host(name) => name == host,
            // RFC 8461 §4.1: the wildcard matches exactly one label, the left-most one.
            Self::Below(name) => host.parent().is_some_and(|parent| parent == *name),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(name) => write!(f, "{name}"),
            Self::Below(name) => write!(f, "*.{name}"),
        }
    }
}
