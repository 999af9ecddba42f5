//! Authentication-Results: what a receiver says that it found (RFC 8601).
//!
//! Anyone can add such a field, so it is a claim until the host that wrote it is trusted. Many are not
//! as the standard has them: Microsoft leaves out the name of the host, others have words of their
//! own for results. All that can be read is read, and what is not by the book is said.

mod dialect;
mod read;

pub use dialect::{Marker, markers, normal};
pub use read::read;

use serde::{Deserialize, Serialize};

/// What one field says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthenticationResults {
    /// The host that speaks; `None` where the field does not say, as Microsoft's. As written.
    pub authserv_id: Option<String>,
    /// The methods, in their order.
    pub results: Vec<MethodResult>,
    /// What is not as RFC 8601 §2.2 has it.
    pub oddities: Vec<Oddity>,
}

/// What is said of one method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodResult {
    /// The method, in lower case: `spf`, `dkim`, `dmarc` …
    pub method: String,
    /// The result, in lower case, as written.
    pub result: String,
    /// `reason=`.
    pub reason: Option<String>,
    /// What it is about: `header.d`, `smtp.mailfrom` …, in their order.
    pub properties: Vec<Property>,
    /// The comments, without parentheses.
    pub comments: Vec<String>,
}

/// One property of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// Its type and name, in lower case: `header.from`.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Something that RFC 8601 §2.2 does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Oddity {
    /// No authserv-id.
    NoAuthservId,
    /// A result that the registry of the method does not have.
    UnknownResult,
    /// Something that is no result.
    Unreadable,
    /// No results, and no `none`.
    Empty,
}

impl MethodResult {
    /// The value of a property.
    pub fn property(&self, name: &str) -> Option<&str> {
        let found = self.properties.iter().find(|it| it.name == name);
        found.map(|it| it.value.as_str())
    }
}
