//! What files are, where that cannot be seen in them.

use crate::dns::Place;

/// What the configuration says of files.
#[derive(Clone, Debug)]
pub struct FileSetting {
    /// Which files: a path from the folder of the configuration, in which `*` stands for any characters
    /// but a slash and `**` for any folders.
    pub path: String,
    /// True if other sources add records, so that what is not in them may be there.
    pub partial: bool,
    /// True for a view that is answered inside a network only.
    pub internal: bool,
    /// Where it is written.
    pub place: Place,
}

impl FileSetting {
    /// True if a file is meant, by its path from the folder of the configuration.
    pub fn means(&self, path: &str) -> bool {
        means(&self.path, path)
    }
}

/// True if a pattern means a file, both from the folder of the configuration.
pub(crate) fn means(pattern: &str, path: &str) -> bool {
    let names = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
    fits(&names(pattern.strip_prefix("./").unwrap_or(pattern)), &names(path))
}

/// True if folders and a file fit a pattern.
fn fits(pattern: &[String], path: &[String]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first == "**" => {
            fits(rest, path) || path.split_first().is_some_and(|(_, behind)| fits(pattern, behind))
        }
        (Some((first, rest)), Some((name, behind))) => name_fits(first, name) && fits(rest, behind),
        _ => false,
    }
}

/// True if one name fits a pattern.
fn name_fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_files_below_its_folder() {
        let means = |pattern: &str, path: &str| {
            let place = Place::new("mailcheck.toml".into(), 1, 1);
            let path_of = pattern.to_owned();
            FileSetting { path: path_of, partial: true, internal: false, place }.means(path)
        };
        let fitting = [
            ("internal/*", "internal/db.example.com"),
            ("**/*.zone", "a/b/example.com.zone"),
            ("**/*.zone", "example.com.zone"),
            ("./in/**", "in/a/b"),
            ("db.*.com", "db.example.com"),
        ];
        let others = [
            ("internal/*", "internal/a/db.example.com"),
            ("internal/*", "external/db.example.com"),
            ("*.zone", "a/example.com.zone"),
            ("a*a", "a"),
        ];
        assert!(fitting.iter().all(|(pattern, path)| means(pattern, path)));
        assert!(!others.iter().any(|(pattern, path)| means(pattern, path)));
    }
}
