//! Pages of a history that is served: of a domain, of all incidents, and of one.

use super::SOUND;
use super::serve::{Response, Server, serve};
use super::watch::{looks, shrunken};

/// A server beside which three looks found a loss, over the same world.
fn served(test: &str) -> Server {
    served_after(test, &[SOUND.to_owned(), shrunken(), shrunken()])
}

/// A server beside which looks found these worlds.
fn served_after(test: &str, worlds: &[String]) -> Server {
    let ended = looks(&format!("{test}-looks"), worlds, &[]);
    let store = ended[0].folder.join("h.db").display().to_string();
    serve(test, SOUND, ["--store", &store])
}

/// Where the first link leads whose address begins so.
fn link(page: &Response, begin: &str) -> String {
    let links = page.body.split("href=\"").skip(1).filter_map(|it| it.split('"').next());
    links.into_iter().find(|it| it.starts_with(begin)).unwrap_or_default().to_owned()
}

#[test]
fn a_report_leads_to_the_history_of_its_domain_and_that_to_its_incidents() {
    let server = served("serve-past");
    let report = server.get("/domain/example.com");
    let history = server.get(&link(&report, "/domain/example.com/history"));
    assert!(history.body.contains("lost     192.0.2.128/25: SPF fail by -all"), "{}", history.body);
    let incident = server.get(&link(&history, "/incident/"));
    let title = "<h1>example.com: SPF no longer passes for 192.0.2.128/25</h1>";
    assert!(incident.body.contains(title), "{}", incident.body);
    assert!(incident.body.contains("<dt>Next step</dt>"), "{}", incident.body);
    assert_eq!(link(&incident, "/domain/"), "/domain/example.com/history");
}

#[test]
fn all_incidents_are_on_one_page() {
    let server = served("serve-incidents");
    let page = server.get(&link(&server.get("/"), "/incidents"));
    let said = "open, began between 00:10 and 01:10 UTC on 2026-11-26";
    assert!(page.body.contains(said), "{}", page.body);
}

#[test]
fn a_history_is_a_document_that_follows_its_schema() {
    let answer = served("serve-history-json").get("/api/v1/domain/example.com/history");
    let document: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(super::schemas::faults(&document), Vec::<String>::new());
    assert_eq!(document["domains"][0]["incidents"][0]["class"], "worse");
}

#[test]
fn pages_of_a_history_run_nothing() {
    let server = served("serve-past-policy");
    for path in ["/domain/example.com/history", "/incidents"] {
        let page = server.get(path);
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe") && !page.body.contains("<script"), "{}", page.body);
    }
}

#[test]
fn hostile_text_in_a_history_is_text_on_its_pages() {
    let hostile = r"<script>alert(1)</script>\u001b[31m";
    let worlds = [0, 1, 1].map(|number| {
        let policy = match number {
            0 => "ip4:192.0.2.0/24".to_owned(),
            _ => format!("{hostile} ip4:192.0.2.0/24"),
        };
        SOUND.replace("ip4:192.0.2.0/24", &policy)
    });
    let server = served_after("serve-past-hostile", &worlds);
    let history = server.get("/domain/example.com/history");
    let incident = server.get(&link(&history, "/incident/"));
    let all = server.get("/incidents");
    for page in [&history, &incident, &all] {
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(!page.body.contains("<script") && !page.body.contains('\u{1b}'), "{}", page.body);
    }
    assert!(history.body.contains("&#60;script&#62;"), "{}", history.body);
}

#[test]
fn what_no_history_holds_is_not_found() {
    let server = served("serve-past-none");
    for (path, said) in [
        ("/domain/other.example/history", "no look at other.example is recorded"),
        ("/incident/202001010000-00000000", "there is no such page"),
        ("/incident/%3Cscript%3E", "there is no such page"),
        ("/api/v1/domain/other.example/history", "no look at other.example is recorded"),
    ] {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.body.contains(said)), (404, true), "{}", answer.body);
    }
}

#[test]
fn without_a_store_no_history_is_shown_or_linked() {
    let server = serve("serve-no-past", SOUND, []);
    let page = server.get("/domain/example.com");
    assert_eq!((link(&page, "/domain/"), link(&page, "/incidents")), Default::default());
    for path in ["/domain/example.com/history", "/incidents", "/incident/x"] {
        assert_eq!(server.get(path).status, 404);
    }
}

#[test]
fn a_history_that_cannot_be_used_is_an_error_before_the_server_starts() {
    let words = ["serve", "--listen", "127.0.0.1:0", "--offline", "--store", "none.db"];
    let said = "error: none.db: no history. To begin one: mailcheck history record DOMAIN";
    assert_eq!(super::run("serve-past-missing", words).end().refusal(), (Some(2), said));
}
