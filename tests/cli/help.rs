//! Help, versions, manuals and completions: what people and their shells ask for first.

use super::{Run, run};
use std::path::Path;
use std::process::{Command, Stdio};

/// The verbs, as the program lists them.
fn verbs() -> Vec<String> {
    let help = run("verbs", ["help"]).end().stdout;
    let (_, behind) = help.split_once("Verbs:").expect("they are listed");
    let (listed, _) = behind.split_once("Topics:").expect("topics follow");
    listed.split(',').map(|verb| verb.trim().to_owned()).collect()
}

/// A program of the surroundings with this input; `None`, said plainly, where it is not installed.
fn shell(program: &str, arguments: &[&str], input: &str) -> Option<(bool, String)> {
    use std::io::Write as _;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        let _ = std::io::Write::write_fmt(
            &mut std::io::stderr(),
            format_args!("skipped: {program} is not installed"),
        );
        return None;
    };
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let out = child.wait_with_output().expect("it ends");
    let said = [out.stdout, out.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    Some((out.status.success(), said.concat()))
}

fn completions(shell: &'static str) -> String {
    run("completions", ["completions", shell]).end().stdout
}

#[test]
fn alone_the_program_shows_its_short_help_as_an_error() {
    let help = run("help", ["help"]).end();
    let alone = run("alone", []).end();
    assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
    assert_eq!(alone.refusal(), (Some(2), help.stdout.trim_end()));
}

#[test]
fn a_variable_of_the_environment_is_no_question() {
    let ended = run("variable", []).variable("MAILCHECK_COLOR", "never").end();
    assert!(ended.refusal().1.contains("Examples:"), "{}", ended.stderr);
}

#[test]
fn a_verb_that_needs_words_shows_its_help_without_them() {
    for verb in ["senders", "diff", "fix", "lint", "explain", "baseline", "config", "completions"] {
        let ended = run("no-words", [verb]).end();
        let (code, said) = ended.refusal();
        assert!(code == Some(2) && said.contains(&format!("Usage: mailcheck {verb}")), "{said}");
    }
}

#[test]
fn help_shows_the_page_of_every_verb_on_standard_output() {
    for verb in verbs() {
        let ended = run("help-verb", ["help", &verb]).end();
        let usage = format!("Usage: mailcheck {verb}");
        assert!(ended.code == Some(0) && ended.stdout.contains(&usage), "{verb}: {}", ended.stdout);
    }
}

#[test]
fn help_has_the_topics_that_it_lists() {
    let help = run("topics", ["help"]).end().stdout;
    let (_, behind) = help.split_once("Topics:").expect("they are listed");
    let listed = behind.split("\n\n").next().unwrap_or_default();
    let topics: Vec<&str> = listed.split(',').map(str::trim).collect();
    assert!(topics.contains(&"exit-codes") && topics.contains(&"json"), "{topics:?}");
    for topic in topics {
        let ended = run("topic", ["help", topic]).end();
        assert!(ended.code == Some(0) && ended.stdout.lines().count() > 4, "{topic}");
    }
}

#[test]
fn help_about_a_misspelt_verb_names_the_one_that_was_meant() {
    let ended = run("help-slip", ["help", "dif"]).end();
    let said = "error: no verb or topic is called \"dif\". Did you mean diff?";
    assert_eq!(ended.refusal(), (Some(2), said));
}

#[test]
fn help_about_a_word_that_is_like_no_page_names_all_of_them() {
    let ended = run("help-nonsense", ["help", "xyzzy"]).end();
    let said = ended.refusal().1;
    assert!(said.contains("Verbs: senders, diff,") && said.contains("Topics: verdicts,"), "{said}");
}

#[test]
fn a_rule_that_is_near_none_is_answered_with_those_that_share_a_word_with_it() {
    let ended = run("explain-like", ["explain", "spf/voids-limit"]).end();
    let said = ended.refusal().1;
    assert!(said.contains("Did you mean spf/") && said.contains(" or spf/"), "{said}");
}

#[test]
fn the_version_is_told_with_every_verb() {
    let version = format!("mailcheck {}\n", env!("CARGO_PKG_VERSION"));
    for verb in verbs() {
        assert_eq!(run("version", [&verb, "-V"]).end().stdout, version, "{verb}");
    }
}

#[test]
fn a_flag_before_a_verb_belongs_to_the_verb() {
    let zone = b"example.com. 60 TXT \"v=spf1 -all\"\n";
    let run = |arguments: [&str; 3]| {
        super::run("flag-first", arguments).file("a.zone", zone).end().stdout
    };
    assert_eq!(run(["-q", "lint", "a.zone"]), run(["lint", "-q", "a.zone"]));
}

#[test]
fn a_flag_that_a_verb_does_not_have_is_refused_before_it_too() {
    let ended = run("flag-of-others", ["--sender", "google", "rules"]).end();
    assert!(ended.refusal().1.contains("'--sender'"), "{}", ended.stderr);
}

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ended = run("every-shell", ["completions", shell]).end();
        assert!(ended.code == Some(0) && ended.stdout.contains("senders"), "{shell}");
    }
}

#[test]
fn bash_completes_verbs_flags_and_shells() {
    let try_out = r#"
complete_words() {
    COMP_WORDS=(mailcheck "$@"); COMP_CWORD=$#; COMPREPLY=()
    _mailcheck mailcheck "${COMP_WORDS[$#]}" "${COMP_WORDS[$(($# - 1))]}"
    echo "${COMPREPLY[@]}"
}
complete_words send
complete_words lint --asc
complete_words completions fi
complete_words help exit
complete_words baseline wr
"#;
    let script = completions("bash") + try_out;
    let Some((is_good, said)) = shell("bash", &["--norc", "-eu"], &script) else { return };
    assert!(is_good, "{said}");
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        ["senders", "--ascii", "fish", "exit-codes", "write"]
    );
}

#[test]
fn zsh_takes_its_completions() {
    let script = completions("zsh");
    let Some((is_good, said)) = shell("zsh", &["-n", "/dev/stdin"], &script) else { return };
    assert!(is_good && said.is_empty(), "{said}");
    let defined = format!("autoload -Uz compinit; compinit -D\n{script}\nwhence -w _mailcheck\n");
    let (_, said) = shell("zsh", &["-f"], &defined).expect("it is installed");
    assert!(said.contains("_mailcheck: function"), "{said}");
}

#[test]
fn fish_completes_verbs_and_flags() {
    let script = completions("fish");
    let Some((is_good, said)) = shell("fish", &["--no-execute"], &script) else { return };
    assert!(is_good && said.is_empty(), "{said}");
    let try_out =
        format!("{script}\ncomplete -C 'mailcheck send'\ncomplete -C 'mailcheck lint --asc'\n");
    let (_, said) = shell("fish", &["--no-config"], &try_out).expect("it is installed");
    let words: Vec<&str> = said.lines().filter_map(|line| line.split('\t').next()).collect();
    assert_eq!(words, ["senders", "--ascii"]);
}

/// A run that wrote all manual pages into its folder.
fn manuals(test: &str) -> super::Ended {
    let ended = run(test, ["man", "."]).end();
    assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), (Some(0), "", ""));
    ended
}

#[test]
fn the_manual_has_a_page_for_the_program_and_one_for_each_verb() {
    let ended = manuals("man-pages");
    let pages = ended.files();
    let expected = verbs().into_iter().map(|verb| format!("mailcheck-{verb}.1"));
    let missing = expected.chain(["mailcheck.1".into()]).filter(|page| !pages.contains(page));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<String>::new());
    let printed = run("man-printed", ["man"]).end().stdout;
    assert_eq!(printed, ended.read("mailcheck.1"));
}

#[test]
fn every_manual_page_is_shown_by_man_without_a_warning() {
    let ended = manuals("man-shown");
    for page in ended.files() {
        let path = ended.folder.join(&page);
        let flags = ["-l", "--warnings", "-E", "UTF-8", path.to_str().expect("UTF-8")];
        let Some((is_good, said)) = shell("man", &flags, "") else { return };
        assert!(is_good && !said.contains(": warning"), "{page}: {said}");
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "--help", "--version"] {
            assert!(said.contains(section), "{page} has no {section}: {said}");
        }
    }
}

#[test]
fn mandoc_finds_no_error_in_a_manual_page() {
    let ended = manuals("man-lint");
    for page in ended.files() {
        let path = ended.folder.join(&page);
        let flags = ["-T", "lint", "-W", "error", path.to_str().expect("UTF-8")];
        let Some((is_good, said)) = shell("mandoc", &flags, "") else { return };
        assert!(is_good, "{said}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let ended = run("man-nowhere", ["man", "nowhere"]).end();
    let (code, said) = ended.refusal();
    assert!(code == Some(4) && said.contains("nowhere"), "{said}");
    assert!(!Path::new("nowhere").exists());
}

/// What a run prints at a terminal that this environment describes; `None` without one.
fn at_terminal(run: Run) -> Option<String> {
    let words: Vec<String> =
        run.arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let line = format!("{} {}", env!("CARGO_BIN_EXE_mailcheck"), words.join(" "));
    let mut command = Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).current_dir(&run.folder).env_clear();
    command.env("MAILCHECK_CONFIG", "none").env("PATH", "/usr/bin:/bin").env("SHELL", "/bin/sh");
    command.envs(run.environment.iter().copied()).stdin(Stdio::null());
    let Ok(out) = command.output() else {
        let _ = std::io::Write::write_fmt(
            &mut std::io::stderr(),
            format_args!("skipped: script is not installed"),
        );
        return None;
    };
    Some(String::from_utf8_lossy(&out.stdout).into_owned())
}

const LINK: &str = "\u{1b}]8;;https://www.rfc-editor.org/rfc/rfc";

fn broken(test: &str) -> Run {
    super::replay(test, &super::policy("v=spf1 ptr -all"), ["example.com", "--checks", "spf"])
}

#[test]
fn a_terminal_that_shows_links_gets_them_and_others_do_not() {
    let known = broken("link-known").variable("TERM", "xterm-kitty");
    let Some(text) = at_terminal(known) else { return };
    assert!(text.contains(LINK), "{text:?}");
    for (name, value) in [("TERM", "dumb"), ("TERM", "xterm"), ("NO_COLOR", "1"), ("TMUX", "x")] {
        let run = broken("link-other").variable("VTE_VERSION", "7000").variable(name, value);
        let run = if value == "xterm" { broken("link-other").variable(name, value) } else { run };
        let text = at_terminal(run).expect("script is installed");
        assert!(!text.contains("\u{1b}]8"), "{name}={value}: {text:?}");
    }
}

#[test]
fn what_is_piped_has_no_links() {
    for variables in [("FORCE_HYPERLINK", "1"), ("CLICOLOR_FORCE", "1"), ("TERM", "xterm-kitty")] {
        let text = broken("link-piped").variable(variables.0, variables.1).end().stdout;
        assert!(!text.contains("\u{1b}]8"), "{variables:?}: {text:?}");
    }
}

#[test]
fn the_address_of_a_section_is_shown_with_every_step_only() {
    let url = "https://www.rfc-editor.org/rfc/rfc7208";
    let [brief, whole] = [
        broken("address-brief").end().stdout,
        broken("address-whole").arguments(["--explain"]).end().stdout,
    ];
    assert_eq!([brief.contains(url), whole.contains(url)], [false, true], "{brief}{whole}");
}
