//! What holds in the end, as a JSON document.

use super::Settings;
use super::show::place;
use crate::config::{Policy, Setting, without_password};
use crate::contract::{Contract, Selector, Written};
use crate::diagnostic::Severity;
use crate::net::Name;
use crate::report::envelope::{Enveloped, Kind};
use crate::suppress::Ignore;
use crate::text::escape;
use serde::Serialize;
use serde_json::{Value, json};

/// A value, and where it comes from.
#[derive(Serialize)]
struct Given<T> {
    value: T,
    origin: String,
}

#[derive(Serialize)]
struct Body {
    file: Given<Option<String>>,
    included: Vec<String>,
    fail_on: Given<&'static str>,
    most_queries: Option<Given<usize>>,
    provider_data: Option<Given<bool>>,
    own: Option<Given<Vec<Name>>>,
    select: Option<Given<Vec<String>>>,
    ignore: Option<Given<Vec<String>>>,
    rules: Vec<Value>,
    providers: Vec<Value>,
    ignores: Vec<Value>,
    contracts: Vec<Value>,
    watch: Watching,
}

/// How domains are watched.
#[derive(Serialize)]
struct Watching {
    interval_s: Option<Given<u64>>,
    resolvers: Option<Given<Vec<String>>>,
    notify: Option<Given<Vec<String>>>,
    webhook_secret_file: Option<Given<String>>,
    mail_from: Option<Given<String>>,
    smtp: Option<Given<String>>,
    smtp_password_file: Option<Given<String>>,
}

/// Texts that stand together, and where the first of them is written.
fn given_texts(written: &[Written<String>]) -> Option<Given<Vec<String>>> {
    written.first().map(|first| Given {
        value: written.iter().map(|one| escape(one.value.as_bytes())).collect(),
        origin: place(&first.place),
    })
}

/// A text, and where it is written.
fn given_text(written: Option<&Written<String>>) -> Option<Given<String>> {
    written.map(|one| Given {
        value: escape(without_password(&one.value).as_bytes()),
        origin: place(&one.place),
    })
}

/// The document about what holds; `origin` says where a flag's value comes from, by the flag's name
/// in code.
pub(super) fn document(settings: &Settings, origin: impl Fn(&str) -> String) -> impl Serialize {
    let Settings { fail_on, policy: Policy { config, select, ignore, .. }, .. } = settings;
    let scopes = |id: &str, scopes: &[crate::config::Scope]| {
        let value: Vec<String> = scopes.iter().map(|scope| scope.word().to_owned()).collect();
        (!value.is_empty()).then(|| Given { value, origin: origin(id) })
    };
    let file = (!config.file.is_empty()).then(|| escape(config.file.as_bytes()));
    let body = Body {
        file: Given { value: file, origin: origin("config") },
        included: config.included.iter().map(|file| escape(file.as_bytes())).collect(),
        fail_on: Given {
            value: fail_on.map_or("never", Severity::word),
            origin: origin("fail_on"),
        },
        most_queries: config
            .most_queries
            .as_ref()
            .map(|(most, at)| Given { value: *most, origin: place(at) }),
        provider_data: config
            .provider_data
            .as_ref()
            .map(|(is_used, at)| Given { value: *is_used, origin: place(at) }),
        own: config.own.first().map(|first| Given {
            value: config.own.iter().map(|name| name.value.clone()).collect(),
            origin: place(&first.place),
        }),
        select: scopes("select", select),
        ignore: scopes("ignore", ignore),
        rules: config.rules.iter().map(rule).collect(),
        providers: config.providers.iter().map(provider).collect(),
        ignores: config.ignores.iter().map(ignored).collect(),
        contracts: config.contracts.iter().map(contract).collect(),
        watch: Watching {
            interval_s: config
                .watch
                .interval
                .as_ref()
                .map(|(interval, at)| Given { value: interval.as_secs(), origin: place(at) }),
            resolvers: given_texts(&config.watch.resolvers),
            notify: given_texts(&config.watch.notify),
            webhook_secret_file: given_text(config.watch.secret_file.as_ref()),
            mail_from: given_text(config.watch.mail_from.as_ref()),
            smtp: given_text(config.watch.smtp.as_ref()),
            smtp_password_file: given_text(config.watch.smtp_password_file.as_ref()),
        },
    };
    Enveloped::new(Kind::Config, None, body)
}

fn rule(setting: &Setting) -> Value {
    let Setting { rule, severity, place: at } = setting;
    json!({
        "rule": rule.id,
        "severity": severity.map_or("off", Severity::word),
        "origin": place(at),
    })
}

fn provider(given: &crate::provider::Given) -> Value {
    let facts = given.facts.iter().map(|(key, values)| {
        let values = values.iter().map(|value| escape(value.as_bytes())).collect::<Vec<_>>();
        json!({"key": key, "values": values})
    });
    json!({
        "id": given.id,
        "as_of": given.as_of,
        "facts": facts.collect::<Vec<_>>(),
        "origin": place(&given.place),
    })
}

fn ignored(ignore: &Ignore) -> Value {
    let Ignore { rule, domain, fingerprint, reason, expires, place: at } = ignore;
    json!({
        "rule": rule.id,
        "domain": domain,
        "fingerprint": fingerprint,
        "reason": escape(reason.as_bytes()),
        "expires": expires,
        "origin": place(at),
    })
}

fn contract(contract: &Contract) -> Value {
    let Contract { name, role, senders, never_senders, selectors, .. } = contract;
    let Contract { min_key_bits, min_policy, max_lookups, max_voids, .. } = contract;
    let mut expects = Vec::new();
    let mut expect = |key: &str, value: Value, at: &crate::dns::Place| {
        expects.push(json!({"key": key, "value": value, "origin": place(at)}));
    };
    if let Some(role) = role {
        expect("role", role.value.word().into(), &role.place);
    }
    for (key, list) in [("senders", senders), ("never-senders", never_senders)] {
        if let Some(first) = list.first() {
            let words = list.iter().map(|word| escape(word.value.as_bytes())).collect::<Vec<_>>();
            expect(key, words.into(), &first.place);
        }
    }
    if let Some(first) = selectors.first() {
        let all = selectors.iter().map(selector).collect::<Vec<_>>();
        expect("dkim-selectors", all.into(), &first.name.place);
    }
    if let Some(bits) = min_key_bits {
        expect("min-key-bits", bits.value.into(), &bits.place);
    }
    if let Some(policy) = min_policy {
        expect("min-policy", policy.value.word().into(), &policy.place);
    }
    for (key, most) in [("max-lookups", max_lookups), ("max-voids", max_voids)] {
        if let Some(most) = most {
            expect(key, most.value.into(), &most.place);
        }
    }
    json!({"name": name.value, "expects": expects, "origin": place(&name.place)})
}

fn selector(selector: &Selector) -> Value {
    let name = escape(selector.name.value.as_bytes());
    match &selector.min_bits {
        Some(bits) => json!({"name": name, "min-bits": bits.value}),
        None => name.into(),
    }
}
