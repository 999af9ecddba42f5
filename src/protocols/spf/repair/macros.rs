//! Macros of a name (RFC 7208 §7.1), however they are written.

/// The letters of macros.
const LETTERS: &[u8] = b"slodiphcrtv";

/// A name with its macros as the standard writes them, and whether they can have been meant in one way
/// only; `None` if they are written so already, or if what was meant cannot be told.
pub(super) fn read(name: &[u8]) -> Option<(Vec<u8>, bool)> {
    let mut meant = Vec::with_capacity(name.len());
    let mut is_certain = true;
    let mut rest = name;
    while let Some((first, behind)) = rest.split_first() {
        match (first, behind.first()) {
            (b'%', Some(b'%' | b'_' | b'-')) => {
                meant.extend_from_slice(rest.get(..2)?);
                rest = rest.get(2..)?;
            }
            // `${d}` is how other languages write a variable.
            (b'$' | b'%', Some(open @ (b'{' | b'(' | b'['))) => {
                let close = match open {
                    b'{' => b'}',
                    b'(' => b')',
                    _ => b']',
                };
                let inner = behind.get(1..)?;
                let length = macro_length(inner)?;
                let end = inner.get(length) == Some(&close);
                meant.extend_from_slice(b"%{");
                meant.extend_from_slice(inner.get(..length)?);
                meant.push(b'}');
                is_certain &= end;
                rest = inner.get(length + usize::from(end)..)?;
            }
            // `%d` without braces may be more than its letter.
            (b'%', Some(_)) => {
                let length = macro_length(behind)?;
                meant.extend_from_slice(b"%{");
                meant.extend_from_slice(behind.get(..length)?);
                meant.push(b'}');
                is_certain = false;
                rest = behind.get(length..)?;
            }
            (b'%', None) => return None,
            _ => {
                meant.push(*first);
                rest = behind;
            }
        }
    }
    (meant != name).then_some((meant, is_certain))
}

/// How long the body of a macro is: its letter, digits, `r` and delimiters.
fn macro_length(text: &[u8]) -> Option<usize> {
    let (letter, rest) = text.split_first()?;
    if !LETTERS.contains(&letter.to_ascii_lowercase()) {
        return None;
    }
    let digits = rest.iter().take_while(|octet| octet.is_ascii_digit()).count();
    let rest = rest.get(digits..)?;
    let reversed = usize::from(rest.first().is_some_and(|octet| octet.eq_ignore_ascii_case(&b'r')));
    // A dot without a brace behind it belongs to the name.
    let delimiters = rest.iter().skip(reversed).take_while(|it| b"-+,/_=".contains(it)).count();
    let length = 1 + digits + reversed;
    let is_closed = rest.get(reversed + delimiters).is_some_and(|octet| b"})]".contains(octet));
    Some(if is_closed { length + delimiters } else { length })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macros_in_other_brackets_or_none_are_put_in_braces() {
        let names = [
            ("%(d)", Some(("%{d}", true))),
            ("%{i}._spf.%[d]", Some(("%{i}._spf.%{d}", true))),
            ("${ir}.x.example", Some(("%{ir}.x.example", true))),
            ("%{d.x.example", Some(("%{d}.x.example", false))),
            ("%d._spf.x.example", Some(("%{d}._spf.x.example", false))),
            ("%ir.x.example", Some(("%{ir}.x.example", false))),
            ("%{ir}.%{v}.%{d2r-}.x.example", None),
            ("a%%b.x.example", None),
            ("%q.x.example", None),
            ("x.example%", None),
        ];
        for (name, expected) in names {
            let meant = read(name.as_bytes());
            let meant = meant.map(|(text, certain)| (String::from_utf8(text).unwrap(), certain));
            let expected = expected.map(|(text, certain): (&str, bool)| (text.to_owned(), certain));
            assert_eq!(meant, expected, "{name}");
        }
    }
}
