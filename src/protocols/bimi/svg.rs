//! Whether a file is a logo that receivers may show: SVG Tiny PS (draft-svg-tiny-ps-abrotman).
//!
//! The file is read as a stream: no entity is expanded, nothing is fetched, nothing is run. Elements
//! are held to an allow-list; references may lead only into the file itself.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::fmt;

/// The largest file that receivers are expected to take, by the guidance of the BIMI group.
pub const MOST_OCTETS: usize = 32 * 1024;
/// How many problems are kept.
const MOST_PROBLEMS: usize = 20;
/// The longest name that is shown, in characters.
const LONGEST_NAME: usize = 40;

/// The elements of the profile.
const ELEMENTS: [&str; 24] = [
    "circle",
    "defs",
    "desc",
    "ellipse",
    "g",
    "line",
    "linearGradient",
    "metadata",
    "path",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "solidColor",
    "stop",
    "svg",
    "switch",
    "tbreak",
    "text",
    "textArea",
    "title",
    "tspan",
    "use",
    "prefetch",
];

/// What a file is not allowed to have, or lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The file is not SVG, or not XML.
    NotSvg,
    /// `baseProfile` of the root is not `tiny-ps`.
    BaseProfile,
    /// `version` of the root is not `1.2`.
    Version,
    /// There is no title with text directly below the root.
    Title,
    /// The root has `x` or `y`.
    RootPosition,
    /// An element that the profile does not have.
    Element(String),
    /// An attribute that runs or styles: an event handler, or `style`.
    Attribute(String),
    /// A reference that leads out of the file.
    Reference(String),
    /// The file has a document type or refers to entities.
    Entity,
    /// The file is larger than [`MOST_OCTETS`].
    Size(usize),
}

impl Problem {
    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::NotSvg => "not-svg",
            Self::BaseProfile => "base-profile",
            Self::Version => "version",
            Self::Title => "title",
            Self::RootPosition => "root-xy",
            Self::Element(_) => "element",
            Self::Attribute(_) => "attribute",
            Self::Reference(_) => "reference",
            Self::Entity => "entity",
            Self::Size(_) => "size",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSvg => out.write_str("not an SVG file"),
            Self::BaseProfile => out.write_str("baseProfile is not \"tiny-ps\""),
            Self::Version => out.write_str("version is not \"1.2\""),
            Self::Title => out.write_str("no title element with text below the root"),
            Self::RootPosition => out.write_str("x or y on the root element"),
            Self::Element(name) => write!(out, "element {name}"),
            Self::Attribute(name) => write!(out, "attribute {name}"),
            Self::Reference(uri) => write!(out, "reference to {uri}"),
            Self::Entity => out.write_str("document type or entities"),
            Self::Size(octets) => write!(out, "{octets} octets, more than {MOST_OCTETS}"),
        }
    }
}

/// What was found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checked {
    /// What keeps receivers from showing it, each once.
    pub problems: Vec<Problem>,
    /// Whether the view box is a square; `None` if there is none that can be read.
    pub is_square: Option<bool>,
}

/// Looks at a file.
pub fn check(octets: &[u8]) -> Checked {
    let Ok(text) = std::str::from_utf8(octets) else { return not_svg() };
    let mut reader = Reader::from_str(text);
    let mut file = File::default();
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                file.element(&tag);
                file.depth += 1;
                file.is_in_title = file.depth == 2 && tag.name().as_ref() == "title";
            }
            Ok(Event::Empty(tag)) => file.element(&tag),
            Ok(Event::End(_)) => {
                file.depth = file.depth.saturating_sub(1);
                file.is_in_title = false;
            }
            Ok(Event::Text(text)) => file.text(&text),
            Ok(Event::CData(text)) => file.text(&text),
            Ok(Event::GeneralRef(reference)) => {
                const PREDEFINED: [&str; 5] = ["amp", "lt", "gt", "apos", "quot"];
                let is_known = reference.starts_with('#') || PREDEFINED.contains(&&*reference);
                if !is_known {
                    file.add(Problem::Entity);
                }
            }
            Ok(Event::DocType(_)) => file.has_doctype = true,
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
            Ok(Event::Eof) => break,
            Err(_) => return not_svg(),
        }
        if file.is_foreign {
            return not_svg();
        }
    }
    if !file.has_root || file.depth > 0 {
        return not_svg();
    }
    if file.has_doctype {
        file.add(Problem::Entity);
    }
    if !file.has_title {
        file.add(Problem::Title);
    }
    if octets.len() > MOST_OCTETS {
        file.add(Problem::Size(octets.len()));
    }
    Checked { problems: file.problems, is_square: file.is_square }
}

fn not_svg() -> Checked {
    Checked { problems: vec![Problem::NotSvg], is_square: None }
}

/// A file while it is read.
#[derive(Default)]
struct File {
    depth: usize,
    has_root: bool,
    /// True if the root is no SVG element.
    is_foreign: bool,
    has_doctype: bool,
    is_in_title: bool,
    has_title: bool,
    is_square: Option<bool>,
    problems: Vec<Problem>,
}

impl File {
    fn add(&mut self, problem: Problem) {
        if self.problems.len() < MOST_PROBLEMS && !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn text(&mut self, text: &str) {
        self.has_title |= self.is_in_title && !text.trim_ascii().is_empty();
    }

    fn element(&mut self, tag: &BytesStart<'_>) {
        let name = tag.name();
        let name = name.as_ref();
        if self.depth == 0 {
            self.root(tag, name);
        } else if name == "image" {
            // Whatever it shows lies outside of the profile, a part of the file included.
            self.add(Problem::Reference(shown(name)));
        } else if !ELEMENTS.contains(&name) {
            self.add(Problem::Element(shown(name)));
        }
        for attribute in tag.attributes() {
            let Ok(attribute) = attribute else {
                return self.add(Problem::Attribute(shown(name)));
            };
            let (key, value) = (attribute.key.as_ref(), attribute.value.trim_ascii());
            let local = key.rsplit(':').next().unwrap_or_default();
            let is_declared = key == "xmlns" || key.starts_with("xmlns:");
            if is_declared || name == "image" {
                continue;
            }
            if local == "href" && !value.starts_with('#') {
                self.add(Problem::Reference(shown(value)));
            } else if local == "style" || local.starts_with("on") {
                self.add(Problem::Attribute(shown(key)));
            } else if let Some(target) = outside(value) {
                self.add(Problem::Reference(shown(target)));
            }
        }
    }

    fn root(&mut self, tag: &BytesStart<'_>, name: &str) {
        // A second root is no XML.
        self.is_foreign |= name != "svg" || self.has_root;
        self.has_root = true;
        let value = |key: &str| {
            let attribute = tag.try_get_attribute(key).ok().flatten()?;
            Some(attribute.value.trim_ascii().to_owned())
        };
        if value("baseProfile").as_deref() != Some("tiny-ps") {
            self.add(Problem::BaseProfile);
        }
        if value("version").as_deref() != Some("1.2") {
            self.add(Problem::Version);
        }
        if value("x").is_some() || value("y").is_some() {
            self.add(Problem::RootPosition);
        }
        self.is_square = value("viewBox").and_then(|it| square(&it));
    }
}

/// The target of a `url(…)` that leads out of the file.
fn outside(value: &str) -> Option<&str> {
    let four = value.as_bytes().windows(4).enumerate();
    four.filter(|(_, octets)| octets.eq_ignore_ascii_case(b"url("))
        .map(|(at, _)| value.get(at + 4..).unwrap_or_default().trim_ascii())
        .map(|target| target.strip_prefix(['\'', '"']).unwrap_or(target))
        .find(|target| !target.starts_with('#'))
}

/// Whether the third and the fourth number of a view box are the same.
fn square(text: &str) -> Option<bool> {
    let numbers = text.split([' ', ',', '\t', '\n', '\r']).filter(|it| !it.is_empty());
    let numbers: Vec<f64> = numbers.map(|it| it.parse().ok()).collect::<Option<_>>()?;
    match numbers[..] {
        [_, _, width, height] => Some((width - height).abs() < f64::EPSILON),
        _ => None,
    }
}

/// A name of the file as it is shown.
fn shown(text: &str) -> String {
    let text = crate::text::escape(text.as_bytes());
    match text.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with these attributes of the root, and this in it.
    fn words(attributes: &str, inner: &str) -> Vec<&'static str> {
        let text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.2\" baseProfile=\"tiny-ps\" \
             viewBox=\"0 0 8 8\" {attributes}><title>A</title>{inner}</svg>"
        );
        check(text.as_bytes()).problems.iter().map(Problem::word).collect()
    }

    #[test]
    fn what_runs_or_leads_out_of_the_file_is_found_wherever_it_stands() {
        let found = [
            words("onload=\"x()\"", ""),
            words("", "<g><g><SCRIPT/></g></g>"),
            words("", "<foreignObject/><a/><audio/>"),
            words("", "<rect fill=\"URL( 'https://a.example/x#y')\"/>"),
            words("", "<rect fill=\"url(#a)\" style=\"fill:red\"/>"),
            words("", "<use href=\"data:image/svg+xml,x\"/>"),
            words("", "<path d=\"&xxe;\"/>&xxe;"),
        ];
        let expected: [&[&str]; 7] = [
            &["attribute"],
            &["element"],
            &["element", "element", "element"],
            &["reference"],
            &["attribute"],
            &["reference"],
            &["entity"],
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn entities_are_named_and_never_expanded() {
        let bomb = "<!DOCTYPE svg [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">\
                    <!ENTITY c SYSTEM \"file:///etc/passwd\">]>\
                    <svg version=\"1.2\" baseProfile=\"tiny-ps\"><title>&b;&c;</title></svg>";
        let words: Vec<_> = check(bomb.as_bytes()).problems.iter().map(Problem::word).collect();
        assert_eq!(words, ["entity", "title"]);
    }

    #[test]
    fn a_file_that_is_deep_wide_or_cut_is_bounded() {
        let deep = format!("<svg>{}", "<g>".repeat(100_000));
        let wide =
            format!("<svg>{}</svg>", (0..50_000).map(|n| format!("<e{n}/>")).collect::<String>());
        let found = [&*deep, &*wide, "<svg", "<svg><g></svg>", "\u{1b}[2J"]
            .map(|text| check(text.as_bytes()).problems.len());
        assert_eq!(found, [1, MOST_PROBLEMS, 1, 1, 1]);
    }

    #[test]
    fn names_of_a_file_are_escaped_and_short() {
        let text = format!("<svg><e{}\u{1b}[2J/></svg>", "x".repeat(100));
        let shown =
            check(text.as_bytes()).problems.iter().map(ToString::to_string).collect::<String>();
        assert!(!shown.contains('\u{1b}') && shown.len() < 400, "{shown}");
    }

    #[test]
    fn a_square_is_told_from_other_shapes() {
        let of = |view: &str| {
            let text = format!("<svg viewBox=\"{view}\"/>");
            check(text.as_bytes()).is_square
        };
        assert_eq!(
            ["0 0 64 64", "0,0,64,32", "0 0 1", "x"].map(of),
            [Some(true), Some(false), None, None]
        );
    }
}
