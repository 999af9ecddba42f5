//! What the name of a file tells: which zone it is about, and whether it holds records. All endings that mean
//! something are in one table, here.

use crate::net::{Name, has_public_suffix};

/// What files with an ending hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Records, and hardly anything else.
    Records,
    /// Data of any kind, records among it.
    Data,
    /// Settings, copies and the like, which may name zones.
    Settings,
    /// No records.
    Other,
}
use Holds::{Data, Other, Records, Settings};

/// Endings, what files with them hold, and whether they stand behind the name of a zone, as in
/// `example.com.zone`.
const ENDINGS: [(&str, Holds, bool); 57] = [
    ("zone", Records, true),
    ("zonefile", Records, true),
    ("db", Records, true),
    ("dns", Records, true),
    ("hosts", Records, true),
    ("signed", Records, true),
    ("records", Records, false),
    ("tfstate", Records, false),
    ("bind", Data, true),
    ("master", Data, true),
    ("fwd", Data, true),
    ("rev", Data, true),
    ("txt", Data, true),
    ("tsv", Data, false),
    ("csv", Data, false),
    ("yaml", Data, false),
    ("yml", Data, false),
    ("json", Data, false),
    ("jsonl", Data, false),
    ("conf", Settings, false),
    ("cfg", Settings, false),
    ("ini", Settings, false),
    ("log", Settings, false),
    ("bak", Settings, false),
    ("orig", Settings, false),
    ("sql", Settings, false),
    ("xml", Settings, false),
    ("tf", Settings, false),
    ("md", Other, false),
    ("rst", Other, false),
    ("html", Other, false),
    ("css", Other, false),
    ("js", Other, false),
    ("mjs", Other, false),
    ("jsx", Other, false),
    ("ts", Other, false),
    ("tsx", Other, false),
    ("py", Other, false),
    ("rb", Other, false),
    ("go", Other, false),
    ("rs", Other, false),
    ("sh", Other, false),
    ("pl", Other, false),
    ("php", Other, false),
    ("c", Other, false),
    ("h", Other, false),
    ("java", Other, false),
    ("toml", Other, false),
    ("lock", Other, false),
    ("svg", Other, false),
    ("png", Other, false),
    ("jpg", Other, false),
    ("pdf", Other, false),
    ("gz", Other, false),
    ("zip", Other, false),
    ("key", Other, false),
    ("pem", Other, false),
];
/// What stands before the name of a zone in the name of its file.
const BEFORE: [&str; 8] = ["db.", "named.", "pri.", "sec.", "master.", "zone.", "fwd.", "rev."];
/// Endings of files that others include: what stands before them is no zone.
const OF_PARTS: [&str; 5] = ["inc", "include", "frag", "fragment", "part"];

/// What a file with this name holds, as its ending says; `None` for an ending that means nothing.
pub(crate) fn holds(file: &str) -> Option<Holds> {
    let (_, ending) = base_name(file).rsplit_once('.')?;
    ENDINGS.iter().find(|(known, ..)| *known == ending).map(|(_, holds, _)| *holds)
}

/// True for a name such as `db.example.pl`: whatever its ending means elsewhere, here it is a top-level domain.
#[cfg(feature = "cli")]
pub(crate) fn begins_as_zone(file: &str) -> bool {
    let base = base_name(file);
    BEFORE
        .iter()
        .filter_map(|begin| base.strip_prefix(begin))
        .any(|rest| zone_name(rest).is_some_and(|name| has_public_suffix(&name)))
}

/// The origin that a file's name tells: `example.com`, `example.com.zone`, `db.example.com` and their
/// like are about `example.com`, and so is `com.example` with one of these, for nobody has a zone below
/// `example`. An `$ORIGIN` in the file goes before it.
pub(super) fn name_in(file: &str) -> Option<Name> {
    let base = base_name(file).to_ascii_lowercase();
    let mut name = base.as_str();
    if OF_PARTS.iter().any(|end| name.rsplit('.').next() == Some(end)) {
        return None;
    }
    let behind = |name: &str| {
        let (rest, ending) = name.rsplit_once('.')?;
        let is_it = |known: &&(&str, Holds, bool)| known.2 && known.0 == ending;
        ENDINGS.iter().find(is_it).map(|_| rest.len())
    };
    while let Some(length) = behind(name) {
        name = name.get(..length).unwrap_or_default();
    }
    name = BEFORE.iter().find_map(|begin| name.strip_prefix(begin)).unwrap_or(name);
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_ending = holds(name).is_some();
    let name = zone_name(name)?;
    let reversed = || {
        let labels: Vec<&[u8]> = name.labels().collect();
        Name::from_labels(labels.into_iter().rev()).ok().filter(has_public_suffix)
    };
    match has_public_suffix(&name) {
        true => Some(name),
        // Some endings are top-level domains too; of the others no zone has the name.
        false if is_ending => None,
        false => Some(reversed().unwrap_or(name)),
    }
}

/// What exports say in their first lines, and the line: Cloudflare and GoDaddy write `Domain: example.com.`,
/// Windows `Database file example.com.dns for example.com zone.`, cPanel `Zone file for example.com`.
pub(super) fn header(text: &[u8]) -> Option<(Name, u32)> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let lines = text.split(|octet| *octet == b'\n').map(<[u8]>::trim_ascii).take(HEADER);
    let comments = lines.take_while(|line| line.is_empty() || line.starts_with(b";"));
    (1..).zip(comments).find_map(|(number, line)| {
        let line = std::str::from_utf8(line).ok()?.trim_start_matches([';', ' ', '\t']);
        let words: Vec<&str> = line.split_ascii_whitespace().take(8).collect();
        let is = |word: &str, wanted: &str| word.eq_ignore_ascii_case(wanted);
        let name = match words.as_slice() {
            [first, name, ..] if is(first, "domain:") || is(first, "zone:") => name,
            [zone, file, for_, name, ..]
                if is(zone, "zone") && is(file, "file") && is(for_, "for") =>
            {
                name
            }
            [database, file, _, for_, name, zone, ..]
                if is(database, "database")
                    && is(file, "file")
                    && is(for_, "for")
                    && zone.to_ascii_lowercase().starts_with("zone") =>
            {
                name
            }
            _ => return None,
        };
        let name = name.trim_matches(['"', '\'', '.']);
        Some((zone_name(name)?, number))
    })
}

/// Lines in which a header is looked for.
const HEADER: usize = 30;

/// The name of a file without its folders.
pub(super) fn base_name(file: &str) -> &str {
    file.rsplit(std::path::is_separator).next().unwrap_or(file)
}

/// A name that a zone can have.
pub(super) fn zone_name(text: &str) -> Option<Name> {
    Name::from_unicode(text).ok().filter(|name| name.label_count() > 1)
}
