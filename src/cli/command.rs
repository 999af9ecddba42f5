//! What was typed, as a question or a verb: the whole command line in one tree of clap, from which
//! help, completions and man pages are made.

use super::args::{self, Pages};
use super::completions;
use super::help;
use super::{
    RunError, baseline, bounce, config, diff, explain, fix, history, lint, man, message, providers,
    report, rules, scan, schema, senders, serve, smtp, test, watch,
};
use crate::render::text::Question;
use crate::text::near;
use clap::builder::StringValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use std::ffi::OsString;
use std::sync::OnceLock;

// The main question, or a verb. The main question describes itself.
#[derive(Debug, Parser)]
#[command(
    name = "mailcheck",
    version,
    propagate_version = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true
)]
pub(super) struct CommandLine {
    #[command(flatten)]
    question: args::CheckArgs,
    #[command(subcommand)]
    verb: Option<Verb>,
}

// The verbs, in the order in which help lists them. Each says of itself what it does.
#[derive(Debug, Subcommand)]
enum Verb {
    Senders(senders::SendersArgs),
    Diff(diff::DiffArgs),
    Fix(fix::FixArgs),
    Lint(lint::LintArgs),
    Test(test::TestArgs),
    Baseline(baseline::BaselineArgs),
    Message(message::MessageArgs),
    Bounce(bounce::BounceArgs),
    Report(report::ReportArgs),
    Smtp(smtp::SmtpArgs),
    Scan(scan::ScanArgs),
    Watch(watch::WatchArgs),
    Serve(serve::ServeArgs),
    History(history::HistoryArgs),
    Providers(providers::ProvidersArgs),
    Rules(rules::RulesArgs),
    Explain(explain::ExplainArgs),
    Schema(schema::SchemaArgs),
    Config(config::ConfigArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
    Help(help::HelpArgs),
}

impl CommandLine {
    /// Carries out what was asked; the exit code says how it ended.
    ///
    /// # Errors
    /// What was typed means nothing, or the answer cannot be written.
    pub(super) fn carry_out(self) -> Result<u8, RunError> {
        match self.verb {
            None => super::answer(self.question),
            Some(Verb::Senders(typed)) => senders::run(typed),
            Some(Verb::Diff(typed)) => diff::run(typed),
            Some(Verb::Fix(typed)) => fix::run(typed),
            Some(Verb::Lint(typed)) => lint::run(&typed),
            Some(Verb::Test(typed)) => test::run(typed),
            Some(Verb::Baseline(typed)) => baseline::run(typed),
            Some(Verb::Message(typed)) => message::run(typed),
            Some(Verb::Bounce(typed)) => bounce::run(typed),
            Some(Verb::Report(typed)) => report::run(typed),
            Some(Verb::Smtp(typed)) => smtp::run(typed),
            Some(Verb::Scan(typed)) => scan::run(typed),
            Some(Verb::Serve(typed)) => serve::run(typed),
            Some(Verb::Providers(typed)) => providers::run(&typed),
            Some(Verb::Watch(typed)) => watch::run(typed),
            Some(Verb::History(typed)) => history::run(typed),
            Some(Verb::Rules(typed)) => rules::run(&typed),
            Some(Verb::Explain(typed)) => explain::run(&typed),
            Some(Verb::Schema(typed)) => schema::run(&typed),
            Some(Verb::Config(typed)) => config::run(typed),
            Some(Verb::Completions(typed)) => completions::run(&typed),
            Some(Verb::Man(typed)) => man::run(&typed),
            Some(Verb::Help(typed)) => help::run(&typed),
        }
    }

    /// Where reports end with what to ask next, they repeat this question.
    fn repeat(&mut self, question: Option<Question>) {
        let report = match &mut self.verb {
            None => &mut self.question.report,
            Some(Verb::Test(typed)) => &mut typed.report,
            Some(_) => return,
        };
        report.question = question;
    }
}

/// Reads what was typed, the name of the program first.
///
/// # Errors
/// It means nothing, or help or the version was asked for, which are messages too.
pub(super) fn read(typed: Vec<OsString>) -> Result<CommandLine, RunError> {
    let mut parser = parser();
    let typed = verb_first(&parser, typed);
    if asks_nothing(&parser, &typed) {
        let page = page(typed.into_iter().chain(["-h".into()]).collect());
        return Err(RunError::Nothing(page));
    }
    let question = super::question::repeated(&typed);
    let matches = parser.try_get_matches_from_mut(typed).map_err(RunError::Flags)?;
    let mut line = CommandLine::from_arg_matches(&matches)
        .map_err(|why| RunError::Flags(why.format(&mut parser)))?;
    line.repeat(question);
    Ok(line)
}

/// The page of help that was asked for in these words, which begin with the program.
pub(super) fn page(typed: Vec<OsString>) -> clap::Error {
    let mut parser = parser();
    match parser.try_get_matches_from_mut(typed) {
        Err(page) => page,
        Ok(_) => parser.error(ErrorKind::DisplayHelp, ""),
    }
}

/// The whole tree, as completions and man pages are made from it.
pub(super) fn command() -> Command {
    let command = CommandLine::command();
    let topics = help::topics().map(|topic| topic.name.to_owned());
    let words: Vec<String> = verbs().iter().cloned().chain(topics).collect();
    let names: Vec<clap::Id> = flags(&command).map(|flag| flag.get_id().clone()).collect();
    let command = command.mut_subcommand("help", |help| {
        help.mut_arg("word", |word| {
            word.value_parser(clap::builder::PossibleValuesParser::new(words))
                .hide_possible_values(true)
        })
    });
    with_environment(command, &names)
}

/// The tree as it is parsed and as `--help` shows it.
fn parser() -> Command {
    let command = command();
    let verbs = help::verbs(&command);
    let page = |page: Option<&clap::builder::StyledStr>| page.map(ToString::to_string);
    let examples = page(command.get_before_help()).unwrap_or_default();
    let short = format!("{examples}\n\n{}", verbs.short);
    let long = format!("{examples}\n\n{}", verbs.long);
    // The verbs stand among the examples, so that the first screen has room for the flags.
    described(command.before_help(short).before_long_help(long))
        // The page says itself which names there are; completions have them from the list.
        .mut_subcommand("help", |help| {
            help.mut_arg("word", |word| word.value_parser(StringValueParser::new()))
        })
        .mut_subcommands(|verb| verb.hide(true))
}

/// A command and those below it with the environment in their long help; every one of them is a part
/// of one program, whose version it tells.
fn described(command: Command) -> Command {
    let ends = command.get_after_long_help().map(ToString::to_string);
    let environment = help::environment(&command);
    let parts: Vec<String> = ends.into_iter().chain(environment).collect();
    let command =
        if parts.is_empty() { command } else { command.after_long_help(parts.join("\n\n")) };
    command.display_name("mailcheck").mut_args(|arg| arg.hide_env(true)).mut_subcommands(described)
}

/// The flags of a command that ask for something else than a page of help.
pub(super) fn flags(command: &Command) -> impl Iterator<Item = &Arg> {
    let is_page = |flag: &Arg| Pages::IDS.contains(&flag.get_id().as_str());
    command.get_arguments().filter(move |flag| flag.get_long().is_some() && !is_page(flag))
}

/// The variable of the environment that stands for a flag of the main question: the one place that
/// names them. Verbs that have such a flag too read the same variable; flags of their own have none.
fn with_environment(command: Command, names: &[clap::Id]) -> Command {
    command
        .mut_args(|flag| match flag.get_long().filter(|_| names.contains(flag.get_id())) {
            Some(long) => {
                let variable = variable(long);
                flag.env(variable)
            }
            None => flag,
        })
        .mut_subcommands(|verb| with_environment(verb, names))
}

/// The variable that stands for a flag.
fn variable(long: &str) -> String {
    format!("MAILCHECK_{}", long.to_uppercase().replace('-', "_"))
}

/// The words of the verbs.
pub(super) fn verbs() -> &'static [String] {
    static VERBS: OnceLock<Vec<String>> = OnceLock::new();
    VERBS.get_or_init(|| {
        let command = CommandLine::command();
        command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect()
    })
}

/// What was typed with the verb first: flags before it belong to it.
fn verb_first(parser: &Command, mut typed: Vec<OsString>) -> Vec<OsString> {
    let is_flag = |word: &OsString| word.as_encoded_bytes().starts_with(b"-");
    if !typed.get(1).is_some_and(is_flag) {
        return typed;
    }
    let is_verb = |word: &OsString| parser.find_subcommand(word).is_some();
    // The value of a flag may be called like a verb: then what stands before is not complete.
    let are_flags = |words: &[OsString]| {
        let read = parser.clone().try_get_matches_from(words);
        read.is_err_and(|why| why.kind() == ErrorKind::MissingRequiredArgument)
    };
    let place = (2..typed.len()).find(|place| {
        typed.get(*place).is_some_and(is_verb) && typed.get(..*place).is_some_and(are_flags)
    });
    let Some(place) = place else { return typed };
    let rest = typed.split_off(place);
    let flags = typed.split_off(1);
    let deep = path(parser, &rest).len();
    typed.extend(rest.iter().take(deep).cloned());
    typed.extend(flags);
    typed.extend(rest.into_iter().skip(deep));
    typed
}

/// The commands that words lead to, one below the other.
fn path<'p>(parser: &'p Command, words: &[OsString]) -> Vec<&'p Command> {
    let mut path = Vec::new();
    let mut at = parser;
    for word in words {
        let Some(below) = at.find_subcommand(word) else { break };
        path.push(below);
        at = below;
    }
    path
}

/// True if nothing follows a command that needs something: clap takes a variable of the environment
/// for something.
fn asks_nothing(parser: &Command, typed: &[OsString]) -> bool {
    let words = typed.get(1..).unwrap_or_default();
    let path = path(parser, words);
    let last = path.last().copied().unwrap_or(parser);
    path.len() == words.len() && last.is_arg_required_else_help_set()
}

/// The verb that a misspelt word is nearest to, if one is near.
pub(super) fn nearest(word: &str) -> Option<&'static str> {
    near::nearest(word, verbs().iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    /// Every command of a tree, and the words that lead to it.
    fn all(command: &Command, path: &str) -> Vec<(String, Command)> {
        let below = command.get_subcommands();
        let below = below.flat_map(|verb| all(verb, &format!("{path} {}", verb.get_name())));
        std::iter::once((path.to_owned(), command.clone())).chain(below).collect()
    }

    /// The page that words ask for, on a narrow terminal.
    fn help(words: &str) -> String {
        fn narrow(command: Command) -> Command {
            command.term_width(80).mut_subcommands(narrow)
        }
        let shown = narrow(parser()).try_get_matches_from(words.split(' '));
        shown.map(|_| String::new()).unwrap_or_else(|page| page.to_string())
    }

    #[test]
    fn the_flags_are_consistent() {
        parser().debug_assert();
    }

    #[test]
    fn the_short_help_of_every_command_fits_a_screen() {
        let long = all(&parser(), "mailcheck")
            .into_iter()
            .map(|(path, _)| (help(&format!("{path} -h")).lines().count(), path))
            .filter(|(lines, _)| *lines > 40);
        assert_eq!(long.collect::<Vec<_>>(), []);
    }

    #[test]
    fn no_line_of_a_short_help_is_wider_than_a_terminal() {
        let wide = all(&parser(), "mailcheck").into_iter().flat_map(|(path, _)| {
            let help = help(&format!("{path} -h"));
            let lines = help.lines().filter(|line| line.chars().count() > 80);
            lines.map(|line| format!("{path}: {line}")).collect::<Vec<_>>()
        });
        assert_eq!(wide.collect::<Vec<_>>(), Vec::<String>::new());
    }

    #[test]
    fn no_example_is_wider_than_a_terminal() {
        let examples = all(&command(), "mailcheck")
            .into_iter()
            .filter_map(|(_, command)| command.get_before_help().map(ToString::to_string));
        let lines = examples.flat_map(|it| it.lines().map(str::to_owned).collect::<Vec<_>>());
        let wide = lines.filter(|line| line.chars().count() > 80);
        assert_eq!(wide.collect::<Vec<_>>(), Vec::<String>::new());
    }

    #[test]
    fn every_command_has_help_and_a_version() {
        for (path, command) in all(&parser(), "mailcheck") {
            let flags = |flag: &str| help(&format!("{path} {flag}"));
            assert!(flags("-h").contains("--help"), "{path}");
            assert!(flags("--help").len() >= flags("-h").len(), "{path}");
            let version = concat!("mailcheck ", env!("CARGO_PKG_VERSION"), "\n");
            assert_eq!([flags("-V"), flags("--version")], [version; 2], "{path}");
            assert!(command.get_about().is_some(), "{path}");
        }
    }

    #[test]
    fn every_flag_of_the_main_question_has_an_environment_variable_of_its_name() {
        let command = command();
        let variables: Vec<Option<String>> = flags(&command)
            .map(|flag| flag.get_env().map(|name| name.to_string_lossy().into_owned()))
            .collect();
        let expected: Vec<Option<String>> =
            flags(&command).map(|flag| flag.get_long().map(variable)).collect();
        assert_eq!(variables, expected);
    }

    #[test]
    fn a_format_that_is_a_verbs_own_is_not_read_from_the_environment() {
        let command = command();
        for verb in ["fix", "rules", "senders"] {
            let verb = command.find_subcommand(verb).expect("it is a verb");
            let format = verb.get_arguments().find(|flag| flag.get_long() == Some("format"));
            assert_eq!(format.expect("it has formats").get_env(), None, "{}", verb.get_name());
        }
    }

    #[test]
    fn flags_before_a_verb_belong_to_it() {
        let first = |words: &str| {
            let typed = verb_first(&parser(), words.split(' ').map(Into::into).collect());
            typed.join(OsStr::new(" ")).into_string().expect("words were typed")
        };
        assert_eq!(
            [
                "mailcheck --ascii --sender diff diff a b",
                "mailcheck -q baseline write a.example",
                "mailcheck --sender diff a.example",
                "mailcheck a.example test",
            ]
            .map(first),
            [
                "mailcheck diff --ascii --sender diff a b",
                "mailcheck baseline write -q a.example",
                "mailcheck --sender diff a.example",
                "mailcheck a.example test",
            ]
        );
    }

    #[test]
    fn the_program_says_what_it_answers() {
        let about = command().get_about().map(ToString::to_string).unwrap_or_default();
        assert!(about.starts_with("Check which servers are authorized"), "{about}");
    }

    #[test]
    fn the_long_help_lists_every_verb_and_every_variable() {
        let help = help("mailcheck --help");
        let command = command();
        let variables = flags(&command).filter_map(|flag| flag.get_long().map(variable));
        let missing = verbs().iter().cloned().chain(variables).filter(|word| !help.contains(word));
        assert_eq!(missing.collect::<Vec<_>>(), Vec::<String>::new());
    }
}
