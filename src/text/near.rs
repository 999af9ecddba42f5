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
        .map(|candidate| (plain(candidate), candidate))
        // Each letter more or less is an edit.
        .filter(|(known, _)| known.chars().count().abs_diff(length) <= allowed)
        .map(|(known, candidate)| (edits(&word, &known), candidate))
        .filter(|(edits, _)| *edits <= allowed)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// At most `most` candidates that a person may have meant with a word that is near none of them: those
/// that share a part of three letters or more with it, or are half as many edits away as it is long;
/// the nearest first.
pub fn alike<'c>(
    word: &str,
    candidates: impl Iterator<Item = &'c str>,
    most: usize,
) -> Vec<&'c str> {
    /// No word that we know is longer; what a person pastes may be.
    const LONGEST: usize = 40;
    /// A shorter part is in every other word.
    const SHORTEST: usize = 3;
    let word = plain(word);
    let length = word.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Vec::new();
    }
    let rank = |candidate: &'c str| {
        let own = plain(candidate);
        let parts = candidate.split(|c: char| !c.is_alphanumeric()).map(plain);
        let mut parts = parts.filter(|part| part.len() >= SHORTEST);
        let is_part = own.contains(&word) || parts.any(|part| word.contains(&part));
        let edits = edits(&word, &own);
        (is_part || edits <= length / 2).then_some((!is_part, edits, candidate))
    };
    let mut found: Vec<_> = candidates.filter_map(rank).collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(most).map(|(_, _, candidate)| candidate).collect()
}

/// How many slips lead from a domain name to a known one, both in lower case; `None` if it is another
/// name: up to two wrong letters in a name that is long enough, another top-level domain, or a label
/// such as `spf` that was forgotten or put in.
pub fn name_slips(written: &str, known: &str) -> Option<usize> {
    const SHORTEST: usize = 8;
    const LONGEST: usize = 80;
    if written.len() > LONGEST || written.len() < SHORTEST {
        return None;
    }
    if written == known {
        return Some(0);
    }
    let is_label = |label: &str| matches!(label, "spf" | "_spf" | "spf1" | "_spf1");
    let below = |long: &str, short: &str| {
        long.strip_suffix(short).and_then(|label| label.strip_suffix('.')).is_some_and(is_label)
    };
    if below(written, known) || below(known, written) {
        return Some(1);
    }
    let (Some((own, _)), Some((other, _))) = (written.rsplit_once('.'), known.rsplit_once('.'))
    else {
        return None;
    };
    if own == other && own.len() + 2 >= SHORTEST {
        return Some(1);
    }
    let allowed = if known.len() < 12 { 1 } else { 2 };
    Some(edits(written, known)).filter(|edits| *edits <= allowed)
}

/// How many letters must be changed, added, left out, or swapped with their neighbour (the optimal
/// string alignment of Damerau and Levenshtein).
pub(crate) fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    // The distances of what precedes a letter of `from`, and the letter before it, to each beginning
    // of `to`.
    let mut row: Vec<usize> = (0..=to.len()).collect();
    let mut above: Option<(Vec<usize>, char)> = None;
    for (index, letter) in from.chars().enumerate() {
        let mut next = vec![index + 1];
        let mut left = index + 1;
        let mut before_other = None;
        let steps = row.iter().zip(row.iter().skip(1)).zip(&to).enumerate();
        for (column, ((diagonal, over), &other)) in steps {
            let mut cell = (diagonal + usize::from(letter != other)).min(over + 1).min(left + 1);
            let swapped = above
                .as_ref()
                .filter(|(_, before)| before_other == Some(letter) && *before == other);
            if let Some(distance) = swapped.and_then(|(row, _)| row.get(column.checked_sub(1)?)) {
                cell = cell.min(distance + 1);
            }
            next.push(cell);
            (left, before_other) = (cell, Some(other));
        }
        above = Some((std::mem::replace(&mut row, next), letter));
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_count_changes_additions_omissions_and_swapped_letters() {
        let pairs = [
            ("google", "google"),
            ("gogle", "google"),
            ("goggle", "google"),
            ("sendgird", "sendgrid"),
            ("ab", "ba"),
            ("lnit", "lint"),
            ("", "lint"),
            ("lint", ""),
            ("kitten", "sitting"),
        ];
        assert_eq!(pairs.map(|(from, to)| edits(from, to)), [0, 1, 1, 1, 1, 1, 4, 4, 3]);
    }

    #[test]
    fn a_name_is_near_another_by_letters_its_end_or_a_label() {
        let cases = [
            ("_spf.gogle.com", "_spf.google.com", Some(1)),
            ("spf.google.com", "_spf.google.com", Some(1)),
            ("protection.outlook.com", "spf.protection.outlook.com", Some(1)),
            ("sendgrid.com", "sendgrid.net", Some(1)),
            ("mail.example.com", "sendgrid.net", None),
            ("zoho.eu", "zoho.com", None),
        ];
        for (written, known, slips) in cases {
            assert_eq!(name_slips(written, known), slips, "{written}");
        }
    }

    #[test]
    fn a_word_is_like_those_that_share_a_part_with_it_and_those_few_edits_away() {
        let known = ["spf/void-lookup", "spf/possible-voids", "dkim/weak-key", "mx/none"];
        let alike = |word| alike(word, known.into_iter(), 3);
        assert_eq!(alike("spf/voids-limit"), ["spf/void-lookup", "spf/possible-voids"]);
        assert_eq!(alike("weak"), ["dkim/weak-key"]);
        assert_eq!(alike("xyzzy"), [""; 0]);
    }

    #[test]
    fn a_word_that_is_near_nothing_suggests_nothing() {
        assert_eq!(nearest("xyzzy", ["google", "zoho"].into_iter()), None);
    }
}
