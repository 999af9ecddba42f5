//! Files that show how things are, written anew after each look.

use crate::cli::{RunError, write};
use crate::render::{calendar, feed, gauges};
use crate::report::Incident;
use crate::report::watch::{Deadline, Watch};
use std::path::PathBuf;

/// A file, and what it shows.
#[derive(Clone, Debug)]
pub(in crate::cli::watch) struct View {
    kind: Kind,
    file: PathBuf,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Incidents, for a reader of feeds.
    Atom,
    /// Deadlines, for a calendar.
    Calendar,
    /// Figures, for Prometheus.
    Prometheus,
}

impl View {
    /// A view of that kind; `None` if there is none.
    pub(super) fn new(kind: &str, file: &str) -> Option<Self> {
        let kind = match kind {
            "atom" => Kind::Atom,
            "calendar" => Kind::Calendar,
            "prometheus" => Kind::Prometheus,
            _ => return None,
        };
        Some(Self { kind, file: file.into() })
    }

    /// Writes it; what stood there stays until the new one is whole.
    ///
    /// # Errors
    /// It cannot be written.
    pub(in crate::cli::watch) fn write(
        &self,
        watch: &Watch,
        incidents: &[Incident],
        deadlines: &[Deadline],
    ) -> Result<(), RunError> {
        let text = match self.kind {
            Kind::Atom => feed::render(&watch.at, incidents),
            Kind::Calendar => calendar::render(&watch.at, deadlines),
            Kind::Prometheus => gauges::render(watch),
        };
        write::file(&self.file, text.as_bytes())
    }
}
