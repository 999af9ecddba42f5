//! What is watched, as text for Prometheus, by way of a file of the node exporter.
//!
//! | metric | says |
//! |---|---|
//! | `mailcheck_watch_last_look_timestamp_seconds` | when the latest look was made |
//! | `mailcheck_watch_result` | how a domain adds up: 1 at one of the results, 0 at the others |
//! | `mailcheck_watch_pending` | what one look found at a domain and another has to confirm |
//! | `mailcheck_watch_open_incidents` | incidents that go on, by class and owner |

use crate::report::watch::Watch;
use crate::report::{Class, Verdict};
use crate::text::seconds;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const RESULTS: [Verdict; 4] = [Verdict::Ok, Verdict::Warn, Verdict::Fail, Verdict::Unknown];

/// Writes the figures of a round.
pub fn render(watch: &Watch) -> String {
    let mut out = String::new();
    let head = |out: &mut String, name: &str, help: &str| {
        let _ = write!(
            out,
            "# HELP mailcheck_watch_{name} {help}\n# TYPE mailcheck_watch_{name} gauge\n"
        );
    };
    head(&mut out, "last_look_timestamp_seconds", "When the latest look was made.");
    let at = seconds(&watch.at).unwrap_or_default();
    let _ = writeln!(out, "mailcheck_watch_last_look_timestamp_seconds {at}");
    head(&mut out, "result", "Verdict of the domain: 1 for one of the results.");
    for one in &watch.domains {
        for result in RESULTS {
            let (word, is) = (result.word().to_lowercase(), u8::from(one.result == result));
            let domain = label(&one.domain.to_string());
            let _ = writeln!(
                out,
                "mailcheck_watch_result{{domain=\"{domain}\",result=\"{word}\"}} {is}"
            );
        }
    }
    head(&mut out, "pending", "What one look found and another has to confirm.");
    for one in &watch.domains {
        let domain = label(&one.domain.to_string());
        let _ =
            writeln!(out, "mailcheck_watch_pending{{domain=\"{domain}\"}} {}", one.pending.len());
    }
    head(&mut out, "open_incidents", "Incidents that go on, by class and owner.");
    let mut open: BTreeMap<(&str, String), usize> =
        [("worse", String::new()), ("undetermined", String::new())].map(|it| (it, 0)).into();
    for incident in &watch.open {
        let class = match incident.class {
            Class::Worse => "worse",
            Class::Undetermined => "undetermined",
        };
        *open.entry((class, incident.owner.clone())).or_default() += 1;
    }
    for ((class, owner), count) in open {
        let owner = label(&owner);
        let _ = writeln!(
            out,
            "mailcheck_watch_open_incidents{{class=\"{class}\",owner=\"{owner}\"}} {count}"
        );
    }
    out
}

/// The value of a label.
fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
