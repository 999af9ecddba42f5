//! The catalogue holds together: every rule has a row, a page, a zone that trips exactly it and one
//! that trips nothing.
//!
//! The zones of a page are laid over [`HEALTHY`], a domain without fault, and the whole audit runs
//! over both. So a page shows only the records that matter, and what it claims is still true of
//! all rules at once. The zones of rules about files are files, and linted as such. Rules about mail have
//! a message beside their zone.

use crate::world::Served;
use mailcheck::audit::bounce::bounces;
use mailcheck::audit::feedback::{Folding, replay};
use mailcheck::audit::message::{Found, MessageInquiry, message};
use mailcheck::audit::{Changed, Clock, Inquiry, Sweep, change, domain_with_web, lint};
use mailcheck::catalogue;
use mailcheck::cli::words::declare;
use mailcheck::config::{self, Policy};
use mailcheck::diagnostic::Rule;
use mailcheck::dns::dnssec::Anchors;
use mailcheck::dns::{Dns, Failure, Lookup, Question, Replay};
use mailcheck::mail::{Piece, bounce, feedback};
use mailcheck::net::Name;
use mailcheck::protocols::Protocol;
use mailcheck::protocols::bimi::Roots;
use mailcheck::report::{Examined, Finding, Run, State};
use mailcheck::text;
use mailcheck::web::{Response, Scripted};
use mailcheck::zone::Facts;
use mailcheck::zonefile::{Overlay, Zone, formats};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The whole world, and in it a domain about which there is nothing to say, beside another one.
const HEALTHY: &str = r#"
.                            SOA   ns.example. admin.example. 1 7200 3600 1209600 3600
example.com.                 MX    10 mx.example.com.
example.com.                 TXT   "v=spf1 mx -all"
mx.example.com.              A     192.0.2.10
mx.example.com.              AAAA  2001:db8::10
_dmarc.example.com.          TXT   "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
mail._domainkey.example.com. TXT   (
  "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2GTVgE18zqa80fDxVtxhUV8gEF"
  "ZRqITKfRyvFGgkJp0j69DV14Tl++qpFWKn/zCjMpA/ASMtfViXlRNBhe8b9D4ockVG3uj2gz0OSBZHMR/MZxU4f0"
  "0rlt4lF/N5qmkZ2YC5ArDTQf+acm9CsLy5t6f2M+XEEuZRHdvj11QlOHRO4WkVzLE+F3iKUSziqIN6zZfjsDQJGS"
  "anh93q6Nam2f5B6bU5Jbzyel7ta9fMOgd6EH7irVKeR3ZXSRjLiXUxLisRv4h+8OJd3u1gjU1YKeyx+9k+XvHLSq"
  "BS8nxSAmvr0CUwSQPa2R8CRDQZIfC+DnUlV/Qxw81I/SE5lJfwTQIDAQAB" )
example.net.                 A     192.0.2.80
"#;

/// Who issued the mark certificates of pages, and when these are looked at: on 2026-11-28.
const MARK_ROOT: &[u8] = include_bytes!("../../testdata/marks/root.pem");
const NOW: u64 = 1_795_824_000;

/// What the name servers of that domain say, for pages about servers.
const SERVERS: &str = r#"
{"name":"example.com","type":"SOA","records":["ns1.example.com. admin.example.com. 10 7200 900 1209600 300"]}
{"name":"example.com","type":"NS","records":["ns1.example.com.","ns2.example.com."]}
{"name":"ns1.example.com","type":"A","records":["192.0.2.1"]}
{"name":"ns2.example.com","type":"A","records":["192.0.2.2"]}
"#;

/// The answers of one of them.
const SERVER: &str = r#"
{"server":"udp://IP:53","name":"example.com","type":"SOA","records":["ns1.example.com. admin.example.com. 10 7200 900 1209600 300"],"authority":"own"}
{"server":"tcp://IP:53","name":"example.com","type":"SOA","records":["ns1.example.com. admin.example.com. 10 7200 900 1209600 300"],"authority":"own"}
{"server":"udp://IP:53","name":"example.com","type":"NS","records":["ns1.example.com.","ns2.example.com."],"authority":"own"}
{"server":"udp://IP:53","name":"example.com","type":"TXT","records":["\"v=spf1 mx -all\""],"authority":"own"}
{"server":"udp://IP:53","name":"example.com","type":"MX","records":["10 mx.example.com."],"authority":"own"}
{"server":"udp://IP:53","name":"_dmarc.example.com","type":"TXT","records":["\"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\""],"authority":"own"}
"#;

/// The keys of that domain, for pages about signatures, and the trust anchor that they are held against.
const KEYS: &str = r#"
{"name":"example.com","type":"DNSKEY","outcome":"records","records":["\\# 68 0101030d00d9c07f9d5a0e61739ab05faa7f5eb5d2cc005d0949f7d64c86f5c3b6553b605b9687ce9fe5a11eb5b06d87b337a9e82b1e57c9c84df47e65dc14521c33e7ca"],"signed":"NhKFAAABAAIAAAAAB2V4YW1wbGUDY29tAAAwAAHADAAwAAEAAA4QAEQBAQMNANnAf51aDmFzmrBfqn9etdLMAF0JSffWTIb1w7ZVO2BblofOn+WhHrWwbYezN6noKx5XychN9H5l3BRSHDPnysAMAC4AAQAADhAAXwAwDQIAAA4QazGj/GsKFvwJPgdleGFtcGxlA2NvbQDA3J49oiZrQSj4JRZaA3Yzm/h+lPnatXeaU7DnWt4MpNnF3Axqijg0945L5jLwtYHlic0hipbb6ChN1ZJa3C88","received":1795826957}
"#;
const ANCHOR: &str =
    "example.com. DS 2366 13 2 0B4503D3A7F640005AC7AD72DE39626218B5ABFE5B5BACE78F62AC000CF76302";

/// The day on which the configurations of pages are applied.
const TODAY: &str = "2026-11-26";

/// The headings of a page, in their order.
const HEADINGS: [&str; 7] = [
    "What it checks",
    "Why it matters",
    "Bad",
    "Good",
    "What to do",
    "When to ignore it",
    "References",
];

// ── rows ────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn ids_are_unique_with_a_family_that_is_a_key_and_a_name_in_kebab_case() {
    let mut known = BTreeSet::new();
    let is_joined = |word: &str, by: char| {
        let is_plain = |part: &str| {
            !part.is_empty() && part.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        word.split(by).all(is_plain)
    };
    // The family of a protocol is its word, which is also its key in JSON.
    let is_sound = |rule: &&Rule| match *rule.id.split('/').collect::<Vec<_>>().as_slice() {
        [family, name] => is_joined(family, '_') && is_joined(name, '-') && known.insert(rule.id),
        _ => false,
    };
    let (_, unsound): (Vec<&Rule>, _) = catalogue::rules().partition(is_sound);
    assert_none(&unsound.iter().map(|rule| rule.id.to_owned()).collect::<Vec<_>>());
}

#[test]
fn a_summary_is_a_few_words_without_a_full_stop() {
    let is_short = |rule: &&Rule| rule.summary.len() <= 72 && !rule.summary.ends_with('.');
    let long = catalogue::rules().filter(|rule| !is_short(rule));
    assert_none(&long.map(|rule| rule.id.to_owned()).collect::<Vec<_>>());
}

// ── pages ───────────────────────────────────────────────────────────────────────────────────────

#[test]
fn every_page_stands_beside_its_check_and_belongs_to_a_rule() {
    let own: BTreeMap<String, &str> = catalogue::rules()
        .map(|rule| (format!("{}/{}.md", folder(rule.family()), rule.name()), rule.page))
        .collect();
    let found: BTreeMap<String, String> = pages().into_iter().collect();
    let missing = own.iter().filter(|(path, page)| found.get(*path).is_none_or(|it| it != *page));
    let orphans = found.keys().filter(|path| !own.contains_key(*path));
    let missing = missing.map(|(path, _)| format!("{path}: the rule has another page"));
    let orphans = orphans.map(|path| format!("{path}: no rule has this page"));
    assert_none(&missing.chain(orphans).collect::<Vec<_>>());
}

#[test]
fn a_page_begins_with_what_its_row_says() {
    let begins = |rule: &&Rule| {
        let Rule { id, severity, summary, cite, .. } = rule;
        rule.page.starts_with(&format!("# {id}\n\n**{severity}** {summary} ({cite})\n"))
    };
    let others = catalogue::rules().filter(|rule| !begins(rule));
    assert_none(&others.map(|rule| rule.id.to_owned()).collect::<Vec<_>>());
}

#[test]
fn every_page_has_the_same_headings_and_something_below_each() {
    let mut offenders = Vec::new();
    for rule in catalogue::rules() {
        let sections = sections(rule.page);
        let headings: Vec<&str> = sections.iter().map(|(heading, _)| *heading).collect();
        if headings != HEADINGS || sections.iter().any(|(_, text)| text.trim().is_empty()) {
            offenders.push(format!("{}: {headings:?}", rule.id));
        }
    }
    assert_none(&offenders);
}

#[test]
fn the_references_of_a_page_contain_the_citation_of_its_row() {
    let cites = |rule: &&Rule| {
        let cite = rule.cite.to_string();
        rule.cite.url().is_none() || section(rule.page, "References").contains(&cite)
    };
    let others = catalogue::rules().filter(|rule| !cites(rule));
    assert_none(&others.map(|rule| rule.id.to_owned()).collect::<Vec<_>>());
}

// ── zones ───────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn the_healthy_domain_trips_nothing() {
    let asked = Asked::Domain(Box::new(Inquiry::about(name("example.com"))));
    let web = Scripted::default();
    let nothing = Example {
        asked,
        before: None,
        zone: "",
        toml: "",
        mail: "",
        recorded: "",
        also: vec![],
        day: "",
        web,
    };
    assert_eq!(nothing.findings("healthy").await, Ok(BTreeSet::new()));
}

#[tokio::test]
async fn the_bad_zone_of_a_page_trips_its_rule_and_only_those_that_it_names() {
    let mut offenders = Vec::new();
    for rule in catalogue::rules() {
        let bad = Example::read(rule.page, "Bad", None);
        let expected = bad.also.iter().copied().chain([rule.id]).map(str::to_owned).collect();
        let found = bad.findings(rule.id).await;
        if found != Ok(expected) {
            offenders.push(format!("{}: {found:?}", rule.id));
        }
    }
    assert_none(&offenders);
}

#[tokio::test]
async fn the_good_zone_of_a_page_trips_nothing() {
    let mut offenders = Vec::new();
    for rule in catalogue::rules() {
        let bad = Example::read(rule.page, "Bad", None);
        let good = Example::read(rule.page, "Good", Some(&bad));
        let found = good.findings(rule.id).await;
        if found != Ok(BTreeSet::new()) {
            offenders.push(format!("{}: {found:?}", rule.id));
        }
    }
    assert_none(&offenders);
}

/// A zone of a page, and what is asked about it.
struct Example<'p> {
    asked: Asked,
    /// What was published before, if a change is judged.
    before: Option<&'p str>,
    zone: &'p str,
    /// The configuration that is applied, perhaps with a contract.
    toml: &'p str,
    /// The message, the bounce or the report.
    mail: &'p str,
    /// What servers say that are asked one by one.
    recorded: &'p str,
    /// Rules that cannot but be met as well.
    also: Vec<&'p str>,
    /// The day on which it is asked.
    day: &'p str,
    /// What web servers say.
    web: Scripted,
}

/// What is asked about a zone.
#[derive(Clone)]
enum Asked {
    /// A domain in it.
    Domain(Box<Inquiry>),
    /// The zone itself, as a file of this name.
    File(&'static str),
    /// A message that arrived, in the world of the zone.
    Message,
    /// A message that bounced.
    Bounce,
    /// A report of others, as a file of this name.
    Report(&'static str),
}

impl Example<'static> {
    /// Reads the comments that a zone or a configuration begins with: `; mailcheck DOMAIN
    /// [--selector S]`, `; mailcheck lint FILE` `; mailcheck message FILE`, `bounce FILE`
    /// or `report FILE`, which a good one may leave to the bad one, `; on DAY`, and `; also trips: family/name,
    /// …`; in a configuration `#` stands for `;`.
    fn read(page: &'static str, heading: &str, other: Option<&Self>) -> Self {
        let (zone, toml) = (block_of(page, heading, "zone"), block_of(page, heading, "toml"));
        let recorded = block_of(page, heading, "jsonl");
        let has_block = [zone, toml, recorded].iter().any(|block| !block.is_empty());
        assert!(has_block, "an example has a block:\n{page}");
        let comment = |begin: &str| {
            let lines = zone.lines().chain(toml.lines());
            let mut comments = lines.filter_map(|line| line.strip_prefix([';', '#']));
            comments.find_map(|line| line.strip_prefix(begin))
        };
        let asked = match (comment(" mailcheck "), other) {
            (Some(command), _) => asked(command),
            (None, Some(other)) => other.asked.clone(),
            (None, None) => panic!("a bad example says what is asked:\n{page}"),
        };
        let day = comment(" on ").unwrap_or_default();
        let also = comment(" also trips: ").map(|list| list.split(", ").collect());
        let before = match block_of(page, heading, "before") {
            "" if page.starts_with("# change/") => {
                Some(other.and_then(|it| it.before).unwrap_or(""))
            }
            "" => None,
            before => Some(before),
        };
        let mail = ["eml", "xml", "json"].map(|language| block_of(page, heading, language));
        let mail = mail.into_iter().find(|block| !block.is_empty()).unwrap_or_default();
        let web = web_of(section(page, heading));
        let also = also.unwrap_or_default();
        Self { asked, before, zone, toml, mail, recorded, also, day, web }
    }

    /// The rules that are found met.
    async fn findings(&self, page: &str) -> Result<BTreeSet<String>, String> {
        match &self.asked {
            Asked::Domain(inquiry) => self.of_domain(page, inquiry).await,
            Asked::File(file) => Ok(self.of_file(file).await),
            Asked::Message | Asked::Bounce | Asked::Report(_) => {
                on_own_stack(|| self.of_mail(page))
            }
        }
    }

    /// What servers say one by one, over everything else.
    fn recorded_over<D: Dns>(&self, under: D) -> Recorded<D> {
        let servers = ["192.0.2.1", "192.0.2.2"].map(|ip| SERVER.replace("IP", ip));
        let usual = format!("{SERVERS}{KEYS}{}", servers.concat());
        let lines = match self.recorded {
            "" => Vec::new(),
            own => vec![own, &*usual],
        };
        let cassettes = lines.into_iter().map(|text| {
            Replay::read("page", text.as_bytes()).expect("the lines of a page have no fault")
        });
        Recorded { cassettes: cassettes.collect(), under }
    }

    async fn of_file(&self, file: &str) -> BTreeSet<String> {
        let text = self.zone.as_bytes();
        let facts = Facts::new(formats::read(file, text), text.into());
        let mut linted = lint(&facts).await;
        config::heed_comments(&Policy::default(), &facts, &mut linted);
        let counting = linted.findings.iter().filter(|finding| finding.counts());
        counting.map(|finding| finding.rule.to_string()).collect()
    }

    async fn of_mail(&self, page: &str) -> Result<BTreeSet<String>, String> {
        let healthy = Zone::read("healthy", None, HEALTHY.as_bytes());
        let zone = Zone::read(page, None, self.zone.as_bytes());
        let zone = zone.strict().map_err(|faults| format!("{faults:?}"))?;
        let healthy = healthy.strict().expect("the healthy zone has no fault");
        let world = Served(Overlay::new([zone], healthy));
        let mail = self.mail.as_bytes();
        let findings: Vec<Finding> = match self.asked {
            Asked::Bounce => {
                let found = bounces(bounce::read(mail), Some(&world)).await;
                found.bounces.into_iter().flat_map(|bounce| bounce.findings).collect()
            }
            Asked::Report(file) => {
                let mut folding = Folding::default();
                folding.add(file, feedback::read(file, mail));
                let mut found = folding.finish(Run::default());
                replay(&mut found, Some(&world)).await;
                found.findings
            }
            _ => {
                let piece = Piece::new(mail.to_vec()).map_err(|why| why.to_string())?;
                let place = Found { file: page.to_owned(), number: 1, is_one_of_many: false };
                let inquiry = MessageInquiry::default();
                message(&world, &piece, &place, &inquiry, None, false).await.findings
            }
        };
        Ok(findings.iter().map(|finding| finding.rule.to_string()).collect())
    }

    async fn of_domain(&self, page: &str, inquiry: &Inquiry) -> Result<BTreeSet<String>, String> {
        let healthy = Zone::read("healthy", None, HEALTHY.as_bytes());
        let healthy = healthy.strict().expect("the healthy zone has no fault");
        let zone = Zone::read(page, None, self.zone.as_bytes());
        let zone = zone.strict().map_err(|faults| format!("{faults:?}"))?;
        let (config, faults) = config::read(config::FILE, self.toml.as_bytes());
        if !faults.is_empty() {
            return Err(format!("{faults:?}"));
        }
        let mut inquiry = Inquiry::clone(inquiry);
        declare(&config, &mut inquiry).map_err(|mistake| mistake.to_string())?;
        let after = Overlay::new([zone], healthy.clone());
        let mut report = match self.before {
            None => {
                let world = self.recorded_over(Served(after));
                let clock = Clock { seconds: text::seconds(self.day).unwrap_or_default() };
                Box::pin(domain_with_web(&world, &self.web, &inquiry, clock)).await
            }
            Some(before) => {
                let zone = Zone::read(page, None, before.as_bytes());
                let zone = zone.strict().map_err(|faults| format!("{faults:?}"))?;
                let before = Overlay::new([zone], healthy);
                let Changed { before, mut after } =
                    change([&before, &after], &inquiry, Clock::default()).await;
                mailcheck::compare::compare_findings(&mut after, &before);
                after
            }
        };
        config::judge(&config, &mut report);
        let policy = Policy { config, ..Policy::default() };
        let examined = Examined { domains: vec![report], findings: Vec::new() };
        let judged = config::apply(&policy, TODAY, examined);
        let findings = judged.domains().iter().flat_map(|domain| &domain.findings);
        let all = findings.chain(judged.findings());
        let all = all.filter(|finding| finding.state != Some(State::Resolved));
        Ok(all.map(|finding| finding.rule.to_string()).collect())
    }
}

/// Does work of the program with as much stack as the program has; a test has a quarter of that.
fn on_own_stack<T: Send, F: Future<Output = T>>(work: impl FnOnce() -> F + Send) -> T {
    const STACK: usize = 8 * 1024 * 1024;
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let thread = thread.spawn_scoped(scope, || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
            runtime.expect("a runtime").block_on(work())
        });
        thread.expect("a thread").join().expect("the work ends")
    })
}

/// Recorded answers where there are some, the first of them first.
struct Recorded<D> {
    cassettes: Vec<Replay>,
    under: D,
}

impl<D: Dns> Dns for Recorded<D> {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        Box::pin(async move {
            for cassette in &self.cassettes {
                let answer = cassette.lookup(question).await;
                if !answer.failure().is_some_and(Failure::is_not_recorded) {
                    return answer;
                }
            }
            self.under.lookup(question).await
        })
    }
}

fn asked(command: &'static str) -> Asked {
    if let Some(file) = command.strip_prefix("lint ") {
        return Asked::File(file);
    }
    if command.starts_with("message ") {
        return Asked::Message;
    }
    if command.starts_with("bounce ") {
        return Asked::Bounce;
    }
    if let Some(file) = command.strip_prefix("report ") {
        return Asked::Report(file);
    }
    let mut words = command.split(' ');
    let asked = words.next().expect("a command names a domain");
    let mut inquiry = Inquiry::about(name(asked));
    inquiry.bimi.logo = true;
    inquiry.bimi.roots = Roots::default().with_pem(MARK_ROOT).expect("a certificate");
    inquiry.bimi.now = Some(NOW);
    while let Some(flag) = words.next() {
        match flag {
            "--selector" => inquiry.selectors.extend(words.next().map(str::to_owned)),
            "--dnssec" => {
                let anchors: Anchors = ANCHOR.parse().expect("an anchor");
                inquiry.dnssec = Some(Arc::new(anchors));
            }
            "--authoritative" => inquiry.authoritative = Some(Sweep::default()),
            "--compare-resolvers" => {
                let names = words.next().into_iter().flat_map(|list| list.split(','));
                inquiry.resolvers.extend(names.map(str::to_owned));
            }
            other => panic!("pages do not use {other}"),
        }
    }
    Asked::Domain(Box::new(inquiry))
}

// ── the guides ──────────────────────────────────────────────────────────────────────────────────

#[test]
fn the_index_of_rules_is_current() {
    const BEGIN: &str = "<!-- rules -->\n";
    const END: &str = "<!-- /rules -->";
    let guide = read(&root().join("docs/rules.md"));
    let (_, rest) = guide.split_once(BEGIN).expect("the index has a beginning");
    let (index, _) = rest.split_once(END).expect("the index has an end");
    let wanted = wanted_index();
    assert!(index == wanted, "put this between the markers in docs/rules.md:\n\n{wanted}");
}

#[test]
fn every_configuration_in_the_guides_has_no_fault() {
    let docs = root().join("docs").read_dir().expect("a folder can be listed").flatten();
    let paths = docs.map(|entry| entry.path()).chain([root().join("README.md")]);
    let paths = paths.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let mut blocks = 0;
    let mut faults = Vec::new();
    for path in paths {
        let guide = read(&path);
        let texts = guide.split("```toml").skip(1).filter_map(|rest| rest.split("```").next());
        let texts = texts.filter_map(|block| Some(block.split_once('\n')?.1));
        for text in texts.filter(|text| !text.starts_with("[dependencies]")) {
            blocks += 1;
            faults.extend(config::read(&path.display().to_string(), text.as_bytes()).1);
        }
    }
    assert!(blocks >= 4, "the configurations are found: {blocks}");
    assert_none(&faults.iter().map(ToString::to_string).collect::<Vec<_>>());
}

/// The folder in which the rules of a family stand.
fn folder(family: &str) -> String {
    let room = match family {
        family if Protocol::from_word(family).is_some() => format!("protocols/{family}"),
        "change" => "compare".to_owned(),
        "config" => "suppress".to_owned(),
        "message" | "bounce" => format!("audit/{family}"),
        "report" => "audit/feedback".to_owned(),
        family => family.to_owned(),
    };
    format!("src/{room}/lint")
}

/// A table of all rules, each with a link to its page.
fn wanted_index() -> String {
    let row = |rule: &Rule| {
        let Rule { id, severity, summary, .. } = rule;
        let path = format!("../{}/{}.md", folder(rule.family()), rule.name());
        format!("| [`{id}`]({path}) | {severity} | {summary} |\n")
    };
    let head = "| rule | severity | what is wrong |\n|---|---|---|\n".to_owned();
    head + &catalogue::rules().map(row).collect::<String>()
}

// ── reading pages ───────────────────────────────────────────────────────────────────────────────

/// The sections of a page: headings and what stands below them.
fn sections(page: &str) -> Vec<(&str, &str)> {
    page.split("\n## ").skip(1).filter_map(|section| section.split_once('\n')).collect()
}

fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let found = sections(page).into_iter().find(|(own, _)| *own == heading);
    found.map(|(_, text)| text).unwrap_or_default()
}

/// The block of a language in a section of a page: `zone`, or `toml`; empty if there is none.
fn block_of<'p>(page: &'p str, heading: &str, language: &str) -> &'p str {
    let block = section(page, heading).split_once(&format!("```{language}\n"));
    let text = block.and_then(|(_, rest)| rest.split_once("```"));
    text.map(|(text, _)| text).unwrap_or_default()
}

/// What web servers say: blocks ```` ```http URL ````, each with a status, header fields, and a body
/// behind a blank line.
fn web_of(section: &str) -> Scripted {
    let blocks = section.split("```http ").skip(1).filter_map(|rest| rest.split_once("```"));
    blocks.fold(Scripted::default(), |web, (block, _)| {
        let (url, text) = block.split_once('\n').expect("a block has lines");
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.parse().ok()).expect("a status");
        let mut response = Response::new(status);
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            let value = Some(value.as_bytes().to_vec());
            match name {
                "content-type" => response.media_type = value,
                "location" => response.location = value,
                other => panic!("a header field that no response has: {other}"),
            }
        }
        response.body = body.as_bytes().to_vec();
        web.with(url, Ok(response))
    })
}

/// Every page in the source, by its path.
fn pages() -> Vec<(String, String)> {
    let mut open = vec![root().join("src")];
    let mut folders = Vec::new();
    while let Some(folder) = open.pop() {
        let inside = folder.read_dir().expect("a folder can be listed").flatten();
        open.extend(inside.map(|entry| entry.path()).filter(|path| path.is_dir()));
        if folder.ends_with("lint") {
            folders.push(folder);
        }
    }
    let files =
        folders.iter().flat_map(|folder| folder.read_dir().expect("a folder can be listed"));
    let paths = files.flatten().map(|file| file.path());
    let pages = paths.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let relative = |path: &Path| {
        let path = path.strip_prefix(root()).expect("the page is below the root");
        path.to_string_lossy().replace('\\', "/")
    };
    pages.map(|path| (relative(&path), read(&path))).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[expect(clippy::disallowed_methods, reason = "pages and guides are files")]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a text file can be read")
}

fn name(text: &str) -> Name {
    Name::from_octets(text.as_bytes()).expect("tests write valid names")
}

#[track_caller]
fn assert_none(offenders: &[String]) {
    assert!(offenders.is_empty(), "{} offenders:\n{}", offenders.len(), offenders.join("\n"));
}
