//! The program from outside: what was typed, an exit code, two streams, perhaps files.
//!
//! Every run is bounded by the operating system, not by a clock: it may use 20 seconds of processor
//! time and 512 MiB of address space, and is killed beyond that. A hang or a hunger for memory is
//! then a failed test, however slow the machine is.

mod advice;
mod bad_mail;
mod baseline;
mod cassettes;
mod causes;
mod changes;
mod config;
mod contract;
mod documents;
mod exit_code;
mod files;
mod fix;
mod formats;
mod guides;
mod headers;
mod help;
mod history;
mod history_moments;
mod hostile;
mod identities;
mod included;
mod kinds;
mod lint;
mod listings;
mod mail;
mod outages;
mod pages;
mod octodns;
mod output;
#[path = "../support/program.rs"]
mod program;
mod review;
mod scan;
mod scenarios;
#[path = "../support/schema.rs"]
mod schemas;
mod serve;
mod serve_past;
mod servers;
mod services;
mod several;
mod smtp;
mod summary;
mod tinydns;
mod trees;
#[path = "../support/cassette.rs"]
mod cassette;
mod watch;
mod watch_trouble;
mod words;

use serde_json::Value;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A domain where everything is in order, as a cassette that is the whole world.
const SOUND: &str = r#"{"cassette":1,"absent":"nxdomain"}
{"name":"example.com","type":"TXT","records":["\"v=spf1 ip4:192.0.2.0/24 -all\""]}
{"name":"example.com","type":"MX","records":["10 mx.example.com."]}
{"name":"mx.example.com","type":"A","records":["192.0.2.1"]}
{"name":"default._domainkey.example.com","type":"TXT","records":["\"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\""]}
{"name":"_dmarc.example.com","type":"TXT","records":["\"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\""]}
"#;

/// A cassette of the whole world with one policy at `example.com`.
fn policy(record: &str) -> String {
    world(&[("example.com", "TXT", text(record.as_bytes()))])
}

/// A cassette of the whole world.
fn world<N: AsRef<str>>(records: &[(N, &str, String)]) -> String {
    let mut cassette = String::from("{\"cassette\":1,\"absent\":\"nxdomain\"}\n");
    for (name, kind, data) in records {
        let name = name.as_ref();
        let line = serde_json::json!({"name": name, "type": kind, "records": [data]});
        cassette.push_str(&line.to_string());
        cassette.push('\n');
    }
    cassette
}

/// Text as a master file has it, in character-strings of at most 255 octets.
fn text(octets: &[u8]) -> String {
    let quoted = octets.chunks(255).map(|string| {
        let escaped = string.iter().map(|octet| match octet {
            b' '..=b'~' if !b"\"\\".contains(octet) => char::from(*octet).to_string(),
            _ => format!("\\{octet:03}"),
        });
        format!("\"{}\"", escaped.collect::<String>())
    });
    quoted.collect::<Vec<_>>().join(" ")
}

// ── one run ─────────────────────────────────────────────────────────────────────────────────────

/// A run of the program in a folder of its own.
struct Run {
    folder: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(&'static str, &'static str)>,
}

/// How a run ended.
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
    folder: PathBuf,
}

/// A run with these words and flags. `test` names its folder: no two tests may share one.
fn run<const N: usize>(test: &str, arguments: [&str; N]) -> Run {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli").join(test);
    // What an earlier run left behind must not help this one.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let arguments = arguments.into_iter().map(OsString::from).collect();
    Run { folder, arguments, environment: Vec::new() }
}

/// A run that answers from a cassette.
fn replay<const N: usize>(test: &str, cassette: &str, arguments: [&str; N]) -> Run {
    let run = run(test, ["--replay", "tape.jsonl"]).file("tape.jsonl", cassette.as_bytes());
    run.arguments(arguments)
}

impl Run {
    /// With a file in the folder of the run.
    #[expect(clippy::disallowed_methods, reason = "the program reads files")]
    fn file(self, name: &str, content: &[u8]) -> Self {
        let path = self.folder.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).expect("a folder can be made");
        }
        std::fs::write(path, content).expect("a file can be written");
        self
    }

    /// In a repository of its own, where a configuration is looked for.
    fn in_repository(self) -> Self {
        std::fs::create_dir_all(self.folder.join(".git")).expect("a folder can be made");
        // An empty value is none.
        self.variable("MAILCHECK_CONFIG", "")
    }

    /// With more arguments.
    fn arguments<const N: usize>(mut self, more: [&str; N]) -> Self {
        self.arguments.extend(more.map(OsString::from));
        self
    }

    /// With one more argument of any octets.
    fn octets(mut self, argument: &[u8]) -> Self {
        self.arguments.push(OsString::from_vec(argument.to_vec()));
        self
    }

    /// With a variable of the environment.
    fn variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.environment.push((name, value));
        self
    }

    /// The command, bounded, with nothing of the surroundings that it could heed, a stray
    /// mailcheck.toml among them.
    fn command(&self) -> Command {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", "ulimit -t 20 && ulimit -v 524288 && exec \"$@\"", "sh"])
            .arg(env!("CARGO_BIN_EXE_mailcheck"))
            .args(&self.arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("MAILCHECK_CONFIG", "none")
            .envs(self.environment.iter().copied())
            .stdin(Stdio::null());
        command
    }

    /// Waits for the end.
    fn end(self) -> Ended {
        let out = self.command().output().expect("the program runs");
        let utf8 = |octets| String::from_utf8(octets).expect("all output is UTF-8");
        let (stdout, stderr) = (utf8(out.stdout), utf8(out.stderr));
        assert!(!stderr.contains("panicked"), "{stderr}");
        let code = out.status.code();
        assert!(code.is_some_and(|code| code <= 4), "beyond its bounds: {}: {stderr}", out.status);
        Ended { code, stdout, stderr, folder: self.folder }
    }

    /// Waits for the end, and reads the report, which is what its schema says.
    fn json(self) -> Value {
        self.arguments(["--format", "json"]).end().document()
    }

    /// The domain of a report about one.
    fn domain(self) -> Value {
        self.json()["domains"][0].take()
    }
}

impl Ended {
    /// The document on standard output, which is what its schema says.
    fn document(&self) -> Value {
        let document = serde_json::from_str(&self.stdout)
            .unwrap_or_else(|why| panic!("{why}: {}{}", self.stdout, self.stderr));
        assert_eq!(schemas::faults(&document), Vec::<String>::new());
        document
    }

    /// Everything that a reader sees.
    fn screen(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// The exit code, and what was said on standard error.
    fn refusal(&self) -> (Option<i32>, &str) {
        assert_eq!(self.stdout, "", "a run without a report writes nothing to standard output");
        (self.code, self.stderr.trim_end())
    }

    /// The first line of the report, the answer.
    fn answer(&self) -> &str {
        self.stdout.lines().next().unwrap_or_default()
    }

    /// The names of the files in the folder, sorted.
    fn files(&self) -> Vec<String> {
        let entries = self.folder.read_dir().expect("a folder can be listed").flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// A file of the folder.
    #[expect(clippy::disallowed_methods, reason = "the program writes files")]
    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).expect("a file of text")
    }
}

/// A phrase of the report as one line.
fn said(phrase: &Value) -> String {
    match phrase {
        Value::String(text) => text.clone(),
        pieces => {
            let pieces = pieces.as_array().into_iter().flatten();
            pieces.filter_map(|piece| piece["text"].as_str()).collect()
        }
    }
}
