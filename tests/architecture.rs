//! The laws of the house, read from the source: layers, edges, names, lengths, rules, citations.
//!
//! A law is a function from sources to offenders, so that each is tried on a made-up source that
//! breaks it, and then holds for the whole tree. A law that is broken names every offender at once.
//! The reader is deliberately simple: it knows comments, `#[cfg(test)]` and use groups, no more.

#[path = "support/shared.rs"]
mod shared;
#[path = "architecture/templates.rs"]
mod templates;
#[path = "architecture/words.rs"]
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The rooms below `src`, lowest layer first: a room may use itself and rooms of lower layers, and
/// never another one of its own layer.
const LAYERS: [&[&str]; 15] = [
    &["text", "net"],
    &["dns", "web", "smtp"],
    &["zonefile", "provider"],
    &["diagnostic", "mail"],
    &["suppress"],
    &["protocols"],
    &["report"],
    &["posture", "zone"],
    &["examine", "contract"],
    &["compare", "fix"],
    &["audit"],
    &["catalogue", "history"],
    &["config", "render"],
    &["server"],
    &["cli"],
];

/// Rooms of [`LAYERS`] that are planned and not built. Who builds one takes it off this list.
const PLANNED: [&str; 0] = [];

/// Rooms of one layer that know each other all the same, and why that is no circle: text is made of
/// spans and shows names; a report holds what the rooms about files and changes found.
const BESIDE: &[[&str; 2]] = &[["net", "text"], ["provider", "zonefile"]];

/// Who may name a single protocol above the rooms of protocols, and why. Everybody else knows them by
/// their rows.
const NAMES_PROTOCOLS: &[(&str, &str)] = &[
    (
        "src/audit/",
        "projects the facts of each protocol to the report, and lists who may send by SPF",
    ),
    ("src/cli/what_if", "its flags are terms of an SPF record"),
    ("src/compare/", "holds the facts of each protocol in two states side by side"),
    ("src/config/read/domain.rs", "reads policies of DMARC and limits of SPF"),
    ("src/contract/", "an expectation is about what one protocol found"),
    ("src/examine/", "MX, SPF, DKIM and DMARC need each other, and are handed over here"),
    ("src/fix/", "repairs records of one protocol each"),
    ("src/posture/", "rules about what several protocols say together"),
    ("src/history/incident/evidence.rs", "says why SPF needs more lookups than before"),
    ("src/render/prometheus.rs", "metrics are named after what they measure"),
    ("src/render/html/", "draws the lookups of SPF against their limit"),
    ("src/render/sender.rs", "shows the lookups of SPF against their limit"),
    ("src/render/text/table.rs", "shows the lookups of SPF against their limit"),
    ("src/report/", "holds results, policies and key types as the enums of their protocols"),
    ("src/zone/", "knows by their records which names of a file take part in mail"),
];

/// A module so named has no owner.
const NAMELESS: [&str; 6] = ["common", "util", "utils", "helpers", "types", "misc"];

/// Lines of a file that are not tests.
const LONGEST_FILE: usize = 450;

// ── the laws ────────────────────────────────────────────────────────────────────────────────────

/// Uses of a higher layer, of another protocol, or of a module that no layer knows.
fn layers(sources: &[Source]) -> Vec<String> {
    let mut offenders = Vec::new();
    let is_tests = |source: &&Source| source.path.ends_with("/tests.rs");
    for source in sources.iter().filter(|source| !source.is_root() && !is_tests(source)) {
        let own = source.module();
        let Some(rank) = rank(own) else {
            offenders.push(format!("{}: `{own}` stands in no layer of the table", source.path));
            continue;
        };
        for (line, used) in source.uses_of_modules() {
            let fault = match self::rank(&used) {
                None => "which stands in no layer of the table",
                Some(other) if other > rank => "which stands in a higher layer",
                Some(other) if other == rank && own != used && !BESIDE.contains(&[own, &used]) => {
                    "which stands beside it"
                }
                Some(_) => continue,
            };
            offenders.push(format!("{}:{line}: `{own}` uses `{used}`, {fault}", source.path));
        }
    }
    offenders
}

fn rank(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// Uses of one protocol by another.
fn siblings(sources: &[Source]) -> Vec<String> {
    let mut offenders = Vec::new();
    for source in sources {
        let modules = source.modules();
        let ["protocols", own, ..] = modules.as_slice() else { continue };
        let code = code(&source.text);
        let mut uses = heads(&code, "crate::protocols::");
        uses.extend(heads(before_tests(&code), &"super::".repeat(modules.len() - 1)));
        // A name in capitals is an item of the room, such as the trait that every protocol has.
        uses.retain(|(_, used)| used.starts_with(char::is_lowercase));
        for (line, used) in uses {
            if used != *own {
                offenders.push(format!(
                    "{}:{line}: `{own}` uses `{used}`: let the room that examines pass what is needed",
                    source.path
                ));
            }
        }
    }
    offenders
}

/// Uses of a single protocol by a room above them that has no reason to.
fn protocols_named(sources: &[Source]) -> Vec<String> {
    let above = rank("protocols").expect("protocols have a layer");
    let is_above = |source: &&Source| rank(source.module()).is_some_and(|own| own > above);
    let may = |source: &&Source| {
        let named = NAMES_PROTOCOLS.iter().any(|(path, _)| source.path.starts_with(path));
        named || source.path.ends_with("/tests.rs")
    };
    let mut offenders = Vec::new();
    for source in sources.iter().filter(is_above).filter(|source| !may(source)) {
        let code = code(&source.text);
        let lower = |word: &String| word.starts_with(char::is_lowercase);
        let named = heads(before_tests(&code), "crate::protocols::");
        for (line, word) in named.into_iter().filter(|(_, word)| lower(word)) {
            offenders.push(format!("{}:{line}: names `{word}`: ask its row", source.path));
        }
    }
    offenders
}

/// Uses of the resolver, of colours, of files and of the environment outside their edge.
fn edges(sources: &[Source]) -> Vec<String> {
    let mut offenders = Vec::new();
    for source in sources {
        let Source { path, text } = source;
        let mut confine = |edges: &[&str], found: Vec<(usize, String)>| {
            if !edges.iter().any(|edge| path.starts_with(edge)) {
                let places = found.into_iter();
                offenders.extend(places.map(|(line, what)| {
                    format!("{path}:{line}: {what} belongs in {}", edges.join(" or "))
                }));
            }
        };
        let code = code(text);
        let of = |root: &str, what: &str| -> Vec<_> {
            heads(&code, root).into_iter().map(|(line, _)| (line, what.to_owned())).collect()
        };
        confine(&["src/dns/live"], of("hickory_", "hickory"));
        confine(&["src/render/"], of("colored::", "colored"));
        let mut world = heads(before_tests(&code), "std::");
        world.retain(|(_, head)| ["env", "fs"].contains(&head.as_str()));
        confine(&["src/cli", "src/main.rs"], world);
        // Which addresses may be connected to is decided once.
        let calls = [".is_private()", ".is_link_local()", ".is_unique_local()"];
        let lines = before_tests(&code)
            .lines()
            .zip(1..)
            .filter(|(line, _)| calls.iter().any(|call| line.contains(call)));
        let what = "which addresses only some can reach";
        let of_addresses = lines.map(|(_, number)| (number, what.to_owned())).collect();
        confine(&["src/net/reach.rs"], of_addresses);
    }
    offenders
}

/// Modules whose name says nothing about what they hold.
fn names(sources: &[Source]) -> Vec<String> {
    let mut offenders = Vec::new();
    for Source { path, text } in sources {
        let parts = path.split('/').map(|part| part.trim_end_matches(".rs"));
        let declared = heads(&code(text), "mod ").into_iter();
        let named = parts.map(|part| (1, part.to_owned())).chain(declared);
        let nameless = named.filter(|(_, name)| NAMELESS.contains(&name.as_str()));
        offenders.extend(nameless.map(|(line, name)| {
            format!("{path}:{line}: `{name}` says nothing: name the module after what it holds")
        }));
    }
    offenders
}

/// Files that are too long to be about one topic; tests are not counted.
fn lengths(sources: &[Source]) -> Vec<String> {
    let files = sources.iter().filter(|source| !source.path.ends_with("/tests.rs"));
    let counted = files.map(|source| (&source.path, before_tests(&source.text).lines().count()));
    let long = counted.filter(|(_, lines)| *lines > LONGEST_FILE);
    long.map(|(path, lines)| format!("{path}: {lines} lines: split it by topic")).collect()
}

/// Strings that name a rule or the rules of a family, outside of the row of the rule: the constant
/// that belongs to the row says the same, and a slip in it does not compile.
fn rules_named_by_string(sources: &[Source]) -> Vec<String> {
    let is_code = |source: &&Source| !source.path.ends_with("/tests.rs");
    let of = |source: &Source| strings(before_tests(&code(&source.text)));
    let rows = sources.iter().filter(is_code).flat_map(of).filter(|one| one.is_row);
    let known: BTreeSet<String> = rows.map(|row| row.text).collect();
    let families: BTreeSet<&str> =
        known.iter().filter_map(|id| Some(id.split_once('/')?.0)).collect();
    let is_rule = |text: &str| {
        let family = text.strip_suffix('/').unwrap_or_default();
        known.contains(text) || families.contains(family)
    };
    let mut offenders = Vec::new();
    for source in sources.iter().filter(is_code) {
        for Literal { line, text, is_row } in of(source) {
            if !is_row && is_rule(&text) {
                let path = &source.path;
                offenders
                    .push(format!("{path}:{line}: name the constant of the rule, not {text:?}"));
            }
        }
    }
    offenders
}

/// Citations, in code and in prose, of sections that the RFC does not have.
fn citations(sources: &[Source], sections: &BTreeMap<u16, BTreeSet<String>>) -> Vec<String> {
    let mut offenders = Vec::new();
    for source in sources {
        let cited = cited_in_code(&code(&source.text)).into_iter();
        for (line, number, section) in cited.chain(cited_in_prose(&source.text)) {
            let known = sections.get(&number).is_none_or(|known| known.contains(&section));
            if !known && !section.is_empty() {
                offenders.push(format!("{}:{line}: RFC {number} has no §{section}", source.path));
            }
        }
    }
    offenders
}

// ── the reader ──────────────────────────────────────────────────────────────────────────────────

/// A file below `src`: its path with slashes, from `src` on, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// `lib.rs` and `main.rs` stand above all layers.
    fn is_root(&self) -> bool {
        ["src/lib.rs", "src/main.rs"].contains(&self.path.as_str())
    }

    /// The path of the file in modules: `["dns", "zone", "data"]`.
    fn modules(&self) -> Vec<&str> {
        let parts = self.path.trim_start_matches("src/").trim_end_matches(".rs").split('/');
        parts.filter(|part| *part != "mod").collect()
    }

    /// The module below the root of the crate that the file belongs to.
    fn module(&self) -> &str {
        self.modules().first().copied().unwrap_or_default()
    }

    /// Every use of a module below the root of the crate, whichever way it is written.
    fn uses_of_modules(&self) -> Vec<(usize, String)> {
        let code = code(&self.text);
        let mut uses = heads(&code, "crate::");
        // Inside `mod tests { … }` the same words mean one level less.
        uses.extend(heads(before_tests(&code), &"super::".repeat(self.modules().len())));
        uses
    }
}

/// The text without comments, line by line. A `//` in a string hides the rest of its line.
fn code(text: &str) -> String {
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The part of a file before its inline module of tests.
fn before_tests(text: &str) -> &str {
    let mark = |place: &usize| {
        let module = text.get(*place..).unwrap_or_default().lines().nth(1);
        module.is_some_and(|line| line.trim_end().ends_with('{'))
    };
    let place = text.match_indices("#[cfg(test)]\n").map(|(place, _)| place).find(mark);
    place.and_then(|place| text.get(..place)).unwrap_or(text)
}

/// A string without escapes in it.
struct Literal {
    line: usize,
    text: String,
    /// True if it is the id in the row of a rule.
    is_row: bool,
}

/// The strings in code that read like the id of a rule, or the beginning of one.
fn strings(code: &str) -> Vec<Literal> {
    let mut found = Vec::new();
    for (index, line) in code.lines().enumerate() {
        for (place, text) in line.split('"').enumerate().skip(1) {
            let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-/".contains(c);
            if text.contains('/') && text.chars().all(is_id) {
                let is_row = place == 1 && line.trim_start().starts_with("id: ");
                found.push(Literal { line: index + 1, text: text.to_owned(), is_row });
            }
        }
    }
    found
}

/// The words that follow `root`, alone (`root::word`) or in a group (`root::{word, word}`), with
/// their lines. Macros are no modules and are left out.
fn heads(code: &str, root: &str) -> Vec<(usize, String)> {
    let mut heads = Vec::new();
    for (place, _) in code.match_indices(root) {
        let (before, after) = code.split_at(place);
        if before.ends_with(|c: char| is_word(c) || c == ':') {
            continue;
        }
        let after = &after[root.len()..];
        let offsets = if after.starts_with('{') { members(after) } else { vec![0] };
        for offset in offsets {
            let (skipped, rest) = after.split_at(offset);
            let word = rest.find(|c| !is_word(c)).map_or(rest, |end| &rest[..end]);
            if !word.is_empty() && !rest[word.len()..].starts_with('!') {
                let line = before.matches('\n').count() + skipped.matches('\n').count() + 1;
                heads.push((line, word.to_owned()));
            }
        }
    }
    heads
}

/// Where the members of a use group begin.
fn members(group: &str) -> Vec<usize> {
    let mut places = Vec::new();
    let (mut depth, mut expected) = (0, false);
    for (place, c) in group.char_indices() {
        match c {
            '{' => (depth, expected) = (depth + 1, depth == 0),
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            ',' => expected = depth == 1,
            _ if expected && is_word(c) => {
                places.push(place);
                expected = false;
            }
            _ => {}
        }
    }
    places
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// `rfc(7208, "4.6.4")`: line, RFC, section.
fn cited_in_code(code: &str) -> Vec<(usize, u16, String)> {
    let calls = code.match_indices("rfc(").filter_map(|(place, call)| {
        let (before, after) = code.split_at(place);
        let (number, after) = after[call.len()..].split_once(',')?;
        let (section, _) = after.trim_start().strip_prefix('"')?.split_once('"')?;
        let line = before.matches('\n').count() + 1;
        Some((line, number.trim().parse().ok()?, section.to_owned()))
    });
    calls.collect()
}

/// `RFC 7208 §4.6.4`: line, RFC, section.
fn cited_in_prose(text: &str) -> Vec<(usize, u16, String)> {
    let mut cited = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for (place, word) in line.match_indices("RFC ") {
            let after = &line[place + word.len()..];
            let Some((number, after)) = after.split_once(" §") else { continue };
            let Ok(number) = number.parse() else { continue };
            let end = after.find(|c: char| !is_word(c) && c != '.').unwrap_or(after.len());
            cited.push((index + 1, number, after[..end].trim_end_matches('.').to_owned()));
        }
    }
    cited
}

/// The sections that an RFC has headings for: `4.6.4.  DNS Lookup Limits`, `Appendix A.  …`.
fn headings(rfc: &str) -> BTreeSet<String> {
    let heading = |line: &str| {
        let number = line.strip_prefix("Appendix ").unwrap_or(line).split_once(' ')?.0;
        let number = number.trim_end_matches('.');
        let mut parts = number.split('.');
        let first = parts.next()?;
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
        let letter = first.len() == 1 && first.bytes().all(|c| c.is_ascii_uppercase());
        ((digits(first) || letter) && parts.all(digits)).then(|| number.to_owned())
    };
    rfc.lines().filter_map(heading).collect()
}

// ── the house ───────────────────────────────────────────────────────────────────────────────────

#[expect(clippy::disallowed_methods, reason = "the sources and the RFCs are files")]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a text file can be read")
}

fn sources() -> Vec<Source> {
    let sources = files("rs");
    assert!(sources.iter().any(Source::is_root), "the sources are found");
    sources
}

/// The files below `src` whose names end so.
fn files(ending: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src")];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().expect("a folder can be listed") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                let relative = path.strip_prefix(root).expect("the folder is below the root");
                let relative = relative.to_string_lossy().replace('\\', "/");
                sources.push(Source { text: read(&path), path: relative });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

#[track_caller]
fn assert_none(offenders: &[String]) {
    assert!(offenders.is_empty(), "{} offenders:\n{}", offenders.len(), offenders.join("\n"));
}

#[test]
fn modules_use_their_own_layer_and_lower_ones_and_no_sibling_protocol() {
    assert_none(&layers(&sources()));
}

#[test]
fn every_room_is_built_or_marked_as_planned_and_not_both() {
    let sources = sources();
    let is_built = |room: &&str| sources.iter().any(|source| source.module() == *room);
    let listed = LAYERS.into_iter().flatten().copied();
    let missing: BTreeSet<&str> = listed.filter(|room| !is_built(room)).collect();
    assert_eq!(missing, BTreeSet::from(PLANNED));
}

#[test]
fn rooms_above_the_protocols_know_them_by_their_rows() {
    assert_none(&protocols_named(&sources()));
}

#[test]
fn every_exception_from_knowing_protocols_by_their_rows_is_needed() {
    let sources = sources();
    let needs = |path: &str| {
        let own = sources.iter().filter(|source| source.path.starts_with(path));
        own.flat_map(|source| heads(&code(&source.text), "crate::protocols::"))
            .any(|(_, word)| word.starts_with(char::is_lowercase))
    };
    let idle: Vec<&str> =
        NAMES_PROTOCOLS.iter().map(|(path, _)| *path).filter(|path| !needs(path)).collect();
    assert_eq!(idle, [""; 0]);
}

#[test]
fn no_protocol_knows_another() {
    assert_none(&siblings(&sources()));
}

#[test]
fn the_resolver_colours_files_and_the_environment_stay_at_their_edges() {
    assert_none(&edges(&sources()));
}

#[test]
fn every_module_is_named_after_what_it_holds() {
    assert_none(&names(&sources()));
}

#[test]
fn no_file_is_longer_than_a_topic() {
    assert_none(&lengths(&sources()));
}

#[test]
fn no_rule_is_named_by_a_string() {
    assert_none(&rules_named_by_string(&sources()));
}

#[test]
fn every_citation_names_a_section_that_exists() {
    let Some(folder) = shared::shared("rfc") else { return };
    let number = |path: &Path| path.file_stem()?.to_str()?.strip_prefix("rfc")?.parse().ok();
    let texts =
        folder.read_dir().expect("a folder can be listed").flatten().map(|file| file.path());
    let sections: BTreeMap<u16, _> =
        texts.filter_map(|path| Some((number(&path)?, headings(&read(&path))))).collect();
    assert!(sections[&7208].contains("4.6.4"), "the headings of RFC 7208 are found");
    assert_none(&citations(&sources(), &sections));
    assert_none(&citations(&files("md"), &sections));
}

// ── the laws can be broken ──────────────────────────────────────────────────────────────────────

fn source(path: &str, text: &str) -> [Source; 1] {
    [Source { path: path.into(), text: text.into() }]
}

#[test]
fn a_use_of_a_higher_layer_is_found_however_it_is_written() {
    let text = "use crate::dns::{Dns, audit};\nuse crate::{\n    net::Name,\n    report::Step,\n};\n\
                fn f() { crate::cli::run(); crate::phrase!(); }\nuse super::super::render;\n\
                // crate::audit in a comment\nuse crate::nowhere;\n";
    assert_eq!(
        layers(&source("src/diagnostic/rule.rs", text)),
        [
            "src/diagnostic/rule.rs:4: `diagnostic` uses `report`, which stands in a higher layer",
            "src/diagnostic/rule.rs:6: `diagnostic` uses `cli`, which stands in a higher layer",
            "src/diagnostic/rule.rs:9: `diagnostic` uses `nowhere`, which stands in no layer of the table",
            "src/diagnostic/rule.rs:7: `diagnostic` uses `render`, which stands in a higher layer",
        ]
    );
}

#[test]
fn a_use_of_a_sibling_protocol_is_found_and_of_oneself_is_not() {
    let text = "use super::super::dmarc::Policy;\nuse crate::protocols::spf::Record;\n\
                use crate::protocols::{mx, spf};\nuse crate::diagnostic::Rule;\n\
                use crate::protocols::{Detail, Examined};\n";
    let fault = |line, used| {
        format!(
            "src/protocols/spf/walk.rs:{line}: `spf` uses `{used}`: let the room that examines pass \
             what is needed"
        )
    };
    assert_eq!(
        siblings(&source("src/protocols/spf/walk.rs", text)),
        [fault(3, "mx"), fault(1, "dmarc")]
    );
}

#[test]
fn a_protocol_named_by_a_renderer_is_found_and_its_row_is_not() {
    let text = "use crate::protocols::{Protocol, spf};\nuse crate::protocols::dmarc::Policy;\n";
    assert_eq!(
        protocols_named(&source("src/render/json.rs", text)),
        [
            "src/render/json.rs:1: names `spf`: ask its row",
            "src/render/json.rs:2: names `dmarc`: ask its row",
        ]
    );
}

#[test]
fn a_use_of_a_room_in_the_same_layer_is_found() {
    assert_eq!(
        layers(&source("src/fix/mod.rs", "use crate::compare::Facts;\n")),
        ["src/fix/mod.rs:1: `fix` uses `compare`, which stands beside it"]
    );
}

#[test]
fn a_module_outside_the_table_is_found() {
    assert_eq!(
        layers(&source("src/attic.rs", "")),
        ["src/attic.rs: `attic` stands in no layer of the table"]
    );
}

#[test]
fn a_test_module_may_use_its_parent_by_any_name() {
    let text = "mod message;\n#[cfg(test)]\nmod tests {\n    use super::message::Answer;\n}\n";
    assert_none(&layers(&source("src/dns/mod.rs", text)));
}

#[test]
fn the_world_outside_its_edges_is_found() {
    let text = "use std::{env, sync::Arc};\nuse hickory_resolver::Resolver;\nuse colored::Color;\n\
                fn f() { std::fs::read(); }\n#[cfg(test)]\nmod tests {\n    use std::env;\n}\n";
    assert_eq!(
        edges(&source("src/protocols/spf/walk.rs", text)),
        [
            "src/protocols/spf/walk.rs:2: hickory belongs in src/dns/live",
            "src/protocols/spf/walk.rs:3: colored belongs in src/render/",
            "src/protocols/spf/walk.rs:1: env belongs in src/cli or src/main.rs",
            "src/protocols/spf/walk.rs:4: fs belongs in src/cli or src/main.rs",
        ]
    );
    assert_none(&edges(&source("src/cli/args.rs", "use std::{env, fs};")));
}

#[test]
fn a_module_without_an_owner_is_found_as_a_file_and_as_a_declaration() {
    let found =
        names(&source("src/protocols/spf/util/mod.rs", "mod walk;\npub(crate) mod helpers {}\n"));
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn a_file_past_450_lines_is_found_and_its_tests_are_not_counted() {
    let (long, tests) = ("x\n".repeat(451), "#[cfg(test)]\nmod tests {\n".to_owned());
    let declared = "#[cfg(test)]\nmod tests;\n".to_owned();
    assert_eq!(lengths(&source("src/a.rs", &long)), ["src/a.rs: 451 lines: split it by topic"]);
    assert_eq!(lengths(&source("src/a.rs", &(declared + &long))).len(), 1);
    assert_none(&lengths(&source("src/a.rs", &(tests + &long))));
}

#[test]
fn a_string_that_names_a_rule_is_found_outside_of_its_row_and_of_tests() {
    let row = "static LOOP: Rule = Rule {\n    id: \"spf/loop\",\n};\n";
    let text = "// \"spf/loop\"\nfn f() { is(\"spf/other\", \"spf/loop\"); }\nconst A: &str = \"spf/\";\n\
                #[cfg(test)]\nmod tests {\n    const A: &str = \"spf/loop\";\n}\n";
    assert_eq!(
        rules_named_by_string(&source("src/protocols/spf/lint/rules.rs", &(row.to_owned() + text))),
        [
            "src/protocols/spf/lint/rules.rs:5: name the constant of the rule, not \"spf/loop\"",
            "src/protocols/spf/lint/rules.rs:6: name the constant of the rule, not \"spf/\"",
        ]
    );
}

#[test]
fn a_citation_of_a_section_that_is_not_there_is_found_in_code_and_in_prose() {
    let rfc = "   4.6.5.  In the contents ..... 7\n4.6.4.  DNS Lookup Limits\n\nAppendix A.  Examples\n\
               A.2.  More\nRFC 7208   Sender Policy Framework   April 2014\n1.1 Without a dot\n";
    let text = "//! RFC 7208 §4.6.4, RFC 7208 §9.9.\nconst A: Citation = rfc(7208, \"4.6.5\");\n\
                rfc(\n    7208,\n    \"A.2\",\n);\nrfc(7208, \"\");\nrfc(9999, \"1\");\n";
    let sections = BTreeMap::from([(7208, headings(rfc))]);
    assert_eq!(sections[&7208], ["1.1", "4.6.4", "A", "A.2"].map(str::to_owned).into());
    assert_eq!(
        citations(&source("src/protocols/spf/walk.rs", text), &sections),
        [
            "src/protocols/spf/walk.rs:2: RFC 7208 has no §4.6.5",
            "src/protocols/spf/walk.rs:1: RFC 7208 has no §9.9",
        ]
    );
}
