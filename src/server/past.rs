//! Pages of a history: what became of a domain, and incidents.

use super::routes::{App, Refusal, Shared, encoded, html_of, json_of, name, no_page};
use crate::net::Name;
use crate::render::html::STYLE_HASH;
use crate::render::json;
use crate::report::envelope::{Enveloped, Kind};
use crate::report::history::{DomainHistory, History};
use crate::report::{Class, Incident};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

/// Incidents that a page lists, and domains that an incident lists: the others are counted.
const MOST: usize = 500;
/// Columns of a timeline.
#[cfg(feature = "cli")]
const WIDTH: usize = 100;

/// A link in the head of a page: where it leads, and its words.
pub(super) type Link = (String, &'static str);

/// What a domain became, and its incidents; or all incidents.
#[derive(Template)]
#[template(path = "server/past.html")]
struct Past<'p> {
    title: String,
    style_hash: &'static str,
    is_list: bool,
    site: Option<&'p str>,
    nav: Vec<Link>,
    /// Where the report of now is.
    report: Option<String>,
    /// The timeline, as the terminal shows it.
    text: Option<String>,
    incidents: Vec<Entry>,
    left_out: usize,
}

/// One incident.
#[derive(Template)]
#[template(path = "server/incident.html")]
struct One<'p> {
    title: String,
    style_hash: &'static str,
    is_list: bool,
    site: Option<&'p str>,
    nav: Vec<Link>,
    one: Entry,
    /// The domains that it affects, and where their histories are.
    domains: Vec<(String, String)>,
    left_out: usize,
}

/// An incident, and where its page is.
struct Entry {
    href: String,
    incident: Incident,
}

impl Entry {
    fn new(base: &str, incident: Incident) -> Self {
        Self { href: format!("{base}/incident/{}", encoded(&incident.id)), incident }
    }

    /// Whether it goes on; what is undetermined is not called worse.
    fn word(&self) -> String {
        let status = self.incident.status.word();
        match self.incident.class {
            Class::Worse => status.to_owned(),
            Class::Undetermined => format!("{status} (undetermined: queries failed)"),
        }
    }

    /// From when to when.
    fn when(&self) -> String {
        let start = self.incident.start.words();
        match self.incident.end {
            Some(end) => format!("began {start}, ended {}", end.words()),
            None => format!("began {start}"),
        }
    }
}

/// The latest incidents, the latest first, and how many more there are.
fn latest(base: &str, incidents: Vec<Incident>) -> (Vec<Entry>, usize) {
    let left_out = incidents.len().saturating_sub(MOST);
    let latest = incidents.into_iter().rev().take(MOST);
    (latest.map(|incident| Entry::new(base, incident)).collect(), left_out)
}

/// Where the history of a domain is.
fn history_of(base: &str, domain: &Name) -> String {
    format!("{base}/domain/{}/history", encoded(&domain.to_string()))
}

/// The links in the head of a page: to incidents, and to the history of its domain, if it has one.
pub(super) fn nav(app: &App, domain: Option<&Name>) -> Vec<Link> {
    if !app.settings.has_history {
        return Vec::new();
    }
    let base = &app.settings.base;
    let own = domain.map(|domain| (history_of(base, domain), "History"));
    own.into_iter().chain([(format!("{base}/incidents"), "Incidents")]).collect()
}

/// A history as the screen has it.
#[cfg(feature = "cli")]
fn timeline(history: &History) -> Vec<u8> {
    use crate::render::text;
    let look = text::Look { width: WIDTH, ..text::Look::default() };
    let mut shown = Vec::new();
    // Memory takes everything.
    let _ = text::history::render(history, &look, &mut shown);
    shown
}

/// A history as JSON: without the program there is no screen.
#[cfg(not(feature = "cli"))]
fn timeline(history: &History) -> Vec<u8> {
    let mut shown = Vec::new();
    // Memory takes everything.
    let _ = json::render(history, &mut shown);
    shown
}

/// What became of a domain.
pub(super) async fn history(State(app): Shared, Path(typed): Path<String>) -> Response {
    let found = match found(&app, &typed).await {
        Ok(found) => found,
        Err(refusal) => return refusal.page(&app),
    };
    let base = app.settings.base.as_str();
    let (domain, mut history) = found;
    let (incidents, left_out) = latest(base, std::mem::take(&mut history.incidents));
    let shown = timeline(&alone(history));
    let page = Past {
        title: format!("{domain}: history"),
        style_hash: STYLE_HASH,
        is_list: false,
        site: Some(base),
        nav: nav(&app, None),
        report: Some(format!("{base}/domain/{}", encoded(&domain.to_string()))),
        text: Some(String::from_utf8_lossy(&shown).into_owned()),
        incidents,
        left_out,
    };
    html_of(page.render().unwrap_or_default())
}

/// The same as a document.
pub(super) async fn history_json(State(app): Shared, Path(typed): Path<String>) -> Response {
    match found(&app, &typed).await {
        Ok((_, history)) => {
            let mut document = Vec::new();
            // Memory takes everything.
            let body = Enveloped::new(Kind::History, None, alone(history));
            let _ = json::render(&body, &mut document);
            json_of(document)
        }
        Err(refusal) => refusal.json(),
    }
}

fn alone(domain: DomainHistory) -> History {
    History { domains: vec![domain], exit_code: 0 }
}

async fn found(app: &App, typed: &str) -> Result<(Name, DomainHistory), Refusal> {
    let domain = name(typed)?;
    let history = app.past(|examine| examine.history(domain.clone())).await?;
    let none = || Refusal::new(StatusCode::NOT_FOUND, format!("no look at {domain} is recorded"));
    Ok((domain.clone(), history.ok_or_else(none)?))
}

/// All incidents.
pub(super) async fn incidents(State(app): Shared) -> Response {
    let found = match app.past(|examine| examine.incidents()).await {
        Ok(found) => found,
        Err(refusal) => return refusal.page(&app),
    };
    let base = app.settings.base.as_str();
    let (incidents, left_out) = latest(base, found);
    let page = Past {
        title: "Incidents".to_owned(),
        style_hash: STYLE_HASH,
        is_list: false,
        site: Some(base),
        nav: nav(&app, None),
        report: None,
        text: None,
        incidents,
        left_out,
    };
    html_of(page.render().unwrap_or_default())
}

/// One incident.
pub(super) async fn incident(State(app): Shared, Path(id): Path<String>) -> Response {
    let found = match app.past(|examine| examine.incidents()).await {
        Ok(found) => found,
        Err(refusal) => return refusal.page(&app),
    };
    let Some(incident) = found.into_iter().find(|one| one.id == id) else {
        return no_page().page(&app);
    };
    let base = app.settings.base.as_str();
    let scope = &incident.scope;
    let domains = scope.iter().take(MOST).map(|name| (history_of(base, name), name.to_string()));
    let page = One {
        title: incident.title.to_string(),
        style_hash: STYLE_HASH,
        is_list: false,
        site: Some(base),
        nav: nav(&app, None),
        domains: domains.collect(),
        left_out: scope.len().saturating_sub(MOST),
        one: Entry::new(base, incident),
    };
    html_of(page.render().unwrap_or_default())
}
