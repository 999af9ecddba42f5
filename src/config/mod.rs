//! `mailcheck.toml`: what its owner expects of domains, what was decided about the findings, and
//! why.
//!
//! Pure: text goes in, a [`Config`] and its [`ConfigFault`]s come out ([`read()`]); [`judge`] holds a domain
//! to its contract, and [`apply()`] what was decided against what was found. Who opens files, those
//! that a file includes among them, is the command line.

mod apply;
pub(crate) mod baseline;
mod files;
mod include;
mod inline;
mod read;
mod watch;

pub use apply::{Decisions, apply, decide, is_left_out, would_find};
pub use baseline::{baseline, write_baseline};
pub use files::FileSetting;
#[cfg(feature = "cli")]
pub(crate) use files::means;
pub use inline::heed_comments;
pub use read::read;
pub use watch::{WatchSetting, watch_interval, without_password};

use crate::catalogue;
use crate::contract::{self, Contract, Written};
use crate::diagnostic::{Rule, Severity};
use crate::dns::Place;
use crate::net::Name;
use crate::provider::Given;
use crate::report::Domain;
use crate::suppress::Ignore;
use crate::text::near;
use crate::zonefile::zone::Ignore as Comment;
use std::fmt;
use std::sync::Arc;

/// The name of the file.
pub const FILE: &str = "mailcheck.toml";
/// The name of the file beside it that holds the findings of a day, which are to be mended by and
/// by.
pub const BASELINE: &str = "mailcheck-baseline.toml";
/// Most octets that a file may have.
pub const LIMIT: usize = 1024 * 1024;

/// What a file says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file, as it is shown.
    pub file: Arc<str>,
    /// The files that it includes, relative to itself; empty once they are taken in.
    pub includes: Vec<Written<String>>,
    /// The files that were taken in, in that order, as they are shown.
    pub included: Vec<Arc<str>>,
    /// The least severity that makes a run fail, and its place.
    pub fail_on: Option<(FailOn, Place)>,
    /// Most queries that one domain may cause to another organization, and its place.
    pub most_queries: Option<(usize, Place)>,
    /// Whether policies of providers are held against what they are known to have listed, and the
    /// place where that is said; they are if nothing is said.
    pub provider_data: Option<(bool, Place)>,
    /// Further domains of the organization, whose records it can change.
    pub own: Vec<Written<Name>>,
    /// How domains are watched.
    pub watch: WatchSetting,
    /// Files that zones are made from, and that are none: paths as those of `files`.
    pub templates: Vec<Written<String>>,
    /// What files are.
    pub files: Vec<FileSetting>,
    /// Facts about providers, beside those that the program has.
    pub providers: Vec<Given>,
    /// Severities of rules.
    pub rules: Vec<Setting>,
    /// Findings that do not count.
    pub ignores: Vec<Ignore>,
    /// What is expected of domains, each at most once.
    pub contracts: Vec<Contract>,
}

impl Config {
    /// What is expected of a domain.
    pub fn contract(&self, domain: &Name) -> Option<&Contract> {
        self.contracts.iter().find(|contract| contract.name.value == *domain)
    }
}

/// Holds a domain to its contract, if it has one: adds what is expected, whether that is met, and a
/// finding for what is not. To be done before [`apply()`], for these findings may be ignored as well.
pub fn judge(config: &Config, domain: &mut Domain) {
    if let Some(contract) = config.contract(&domain.domain) {
        contract::judge(contract, domain);
    }
}

/// The least severity that makes a run fail; `None` if no finding does.
pub type FailOn = Option<Severity>;

/// How much a rule matters here.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The rule.
    pub rule: &'static Rule,
    /// Its severity; `None` if it is off.
    pub severity: Option<Severity>,
    /// Where it is written.
    pub place: Place,
}

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    /// The file, as it is shown.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong; not escaped.
    pub message: String,
}

impl ConfigFault {
    fn at(place: &Place, message: String) -> Self {
        Self { file: Arc::clone(&place.file), line: place.line, column: place.column, message }
    }
}

impl fmt::Display for ConfigFault {
    /// Not escaped: a file may be named, and hold, whatever it likes.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, message } = self;
        write!(out, "{file}:{line}:{column}: {message}")
    }
}

/// What decides which findings count: the file, and what was asked for beside it.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// What the file says.
    pub config: Config,
    /// Only these rules; all of them if there are none.
    pub select: Vec<Scope>,
    /// Without these rules.
    pub ignore: Vec<Scope>,
    /// What comments of the zone files leave out.
    pub comments: Vec<Comment>,
}

/// A rule, or all rules of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope(&'static str);

impl Scope {
    /// Reads `family/name` or `family`.
    ///
    /// # Errors
    /// No rule and no family is named so; the nearest that is, if there is one.
    pub fn read(word: &str) -> Result<Self, Option<&'static str>> {
        let words = || catalogue::rules().flat_map(|rule| [rule.family(), rule.id]);
        let found = words().find(|own| own.eq_ignore_ascii_case(word));
        found.map(Self).ok_or_else(|| near::nearest(word, words()))
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        self.0
    }

    /// True if the rule of this id is meant.
    fn holds(self, id: &str) -> bool {
        let rest = id.strip_prefix(self.0);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl Policy {
    /// How much a rule matters, which by itself matters so; `None` if it is not looked at.
    fn severity(&self, id: &str, own: Severity) -> Option<Severity> {
        let has = |scopes: &[Scope]| scopes.iter().any(|scope| scope.holds(id));
        if has(&self.ignore) || !(self.select.is_empty() || has(&self.select)) {
            return None;
        }
        let set = self.config.rules.iter().find(|setting| setting.rule.id == id);
        set.map_or(Some(own), |setting| setting.severity)
    }
}

/// The severity that a word means, or `off` or `never`: none.
fn severity(word: &str, none: &str) -> Option<Option<Severity>> {
    let all = [Severity::Error, Severity::Warn, Severity::Note];
    match all.into_iter().find(|one| one.word() == word) {
        Some(severity) => Some(Some(severity)),
        None => (word == none).then_some(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_means_its_rules_and_no_others() {
        let spf = Scope::read("SPF").unwrap();
        assert_eq!(
            ["spf/syntax", "spfx/syntax", "dkim/syntax"].map(|id| spf.holds(id)),
            [true, false, false]
        );
    }

    #[test]
    fn an_unknown_word_names_the_nearest() {
        assert_eq!(Scope::read("dmark"), Err(Some("dmarc")));
        assert_eq!(Scope::read("spf/viod-lookup"), Err(Some("spf/void-lookup")));
    }
}
