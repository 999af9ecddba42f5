//! The words that are no flags: domains, addresses, a resolver.
//!
//! People paste what they have: an address of mail, a URL, the name of a record. What was meant is
//! taken, and it is said what was left out.

use super::Mistake;
use crate::audit::{Asked, Sender};
use crate::cli::command;
use crate::net::{Cidr, CidrError, Name, has_public_suffix};
use crate::protocols::{Protocol, ROWS};
use crate::provider;
use crate::text::Phrase;

/// What a word is.
#[derive(Clone, Debug)]
pub(in crate::cli) enum Argument {
    /// A domain to look at.
    Target(Target),
    /// An address or a network to test.
    Sender(Asked),
    /// A server to ask, without its `@`.
    Resolver(String),
}

/// A domain as it was understood.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Target {
    pub(in crate::cli) domain: Name,
    /// What was left out, in words.
    pub(in crate::cli) notes: Vec<Phrase>,
    /// The DKIM selector, if the word was the name of a key.
    pub(in crate::cli) selector: Option<String>,
}

/// Labels that hold a record of a domain by a standard that has no row among the protocols.
const WITHOUT_ROW: [&[&str]; 2] = [&["_mta-sts"], &["default", "_bimi"]];

/// Words that other tools have for what needs no word here.
const COMMANDS: [&str; 7] = ["check", "lookup", "spf", "dkim", "dmarc", "mx", "verify"];

/// Longest part of a word that a message repeats, in characters.
const LONGEST_SHOWN: usize = 60;

/// Understands a word.
pub(in crate::cli) fn read(octets: &[u8]) -> Result<Argument, Mistake> {
    let text = match std::str::from_utf8(octets) {
        Ok(text) => text,
        Err(at) => {
            let column = at.valid_up_to() + 1;
            let shown = shown(&String::from_utf8_lossy(octets));
            let why = format!("{shown} is not a domain name: octet {column} is not UTF-8");
            return Err(Mistake::new(why));
        }
    };
    if let Some(server) = text.strip_prefix('@') {
        return match server {
            "" => Err(Mistake::new("\"@\" needs a server. Example: @9.9.9.9")),
            server => Ok(Argument::Resolver(server.to_owned())),
        };
    }
    match network(text)? {
        Some(asked) => Ok(Argument::Sender(asked)),
        None => target(text).map(Argument::Target),
    }
}

/// Understands a word that has to be a domain.
pub(in crate::cli) fn of_domain(octets: &[u8]) -> Result<Target, Mistake> {
    match read(octets)? {
        Argument::Target(target) => Ok(target),
        Argument::Sender(Asked { text, .. }) => {
            Err(Mistake::new(format!("\"{text}\" is an address, not a domain")))
        }
        Argument::Resolver(server) => {
            Err(Mistake::new(format!("\"@{server}\" is a server, not a domain")))
        }
    }
}

/// Reads an address or a network; `None` if the text is neither and does not look so.
pub(super) fn network(text: &str) -> Result<Option<Asked>, Mistake> {
    let sender = match text.parse::<Cidr>() {
        Ok(cidr) if cidr.is_host() => Sender::Address(cidr.network()),
        Ok(cidr) => Sender::Network(cidr),
        Err(why @ CidrError::Prefix { .. }) => {
            let prefix = text.split_once('/').map_or("", |(_, prefix)| prefix);
            return Err(Mistake::new(format!("{text:?} is not a network: {prefix:?} is {why}")));
        }
        Err(CidrError::Address) => return Ok(None),
    };
    Ok(Some(Asked { text: text.to_owned(), sender }))
}

/// Understands a word as a domain.
fn target(text: &str) -> Result<Target, Mistake> {
    let host = host(text);
    let name = name(text, host)?;
    let mut notes = Vec::new();
    let (domain, selector) = of_record(&name);
    if host.len() < text.len() || domain != name {
        notes.push(Phrase::new().plain("read ").code(text).plain(" as the domain ").name(&domain));
    }
    Ok(Target { domain, notes, selector })
}

/// The host in a URL, an address of mail, or a host with a port or path; else the text.
fn host(text: &str) -> &str {
    let after_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
    let after_user = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|octet| octet.is_ascii_digit());
    match after_user.rsplit_once(':') {
        Some((host, port)) if is_port(port) => host,
        _ => after_user.strip_suffix('>').unwrap_or(after_user),
    }
}

fn name(text: &str, host: &str) -> Result<Name, Mistake> {
    let wrong = |why: String, meant: Option<String>| {
        let hint = meant.map_or_else(String::new, |meant| format!(". Did you mean {meant}?"));
        Mistake::new(format!("{} is not a domain name: {why}{hint}", shown(text)))
    };
    if let Some((index, odd)) = host.char_indices().find(|(_, c)| !may_stand(*c)) {
        let before = text.find(host).unwrap_or_default() + index;
        let column = text.get(..before).map_or(0, |part| part.chars().count()) + 1;
        return Err(wrong(format!("'{odd}' at column {column}"), meant(host)));
    }
    let name = Name::from_unicode(host).map_err(|why| {
        let is_dotted = host.contains("..") || host.starts_with('.');
        wrong(why.to_string(), is_dotted.then(|| meant(host)).flatten())
    })?;
    let is_numeric = |label: &[u8]| label.iter().all(u8::is_ascii_digit);
    if name.labels().all(is_numeric) {
        return Err(wrong("and it is not an IPv4 address".to_owned(), None));
    }
    // A dot at the end says that a top-level domain is really meant.
    if name.label_count() < 2 && !host.ends_with('.') {
        return Err(dotless(text, &name));
    }
    Ok(name)
}

/// What people type in a domain, as against what the DNS could hold.
fn may_stand(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-_.".contains(character) || !character.is_ascii()
}

/// A name that may have been meant: the one before a separator, as in a line of a table, if that ends
/// as domains do; else signs that look like a dot are dots, and the others are dropped.
fn meant(host: &str) -> Option<String> {
    if let Some((first, _)) = host.split_once([',', ';', ' ', '\t']) {
        let whole = Name::from_unicode(first).ok();
        if whole.is_some_and(|name| name.label_count() > 1 && has_public_suffix(&name)) {
            return Some(first.to_owned());
        }
    }
    let corrected: String = host
        .chars()
        .filter_map(|character| match character {
            ',' | ';' | ':' | '/' => Some('.'),
            odd => may_stand(odd).then_some(odd),
        })
        .collect();
    let labels: Vec<&str> = corrected.split('.').filter(|label| !label.is_empty()).collect();
    let joined = labels.join(".");
    let is_name = labels.len() > 1 && Name::from_unicode(&joined).is_ok();
    (is_name && joined.chars().count() <= LONGEST_SHOWN).then_some(joined)
}

/// Why a word without a dot is no domain, and what it may have been meant for.
fn dotless(text: &str, name: &Name) -> Mistake {
    let word = name.to_string();
    let shown = shown(text);
    if command::verbs().contains(&word) {
        return Mistake::new(format!("{shown} is a verb and comes first: mailcheck {word} …"));
    }
    if COMMANDS.contains(&word.as_str()) {
        return Mistake::new(format!("{shown}: no verb is needed. Try: mailcheck example.com"));
    }
    let mut hints = Vec::new();
    if has_public_suffix(name) {
        hints.push(format!(
            "To ask about the top-level domain, add a trailing dot: mailcheck {word}."
        ));
    }
    if let Some(verb) = command::nearest(&word) {
        hints.push(format!("Did you mean the verb {verb}? (mailcheck help {verb})"));
    }
    if let Some(provider) = provider::nearest(&word) {
        hints.push(format!(
            "Did you mean the provider {provider}? (mailcheck example.com {provider})"
        ));
    }
    if hints.is_empty() {
        let verbs = command::verbs().join(", ");
        hints.push(format!(
            "Expected a domain such as example.com, then optionally an address, network or provider \
             such as microsoft365; or a verb: {verbs}"
        ));
    }
    Mistake::new(format!("{shown} is a single label, not a full domain name. {}", hints.join(" ")))
}

/// The domain that a name of records belongs to, and the selector if the record is a DKIM key.
///
/// Other names that begin with an underscore stay as they are: `_spf.example.com` has a policy of
/// its own.
fn of_record(name: &Name) -> (Name, Option<String>) {
    let rows = ROWS.iter().filter(|row| !row.labels.is_empty());
    let rows = rows.map(|row| (row.labels, Some(row.protocol)));
    let found: Vec<&[u8]> = name.labels().collect();
    for (labels, protocol) in rows.chain(WITHOUT_ROW.map(|labels| (labels, None))) {
        let wanted: Vec<&[u8]> = labels.iter().map(|label| label.as_bytes()).collect();
        let Some(at) = found.windows(wanted.len()).position(|part| part == wanted) else {
            continue;
        };
        let rest = found.len() - at - wanted.len();
        // Only a key has labels of its own, the selector, before those that are reserved.
        if rest < 2 || (at > 0 && protocol != Some(Protocol::Dkim)) {
            continue;
        }
        let selector = found.get(..at).unwrap_or_default().join(&b'.');
        let selector = String::from_utf8(selector).ok().filter(|text| !text.is_empty());
        return (name.suffix(rest), selector);
    }
    (name.clone(), None)
}

/// A word as a message repeats it.
fn shown(text: &str) -> String {
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("\"{}…\"", text.get(..end).unwrap_or_default()),
        None => format!("\"{text}\""),
    }
}
