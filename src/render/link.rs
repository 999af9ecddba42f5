//! Links behind words: on pages, and (OSC 8) where a terminal understands them.
//!
//! A [`Link`] is made of a citation or the id of a rule and of nothing else, and only of characters that end no escape
//! sequence: whatever a report holds, it cannot get into one.

use crate::catalogue;
use crate::diagnostic::family;
use crate::text::Citation;
use std::ffi::OsString;

/// Where the pages of the rules can be read.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// Where a section, or the page of a rule, can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link(String);

impl Link {
    /// The page of a section of an RFC; `None` for anything else, and for a section that no RFC can
    /// have.
    pub fn to<S: AsRef<str>>(cite: &Citation<S>) -> Option<Self> {
        let Citation::Rfc { section, .. } = cite else { return None };
        let is_tame = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'.';
        cite.url().filter(|_| section.as_ref().bytes().all(is_tame)).map(Self)
    }

    /// The page of a rule; `None` if no rule has this id.
    pub fn to_rule(id: &str) -> Option<Self> {
        let rule = catalogue::rule(id)?;
        let room = match rule.family() {
            family @ (family::POSTURE | family::ZONE | family::CONTRACT) => family.to_owned(),
            family::CHANGE => "compare".to_owned(),
            family::CONFIG => "suppress".to_owned(),
            family::MESSAGE => "audit/message".to_owned(),
            family::BOUNCE => "audit/bounce".to_owned(),
            family::REPORT => "audit/feedback".to_owned(),
            protocol => format!("protocols/{protocol}"),
        };
        Some(Self(format!("{REPOSITORY}/blob/main/src/{room}/lint/{}.md", rule.name())))
    }

    /// The address: printable ASCII without quotes, blanks and angle brackets.
    pub fn address(&self) -> &str {
        &self.0
    }

    /// Adds painted words to `out`, with the link behind them.
    ///
    /// The form is that of <https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda>.
    pub fn around(&self, painted: &str, out: &mut String) {
        out.push_str("\u{1b}]8;;");
        out.push_str(&self.0);
        out.push_str("\u{1b}\\");
        out.push_str(painted);
        out.push_str("\u{1b}]8;;\u{1b}\\");
    }
}

/// True if the terminal that the environment describes shows links; `var` reads the environment.
///
/// `FORCE_HYPERLINK` decides if it is set. A terminal that is not known, or that a multiplexer hides,
/// gets no link: some print the address as text.
pub fn are_understood(var: impl Fn(&str) -> Option<OsString>) -> bool {
    let text = |name: &str| {
        let value = var(name).map(|value| value.to_string_lossy().into_owned());
        value.filter(|value| !value.is_empty())
    };
    if let Some(forced) = text("FORCE_HYPERLINK") {
        return forced != "0";
    }
    let term = text("TERM").unwrap_or_default();
    let is_hidden = ["screen", "tmux", "dumb", "linux"].iter().any(|it| term.starts_with(it));
    if is_hidden || text("CI").is_some() || text("TMUX").is_some() || text("STY").is_some() {
        return false;
    }
    let program = text("TERM_PROGRAM").unwrap_or_default();
    let vte = text("VTE_VERSION").and_then(|version| version.parse::<u32>().ok());
    // VTE learned links in 0.50.
    vte.is_some_and(|version| version >= 5000)
        || PROGRAMS.contains(&program.as_str())
        || TERMS.iter().any(|known| term.starts_with(known))
        || ["WT_SESSION", "KONSOLE_VERSION", "DOMTERM"].iter().any(|name| text(name).is_some())
}

/// Programs that name themselves.
const PROGRAMS: [&str; 7] = ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio"];

/// Terminals whose description names them.
const TERMS: [&str; 6] =
    ["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm", "contour"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Cited, rfc};

    fn understood(variables: &[(&str, &str)]) -> bool {
        are_understood(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.into())
        })
    }

    #[test]
    fn every_rule_is_linked_to_its_page() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let lost: Vec<&str> = catalogue::rules()
            .map(|rule| rule.id)
            .filter(|id| {
                let link = Link::to_rule(id).map(|link| link.0).unwrap_or_default();
                let page = link.split_once("/blob/main/").map(|(_, page)| root.join(page));
                !page.is_some_and(|page| page.is_file())
            })
            .collect();
        assert_eq!(lost, [""; 0]);
    }

    #[test]
    fn what_is_no_rule_is_not_linked() {
        for id in ["spf", "spf/", "spf/../x", "spf/a\u{1b}\\b", "spf/a/b"] {
            assert_eq!(Link::to_rule(id), None, "{id:?}");
        }
    }

    #[test]
    fn a_section_is_linked_where_it_stands() {
        let mut out = String::new();
        Link::to(&rfc(7208, "4.6.4")).unwrap().around("§4.6.4", &mut out);
        assert_eq!(
            out,
            "\u{1b}]8;;https://www.rfc-editor.org/rfc/rfc7208#section-4.6.4\u{1b}\\§4.6.4\
             \u{1b}]8;;\u{1b}\\"
        );
    }

    #[test]
    fn what_a_report_cites_from_outside_ends_no_sequence() {
        for section in ["4\u{1b}\\evil", "4\u{7}", "4;x", "4 5", "4\n", "4/../../x", "4?x", "§4"] {
            let cite = Cited::Rfc { number: 7208, section: section.to_owned().into() };
            assert_eq!(Link::to(&cite), None, "{section:?}");
        }
    }

    #[test]
    fn a_terminal_that_is_known_gets_links() {
        let known = [("TERM_PROGRAM", "WezTerm"), ("VTE_VERSION", "6003"), ("TERM", "xterm-kitty")];
        assert_eq!(known.map(|it| understood(&[it])), [true; 3]);
    }

    #[test]
    fn a_terminal_that_is_not_known_or_hidden_gets_none() {
        assert_eq!(
            [
                understood(&[]),
                understood(&[("TERM", "xterm-256color")]),
                understood(&[("VTE_VERSION", "4800")]),
                understood(&[("TERM", "dumb"), ("VTE_VERSION", "6003")]),
                understood(&[("TMUX", "/tmp/x"), ("TERM_PROGRAM", "WezTerm")]),
                understood(&[("CI", "true"), ("TERM_PROGRAM", "vscode")]),
                understood(&[("FORCE_HYPERLINK", "0"), ("VTE_VERSION", "6003")]),
            ],
            [false; 7]
        );
    }

    #[test]
    fn links_can_be_forced() {
        assert!(understood(&[("FORCE_HYPERLINK", "1"), ("TMUX", "/tmp/x")]));
    }
}
