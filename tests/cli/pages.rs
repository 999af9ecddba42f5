//! Reports as pages, from the command line.

use super::{Ended, SOUND, policy, replay, run};

fn page(ended: &Ended) -> String {
    ended.read("page.html")
}

#[test]
fn a_page_in_a_file_and_text_on_the_screen_come_from_one_run() {
    let ended = replay("page", SOUND, ["example.com", "-q", "-f", "text", "-f", "html=page.html"]);
    let ended = ended.end();
    assert_eq!(ended.code, Some(0));
    assert!(ended.answer().starts_with("example.com  OK"), "{}", ended.answer());
    let page = page(&ended);
    assert!(page.contains("<title>example.com: OK</title>"), "{page}");
    assert!(page.trim_end().ends_with("</html>"), "{page}");
}

#[test]
fn a_page_holds_the_steps_and_queries_without_being_asked_for_them() {
    let page = page(&replay("page-steps", SOUND, ["example.com", "-f", "html=page.html"]).end());
    for part in ["step by step", "DNS queries</summary>"] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
}

#[test]
fn steps_of_a_page_are_on_no_screen_and_in_no_document() {
    let plain = replay("page-alone", SOUND, ["example.com", "-f", "json"]).end();
    let beside = ["example.com", "-f", "json", "-f", "html=page.html"];
    let beside = replay("page-beside", SOUND, beside).end();
    assert_eq!(beside.stdout, plain.stdout);
}

#[test]
fn several_domains_are_one_page_with_a_list() {
    let arguments = ["example.com", "example.net", "example.org", "-f", "html=page.html"];
    let page = page(&replay("page-several", SOUND, arguments).end());
    assert_eq!(page.matches("<article").count(), 3);
    assert_eq!(page.matches("<tr><td><a href=\"#d").count(), 3);
}

#[test]
fn files_are_a_page() {
    let zone = b"example.com. 60 TXT \"v=spf1 ip4:192.0.2.300 -all\"\n";
    let run = run("page-lint", ["lint", "a.zone", "-f", "html=page.html"]).file("a.zone", zone);
    let ended = run.end();
    let page = page(&ended);
    assert_eq!((ended.code, page.contains("a.zone:1:")), (Some(1), true), "{page}");
    assert!(page.contains("<mark>192.0.2.300</mark>"), "{page}");
}

#[test]
fn a_change_is_a_page_with_the_addresses_that_are_lost() {
    let zone = |policy: &str| {
        let soa = "example.com. 60 SOA ns h 1 7200 900 1209600 300\n";
        format!("{soa}example.com. 60 TXT \"v=spf1 {policy} -all\"\n")
    };
    let run =
        run("page-diff", ["diff", "old.zone", "new.zone", "--offline", "-f", "html=page.html"])
            .file("old.zone", zone("ip4:192.0.2.0/24 ip4:198.51.100.0/24").as_bytes())
            .file("new.zone", zone("ip4:192.0.2.0/24").as_bytes());
    let page = page(&run.end());
    assert!(page.contains("lost by the change: 256 IPv4 addresses"), "{page}");
}

#[test]
fn a_domain_that_does_not_answer_is_a_page_of_one_sentence() {
    let dead = "{\"cassette\":1}\n";
    let ended = replay("page-dark", dead, ["example.com", "-f", "html=page.html"]).end();
    let page = page(&ended);
    assert_eq!((ended.code, page.contains("no DNS answer")), (Some(3), true), "{page}");
}

#[test]
fn a_page_about_large_records_stays_small() {
    let records = [
        format!("v=spf1 {}-all", "a ".repeat(32_000)),
        format!("v=spf1 {}-all", "include:example.com ".repeat(3_200)),
        format!("v=spf1 {}-all", "ip4:300 ".repeat(8_000)),
        format!(
            "v=spf1 {}-all",
            (0..4000).fold(String::new(), |all, n| {
                all + &format!("ip4:10.{}.{}.0/25 ", n / 256, n % 256)
            })
        ),
    ];
    for record in records {
        let cassette = policy(&record);
        let ended = replay("page-large", &cassette, ["example.com", "-f", "html=page.html"]).end();
        let size = page(&ended).len();
        assert!(size < 2 * 1024 * 1024, "{size} octets for {}", &record[..30]);
    }
}
