//! `$GENERATE`: records that BIND makes of a pattern.
//!
//! ```text
//! $GENERATE start "-" stop [ "/" step ] lhs [ttl] [class] type rhs
//! ```
//! In `lhs` and `rhs`, `$` stands for the number, and `${offset,width,radix}` for the number plus
//! `offset`, at least `width` wide, in radix `d`, `o`, `x` or `X`; with `n` or `N`, its hexadecimal
//! digits from the last to the first with dots between them. `$$` and `\$` are a dollar sign. `rhs`
//! is one word; in quotes it may have blanks: `"10 mx$"`. BIND 9 Administrator Reference Manual,
//! "BIND Primary File Extension: the $GENERATE Directive".

use crate::dns::presentation::Word;

/// Records of a file that come from such patterns, at most.
pub(super) const RECORD_LIMIT: u32 = 65_536;
/// Octets on either side of a record, before and after the number is put in.
const SIDE_LIMIT: usize = 1024;

/// The numbers to put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    start: u32,
    stop: u32,
    step: u32,
}

impl Range {
    /// Reads `start-stop[/step]`.
    pub(super) fn read(word: Word<'_>) -> Option<Self> {
        let text = std::str::from_utf8(word.text).ok().filter(|_| !word.quoted)?;
        let (range, step) = text.split_once('/').unwrap_or((text, "1"));
        let (start, stop) = range.split_once('-')?;
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
            text.parse().ok().filter(|number| digits && *number <= i32::MAX as u32)
        };
        let range = Self { start: number(start)?, stop: number(stop)?, step: number(step)? };
        (range.start <= range.stop && range.step > 0).then_some(range)
    }

    /// How many numbers it has.
    pub(super) fn count(self) -> u32 {
        (self.stop - self.start) / self.step + 1
    }

    /// The numbers, ascending.
    pub(super) fn numbers(self) -> impl Iterator<Item = u32> {
        (0..self.count()).map(move |index| self.start + index * self.step)
    }
}

/// The pattern that a word holds. In quotes, `\"` is a quote and nothing else is undone.
pub(super) fn pattern(word: Word<'_>) -> Vec<u8> {
    let mut pattern = Vec::with_capacity(word.text.len().min(SIDE_LIMIT));
    for octet in word.text.iter().take(SIDE_LIMIT + 1) {
        if word.quoted && *octet == b'"' {
            pattern.pop();
        }
        pattern.push(*octet);
    }
    pattern
}

const PLACEHOLDER: &str = "$, or ${offset,width,radix} with a radix of d, o, x, X, n or N";

/// Puts a number into a pattern.
///
/// # Errors
/// What was expected.
pub(super) fn expand(pattern: &[u8], number: u32) -> Result<Vec<u8>, &'static str> {
    let mut out = Vec::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    while let [first, after @ ..] = rest {
        rest = match (first, after) {
            (b'\\', [next, after @ ..]) => {
                out.extend([b'\\', *next]);
                after
            }
            (b'$', [b'$', after @ ..]) => {
                out.push(b'$');
                after
            }
            (b'$', [b'{', after @ ..]) => {
                let end = after.iter().position(|octet| *octet == b'}').ok_or(PLACEHOLDER)?;
                let (inner, after) = after.split_at_checked(end).ok_or(PLACEHOLDER)?;
                Placeholder::read(inner).ok_or(PLACEHOLDER)?.write(number, &mut out)?;
                after.get(1..).unwrap_or_default()
            }
            (b'$', after) => {
                out.extend(number.to_string().bytes());
                after
            }
            (octet, after) => {
                out.push(*octet);
                after
            }
        };
        if out.len() > SIDE_LIMIT {
            return Err("at most 1024 octets on either side of a record");
        }
    }
    Ok(out)
}

/// What stands between the braces.
struct Placeholder {
    offset: i64,
    width: usize,
    radix: u8,
}

impl Placeholder {
    /// Reads `offset[,width[,radix]]`.
    fn read(text: &[u8]) -> Option<Self> {
        let mut parts = std::str::from_utf8(text).ok()?.split(',');
        let offset: i32 = parts.next()?.parse().ok()?;
        let width = parts.next().map_or(Some(0), |width| width.parse::<u8>().ok())?;
        let radix = match parts.next() {
            None => b'd',
            Some(radix) => match radix.as_bytes() {
                [radix @ (b'd' | b'o' | b'x' | b'X' | b'n' | b'N')] => *radix,
                _ => return None,
            },
        };
        parts.next().is_none().then_some(())?;
        Some(Self { offset: offset.into(), width: width.into(), radix })
    }

    fn write(&self, number: u32, out: &mut Vec<u8>) -> Result<(), &'static str> {
        let width = self.width;
        let shifted = i64::from(number) + self.offset;
        let Ok(number) = u32::try_from(shifted) else {
            // BIND prints what is below zero with its sign, in decimal digits only.
            if self.radix != b'd' {
                return Err("numbers that are not below zero after the offset");
            }
            out.extend(format!("{shifted:0width$}").bytes());
            return Ok(());
        };
        let text = match self.radix {
            b'o' => format!("{number:0width$o}"),
            b'x' => format!("{number:0width$x}"),
            b'X' => format!("{number:0width$X}"),
            b'n' => nibbles(number, width),
            b'N' => nibbles(number, width).to_ascii_uppercase(),
            _ => format!("{number:0width$}"),
        };
        out.extend(text.bytes());
        Ok(())
    }
}

/// Hexadecimal digits from the last to the first, a dot after each that is followed by another.
/// Dots count in the width.
fn nibbles(mut number: u32, mut width: usize) -> String {
    let mut out = String::new();
    loop {
        out.push(char::from_digit(number & 0xf, 16).unwrap_or('0'));
        number >>= 4;
        width = width.saturating_sub(1);
        if width == 0 && number == 0 {
            return out;
        }
        out.push('.');
        width = width.saturating_sub(1);
        // A width that ends behind a dot ends the name there.
        if width == 0 && number == 0 {
            return out;
        }
    }
}
