//! What is asked for, and what is answered.

use super::kept::{Form, Kept};
use super::metrics::Metrics;
use super::pages::{Home, Text};
use super::rate::Rates;
use super::{Document, Examine, Job, Mail, Settings, api, past};
use crate::net::Name;
use crate::render::{html, json};
use crate::report::{Extent, Report};
use crate::text::escape;
use askama::Template as _;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Most senders of a request.
const MOST_SENDERS: usize = 4;

/// Longest name that is read: a domain in U-labels may be longer than one in A-labels.
const LONGEST_NAME: usize = 1024;

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client(pub(super) IpAddr);

/// What requests have in common.
pub(super) struct App {
    pub(super) settings: Settings,
    pub(super) metrics: Metrics,
    examine: Arc<dyn Examine>,
    kept: Kept,
    at_once: Arc<Semaphore>,
    rates: Option<Rates>,
    /// True if only this machine can connect.
    is_loopback: bool,
}

impl App {
    pub(super) fn new(settings: Settings, examine: Arc<dyn Examine>, local: IpAddr) -> Self {
        let bounds = settings.bounds;
        Self {
            examine,
            metrics: Metrics::default(),
            kept: Kept::new(bounds),
            at_once: Arc::new(Semaphore::new(bounds.at_once)),
            rates: bounds.per_minute.map(Rates::new),
            is_loopback: local.is_loopback(),
            settings,
        }
    }

    /// The report about a domain in that form, made unless a fresh one is there.
    async fn report(
        &self,
        domain: Name,
        senders: Vec<IpAddr>,
        form: Form,
    ) -> Result<Bytes, Refusal> {
        let key = (domain.to_string(), senders.clone(), form);
        let make = || async {
            let nav = past::nav(self, Some(&domain));
            let work = self.examine.domain(domain, senders);
            self.worked(work).await.map(|report| self.render(&report, form, nav))
        };
        let kept = self.kept.report(key, make).await;
        let (rendered, was_kept) = kept.ok_or_else(Refusal::internal)?;
        self.metrics.reported(was_kept);
        Ok(rendered)
    }

    /// Waits for work, of which only so much is done at once; it keeps its place until it is done, even
    /// if its client goes away. `None` if it broke.
    async fn worked<T: Send + 'static>(&self, work: Job<T>) -> Option<T> {
        let permit = Arc::clone(&self.at_once).acquire_owned().await.ok()?;
        let work = tokio::spawn(async move {
            let done = work.await;
            drop(permit);
            done
        });
        work.await.ok()
    }

    fn render(&self, report: &Report, form: Form, nav: Vec<past::Link>) -> Bytes {
        let mut out = Vec::new();
        // Memory takes everything.
        let _ = match form {
            Form::Page => html::render_at(report, &self.settings.base, nav, &mut out),
            Form::Json => json::report(report, Extent::FULL, &mut out),
        };
        out.into()
    }

    async fn mail(&self, kind: Mail, octets: Vec<u8>) -> Result<Document, Refusal> {
        let found = self.worked(self.examine.mail(kind, octets)).await;
        let found = found.ok_or_else(Refusal::internal)?;
        found.map_err(|why| Refusal::new(StatusCode::BAD_REQUEST, why))
    }

    /// What a history says, if one is shown.
    pub(super) async fn past<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Examine) -> Job<Result<T, String>>,
    ) -> Result<T, Refusal> {
        if !self.settings.has_history {
            return Err(Refusal::new(StatusCode::NOT_FOUND, NO_HISTORY));
        }
        let found = self.worked(ask(&*self.examine)).await.ok_or_else(Refusal::internal)?;
        found.map_err(|why| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, why))
    }

    /// The client behind a proxy, if there is one that says so.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.settings.trusts_forwarded {
            return peer;
        }
        let last = headers.get_all("x-forwarded-for").iter().next_back();
        let last =
            last.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        last.unwrap_or(peer)
    }

    fn home(&self) -> String {
        format!("{}/", self.settings.base)
    }
}

/// Said where no history is shown.
const NO_HISTORY: &str = "no history is served: start mailcheck serve with --store FILE";

/// Why a request is not answered.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    why: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, why: impl fmt::Display) -> Self {
        Self { status, why: escape(why.to_string().as_bytes()) }
    }

    fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error")
    }

    pub(super) fn page(self, app: &App) -> Response {
        let title = self.status.canonical_reason().unwrap_or("error");
        let page = Text::sentence(&app.settings.base, title, &self.why).render();
        (self.status, html_of(page.unwrap_or_default())).into_response()
    }

    pub(super) fn json(self) -> Response {
        let body = serde_json::json!({"error": self.why}).to_string();
        (self.status, json_of(body)).into_response()
    }
}

pub(super) type Shared = State<Arc<App>>;

/// Every path.
pub(super) fn router(app: &Arc<App>) -> Router {
    let mut own = Router::new()
        .route("/", get(home))
        .route("/domain/{name}", get(domain))
        .route("/domain/{name}/history", get(past::history))
        .route("/incidents", get(past::incidents))
        .route("/incident/{id}", get(past::incident))
        .route("/mail", post(mail))
        .route("/api/v1/domain/{name}", get(domain_json))
        .route("/api/v1/domain/{name}/history", get(past::history_json))
        .route("/api/v1/openapi.json", get(description))
        .route("/metrics", get(metrics))
        .route("/healthz", get(async || "ok\n"));
    for kind in Mail::ALL {
        let answer = move |app: Shared, body: Bytes| mail_json(app, kind, body);
        own = own.route(&format!("/api/v1/{}", kind.word()), post(answer));
    }
    let base = app.settings.base.clone();
    let router = match base.is_empty() {
        true => own,
        // What is nested at `/` answers for the base itself, without the slash behind it.
        false => Router::new().nest(&base, own).route(&format!("{base}/"), get(home)),
    };
    router
        .fallback(nowhere)
        .layer(DefaultBodyLimit::max(app.settings.bounds.body))
        .layer(middleware::from_fn_with_state(Arc::clone(app), around))
        .with_state(Arc::clone(app))
}

// ── around every request ────────────────────────────────────────────────────────────────────────

/// Refuses what may not be asked, and says with every response what a browser may do with it.
async fn around(State(app): Shared, request: Request, next: Next) -> Response {
    let refusal = refused(&app, &request);
    let is_api = request.uri().path().contains("/api/");
    let mut response = match refusal {
        Some((refusal, after)) => {
            let mut response = if is_api { refusal.json() } else { refusal.page(&app) };
            if let Some(seconds) = after {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            response
        }
        None => next.run(request).await,
    };
    let policy = format!(
        "default-src 'none'; style-src '{}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        html::STYLE_HASH
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    app.metrics.answered(response.status().as_u16());
    response
}

const HEADERS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("cache-control", "no-store"),
];

/// Why a request is refused before it is looked at, and after how many seconds it may come again.
fn refused(app: &App, request: &Request) -> Option<(Refusal, Option<u64>)> {
    let headers = request.headers();
    // A page of elsewhere whose name leads to this machine must not read what is here.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if app.is_loopback && !app.settings.is_public && !is_local(host) {
        let why = "ask for localhost or an address, or run with --public";
        return Some((Refusal::new(StatusCode::MISDIRECTED_REQUEST, why), None));
    }
    let is_foreign = headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    if is_foreign && request.method() != Method::GET {
        let why = "forms of other sites are not answered";
        return Some((Refusal::new(StatusCode::FORBIDDEN, why), None));
    }
    let length = headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > app.settings.bounds.body as u64) {
        let why = format!("a body has at most {} octets", app.settings.bounds.body);
        return Some((Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, why), None));
    }
    let path = request.uri().path();
    let costs = ["/domain/", "/incident"].iter().any(|it| path.contains(it))
        || request.method() == Method::POST;
    let peer = request.extensions().get::<Client>().map(|Client(peer)| *peer);
    if let (Some(rates), Some(peer), true) = (&app.rates, peer, costs)
        && let Err(seconds) = rates.check(app.client(peer, headers))
    {
        app.metrics.refused();
        let why = format!("too many requests; try again in {seconds} s");
        return Some((Refusal::new(StatusCode::TOO_MANY_REQUESTS, why), Some(seconds)));
    }
    None
}

/// True for `localhost` and addresses, with a port or without.
fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

async fn nowhere(State(app): Shared, request: Request) -> Response {
    match request.uri().path().contains("/api/") {
        true => no_page().json(),
        false => no_page().page(&app),
    }
}

/// That nothing is at a path.
pub(super) fn no_page() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "there is no such page")
}

pub(super) fn html_of(page: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.into()).into_response()
}

pub(super) fn json_of(document: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document.into()).into_response()
}

// ── pages ───────────────────────────────────────────────────────────────────────────────────────

/// The form; what was typed into it leads on.
async fn home(State(app): Shared, Query(typed): Query<Vec<(String, String)>>) -> Response {
    let Some((_, domain)) = typed.iter().find(|(key, _)| key == "domain") else {
        let home = Home::new(&app.settings.base, past::nav(&app, None));
        return html_of(home.render().unwrap_or_default());
    };
    match name(domain.trim()) {
        Ok(name) => {
            let there = format!("{}domain/{}", app.home(), encoded(&name.to_string()));
            (StatusCode::SEE_OTHER, [(header::LOCATION, there)]).into_response()
        }
        Err(refusal) => refusal.page(&app),
    }
}

type Asked = Query<Vec<(String, String)>>;

async fn domain(State(app): Shared, Path(typed): Path<String>, Query(asked): Asked) -> Response {
    match report(&app, &typed, &asked, Form::Page).await {
        Ok(page) => html_of(page),
        Err(refusal) => refusal.page(&app),
    }
}

async fn domain_json(
    State(app): Shared,
    Path(typed): Path<String>,
    Query(asked): Asked,
) -> Response {
    match report(&app, &typed, &asked, Form::Json).await {
        Ok(document) => json_of(document),
        Err(refusal) => refusal.json(),
    }
}

async fn report(
    app: &App,
    typed: &str,
    asked: &[(String, String)],
    form: Form,
) -> Result<Bytes, Refusal> {
    let domain = name(typed)?;
    let senders = asked.iter().filter(|(key, value)| key == "sender" && !value.is_empty());
    let senders = senders.map(|(_, value)| {
        let address = value.trim().parse::<IpAddr>();
        address
            .map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, format!("not an address: {value}")))
    });
    let senders = senders.take(MOST_SENDERS).collect::<Result<Vec<IpAddr>, Refusal>>()?;
    app.report(domain, senders, form).await
}

/// What was pasted or dropped.
async fn mail(State(app): Shared, form: Multipart) -> Response {
    let (kind, octets) = match pasted(form).await {
        Ok(pasted) => pasted,
        Err(refusal) => return refusal.page(&app),
    };
    match app.mail(kind, octets).await {
        Ok(document) => {
            let page = Text::of(&app.settings.base, kind.word(), &document.text).render();
            html_of(page.unwrap_or_default())
        }
        Err(refusal) => refusal.page(&app),
    }
}

async fn mail_json(State(app): Shared, kind: Mail, body: Bytes) -> Response {
    match app.mail(kind, body.to_vec()).await {
        Ok(document) => json_of(document.json),
        Err(refusal) => refusal.json(),
    }
}

/// The kind that was chosen, and the file, or else the text.
async fn pasted(mut form: Multipart) -> Result<(Mail, Vec<u8>), Refusal> {
    let (mut kind, mut octets) = (None, Vec::new());
    let unread =
        |why: axum::extract::multipart::MultipartError| Refusal::new(why.status(), why.body_text());
    while let Some(field) = form.next_field().await.map_err(unread)? {
        let name = field.name().unwrap_or_default().to_owned();
        let content = field.bytes().await.map_err(unread)?;
        match &*name {
            "kind" => kind = Mail::from_word(&String::from_utf8_lossy(&content)),
            "text" | "file" if !content.is_empty() => octets = content.to_vec(),
            _ => {}
        }
    }
    let missing = |what: &str| Refusal::new(StatusCode::BAD_REQUEST, format!("{what} is missing"));
    let kind = kind.ok_or_else(|| missing("what it is"))?;
    if octets.iter().all(u8::is_ascii_whitespace) {
        return Err(missing("a text or a file"));
    }
    Ok((kind, octets))
}

// ── for programs ────────────────────────────────────────────────────────────────────────────────

async fn description(State(app): Shared) -> Response {
    json_of(api::description(&app.settings.base).to_string())
}

async fn metrics(State(app): Shared, request: Request) -> Response {
    let peer = request.extensions().get::<Client>().map(|Client(peer)| *peer);
    let is_near = peer.is_some_and(|peer| app.client(peer, request.headers()).is_loopback());
    // What strangers do is no business of strangers.
    if app.settings.is_public && !is_near {
        return nowhere(State(app), request).await;
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.text()).into_response()
}

// ── names ───────────────────────────────────────────────────────────────────────────────────────

pub(super) fn name(typed: &str) -> Result<Name, Refusal> {
    let refuse = |why: &dyn fmt::Display| {
        Refusal::new(StatusCode::BAD_REQUEST, format!("not a domain name: {why}"))
    };
    if typed.len() > LONGEST_NAME {
        return Err(refuse(&"too long"));
    }
    let name = Name::from_unicode(typed).map_err(|why| refuse(&why))?;
    match name.is_root() {
        true => Err(refuse(&"the root")),
        false => Ok(name),
    }
}

/// A name as a part of a path.
pub(super) fn encoded(name: &str) -> String {
    name.bytes().fold(String::new(), |path, octet| match octet {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            path + &char::from(octet).to_string()
        }
        octet => path + &format!("%{octet:02X}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_and_addresses_are_local_and_names_are_not() {
        let hosts =
            ["localhost:80", "LOCALHOST", "127.0.0.1:8025", "[::1]:80", "::1", "a.example", ""];
        let local = hosts.map(is_local);
        assert_eq!(local, [true, true, true, true, false, false, false]);
    }

    #[test]
    fn a_name_cannot_leave_its_path() {
        assert_eq!(encoded("a/../b?c#d%.e\\x"), "a%2F..%2Fb%3Fc%23d%25.e%5Cx");
    }
}
