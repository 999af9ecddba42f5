//! Patterns of names, as the data writes them.

/// A name in which a leading dot stands for one or more labels, and a star for any octets within
/// one label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Pattern {
    text: &'static str,
}

impl Pattern {
    /// The pattern that a text is.
    pub(super) fn new(text: &'static str) -> Self {
        Self { text }
    }

    /// The pattern as it is written.
    pub(super) fn text(self) -> &'static str {
        self.text
    }

    /// The one name that the pattern covers, if it is a name.
    pub(super) fn name(self) -> Option<&'static str> {
        let is_name = !self.text.starts_with('.') && !self.text.contains('*');
        is_name.then_some(self.text)
    }

    /// How narrow the pattern is: of two that match, the longer one says more.
    pub(super) fn length(self) -> usize {
        self.text.len()
    }

    /// True if every name that the pattern covers is at or below a domain, given in lower case.
    pub(super) fn is_within(self, domain: &[u8]) -> bool {
        let text = self.text.trim_start_matches('.').as_bytes();
        match text.strip_suffix(domain) {
            Some([]) => true,
            Some([.., before]) => *before == b'.',
            None => false,
        }
    }

    /// The last two labels of every name that the pattern covers; `None` if they are not always the same.
    pub(super) fn tail(self) -> Option<&'static [u8]> {
        let text = self.text.strip_prefix('.').unwrap_or(self.text);
        tail(text.as_bytes()).filter(|tail| !tail.contains(&b'*'))
    }

    /// True if the pattern covers a name, given in lower case with dots and without a final one.
    pub(super) fn covers(self, name: &[u8]) -> bool {
        covers(self.text, name)
    }
}

/// The last two labels of a name that has as many.
pub(super) fn tail(name: &[u8]) -> Option<&[u8]> {
    let dots = name.iter().enumerate().rev().filter(|(_, octet)| **octet == b'.');
    let mut dots = dots.map(|(place, _)| place);
    dots.next()?;
    name.get(dots.next().map_or(0, |place| place + 1)..)
}

/// True if a pattern covers a name, given in lower case with dots and without a final one.
pub(super) fn covers(pattern: &str, name: &[u8]) -> bool {
    if !pattern.contains('*') {
        // Nearly every pattern: the end of the name decides.
        return match pattern.strip_prefix('.') {
            Some(_) => name.len() > pattern.len() && name.ends_with(pattern.as_bytes()),
            None => name == pattern.as_bytes(),
        };
    }
    let (text, is_suffix) = match pattern.strip_prefix('.') {
        Some(rest) => (rest, true),
        None => (pattern, false),
    };
    let mut labels = name.rsplit(|octet| *octet == b'.');
    text.rsplit('.').all(|wanted| labels.next().is_some_and(|label| label_fits(wanted, label)))
        && labels.next().is_some() == is_suffix
}

/// True if a label fits a pattern with stars.
fn label_fits(wanted: &str, label: &[u8]) -> bool {
    let Some((head, rest)) = wanted.split_once('*') else { return wanted.as_bytes() == label };
    let Some(mut label) = label.strip_prefix(head.as_bytes()) else { return false };
    // Between stars the first fit is as good as any later one; the last piece ends the label.
    let mut pieces = rest.split('*').peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return label.ends_with(piece.as_bytes());
        }
        let found = (0..=label.len()).find(|start| {
            label.get(*start..).is_some_and(|rest| rest.starts_with(piece.as_bytes()))
        });
        match found.and_then(|start| label.get(start + piece.len()..)) {
            Some(rest) => label = rest,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(text: &'static str, names: &[&str]) -> Vec<bool> {
        names.iter().map(|name| Pattern { text }.covers(name.as_bytes())).collect()
    }

    #[test]
    fn a_plain_name_covers_itself_only() {
        assert_eq!(covers("a.x", &["a.x", "b.a.x", "x", "ba.x"]), [true, false, false, false]);
    }

    #[test]
    fn a_leading_dot_covers_what_lies_below() {
        assert_eq!(
            covers(".a.x", &["b.a.x", "c.b.a.x", "a.x", "ba.x"]),
            [true, true, false, false]
        );
    }

    #[test]
    fn a_star_stays_within_its_label() {
        assert_eq!(
            covers("in.*.x", &["in.eu-1.x", "in.x", "in.a.b.x", "out.eu.x"]),
            [true, false, false, false]
        );
    }

    #[test]
    fn stars_inside_a_label_keep_their_order() {
        assert_eq!(
            covers("*-in-*.x", &["eu-in-1.x", "eu-out-1.x", "-in-.x", "in-1.x"]),
            [true, false, true, false]
        );
    }

    #[test]
    fn a_leading_dot_and_a_star_go_together() {
        assert_eq!(
            covers(".out.*.x", &["a.out.eu.x", "b.a.out.eu.x", "out.eu.x"]),
            [true, true, false]
        );
    }
}
