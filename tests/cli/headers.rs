//! Which zone a file is about: its name, its header, and what is taken where they disagree.

use super::run;

const SOA: &str = "@ 3600 IN SOA ns1.example.com. hostmaster.example.com. 1 7200 900 1209600 300\n";
const RECORDS: &str = "@ NS ns1.example.com.\n@ TXT \"v=spf1 -all\"\n@ MX 0 .\n";

const HEADERS: [&str; 5] = [
    ";;\n;; Domain:     example.com.\n;; Exported:   2026-11-27 08:00:00\n;;\n",
    "; Domain: example.com\n; Exported (y-m-d hh:mm:ss): 2026-11-27 08:00:00\n;\n",
    ";\n;  Database file example.com.dns for example.com zone.\n;      Zone version:  123\n;\n\n",
    "; cPanel first:118.0.1\n; Zone file for example.com\n",
    "; Zone: example.com.\n",
];

fn lint(test: &str, file: &str, text: &str) -> (serde_json::Value, String) {
    let run = run(&format!("headers-{test}"), ["lint", file]);
    let report = run.file(file, text.as_bytes()).json();
    let said = report.to_string();
    (report["files"][0]["zones"].clone(), said)
}

#[test]
fn a_header_names_the_zone_where_the_name_of_the_file_does_not() {
    for (index, header) in HEADERS.iter().enumerate() {
        for file in ["export.txt", "dns-backup.zone", "2026-11-27.dns"] {
            let test = format!("named-{index}-{file}");
            let (zones, said) = lint(&test, file, &format!("{header}{SOA}{RECORDS}"));
            assert_eq!(zones, serde_json::json!(["example.com"]), "{file} {header}: {said}");
            assert!(!said.contains("zone/not-read"), "{said}");
        }
    }
}

#[test]
fn an_export_of_cloudflare_without_the_dot_of_its_soa_is_about_its_domain() {
    let text = format!(
        "{}example.com\t3600\tIN\tSOA\ta.ns.cloudflare.com. dns.cloudflare.com. 1 10000 2400 604800 3600\n\
         example.com.\t1\tIN\tTXT\t\"v=spf1 -all\"\n",
        HEADERS[0]
    );
    let (zones, said) = lint("cloudflare", "export.txt", &text);
    assert_eq!(zones, serde_json::json!(["example.com"]), "{said}");
}

#[test]
fn where_the_name_of_the_file_disagrees_it_is_taken_and_said() {
    let (zones, said) =
        lint("differs", "example.net.dns", &format!("{}{SOA}{RECORDS}", HEADERS[2]));
    assert_eq!(zones, serde_json::json!(["example.net"]), "{said}");
    let note = "read as the zone example.net, as its name says; its header says example.com";
    assert!(said.contains(note), "{said}");
}

#[test]
fn an_soa_record_that_says_another_zone_than_the_header_is_taken_and_said() {
    let text = format!("{}{}{RECORDS}", HEADERS[3], SOA.replace("@ 3600", "example.net. 3600"));
    let (zones, said) = lint("soa", "export.txt", &text);
    assert_eq!(zones, serde_json::json!(["example.net"]), "{said}");
    assert!(said.contains("as its SOA record says; its header says example.com"), "{said}");
}

#[test]
fn an_ending_that_is_a_top_level_domain_too_hides_no_zone_of_a_folder() {
    let zone = format!("$TTL 300\n{SOA}{RECORDS}");
    let run = run("headers-folder", ["lint", "zones"]);
    let run = ["zones/db.example.pl", "zones/example.rs", "zones/db.example.com.py"]
        .iter()
        .fold(run, |run, file| run.file(file, zone.as_bytes()))
        .file("zones/README.md", b"# Zones\nNothing here.\n")
        .file("zones/main.rs", b"fn main() {}\n");
    let report = run.json();
    let files = report["files"].as_array().cloned().unwrap_or_default();
    let zones: Vec<String> = files.iter().map(|file| file["zones"][0].to_string()).collect();
    assert_eq!(zones, ["\"example.com.py\"", "\"example.pl\"", "\"example.rs\""], "{report}");
}

// ── exports of Cloudflare ───────────────────────────────────────────────────────────────────────

/// An export with one mail host, whose address has what is said behind it.
fn export(behind: &str, ttl: &str) -> String {
    format!(
        "{}example.com\t3600\tIN\tSOA\ta.ns.cloudflare.com. dns.cloudflare.com. 1 10000 2400 604800 3600\n\
         mail.example.com.\t{ttl}\tIN\tA\t192.0.2.25{behind}\n\
         example.com.\t{ttl}\tIN\tTXT\t\"v=spf1 a:mail.example.com -all\"\n",
        HEADERS[0]
    )
}

fn compared(test: &str, [old, new]: [String; 2]) -> (Option<i32>, String) {
    let run = run(&format!("headers-{test}"), ["diff", "old.txt", "new.txt", "--offline"]);
    let ended = run.file("old.txt", old.as_bytes()).file("new.txt", new.as_bytes()).end();
    let said = ended.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    (ended.code, said)
}

#[test]
fn a_name_that_becomes_proxied_has_unknown_addresses() {
    let states = [" ; cf_tags=cf-proxied:false", " ; cf_tags=cf-proxied:true"];
    let (code, said) = compared("proxied", states.map(|it| export(it, "300")));
    assert_eq!(code, Some(3), "{said}");
}

#[test]
fn a_ttl_of_1_is_automatic() {
    let old = export("", "1");
    let new = old.replace("-all", "~all");
    let (_, said) = compared("automatic", [old, new]);
    assert!(said.contains("within 5 min of publishing"), "{said}");
}
