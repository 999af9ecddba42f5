//! An mbox: messages one behind the other, a `From ` line before each (RFC 4155 Appendix A).

use super::{MESSAGE_LIMIT, Piece, Unreadable};
use std::io::{self, BufRead, Read as _};

/// The separator before a message, and the octets of it.
type Cut = (Option<Vec<u8>>, Vec<u8>);

/// The messages of an mbox, read as they are asked for.
#[derive(Debug)]
pub struct Mbox<R> {
    from: R,
    /// The separator that ended the message before.
    separator: Option<Vec<u8>>,
    is_over: bool,
}

/// True if a text begins like an mbox: a `From ` line, and a header field or its own end behind it.
pub fn is_mbox(text: &[u8]) -> bool {
    let first = text.split(|octet| *octet == b'\n').next().unwrap_or_default();
    is_separator(first)
}

/// True if a line is a separator: `From `, a reverse-path, and a time such as `12:30`.
fn is_separator(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    // A sentence that begins with "From " has no time of day in the form of asctime.
    let is_time = |three: &[u8]| matches!(three, [before, b':', after] if before.is_ascii_digit() && after.is_ascii_digit());
    rest.len() < 1024 && rest.windows(3).any(is_time)
}

impl<R: BufRead> Mbox<R> {
    /// Reads an mbox.
    pub fn new(from: R) -> Self {
        Self { from, separator: None, is_over: false }
    }

    /// The next line with its end, of at most as many octets as a message may have.
    fn line(&mut self, line: &mut Vec<u8>) -> io::Result<usize> {
        self.from.by_ref().take(MESSAGE_LIMIT).read_until(b'\n', line)
    }

    /// The octets of the next message, and the separator before it; `None` after the last.
    fn message(&mut self) -> io::Result<Option<Cut>> {
        let (mut octets, mut line) = (Vec::new(), Vec::new());
        // A separator is one behind an empty line, or at the very beginning.
        let mut follows_empty = self.separator.is_none();
        let mut separator = self.separator.take();
        loop {
            line.clear();
            if self.line(&mut line)? == 0 {
                self.is_over = true;
                break;
            }
            let text = line.trim_ascii_end();
            if follows_empty && is_separator(text) {
                if separator.is_none() && octets.is_empty() {
                    separator = Some(text.to_vec());
                    follows_empty = false;
                    continue;
                }
                self.separator = Some(text.to_vec());
                break;
            }
            follows_empty = text.is_empty();
            // What is beyond the limit is not kept; that it was there is.
            let room = MESSAGE_LIMIT.saturating_add(1).saturating_sub(octets.len() as u64);
            let kept = usize::try_from(room).unwrap_or(usize::MAX).min(line.len());
            octets.extend_from_slice(line.get(..kept).unwrap_or_default());
        }
        if octets.is_empty() && separator.is_none() {
            return Ok(None);
        }
        // The empty line before the next separator belongs to the mbox.
        if self.separator.is_some() || separator.is_some() {
            let end = if octets.ends_with(b"\n\r\n") {
                2
            } else {
                usize::from(octets.ends_with(b"\n\n"))
            };
            octets.truncate(octets.len() - end);
        }
        Ok(Some((separator, octets)))
    }
}

impl<R: BufRead> Iterator for Mbox<R> {
    type Item = Result<Piece, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        match self.message() {
            Ok(Some((separator, octets))) => {
                let piece = Piece::new(octets);
                Some(piece.map(|piece| Piece { from_line: separator, ..piece }))
            }
            Ok(None) => None,
            Err(why) => {
                self.is_over = true;
                Some(Err(why.into()))
            }
        }
    }
}
