//! What goes wrong while domains are watched: the history, the clock, and ways out. Nothing is lost, and
//! what is said names the trouble.

use super::watch::{content, happened, look, looks, server, shrunken};
use super::{Ended, SOUND};
use std::path::Path;

/// A history with one look in it.
fn watched(test: &str) -> Ended {
    looks(test, &[SOUND.to_owned()], &[]).remove(0)
}

/// A connection to the history that is not mailcheck's.
fn foreign(folder: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(folder.join("h.db")).expect("a database can be opened")
}

/// What a look at the loss says of a history, and whether it left it as it was.
fn refused(first: &Ended) -> (Option<i32>, String, bool) {
    let before = content(first, "h.db");
    let ended = look(&first.folder, 1, &shrunken(), &[]).end();
    let (code, said) = ended.refusal();
    (code, said.to_owned(), content(first, "h.db") == before)
}

#[test]
fn a_history_of_a_newer_mailcheck_is_left_as_it_is() {
    let first = watched("watch-newer");
    foreign(&first.folder).pragma_update(None, "user_version", 99).expect("it is changed");
    let (code, said, is_same) = refused(&first);
    assert!(
        said.starts_with("error: h.db: a newer mailcheck wrote this history (form 99;"),
        "{said}"
    );
    assert_eq!((code, is_same), (Some(2), true), "{said}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the file is the test's")]
fn a_damaged_history_is_left_as_it_is() {
    let first = watched("watch-damaged");
    let mut octets = content(&first, "h.db");
    let middle = octets.len() / 2;
    octets[4096..middle].fill(0xa5);
    std::fs::write(first.folder.join("h.db"), octets).expect("it can be written");
    let (code, said, is_same) = refused(&first);
    assert!(said.starts_with("error: h.db: the history is damaged ("), "{said}");
    assert_eq!((code, is_same), (Some(2), true), "{said}");
}

#[test]
fn a_second_watcher_is_refused_while_the_first_one_writes_and_goes_on_afterwards() {
    let first = watched("watch-locked");
    let other = foreign(&first.folder);
    other.execute_batch("BEGIN IMMEDIATE").expect("it is locked");
    let ended = look(&first.folder, 1, &shrunken(), &[]).end();
    let said = "error: h.db: another process is writing to the history: try again";
    assert_eq!(ended.refusal(), (Some(2), said));
    other.execute_batch("ROLLBACK").expect("it is let go");
    let after = [2, 3].map(|hour| look(&first.folder, hour, &shrunken(), &["-f", "jsonl"]).end());
    assert_eq!(happened(&after), ["opened worse"]);
}

#[test]
fn a_clock_that_jumps_back_and_is_set_right_loses_no_incident() {
    let folder = watched("watch-jump").folder;
    let bad = shrunken();
    let ended = [5, 1, 6].map(|hour| look(&folder, hour, &bad, &["-f", "jsonl"]).end());
    assert_eq!(ended.each_ref().map(|it| it.code), [Some(0), Some(2), Some(1)]);
    assert_eq!(happened(&ended), ["opened worse"]);
}

/// What three looks at a loss say of a way out that does not take the message.
fn waiting(test: &str, toml: &str) -> String {
    let flags = ["--config", "mailcheck.toml"];
    let cassettes = [SOUND.to_owned(), shrunken(), shrunken()];
    let folder = super::run(test, []).file("mailcheck.toml", toml.as_bytes()).folder;
    let each = cassettes.iter().enumerate();
    let ended: Vec<Ended> =
        each.map(|(hour, cassette)| look(&folder, hour, cassette, &flags).end()).collect();
    assert_eq!(ended[2].code, Some(1), "{}", ended[2].screen());
    let text = ended[2].stdout.split_once("waiting  ").map(|(_, rest)| rest);
    text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_webhook_that_redirects_keeps_its_message_and_the_screen_says_why() {
    use std::io::{Read as _, Write as _};
    let (address, asked) = server(|mut stream| {
        let mut part = [0; 65_536];
        let octets = stream.read(&mut part).expect("it can be read");
        stream
            .write_all(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/x\r\nContent-Length: 0\r\n\r\n")
            .expect("it can be written");
        String::from_utf8_lossy(&part[..octets]).into_owned()
    });
    let said =
        waiting("watch-redirect", &format!("[watch]\nnotify = [\"http://{address}/hook\"]\n"));
    assert!(asked.join().expect("it was asked").starts_with("POST /hook "));
    assert!(said.contains("HTTP status 302 (redirects are not followed)"), "{said}");
}

#[test]
fn a_mail_server_that_is_not_reached_keeps_its_message_and_the_screen_says_why() {
    // A port that was free a moment ago, and where nobody listens.
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
    let address = free.expect("an address");
    let said = waiting(
        "watch-no-mail",
        &format!("[watch]\nnotify = [\"mail:ops@example.com\"]\nsmtp = \"smtp://{address}\"\n"),
    );
    assert!(
        said.contains("mail:ops@example.com: 1 message, tried again: mail to ops@example.com: Connection error: Connection refused"),
        "{said}"
    );
}

// ── secrets ─────────────────────────────────────────────────────────────────────────────────────

/// A file of a secret with that mode.
#[expect(clippy::disallowed_methods, reason = "the program reads files")]
fn secret(folder: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join("secret");
    std::fs::write(&path, "hush, a secret of many octets\n").expect("it can be written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("it has a mode");
}

#[test]
fn a_secret_that_all_users_can_read_or_change_is_refused() {
    let password = "[watch]\nnotify = [\"mail:ops@example.com\"]\nsmtp = \"smtps://me@mail.example\"\nsmtp-password-file = \"secret\"\n";
    let webhook =
        "[watch]\nnotify = [\"https://hook.example\"]\nwebhook-secret-file = \"secret\"\n";
    for (toml, mode) in [(password, 0o644), (password, 0o602), (webhook, 0o604), (webhook, 0o666)] {
        let run = super::run("watch-open-secret", []).file("mailcheck.toml", toml.as_bytes());
        secret(&run.folder, mode);
        let ended = look(&run.folder, 1, SOUND, &["--config", "mailcheck.toml"]).end();
        let said = format!(
            "error: secret: mode {mode:04o}: all users of this machine can read or change this secret. Run: chmod 600 secret"
        );
        assert_eq!(ended.refusal(), (Some(2), &*said));
    }
}

#[test]
fn a_password_comes_from_its_file() {
    assert_eq!(logged_in("watch-password", "smtp-password-file = \"secret\"\n", &[]), LOGIN);
}

#[test]
fn a_password_comes_from_the_environment() {
    let variables = [("MAILCHECK_SMTP_PASSWORD", "hush, a secret of many octets")];
    assert_eq!(logged_in("watch-variable", "", &variables), LOGIN);
}

/// What PLAIN says of a user and a password (RFC 4616 §2).
const LOGIN: &str = "\0me@example.com\0hush, a secret of many octets";

/// The user and the password that a mail server is given.
fn logged_in(test: &str, toml: &str, variables: &[(&'static str, &'static str)]) -> String {
    use base64::Engine as _;
    use std::io::{BufRead as _, BufReader, Write as _};
    let (address, got) = server(|mut stream| {
        let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
        stream.write_all(b"220 mx.test ESMTP\r\n").expect("it can be written");
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|octets| octets > 0) {
            if let Some(coded) = line.strip_prefix("AUTH PLAIN ") {
                stream.write_all(b"535 5.7.8 no\r\n").expect("it can be written");
                return coded.trim_end().to_owned();
            }
            stream.write_all(b"250-mx.test\r\n250 AUTH PLAIN\r\n").expect("it can be written");
            line.clear();
        }
        String::new()
    });
    let toml = format!(
        "[watch]\nnotify = [\"mail:ops@example.com\"]\nsmtp = \"smtp://me%40example.com@{address}\"\n{toml}"
    );
    let folder = super::run(test, []).file("mailcheck.toml", toml.as_bytes()).folder;
    secret(&folder, 0o640);
    for (hour, cassette) in [SOUND.to_owned(), shrunken(), shrunken()].iter().enumerate() {
        let mut run = look(&folder, hour, cassette, &["--config", "mailcheck.toml"]);
        run.environment.extend(variables);
        let ended = run.end();
        assert!(!ended.screen().contains("hush"), "{}", ended.screen());
    }
    let coded = got.join().expect("it was asked");
    let octets = base64::engine::general_purpose::STANDARD.decode(coded).expect("base64");
    String::from_utf8(octets).expect("text")
}

#[test]
fn a_password_crosses_no_network_in_clear() {
    let toml = "[watch]\nnotify = [\"mail:ops@example.com\"]\nsmtp = \"smtp://me@mail.example\"\n";
    let run = super::run("watch-clear", []).file("mailcheck.toml", toml.as_bytes());
    let look = look(&run.folder, 1, SOUND, &["--config", "mailcheck.toml"]);
    let ended = look.variable("MAILCHECK_SMTP_PASSWORD", "hush").end();
    let said = "error: smtp \"smtp://me@mail.example\": the password would cross the network in clear: use smtps://, or add ?tls=required";
    assert_eq!(ended.refusal(), (Some(2), said));
}
