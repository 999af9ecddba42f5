//! What of a text from outside may be printed as it is.
//!
//! One rule for every reader: terminals, web pages, logs of CI, files for other tools. A character
//! that nobody sees, or that changes how others are seen, is written as its octets; see UTR #36 and
//! CVE-2021-42574 for what can be done with them.

use icu_properties::props::{BidiControl, DefaultIgnorableCodePoint, GeneralCategory as Category};
use icu_properties::{
    CodePointMapData, CodePointMapDataBorrowed, CodePointSetData, CodePointSetDataBorrowed,
};
use std::fmt::Write as _;

/// Signs that are drawn as nothing or as a box, though the tables of Unicode count them as symbols:
/// the empty pattern of Braille, the object replacement character and the null notehead.
const BLANK: [char; 3] = ['\u{2800}', '\u{fffc}', '\u{1d159}'];

const CATEGORY: CodePointMapDataBorrowed<'static, Category> = CodePointMapData::<Category>::new();
const IGNORABLE: CodePointSetDataBorrowed<'static> =
    CodePointSetData::new::<DefaultIgnorableCodePoint>();
const BIDI_CONTROL: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<BidiControl>();

/// The text in printable form: every octet of a character that is not [printable](is_printable), and
/// every octet that is not UTF-8, becomes `\xNN`.
pub fn escape(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    escape_into(text, &mut out);
    out
}

/// The same, of which so many characters are kept.
#[cfg(any(feature = "mail", feature = "smtp"))]
pub(crate) fn escaped_within(text: &[u8], longest: usize) -> String {
    let text = escape(text);
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Where commands of CI services begin, anywhere in a line: GitHub and Azure Pipelines.
const COMMANDS: [&str; 2] = ["##[", "##vso["];

/// Breaks up, in a line that begins at `from`, what a CI service takes for a command at the beginning of a
/// line in its log: `::error::`, blanks before it aside.
pub(crate) fn break_line_command(out: &mut String, from: usize) {
    let line = out.get(from..).unwrap_or_default();
    let indent = line.len() - line.trim_start().len();
    if line.trim_start().starts_with("::") {
        out.replace_range(from + indent..from + indent + 1, "\\x3a");
    }
    break_commands(out, from);
}

/// Breaks up what a CI service takes for a command anywhere in a line of its log.
fn break_commands(out: &mut String, mut from: usize) {
    while let Some(found) = out.get(from..).and_then(|rest| rest.find("##")) {
        let at = from + found;
        let is_command = |command: &&str| {
            let begin = out.get(at..at + command.len());
            begin.is_some_and(|begin| begin.eq_ignore_ascii_case(command))
        };
        if COMMANDS.iter().any(is_command) {
            out.replace_range(at + 1..at + 2, "\\x23");
        }
        from = at + 1;
    }
}

/// Appends [`escape`] of `text` to `out`.
pub fn escape_into(text: &[u8], out: &mut String) {
    let begin = out.len();
    write_escaped(text, out);
    break_commands(out, begin.saturating_sub(2));
}

fn write_escaped(text: &[u8], out: &mut String) {
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            if is_printable(character) {
                out.push(character);
            } else {
                let mut buffer = [0; 4];
                hex(character.encode_utf8(&mut buffer).as_bytes(), out);
            }
        }
        hex(chunk.invalid(), out);
    }
}

/// True for characters that a reader sees, and that leave those around them as they are: neither
/// controls and format characters (Cc, Cf), nor blanks other than the space (Zs, Zl, Zp), nor what
/// programs ignore when they draw text, nor what sets the direction of writing, nor private or
/// unassigned code points, whose look nobody knows.
pub fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, ' '..='~');
    }
    let is_hidden = matches!(
        CATEGORY.get(character),
        Category::Control
            | Category::Format
            | Category::SpaceSeparator
            | Category::LineSeparator
            | Category::ParagraphSeparator
            | Category::PrivateUse
            | Category::Surrogate
            | Category::Unassigned
    );
    !is_hidden
        && !IGNORABLE.contains(character)
        && !BIDI_CONTROL.contains(character)
        && !BLANK.contains(&character)
}

fn hex(octets: &[u8], out: &mut String) {
    for octet in octets {
        // Writing to a String cannot fail.
        let _ = write!(out, "\\x{octet:02x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    /// Every character that `class` of other tables of Unicode has.
    fn all_of(class: &str) -> impl Iterator<Item = char> {
        let class = Regex::new(class).expect("a test writes valid classes");
        ('\0'..=char::MAX).filter(move |one| class.is_match(one.encode_utf8(&mut [0; 4])))
    }

    #[test]
    fn terminal_escapes_are_shown_and_never_emitted() {
        assert_eq!(escape(b"\x1b[31mred\x07"), "\\x1b[31mred\\x07");
    }

    #[test]
    fn commands_of_ci_services_are_broken_up() {
        let shown = ["##[error]x", "a ##vso[task]", "###[x", "##VSO[x", "## [x"]
            .map(|it| escape(it.as_bytes()));
        let expected = ["#\\x23[error]x", "a #\\x23vso[task]", "##\\x23[x", "#\\x23VSO[x", "## [x"];
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_command_in_two_pieces_is_broken_up() {
        let mut shown = "##".to_owned();
        escape_into(b"[error]", &mut shown);
        assert_eq!(shown, "#\\x23[error]");
    }

    #[test]
    fn eight_bit_controls_and_direction_marks_are_shown_as_octets() {
        assert_eq!(escape("a\u{9b}b\u{202e}c".as_bytes()), "a\\xc2\\x9bb\\xe2\\x80\\xaec");
    }

    #[test]
    fn what_is_no_character_is_shown_as_octets() {
        let shown = escape("a\u{fffe}\u{ffff}\u{fffd}".as_bytes());
        assert_eq!(shown, "a\\xef\\xbf\\xbe\\xef\\xbf\\xbf\u{fffd}");
    }

    #[test]
    fn octets_that_are_not_utf8_are_shown_as_octets() {
        assert_eq!(escape(b"v=spf1 \xff\x80"), "v=spf1 \\xff\\x80");
    }

    #[test]
    fn no_character_that_hides_or_reorders_text_is_printed() {
        let class = r"[\p{Cf}\p{Cc}\p{Co}\p{Z}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]";
        let printed: Vec<char> = all_of(class)
            .filter(|one| *one != ' ' && escape(one.to_string().as_bytes()).contains(*one))
            .collect();
        assert!(printed.is_empty(), "{printed:?}");
    }

    #[test]
    fn letters_figures_and_signs_of_every_script_are_printed() {
        let class = r"[[\p{L}\p{N}\p{P}\p{S}\p{M}]--[\p{DI}\x{2800}\x{fffc}\x{1d159}]]";
        let hidden: Vec<char> = all_of(class).filter(|one| !is_printable(*one)).collect();
        assert!(hidden.is_empty(), "{hidden:?}");
    }

    #[test]
    fn what_is_escaped_once_is_not_escaped_again() {
        let all: String = ('\0'..=char::MAX).collect();
        let escaped = escape(all.as_bytes());
        assert_eq!(escape(escaped.as_bytes()), escaped);
    }
}
