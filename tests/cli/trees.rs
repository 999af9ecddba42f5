//! What `diff` compares where the files are in a repository: files and folders that come, go, or hold nothing
//! that is understood.

use super::{Ended, Run, run};
use std::path::Path;
use std::process::Command;

/// The name of a file, and how one about a domain is written.
type Shape = (&'static str, fn(&str) -> String);

/// A zone with mail, in the form of a master file.
fn zone(domain: &str) -> String {
    format!(
        "$ORIGIN {domain}.\n$TTL 300\n@ SOA ns.example.org. h.example.org. 1 7200 3600 1209600 300\n\
         @ NS ns.example.org.\n@ MX 10 mail\nmail A 192.0.2.1\n@ TXT \"v=spf1 mx -all\"\n\
         _dmarc TXT \"v=DMARC1; p=reject; rua=mailto:d@{domain}\"\n\
         s1._domainkey TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n"
    )
}

/// The same as Route 53 lists it, which is no whole zone.
fn listing(domain: &str) -> String {
    let set = |name: String, kind: &str, value: &str| {
        serde_json::json!({"Name": name, "Type": kind, "TTL": 300,
            "ResourceRecords": [{"Value": value}]})
    };
    let sets = [
        set(format!("{domain}."), "MX", &format!("10 mail.{domain}.")),
        set(format!("mail.{domain}."), "A", "192.0.2.1"),
        set(format!("{domain}."), "TXT", "\"v=spf1 mx -all\""),
        set(format!("_dmarc.{domain}."), "TXT", "\"v=DMARC1; p=reject\""),
    ];
    serde_json::json!({ "ResourceRecordSets": sets }).to_string()
}

/// The same as tinydns has it.
fn data(domain: &str) -> String {
    format!(
        ".{domain}::ns.example.org:300\n@{domain}::mail.{domain}:10:300\n+mail.{domain}:192.0.2.1:300\n\
         '{domain}:v=spf1 mx -all:300\n"
    )
}

fn git(folder: &Path, words: &[&str]) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    let mut git = Command::new("git");
    let done = git.current_dir(folder).args(identity).args(words).output();
    let done = done.expect("git runs");
    assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// A repository with these files at its first commit.
pub(super) fn repository(test: &str, files: &[(&str, &str)]) -> Run {
    let empty = run(&format!("trees-{test}"), []);
    let run = files.iter().fold(empty, |run, (name, text)| run.file(name, text.as_bytes()));
    git(&run.folder, &["init", "-q"]);
    git(&run.folder, &["add", "-A"]);
    git(&run.folder, &["commit", "-qm", "one"]);
    run
}

/// What `diff` says of the state that is checked out.
pub(super) fn diff<const N: usize>(run: Run, words: [&str; N]) -> (Ended, String) {
    let run = run.arguments(["diff", "--config", "none", "--offline", "--base", "HEAD"]);
    let ended = run.arguments(words).end();
    let said = ended.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    let said = format!("{said} {}", ended.stderr);
    (ended, said)
}

fn without(run: Run, file: &str) -> Run {
    std::fs::remove_file(run.folder.join(file)).expect("a file can be removed");
    run
}

fn without_folder(run: Run, folder: &str) -> Run {
    std::fs::remove_dir_all(run.folder.join(folder)).expect("a folder can be removed");
    run
}

#[test]
fn a_zone_whose_file_goes_is_removed_however_it_is_named() {
    let [kept, gone] = ["example.com", "example.net"].map(zone);
    let files = [("zones/example.com.zone", &*kept), ("zones/example.net.zone", &*gone)];
    let words = ["zones", "zones/example.com.zone", "zones/example.net.zone"];
    for (index, word) in words.into_iter().enumerate() {
        let run = repository(&format!("gone-{index}"), &files);
        let (ended, said) = diff(without(run, "zones/example.net.zone"), [word]);
        let is_told = said.contains("example.net FAIL removed");
        assert_eq!((ended.code, is_told), (Some(1), true), "{word}: {said}");
    }
}

#[test]
fn a_zone_that_moves_to_another_file_is_not_removed() {
    let text = zone("example.com");
    let run = repository("moved", &[("zones/example.com.zone", &text)]);
    let run = without(run, "zones/example.com.zone").file("zones/db.example.com", text.as_bytes());
    let (ended, said) = diff(run, ["zones"]);
    assert_eq!((ended.code, said.contains("removed:")), (Some(0), false), "{said}");
}

#[test]
fn a_zone_that_moves_into_the_file_of_the_zone_above_is_not_removed() {
    let [above, below] = ["example.com", "shop.example.com"].map(zone);
    let run = repository("merged", &[("zones/above.zone", &above), ("zones/below.zone", &below)]);
    let whole: String = below
        .lines()
        .filter(|it| !it.contains("SOA") && !it.contains(" NS "))
        .fold(above.clone(), |text, line| format!("{text}{line}\n"));
    let run = without(run, "zones/below.zone").file("zones/above.zone", whole.as_bytes());
    let (ended, said) = diff(run, ["zones"]);
    assert_eq!((ended.code, said.contains("removed:")), (Some(0), false), "{said}");
}

#[test]
fn a_zone_that_goes_from_a_file_of_several_is_removed() {
    let domain = |name: &str| {
        serde_json::json!({"name": name, "records": [
            {"type": "MX", "name": "@", "ttl": 300, "mxpreference": 10, "target": "mail.example.org."},
            {"type": "TXT", "name": "@", "ttl": 300, "target": "v=spf1 ip4:192.0.2.1 -all"}]})
    };
    let all = |names: &[&str]| {
        let domains: Vec<_> = names.iter().map(|name| domain(name)).collect();
        serde_json::json!({ "domains": domains }).to_string()
    };
    let run = repository("one-of-two", &[("ir.json", &all(&["example.com", "example.net"]))]);
    let run = run.file("ir.json", all(&["example.com"]).as_bytes());
    let (ended, said) = diff(run, ["ir.json"]);
    let is_told = said.contains("example.net FAIL removed");
    assert_eq!((ended.code, is_told), (Some(1), true), "{said}");
}

#[test]
fn a_folder_that_goes_as_a_whole_is_a_folder() {
    let text = zone("example.com");
    for (index, word) in ["zones", "zones/", "zones/example.com.zone"].into_iter().enumerate() {
        let run = repository(&format!("folder-{index}"), &[("zones/example.com.zone", &text)]);
        let (ended, said) = diff(without_folder(run, "zones"), [word]);
        let is_told = said.contains("example.com FAIL removed");
        assert_eq!((ended.code, is_told), (Some(1), true), "{word}: {said}");
    }
}

#[test]
fn files_of_a_folder_are_known_by_what_they_hold() {
    let shapes: [Shape; 4] =
        [("r53.json", listing), ("data", data), ("example.com", zone), ("mail", zone)];
    for (file, write) in shapes {
        let path = format!("zones/{file}");
        let run = repository(&format!("shape-{file}"), &[(&path, &write("example.com"))]);
        let new = write("example.com").replace("v=spf1 mx -all", "v=spf1 +all");
        let (ended, said) = diff(run.file(&path, new.as_bytes()), ["zones"]);
        assert_eq!(ended.code, Some(1), "{file}: {said}");
    }
}

#[test]
fn a_file_that_goes_is_known_by_what_it_held() {
    for (file, write) in [("b.json", listing as fn(&str) -> String), ("b", data)] {
        let beside = file.replace('b', "a");
        let (kept, gone) = (format!("zones/{beside}"), format!("zones/{file}"));
        let files = [(&*kept, &*write("example.com")), (&*gone, &*write("example.net"))];
        let run = repository(&format!("held-{file}"), &files);
        let (ended, said) = diff(without(run, &gone), [&kept]);
        let is_told = said.contains("was deleted") && said.contains("example.net");
        assert_eq!((ended.code, is_told), (Some(1), true), "{file}: {said}");
    }
}

#[test]
fn a_folder_of_which_nothing_is_understood_is_said_and_undetermined() {
    let files = [("dns/package.json", "{\"name\": \"dns\"}"), ("dns/README.md", "# DNS\n")];
    let (ended, said) = diff(repository("nothing", &files), ["dns"]);
    assert_eq!((ended.code, said.contains("nothing understood: dns")), (Some(3), true), "{said}");
}

#[test]
fn a_file_of_a_folder_that_the_change_breaks_is_known_by_what_it_held() {
    let text = listing("example.com");
    let run = repository("broken", &[("zones/r53.json", &text), ("zones/a.json", "{}")]);
    let run = run.file("zones/r53.json", &text.as_bytes()[..text.len() - 20]);
    let (ended, said) = diff(run, ["zones"]);
    let is_told = said.contains("zones/r53.json");
    assert_eq!((ended.code, is_told), (Some(3), true), "{said}");
}

#[test]
fn a_folder_of_programs_names_the_command_that_prints_what_can_be_read() {
    let files = [("dns/main.tf", "resource \"aws_route53_record\" \"a\" {\n  name = \"a\"\n}\n")];
    let (ended, said) = diff(repository("program", &files), ["dns"]);
    let is_told = said.contains("terraform show -json");
    assert_eq!((ended.code, is_told), (Some(3), true), "{said}");
}

#[test]
fn a_clone_without_the_commit_names_the_command_that_fetches_it() {
    let text = zone("example.com");
    for (base, wanted) in [
        ("origin/main", "git fetch origin main:refs/remotes/origin/main"),
        ("origin/HEAD", "git remote set-head origin --auto"),
        ("trunk", "--base origin/trunk"),
    ] {
        let test = format!("no-{}", base.replace('/', "-"));
        let run = repository(&test, &[("example.com.zone", &text)]);
        let run = run.arguments(["diff", "--config", "none", "--base", base, "example.com.zone"]);
        let ended = run.end();
        assert_eq!(
            (ended.code, ended.stderr.contains(wanted)),
            (Some(2), true),
            "{}",
            ended.stderr
        );
    }
}

/// The parts of a zone as octoDNS keeps them, by file.
const PARTS: [(&str, &str); 3] = [
    (
        "example.com./.yaml",
        "'':\n- {type: MX, values: [{preference: 10, exchange: mail.example.com.}]}\n\
                           - {type: TXT, value: v=spf1 mx -all}\n",
    ),
    ("example.com./mail.yaml", "mail: {type: A, value: 192.0.2.1}\n"),
    ("example.com./_dmarc.yaml", "_dmarc: {type: TXT, value: v=DMARC1\\; p=reject}\n"),
];

#[test]
fn a_part_of_a_zone_that_changes_hides_no_other_part() {
    let run = repository("parts", &PARTS);
    let run = run.file("example.com./mail.yaml", b"mail: {type: A, value: 192.0.2.2}\n");
    let (ended, said) = diff(run, ["example.com."]);
    let is_lost = said.contains("192.0.2.1 (mail.example.com)") || said.contains("192.0.2.1");
    let is_hidden = said.contains("removed") || said.contains("v=spf1 mx -all\"");
    assert_eq!((ended.code, is_lost, is_hidden), (Some(1), true, false), "{said}");
}

#[test]
fn files_of_one_zone_are_one_zone_in_whatever_order() {
    let [one, two, three] = PARTS;
    for (index, files) in [[one, two, three], [three, two, one]].into_iter().enumerate() {
        let run =
            run(&format!("trees-zone-{index}"), ["example.com", "--offline", "--format", "json"]);
        let run = files.iter().fold(run, |run, (name, text)| {
            run.file(name, text.as_bytes()).arguments(["--zone", name])
        });
        let report = run.end().document();
        let domain = &report["domains"][0];
        let found = ["mx", "spf", "dmarc"].map(|it| domain[it]["status"] != "absent");
        assert_eq!(found, [true; 3], "{domain}");
    }
}

#[test]
fn a_set_that_two_files_of_a_zone_list_differently_is_undetermined_and_named() {
    let run = run("trees-overlap", ["example.com", "--offline"]);
    let other = zone("example.com").replace("v=spf1 mx -all", "v=spf1 -all");
    let run = run.file("a.zone", zone("example.com").as_bytes()).file("b.zone", other.as_bytes());
    let ended = run.arguments(["--zone", "a.zone", "--zone", "b.zone"]).end();
    let said = ended.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    let is_told = said.contains("example.com TXT: a.zone and b.zone list different records")
        && said.contains("two files list different TXT records");
    assert_eq!((ended.code, is_told), (Some(3), true), "{said}");
}

#[test]
fn an_alias_that_leads_elsewhere_offline_is_no_state_without_a_change() {
    let key = |target: &str| {
        let own = zone("example.com").replace("s1._domainkey TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"",
            &format!("s1._domainkey CNAME {target}."));
        assert!(own.contains("CNAME"), "{own}");
        own
    };
    let [old, new] = ["s1.dkim.example.net", "s1.dkim.example.org"].map(key);
    let run = repository("alias", &[("example.com.zone", &old)]);
    let (ended, said) = diff(run.file("example.com.zone", new.as_bytes()), ["example.com.zone"]);
    let is_told = said.contains("s1.dkim.example.net.") && said.contains("s1.dkim.example.org.");
    let is_denied = said.contains("no changes") || said.contains("nothing changes");
    assert_eq!((ended.code, is_told, is_denied), (Some(3), true, false), "{said}");
}

/// What a run says, in one line.
pub(super) fn screen(ended: &Ended) -> String {
    ended.screen().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn lint_reads_the_files_of_a_folder_that_diff_reads() {
    let broken = zone("example.com").replace("v=spf1 mx -all", "v=spf1 +all");
    let listing = listing("example.net").replace("v=spf1 mx -all", "v=spf1 +all");
    let run = run("trees-lint", ["lint", "zones"]).file("zones/example.com", broken.as_bytes());
    let run = run.file("zones/r53.json", listing.as_bytes()).file("zones/README.md", b"# Zones\n");
    let said = screen(&run.end());
    let are_read = ["zones/example.com:", "zones/r53.json:", "2 files"].map(|it| said.contains(it));
    assert_eq!(are_read, [true; 3], "{said}");
}

#[test]
fn lint_of_a_folder_without_records_is_an_error() {
    let run =
        run("trees-lint-none", ["lint", "dns"]).file("dns/package.json", b"{\"name\": \"a\"}");
    let ended = run.end();
    let is_told = ended.stderr.contains("dns: no records recognized in its 1 file");
    assert_eq!((ended.code, is_told), (Some(2), true), "{}", ended.stderr);
}

#[test]
fn a_zone_that_a_configuration_names_no_more_is_removed() {
    let named = |domains: &[&str]| -> String {
        let zone =
            |it: &&str| format!("zone \"{it}\" {{ type master; file \"zones/{it}.zone\"; }};\n");
        domains.iter().map(zone).collect()
    };
    let [first, second] = ["example.com", "example.net"].map(zone);
    let run = repository(
        "named",
        &[
            ("named.conf", &named(&["example.com", "example.net"])),
            ("zones/example.com.zone", &first),
            ("zones/example.net.zone", &second),
        ],
    );
    let run = run.file("named.conf", named(&["example.com"]).as_bytes());
    let (ended, said) = diff(run, ["named.conf"]);
    let is_told = said.contains("no longer named") && said.contains("example.net FAIL removed");
    assert_eq!((ended.code, is_told), (Some(1), true), "{said}");
}

/// What a change of a master file does.
fn changed(test: &str, old: &str, new: &str) -> (Ended, String) {
    let run =
        repository(test, &[("example.com.zone", old)]).file("example.com.zone", new.as_bytes());
    diff(run, ["example.com.zone"])
}

#[test]
fn a_network_that_goes_beside_a_macro_is_named_and_undetermined() {
    let policy = |network: &str| {
        let include = "include:%{ir}.spf.example.com";
        zone("example.com").replace("v=spf1 mx", &format!("v=spf1 {include} ip4:{network}"))
    };
    let (ended, said) = changed("macro", &policy("192.0.2.0/24"), &policy("192.0.2.0/25"));
    let is_told = said.contains("192.0.2.128/25 passed as listed");
    assert_eq!((ended.code, is_told), (Some(3), true), "{said}");
}

#[test]
fn the_misspelt_name_of_a_policy_that_is_lost_is_named() {
    let old = zone("example.com");
    let (ended, said) = changed("misspelt", &old, &old.replace("_dmarc TXT", "_dmrc TXT"));
    let is_told = said.contains("did you mean _dmarc.example.com?");
    assert_eq!((ended.code, is_told), (Some(1), true), "{said}");
}

#[test]
fn a_policy_at_a_misspelt_name_is_an_error_where_it_is_the_only_one() {
    let slip = zone("example.com").replace("_dmarc TXT", "_dmrc TXT");
    let beside = format!("{}_dmrc.shop TXT \"v=DMARC1; p=reject\"\n", zone("example.com"));
    let codes = [("only", slip), ("beside", beside)].map(|(test, text)| {
        let run = run(&format!("trees-slip-{test}"), ["lint", "example.com.zone"]);
        run.file("example.com.zone", text.as_bytes()).end().code
    });
    assert_eq!(codes, [Some(1), Some(0)]);
}

#[test]
fn an_alias_of_a_provider_is_no_fault_of_the_author() {
    let text = "'':\n- {type: MX, values: [{preference: 10, exchange: mail.example.com.}]}\n\
                - {type: TXT, value: v=spf1 mx -all}\nmail: {type: ALIAS, value: lb.example.net.}\n";
    let run = run("trees-provider", ["example.com", "--offline", "--zone", "example.com.yaml"]);
    let ended = run.file("example.com.yaml", text.as_bytes()).end();
    let said = screen(&ended);
    assert_eq!((ended.code, said.contains("fault yours: mail")), (Some(3), false), "{said}");
}

#[test]
fn a_key_that_is_cut_shows_where() {
    let body = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1234567890abcdefghijklmnopqrstuvwxyzABCDEFG\
                HIJKLMNOPQRSTUVWXYZ1234567890abcdefghijklmnopqrstuvwxyz";
    let key = |body: &str| {
        let own = "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        zone("example.com").replace(&format!("k=ed25519; {own}"), &format!("p={body}"))
    };
    let (ended, _) = changed("cut", &key(body), &key(&body[..body.len() - 9]));
    let lines: Vec<&str> = ended.stdout.lines().map(str::trim).collect();
    let shown = |sign: &str| lines.iter().find_map(|it| it.strip_prefix(sign));
    let [old, new] = ["- v=DKIM1", "+ v=DKIM1"].map(shown);
    assert!(old.is_some() && old != new, "{}", ended.stdout);
}

#[test]
fn two_policies_are_named_with_their_line() {
    let old = zone("example.com");
    let new = format!("{old}@ TXT \"v=spf1 -all\"\n");
    let run =
        repository("two", &[("example.com.zone", &old)]).file("example.com.zone", new.as_bytes());
    let run = run.arguments(["diff", "--config", "none", "--offline", "--base", "HEAD"]);
    let report = run.arguments(["example.com.zone", "--format", "json"]).end().document();
    let findings = report["domains"][0]["findings"].as_array().cloned().unwrap_or_default();
    let two = findings
        .iter()
        .find(|it| it["subject"]["value"].is_null() && it["id"] == "spf/several-records");
    let line = two.map(|it| it["location"]["line"].clone());
    assert_eq!(line, Some(serde_json::json!(7)), "{findings:?}");
}

#[test]
fn an_included_file_is_named_without_detours() {
    let text = format!("{}$INCLUDE ../includes/more.inc\n", zone("example.com"));
    let run = run("trees-included", ["lint", "zones/example.com.zone"]).in_repository();
    let run = run.file("zones/example.com.zone", text.as_bytes());
    let said = screen(&run.file("includes/more.inc", b"b TXT \"v=spf1 +all\"\n").end());
    let is_short = said.contains("includes/more.inc:") && !said.contains("zones/../");
    assert!(is_short, "{said}");
}

#[test]
fn templates_are_neither_judged_nor_reported_as_unreadable() {
    let template =
        "$ORIGIN {{ domain }}.\n@ IN TXT \"v=spf1 include:@DOMAIN@ +all\"\n@DOMAIN@ broken\n";
    let files = [
        ("mailcheck.toml", "templates = [\"zones/*.tmpl\", \"base/**\"]\n"),
        ("zones/default.tmpl", template),
        ("base/a/b.zone", template),
        ("zones/example.com.zone", &zone("example.com")),
    ];
    let run = repository("templates", &files).variable("MAILCHECK_CONFIG", "mailcheck.toml");
    let run = run.arguments(["lint", "zones", "base", "zones/default.tmpl"]);
    let ended = run.end();
    let said = format!("{} {}", screen(&ended), ended.stderr);
    let is_told = said.contains("1 more are templates") && said.contains("1 file, ");
    assert_eq!((ended.code, is_told), (Some(0), true), "{said}");
}

#[test]
fn a_change_of_a_template_is_no_change_of_a_zone() {
    let template = "@ IN TXT \"v=spf1 include:@DOMAIN@ +all\"\n@DOMAIN@ broken\n";
    let files = [
        ("mailcheck.toml", "templates = [\"zones/*.tmpl\"]\n"),
        ("zones/default.tmpl", template),
        ("zones/example.com.zone", &zone("example.com")),
    ];
    let run = repository("template-changed", &files).file("zones/default.tmpl", b"@DOMAIN@ x\n");
    let run = run.arguments(["diff", "--config", "mailcheck.toml", "--offline", "--base", "HEAD"]);
    let ended = run.arguments(["zones", "zones/default.tmpl"]).end();
    let said = format!("{} {}", screen(&ended), ended.stderr);
    let is_told = said.contains("zones/default.tmpl is a template");
    assert_eq!((ended.code, is_told), (Some(0), true), "{said}");
}

#[test]
fn a_link_to_a_file_of_the_repository_is_that_file_at_a_commit_too() {
    let old = zone("example.com");
    let empty = run("trees-linked", []).file("shared/a.zone", old.as_bytes());
    std::fs::create_dir_all(empty.folder.join("zones")).expect("a folder");
    for (link, target) in [("zones/example.com.zone", "../shared/a.zone"), ("more", "shared")] {
        std::os::unix::fs::symlink(target, empty.folder.join(link)).expect("a link");
    }
    std::os::unix::fs::symlink("/etc/hostname", empty.folder.join("zones/out.zone"))
        .expect("a link");
    git(&empty.folder, &["init", "-q"]);
    git(&empty.folder, &["add", "-A"]);
    git(&empty.folder, &["commit", "-qm", "one"]);
    let new = old.replace("v=spf1 mx -all", "v=spf1 -all");
    let run = empty.file("shared/a.zone", new.as_bytes());
    let (ended, said) = diff(run, ["zones/example.com.zone", "more/a.zone"]);
    let is_told = said.contains("LOST") && !said.contains("is new");
    assert_eq!((ended.code, is_told), (Some(1), true), "{said}");
}
