//! Items as their users see them: without documentation, bodies and what is private.

use super::source::is_hidden;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Field, Fields, FnArg, ImplItem, Item, ItemImpl, Pat, ReceiverKind, Signature,
    TraitItem, Visibility, parse_quote,
};

/// True for what everybody may use.
pub(crate) fn is_open(attributes: &[Attribute], visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_)) && !is_hidden(attributes)
}

/// The item without what its users do not see.
pub(crate) fn face(item: &Item) -> Item {
    let mut item = item.clone();
    match &mut item {
        Item::Const(it) => {
            keep_promises(&mut it.attrs);
            if !matches!(*it.expr, syn::Expr::Lit(_)) {
                it.expr = parse_quote!(_);
            }
        }
        Item::Enum(it) => {
            keep_promises(&mut it.attrs);
            for variant in &mut it.variants {
                keep_promises(&mut variant.attrs);
                variant.fields.iter_mut().for_each(|field| keep_promises(&mut field.attrs));
            }
        }
        Item::Fn(it) => {
            keep_promises(&mut it.attrs);
            ask_nothing_of_callers(&mut it.sig);
            it.block = parse_quote!({});
        }
        Item::Static(it) => {
            keep_promises(&mut it.attrs);
            it.expr = parse_quote!(_);
        }
        Item::Struct(it) => {
            keep_promises(&mut it.attrs);
            open_fields(&mut it.fields);
        }
        Item::Trait(it) => {
            keep_promises(&mut it.attrs);
            for item in &mut it.items {
                if let TraitItem::Fn(it) = item {
                    keep_promises(&mut it.attrs);
                    // That there is a default is a promise, too.
                    it.default = it.default.as_ref().map(|_| parse_quote!({}));
                }
                if let TraitItem::Type(it) = item {
                    keep_promises(&mut it.attrs);
                }
            }
        }
        Item::Type(it) => keep_promises(&mut it.attrs),
        _ => {}
    }
    item
}

/// The block without what its users do not see; `None` if nothing is left.
pub(crate) fn face_of_impl(block: &ItemImpl) -> Option<ItemImpl> {
    let mut block = block.clone();
    block.attrs.clear();
    let is_trait = block.trait_.is_some();
    block.items.retain_mut(|item| match item {
        ImplItem::Fn(it) => {
            let is_shown = !is_trait && is_open(&it.attrs, &it.vis);
            keep_promises(&mut it.attrs);
            ask_nothing_of_callers(&mut it.sig);
            it.block = parse_quote!({});
            is_shown
        }
        ImplItem::Const(it) => {
            let is_shown = !is_trait && is_open(&it.attrs, &it.vis);
            keep_promises(&mut it.attrs);
            it.expr = parse_quote!(_);
            is_shown
        }
        ImplItem::Type(it) => {
            keep_promises(&mut it.attrs);
            is_trait
        }
        _ => false,
    });
    // However the trait is imported, it is the same one.
    if let Some((path, _)) = &mut block.trait_
        && let Some(last) = path.segments.pop()
    {
        path.segments.clear();
        path.segments.push_value(last);
    }
    (is_trait || !block.items.is_empty()).then_some(block)
}

/// Takes away `mut` from parameters that are handed over.
fn ask_nothing_of_callers(signature: &mut Signature) {
    for input in &mut signature.inputs {
        match input {
            FnArg::Receiver(it) if matches!(it.kind, ReceiverKind::Value) => it.mutability = None,
            FnArg::Typed(it) => {
                if let Pat::Ident(name) = &mut *it.pat {
                    name.mutability = None;
                }
            }
            FnArg::Receiver(_) => {}
        }
    }
}

/// Leaves the attributes that say something to users, and no documentation.
fn keep_promises(attributes: &mut Vec<Attribute>) {
    const PROMISES: [&str; 4] = ["derive", "non_exhaustive", "must_use", "default"];
    attributes.retain(|it| PROMISES.iter().any(|name| it.path().is_ident(name)));
}

/// Replaces all private fields by one without a type: that there is one can be seen by users, who
/// cannot build such a struct.
fn open_fields(fields: &mut Fields) {
    let is_shown = |field: &Field| is_open(&field.attrs, &field.vis);
    match fields {
        Fields::Named(named) => {
            let is_private = named.named.iter().any(|field| !is_shown(field));
            named.named = std::mem::take(&mut named.named).into_iter().filter(is_shown).collect();
            if is_private {
                let empty: syn::FieldsNamed = parse_quote!({ private: _ });
                named.named.extend(empty.named);
            }
        }
        Fields::Unnamed(unnamed) => {
            for field in &mut unnamed.unnamed {
                if !is_shown(field) {
                    field.vis = Visibility::Inherited;
                    field.ty = parse_quote!(_);
                }
            }
        }
        Fields::Unit => {}
    }
    fields.iter_mut().for_each(|field| keep_promises(&mut field.attrs));
}

/// The text of an item, without empty bodies.
pub(crate) fn text(item: Item) -> String {
    let file = syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: vec![item] };
    let text = prettyplease::unparse(&file);
    let lines = text.lines().map(|line| match line.strip_suffix(" {}") {
        Some(line) => format!("{line};"),
        None => line.to_owned(),
    });
    lines.filter(|line| line.trim() != "{}").collect::<Vec<_>>().join("\n")
}

/// Every path that is written in an item, by its segments.
pub(crate) fn paths(item: &Item) -> Vec<Vec<String>> {
    struct Paths(Vec<Vec<String>>);
    impl<'ast> Visit<'ast> for Paths {
        fn visit_path(&mut self, path: &'ast syn::Path) {
            self.0.push(path.segments.iter().map(|it| it.ident.to_string()).collect());
            visit::visit_path(self, path);
        }
        // Derives and the like are no types.
        fn visit_attribute(&mut self, _: &'ast Attribute) {}
    }
    let mut paths = Paths(Vec::new());
    paths.visit_item(item);
    paths.0
}
