//! Values of YAML and JSON as far as records need them.

use super::text::Text;
use std::rc::Rc;

/// A value, and where it begins.
#[derive(Debug)]
pub(super) struct Value {
    pub(super) offset: usize,
    pub(super) node: Node,
}

/// What a value is. Numbers and truth values are scalars, as they are written.
#[derive(Debug)]
pub(super) enum Node {
    Null,
    Scalar(Text),
    List(Vec<Rc<Value>>),
    Map(Vec<(Text, Rc<Value>)>),
}

impl Value {
    /// The member of a map with this key, if it is there and not null.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let Node::Map(members) = &self.node else { return None };
        let member = members.iter().find(|(name, _)| name.octets() == key.as_bytes());
        member.map(|(_, value)| &**value).filter(|value| !matches!(value.node, Node::Null))
    }

    /// True if a map has a member with this key, be it null.
    pub(super) fn has(&self, key: &str) -> bool {
        let Node::Map(members) = &self.node else { return false };
        members.iter().any(|(name, _)| name.octets() == key.as_bytes())
    }

    /// The member with the first of these keys that is there and not null.
    pub(super) fn any(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().find_map(|key| self.get(key))
    }

    /// A scalar.
    pub(super) fn text(&self) -> Option<&Text> {
        match &self.node {
            Node::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// True for the scalar `true`.
    pub(super) fn is_true(&self) -> bool {
        self.text().is_some_and(|text| text.octets() == b"true")
    }

    /// True for null, and for a text, a list or a map with nothing in it.
    pub(super) fn is_nothing(&self) -> bool {
        match &self.node {
            Node::Null => true,
            Node::Scalar(text) => text.octets().is_empty(),
            Node::List(items) => items.is_empty(),
            Node::Map(members) => members.is_empty(),
        }
    }

    /// All words in it, in their order.
    pub(super) fn words(&self) -> String {
        match &self.node {
            Node::Null => String::new(),
            Node::Scalar(text) => String::from_utf8_lossy(text.octets()).into_owned(),
            Node::List(items) => joined(items.iter().map(|item| item.words())),
            Node::Map(members) => joined(members.iter().map(|(_, item)| item.words())),
        }
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self.node, Node::Map(_))
    }

    /// The values of a list, or the value itself if it is none.
    pub(super) fn items(&self) -> Vec<&Self> {
        match &self.node {
            Node::List(items) => items.iter().map(|item| &**item).collect(),
            Node::Null => Vec::new(),
            _ => vec![self],
        }
    }
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
