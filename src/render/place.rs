//! Where findings stand, for formats that drop whatever stands nowhere.

use crate::report::{Domain, FileLocation, Finding, State};
use crate::text::escape;

/// The file that stands for what is in no file: its owner is who can mend it.
const NOWHERE: &str = "mailcheck.toml";

/// Where a finding stands; else where its domain is declared; else the first line of the
/// configuration. The file is named from the working directory. What is gone stands in no file
/// that is there: it may have stood in one as it was at a commit.
pub(super) fn place(domain: Option<&Domain>, finding: &Finding) -> FileLocation {
    let declared = domain.and_then(|domain| domain.declared.as_ref());
    let own = finding.location.as_ref().filter(|_| finding.state != Some(State::Resolved));
    let Some(found) = own.or(declared) else {
        let file = NOWHERE.to_owned();
        return FileLocation { file, line: 1, column: 1, end_line: 1, end_column: 1 };
    };
    let file = escape(found.file.as_bytes());
    let file = file.strip_prefix("./").map(str::to_owned).unwrap_or(file);
    FileLocation { file, ..found.clone() }
}

/// The file of a place as a URI (RFC 3986 §4.1): relative, unless the path is absolute.
pub(super) fn uri(file: &str) -> String {
    let mut uri = String::with_capacity(file.len() + 8);
    if file.starts_with('/') {
        uri.push_str("file://");
    }
    for octet in file.bytes() {
        // A colon would make the first segment a scheme: it is escaped like the rest.
        if octet.is_ascii_alphanumeric() || b"-._~/".contains(&octet) {
            uri.push(char::from(octet));
        } else {
            uri.push_str(&format!("%{octet:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_uri_would_read_as_something_else_is_escaped() {
        let written = ["zones/new.zone", "a b:c#d?e%.zone", "zönes", "/etc/a.zone"].map(uri);
        let expected =
            ["zones/new.zone", "a%20b%3Ac%23d%3Fe%25.zone", "z%C3%B6nes", "file:///etc/a.zone"];
        assert_eq!(written, expected);
    }
}
