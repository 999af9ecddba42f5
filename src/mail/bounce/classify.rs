//! Words and codes to what they mean: the table of `classes.toml`.

use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// The table, read when it is first asked for.
static TABLE: &str = include_str!("classes.toml");
/// Most octets that ".." of a pattern stands for.
const APART: usize = 120;
/// Patterns up to this length are whole words.
const SHORT: usize = 5;

/// What a notification says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Class {
    /// The sender did not log in, or the login was refused.
    Auth,
    /// An answer of a person's program: no bounce.
    AutoReply,
    /// A reader complained: no bounce.
    Complaint,
    /// What the message holds.
    Content,
    /// Not yet delivered; nothing is lost.
    Delay,
    /// It was delivered: no bounce.
    Delivered,
    /// The recipient's server has no room.
    Disk,
    /// A signature.
    Dkim,
    /// DMARC, or authentication as a whole.
    Dmarc,
    /// Addresses beyond ASCII.
    Eai,
    /// Greylisting.
    Greylist,
    /// A group that not everybody may write to.
    GroupPermission,
    /// Mail in a circle.
    Loop,
    /// The mailbox is full.
    MailboxFull,
    /// The recipient has moved.
    Moved,
    /// The recipient's domain accepts no mail.
    NullMx,
    /// A refusal without a reason.
    Policy,
    /// A server did not follow SMTP.
    Protocol,
    /// Reverse DNS or the HELO name of the sending host.
    Ptr,
    /// Too much at a time.
    Rate,
    /// There is no such recipient.
    Recipient,
    /// The recipient's account is disabled.
    RecipientDisabled,
    /// The DNS of the recipient's domain.
    RecipientDns,
    /// A rule of the recipient.
    RecipientPolicy,
    /// The server does not take mail for that domain.
    Relay,
    /// The reputation of the sending address.
    Reputation,
    /// The form of the message.
    #[serde(rename = "rfc5322")]
    Rfc5322,
    /// The address in MAIL FROM.
    SenderAddress,
    /// A template of the sender.
    SenderTemplate,
    /// The size of the message.
    Size,
    /// SPF.
    Spf,
    /// The provider did not send: the address is on its list.
    Suppressed,
    /// The sender's account at its provider.
    Tenant,
    /// Encryption on the way.
    Tls,
    /// The words say nothing that is known.
    Unknown,
    /// The recipient's server cannot be reached.
    Unreachable,
    /// A virus.
    Virus,
}

/// What has to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FaultKind {
    /// A forwarder.
    Forwarder,
    /// Nothing.
    Nobody,
    /// The recipient's address.
    RecipientAddress,
    /// The DNS of the recipient's domain.
    RecipientDns,
    /// The recipient's mailbox.
    RecipientMailbox,
    /// A rule of the recipient.
    RecipientPolicy,
    /// The recipient's server.
    RecipientServer,
    /// What the message holds.
    SenderContent,
    /// The DNS of the sender.
    SenderDns,
    /// The sending address.
    SenderIp,
    /// The sender's list of recipients.
    SenderList,
    /// The sender's account at its provider.
    SenderProviderAccount,
    /// The sending server.
    SenderServer,
    /// How much was sent.
    SenderVolume,
    /// The text does not say.
    Unclear,
}

impl Class {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::AutoReply => "auto-reply",
            Self::Complaint => "complaint",
            Self::Content => "content",
            Self::Delay => "delay",
            Self::Delivered => "delivered",
            Self::Disk => "disk",
            Self::Dkim => "dkim",
            Self::Dmarc => "dmarc",
            Self::Eai => "eai",
            Self::Greylist => "greylist",
            Self::GroupPermission => "group-permission",
            Self::Loop => "loop",
            Self::MailboxFull => "mailbox-full",
            Self::Moved => "moved",
            Self::NullMx => "null-mx",
            Self::Policy => "policy",
            Self::Protocol => "protocol",
            Self::Ptr => "ptr",
            Self::Rate => "rate",
            Self::Recipient => "recipient",
            Self::RecipientDisabled => "recipient-disabled",
            Self::RecipientDns => "recipient-dns",
            Self::RecipientPolicy => "recipient-policy",
            Self::Relay => "relay",
            Self::Reputation => "reputation",
            Self::Rfc5322 => "rfc5322",
            Self::SenderAddress => "sender-address",
            Self::SenderTemplate => "sender-template",
            Self::Size => "size",
            Self::Spf => "spf",
            Self::Suppressed => "suppressed",
            Self::Tenant => "tenant",
            Self::Tls => "tls",
            Self::Unknown => "unknown",
            Self::Unreachable => "unreachable",
            Self::Virus => "virus",
        }
    }

    /// What has to change, where the rule does not say otherwise.
    pub fn fault(self) -> FaultKind {
        match self {
            Self::Auth | Self::Rfc5322 | Self::SenderAddress => FaultKind::SenderServer,
            Self::AutoReply | Self::Delivered => FaultKind::Nobody,
            Self::Complaint | Self::Content | Self::SenderTemplate | Self::Size | Self::Virus => {
                FaultKind::SenderContent
            }
            Self::Delay
            | Self::Disk
            | Self::Eai
            | Self::Loop
            | Self::Relay
            | Self::Tls
            | Self::Unreachable => FaultKind::RecipientServer,
            Self::Dkim | Self::Dmarc | Self::Ptr | Self::Spf => FaultKind::SenderDns,
            Self::Greylist | Self::GroupPermission | Self::RecipientPolicy => {
                FaultKind::RecipientPolicy
            }
            Self::MailboxFull => FaultKind::RecipientMailbox,
            Self::Moved | Self::Recipient | Self::RecipientDisabled => FaultKind::RecipientAddress,
            Self::NullMx | Self::RecipientDns => FaultKind::RecipientDns,
            Self::Policy | Self::Protocol | Self::Unknown => FaultKind::Unclear,
            Self::Rate => FaultKind::SenderVolume,
            Self::Reputation => FaultKind::SenderIp,
            Self::Suppressed => FaultKind::SenderList,
            Self::Tenant => FaultKind::SenderProviderAccount,
        }
    }

    /// True if it is no bounce.
    pub fn is_no_bounce(self) -> bool {
        matches!(self, Self::AutoReply | Self::Complaint | Self::Delay | Self::Delivered)
    }
}

/// What a text means, and by which rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// What it says.
    pub class: Class,
    /// What has to change.
    pub fault: FaultKind,
    /// Where the rule comes from; empty if none applied.
    pub source: &'static str,
    /// The words or the code that decided; empty if none did.
    pub by: &'static str,
}

impl Meaning {
    /// What a class means by itself.
    pub(super) fn of(class: Class, source: &'static str) -> Self {
        Self { class, fault: class.fault(), source, by: "" }
    }

    /// That nothing is known.
    pub(super) fn unknown() -> Self {
        Self::of(Class::Unknown, "")
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    class: Class,
    fault: Option<FaultKind>,
    source: &'static str,
    #[serde(default)]
    codes: Vec<&'static str>,
    #[serde(default)]
    by: Vec<&'static str>,
    #[serde(default)]
    say: Vec<&'static str>,
    #[serde(default)]
    link: Vec<&'static str>,
    #[serde(default)]
    sure: bool,
    #[serde(default)]
    weak: bool,
}

fn rules() -> &'static [Rule] {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    // The table is part of the program, and a test reads it.
    RULES.get_or_init(|| read(TABLE).unwrap_or_default())
}

fn read(table: &'static str) -> Result<Vec<Rule>, toml::de::Error> {
    #[derive(Deserialize)]
    #[serde(bound(deserialize = "'de: 'static"), deny_unknown_fields)]
    struct Table {
        rule: Vec<Rule>,
    }
    Ok(toml::from_str::<Table>(table)?.rule)
}

/// What is said, by whom, with which code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said<'t> {
    /// The words, in small letters with single blanks.
    pub text: &'t str,
    /// The links among them, in small letters.
    pub links: &'t str,
    /// The enhanced code.
    pub code: Option<&'t str>,
    /// The host that speaks, in small letters.
    pub speaker: &'t str,
}

/// How much a rule needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    /// Words and links that say what is wrong, and codes that one system gives one meaning.
    Words,
    /// A code that says what is wrong.
    Code,
    /// Words that only refuse, and codes that are generic.
    Weak,
}

/// What that means, by rules of one strength.
pub(super) fn classify(said: &Said<'_>, strength: Strength) -> Option<Meaning> {
    rules().iter().filter(|rule| rule.strength() == strength).find_map(|rule| rule.meaning(said))
}

impl Rule {
    fn strength(&self) -> Strength {
        let is_by_code = self.say.is_empty() && self.link.is_empty() && !self.sure;
        match (self.weak, is_by_code) {
            (true, _) => Strength::Weak,
            (false, true) => Strength::Code,
            (false, false) => Strength::Words,
        }
    }

    /// What the rule makes of it, if it applies.
    fn meaning(&self, said: &Said<'_>) -> Option<Meaning> {
        let code = match (self.codes.is_empty(), said.code) {
            (true, _) => "",
            (false, Some(code)) => self.codes.iter().find(|it| is_code(it, code)).copied()?,
            (false, None) => return None,
        };
        let is_by = |it| [said.speaker, said.text, said.links].iter().any(|text| text.contains(it));
        if !self.by.is_empty() && !self.by.iter().copied().any(is_by) {
            return None;
        }
        let words = match self.say.is_empty() && self.link.is_empty() {
            true => code,
            false => {
                let said_so = self.say.iter().find(|pattern| says(said.text, pattern));
                said_so
                    .or_else(|| self.link.iter().find(|it| said.links.contains(**it)))
                    .copied()?
            }
        };
        Some(Meaning {
            class: self.class,
            fault: self.fault.unwrap_or_else(|| self.class.fault()),
            source: self.source,
            by: words,
        })
    }
}

fn is_code(pattern: &str, code: &str) -> bool {
    match pattern.ends_with('.') {
        true => code.starts_with(pattern),
        false => code == pattern,
    }
}

/// True if a text holds a pattern.
fn says(text: &str, pattern: &str) -> bool {
    let Some((first, then)) = pattern.split_once(" .. ") else {
        return ends(text, pattern).is_some();
    };
    let mut rest = text;
    while let Some(end) = ends(rest, first) {
        let after = rest.get(end..).unwrap_or_default();
        let mut far = after.len().min(APART);
        while !after.is_char_boundary(far) {
            far -= 1;
        }
        if after.get(..far).is_some_and(|near| says(near, then)) {
            return true;
        }
        rest = after;
    }
    false
}

/// Where words end that a text holds; short ones only as whole words.
fn ends(text: &str, words: &str) -> Option<usize> {
    if words.len() > SHORT {
        return text.find(words).map(|at| at + words.len());
    }
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let (starts_in_word, ends_in_word) =
        (words.starts_with(char::is_alphanumeric), words.ends_with(char::is_alphanumeric));
    text.match_indices(words).map(|(at, _)| (at, at + words.len())).find_map(|(at, end)| {
        let before = text.get(..at).and_then(|it| it.chars().next_back());
        let after = text.get(end..).and_then(|it| it.chars().next());
        ((!starts_in_word || is_edge(before)) && (!ends_in_word || is_edge(after))).then_some(end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_read_and_every_rule_names_its_source() {
        let rules = read(TABLE).unwrap();
        assert!(rules.iter().all(|rule| !rule.source.is_empty()));
    }

    #[test]
    fn every_pattern_is_in_small_letters() {
        let rules = read(TABLE).unwrap();
        let large: Vec<&str> = rules
            .iter()
            .flat_map(|rule| rule.say.iter().chain(&rule.by).chain(&rule.link).copied())
            .filter(|it| it.to_lowercase() != **it)
            .collect();
        assert_eq!(large, Vec::<&str>::new());
    }

    #[test]
    fn a_short_pattern_is_a_whole_word() {
        assert_eq!(
            ["the rbl says", "garbled", "rbl"].map(|text| says(text, "rbl")),
            [true, false, true]
        );
    }

    #[test]
    fn a_short_word_in_front_of_others_is_a_whole_word_too() {
        assert!(says("the ip 192.0.2.1 has been blocked", "ip .. has been blocked"));
        assert!(!says("multiple fields; it has been blocked", "ip .. has been blocked"));
    }

    #[test]
    fn two_words_may_stand_apart() {
        assert!(says("spf [a.example] with ip: [192.0.2.1] = did not pass", "spf .. did not pass"));
        assert!(!says("did not pass spf", "spf .. did not pass"));
    }
}
