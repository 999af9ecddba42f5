//! `$INCLUDE`: followed inside the repository or `--root`, and never outside it.

use super::{Run, run};
use std::process::Command;

const TOP: &str = "$TTL 300\n@ SOA ns.example.net. h.example.net. 1 7200 900 1209600 300\n\
                   @ NS ns.example.net.\n$INCLUDE common/mail.db\nwww A 192.0.2.80\n";
const MAIL: &str = "; for all zones\n@ MX 10 mx.example.net.\n@ TXT \"v=spf1 +all\"\n";

/// A repository with a zone file that includes what is said.
fn repository(test: &str, top: &str) -> Run {
    let run = run(test, ["lint", "zones/db.example.com"]).in_repository();
    run.file("zones/db.example.com", top.as_bytes()).file("zones/common/mail.db", MAIL.as_bytes())
}

fn one_line(run: Run) -> String {
    run.end().screen().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_finding_in_an_included_file_stands_there_and_says_where_it_is_included() {
    let screen = one_line(repository("included", TOP));
    let said = "zones/common/mail.db:3:15 error spf/pass-all +all lets anyone send: all IPv4 addresses and \
                all IPv6 addresses (included at zones/db.example.com:4) v=spf1 +all ^^^^";
    assert!(screen.contains(said), "{screen}");
}

#[test]
fn nothing_outside_of_the_repository_is_opened_by_any_way() {
    let ways = ["../../secret.db", "/etc/hostname", "link.db"];
    for (index, way) in ways.iter().enumerate() {
        let top = TOP.replace("common/mail.db", way);
        let run = repository(&format!("included-out-{index}"), &top)
            .file("../secret.db", b"x TXT secret\n");
        let link = run.folder.join("zones/link.db");
        std::os::unix::fs::symlink("../../secret.db", link).expect("a link can be made");
        let screen = one_line(run);
        assert!(screen.contains("db.example.com:4:1 note zone/not-read $INCLUDE: "), "{screen}");
        assert!(screen.contains("1 file, 3 records"), "{screen}");
    }
}

#[test]
fn another_root_may_be_named() {
    let top = TOP.replace("common/mail.db", "../shared/mail.db");
    let lint = |test: &str| {
        let run = run(test, ["lint", "zones/db.example.com"]);
        run.file("zones/db.example.com", top.as_bytes()).file("shared/mail.db", MAIL.as_bytes())
    };
    let [narrow, wide] = [("narrow", "zones"), ("wide", ".")].map(|(test, root)| {
        one_line(lint(&format!("included-root-{test}")).arguments(["--root", root]))
    });
    assert!(narrow.contains("lies outside"), "{narrow}");
    assert!(wide.contains("shared/mail.db:3:15 error spf/pass-all"), "{wide}");
}

/// Commits the files of a run in a repository of its own.
fn commit(run: &Run) {
    for words in [&["init", "-q"][..], &["add", "-A"], &["commit", "-qm", "one"]] {
        let identity = ["-c", "user.email=a@example.com", "-c", "user.name=n"];
        let mut git = Command::new("git");
        let done = git.current_dir(&run.folder).args(identity).args(words).output();
        assert!(done.expect("git runs").status.success(), "{words:?}");
    }
}

#[test]
fn a_change_of_an_included_file_alone_is_compared() {
    let run = run("included-diff", ["diff", "--base", "HEAD", "--offline", "db.example.com"]);
    let run = run
        .file("db.example.com", TOP.as_bytes())
        .file("common/mail.db", MAIL.replace("+all", "-all").as_bytes());
    commit(&run);
    let ended = run.file("common/mail.db", MAIL.as_bytes()).variable("PATH", env!("PATH")).end();
    assert!(ended.screen().contains("spf/pass-all"), "{}", ended.screen());
}

// ── files that are judged with the zone that includes them ──────────────────────────────────────

/// A run about a zone and a part of it, in a repository.
fn parts<const N: usize>(test: &str, arguments: [&str; N]) -> Run {
    let run = run(&format!("included-{test}"), arguments).in_repository();
    let top = TOP.replace("common/mail.db", "mail.inc");
    run.file("zones/db.example.com", top.as_bytes()).file("zones/mail.inc", MAIL.as_bytes())
}

#[test]
fn a_part_beside_its_zone_is_judged_once_and_is_no_domain() {
    let lists: [(&str, &[&str]); 3] = [
        ("folder", &["zones"]),
        ("pattern", &["zones/db.example.com", "zones/mail.inc"]),
        ("alone", &["zones/mail.inc"]),
    ];
    for (test, files) in lists {
        let run = parts(&format!("once-{test}"), ["lint"]);
        let run = files.iter().fold(run, |run, file| run.arguments([file]));
        let screen = one_line(run);
        assert!(screen.contains("1 file, "), "{test}: {screen}");
        assert_eq!(
            screen.matches("spf/pass-all").count(),
            1 + usize::from(screen.contains("explain spf/pass-all")),
            "{test}: {screen}"
        );
        assert!(
            !screen.contains("mail.inc.") && screen.contains("included at"),
            "{test}: {screen}"
        );
    }
}

#[test]
fn a_part_that_is_named_alone_says_which_zone_is_judged() {
    let screen = one_line(parts("says", ["lint", "zones/mail.inc"]));
    let said = "zones/mail.inc is checked as a part of zones/db.example.com";
    assert!(screen.contains(said), "{screen}");
}

#[test]
fn a_changed_part_that_a_hook_names_alone_is_compared_in_its_zone() {
    for (test, files) in [("hook", &["zones/mail.inc"][..]), ("hook-folder", &["zones"])] {
        let run = parts(test, ["diff", "--base", "HEAD", "--offline"]);
        let run = files.iter().fold(run, |run, file| run.arguments([file]));
        let run = run.file("zones/mail.inc", MAIL.replace("+all", "-all").as_bytes());
        let _ = std::fs::remove_dir_all(run.folder.join(".git"));
        commit(&run);
        let run = run.file("zones/mail.inc", MAIL.as_bytes()).variable("PATH", env!("PATH"));
        let ended = run.end();
        let screen = ended.screen();
        assert!(screen.contains("example.com  FAIL"), "{test}: {screen}");
        assert!(!screen.contains("mail.inc  "), "{test}: {screen}");
        assert_eq!(ended.code, Some(1), "{test}: {screen}");
    }
}

#[test]
fn a_file_that_no_zone_includes_is_judged_by_itself() {
    let run = run("included-none", ["lint", "extra.zone"]).in_repository();
    let run = run.file("zones/db.example.com", TOP.as_bytes());
    let screen = one_line(run.file("extra.zone", b"example.org. TXT \"v=spf1 +all\"\n"));
    assert!(screen.contains("extra.zone:1:26 error spf/pass-all"), "{screen}");
}

#[test]
fn what_is_not_included_is_said_once_with_its_reason() {
    let zone = "$TTL 300\n@ SOA ns.example.org. h.example.org. 1 7200 3600 1209600 300\n\
                $INCLUDE ../../a.inc\n$INCLUDE /etc/passwd\n$INCLUDE none.inc\n$INCLUDE linked.inc\n\
                $INCLUDE folder\n";
    let run = run("included-said", ["lint", "zones/example.com.zone"]).in_repository();
    let run = run.file("zones/example.com.zone", zone.as_bytes()).file("zones/folder/a", b"");
    std::os::unix::fs::symlink("/etc/passwd", run.folder.join("zones/linked.inc")).expect("a link");
    let said = run.end().screen().split_whitespace().collect::<Vec<_>>().join(" ");
    let wanted = [
        "$INCLUDE: ../../a.inc lies outside the repository, not read (--root DIR: another folder)",
        "$INCLUDE: /etc/passwd lies outside the repository, and no such file is in it",
        "$INCLUDE: none.inc does not exist",
        "$INCLUDE: zones/linked.inc: a symbolic link leads out of the repository",
        "$INCLUDE: zones/folder: a directory",
    ];
    let missing: Vec<_> = wanted.into_iter().filter(|it| !said.contains(it)).collect();
    assert!(missing.is_empty(), "{missing:?}: {said}");
}

#[test]
fn an_include_without_a_file_is_an_error() {
    let zone = "$TTL 300\n@ SOA ns.example.org. h.example.org. 1 7200 3600 1209600 300\n$INCLUDE\n";
    let run = run("included-nothing", ["lint", "example.com.zone"]);
    let ended = run.file("example.com.zone", zone.as_bytes()).end();
    let said = ended.screen();
    let is_told = said.contains("example.com.zone:3:1  error  zone/syntax");
    assert_eq!((ended.code, is_told), (Some(1), true), "{said}");
}
