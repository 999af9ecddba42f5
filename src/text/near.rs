//! Words that a person may have meant: ids, names of providers, rules.

/// The word in lower case, letters and digits only.
pub fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The candidate that is fewest edits away, if it is near enough to be meant.
pub fn nearest(word: &str, candidates: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    // One edit in three letters is a slip, more is another word.
    nearest_within(word, usize::MAX, candidates)
}

/// The candidate that is fewest edits away, if it is at most `most` of them and near enough to be
/// meant.
pub fn nearest_within(
    word: &str,
    most: usize,
    candidates: impl Iterator<Item = &'static str>,
) -> Option<&'static str> {
    /// No word that we know is longer; what a person pastes may be.
    const LONGEST: usize = 40;
    let word = plain(word);
    let length = word.chars().count();
    if length == 0 || length > LONGEST {
        return None;
    }
    let allowed = (length / 3).clamp(1, most);
    candidates
        .map(|candidate| (edits(&word, &plain(candidate)), candidate))
        .filter(|(edits, _)| *edits <= allowed)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be changed, added or left out (Levenshtein).
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.chars().enumerate() {
        let mut left = index + 1;
        let mut diagonal = index;
        for (cell, other) in row.iter_mut().skip(1).zip(&to) {
            let above = *cell;
            *cell = (diagonal + usize::from(letter != *other)).min(above + 1).min(left + 1);
            (left, diagonal) = (*cell, above);
        }
    }
    match (row.last(), from.is_empty()) {
        (Some(edits), false) => *edits,
        _ => to.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_count_changes_additions_and_omissions() {
        let pairs = [("google", "google"), ("gogle", "google"), ("sendgird", "sendgrid")];
        assert_eq!(pairs.map(|(from, to)| edits(from, to)), [0, 1, 2]);
    }

    #[test]
    fn a_word_that_is_near_nothing_suggests_nothing() {
        assert_eq!(nearest("xyzzy", ["google", "zoho"].into_iter()), None);
    }
}
