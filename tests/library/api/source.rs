//! The source of a crate as modules, and what a path in one of them names.

use std::collections::BTreeMap;
use syn::{Attribute, Item, Meta, UseTree, Visibility};

/// The path of a module from the root of the crate, which is empty.
pub(crate) type Path = Vec<String>;

/// Where something is defined: the module, and its name there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) module: Path,
    pub(crate) name: String,
}

/// What a name in a `use` stands for.
#[derive(Clone, Debug)]
pub(crate) struct Import {
    pub(crate) name: String,
    pub(crate) path: Path,
}

/// The modules of a crate, without those of tests.
#[derive(Default)]
pub(crate) struct Source {
    modules: BTreeMap<Path, Vec<Item>>,
    imports: BTreeMap<Path, Vec<Import>>,
}

impl Source {
    /// Reads a crate from its root on; `read` has the text of a file below `src`.
    pub(crate) fn read(read: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut source = Self::default();
        let text = read("lib.rs").expect("the crate has a root");
        source.add(Vec::new(), &text, read);
        source
    }

    fn add(&mut self, path: Path, text: &str, read: &dyn Fn(&str) -> Option<String>) {
        let file = syn::parse_file(text).unwrap_or_else(|why| panic!("{}: {why}", path.join("/")));
        self.insert(path, file.items, read);
    }

    fn insert(&mut self, path: Path, items: Vec<Item>, read: &dyn Fn(&str) -> Option<String>) {
        for item in &items {
            let Item::Mod(module) = item else { continue };
            if is_test(&module.attrs) {
                continue;
            }
            let below = [path.as_slice(), &[module.ident.to_string()]].concat();
            match &module.content {
                Some((_, items)) => self.insert(below, items.clone(), read),
                None => {
                    let file = below.join("/");
                    let text = read(&format!("{file}.rs"));
                    let text = text.or_else(|| read(&format!("{file}/mod.rs")));
                    let text = text.unwrap_or_else(|| panic!("src has no module {file}"));
                    self.add(below, &text, read);
                }
            }
        }
        let of_item = |item: &Item| match item {
            Item::Use(it) => imports(&it.tree),
            _ => Vec::new(),
        };
        self.imports.insert(path.clone(), items.iter().flat_map(of_item).collect());
        self.modules.insert(path, items);
    }

    pub(crate) fn items(&self, module: &[String]) -> &[Item] {
        self.modules.get(module).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn modules(&self) -> impl Iterator<Item = (&Path, &[Item])> {
        self.modules.iter().map(|(path, items)| (path, items.as_slice()))
    }

    pub(crate) fn is_module(&self, path: &[String]) -> bool {
        self.modules.contains_key(path)
    }

    /// The items of this crate that a path names where it is written: none for what other crates
    /// define and for parameters.
    pub(crate) fn resolve(&self, at: &[String], path: &[String]) -> Vec<Place> {
        self.resolve_within(at, path, 8)
    }

    fn resolve_within(&self, at: &[String], path: &[String], depth: usize) -> Vec<Place> {
        let (Some((first, rest)), Some(depth)) = (path.split_first(), depth.checked_sub(1)) else {
            return Vec::new();
        };
        let module = match first.as_str() {
            "crate" => Some(Vec::new()),
            "self" => Some(at.to_vec()),
            "super" => at.split_last().map(|(_, above)| above.to_vec()),
            name => {
                let below = [at, &[name.to_owned()]].concat();
                self.is_module(&below).then_some(below)
            }
        };
        let mut found = match &module {
            Some(module) if !rest.is_empty() => self.resolve_within(module, rest, depth),
            _ => Vec::new(),
        };
        if rest.is_empty() && self.items(at).iter().any(|item| name_of(item) == Some(first.clone()))
        {
            found.push(Place { module: at.to_vec(), name: first.clone() });
        }
        let imports = self.imports.get(at).into_iter().flatten();
        for import in imports.filter(|import| import.name == *first && import.path != path) {
            let path = [import.path.as_slice(), rest].concat();
            found.extend(self.resolve_within(at, &path, depth));
        }
        found.sort();
        found.dedup();
        found
    }
}

/// The name of an item that is no module and no `use`.
pub(crate) fn name_of(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(it) => &it.ident,
        Item::Enum(it) => &it.ident,
        Item::Fn(it) => &it.sig.ident,
        Item::Static(it) => &it.ident,
        Item::Struct(it) => &it.ident,
        Item::Trait(it) => &it.ident,
        Item::Type(it) => &it.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

/// The attributes and the visibility of an item.
pub(crate) fn facing(item: &Item) -> Option<(&[Attribute], &Visibility)> {
    Some(match item {
        Item::Const(it) => (&it.attrs, &it.vis),
        Item::Enum(it) => (&it.attrs, &it.vis),
        Item::Fn(it) => (&it.attrs, &it.vis),
        Item::Mod(it) => (&it.attrs, &it.vis),
        Item::Static(it) => (&it.attrs, &it.vis),
        Item::Struct(it) => (&it.attrs, &it.vis),
        Item::Trait(it) => (&it.attrs, &it.vis),
        Item::Type(it) => (&it.attrs, &it.vis),
        Item::Use(it) => (&it.attrs, &it.vis),
        _ => return None,
    })
}

/// The names that a `use` brings in.
pub(crate) fn imports(tree: &UseTree) -> Vec<Import> {
    fn walk(tree: &UseTree, before: &[String], into: &mut Vec<Import>) {
        let with = |ident: &syn::Ident| [before, &[ident.to_string()]].concat();
        match tree {
            UseTree::Path(it) => walk(&it.tree, &with(&it.ident), into),
            UseTree::Group(it) => it.items.iter().for_each(|tree| walk(tree, before, into)),
            UseTree::Name(it) if it.ident == "self" => {
                let name = before.last().cloned().unwrap_or_default();
                into.push(Import { name, path: before.to_vec() });
            }
            UseTree::Name(it) => {
                into.push(Import { name: it.ident.to_string(), path: with(&it.ident) });
            }
            UseTree::Rename(it) => {
                into.push(Import { name: it.rename.to_string(), path: with(&it.ident) });
            }
            _ => {}
        }
    }
    let mut into = Vec::new();
    walk(tree, &[], &mut into);
    into
}

/// True for an attribute that reads so, `#[doc(hidden)]`.
fn has(attributes: &[Attribute], name: &str, word: &str) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident(name) && list.tokens.to_string() == word,
        _ => false,
    })
}

/// The feature without which something is not there.
pub(crate) fn feature(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => {
            let words = list.tokens.to_string();
            Some(words.strip_prefix("feature = \"")?.strip_suffix('"')?.to_owned())
        }
        _ => None,
    })
}

pub(crate) fn is_hidden(attributes: &[Attribute]) -> bool {
    has(attributes, "doc", "hidden")
}

pub(crate) fn is_test(attributes: &[Attribute]) -> bool {
    has(attributes, "cfg", "test")
}
