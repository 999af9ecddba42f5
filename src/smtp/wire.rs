//! Replies on the wire (RFC 5321 §4.2), read within limits.

use std::io;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The longest line of a reply, in octets; RFC 5321 §4.5.3.1.5 has 512.
const LONGEST_LINE: usize = 4096;
/// The longest reply, all its lines together.
const LONGEST_REPLY: usize = 64 * 1024;

/// A reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// From 200 to 599.
    pub(super) code: u16,
    /// The texts of its lines, without codes and ends.
    pub(super) lines: Vec<Vec<u8>>,
}

/// Why there is no reply.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The connection ended, and how.
    Closed(String),
    /// What came is no reply.
    Malformed(String),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Closed(error.to_string())
    }
}

/// One side of a connection.
pub(super) struct Wire<S> {
    pub(super) stream: S,
    buffer: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    /// A connection on which nothing was read yet.
    pub(super) fn new(stream: S) -> Self {
        Self { stream, buffer: Vec::new() }
    }

    /// Octets that came and belong to no reply that was read.
    pub(super) fn rest(&self) -> usize {
        self.buffer.len()
    }

    /// Sends a line.
    pub(super) async fn send(&mut self, line: &str) -> Result<(), Trouble> {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        Ok(self.stream.flush().await?)
    }

    /// Sends a line, and reads the reply to it.
    pub(super) async fn ask(&mut self, line: &str) -> Result<Reply, Trouble> {
        self.send(line).await?;
        self.reply().await
    }

    /// Reads a reply.
    pub(super) async fn reply(&mut self) -> Result<Reply, Trouble> {
        let mut lines = Vec::new();
        let mut octets = 0_usize;
        loop {
            let line = self.line().await?;
            octets += line.len();
            if octets > LONGEST_REPLY {
                return Err(Trouble::Malformed(format!(
                    "a reply of more than {LONGEST_REPLY} octets"
                )));
            }
            let (code, is_last, text) = parse(&line)?;
            lines.push(text.to_vec());
            if is_last {
                return Ok(Reply { code, lines });
            }
        }
    }

    /// Reads a line, without its end.
    async fn line(&mut self) -> Result<Vec<u8>, Trouble> {
        loop {
            if let Some(end) = self.buffer.iter().position(|octet| *octet == b'\n') {
                let mut line: Vec<u8> = self.buffer.drain(..=end).collect();
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(line);
            }
            if self.buffer.len() > LONGEST_LINE {
                return Err(Trouble::Malformed(format!(
                    "a line of more than {LONGEST_LINE} octets"
                )));
            }
            let mut piece = [0; 2048];
            let read = self.stream.read(&mut piece).await?;
            if read == 0 {
                return Err(Trouble::Closed("the server closed the connection".into()));
            }
            self.buffer.extend_from_slice(piece.get(..read).unwrap_or_default());
        }
    }
}

/// Code, whether it is the last line, and text.
fn parse(line: &[u8]) -> Result<(u16, bool, &[u8]), Trouble> {
    let malformed = || {
        let begin = line.get(..60).unwrap_or(line);
        Trouble::Malformed(format!("not an SMTP reply: {}", String::from_utf8_lossy(begin)))
    };
    let digits = line.first_chunk::<3>().ok_or_else(malformed)?;
    if !matches!(digits[0], b'2'..=b'5') || !digits.iter().all(u8::is_ascii_digit) {
        return Err(malformed());
    }
    let code = digits.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    match line.get(3) {
        None => Ok((code, true, &[])),
        Some(b' ') => Ok((code, true, line.get(4..).unwrap_or_default())),
        Some(b'-') => Ok((code, false, line.get(4..).unwrap_or_default())),
        Some(_) => Err(malformed()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_three_digits_and_a_mark() {
        let read = |line: &'static [u8]| parse(line).ok().map(|(code, is_last, _)| (code, is_last));
        assert_eq!(
            [
                read(b"220 a"),
                read(b"220-a"),
                read(b"220"),
                read(b"22 a"),
                read(b"920 a"),
                read(b"+OK")
            ],
            [Some((220, true)), Some((220, false)), Some((220, true)), None, None, None]
        );
    }
}
