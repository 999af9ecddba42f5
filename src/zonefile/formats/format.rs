//! Which format a file is in.

#[cfg(feature = "formats")]
use super::json::Piece;
use std::fmt;
use std::str::FromStr;

/// A format of files with records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// A master file (RFC 1035 §5), as BIND and NSD read them.
    Zone,
    /// A zone of octoDNS, in YAML.
    OctoDns,
    /// What `dnscontrol print-ir` prints.
    DnsControl,
    /// What `terraform show -json` prints of a plan or a state.
    Terraform,
    /// One record a line, names absolute.
    Plain,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Zone, Self::OctoDns, Self::DnsControl, Self::Terraform, Self::Plain];

    /// The word for it before a file: `octodns` in `octodns:example.com.yaml`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Zone => "zone",
            Self::OctoDns => "octodns",
            Self::DnsControl => "dnscontrol",
            Self::Terraform => "terraform",
            Self::Plain => "plain",
        }
    }

    /// The format that an argument chooses, and the file: `terraform:plan.json`. Without the word of
    /// a format before a colon, the whole argument is the file.
    pub fn split(argument: &str) -> (Option<Self>, &str) {
        let chosen = argument.split_once(':');
        match chosen.and_then(|(word, file)| Some((word.parse().ok()?, file))) {
            Some((format, file)) => (Some(format), file),
            None => (None, argument),
        }
    }

    /// The format that the name of a file and its content tell.
    pub(super) fn recognise(file: &str, text: &[u8]) -> Self {
        let is = |ending: &str| {
            let at = file.len().checked_sub(ending.len());
            at.and_then(|at| file.get(at..)).is_some_and(|it| it.eq_ignore_ascii_case(ending))
        };
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start();
        if is(".yaml") || is(".yml") {
            Self::OctoDns
        } else if text.starts_with(b"{") {
            // An owner may begin with a brace, but no master file does.
            Self::of_object(text)
        } else if is(".json") {
            Self::Terraform
        } else if [".txt", ".tsv", ".records"].into_iter().any(is) {
            Self::Plain
        } else {
            Self::Zone
        }
    }

    /// The format of a JSON object: that of dnscontrol has a member `domains`.
    #[cfg(feature = "formats")]
    fn of_object(text: &[u8]) -> Self {
        let document = std::str::from_utf8(text).ok().and_then(|text| Piece::document(text).ok());
        match document.and_then(|document| document.get("domains").ok()?) {
            Some(_) => Self::DnsControl,
            None => Self::Terraform,
        }
    }

    /// The format of a JSON object. It is not looked into where none can be read.
    #[cfg(not(feature = "formats"))]
    fn of_object(_: &[u8]) -> Self {
        Self::Terraform
    }
}

impl fmt::Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// A word that is no format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownFormat;

impl fmt::Display for UnknownFormat {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = Format::ALL.iter().map(|format| format.word()).collect();
        write!(out, "expected one of {}", words.join(", "))
    }
}

impl std::error::Error for UnknownFormat {}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.word() == word).ok_or(UnknownFormat)
    }
}
