//! Watching with several resolvers: a worsening counts at once where they agree, and not where one of
//! them still has what was there before.

use super::server::{A, MX, wire};
use super::*;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const WHOLE: &str = "v=spf1 ip4:192.0.2.0/24 -all";
const SHORT_OF_HALF: &str = "v=spf1 ip4:192.0.2.0/25 -all";

/// A resolver that knows example.com with this policy.
async fn resolver(policy: &'static str) -> Server {
    Server::start(move |query| {
        let name = query.name();
        let reply = Reply::to(query);
        match (name.as_str(), query.kind) {
            ("example.com", TXT) => reply.answer(&name, TXT, 60, &txt(policy)).send(),
            ("example.com", MX) => {
                let exchange = [&[0, 10][..], &wire("mx.example.com")].concat();
                reply.answer(&name, MX, 60, &exchange).send()
            }
            ("mx.example.com", A) => reply.answer(&name, A, 60, &[192, 0, 2, 1]).send(),
            ("_dmarc.example.com", TXT) => {
                reply.answer(&name, TXT, 60, &txt("v=DMARC1; p=reject")).send()
            }
            _ => reply.soa("example.com").send(),
        }
    })
    .await
}

/// Looks once, with these arguments; the exit code, and what was said.
async fn watch(folder: PathBuf, arguments: Vec<String>) -> (Option<i32>, String) {
    let run = tokio::task::spawn_blocking(move || {
        Command::new(env!("CARGO_BIN_EXE_mailcheck"))
            .args(["watch", "--once", "example.com", "--store", "h.db"])
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .stdin(Stdio::null())
            .output()
    });
    let out = run.await.unwrap().unwrap();
    let said = [out.stdout, out.stderr].concat();
    (out.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// What a look of now says by two resolvers, where an earlier look found the whole policy.
#[expect(clippy::disallowed_methods, reason = "the program reads files")]
async fn second_look(test: &str, policies: [&'static str; 2]) -> (Option<i32>, String) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("watch").join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let world = format!(
        "{{\"cassette\":1,\"absent\":\"nxdomain\"}}\n\
         {{\"name\":\"example.com\",\"type\":\"TXT\",\"records\":[\"\\\"{WHOLE}\\\"\"]}}\n\
         {{\"name\":\"example.com\",\"type\":\"MX\",\"records\":[\"10 mx.example.com.\"]}}\n\
         {{\"name\":\"mx.example.com\",\"type\":\"A\",\"records\":[\"192.0.2.1\"]}}\n\
         {{\"name\":\"_dmarc.example.com\",\"type\":\"TXT\",\"records\":[\"\\\"v=DMARC1; p=reject\\\"\"]}}\n"
    );
    std::fs::write(folder.join("good.jsonl"), world).unwrap();
    let words = ["--config", "none", "--replay", "good.jsonl", "--at", "2020-01-01"];
    let first = watch(folder.clone(), words.map(str::to_owned).to_vec()).await;
    assert_eq!(first.0, Some(0), "{}", first.1);
    let servers = [resolver(policies[0]).await, resolver(policies[1]).await];
    let [one, two] = [&servers[0], &servers[1]].map(|server| server.address);
    let toml = format!("[watch]\nresolvers = [\"{one}\", \"{two}\"]\n");
    std::fs::write(folder.join("mailcheck.toml"), toml).unwrap();
    let words = ["--config", "mailcheck.toml", "--timeout", "2s"];
    watch(folder, words.map(str::to_owned).to_vec()).await
}

#[tokio::test]
async fn a_worsening_that_two_resolvers_see_counts_at_once() {
    let (code, said) = second_look("agree", [SHORT_OF_HALF, SHORT_OF_HALF]).await;
    assert!(
        said.contains("opened  example.com: SPF no longer passes for 192.0.2.128/25"),
        "{said}"
    );
    assert_eq!(code, Some(1), "{said}");
}

#[tokio::test]
async fn a_worsening_that_one_resolver_sees_opens_nothing() {
    let (code, said) = second_look("differ", [SHORT_OF_HALF, WHOLE]).await;
    assert!(!said.contains("opened"), "{said}");
    assert_eq!(code, Some(0), "{said}");
}

#[tokio::test]
async fn a_service_that_gets_sigterm_ends_in_order() {
    use std::io::{BufRead as _, BufReader};
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("watch").join("service");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let server = resolver(WHOLE).await;
    let address = server.address.to_string();
    let ended = tokio::task::spawn_blocking(move || {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mailcheck"))
            .args(["watch", "example.com", "--store", "h.db", "--config", "none"])
            .args(["--resolver", &address])
            .current_dir(folder)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // The first look is written: from now on it waits for the next one.
        let out = BufReader::new(child.stdout.take().unwrap());
        let said = out.lines().map_while(Result::ok).find(|line| line.contains("no open incident"));
        Command::new("kill").arg(child.id().to_string()).status().unwrap();
        (said.is_some(), child.wait().unwrap().code())
    });
    assert_eq!(ended.await.unwrap(), (true, Some(0)));
}
