//! `mailcheck fix`: the records that mend a domain, and nothing else.

use super::args::{self, Choosing, Pages, Sources as TypedSources};
use super::session::Session;
use super::words::{Mistake, Sources, Target, Words, declare};
use super::{RunError, config, wait_for};
use crate::audit::{self, Asked, Fixes, Inquiry, Selection, Spared, Steps};
use crate::catalogue;
use crate::config::{Policy, apply, is_left_out, judge};
use crate::diagnostic::{Applicability, Rule, Severity};
use crate::dns::{Budget, Dns, Kind, Outcome, Question};
use crate::net::Name;
use crate::render::json;
use crate::render::patch::{self, Tool};
use crate::report::{self, Domain, Examined, Finding, Patch, Subject, What};
use crate::text::Phrase;
use clap::{Parser, ValueEnum};
use std::ffi::OsString;
use std::io::{self, Write as _};

const EXAMPLES: &str = "\
Examples:
  mailcheck fix example.com                   records to publish, as a zone file
  mailcheck fix example.com --review          and fixes to review first
  mailcheck fix example.com --only spf        SPF only
  mailcheck fix example.com -f octodns        for octoDNS";

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing is left to repair; the records, if any, are on standard output
  1  errors or warnings remain
  2  usage error: a flag, a domain, a file
  3  undetermined: a DNS query failed; what is printed may be incomplete
  4  internal error, or standard output cannot be written to";

/// Print DNS records that fix a domain, each fix tested first
///
/// mailcheck applies each fix to the published records and prints it only if the finding
/// disappears, no equally severe finding appears, and no intended sender is lost. A safe fix authorizes exactly the intended senders and
/// weakens nothing; --review and --templates print more. Rules that mailcheck.toml turns off or
/// ignores are left alone.
#[derive(Clone, Debug, Parser)]
#[command(
    before_help = EXAMPLES,
    after_long_help = EXIT_CODES,
    help_template = args::TEMPLATE,
    override_usage = "mailcheck fix [OPTIONS] DOMAIN [@SERVER]",
    next_help_heading = "Fix",
    arg_required_else_help = true,
    disable_version_flag = true,
    disable_help_flag = true,
    max_term_width = 100
)]
pub(super) struct FixArgs {
    /// The domain to fix; a server after `@`
    #[arg(value_name = "DOMAIN", required = true, hide = true)]
    words: Vec<OsString>,

    /// zone, octodns, dnscontrol, terraform, terraform-json, route53, cloudformation, gcloud, cloudflare,
    /// powerdns, dnsendpoint, azure, tinydns, csv or json
    #[arg(
        short = 'f',
        long = "format",
        value_name = "TOOL",
        value_enum,
        default_value = "zone",
        hide_possible_values = true,
        hide_default_value = true
    )]
    form: Form,

    /// Fix this rule or family only, as in spf/syntax or spf
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    only: Vec<String>,

    /// Print fixes to review as well: they change what unlisted senders get, or rest on a likely
    /// cause
    #[arg(long)]
    review: bool,

    /// Print templates as comments: they need values that only you know
    #[arg(long)]
    templates: bool,

    /// Where answers come from.
    #[command(flatten)]
    sources: TypedSources,

    /// Which findings are fixed.
    #[command(flatten)]
    choice: Choosing,

    /// Pages of help.
    #[command(flatten)]
    pages: Pages,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    Zone,
    Terraform,
    Octodns,
    Dnscontrol,
    TerraformJson,
    Route53,
    Cloudformation,
    Gcloud,
    Cloudflare,
    Powerdns,
    Dnsendpoint,
    Tinydns,
    Azure,
    Csv,
    Json,
}

impl Form {
    /// The tool that publishes records in this form; none for a program that reads a document.
    fn tool(self) -> Option<Tool> {
        match self {
            Self::Zone => Some(Tool::Zone),
            Self::Terraform => Some(Tool::Terraform),
            Self::Octodns => Some(Tool::Octodns),
            Self::Dnscontrol => Some(Tool::Dnscontrol),
            Self::TerraformJson => Some(Tool::TerraformJson),
            Self::Route53 => Some(Tool::Route53),
            Self::Cloudformation => Some(Tool::Cloudformation),
            Self::Gcloud => Some(Tool::Gcloud),
            Self::Cloudflare => Some(Tool::Cloudflare),
            Self::Powerdns => Some(Tool::Powerdns),
            Self::Dnsendpoint => Some(Tool::Dnsendpoint),
            Self::Tinydns => Some(Tool::Tinydns),
            Self::Azure => Some(Tool::Azure),
            Self::Csv => Some(Tool::Csv),
            Self::Json => None,
        }
    }
}

/// Carries out the verb.
///
/// # Errors
/// The flags cannot be understood, or nothing can be written.
pub(super) fn run(typed: FixArgs) -> Result<u8, RunError> {
    wait_for(carry_out(typed))
}

async fn carry_out(flags: FixArgs) -> Result<u8, RunError> {
    // The configuration first: it may hold providers that the words name.
    let (mut policy, _) = config::policy(&flags.choice)?;
    let words = Words::read(&flags.words)?;
    let sources = Sources::read(flags.sources, words.resolvers)?;
    let mut inquiry = inquiry(words.targets, &words.senders)?;
    declare(&policy.config, &mut inquiry)?;
    inquiry.most_queries = sources.most_queries(&policy.config);
    inquiry.retired_spf = sources.retired_spf();
    let mut session = Session::open(&sources)?;
    policy.comments = std::mem::take(&mut session.stack.comments);
    let printed = (flags.review, flags.templates);
    let wanted = Wanted { rules: flags.only, review: flags.review, templates: flags.templates };
    let done = session.deadline.bound(repaired(&session, &inquiry, &policy, wanted)).await;
    let is_late = done.is_err();
    let Repaired { domain, mut patches, mut templates } =
        done.unwrap_or_else(|late| Repaired::nothing(audit::undecided(&inquiry, late)));
    // A document holds what is published together; once that works, the next one is printed.
    let later = match flags.form.tool().is_some_and(Tool::is_json) {
        true => patches.drain(patches.len().min(1)..).count(),
        false => 0,
    };
    let names_zone = flags.form.tool().is_some_and(Tool::names_zone);
    if names_zone && !(patches.is_empty() && templates.is_empty()) {
        let apex = session.deadline.bound(apex(&**session.dns(), &domain.domain)).await;
        let apex = apex.ok().flatten();
        for patch in patches.iter_mut().chain(&mut templates) {
            patch.apex.clone_from(&apex);
        }
    }
    session.keep_recording()?;
    let is_unknown = is_late
        || domain.unknowns_of_state().iter().any(|one| matches!(one.what, What::Section(_)));
    let remains = report::left(&domain, &patches).any(|it| it.severity > Severity::Note);
    let exit_code = match (is_unknown, remains) {
        (true, _) => 3,
        (false, true) => 1,
        (false, false) => 0,
    };
    let mut out = Vec::new();
    match flags.form.tool() {
        Some(tool) => {
            patch::render_all(&patches, tool, &mut out)?;
            patch::render_templates(&templates, tool, &mut out)?;
        }
        None => {
            let all = [patches.as_slice(), &templates].concat();
            let document = report::repair(&domain, &all, &session.run(), exit_code);
            json::render(&document, &mut out)?;
        }
    }
    match io::stdout().lock().write_all(&out) {
        // A reader that has gone away has read enough.
        Err(why) if why.kind() == io::ErrorKind::BrokenPipe => {}
        written => written?,
    }
    match is_late {
        true => print(&domain.headline.to_string()),
        false => closing(&domain, &patches, printed, (is_unknown, later)),
    }
    Ok(exit_code)
}

/// The zone that a name is in: the nearest name with an SOA record, at it or above it.
async fn apex(dns: &dyn Dns, domain: &Name) -> Option<Name> {
    let mut next = Some(domain.clone());
    while let Some(name) = next.filter(|name| !name.is_root()) {
        let answer = dns.lookup(&Question::new(name.clone(), Kind::Soa)).await;
        match &answer.outcome {
            // What an alias leads to is in another zone.
            Outcome::Records(_) if answer.aliases.is_empty() => return Some(name),
            Outcome::Records(_) | Outcome::NoData | Outcome::NxDomain => next = name.parent(),
            Outcome::Failed(_) => return None,
        }
    }
    None
}

/// What is asked of the only domain that is named.
///
/// # Errors
/// There are several domains, or senders.
fn inquiry(targets: Vec<Target>, senders: &[Asked]) -> Result<Inquiry, Mistake> {
    if let Some(sender) = senders.first() {
        let text = &sender.text;
        return Err(Mistake::new(format!(
            "{text} is a sender; fix changes only published records. For a record that authorizes \
             it: mailcheck example.com {text}"
        )));
    }
    let mut targets = targets.into_iter();
    let (Some(target), None) = (targets.next(), targets.next()) else {
        return Err(Mistake::new("fix takes one domain"));
    };
    let mut inquiry = Inquiry::about(target.domain);
    inquiry.selectors.extend(target.selector);
    inquiry.fixes = Fixes::Skipped;
    inquiry.steps = Steps::Skipped;
    Ok(inquiry)
}

/// Which fixes are printed.
struct Wanted {
    /// Those of these rules or families only, if there are any.
    rules: Vec<String>,
    review: bool,
    templates: bool,
}

/// A domain, and what repairs it.
struct Repaired {
    /// With its findings as they count.
    domain: Domain,
    patches: Vec<Patch>,
    /// What its owner has to fill in.
    templates: Vec<Patch>,
}

impl Repaired {
    /// A domain for which nothing was found.
    fn nothing(domain: Domain) -> Self {
        Self { domain, patches: Vec::new(), templates: Vec::new() }
    }
}

/// The domain with its findings as they count, and what repairs those that do.
async fn repaired(
    session: &Session,
    inquiry: &Inquiry,
    policy: &Policy,
    wanted: Wanted,
) -> Repaired {
    // The report and the fixes together cost others no more than a report.
    let dns = &Budget::new(&**session.dns(), &inquiry.domain, inquiry.most_queries);
    let today = session.started.date();
    let mut domain = audit::domain(dns, inquiry, session.clock()).await;
    judge(&policy.config, &mut domain);
    let examined = Examined { domains: vec![domain], findings: Vec::new() };
    let judged = apply(policy, &today, examined);
    // One domain went in.
    let Some(domain) = judged.into_domains().pop() else {
        return Repaired::nothing(audit::undecided(inquiry, Phrase::new()));
    };
    let least = if wanted.review { Applicability::Review } else { Applicability::Safe };
    let spared = spared(policy, &today, &domain);
    let mut selection = Selection { rules: wanted.rules, least, spared };
    let patches = audit::fix(dns, inquiry, &selection).await.patches;
    let mut templates = Vec::new();
    if wanted.templates {
        selection.least = Applicability::Template;
        templates = audit::fix(dns, inquiry, &selection).await.patches;
        let is_template = |patch: &Patch| {
            patch.steps.iter().any(|step| step.applicability == Applicability::Template)
        };
        templates.retain(is_template);
    }
    Repaired { domain, patches, templates }
}

/// What the owner decided to leave as it is: rules, and record sets where every finding of a rule is
/// ignored.
fn spared(policy: &Policy, today: &str, domain: &Domain) -> Vec<Spared> {
    let is_left_out = |rule: &&Rule| is_left_out(policy, today, rule, &domain.domain);
    let rules = catalogue::rules()
        .filter(is_left_out)
        .map(|rule| Spared { rule: rule.id.into(), at: None });
    let place = |finding: &Finding| {
        let Subject { name, kind, .. } = &finding.subject;
        Spared { rule: finding.rule.clone(), at: Some((name.clone(), *kind)) }
    };
    let (counting, ignored): (Vec<&Finding>, Vec<&Finding>) =
        domain.findings.iter().partition(|finding| finding.counts());
    let counting: Vec<Spared> = counting.into_iter().map(place).collect();
    let ignored = ignored.into_iter().map(place).filter(|place| !counting.contains(place));
    rules.chain(ignored).collect()
}

/// What is left, on standard error, so that what is printed can be pasted. `printed` says whether fixes to
/// review and templates were.
fn closing(
    domain: &Domain,
    patches: &[Patch],
    printed: (bool, bool),
    (is_unknown, later): (bool, usize),
) {
    let steps = || patches.iter().flat_map(|patch| &patch.steps);
    let fixes = match steps().count() {
        0 => match printed {
            (false, false) => "no automatic fix (--review prints fixes to check first, --templates records to complete)".to_owned(),
            (true, false) => "no automatic fix (--templates prints records to complete)".to_owned(),
            (false, true) => "no automatic fix (--review prints fixes to check first)".to_owned(),
            (true, true) => "no fix found".to_owned(),
        },
        1 => "1 fix".to_owned(),
        count => format!("{count} fixes"),
    };
    let others = left(domain, patches);
    let unknown = if is_unknown { "; some DNS queries failed" } else { "" };
    let later =
        if later > 0 { "; once these records work, run it again for the next ones" } else { "" };
    print(&format!("{}: {fixes}{unknown}{later}{others}", domain.domain));
}

/// The rules of the findings that no patch repairs, the gravest first.
fn left(domain: &Domain, patches: &[Patch]) -> String {
    let mut rules: Vec<(Severity, &str, usize)> = Vec::new();
    for finding in report::left(domain, patches) {
        match rules.iter_mut().find(|(_, rule, _)| *rule == finding.rule) {
            Some((_, _, count)) => *count += 1,
            None => rules.push((finding.severity, &finding.rule, 1)),
        }
    }
    if rules.is_empty() {
        return String::new();
    }
    // A stable sort keeps the order of the report among equals.
    rules.sort_by_key(|(severity, ..)| std::cmp::Reverse(*severity));
    let named = rules.iter().map(|(severity, rule, count)| match count {
        1 => format!("\n  {:<5}  {rule}", severity.word()),
        _ => format!("\n  {:<5}  {rule} ({count} times)", severity.word()),
    });
    format!("\nfindings without a fix here:{}", named.collect::<String>())
}

fn print(sentence: &str) {
    // Where standard error is closed there is nobody left to tell.
    let _ = writeln!(io::stderr(), "{sentence}");
}
