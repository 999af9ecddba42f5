//! Incidents as an Atom feed (RFC 4287).

use crate::report::{Class, Incident};
use crate::text::rfc3339;
use std::fmt::Write as _;

/// Most incidents that a feed has: the latest ones.
const MOST: usize = 50;

/// Writes the feed; `at` is when it is written, RFC 3339, and incidents stand with the oldest first.
pub fn render(at: &str, incidents: &[Incident]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    out.push_str("<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
    out.push_str("  <id>urn:mailcheck:incidents</id>\n  <title>mailcheck incidents</title>\n");
    out.push_str("  <author><name>mailcheck</name></author>\n");
    let _ = writeln!(out, "  <updated>{}</updated>", escaped(at));
    for incident in incidents.iter().rev().take(MOST) {
        entry(&mut out, incident);
    }
    out.push_str("</feed>\n");
    out
}

fn entry(out: &mut String, incident: &Incident) {
    let Incident { id, title, impact, scope, start, end, root_cause, next_step, .. } = incident;
    let opened = rfc3339(start.by);
    let updated = match (end, incident.updates.last()) {
        (Some(end), _) => rfc3339(end.by),
        (None, Some(update)) => update.at.clone(),
        (None, None) => opened.clone(),
    };
    let class = match incident.class {
        Class::Worse => "worse",
        Class::Undetermined => "undetermined",
    };
    let scope: Vec<String> = scope.iter().map(ToString::to_string).collect();
    let end = end.map_or_else(|| "not yet".to_owned(), crate::report::Bounds::words);
    let status = incident.status.word();
    let lines = [
        ("Status", status.to_owned()),
        ("User impact", impact.to_string()),
        ("Scope", scope.join(", ")),
        ("Start", start.words()),
        ("End", end),
        ("Root cause", root_cause.to_string()),
        ("Next step", next_step.to_string()),
    ];
    let content: Vec<String> =
        lines.iter().map(|(word, said)| escaped(&format!("{word}: {said}"))).collect();
    let _ = write!(
        out,
        "  <entry>\n    <id>urn:mailcheck:incident:{}</id>\n    <title>{}</title>\n    \
         <published>{opened}</published>\n    <updated>{updated}</updated>\n    \
         <category term=\"{class}\"/>\n    <category term=\"{status}\"/>\n    \
         <content type=\"text\">{}</content>\n  </entry>\n",
        escaped(id),
        escaped(&format!("{title} ({status})")),
        content.join("\n"),
    );
}

/// Text between tags and in attributes. Every text of a report is printable already.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&apos;")
}
