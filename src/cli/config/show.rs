//! `mailcheck config`: what holds in the end, and where each of it comes from.

use super::document::document;
use super::{Settings, resolve_settings};
use crate::cli::args::{self, Judging, Pages};
use crate::cli::rules::Format;
use crate::cli::words::Appearance;
use crate::cli::{RunError, write};
use crate::config::baseline::{self, quoted};
use crate::config::{Config, Policy, WatchSetting, without_password};
use crate::contract::{Contract, Selector};
use crate::diagnostic::Severity;
use crate::dns::Place;
use crate::render::json;
use crate::text::escape;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, FromArgMatches, Id, Parser, Subcommand};
use std::collections::HashMap;

/// Show the settings that apply: flags, environment, mailcheck.toml, defaults
#[derive(Debug, Parser)]
#[command(
    help_template = args::TEMPLATE,
    arg_required_else_help = true,
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(in crate::cli) struct ConfigArgs {
    /// What to do.
    #[command(subcommand)]
    action: Action,

    /// Pages of help.
    #[command(flatten)]
    pages: Pages,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show the settings that apply, in the form of mailcheck.toml
    Show {
        /// What gave each of the flags its value; before these, which take their values away.
        #[command(flatten)]
        origins: Origins,

        /// Show where each setting comes from
        #[arg(long)]
        origin: bool,

        /// text or json; json says where each setting comes from
        #[arg(
            short = 'f',
            long = "format",
            value_name = "FORMAT",
            value_enum,
            default_value = "text",
            hide_possible_values = true
        )]
        form: Format,

        /// Which findings count.
        #[command(flatten)]
        judging: Judging,

        /// Pages of help.
        #[command(flatten)]
        pages: Pages,
    },
}

/// The flags and variables that gave a value.
#[derive(Clone, Debug, Default)]
struct Origins(HashMap<String, String>);

impl FromArgMatches for Origins {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = matches.ids().filter_map(|id| Some((id.to_string(), from(matches, id)?)));
        Ok(Self(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

// It looks at what other flags were given, and has none of its own.
impl Args for Origins {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}

/// Shows what holds.
///
/// # Errors
/// The flags mean nothing, the file is faulty, or standard output cannot be written to.
pub(in crate::cli) fn run(typed: ConfigArgs) -> Result<u8, RunError> {
    let Action::Show { origin, form, judging, origins: Origins(origins), .. } = typed.action;
    let settings = resolve_settings(&judging)?;
    // An empty word names no file.
    let names_file = judging.choice.config.as_ref().is_some_and(|word| !word.is_empty());
    let given = |id: &str| origins.get(id).filter(|_| id != "config" || names_file).cloned();
    if let Format::Json = form {
        let document = document(&settings, |id| origin_of(&settings, id, &given));
        write::standard_output(&Appearance::default(), |_, out| Ok(json::render(&document, out)?))?;
        return Ok(0);
    }
    let mut page = String::new();
    for (setting, from) in lines(&settings, given) {
        page.push_str(&escape(setting.as_bytes()));
        if origin && !setting.is_empty() {
            page.push_str(&format!("  # {}", escape(from.as_bytes())));
        }
        page.push('\n');
    }
    write::standard_output(&Appearance::default(), |_, out| Ok(out.write_all(page.as_bytes())?))?;
    Ok(0)
}

/// The flag or the variable that gave a value.
fn from(matches: &ArgMatches, id: &Id) -> Option<String> {
    let flag = id.as_str().replace('_', "-");
    match matches.value_source(id.as_str())? {
        ValueSource::CommandLine => Some(format!("--{flag}")),
        ValueSource::EnvVariable => Some(format!("MAILCHECK_{}", id.as_str().to_uppercase())),
        _ => None,
    }
}

/// Where the value of a flag comes from, whether it was given or not.
fn origin_of(settings: &Settings, id: &str, given: &impl Fn(&str) -> Option<String>) -> String {
    let config = &settings.policy.config;
    let written = || match id {
        "config" if !config.file.is_empty() => Some("found".to_owned()),
        "fail_on" => config.fail_on.as_ref().map(|(_, at)| place(at)),
        _ => None,
    };
    given(id).or_else(written).unwrap_or_else(|| "default".to_owned())
}

/// Each setting, and where it comes from.
fn lines(settings: &Settings, given: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let Settings { fail_on, policy: Policy { config, select, ignore, .. }, .. } = settings;
    let file = if config.file.is_empty() { "none" } else { &config.file };
    let origin = |id: &str| origin_of(settings, id, &given);
    let least = fail_on.map_or("never", Severity::word);
    let mut lines = vec![(format!("# configuration: {file}"), origin("config"))];
    let included = config.included.iter();
    lines.extend(included.map(|other| (format!("# with: {other}"), "included".to_owned())));
    lines.push((format!("fail-on = {least:?}"), origin("fail_on")));
    if let Some((most, at)) = &config.most_queries {
        lines.push((format!("most-queries = {most}"), place(at)));
    }
    if let Some((is_used, at)) = &config.provider_data {
        lines.push((format!("provider-data = {is_used}"), place(at)));
    }
    if let Some(first) = config.own.first() {
        let names: Vec<String> =
            config.own.iter().map(|it| quoted(&it.value.to_string())).collect();
        lines.push((format!("own = [{}]", names.join(", ")), place(&first.place)));
    }
    if let Some(first) = config.templates.first() {
        let paths: Vec<String> = config.templates.iter().map(|it| quoted(&it.value)).collect();
        lines.push((format!("templates = [{}]", paths.join(", ")), place(&first.place)));
    }
    for (id, scopes) in [("select", select), ("ignore", ignore)] {
        if !scopes.is_empty() {
            let words: Vec<&str> = scopes.iter().map(|scope| scope.word()).collect();
            lines.push((format!("# --{id} {}", words.join(",")), origin(id)));
        }
    }
    let blank = || (String::new(), String::new());
    if !config.rules.is_empty() {
        lines.push(blank());
        lines.push(("[rules]".to_owned(), file.to_owned()));
    }
    for setting in &config.rules {
        let severity = setting.severity.map_or("off", Severity::word);
        lines.push((format!("{:?} = {severity:?}", setting.rule.id), place(&setting.place)));
    }
    lines.extend(of_watch(config));
    for one in &config.files {
        lines.push(blank());
        let said = [
            Some("[[files]]".to_owned()),
            Some(format!("path = {}", quoted(&one.path))),
            one.internal.then(|| "view = \"internal\"".to_owned()),
            one.partial.then(|| "partial = true".to_owned()),
        ];
        lines.extend(said.into_iter().flatten().map(|line| (line, place(&one.place))));
    }
    for one in &config.providers {
        lines.push(blank());
        lines.push(("[[provider]]".to_owned(), place(&one.place)));
        lines.push((format!("id = {}", quoted(&one.id)), place(&one.place)));
        lines.push((format!("as-of = {}", one.as_of), place(&one.place)));
        for (key, values) in &one.facts {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            let said = match (key.as_str(), values.as_slice()) {
                ("rotates" | "shared", [is]) => is.trim_matches('"').to_owned(),
                ("title" | "policy", [one]) => one.clone(),
                _ => format!("[{}]", values.join(", ")),
            };
            lines.push((format!("{key} = {said}"), place(&one.place)));
        }
    }
    for one in &config.ignores {
        lines.push(blank());
        lines.push(("[[ignore]]".to_owned(), place(&one.place)));
        let said = baseline::lines(one).into_iter();
        lines.extend(said.map(|line| (line, place(&one.place))));
    }
    for contract in &config.contracts {
        lines.push(blank());
        lines.extend(of_contract(contract));
    }
    lines
}

/// How domains are watched, and where each of it is written.
fn of_watch(config: &Config) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    if let Some((interval, at)) = &config.watch.interval {
        lines.push((format!("interval = \"{}s\"", interval.as_secs()), place(at)));
    }
    if let Some(first) = config.watch.resolvers.first() {
        let all: Vec<String> =
            config.watch.resolvers.iter().map(|one| quoted(&one.value)).collect();
        lines.push((format!("resolvers = [{}]", all.join(", ")), place(&first.place)));
    }
    if let Some(first) = config.watch.notify.first() {
        let all: Vec<String> = config.watch.notify.iter().map(|one| quoted(&one.value)).collect();
        lines.push((format!("notify = [{}]", all.join(", ")), place(&first.place)));
    }
    let WatchSetting { secret_file, mail_from, smtp, smtp_password_file, .. } = &config.watch;
    let texts = [
        ("webhook-secret-file", secret_file),
        ("mail-from", mail_from),
        ("smtp", smtp),
        ("smtp-password-file", smtp_password_file),
    ];
    for (key, said) in texts {
        if let Some(said) = said {
            let shown = without_password(&said.value);
            lines.push((format!("{key} = {}", quoted(&shown)), place(&said.place)));
        }
    }
    if let Some((_, at)) = lines.first().cloned() {
        lines.insert(0, ("[watch]".to_owned(), at));
        lines.insert(0, (String::new(), String::new()));
    }
    lines
}

/// What is expected of a domain, and where each of it is written.
fn of_contract(contract: &Contract) -> Vec<(String, String)> {
    let Contract { name, role, senders, never_senders, selectors, .. } = contract;
    let Contract { min_key_bits, min_policy, max_lookups, max_voids, .. } = contract;
    let mut lines = vec![("[[domain]]".to_owned(), place(&name.place))];
    let mut say = |key: &str, said: String, place_of: &Place| {
        lines.push((format!("{key} = {said}"), place(place_of)));
    };
    say("name", quoted(&name.value.to_string()), &name.place);
    if let Some(role) = role {
        say("role", quoted(role.value.word()), &role.place);
    }
    for (key, list) in [("senders", senders), ("never-senders", never_senders)] {
        if let Some(first) = list.first() {
            let words: Vec<String> = list.iter().map(|word| quoted(&word.value)).collect();
            say(key, format!("[{}]", words.join(", ")), &first.place);
        }
    }
    if let Some(first) = selectors.first() {
        let all: Vec<String> = selectors.iter().map(selector).collect();
        say("dkim-selectors", format!("[{}]", all.join(", ")), &first.name.place);
    }
    if let Some(bits) = min_key_bits {
        say("min-key-bits", bits.value.to_string(), &bits.place);
    }
    if let Some(policy) = min_policy {
        say("min-policy", quoted(policy.value.word()), &policy.place);
    }
    for (key, most) in [("max-lookups", max_lookups), ("max-voids", max_voids)] {
        if let Some(most) = most {
            say(key, most.value.to_string(), &most.place);
        }
    }
    lines
}

fn selector(selector: &Selector) -> String {
    let name = quoted(&selector.name.value);
    match &selector.min_bits {
        Some(bits) => format!("{{ name = {name}, min-bits = {} }}", bits.value),
        None => name,
    }
}

pub(super) fn place(place: &Place) -> String {
    format!("{}:{}", place.file, place.line)
}
