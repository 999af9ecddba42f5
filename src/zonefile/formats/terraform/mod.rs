//! What `terraform show -json` prints of a plan or a state; OpenTofu prints the same.
//!
//! A plan lists `resource_changes`, each with its values before and after; a state, and older plans,
//! have a tree of modules under `values` or `planned_values`. Resources of several providers are
//! record sets, or parts of some.
//!
//! What is not in the file is not guessed. Names of zones come from resources and data sources of
//! zones in the same document; a name whose zone is not there is reported as a notice, and so are values
//! that are known only after the change. A set that is there and cannot be read is not answered.
//!
//! A plan speaks only for the record sets that it lists. One that it takes away is listed without
//! records: it answers as an empty set.

mod provider;

use super::book::Book;
use super::json::{Piece, Wrong};
use super::value::{Node, Value};
use crate::net::Name;
use crate::text::escape;
use crate::zonefile::zone::{Builder, ErrorKind, Zone};
use std::collections::HashMap;

/// How deep modules may be nested.
const MODULE_DEPTH: usize = 32;

/// Zones of a document, by the identifiers that records refer to.
type Zones = HashMap<Vec<u8>, Name>;

/// The record sets as they are before and after a plan; before is empty for a state.
pub(super) struct Change {
    pub(super) before: Option<Zone>,
    pub(super) after: Zone,
}

/// A resource, as it is or will be.
struct Resource<'v> {
    /// As in `aws_route53_record`.
    kind: &'v str,
    /// As in `module.mail.aws_route53_record.spf`.
    address: &'v str,
    values: &'v Value,
    /// What will be known only after the change.
    unknown: Option<&'v Value>,
}

impl Resource<'_> {
    /// True if this attribute, or a part of it, is known only after the change.
    fn is_unknown(&self, key: &str) -> bool {
        self.unknown.and_then(|unknown| unknown.get(key)).is_some_and(has_truth)
    }

    fn shown(&self) -> String {
        escape(self.address.as_bytes())
    }
}

fn has_truth(value: &Value) -> bool {
    match &value.node {
        Node::Null => false,
        Node::Scalar(_) => value.is_true(),
        Node::List(items) => items.iter().any(|item| has_truth(item)),
        Node::Map(members) => members.iter().any(|(_, member)| has_truth(member)),
    }
}

/// Reads a plan or a state.
///
/// # Errors
/// Where the document ceases to be one.
pub(super) fn read(book: &mut Book<'_>, document: Piece<'_>) -> Result<Change, Wrong> {
    check_version(document)?;
    let mut zones = Zones::new();
    let changes = document.get("resource_changes")?;
    let mut trees = Vec::new();
    if let Some(prior) = document.get("prior_state")? {
        trees.extend(prior.get("values")?);
    }
    trees.extend(document.get("planned_values")?);
    trees.extend(document.get("values")?);
    for tree in &trees {
        each_in_tree(*tree, &mut |resource| note_zone(&mut zones, resource, "values"))?;
    }
    if let Some(changes) = changes {
        let mut fault = None;
        changes.each(|change| {
            let noted = note_change_zone(&mut zones, change);
            fault = fault.take().or(noted.err());
        })?;
        if let Some(fault) = fault {
            return Err(fault);
        }
        return plan(book, changes, &zones);
    }
    if document.get("resources")?.is_some() && document.get("version")?.is_some() {
        return raw_state(book, document);
    }
    let tree = match document.get("planned_values")? {
        Some(tree) => Some(tree),
        None => document.get("values")?,
    };
    // A state without resources has nothing but its version.
    if tree.is_none() && document.get("format_version")?.is_none() {
        let what = "expected the output of terraform show -json or dnscontrol print-ir";
        return Err((document.offset(), ErrorKind::Syntax, what.to_owned()));
    }
    let mut after = Builder::default();
    if let Some(tree) = tree {
        each_in_tree(tree, &mut |resource| state_resource(book, &mut after, &zones, resource))?;
    }
    Ok(Change { before: None, after: after.finish(&book.source, &mut book.remarks) })
}

/// The file that Terraform keeps its state in, `terraform.tfstate`: each resource with its instances.
fn raw_state(book: &mut Book<'_>, document: Piece<'_>) -> Result<Change, Wrong> {
    let (mut zones, mut fault) = (Zones::new(), None);
    let Some(resources) = document.get("resources")? else {
        return Ok(Change {
            before: None,
            after: Builder::default().finish(&book.source, &mut book.remarks),
        });
    };
    let instances = |resource: Piece<'_>, each: &mut dyn FnMut(Piece<'_>) -> Result<(), Wrong>| {
        let mut fault = None;
        if let Some(list) = resource.get("instances")? {
            list.each(|instance| fault = fault.take().or(each(instance).err()))?;
        }
        fault.map_or(Ok(()), Err::<(), Wrong>)
    };
    resources.each(|resource| {
        let kind = text(resource, "type").unwrap_or_default();
        if provider::is_zone(&kind) {
            let noted = instances(resource, &mut |instance| {
                if let Some(values) = instance.get("attributes")? {
                    provider::note_zone(&mut zones, &values.value()?);
                }
                Ok(())
            });
            fault = fault.take().or(noted.err());
        }
    })?;
    let mut after = Builder::default();
    resources.each(|resource| {
        let read = record_type(book, resource).and_then(|kind| {
            let Some(kind) = kind else { return Ok(()) };
            let address = format!("{kind}.{}", text(resource, "name")?);
            instances(resource, &mut |instance| {
                let Some(values) = instance.get("attributes")? else { return Ok(()) };
                let (values, address, kind) = (&values.value()?, address.as_str(), kind.as_str());
                let resource = Resource { kind, address, values, unknown: None };
                provider::record_set(book, &mut after, &zones, &resource);
                Ok(())
            })
        });
        fault = fault.take().or(read.err());
    })?;
    match fault {
        Some(fault) => Err(fault),
        None => Ok(Change { before: None, after: after.finish(&book.source, &mut book.remarks) }),
    }
}

// "Reject any input which reports an unsupported major version."
fn check_version(document: Piece<'_>) -> Result<(), Wrong> {
    let Some(version) = document.get("format_version")? else { return Ok(()) };
    let value = version.value()?;
    let text = value.text().map(|text| text.octets().to_vec()).unwrap_or_default();
    if text.starts_with(b"0.") || text.starts_with(b"1.") {
        return Ok(());
    }
    let what = "expected format_version 0 or 1 of terraform show -json";
    Err((version.offset(), ErrorKind::Refused, what.to_owned()))
}

/// Hands out the resources of a tree of modules.
fn each_in_tree<'a>(
    tree: Piece<'a>,
    each: &mut dyn FnMut(Piece<'a>) -> Result<(), Wrong>,
) -> Result<(), Wrong> {
    match tree.get("root_module")? {
        Some(module) => each_in_module(module, MODULE_DEPTH, each),
        None => Ok(()),
    }
}

fn each_in_module<'a>(
    module: Piece<'a>,
    depth: usize,
    each: &mut dyn FnMut(Piece<'a>) -> Result<(), Wrong>,
) -> Result<(), Wrong> {
    if depth == 0 {
        let what = format!("expected modules nested at most {MODULE_DEPTH} deep");
        return Err((module.offset(), ErrorKind::Limit, what));
    }
    let mut fault = None;
    if let Some(resources) = module.get("resources")? {
        resources.each(|resource| fault = fault.take().or(each(resource).err()))?;
    }
    if let Some(children) = module.get("child_modules")? {
        children.each(|child| {
            fault = fault.take().or(each_in_module(child, depth - 1, each).err());
        })?;
    }
    fault.map_or(Ok(()), Err)
}

/// The text of a member, in UTF-8.
fn text(piece: Piece<'_>, key: &str) -> Result<String, Wrong> {
    let Some(member) = piece.get(key)? else { return Ok(String::new()) };
    let value = member.value()?;
    Ok(value.text().map(|it| String::from_utf8_lossy(it.octets()).into_owned()).unwrap_or_default())
}

/// Keeps the name of a zone, if the resource is one.
fn note_zone(zones: &mut Zones, resource: Piece<'_>, key: &str) -> Result<(), Wrong> {
    if provider::is_zone(&text(resource, "type")?)
        && let Some(values) = resource.get(key)?
    {
        provider::note_zone(zones, &values.value()?);
    }
    Ok(())
}

fn note_change_zone(zones: &mut Zones, resource: Piece<'_>) -> Result<(), Wrong> {
    if provider::is_zone(&text(resource, "type")?)
        && let Some(change) = resource.get("change")?
    {
        for key in ["before", "after"] {
            if let Some(values) = change.get(key)? {
                provider::note_zone(zones, &values.value()?);
            }
        }
    }
    Ok(())
}

fn state_resource(
    book: &mut Book<'_>,
    builder: &mut Builder,
    zones: &Zones,
    resource: Piece<'_>,
) -> Result<(), Wrong> {
    let Some(kind) = record_type(book, resource)? else { return Ok(()) };
    let address = text(resource, "address")?;
    if let Some(values) = resource.get("values")? {
        let values = values.value()?;
        let resource = Resource { kind: &kind, address: &address, values: &values, unknown: None };
        provider::record_set(book, builder, zones, &resource);
    }
    Ok(())
}

fn plan(book: &mut Book<'_>, changes: Piece<'_>, zones: &Zones) -> Result<Change, Wrong> {
    let (mut before, mut after) = (Builder::default(), Builder::default());
    let mut faults = Vec::new();
    changes.each(|resource| {
        if let Err(fault) = change(book, (&mut before, &mut after), zones, resource) {
            faults.push(fault);
        }
    })?;
    book.stays = false;
    faults.into_iter().for_each(|fault| book.wrong(fault));
    let mut earlier = book.again();
    let before = before.finish(&earlier.source, &mut earlier.remarks);
    Ok(Change { before: Some(before), after: after.finish(&book.source, &mut book.remarks) })
}

fn change(
    book: &mut Book<'_>,
    (before, after): (&mut Builder, &mut Builder),
    zones: &Zones,
    resource: Piece<'_>,
) -> Result<(), Wrong> {
    let Some(change) = resource.get("change")? else { return Ok(()) };
    book.stays = has_action(change, &["no-op", "read"])?;
    let Some(kind) = record_type(book, resource)? else { return Ok(()) };
    let address = text(resource, "address")?;
    let unknown = change.get("after_unknown")?.map(Piece::value).transpose()?;
    if let Some(values) = change.get("before")? {
        let values = values.value()?;
        let resource = Resource { kind: &kind, address: &address, values: &values, unknown: None };
        // Faults and notices about what is to be replaced help nobody.
        let mut earlier = book.again();
        if let Some((owner, kind)) = provider::record_set(&mut earlier, before, zones, &resource) {
            after.declare(&owner, kind);
        }
        // What is forgotten is no longer managed, and stays as it is.
        if has_action(change, &["forget"])? {
            provider::record_set(book, after, zones, &resource);
        }
    }
    if let Some(values) = change.get("after")? {
        let values = values.value()?;
        let unknown = unknown.as_ref();
        let resource = Resource { kind: &kind, address: &address, values: &values, unknown };
        provider::record_set(book, after, zones, &resource);
    }
    Ok(())
}

/// True if one of the actions of a change is among some.
fn has_action(change: Piece<'_>, wanted: &[&str]) -> Result<bool, Wrong> {
    let Some(actions) = change.get("actions")? else { return Ok(false) };
    let actions = actions.value()?;
    let mut words = actions.items().into_iter().filter_map(Value::text);
    Ok(words.any(|word| wanted.iter().any(|it| word.octets() == it.as_bytes())))
}

/// The type of a resource, if it is a record set of a provider that is known.
fn record_type(book: &mut Book<'_>, resource: Piece<'_>) -> Result<Option<String>, Wrong> {
    // A data source is read, not managed.
    if text(resource, "mode")? == "data" {
        return Ok(None);
    }
    let kind = text(resource, "type")?;
    if provider::is_record_set(&kind) {
        return Ok(Some(kind));
    }
    if ["_record", "_record_set", "_recordset", "_rrset"].iter().any(|end| kind.ends_with(end)) {
        book.skip(resource.offset(), || {
            format!("resources of type {} are skipped", escape(kind.as_bytes()))
        });
    }
    Ok(None)
}
