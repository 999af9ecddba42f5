//! What the main job means: from words and flags to inquiries, sources and outputs.
//!
//! Pure functions, but that the configuration and files of trust anchors and certificates are opened. What
//! cannot be understood becomes a [`Mistake`]: one line that names the words, says what is wrong with them and,
//! where that can be guessed, what was meant.

use crate::audit::{Asked, Checks, Inquiry, LogoSelector, Sender, Sweep, WantedLogo};
use crate::cli::args::{self, CheckArgs, Dnssec};
use crate::cli::input;
use crate::cli::sources::mark_roots;
use crate::cli::what_if::WhatIf;
use crate::cli::words::{
    Argument, Ending, Http, Mistake, Sources, Target, Words, declare, domain, selector, sender,
    target,
};
use crate::config::Config;
use crate::dns::Server;
use crate::dns::dnssec::{AnchorError, Anchors};
use crate::net::Name;
use crate::protocols::Protocol;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everything that a run does.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is asked, a domain each, in the order typed; not empty unless there is a list.
    pub inquiries: Vec<Inquiry>,
    /// Where further domains are read from.
    pub list: Option<List>,
    /// In what the domains differ from how they are.
    pub what_if: WhatIf,
    /// Where answers come from.
    pub sources: Sources,
    /// How files are fetched.
    pub http: Http,
    /// How MX hosts are connected to; `None` if they are not.
    pub probing: Option<Probing>,
    /// Where the report goes, and what counts.
    pub ending: Ending,
}

/// How MX hosts are connected to.
#[derive(Clone, Copy, Debug)]
pub struct Probing {
    /// The port.
    pub port: u16,
    /// True if private addresses are connected to that only the DNS named.
    pub allows_local: bool,
}

/// Understands what was typed.
///
/// # Errors
/// A word, a flag's value or the combination of them means nothing.
pub fn plan(typed: CheckArgs) -> Result<Plan, Mistake> {
    let (dashes, typed_words): (Vec<_>, Vec<_>) =
        typed.words.iter().cloned().partition(|word| word == STANDARD_INPUT);
    let file = match (&typed.domains, dashes.is_empty()) {
        (Some(file), false) if file.as_os_str() != STANDARD_INPUT => {
            return Err(Mistake::new("\"-\" and --domains each name a list: name one"));
        }
        (Some(file), _) => Some(file.clone()),
        (None, false) => Some(STANDARD_INPUT.into()),
        (None, true) => None,
    };
    // The configuration first: it may hold providers that the words name.
    let ending = Ending::read(&typed.report)?;
    let words = Words::read_beside(&typed_words, file.is_some())?;
    let mut given = Given::read(&typed, words.senders)?;
    let what_if = WhatIf::read(&typed.what_if, words.targets.len())?;
    if let (Some(file), false) = (&file, what_if.is_empty()) {
        return Err(Mistake::new(format!(
            "what would be if is asked of the domains that are typed: leave out the list {}",
            file.display()
        )));
    }
    let mut sources = Sources::read(typed.sources, words.resolvers)?;
    sources.compared.clone_from(&given.resolvers);
    if given.bimi.logo {
        given.bimi.roots = mark_roots(&sources)?;
    }
    let http = match (typed.http.no_http, typed.one_by_one.allow_private) {
        (true, _) => Http::Off,
        (false, true) => Http::Anywhere { port: typed.http.web_server_port },
        (false, false) => Http::Public,
    };
    if typed.http.smtp && !given.checks.has(Protocol::Mx) {
        return Err(Mistake::new("--smtp connects to the MX hosts: add mx to --checks"));
    }
    let probing = typed.http.smtp.then_some(Probing {
        port: typed.http.mail_server_port,
        allows_local: typed.one_by_one.allow_private,
    });
    let inquiries = words.targets.into_iter().map(|mut target| {
        target.notes.extend(what_if.notes());
        let mut inquiry = given.inquiry(target);
        inquiry.most_queries = sources.most_queries(&ending.policy.config);
        inquiry.retired_spf = sources.retired_spf();
        declare(&ending.policy.config, &mut inquiry)?;
        Ok(inquiry)
    });
    Ok(Plan {
        inquiries: inquiries.collect::<Result<_, Mistake>>()?,
        list: file.map(|file| List { file, given }),
        what_if,
        ending,
        sources,
        http,
        probing,
    })
}

/// The word for the servers of the system.
const SYSTEM: &str = "system";

/// The word, and the file, that stand for standard input.
const STANDARD_INPUT: &str = "-";

/// A list of domains, one a line.
#[derive(Clone, Debug)]
pub struct List {
    file: PathBuf,
    given: Given,
}

impl List {
    /// The file; `None` for standard input.
    pub(super) fn file(&self) -> Option<&Path> {
        (self.file.as_os_str() != STANDARD_INPUT).then_some(&self.file)
    }

    /// How messages name it.
    pub(super) fn name(&self) -> String {
        self.file().map_or_else(|| "standard input".to_owned(), |file| file.display().to_string())
    }

    /// What a line asks; `None` for one that is blank or a comment.
    ///
    /// # Errors
    /// The line is no domain.
    pub(super) fn read(&self, config: &Config, line: &[u8]) -> Result<Option<Inquiry>, Mistake> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        // A name has no blank, so a sign behind one begins a comment; in a name it is a slip.
        let is_comment = |at: &usize| match at.checked_sub(1).and_then(|before| line.get(before)) {
            Some(before) => before.is_ascii_whitespace(),
            None => true,
        };
        let signs = line.iter().enumerate().filter(|(_, octet)| **octet == b'#');
        let end = signs.map(|(at, _)| at).find(is_comment).unwrap_or(line.len());
        let word = line.get(..end).unwrap_or_default().trim_ascii();
        if word.is_empty() {
            return Ok(None);
        }
        if let Some(fault) = columns(word) {
            return Err(fault);
        }
        let target = target::of_domain(word)?;
        let mut inquiry = self.given.inquiry(target);
        declare(config, &mut inquiry)?;
        Ok(Some(inquiry))
    }
}

/// That a line holds more than a domain: a column of a table, or another domain.
fn columns(line: &[u8]) -> Option<Mistake> {
    let text = std::str::from_utf8(line).ok()?;
    let (at, sign) =
        text.char_indices().find(|(_, it)| ",;".contains(*it) || it.is_whitespace())?;
    let first = text.get(..at)?;
    let Ok(Argument::Target(_)) = target::read(first.as_bytes()) else { return None };
    let sign = match sign {
        ',' => "a comma",
        ';' => "a semicolon",
        '\t' => "a tab",
        _ => "a space",
    };
    let column = first.chars().count() + 1;
    Some(Mistake::new(format!("one domain per line, found {sign} at column {column}")))
}

/// What is asked about every domain alike.
#[derive(Clone, Debug)]
struct Given {
    senders: Vec<Asked>,
    mail_from: Option<Vec<u8>>,
    helo: Option<Vec<u8>>,
    header_from: Option<Name>,
    dkim_domains: Vec<Name>,
    selectors: Vec<String>,
    reverse: bool,
    blocklists: Vec<Name>,
    bimi: WantedLogo,
    checks: Checks,
    authoritative: Option<Sweep>,
    resolvers: Vec<String>,
    dnssec: Option<Arc<Anchors>>,
}

impl Given {
    fn read(typed: &CheckArgs, mut senders: Vec<Asked>) -> Result<Self, Mistake> {
        for text in &typed.sender {
            senders.push(sender::read(text.as_encoded_bytes())?);
        }
        let checks = checks(&typed.checks);
        if let (Some(asked), false) = (senders.first(), checks.has(Protocol::Spf)) {
            // Left out in silence, the sender would look as if it had passed.
            return Err(Mistake::new(format!(
                "testing the sender {} needs spf: add it to --checks",
                asked.text
            )));
        }
        let blocklists = typed.addresses.dnsbl.iter().map(|text| domain(text.as_ref(), "--dnsbl"));
        let blocklists = blocklists.collect::<Result<Vec<Name>, _>>()?;
        let is_address = |asked: &Asked| matches!(asked.sender, Sender::Address(_));
        if (typed.addresses.ptr || !blocklists.is_empty()) && !senders.iter().any(is_address) {
            let flag = if typed.addresses.ptr { "--ptr" } else { "--dnsbl" };
            return Err(Mistake::new(format!(
                "{flag} needs an address to look up: mailcheck DOMAIN ADDRESS {flag}"
            )));
        }
        let header_from = typed.header_from.as_deref();
        let signers = typed.dkim_domain.iter();
        Ok(Self {
            senders,
            mail_from: typed.mail_from.as_deref().map(reverse_path),
            helo: typed.helo.as_deref().map(|name| name.as_encoded_bytes().to_vec()),
            header_from: header_from.map(|text| domain(text, "--header-from")).transpose()?,
            dkim_domains: signers
                .map(|text| domain(text, "--dkim-domain"))
                .collect::<Result<_, _>>()?,
            selectors: typed.selector.iter().map(|s| selector(s)).collect::<Result<_, _>>()?,
            reverse: typed.addresses.ptr,
            blocklists,
            bimi: logo(&typed.http)?,
            checks,
            authoritative: typed.one_by_one.authoritative.then_some(Sweep {
                allows_local: typed.one_by_one.allow_private,
                port: typed.one_by_one.name_server_port,
            }),
            resolvers: compared(&typed.one_by_one.compare_resolvers)?,
            dnssec: anchors(&typed.dnssec)?,
        })
    }

    fn inquiry(&self, target: Target) -> Inquiry {
        let Target { domain, mut notes, selector } = target;
        if self.mail_from.as_ref().is_some_and(Vec::is_empty) && self.helo.is_none() {
            let said = "--mail-from <> needs --helo NAME (RFC 7208 §2.4)";
            notes.push(said.into());
        }
        Inquiry {
            notes,
            senders: self.senders.clone(),
            mail_from: self.mail_from.clone(),
            helo: self.helo.clone(),
            header_from: self.header_from.clone(),
            dkim_domains: self.dkim_domains.clone(),
            selectors: self.selectors.iter().cloned().chain(selector).collect(),
            reverse: self.reverse,
            blocklists: self.blocklists.clone(),
            bimi: self.bimi.clone(),
            checks: self.checks.clone(),
            authoritative: self.authoritative,
            resolvers: self.resolvers.clone(),
            dnssec: self.dnssec.clone(),
            ..Inquiry::about(domain)
        }
    }
}

/// Which BIMI record is looked for.
fn logo(typed: &args::Http) -> Result<WantedLogo, Mistake> {
    let text = &typed.bimi_selector;
    let selector = LogoSelector::new(text)
        .ok_or_else(|| Mistake::new(format!("--bimi-selector: {text:?} is not a selector")))?;
    if typed.bimi && typed.no_http {
        return Err(Mistake::new("--bimi fetches the logo by HTTPS: leave out --no-http"));
    }
    Ok(WantedLogo { selector, logo: typed.bimi, ..WantedLogo::default() })
}

/// The largest file of trust anchors that is read.
const ANCHOR_LIMIT: u64 = 64 * 1024;

/// The trust anchors, if answers are validated.
fn anchors(typed: &Dnssec) -> Result<Option<Arc<Anchors>>, Mistake> {
    let anchors = match &typed.trust_anchor {
        _ if !typed.dnssec => return Ok(None),
        None => Anchors::root(),
        Some(path) => {
            let text = input::read(path, ANCHOR_LIMIT)?;
            let text = String::from_utf8_lossy(&text);
            let wrong = |why: AnchorError| {
                Mistake::new(format!("--trust-anchor {}: {why}", path.display()))
            };
            text.parse().map_err(wrong)?
        }
    };
    Ok(Some(Arc::new(anchors)))
}

/// The resolvers to compare, as they are written shortest; one alone is compared with the system's.
fn compared(typed: &[String]) -> Result<Vec<String>, Mistake> {
    let mut names: Vec<String> = Vec::new();
    let is_alone = typed.len() == 1;
    for text in is_alone.then_some(SYSTEM).into_iter().chain(typed.iter().map(String::as_str)) {
        let server: Server = text
            .parse()
            .map_err(|why| Mistake::new(format!("--compare-resolvers {text:?}: {why}")))?;
        let name = server.to_string();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// The reverse-path without its angle brackets; whatever it is, SPF has an answer to it
/// (RFC 7208 §2.4: without a domain the HELO name stands in).
fn reverse_path(text: &OsStr) -> Vec<u8> {
    let octets = text.as_encoded_bytes();
    let inner = octets.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">"));
    inner.unwrap_or(octets).to_vec()
}

fn checks(wanted: &[Protocol]) -> Checks {
    match wanted {
        [] => Checks::default(),
        wanted => Checks::only(wanted.iter().copied()),
    }
}

#[cfg(test)]
mod tests;
