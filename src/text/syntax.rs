//! What is wrong with a text, and the value that could be read all the same.

use super::{Citation, Span};
use serde::Serialize;

/// One fault of a record, phrased in the terms of its grammar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SyntaxError {
    /// The octets that are wrong; empty where something is missing.
    pub span: Span,
    /// What the grammar wanted there, to be read after "expected": `a domain name`.
    pub expected: &'static str,
    /// The rule of the grammar.
    pub cite: Citation,
}

impl SyntaxError {
    /// A fault at `span`, where `cite` wanted `expected`.
    pub fn new(span: Span, expected: &'static str, cite: Citation) -> Self {
        Self { span, expected, cite }
    }
}

/// A value *and* everything that is wrong with the text it was read from.
///
/// Evaluation asks [`Parsed::strict`], because most standards void a record with any fault;
/// a report shows every fault at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed<T> {
    /// What could be read.
    pub value: T,
    /// Every fault, in the order of the text.
    pub errors: Vec<SyntaxError>,
}

impl<T> Parsed<T> {
    /// A value read without fault.
    pub fn clean(value: T) -> Self {
        Self { value, errors: Vec::new() }
    }

    /// The value, if nothing was wrong; else the first fault.
    ///
    /// # Errors
    /// The first fault of the text.
    pub fn strict(&self) -> Result<&T, &SyntaxError> {
        match self.errors.first() {
            None => Ok(&self.value),
            Some(error) => Err(error),
        }
    }
}
