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
    /// What `aws route53 list-resource-record-sets` prints.
    Route53,
    /// What `gcloud dns record-sets` prints.
    Google,
    /// What `az network dns record-set list` prints.
    Azure,
    /// A zone of PowerDNS, as its HTTP interface has it.
    PowerDns,
    /// What the HTTP interface of Cloudflare answers.
    Cloudflare,
    /// Manifests of `DNSEndpoint` for external-dns.
    Kubernetes,
    /// A template of CloudFormation.
    CloudFormation,
    /// The `data` file of tinydns.
    TinyDns,
    /// A table with a header: CSV, or with tabs.
    Table,
    /// The text of a record, without a name.
    Text,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Zone,
        Self::OctoDns,
        Self::DnsControl,
        Self::Terraform,
        Self::Plain,
        Self::Route53,
        Self::Google,
        Self::Azure,
        Self::PowerDns,
        Self::Cloudflare,
        Self::Kubernetes,
        Self::CloudFormation,
        Self::TinyDns,
        Self::Table,
        Self::Text,
    ];

    /// The word for it before a file: `octodns` in `octodns:example.com.yaml`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Zone => "zone",
            Self::OctoDns => "octodns",
            Self::DnsControl => "dnscontrol",
            Self::Terraform => "terraform",
            Self::Plain => "plain",
            Self::Route53 => "route53",
            Self::Google => "gcloud",
            Self::Azure => "azure",
            Self::PowerDns => "powerdns",
            Self::Cloudflare => "cloudflare",
            Self::Kubernetes => "dnsendpoint",
            Self::CloudFormation => "cloudformation",
            Self::TinyDns => "tinydns",
            Self::Table => "table",
            Self::Text => "text",
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
            Self::of_yaml(text)
        } else if text.starts_with(b"{") || text.starts_with(b"[") && !text.starts_with(b"[AGE:") {
            // An owner may begin with a brace, but no master file does.
            Self::of_json(text)
        } else if is(".json") {
            Self::Terraform
        } else if text.starts_with(b"---\n") || text.starts_with(b"apiVersion:") {
            Self::of_yaml(text)
        } else {
            Self::of_lines(text, [".txt", ".tsv", ".records"].into_iter().any(is))
        }
    }

    /// The format of a text in lines; `is_list` if its name says that it is a plain list.
    fn of_lines(text: &[u8], is_list: bool) -> Self {
        #[cfg(feature = "formats")]
        if super::table::has_header(text) {
            return Self::Table;
        } else if super::tinydns::is_data(text) {
            return Self::TinyDns;
        } else if ["v=spf1", "v=DMARC1", "v=DKIM1", "\"v=spf1", "\"v=DMARC1", "\"v=DKIM1"]
            .iter()
            .any(|begin| text.starts_with(begin.as_bytes()))
        {
            return Self::Text;
        }
        if is_list && !is_master_file(text) { Self::Plain } else { Self::Zone }
    }

    /// The format of a text in YAML.
    fn of_yaml(text: &[u8]) -> Self {
        // What tells them apart stands in every record set.
        let has = |what: &str| text.windows(what.len()).any(|part| part == what.as_bytes());
        if has("rrdatas:") {
            Self::Google
        } else if has("kind: DNSEndpoint") {
            Self::Kubernetes
        } else if has("AWS::Route53::") {
            Self::CloudFormation
        } else if has("ResourceRecordSets:") || has("ResourceRecords:") {
            Self::Route53
        } else {
            Self::OctoDns
        }
    }

    /// The format of a document of JSON, as its members tell.
    #[cfg(feature = "formats")]
    fn of_json(text: &[u8]) -> Self {
        let Ok(text) = std::str::from_utf8(text) else { return Self::Terraform };
        let Ok(document) = Piece::document(text) else { return Self::Terraform };
        let has = |key: &str| document.get(key).is_ok_and(|member| member.is_some());
        if has("domains") {
            Self::DnsControl
        } else if has("resource_changes") || has("format_version") || has("terraform_version") {
            Self::Terraform
        } else if has("ResourceRecordSets")
            || document.is_array() && text.contains("\"ResourceRecord")
        {
            // Pages of a list in an array, or what `--query ResourceRecordSets` leaves of one.
            Self::Route53
        } else if text.contains("\"rrdatas\"") {
            Self::Google
        } else if has("rrsets") {
            Self::PowerDns
        } else if text.contains("\"DNSEndpoint\"") {
            Self::Kubernetes
        } else if has("Resources") {
            Self::CloudFormation
        } else if text.to_ascii_lowercase().contains("microsoft.network/dnszones") {
            Self::Azure
        } else if has("result") || document.is_array() && text.contains("\"content\"") {
            Self::Cloudflare
        } else {
            Self::Terraform
        }
    }

    /// The format of a document of JSON. It is not looked into where none can be read.
    #[cfg(not(feature = "formats"))]
    fn of_json(_: &[u8]) -> Self {
        Self::Terraform
    }
}

/// True for what only master files have: a directive, an SOA record, data in parentheses.
pub(crate) fn is_master_file(text: &[u8]) -> bool {
    text.split(|octet| *octet == b'\n').take(1000).any(|line| {
        let line = line.trim_ascii();
        let is_directive = [&b"$ORIGIN"[..], b"$TTL", b"$INCLUDE", b"$GENERATE"];
        let mut words = line.split(|octet| matches!(octet, b' ' | b'\t'));
        is_directive.iter().any(|word| line.starts_with(word))
            || !line.starts_with(b";") && words.any(|word| word.eq_ignore_ascii_case(b"SOA"))
            || line.starts_with(b"@ ")
            || line.starts_with(b"@\t")
    })
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
