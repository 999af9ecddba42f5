//! What the server counts, as Prometheus reads it.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters since the start.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    /// Responses by the first digit of their status.
    statuses: [AtomicU64; 6],
    made: AtomicU64,
    kept: AtomicU64,
    refused: AtomicU64,
    connections: AtomicU64,
    open: AtomicU64,
}

impl Metrics {
    pub(super) fn opened(&self) {
        self.connections.fetch_add(1, Relaxed);
        self.open.fetch_add(1, Relaxed);
    }

    pub(super) fn closed(&self) {
        self.open.fetch_sub(1, Relaxed);
    }

    /// A response with this status.
    pub(super) fn answered(&self, status: u16) {
        if let Some(counter) = self.statuses.get(usize::from(status / 100)) {
            counter.fetch_add(1, Relaxed);
        }
    }

    /// A report, which was kept or made.
    pub(super) fn reported(&self, was_kept: bool) {
        let counter = if was_kept { &self.kept } else { &self.made };
        counter.fetch_add(1, Relaxed);
    }

    /// A request beyond the rate of its client.
    pub(super) fn refused(&self) {
        self.refused.fetch_add(1, Relaxed);
    }

    /// The exposition.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        let mut family = |name: &str, kind: &str, help: &str, samples: &[(String, u64)]| {
            let name = format!("mailcheck_server_{name}");
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (labels, value) in samples {
                let _ = writeln!(out, "{name}{labels} {value}");
            }
        };
        let statuses = (1..).zip(self.statuses.iter().skip(1));
        let statuses: Vec<(String, u64)> = statuses
            .map(|(digit, count)| (format!("{{status=\"{digit}xx\"}}"), count.load(Relaxed)))
            .collect();
        family("responses_total", "counter", "Responses by status.", &statuses);
        let reports = [("made", &self.made), ("kept", &self.kept)]
            .map(|(word, count)| (format!("{{source=\"{word}\"}}"), count.load(Relaxed)));
        family("reports_total", "counter", "Reports about domains.", &reports);
        let one = |counter: &AtomicU64| [(String::new(), counter.load(Relaxed))];
        let refused = one(&self.refused);
        family("refused_total", "counter", "Requests beyond the rate of a client.", &refused);
        let all = one(&self.connections);
        family("connections_total", "counter", "Connections accepted.", &all);
        family("connections", "gauge", "Connections open.", &one(&self.open));
        out
    }
}
