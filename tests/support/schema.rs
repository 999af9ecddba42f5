//! JSON documents, held against the schema that each of them names.

use jsonschema::Validator;
use mailcheck::report::envelope::Kind;
use mailcheck::report::schema::schema;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

thread_local! {
    /// Compiled once for each thread of tests.
    static KNOWN: RefCell<HashMap<&'static str, Rc<Validator>>> = RefCell::default();
}

/// The schema of a kind, as it is printed.
pub(crate) fn printed(kind: Kind) -> Value {
    serde_json::from_str(&schema(kind)).expect("a schema is JSON")
}

fn validator(kind: Kind) -> Rc<Validator> {
    let new = || jsonschema::draft202012::new(&printed(kind)).expect("the schema is a schema");
    let of = |known: &RefCell<HashMap<_, _>>| {
        Rc::clone(known.borrow_mut().entry(kind.schema()).or_insert_with(|| Rc::new(new())))
    };
    KNOWN.with(of)
}

/// What its schema says against a document.
pub(crate) fn faults(document: &Value) -> Vec<String> {
    let named = document["schema"].as_str().unwrap_or_default();
    let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.schema() == named) else {
        return vec![format!("no schema is named {named:?}")];
    };
    validator(kind)
        .iter_errors(document)
        .map(|error| format!("{named}{}: {error}", error.instance_path()))
        .collect()
}
