//! The words in which the list of kinds says what becomes of a record.

/// A valid record, before somebody breaks it.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// The domain that it is for.
    pub(crate) domain: String,
    /// Where it stands.
    pub(crate) owner: String,
    pub(crate) text: String,
}

/// What stands in its place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Broken {
    /// The records at the owner, each as its strings.
    pub(crate) records: Vec<Vec<String>>,
    /// Texts that come at other names.
    pub(crate) elsewhere: Vec<(String, String)>,
}

/// One text in the place of the record.
pub(crate) fn here(text: Option<String>) -> Option<Broken> {
    Some(Broken { records: vec![vec![text?]], elsewhere: Vec::new() })
}

impl Policy {
    /// The record at another name, and nothing where it belongs.
    pub(crate) fn elsewhere(&self, owner: &str) -> Option<Broken> {
        Some(Broken { records: Vec::new(), elsewhere: vec![(owner.to_owned(), self.text.clone())] })
    }

    /// A second record beside it.
    pub(crate) fn beside(&self, other: &str) -> Option<Broken> {
        let records = vec![vec![self.text.clone()], vec![other.to_owned()]];
        Some(Broken { records, elsewhere: Vec::new() })
    }

    /// A term in a record of its own, with the same end.
    pub(crate) fn split_in_two(&self, term: &str) -> Option<Broken> {
        let first = self.text.replacen(&format!(" {term}"), "", 1);
        let all = self.text.rsplit(' ').next()?;
        let second = format!("v=spf1 {term} {all}");
        (first != self.text)
            .then_some(Broken { records: vec![vec![first], vec![second]], elsewhere: Vec::new() })
    }

    /// The tags of a tag list.
    pub(crate) fn tags(&self) -> Vec<String> {
        let tags = self.text.split(';').map(str::trim).filter(|tag| !tag.is_empty());
        tags.map(str::to_owned).collect()
    }

    /// The tag list with the tag that begins so in other words.
    pub(crate) fn tag(&self, begin: &str, change: impl Fn(&str) -> String) -> Option<String> {
        let mut tags = self.tags();
        let place = tags.iter_mut().find(|tag| tag.starts_with(begin))?;
        *place = change(place);
        Some(tags.join("; "))
    }

    pub(crate) fn without_tag(&self, begin: &str) -> Option<String> {
        let tags: Vec<String> =
            self.tags().into_iter().filter(|tag| !tag.starts_with(begin)).collect();
        Some(tags.join("; "))
    }

    /// The tag list with one more tag; `None` if there is one of that name.
    pub(crate) fn add_tag(&self, tag: &str) -> Option<String> {
        let name = &tag[..=tag.find('=')?];
        let mut tags = self.tags();
        if tags.iter().any(|tag| tag.starts_with(name)) {
            return None;
        }
        tags.push(tag.to_owned());
        Some(tags.join("; "))
    }

    /// The record with another text of its key.
    pub(crate) fn in_key(&self, change: impl Fn(&str) -> String) -> Option<String> {
        self.tag("p=", |tag| format!("p={}", change(&tag[2..])))
    }

    /// A number that differs from policy to policy, and never from run to run.
    fn number(&self) -> usize {
        self.domain.bytes().fold(7, |sum, octet| sum * 31 % 1009 + usize::from(octet))
    }
}

/// Every blank becomes a separator.
pub(crate) fn all_terms(policy: &Policy, separator: &str) -> Option<String> {
    Some(policy.text.split_whitespace().collect::<Vec<_>>().join(separator))
}

/// Every blank between terms becomes a separator; the one behind the version stays.
pub(crate) fn between(policy: &Policy, separator: &str) -> Option<String> {
    let (version, terms) = policy.text.split_once(' ')?;
    let terms: Vec<&str> = terms.split_whitespace().collect();
    (terms.len() > 1).then(|| format!("{version} {}", terms.join(separator)))
}

/// One of the blanks between terms becomes something else.
pub(crate) fn in_place(policy: &Policy, old: &str, new: &str) -> Option<String> {
    let (version, terms) = policy.text.split_once(' ')?;
    let places: Vec<usize> = terms.match_indices(old).map(|(at, _)| at).collect();
    let at = *places.get(policy.number() % places.len().max(1))?;
    Some(format!("{version} {}{new}{}", &terms[..at], &terms[at + old.len()..]))
}

/// One of the terms that begin so, in other words.
pub(crate) fn term_with(
    policy: &Policy,
    begin: &str,
    change: impl Fn(&str) -> String,
) -> Option<String> {
    let terms: Vec<&str> = policy.text.split_whitespace().collect();
    let fitting: Vec<usize> =
        (0..terms.len()).filter(|index| terms[*index].starts_with(begin)).collect();
    let chosen = *fitting.get(policy.number() % fitting.len().max(1))?;
    let changed = terms.iter().enumerate().map(|(index, term)| match index == chosen {
        true => change(term),
        false => (*term).to_owned(),
    });
    Some(changed.collect::<Vec<_>>().join(" "))
}

/// A part of the text, wherever it stands, in other words.
pub(crate) fn replace_all(policy: &Policy, old: &str, new: &str) -> Option<String> {
    policy.text.contains(old).then(|| policy.text.replace(old, new))
}

/// The last word, if it is this one, in other words.
pub(crate) fn near_value(policy: &Policy, old: &str, new: &str) -> Option<String> {
    Some(format!("{}{new}", policy.text.strip_suffix(old)?))
}

/// The tag list without the semicolon before a tag.
pub(crate) fn without_semicolon(policy: &Policy, begin: &str) -> Option<String> {
    let tags = policy.tags();
    let at = tags.iter().position(|tag| tag.starts_with(begin)).filter(|at| *at > 1)?;
    let (before, after) = tags.split_at(at);
    Some(format!("{} {}", before.join("; "), after.join("; ")))
}

/// The record as two strings, the second of which begins with a term and no blank before it.
pub(crate) fn strings(policy: &Policy, term: &str) -> Option<Broken> {
    let at = policy.text.find(&format!(" {term}"))?;
    let next = policy.text[at + 1..].find(' ').map(|next| at + 1 + next)?;
    let records = vec![vec![policy.text[..next].to_owned(), policy.text[next + 1..].to_owned()]];
    Some(Broken { records, elsewhere: Vec::new() })
}
