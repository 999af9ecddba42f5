//! The configuration of octoDNS: which sources feed which zone.
//!
//! ```yaml
//! providers:
//!   config: {class: octodns.provider.yaml.YamlProvider, directory: ./config}
//!   route53: {class: octodns_route53.Route53Provider, access_key_id: env/KEY}
//! zones:
//!   example.com.: {sources: [config], targets: [route53]}
//!   '*': {sources: [config], targets: [route53]}
//! ```
//! Files are named here and opened elsewhere. A value such as `env/NAME` is a secret or a setting of the
//! machine that runs octoDNS: it is not looked up. A source of a class that only octoDNS can evaluate is one
//! of which nothing is known.

use super::foreign::is_octodns_config;
use super::octodns::DEFAULT_TTL;
use super::value::{Node, Value};
use super::yaml;
use std::collections::HashMap;

/// What a configuration says.
#[derive(Debug, Default)]
pub(crate) struct Production {
    pub(crate) zones: Vec<Configured>,
    /// What of it is not understood.
    pub(crate) faults: Vec<String>,
}

/// A zone of a configuration, or a pattern of zones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Configured {
    /// Its name with the final dot, as it is written.
    pub(crate) name: String,
    pub(crate) selection: Selection,
    /// The zone whose records it has.
    pub(crate) alias: Option<String>,
    /// What feeds it, a later one after an earlier one.
    pub(crate) sources: Vec<Source>,
    /// What else may change its records.
    pub(crate) doubts: Vec<String>,
}

/// Which zones an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// The one of its name.
    Named,
    /// All that its sources have, as `'*'` says.
    All,
    /// Those whose name a pattern of the shell means.
    Glob(String),
    /// Those whose name a regular expression means.
    Regex,
}

/// What feeds a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Files of YAML.
    Yaml(Yaml),
    /// One TXT record at a name, with the value of an environment variable.
    Variable {
        /// The name, below the zone.
        name: String,
    },
    /// What is not read.
    Other {
        /// What it is called, and why it is not read.
        what: String,
    },
}

/// A `YamlProvider`, with its defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Yaml {
    pub(crate) id: String,
    pub(crate) directory: String,
    /// What follows the name of a zone in the name of the folder of its parts.
    pub(crate) split: Option<String>,
    /// True if a zone may have a file of its name.
    pub(crate) has_zone_files: bool,
    /// A file that is a part of each zone.
    pub(crate) shared: Option<String>,
    /// True if its record sets replace those of earlier sources.
    pub(crate) replaces: bool,
    /// True if a zone need not have a file.
    pub(crate) may_be_missing: bool,
    pub(crate) ttl: u32,
}

/// Processors that change nothing of what is asked here, or leave names alone that mail depends on.
const HARMLESS: [&str; 10] = [
    "AcmeManagingProcessor",
    "AcmeMangingProcessor",
    "AutoArpa",
    "EnsureTrailingDots",
    "ExcludeRootNsChanges",
    "IgnoreRootNsFilter",
    "MetaProcessor",
    "SpfDnsLookupProcessor",
    "TtlClampProcessor",
    "TtlRestrictionFilter",
];

impl Production {
    /// Reads a configuration; `None` for what is none.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        if !is_octodns_config(text) {
            return None;
        }
        let text = std::str::from_utf8(text).ok()?;
        let mut production = Self::default();
        let document = match yaml::configuration(text) {
            Ok(document) => document?,
            Err((_, _, what)) => {
                production.faults.push(what);
                return Some(production);
            }
        };
        let providers = member(&document, "providers").map(members).unwrap_or_default();
        // A zone may have names that are called so.
        if !providers.is_empty() && !providers.iter().any(|it| member(it.1, "class").is_some()) {
            return None;
        }
        let context = Context { document: &document, providers };
        let zones = member(&document, "zones").filter(|zones| !zones.is_nothing());
        match zones {
            Some(zones) if zones.is_map() => {
                production.zones = members(zones)
                    .into_iter()
                    .map(|(name, zone)| context.zone(name, zone))
                    .collect();
            }
            _ => production.faults.push("its zones are not in this file".to_owned()),
        }
        Some(production)
    }
}

/// What entries of zones refer to.
struct Context<'v> {
    document: &'v Value,
    providers: Vec<(String, &'v Value)>,
}

impl Context<'_> {
    fn zone(&self, name: String, zone: &Value) -> Configured {
        let text = |key: &str| member(zone, key).and_then(string);
        let selection = match (name.starts_with('*'), text("glob"), member(zone, "regex")) {
            (false, ..) => Selection::Named,
            (true, Some(glob), _) => Selection::Glob(glob),
            (true, None, Some(_)) => Selection::Regex,
            (true, None, None) => Selection::All,
        };
        let sources =
            list(member(zone, "sources")).into_iter().map(|id| self.source(&id)).collect();
        let manager = member(self.document, "manager");
        let of_manager = |key: &str| list(manager.and_then(|it| member(it, key)));
        let processors = [
            of_manager("processors"),
            list(member(zone, "processors")),
            of_manager("post_processors"),
        ];
        let doubts = processors.concat().into_iter().filter_map(|id| self.doubt(&id)).collect();
        Configured { name, selection, alias: text("alias"), sources, doubts }
    }

    fn source(&self, id: &str) -> Source {
        let other = |why: &str| Source::Other { what: format!("{id} ({why})") };
        let Some((_, provider)) = self.providers.iter().rev().find(|it| it.0 == id) else {
            return other("not among the providers");
        };
        let text = |key: &str| member(provider, key).and_then(string);
        let Some(class) = text("class") else { return other("without a class") };
        let is_split = match class.rsplit('.').next() {
            Some("YamlProvider") => false,
            Some("SplitYamlProvider") => true,
            Some("EnvVarSource") => {
                return match text("name") {
                    Some(name) if !self.is_elsewhere(&name) => Source::Variable { name },
                    _ => other(&class),
                };
            }
            _ => return other(&class),
        };
        let is_true = |key: &str| member(provider, key).is_some_and(is_truth);
        let file = |key: &str| text(key).filter(|_| is_true(key));
        let split = if is_split { "extension" } else { "split_extension" };
        let usual = is_split.then(|| ".".to_owned());
        let has_own = member(provider, split).is_some();
        let yaml = Yaml {
            id: id.to_owned(),
            directory: text("directory").unwrap_or_default(),
            split: if has_own { file(split) } else { usual },
            has_zone_files: !is_split && !is_true("disable_zonefile"),
            shared: file("shared_filename"),
            replaces: is_true("populate_should_replace"),
            may_be_missing: is_true("ignore_missing_zones"),
            ttl: text("default_ttl").and_then(|ttl| ttl.parse().ok()).unwrap_or(DEFAULT_TTL),
        };
        let words = [Some(&yaml.directory), yaml.split.as_ref(), yaml.shared.as_ref()];
        let secret = words.into_iter().flatten().find(|word| self.is_elsewhere(word));
        if let Some(word) = secret {
            return other(&format!("its files are where {word} says, which is not read"));
        }
        if yaml.directory.is_empty() { other("without a directory") } else { Source::Yaml(yaml) }
    }

    /// True for a value that a handler of secrets knows: the environment is always one.
    fn is_elsewhere(&self, value: &str) -> bool {
        let Some((handler, _)) = value.split_once('/') else { return false };
        let handlers = member(self.document, "secret_handlers");
        handler == "env"
            || handlers.is_some_and(|all| members(all).iter().any(|it| it.0 == handler))
    }

    /// What may come of a processor.
    fn doubt(&self, id: &str) -> Option<String> {
        let all = member(self.document, "processors").map(members).unwrap_or_default();
        let processor = all.iter().rev().find(|it| it.0 == id);
        let class = processor.and_then(|it| member(it.1, "class")).and_then(string);
        let name = class.as_deref().and_then(|class| class.rsplit('.').next());
        if name.is_some_and(|name| HARMLESS.contains(&name)) {
            return None;
        }
        Some(format!("{id} ({})", class.as_deref().unwrap_or("not among the processors")))
    }
}

/// The members of a map, those of merge keys (`<<`) behind its own; the last of a name counts.
fn members(value: &Value) -> Vec<(String, &Value)> {
    let (mut all, mut places) = (Vec::new(), HashMap::new());
    collect(value, &mut all, &mut places);
    all
}

fn collect<'v>(
    value: &'v Value,
    all: &mut Vec<(String, &'v Value)>,
    places: &mut HashMap<String, usize>,
) {
    let Node::Map(own) = &value.node else { return };
    let known = all.len();
    for (key, value) in own.iter().filter(|it| it.0.octets() != MERGE) {
        let key = String::from_utf8_lossy(key.octets()).into_owned();
        match places.get(&key).copied() {
            None => {
                places.insert(key.clone(), all.len());
                all.push((key, value));
            }
            // What is merged does not go before what is there.
            Some(index) => {
                if let Some(one) = all.get_mut(index).filter(|_| index >= known) {
                    one.1 = value;
                }
            }
        }
    }
    for merged in own.iter().filter(|it| it.0.octets() == MERGE).flat_map(|it| it.1.items()) {
        collect(merged, all, places);
    }
}

/// The key of what is merged into a map.
const MERGE: &[u8] = b"<<";

fn member<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    let Node::Map(own) = &value.node else { return None };
    let found = own.iter().rev().find(|it| it.0.octets() == key.as_bytes());
    if let Some((_, value)) = found {
        return (!matches!(value.node, Node::Null)).then_some(value);
    }
    let merged = own.iter().filter(|it| it.0.octets() == MERGE).flat_map(|it| it.1.items());
    merged.into_iter().find_map(|merged| member(merged, key))
}

fn string(value: &Value) -> Option<String> {
    value.text().map(|text| String::from_utf8_lossy(text.octets()).into_owned())
}

fn list(value: Option<&Value>) -> Vec<String> {
    value.map(Value::items).unwrap_or_default().into_iter().filter_map(string).collect()
}

/// False for what YAML and Python take for false.
fn is_truth(value: &Value) -> bool {
    let Some(text) = value.text() else { return !value.is_nothing() };
    let text = text.octets().to_ascii_lowercase();
    !matches!(text.as_slice(), b"" | b"false" | b"no" | b"off" | b"0")
}
