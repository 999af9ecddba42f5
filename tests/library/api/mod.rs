//! The public API: what `lib.rs` shows of the source, held to `testdata/api.txt`.
//!
//! Shown is what is public and not hidden, from the root down, wherever it is defined: signatures,
//! public fields, variants, methods and traits. Documentation, bodies and private parts are not. It is
//! read from the source of all features; what a macro would make is not seen, and there is none.

mod shown;
mod source;

use shown::{face, face_of_impl, is_open, paths, text};
use source::{Path, Place, Source, facing, feature, imports, name_of};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use syn::{Item, ItemImpl, Type};

/// What users see.
#[derive(Debug, Default)]
struct Api {
    /// Every item by the path that users write, with what stands there.
    items: BTreeMap<String, String>,
    /// Every path that users can write, modules included, with the feature that it needs.
    names: BTreeMap<String, Option<String>>,
    /// What is shown and names something that is not.
    leaks: BTreeSet<String>,
}

impl Api {
    fn of(source: &Source) -> Self {
        let mut doors = Doors { source, shown: BTreeMap::new(), names: BTreeMap::new() };
        doors.open(&[], "mailcheck", None);
        let (mut api, impls) = (Self::default(), doors.impls());
        for (place, names) in &doors.shown {
            let mut names = names.iter();
            let Some(first) = names.next() else { continue };
            let mut texts = Vec::new();
            let items = source.items(&place.module).iter();
            for item in items.filter(|item| name_of(item).as_ref() == Some(&place.name)) {
                let item = face(item);
                doors.leaks(&place.module, &item, first, &mut api.leaks);
                texts.push(text(item));
            }
            let (mut own, mut traits) = (Vec::new(), Vec::new());
            for (module, block) in impls.get(place).into_iter().flatten() {
                let Some(block) = face_of_impl(block) else { continue };
                let is_trait = block.trait_.is_some();
                let item = Item::Impl(block);
                if !is_trait {
                    doors.leaks(module, &item, first, &mut api.leaks);
                    own.push(text(item));
                } else if doors.hidden(module, &item).is_empty() {
                    traits.push(text(item));
                }
            }
            traits.sort();
            texts.extend(own.into_iter().chain(traits));
            api.items.insert(first.clone(), texts.join("\n"));
            api.items.extend(names.map(|name| (name.clone(), format!("pub use {first};"))));
        }
        Self { names: doors.names, ..api }
    }

    fn text(&self) -> String {
        let mut all = String::new();
        for (name, text) in &self.items {
            let feature = self.names.get(name).and_then(Option::as_ref);
            let feature = feature.map(|it| format!(" (feature {it})")).unwrap_or_default();
            all.push_str(&format!("{name}{feature}\n"));
            text.lines().for_each(|line| all.push_str(&format!("    {line}\n")));
        }
        all
    }
}

/// A block, and the module where it stands.
type Block<'s> = (&'s Path, &'s ItemImpl);

/// The walk through what is public and not hidden.
struct Doors<'s> {
    source: &'s Source,
    /// What is shown, with the paths that users write for it.
    shown: BTreeMap<Place, BTreeSet<String>>,
    names: BTreeMap<String, Option<String>>,
}

impl<'s> Doors<'s> {
    /// Shows a module that users know by this name.
    fn open(&mut self, module: &[String], name: &str, needs: Option<&str>) {
        self.names.insert(name.to_owned(), needs.map(str::to_owned));
        for item in self.source.items(module) {
            let Some((attributes, visibility)) = facing(item) else { continue };
            if !is_open(attributes, visibility) {
                continue;
            }
            let own = feature(attributes);
            let needs = own.as_deref().or(needs);
            match item {
                Item::Mod(it) => {
                    let below = [module, &[it.ident.to_string()]].concat();
                    self.open(&below, &format!("{name}::{}", it.ident), needs);
                }
                Item::Use(it) => {
                    for import in imports(&it.tree) {
                        for place in self.source.resolve(module, &import.path) {
                            self.show(place, format!("{name}::{}", import.name), needs);
                        }
                    }
                }
                item => {
                    if let Some(own) = name_of(item) {
                        let path = format!("{name}::{own}");
                        self.show(Place { module: module.to_vec(), name: own }, path, needs);
                    }
                }
            }
        }
    }

    fn show(&mut self, place: Place, name: String, needs: Option<&str>) {
        self.names.insert(name.clone(), needs.map(str::to_owned));
        self.shown.entry(place).or_default().insert(name);
    }

    /// The blocks about each item, wherever they stand; for a trait, those that implement it for types
    /// of other crates.
    fn impls(&self) -> BTreeMap<Place, Vec<Block<'s>>> {
        let mut impls: BTreeMap<Place, Vec<Block<'s>>> = BTreeMap::new();
        for (module, items) in self.source.modules() {
            for item in items {
                let Item::Impl(block) = item else { continue };
                let mut about = match &*block.self_ty {
                    Type::Path(it) => self.places(module, &it.path),
                    _ => Vec::new(),
                };
                if let (true, Some((path, _))) = (about.is_empty(), &block.trait_) {
                    about = self.places(module, path);
                }
                about.into_iter().for_each(|it| impls.entry(it).or_default().push((module, block)));
            }
        }
        impls
    }

    fn places(&self, module: &[String], path: &syn::Path) -> Vec<Place> {
        let words: Path = path.segments.iter().map(|it| it.ident.to_string()).collect();
        self.source.resolve(module, &words)
    }

    /// The items of this crate that an item names and users do not see.
    fn hidden(&self, module: &[String], item: &Item) -> Vec<Place> {
        let places = paths(item).into_iter().flat_map(|path| self.source.resolve(module, &path));
        places.filter(|place| !self.shown.contains_key(place)).collect()
    }

    fn leaks(&self, module: &[String], item: &Item, name: &str, into: &mut BTreeSet<String>) {
        for Place { module, name: hidden } in self.hidden(module, item) {
            into.insert(format!("{name} names {}::{hidden}", module.join("::")));
        }
    }
}

/// The files of this crate.
#[expect(clippy::disallowed_methods, reason = "a test reads the source")]
fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).ok()
}

static OWN: LazyLock<Api> =
    LazyLock::new(|| Api::of(&Source::read(&|file| read(&format!("src/{file}")))));

/// A crate of one file.
fn made_up(text: &str) -> Api {
    Api::of(&Source::read(&|file| (file == "lib.rs").then(|| text.to_owned())))
}

#[test]
#[expect(clippy::disallowed_methods, reason = "what is blessed is written")]
fn the_public_api_is_the_one_that_was_reviewed() {
    let api = OWN.text();
    if std::env::var_os("BLESS").is_some() {
        let path = format!("{}/testdata/api.txt", env!("CARGO_MANIFEST_DIR"));
        std::fs::write(path, &api).expect("testdata can be written");
        return;
    }
    let reviewed = read("testdata/api.txt").unwrap_or_default();
    let [is, was] = [&api, &reviewed].map(|text| text.lines().collect::<BTreeSet<_>>());
    let gone = was.difference(&is).map(|line| format!("- {line}\n"));
    let new = is.difference(&was).map(|line| format!("+ {line}\n"));
    assert!(
        api == reviewed,
        "the public API changed; if that is meant, write testdata/api.txt anew with \
         `BLESS=1 cargo test --test library api`:\n{}",
        gone.chain(new).collect::<String>()
    );
}

#[test]
fn what_is_shown_names_only_what_is_shown() {
    let leaks: Vec<&str> = OWN.leaks.iter().map(String::as_str).collect();
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

#[test]
fn examples_use_only_what_is_shown() {
    let mut hidden = Vec::new();
    for example in ["check", "authorize", "compare"] {
        let path = format!("examples/{example}.rs");
        let text = read(&path).unwrap_or_else(|| panic!("{path} is missing"));
        let file = syn::parse_file(&text).expect("an example is Rust");
        let imported = file.items.iter().flat_map(|item| match item {
            Item::Use(it) => imports(&it.tree).into_iter().map(|import| import.path).collect(),
            item => paths(item),
        });
        let own = imported.filter(|path| path.first().is_some_and(|it| it == "mailcheck"));
        hidden.extend(own.map(|path| path.join("::")).filter(|path| !is_shown(&OWN, path)));
    }
    assert!(hidden.is_empty(), "{hidden:?}");
}

/// True if users may write a path: an item, or something of an item.
fn is_shown(api: &Api, path: &str) -> bool {
    let parent = path.rsplit_once("::").map_or("", |(parent, _)| parent);
    api.names.contains_key(path) || api.items.contains_key(parent)
}

// ── the reader ──────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_changed_signature_changes_the_text() {
    let was = made_up("pub struct A; impl A { pub fn b(&self, c: u8) {} }").text();
    let is = made_up("pub struct A; impl A { pub fn b(&self, c: u16) {} }").text();
    assert_eq!(
        (was == is, was.as_str()),
        (
            false,
            "mailcheck::A\n    pub struct A;\n    impl A {\n        pub fn b(&self, c: u8);\n    }\n"
        )
    );
}

#[test]
fn a_body_and_a_private_field_and_documentation_change_nothing() {
    let was = made_up("pub struct A { b: u8 } pub fn c() {}").text();
    let is = made_up("/// A.\npub struct A { d: u16, e: u8 } pub fn c() { f() } fn f() {}").text();
    assert_eq!(was, is);
}

#[test]
fn what_is_hidden_or_private_is_not_shown() {
    let api = made_up(
        "#[doc(hidden)] pub mod a { pub struct B; } mod c { pub struct D; } pub(crate) struct E;",
    );
    assert_eq!(api.text(), "");
}

#[test]
fn what_is_shown_from_a_hidden_module_has_the_path_that_users_write() {
    let api = made_up(
        "#[doc(hidden)] pub mod a { pub struct B; } pub mod c { pub use crate::a::B as D; }",
    );
    assert_eq!(api.items.keys().collect::<Vec<_>>(), ["mailcheck::c::D"]);
}

#[test]
fn a_signature_that_names_what_is_hidden_is_a_leak() {
    let api = made_up("mod a { pub struct B; } pub fn c() -> a::B { a::B }");
    assert_eq!(api.leaks.into_iter().collect::<Vec<_>>(), ["mailcheck::c names a::B"]);
}
