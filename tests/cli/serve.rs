//! The server from outside: real sockets on loopback, and no clock.

use super::{SOUND, program, run};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A server that ends with the test.
pub(super) struct Server {
    child: Child,
    address: String,
    stdout: BufReader<ChildStdout>,
}

/// A server over a recording, with these flags.
pub(super) fn serve<const N: usize>(test: &str, cassette: &str, flags: [&str; N]) -> Server {
    let words = ["serve", "--listen", "127.0.0.1:0", "--replay", "tape.jsonl"];
    let run = run(test, words).file("tape.jsonl", cassette.as_bytes()).arguments(flags);
    let mut command = Command::new(program::mailcheck().get_program());
    command.args(&run.arguments).current_dir(&run.folder);
    command.env_clear().env("MAILCHECK_CONFIG", "none").stdin(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the program runs");
    let mut stdout = BufReader::new(child.stdout.take().expect("standard output"));
    let mut line = String::new();
    stdout.read_line(&mut line).expect("the server says where it listens");
    let (_, rest) = line.trim_end().split_once("http://").expect("an address");
    let address = rest.split('/').next().unwrap_or_default().to_owned();
    Server { child, address, stdout }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A response.
pub(super) struct Response {
    pub(super) status: u16,
    head: String,
    pub(super) body: String,
}

impl Response {
    fn read(octets: &[u8]) -> Self {
        let text = String::from_utf8_lossy(octets);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or_default();
        Self { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    /// The value of a header field.
    pub(super) fn header(&self, name: &str) -> &str {
        let fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.into_iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }
}

impl Server {
    fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).expect("the server accepts")
    }

    /// Sends a request and reads until the server closes.
    fn send(&self, octets: &[u8]) -> Response {
        let mut stream = self.connect();
        // A server that has heard enough may close before all is sent.
        let _ = stream.write_all(octets);
        Self::rest(stream)
    }

    /// The same, and says that nothing more will come.
    fn send_all(&self, octets: &[u8]) -> Response {
        let mut stream = self.connect();
        let _ = stream.write_all(octets);
        let _ = stream.shutdown(Shutdown::Write);
        Self::rest(stream)
    }

    fn rest(mut stream: TcpStream) -> Response {
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        Response::read(&answer)
    }

    fn ask(&self, method: &str, path: &str, fields: &[&str], body: &[u8]) -> Response {
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !fields.iter().any(|field| field.starts_with("Host:")) {
            head.push_str(&format!("Host: {}\r\n", self.address));
        }
        fields.iter().for_each(|field| head.push_str(&format!("{field}\r\n")));
        if method == "POST" {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        self.send(&[head.as_bytes(), body].concat())
    }

    pub(super) fn get(&self, path: &str) -> Response {
        self.ask("GET", path, &[], b"")
    }
}

/// A form with a kind and a text, as a browser sends it.
fn form(kind: &str, text: &str) -> (String, Vec<u8>) {
    let part = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = part("kind", kind) + &part("text", text) + "--x--\r\n";
    ("Content-Type: multipart/form-data; boundary=x".to_owned(), body.into_bytes())
}

#[test]
fn a_domain_is_a_page_that_runs_nothing() {
    let server = serve("serve-page", SOUND, []);
    let page = server.get("/domain/example.com");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.body.contains("<title>example.com: OK</title>"), "{}", page.body);
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("set-cookie"), "");
}

#[test]
fn a_domain_is_a_document_that_follows_its_schema() {
    let server = serve("serve-json", SOUND, []);
    let answer = server.get("/api/v1/domain/example.com?sender=192.0.2.9&sender=198.51.100.1");
    let document: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(super::schemas::faults(&document), Vec::<String>::new());
    let answers: Vec<&str> = document["domains"][0]["authorizations"]
        .as_array()
        .expect("answers")
        .iter()
        .filter_map(|one| one["answer"].as_str())
        .collect();
    assert_eq!(answers, ["yes", "no"]);
}

#[test]
fn the_form_leads_to_the_domain_and_cannot_lead_elsewhere() {
    let server = serve("serve-form", SOUND, ["--base", "/mail/"]);
    let home = server.get("/mail/");
    assert!(home.body.contains("action=\"/mail/mail\""), "{}", home.body);
    let leads = |typed: &str| {
        let answer = server.get(&format!("/mail/?domain={typed}"));
        (answer.status, answer.header("location").to_owned())
    };
    assert_eq!(leads("example.com"), (303, "/mail/domain/example.com".to_owned()));
    for typed in ["%2F%2Fevil.example%2F", "https%3A%2F%2Fevil.example", "a%0d%0aSet-Cookie:x"] {
        let (status, location) = leads(typed);
        let is_inside = location.is_empty() || location.starts_with("/mail/domain/");
        assert!(is_inside && (status == 400 || status == 303), "{typed}: {status} {location}");
    }
    assert_eq!(server.get("/domain/example.com").status, 404);
}

#[test]
fn what_is_no_domain_is_refused_in_the_form_of_the_request() {
    let server = serve("serve-refused", SOUND, []);
    let page = server.get("/domain/a..b");
    assert_eq!((page.status, page.body.contains("not a domain name")), (400, true));
    let document = server.get("/api/v1/domain/%3Cscript%3E..");
    let error: serde_json::Value = serde_json::from_str(&document.body).expect("JSON");
    assert_eq!((document.status, error["error"].is_string()), (400, true));
    assert_eq!(server.get("/api/v1/domain/example.com?sender=x").status, 400);
    assert_eq!(server.get("/nowhere").status, 404);
    assert_eq!(server.ask("DELETE", "/domain/example.com", &[], b"").status, 405);
}

#[test]
fn hostile_text_in_a_path_is_text_on_the_page() {
    let server = serve("serve-hostile", SOUND, []);
    let page = server.get("/domain/%3Cscript%3Ealert(1)%3C%2Fscript%3E.example");
    assert!(!page.body.contains("<script"), "{}", page.body);
}

#[test]
fn records_can_be_pasted() {
    let server = serve("serve-record", SOUND, []);
    let (field, body) = form("record", "v=spf1 ip4:192.0.2.300 -all");
    let page = server.ask("POST", "/mail", &[&field], &body);
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(
        page.body.contains("spf/bad-ip4") || page.body.contains("192.0.2.300"),
        "{}",
        page.body
    );
    let document = server.ask("POST", "/api/v1/record", &[], b"v=spf1 ip4:192.0.2.300 -all");
    let document: serde_json::Value = serde_json::from_str(&document.body).expect("JSON");
    assert_eq!(document["schema"], "mailcheck.lint/1");
    assert_eq!(super::schemas::faults(&document), Vec::<String>::new());
}

#[test]
fn a_bounce_can_be_pasted_and_a_text_that_is_none_is_refused() {
    let server = serve("serve-bounce", SOUND, []);
    let bounce =
        b"550 5.7.23 The message was rejected because of Sender Policy Framework violation";
    let document = server.ask("POST", "/api/v1/bounce", &[], bounce);
    let found: serde_json::Value = serde_json::from_str(&document.body).expect("JSON");
    assert_eq!((document.status, &found["schema"]), (200, &"mailcheck.bounce/1".into()));
    assert_eq!(super::schemas::faults(&found), Vec::<String>::new());
    let (field, body) = form("report", "hello");
    assert_eq!(server.ask("POST", "/mail", &[&field], &body).status, 400);
    let (field, body) = form("bounce", "  ");
    assert_eq!(server.ask("POST", "/mail", &[&field], &body).status, 400);
}

#[test]
fn a_message_can_be_sent() {
    let server = serve("serve-message", SOUND, []);
    let message = b"From: a@example.com\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n\r\nhello\r\n";
    let document = server.ask("POST", "/api/v1/message", &[], message);
    let found: serde_json::Value = serde_json::from_str(&document.body).expect("JSON");
    assert_eq!((document.status, &found["schema"]), (200, &"mailcheck.message/1".into()));
    assert_eq!(super::schemas::faults(&found), Vec::<String>::new());
}

#[test]
fn a_body_beyond_the_limit_is_refused_before_it_is_read() {
    let server = serve("serve-large", SOUND, []);
    let body = vec![b'a'; 10 * 1024 * 1024];
    // Who goes on sending may find the connection closed instead.
    let status = server.ask("POST", "/api/v1/message", &[], &body).status;
    assert!([0, 413].contains(&status), "{status}");
    let head = "POST /api/v1/message HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 99999999999\r\n\r\n";
    assert_eq!(server.send(head.as_bytes()).status, 413);
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn what_is_no_http_does_no_harm() {
    let server = serve("serve-garbage", SOUND, []);
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(100_000));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(5_000));
    let heads: [&[u8]; 5] = [
        b"\x16\x03\x01\x02\x00\x01",
        b"GET /\r\n\r\n",
        b"\0\0\0\0",
        long.as_bytes(),
        many.as_bytes(),
    ];
    for octets in heads {
        let status = server.send_all(octets).status;
        assert!([0, 400, 414, 431].contains(&status), "{status}");
    }
    assert_eq!(server.get("/healthz").body, "ok\n");
}

#[test]
fn idle_connections_keep_nobody_out() {
    let server = serve("serve-idle", SOUND, []);
    let idle: Vec<TcpStream> = (0..200).map(|_| server.connect()).collect();
    let mut halves: Vec<TcpStream> = (0..50).map(|_| server.connect()).collect();
    for half in &mut halves {
        half.write_all(b"GET /domain/example.com HT").expect("half of a head");
    }
    assert_eq!(server.get("/domain/example.com").status, 200);
    drop((idle, halves));
}

#[test]
fn a_name_that_leads_here_from_elsewhere_is_not_answered() {
    let server = serve("serve-rebound", SOUND, []);
    let status = |host: &str| server.ask("GET", "/", &[&format!("Host: {host}")], b"").status;
    assert_eq!(
        ["localhost", "127.0.0.1:8", "[::1]", "evil.example"].map(status),
        [200, 200, 200, 421]
    );
    let foreign = ["Sec-Fetch-Site: cross-site"];
    assert_eq!(server.ask("POST", "/api/v1/record", &foreign, b"v=spf1 -all").status, 403);
}

#[test]
fn strangers_ask_at_a_rate_and_see_no_metrics() {
    let server = serve("serve-public", SOUND, ["--public", "--forwarded"]);
    let ask = |client: &str, path: &str| {
        let forwarded = format!("X-Forwarded-For: 203.0.113.9, {client}");
        server.ask("GET", path, &[&forwarded, "Host: mail.example"], b"")
    };
    let path = "/domain/example.com";
    let allowed: Vec<u16> = (0..30).map(|_| ask("198.51.100.7", path).status).collect();
    assert_eq!(allowed, [200; 30]);
    // A slow machine may have given it a few more by now.
    let refused = (0..100).map(|_| ask("198.51.100.7", path)).find(|it| it.status != 200);
    let refused = refused.expect("there is an end");
    assert_eq!((refused.status, refused.header("retry-after").is_empty()), (429, false));
    assert_eq!(ask("198.51.100.8", path).status, 200);
    assert_eq!(ask("198.51.100.8", "/metrics").status, 404);
    let metrics = server.get("/metrics");
    assert!(metrics.body.contains("mailcheck_server_refused_total "), "{}", metrics.body);
}

#[test]
fn a_kept_report_is_not_made_again() {
    let server = serve("serve-kept", SOUND, []);
    let pages: Vec<String> = (0..5).map(|_| server.get("/domain/example.com").body).collect();
    assert!(pages.windows(2).all(|pair| pair[0] == pair[1]));
    let metrics = server.get("/metrics").body;
    for line in ["{source=\"made\"} 1", "{source=\"kept\"} 4", "_connections_total 6"] {
        assert!(metrics.contains(line), "{line} is missing in {metrics}");
    }
}

#[test]
fn the_api_describes_each_of_its_paths() {
    let store =
        super::watch::looks("serve-openapi-looks", &[SOUND.to_owned()], &[])[0].folder.join("h.db");
    let store = store.display().to_string();
    let server = serve("serve-openapi", SOUND, ["--base", "/m", "--store", &store]);
    let answer = server.get("/m/api/v1/openapi.json");
    let api: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!((&api["openapi"], &api["servers"][0]["url"]), (&"3.1.0".into(), &"/m".into()));
    let paths = api["paths"].as_object().expect("paths");
    for (path, item) in paths {
        let path = format!("/m{}", path.replace("{name}", "example.com"));
        let method = if item["get"].is_object() { "GET" } else { "POST" };
        let status = server.ask(method, &path, &[], b"v=spf1 -all").status;
        assert!([200, 400].contains(&status), "{method} {path}: {status}");
    }
    assert_eq!(paths.len(), 6);
}

#[test]
fn the_server_stops_when_it_is_ended_and_finishes_what_is_under_way() {
    let mut server = serve("serve-stop", SOUND, []);
    let mut idle = server.connect();
    assert_eq!(server.get("/healthz").status, 200);
    let id = server.child.id().to_string();
    let kill = Command::new("kill").args(["-TERM", &id]).status().expect("kill runs");
    assert!(kill.success());
    assert_eq!(server.child.wait().expect("it ends").code(), Some(0));
    let mut rest = Vec::new();
    // Closed, with or without a word.
    let _ = idle.read_to_end(&mut rest);
    let mut said = String::new();
    server.stdout.read_to_string(&mut said).expect("text");
    assert_eq!(said, "");
}

#[test]
fn an_address_that_is_taken_is_an_error_in_one_line() {
    let server = serve("serve-first", SOUND, []);
    let words = ["serve", "--offline", "--listen", &server.address];
    let ended = run("serve-second", words).end();
    let (code, said) = ended.refusal();
    assert_eq!(
        (code, said.starts_with("error: cannot listen on 127.0.0.1:")),
        (Some(2), true),
        "{said}"
    );
}
