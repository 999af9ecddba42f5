//! How Route 53 writes names and values, wherever they are printed.

use super::text::Text;
use crate::dns::Kind;

/// A value of Route 53. Texts are written without the quotes around them, strings of a longer one
/// with `""` between them.
pub(super) fn value(text: &Text, kind: Kind) -> Text {
    let text = octal(text);
    let is_quoted = text.octets().starts_with(b"\"") && text.octets().ends_with(b"\"");
    if !matches!(kind, Kind::Txt | Kind::Spf) || is_quoted {
        return text;
    }
    let mut out = Text::at(text.start());
    out.push(b'"', text.start());
    out.append(&text);
    out.push(b'"', text.offset(text.octets().len()));
    spaced(&out)
}

/// A blank between a quote that closes a string and one that opens the next.
pub(super) fn spaced(text: &Text) -> Text {
    let mut out = Text::at(text.start());
    let (mut inside, mut escaped) = (false, false);
    for (index, octet) in text.octets().iter().enumerate() {
        let offset = text.offset(index);
        if *octet == b'"' && !escaped {
            if !inside && out.octets().last() == Some(&b'"') {
                out.push(b' ', offset);
            }
            inside = !inside;
        }
        escaped = *octet == b'\\' && !escaped;
        out.push(*octet, offset);
    }
    out
}

/// Escapes of Route 53 are octal: `\052` is `*`. Master files have them in decimal.
pub(super) fn octal(text: &Text) -> Text {
    let mut out = Text::at(text.start());
    let octets = text.octets();
    let mut index = 0;
    while let Some(octet) = octets.get(index) {
        let offset = text.offset(index);
        let length = match octets.get(index..) {
            Some([b'\\', x @ b'0'..=b'3', y @ b'0'..=b'7', z @ b'0'..=b'7', ..]) => {
                let number = (x - b'0') << 6 | (y - b'0') << 3 | (z - b'0');
                format!("\\{number:03}").bytes().for_each(|octet| out.push(octet, offset));
                4
            }
            Some([b'\\', next, ..]) => {
                out.push(b'\\', offset);
                out.push(*next, offset + 1);
                2
            }
            _ => {
                out.push(*octet, offset);
                1
            }
        };
        index += length;
    }
    out
}
