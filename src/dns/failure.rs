//! Why a query could not be answered.

/// In which way a question could not be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Trouble {
    /// No reply came in time.
    Timeout,
    /// The server failed (RCODE 2), or replied with an RCODE that means so.
    ServFail,
    /// The server refused (RCODE 5).
    Refused,
    /// The resolver reached no server of the zone (RFC 8914 §4.23, §4.24).
    Unreachable,
    /// The answer does not pass DNSSEC validation.
    Bogus,
    /// The reply could not be understood.
    Malformed,
    /// The zone file that answers has an entry for it that cannot be read, or two that contradict each
    /// other.
    Unread,
    /// The zone file that answers has records there, and not as data: an alias of a provider, answers that
    /// depend on who asks.
    LeftOut,
    /// The file that answers is one page of a list, and the records may be on another one.
    OffPage,
    /// No server could be reached.
    Network,
    /// No server was asked, by request: `--offline`, or a name outside the given files.
    NotQueried,
    /// The recording that answers does not hold the query.
    NotRecorded,
    /// It was not sent: one domain may cause so many queries to an organization and no more. That is
    /// our limit, and a fault of nobody.
    OverBudget,
}

impl Trouble {
    /// The word for it on a cassette and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::ServFail => "servfail",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Bogus => "bogus",
            Self::Malformed => "malformed",
            Self::Unread => "unread",
            Self::LeftOut => "left_out",
            Self::OffPage => "off_page",
            Self::Network => "network",
            Self::NotQueried => "not_queried",
            Self::NotRecorded => "not_recorded",
            Self::OverBudget => "over_budget",
        }
    }

    /// True if a zone file answers and does not say what is there, for whatever reason.
    pub(crate) fn is_open_in_file(self) -> bool {
        matches!(self, Self::Unread | Self::LeftOut | Self::OffPage)
    }

    /// The trouble with this word, in lower case.
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [
            Self::Timeout,
            Self::ServFail,
            Self::Refused,
            Self::Unreachable,
            Self::Bogus,
            Self::Malformed,
            Self::Unread,
            Self::LeftOut,
            Self::OffPage,
            Self::Network,
            Self::NotQueried,
            Self::NotRecorded,
            Self::OverBudget,
        ];
        all.into_iter().find(|trouble| trouble.word() == word)
    }

    /// The words for it in a sentence: `… timed out`, `… returned SERVFAIL`.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Timeout => "timed out",
            Self::ServFail => "returned SERVFAIL",
            Self::Refused => "returned REFUSED",
            Self::Unreachable => "failed: the name servers of the zone do not answer",
            Self::Bogus => "failed DNSSEC validation",
            Self::Malformed => "answered with a malformed reply",
            Self::Unread | Self::LeftOut | Self::OffPage => "is undetermined in the zone file",
            Self::Network => "got no answer",
            Self::NotQueried => "was not queried",
            Self::NotRecorded => "is not recorded",
            Self::OverBudget => "was not sent, by mailcheck's own limit",
        }
    }
}

/// A question that could not be answered, and what is known about why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// In which way.
    pub trouble: Trouble,
    /// What else is known: an extended error (RFC 8914), tries made, the recording. May be empty.
    pub detail: String,
    /// True if the aliases that were followed lead back to one that was followed before.
    pub is_alias_loop: bool,
}

impl Failure {
    /// A failure without detail.
    pub fn new(trouble: Trouble) -> Self {
        Self { trouble, detail: String::new(), is_alias_loop: false }
    }

    /// A chain of aliases that leads back to itself: resolvers answer SERVFAIL.
    pub fn alias_loop() -> Self {
        Self { is_alias_loop: true, ..Self::because(Trouble::ServFail, "CNAME loop") }
    }

    /// A failure with detail; the text may come from the network and is escaped when shown.
    pub fn because(trouble: Trouble, detail: impl Into<String>) -> Self {
        Self { trouble, detail: detail.into(), is_alias_loop: false }
    }

    /// True if a recording does not hold the query: then nothing is known of the DNS.
    pub fn is_not_recorded(&self) -> bool {
        self.trouble == Trouble::NotRecorded
    }
}
