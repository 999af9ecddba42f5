//! What `l=` leaves out (RFC 6376 §3.5): the canonical body behind the octets that are signed.

use super::Signature;

/// Octets of the text behind that are looked at for its first line.
const LOOKED_AT: usize = 1024;
/// Octets of that line that are shown.
const SHOWN: usize = 60;

/// The part of a body that a signature with `l=` does not cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncovered {
    /// Its octets, canonicalized.
    pub octets: u64,
    /// Its lines; the end of a line that is covered in part is one.
    pub lines: usize,
    /// The first that is not empty; empty if there is none. Octets beyond ASCII replaced.
    pub first: String,
}

impl Uncovered {
    /// What the signature does not cover; `None` if it has no `l=`, or covers all of the body.
    pub fn of(body: &[u8], signature: &Signature<'_>) -> Option<Self> {
        let mut left = signature.length?;
        let (mut octets, mut lines) = (0, 0);
        let mut begin = Vec::new();
        signature.body.body(body, |piece| {
            let covered = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
            left -= covered as u64;
            let behind = piece.get(covered..).unwrap_or_default();
            octets += behind.len() as u64;
            lines += behind.iter().filter(|octet| **octet == b'\n').count();
            let room = LOOKED_AT.saturating_sub(begin.len()).min(behind.len());
            begin.extend_from_slice(behind.get(..room).unwrap_or_default());
        });
        let first = begin.split(|octet| *octet == b'\n').map(<[u8]>::trim_ascii);
        let first = first.into_iter().find(|line| !line.is_empty()).unwrap_or_default();
        let first =
            String::from_utf8_lossy(first.get(..first.len().min(SHOWN)).unwrap_or_default())
                .into_owned();
        (octets > 0).then_some(Self { octets, lines, first })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Field, signature::Dialect};

    fn uncovered(length: &str, form: &str, body: &str) -> Option<Uncovered> {
        let field = format!(
            "DKIM-Signature: v=1; a=rsa-sha256; c=simple/{form}; d=a.example; s=s; h=from; \
             bh=YQ==; b=YQ==;{length}\r\n"
        );
        let field = Field::read(field.as_bytes()).expect("a field");
        let signature = Signature::read(field, Dialect::Dkim).expect("a signature");
        Uncovered::of(body.as_bytes(), &signature)
    }

    #[test]
    fn what_stands_behind_the_length_is_not_covered() {
        let found = uncovered(" l=8", "simple", "signed\r\n\r\nadded <b>\r\nmore\r\n");
        assert_eq!(found, Some(Uncovered { octets: 19, lines: 3, first: "added <b>".into() }));
    }

    #[test]
    fn octets_are_those_of_the_canonical_body() {
        let found = uncovered(" l=5", "relaxed", "a  b  \r\nc\t\td\r\n\r\n\r\n");
        assert_eq!(found, Some(Uncovered { octets: 5, lines: 1, first: "c d".into() }));
    }

    #[test]
    fn nothing_is_left_out_without_a_length_or_with_that_of_the_body() {
        let found = ["", " l=8", " l=800"].map(|length| uncovered(length, "simple", "signed\r\n"));
        assert_eq!(found, [None, None, None]);
    }

    #[test]
    fn a_length_of_zero_covers_nothing() {
        let found = uncovered(" l=0", "simple", "signed\r\n").map(|it| (it.octets, it.lines));
        assert_eq!(found, Some((8, 1)));
    }
}
