//! Pages of one list of a provider, each in a file of its own: they are read as one list.
//!
//! Which pages belong together has to be evident, for a page that is missing would make everything on it
//! absent. Route 53 tells the name that the next page begins with, Cloudflare the number of each page and of
//! all; the others hand out a token that says nothing, so the names of the files have to count the pages.

use super::input;
use super::nature::Natures;
use super::unit::Unit;
use super::unread::Version;
use super::words::Mistake;
use crate::zonefile::formats::Format;
use crate::zonefile::formats::paging::Page;
use crate::zonefile::zone::Assembly;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// A file that holds a page.
struct Held {
    argument: PathBuf,
    page: Page,
    /// What its list is called, by the name of the file, and which page of it this is.
    counted: Option<(PathBuf, u64)>,
}

impl Held {
    /// `None` for what is no page of a list in JSON, or names its format or zone itself.
    fn of(unit: &Unit, natures: &Natures) -> Option<Self> {
        let Unit::File(argument) = unit else { return None };
        let (format, path) = input::split(argument);
        let is_plain = format.is_none() && input::origin(argument).is_none();
        if !is_plain || path.extension().is_none_or(|it| !it.eq_ignore_ascii_case("json")) {
            return None;
        }
        let text = input::read(path, natures.most_octets()).ok()?;
        let page = Page::of(&path.display().to_string(), &text)?;
        Some(Self { argument: argument.clone(), page, counted: counted(path) })
    }

    fn folder(&self) -> &Path {
        self.argument.parent().unwrap_or(Path::new(""))
    }
}

/// The path of a file without the last number in its name, and that number.
fn counted(path: &Path) -> Option<(PathBuf, u64)> {
    let stem = path.file_stem()?.to_str()?;
    let end = stem.rfind(|it: char| it.is_ascii_digit())? + 1;
    let head = stem.get(..end)?.trim_end_matches(|it: char| it.is_ascii_digit());
    let number = stem.get(head.len()..end)?.parse().ok()?;
    Some((path.with_file_name(format!("{head}#{}", stem.get(end..)?)), number))
}

/// Puts pages together, at the place of the first that is named; all other files stay as they are.
pub(super) fn together(units: Vec<Unit>, natures: &Natures) -> Vec<Unit> {
    if units.iter().filter(|unit| unit.file().is_some()).count() < 2 {
        return units;
    }
    let held: Vec<Held> = units.iter().filter_map(|unit| Held::of(unit, natures)).collect();
    let lists: Vec<Vec<PathBuf>> = lists(&held).into_iter().map(paths).collect();
    let list_of = |unit: &Unit| {
        let file = unit.file()?;
        lists.iter().position(|list| list.iter().any(|page| page == file))
    };
    let (mut all, mut done) = (Vec::with_capacity(units.len()), HashSet::new());
    for unit in units {
        match list_of(&unit).and_then(|index| Some((index, lists.get(index)?))) {
            None => all.push(unit),
            Some((index, list)) if done.insert(index) => all.push(Unit::Pages(list.clone())),
            Some(_) => {}
        }
    }
    all
}

fn paths(list: Vec<&Held>) -> Vec<PathBuf> {
    list.into_iter().map(|held| held.argument.clone()).collect()
}

/// The whole lists among pages, each in its order.
fn lists(held: &[Held]) -> Vec<Vec<&Held>> {
    let mut lists: Vec<Vec<&Held>> = chains(held);
    lists.extend(numbered(held));
    let known: HashSet<&Path> = lists.iter().flatten().map(|it| it.argument.as_path()).collect();
    let open = held.iter().filter(|it| !known.contains(it.argument.as_path())).collect();
    lists.extend(by_name(open));
    lists
}

/// Lists of Route 53: each page but the last names the record set that the next one begins with.
fn chains<'h>(held: &'h [Held]) -> Vec<Vec<&'h Held>> {
    let mut begins: HashMap<_, Vec<(&String, &Held)>> = HashMap::new();
    for it in held.iter().filter(|it| it.page.format == Format::Route53) {
        if let Some((name, kind)) = &it.page.first {
            begins.entry((it.folder(), name.as_str())).or_default().push((kind, it));
        }
    }
    let next = |it: &'h Held| {
        let (name, kind) = it.page.next.as_ref().filter(|_| it.page.follows)?;
        let found = begins.get(&(it.folder(), name.as_str()))?.iter();
        let mut found = found.filter(|(own, _)| kind.as_ref().is_none_or(|kind| kind == *own));
        found.next().filter(|_| found.next().is_none()).map(|(_, it)| *it)
    };
    let followers: HashSet<&Path> =
        held.iter().filter_map(next).map(|it| it.argument.as_path()).collect();
    let first = held.iter().filter(|it| !followers.contains(it.argument.as_path()));
    let chain = |first: &'h Held| {
        let chain = std::iter::successors(Some(first), |it| next(it)).take(held.len());
        chain.collect::<Vec<&Held>>()
    };
    let is_whole =
        |chain: &Vec<&Held>| chain.len() > 1 && chain.last().is_some_and(|last| !last.page.follows);
    first.map(chain).filter(is_whole).collect()
}

/// Lists of Cloudflare: each page says which it is, and of how many.
fn numbered(held: &[Held]) -> Vec<Vec<&Held>> {
    let mut groups: BTreeMap<_, Vec<(u64, &Held)>> = BTreeMap::new();
    for it in held.iter().filter(|it| it.page.format == Format::Cloudflare) {
        if let Some((page, of)) = it.page.number {
            let list = (it.folder(), it.page.zone.as_deref(), of);
            groups.entry(list).or_default().push((page, it));
        }
    }
    let whole = groups.into_iter().filter_map(|((.., of), mut pages)| {
        pages.sort_by_key(|(page, _)| *page);
        let is_whole = of > 1 && pages.iter().map(|(page, _)| *page).eq(1..=of);
        is_whole.then(|| pages.into_iter().map(|(_, it)| it).collect())
    });
    whole.collect()
}

/// Lists whose files are counted: `page1.json`, `page2.json`, where all but the last say that another one follows.
fn by_name(held: Vec<&Held>) -> Vec<Vec<&Held>> {
    let mut groups: BTreeMap<_, Vec<(u64, &Held)>> = BTreeMap::new();
    // What names the next page, or counts the pages, was not put together for a reason.
    let is_mute = |it: &&Held| it.page.next.is_none() && it.page.number.is_none();
    for it in held.into_iter().filter(is_mute) {
        if let Some((list, number)) = &it.counted {
            groups.entry((list.clone(), it.page.format.word())).or_default().push((*number, it));
        }
    }
    let whole = groups.into_values().filter_map(|mut pages| {
        pages.sort_by_key(|(number, _)| *number);
        let (begin, last) = (pages.first()?.0, pages.len().checked_sub(1)?);
        let is_counted =
            begin < 2 && pages.iter().zip(begin..).all(|((number, _), wanted)| *number == wanted);
        let follow = pages.iter().enumerate();
        let do_follow = follow.into_iter().all(|(at, (_, it))| it.page.follows == (at < last));
        (last > 0 && is_counted && do_follow).then(|| pages.into_iter().map(|(_, it)| it).collect())
    });
    whole.collect()
}

/// The list that pages make up.
///
/// # Errors
/// A file cannot be read.
pub(super) fn version(
    files: &[PathBuf],
    read: &dyn Fn(&Path) -> Result<Vec<u8>, Mistake>,
    natures: &Natures,
) -> Result<Version, Mistake> {
    let page = |file: &PathBuf| Ok((file.display().to_string(), read(file)?));
    let pages = files.iter().map(page).collect::<Result<Vec<_>, Mistake>>()?;
    let whole = Assembly::of_pages(&pages).with_most_records(natures.most_records());
    let first = files.first().map_or(Path::new(""), PathBuf::as_path);
    let mut read = natures.understood(first, &whole);
    files.iter().for_each(|file| natures.apply(file, &mut read.zones));
    Ok(Version { files: read, text: whole.into_text() })
}
