//! Watching: looks over simulated days, incidents out of them, and exit codes.

use super::{Ended, Run, SOUND, run};
use serde_json::Value;
use std::ffi::OsString;
use std::path::Path;

/// The same domain after its policy lost half of its network.
pub(super) fn shrunken() -> String {
    SOUND.replace("192.0.2.0/24", "192.0.2.0/25")
}

/// A look that gets no answer for the policy.
fn silent() -> String {
    let others = SOUND.lines().filter(|line| !line.contains("v=spf1"));
    let failed = r#"{"name":"example.com","type":"TXT","outcome":"timeout"}"#;
    others.chain([failed]).map(|line| format!("{line}\n")).collect()
}

/// A look in a folder that stays: what earlier ones left there is there.
pub(super) fn look(folder: &Path, number: usize, cassette: &str, flags: &[&str]) -> Run {
    look_at(folder, &format!("2026-11-26T{number:02}:10"), cassette, flags)
}

/// A look at that time.
pub(super) fn look_at(folder: &Path, at: &str, cassette: &str, flags: &[&str]) -> Run {
    let words = ["watch", "--once", "example.com", "--store", "h.db", "--replay", "look.jsonl"];
    let arguments = words.iter().chain(&["--at", at]).chain(flags).map(OsString::from).collect();
    let look = Run { folder: folder.to_owned(), arguments, environment: Vec::new() };
    look.file("look.jsonl", cassette.as_bytes())
}

/// Looks, an hour apart, each over its cassette; how each ended.
pub(super) fn looks(test: &str, cassettes: &[String], flags: &[&str]) -> Vec<Ended> {
    let folder = run(test, []).folder;
    let each = cassettes.iter().enumerate();
    each.map(|(number, cassette)| look(&folder, number, cassette, flags).end()).collect()
}

fn codes(looks: &[Ended]) -> Vec<Option<i32>> {
    looks.iter().map(|look| look.code).collect()
}

/// What each look says became of incidents.
pub(super) fn happened(looks: &[Ended]) -> Vec<String> {
    let news = looks.iter().flat_map(|look| look.stdout.lines());
    let news = news.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    news.map(|it| format!("{} {}", it["happened"], it["incident"]["class"]).replace('"', ""))
        .collect()
}

#[test]
fn a_loss_counts_at_the_second_look_and_is_over_at_the_second_that_does_not_find_it() {
    let (good, bad) = (SOUND.to_owned(), shrunken());
    let cassettes = [good.clone(), bad.clone(), bad.clone(), bad, good.clone(), good];
    let ended = looks("watch-loss", &cassettes, &["-f", "jsonl"]);
    assert_eq!(codes(&ended), [0, 0, 1, 1, 1, 0].map(Some));
    assert_eq!(happened(&ended), ["opened worse", "closed worse"]);
}

#[test]
fn what_one_look_finds_is_pending_and_said_to_be() {
    let ended = looks("watch-pending", &[SOUND.to_owned(), shrunken()], &[]);
    let said = "pending  example.com: SPF no longer passes for 192.0.2.128/25";
    assert!(ended[1].stdout.contains(said), "{}", ended[1].stdout);
}

#[test]
fn a_failed_query_is_exit_3_and_closes_nothing() {
    let (good, bad) = (SOUND.to_owned(), shrunken());
    let cassettes = [good.clone(), bad.clone(), bad, silent(), silent(), good.clone(), good];
    let ended = looks("watch-silent", &cassettes, &["-f", "jsonl"]);
    assert_eq!(codes(&ended), [0, 0, 1, 1, 1, 1, 0].map(Some));
    let told = ["opened worse", "opened undetermined", "closed undetermined", "closed worse"];
    assert_eq!(happened(&ended), told);
    let alone = looks("watch-silent-alone", &[SOUND.to_owned(), silent()], &["-f", "jsonl"]);
    assert_eq!((codes(&alone), happened(&alone)), (vec![Some(0), Some(3)], vec![]));
}

#[test]
fn a_first_look_that_fails_opens_nothing_once_the_dns_answers_and_hides_no_loss() {
    let (good, bad) = (SOUND.to_owned(), shrunken());
    let cassettes = [silent(), good.clone(), good.clone(), good, bad.clone(), bad];
    let ended = looks("watch-first-silent", &cassettes, &["-f", "jsonl"]);
    assert_eq!(codes(&ended), [3, 0, 0, 0, 0, 1].map(Some));
    assert_eq!(happened(&ended), ["opened worse"]);
}

#[test]
fn a_first_look_at_a_broken_domain_reports_nothing_as_new() {
    let broken = SOUND.replace("v=spf1", "v=spf1 ip4:1.2.3");
    let ended = looks("watch-first", &[broken.clone(), broken.clone(), broken], &["-f", "jsonl"]);
    assert_eq!((codes(&ended), happened(&ended)), (vec![Some(0); 3], vec![]));
}

#[test]
fn a_finding_that_is_ignored_opens_nothing() {
    let broken = SOUND.replace("v=spf1", "v=spf1 ip4:1.2.3");
    let cassettes = [SOUND.to_owned(), broken.clone(), broken];
    let flags = ["-f", "jsonl", "--fail-on", "never"];
    let ended = looks("watch-never", &cassettes, &flags);
    assert_eq!((codes(&ended), happened(&ended)), (vec![Some(0); 3], vec![]));
}

#[test]
fn the_document_satisfies_its_schema_and_has_bounds_and_owner() {
    let cassettes = [SOUND.to_owned(), shrunken(), shrunken()];
    let ended = looks("watch-json", &cassettes, &["-f", "json"]);
    let document = ended.into_iter().next_back().expect("three looks").document();
    let incident = &document["open"][0];
    let start = &incident["start"];
    assert_eq!(
        [&start["after"], &start["by"], &incident["party"], &incident["scope"][0]],
        ["2026-11-26T00:10:00Z", "2026-11-26T01:10:00Z", "you", "example.com"]
    );
}

#[test]
fn a_message_satisfies_its_schema() {
    let ended =
        looks("watch-notice", &[SOUND.to_owned(), shrunken(), shrunken()], &["-f", "jsonl"]);
    let last = ended.into_iter().next_back().expect("three looks");
    assert_eq!(last.document()["happened"], "opened");
}

#[test]
fn the_history_shows_incidents() {
    let ended = looks("watch-history", &[SOUND.to_owned(), shrunken(), shrunken()], &[]);
    let words = ["history", "example.com", "--store", "h.db"].map(OsString::from).to_vec();
    let folder = ended[2].folder.clone();
    let shown = Run { folder, arguments: words, environment: Vec::new() }.end();
    let said = "incident  example.com: SPF no longer passes for 192.0.2.128/25";
    assert!(shown.stdout.contains(said), "{}", shown.stdout);
}

#[test]
fn a_clock_that_was_set_back_is_an_error_and_changes_nothing() {
    let first = looks("watch-back", &[SOUND.to_owned(), SOUND.to_owned()], &[]);
    let ended = look(&first[1].folder, 0, SOUND, &[]).end();
    let said = "error: h.db: the look at 2026-11-26 00:10 UTC is older than the latest one in the \
                history, of 2026-11-26 01:10 UTC: nothing was recorded. Check the clock";
    assert_eq!(ended.refusal(), (Some(2), said));
}

#[test]
fn nothing_to_watch_is_a_usage_error() {
    let said = "error: no domain to watch. Name one, or declare it in mailcheck.toml: [[domain]]";
    assert_eq!(
        run("watch-none", ["watch", "--once", "--store", "h.db"]).end().refusal(),
        (Some(2), said)
    );
}

#[test]
fn a_service_does_not_watch_recorded_answers() {
    let words =
        ["watch", "example.com", "--store", "h.db", "--replay", "l.jsonl", "--at", "2026-11-26"];
    let said = "error: recorded answers do not change: add --once";
    let ended = run("watch-recorded", words).file("l.jsonl", SOUND.as_bytes()).end();
    assert_eq!(ended.refusal(), (Some(2), said));
}

/// Looks at the loss, with these files in the folder, which only their owner can read.
pub(super) fn loss(test: &str, flags: &[&str], files: &[(&str, &str)]) -> Vec<Ended> {
    let mut first = run(test, []);
    for (name, text) in files {
        first = first.file(name, text.as_bytes());
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(first.folder.join(name), mode).expect("it has a mode");
    }
    let cassettes = [SOUND.to_owned(), shrunken(), shrunken(), shrunken()];
    let flags = [&["-f", "jsonl"], flags].concat();
    let each = cassettes.iter().enumerate();
    each.map(|(number, cassette)| look(&first.folder, number, cassette, &flags).end()).collect()
}

#[expect(clippy::disallowed_methods, reason = "the program writes files")]
pub(super) fn content(ended: &Ended, name: &str) -> Vec<u8> {
    std::fs::read(ended.folder.join(name)).expect("the file was written")
}

/// The messages in a file of JSON lines: key and what happened.
fn messages(ended: &Ended, file: &str) -> Vec<(String, String)> {
    let text = String::from_utf8(content(ended, file)).expect("text");
    let documents = text.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    documents.map(|it: Value| (word(&it["key"]), word(&it["happened"]))).collect()
}

#[test]
fn a_message_is_a_line_of_a_file_once() {
    let ended = loss("watch-lines", &["--notify", "lines:told.jsonl"], &[]);
    let told = messages(&ended[3], "told.jsonl");
    let happened: Vec<&str> = told.iter().map(|(_, happened)| happened.as_str()).collect();
    assert_eq!(happened, ["opened"]);
}

#[test]
fn a_command_that_fails_gets_the_same_message_again() {
    let script = "cat >> told.jsonl\n[ -e failed ] || { touch failed; exit 1; }\n";
    let flags = ["--notify", "command:sh deliver.sh"];
    let ended = loss("watch-command", &flags, &[("deliver.sh", script)]);
    let keys: Vec<String> = messages(&ended[3], "told.jsonl").into_iter().map(|it| it.0).collect();
    assert_eq!((keys.len(), keys.first() == keys.last()), (2, true), "{keys:?}");
}

#[test]
fn a_run_that_is_killed_while_it_delivers_loses_no_message() {
    let script = "cat >> told.jsonl\n[ -e killed ] || { touch killed; kill -9 $PPID; }\n";
    let folder = run("watch-killed", []).file("deliver.sh", script.as_bytes()).folder;
    let flags = ["--notify", "command:sh deliver.sh"];
    let looks = [SOUND.to_owned(), shrunken(), shrunken(), shrunken()];
    let each = looks.iter().enumerate().map(|(number, cassette)| {
        let run = look(&folder, number, cassette, &flags);
        run.command().status().expect("the program runs").code()
    });
    assert_eq!(each.collect::<Vec<_>>(), [Some(0), Some(0), None, Some(1)]);
    let ended = look(&folder, 4, &shrunken(), &flags).end();
    let keys: Vec<String> = messages(&ended, "told.jsonl").into_iter().map(|it| it.0).collect();
    assert_eq!((keys.len(), keys.first() == keys.last()), (2, true), "{keys:?}");
}

#[test]
fn an_unreachable_webhook_keeps_its_message_and_says_so() {
    // A port that was free a moment ago, and where nobody listens.
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
    let way = format!("http://{}/hook", free.expect("an address"));
    let flags = ["--notify", &way];
    let cassettes = [SOUND.to_owned(), shrunken(), shrunken()];
    let ended = looks("watch-unreachable", &cassettes, &flags);
    let ended = &ended[2];
    assert_eq!(ended.code, Some(1), "{}", ended.screen());
    assert!(ended.stdout.contains("waiting  http://127.0.0.1:"), "{}", ended.stdout);
    assert!(ended.stdout.contains("1 message, tried again:"), "{}", ended.stdout);
}

/// A server on loopback that takes one connection, answers it by `talk`, and hands over what it read.
pub(super) fn server(
    talk: impl FnOnce(std::net::TcpStream) -> String + Send + 'static,
) -> (String, std::thread::JoinHandle<String>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let handle = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a connection");
        talk(stream)
    });
    (address, handle)
}

#[test]
fn a_webhook_gets_the_message_signed() {
    use std::io::{Read as _, Write as _};
    let (address, got) = server(|mut stream| {
        let (mut text, mut part) = (String::new(), [0; 4096]);
        while !text.ends_with("}") {
            let octets = stream.read(&mut part).expect("it can be read");
            text.push_str(&String::from_utf8_lossy(&part[..octets]));
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").expect("it can be written");
        text
    });
    let secret = "a secret of more than 24 octets";
    let toml = format!(
        "[watch]\nnotify = [\"http://{address}/hook?x=1\"]\nwebhook-secret-file = \"secret\"\n"
    );
    let files = [("mailcheck.toml", toml.as_str()), ("secret", secret)];
    let flags = ["--config", "mailcheck.toml"];
    let ended = loss("watch-webhook", &flags, &files);
    assert_eq!(ended[3].code, Some(1), "{}", ended[3].screen());
    let got = got.join().expect("it was asked");
    let (head, body) = got.split_once("\r\n\r\n").expect("a header and a body");
    let field = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_default().to_owned()
    };
    let (id, at) = (field("webhook-id"), field("webhook-timestamp"));
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    let tag = ring::hmac::sign(&key, format!("{id}.{at}.{body}").as_bytes());
    use base64::Engine as _;
    let signed = base64::engine::general_purpose::STANDARD.encode(tag.as_ref());
    assert_eq!(field("webhook-signature"), format!("v1,{signed}"));
    let document: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(
        (head.lines().next(), &document["key"]),
        (Some("POST /hook?x=1 HTTP/1.1"), &Value::from(id))
    );
}

#[test]
fn mail_says_what_when_whose_and_what_to_do() {
    use std::io::{BufRead as _, BufReader, Write as _};
    let (address, got) = server(|mut stream| {
        let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
        stream.write_all(b"220 mx.test ESMTP\r\n").expect("it can be written");
        let (mut text, mut line, mut is_data) = (String::new(), String::new(), false);
        while reader.read_line(&mut line).is_ok_and(|octets| octets > 0) {
            let reply = match line.trim_end() {
                "." if is_data => {
                    is_data = false;
                    "250 taken\r\n"
                }
                _ if is_data => {
                    text.push_str(&line);
                    ""
                }
                "DATA" => {
                    is_data = true;
                    "354 go on\r\n"
                }
                "QUIT" => "221 bye\r\n",
                _ => "250 mx.test\r\n",
            };
            stream.write_all(reply.as_bytes()).expect("it can be written");
            if line.starts_with("QUIT") {
                break;
            }
            line.clear();
        }
        text
    });
    let toml = format!(
        "[watch]\nnotify = [\"mail:ops@example.com\"]\nmail-from = \"watch@example.com\"\nsmtp = \"smtp://{address}\"\n"
    );
    let flags = ["--config", "mailcheck.toml"];
    let ended = loss("watch-mail", &flags, &[("mailcheck.toml", &toml)]);
    assert_eq!(ended[3].code, Some(1), "{}", ended[3].screen());
    let got = got.join().expect("it was asked").replace("=\r\n", "");
    for said in [
        "Subject: [mailcheck] opened: example.com: SPF no longer passes for",
        "user impact",
        "between 00:10 and 01:10 UTC on 2026-11-26",
        "next step",
    ] {
        assert!(got.contains(said), "{said}:\n{got}");
    }
}

#[test]
fn files_show_incidents_deadlines_and_figures() {
    let flags =
        ["--notify", "atom:a.xml", "--notify", "calendar:c.ics", "--notify", "prometheus:p.prom"];
    let ended = loss("watch-views", &flags, &[]);
    let text = |name: &str| String::from_utf8(content(&ended[3], name)).expect("text");
    assert!(
        text("a.xml").contains("<title>example.com: SPF no longer passes for"),
        "{}",
        text("a.xml")
    );
    assert!(text("c.ics").contains("DTSTART;VALUE=DATE:20271126\r\n"), "{}", text("c.ics"));
    let open = "mailcheck_watch_open_incidents{class=\"worse\",owner=\"\"} 1\n";
    assert!(text("p.prom").contains(open), "{}", text("p.prom"));
}

#[test]
fn a_calendar_has_what_a_provider_announced_to_end_until_a_month_after() {
    let cassette =
        SOUND.replace("10 mx.example.com.", "0 example-com.mail.protection.outlook.com.");
    let flags = ["--notify", "calendar:c.ics", "--config", "none"];
    let folder = run("watch-announced", []).folder;
    let days = ["2026-11-26T00:10", "2027-01-20T00:10", "2027-03-01T00:10"];
    let shown = days.map(|at| {
        let ended = look_at(&folder, at, &cassette, &flags).end();
        let text = String::from_utf8(content(&ended, "c.ics")).expect("text");
        text.matches("UID:end-microsoft365-2026-12-31-1@mailcheck\r\n").count()
    });
    assert_eq!(shown, [1, 1, 0]);
}

#[test]
fn a_way_that_means_nothing_is_a_usage_error() {
    let words = ["watch", "--once", "example.com", "--store", "h.db", "--notify", "pigeon:home"];
    let said = "error: notify \"pigeon:home\": expected lines:FILE, command:PROGRAM, mail:ADDRESS, https://…, \
                atom:FILE, calendar:FILE or prometheus:FILE";
    assert_eq!(run("watch-way", words).end().refusal(), (Some(2), said));
}
