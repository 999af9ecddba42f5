//! `mailcheck help [VERB|TOPIC]`, and the parts of help that are made from the tree of commands.

use super::args::{self, Pages};
use super::words::{Format, Mistake};
use super::{RunError, command, write};
use crate::render::palette::Choice;
use crate::text::{escape, listed_or, near};
use clap::{Command, Parser};

/// Columns of a page of help that is laid out here.
const WIDTH: usize = 78;
/// Most pages that a word may have meant.
const MOST_MEANT: usize = 3;

/// Show the help of a verb, or the page of a topic
#[derive(Debug, Parser)]
#[command(
    help_template = args::TEMPLATE,
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub(super) struct HelpArgs {
    /// A verb or a topic
    #[arg(value_name = "VERB|TOPIC")]
    word: Option<String>,

    /// Pages of help.
    #[command(flatten)]
    pages: Pages,
}

/// A page about something that no single flag explains.
pub(super) struct Topic {
    /// The word for it.
    pub(super) name: &'static str,
    /// What it is about.
    about: &'static str,
    text: fn() -> String,
}

/// The topics, in the order in which help lists them.
static TOPICS: [Topic; 6] = [
    Topic { name: "verdicts", about: "the words of a report", text: || VERDICTS.to_owned() },
    Topic {
        name: "exit-codes",
        about: "the results for scripts",
        text: || args::EXIT_CODES.to_owned(),
    },
    Topic { name: "formats", about: "text, JSON, CI and others", text: formats },
    Topic { name: "json", about: "reading a report with a program", text: || JSON.to_owned() },
    Topic { name: "resolvers", about: "which servers answer", text: || RESOLVERS.to_owned() },
    Topic { name: "environment", about: "variables, and what overrides what", text: variables },
];

const VERDICTS: &str = "\
A domain
  OK       nothing at or above --fail-on, every sender asked about is authorized
  WARN     works today; weaker protection than its owner probably intends
  FAIL     receivers reject mail or ignore a record today, or a sender is not authorized
  UNKNOWN  a DNS query failed, so the answer is undetermined

A sender
  YES      all of its addresses pass SPF
  NO       none of its addresses pass SPF
  PARTLY   some of its addresses pass SPF: the report lists which
  UNKNOWN  undetermined: a DNS query failed

A protocol (MX, SPF, DKIM, DMARC, MTA-STS, TLS-RPT, DANE, BIMI)
  good     published and valid
  weak     valid, with a warning
  broken   receivers ignore it, or return permerror
  absent   not published
  unknown  undetermined: a DNS query failed

A finding
  error    compliant receivers reject mail, ignore a record or return permerror today
  warn     works today; weak, or one change away from breaking
  note     good practice, or information

A fault
  yours          a record of your organization has to change
  a name         that provider or operator has to act
  your resolver  the DNS servers you query fail; the domain may be fine
  the sender, the recipient, the forwarder
                 that party has to act
  no one's       nothing has to change
  undetermined   the evidence does not show who has to act

Every finding names its rule (spf/too-many-lookups) and its source, an RFC section or our
advice. mailcheck explain RULE shows the page of a rule.";

const JSON: &str = "\
-f json prints one JSON document on standard output, also when the DNS does not answer.
-f jsonl prints one line per domain. -f json=report.json writes a file beside the text.

  the verdict            mailcheck example.com -f json | jq -r '.domains[0].result'
  errors and warnings    … | jq -r '.domains[].findings[] | select(.severity != \"note\")'
  every SPF sender       mailcheck senders example.com -f json
  all rules              mailcheck rules -f json

Times are RFC 3339 in UTC; durations and TTLs carry their unit in the key (ttl_s, elapsed_ms).
Fields are added within a version of the schema, never renamed or removed.";

const RESOLVERS: &str = "\
If you name no server, mailcheck uses those of the system (/etc/resolv.conf).

  mailcheck example.com @9.9.9.9                            UDP, TCP when truncated
  mailcheck example.com @127.0.0.1:5353                     another port
  mailcheck example.com @tls://9.9.9.9                      DNS over TLS (RFC 7858)
  mailcheck example.com @https://dns.quad9.net/dns-query    DNS over HTTPS (RFC 8484)
  mailcheck example.com @system                             those of the system

-r, --resolver SERVER is the same as @SERVER. When a server does not answer, the next
one is queried. A server on the command line replaces those of MAILCHECK_RESOLVER.

No server is queried with --replay FILE (recorded by --record FILE) or --offline. --zone FILE
overlays a zone file on the answers.";

/// Every topic.
pub(super) fn topics() -> impl Iterator<Item = &'static Topic> {
    TOPICS.iter()
}

/// Shows the page that was asked for.
///
/// # Errors
/// Standard output cannot be written to. The help of a verb is a message of the parser.
pub(super) fn run(typed: &HelpArgs) -> Result<u8, RunError> {
    let page = |words: &[&str]| {
        let typed = std::iter::once("mailcheck").chain(words.iter().copied());
        Err(RunError::Flags(command::page(typed.map(Into::into).collect())))
    };
    let Some(word) = typed.word.as_deref() else { return page(&["-h"]) };
    match topics().find(|topic| topic.name == word) {
        Some(topic) => {
            let text = (topic.text)();
            write::page(Choice::Never, |_, out| writeln!(out, "{text}"))?;
            Ok(0)
        }
        None if command::verbs().iter().any(|verb| verb == word) => page(&[word, "--help"]),
        None => Err(unknown(word).into()),
    }
}

/// That there is no such page, with those that may have been meant, or else all of them.
fn unknown(word: &str) -> Mistake {
    let verbs = || command::verbs().iter().map(String::as_str);
    let names = || verbs().chain(topics().map(|topic| topic.name));
    let meant = match near::nearest(word, names()) {
        Some(nearest) => vec![nearest],
        None => near::alike(word, names(), MOST_MEANT),
    };
    let shown = escape(word.as_bytes());
    Mistake::new(match meant.as_slice() {
        [] => format!(
            "no verb or topic is called \"{shown}\". Verbs: {}. Topics: {}",
            verbs().collect::<Vec<_>>().join(", "),
            topics().map(|topic| topic.name).collect::<Vec<_>>().join(", "),
        ),
        meant => {
            format!("no verb or topic is called \"{shown}\". Did you mean {}?", listed_or(meant))
        }
    })
}

/// The verbs as the main help lists them.
pub(super) struct Verbs {
    /// Their words.
    pub(super) short: String,
    /// A line each, then the topics.
    pub(super) long: String,
}

/// The verbs of a command line.
pub(super) fn verbs(command: &Command) -> Verbs {
    let words: Vec<String> = command.get_subcommands().map(|it| it.get_name().to_owned()).collect();
    let topics: Vec<String> = topics().map(|topic| topic.name.to_owned()).collect();
    let about = |verb: &Command| verb.get_about().map(ToString::to_string).unwrap_or_default();
    let verbs = command.get_subcommands().map(|verb| (verb.get_name().to_owned(), about(verb)));
    let pages = self::topics().map(|topic| (topic.name.to_owned(), topic.about.to_owned()));
    Verbs {
        short: format!("{}\n{}", listed("Verbs:  ", &words), listed("Topics: ", &topics)),
        long: format!(
            "Verbs (mailcheck help VERB):\n{}\n\nTopics (mailcheck help TOPIC):\n{}",
            table(verbs.collect()),
            table(pages.collect())
        ),
    }
}

/// Words behind a label, with commas between them; further lines begin below the first word.
fn listed(label: &str, words: &[String]) -> String {
    let mut lines = vec![label.to_owned()];
    for (index, word) in words.iter().enumerate() {
        let comma = if index + 1 < words.len() { "," } else { "" };
        match lines.last_mut() {
            Some(line) if line.len() + word.len() + 2 <= WIDTH => {
                let gap = if line.len() == label.len() { "" } else { " " };
                line.push_str(&format!("{gap}{word}{comma}"));
            }
            _ => lines.push(format!("{}{word}{comma}", " ".repeat(label.len()))),
        }
    }
    lines.join("\n")
}

/// Words and what they mean, in two columns.
fn table(rows: Vec<(String, String)>) -> String {
    let widest = rows.iter().map(|(word, _)| word.len()).max().unwrap_or(0);
    let lines = rows.iter().map(|(word, about)| format!("  {word:widest$}  {about}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The variables that a command reads, for its long help.
pub(super) fn environment(command: &Command) -> Option<String> {
    let variables: Vec<String> = command::flags(command)
        .filter_map(|flag| flag.get_env().map(|name| name.to_string_lossy().into_owned()))
        .collect();
    let listed = listed("  ", &variables);
    (!variables.is_empty()).then(|| format!("Environment (flags override it):\n{listed}"))
}

/// The page about variables.
fn variables() -> String {
    let command = command::command();
    let rows = command::flags(&command).filter_map(|flag| {
        let name = flag.get_env()?.to_string_lossy().into_owned();
        Some((name, format!("--{}", flag.get_long()?)))
    });
    format!(
        "Flags override the environment, the environment overrides mailcheck.toml.\n\
         mailcheck config show --origin says where each setting comes from.\n\n{}\n\n{}",
        table(rows.collect()),
        "Also read: NO_COLOR, CLICOLOR, CLICOLOR_FORCE, TERM (colour; --color overrides them), COLUMNS\n\
         (width), FORCE_HYPERLINK (links), LC_ALL, LC_CTYPE, LANG (characters), GITHUB_ACTIONS and\n\
         GITHUB_STEP_SUMMARY (colour and the summary of a job)."
    )
}

/// The page about formats.
fn formats() -> String {
    let rows = Format::NAMES.map(|(format, name)| (name.to_owned(), format.about().to_owned()));
    format!(
        "-f FORMAT writes to standard output, -f FORMAT=FILE to a file, complete or not at all.\n\
         Several may be given: -f text -f sarif=mail.sarif\n\n{}",
        table(rows.into())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_topic_is_wider_than_a_page() {
        let wide: Vec<String> = topics()
            .flat_map(|topic| (topic.text)().lines().map(str::to_owned).collect::<Vec<_>>())
            .filter(|line| line.chars().count() > 100)
            .collect();
        assert_eq!(wide, Vec::<String>::new());
    }

    #[test]
    fn no_topic_is_called_like_a_verb() {
        let both = topics().filter(|topic| command::verbs().iter().any(|verb| verb == topic.name));
        assert_eq!(both.count(), 0);
    }

    #[test]
    fn a_list_goes_on_below_its_first_word() {
        let words = vec!["a".repeat(40), "b".repeat(30), "c".to_owned()];
        let lines: Vec<String> = listed("x: ", &words).lines().map(str::to_owned).collect();
        assert_eq!(lines, [format!("x: {}, {},", "a".repeat(40), "b".repeat(30)), "   c".into()]);
    }
}
