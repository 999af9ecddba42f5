//! Templates of pages: what they show is escaped, for the two contexts that they show it in.

use super::{assert_none, files, read};
use std::path::{Path, PathBuf};

/// Where templates are.
const FOLDER: &str = "templates";

/// Where it is decided that something need not be escaped, since it is a template itself.
const EXEMPTS: &str = "src/render/html/fragment.rs";

/// Attributes that hold text of others: words, and an address that is made of a citation or of the id
/// of a rule. Others hold classes, numbers and names of ours.
const WITH_TEXT: [&str; 3] = ["aria-label", "content", "href"];

/// A template: its path and its text.
type Template = (String, String);

fn templates() -> Vec<Template> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut folders, mut found) = (vec![root.join(FOLDER)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().expect("a folder can be listed").flatten() {
            let path: PathBuf = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).expect("the folder is below the root");
                found.push((name.to_string_lossy().into_owned(), read(&path)));
            }
        }
    }
    assert!(found.len() > 5, "the templates are found");
    found
}

/// What would run, fetch, or leave something unescaped.
fn unsafe_parts((path, text): &Template) -> Vec<String> {
    const NEVER: [&str; 12] = [
        "|safe",
        "| safe",
        "|escape",
        "autoescape",
        "<script",
        "javascript:",
        "style=",
        "<base",
        "<iframe",
        "<object",
        "srcdoc",
        "url(",
    ];
    let lower = text.to_ascii_lowercase();
    let mut found: Vec<String> =
        NEVER.iter().filter(|it| lower.contains(*it)).map(|it| format!("{path}: {it}")).collect();
    let handlers = lower.split_whitespace().filter(|word| word.starts_with("on"));
    found.extend(handlers.filter(|it| it.contains('=')).map(|it| format!("{path}: {it}")));
    found
}

/// Values in tags that are not between double quotes.
fn bare_values((path, text): &Template) -> Vec<String> {
    let mut found = Vec::new();
    for tag in tags(text) {
        let mut is_quoted = false;
        let mut rest = tag.as_str();
        while let Some(at) = rest.find(['"', '{']) {
            let (_, after) = rest.split_at(at);
            if let Some(value) = after.strip_prefix("{{") {
                // The level of a heading is a number.
                if !is_quoted && !tag.starts_with("h{{") && !tag.starts_with("/h{{") {
                    found.push(format!("{path}: <{tag}>"));
                }
                rest = value.split_once("}}").map_or("", |(_, rest)| rest);
            } else if let Some(code) = after.strip_prefix("{%") {
                rest = code.split_once("%}").map_or("", |(_, rest)| rest);
            } else {
                is_quoted ^= after.starts_with('"');
                rest = after.get(1..).unwrap_or_default();
            }
        }
    }
    found
}

/// The tags of a template, without their brackets; a bracket in code of a template is none.
fn tags(text: &str) -> Vec<String> {
    let mut bare = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("{%") {
        let (before, after) = rest.split_at(at);
        bare.push_str(before);
        rest = after.split_once("%}").map_or("", |(_, rest)| rest);
    }
    bare.push_str(rest);
    let tags = bare.split('<').skip(1).filter_map(|part| part.split_once('>'));
    tags.map(|(tag, _)| tag.to_owned()).collect()
}

/// Names of attributes in which a template shows a value.
fn attributes_with_values(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for tag in tags(text) {
        for (name, rest) in tag.split_whitespace().filter_map(|word| word.split_once("=\"")) {
            if rest.contains("{{") {
                names.push(name.to_owned());
            }
        }
    }
    names
}

#[test]
fn templates_run_nothing_fetch_nothing_and_escape_everything() {
    let templates = templates();
    let pages = templates.iter().filter(|(path, _)| path.ends_with(".html"));
    let mut offenders: Vec<String> = templates.iter().flat_map(unsafe_parts).collect();
    offenders.extend(pages.flat_map(bare_values));
    assert_none(&offenders);
}

#[test]
fn templates_show_text_of_others_in_few_attributes() {
    const OURS: &str = "id class aria-labelledby href x y x1 x2 width height viewBox aria-label content action value";
    let known: Vec<&str> = OURS.split(' ').chain(WITH_TEXT).collect();
    let mut offenders = Vec::new();
    for (path, text) in templates().iter().filter(|(path, _)| path.ends_with(".html")) {
        let names = attributes_with_values(text);
        let unknown = names.iter().filter(|name| !known.contains(&name.as_str()));
        offenders.extend(unknown.map(|name| format!("{path}: a value in {name}")));
    }
    assert_none(&offenders);
}

#[test]
fn only_templates_are_shown_without_escaping() {
    let sources = files("rs");
    let named = |source: &&super::Source| source.text.contains("HtmlSafe");
    let places: Vec<&str> =
        sources.iter().filter(named).map(|source| source.path.as_str()).collect();
    assert_eq!(places, [EXEMPTS]);
    let mut offenders = Vec::new();
    for source in sources.iter().filter(|it| it.path != EXEMPTS) {
        for part in source.text.split("fragments!(").skip(1) {
            let types = part.split(')').next().unwrap_or_default();
            for name in types.split(',').map(|it| it.split('<').next().unwrap_or_default().trim()) {
                // `#[derive(Template)]` and the path of the template come right before it.
                let declared =
                    source.text.split(&format!("struct {name}")).next().unwrap_or_default();
                let last = declared.rsplit("#[derive(").next().unwrap_or_default();
                if !last.starts_with("Template)]\n#[template(") {
                    offenders.push(format!("{}: {name} is no template", source.path));
                }
            }
        }
    }
    assert_none(&offenders);
}

#[test]
fn what_is_not_escaped_is_found() {
    let template = |text: &str| ("a.html".to_owned(), text.to_owned());
    let found = ["{{ a|safe }}", "<p onclick=\"{{ a }}\">", "<p style=\"x\">", "<p>{{ a }}</p>"]
        .map(|text| unsafe_parts(&template(text)).len());
    assert_eq!(found, [1, 1, 1, 0]);
    let bare = ["<p id={{ a }}>", "<p id=\"{{ a }}\">", "<p {{ a }}>", "<h{{ level }} id=\"a\">"]
        .map(|text| bare_values(&template(text)).len());
    assert_eq!(bare, [1, 0, 1, 0]);
}
